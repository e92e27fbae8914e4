"""Which notebooks run, for which page, in which language, with which parameters: notebooks/report.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis import parameters, paths
from analysis.build import source
from analysis.errors import UserError
from analysis.languages import catalogues
from analysis.tidy import datapackage


@dataclass(frozen=True)
class Job:
    """One run of one notebook: a pure function of the notebook, its parameters and its inputs."""

    page: str  # file name in the report, without ending
    language: str
    notebook: str  # file name in notebooks/, without ending
    title: str = ""  # in the navigation
    subject: str = ""  # what the page is about, where a notebook makes several: the region's name
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    group: str = ""  # the heading in the navigation under which the page stands

    @property
    def name(self) -> str:
        return f"{self.language}/{self.page}"


def plan(study: Mapping[str, Any], languages: Sequence[str] = ()) -> list[Job]:
    """List the runs that make a study's report, in page order, language by language (all of its own if none is given).

    `study` is what a study says of itself: id, regions (ids in order), region_names (id to a
    mapping of language to name), beside (ids of the studies set beside it) and tables (the raw tables
    that have rows, in it or in one beside it). A page that `needs` one of these, or `beside`, is left
    out where it is not there.

    Raises UserError where the plan names a notebook that is not there, or gives a parameter that
    the notebook does not declare or that has another type.
    """
    entries = document(paths.PLAN)["pages"]
    chosen = languages or datapackage.languages(study)
    return [job for language in chosen for entry in entries for job in _jobs(entry, study, language)]


@lru_cache(maxsize=4)
def document(path: Path) -> Mapping[str, Any]:
    """The plan as it was typed: every value is text, so that `no` and `1e3` stay what they are."""
    try:
        found = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"notebooks/{path.name}:{line}: {error.problem}; correct it there") from None
    if not isinstance(found, dict) or not isinstance(found.get("pages"), list):
        raise UserError(f"notebooks/{path.name}: found no list `pages`, expected one page an entry")
    return found


def is_wanted(entry: Mapping[str, Any], study: Mapping[str, Any]) -> bool:
    """Whether a study has what a page needs, and no more regions than it is made for."""
    needs = entry.get("needs")
    if needs and not (study.get("beside") if needs == "beside" else needs in study.get("tables", ())):
        return False
    return "most" not in entry or len(study["regions"]) <= int(entry["most"])


def _jobs(entry: Mapping[str, Any], study: Mapping[str, Any], language: str) -> Iterator[Job]:
    if not is_wanted(entry, study):
        return
    for region in study["regions"] if entry.get("for_each") == "region" else [None]:
        name = study["region_names"].get(region, {}).get(language, region) if region else ""
        own = entry.get("parameters", {}) | ({"region": region} if region else {})
        yield Job(
            page=entry["page"].format(region=region),
            language=language,
            title=catalogues.titled(entry, f"pages.{entry['page']}", language).format(region=name),
            subject=name,
            notebook=entry["notebook"],
            parameters=standard(entry["notebook"], study, language) | typed(entry["notebook"], own),
            group=entry.get(f"group_{language}", entry.get("group", "")),
        )


def standard(notebook: str, study: Mapping[str, Any], language: str) -> dict[str, str]:
    """The parameters that every notebook gets that declares them: study, language, beside."""
    offered = {"study": study["id"], "language": language, "beside": " ".join(study.get("beside", ()))}
    known = declared(notebook)
    return {name: value for name, value in offered.items() if name in known}


def typed(notebook: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of the plan in the types that the notebook declares; raises UserError where they do not fit."""
    known = declared(notebook)
    try:
        return {name: parameters.typed(name, value, known) for name, value in given.items()}
    except parameters.ParameterError as error:
        raise UserError(f"notebooks/{paths.PLAN.name}: {notebook}: {error}") from None


def declared(notebook: str) -> dict[str, type]:
    """The parameters of a notebook and their types; none where no cell is tagged `parameters`."""
    try:
        return parameters.declared(parameters_cell(notebook))
    except parameters.ParameterError as error:
        raise UserError(f"notebooks/{notebook}.ipynb: the cell tagged 'parameters' has {error}") from None


def parameters_cell(notebook: str) -> str:
    """The source of a notebook's cell tagged `parameters`, or ""."""
    cells = source.code(read(paths.NOTEBOOKS / f"{notebook}.ipynb"))
    tagged = [cell["source"] for cell in cells if source.is_tagged(cell, "parameters")]
    if len(tagged) > 1:
        raise UserError(
            f"notebooks/{notebook}.ipynb: found {len(tagged)} cells tagged 'parameters', expected one"
        )
    return "".join(tagged)


read = lru_cache(maxsize=64)(source.read)  # a source is asked for by every language and every page
