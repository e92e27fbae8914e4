"""Passages: pieces of a source, known by their fingerprint and not by their text.

The source's text is never kept. What is kept of a passage - its first characters, its length and a hash of
it - says "this very wording stands there" to whoever has the source, and nothing of the wording to who has
not. Both sides are normalised first, so that only the wording counts and not how a page was laid out or a
PDF extracted.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from types import MappingProxyType

from analysis.transcribe import csv_text
from analysis.transcribe.normaliser import NORMALISERS as NORMALISERS
from analysis.verify.fingerprints import (
    SHORTEST,
    TO_THE_LETTER,
    Fingerprint,
    PassageVerdict,
    Place,
    fingerprint,
    occurrences,
)
from analysis.verify.interruptions import interrupted
from analysis.verify.source_text import Reading, SourceText


def locate(fingerprints: Sequence[Fingerprint], source: SourceText) -> list[Place]:
    """Find each passage in the source, in the first reading that has it; one place a fingerprint.

    Time grows with the length of the source plus the number of passages, not with their product.
    """
    places = dict.fromkeys(range(len(fingerprints)), Place(PassageVerdict.MISSING))
    for reading in source.readings():
        wanted = [n for n, place in places.items() if place.verdict not in TO_THE_LETTER]
        if not wanted:
            break
        for number, place in _found(reading, {n: fingerprints[n] for n in wanted}).items():
            if place.verdict in TO_THE_LETTER or not places[number].starts:
                places[number] = place
    missing = {n: fingerprints[n] for n, place in places.items() if place.verdict not in TO_THE_LETTER}
    spans = [span for place in places.values() for span in place.spans]
    return list((places | interrupted(missing, spans, source)).values())


def _found(reading: Reading, wanted: Mapping[int, Fingerprint]) -> dict[int, Place]:
    """The places of those passages whose opening stands in a reading."""
    openings: dict[str, list[int]] = defaultdict(list)
    for opening, start in occurrences(reading.text, {print_.opening for print_ in wanted.values()}):
        openings[opening].append(start)
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
        spans = reading.spans(here[0], len(pieces[here[0]])) if exact else ()
        found[number] = Place(verdict, pieces[here[0]], spans, here, reading)
    return found


# --- proposing a passage -----------------------------------------------------------------------
_SENTENCE_END = {
    "ja-1": re.compile(r"[。!?](?![」』)\]])"),
    "en-1": re.compile(r"[.!?]['\")\]]*(?= [A-Z0-9'\"(])"),
    # `1. Januar` and `3 Mio. Euro` go on, `im Jahr 2015.` does not.
    "spaced-1": re.compile(
        r"(?<!(?<![\d.,])\d)(?<!(?<![\d.,])\d\d)(?<!\bMio)(?<!\bMrd)[.!?]['\")\]]*(?= ?[(\"]| [^\W_a-z\u00df-\u00ffα-ωа-яё])"
    ),
    "zh-1": re.compile(r"[。!?](?![」』)\]\"'])"),
    "ko-1": re.compile(r"[。!?](?![」』)\]\"'])"),
    "rtl-1": re.compile(r"[.!?\u061f\u06d4](?= |$)"),
}
_ENDS = tuple("。.!?)」")  # how the last sentence of a paragraph ends
_NOTE = re.compile(r"\d{1,3}[^\d.。]")
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
    text: str = field(repr=False)  # normalised; for the transcriber's eyes, never for a file of the study
    section: str = ""  # an id of study.yaml; empty where it is not known

    def cells(self) -> dict[str, str]:
        """Return the row by column; what only the transcriber knows (gist, note) is not in it."""
        own = {"id": f"p-{self.fingerprint.sha256[:6]}", "part": self.part, "section": self.section}
        found = vars(self.fingerprint) | own | {"page": self.page, "kind": self.kind}
        return {name: str(value) for name, value in found.items()}

    def row(self, columns: Sequence[str]) -> str:
        """Return the row as CSV, in these columns."""
        cells = self.cells()
        return csv_text.written([[cells.get(name, "") for name in columns]]).rstrip("\n")


def propose(
    source_text: str, words: str, normaliser: str = "ja-1", titles: Mapping[str, str] = MappingProxyType({})
) -> list[Proposal]:
    """Propose a passage for each place where some words stand in a source.

    The passage is the sentence (or sentences) around the words, between the same edges as in `propose_all`,
    and as long as a passage has to be. An empty list: the words do not stand there.
    """
    source = SourceText(source_text, normaliser, titles)
    text, wanted = source.plain.text, source.normal(words)
    if not wanted:
        return []
    stretches = _stretches(source)
    breaks = [place for place, *_ in stretches] + [len(text)]
    pieces = dict.fromkeys(
        _around(text, start, end, stretches[bisect.bisect_right(breaks, start) - 1])
        for match in re.finditer(re.escape(wanted), text)
        for start, end in _cut(match.start(), match.end(), breaks)
    )
    return _proposals(source, [*pieces])


def propose_all(
    source_text: str, normaliser: str = "ja-1", titles: Mapping[str, str] = MappingProxyType({})
) -> list[Proposal]:
    """Propose the whole of a source, sentence by sentence, in its order.

    `titles` are its printed headings by the ids of their sections; what stands after one is of that
    section. A sentence goes on over a blank line, but not over a new page, a note or a heading. A short
    sentence goes with the next, an entry of a numbered list (of references) is one; what is shorter than
    a passage has to be is left out, and so are running heads and page numbers.
    """
    source = SourceText(source_text, normaliser, titles)
    return _proposals(source, _pieces(source))


def _proposals(source: SourceText, pieces: Sequence[tuple[int, int]]) -> list[Proposal]:
    """Pieces of a source with their fingerprints, each found again."""
    text, breaks, found = source.plain.text, set(source.breaks), []
    prints = [fingerprint(text[start:end], source.normaliser) for start, end in pieces]
    for (start, _), print_, place in zip(pieces, prints, locate(prints, source), strict=True):
        line = source.plain.line_at(start)
        note = start in breaks and _NOTE.match(text[start:])
        continues = start > 0 and start in breaks and not note and not _ended(source, start)
        pages = sum(row.startswith("\f") for row in source.raw[:line])
        proposal = Proposal(
            print_,
            place.verdict,
            line,
            part=2 if continues else 1,
            page=str(pages + 1) if len(source.pages) > 1 else "",
            kind="footnote" if note else "body",
            text=text[start : start + print_.chars],
            section=next(
                (head.section for head in reversed(source.headings) if head.span.start <= start), ""
            ),
        )
        found.append(proposal)
    return found


def _pieces(source: SourceText) -> list[tuple[int, int]]:
    """Starts and ends of all sentences of a source that are as long as a passage has to be."""
    text, pieces = source.plain.text, []
    for first, *ends in _stretches(source):
        begin, last = first, ends[-1]
        for end in ends:
            begin += len(text[begin:end]) - len(text[begin:end].lstrip())
            rest = len(text[end:last].strip())
            if end - begin >= SHORTEST and (rest >= SHORTEST or not rest):
                pieces.append((begin, end))
                begin = end
        if last - begin >= SHORTEST and source.plain.line_at(begin) - 1 not in source.furniture:
            pieces.append((begin, last))
    return pieces


def _stretches(source: SourceText) -> list[list[int]]:
    """What stands between two places where something else begins: its start, and where its sentences end."""
    text = source.plain.text
    breaks = {place for place in _breaks(source) if not _goes_on(source, place)}
    entries, tables = _entries(source), _tables(source)
    breaks = {place for place in breaks if not any(first < place < last for first, last in tables)}
    found = []
    edges = breaks.union(entries, *((head.span.start, head.span.end) for head in source.headings), *tables)
    for first, last in pairwise(sorted(edges)):
        whole = (first in entries and last - first <= _ENTRY) or (first, last) in tables
        ends = () if whole else _SENTENCE_END[source.normaliser].finditer(text[first:last])
        found.append([first, *sorted({*(first + match.end() for match in ends), last})])
    return found


_LISTED = re.compile(r"\s*(?:\[(\d{1,3})\]|\((\d{1,3})\)|(\d{1,3})\))\s*\S")
_ROW = re.compile(r".*?\S(?:\s+(?:[-\u2013\u2014\u2026]|[+-]?\d[\d.,]*%?)){2,}")  # of a table
_ENTRY = 400  # characters of a work cited: what is longer is taken sentence by sentence


def _entries(source: SourceText) -> set[int]:
    """Where the entries of lists begin that count up line by line: `[1]`, `(1)`, `1)`."""
    found = [(n, m) for n, line in enumerate(source.raw) if (m := _LISTED.match(line))]
    listed: set[int] = set()
    for (line, one), (other, following) in pairwise(found):
        kind, above = one.lastindex or 0, source.raw[other - 1].strip()
        counts_up = following.lastindex == kind and int(following[kind]) == int(one[kind]) + 1
        # After a line that goes on it is a citation that happens to begin the next.
        if counts_up and (not above or source.normal(above).endswith(_ENDS)):
            listed |= {line, other}
    return {source.plain.starts[line] for line in listed}


def _tables(source: SourceText) -> set[tuple[int, int]]:
    """Where tables stand: rows that end in two numbers or more, the line above them, a note below.

    A row is only as good as the heading of its column, so that a table is one passage.
    """
    raw, found = source.raw, set()
    for filled, run in groupby(range(len(raw)), lambda n: bool(raw[n].strip())):
        block = list(run)
        rows = [n for n in block if filled and _ROW.fullmatch(raw[n].strip())]
        if len(rows) > 1:
            note = block[-1] == rows[-1] + 1
            first, last = max(rows[0] - 1, block[0]), rows[-1] + note
            found.add((source.plain.starts[first], source.plain.ends[last]))
    return found


def _ended(source: SourceText, place: int) -> bool:
    """Whether what stands above a place ends there: a heading, or the last sentence of a paragraph."""
    line = source.plain.line_at(place) - 1
    above = next((row for row in reversed(source.raw[:line]) if row.strip()), "")
    return bool(_HEADING.fullmatch(above)) or source.plain.text[:place].rstrip().endswith(_ENDS)


def _goes_on(source: SourceText, place: int) -> bool:
    """Whether a sentence goes on over a break: nothing says that something else begins there."""
    text, line = source.plain.text, source.plain.line_at(place) - 1
    return not (
        place in (0, len(text))
        or source.raw[line].startswith("\f")
        or _ended(source, place)
        or _HEADING.fullmatch(source.raw[line])
        or _NOTE.match(text[place:])
        or {line, line - 1} & source.furniture
    )


def _breaks(source: SourceText) -> set[int]:
    """Places between which a passage stands: blank lines, new pages, lines after headings, both ends."""
    raw = source.raw
    after_headings = {
        source.plain.starts[number]
        for number in range(1, len(raw))
        if _HEADING.fullmatch(raw[number - 1]) and (number < 2 or not raw[number - 2].strip())
    }
    return {0, *source.breaks, len(source.plain.text)} | after_headings


def _cut(start: int, end: int, breaks: Sequence[int]) -> list[tuple[int, int]]:
    """Cut a stretch where a page, a column or a footnote begins inside it."""
    inside = breaks[bisect.bisect_right(breaks, start) : bisect.bisect_left(breaks, end)]
    return list(pairwise([start, *inside, end]))


def _around(text: str, start: int, end: int, bounds: Sequence[int]) -> tuple[int, int]:
    """Widen a stretch to whole sentences, which `bounds` part, until a passage is long enough."""
    before = bisect.bisect_right(bounds, start) - 1
    after = bisect.bisect_left(bounds, end)
    while bounds[after] - bounds[before] < SHORTEST and (before or after + 1 < len(bounds)):
        before, after = (before, after + 1) if after + 1 < len(bounds) else (before - 1, after)
    piece = text[bounds[before] : bounds[after]]
    return bounds[before] + len(piece) - len(piece.lstrip()), bounds[after]
