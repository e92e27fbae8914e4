"""Grades: a letter is compared with a letter of its own scale, or with nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tidy import grades

pytestmark = pytest.mark.study

LETTERS = ("S", "A", "B", "C")
SCALES = [
    {"id": f"{scale}-{letter.lower()}", "scale": scale, "grade": letter, "rank": rank, "complete": complete}
    for scale, complete in (("old", "yes"), ("new", "no"))
    for rank, letter in enumerate(LETTERS, 1)
]


@pytest.fixture
def graded(small):
    """Make the table of grades of a region from (year, scale, letter) in order of transcription."""

    def made(*letters: tuple[int, str, str], region: str = "north"):
        study = small(
            scales=SCALES,
            projects=[{"id": "p", "region": region, "programme": "g"}],
            evaluations=[
                {
                    "id": f"e{n}",
                    "project": "p",
                    "kind": "final",
                    "conducted": str(year),
                    "scale": scale,
                    "grade": letter,
                    "grade_status": "reported" if letter else "not_reported",
                }
                for n, (year, scale, letter) in enumerate(letters)
            ],
        )
        return grades.grades(study)

    return made


# -- Letter against letter -------------------------------------------------------------------------


@settings(max_examples=16)
@given(one=st.sampled_from(LETTERS), other=st.sampled_from(LETTERS))
def test_letters_of_different_scales_are_never_compared(small, one, other):
    found = table_of(small, [("2001", "old", one), ("2002", "new", other)])
    assert list(found["change"]) == ["first", "not_comparable"]


def test_the_same_letter_on_another_scale_is_not_the_same(graded):
    assert list(graded((2001, "old", "A"), (2002, "new", "A"))["change"])[1] == "not_comparable"


def test_letters_of_different_regions_are_never_compared(small):
    study = small(
        scales=SCALES,
        projects=[{"id": "n", "region": "north"}, {"id": "s", "region": "south"}],
        evaluations=[
            {"project": "n", "conducted": "2001", "scale": "old", "grade": "A", "grade_status": "reported"},
            {"project": "s", "conducted": "2002", "scale": "old", "grade": "B", "grade_status": "reported"},
        ],
    )
    assert list(grades.grades(study)["change"]) == ["first", "first"]


def test_an_evaluation_without_a_letter_is_compared_with_nothing_and_nothing_with_it(graded):
    found = graded((2001, "old", "A"), (2002, "", ""), (2003, "old", "B"))
    assert list(found["change"]) == ["first", "", "down"]
    assert list(found["previous"]) == ["", "", "e0"]


def test_a_letter_whose_date_is_not_stated_comes_neither_before_nor_after_another(small):
    found = table_of(small, [("2001", "old", "A"), ("", "old", "C")]).set_index("record")
    assert not set(found["change"]) & {"up", "down", "same"}


def test_a_step_goes_down_when_the_rank_falls_whatever_the_order_of_transcription(graded):
    assert list(graded((2003, "old", "B"), (2001, "old", "S"))["change"]) == ["first", "down"]


@settings(max_examples=25)
@given(
    letters=st.lists(
        st.tuples(st.sampled_from(["old", "new"]), st.sampled_from(LETTERS)), min_size=1, max_size=6
    )
)
def test_a_step_is_drawn_only_on_one_scale_and_goes_the_way_of_its_ranks(small, letters):
    rows = [(str(2000 + n), scale, letter) for n, (scale, letter) in enumerate(letters)]
    changes = list(table_of(small, rows)["change"])
    assert changes[0] == "first"
    for ((scale, letter), (next_scale, next_letter)), change in zip(
        pairwise(letters), changes[1:], strict=True
    ):
        step = LETTERS.index(letter) - LETTERS.index(next_letter)
        on_one = "up" if step > 0 else "down" if step < 0 else "same"
        assert change == (on_one if scale == next_scale else "not_comparable")


def table_of(small, rows):
    """Return the grades of one project, given (date, scale, letter)."""
    evaluations = [
        {
            "id": f"e{n}",
            "project": "p",
            "conducted": when,
            "scale": scale,
            "grade": letter,
            "grade_status": "reported",
        }
        for n, (when, scale, letter) in enumerate(rows)
    ]
    projects = [{"id": "p", "region": "north"}]
    return grades.grades(small(scales=SCALES, projects=projects, evaluations=evaluations))


def test_what_is_known_of_a_scale_is_told_with_each_of_its_letters(graded):
    found = graded((2001, "old", "C"), (2002, "new", "A"), (2003, "", ""))
    assert list(found["known_grades"]) == ["S A B C", "S A B C", ""]
    assert list(found["complete"]) == ["yes", "no", ""]
    assert found["rank"].tolist()[:2] == [4, 2]
    assert found["rank"].isna().tolist() == [False, False, True]


def test_every_evaluation_is_a_row_those_never_held_too(harbour):
    found = grades.grades(harbour)
    assert sorted(found["record"]) == sorted(harbour.tables["evaluations"]["id"])
    assert "not_evaluated" in set(found["grade_status"])


# -- Rounds ----------------------------------------------------------------------------------------


@pytest.fixture
def round_of_five(small):
    """A midterm round of five regions of programme p in FY2017, of which rows tell of some."""
    made = {"programme": "p", "kind": "midterm", "year": "FY2017"}

    def study(*evaluations: dict):
        rows = [
            {"project": "a", "kind": "midterm", "conducted": "FY2017", "grade_status": "reported"} | row
            for row in evaluations
        ]
        return small(
            kind="records",
            scales=SCALES,
            programmes=[{"id": "p"}, {"id": "q"}],
            projects=[{"id": "a", "region": "north", "programme": "p"}, {"id": "b", "programme": "q"}],
            evaluations=rows,
            rounds=[made | {"id": "r", "regions_total": 5}],
        )

    return study


def counted(study) -> tuple:
    row = grades.grade_rounds(study).iloc[0]
    return row["letters_read"], row["unread"], row["letters"]


def test_what_is_unread_is_counted_from_the_total_not_from_the_rows(round_of_five):
    assert counted(round_of_five()) == (0, 5, "")
    some = [{"scale": "new", "grade": "A"}, {"scale": "new", "grade": "S"}, {"grade_status": "unread"}]
    assert counted(round_of_five(*some)) == (2, 3, "S A")


@pytest.mark.parametrize(
    "other", [{"project": "b"}, {"kind": "final"}, {"conducted": "FY2018"}, {"conducted": ""}]
)
def test_a_letter_of_another_programme_kind_or_year_is_not_of_the_round(round_of_five, other):
    assert counted(round_of_five({"scale": "new", "grade": "A"} | other)) == (0, 5, "")


def test_an_evaluation_dated_by_its_publication_alone_is_of_the_round_of_that_year(round_of_five):
    published = {"scale": "new", "grade": "A", "conducted": "", "published": "2018-03-24"}
    assert counted(round_of_five(published)) == (1, 4, "A")


# -- The paper -------------------------------------------------------------------------------------


def test_the_paper_prints_five_letters_four_a_and_one_a_minus(paper):
    reported = grades.grades(paper).query("grade_status == 'reported'")
    assert sorted(reported["grade"]) == ["A", "A", "A", "A", "A-"]


def test_no_two_of_the_papers_letters_of_one_region_stand_on_one_scale(paper):
    assert not set(grades.grades(paper)["change"]) & {"up", "down", "same"}


# -- Numbers, programmes and regions ---------------------------------------------------------------

ENDS = [
    {"id": "n1", "scale": "n", "grade": "1", "rank": 1, "complete": "yes", "between": "yes"},
    {"id": "n5", "scale": "n", "grade": "5", "rank": 2, "complete": "yes", "between": "yes"},
    {"id": "w1", "scale": "w", "grade": "very good", "rank": 1, "complete": "no", "between": ""},
    {"id": "w2", "scale": "w", "grade": "good", "rank": 2, "complete": "no", "between": ""},
]


def evaluated(small, *rows: dict):
    """The table of grades of evaluations of whatever they name."""
    made = [
        {
            "id": f"e{n}",
            "kind": "final",
            "grade_status": "reported",
            "project": "",
            "programme": "",
            "region": "",
        }
        | {"conducted": f"20{n:02}", "scale": "n"}
        | row
        for n, row in enumerate(rows, 1)
    ]
    return grades.grades(small(scales=ENDS, evaluations=made))


def test_a_number_lies_between_the_ends_of_its_scale_and_a_word_nowhere(small):
    rows = [{"region": "north", "grade": grade} for grade in ("1", "2", "3.5", "5")]
    found = evaluated(small, *rows, {"region": "north", "scale": "w", "grade": "good"})
    assert list(found["scale_position"][:4]) == [1, 0.75, 0.375, 0]
    assert found["scale_position"].isna().iloc[4]
    assert found["known_grades"].iloc[4] == "very good; good"


def test_a_smaller_number_is_better_where_the_least_is_best(small):
    found = evaluated(small, *({"region": "north", "grade": grade} for grade in ("3", "2", "2", "4.5")))
    assert list(found["change"]) == ["first", "up", "same", "down"]


def test_a_programme_is_compared_with_itself_and_with_no_region(small):
    found = evaluated(
        small,
        {"region": "north", "grade": "1"},
        {"programme": "g", "grade": "2"},
        {"programme": "h", "grade": "3"},
        {"programme": "g", "grade": "4"},
    ).set_index("record")
    assert dict(found["change"]) == {"e1": "first", "e2": "first", "e3": "first", "e4": "down"}
    assert dict(found["region"]) == {"e1": "north", "e2": "", "e3": "", "e4": ""}
