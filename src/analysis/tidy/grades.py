"""Evaluations: the printed grades on their own scales, and how many of a round were read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.tidy.joins import (
    described,
    in_order,
    once,
    region_order,
    with_dates,
    with_labels,
    with_notes,
    with_regions,
    with_vocabulary,
)
from analysis.transcribe import grade_values
from analysis.transcribe.load import Study
from analysis.transcribe.raw_tables import same_time
from analysis.transcribe.schema import Schema

_HOME = ("region", "programme")


@once
def grades(study: Study, schema: Schema) -> pd.DataFrame:
    """One row an evaluation, with its grade and what may be said of its place on its own scale.

    Columns out: record, project (+ _ja, _en; "" where a programme or a region as such was
    evaluated), region (+ _ja, _en), programme (+ _ja, _en), kind (+ _ja, _en), conducted, start,
    end, scale, grade, grade_status (+ _ja, _en), rank (of a listed grade), known_grades (those of
    that scale that the study lists, best first; "; " between them where one has a blank), complete,
    previous (the evaluation before it of the region, or of the programme), change (same, up, down;
    only on the same scale, else not_comparable; first where there is none), basis, inferred,
    scale_position (of a number on a scale whose two ends are known: 0 worst, 1 best).
    """
    scales = study.tables["scales"]
    known = (
        scales.sort_values("rank")
        .groupby("scale")
        .agg(known_grades=("grade", _listed), complete=("complete", "first"))
        .reset_index()
    )
    return (
        _with_homes(study)
        .pipe(with_labels, study, "project", "projects")
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
        .pipe(_with_positions, scales)
        .pipe(_against_previous)
        .pipe(described, "grades", study.languages)
    )


def _listed(grades: Iterable[str]) -> str:
    listed = list(grades)
    return ("; " if any(" " in grade for grade in listed) else " ").join(listed)


def _with_homes(study: Study) -> pd.DataFrame:
    """The evaluations with their region and programme: the project's, where a project was evaluated."""
    own, projects = study.tables["evaluations"], study.tables["projects"]
    homes = {column: dict(zip(projects["id"], projects[column], strict=True)) for column in _HOME}
    named = {
        column: own[column] if column in own else pd.Series("", own.index, dtype="str") for column in _HOME
    }
    found = {
        column: [
            homes[column].get(project, other)
            for project, other in zip(own["project"], named[column], strict=True)
        ]
        for column in _HOME
    }
    return own.assign(**{column: pd.Series(cells, own.index, dtype="str") for column, cells in found.items()})


def _with_positions(frame: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Add `scale_position` of the numbers on scales that are known from end to end, and `_order`: less is better."""
    whole = scales[scales["complete"] == "yes"]
    ends = {
        str(scale): found
        for scale, rows in whole.groupby("scale")
        if (found := grade_values.ends(dict(zip(rows["grade"], rows["rank"], strict=True))))
    }
    positions = pd.Series(
        [
            _position(grade, ends.get(scale))
            for scale, grade in zip(frame["scale"], frame["grade"], strict=True)
        ],
        frame.index,
        dtype="float64",
    )
    # Where grades of a scale are not all listed, their order is that of the numbers.
    unlisted = frame.loc[frame["rank"].isna(), "scale"]
    order = frame["rank"].astype("float64").where(~frame["scale"].isin(unlisted), 1 - positions)
    return frame.assign(scale_position=positions, _order=order)


def _position(grade: str, ends: tuple[float, float] | None) -> float | None:
    """Where a number lies from the worst end of its scale (0) to the best (1)."""
    number = grade_values.value(grade)
    if number is None or ends is None:
        return None
    worst, best = ends
    return round((number - worst) / (best - worst), 4)


def _against_previous(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare each reported grade with the one reported before it, of the same region or programme."""
    # A grade without a date comes neither before nor after another.
    reported = frame[(frame["grade_status"] == "reported") & (frame["start"] != "")]
    subject = reported["region"].where(reported["region"] != "", "/" + reported["programme"])
    before = reported.groupby(subject)[["id", "scale", "_order"]].shift()
    pairs = zip(
        reported["scale"], reported["_order"], before["id"], before["scale"], before["_order"], strict=True
    )
    change = pd.Series([_change(*pair) for pair in pairs], index=reported.index, dtype="str")
    return frame.assign(
        previous=before["id"].astype("str").where(before["id"].notna()).reindex(frame.index).fillna(""),
        change=change.reindex(frame.index).fillna(""),
        rank=frame["rank"].astype("Int64"),
    )


def _change(scale: str, rank: float, previous: object, scale_before: object, rank_before: float) -> str:
    """Where a grade stands against the one before: nowhere, unless both are of one scale."""
    if pd.isna(previous):
        return "first"
    if scale != scale_before:
        return "not_comparable"
    return "same" if rank == rank_before else "up" if rank < rank_before else "down"


def grade_rounds(study: Study, schema: Schema) -> pd.DataFrame:
    """Rounds of evaluation: how many regions were evaluated, and how many grades were read.

    What is unread is counted from the round's total, not from the rows that happen to exist. An
    evaluation is of a round where programme and kind are its own and its date can lie in the year.
    Columns out: record, programme (+ _ja, _en), kind (+ _ja, _en), year, start, end, total,
    letters_read, unread, letters (the grades read, best first, as in `known_grades`), evaluations
    (ids of the rows), note_ja, note_en.
    """
    every = grades(study, schema)
    # A round counts regions: an evaluation of the programme as such is none of them.
    held = every[every["region"] != ""].merge(
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
        read = own[own["grade_status"] == "reported"].assign(worse=lambda f: 1 - f["scale_position"])
        read = read.sort_values(["scale", "rank", "worse"], kind="stable")
        rows.append((row.id, len(read), _listed(read["grade"]), " ".join(own["record"])))
    counted = pd.DataFrame(rows, columns=["id", "letters_read", "letters", "evaluations"])
    return (
        study.tables["rounds"]
        .pipe(with_notes, study)
        .merge(counted, on="id", how="left", validate="1:1")
        .assign(total=lambda f: f["regions_total"], unread=lambda f: f["regions_total"] - f["letters_read"])
        .pipe(with_labels, study, "programme", "programmes")
        .pipe(with_vocabulary, schema, "kind", "evaluation_kind")
        .pipe(with_dates, "year", study)
        .pipe(described, "grade_rounds", study.languages)
    )
