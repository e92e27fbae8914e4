"""Evidence: what each record rests on, and how well that is established."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import reduce
from typing import Any

import pandas as pd

from analysis.languages import colon
from analysis.tidy.joins import (
    counted_codings,
    described,
    each,
    looked_up,
    once,
    tidy_table,
    with_labels,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.normaliser import normalise
from analysis.transcribe.schema import note_columns
from analysis.verify.coverage import HEADINGS, UNCOVERED
from analysis.verify.verification_log import VerificationState, recorded_coverage

# What names the rows of tables without a label of their own: of each group of columns the first that
# is filled; ids and coded values as they read.
_NAMED_BY = {
    "evaluations": (("project", "programme", "region"), ("kind",)),
    "participations": (("institution",), ("project", "region")),
    "rounds": (("programme",), ("kind",)),
    "scales": (("label",), ("grade",)),
}


@once
def record_labels(study: Study) -> pd.DataFrame:
    """What to call each record, in the languages of the study.

    Columns out: table, record, label_<language>. A row without a label of its own is named by
    what it joins: an evaluation by its project and kind, a participation by institution and place.
    """
    columns = ["table", "record", *each("label", study.languages)]
    parts = [
        _labelled(name, study).assign(table=name)
        for name, table in study.tables.items()
        if study.schema.tables[name].records and len(table)
    ]
    found = pd.concat([pd.DataFrame(columns=["id", *columns]), *parts], ignore_index=True)
    return found.drop(columns="record").rename(columns={"id": "record"})[columns]


def _labelled(name: str, study: Study) -> pd.DataFrame:
    table = study.tables[name]
    if name == "statements":
        return table.rename(columns={f"statement_{each}": f"label_{each}" for each in study.languages})
    if name == "references":
        label = "[" + table["number"].astype(str) + "] " + table["authors"]
        return table.assign(**dict.fromkeys(each("label", study.languages), label.str.strip()))
    groups = _NAMED_BY.get(name, ())
    for column in (column for group in groups for column in group):
        if column == "kind":
            table = with_vocabulary(table, study, column, "evaluation_kind")
        elif column == "grade":
            table = table.assign(**dict.fromkeys(each("grade", study.languages), table["grade"]))
        elif column != "label":
            table = with_labels(table, study, column, f"{column}s")
    for own in study.languages if groups else ():
        first, second = ([table[f"{column}_{own}"] for column in group] for group in groups)
        table[f"label_{own}"] = _filled(first) + colon(own) + _filled(second)
    return table


def _filled(texts: Iterable[pd.Series]) -> pd.Series:
    """Of several texts the first that is not empty."""
    return reduce(lambda first, other: first.where(first != "", other), texts)


def evidence(study: Study, *, verified: bool, changed: Collection[tuple[str, int]]) -> pd.DataFrame:
    """One row a record: what it says, where it stands, and how far that is checked.

    `verified` says whether the transcription was checked against its source; `changed` lists the
    (table, line) pairs that were changed since. Columns out: table, record, label_ja, label_en,
    level (verified, inferred, cited, unchecked, changed), basis, inferred, passages, sections,
    pages, address, read, line, cells (every printed value of the row, as JSON), themes, coders,
    note_ja, note_en. Order: tables as in the schema, rows as transcribed.
    """
    passages = study.tables["passages"].set_index("id")
    parts = [
        _evidence_of(name, study, passages, verified, changed)
        for name, table in study.tables.items()
        if study.schema.tables[name].records and len(table)
    ]
    if not parts:
        return described(pd.DataFrame(), "evidence", study)
    found = (
        pd.concat(parts, ignore_index=True)
        .merge(record_labels(study), on=["table", "record"], how="left", validate="1:1")
        .merge(_coded(study), on=["table", "record"], how="left", validate="1:1")
    )
    text = [name for name in found if name != "line"]
    filled = {name: found[name].astype("object").fillna("").astype("str") for name in text}
    return found.assign(**filled).pipe(described, "evidence", study)


def _evidence_of(
    name: str,
    study: Study,
    passages: pd.DataFrame,
    verified: bool,
    changed: Collection[tuple[str, int]],
) -> pd.DataFrame:
    table, notes = study.tables[name], note_columns(study.languages)
    about = ["basis", "inferred", "passages", "address", "read", *notes]
    own = [column for column in table if column not in ("id", *about)]
    rows = (map(_plain, row) for row in table[own].itertuples(index=False, name=None))
    cells = [{c: v for c, v in zip(own, row, strict=True) if v != ""} for row in rows]
    frame = table.reindex(columns=about)
    cited = [str(ids).split() for ids in table.get("passages", [""] * len(table))]
    places = {
        f"{column}s": [_distinct(known[p] for p in ids if p in known) for ids in cited]
        for column in ("section", "page")
        for known in [dict(passages[column])]
    }
    levels = [
        _level(study, basis, verified, (name, line) in changed) for line, basis in frame["basis"].items()
    ]
    texts = [json.dumps(row, ensure_ascii=False) for row in cells]
    return frame.assign(table=name, record=table["id"], line=table.index, cells=texts, level=levels, **places)


def _level(study: Study, basis: str, verified: bool, changed: bool) -> str:
    if changed:
        return "changed"
    if basis == "inferred":
        return "inferred"
    if study.meta.kind == "records":
        return "cited"
    return "verified" if verified else "unchecked"


def _coded(study: Study) -> pd.DataFrame:
    """Per coded record its themes, and who considered it: `consensus` among them where there is one."""
    key = ["record_type", "record"]
    themes = counted_codings(study).groupby(key, sort=False).agg(themes=("theme", _distinct))
    coders = study.tables["codings"].groupby(key, sort=False).agg(coders=("coder", _distinct))
    return coders.join(themes).reset_index().rename(columns={"record_type": "table"})


def _plain(value: Any) -> object:
    """A cell as JSON can hold it; whole numbers stay whole."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    return int(value) if int(value) == value else float(value)


def _distinct(values: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(values))


@tidy_table
def passages(study: Study) -> pd.DataFrame:
    """The places of the source, as far as they may be shown.

    Columns out: record, part, section, page, kind, gist_ja, gist_en, opening, chars, sha256,
    tables (which tables stand on it, space-separated), covered (record; reason; nothing).
    """
    table = study.tables["passages"]
    standing_on: dict[str, list[str]] = defaultdict(list)
    for name, rows in study.tables.items():
        if "passages" in rows and (study.schema.tables[name].records or name == UNCOVERED):
            for passage in " ".join(rows["passages"]).split():
                standing_on[passage].append(name)
    named = [standing_on[passage] for passage in table["id"]]
    tables = [_distinct(name for name in names if name != UNCOVERED) for names in named]
    covered = [
        "record" if records else "reason" if names else "nothing"
        for records, names in zip(tables, named, strict=True)
    ]
    return table.assign(tables=tables, covered=covered)


def coverage(study: Study, state: VerificationState) -> pd.DataFrame:
    """The whole source as stretches that follow one another, as the last check found them.

    Columns out: position, chars (in the normalised source), section, passage, tables (whose
    records stand there), reason (+ _ja, _en; why there is none), gist_ja, gist_en, covered (record,
    heading, reason, nothing). Empty where the study was never checked: positions are then unknown.
    """
    if state.record is None:
        return described(pd.DataFrame(), "coverage", study)
    frame = recorded_coverage(study, state.record).strip().rename(columns={"start": "position"})
    for name in each("gist", study.languages):
        frame[name] = looked_up(frame["passage"], study, "passages", name)
    frame["covered"] = [
        "heading" if tables == HEADINGS else "record" if tables else "reason" if reason else "nothing"
        for tables, reason in zip(frame["tables"], frame["reason"], strict=True)
    ]
    spaced = normalise("字\n字", study.meta.normaliser) == "字 字"
    return (_without_spaces(frame) if spaced else frame).pipe(described, "coverage", study)


def _without_spaces(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the space between two passages belong to the first: it is no gap in what is covered."""
    space = (frame["covered"] == "nothing") & (frame["chars"] == 1) & (frame["position"] > 0)
    follows = space.shift(-1, fill_value=False)
    return frame.assign(chars=frame["chars"] + (follows & ~space))[~space].reset_index(drop=True)
