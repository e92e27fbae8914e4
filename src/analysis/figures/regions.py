"""The regions' projects on one axis of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years
from analysis.figures.chart import Chart
from analysis.figures.colours import PAPER, QUIET, accent
from analysis.figures.encoding import draw_bar, draw_key, edges, span_of
from analysis.figures.lanes import Bar, draw_bars, lane_name, phase_band, phase_list, shade, when
from analysis.figures.sheet import Sheet, records
from analysis.figures.svg import HIT
from analysis.figures.words import aside, joined, words
from analysis.words import escape

_FEW = 6  # regions, up to which projects have names on the chart
_TALLEST = 1300


def region_timelines(
    projects: pd.DataFrame,
    grades: pd.DataFrame,
    events: pd.DataFrame,
    phases: pd.DataFrame,
    *,
    language: str,
    only: str | None = None,
) -> Chart:
    """Draw the projects, evaluations and events of each region, all on one axis.

    Columns in: as `phase_timeline`. With `only` (id of a region) that one, on the axis of all.
    """
    shown = {
        name: frame[frame["region"] == only] if only else frame[frame["region"] != ""]
        for name, frame in (("projects", projects), ("evaluations", grades), ("events", events))
    }
    days = [d for frame in (projects, grades) for c in ("start", "end") for d in frame[c]]
    places = {region: n for n, region in enumerate(dict.fromkeys(projects["region"]))}
    told = (*project_items(shown["projects"], language), *grade_items(shown["evaluations"], language))
    told += tuple(
        (f"events-{e['record']}", event_item(e, language)) for e in shown["events"].to_dict("records")
    )
    rows = pd.concat([frame.assign(table=name) for name, frame in shown.items()], ignore_index=True)

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), shown, phases, days, places, language)

    return Chart(draw, rows, told, records(re.findall(r"\((record:[^)]+)\)", " ".join(t for _, t in told))))


def _draw(
    sheet: Sheet,
    shown: Mapping[str, pd.DataFrame],
    phases: pd.DataFrame,
    days: list[str],
    places: Mapping[str, int],
    language: str,
) -> Figure:
    gutter = 4.0 if sheet.narrow else 130.0
    axis = axis_over(days, gutter, sheet.width - 6, room=14)
    top = sheet.top
    short = phase_band(sheet, axis, phases, language)
    years = sheet.top
    sheet.top += 24
    regions = list(shown["projects"].groupby("region", sort=False))
    for region, rows in regions:
        letters, events = (f[f["region"] == region] for f in (shown["evaluations"], shown["events"]))
        many = len(regions) > _FEW
        draw_region(sheet, axis, rows, letters, accent(places[str(region)]), language, gutter, many=many)
        if not many:
            _region_events(sheet, axis, events, language)
        sheet.top += 0 if many else 6
    draw_years(sheet, axis, years, sheet.top)
    shade(sheet, axis, phases, top, sheet.top)
    sheet.top += 8
    unplaced(sheet, shown["projects"], language)
    draw_key(sheet, signs_of(shown), language, left=4)
    phase_list(sheet, short, language)
    return sheet.finish()


def draw_region(
    sheet: Sheet,
    axis: TimeAxis,
    projects: pd.DataFrame,
    grades: pd.DataFrame,
    colour: str,
    language: str,
    gutter: float,
    *,
    many: bool = False,
) -> None:
    """Draw a region's projects with the letters of their evaluations; `many` regions stand close, without names."""
    name = projects["region_label"].iloc[0]
    if many:
        _close(sheet, axis, projects, colour, gutter)
        return
    lane_name(sheet, name, gutter, colour)
    bars = [_bar(row, grades, axis, colour, language) for row in projects.to_dict("records")]
    placed = [bar for bar in bars if bar.span.placed]
    draw_bars(sheet, axis, placed, lines=4 if sheet.narrow else 2)
    if not placed:
        sheet.top += HIT


def _bar(row: Mapping[str, Any], grades: pd.DataFrame, axis: TimeAxis, colour: str, language: str) -> Bar:
    tiles = tuple(
        (axis(middle(e)), e["grade"], f"record:evaluations/{e['record']}", grade_title(e, language))
        for e in grades[grades["project"] == row["record"]].to_dict("records")
        if e["start"]
    )
    of = (f"projects/{row['record']}", f"regions/{row['region']}", f"programmes/{row['programme']}")
    title = aside(row["label"], [row["programme_label"], when(row, language)], language)
    return Bar(span_of(row), row["label"], f"record:projects/{row['record']}", title, of, colour, tiles)


def middle(evaluation: Mapping[str, Any]) -> str:
    """The day in the middle of an evaluation's printed date: a fiscal year is a year long."""
    first = pd.Timestamp(evaluation["start"])
    last = pd.Timestamp(evaluation["end"] or evaluation["start"])
    return str((first + (last - first) / 2).date())


def grade_title(row: Mapping[str, Any], language: str) -> str:
    """What a pointer is told of a letter."""
    letter = row["grade"] or row.get("grade_status_label") or row["grade_status"]
    told = when({"period": row["conducted"], "start": row["start"], "end": row["end"]}, language)
    return aside(f"{row['project_label']}: {letter}", [row["kind_label"], told], language)


def _close(sheet: Sheet, axis: TimeAxis, projects: pd.DataFrame, colour: str, gutter: float) -> None:
    """One of many regions: its projects as thin bars, one over the other, its name beside them."""
    rows = [(row, span_of(row)) for row in projects.to_dict("records")]
    placed = [(row, span) for row, span in rows if span.placed]
    left = max(gutter, 110.0)
    near = TimeAxis(axis.first, axis.last, left, axis.right) if sheet.narrow else axis
    sheet.middle(
        4, sheet.top + HIT / 2, style.wrap(str(projects["region_label"].iloc[0]), left - 12, max_lines=1)
    )
    height = min(6.0, 20 / max(len(placed), 1))
    for n, (_, span) in enumerate(placed):
        draw_bar(sheet, edges(near, span), sheet.top + 2 + n * 20 / len(placed), height - 1, span, colour)
    first = projects.iloc[0]
    title = "; ".join(row["label"] for row, _ in rows)
    box = (4, sheet.top, axis.right, sheet.top + HIT)
    sheet.link(f"#projects-{first['record']}", title, box, (f"regions/{first['region']}",))
    sheet.top += HIT


def _region_events(sheet: Sheet, axis: TimeAxis, events: pd.DataFrame, language: str) -> None:
    """The region's own events, each with its name, under its projects."""
    for row in events[events["start"] != ""].to_dict("records"):
        x, label = axis(row["start"]), row.get("short") or row["label"]
        if not axis.left < x < axis.right:
            continue
        flip = x + 10 + style.text_width(label) > sheet.width - 4
        sheet.mark(
            x,
            sheet.top + HIT / 2,
            size=8,
            face=PAPER if "date" in row["inferred"].split() else "#1a1a1a",
            edge="#1a1a1a",
        )
        at = x - 9 if flip else x + 9
        sheet.middle(at, sheet.top + HIT / 2, label, align="right" if flip else "left", colour=QUIET)
        width = style.text_width(label) + 10
        box = (x - width if flip else x - 6, sheet.top, x + 6 if flip else x + width, sheet.top + HIT)
        title = aside(row["label"], [when(row, language)], language)
        sheet.link(f"record:events/{row['record']}", title, box, (f"regions/{row['region']}",))
        sheet.top += HIT


def unplaced(sheet: Sheet, frame: pd.DataFrame, language: str) -> None:
    """Name below the chart what has no period and so no place on it."""
    names = [row["label"] for row in frame.to_dict("records") if not span_of(row).placed]
    if names:
        told = words(language).text("unplaced", names=joined(names, language, wide=True))
        sheet.top = sheet.text(4, sheet.top, style.wrap(told, sheet.width - 8), colour=QUIET) + 6


def signs_of(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """What the key of a chart of such tables has to explain."""
    signs = set()
    for name, frame in tables.items():
        if name == "evaluations":
            signs |= {
                "grade" if row["grade"] else "not_reported"
                for row in frame.to_dict("records")
                if row["start"]
            }
        elif name in ("plans", "stages", "programmes", "projects"):
            signs |= {sign for row in frame.to_dict("records") for sign in span_of(row).signs}
    return signs


def project_items(projects: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """Each project in words: region, name, programme, years and how they are known."""
    items = []
    for row in projects.to_dict("records"):
        link = f"[{escape(row['label'])}](record:projects/{row['record']})"
        about = [escape(row["programme_label"]), escape(when(row, language))]
        items.append(
            (f"projects-{row['record']}", f"{escape(row['region_label'])}: {aside(link, about, language)}")
        )
    return items


def grade_items(grades: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """Each evaluation in words: region, project, letter, kind and date."""
    items = []
    for row in grades.to_dict("records"):
        link = f"[{escape(grade_title(row, language))}](record:evaluations/{row['record']})"
        items.append((f"evaluations-{row['record']}", f"{escape(row['region_label'])}: {link}"))
    return items


def event_item(row: Mapping[str, Any], language: str) -> str:
    """An event in words: name and date."""
    link = f"[{escape(row['label'])}](record:events/{row['record']})"
    return aside(link, [escape(when(row, language))], language)
