"""The joins that every tidy table is made with: labels, vocabularies, dates, themes."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.transcribe.load import Study
from analysis.transcribe.periods import parse
from analysis.transcribe.validators import CONSENSUS, NONE
from analysis.transcribe.schema import Schema

LANGUAGES = ("ja", "en")


def with_labels(
    frame: pd.DataFrame,
    study: Study,
    column: str,
    table: str,
    *,
    fields: Iterable[str] = ("label_ja", "label_en"),
) -> pd.DataFrame:
    """Add what a foreign key points at: `project` becomes also `project_ja`, `project_en`.

    Columns in: `column`, holding ids of `table` ("" for none). Columns added: one per field, named
    `<column>_<last part of the field's name>`; "" where the key is empty.
    """
    wanted = list(fields)
    target = study.tables[table][["id", *wanted]].rename(
        columns={"id": column, **{name: f"{column}_{name.rsplit('_', 1)[-1]}" for name in wanted}}
    )
    merged = frame.merge(target, on=column, how="left", validate="m:1")
    added = [name for name in merged if name not in frame]
    return merged.fillna(dict.fromkeys(added, ""))


def with_vocabulary(frame: pd.DataFrame, schema: Schema, column: str, vocabulary: str) -> pd.DataFrame:
    """Add `<column>_ja` and `<column>_en`: the labels of a coded value, "" for an empty one."""
    return frame.assign(
        **{
            f"{column}_{language}": [
                schema.label(vocabulary, value, language) if value else "" for value in frame[column]
            ]
            for language in LANGUAGES
        }
    )


def with_dates(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add `start` and `end` (ISO dates, "" where open or not stated) and `open_end` (yes, no)."""
    periods = [parse(text) if text else None for text in frame[column]]
    return frame.assign(
        start=[str(p.start) if p and p.start else "" for p in periods],
        end=[str(p.end) if p and p.end else "" for p in periods],
        open_end=["yes" if p and p.open_end else "no" for p in periods],
    )


def in_order(frame: pd.DataFrame, column: str, order: Iterable[str]) -> pd.DataFrame:
    """Sort by a column whose values have an order of their own (regions, scopes), keeping ties."""
    position = {value: place for place, value in enumerate(order)}
    return frame.sort_values(column, key=lambda c: c.map(position), kind="stable")


def region_order(study: Study) -> list[str]:
    """The study's regions in display order; those the order leaves out come last."""
    known = list(study.tables["regions"]["id"])
    return [
        *[r for r in study.meta.regions if r in known],
        *[r for r in known if r not in study.meta.regions],
    ]


def counted_codings(study: Study) -> pd.DataFrame:
    """The themes that count as a record's, where several coders coded it.

    For a record with consensus codings these decide, also where they say that it has no theme; for
    any other record a theme counts if at least one coder gave it. Columns out: record_type, record,
    theme; one row a record and theme.
    """
    codings = study.tables["codings"].reset_index(drop=True)
    record = codings["record_type"] + "/" + codings["record"]
    agreed = codings["coder"] == CONSENSUS
    settled = record.isin(record[agreed])
    counts = (agreed | ~settled) & (codings["theme"] != NONE)
    return codings.loc[counts, ["record_type", "record", "theme"]].drop_duplicates()


def themes_of(study: Study, record_type: str) -> pd.Series:
    """The themes each record has by its coders: index record id, values tuples of theme ids."""
    codings = counted_codings(study).query("record_type == @record_type")
    order = {theme: n for n, theme in enumerate(study.tables["themes"]["id"])}
    return codings.groupby("record")["theme"].agg(
        lambda themes: tuple(sorted(themes, key=lambda t: order.get(t, len(order))))
    )


def themed(frame: pd.DataFrame, study: Study, record_type: str) -> pd.DataFrame:
    """Add `themes`: the ids of the themes of each row's `id`, space-separated."""
    themes = themes_of(study, record_type)
    given = [" ".join(themes.get(record, ())) for record in frame["id"]]
    return frame.assign(themes=pd.Series(given, index=frame.index, dtype="str"))
