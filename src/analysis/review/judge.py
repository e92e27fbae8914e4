"""Hold two built reports against each other and against what is published: a verdict an artefact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.review import artefact_content
from analysis.review.certificate import CONSISTENT, Verdict
from analysis.review.expected import artefacts, digest, rows_of


def judge(first: Path, second: Path, against: Mapping[str, Any] | None, *, exact: bool) -> list[Verdict]:
    """Give each artefact its three verdicts, in the order of their names.

    `first` and `second` are the two built reports, `against` what `expected` made of the published one.
    `exact`: only bytes count for *consistent*; else values and pixels may stand for them.
    """
    published = against["artefacts"] if against else {}
    made = [set(artefacts(report)) for report in (first, second)]
    judged = _Judge(first, second, published, exact, nothing=against is None)
    return [judged.verdict(name) for name in sorted(made[0] | made[1] | set(published))]


def unlike(name: str, first: Path, second: Path) -> str:
    """How an artefact differs between two reports, in words; "" where it does not."""
    one, other = (first / name), (second / name)
    modes = [f"{path.stat().st_mode & 0o777:o}" for path in (one, other)]
    said = [f"permissions {modes[0]} and {modes[1]}"] if modes[0] != modes[1] else []
    a, b = one.read_bytes(), other.read_bytes()
    if a != b:
        said.insert(0, _pictures_unlike(a, b) if name.endswith(".png") else _texts_unlike(name, a, b))
    return "; ".join(said)


def _pictures_unlike(a: bytes, b: bytes) -> str:
    one, other = artefact_content.pixels(a), artefact_content.pixels(b)
    if one.shape != other.shape:
        return f"{one.shape[1]} × {one.shape[0]} and {other.shape[1]} × {other.shape[0]} pixels"
    count = int((one != other).any(axis=2).sum())
    return f"{count} pixels of {one.shape[0] * one.shape[1]}" if count else "bytes, but no pixel"


def _texts_unlike(name: str, a: bytes, b: bytes) -> str:
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    line = a[:at].count(b"\n") + 1
    around = [c[max(at - 20, 0) : at + 40].decode("utf-8", "ignore") for c in (a, b)]
    try:
        same = artefact_content.alike(*(artefact_content.read(name, c) for c in (a, b)))
    except ValueError:
        same = False
    return f"from line {line}: {around[0]!r} and {around[1]!r}" + " (but not in values)" * same


@dataclass(frozen=True)
class _Judge:
    first: Path
    second: Path
    published: Mapping[str, Any]
    exact: bool
    nothing: bool  # is published

    def verdict(self, name: str) -> Verdict:
        reports = [report for report in (self.first, self.second) if (report / name).is_file()]
        complete, notes = len(reports) == 2, []
        difference = unlike(name, self.first, self.second) if complete else ""
        if not complete:
            notes.append("made by neither build" if not reports else "made by one of the two builds only")
        if difference:
            notes.append(f"the builds differ: {difference}")
        consistent = "no"
        if self.nothing:
            consistent = "not published"
        elif name not in self.published:
            notes.append("not among what is published")
        elif complete:
            parts = (name, rows_of(name))  # builds that made both the same are judged once
            made = {tuple(digest(r / n) for n in parts if (r / n).is_file()): r for r in reports}
            results = [self.consistent(name, report) for report in made.values()]
            consistent, note = max(results, key=lambda result: CONSISTENT.index(result[0]))
            notes += [note] if note else []
        return Verdict(
            name,
            complete,
            complete and not difference,
            consistent,
            tuple(notes),
            digest(reports[0] / name) if reports else "",
            self.published.get(name, {}).get("sha256", ""),
        )

    def consistent(self, name: str, report: Path) -> tuple[str, str]:
        """One of CONSISTENT; and what was found where it is not yes."""
        entry, content = self.published[name], (report / name).read_bytes()
        if digest(report / name) == entry["sha256"]:
            values = {key: value for key, value in entry.items() if key != "sha256"}
            if artefact_content.describe(name, content) == values:
                return "yes", ""
            return "no", "the bytes are as published, but expected/ gives other values: it was edited by hand"
        same, how = artefact_content.says(name, content, entry)
        rows = rows_of(name)
        if same and rows in self.published and (report / rows).is_file():
            kept, found = self.consistent(rows, report)
            if kept == "no":
                same, how = False, f"its plotted rows: {found}"
        if self.exact:
            return "no", f"other bytes than published, in the environment of the published; {how}"
        return ("in values" if same else "no"), f"other bytes than published; {how}"
