"""Readings: strict by default, wider only where asked, and a headline that fails is said to fail."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.notebook import readings
from analysis.notebook.readings import CHOICES, CONSENSUS, PERIODS, Reading, ReadingError, robustness

pytestmark = pytest.mark.unit
LINKS = pd.DataFrame(
    [
        ("skills", "named", "names", "a"),
        ("skills", "other", "names", "b"),
        ("money", "alike", "same_topic", "a"),
        ("money", "near", "bears_on", "a"),
        ("ships", "answer", "answers", "a"),
    ],
    columns=["issue", "record", "relation", "coder"],
)
SUPPORT = pd.DataFrame(
    [(source, status) for source in ("paper", "records") for status in (*PERIODS, "none")],
    columns=["source", "status"],
)


def grid(*rows: tuple[object, ...]) -> pd.DataFrame:
    """The results of a grid: value, holds, links, periods, chosen."""
    columns = ["value", "holds", "links", "periods", "chosen"]
    made = pd.DataFrame(rows, columns=columns).astype("str")
    return made.assign(finding="f", of="")


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"links": "theme"}, "links='theme': expected one of 'names', 'same_topic'"),
        ({"periods": "guessed"}, "periods='guessed': expected one of 'stated', 'inferred', 'lent'"),
        ({"sources": "all"}, "sources='all': expected one of 'paper', 'records'"),
        ({"areas": "town"}, "areas='town': expected one of 'name', 'prefecture'"),
        ({"years": "2010"}, "years='2010': expected 'all' or two years such as '2001/2010'"),
        ({"years": "2010/2001"}, "years='2010/2001': expected 'all' or two years such as '2001/2010'"),
    ],
)
def test_a_choice_that_there_is_not_is_one_line_with_those_there_are(given, line):
    with pytest.raises(ReadingError) as refusal:
        Reading(**given)
    assert refusal.value._render_traceback_() == [line]


def test_a_coder_of_whom_there_is_no_judgement_is_refused():
    with pytest.raises(ReadingError, match="coder='c': expected one of 'a', 'b'"):
        Reading(coder="c").by_coder(LINKS)


def test_a_region_that_the_study_does_not_have_is_refused():
    with pytest.raises(ReadingError, match="regions='west': expected one of 'north', 'south'"):
        Reading(regions="north west").check(["north", "south"])


# -- What counts -----------------------------------------------------------------------------------


def test_by_name_only_what_speaks_of_the_issue_itself_takes_it_up():
    assert list(Reading(coder="a").taking_up(LINKS)["record"]) == ["named"]


def test_the_same_topic_counts_where_it_is_asked_for_and_what_merely_bears_on_it_never_does():
    wide = Reading(links="same_topic", coder="a").taking_up(LINKS)
    assert list(wide["record"]) == ["named", "alike", "answer"]


def test_another_coders_links_take_nothing_up():
    assert list(Reading(coder="b").taking_up(LINKS)["record"]) == ["other"]


def test_what_coders_agreed_on_counts_and_without_it_what_any_of_them_gave():
    agreed = pd.DataFrame([("skills", "x", "names", CONSENSUS)], columns=list(LINKS))
    assert list(Reading().by_coder(pd.concat([LINKS, agreed]))["record"]) == ["x"]
    twice = pd.concat([LINKS, LINKS.assign(coder="b")])
    assert len(Reading().by_coder(twice)) == len(LINKS)


def test_each_way_of_knowing_years_accepts_what_the_stricter_ones_do_and_never_none():
    counted = [list(Reading(periods=p).counting(SUPPORT)["status"]) for p in PERIODS]
    assert counted == [["stated"], ["stated", "inferred"], ["stated", "inferred", "lent"]]


def test_records_count_where_they_are_asked_for_and_a_study_alone_is_all_that_is_on_record():
    assert set(Reading(sources="records").counting(SUPPORT)["source"]) == {"records"}
    alone = SUPPORT[SUPPORT["source"] == "paper"]
    assert len(Reading(sources="records").counting(alone)) == 1


def test_regions_and_years_narrow_only_what_has_them():
    frame = pd.DataFrame({"region": ["n", "s", "n"], "fiscal_year": [2001, 2001, 2015]})
    reading = Reading(regions="n", years="2001/2010")
    assert list(reading.within(frame).index) == [0]
    assert reading.within(LINKS) is LINKS


# -- How a finding stands --------------------------------------------------------------------------


def test_a_finding_that_no_reading_was_run_for_is_said_nothing_of():
    assert robustness(grid().assign(finding="other"), "f") is None


def test_a_value_that_changes_names_the_choices_that_move_it_alone():
    found = robustness(
        grid(
            (5, "yes", "names", "stated", "yes"),
            (10, "yes", "same_topic", "stated", "no"),
            (5, "yes", "names", "lent", "no"),
            (12, "yes", "same_topic", "lent", "no"),
        ),
        "f",
    )
    assert (found.low, found.high, found.readings) == ("5", "12", 4)
    assert found.moved_by == ("links",)
    assert not found.flips


def test_a_claim_that_fails_under_one_reading_flips():
    found = robustness(grid((0, "yes", "names", "stated", "yes"), (0, "no", "names", "lent", "no")), "f")
    assert found.flips and (found.holds, found.fails) == (1, 1)


def test_values_are_ordered_as_numbers_and_words_come_after_them():
    rows = [(v, "", "names", "stated", "yes" if v == "9" else "no") for v in ("9", "10", "A")]
    found = robustness(grid(*rows), "f")
    assert (found.low, found.high) == ("9", "A")


def test_without_a_grid_there_are_no_values(monkeypatch):
    monkeypatch.delenv(readings.FILE, raising=False)
    assert readings.values().empty
    assert set(CHOICES) <= set(readings.values())


def test_a_headline_that_says_the_opposite_holds_where_the_chosen_reading_does(monkeypatch, tmp_path):
    path = tmp_path / "readings.csv"
    rows = ["some,2,,no,names,yes", "some,1,,no,same_topic,no", "some,0,,yes,lent,no", "none,1,,,names,yes"]
    path.write_text("\n".join(["finding,value,of,holds,links,chosen", *rows]), "utf-8")
    monkeypatch.setenv(readings.FILE, str(path))
    assert list(readings.values()["holds"]) == ["yes", "yes", "no", ""]
