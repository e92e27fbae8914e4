"""Which notebooks run, for which page, in which language, with which parameters."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis import paths

LANGUAGES = ("ja", "en")
# What every notebook imports; no import of these changes a setting.
PRELOAD = (
    "analysis.notebook",
    "analysis.figures.catalogue",
    "analysis.tidy.findings",
    "matplotlib.backends.backend_svg",
    "lxml.etree",
)
_TYPES = {"str": str, "int": int, "float": float, "bool": bool}


class PlanError(ValueError):
    """The plan or a notebook's parameters are wrong; the message says where and what to write."""


@dataclass(frozen=True)
class Job:
    """One run of one notebook: a pure function of the notebook, its parameters and its inputs."""

    page: str  # file name in the report, without ending
    language: str
    title: str  # in the navigation
    subject: str  # what the page is about, where a notebook makes several: the region's name
    notebook: str  # file name in notebooks/, without ending
    parameters: Mapping[str, Any] = field(hash=False)

    @property
    def name(self) -> str:
        return f"{self.language}/{self.page}"


def plan(study: Mapping[str, Any], languages: Sequence[str], path: Path = paths.PLAN) -> list[Job]:
    """List the runs that make a study's report, in page order, language by language.

    `study` is what a study says of itself: id, regions (ids in order), region_names (id to a
    mapping of language to name) and beside (ids of the studies set beside it). A page that
    `needs: beside` is left out where there are none.

    Raises PlanError where the plan names a notebook that is not there, or gives a parameter that
    the notebook does not declare or that has another type.
    """
    document = yaml.safe_load(path.read_text("utf-8"))
    jobs = []
    for language in languages:
        for entry in document["pages"]:
            if entry.get("needs") == "beside" and not study.get("beside"):
                continue
            for region in study["regions"] if entry.get("for_each") == "region" else [None]:
                jobs.append(_job(entry, study, language, region, path))
    return jobs


def _job(
    entry: Mapping[str, Any], study: Mapping[str, Any], language: str, region: str | None, path: Path
) -> Job:
    notebook = entry["notebook"]
    declared = declared_parameters(path.parent / f"{notebook}.ipynb")
    offered = {"study": study["id"], "language": language, "beside": " ".join(study.get("beside", ()))}
    if region:
        offered["region"] = region
    given = {k: v for k, v in offered.items() if k in declared} | entry.get("parameters", {})
    check_parameters(notebook, given, declared)
    name = study["region_names"].get(region, {}).get(language, region) if region else ""
    return Job(
        page=entry["page"].format(region=region),
        language=language,
        title=entry[f"title_{language}"].format(region=name),
        subject=name,
        notebook=notebook,
        parameters=given,
    )


def check_parameters(notebook: str, given: Mapping[str, Any], declared: Mapping[str, type]) -> None:
    """Refuse what papermill would only warn of: an undeclared parameter or one of another type."""
    for name, value in given.items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise PlanError(
                f"notebooks/{notebook}.ipynb: parameter {name!r} is not declared;"
                f" its parameters cell declares {known}"
            )
        if type(value) is not declared[name]:
            raise PlanError(
                f"notebooks/{notebook}.ipynb: parameter {name!r}: found {value!r}"
                f" ({type(value).__name__}), expected {declared[name].__name__}"
            )


@lru_cache(maxsize=64)
def declared_parameters(path: Path) -> Mapping[str, type]:
    """The parameters of a notebook and their types, from the annotations of its parameters cell."""
    if not path.exists():
        raise PlanError(f"notebooks/{path.name}: no such notebook; it is named in report.yaml")
    # As JSON: to import nbformat takes longer than a build that finds nothing to do.
    notebook = json.loads(path.read_text("utf-8"))
    cells = [c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", [])]
    if len(cells) != 1:
        raise PlanError(f"notebooks/{path.name}: found {len(cells)} cells tagged 'parameters', expected one")
    declared = {}
    for statement in ast.parse("".join(cells[0]["source"])).body:
        kind = getattr(getattr(statement, "annotation", None), "id", "")
        if not isinstance(statement, ast.AnnAssign) or kind not in _TYPES:
            raise PlanError(
                f"notebooks/{path.name}: the parameters cell has"
                f" `{ast.unparse(statement)}`; write `name: type = value` with"
                f" {', '.join(_TYPES)}"
            )
        declared[statement.target.id] = _TYPES[kind]
    return declared
