"""What evaluations said: comments by theme and region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import POLICY, QUIET
from analysis.figures.frames import (
    asked,
    colours_of,
    grouped,
    labels,
    link,
    listed,
    nothing,
    order,
    unique,
)
from analysis.figures.rows import Sign, draw_signs, draw_signs_key, gutter, place_row, rule
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import headed, joined, words

_COMMENT = "record theme theme_label region region_label stance stance_label"
# The shape of each stance, the same in every figure; another one has the first that is free.
_STANCES = {"strength": "^", "concern": "v", "expectation": "D", "constraint": "X", "finding": "s"}
_STANCES |= {"recommendation": "o", "future_task": "P"}
_OTHERS = ("*", "p", "h", "<", ">", "8")
_LEAST, _MOST = 58.0, 300.0  # pixels that a region's column has at least and at most


@dataclass(frozen=True)
class _Profile:
    comments: pd.DataFrame  # by theme, most frequent first, and within it by stance
    language: str
    order: Sequence[str] = ()

    @cached_property
    def colours(self) -> dict[str, str]:
        return colours_of(self.comments["region"], self.order)

    @cached_property
    def themes(self) -> dict[str, str]:
        return labels(self.comments, "theme")

    @cached_property
    def regions(self) -> dict[str, str]:
        named = labels(self.comments, "region")
        ids = dict.fromkeys([*self.order, *order(self.comments["region"])])
        return {id_: str(named[id_]) for id_ in ids if id_ in named}

    @cached_property
    def stances(self) -> dict[str, str]:
        return labels(self.comments, "stance")

    @cached_property
    def cells(self) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        """Comments by theme and region."""
        return grouped(self.comments, "theme", "region")

    def sign(self, stance: str, colour: str) -> Sign:
        others = sorted(self.stances.keys() - _STANCES.keys())
        shape = _STANCES.get(stance) or _OTHERS[others.index(stance) % len(_OTHERS)]
        return Sign(shape, colour=colour)


def comment_profile(comments: pd.DataFrame, *, language: str, regions: Sequence[str] = ()) -> Chart:
    """Draw each comment of an evaluation as a mark: theme by row, region by column, stance by shape.

    Columns in: comments: record, theme, theme_label, region, region_label, stance, stance_label and,
    where there is one, statement; a row for each theme of a comment. `regions` are the
    study's in order, for their colours, where there are regions without a comment.
    """
    comments = asked(comments, "comment_profile", _COMMENT)
    if comments.empty:
        return nothing(language, comments)
    number = comments.groupby("theme")["record"].transform("size")
    comments = comments.assign(_n=-number).sort_values(["_n", "theme", "stance"], kind="stable")
    profile = _Profile(comments.drop(columns="_n"), language, regions)
    return Chart(
        lambda width: _draw(profile, width),
        profile.comments,
        tuple(_told(profile)),
        unique([f"statements/{record}" for record in profile.comments["record"]]),
    )


def _told(profile: _Profile) -> list[tuple[str, str]]:
    """One item for each group of marks: a theme in a region."""
    word, items = words(profile.language), []
    for theme, label in profile.themes.items():
        for region, name in profile.regions.items():
            if own := profile.cells.get((theme, region)):
                told = [
                    link("statements", c["record"], c.get("statement") or f"{c['stance_label']} {n}")
                    for n, c in enumerate(own, 1)
                ]
                words_before = word("comments_told", theme=label, region=name, n=len(own))
                items.append((f"{theme}-{region}", words_before + listed(profile.language, told)))
    return items


def _draw(profile: _Profile, width: int) -> Figure:
    sheet = Sheet(width)
    left = gutter(sheet, profile.themes.values())
    column = min((width - EDGE - (left or EDGE)) / len(profile.regions), _MOST)
    stances = sorted(profile.stances.items())
    draw_signs_key(sheet, [(profile.sign(stance, POLICY), str(label)) for stance, label in stances])
    if column < _LEAST:
        return _draw_long(sheet, profile)
    starts = {region: (left or EDGE) + n * column for n, region in enumerate(profile.regions)}
    _draw_heads(sheet, profile, starts, column)
    for theme, label in profile.themes.items():
        row = place_row(sheet, str(label), left)
        for region, x in starts.items():
            _draw_cell(sheet, profile, (theme, region), (x, row.y, column - 8))
        rule(sheet)
    return sheet.finish()


def _draw_heads(sheet: Sheet, profile: _Profile, starts: dict[str, float], column: float) -> None:
    colours = profile.colours
    lines = {r: style.wrap(name, column - 24, max_lines=2) for r, name in profile.regions.items()}
    for region, x in starts.items():
        sheet.box(x + 3, sheet.top + 3, 10, 10, colours[region])
        sheet.text(x + 18, sheet.top, lines[region], colour=QUIET)
    sheet.top += max(map(len, lines.values())) * style.line_height() + 4
    rule(sheet)


def _draw_long(sheet: Sheet, profile: _Profile) -> Figure:
    """Many regions: a line for each that has a comment on the theme."""
    for theme, label in profile.themes.items():
        place_row(sheet, str(label), 0, height=2)
        for region, name in profile.regions.items():
            if profile.cells.get((theme, region)):
                (text,) = style.wrap(name, 120, max_lines=1)
                sheet.middle(20, sheet.top + 12, text, colour=QUIET)
                _draw_cell(sheet, profile, (theme, region), (148, sheet.top + 12, sheet.width - 152))
                sheet.top += 24
        rule(sheet)
    return sheet.finish()


def _draw_cell(
    sheet: Sheet, profile: _Profile, cell: tuple[str, str], place: tuple[float, float, float]
) -> None:
    """The comments of a region on a theme, at (x, y) with so much room."""
    (theme, region), (x, y, room) = cell, place
    own = profile.cells.get((theme, region))
    if not own:
        return
    colour = profile.colours[region]
    end = draw_signs(sheet, x, y, [profile.sign(c["stance"], colour) for c in own], room=room)
    stances = joined(
        [f"{label} {n}" for label, n in Counter(c["stance_label"] for c in own).items()], profile.language
    )
    to = f"record:statements/{own[0]['record']}" if len(own) == 1 else f"#{theme}-{region}"
    about = joined([own[0]["region_label"], own[0]["theme_label"]], profile.language)
    title = headed(about, stances, profile.language)
    sheet.link_row(to, title, (x, end), y, [f"regions/{region}"])
