"""What is published: `expected/<study>.json` describes a built report, so that another is held against it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from analysis import folders, paths
from analysis.errors import UserError
from analysis.review import artefact_content
from analysis.review.certificate import Environment, environment
from analysis.words import some

EXPECTED = "expected"  # the folder of what is published, in the root of the project


def artefacts(report: Path) -> list[str]:
    """Every file of a built report, by its path in it; none where there is no report."""
    return sorted(p.relative_to(report).as_posix() for p in report.rglob("*") if p.is_file())


def differing(a: Path, b: Path) -> dict[str, str]:
    """The files of two folders that differ, with where each is: in both ("") or only in "A" or "B"."""
    one, other = set(artefacts(a)), set(artefacts(b))
    found = {name: "A" if name in one else "B" for name in one ^ other}
    found |= {name: "" for name in one & other if (a / name).read_bytes() != (b / name).read_bytes()}
    return dict(sorted(found.items()))


def digest(path: Path) -> str:
    """SHA-256 of a file as it is now."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows_of(name: str) -> str:
    """The file with the plotted rows of a figure, or ""."""
    path = PurePosixPath(name)
    figure = path.parent.name == "figures" and path.suffix in (".png", ".svg")
    return str(path.with_suffix(".csv")) if figure else ""


def expected(report: Path, *, made_on: Environment | None = None) -> dict[str, Any]:
    """Describe a built report: where it was made, and of each artefact its digest and what it says.

    Raises UserError where a file is not the one that the report's manifest lists: it was edited.
    """
    manifest = json.loads((report / "manifest.json").read_text("utf-8"))
    listed, there = manifest.get("artefacts", {}), artefacts(report)
    names = sorted({*listed, *there} - {"manifest.json"})
    if edited := [n for n in names if n not in there or listed.get(n) != digest(report / n)]:
        raise UserError(
            f"reports/{report.name}: found {some(edited, 1)} edited, new or gone since the report was built,"
            f" expected what manifest.json lists; run: make report STUDY={manifest['study']} FORCE=1"
        )
    found = made_on or environment()
    return {
        "study": manifest["study"],
        "languages": manifest["languages"],
        "made_on": {
            "python": found.python,
            "system": found.system,
            "machine": found.machine,
            "locked": not found.differences,
            "lock": found.lock,
        },
        "artefacts": {
            name: {"sha256": digest(report / name)}
            | artefact_content.describe(name, (report / name).read_bytes())
            for name in there
        },
    }


def write_expected(study: str, root: Path = paths.ROOT) -> Path:
    """Write `expected/<study>.json` from the report in `reports/<study>`; return its path.

    Raises UserError where that report was not built, or was changed since.
    """
    report = root / "reports" / study
    if not (report / "manifest.json").exists():
        raise UserError(f"reports/{study}: not built; run: make report STUDY={study}")
    described = expected(report, made_on=environment(root / "requirements.lock"))
    path = root / EXPECTED / f"{study}.json"
    text = json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True)
    # A list of numbers on one line: a changed artefact is then a few changed lines.
    text = re.sub(r"\[[-\s\d.,eE+]*\]", lambda m: " ".join(m[0].split()), text)
    folders.write(path, f"{text}\n".encode())
    return path


def published(study: str, root: Path = paths.ROOT) -> dict[str, Any] | None:
    """What `expected/<study>.json` says, or None where there is no such file.

    Raises UserError where the file cannot be read.
    """
    path = root / EXPECTED / f"{study}.json"
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
        if not all(isinstance(found[part], dict) for part in ("made_on", "artefacts")):
            raise ValueError("not what `make expected` writes")
        return found
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{EXPECTED}/{study}.json: {error}; write it again: make expected") from None
