"""What is called for: themes of issues and calls side by side, and the calls one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, PAPER, POLICY, QUIET
from analysis.figures.frames import asked, link, nothing, rows_of, unique
from analysis.figures.rows import (
    Scale,
    Sign,
    draw_signs_key,
    gutter,
    panel,
    place_row,
    sheet_of,
)
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import words

_FEW = 6  # themes of a small chart


def agenda(themes: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw for each theme the number of issues and of calls, the themes that no issue has highlighted.

    Columns in: themes: theme, theme_label, n_issues, n_calls (numbers). Sorted by calls; themes that
    neither has are left out. `small` keeps the six themes that are called for most.
    """
    themes = asked(themes, "agenda", "theme theme_label n_issues n_calls")
    themes = themes[(themes["n_issues"].astype(float) > 0) | (themes["n_calls"].astype(float) > 0)]
    if themes.empty:
        return nothing(language, themes)
    themes = themes.sort_values(["n_calls", "n_issues"], ascending=[False, True], kind="stable")
    themes = themes.head(_FEW if small else len(themes)).reset_index(drop=True)
    told = []
    for row in themes.pipe(rows_of):
        theme, key = (
            link("themes", row["theme"], row["theme_label"]),
            "theme_told" if row["n_issues"] else "theme_new",
        )
        numbers = {"issues": int(row["n_issues"]), "calls": int(row["n_calls"])}
        told.append((str(row["theme"]), words(language)(key, theme=theme, **numbers)))
    return Chart(
        lambda width: _draw_agenda(themes, language, width, small=small),
        themes,
        tuple(told),
        unique([f"themes/{theme}" for theme in themes["theme"]]),
    )


def _draw_agenda(themes: pd.DataFrame, language: str, width: int, *, small: bool) -> Figure:
    sheet, word = sheet_of(width, small=small), words(language)
    left = gutter(sheet, themes["theme_label"], small=True, share=0.42)
    most = float(themes[["n_issues", "n_calls"]].max().max())
    scale = Scale(0, max(most, 1), left + 10, sheet.width - EDGE - 26)
    signs = {"in_issues": Sign(filled=False, colour=POLICY), "in_calls": Sign(colour=POLICY)}
    signs |= {"in_calls_only": Sign(colour=INK)} if (themes["n_issues"] == 0).any() else {}
    draw_signs_key(sheet, [(sign, word.text(key)) for key, sign in signs.items()])
    top, middles = sheet.top, []
    for row in themes.pipe(rows_of):
        place = place_row(sheet, str(row["theme_label"]), left, height=28 if not small else 26)
        middles.append(place.y)
        title = word.text(
            "theme_told", theme=row["theme_label"], issues=int(row["n_issues"]), calls=int(row["n_calls"])
        )
        key = f"themes/{row['theme']}"
        sheet.link_row(f"record:{key}", title, (EDGE, sheet.width - EDGE), place.y, [key])
    _draw_pairs(sheet, scale, themes.assign(y=middles), top)
    return sheet.finish()


def _draw_pairs(sheet: Sheet, scale: Scale, themes: pd.DataFrame, top: float) -> None:
    """Both numbers of each theme on one line, the number of calls and of issues beside them."""
    axes = panel(sheet, scale, top, sheet.top)
    axes.set_xticks([])
    axes.grid(visible=False)
    low, high = themes[["n_issues", "n_calls"]].min(axis=1), themes[["n_issues", "n_calls"]].max(axis=1)
    colours = [INK if n == 0 else POLICY for n in themes["n_issues"]]
    axes.hlines(themes["y"], low, high, color=colours, linewidth=style.points(3))
    same = themes[themes["n_issues"] == themes["n_calls"]]  # one on the other: a dot in its ring
    dots: dict[str, Any] = {"s": style.points(11) ** 2, "clip_on": False}
    axes.scatter(themes["n_calls"], themes["y"], facecolor=colours, linewidth=0, **dots)
    ring: dict[str, Any] = {"facecolor": PAPER, "edgecolor": colours, "linewidth": style.points(1.5)}
    axes.scatter(themes["n_issues"], themes["y"], zorder=3, **dots | ring)
    axes.scatter(
        same["n_calls"], same["y"], color=POLICY, linewidth=0, zorder=4, **dots | {"s": style.points(5) ** 2}
    )
    axes.collections[0].set_clip_on(False)
    for row in themes.pipe(rows_of):
        _numbers(sheet, scale, row)


def _numbers(sheet: Sheet, scale: Scale, row: Mapping[str, Any]) -> None:
    low, high = sorted((int(row["n_issues"]), int(row["n_calls"])))
    sheet.middle(scale(high) + 10, row["y"], str(high), colour=INK if not row["n_issues"] else QUIET)
    if 0 < low < high:
        sheet.middle(scale(low) - 10, row["y"], str(low), colour=QUIET, align="right")
