"""Issues: nothing speaks of one again unless a coder read that it does."""

from __future__ import annotations

import pytest

from analysis.tidy import issues

PASSAGES = [{"id": f"s{n}", "section": section} for n, section in enumerate("11123", 1)]
EVALUATIONS = [
    {"id": "old", "project": "n", "kind": "final", "conducted": "2005"},
    {"id": "new", "project": "n", "kind": "final", "conducted": "2012"},
]


def issue(name: str, scope: str, number: int = 1) -> dict:
    return {"id": name, "scope": scope, "number": number, "raised": "2008", "passages": "s2"}


def said(name: str, passage: int, subject_type="policy", subject="plan", stance="finding", **cells) -> dict:
    made = {"id": name, "passages": f"s{passage}", "section": PASSAGES[passage - 1]["section"]}
    return made | {"subject_type": subject_type, "subject": subject, "stance": stance} | cells


def link(issue: str, record: str, relation: str = "names", coder: str = "one", **cells) -> dict:
    made = {"issue": issue, "record_type": "statements", "record": record, "relation": relation}
    return made | {"coder": coder, "collective": "no", "passages": "s4"} | cells


@pytest.fixture
def study(small):
    """Two issues and statements before and after them: `study(links=[...], assessments=[...])`."""

    def made(**rows):
        return small(
            passages=PASSAGES,
            themes=[{"id": "money"}],
            projects=[{"id": "n", "region": "north"}],
            evaluations=EVALUATIONS,
            issues=[issue("n1", "north"), issue("c1", "common")],
            events=[
                {"id": "law", "date": "2007", "kind": "law"},
                {"id": "plan", "date": "2009", "kind": "law"},
            ],
            statements=[
                said("before", 1),
                said("said-then", 3, "evaluation", "old"),
                said("said-later", 1, "evaluation", "new", "concern"),
                said("considered", 4, "region", "north"),
                said("asked", 5, stance="recommendation"),
                said("task", 4, stance="future_task"),
                said("needed", 4, stance="expectation"),
                said("advice-in-passing", 3, stance="recommendation"),
            ],
            codings=[
                {"record_type": kind, "record": record, "theme": "money", "coder": "one"}
                for kind, record in (("issues", "n1"), ("statements", "considered"), ("statements", "asked"))
            ],
            **rows,
        )

    return made


# -- Links -----------------------------------------------------------------------------------------


def test_a_statement_that_shares_a_theme_and_no_coder_links_makes_no_link(study):
    assert issues.issue_links(study()).empty
    found = issues.issues(study()).set_index("record").loc["n1"]
    assert found[["themes", "named", "same_topic", "answered"]].tolist() == ["money", 0, 0, 0]
    assert set(issues.calls(study())["issues"]) == {""}


def test_a_record_before_an_issue_is_none_that_could_speak_of_it(study):
    later = issues.later_records(study())
    assert ("statements", "said-later") in later  # dated after it, though it stands before
    for older in (("statements", "before"), ("statements", "said-then"), ("events", "law")):
        assert older not in later
    assert later["events", "plan"] == ["c1", "n1"]


def test_a_coder_who_says_that_there_is_no_relation_makes_no_link(study):
    made = study(links=[link("n1", "considered", "none")])
    assert issues.issue_links(made).empty


def test_with_one_coder_what_counts_is_that_coders(study):
    found = issues.issue_links(study(links=[link("n1", "considered")]))
    assert list(found["coder"]) == ["one", "consensus"]


def test_without_a_consensus_only_what_all_coders_say_alike_counts(study):
    made = study(
        links=[
            link("n1", "considered", "names"),
            link("n1", "considered", "names", "two"),
            link("n1", "asked", "answers"),
            link("n1", "asked", "same_topic", "two"),
            link("c1", "asked", "names", "two"),
        ]
    )
    counted = issues.issue_links(made).query("coder == 'consensus'")
    assert list(counted["record"]) == ["considered"]


def test_the_consensus_counts_in_place_of_what_the_coders_say(study):
    made = study(
        links=[
            link("n1", "considered", "names"),
            link("n1", "considered", "same_topic", "two"),
            link("n1", "asked", "answers"),
            link("n1", "considered", "same_topic", "consensus"),
            link("n1", "asked", "none", "consensus"),
        ]
    )
    counted = issues.issue_links(made).query("coder == 'consensus'")
    assert list(zip(counted["record"], counted["relation"], strict=True)) == [("considered", "same_topic")]
    found = issues.issues(made).set_index("record")
    assert found.loc["n1", ["named", "same_topic", "answered"]].tolist() == [0, 1, 0]


def test_a_link_says_on_which_occasion_and_when(study):
    rows = ["said-later", "considered", "asked", "advice-in-passing"]
    made = study(
        links=[link("n1", record) for record in rows]
        + [link("n1", "plan", "bears_on", record_type="events"), link("n1", "new", record_type="evaluations")]
    )
    found = issues.issue_links(made).query("coder == 'one'").set_index("record")
    assert dict(found["occasion"]) == {
        "said-later": "evaluation",
        "new": "evaluation",
        "considered": "considerations",
        "asked": "recommendations",
        "advice-in-passing": "case_study",
        "plan": "case_study",
    }
    assert found["date"].to_dict() == {
        "said-later": "2012",
        "new": "2012",
        "considered": "2020",
        "asked": "2020",
        "advice-in-passing": "2020",
        "plan": "2009",
    }
    assert found.loc["considered", ["regions", "section"]].tolist() == ["north", "2"]


def test_links_of_the_common_issues_as_a_whole_are_counted_apart(study):
    made = study(links=[link("c1", "considered", collective="yes"), link("c1", "asked", "same_topic")])
    found = issues.issues(made).set_index("record").loc["c1"]
    assert found[["named", "same_topic", "collective_links"]].tolist() == [1, 1, 1]


# -- Status ----------------------------------------------------------------------------------------


def assessed(issue: str, status: str, coder: str = "one") -> dict:
    return {"issue": issue, "status": status, "coder": coder, "assessed": "2020", "statement": "considered"}


def test_an_issue_that_nobody_judged_is_not_assessed(study):
    assert set(issues.issues(study())["status"]) == {"not_assessed"}


def test_where_coders_differ_and_none_is_agreed_the_status_is_open(study):
    made = study(assessments=[assessed("n1", "addressed"), assessed("n1", "being_addressed", "two")])
    row = issues.issues(made).set_index("record").loc["n1"]
    assert row[["status", "status_en", "assessment"]].tolist() == ["open", "none yet", ""]


def test_the_agreed_status_is_the_issues(study):
    rows = [("addressed", "one"), ("being_addressed", "two"), ("being_addressed", "consensus")]
    made = study(assessments=[assessed("n1", status, coder) for status, coder in rows])
    row = issues.issues(made).set_index("record").loc["n1"]
    assert row[["status", "assessed", "assessment"]].tolist() == ["being_addressed", "2020", "considered"]
    assert list(issues.issue_statuses(made)["coder"]) == ["one", "two", "consensus"]


# -- Calls -----------------------------------------------------------------------------------------


def test_only_what_asks_for_something_in_considerations_or_outlook_is_a_call(study):
    assert set(issues.calls(study())["record"]) == {"asked", "task"}


def test_a_call_has_the_themes_and_the_issues_that_each_coder_gives_it(study):
    made = study(links=[link("n1", "asked", "answers"), link("c1", "asked", "same_topic")])
    found = issues.calls(made).set_index(["record", "coder"])
    for coder in ("one", "consensus"):
        assert found.loc[("asked", coder), ["themes", "issues"]].tolist() == ["money", "n1"]
        assert found.loc[("task", coder), ["themes", "issues"]].tolist() == ["", ""]


# -- The studies -----------------------------------------------------------------------------------


def test_issues_stand_in_reading_order(paper):
    found = issues.issues(paper)
    assert list(found["scope"].drop_duplicates()) == ["common", *paper.meta.regions]
    assert len(found) == 12


def test_what_the_paper_says_is_being_dealt_with_is_not_said_to_be_done(paper):
    assert "addressed" not in set(issues.issue_statuses(paper)["status"])
