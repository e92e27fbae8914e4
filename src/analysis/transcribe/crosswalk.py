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
from analysis.transcribe.problems import Problem, StudyError, nearest, one_of, quoted
from analysis.transcribe.raw_tables import RawTables, before, date_of, unknown_id
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
    for row in found.frame.itertuples():
        if row.study == row.other_study:
            expected, advice = "another study than `study`", "name the study of the other record"
            yield found.problem(row.Index, "other_study", quoted(row.other_study), expected, advice)
        if row.relation == SAME and row.table != row.other_table:
            expected, advice = f"{row.table}, for the two are the same", "correct it, or the relation"
            yield found.problem(row.Index, "other_table", quoted(row.other_table), expected, advice)
        pair = frozenset(tuple(getattr(row, name) for name in side) for side in _SIDES)
        if (pair, row.relation) in seen:
            expected = f"every pair once (line {seen[pair, row.relation]} has it)"
            yield found.problem(row.Index, "id", quoted(row.id), expected, "remove one of the two")
        seen.setdefault((pair, row.relation), row.Index)


def _studies(found: CsvTable, folder: Path) -> Iterator[Problem]:
    known = sorted(path.parent.name for path in folder.glob(f"*/{STUDY_FILE}"))
    for column in ("study", "other_study"):
        for line, name in found.frame[column].items():
            if name not in known:
                like = nearest(name, known)
                advice = f"did you mean {like}?" if like else "correct it, or add the study"
                yield found.problem(line, column, quoted(name), f"a study ({one_of(known)})", advice)


def _records(found: CsvTable, study: Study, schema: Schema) -> Iterator[Problem]:
    """What a row says of this study stands in its tables."""
    tables = [name for name, table in schema.tables.items() if not table.judgement]
    for whose, where, which in _SIDES:
        for line, row in found.frame[found.frame[whose] == study.id].iterrows():
            if row[where] not in tables:
                like = nearest(row[where], tables)
                advice = f"did you mean {like}?" if like else "write one of these"
                yield found.problem(line, where, quoted(row[where]), one_of(tables, 20), advice)
                continue
            known = frozenset(study.tables[row[where]]["id"])
            if row[which] not in known:
                file = f"{study.id}/{row[where]}"
                yield unknown_id(found, line, which, row[which], file, known)


def _outcomes(found: CsvTable, study: Study, folder: Path, schema: Schema) -> Iterator[Problem]:
    """An outcome of one of this study's issues is not dated before the issue was raised."""
    raised = study.tables["issues"].set_index("id")["raised"].to_dict()
    rows = found.frame.query("relation == 'outcome' and table == 'issues' and study == @study.id")
    for row in rows.itertuples():
        path = folder / row.other_study / f"{row.other_table}.csv"
        # Of the other study the dates only are read; it is checked with its own side of the rows.
        fields = schema.tables[row.other_table].fields_for("records") if path.exists() else ()
        other = csv_table.read(path, fields)[0] if path.exists() else None
        records = {r.id: r for r in other.frame.itertuples()} if other and other.has("id") else {}
        day = date_of(row.other_table, records.get(row.other_record))
        if day and before(day, raised[row.record]):
            expected = f"a record later than {row.record} (raised {raised[row.record]}, this is of {day})"
            advice = "remove the row, or write bears_on"
            yield found.problem(row.Index, "other_record", quoted(row.other_record), expected, advice)
