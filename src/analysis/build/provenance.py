"""Fresh or stale: what a run depends on, as digests, and how two such states differ.

No modification times and no cache database: an executed notebook carries the digests of all it
was made from, and is fresh while they equal what they would be now.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from analysis import paths
from analysis.build.plan import Job

PACKAGE = Path(__file__).resolve().parents[1]  # src/analysis
ENTRIES = ("analysis.notebook", "analysis.figures.catalogue", "analysis.tidy.findings")
_FONT = "matplotlib-fontja"


@lru_cache(maxsize=4096)
def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, or "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def text_digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def inputs(job: Job, notebooks: Path, tables: Mapping[str, str]) -> dict[str, str]:
    """Everything a run depends on, as a flat mapping of what to its digest.

    `tables` are the digests of the tidy tables that the notebook reads, by file name.
    """
    source = json.loads((notebooks / f"{job.notebook}.ipynb").read_text("utf-8"))
    code = ["".join(c["source"]) for c in source["cells"] if c["cell_type"] == "code"]
    return {
        f"{job.notebook}.ipynb (code)": text_digest(json.dumps(code)),
        "parameters": text_digest(json.dumps(job.parameters, sort_keys=True)),
        **{name: file_digest(PACKAGE.parent / name) for name in modules()},
        "data/schema.yaml": file_digest(paths.SCHEMA),
        **tables,
        "requirements.lock": file_digest(paths.LOCK),
        "font": font_version(),
    }


def font_version() -> str:
    """The version of the package that brings the font."""
    try:
        return version(_FONT)
    except PackageNotFoundError:
        return "missing"


def differences(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    """What changed between two states, in words: `grades.csv changed`, `x.py is new`."""
    changed = [f"{k} changed" for k in now if k in then and now[k] != then[k]]
    return [
        *changed,
        *(f"{k} is new" for k in now if k not in then),
        *(f"{k} is gone" for k in then if k not in now),
    ]


@lru_cache(maxsize=8)
def modules(entries: Iterable[str] = ENTRIES) -> tuple[str, ...]:
    """Files (relative to src/) of the `analysis` modules that a notebook can reach, by import."""
    found: dict[str, None] = {"analysis/__init__.py": None}
    waiting = list(entries)
    while waiting:
        module = waiting.pop()
        file = _file_of(module)
        if file and file not in found:
            found[file] = None
            waiting += imported(PACKAGE.parent / file)
            waiting.append(module.rpartition(".")[0])  # its package is imported before it
    return tuple(sorted(found))


@lru_cache(maxsize=256)
def imported(path: Path) -> tuple[str, ...]:
    """Names of the `analysis` modules that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(n for n in names if n.startswith("analysis"))


def _file_of(module: str) -> str | None:
    base = module.replace(".", "/")
    for candidate in (f"{base}.py", f"{base}/__init__.py"):
        if (PACKAGE.parent / candidate).is_file():
            return candidate
    return None
