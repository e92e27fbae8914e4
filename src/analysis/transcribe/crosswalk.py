"""The crosswalk between studies: which of their records belong together, said row by row.

Nothing of two studies is ever joined by a name, a title or a date that looks alike. Each study is
checked with its own side of the rows; a row is whole once both studies have been.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.transcribe import csv_table, validators
from analysis.transcribe.csv_table import CsvTable
from analysis.transcribe.load import Study
from analysis.transcribe.problems import Problem, StudyError, did_you_mean, one_of
from analysis.transcribe.raw_tables import RawTables, before, date_of
from analysis.transcribe.schema import Schema
from analysis.transcribe.study_yaml import FILE as STUDY_FILE

FILE = "crosswalk.csv"
SAME = "same"
_SIDES = (("study", "table", "record"), ("other_study", "other_table", "other_record"))


def read(folder: Path, study: Study, schema: Schema) -> pd.DataFrame:
    """Read the rows of `crosswalk.csv` in which a study takes part; none where there is no file.

    `folder` holds the file and every study's folder. Columns out: id, study, table, record,
    relation (same, part, outcome, bears_on: what the other record is to this one), other_study,
    other_table, other_record, note, note_ja. Raises StudyError with every problem of the file and
    of the study's own side.
    """
    table = schema.shared["crosswalk"]
    path = folder / FILE
    if not path.exists():
        return pd.DataFrame(columns=[field.name for field in table.fields], dtype="str")
    found, problems = csv_table.read(path, table.fields)
    if found is not None:
        own = Schema({"crosswalk": table}, schema.vocabularies, {})
        problems += validators.check(RawTables({"crosswalk": found}, own, "document", None))
    if found is not None and not problems:
        problems = [*_pairs(found), *_studies(found, folder), *_records(found, study, schema)]
        problems = problems or list(_outcomes(found, study, folder, schema))
    if found is None or problems:
        raise StudyError(problems)
    frame = found.frame
    return frame[(frame["study"] == study.id) | (frame["other_study"] == study.id)]


def _pairs(found: CsvTable) -> Iterator[Problem]:
    """The two sides are of two studies, of one table where they are the same, and joined once."""
    seen: dict[tuple, int] = {}
    for row in found.rows("id", "relation", *_SIDES[0], *_SIDES[1]):
        if row.study == row.other_study:
            advice = "name the study of the other record"
            yield row.problem("other_study", "another study than `study`", advice)
        if row.relation == SAME and row.table != row.other_table:
            advice = "correct it, or the relation"
            yield row.problem("other_table", f"{row.table}, for the two are the same", advice)
        pair = frozenset(tuple(getattr(row, name) for name in side) for side in _SIDES)
        first = seen.setdefault((pair, row.relation), row.line)
        if first != row.line:
            yield row.problem("id", f"every pair once (line {first} has it)", "remove one of the two")


def _studies(found: CsvTable, folder: Path) -> Iterator[Problem]:
    known = sorted(path.parent.name for path in folder.glob(f"*/{STUDY_FILE}"))
    for column in ("study", "other_study"):
        for row in found.rows(column):
            if (name := getattr(row, column)) not in known:
                advice = did_you_mean(name, known, "correct it, or add the study")
                yield row.problem(column, f"a study ({one_of(known)})", advice)


def _records(found: CsvTable, study: Study, schema: Schema) -> Iterator[Problem]:
    """What a row says of this study stands in its tables."""
    tables = [name for name, table in schema.tables.items() if not table.judgement]
    for side in _SIDES:
        for row in found.rows(*side):
            whose, table, record = (getattr(row, column) for column in side)
            if whose == study.id and table not in tables:
                advice = did_you_mean(table, tables, "write one of these")
                yield row.problem(side[1], one_of(tables, 20), advice)
            elif whose == study.id and record not in (known := frozenset(study.tables[table]["id"])):
                yield row.unknown(side[2], record, f"{study.id}/{table}", known)


def _outcomes(found: CsvTable, study: Study, folder: Path, schema: Schema) -> Iterator[Problem]:
    """An outcome of one of this study's issues is not dated before the issue was raised."""
    raised = study.tables["issues"].set_index("id")["raised"].to_dict()
    for row in found.rows("relation", *_SIDES[0], *_SIDES[1]):
        path = folder / row.other_study / f"{row.other_table}.csv"
        outcome = (row.relation, row.table, row.study) == ("outcome", "issues", study.id)
        if not outcome or not path.exists():
            continue
        # Of the other study the dates only are read; it is checked with its own side of the rows.
        other = csv_table.read(path, schema.tables[row.other_table].fields_for("records"))[0]
        records = {r.id: r for r in other.frame.itertuples()} if other and other.has("id") else {}
        day, since = date_of(row.other_table, records.get(row.other_record)), raised[row.record]
        if day and before(day, since):
            expected = f"a record later than {row.record} (raised {since}, this is of {day})"
            yield row.problem("other_record", expected, "remove the row, or write bears_on")
