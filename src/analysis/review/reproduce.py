"""Prove that the report can be made again: built twice in clean copies, under changed conditions.

The protocol is the reviewers' own (delete the outputs, run, run again, compare each exhibit), and so are the
words of the verdict: *complete*, it was made; *stable*, twice the same to the byte; *consistent*, as
published in `expected/<study>.json`.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.review import certificate
from analysis.review.certificate import Certificate, Environment
from analysis.review.clean_build import build_twice, not_set
from analysis.review.expected import ReproduceError, artefacts, published, write_expected
from analysis.review.judge import judge
from analysis.words import LANGUAGES

TIDY = Path("data", "processed")
__all__ = ["ReproduceError", "reproduce", "write_expected"]


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

    study      a folder of data/raw
    languages  those of the published report if not given; all if nothing is published
    reviewer   who vouches for it, with an ORCID in brackets or not; without a name the certificate names nobody
    folder     for certificate.json, certificate.html, codecheck.yml and the report that was made
               (build/certificate/<study> if not given); what it held is replaced
    say        called with a line of progress

    The certificate `holds` only if every artefact is complete, stable and consistent. Raises ReproduceError,
    and writes nothing, where `expected/<study>.json` cannot be read or is of other languages.
    """
    began, now = time.monotonic(), datetime.now(UTC).replace(microsecond=0)
    against = published(study, root)
    if against and languages and set(languages) != set(against["languages"]):
        raise ReproduceError(
            f"LANGUAGE: found {', '.join(languages)}, expected {' and '.join(against['languages'])}: the pages of"
            f" the published report lead to each other, so one language is another report; leave LANGUAGE out"
        )
    languages = tuple(languages) or tuple(against["languages"] if against else LANGUAGES)
    here = certificate.environment(root / "requirements.lock")
    differences = (*here.differences, *elsewhere(here, against))
    with tempfile.TemporaryDirectory(prefix="reproduce-") as name:
        first, second = build_twice(root, study, languages, Path(name).resolve(), say)
        say("comparing each artefact")
        made = Certificate(
            study=study,
            languages=languages,
            reviewer=reviewer,
            checked=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(time.monotonic() - began, 1),
            source=_source(root),
            environment=replace(here, differences=differences),
            not_varied=not_set(second.conditions),
            builds=(first.record, second.record),
            artefacts=tuple(judge(first.report, second.report, against, exact=not differences)),
            outdated=tuple(_outdated(root / TIDY / study, first.project / TIDY / study, root)),
        )
        kept = second.report if not made.stable else None
        certificate.write(
            made, folder or root / "build" / "certificate" / study, first.report, second=kept, root=root
        )
    return made


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


def _outdated(kept: Path, made: Path, root: Path) -> list[str]:
    """The committed tidy tables that a build makes otherwise, or not at all; none where none are kept."""
    names = sorted({*artefacts(kept), *artefacts(made)}) if kept.is_dir() and made.is_dir() else []
    return [
        (kept / name).relative_to(root).as_posix()
        for name in names
        if not all((folder / name).is_file() for folder in (kept, made))
        or (kept / name).read_bytes() != (made / name).read_bytes()
    ]


def _source(root: Path) -> dict[str, Any]:
    """Which state of the project was built: the commit, and how many files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
        return done.stdout if not done.returncode else ""

    if not (root / ".git").exists():
        return {"commit": "", "changed": 0}
    changed = len(git("status", "--porcelain").splitlines())
    return {"commit": git("rev-parse", "HEAD").strip(), "changed": changed}
