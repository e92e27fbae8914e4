"""How a headline fares under every reading, how far coders agree."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def specification_curve(
    readings: pd.DataFrame, *, language: str, names: Mapping[str, Mapping[str, str]]
) -> Chart:
    """Draw the value under every reading in order, and below which choices each reading makes.

    Columns in: readings: value (number), chosen (yes, no), holds (yes, no), and a column for each choice
    (links, periods, coder, sources, regions, years, as far as there). `names[choice][option]` are the words.
    """
    return listed(readings)


def agreement(rows: pd.DataFrame, *, language: str) -> Chart:
    """Draw the coders' agreement with its interval, a row a kind of judgement.

    Columns in: rows: what_label, alpha, low, high (numbers or missing), units (number judged).
    """
    return listed(rows)
