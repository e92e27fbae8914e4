"""What the source says: statements with their regions and themes, comments of evaluations, clauses."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.grades import grades
from analysis.tidy.joins import (
    described,
    each,
    in_order,
    once,
    region_order,
    themed,
    with_labels,
    with_regions,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema


@once
def statements(study: Study, schema: Schema) -> pd.DataFrame:
    """Every statement with the regions it belongs to.

    Columns out: record, subject_type (+ _ja, _en), subject, regions (ids, space-separated: those it
    names, else the region that it, its evaluation or its project is about), section, stance (+ _ja, _en),
    statement_ja, statement_en, themes, reference, basis.
    """
    return (
        study.tables["statements"]
        .pipe(themed, study, "statements")
        .pipe(with_vocabulary, schema, "stance", "stance")
        .pipe(with_vocabulary, schema, "subject_type", "subject_type")
        .assign(regions=_regions(study, schema))
        .pipe(described, "statements", study.languages)
    )


def _regions(study: Study, schema: Schema) -> pd.Series:
    """The regions of each statement."""
    rows = study.tables["statements"]
    homes = {
        "evaluation": grades(study, schema).set_index("record")["region"],
        "project": study.tables["projects"].set_index("id")["region"],
        "region": study.tables["regions"].set_index("id", drop=False)["id"],
    }
    known = zip(rows["subject_type"], rows["subject"], strict=True)
    implied = pd.Series(
        [homes[of].get(id_, "") if of in homes else "" for of, id_ in known], index=rows.index
    )
    return rows["regions"].where(rows["regions"] != "", implied).astype("str")


@once
def evaluation_statements(study: Study, schema: Schema) -> pd.DataFrame:
    """The comments made in evaluations, one claim a row.

    Columns out: record, evaluation, project, region (+ _ja, _en), kind (+ _ja, _en), conducted,
    grade, stance (+ _ja, _en), statement_ja, statement_en, themes, basis.
    """
    held = grades(study, schema).rename(columns={"record": "evaluation"})
    of_evaluation = ["evaluation", "project", "region", "kind", "conducted", "grade"]
    of_evaluation += each("region kind", study.languages)
    return (
        study.tables["statements"]
        .query("subject_type == 'evaluation'")
        .pipe(themed, study, "statements")
        .pipe(with_vocabulary, schema, "stance", "stance")
        .rename(columns={"id": "record", "subject": "evaluation"})
        .merge(held[of_evaluation], on="evaluation", how="left", validate="m:1")
        .pipe(described, "evaluation_statements", study.languages)
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
        .pipe(with_regions, study)
        .pipe(with_vocabulary, schema, "stance", "stance")
        .pipe(in_order, "stance", schema.vocabularies["stance"])
        .pipe(in_order, "region", region_order(study))
        .pipe(in_order, "theme", study.tables["themes"]["id"])
        .pipe(described, "theme_profile", study.languages)
    )


def clauses(study: Study, schema: Schema) -> pd.DataFrame:
    """The checklist of what the source states, clause by clause.

    Columns out: record, section, passages, gist_ja, gist_en, records (table/id, space-separated),
    reason (+ _ja, _en), fact (yes: it states one, be it a second time; no), carried (yes: records
    carry it; no).
    """
    sections = dict(study.tables["passages"][["id", "section"]].itertuples(index=False))
    rows = study.tables["clauses"]
    return (
        rows.assign(
            section=[sections.get(ids.split(" ")[0], "") for ids in rows["passages"]]
            if "passages" in rows
            else "",
            passages=rows.get("passages", ""),
            fact=rows["reason"].isin(["", "repeats"]).map({True: "yes", False: "no"}),
            carried=(rows["records"] != "").map({True: "yes", False: "no"}),
        )
        .pipe(with_vocabulary, schema, "reason", "clause_reason")
        .pipe(described, "clauses", study.languages)
    )


def clause_counts(study: Study, schema: Schema) -> pd.DataFrame:
    """Per section of the source, how many clauses it has, how many state a fact, how many are carried.

    A fact that is only repeated is carried by the records of what it repeats. Columns out: section,
    clauses, facts, carried_facts.
    """
    rows = clauses(study, schema)
    carried = (rows["carried"] == "yes") | (rows["reason"] == "repeats")
    return (
        rows.assign(facts=rows["fact"] == "yes", carried=carried)
        .groupby("section", sort=False)
        .agg(clauses=("record", "size"), facts=("facts", "sum"), carried_facts=("carried", "sum"))
        .reset_index()
        .pipe(described, "clause_counts", study.languages)
    )
