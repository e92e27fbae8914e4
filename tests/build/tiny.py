"""A project as small as can be: one study with two tidy tables, and notebooks of a few cells."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import paths

# Code with which a runner's kernels import beforehand what every kernel needs, and neither pandas nor matplotlib.
LIGHT = """
from analysis.build import kernels
kernels.PRELOAD = [name for name in kernels.PRELOAD if name.startswith(("ipykernel", "IPython", "tornado"))]
"""
PARAMETERS = 'study: str = "tiny"\nlanguage: str = "ja"'
TABLES = {
    "grades": "record,grade,label_ja,label_en\na,A,甲,one\nb,B,乙,two\n",
    "issues": "record,theme,label_ja,label_en\nc,money,金,money\n",
}


@dataclass(frozen=True)
class Tiny:
    """A project in a folder, whose code runs in processes of their own."""

    folder: Path

    @property
    def processed(self) -> Path:
        return self.folder / "data" / "processed" / "tiny"

    def runs(self, language: str, page: str) -> Path:
        return self.folder / "build" / "tiny" / "runs" / language / f"{page}.ipynb"

    def notebook(self, name: str, *cells: str, parameters: str = PARAMETERS, **other: Any) -> Tiny:
        """Write a notebook: cells that begin with `# ` are Markdown; ids are c1, c2, ..."""
        made = [] if not parameters else [cell("parameters", parameters, tags=["parameters"])]
        made += [cell(f"c{n}", textwrap.dedent(text).strip()) for n, text in enumerate(cells, 1)]
        saved = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | other
        (self.folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps(saved), "utf-8")
        return self

    def plan(self, *notebooks: str, **other: Any) -> Tiny:
        """Write report.yaml: a page for each notebook, under its name."""
        pages = [{"page": n, "notebook": n, "title_ja": n, "title_en": n} for n in notebooks]
        content = json.dumps({"pages": pages, **other})  # JSON is YAML
        (self.folder / "notebooks" / "report.yaml").write_text(content, "utf-8")
        return self

    def table(self, name: str, text: str) -> Tiny:
        (self.processed / f"{name}.csv").write_text(text, "utf-8")
        return self

    def python(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python here, with this project's code and `run_report` at hand."""
        import os

        prelude = f"{LIGHT}from analysis.build import run, staleness\nrun.PRELOAD = ()\nfrom analysis.build.run import *\n"
        return subprocess.run(
            [sys.executable, "-c", prelude + textwrap.dedent(code)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder / "src"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, arguments: str = "", **environment: str) -> Built:
        """Bring the runs up to date; what was run and why, what was said, and what failed."""
        code = f"""
            import json
            try:
                made = run_report("tiny", {arguments})
                print(json.dumps([[r.job.name, r.reasons, r.notebook] for r in made]))
            except (FailedError, UserError) as error:
                print(json.dumps(str(error)))
            """
        done = self.python(code, **environment)
        assert done.returncode == 0, done.stderr
        return Built(json.loads(done.stdout), done.stderr)


@dataclass(frozen=True)
class Built:
    found: Any
    said: str

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Every run with the reasons why it was made now."""
        assert not isinstance(self.found, str), self.found
        return {name: why for name, why, _ in self.found}

    @property
    def ran(self) -> set[str]:
        return {name for name, why in self.reasons.items() if why}

    @property
    def failed(self) -> str:
        assert isinstance(self.found, str), "it did not fail"
        return self.found

    def outputs(self, name: str) -> list[dict[str, Any]]:
        (notebook,) = [notebook for each, _, notebook in self.found if each == name]
        return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]

    def cells(self, name: str) -> list[dict[str, Any]]:
        (notebook,) = [notebook for each, _, notebook in self.found if each == name]
        return notebook["cells"]


def cell(name: str, text: str, *, tags: list[str] | None = None) -> dict[str, Any]:
    """A cell as Jupyter saves it; Markdown where the text begins with `# `."""
    made: dict[str, Any] = {"id": name, "source": text, "metadata": {"tags": tags} if tags else {}}
    if text.startswith("# "):
        return made | {"cell_type": "markdown"}
    return made | {"cell_type": "code", "execution_count": None, "outputs": []}


def displays(kind: str, value: object) -> str:
    """A cell that displays one of the bundles that notebooks hand to the build."""
    bundle = {f"application/vnd.analysis.{kind}+json": value}
    return f"from IPython.display import display\ndisplay({bundle!r}, raw=True)"


def reads(**tables: list[str]) -> str:
    return displays("reads", tables)


def make(folder: Path) -> Tiny:
    """A new project with this code, one study and no notebook yet."""
    # With what Python compiled: a copy keeps the times by which it is known to be fresh.
    shutil.copytree(paths.ROOT / "src", folder / "src")
    shutil.copy(paths.LOCK, folder)
    (folder / "notebooks" / "words").mkdir(parents=True)
    (folder / "data" / "processed" / "tiny").mkdir(parents=True)
    shutil.copy(paths.SCHEMA, folder / "data")
    project = Tiny(folder)
    fields = {name: text.splitlines()[0].split(",") for name, text in TABLES.items()}
    for name, text in TABLES.items():
        project.table(name, text)
    describe(project, fields)
    return project


def describe(project: Tiny, fields: Mapping[str, list[str]], **study: Any) -> None:
    """Write datapackage.json, which describes the study and its tables."""
    about = {"id": "tiny", "title_en": "Tiny", "regions": ["north", "south"], "beside": []}
    about |= {"region_names": {}, "coders": [{"id": "k"}, {"id": "m"}]} | study
    resources = [
        {
            "path": f"{name}.csv",
            "title": name,
            "title_ja": name,
            "schema": {"fields": [{"name": c, "type": "string", "title": c, "title_ja": c} for c in columns]},
        }
        for name, columns in fields.items()
    ]
    checked = {"status": "verified", "date": "2026-01-01", "places": []}
    package = {"study": about, "verification": checked, "resources": resources}
    (project.processed / "datapackage.json").write_text(json.dumps(package), "utf-8")
