"""The codebook, the cited works, and the crosswalk, as a reader of the report needs them."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import counted_codings, described, tidy_table
from analysis.transcribe.judgements import CONSENSUS, NONE
from analysis.transcribe.load import Study


@tidy_table
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
    )


@tidy_table
def theme_codings(study: Study) -> pd.DataFrame:
    """Every theme that a coder gave a record; a record that a coder gave none has no row of that coder.

    Columns out: table, record, theme, theme_ja, theme_en, coder (an id, or `consensus`: what counts).
    """
    codings = study.tables["codings"]
    own = codings[(codings["theme"] != NONE) & (codings["coder"] != CONSENSUS)]
    every = pd.concat([own, counted_codings(study).assign(coder=CONSENSUS)], ignore_index=True)
    return every.rename(columns={"record_type": "table"})


@tidy_table
def references(study: Study) -> pd.DataFrame:
    """The works that the source cites.

    Columns out: record, number, authors, year, title, identified (+ _ja, _en), address, cited_by
    (ids of statements, space-separated), basis, inferred. Empty cells are not stated.
    """
    said, works = study.tables["statements"], study.tables["references"]
    citing = said.assign(reference=said["reference"].str.split()).explode("reference")
    cited_by = citing.groupby("reference")["id"].agg(" ".join)
    return works.assign(cited_by=works["id"].map(cited_by).fillna("")).sort_values("number")


def crosswalk(study: Study, joined: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of the crosswalk in which a study takes part, as transcribed.

    Columns in: as `transcribe.crosswalk.read` gives them. Columns out: link, study, table, record,
    relation (+ _ja, _en), other_study, other_table, other_record, note_ja, note_en.
    """
    if joined is None:
        return described(pd.DataFrame(), "crosswalk", study)
    named = joined.rename(columns={"id": "link", "note": "note_en"})
    # The notes of the crosswalk are in Japanese and English: any other reader is shown the English.
    notes = {f"note_{each}": named["note_en"] for each in study.languages if f"note_{each}" not in named}
    return named.assign(**notes).pipe(described, "crosswalk", study)
