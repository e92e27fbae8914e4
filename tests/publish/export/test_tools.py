"""Exports and report, opened by tools that have an environment of their own: `make test-tools`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from analysis import paths
from analysis.publish.export import folder
from projects import Project

HERE = Path(__file__).parent
TOOLS = paths.ROOT / "build" / "tools"
STAMP = TOOLS / "made-from"
installed = STAMP.exists() and STAMP.read_bytes() == (HERE / "tools.txt").read_bytes()
pytestmark = [
    pytest.mark.skipif(not installed, reason="build/tools is not there: make test-tools"),
    pytest.mark.xdist_group("report"),
]

# What goes wrong in a tool is an exception there, and a failure here.
TAGUETTE = """
import json, sys
from taguette import import_codebook, validate
tags = import_codebook.list_tags(open(sys.argv[1], "rb"))
for tag in tags:
    validate.tag_path(tag["path"])
    validate.description(tag["description"])
print(json.dumps(tags))
"""
DATASETTE = """
import asyncio, json, sys
from datasette.app import Datasette

async def main():
    served = Datasette([sys.argv[1]])
    answers = {}
    for page in sys.argv[2:]:
        answer = await served.client.get(page)
        assert answer.status_code == 200, (page, answer.text)
        answers[page] = answer.json()
    print(json.dumps(answers))

asyncio.run(main())
"""
SQLITE_UTILS = """
import json, sys
from sqlite_utils import Database
file = Database(sys.argv[1])
keys = {t.name: [[k.column, k.other_table] for k in t.foreign_keys] for t in file.tables}
print(json.dumps({"tables": {t.name: t.count for t in file.tables}, "keys": keys,
                  "primary": {t.name: t.pks for t in file.tables}, "views": file.view_names()}))
"""


def ask(program: str | Path, *arguments: object) -> object:
    """Run a program with the Python of the tools; give what it says, which is JSON."""
    code = [program] if isinstance(program, Path) else ["-c", program]
    done = subprocess.run(
        [TOOLS / "bin" / "python", *code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=["okamoto2020", "public-records"])
def exported(request, tmp_path_factory) -> Path:
    """The export of a study of the project, in a folder of the tests."""
    target = tmp_path_factory.mktemp("exports") / request.param
    for name, content in folder.files(request.param).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return target


# -- Taguette --------------------------------------------------------------------------------------


def test_taguette_imports_every_theme_with_its_description(exported, book):
    from analysis.transcribe import load

    themes = load.read(paths.RAW / exported.name, book).tables["themes"]
    tags = ask(TAGUETTE, exported / "codebook.csv")
    assert [tag["path"] for tag in tags] == [f"{t.label_ja} ({t.label_en})" for t in themes.itertuples()]
    for tag, theme in zip(tags, themes.itertuples(), strict=True):
        assert theme.definition_ja in tag["description"]
        assert theme.exclude_en in tag["description"]


# -- hadolint ------------------------------------------------------------------------------------


def test_the_dockerfile_has_no_fault_that_a_linter_knows_and_a_careless_one_has():
    def lint(text: str) -> str:
        command = [TOOLS / "bin" / "hadolint", "--no-color", "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout

    ours = (paths.ROOT / "Dockerfile").read_text("utf-8")
    assert lint(ours) == ""
    assert "DL3006" in lint(ours.replace(":3.11-slim-bookworm", ""))


# -- Datasette and sqlite-utils --------------------------------------------------------------------


def test_datasette_serves_the_tables_and_views(exported):
    found = ask(
        DATASETTE,
        exported / "study.sqlite",
        "/study.json",
        "/study/grade_projects.json?_shape=array",
        "/study/projects.json?_shape=array&_labels=on",
    )
    tables = {table["name"]: table for table in found["/study.json"]["tables"]}
    assert {"statements", "projects", "tidy_grades"} <= set(tables)
    assert {view["name"] for view in found["/study.json"]["views"]} >= {"grade_projects"}
    grades = found["/study/grade_projects.json?_shape=array"]
    assert len(grades) == tables["evaluations"]["count"] > 0
    assert all(grade["programme_en"] and grade["region_ja"] for grade in grades)
    projects = found["/study/projects.json?_shape=array&_labels=on"]
    # A key that Datasette follows becomes a value with what it leads to.
    assert {type(project["region"]) for project in projects} == {dict}


def test_sqlite_utils_finds_every_key(exported):
    found = ask(SQLITE_UTILS, exported / "study.sqlite")
    assert ["region", "regions"] in found["keys"]["projects"]
    assert ["successor_of", "programmes"] in found["keys"]["programmes"]
    assert found["primary"]["statements"] == ["id"]
    assert len(found["views"]) == 5
    assert found["tables"]["projects"] > 0


# -- roc-validator ---------------------------------------------------------------------------------

# What the profile recommends and a report leaves out on purpose or does not know: when and by whom
# it was run (it is the same whoever runs it), addresses on the web of the project and its parts,
# and the day of its date where its data name a month or a year.
LEFT_OUT = {
    "The Action SHOULD have an endTime in ISO 8601 format",
    "The Action SHOULD have an agent that is a Person or Organization",
    "The Application SHOULD have a url",
    "The SoftwareApplication id SHOULD be an absolute URI",
    "The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`",
    "The organization SHOULD have a URL.",
    "The Root Data Entity MUST have a `datePublished` property (as specified by schema.org) with a"
    " valid ISO 8601 date and the precision of at least the day level",
}


def issues(report: Path, severity: str) -> set[str]:
    """What roc-validator finds wrong with a report as a Process Run Crate."""
    return {message for _, message in ask(HERE / "validate_crate.py", report, severity)}


def test_the_report_is_a_valid_process_run_crate(built):
    assert issues(built.report, "REQUIRED") == set()
    assert issues(built.report, "RECOMMENDED") <= LEFT_OUT


@pytest.mark.parametrize(
    "spoil",
    [
        lambda entity: entity["@id"] == "./" and entity.pop("conformsTo"),
        lambda entity: entity["@id"] == "./" and entity.pop("license"),
        lambda entity: entity["@type"] == "CreateAction" and entity.pop("instrument"),
    ],
)
def test_a_crate_with_something_missing_is_not_valid(built, tmp_path, spoil):
    project: Project = built.copy(tmp_path / "project")
    path = project.report / "ro-crate-metadata.json"
    crate = json.loads(path.read_text("utf-8"))
    for entity in crate["@graph"]:
        spoil(entity)
    path.write_text(json.dumps(crate), "utf-8")
    assert issues(project.report, "REQUIRED")
