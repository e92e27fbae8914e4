"""Time across the sheet: where a date stands, and how spans are packed into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analysis.figures import style
from analysis.figures.canvas import Canvas


@dataclass(frozen=True)
class TimeScale:
    """A linear axis of years between two edges of the sheet (inches)."""

    first: float  # decimal years
    last: float
    left: float
    right: float

    def __call__(self, day: str | date) -> float:
        """Return where an ISO date stands on the sheet, in inches."""
        return self.at(decimal_year(day))

    def at(self, year: float) -> float:
        share = (year - self.first) / (self.last - self.first)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def decimal_year(day: str | date) -> float:
    """A date as a number of years: 2008-07-01 is 2008.497."""
    when = date.fromisoformat(str(day))
    return when.year + (when.timetuple().tm_yday - 1) / 365.25


def scale_over(days: Iterable[str], left: float, right: float, *, before: float = 0.0) -> TimeScale:
    """The axis that holds all given ISO dates ("" is passed over), with a little room around.

    `before` keeps that many inches free before the first date, for spans with an open start.
    """
    years = [decimal_year(day) for day in days if day]
    if not years:
        years = [2000.0, 2001.0]
    first, last = min(years), max(years)
    room = max(0.5, (last - first) * 0.02)
    inch = (last - first + 2 * room) / (right - left - before)
    return TimeScale(first - room - before * inch, last + room, left, right)


def ticks(scale: TimeScale) -> list[int]:
    """Years to print: every one, second, fifth or tenth, as there is room."""
    span = scale.last - scale.first
    room = (scale.right - scale.left) / 0.45
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= room)
    return [y for y in range(int(scale.first) + 1, int(scale.last) + 1) if y % step == 0]


def draw_years(canvas: Canvas, scale: TimeScale, top: float, bottom: float) -> None:
    """Print the years at `top` and a faint line down to `bottom` under each."""
    for year in ticks(scale):
        x = scale.at(year)
        canvas.text(x, top, str(year), size=style.SMALL, colour=style.QUIET, align="center")
        canvas.rule(x, top + 0.17, x, bottom, colour=style.GRID, below=0.1)


def pack(spans: Sequence[tuple[float, float]], gap: float = 0.0) -> list[int]:
    """Give each span (left, right in inches) the first row in which it overlaps no other.

    Spans need `gap` inches between them; a negative gap lets neighbours share a month.
    """
    ends: list[float] = []
    rows = []
    for left, right in spans:
        row = next((n for n, end in enumerate(ends) if end + gap <= left), len(ends))
        if row == len(ends):
            ends.append(right)
        ends[row] = right
        rows.append(row)
    return rows
