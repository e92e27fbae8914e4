"""A study of several documents: each passage has to stand in the document of its section."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from analysis.transcribe import load
from analysis.transcribe.problems import StudyError
from analysis.verify import verification_log, verify

pytestmark = pytest.mark.study

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"
TODAY = date(2024, 5, 17)
FROM = "４．課題のその後"  # from here on the text is another document


@pytest.fixture
def folder(tmp_path) -> Path:
    """The invented study, with its last two sections in a document of their own."""
    made = tmp_path / "harbour"
    shutil.copytree(HARBOUR, made)
    text = (made / "source.txt").read_text("utf-8")
    place = text.index(FROM)
    (tmp_path / "paper.txt").write_text(text[:place], "utf-8")
    (tmp_path / "annex.txt").write_text(text[place:], "utf-8")
    told = (made / "study.yaml").read_text("utf-8")
    for role in ("considerations", "recommendations"):
        told = told.replace(f"role: {role}}}", f"role: {role}, source: annex}}")
    (made / "study.yaml").write_text(
        f"{told}sources:\n  - {{id: annex, title_ja: 付属資料, title_en: The annex, address: 'https://example.org/annex'}}\n",
        "utf-8",
    )
    return made


def check(folder: Path, paper: str = "paper.txt", annex: str = "annex.txt") -> verify.Report:
    files = {"": folder.parent / paper, "annex": folder.parent / annex}
    return verify.check(load.read(folder), files, today=TODAY)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "source: annex",
            "source: anex",
            "sections.source: found 'anex', expected one of annex; did you mean annex?",
        ),
        (", source: annex}", "}", "sources: found 'annex' without one, expected a section of each document"),
        ("id: annex", "id: An Annex", "id: found 'An Annex'"),
    ],
)
def test_documents_and_sections_that_do_not_fit_are_named(folder, old, new, line):
    path = folder / "study.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(StudyError) as error:
        load.read(folder)
    assert line in str(error.value)


def test_documents_given_the_wrong_way_round_are_each_told_to_be_another(folder):
    problems = list(map(str, check(folder, "annex.txt", "paper.txt").problems))
    assert [problem.split(":")[0] for problem in problems] == ["annex.txt", "paper.txt"]
    assert all("expected the document that the passages were fingerprinted from" in p for p in problems)


def test_a_passage_that_stands_only_in_the_other_document_is_missing(folder):
    path = folder.parent / "annex.txt"
    paper, annex = (folder.parent / name for name in ("paper.txt", "annex.txt"))
    opening = load.read(folder).tables["passages"].set_index("section").at["5", "opening"]
    opening = opening if isinstance(opening, str) else opening.iloc[0]
    start = path.read_text("utf-8").index(opening[:6])
    moved = annex.read_text("utf-8")[start : start + 120]
    paper.write_text(paper.read_text("utf-8") + moved, "utf-8")
    annex.write_text(annex.read_text("utf-8").replace(moved, ""), "utf-8")
    assert any(f"MISSING '{opening}'" in str(problem) for problem in check(folder).problems)


def test_an_altered_number_of_either_document_is_found(folder):
    for name in ("paper.txt", "annex.txt"):
        path = folder.parent / name
        text = path.read_text("utf-8")
        path.write_text(text.replace("年", "月", 1), "utf-8")
        report = check(folder)
        assert not report.ok
        assert any(f"{name} line" in str(p) or "MISSING" in str(p) for p in report.problems), report.problems
        path.write_text(text, "utf-8")


def test_every_passage_and_cell_of_two_documents_is_found_and_recorded(folder):
    report = check(folder)
    assert report.ok, list(map(str, report.problems))
    alone = verify.check(load.read(HARBOUR), HARBOUR / "source.txt", today=TODAY)
    assert report.counts == alone.counts
    assert [line.split()[0] for line in report.render()[:2]] == ["source", "annex"]
    verification_log.write_record(report, load.read(folder))
    record = json.loads((folder / "verification.json").read_text("utf-8"))
    assert record["source"]["document annex"].startswith("text, sha256 ")
    assert verification_log.state(load.read(folder)).status == verification_log.Status.VERIFIED


def test_the_strip_of_two_documents_is_that_of_both_one_after_the_other(folder):
    report, alone = check(folder), verify.check(load.read(HARBOUR), HARBOUR / "source.txt", today=TODAY)
    assert list(report.coverage.strip()["passage"]) == list(alone.coverage.strip()["passage"])
    assert report.coverage.whole == alone.coverage.whole
