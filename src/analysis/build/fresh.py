"""What a built report still answers to: which of its runs are stale, and whether its pages are.

Imports nothing that is slow to import: a build that finds nothing to do ends here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.build import provenance
from analysis.build.plan import LANGUAGES, Job, plan
from analysis.publish.guides import guides
from analysis.tidy import datapackage

MANIFEST = "manifest.json"
THEME = Path(__file__).parents[1] / "publish" / "theme"


def languages_of(study: str, asked: Sequence[str]) -> list[str]:
    """The languages a build makes: those asked for and those that the report already has."""
    return [x for x in LANGUAGES if x in {*asked, *manifest(study).get("languages", [])}]


def whole(study: str, asked: Sequence[str], beside: Sequence[str] | None = None) -> bool:
    """Whether the built report is all that a build would make."""
    languages = languages_of(study, asked)
    record = manifest(study)
    return (
        record.get("rendering") == rendering(study, languages, beside)
        and not stale(study, languages, beside)
        and all(
            provenance.file_digest(paths.REPORTS / study / name) == digest
            for name, digest in record["artefacts"].items()
        )
    )


def package_of(study: str, beside: Sequence[str] | None = None) -> dict[str, Any]:
    """The Data Package that describes a study's tidy tables, with the studies that stand beside it.

    Those are the ones that the study names itself, unless others (or none) are given.
    """
    package = json.loads((paths.PROCESSED / study / datapackage.FILE).read_text("utf-8"))
    if beside is not None:
        package["study"]["beside"] = list(beside)
    return package


def stale(study: str, languages: Sequence[str], beside: Sequence[str] | None = None) -> dict[Job, list[str]]:
    """The runs that are not fresh, with the reasons, in words; fresh ones are left out."""
    return {job: why for job, why in states(study, languages, beside).items() if why}


def states(
    study: str, languages: Sequence[str], beside: Sequence[str] | None = None, *, force: bool = False
) -> dict[Job, list[str]]:
    """Every run of a report with the reasons why it is not fresh; none where it is."""
    built = manifest(study)
    records = built.get("runs", {})
    found = {}
    for job in plan(package_of(study, beside)["study"], languages):
        then = records.get(job.name)
        if force:
            found[job] = ["asked for"]
        elif then is None:
            found[job] = ["never run"]
        elif not _kept(study, job, built):
            found[job] = ["a result of the last run is gone or was changed"]
        else:
            tables = table_digests(study, then["tables"])
            found[job] = provenance.differences(
                provenance.inputs(job, paths.NOTEBOOKS, tables), then["inputs"]
            )
    return found


def _kept(study: str, job: Job, built: dict[str, Any]) -> bool:
    """Whether what pages are set from is as the last build left it: the notebook and its figures."""
    own = f"notebooks/{job.name}.ipynb"
    figures = f"{job.language}/figures/"
    return all(
        provenance.file_digest(paths.REPORTS / study / name) == digest
        for name, digest in built["artefacts"].items()
        if name == own or name.startswith(figures)
    )


def table_digests(study: str, names: Sequence[str]) -> dict[str, str]:
    """The digests of tidy tables, by name; of their description, what notebooks learn from it."""
    found = {name: table_path(study, name) for name in names}
    return {name: _digest(path) for name, path in found.items()}


def table_path(study: str, name: str, folder: Path | None = None) -> Path:
    """Where a table stands: `grades.csv` of the study itself, `other/grades.csv` of another one."""
    return (folder or paths.PROCESSED) / (name if "/" in name else f"{study}/{name}")


def _digest(path: Path) -> str:
    if path.name == datapackage.FILE and path.is_file():
        return provenance.text_digest(json.dumps(datapackage.read(path.parent), sort_keys=True))
    return provenance.file_digest(path)


def rendering(study: str, languages: Sequence[str], beside: Sequence[str] | None = None) -> str:
    """A digest of what the pages depend on beyond the runs: prose, theme, plan, data, this code."""
    code = provenance.modules(("analysis.build.build",))
    files = [
        *sorted(paths.NOTEBOOKS.glob("*")),
        *(provenance.PACKAGE.parent / name for name in code),
        *sorted(p for p in THEME.rglob("*") if p.is_file()),
        *(guide.file for guide in guides(languages)),
    ]
    for each in (study, *package_of(study, beside)["study"]["beside"]):
        files += sorted((paths.PROCESSED / each).glob("*"))
    digests = [f"{p.name} {provenance.file_digest(p)}" for p in files if p.is_file()]
    return provenance.text_digest("\n".join([*languages, *digests]))


def manifest(study: str) -> dict[str, Any]:
    """The manifest of a built report; empty where there is none that can be used."""
    try:
        found = json.loads((paths.REPORTS / study / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
