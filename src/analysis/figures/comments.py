"""What evaluations said: comments by theme and region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.figures import style
from analysis.figures.chart import (
    Cells,
    Chart,
    asked,
    colours_of,
    grouped,
    labels,
    link,
    listed,
    nothing,
    order,
)
from analysis.figures.colours import POLICY, QUIET
from analysis.figures.rows import Place, Sign, draw_cell, draw_signs_key, gutter, place_row, rule
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
    """Comments by theme and region, and what these and the stances are called."""

    cells: Cells
    themes: Mapping[str, str]
    regions: Mapping[str, str]
    stances: Mapping[str, str]
    colours: Mapping[str, str]
    language: str

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
    comments = comments.drop(columns="_n")
    named = labels(comments, "region")
    ids = dict.fromkeys([*regions, *order(comments["region"])])
    profile = _Profile(
        grouped(comments, "theme", "region"),
        labels(comments, "theme"),
        {id_: str(named[id_]) for id_ in ids if id_ in named},
        labels(comments, "stance"),
        colours_of(comments["region"], regions),
        language,
    )
    drawn = [f"statements/{record}" for record in comments["record"]]
    return Chart(lambda sheet: _draw(sheet, profile), comments, _told(profile), drawn)


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
                before = word("comments_told", theme=label, region=name, n=len(own))
                items.append((f"{theme}-{region}", before + listed(profile.language, told)))
    return items


def _draw(sheet: Sheet, profile: _Profile) -> None:
    left = gutter(sheet, profile.themes.values())
    start = left or EDGE
    column = min((sheet.width - EDGE - start) / len(profile.regions), _MOST)
    stances = sorted(profile.stances.items())
    draw_signs_key(sheet, [(profile.sign(stance, POLICY), str(label)) for stance, label in stances])
    starts = {region: start + n * column for n, region in enumerate(profile.regions)}
    if wide := column >= _LEAST:
        _draw_heads(sheet, profile, starts, column)
    for theme, label in profile.themes.items():
        y = place_row(sheet, str(label), left if wide else 0, height=26 if wide else 2)
        for region, x in starts.items():
            if wide:
                _draw_cell(sheet, profile, (theme, region), (x, y, column - 8))
            elif profile.cells.get((theme, region)):  # many regions: a line for each that has a comment
                (text,) = style.wrap(profile.regions[region], 120, max_lines=1)
                sheet.middle(20, sheet.top + 12, text, colour=QUIET)
                _draw_cell(sheet, profile, (theme, region), (148, sheet.top + 12, sheet.width - 152))
                sheet.top += 24
        rule(sheet)


def _draw_heads(sheet: Sheet, profile: _Profile, starts: Mapping[str, float], column: float) -> None:
    lines = {r: style.wrap(name, column - 24, max_lines=2) for r, name in profile.regions.items()}
    for region, x in starts.items():
        sheet.box(x + 3, sheet.top + 3, 10, 10, profile.colours[region])
        sheet.text(x + 18, sheet.top, lines[region], colour=QUIET)
    sheet.top += max(map(len, lines.values())) * style.line_height() + 4
    rule(sheet)


def _draw_cell(sheet: Sheet, profile: _Profile, cell: tuple[str, str], place: Place) -> None:
    """The comments of a region on a theme, at (x, y) with so much room."""
    if own := profile.cells.get(cell):
        signs = [profile.sign(c["stance"], profile.colours[cell[1]]) for c in own]
        numbers = Counter(c["stance_label"] for c in own)
        stances = joined([f"{label} {n}" for label, n in numbers.items()], profile.language)
        about = joined([own[0]["region_label"], own[0]["theme_label"]], profile.language)
        title = headed(about, stances, profile.language)
        to = [f"statements/{c['record']}" for c in own], "-".join(cell)
        draw_cell(sheet, place, signs, to, title, [f"regions/{cell[1]}"])
