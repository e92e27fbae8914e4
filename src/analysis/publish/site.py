"""The pages of one language: blocks, evidence cards, data and guides set by templates.

Templates escape whatever they are given. Links are resolved here, once: `record:table/id` leads to
the card of a record, `page:name#place` to another page; what leads nowhere is words.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis import languages
from analysis.links import anchor
from analysis.publish import blocks, drawing
from analysis.publish.data import Term
from analysis.publish.evidence import Card
from analysis.publish.language import Language

THEME = Path(__file__).parent / "theme"
_SIGNS = "\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f々"
# What on a page is not in its language: Japanese signs, and on a Japanese page several English words in a row.
_JAPANESE = re.compile(f"([{_SIGNS}](?:[{_SIGNS}、。・「」（）]*[{_SIGNS}])?)")
_ENGLISH = re.compile(r"([A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,})")
_NOTHING = re.compile(r"((?!))")  # Chinese has the same signs
_FOREIGN = {"ja": (_ENGLISH, "en"), "zh": (_NOTHING, ""), "yue": (_NOTHING, "")}


class Renderer:
    """Sets one page; remembers which terms it has explained already.

    A `brief` one leaves it to the page to say where the records are that links lead to, and writes
    what a link says only once, in `names`: by record, or by the address of a place on a page.
    """

    def __init__(self, site: Language, page: str, *, brief: bool = False) -> None:
        self.site, self.page, self.brief = site, page, brief
        # What is in another language on the page, and which.
        own = site.language.partition("-")[0]
        self.foreign, self.foreign_language = _FOREIGN.get(own, (_JAPANESE, "ja"))
        self.explained: set[str] = set()
        self.lost: list[str] = []  # links that lead nowhere
        self.names: dict[str, str] = {}

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What every template may use."""
        return {
            "site": self.site,
            "page": self.page,
            "current": next((entry for entry in self.site.entries if entry.page == self.page), None),
            "tongue": languages,
            "word": self.site.words.text,
            "spans": self.spans,
            "terms": self.terms,
            "mixed": self.mixed,
            "link": self.link,
            "href": self.site.href,
            "anchor": anchor,
            "region": self.site.record_regions.get,
            "drawing": self.drawing,
        }

    def render(self, template: str, **values: Any) -> str:
        """A page as HTML."""
        return environment().get_template(template).render(**self.shared, **values)

    # -- Words -----------------------------------------------------------------------------------

    def spans(self, spans: Iterable[Any], *, terms: bool = False) -> Markup:
        """Spans as HTML; `terms` of the glossary are explained where they first stand."""
        return Markup("").join(self._span(span, terms) for span in spans)

    def terms(self, spans: Iterable[Any]) -> Markup:
        return self.spans(spans, terms=True)

    def _span(self, span: Any, terms: bool) -> Markup:
        if isinstance(span, str):
            return self._explained(span) if terms else self.mixed(span)
        if span.kind == "lang":
            return _tag("span", blocks.plain(span.spans), lang=span.to)
        inner = self.spans(span.spans, terms=terms and span.kind not in ("link", "code"))
        return self.link(span.to, inner) if span.kind == "link" else _tag(span.kind, inner)

    def mixed(self, text: str) -> Markup:
        """Words in which what is in the other language is marked so, for a screen reader."""
        parts: list[str] = self.foreign.split(text)  # every second one is in the other language
        parts[1::2] = [_tag("span", part, lang=self.foreign_language) for part in parts[1::2]]
        return Markup("").join(parts).replace("\n", Markup("<br>"))

    def _explained(self, text: str) -> Markup:
        made, rest = Markup(""), text
        while found := self._first_term(rest):
            match, term = found
            self.explained.add(term.anchor)
            full = term.full and not self.foreign.search(term.full)
            said = f"{term.full}{self.site.words.text('colon')}{term.text}" if full else term.text
            to = f"glossary.html#{term.anchor}"
            made += self.mixed(rest[: match.start()])
            made += _tag("a", match[0], class_="term", href=to, title=said)
            rest = rest[match.end() :]
        return made + self.mixed(rest)

    def _first_term(self, text: str) -> tuple[re.Match[str], Term] | None:
        found = [
            (match, term)
            for term, pattern in self._patterns
            if term.anchor not in self.explained and (match := pattern.search(text))
        ]
        return min(found, key=lambda pair: (pair[0].start(), -len(pair[0][0])), default=None)

    @cached_property
    def _patterns(self) -> list[tuple[Term, re.Pattern[str]]]:
        # Where no blank ends a word: not within a name, of which the term is a part.
        within, made = "[一-龯々ァ-ヴー]", []
        wide = self.site.language.startswith(("ja", "zh"))
        before, after = (f"(?<!{within})", f"(?!{within})") if wide else (r"\b", r"\b")
        for term in self.site.terms:
            names = sorted({n for n in (term.term, term.full) if len(n) > 1}, key=len, reverse=True)
            made.append((term, re.compile(f"{before}(?:{'|'.join(map(re.escape, names))}){after}")))
        return made

    def link(self, to: str, inner: Any) -> Markup:
        """Words that lead to a target; to a record also by what shows it beside the page."""
        address = self.site.href(to)
        if not address:
            self.lost.append(to)
            return Markup(escape(inner))
        if self.brief and to.startswith(("record:", "page:")):
            kind, _, key = to.partition(":")
            name, key = ("data-to", key) if kind == "record" else ("href", address)
            known = self.names.setdefault(key, escape(inner)) == escape(inner)
            return _tag("a", Markup("") if known else inner, **{name: key})
        return _tag("a", inner, href=address, **({"rel": "noreferrer"} if address.startswith("http") else {}))

    def drawing(self, svg: str, name: str, *, fixed: bool = False) -> Markup:
        """A drawing as part of the page; `fixed` where it has one layout for all widths."""

        def label(to: str) -> str:
            return self.site.labels.get(to.removeprefix("record:"), "")

        return Markup(drawing.inline(svg, name, self.site.href, label, fixed=fixed))


def _tag(name: str, inner: Any, **attributes: str) -> Markup:
    """An element of HTML, everything escaped that is not Markup."""
    said = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{said}>{escape(inner)}</{name}>")


@cache
def environment() -> Environment:
    """The templates of the theme, compiled once."""
    made = Environment(
        loader=FileSystemLoader(THEME),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        cache_size=50,
    )
    made.filters["base64"] = lambda content: base64.b64encode(content).decode("ascii")
    return made


# -- Pages ---------------------------------------------------------------------------------------


def notebook_page(site: Language, name: str, page: blocks.Page, **more: Any) -> tuple[str, list[str]]:
    """One page of a notebook as HTML, and the links of it that lead nowhere.

    `more` goes to the template as it is: tables of the evidence, whether there is a notebook.
    """
    renderer = Renderer(site, name)
    first = next((blocks.plain(b.spans) for b in page.blocks if b.kind == "paragraph"), "")
    about = re.sub(r"\s+", " ", first or site.imprint["subtitle"])
    about = about if len(about) <= 160 else about[:159] + "…"
    found = _with_numbers(page.blocks)
    text = renderer.render("page.html", blocks=found, title=page.title, description=about, **more)
    names = [getattr(block, "name", "") for block in blocks.walk(page.blocks)]
    if missing := [name for name in names if name and f'id="{name}"' not in text]:
        raise blocks.PublishError(f"{name}.html: the run displayed {', '.join(missing)}, the page does not")
    return text, renderer.lost


def _with_numbers(page: Sequence[Any]) -> list[Any]:
    """Tables without a name get one, so that they can be led to."""
    made, number = [], count(1)
    for block in page:
        unnamed = block.kind == "table" and not block.name
        made.append(replace(block, name=f"table-{next(number)}") if unnamed else block)
    return made


def card(renderer: Renderer) -> Callable[[Card, Sequence[tuple[str, str]]], str]:
    """What sets a card by itself, for the panel beside a figure."""
    module = environment().get_template("cards.html").make_module(renderer.shared)
    return lambda one, uses: _LINKS.sub(_keys, str(module.card(one, uses)))  # type: ignore[attr-defined]


_LINKS = re.compile(r'<ul>((?:<li><a data-to="[^"]+"></a></li>)+)</ul>')


def _keys(links: re.Match[str]) -> str:
    """A list of nothing but links to records: their keys, of which the page makes the list again."""
    return '<ul data-to="{}"></ul>'.format(" ".join(re.findall(r'data-to="([^"]+)"', links[1])))
