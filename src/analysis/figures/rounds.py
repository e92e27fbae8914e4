"""Rounds of evaluation: how the grades of all regions are distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import pack
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, PAPER, QUIET, WASH
from analysis.figures.frames import asked, colours_of, link, listed, nothing, order, rows_of, unique
from analysis.figures.rows import gutter, place_row, rule
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, words
from analysis.transcribe.periods import display

_ROUND = "round round_label region region_label grade own unread"
_STEP = 26.0  # pixels from one square to the next
_LINE, _NAMES = 32.0, 14.0  # pixels of a line of squares, and of the names under them


def grade_distribution(rounds: pd.DataFrame, *, language: str, regions: Sequence[str] = ()) -> Chart:
    """Draw each round of evaluation as a row of squares in the order of its scale, the own regions named.

    Columns in: rounds: round, round_label, region, region_label, grade ("" where it was not read), own
    (yes, no), unread (how many of the round were not read, the same in each of its rows) and, where
    there are, record (of table evaluations, or of `table`), rank (1 = best, else in the order of the
    rows) and year (EDTF, told of rounds that have one label). A round whose only row has no grade is drawn with its unread squares. `regions` are the own
    regions in order, for their colours, where not all of them have a grade.
    """
    rounds = asked(rounds, "grade_distribution", _ROUND)
    if rounds.empty:
        return nothing(language, rounds)
    rank = pd.to_numeric(rounds["rank"], errors="coerce") if "rank" in rounds else pd.Series(0, rounds.index)
    at = rounds["round"].map(order(rounds["round"]).index)
    rounds = rounds.assign(_n=at, _r=rank, table=rounds.get("table", "evaluations"))
    rounds = rounds.sort_values(["_n", "_r"], kind="stable", na_position="last").drop(columns=["_n", "_r"])
    rounds = rounds.assign(round_label=_labels(rounds, language))
    told = [(str(id_), _told(group, language)) for id_, group in _groups(rounds)]
    records = [f"{r['table']}/{r['record']}" for r in rounds.pipe(rows_of) if r.get("record")]
    return Chart(
        lambda width: _draw(rounds, _colours(rounds, regions), language, width),
        rounds,
        tuple(told),
        unique(records),
    )


def _groups(rounds: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(id_), group) for id_, group in rounds.groupby("round", sort=False, observed=True)]


def _labels(rounds: pd.DataFrame, language: str) -> pd.Series:
    """The label of each row's round, with its year where several rounds have one label."""
    several = rounds.groupby("round_label")["round"].transform("nunique") > 1
    years = rounds["year"].astype(str) if "year" in rounds else pd.Series("", rounds.index)
    dated = [
        aside(label, [year and display(year, language)], language) if twice else label
        for label, year, twice in zip(rounds["round_label"], years, several, strict=True)
    ]
    return pd.Series(dated, rounds.index)


def _unread(group: pd.DataFrame) -> int:
    return int(pd.to_numeric(group["unread"], errors="coerce").fillna(0).max())


def _told(group: pd.DataFrame, language: str) -> str:
    word = words(language)
    told: list[object] = []
    for row in group[group["grade"] != ""].pipe(rows_of):
        text = f"{row['region_label']} {row['grade']}"
        told.append(link(row["table"], row["record"], text) if row.get("record") else text)
    if _unread(group):
        told.append(word.text("not_read" if told else "none_read", n=_unread(group)))
    return word("round_told", label=group["round_label"].iloc[0]) + listed(language, told)


def _colours(rounds: pd.DataFrame, regions: Sequence[str]) -> dict[str, str]:
    return colours_of(rounds.loc[rounds["own"] == "yes", "region"].astype(str), regions)


def _draw(rounds: pd.DataFrame, colours: Mapping[str, str], language: str, width: int) -> Figure:
    sheet = Sheet(width)
    left = gutter(sheet, rounds["round_label"].drop_duplicates(), share=0.36)
    start = left or EDGE
    room = max(int((width - EDGE - start) // _STEP), 1)
    for id_, group in _groups(rounds):
        squares = _squares(group, room)
        lines = [squares[n : n + room] for n in range(0, len(squares), room)] or [[]]
        levels = [_levels(sheet, line, start) for line in lines]
        heights = [_LINE + _NAMES * (max(level, default=-1) + 1) for level in levels]
        text = words(language).text("unread_count", n=_unread(group)) if _unread(group) else ""
        beside = start + len(lines[-1]) * _STEP + 6
        fits = beside + style.text_width(text) <= width - EDGE
        high = sum(heights) + (0 if fits else 18)
        row = place_row(sheet, str(group["round_label"].iloc[0]), left, height=high)
        top = row.y - high / 2
        for line, level, height in zip(lines, levels, heights, strict=True):
            _draw_line(sheet, line, level, (start, top + _LINE / 2), colours, f"#{id_}")
            top += height
        if text:
            x, y = (beside, top - heights[-1] + _LINE / 2) if fits else (start, top + 6)
            sheet.middle(x, y, text, colour=QUIET)
        rule(sheet)
    return sheet.finish()


def _squares(group: pd.DataFrame, room: int) -> list[Mapping[str, Any]]:
    """What stands side by side: grades that were read, own regions without one, then others unread."""
    read = group[group["grade"] != ""].pipe(rows_of)
    own = group[(group["grade"] == "") & (group["own"] == "yes") & (group["region"] != "")].pipe(rows_of)
    own = own[: _unread(group)]
    blank = {"grade": "", "own": "no", "region": "", "region_label": ""}
    return [*read, *own, *[blank] * (min(_unread(group), room) - len(own))]


def _levels(sheet: Sheet, line: Sequence[Mapping[str, Any]], start: float) -> list[int]:
    """How far below its square the name of each own region stands: no two overlap, no leader crosses one."""
    named = [_named(sheet, row, start, n) for n, row in enumerate(line) if row["own"] == "yes"]
    return pack([(-right, -left) for _, left, right in reversed(named)], gap=6)[::-1]


def _named(sheet: Sheet, row: Mapping[str, Any], start: float, n: int) -> tuple[str, float, float]:
    """A region's name under the n-th square, and its left and right edge."""
    (label,) = style.wrap(str(row["region_label"]), 110, max_lines=1)
    wide = style.text_width(label)
    left = min(start + n * _STEP + 2, sheet.width - EDGE - wide)
    return label, left, left + wide


def _draw_line(
    sheet: Sheet,
    line: Sequence[Mapping[str, Any]],
    levels: Sequence[int],
    place: tuple[float, float],
    colours: Mapping[str, str],
    to: str,
) -> None:
    """One line of squares; `place` is where it starts and the middle of its squares."""
    (start, y), level = place, iter(levels)
    for n, row in enumerate(line):
        x, own = start + (n + 0.5) * _STEP, row["own"] == "yes"
        colour = colours.get(str(row["region"]), INK)
        _draw_square(sheet, row, (x, y), colour)
        if own:
            label, left, _ = _named(sheet, row, start, n)
            below = y + 13 + (down := next(level)) * _NAMES
            if down:
                sheet.line((left + 1, y + 12), (left + 1, below + 2), colour=colour, width=2)
            sheet.text(left, below, label)
        if row["grade"]:
            about = f"record:{row['table']}/{row['record']}" if row.get("record") else to
            title = f"{row['region_label']} {row['grade']}"
            sheet.link(about, title, (x - 12, y - 12, x + 12, y + 12), [f"regions/{row['region']}"])


def _draw_square(sheet: Sheet, row: Mapping[str, Any], spot: tuple[float, float], colour: str) -> None:
    x, y = spot
    if not row["grade"]:
        sheet.tile(x, y, "")
        return
    own = row["own"] == "yes"
    sheet.box(x - 11, y - 11, 22, 22, PAPER, colour, zorder=3, linewidth=style.points(3 if own else 1.25))
    if own:
        sheet.box(x - 11, y - 11, 22, 22, colour, alpha=WASH, zorder=3)
    sheet.middle(x, y, str(row["grade"]), align="center")
