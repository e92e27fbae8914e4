"""Shares and numbers as bars: what is covered, what began in which phase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import PAPER, POLICY, QUIET
from analysis.figures.encoding import Span, draw_bar, draw_key, span_of
from analysis.figures.frames import asked, link, listed, nothing, rows_of, unique
from analysis.figures.lanes import roman
from analysis.figures.rows import Scale, gutter, link_units, panel, place_row, rule, sheet_of
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import words

_HEADING = 100  # characters that a title or heading has at most


def coverage(sections: pd.DataFrame, *, language: str) -> Chart:
    """Draw the characters of each section, the part that has a record filled.

    Columns in: sections: section_label, chars, covered (characters with a record; numbers). Left out is
    what has no title, and what is no longer than a heading and has no record.
    """
    sections = asked(sections, "coverage", "section_label chars covered")
    if sections.empty:
        return nothing(language, sections)
    sections = sections.assign(
        chars=sections["chars"].astype(float), covered=sections["covered"].astype(float)
    )
    headings = (sections["covered"] == 0) & (sections["chars"] < _HEADING)
    sections = sections[(sections["section_label"] != "") & ~headings].reset_index(drop=True)
    if sections.empty:
        return nothing(language, sections)
    told = []
    for n, row in enumerate(sections.pipe(rows_of), 1):
        numbers = {"covered": row["covered"], "chars": row["chars"], "share": _share(row)}
        text = words(language)("covered_told", section=row["section_label"], **numbers)
        told.append((f"section-{n}", text))
    return Chart(lambda width: _draw_coverage(sections, width), sections, tuple(told))


def _share(row: Mapping[str, Any]) -> str:
    """Per cent, rounded down: all is 100 only where it is all."""
    return str(int(100 * row["covered"] / row["chars"])) if row["chars"] else "0"


def _draw_coverage(sections: pd.DataFrame, width: int) -> Figure:
    sheet = Sheet(width)
    left = gutter(sheet, sections["section_label"], share=0.42)
    scale = Scale(0, max(float(sections["chars"].max()), 1), left or EDGE, sheet.width - EDGE - 52)
    top, middles = sheet.top, []
    for row in sections.pipe(rows_of):
        place = place_row(sheet, str(row["section_label"]), left, height=24)
        middles.append(place.y)
        sheet.middle(scale(row["chars"]) + 8, place.y, f"{_share(row)}%", colour=QUIET)
    axes = panel(sheet, scale, top, sheet.top)
    for column, face in (("chars", PAPER), ("covered", POLICY)):
        look: dict[str, Any] = {"facecolor": face, "edgecolor": POLICY, "linewidth": style.points(1)}
        axes.barh(middles, sections[column], height=13, **look)
    axes.set_xticks([])
    axes.grid(visible=False)
    return sheet.finish()


def phases_of_projects(
    projects: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = True
) -> Chart:
    """Draw a square for each project in the phase in which it begins, as its years are known.

    Columns in: projects: record, label, start, end and, where there are, period, period_source,
    inferred, open_end; phases: record, number, label, start, end (ISO dates, "" where open). Projects
    without a start have a row of their own.
    """
    projects = asked(projects, "phases_of_projects", "record label start end")
    phases = asked(phases, "phases_of_projects", "record number label start end")
    if projects.empty or phases.empty:
        return nothing(language, projects)
    homes = [_phase(str(start), phases) for start in projects["start"]]
    projects = projects.assign(phase=homes)
    groups = [
        (str(p["record"]), f"{roman(p['number'])}  {p['label']}", projects[projects["phase"] == p["record"]])
        for p in phases.pipe(rows_of)
    ]
    away = projects[projects["phase"] == ""]
    groups += [("unplaced", words(language).text("is_unplaced"), away)] if len(away) else []
    told = []
    for id_, label, own in groups:
        named = [link("projects", project.record, project.label) for project in own.itertuples()]
        told.append((id_, words(language)("count_told", what=label, n=len(own)) + listed(language, named)))
    return Chart(
        lambda width: _draw_phases(groups, language, sheet_of(width, small=small)),
        projects,
        tuple(told),
        unique([f"phases/{p}" for p in phases["record"]] + [f"projects/{p}" for p in projects["record"]]),
    )


def _phase(start: str, phases: pd.DataFrame) -> str:
    """The phase in which a day falls, "" where there is none."""
    for phase in phases.pipe(rows_of):
        if start and str(phase["start"]) <= start <= (str(phase["end"]) or "9"):
            return str(phase["record"])
    return ""


def _draw_phases(groups: Sequence[tuple[str, str, pd.DataFrame]], language: str, sheet: Sheet) -> Figure:
    left = gutter(sheet, [label for _, label, _ in groups], small=True, share=0.5)
    spans = {p["record"]: span_of(p) for _, _, own in groups for p in own.pipe(rows_of)}
    draw_key(sheet, {span.state for span in spans.values() if span.placed}, language)
    most = max(len(own) for _, _, own in groups)
    pitch = min(26.0, (sheet.width - EDGE - left - 30) / max(most, 1))
    for id_, label, own in groups:
        row = place_row(sheet, label, left, height=30)
        size = min(18.0, pitch - 3)
        for n, project in enumerate(own.pipe(rows_of)):
            x = left + n * pitch
            state = spans[project["record"]].state
            draw_bar(sheet, (x, x + size), row.y - size / 2, size, Span("x", "x", state), POLICY)
        units = [(f"projects/{p['record']}", str(p["label"])) for p in own.pipe(rows_of)]
        link_units(sheet, (left, row.y, pitch), units, (f"#{id_}", label))
        sheet.middle(left + len(own) * pitch + 6, row.y, str(len(own)), size=style.BODY)
        rule(sheet)
    return sheet.finish()
