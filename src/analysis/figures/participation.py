"""Regions through programmes: a row a region, a column a programme, in the order of their beginnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis import languages
from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, QUIET
from analysis.figures.frames import asked, colours_of, link, listed, nothing, rows_of, unique
from analysis.figures.rows import place_row, rule
from analysis.figures.sheet import EDGE, LayoutError, Sheet
from analysis.figures.svg import HIT
from analysis.figures.words import words

_ENTRY = "region region_label own programme record label"
_PROGRAMME = "programme label read total"
_ROW = 26.0  # pixels of a row: a finger's width and a little
_COLUMN = 76.0  # pixels that a column needs for its programme's name to stand above it


def region_participation(
    entries: pd.DataFrame, programmes: pd.DataFrame, *, language: str, regions: Sequence[str] = ()
) -> Chart:
    """Draw which region took part in which programme, and join a region's marks by a line.

    Columns in: entries: region, region_label, own (yes: a region of the study itself), programme, record
    (of table projects, or of `table`), label (the project); programmes, in order: programme, label, read
    (how many regions of it are known) and total (how many there were; missing where that was not read).
    `regions` are the own regions in order, for their colours.
    """
    entries = asked(entries, "region_participation", _ENTRY)
    if entries.empty:
        return nothing(language, entries)
    programmes = asked(programmes, "region_participation", _PROGRAMME)
    programmes = programmes[programmes["programme"].isin(entries["programme"])]
    entries = entries.assign(table=entries.get("table", "projects"))
    entries = _in_order(entries, programmes)
    told = [(str(r), _told(rows, programmes, language)) for r, rows in _by_region(entries)]
    records = [f"{row['table']}/{row['record']}" for row in rows_of(entries)]
    colours = colours_of(entries.loc[entries["own"] == "yes", "region"].astype(str), regions)
    return Chart(
        lambda width: _draw(Sheet(width), entries, programmes, colours, language),
        entries,
        tuple(told),
        unique(records),
    )


def _in_order(entries: pd.DataFrame, programmes: pd.DataFrame) -> pd.DataFrame:
    """The entries by region, as they come, and by programme, in the order of these."""
    orders = {"region": [*dict.fromkeys(entries["region"])], "programme": [*programmes["programme"]]}
    places = {column: {value: n for n, value in enumerate(known)} for column, known in orders.items()}
    return entries.sort_values([*orders], key=lambda c: c.map(places[str(c.name)]), kind="stable")


def _by_region(entries: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(region), rows) for region, rows in entries.groupby("region", sort=False)]


def _told(rows: pd.DataFrame, programmes: pd.DataFrame, language: str) -> str:
    names = dict(zip(programmes["programme"], programmes["label"], strict=True))
    firsts = rows_of(rows.drop_duplicates("programme"))
    links = [link(r["table"], r["record"], names[r["programme"]]) for r in firsts]
    return words(language)("named_in", name=rows["region_label"].iloc[0]) + listed(language, links)


def _known(programme: Mapping[str, Any], language: str) -> str:
    """How many of a programme's regions are known."""
    read, total = int(programme["read"]), programme["total"]
    if pd.isna(total) or total == "":
        return words(language).text("regions_read", n=read)
    return words(language).text("regions_of", n=read, total=int(total))


def _draw(
    sheet: Sheet, entries: pd.DataFrame, programmes: pd.DataFrame, colours: Mapping[str, str], language: str
) -> Figure:
    labels = entries["region_label"].drop_duplicates()
    left = min(style.widest([*labels]) + EDGE + 18, sheet.width * 0.34)
    step = (sheet.width - EDGE - left) / max(len(programmes), 1)
    if step < HIT:
        raise LayoutError
    places = {p: left + (n + 0.5) * step for n, p in enumerate(programmes["programme"])}
    heads = rows_of(programmes)
    numbered = step < _COLUMN  # then the names stand in a list, and their numbers above the columns
    if numbered:
        for n, programme in enumerate(heads, 1):
            text = f"{n}  {programme['label']}: {_known(programme, language)}"
            text = text.replace(": ", languages.colon(language))
            sheet.top = sheet.text(EDGE, sheet.top, style.wrap(text, sheet.width - 2 * EDGE), colour=QUIET)
        sheet.top += 8
    tall = [[str(n)] if numbered else _head(p, step, language) for n, p in enumerate(heads, 1)]
    bottom = sheet.top + max(map(len, tall)) * style.line_height()
    for programme, lines in zip(heads, tall, strict=True):
        top = bottom - len(lines) * style.line_height()
        sheet.text(places[programme["programme"]], top, lines, align="center", colour=QUIET)
    sheet.top = bottom + 4
    rule(sheet)
    for region, rows in _by_region(entries):
        _row(sheet, region, rows_of(rows), places, colours, left)
    return sheet.finish()


def _head(programme: Mapping[str, Any], step: float, language: str) -> list[str]:
    return [*style.balanced(programme["label"], step - 10), _known(programme, language)]


def _row(
    sheet: Sheet,
    region: str,
    rows: Sequence[Mapping[str, Any]],
    places: Mapping[str, float],
    colours: Mapping[str, str],
    left: float,
) -> None:
    """One region's marks: several projects in one programme are one mark, which leads to the first."""
    own = rows[0]["own"] == "yes"
    colour = colours[region] if own else INK
    row = place_row(sheet, str(rows[0]["region_label"]), left, height=_ROW, colour=INK if own else QUIET)
    first = {r["programme"]: r for r in reversed(rows)}
    spots = sorted(places[programme] for programme in first)
    sheet.line((spots[0], row.y), (spots[-1], row.y), colour=colour, width=2 if own else 1)
    for programme in sorted(first, key=places.__getitem__):
        found, x = first[programme], places[programme]
        sheet.mark(x, row.y, "o", 13 if own else 10, colour)
        box = (x - HIT / 2, row.y - HIT / 2, x + HIT / 2, row.y + HIT / 2)
        sheet.link(f"record:{found['table']}/{found['record']}", found["label"], box, [f"regions/{region}"])
    rule(sheet)
