"""Tables that a passage prints: numbers by the heading of their row and that of their column.

A table has a line of headings that are dates (`Region  2014  2015`), and below it rows of a heading and as
many entries. The n-th entry of a row stands under the n-th heading. Entries are parted by two blanks or a
tab, or by one where they are counted from the end of the line; a sign for a gap (`-`, `n/a`) is an entry.
A row with more or fewer entries than there are headings does not tell which is under which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from typing import NamedTuple

from analysis.verify.extract import numbers, periods

_GAP = re.compile(r"-{1,3}|\.{1,3}|。|。。。|[·x/*未]|n/?a|n\.a\.|k\.a\.|nd|n\.d\.|s\.o\.")
_FOOTNOTE = re.compile(r"(?:[*†‡§]+|\[\d+\]|(?<=[^\W\d_])\d\))$")


class Entry(NamedTuple):
    """One number of a table, as `extract.numbers` gives it."""

    value: str  # empty where there is none, or more than one
    bare: bool = True  # printed without a word of magnitude


class Row(NamedTuple):
    """A row of a table with the headings of its columns."""

    heading: str
    columns: tuple[str, ...]
    entries: tuple[Entry, ...]

    def cells(self, language: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """The date of each column with its entry; with all of them where it is not told which is whose."""
        told = len(self.entries) == len(self.columns)
        for place, column in enumerate(self.columns):
            yield period(column, language), (self.entries[place],) if told else self.entries


def read(
    lines: Sequence[str], language: str, normal: Callable[[str], str], names: Container[str]
) -> Iterator[Row]:
    """Every row of the tables in some lines of a source, as the file has them; `normal` normalises.

    `names` are the normalised names of what a table may have rows of: below headings `Lindau  1990  2010`
    is a row, while `Region  1990  2010` may be the headings of the next table.
    """
    columns: tuple[str, ...] = ()
    for line in lines:
        if not line.strip():
            continue
        row = _row(line, columns, language, normal) if columns else None
        if row:
            yield row
        # Numbers that look like years are a row, and may be headings if they rise or fall.
        if not row or row.heading not in names:
            columns = _headings(line, language, normal) or columns


def period(heading: str, language: str) -> str:
    """The date or period that a heading is; empty where it is something else."""
    if re.fullmatch(r"(?:1[5-9]|2[01])\d\d", heading):
        return heading
    found = list(periods(heading, language))
    return found[0].value if [m[1:] for m in found] == [(0, len(heading))] else ""


def plain(heading: str) -> str:
    """A heading without the sign of a footnote, and without a colon."""
    return _FOOTNOTE.sub("", heading.strip(" :")).strip(" :")


def _cells(line: str) -> list[str]:
    """The pieces of a line that two blanks or a tab part; its words where nothing does."""
    pieces = re.split(r"\s{2,}|\t", line.strip())
    return pieces if len(pieces) > 2 else line.split()


def _headings(line: str, language: str, normal: Callable[[str], str]) -> tuple[str, ...]:
    """The headings that end a line: dates, two at least, that rise or fall."""
    cells = [plain(normal(cell)) for cell in _cells(line)]
    dates = len(cells)
    while dates and period(cells[dates - 1], language):
        dates -= 1
    found = tuple(cells[dates:])
    order = sorted(set(found), key=lambda heading: period(heading, language))
    return found if len(found) > 1 and list(found) in (order, order[::-1]) else ()


def _row(line: str, columns: tuple[str, ...], language: str, normal: Callable[[str], str]) -> Row | None:
    """A line as a row; None where it has no entries."""
    for cells in (_cells(line), line.split()):
        pieces = [normal(cell) for cell in cells]
        entries = [_entry(piece, language) for piece in pieces]
        first = next((n for n in range(len(entries), 0, -1) if entries[n - 1] is None), 0)
        heading = plain(normal(" ".join(cells[:first])))
        found = tuple(entry for entry in entries[first:] if entry is not None)
        if heading and len(found) == len(columns):
            break
    return Row(heading, columns, found) if heading and found else None


def _entry(text: str, language: str) -> Entry | None:
    """What a cell prints: a number, a gap; None where it is of another kind."""
    if _GAP.fullmatch(text.casefold().replace(" ", "")):
        return Entry("")
    found = list(numbers(text, language)) or [m for m in periods(text, language) if m.value.isdecimal()]
    rest = re.sub(r"^ ?[%*†‡]*", "", text[found[0].end :]) if len(found) == 1 else "more"
    if rest or found[0].start:
        return None
    return Entry(found[0].value, text[found[0].end - 1].isdecimal())
