"""Spans on the time axis: phases, plans, stages, programmes, events, projects, years of support."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.tidy.joins import (
    in_order,
    region_order,
    with_dates,
    with_labels,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.periods import Period, fiscal_years, parse
from analysis.transcribe.schema import Schema

_SPAN = [
    "table",
    "record",
    "number",
    "label_ja",
    "label_en",
    "detail_ja",
    "detail_en",
    "parent",
    "period",
    "start",
    "end",
    "open_end",
    "basis",
    "inferred",
]


def phase_spans(study: Study) -> pd.DataFrame:
    """Everything with a duration in the national story, one row a span.

    Columns out: table (phases, plans, stages, programmes), record, number, label_ja, label_en,
    detail_ja, detail_en (trigger, development label, ministry), parent (phase of a stage), period,
    start, end (ISO dates), open_end, basis, inferred. A programme without a printed period is left
    in with empty dates: a gap in the source is not hidden.
    """
    phases = study.tables["phases"].rename(columns={"trigger_ja": "detail_ja", "trigger_en": "detail_en"})
    stages = study.tables["stages"].rename(
        columns={"development_ja": "detail_ja", "development_en": "detail_en", "phase": "parent"}
    )
    programmes = with_labels(study.tables["programmes"], study, "ministry", "institutions").rename(
        columns={"ministry_ja": "detail_ja", "ministry_en": "detail_en"}
    )
    parts = {"phases": phases, "plans": study.tables["plans"], "stages": stages, "programmes": programmes}
    return (
        pd.concat([part.assign(table=name) for name, part in parts.items()], ignore_index=True)
        .rename(columns={"id": "record"})
        .pipe(with_dates, "period")
        .reindex(columns=_SPAN)
        .pipe(_blank)
    )


def events(study: Study, schema: Schema) -> pd.DataFrame:
    """Dated events in order of time.

    Columns out: record, date (as printed), start, end, kind (+ _ja, _en), label_ja, label_en,
    short_ja, short_en, region, basis, inferred.
    """
    return (
        study.tables["events"]
        .pipe(with_dates, "date")
        .pipe(with_vocabulary, schema, "kind", "event_kind")
        .rename(columns={"id": "record"})
        .sort_values(["start", "end"], kind="stable")
        .loc[
            :,
            [
                "record",
                "date",
                "start",
                "end",
                "open_end",
                "kind",
                "kind_ja",
                "kind_en",
                "label_ja",
                "label_en",
                "short_ja",
                "short_en",
                "region",
                "basis",
                "inferred",
            ],
        ]
    )


def project_spans(study: Study) -> pd.DataFrame:
    """One row a project, in the order of regions and time.

    Columns out: record, region (+ _ja, _en), programme (+ _ja, _en), strand_ja, label_ja,
    label_en, adopted, period, period_source (project: its own; programme: only the programme's
    years are known; none), start, end, open_end, programme_period, basis, inferred.
    """
    programmes = study.tables["programmes"][["id", "period"]].rename(
        columns={"id": "programme", "period": "programme_period"}
    )
    frame = (
        study.tables["projects"]
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .pipe(with_labels, study, "programme", "programmes")
        .merge(programmes, on="programme", how="left", validate="m:1")
        .fillna({"programme_period": ""})
        .rename(columns={"id": "record"})
    )
    own, borrowed = frame["period"] != "", frame["programme_period"] != ""
    frame["period_source"] = borrowed.map({True: "programme", False: "none"}).where(~own, "project")
    # Projects that the source dates only through their programme are placed by it, and said so.
    placed = frame["period"].where(own, frame["programme_period"])
    dates = with_dates(pd.DataFrame({"placed": placed}), "placed")
    return (
        frame.assign(start=dates["start"], end=dates["end"], open_end=dates["open_end"])
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
        .loc[
            :,
            [
                "record",
                "region",
                "region_ja",
                "region_en",
                "programme",
                "programme_ja",
                "programme_en",
                "strand_ja",
                "label_ja",
                "label_en",
                "adopted",
                "period",
                "period_source",
                "start",
                "end",
                "open_end",
                "programme_period",
                "basis",
                "inferred",
            ],
        ]
    )


def support_gaps(study: Study) -> pd.DataFrame:
    """Each region and year from the first project on: was a national project running?

    Years are Japanese fiscal years where the source is Japanese or prints FY, else calendar years.
    Columns out: region (+ _ja, _en), fiscal_year, start, end, status, projects. `supported`: a project with a
    period of its own covers the year. `undated`: only a project whose own period the source does
    not give, in a programme that covers the year, or one whose end it does not give. `none`: no project in the source. The last year
    is that of the source: nothing is said about later ones.
    """
    spans = project_spans(study)
    last, count = study.meta.year, fiscal_years if _fiscal(study) else _calendar_years
    years = {row.record: _years(row.period, row.programme_period, last, count) for row in spans.itertuples()}
    covered = pd.DataFrame(
        [
            (row.region, year, row.record, row.period_source)
            for row in spans.itertuples()
            for year in years[row.record]
        ]
        + [
            (row.region, year, row.record, "programme")
            for row in spans.itertuples()
            for year in _possible_years(row.period, row.programme_period, last, count)
        ],
        columns=["region", "fiscal_year", "project", "period_source"],
    )
    if covered.empty:
        return pd.DataFrame(
            columns=["region", "region_ja", "region_en", "fiscal_year", "start", "end", "status", "projects"]
        )
    every = pd.MultiIndex.from_product(
        [region_order(study), range(covered["fiscal_year"].min(), last + 1)],
        names=["region", "fiscal_year"],
    ).to_frame(index=False)
    return (
        every.merge(covered, on=["region", "fiscal_year"], how="left", validate="1:m")
        .groupby(["region", "fiscal_year"], sort=False)
        .agg(
            status=("period_source", _status),
            projects=("project", lambda p: " ".join(p.dropna())),
        )
        .reset_index()
        .assign(year=lambda f: ("FY" if count is fiscal_years else "") + f["fiscal_year"].astype("str"))
        .pipe(with_dates, "year")
        .pipe(with_labels, study, "region", "regions", fields=("name_ja", "name_en"))
        .loc[:, ["region", "region_ja", "region_en", "fiscal_year", "start", "end", "status", "projects"]]
    )


def _fiscal(study: Study) -> bool:
    """Whether a study counts Japanese fiscal years."""
    periods = pd.concat([study.tables[name]["period"] for name in ("projects", "programmes")])
    return study.meta.language == "ja" or bool(periods.str.contains("FY").any())


def _calendar_years(period: Period, until: int | None = None) -> range:
    """The calendar years that a period with a stated start touches."""
    return range(period.start.year, (period.end.year if period.end else until) + 1)


def _status(sources: pd.Series) -> str:
    if (sources == "project").any():
        return "supported"
    return "undated" if (sources == "programme").any() else "none"


def _years(period: str, programme_period: str, last: int, count: Callable[..., range]) -> range:
    """Years that a project covers, by its own period or else its programme's.

    A side that the source does not state counts for nothing beyond the side it does state.
    """
    text = period or programme_period
    if not text:
        return range(0)
    return _clip(_stated_years(parse(text), last, count), last)


def _stated_years(period: Period, last: int, count: Callable[..., range]) -> range:
    if period.start is None or period.end_unknown:
        period = parse(str(period.start or period.end))
    return count(period, until=last)


def _possible_years(period: str, programme_period: str, last: int, count: Callable[..., range]) -> range:
    """The years after the start of a project without a stated end, while its programme may have run."""
    if not period or not parse(period).end_unknown:
        return range(0)
    first = _stated_years(parse(period), last, count).stop
    programme = parse(programme_period) if programme_period else None
    if programme and programme.start and not programme.end_unknown:
        last = min(last, count(programme, until=last).stop - 1)
    return range(first, last + 1)


def _clip(years: range, last: int) -> range:
    return range(years.start, min(years.stop, last + 1))


def _blank(frame: pd.DataFrame) -> pd.DataFrame:
    """Text columns that a part does not have are empty text, not missing numbers."""
    text = [name for name in frame if name != "number"]
    return frame.assign(number=frame["number"].astype("Int64"), **frame[text].fillna(""))
