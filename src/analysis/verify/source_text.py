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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    """One order of the source's lines, normalised; `lines` holds the line numbers in that order."""

    raw: tuple[str, ...]  # the lines of the file
    lines: tuple[int, ...]  # indices into `raw`, in reading order
    normaliser: str
    numbers: Sequence[int] = ()  # of the file's lines, where those of `raw` are pieces of them

    @cached_property
    def text(self) -> str:
        return normalise("\n".join(map(self.raw.__getitem__, self.lines)), self.normaliser)

    @cached_property
    def starts(self) -> list[int]:
        """Where each line of the reading begins in its text.

        What a line contributes is measured together with the last line before it that has text, because
        joining two lines may drop a hyphen, combine an accent or put a space between them.
        """
        starts, before, begun = [], "", 0
        for line in self.lines:
            piece = self.raw[line]
            own = len(normalise(piece, self.normaliser))
            joined = f"{before}\n{piece}" if before else piece
            starts.append(begun + len(normalise(joined, self.normaliser)) - own)
            if own:
                before, begun = piece, starts[-1]
        return starts

    def line_at(self, place: int) -> int:
        """The line of the file (counted from 1) in which a character of the reading stands."""
        line = self.lines[self._index(place)]
        return (self.numbers[line] if self.numbers else line) + 1

    def _index(self, place: int) -> int:
        return max(bisect.bisect_right(self.starts, place) - 1, 0)

    def spans(self, start: int, chars: int, plain: Reading) -> tuple[Span, ...]:
        """Where a stretch of this reading stands in the text as the file has it (`plain`)."""
        if self is plain:
            return (Span(start, chars),)
        spans: list[Span] = []
        stops = [*self.starts[1:], start + chars]
        for index in range(self._index(start), len(self.lines)):
            begins, ends = max(self.starts[index], start), min(stops[index], start + chars)
            if begins >= start + chars:
                break
            place = plain.starts[self.lines[index]] + begins - self.starts[index]
            if spans and spans[-1].end == place:
                spans[-1] = Span(spans[-1].start, spans[-1].chars + ends - begins)
            elif ends > begins:
                spans.append(Span(place, ends - begins))
        return tuple(spans)


class SourceText:
    """A source's text with its readings, each made when it is first asked for."""

    def __init__(self, text: str, normaliser: str, titles: Sequence[str] = ()) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.raw = tuple(text.replace("\f", "\n\f").split("\n"))
        self.normaliser = normaliser
        self.titles = titles  # of its sections, as printed
        self.numbers: Sequence[int] = ()
        self.arranged = ""  # what was done to its lines

    def rearranged(self, how: str, lines: Sequence[str], numbers: Sequence[int] = ()) -> SourceText:
        """The same source with other lines; `numbers` says which of the old ones each comes from."""
        other = SourceText("", self.normaliser, self.titles)
        other.raw = tuple(lines)
        other.arranged = ", ".join(filter(None, [self.arranged, how]))
        other.numbers = [self.numbers[n] for n in numbers] if self.numbers else numbers or self.numbers
        return other

    @classmethod
    def joined(cls, texts: Sequence[SourceText]) -> SourceText:
        """Several documents, one after another; the lines keep the numbers of their own."""
        if len(texts) == 1:
            return texts[0]
        made = cls("", texts[0].normaliser, texts[0].titles)
        made.raw = tuple(line for text in texts for line in text.raw)
        made.numbers = [n for text in texts for n in text.numbers or range(len(text.raw))]
        return made

    @cached_property
    def plain(self) -> Reading:
        """The text as it stands in the file."""
        return Reading(self.raw, tuple(range(len(self.raw))), self.normaliser, self.numbers)

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
    def furniture(self) -> set[int]:
        """Indices of the lines that a page puts at its edges: running heads, page numbers."""
        return _running_heads(self.raw, _pages(self.raw))

    def readings(self) -> Iterator[Reading]:
        """Yield the readings, the plainest first; most sources need only that."""
        yield self.plain
        tried: list[set[int]] = [set()]
        for moved in _furniture(self.raw):
            if moved not in tried:
                tried.append(moved)
                lines = sorted(self.plain.lines, key=moved.__contains__)  # those moved come last
                yield Reading(self.raw, tuple(lines), self.normaliser, self.numbers)


# The number of a section: `2.1`, `II.`, `B.1`, `§ 3`, `第2章`.
_NUMBER = re.compile(
    r"(?:第?[\d一二三四五六七八九十]+[章節部編]?|[IVXLC]+(?=[.) ])|[A-Z](?=[.)\d])|§)?[\d.。:、) ]*"
)


def headings_in(source: SourceText, titles: Mapping[str, str]) -> list[tuple[str, Span]]:
    """Where the printed headings of sections begin a line, in the sections' order, with their numbers.

    `titles` are the headings by the ids of their sections. A line that a title fills comes before one that
    goes on after it; a heading that is not found is left out.
    """
    text, starts = source.plain.text, source.plain.starts
    ends = {len(text[:start].rstrip()) for start in [*starts, len(text)]}
    found: list[tuple[str, Span]] = []
    for section, printed in titles.items():
        title, places = normalise(printed, source.normaliser), []
        after = found[-1][1].end if found else 0
        for match in re.finditer(re.escape(title), text[after:]) if title else ():
            place, end = after + match.start(), after + match.end()
            line = starts[bisect.bisect_right(starts, place) - 1]
            # Before the title there is at most the section's number on its line.
            if _NUMBER.fullmatch(text, line, place):
                places.append(Span(line, end - line))
        if places:
            found.append((section, next((span for span in places if span.end in ends), places[0])))
    return found


def _furniture(raw: Sequence[str]) -> Iterator[set[int]]:
    """Yield guesses at the lines that a page puts in the way of its text, the likeliest first.

    A wrong guess does no harm: a passage then stands in another reading, or in none.
    """
    pages = _pages(raw)
    heads = _running_heads(raw, pages)
    yield heads
    blocks = [_blocks([n for n in page if n not in heads], raw) for page in pages]
    yield heads | _footnotes(raw, blocks)
    if len(pages) > 1:  # a note that goes on from the page before has no number to know it by
        for last in (1, 2):
            yield heads.union(*(block for page in blocks for block in page[1:][-last:]))


def _blank(line: str) -> bool:
    """Whether nothing of a line is seen: it may hold a soft hyphen."""
    return not line.strip() or (len(line) < 8 and not normalise(line))


def _pages(raw: Sequence[str]) -> list[list[int]]:
    """The numbers of the non-blank lines, page by page; a form feed begins a page."""
    pages: list[list[int]] = [[]]
    for number, line in enumerate(raw):
        if line.startswith("\f"):
            pages.append([])
        if not _blank(line):
            pages[-1].append(number)
    return pages


def _running_heads(raw: Sequence[str], pages: Sequence[Sequence[int]]) -> set[int]:
    """Lines at the edge of a page that come back on another, and lone page numbers."""
    if len(pages) < 2:
        return set()
    edges = {number for page in pages for number in [*page[:2], *page[-2:]]}
    # What a running head keeps from page to page: everything but its numbers.
    patterns = {number: re.sub(r"\d+", "#", normalise(raw[number])) for number in edges}
    seen = Counter(patterns.values())
    repeated = {n for n, pattern in patterns.items() if seen[pattern] > 1 and re.search(r"\w", pattern)}
    return repeated | {n for n, pattern in patterns.items() if pattern.strip("-") == "#"}


# A note's own number is followed by its text, a section's by a stop and a date's by its unit.
_NOTE = re.compile(r"(\d{1,3})\)?[^\d.。,、)年月日]")


def _footnotes(raw: Sequence[str], pages: Sequence[list[list[int]]]) -> set[int]:
    """Lines of footnotes: blocks whose numbers count up through the document.

    Where the file has pages, only blocks at the foot of a page.
    """
    found: set[int] = set()
    expected = 1
    for blocks in pages:
        for block in blocks if len(pages) == 1 else _last_notes(blocks, raw):
            if _note_number(raw[block[0]]) == expected:
                found.update(block)
                for line in block:
                    expected += _note_number(raw[line]) == expected
    return found


def _last_notes(blocks: list[list[int]], raw: Sequence[str]) -> list[list[int]]:
    """The blocks at the foot of a page that begin like a note."""
    first = len(blocks)
    while first and _note_number(raw[blocks[first - 1][0]]):
        first -= 1
    return blocks[first:]


def _note_number(line: str) -> int | None:
    number = _NOTE.match(normalise(line))
    return int(number[1]) if number else None


def _blocks(numbers: Sequence[int], raw: Sequence[str]) -> list[list[int]]:
    """Runs of lines without a blank line between them."""
    blocks: list[list[int]] = []
    for number in numbers:
        if blocks and not any(_blank(raw[n]) for n in range(blocks[-1][-1] + 1, number)):
            blocks[-1].append(number)
        else:
            blocks.append([number])
    return blocks
