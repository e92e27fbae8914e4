"""A sheet measured in pixels: what every hand-laid figure is drawn on.

The origin is the top left corner and y grows downwards, as a reader reads. What a reader may click is
said once for each mark with `link`: a text or a box alone leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analysis.figures import style
from analysis.figures.colours import GUIDE, INK, PAPER, QUIET
from analysis.figures.svg import HIT, Box

Spot = tuple[float, float]  # x and y
Lines = str | Sequence[str]
EDGE = 4.0  # pixels free on the left and right of a sheet


class LayoutError(ValueError):
    """What is to be drawn has no room on a sheet of this width; a list of words is shown instead."""


class Sheet:
    """One figure in the making; `top` is how far down it is used, `finish` cuts it off there."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.narrow = width < 600
        self.top = 4.0
        self.figure = Figure(figsize=(width / style.PX, 1), dpi=style.PX)
        self._inches = Affine2D()  # from pixels of the sheet; known when its height is (`finish`)
        self._place = self._inches + self.figure.dpi_scale_trans

    def text(
        self,
        x: float,
        y: float,
        lines: Lines,
        *,
        size: float = style.SMALL,
        colour: str = INK,
        align: str = "left",
    ) -> float:
        """Write lines downwards from y, the top of the first; return where the last one ends."""
        lines = [lines] if isinstance(lines, str) else lines
        step = style.line_height(size)
        look: dict[str, Any] = {"size": style.points(size), "color": colour, "ha": align}
        for n, line in enumerate(lines):
            baseline = y + n * step + step * 0.5 + size * 0.36  # below the middle by half an x-height
            self._add(Text(x, baseline, line, va="baseline", zorder=5, **look))
        return y + len(lines) * step

    def middle(self, x: float, y: float, lines: Lines, **how: Any) -> None:
        """Write lines so that the block is centred on height y; keywords as of `text`."""
        lines = [lines] if isinstance(lines, str) else lines
        self.text(x, y - len(lines) * style.line_height(how.get("size", style.SMALL)) / 2, lines, **how)

    def named(
        self, spot: Spot, name: str, mark: str, *, room: float, max_lines: int | None = None, **how: Any
    ) -> float:
        """Write a name at a spot in so much room, after a square in the colour `mark` where there is one.

        Further keywords as of `text`. Returns where the last line ends.
        """
        (x, y), size = spot, how.get("size", style.SMALL)
        if mark:
            self.box(x, y + style.line_height(size) / 2 - 5, 10, 10, mark)
        indent = 16 if mark else 0
        return self.text(x + indent, y, style.wrap(name, room - indent, size, max_lines), **how)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        high: float,
        face: str = "none",
        edge: str = "none",
        **how: Any,
    ) -> None:
        """Draw a rectangle with its top left corner at (x, y); keywords as of matplotlib's patches."""
        settings = {"linewidth": style.points(1.25), "zorder": 2} | how
        self._add(Rectangle((x, y), width, high, facecolor=face, edgecolor=edge, **settings))

    def shape(self, corners: Sequence[Spot], face: str = "none", edge: str = "none", **how: Any) -> None:
        """Draw a closed shape; keywords as of matplotlib's patches."""
        settings = {"linewidth": style.points(1.25), "zorder": 2} | how
        self._add(Polygon(corners, closed=True, facecolor=face, edgecolor=edge, **settings))

    def line(self, start: Spot, end: Spot, *, colour: str = GUIDE, width: float = 1, **how: Any) -> None:
        """Draw a straight line `width` pixels wide; keywords as of matplotlib's patches."""
        settings = {"edgecolor": colour, "linewidth": style.points(width), "zorder": 1} | how
        self._add(PathPatch(Path([start, end]), fill=False, **settings))

    def mark(
        self, x: float, y: float, marker: str = "o", size: float = 8, face: str = INK, edge: str = ""
    ) -> None:
        """Draw a point mark of so many pixels, centred on (x, y)."""
        look: dict[str, Any] = {
            "markerfacecolor": face,
            "markeredgecolor": edge or face,
            "markersize": style.points(size),
        }
        look |= {"markeredgewidth": style.points(1.25), "linestyle": "none", "zorder": 4}
        point = Line2D([x], [y], marker=marker, **look)
        self._add(point)

    def tile(self, x: float, y: float, grade: str, size: float = 22) -> None:
        """A grade in its tile, centred on (x, y), as wide as it needs; without a grade the tile is empty."""
        edge, dashes = (INK, "solid") if grade else (GUIDE, (0, (2, 2)))
        wide = max(size, tile_width(grade))
        self.box(x - wide / 2, y - size / 2, wide, size, PAPER, edge, zorder=4, linestyle=dashes)
        if grade:
            self.middle(x, y, style.wrap(grade, _WIDEST, max_lines=1), align="center")

    def link(self, to: str, title: str, box: Box, of: Iterable[str] = ()) -> None:
        """Have a part of the sheet (left, top, right, bottom) lead somewhere.

        `to` is `record:<table>/<id>`, or `#<id>` for an item of the figure in words. `title` is what
        a pointer or a screen reader is told. `of` are the records that it is highlighted with
        (`table/id`: its region, project, programme).
        """
        left, top, right, bottom = box
        hit = Rectangle((left, top), right - left, bottom - top, visible=False)
        hit.set_url(to)
        hit.set_label(title)
        hit.set_gid(" ".join(of))
        self._add(hit)

    def link_row(self, to: str, title: str, x: tuple[float, float], y: float, of: Iterable[str] = ()) -> None:
        """As `link`, for marks in a row from left to right around height y: a finger high, and as wide."""
        left, right = x
        self.link(to, title, (left, y - HIT / 2, max(right, left + HIT), y + HIT / 2), of)

    def link_record(self, key: str, title: str, x: tuple[float, float], y: float) -> None:
        """As `link_row`, to the evidence of a record (`table/id`), with which it is highlighted."""
        self.link_row(f"record:{key}", title, x, y, [key])

    def key(
        self, labels: Iterable[str], indent: float, gap: float, step: float
    ) -> Iterator[tuple[float, float]]:
        """Write what signs mean, in one row or more; yields the top left of the place of each sign.

        In pixels: `indent` from a sign to its words, `gap` from them to the next sign, `step` a row.
        """
        x, top = EDGE, self.top
        for words in labels:
            width = indent + style.text_width(words) + gap
            if x > EDGE and x + width - gap > self.width - EDGE:
                x, top = EDGE, top + step
            yield x, top
            self.middle(x + indent, top + 9, words, colour=QUIET)
            x += width
            self.top = top + step

    def finish(self) -> Figure:
        """Fix the height of the sheet and hand over the figure."""
        height = round(self.top + 4)
        self.figure.set_size_inches(self.width / style.PX, height / style.PX)
        self._inches.translate(0, -height).scale(1 / style.PX, -1 / style.PX)
        return self.figure

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._place)
        self.figure.add_artist(artist)


_WIDEST = 84.0  # pixels that a grade may take in its tile; a longer one is cut


def tile_width(grade: str) -> float:
    """Pixels that the tile of a grade is wide: a letter's is a square."""
    return max(22.0, min(style.text_width(grade), _WIDEST) + 8) if len(grade) > 2 else 22.0


def records(to: Iterable[str]) -> tuple[str, ...]:
    """The `table/id` of every record that links lead to, once each."""
    prefix = "record:"
    return tuple(dict.fromkeys(url.removeprefix(prefix) for url in to if url.startswith(prefix)))
