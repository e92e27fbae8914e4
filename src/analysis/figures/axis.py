"""Time across the sheet: where a date stands, and how spans are packed into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

from analysis.figures import style
from analysis.figures.colours import GRID, QUIET
from analysis.figures.sheet import Sheet


@dataclass(frozen=True)
class TimeAxis:
    """A linear axis of years between two edges of the sheet (pixels)."""

    first: float  # decimal years
    last: float
    left: float
    right: float
    until: float = inf  # decimal year up to which is known what goes on; the edge where it is later

    def __call__(self, day: str | date) -> float:
        """Return where an ISO date stands on the sheet."""
        return self.at(decimal_year(day))

    def at(self, year: float) -> float:
        share = (year - self.first) / (self.last - self.first)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def decimal_year(day: str | date) -> float:
    """A date as a number of years: 2008-07-01 is 2008.497."""
    when = date.fromisoformat(str(day))
    return when.year + (when.timetuple().tm_yday - 1) / 365.25


def axis_over(days: Iterable[str], left: float, right: float, *, room: float = 30) -> TimeAxis:
    """The axis that holds all given ISO dates ("" is passed over), with `room` pixels on each side."""
    years = [decimal_year(day) for day in days if day] or [2000.0, 2001.0]
    first, last = min(years), max(max(years), min(years) + 1)
    pixel = (last - first) / max(right - left - 2 * room, 1)
    return TimeAxis(first - room * pixel, last + room * pixel, left, right)


def ticks(axis: TimeAxis) -> list[int]:
    """Years to print: every one, second, fifth or tenth, as there is room."""
    span, room = axis.last - axis.first, (axis.right - axis.left) / 42
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= room), 200)
    return [y for y in range(int(axis.first) + 1, int(axis.last) + 1) if y % step == 0]


def draw_years(sheet: Sheet, axis: TimeAxis, top: float, bottom: float) -> None:
    """Print the years at `top` and a faint line down to `bottom` under each."""
    for year in ticks(axis):
        x, half = axis.at(year), style.text_width(str(year)) / 2
        if half <= x <= sheet.width - half:
            sheet.text(x, top, str(year), colour=QUIET, align="center")
        sheet.line((x, top + 18), (x, bottom), colour=GRID, zorder=0.2)


def pack(spans: Sequence[tuple[float, float]], gap: float = 0.0) -> list[int]:
    """Give each span (left, right) the first row in which it overlaps no other by `gap` pixels."""
    ends: list[float] = []
    rows = []
    for left, right in spans:
        row = next((n for n, end in enumerate(ends) if end + gap <= left), len(ends))
        ends[row : row + 1] = [right]
        rows.append(row)
    return rows
