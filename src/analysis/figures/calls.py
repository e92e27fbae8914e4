"""What is called for: themes of issues and calls side by side, and the calls one by one."""

from __future__ import annotations

import pandas as pd

from analysis.figures.chart import Chart
from analysis.figures.frames import listed


def agenda(themes: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw for each theme the number of issues and of calls, the themes that no issue has highlighted.

    Columns in: themes: theme, theme_label, n_issues, n_calls. `small` keeps the six themes that are called for most.
    """
    return listed(themes)


def outlook_list(calls: pd.DataFrame, *, language: str) -> Chart:
    """List the calls in their order of sections, the issues that each answers beside it.

    Columns in: calls: record, section, stance_label, statement, issues (list of labels), issue_records (list of ids).
    """
    return listed(calls)


def answers_count(calls: pd.DataFrame, *, language: str, small: bool = True) -> Chart:
    """Draw a square for each call, filled where it answers an issue.

    Columns in: as `outlook_list`.
    """
    return listed(calls)
