"""Rounds of evaluation: how the grades of all regions are distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, PAPER, QUIET, WASH
from analysis.figures.frames import asked, colours_of, link, listed, nothing, order, unique
from analysis.figures.rows import EDGE, gutter, place_row, rule
from analysis.figures.sheet import Sheet
from analysis.figures.words import words

_ROUND = ("round", "round_label", "region", "region_label", "grade", "own", "unread")
_STEP = 26.0  # pixels from one square to the next
_LINE, _NAMES = 32.0, 14.0  # pixels of a line of squares, and of the names under them


def grade_distribution(rounds: pd.DataFrame, *, language: str, regions: Sequence[str] = ()) -> Chart:
    """Draw each round of evaluation as a row of squares in the order of its scale, the own regions named.

    Columns in: rounds: round, round_label, region, region_label, grade ("" where it was not read), own
    (yes, no), unread (how many of the round were not read, the same in each of its rows) and, where
    there are, record (of table evaluations, or of `table`) and rank (1 = best, else in the order of the
    rows). A round whose only row has no grade is drawn with its unread squares. `regions` are the own
    regions in order, for their colours, where not all of them have a grade.
    """
    rounds = asked(rounds, "grade_distribution", *_ROUND)
    if rounds.empty:
        return nothing(language, rounds)
    rank = pd.to_numeric(rounds["rank"], errors="coerce") if "rank" in rounds else pd.Series(0, rounds.index)
    rounds = rounds.assign(
        _r=rank,
        _n=rounds["round"].map(order(rounds["round"]).index),
        table=rounds.get("table", "evaluations"),
    )
    rounds = rounds.sort_values(["_n", "_r"], kind="stable", na_position="last").drop(columns=["_r", "_n"])
    told = [(str(id_), _told(group, language)) for id_, group in _groups(rounds)]
    records = [f"{r['table']}/{r['record']}" for r in rounds.to_dict("records") if r.get("record")]
    return Chart(
        lambda width: _draw(rounds, _colours(rounds, regions), language, width),
        rounds,
        tuple(told),
        unique(records),
    )


def _groups(rounds: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(id_), group) for id_, group in rounds.groupby("round", sort=False, observed=True)]


def _unread(group: pd.DataFrame) -> int:
    return int(pd.to_numeric(group["unread"], errors="coerce").fillna(0).max())


def _told(group: pd.DataFrame, language: str) -> str:
    word = words(language)
    told: list[object] = []
    for row in group[group["grade"] != ""].to_dict("records"):
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
    for id_, group in _groups(rounds):
        start = left or EDGE
        count = words(language).text("unread_count", n=_unread(group))
        beside = style.text_width(count) + 8 if _unread(group) else 0
        room = max(int((width - EDGE - start - beside) // _STEP), 1)
        read = group[group["grade"] != ""].to_dict("records")
        lines = max(-(-(len(read) + min(_unread(group), room)) // room), 1)
        line = _LINE + (_NAMES if ((group["own"] == "yes") & (group["region"] != "")).any() else 0)
        row = place_row(sheet, str(group["round_label"].iloc[0]), left, height=line * lines)
        top = row.y - line * lines / 2
        _draw_round(sheet, (id_, group), (start, top, room, line), colours, language)
        rule(sheet)
    return sheet.finish()


def _draw_round(
    sheet: Sheet,
    round_: tuple[str, pd.DataFrame],
    place: tuple[float, float, int, float],
    colours: Mapping[str, str],
    language: str,
) -> None:
    """The squares of one round: grades that were read, then those that were not, with their number."""
    (id_, group), (left, top, room, line) = round_, place
    read, unread = group[group["grade"] != ""].to_dict("records"), _unread(group)
    for n, row in enumerate(read):
        x, y = left + (n % room + 0.5) * _STEP, top + n // room * line + _LINE / 2
        _draw_grade(sheet, row, (x, y), colours, to=f"#{id_}")
    n = len(read)
    own = group[(group["grade"] == "") & (group["own"] == "yes") & (group["region"] != "")].to_dict("records")
    for k in range(min(unread, room)):
        x, y = left + ((n + k) % room + 0.5) * _STEP, top + (n + k) // room * line + _LINE / 2
        sheet.tile(x, y, "")
        if k < len(own):
            _name(sheet, str(own[k]["region_label"]), (x, y), colours.get(str(own[k]["region"]), INK))
        last = (x + _STEP / 2 + 4, y)
    if unread:
        text = words(language).text("unread_count", n=unread)
        sheet.middle(last[0], last[1], text, colour=QUIET)


def _draw_grade(
    sheet: Sheet, row: Mapping[str, Any], spot: tuple[float, float], colours: Mapping[str, str], *, to: str
) -> None:
    (x, y), own = spot, row["own"] == "yes"
    colour = colours.get(str(row["region"]), INK)
    sheet.box(x - 11, y - 11, 22, 22, PAPER, colour, zorder=3, linewidth=style.points(3 if own else 1.25))
    if own:
        sheet.box(x - 11, y - 11, 22, 22, colour, alpha=WASH, zorder=3)
    sheet.middle(x, y, str(row["grade"]), align="center")
    if own:
        _name(sheet, str(row["region_label"]), spot, colour)
    title = f"{row['region_label']}: {row['grade']}"
    to = f"record:{row['table']}/{row['record']}" if row.get("record") else to
    sheet.link(to, title, (x - 12, y - 12, x + 12, y + 12), [f"regions/{row['region']}"])


def _name(sheet: Sheet, label: str, spot: tuple[float, float], colour: str) -> None:
    """The name of an own region under its square."""
    (label,) = style.wrap(label, 110, max_lines=1)
    half = style.text_width(label) / 2
    x = min(max(spot[0], EDGE + half), sheet.width - EDGE - half)
    sheet.line(spot[0] - 11, spot[1] + 12, spot[0] + 11, spot[1] + 12, colour=colour, width=2)
    sheet.text(x, spot[1] + 13, label, align="center")
