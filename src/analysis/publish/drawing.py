"""Drawings in a page and on their own: safe, with the page's links, colours and font.

A figure's text is text. On a page it is set in the site's one font, which holds the characters of
all figures and no more; a drawing that is downloaded carries the part of it that it needs.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from lxml import etree

from analysis.figures import font

FAMILY = "IPAexGothic"
_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_ELEMENTS = re.compile(
    "svg|g|defs|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|title|desc|use|a|clipPath|image"
    "|linearGradient|radialGradient|stop|pattern|marker|mask|symbol"
)
_NAMED = re.compile(r"url\(#([^)]+)\)")


def inline(
    svg: str, name: str, href: Callable[[str], str], label: Callable[[str], str], *, fixed: bool = False
) -> str:
    """A drawing for a page: its ids begin with `name`, its links lead, its colours follow the reader's."""
    root = _clean(svg, name)
    for link in list(root.iter(f"{_SVG}a")):
        to = link.get("href", "")
        _lead(link, href(to))
        if href(to) and label(to) and link.find(f"{_SVG}title") is None:
            title = etree.Element(f"{_SVG}title")
            title.text = label(to)
            link.insert(0, title)
    width = root.attrib.pop("width", "")
    for own in ("height", "id", "style", "aria-label"):
        root.attrib.pop(own, None)
    if fixed and width:  # has one layout only: shown as large as it was drawn, in a frame that scrolls
        root.set("style", f"min-width: {width}px; max-width: {width}px")
    follows = "var(--" in svg  # colours by name: the page defines them for light and dark
    _shorten(root, lambda css: re.sub(r"(var\(--[\w-]+), #[0-9a-f]{6}\)", r"\1)", css))
    root.set("class", "drawing" if follows else "drawing white")
    root.set("role", "group")
    root.set("aria-labelledby", f"{name.rpartition('--')[0]}-title")
    return etree.tostring(root, encoding="unicode")


def alone(svg: str, name: str, href: Callable[[str], str], source: bytes) -> bytes:
    """A drawing as a file of its own, in a folder below the pages, with the glyphs it needs.

    `source` is the site's font, which has them all.
    """
    root = _clean(svg, name)
    for link in list(root.iter(f"{_SVG}a")):
        to = href(link.get("href", ""))
        _lead(link, "" if to.startswith("#") else to if to.startswith("http") or not to else f"../{to}")
    style = etree.Element(f"{_SVG}style")
    data = base64.b64encode(subset("".join(root.itertext()), source)).decode("ascii")
    style.text = (
        f"@font-face{{font-family:'{FAMILY}';src:url(data:font/woff;base64,{data})}}"
        f"text{{font-family:'{FAMILY}','Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif}}"
    )
    root.insert(0, style)
    _shorten(root, stated)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode").encode()


def _shorten(root: etree._Element, also: Callable[[str], str]) -> None:
    """Leave out of every style what is said once for the whole drawing: its font."""
    for element in root.iter(etree.Element):
        if css := element.get("style"):
            css = also(re.sub(rf"font-family: '{FAMILY}'[^;]*;? ?", "", css))
            element.set("style", css.replace("; ", ";").replace(": ", ":"))


def _clean(svg: str, name: str) -> etree._Element:
    """The drawing without scripts, styles, comments and what loads from elsewhere; ids made its own."""
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(svg.encode(), parser)
    tags = {element.tag for element in root.iter()}
    known = {tag for tag in tags if isinstance(tag, str) and _ELEMENTS.fullmatch(tag.removeprefix(_SVG))}
    etree.strip_elements(root, *(tags - known), with_tail=False)
    for element in root.iter(etree.Element):
        for key, value in list(element.attrib.items()):
            plain = key.removeprefix(_XLINK)
            if plain == "href":
                del element.attrib[key]
                element.set("href", _reference(element.tag.removeprefix(_SVG), value, name))
            elif plain.startswith(("on", "{")) or plain in ("target", "show", "type"):
                del element.attrib[key]
            elif plain == "id":
                element.set("id", f"{name}-{value}")
            elif "url(" in value:
                element.set(key, _NAMED.sub(rf"url(#{name}-\1)", re.sub(r"url\((?!#)[^)]*\)", "none", value)))
    etree.cleanup_namespaces(root)
    return root


def _reference(tag: str, value: str, name: str) -> str:
    if tag == "a":
        return value
    if tag == "image":
        return value if value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")) else ""
    return f"#{name}-{value[1:]}" if value.startswith("#") else ""


def _lead(link: etree._Element, address: str) -> None:
    """Let a link lead to an address; without one its content is a group."""
    link.set("href", address)
    if not address:
        link.tag = f"{_SVG}g"
        del link.attrib["href"]


def stated(svg: str) -> str:
    """A drawing whose colours are stated and not named, for programs that know no names."""
    return re.sub(r"var\(--[\w-]+, (#[0-9a-f]{6})\)", r"\1", svg)


# -- The font ------------------------------------------------------------------------------------


def characters(drawings: Iterable[str]) -> str:
    """Every character that drawings say, once, in order."""
    texts = (text for svg in drawings for text in re.findall(r">([^<]+)<", svg))
    return "".join(sorted(set(" 0123456789").union(*texts)))


@lru_cache(maxsize=4)
def site_font(said: str) -> bytes:
    """The bundled font with only the characters that figures use, as WOFF: the same bytes every time."""
    return subset(said, font.file().read_bytes())


def subset(said: str, source: bytes) -> bytes:
    """A font with only some of its characters, as WOFF."""
    options = Options(
        flavor="woff",
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
        layout_features=[],
        name_IDs=[1, 2, 13, 14],
        drop_tables=["GSUB", "GPOS", "BASE", "vhea", "vmtx"],
    )
    made = TTFont(io.BytesIO(source), lazy=True, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=said)
    subsetter.subset(made)
    made.flavor = "woff"
    with io.BytesIO() as file:
        made.save(file, reorderTables=True)
        return file.getvalue()
