"""One table as it was typed: its cells as text, and the line of the file each of them stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.transcribe.characters import fault, with_ascii_minus
from analysis.transcribe.files import read_text, shown
from analysis.transcribe.problems import Problem, nearest, visible
from analysis.transcribe.schema import Field

# RFC 4180, and no more: a quote opens a cell or is doubled inside one. Python's csv module reads
# on after a stray quote and hides where a row began; both would misplace what is said about it.
_CELL = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(?=[,\n]|\Z)|([^",\n]*+)(?=[,\n]|\Z)')


@dataclass(frozen=True)
class Row:
    """One row: the line it begins in, and its cells; `broken` where a quote is out of place."""

    line: int
    cells: list[str]
    broken: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table as typed.

    `frame` has the columns of the file that the schema knows, as text, indexed by the line in
    which a row begins. `uneven` are the lines of rows whose cells cannot be told apart with
    certainty: their ids count as existing, and nothing else is said of them.
    """

    table: str
    file: str
    frame: pd.DataFrame
    header: tuple[str, ...] = ()
    uneven: frozenset[int] = frozenset()

    @property
    def sound(self) -> pd.DataFrame:
        """The rows that have as many cells as there are columns."""
        return self.frame[~self.frame.index.isin(self.uneven)]

    def has(self, *columns: str) -> bool:
        """Whether the file has all these columns."""
        return set(columns) <= set(self.frame.columns)

    def values(self, column: str) -> pd.Series:
        """Return the cells of a column that are not empty; none where the file lacks the column."""
        if not self.has(column):
            return pd.Series(dtype="str")
        return self.sound[column].loc[lambda cells: cells != ""]

    def problem(self, row: int, column: str, found: str, expected: str, advice: str) -> Problem:
        """Return a problem of one cell, at the line in which the cell itself begins."""
        before = self.header[: self.header.index(column)] if column in self.header else ()
        known = [name for name in before if name in self.frame.columns]
        line = row + sum(cell.count("\n") for cell in self.frame.loc[row, known])
        return Problem(self.file, line, column, found, expected, advice)


def read(path: Path, fields: Sequence[Field]) -> tuple[Sheet | None, list[Problem]]:
    """Read one table and say what is wrong with its form and its characters.

    The sheet is None where the file cannot be read at all. Grades come back with an ASCII minus
    whatever dash they were typed with; every other cell is as typed.
    """
    text, problems = read_text(path)
    if text is None:
        return None, problems
    rows = list(split(text)) or [Row(1, [])]
    header, wrong = _header(path, rows[0], fields)
    problems += wrong
    if header is None:
        return None, problems
    uneven = {row.line: problem for row in rows[1:] if (problem := _uneven(path, row, header))}
    frame = _frame(rows[1:], header, fields)
    sheet = Sheet(path.stem, shown(path), frame, tuple(header), frozenset(uneven))
    return sheet, [*problems, *uneven.values(), *_faults(sheet, fields)]


def split(text: str) -> Iterator[Row]:
    """Split a CSV text into rows; after a quote out of place, go on with the next line."""
    position, line = 0, 1
    while position < len(text):
        first, cells, more = line, [], True
        while more:
            match = _CELL.match(text, position)
            if match is None:
                end = text.find("\n", position)
                position = len(text) if end < 0 else end + 1
                yield Row(first, cells, broken=True)
                break
            quoted_cell, bare = match.groups()
            cells.append(bare if quoted_cell is None else quoted_cell.replace('""', '"'))
            line += 0 if quoted_cell is None else quoted_cell.count("\n")
            more = text.startswith(",", match.end())
            position = match.end() + 1
        else:
            yield Row(first, cells)
        line += 1


def _header(path: Path, row: Row, fields: Sequence[Field]) -> tuple[list[str] | None, list[Problem]]:
    """Return the names of the columns, and what is wrong with them."""
    names, expected = row.cells, [field.name for field in fields]

    def wrong(column: str | None, found: str, wanted: str, advice: str) -> Problem:
        return Problem(shown(path), row.line, column, found, wanted, advice)

    if row.broken:
        return None, [wrong(None, "a quote out of place", "a header row", "remove the quote")]
    for sign, name in {";": "semicolons", "\t": "tabs"}.items():
        if len(names) == 1 and sign in names[0]:
            separated = wrong(None, f"columns separated by {name}", "commas", "save it as CSV (comma)")
            return None, [separated]
    missing = [name for name in expected if name not in names]
    problems = [
        wrong(name, "no such column", "every column of the table", "add it to the header row")
        for name in missing
    ]
    for position, name in enumerate(names):
        if name in names[:position]:
            problems.append(wrong(name, "the column twice", "every column once", "remove one"))
        elif name not in expected:
            like = nearest(name, missing) or nearest(name, expected)
            advice = f"did you mean {like}?" if like else "remove it, or use note"
            problems.append(wrong(visible(name), "an unknown column", "a column of the table", advice))
    return (names if set(expected) & set(names) else None), problems


def _uneven(path: Path, row: Row, header: list[str]) -> Problem | None:
    """Say why the cells of a row cannot be told apart, None where they can."""
    expected = f"{len(header)} cells"
    if row.broken:
        column = header[len(row.cells)] if len(row.cells) < len(header) else None
        advice = 'put the cell in quotes and double every quote inside it ("")'
        return Problem(shown(path), row.line, column, "a quote out of place", expected, advice)
    if not any(row.cells):
        return Problem(shown(path), row.line, None, "an empty row", expected, "remove it")
    if len(row.cells) == len(header):
        return None
    more = len(row.cells) > len(header)
    advice = "put cells that hold a comma in quotes" if more else "add the commas that are missing"
    return Problem(shown(path), row.line, None, f"{len(row.cells)} cells", expected, advice)


def _frame(rows: list[Row], header: list[str], fields: Sequence[Field]) -> pd.DataFrame:
    """Return the known columns as text, short rows filled up with empty cells."""
    width = len(header)
    cells = [(row.cells + [""] * width)[:width] for row in rows]
    index = pd.Index([row.line for row in rows], dtype="int64", name="line")
    known = {name: i for i, name in reversed(list(enumerate(header)))}  # the first of two alike
    columns = [field.name for field in fields if field.name in known]
    frame = pd.DataFrame(
        {name: [row[known[name]] for row in cells] for name in columns}, index=index, dtype="str"
    )
    grades = [field.name for field in fields if field.verbatim == "grade" and field.name in known]
    return frame.assign(**{name: frame[name].map(with_ascii_minus) for name in grades})


def _faults(sheet: Sheet, fields: Sequence[Field]) -> list[Problem]:
    """Return the problems of the characters of every cell."""
    return [
        sheet.problem(line, field.name, wrong.found, wrong.expected, wrong.advice)
        for field in fields
        for line, cell in sheet.values(field.name).items()
        if (wrong := fault(cell, field))
    ]
