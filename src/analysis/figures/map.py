"""The regions on an outline map of Japan."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def region_map(regions: pd.DataFrame, *, language: str) -> Chart:
    """Draw the regions in their prefectures, the case regions with their names.

    Columns in: regions: record, label, prefecture (JIS X 0401 code or ""), group (case, peer),
    programmes. Regions without a code are listed below; without any there is no map.
    """
    return listed(regions)
