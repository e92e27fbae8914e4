"""Links to evidence: beside the pages in a report, through a prefix everywhere else."""

from __future__ import annotations

import json

import pytest

from analysis import links, notebook, paths
from analysis.notebook import open_study

LINKED = (
    '<a href="evidence.html#a-b">1</a>',
    "[2](phases.html)",
    '<a xlink:href="grades.html#c">3</a>',
)
NOT_TO_A_PAGE = (
    "[1](https://example.org/evidence.html)",
    '<a href="#evidence">2</a>',
    "evidence.html#a",
    '<a href="figures/tiles.svg">3</a>',
    '<a href="../en/evidence.html">4</a>',
)


@pytest.mark.parametrize("text", LINKED)
def test_a_link_to_a_page_leads_through_the_prefix_and_back(text):
    led = links.through("../../en/", text)
    assert led.count("../../en/") == 1
    assert links.direct("../../en/", led) == text


@pytest.mark.parametrize("text", NOT_TO_A_PAGE)
def test_what_does_not_lead_to_a_page_is_left_alone(text):
    assert links.through("../../ja/", text) == text


def test_the_builder_sets_notebooks_on_the_pages_themselves(monkeypatch):
    monkeypatch.setenv("ANALYSIS_PAGES", "")
    assert links.to_pages("study", "en") == ""


def test_a_server_says_where_it_shows_the_pages(monkeypatch):
    monkeypatch.setenv("ANALYSIS_PAGES", "/static")
    assert links.to_pages("study", "en") == "/static/study/en/"


@pytest.mark.parametrize("folder", ["notebooks", ".", "tests/browser"])
def test_from_any_folder_the_pages_are_found_by_path(monkeypatch, folder):
    monkeypatch.delenv("ANALYSIS_PAGES", raising=False)
    monkeypatch.chdir(paths.ROOT / folder)
    led = links.to_pages("study", "en")
    assert not led.startswith("/")
    assert (paths.ROOT / folder / led).resolve() == paths.REPORTS / "study" / "en"


@pytest.fixture
def said(monkeypatch, harbour_made, tmp_path):
    """What a person's notebook says, in a project whose reports are in a folder of their own."""
    told = []
    monkeypatch.delenv("ANALYSIS_PAGES", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr(notebook, "read", lambda study: harbour_made.data)
    monkeypatch.setattr(notebook, "display", lambda shown: told.append(shown.data))
    return told


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "`make report STUDY=harbour` で"), ("en", "once `make report STUDY=harbour` has")],
)
def test_who_runs_a_notebook_before_the_report_is_told_how_links_come_to_open(said, language, words):
    open_study("harbour", language)
    assert len(said) == 1
    assert words in said[0]


def test_all_that_a_person_s_notebook_says_leads_to_the_built_report(said, tmp_path):
    evidence = tmp_path / "reports" / "harbour" / "en" / "evidence.html"
    evidence.parent.mkdir(parents=True)
    evidence.touch()
    report = open_study("harbour", "en")
    report.say(ja="", en=report.to("phases/one", "one"))
    report.table(report.data.issues, ["label"], ja="", en="Issues", table="issues")
    report.cards()
    assert len(said) == 3
    for html in said[:2]:
        assert 'href="reports/harbour/en/evidence.html#' in html
    assert 'href="evidence.html' not in json.dumps(said)
