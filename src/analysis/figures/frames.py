"""What charts ask of their frames, and small things that all of them say."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.chart import Chart
from analysis.figures.sheet import LayoutError


def listed(frame: pd.DataFrame) -> Chart:
    def draw(width: int) -> Figure:
        raise LayoutError("list")

    return Chart(draw, frame)
