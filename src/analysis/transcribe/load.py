"""Read a study: every table checked, or every problem said.

What Table Schema can say (types, keys, foreign keys, enumerations, patterns, lengths) is validated
with `frictionless`; the files' form stands in `files` and `sheets`, their characters in
`characters`, and what Table Schema has no word for in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis.transcribe import meta as metas
from analysis.transcribe import rules
from analysis.transcribe import schema as schemas
from analysis.transcribe import sheets as typed_tables
from analysis.transcribe.files import shown
from analysis.transcribe.meta import Meta
from analysis.transcribe.problems import Problem, StudyError, nearest, one_of, quoted
from analysis.transcribe.rules import Sheets
from analysis.transcribe.schema import Field, Schema, Table
from analysis.transcribe.sheets import Sheet

MOST = 1000  # problems of one file that are listed; a file with more is not the table it should be

_TYPES = {"integer": "Int64", "number": "float64"}
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True)
class Study:
    """One study, read and checked.

    `tables` has a frame for every table of the schema, with the schema's columns in their order:
    text ("" is empty), Int64 for whole numbers and float64 for numbers, indexed by `line`, the
    line of the file in which the row begins. A table without a file is an empty frame; rows of
    further files (`codings-<coder>.csv`) follow, in the order of their names, and lines begin anew.
    """

    id: str
    folder: Path
    meta: Meta
    tables: Mapping[str, pd.DataFrame]


def read(folder: Path, schema: Schema | None = None) -> Study:
    """Read the study in a folder, against `data/schema.yaml` unless another schema is given.

    Raises StudyError with every problem of every file, in the order of the schema and the lines.
    """
    folder, schema = Path(folder), schema or schemas.load()
    if not folder.is_dir():
        found = "no such folder" if not folder.exists() else "a file"
        expected = "a folder with study.yaml and one CSV file a table"
        advice = f"check the name; studies stand in {shown(folder.parent)}"
        raise StudyError([Problem(shown(folder), None, None, found, expected, advice)])
    meta, problems = metas.read(folder / metas.FILE)
    kind = _kind(folder, meta)
    problems += _stray_files(folder, schema)
    tables, faults = _sheets(folder, schema, kind)
    sheets = Sheets(tables, schema, kind, meta)
    faults = _unclaimed(faults, rules.check(sheets))
    faults = _unclaimed(faults, validated(sheets))
    if problems or faults:
        raise StudyError(_listed([*problems, *faults], schema))
    frames = {name: _frame(sheets, table) for name, table in schema.tables.items()}
    return Study(meta.id, folder, meta, MappingProxyType(frames))


def _kind(folder: Path, meta: Meta | None) -> str:
    """Return the study's kind; where study.yaml does not say it, the one its tables look like."""
    if meta is not None:
        return meta.kind
    return "document" if (folder / "passages.csv").exists() else "records"


def _stray_files(folder: Path, schema: Schema) -> Iterator[Problem]:
    """Say which files look like tables and would not be read."""
    tables = [f"{name}.csv" for name in schema.tables]
    for path in sorted(folder.iterdir()):
        table = path.stem.lower() in schema.tables or path.suffix.lower() == ".csv"
        if schema.table_of(path.name) or not table:
            continue
        further = re.sub("[^a-z0-9]+", "-", path.stem.lower()).strip("-") + ".csv"
        like = further if schema.table_of(further) else nearest(path.name.lower(), tables)
        advice = f"rename it to {like}, or remove it" if like else "remove it"
        expected = f"no files but the tables of the schema ({one_of(tables)})"
        yield Problem(shown(path), None, None, "a file that is not read", expected, advice)


def _sheets(folder: Path, schema: Schema, kind: str) -> tuple[dict[str, Sheet], list[Problem]]:
    """Read the file of every table; a table without one is an empty sheet with all columns."""
    tables, problems = {}, []
    for name, table in schema.tables.items():
        path, fields = folder / f"{name}.csv", table.fields_for(kind)
        present = path.exists() or path.is_symlink()
        if present:
            sheet, found = typed_tables.read(path, fields)
            problems += found
            if sheet is not None:
                tables[name] = sheet
        else:
            tables[name] = _absent(path, fields)
        if table.files_by:
            problems += _further_files(folder, name, schema, fields, tables)
        if table.own_place and kind == "document" and not present:
            expected = "the passages of the source"
            found, advice = "no such file", "add it: a study of a document cites its passages"
            problems.append(Problem(shown(path), None, None, found, expected, advice))
            # Every row of every table would name a passage that is not there: said once.
            del tables[name]
    return tables, problems


def _further_files(
    folder: Path, name: str, schema: Schema, fields: tuple[Field, ...], tables: dict[str, Sheet]
) -> list[Problem]:
    """Read the further files of a table into `tables`, each under its file's name."""
    problems = []
    for path in sorted(folder.glob(f"{name}-*.csv")):
        if schema.table_of(path.name):
            sheet, found = typed_tables.read(path, fields)
            problems += found
            if sheet is not None:
                tables[path.stem] = replace(sheet, table=name)
    return problems


def _absent(path: Path, fields: tuple[Field, ...]) -> Sheet:
    index = pd.Index([], dtype="int64", name="line")
    names = tuple(field.name for field in fields)
    frame = pd.DataFrame(columns=list(names), index=index, dtype="str")
    return Sheet(path.stem, shown(path), frame, names)


def _unclaimed(problems: list[Problem], more: Iterable[Problem]) -> list[Problem]:
    """Add problems of cells that have none yet: what is wrong with a cell is said once."""
    claimed = {(problem.file, problem.line, problem.column) for problem in problems}
    new = [
        problem
        for problem in more
        if problem.line is None or (problem.file, problem.line, problem.column) not in claimed
    ]
    return problems + new


def _listed(problems: list[Problem], schema: Schema) -> list[Problem]:
    """Sort problems by file, in the schema's order, and line; cut the list of a hopeless file."""
    order = {name: position for position, name in enumerate(schema.tables, 1)}

    def place(file: str) -> tuple[int, str, str]:
        table, value = schema.table_of(Path(file).name) or ("", "")
        return order.get(table, 0), value, file

    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    listed = []
    for file in sorted(by_file, key=place):
        found = sorted(by_file[file], key=lambda problem: problem.line or 0)
        listed += islice(found, MOST)
        if len(found) > MOST:
            found = f"{len(found) - MOST} problems more"
            listed.append(Problem(file, None, None, found, "none", "correct these first"))
    return listed


# --- Table Schema -------------------------------------------------------------------------------


def validated(sheets: Sheets) -> Iterator[Problem]:
    """Validate the tables with frictionless and yield what it finds, at the cell it is found in."""
    from frictionless import Package  # slow to import, and only reading a study needs it

    resources = [_resource(name, sheet, sheets) for name, sheet in sheets.tables.items()]
    package = Package.from_descriptor({"name": "study", "resources": resources})
    report = package.validate(limit_errors=MOST * 10)
    tasks = {task.name: task for task in report.tasks}
    for name, sheet in sheets.tables.items():
        lines = sheet.frame.index
        for error in tasks[name].errors:
            if not hasattr(error, "row_number"):  # of the table as a whole: then nothing was checked
                raise RuntimeError(f"{sheet.file}: frictionless could not validate: {error.message}")
            # Row 1 is the header; a row whose cells cannot be told apart has been reported.
            line = lines[error.row_number - 2]
            if line not in sheet.uneven:
                yield from _found(error, sheet, line, sheets)


def _resource(name: str, sheet: Sheet, sheets: Sheets) -> dict:
    """Return the descriptor that validates a sheet: its rows, and what its columns may hold."""
    described = sheets.schema.resource(sheet.table, sheets.kind)["schema"]
    columns = list(sheet.frame.columns)
    # Titles and descriptions validate nothing, and frictionless copies them once a table.
    fields = [
        {part: field[part] for part in ("name", "type", "constraints")}
        for field in described["fields"]
        if field["name"] in columns
    ]
    keys = [
        key
        for key in described["foreignKeys"]
        if key["fields"][0] in columns and _readable(key["reference"], sheet, sheets)
    ]
    return {
        "name": name,
        "data": [columns, *sheet.frame.to_numpy().tolist()],
        "schema": {
            "fields": fields,
            "missingValues": described["missingValues"],
            "primaryKey": described["primaryKey"] if "id" in columns else [],
            "foreignKeys": keys,
        },
    }


def _readable(reference: dict, sheet: Sheet, sheets: Sheets) -> bool:
    return sheets.with_columns(reference["resource"] or sheet.table, *reference["fields"]) is not None


def _found(error, sheet: Sheet, line: int, sheets: Sheets) -> Iterator[Problem]:
    """Say in our words what frictionless found in one row."""
    row = sheet.frame.loc[line]
    if error.type == "primary-key":
        first = sheet.frame.index[sheet.frame["id"] == row["id"]][0]
        if row["id"]:  # an empty one is reported as such
            expected = f"an id of its own (line {first} has it)"
            yield sheet.problem(line, "id", quoted(row["id"]), expected, "give one another id")
    elif error.type == "foreign-key":
        column = error.field_names[0]
        table, key = sheets.schema.tables[sheet.table].field(column, sheets.kind).target
        known = sheets.known(table, key)
        if key != "id":
            expected, like = f"a {key} of {table}.csv", nearest(row[column], known)
            advice = f"did you mean {like}?" if like else f"add it to {table}.csv"
            yield sheet.problem(line, column, quoted(row[column]), expected, advice)
        else:
            yield rules.unknown_id(sheet, line, column, row[column], table, known)
    else:
        column = error.field_name
        field = sheets.schema.tables[sheet.table].field(column, sheets.kind)
        expected, advice = _wanted(field, row[column], sheet, sheets.schema)
        yield sheet.problem(line, column, quoted(row[column]), expected, advice)


def _wanted(field: Field, cell: str, sheet: Sheet, schema: Schema) -> tuple[str, str]:
    """Return what a column wants in its cells, as a phrase, and what to do about this one."""
    if not cell:
        return "a value", f"fill it: {field.description('en').rstrip('.')}"
    if field.vocabulary:
        values = schema.values(field)
        like = nearest(cell, values)
        return one_of(values), f"did you mean {like}?" if like else "write one of these"
    if field.unique and (sheet.frame[field.name] == cell).sum() > 1:
        first = sheet.frame.index[sheet.frame[field.name] == cell][0]
        return f"a {field.name} of its own (line {first} has it)", "correct one of the two"
    if field.pattern == _SLUG:
        advice = "write it such as phase-2"
        return "lower-case letters and digits joined by hyphens", advice
    if field.pattern:
        return f"text of the form {field.pattern}", f"see {field.description('en').rstrip('.')}"
    if field.minimum is not None:
        return f"a number of {field.minimum} or more", "correct it"
    if field.maxLength is not None and len(cell) > field.maxLength:
        return f"at most {field.maxLength} characters", "shorten it, or move a part to note"
    return f"at least {field.minLength} characters", "write more of it"


# --- frames -------------------------------------------------------------------------------------


def _frame(sheets: Sheets, table: Table) -> pd.DataFrame:
    """Return a table's rows, those of its further files after its own."""
    files = [sheet for sheet in sheets.tables.values() if sheet.table == table.name]
    frames = [_typed(sheet, table, sheets.kind) for sheet in files]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled) if len(filled) > 1 else (filled or frames)[0]


def _typed(sheet: Sheet, table: Table, kind: str) -> pd.DataFrame:
    """Return a table's frame with the schema's columns in order, numbers as numbers."""
    numbers = {field.name: _TYPES[field.type] for field in table.fields_for(kind) if field.type in _TYPES}
    typed = {
        name: pd.to_numeric(sheet.frame[name].where(sheet.frame[name] != "")).astype(kind)
        for name, kind in numbers.items()
    }
    return sheet.frame.assign(**typed)
