"""Evaluations: the printed letters on their own scales, and how many of a round were read."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import (
    described,
    in_order,
    once,
    region_order,
    with_dates,
    with_labels,
    with_regions,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.raw_tables import same_time
from analysis.transcribe.schema import Schema


@once
def grades(study: Study, schema: Schema) -> pd.DataFrame:
    """One row an evaluation, with its letter and what may be said of its place on its own scale.

    Columns out: record, project (+ _ja, _en), region (+ _ja, _en), programme (+ _ja, _en), kind
    (+ _ja, _en), conducted, start, end, scale, grade, grade_status (+ _ja, _en), rank, known_grades
    (the letters of that scale that the study knows, best first), complete, previous (the region's
    evaluation before it), change (same, up, down; only on the same scale, else not_comparable;
    first where there is none), basis, inferred.
    """
    scales = study.tables["scales"]
    known = (
        scales.sort_values("rank")
        .groupby("scale")
        .agg(known_grades=("grade", " ".join), complete=("complete", "first"))
        .reset_index()
    )
    homes = study.tables["projects"][["id", "region", "programme"]].rename(columns={"id": "project"})
    return (
        study.tables["evaluations"]
        .pipe(with_labels, study, "project", "projects")
        .merge(homes, on="project", how="left", validate="m:1")
        .pipe(with_regions, study)
        .pipe(with_labels, study, "programme", "programmes")
        .pipe(with_vocabulary, schema, "kind", "evaluation_kind")
        .pipe(with_vocabulary, schema, "grade_status", "grade_status")
        .pipe(with_dates, "conducted", study)
        .merge(scales[["scale", "grade", "rank"]], on=["scale", "grade"], how="left", validate="m:1")
        .merge(known, on="scale", how="left", validate="m:1")
        .fillna({"known_grades": "", "complete": ""})
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
        .pipe(_against_previous)
        .pipe(described, "grades")
    )


def _against_previous(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare each reported letter with the region's reported letter before it."""
    # A letter without a date comes neither before nor after another.
    reported = frame[(frame["grade_status"] == "reported") & (frame["start"] != "")]
    before = reported.groupby("region")[["id", "scale", "rank"]].shift()
    pairs = zip(
        reported["scale"], reported["rank"], before["id"], before["scale"], before["rank"], strict=True
    )
    change = pd.Series([_change(*pair) for pair in pairs], index=reported.index, dtype="str")
    return frame.assign(
        previous=before["id"].astype("str").where(before["id"].notna()).reindex(frame.index).fillna(""),
        change=change.reindex(frame.index).fillna(""),
        rank=frame["rank"].astype("Int64"),
    )


def _change(scale: str, rank: int, previous: object, scale_before: object, rank_before: int) -> str:
    """Where a letter stands against the one before: nowhere, unless both are of one scale."""
    if pd.isna(previous):
        return "first"
    if scale != scale_before:
        return "not_comparable"
    return "same" if rank == rank_before else "up" if rank < rank_before else "down"


def grade_rounds(study: Study, schema: Schema) -> pd.DataFrame:
    """Rounds of evaluation: how many regions were evaluated, and how many letters were read.

    What is unread is counted from the round's total, not from the rows that happen to exist. An
    evaluation is of a round where programme and kind are its own and its date can lie in the year.
    Columns out: record, programme (+ _ja, _en), kind (+ _ja, _en), year, start, end, total,
    letters_read, unread, letters (those read, best first, space-separated), evaluations (ids of the rows), note_ja, note_en.
    """
    held = grades(study, schema).merge(
        study.tables["evaluations"][["id", "published"]].rename(columns={"id": "record"}),
        on="record",
        validate="1:1",
    )
    rows = []
    for row in study.tables["rounds"].itertuples():
        own = held[(held["programme"] == row.programme) & (held["kind"] == row.kind)]
        day = own["conducted"].where(own["conducted"] != "", own["published"])
        own = own[
            day.map(lambda each, year=row.year: same_time(each, year, study.meta.fiscal_year)).astype("bool")
        ]
        read = own[own["grade_status"] == "reported"].sort_values(["scale", "rank"], kind="stable")
        rows.append((row.id, len(read), " ".join(read["grade"]), " ".join(own["record"])))
    counted = pd.DataFrame(rows, columns=["id", "letters_read", "letters", "evaluations"])
    return (
        study.tables["rounds"]
        .rename(columns={"note": "note_en"})
        .merge(counted, on="id", how="left", validate="1:1")
        .assign(total=lambda f: f["regions_total"], unread=lambda f: f["regions_total"] - f["letters_read"])
        .pipe(with_labels, study, "programme", "programmes")
        .pipe(with_vocabulary, schema, "kind", "evaluation_kind")
        .pipe(with_dates, "year", study)
        .pipe(described, "grade_rounds")
    )
