"""Lanes on an axis of time: the band of phases, and bars with their names under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeAxis, pack
from analysis.figures.chart import Record, rows_of
from analysis.figures.colours import BAND, GUIDE, INK, PAPER, POLICY, QUIET, STORY
from analysis.figures.encoding import Span, draw_bar, edges, span_of
from analysis.figures.sheet import EDGE, Sheet, tile_width
from analysis.figures.svg import HIT
from analysis.figures.words import aside, display, joined

FEW = 6  # regions, up to which projects have names on a chart
GAP = 10  # pixels between two names of a row
_ROOMS = (0.22, 0.3, 0.45)  # shares of the axis that a name may take, where its bar is too short for it
BAR = 10  # height of a bar
_DEEPEST = 4  # lines of a phase's name
Tile = tuple[float, str, str, str]  # x of a grade, the grade, where it leads, what a pointer is told
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: Any) -> str:
    """The number of a phase as it is printed; nothing where it has none."""
    if not str(number).isdecimal():
        return str(number)
    left, made = int(number), ""
    for value, sign in _ROMAN:
        made += sign * (left // value)
        left %= value
    return made


def shade(
    sheet: Sheet, axis: TimeAxis, phases: pd.DataFrame, top: float, bottom: float, story: str = ""
) -> None:
    """Shade the phases through everything drawn on an axis: the story, or else every second one."""
    shaded = False
    for n, row in enumerate(rows_of(phases)):
        left, right = edges(axis, span_of(row))
        before, shaded = shaded, row["record"] == story if story else n % 2 == 0
        if shaded and right > left:
            sheet.box(left, top, right - left, bottom - top, STORY if story else BAND, zorder=0, linewidth=0)
        elif left > axis.left and not before:  # where no shade ends, a line does
            sheet.line((left, top), (left, bottom), zorder=0.3)


def phase_band(sheet: Sheet, axis: TimeAxis, phases: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """Write number and name of each phase above its stretch of the axis, the number alone where it is narrow.

    Returns the phases that have only their number, for `phase_list`.
    """
    short, deepest = [], 0
    for row in rows_of(phases):
        left, right = edges(axis, span := span_of(row))
        name, room = f"{roman(row['number'])} {row['label']}".strip(), right - left - 7
        if not span.placed:
            short.append(row)
        if right - left < HIT:
            continue
        lines = style.balanced(name, room)
        if len(lines) > _DEEPEST or not style.unbroken(name, room):
            lines = [roman(row["number"])]
            short.append(row)
        deepest = max(deepest, len(lines))
        sheet.text(left + 4, sheet.top + 3, lines)
        title = aside(name, [when(row, language)], language)
        box = (left, sheet.top, right, sheet.top + max(HIT, 8 + len(lines) * style.line_height()))
        sheet.link(f"record:phases/{row['record']}", title, box, (f"phases/{row['record']}",))
    sheet.top += 6 + deepest * style.line_height() if deepest else 0
    return short


def row_height(regions: int, room: float = 1300) -> float:
    """Height of the row of one of many regions, so that all have room."""
    return max(14.0, min(float(HIT), room / regions))


def phase_list(sheet: Sheet, phases: list[dict[str, Any]], language: str) -> None:
    """What the numbers of phases stand for, where the band has no room for their names."""
    x, bottom = 4.0, sheet.top
    for row in phases:
        lines = style.wrap(titled(row, language), sheet.width - 36)
        if x > 4 and x + 24 + style.widest(lines) > sheet.width - 4:
            x, sheet.top = 4.0, bottom
        sheet.text(x, sheet.top, roman(row["number"]), colour=QUIET)
        bottom = max(bottom, sheet.text(x + 24, sheet.top, lines, colour=QUIET) + 4)
        x += 24 + style.widest(lines) + 24
    sheet.top = bottom


def when(row: Record, language: str) -> str:
    """The period of a row as a reader reads it, and how it is known."""
    told, span = str(row.get("period") or row.get("date") or ""), span_of(row)
    years = display(told, language) if told else _years(span, language)
    return joined([years, span.described(language, years)], language, wide=True)


def _years(span: Span, language: str) -> str:
    """The years of a span whose period is not printed: fiscal years where its days are those of such."""
    if not span.placed:
        return ""
    first, last = span.start[:4], span.end[:4]
    if span.start.endswith("-04-01") and span.end.endswith("-03-31"):
        return display(f"FY{first}/FY{int(last) - 1}", language)
    return display(f"{first}/{last}", language) if first and last else f"{first}–{last}"


def titled(row: Record, language: str, *about: object) -> str:
    """What a pointer is told of a row: its label, what else is given, and its period."""
    return aside(row["label"], [*about, when(row, language)], language)


@dataclass(frozen=True)
class Bar:
    """A bar to be drawn: its span, its name, where it leads, and grades that stand on it."""

    span: Span
    name: str
    to: str
    title: str
    of: tuple[str, ...] = ()
    colour: str = POLICY
    tiles: tuple[Tile, ...] = ()
    left: float = 0
    right: float = 0
    label: tuple[float, tuple[str, ...]] = field(default=(0, ()))

    def placed(self, axis: TimeAxis, sheet: Sheet, lines: int) -> Bar:
        """The bar with its edges, and its name where it has room: from its start, or before the edge."""
        left, right = edges(axis, self.span)
        words: tuple[str, ...] = ()
        for room in (right - left - GAP, *(share * (axis.right - axis.left) for share in _ROOMS)):
            words = tuple(style.balanced(self.name, room)) if lines and room > 40 else ()
            if words and len(words) <= lines and style.unbroken(self.name, room):
                break
        words = words if len(words) <= lines else tuple(style.wrap(self.name, room, max_lines=lines))
        start = max(min(left, sheet.width - 4 - style.widest(words)), axis.left)
        return replace(self, left=left, right=max(right, left + 3), label=(start, words))

    @property
    def reach(self) -> tuple[float, float]:
        """What it takes of its row: bar, name and letters."""
        start, words = self.label
        marks = [x for x, *_ in self.tiles]
        left = min([self.left, *([start] if words else []), *(x - 13 for x in marks)])
        named = start + style.widest(words) + GAP if words else 0
        right = max([self.right, self.left + HIT, named, *(x + 15 for x in marks)])
        return left, right


def bar_of(table: str, row: Record, language: str, *about: object, **more: Any) -> Bar:
    """The bar of a record, by its label unless another `name` is given; `about` is told with its title."""
    title, to = titled(row, language, *about), f"record:{table}/{row['record']}"
    return Bar(**{"span": span_of(row), "name": row["label"], "to": to, "title": title} | more)


def draw_bars(sheet: Sheet, axis: TimeAxis, bars: Sequence[Bar], *, lines: int = 1) -> None:
    """Draw placed bars in as few rows as hold them, each with its name (at most `lines` lines) under it."""
    placed = [bar.placed(axis, sheet, lines) for bar in bars if bar.span.placed]
    placed.sort(key=lambda bar: (bar.left, bar.right))
    rows = pack([bar.reach for bar in placed], -1)
    for row in range(max(rows, default=-1) + 1):
        inside = [bar for bar, at in zip(placed, rows, strict=True) if at == row]
        tall = HIT if any(bar.tiles for bar in inside) else BAR
        deep = max(len(bar.label[1]) for bar in inside) * style.line_height()
        for bar in inside:
            _draw(sheet, axis, bar, tall, deep)
        sheet.top += max(tall + deep + 6, HIT + 2)


def _draw(sheet: Sheet, axis: TimeAxis, bar: Bar, tall: float, deep: float) -> None:
    y, (start, words) = sheet.top, bar.label
    draw_bar(sheet, (bar.left + 0.5, bar.right - 0.5), y + (tall - BAR) / 2, BAR, bar.span, bar.colour)
    sheet.text(start, y + tall + 1, words)
    right = max(bar.right, start + style.widest(words) if words else 0)
    left = min(bar.left, start) if words else bar.left
    sheet.link(bar.to, bar.title, (left, y, right, y + tall + deep + 2), bar.of)
    for tile in bar.tiles:
        if tile[0] > bar.right:  # the grade came after the end
            sheet.line((bar.right, y + tall / 2), (tile[0], y + tall / 2), colour=GUIDE)
        draw_tile(sheet, tile, y, bar.of)


def draw_tile(sheet: Sheet, tile: Tile, y: float, of: tuple[str, ...]) -> None:
    """A grade that can be hit, from height y down."""
    x, grade, to, title = tile
    half = tile_width(grade) / 2 + 1
    sheet.tile(x, y + HIT / 2, grade)
    sheet.link(to, title, (x - half, y, x + half, y + HIT), of)


def lane_name(sheet: Sheet, words: str, gutter: float, mark: str = "") -> None:
    """Name a lane: beside it, or on a phone above it. `mark` is the colour of a region."""
    room, colour = (sheet.width if sheet.narrow else gutter) - 10, INK if mark else QUIET
    end = sheet.named((EDGE, sheet.top), words, mark, room=room, size=style.BODY, colour=colour)
    if sheet.narrow:
        sheet.top = end + 2


def gutter(sheet: Sheet, *, many: bool, wide: float = 130) -> float:
    """Pixels kept for the names of lanes: on a phone they stand above, unless there are many."""
    return wide if not sheet.narrow else 110 if many else EDGE


def row_name(sheet: Sheet, name: str, axis: TimeAxis, pitch: float) -> None:
    """Name the row of one of many regions, beside it."""
    sheet.middle(EDGE, sheet.top + pitch / 2, style.wrap(name, axis.left - 12, max_lines=1))


@dataclass(frozen=True)
class Event:
    """An event's dot at x, and its name on the side of it where it has more room."""

    row: Record
    x: float
    name: str
    before: bool  # whether the name stands before the dot

    @property
    def reach(self) -> tuple[float, float]:
        wide = style.text_width(self.name) + 10
        return (self.x - wide, self.x + 6) if self.before else (self.x - 6, self.x + wide)


def event_on(sheet: Sheet, axis: TimeAxis, row: Record) -> Event:
    """An event on the axis, its name as far as it has room."""
    x = axis(row["start"])
    after = sheet.width - 14 - x  # pixels beside the dot
    (name,) = style.wrap(row.get("short") or row["label"], max(after, x - 14), max_lines=1)
    return Event(row, x, name, style.text_width(name) > after)


def draw_event(sheet: Sheet, event: Event, y: float, language: str, colour: str = INK) -> None:
    """Draw an event with its name around height y."""
    row, (left, right) = event.row, event.reach
    draw_dot(sheet, event.x, y, row)
    at, align = (event.x - 9, "right") if event.before else (event.x + 9, "left")
    sheet.middle(at, y, event.name, align=align, colour=colour)
    of = [f"regions/{row['region']}"] if row.get("region") else []
    sheet.link(f"record:events/{row['record']}", titled(row, language), (left, y - 12, right, y + 12), of)


def draw_dot(sheet: Sheet, x: float, y: float, row: Record) -> None:
    """The dot of an event, hollow where its date is inferred."""
    sheet.mark(x, y, face=PAPER if "date" in row["inferred"].split() else INK, edge=INK)
