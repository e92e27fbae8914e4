"""Prove that the report can be made again: built twice in clean copies, under changed conditions.

The protocol is the reviewers' own (delete the outputs, run, run again, compare each exhibit), and so are the
words of the verdict: *complete*, it was made; *stable*, twice the same to the byte; *consistent*, as
published in `expected/<study>.json`.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis import folders, paths
from analysis.build import staleness
from analysis.errors import UserError
from analysis.review import certificate, git
from analysis.review.certificate import Certificate, Environment
from analysis.review.clean_build import build_twice, not_set
from analysis.review.expected import differing, published
from analysis.review.judge import judge
from analysis.tidy import datapackage

TIDY = Path("data", "processed")


def reproduce(
    study: str,
    *,
    languages: Sequence[str] = (),
    reviewer: str = "",
    root: Path = paths.ROOT,
    folder: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Certificate:
    """Build a study's report twice from clean copies, judge it, and write the certificate.

    `languages` are those of the published report if not given, `reviewer` who vouches for it (with an ORCID in
    brackets or not); `folder` (build/certificate/<study> if not given) gets the certificate and the report that
    was made; `say` is called with a line of progress. Raises UserError, and writes nothing, where
    `expected/<study>.json` cannot be read or is of other languages, or nothing reads PDFs.
    """
    began, checked = time.monotonic(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _ask_for_pdf_reader()
    against = published(study, root)
    languages = _languages(study, against, languages)
    here = _here(root / "requirements.lock", against)
    with folders.temporary("analysis-reproduce-") as copies:
        first, second = build_twice(root, study, languages, copies.resolve(), say)
        say("comparing each artefact")
        made = Certificate(
            study=study,
            languages=languages,
            reviewer=reviewer,
            checked=checked,
            seconds=round(time.monotonic() - began, 1),
            source=_source(root),
            environment=here,
            not_varied=not_set(second.conditions),
            builds=(first.record, second.record),
            artefacts=tuple(judge(first.report, second.report, against, exact=not here.differences)),
            outdated=() if first.record.status else tuple(_outdated(study, root, first.project)),
        )
        target = folder or root / "build" / "certificate" / study
        certificate.write(made, target, first.report, second=second.report, root=root)
    return made


def _ask_for_pdf_reader() -> None:
    """Refuse to begin where the PDFs of two builds could not be compared in the end."""
    if not importlib.util.find_spec("pypdfium2"):
        raise UserError(
            "found nothing that reads the report's PDFs, expected pypdfium2; install what is locked:"
            " pip install --require-hashes -r requirements.lock"
        )


def _languages(study: str, against: Mapping[str, Any] | None, asked: Sequence[str]) -> tuple[str, ...]:
    """Those to build: as published, for the pages of a report lead to each other in all of them."""
    if not against:
        return tuple(asked) or datapackage.languages(staleness.about(study))
    if asked and set(asked) != set(against["languages"]):
        raise UserError(
            f"LANGUAGE: found {', '.join(asked)}, expected {' and '.join(against['languages'])}: the pages of the"
            " published report lead to each other, so in one language it is another report; leave LANGUAGE out"
        )
    return tuple(against["languages"])


def _here(lock: Path, against: Mapping[str, Any] | None) -> Environment:
    """This machine, with where it is not like the one of the published report."""
    found = certificate.environment(lock)
    return replace(found, differences=(*found.differences, *elsewhere(found, against)))


def elsewhere(here: Environment, against: Mapping[str, Any] | None) -> list[str]:
    """Where this machine is not like the one on which the published report was made."""
    then = against["made_on"] if against else {}
    now = {"python": here.python, "system": here.system, "machine": here.machine}
    found = [
        f"{name} {value} (published with {then.get(name, 'an unknown one')})"
        for name, value in now.items()
        if then and then.get(name) != value
    ]
    if then and then.get("lock") != here.lock:
        found.append("requirements.lock is another than that of the published report")
    if then and not then.get("locked"):
        found.append("the published report was not made with the locked versions")
    return found


def _outdated(study: str, root: Path, project: Path) -> list[str]:
    """The committed tidy tables that a build makes otherwise, or not at all; none where none are kept."""
    kept, made = root / TIDY / study, project / TIDY / study
    if not kept.is_dir() or not made.is_dir():
        return []
    return [(kept / name).relative_to(root).as_posix() for name in differing(kept, made)]


def _source(root: Path) -> dict[str, Any]:
    """Which state of the project was built: the commit, and how many files differ from it."""
    if not (root / ".git").exists():
        return {"commit": "", "changed": 0}
    changed = len(git.said(root, "status", "--porcelain").splitlines())
    return {"commit": git.said(root, "rev-parse", "--verify", "HEAD"), "changed": changed}
