"""The regions on an outline map of Japan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, inf, pi, radians, sin
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.transforms import Bbox

from analysis.figures import style
from analysis.figures.chart import Chart, asked, link, nothing, rows_of
from analysis.figures.colours import BAND, INK, PAPER, POLICY, QUIET
from analysis.figures.encoding import region_colours
from analysis.figures.rows import Sign, draw_sign, draw_signs_key, free, note
from analysis.figures.sheet import EDGE, Sheet, Spot
from analysis.figures.words import joined, words

_REGION = "record label prefecture group programmes"
_MAIN = (128.3, 30.9, 146.0, 45.6)  # west, south, east, north: the four main islands
_SOUTH = (122.7, 23.9, 131.4, 29.6)  # the islands in the inset
_INSET = "47"  # the prefecture that stands in the inset
_FLAT = cos(radians(37))  # a degree of longitude in degrees of latitude, halfway


@dataclass(frozen=True)
class _Frame:
    """A part of the world on a part of the sheet."""

    world: tuple[float, float, float, float]  # west, south, east, north
    left: float
    top: float
    scale: float  # pixels a degree of latitude

    def __call__(self, place: Sequence[float]) -> tuple[float, float]:
        west, _, _, north = self.world
        return self.left + (place[0] - west) * _FLAT * self.scale, self.top + (north - place[1]) * self.scale

    @property
    def corner(self) -> tuple[float, float]:
        """Right and bottom on the sheet."""
        return self((self.world[2], self.world[1]))

    def holds(self, ring: Sequence[Sequence[float]]) -> bool:
        west, south, east, north = self.world
        return all(west <= x <= east and south <= y <= north for x, y in ring)


@cache
def _japan() -> dict[str, Any]:
    return dict(json.loads(Path(__file__).with_name("japan.json").read_text("utf-8")))


def region_map(regions: pd.DataFrame, *, language: str) -> Chart:
    """Draw the regions in their prefectures, the case regions with their names.

    Columns in: regions: record, label, prefecture (JIS X 0401 code or ""), group (case, peer), programmes
    (list of labels, or text) and, where there are, name (shorter than the label) and table (regions, or
    another study's as `study/regions`). Regions without a code are listed below;
    without any there is no map but a list. The outline is Natural Earth's (japan.json).
    """
    regions = asked(regions, "region_map", _REGION)
    if regions.empty:
        return nothing(language, regions)
    names = regions.get("name", regions["label"])
    regions = regions.assign(label=names.where(names != "", regions["label"]))
    regions = regions.assign(table=regions.get("table", "regions"))
    regions = regions.sort_values("group", key=lambda groups: groups.astype(str) != "case", kind="stable")
    told = []
    for row in rows_of(regions):
        of = row["programmes"]
        programmes = of if isinstance(of, str) else joined(of, language)
        region = link(row["table"], row["record"], row["label"])
        key = "region_told" if programmes else "region_only"
        told.append((str(row["record"]), words(language)(key, region=region, programmes=programmes)))
    shown = [row if isinstance(row, str) else "; ".join(map(str, row)) for row in regions["programmes"]]
    return Chart(lambda sheet: _draw(sheet, regions, language), regions.assign(programmes=shown), told)


def _draw(sheet: Sheet, regions: pd.DataFrame, language: str) -> None:
    known = regions["prefecture"].isin(_japan()["prefectures"])
    unnamed = _draw_map(sheet, regions[known], language) if known.any() else []
    for key, names in (("unnamed", unnamed), ("elsewhere", [*regions.loc[~known, "label"]])):
        if names:
            note(sheet, words(language).text(key, names=joined(names, language)))


def _draw_map(sheet: Sheet, regions: pd.DataFrame, language: str) -> list[str]:
    """Draw coast, points and names; return the names that had no room."""
    peers = (regions["group"] != "case").any()
    if peers:
        draw_signs_key(sheet, [(Sign(colour=POLICY), words(language).text("peer_region"))])
    wide = min(sheet.width - 2 * EDGE, 700 if peers else 400)
    left = EDGE + (sheet.width - 2 * EDGE - wide) / 2
    main = _Frame(_MAIN, left, sheet.top, wide / ((_MAIN[2] - _MAIN[0]) * _FLAT))
    inset = _Frame(_SOUTH, left, main.top + 8, main.scale * 0.72)
    frames = [main, inset] if _INSET in set(regions["prefecture"]) else [main]
    if inset in frames:
        right, bottom = inset.corner
        sheet.line((left, bottom + 6), (right, bottom + 6))
        sheet.line((right, inset.top), (right, bottom + 6))
    for ring in _japan()["outline"]:
        for frame in (frame for frame in frames if frame.holds(ring)):
            sheet.shape([*map(frame, ring)], BAND, POLICY, linewidth=style.points(0.8), zorder=1)
    sheet.top = main.corner[1] + 6
    return _draw_regions(sheet, regions, _spots(regions, main, inset))


def _spots(regions: pd.DataFrame, main: _Frame, inset: _Frame) -> list[Spot]:
    """Where each region's point stands; several of one prefecture stand around its middle."""
    spots, sizes = [], regions["prefecture"].value_counts()
    for code, n in zip(regions["prefecture"], regions.groupby("prefecture").cumcount(), strict=True):
        x, y = (inset if code == _INSET else main)(_japan()["prefectures"][code])
        of = int(sizes[code])
        reach = 0.0 if of == 1 else 6 + 1.4 * of
        spots.append((x + reach * cos(2 * pi * n / of), y + reach * sin(2 * pi * n / of)))
    return spots


def _draw_regions(sheet: Sheet, regions: pd.DataFrame, spots: list[Spot]) -> list[str]:
    colours = region_colours(regions.loc[regions["group"] == "case", "record"])
    within = Bbox.from_extents(EDGE, -inf, sheet.width - EDGE, inf)
    taken = [Bbox.from_extents(x - 5, y - 5, x + 5, y + 5) for x, y in spots]
    hit: list[Bbox] = []
    unnamed = []
    for row, (x, y) in zip(rows_of(regions), spots, strict=True):
        case, label = row["group"] == "case", str(row["label"])
        size = style.BODY if case else style.SMALL
        draw_sign(sheet, x, y, Sign(colour=colours.get(row["record"], POLICY)), 12 if case else 7)
        if place := free(_beside(x, y, style.text_width(label, size), size + 2), within, taken):
            taken.append(place)
            left, top, width, high = place.bounds
            sheet.box(left - 1, top, width + 2, high, PAPER, alpha=0.7, linewidth=0, zorder=1.5)
            sheet.middle(left, top + high / 2, label, size=size, colour=INK if case else QUIET)
        else:
            unnamed.append(label)
        box = Bbox.from_extents(x - 12, y - 12, x + 12, y + 12)
        if not box.count_overlaps(hit):  # else only its item in the words leads there
            hit.append(box)
            key = f"{row['table']}/{row['record']}"
            sheet.link(f"record:{key}", label, box.extents, [key])
    return unnamed


def _beside(x: float, y: float, wide: float, high: float) -> list[Bbox]:
    """Where the name of a point may stand, best first."""
    corners = [(x + 9, y - high / 2), (x - 9 - wide, y - high / 2)]
    corners += [(x - wide / 2, y - high - 8), (x - wide / 2, y + 8), (x + 6, y - high - 5), (x + 6, y + 5)]
    corners += [(x - 6 - wide, y - high - 5), (x - 6 - wide, y + 5)]
    return [Bbox.from_bounds(*corner, wide, high) for corner in corners]
