"""The crosswalk: a row that joins nothing, or the wrong things, is refused with what to do."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.transcribe import crosswalk, load
from analysis.transcribe.problems import StudyError
from projects import STUDIES

GOOD = {
    "id": "one",
    "study": "harbour",
    "table": "projects",
    "record": "aoura-wind",
    "relation": "same",
    "other_study": "harbour-records",
    "other_table": "projects",
    "other_record": "slip",
    "note": "",
    "note_ja": "",
}


@pytest.fixture
def read(book, tmp_path) -> Callable:
    """Read a study's rows of a crosswalk made of rows, or of a text."""
    for name in ("harbour", "harbour-records"):
        shutil.copytree(STUDIES / name, tmp_path / name)

    def found(*rows: dict | str, study: str = "harbour") -> list[dict]:
        path = tmp_path / crosswalk.FILE
        if rows and isinstance(rows[0], str):
            path.write_text(rows[0], "utf-8")
        else:
            write(path, rows)
        made = crosswalk.read(tmp_path, load.read(tmp_path / study, book), book)
        return made.to_dict("records")

    return found


def write(path: Path, rows: tuple[dict, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, GOOD, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"record": "aoura-wnd"},
            ":2: record: found 'aoura-wnd', expected an id of harbour/projects.csv; did you mean aoura-wind?",
        ),
        ({"table": "project"}, ":2: table: found 'project', expected one of"),
        ({"table": "codings", "relation": "part"}, ":2: table: found 'codings', expected one of"),
        ({"other_study": "harbor-records"}, ":2: other_study: found 'harbor-records', expected a study"),
        ({"other_study": "harbour"}, ":2: other_study: found 'harbour', expected another study"),
        ({"other_table": "regions"}, ":2: other_table: found 'regions', expected projects"),
        ({"relation": "alike"}, ":2: relation: found 'alike', expected one of same, part"),
        ({"relation": ""}, ":2: relation: found an empty cell, expected a value"),
        ({"id": "No One"}, ":2: id: found 'No One', expected lower-case letters"),
        ({"study": "../harbour"}, ":2: study: found '../harbour', expected lower-case letters"),
        ({"note": "=HYPERLINK(1)"}, ":2: note: found"),
    ],
)
def test_a_row_that_is_wrong_is_refused_in_one_line(read, change, said):
    with pytest.raises(StudyError) as refusal:
        read(GOOD | change)
    assert any(said in str(problem) for problem in refusal.value.problems), str(refusal.value)


def test_the_other_side_is_checked_with_the_other_study(read):
    row = GOOD | {"other_record": "ship"}
    assert len(read(row)) == 1
    with pytest.raises(
        StudyError,
        match=r"other_record: found 'ship', expected an id of harbour-records/"
        r"projects\.csv; did you mean slip\?",
    ):
        read(row, study="harbour-records")


def test_an_outcome_dated_before_its_issue_is_refused(read):
    outcome = {"table": "issues", "record": "aoura-issue-1", "relation": "outcome", "other_record": "bridge"}
    with pytest.raises(
        StudyError, match=r"found 'bridge', expected a record later than aoura-issue-1 \(raised 2016"
    ):
        read(GOOD | outcome)
    assert len(read(GOOD | outcome | {"other_record": "lamp"})) == 1
    assert len(read(GOOD | outcome | {"relation": "bears_on"})) == 1


def test_two_rows_of_one_pair_are_refused_whichever_side_stands_first(read):
    swapped = GOOD | {
        "id": "two",
        "study": "harbour-records",
        "record": "slip",
        "other_study": "harbour",
        "other_record": "aoura-wind",
    }
    for other in (GOOD | {"id": "two"}, swapped):
        with pytest.raises(StudyError, match=r":3: id: found 'two', expected every pair once \(line 2"):
            read(GOOD, other)


@pytest.mark.parametrize("text", ["", "id;study\n", "\ufeffid\n", "id,study\none\n"])
def test_a_file_of_another_form_is_refused(read, text):
    with pytest.raises(StudyError):
        read(text)


def test_a_pair_may_stand_in_two_relations(read):
    assert len(read(GOOD, GOOD | {"id": "two", "relation": "part"})) == 2


def test_without_a_file_nothing_is_joined(book, tmp_path):
    shutil.copytree(STUDIES / "harbour", tmp_path / "harbour")
    made = crosswalk.read(tmp_path, load.read(tmp_path / "harbour", book), book)
    assert made.empty
    assert {"study", "relation", "other_record"} <= set(made.columns)


def test_a_study_gets_the_rows_that_name_it_on_either_side(read):
    assert [row["id"] for row in read(GOOD, study="harbour-records")] == ["one"]
