"""Check a study against its source: does every passage, and every verbatim cell, stand there?

A passage stands there when its fingerprint does (`analysis.verify.passages`), a cell when the
passages that its row cites print it, at the row's place (`analysis.verify.matching`). A check that
finds everything can be recorded (`analysis.verify.record`), so that those without the source see
that the tables are still those that were checked.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from analysis.transcribe import schema as schemas
from analysis.transcribe.csv_table import shown
from analysis.transcribe.load import Study
from analysis.transcribe.problems import Problem, StudyError, quoted
from analysis.transcribe.schema import Schema
from analysis.verify import coverage, sources
from analysis.verify.cells import CellResult, Cells, CellVerdict
from analysis.verify.coverage import Coverage
from analysis.verify.layout import Layout
from analysis.verify.passages import (
    OPENING,
    Fingerprint,
    PassageVerdict,
    Place,
    digest,
    locate,
)
from analysis.verify.record import VerificationState, recorded_coverage, state, write_record
from analysis.verify.sources import Source

LONGEST = 4_000_000  # characters of a source, normalised; a book of two thousand pages
LISTED = 20  # uncovered stretches that the report lists


@dataclass(frozen=True)
class PassageResult:
    """One row of `passages.csv`, checked."""

    id: str
    line: int
    opening: str
    place: Place
    overlaps: str = ""  # the passage whose characters it shares


@dataclass(frozen=True)
class Report:
    """What a check found out."""

    study: Study
    today: date
    source: Source
    layout: Layout = field(repr=False)
    passages: tuple[PassageResult, ...]
    cells: tuple[CellResult, ...]
    coverage: Coverage
    headings: tuple[coverage.Heading, ...]

    @property
    def ok(self) -> bool:
        """Whether everything stands in the source."""
        return not self.problems

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that does not stand in the source, one line each."""
        return (*_passage_problems(self), *_cell_problems(self))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many passages and cells have which verdict."""
        passages = Counter(str(result.place.verdict) for result in self.passages)
        cells = Counter(str(result.verdict) for result in self.cells)
        return {
            "passages": {str(v): passages[v] for v in PassageVerdict if v in passages or _told(v)},
            "cells": {str(verdict): cells[verdict] for verdict in CellVerdict},
        }

    @property
    def described(self) -> dict[str, str | int]:
        """The source as a record names it: how it was read, how long it is, and its digest."""
        return {
            "extractor": self.source.extractor,
            "encoding": self.source.encoding,
            "normaliser": self.study.meta.normaliser,
            "unicode": unicodedata.unidata_version,
            "chars": len(self.layout.plain.text),
            "sha256": digest(self.layout.plain.text),
        }

    def render(self) -> list[str]:
        """Return the report as lines for a terminal."""
        return [*_summary(self), *_coverage_lines(self), *map(str, self.problems), _outcome(self)]

    def as_json(self) -> str:
        """Return the report as JSON: counts, every result, coverage. No text of the source."""
        return json.dumps(_document(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def check(study: Study, source_path: Path, *, today: date, schema: Schema | None = None) -> Report:
    """Check a study against its source and say what stands there and what does not.

    A PDF is read in every way at hand until one gives all passages to the letter; otherwise the
    report is of the way that gives most. Raises StudyError where the source cannot be read, or the
    study has none (a compilation of records).
    """
    if study.meta.kind != "document":
        raise StudyError([_no_source(study)])
    prints = _fingerprints(study)
    best: tuple[int, Source, Layout, list[Place]] | None = None
    for source in sources.extractions(source_path):
        layout = _laid_out(source, Path(source_path), study.meta.normaliser)
        places = locate(prints, layout)
        exact = sum(place.verdict == PassageVerdict.EXACT for place in places)
        if best is None or exact > best[0]:
            best = exact, source, layout, places
        if exact == len(prints):
            break
    return _report(study, schema or schemas.load(), today, *best[1:])


def _laid_out(source: Source, path: Path, normaliser: str) -> Layout:
    """The text of a source, unless a few of its characters stand for many more than a book has."""
    layout = Layout(source.text, normaliser)
    if len(layout.plain.text) > LONGEST:
        found = f"{len(layout.plain.text):,} characters"
        expected, advice = f"at most {LONGEST:,}", "cut out the part that the study is about"
        raise StudyError([Problem(shown(path), None, None, found, expected, advice)])
    return layout


def _no_source(study: Study) -> Problem:
    return Problem(
        shown(study.folder / "study.yaml"),
        None,
        "kind",
        study.meta.kind,
        "a study of one document",
        "a compilation of records has no source to hold it to: each row names its own address",
    )


def _fingerprints(study: Study) -> list[Fingerprint]:
    table = study.tables["passages"]
    return [
        Fingerprint(opening, int(chars), sha256)
        for opening, chars, sha256 in zip(table["opening"], table["chars"], table["sha256"], strict=True)
    ]


def _report(
    study: Study, schema: Schema, today: date, source: Source, layout: Layout, places: list[Place]
) -> Report:
    results = _passage_results(study, places)
    spans = {r.id: r.place.spans for r in results if r.place.spans}
    headings = coverage.headings(layout, study.meta.sections, study.meta.normaliser)
    covered = coverage.measure(study, spans, headings, len(layout.plain.text))
    cells = tuple(Cells(study, schema, layout, {r.id: r.place for r in results}).results())
    return Report(study, today, source, layout, results, cells, covered, tuple(headings))


def _passage_results(study: Study, places: Sequence[Place]) -> tuple[PassageResult, ...]:
    table = study.tables["passages"]
    overlaps = _overlaps(dict(zip(table["id"], places, strict=True)))
    return tuple(
        PassageResult(id_, int(line), opening, place, overlaps.get(id_, ""))
        for line, id_, opening, place in zip(table.index, table["id"], table["opening"], places, strict=True)
    )


def _overlaps(places: Mapping[str, Place]) -> dict[str, str]:
    """For each passage that begins before the one before it has ended, that one."""
    spans = sorted((span, id_) for id_, place in places.items() for span in place.spans)
    overlaps, reach, owner = {}, 0, ""
    for span, id_ in spans:
        if span.start < reach and id_ != owner:
            overlaps[id_] = owner
        if span.end > reach:
            reach, owner = span.end, id_
    return overlaps


# --- saying it ----------------------------------------------------------------------------------
def _passage_problems(report: Report) -> Iterator[Problem]:
    file = shown(report.study.folder / "passages.csv")
    redo = 'correct it with `analysis passage SOURCE "words"`'
    for result in report.passages:
        place, opening = result.place, quoted(result.opening)
        if place.verdict == PassageVerdict.MISSING:
            expected = "an opening that stands in the source (read to its end)"
            yield Problem(file, result.line, "opening", f"MISSING {opening}", expected, redo)
        elif place.verdict == PassageVerdict.NEAR:
            found = f"NEAR {opening} at {_at(place.lines)}"
            expected = "the wording that was fingerprinted, which differs"
            yield Problem(file, result.line, "sha256", found, expected, redo)
        elif place.verdict == PassageVerdict.AMBIGUOUS:
            found = f"AMBIGUOUS {opening} at {_at(place.lines)}"
            yield Problem(file, result.line, "sha256", found, "a passage that stands there once", redo)
        if result.overlaps:
            found = f"{opening}, which overlaps {result.overlaps}"
            yield Problem(file, result.line, "chars", found, "passages that share no character", redo)


def _cell_problems(report: Report) -> Iterator[Problem]:
    places = {result.id: result.place for result in report.passages}
    for cell in report.cells:
        if cell.verdict != CellVerdict.NOT_FOUND:
            continue
        lines = [line for id_ in cell.passages if id_ in places for line in places[id_].lines[:1]]
        expected = f"what {' '.join(cell.passages)} ({_at(lines)}) prints"
        if cell.printed:
            expected += f": {', '.join(cell.printed)}"
        advice = "correct it, or say that it is inferred"
        if cell.elsewhere:
            advice = f"correct it, or cite where it does stand: {', '.join(cell.elsewhere)}"
        file = shown(report.study.folder / f"{cell.table}.csv")
        named = f" ({' or '.join(cell.sought)})" if cell.sought else ""
        yield Problem(file, cell.line, cell.column, quoted(cell.value) + named, expected, advice)


def _at(lines: Sequence[int]) -> str:
    if not lines:
        return "not in the source"
    return f"source line{'s' * (len(lines) > 1)} {', '.join(map(str, dict.fromkeys(lines)))}"


def _told(verdict: PassageVerdict) -> bool:
    """Whether a verdict is counted in a report even where no passage has it."""
    return verdict != PassageVerdict.NOT_CHECKED


def _summary(report: Report) -> Iterator[str]:
    source, normaliser = report.source, report.study.meta.normaliser
    how = f"{source.extractor}, {source.encoding}" if source.encoding else source.extractor
    length = f"{len(report.layout.plain.text):,} characters as {normaliser} reads it"
    yield f"source    {source.name} ({how}), {length}"
    for kind, verdicts in report.counts.items():
        total = sum(verdicts.values())
        each = "  ".join(f"{verdict} {number}" for verdict, number in verdicts.items())
        yield f"{kind:9} {total:5}  {each}"


def _coverage_lines(report: Report) -> Iterator[str]:
    yield "coverage  section   characters  in a record  with a reason  in neither"
    for share in [*report.coverage.sections, report.coverage.whole]:
        reasoned, neither = share.excused, 1 - share.covered
        shares = f"{share.covered - reasoned:12.1%} {reasoned:14.1%} {neither:11.1%}"
        yield f"          {share.section or 'all':8} {share.chars:11,} {shares}"
    text = report.layout.plain.text  # a space between two passages is no gap
    gaps = [gap for gap in report.coverage.gaps if text[gap.span.start : gap.span.end].strip()]
    gaps.sort(key=lambda gap: -gap.span.chars)
    yield from (_gap_line(report, gap) for gap in gaps[:LISTED])
    if len(gaps) > LISTED:
        yield f"          and {len(gaps) - LISTED} shorter stretches"


def _gap_line(report: Report, gap: coverage.Stretch) -> str:
    plain, span = report.layout.plain, gap.span
    opening = plain.text[span.start : min(span.end, span.start + OPENING)]
    what = f"passage {gap.passage}, which nothing cites" if gap.passage else "in no passage"
    line = plain.line_at(span.start)
    return f"          line {line}: {span.chars} characters from {quoted(opening)} {what}"


def _outcome(report: Report) -> str:
    if report.ok:
        return "verified: every passage and every verbatim cell stands in the source"
    return f"not verified: {len(report.problems)} of the above do not stand in the source"


def _document(report: Report) -> dict:
    return {
        "ok": report.ok,
        "study": report.study.id,
        "date": report.today.isoformat(),
        "source": report.described,
        "counts": report.counts,
        "problems": [vars(problem) for problem in report.problems],
        "passages": [
            {
                "id": result.id,
                "line": result.line,
                "verdict": result.place.verdict,
                "spans": result.place.spans,
                "source_lines": result.place.lines[:5],
            }
            for result in report.passages
        ],
        "cells": [vars(cell) for cell in report.cells],
        "coverage": [vars(share) for share in [*report.coverage.sections, report.coverage.whole]],
        "gaps": [
            {"start": gap.span.start, "chars": gap.span.chars, "section": gap.section}
            for gap in report.coverage.gaps
        ],
    }


__all__ = [
    "CellResult",
    "CellVerdict",
    "PassageResult",
    "Report",
    "VerificationState",
    "check",
    "recorded_coverage",
    "state",
    "write_record",
]
