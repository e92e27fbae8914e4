"""What every tidy table is made with: its described columns, labels, vocabularies, dates, judgements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps

import pandas as pd
import yaml

from analysis import paths
from analysis.languages import catalogues
from analysis.transcribe.judgements import CONSENSUS, NONE
from analysis.transcribe.load import Study
from analysis.transcribe.periods import parse
from analysis.transcribe.schema import Schema, Text, column_text, note_language, per_language


@dataclass(frozen=True)
class Column:
    """A column of a tidy table; the same name means the same in every table."""

    name: str
    type: str
    title: Text


@cache
def columns(languages: tuple[str, ...]) -> tuple[dict[str, Column], dict[str, dict]]:
    """The tidy tables' columns, and the tables with their titles, of a study in some languages."""
    document = yaml.load(paths.SCHEMA.read_text("utf-8"), Loader=yaml.CSafeLoader)
    specs = document["tidy_columns"]
    words = {name: {"title_ja": ja, "title_en": en} for name, (_, ja, en) in specs.items()}
    known = {}
    for name, own, language in per_language(list(specs), languages):
        base = name.removesuffix(f"_{language}") if language else name
        key = catalogues.pair_key(base, specs) if base != name else name
        text = column_text(words, own, "title", f"schema:tidy_columns.{key}", language)
        known[name] = Column(name, specs[own][0], text)
    tables = {
        name: spec | {"columns": [own for own, _, _ in per_language(spec["columns"], languages)]}
        for name, spec in document["tidy"].items()
    }
    return known, tables


def once(make: Callable[[Study, Schema], pd.DataFrame]) -> Callable[[Study, Schema], pd.DataFrame]:
    """Make a table once a study, however many others are made from it; each caller gets a copy."""

    @wraps(make)
    def made(study: Study, schema: Schema) -> pd.DataFrame:
        key = (make, id(schema))
        if key not in study.made:
            study.made[key] = make(study, schema)
        return study.made[key].copy()

    return made


def described(frame: pd.DataFrame, table: str, languages: tuple[str, ...]) -> pd.DataFrame:
    """The columns that data/schema.yaml describes of a tidy table, in some languages, in that order.

    An id becomes the `record`; of an empty table all columns are made. Raises KeyError where the
    frame lacks one.
    """
    wanted = columns(languages)[1][table]["columns"]
    frame = frame if "record" in frame else frame.rename(columns={"id": "record"})
    return frame.reindex(columns=wanted) if frame.empty else frame[wanted]


def with_labels(
    frame: pd.DataFrame,
    study: Study,
    column: str,
    table: str,
    *,
    label: str = "label",
) -> pd.DataFrame:
    """Add what a foreign key points at: `project` becomes also `project_ja`, `project_en`.

    Columns in: `column`, holding ids of `table` ("" for none). Columns added: `<column>_<language>`
    for each language of the study, from `<label>_<language>`; "" where the key is empty.
    """
    wanted = {f"{label}_{language}": f"{column}_{language}" for language in study.languages}
    target = study.tables[table][["id", *wanted]].rename(columns={"id": column, **wanted})
    merged = frame.merge(target, on=column, how="left", validate="m:1")
    added = [name for name in merged if name not in frame]
    return merged.fillna(dict.fromkeys(added, ""))


def with_regions(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add `region_ja`, `region_en`: what the region is called for short."""
    return with_labels(frame, study, "region", "regions", label="name")


def with_vocabulary(frame: pd.DataFrame, schema: Schema, column: str, vocabulary: str) -> pd.DataFrame:
    """Add `<column>_<language>`: the labels of a coded value, "" for an empty one."""
    return frame.assign(
        **{
            f"{column}_{language}": [
                schema.label(vocabulary, value, language) if value else "" for value in frame[column]
            ]
            for language in schema.languages
        }
    )


def with_notes(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Call `note` after its language: of the notes in other languages, `note_ja`, the names say it."""
    return frame.rename(columns={"note": f"note_{note_language(study.languages)}"})


def each(columns: str, languages: Sequence[str]) -> list[str]:
    """The names of columns that exist per language: `label gist` as label_ja, label_en, gist_ja, gist_en."""
    return [f"{name}_{language}" for name in columns.split() for language in languages]


def with_dates(frame: pd.DataFrame, column: str, study: Study) -> pd.DataFrame:
    """Add `start` and `end` (ISO dates, "" where open or not stated) and `open_end` (yes, no)."""
    periods = [parse(text, study.meta.fiscal_year) if text else None for text in frame[column]]
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


def themed(frame: pd.DataFrame, study: Study, record_type: str) -> pd.DataFrame:
    """Add `themes`: the ids of the themes of each row's `id`, space-separated."""
    themes = themes_by_coder(study, record_type)
    given = [themes.get((record, CONSENSUS), "") for record in frame["id"]]
    return frame.assign(themes=pd.Series(given, index=frame.index, dtype="str"))


def with_consensus(rows: pd.DataFrame, unit: list[str], said: str, *, silence: bool = False) -> pd.DataFrame:
    """Every coder's judgements, and those that count once more under the coder `consensus`.

    Columns in: `coder`, the columns that make one unit of judgement, and what is said of it. What
    counts is the consensus where there is one; else what all coders say alike: with one coder, that.
    With `silence`, a coder without a row has said something, too.
    """
    own = rows["coder"] != CONSENSUS
    coders = rows.loc[own, "coder"].nunique()
    settled = set(rows.loc[~own, unit].itertuples(index=False, name=None))
    groups = rows[own].groupby(unit, sort=False)
    agreed = groups[said].transform("nunique") == 1
    if silence:
        agreed &= groups["coder"].transform("nunique") == coders
    alike = rows[own][agreed].drop_duplicates(unit)
    unsettled = [row not in settled for row in alike[unit].itertuples(index=False, name=None)]
    return pd.concat([rows, alike[unsettled].assign(coder=CONSENSUS)], ignore_index=True)


def coder_order(study: Study, rows: pd.DataFrame) -> list[str]:
    """The coders of some rows as study.yaml lists them, the consensus last."""
    present = set(rows["coder"])
    listed = [coder.id for coder in study.meta.coders if coder.id in present]
    return [*listed, *sorted(present - {*listed, CONSENSUS}), CONSENSUS]


def themes_by_coder(study: Study, record_type: str) -> Mapping[tuple[str, str], str]:
    """The themes that each coder gave a record, space-separated: (record, coder) to ids.

    Under `consensus` are those that count.
    """
    codings = study.tables["codings"].query("record_type == @record_type")
    counted = counted_codings(study).query("record_type == @record_type").assign(coder=CONSENSUS)
    given = pd.concat([codings[(codings["coder"] != CONSENSUS) & (codings["theme"] != NONE)], counted])
    order = {theme: place for place, theme in enumerate(study.tables["themes"]["id"])}
    given = given.sort_values("theme", key=lambda themes: themes.map(order), kind="stable")
    return given.groupby(["record", "coder"])["theme"].agg(" ".join).to_dict()
