"""Copies of the project in folders of their own, whose commands run in processes of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis import paths

STUDIES = paths.ROOT / "tests" / "studies"
HARBOUR = STUDIES / "harbour"
RIVERTOWNS = STUDIES / "rivertowns"
_MAKEFILE = (paths.ROOT / "Makefile").read_text("utf-8")
MAKE_PARAMETERS = re.findall(r"^PARAMETERS := (.+)$", _MAKEFILE, re.MULTILINE)[0].split()


@dataclass(frozen=True)
class Project:
    """A copy of the project, whose commands run in processes of their own."""

    folder: Path
    study: str = "harbour"

    @property
    def raw(self) -> Path:
        return self.folder / "data" / "raw" / self.study

    @property
    def processed(self) -> Path:
        return self.folder / "data" / "processed" / self.study

    @property
    def report(self) -> Path:
        return self.folder / "reports" / self.study

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run `python -m analysis` here on the study, unless the environment names another."""
        return self.python("-m", "analysis", *arguments, **environment)

    def python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run Python here, with the code of this copy."""
        outer = {
            name: value
            for name, value in os.environ.items()
            if name not in MAKE_PARAMETERS and not name.startswith(("MAKE", "MFLAGS", "PYTEST"))
        }
        own = {"STUDY": self.study, "PYTHONPATH": str(self.folder / "src"), "MAKELEVEL": "1"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=outer | own | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def stale(self) -> dict[str, str]:
        """The tables, readings and runs that are not fresh, and what `status` says of each."""
        said = self.run("status")
        assert said.returncode == 0, said.stderr
        lines = [line for line in said.stdout.splitlines() if line != "everything is fresh"]
        return dict(line.split(": ", 1) for line in lines)

    def outcomes(self, *arguments: str) -> dict[str, str]:
        """Run tests of this copy; return how each ended (PASSED …) by its file and name."""
        outer = {n: v for n, v in os.environ.items() if not n.startswith(("MAKE", "MFLAGS", "PYTEST"))}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=no", *arguments],
            cwd=self.folder,
            env=outer | {"PYTHONPATH": str(self.folder / "src")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        line = re.compile(r"^(PASSED|FAILED|ERROR) (?:\S+/)?(\S+?\.py::.+?)(?: - .*)?$", re.MULTILINE)
        found = {test: outcome for outcome, test in line.findall(done.stdout)}
        assert found, done.stdout + done.stderr
        return found

    def edit(self, notebook: str, cell: str, old: str, new: str) -> None:
        """Replace words in a cell of a notebook, which is written as notebooks are committed."""
        path = self.folder / "notebooks" / f"{notebook}.ipynb"
        content = json.loads(path.read_text("utf-8"))
        (found,) = [c for c in content["cells"] if c["id"] == cell]
        source = "".join(found["source"])
        assert old in source
        found["source"] = source.replace(old, new).splitlines(keepends=True)
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        path.write_text(text, "utf-8")

    def copy(self, folder: Path) -> Project:
        """The same project, with what is built in it, in another folder."""
        shutil.copytree(self.folder, folder)
        return Project(folder, self.study)

    def files(self) -> dict[str, bytes]:
        """Every file of the report."""
        return files(self.report)

    def with_records(self) -> Project:
        """Add the synthetic study's public records, and the crosswalk between the two."""
        shutil.copytree(STUDIES / "harbour-records", self.raw.parent / "harbour-records")
        shutil.copy(STUDIES / "crosswalk.csv", self.raw.parent)
        return self

    def only_pages(self, *names: str) -> Project:
        """Leave only some pages in the plan, so that a build is short."""
        with self._plan() as plan:
            plan["pages"] = [page for page in plan["pages"] if page["page"] in names]
            plan["guides"] = []
            kept = [page["notebook"] for page in plan["pages"]]
            assert len(plan["pages"]) == len(names)
        return self.only_readings(*kept)

    def only_readings(self, *notebooks: str) -> Project:
        """Leave only the readings of some notebooks in the plan, so that a build is short."""
        with self._plan() as plan:
            plan["readings"] = [grid for grid in plan["readings"] if grid["notebook"] in notebooks]
        return self

    @contextmanager
    def _plan(self) -> Iterator[dict[str, Any]]:
        """The plan of the pages, written as the caller leaves it."""
        path = self.folder / "notebooks" / "report.yaml"
        plan = yaml.safe_load(path.read_text("utf-8"))
        yield plan
        path.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")


def pages(regions: Iterable[str]) -> tuple[str, ...]:
    """The pages that notebooks make of a study with these regions, in order, by the plan.

    Without those that need other studies beside it.
    """
    entries = yaml.safe_load(paths.PLAN.read_text("utf-8"))["pages"]
    return tuple(
        entry["page"].format(region=region)
        for entry in entries
        if "needs" not in entry
        for region in (regions if "for_each" in entry else [None])
    )


def guides() -> tuple[str, ...]:
    """The pages that no notebook makes."""
    return tuple(g["guide"] for g in yaml.safe_load(paths.PLAN.read_text("utf-8"))["guides"])


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def copy_project(folder: Path) -> Project:
    """Make a copy of the project with the synthetic study as its only one, in a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # With what Python compiled: a copy keeps the times by which it is known to be fresh.
    shutil.copytree(paths.ROOT / "src", folder / "src")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(paths.ROOT / "notebooks", folder / "notebooks", ignore=ignored)
    shutil.copytree(paths.DOCS, folder / "docs", ignore=shutil.ignore_patterns("*.png"))
    shutil.copy(paths.LOCK, folder)
    (folder / "data").mkdir()
    shutil.copy(paths.SCHEMA, folder / "data")
    shutil.copytree(HARBOUR, folder / "data" / "raw" / "harbour")
    return Project(folder)


def copy_with_tests(folder: Path) -> Project:
    """Make a copy in which the tests of the project run, too, and with them its own studies."""
    project = copy_project(folder)
    ignored = shutil.ignore_patterns("__pycache__", "browser", "notebooks")
    shutil.copytree(paths.TESTS, folder / "tests", ignore=ignored)
    shutil.copytree(paths.RAW, folder / "data" / "raw", dirs_exist_ok=True)
    for name in ("pyproject.toml", "Makefile"):
        shutil.copy(paths.ROOT / name, folder)
    return project
