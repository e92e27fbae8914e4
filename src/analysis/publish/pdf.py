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
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

import typst
from fontTools.ttLib import TTFont
from PIL import Image

from analysis.figures import font
from analysis.languages import semicolon
from analysis.publish import blocks, drawing
from analysis.publish.evidence import Card
from analysis.publish.language import GROUPS, Language
from analysis.publish.site import THEME
from analysis.publish.store import Store, digest
from analysis.words import counted

MOST_PAGES = 16  # of the report; what does not fit is in the appendix
_WORDS = ("how", "unless", "robust", "flips", "inferred", "transcription", "cite", "colon")
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


def write(store: Store, book: Language, key: str) -> list[str]:
    """Set both PDFs of a language where their content changed; return what is to be said of them.

    `key` is the digest of what both are made from.

    Never call it in a forked process: the typesetter's threads stay behind, and it would wait for
    them forever. Raises PublishError where the typesetter refuses or warns, as of a missing font.
    """
    notices = []
    for name, densities in (("report", DENSITIES), ("evidence", (None,))):
        path = f"{name}-{book.language}.pdf"
        count = store.make(path, digest(name, key), _made, path, book, densities)
        if name == "report" and count > MOST_PAGES:
            said = f"{path} has {counted(count, 'page')}, {MOST_PAGES} are meant"
            notices.append(f"{said}; shorten what the pages say")
    return notices


def _made(path: str, book: Language, densities: Sequence[Density | None]) -> tuple[dict[str, bytes], int]:
    """A PDF as dense as it has to be, and its pages."""
    for density in densities:
        tree = _Tree(book, density)
        content = _set(tree.report() if density else tree.appendix())
        if page_count(content) <= MOST_PAGES:
            break
    return {path: content}, page_count(content)


def page_count(content: bytes) -> int:
    """How many pages a PDF of the typesetter has."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


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
        self.colon = book.words.text("colon")
        self.page, self.level = "", 1

    def report(self) -> Node:
        """The first page's summary and picture, then the pages of findings and regions, then the others."""
        made = [node for job in self._jobs() if not _apart(job) for node in self._chapter(job.page)]
        return self._document(made, self.book.imprint["title"])

    def appendix(self) -> Node:
        """The pages for researchers, every table of the others, and all cards in brief."""
        made: list[Node] = []
        for job in self._jobs():
            if _apart(job):
                made += self._chapter(job.page)
            else:
                found = blocks.walk(self.book.pages[job.page].blocks)
                tables = self.node(tuple(block for block in found if block.kind == "table"))
                made += [_title(job.title), *tables] if tables else []
        for section in self.book.sections.values():
            cards = [self._card(card) for card in section.cards]
            made += [_title(section.heading), {"kind": "cards", "cards": cards}]
        title = self.book.imprint["title"] + self.colon + self.book.words.text("appendix")
        return self._document(made, title)

    def _jobs(self) -> list[Any]:
        return sorted((run.job for run in self.book.runs), key=lambda job: GROUPS.index(job.group))

    def _document(self, made: list[Node], title: str) -> Node:
        imprint, words = self.book.imprint, self.book.words
        date = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", imprint["date"])
        labels = [node.get("label") for part in made for node in (part, *part.get("cards", ()))]
        return {
            "language": self.book.language,
            "fonts": [TTFont(path, lazy=True)["name"].getBestFamilyName() for path in font.files()],
            "title": shown(title),
            "byline": shown(words.text("by", authors=imprint["authors"], date=imprint["day"])),
            "imprint": {key: shown(text) for key, text in imprint.items()},
            "date": [int(part) for part in date.groups()] if date else None,
            "words": {key: words.text(key) for key in _WORDS},
            "blocks": made,
            "anchors": dict.fromkeys(filter(None, labels), True),  # what a link can lead to
            "scale": self.density.scale if self.density else 1,
            "contents": self.density is None,
        }

    def _chapter(self, page: str) -> list[Node]:
        """A page as a chapter; the first page's own title is the report's."""
        self.page = page
        told = {finding.name for finding in self.book.findings or ()}  # on the report's first pages already
        kept, drawn = [], 0
        for block in self.book.pages[page].blocks:
            drawn += block.kind == "figure"
            elsewhere = self.density and (
                (block.kind == "figure" and drawn > self.density.figures)
                or (block.kind == "heading" and block.level == 1 and page in _COVER)
                or (block.kind == "finding" and block.name in told and page not in _COVER)
            )
            if self._holds(block) and not elsewhere:
                kept.append(block)
        return self.node(tuple(blocks.filled(kept)))

    def _holds(self, block: Any) -> bool:
        """Whether a block has room: the report leaves long tables to the appendix."""
        if not isinstance(block, blocks.Table):
            return True
        return bool(block.rows) and not (self.density and len(block.rows) > self.density.rows)

    def node(self, value: Any) -> Any:
        """A block, or whatever one holds, as JSON; words with what cannot be seen made visible."""
        if isinstance(value, str):
            return shown(value)
        if isinstance(value, tuple):
            return [self.node(each) for each in value if self._holds(each)]
        if not is_dataclass(value):
            return value
        kind = getattr(value, "kind", "")
        if make := getattr(self, f"_{kind}", None):
            return {"kind": kind, **make(value)}
        return {"kind": kind, **{f.name: self.node(getattr(value, f.name)) for f in fields(value)}}

    def _heading(self, block: blocks.Heading) -> Node:
        self.level = min(block.level, self.level + 1)  # a rank left out would be an error on paper
        label = self._label(block.anchor)
        return {"level": self.level, "spans": self.node(block.spans), "label": label}

    def _label(self, place: str) -> str:
        return f"page:{self.page}" + (f"#{place}" if place else "")

    def _link(self, span: blocks.Span) -> Node:
        """A link as the PDF has it: to a page's chapter, a record's card, or the web."""
        to = f"page:{self.page}{span.to}" if span.to.startswith("#") else span.to
        return {"to": to, "spans": self.node(span.spans)}

    def _figure(self, block: blocks.Figure) -> Node:
        said = {part: shown(getattr(block, part)) for part in ("title", "subtitle", "source")}
        return {**said, "label": self._label(block.name), **self._drawn(block.svg["wide"], block.alt)}

    def _drawn(self, svg: str, alt: str) -> Node:
        width = re.search(r'<svg[^>]*\bwidth="([\d.]+)', svg)
        return {
            "svg": drawing.stated(svg),
            "alt": shown(alt) or self.book.words.text("picture"),
            "width": float(width[1]) if width else 1000,
        }

    def _picture(self, block: blocks.Picture) -> Node:
        if block.type == "image/svg+xml":
            return self._drawn(block.data.decode(), block.alt)
        with Image.open(io.BytesIO(block.data)) as picture:
            width, height = picture.size
        data = base64.b64encode(block.data).decode("ascii")
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
            f' href="data:{block.type};base64,{data}"/></svg>'
        )
        return self._drawn(svg, block.alt)

    def _finding(self, block: blocks.Finding) -> Node:
        made: Node = {"label": self._label(block.name), "flips": block.flips}
        for part in ("headline", "how", "unless", "robustness"):
            made[part] = self.node(getattr(block, part))
        if block.figure:
            svg = block.figure.svg
            made["figure"] = self._drawn(svg["narrow"] or svg["wide"], block.figure.alt)
        return made

    # -- Cards -------------------------------------------------------------------------------------

    def _card(self, card: Card) -> Node:
        """A card in brief: what it says, how far it is checked, where it stands, its values."""
        colon = self.colon
        lines: list[list[Any]] = []
        if card.level:
            lines.append([shown(card.level_words + (colon + card.inferred if card.inferred else ""))])
        for place in card.places:
            begins = self.book.words.text("begins", opening=place.opening)
            where = shown(place.where)
            own = where if place.key == card.key else _link(f"record:{place.key}", where)
            lines.append([own, shown(f", {begins}")])
        for title, values in (*card.values, *card.judged):
            # A link for each would double the file.
            names = [shown(named.label) for named in values[:12]]
            more = "…" if len(values) > 12 else ""
            lines.append([shown(title), colon, semicolon(self.book.language).join(names) + more])
        lines += [[_link(address, shown(address))] for address in card.addresses]
        return {"label": f"record:{card.key}", "title": shown(card.title), "lines": lines}


def _apart(job: Any) -> bool:
    """Whether a page stands in the appendix alone."""
    return job.group == "researchers" or job.page == "evidence"


def _title(text: str) -> Node:
    return {"kind": "heading", "level": 1, "spans": [shown(text)]}


def _link(to: str, text: str) -> Node:
    return {"kind": "link", "to": to, "spans": [text]}
