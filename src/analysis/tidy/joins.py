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
from analysis.transcribe.schema import Text, column_text, note_language, per_language

# What the ids in a column name, and what those rows are called.
_NAMED = {
    "region": ("regions", "name"),
    "programme": ("programmes", "label"),
    "project": ("projects", "label"),
    "previous": ("projects", "label"),
    "institution": ("institutions", "label"),
    "theme": ("themes", "label"),
    "issue": ("issues", "short"),
}
# The vocabulary of a column of coded values, in a table or in all, where it is not called as the column is.
_CODED = {
    "kind": "evaluation_kind",
    "events.kind": "event_kind",
    "institution_roles.kind": "institution_kind",
    "status": "assessment_status",
    "support_years.status": "support_status",
    "coverage.reason": "uncovered_reason",
    "clauses.reason": "clause_reason",
    "issue_links.relation": "link_relation",
}


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


def once(make: Callable[[Study], pd.DataFrame]) -> Callable[[Study], pd.DataFrame]:
    """Make a table once a study, however many others are made from it; each caller gets a copy."""

    @wraps(make)
    def made(study: Study) -> pd.DataFrame:
        if make not in study.made:
            study.made[make] = make(study)
        return study.made[make].copy()

    return made


def tidy_table(make: Callable[[Study], pd.DataFrame]) -> Callable[[Study], pd.DataFrame]:
    """Make the table that data/schema.yaml describes under a function's name, `once`."""
    return once(wraps(make)(lambda study: described(make(study), make.__name__, study)))


def described(frame: pd.DataFrame, table: str, study: Study) -> pd.DataFrame:
    """The columns that data/schema.yaml describes of a tidy table, in the study's languages, in that order.

    An id becomes the `record`, a note is called after its language, and what an id or a coded value
    reads as (`region_ja`, `kind_en`) is added where it is not there yet; of an empty table all columns
    are made. Raises KeyError where the frame lacks one.
    """
    wanted = columns(study.languages)[1][table]["columns"]
    frame = with_notes(frame if "record" in frame else frame.rename(columns={"id": "record"}), study)
    for column in dict.fromkeys(name.rpartition("_")[0] for name in wanted if name not in frame):
        if column in frame and column in _NAMED:
            frame = with_labels(frame, study, column)
        elif column in frame:
            coded = _CODED.get(f"{table}.{column}", _CODED.get(column, column))
            frame = with_vocabulary(frame, study, column, coded)
    return frame.reindex(columns=wanted) if frame.empty else frame[wanted]


def with_labels(
    frame: pd.DataFrame, study: Study, column: str, table: str = "", label: str = "label"
) -> pd.DataFrame:
    """Add what the ids in a column name: `project` becomes also `project_ja`, `project_en`.

    `table` has the rows that they name, where that is not the same for every column of that name.
    Columns added: `<column>_<language>` from `<label>_<language>`; "" where the id is empty.
    """
    named, label = (table, label) if table else _NAMED[column]
    wanted = {f"{label}_{language}": f"{column}_{language}" for language in study.languages}
    target = study.tables[named][["id", *wanted]].rename(columns={"id": column, **wanted})
    merged = frame.merge(target, on=column, how="left", validate="m:1")
    return merged.fillna(dict.fromkeys(wanted.values(), ""))


def with_vocabulary(frame: pd.DataFrame, study: Study, column: str, vocabulary: str) -> pd.DataFrame:
    """Add `<column>_<language>`: the labels of a coded value, "" for an empty one.

    Where coders differ and nothing is agreed, any judgement is `open`.
    """
    vocabularies = study.schema.vocabularies
    labels = {"open": vocabularies["consensus"]["open"], **vocabularies[vocabulary]}
    said = {
        f"{column}_{language}": [labels[value](language) if value else "" for value in frame[column]]
        for language in study.languages
    }
    return frame.assign(**said)


def looked_up(ids: pd.Series, study: Study, table: str, column: str) -> pd.Series:
    """What a column of text says of the rows of a table that ids name; "" where an id names none."""
    said = dict(study.tables[table][["id", column]].itertuples(index=False))
    return pd.Series([said.get(id_, "") for id_ in ids], ids.index, dtype="str")


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
    return sorted(known, key=[*study.meta.regions, *known].index)


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
