"""Letters of evaluations as tiles on an axis of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart
from analysis.figures.colours import QUIET
from analysis.figures.encoding import draw_key, region_colours
from analysis.figures.lanes import gutter, lane_name, row_name
from analysis.figures.regions import FEW, grade_items, grade_title, middle, signs_of
from analysis.figures.rows import note
from analysis.figures.sheet import Sheet, records
from analysis.figures.svg import HIT
from analysis.figures.words import joined, words

_LABEL = 168.0  # pixels that the name of a scale may take


def grade_tiles(grades: pd.DataFrame, *, language: str) -> Chart:
    """Draw each evaluation as a tile where it was conducted, a row a region, its scale named.

    Columns in: record, project, project_label, region, region_label, programme_label, kind_label,
    conducted, start, end, scale, scale_label (optional), grade, grade_status. No line joins letters.
    """
    told = tuple(grade_items(grades, language))
    keys = records(f"record:evaluations/{record}" for record in grades["record"])
    return Chart(
        lambda width: _draw(Sheet(width), grades, language), grades.reset_index(drop=True), told, keys
    )


def _draw(sheet: Sheet, grades: pd.DataFrame, language: str) -> Figure:
    dated = grades[grades["start"] != ""]
    regions = list(grades.groupby("region", sort=False))
    many = len(regions) > FEW
    left = gutter(sheet, many=many)
    colours = region_colours(grades["region"])
    axis = axis_over([*dated["start"], *dated["end"]], left, sheet.width - 6, room=24 if sheet.narrow else 50)
    years = sheet.top
    sheet.top += 24
    for region, rows in regions:
        if many:
            row_name(sheet, rows["region_label"].iloc[0], axis, HIT)
        else:
            lane_name(sheet, rows["region_label"].iloc[0], left, colours[str(region)])
        _tiles(sheet, axis, rows[rows["start"] != ""], language, many=many)
    draw_years(sheet, axis, years, sheet.top)
    sheet.top += 8
    undated = [grade_title(row, language) for row in grades[grades["start"] == ""].to_dict("records")]
    if undated:
        note(sheet, words(language).text("undated", names=joined(undated, language, wide=True)), after=6)
    draw_key(sheet, signs_of({"evaluations": grades}), language)
    return sheet.finish()


def _tiles(sheet: Sheet, axis: TimeAxis, rows: pd.DataFrame, language: str, *, many: bool) -> None:
    """The tiles of a region in as few rows as hold them with the names of their scales."""
    made, apart = [], 0 if many else 10
    for row in rows.sort_values("start").to_dict("records"):
        x = axis(middle(row))
        lines = [] if many else _under(row, language)
        half = max(style.widest(lines) / 2, 13)
        centre = min(max(x, 4 + half), sheet.width - 4 - half)
        made.append((row, x, centre, lines, (min(centre - half, x - 13), max(centre + half, x + 13))))
    at = pack([reach for *_, reach in made], apart)
    deep = max((len(lines) for *_, lines, _ in made), default=0) * style.line_height()
    for (row, x, centre, lines, reach), n in zip(made, at, strict=True):
        y = sheet.top + n * (HIT + deep + apart)
        sheet.tile(x, y + HIT / 2, row["grade"])
        sheet.text(centre, y + HIT + 1, lines, colour=QUIET, align="center")
        of = (f"projects/{row['project']}", f"regions/{row['region']}")
        box = (reach[0], y, reach[1], y + HIT + deep)
        sheet.link(f"record:evaluations/{row['record']}", grade_title(row, language), box, of)
    sheet.top += (max(at, default=0) + 1) * (HIT + deep + apart) + (0 if many else 6)


def _under(row: Mapping[str, Any], language: str) -> list[str]:
    """What stands under a tile: programme and kind, no word of either broken where the sheet allows it."""
    name = row.get("scale_label")
    parts = [name] if name else [row["programme_label"], row["kind_label"]]
    return [line for part in parts for line in style.balanced(str(part), _LABEL)]
