"""A region over time: its core institutions from project to project, and what they share."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from analysis.figures import style
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words
from analysis.transcribe.periods import display

WORDS = Words(
    overlap=(
        "重なり {shared}/{union}（Jaccard {jaccard:.2f}）",
        "overlap {shared} of {union} (Jaccard {jaccard:.2f})",
    ),
    complete=("", ""),
    partial=("一覧は一部のみ記載", "list partly given"),
    inferred=("中核機関は判断による", "core institution inferred"),
    stayed=("参画を続ける", "stays"),
    empty=("中核機関が記されたプロジェクトがない。", "The source names no project's core institutions."),
    key=("● 原文に記載　○ 判断", "● stated   ○ inferred"),
)


def institution_presence(
    roles: pd.DataFrame,
    continuity: pd.DataFrame,
    project_spans: pd.DataFrame,
    *,
    region: str,
    place: int,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw one region's core institutions: a row each, a column per project, joined while it stays.

    Tables in: institution_roles, institution_continuity, project_spans as in data/processed;
    `place` is the region's place in the study's order, which gives its colour and mark.
    """
    core = roles.query("region == @region and role == 'core' and project != ''")
    projects = project_spans[project_spans["record"].isin(core["project"])]
    if projects.empty:
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=core)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    canvas.text(canvas.left, canvas.top, WORDS("key", language), size=style.SMALL, colour=style.QUIET)
    canvas.top += 0.28
    order = list(
        dict.fromkeys(i for p in projects["record"] for i in core.query("project == @p")["institution"])
    )
    names = core.drop_duplicates("institution").set_index("institution")[f"institution_{language}"]
    gutter = min(4.0, max(style.text_width(names[i], style.SIZE) for i in order) + 0.4)
    width = (canvas.right - canvas.left - gutter) / len(projects)
    centres = {p: canvas.left + gutter + (n + 0.5) * width for n, p in enumerate(projects["record"])}
    _heads(canvas, projects, centres, width, language)
    _rows(canvas, core, order, names, centres, gutter, style.accent(place), style.MARKERS[place % 6])
    _overlaps(canvas, continuity.query("region == @region"), centres, width, language)
    return canvas.finish(source, alt=alt, rows=core)


def _heads(
    canvas: Canvas, projects: pd.DataFrame, centres: dict[str, float], width: float, language: str
) -> None:
    blocks = {}
    for row in projects.itertuples():
        when = row.period or row.programme_period
        blocks[row.record] = [
            *style.wrap(getattr(row, f"label_{language}"), width - 0.2, style.SIZE, 5),
            *style.wrap(display(when, language) if when else "", width - 0.2, style.SIZE),
        ]
    for project, lines in blocks.items():
        canvas.text(centres[project], canvas.top, lines, align="center", key=f"projects/{project}")
    canvas.top += max(map(len, blocks.values())) * style.line_height(style.SIZE) + 0.06
    canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top)
    canvas.top += 0.08


def _rows(
    canvas: Canvas,
    core: pd.DataFrame,
    order: list[str],
    names: pd.Series,
    centres: dict[str, float],
    gutter: float,
    colour: str,
    marker: str,
) -> None:
    columns = list(centres)
    for institution in order:
        lines = style.wrap(names[institution], gutter - 0.2, style.SIZE, 2)
        height = max(0.3, len(lines) * style.line_height(style.SIZE) + 0.08)
        y = canvas.top + height / 2
        canvas.middle(canvas.left, y, lines, key=f"institutions/{institution}")
        own = core.query("institution == @institution").set_index("project")
        for before, after in pairwise(columns):
            if before in own.index and after in own.index:
                canvas.rule(centres[before], y, centres[after], y, colour=colour, line=2.2, below=1)
        for project, row in own.iterrows():
            face = colour if row["basis"] == "stated" else style.PAPER
            canvas.mark(
                centres[project],
                y,
                marker,
                size=9,
                face=face,
                edge=colour,
                key=f"participations/{row['record']}",
            )
        canvas.top += height
        canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top, colour=style.GRID)


def _overlaps(
    canvas: Canvas, continuity: pd.DataFrame, centres: dict[str, float], width: float, language: str
) -> None:
    canvas.top += 0.08
    deepest = 0
    for row in continuity.itertuples():
        words = WORDS("overlap", language).format(shared=row.shared, union=row.union, jaccard=row.jaccard)
        note = WORDS(row.lists, language)
        lines = style.wrap(words, width - 0.1, style.SMALL) + (
            style.wrap(note, width - 0.1, style.SMALL) if note else []
        )
        x = (centres[row.previous] + centres[row.project]) / 2
        canvas.text(x, canvas.top, lines, size=style.SMALL, colour=style.QUIET, align="center")
        deepest = max(deepest, len(lines))
    canvas.top += deepest * style.line_height(style.SMALL)
