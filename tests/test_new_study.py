"""A new study: begun with one command, built at once, and never in the way of another."""

from __future__ import annotations

import re

import pytest

from analysis import new_study, paths
from analysis.transcribe import load
from projects import copy_project

pytestmark = pytest.mark.build
TITLE = 'A "title": with #marks, and {braces}'


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("begun") / "project")
    done = project.run("new-study", STUDY="ports", TITLE=TITLE, LANGUAGE="en")
    assert done.returncode == 0, done.stderr
    assert "make report STUDY=ports" in done.stdout
    return project


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"STUDY": "harbour", "TITLE": "x"}, "STUDY: found 'harbour', which is there already"),
        ({"STUDY": "../x", "TITLE": "x"}, "STUDY: found '../x', expected a name of small letters"),
        ({"STUDY": "", "TITLE": "x"}, "STUDY: found '', expected a name"),
        ({"STUDY": "other", "TITLE": " "}, "TITLE: not given"),
        (
            {"STUDY": "other", "TITLE": "x", "LANGUAGE": "french"},
            "LANGUAGE: found 'french', expected a BCP 47",
        ),
        ({"STUDY": "other", "TITLE": "x", "LANGUAGES": "de english"}, "LANGUAGES: found 'english', expected"),
        (
            {"STUDY": "other", "TITLE": "x", "LANGUAGE": "ko", "LANGUAGES": "de en"},
            "LANGUAGES: found 'de en', expected LANGUAGE (ko) among them",
        ),
        (
            {"STUDY": "other", "TITLE": "x", "WITH": "phases grade"},
            "WITH: found 'grade', expected one of phases",
        ),
    ],
)
def test_what_cannot_be_begun_is_one_line_and_nothing_is_written(begun, given, said):
    before = sorted(begun.folder.rglob("data/raw/*"))
    done = begun.run("new-study", **given)
    assert done.returncode == 2
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    assert sorted(begun.folder.rglob("data/raw/*")) == before


def test_a_study_whose_beginning_is_cut_short_is_not_there(tmp_path, monkeypatch):
    def cut_short(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(paths, "RAW", tmp_path)
    monkeypatch.setattr(new_study.schema, "load", cut_short)
    with pytest.raises(KeyboardInterrupt):
        new_study.begin(new_study.About("ports", TITLE, "en", (), 1900))
    assert not any(tmp_path.iterdir())


def test_what_is_begun_is_a_study_with_its_title_and_no_row(begun, book):
    study = load.read(begun.folder / "data/raw/ports", book)
    assert (study.meta.title_en, study.meta.normaliser) == (TITLE, "en-1")
    assert all(table.empty for table in study.tables.values())


def test_with_parts_it_has_only_the_tables_that_they_need(begun, book):
    done = begun.run("new-study", STUDY="piers", TITLE="Piers", LANGUAGE="en", WITH="phases grades")
    assert done.returncode == 0, done.stderr
    folder = begun.folder / "data/raw/piers"
    always, asked = {"passages", "regions", "uncovered"}, {"phases", "plans", "stages", "events"}
    grades = {"evaluations", "scales", "projects", "programmes"}
    assert {path.stem for path in folder.glob("*.csv")} == always | asked | grades
    assert all(table.empty for table in load.read(folder, book).tables.values())


def test_it_has_the_columns_of_the_languages_that_are_asked_for(begun):
    done = begun.run("new-study", STUDY="molen", TITLE="Molen", LANGUAGE="de", LANGUAGES="de en")
    assert done.returncode == 0, done.stderr
    study = load.read(begun.folder / "data/raw/molen")
    assert study.languages == ("de", "en") and study.meta["title_de"] == "Molen"
    assert {"label_de", "label_en", "note", "note_de"} <= set(study.tables["regions"])


@pytest.mark.xdist_group("begun")
def test_its_report_builds_at_once_and_says_what_is_missing(begun):
    done = begun.run("report", STUDY="ports", LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-2000:]
    pages = {p.stem: p.read_text("utf-8") for p in (begun.folder / "reports/ports/en").glob("*.html")}
    assert {"index", "phases", "issues", "robustness", "methods"} <= set(pages)
    assert "There are no rows" in pages["phases"]
    for name, page in pages.items():
        assert not re.search(r"\b(nan|NaT)\b|<figure", page), name
