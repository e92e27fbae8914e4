"""What a built report still answers to: which of its runs are stale, and whether its pages are.

Imports nothing that is slow to import: a build that finds nothing to do ends here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.report import provenance
from analysis.report.plan import LANGUAGES, Job, plan
from analysis.tables import description

MANIFEST = "manifest.json"
THEME = Path(__file__).parent / "theme"


def languages_of(study: str, asked: Sequence[str]) -> list[str]:
    """The languages a build makes: those asked for and those that the report already has."""
    return [x for x in LANGUAGES if x in {*asked, *manifest(study).get("languages", [])}]


def whole(study: str, asked: Sequence[str]) -> bool:
    """Whether the built report is all that a build would make."""
    languages = languages_of(study, asked)
    record = manifest(study)
    return (
        record.get("rendering") == rendering(study, languages)
        and not stale(study, languages)
        and all(
            provenance.file_digest(paths.REPORTS / study / name) == digest
            for name, digest in record["artefacts"].items()
        )
    )


def package_of(study: str) -> dict[str, Any]:
    """The Data Package that describes a study's tidy tables."""
    return json.loads((paths.PROCESSED / study / "datapackage.json").read_text("utf-8"))


def stale(study: str, languages: Sequence[str]) -> dict[Job, list[str]]:
    """The runs that are not fresh, with the reasons, in words; fresh ones are left out."""
    return {job: why for job, why in states(study, languages).items() if why}


def states(
    study: str, languages: Sequence[str], *, force: bool = False
) -> dict[Job, list[str]]:
    """Every run of a report with the reasons why it is not fresh; none where it is."""
    built = manifest(study)
    records = built.get("runs", {})
    found = {}
    for job in plan(package_of(study)["study"], languages):
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
                provenance.inputs(job, paths.NOTEBOOKS, tables), then["inputs"])  # fmt: skip
    return found


def _kept(study: str, job: Job, built: dict[str, Any]) -> bool:
    """Whether what pages are set from is as the last build left it: the notebook and the PNGs."""
    own = f"notebooks/{job.name}.ipynb"
    pictures = f"{job.language}/figures/"
    return all(
        provenance.file_digest(paths.REPORTS / study / name) == digest
        for name, digest in built["artefacts"].items()
        if name == own or (name.startswith(pictures) and name.endswith(".png"))
    )


def table_digests(study: str, names: Sequence[str]) -> dict[str, str]:
    """The digests of tidy tables, by file name; of their description, what notebooks learn from it."""
    folder = paths.PROCESSED / study
    found = {name: provenance.file_digest(folder / name) for name in names}
    if found.get(description.FILE):
        learnt = json.dumps(description.read(folder), sort_keys=True)
        found[description.FILE] = provenance.text_digest(learnt)
    return found


def rendering(study: str, languages: Sequence[str]) -> str:
    """A digest of what the pages depend on beyond the runs: prose, theme, plan, data, this code."""
    code = provenance.modules(("analysis.report.build",))
    files = [
        *sorted(paths.NOTEBOOKS.glob("*")),
        *(provenance.PACKAGE.parent / name for name in code),
        *sorted(p for p in THEME.rglob("*") if p.is_file()),
        *sorted((paths.PROCESSED / study).glob("*")),
    ]
    digests = [f"{p.name} {provenance.file_digest(p)}" for p in files if p.is_file()]
    return provenance.text_digest("\n".join([*languages, *digests]))


def manifest(study: str) -> dict[str, Any]:
    """The manifest of a built report; empty where there is none that can be used."""
    try:
        found = json.loads((paths.REPORTS / study / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
