"""Notebooks run by hand, with Run All or papermill: in any folder, in an ordinary kernel."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from analysis import paths
from analysis.publish.pages import FIGURE

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """An empty folder, with the surroundings that `make lab` gives to its kernels."""
    monkeypatch.setenv("PYTHONPATH", str(paths.ROOT / "src"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    monkeypatch.delenv("ANALYSIS_PROCESSED", raising=False)
    return tmp_path


def run_all(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell in a kernel that starts in a folder, as Run All does."""
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"study": "ports"}, "no tidy tables of study 'ports'; run: make data STUDY=ports"),
        ({"language": "fr"}, "language 'fr': write 'ja' or 'en'"),
    ],
)
def test_what_a_reader_can_put_right_is_one_line_and_stops_the_notebook(elsewhere, given, line):
    notebook = parameterize_notebook(load_notebook_node(str(NOTEBOOKS[1])), given)
    with pytest.raises(CellExecutionError):
        run_all(notebook, elsewhere)
    assert [c.id for c in notebook.cells if c.get("outputs")] == ["open"]
    assert [output.traceback for output in outputs(notebook)] == [[line]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_it_is_in_any_folder_and_leaves_nothing_there(elsewhere, path):
    executed = run_all(nbformat.read(path, as_version=4), elsewhere)
    displayed = [output.output_type for output in outputs(executed)]
    assert set(displayed) == {"display_data"}  # no warning, no error, nothing printed
    calls = "\n".join(c.source for c in executed.cells if c.cell_type == "code")
    shown = [output for output in outputs(executed) if FIGURE in output.data]
    always = re.findall("^report.show\\(", calls, re.MULTILINE)  # some stand under a condition
    assert len(always) <= len(shown) <= calls.count("report.show(")
    assert list(elsewhere.iterdir()) == []


def test_papermill_runs_a_notebook_from_any_folder_in_the_language_it_is_told(elsewhere):
    source = paths.NOTEBOOKS / "03_issues.ipynb"
    before = source.read_bytes()
    command = [sys.executable, "-m", "papermill", str(source), "out.ipynb", "-p", "language", "en"]
    done = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (figure,) = [
        o.data[FIGURE]
        for o in outputs(nbformat.read(elsewhere / "out.ipynb", as_version=4))
        if FIGURE in o.get("data", {})
    ]
    assert "issues are never spoken of again" in figure["title"]
    assert [path.name for path in elsewhere.iterdir()] == ["out.ipynb"]
    assert source.read_bytes() == before
