"""A study as one Excel workbook: a sheet a table, with the meaning of each column and lists to choose from.

`write` makes the workbook from the CSV files of a study, `workbook_reading.read` reads one. A sheet is
called as its file is (`codings-birch` for `codings-birch.csv`) and its first row is the file's header,
but for the passages: of them a transcriber types `words`, the first words, and what `make import` makes
of those (`FINGERPRINT`) stands behind in grey. The same tables give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.languages import nearest
from analysis.transcribe import csv_table
from analysis.transcribe.csv_table import CsvTable
from analysis.transcribe.csv_text import failure
from analysis.transcribe.problems import StudyError
from analysis.transcribe.schema import Field, Schema, Table, Text
from analysis.transcribe.study_yaml import Meta
from analysis.transcribe.validators import SUBJECTS
from analysis.words import small


def _text(key: str) -> Text:
    """What the catalogue of small words has under a key, in any language."""
    return Text(small("ja").text(key), small("en").text(key), f"languages:{key}")


WORDS = Field("words", "string", _text("workbook.words"), _text("workbook.words-are"))
FINGERPRINT = ("opening", "chars", "sha256")
LISTS = "lists"  # the sheet with what may be chosen; never imported
SENTENCES = "source"  # the sheet with the source, sentence by sentence, where there is one; never imported
LONGEST_NAME = 31  # characters of a sheet's name
_ROWS = 5000  # that have drop-down lists
_SPARE = 200  # rows of a referenced table that its list has room for, beside those there are
_NEVER = datetime(2000, 1, 1)  # what a workbook says of when it was made
_GREY, _NEEDED, _FREE = "D9D9D9", "1F4E79", "9DC3E6"  # of headings; and of a cell that is still to fill:
_MISSING = "FFF2CC"
_LABELS = ("label", "short", "gist", "statement", "title")  # what a referenced row is called
_WIDE = re.compile("(label|statement|gist|note|definition|include|exclude|trigger|title|words)")
# What `make import` makes an empty id of, by table: the values of columns (of the first that is filled),
# words, and "" for a number. Ids of other tables are the transcriber's to choose.
ID_FROM: Mapping[str, tuple[str, ...]] = {
    "passages": (),  # p- and the beginning of the fingerprint, as `make passage` has it
    "plans": ("plan", "number"),
    "phases": ("phase", "number"),
    "references": ("ref", "number"),
    "issues": ("scope", "number"),
    "scales": ("scale", "grade"),
    "evaluations": ("project|programme|region", "kind"),
    "rounds": ("programme", "kind", "year"),
    "participations": ("project|region", "institution"),
    "indicators": ("region|programme|project", "measure", "as_of"),
    "codings": ("record", "theme"),
    "links": ("issue", "record"),
    "assessments": ("issue", "assessed"),
    "clauses": ("clause", "passages", ""),  # and its place among the clauses of the passage
    "uncovered": ("uncovered", "passages", ""),
}


@dataclass
class _Writer:
    """A workbook being written: the study's tables, and the lists that its columns are chosen from."""

    book: Workbook
    schema: Schema
    meta: Meta
    language: str
    found: Mapping[str, CsvTable]
    lists: list[str] = field(default_factory=list)

    def choices(self, each: Field, fields: Sequence[Field]) -> str:
        """Return the formula of what may be chosen in one of a sheet's columns; "" where anything may."""
        if each.vocabulary:
            labels = self.schema.vocabularies[each.vocabulary]
            return self.listed(each.vocabulary, [(v, label(self.language)) for v, label in labels.items()])
        if each.references == "sections":
            titles = [(s.id, s.titled(self.language)) for s in self.meta.sections]
            return self.listed("sections", titles) if titles else ""
        if each.references and each.references.startswith("by "):
            return self.by(each.references.removeprefix("by "), fields)
        name, _, word = (each.references or "").partition(" or ")
        return self.rows_of(name, word) if name else ""

    def by(self, column: str, fields: Sequence[Field]) -> str:
        """Return the formula of the ids in the table that another column of the row names."""
        place = [each.name for each in fields].index(column)
        lists = [
            self.rows_of(SUBJECTS.get(value, value), "") or self.listed("nothing", [("", "")])
            for value in self.schema.values(fields[place])
        ]
        kind = f"${get_column_letter(place + 1)}2"
        return f"CHOOSE(MATCH({kind},{self.choices(fields[place], fields)},0),{','.join(lists)})"

    def rows_of(self, reference: str, word: str) -> str:
        """Return the formula of the ids in a table's sheet, which grows with it, and one more word."""
        name, _, key = reference.partition(".")
        if name not in self.found:
            return ""
        header = columns(self.schema.tables[name], self.found[name].header, self.meta.kind)
        names = [column.name for column in header]
        shown = nearest(self.language, self.meta.languages)
        label = next((n for n in (f"{x}_{shown}" for x in _LABELS) if n in names), names[0])
        entries = [(word, word)] if word else []
        for row in range(2, len(self.found[name].frame) + 2 + _SPARE):
            cells = {n: f"{name}!{get_column_letter(place)}{row}" for place, n in enumerate(names, 1)}
            id_, made = cells[key or "id"], '""' if key else _id_formula(name, cells)
            entries.append((f'=IF({id_}="",{made},{id_})', f'=IF({cells[label]}="","",{cells[label]})'))
        return self.listed("_or_".join(filter(None, [reference.replace(".", "_"), word])), entries)

    def listed(self, name: str, entries: Sequence[tuple[str, str]]) -> str:
        """Write a list, unless it is there, as values and how they read; return what formulas call it."""
        if name not in self.lists:
            sheet, left = self.book[LISTS], 3 * len(self.lists) + 1
            self.lists.append(name)
            sheet.cell(1, left, name).font = Font(bold=True)
            for row, entry in enumerate(entries, 2):
                sheet.cell(row, left, entry[0])
                sheet.cell(row, left + 1, entry[1])
            letter = get_column_letter(left)
            sheet.column_dimensions[letter].width = 28
            sheet.column_dimensions[get_column_letter(left + 1)].width = 40
            column = f"{LISTS}!${letter}$2:${letter}${len(entries) + 1}"
            # As many as are filled, so that no list ends in empty lines.
            filled = f'OFFSET({LISTS}!${letter}$2,0,0,MAX(1,COUNTIF({column},"?*")),1)'
            self.book.defined_names[f"list_{name}"] = DefinedName(f"list_{name}", attr_text=filled)
        return f"list_{name}"


def _id_formula(table: str, cells: Mapping[str, str]) -> str:
    """The formula of the id that `make import` will make of a row whose own is empty, by its cells."""
    parts = ID_FROM.get(table, ())
    if not parts or "" in parts:
        return '""'
    values = []
    for part in parts:
        first, *other = [cells[name] for name in part.split("|") if name in cells] or [f'"{part}"']
        values.append(f'IF({first}="",{other[0]},{first})' if other else first)
    filled = ",".join(f'{value}<>""' for value in values)
    joined = '&"-"&'.join(values)
    return f'IF(AND({filled}),LOWER({joined}),"")'


def in_order_of_work(schema: Schema) -> list[str]:
    """Return the tables so that each comes after those it refers to, else in the schema's order."""
    judged = sorted(schema.tables.values(), key=lambda table: (table.judgement, table.commentary))
    waiting, ordered = [table.name for table in judged], []
    while waiting:
        free = [t for t in waiting if not (set(targets(schema, schema.tables[t])) - {t}) & set(waiting)]
        ordered.append((free or waiting)[0])
        waiting.remove(ordered[-1])
    return ordered


def targets(schema: Schema, table: Table) -> Iterator[str]:
    """Yield the tables that the columns of a table refer to."""
    for column in table.fields:
        if column.references and column.references.startswith("by "):
            kinds = table.field(column.references.removeprefix("by "))
            yield from (SUBJECTS.get(value, value) for value in schema.values(kinds))
        elif column.references and column.references != "sections":
            yield re.split(r"[ .]", column.references)[0]


def columns(table: Table, header: Sequence[str], kind: str) -> list[Field]:
    """Return the columns of a table's sheet: those of its file, of passages as a transcriber types them."""
    fields = {column.name: column for column in table.fields_for(kind)}
    if not table.own_place:
        return [fields[name] for name in header]
    typed = [fields[name] for name in header if name not in FINGERPRINT]
    return [typed[0], WORDS, *typed[1:], *(fields[name] for name in FINGERPRINT)]


def tables_of(folder: Path, schema: Schema, kind: str) -> dict[str, CsvTable]:
    """Read the CSV files of a study, by name, in the order of work; raises StudyError."""
    found, problems = {}, []
    for name in in_order_of_work(schema):
        fields = schema.tables[name].fields_for(kind)
        for path in sorted(folder.glob(f"{name}*.csv")):
            if (schema.table_of(path.name) or ("",))[0] != name:
                continue
            table, wrong = csv_table.read(path, fields)
            problems += wrong
            if table is not None:
                found[path.stem] = table
    if problems:
        raise StudyError(problems)
    return found


def write(
    folder: Path, schema: Schema, meta: Meta, language: str, sentences: Sequence[tuple[str, str, str]] = ()
) -> bytes:
    """Return a study's CSV files as a workbook, explained in a language.

    `sentences` are those of the source with section and page: a sheet of their own, and a list that the
    first words of a passage may be chosen from. Raises StudyError where a file cannot be read for certain, or no sheet can be called after it.
    """
    book, schema = Workbook(), schema.with_kinds(meta.own_kinds)
    book.remove(book.active)
    found = tables_of(folder, schema, meta.kind)
    sheets = {name: book.create_sheet(_sheet_name(folder, name)) for name in found}
    book.create_sheet(LISTS).sheet_properties.tabColor = _GREY
    if sentences:
        _write_sentences(book.create_sheet(SENTENCES), sentences)
    writer = _Writer(book, schema, meta, language, found)
    for name, sheet in sheets.items():
        table = schema.tables[name.partition("-")[0]]
        fields = columns(table, found[name].header, meta.kind)
        _fill(sheet, found[name], fields)
        _head(sheet, table, fields, language)
        for number, each in enumerate(fields, 1):
            choices = writer.choices(each, fields)
            if sentences and each is WORDS:
                choices = f"{SENTENCES}!$C$2:$C${len(sentences) + 1}"
            if choices:
                _offer(sheet, number, each, choices)
    return _same_bytes(book)


def _sheet_name(folder: Path, name: str) -> str:
    if len(name) > LONGEST_NAME:
        expected = f"a file name of at most {LONGEST_NAME} characters, for a sheet has no longer one"
        advice = "give the coder a shorter id"
        raise failure(folder / f"{name}.csv", "a longer one", expected, advice)
    return name


def _fill(sheet: Any, found: CsvTable, fields: Sequence[Field]) -> None:
    """Write the rows as text; of passages, the opening as their first words."""
    for row, cells in enumerate(found.frame.to_dict("records"), 2):
        for number, each in enumerate(fields, 1):
            if value := cells["opening" if each is WORDS else each.name]:
                _write_text(sheet.cell(row, number), value)


def _write_text(cell: Any, value: str) -> None:
    cell.value, cell.data_type, cell.number_format = value, "s", "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _head(sheet: Any, table: Table, fields: Sequence[Field], language: str) -> None:
    """Write the heading row: names, what they mean, which are needed; every column holds text."""
    last = get_column_letter(len(fields))
    for number, each in enumerate(fields, 1):
        letter, grey = get_column_letter(number), table.own_place and each.name in FINGERPRINT
        needed = each.required and not _is_made(table, each)
        cell = sheet.cell(1, number, each.name)
        colour = _GREY if grey else _NEEDED if needed else _FREE
        cell.fill = PatternFill("solid", start_color=colour)
        cell.font = Font(bold=True, color="FFFFFF" if colour == _NEEDED else "000000")
        cell.number_format = "@"
        cell.comment = Comment(_meaning(table, each, language), "", height=140, width=320)
        column = sheet.column_dimensions[letter]
        column.number_format, column.width = "@", 36 if _WIDE.match(each.name) else 16
        if needed and not grey:
            missing = f'AND(COUNTA($A2:${last}2)>0,{letter}2="")'
            rule = FormulaRule(formula=[missing], fill=PatternFill("solid", bgColor=_MISSING))
            sheet.conditional_formatting.add(f"{letter}2:{letter}{_ROWS}", rule)
    sheet.freeze_panes = "B2"


def _is_made(table: Table, each: Field) -> bool:
    """Whether `make import` fills an empty cell of a column in."""
    found = table.own_place and each.name in ("part", "page", "kind", *FINGERPRINT)
    return found or (each.name == "id" and table.name in ID_FROM)


def _meaning(table: Table, each: Field, language: str) -> str:
    """What stands in a heading's comment."""
    keys = ["made" if _is_made(table, each) else "required" if each.required else "optional"]
    keys += ["many"] * each.many + ["form"] * (each.format == "period")
    if table.own_place and each.name in FINGERPRINT:
        keys = ["grey"]
    said = [each.title, each.description, *(_text(f"workbook.{key}") for key in keys)]
    return "\n".join(text(language) for text in said)


def _offer(sheet: Any, number: int, each: Field, choices: str) -> None:
    """Give the cells of a column a list to choose from."""
    letter = get_column_letter(number)
    rule = DataValidation(type="list", formula1=choices, allow_blank=True)
    # Several ids, and what another column decides, are offered one by one and not insisted on.
    rule.showErrorMessage = not (each.many or each is WORDS or choices.startswith("CHOOSE"))
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_ROWS}")


def _write_sentences(sheet: Any, sentences: Sequence[tuple[str, str, str]]) -> None:
    """The source in its order, to read and to choose from."""
    for row, cells in enumerate([("section", "page", "words"), *sentences], 1):
        for number, value in enumerate(cells, 1):
            _write_text(sheet.cell(row, number), value)
    sheet.sheet_properties.tabColor = _GREY
    sheet.column_dimensions["C"].width = 120
    sheet.freeze_panes = "A2"


def _same_bytes(book: Workbook) -> bytes:
    """Save a workbook without the times at which it was made."""
    book.properties.creator, book.properties.created = "", _NEVER
    saved, made = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(entry, content)
    return made.getvalue()
