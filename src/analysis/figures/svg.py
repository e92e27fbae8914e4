"""A figure as SVG: text that is text, colours by name, one link for each mark."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import numpy as np
from lxml import etree
from matplotlib import rc_context
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from analysis.figures import colours, style
from analysis.figures.style import PX

Box = tuple[float, float, float, float]  # left, top, right, bottom
HIT = 24  # pixels that a mark has to be wide and high for a finger
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_FONTS = "'Hiragino Sans', 'Noto Sans JP', 'Noto Sans CJK JP', sans-serif"


@dataclass(frozen=True)
class Hit:
    """A part of the sheet that leads somewhere."""

    to: str
    title: str
    of: str
    box: Box


def hits(figure: Figure) -> list[Hit]:
    """Every mark with an address (`set_url`), at least HIT pixels wide and high.

    Small ones come last, in front; those of one size as they were drawn.
    """
    figure.set_dpi(PX)
    height = figure.get_figheight() * PX
    found = []
    for artist in figure.findobj(lambda a: bool(a.get_url() or _urls(a))):
        label, of = str(artist.get_label() or ""), str(artist.get_gid() or "")
        places = [(artist.get_url(), np.array(artist.get_window_extent().extents))]
        if isinstance(artist, PathCollection) and not artist.get_url():
            centres = artist.get_offset_transform().transform(artist.get_offsets())
            places = [(url, np.array([*c, *c])) for url, c in zip(_urls(artist), centres, strict=False)]
        for url, (x0, y0, x1, y1) in places:
            wide, high = max(HIT - (x1 - x0), 0) / 2, max(HIT - (y1 - y0), 0) / 2
            box = (x0 - wide, height - y1 - high, x1 + wide, height - y0 + high)
            title = "" if label.startswith("_") or len(places) > 1 else label
            if url:
                found.append(Hit(str(url), title or str(url).partition(":")[2] or str(url), of, box))
    return sorted(found, key=lambda hit: -round((hit.box[2] - hit.box[0]) * (hit.box[3] - hit.box[1])))


def _urls(artist: object) -> list[str]:
    urls = artist.get_urls() if isinstance(artist, PathCollection) else []
    return [url for url in urls if url]


def write(figure: Figure, *, name: str, layout: str, alt: str) -> str:
    """The figure as SVG, every id in it beginning with `<name>-<layout>`, the same each time."""
    with io.BytesIO() as file, rc_context({"svg.hashsalt": f"{name}-{layout}", "svg.fonttype": "none"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        root = etree.fromstring(
            file.getvalue(), etree.XMLParser(remove_blank_text=True, remove_comments=True)
        )
    etree.strip_elements(root, f"{_SVG}metadata", f"{_SVG}style")  # rules would hold for the whole page
    root.set("stroke-linecap", "butt")
    _join_lines(root)
    etree.strip_tags(root, f"{_SVG}a")  # matplotlib links every artist; here a mark is one link
    for text in root.iter(f"{_SVG}text"):
        _measure(text)
    _shorten_ids(root, f"{name}-{layout}")
    for group in root.iter(f"{_SVG}g"):
        if not group.attrib:
            group.tag = "nothing"
    etree.strip_tags(root, "nothing")
    found = hits(figure)
    root.extend(_link(hit, name) for hit in found)
    _label(root, name, layout, alt, "group" if found else "img")
    _colours(root)
    _round(root)
    return etree.tostring(root, encoding="unicode")


def _measure(text: etree._Element) -> None:
    """Hold a text to the width it was laid out with, whatever font the reader has."""
    css = text.get("style", "")
    size = re.search(r"([\d.]+)px", css)
    if size and text.text and len(text.text) > 1:
        text.set("textLength", f"{style.text_width(text.text, float(size[1])):.2f}")
        text.set("lengthAdjust", "spacingAndGlyphs")
    text.set("style", re.sub(r"(font-family: '[^']+')[^;]*", rf"\1, {_FONTS}", css))
    if text.get("transform", "").startswith("rotate(-0 "):
        del text.attrib["transform"]


def _shorten_ids(root: etree._Element, name: str) -> None:
    """Drop the ids that nothing points at, and number the others after the figure."""
    new: dict[str, str] = {}

    def pointed(old: re.Match[str]) -> str:
        return f"{old[1]}{new.setdefault(old[2], f'{name}-{len(new)}')}{old[3]}"

    for element in root.iter(etree.Element):
        for attribute, value in element.attrib.items():
            if attribute == _HREF or "url(#" in value:
                element.set(attribute, re.sub(r"(^#|url\(#)([^)]+)(\)|$)", pointed, value))
    for element in root.iter(etree.Element):
        if (old := element.attrib.pop("id", None)) in new:
            element.set("id", new[old])


def _link(hit: Hit, name: str) -> etree._Element:
    """A mark's link: a rectangle that is seen when a pointer or the keyboard is on it."""
    to = f"#{name}-{hit.to[1:]}" if hit.to.startswith("#") else hit.to
    link = etree.Element(f"{_SVG}a", {"href": to, "class": "mark"})
    if hit.of:
        link.set("data-of", hit.of)
    etree.SubElement(link, f"{_SVG}title").text = hit.title
    x0, y0, x1, y1 = (style.points(n) for n in hit.box)
    place = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0, "rx": 1.5}
    etree.SubElement(link, f"{_SVG}rect", {k: f"{v:.2f}" for k, v in place.items()} | {"fill-opacity": "0"})
    return link


def _label(root: etree._Element, name: str, layout: str, alt: str, role: str) -> None:
    """Name the picture for a screen reader and say how large it is by itself, in pixels."""
    _, _, *size = (f"{float(n) / style.points(1):.0f}" for n in root.get("viewBox", "").split())
    about = dict(zip(("width", "height"), size, strict=True)) | {"id": f"{name}-{layout}", "role": role}
    root.attrib.update(about | {"aria-label": alt, "style": "max-width: 100%; height: auto"})


def _colours(root: etree._Element) -> None:
    """Name every colour, where all are the palette's; else the picture keeps paper of its own."""
    for element in root.iter(etree.Element):
        for attribute in ("fill", "stroke"):  # of a hatch, and of text: attributes can hold no name
            if element.get(attribute, "").startswith("#"):
                element.set(
                    "style", f"{attribute}: {element.attrib.pop(attribute)}; {element.get('style', '')}"
                )
    if all(colours.known(e.get("style", "")) for e in root.iter(etree.Element)):
        for element in root.iter(etree.Element):
            if css := element.get("style"):
                element.set("style", colours.named(css))
    else:
        root.set("class", "on-paper")


def _join_lines(root: etree._Element) -> None:
    """Say once how most lines are joined (mitred, where matplotlib writes it to each); else round."""
    root.set("stroke-linejoin", "miter")
    for element in root.iter(etree.Element):
        css = element.get("style", "")
        if "stroke:" in css and "stroke-linejoin" not in css and "stroke: none" not in css:
            element.set("style", f"{css}; stroke-linejoin: round")
        elif css:
            element.set("style", re.sub(r"; stroke-linejoin: miter(?=;|$)", "", css))


def _round(root: etree._Element) -> None:
    """Write places with one decimal at most (of a point; a scale with two): finer than any screen."""
    for element in root.iter(etree.Element):
        for attribute in ("d", "x", "y", "transform", "width", "height"):
            if value := element.get(attribute):
                places = 2 if attribute == "transform" else 1
                parts = re.split(r"(-?\d+\.\d+)", value)  # every second one is such a number
                parts[1::2] = [f"{float(n):.{places}f}".rstrip("0").rstrip(".") for n in parts[1::2]]
                element.set(attribute, " ".join("".join(parts).split()))
