"""The report's RO-Crate: read by its library, every file and run in it, and no time of any build."""

from __future__ import annotations

import json
import re
import tomllib
from html import unescape
from pathlib import Path

import pytest
import rocrate
from rocrate.rocrate import ROCrate

from analysis import paths
from analysis.publish import crate
from projects import guides

# One worker builds the synthetic study's report, once.
pytestmark = pytest.mark.xdist_group("report")


@pytest.fixture(scope="module")
def opened(built) -> ROCrate:
    """The report as the library for RO-Crates reads it."""
    return ROCrate(built.report)


@pytest.fixture(scope="module")
def graph(built) -> list[dict]:
    return json.loads(built.files()[crate.FILE])["@graph"]


@pytest.fixture(scope="module")
def manifest(built) -> dict:
    return json.loads(built.files()["manifest.json"])


def runs(opened: ROCrate) -> dict[str, object]:
    """The actions that ran a notebook, by the run's name in the manifest."""
    made = [a for a in opened.get_by_type("CreateAction") if a.id.startswith("#run-")]
    return {action.id.removeprefix("#run-").replace("-", "/", 1): action for action in made}


def every(value: object) -> list:
    """One entity or several, as the library gives them."""
    return value if isinstance(value, list) else [value]


# -- Whole -----------------------------------------------------------------------------------------


def test_no_two_entities_share_an_id_and_none_is_spoken_of_and_missing(graph):
    ids = [entity["@id"] for entity in graph]
    assert len(set(ids)) == len(ids)
    elsewhere = {"https://w3id.org/ro/crate/1.1"}
    spoken_of = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(graph)))
    assert spoken_of - set(ids) == elsewhere


def test_every_type_and_property_is_one_that_the_format_knows(graph):
    known = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text("utf-8"))
    terms = {"@id", "@type", *known["@context"]}
    used = {key for entity in graph for key in entity}
    used |= {kind for entity in graph for kind in every(entity["@type"])}
    assert used - terms == set()


def test_every_file_that_is_listed_is_in_the_report(opened, built):
    listed = [part.id for part in opened.root_dataset["hasPart"]]
    assert [name for name in listed if not (built.report / name).is_file()] == []


def test_every_page_paper_table_figure_and_notebook_is_listed(opened, built):
    listed = {part.id for part in opened.root_dataset["hasPart"]}
    files = {
        name
        for name in built.files()
        if re.fullmatch(
            r"[^/]+\.(html|pdf|json)|data/.+|notebooks/.+|(ja|en)/[^/]+\.html|(ja|en)/figures/.+",
            name,
        )
    }
    without = {crate.FILE, "ja/search.html", "en/search.html"}
    small = {name for name in files if name.endswith("-small.png")}
    assert listed == files - without - small


def test_a_report_in_one_language_speaks_of_that_language_alone(new_project, tmp_path):
    project = new_project(tmp_path / "project").only_pages("grades")
    assert project.run("report", LANGUAGE="en").returncode == 0
    read = ROCrate(project.report)
    assert read.root_dataset["inLanguage"] == ["en"]
    assert set(runs(read)) == {"en/grades"}
    assert not [part.id for part in read.root_dataset["hasPart"] if "ja" in part.id.split("/")]


# -- What it says ----------------------------------------------------------------------------------


def test_it_claims_the_profile_of_runs_of_processes(opened):
    assert opened.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"


def test_every_run_is_there_with_its_notebook_tables_and_parameters(opened, manifest):
    assert set(runs(opened)) == set(manifest["runs"])
    for name, run in manifest["runs"].items():
        action = runs(opened)[name]
        assert action["instrument"]["name"] == f"{run['notebook']}.ipynb"
        given = every(action["object"])
        tables = {entity.id for entity in given if entity.type == "File"}
        assert tables == {f"data/{table}" for table in run["tables"]}
        values = {e["name"]: e["value"] for e in given if e.type == "PropertyValue"}
        assert values == run["parameters"]


def test_a_run_results_in_its_page_its_notebook_and_its_figures(opened, built):
    action = runs(opened)["en/grades"]
    text = (built.report / "en" / "grades.html").read_text("utf-8")
    shown = set(re.findall(r"figures/([a-z-]+)\.svg", text))
    assert len(shown) >= 2
    assert {result.id for result in action["result"]} == {
        "en/grades.html",
        "notebooks/en/grades.ipynb",
        *(f"en/figures/{name}.{kind}" for name in shown for kind in ("svg", "png", "csv")),
    }


def test_every_file_of_the_reports_pages_results_from_an_action(opened):
    made = {e.id for a in opened.get_by_type("CreateAction") for e in every(a["result"])}
    pages = {p.id for p in opened.root_dataset["hasPart"] if p.id.split("/")[0] in ("ja", "en")}
    # A guide is no run's result: it is set as it stands in docs/.
    assert pages - made == {f"{x}/{name}.html" for x in ("ja", "en") for name in guides()}
    assert {"report-ja.pdf", "report-en.pdf"} < made


def test_a_figure_has_the_title_and_words_that_the_page_gives_it(opened, built):
    figure = opened.get("en/figures/grade-tiles.png")
    page = (built.report / "en" / "grades.html").read_text("utf-8")
    assert figure["name"] in unescape(page)
    assert len(figure["description"]) > 40
    assert figure["inLanguage"] == "en"


def test_a_notebook_is_known_by_the_digest_of_its_code(opened, manifest):
    for name, run in manifest["runs"].items():
        notebook = runs(opened)[name]["instrument"]
        assert notebook["identifier"] == f"sha256:{run['inputs'][run['notebook'] + '.ipynb (code)']}"


def test_the_source_and_its_author_are_named_in_both_languages(opened, harbour):
    source = opened.root_dataset["isBasedOn"]
    assert (source["name"], source["alternateName"]) == (
        harbour.meta.title_en,
        harbour.meta.title_ja,
    )
    author = source["author"]
    assert (author.type, author["name"], author["alternateName"]) == (
        "Person",
        harbour.meta.authors[0].name_en,
        harbour.meta.authors[0].name_ja,
    )
    assert author["affiliation"]["name"] == harbour.meta.authors[0].affiliation_en


def test_code_and_data_stand_under_the_projects_licences(opened):
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert opened.root_dataset["license"].id == "https://creativecommons.org/licenses/by/4.0/"
    for software in opened.get_by_type("SoftwareApplication"):
        assert software["license"].id == f"https://spdx.org/licenses/{project['license']}"


# -- No times --------------------------------------------------------------------------------------


def test_nothing_in_it_is_of_a_day_but_what_the_data_say(graph, harbour):
    timed = {
        (entity["@id"], key)
        for entity in graph
        for key in entity
        if re.search("date|time", key, re.IGNORECASE)
    }
    assert timed == {("./", "datePublished"), ("#source", "datePublished")}
    assert graph[1]["datePublished"] == str(harbour.meta.year)
    assert not re.search(r"\d{4}-\d\d-\d\d", json.dumps(graph))


@pytest.mark.parametrize(
    ("checked", "read", "expected"),
    [
        ("2026-11-23", ["2026-11"], "2026-11-23"),
        ("", ["2026-10", "2026-11", ""], "2026-11"),
        ("", [], "2020"),
    ],
)
def test_it_is_dated_by_the_check_else_the_last_reading_else_the_source(tmp_path, checked, read, expected):
    (tmp_path / "data").mkdir()
    rows = "".join(f"a,{date}\n" for date in read)
    (tmp_path / "data" / "evidence.csv").write_text(f"record,read\n{rows}", "utf-8")
    package = {"verification": {"date": checked}, "study": {"year": 2020}}
    assert crate._date(tmp_path, package) == expected
