"""Every notebook on every study, in both languages: it runs, and says nothing that is not so."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest

from analysis import paths
from analysis.build import plan
from analysis.build.execute import NotebookError
from analysis.tidy import datapackage
from shown import Shown, shown_by

pytestmark = [pytest.mark.build, pytest.mark.xdist_group("pages")]
STUDIES = ("okamoto2020", "harbour", "rivertowns")
each = pytest.mark.parametrize("study", STUDIES)
Pages = dict[tuple[str, str], Shown]


@pytest.fixture(scope="module")
def pages(processed) -> dict[str, Pages]:
    """What every page of every study shows, by study, language and page; or the error that stopped it."""

    def run(job: plan.Job) -> Any:
        try:
            return shown_by(job.notebook, job.parameters, processed)
        except NotebookError as error:
            return error

    about = {study: datapackage.read(processed / study)["study"] for study in STUDIES}
    about["harbour"] = about["harbour"] | {"beside": ["harbour-records"]}
    for own in about.values():
        beside = [datapackage.read(processed / other)["study"]["tables"] for other in own["beside"]]
        own["tables"] = sum(beside, own["tables"])
    jobs = [(study, job) for study in STUDIES for job in plan.plan(about[study])]
    with ThreadPoolExecutor(3) as pool:
        shown = list(pool.map(run, [job for _, job in jobs]))
    found: dict[str, Any] = {study: {} for study in STUDIES}
    for (study, job), page in zip(jobs, shown, strict=True):
        found[study][job.language, job.page] = page
    return found


def links_to(text: str) -> set[str]:
    return set(re.findall(r"record:issues/([a-z0-9-]+)", text))


def plain(markdown: str) -> str:
    return unescape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))


def contradictions(page: Shown) -> set[str]:
    """Issues that a page lists as taken up, and says are not."""
    (table,) = [t for t in page.tables.values() if t["name"] == "links"]
    taken = {key for row in table["rows"] for cell in row["cells"] for key in links_to(cell["to"] or "")}
    sentences = [text for text in page.all("text/markdown") if not text.startswith("**")]
    return taken & {key for text in sentences for key in links_to(text)}


# -- What would be wrong ---------------------------------------------------------------------------


def test_an_issue_that_is_said_to_be_taken_up_and_not_to_be_is_caught(run_notebook):
    source = json.loads((paths.NOTEBOOKS / "03_issues.ipynb").read_text("utf-8"))
    (cell,) = [cell for cell in source["cells"] if cell["id"] == "silent"]
    cell["source"] = "".join(cell["source"]).replace('issues[~issues["record"]', 'issues[issues["record"]')
    assert contradictions(run_notebook("03_issues", language="en", source=source))


@each
def test_every_page_is_made_without_an_error(pages, study):
    assert {name: str(page) for name, page in pages[study].items() if not isinstance(page, Shown)} == {}
    assert len(pages[study]) >= 2 * 10


@each
def test_no_page_warns(pages, study):
    assert {name: page.notices for name, page in pages[study].items() if page.notices} == {}


@each
def test_no_page_leads_to_evidence_that_is_not_there(pages, study):
    assert {name: page.astray for name, page in pages[study].items() if page.astray} == {}


@each
def test_no_sentence_shows_what_is_missing_as_a_value(pages, study):
    wrong = re.compile(r"\b(nan|NaT|None(?! (of|that)\b))\b|<NA>|[{}]|\(\)|（）|「」|“”|: \.|：。|  |、、")
    for name, page in pages[study].items():
        for sentence in page.said.splitlines():
            assert not wrong.search(sentence), (name, sentence)


@each
def test_both_languages_show_the_same(pages, study):
    for (language, name), page in pages[study].items():
        other = pages[study]["en" if language == "ja" else "ja", name]
        assert list(page.figures) == list(other.figures), name
        assert {n: f["csv"].count("\n") for n, f in page.figures.items()} == {
            n: f["csv"].count("\n") for n, f in other.figures.items()
        }
        assert [f["value"] for f in page.findings.values()] == [f["value"] for f in other.findings.values()]


@each
def test_no_english_page_speaks_japanese(pages, study):
    for (language, name), page in pages[study].items():
        if language == "en":
            assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", page.said), name


@each
def test_no_issue_is_taken_up_and_left_alone_on_one_page(pages, study):
    for language in ("ja", "en"):
        assert contradictions(pages[study][language, "issues"]) == set()


def test_no_headline_of_the_paper_is_false_under_the_readings_it_follows(pages):
    findings = [f for page in pages["okamoto2020"].values() for f in page.findings.values()]
    assert len(findings) >= 2 * 6
    assert [finding["id"] for finding in findings if finding["holds"] is False] == []


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.ja.md", "ja")])
def test_the_readme_says_what_the_pages_say(pages, name, language):
    """Every finding that a README names is a headline of the report, word for word."""
    text = (paths.ROOT / name).read_text("utf-8")
    (block,) = re.findall(r"<!-- findings.*?-->\n(.*?)<!-- end -->", text, re.DOTALL)
    told = [line.removeprefix("- ") for line in block.splitlines() if line.startswith("- ")]
    own = [page for (of, _), page in pages["okamoto2020"].items() if of == language]
    headlines = {plain(f["headline"]) for page in own for f in page.findings.values()}
    assert told and [line for line in told if line not in headlines] == []


# -- Without rows of its kind ----------------------------------------------------------------------


def test_a_study_without_phases_has_a_page_that_draws_and_counts_none(pages):
    page = pages["rivertowns"]["en", "phases"]
    assert "phase-timeline" not in page.figures and "new-support" not in page.findings
    assert page.tables["phases"]["rows"] == []
    assert "phase" not in page.findings["support"]["headline"]


def test_a_study_alone_is_not_said_to_stand_beside_others(pages):
    assert ("en", "records") not in pages["rivertowns"]
    assert "public records" not in pages["rivertowns"]["en", "index"].said
    assert ("en", "records") in pages["okamoto2020"]


def test_every_region_has_a_page_of_its_own(pages):
    names = {name for language, name in pages["rivertowns"] if language == "en"}
    assert {n for n in names if n.startswith("region-")} == {
        f"region-{r}" for r in ("ashenford", "brindlequay", "corvenholm", "dunmarrow")
    }
