"""Passages that are interrupted: by a footnote, by another column, by a heading or a running head.

A typesetter breaks a passage wherever a page is full, and a program that extracts text may print two
columns line by line in turn. Such a passage stands in lines that do not follow one another. It is found
by leaving lines out between its first and its last, under one condition that keeps the match as strict
as it was: every line left out must be accounted for. It is page furniture, a printed heading, or
wholly a part of other passages, each of which stands to the letter, too. A line that says something
else is never left out, so words put into a passage still hide it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import islice, pairwise

from analysis.verify.fingerprints import OPENING, Fingerprint, PassageVerdict, Place, occurrences
from analysis.verify.source_text import Reading, SourceText, Span, without_numbers

IN_TURN = 2  # lines left out after each line of a passage: three columns read across
AT_ONCE = 60  # lines left out in one place: the foot of a column and the head of the next
STARTS = 40  # places in which a passage may begin, those with most of its opening first
TRIES = 6000  # ways through the lines that are tried from each
ROUNDS = 4  # each takes out the passages found so far and joins what they interrupted


Way = tuple[Place, frozenset[int]]  # and the lines between its first and its last that are not its own


def interrupted(
    wanted: Mapping[int, Fingerprint], found: Collection[Span], source: SourceText
) -> dict[int, Place]:
    """Find passages whose lines are interrupted; `found` is where other passages stand.

    Returns what was found by the number that it has in `wanted`. Two passages may account for one another,
    as a footnote and the sentence that it interrupts. That a candidate is itself refused, for a line that it
    leaves out, takes nothing from those beside it: its own lines are known to the letter.
    """
    lines = _Lines(source)
    candidates: dict[int, list[Way]] = {}

    def unaccounted() -> list[int]:
        spans = [span for ways in candidates.values() for place, _ in ways for span in place.spans]
        return lines.left_of([*found, *lines.headings, *spans])

    for _ in range(ROUNDS):
        left = {number: print_ for number, print_ in wanted.items() if number not in candidates}
        search = _Search(lines, unaccounted(), {print_.opening for print_ in left.values()})
        more = {n: ways for n, print_ in left.items() if (ways := list(search.ways(print_)))}
        if not more:
            break
        candidates |= more
    unknown = set(unaccounted()) - lines.furniture
    kept = {n: [place for place, omitted in ways if not omitted & unknown] for n, ways in candidates.items()}
    return {number: places[0] for number, places in kept.items() if places}


class _Lines:
    """The lines of a source that have text, normalised, without what repeats on every page."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.texts = {
            number: text
            for number, line in enumerate(source.raw)
            if number not in source.furniture and (text := source.normal(line))
        }
        self._joints: dict[tuple[int, int], str] = {}

    @cached_property
    def furniture(self) -> set[int]:
        """Lines that may stand between any two others: what repeats, and page numbers that count up."""
        at_edges = {without_numbers(self.source.normal(self.source.raw[n])) for n in self.source.furniture}
        patterns = {number: without_numbers(text) for number, text in self.texts.items()}
        seen = Counter(patterns.values()) + Counter(at_edges) + Counter(at_edges)
        repeated = {n for n, pattern in patterns.items() if seen[pattern] > 2 and pattern.strip("-# ")}
        numbers = [(int(text.strip("- ")), n) for n, text in self.texts.items() if _PAGE.fullmatch(text)]
        paged = {n for pair in pairwise(numbers) if pair[1][0] == pair[0][0] + 1 for _, n in pair}
        return repeated | paged

    @cached_property
    def headings(self) -> list[Span]:
        """Where the titles of sections are printed."""
        titles = set(map(self.source.normal, self.source.titles.values()))
        return [
            Span(match.start(), len(title))
            for title in titles
            if title
            for match in re.finditer(re.escape(title), self.source.plain.text)
        ]

    def left_of(self, taken: Collection[Span]) -> list[int]:
        """The lines with a character that stands in none of some places, but a note's number."""
        plain = self.source.plain
        covered = bytearray(len(plain.text))
        for span in taken:
            covered[span.start : span.end] = b"\1" * span.chars
        left = []
        for number in self.texts:
            start, end = plain.starts[number], plain.ends[number]
            bare = "".join(plain.text[place] for place in range(start, end) if not covered[place])
            if bare.strip(" ") and not (_NUMBER.fullmatch(bare) and len(bare) < end - start):
                left.append(number)
        return left

    def joined(self, text: str, line: int, following: int) -> str:
        """A text that ends with one line, and another line after it."""
        after = self.texts[following]
        if self.source.normaliser.startswith("ja") and _PLAIN.match(text[-1:]) and _PLAIN.match(after):
            return text + after
        if (line, following) not in self._joints:
            raw, before = self.source.raw, self.texts[line]
            pair = self.source.normal(f"{raw[line]}\n{raw[following]}")
            self._joints[line, following] = pair[len(before) - 1 :]
        return text[:-1] + self._joints[line, following]


_PLAIN = re.compile("[ぁ-ゖァ-ヺ一-鿿]")  # characters that the end of a line does not change
_PAGE = re.compile(r"-? ?\d{1,4} ?-?")
_NUMBER = re.compile(r"[(\[]?\d{1,3}(?:\.\d{1,2})*[)\]]?[.。]? ?|[*†‡§※]{1,3} ?")  # of a note, a section


class _Search:
    """Ways in which passages may run through some lines, leaving others out."""

    def __init__(self, lines: _Lines, order: list[int], openings: Collection[str]) -> None:
        self.lines, self.order = lines, order  # the lines that may hold a passage
        self.starts: dict[str, list[tuple[int, int]]] = defaultdict(list)  # by the beginning of an opening
        begun = {opening[:length] for opening in openings for length in range(1, len(opening))}
        for place, line in enumerate(order):
            text = lines.texts[line]
            for opening, start in occurrences(text, openings):
                self.starts[opening].append((place, start))
            for start in range(max(len(text) - OPENING + 1, 0), len(text)):
                if text[start:] in begun:
                    self.starts[text[start:]].append((place, start))

    def ways(self, print_: Fingerprint) -> Iterator[Way]:
        """Yield the ways in which a passage stands to the letter, those that leave least out first."""
        opening = print_.opening
        begins = (self.starts.get(opening[:length], ()) for length in range(len(opening), 0, -1))
        starts = dict.fromkeys(islice((start for starts in begins for start in starts), STARTS))
        seen: set[tuple[int, ...]] = set()
        for place, start in starts:
            for path in self._paths(print_, place, start):
                if path not in seen and (way := self._confirmed(print_, path)):
                    seen.add(path)
                    yield way

    def _paths(self, print_: Fingerprint, place: int, start: int) -> Iterator[tuple[int, ...]]:
        """Places in the order, one after the other, whose lines hold a passage that begins in the first."""
        stack: list[tuple[tuple[int, ...], str]] = [((place,), self.lines.texts[self.order[place]][start:])]
        for _ in range(TRIES):
            if not stack:
                break
            path, text = stack.pop()
            if not text.startswith(print_.opening[: len(text)]):
                continue
            if print_.matches(text[: print_.chars]):
                yield path
            if len(text) <= print_.chars:  # the last character of a line may change with the next
                here = path[-1]
                stack += [
                    ((*path, there), self.lines.joined(text, self.order[here], self.order[there]))
                    for there in self._next(path)
                ]

    def _next(self, path: tuple[int, ...]) -> range:
        """Where a path may go on, the nearest place last: leaving out a few lines each time, or many once."""
        longest = max((later - earlier - 1 for earlier, later in pairwise(path)), default=0)
        reach = AT_ONCE if not longest else IN_TURN if longest <= IN_TURN else 0
        return range(min(path[-1] + 1 + reach, len(self.order) - 1), path[-1], -1)

    def _confirmed(self, print_: Fingerprint, path: tuple[int, ...]) -> Way | None:
        chosen = tuple(self.order[place] for place in path)
        reading = Reading(self.lines.source, chosen)
        for match in re.finditer(f"(?={re.escape(print_.opening)})", reading.text):
            start = match.start()
            text = reading.text[start : start + print_.chars]
            if print_.matches(text):
                spans = reading.spans(start, print_.chars)
                between = frozenset(n for n in self.lines.texts if chosen[0] < n < chosen[-1]) - set(chosen)
                return Place(PassageVerdict.EXACT, text, spans, (start,), reading), between
        return None
