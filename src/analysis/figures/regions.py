"""The regions' projects on one axis of time."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart


def region_timelines(
    projects: pd.DataFrame,
    grades: pd.DataFrame,
    events: pd.DataFrame,
    phases: pd.DataFrame,
    *,
    language: str,
    only: str | None = None,
) -> Chart:
    """Draw the projects, evaluations and events of each region, all on one axis.

    Columns in: as `phase_timeline`. With `only` (id of a region) that one, on the axis of all.
    """
    raise NotImplementedError
