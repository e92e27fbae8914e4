"""The numbers in sentences: computed, and worded so that they say no more than the tables."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tidy import findings

LANGUAGES = ("ja", "en")
YEARS = st.sets(st.integers(1950, 2050), max_size=12)


def plain(text: str) -> str:
    """A sentence as a reader sees it: without the links in it."""
    return unescape(re.sub(r"<[^>]+>", "", text))


# -- Words -----------------------------------------------------------------------------------------


@given(number=st.integers(0, 10**6), language=st.sampled_from(LANGUAGES))
def test_a_count_is_the_number_itself_in_words_or_digits(number, language):
    words = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ]
    said = findings.counted(number, language)
    if language == "en" and 0 < number <= 12:
        assert words.index(said) == number
    else:
        assert int(said.replace(",", "")) == number


def test_nothing_listed_is_an_empty_text():
    assert [findings.listed([], language) for language in LANGUAGES] == ["", ""]


@given(numbers=YEARS, language=st.sampled_from(LANGUAGES))
def test_runs_of_years_name_every_year_and_no_other(numbers, language):
    named = set()
    for first, last in re.findall(r"(\d{4})(?:[～–](?:FY)?(\d{4}))?", findings.years(numbers, language)):
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers


@given(numbers=YEARS)
def test_runs_of_years_are_as_few_as_can_be(numbers):
    runs = sum(1 for year in numbers if year - 1 not in numbers)
    said = findings.years(numbers, "ja")
    assert (len(said.split("、")) if said else 0) == runs


# -- Turns -----------------------------------------------------------------------------------------


def turns(small, make, phases, events):
    study = small(
        phases=[{"id": f"p{n}", "number": n, "period": p} for n, p in enumerate(phases, 1)],
        events=[{"date": d, "kind": k} for d, k in events],
    )
    return findings.turns(make(study).data, "en")


def test_a_phase_that_begins_with_another_kind_of_event_was_not_begun_by_government(small, make):
    assert turns(small, make, ["2009-09/.."], [("2009-09", "law")]).by_government == "0"


def test_a_phase_without_a_beginning_was_begun_by_nothing(small, make):
    found = turns(small, make, ["../2009-09"], [("2009-09", "government")])
    assert (found.phases, found.by_government, found.told) == ("one", "0", "")


def test_a_phase_that_begins_in_the_month_of_a_change_of_government_is_counted(small, make):
    found = turns(small, make, ["2009-09/2012-11", "2012-12/.."], [("2009-09", "government")])
    assert (found.phases, found.by_government) == ("two", "one")


def test_a_change_of_government_dated_to_the_day_counts_in_its_month(small, make):
    assert turns(small, make, ["2009-09/.."], [("2009-09-16", "government")]).by_government == "one"


def test_two_changes_of_government_in_a_month_begin_one_phase(small, make):
    events = [("2009-09", "government"), ("2009-09", "government")]
    assert turns(small, make, ["2009-09/.."], events).by_government == "one"


# -- Support, letters, themes ----------------------------------------------------------------------


def test_only_letters_that_may_be_compared_are_counted_as_comparable(paper_made, harbour_made):
    assert findings.letters(paper_made.data, "en").comparable == 0
    assert findings.letters(harbour_made.data, "en").comparable == 2


def test_letters_are_counted_as_they_are_in_the_table(harbour_made):
    table, said = harbour_made.data.grades, findings.letters(harbour_made.data, "en")
    reported = table.query("grade_status == 'reported'")
    assert said.reported == findings.counted(len(reported), "en")
    assert said.unreported == findings.counted(len(table) - len(reported), "en")
    assert said.told == ", ".join(f"{g}: {n}" for g, n in reported["grade"].value_counts(sort=False).items())


def test_contrasts_stand_between_letters_of_one_scale_alone(paper_made):
    found = findings.contrasts(paper_made.data, "en")
    assert [(plain(row.better), plain(row.worse)) for row in found.itertuples()] == [("A", "A-")]


def test_stages_that_follow_each_other_do_not_overlap(small, make):
    study = small(stages=[{"id": "a", "period": "FY2001/FY2005"}, {"id": "b", "period": "FY2006/FY2010"}])
    assert findings.overlapping_stages(make(study).data, "en").empty


def test_stages_overlap_in_the_months_that_both_cover(small, make):
    study = small(stages=[{"id": "long", "period": "2001/2010"}, {"id": "short", "period": "2003/2004"}])
    found = findings.overlapping_stages(make(study).data, "en")
    told = [[plain(cell) for cell in row] for row in found.to_numpy()]
    assert told == [["long", "short", "Jan 2003–Dec 2004"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_of_every_region_is_not_told_of_one_alone(harbour_made, language):
    themes = findings.themes_by_region(harbour_made.data, language)
    for theme in filter(None, re.split("、|, | and ", themes.everywhere)):
        assert theme not in themes.told


# -- Issues, institutions, outlook -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_overlap_says_when_the_lists_are_partial_or_inferred(harbour_made, language):
    found = findings.continuity(harbour_made.data, language)
    lists = harbour_made.data.institution_continuity["lists"]
    assert [caveat == "" for caveat in found["caveat"]] == [kind == "complete" for kind in lists]


# -- Regions and trust -----------------------------------------------------------------------------


def test_a_region_that_the_study_does_not_have_is_refused_with_those_it_has(harbour_made):
    with pytest.raises(ValueError, match="no region 'kobe'; there are todaimisaki, aoura, shiomi"):
        findings.region(harbour_made.data, "kobe", "ja")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_levels_of_evidence_add_up_to_all_records(paper_made, language):
    trust = findings.trust(paper_made.data, language)
    assert sum(map(int, re.findall(r"\d+", trust.levels))) == len(paper_made.data.evidence)
