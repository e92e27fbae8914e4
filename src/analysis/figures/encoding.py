"""The one way in which figures draw what is stated, inferred, lent, open, unknown or not reported.

    stated      solid
    inferred    hatched: the transcriber concluded the years
    lent        outlined: the source gives no years; those of the programme are drawn
    open end    an arrow: it goes on beyond what the source tells
    unknown end fades out: the source does not say when it ended
    no period   is not placed but named below the chart
    not reported, unread: an empty, dashed tile

Colour only says which region; policy is grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.figures import style
from analysis.figures.axis import TimeAxis
from analysis.figures.colours import ACCENTS, PAPER, POLICY, QUIET, WASH
from analysis.figures.sheet import Sheet
from analysis.figures.words import joined, words

STATES = ("stated", "inferred", "lent")
ENDS = ("closed", "open", "unknown")
MARKERS = ("o", "s", "D", "^", "v", "P")  # the n-th region's, where points stand for regions
DOTTED = (0, (1, 3))  # the line of what is not known
FADE = 46.0  # pixels in which an unknown end fades out


@dataclass(frozen=True)
class Span:
    """When something was, as far as it is known, read from the columns of a tidy table."""

    start: str  # ISO dates; "" where there is none
    end: str
    state: str  # one of STATES
    before: str = "closed"  # of ENDS: how it starts
    after: str = "closed"  # and how it ends

    @property
    def placed(self) -> bool:
        return bool(self.start or self.end)

    @property
    def signs(self) -> tuple[str, ...]:
        """What the key has to explain of it."""
        start = ["unknown_start"] if self.before == "unknown" else []
        end = [f"{self.after}_end"] if self.after != "closed" else []
        return (self.state, *start, *end) if self.placed else ("unplaced",)

    def described(self, language: str, years: str = "") -> str:
        """How it is known, in words: nothing where it is stated from end to end, or `years` say it."""
        told = [words(language).text(f"is_{sign}") for sign in self.signs if sign != "stated"]
        return joined([how for how in told if how not in years], language, wide=True)


def span_of(row: Mapping[str, Any]) -> Span:
    """Read a span from a row with columns start, end, and where there are: open_end, period, inferred, period_source."""
    start, end = str(row["start"]), str(row["end"])
    inferred = {"period", "date"} & {*str(row.get("inferred", "")).split()}
    state = "lent" if row.get("period_source") == "programme" else "inferred" if inferred else "stated"
    before = "closed" if start else "open" if str(row.get("period", "")).startswith("..") else "unknown"
    after = "closed" if end else "open" if row.get("open_end") == "yes" else "unknown"
    return Span(start, end, state, before, after)


def edges(axis: TimeAxis, span: Span) -> tuple[float, float]:
    """Left and right edge of a placed span: an open end runs as far as the axis knows, none beyond its start."""
    left = axis(span.start) if span.start else axis.left if span.before == "open" else axis(span.end) - FADE
    right = (
        axis(span.end)
        if span.end
        else max(axis.at(axis.until), axis(span.start))
        if span.after == "open"
        else axis(span.start) + FADE
    )
    return max(left, axis.left), right


def draw_bar(
    sheet: Sheet, edges: tuple[float, float], y: float, height: float, span: Span, colour: str = POLICY
) -> None:
    """Draw a bar between two edges as its span is known: arrows where it is open, fading where unknown."""
    left, right = edges
    x0, x1 = left, max(right, left + 3)
    tip = min(height * 0.6, (x1 - x0) / 2)
    if span.after == "unknown":
        x1 = max(x1 - FADE, x0)
        _fade(sheet, x1, right, y, height, span.state, colour)
    if span.before == "unknown":
        x0 = min(x0 + FADE, x1)
        _fade(sheet, x0, left, y, height, span.state, colour)
    if x1 > x0:
        into = x1 - tip if span.after == "open" else x1
        out = x0 + tip if span.before == "open" else x0
        half = y + height / 2
        corners = [(out, y), (into, y), (x1, half), (into, y + height), (out, y + height), (x0, half)]
        _filled(sheet, corners, span.state, colour)


def _filled(sheet: Sheet, corners: list[tuple[float, float]], state: str, colour: str) -> None:
    how: dict[str, Any] = {"joinstyle": "miter", "gid": state}
    if state == "stated":
        sheet.shape(corners, colour, "none", **how)
    elif state == "inferred":
        sheet.shape(corners, PAPER, "none")
        sheet.shape(corners, "none", colour, hatch="//////", hatchcolor=colour, **how)
    else:
        sheet.shape(corners, PAPER, colour, **how)


def _fade(sheet: Sheet, near: float, far: float, y: float, height: float, state: str, colour: str) -> None:
    """From the known side to nothing in steps."""
    steps = 8
    for n in range(steps):
        a, b = (near + (far - near) * k / steps for k in (n, n + 1))
        alpha = (1 - (n + 0.5) / steps) * (1 if state == "stated" else 0.5)
        sheet.box(min(a, b), y, abs(b - a), height, colour, alpha=alpha, gid="fade", linewidth=0)


def region_colours(regions: Iterable[object]) -> dict[str, str]:
    """The colour of each region, in the study's order; more regions than colours have one colour together."""
    ids = [str(region) for region in dict.fromkeys(regions)]
    return {id_: ACCENTS[n if len(ids) <= len(ACCENTS) else 0] for n, id_ in enumerate(ids)}


def draw_key(
    sheet: Sheet, signs: Iterable[str], language: str, *, left: float = 0, colour: str = POLICY
) -> None:
    """Explain the signs that a chart uses, in one row (or more, where one has no room).

    `signs`: of STATES, `open_end`, `unknown_end`, `not_reported`, `grade`; others are passed over.
    """
    used, word = {*signs}, words(language)
    used = set() if used == {"stated"} else used  # nothing to tell apart
    x, y = left, sheet.top
    for sign in (
        *STATES,
        "none",
        "unknown",
        "open_end",
        "unknown_end",
        "unknown_start",
        "grade",
        "not_reported",
    ):
        if sign not in used:
            continue
        label = word.text(f"key_{sign}")
        width = 34 + style.text_width(label) + 18
        if x > left and x + width - 18 > sheet.width - 4:
            x, y = left, y + 22
        _sample(sheet, sign, x, y, colour)
        sheet.middle(x + 34, y + 9, label, colour=QUIET)
        x += width
    sheet.top = y + 22 if used else y


def _sample(sheet: Sheet, sign: str, x: float, y: float, colour: str) -> None:
    if sign in STATES:
        draw_bar(sheet, (x, x + 26), y + 4, 10, Span("x", "x", sign), colour)
    elif sign in ("none", "unknown"):
        sheet.line(x, y + 9, x + 26, y + 9, linestyle=DOTTED if sign == "unknown" else "solid")
    elif sign == "open_end":
        draw_bar(sheet, (x, x + 26), y + 4, 10, Span("x", "", "stated", after="open"), colour)
    elif sign == "unknown_end":
        _fade(sheet, x, x + 26, y + 4, 10, "stated", colour)
    elif sign == "unknown_start":
        _fade(sheet, x + 26, x, y + 4, 10, "stated", colour)
    else:
        sheet.tile(x + 13, y + 9, "A" if sign == "grade" else "", size=18)


__all__ = [
    "ENDS",
    "MARKERS",
    "STATES",
    "WASH",
    "Span",
    "draw_bar",
    "draw_key",
    "edges",
    "region_colours",
    "span_of",
]
