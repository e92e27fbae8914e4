"""Who took part: institutions per project, and who stayed from one project to the next."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from analysis.tidy.joins import (
    in_order,
    region_order,
    with_dates,
    with_labels,
    with_vocabulary,
)
from analysis.tidy.phases import project_spans
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema


def institution_roles(study: Study, schema: Schema) -> pd.DataFrame:
    """Who takes part where, one row a participation.

    Columns out: record, region (+ _ja, _en), project (+ _ja, _en; "" for the region as such),
    institution (+ _ja, _en), kind (+ _ja, _en), role (+ _ja, _en), basis, inferred.
    """
    kinds = study.tables["institutions"][["id", "kind"]].rename(columns={"id": "institution"})
    return (
        study.tables["participations"]
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_labels, study, "project", "projects")
        .pipe(with_labels, study, "institution", "institutions")
        .merge(kinds, on="institution", how="left", validate="m:1")
        .pipe(with_vocabulary, schema, "kind", "institution_kind")
        .pipe(with_vocabulary, schema, "role", "role")
        .pipe(in_order, "region", region_order(study))
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "region",
                "region_ja",
                "region_en",
                "project",
                "project_ja",
                "project_en",
                "institution",
                "institution_ja",
                "institution_en",
                "kind",
                "kind_ja",
                "kind_en",
                "role",
                "role_ja",
                "role_en",
                "basis",
                "inferred",
            ],
        ]
    )


def institution_continuity(study: Study, schema: Schema) -> pd.DataFrame:
    """How far consecutive projects of a region share their core institutions.

    Columns out: region (+ _ja, _en), previous, previous_ja, previous_en, project (+ _ja, _en),
    previous_count, count, stayed, left, joined (ids), shared, union, jaccard (shared / union, four
    decimals), lists (complete: both projects' core institutions are all named; partial; inferred).
    Only projects for which the source names core institutions enter, in order of time.
    """
    roles = institution_roles(study, schema).query("role == 'core' and project != ''")
    members = roles.groupby("project")["institution"].agg(lambda named: list(dict.fromkeys(named)))
    inferred = roles.groupby("project")["basis"].agg(lambda b: (b == "inferred").any())
    listed = study.tables["projects"].set_index("id")["core_institutions"]
    rows = []
    for region, projects in project_spans(study).groupby("region", sort=False):
        named = [p for p in projects["record"] if p in members.index]
        for before, after in pairwise(named):
            rows.append(
                {
                    "region": region,
                    "previous": before,
                    "project": after,
                    **_overlap(members[before], members[after]),
                    "lists": _lists(listed[[before, after]], inferred[[before, after]]),
                }
            )
    columns = [
        "region",
        "previous",
        "project",
        "previous_count",
        "count",
        "stayed",
        "left",
        "joined",
        "shared",
        "union",
        "jaccard",
        "lists",
    ]
    return (
        pd.DataFrame(rows, columns=columns)
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_labels, study, "previous", "projects")
        .pipe(with_labels, study, "project", "projects")
        .loc[
            :,
            [
                "region",
                "region_ja",
                "region_en",
                "previous",
                "previous_ja",
                "previous_en",
                "project",
                "project_ja",
                "project_en",
                *columns[3:],
            ],
        ]
    )


def _overlap(before: list[str], after: list[str]) -> dict[str, object]:
    stayed = [i for i in after if i in before]
    union = len({*before, *after})
    return {
        "previous_count": len(before),
        "count": len(after),
        "stayed": " ".join(stayed),
        "left": " ".join(i for i in before if i not in after),
        "joined": " ".join(i for i in after if i not in before),
        "shared": len(stayed),
        "union": union,
        "jaccard": round(len(stayed) / union, 4),
    }


def _lists(listed: pd.Series, inferred: pd.Series) -> str:
    if inferred.any():
        return "inferred"
    return "complete" if (listed == "complete").all() else "partial"


def indicators(study: Study) -> pd.DataFrame:
    """Figures about regions.

    Columns out: record, region (+ _ja, _en), measure, label_ja, label_en, value, unit,
    approximate, as_of, start, end, basis.
    """
    return (
        study.tables["indicators"]
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_dates, "as_of")
        .pipe(in_order, "region", region_order(study))
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "region",
                "region_ja",
                "region_en",
                "measure",
                "label_ja",
                "label_en",
                "value",
                "unit",
                "approximate",
                "as_of",
                "start",
                "end",
                "basis",
            ],
        ]
    )


def regions(study: Study, schema: Schema) -> pd.DataFrame:
    """The regions in the study's order.

    Columns out: record, label_ja, label_en, name_ja, name_en, prefecture, origin (+ _ja, _en),
    field_ja, field_en, basis, inferred.
    """
    return (
        study.tables["regions"]
        .pipe(with_vocabulary, schema, "origin", "origin")
        .pipe(in_order, "id", region_order(study))
        .rename(columns={"id": "record"})
        .loc[
            :,
            [
                "record",
                "label_ja",
                "label_en",
                "name_ja",
                "name_en",
                "prefecture",
                "origin",
                "origin_ja",
                "origin_en",
                "field_ja",
                "field_en",
                "basis",
                "inferred",
            ],
        ]
    )
