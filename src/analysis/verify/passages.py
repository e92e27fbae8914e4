"""Passages: pieces of a source, known by their fingerprint and not by their text.

The source's text is never kept. What is kept of a passage - its first characters, its length and a hash of
it - says "this very wording stands there" to whoever has the source, and nothing of the wording to who has
not. Both sides are normalised first, so that only the wording counts and not how a page was laid out or a
PDF extracted.
"""

from __future__ import annotations

import bisect
import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from analysis.transcribe import schema
from analysis.transcribe.normaliser import NORMALISERS as NORMALISERS
from analysis.transcribe.normaliser import normalise
from analysis.verify.fingerprints import OPENING as OPENING
from analysis.verify.fingerprints import SHORTEST as SHORTEST
from analysis.verify.fingerprints import Fingerprint, fingerprint
from analysis.verify.fingerprints import digest as digest
from analysis.verify.interruptions import interrupted
from analysis.verify.source_text import Reading, SourceText, Span


class PassageVerdict(StrEnum):
    """What a check found out about a passage."""

    EXACT = "EXACT"  # stands in the source once, to the letter
    AMBIGUOUS = "AMBIGUOUS"  # stands there to the letter, more than once
    NEAR = "NEAR"  # its opening stands there, its wording does not
    MISSING = "MISSING"  # not even its opening stands there
    NOT_CHECKED = "NOT_CHECKED"  # no source at hand


TO_THE_LETTER = {PassageVerdict.EXACT, PassageVerdict.AMBIGUOUS}


@dataclass(frozen=True)
class Place:
    """Where a passage stands: its text for the check, its spans and lines for the reader."""

    verdict: PassageVerdict
    text: str = ""
    spans: tuple[Span, ...] = ()
    starts: tuple[int, ...] = ()  # where in its reading each occurrence begins
    reading: Reading | None = None

    @property
    def lines(self) -> tuple[int, ...]:
        """Lines of the source file at which its occurrences begin."""
        return tuple(self.reading.line_at(start) for start in self.starts) if self.reading else ()


def locate(fingerprints: Sequence[Fingerprint], source: SourceText) -> list[Place]:
    """Find each passage in the source, in the first reading that has it; one place a fingerprint.

    Time grows with the length of the source plus the number of passages, not with their product.
    """
    places = dict.fromkeys(range(len(fingerprints)), Place(PassageVerdict.MISSING))
    for reading in source.readings():
        wanted = [n for n, place in places.items() if place.verdict not in TO_THE_LETTER]
        if not wanted:
            break
        for number, place in _found(reading, {n: fingerprints[n] for n in wanted}, source).items():
            if place.verdict in TO_THE_LETTER or not places[number].starts:
                places[number] = place
    missing = {n: fingerprints[n] for n, place in places.items() if place.verdict not in TO_THE_LETTER}
    spans = [span for place in places.values() for span in place.spans]
    for number, found in interrupted(missing, spans, source).items():
        text = found.reading.text[found.start : found.start + fingerprints[number].chars]
        places[number] = Place(PassageVerdict.EXACT, text, found.spans, (found.start,), found.reading)
    return list(places.values())


def _found(reading: Reading, wanted: Mapping[int, Fingerprint], source: SourceText) -> dict[int, Place]:
    """The places of those passages whose opening stands in a reading."""
    openings = _occurrences(reading.text, {print_.opening for print_ in wanted.values()})
    found = {}
    for number, print_ in wanted.items():
        starts = openings.get(print_.opening, ())
        pieces = {start: reading.text[start : start + print_.chars] for start in starts}
        exact = [start for start, piece in pieces.items() if print_.matches(piece)]
        if exact:
            verdict = PassageVerdict.EXACT if len(exact) == 1 else PassageVerdict.AMBIGUOUS
        elif starts:
            verdict = PassageVerdict.NEAR
        else:
            continue
        here = tuple(exact or starts)
        spans = reading.spans(here[0], len(pieces[here[0]]), source.plain) if exact else ()
        found[number] = Place(verdict, pieces[here[0]], spans, here, reading)
    return found


def _occurrences(text: str, words: set[str]) -> dict[str, list[int]]:
    """Every place of every word, in one pass over the text.

    str.find for each word would read the whole text once per word.
    """
    words = words - {""}
    if not words:
        return {}
    length = min(map(len, words))
    by_start = defaultdict(list)
    for word in words:
        by_start[word[:length]].append(word)
    found = defaultdict(list)
    for place in range(len(text) - length + 1):
        for word in by_start.get(text[place : place + length], ()):
            if text.startswith(word, place):
                found[word].append(place)
    return found


# --- proposing a passage -----------------------------------------------------------------------
_SENTENCE_END = {
    "ja-1": re.compile(r"[。!?](?![」』)\]])"),
    "en-1": re.compile(r"[.!?]['\")\]]*(?= [A-Z0-9'\"(])"),
}
_HEADING = re.compile(r"\s*\d+(?:[.．]\d+)*[.．]?\s*\S.{0,60}")


@dataclass(frozen=True)
class Proposal:
    """A passage that could be cited for some words, as a row of `passages.csv`."""

    fingerprint: Fingerprint
    verdict: PassageVerdict  # EXACT: unique in the source, ready to use
    line: int  # of the source file
    part: int  # 2 where the piece continues a sentence that began before a page, column or footnote
    page: str  # empty where the source does not mark its pages
    kind: str

    def row(self, columns: Sequence[str] | None = None) -> str:
        """Return the row as CSV, in the schema's columns unless others are named.

        What only the transcriber knows (section, gist) is left empty.
        """
        if columns is None:
            columns = [field.name for field in schema.load().tables["passages"].fields]
        own = {"id": f"p-{self.fingerprint.sha256[:6]}", "part": self.part, "page": self.page}
        cells = vars(self.fingerprint) | own | {"kind": self.kind}
        line = io.StringIO()
        csv.DictWriter(line, columns, restval="", extrasaction="ignore").writerow(cells)
        return line.getvalue().rstrip("\r\n")


def propose(source_text: str, words: str, normaliser: str = "ja-1") -> list[Proposal]:
    """Propose a passage for each place where some words stand in a source.

    The passage is the sentence (or sentences) around the words, cut where a page, a column or a footnote
    begins, and as long as a passage has to be. An empty list: the words do not stand there.
    """
    source = SourceText(source_text, normaliser)
    text, wanted = source.plain.text, normalise(words, normaliser)
    if not wanted:
        return []
    raw = source.raw
    after_headings = (
        source.plain.starts[number]
        for number in range(1, len(raw))
        if _HEADING.fullmatch(raw[number - 1]) and (number < 2 or not raw[number - 2].strip())
    )
    breaks = sorted({0, *source.breaks, *after_headings, len(text)})
    pieces = dict.fromkeys(
        _around(text, start, end, breaks, normaliser)
        for match in re.finditer(re.escape(wanted), text)
        for start, end in _cut(match.start(), match.end(), breaks)
    )
    return [_proposal(source, start, end) for start, end in pieces]


def _cut(start: int, end: int, breaks: Sequence[int]) -> list[tuple[int, int]]:
    """Cut a stretch where a page, a column or a footnote begins inside it."""
    inside = breaks[bisect.bisect_right(breaks, start) : bisect.bisect_left(breaks, end)]
    return list(pairwise([start, *inside, end]))


def _around(text: str, start: int, end: int, breaks: Sequence[int], normaliser: str) -> tuple[int, int]:
    """Widen a stretch to whole sentences between two breaks, until a passage is long enough."""
    first = breaks[bisect.bisect_right(breaks, start) - 1]
    last = breaks[bisect.bisect_left(breaks, end)]
    ends = [first + m.end() for m in _SENTENCE_END[normaliser].finditer(text[first:last])]
    bounds = sorted({first, *ends, last})
    before = bisect.bisect_right(bounds, start) - 1
    after = bisect.bisect_left(bounds, end)
    while bounds[after] - bounds[before] < SHORTEST and (before or after + 1 < len(bounds)):
        before, after = (before, after + 1) if after + 1 < len(bounds) else (before - 1, after)
    piece = text[bounds[before] : bounds[after]]
    return bounds[before] + len(piece) - len(piece.lstrip()), bounds[after]


def _proposal(source: SourceText, start: int, end: int) -> Proposal:
    text, line = source.plain.text, source.plain.line_at(start)
    print_ = fingerprint(text[start:end], source.normaliser)
    above = next((row for row in reversed(source.raw[: line - 1]) if row.strip()), "")
    continues = (
        start > 0
        and start in source.breaks
        and not _HEADING.fullmatch(above)
        and not text[:start].rstrip().endswith(tuple("。.!?)」"))
    )
    pages = sum(row.startswith("\f") for row in source.raw[:line])
    note = re.match(r"\d{1,3}[^\d.。]", text[start:]) and start in source.breaks
    return Proposal(
        print_,
        locate([print_], source)[0].verdict,
        line,
        part=2 if continues and not note else 1,
        page=str(pages + 1) if any(row.startswith("\f") for row in source.raw) else "",
        kind="footnote" if note else "body",
    )
