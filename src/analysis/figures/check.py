"""What makes a figure hard to read or hard to hit: one phrase a fault."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.figures import colours, style
from analysis.figures.style import PX
from analysis.figures.svg import HIT, Box, hits

EMPTY = 70  # pixels of nothing above or below the content, more than which a box is too high


class FigureError(ValueError):
    """A figure that a reader could not read; the message says which and why."""

    def _render_traceback_(self) -> list[str]:  # IPython asks an exception how to be shown
        return [str(self)]


def faults(figure: Figure, *, ours: bool = True) -> list[str]:
    """Return what makes a figure hard to read; an empty list is good.

    Looked at: glyphs the font lacks, size of text, text off the sheet, text over text, contrast, room
    to hit a mark; of `ours` also the number of label sizes and how full the box is.
    """
    figure.set_dpi(PX)
    canvas = FigureCanvasAgg(figure)
    if any(axes.axison for axes in figure.axes):  # places and labels of ticks are known when drawn
        figure.draw_without_rendering()
    texts = _texts(figure)
    found = _without_glyph(texts)
    boxes = [_box(t, canvas) for t in texts]
    found += _sizes(texts, shown=min(1.0, style.WIDE / (figure.get_figwidth() * PX)), ours=ours)
    found += _places(texts, boxes, canvas.get_width_height())
    pixels = _without(texts, canvas)
    found += _faint(texts, boxes, pixels)
    found += _crowded(figure)
    return found + (_hollow(pixels, boxes) if ours else [])


def _without_glyph(texts: Sequence[Text]) -> list[str]:
    """What no font has a glyph for, in one phrase with what to do."""
    lacking = {c: t for t in reversed(texts) for c in style.unknown(t.get_text())}
    if not lacking:
        return []
    signs, first = "".join(list(lacking)[:20]), next(iter(lacking.values()))
    advice = "put a font that has them (Noto Sans KR for Korean, say; .ttf or .otf) into fonts/"
    return [f"{signs!r} missing from the fonts, as in {_short(first)}; {advice}"]


def _texts(figure: Figure) -> list[Text]:
    """The texts that are seen: matplotlib also keeps those of a hidden axis, and labels beyond the ends of one."""
    beyond: set[object] = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if not (axis.get_visible() and axis.axes.axison and axis.axes.get_visible()):
            beyond |= set(axis.findobj(Text))
        low, high = sorted(axis.get_view_interval())
        room = (high - low) / 1000
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low - room <= tick.get_loc() <= high + room:
                beyond |= {tick.label1, tick.label2}
    texts = [t for t in figure.findobj(Text) if isinstance(t, Text) and t not in beyond]
    return [t for t in texts if t.get_visible() and t.get_text().strip()]


def _box(text: Text, canvas: FigureCanvasAgg) -> Box:
    """Where a text stands, from the top; a box reaches from ascender to descender, ink rarely does."""
    extent, height = text.get_window_extent(canvas.get_renderer()), canvas.get_width_height()[1]
    return extent.x0 + 1, height - extent.y1 + 1.5, extent.x1 - 1, height - extent.y0 - 1.5


def _sizes(texts: list[Text], *, shown: float, ours: bool) -> list[str]:
    sizes = {round(float(t.get_fontsize()) / style.points(1), 1): t for t in texts}
    found = [
        f"text of {size * shown:.1f} px, smaller than {style.SMALLEST:.0f}: {_short(t)}"
        for size, t in sorted(sizes.items())
        if size * shown < style.SMALLEST
    ]
    if ours and len(sizes) > 2:
        found.append(
            f"{len(sizes)} sizes of label, more than two: {', '.join(f'{s:g}' for s in sorted(sizes))} px"
        )
    return found


def _places(texts: list[Text], boxes: list[Box], sheet: tuple[int, int]) -> list[str]:
    width, height = sheet
    found = [
        f"text off the sheet: {_short(text)}"
        for text, (x0, y0, x1, y1) in zip(texts, boxes, strict=True)
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height
    ]
    return found + [
        f"text over text: {_short(texts[i])} and {_short(texts[j])}"
        for (i, a), (j, b) in combinations(enumerate(boxes), 2)
        if _overlap(a, b)
    ]


def _overlap(one: Box, other: Box, least: float = 0) -> bool:
    """Whether two boxes share more than so many pixels, across and down."""
    across, down = (min(one[n + 2], other[n + 2]) - max(one[n], other[n]) for n in (0, 1))
    return across > least and down > least


def _without(texts: list[Text], canvas: FigureCanvasAgg) -> np.ndarray:
    """The picture without its texts: red, green and blue of each pixel, of 255."""
    for text in texts:
        text.set_visible(False)
    canvas.draw()
    for text in texts:
        text.set_visible(True)
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


def _faint(texts: list[Text], boxes: list[Box], pixels: np.ndarray) -> list[str]:
    """Texts whose colour is too near to that of what is drawn behind them."""
    found = []
    for text, (x0, y0, x1, y1) in zip(texts, boxes, strict=True):
        behind = pixels[max(int(y0), 0) : int(y1) + 1, max(int(x0), 0) : int(x1) + 1]
        if behind.size:
            front, ground = to_rgb(to_hex(text.get_color())), np.median(behind, axis=(0, 1)) / 255
            ratio = colours.contrast(front, tuple(ground))
            if ratio < colours.CONTRAST:
                found.append(f"text too faint ({ratio:.1f} to 1): {_short(text)}")
    return found


def _crowded(figure: Figure) -> list[str]:
    """Marks that are nearer to each other than a finger is wide, so that one of them cannot be hit.

    A small mark inside a large one (a letter on its project) is in front of it, and can.
    """
    return [
        f"marks overlap, less than {HIT} px to hit: {one.title!r} and {other.title!r}"
        for one, other in combinations(hits(figure), 2)
        if one.to != other.to and _overlap(one.box, other.box, 1) and not _room(one.box, other.box)
    ]


def _room(under: Box, over: Box) -> bool:
    """Whether of a mark that lies under another a piece of HIT by HIT pixels stays free."""
    left, top, right, bottom = under
    aside = max(over[0] - left, right - over[2]) >= HIT and bottom - top >= HIT
    above = max(over[1] - top, bottom - over[3]) >= HIT and right - left >= HIT
    return aside or above


def _hollow(pixels: np.ndarray, boxes: Sequence[Box]) -> list[str]:
    """Whether nothing stands in a large part of the box, above, below or in the middle."""
    used = (pixels.min(axis=2) < 0.75 * 255).any(axis=1)  # grid lines and bands are no content
    for _, y0, _, y1 in boxes:
        used[max(int(y0), 0) : int(y1) + 1] = True
    rows = np.flatnonzero(used)
    gaps = np.diff(np.concatenate([[-1], rows, [len(used)]])) - 1
    worst = int(max(gaps[0], gaps[-1], gaps.max() - EMPTY))  # within, values may lie far apart
    return [f"box higher than its content: {worst} px of nothing"] if worst > EMPTY else []


def _short(text: Text) -> str:
    words = text.get_text()
    return repr(words if len(words) <= 24 else words[:23] + "…")
