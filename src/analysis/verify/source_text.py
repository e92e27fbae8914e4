"""Readings of a source: its text in one piece, and back from a place in it to a line of the file.

A passage is fingerprinted as it reads. Another extraction of the same document may break it with what a
page puts in between: a running head, a page number, a footnote. So a source has several readings: as it
stands in the file, and with such lines moved to the end. Nothing is lost in any of them, and a passage
must stand in one of them to the letter.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, groupby, takewhile
from types import MappingProxyType
from typing import NamedTuple

from analysis.transcribe.normaliser import normalise


class Span(NamedTuple):
    """A stretch of the source, counted in normalised characters of the text as it stands."""

    start: int
    chars: int

    @property
    def end(self) -> int:
        return self.start + self.chars


@dataclass(frozen=True)
class Reading:
    """One order of the source's lines, normalised."""

    source: SourceText = field(repr=False)
    lines: tuple[int, ...]  # indices into the source's `raw`, in reading order

    @cached_property
    def text(self) -> str:
        return self.source.normal("\n".join(map(self.source.raw.__getitem__, self.lines)))

    @cached_property
    def starts(self) -> list[int]:
        """Where each line of the reading begins in its text.

        What a line contributes is measured together with the last line before it that has text, because
        joining two lines may drop a hyphen, combine an accent or put a space between them.
        """
        starts, before, begun = [], "", 0
        for line in self.lines:
            piece = self.source.raw[line]
            own = len(self.source.normal(piece))
            joined = f"{before}\n{piece}" if before else piece
            starts.append(begun + len(self.source.normal(joined)) - own)
            if own:
                before, begun = piece, starts[-1]
        return starts

    @cached_property
    def ends(self) -> list[int]:
        """Where each line ends: where the next begins."""
        return [*self.starts[1:], len(self.text)]

    def line_at(self, place: int) -> int:
        """The line of the file (counted from 1) in which a character of the reading stands."""
        return self.source.numbers[self.lines[self._index(place)]] + 1

    def _index(self, place: int) -> int:
        return max(bisect.bisect_right(self.starts, place) - 1, 0)

    def spans(self, start: int, chars: int) -> tuple[Span, ...]:
        """Where a stretch of this reading stands in the text as the file has it."""
        if self is self.source.plain:
            return (Span(start, chars),)
        spans: list[Span] = []
        for index in range(self._index(start), bisect.bisect_left(self.starts, start + chars)):
            begins, ends = max(self.starts[index], start), min(self.ends[index], start + chars)
            place = self.source.plain.starts[self.lines[index]] + begins - self.starts[index]
            if spans and spans[-1].end == place:
                spans[-1] = Span(spans[-1].start, spans[-1].chars + ends - begins)
            elif ends > begins:
                spans.append(Span(place, ends - begins))
        return tuple(spans)


class Heading(NamedTuple):
    """Where a section's printed heading stands, with its number."""

    section: str
    span: Span


class SourceText:
    """A source's text with its readings, each made when it is first asked for."""

    def __init__(self, text: str, normaliser: str, titles: Mapping[str, str] = MappingProxyType({})) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.raw = tuple(text.replace("\f", "\n\f").split("\n"))
        self.normaliser = normaliser
        self.titles = titles  # of its sections, as printed, by their ids
        self.numbers: Sequence[int] = range(len(self.raw))  # of the file's lines that those of `raw` are of
        self.arranged = ""  # what was done to its lines

    def normal(self, text: str) -> str:
        """A text as this source is compared."""
        return normalise(text, self.normaliser)

    def with_lines(self, lines: Iterable[str], numbers: Iterable[int], how: str = "") -> SourceText:
        """The same source with other lines; `numbers` are those of the file's lines."""
        other = SourceText("", self.normaliser, self.titles)
        other.raw, other.numbers = tuple(lines), tuple(numbers)
        other.arranged = ", ".join(filter(None, [self.arranged, how]))
        return other

    @classmethod
    def joined(cls, texts: Sequence[SourceText]) -> SourceText:
        """Several documents, one after another; the lines keep the numbers of their own."""
        if len(texts) == 1:
            return texts[0]
        lines = (line for text in texts for line in text.raw)
        return texts[0].with_lines(lines, (number for text in texts for number in text.numbers))

    @cached_property
    def plain(self) -> Reading:
        """The text as it stands in the file."""
        return Reading(self, tuple(range(len(self.raw))))

    @cached_property
    def breaks(self) -> list[int]:
        """Places in the plain text before which there is a blank line or a new page."""
        lines = self.raw
        return [
            self.plain.starts[number]
            for number in range(1, len(lines))
            if not _blank(lines[number]) and (lines[number].startswith("\f") or _blank(lines[number - 1]))
        ]

    @cached_property
    def pages(self) -> list[list[int]]:
        """The indices of the non-blank lines, page by page; a form feed begins a page."""
        pages: list[list[int]] = [[]]
        for number, line in enumerate(self.raw):
            if line.startswith("\f"):
                pages.append([])
            if not _blank(line):
                pages[-1].append(number)
        return pages

    @cached_property
    def furniture(self) -> set[int]:
        """Indices of the lines at a page's edges that come back on another, and of lone page numbers."""
        if len(self.pages) < 2:
            return set()
        edges = {number for page in self.pages for number in [*page[:2], *page[-2:]]}
        patterns = {number: without_numbers(normalise(self.raw[number])) for number in edges}
        seen = Counter(patterns.values())
        repeated = {n for n, pattern in patterns.items() if seen[pattern] > 1 and re.search(r"\w", pattern)}
        return repeated | {n for n, pattern in patterns.items() if pattern.strip("-") == "#"}

    @cached_property
    def headings(self) -> list[Heading]:
        """Where the printed titles of sections begin a line, in the sections' order, with their numbers.

        A line that a title fills comes before one that goes on after it; one that is not found is left out.
        """
        text, starts = self.plain.text, self.plain.starts
        ends = {len(text[:start].rstrip()) for start in [*starts, len(text)]}
        found: list[Heading] = []
        for section, printed in self.titles.items():
            title, places = self.normal(printed), []
            after = found[-1].span.end if found else 0
            for match in re.finditer(re.escape(title), text[after:]) if title else ():
                place, end = after + match.start(), after + match.end()
                line = starts[bisect.bisect_right(starts, place) - 1]
                # Before the title there is at most the section's number on its line.
                if _NUMBER.fullmatch(text, line, place):
                    places.append(Span(line, end - line))
            if places:
                found.append(Heading(section, next((s for s in places if s.end in ends), places[0])))
        return found

    def readings(self) -> Iterator[Reading]:
        """Yield the readings, the plainest first; most sources need only that."""
        yield self.plain
        tried: list[set[int]] = [set()]
        for moved in _in_the_way(self):
            if moved not in tried:
                tried.append(moved)
                yield Reading(self, tuple(sorted(self.plain.lines, key=moved.__contains__)))  # they come last


def without_numbers(text: str) -> str:
    """What a running head keeps from page to page."""
    return re.sub(r"\d+", "#", text)


# The number of a section: `2.1`, `II.`, `B.1`, `§ 3`, `第2章`.
_NUMBER = re.compile(
    r"(?:第?[\d一二三四五六七八九十]+[章節部編]?|[IVXLC]+(?=[.) ])|[A-Z](?=[.)\d])|§)?[\d.。:、) ]*"
)


def _in_the_way(source: SourceText) -> Iterator[set[int]]:
    """Yield guesses at the lines that a page puts in the way of its text, the likeliest first.

    A wrong guess does no harm: a passage then stands in another reading, or in none.
    """
    heads = source.furniture
    yield heads
    # Lines between which none is blank have as many blank ones before them.
    blanks = list(accumulate(map(_blank, source.raw)))
    bodies = ((number for number in page if number not in heads) for page in source.pages)
    blocks = [[list(run) for _, run in groupby(body, blanks.__getitem__)] for body in bodies]
    yield heads | _footnotes(source.raw, blocks)
    if len(blocks) > 1:  # a note that goes on from the page before has no number to know it by
        for last in (1, 2):
            yield heads.union(*(block for page in blocks for block in page[1:][-last:]))


def _blank(line: str) -> bool:
    """Whether nothing of a line is seen: it may hold a soft hyphen."""
    return not line.strip() or (len(line) < 8 and not normalise(line))


# A note's own number is followed by its text, a section's by a stop and a date's by its unit.
_NOTE = re.compile(r"(\d{1,3})\)?[^\d.。,、)年月日]")


def _footnotes(raw: Sequence[str], pages: Sequence[list[list[int]]]) -> set[int]:
    """Lines of footnotes: blocks whose numbers count up, where the file has pages only at their foot."""
    found: set[int] = set()
    expected = 1
    for blocks in pages:
        if len(pages) > 1:
            notes = takewhile(lambda block: _note_number(raw[block[0]]), reversed(blocks))
            blocks = list(notes)[::-1]
        for block in blocks:
            if _note_number(raw[block[0]]) == expected:
                found.update(block)
                for line in block:
                    expected += _note_number(raw[line]) == expected
    return found


def _note_number(line: str) -> int | None:
    number = _NOTE.match(normalise(line))
    return int(number[1]) if number else None
