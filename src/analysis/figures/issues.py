"""Issues: which later passages take each up, and what became of it."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def issue_matrix(issues: pd.DataFrame, links: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw issues by later occasion, a dot for each passage that takes one up, the status in words beside.

    Columns in: issues: record, scope (common or a region), scope_label, number, short, label, status,
    status_label, inferred; links: issue, relation (names, same_topic, answers), relation_label,
    collective (yes, no), table, record, label (of the passage), occasion, occasion_label, in order of
    time. Issues without a link stay as empty rows. `small` leaves out headings and key.
    """
    return listed(issues)


def issue_status(issues: pd.DataFrame, *, language: str, small: bool = True) -> Chart:
    """Draw the number of issues by what became of them, common and regional ones apart.

    Columns in: issues: record, scope, scope_label, number, short, label, status, status_label, inferred.
    """
    return listed(issues)
