"""Figures over time: what they are about, in which unit, and which series is the longest."""

from __future__ import annotations

import pandas as pd

from analysis.tidy import indicators


def rows(*given: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["region", "measure", "start"])


def test_figures_of_one_time_make_no_series():
    assert indicators.longest_series(rows()).empty
    assert indicators.longest_series(rows(("a", "firms", "2001-01-01"), ("a", "jobs", "2002-01-01"))).empty
    assert indicators.longest_series(rows(("a", "firms", "2001-01-01"), ("a", "firms", "2001-01-01"))).empty


def test_figures_of_no_region_or_without_a_date_are_no_part_of_the_longest_series():
    years = [("", "firms", f"200{n}-01-01") for n in range(5)]
    undated = [("b", "firms", "")] * 5
    found = indicators.longest_series(
        rows(*years, *undated, ("a", "firms", "2003-01-01"), ("a", "firms", "2001-01-01"))
    )
    assert list(found["region"]) == ["a", "a"]
    assert list(found["start"]) == ["2001-01-01", "2003-01-01"]


def test_the_first_of_two_series_of_one_length_is_taken():
    found = indicators.longest_series(
        rows(*[(region, "firms", f"200{n}-01-01") for n in range(2) for region in ("z", "a")])
    )
    assert set(found["region"]) == {"z"}


def test_a_figure_is_called_after_what_it_is_about_and_its_unit_as_the_study_words_it(harbour):
    first, *others = indicators.indicators(harbour).to_dict("records")
    assert first["subject_en"] == first["region_en"] != ""
    assert all(row["unit_en"] == row["unit"] for row in [first, *others])


# -- The paper -------------------------------------------------------------------------------------


def test_the_papers_figures_about_kobe_are_346_firms_and_9400_employees(paper):
    found = indicators.indicators(paper).query("region == 'kobe'")
    assert sorted(found["value"]) == [346, 9400]
    assert list(found.sort_values("value")["unit_ja"]) == ["社", "人"]
