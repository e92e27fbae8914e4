"""What charts ask of their frames, and what they say where there is nothing to draw."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.chart import Chart
from analysis.figures.check import FigureError
from analysis.figures.colours import INK, QUIET
from analysis.figures.encoding import region_colours
from analysis.figures.sheet import Sheet, records
from analysis.figures.words import words
from analysis.languages import semicolon
from analysis.words import Link, escape

COMMON = "common"  # the scope of an issue that belongs to no region


def asked(frame: pd.DataFrame, chart: str, columns: str) -> pd.DataFrame:
    """A frame with the columns that a chart needs (separated by spaces), missing texts as "".

    Raises FigureError naming a column that is not there; an empty frame needs none.
    """
    missing = [column for column in columns.split() if column not in frame]
    if missing and len(frame):
        raise FigureError(
            f"{chart}: no column {', '.join(missing)}; the frame has {', '.join(map(str, frame))}"
        )
    found = frame.reset_index(drop=True).assign(**dict.fromkeys(missing, ""))
    texts = [
        str(c) for c in found if not (_number(found[c]) or isinstance(found[c].dtype, pd.CategoricalDtype))
    ]
    return found.assign(**{c: found[c].where(found[c].notna(), "") for c in texts})


def _number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by the names of their columns."""
    columns = {str(name): frame[name].tolist() for name in frame}  # five times as fast as to_dict
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def grouped(frame: pd.DataFrame, *columns: str) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """The rows of a frame by their values in some columns."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows_of(frame):
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def order(column: pd.Series) -> list[str]:
    """Values in the order of a categorical's categories, else in which they first stand."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(value) for value in column.cat.categories]
    return [str(value) for value in dict.fromkeys(column)]


def colours_of(column: pd.Series, regions: Sequence[str] = ()) -> dict[str, str]:
    """The colour of each region or scope of a column; what belongs to no region is ink.

    `regions` are all of the study in its order, where the column may not hold each of them.
    """
    own = region_colours(r for r in [*regions, *order(column)] if r not in (COMMON, ""))
    return {COMMON: INK, "": INK} | own


def labels(frame: pd.DataFrame, column: str) -> dict[Any, Any]:
    """What each value of a column is called, in the order of the rows."""
    return dict(zip(frame[column], frame[f"{column}_label"], strict=True))


def link(table: str, record: object, label: object) -> Link:
    """Words that lead to the evidence of a record."""
    return Link(f"record:{table}/{record}", str(label))


def linked(table: str, record: object, label: object) -> str:
    """As `link`, in Markdown."""
    return f"[{escape(label)}](record:{table}/{record})"


def evidence(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The `table/id` of every record that a figure in words leads to."""
    return records(re.findall(r"\((record:[^)]+)\)", " ".join(text for _, text in told)))


def listed(language: str, items: Iterable[object]) -> str:
    """Words and links as one Markdown list in prose."""
    shown = [f"[{escape(i)}]({i.target})" if isinstance(i, Link) else escape(i) for i in dict.fromkeys(items)]
    return semicolon(language).join(shown)


def nothing(language: str, rows: pd.DataFrame) -> Chart:
    """The chart of a frame without rows: it says so."""

    def draw(width: int) -> Figure:
        sheet = Sheet(width)
        sheet.top = sheet.text(4, sheet.top + 4, words(language).text("nothing"), colour=QUIET) + 4
        return sheet.finish()

    return Chart(draw, rows)


def unique(records: Sequence[str]) -> tuple[str, ...]:
    """Each record once, in order; those without an id left out."""
    return tuple(dict.fromkeys(record for record in records if record.rpartition("/")[2]))
