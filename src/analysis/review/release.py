"""What is deposited: one archive of source, data, report, certificate and checksums, and its metadata.

`CITATION.cff` is the one place of metadata; `.zenodo.json` and `codemeta.json` follow from it. The archive is
the same bytes whoever makes it from the same commit and certificate: sorted, without times, not compressed.
"""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis import folders, paths
from analysis.errors import UserError
from analysis.review import git
from analysis.review.expected import artefacts, digest
from analysis.words import counted

SUMS = "SHA256SUMS"  # as `sha256sum --check` reads it
_RELEASE = "run: make reproduce, then: make release"
Cited = Mapping[str, Any]


# -- Metadata --------------------------------------------------------------------------------------


def metadata(root: Path = paths.ROOT) -> dict[str, bytes]:
    """`.zenodo.json` and `codemeta.json` as `CITATION.cff` and `pyproject.toml` have them."""
    cited = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    made = {".zenodo.json": _zenodo(cited), "codemeta.json": _codemeta(cited, _project(root))}
    return {
        name: (json.dumps(_said(content), ensure_ascii=False, indent=2) + "\n").encode()
        for name, content in made.items()
    }


def _zenodo(cited: Cited) -> dict[str, Any]:
    paper = cited["references"][0]
    based_on = paper.get("doi") or paper.get("url")
    return {
        "upload_type": "software",
        "title": cited["title"],
        "description": cited["abstract"],
        "version": str(cited["version"]),
        "publication_date": str(cited.get("date-released", "")),
        "license": cited["license"],
        "access_right": "open",
        "creators": [
            _said(
                {
                    "name": _name(a),
                    "orcid": a.get("orcid", "").removeprefix("https://orcid.org/"),
                    "affiliation": a.get("affiliation"),
                }
            )
            for a in cited["authors"]
        ],
        "keywords": cited["keywords"],
        "related_identifiers": [{"identifier": based_on, "relation": "isDerivedFrom"}] if based_on else [],
        "references": [f"{', '.join(map(_name, paper['authors']))} ({paper['year']}): {paper['title']}"],
    }


def _codemeta(cited: Cited, project: Mapping[str, Any]) -> dict[str, Any]:
    paper = cited["references"][0]
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": cited["title"],
        "identifier": cited.get("doi") or project["name"],
        "description": cited["abstract"],
        "version": str(cited["version"]),
        "datePublished": str(cited.get("date-released", "")),
        "license": f"https://spdx.org/licenses/{cited['license']}",
        "codeRepository": cited.get("repository-code"),
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "softwareRequirements": "requirements.lock",
        "author": [_agent(author) for author in cited["authors"]],
        "keywords": cited["keywords"],
        "referencePublication": _said(
            {
                "@type": "ScholarlyArticle",
                "name": paper["title"],
                "author": [_agent(author) for author in paper["authors"]],
                "datePublished": str(paper["year"]),
                "@id": f"https://doi.org/{paper['doi']}" if paper.get("doi") else paper.get("url"),
            }
        ),
    }


def _agent(author: Cited) -> dict[str, Any]:
    if "name" in author:
        return {"@type": "Organization", "name": author["name"]}
    names = {"familyName": author["family-names"], "givenName": author["given-names"]}
    at = {"@type": "Organization", "name": author["affiliation"]} if "affiliation" in author else None
    return _said({"@type": "Person", "@id": author.get("orcid"), **names, "affiliation": at})


def _name(author: Cited) -> str:
    return author.get("name") or f"{author['family-names']}, {author['given-names']}"


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value}


def _project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


# -- The archive -----------------------------------------------------------------------------------


def release(study: str, root: Path = paths.ROOT) -> Path:
    """Write build/release/<name>-<version>.zip: `source/`, `certificate/<study>/` with its report, checksums.

    Raises UserError, and writes no archive, unless everything is committed and the certificate is of that
    commit, holds, and is as it was written.
    """
    if not (commit := git.said(root, "rev-parse", "--verify", "HEAD")):
        raise UserError("found no Git repository with a commit; release from a clone of it")
    fresh = {
        n: b for n, b in metadata(root).items() if not (root / n).exists() or (root / n).read_bytes() != b
    }
    for name, content in fresh.items():
        folders.write(root / name, content)
    if changed := git.said(root, "status", "--porcelain").splitlines():
        written = f" ({', '.join(fresh)}: written again from CITATION.cff)" if fresh else ""
        found = counted(len(changed), "file")
        raise UserError(f"found {found} not committed{written}; commit all, then {_RELEASE}")
    bundle = root / "build" / "certificate" / study
    names = _certified(bundle, commit, root)
    project = _project(root)
    files = _source(root) | {f"certificate/{study}/{n}": ((bundle / n).read_bytes(), False) for n in names}
    sums = "".join(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, (c, _) in sorted(files.items()))
    files[SUMS] = sums.encode(), False
    title = f"{project['name']}-{project['version']}"
    target = root / "build" / "release" / f"{title}.zip"
    folders.write(target, _zipped(title, files))
    return target


def _certified(bundle: Path, commit: str, root: Path) -> list[str]:
    """The files of a certificate's folder, where it vouches for this commit."""
    path, where = bundle / "certificate.json", bundle.relative_to(root)
    if not path.exists():
        raise UserError(f"{where}: no certificate; {_RELEASE}")
    said = json.loads(path.read_text("utf-8"))
    of = said["source"]["commit"][:12] + (" with changes" if said["source"]["changed"] else "")
    if of != commit[:12]:
        raise UserError(f"{where}: found a certificate of commit {of}, expected {commit[:12]}; {_RELEASE}")
    if not said["holds"]:
        raise UserError(f"{where}: {said['summary']}")
    for each in said["artefacts"]:
        made = bundle / "report" / each["artefact"]
        if not made.is_file() or digest(made) != each["sha256"]:
            raise UserError(f"{where}/report/{each['artefact']}: edited or gone since; {_RELEASE}")
    return artefacts(bundle)


def _source(root: Path) -> dict[str, tuple[bytes, bool]]:
    """Every committed file by its path in the archive: its content, and whether it is a program."""
    found = {}
    with git.committed(root, "HEAD") as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is not None:
                found[f"source/{member.name}"] = file.read(), bool(member.mode & 0o100)
    return found


def _zipped(title: str, files: Mapping[str, tuple[bytes, bool]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, (content, program) in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{title}/{name}")  # of 1980, for it must have a time
            entry.create_system, entry.external_attr = 3, (0o100755 if program else 0o100644) << 16
            archive.writestr(entry, content)
    return written.getvalue()
