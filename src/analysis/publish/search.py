"""What the search of the site looks through: pages, their sections, figures and findings, and cards.

Each entry carries its words in the other language, too, so that 課題 and issues find the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from analysis.publish import blocks
from analysis.publish.data import Term
from analysis.publish.evidence import Section
from analysis.publish.language import Entry

FILE = "_static/search-entries.js"
# What an entry is, most telling first: ties are put in this order.
PAGE, CARD, PART = 0, 1, 2

Found = list[Any]  # kind, title, address, text, words in the other language


def of_page(page: str, found: Iterable[Any]) -> list[Found]:
    """The entries of a page's parts: a section each, and each figure, table and finding."""
    made: list[Found] = []
    texts: list[str] = []

    def close(anchor: str, heading: str) -> None:
        if words := _squeezed(" ".join(texts)):
            made.append([PART, heading, f"{page}.html" + (f"#{anchor}" if anchor else ""), words, ""])
        texts.clear()

    anchor, heading = "", ""
    for block in found:
        if block.kind == "heading":
            close(anchor, heading)
            anchor, heading = block.anchor, blocks.plain(block.spans)
        elif name := getattr(block, "name", ""):
            made.append([PART, block.title, f"{page}.html#{name}", _squeezed(_summary(block)), ""])
        else:
            texts.append(_text(block))
    close(anchor, heading)
    return made


def _summary(block: Any) -> str:
    """What is said of a figure, table or finding beside its title."""
    if block.kind == "figure":
        return " ".join([block.subtitle, block.alt, *(_text(b) for _, words in block.words for b in words)])
    if block.kind == "finding":
        return blocks.plain([*block.how, " ", *block.robustness])
    return _text(block)


def _text(block: Any) -> str:
    """All words of a block."""
    if block.kind == "code":
        return block.text
    if block.kind == "listing":
        return " ".join(_text(b) for item in block.items for b in item)
    if block.kind == "group":
        return " ".join(map(_text, block.blocks))
    if block.kind == "table":
        return " ".join(cell.text for row in block.rows for cell in row.cells)
    return " ".join(blocks.plain(spans) for spans in blocks.spans_of(block))


def of_cards(section: Section) -> Iterator[Found]:
    """The entries of the cards of a table."""
    for card in section.cards:
        values = [] if section.page.endswith("passages") else card.values
        said = [n.label for _, named in values for n in named if not n.label.startswith("http")]
        gists = [place.gist for place in card.places if place.gist != card.title]
        text = _squeezed(" ".join([f"{section.title}.", *gists, *said, card.note]))
        yield [CARD, card.title, f"{section.page}.html#{card.anchor}", text, card.other_label]


def script(entries: Sequence[Entry], parts: Iterable[Found], terms: Sequence[Term]) -> bytes:
    """The entries of a language as a script: a page on a file may fetch nothing."""
    found = [[PAGE, e.title, f"{e.page}.html", "", e.also] for e in entries]
    found += [[CARD, t.term, f"glossary.html#{t.anchor}", f"{t.full} {t.text}", t.also] for t in terms]
    found += list(parts)
    return f"const searchEntries = {escaped(found)};\n".encode()


def escaped(content: Any) -> str:
    """JSON that is a script, too: U+2028 and U+2029 end a line in older JavaScript."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
