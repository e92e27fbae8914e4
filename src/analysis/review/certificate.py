"""The certificate of a reproduction: for programs (JSON), for people (HTML), for CODECHECK (YAML)."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment as Templates
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis import paths
from analysis.review import contents

FORMAT = "1"  # of certificate.json; docs/certificate.schema.json describes it
CODECHECK = "https://codecheck.org.uk/spec/config/1.0/"
CONSISTENT = ("yes", "in values", "no")
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
        return self.complete and self.stable and self.consistent != "no"


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
    builds: tuple[BuildRecord, BuildRecord]
    artefacts: tuple[Verdict, ...]

    @property
    def complete(self) -> bool:
        return (
            bool(self.artefacts)
            and all(v.complete for v in self.artefacts)
            and not any(b.status for b in self.builds)
        )

    @property
    def stable(self) -> bool:
        return bool(self.artefacts) and all(v.stable for v in self.artefacts)

    @property
    def consistent(self) -> str:
        """The weakest consistency of any artefact."""
        return max((v.consistent for v in self.artefacts), key=CONSISTENT.index, default="no")

    @property
    def holds(self) -> bool:
        return self.complete and self.stable and self.consistent != "no"

    def summary(self) -> str:
        """The result in one sentence."""
        number = len(self.artefacts)
        counts = [
            f"{sum(v.complete for v in self.artefacts)} of {number} complete",
            f"{sum(v.stable for v in self.artefacts)} stable",
            f"{sum(v.consistent != 'no' for v in self.artefacts)} consistent",
        ]
        if values := sum(v.consistent == "in values" for v in self.artefacts):
            counts.append(f"{values} of these in values only")
        return ("Reproduced" if self.holds else "Not reproduced") + ": " + ", ".join(counts) + "."

    def lines(self, most: int = 10) -> list[str]:
        """What a terminal shows: what does not hold (`most` lines of it), then the result."""
        failed = [
            f"build {i} failed: {(b.said or ('no report was made',))[-1]}"
            for i, b in enumerate(self.builds, 1)
            if b.status
        ]
        found: dict[str, list[str]] = {}
        for verdict in self.artefacts:
            if not verdict.holds:
                found.setdefault("; ".join(verdict.notes), []).append(verdict.artefact)
        wrong = [f"{_some(names)}: {note}" for note, names in found.items()]
        more = [f"and {len(wrong) - most} more; see certificate.html"] if len(wrong) > most else []
        return [*failed, *wrong[:most], *more, self.summary()]

    def as_dict(self) -> dict[str, Any]:
        """The certificate as certificate.json holds it."""
        head = {
            "format": FORMAT,
            "holds": self.holds,
            "complete": self.complete,
            "stable": self.stable,
            "consistent": self.consistent,
            "summary": self.summary(),
            "tolerances": {
                "numbers": f"{contents.RELATIVE:g} relative",
                "pictures": f"mean greys of {contents.SQUARE}-pixel squares: RMS"
                f" {contents.RMS:g}, greatest {contents.GREATEST:g} of 255",
            },
        }
        return head | json.loads(json.dumps(asdict(self)))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 2} more" if names[2:] else ""
    return ", ".join(names[:2]) + more


# -- The environment -------------------------------------------------------------------------------


def environment(lock: Path = paths.LOCK) -> Environment:
    """Describe this machine and what is installed, and where that is not what the lock says."""
    pins = locked(lock)
    found = {
        canonicalize_name(d.metadata["Name"]): d.version
        for d in metadata.distributions()
        if d.metadata["Name"]
    }
    wrong = [
        f"{name} {found.get(name, 'missing')} (locked: {version})"
        for name, version in sorted(pins.items())
        if found.get(name) != version
    ]
    return Environment(
        python=".".join(platform.python_version_tuple()[:2]),
        implementation=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.system(),
        release=platform.release(),
        machine=platform.machine(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory=_memory(),
        packages={name: found[name] for name in sorted(pins) if name in found},
        differences=tuple(wrong),
    )


def locked(lock: Path) -> dict[str, str]:
    """The versions that a lock file gives for this machine, by package."""
    pins = {}
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


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError, OSError):
        return "unknown"


# -- Files -----------------------------------------------------------------------------------------


def write(certificate: Certificate, folder: Path, report: Path, second: Path | None = None) -> None:
    """Write the certificate's files into a folder, with the report that was made.

    `second` is the second build's report, kept beside the first where the two differ. The folder
    is a CODECHECK bundle: the files of the manifest are in it, by their paths.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for made, name in ((report, "report"), (second, "report-second")):
        if made is not None and made.is_dir():
            shutil.copytree(made, folder / name)
    about = _about(folder / "report")
    text = json.dumps(certificate.as_dict(), ensure_ascii=False, indent=1)
    (folder / "certificate.json").write_text(text + "\n", "utf-8")
    (folder / "certificate.html").write_text(page(certificate, about), "utf-8")
    (folder / "codecheck.yml").write_text(codecheck(certificate, about), "utf-8")


def _about(report: Path) -> dict[str, Any]:
    """What the made report says of its source; empty where none was made."""
    try:
        return json.loads((report / "data" / "datapackage.json").read_text("utf-8"))["study"]
    except (OSError, ValueError, KeyError):
        return {}


def codecheck(certificate: Certificate, about: dict[str, Any]) -> str:
    """The certificate as the configuration file of CODECHECK 1.0: exhibits and who checked them."""
    authors = [{"name": a["name_en"]} for a in about.get("authors", [])]
    document = {
        "version": CODECHECK,
        "paper": {
            "title": about.get("title_en", certificate.study),
            "authors": authors,
            "reference": ", ".join(str(about[k]) for k in ("venue_en", "year") if k in about),
        },
        "manifest": [
            {"file": f"report/{v.artefact}", "comment": _in_words(v)}
            for v in certificate.artefacts
            if v.complete and _is_exhibit(v.artefact)
        ],
        "codechecker": [{"name": certificate.reviewer or "not named"}],
        "summary": certificate.summary(),
        "check_time": certificate.checked.replace("T", " ").rstrip("Z"),
        "report": "certificate.html",
    }
    return "---\n" + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)


def _is_exhibit(name: str) -> bool:
    """Whether a paper would show it: a figure or a table."""
    return name.endswith(".png") or (name.startswith("data/") and name.endswith(".csv"))


def _in_words(verdict: Verdict) -> str:
    return ", ".join(
        [
            "complete" if verdict.complete else "not complete",
            "stable" if verdict.stable else "not stable",
            {"yes": "consistent", "in values": "consistent in values", "no": "not consistent"}[
                verdict.consistent
            ],
        ]
    )


def page(certificate: Certificate, about: dict[str, Any]) -> str:
    """The certificate as one page that needs nothing else."""
    first, second = (b.conditions for b in certificate.builds)
    return _TEMPLATES.from_string(_PAGE).render(
        c=certificate,
        about=about,
        tolerances=certificate.as_dict()["tolerances"],
        style=STYLE,
        conditions=[(name, first[name], second[name]) for name in first],
    )


_TEMPLATES = Templates(autoescape=True, trim_blocks=True, lstrip_blocks=True)

STYLE = """
:root { color-scheme: light dark; --rule: #8886; --bad: #a3260b; --good: #14633c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff9b80; --good: #7fd6a6; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; font-size: .875rem; }
caption { text-align: start; font-weight: 600; padding: .25rem 0; }
th, td { text-align: start; vertical-align: top; padding: .2rem .6rem .2rem 0;
  border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
code { font-size: .85em; overflow-wrap: anywhere; }
.result { font-size: 1.25rem; border-inline-start: .4rem solid var(--good); padding-inline-start: .8rem; }
.result.bad { border-color: var(--bad); }
.bad { color: var(--bad); font-weight: 600; }
del { color: var(--bad); } ins { color: var(--good); }
figure { margin: 0; } img { max-width: 100%; border: 1px solid var(--rule); background: #fff; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
@media print { body { max-width: none; font-size: 10pt; } tr { break-inside: avoid; } }
""".strip()

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Certificate of reproduction: {{ c.study }}</title>
<style>
{{ style|safe }}
</style>
</head>
<body>
<main>
<h1>Certificate of reproduction: {{ c.study }}</h1>
{% if about.title_en %}
<p>{{ about.title_en }} ({{ about.authors|map(attribute="name_en")|join("; ") }}, {{ about.year }})</p>
{% endif %}
<p class="result{{ "" if c.holds else " bad" }}">{{ c.summary() }}</p>
<p>The report was built twice from clean copies of the project, its outputs deleted, under the
conditions below. <strong>Complete</strong>: both builds made the artefact. <strong>Stable</strong>:
both made the same bytes. <strong>Consistent</strong>: they are the bytes that are published.
{% if c.environment.differences %}
This is not the environment of the published report (see below), so an artefact of other bytes counts
as <em>consistent in values</em> if its words are the same and its numbers within
{{ tolerances.numbers }}, or its picture within tolerance ({{ tolerances.pictures }}) and the plotted
rows as published.
{% else %}
This is the environment of the published report, so only the same bytes count.
{% endif %}
</p>
<table>
<caption>This reproduction</caption>
<tr><th scope="row">Checked</th><td>{{ c.checked }}, in {{ c.seconds }} s</td></tr>
<tr><th scope="row">Checked by</th><td>{{ c.reviewer or "not named" }}</td></tr>
<tr><th scope="row">Languages</th><td>{{ c.languages|join(", ") }}</td></tr>
<tr><th scope="row">Source</th><td>{% if c.source.commit %}commit <code>{{ c.source.commit }}</code>,
{{ c.source.changed or "no" }} files changed since{% else %}a folder outside Git{% endif %}</td></tr>
<tr><th scope="row">Python</th><td>{{ c.environment.implementation }}</td></tr>
<tr><th scope="row">System</th><td>{{ c.environment.system }} {{ c.environment.release }},
{{ c.environment.machine }}</td></tr>
<tr><th scope="row">Machine</th><td>{{ c.environment.processor }}, {{ c.environment.cores }} cores,
{{ c.environment.memory }}</td></tr>
<tr><th scope="row">Environment</th><td>{% if c.environment.differences %}
{{ c.environment.differences|join("; ") }}{% else %}as in requirements.lock{% endif %}</td></tr>
</table>
<table>
<caption>Conditions of the two builds</caption>
<thead><tr><th scope="col">Condition</th><th scope="col">First</th><th scope="col">Second</th></tr></thead>
<tbody>
{% for name, first, second in conditions %}
<tr><th scope="row">{{ name|replace("_", " ") }}</th><td>{{ first }}</td><td>{{ second }}</td></tr>
{% endfor %}
<tr><th scope="row">duration</th>
{% for build in c.builds %}
<td>{{ build.seconds }} s{% if build.status %}, <span class="bad">failed</span>{% endif %}</td>
{% endfor %}
</tr>
</tbody>
</table>
{% for build in c.builds if build.said %}
<h2>What a failed build said</h2>
<pre>{{ build.said|join("\n") }}</pre>
{% endfor %}
<table>
<caption>Artefacts ({{ c.artefacts|length }})</caption>
<thead><tr><th scope="col">Artefact</th><th scope="col">Complete</th><th scope="col">Stable</th>
<th scope="col">Consistent</th><th scope="col">Found</th><th scope="col">SHA-256</th></tr></thead>
<tbody>
{% for v in c.artefacts %}
<tr><th scope="row">{{ v.artefact }}</th>
<td>{% if v.complete %}yes{% else %}<span class="bad">no</span>{% endif %}</td>
<td>{% if v.stable %}yes{% else %}<span class="bad">no</span>{% endif %}</td>
<td>{% if v.consistent == "no" %}<span class="bad">no</span>{% else %}{{ v.consistent }}{% endif %}</td>
<td>{{ v.notes|join("; ") }}</td><td><code title="{{ v.sha256 }}">{{ v.sha256[:12] }}</code></td></tr>
{% endfor %}
</tbody>
</table>
<details>
<summary>Installed versions</summary>
<p>{% for name, version in c.environment.packages.items() %}{{ name }}&nbsp;{{ version }}{{ ", " if not loop.last }}{% endfor %}</p>
</details>
</main>
</body>
</html>
"""
