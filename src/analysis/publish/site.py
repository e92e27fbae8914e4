"""The pages of one language: blocks, evidence cards, data and guides set by templates.

Templates escape whatever they are given. Links are resolved here, once: `record:table/id` leads to
the card of a record, `page:name#place` to another page; what leads nowhere is words.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis import languages
from analysis.links import address, anchor
from analysis.publish import blocks, drawing
from analysis.publish.evidence import Card, Named, Section
from analysis.transcribe import periods
from analysis.words import Words

THEME = Path(__file__).parent / "theme"
GROUPS = ("findings", "regions", "evidence", "researchers")
_SIGNS = "\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f々"
# What on a page is not in its language: Japanese signs, and on a Japanese page several English words in a row.
_JAPANESE = re.compile(f"[{_SIGNS}](?:[{_SIGNS}、。・「」（）]*[{_SIGNS}])?")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}")
_NOTHING = re.compile(r"(?!)")  # Chinese has the same signs


def _foreign(language: str) -> tuple[re.Pattern[str], str]:
    """What is in another language on a page, and which."""
    if language == "ja":
        return _ENGLISH, "en"
    return (_NOTHING, "") if language.startswith(("zh", "yue")) else (_JAPANESE, "ja")


@dataclass(frozen=True)
class Imprint:
    """What the report says of itself in one language."""

    title: str
    subtitle: str
    authors: str
    date: str
    citation: str
    source: str  # the source's citation
    source_address: str
    rights: str
    verification: str
    licence: str
    address: str = ""  # where the report is published, if anywhere


@dataclass(frozen=True)
class Entry:
    """A page in the navigation."""

    page: str
    title: str
    group: str
    also: str = ""  # its title in the other language, for the search


@dataclass(frozen=True)
class Term:
    """A term of the glossary in the reader's language."""

    anchor: str
    term: str
    full: str
    text: str
    also: str
    also_lang: str


@dataclass(frozen=True)
class Site:
    """What all pages of a language share."""

    language: str
    languages: tuple[str, ...]
    imprint: Imprint
    entries: tuple[Entry, ...]
    words: Words = field(repr=False)
    labels: Mapping[str, Named] = field(repr=False, hash=False)
    regions: Mapping[str, str] = field(hash=False)  # what regions are called
    record_regions: Mapping[str, str] = field(repr=False, hash=False)  # the region a record is of
    terms: tuple[Term, ...] = ()
    picture: str = ""  # the hero figure's PNG, for those who share a link

    @property
    def day(self) -> str:
        """The report's date as a reader of the language expects it."""
        return periods.display(self.imprint.date, self.language)

    @property
    def others(self) -> list[str]:
        """The report's other languages."""
        return languages.others(self.language, self.languages)

    @property
    def pages(self) -> frozenset[str]:
        return frozenset(entry.page for entry in self.entries)

    def href(self, to: str) -> str:
        """The address that a link leads to; empty where it leads nowhere."""
        scheme, _, rest = to.partition(":")
        if scheme == "record":
            return address(to) if rest in self.labels else ""
        if scheme == "page":
            return address(to) if rest.partition("#")[0] in self.pages else ""
        return to if to.startswith(("https://", "http://", "#")) else ""


class Renderer:
    """Sets one page; remembers which terms it has explained already.

    A `brief` one leaves it to the page to say where the records are that links lead to, and writes
    what a link says only once, in `names`: by record, or by the address of a place on a page.
    """

    def __init__(self, site: Site, page: str, *, brief: bool = False) -> None:
        self.site, self.page, self.brief = site, page, brief
        self.explained: set[str] = set()
        self.lost: list[str] = []  # links that lead nowhere
        self.names: dict[str, str] = {}

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What every template may use."""
        current = next((entry for entry in self.site.entries if entry.page == self.page), None)
        own = {"site": self.site, "page": self.page, "current": current, "tongue": languages}
        words = {"word": self.word, "spans": self.spans, "terms": self.terms, "plain": blocks.plain}
        links = {"link": self.link, "href": self.site.href, "region": self.region, "drawing": self.drawing}
        links["anchor"] = anchor
        words["mixed"] = self.mixed
        return own | words | links

    def render(self, template: str, **values: Any) -> str:
        """A page as HTML."""
        return environment().get_template(template).render(**self.shared, **values)

    def word(self, key: str, **values: Any) -> str:
        return self.site.words.text(key, **values)

    def region(self, record: str) -> str:
        return self.site.record_regions.get(record, "")

    # -- Words -----------------------------------------------------------------------------------

    def spans(self, spans: Iterable[Any], *, terms: bool = False) -> Markup:
        """Spans as HTML; `terms` of the glossary are explained where they first stand."""
        return Markup("").join(self._span(span, terms) for span in spans)

    def terms(self, spans: Iterable[Any]) -> Markup:
        return self.spans(spans, terms=True)

    def _span(self, span: Any, terms: bool) -> Markup:
        if isinstance(span, str):
            return self._text(span, terms)
        inner = self.spans(span.spans, terms=terms and span.kind not in ("link", "code"))
        if span.kind == "link":
            return self.link(span.to, inner)
        if span.kind == "lang":
            return Markup('<span lang="{}">{}</span>').format(span.to, blocks.plain(span.spans))
        tag = span.kind if span.kind in ("strong", "em", "code", "mark", "sub", "sup") else "span"
        return Markup(f"<{tag}>{{}}</{tag}>").format(inner)

    def mixed(self, text: str) -> Markup:
        """Words in which what is in the other language is marked so, for a screen reader."""
        made, at = Markup(""), 0
        pattern, language = _foreign(self.site.language)
        for found in pattern.finditer(text):
            other = Markup('<span lang="{}">{}</span>').format(language, found[0])
            made, at = made + escape(text[at : found.start()]) + other, found.end()
        return Markup((made + escape(text[at:])).replace("\n", Markup("<br>")))

    def _text(self, text: str, terms: bool) -> Markup:
        if not terms or not self.site.terms:
            return self.mixed(text)
        made, rest = Markup(""), text
        while found := self._first_term(rest):
            match, term = found
            self.explained.add(term.anchor)
            plain = term.full and not _foreign(self.site.language)[0].search(term.full)
            said = f"{term.full}{self.word('colon')}{term.text}" if plain else term.text
            made += self.mixed(rest[: match.start()])
            made += Markup('<a class="term" href="glossary.html#{}" title="{}">{}</a>').format(
                term.anchor, said, match[0]
            )
            rest = rest[match.end() :]
        return made + self.mixed(rest)

    def _first_term(self, text: str) -> tuple[re.Match[str], Term] | None:
        found = [
            (match, term)
            for term, pattern in _patterns(self.site)
            if term.anchor not in self.explained and (match := pattern.search(text))
        ]
        return min(found, key=lambda pair: (pair[0].start(), -len(pair[0][0])), default=None)

    def link(self, to: str, inner: Any) -> Markup:
        """Words that lead to a target; to a record also by what shows it beside the page."""
        address = self.site.href(to)
        if not address:
            self.lost.append(to)
            return Markup(escape(inner))
        if self.brief and to.startswith(("record:", "page:")):
            kind, _, key = to.partition(":")
            key = key if kind == "record" else address
            inner = Markup("") if self.names.setdefault(key, escape(inner)) == escape(inner) else inner
            return Markup('<a {}="{}">{}</a>').format("data-to" if kind == "record" else "href", key, inner)
        about = Markup(' rel="noreferrer"') if address.startswith("http") else ""
        return Markup('<a href="{}"{}>{}</a>').format(address, about, inner)

    def drawing(self, svg: str, name: str, *, fixed: bool = False) -> Markup:
        """A drawing as part of the page; `fixed` where it has one layout for all widths."""
        return Markup(drawing.inline(svg, name, self.site.href, self._label, fixed=fixed))

    def _label(self, to: str) -> str:
        label = self.site.labels.get(to.removeprefix("record:"))
        return label.label if label else ""


@lru_cache(maxsize=1)
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


def _patterns(site: Site) -> list[tuple[Term, re.Pattern[str]]]:
    made = []
    for term in site.terms:
        names = sorted({n for n in (term.term, term.full) if len(n) > 1}, key=len, reverse=True)
        body = "|".join(map(re.escape, names))
        # Where no blank ends a word: not within a name, of which the term is a part.
        within = "[一-龯々ァ-ヴー]"
        edges = (
            (f"(?<!{within})", f"(?!{within})") if site.language.startswith(("ja", "zh")) else (r"\b", r"\b")
        )
        made.append((term, re.compile(f"{edges[0]}(?:{body}){edges[1]}")))
    return made


# -- Pages ---------------------------------------------------------------------------------------


def notebook_page(site: Site, name: str, page: blocks.Page, more: Mapping[str, Any]) -> tuple[str, list[str]]:
    """One page of a notebook as HTML, and the links of it that lead nowhere.

    `more` goes to the template as it is: sections of the evidence, whether there is a notebook.
    """
    renderer = Renderer(site, name)
    text = renderer.render(
        "page.html",
        blocks=_with_numbers(page.blocks),
        title=page.title,
        description=_description(page, site),
        **more,
    )
    missing = [n for n in _names(page.blocks) if f'id="{n}"' not in text]
    if missing:
        raise blocks.PublishError(f"{name}.html: the run displayed {', '.join(missing)}, the page does not")
    return text, renderer.lost


def _names(page: Iterable[Any]) -> list[str]:
    kinds = {"figure": "name", "table": "name", "finding": "id"}
    found = [getattr(b, kinds[b.kind]) for b in blocks.walk(page) if b.kind in kinds]
    return [name for name in found if name]


def _with_numbers(page: Sequence[Any]) -> list[Any]:
    """Tables without a name get one, so that they can be led to."""
    made, number = [], 0
    for block in page:
        if block.kind == "table" and not block.name:
            number += 1
            block = replace(block, name=f"table-{number}")
        made.append(block)
    return made


def _description(page: blocks.Page, site: Site) -> str:
    first = next((blocks.plain(b.spans) for b in page.blocks if b.kind == "paragraph"), "")
    text = re.sub(r"\s+", " ", first or site.imprint.subtitle)
    return text if len(text) <= 160 else text[:159] + "…"


def evidence_page(
    site: Site,
    name: str,
    title: str,
    sections: Sequence[Section],
    uses: Mapping[str, Sequence[tuple[str, str]]],
) -> str:
    """All cards of a table, or of a study set beside, with what rests on each."""
    renderer = Renderer(site, name)
    shown = {card.region for section in sections for card in section.cards if card.region}
    return renderer.render(
        "evidence.html",
        title=title,
        sections=sections,
        uses=uses,
        description=title,
        regions={r: n for r, n in site.regions.items() if r in shown},
    )


def card(renderer: Renderer) -> Callable[[Card, Sequence[tuple[str, str]]], str]:
    """What sets a card by itself, for the panel beside a figure."""
    module = environment().get_template("cards.html").make_module(renderer.shared)
    return lambda one, uses: _LINKS.sub(_keys, str(module.card(one, uses, 2)))  # type: ignore[attr-defined]


_LINKS = re.compile(r'<ul>((?:<li><a data-to="[^"]+"></a></li>)+)</ul>')


def _keys(links: re.Match[str]) -> str:
    """A list of nothing but links to records: their keys, of which the page makes the list again."""
    return '<ul data-to="{}"></ul>'.format(" ".join(re.findall(r'data-to="([^"]+)"', links[1])))


def front(imprints: Mapping[str, Imprint], languages: Sequence[str], words: Mapping[str, Words]) -> str:
    """The page that chooses a language; `words` are those of each."""
    return (
        environment().get_template("front.html").render(imprints=imprints, languages=languages, words=words)
    )
