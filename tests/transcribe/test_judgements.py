"""Links, statuses, coders, clauses, rounds and names: what contradicts the source or itself is refused."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.transcribe import load
from analysis.transcribe.problems import StudyError
from projects import HARBOUR, RIVERTOWNS, STUDIES

Change = Callable[[list[dict[str, str]]], object]


class Copy:
    """A copy of a study, to break: `change("links", lambda rows: ...)`, then `said()`."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder / source.name
        shutil.copytree(source, self.folder)

    def change(self, file: str, change: Change) -> Copy:
        path = self.folder / f"{file}.csv"
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8")))
        rows = list(reader)
        change(rows)
        names = list(dict.fromkeys([*(reader.fieldnames or ()), *(name for row in rows for name in row)]))
        written = io.StringIO()
        writer = csv.DictWriter(written, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(written.getvalue(), "utf-8")
        return self

    def set(self, file: str, row: str, **cells: str) -> Copy:
        return self.change(file, lambda rows: next(r for r in rows if r["id"] == row).update(cells))

    def add(self, file: str, **cells: str) -> Copy:
        return self.change(file, lambda rows: rows.append(dict.fromkeys(rows[0], "") | cells))

    def said(self) -> list[str]:
        with pytest.raises(StudyError) as refused:
            load.read(self.folder)
        return [str(problem).replace(f"{self.folder}/", "") for problem in refused.value.problems]


@pytest.fixture
def towns(tmp_path) -> Copy:
    return Copy(RIVERTOWNS, tmp_path)


@pytest.fixture
def harbour(tmp_path) -> Copy:
    return Copy(HARBOUR, tmp_path)


@pytest.fixture
def records(tmp_path) -> Copy:
    return Copy(STUDIES / "harbour-records", tmp_path)


def link(issue: str, record: str, relation: str = "names", **cells: str) -> dict[str, str]:
    made = {"id": f"{issue}-{record}", "issue": issue, "record_type": "statements", "record": record}
    return made | {"relation": relation, "collective": "no", "coder": "coder-1"} | cells


# -- Links -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (link("aoura-issue-3", "aoura-fund", passages="s4-01"), "issue: found 'aoura-issue-3', expected an"),
        (link("aoura-issue-1", "aoura-funds", passages="s4-01"), "did you mean aoura-fund?"),
        (
            link("aoura-issue-1", "aoura-students", passages="s4-01"),
            "passages: found 's4-01', expected a pass",
        ),
        (
            link("aoura-issue-1", "aoura-students", "theme", passages="s4-02"),
            "relation: found 'theme', expec",
        ),
        (link("aoura-issue-1", "aoura-fund", passages="s4-01"), "expected a row that says something new"),
        (
            link("aoura-issue-1", "wind-funding", passages="s3-16"),
            "record: found 'wind-funding', expected a record later than aoura-issue-1 (raised 2016, dated 2015-03",
        ),
        (
            link("aoura-issue-1", "misaki-both", passages="s3-13"),
            "expected a record later than aoura-issue-1 (it stands before the issue in the source)",
        ),
        (
            link("aoura-issue-1", "strategy", record_type="events", passages="s2-17"),
            "expected a record later than aoura-issue-1 (raised 2016, dated 2015-07",
        ),
        (
            link("aoura-issue-2", "aoura-fund", collective="yes", passages="s4-01"),
            "collective: found 'yes', expected no where the issue is not a common one",
        ),
    ],
)
def test_a_link_that_cannot_be_is_refused(harbour, made, said):
    strategy = [row for row in csv.DictReader((HARBOUR / "events.csv").open()) if "strat" in row["kind"]]
    made |= {"record": strategy[0]["id"]} if made["record_type"] == "events" else {}
    harbour.add("links", **made)
    (problem,) = [line for line in harbour.said() if said in line]
    assert problem.startswith("links.csv:9: ")


def test_what_speaks_of_the_common_issues_as_a_whole_is_linked_to_each(towns):
    towns.set("links", "common-1-money-sought", collective="yes")
    (problem,) = [line for line in towns.said() if "collective" in line]
    assert "expected a collective row for every common issue (common-2 missing)" in problem


# -- Coders and their consensus --------------------------------------------------------------------


def test_a_coder_of_whom_study_yaml_says_nothing_is_refused(harbour):
    harbour.set("links", "aoura-issue-1-aoura-fund", coder="coder-2")
    (problem,) = harbour.said()
    assert "coder: found 'coder-2', expected a coder that study.yaml lists (coder-1)" in problem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "made: person",
            "made: robot",
            "coders.made: found 'robot', expected one of person, automated_reading",
        ),
        ('date: "2022-05"', 'date: "May 2022"', "coders.date: found 'May 2022'"),
        ("name_ja: 波止場の読み手, ", "", "coders.name_ja: found no such key"),
        ("how_en: Invented for tests.", "how_en: ''", "coders.how_en: found an empty cell"),
    ],
)
def test_a_coder_is_described_in_full(harbour, old, new, said):
    path = harbour.folder / "study.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert any(said in line for line in harbour.said())


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("links-consensus", "ashenford-1-commons-firms"),
        ("assessments-consensus", "dunmarrow-1-2021"),
        ("codings-consensus", "hulls-product-results"),
    ],
)
@pytest.mark.parametrize("note", ["note", "note_ja"])
def test_a_consensus_that_differs_from_a_coder_says_why_in_both_languages(towns, file, row, note):
    towns.set(file, row, **{note: ""})
    (problem,) = towns.said()
    assert problem.startswith(f"{file}.csv:") and "for differing from a coder on" in problem


def test_a_link_of_a_coder_on_which_the_consensus_is_silent_is_refused(towns):
    towns.change("links-consensus", lambda rows: rows.remove(rows[1]))
    problems = towns.said()
    assert len(problems) == 2  # one a coder
    assert "links-consensus.csv: found no row of ashenford-1 statements ashenford-settled" in problems[0]


def test_a_coder_says_one_status_of_an_issue(towns):
    towns.add(
        "assessments-birch",
        id="again",
        issue="common-1",
        assessed="2021",
        status="improving",
        coder="birch",
        passages="s4-01",
    )
    assert any(
        "expected a row that says something new (line 2 says the same)" in line for line in towns.said()
    )


# -- Clauses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"records": ""}, "reason: found an empty cell, expected either records or a reason"),
        ({"reason": "framing"}, "reason: found 'framing', expected either records or a reason, not both"),
        ({"records": "statements/dyes-mony"}, "did you mean dyes-money?"),
        ({"records": "statement/dyes-money"}, "did you mean statements?"),
        ({"records": "themes/funding"}, "expected table/id of a record"),
        ({"records": "statements/dyes-laboratory"}, "expected a record that cites one of s3-09"),
        ({"records": "", "reason": "dull"}, "expected one of framing, repeats, rhetorical, no_fact"),
    ],
)
def test_a_clause_is_carried_or_excused_and_never_both(towns, cells, said):
    towns.set("clauses", "clause-s3-09", **cells)
    (problem,) = towns.said()
    assert said in problem


def test_once_clauses_are_listed_every_passage_has_one(towns):
    towns.change("clauses", lambda rows: rows.pop(4))
    (problem,) = towns.said()
    assert problem.startswith("passages.csv:6: id: found 's1-04', expected a clause of every passage")


# -- Rounds, names, parts, regions -----------------------------------------------------------------


def test_a_round_with_more_rows_than_regions_is_refused(records):
    records.set("rounds", "trials-midterm-2017", regions_total="2")
    (problem,) = records.said()
    assert "regions_total: found '2', expected at least 3, the evaluations of that round" in problem


def test_an_official_english_name_says_where_it_was_read(harbour):
    harbour.set("plans", "plan-1", label_en_official="yes")
    (problem,) = harbour.said()
    assert problem.startswith("plans.csv:2: name_address: found an empty cell, expected the address where")
    assert load.read(harbour.set("plans", "plan-1", name_address="https://example.org/plan").folder)


def test_in_an_english_source_the_english_name_stands_in_the_source(towns):
    assert set(load.read(towns.folder).tables["issues"]["label_en_official"]) == {"yes"}


@pytest.mark.parametrize(
    ("file", "row", "cells", "said"),
    [
        ("programmes", "linkage", {"part_of": "linkage"}, "part_of: found 'linkage', expected no circle"),
        ("programmes", "linkage", {"part_of": "renewals"}, "did you mean renewal?"),
        ("institutions", "misaki-town", {"successor_of": "misaki-town"}, "expected no circle of rows"),
        ("statements", "three-cases", {"regions": "aoura shomi"}, "did you mean shiomi?"),
        ("statements", "aoura-fund", {"regions": "shiomi"}, "expected aoura, the subject, among them"),
    ],
)
def test_what_names_no_row_or_itself_is_refused(harbour, file, row, cells, said):
    harbour.set(file, row, **cells)
    (problem,) = harbour.said()
    assert said in problem


def test_a_column_that_may_be_left_out_is_there_and_empty(harbour):
    tables = load.read(harbour.folder).tables
    assert set(tables["statements"]["regions"]) == set(tables["programmes"]["part_of"]) == {""}
