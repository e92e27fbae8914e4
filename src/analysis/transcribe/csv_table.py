"""One table as it was typed: its cells, and the line each of them stands in.

A cell may hold no character that looks like another and is read as a different one (a radical, a
full-width digit in an id, an invisible mark), and no formula that a reviewer's spreadsheet would run.
"""

from __future__ import annotations

import re
import unicodedata
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.transcribe import csv_text, periods
from analysis.transcribe.csv_text import Row, read_text, shown
from analysis.transcribe.normaliser import normalise
from analysis.transcribe.problems import Problem, did_you_mean, nearest, quoted, visible
from analysis.transcribe.schema import Field

# --- tables ------------------------------------------------------------


@dataclass(frozen=True)
class CsvTable:
    """One table as typed.

    `columns` are those of the file that the schema knows, as text, and `starts` the line in which
    each row begins. `uneven` are the lines of rows whose cells cannot be told apart with certainty:
    their ids count as existing, and nothing else is said of them.
    """

    table: str
    file: str
    columns: Mapping[str, list[str]]
    starts: list[int]
    header: tuple[str, ...] = ()
    uneven: frozenset[int] = frozenset()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table as text, indexed by line."""
        index = pd.Index(self.starts, dtype="int64", name="line")
        return pd.DataFrame(self.columns, index=index, columns=list(self.columns), dtype="str")

    @cached_property
    def sound(self) -> CsvTable:
        """The rows that have as many cells as there are columns."""
        if not self.uneven:
            return self
        kept = [n for n, line in enumerate(self.starts) if line not in self.uneven]
        columns = {name: [cells[n] for n in kept] for name, cells in self.columns.items()}
        return replace(self, columns=columns, starts=[self.starts[n] for n in kept], uneven=frozenset())

    def has(self, *columns: str) -> bool:
        """Whether the file has all these columns."""
        return all(name in self.columns for name in columns)

    def values(self, column: str) -> dict[int, str]:
        """Return the cells of a column that are not empty, by line; none where the file lacks the column."""
        return self._filled.get(column, {})

    def rows(self, *columns: str) -> Iterator[Any]:
        """Yield every sound row with its cells of these columns (see `TypedRow`)."""
        cells = self.sound.columns
        return map(_row(columns), repeat(self), self.sound.starts, *(cells[name] for name in columns))

    @cached_property
    def _filled(self) -> dict[str, dict[int, str]]:
        return {
            name: {line: cell for line, cell in zip(self.sound.starts, cells, strict=True) if cell}
            for name, cells in self.sound.columns.items()
        }

    def problem(self, row: int, column: str, expected: str, advice: str, found: str = "") -> Problem:
        """Return a problem of one cell, at the line in which it begins; `found` is the cell, or what else is said."""
        before = self.header[: self.header.index(column)] if column in self.header else ()
        place = self.starts.index(row)
        line = row + sum(self.columns[name][place].count("\n") for name in before if name in self.columns)
        return Problem(
            self.file, line, column, found or quoted(self.columns[column][place]), expected, advice
        )


class TypedRow:
    """A row of a table: the table as `csv`, its `line`, and some of its cells, each by its column's name."""

    __slots__ = ()
    csv: CsvTable
    line: int

    def problem(self, column: str, expected: str, advice: str, found: str = "") -> Problem:
        """Return a problem of a cell, as `CsvTable.problem` does."""
        return self.csv.problem(self.line, column, expected, advice, found)

    def unknown(self, column: str, cell: str, file: str, known: Iterable[str]) -> Problem:
        """Return the problem of an id that names nothing, with the nearest one that exists."""
        advice = did_you_mean(cell, known, f"add it to {file}.csv or correct it")
        return self.problem(column, f"an id of {file}.csv", advice, quoted(cell))


@cache
def _row(columns: tuple[str, ...]) -> type:
    return type("Row", (TypedRow, namedtuple("Row", ("csv", "line", *columns))), {"__slots__": ()})


class Cell(NamedTuple):
    """A cell that is not empty, with its place and its column."""

    csv: CsvTable
    line: int
    field: Field
    text: str

    def problem(self, expected: str, advice: str, found: str = "") -> Problem:
        """Return a problem of the cell, as `CsvTable.problem` does."""
        return self.csv.problem(self.line, self.field.name, expected, advice, found)


def read(path: Path, fields: Sequence[Field]) -> tuple[CsvTable | None, list[Problem]]:
    """Read one table and say what is wrong with its form and its characters.

    The table is None where the file cannot be read at all. Grades come back with an ASCII minus
    whatever dash they were typed with; every other cell is as typed.
    """
    text, problems = read_text(path)
    if text is None:
        return None, problems
    rows = csv_text.rows(text)
    header, misnamed = _header(path, rows[0], fields)
    problems += misnamed
    if header is None:
        return None, problems
    uneven = {row.line: problem for row in rows[1:] if (problem := _uneven(path, row, header))}
    columns, starts = _columns(rows[1:], header, fields), [row.line for row in rows[1:]]
    table = CsvTable(path.stem, shown(path), columns, starts, tuple(header), frozenset(uneven))
    problems += uneven.values()
    for field in fields:
        for line, cell in table.values(field.name).items():
            if wrong := fault(cell, field):
                problems.append(table.problem(line, field.name, wrong.expected, wrong.advice, wrong.found))
    return table, problems


def absent(path: Path, fields: Sequence[Field]) -> CsvTable:
    """Return the table of a file that is not there: no row, and every column."""
    names = tuple(field.name for field in fields)
    return CsvTable(path.stem, shown(path), {name: [] for name in names}, [], names)


def _header(path: Path, row: Row, fields: Sequence[Field]) -> tuple[list[str] | None, list[Problem]]:
    """Return the names of the columns, and what is wrong with them."""
    names, expected = row.cells, [field.name for field in fields]
    wrong = partial(Problem, shown(path), row.line)
    if row.broken:
        return None, [wrong(None, "a quote out of place", "a header row", "remove the quote")]
    if sign := csv_text.separator(names):
        found = f"columns separated by {csv_text.SEPARATORS[sign]}"
        return None, [wrong(None, found, "commas", csv_text.tidy_command(path))]
    missing = [field.name for field in fields if field.name not in names and not field.optional]
    problems = [
        wrong(name, "no such column", "every column of the table", "add it to the header row")
        for name in missing
    ]
    for position, name in enumerate(names):
        if name in names[:position]:
            found = "the column twice" if name else "cells without a heading"
            problems.append(wrong(name or None, found, "every column once", "remove one"))
        elif not name:
            advice = "name the column, or empty its cells"
            problems.append(wrong(None, "cells without a heading", "a column of the table", advice))
        elif name not in expected:
            like = missing if nearest(name, missing) else expected
            advice = did_you_mean(name, like, "remove it, or use note")
            problems.append(wrong(visible(name), "an unknown column", "a column of the table", advice))
    return (names if set(expected) & set(names) else None), problems


def _uneven(path: Path, row: Row, header: list[str]) -> Problem | None:
    """Say why the cells of a row cannot be told apart, None where they can."""
    wrong, expected = partial(Problem, shown(path), row.line), f"{len(header)} cells"
    if row.broken:
        column = header[len(row.cells)] if len(row.cells) < len(header) else None
        advice = 'put the cell in quotes and double every quote inside it ("")'
        return wrong(column, "a quote out of place", expected, advice)
    if not any(row.cells):
        return wrong(None, "an empty row", expected, "remove it")
    if len(row.cells) == len(header):
        return None
    more = len(row.cells) > len(header)
    advice = "put cells that hold a comma in quotes" if more else "add the commas that are missing"
    return wrong(None, f"{len(row.cells)} cells", expected, advice)


def _columns(rows: list[Row], header: list[str], fields: Sequence[Field]) -> dict[str, list[str]]:
    """Return the known columns as text, short rows filled up with empty cells."""
    known = {name: i for i, name in reversed(list(enumerate(header)))}  # the first of two alike
    columns = {}
    for field in fields:
        if field.name in known:
            place = known[field.name]
            cells = [row.cells[place] if place < len(row.cells) else "" for row in rows]
            columns[field.name] = [*map(with_ascii_minus, cells)] if field.verbatim == "grade" else cells
        elif field.optional:  # a column that a file may leave out is there, and empty
            columns[field.name] = [""] * len(rows)
    return columns


# --- characters ------------------------------------------------------------

LONGEST_CELL = 20_000  # characters

# Every dash that input methods, PDF readers and word processors put for the minus of a grade.
_DASHES = re.compile(
    "[\u02d7\u058a\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2796\u2e3a\u2e3b"
    "\ufe58\ufe63\uff0d]|(?<=[A-Za-z])[\u30fc\uff70]"
)
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
# Letters of other scripts that no font tells from Latin ones; other Greek letters may stand in a
# Latin word (NF\u03baB). A word all in one script is right, whatever it looks like.
_LATIN = dict(
    zip(
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03f2\u03f3"
        "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
        "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0455\u0456\u0458",
        "ABEZHIKMNOPTYXocjABESIJKMHOPCTXaeopcxysij",
        strict=True,
    )
)
_OTHER = f"[{''.join(_LATIN)}\u0400-\u052f]"
_MIXED = re.compile(f"(?<=[A-Za-z]){_OTHER}|{_OTHER}(?=[A-Za-z])")
_WORD = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]+")
_JAPANESE = "[\u3041-\u3096\u30a1-\u30ff\u3400-\u9fff]"
_MIDDLE_DOT = re.compile(f"(?<={_JAPANESE})[\u00b7\u2022\u2027\u2219\u22c5](?={_JAPANESE})")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")  # letters and digits
_WIDE_SIGN = re.compile("[\uff01-\uff5e]")
_FORMULA = tuple("=+-@\t＝＋－＠")  # what spreadsheets begin a formula with, Japanese ones included
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Control, invisible, private, unassigned and surrogate characters.
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_HARMLESS = re.compile("[ -~\nぁ-んァ-ー一-龥、。（）・「」～–“”’]*")


@dataclass(frozen=True)
class Fault:
    """Why a cell is refused: what was found, what was expected, what to do."""

    found: str
    expected: str
    advice: str


def with_ascii_minus(grade: str) -> str:
    """Return a grade with whatever dash it was typed with as the ASCII minus.

    >>> with_ascii_minus("A\u2212"), with_ascii_minus("Aー")
    ('A-', 'A-')
    """
    return _DASHES.sub("-", grade)


def in_ascii(cell: str) -> str:
    """Return what a cell was meant to be where full-width letters, digits and dashes were typed.

    >>> in_ascii("２００８－０６ ")
    '2008-06'
    """
    return _DASHES.sub("-", unicodedata.normalize("NFKC", cell)).strip()


def fault(cell: str, field: Field | None = None) -> Fault | None:
    """Return the first thing wrong with a cell's characters, None where they are all right.

    With a `field`, the cell is held to what its column needs too: no formula, and ASCII only
    where the column holds identifiers, dates, numbers or coded values.
    """
    return next(_faults_of(cell, field), None)


def _faults_of(cell: str, field: Field | None) -> Iterator[Fault]:
    if len(cell) > LONGEST_CELL:
        expected = f"at most {LONGEST_CELL} characters"
        yield Fault(quoted(cell), expected, "split it, or look for a missing closing quote")
    if not _HARMLESS.fullmatch(cell):
        yield from _unseen(cell)
        yield from _lookalikes(cell, field)
    if cell != cell.strip():
        advice = _write(cell.strip(), cell, field, "remove it")
        yield Fault(quoted(cell), "no white space at either end", advice)
    if _ERROR.fullmatch(cell):
        advice = "type what the source says, or leave the cell empty"
        yield Fault(f"{quoted(cell)}, the error of a spreadsheet", "the value itself", advice)
    if field is not None:
        yield from _formula(cell, field)
        yield from _width(cell, field)


def _unseen(cell: str) -> Iterator[Fault]:
    for character in cell:
        unseen = unicodedata.category(character) in _UNSEEN and character != "\n"
        if unseen or character == "\ufffd":  # the sign of a failed decoding
            name = "NUL" if character == "\0" else unicodedata.name(character, "no character")
            found = f"U+{ord(character):04X} ({name}) in {quoted(cell)}"
            yield Fault(found, "characters that can be seen", "delete it and type the cell again")


def _lookalikes(cell: str, field: Field | None) -> Iterator[Fault]:
    """Refuse what looks like another character and is read as a different one."""
    # How a passage begins, and names, stand as the source has them, and its dots may be others.
    printed = field is not None and (field.name == "opening" or bool(field.verbatim))
    yield from _mistaken(cell, _MIXED, _in_one_script(cell), "words of one script", field)
    if not printed:
        cured = _MIDDLE_DOT.sub("\u30fb", cell)
        yield from _mistaken(cell, _MIDDLE_DOT, cured, "the Japanese middle dot \u30fb", field)
    yield from _compatible(cell, field)
    if field is not None and field.language == "en" and not re.search(_JAPANESE, cell):
        cured = _WIDE_SIGN.sub(lambda match: unicodedata.normalize("NFKC", match[0]), cell)
        yield from _mistaken(cell, _WIDE, cured, "letters and digits of common width", field)


def _mistaken(
    cell: str, pattern: re.Pattern[str], cured: str, expected: str, field: Field | None
) -> Iterator[Fault]:
    """Refuse the first character that a pattern finds; `cured` has another one in its place."""
    if found := pattern.search(cell):
        right = cured[found.start()]
        otherwise = f"type {right} there" if right != found[0] else "type the word in one script"
        code = f"U+{ord(found[0]):04X} ({unicodedata.name(found[0], 'no name')}) in {quoted(cell)}"
        yield Fault(code, expected, _write(cured, cell, field, otherwise))


def _in_one_script(cell: str) -> str:
    """A cell with Latin letters for those that look like them, in words that have Latin ones."""
    table = str.maketrans(_LATIN)
    return _WORD.sub(lambda word: word[0].translate(table) if _MIXED.search(word[0]) else word[0], cell)


def _compatible(cell: str, field: Field | None) -> Iterator[Fault]:
    """Refuse radicals, half-width kana and signs in pieces."""
    unified = _RADICALS.sub(lambda match: normalise(match[0], "ja-1"), cell)
    unified = _HALF_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), unified)
    unified = unicodedata.normalize("NFC", unified)
    if unified == cell:
        return
    # Compared whole, as a kana and its mark become one; the first difference is enough to name.
    position = next((i for i, (a, b) in enumerate(zip(cell, unified, strict=False)) if a != b), -1)
    code = f"U+{ord(cell[position]):04X} in " if position >= 0 else ""
    if _RADICALS.search(unified):  # two radicals have no character that they stand for
        yield Fault(f"{code}{quoted(cell)}", "characters, not radicals", "type the character")
    expected = "the unified character" + (f" {unified[position]}" if position >= 0 else "")
    yield Fault(f"{code}{quoted(cell)}", expected, _write(unified, cell, field, "type it again"))


def _write(value: str, cell: str, field: Field | None, otherwise: str) -> str:
    """Advice to write a value for a cell, if it can be copied and its column takes it; else what to do."""
    said = quoted(value)
    if value in ("", cell) or said != f"'{value}'" or fault(value, field):
        return otherwise
    if field is None:
        return f"write {said}"
    bare = field.plain or field.verbatim == "grade"
    return f"write {value if bare else said}" if field.takes(value) else otherwise


def _formula(cell: str, field: Field) -> Iterator[Fault]:
    number = field.type != "string" and _NUMBER.fullmatch(cell)
    grade = field.verbatim == "grade" and re.fullmatch(field.pattern or "", cell)
    if cell.startswith(_FORMULA) and not number and not grade:
        advice = "put a word before it"
        if field.plain or field.verbatim == "grade":  # of `+5` the sign says nothing; of `-A` it may
            advice = _write(cell.lstrip("=+"), cell, field, "type what the source says")
        found = f"{quoted(cell)}, which a spreadsheet would run as a formula"
        yield Fault(found, "text that does not begin with = + - @", advice)


def _width(cell: str, field: Field) -> Iterator[Fault]:
    grade = field.verbatim == "grade" and _WIDE_SIGN.search(cell)  # which may be a word otherwise
    if not cell.isascii() and (field.plain or grade):
        advice = _write(in_ascii(cell), cell, field, "type it in ASCII")
        if field.format == "period":
            advice = periods.advice(cell)
        yield Fault(quoted(cell), "ASCII letters, digits and signs only", advice)
