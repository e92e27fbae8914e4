"""Spans on the time axis: what the source does not date is never dated for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tidy import phases
from analysis.transcribe.study_yaml import Meta

pytestmark = pytest.mark.study


def supported_in(study, region: str, reading: str = "stated") -> list[int]:
    """Return the years in which a region is supported under a reading."""
    years = phases.support_years(study).query("region == @region and reading == @reading")
    return list(years.query("status == 'supported'")["fiscal_year"])


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


def test_a_project_that_only_its_programme_dates_is_supported_only_where_years_are_lent(supported):
    assert supported_in(supported, "south", "stated") == []
    assert supported_in(supported, "south", "inferred") == []
    assert supported_in(supported, "south", "lent") == [2011, 2012, 2013]


def test_a_project_with_a_period_of_its_own_supports_those_years_alone_under_every_reading(supported):
    for reading in phases.READINGS:
        assert supported_in(supported, "north", reading) == [2012]


def test_a_project_without_any_period_covers_no_year(supported):
    assert not phases.support_years(supported)["projects"].str.contains("unknown").any()


def test_fiscal_years_begin_and_are_named_as_the_study_declares(supported):
    spans = phases.project_spans(supported).set_index("record")
    assert list(spans.loc["dated", ["start", "end"]]) == ["2012-04-01", "2013-03-31"]
    american = replace(
        supported, meta=Meta({**supported.meta, "fiscal_year_starts": 10, "fiscal_year_named": "end"})
    )
    spans = phases.project_spans(american).set_index("record")
    assert list(spans.loc["dated", ["start", "end"]]) == ["2011-10-01", "2012-09-30"]
    assert supported_in(american, "north") == [2012]
    years = phases.support_years(american).query("fiscal_year == 2012")
    assert set(years["start"]) == {"2011-10-01"}


def test_a_period_that_someone_inferred_is_no_stated_one(small):
    guessed = {"period": "FY2015/FY2016", "basis": "inferred", "inferred": "label_en period"}
    study = small(projects=[{"id": "a", "region": "north", "programme": "p"} | guessed])
    assert supported_in(study, "north", "stated") == []
    assert supported_in(study, "north", "inferred") == [2015, 2016]


def test_a_side_that_is_not_stated_is_lent_by_the_programme_and_by_nothing_else(small):
    study = small(
        programmes=[{"id": "bound", "period": "FY2008/FY2012"}, {"id": "unbound"}],
        projects=[
            {"id": "a", "region": "north", "programme": "bound", "period": "FY2010/"},
            {"id": "b", "region": "south", "programme": "unbound", "period": "FY2018/"},
        ],
    )
    assert supported_in(study, "north", "inferred") == [2010]
    assert supported_in(study, "north", "lent") == [2010, 2011, 2012]
    assert supported_in(study, "south", "lent") == [2018]


def test_a_programme_that_ended_before_a_project_began_lends_it_no_end(small):
    study = small(
        programmes=[{"id": "p", "period": "FY2002/FY2006"}],
        projects=[{"id": "a", "region": "north", "programme": "p", "period": "FY2010/"}],
    )
    assert supported_in(study, "north", "lent") == [2010]


def test_nothing_is_said_of_years_after_the_source(small):
    study = small(year=2015, projects=[{"region": "north", "programme": "p", "period": "FY2013/FY2020"}])
    assert phases.support_years(study)["fiscal_year"].max() == 2015


def test_an_open_end_reaches_to_the_year_of_the_source(small):
    study = small(year=2018, projects=[{"region": "north", "programme": "p", "period": "FY2015/.."}])
    assert supported_in(study, "north") == [2015, 2016, 2017, 2018]


def test_every_region_has_every_year_once_a_reading_those_without_projects_too(small):
    years = phases.support_years(
        small(projects=[{"region": "north", "programme": "p", "period": "FY2017/FY2018"}])
    )
    assert not years.duplicated(["region", "fiscal_year", "reading"]).any()
    assert set(years.groupby(["region", "reading"]).size()) == {4}


def test_a_study_without_projects_has_no_years_and_all_columns(small, harbour_made):
    years = phases.support_years(small())
    assert years.empty and list(years) == list(harbour_made.tables["support_years"])


@settings(max_examples=25)
@given(
    projects=st.lists(st.tuples(st.integers(2000, 2015), st.integers(0, 4), st.booleans()), max_size=4),
    lent=st.booleans(),
)
def test_a_wider_reading_never_loses_a_year(small, projects, lent):
    rows = [
        {"region": "north", "programme": "p", "period": f"FY{first}/FY{first + more}"}
        | ({"basis": "inferred", "inferred": "period"} if inferred else {})
        for first, more, inferred in projects
    ]
    study = small(
        programmes=[{"id": "p", "period": "FY2003/FY2004"}],
        projects=rows + [{"region": "north", "programme": "p"}] * lent,
    )
    stated, inferred, every = (set(supported_in(study, "north", r)) for r in phases.READINGS)
    assert stated == {
        y for first, more, guess in projects for y in range(first, first + more + 1) if not guess
    }
    assert stated <= inferred <= every == inferred | ({2003, 2004} if lent else set())


# -- Spans -----------------------------------------------------------------------------------------


def test_a_programme_without_a_printed_period_stays_in_with_empty_dates(supported):
    late = phases.phase_spans(supported).query("record == 'late'").iloc[0]
    assert (late["period"], late["start"], late["end"], late["open_end"]) == ("", "", "", "no")


def test_a_programme_that_is_a_part_names_what_it_is_part_of(small):
    study = small(programmes=[{"id": "policy"}, {"id": "led", "part_of": "policy"}])
    assert list(phases.phase_spans(study)["parent"]) == ["", "policy"]


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


def test_events_stand_in_order_of_time(small):
    dates = ["2012-12", "2009-09-16", "FY2009", "2005"]
    study = small(events=[{"date": d, "kind": "law"} for d in dates])
    assert list(phases.events(study)["date"]) == ["2005", "FY2009", "2009-09-16", "2012-12"]


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
def test_the_paper_states_no_support_from_2007_to_2010(paper, region):
    stated = set(supported_in(paper, region))
    assert set(range(2011, 2017)) <= stated
    assert not stated & set(range(2007, 2011))
