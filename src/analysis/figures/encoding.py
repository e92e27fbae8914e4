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

from analysis.figures.axis import TimeAxis
from analysis.figures.colours import ACCENTS, GUIDE, INK, PAPER, POLICY
from analysis.figures.sheet import Sheet, Spot
from analysis.figures.words import joined, words

STATES = ("stated", "inferred", "lent")
DOTTED = (0, (1, 3))  # the line of what is not known
FADE = 46.0  # pixels in which an unknown end fades out


@dataclass(frozen=True)
class Span:
    """When something was, as far as it is known, read from the columns of a tidy table."""

    start: str  # ISO dates; "" where there is none
    end: str
    state: str  # one of STATES
    before: str = "closed"  # or open, unknown: how it starts
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


_SAMPLES = {
    **{state: Span("x", "x", state) for state in STATES},
    "open_end": Span("x", "", "stated", after="open"),
    "unknown_end": Span("x", "", "stated", after="unknown"),
    "unknown_start": Span("", "x", "stated", before="unknown"),
}
GRADES = {"grade": "A", "grade_number": "4", "grade_word": "…"}  # what the key shows of a kind of grade
# In the order in which a key explains them.
_EXPLAINED = (*STATES, "none", "unknown", "open_end", "unknown_end", "unknown_start", *GRADES)
_EXPLAINED += ("position", "not_reported")


def edges(axis: TimeAxis, span: Span) -> tuple[float, float]:
    """Left and right edge of a span: an open end runs as far as the axis knows, none beyond its start."""
    if not span.placed:
        return axis.left, axis.left
    known = axis(span.start or span.end)
    left = known if span.start else axis.left if span.before == "open" else known - FADE
    if span.end:
        return max(left, axis.left), axis(span.end)
    goes_on = max(axis.at(axis.until), known)
    return max(left, axis.left), goes_on if span.after == "open" else known + FADE


def draw_bar(
    sheet: Sheet, edges: tuple[float, float], y: float, height: float, span: Span, colour: str = POLICY
) -> None:
    """Draw a bar between two edges as its span is known: arrows where it is open, fading where unknown."""
    left, right = edges
    x0, x1 = left, max(right, left + 3)
    tip = min(height * 0.6, (x1 - x0) / 2)
    if span.after == "unknown":
        x1 = max(x1 - FADE, x0)
        _fade(sheet, (x1, right), y, height, span.state, colour)
    if span.before == "unknown":
        x0 = min(x0 + FADE, x1)
        _fade(sheet, (x0, left), y, height, span.state, colour)
    if x1 > x0:
        into = x1 - tip if span.after == "open" else x1
        out = x0 + tip if span.before == "open" else x0
        half = y + height / 2
        corners = [(out, y), (into, y), (x1, half), (into, y + height), (out, y + height), (x0, half)]
        _filled(sheet, corners, span.state, colour)


def _filled(sheet: Sheet, corners: list[Spot], state: str, colour: str) -> None:
    how: dict[str, Any] = {"joinstyle": "miter", "gid": state}
    if state == "stated":
        sheet.shape(corners, colour, "none", **how)
    elif state == "inferred":
        sheet.shape(corners, PAPER, "none")
        sheet.shape(corners, "none", colour, hatch="//////", hatchcolor=colour, **how)
    else:
        sheet.shape(corners, PAPER, colour, **how)


def _fade(sheet: Sheet, ends: tuple[float, float], y: float, height: float, state: str, colour: str) -> None:
    """From the known side to nothing in steps."""
    (near, far), steps = ends, 8
    for n in range(steps):
        a, b = (near + (far - near) * k / steps for k in (n, n + 1))
        alpha = (1 - (n + 0.5) / steps) * (1 if state == "stated" else 0.5)
        sheet.box(min(a, b), y, abs(b - a), height, colour, alpha=alpha, gid="fade", linewidth=0)


def region_colours(regions: Iterable[object]) -> dict[str, str]:
    """The colour of each region, in the study's order; more regions than colours have one colour together."""
    ids = [str(region) for region in dict.fromkeys(regions)]
    return {id_: ACCENTS[n if len(ids) <= len(ACCENTS) else 0] for n, id_ in enumerate(ids)}


def draw_key(sheet: Sheet, signs: Iterable[str], language: str) -> None:
    """Explain the signs that a chart uses, in one row (or more, where one has no room).

    `signs`: of those that it can explain; others are passed over.
    """
    used = {*signs}
    shown = [sign for sign in _EXPLAINED if sign in used and used != {"stated"}]  # else nothing to tell apart
    labels = [words(language).text(f"key_{'grade' if sign in GRADES else sign}") for sign in shown]
    for (x, y), sign in zip(sheet.key(labels, 34, 18, 22), shown, strict=True):
        _sample(sheet, sign, x, y)


def _sample(sheet: Sheet, sign: str, x: float, y: float) -> None:
    if sign in _SAMPLES:
        draw_bar(sheet, (x, x + 26), y + 4, 10, _SAMPLES[sign])
    elif sign in ("none", "unknown"):
        sheet.line((x, y + 9), (x + 26, y + 9), linestyle=DOTTED if sign == "unknown" else "solid")
    elif sign == "position":
        sheet.line((x, y + 9), (x + 26, y + 9), colour=GUIDE, width=2)
        sheet.box(x + 17, y + 4, 4, 10, INK)
    else:
        sheet.tile(x + 13, y + 9, GRADES.get(sign, ""), size=18)
