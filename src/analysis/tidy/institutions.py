"""Who took part: institutions per project, and who stayed from one project to the next."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from analysis.tidy.joins import in_order, looked_up, region_order, tidy_table
from analysis.tidy.phases import project_spans
from analysis.transcribe.load import Study


@tidy_table
def institution_roles(study: Study) -> pd.DataFrame:
    """Who takes part where, one row a participation.

    Columns out: record, region (+ _ja, _en), project (+ _ja, _en; "" for the region as such),
    institution (+ _ja, _en), identity (of a body that was renamed or reorganised, the id it began
    with), kind (+ _ja, _en), role (+ _ja, _en), at_least (yes: the source's list of the project's core
    institutions is open), basis, inferred.
    """
    frame = study.tables["participations"]
    listed = looked_up(frame["project"], study, "projects", "core_institutions")
    return frame.assign(
        identity=frame["institution"].map(_first_names(study)),
        kind=looked_up(frame["institution"], study, "institutions", "kind"),
        at_least=listed.eq("partial").map({True: "yes", False: "no"}),
    ).pipe(in_order, "region", region_order(study))


@tidy_table
def institution_continuity(study: Study) -> pd.DataFrame:
    """How far consecutive projects of a region share their core institutions.

    A body and the one it was renamed or reorganised into are the same. Columns out: region (+ _ja,
    _en), previous, previous_ja, previous_en, project (+ _ja, _en), previous_count, count, stayed,
    left, joined (ids), shared, union, jaccard (shared / union, four decimals), lists (complete: both
    projects' core institutions are all named; partial; inferred), at_least (yes: a list is open, so
    that counts are minimums; no). Only projects for which the source names core institutions enter,
    in order of time.
    """
    roles = institution_roles(study).query("role == 'core' and project != ''")
    members = roles.groupby("project")["institution"].agg(lambda named: list(dict.fromkeys(named)))
    inferred = roles.groupby("project")["basis"].agg(lambda basis: (basis == "inferred").any())
    listed = study.tables["projects"].set_index("id")["core_institutions"]
    first = _first_names(study)
    rows = []
    for region, projects in project_spans(study).groupby("region", sort=False):
        named = [project for project in projects["record"] if project in members.index]
        for before, after in pairwise(named):
            known, both = _overlap(members[before], members[after], first), [before, after]
            complete = (listed[both] == "complete").all()
            lists = "inferred" if inferred[both].any() else "complete" if complete else "partial"
            known |= {"lists": lists, "at_least": "no" if complete else "yes"}
            rows.append({"region": region, "previous": before, "project": after} | known)
    return pd.DataFrame(rows)


def _first_names(study: Study) -> Mapping[str, str]:
    """For each institution the id of the body that it began as."""
    before = dict(study.tables["institutions"][["id", "successor_of"]].itertuples(index=False))
    first = {}
    for institution in before:
        first[institution] = institution
        while before.get(first[institution]):
            first[institution] = before[first[institution]]
    return first


def _overlap(before: list[str], after: list[str], first: Mapping[str, str]) -> dict[str, object]:
    earlier, later = ({first[i] for i in named} for named in (before, after))
    stayed = [i for i in after if first[i] in earlier]
    union = len(earlier | later)
    return {
        "previous_count": len(earlier),
        "count": len(later),
        "stayed": " ".join(stayed),
        "left": " ".join(i for i in before if first[i] not in later),
        "joined": " ".join(i for i in after if first[i] not in earlier),
        "shared": len(earlier & later),
        "union": union,
        "jaccard": round(len(earlier & later) / union, 4),
    }


@tidy_table
def regions(study: Study) -> pd.DataFrame:
    """The regions in the study's order.

    Columns out: record, label_ja, label_en, name_ja, name_en, prefecture, origin (+ _ja, _en),
    field_ja, field_en, basis, inferred.
    """
    return study.tables["regions"].pipe(in_order, "id", region_order(study))
