"""Grades of evaluations: as tiles on an axis of time, and in words."""

from __future__ import annotations

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart, Record, asked, linked, nothing, rows_of
from analysis.figures.colours import GUIDE, INK, QUIET
from analysis.figures.encoding import draw_key, region_colours
from analysis.figures.lanes import FEW, Tile, gutter, lane_name, row_name
from analysis.figures.rows import note
from analysis.figures.sheet import Sheet, tile_width
from analysis.figures.svg import HIT
from analysis.figures.words import aside, display, headed, joined, words
from analysis.transcribe import grade_values
from analysis.words import escape

GRADE = "record project region region_label programme_label kind_label conducted start end grade grade_status"
_TRACK, _TRACK_HIGH = 48.0, 18.0  # pixels of a scale under a tile
_LABEL = 168.0  # pixels that the name of a scale may take


def grade_tiles(grades: pd.DataFrame, *, language: str) -> Chart:
    """Draw each evaluation as a tile where it was conducted, a row a region, its scale named.

    Evaluations of a programme as such have a row of their own. Columns in: record, project,
    project_label, region, region_label, programme_label, kind_label, conducted, start, end,
    scale_label (optional), grade, grade_status, and optional scale_position (0 worst, 1 best) with
    known_grades, whose last and first are then the ends drawn under the tile. No line joins grades.
    """
    grades = asked(grades, "grade_tiles", GRADE, also="scale_position")
    if grades.empty:
        return nothing(language, grades)
    told = grade_items(grades, language)
    return Chart(lambda sheet: _draw(sheet, grades, language), grades, told)


def _draw(sheet: Sheet, grades: pd.DataFrame, language: str) -> None:
    dated = grades[grades["start"] != ""]
    programmes = "/" + grades["programme_label"].astype(str)
    of = grades["region"].astype(str).where(grades["region"] != "", programmes)
    regions = list(grades.groupby(of, sort=False))
    many = len(regions) > FEW
    left = gutter(sheet, many=many)
    colours = region_colours(grades["region"][grades["region"] != ""])
    axis = axis_over([*dated["start"], *dated["end"]], left, sheet.width - 6, room=24 if sheet.narrow else 50)
    years = sheet.top
    sheet.top += 24
    for region, rows in regions:
        name = rows["region_label"].iloc[0] or rows["programme_label"].iloc[0]
        if many:
            row_name(sheet, name, axis, HIT)
        else:
            lane_name(sheet, name, left, colours.get(str(region), ""))
        _tiles(sheet, axis, rows[rows["start"] != ""], language, many=many)
    draw_years(sheet, axis, years, sheet.top)
    sheet.top += 8
    if undated := [grade_title(row, language) for row in rows_of(grades[grades["start"] == ""])]:
        note(sheet, words(language).text("undated", names=joined(undated, language, wide=True)), after=6)
    placed = not many and any(map(_ends, rows_of(dated)))
    draw_key(sheet, grade_signs(grades) | ({"position"} if placed else set()), language)


def _tiles(sheet: Sheet, axis: TimeAxis, rows: pd.DataFrame, language: str, *, many: bool) -> None:
    """The tiles of a region in as few rows as hold them with the names of their scales."""
    made, apart = [], 0 if many else 10
    for row in rows_of(rows.sort_values("start")):
        lines, ends = ([], ()) if many else (_under(row, language), _ends(row))
        x, tile = axis(middle(row)), tile_width(row["grade"]) / 2 + 2
        half = max(style.widest(lines) / 2, tile, _TRACK / 2 + style.widest(ends) + 6 if ends else 0)
        centre = min(max(x, 4 + half), sheet.width - 4 - half)
        x = min(max(x, 4 + tile), sheet.width - 4 - tile) if tile > 13 else x
        made.append(
            (row, x, centre, lines, ends, (min(centre - half, x - tile), max(centre + half, x + tile)))
        )
    at = pack([reach for *_, reach in made], apart)
    track = _TRACK_HIGH if any(ends for *_, ends, _ in made) else 0
    deep = max((len(lines) for _, _, _, lines, *_ in made), default=0) * style.line_height() + track
    for (row, x, centre, lines, ends, (left, right)), n in zip(made, at, strict=True):
        y = sheet.top + n * (HIT + deep + apart)
        sheet.tile(x, y + HIT / 2, row["grade"])
        if ends:
            _draw_track(sheet, ends, (centre, y + HIT + _TRACK_HIGH / 2), row["scale_position"])
        sheet.text(centre, y + HIT + (track if ends else 0) + 1, lines, colour=QUIET, align="center")
        of = (f"projects/{row['project']}", f"regions/{row['region']}")
        box = (left, y, right, y + HIT + deep)
        sheet.link(f"record:evaluations/{row['record']}", grade_title(row, language), box, of)
    sheet.top += (max(at, default=0) + 1) * (HIT + deep + apart) + (0 if many else 6)


def _ends(row: Record) -> tuple[str, ...]:
    """The worst and the best grade of a scale of numbers, where both are known."""
    if pd.isna(row.get("scale_position")) or not row.get("known_grades"):
        return ()
    known = str(row["known_grades"])
    listed = known.split("; " if "; " in known else " ")
    return (listed[-1], listed[0])


def _draw_track(sheet: Sheet, ends: tuple[str, ...], centre: tuple[float, float], position: float) -> None:
    """A scale from its worst end to its best, and where on it the grade lies."""
    (x, y), left = centre, centre[0] - _TRACK / 2
    sheet.line((left, y), (left + _TRACK, y), colour=GUIDE, width=2)
    sheet.box(left + position * _TRACK - 2, y - 5, 4, 10, INK)
    sheet.middle(left - 5, y, ends[0], colour=QUIET, align="right")
    sheet.middle(x + _TRACK / 2 + 5, y, ends[1], colour=QUIET)


def _under(row: Record, language: str) -> list[str]:
    """What stands under a tile: programme and kind, no word of either broken where the sheet allows it."""
    name = row.get("scale_label")
    parts = [name] if name else [row["programme_label"], row["kind_label"]]
    return [line for part in filter(None, parts) for line in style.balanced(str(part), _LABEL)]


def grade_signs(grades: pd.DataFrame) -> set[str]:
    """What the key of a chart with such grades has to explain."""
    dated = grades.loc[grades["start"] != "", "grade"]
    signs = {"not_reported"} if (dated == "").any() else set()
    return signs | {*sorted(map(_kind, filter(None, dated)))[:1]}


def _kind(grade: str) -> str:
    """The sign that explains a grade: a letter, a number or a word."""
    number = grade_values.value(grade) is not None
    return "grade_number" if number else "grade" if len(grade) < 3 else "grade_word"


def grade_items(grades: pd.DataFrame, language: str) -> list[tuple[str, str]]:
    """Each evaluation in words: region, project, grade, kind and date."""
    items = []
    for row in rows_of(grades):
        link = linked("evaluations", row["record"], grade_title(row, language))
        home = escape(row["region_label"]) if row["region"] and row["project"] else ""
        items.append((f"evaluations-{row['record']}", headed(home, link, language) if home else link))
    return items


def tiles_on(axis: TimeAxis, grades: pd.DataFrame, language: str) -> tuple[Tile, ...]:
    """The tiles of dated grades in one row: x, grade, address, title; each can be hit.

    Where there is no room for all on the axis, the first ones are one tile with an ellipsis.
    """
    rows = [
        (axis(middle(e)), e["grade"], f"record:evaluations/{e['record']}", grade_title(e, language))
        for e in rows_of(grades[grades["start"] != ""].sort_values("start"))
    ]
    room, left_out = axis.right - axis.left, 0
    while sum(tile_width(grade) + 3 for _, grade, *_ in rows[left_out:]) + (25 if left_out else 0) > room:
        left_out += 1
    if left_out:
        at, _, to, title = rows[left_out - 1]
        rows = [(at, "…", to, title), *rows[left_out:]]
    halves, places = [tile_width(grade) / 2 for _, grade, *_ in rows], [x for x, *_ in rows]
    for n in range(1, len(rows)):
        places[n] = max(places[n], places[n - 1] + halves[n - 1] + halves[n] + 3)
    if left_out or any(half > HIT / 2 for half in halves):
        limit = axis.right + 4  # wide tiles stay on the sheet
        for n in reversed(range(len(rows))):
            places[n] = min(places[n], limit - halves[n])
            limit = places[n] - halves[n] - 3
    return tuple((x, *row[1:]) for x, row in zip(places, rows, strict=True))


def middle(evaluation: Record) -> str:
    """The day in the middle of an evaluation's printed date: a fiscal year is a year long."""
    first = pd.Timestamp(evaluation["start"])
    last = pd.Timestamp(evaluation["end"] or evaluation["start"])
    return str((first + (last - first) / 2).date())


def grade_title(row: Record, language: str) -> str:
    """What a pointer is told of a grade: what it is of (a project, a region or a programme as such), kind, date."""
    subject = row.get("project_label") or row["region_label" if row["region"] else "programme_label"]
    grade = row["grade"] or row.get("grade_status_label") or row["grade_status"]
    told = display(row["conducted"], language) if row["conducted"] else ""
    return aside(headed(subject, grade, language), [row["kind_label"], told], language)
