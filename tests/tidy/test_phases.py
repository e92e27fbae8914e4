"""Spans on the time axis: what the source does not date is never dated for it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tidy import phases


def status_of(study, region: str) -> dict[int, str]:
    """Return the region's fiscal years and their status."""
    gaps = phases.support_gaps(study).query("region == @region")
    return dict(zip(gaps["fiscal_year"], gaps["status"], strict=True))


@pytest.fixture
def supported(small):
    """A study of 2020 with three projects in two regions, each known in another way."""
    return small(
        programmes=[{"id": "early", "period": "FY2011/FY2013"}, {"id": "late"}],
        projects=[
            {"id": "dated", "region": "north", "programme": "early", "period": "FY2012"},
            {"id": "by-programme", "region": "south", "programme": "early"},
            {"id": "unknown", "region": "south", "programme": "late"},
        ],
    )


# -- Support ---------------------------------------------------------------------------------------


def test_a_year_that_no_project_covers_is_said_to_have_none(supported):
    assert status_of(supported, "north")[2011] == "none"
    assert status_of(supported, "north")[2013] == "none"


def test_a_project_that_only_its_programme_dates_is_undated_never_supported(supported):
    undated = [year for year, status in status_of(supported, "south").items() if status != "none"]
    assert set(status_of(supported, "south").values()) == {"undated", "none"}
    assert undated == [2011, 2012, 2013]


def test_a_project_with_a_period_of_its_own_supports_those_years_alone(supported):
    years = status_of(supported, "north")
    assert [year for year, status in years.items() if status == "supported"] == [2012]


def test_a_project_without_any_period_covers_no_year(supported):
    assert not phases.support_gaps(supported)["projects"].str.contains("unknown").any()


def test_a_dated_project_outweighs_an_undated_one_in_the_same_year(small):
    study = small(
        programmes=[{"id": "p", "period": "FY2011/FY2012"}],
        projects=[
            {"id": "a", "region": "north", "programme": "p", "period": "FY2011"},
            {"id": "b", "region": "north", "programme": "p"},
        ],
    )
    assert list(status_of(study, "north").items())[:2] == [(2011, "supported"), (2012, "undated")]


def test_nothing_is_said_of_years_after_the_source(small):
    study = small(year=2015, projects=[{"region": "north", "programme": "p", "period": "FY2013/FY2020"}])
    assert max(status_of(study, "north")) == 2015


def test_an_open_end_reaches_to_the_year_of_the_source_and_an_unstated_one_covers_a_year(small):
    ongoing = small(
        year=2018,
        projects=[
            {"region": "north", "programme": "p", "period": "FY2015/.."},
            {"region": "south", "programme": "p", "period": "FY2015/"},
        ],
    )
    assert set(status_of(ongoing, "north").values()) == {"supported"}
    assert [y for y, s in status_of(ongoing, "south").items() if s == "supported"] == [2015]


def test_every_region_has_every_year_once_those_without_projects_too(small):
    study = small(projects=[{"region": "north", "programme": "p", "period": "FY2017/FY2018"}])
    gaps = phases.support_gaps(study)
    assert not gaps.duplicated(["region", "fiscal_year"]).any()
    assert list(status_of(study, "south").values()) == ["none"] * 4


def test_years_after_the_start_of_a_project_without_a_stated_end_are_possible_not_empty(small):
    study = small(
        programmes=[{"id": "bound", "period": "FY2008/FY2012"}, {"id": "unbound"}],
        projects=[
            {"id": "a", "region": "north", "programme": "bound", "period": "FY2010/"},
            {"id": "b", "region": "south", "programme": "unbound", "period": "FY2018/"},
        ],
    )
    north, south = status_of(study, "north"), status_of(study, "south")
    assert [north[y] for y in (2010, 2011, 2012, 2013)] == ["supported", "undated", "undated", "none"]
    assert [south[y] for y in (2017, 2018, 2019, 2020)] == ["none", "supported", "undated", "undated"]


def test_a_study_without_projects_has_no_years_and_all_columns(small):
    gaps = phases.support_gaps(small())
    assert gaps.empty
    assert list(gaps) == [
        "region",
        "region_ja",
        "region_en",
        "fiscal_year",
        "start",
        "end",
        "status",
        "projects",
    ]


@settings(max_examples=25)
@given(periods=st.lists(st.tuples(st.integers(2000, 2015), st.integers(0, 4)), max_size=4))
def test_a_year_is_supported_exactly_where_some_project_states_it(small, periods):
    study = small(
        projects=[
            {"region": "north", "programme": "p", "period": f"FY{first}/FY{first + more}"}
            for first, more in periods
        ]
    )
    stated = {y for first, more in periods for y in range(first, first + more + 1)}
    found = {y for y, status in status_of(study, "north").items() if status == "supported"}
    assert found == stated


# -- Spans -----------------------------------------------------------------------------------------


def test_a_programme_without_a_printed_period_stays_in_with_empty_dates(supported):
    late = phases.phase_spans(supported).query("record == 'late'").iloc[0]
    assert (late["period"], late["start"], late["end"], late["open_end"]) == ("", "", "", "no")


def test_an_open_end_is_not_an_unstated_one(small):
    study = small(
        phases=[
            {"id": "a", "number": 1, "period": "2012-12/.."},
            {"id": "b", "number": 2, "period": "FY2015/"},
        ]
    )
    spans = phases.phase_spans(study).set_index("record")
    assert list(spans["end"]) == ["", ""]
    assert list(spans["open_end"]) == ["yes", "no"]


def test_a_project_says_where_its_period_comes_from(supported):
    spans = phases.project_spans(supported).set_index("record")
    assert dict(spans["period_source"]) == {
        "dated": "project",
        "by-programme": "programme",
        "unknown": "none",
    }
    assert spans.loc["by-programme", "start"] == "2011-04-01"
    assert spans.loc["by-programme", "period"] == ""


def test_projects_stand_in_the_order_of_regions_then_of_time(harbour):
    spans = phases.project_spans(harbour)
    assert list(spans["region"].drop_duplicates()) == list(harbour.meta.regions)
    dated = spans[spans["start"] != ""]
    assert all(s.is_monotonic_increasing for _, s in dated.groupby("region")["start"])


def test_events_stand_in_order_of_time(small, book):
    dates = ["2012-12", "2009-09-16", "FY2009", "2005"]
    study = small(events=[{"date": d, "kind": "law"} for d in dates])
    assert list(phases.events(study, book)["date"]) == ["2005", "FY2009", "2009-09-16", "2012-12"]


def test_every_row_with_a_duration_is_a_span_once(harbour):
    spans = phases.phase_spans(harbour)
    for table in ("phases", "plans", "stages", "programmes"):
        own = spans.query("table == @table")
        assert list(own["record"]) == list(harbour.tables[table]["id"])
    assert not spans.drop(columns="number").isna().any().any()


# -- The paper -------------------------------------------------------------------------------------


def test_the_paper_has_four_phases_six_stages_and_six_plans(paper):
    counts = phases.phase_spans(paper)["table"].value_counts()
    assert (counts["phases"], counts["stages"], counts["plans"]) == (4, 6, 6)


@pytest.mark.parametrize("region", ["hamamatsu", "kobe"])
def test_the_papers_regions_had_no_dated_project_from_2007_to_2010_and_none_at_all_in_2010(paper, region):
    years = pd.Series(status_of(paper, region))
    inside = years.loc[2002:]
    assert list(inside[inside != "supported"].index) == [2007, 2008, 2009, 2010]
    assert list(years[years == "none"].index) == [2010]
