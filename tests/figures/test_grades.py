"""Grades of any kind in figures: each can be read, however many and however long they are."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.text import Text

from analysis import figures
from analysis.figures import style
from analysis.figures.axis import TimeAxis
from analysis.figures.check import faults
from analysis.figures.grades import tiles_on
from analysis.figures.sheet import tile_width

pytestmark = pytest.mark.study

WORDS = ("excellent", "good", "far below what was expected of it", "")


def grades(given: list[tuple[str, str]], **more: object) -> pd.DataFrame:
    """Evaluations from (region, grade), a year apart; of an empty region, those of a programme."""
    rows = [
        {
            "record": f"e{n}",
            "project": f"p{region}" if region else "",
            "project_label": f"Project {region}" if region else "",
            "region": region,
            "region_label": f"Town {region}" if region else "",
            "programme_label": "Programme",
            "kind_label": "final",
            "conducted": str(1990 + n % 30),
            "start": f"{1990 + n % 30}-01-01",
            "end": f"{1990 + n % 30}-12-31",
            "scale": "s",
            "grade": grade,
            "grade_status": "reported" if grade else "not_reported",
            "known_grades": "1 5",
        }
        for n, (region, grade) in enumerate(given)
    ]
    return pd.DataFrame(rows).assign(**more)


def texts(chart: figures.Chart, width: int = style.WIDE) -> set[str]:
    return {text.get_text() for text in chart.draw(width).findobj(Text)}


def test_no_scale_is_drawn_where_its_ends_are_not_known():
    chart = figures.grade_tiles(grades([("a", "3")], scale_position=float("nan")), language="en")
    assert "place on its scale, best at the right" not in texts(chart)
    assert "5" not in texts(chart)


def test_a_number_stands_between_the_ends_of_its_scale_the_best_at_the_right():
    chart = figures.grade_tiles(grades([("a", "2")], scale_position=0.75), language="en")
    assert {"5", "1", "place on its scale, best at the right"} <= texts(chart)
    places = {t.get_text(): t.get_position()[0] for t in chart.draw(style.WIDE).findobj(Text)}
    assert places["5"] < places["1"]


def test_the_key_shows_no_letter_where_grades_are_numbers():
    numbers = texts(figures.grade_tiles(grades([("a", "2")]), language="en"))
    assert "grade as printed" in numbers
    assert "A" not in numbers
    assert "A" in texts(figures.grade_tiles(grades([("a", "B")]), language="en"))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("width", [style.WIDE, style.NARROW])
@pytest.mark.parametrize("given", ["words", "regions", "years", "programme"])
def test_grades_can_be_read_however_many_and_long(given, width, language):
    rows = {
        "words": [("a", word) for word in WORDS * 2],
        "regions": [(f"{n}", f"{n % 5 + 1}") for n in range(80)],
        "years": [("a", f"{n % 5 + 1}") for n in range(80)],
        "programme": [("a", "72.5 %"), ("", "100 %"), ("", "8 %")],
    }[given]
    position = 0.5 if given != "words" else float("nan")
    chart = figures.grade_tiles(grades(rows, scale_position=position), language=language)
    with style.applied():
        assert faults(chart.draw(width)) == []


def test_tiles_that_have_no_room_on_the_axis_become_one():
    axis = TimeAxis(1990, 2020, 130, 900)
    tiles = tiles_on(axis, grades([("a", "72.5 %")] * 30), "en")
    assert tiles[0][1] == "…"
    assert len(tiles) < 30
    edges = [(x - tile_width(grade) / 2, x + tile_width(grade) / 2) for x, grade, *_ in tiles]
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    assert axis.left - 15 <= edges[0][0]
    assert edges[-1][1] <= axis.right + 6
