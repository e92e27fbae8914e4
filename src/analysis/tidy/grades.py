"""Evaluations: the printed grades on their own scales, and how many of a round were read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pandas as pd

from analysis.tidy.joins import in_order, looked_up, region_order, tidy_table, with_dates
from analysis.transcribe import grade_values
from analysis.transcribe.load import Study
from analysis.transcribe.raw_tables import same_time


@tidy_table
def grades(study: Study) -> pd.DataFrame:
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
        .pipe(with_dates, "conducted", study)
        .merge(scales[["scale", "grade", "rank"]], on=["scale", "grade"], how="left", validate="m:1")
        .merge(known, on="scale", how="left", validate="m:1")
        .fillna({"known_grades": "", "complete": ""})
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
        .pipe(_with_positions, scales)
        .pipe(_against_previous)
    )


def _listed(grades: Iterable[str]) -> str:
    listed = list(grades)
    return ("; " if any(" " in grade for grade in listed) else " ").join(listed)


def _with_homes(study: Study) -> pd.DataFrame:
    """The evaluations with their region and programme: the project's, where a project was evaluated."""
    own = study.tables["evaluations"]
    for column in ("region", "programme"):
        home = looked_up(own["project"], study, "projects", column)
        own = own.assign(**{column: home.where(own["project"] != "", own.get(column, ""))})
    return own


def _with_positions(frame: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Add `scale_position` of the numbers on scales that are known from end to end, and `_order`: less is better."""
    whole = scales[scales["complete"] == "yes"]
    ends = {
        str(scale): found
        for scale, rows in whole.groupby("scale")
        if (found := grade_values.ends(dict(zip(rows["grade"], rows["rank"], strict=True))))
    }
    printed = zip(frame["scale"], frame["grade"], strict=True)
    positions = pd.Series(
        [_position(grade, ends.get(scale)) for scale, grade in printed], frame.index, dtype="float64"
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


@tidy_table
def grade_rounds(study: Study) -> pd.DataFrame:
    """Rounds of evaluation: how many regions were evaluated, and how many grades were read.

    What is unread is counted from the round's total, not from the rows that happen to exist. An
    evaluation is of a round where programme and kind are its own and its date can lie in the year.
    Columns out: record, programme (+ _ja, _en), kind (+ _ja, _en), year, start, end, total,
    letters_read, unread, letters (the grades read, best first, as in `known_grades`), evaluations
    (ids of the rows), note_ja, note_en.
    """
    every, rounds = grades(study), study.tables["rounds"]
    # A round counts regions: an evaluation of the programme as such is none of them.
    held = every[every["region"] != ""]
    published = looked_up(held["record"], study, "evaluations", "published")
    held = held.assign(day=held["conducted"].where(held["conducted"] != "", published))
    rows = []
    for row in rounds.itertuples():
        own = held[(held["programme"] == row.programme) & (held["kind"] == row.kind)]
        then = partial(same_time, year=row.year, counted=study.meta.fiscal_year)
        own = own[own["day"].map(then).astype("bool")]
        read = own[own["grade_status"] == "reported"].assign(worse=lambda f: 1 - f["scale_position"])
        read = read.sort_values(["scale", "rank", "worse"], kind="stable")
        rows.append((len(read), _listed(read["grade"]), " ".join(own["record"])))
    counted = pd.DataFrame(rows, rounds.index, ["letters_read", "letters", "evaluations"])
    total = rounds["regions_total"]
    return (
        rounds.join(counted)
        .assign(total=total, unread=total - counted["letters_read"])
        .pipe(with_dates, "year", study)
    )
