"""Rounds of evaluation: how the grades of all regions are distributed."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def grade_distribution(rounds: pd.DataFrame, *, language: str) -> Chart:
    """Draw each round of evaluation as a row of squares in the order of its scale, the own regions named.

    Columns in: rounds: round, round_label, region, region_label, grade, rank (1 = best), own (yes, no), unread
    (number of regions whose grade was not read, the same in each row of a round).
    """
    return listed(rounds)
