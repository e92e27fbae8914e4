"""The codebook and the cited works, as a reader of the report needs them."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import counted_codings, with_vocabulary
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema


def codebook(study: Study) -> pd.DataFrame:
    """The themes with their definitions and use.

    Columns out: record, label_ja, label_en, definition_ja, definition_en, include_ja, include_en,
    exclude_ja, exclude_en, uses (records whose theme it is, see `counted_codings`), coders (who
    gave it to any, ids, space-separated).
    """
    # A statement and an issue may share a name: a record is its table and its id, a row each here.
    uses = counted_codings(study)["theme"].value_counts()
    gave = study.tables["codings"].groupby("theme")["coder"]
    coders = gave.agg(lambda coders: " ".join(sorted(set(coders))))
    return (
        study.tables["themes"]
        .assign(
            uses=lambda f: f["id"].map(uses).fillna(0).astype("int64"),
            coders=lambda f: [coders.get(theme, "") for theme in f["id"]],
        )
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "label_ja",
                "label_en",
                "definition_ja",
                "definition_en",
                "include_ja",
                "include_en",
                "exclude_ja",
                "exclude_en",
                "uses",
                "coders",
            ],
        ]
    )


def references(study: Study, schema: Schema) -> pd.DataFrame:
    """The works that the source cites.

    Columns out: record, number, authors, year, title, identified (+ _ja, _en), address, cited_by
    (ids of statements, space-separated), basis, inferred. Empty cells are not stated.
    """
    citing = (
        study.tables["statements"][["id", "reference"]]
        .assign(reference=lambda f: f["reference"].str.split())
        .explode("reference")
        .groupby("reference")["id"]
        .agg(" ".join)
    )
    return (
        study.tables["references"]
        .pipe(with_vocabulary, schema, "identified", "identified")
        .assign(cited_by=lambda f: f["id"].map(citing).fillna(""))
        .rename(columns={"id": "record"})
        .sort_values("number")
        .loc[
            :,
            [
                "record",
                "number",
                "authors",
                "year",
                "title",
                "identified",
                "identified_ja",
                "identified_en",
                "address",
                "cited_by",
                "basis",
                "inferred",
            ],
        ]
    )
