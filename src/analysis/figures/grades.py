"""Letters of evaluations as tiles on an axis of time."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart


def grade_tiles(grades: pd.DataFrame, *, language: str) -> Chart:
    """Draw each evaluation as a tile where it was conducted, a row a region, its scale named.

    Columns in: record, project, project_label, region, region_label, programme_label, kind_label,
    conducted, start, end, scale, scale_label (optional), grade, grade_status. No line joins letters.
    """
    raise NotImplementedError
