"""The report on paper: one PDF a language, with the figures, tables and sentences of the pages.

Nothing of a page is ever written as markup of the typesetter. What the notebooks say is read into a
plain tree (blocks and spans, as JSON), which `theme/report.typ` sets: no text can become code.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple

import pikepdf
import typst
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from matplotlib.ft2font import FT2Font
from nbformat import NotebookNode

from analysis.build.plan import Job
from analysis.figures import font
from analysis.publish.pages import FIGURE
from analysis.publish.site import THEME, Site

MANY = 4  # tables displayed at once, as a dictionary is, are set small and in columns
SHEET = 0.7  # a figure that is taller than this share of its width gets a larger sheet of its own
_COLON = {"ja": "：", "en": ": "}
_WORDS = {
    "ja": {
        "contents": "目次",
        "figure": "図",
        "evidence": "印から根拠へ進める",
        "used": "図",
        "page": "{}頁",
        "verification": "転記の状態",
    },
    "en": {
        "contents": "Contents",
        "figure": "Figure ",
        "evidence": "Marks lead to their evidence",
        "used": "Figure ",
        "page": "p. {}",
        "verification": "Transcription",
    },
}

Span = Any  # a string, or a mapping with one of strong, emph, code, mark, to and the spans inside
Block = dict[str, Any]  # `block` names its kind; see report.typ


class PdfError(RuntimeError):
    """The PDF could not be set as it should be; the message is what the typesetter said."""


class Page(NamedTuple):
    """A page of the report: its run, the executed notebook, and the notebook it was run from."""

    job: Job
    executed: NotebookNode
    source: NotebookNode


def pdf(site: Site, pages: Sequence[Page], *, subtitle: str = "") -> bytes:
    """Set the pages of one language as one PDF: the same bytes for the same pages.

    `site` says what stands around the pages. The evidence cards go last, in brief, as an appendix.
    Never call it in a forked process: the typesetter's threads stay behind, and it would wait for
    them forever. Raises PdfError where the typesetter refuses or warns, as of a missing font.
    """
    document = tree(site, pages) | {"subtitle": shown(subtitle)}
    try:
        made, warnings = typst.compile_with_warnings(
            (THEME / "report.typ").read_bytes(),
            root=str(THEME),
            format="pdf",
            timestamp=0,
            font_paths=[str(font.file().parent)],
            ignore_system_fonts=True,
            pdf_standards="ua-1",  # for screen readers; a picture without words is refused
            sys_inputs={"document": json.dumps(document)},
        )
    except typst.TypstError as error:
        raise PdfError(f"the PDF could not be set: {error}") from error
    if warnings:
        raise PdfError("the PDF could not be set: " + "; ".join(str(w) for w in warnings))
    return _packed(made)


def _packed(made: bytes) -> bytes:
    """The same PDF in a third of the room: the typesetter compresses streams, but no objects."""
    with pikepdf.open(io.BytesIO(made)) as document, io.BytesIO() as file:
        document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return file.getvalue()


def tree(site: Site, pages: Sequence[Page]) -> dict[str, Any]:
    """What the PDF says, as the template reads it: the title page's words, and blocks in order."""
    blocks = _appendix_last([b for page in pages for b in _page(page, site.language)])
    _number(blocks)
    return {
        "language": site.language,
        "title": shown(site.project),
        "citation": shown(site.citation),
        "verification": shown(site.verification),
        "words": _WORDS[site.language],
        "blocks": _sheets(blocks),
        "anchors": dict.fromkeys(_anchors(blocks), True),
    }


def _page(page: Page, language: str) -> Iterator[Block]:
    """The blocks of one page: its heading is what other pages lead to."""
    outputs = {cell.id: cell.outputs for cell in page.executed.cells if cell.cell_type == "code"}
    other = {"ja": "en", "en": "ja"}[language]
    address = f"{page.job.page}.html"
    chapter = address
    for cell in page.source.cells:
        if other in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            made = list(markdown(cell.source, address))
        else:
            made = [b for output in outputs.get(cell.id, []) for b in _output(output, address)]
        for block in made:
            if chapter and block["block"] == "heading" and block["level"] == 1:
                block["label"], chapter = chapter, ""
                if page.job.subject:
                    block["spans"].append(shown(_COLON[language] + page.job.subject))
            yield block


def _output(output: NotebookNode, address: str) -> Iterable[Block]:
    data = output.get("data", {})
    if FIGURE in data:
        return [_figure(data["image/svg+xml"], data[FIGURE], address)]
    if "text/html" in data:
        return html(data["text/html"], address)
    return markdown(data.get("text/markdown", ""), address)


# Text ---------------------------------------------------------------------------------------

_KNOWN = 0x0500  # the typesetter's own fonts have Latin, Greek and Cyrillic letters


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(font.file())).get_charmap())


@lru_cache(maxsize=4096)
def _drawn(character: str) -> str:
    unseen = unicodedata.category(character)[0] == "C" and character not in "\t\n"
    if unseen or (ord(character) >= _KNOWN and ord(character) not in _glyphs()):
        return f"[U+{ord(character):04X}]"
    return character


def shown(text: str) -> str:
    """A text with what cannot be seen made visible, as `[U+202E]`.

    These are control characters, marks of direction, and characters without a glyph.
    """
    return "".join(map(_drawn, text))


def _address(href: str, own: str) -> str:
    """Where a link leads: a web address, or `page.html#anchor`; the template drops dead ones."""
    return own + href if href.startswith("#") else href


# Markdown -----------------------------------------------------------------------------------

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_OPENED = re.compile(r'<a href="([^"]*)">')


def markdown(text: str, address: str) -> Iterator[Block]:
    """Markdown as blocks; of HTML only `<a href>` is obeyed, all else is text."""
    for node in SyntaxTreeNode(_MARKDOWN.parse(text)).children:
        yield from _block(node, address)


def _block(node: SyntaxTreeNode, address: str) -> Iterator[Block]:
    if node.type == "heading":
        yield {"block": "heading", "level": int(node.tag[1]), "spans": _spans(node, address)}
    elif node.type == "paragraph":
        yield {"block": "paragraph", "spans": _spans(node, address)}
    elif node.type in ("bullet_list", "ordered_list"):
        items = [[b for part in item.children for b in _block(part, address)] for item in node.children]
        yield {"block": "list", "ordered": node.type == "ordered_list", "items": items}
    elif node.type == "table":
        rows = [
            [_spans(cell, address) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        yield {"block": "table", "caption": [], "head": rows[0], "rows": rows[1:]}
    elif node.children:  # a quotation
        yield from (b for part in node.children for b in _block(part, address))
    elif node.content:  # code, or HTML that stands for itself
        yield {"block": "paragraph", "spans": [{"code": [shown(node.content.rstrip())]}]}


def _spans(node: SyntaxTreeNode, address: str) -> list[Span]:
    """The spans in a node; `<a href>` and `</a>` are brothers in the tokens, nested in the spans."""
    children = (
        node.children[0].children
        if node.children[:1] and node.children[0].type == "inline"
        else node.children
    )
    rows: list[list[Span]] = [[]]
    targets: list[str] = []
    for child in children:
        if child.type == "html_inline" and (found := _OPENED.fullmatch(child.content)):
            targets.append(_address(unescape(found[1]), address))
            rows.append([])
        elif child.type == "html_inline" and child.content == "</a>" and targets:
            inside = rows.pop()
            rows[-1].append({"to": targets.pop(), "spans": inside})
        else:
            rows[-1].append(_span(child, address))
    return [span for row in rows for span in row if span != ""]


def _span(node: SyntaxTreeNode, address: str) -> Span:
    if node.type in ("strong", "em"):
        return {{"em": "emph"}.get(node.type, node.type): _spans(node, address)}
    if node.type == "link":
        href = _address(str(node.attrs["href"]), address)
        return {"to": href, "spans": _spans(node, address)}
    if node.type == "code_inline":
        return {"code": [shown(node.content)]}
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"
    return shown(node.content)  # text, a picture's words, or HTML as it was written


# HTML ---------------------------------------------------------------------------------------


def html(text: str, address: str) -> list[Block]:
    """Displayed HTML as blocks: tables, evidence cards, headings, lists; the rest as paragraphs."""
    root = lxml_html.fragment_fromstring(shown(text), create_parent="div")
    blocks = list(_element(root, address))
    kinds = [block["block"] for block in blocks]
    if "entry" not in kinds and kinds.count("table") < MANY:
        return blocks
    return [{"block": "small", "columns": 3 if "entry" in kinds else 2, "blocks": blocks}]


def _element(element: etree._Element, address: str) -> Iterator[Block]:
    if element.tag == "table":
        rows = [[_inside(cell, address) for cell in row] for row in element.iter("tr")]
        caption = element.find("caption")
        yield {
            "block": "table",
            "head": rows[0],
            "rows": rows[1:],
            "caption": [] if caption is None else _inside(caption, address),
        }
    elif element.tag == "article":
        yield _card(element, address)
    elif element.tag in ("h1", "h2", "h3", "h4"):
        yield {"block": "heading", "level": int(element.tag[1]), "spans": _inside(element, address)}
    elif element.tag in ("ul", "ol"):
        items = [[{"block": "paragraph", "spans": _inside(item, address)}] for item in element]
        yield {"block": "list", "ordered": element.tag == "ol", "items": items}
    elif element.tag in ("div", "section", "details") and len(element):
        for part in element.iterchildren("*"):
            if part.tag == "summary":  # paper opens nothing: what it would open stands there
                continue
            yield from _element(part, address)
    elif spans := _inside(element, address):
        yield {"block": "paragraph", "spans": spans}


def _card(card: etree._Element, address: str) -> Block:
    """An evidence card in brief: what it is, how far it is checked, where it stands."""
    places = card.xpath(".//dd//a") or card.xpath("./p[not(@class)]")
    level = card.xpath("./p[@class='level']")
    return {
        "block": "entry",
        "label": f"{address}#{card.get('id')}",
        "spans": _inside(card.xpath("./h3 | ./h4")[0], address),
        "level": _inside(level[0], address) if level else [],
        "places": [[_inline(place, address)] for place in places],
    }


def _inside(element: etree._Element, address: str) -> list[Span]:
    spans: list[Span] = [shown(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):  # not a comment
            spans.append(_inline(child, address))
        spans.append(shown(child.tail or ""))
    return [span for span in spans if span]


def _inline(element: etree._Element, address: str) -> Span:
    spans = _inside(element, address)
    if element.tag == "a":
        return {"to": _address(element.get("href", ""), address), "spans": spans}
    if element.tag == "br":
        return "\n"
    kind = {"strong": "strong", "em": "emph", "code": "code"}.get(element.tag, "plain")
    return {"mark" if element.get("class") == "judgement" else kind: spans}


# Figures ------------------------------------------------------------------------------------

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_WRITTEN = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\) scale\(([\d.]+) -[\d.]+\)")
_FONT = "IPAexGothic"
_EM = 500  # of a figure's glyphs, before the text is scaled
_RADIUS = 5.0  # points around a marker


@dataclass(frozen=True)
class Mark:
    """A place in a figure that leads to its evidence; shares of the figure's width and height."""

    to: str
    x: float
    y: float
    width: float
    height: float


def _figure(svg: str, about: dict[str, Any], address: str) -> Block:
    root = etree.fromstring(svg.encode("utf-8"))
    _, _, width, height = (float(n) for n in root.get("viewBox").split())
    marks = [m for a in root.iter(f"{_SVG}a") for m in _marks(a, width, height)]
    _write_words(root)
    return {
        "block": "figure",
        "label": f"{address}#{about['name']}",
        "svg": etree.tostring(root, encoding="unicode"),
        "title": shown(about["title"]),
        "alt": shown(about["alt"]),
        "ratio": height / width,
        "records": about["records"],
        "marks": [asdict(mark) for mark in marks],
    }


def _marks(anchor: etree._Element, width: float, height: float) -> Iterator[Mark]:
    """The rectangle around what a link of matplotlib's SVG draws: a shape, markers or a text.

    The typesetter keeps no links of a picture, so they are laid over it.
    """
    for part in anchor.iterchildren(etree.Element):
        if part.tag == f"{_SVG}path":
            numbers = [float(n) for n in _NUMBER.findall(part.get("d"))]
            xs, ys = numbers[::2], numbers[1::2]
        elif part.tag == f"{_SVG}use":
            x, y = float(part.get("x", 0)), float(part.get("y", 0))
            xs, ys = [x - _RADIUS, x + _RADIUS], [y - _RADIUS, y + _RADIUS]
        elif written := _WRITTEN.search(part.get("transform", "")):
            x, y, size = (float(n) for n in written.groups())
            xs = [x, x + (float(part[-1].get("x", 0)) + _EM) * size]
            ys = [y - 0.9 * _EM * size, y + 0.2 * _EM * size]
        else:
            continue
        left, right = max(min(xs), 0), min(max(xs), width)
        top, bottom = max(min(ys), 0), min(max(ys), height)
        if right > left and bottom > top:
            yield Mark(
                anchor.get(_HREF), left / width, top / height, (right - left) / width, (bottom - top) / height
            )


def _write_words(root: etree._Element) -> None:
    """Set the words of a figure as text of the font they are drawn in: smaller, and to be found.

    Matplotlib draws a line of text as one group of glyphs and says before it what it reads. Where
    the two do not fit together, the glyphs stay as they are.
    """
    for said in list(root.iter(etree.Comment)):
        group, words = said.getnext(), unescape(said.text[1:-1])
        line = _WRITTEN.search("" if group is None else group.get("transform", ""))
        if not line or len(group.findall(f"{_SVG}use")) != len("".join(words.split())):
            continue
        size = float(line[3]) * _EM
        text = etree.Element(
            f"{_SVG}text",
            {
                "transform": group.get("transform").partition("scale(")[0],
                "style": f"{group.get('style', '')}; font: {size:g}px {_FONT}",
                "{http://www.w3.org/XML/1998/namespace}space": "preserve",
            },
        )
        text.text, text.tail = words, group.tail
        group.getparent().replace(group, text)


# The whole ----------------------------------------------------------------------------------


def _all(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _all(block.get("blocks", []))


def _anchors(blocks: Iterable[Block]) -> list[str]:
    """What a link can lead to."""
    return [block["label"] for block in _all(blocks) if "label" in block]


def _number(blocks: Sequence[Block]) -> None:
    """Number the figures, and tell every evidence entry which of them use it."""
    uses: dict[str, list[Block]] = {}
    figures = [block for block in blocks if block["block"] == "figure"]
    for number, figure in enumerate(figures, 1):
        figure["number"] = number
        for key in figure.pop("records"):
            uses.setdefault(key.replace("/", "-"), []).append(figure)
    for entry in (block for block in _all(blocks) if block["block"] == "entry"):
        anchor = entry["label"].partition("#")[2]
        entry["used"] = [{"to": f["label"], "number": f["number"]} for f in uses.get(anchor, [])]


def _appendix_last(blocks: list[Block]) -> list[Block]:
    """Move the evidence entries, with their heading, to the end: they are looked up, not read."""
    entries = [
        i for i, block in enumerate(blocks) if any(inner["block"] == "entry" for inner in _all([block]))
    ]
    if not entries:
        return blocks
    start = entries[0] - (blocks[entries[0] - 1]["block"] == "heading")
    if blocks[start]["block"] == "heading":
        blocks[start]["level"] = 1
    return [*blocks[:start], *blocks[entries[-1] + 1 :], *blocks[start : entries[-1] + 1]]


def _sheets(blocks: Sequence[Block]) -> list[Block]:
    """Put a tall figure on a sheet of its own, with the heading and the lines that lead to it."""
    made: list[Block] = []
    for block in blocks:
        if block["block"] == "figure" and block["ratio"] > SHEET:
            start = len(made)
            while start and made[start - 1]["block"] in ("heading", "paragraph"):
                start -= 1
            made[start:] = [{"block": "sheet", "blocks": [*made[start:], block]}]
        else:
            made.append(block)
    return made
