"""Issues and what became of them: who links which later record to them, their status, later calls.

That a passage speaks of an issue is a coder's judgement (the raw table `links`). Themes say nothing
of it: what shares a theme with an issue need not speak of it.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analysis.tidy.evidence import record_labels
from analysis.tidy.grades import grades
from analysis.tidy.joins import (
    coder_order,
    in_order,
    looked_up,
    region_order,
    themed,
    themes_by_coder,
    tidy_table,
    with_consensus,
    with_dates,
    with_labels,
)
from analysis.tidy.statements import statements
from analysis.transcribe.judgements import COMMON, CONSENSUS, NONE
from analysis.transcribe.load import Study
from analysis.transcribe.raw_tables import date_of, older_than_issues
from analysis.words import small

CALLS = ("recommendation", "future_task")  # stances that ask for something to be done
ROLES = ("considerations", "recommendations")  # of sections, in study.yaml
LINKED = ("statements", "events", "institutions", "indicators")  # that may speak of an issue
_LINK = ["issue", "table", "record"]


def later_records(study: Study) -> dict[tuple[str, str], list[str]]:
    """The records that may speak of issues, each with the issues that it is later than.

    They are the statements, events, institutions and figures, and whatever else a coder linked.
    Later is what is not dated before the issue was raised; a record without a date, what stands
    after the issue in the source. Keys out: table and record, in the order of the tables.
    """
    older, issues = older_than_issues(study.tables.get), list(_in_order(study)["id"])
    links = study.tables["links"]
    linked = dict.fromkeys(zip(links["record_type"], links["record"], strict=True))
    records = dict.fromkeys((table, id_) for table in LINKED for id_ in study.tables[table]["id"])
    found = {
        (table, record): [issue for issue in issues if not older(issue, table, record)]
        for table, record in records | linked
    }
    return {key: known for key, known in found.items() if known}


def counted_links(study: Study) -> pd.DataFrame:
    """Every coder's links, and those that count under the coder `consensus`.

    Columns out: those of the raw table, its record_type as `table`. Rows that say `none` are left out.
    """
    links = study.tables["links"].rename(columns={"record_type": "table"})
    links = links[(links["relation"] != NONE) | (links["coder"] == CONSENSUS)]
    rows = with_consensus(links, _LINK, "relation", silence=True)
    return rows[rows["relation"] != NONE]


@tidy_table
def issue_links(study: Study) -> pd.DataFrame:
    """Which later records speak of which issue, by each coder, and by consensus.

    Columns out: issue, scope, issue_ja, issue_en (short labels), coder (`consensus`: what counts),
    relation (+ _ja, _en), collective (yes: of the common issues as a whole), table, record, label_ja,
    label_en (of a statement its words), stance (+ _ja, _en), regions, section, occasion (evaluation,
    case_study, considerations, recommendations; + _ja, _en), date, start, passages, note_ja, note_en.
    Order: issues, coders, records.
    """
    links = counted_links(study)
    records = _linked(study, set(zip(links["table"], links["record"], strict=True)))
    return (
        links.assign(scope=looked_up(links["issue"], study, "issues", "scope"))
        .merge(records, on=["table", "record"], how="left", validate="m:1")
        .pipe(with_dates, "date", study)
        .sort_values("place", kind="stable")
        .pipe(in_order, "coder", coder_order(study, links))
        .pipe(in_order, "issue", _in_order(study)["id"])
    )


def _linked(study: Study, keys: Collection[tuple[str, str]]) -> pd.DataFrame:
    """What is said of records that are linked, one row a record.

    Columns out: table, record, label_ja, label_en, stance, regions, section, occasion, date, place
    (in the order of the tables).
    """
    labels = record_labels(study)
    said = statements(study).set_index("record")
    evaluated = grades(study).set_index("record")["conducted"]
    frames = {table: study.tables[table].set_index("id") for table, _ in keys}
    places = dict(study.tables["passages"][["id", "section"]].itertuples(index=False))
    roles = {section.id: section.role for section in study.meta.sections}
    rows = []
    for place, (table, record) in enumerate(zip(labels["table"], labels["record"], strict=True)):
        if (table, record) not in keys:
            continue
        row = said.loc[record] if table == "statements" else frames[table].loc[record]
        evaluation = record if table == "evaluations" else row.get("subject", "")
        judged = evaluation in evaluated and row.get("subject_type", "evaluation") == "evaluation"
        cited = (places[p] for p in row.get("passages", "").split() if p in places)
        section = row.get("section") or next(cited, "")
        regions = row.get("regions", row.get("region", ""))
        occasion = "evaluation" if judged else roles.get(section) or "case_study"
        date = (evaluated[evaluation] if judged else date_of(table, row)) or str(study.meta.year)
        rows.append((table, record, row.get("stance", ""), regions, section, occasion, date, place))
    columns = ["table", "record", "stance", "regions", "section", "occasion", "date", "place"]
    return pd.DataFrame(rows, columns=columns).merge(labels, on=["table", "record"], how="left")


@tidy_table
def issue_statuses(study: Study) -> pd.DataFrame:
    """What later passages say of each issue's status, by each coder and by consensus.

    Columns out: issue, scope, issue_ja, issue_en (short labels), coder, status (+ _ja, _en; under
    `consensus` also open: the coders differ), assessed, statement, passages, note_ja, note_en.
    """
    rows = with_consensus(study.tables["assessments"], ["issue"], "status")
    judged = rows[["issue"]].drop_duplicates()
    settled = rows.loc[rows["coder"] == CONSENSUS, "issue"]
    undecided = judged[~judged["issue"].isin(settled)].assign(coder=CONSENSUS, status="open")
    every = pd.concat([rows, undecided], ignore_index=True).fillna("")
    return (
        every.assign(scope=looked_up(every["issue"], study, "issues", "scope"))
        .pipe(in_order, "coder", coder_order(study, rows))
        .pipe(in_order, "issue", _in_order(study)["id"])
    )


@tidy_table
def issues(study: Study) -> pd.DataFrame:
    """One row an issue with what became of it, by consensus.

    Columns out: record, scope (+ _ja, _en), number, raised, label_ja, label_en, short_ja, short_en,
    themes, status (+ _ja, _en; not_assessed where nobody judged it), assessed, assessment (the
    statement it rests on), named, same_topic, answered (later records so linked), collective_links (how
    many of the links are of the common issues as a whole), basis, inferred.
    """
    links = issue_links(study).query("coder == @CONSENSUS")
    counts = pd.crosstab(links["issue"], links["relation"])
    counts["collective_links"] = links.query("collective == 'yes'").groupby("issue").size()
    counted = {"names": "named", "same_topic": "same_topic", "answers": "answered"}
    counts = counts.reindex(columns=[*counted, "collective_links"]).rename(columns=counted)
    status = issue_statuses(study).query("coder == @CONSENSUS").rename(columns={"statement": "assessment"})
    status = status.set_index("issue")[["status", "assessed", "assessment"]]
    return (
        _in_order(study)
        .pipe(themed, study, "issues")
        .pipe(_with_scope, study)
        .join(counts, on="id")
        .join(status, on="id", validate="1:1")
        .fillna({"status": "not_assessed", "assessed": "", "assessment": ""})
        .fillna(dict.fromkeys(counts, 0))
        .astype(dict.fromkeys(counts, "int64"))
    )


@tidy_table
def calls(study: Study) -> pd.DataFrame:
    """What the source asks for after the issues, by each coder and by consensus.

    A call is a recommendation or a future task in a section of considerations or recommendations.
    Columns out: record, section, occasion (+ _ja, _en), stance (+ _ja, _en), statement_ja,
    statement_en, regions, coder, themes (ids), issues (those it answers, ids), basis.
    """
    asked = statements(study).query("stance in @CALLS").rename(columns={"themes": "counted"})
    roles = {section.id: section.role for section in study.meta.sections}
    asked = asked.assign(occasion=asked["section"].map(roles)).query("occasion in @ROLES")
    links = counted_links(study).query("table == 'statements' and relation == 'answers'")
    answered = links.groupby(["record", "coder"], sort=False)["issue"].agg(" ".join).to_dict()
    themes = themes_by_coder(study, "statements")
    coders = pd.concat([study.tables["codings"][["coder"]], study.tables["links"][["coder"]]])
    order = coder_order(study, coders)
    rows = asked.merge(pd.DataFrame({"coder": order}), how="cross")
    keys = list(zip(rows["record"], rows["coder"], strict=True))
    return rows.assign(
        themes=[themes.get(key, "") for key in keys],
        issues=[answered.get(key, "") for key in keys],
    )


def _in_order(study: Study) -> pd.DataFrame:
    """Issues in reading order: the common ones, then each region's, by number."""
    return (
        study.tables["issues"]
        .sort_values("number", kind="stable")
        .pipe(in_order, "scope", [COMMON, *region_order(study)])
    )


def _with_scope(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    named = with_labels(frame, study, "scope", "regions", "name")
    common = named["scope"] == COMMON
    words = {f"scope_{each}": small(each).text("common") for each in study.languages}
    return named.assign(**{column: named[column].mask(common, text) for column, text in words.items()})
