"""Columns that were read across: lines that hold two columns side by side are taken apart.

Programs that keep a page's layout print its columns side by side, with blanks between them; others
leave one blank. Where a page shows columns, its lines are cut at the gap between them, and its columns
follow one another. A wrong cut does no harm: a passage must still stand there to the letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.transcribe.normaliser import UNSPACED
from analysis.verify.source_text import SourceText

_GAP = re.compile(r"(?<=\S)[ \t\u3000]{2,}(?=\S)|^[ \t\u3000]+(?=\S)")
_SPACE = re.compile(r"(?<=\S)[ \u3000]+(?=\S)")
APART = "columns apart"  # how such a reading is called
NARROWEST = 8  # characters of a column
SHARE = 0.25  # of a page's lines that must begin a column in one place, for it to be one
OFF = 3  # characters by which lines may miss the place where their column begins

Cut = tuple[int, str]  # the line that a piece comes from, and the piece


def columns_apart(source: SourceText) -> SourceText | None:
    """The source with its columns one after the other; None where no page shows any."""
    lines = list(enumerate(source.raw))
    begins = [0, *(number for number, line in lines if line.startswith("\f")), len(lines)]
    pages = [lines[first:last] for first, last in pairwise(begins)]
    apart = [_by_place(page, source) or _by_width(page, source) for page in pages]
    if not any(apart):
        return None
    cuts = [cut for page, pieces in zip(pages, apart, strict=True) for cut in pieces or page]
    return source.with_lines((piece for _, piece in cuts), (source.numbers[line] for line, _ in cuts), APART)


# --- columns that begin in one place ------------------------------------------------------------
def _by_place(page: Sequence[Cut], source: SourceText) -> list[Cut] | None:
    """Take a page apart where its columns begin in the same place on many lines."""
    lines = [line for number, line in page if line.strip() and number not in source.furniture]
    starts = Counter(match.end() for line in lines for match in _GAP.finditer(line.strip("\f")))
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    begins: list[int] = []
    for place, _ in starts.most_common():
        near = sum(starts[place + off] for off in range(-1, 2))
        if near < max(4, SHARE * len(lines)):
            break
        if all(abs(place - other) >= NARROWEST for other in [*begins, indent]):
            begins.append(place)
    if not begins:
        return None
    columns: list[list[Cut]] = [[] for _ in range(len(begins) + 1)]
    for number, line in page:
        whole = number in source.furniture
        for column, piece in [(0, line)] if whole else _cut(line, sorted(begins)):
            columns[column].append((number, piece))
    return [cut for column in columns for cut in column]


def _cut(line: str, begins: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The pieces of a line with their columns, cut at the gap nearest to where a column begins."""
    head, line = ("\f", line[1:]) if line.startswith("\f") else ("", line)
    wide = {match.end() for match in _GAP.finditer(line)}
    any_gap = wide | {match.end() for match in _SPACE.finditer(line)}
    column, start = 0, 0
    for number, place in enumerate(begins, 1):
        near = [e for e in wide if abs(e - place) <= 2 * OFF] or [e for e in any_gap if abs(e - place) <= OFF]
        near = [end for end in near if end > start]
        if near:
            end = min(near, key=lambda end: abs(end - place))
            if line[start:end].strip():
                yield column, head + line[start:end].strip()
                head = ""
            column, start = number, end
    yield column, head + line[start:].strip()


# --- columns with one blank between them --------------------------------------------------------
def _by_width(page: Sequence[Cut], source: SourceText) -> list[Cut] | None:
    """Take a page apart whose lines have a blank in their middle, in scripts without blanks between words."""
    if not source.normaliser.startswith(UNSPACED):
        return None
    widths = {number: _width(line) for number, line in page if line.strip()}
    gaps = {number: [m.span() for m in _SPACE.finditer(line)] for number, line in page}
    halves = [
        width / 2
        for number, line in page
        if (width := widths.get(number, 0))
        and any(abs(_width(line[:start]) - width / 2) < width / 12 for start, _ in gaps[number])
    ]
    across = len(halves) >= max(4, SHARE * len(widths))
    # Of two columns that are printed in turn, only here and there two lines stand on one.
    usual = sorted(halves if across else widths.values())
    full = usual[len(usual) * 3 // 4] if usual else 0
    cuts = {
        number: cut
        for number, line in page
        if widths.get(number, 0) > full * 1.1 and (cut := _middle(line, gaps[number], full))
    }
    left = [(n, line[: cuts[n][0]] if n in cuts else line) for n, line in page]
    right = [(n, line[cuts[n][1] :]) for n, line in page if n in cuts]
    if len(cuts) > len(widths) / 2:
        return left + right
    return sorted(left + right, key=lambda cut: cut[0]) if right else None  # each stays where it is


def _middle(line: str, gaps: Sequence[tuple[int, int]], full: float) -> tuple[int, int] | None:
    """The gap that leaves a full column on one of its sides, and no more than that on the other."""

    def off(gap: tuple[int, int]) -> float:
        left, right = _width(line[: gap[0]]), _width(line[gap[1] :])
        return min(abs(left - full), abs(right - full)) + 10 * max(0, left - full - 4, right - full - 4)

    best = min(gaps, key=off, default=None)
    return best if best and off(best) <= full / 4 else None


def _width(text: str) -> int:
    """How wide a text is, in half-width characters."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WFA") for character in text)
