"""Grades of any kind stand only where a passage prints that very grade, as a grade."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graded_towns
from analysis.transcribe import load
from analysis.transcribe.normaliser import normalise
from analysis.verify import grades, verify
from analysis.verify.check_cells import CellVerdict
from analysis.verify.extract import Names

pytestmark = pytest.mark.study

TOWNS = ("Ashenford", "Brindlequay", "Living Dyes")
WORDS = ("excellent", "good", "fair", "poor")
JAPANESE = ("優", "良", "可", "不可")


def read(grade: str, text: str) -> str:
    """Whether a text prints a grade for certain, perhaps, or not."""
    language = "en" if text.isascii() or "★" in text else "ja"
    normaliser = f"{language}-1"
    text, grade = normalise(text, normaliser), normalise(grade, normaliser)
    listed = WORDS if language == "en" else JAPANESE
    found = grades.printed(grade, listed, text, language, Names(TOWNS).mentions(text))
    sure, perhaps = (any(grades.says(m, grade) for m in row) for row in found)
    return "sure" if sure else "perhaps" if perhaps else "no"


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("4", "The evaluation covered 4 regions."),
        ("4", "As section 4 shows, the grade was withheld."),
        ("4", "They graded 4 regions in all."),
        ("4", "It was given 14 points."),
        ("4", "The evaluators gave the grade 4.5."),
        ("3", "In Hall 3 the jury gave a score of 4."),
        ("5", "The evaluators gave 4 out of 5."),
        ("85 %", "Evaluators graded 85 % of firms."),
        ("2015", "It was rated in 2015."),
        ("4", "It was rated for the 4th time."),
        ("4", "It scored less than 4."),
        ("4", "It was not graded 4."),
        ("good", "Good cooperation was praised; it was rated fair."),
        ("good", "The evaluation gave good marks."),
        ("good", "It was rated goodish."),
        ("good", "It was rated not good."),
        ("excellent", "It was rated very excellent."),
        ("4", "4地域を評価した。"),
        ("4", "第4節の評価による。"),
        ("4", "評価では4点を指摘した。"),
        ("4", "評価は4月に行われた。"),
        ("4", "評点は4ではない。"),
        ("4", "評点は4以上である。"),
        ("良", "改良が評価された。"),
        ("良", "良い評価を得た。"),
        ("良", "評価は良とは言えない。"),
        ("可", "評価は不可であった。"),
        ("可", "評価が可能である。"),
    ],
)
def test_what_is_no_grade_or_another_one_is_not_taken_for_it(grade, text):
    assert read(grade, text) == "no"


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("4", "Ashenford had 4, and was rated later."),
        ("good", "It received good and lasting support, and was graded."),
        ("4", "The town spoke of 4 and no more."),
    ],
)
def test_where_nothing_says_that_it_is_a_grade_it_stays_open(grade, text):
    assert read(grade, text) == "perhaps"


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("4", "Ashenford was given a score of 4."),
        ("4", "The evaluators gave it 4 out of 5."),
        ("17/20", "The final evaluation gave 17/20 and asked for more."),
        ("85 %", "It scored 85 percent in the final evaluation."),
        ("3.5", "The project was rated 3.5."),
        ("3", "The grades were: Ashenford 4, Brindlequay 3."),
        ("5", "Grades run from 1 (best) to 5 (worst)."),
        ("★★★", "It was rated ★★★ in 2015."),
        ("good", "Ashenford was rated good."),
        ("excellent", 'The evaluation gave the mark "excellent" to it.'),
        ("poor", "The grades were excellent, good, fair and poor."),
        ("良", "終了評価では「良」と評価された。"),
        ("不可", "評点は優・良・可・不可の4段階である。"),
        ("4", "終了評価の評点は4であった。"),
        ("4", "5段階の4と評価された。"),
        ("85 %", "評点は85％であった。"),
        ("5", "評点は1から5までの5段階で、1が最良である。"),
    ],
)
def test_a_grade_is_found_where_it_is_printed_as_one(grade, text):
    assert read(grade, text) == "sure"


@given(st.integers(0, 20), st.integers(0, 20))
def test_no_number_is_found_in_a_grade_that_is_another(one, other):
    found = read(str(one), f"The final evaluation gave the grade {other}.")
    assert found == ("sure" if one == other else "no")


# -- A study with numbers, percentages and words ---------------------------------------------------


def read_german(grade: str, text: str) -> str:
    text, grade = normalise(text, "spaced-1"), normalise(grade, "spaced-1")
    found = grades.printed(grade, ["1", "5"], text, "de", [], ["Erfüllungsgrad"])
    sure, perhaps = (any(grades.says(m, grade) for m in row) for row in found)
    return "sure" if sure else "perhaps" if perhaps else "no"


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("64 %", "Das Gutachten bezifferte den Anteil der Betriebe im Frühjahr 2016 auf 64 Prozent."),
        ("64 %", "Im Frühjahr 2016 arbeiteten 64 Prozent der Betriebe, der Erfüllungsgrad war unbekannt."),
        ("81 %", "Die Schlussevaluation erschien; der Anteil der Betriebe kam im Mai 2018 auf 81 Prozent."),
        ("2016", "Die Evaluation bezifferte den Erfüllungsgrad im Jahr 2016 auf 64 Prozent."),
        ("64", "Das Gutachten bezifferte den Erfüllungsgrad auf 64 Prozent."),
        ("64 %", "Das Gutachten bezifferte den Erfüllungsgrad auf 65 Prozent."),
        ("3", "Die Evaluation vergab die Note 3,5."),
        ("3", "Sie gab im Mai 2012 den 3 Betrieben eine Note."),
        ("100 %", "Fast 100 Prozent bedeuten wenig."),
    ],
)
def test_a_german_number_that_is_no_grade_is_not_taken_for_one(grade, text):
    assert read_german(grade, text) != "sure"


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        ("3", "Die Evaluation vergab im Oktober 2012 die Note 3 und lobte das Labor."),
        ("64 %", "Das Gutachten bezifferte den Erfüllungsgrad im Frühjahr 2016 auf 64 Prozent."),
        ("64 Prozent", "Das Gutachten nannte einen Erfüllungsgrad von 64 % und lobte das Labor."),
        ("64 per cent", "Das Gutachten nannte die Höhe des Erfüllungsgrades: 64 Prozent."),
        ("81 %", "Die Schlussevaluation kam im November 2018 auf 81 Prozent; das genügte."),
        ("100 %", "Sie gaben den Erfüllungsgrad an; 100 Prozent bedeuten, dass alles erreicht ist."),
    ],
)
def test_a_german_grade_is_found_where_it_is_printed_as_one(grade, text):
    assert read_german(grade, text) == "sure"


@pytest.mark.parametrize(
    "text", ["The grade was explained in note 3.", "The evaluation lists 3 means of transport."]
)
def test_an_english_note_or_means_makes_no_grade(text):
    assert read("3", text) != "sure"


@pytest.fixture(scope="module")
def towns(tmp_path_factory) -> Path:
    return graded_towns.write(tmp_path_factory.mktemp("graded") / "rivertowns")


def grades_of(study: load.Study, source: Path) -> dict[str, str]:
    """What became of each evaluation's grade, by the evaluation."""
    report = verify.check(study, source, today=date(2021, 6, 1))
    ids = dict(study.tables["evaluations"]["id"])
    return {
        ids[cell.line]: str(cell.verdict)
        for cell in report.cells
        if cell.table == "evaluations" and cell.column == "grade"
    }


def reads_as(towns: Path, folder: Path, old: str, new: str) -> dict[str, str]:
    """The grades of the study held to an altered source, whose passages are taken as they are now."""
    import shutil

    import fingerprint

    shutil.copytree(towns, folder)
    source = folder / "source.txt"
    text = source.read_text("utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), "utf-8")
    pieces = folder / "pieces.yaml"
    pieces.write_text(pieces.read_text("utf-8").replace(old, new), "utf-8")
    fingerprint.main(folder)
    return grades_of(load.read(folder), source)


def test_every_grade_of_every_kind_is_found(towns):
    study = load.read(towns)
    assert verify.check(study, towns / "source.txt", today=date(2021, 6, 1)).ok
    assert set(grades_of(study, towns / "source.txt").values()) == {CellVerdict.FOUND}


@pytest.mark.parametrize(
    ("evaluation", "old", "new"),
    [
        ("living-dyes-midterm", "the grade 3 and", "the grade 2 and"),
        ("living-dyes-midterm", "the grade 3 and", "the grade 3.5 and"),
        ("living-dyes-final", "the grade 1.5", "the grade 15"),
        ("colour-commons-final", "85 %", "58 %"),
        ("colour-commons-final", "85 %", "85"),
        ("glass-for-healing-final", "72.5 %", "72 %"),
        ("quiet-hulls-final", "the grade 4", "4 grades"),
        ("warm-stone-final", 'the grade "good"', 'the grade "poor"'),
        ("warm-stone-final", 'the grade "good"', "good reasons"),
        ("seed-ex-post", "the grade 2.5", "the grade 2"),
        ("dunmarrow-annual", "the grade 3.", "the grade 1."),
    ],
)
def test_a_changed_grade_is_caught_whatever_its_kind(towns, tmp_path, evaluation, old, new):
    found = reads_as(towns, tmp_path / "rivertowns", old, new)
    assert found.pop(evaluation) != CellVerdict.FOUND
    assert set(found.values()) == {CellVerdict.FOUND}  # and no other is blamed


def test_of_several_projects_in_one_sentence_each_has_its_own_grade(towns, tmp_path):
    old = "gave the grade 4 and missed"
    both = "gave grades in this order: Ashenford 2, Brindlequay 4; it missed"
    assert reads_as(towns, tmp_path / "a" / "rivertowns", old, both)["quiet-hulls-final"] == CellVerdict.FOUND
    swapped = "gave grades in this order: Ashenford 4, Brindlequay 2; it missed"
    found = reads_as(towns, tmp_path / "b" / "rivertowns", old, swapped)
    assert found["quiet-hulls-final"] == CellVerdict.NOT_FOUND


def test_a_number_that_may_be_a_grade_is_said_to_be_ambiguous(towns, tmp_path):
    found = reads_as(towns, tmp_path / "rivertowns", "gave the grade 4 and missed", "had 4 and missed")
    assert found["quiet-hulls-final"] == CellVerdict.AMBIGUOUS
