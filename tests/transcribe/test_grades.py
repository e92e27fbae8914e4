"""Scales and grades of any kind: what is wrong with them is one line that names the cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import graded_towns
from analysis.transcribe import grade_values, load
from analysis.transcribe.problems import StudyError


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return graded_towns.write(tmp_path_factory.mktemp("graded") / "rivertowns")


@pytest.fixture
def towns(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "rivertowns"))


def change(folder: Path, table: str, row: str, **cells: str) -> None:
    path = folder / f"{table}.csv"
    made = graded_towns.rows(path)
    next(each for each in made if each["id"] == row).update(cells)
    graded_towns.put(path, made)


def said(folder: Path) -> str:
    """The one line that says what is wrong."""
    with pytest.raises(StudyError) as wrong:
        load.read(folder)
    (problem,) = wrong.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("evaluation", "grade", "expected"),
    [
        ("warm-stone-final", "great", "one of excellent, good, poor (scale words)"),
        ("quiet-hulls-final", "6", "a number from 1 to 5, written as these are (scale seed)"),
        ("quiet-hulls-final", "0.5", "a number from 1 to 5"),
        ("quiet-hulls-final", "B", "a number from 1 to 5"),
        ("colour-commons-final", "85", "a number from 0 % to 100 %, written as these are"),
        ("colour-commons-final", "101 %", "a number from 0 % to 100 %"),
    ],
)
def test_a_grade_must_be_on_its_scale(towns, evaluation, grade, expected):
    change(towns, "evaluations", evaluation, grade=grade)
    assert f"grade: found '{grade}', expected {expected}" in said(towns)


def test_a_formula_is_no_grade(towns):
    change(towns, "evaluations", "warm-stone-final", grade="=A1")
    with pytest.raises(StudyError, match="which a spreadsheet would run as a formula"):
        load.read(towns)


@pytest.mark.parametrize(
    ("row", "cells", "told"),
    [
        ("words-5", {"rank": ""}, "rank: found an empty cell, expected a value"),
        (
            "words-5",
            {"rank": "1"},
            "rank: found '1', expected a rank that the scale has once (line 6 has it)",
        ),
        ("seed-1", {"complete": "no"}, "complete"),
        ("seed-1", {"between": ""}, "between: found an empty cell, expected 'yes', as in the other rows"),
        ("growth-3", {"grade": "none"}, "grade: found 'none', expected numbers, all counted alike"),
        ("growth-3", {"grade": "0"}, "grade: found '0', expected numbers, all counted alike"),
    ],
)
def test_a_scale_must_agree_with_itself(towns, row, cells, told):
    change(towns, "scales", row, **cells)
    with pytest.raises(StudyError) as wrong:
        load.read(towns)
    assert any(told in str(problem) for problem in wrong.value.problems)


def test_a_scale_of_numbers_needs_both_ends(towns):
    made = [row for row in graded_towns.rows(towns / "scales.csv") if row["id"] != "growth-3"]
    graded_towns.put(towns / "scales.csv", made)
    with pytest.raises(StudyError, match="two rows where between is yes: the best and the worst"):
        load.read(towns)


def test_a_scale_has_one_direction(towns):
    made = graded_towns.rows(towns / "scales.csv")
    made.append(made[0] | {"id": "seed-3", "grade": "3", "rank": "3"})
    graded_towns.put(towns / "scales.csv", made)
    assert "rank: found '3', expected ranks that rise with the numbers, or fall with them" in said(towns)


def test_an_evaluation_is_of_one_thing(towns):
    change(towns, "evaluations", "seed-ex-post", region="ashenford")
    assert "expected a region, a programme or a project, not both" in said(towns)
    change(towns, "evaluations", "seed-ex-post", region="", programme="")
    assert "project: found no project, expected what the evaluation is about" in said(towns)


def test_a_kind_that_the_study_does_not_declare_is_refused(towns):
    change(towns, "evaluations", "dunmarrow-annual", kind="yearly")
    assert "kind: found 'yearly', expected" in said(towns)
    assert "annual" in said(towns)


def test_a_kind_of_the_study_needs_names_in_both_languages(towns):
    file = towns / "study.yaml"
    file.write_text(file.read_text("utf-8").replace("label_ja: 年次評価, ", ""), "utf-8")
    assert "kinds.label_ja: found no such key" in said(towns)


def test_letters_need_no_new_column_and_no_kind():
    study = load.read(graded_towns.RIVERTOWNS)
    assert set(study.tables["evaluations"]["programme"]) == {""}
    assert study.meta.kinds == ()


@pytest.mark.parametrize(
    ("grade", "number"),
    [
        ("A-", None),
        ("good", None),
        ("4 stars", None),
        ("4", 4),
        ("3,5", 3.5),
        ("17/20", 17),
        ("85%", 85),
        ("★★☆", 2),
    ],
)
def test_only_numbers_are_worth_something(grade, number):
    assert grade_values.value(grade) == number
