"""Evidence: how far each record is checked is never said better than it is."""

from __future__ import annotations

import json

import pytest

from analysis.tidy import codebook, evidence


def levels(study, *, verified=True, changed=()) -> dict[str, str]:
    found = evidence.evidence(study, verified=verified, changed=set(changed))
    return dict(zip(found["record"], found["level"], strict=True))


@pytest.fixture
def study(small):
    return small(
        regions=[],
        phases=[
            {"id": "read", "number": 1, "period": "2001", "passages": "s1"},
            {
                "id": "guessed",
                "number": 2,
                "period": "2002",
                "passages": "s2 s1",
                "basis": "inferred",
                "inferred": "period",
                "note": "why",
            },
        ],
        passages=[
            {"id": "s1", "section": "1", "page": "1", "chars": 30},
            {"id": "s2", "section": "2", "page": "2", "chars": 40},
            {"id": "s3", "section": "2", "page": "2", "chars": 50},
            {"id": "s4", "section": "2", "page": "2", "chars": 60},
        ],
        uncovered=[{"id": "u", "reason": "rhetorical", "passages": "s3"}],
        codings=[{"record_type": "phases", "record": "read", "theme": "t", "coder": "c"}],
        themes=[{"id": "t"}],
    )


def test_what_was_never_checked_is_unchecked(study):
    assert levels(study, verified=False)["read"] == "unchecked"


def test_what_was_changed_since_is_changed_even_where_it_was_inferred(study):
    assert levels(study, changed=[("phases", 2), ("phases", 3)]) == {
        "read": "changed",
        "guessed": "changed",
    }


def test_what_someone_concluded_is_inferred_and_never_verified(study):
    assert levels(study) == {"read": "verified", "guessed": "inferred"}


def test_public_records_are_cited_not_verified(small):
    study = small(kind="records", regions=[], phases=[{"id": "p", "number": 1, "period": "2001"}])
    assert levels(study) == {"p": "cited"}


def test_a_card_names_the_sections_and_pages_its_passages_stand_on(study):
    found = evidence.evidence(study, verified=True, changed=set()).set_index("record")
    assert (found.loc["guessed", "sections"], found.loc["guessed", "pages"]) == ("2 1", "2 1")
    assert found.loc["guessed", "note_en"] == "why"


def test_a_card_holds_every_transcribed_value_and_no_empty_one(study):
    found = evidence.evidence(study, verified=True, changed=set()).set_index("record")
    assert json.loads(found.loc["read", "cells"]) == {
        "number": 1,
        "label_ja": "read",
        "label_en": "read",
        "period": "2001",
    }


def test_every_record_of_a_study_has_one_card_and_a_label(harbour_made, harbour):
    found = harbour_made.tables["evidence"]
    keys = list(zip(found["table"], found["record"], strict=True))
    records = [
        (name, record)
        for name, table in harbour.tables.items()
        if harbour.schema.tables[name].records
        for record in table["id"]
    ]
    assert keys == records
    assert (found["label_ja"] != "").all()
    assert (found["label_en"] != "").all()


def test_a_passage_is_covered_by_a_record_by_a_reason_or_by_nothing(study):
    found = evidence.passages(study).set_index("record")["covered"]
    assert dict(found) == {"s1": "record", "s2": "record", "s3": "reason", "s4": "nothing"}


def test_a_passage_is_not_covered_by_what_a_coder_says_of_it(small):
    study = small(
        passages=[{"id": "s1", "section": "1"}],
        issues=[{"id": "i", "scope": "north", "number": 1}],
        links=[{"issue": "i", "record_type": "statements", "record": "a", "coder": "c", "passages": "s1"}],
        assessments=[{"issue": "i", "status": "persists", "coder": "c", "passages": "s1"}],
        clauses=[{"records": "", "reason": "framing", "passages": "s1"}],
    )
    assert list(evidence.passages(study)["covered"]) == ["nothing"]


def test_every_passage_of_the_paper_is_accounted_for(paper):
    assert "nothing" not in set(evidence.passages(paper)["covered"])


# -- The codebook ----------------------------------------------------------------------------------


def test_a_theme_that_nobody_used_is_listed_with_no_uses(small):
    found = codebook.codebook(small(themes=[{"id": "idle"}]))
    assert list(found[["record", "uses", "coders"]].iloc[0]) == ["idle", 0, ""]


def test_a_statement_and_an_issue_of_one_name_are_two_uses_of_a_theme(small):
    rows = [("statements", "same", "one"), ("issues", "same", "one"), ("issues", "same", "two")]
    study = small(
        themes=[{"id": "t"}],
        codings=[{"record_type": t, "record": r, "theme": "t", "coder": c} for t, r, c in rows],
    )
    assert list(codebook.codebook(study)[["uses", "coders"]].iloc[0]) == [2, "one two"]


def test_a_cited_work_names_every_statement_that_cites_it(small):
    study = small(
        references=[
            {"id": "r1", "number": 2, "identified": "stated"},
            {"id": "r2", "number": 1, "identified": "unknown"},
        ],
        statements=[{"id": "a", "reference": "r1 r2"}, {"id": "b", "reference": "r1"}],
    )
    found = codebook.references(study)
    assert list(found["record"]) == ["r2", "r1"]
    assert list(found["cited_by"]) == ["a", "a b"]
