"""The codebook, the cited works, and the crosswalk, as a reader of the report needs them."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import counted_codings, described, with_labels, with_vocabulary
from analysis.transcribe.judgements import CONSENSUS, NONE
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
    given = study.tables["codings"].groupby("theme")["coder"]
    coders = given.agg(lambda named: " ".join(sorted(set(named))))
    themes = study.tables["themes"]
    return themes.assign(
        uses=themes["id"].map(uses).fillna(0).astype("int64"),
        coders=[coders.get(theme, "") for theme in themes["id"]],
    ).pipe(described, "codebook", study.languages)


def theme_codings(study: Study) -> pd.DataFrame:
    """Every theme that a coder gave a record; a record that a coder gave none has no row of that coder.

    Columns out: table, record, theme, theme_ja, theme_en, coder (an id, or `consensus`: what counts).
    """
    codings = study.tables["codings"]
    own = codings[(codings["theme"] != NONE) & (codings["coder"] != CONSENSUS)]
    return (
        pd.concat([own, counted_codings(study).assign(coder=CONSENSUS)], ignore_index=True)
        .rename(columns={"record_type": "table"})
        .pipe(with_labels, study, "theme", "themes")
        .pipe(described, "theme_codings", study.languages)
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
        .sort_values("number")
        .pipe(described, "references", study.languages)
    )


def crosswalk(schema: Schema, joined: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of the crosswalk in which a study takes part, as transcribed.

    Columns in: as `transcribe.crosswalk.read` gives them. Columns out: link, study, table, record,
    relation (+ _ja, _en), other_study, other_table, other_record, note_ja, note_en.
    """
    if joined is None:
        return described(pd.DataFrame(), "crosswalk", schema.languages)
    named = joined.rename(columns={"id": "link", "note": "note_en"})
    # The notes of the crosswalk are in Japanese and English: any other reader is shown the English.
    notes = {f"note_{each}": named["note_en"] for each in schema.languages if f"note_{each}" not in named}
    return (
        named.assign(**notes)
        .pipe(with_vocabulary, schema, "relation", "relation")
        .pipe(described, "crosswalk", schema.languages)
    )
