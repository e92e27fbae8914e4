"""Issues: they recur where a later statement about the same place shares a theme, else nowhere."""

from __future__ import annotations

import pytest

from analysis.tidy import issues

EVALUATIONS = [
    {"id": "en", "project": "n", "kind": "final", "conducted": "2010"},
    {"id": "es", "project": "s", "kind": "final", "conducted": "2012"},
]
PROJECTS = [{"id": "n", "region": "north"}, {"id": "s", "region": "south"}]
THEMES = [{"id": "money"}, {"id": "people"}, {"id": "place"}]


def coded(**themes: str) -> list[dict]:
    """Codings of statements and issues: `coded(issue__a="money people", said="money")`."""
    return [
        {
            "record_type": "issues" if name.startswith("issue__") else "statements",
            "record": name.removeprefix("issue__"),
            "theme": theme,
            "coder": "one",
        }
        for name, names in themes.items()
        for theme in names.split()
    ]


def issue(name: str, scope: str, number: int = 1, raised: str = "2008") -> dict:
    return {"id": name, "scope": scope, "number": number, "raised": raised}


def said(name: str, subject: str, subject_type="evaluation", section="1", stance="concern") -> dict:
    return {
        "id": name,
        "subject_type": subject_type,
        "subject": subject,
        "section": section,
        "stance": stance,
    }


def cell(study, book, which: str, occasion: str):
    """Return the row of an issue on an occasion."""
    found = issues.issue_recurrence(study, book).query("issue == @which and occasion == @occasion")
    assert len(found) == 1
    return found.iloc[0]


@pytest.fixture
def study(small):
    return small(
        themes=THEMES,
        projects=PROJECTS,
        evaluations=EVALUATIONS,
        issues=[issue("n1", "north"), issue("s1", "south"), issue("c1", "common"), issue("lost", "south", 2)],
        statements=[
            said("north-money", "en"),
            said("south-people", "es"),
            said("considered", "north", "region", "2", "finding"),
            said("asked", "topic", "policy", "3", "recommendation"),
            said("found", "topic", "policy", "3", "finding"),
        ],
        codings=coded(
            issue__n1="money",
            issue__s1="money",
            issue__c1="people",
            issue__lost="place",
            **{
                "north-money": "money",
                "south-people": "people",
                "considered": "money",
                "asked": "money",
                "found": "place",
            },
        ),
    )


# -- Recurrence ------------------------------------------------------------------------------------


def test_an_evaluation_of_one_region_does_not_speak_of_another_regions_issue(study, book):
    found = cell(study, book, "s1", "evaluation-2010")
    assert (found["applicable"], found["recurs"], found["statements"]) == ("no", "no", "")


def test_an_evaluation_that_speaks_of_other_themes_applies_and_does_not_recur(study, book):
    found = cell(study, book, "s1", "evaluation-2012")
    assert (found["applicable"], found["recurs"]) == ("yes", "no")


def test_an_issue_recurs_where_a_statement_about_its_region_shares_a_theme(study, book):
    found = cell(study, book, "n1", "evaluation-2010")
    assert (found["recurs"], found["themes"], found["statements"]) == ("yes", "money", "north-money")


def test_a_common_issue_recurs_in_the_evaluation_of_any_region(study, book):
    found = cell(study, book, "c1", "evaluation-2012")
    assert (found["applicable"], found["statements"]) == ("yes", "south-people")


def test_a_consideration_of_one_region_does_not_speak_of_anothers_issue(study, book):
    assert cell(study, book, "s1", "considerations")["recurs"] == "no"
    assert cell(study, book, "n1", "considerations")["recurs"] == "yes"


def test_a_finding_among_the_recommendations_asks_for_nothing(study, book):
    assert cell(study, book, "lost", "recommendations")["recurs"] == "no"


def test_an_evaluation_made_before_an_issue_was_raised_is_no_later_occasion(small, book):
    early = small(
        themes=THEMES,
        projects=PROJECTS,
        evaluations=EVALUATIONS,
        issues=[issue("n1", "north", raised="2016")],
        statements=[said("north-money", "en")],
        codings=coded(issue__n1="money", **{"north-money": "money"}),
    )
    found = issues.issue_recurrence(early, book).query("recurs == 'yes'")
    assert list(found["occasion"]) == []
    assert list(issues.issues(early, book)["taken_up"]) == ["no"]


def test_two_themes_shared_in_one_statement_count_it_once(small, book):
    twice = small(
        themes=THEMES,
        projects=PROJECTS,
        evaluations=EVALUATIONS,
        issues=[issue("n1", "north")],
        statements=[said("both", "en")],
        codings=coded(issue__n1="money people", both="people money"),
    )
    found = cell(twice, book, "n1", "evaluation-2010")
    assert (found["statements"], found["themes"]) == ("both", "money people")


def test_every_issue_meets_every_occasion_once_and_occasions_are_in_time(study, book):
    found = issues.issue_recurrence(study, book)
    order = ["evaluation-2010", "evaluation-2012", "considerations", "recommendations"]
    assert [list(g["occasion"]) for _, g in found.groupby("issue", sort=False)] == [order] * 4
    assert list(found["issue"].drop_duplicates()) == ["c1", "n1", "s1", "lost"]


def test_comments_of_an_evaluation_without_a_date_are_an_occasion_of_their_own(small, book):
    undated = small(
        themes=THEMES,
        projects=PROJECTS,
        evaluations=[{"id": "en", "project": "n"}],
        issues=[issue("n1", "north")],
        statements=[said("words", "en")],
        codings=coded(issue__n1="money", words="money"),
    )
    assert list(issues.issue_recurrence(undated, book)["statements"]) == ["words"]


# -- What became of them ---------------------------------------------------------------------------


def test_an_issue_that_nothing_took_up_is_said_to_be_lost(study, book):
    found = issues.issues(study, book).set_index("record")
    assert dict(found["taken_up"]) == {"c1": "yes", "n1": "yes", "s1": "yes", "lost": "no"}
    assert found.loc["lost", "status"] == "not_assessed"


def test_an_assessment_alone_takes_an_issue_up(small, book):
    study = small(
        issues=[issue("n1", "north")],
        assessments=[{"issue": "n1", "assessed": "2020", "status": "persists"}],
    )
    assert list(issues.issues(study, book)["taken_up"]) == ["yes"]


def test_the_latest_assessment_counts_whatever_the_order_of_transcription(small, book):
    study = small(
        issues=[issue("n1", "north")],
        assessments=[
            {"issue": "n1", "assessed": "2020", "status": "addressed", "statement": "new"},
            {"issue": "n1", "assessed": "2012", "status": "persists", "statement": "old"},
        ],
    )
    row = issues.issues(study, book).iloc[0]
    assert (row["status"], row["assessed"], row["assessment"]) == ("addressed", "2020", "new")


def test_a_study_without_common_issues_has_none(harbour, book):
    assert "common" not in set(issues.issues(harbour, book)["scope"])


def test_the_synthetic_study_loses_the_one_issue_that_it_never_speaks_of_again(harbour, book):
    lost = issues.issues(harbour, book).query("taken_up == 'no'")["record"]
    assert "todaimisaki-issue-2" in set(lost)


# -- Outlook ---------------------------------------------------------------------------------------


def test_a_recommendation_answers_the_issues_whose_theme_it_shares_and_no_other(study, book):
    found = issues.outlook(study, book)
    answered = found.query("relation == 'answers'")
    assert set(answered["issue"]) == {"n1", "s1"}
    assert set(answered["recommendation"]) == {"asked"}
    assert set(found.query("relation == 'unanswered'")["issue"]) == {"c1", "lost"}


def test_a_recommendation_that_answers_no_issue_is_kept_and_says_so(small, book):
    study = small(themes=THEMES, statements=[said("idle", "topic", "policy", "3", "future_task")])
    found = issues.outlook(study, book)
    assert list(found[["relation", "recommendation", "issue"]].iloc[0]) == ["no_issue", "idle", ""]


def test_a_recommendation_outside_the_recommendations_answers_nothing(small, book):
    study = small(themes=THEMES, statements=[said("early", "en", "policy", "1", "recommendation")])
    assert issues.outlook(study, book).empty


def test_every_issue_is_answered_or_unanswered(paper, book):
    found = issues.outlook(paper, book)
    answered = set(found.query("relation == 'answers'")["issue"])
    unanswered = set(found.query("relation == 'unanswered'")["issue"])
    assert answered & unanswered == set()
    assert answered | unanswered == set(paper.tables["issues"]["id"])


def test_the_paper_raises_twelve_issues(paper, book):
    assert len(issues.issues(paper, book)) == 12
