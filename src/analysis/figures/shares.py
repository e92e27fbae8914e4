"""Shares and numbers as bars: what is covered, what began in which phase."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def coverage(sections: pd.DataFrame, *, language: str) -> Chart:
    """Draw the characters of each section, the part that has a record filled.

    Columns in: sections: section_label, chars, covered (characters with a record).
    """
    return listed(sections)


def phases_of_projects(
    projects: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = True
) -> Chart:
    """Draw the number of projects that begin in each phase, stated and inferred years apart.

    Columns in: projects: as project_spans (record, label, start, end, period_source, inferred); phases:
    record, number, label, start, end.
    """
    return listed(projects)
