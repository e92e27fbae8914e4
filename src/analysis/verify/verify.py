"""Check a study against its source: does every passage, and every verbatim cell, stand there?

A passage stands there when its fingerprint does (`analysis.verify.passages`), a cell when the passages that
its row cites print it, at the row's place (`analysis.verify.matching`). A check that finds everything can be
recorded (`analysis.verify.verification_log`), so that those without the source see that the tables are still
those that were checked.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.transcribe import schema as schemas
from analysis.transcribe.csv_text import failure, shown
from analysis.transcribe.load import Study
from analysis.transcribe.problems import Problem, StudyError, quoted
from analysis.transcribe.schema import Schema
from analysis.verify import sources, verification_log
from analysis.verify.check_cells import CellResult, Cells, CellVerdict
from analysis.verify.columns import APART, columns_apart
from analysis.verify.coverage import Coverage, measure
from analysis.verify.fingerprints import OPENING, TO_THE_LETTER, Fingerprint, PassageVerdict, Place, digest
from analysis.verify.look_alikes import alike
from analysis.verify.passages import locate
from analysis.verify.source_text import SourceText, Span
from analysis.verify.sources import Source
from analysis.verify.verification_log import Status, VerificationState

LONGEST = 4_000_000  # characters of a source, normalised; a book of two thousand pages
UNLIKE = 0.1  # share of passages; where more are missing, it is the source that is another
BEGUN = 6  # characters of an opening that even narrow columns leave together
LISTED = 20  # uncovered stretches that the report lists


@dataclass(frozen=True)
class PassageResult:
    """One row of `passages.csv`, checked."""

    id: str
    line: int
    opening: str
    place: Place
    document: str  # the file, or `source` where there is only one
    overlaps: str = ""  # the passage whose characters it shares


@dataclass(frozen=True)
class Report:
    """What a check found out."""

    study: Study
    schema: Schema = field(repr=False)
    today: date
    documents: tuple[Found, ...]
    text: SourceText = field(repr=False)  # all documents, one after another
    passages: tuple[PassageResult, ...]
    cells: tuple[CellResult, ...]
    coverage: Coverage
    before: VerificationState  # what was known of the tables before this check

    @property
    def ok(self) -> bool:
        """Whether everything stands in the source."""
        return not self.problems

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that does not stand in the source, one line each; one line where it is the source."""
        if unlike := [problem for found in self.documents if (problem := _unlike(found))]:
            return tuple(unlike)
        return (*_passage_problems(self), *_cell_problems(self))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many passages and cells have which verdict."""
        passages = Counter(result.place.verdict for result in self.passages)
        cells = Counter(result.verdict for result in self.cells)
        return {
            "passages": {str(verdict): passages[verdict] for verdict in PassageVerdict},
            "cells": {
                str(verdict): cells[verdict]
                for verdict in CellVerdict
                if verdict != CellVerdict.AMBIGUOUS or cells[verdict]
            },
        }

    @property
    def described(self) -> dict[str, str | int]:
        """The source as a record names it: how it was read, how long it is, and its digest."""
        first, *further = self.documents
        others = {f"document {each.id}": f"{each}, sha256 {digest(each.text.plain.text)}" for each in further}
        return {
            "extractor": str(first),
            "encoding": first.source.encoding,
            "normaliser": self.study.meta.normaliser,
            "unicode": unicodedata.unidata_version,
            "chars": len(self.text.plain.text),
            "sha256": digest(self.text.plain.text),
            **others,
        }

    def render(self) -> list[str]:
        """Return the report as lines for a terminal; the last say what was not checked, and what is new."""
        return [*_summary(self), *_coverage_lines(self), *map(str, self.problems), *_outcome(self)]

    def as_json(self) -> str:
        """Return the report as JSON: counts, every result, coverage. No text of the source."""
        whole = {
            "ok": self.ok,
            "study": self.study.id,
            "date": self.today.isoformat(),
            "source": self.described,
            "counts": self.counts,
            "problems": list(map(vars, self.problems)),
            "passages": [
                {
                    "id": result.id,
                    "line": result.line,
                    "verdict": result.place.verdict,
                    "spans": result.place.spans,
                    "source_lines": result.place.lines[:5],
                }
                for result in self.passages
            ],
            "cells": list(map(vars, self.cells)),
            "coverage": list(map(vars, self.coverage.shares)),
            "gaps": [{**gap.span._asdict(), "section": gap.section} for gap in self.coverage.gaps],
            "changed_since": list(self.before.places),
        }
        return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def check(
    study: Study, source: Path | Mapping[str, Path], *, today: date, schema: Schema | None = None
) -> Report:
    """Check a study against its source and say what stands there and what does not.

    `source` is one file, or those of several documents by their ids in study.yaml ("" for the one that
    the study is about); a passage has to stand in the document of its section. Each is read in every way
    at hand until each passage stands to the letter in one of them; the report is of the way that gives
    most, with what only another gives taken from that. Raises StudyError where a document cannot be read,
    or the study has none (a compilation of records).
    """
    if study.meta.kind != "document":
        found, expected = study.meta.kind, "a study of one document"
        advice = "a compilation of records has no source to hold it to: each row names its own address"
        raise StudyError([Problem(shown(study.folder / "study.yaml"), None, "kind", found, expected, advice)])
    paths = source if isinstance(source, Mapping) else {"": Path(source)}
    documents = [_document_found(study, id_, path) for id_, path in paths.items()]
    return _report(study, schema or schemas.load(languages=study.languages), today, documents)


def _document_found(study: Study, id_: str, path: Path) -> Found:
    """One document as the way to read it gives it that gives most of its passages."""
    of = {section.id: section.source for section in study.meta.sections}
    rows = study.tables["passages"]
    rows = rows[[of.get(section, "") == id_ for section in rows["section"]]]
    prints = list(map(Fingerprint, rows["opening"], map(int, rows["chars"]), rows["sha256"]))
    tried: list[Found] = []
    for source, text in _arrangements(study, path, tried):
        tried.append(Found(source, text, locate(prints, text), rows, id_))
        if len(set().union(*(found.exact for found in tried))) == len(prints):
            break
    return _together(tried)


def _arrangements(study: Study, path: Path, tried: Sequence[Found]) -> Iterator[tuple[Source, SourceText]]:
    """Yield the ways to read a source, the likeliest first; the last are of the best of those `tried`."""
    for source in sources.extractions(path):
        text = _read(source, path, study)
        yield source, text
        if apart := columns_apart(text):
            yield source, apart
    best = max(tried, key=lambda found: len(found.exact))
    for text in alike(best.text):
        yield best.source, text


@dataclass(frozen=True)
class Found:
    """What one way to read a document gives: its text, and the places of its passages."""

    source: Source
    text: SourceText = field(repr=False)
    places: list[Place] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)  # of its passages, as `places` has them
    id: str = ""  # of the document in study.yaml; empty for the one that the study is about
    added: Mapping[str, int] = field(default_factory=dict)  # passages that only another way gave, by it

    @cached_property
    def exact(self) -> set[int]:
        """The passages, by their number, that stand there to the letter."""
        return {n for n, place in enumerate(self.places) if place.verdict == PassageVerdict.EXACT}

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.source.extractor, self.text.arranged]))


def _together(tried: Sequence[Found]) -> Found:
    """The way that gives most passages, completed from the others."""
    best = max(tried, key=lambda found: len(found.exact))  # of equals the first
    places, added = list(best.places), {}
    missing = set(range(len(places))) - best.exact
    for other in sorted(tried, key=lambda found: -len(found.exact)):
        if more := missing & other.exact:
            added[str(other)] = len(more)
        for number in more:
            places[number] = replace(other.places[number], spans=())  # they are of another text
        missing -= more
    return replace(best, places=places, added=added)


def _read(source: Source, path: Path, study: Study) -> SourceText:
    """The text of a source, unless a few of its characters stand for many more than a book has."""
    titles = {section.id: section.title for section in study.meta.sections if section.printed}
    text = SourceText(source.text, study.meta.normaliser, titles)
    if len(text.plain.text) > LONGEST:
        found, expected = f"{len(text.plain.text):,} characters", f"at most {LONGEST:,}"
        raise failure(path, found, expected, "cut out the part that the study is about")
    return text


def _report(study: Study, schema: Schema, today: date, documents: Sequence[Found]) -> Report:
    text = SourceText.joined([found.text for found in documents])
    results = _passage_results(study, documents, text)
    spans = {r.id: r.place.spans for r in results if r.place.spans}
    covered = measure(study, spans, text.headings, len(text.plain.text))
    cells = tuple(Cells(study, schema, text, {r.id: r.place for r in results}).results())
    try:
        before = verification_log.state(study, schema)
    except StudyError:  # a record that cannot be read is none; this check writes a new one
        before = VerificationState(Status.NOT_VERIFIED)
    return Report(study, schema, today, tuple(documents), text, results, cells, covered, before)


def _passage_results(study: Study, documents: Sequence[Found], text: SourceText) -> tuple[PassageResult, ...]:
    """Each passage's place in its own document, with its spans in all of them together."""
    results = []
    first = 0  # line, among those of all documents
    for found in documents:
        before = text.plain.starts[first]
        name = found.source.name if len(documents) > 1 else "source"
        rows = zip(found.rows.index, found.rows["id"], found.rows["opening"], found.places, strict=True)
        for line, id_, opening, place in rows:
            spans = tuple(Span(before + span.start, span.chars) for span in place.spans)
            results.append(PassageResult(id_, int(line), opening, replace(place, spans=spans), name))
        first += len(found.text.raw)
    overlaps = _overlaps(results)
    by_id = {result.id: replace(result, overlaps=overlaps.get(result.id, "")) for result in results}
    return tuple(by_id[id_] for id_ in study.tables["passages"]["id"])


def _overlaps(results: Sequence[PassageResult]) -> dict[str, str]:
    """For each passage that begins before the one before it has ended, that one."""
    overlaps, reach, owner = {}, 0, ""
    for span, id_ in sorted((span, result.id) for result in results for span in result.place.spans):
        if span.start < reach and id_ != owner:
            overlaps[id_] = owner
        if span.end > reach:
            reach, owner = span.end, id_
    return overlaps


# --- saying it ----------------------------------------------------------------------------------
def _unlike(document: Found) -> Problem | None:
    """What is wrong with a document in which so little stands that no passage can be at fault."""
    every = len(document.places)
    places = zip(document.rows["id"], document.places, strict=True)
    missing = [id_ for id_, place in places if place.verdict not in TO_THE_LETTER]
    if len(missing) <= (0 if APART in str(document) else max(3, UNLIKE * every)):
        return None
    listed = f" (not {', '.join(missing)})" if len(missing) <= 5 else ""
    found = f"{every - len(missing)} of {every} passages to the letter{listed}"
    begun = sum(opening[:BEGUN] in document.text.plain.text for opening in document.rows["opening"])
    if begun < every / 2:
        expected = "the document that the passages were fingerprinted from"
        advice = "check that it is this study's source (STUDY=...), in the same edition and language"
    else:
        found += "" if listed else ", the beginnings of most others"
        expected = "its text in reading order, not columns read across"
        advice = "give the PDF itself, or its text as `pdftotext -raw` saves it"
        if not document.source.encoding:
            advice = "give its text instead, saved column by column (as a viewer copies it)"
    return Problem(document.source.name, None, None, found, expected, advice)


_EXPECTED = {
    PassageVerdict.MISSING: "an opening that stands in the source (read to its end)",
    PassageVerdict.NEAR: "the wording that was fingerprinted, which differs",
    PassageVerdict.AMBIGUOUS: "a passage that stands there once",
}


def _passage_problems(report: Report) -> Iterator[Problem]:
    file = shown(report.study.folder / "passages.csv")
    redo = 'correct it with `analysis passage SOURCE "words"`'
    for result in report.passages:
        verdict, column = result.place.verdict, "opening"
        opening = quoted(result.opening)
        found = f"{verdict} {opening}"
        if verdict != PassageVerdict.MISSING:
            column, found = "sha256", f"{found} at {_at(result.place.lines, result.document)}"
        if verdict in _EXPECTED:
            yield Problem(file, result.line, column, found, _EXPECTED[verdict], redo)
        if result.overlaps:
            found = f"{opening}, which overlaps {result.overlaps}"
            yield Problem(file, result.line, "chars", found, "passages that share no character", redo)


def _cell_problems(report: Report) -> Iterator[Problem]:
    results = {result.id: result for result in report.passages}
    for cell in report.cells:
        if cell.verdict not in {CellVerdict.NOT_FOUND, CellVerdict.AMBIGUOUS}:
            continue
        cited = [results[id_] for id_ in cell.passages if id_ in results]
        lines = [line for result in cited for line in result.place.lines[:1]]
        where = " and ".join(dict.fromkeys(result.document for result in cited))
        expected = f"what {' '.join(cell.passages)} ({_at(lines, where)}) prints"
        if cell.printed:
            expected += f": {', '.join(cell.printed)}"
        advice = "correct it, or say that it is inferred"
        if cell.elsewhere:
            advice = f"correct it, or cite where it does stand: {', '.join(cell.elsewhere)}"
        if cell.between:
            expected = f"AMBIGUOUS: {' '.join(cell.passages)} may say it of {' or '.join(cell.between)}"
            advice = "cite a passage that says it of one, or say that it is inferred"
        file = shown(report.study.folder / f"{cell.table}.csv")
        named = f" ({' or '.join(cell.sought)})" if cell.sought else ""
        yield Problem(file, cell.line, cell.column, quoted(cell.value) + named, expected, advice)


def _at(lines: Sequence[int], document: str) -> str:
    if not lines:
        return "not in the source"
    return f"{document} line{'s' * (len(lines) > 1)} {', '.join(map(str, dict.fromkeys(lines)))}"


def _summary(report: Report) -> Iterator[str]:
    for found in report.documents:
        encoding = found.source.encoding
        how = f"{found}, {encoding}" if encoding else str(found)
        length = f"{len(found.text.plain.text):,} characters as {report.study.meta.normaliser} reads it"
        yield f"{found.id or 'source':9} {found.source.name} ({how}), {length}"
        for reading, number in found.added.items():
            yield f"          {number} more as {reading} gives it"
    for kind, verdicts in report.counts.items():
        each = "  ".join(f"{verdict} {number}" for verdict, number in verdicts.items())
        yield f"{kind:9} {sum(verdicts.values()):5}  {each}"


def _coverage_lines(report: Report) -> Iterator[str]:
    yield "coverage  section   characters  in a record  with a reason  in neither"
    for share in report.coverage.shares:
        reasoned, neither = share.excused, 1 - share.covered
        shares = f"{share.covered - reasoned:12.1%} {reasoned:14.1%} {neither:11.1%}"
        yield f"          {share.section or 'all':8} {share.chars:11,} {shares}"
    text = report.text.plain.text  # a space between two passages is no gap
    gaps = [gap for gap in report.coverage.gaps if text[gap.span.start : gap.span.end].strip()]
    gaps.sort(key=lambda gap: -gap.span.chars)
    for gap in gaps[:LISTED]:
        what = f"passage {gap.passage}, which nothing cites" if gap.passage else "in no passage"
        opening = quoted(text[gap.span.start : gap.span.end][:OPENING])
        line = report.text.plain.line_at(gap.span.start)
        yield f"          line {line}: {gap.span.chars} characters from {opening} {what}"
    if len(gaps) > LISTED:
        yield f"          and {len(gaps) - LISTED} shorter stretches"


def _outcome(report: Report) -> Iterator[str]:
    if not report.ok:
        yield f"not verified: {len(report.problems)} of the above do not stand in the source"
        return
    yield "verified: every passage and every verbatim cell stands in the source"
    tables, checked = report.study.tables, {(cell.table, cell.column) for cell in report.cells}
    judged = [
        f"{name} ({len(tables[name])})"
        for name, table in report.schema.tables.items()
        if table.judgement and len(tables[name])
    ]
    prose = [
        rows[column].ne("").sum()
        for name, rows in tables.items()
        for column in map(str, rows)
        if column.startswith(("statement_", "gist_", "note")) and (name, column) not in checked
    ]
    yield (
        f"not vouched for, a person must read them: {sum(prose)} paraphrases and notes, what is marked as inferred"
        f" ({report.counts['cells']['INFERRED']} cells), translations and judgements: {', '.join(judged)}"
    )
    yield report.before.changes()
