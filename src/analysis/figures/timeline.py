"""The phase timeline: national policy above, the regions' projects below, one axis of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import lanes, style
from analysis.figures.axis import TimeAxis, axis_over, decimal_year, draw_years, pack
from analysis.figures.chart import Chart
from analysis.figures.colours import QUIET
from analysis.figures.encoding import draw_key, region_colours, span_of
from analysis.figures.frames import evidence, linked, rows_of
from analysis.figures.regions import (
    FEW,
    draw_many,
    draw_region,
    event_item,
    grade_items,
    project_items,
    signs_of,
    unplaced,
)
from analysis.figures.sheet import Sheet
from analysis.figures.svg import HIT
from analysis.figures.words import aside, joined, words
from analysis.words import escape

_NAMED = 6  # events with a name on the chart


@dataclass(frozen=True)
class _Story:
    """The tables of the chart, by name, and how it is asked to be drawn."""

    tables: dict[str, pd.DataFrame]
    language: str
    phase: str
    named: tuple[str, ...]
    until: str

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def text(self, key: str) -> str:
        return words(self.language).text(key)


def phase_timeline(
    spans: pd.DataFrame,
    events: pd.DataFrame,
    projects: pd.DataFrame,
    grades: pd.DataFrame,
    *,
    language: str,
    until: str = "",
) -> Chart:
    """Draw the whole story on one axis of time.

    Columns in: spans (phase_spans): table (phases, stages, plans, programmes), record, number, label,
    detail (of a programme its ministry), period, start, end, open_end, inferred and, where one phase is
    shaded strongest, `strong`; events: record, date, start, end, kind, label, short, region, inferred
    and, where some have their name on the chart (six at most), `named`; projects (project_spans): record,
    region, region_label, programme, programme_label, label, period, period_source, start, end, open_end,
    inferred; grades: record, project, region, conducted, start, end, grade, grade_status, kind_label,
    scale. `until` (ISO date) is where what goes on is drawn to: when the source speaks; else the axis' edge.
    """
    kinds = {name: spans[spans["table"] == name] for name in ("phases", "plans", "stages", "programmes")}
    strong = spans.loc[spans["strong"], "record"] if "strong" in spans else ()
    named = events.loc[events["named"], "record"] if "named" in events else ()
    tables = {name: kinds[name] for name in ("phases", "plans", "stages")} | {"events": events}
    tables |= {"programmes": kinds["programmes"], "projects": projects, "evaluations": grades}
    tables = {n: f.drop(columns=["strong", "named"], errors="ignore") for n, f in tables.items()}
    made = _Story(tables, language, next(iter(strong), ""), tuple(named)[:_NAMED], until)
    told = tuple(item for name in tables for item in _items(made, name))
    rows = pd.concat([frame.assign(table=name) for name, frame in tables.items()], ignore_index=True)
    return Chart(lambda width: _draw(Sheet(width), made), rows, told, evidence(told))


def _items(made: _Story, name: str) -> list[tuple[str, str]]:
    """Every record of a table in words, one an item; the events of a year share one."""
    if name == "projects":
        return project_items(made["projects"], made.language)
    if name == "evaluations":
        return grade_items(made["evaluations"], made.language)
    if name == "events":
        return _years(made["events"], made.language)
    items = []
    for row in made[name].pipe(rows_of):
        detail = row.get("detail") or row.get("kind_label") or ""
        about = [escape(detail), escape(lanes.when(row, made.language))]
        number = f"{lanes.roman(row['number'])} " if name == "phases" else ""
        label = number + linked(name, row["record"], row["label"])
        items.append((f"{name}-{row['record']}", aside(label, about, made.language)))
    return items


def _years(events: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """The events of a year as one item, in the order of their dates."""
    items = []
    events = events.sort_values("start", kind="stable")
    for year, rows in events.groupby(events["start"].str[:4], sort=True):
        told = [event_item(row, language) for row in rows.pipe(rows_of)]
        items.append((f"events-{year or 'undated'}", joined(told, language, wide=True)))
    return items


def _draw(sheet: Sheet, made: _Story) -> Figure:
    many = made["projects"]["region"].nunique() > FEW
    days = [day for frame in made.tables.values() for column in ("start", "end") for day in frame[column]]
    left = lanes.gutter(sheet, many=many)
    open_start = any(span_of(row).before == "open" for row in made["phases"].pipe(rows_of))
    axis = axis_over(days, left, sheet.width - 6, room=10)
    if open_start and not sheet.narrow:  # room for what began before
        axis = axis_over(days, left + 60, sheet.width - 6, room=10)
        year = (axis.last - axis.first) / (axis.right - axis.left)
        axis = TimeAxis(axis.first - 60 * year, axis.last, left, axis.right)
    if made.until:
        axis = replace(axis, until=decimal_year(made.until))
    top = sheet.top
    if not sheet.narrow and len(made["phases"]):
        lanes.lane_name(sheet, made.text("phases"), left)
    short = lanes.phase_band(sheet, axis, made["phases"], made.language)
    years = sheet.top
    sheet.top += 24
    for name, lines in (("plans", 4), ("stages", 5)):
        _policy(sheet, axis, made, name, 1 if sheet.narrow else lines)
    _events(sheet, axis, made)
    _programmes(sheet, axis, made)
    colours = region_colours(made["projects"]["region"])
    if many:
        sheet.line((4, sheet.top), (sheet.width - 4, sheet.top))
        sheet.top += 8
        draw_many(sheet, axis, made["projects"], next(iter(colours.values())), room=850)
    for region, rows in () if many else made["projects"].groupby("region", sort=False):
        letters = made["evaluations"][made["evaluations"]["region"] == region]
        sheet.line((4, sheet.top), (sheet.width - 4, sheet.top))
        sheet.top += 8
        draw_region(sheet, axis, rows, letters, colours[str(region)], made.language)
    draw_years(sheet, axis, years, sheet.top)
    lanes.shade(sheet, axis, made["phases"], top, sheet.top, made.phase)
    sheet.top += 8
    names = ("phases", "plans", "stages", "programmes", "projects")
    unplaced(sheet, pd.concat([made[name] for name in names], ignore_index=True), made.language)
    draw_key(sheet, signs_of(made.tables, many=many), made.language)
    lanes.phase_list(sheet, short, made.language)
    return sheet.finish()


def _policy(sheet: Sheet, axis: TimeAxis, made: _Story, name: str, lines: int) -> None:
    """Plans or stages as a lane of grey bars."""
    if made[name].empty:
        return
    lanes.lane_name(sheet, made.text(name), axis.left)
    bars = []
    for row in made[name].pipe(rows_of):
        title = lanes.titled(row, made.language)
        label = row["label"] if not sheet.narrow else "" if pd.isna(row["number"]) else str(row["number"])
        bars.append(lanes.Bar(span_of(row), label, f"record:{name}/{row['record']}", title))
    lanes.draw_bars(sheet, axis, [bar for bar in bars if bar.span.placed], lines=lines)
    sheet.top += 4


def _events(sheet: Sheet, axis: TimeAxis, made: _Story) -> None:
    """At most six events by name, the others as dots, several where they stand close."""
    events = made["events"][made["events"]["start"] != ""].sort_values("start")
    if events.empty:
        return
    lanes.lane_name(sheet, made.text("events"), axis.left)
    named = [lanes.event_on(sheet, axis, row) for row in events.pipe(rows_of) if row["record"] in made.named]
    names = [event.name for event in named]
    named = [event for event in named if names.count(event.name) == 1]  # a name of two tells nothing
    named.sort(key=lambda event: event.reach)
    rows = pack([event.reach for event in named], 8)
    for event, at in zip(named, rows, strict=True):
        lanes.draw_event(sheet, event, sheet.top + at * HIT + HIT / 2, made.language)
    sheet.top += (max(rows, default=-1) + 1) * HIT
    others = ~events["record"].isin([event.row["record"] for event in named])
    _dots(sheet, axis, events[others], made.language)
    sheet.top += 4


def _dots(sheet: Sheet, axis: TimeAxis, events: pd.DataFrame, language: str) -> None:
    """Events without a name; those of a year are one mark, and so are years too narrow to hit."""
    y, marks = sheet.top + HIT / 2, list[tuple[float, list[dict[str, Any]]]]()
    for year, rows in events.groupby(events["start"].str[:4], sort=True):
        held = rows.pipe(rows_of)
        for row in held:
            lanes.draw_dot(sheet, axis(row["start"]), y, row)
        left = axis.at(int(str(year)))
        if marks and left < marks[-1][0] + HIT + 1:
            marks[-1][1].extend(held)
        else:
            marks.append((left, held))
    for left, held in marks:
        right = max(axis.at(int(held[-1]["start"][:4]) + 1) - 1, left + HIT)
        title = "; ".join(lanes.titled(row, language) for row in held)
        to = f"record:events/{held[0]['record']}" if len(held) == 1 else f"#events-{held[0]['start'][:4]}"
        of = [f"regions/{row['region']}" for row in held if row.get("region")]
        sheet.link_row(to, title, (left, right), y, of)
    sheet.top += HIT + 6 if marks else 6


def _programmes(sheet: Sheet, axis: TimeAxis, made: _Story) -> None:
    """Programmes as thin bars, those of a ministry together."""
    placed = [row for row in made["programmes"].pipe(rows_of) if span_of(row).placed]
    if not placed:
        return
    lanes.lane_name(sheet, made.text("programmes"), axis.left)
    sheet.top += 0 if sheet.narrow else 20
    for ministry in dict.fromkeys(row["detail"] for row in placed):
        bars = []
        for row in [row for row in placed if row["detail"] == ministry]:
            title = lanes.titled(row, made.language, ministry)
            key = f"programmes/{row['record']}"
            bars.append(lanes.Bar(span_of(row), row["label"], f"record:{key}", title, (key,)))
        lines = style.wrap(_short(ministry), (sheet.width if sheet.narrow else axis.left) - 10)
        end = sheet.text(4, sheet.top - (0 if sheet.narrow else 3), lines, colour=QUIET)
        sheet.top = end + 1 if sheet.narrow and ministry else sheet.top
        lanes.draw_bars(sheet, axis, bars, lines=2 if sheet.narrow else 1)
        sheet.top = max(sheet.top, end if ministry else 0)
    sheet.top += 4


def _short(label: str) -> str:
    """The short form of an organisation's name, where it is given in brackets at the end."""
    short = label.rpartition("(")[2].rstrip(")")
    return short if label.endswith(")") and short.isupper() else label
