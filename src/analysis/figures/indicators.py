"""Figures over time: small multiples by measure and subject, at the times that are on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import nan
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.figures import style
from analysis.figures.axis import decimal_year
from analysis.figures.chart import Chart, Record, asked, colours_of, link, listed, nothing, rows_of
from analysis.figures.colours import GUIDE, QUIET
from analysis.figures.encoding import DOTTED
from analysis.figures.rows import Scale, Sign, draw_sign, draw_signs_key, free, heading, note, panel
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, between, display, headed, joined, words
from analysis.words import figure as digits

_COLUMNS = "record table start end as_of value unit_label measure label subject source_label approximate"
_OPTIONAL: Mapping[str, Any] = {"lower": nan, "upper": nan, "price_base": "", "region": ""}
_MARKERS = ("o", "s", "D", "^", "v", "P")  # the n-th source's
_HIGH = 170.0  # pixels of a panel
_LOW = 96.0  # of one of more than six
_YEARS_APART = 40.0  # and from one year that is printed to the next
_APART = 26.0  # pixels from one dot to the next, that both can be hit
_Spot = tuple[float, float, Record]  # x, y and row of a dot


@dataclass(frozen=True)
class _Panel:
    """One measure of one subject."""

    id: str  # of its words
    frame: pd.DataFrame

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return rows_of(self.frame)

    @cached_property
    def drawn(self) -> bool:
        """Whether it has dots over time: more than one year is on record."""
        return len({str(row["start"])[:4] for row in self.rows}) > 1

    @property
    def gaps(self) -> list[bool]:
        """Whether a dot is further from the one before than a year, or than the longer of their times lasts."""
        longest = [max(row["until"] - row["from"] for row in pair) for pair in pairwise(self.rows)]
        apart = [after["year"] - before["year"] for before, after in pairwise(self.rows)]
        return [bool(gap > 1.05 * max(span, 1)) for gap, span in zip(apart, longest, strict=True)]


@dataclass(frozen=True)
class _Series:
    rows: pd.DataFrame  # with columns year (decimal) and panel
    language: str
    regions: Sequence[str] = ()

    @cached_property
    def panels(self) -> list[_Panel]:
        """Measures in the order of the rows, the subjects of each together; those over time first."""
        measures = [*self.rows["measure"].unique()]
        found = [_Panel("", group) for _, group in self.rows.groupby("panel", sort=False)]
        found.sort(key=lambda each: (not each.drawn, measures.index(each.rows[0]["measure"])))
        return [
            _Panel(f"panel-{n}", each.frame.sort_values(["year", "value"], kind="stable"))
            for n, each in enumerate(found, 1)
        ]

    @cached_property
    def bands(self) -> list[tuple[str, list[_Panel]]]:
        """The panels of each measure that has several, under its name; the others under none."""
        number = Counter(each.rows[0]["measure"] for each in self.panels)
        found: dict[str, list[_Panel]] = {}
        for each in self.panels:
            measure = each.rows[0]["measure"]
            found.setdefault(str(measure) if number[measure] > 1 else "", []).append(each)
        return list(found.items())

    def ends(self, measure: str) -> tuple[float, float]:
        """The ends of a measure's axis, the same for all its panels; zero is always on it."""
        rows = self.rows.loc[self.rows["measure"] == measure, ["value", "lower", "upper"]]
        low, high = min(0.0, float(rows.min(axis=None))), max(0.0, float(rows.max(axis=None)))
        return low, high if high > low else 1.0

    @cached_property
    def years(self) -> tuple[float, float]:
        """The ends of the years' axis, in decimal years."""
        first, last = self.rows["from"].min(), self.rows["until"].max()
        return first - 0.5, max(last, first + 1) + 0.5

    @cached_property
    def sources(self) -> list[str]:
        return [*self.rows["source_label"].unique()]

    def sign(self, source: str, colour: str = QUIET) -> Sign:
        """The first source's mark is filled, those of others are hollow."""
        place = self.sources.index(source)
        return Sign(_MARKERS[place % len(_MARKERS)], filled=not place, colour=colour)

    def colour(self, row: Record) -> str:
        return colours_of(self.rows["region"], self.regions)[str(row["region"])]

    def about(self, row: Record) -> str:
        return headed(str(row["subject"]), row["label"], self.language)

    def digits(self, value: float) -> str:
        """A value as it is printed in prose, without zeros that nobody printed: 3.5, not 3.50."""
        shown = digits(value, self.language)
        return shown if float(value).is_integer() else shown.rstrip("0")

    def number(self, row: Record) -> str:
        value = self.digits(row["value"])
        value = words(self.language).text("about", value=value) if row["approximate"] == "yes" else value
        if pd.isna(row["lower"]) and pd.isna(row["upper"]):
            return value
        low, high = (self.digits(row[c]) if pd.notna(row[c]) else "" for c in ("lower", "upper"))
        return aside(value, [between(low, high, self.language)], self.language)


def indicators_over_time(
    indicators: pd.DataFrame, *, language: str, small: bool = False, regions: Sequence[str] = ()
) -> Chart:
    """Draw each figure at the time for which it is on record; gaps stay gaps.

    Columns in: indicators, as the tidy table has them (record, start, end, as_of, value, unit_label,
    measure, label, subject, approximate; where there are any region, lower, upper and price_base), with
    the `table` of each record and the `source_label` of its study. A panel for each measure and subject, all over the
    same years; panels of one measure share their axis, which begins at zero or at the lowest value
    below it. Neighbouring years are joined; over years that are not on record the line is dotted. What
    is on record for one year only is written, not drawn. `small` draws the panel with most dots.
    `regions` are the study's in order, for their colours.
    """
    rows = asked(indicators, "indicators_over_time", _COLUMNS, also="lower upper region region_label")
    rows = rows[(rows["start"].astype(str) != "") & rows["value"].notna()]
    if rows.empty:
        return nothing(language, rows)
    first = rows["start"].map(decimal_year)
    last = rows["end"].where(rows["end"].astype(str) != "", rows["start"]).map(decimal_year)
    rows = rows.assign(
        **{column: rows.get(column, default) for column, default in _OPTIONAL.items()},
        **{"from": first, "until": last, "year": (first + last) / 2},
        panel=rows["measure"].astype(str) + "\n" + rows["subject"].astype(str),
    ).astype({"value": "float64", "lower": "float64", "upper": "float64"})
    if small:
        rows = rows[rows["panel"] == rows["panel"].mode().iloc[0]]
    series = _Series(rows, language, regions)
    plotted = rows.drop(columns=["from", "until", "year", "panel"])
    drawn = [f"{row.table}/{row.record}" for row in rows.itertuples()]
    return Chart(lambda sheet: _draw(sheet, series), plotted, _told(series), drawn, small)


def _told(series: _Series) -> list[tuple[str, str]]:
    """One item a panel: every number with its year and source."""
    word, items = words(series.language), []
    for each in series.panels:
        told = []
        for row in each.rows:
            when, value = display(row["as_of"], series.language), series.number(row)
            text = word.text("first_told", when=when, value=value, source=row["source_label"])
            told.append(link(row["table"], row["record"], text))
        first = each.rows[0]
        before = word("panel_told", region=first["subject"], measure=first["label"])
        items.append((each.id, before + listed(series.language, told)))
    return items


def _draw(sheet: Sheet, series: _Series) -> None:
    if len(series.sources) > 1:
        draw_signs_key(sheet, [(series.sign(s), s) for s in series.sources])
    for measure, panels in series.bands:
        if measure:
            first = panels[0].rows[0]
            heading(sheet, _measured(first["label"], first, series.language))
        columns = 1 if sheet.narrow or len(panels) == 1 else 2 if len(panels) < 5 else 3
        for n in range(0, len(panels), columns):
            _draw_line_of_panels(sheet, series, panels[n : n + columns], columns, headed_by=measure)
    if any(gap for each in series.panels if each.drawn for gap in each.gaps):
        note(sheet, words(series.language).text("gap_dotted"))


def _draw_line_of_panels(
    sheet: Sheet, series: _Series, panels: Sequence[_Panel], columns: int, *, headed_by: str
) -> None:
    """Panels side by side, each under what it shows; one that is only written takes half the room of one drawn."""
    shares = [2.0 if each.drawn else 1.0 for each in panels]
    shares += [shares[-1]] * (columns - len(shares))
    room = sheet.width - 2 * EDGE - (columns - 1) * 32
    left, top, sides, under = EDGE, sheet.top, [], []
    for share, each in zip(shares, panels, strict=False):
        row, right = each.rows[0], left + room * share / sum(shares)
        title = _measured(series.about(row), row, series.language)
        title = str(row["subject"]) if headed_by else title
        under.append(sheet.named((left, top), title, series.colour(row), room=right - left, max_lines=3))
        sides.append((left, right))
        left = right + 32
    bottom = top
    for each, side in zip(panels, sides, strict=True):
        sheet.top = max(under)
        (_draw_panel if each.drawn else _write)(sheet, series, each, side)
        bottom = max(bottom, sheet.top)
    sheet.top = bottom + 10


def _measured(name: str, row: Record, language: str) -> str:
    """A name with its unit, and the prices in which money is counted; without brackets after brackets."""
    base, _, year = str(row["price_base"]).partition(" ")
    told = [str(row["unit_label"]), words(language).text(f"price_{base}", year=year) if base else ""]
    return joined([name, *told], language) if name.endswith((")", "）")) else aside(name, told, language)


def _draw_panel(sheet: Sheet, series: _Series, each: _Panel, sides: tuple[float, float]) -> None:
    """One measure of one subject between two edges of the sheet."""
    left, right = sides
    sheet.top += 24
    high = _HIGH if len(series.panels) <= 6 else _LOW
    scale = Scale(*series.years, left + 34, right - 34)
    values = Scale(*series.ends(each.rows[0]["measure"]), sheet.top + high, sheet.top)
    axes = panel(sheet, scale, sheet.top, sheet.top + high + 10)
    _draw_dots(axes, series, each, values)
    _years(axes, each.frame, scale, series.language)
    sheet.line((left, values(0)), (right, values(0)))
    spots = [(scale(row["year"]), values(row["value"]), row) for row in each.rows]
    _label(sheet, series, spots, Bbox.from_extents(left, sheet.top - 26, right, sheet.top + high))
    _link(sheet, series, spots, each.id)
    sheet.top += high + 34


def _write(sheet: Sheet, series: _Series, each: _Panel, sides: tuple[float, float]) -> None:
    """What is on record for one year only: a mark, the number, the year."""
    left, _ = sides
    sheet.top += 6
    for row in each.rows:
        y = sheet.top + 12
        draw_sign(sheet, left + 5, y, series.sign(row["source_label"], series.colour(each.rows[0])), 9)
        number = series.number(row)
        sheet.middle(left + 16, y, number, size=style.BODY)
        after = left + 22 + style.text_width(number, style.BODY)
        sheet.middle(after, y, display(row["as_of"], series.language), colour=QUIET)
        title = headed(series.about(row), number, series.language)
        sheet.link_record(f"{row['table']}/{row['record']}", title, (left, after + 30), y)
        sheet.top += 24


def _draw_dots(axes: Axes, series: _Series, each: _Panel, values: Scale) -> None:
    """Dots and the lines that join them; how long a time is where it is longer than a year, and the range."""
    group, colour = each.frame.assign(y=each.frame["value"].map(values)), series.colour(each.rows[0])
    for (before, after), gap in zip(pairwise(rows_of(group)), each.gaps, strict=True):
        ends = [before["year"], after["year"]], [before["y"], after["y"]]
        dotted = DOTTED if gap else "-"
        axes.plot(*ends, color=GUIDE, linewidth=style.points(1.5), linestyle=dotted, zorder=1)
    for source in series.sources:  # a value of another source that is the same shows around the first's
        own, sign = group[group["source_label"] == source], series.sign(source)
        look: dict[str, Any] = {"facecolor": colour, "s": style.points(9) ** 2, "linewidth": 0.4}
        hollow = {"facecolor": "none", "s": style.points(14) ** 2, "linewidth": 1.2}
        look |= {} if sign.filled else hollow
        look |= {"marker": sign.marker, "edgecolor": colour, "zorder": 3}
        sns.scatterplot(own, x="year", y="y", legend=False, ax=axes, **look)
    axes.set(xlabel="", ylabel="")
    for artist in [*axes.collections, *axes.lines]:
        artist.set_clip_on(False)
    for row in each.rows:
        if row["until"] - row["from"] > 1.01:
            span, y = [row["from"], row["until"]], values(row["value"])
            axes.plot(span, [y, y], color=colour, linewidth=style.points(2))
        low, high = (row[c] if pd.notna(row[c]) else row["value"] for c in ("lower", "upper"))
        if low != high:
            reach = [values(low), values(high)]
            axes.plot([row["year"]] * 2, reach, color=colour, linewidth=style.points(2))


def _years(axes: Axes, group: pd.DataFrame, scale: Scale, language: str) -> None:
    """Print the first and last year under their dots, and round ones between them where there is room."""
    low, high = float(group["year"].min()), float(group["year"].max())
    places = {low: str(int(low)), high: str(int(high))}
    if scale(high) - scale(low) < _YEARS_APART:
        places = {(low + high) / 2: between(int(low), int(high), language)}
    for year in range(int(low) + 1, int(high)):
        spot = year + 0.5
        if year % 5 == 0 and all(abs(scale(spot) - scale(place)) >= _YEARS_APART for place in places):
            places[spot] = str(year)
    axes.set_xticks([*places], [*places.values()])
    axes.grid(visible=False)


def _label(sheet: Sheet, series: _Series, spots: Sequence[_Spot], within: Bbox) -> None:
    """The number of each dot that has room for it, clear of other dots and lines; the ends first."""
    points = [(x, y) for x, y, _ in spots]
    for (x0, y0), (x1, y1) in pairwise(points[:]):  # near enough on a line to keep a number off it
        steps = max(int(max(abs(x1 - x0), abs(y1 - y0)) / 6), 1) + 1
        points += zip(np.linspace(x0, x1, steps), np.linspace(y0, y1, steps), strict=True)
    taken = [Bbox([point, point]) for point in points]
    for n in dict.fromkeys([0, len(spots) - 1, *range(len(spots))]):
        x, y, row = spots[n]
        text = series.number(row)
        wide = style.text_width(text, style.BODY)
        above = [(x - wide / 2, y - 16), (x - wide, y - 15), (x, y - 15)]
        corners = [*above, (x - wide / 2, y + 16), (x + 10, y), (x - wide - 10, y)]
        tries = (Bbox.from_bounds(left - 4, middle - 8, wide + 8, 16) for left, middle in corners)
        if place := free(tries, within, taken):
            sheet.middle(place.x0 + 4, place.y0 + 8, text, size=style.BODY)
            taken.append(place)


def _link(sheet: Sheet, series: _Series, spots: Sequence[_Spot], id_: str) -> None:
    """A link for each dot, or for dots that stand together one to the list of them."""
    language = series.language
    breaks = [n for n, (one, other) in enumerate(pairwise(spots), 1) if other[0] - one[0] >= _APART]
    for first, end in pairwise([0, *breaks, len(spots)]):
        xs, ys, rows = zip(*spots[first:end], strict=True)
        of = [f"{row['table']}/{row['record']}" for row in rows]
        to = f"record:{of[0]}" if len(of) == 1 else f"#{id_}"
        told = [aside(series.number(row), [display(row["as_of"], language)], language) for row in rows]
        title = headed(series.about(rows[0]), joined(told, language), language)
        sheet.link(to, title, (min(xs) - 12, min(ys) - 12, max(xs) + 12, max(ys) + 12), of)
