"""Lanes of a timeline: named rows of bars on one axis of time, and the years that none covers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeScale, pack
from analysis.figures.canvas import Canvas
from analysis.figures.words import Words, joined
from analysis.tidy.findings import counts_fiscal_years, year_run

GUTTER = 1.3  # inches kept for the names of lanes
PAD = 0.06
BLOCK = 0.09  # the thick left side of a bar
_SHARED = 0.06  # neighbours may overlap this much: a month that two phases share

WORDS = Words(
    unstated=("期間の記載なし：", "Period not stated: "),
    undated_project=("期間の記載なし（事業の期間に置く）", "period not stated (placed by its programme)"),
    end_unstated=("終期の記載なし", "end not stated"),
    gap_years=("{years}（{n}{unit}）", "{years} (years: {n})"),
    gap_some=("{years}（{n}{unit}、うち{k}は期間不明の事業のみ）", "{years} (years: {n}, undated only: {k})"),
    fiscal=("年度", ""),
    calendar=("年", ""),
    gap_all=("{years}（期間不明の事業のみ）", "{years} (undated only)"),
)


@dataclass(frozen=True)
class Bar:
    """A span ready to be drawn: where, what it says, and how."""

    left: float
    right: float
    lines: list[str]
    quiet: list[str]
    key: str
    face: str
    edge: str = style.PAPER
    block: bool = False  # a thick left side
    dashed: bool = False
    open_start: bool = False
    open_end: bool = False
    marks: tuple[tuple[float, str, str], ...] = ()  # x, letter, key

    @property
    def height(self) -> float:
        lines = (len(self.lines) + len(self.quiet)) * style.line_height(style.SMALL)
        return lines + 0.1 + (0.24 if self.marks else 0)


def ends(span: object, scale: TimeScale) -> tuple[float, float]:
    """Left and right edge; an open or unstated side reaches to the edge or a short way."""
    left = scale(span.start) if span.start else scale.left
    if span.end:
        return left, scale(span.end)
    return left, scale.right if span.open_end == "yes" else min(left + 0.9, scale.right)


def lane(
    canvas: Canvas,
    name: str,
    bars: list[Bar],
    *,
    colour: str = style.INK,
    mark: str = "",
    before: float = 0.08,
) -> None:
    """Draw one named lane, packing overlapping bars into rows as high as their texts."""
    canvas.top += before
    label = style.wrap(name, GUTTER - 0.15, style.SIZE)
    start = canvas.top
    if mark:
        canvas.mark(canvas.left + 0.07, start + 0.13, mark, face=colour, size=7)
    canvas.text(canvas.left + (0.22 if mark else 0), start + 0.03, label, size=11 if mark else style.SIZE)
    bars = sorted(bars, key=lambda bar: (bar.left, bar.right))
    rows = pack([(bar.left, bar.right) for bar in bars], gap=-_SHARED)
    for row in range(max(rows, default=-1) + 1):
        inside = [bar for bar, at in zip(bars, rows, strict=True) if at == row]
        height = max(bar.height for bar in inside)
        for bar in inside:
            _draw(canvas, bar, height)
        canvas.top += height + 0.04
    canvas.top = max(canvas.top, start + len(label) * style.line_height(style.SIZE) + 0.06)


def _draw(canvas: Canvas, bar: Bar, height: float) -> None:
    y, width = canvas.top, bar.right - bar.left
    canvas.box(
        bar.left, y, width, height, face=bar.face, edge=bar.edge, key=bar.key, dashed=bar.dashed, line=0.7
    )
    if bar.block:
        canvas.box(bar.left, y, BLOCK, height, face=bar.edge, edge=bar.edge, key=bar.key)
    if bar.open_start:
        canvas.arrow(bar.left, y, height, face=bar.edge, key=bar.key, towards=-1)
    if bar.open_end:
        canvas.arrow(bar.right, y, height, face=bar.edge, key=bar.key)
    x = bar.left + PAD + BLOCK * bar.block
    canvas.text(x, y + 0.05, bar.lines, size=style.SMALL, key=bar.key)
    canvas.text(
        x,
        y + 0.05 + len(bar.lines) * style.line_height(style.SMALL),
        bar.quiet,
        size=style.SMALL,
        colour=style.QUIET,
        key=bar.key,
    )
    for at, letter, key in bar.marks:
        if at > bar.right:  # an evaluation after the project's end stays tied to it
            canvas.rule(bar.right, y + height - 0.14, at, y + height - 0.14, colour=bar.edge, below=1)
        _letter(canvas, at, y + height - 0.14, letter, key)


def _letter(canvas: Canvas, x: float, y: float, letter: str, key: str) -> None:
    """A printed grade in its tile; an empty dashed tile where the source gives none."""
    width = max(0.22, style.text_width(letter, style.SIZE) + 0.08)
    canvas.box(
        x - width / 2,
        y - 0.095,
        width,
        0.19,
        face=style.PAPER,
        edge=style.INK if letter else style.QUIET,
        dashed=not letter,
        key=key,
        below=2,
    )
    if letter:
        canvas.middle(x, y, [letter], size=style.SIZE, align="center", key=key)


def unstated(canvas: Canvas, spans: pd.DataFrame, scale: TimeScale, language: str) -> None:
    """Name, under their lane, the spans that no date places."""
    rows = spans.query("start == '' and end == ''")
    if rows.empty:
        return
    words = WORDS("unstated", language) + joined(rows[f"label_{language}"], language)
    lines = style.wrap(words, scale.right - scale.left, style.SMALL)
    height = len(lines) * style.line_height(style.SMALL)
    canvas.box(scale.left, canvas.top, style.widest(lines, style.SMALL), height, face=style.PAPER, below=0.3)
    canvas.text(scale.left, canvas.top, lines, size=style.SMALL, colour=style.QUIET)
    canvas.top += height + 0.04


def gap_strip(canvas: Canvas, name: str, gaps: pd.DataFrame, scale: TimeScale, language: str) -> None:
    """Runs of years without a project of stated period, hatched and counted.

    Columns in: fiscal_year, start, end, status (supported, undated, none).
    """
    runs = runs_of_years(gaps.query("status != 'supported'")["fiscal_year"].tolist())
    if not runs:
        return
    y = canvas.top + 0.02
    canvas.text(
        canvas.left, y, style.wrap(name, GUTTER - 0.15, style.SMALL), size=style.SMALL, colour=style.QUIET
    )
    after = scale.left - 0.1
    for first, last in runs:
        run = gaps.query("@first <= fiscal_year <= @last")
        left, right = scale(run["start"].min()), scale(run["end"].max())
        canvas.box(
            left, y + 0.02, right - left, 0.13, face=style.PAPER, edge=style.QUIET, hatch="////", line=0.5
        )
        for year in run.query("status == 'none'").itertuples():
            x = scale(year.start)
            canvas.box(x, y + 0.02, scale(year.end) - x, 0.13, face=style.QUIET, below=1.1)
        words = _gap_words(gaps, first, last, language)
        half = style.text_width(words, style.SMALL) / 2
        centre = min(max((left + right) / 2, after + half), canvas.right - half)
        after = centre + half + 0.1
        # Lines of years and phases end where words stand.
        canvas.box(centre - half, y + 0.17, 2 * half, style.line_height(style.SMALL), below=0.3)
        canvas.text(centre, y + 0.17, words, size=style.SMALL, align="center")
    canvas.top = y + 0.4


def _gap_words(gaps: pd.DataFrame, first: int, last: int, language: str) -> str:
    """How long a run without a dated project is, and for how much of it an undated one is known."""
    years = year_run(first, last, language, fiscal=counts_fiscal_years(gaps))
    undated = len(gaps.query("status == 'undated' and @first <= fiscal_year <= @last"))
    length = last - first + 1
    name = "gap_all" if undated == length else "gap_some" if undated else "gap_years"
    unit = WORDS("fiscal" if counts_fiscal_years(gaps) else "calendar", language)
    return WORDS(name, language).format(years=years, n=length, k=undated, unit=unit)


def runs_of_years(years: list[int]) -> list[tuple[int, int]]:
    """Consecutive years as (first, last) pairs, in order."""
    runs: list[tuple[int, int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return runs
