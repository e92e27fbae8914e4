"""The one writer of figures: SVG, PNG and the plotted rows, the same bytes every time.

A figure leaves here only when it can be read: no glyph is missing, no text runs over another or
off the sheet, text stands out from what is behind it, and there is alt text.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from itertools import combinations
from zlib import crc32

import numpy as np
from IPython.display import display
from lxml import etree
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from analysis import links
from analysis.figures import colours, style
from analysis.figures.canvas import Exhibit

DPI = 100  # one figure inch on screen
MIME = "application/vnd.analysis.figure+json"  # what the report reads beside the pictures
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"


class FigureError(ValueError):
    """A figure that a reader could not read; the message says which and why."""


def show(exhibit: Exhibit, *, name: str, pages: str = "") -> None:
    """Check a figure, write it as SVG and PNG with its rows as CSV, and display it.

    `name` is the figure's file name in the report, unique in its notebook. The picture, the rows
    and what belongs to them travel inside the notebook's output: nothing is written here. `pages`
    leads from a notebook that a person runs to the pages with the evidence; there the picture is
    HTML, for JupyterLab shows an SVG as an image, whose marks lead nowhere.

    Raises FigureError where the figure cannot be read.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise FigureError(f"figure name {name!r}: use small letters, digits and hyphens")
    if not exhibit.alt.strip():
        raise FigureError(f"figure {name}: the alt text is empty; say what the figure shows")
    with style.applied():
        canvas, warned = _draw(exhibit.figure)
        png = _png(canvas)
        if faults := warned + _faults(canvas):
            raise FigureError(f"figure {name}: " + "; ".join(faults))
        # Several notebooks stand on one page of JupyterLab, and may show a figure in two languages.
        ids = f"{name}-{crc32(exhibit.alt.encode()):x}" if pages else name
        svg = _svg(exhibit.figure, name, exhibit.alt, ids)
    shown = links.through(pages, svg).replace('target="_top"', 'target="_blank"') if pages else svg
    display(
        {
            "text/html" if pages else "image/svg+xml": shown,
            "image/png": base64.b64encode(png).decode("ascii"),
            "text/plain": exhibit.alt,
            MIME: {
                "name": name,
                "title": exhibit.title,
                "subtitle": exhibit.subtitle,
                "alt": exhibit.alt,
                "records": list(exhibit.records),
                "rows": exhibit.rows.to_csv(index=False, lineterminator="\n"),
            },
        },
        raw=True,
    )


def check(figure: Figure) -> list[str]:
    """Return what makes a figure hard to read, one phrase a fault; an empty list is good.

    Looked at: glyphs the font lacks, text off the sheet, text over text, contrast of text.
    """
    canvas, warned = _draw(figure)
    return warned + _faults(canvas)


def _draw(figure: Figure) -> tuple[FigureCanvasAgg, list[str]]:
    """Draw a figure once, as the PNG shows it; return also what matplotlib said of missing glyphs."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(2 * DPI)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        canvas.draw()
    return canvas, [str(w.message) for w in caught if "missing from" in str(w.message)]


def _faults(canvas: FigureCanvasAgg) -> list[str]:
    """The faults of a figure that stand in its picture; draws it again without its texts."""
    figure, renderer = canvas.figure, canvas.get_renderer()
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    boxes = [t.get_window_extent(renderer) for t in texts]
    # A box reaches from ascender to descender; ink rarely does, so a little overlap is no clash.
    inner = [(b.x0 + 2, b.y0 + 3, b.x1 - 2, b.y1 - 3) for b in boxes]
    width, height = canvas.get_width_height()
    faults = [
        f"text off the sheet: {_short(t)}"
        for t, (x0, y0, x1, y1) in zip(texts, inner, strict=True)
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height
    ]
    faults += [f"text over text: {_short(texts[i])} and {_short(texts[j])}" for i, j in _overlapping(inner)]
    return faults + _faint(canvas, texts, boxes)


def _overlapping(boxes: list[tuple[float, float, float, float]]) -> list[tuple[int, int]]:
    """Pairs of boxes that share an area."""
    return [
        (i, j)
        for (i, a), (j, b) in combinations(enumerate(boxes), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def _faint(canvas: FigureCanvasAgg, texts: list[Text], boxes: list) -> list[str]:
    """Texts whose colour is too near to that of what is drawn behind them."""
    for text in texts:
        text.set_visible(False)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3] / 255
    for text in texts:
        text.set_visible(True)
    faults = []
    for text, box in zip(texts, boxes, strict=True):
        top, bottom = pixels.shape[0] - box.y1, pixels.shape[0] - box.y0
        behind = pixels[max(int(top), 0) : int(bottom) + 1, max(int(box.x0), 0) : int(box.x1) + 1]
        if not behind.size:
            continue
        front, ground = to_hex(text.get_color()), to_hex(np.median(behind, axis=(0, 1)))
        for where, (one, other) in _schemes(front, ground).items():
            ratio = colours.contrast(colours.rgb(one), colours.rgb(other))
            if ratio < colours.CONTRAST:
                faults.append(f"text too faint{where} ({ratio:.1f} to 1): {_short(text)}")
    return faults


def _schemes(*stated: str) -> dict[str, tuple[str, ...]]:
    """The colours as the reader sees them: on paper, and where they have counterparts, in the dark."""
    if not colours.DARK.keys() >= {*stated}:
        return {"": stated}
    return {"": stated, " on a dark screen": tuple(colours.DARK[colour] for colour in stated)}


def _short(text: Text) -> str:
    words = text.get_text()
    return repr(words if len(words) <= 24 else words[:23] + "…")


def _png(canvas: FigureCanvasAgg) -> bytes:
    """What is drawn as PNG; of flat colours 256 show the same and take half the room."""
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    with io.BytesIO() as file:
        picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            file, "PNG", dpi=(2 * DPI, 2 * DPI)
        )
        return file.getvalue()


def _svg(figure: Figure, name: str, alt: str, ids: str) -> str:
    """The figure as SVG: ids of its own, keys turned into links with a tooltip."""
    with io.BytesIO() as file, rc_context({"svg.hashsalt": name}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        root = etree.fromstring(file.getvalue(), etree.XMLParser(remove_blank_text=True))
    _link(root)
    _label(root, name, alt)
    _shorten_ids(root, ids)
    _shorten_geometry(root)
    _unwrap(root)
    return etree.tostring(root, encoding="unicode")


def _link(root: etree._Element) -> None:
    """Point every linked mark at the evidence card of its record."""
    for anchor in root.iter(f"{_SVG}a"):
        key = anchor.get(_HREF)
        anchor.set(_HREF, links.address(key))
        anchor.set("target", "_top")
        title = etree.SubElement(anchor, f"{_SVG}title")
        title.text = key
        anchor.insert(0, title)


def _label(root: etree._Element, name: str, alt: str) -> None:
    """Name the picture for a screen reader and let the page scale it."""
    for old in root.findall(f"{_SVG}metadata"):
        root.remove(old)
    root.set("role", "group")
    root.set("aria-label", alt)
    root.set("id", f"figure-{name}")
    root.set("style", "max-width: 100%; height: auto")


def _shorten_ids(root: etree._Element, name: str) -> None:
    """Drop the ids that nothing points at; number the others after a name.

    Several figures stand on one page and must not share any.
    """
    pointed: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for attribute, value in element.attrib.items():
            if attribute == _HREF and value.startswith("#"):
                element.set(attribute, "#" + _numbered(pointed, value[1:], name))
            elif "url(#" in value:
                element.set(
                    attribute,
                    re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{_numbered(pointed, m[1], name)})", value),
                )
    for element in root.iter(etree.Element):
        if element is not root and (old := element.attrib.pop("id", None)) in pointed:
            element.set("id", pointed[old])


def _numbered(pointed: dict[str, str], old: str, name: str) -> str:
    return pointed.setdefault(old, f"{name}-{np.base_repr(len(pointed), 36).lower()}")


def _shorten_geometry(root: etree._Element) -> None:
    """Write places in fewer characters: a hundredth of a point is finer than any screen."""
    _shorten_glyphs(root)
    for element in root.iter(etree.Element):
        if style := element.get("style"):
            element.set("style", style.replace("; ", ";").replace(": ", ":"))
        if path := element.get("d"):
            element.set("d", re.sub(r"\s*([A-Za-z])\s*", r"\1", _rounded(path)).strip())
        if element.get("transform", "").startswith("translate("):
            before, scale, rest = element.get("transform").partition("scale(")  # kept: it multiplies
            element.set("transform", _rounded(before) + scale + rest)


def _rounded(text: str) -> str:
    """A text whose decimal numbers have two decimals at most."""
    return re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text)


def _unwrap(root: etree._Element) -> None:
    """Take away the groups that say nothing of what is in them."""
    for group in root.iter(f"{_SVG}g"):
        if not group.attrib:
            group.tag = "nothing"
    etree.strip_tags(root, "nothing")


# How matplotlib sets an outline, a glyph in its line (from an em of 100), and the line itself.
_GLYPH = re.compile(r"scale\(([\d.]+)\)")
_MOVED = re.compile(r"translate\(([-\d.]+) 0\)")
_LINE = re.compile(r"(.*scale\()([\d.]+) -[\d.]+\)")
_STEPS = 5  # of an outline and of a place in a line, to a hundredth of an em


def _shorten_glyphs(root: etree._Element) -> None:
    """Write outlines, and their places in a line of text, in whole steps; leave out blanks."""
    blank = set()
    for path in [p for p in root.iter(f"{_SVG}path") if _GLYPH.fullmatch(p.get("transform", ""))]:
        scale = float(_GLYPH.fullmatch(path.attrib.pop("transform"))[1])
        path.set("d", _outline(path.get("d", ""), scale * _STEPS))
        if not path.get("d"):
            blank.add(path.get("id"))
            path.getparent().remove(path)
    for group in [g for g in root.iter(f"{_SVG}g") if _LINE.fullmatch(g.get("transform", ""))]:
        before, size = _LINE.fullmatch(group.get("transform")).groups()
        step = f"{float(size) / _STEPS:g}"
        group.set("transform", f"{before}{step} -{step})")
        for use in group.findall(f"{_SVG}use"):
            if moved := _MOVED.fullmatch(use.attrib.pop("transform", "")):
                use.set("x", str(round(float(moved[1]) * _STEPS)))
            if use.get(_HREF)[1:] in blank:
                group.remove(use)


def _outline(path: str, scale: float) -> str:
    """The outline of a glyph in whole steps, each place told from the one before."""
    made, here, start = [], (0, 0), (0, 0)
    for command, places in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [round(float(n) * scale) for n in places.split()]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        steps = [(x - here[0], y - here[1]) for x, y in points]
        made.append(
            _line(*steps[0])
            if command == "L"
            else command.lower() + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
        )
        here = points[-1] if points else start
        start = here if command == "M" else start
    return "".join(made)


def _line(right: int, up: int) -> str:
    """A straight line to a place told from here."""
    if up and right:
        return f"l{right} {up}".replace(" -", "-")
    return f"v{up}" if up else f"h{right}"


def _rounded(text: str, decimals: int = 2) -> str:
    """A text whose decimal numbers have no more than so many decimals."""
    return re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.{decimals}f}".rstrip("0").rstrip("."), text)
