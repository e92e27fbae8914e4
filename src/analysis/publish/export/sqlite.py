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
from dataclasses import dataclass, field
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
_SECTIONS = "sections"  # they stand in study.yaml, and get a table here
# The header's change counter, and which version of the library wrote the file at which change: of a file that
# is written once nothing is lost where both counts are 0 and the version is unsaid.
_COUNTER, _STAMP = slice(24, 28), slice(92, 100)
_PAGE = 4096


@dataclass
class _Table:
    """A table to be made: its columns as SQL, what else holds of it, and its rows."""

    name: str
    columns: list[str]
    rows: Iterable[Sequence]
    constraints: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)  # columns that rows have no cells for

    def sql(self) -> tuple[str, str]:
        """The statements that make the table and put a row into it."""
        parts = ",\n  ".join([*self.columns, *self.computed, *self.constraints])
        names = ", ".join(column[: column.index('" ') + 1] for column in self.columns)
        places = ", ".join("?" * len(self.columns))
        return (
            f"CREATE TABLE {_q(self.name)} (\n  {parts}\n)",
            f"INSERT INTO {_q(self.name)} ({names}) VALUES ({places})",
        )


def database(study: Study, schema: Schema, data: Tables) -> bytes:
    """The whole file, the same bytes for the same tables.

    Raises ValueError where an id names nothing, which checked tables cannot have.
    """
    tables = [*_about(study, schema, data), *_transcribed(study, schema), *_tidy(data)]
    made = sqlite3.connect(":memory:", isolation_level=None)
    try:
        made.executescript(f"PRAGMA page_size={_PAGE}; PRAGMA encoding='UTF-8'; PRAGMA secure_delete=ON;")
        for table in tables:
            create, insert = table.sql()
            made.execute(create)
            made.executemany(insert, table.rows)
        gaps = {language: semicolon(language) for language in study.languages}
        views = TEMPLATES.get_template("views.sql").render(
            kind=study.meta.kind, linked=_linked(study, schema), gaps=gaps
        )
        made.executescript(views)
        made.execute("VACUUM")
        _check(made)
        content = bytearray(made.serialize())
    finally:
        made.close()
    content[_COUNTER], content[_STAMP] = bytes(4), bytes(8)
    return bytes(content)


def _check(made: sqlite3.Connection) -> None:
    if lost := made.execute("PRAGMA foreign_key_check").fetchall():
        raise ValueError(f"ids that name nothing (table, row, table they should stand in): {lost}")
    if (found := made.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
        raise ValueError(f"SQLite finds its file damaged: {found}")


# -- What the study says of itself -----------------------------------------------------------------


def _about(study: Study, schema: Schema, data: Tables) -> Iterator[_Table]:
    meta = study.meta
    plain = [name for name, value in meta.items() if isinstance(value, str | int)]
    yield _simple("study", plain, [[meta[name] for name in plain]], key="id")
    people = list(meta.authors[0])
    authors = [[n, *author.values()] for n, author in enumerate(meta.authors, 1)]
    yield _simple("authors", ["position", *people], authors, key="position")
    titles = [key for key in meta.sections[0] if key.startswith("title")] if meta.sections else ["title"]
    sections = [
        [s.id, n, *(s[title] for title in titles), s.role, "yes" if s.printed else "no"]
        for n, s in enumerate(meta.sections, 1)
    ]
    columns = ["id", "position", *titles, "role", "printed"]
    yield _simple(_SECTIONS, columns, sections, key="id")
    values = [
        [name, value, n, *map(label, study.languages)]
        for name, labels in schema.vocabularies.items()
        for n, (value, label) in enumerate(labels.items(), 1)
    ]
    columns = ["vocabulary", "value", "position", *each("label", study.languages)]
    yield _simple("vocabularies", columns, values, key="vocabulary, value")
    columns = [
        "table_name",
        "column_name",
        "position",
        *each("title description", study.languages),
        "vocabulary",
    ]
    yield _simple("dictionary", columns, _dictionary(schema, meta.kind, data), key="table_name, column_name")
    regions = list(enumerate(meta.regions, 1))
    order = _simple("region_order", ["region", "position"], [[r, n] for n, r in regions], key="region")
    order.constraints.append('FOREIGN KEY ("region") REFERENCES "regions" ("id")')
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
    numbers = {"position", "year"}
    typed = [f"{_q(c)} {'INTEGER' if c in numbers else 'TEXT'}" for c in columns]
    return _Table(name, typed, [[_null(cell) for cell in row] for row in rows], [f"PRIMARY KEY ({key})"])


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
                listed = column.target[0]
                yield _listed(name, listed, rows, column.name, _one(listed))
            elif column.name == "address":
                yield _listed(name, "addresses", rows, "address", "address")


def _raw(table: Described, rows: pd.DataFrame, schema: Schema, kind: str) -> _Table:
    described = table.fields_for(kind)
    columns: list[str] = []
    constraints: list[str] = []
    computed: list[str] = []
    for column in described:
        columns.append(_column(column, schema))
        constraints += _foreign(column, table.name)
    for column in described:
        for name, when, parent in _by_row(column, table, schema, kind):
            computed.append(f"{_q(name)} TEXT GENERATED ALWAYS AS ({when}) VIRTUAL")
            constraints.append(f'FOREIGN KEY ({_q(name)}) REFERENCES {_q(parent)} ("id")')
    return _Table(table.name, columns, _rows(rows), ['PRIMARY KEY ("id")', *constraints], computed)


def _column(column: Field, schema: Schema) -> str:
    parts = [_q(column.name), _TYPES.get(column.type, "TEXT")]
    parts += ["NOT NULL"] if column.required else []
    parts += ["UNIQUE"] if column.unique else []
    if column.vocabulary:
        values = ", ".join(map(_text, schema.values(column)))
        parts.append(f"CHECK ({_q(column.name)} IN ({values}))")
    return " ".join(parts)


def _foreign(column: Field, table: str) -> Iterator[str]:
    """The foreign key of a column whose every cell names one row of one table."""
    if column.references == _SECTIONS:
        yield f'FOREIGN KEY ({_q(column.name)}) REFERENCES {_q(_SECTIONS)} ("id")'
    elif column.target and not column.many:
        parent, key = column.target
        parent = parent if key == "id" else f"{parent}_{key}"
        yield f"FOREIGN KEY ({_q(column.name)}) REFERENCES {_q(parent)} ({_q(key)})"


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


def _listed(table: str, listed: str, rows: pd.DataFrame, column: str, one: str) -> _Table:
    """The several ids (or addresses) of a column's cells, one a row, in their order."""
    cells = [
        (row, n, each)
        for row, cell in zip(rows["id"], rows[column], strict=True)
        for n, each in enumerate(cell.split(), 1)
    ]
    addresses = column == "address"
    constraints = [
        f'PRIMARY KEY ("record", {_q("position" if addresses else one)})',
        f'FOREIGN KEY ("record") REFERENCES {_q(table)} ("id")',
        *([] if addresses else [f'FOREIGN KEY ({_q(one)}) REFERENCES {_q(listed)} ("id")']),
    ]
    columns = [
        f"{_q(name)} {kind} NOT NULL"
        for name, kind in (("record", "TEXT"), ("position", "INTEGER"), (one, "TEXT"))
    ]
    return _Table(f"{table}_{listed}", columns, cells, constraints)


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
        columns = [f"{_q(f['name'])} {_TYPES.get(f['type'], 'TEXT')}" for f in described["fields"]]
        key = ", ".join(map(_q, described.get("primaryKey", ())))
        yield _Table(f"tidy_{name}", columns, _rows(data.raw(name)), [f"PRIMARY KEY ({key})"] if key else [])


# -- SQL -------------------------------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> list[list]:
    return [[_null(cell) for cell in row] for row in frame.astype(object).to_numpy().tolist()]


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
