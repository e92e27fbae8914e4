"""Notebooks run by hand, with Run All or papermill: in any folder, in an ordinary kernel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from jupyter_client import KernelManager
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from analysis import paths

pytestmark = pytest.mark.build
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
FIGURE, FINDING = (f"application/vnd.analysis.{kind}+json" for kind in ("figure", "finding"))


@pytest.fixture(scope="module", autouse=True)
def lab() -> Iterator[None]:
    """The surroundings that `make lab` gives to its kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(paths.ROOT / "src"))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        for name in ("ANALYSIS_PROCESSED", "ANALYSIS_READINGS"):
            patch.delenv(name, raising=False)
        yield


def run_all(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell in a kernel that starts in a folder, as Run All does."""
    where = {"metadata": {"path": str(folder)}}
    return NotebookClient(
        notebook, timeout=300, kernel_name="python3", shutdown_kernel="immediate", resources=where
    ).execute()


def papermill(notebook: str, folder: Path, *given: str) -> NotebookNode:
    """Run a notebook with papermill from a shell; its outputs."""
    source = str(paths.NOTEBOOKS / f"{notebook}.ipynb")
    command = [sys.executable, "-m", "papermill", source, "out.ipynb", *given]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return nbformat.read(folder / "out.ipynb", as_version=4)


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def shown(notebook: NotebookNode, kind: str) -> list[dict]:
    return [o.data[kind] for o in outputs(notebook) if kind in o.get("data", {})]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            {"study": "ports"},
            "no tidy tables of study 'ports'; there are okamoto2020, public-records",
        ),
        ({"language": "fr"}, "language='fr': expected 'ja' or 'en'"),
        ({"langauge": "en"}, "parameter 'langauge' is not declared; did you mean 'language'?"),
    ],
)
def test_what_a_reader_can_put_right_is_one_line_and_stops_the_notebook(tmp_path, given, line):
    notebook = parameterize_notebook(load_notebook_node(str(NOTEBOOKS[1])), given)
    with pytest.raises(CellExecutionError):
        run_all(notebook, tmp_path)
    (output,) = outputs(notebook)
    assert output.traceback == [line]


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelManager]:
    """An ordinary kernel for one notebook after the other; that each needs none before it is seen elsewhere."""
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.mark.xdist_group("by-hand")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_it_is_in_any_folder_and_leaves_nothing_there(tmp_path, kernel, path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, new_code_cell(f"%reset -f\n%cd -q {tmp_path}"))
    executed = NotebookClient(notebook, timeout=300, km=kernel).execute()
    found = {(output.output_type, output.get("name")) for output in outputs(executed)}
    assert found <= {("display_data", None), ("execute_result", None), ("stream", "stdout")}
    assert outputs(executed)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def grid(tmp_path_factory) -> dict[str, NotebookNode]:
    """The page of issues run by papermill from a shell, in another language with each choice of links."""
    folder = tmp_path_factory.mktemp("grid")
    source = paths.NOTEBOOKS / "03_issues.ipynb"
    before = source.read_bytes()
    runs = {
        links: papermill("03_issues", folder, "-p", "language", language, "-p", "links", links)
        for language, links in (("ja", "names"), ("en", "same_topic"))
    }
    assert [path.name for path in folder.iterdir()] == ["out.ipynb"]
    assert source.read_bytes() == before
    return runs


@pytest.mark.xdist_group("by-hand")
def test_papermill_runs_a_notebook_from_any_folder_in_the_language_it_is_told(grid):
    japanese, english = (shown(grid[links], FIGURE)[0]["title"] for links in ("names", "same_topic"))
    assert english.isascii() and not japanese.isascii()


@pytest.mark.xdist_group("by-hand")
def test_a_grid_from_a_shell_gives_a_frame_of_findings(grid):
    rows = [
        {"links": links, "id": finding["id"], "value": finding["value"]}
        for links, notebook in grid.items()
        for finding in shown(notebook, FINDING)
    ]
    found = pd.DataFrame(rows).pivot(index="id", columns="links", values="value")
    assert len(found) and (found["names"] != found["same_topic"]).any()
