"""How a headline fares under every reading, how far coders agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import BAND, GUIDE, INK, PAPER, POLICY, QUIET
from analysis.figures.frames import asked, nothing, rows_of
from analysis.figures.rows import Scale, Sign, draw_signs_key, gutter, heading, panel, place_row, rule
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, between, joined, words
from analysis.words import figure as digits

_CHOICES = ("links", "periods", "coder", "sources", "regions", "years", "areas")
_HIGH = 150.0  # pixels of the values above the choices
_SHARE = 0.34  # of the sheet's width, that the words of choices take at most


@dataclass(frozen=True)
class _Curve:
    """Readings in the order of their values, and the words of their choices."""

    readings: pd.DataFrame
    names: Mapping[str, Mapping[str, str]]
    language: str

    @cached_property
    def choices(self) -> dict[str, list[str]]:
        """The options of each choice that varies, in the order of their words."""
        found = {}
        for choice in _CHOICES:
            if choice in self.readings and self.readings[choice].nunique() > 1:
                known, used = [*self.names.get(choice, {})], self.readings[choice].astype(str).unique()
                found[choice] = sorted(used, key=lambda o: (known.index(o) if o in known else len(known), o))
        return found

    def option(self, choice: str, option: str) -> str:
        first, _, last = option.partition("/")
        shown = between(first, last, self.language) if choice == "years" and last else option
        return self.names.get(choice, {}).get(option, shown)


def specification_curve(
    readings: pd.DataFrame, *, language: str, names: Mapping[str, Mapping[str, str]]
) -> Chart:
    """Draw the value under every reading in order, and below which choices each reading makes.

    Columns in: readings: value (number), chosen (yes, no), holds (yes, no, or "" where nothing can
    fail), and a column for each choice (links, periods, coder, sources, regions, years, areas, as far as there);
    only choices that vary are drawn. `names[choice][option]` are the words of the options.
    """
    readings = asked(readings, "specification_curve", "value chosen holds")
    readings = readings.assign(value=pd.to_numeric(readings["value"], errors="coerce")).dropna(subset="value")
    if readings.empty:
        return nothing(language, readings)
    by = ["value", *(c for c in _CHOICES if c in readings)]
    readings = readings.sort_values(by, kind="stable", ignore_index=True)
    readings = readings.assign(fails=readings["holds"].astype(str).str.lower().isin(["no", "false"]))
    curve = _Curve(readings, names, language)
    return Chart(
        lambda width: _draw_curve(curve, width), readings.drop(columns="fails"), tuple(_curve_told(curve))
    )


def _curve_told(curve: _Curve) -> list[tuple[str, str]]:
    """The range, this report's value, and for each option the values under it."""
    word, values = words(curve.language), curve.readings["value"]
    chosen = curve.readings[curve.readings["chosen"] == "yes"]["value"]
    told = word("readings_told", n=len(values), low=values.min(), high=values.max())
    items = [("readings", told)]
    items += [("chosen", word("chosen_told", value=float(chosen.iloc[0])))] if len(chosen) else []
    for choice, options in curve.choices.items():
        for option in options:
            own = curve.readings[curve.readings[choice].astype(str) == option]
            low, high = own["value"].min(), own["value"].max()
            key, values = "option_told" if low < high else "option_same", {"low": low, "high": high}
            text = word(key, option=curve.option(choice, option), n=len(own), **values)
            if fails := int(own["fails"].sum()):
                text += word("option_fails", fails=fails)
            items.append((f"{choice}-{option}".replace(" ", "-").replace("/", "-"), text))
    return items


def _draw_curve(curve: _Curve, width: int) -> Figure:
    sheet, word = Sheet(width), words(curve.language)
    labels = [curve.option(c, o) for c, options in curve.choices.items() for o in options]
    left = gutter(sheet, labels, share=_SHARE)
    n = len(curve.readings)
    across = Scale(-1, n, (left or EDGE) + 34, sheet.width - EDGE - 8)
    signs = {"this_report": Sign(colour=INK), "other_reading": Sign(filled=False, colour=QUIET)}
    signs |= {"does_not_hold": Sign("X", colour=QUIET)} if curve.readings["fails"].any() else {}
    draw_signs_key(sheet, [(sign, word.text(key)) for key, sign in signs.items()])
    _draw_values(sheet, curve, across)
    for choice, options in curve.choices.items():
        heading(sheet, word.text(f"choice_{choice}"), size=style.SMALL)
        for option in options:
            row = place_row(sheet, curve.option(choice, option), left, height=22, colour=QUIET)
            _draw_option(sheet, curve, (choice, option), across, row.y)
        sheet.top += 6
    return sheet.finish()


def _draw_values(sheet: Sheet, curve: _Curve, across: Scale) -> None:
    """A dot for each reading, the least and the greatest value and this report's with their numbers."""
    readings, values = curve.readings, curve.readings["value"]
    low, high = float(values.min()), float(values.max())
    depth = _HIGH if high > low else 40.0
    up = Scale(low, high if high > low else low + 1, sheet.top + depth, sheet.top + 24)
    axes = panel(sheet, across, sheet.top, sheet.top + depth + 16)
    axes.set_xticks([])
    dots = readings.assign(x=readings.index, y=values.map(up))
    size = style.points(min(9, max((across.right - across.left) / len(dots) - 1, 3)))
    for fails, group in dots.groupby("fails"):
        marker = "X" if fails else "o"
        own, others = group[group["chosen"] == "yes"], group[group["chosen"] != "yes"]
        look: dict[str, Any] = {"facecolor": QUIET if fails else PAPER, "edgecolor": QUIET, "linewidth": 1}
        axes.scatter(others["x"], others["y"], size**2, marker=marker, clip_on=False, **look)
        axes.scatter(own["x"], own["y"], style.points(12) ** 2, INK, zorder=4, marker=marker, clip_on=False)
    for value in dict.fromkeys((low, high)):
        sheet.middle(across.left - 6, up(value), digits(value, curve.language), align="right")
        sheet.line((across.left, up(value)), (across.right, up(value)), colour=GUIDE, zorder=0.2)
    for _, row in dots[dots["chosen"] == "yes"].head(1).iterrows():
        sheet.middle(
            across(row["x"]),
            row["y"] - 16,
            digits(row["value"], curve.language),
            align="center",
            size=style.BODY,
        )
    sheet.top += depth + 26


def _draw_option(sheet: Sheet, curve: _Curve, option: tuple[str, str], across: Scale, y: float) -> None:
    """The readings that make a choice, as ticks under their values."""
    takes = curve.readings[option[0]].astype(str) == option[1]
    sheet.box(across.left, y - 7, across.right - across.left, 14, BAND, zorder=0.3)
    step = (across.right - across.left) / (len(curve.readings) + 1)
    wide = max(min(step - 1, 10), 1)
    for n, row in curve.readings[takes].iterrows():
        own = row["chosen"] == "yes"
        sheet.box(across(float(str(n))) - wide / 2, y - 5, wide, 10, INK if own else POLICY)


def agreement(rows: pd.DataFrame, *, language: str) -> Chart:
    """Draw the coders' agreement with its interval, a row a kind of judgement.

    Columns in: rows: what_label, alpha, low, high (numbers; missing where they cannot be had), units
    (number judged).
    """
    rows = asked(rows, "agreement", "what_label alpha low high units")
    if rows.empty:
        return nothing(language, rows)
    rows = rows.assign(**{c: pd.to_numeric(rows[c], errors="coerce") for c in ("alpha", "low", "high")})
    word = words(language)
    told = []
    for n, row in enumerate(rows.pipe(rows_of), 1):
        about = word("alpha_told", what=row["what_label"], units=int(row["units"]))
        told.append((f"row-{n}", about + _alpha(row, language)))
    return Chart(lambda width: _draw_agreement(rows, language, width), rows, tuple(told))


def _alpha(row: Mapping[str, float], language: str) -> str:
    if pd.isna(row["alpha"]):
        return words(language).text("undefined")
    interval = between(f"{row['low']:z.2f}", f"{row['high']:z.2f}", language)
    return joined([f"{row['alpha']:.2f}", "" if pd.isna(row["low"]) else f"[{interval}]"], language)


def _draw_agreement(rows: pd.DataFrame, language: str, width: int) -> Figure:
    sheet = Sheet(width)
    labels = [
        aside(str(row["what_label"]), [f"n = {digits(row['units'], language)}"], language)
        for row in rows.pipe(rows_of)
    ]
    left = gutter(sheet, labels)
    low = min(0.0, float(rows[["alpha", "low"]].min().min(skipna=True) or 0))
    scale = Scale(low, 1, (left or EDGE) + 8, sheet.width - EDGE - 12)
    sheet.top += 4
    top, spots = sheet.top, []
    for label, row in zip(labels, rows.pipe(rows_of), strict=True):
        place = place_row(sheet, label, left, height=36)
        spots.append(place.y)
        if pd.isna(row["alpha"]):
            sheet.middle(scale.left, place.y, words(language).text("undefined"), colour=QUIET)
        rule(sheet)
    _draw_intervals(panel(sheet, scale, top, sheet.top), rows.assign(y=spots))
    for row, y in zip(rows.pipe(rows_of), spots, strict=True):
        if not pd.isna(row["alpha"]):
            x = min(max(scale(row["alpha"]), EDGE + 18), sheet.width - EDGE - 18)
            sheet.middle(x, y - 12, f"{row['alpha']:.2f}", align="center")
    sheet.top += 22
    return sheet.finish()


def _draw_intervals(axes: Axes, rows: pd.DataFrame) -> None:
    known = rows.dropna(subset="alpha")
    spans = [(known["alpha"] - known["low"]), (known["high"] - known["alpha"])]
    spans = [span.fillna(0).clip(0) for span in spans]
    at, thick = (known["alpha"], known["y"]), style.points(4)
    axes.errorbar(*at, xerr=spans, fmt="none", ecolor=POLICY, elinewidth=thick)
    dots = [PAPER if alone else INK for alone in known["low"].isna()]
    axes.scatter(*at, style.points(10) ** 2, facecolor=dots, edgecolor=INK, zorder=3)
    for artist in axes.collections:
        artist.set_clip_on(False)
    axes.set_xticks([x for x in (-1, -0.5, 0, 0.5, 0.8, 1) if axes.get_xlim()[0] <= x])
    axes.spines["bottom"].set_visible(False)
