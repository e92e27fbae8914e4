"""A chart: how it is drawn at any width, and everything that travels with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.sheet import LayoutError, Sheet
from analysis.figures.style import NARROW, WIDE

__all__ = ["NARROW", "WIDE", "Caption", "Chart"]


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

    `rows` are exactly the plotted rows. `words` is the figure in words, one (id, Markdown) for each
    mark or group of marks. `records` are the `table/id` of what is drawn.
    """

    draw: Callable[[int], Figure] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    words: tuple[tuple[str, str], ...] = ()
    records: tuple[str, ...] = ()

    def figure(self, width: int = WIDE) -> Figure:
        """Draw at a width in pixels; where the chart has no room, its words are listed instead."""
        with style.applied():
            try:
                return self.draw(width)
            except LayoutError:
                return _listed([text for _, text in self.words], width)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        figure, file = self.figure(), io.BytesIO()
        with style.applied():
            figure.savefig(file, format="png", dpi=2 * style.PX, metadata={"Software": None})
        width, height = figure.get_size_inches() * style.PX
        return file.getvalue(), {"width": round(width), "height": round(height)}


def _listed(words: list[str], width: int) -> Figure:
    """The figure in words as a picture: one item under the other."""
    sheet = Sheet(width)
    for text in words:
        lines = style.wrap(plain(text), width - 24)
        sheet.text(4, sheet.top, "・")
        sheet.top = sheet.text(20, sheet.top, lines) + 4
    return sheet.finish()


def plain(markdown: str) -> str:
    """The words of a line of Markdown: links without where they lead, signs as they are."""
    return unescape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))
