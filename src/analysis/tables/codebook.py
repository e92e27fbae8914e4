"""The codebook and the cited works, as a reader of the report needs them."""

from __future__ import annotations

import pandas as pd

from analysis.study.load import Study
from analysis.study.schema import Schema
from analysis.tables.joins import with_vocabulary


def codebook(study: Study) -> pd.DataFrame:
    """The themes with their definitions and use.

    Columns out: record, label_ja, label_en, definition_ja, definition_en, include_ja, include_en,
    exclude_ja, exclude_en, uses (records coded with the theme), coders (ids, space-separated).
    """
    used = (
        study.tables["codings"]
        # A statement and an issue may share a name: a record is known by its table and its id.
        .assign(record=lambda f: f["record_type"] + "/" + f["record"])
        .groupby("theme")
        .agg(uses=("record", "nunique"), coders=("coder", lambda c: " ".join(sorted(set(c)))))
        .reset_index()
    )
    return (
        study.tables["themes"]
        .merge(used, left_on="id", right_on="theme", how="left", validate="1:1")
        .fillna({"uses": 0, "coders": ""})
        .astype({"uses": "int64"})
        .rename(columns={"id": "record"})
        .loc[:, ["record", "label_ja", "label_en", "definition_ja", "definition_en", "include_ja",
                 "include_en", "exclude_ja", "exclude_en", "uses", "coders"]]
    )  # fmt: skip


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
        .loc[:, ["record", "number", "authors", "year", "title", "identified", "identified_ja",
                 "identified_en", "address", "cited_by", "basis", "inferred"]]
    )  # fmt: skip
