"""What is called for: themes of issues and calls side by side, and the calls one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, PAPER, POLICY, QUIET
from analysis.figures.frames import asked, link, listed, names, nothing, rows_of, unique
from analysis.figures.rows import (
    EDGE,
    Scale,
    Sign,
    draw_signs_key,
    gutter,
    heading,
    panel,
    place_row,
    rule,
    sheet_of,
)
from analysis.figures.sheet import Sheet
from analysis.figures.words import words

_FEW = 6  # themes of a small chart
_CALL = ("record", "section", "stance_label", "statement", "issues", "issue_records")


def agenda(themes: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw for each theme the number of issues and of calls, the themes that no issue has highlighted.

    Columns in: themes: theme, theme_label, n_issues, n_calls (numbers). Sorted by calls; themes that
    neither has are left out. `small` keeps the six themes that are called for most.
    """
    themes = asked(themes, "agenda", "theme", "theme_label", "n_issues", "n_calls")
    themes = themes[(themes["n_issues"].astype(float) > 0) | (themes["n_calls"].astype(float) > 0)]
    if themes.empty:
        return nothing(language, themes)
    themes = themes.sort_values(["n_calls", "n_issues"], ascending=[False, True], kind="stable")
    themes = themes.head(_FEW if small else len(themes)).reset_index(drop=True)
    word = words(language)
    told = [
        (
            str(row["theme"]),
            word(
                "theme_new" if not row["n_issues"] else "theme_told",
                theme=link("themes", row["theme"], row["theme_label"]),
                issues=int(row["n_issues"]),
                calls=int(row["n_calls"]),
            ),
        )
        for row in themes.pipe(rows_of)
    ]
    return Chart(
        lambda width: _draw_agenda(themes, language, width, small=small),
        themes,
        tuple(told),
        unique([f"themes/{theme}" for theme in themes["theme"]]),
    )


def _draw_agenda(themes: pd.DataFrame, language: str, width: int, *, small: bool) -> Figure:
    sheet, word = sheet_of(width, small=small), words(language)
    left = gutter(sheet, themes["theme_label"], small=True, share=0.42)
    most = float(themes[["n_issues", "n_calls"]].max().max())
    scale = Scale(0, max(most, 1), left + 10, sheet.width - EDGE - 26)
    entries = [(Sign(filled=False, colour=POLICY), word.text("in_issues"))]
    entries += [(Sign(colour=POLICY), word.text("in_calls"))]
    if (themes["n_issues"] == 0).any():
        entries.append((Sign(colour=INK), word.text("in_calls_only")))
    draw_signs_key(sheet, entries)
    top, middles = sheet.top, []
    for row in themes.pipe(rows_of):
        place = place_row(sheet, str(row["theme_label"]), left, height=28 if not small else 26)
        middles.append(place.y)
        title = word.text(
            "theme_told", theme=row["theme_label"], issues=int(row["n_issues"]), calls=int(row["n_calls"])
        )
        box = (EDGE, place.y - 12, sheet.width - EDGE, place.y + 12)
        sheet.link(f"record:themes/{row['theme']}", title, box, [f"themes/{row['theme']}"])
    _draw_pairs(sheet, scale, themes.assign(y=middles), top)
    return sheet.finish()


def _draw_pairs(sheet: Sheet, scale: Scale, themes: pd.DataFrame, top: float) -> None:
    """Both numbers of each theme on one line, the number of calls and of issues beside them."""
    axes = panel(sheet, scale, top, sheet.top)
    axes.set_xticks([])
    axes.grid(visible=False)
    low, high = themes[["n_issues", "n_calls"]].min(axis=1), themes[["n_issues", "n_calls"]].max(axis=1)
    colours = [INK if n == 0 else POLICY for n in themes["n_issues"]]
    axes.hlines(themes["y"], low, high, color=colours, linewidth=style.points(3))
    long = themes.melt(["theme", "y", "n_issues"], ["n_calls"], value_name="n")
    sns.scatterplot(
        long, x="n", y="y", color=POLICY, s=style.points(11) ** 2, linewidth=0, ax=axes, legend=False
    )
    axes.collections[-1].set_facecolor(colours)
    axes.scatter(
        themes["n_issues"],
        themes["y"],
        s=style.points(11) ** 2,
        facecolor=PAPER,
        edgecolor=colours,
        linewidth=style.points(1.5),
        zorder=3,
    )
    same = themes[themes["n_issues"] == themes["n_calls"]]  # one on the other: a dot in its ring
    axes.scatter(same["n_calls"], same["y"], s=style.points(5) ** 2, color=POLICY, linewidth=0, zorder=4)
    axes.set(xlabel="", ylabel="")
    for artist in axes.collections:
        artist.set_clip_on(False)
    for row in themes.pipe(rows_of):
        _numbers(sheet, scale, row)


def _numbers(sheet: Sheet, scale: Scale, row: Mapping[str, Any]) -> None:
    low, high = sorted((int(row["n_issues"]), int(row["n_calls"])))
    sheet.middle(scale(high) + 10, row["y"], str(high), colour=INK if not row["n_issues"] else QUIET)
    if 0 < low < high:
        sheet.middle(scale(low) - 10, row["y"], str(low), colour=QUIET, align="right")


def outlook_list(calls: pd.DataFrame, *, language: str) -> Chart:
    """List the calls, those that answer most issues first, with the issues that each answers beside it.

    Columns in: calls: record, section, stance_label, statement, issues (list of labels), issue_records
    (list of ids).
    """
    calls = asked(calls, "outlook_list", *_CALL)
    if calls.empty:
        return nothing(language, calls)
    calls = _ranked(calls)
    return Chart(
        lambda width: _draw_list(calls, language, width),
        _flat(calls),
        _calls_told(calls, language),
        _call_records(calls),
    )


def answers_count(calls: pd.DataFrame, *, language: str, small: bool = True) -> Chart:
    """Draw a square for each call, filled where it answers an issue.

    Columns in: as `outlook_list`.
    """
    calls = asked(calls, "answers_count", *_CALL)
    if calls.empty:
        return nothing(language, calls)
    calls = _ranked(calls)
    return Chart(
        lambda width: _draw_count(calls, language, width, small=small),
        _flat(calls),
        _calls_told(calls, language),
        _call_records(calls),
    )


def _ranked(calls: pd.DataFrame) -> pd.DataFrame:
    answered = calls["issue_records"].map(lambda ids: -len(names(ids)))
    return calls.assign(_n=answered).sort_values("_n", kind="stable").drop(columns="_n")


def _flat(calls: pd.DataFrame) -> pd.DataFrame:
    """Lists as words, for a CSV."""
    return calls[list(_CALL)].assign(
        issues=calls["issues"].map(
            lambda labels: "; ".join(labels) if not isinstance(labels, str) else labels
        ),
        issue_records=calls["issue_records"].map(lambda ids: " ".join(names(ids))),
    )


def _answered(call: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Ids and labels of the issues that a call answers."""
    ids, labels = names(call["issue_records"]), call["issues"]
    labels = [labels] if isinstance(labels, str) else list(labels)
    return [(id_, labels[n] if n < len(labels) else id_) for n, id_ in enumerate(ids)]


def _calls_told(calls: pd.DataFrame, language: str) -> tuple[tuple[str, str], ...]:
    word, told = words(language), []
    for call in calls.pipe(rows_of):
        issues = listed(language, [link("issues", *issue) for issue in _answered(call)])
        key = "call_answers" if issues else "call_alone"
        statement = link("statements", call["record"], call["statement"])
        told.append((str(call["record"]), word(key, call=statement, stance=call["stance_label"]) + issues))
    return tuple(told)


def _call_records(calls: pd.DataFrame) -> tuple[str, ...]:
    own = [f"statements/{record}" for record in calls["record"]]
    return unique(own + [f"issues/{i}" for ids in calls["issue_records"] for i in names(ids)])


def _draw_list(calls: pd.DataFrame, language: str, width: int) -> Figure:
    sheet, word = sheet_of(width), words(language)
    answering = calls["issue_records"].map(lambda ids: len(names(ids)) > 0)
    for key, group in (("answering", calls[answering]), ("not_answering", calls[~answering])):
        if len(group):
            heading(sheet, word.text(key, n=len(group)))
            for call in group.pipe(rows_of):
                rule(sheet)
                _draw_call(sheet, call)
            sheet.top += 10
    return sheet.finish()


def _draw_call(sheet: Sheet, call: Mapping[str, Any]) -> None:
    """A call on the left, what it answers on the right; on a phone one under the other."""
    room = sheet.width - 2 * EDGE
    split = EDGE + (room if sheet.narrow else room * 0.66)
    top = sheet.top + 5
    stance = str(call["stance_label"])
    lines = style.wrap(str(call["statement"]), split - EDGE - (0 if sheet.narrow else 150))
    indent = EDGE if sheet.narrow else EDGE + 130
    bottom = sheet.text(
        EDGE, top, style.wrap(stance, room if sheet.narrow else 120, max_lines=2), colour=QUIET
    )
    under = bottom if sheet.narrow else top
    bottom = max(bottom, sheet.text(indent, under, lines))
    box = (indent, min(under, top), split - 8, max(bottom, under + 24))
    sheet.link(f"record:statements/{call['record']}", f"{stance}: {call['statement']}", box)
    y = bottom + 4 if sheet.narrow else top
    x = EDGE if sheet.narrow else split + 12
    sheet.top = max(bottom, _draw_chips(sheet, _answered(call), x, y)) + 5


def _draw_chips(sheet: Sheet, issues: Sequence[tuple[str, str]], left: float, top: float) -> float:
    """Each issue in a box of its own; return where the last one ends."""
    y = top
    for id_, label in issues:
        lines = style.wrap(label, sheet.width - EDGE - left - 16, max_lines=2)
        height = max(len(lines) * style.line_height() + 4, 22)
        wide = style.widest(lines) + 16
        sheet.box(left, y - 3, wide, height, PAPER, POLICY)
        sheet.middle(left + 8, y - 3 + height / 2, lines)
        sheet.link(
            f"record:issues/{id_}",
            label,
            (left, y - 3, left + max(wide, 24), y - 3 + height),
            [f"issues/{id_}"],
        )
        y += height + 4
    return y - 4 if issues else y


def _draw_count(calls: pd.DataFrame, language: str, width: int, *, small: bool) -> Figure:
    sheet, word = sheet_of(width, small=small), words(language)
    answering = calls["issue_records"].map(lambda ids: len(names(ids)) > 0)
    for key, group, filled in (
        ("answering", calls[answering], True),
        ("not_answering", calls[~answering], False),
    ):
        heading(sheet, word.text(key, n=len(group)))
        x, y = EDGE, sheet.top + 14
        for call in group.pipe(rows_of):
            if x + 24 > sheet.width - EDGE:
                x, y = EDGE, y + 26
            colour = INK if filled else POLICY
            sheet.box(x + 1, y - 9, 18, 18, colour if filled else PAPER, colour)
            sheet.link(
                f"record:statements/{call['record']}", str(call["statement"]), (x - 2, y - 12, x + 22, y + 12)
            )
            x += 26
        sheet.top = y + 18
    return sheet.finish()
