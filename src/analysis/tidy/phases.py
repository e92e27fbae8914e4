"""Spans on the time axis: phases, plans, stages, programmes, events, projects, years of support."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pandas as pd

from analysis.tidy.joins import (
    described,
    in_order,
    region_order,
    with_dates,
    with_labels,
    with_regions,
    with_vocabulary,
)
from analysis.transcribe.load import Study
from analysis.transcribe.periods import FiscalYear, Period, fiscal_years, parse
from analysis.transcribe.raw_tables import before
from analysis.transcribe.schema import Schema

READINGS = ("stated", "inferred", "lent")


def phase_spans(study: Study) -> pd.DataFrame:
    """Everything with a duration in the national story, one row a span.

    Columns out: table (phases, plans, stages, programmes), record, number, label_ja, label_en,
    detail_ja, detail_en (trigger, development label, ministry), parent (phase of a stage, what a
    programme is part of), period, start, end (ISO dates), open_end, basis, inferred. A programme
    without a printed period is left in with empty dates: a gap in the source is not hidden.
    """
    phases = study.tables["phases"].pipe(_detailed, "trigger", study)
    stages = study.tables["stages"].rename(columns={"phase": "parent"}).pipe(_detailed, "development", study)
    programmes = (
        study.tables["programmes"]
        .pipe(with_labels, study, "ministry", "institutions")
        .rename(columns={"part_of": "parent"})
        .pipe(_detailed, "ministry", study)
    )
    parts = {"phases": phases, "plans": study.tables["plans"], "stages": stages, "programmes": programmes}
    spans = pd.concat([part.assign(table=name) for name, part in parts.items()], ignore_index=True)
    text = [name for name in spans if name != "number"]
    filled = spans.assign(number=spans["number"].astype("Int64"), **spans[text].fillna(""))
    return filled.pipe(with_dates, "period", study).pipe(described, "phase_spans", study.languages)


def _detailed(frame: pd.DataFrame, column: str, study: Study) -> pd.DataFrame:
    """Call what a column says in each language the detail of a span."""
    return frame.rename(columns={f"{column}_{each}": f"detail_{each}" for each in study.languages})


def events(study: Study, schema: Schema) -> pd.DataFrame:
    """Dated events in order of time.

    Columns out: record, date (as printed), start, end, open_end, kind (+ _ja, _en), label_ja,
    label_en, short_ja, short_en, region, basis, inferred.
    """
    return (
        study.tables["events"]
        .pipe(with_dates, "date", study)
        .pipe(with_vocabulary, schema, "kind", "event_kind")
        .sort_values(["start", "end"], kind="stable")
        .pipe(described, "events", study.languages)
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
        .pipe(with_regions, study)
        .pipe(with_labels, study, "programme", "programmes")
        .merge(programmes, on="programme", how="left", validate="m:1")
        .fillna({"programme_period": ""})
    )
    own, borrowed = frame["period"] != "", frame["programme_period"] != ""
    frame["period_source"] = borrowed.map({True: "programme", False: "none"}).where(~own, "project")
    # Projects that the source dates only through their programme are placed by it, and said so.
    placed = frame["period"].where(own, frame["programme_period"])
    dates = with_dates(pd.DataFrame({"placed": placed}), "placed", study)
    return (
        frame.assign(start=dates["start"], end=dates["end"], open_end=dates["open_end"])
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
        .pipe(described, "project_spans", study.languages)
    )


def support_years(study: Study, schema: Schema) -> pd.DataFrame:
    """Each region and year from the first project on, under each reading: was a project running?

    Years are the study's fiscal years where the source is Japanese or prints FY, else calendar years;
    the last is that of the source. Readings, each with what the one before counts: `stated`: the
    years of a project's own period as the source states it; `inferred`: also those of a period that
    the transcriber concluded; `lent`: every side of a project's period that is not known is that of
    its programme, by the same rule for all. Nothing is counted beyond a side that nothing states.

    Columns out: region (+ _ja, _en), fiscal_year, start, end, reading (+ _ja, _en), status
    (supported, none; + _ja, _en), projects (ids).
    """
    key, last, counted = ["region", "fiscal_year", "reading"], study.meta.year, study.meta.fiscal_year
    count = partial(fiscal_years, counted=counted) if _fiscal(study) else _calendar_years
    covered = pd.DataFrame(
        [
            (row.region, year, reading, row.record)
            for row in project_spans(study).itertuples()
            for reading in READINGS
            for year in _years(_parsed(_period(row, reading, counted), counted), last, count)
        ],
        columns=["region", "fiscal_year", "reading", "project"],
    )
    first = covered["fiscal_year"].min() if len(covered) else last + 1
    every = pd.DataFrame(product(region_order(study), range(first, last + 1), READINGS), columns=key)
    return (
        every.merge(covered, on=key, how="left", validate="1:m")
        .groupby(key, sort=False)["project"]
        .agg(lambda projects: " ".join(projects.dropna()))
        .reset_index(name="projects")
        .assign(
            status=lambda f: (f["projects"] != "").map({True: "supported", False: "none"}),
            year=lambda f: ("FY" if _fiscal(study) else "") + f["fiscal_year"].astype("str"),
        )
        .pipe(with_dates, "year", study)
        .pipe(with_regions, study)
        .pipe(with_vocabulary, schema, "reading", "reading")
        .pipe(with_vocabulary, schema, "status", "support_status")
        .pipe(described, "support_years", study.languages)
    )


def _fiscal(study: Study) -> bool:
    """Whether a study counts fiscal years: it prints FY, or is Japanese."""
    periods = pd.concat([study.tables[name]["period"] for name in ("projects", "programmes")])
    return study.meta.language == "ja" or bool(periods.str.contains("FY").any())


def _calendar_years(period: Period, until: int | None = None) -> range:
    """The calendar years that a period with a stated start touches."""
    if period.start is None or until is None:
        raise ValueError(f"'{period}' has no stated start, or no year to count to")
    return range(period.start.year, (period.end.year if period.end else until) + 1)


def _period(project: Any, reading: str, counted: FiscalYear) -> str:
    """The period of a project under a reading; "" where it has none."""
    if reading == "stated" and "period" in project.inferred.split():
        return ""
    if reading != "lent":
        return project.period
    start, end = _sides(project.period)
    since, until = _sides(project.programme_period)
    start, end = (
        start or ("" if before(end, since, counted) else since),
        end or ("" if before(until, start, counted) else until),
    )
    return f"{start}/{end}" if start or end else ""


def _sides(period: str) -> tuple[str, str]:
    """The two sides of a period as written, ".." for one that is open, "" for one not stated."""
    left, slash, right = period.partition("/")
    return left, right if slash else left


def _parsed(text: str, counted: FiscalYear) -> Period | None:
    return parse(text, counted) if text else None


def _years(period: Period | None, last: int, count: Callable[..., range]) -> range:
    """The years that a period covers, up to the last of the source."""
    if period is None:
        return range(0)
    if period.start is None or period.end_unknown:
        period = parse(str(period.start or period.end))
    years = count(period, until=last)
    return range(years.start, min(years.stop, last + 1))
