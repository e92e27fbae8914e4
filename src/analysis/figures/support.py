"""Support by year: two strips a region, by the source alone and with public records."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart


def support_strips(
    support: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = False
) -> Chart:
    """Draw in which years each region had a national project, a cell a fiscal year.

    Columns in: support: region (id), name, fiscal_year (int), source (paper, records), status (stated,
    inferred, lent, none, unknown), projects (ids, space-separated; another study's as `study/id`),
    label; phases: record, number, label, start, end, open_end. `small` leaves out labels and key.
    """
    raise NotImplementedError
