"""What the search of the site looks through: pages, their sections, figures and findings, and cards.

Each entry carries its words in the other language, too, so that 課題 and issues find the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from analysis.publish import blocks
from analysis.publish.evidence import Card, page_of
from analysis.publish.site import Entry, Term

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
        elif named := _named(block):
            place, title, words = named
            made.append([PART, title, f"{page}.html#{place}", _squeezed(words), ""])
        else:
            texts.append(text_of(block))
    close(anchor, heading)
    return made


def _named(block: Any) -> tuple[str, str, str] | None:
    """Place, title and words of what stands on a page under a name of its own."""
    if block.kind == "figure":
        words = " ".join([block.subtitle, block.alt, *(text_of(b) for _, w in block.words for b in w)])
        return block.name, block.title, words
    if block.kind == "finding":
        return block.id, block.title, blocks.plain([*block.how, " ", *block.robustness])
    if block.kind == "table" and block.name:
        return block.name, block.caption, text_of(block)
    return None


def text_of(block: Any) -> str:
    """All words of a block."""
    if block.kind == "code":
        return block.text
    if block.kind == "listing":
        return " ".join(text_of(b) for item in block.items for b in item)
    if block.kind == "group":
        return " ".join(map(text_of, block.blocks))
    if block.kind == "table":
        return " ".join(cell.text for row in block.rows for cell in row.cells)
    return " ".join(blocks.plain(spans) for spans in blocks.spans_of(block))


def of_card(card: Card, kind: str) -> Found:
    """The entry of a record's card; `kind` says which table it is of."""
    values = [] if card.key.rpartition("/")[0].endswith("passages") else card.values
    said = [n.label for _, named in values for n in named if not n.label.startswith("http")]
    gists = [place.gist for place in card.places if place.gist != card.title]
    text = _squeezed(" ".join([f"{kind}.", *gists, *said, card.note]))
    return [CARD, card.title, f"{page_of(card.key)}.html#{card.anchor}", text, card.other_label]


def script(entries: Sequence[Entry], parts: Iterable[Found], terms: Sequence[Term]) -> bytes:
    """The entries of a language as a script: a page on a file may fetch nothing."""
    found = [[PAGE, e.title, f"{e.page}.html", "", e.also] for e in entries]
    found += [[CARD, t.term, f"glossary.html#{t.anchor}", f"{t.full} {t.text}", t.also] for t in terms]
    found += list(parts)
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"const searchEntries = {escaped(text)};\n".encode()


def escaped(text: str) -> str:
    """JSON that is a script, too: U+2028 and U+2029 end a line in older JavaScript."""
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
