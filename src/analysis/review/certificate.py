"""The certificate of a reproduction: for programs (JSON), for people (HTML), for CODECHECK (YAML)."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import jinja2
import psutil
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis import folders, paths
from analysis.review import artefact_content
from analysis.words import some

FORMAT = "2"  # of certificate.json; docs/certificate.schema.json describes it
CONSISTENT = ("yes", "in values", "no", "not published")  # the best first
TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("analysis.review"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_PIN = re.compile(r"^(?P<pin>[A-Za-z0-9._-]+==[^\s;\\]+(\s*;[^\\\n]+)?)", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What was found of one artefact."""

    artefact: str  # path in the report
    complete: bool  # both builds made it
    stable: bool  # both made the same bytes
    consistent: str  # one of CONSISTENT: as published, byte for byte, or only in values or pixels
    notes: tuple[str, ...]  # what was found where something does not hold
    sha256: str  # of what was made; "" if nothing was
    published: str  # sha256 of what is published; "" if nothing is

    @property
    def holds(self) -> bool:
        return self.complete and self.stable and self.consistent in ("yes", "in values")


@dataclass(frozen=True)
class Environment:
    """The machine and what is installed; names neither the machine nor a person."""

    python: str
    implementation: str
    system: str
    release: str
    machine: str
    processor: str
    cores: int
    memory: str
    lock: str  # sha256 of requirements.lock
    packages: dict[str, str]  # of the lock file, as installed
    differences: tuple[str, ...]  # from the lock file, and from where the published was made


@dataclass(frozen=True)
class BuildRecord:
    """One of the two builds."""

    conditions: dict[str, str]
    seconds: float
    status: int
    said: tuple[str, ...]  # its last lines if it failed


@dataclass(frozen=True)
class Certificate:
    """What a reproduction found."""

    study: str
    languages: tuple[str, ...]
    reviewer: str
    checked: str  # UTC
    seconds: float
    source: dict[str, Any]
    environment: Environment
    not_varied: tuple[str, ...]  # conditions that this machine could not change, and why
    builds: tuple[BuildRecord, BuildRecord]
    artefacts: tuple[Verdict, ...]
    outdated: tuple[str, ...] = ()  # files of data/processed that the build makes otherwise

    @property
    def complete(self) -> bool:
        built = not any(build.status for build in self.builds)
        return built and bool(self.artefacts) and all(v.complete for v in self.artefacts)

    @property
    def stable(self) -> bool:
        return bool(self.artefacts) and all(v.stable for v in self.artefacts)

    @property
    def consistent(self) -> str:
        """The weakest consistency of any artefact."""
        return max((v.consistent for v in self.artefacts), key=CONSISTENT.index, default="no")

    @property
    def holds(self) -> bool:
        same = self.consistent in ("yes", "in values")
        return self.complete and self.stable and same and not self.outdated

    def summary(self) -> str:
        """The result in one line: the verdict, in which environment, and what could not be tried."""
        number, nothing = len(self.artefacts), self.consistent == "not published"
        counts = f"{sum(v.complete for v in self.artefacts)} of {number} complete, "
        counts += f"{sum(v.stable for v in self.artefacts)} stable"
        if nothing and self.complete and self.stable:
            said = f"Made twice the same, held against nothing: {counts}."
        else:
            said = ("Reproduced" if self.holds else "Not reproduced") + f": {counts}"
            said += f", {sum(v.consistent in CONSISTENT[:2] for v in self.artefacts)} consistent" * (
                not nothing
            )
            values = sum(v.consistent == "in values" for v in self.artefacts)
            said += f", {values} of these in values only." if values else "."
        if nothing:
            said += f" Nothing is published of {self.study}; to publish it: make expected STUDY={self.study}."
        elif self.outdated:
            said += f" Not what the build makes: {some(self.outdated, 2)}."
        if not nothing and self.environment.differences:
            said += f" Another environment, so values decide: {some(self.environment.differences, 2)}."
        return said + (f" Not varied: {', '.join(self.not_varied)}." if self.not_varied else "")

    def lines(self, most: int = 10) -> list[str]:
        """What a terminal shows: what does not hold (`most` lines of it), then the result."""
        failed = [
            f"build {i} failed: {(b.said or ('no report was made',))[-1]}"
            for i, b in enumerate(self.builds, 1)
            if b.status
        ]
        found: dict[str, list[str]] = {}
        for verdict in self.artefacts:
            if verdict.notes and not verdict.holds:
                found.setdefault("; ".join(verdict.notes), []).append(verdict.artefact)
        if self.outdated:
            note = f"not what the build makes from data/raw; run: make data STUDY={self.study}"
            found[note] = list(self.outdated)
        wrong = [f"{some(names, 2)}: {note}" for note, names in found.items()]
        more = [f"and {len(wrong) - most} more; see certificate.html"] if len(wrong) > most else []
        return [*failed, *wrong[:most], *more, self.summary()]

    def as_dict(self) -> dict[str, Any]:
        """The certificate as certificate.json holds it."""
        squares, rms = artefact_content.SQUARE, artefact_content.RMS
        pictures = (
            f"mean greys of {squares}-pixel squares: RMS {rms:g}, greatest {artefact_content.GREATEST:g}"
        )
        head = {
            "format": FORMAT,
            "holds": self.holds,
            "complete": self.complete,
            "stable": self.stable,
            "consistent": self.consistent,
            "summary": self.summary(),
            "tolerances": {
                "numbers": f"{artefact_content.RELATIVE:g} relative",
                "pictures": f"{pictures} of 255",
            },
        }
        return head | json.loads(json.dumps(asdict(self)))


# -- The environment -------------------------------------------------------------------------------


def environment(lock: Path = paths.LOCK) -> Environment:
    """Describe this machine and what is installed, and where that is not what the lock says.

    The lock holds what every command needs; what this command was not given is no difference.
    """
    pins = locked(lock)
    found: dict[str, str] = {
        canonicalize_name(d.metadata["Name"]): d.version
        for d in metadata.distributions()
        if d.metadata["Name"]
    }
    wrong = [
        f"{name} {found[name]} (locked: {version})"
        for name, version in sorted(pins.items())
        if name in found and found[name] != version
    ]
    return Environment(
        python=".".join(platform.python_version_tuple()[:2]),
        implementation=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.system(),
        release=platform.release(),
        machine=platform.machine(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory=f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        lock=hashlib.sha256(lock.read_bytes()).hexdigest(),
        packages={name: found[name] for name in sorted(pins) if name in found},
        differences=tuple(wrong),
    )


def locked(lock: Path) -> dict[str, str]:
    """The versions that a lock file gives for this machine, by package."""
    pins: dict[str, str] = {}
    for match in _PIN.finditer(lock.read_text("utf-8")):
        requirement = Requirement(match["pin"].strip())
        if requirement.marker is None or requirement.marker.evaluate():
            pins[canonicalize_name(requirement.name)] = str(requirement.specifier)[2:]
    return pins


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


# -- Files -----------------------------------------------------------------------------------------


def write(certificate: Certificate, folder: Path, report: Path, *, second: Path, root: Path) -> None:
    """Write the certificate's files into a folder, with the report that was made.

    `second` is the second build's report, kept beside the first where the two differ. The folder is a CODECHECK
    bundle: the files of the manifest are in it, by their paths. It takes the place of the old one whole.
    """
    from analysis.review import codecheck

    with folders.replacing(folder) as made:
        kept = {"report": report} | ({} if certificate.stable else {"report-second": second})
        for name, built in kept.items():
            if built.is_dir():
                shutil.copytree(built, made / name)
        about = (folders.read_json(made / "report" / "data" / "datapackage.json") or {}).get("study", {})
        bundle = codecheck.configuration(certificate, about, made / "report", root)
        text = json.dumps(certificate.as_dict(), ensure_ascii=False, indent=1)
        (made / "certificate.json").write_text(text + "\n", "utf-8")
        (made / "certificate.html").write_text(page(certificate, about, codecheck.missing(bundle)), "utf-8")
        (made / "codecheck.yml").write_text(codecheck.as_yaml(bundle), "utf-8")


def page(certificate: Certificate, about: dict[str, Any], missing: list[str]) -> str:
    """The certificate as one page that needs nothing else; `missing` is what CODECHECK asks for besides."""
    first, second = (b.conditions for b in certificate.builds)
    return TEMPLATES.get_template("certificate.html").render(
        c=certificate,
        about=about,
        tolerances=certificate.as_dict()["tolerances"],
        conditions=[(name, first[name], second[name]) for name in first],
        missing=missing,
    )
