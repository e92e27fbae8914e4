"""Issues and what became of them: status, recurrence on later occasions, recommendations.

That an issue recurs is a judgement: it rests on the codings, which say that the issue and a later
statement are about the same theme. The tables name the statements, so that it can be doubted.
"""

from __future__ import annotations

import pandas as pd

from analysis.tidy.grades import evaluation_statements
from analysis.tidy.joins import region_order, themed, with_dates, with_labels, with_vocabulary
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema

COMMON = "common"
_COMMON_LABELS = {"scope_ja": "共通", "scope_en": "Common"}
_CALLS = ("recommendation", "future_task")  # stances that ask for something to be done
_OCCASION = ["occasion", "occasion_kind", "date", "start", "region", "statement", "stance", "theme"]


def occasions(study: Study, schema: Schema) -> pd.DataFrame:
    """Statements made after the issues were raised, one row per statement and theme.

    Columns out: occasion (evaluation-<date>, considerations, recommendations), occasion_kind,
    date (as printed; the source's year for its own sections), start, region ("" for all regions),
    statement, stance, theme ("" for a statement without one).
    """
    comments = evaluation_statements(study, schema).rename(
        columns={"record": "statement", "conducted": "date"}
    )
    comments = comments.assign(
        occasion="evaluation-" + comments["date"].str.lower().str.replace("/", "-"),
        occasion_kind="evaluation",
    )
    own = (
        study.tables["statements"]
        .query("subject_type != 'evaluation'")
        .pipe(themed, study, "statements")
        .rename(columns={"id": "statement"})
        .assign(
            occasion=lambda f: f["section"].map({s.id: s.role for s in study.meta.sections}),
            date=str(study.meta.year),
            region=lambda f: f["subject"].where(f["subject_type"] == "region", ""),
        )
        .assign(occasion_kind=lambda f: f["occasion"])
    )
    asked = (own["occasion"] == "recommendations") & own["stance"].isin(_CALLS)
    own = own[asked | (own["occasion"] == "considerations")]
    return (
        pd.concat([comments, own], ignore_index=True)
        .pipe(with_dates, "date")
        .assign(theme=lambda f: f["themes"].str.split(" "))
        .explode("theme")
        .loc[:, _OCCASION]
        .sort_values("start", kind="stable")
        .reset_index(drop=True)
    )


def issue_recurrence(study: Study, schema: Schema) -> pd.DataFrame:
    """Each issue against each later occasion: is one of its themes spoken of again?

    Columns out: issue, scope, occasion, occasion_kind, date, start, applicable (no: that occasion
    did not speak of the issue's region), recurs (yes, no), themes, statements, stances.
    Order: issues as numbered, occasions in time, the source's own considerations and
    recommendations last.
    """
    spoken = occasions(study, schema)
    scopes = _scoped(study)
    pairs = scopes.merge(
        spoken[["occasion", "occasion_kind", "date", "start"]].drop_duplicates("occasion"),
        how="cross",
    )
    heard = scopes.merge(spoken, how="cross").query(
        "(region == '' or scope == @COMMON or region == scope)"
        # An occasion before an issue was raised could not speak of it again.
        " and (start == '' or since == '' or start >= since)"
    )
    about = [t in themes.split() for t, themes in zip(heard["theme"], heard["themes"], strict=True)]
    shared = heard[pd.Series(about, index=heard.index, dtype=bool)]
    found = (
        shared.groupby(["issue", "occasion"], sort=False)
        .agg(themes=("theme", _distinct), statements=("statement", _distinct), stances=("stance", _distinct))
        .reset_index()
    )
    present = heard[["issue", "occasion"]].drop_duplicates().assign(applicable="yes")
    return (
        pairs.drop(columns=["themes", "since"])
        .merge(present, on=["issue", "occasion"], how="left", validate="1:1")
        .merge(found, on=["issue", "occasion"], how="left", validate="1:1")
        .fillna({"applicable": "no", "themes": "", "statements": "", "stances": ""})
        .assign(recurs=lambda f: (f["statements"] != "").map({True: "yes", False: "no"}))
        .loc[
            :,
            [
                "issue",
                "scope",
                "occasion",
                "occasion_kind",
                "date",
                "start",
                "applicable",
                "recurs",
                "themes",
                "statements",
                "stances",
            ],
        ]
    )


def issues(study: Study, schema: Schema) -> pd.DataFrame:
    """One row an issue with what became of it.

    Columns out: record, scope (+ _ja, _en), number, raised, label_ja, label_en, short_ja,
    short_en, themes, status (+ _ja, _en; of the latest assessment), assessed, assessment (its
    statement), evaluations, considerations, recommendations (statements where a theme recurs),
    taken_up (no: no later statement shares a theme and no assessment speaks of it), basis.
    """
    latest = (
        study.tables["assessments"]
        .pipe(with_dates, "assessed")
        .sort_values("start", kind="stable")
        .drop_duplicates("issue", keep="last")
        .rename(columns={"statement": "assessment"})[["issue", "assessed", "status", "assessment"]]
    )
    again = (
        issue_recurrence(study, schema)
        .pivot_table(
            index="issue", columns="occasion_kind", values="statements", aggfunc=_distinct, fill_value=""
        )
        .reindex(columns=["evaluation", "considerations", "recommendations"], fill_value="")
    )
    return (
        _ordered(study)
        .pipe(themed, study, "issues")
        .pipe(_with_scope, study)
        .rename(columns={"id": "record"})
        .merge(latest, left_on="record", right_on="issue", how="left", validate="1:1")
        .drop(columns="issue")
        .fillna({"status": "not_assessed", "assessed": "", "assessment": ""})
        .pipe(with_vocabulary, schema, "status", "assessment_status")
        .merge(
            again.rename(columns={"evaluation": "evaluations"}),
            left_on="record",
            right_index=True,
            how="left",
            validate="1:1",
        )
        .fillna({"evaluations": "", "considerations": "", "recommendations": ""})
        .assign(taken_up=_taken_up)
        .loc[
            :,
            [
                "record",
                "scope",
                "scope_ja",
                "scope_en",
                "number",
                "raised",
                "label_ja",
                "label_en",
                "short_ja",
                "short_en",
                "themes",
                "status",
                "status_ja",
                "status_en",
                "assessed",
                "assessment",
                "evaluations",
                "considerations",
                "recommendations",
                "taken_up",
                "basis",
                "inferred",
            ],
        ]
    )


def outlook(study: Study, schema: Schema) -> pd.DataFrame:
    """Recommendations and future tasks against the issues whose theme they share.

    Columns out: relation (answers; no_issue: a recommendation that answers none of the issues;
    unanswered: an issue that no recommendation answers), recommendation, stance (+ _ja, _en),
    statement_ja, statement_en, issue, scope, issue_ja, issue_en (short labels), themes (shared).
    """
    asked = (
        study.tables["statements"]
        .query("stance in @_CALLS")
        .pipe(themed, study, "statements")
        .loc[lambda f: f["section"].isin([s.id for s in study.meta.sections if s.role == "recommendations"])]
        .pipe(with_vocabulary, schema, "stance", "stance")
        .rename(columns={"id": "recommendation"})[
            ["recommendation", "stance", "stance_ja", "stance_en", "statement_ja", "statement_en", "themes"]
        ]
    )
    raised = issues(study, schema)[["record", "scope", "short_ja", "short_en", "themes"]].rename(
        columns={"record": "issue", "short_ja": "issue_ja", "short_en": "issue_en", "themes": "issue_themes"}
    )
    answers = asked.merge(raised, how="cross").assign(
        themes=lambda f: pd.Series(_shared(f), index=f.index, dtype="str"), relation="answers"
    )
    answers = answers[answers["themes"] != ""]
    idle = asked[~asked["recommendation"].isin(answers["recommendation"])].assign(relation="no_issue")
    unanswered = raised[~raised["issue"].isin(answers["issue"])].assign(
        relation="unanswered", themes=lambda f: f["issue_themes"]
    )
    return (
        pd.concat([answers, idle, unanswered], ignore_index=True)
        .reindex(
            columns=[
                "relation",
                "recommendation",
                "stance",
                "stance_ja",
                "stance_en",
                "statement_ja",
                "statement_en",
                "issue",
                "scope",
                "issue_ja",
                "issue_en",
                "themes",
            ]
        )
        .astype("object")  # a column that no part has is a number to pandas, and takes no text
        .fillna("")
        .astype("str")
    )


def _shared(frame: pd.DataFrame) -> list[str]:
    return [
        " ".join(t for t in raised.split() if t in asked.split())
        for asked, raised in zip(frame["themes"], frame["issue_themes"], strict=True)
    ]


def _taken_up(frame: pd.DataFrame) -> pd.Series:
    again = frame["evaluations"] + frame["considerations"] + frame["recommendations"]
    return ((again != "") | (frame["status"] != "not_assessed")).map({True: "yes", False: "no"})


def _scoped(study: Study) -> pd.DataFrame:
    return (
        _ordered(study)
        .pipe(themed, study, "issues")
        .pipe(with_dates, "raised")
        .rename(columns={"id": "issue", "start": "since"})[["issue", "scope", "themes", "since"]]
    )


def _ordered(study: Study) -> pd.DataFrame:
    """Issues in reading order: the common ones, then each region's, by number."""
    order = {scope: n for n, scope in enumerate([COMMON, *region_order(study)])}
    return (
        study.tables["issues"]
        .assign(place=lambda f: f["scope"].map(order))
        .sort_values(["place", "number"], kind="stable")
        .drop(columns="place")
    )


def _with_scope(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    named = with_labels(frame, study, "scope", "regions", fields=("name_ja", "name_en"))
    common = named["scope"] == COMMON
    return named.assign(**{c: named[c].mask(common, text) for c, text in _COMMON_LABELS.items()})


def _distinct(values: pd.Series) -> str:
    """The distinct ids in a column of (space-separated) ids, in order of first mention."""
    return " ".join(dict.fromkeys(" ".join(v for v in values if v).split()))
