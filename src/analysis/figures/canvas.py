"""A sheet measured in inches: what every hand-laid figure is drawn on.

The origin is the top left corner and y grows downwards, as a reader reads. Every mark can carry
the key of the record it stands for (`table/id`); the writer turns it into a link to its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from matplotlib.text import Text

from analysis.figures import style


@dataclass(frozen=True)
class Exhibit:
    """A figure with everything that travels with it.

    `alt` says in words what the figure shows; `rows` are exactly the plotted rows; `records` are
    the keys (`table/id`) of the records whose marks it holds, in order of drawing.
    """

    figure: Figure
    title: str
    subtitle: str
    alt: str
    rows: pd.DataFrame
    records: tuple[str, ...]


@dataclass
class Canvas:
    """One figure in the making; call `finish` when all marks are placed."""

    language: str
    figure: Figure = field(init=False)
    axes: Axes = field(init=False)
    top: float = 0.0  # how far down the sheet is used
    left: float = 0.15
    right: float = style.WIDTH - 0.15

    def __post_init__(self) -> None:
        self.figure = Figure(figsize=(style.WIDTH, 1))
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xticks([])
        self.axes.set_yticks([])
        self.axes.set_xlim(0, style.WIDTH)

    def head(self, title: str, subtitle: str) -> None:
        """Set the finding and, under it, the measure."""
        self.title, self.subtitle = title, subtitle
        self.top = 0.18
        for words, size, colour in ((title, style.TITLE, style.INK), (subtitle, 10, style.QUIET)):
            lines = style.wrap(words, self.right - self.left, size)
            self.text(self.left, self.top, lines, size=size, colour=colour)
            self.top += len(lines) * style.line_height(size) + 0.04
        self.top += 0.12

    def text(
        self,
        x: float,
        y: float,
        lines: str | Sequence[str],
        *,
        size: float = style.SIZE,
        colour: str = style.INK,
        align: str = "left",
        key: str | None = None,
        italic: bool = False,
    ) -> list[Text]:
        """Write lines from (x, y), the top of the first line, downwards."""
        written = []
        for n, line in enumerate([lines] if isinstance(lines, str) else lines):
            label = self.axes.text(
                x,
                y + (n + 0.5) * style.line_height(size),
                line,
                size=size,
                color=colour,
                ha=align,
                va="center",
                style="italic" if italic else "normal",
            )
            label.set_url(key)
            written.append(label)
        return written

    def middle(
        self, x: float, y: float, lines: Sequence[str], *, size: float = style.SIZE, **how: object
    ) -> None:
        """Write lines so that the block is centred on height y."""
        self.text(x, y - len(lines) * style.line_height(size) / 2, lines, size=size, **how)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        face: str = style.PAPER,
        edge: str = "none",
        key: str | None = None,
        hatch: str = "",
        dashed: bool = False,
        rounded: bool = False,
        line: float = 0.8,
        below: float = 1.0,
    ) -> None:
        """Draw a rectangle with its top left corner at (x, y)."""
        how = {
            "facecolor": face,
            "edgecolor": edge,
            "linewidth": line,
            "hatch": hatch or None,
            "linestyle": (0, (3, 2)) if dashed else "solid",
            "zorder": below,
        }
        if rounded:
            patch = FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0,rounding_size=0.05", **how)
        else:
            patch = Rectangle((x, y), width, height, **how)
        patch.set_url(key)
        self.axes.add_patch(patch)

    def arrow(
        self, x: float, y: float, height: float, *, face: str, key: str | None = None, towards: float = 1
    ) -> None:
        """A small triangle at the end of a span that goes on: towards 1 is right, -1 left."""
        tip = 0.11 * towards
        patch = Polygon(
            [(x, y), (x + tip, y + height / 2), (x, y + height)],
            closed=True,
            facecolor=face,
            edgecolor="none",
            zorder=1.2,
        )
        patch.set_url(key)
        self.axes.add_patch(patch)

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        colour: str = style.RULE,
        line: float = 0.6,
        dashed: bool = False,
        below: float = 0.5,
        key: str | None = None,
    ) -> None:
        """Draw a straight line."""
        (drawn,) = self.axes.plot(
            [x0, x1],
            [y0, y1],
            color=colour,
            linewidth=line,
            zorder=below,
            linestyle=(0, (3, 2)) if dashed else "solid",
            solid_capstyle="butt",
        )
        drawn.set_url(key)

    def mark(
        self,
        x: float,
        y: float,
        marker: str,
        *,
        size: float = 5,
        face: str = style.INK,
        edge: str | None = None,
        key: str | None = None,
    ) -> None:
        """Draw a point mark centred on (x, y)."""
        (drawn,) = self.axes.plot(
            [x],
            [y],
            marker=marker,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge or face,
            markeredgewidth=0.9,
            linestyle="none",
            zorder=3,
        )
        drawn.set_url(key)

    def finish(self, source: str, *, alt: str, rows: pd.DataFrame) -> Exhibit:
        """Set the source line, fix the height of the sheet and hand over the exhibit."""
        lines = style.wrap(source, self.right - self.left, style.SMALL)
        self.top += 0.12
        self.text(self.left, self.top, lines, size=style.SMALL, colour=style.QUIET)
        height = self.top + len(lines) * style.line_height(style.SMALL) + 0.12
        self.figure.set_size_inches(style.WIDTH, height)
        self.axes.set_ylim(height, 0)
        for artist in self.axes.get_children():
            artist.set_clip_on(False)  # the axes are the sheet: there is nothing to clip
        keys = [a.get_url() for a in self.axes.get_children() if a.get_url()]
        return Exhibit(self.figure, self.title, self.subtitle, alt, rows, tuple(dict.fromkeys(keys)))


def blank(words: str, subtitle: str, *, language: str, source: str, rows: pd.DataFrame) -> Exhibit:
    """A sheet that says in words that there is nothing to draw, over what it would show."""
    canvas = Canvas(language)
    canvas.head(words, subtitle)
    return canvas.finish(source, alt=words, rows=rows)
