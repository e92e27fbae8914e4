"""The one writer of figures: SVG, PNG and the plotted rows, the same bytes every time.

A figure leaves here only when it can be read and its marks can be hit; else FigureError says in one
line what is wrong and which mark.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from analysis.figures import style
from analysis.figures.chart import Caption, Chart
from analysis.figures.check import FigureError, faults
from analysis.figures.colours import QUIET
from analysis.figures.sheet import Sheet, records
from analysis.figures.style import NARROW, PX, WIDE
from analysis.figures.svg import hits, write

MIME = "application/vnd.analysis.figure+json"


def bundle(
    chart: Chart | Figure | Axes, *, name: str, caption: Caption, role: str = "main"
) -> dict[str, Any]:
    """Check a figure and write it as the MIME bundle that the report reads.

    `name` is the figure's file name in the report: small letters, digits, hyphens. `role` is main,
    small (beside a finding) or hero. A matplotlib Figure or Axes (seaborn's too) has no phone
    variant, and its rows are what its axes hold.

    Raises FigureError where the figure cannot be read.
    """
    _stated(name, caption)
    if isinstance(chart, Chart):
        figures = {"wide": chart.figure(WIDE), "narrow": chart.figure(NARROW)}
        rows, words, leads = chart.rows, chart.words, chart.records
    else:
        figure = _foreign(chart)
        figures = {"wide": figure}
        rows, words, leads = plotted(figure), (), records(hit.to for hit in hits(figure))
    svgs, png = _written(figures, name, caption)
    about = {
        "name": name,
        **asdict(caption),
        "words": [{"id": id_, "text": text} for id_, text in words],
        "records": list(leads),
        "csv": rows.to_csv(index=False, lineterminator="\n"),
        "svg": {"wide": svgs["wide"], "narrow": svgs.get("narrow")},
        "role": role,
    }
    return {
        MIME: about,
        "image/svg+xml": svgs["wide"],
        "image/png": base64.b64encode(png).decode("ascii"),
        "text/plain": caption.alt,
    }


def _written(figures: Mapping[str, Figure], name: str, caption: Caption) -> tuple[dict[str, str], bytes]:
    """The figure's SVG by layout and its PNG, checked; only a chart of ours has a narrow layout."""
    with style.applied():
        ours = "narrow" in figures
        found = [f"{where}: {fault}" for where, f in figures.items() for fault in faults(f, ours=ours)]
        if found:
            raise FigureError(f"figure {name}: " + "; ".join(found))
        svgs = {where: write(f, name=name, layout=where, alt=caption.alt) for where, f in figures.items()}
        return svgs, _png(figures["wide"], caption)


def _stated(name: str, caption: Caption) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise FigureError(f"figure name {name!r}: use small letters, digits and hyphens")
    for what, words in (("title", caption.title), ("alt text", caption.alt)):
        if not words.strip():
            raise FigureError(f"figure {name}: the {what} is empty; say what the figure shows")


def _foreign(drawn: Figure | Axes) -> Figure:
    """Anybody's matplotlib figure made ready: the bundled font, a layout that holds its labels."""
    figure = drawn.get_figure(root=True) if hasattr(drawn, "get_figure") else drawn
    if not isinstance(figure, Figure):
        expected = "a chart of analysis.figures, a matplotlib Figure (plt.gcf()) or Axes (plt.gca())"
        raise FigureError(f"expected {expected}, found {type(drawn).__name__}")
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_fontfamily(list(style.family()))
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # where the labels are now they stay, while the checks hide them
    return figure


def plotted(figure: Figure) -> pd.DataFrame:
    """The data that a figure's axes hold. Columns out: axes (number), series, x, y."""
    frames = [pd.DataFrame(columns=["axes", "series", "x", "y"])]
    for number, axes in enumerate(figure.axes, 1):
        for series, x, y in _series(axes):
            named = "" if series.startswith("_") else series  # matplotlib's own names for what has none
            frames.append(pd.DataFrame({"axes": number, "series": named, "x": x, "y": y}))
    return pd.concat(frames[1:] or frames, ignore_index=True)


def _series(axes: Axes) -> Iterable[tuple[str, Any, Any]]:
    """Lines, bars and points of one pair of axes: what they are called, x and y."""
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        if not pd.isna(x).all() and not pd.isna(y).all():  # seaborn's error bars, where there are none
            yield str(line.get_label()), x, y
    for container in axes.containers:
        lying = getattr(container, "orientation", "") == "horizontal"
        ticks = (axes.get_yticklabels if lying else axes.get_xticklabels)()
        for bar in getattr(container, "patches", []):
            start, room = (bar.get_y(), bar.get_height()) if lying else (bar.get_x(), bar.get_width())
            place = [_category(start + room / 2, [tick.get_text() for tick in ticks])]
            at = ([bar.get_width()], place) if lying else (place, [bar.get_height()])
            yield str(container.get_label()), *at
    for points in axes.collections:
        if isinstance(points, PathCollection):
            offsets = np.asarray(points.get_offsets())
            yield str(points.get_label()), offsets[:, 0], offsets[:, 1]


def _category(middle: float, names: list[str]) -> str | float:
    """What a bar stands for: the name at its place, or the number where no name is there."""
    place = round(middle)
    known = abs(middle - place) < 0.5 and 0 <= place < len(names) and names[place]
    return names[place] if known else middle


def _png(figure: Figure, caption: Caption) -> bytes:
    """The figure as PNG between its title and its source, twice as fine as a page shows it."""
    width = round(figure.get_figwidth() * PX)
    head, foot = Sheet(width), Sheet(width)
    head.top = head.text(12, 12, style.wrap(caption.title, width - 24, 20), size=20) + 2
    if caption.subtitle:
        lines = style.wrap(caption.subtitle, width - 24, style.BODY)
        head.top = head.text(12, head.top, lines, size=style.BODY, colour=QUIET)
    foot.top = foot.text(12, 4, style.wrap(caption.source, width - 24), colour=QUIET) + 4
    parts = [head.finish(), figure] + [foot.finish()] * bool(caption.source)
    picture = _indexed(Image.fromarray(np.vstack([_pixels(part) for part in parts])))
    with io.BytesIO() as file:
        picture.save(file, "PNG", dpi=(2 * PX, 2 * PX))
        return file.getvalue()


def _indexed(picture: Image.Image) -> Image.Image:
    """The picture in its 256 commonest colours: of flat colours they show the same in half the room."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.array([colour for _, colour in counted], np.uint8).tobytes())
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(2 * PX)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].copy()
    figure.set_dpi(PX)
    return pixels


__all__ = ["MIME", "FigureError", "bundle", "plotted"]
