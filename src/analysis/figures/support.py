"""Support by year: two strips a region, by the source alone and with public records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf
from operator import itemgetter

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeAxis, decimal_year
from analysis.figures.chart import Chart, asked, nothing, rows_of
from analysis.figures.check import FigureError
from analysis.figures.colours import PAPER, QUIET
from analysis.figures.encoding import DOTTED, STATES, Span, draw_bar, draw_key, region_colours
from analysis.figures.lanes import FEW, gutter, phase_band, phase_list, row_height, row_name, shade
from analysis.figures.sheet import Sheet, records
from analysis.figures.svg import HIT
from analysis.figures.words import aside, between, headed, joined, words
from analysis.words import escape

_SUPPORT = "region name fiscal_year source status projects label"
_SOURCES = ("paper", "records")
_STRIP = 18  # height of a strip
_LONG = 2  # years beyond the first, for a run to be named on a phone
_BETWEEN = " / "  # stands between the names of a label
_YEAR = 34  # pixels that a printed year takes


@dataclass(frozen=True)
class _Run:
    """Years in a row in which the same projects are known in the same way."""

    first: int
    last: int
    status: str
    projects: tuple[str, ...]
    label: str

    def cells(self, axis: TimeAxis) -> tuple[float, float]:
        return _cells(axis, self.first, self.last)

    def told(self, language: str) -> tuple[str, str]:
        """The years, and how they are known where that is not simply stated."""
        once = self.first == self.last
        years = str(self.first) if once else between(self.first, self.last, language)
        known = words(language).text(f"is_{self.status}") if self.status != "stated" else ""
        return years, known


@dataclass(frozen=True)
class _Region:
    """A region, and the runs of each of its strips by source."""

    id: str
    name: str
    colour: str
    strips: dict[str, list[_Run]]


def support_strips(
    support: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = False
) -> Chart:
    """Draw in which years each region had a national project, a cell a fiscal year.

    Columns in: support: region (id), name, fiscal_year (int), source (paper, records), status (stated,
    inferred, lent, none, unknown), projects (ids, space-separated; another study's as `study/id`),
    label (the projects' names in their order, " / " between them), start (optional: first day of the year, else 1 April); phases: record, number, label, start,
    end, open_end. `small` leaves out names, key and phases.
    """
    support = asked(support, "support_strips", _SUPPORT, also="start")
    phases = asked(phases, "support_strips", "record number label start end")
    if support.empty:
        return nothing(language, support)
    for column, known in (("source", _SOURCES), ("status", (*STATES, "none", "unknown"))):
        if others := set(support[column]).difference(known):
            raise FigureError(f"support_strips: {column} {min(others)!r}; expected {', '.join(known)}")
    regions = _regions(support)
    told = [
        (f"{region.id}-{source}", _in_words(region.name, source, runs, language))
        for region in regions
        for source, runs in region.strips.items()
    ]
    shown = phases.iloc[: 0 if small else None]
    linked = [_address(project) for ids in support["projects"] for project in ids.split()]
    drawn = records(linked + [f"record:phases/{phase}" for phase in phases["record"]])

    def paint(sheet: Sheet) -> None:
        _draw(sheet, support, regions, shown, language, small)

    return Chart(paint, support, told, drawn)


def _regions(support: pd.DataFrame) -> list[_Region]:
    colours, made = region_colours(support["region"]), []
    for region, rows in support.groupby("region", sort=False, observed=True):
        sources = rows.sort_values("fiscal_year").groupby("source", sort=True, observed=True)
        strips = {str(source): _runs(years) for source, years in sources}
        made.append(_Region(str(region), str(rows["name"].iloc[0]), colours[str(region)], strips))
    return made


def _runs(years: pd.DataFrame) -> list[_Run]:
    runs = []
    for (status, projects, label), group in groupby(
        rows_of(years), itemgetter("status", "projects", "label")
    ):
        held = [int(row["fiscal_year"]) for row in group]
        runs.append(_Run(held[0], held[-1], status, tuple(projects.split()), label))
    return runs


def _draw(
    sheet: Sheet,
    support: pd.DataFrame,
    regions: Sequence[_Region],
    phases: pd.DataFrame,
    language: str,
    small: bool,
) -> None:
    many = len(regions) > FEW
    first, last = int(support["fiscal_year"].min()), int(support["fiscal_year"].max())
    begin = min(filter(None, support.get("start", ())), default=f"{first}-04-01")
    shift, left = decimal_year(begin) % 1, gutter(sheet, many=many, wide=170)
    axis, top = TimeAxis(first + shift, last + 1 + shift, left, sheet.width - 6), sheet.top
    short = phase_band(sheet, axis, phases, language)
    _years(sheet, axis, range(first, last + 1))
    for region in regions:
        if many:
            _dense(sheet, axis, region, row_height(len(regions), 1400))
        else:
            _region(sheet, axis, region, language, small)
    shade(sheet, axis, phases, top, sheet.top)
    if not small:
        sheet.top += 8
        draw_key(sheet, support["status"], language)
        phase_list(sheet, short, language)


def _years(sheet: Sheet, axis: TimeAxis, years: range) -> None:
    """Print each year over its cell, or every fifth where cells are narrow."""
    left, right = _cells(axis, years[0], years[0])
    every = 1 if right - left > _YEAR else 5
    room = (every - years[0] % every) * (right - left)  # of the first, up to the next that is printed
    for year in years:
        if year % every == 0 or (year == years[0] and room > _YEAR):
            left, right = _cells(axis, year, year)
            x = min(max((left + right) / 2, 17), sheet.width - 17)
            sheet.text(x, sheet.top, str(year), colour=QUIET, align="center")
    sheet.top += 20


def _cells(axis: TimeAxis, first: int, last: int) -> tuple[float, float]:
    """Left and right edge of the cells of some years."""
    start = axis.first % 1
    return axis.at(first + start), axis.at(last + 1 + start)


def _region(sheet: Sheet, axis: TimeAxis, region: _Region, language: str, small: bool) -> None:
    """One region with room for names: a strip each source, what ran under it."""
    sheet.top += 6
    sheet.named((4, sheet.top), region.name, region.colour, room=inf, size=style.BODY)
    sheet.top += 20
    known: set[_Run] = set()  # of the strip above: what runs on is not named twice
    for source, runs in region.strips.items():
        label = words(language).text(f"source_{source}")
        if sheet.narrow:
            sheet.top = sheet.text(4, sheet.top, label, colour=QUIET) + 1
        else:
            sheet.middle(20, sheet.top + 9, style.wrap(label, axis.left - 30), colour=QUIET)
        _fill(sheet, axis, runs, (sheet.top, _STRIP), region.colour)
        _links(sheet, axis, region, source, language)
        sheet.top += _STRIP + 2
        if not small:
            groups = [[*held] for label, held in groupby(runs, lambda run: run.label) if label]
            new = [held for held in groups if not known.issuperset(held)]
            if sheet.narrow:
                _list_names(sheet, new)
            else:
                _names(sheet, axis, new)
            known = {*runs}
        sheet.top += 6
    sheet.top += 6


def _fill(sheet: Sheet, axis: TimeAxis, runs: list[_Run], place: tuple[float, float], colour: str) -> None:
    """Fill the cells of a strip at a place (top, height): a line where none is recorded, dots where unknown."""
    y, height = place
    for run in runs:
        left, right = run.cells(axis)
        if run.status in STATES:
            draw_bar(sheet, (left + 1, right - 1), y, height, Span("x", "x", run.status), colour)
            for year in range(run.first + 1, run.last + 1):
                x, _ = _cells(axis, year, year)
                sheet.line((x, y + 1), (x, y + height - 1), colour=PAPER, zorder=3)
        else:
            kind = DOTTED if run.status == "unknown" else "solid"
            sheet.line((left + 3, y + height / 2), (right - 3, y + height / 2), linestyle=kind)


def _links(sheet: Sheet, axis: TimeAxis, region: _Region, source: str, language: str) -> None:
    """Lead each run to its project, or the whole strip to its item where cells are too narrow to hit."""
    runs, item, of = region.strips[source], f"#{region.id}-{source}", f"regions/{region.id}"
    top, bottom = sheet.top - 3, sheet.top + _STRIP + 3
    if any(right - left < HIT for left, right in (run.cells(axis) for run in runs)):
        title = f"{region.name}, {words(language).text(f'source_{source}')}"
        sheet.link(item, title, (axis.left, top, axis.right, bottom), (of,))
        return
    for run in [run for run in runs if run.projects]:
        left, right = run.cells(axis)
        to = _address(run.projects[0]) if len(run.projects) == 1 else item
        years, known = run.told(language)
        title = aside(headed(f"{region.name} {years}", run.label, language), [known], language)
        linked = (_address(p).removeprefix("record:") for p in run.projects)
        sheet.link(to, title, (left, top, right, bottom), (of, *linked))


def _names(sheet: Sheet, axis: TimeAxis, groups: list[list[_Run]]) -> None:
    """Write the name of what ran under its years, as far as the next name."""
    named = [(held[0].cells(axis)[0], held[0].label) for held in groups]
    bottom = sheet.top
    for (left, label), (end, _) in pairwise([*named, (axis.right + 8, "")]):
        room = end - left - 8
        lines = style.balanced(label, room)
        if len(lines) <= 3 and style.unbroken(label, room):
            bottom = max(bottom, sheet.text(left + 2, sheet.top, lines))
    sheet.top = bottom


def _list_names(sheet: Sheet, groups: list[list[_Run]]) -> None:
    """Write under a strip that is too narrow for names what ran for some years, a line each."""
    for held in groups:
        first, last = held[0].first, held[-1].last
        if last - first >= _LONG:
            sheet.text(4, sheet.top, f"{first}–{last % 100:02}", colour=QUIET)
            sheet.top = sheet.text(62, sheet.top, style.wrap(held[0].label, sheet.width - 66, max_lines=1))


def _dense(sheet: Sheet, axis: TimeAxis, region: _Region, pitch: float) -> None:
    """One of many regions: its strips close together, its name beside them."""
    row_name(sheet, region.name, axis, pitch)
    height = min((pitch - 2) / len(region.strips) - 1, 8)
    y = sheet.top + (pitch - len(region.strips) * (height + 1)) / 2
    for n, runs in enumerate(region.strips.values()):
        _fill(sheet, axis, runs, (y + n * (height + 1), height), region.colour)
    if pitch >= HIT:
        box = (4, sheet.top, axis.right, sheet.top + pitch)
        sheet.link(f"#{region.id}-{next(iter(region.strips))}", region.name, box, (f"regions/{region.id}",))
    sheet.top += pitch


def _named(run: _Run, language: str) -> list[str]:
    """A name for each project of a run; where they share their programme's, the others say only that."""
    names = run.label.split(_BETWEEN)
    if len(names) == len(run.projects):
        return [name or project for name, project in zip(names, run.projects, strict=True)]
    others = [words(language).text("another_record")] * (len(run.projects) - 1)
    return [run.label or run.projects[0], *others] if run.projects else []


def _address(project: str) -> str:
    """Where a project's evidence is; of another study its id is `study/id`."""
    study, _, record = project.rpartition("/")
    return f"record:{study}/projects/{record}" if study else f"record:projects/{record}"


def _in_words(name: str, source: str, runs: list[_Run], language: str) -> str:
    """One strip as a line of Markdown."""
    parts = []
    for run in runs:
        years, known = run.told(language)
        named = zip(_named(run, language), run.projects, strict=True)
        told = joined([f"[{escape(name)}]({_address(project)})" for name, project in named], language)
        parts.append(f"{years} {aside(told, [escape(known)], language) if told else escape(known)}")
    head = aside(f"**{escape(name)}**", [words(language)(f"source_{source}")], language)
    return headed(head, joined(parts, language, wide=True), language)
