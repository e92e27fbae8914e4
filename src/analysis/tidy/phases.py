"""Spans on the time axis: phases, plans, stages, programmes, events, projects, years of support."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pandas as pd

from analysis.tidy.joins import in_order, looked_up, region_order, tidy_table, with_dates, with_labels
from analysis.transcribe.load import Study
from analysis.transcribe.periods import FiscalYear, fiscal_years, parse
from analysis.transcribe.raw_tables import before

READINGS = ("stated", "inferred", "lent")


@tidy_table
def phase_spans(study: Study) -> pd.DataFrame:
    """Everything with a duration in the national story, one row a span.

    Columns out: table (phases, plans, stages, programmes), record, number, label_ja, label_en,
    detail_ja, detail_en (trigger, development label, ministry), parent (phase of a stage, what a
    programme is part of), period, start, end (ISO dates), open_end, basis, inferred. A programme
    without a printed period is left in with empty dates: a gap in the source is not hidden.
    """
    programmes = study.tables["programmes"].pipe(with_labels, study, "ministry", "institutions")
    parts = {
        "phases": study.tables["phases"].pipe(_detailed, "trigger", study),
        "plans": study.tables["plans"],
        "stages": study.tables["stages"].pipe(_detailed, "development", study),
        "programmes": programmes.pipe(_detailed, "ministry", study),
    }
    parents = {"phase": "parent", "part_of": "parent"}
    spans = pd.concat(
        [part.rename(columns=parents).assign(table=name) for name, part in parts.items()], ignore_index=True
    )
    text = [name for name in spans if name != "number"]
    filled = spans.assign(number=spans["number"].astype("Int64"), **spans[text].fillna(""))
    return filled.pipe(with_dates, "period", study)


def _detailed(frame: pd.DataFrame, column: str, study: Study) -> pd.DataFrame:
    """Call what a column says in each language the detail of a span."""
    return frame.rename(columns={f"{column}_{each}": f"detail_{each}" for each in study.languages})


@tidy_table
def events(study: Study) -> pd.DataFrame:
    """Dated events in order of time.

    Columns out: record, date (as printed), start, end, open_end, kind (+ _ja, _en), label_ja,
    label_en, short_ja, short_en, region, basis, inferred.
    """
    dated = study.tables["events"].pipe(with_dates, "date", study)
    return dated.sort_values(["start", "end"], kind="stable")


@tidy_table
def project_spans(study: Study) -> pd.DataFrame:
    """One row a project, in the order of regions and time.

    Columns out: record, region (+ _ja, _en), programme (+ _ja, _en), strand_ja, label_ja,
    label_en, adopted, period, period_source (project: its own; programme: only the programme's
    years are known; none), start, end, open_end, programme_period, basis, inferred.
    """
    frame = study.tables["projects"]
    lent = looked_up(frame["programme"], study, "programmes", "period")
    own, borrowed = frame["period"] != "", lent != ""
    return (
        # Projects that the source dates only through their programme are placed by it, and said so.
        frame.assign(placed=frame["period"].where(own, lent))
        .pipe(with_dates, "placed", study)
        .assign(
            programme_period=lent,
            period_source=borrowed.map({True: "programme", False: "none"}).where(~own, "project"),
        )
        .sort_values("start", kind="stable")
        .pipe(in_order, "region", region_order(study))
    )


@tidy_table
def support_years(study: Study) -> pd.DataFrame:
    """Each region and year from the first project on, under each reading: was a project running?

    Years are the study's fiscal years where the source is Japanese or prints FY, else calendar years;
    the last is that of the source. Readings, each with what the one before counts: `stated`: the
    years of a project's own period as the source states it; `inferred`: also those of a period that
    the transcriber concluded; `lent`: every side of a project's period that is not known is that of
    its programme, by the same rule for all. Nothing is counted beyond a side that nothing states.

    Columns out: region (+ _ja, _en), fiscal_year, start, end, reading (+ _ja, _en), status
    (supported, none; + _ja, _en), projects (ids).
    """
    key, last, fiscal = ["region", "fiscal_year", "reading"], study.meta.year, _fiscal(study)
    counted = study.meta.fiscal_year if fiscal else FiscalYear(starts=1)
    covered = pd.DataFrame(
        [
            (row.region, year, reading, row.record)
            for row in project_spans(study).itertuples()
            for reading in READINGS
            for year in _years(_period(row, reading, counted), last, counted)
        ],
        columns=[*key, "project"],
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
            year=lambda f: ("FY" if fiscal else "") + f["fiscal_year"].astype("str"),
        )
        .pipe(with_dates, "year", study)
    )


def _fiscal(study: Study) -> bool:
    """Whether a study counts fiscal years: it prints FY, or is Japanese."""
    periods = pd.concat([study.tables[name]["period"] for name in ("projects", "programmes")])
    return study.meta.language == "ja" or bool(periods.str.contains("FY").any())


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


def _years(text: str, last: int, counted: FiscalYear) -> Iterable[int]:
    """The years that a period covers, up to the last of the source."""
    if not text:
        return ()
    period = parse(text, counted)
    if period.start is None or period.end_unknown:
        period = parse(str(period.start or period.end))
    years = fiscal_years(period, last, counted)
    return range(years.start, min(years.stop, last + 1))
