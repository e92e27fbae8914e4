"""Timelines: the regions' projects on one axis of time, alone or below the national policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.figures import lanes, style
from analysis.figures.axis import TimeAxis, axis_over, decimal_year, draw_years, pack
from analysis.figures.chart import Chart, Colours, Record, asked, cell, linked, nothing, rows_of
from analysis.figures.colours import QUIET
from analysis.figures.encoding import draw_bar, draw_key, edges, region_colours, span_of
from analysis.figures.grades import GRADE, grade_items, grade_signs, tiles_on
from analysis.figures.rows import note
from analysis.figures.sheet import Sheet
from analysis.figures.svg import HIT
from analysis.figures.words import aside, headed, joined, words
from analysis.words import escape

_SPAN = "table record number label detail period start end open_end inferred"
_EVENT = "record date start end label region inferred"
_PROJECT = "record region region_label programme programme_label label period period_source"
_PROJECT += " start end open_end inferred"
_NAMED = 6  # events with a name on the chart


@dataclass(frozen=True)
class _Story:
    """The tables of a chart, by name, and how it is drawn."""

    tables: dict[str, pd.DataFrame]
    phases: pd.DataFrame
    days: list[str]  # that the axis holds
    colours: Colours
    language: str
    national: bool = False  # policy stands above the regions
    strong: str = ""  # the phase that is shaded strongest
    named: tuple[str, ...] = ()  # events
    until: str = ""

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def text(self, key: str, **values: str) -> str:
        return words(self.language).text(key, **values)

    def chart(self) -> Chart:
        rows = pd.concat([frame.assign(table=name) for name, frame in self.tables.items()], ignore_index=True)
        if rows.empty:
            return nothing(self.language, rows)
        told = [item for name in self.tables for item in _items(self, name)]
        return Chart(lambda sheet: _draw(sheet, self), rows, told)


def _days(frames: Iterable[pd.DataFrame]) -> list[str]:
    return [day for frame in frames for column in ("start", "end") for day in frame[column]]


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
    shaded strongest, `strong`; events: record, date, start, end, label, region, inferred and, where
    there are, short and `named` (those with their name on the chart, six at most); projects
    (project_spans): record, region, region_label, programme, programme_label, label, period,
    period_source, start, end, open_end, inferred; grades: as `grade_tiles`. `until` (ISO date) is where
    what goes on is drawn to: when the source speaks; else the axis' edge.
    """
    spans = asked(spans, "phase_timeline", _SPAN)
    events = asked(events, "phase_timeline", _EVENT, also="short")
    projects, grades = asked(projects, "phase_timeline", _PROJECT), asked(grades, "phase_timeline", GRADE)
    kinds = {name: spans[spans["table"] == name] for name in ("phases", "plans", "stages", "programmes")}
    strong = spans.loc[spans["strong"].isin([True]), "record"] if "strong" in spans else ()
    named = events.loc[events["named"].isin([True]), "record"] if "named" in events else ()
    tables = {name: kinds[name] for name in ("phases", "plans", "stages")} | {"events": events}
    tables |= {"programmes": kinds["programmes"], "projects": projects, "evaluations": grades}
    tables = {n: f.drop(columns=["strong", "named"], errors="ignore") for n, f in tables.items()}
    return _Story(
        tables,
        tables["phases"],
        _days(tables.values()),
        region_colours(projects["region"]),
        language,
        national=True,
        strong=next(iter(strong), ""),
        named=tuple(named)[:_NAMED],
        until=cell(until, "until", "phase_timeline: until"),
    ).chart()


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
    projects, grades = asked(projects, "region_timelines", _PROJECT), asked(grades, "region_timelines", GRADE)
    events = asked(events, "region_timelines", _EVENT, also="short")
    phases = asked(phases, "region_timelines", "record number label start end")
    shown = {
        name: frame[frame["region"] == only] if only else frame[frame["region"] != ""]
        for name, frame in (("projects", projects), ("evaluations", grades), ("events", events))
    }
    days = _days((projects, grades))
    first, last = min(filter(None, days), default=""), max(days, default="")
    shown["events"] = shown["events"][shown["events"]["start"].between(first, last)]  # no others are told of
    return _Story(shown, phases, days, region_colours(projects["region"]), language).chart()


def _items(made: _Story, name: str) -> list[tuple[str, str]]:
    """Every record of a table in words, one an item; below policy the events of a year share one."""
    if name == "evaluations":
        return grade_items(made[name], made.language)
    if name != "events" or not made.national:
        rows = rows_of(made[name])
        return [(f"{name}-{row['record']}", _item(name, row, made.language)) for row in rows]
    events, items = made[name].sort_values("start", kind="stable"), []
    for year, group in events.groupby(events["start"].str[:4], sort=True):
        told = [_item(name, row, made.language) for row in rows_of(group)]
        items.append((f"events-{year or 'undated'}", joined(told, made.language, wide=True)))
    return items


def _item(table: str, row: Record, language: str) -> str:
    """A record in words: its name, what it belongs to, its period and how that is known."""
    about, label = row.get("detail") or row.get("kind_label") or "", row["label"]
    if table == "projects":
        about = row["programme_label"]
    elif table == "events":
        about, label = "", row.get("short") or label
    number = f"{lanes.roman(row['number'])} " if table == "phases" else ""
    told = [escape(about), escape(lanes.when(row, language))]
    text = aside(number + linked(table, row["record"], label), told, language)
    return headed(escape(row["region_label"]), text, language) if table == "projects" else text


def _draw(sheet: Sheet, made: _Story) -> None:
    many = made["projects"]["region"].nunique() > lanes.FEW
    axis, top = _axis(sheet, made, lanes.gutter(sheet, many=many)), sheet.top
    if made.national and not sheet.narrow and len(made.phases):
        lanes.lane_name(sheet, made.text("phases"), axis.left)
    short = lanes.phase_band(sheet, axis, made.phases, made.language)
    years = sheet.top
    sheet.top += 24
    if made.national:
        for name, lines in (("plans", 4), ("stages", 5)):
            _policy(sheet, axis, made, name, 1 if sheet.narrow else lines)
        _events(sheet, axis, made)
        _programmes(sheet, axis, made)
    if many:
        _part(sheet, made)
        _draw_many(sheet, axis, made)
    for region, rows in () if many else made["projects"].groupby("region", sort=False, observed=True):
        _part(sheet, made)
        _draw_region(sheet, axis, made, str(region), rows)
    draw_years(sheet, axis, years, sheet.top)
    lanes.shade(sheet, axis, made.phases, top, sheet.top, made.strong)
    sheet.top += 8
    frames = [(n, f) for n, f in made.tables.items() if n not in ("events", "evaluations")]
    spans = [(name, row["label"], span_of(row)) for name, frame in frames for row in rows_of(frame)]
    if away := [label for _, label, span in spans if not span.placed]:
        names = joined(away, made.language, wide=True)
        note(sheet, made.text("unplaced", names=names), after=6)
    signs = {sign for name, _, span in spans if name != "phases" for sign in span.signs}
    draw_key(sheet, signs | (set() if many else grade_signs(made["evaluations"])), made.language)
    lanes.phase_list(sheet, short, made.language)


def _axis(sheet: Sheet, made: _Story, left: float) -> TimeAxis:
    right = sheet.width - 6
    if not made.national:
        return axis_over(made.days, left, right, room=14)
    open_start = any(span_of(row).before == "open" for row in rows_of(made.phases))
    before = 60 if open_start and not sheet.narrow else 0  # room for what began before
    axis = axis_over(made.days, left + before, right, room=10)
    if before:
        year = (axis.last - axis.first) / (axis.right - axis.left)
        axis = TimeAxis(axis.first - before * year, axis.last, left, right)
    return replace(axis, until=decimal_year(made.until)) if made.until else axis


def _part(sheet: Sheet, made: _Story) -> None:
    """A line between policy and regions, and from one region to the next."""
    if made.national:
        sheet.line((4, sheet.top), (sheet.width - 4, sheet.top))
        sheet.top += 8


def _draw_region(sheet: Sheet, axis: TimeAxis, made: _Story, region: str, projects: pd.DataFrame) -> None:
    """A region's projects with their names and grades, below them the grades and events of the region as such."""
    colour, language, grades = made.colours[region], made.language, made["evaluations"]
    grades = grades[grades["region"] == region]
    lanes.lane_name(sheet, projects["region_label"].iloc[0], axis.left, colour)
    bars = []
    for row in rows_of(projects):
        tiles = tiles_on(axis, grades[grades["project"] == row["record"]], language)
        of = (f"projects/{row['record']}", f"regions/{row['region']}", f"programmes/{row['programme']}")
        look = {"of": of, "colour": colour, "tiles": tiles}
        bars.append(lanes.bar_of("projects", row, language, row["programme_label"], **look))
    lanes.draw_bars(sheet, axis, bars, lines=4 if sheet.narrow else 2)
    sheet.top += 0 if any(bar.span.placed for bar in bars) else HIT
    if own := tiles_on(axis, grades[grades["project"] == ""], language):
        for tile in own:
            lanes.draw_tile(sheet, tile, sheet.top, (f"regions/{region}",))
        sheet.top += HIT + 2
    if not made.national:
        events = made["events"]
        for row in rows_of(events[(events["region"] == region) & (events["start"] != "")]):
            event = lanes.event_on(sheet, axis, row)
            if axis.left < event.x < axis.right:
                lanes.draw_event(sheet, event, sheet.top + HIT / 2, language, QUIET)
                sheet.top += HIT
        sheet.top += 6


def _draw_many(sheet: Sheet, axis: TimeAxis, made: _Story) -> None:
    """Draw many regions close together: thin bars without names, each region's name beside them."""
    projects, colour = made["projects"], next(iter(made.colours.values()))
    regions = [(str(region), rows) for region, rows in projects.groupby("region", sort=False, observed=True)]
    pitch, top = lanes.row_height(len(regions), 850 if made.national else 1300), sheet.top
    for region, rows in regions:
        name = str(rows["region_label"].iloc[0])
        lanes.row_name(sheet, name, axis, pitch)
        spans = sorted((s for s in map(span_of, rows_of(rows)) if s.placed), key=lambda s: s.start)
        at = pack([edges(axis, span) for span in spans], -1)
        deep = max(at, default=0) + 1
        step = min((pitch - 3) / deep, 9)
        above = (pitch - step * deep) / 2
        for span, n in zip(spans, at, strict=True):
            draw_bar(sheet, edges(axis, span), sheet.top + above + n * step, step - 1, span, colour)
        if pitch >= HIT:
            title = joined([f"{name}: {rows['label'].iloc[0]}", *rows["label"].iloc[1:]], "en", wide=True)
            box = (4, sheet.top, axis.right, sheet.top + pitch)
            sheet.link(f"#projects-{rows['record'].iloc[0]}", title, box, (f"regions/{region}",))
        sheet.top += pitch
    if regions and pitch < HIT:  # too close to be hit one by one: the list names them all
        first = projects.iloc[0]
        title = f"{first['region_label']}–{projects['region_label'].iloc[-1]}"
        sheet.link(f"#projects-{first['record']}", title, (4, top, axis.right, sheet.top))


def _policy(sheet: Sheet, axis: TimeAxis, made: _Story, name: str, lines: int) -> None:
    """Plans or stages as a lane of grey bars."""
    if made[name].empty:
        return
    lanes.lane_name(sheet, made.text(name), axis.left)
    bars = []
    for row in rows_of(made[name]):
        number = "" if pd.isna(row["number"]) else str(row["number"])
        bars.append(lanes.bar_of(name, row, made.language, name=number if sheet.narrow else row["label"]))
    lanes.draw_bars(sheet, axis, bars, lines=lines)
    sheet.top += 4


def _events(sheet: Sheet, axis: TimeAxis, made: _Story) -> None:
    """At most six events by name, the others as dots, several where they stand close."""
    events = made["events"][made["events"]["start"] != ""].sort_values("start")
    if events.empty:
        return
    lanes.lane_name(sheet, made.text("events"), axis.left)
    named = [lanes.event_on(sheet, axis, row) for row in rows_of(events) if row["record"] in made.named]
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
        left, held = axis.at(int(str(year))), rows_of(rows)
        for row in held:
            lanes.draw_dot(sheet, axis(row["start"]), y, row)
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
    placed = [row for row in rows_of(made["programmes"]) if span_of(row).placed]
    if not placed:
        return
    lanes.lane_name(sheet, made.text("programmes"), axis.left)
    sheet.top += 0 if sheet.narrow else 20
    for ministry in dict.fromkeys(row["detail"] for row in placed):
        bars = [
            lanes.bar_of("programmes", row, made.language, ministry, of=(f"programmes/{row['record']}",))
            for row in placed
            if row["detail"] == ministry
        ]
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
