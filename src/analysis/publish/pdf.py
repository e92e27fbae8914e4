"""The report on paper, and its evidence apart: two PDFs a language, from the blocks of the pages.

Nothing of a page is ever written as markup of the typesetter. Blocks become a plain tree (as JSON),
which `theme/report.typ` sets: no text can become code.
"""

from __future__ import annotations

import base64
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import typst
from fontTools.ttLib import TTFont
from PIL import Image

from analysis.figures import font
from analysis.languages import semicolon
from analysis.publish import blocks, drawing
from analysis.publish.evidence import Card, Named, Section
from analysis.publish.site import THEME
from analysis.publish.store import Store, digest
from analysis.words import counted

if TYPE_CHECKING:
    from analysis.publish.report import Language

MOST_PAGES = 16  # of the report; what does not fit is in the appendix
_WORDS = ("how", "unless", "robust", "flips")
_KNOWN = 0x0500  # the typesetter's own fonts have Latin, Greek and Cyrillic letters
_COVER = ("index",)  # the page whose content begins the report

Node = dict[str, Any]


@dataclass(frozen=True)
class Density:
    """How much of the pages the report holds, and how large its figures are."""

    rows: int  # of the longest table in it
    scale: float  # of a figure, as a share of the page's width
    figures: int  # of one page of the site


# From the fullest to what fits in any case; the first that fits in MOST_PAGES is taken.
DENSITIES = (
    Density(12, 1, 9),
    Density(6, 0.92, 4),
    Density(0, 0.85, 3),
    Density(0, 0.75, 2),
    Density(0, 0.6, 1),
)


def write(store: Store, book: Language) -> list[str]:
    """Set both PDFs of a language where their content changed; return what is to be said of them.

    Never call it in a forked process: the typesetter's threads stay behind, and it would wait for
    them forever. Raises PublishError where the typesetter refuses or warns, as of a missing font.
    """
    notices = []
    pages = book.paper_key
    for name, make in (("report", _report), ("evidence", _appendix)):
        path = f"{name}-{book.language}.pdf"

        def made(path: str = path, make: Callable[[Language], bytes] = make) -> tuple[dict[str, bytes], int]:
            content = make(book)
            return {path: content}, page_count(content)

        count = store.make(path, digest(name, *pages), made)
        if name == "report" and count > MOST_PAGES:
            notices.append(
                f"{path} has {counted(count, 'page')}, {MOST_PAGES} are meant; shorten what the pages say"
            )
    return notices


def page_count(content: bytes) -> int:
    """How many pages a PDF of the typesetter has."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


def _report(book: Language) -> bytes:
    content = b""
    for density in DENSITIES:
        tree = _Tree(book, density)
        content = _set(tree.report())
        if page_count(content) <= MOST_PAGES:
            break
    return content


def _appendix(book: Language) -> bytes:
    return _set(_Tree(book, None).appendix())


def _set(tree: Node) -> bytes:
    try:
        made, warnings = typst.compile_with_warnings(
            THEME / "report.typ",
            root=THEME,
            format="pdf",
            timestamp=0,
            font_paths=[path.parent for path in font.files()],
            ignore_system_fonts=True,
            pdf_standards="ua-1",  # for screen readers; a picture without words is refused
            sys_inputs={"document": json.dumps(tree)},
        )
    except typst.TypstError as error:
        raise blocks.PublishError(f"the PDF could not be set: {error}") from error
    if warnings:
        raise blocks.PublishError("the PDF could not be set: " + "; ".join(str(w) for w in warnings))
    return made


# -- Text ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(code for path in font.files() for code in TTFont(path, lazy=True).getBestCmap())


@lru_cache(maxsize=8192)
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


# -- The tree --------------------------------------------------------------------------------------


class _Tree:
    """Makes the tree of one PDF; `density` None is the appendix, which holds what the report leaves out."""

    def __init__(self, book: Language, density: Density | None) -> None:
        self.book, self.density = book, density
        self.page, self.level = "", 1

    def report(self) -> Node:
        """The first page's summary and picture, then the pages of findings and regions, then the others."""
        made: list[Node] = []
        for job in self._jobs(("findings", "regions", "evidence")):
            if job.page != "evidence":
                made += self._chapter(job.page)
        scale = self.density.scale if self.density else 1
        return self._document(made, "report", scale=scale)

    def appendix(self) -> Node:
        """The pages for researchers, every table of the others, and all cards in brief."""
        made: list[Node] = []
        for job in self._jobs(("findings", "regions", "evidence", "researchers")):
            if job.group == "researchers" or job.page == "evidence":
                made += self._chapter(job.page)
            else:
                found = self.book.pages[job.page].blocks
                if tables := [n for b in blocks.walk(found) if b.kind == "table" for n in self._table(b)]:
                    made += [self._title(job.title), *tables]
        for title, sections in self.book.sections.values():
            made += [self._title(title), *map(self._cards, sections)]
        return self._document(made, "evidence", contents=True)

    def _jobs(self, groups: Sequence[str]) -> list[Any]:
        jobs = [run.job for run in self.book.runs if run.job.group in groups]
        return sorted(jobs, key=lambda job: groups.index(job.group))

    def _document(self, made: list[Node], name: str, *, scale: float = 1, contents: bool = False) -> Node:
        imprint, words = self.book.imprint, self.book.words
        colon = words.text("colon")
        date = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", imprint.date)
        title = imprint.title if name == "report" else imprint.title + colon + words.text("appendix")
        address = imprint.source_address
        source = [
            imprint.source,
            *([" ", {"kind": "link", "to": address, "spans": [address]}] if address else []),
        ]
        return {
            "language": self.book.language,
            "fonts": [TTFont(path, lazy=True)["name"].getBestFamilyName() for path in font.files()],
            "title": shown(title),
            "subtitle": shown(imprint.subtitle),
            "byline": shown(words.text("by", authors=imprint.authors, date=self.book.site.day)),
            "authors": [shown(imprint.authors)],
            "date": [int(part) for part in date.groups()] if date else None,
            "words": {key: words.text(key) for key in _WORDS},
            "imprint": [
                source,
                [shown(imprint.rights)],
                [shown(words.text("transcription") + colon + imprint.verification)],
                [shown(words.text("cite") + colon + imprint.citation)],
            ],
            "blocks": made,
            "anchors": dict.fromkeys(_labels(made), True),
            "scale": scale,
            "contents": contents,
        }

    def _title(self, text: str) -> Node:
        return {"kind": "heading", "level": 1, "spans": [shown(text)]}

    def _heading(self, block: blocks.Heading) -> Iterator[Node]:
        label = f"page:{self.page}" + (f"#{block.anchor}" if block.anchor else "")
        self.level = min(block.level, self.level + 1)  # a rank left out would be an error on paper
        yield {"kind": "heading", "level": self.level, "spans": self.spans(block.spans), "label": label}

    def _chapter(self, page: str) -> list[Node]:
        """A page as a chapter; the first page's own title is the report's."""
        self.page = page
        found = list(self.book.pages[page].blocks)
        if page in _COVER and self.density:
            found = [b for b in found if not (b.kind == "heading" and b.level == 1)]
        made, drawn = [], 0
        for block in found:
            if block.kind == "figure":
                drawn += 1
                if self.density and drawn > self.density.figures:
                    continue
            if block.kind == "finding" and self.density and page not in _COVER and self._told(block):
                continue
            made += self.block(block)
        return list(_without_empty(made))

    def _told(self, finding: blocks.Finding) -> bool:
        """Whether the report tells of a finding on its first pages already."""
        return any(finding.id == one.id for one in self.book.findings or ())

    def block(self, block: Any) -> list[Node]:
        """A block as nodes: none where the report leaves it to the appendix."""
        make = getattr(self, f"_{block.kind}", None)
        return list(make(block)) if make else []

    def _nested(self, found: Iterable[Any]) -> list[Node]:
        return [node for block in found for node in self.block(block)]

    def _paragraph(self, block: blocks.Paragraph) -> Iterator[Node]:
        yield {"kind": "paragraph", "spans": self.spans(block.spans)}

    def _listing(self, block: blocks.Listing) -> Iterator[Node]:
        yield {
            "kind": "list",
            "ordered": block.ordered,
            "items": [self._nested(item) for item in block.items],
        }

    def _group(self, block: blocks.Group) -> Iterator[Node]:
        numbers = [b for b in block.blocks if b.kind == "number"]
        if numbers:
            made = [{"value": shown(n.value), "spans": self.spans(n.spans)} for n in numbers]
            yield {"kind": "numbers", "numbers": made}
        else:
            yield {"kind": block.name, "blocks": self._nested(block.blocks)}

    def _code(self, block: blocks.Code) -> Iterator[Node]:
        yield {"kind": "code", "text": shown(block.text)}

    def _figure(self, block: blocks.Figure) -> Iterator[Node]:
        yield {
            "kind": "figure",
            "label": f"page:{self.page}#{block.name}",
            "title": shown(block.title),
            "subtitle": shown(block.subtitle),
            "source": shown(block.source),
            **self._drawn(block.wide, block.alt),
        }

    def _drawn(self, svg: str, alt: str) -> Node:
        width = re.search(r'<svg[^>]*\bwidth="([\d.]+)', svg)
        return {
            "svg": drawing.stated(svg),
            "alt": shown(alt) or self.book.words.text("picture"),
            "width": float(width[1]) if width else 1000,
        }

    def _picture(self, block: blocks.Picture) -> Iterator[Node]:
        if block.type == "image/svg+xml":
            yield {"kind": "picture", **self._drawn(block.data.decode(), block.alt)}
            return
        with Image.open(io.BytesIO(block.data)) as picture:
            width, height = picture.size
        data = base64.b64encode(block.data).decode("ascii")
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
            f' href="data:{block.type};base64,{data}"/></svg>'
        )
        yield {"kind": "picture", **self._drawn(svg, block.alt)}

    def _finding(self, block: blocks.Finding) -> Iterator[Node]:
        made: Node = {"kind": "finding", "label": f"page:{self.page}#{block.id}", "flips": block.flips}
        for part in ("headline", "how", "unless", "robustness"):
            made[part] = self.spans(getattr(block, part))
        if block.figure:
            made["figure"] = self._drawn(block.figure.narrow or block.figure.wide, block.figure.alt)
        yield made

    def _table(self, block: blocks.Table) -> Iterator[Node]:
        if not block.rows or (self.density and len(block.rows) > self.density.rows):
            return
        yield {
            "kind": "table",
            "caption": shown(block.caption),
            "head": [shown(column.title) or " " for column in block.columns],
            "numbers": [column.number for column in block.columns],
            "rows": [[{"cell": self._cell(cell)} for cell in _filled(row, block)] for row in block.rows],
        }

    def _cell(self, cell: blocks.Cell) -> list[Any]:
        spans = self.spans(cell.spans)
        return (
            [*spans, {"kind": "inferred", "spans": [self.book.words.text("inferred")]}]
            if cell.inferred
            else spans
        )

    def spans(self, spans: Iterable[Any]) -> list[Any]:
        """Spans with their links as the PDF has them: to a page's chapter, a record's card, or the web."""
        made: list[Any] = []
        for span in spans:
            if isinstance(span, str):
                made.append(shown(span))
            else:
                to = f"page:{self.page}{span.to}" if span.to.startswith("#") else span.to
                made.append({"kind": span.kind, "to": to, "spans": self.spans(span.spans)})
        return made

    # -- Cards -------------------------------------------------------------------------------------

    def _cards(self, section: Section) -> Node:
        return {"kind": "cards", "cards": [self._card(card) for card in section.cards]}

    def _card(self, card: Card) -> Node:
        """A card in brief: what it says, how far it is checked, where it stands, its values."""
        words = self.book.words
        colon = words.text("colon")
        lines: list[list[Any]] = []
        if card.level:
            lines.append([shown(card.level_words + (colon + card.inferred if card.inferred else ""))])
        for place in card.places:
            begins = words.text("begins", opening=place.opening)
            lines.append([_link(place.key, shown(place.where), card.key), shown(f", {begins}")])
        lines += [[shown(title), colon, *self._named(values)] for title, values in card.values]
        lines += [[shown(title), colon, *self._named(values)] for title, values in card.judged]
        lines += [[{"kind": "link", "to": a, "spans": [shown(a)]}] for a in card.addresses]
        return {"label": f"record:{card.key}", "title": shown(card.title), "lines": lines}

    def _named(self, many: Sequence[Named]) -> list[Any]:
        gap = semicolon(self.book.language)
        made: list[Any] = []
        for named in many[:12]:
            made += [gap] * bool(made)
            made.append(shown(named.label))  # a link for each would double the file
        return [*made, "…"] if len(many) > 12 else made


def _link(key: str, text: str, own: str = "") -> Any:
    return text if key == own else {"kind": "link", "to": f"record:{key}", "spans": [text]}


def _filled(row: blocks.Row, table: blocks.Table) -> list[blocks.Cell]:
    return [*row.cells, *[blocks.Cell(()) for _ in range(len(table.columns) - len(row.cells))]]


def _without_empty(nodes: Sequence[Node]) -> Iterator[Node]:
    """Nodes without headings under which nothing stands."""
    for node, after in zip(nodes, [*nodes[1:], None], strict=True):
        bare = after is None or (after["kind"] == "heading" and after["level"] <= node.get("level", 0))
        if not (node["kind"] == "heading" and bare):
            yield node


def _labels(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What a link can lead to."""
    for node in nodes:
        if node.get("label"):
            yield node["label"]
        yield from _labels(node.get("cards", ()))
