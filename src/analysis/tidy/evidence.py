"""Evidence: what each record rests on, and how well that is established."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.languages import colon
from analysis.tidy.joins import (
    counted_codings,
    described,
    each,
    once,
    with_labels,
    with_notes,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.normaliser import normalise
from analysis.transcribe.schema import Schema, note_columns
from analysis.verify.coverage import HEADINGS, UNCOVERED
from analysis.verify.verification_log import VerificationState, recorded_coverage


@once
def record_labels(study: Study, schema: Schema) -> pd.DataFrame:
    """What to call each record, in the languages of the study.

    Columns out: table, record, label_<language>. A row without a label of its own is named by
    what it joins: an evaluation by its project and kind, a participation by institution and place.
    """
    parts = []
    for name, table in study.tables.items():
        if schema.tables[name].records and len(table):
            parts.append(_labelled(name, study, schema).assign(table=name))
    columns = ["table", "record", *each("label", study.languages)]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True).rename(columns={"id": "record"})[columns]


def _labelled(name: str, study: Study, schema: Schema) -> pd.DataFrame:
    table = study.tables[name]
    if name == "statements":
        return table.rename(columns={f"statement_{each}": f"label_{each}" for each in study.languages})
    if name == "evaluations":
        named = (
            with_labels(table, study, "project", "projects")
            .pipe(with_labels, study, "programme", "programmes")
            .pipe(with_labels, study, "region", "regions")
            .pipe(with_vocabulary, schema, "kind", "evaluation_kind")
        )
        for language in study.languages:  # one of the three is named
            subject = [named[f"{name}_{language}"] for name in ("project", "programme", "region")]
            named[f"subject_{language}"] = subject[0] + subject[1] + subject[2]
        return _joined(named, "subject", "kind", study.languages)
    if name == "participations":
        named = (
            with_labels(table, study, "institution", "institutions")
            .pipe(with_labels, study, "project", "projects")
            .pipe(with_labels, study, "region", "regions")
        )
        for language in study.languages:
            place = named[f"project_{language}"]
            named[f"place_{language}"] = place.where(place != "", named[f"region_{language}"])
        return _joined(named, "institution", "place", study.languages)
    if name == "rounds":
        named = with_labels(table, study, "programme", "programmes").pipe(
            with_vocabulary, schema, "kind", "evaluation_kind"
        )
        return _joined(named, "programme", "kind", study.languages)
    if name == "references":
        label = "[" + table["number"].astype(str) + "] " + table["authors"]
        return table.assign(**dict.fromkeys(each("label", study.languages), label.str.strip()))
    if name == "scales":
        grade = {f"grade_{language}": table["grade"] for language in study.languages}
        return _joined(table.assign(**grade), "label", "grade", study.languages)
    return table


def _joined(frame: pd.DataFrame, first: str, second: str, languages: Sequence[str]) -> pd.DataFrame:
    said = {
        f"label_{own}": frame[f"{first}_{own}"] + colon(own) + frame[f"{second}_{own}"] for own in languages
    }
    return frame.assign(**said)


def evidence(
    study: Study, schema: Schema, *, verified: bool, changed: Collection[tuple[str, int]]
) -> pd.DataFrame:
    """One row a record: what it says, where it stands, and how far that is checked.

    `verified` says whether the transcription was checked against its source; `changed` lists the
    (table, line) pairs that were changed since. Columns out: table, record, label_ja, label_en,
    level (verified, inferred, cited, unchecked, changed), basis, inferred, passages, sections,
    pages, address, read, line, cells (every printed value of the row, as JSON), themes, coders,
    note_ja, note_en. Order: tables as in the schema, rows as transcribed.
    """
    places = _places(study)
    parts = [
        _evidence_of(name, study, verified, set(changed), places)
        for name, table in study.tables.items()
        if schema.tables[name].records and len(table)
    ]
    if not parts:
        return described(pd.DataFrame(), "evidence", study.languages)
    found = (
        pd.concat(parts, ignore_index=True)
        .merge(record_labels(study, schema), on=["table", "record"], how="left", validate="1:1")
        .merge(_coded(study), on=["table", "record"], how="left", validate="1:1")
    )
    text = [name for name in found if name != "line"]
    filled = {name: found[name].astype("object").fillna("").astype("str") for name in text}
    return found.assign(**filled).pipe(described, "evidence", study.languages)


def _evidence_of(
    name: str,
    study: Study,
    verified: bool,
    changed: set[tuple[str, int]],
    places: dict[str, tuple[str, str]],
) -> pd.DataFrame:
    table = study.tables[name]
    own = [
        c
        for c in table
        if c not in ("id", "passages", "basis", "inferred", "address", "read", *note_columns(study.languages))
    ]
    cells = [
        json.dumps(
            {c: _plain(v) for c, v in zip(own, row, strict=True) if _plain(v) != ""}, ensure_ascii=False
        )
        for row in table[own].itertuples(index=False, name=None)
    ]
    levels = [
        _level(study, basis, verified, (name, line) in changed)
        for line, basis in zip(table.index, table.get("basis", [""] * len(table)), strict=True)
    ]
    cited = [str(c).split() for c in table.get("passages", pd.Series("", index=table.index))]
    columns = ["basis", "inferred", "passages", "address", "read", *note_columns(study.languages)]
    return (
        table.reindex(columns=columns)
        .pipe(with_notes, study)
        .assign(
            table=name,
            record=table["id"],
            line=table.index,
            cells=cells,
            level=levels,
            sections=[_distinct(places[p][0] for p in ids if p in places) for ids in cited],
            pages=[_distinct(places[p][1] for p in ids if p in places) for ids in cited],
        )
    )


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


def _places(study: Study) -> dict[str, tuple[str, str]]:
    passages = study.tables["passages"]
    return {p.id: (p.section, p.page) for p in passages[["id", "section", "page"]].itertuples()}


def _plain(value: Any) -> object:
    """A cell as JSON can hold it; whole numbers stay whole."""
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str) else int(value) if int(value) == value else float(value)


def _distinct(values: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(values))


def passages(study: Study, schema: Schema) -> pd.DataFrame:
    """The places of the source, as far as they may be shown.

    Columns out: record, part, section, page, kind, gist_ja, gist_en, opening, chars, sha256,
    tables (which tables stand on it, space-separated), covered (record; reason; nothing).
    """
    table = study.tables["passages"]
    cited: dict[str, list[str]] = {}
    for name, rows in study.tables.items():
        if "passages" in rows and (schema.tables[name].records or name == UNCOVERED):
            for passage in " ".join(rows["passages"]).split():
                cited.setdefault(passage, []).append(name)
    tables = [_distinct(n for n in cited.get(p, []) if n != UNCOVERED) for p in table["id"]]
    reason = [UNCOVERED in cited.get(p, []) for p in table["id"]]
    covered = [
        "record" if standing else "reason" if why else "nothing"
        for standing, why in zip(tables, reason, strict=True)
    ]
    return table.assign(tables=tables, covered=covered).pipe(described, "passages", study.languages)


def coverage(study: Study, schema: Schema, state: VerificationState) -> pd.DataFrame:
    """The whole source as stretches that follow one another, as the last check found them.

    Columns out: position, chars (in the normalised source), section, passage, tables (whose
    records stand there), reason (+ _ja, _en; why there is none), gist_ja, gist_en, covered (record,
    heading, reason, nothing). Empty where the study was never checked: positions are then unknown.
    """
    if state.record is None:
        return described(pd.DataFrame(), "coverage", study.languages)
    own = each("gist", study.languages)
    gists = study.tables["passages"][["id", *own]].rename(columns={"id": "passage"})
    spaced = normalise("字\n字", study.meta.normaliser) == "字 字"
    return (
        recorded_coverage(study, state.record)
        .strip()
        .rename(columns={"start": "position"})
        .merge(gists, on="passage", how="left", validate="m:1")
        .fillna(dict.fromkeys(own, ""))
        .pipe(with_vocabulary, schema, "reason", "uncovered_reason")
        .assign(
            covered=lambda f: [
                "heading" if t == HEADINGS else "record" if t else "reason" if r else "nothing"
                for t, r in zip(f["tables"], f["reason"], strict=True)
            ]
        )
        .pipe(lambda f: _without_spaces(f) if spaced else f)
        .pipe(described, "coverage", study.languages)
    )


def _without_spaces(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the space between two passages belong to the first: it is no gap in what is covered."""
    space = (frame["covered"] == "nothing") & (frame["chars"] == 1) & (frame["position"] > 0)
    follows = space.shift(-1, fill_value=False)
    return frame.assign(chars=frame["chars"] + (follows & ~space))[~space].reset_index(drop=True)
