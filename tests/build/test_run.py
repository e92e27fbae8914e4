"""Runs of a report: made where something they depend on changed, kept everywhere else."""

from __future__ import annotations

import json

import nbformat
import pytest

from tiny import displays, make, reads

pytestmark = pytest.mark.build
BOTH = {"ja/one", "en/one", "ja/two", "en/two"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Two pages: one reads two columns of a table, the other another table; both are run."""
    tiny = make(tmp_path_factory.mktemp("tiny") / "project")
    tiny.notebook("one", "# Words", "1 + 1", "'grades'", "print(language)")
    tiny.notebook("two", "study")
    for language in ("ja", "en"):
        tiny.notebook(
            "one",
            "# Words",
            "1 + 1",
            "from IPython.display import display",
            'display({"application/vnd.analysis.reads+json":'
            ' {"grades": ["grade", f"label_{language}"]}}, raw=True)',
        )
    tiny.notebook("two", "study", reads(issues=["theme"]))
    tiny.plan("one", "two")
    built = tiny.build()
    assert built.reasons == dict.fromkeys(["ja/one", "ja/two", "en/one", "en/two"], ["never run"])
    return tiny


def test_a_second_build_runs_nothing_and_writes_nothing(project):
    before = {path: path.read_bytes() for path in (project.folder / "build").rglob("*.ipynb")}
    assert project.build().ran == set()
    assert {path: path.read_bytes() for path in (project.folder / "build").rglob("*.ipynb")} == before
    assert len(before) == 4
