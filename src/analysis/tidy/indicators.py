"""Figures over time: what was counted or measured of a region, a programme or a project."""

from __future__ import annotations

import pandas as pd

from analysis.tidy.joins import in_order, region_order, tidy_table, with_dates, with_labels
from analysis.transcribe.load import Study


@tidy_table
def indicators(study: Study) -> pd.DataFrame:
    """Figures about regions in the study's order, after them those about programmes and projects.

    Columns out: record, region (+ _ja, _en), programme (+ _ja, _en), project (+ _ja, _en), subject_ja,
    subject_en (what the one of the three that is filled is called), measure, label_ja, label_en,
    definition_ja, definition_en, value, lower, upper (in `unit`; empty where the source gives no range),
    unit, unit_ja, unit_en (how it reads), price_base (current, constant <year>), approximate (yes, no),
    as_of (as printed), start, end (ISO), basis, note_ja, note_en.
    """
    frame = study.tables["indicators"].pipe(with_dates, "as_of", study)
    about = ("region", "programme", "project")
    for column in about:
        frame = with_labels(frame, study, column)
    for language in study.languages:
        region, programme, project = (frame[f"{column}_{language}"] for column in about)
        unit = frame[f"unit_{language}"]
        frame[f"subject_{language}"] = region + programme + project
        frame[f"unit_{language}"] = unit.where(unit != "", frame["unit"])
    return frame.pipe(in_order, "region", region_order(study))


def longest_series(indicators: pd.DataFrame) -> pd.DataFrame:
    """The figures of the region and measure with most times on record, in order of time.

    Columns in: region, measure, start. None where no region has a measure at two times. Of two series
    of one length it is the one whose rows come first.
    """
    dated = indicators[(indicators["region"] != "") & (indicators["start"] != "")]
    times = dated.groupby(["region", "measure"], sort=False)["start"].nunique()
    if not len(times) or times.max() < 2:
        return dated.iloc[:0]
    region, measure = times.idxmax()
    return dated[(dated["region"] == region) & (dated["measure"] == measure)].sort_values("start")
