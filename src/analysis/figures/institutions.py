"""Institutions: in which years each is named, and how many stand at the core."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def institution_years(participations: pd.DataFrame, projects: pd.DataFrame, *, language: str) -> Chart:
    """Draw for each institution the years of the projects in which it is named, core ones filled.

    Columns in: participations: record (optional), institution, institution_label, project, role, role_label,
    identity (the same for a body before and after it was renamed); projects: record, label, short, start,
    end, open_end, region, core_institutions (optional; partial: the list ends in "and others").
    """
    return listed(participations)


def core_counts(cores: pd.DataFrame, *, language: str, small: bool = True) -> Chart:
    """Draw the number of core institutions named for each project, in order, by region.

    Columns in: cores: region, region_label, project, project_label, n, at_least (yes, no), names (list).
    """
    return listed(cores)
