"""The configuration of a CODECHECK bundle: the exhibits, where each stands, and who checked them.

Written for version 2.0 (https://codecheck.org.uk/spec/config/2.0/); readers of 1.0 find all they know in it.
What the data does not say of the paper, its authors and the register comes from `CITATION.cff`; what is said
nowhere is left out, never filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from lxml import html

from analysis import paths
from analysis.review.certificate import Certificate, Verdict

VERSION = "https://codecheck.org.uk/spec/config/2.0/"
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_NUMBER = re.compile(r"\d{4}-\d{3}")  # of a certificate in the register
_CONSISTENT = {
    "yes": "consistent",
    "in values": "consistent in values",
    "no": "not consistent",
    "not published": "held against nothing",
}


def configuration(
    certificate: Certificate, about: dict[str, Any], report: Path, root: Path = paths.ROOT
) -> dict[str, Any]:
    """What `codecheck.yml` says. The reviewer may be given as `A. Name (0000-0002-1825-0097)`."""
    path = root / "CITATION.cff"
    cited: dict[str, Any] = yaml.safe_load(path.read_text("utf-8")) or {} if path.is_file() else {}
    paper: dict[str, Any] = next(iter(cited.get("references", [])), {})
    where = _exhibits(report)
    address = f"https://doi.org/{paper['doi']}" if paper.get("doi") else str(paper.get("url", ""))
    register = {i.get("description", ""): i.get("value", "") for i in cited.get("identifiers", [])}
    number = str(register.get("CODECHECK certificate", ""))
    made = {
        "version": VERSION,
        "paper": {
            "title": about.get("title_en") or paper.get("title") or certificate.study,
            "authors": list(_authors(about, paper)),
            "reference": address or ", ".join(str(about[k]) for k in ("venue_en", "year") if k in about),
        },
        "manifest": [
            {"file": f"report/{v.artefact}", "comment": f"{where.get(v.artefact, 'a table')}: {_in_words(v)}"}
            for v in certificate.artefacts
            if v.complete and _is_exhibit(v.artefact)
        ],
        "codechecker": [_person(certificate.reviewer or "not named")],
        "summary": certificate.summary(),
        "repository": cited.get("repository-code", ""),
        "check_time": certificate.checked.rstrip("Z"),
        "certificate": number if _NUMBER.fullmatch(number) else "",
        "report": register.get("CODECHECK report", "") or "certificate.html",
    }
    return {name: value for name, value in made.items() if value}


def missing(bundle: dict[str, Any]) -> list[str]:
    """What version 2.0 asks for and a bundle does not say, and where to write it."""
    people = [("codechecker", "REVIEWER='Name (ORCID)'", bundle["codechecker"])]
    people += [("paper author", "references in CITATION.cff", bundle["paper"]["authors"])]
    found = [
        f"valid ORCID of the {who} {person['name']} ({how})"
        for who, how, persons in people
        for person in persons
        if "ORCID" not in person
    ]
    register = {
        "certificate": "an identifier as 2026-001, described as `CODECHECK certificate`, in CITATION.cff",
        "repository": "repository-code in CITATION.cff",
    }
    found += [f"{name} ({how})" for name, how in register.items() if name not in bundle]
    if not bundle["report"].startswith("http"):
        found.append("address of the report (an identifier described as `CODECHECK report` in CITATION.cff)")
    if not bundle["paper"]["reference"].startswith("http"):
        found.append("address of the paper (doi or url of the first reference in CITATION.cff)")
    return found


def as_yaml(bundle: dict[str, Any]) -> str:
    """The configuration as YAML, beginning with an explicit document."""
    return "---\n" + yaml.safe_dump(bundle, allow_unicode=True, sort_keys=False, width=100)


def _person(name: str, orcid: str = "") -> dict[str, str]:
    found = _ORCID.search(orcid or name)
    plain = re.sub(rf"\s*[(（<]?(?:https?://orcid\.org/)?{_ORCID.pattern}[)）>]?", "", name).strip()
    return {"name": plain or "not named"} | ({"ORCID": found[0]} if found and _is_orcid(found[0]) else {})


def _is_orcid(orcid: str) -> bool:
    """Whether the last digit is the checksum of the others (ISO 7064 mod 11-2)."""
    digits = orcid.replace("-", "")
    total, check = 0, digits[-1]
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return (12 - total % 11) % 11 == (10 if check == "X" else int(check))


def _authors(about: dict[str, Any], paper: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The paper's authors as the study names them, each with the ORCID that CITATION.cff gives."""
    known = paper.get("authors", [])
    for author in about.get("authors", []):
        family = author["name_en"].split()
        orcid = next((k.get("orcid", "") for k in known if k.get("family-names") in family), "")
        yield _person(author["name_en"], orcid)


def _is_exhibit(name: str) -> bool:
    """Whether a paper would show it: a figure, a table (not its copy for Excel), or the whole as a PDF."""
    table = name.startswith("data/") and name.endswith(".csv") and "/excel/" not in name
    return table or name.endswith((".png", ".pdf"))


def _exhibits(report: Path) -> dict[str, str]:
    """What each exhibit is and on which page it stands, by its path in the report."""
    found: dict[str, str] = {}
    for path in sorted(report.rglob("*.html")):
        page: Any = html.fromstring(path.read_bytes())
        title = " ".join("".join(page.xpath("(//h1)[1]//text()")).replace("#", "").split())
        on = f"page “{title}” ({path.relative_to(report).as_posix()})"
        for number, figure in enumerate(page.xpath("//figure[@id]"), 1):
            said = " ".join("".join(figure.xpath(f".//*[@id='{figure.get('id')}-title']//text()")).split())
            name = (path.parent / "figures" / f"{figure.get('id')}.png").relative_to(report).as_posix()
            found.setdefault(name, f"figure {number} of {on}, “{said.rstrip(' #')}”")
    for pdf in report.glob("*.pdf"):
        found[pdf.name] = "the report as a PDF" if pdf.name.startswith("report") else "its evidence as a PDF"
    for path in sorted((report / "data").rglob("datapackage.json")):
        where = path.parent.relative_to(report).as_posix()
        of = "" if where == "data" else f" of {path.parent.name}"
        for table in json.loads(path.read_text("utf-8")).get("resources", []):
            found[f"{where}/{table['path']}"] = f"table “{table.get('title', table['path'])}”{of}"
    return found


def _in_words(verdict: Verdict) -> str:
    complete, stable = ("" if so else "not " for so in (verdict.complete, verdict.stable))
    return f"{complete}complete, {stable}stable, {_CONSISTENT[verdict.consistent]}"
