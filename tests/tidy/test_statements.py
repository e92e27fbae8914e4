"""Statements: whose they are, what themes they have, and which clauses nothing carries."""

from __future__ import annotations

import pytest

from analysis.tidy import statements

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
            {"id": "of-project", "subject_type": "project", "subject": "n", "stance": "finding"},
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


def test_only_what_an_evaluation_says_is_a_comment(commented):
    assert set(statements.evaluation_statements(commented)["record"]) == {"both", "one", "none"}


def test_a_comment_has_the_region_of_its_evaluations_project(commented):
    found = statements.evaluation_statements(commented).set_index("record")
    assert dict(found["region"]) == {"both": "north", "one": "south", "none": "south"}


def test_the_theme_of_an_issue_is_not_the_theme_of_a_statement_of_the_same_name(commented):
    found = statements.evaluation_statements(commented).set_index("record")
    assert found.loc["one", "themes"] == "money"


def test_two_coders_who_agree_count_once_and_a_comment_with_two_themes_counts_under_each(commented):
    found = statements.theme_profile(commented)
    counts = {(r.theme, r.region, r.stance): r.comments for r in found.itertuples()}
    assert counts == {
        ("people", "north", "concern"): 1,
        ("money", "north", "concern"): 1,
        ("money", "south", "strength"): 1,
    }


def test_a_statement_that_names_no_region_has_that_of_its_subject_or_none(commented):
    found = statements.statements(commented).set_index("record")["regions"]
    assert dict(found) == {
        "both": "north",
        "one": "south",
        "none": "south",
        "of-region": "south",
        "of-project": "north",
        "of-policy": "",
    }


def test_a_statement_that_names_regions_belongs_to_all_of_them_whatever_its_subject(small):
    study = small(
        statements=[
            {"id": "both", "subject_type": "policy", "subject": "plan", "stance": "finding"}
            | {"regions": "south north"}
        ]
    )
    assert list(statements.statements(study)["regions"]) == ["south north"]


# -- Clauses ---------------------------------------------------------------------------------------


def test_a_clause_that_states_no_fact_is_no_fact_left_out(small):
    rows = [("statements/a", ""), ("statements/a", ""), ("", "repeats"), ("", "framing"), ("", "no_fact")]
    study = small(
        passages=[{"id": "s1", "section": "1"}],
        statements=[{"id": "a", "passages": "s1"}],
        clauses=[{"passages": "s1", "records": records, "reason": reason} for records, reason in rows],
    )
    found = statements.clauses(study)
    assert list(found["fact"]) == ["yes", "yes", "yes", "no", "no"]
    assert list(found["carried"]) == ["yes", "yes", "no", "no", "no"]
    assert statements.clause_counts(study).to_numpy().tolist() == [["1", 5, 3, 3]]


def test_a_study_without_a_checklist_has_no_counts_and_all_columns(small):
    assert list(statements.clause_counts(small())) == ["section", "clauses", "facts", "carried_facts"]
