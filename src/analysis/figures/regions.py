"""The regions' projects on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import lanes
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart
from analysis.figures.colours import QUIET
from analysis.figures.encoding import draw_bar, draw_key, edges, region_colours, span_of
from analysis.figures.frames import evidence, linked, rows_of
from analysis.figures.rows import note
from analysis.figures.sheet import Sheet, tile_width
from analysis.figures.svg import HIT
from analysis.figures.words import aside, headed, joined, words
from analysis.transcribe import grade_values
from analysis.transcribe.periods import display
from analysis.words import escape

Tile = tuple[float, str, str, str]  # where, the grade, where it leads, what a pointer is told
FEW = 6  # regions, up to which projects have names on a chart


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
    events = shown["events"]  # those beyond what is drawn are not told of
    shown["events"] = events[
        (events["start"] >= min(filter(None, days), default="")) & (events["start"] <= max(days, default=""))
    ]
    colours = region_colours(projects["region"])
    told = (*project_items(shown["projects"], language), *grade_items(shown["evaluations"], language))
    told += tuple((f"events-{e['record']}", event_item(e, language)) for e in rows_of(shown["events"]))
    rows = pd.concat([frame.assign(table=name) for name, frame in shown.items()], ignore_index=True)

    def draw(width: int) -> Figure:
        return _draw(Sheet(width), shown, phases, days, colours, language)

    return Chart(draw, rows, told, evidence(told))


def _draw(
    sheet: Sheet,
    shown: Mapping[str, pd.DataFrame],
    phases: pd.DataFrame,
    days: list[str],
    colours: Mapping[str, str],
    language: str,
) -> Figure:
    many = shown["projects"]["region"].nunique() > FEW
    axis = axis_over(days, lanes.gutter(sheet, many=many), sheet.width - 6, room=14)
    top = sheet.top
    short = lanes.phase_band(sheet, axis, phases, language)
    years = sheet.top
    sheet.top += 24
    if many:
        draw_many(sheet, axis, shown["projects"], next(iter(colours.values())), room=1300)
    for region, rows in () if many else shown["projects"].groupby("region", sort=False):
        letters, events = (f[f["region"] == region] for f in (shown["evaluations"], shown["events"]))
        draw_region(sheet, axis, rows, letters, colours[str(region)], language)
        _region_events(sheet, axis, events, language)
        sheet.top += 6
    draw_years(sheet, axis, years, sheet.top)
    lanes.shade(sheet, axis, phases, top, sheet.top)
    sheet.top += 8
    unplaced(sheet, shown["projects"], language)
    draw_key(sheet, signs_of(shown, many=many), language)
    lanes.phase_list(sheet, short, language)
    return sheet.finish()


def draw_region(
    sheet: Sheet, axis: TimeAxis, projects: pd.DataFrame, grades: pd.DataFrame, colour: str, language: str
) -> None:
    """Draw a region's projects with their names and grades, and below them the grades of the region as such."""
    lanes.lane_name(sheet, projects["region_label"].iloc[0], axis.left, colour)
    bars = [_bar(row, grades, axis, colour, language) for row in projects.pipe(rows_of)]
    placed = [bar for bar in bars if bar.span.placed]
    lanes.draw_bars(sheet, axis, placed, lines=4 if sheet.narrow else 2)
    if not placed:
        sheet.top += HIT
    own = tiles_on(axis, grades[grades["project"] == ""], language)
    for x, grade, to, title in own:
        half = tile_width(grade) / 2 + 1
        sheet.tile(x, sheet.top + HIT / 2, grade)
        box = (x - half, sheet.top, x + half, sheet.top + HIT)
        sheet.link(to, title, box, (f"regions/{projects['region'].iloc[0]}",))
    sheet.top += HIT + 2 if own else 0


def _bar(
    row: Mapping[str, Any], grades: pd.DataFrame, axis: TimeAxis, colour: str, language: str
) -> lanes.Bar:
    tiles = tiles_on(axis, grades[grades["project"] == row["record"]], language)
    of = (f"projects/{row['record']}", f"regions/{row['region']}", f"programmes/{row['programme']}")
    title = lanes.titled(row, language, row["programme_label"])
    return lanes.Bar(span_of(row), row["label"], f"record:projects/{row['record']}", title, of, colour, tiles)


def tiles_on(axis: TimeAxis, grades: pd.DataFrame, language: str) -> tuple[Tile, ...]:
    """The tiles of dated grades in one row: x, grade, address, title; each can be hit.

    Where there is no room for all on the axis, the first ones are one tile with an ellipsis.
    """
    rows = [
        (axis(middle(e)), e["grade"], f"record:evaluations/{e['record']}", grade_title(e, language))
        for e in grades[grades["start"] != ""].sort_values("start").pipe(rows_of)
    ]
    room, left_out = axis.right - axis.left, 0
    while sum(tile_width(grade) + 3 for _, grade, *_ in rows[left_out:]) + (25 if left_out else 0) > room:
        left_out += 1
    if left_out:
        at, _, to, title = rows[left_out - 1]
        rows = [(at, "…", to, title), *rows[left_out:]]
    places: list[float] = []
    for n, (x, grade, *_) in enumerate(rows):
        places.append(max(x, places[-1] + _apart(rows[n - 1][1], grade)) if n else x)
    limit = axis.right + 4  # wide tiles stay on the sheet
    for n in range(len(rows) - 1, -1, -1):
        wide = max(tile_width(grade) for _, grade, *_ in rows) > HIT or left_out
        places[n] = min(places[n], limit - tile_width(rows[n][1]) / 2) if wide else places[n]
        limit = places[n] - tile_width(rows[n][1]) / 2 - 3
    return tuple((x, *row[1:]) for x, row in zip(places, rows, strict=True))


def _apart(one: str, other: str) -> float:
    """How far the middles of two tiles must be apart."""
    return (tile_width(one) + tile_width(other)) / 2 + 3


def subject_of(row: Mapping[str, Any]) -> str:
    """What an evaluation is of: a project, a programme, or a region as such."""
    return str(row.get("project_label") or (row["region_label"] if row["region"] else row["programme_label"]))


def middle(evaluation: Mapping[str, Any]) -> str:
    """The day in the middle of an evaluation's printed date: a fiscal year is a year long."""
    first = pd.Timestamp(evaluation["start"])
    last = pd.Timestamp(evaluation["end"] or evaluation["start"])
    return str((first + (last - first) / 2).date())


def grade_title(row: Mapping[str, Any], language: str) -> str:
    """What a pointer is told of a grade."""
    grade = row["grade"] or row.get("grade_status_label") or row["grade_status"]
    told = display(row["conducted"], language) if row["conducted"] else ""
    return aside(headed(subject_of(row), grade, language), [row["kind_label"], told], language)


def draw_many(sheet: Sheet, axis: TimeAxis, projects: pd.DataFrame, colour: str, room: float) -> None:
    """Draw many regions close together: thin bars without names, each region's name beside them."""
    regions = [(str(region), rows) for region, rows in projects.groupby("region", sort=False)]
    pitch, top = lanes.row_height(len(regions), room), sheet.top
    for region, rows in regions:
        name = str(rows["region_label"].iloc[0])
        lanes.row_name(sheet, name, axis, pitch)
        spans = sorted((s for s in map(span_of, rows.pipe(rows_of)) if s.placed), key=lambda s: s.start)
        at = pack([edges(axis, span) for span in spans], -1)
        step = min((pitch - 3) / (max(at, default=0) + 1), 9)
        above = (pitch - step * (max(at, default=0) + 1)) / 2
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


def _region_events(sheet: Sheet, axis: TimeAxis, events: pd.DataFrame, language: str) -> None:
    """The region's own events, each with its name, under its projects."""
    for row in events[events["start"] != ""].pipe(rows_of):
        event = lanes.event_on(sheet, axis, row)
        if axis.left < event.x < axis.right:
            lanes.draw_event(sheet, event, sheet.top + HIT / 2, language, QUIET)
            sheet.top += HIT


def unplaced(sheet: Sheet, frame: pd.DataFrame, language: str) -> None:
    """Name below the chart what has no period and so no place on it."""
    names = [row["label"] for row in frame.pipe(rows_of) if not span_of(row).placed]
    if names:
        note(sheet, words(language).text("unplaced", names=joined(names, language, wide=True)), after=6)


def signs_of(tables: Mapping[str, pd.DataFrame], *, many: bool = False) -> set[str]:
    """What the key of a chart of such tables has to explain; of `many` regions no grades are drawn."""
    signs = set()
    for name, frame in tables.items():
        if name == "evaluations" and not many:
            dated = frame[frame["start"] != ""]
            signs |= {"not_reported"} if (dated["grade"] == "").any() else set()
            signs |= {min(map(_kind, filter(None, dated["grade"])))} if dated["grade"].any() else set()
        elif name in ("plans", "stages", "programmes", "projects"):
            signs |= {sign for row in frame.pipe(rows_of) for sign in span_of(row).signs}
    return signs


def _kind(grade: str) -> str:
    """The sign that explains a grade: a letter, a number or a word."""
    number = grade_values.value(grade) is not None
    return "grade_number" if number else "grade" if len(grade) < 3 else "grade_word"


def project_items(projects: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """Each project in words: region, name, programme, years and how they are known."""
    items = []
    for row in projects.pipe(rows_of):
        link = linked("projects", row["record"], row["label"])
        about = [escape(row["programme_label"]), escape(lanes.when(row, language))]
        told = headed(escape(row["region_label"]), aside(link, about, language), language)
        items.append((f"projects-{row['record']}", told))
    return items


def grade_items(grades: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """Each evaluation in words: region, project, grade, kind and date."""
    items = []
    for row in grades.pipe(rows_of):
        link = linked("evaluations", row["record"], grade_title(row, language))
        home = escape(row["region_label"]) if row["region"] and row["project"] else ""
        items.append((f"evaluations-{row['record']}", headed(home, link, language) if home else link))
    return items


def event_item(row: Mapping[str, Any], language: str) -> str:
    """An event in words: name and date."""
    link = linked("events", row["record"], row.get("short") or row["label"])
    return aside(link, [escape(lanes.when(row, language))], language)
