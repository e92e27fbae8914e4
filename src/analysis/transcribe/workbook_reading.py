"""Read a study's workbook as the text of its tables: what Excel did to a cell is mended or refused.

A number in a column of text, a date that shows its year, full-width digits, blanks at the ends and empty
rows are mended, and said; formulas, errors, merged cells and whatever could have been two things are not.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from analysis.transcribe import periods
from analysis.transcribe.csv_table import in_ascii
from analysis.transcribe.problems import Problem, StudyError, nearest, quoted
from analysis.transcribe.schema import Field, Schema
from analysis.transcribe.workbook import LISTS, SENTENCES, WORDS

LARGEST = 256 * 2**20  # bytes of a workbook, unpacked
MOST_CELLS = 2_000_000  # of a sheet, from the first to the last
_AGAIN = "format the cell as text and type it again"
_YEARS = range(1000, 3000)  # that a number in a column of dates may be; a later one is a day's


@dataclass(frozen=True)
class Sheet:
    """A table as text: its headings and where they stand, and its rows with their numbers."""

    name: str
    header: list[str]
    letters: dict[str, str]  # of the sheet's columns, by heading
    rows: list[tuple[int, dict[str, str]]]


@dataclass
class Reading:
    """What a workbook holds: its sheets by name; what is wrong; what was mended, a line each."""

    file: str
    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mended: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def refuse(self, place: str, column: str | None, found: str, expected: str, advice: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(f"{self.file} {place}", None, column, found, expected, advice))

    def mend(self, sheet: str, cell: str, column: str, what: str) -> None:
        """Note what was done to a cell."""
        letter = re.sub("[0-9]", "", cell)
        self.mended.setdefault((sheet, letter), []).append(f"{sheet}!{cell}: {column}: {what}")

    def lines(self) -> list[str]:
        """What was mended: the first cell of each column, and how many more."""
        return [
            f"{self.file} {cells[0]}" + (f" (and {len(cells) - 1} more in this column)" if cells[1:] else "")
            for cells in self.mended.values()
        ]


@dataclass(frozen=True)
class _Wrong(Exception):  # noqa: N818 - a message, never seen as an error
    found: str
    expected: str
    advice: str


def read(path: Path, schema: Schema, kind: str) -> Reading:
    """Read every sheet that is called as a table's file is. Raises StudyError where it is no workbook."""
    book, reading = _open(path), Reading(path.name)
    for sheet in book.worksheets:
        table, _ = schema.table_of(f"{sheet.title}.csv") or ("", "")
        if sheet.title in (LISTS, SENTENCES):
            continue
        if not table:
            _stray(sheet, reading, schema)
        elif sheet.max_row * sheet.max_column > MOST_CELLS:
            last = f"{sheet.title}!{get_column_letter(sheet.max_column)}{sheet.max_row}"
            advice = "delete the empty rows and columns at the end"
            reading.refuse(last, None, "the last cell of the sheet", "a table of a study", advice)
        else:
            fields = {each.name: each for each in schema.tables[table].fields_for(kind)}
            _read_sheet(sheet, reading, fields | {WORDS.name: WORDS})
    return reading


def _open(path: Path) -> Any:
    """Open a workbook; raises StudyError with one line that says why it is none."""

    def refuse(found: str, advice: str) -> StudyError:
        return StudyError([Problem(str(path), None, None, found, "an Excel workbook (.xlsx)", advice)])

    if not path.is_file():
        raise refuse("no such file", "check the path")
    with path.open("rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            raise refuse("one of Excel 97, or with a password", "save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(path) as packed:
            if "mimetype" in packed.namelist():
                raise refuse("an OpenDocument file", "save it as .xlsx")
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise refuse(f"more than {LARGEST // 2**20} MB unpacked", "remove pictures and empty sheets")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of decorations that are not kept
            return load_workbook(path)
    except StudyError:
        raise
    except Exception as error:  # whatever a broken file makes a reader of zip and XML raise
        found = f"{type(error).__name__} on reading it"
        raise refuse(found, "open it in Excel or LibreOffice and save it as .xlsx") from None


def _stray(sheet: Any, reading: Reading, schema: Schema) -> None:
    """Refuse a sheet that looks like a table's; say that another is not read."""
    like = nearest(sheet.title.lower(), schema.tables)
    if like:
        advice = f"rename it to {like}, or to something that is not like a table"
        reading.refuse(sheet.title, None, "a sheet that is not read", "a table of the schema", advice)
    elif any(cell.value is not None for row in sheet.iter_rows() for cell in row):
        reading.mended[sheet.title, ""] = [f"{sheet.title}: not a table of the schema, not read"]


def _read_sheet(sheet: Any, reading: Reading, fields: dict[str, Field]) -> None:
    for merged in sheet.merged_cells.ranges:
        if any(sheet.cell(*place).value is not None for row in merged.rows for place in row):
            advice = "unmerge them and fill in each cell"
            place = f"{sheet.title}!{merged.coord}"
            reading.refuse(place, None, "merged cells", "a value in each cell", advice)
    first, *rest = list(sheet.iter_rows()) or [()]
    # Of merged cells all but the first are in no column.
    headings = [cell for cell in first if hasattr(cell, "column_letter")]
    names = {c.column_letter: "" if c.value is None else in_ascii(str(c.value)) for c in headings}
    rows, empty = [], []
    for cells in rest:
        texts = [
            (cell.column_letter, _text(cell, fields.get(names.get(cell.column_letter, "")), reading))
            for cell in cells
            if cell.value is not None
        ]
        filled = {letter: text for letter, text in texts if text}
        for letter in filled:
            if not names.get(letter):
                place = f"{sheet.title}!{letter}{cells[0].row}"
                advice = f"give the column a heading in {letter}1, or empty it"
                reading.refuse(place, None, quoted(filled[letter]), "cells under a heading only", advice)
        if filled:
            named = {names[letter]: text for letter, text in filled.items() if names.get(letter)}
            rows.append((cells[0].row, named))
        else:
            empty.append(cells[0].row)
    between = [row for row in empty if rows and row < rows[-1][0]]
    if between:
        reading.mended[sheet.title, ""] = [f"{sheet.title}!A{between[0]}: empty, left out"] * len(between)
    letters = {name: letter for letter, name in reversed(list(names.items())) if name}
    header = [name for name in names.values() if name]
    reading.sheets[sheet.title] = Sheet(sheet.title, header, letters, rows)


def _text(cell: Any, column: Field | None, reading: Reading) -> str:
    """Return a cell as its column's text; note what was mended, or what is wrong."""
    place, name = f"{cell.parent.title}!{cell.coordinate}", column.name if column else None
    try:
        text, what = _read_cell(cell, column)
    except _Wrong as wrong:
        reading.refuse(place, name, wrong.found, wrong.expected, wrong.advice)
        return ""
    if what:
        reading.mend(cell.parent.title, cell.coordinate, name or "", what)
    return text


def _read_cell(cell: Any, column: Field | None) -> tuple[str, str]:
    """Return the text of a cell and what was done to it ("": nothing); raises _Wrong."""
    value = cell.value
    if cell.data_type == "f":
        formula = value if isinstance(value, str) else f"={getattr(value, 'text', '')}"
        advice = "copy it and paste it as a value"
        raise _Wrong(f"the formula {quoted(formula)}", "the value itself", advice)
    if cell.data_type == "e":
        advice = "type what the source says, or leave the cell empty"
        raise _Wrong(f"{quoted(value)}, the error of a spreadsheet", "the value itself", advice)
    if isinstance(value, bool):
        found = f"the logical value {str(value).upper()}"
        raise _Wrong(found, "text", "format the cell as text, type it again")
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format, column)
    if isinstance(value, (date, datetime)):
        return _date(value, cell.number_format, column)
    if not isinstance(value, str):
        raise _Wrong(f"the time {value}", "text", _AGAIN)
    return _string(value, column)


def _string(value: str, column: Field | None) -> tuple[str, str]:
    text = re.sub("_x000D_|\r\n?(?=\n)", "", value).replace("\r", "\n").strip()
    done = "blanks at the ends left out" if text and text != value.strip("\r\n") else ""
    if column and column.plain and not text.isascii() and in_ascii(text).isascii():
        return in_ascii(text), f"{quoted(text)} read as {in_ascii(text)}"
    return text, done


def _number(value: float, shown: str, column: Field | None) -> tuple[str, str]:
    """Return a number's digits: a whole number is one in any column, another only among numbers."""
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else format(value, ".15g")
    if "%" in shown:
        advice = "format the cell as text and type what the source prints"
        raise _Wrong(f"{text} shown as a percentage", "the number as printed", advice)
    if column and column.type != "string":
        return text, ""
    if column and column.format == "period" and (not text.isdigit() or int(text) not in _YEARS):
        advice = periods.advice(text)
        advice = _AGAIN if "four digits" in advice else advice
        raise _Wrong(f"the number {text}", "a date as text", advice)
    if not re.fullmatch("-?[0-9]+", text):
        raise _Wrong(f"the number {text}", "text (it may have lost a zero)", _AGAIN)
    return text, f"the number {text} read as text"


def _date(value: date, shown: str, column: Field | None) -> tuple[str, str]:
    """Return a date as precisely as it is shown: Excel makes a day of every month and year."""
    day, clock = (value.date(), value.time()) if isinstance(value, datetime) else (value, time())
    signs = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|am/pm', "", shown.lower())
    precise = {"year": bool(set("ye") & set(signs)), "month": "m" in signs, "day": "d" in signs}
    iso = day.isoformat()
    forms = {(True, True, True): iso, (True, True, False): iso[:7], (True, False, False): iso[:4]}
    text = forms.get(tuple(precise.values()), "")  # type: ignore[arg-type]
    again = f"format the cell as text and write {iso}, {iso[:7]} or {iso[:4]}, whichever the source says"
    if not column or column.format != "period":
        raise _Wrong(f"the date {iso}, which Excel made of what was typed", "text", _AGAIN)
    if not text or clock != time() or not f"{text}-01-01".startswith(iso):
        raise _Wrong(f"the date {iso} shown as {shown}", "a date as text", again)
    return text, f"the date {iso} shown as {shown} read as {text}"
