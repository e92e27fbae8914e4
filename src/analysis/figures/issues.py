"""Issues: where each is spoken of again, and which recommendations answer it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.figures import style
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words
from analysis.transcribe.periods import display

# The same marks in words and signs: status is never a colour alone.
STATUS_MARKS = {"addressed": "●", "improving": "◐", "persists": "○", "not_assessed": "–"}
_CALLS = ("recommendation", "future_task")

WORDS = Words(
    raised=("指摘", "Raised"),
    evaluation=("評価", "Evaluations"),
    considerations=("考察", "Considerations"),
    recommendations=("提言", "Recommendations"),
    status=("状態（判断）", "Status (judgement)"),
    untouched=("その後どこにも現れない", "nothing took it up"),
    absent=("対象外", "n/a"),
    key=(
        "● 同じテーマの記述あり（数字は記述の数）　○ 記述なし　対象外：その地域の評価なし",
        "● spoken of again (number of statements)   ○ not   n/a: no evaluation of the region then",
    ),
    empty=("課題の記載がない。", "No issues are recorded."),
    unanswered=("どの提言も応えていない", "no recommendation answers it"),
    no_issue=("課題に対応しない提言", "answers none of the issues"),
    asks=("提言・今後の課題", "Recommendations and future tasks"),
    raised_issues=("指摘された課題", "Issues raised"),
    nothing=("提言の記載がない。", "No recommendations are recorded."),
)


def issue_matrix(
    issues: pd.DataFrame,
    recurrence: pd.DataFrame,
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw issues by later occasion: spoken of again, not spoken of, or not applicable.

    Tables in: issues, issue_recurrence as in data/processed. A filled mark holds the number of
    statements that share a theme with the issue; the last column is the status, with its word.
    """
    if issues.empty:
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=recurrence)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    occasions = recurrence.drop_duplicates("occasion")
    names, status = 2.7, 2.1
    width = (canvas.right - canvas.left - names - status) / (len(occasions) + 1)
    centres = [canvas.left + names + (n + 0.5) * width for n in range(len(occasions) + 1)]
    canvas.text(canvas.left, canvas.top, WORDS("key", language), size=style.SMALL, colour=style.QUIET)
    canvas.top += 0.3
    _column_heads(canvas, occasions, centres, width, language)
    cells = recurrence.set_index(["issue", "occasion"])
    for _, group in issues.groupby("scope", sort=False):
        canvas.top += 0.1
        canvas.text(canvas.left, canvas.top, group[f"scope_{language}"].iloc[0], size=11)
        canvas.top += 0.28
        for issue in group.itertuples():
            _issue_row(canvas, issue, cells, occasions, centres, names, status, language)
    return canvas.finish(source, alt=alt, rows=recurrence)


def _column_heads(
    canvas: Canvas, occasions: pd.DataFrame, centres: list[float], width: float, language: str
) -> None:
    heads = [[WORDS("raised", language)]]
    heads += [[WORDS(o.occasion_kind, language), display(o.date, language)] for o in occasions.itertuples()]
    widest = max(style.widest(head, style.SMALL) for head in heads)
    size = style.SMALL * min(1, (width - 0.06) / widest)  # many occasions leave little room
    for head, x in zip(heads, centres, strict=True):
        canvas.text(x, canvas.top, head, align="center", size=size)
    canvas.text(centres[-1] + width / 2 + 0.2, canvas.top, WORDS("status", language))
    canvas.top += max(map(len, heads)) * style.line_height(style.SIZE)
    canvas.rule(canvas.left, canvas.top + 0.04, canvas.right, canvas.top + 0.04)


def _issue_row(
    canvas: Canvas,
    issue: object,
    cells: pd.DataFrame,
    occasions: pd.DataFrame,
    centres: list[float],
    names: float,
    status: float,
    language: str,
) -> None:
    key = f"issues/{issue.record}"
    label = style.wrap(f"({issue.number}) " + getattr(issue, f"short_{language}"), names - 0.2, style.SIZE, 2)
    height = max(0.32, len(label) * style.line_height(style.SIZE) + 0.08)
    y = canvas.top + height / 2
    canvas.middle(canvas.left + 0.12, y, label, key=key)
    canvas.text(
        centres[0],
        y - 0.08,
        display(issue.raised, language) if issue.raised else "–",
        align="center",
        size=style.SMALL,
        colour=style.QUIET,
    )
    for x, occasion in zip(centres[1:], occasions["occasion"], strict=True):
        _cell(canvas, x, y, cells.loc[(issue.record, occasion)], issue.record, language)
    left = canvas.right - status + 0.15
    words = f"{STATUS_MARKS[issue.status]} {getattr(issue, f'status_{language}')}"
    untouched = issue.taken_up == "no"
    if untouched:
        words = f"× {WORDS('untouched', language)}"
    canvas.middle(left, y, style.wrap(words, status - 0.1, style.SIZE, 2), italic=False, key=key)
    canvas.top += height
    canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top, colour=style.GRID)


def _cell(canvas: Canvas, x: float, y: float, cell: pd.Series, issue: str, language: str) -> None:
    key = f"issues/{issue}"
    if cell["applicable"] == "no":
        canvas.middle(x, y, [WORDS("absent", language)], size=style.SMALL, colour=style.QUIET, align="center")
    elif cell["recurs"] == "no":
        canvas.mark(x, y, "o", face=style.PAPER, edge=style.EMPTY, size=7)
    else:
        statements = cell["statements"].split()
        key = f"statements/{statements[0]}" if len(statements) == 1 else key
        canvas.mark(x, y, "o", face=style.INK, size=15, key=key)
        canvas.middle(
            x, y, [str(len(statements))], size=style.SMALL, colour=style.PAPER, align="center", key=key
        )


def outlook_map(
    outlook: pd.DataFrame,
    issues: pd.DataFrame,
    *,
    regions: Sequence[str],
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw recommendations on the left, issues on the right, a line where they share a theme.

    Tables in: outlook, issues as in data/processed; `regions` in the study's order, which gives
    their colours. What stands alone on either side says so in words.
    """
    asked = outlook.query("recommendation != ''").drop_duplicates("recommendation")
    if asked.empty or issues.empty:
        return blank(WORDS("nothing", language), subtitle, language=language, source=source, rows=outlook)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    canvas.text(canvas.left, canvas.top, WORDS("asks", language), size=11)
    canvas.text(8.6, canvas.top, WORDS("raised_issues", language), size=11)
    canvas.top += 0.3
    left, bottom = _asked_column(canvas, asked, language)
    unmet = set(outlook.query("relation == 'unanswered'")["issue"])
    right, deepest = _issue_column(canvas, issues, unmet, bottom, language)
    for row in outlook.query("relation == 'answers'").itertuples():
        common = row.scope not in regions
        colour = style.QUIET if common else style.accent(list(regions).index(row.scope))
        canvas.rule(
            5.75,
            canvas.top + left[row.recommendation],
            8.4,
            canvas.top + right[row.issue],
            colour=colour,
            line=1.4,
            key=f"issues/{row.issue}",
            dashed=not common and list(regions).index(row.scope) % 2 == 1,
        )
    canvas.top += max(bottom, deepest)
    return canvas.finish(source, alt=alt, rows=outlook)


def _asked_column(canvas: Canvas, asked: pd.DataFrame, language: str) -> tuple[dict[str, float], float]:
    """Write the recommendations; return the height of each and of them all."""
    heights, y = {}, 0.0
    for row in asked.itertuples():
        lines = style.wrap(getattr(row, f"statement_{language}"), 5.3, style.SIZE, 4)
        idle = row.relation == "no_issue"
        tail = [WORDS("no_issue", language)] if idle else []
        key = f"statements/{row.recommendation}"
        mark = "X" if row.stance == "future_task" else "P"
        height = (len(lines) + len(tail)) * style.line_height(style.SIZE) + 0.1
        canvas.mark(canvas.left + 0.07, canvas.top + y + 0.085, mark, face=style.INK, size=6, key=key)
        canvas.text(canvas.left + 0.25, canvas.top + y, lines, key=key)
        canvas.text(
            canvas.left + 0.25,
            canvas.top + y + len(lines) * style.line_height(style.SIZE),
            tail,
            size=style.SMALL,
            colour=style.QUIET,
        )
        heights[row.recommendation] = y + 0.085
        y += height
    return heights, y


def _issue_column(
    canvas: Canvas, issues: pd.DataFrame, unmet: set[str], depth: float, language: str
) -> tuple[dict[str, float], float]:
    """Write the issues under the name of their scope, spread over the same height as the left."""
    scopes = issues["scope"].nunique()
    step = max(0.42, (depth - scopes * 0.34) / len(issues))
    heights, y = {}, 0.0
    for _, group in issues.groupby("scope", sort=False):
        canvas.text(8.6, canvas.top + y, group[f"scope_{language}"].iloc[0], colour=style.QUIET)
        y += 0.26
        for row in group.itertuples():
            words = f"({row.number}) " + getattr(row, f"short_{language}")
            lines = style.wrap(words, 3.1, style.SIZE, 2)
            canvas.text(8.6, canvas.top + y, lines, key=f"issues/{row.record}")
            if row.record in unmet:
                below = canvas.top + y + len(lines) * style.line_height(style.SIZE)
                canvas.text(8.6, below, WORDS("unanswered", language), size=style.SMALL, colour=style.QUIET)
            heights[row.record] = y + 0.085
            y += max(step, len(lines) * style.line_height(style.SIZE) + 0.2)
        y += 0.08
    return heights, y
