"""What the READMEs promise in numbers, files and commands is so."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from analysis import paths

pytestmark = pytest.mark.unit
READMES = ("README.md", "README.ja.md")
RECORD = json.loads((paths.RAW / "okamoto2020" / "verification.json").read_text("utf-8"))


def text_of(name: str) -> str:
    return (paths.ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", READMES)
def test_the_counts_of_the_verification_are_those_of_its_record(name):
    cells = RECORD["verdicts"]["cells"]
    wanted = {RECORD["verdicts"]["passages"]["EXACT"], cells["FOUND"], cells["INFERRED"]}
    words = {"README.md": r"(\d+) (?:passages|labels|cells)", "README.ja.md": r"(\d+)(?:箇所|の名称|の値)"}
    assert {int(found) for found in re.findall(words[name], text_of(name))} == wanted


def test_the_statement_lists_every_figure_that_is_published_with_its_page_and_notebook():
    published = json.loads((paths.ROOT / "expected" / "okamoto2020.json").read_text("utf-8"))["artefacts"]
    listed = re.findall(
        r"^\| `([\w-]+)` \| `([\w-]+)` \| `(\w+)` \|$", text_of("docs/statement.md"), re.MULTILINE
    )
    for language in ("ja", "en"):
        figures = re.findall(rf"^{language}/figures/(\S+)\.svg$", "\n".join(published), re.MULTILINE)
        assert sorted(name for name, _, _ in listed) == sorted(figures)
        assert {f"{language}/{page}.html" for _, page, _ in listed} <= published.keys()
    plan = yaml.safe_load(paths.PLAN.read_text("utf-8"))["pages"]
    makes = {p["page"].format(region=r): p["notebook"] for p in plan for r in ("hamamatsu", "kobe")}
    assert [row for row in listed if makes[row[1]] != row[2]] == []
    assert set(re.findall(r"`((?:report|evidence)-\w+\.pdf)`", text_of("docs/statement.md"))) == {
        name for name in published if name.endswith(".pdf")
    }


def test_the_statement_lists_every_study_of_the_data():
    told = set(re.findall(r"`data/raw/([\w-]+)`", text_of("docs/statement.md")))
    assert told == {path.parent.name for path in paths.RAW.glob("*/study.yaml")}


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "docs/new-study.md",
        "docs/new-study.ja.md",
        "docs/extend.md",
        "docs/extend.ja.md",
        "docs/cluster.md",
        "docs/cluster.ja.md",
        "docs/reproduce.md",
        "docs/statement.md",
        "docs/architecture.md",
        "CONTRIBUTING.md",
        "benchmarks/README.md",
    ],
)
def test_every_file_that_is_linked_is_there(name):
    page = paths.ROOT / name
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text_of(name)) if "://" not in link]
    assert linked or name == "benchmarks/README.md"
    assert [link for link in linked if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "docs/new-study.md",
        "docs/new-study.ja.md",
        "docs/extend.md",
        "docs/extend.ja.md",
        "docs/cluster.md",
        "docs/reproduce.md",
        "docs/statement.md",
        "certificates/README.md",
        "CONTRIBUTING.md",
    ],
)
def test_every_command_and_parameter_that_is_named_exists(name):
    makefile = text_of("Makefile")
    commands = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    parameters = set(re.findall(r"^#: ([A-Z]+)=", makefile, re.MULTILINE))
    for command, rest in re.findall(
        r"(?:`|^    )make ([a-z-]+)((?: [A-Z]+=[^\s`]+)*)", text_of(name), re.MULTILINE
    ):
        assert command in commands, f"{name}: make {command}"
        assert set(re.findall(r" ([A-Z]+)=", rest)) <= parameters, f"{name}: make {command}{rest}"
