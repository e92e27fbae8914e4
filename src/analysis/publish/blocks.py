"""From an executed notebook to a list of blocks: the one form that site, PDF and search render.

Whatever Jupyter takes becomes a block: the report's own outputs (figures, tables, findings), Markdown,
HTML, pictures, text and formulas. Markup is read, never passed on: what is not known here stays as text,
and nothing of a notebook can become code of a page. What is said on stderr is a notice, not a block.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import groupby, product
from typing import Any

from lxml import html
from markdown_it import MarkdownIt

from analysis import languages
from analysis.build import source

_MIME = "application/vnd.analysis."
FIGURE, TABLE, FINDING = f"{_MIME}figure+json", f"{_MIME}table+json", f"{_MIME}finding+json"
FINDINGS, NUMBER = f"{_MIME}findings+json", f"{_MIME}number+json"
READS = f"{_MIME}reads+json"
SILENT = (f"{_MIME}value+json", READS)  # outputs for other notebooks and for the builder
LONGEST = 20_000  # characters of one text output that a page shows
ROWS = 500  # of one table that a page shows
_SHORT = 9  # characters of a cell that stays on one line
_LONG = 60  # characters of a cell that gets more room on a phone


class PublishError(ValueError):
    """A report that cannot be published; one line says where, what was found and what to do."""


@dataclass(frozen=True)
class Span:
    """Words in a role: strong, em, code, mark, sub, sup, link (leads `to`), lang (in language `to`)."""

    kind: str
    spans: tuple[Any, ...]
    to: str = ""


class Block:
    """What stands on a page; the `name` of some is their anchor, with a `title`."""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Heading(Block):
    """A heading with the anchor that leads to it."""

    level: int
    spans: tuple[Any, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph of words."""

    spans: tuple[Any, ...]


@dataclass(frozen=True)
class Listing(Block):
    """A list, its items blocks."""

    ordered: bool
    items: tuple[tuple[Any, ...], ...]  # blocks


@dataclass(frozen=True)
class Group(Block):
    """Blocks that stand together: a `quote`, or by the tag of their cell `numbers` or an `aside`."""

    look: str
    blocks: tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """The head of a column; cells of a `short` one are words that no line should break, a `long` one has prose."""

    title: str
    number: bool = False
    judgement: bool = False
    short: bool = False
    long: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: words, whether they are inferred, and what it sorts by."""

    spans: tuple[Any, ...]
    inferred: bool = False
    sort: Any = None

    @property
    def text(self) -> str:
        return plain(self.spans)


@dataclass(frozen=True)
class Row:
    """A row, and the record that it shows."""

    cells: tuple[Cell, ...]
    record: str = ""


@dataclass(frozen=True)
class Table(Block):
    """A table with its rows; `cut` is how many of them are left out."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cut: int = 0


@dataclass(frozen=True)
class Figure(Block):
    """A figure as `analysis.figures` displays it, with its PNG; `words` are anchors and blocks."""

    name: str
    title: str
    subtitle: str
    alt: str
    words: tuple[tuple[str, tuple[Any, ...]], ...]
    records: Sequence[str]
    source: str
    csv: str
    svg: Mapping[str, Any]  # the wide drawing, and the narrow one of the same rows
    role: str
    png: bytes
    level: int = 3


@dataclass(frozen=True)
class Finding(Block):
    """What was found, how it was counted, what would make it false, and whether it holds."""

    name: str
    headline: tuple[Any, ...]
    how: tuple[Any, ...]
    unless: tuple[Any, ...]
    robustness: tuple[Any, ...]
    flips: bool
    varies: bool  # whether its value is another under some reading
    tried: bool  # whether another reading was run at all
    figure: Figure | None = None
    level: int = 3
    page: str = ""  # where its evidence stands, as `issues#answers`; empty on that page itself

    @property
    def title(self) -> str:
        return plain(self.headline)


@dataclass(frozen=True)
class Number(Block):
    """A large number and what it counts."""

    value: str
    spans: tuple[Any, ...]


@dataclass(frozen=True)
class Picture(Block):
    """A picture from an ordinary cell: PNG or JPEG bytes, or SVG."""

    data: bytes
    type: str
    alt: str = ""


@dataclass(frozen=True)
class Code(Block):
    """Text as it was written: a value, what was printed, LaTeX."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Page:
    """What a notebook says: its title, blocks in order, and what is said on the terminal only."""

    title: str
    blocks: tuple[Any, ...]
    notices: tuple[str, ...]
    reads: Mapping[str, Any]


def read(
    notebook: Mapping[str, Any],
    language: str,
    *,
    name: str = "",
    subject: str = "",
    findings: Sequence[Finding] | None = None,
) -> Page:
    """Read an executed notebook; `name` is what messages call it, `subject` ends its title.

    `findings` are those of all pages, which one page shows together, each with its small figure; the
    page of a finding then shows it without. Raises PublishError where a cell failed, or two figures,
    tables or findings have one name.
    """
    reader = _Reader(language, name, findings, _small(notebook) if findings is None else {})
    places = source.places(notebook["cells"])
    blocks = [b for cell, at in zip(notebook["cells"], places, strict=True) for b in reader.cell(cell, at)]
    title = next((b for b in blocks if b.kind == "heading" and b.level == 1), Heading(1, ()))
    if title.spans and subject not in plain(title.spans):  # one notebook makes several pages
        ended = replace(title, spans=(*title.spans, languages.colon(language) + subject))
        blocks = [ended if block is title else block for block in blocks]
        title = ended
    blocks = list(_ranked(_gathered(filled(blocks))))
    return Page(plain(title.spans), tuple(blocks), tuple(reader.notices), reader.reads)


def bundles(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a notebook displayed: of each output its forms by MIME type."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            yield output.get("data", {})


def findings_of(notebook: Mapping[str, Any]) -> list[Finding]:
    """The findings that a notebook declares, each with its small figure."""
    small = _small(notebook)
    return [_finding(bundle[FINDING], small) for bundle in bundles(notebook) if FINDING in bundle]


def _small(notebook: Mapping[str, Any]) -> dict[str, Figure]:
    """The small figures that findings of a notebook name: they stand in the findings, and only there."""
    named = {bundle[FINDING].get("figure") for bundle in bundles(notebook) if FINDING in bundle}
    small = [b for b in bundles(notebook) if FIGURE in b and b[FIGURE]["role"] == "small"]
    return {b[FIGURE]["name"]: _figure(b) for b in small if b[FIGURE]["name"] in named}


def gathered(notebook: Mapping[str, Any]) -> Sequence[str] | None:
    """The order in which a notebook shows the findings of all pages together; None where it does not."""
    return next((b[FINDINGS].get("order", ()) for b in bundles(notebook) if FINDINGS in b), None)


def filled(blocks: Iterable[Any]) -> list[Any]:
    """Blocks without the headings under which nothing stands; a page's title stays."""
    kept: list[Any] = []
    for block in reversed([*blocks]):
        after = kept[-1] if kept else None
        empty = after is None or (after.kind == "heading" and after.level <= getattr(block, "level", 0))
        if block.kind != "heading" or block.level == 1 or not empty:
            kept.append(block)
    return kept[::-1]


class _Reader:
    """Reads cell after cell, and collects what is not for the page; `small` figures stand in findings."""

    def __init__(
        self, language: str, name: str, findings: Sequence[Finding] | None, small: Mapping[str, Figure]
    ) -> None:
        self.language, self.name, self.findings, self.small = language, name, findings, small
        self.place = ""  # the cell that is read, as messages call it
        self.taken: dict[str, str] = {}  # names, and the place of each
        # A cell with one of these tags is of another language, or for other readers.
        self.others = {"hidden", *languages.others(language, languages.DEFAULT)}
        self.notices: list[str] = []
        self.reads: dict[str, Any] = {}

    def cell(self, cell: Mapping[str, Any], place: str) -> list[Any]:
        self.place = place
        tags = cell.get("metadata", {}).get("tags", [])
        if self.others.intersection(tags):
            return []
        blocks: list[Any] = []
        if cell["cell_type"] == "markdown":
            blocks = self.html(_MARKDOWN.render(_joined(cell["source"])))
        elif cell["cell_type"] == "code":
            blocks = [b for output in cell.get("outputs", []) for b in self.output(output)]
        looks = [tag for tag in tags if tag in ("numbers", "aside")]
        return [Group(looks[0], tuple(blocks))] if looks and blocks else blocks

    def output(self, output: Mapping[str, Any]) -> list[Any]:
        kind = output["output_type"]
        if kind == "error":
            raise PublishError(f"{self.name}: a cell ended in {output['ename']}: {output['evalue']}")
        if kind != "stream":
            return self.bundle(output.get("data", {}))
        text = _joined(output["text"])
        if output["name"] != "stderr":
            return self.text(text)
        self.notices += [line for line in text.strip().splitlines()[:3] if line.strip()]
        return []

    def bundle(self, data: Mapping[str, Any]) -> list[Any]:
        """The blocks of one display: of the first form that is known."""
        self.reads.update(data.get(READS, {}))
        if any(kind in data for kind in SILENT):
            return []
        if FIGURE in data:
            made = self.named(_figure(data))
            elsewhere = made.name in self.small or (self.findings is not None and made.role == "small")
            return [] if elsewhere else [made]
        if TABLE in data:
            return [self.named(_table(data[TABLE], self.language))]
        if FINDING in data:
            return [self.named(_finding(data[FINDING], self.small))]
        if FINDINGS in data:
            return [self.named(finding) for finding in self.findings or ()]
        if NUMBER in data:
            return [Number(str(data[NUMBER]["value"]), inline(data[NUMBER]["text"]))]
        for kind, make in _ORDINARY.items():
            if kind in data:
                text = _joined(data[kind])
                found = self.html(make(text)) if kind in ("text/markdown", "text/html") else make(text)
                return [self.cut(block) for block in found]
        return self.text(_joined(data.get("text/plain", "")))

    def named(self, block: Any) -> Any:
        """A block, whose name no other one may have."""
        if first := self.taken.get(block.name):
            where = f"both in {first}" if first == self.place else f"in {first} and in {self.place}"
            said = f"{self.name}: two outputs are named {block.name!r}, {where}"
            raise PublishError(f"{said}; give one of them another name")
        self.taken[block.name] = self.place
        return block

    def text(self, text: str) -> list[Any]:
        if not text.strip() or _OBJECT.match(text):
            return []
        if len(text) > LONGEST:
            self.notices.append(f"an output of {len(text):,} characters is cut at {LONGEST:,}")
            text = text[:LONGEST] + " …"
        return [Code(source.COLOUR.sub("", text.rstrip()))]

    def html(self, text: str) -> list[Any]:
        """HTML as blocks; what a page has no place for is said on the terminal."""
        for what in dict.fromkeys(_OUTSIDE.findall(text)):
            self.notices.append(f"left out: {what}>; show a picture from a cell: Image(filename='...')")
        for to in dict.fromkeys(unescape(to) for to in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', text)):
            if not _LED.fullmatch(to.strip()):
                advice = "write page:NAME, record:TABLE/ID or an address with https://"
                self.notices.append(f"left out: the link to {to!r}; {advice}")
        return of_html(text)

    def cut(self, block: Any) -> Any:
        if block.kind == "table" and len(block.rows) > ROWS:
            self.notices.append(f"a table of {len(block.rows):,} rows is cut at {ROWS}")
            return replace(block, rows=block.rows[:ROWS], cut=len(block.rows) - ROWS)
        return block


# What plotting calls return as a cell's last line: the picture says it.
_DRAWN = r"<(matplotlib|seaborn|mpl|Axes|Figure|BarContainer|ErrorbarContainer|StemContainer|a list of)\b"
_OBJECT = re.compile(
    rf"\s*[\[(]*(array\()?[\[(]*({_DRAWN}|Text\(-?[\d.]+, )|\s*\(array\([^<]*{_DRAWN}|\s*\{{'\w+': \[<matplotlib"
)


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _bytes(data: str | Sequence[str]) -> bytes:
    return base64.b64decode(_joined(data))


# -- The report's own outputs ------------------------------------------------------------------------


def _figure(bundle: Mapping[str, Any]) -> Figure:
    about = bundle[FIGURE]
    words = tuple((f"{about['name']}-{w['id']}", tuple(markdown(w["text"]))) for w in about["words"])
    return Figure(**{**about, "words": words}, png=_bytes(bundle["image/png"]))


def _table(about: Mapping[str, Any], language: str) -> Table:
    rows = tuple(
        Row(tuple(_cell(cell, language) for cell in row["cells"]), row["record"] or "")
        for row in about["rows"]
    )
    columns = tuple(
        Column(
            title=c["title"],
            number=c["kind"] == "number",
            judgement=c["kind"] == "judgement",
            short=all(len(row.cells[n].text) <= _SHORT for row in rows),
            long=n > 0 and any(len(row.cells[n].text) > _LONG for row in rows),
        )
        for n, c in enumerate(about["columns"])
    )
    return Table(about["name"], about["caption"], columns, rows)


def _cell(cell: Mapping[str, Any], language: str) -> Cell:
    spans: tuple[Any, ...] = (cell["text"],)
    if cell["lang"] and cell["lang"] != language:
        spans = (Span("lang", spans, cell["lang"]),)
    if cell["to"]:
        spans = (Span("link", spans, cell["to"]),)
    return Cell(spans, cell["inferred"], cell["sort"])


def _finding(about: Mapping[str, Any], small: Mapping[str, Figure]) -> Finding:
    robust = about.get("robustness") or {}
    return Finding(
        name=about["id"],
        headline=inline(about["headline"]),
        how=inline(about.get("how", "")),
        unless=inline(about.get("unless", "")),
        robustness=inline(robust.get("text", "")),
        flips=bool(robust.get("flips")),
        varies=bool(about.get("varies") or robust.get("varies")),
        tried=robust.get("readings", 2) > 1,
        figure=small.get(about.get("figure") or ""),
    )


# -- Markdown and HTML -------------------------------------------------------------------------------

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]  # `record:` and `page:` lead, too; others are dropped later
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?![\s$])([^$\n]*[^\s$\\])\$(?!\d)", re.DOTALL)


def _formulas(state: Any, silent: bool) -> bool:
    """A rule for markdown-it: what stands between dollars is a formula, in which no sign is Markdown."""
    if not (found := _FORMULA.match(state.src, state.pos)):
        return False
    if not silent:
        alone, within = (escape(part or "") for part in found.groups())
        state.push("html_inline", "", 0).content = (
            f"<pre class='formula'>{alone}</pre>" if alone else f"<code>{within}</code>"
        )
    state.pos = found.end()
    return True


_MARKDOWN.inline.ruler.before("escape", "formula", _formulas)
_ROLES = {"b": "strong", "i": "em", "cite": "em", "kbd": "code", "a": "link"}  # other tags are their roles
_INLINE = re.compile("strong|b|em|i|cite|code|kbd|mark|sub|sup|a|span|abbr|small|u|del|s|q|br")
_GONE = re.compile(
    "script|style|template|iframe|object|embed|noscript|svg|math|form|input|button|select|textarea|head|title"
    "|meta|link|video|audio"
)
_LED = re.compile(r"(record|page):[\w/.#-]+|https?://\S+|#[\w-]+")
_OUTSIDE = re.compile(
    r'<(?:img|iframe|video|audio|embed)\b[^>]*?\bsrc="(?!data:)[^"]*"'
)  # no data of its own


def markdown(text: str) -> list[Any]:
    """Markdown as blocks; HTML in it is read as `of_html` reads it."""
    return of_html(_MARKDOWN.render(text))


def inline(text: str) -> tuple[Any, ...]:
    """One paragraph of Markdown as spans."""
    blocks = markdown(text)
    return tuple(s for b in blocks for s in getattr(b, "spans", ()))


def of_html(text: str) -> list[Any]:
    """HTML as blocks: headings, paragraphs, lists, tables, pictures; other elements give their text."""
    if not text.strip():
        return []
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    body = html.document_fromstring(f"<div>{text}</div>".encode(), parser=parser).find("body")
    return list(_flow(body))


def _flow(element: Any) -> Iterator[Any]:
    """The blocks in an element; words between blocks are paragraphs of their own."""
    loose: list[Any] = _words(element.text)
    for child in element:
        if _INLINE.fullmatch(child.tag):
            loose += _inline(child)
        elif not _GONE.fullmatch(child.tag):
            yield from _paragraph(loose)
            loose = []
            yield from _element(child)
        loose += _words(child.tail)
    yield from _paragraph(loose)


def _element(element: Any) -> Iterator[Any]:
    tag = element.tag
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        yield Heading(min(int(tag[1]), 4), tuple(_tidy(_inside(element))))
    elif tag in ("ul", "ol"):
        items = tuple(tuple(_flow(item)) for item in element.iterchildren("li"))
        yield Listing(tag == "ol", items)
    elif tag == "table":
        yield _html_table(element)
    elif tag == "pre" and element.get("class") == "formula":
        yield _formula("".join(element.itertext()))
    elif tag == "pre":
        code = element.find("code")
        language = "" if code is None else (code.get("class") or "").removeprefix("language-")
        yield Code("".join(element.itertext()).rstrip(), language)
    elif tag == "blockquote":
        yield Group("quote", tuple(_flow(element)))
    elif tag == "img":
        found = re.fullmatch(r"data:(image/(?:png|jpeg));base64,([\w+/=\s]+)", element.get("src", ""))
        if found:
            yield Picture(_bytes(found[2]), found[1], element.get("alt", ""))
    elif tag != "hr":
        yield from _flow(element)


def _paragraph(spans: Iterable[Any]) -> Iterator[Paragraph]:
    tidy = tuple(_tidy(spans))
    if plain(tidy).strip():
        yield Paragraph(tidy)


def _inside(element: Any) -> list[Any]:
    spans = _words(element.text)
    for child in element:
        if not _GONE.fullmatch(child.tag):
            spans += _inline(child)
        spans += _words(child.tail)
    return spans


def _inline(element: Any) -> list[Any]:
    if element.tag == "br":
        return ["\n"]
    spans = _inside(element)
    kind = _ROLES.get(element.tag, element.tag)
    if kind == "link":
        to = (element.get("href") or "").strip()
        return [Span("link", tuple(spans), to)] if _LED.fullmatch(to) else spans
    if kind in ("strong", "em", "code", "mark", "sub", "sup"):
        return [Span(kind, tuple(spans))]
    own = element.get("lang")
    return [Span("lang", tuple(spans), own)] if own and languages.known(own) else spans


def _words(text: str | None) -> list[Any]:
    """Words with one blank where several stand; between Japanese signs a line's end is none."""
    if not text:
        return []
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])", "", text)
    return [re.sub(r"[ \t\n]+", " ", text)]


def _tidy(spans: Iterable[Any]) -> list[Any]:
    spans = list(spans)
    if spans and isinstance(spans[0], str):
        spans[0] = spans[0].lstrip(" \n")
    if spans and isinstance(spans[-1], str):
        spans[-1] = spans[-1].rstrip(" \n")
    return [span for span in spans if span != ""]


def _formula(tex: str) -> Picture | Code:
    """A formula set by matplotlib, or, where that lacks one of its commands or signs, as it was written."""
    from matplotlib import rc_context
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    from analysis.figures import style

    bare = re.sub(r"^\$+|\$+$|\\displaystyle\b", "", tex.strip()).strip()
    try:
        # In figures a dollar is a dollar, and text is text.
        as_formula = rc_context({"text.parse_math": True, "svg.fonttype": "path"})
        with style.applied(), as_formula, io.BytesIO() as file:
            if style.unknown(bare) or not bare.isprintable():
                return Code(tex.strip(), "latex")
            math_to_image(f"${bare}$", file, FontProperties(size=13), dpi=72, format="svg")
            svg = re.sub(rb"<metadata>.*?</metadata>", b"", file.getvalue(), flags=re.DOTALL)  # has a date
            return Picture(svg, "image/svg+xml", bare)
    except ValueError:
        return Code(tex.strip(), "latex")


def _html_table(element: Any) -> Table:
    """A table in HTML, as pandas writes it: heads of several rows are joined, spans filled in."""
    lines = [*element.iter("tr")]
    head = [r for r in lines if r.getparent().tag == "thead" or not r.findall("td")]
    grid = _grid([*head, *(r for r in lines if r not in head)])
    rows = tuple(Row(tuple(map(Cell, line))) for line in grid[len(head) :])
    columns = []
    for n in range(max(map(len, grid), default=0)):
        titles = dict.fromkeys(plain(line[n]).strip() for line in grid[: len(head)])
        numeric = _numeric(row.cells[n].text for row in rows)
        columns.append(Column(" · ".join(filter(None, titles)), numeric))
    caption = element.find("caption")
    return Table("", "" if caption is None else plain(_tidy(_inside(caption))), tuple(columns), rows)


def _grid(rows: Sequence[Any]) -> list[list[tuple[Any, ...]]]:
    """Cells by row and column: those that span several repeated in each, empty ones where there is none."""
    found: dict[tuple[int, int], tuple[Any, ...]] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row.iterchildren("td", "th"):
            while (y, x) in found:
                x += 1
            down, across = _count(cell.get("rowspan")), _count(cell.get("colspan"))
            spans = tuple(_tidy(_inside(cell)))
            places = product(range(y, min(y + down, len(rows))), range(x, x + across))
            found |= dict.fromkeys(places, spans)
    width = max((x + 1 for _, x in found), default=0)
    return [[found.get((y, x), ()) for x in range(width)] for y in range(len(rows))]


def _count(value: str | None) -> int:
    return min(int(value), 100) if value and value.isascii() and value.isdigit() and value != "0" else 1


def _numeric(texts: Iterable[str]) -> bool:
    filled = [t.strip() for t in texts if t.strip() not in ("", "NaN", "nan", "<NA>", "None", "–")]
    return bool(filled) and all(re.fullmatch(r"[-+−]?[\d,]*\.?\d+(e[-+]\d+)?\s?%?", t) for t in filled)


_ORDINARY: dict[str, Callable[[str], Any]] = {
    "text/markdown": _MARKDOWN.render,
    "text/html": str,
    "image/svg+xml": lambda text: [Picture(text.encode(), "image/svg+xml")],
    "image/png": lambda text: [Picture(_bytes(text), "image/png")],
    "image/jpeg": lambda text: [Picture(_bytes(text), "image/jpeg")],
    "text/latex": lambda text: [_formula(text)],
}


# -- The whole ---------------------------------------------------------------------------------------


def plain(spans: Iterable[Any]) -> str:
    """The words of spans without their roles."""
    return "".join(span if isinstance(span, str) else plain(span.spans) for span in spans)


def walk(blocks: Iterable[Any]) -> Iterator[Any]:
    """Every block, those inside others included."""
    for block in blocks:
        yield block
        if block.kind == "group":
            yield from walk(block.blocks)
        elif block.kind == "listing":
            yield from walk(b for item in block.items for b in item)
        elif block.kind == "finding" and block.figure:
            yield block.figure


def spans_of(block: Any) -> Iterator[tuple[Any, ...]]:
    """Every run of spans that a block holds itself."""
    if block.kind in ("heading", "paragraph", "number"):
        yield block.spans
    elif block.kind == "table":
        yield from (cell.spans for row in block.rows for cell in row.cells)
    elif block.kind == "finding":
        yield from (block.headline, block.how, block.unless, block.robustness)
    elif block.kind == "figure":
        yield from (s for _, words in block.words for b in walk(words) for s in spans_of(b))


def links(blocks: Iterable[Any]) -> list[str]:
    """Where the words and rows of blocks lead, each target once, in order."""

    def of(spans: Iterable[Any]) -> Iterator[str]:
        for span in spans:
            if not isinstance(span, str):
                if span.kind == "link":
                    yield span.to
                yield from of(span.spans)

    found: list[str] = []
    for block in walk(blocks):
        if block.kind == "table":
            found += [f"record:{row.record}" for row in block.rows if row.record]
        if block.kind == "figure":
            found += [f"record:{record}" for record in block.records]
            found += re.findall(r'href="(record:[^"]+)"', block.svg["wide"])
        found += [to for spans in spans_of(block) for to in of(spans)]
    return list(dict.fromkeys(found))


def _ranked(blocks: Iterable[Any]) -> Iterator[Any]:
    """Headings get anchors, the same in every language, and figures and findings a rank below them."""
    level, number = 1, 0
    for block in blocks:
        if block.kind == "heading":
            if block.level > 1:
                number += 1
                block = replace(block, anchor=f"section-{number}")
            level = block.level
        elif block.kind == "figure" or block.kind == "finding":
            block = replace(block, level=min(level + 1, 4))
        yield block


def _gathered(blocks: Iterable[Any]) -> Iterator[Any]:
    """Numbers that follow one another stand side by side."""
    for numbers, run in groupby(blocks, key=lambda block: block.kind == "number"):
        if numbers:
            yield Group("numbers", tuple(run))
        else:
            yield from run
