"""Grades of evaluations as tiles on an axis of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart
from analysis.figures.colours import GUIDE, INK, QUIET
from analysis.figures.encoding import draw_key, region_colours
from analysis.figures.lanes import gutter, lane_name, row_name
from analysis.figures.regions import FEW, grade_items, grade_title, middle, signs_of
from analysis.figures.rows import note
from analysis.figures.sheet import Sheet, records, tile_width
from analysis.figures.svg import HIT
from analysis.figures.words import joined, words

_TRACK, _TRACK_HIGH = 48.0, 18.0  # pixels of a scale under a tile
_LABEL = 168.0  # pixels that the name of a scale may take


def grade_tiles(grades: pd.DataFrame, *, language: str) -> Chart:
    """Draw each evaluation as a tile where it was conducted, a row a region, its scale named.

    Evaluations of a programme as such have a row of their own. Columns in: record, project,
    project_label, region, region_label, programme_label, kind_label, conducted, start, end,
    scale, scale_label (optional), grade, grade_status, and optional scale_position (0 worst, 1 best) with
    known_grades, whose last and first are then the ends drawn under the tile. No line joins grades.
    """
    told = tuple(grade_items(grades, language))
    keys = records(f"record:evaluations/{record}" for record in grades["record"])
    return Chart(
        lambda width: _draw(Sheet(width), grades, language), grades.reset_index(drop=True), told, keys
    )


def _draw(sheet: Sheet, grades: pd.DataFrame, language: str) -> Figure:
    dated = grades[grades["start"] != ""]
    of = grades["region"].where(grades["region"] != "", "/" + grades["programme_label"])
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
    undated = [grade_title(row, language) for row in grades[grades["start"] == ""].to_dict("records")]
    if undated:
        note(sheet, words(language).text("undated", names=joined(undated, language, wide=True)), after=6)
    placed = not many and any(_ends(row) for row in dated.to_dict("records"))
    draw_key(sheet, signs_of({"evaluations": grades}) | ({"position"} if placed else set()), language)
    return sheet.finish()


def _tiles(sheet: Sheet, axis: TimeAxis, rows: pd.DataFrame, language: str, *, many: bool) -> None:
    """The tiles of a region in as few rows as hold them with the names of their scales."""
    made, apart = [], 0 if many else 10
    for row in rows.sort_values("start").to_dict("records"):
        x = axis(middle(row))
        lines = [] if many else _under(row, language)
        ends = () if many else _ends(row)
        tile = tile_width(row["grade"]) / 2 + 2
        half = max(style.widest(lines) / 2, tile, _track(ends) / 2)
        centre = min(max(x, 4 + half), sheet.width - 4 - half)
        x = min(max(x, 4 + tile), sheet.width - 4 - tile) if tile > 13 else x
        made.append((row, x, centre, lines, (min(centre - half, x - tile), max(centre + half, x + tile))))
    at = pack([reach for *_, reach in made], apart)
    track = _TRACK_HIGH if not many and any(_ends(row) for row, *_ in made) else 0
    deep = max((len(lines) for *_, lines, _ in made), default=0) * style.line_height() + track
    for (row, x, centre, lines, reach), n in zip(made, at, strict=True):
        y = sheet.top + n * (HIT + deep + apart)
        sheet.tile(x, y + HIT / 2, row["grade"])
        if not many and (ends := _ends(row)):
            _draw_track(sheet, ends, (centre, y + HIT + _TRACK_HIGH / 2), row["scale_position"])
        below = y + HIT + (track if not many and _ends(row) else 0)
        sheet.text(centre, below + 1, lines, colour=QUIET, align="center")
        of = (f"projects/{row['project']}", f"regions/{row['region']}")
        box = (reach[0], y, reach[1], y + HIT + deep)
        sheet.link(f"record:evaluations/{row['record']}", grade_title(row, language), box, of)
    sheet.top += (max(at, default=0) + 1) * (HIT + deep + apart) + (0 if many else 6)


def _ends(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The worst and the best grade of a scale of numbers, where both are known."""
    if pd.isna(row.get("scale_position")) or row.get("scale_position") == "":
        return ()
    known = str(row["known_grades"])
    listed = known.split("; " if "; " in known else " ")
    return (listed[-1], listed[0])


def _track(ends: tuple[str, ...]) -> float:
    """Pixels that a scale takes with the words at its ends."""
    return _TRACK + 2 * (max(map(style.text_width, ends)) + 6) if ends else 0


def _draw_track(sheet: Sheet, ends: tuple[str, ...], centre: tuple[float, float], position: float) -> None:
    """A scale from its worst end to its best, and where on it the grade lies."""
    (x, y), left = centre, centre[0] - _TRACK / 2
    sheet.line((left, y), (left + _TRACK, y), colour=GUIDE, width=2)
    sheet.box(left + position * _TRACK - 2, y - 5, 4, 10, INK)
    sheet.middle(left - 5, y, ends[0], colour=QUIET, align="right")
    sheet.middle(x + _TRACK / 2 + 5, y, ends[1], colour=QUIET)


def _under(row: Mapping[str, Any], language: str) -> list[str]:
    """What stands under a tile: programme and kind, no word of either broken where the sheet allows it."""
    name = row.get("scale_label")
    parts = [name] if name else [row["programme_label"], row["kind_label"]]
    return [line for part in filter(None, parts) for line in style.balanced(str(part), _LABEL)]
