"""The report's RO-Crate: read by its library, every file and run in it, and no time of any build."""

from __future__ import annotations

import json
import re

import pytest
from rocrate.rocrate import ROCrate

from analysis.publish import crate

pytestmark = pytest.mark.xdist_group("published")


@pytest.fixture(scope="module")
def graph(published) -> list[dict]:
    return json.loads((published / crate.FILE).read_text("utf-8"))["@graph"]


def test_no_two_entities_share_an_id_and_none_is_spoken_of_and_missing(graph):
    ids = [entity["@id"] for entity in graph]
    assert len(set(ids)) == len(ids)
    spoken_of = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(graph)))
    assert spoken_of - set(ids) == {"https://w3id.org/ro/crate/1.1"}


def test_every_file_it_names_is_there_and_every_file_is_named(published, graph):
    files = {e["@id"] for e in graph if e["@type"] == "File"}
    assert [name for name in files if not (published / name).is_file()] == []
    there = {p.relative_to(published).as_posix() for p in published.rglob("*") if p.is_file()}
    assert there - files == {crate.FILE}
    assert len(files) == len([e for e in graph if e["@type"] == "File"])


def test_a_run_says_what_it_was_made_from_and_what_it_made(graph):
    (run,) = [e for e in graph if e["@id"] == "#run-en-issues"]
    made = {e["@id"] for e in run["result"]}
    assert {"en/issues.html", "en/figures/issue-chart.csv", "notebooks/en/issues.ipynb"} <= made
    assert "data/phase_spans.csv" in {e["@id"] for e in run["object"]}


def test_its_library_reads_it(published):
    opened = ROCrate(published)
    assert opened.root_dataset["author"].id == "#contributors"
    assert len(opened.get_by_type("CreateAction")) == 10
