"""Read a study: every table checked, or every problem said.

The form of the files and their characters are checked in `csv_table`, what `study.yaml` says in
`study_yaml`, and what the cells and rows must hold to in `validators`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis.transcribe import csv_table, study_yaml, validators
from analysis.transcribe import schema as schemas
from analysis.transcribe.csv_table import CsvTable
from analysis.transcribe.csv_text import failure, import_command, of_file, shown
from analysis.transcribe.problems import Problem, StudyError, nearest, one_of
from analysis.transcribe.raw_tables import RawTables
from analysis.transcribe.schema import Schema, Table
from analysis.transcribe.study_yaml import Meta
from analysis.words import counted

MOST = 1000  # problems of one file that are listed; a file with more is not the table it should be

_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods", ".numbers"}
_TYPES = {"integer": "Int64", "number": "float64"}


@dataclass(frozen=True)
class Study:
    """One study, read and checked.

    `tables` has a frame for every table of the schema, with the schema's columns in their order:
    text ("" is empty), Int64 for whole numbers and float64 for numbers, indexed by `line`, the
    line of the file in which the row begins. A table without a file is an empty frame; rows of
    further files (`codings-<coder>.csv`) follow, in the order of their names, and lines begin anew.
    `made` keeps what has been made of them (`tidy.joins.once`).
    """

    id: str
    folder: Path
    meta: Meta
    tables: Mapping[str, pd.DataFrame]
    made: dict[Any, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its labels and of its report."""
        return self.meta.languages

    @cached_property
    def schema(self) -> Schema:
        """The schema in its languages, with its own kinds of evaluation."""
        return schemas.load(languages=self.languages).with_kinds(self.meta.own_kinds)


def read(folder: Path, schema: Schema | None = None) -> Study:
    """Read the study in a folder, against `data/schema.yaml` in its languages, or another schema.

    Raises StudyError with every problem of every file, in the order of the schema and the lines.
    """
    folder = Path(folder)
    if not folder.is_dir():
        found = "no such folder" if not folder.exists() else "a file"
        expected = "a folder with study.yaml and one CSV file a table"
        advice = f"check the name; studies stand in {shown(folder.parent)}"
        raise failure(folder, found, expected, advice)
    meta, problems = study_yaml.read(folder / study_yaml.FILE)
    spoken = meta.languages if meta else study_yaml.languages_of(folder / study_yaml.FILE)
    schema = schema or schemas.load(languages=spoken)
    schema = schema.with_kinds(meta.own_kinds) if meta else schema
    # Where study.yaml does not say what the study is of, it is what its tables look like.
    kind = meta.kind if meta else "document" if (folder / "passages.csv").exists() else "records"
    problems += _stray_files(folder, schema)
    tables, faults = _tables(folder, schema, kind)
    raw = RawTables(tables, schema, kind, meta)
    faults = validators.check(raw, faults)
    if meta is None or problems or faults:
        raise StudyError(_listed([*problems, *faults], schema))
    frames = {name: _frame(raw, table) for name, table in schema.tables.items()}
    return Study(meta.id, folder, meta, MappingProxyType(frames))


def _stray_files(folder: Path, schema: Schema) -> Iterator[Problem]:
    """Say which files look like tables and would not be read."""
    tables, found = [f"{name}.csv" for name in schema.tables], "a file that is not read"
    for path in sorted(folder.iterdir()):
        table = path.stem.lower() in schema.tables or path.suffix.lower() == ".csv"
        if path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~$", ".")):
            yield of_file(path, found, "no workbook among a study's files", import_command(path))
        elif table and not schema.table_of(path.name):
            further = re.sub("[^a-z0-9]+", "-", path.stem.lower()).strip("-") + ".csv"
            like = further if schema.table_of(further) else nearest(path.name.lower(), tables)
            advice = f"rename it to {like}, or remove it" if like else "remove it"
            expected = f"no files but the tables of the schema ({one_of(tables)})"
            yield of_file(path, found, expected, advice)


def _tables(folder: Path, schema: Schema, kind: str) -> tuple[dict[str, CsvTable], list[Problem]]:
    """Read every file of every table; a table without one is empty, with all columns."""
    tables, problems = {}, []
    for name, table in schema.tables.items():
        path, fields = folder / f"{name}.csv", table.fields_for(kind)
        present = path.exists() or path.is_symlink()
        files = [path] if present else []
        files += [p for p in sorted(folder.glob(f"{name}-*.csv")) if schema.table_of(p.name)]
        if not present and table.own_place and kind == "document":
            # Every row of every table would name a passage that is not there: said once.
            advice = "add it: a study of a document cites its passages"
            expected = "the passages of the source"
            problems.append(of_file(path, "no such file", expected, advice))
        elif not present:
            tables[name] = csv_table.absent(path, fields)
        for file in files:
            found, wrong = csv_table.read(file, fields)
            problems += wrong
            if found is not None:
                tables[file.stem] = replace(found, table=name)
    return tables, problems


def _listed(problems: list[Problem], schema: Schema) -> list[Problem]:
    """Sort problems by file, in the schema's order, and line; cut the list of a hopeless file."""
    order = {name: position for position, name in enumerate(schema.tables, 1)}

    def place(file: str) -> tuple[int, str, str]:
        table, value = schema.table_of(Path(file).name) or ("", "")
        return order.get(table, 0), value, file

    in_order = sorted(problems, key=lambda problem: (place(problem.file), problem.line or 0))
    listed: list[Problem] = []
    for file, group in groupby(in_order, key=lambda problem: problem.file):
        found = list(group)
        listed += found[:MOST]
        if len(found) > MOST:
            more = f"{counted(len(found) - MOST, 'problem')} more"
            listed.append(Problem(file, None, None, more, "none", "correct these first"))
    return listed


def _frame(raw: RawTables, table: Table) -> pd.DataFrame:
    """Return a table's rows, those of its further files after its own, numbers as numbers."""
    files = [found.frame for found in raw.tables.values() if found.table == table.name]
    filled = [frame for frame in files if len(frame)]
    frame = pd.concat(filled) if len(filled) > 1 else (filled or files)[0]
    numbers = {field.name: _TYPES[field.type] for field in table.fields_for(raw.kind) if field.type in _TYPES}
    typed = {
        name: pd.to_numeric(frame[name].where(frame[name] != "")).astype(dtype)
        for name, dtype in numbers.items()
    }
    return frame.assign(**typed)
