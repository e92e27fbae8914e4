"""Counts of companies, jobs and the like, at the times for which they are on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import decimal_year
from analysis.figures.chart import Chart
from analysis.figures.colours import GUIDE, QUIET
from analysis.figures.frames import asked, colours_of, link, listed, nothing, rows_of, unique
from analysis.figures.rows import Scale, Sign, draw_sign, draw_signs_key, note, panel, sheet_of
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, headed, joined, words
from analysis.transcribe.periods import display
from analysis.words import figure as digits

_COUNT = "record table date value unit measure_label region_label source_label approximate"
_MARKERS = ("o", "s", "D", "^", "v", "P")  # the n-th source's
_HIGH = 170.0  # pixels of a panel
_APART = 26.0  # pixels from one dot to the next, that both can be hit
_Spot = tuple[float, float, Mapping[str, Any]]  # x, y and row of a dot


@dataclass(frozen=True)
class _Counts:
    rows: pd.DataFrame  # with columns year (decimal) and panel
    language: str
    regions: Sequence[str] = ()

    @cached_property
    def panels(self) -> dict[str, pd.DataFrame]:
        return {str(name): group for name, group in self.rows.groupby("panel", sort=False)}

    @cached_property
    def sources(self) -> list[str]:
        return [*dict.fromkeys(self.rows["source_label"])]

    def marker(self, source: str) -> str:
        return _MARKERS[self.sources.index(source) % len(_MARKERS)]

    def about(self, row: Mapping[str, Any]) -> str:
        return joined([row["region_label"], row["measure_label"]], self.language)

    def number(self, row: Mapping[str, Any]) -> str:
        value = digits(float(row["value"]))
        return words(self.language).text("about", value=value) if row["approximate"] == "yes" else value


def counts_over_time(
    indicators: pd.DataFrame, *, language: str, small: bool = False, regions: Sequence[str] = ()
) -> Chart:
    """Draw each count where it is on record, the first and last with their number; nothing is interpolated.

    Columns in: indicators: record, table, date (ISO, or a year), value (number), unit, measure_label,
    region_label, source_label, approximate (yes, no) and, where there is one, region. A panel for each
    region and measure, all over the same years; what is on record for one year only is written, not
    drawn. `small` draws the panel with most dots. `regions` are the study's in order, for their colours,
    where there are regions without a count.
    """
    rows = asked(indicators, "counts_over_time", _COUNT)
    rows = rows[(rows["date"].astype(str) != "") & (rows["value"].astype(str) != "")]
    if rows.empty:
        return nothing(language, rows)
    rows = rows.assign(
        value=rows["value"].astype(float),
        year=rows["date"].map(_year),
        panel=rows["region_label"].astype(str) + "\n" + rows["measure_label"].astype(str),
    )
    if small:
        rows = rows[rows["panel"] == rows["panel"].mode().iloc[0]]
    counts = _Counts(rows.sort_values(["year", "value"], kind="stable"), language, regions)
    return Chart(
        lambda width: _draw(counts, width, small=small),
        counts.rows.drop(columns=["year", "panel"]),
        tuple(_told(counts)),
        unique([f"{row.table}/{row.record}" for row in counts.rows.itertuples()]),
    )


def _year(date: object) -> float:
    text = str(date)
    return decimal_year(text) if len(text) == 10 else float(text[:4]) + 0.5


def _told(counts: _Counts) -> list[tuple[str, str]]:
    """One item a panel: every number with its year and source."""
    word, items = words(counts.language), []
    for n, group in enumerate(counts.panels.values(), 1):
        first = group.iloc[0]
        told = [
            link(
                row["table"],
                row["record"],
                word.text(
                    "first_told",
                    when=display(row["date"], counts.language),
                    value=f"{counts.number(row)}",
                    source=row["source_label"],
                ),
            )
            for row in group.pipe(rows_of)
        ]
        before = word("panel_told", region=first["region_label"], measure=first["measure_label"])
        items.append((f"panel-{n}", before + listed(counts.language, told)))
    return items


def _draw(counts: _Counts, width: int, *, small: bool) -> Figure:
    sheet = sheet_of(width, small=small)
    if len(counts.sources) > 1:
        draw_signs_key(sheet, [(Sign(counts.marker(s), colour=QUIET), s) for s in counts.sources])
    columns = 1 if sheet.narrow or len(counts.panels) == 1 else 2
    years = counts.rows["year"]
    span = years.min() - 0.5, max(years.max(), years.min() + 1) + 0.5
    panels = [*counts.panels.values()]
    for first in range(0, len(panels), columns):
        top = bottom = sheet.top
        left, pair = EDGE, panels[first : first + columns]
        shares = [2.0 if _drawn(group) else 1.0 for group in pair]
        shares += [shares[-1]] * (columns - len(shares))
        for n, group in enumerate(pair):
            wide = (sheet.width - 2 * EDGE - (columns - 1) * 32) * shares[n] / sum(shares)
            sheet.top = top
            _draw_panel(
                sheet, counts, group, Scale(*span, left + 34, left + wide - 34), f"panel-{first + n + 1}"
            )
            left, bottom = left + wide + 32, max(bottom, sheet.top)
        sheet.top = bottom + 10
    if any(map(_drawn, panels)):
        note(sheet, words(counts.language).text("guide_only"))
    return sheet.finish()


def _drawn(group: pd.DataFrame) -> bool:
    """Whether a panel has dots over time: more than one year is on record."""
    return bool(group["date"].astype(str).str[:4].nunique() > 1)


def _draw_panel(sheet: Sheet, counts: _Counts, group: pd.DataFrame, scale: Scale, id_: str) -> None:
    """One measure of one region."""
    first = rows_of(group)[0]
    by = "region" if "region" in group else "region_label"
    colour = colours_of(counts.rows[by], counts.regions)[str(first[by])]
    left, right = scale.left - 34, scale.right + 34
    title = joined([first["region_label"], first["measure_label"], _unit(first)], counts.language)
    sheet.top = sheet.named((left, sheet.top), title, colour, room=right - left, max_lines=2) + 20
    if not _drawn(group):
        sheet.top -= 14
        _write(sheet, counts, group, left, colour)
        return
    values = Scale(0, max(float(group["value"].max()), 1), sheet.top + _HIGH, sheet.top)
    axes = panel(sheet, scale, sheet.top, sheet.top + _HIGH + 10)
    _draw_dots(axes, counts, group.assign(y=group["value"].map(values)), colour)
    _years(axes, group)
    sheet.line((left, values(0)), (right, values(0)))
    spots = [(scale(row["year"]), values(row["value"]), row) for row in group.pipe(rows_of)]
    _label(sheet, counts, spots)
    _link(sheet, counts, spots, id_)
    sheet.top += _HIGH + 34


def _write(sheet: Sheet, counts: _Counts, group: pd.DataFrame, left: float, colour: str) -> None:
    """What is on record for one year only: a mark, the number, the year."""
    for row in group.pipe(rows_of):
        y = sheet.top + 12
        draw_sign(sheet, left + 5, y, Sign(counts.marker(row["source_label"]), colour=colour), 9)
        number = counts.number(row)
        sheet.middle(left + 16, y, number, size=style.BODY)
        after = left + 22 + style.text_width(number, style.BODY)
        sheet.middle(after, y, str(row["date"])[:4], colour=QUIET)
        key = f"{row['table']}/{row['record']}"
        title = headed(counts.about(row), number, counts.language)
        sheet.link_row(f"record:{key}", title, (left, after + 30), y, [key])
        sheet.top += 24


def _unit(row: Mapping[str, Any]) -> str:
    return "" if str(row["unit"]) in ("", "companies", "persons") else str(row["unit"])


def _draw_dots(axes: Axes, counts: _Counts, group: pd.DataFrame, colour: str) -> None:
    axes.plot(group["year"], group["y"], color=GUIDE, linewidth=style.points(1), zorder=1)
    sns.scatterplot(
        group,
        x="year",
        y="y",
        style="source_label",
        markers={source: counts.marker(source) for source in counts.sources},
        color=colour,
        s=style.points(9) ** 2,
        linewidth=0.4,
        legend=False,
        ax=axes,
        zorder=3,
    )
    axes.set(xlabel="", ylabel="")
    for artist in [*axes.collections, *axes.lines]:
        artist.set_clip_on(False)


def _years(axes: Axes, group: pd.DataFrame) -> None:
    """Print the first and last year under their dots, and round ones between them."""
    low, high = float(group["year"].min()), float(group["year"].max())
    room = (high - low) * 0.12
    between = [y for y in range(int(low) + 1, int(high)) if y % 5 == 0 and low + room < y + 0.5 < high - room]
    places = [low, *(y + 0.5 for y in between), high]
    axes.set_xticks(places, [str(y) for y in (int(low), *between, int(high))])
    axes.grid(visible=False)


def _label(sheet: Sheet, counts: _Counts, spots: Sequence[_Spot]) -> None:
    """The numbers of the first and the last dot, above them; of others where there is room."""
    taken: list[tuple[float, float]] = []
    for n in dict.fromkeys([0, len(spots) - 1, *range(len(spots))]):
        x, y, row = spots[n]
        text = counts.number(row)
        half = style.text_width(text, style.BODY) / 2 + 6
        if all(x + half < left or right < x - half for left, right in taken):
            taken.append((x - half, x + half))
            sheet.middle(x, y - 16, text, align="center", size=style.BODY)


def _link(sheet: Sheet, counts: _Counts, spots: Sequence[_Spot], id_: str) -> None:
    """A link for each dot, or for dots that stand together one to the list of them."""
    groups: list[list[_Spot]] = []
    for spot in spots:
        if groups and spot[0] - groups[-1][-1][0] < _APART:
            groups[-1].append(spot)
        else:
            groups.append([spot])
    for group in groups:
        xs, ys = [x for x, _, _ in group], [y for _, y, _ in group]
        row = group[0][2]
        to = f"record:{row['table']}/{row['record']}" if len(group) == 1 else f"#{id_}"
        told = [
            aside(counts.number(r), [display(r["date"], counts.language)], counts.language) for *_, r in group
        ]
        title = headed(counts.about(row), joined(told, counts.language), counts.language)
        of = [f"{r['table']}/{r['record']}" for _, _, r in group]
        sheet.link(to, title, (min(xs) - 12, min(ys) - 12, max(xs) + 12, max(ys) + 12), of)
