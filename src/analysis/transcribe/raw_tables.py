"""All tables of a study as typed, and what validators ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from analysis.transcribe import periods
from analysis.transcribe.csv_table import Cell, CsvTable
from analysis.transcribe.periods import JAPANESE, FiscalYear
from analysis.transcribe.problems import Problem
from analysis.transcribe.schema import Field, Schema
from analysis.transcribe.study_yaml import Meta

# The columns that date a record, the first that is filled counting.
DATES = {
    "evaluations": ("conducted", "published"),
    "events": ("date",),
    "programmes": ("period",),
    "projects": ("period", "adopted"),
    "indicators": ("as_of",),
}


@dataclass(frozen=True)
class RawTables:
    """All tables of a study as typed; a table whose file could not be read is not among them."""

    tables: Mapping[str, CsvTable]
    schema: Schema
    kind: str
    meta: Meta | None  # None where study.yaml itself is wrong

    @property
    def fiscal_year(self) -> FiscalYear:
        """How the study counts fiscal years."""
        return self.meta.fiscal_year if self.meta else JAPANESE

    def fields(self) -> Iterator[tuple[CsvTable, Field]]:
        """Yield every column that was read, with its table."""
        for table in self.tables.values():
            for field in self.schema.tables[table.table].fields_for(self.kind):
                if table.has(field.name):
                    yield table, field

    def cells(self, applies: Callable[[Field], object]) -> Iterator[Cell]:
        """Yield every cell that is not empty of the columns that a test applies to."""
        for table, field in self.fields():
            if applies(field):
                for line, text in table.values(field.name).items():
                    yield Cell(table, line, field, text)

    def with_columns(self, table: str, *columns: str) -> CsvTable | None:
        """Return a table where it was read and has these columns."""
        found = self.tables.get(table)
        return found if found is not None and found.has(*columns) else None

    def files(self, table: str, *columns: str) -> Iterator[CsvTable]:
        """Yield every file of a table that was read and has these columns."""
        for found in self.tables.values():
            if found.table == table and found.has(*columns):
                yield found

    def rows(self, table: str, *columns: str) -> Iterator[Any]:
        """Yield every row of every file of a table (see `csv_table.TypedRow`)."""
        for found in self.files(table, *columns):
            yield from found.rows(*columns)

    def known(self, table: str, column: str = "id") -> frozenset[str] | None:
        """Return the values of a column, those of uneven rows too; None where it was not read."""
        found = self.with_columns(table, column)
        return None if found is None else frozenset(found.columns[column]) - {""}

    def by_id(self, table: str, *columns: str) -> dict[str, Any]:
        """Return the rows of a table by their ids; none where it was not read."""
        found = self.with_columns(table, "id", *columns)
        rows: dict[str, Any] = {}
        for row in found.rows("id", *columns) if found else ():
            rows.setdefault(row.id, row)
        return rows


def repeats(table: CsvTable, columns: list[str], expected: str, advice: str) -> Iterator[Problem]:
    """Yield a problem of every row whose key stands there already; {} in `expected` is the first line."""
    if not table.has(*columns):
        return
    # Of a row whose cells cannot be told apart, the id at least is known.
    rows = table if columns == ["id"] else table.sound
    first: dict[tuple[str, ...], int] = {}
    for line, *key in zip(rows.starts, *(rows.columns[name] for name in columns), strict=True):
        earlier = first.setdefault(tuple(key), line) if key[-1] else line
        if earlier != line and line not in table.uneven:
            yield table.problem(line, columns[-1], expected.format(earlier), advice)


def before(day: str, other: str, counted: FiscalYear = JAPANESE) -> bool:
    """Whether a date or period ends before another begins; an open or unknown side never does."""
    try:
        end, start = periods.parse(day, counted).end, periods.parse(other, counted).start
    except periods.PeriodError:
        return False
    return end is not None and start is not None and end < start


def same_time(day: str, year: str, counted: FiscalYear = JAPANESE) -> bool:
    """Whether a date, as precise as it is, can lie in a year; no where either is no date."""
    try:
        return periods.compatible(day, year, counted)
    except (periods.PeriodError, TypeError):
        return False


def date_of(table: str, row: Any) -> str:
    """The date of a record, from the first of its table's columns that is filled; "" without one."""
    return next((cell for column in DATES.get(table, ()) if (cell := getattr(row, column, ""))), "")


def older_than_issues(frame_of: Callable[[str], pd.DataFrame | None]) -> Callable[[str, str, str], str]:
    """Return a function that says why a record is older than an issue, of tables (by name) as typed or as read.

    It takes an issue, a table and a record, and returns "" where the record is later, or nothing can be said.
    """

    @cache
    def rows(table: str) -> dict[str, Any]:
        frame = frame_of(table)
        if frame is None or "id" not in frame:
            return {}
        return {row.id: row for row in frame.drop_duplicates("id").itertuples()}

    place = {id_: place for place, id_ in enumerate(rows("passages"))}

    def places(row: Any) -> list[int]:
        return [place[passage] for passage in getattr(row, "passages", "").split() if passage in place]

    def older(issue: str, table: str, record: str) -> str:
        raised, row = rows("issues").get(issue), rows(table).get(record)
        if raised is None or row is None:
            return ""
        day = date_of(table, row)
        if getattr(row, "subject_type", "") == "evaluation":
            day = date_of("evaluations", rows("evaluations").get(row.subject))
        if day:
            since = getattr(raised, "raised", "")
            return f"raised {since}, dated {day}" if before(day, since) else ""
        own, those = places(row), places(raised)
        return "it stands before the issue in the source" if own and those and max(own) <= max(those) else ""

    return older
