"""Grades: a letter is compared with a letter of its own scale, or with nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tidy import grades

LETTERS = ("S", "A", "B", "C")
SCALES = [
    {"id": f"{scale}-{letter.lower()}", "scale": scale, "grade": letter, "rank": rank, "complete": complete}
    for scale, complete in (("old", "yes"), ("new", "no"))
    for rank, letter in enumerate(LETTERS, 1)
]


@pytest.fixture
def graded(small, book):
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
        return grades.grades(study, book)

    return made


# -- Letter against letter -------------------------------------------------------------------------


@settings(max_examples=16)
@given(one=st.sampled_from(LETTERS), other=st.sampled_from(LETTERS))
def test_letters_of_different_scales_are_never_compared(small, book, one, other):
    found = table_of(small, book, [("2001", "old", one), ("2002", "new", other)])
    assert list(found["change"]) == ["first", "not_comparable"]


def test_the_same_letter_on_another_scale_is_not_the_same(graded):
    assert list(graded((2001, "old", "A"), (2002, "new", "A"))["change"])[1] == "not_comparable"


def test_letters_of_different_regions_are_never_compared(small, book):
    study = small(
        scales=SCALES,
        projects=[{"id": "n", "region": "north"}, {"id": "s", "region": "south"}],
        evaluations=[
            {"project": "n", "conducted": "2001", "scale": "old", "grade": "A", "grade_status": "reported"},
            {"project": "s", "conducted": "2002", "scale": "old", "grade": "B", "grade_status": "reported"},
        ],
    )
    assert list(grades.grades(study, book)["change"]) == ["first", "first"]


def test_an_evaluation_without_a_letter_is_compared_with_nothing_and_nothing_with_it(graded):
    found = graded((2001, "old", "A"), (2002, "", ""), (2003, "old", "B"))
    assert list(found["change"]) == ["first", "", "down"]
    assert list(found["previous"]) == ["", "", "e0"]


def test_a_letter_whose_date_is_not_stated_comes_neither_before_nor_after_another(small, book):
    found = table_of(small, book, [("2001", "old", "A"), ("", "old", "C")]).set_index("record")
    assert not set(found["change"]) & {"up", "down", "same"}


def test_a_step_goes_down_when_the_rank_falls_whatever_the_order_of_transcription(graded):
    assert list(graded((2003, "old", "B"), (2001, "old", "S"))["change"]) == ["first", "down"]


@settings(max_examples=25)
@given(
    letters=st.lists(
        st.tuples(st.sampled_from(["old", "new"]), st.sampled_from(LETTERS)), min_size=1, max_size=6
    )
)
def test_a_step_is_drawn_only_on_one_scale_and_goes_the_way_of_its_ranks(small, book, letters):
    rows = [(str(2000 + n), scale, letter) for n, (scale, letter) in enumerate(letters)]
    changes = list(table_of(small, book, rows)["change"])
    assert changes[0] == "first"
    for ((scale, letter), (next_scale, next_letter)), change in zip(
        pairwise(letters), changes[1:], strict=True
    ):
        step = LETTERS.index(letter) - LETTERS.index(next_letter)
        on_one = "up" if step > 0 else "down" if step < 0 else "same"
        assert change == (on_one if scale == next_scale else "not_comparable")


def table_of(small, book, rows):
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
    return grades.grades(small(scales=SCALES, projects=projects, evaluations=evaluations), book)


def test_what_is_known_of_a_scale_is_told_with_each_of_its_letters(graded):
    found = graded((2001, "old", "C"), (2002, "new", "A"), (2003, "", ""))
    assert list(found["known_grades"]) == ["S A B C", "S A B C", ""]
    assert list(found["complete"]) == ["yes", "no", ""]
    assert found["rank"].tolist()[:2] == [4, 2]
    assert found["rank"].isna().tolist() == [False, False, True]


def test_every_evaluation_is_a_row_those_never_held_too(harbour, book):
    found = grades.grades(harbour, book)
    assert sorted(found["record"]) == sorted(harbour.tables["evaluations"]["id"])
    assert "not_evaluated" in set(found["grade_status"])


# -- Comments --------------------------------------------------------------------------------------


@pytest.fixture
def commented(small):
    return small(
        themes=[{"id": "people"}, {"id": "money"}],
        projects=[{"id": "n", "region": "north"}, {"id": "s", "region": "south"}],
        evaluations=[
            {"id": "en", "project": "n", "kind": "final", "conducted": "2001"},
            {"id": "es", "project": "s", "kind": "midterm", "conducted": "2002"},
        ],
        statements=[
            {"id": "both", "subject_type": "evaluation", "subject": "en", "stance": "concern"},
            {"id": "one", "subject_type": "evaluation", "subject": "es", "stance": "strength"},
            {"id": "none", "subject_type": "evaluation", "subject": "es", "stance": "strength"},
            {"id": "of-region", "subject_type": "region", "subject": "south", "stance": "finding"},
            {"id": "of-policy", "subject_type": "policy", "subject": "plan", "stance": "finding"},
        ],
        codings=[
            {"record_type": "statements", "record": "both", "theme": "money", "coder": "a"},
            {"record_type": "statements", "record": "both", "theme": "people", "coder": "a"},
            {"record_type": "statements", "record": "both", "theme": "people", "coder": "b"},
            {"record_type": "statements", "record": "one", "theme": "money", "coder": "a"},
            {"record_type": "issues", "record": "one", "theme": "people", "coder": "a"},
            {"record_type": "statements", "record": "of-region", "theme": "money", "coder": "a"},
        ],
    )


def test_only_what_an_evaluation_says_is_a_comment(commented, book):
    assert set(grades.evaluation_statements(commented, book)["record"]) == {"both", "one", "none"}


def test_a_comment_has_the_region_of_its_evaluations_project(commented, book):
    found = grades.evaluation_statements(commented, book).set_index("record")
    assert dict(found["region"]) == {"both": "north", "one": "south", "none": "south"}


def test_the_theme_of_an_issue_is_not_the_theme_of_a_statement_of_the_same_name(commented, book):
    found = grades.evaluation_statements(commented, book).set_index("record")
    assert found.loc["one", "themes"] == "money"


def test_two_coders_who_agree_count_once_and_a_comment_with_two_themes_counts_under_each(commented, book):
    found = grades.theme_profile(commented, book)
    counts = {(r.theme, r.region, r.stance): r.comments for r in found.itertuples()}
    assert counts == {
        ("people", "north", "concern"): 1,
        ("money", "north", "concern"): 1,
        ("money", "south", "strength"): 1,
    }


def test_a_statement_about_no_region_has_none_and_one_of_an_evaluation_has_its(commented, book):
    found = grades.statements(commented, book).set_index("record")["region"]
    assert dict(found) == {
        "both": "north",
        "one": "south",
        "none": "south",
        "of-region": "south",
        "of-policy": "",
    }


# -- The paper -------------------------------------------------------------------------------------


def test_the_paper_prints_five_letters_four_a_and_one_a_minus(paper, book):
    reported = grades.grades(paper, book).query("grade_status == 'reported'")
    assert sorted(reported["grade"]) == ["A", "A", "A", "A", "A-"]


def test_no_two_of_the_papers_letters_of_one_region_stand_on_one_scale(paper, book):
    assert not set(grades.grades(paper, book)["change"]) & {"up", "down", "same"}
