"""What evaluations said: comments by theme and region."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def comment_profile(comments: pd.DataFrame, *, language: str) -> Chart:
    """Draw each comment of an evaluation as a mark: theme by row, region by column, stance by shape.

    Columns in: comments: record, theme, theme_label, region, region_label, stance, stance_label; a row for
    each theme of a comment. A categorical `region` gives the regions' order and colours.
    """
    return listed(comments)
