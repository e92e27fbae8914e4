"""Whether a built report is still all that a build would make; if not, have it published again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import folders, paths
from analysis.build import readings, run, staleness
from analysis.languages import catalogues

_STAMP = "report.json"  # in build/<study>: what reports/<study> was made from


def is_up_to_date(study: str, languages: Sequence[str], **what: Any) -> bool:
    """Whether no run is stale and the report is as it was published; `what`: beside, page."""
    about = staleness.about(study, what.get("beside"))
    stale = any(run.states(study, languages, **what).values())
    if stale or (not what.get("page") and readings.stale(about)):
        return False
    stamp, report = paths.BUILD / study / _STAMP, paths.REPORTS / study
    artefacts = (folders.read_json(report / "manifest.json") or {}).get("artefacts")
    if artefacts is None or not stamp.is_file():
        return False
    return stamp.read_text("utf-8") == _made_from(study, languages, about["beside"]) and all(
        staleness.file_digest(report / name) == digest for name, digest in artefacts.items()
    )


def publish(study: str, runs: Sequence[run.Run], languages: Sequence[str], **what: Any) -> None:
    """Make reports/<study> from its runs, and note what it was made from."""
    from analysis.publish.report import publish as publish_report

    publish_report(study, runs, languages, beside_studies=what.get("beside"))
    staleness.forget()
    beside = staleness.about(study, what.get("beside"))["beside"]
    stamp = _made_from(study, languages, beside)
    folders.write(paths.BUILD / study / _STAMP, stamp.encode("utf-8"))


def is_behind(study: str, languages: Sequence[str]) -> bool:
    """Whether something was run that is not published, as where the publishing of it has failed."""
    stamp = paths.BUILD / study / _STAMP
    is_there = stamp.is_file() and (paths.REPORTS / study / "manifest.json").is_file()
    published = stamp.read_text("utf-8").splitlines() if is_there else []
    return any(_runs(study, each) and _run(study, each) not in published for each in languages)


def _made_from(study: str, languages: Sequence[str], beside: Sequence[str]) -> str:
    """What pages are made from: a digest of prose, tables, guides and the code that sets them, and one of
    each language's runs, a line each."""
    theme = (staleness.PACKAGE / "publish").rglob("*")
    files = [*paths.NOTEBOOKS.rglob("*"), *paths.DOCS.glob("*.md"), *theme, *staleness.modules()]
    files += [path for each in (study, *beside) for path in (paths.PROCESSED / each).glob("*")]
    files += [catalogues.FOLDER / f"{language}.po" for language in languages]
    kept = [path for path in files if "__pycache__" not in path.parts]
    common = staleness.files_digest(sorted({*kept, paths.LOCK, paths.SCHEMA}))
    return "\n".join([common, *(_run(study, language) for language in languages)])


def _run(study: str, language: str) -> str:
    """A language with the digest of its runs."""
    return f"{language} {staleness.files_digest(_runs(study, language))}"


def _runs(study: str, language: str) -> list[Path]:
    return sorted((paths.BUILD / study / "runs" / language).glob("*"))
