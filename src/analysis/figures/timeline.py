"""The phase timeline: national policy above, the regions' projects below, one axis of time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.figures.chart import Chart


def phase_timeline(
    phases: pd.DataFrame,
    stages: pd.DataFrame,
    plans: pd.DataFrame,
    events: pd.DataFrame,
    programmes: pd.DataFrame,
    projects: pd.DataFrame,
    grades: pd.DataFrame,
    *,
    language: str,
    story: str | None = None,
    named_events: Sequence[str] = (),
) -> Chart:
    """Draw the whole story on one axis of time.

    Columns in: phases, stages, plans, programmes (rows of phase_spans, by table): record, number, label,
    detail (of a programme its ministry), period, start, end, open_end, inferred; events: record, date,
    start, end, kind, label, short, region, inferred; projects (project_spans): record, region,
    region_label, programme, programme_label, label, period, period_source, start, end, open_end,
    inferred; grades: record, project, region, conducted, start, end, grade, grade_status, kind_label,
    scale. `story` is the phase shaded strongest; `named_events` (ids, six at most) have labels.
    """
    raise NotImplementedError
