"""How much of the source stands under a record, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.figures import style
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words

WORDS = Words(
    reason=("理由を示して記録なし", "no record, with a reason"),
    chars=("{n}字", "{n} characters"),
    whole=("全体", "Whole source"),
    nothing=("記録も理由もない", "neither record nor reason"),
    unknown=(
        "原文との照合がまだないため、位置は分からない。",
        "The study was not checked against its source, so positions are not known.",
    ),
    empty=("原文の箇所が記されていない。", "No passages of a source are recorded."),
)


def source_coverage(
    passages: pd.DataFrame,
    sections: Sequence[Mapping[str, str]],
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw the source as a strip per section: each passage as wide as it is long.

    Table in: passages as in data/processed; `sections` as in study.yaml. A passage leads to what
    it carries; the number behind a strip is the section's length.
    """
    if passages.empty:
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=passages)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    gutter, tail = 3.2, 1.3
    longest = passages.groupby("section")["chars"].sum().max()
    inch = (canvas.right - canvas.left - gutter - tail) / longest
    for section in sections:
        own = passages.query("section == @section['id']")
        if len(own):
            _strip(canvas, section, own, gutter, inch, language)
    return canvas.finish(source, alt=alt, rows=passages)


def _strip(
    canvas: Canvas,
    section: Mapping[str, str],
    own: pd.DataFrame,
    gutter: float,
    inch: float,
    language: str,
) -> None:
    name = section["title" if language == "ja" else "title_en"]
    if section["id"][0].isdigit():
        name = f"{section['id']} {name}"
    lines = style.wrap(name, gutter - 0.2, style.SIZE, 2)
    height = max(0.3, len(lines) * style.line_height(style.SIZE) + 0.06)
    y = canvas.top + height / 2
    canvas.middle(canvas.left, y, lines)
    x = canvas.left + gutter
    for passage in own.itertuples():
        width = passage.chars * inch
        recorded = passage.covered == "record"
        canvas.box(
            x,
            y - 0.1,
            width,
            0.2,
            face=style.PASSAGE if recorded else style.PAPER,
            edge=style.PAPER if recorded else style.QUIET,
            line=0.5,
            hatch="" if recorded else "////",
            key=f"passages/{passage.record}",
        )
        x += width
    words = WORDS("chars", language).format(n=f"{int(own['chars'].sum()):,}")
    canvas.middle(x + 0.08, y, [words], size=style.SMALL, colour=style.QUIET)
    canvas.top += height


def source_map(
    coverage: pd.DataFrame,
    tables: Mapping[str, str],
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw the source from first to last character: a row a table, a mark where its records stand.

    Table in: coverage as in data/processed; `tables` gives each table's name. The last rows hold
    what is left out with a reason, and what nothing accounts for.
    """
    if coverage.empty:
        return blank(WORDS("unknown", language), subtitle, language=language, source=source, rows=coverage)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    gutter = 2.2
    inch = (canvas.right - canvas.left - gutter) / coverage["chars"].sum()
    _section_heads(canvas, coverage, canvas.left + gutter, inch)
    rows = {name: coverage[coverage["tables"].str.split().map(lambda t, n=name: n in t)] for name in tables}
    for name, own in rows.items():
        if len(own):
            _map_row(canvas, tables[name], own, gutter, inch, face=style.USED)
    _map_row(
        canvas, WORDS("reason", language), coverage.query("covered == 'reason'"), gutter, inch, hatch="////"
    )
    _map_row(
        canvas,
        WORDS("nothing", language),
        coverage.query("covered == 'nothing'"),
        gutter,
        inch,
        face=style.INK,
    )
    return canvas.finish(source, alt=alt, rows=coverage)


def _section_heads(canvas: Canvas, coverage: pd.DataFrame, left: float, inch: float) -> None:
    """Number the printed sections above the map, where there is room; footnotes are left out."""
    end = 0.0
    for section, own in coverage.groupby("section", sort=False):
        x = left + own["position"].min() * inch
        canvas.rule(x, canvas.top + 0.16, x, canvas.top + 0.24, colour=style.QUIET)
        if not section.startswith("fn") and x >= end and section != "title":
            canvas.text(x, canvas.top, section, size=style.SMALL, colour=style.QUIET)
            end = x + style.text_width(section, style.SMALL) + 0.06
    canvas.top += 0.26


def _map_row(
    canvas: Canvas,
    name: str,
    own: pd.DataFrame,
    gutter: float,
    inch: float,
    *,
    face: str = style.PAPER,
    hatch: str = "",
) -> None:
    lines = style.wrap(name, gutter - 0.15, style.SMALL, 2)
    height = max(0.22, len(lines) * style.line_height(style.SMALL) + 0.04)
    y = canvas.top + height / 2
    canvas.middle(canvas.left, y, lines, size=style.SMALL)
    canvas.rule(canvas.left + gutter, y, canvas.right, y, colour=style.GRID)
    for stretch in own.itertuples():
        key = f"passages/{stretch.passage}" if stretch.passage else None
        canvas.box(
            canvas.left + gutter + stretch.position * inch,
            y - 0.07,
            max(stretch.chars * inch, 0.012),
            0.14,
            face=face,
            edge=style.QUIET if hatch else "none",
            hatch=hatch,
            line=0.4,
            key=key,
        )
    canvas.top += height
