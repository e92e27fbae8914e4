"""A chart: how it is drawn at any width, everything that travels with it, and what it asks of its frames."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from math import isfinite, nan
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.check import FigureError
from analysis.figures.colours import INK, QUIET
from analysis.figures.encoding import region_colours
from analysis.figures.sheet import LayoutError, Sheet, records
from analysis.figures.style import NARROW, WIDE
from analysis.figures.words import words
from analysis.languages import semicolon
from analysis.transcribe import periods
from analysis.words import Link, escape

__all__ = ["NARROW", "WIDE", "Caption", "Chart"]

COMMON = "common"  # the scope of an issue that belongs to no region
_SMALL_WIDE = 480  # pixels that a small chart is wide at most
Record = Mapping[str, Any]  # a row of a frame
Colours = Mapping[str, str]  # of regions
Cells = dict[tuple[Any, ...], list[dict[str, Any]]]  # rows by their values in some columns


@dataclass(frozen=True)
class Caption:
    """What stands around a figure, in plain text: the finding, the measure, the alt text, the source."""

    title: str
    subtitle: str = ""
    alt: str = ""
    source: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure that can be drawn at the width of a page and of a phone from the same rows.

    `paint` draws it on an empty sheet. `rows` are exactly the plotted rows. `words` is the figure in
    words, one (id, Markdown) for each mark or group of marks. `drawn` are the records (`table/id`) that
    are drawn, where the words do not lead to all of them, or in another order. A `small` chart is never
    wider than 480 pixels.
    """

    paint: Callable[[Sheet], None] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    words: Sequence[tuple[str, str]] = ()
    drawn: Iterable[str] = ()
    small: bool = False

    @property
    def records(self) -> tuple[str, ...]:
        """The `table/id` of what is drawn, then of whatever else the words lead to."""
        told = re.findall(r"\((record:[^)]+)\)", " ".join(text for _, text in self.words))
        return tuple(dict.fromkeys([*self.drawn, *records(told)]))

    def draw(self, width: int) -> Figure:
        """Draw at a width in pixels. Raises LayoutError where the chart has no room."""
        sheet = Sheet(min(width, _SMALL_WIDE) if self.small else width)
        self.paint(sheet)
        return sheet.finish()

    def figure(self, width: int = WIDE) -> Figure:
        """Draw at a width in pixels; where the chart has no room, its words are listed instead."""
        with style.applied():
            try:
                return self.draw(width)
            except LayoutError:
                return Chart(self._list, self.rows).draw(width)

    def _list(self, sheet: Sheet) -> None:
        """The figure in words: one item under the other."""
        for _, text in self.words:
            plain = unescape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))
            sheet.text(4, sheet.top, "・")
            sheet.top = sheet.text(20, sheet.top, style.wrap(plain, sheet.width - 24)) + 4

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        figure, file = self.figure(), io.BytesIO()
        with style.applied():
            figure.savefig(file, format="png", dpi=2 * style.PX, metadata={"Software": None})
        width, height = figure.get_size_inches() * style.PX
        return file.getvalue(), {"width": round(width), "height": round(height)}


def nothing(language: str, rows: pd.DataFrame) -> Chart:
    """The chart of a frame without rows: it says so."""

    def paint(sheet: Sheet) -> None:
        sheet.top = sheet.text(4, sheet.top + 4, words(language).text("nothing"), colour=QUIET) + 4

    return Chart(paint, rows)


def asked(frame: pd.DataFrame, chart: str, columns: str, *, also: str = "", once: str = "") -> pd.DataFrame:
    """A frame with the columns that a chart needs (separated by spaces), each cell as `cell` reads it.

    `also` are read so where they are there; a value of the column `once` stands in one row only; any
    other text that is missing is "". Raises FigureError naming a column, and row, that cannot be drawn;
    an empty frame needs no column.
    """
    missing = [column for column in columns.split() if column not in frame]
    if missing and len(frame):
        raise FigureError(
            f"{chart}: no column {', '.join(missing)}; the frame has {', '.join(map(str, frame))}"
        )
    found = frame.reset_index(drop=True).assign(**dict.fromkeys(missing, ""))
    read = dict.fromkeys(c for c in f"{columns} {also}".split() if c in frame and len(frame))
    rest = found.drop(columns=[*read])
    numbers = [c for c in rest.select_dtypes("number") if c in _NUMBERS or rest[c].notna().any()]
    texts = rest.drop(columns=[*numbers, *rest.select_dtypes("category")]).astype(object)
    texts = texts.where(texts.notna(), "")
    cells = {str(c): texts[c] for c in texts} | {c: _column(frame[c], f"{chart}: {c}") for c in read}
    found = found.assign(**cells)
    if once and (twice := found[once].duplicated()).any():
        raise FigureError(f"{chart}: {once} {found.loc[twice, once].iloc[0]!r} stands in two rows; drop one")
    return found


def _column(values: pd.Series, place: str) -> Any:
    """A column with each cell as `cell` reads it; categories keep their order."""
    column, dtype = str(values.name), values.dtype
    cells = [cell(value, column, f"{place} in row {label}") for label, value in values.items()]
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical(cells, [*dict.fromkeys([*map(str, dtype.categories), *cells])])
    return values.array if column in _NUMBERS and pd.api.types.is_numeric_dtype(dtype) else cells


def cell(value: Any, column: str, place: str) -> Any:
    """What a cell holds, as charts read such a column: a day or period as ISO text, a number, or text.

    What is missing is "", or not a number. Raises FigureError naming the place where something else is
    expected: what was found, and what to do.
    """
    read, expected = _READ.get(column, (str, "text"))
    one = pd.api.types.is_scalar(value)
    if not one and column in _LISTS:
        return value
    none = one and bool(pd.isna(value) or value == "")
    if none and column not in _NEEDED:
        return nan if column in _NUMBERS else ""
    if isinstance(value, float) and value.is_integer() and column not in _NUMBERS:
        value = int(value)  # as pandas keeps whole numbers where one is missing
    with suppress(ValueError, TypeError):
        if one and not none:
            return read(value)
    raise FigureError(f"{place}: found {'nothing' if none else repr(value)}, expected {expected}")


def _day(value: object) -> str:
    return str(pd.Timestamp(value).date() if isinstance(value, date) else date.fromisoformat(str(value)))


def _period(value: object) -> str:
    return periods.parse(_day(value) if isinstance(value, date) else str(value)).text


def _number(value: Any) -> Any:
    number = pd.to_numeric(value)
    if not isfinite(number):
        raise ValueError
    return number


# What columns hold, in whatever frame: how a cell is read, and what is expected where it cannot be.
_COUNTS = ["n", "n_issues", "n_calls", "chars", "covered", "units", "read", "fiscal_year"]
_NUMBERS = {*_COUNTS, "value", "lower", "upper", "total", "alpha", "low", "high", "unread", "scale_position"}
_IDS = ["record", "table", "issue", "theme", "round", "source", "scope", "occasion"]
_NEEDED = {*_COUNTS, *_IDS}  # in each row
_LISTS = ("names", "programmes")  # texts, or lists of them
_READ: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    **dict.fromkeys(("start", "end", "until"), (_day, "a day as 2008-04-01")),
    **dict.fromkeys(
        ("conducted", "period", "as_of", "date", "year"), (_period, "a period as 2008-04 or FY2008/FY2010")
    ),
    **dict.fromkeys(_NUMBERS, (_number, "a number, or nothing")),
    **dict.fromkeys(_COUNTS, (_number, "a number; fill it in, or drop the row (none is .fillna(0))")),
    **dict.fromkeys(_IDS, (str, "an id; fill it in, or drop the row")),
}


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by the names of their columns."""
    columns = {str(name): frame[name].tolist() for name in frame}  # five times as fast as to_dict
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def grouped(frame: pd.DataFrame, *columns: str) -> Cells:
    """The rows of a frame by their values in some columns."""
    found: Cells = {}
    for row in rows_of(frame):
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def order(column: pd.Series) -> list[str]:
    """Values in the order of a categorical's categories, else in which they first stand."""
    known = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.unique()
    return [str(value) for value in known]


def colours_of(column: pd.Series, regions: Sequence[str] = ()) -> Colours:
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


def listed(language: str, items: Iterable[object]) -> str:
    """Words and links as one Markdown list in prose."""
    shown = [f"[{escape(i)}]({i.target})" if isinstance(i, Link) else escape(i) for i in dict.fromkeys(items)]
    return semicolon(language).join(shown)
