"""What the source says: statements with their regions and themes, comments of evaluations, clauses."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.grades import grades
from analysis.tidy.joins import in_order, region_order, themed, tidy_table
from analysis.transcribe.load import Study


@tidy_table
def statements(study: Study) -> pd.DataFrame:
    """Every statement with the regions it belongs to.

    Columns out: record, subject_type (+ _ja, _en), subject, regions (ids, space-separated: those it
    names, else the region that it, its evaluation or its project is about), section, stance (+ _ja, _en),
    statement_ja, statement_en, themes, reference, basis.
    """
    return study.tables["statements"].pipe(themed, study, "statements").assign(regions=_regions(study))


def _regions(study: Study) -> pd.Series:
    """The regions of each statement."""
    rows, projects = study.tables["statements"], study.tables["projects"]
    homes = {("region", region): region for region in study.tables["regions"]["id"]}
    homes |= {("project", row.id): row.region for row in projects.itertuples()}
    homes |= {("evaluation", row.record): row.region for row in grades(study).itertuples()}
    known = zip(rows["subject_type"], rows["subject"], strict=True)
    implied = pd.Series([homes.get(subject, "") for subject in known], rows.index, dtype="str")
    return rows["regions"].where(rows["regions"] != "", implied)


@tidy_table
def evaluation_statements(study: Study) -> pd.DataFrame:
    """The comments made in evaluations, one claim a row.

    Columns out: record, evaluation, project, region (+ _ja, _en), kind (+ _ja, _en), conducted,
    grade, stance (+ _ja, _en), statement_ja, statement_en, themes, basis.
    """
    held = grades(study).rename(columns={"record": "evaluation"})
    of_evaluation = ["evaluation", "project", "region", "kind", "conducted", "grade"]
    return (
        study.tables["statements"]
        .query("subject_type == 'evaluation'")
        .pipe(themed, study, "statements")
        .rename(columns={"id": "record", "subject": "evaluation"})
        .merge(held[of_evaluation], on="evaluation", how="left", validate="m:1")
    )


@tidy_table
def theme_profile(study: Study) -> pd.DataFrame:
    """How many evaluation comments of each region fall under each theme and stance.

    Columns out: theme (+ _ja, _en), region (+ _ja, _en), stance (+ _ja, _en), comments (count),
    records (their ids). A comment with two themes counts once under each.
    """
    comments = evaluation_statements(study)
    long = comments.assign(theme=comments["themes"].str.split()).explode("theme").dropna(subset="theme")
    return (
        long.groupby(["theme", "region", "stance"], sort=False)
        .agg(comments=("record", "size"), records=("record", " ".join))
        .reset_index()
        .pipe(in_order, "stance", study.schema.vocabularies["stance"])
        .pipe(in_order, "region", region_order(study))
        .pipe(in_order, "theme", study.tables["themes"]["id"])
    )


@tidy_table
def clauses(study: Study) -> pd.DataFrame:
    """The checklist of what the source states, clause by clause.

    Columns out: record, section, passages, gist_ja, gist_en, records (table/id, space-separated),
    reason (+ _ja, _en), fact (yes: it states one, be it a second time; no), carried (yes: records
    carry it; no).
    """
    sections = dict(study.tables["passages"][["id", "section"]].itertuples(index=False))
    rows = study.tables["clauses"]
    passages = rows["passages"] if "passages" in rows else pd.Series("", rows.index)
    return rows.assign(
        passages=passages,
        section=[sections.get(ids.split(" ")[0], "") for ids in passages],
        fact=rows["reason"].isin(["", "repeats"]).map({True: "yes", False: "no"}),
        carried=(rows["records"] != "").map({True: "yes", False: "no"}),
    )


@tidy_table
def clause_counts(study: Study) -> pd.DataFrame:
    """Per section of the source, how many clauses it has, how many state a fact, how many are carried.

    A fact that is only repeated is carried by the records of what it repeats. Columns out: section,
    clauses, facts, carried_facts.
    """
    rows = clauses(study)
    carried = (rows["carried"] == "yes") | (rows["reason"] == "repeats")
    return (
        rows.assign(facts=rows["fact"] == "yes", carried=carried)
        .groupby("section", sort=False)
        .agg(clauses=("record", "size"), facts=("facts", "sum"), carried_facts=("carried", "sum"))
        .reset_index()
    )
