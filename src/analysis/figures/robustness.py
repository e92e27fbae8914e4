"""How a headline fares under every reading, how far coders agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.figures import style
from analysis.figures.chart import Chart, Record, asked, nothing, rows_of
from analysis.figures.colours import BAND, GUIDE, INK, PAPER, POLICY, QUIET
from analysis.figures.rows import Scale, Sign, draw_signs_key, gutter, heading, panel, place_row, rule
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, between, joined, words
from analysis.words import figure as digits

_CHOICES = ("links", "periods", "coder", "sources", "regions", "years", "areas")
_HIGH = 150.0  # pixels of the values above the choices


@dataclass(frozen=True)
class _Curve:
    """Readings in the order of their values, and the words of their choices."""

    readings: pd.DataFrame
    names: Mapping[str, Mapping[str, str]]
    language: str

    @cached_property
    def choices(self) -> dict[str, dict[str, str]]:
        """The options of each choice that varies with their words, in the order of these."""
        found: dict[str, dict[str, str]] = {}
        for choice in _CHOICES:
            if choice in self.readings and self.readings[choice].nunique() > 1:
                known, used = self.names.get(choice, {}), sorted(self.readings[choice].astype(str).unique())
                found[choice] = {option: text for option, text in known.items() if option in used}
                found[choice] |= {
                    o: self._years(o) if choice == "years" else o for o in used if o not in known
                }
        return found

    def _years(self, option: str) -> str:
        first, _, last = option.partition("/")
        return between(first, last, self.language) if last else option


def specification_curve(
    readings: pd.DataFrame, *, language: str, names: Mapping[str, Mapping[str, str]]
) -> Chart:
    """Draw the value under every reading in order, and below which choices each reading makes.

    Columns in: readings: value (number), chosen (yes, no), holds (yes, no, or "" where nothing can
    fail), and a column for each choice (links, periods, coder, sources, regions, years, areas, as far as there);
    only choices that vary are drawn. `names[choice][option]` are the words of the options.
    """
    readings = asked(readings, "specification_curve", "value chosen holds", also=" ".join(_CHOICES))
    readings = readings.assign(value=pd.to_numeric(readings["value"], errors="coerce")).dropna(subset="value")
    if readings.empty:
        return nothing(language, readings)
    by = ["value", *(c for c in _CHOICES if c in readings)]
    readings = readings.sort_values(by, kind="stable", ignore_index=True)
    readings = readings.assign(fails=readings["holds"].astype(str).str.lower().isin(["no", "false"]))
    curve = _Curve(readings, names, language)
    return Chart(lambda sheet: _draw_curve(sheet, curve), readings.drop(columns="fails"), _curve_told(curve))


def _curve_told(curve: _Curve) -> list[tuple[str, str]]:
    """The range, this report's value, and for each option the values under it."""
    word, values = words(curve.language), curve.readings["value"]
    chosen = curve.readings[curve.readings["chosen"] == "yes"]["value"]
    items = [("readings", word("readings_told", n=len(values), low=values.min(), high=values.max()))]
    items += [("chosen", word("chosen_told", value=float(value))) for value in chosen.head(1)]
    for choice, options in curve.choices.items():
        for option, label in options.items():
            own = curve.readings[curve.readings[choice].astype(str) == option]
            low, high = own["value"].min(), own["value"].max()
            key = "option_told" if low < high else "option_same"
            text = word(key, option=label, n=len(own), low=low, high=high)
            if fails := int(own["fails"].sum()):
                text += word("option_fails", fails=fails)
            items.append((f"{choice}-{option}".replace(" ", "-").replace("/", "-"), text))
    return items


def _draw_curve(sheet: Sheet, curve: _Curve) -> None:
    word = words(curve.language)
    left = gutter(sheet, [label for options in curve.choices.values() for label in options.values()])
    across = Scale(-1, len(curve.readings), (left or EDGE) + 34, sheet.width - EDGE - 8)
    signs = {"this_report": Sign(colour=INK), "other_reading": Sign(filled=False, colour=QUIET)}
    signs |= {"does_not_hold": Sign("X", colour=QUIET)} if curve.readings["fails"].any() else {}
    draw_signs_key(sheet, [(sign, word.text(key)) for key, sign in signs.items()])
    _draw_values(sheet, curve, across)
    for choice, options in curve.choices.items():
        heading(sheet, word.text(f"choice_{choice}"), size=style.SMALL)
        for option, label in options.items():
            y = place_row(sheet, label, left, height=22, colour=QUIET)
            _draw_option(sheet, curve, (choice, option), across, y)
        sheet.top += 6


def _draw_values(sheet: Sheet, curve: _Curve, across: Scale) -> None:
    """A dot for each reading, the least and the greatest value and this report's with their numbers."""
    readings, values = curve.readings, curve.readings["value"]
    low, high = float(values.min()), float(values.max())
    depth = _HIGH if high > low else 40.0
    up = Scale(low, high if high > low else low + 1, sheet.top + depth, sheet.top + 24)
    axes = panel(sheet, across, sheet.top, sheet.top + depth + 16, ticks=())
    dots = readings.assign(x=readings.index, y=values.map(up))
    size = style.points(min(9, max((across.right - across.left) / len(dots) - 1, 3)))
    for fails, group in dots.groupby("fails"):
        shape: dict[str, Any] = {"marker": "X" if fails else "o", "clip_on": False}
        own, others = group[group["chosen"] == "yes"], group[group["chosen"] != "yes"]
        look: dict[str, Any] = {"facecolor": QUIET if fails else PAPER, "edgecolor": QUIET, "linewidth": 1}
        axes.scatter(others["x"], others["y"], size**2, **shape, **look)
        axes.scatter(own["x"], own["y"], style.points(12) ** 2, INK, zorder=4, **shape)
    for value in dict.fromkeys((low, high)):
        sheet.middle(across.left - 6, up(value), digits(value, curve.language), align="right")
        sheet.line((across.left, up(value)), (across.right, up(value)), colour=GUIDE, zorder=0.2)
    for row in rows_of(dots[dots["chosen"] == "yes"].head(1)):
        number = digits(row["value"], curve.language)
        sheet.middle(across(row["x"]), row["y"] - 16, number, align="center", size=style.BODY)
    sheet.top += depth + 26


def _draw_option(sheet: Sheet, curve: _Curve, option: tuple[str, str], across: Scale, y: float) -> None:
    """The readings that make a choice, as ticks under their values."""
    sheet.box(across.left, y - 7, across.right - across.left, 14, BAND, zorder=0.3)
    step = (across.right - across.left) / (len(curve.readings) + 1)
    wide = max(min(step - 1, 10), 1)
    for n, row in enumerate(rows_of(curve.readings)):
        if str(row[option[0]]) == option[1]:
            colour = INK if row["chosen"] == "yes" else POLICY
            sheet.box(across(n) - wide / 2, y - 5, wide, 10, colour)


def agreement(rows: pd.DataFrame, *, language: str) -> Chart:
    """Draw the coders' agreement with its interval, a row a kind of judgement.

    Columns in: rows: what_label, alpha, low, high (numbers; missing where they cannot be had), units
    (number judged).
    """
    rows = asked(rows, "agreement", "what_label alpha low high units")
    if rows.empty:
        return nothing(language, rows)
    rows = rows.assign(**{c: pd.to_numeric(rows[c], errors="coerce") for c in ("alpha", "low", "high")})
    told = []
    for n, row in enumerate(rows_of(rows), 1):
        about = words(language)("alpha_told", what=row["what_label"], units=int(row["units"]))
        told.append((f"row-{n}", about + _alpha(row, language)))
    return Chart(lambda sheet: _draw_agreement(sheet, rows, language), rows, told)


def _alpha(row: Record, language: str) -> str:
    if pd.isna(row["alpha"]):
        return words(language).text("undefined")
    interval = between(f"{row['low']:z.2f}", f"{row['high']:z.2f}", language)
    return joined([f"{row['alpha']:.2f}", "" if pd.isna(row["low"]) else f"[{interval}]"], language)


def _draw_agreement(sheet: Sheet, rows: pd.DataFrame, language: str) -> None:
    labels = [
        aside(str(row["what_label"]), [f"n = {digits(row['units'], language)}"], language)
        for row in rows_of(rows)
    ]
    left = gutter(sheet, labels)
    low = min(0.0, float(rows[["alpha", "low"]].min().min(skipna=True) or 0))
    scale = Scale(low, 1, (left or EDGE) + 8, sheet.width - EDGE - 12)
    sheet.top += 4
    top, spots = sheet.top, []
    for label, alpha in zip(labels, rows["alpha"], strict=True):
        spots.append(place_row(sheet, label, left, height=36))
        if pd.isna(alpha):
            sheet.middle(scale.left, spots[-1], words(language).text("undefined"), colour=QUIET)
        rule(sheet)
    known = rows.assign(y=spots).dropna(subset="alpha")
    axes = panel(sheet, scale, top, sheet.top, [x for x in (-1, -0.5, 0, 0.5, 0.8, 1) if low <= x])
    at, spans = (known["alpha"], known["y"]), (known["alpha"] - known["low"], known["high"] - known["alpha"])
    reach = [span.fillna(0).clip(0) for span in spans]
    axes.errorbar(*at, xerr=reach, fmt="none", ecolor=POLICY, elinewidth=style.points(4))
    dots = [PAPER if alone else INK for alone in known["low"].isna()]
    axes.scatter(*at, style.points(10) ** 2, facecolor=dots, edgecolor=INK, zorder=3)
    for artist in axes.collections:
        artist.set_clip_on(False)
    for row in rows_of(known):
        x = min(max(scale(row["alpha"]), EDGE + 18), sheet.width - EDGE - 18)
        sheet.middle(x, row["y"] - 12, f"{row['alpha']:.2f}", align="center")
    sheet.top += 22
