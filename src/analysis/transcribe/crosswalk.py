"""The crosswalk between studies: which of their records belong together, said row by row.

Nothing of two studies is ever joined by a name, a title or a date that looks alike. Each study is
checked with its own side of the rows; a row is whole once both studies have been.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.transcribe import load, sheets
from analysis.transcribe.load import Study
from analysis.transcribe.meta import FILE as STUDY_FILE
from analysis.transcribe.problems import Problem, StudyError, nearest, one_of, quoted
from analysis.transcribe.rules import Sheets, unknown_id
from analysis.transcribe.schema import Schema
from analysis.transcribe.sheets import Sheet

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
    sheet, problems = sheets.read(path, table.fields)
    if sheet is not None:
        own = Schema({"crosswalk": table}, schema.vocabularies, {})
        problems += load.validated(Sheets({"crosswalk": sheet}, own, "document", None))
    if not problems:
        problems = [*_pairs(sheet), *_studies(sheet, folder), *_records(sheet, study, schema)]
    if problems:
        raise StudyError(problems)
    frame = sheet.frame
    return frame[(frame["study"] == study.id) | (frame["other_study"] == study.id)]


def _pairs(sheet: Sheet) -> Iterator[Problem]:
    """The two sides are of two studies, of one table where they are the same, and joined once."""
    seen: dict[tuple, int] = {}
    for row in sheet.frame.itertuples():
        if row.study == row.other_study:
            expected, advice = "another study than `study`", "name the study of the other record"
            yield sheet.problem(row.Index, "other_study", quoted(row.other_study), expected, advice)
        if row.relation == SAME and row.table != row.other_table:
            expected, advice = f"{row.table}, for the two are the same", "correct it, or the relation"
            yield sheet.problem(row.Index, "other_table", quoted(row.other_table), expected, advice)
        pair = frozenset(tuple(getattr(row, name) for name in side) for side in _SIDES)
        if (pair, row.relation) in seen:
            expected = f"every pair once (line {seen[pair, row.relation]} has it)"
            yield sheet.problem(row.Index, "id", quoted(row.id), expected, "remove one of the two")
        seen.setdefault((pair, row.relation), row.Index)


def _studies(sheet: Sheet, folder: Path) -> Iterator[Problem]:
    known = sorted(path.parent.name for path in folder.glob(f"*/{STUDY_FILE}"))
    for column in ("study", "other_study"):
        for line, name in sheet.frame[column].items():
            if name not in known:
                like = nearest(name, known)
                advice = f"did you mean {like}?" if like else "correct it, or add the study"
                yield sheet.problem(line, column, quoted(name), f"a study ({one_of(known)})", advice)


def _records(sheet: Sheet, study: Study, schema: Schema) -> Iterator[Problem]:
    """What a row says of this study stands in its tables."""
    tables = [name for name, table in schema.tables.items() if not table.judgement]
    for whose, where, which in _SIDES:
        for line, row in sheet.frame[sheet.frame[whose] == study.id].iterrows():
            if row[where] not in tables:
                like = nearest(row[where], tables)
                advice = f"did you mean {like}?" if like else "write one of these"
                yield sheet.problem(line, where, quoted(row[where]), one_of(tables, 20), advice)
                continue
            known = frozenset(study.tables[row[where]]["id"])
            if row[which] not in known:
                file = f"{study.id}/{row[where]}"
                yield unknown_id(sheet, line, which, row[which], file, known)
