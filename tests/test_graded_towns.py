"""A study whose grades are numbers, percentages and words: its page of grades, in both languages."""

from __future__ import annotations

import shutil

import pytest
from lxml import html

import graded_towns
from projects import RIVERTOWNS, Project, copy_project

pytestmark = [pytest.mark.build, pytest.mark.xdist_group("graded")]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Project:
    """The study verified and its page of grades built."""
    folder = tmp_path_factory.mktemp("graded")
    study = graded_towns.write(folder / "rivertowns")
    project = Project(copy_project(folder / "project").folder, RIVERTOWNS.name)
    project.only_pages("grades")
    project.raw.mkdir(parents=True)
    for path in [*study.glob("*.csv"), study / "study.yaml"]:
        shutil.copy(path, project.raw)
    for command, more in (("verify", {"SOURCE": str(study / "source.txt")}), ("report", {})):
        done = project.run(command, **more)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return project


def said(made: Project, language: str) -> str:
    page = html.parse(made.report / language / "grades.html").getroot()
    return " ".join("".join(page.xpath("//main//text()[not(ancestor::*[local-name()='svg'])]")).split())


def test_the_page_speaks_of_no_letters(made):
    # Below stand the study's own statements, which do.
    assert "letter" not in said(made, "en").partition("What the evaluations say")[0]
    assert "文字" not in said(made, "ja").partition("評価が述べたこと")[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["72.5 %", "good", "ex post evaluation", "Cluster Seed Programme: 2.5", "place on its scale"]),
        ("ja", ["72.5 %", "good", "事後評価", "クラスター種まき事業：2.5", "同じ地域または事業が"]),
    ],
)
def test_grades_of_every_kind_and_subject_are_shown(made, language, words):
    page = (made.report / language / "grades.html").read_text("utf-8")
    assert [word for word in words if word not in said(made, language) and word not in page] == []
