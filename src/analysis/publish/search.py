"""What the search of the site looks through: the sections, figures and cards of its pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import html

FILE = "search-entries.js"
_TITLES = "h1|h2|h3|h4"


def write(pages: Sequence[tuple[str, str]], folder: Path) -> None:
    """Write the entries of one language's pages, as a script: a page on a file may fetch nothing.

    `pages` are file name and title in order; the pages stand in the folder as HTML.
    """
    entries = [
        [title, f"{name}.html{place}", heading, text]
        for name, title in pages
        for place, heading, text in _entries(folder / f"{name}.html")
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    # U+2028 and U+2029 end a line in older JavaScript.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    (folder / FILE).write_text(f"const searchEntries = {text};\n", encoding="utf-8")


def _entries(path: Path) -> Iterator[tuple[str, str, str]]:
    """Address on the page, heading and text of each card, figure and section, in order."""
    main = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot().find(".//main")
    for left_out in main.xpath(
        ".//svg | .//*[@class='headerlink' or @class='hash' or @class='used']"
        " | .//*[contains(@class, 'files')]"
    ):
        left_out.drop_tree()
    for card in main.xpath(".//article[@id]"):
        title = card.xpath("./h3 | ./h4")[0]
        yield f"#{card.get('id')}", _words(title), _words(card).removeprefix(_words(title)).strip()
        card.drop_tree()
    for figure in main.xpath(".//figure[@id]"):
        title = figure.find("div").get("aria-label", "")
        yield f"#{figure.get('id')}", title, _words(figure)
        figure.drop_tree()
    # Innermost first, so that a section's text is its own and not its subsections'.
    sections = main.xpath(".//section[@id]")
    found = []
    for section in reversed(sections):
        title = section.xpath("./h1 | ./h2 | ./h3 | ./h4")
        if title:
            heading = _words(title[0])
            found.append((f"#{section.get('id')}", heading, _words(section).removeprefix(heading).strip()))
            section.drop_tree()
    yield from reversed(found)


def _words(element: html.HtmlElement) -> str:
    """The text with one space between blocks."""
    return re.sub(r"\s+", " ", " ".join(element.itertext())).strip()
