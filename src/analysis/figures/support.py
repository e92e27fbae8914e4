"""Support by year: two strips a region, by the source alone and with public records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import TimeAxis, decimal_year
from analysis.figures.chart import Chart
from analysis.figures.colours import GRID, PAPER, QUIET
from analysis.figures.encoding import STATES, Span, draw_bar, draw_key, region_colours
from analysis.figures.lanes import phase_band, phase_list, row_height, shade
from analysis.figures.sheet import Sheet, records
from analysis.figures.svg import HIT
from analysis.figures.words import aside, joined, words
from analysis.words import escape

_FEW = 6  # regions, up to which projects have names beside their cells


@dataclass(frozen=True)
class _Run:
    """Years in a row in which the same projects are known in the same way."""

    first: int
    last: int
    status: str
    projects: tuple[str, ...]
    label: str

    def told(self, language: str) -> tuple[str, str]:
        """The years, and how they are known where that is not simply stated."""
        years = str(self.first) if self.first == self.last else f"{self.first}–{self.last}"
        known = words(language).text(f"is_{self.status}") if self.status != "stated" else ""
        return years, known


def support_strips(
    support: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = False
) -> Chart:
    """Draw in which years each region had a national project, a cell a fiscal year.

    Columns in: support: region (id), name, fiscal_year (int), source (paper, records), status (stated,
    inferred, lent, none, unknown), projects (ids, space-separated; another study's as `study/id`),
    label, start (optional: first day of the year, else 1 April); phases: record, number, label, start,
    end, open_end. `small` leaves out names, key and phases.
    """
    told = [
        (f"{region}-{source}", _in_words(name, source, runs, language))
        for region, name, strips in _regions(support)
        for source, runs in strips.items()
    ]
    linked = [_address(p) for ids in support["projects"] for p in ids.split()]
    marks = records(linked + [f"record:phases/{p}" for p in phases["record"]])

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), support, phases.iloc[: 0 if small else None], language, small)

    return Chart(draw, support.reset_index(drop=True), tuple(told), marks)


def _regions(support: pd.DataFrame) -> Iterator[tuple[str, str, dict[str, list[_Run]]]]:
    """Each region with its strips: id, name, and the runs of each source."""
    for region, rows in support.groupby("region", sort=False):
        strips = {
            str(source): _runs(years.sort_values("fiscal_year").to_dict("records"))
            for source, years in rows.groupby("source", sort=False)
        }
        yield str(region), str(rows["name"].iloc[0]), dict(sorted(strips.items()))


def _runs(years: list[dict[str, Any]]) -> list[_Run]:
    runs = []
    for (status, projects, label), group in groupby(
        years, lambda y: (y["status"], y["projects"], y["label"])
    ):
        held = list(group)
        first, last = (int(held[n]["fiscal_year"]) for n in (0, -1))
        runs.append(_Run(first, last, status, tuple(projects.split()), label))
    return runs


def _draw(sheet: Sheet, support: pd.DataFrame, phases: pd.DataFrame, language: str, small: bool) -> Figure:
    regions = list(_regions(support))
    many = len(regions) > _FEW
    gutter = 4.0 if sheet.narrow and not many else 110.0 if sheet.narrow else 170.0
    years = support["fiscal_year"]
    april = decimal_year(f"{years.min()}-04-01") - int(years.min())
    shift = decimal_year(support["start"].min()) % 1 if "start" in support else april
    axis = TimeAxis(int(years.min()) + shift, int(years.max()) + 1 + shift, gutter, sheet.width - 6)
    top = sheet.top
    short = phase_band(sheet, axis, phases, language)
    _years(sheet, axis, range(int(years.min()), int(years.max()) + 1))
    colours = region_colours(support["region"])
    for region, name, strips in regions:
        if many:
            _dense(sheet, axis, (region, name, strips), colours[region], row_height(len(regions), 1400))
        else:
            _region(sheet, axis, (region, name, strips), colours[region], language, small)
    shade(sheet, axis, phases, top, sheet.top)
    if not small:
        sheet.top += 8
        used = set(support["status"]) - {"unknown"} | (
            {"none"} if "unknown" in set(support["status"]) else set()
        )
        draw_key(sheet, used, language, left=4)
        phase_list(sheet, short, language)
    return sheet.finish()


def _years(sheet: Sheet, axis: TimeAxis, years: range) -> None:
    """Print each year over its cell, or every fifth where cells are narrow."""
    cell = _cell(axis, years[0])
    every = 1 if cell[1] - cell[0] > 34 else 5
    for year in years:
        if year % every == 0 or (year == years[0] and year % every <= every - 2):
            left, right = _cell(axis, year)
            x = min(max((left + right) / 2, 17), sheet.width - 17)
            sheet.text(x, sheet.top, str(year), colour=QUIET, align="center")
    sheet.top += 20


def _cell(axis: TimeAxis, first: int, last: int | None = None) -> tuple[float, float]:
    """Left and right edge of the cells of some years."""
    start = axis.first % 1
    return axis.at(first + start), axis.at((last or first) + 1 + start)


def _region(
    sheet: Sheet,
    axis: TimeAxis,
    region: tuple[str, str, dict[str, list[_Run]]],
    colour: str,
    language: str,
    small: bool,
) -> None:
    """One region with room for names: a strip each source, what ran under it."""
    sheet.top += 6
    id_, name, strips = region
    sheet.box(4, sheet.top + 4, 10, 10, colour)
    sheet.text(20, sheet.top, name, size=style.BODY)
    sheet.top += 20
    known: set[_Run] = set()  # of the strip above: what runs on is not named twice
    for source, runs in strips.items():
        label = words(language).text(f"source_{source}")
        if sheet.narrow:
            sheet.top = sheet.text(4, sheet.top, label, colour=QUIET) + 1
        else:
            lines = style.wrap(label, axis.left - 30)
            sheet.middle(20, sheet.top + 9, lines, colour=QUIET)
        _strip(sheet, axis, (id_, name, source), runs, 18, colour, language)
        sheet.top += 20
        if not small:
            sheet.top += _names(sheet, axis, runs, known) + 6
            known = {*runs}
        else:
            sheet.top += 6
    sheet.top += 6


def _strip(
    sheet: Sheet,
    axis: TimeAxis,
    about: tuple[str, str, str],
    runs: list[_Run],
    height: float,
    colour: str,
    language: str,
) -> None:
    region, name, source = about
    for run in runs:
        left, right = _cell(axis, run.first, run.last)
        if run.status in STATES:
            draw_bar(sheet, (left + 1, right - 1), sheet.top, height, Span("x", "x", run.status), colour)
            for year in range(run.first + 1, run.last + 1):
                x = _cell(axis, year)[0]
                sheet.line(x, sheet.top + 1, x, sheet.top + height - 1, colour=PAPER, below=3)
        else:
            sheet.line(left + 3, sheet.top + height / 2, right - 3, sheet.top + height / 2)
    item = f"#{region}-{source}"
    if min(r - x for x, r in (_cell(axis, run.first, run.last) for run in runs)) < HIT:
        title = f"{name}, {words(language).text(f'source_{source}')}"
        sheet.link(
            item,
            title,
            (axis.left, sheet.top - 3, axis.right, sheet.top + height + 3),
            (f"regions/{region}",),
        )
        return
    for run in runs:
        left, right = _cell(axis, run.first, run.last)
        if run.projects:
            to = _address(run.projects[0]) if len(run.projects) == 1 else item
            years, known = run.told(language)
            title = ", ".join(filter(None, [f"{name} {years}: {run.label}", known]))
            of = (f"regions/{region}", *(_address(p).removeprefix("record:") for p in run.projects))
            sheet.link(to, title, (left, sheet.top - 3, right, sheet.top + height + 3), of)


def _names(sheet: Sheet, axis: TimeAxis, runs: list[_Run], known: set[_Run]) -> float:
    """Write the name of what ran under its years, as far as the next name; return how deep that is."""
    groups = [[*held] for label, held in groupby(runs, lambda run: run.label) if label]
    named = [(_cell(axis, held[0].first)[0], held[0].label) for held in groups if not known.issuperset(held)]
    deep = 0.0
    for (left, label), (end, _) in pairwise([*named, (axis.right + 8, "")]):
        room = end - left - 8
        lines = style.balanced(label, room)
        if len(lines) <= 3 and style.unbroken(label, room):
            sheet.text(left + 2, sheet.top, lines)
            deep = max(deep, len(lines) * style.line_height())
    return deep


def _dense(
    sheet: Sheet, axis: TimeAxis, region: tuple[str, str, dict[str, list[_Run]]], colour: str, pitch: float
) -> None:
    """One of many regions: its strips close together, its name beside them."""
    id_, name, strips = region
    sheet.middle(4, sheet.top + pitch / 2, style.wrap(name, axis.left - 12, max_lines=1))
    height = min((pitch - 2) / len(strips) - 1, 8)
    for n, runs in enumerate(strips.values()):
        y = sheet.top + (pitch - len(strips) * (height + 1)) / 2 + n * (height + 1)
        for run in runs:
            left, right = _cell(axis, run.first, run.last)
            if run.status in STATES:
                draw_bar(sheet, (left, right - 1), y, height, Span("x", "x", run.status), colour)
            else:
                sheet.line(left + 2, y + height / 2, right - 2, y + height / 2, colour=GRID)
    if pitch >= HIT:
        first = next(iter(strips))
        sheet.link(
            f"#{id_}-{first}", name, (4, sheet.top, axis.right, sheet.top + pitch), (f"regions/{id_}",)
        )
    sheet.top += pitch


def _address(project: str) -> str:
    """Where a project's evidence is; of another study its id is `study/id`."""
    study, _, record = project.rpartition("/")
    return f"record:{study}/projects/{record}" if study else f"record:projects/{record}"


def _in_words(name: str, source: str, runs: list[_Run], language: str) -> str:
    """One strip as a line of Markdown."""
    parts = []
    for run in runs:
        years, known = run.told(language)
        names = [run.label, *(p.rpartition("/")[2] for p in run.projects[1:])]
        links = [f"[{escape(n or p)}]({_address(p)})" for n, p in zip(names, run.projects, strict=False)]
        told = joined(links, language)
        parts.append(f"{years} {aside(told, [escape(known)], language) if told else escape(known)}")
    head = aside(f"**{escape(name)}**", [words(language)(f"source_{source}")], language)
    return f"{head}: {joined(parts, language, wide=True)}"
