"""The certificates that people who ran the project have added: who, where, which versions, what came of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.errors import UserError

ADDED = paths.ROOT / "certificates"  # a file each, as `make reproduce` wrote it
SCHEMA = paths.DOCS / "certificate.schema.json"


class CertificateError(UserError):
    """A file is no certificate that can be shown; one line that says why and what to do."""


def read(folder: Path = ADDED) -> list[dict[str, Any]]:
    """A row for each certificate, the oldest first: what a page shows of it.

    `study`, `reviewer`, `checked` (a day), `system`, `machine`, `python`, `commit`, `artefacts` (how many),
    `consistent` and `holds` (see docs/certificate.schema.json). Raises CertificateError for the first file that
    is not as its schema says, names nobody, or has a verdict that its own rows do not bear out.
    """
    return sorted(
        (_row(path) for path in folder.glob("*.json")), key=lambda row: (row["checked"], row["reviewer"])
    )


def _row(path: Path) -> dict[str, Any]:
    said = _checked(path)
    where, source = said["environment"], said["source"]
    return {
        "study": said["study"],
        "reviewer": said["reviewer"],
        "checked": said["checked"][:10],
        "system": f"{where['system']} {where['release']}",
        "machine": where["machine"],
        "python": where["implementation"],
        "commit": source["commit"][:12] + (f" + {source['changed']}" if source["changed"] else ""),
        "artefacts": len(said["artefacts"]),
        "consistent": said["consistent"],
        "holds": said["holds"],
    }


def _checked(path: Path) -> dict[str, Any]:
    from jsonschema import Draft202012Validator  # slow to import

    def refuse(found: str) -> CertificateError:
        advice = "copy it anew from build/certificate, as make reproduce REVIEWER='…' wrote it"
        return CertificateError(f"certificates/{path.name}: {found}; {advice}")

    try:
        said = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise refuse(f"not JSON ({error})") from None
    for wrong in Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(said):
        where = "/".join(map(str, wrong.absolute_path)) or "the whole"
        raise refuse(f"{where}: {' '.join(wrong.message.split())[:200]}")
    if not said["reviewer"].strip():
        raise refuse("reviewer: found nobody, expected who ran it")
    rows = [
        v["complete"] and v["stable"] and v["consistent"] in ("yes", "in values") for v in said["artefacts"]
    ]
    built = not any(build["status"] for build in said["builds"])
    if said["holds"] != (built and bool(rows) and all(rows) and not said["outdated"]):
        raise refuse(f"holds: found {said['holds']}, which its own rows do not bear out")
    return said
