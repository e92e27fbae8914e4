"""Evaluations: the printed letters on their own scales, and the comments made in them."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import (
    in_order,
    region_order,
    themed,
    with_dates,
    with_labels,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema


def grades(study: Study, schema: Schema) -> pd.DataFrame:
    """One row an evaluation, with its letter and what may be said of its place on its own scale.

    Columns out: record, project (+ _ja, _en), region (+ _ja, _en), programme (+ _ja, _en), kind
    (+ _ja, _en), conducted, start, end, scale, grade, grade_status (+ _ja, _en), rank, known_grades
    (how many letters of that scale the study knows, best first), complete, previous (the region's
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
    ranks = scales[["scale", "grade", "rank"]]
    return (
        study.tables["evaluations"]
        .pipe(with_labels, study, "project", "projects", fields=("label_ja", "label_en"))
        .merge(
            study.tables["projects"][["id", "region", "programme"]].rename(columns={"id": "project"}),
            on="project",
            how="left",
            validate="m:1",
        )
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_labels, study, "programme", "programmes")
        .pipe(with_vocabulary, schema, "kind", "evaluation_kind")
        .pipe(with_vocabulary, schema, "grade_status", "grade_status")
        .pipe(with_dates, "conducted")
        .merge(ranks, on=["scale", "grade"], how="left", validate="m:1")
        .merge(known, on="scale", how="left", validate="m:1")
        .fillna({"known_grades": "", "complete": ""})
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
        .pipe(_against_previous)
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "project",
                "project_ja",
                "project_en",
                "region",
                "region_ja",
                "region_en",
                "programme",
                "programme_ja",
                "programme_en",
                "kind",
                "kind_ja",
                "kind_en",
                "conducted",
                "start",
                "end",
                "scale",
                "grade",
                "grade_status",
                "grade_status_ja",
                "grade_status_en",
                "rank",
                "known_grades",
                "complete",
                "previous",
                "change",
                "basis",
                "inferred",
            ],
        ]
    )


def _against_previous(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare each reported letter with the region's reported letter before it."""
    # A letter without a date comes neither before nor after another.
    reported = frame[(frame["grade_status"] == "reported") & (frame["start"] != "")]
    before = reported.groupby("region")[["id", "scale", "rank"]].shift()
    change = pd.Series(
        [
            _change(*row)
            for row in zip(
                reported["scale"],
                reported["rank"],
                before["id"],
                before["scale"],
                before["rank"],
                strict=True,
            )
        ],
        index=reported.index,
        dtype="str",
    )
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


def evaluation_statements(study: Study, schema: Schema) -> pd.DataFrame:
    """The comments made in evaluations, one claim a row.

    Columns out: record, evaluation, project, region (+ _ja, _en), kind (+ _ja, _en), conducted,
    grade, stance (+ _ja, _en), statement_ja, statement_en, themes, basis.
    """
    statements = study.tables["statements"].query("subject_type == 'evaluation'")
    evaluations = grades(study, schema).rename(columns={"record": "evaluation"})[
        [
            "evaluation",
            "project",
            "region",
            "region_ja",
            "region_en",
            "kind",
            "kind_ja",
            "kind_en",
            "conducted",
            "grade",
        ]
    ]
    return (
        statements.pipe(themed, study, "statements")
        .pipe(with_vocabulary, schema, "stance", "stance")
        .rename(columns={"id": "record", "subject": "evaluation"})
        .merge(evaluations, on="evaluation", how="left", validate="m:1")
        .loc[
            :,
            [
                "record",
                "evaluation",
                "project",
                "region",
                "region_ja",
                "region_en",
                "kind",
                "kind_ja",
                "kind_en",
                "conducted",
                "grade",
                "stance",
                "stance_ja",
                "stance_en",
                "statement_ja",
                "statement_en",
                "themes",
                "basis",
            ],
        ]
    )


def theme_profile(study: Study, schema: Schema) -> pd.DataFrame:
    """How many evaluation comments of each region fall under each theme and stance.

    Columns out: theme (+ _ja, _en), region (+ _ja, _en), stance (+ _ja, _en), comments (count),
    records (their ids). A comment with two themes counts once under each.
    """
    comments = evaluation_statements(study, schema)
    long = comments.assign(theme=comments["themes"].str.split()).explode("theme").dropna(subset="theme")
    return (
        long.groupby(["theme", "region", "stance"], sort=False)
        .agg(comments=("record", "size"), records=("record", " ".join))
        .reset_index()
        .pipe(with_labels, study, "theme", "themes")
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_vocabulary, schema, "stance", "stance")
        .pipe(in_order, "stance", schema.vocabularies["stance"])
        .pipe(in_order, "region", region_order(study))
        .pipe(in_order, "theme", study.tables["themes"]["id"])
        .loc[
            :,
            [
                "theme",
                "theme_ja",
                "theme_en",
                "region",
                "region_ja",
                "region_en",
                "stance",
                "stance_ja",
                "stance_en",
                "comments",
                "records",
            ],
        ]
    )


def statements(study: Study, schema: Schema) -> pd.DataFrame:
    """Every statement with the region it is about, directly or through an evaluation.

    Columns out: record, subject_type (+ _ja, _en), subject, region ("" where it is about no single
    region), section, stance (+ _ja, _en), statement_ja, statement_en, themes, reference, basis.
    """
    regions = grades(study, schema).set_index("record")["region"]
    return (
        study.tables["statements"]
        .pipe(themed, study, "statements")
        .pipe(with_vocabulary, schema, "stance", "stance")
        .pipe(with_vocabulary, schema, "subject_type", "subject_type")
        .assign(
            region=lambda f: (
                f["subject"]
                .map(regions)
                .where(
                    f["subject_type"] == "evaluation", f["subject"].where(f["subject_type"] == "region", "")
                )
            )
        )
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "subject_type",
                "subject_type_ja",
                "subject_type_en",
                "subject",
                "region",
                "section",
                "stance",
                "stance_ja",
                "stance_en",
                "statement_ja",
                "statement_en",
                "themes",
                "reference",
                "basis",
            ],
        ]
    )
