"""One SQLite file with every table of a study, transcribed and tidy, its keys and useful views.

The transcribed tables have their names of data/schema.yaml, the tidy ones begin with `tidy_`.
Empty cells are NULL. A column that holds several ids has a table of links beside it
(`statements_passages`); one whose ids stand in another table by row (`subject`) has a computed
column for each (`subject_region`), so that every id is a foreign key. The titles of all columns
stand in `dictionary`, the labels of coded values in `vocabularies`.

Needs SQLite 3.31 (January 2020) or newer to read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.languages import semicolon
from analysis.publish.export import TEMPLATES
from analysis.tidy.joins import each
from analysis.tidy.read import Tables
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Field, Schema
from analysis.transcribe.schema import Table as Described
from analysis.transcribe.validators import SUBJECTS

_TYPES = {"integer": "INTEGER", "number": "REAL"}
_COMPUTED = "GENERATED ALWAYS AS"  # rows have no cells for such a column
_SECTIONS = "sections"  # they stand in study.yaml, and get a table here
# The header's change counter, and which version of the library wrote the file at which change: of a file that
# is written once nothing is lost where both counts are 0 and the version is unsaid.
_COUNTER, _STAMP = slice(24, 28), slice(92, 100)
_PAGE = 4096


@dataclass
class _Table:
    """A table to be made: its columns with what SQL says of each, its rows, and what else holds of it."""

    name: str
    columns: dict[str, str]
    rows: Iterable[Sequence]
    constraints: list[str]

    def make(self, file: sqlite3.Connection) -> None:
        """Make the table; the cells of its rows are those of the columns that are not computed."""
        parts = [*(f"{_q(name)} {said}" for name, said in self.columns.items()), *self.constraints]
        file.execute(f"CREATE TABLE {_q(self.name)} (\n  " + ",\n  ".join(parts) + "\n)")
        stored = [_q(name) for name, said in self.columns.items() if _COMPUTED not in said]
        places = ", ".join("?" * len(stored))
        insert = f"INSERT INTO {_q(self.name)} ({', '.join(stored)}) VALUES ({places})"
        file.executemany(insert, ([_null(cell) for cell in row] for row in self.rows))


def database(study: Study, schema: Schema, data: Tables) -> bytes:
    """The whole file, the same bytes for the same tables.

    Raises ValueError where an id names nothing, which checked tables cannot have.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.executescript(f"PRAGMA page_size={_PAGE}; PRAGMA encoding='UTF-8'; PRAGMA secure_delete=ON;")
        for table in (*_about(study, schema, data), *_transcribed(study, schema), *_tidy(data)):
            table.make(made)
        gaps = {language: semicolon(language) for language in study.languages}
        kind, linked = study.meta.kind, _linked(study, schema)
        views = TEMPLATES.get_template("views.sql").render(kind=kind, linked=linked, gaps=gaps)
        made.executescript(views)
        made.execute("VACUUM")
        _check(made)
        content = bytearray(made.serialize())
    content[_COUNTER], content[_STAMP] = bytes(4), bytes(8)
    return bytes(content)


def _check(made: sqlite3.Connection) -> None:
    if lost := made.execute("PRAGMA foreign_key_check").fetchall():
        raise ValueError(f"ids that name nothing (table, row, table they should stand in): {lost}")
    if (found := made.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
        raise ValueError(f"SQLite finds its file damaged: {found}")


# -- What the study says of itself -----------------------------------------------------------------


def _about(study: Study, schema: Schema, data: Tables) -> Iterator[_Table]:
    meta, languages = study.meta, study.languages
    plain = [name for name, value in meta.items() if isinstance(value, str | int)]
    yield _simple("study", plain, [[meta[name] for name in plain]], key="id")
    authors = [[n, *author.values()] for n, author in enumerate(meta.authors, 1)]
    yield _simple("authors", ["position", *meta.authors[0]], authors, key="position")
    titles = [key for key in meta.sections[0] if key.startswith("title")] if meta.sections else ["title"]
    sections = [
        [s.id, n, *(s[title] for title in titles), s.role, "yes" if s.printed else "no"]
        for n, s in enumerate(meta.sections, 1)
    ]
    yield _simple(_SECTIONS, ["id", "position", *titles, "role", "printed"], sections, key="id")
    values = [
        [name, value, n, *map(label, languages)]
        for name, labels in schema.vocabularies.items()
        for n, (value, label) in enumerate(labels.items(), 1)
    ]
    columns = ["vocabulary", "value", "position", *each("label", languages)]
    yield _simple("vocabularies", columns, values, key="vocabulary, value")
    columns = ["table_name", "column_name", "position", *each("title description", languages), "vocabulary"]
    yield _simple("dictionary", columns, _dictionary(schema, meta.kind, data), key="table_name, column_name")
    regions = [[region, n] for n, region in enumerate(meta.regions, 1)]
    order = _simple("region_order", ["region", "position"], regions, key="region")
    order.constraints.append(_foreign("region", "regions"))
    yield order


def _dictionary(schema: Schema, kind: str, data: Tables) -> Iterator[list]:
    for table in schema.tables.values():
        for n, column in enumerate(table.fields_for(kind), 1):
            words = [text(x) for text in (column.title, column.description) for x in schema.languages]
            yield [table.name, column.name, n, *words, column.vocabulary]
    for name, resource in data.resources.items():
        for n, column in enumerate(resource["schema"]["fields"], 1):
            titles = [column.get(f"title_{own}", column["title"]) for own in schema.languages]
            yield [f"tidy_{name}", column["name"], n, *titles, *[None] * len(titles), None]


def _simple(name: str, columns: Sequence[str], rows: Iterable[Sequence], key: str) -> _Table:
    """A table of texts, whose positions and years are numbers."""
    typed = {column: "INTEGER" if column in ("position", "year") else "TEXT" for column in columns}
    return _Table(name, typed, rows, [f"PRIMARY KEY ({key})"])


# -- The transcribed tables ------------------------------------------------------------------------


def _transcribed(study: Study, schema: Schema) -> Iterator[_Table]:
    kind = study.meta.kind
    keys = {f.target for t in schema.tables.values() for f in t.fields_for(kind) if f.target}
    for parent, name in sorted(key for key in keys if key[1] != "id"):
        # Such as the names of the scales: several rows of the table have the same one.
        names = pd.unique(study.tables[parent][name])
        yield _simple(f"{parent}_{name}", [name], [[each] for each in names], key=name)
    for name, table in schema.tables.items():
        rows = study.tables[name]
        yield _raw(table, rows, schema, kind)
        for column in table.fields_for(kind):
            if column.many and column.target:
                yield _listed(name, column.target[0], rows, column.name)
            elif column.name == "address":
                yield _listed(name, "", rows, column.name)


def _raw(table: Described, rows: pd.DataFrame, schema: Schema, kind: str) -> _Table:
    described = table.fields_for(kind)
    columns = {column.name: _column(column, schema) for column in described}
    constraints = ['PRIMARY KEY ("id")']
    for column in described:
        if column.references == _SECTIONS:
            constraints.append(_foreign(column.name, _SECTIONS))
        elif column.target and not column.many:
            parent, key = column.target
            constraints.append(_foreign(column.name, parent if key == "id" else f"{parent}_{key}", key))
    for column in described:
        for name, when, parent in _by_row(column, table, schema, kind):
            columns[name] = f"TEXT {_COMPUTED} ({when}) VIRTUAL"
            constraints.append(_foreign(name, parent))
    return _Table(table.name, columns, _rows(rows), constraints)


def _column(column: Field, schema: Schema) -> str:
    said = _TYPES.get(column.type, "TEXT") + " NOT NULL" * column.required + " UNIQUE" * column.unique
    if column.vocabulary:
        said += f" CHECK ({_q(column.name)} IN ({', '.join(map(_text, schema.values(column)))}))"
    return said


def _foreign(column: str, parent: str, key: str = "id") -> str:
    return f"FOREIGN KEY ({_q(column)}) REFERENCES {_q(parent)} ({_q(key)})"


def _by_row(column: Field, table: Described, schema: Schema, kind: str) -> Iterator[tuple[str, str, str]]:
    """Computed columns for ids whose table another column decides, or one more word beside ids."""
    references = column.references or ""
    if references.startswith("by "):
        decides = table.field(references.removeprefix("by "), kind)
        for value in schema.values(decides):
            parent = SUBJECTS.get(value, value)
            if parent in schema.tables:
                when = f"CASE {_q(decides.name)} WHEN {_text(value)} THEN {_q(column.name)} END"
                yield f"{column.name}_{value}", when, parent
    elif " or " in references:
        parent, word = references.split(" or ")
        when = f"nullif({_q(column.name)}, {_text(word)})"
        yield f"{column.name}_{_one(parent)}", when, parent


def _listed(table: str, parent: str, rows: pd.DataFrame, column: str) -> _Table:
    """The several ids of a column's cells, one a row, in their order; without a parent they are addresses."""
    cells = [
        (row, n, each)
        for row, cell in zip(rows["id"], rows[column], strict=True)
        for n, each in enumerate(cell.split(), 1)
    ]
    one = _one(parent) or "address"
    constraints = [f'PRIMARY KEY ("record", {_q(one if parent else "position")})', _foreign("record", table)]
    constraints += [_foreign(one, parent)] if parent else []
    columns = {"record": "TEXT NOT NULL", "position": "INTEGER NOT NULL", one: "TEXT NOT NULL"}
    return _Table(f"{table}_{parent or 'addresses'}", columns, cells, constraints)


def _linked(study: Study, schema: Schema) -> list[str]:
    """The tables whose rows say where they stand: by passages, or by addresses."""
    wanted = {"document": "passages", "records": "address"}[study.meta.kind]
    return [
        name
        for name, table in schema.tables.items()
        if any(f.name == wanted for f in table.fields_for(study.meta.kind))
    ]


# -- The tidy tables -------------------------------------------------------------------------------


def _tidy(data: Tables) -> Iterator[_Table]:
    for name, resource in data.resources.items():
        described = resource["schema"]
        columns = {field["name"]: _TYPES.get(field["type"], "TEXT") for field in described["fields"]}
        key = ", ".join(map(_q, described.get("primaryKey", ())))
        yield _Table(f"tidy_{name}", columns, _rows(data.raw(name)), [f"PRIMARY KEY ({key})"] if key else [])


# -- SQL -------------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> Iterable[Sequence]:
    return frame.astype(object).itertuples(index=False, name=None)


def _null(cell: Any) -> Any:
    """A cell as SQLite knows it: what is empty or missing is NULL."""
    if isinstance(cell, str):
        return cell or None
    return None if cell is None or pd.isna(cell) else cell


def _one(table: str) -> str:
    """What one row of a table is called: the tables' names are plurals."""
    return table.removesuffix("s")


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
