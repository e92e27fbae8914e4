"""The crosswalk as the notebooks read it: which records of other studies belong to this one's."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import with_vocabulary
from analysis.transcribe.schema import Schema

_COLUMNS = [
    "link",
    "study",
    "table",
    "record",
    "relation",
    "relation_ja",
    "relation_en",
    "other_study",
    "other_table",
    "other_record",
    "note_ja",
    "note_en",
]


def crosswalk(schema: Schema, joined: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of the crosswalk in which a study takes part, as transcribed.

    Columns in: as `study.crosswalk.read` gives them. Columns out: link, study, table, record,
    relation (+ _ja, _en), other_study, other_table, other_record, note_ja, note_en.
    """
    if joined is None:
        return pd.DataFrame(columns=_COLUMNS)
    return (
        joined.rename(columns={"id": "link", "note": "note_en"})
        .pipe(with_vocabulary, schema, "relation", "relation")
        .loc[:, _COLUMNS]
    )
