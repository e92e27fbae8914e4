"""The making of a report: pages, PDFs, data and manifest from the runs of its notebooks.

Everything is made in a folder beside the target and swapped in whole. What was made before from the
same content is taken over: build/<study>/published.json remembers what each page was made from.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from PIL import Image

from analysis import folders, paths
from analysis.figures import colours
from analysis.publish import blocks, crate, data, drawing, guides, pdf, search, site
from analysis.publish.language import Language, Run, figures
from analysis.publish.store import Files, Store, digest

PUBLISHED = "published.json"
_ROOM = Path(__file__).parent
_KEY = re.compile(r"(?<![\w-])[\w-]++(?:/[\w.-]+)+")  # of a record, wherever it stands
_UTF8 = b"\xef\xbb\xbf"  # the mark by which Excel knows what is UTF-8
Uses = Mapping[str, Sequence[tuple[str, str]]]  # a record's key to what leads to it: targets and titles


def publish(
    study: str,
    runs: Sequence[Run],
    languages: Sequence[str],
    *,
    beside_studies: Sequence[str] | None = None,
    say: Callable[[str], None] | None = None,
) -> Path:
    """Bring reports/<study>/ up to date from the runs of its notebooks, and return its path.

    `runs` are those of all pages in all `languages`; studies set beside it are those it names itself,
    unless others are given. `say` is told, a line each, what a reader of the terminal should know.
    Raises PublishError where a page cannot be made; the last good report stays as it was.
    """
    packages = {study: _package(study)}
    if beside_studies is not None:
        packages[study]["study"]["beside"] = list(beside_studies)
    packages |= {other: _package(other) for other in packages[study]["study"].get("beside", ())}
    books = [Language(packages, runs, languages, language) for language in languages]
    target, remembered = paths.REPORTS / study, paths.BUILD / study / PUBLISHED
    with folders.replacing(target) as folder:
        store = Store(target, folder, _record(remembered))
        notices = _write(store, books)
        for path in [folder, *folder.rglob("*")]:  # permissions do not depend on who builds
            path.chmod(0o755 if path.is_dir() else 0o644)
    memory = json.dumps(store.memory, ensure_ascii=False, separators=(",", ":"))
    folders.write(remembered, memory.encode())
    for line in dict.fromkeys(notices):
        (say or (lambda text: print(text, file=sys.stderr)))(line)
    return target


def _package(study: str) -> dict[str, Any]:
    return json.loads((paths.PROCESSED / study / "datapackage.json").read_text("utf-8"))


def _record(remembered: Path) -> dict[str, Any]:
    found = folders.read_json(remembered)
    return found if isinstance(found, dict) else {}


def _write(store: Store, books: Sequence[Language]) -> list[str]:
    """Write the whole report; what is unchanged is taken from the last one. Return what is to be said."""
    packages, folder, notices = books[0].packages, store.folder, []
    for n, name in enumerate(packages):  # the tidy tables, as they are
        there = folder / "data" / (name if n else "")
        shutil.copytree(paths.PROCESSED / name, there, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for memory, said in _side_by_side([_Maker(book, store) for book in books]):
        store.memory |= memory
        notices += said
    with ThreadPoolExecutor() as pool:  # the typesetter works outside Python's lock
        for said in pool.map(lambda book: pdf.write(store, book, _paper_key(book)), books):
            notices += said
    front = site.environment().get_template("front.html").render(books=books)
    folders.write(folder / "index.html", front.encode())
    graph = crate.metadata(folder, books[0].package, books[0].all_runs, store.memory)
    folders.write(folder / crate.FILE, graph)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    digests = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    made = {"study": next(iter(packages)), "languages": list(books[0].languages), "artefacts": digests}
    content = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    folders.write(folder / "manifest.json", content.encode())
    return notices


def _side_by_side(makers: Sequence[_Maker]) -> list[tuple[dict[str, Any], list[str]]]:
    """Set the languages, in processes where more than a page or two has to be set."""
    if len(makers) == 1 or len(makers[0].store.record) > 3 or not hasattr(os, "fork"):
        return [_made(maker) for maker in makers]
    for name in site.environment().list_templates(extensions=["html"]):
        site.environment().get_template(name)  # compiled once for all languages
    sys.stdout.flush()
    sys.stderr.flush()
    with ProcessPoolExecutor(len(makers), mp_context=get_context("fork")) as pool:
        return list(pool.map(_made, makers))


def _made(maker: _Maker) -> tuple[dict[str, Any], list[str]]:
    maker.write()
    return maker.store.memory, maker.notices


def _around(book: Language) -> str:
    """The digest of what stands around every page, and of what makes it: this room's code, words and theme."""
    files = [*_ROOM.glob("*.py"), *_ROOM.glob("*.yaml"), *_ROOM.glob("theme/*"), Path(colours.__file__)]
    about = [book.imprint, repr(book.entries), repr(book.terms), book.languages, book.picture]
    return digest(*about, *(p.read_bytes() for p in sorted(files) if p.is_file()))


def _paper_key(book: Language) -> str:
    """The digest of what both PDFs are made from."""
    return digest(_around(book), *(_content(run.notebook) for run in book.runs), repr(book.sections))


class _Maker:
    """Sets the pages of one language."""

    def __init__(self, book: Language, store: Store) -> None:
        self.book, self.store, self.folder = book, store, book.language
        self.around = _around(book)
        self.notices: list[str] = []
        drawn = (figure for run in book.runs for figure in figures(run.notebook))
        # What the figures of all pages say, for the one font that they share.
        self.said = drawing.characters(svg for f in drawn for svg in f["svg"].values() if svg)

    @property
    def font(self) -> bytes:
        return drawing.site_font(self.said)

    def make(
        self, page: str, key: Sequence[Any], make: Callable[..., tuple[Files, Any]], *values: Any
    ) -> Any:
        """What the making of a page says; it is made again where a part of its key is another."""
        return self.store.make(f"{self.folder}/{page}", digest(self.around, *key), make, *values)

    def write(self) -> None:
        """Write all pages of the language, and what they load."""
        self._named_once()
        said = {
            run.job.page: self.make(run.job.page, self._notebook_key(run), self._make_notebook, run)
            for run in self.book.runs
        }
        self.notices += [
            f"{self.folder}: {page}: {line}" for page, one in said.items() for line in one["notices"]
        ]
        uses = _used(said)
        self.make("cards", [repr(self.book.sections), uses], self._make_cards, uses)
        entries = [entry for section in self.book.sections.values() for entry in search.of_cards(section)]
        entries += [entry for one in said.values() for entry in one["entries"]]
        for guide in self.book.guides:
            entries += self.make(guide.page, [guide.file.read_bytes()], self._make_guide, guide)
        for page, template, values in (*self._evidence(uses), *self._others()):
            self.make(page, [repr(values)], self._make_page, page, template, values)
        self._static(search.script(self.book.entries, entries, self.book.terms))

    def _named_once(self) -> None:
        """Refuse two figures of one name: the files of one would take the place of the other's."""
        taken: dict[str, str] = {}
        for run in self.book.runs:
            for figure in figures(run.notebook):
                name, page = figure["name"], run.job.page
                if taken.setdefault(name, page) != page:
                    said = f"{run.job.notebook}.ipynb: page {page} has a figure {name!r}, as page {taken[name]} has"
                    raise blocks.PublishError(f"{said}; give it a name of its own, with the region's, say")

    # -- Notebooks ---------------------------------------------------------------------------------

    def _notebook_key(self, run: Run) -> list[Any]:
        """What of a report a notebook's page shows, with what is said of the records that it names."""
        book, content = self.book, json.dumps(_content(run.notebook))
        gathers = blocks.gathered(run.notebook) is not None
        findings = repr(book.findings) if gathers else book.findings is None
        named = book.labels.keys() & set(_KEY.findall(f"{content}{findings}"))
        known = [(key, book.labels[key], book.record_regions.get(key)) for key in sorted(named)]
        said = self.said if figures(run.notebook) else ""
        return [content.encode(), run.job.subject, self._tables(run.job.page), findings, said, known]

    def _make_notebook(self, run: Run) -> tuple[Files, dict[str, Any]]:
        job, page, folder = run.job, self.book.pages[run.job.page], self.folder
        tables = self._tables(job.page)
        text, lost = site.notebook_page(self.book, job.page, page, tables=tables, notebook=True)
        own = {figure["name"] for figure in figures(run.notebook)}
        drawn = [block for block in blocks.walk(page.blocks) if block.kind == "figure"]
        drawn += [f.figure for f in blocks.findings_of(run.notebook) if f.figure]  # shown elsewhere, perhaps
        drawn = list({figure.name: figure for figure in drawn if figure.name in own}.values())
        files = {f"{folder}/{job.page}.html": text.encode()}
        files |= {f"{folder}/figures/{name}": content for f in drawn for name, content in self._files(f)}
        files[f"notebooks/{folder}/{job.page}.ipynb"] = shipped(run.notebook)
        return files, {
            "title": page.title,
            "uses": list(_uses(page)),
            "figures": [[figure.name, figure.title, figure.alt] for figure in drawn],
            "entries": search.of_page(job.page, page.blocks),
            "reads": dict(page.reads),
            "notices": [*page.notices, *(f"the link {to} leads nowhere" for to in dict.fromkeys(lost))],
        }

    def _files(self, figure: blocks.Figure) -> Iterator[tuple[str, bytes]]:
        yield f"{figure.name}.svg", drawing.alone(figure.svg["wide"], figure.name, self.book.href, self.font)
        if figure.png and figure.role != "small":  # of a thumbnail nobody needs one
            yield f"{figure.name}.png", figure.png
        if figure.csv:
            yield f"{figure.name}.csv", _UTF8 + figure.csv.encode()

    def _tables(self, page: str) -> list[tuple[str, str, int]]:
        """What leads to the pages of cards, on the evidence's own page."""
        sections = self.book.sections.values() if page == "evidence" else ()
        return [(section.page, section.title, len(section.cards)) for section in sections]

    # -- Other pages -------------------------------------------------------------------------------

    def _make_cards(self, uses: Uses) -> tuple[Files, None]:
        """All cards of the study as one script for the panel, and of those beside what some page leads to."""
        renderer = site.Renderer(self.book, "", brief=True)
        card = site.card(renderer)
        beside = tuple(f"{name}/" for name in [*self.book.packages][1:])
        made = {
            c.anchor: card(c, uses.get(c.key, ()))
            for section in self.book.sections.values()
            for c in section.cards
            if c.key in uses or not c.key.startswith(beside)
        }
        text = f"window.cards = {search.escaped(made)};\nwindow.names = {search.escaped(renderer.names)};\n"
        return {f"{self.folder}/_static/cards.js": text.encode()}, None

    def _make_guide(self, guide: guides.Guide) -> tuple[Files, list[Any]]:
        page = guide.page_of(self.book.guides)
        text, _ = site.notebook_page(self.book, guide.page, page, tables=[], notebook=False)
        files = {f"{self.folder}/{guide.page}.html": text.encode()}
        return files, search.of_page(guide.page, page.blocks)

    def _evidence(self, uses: Uses) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The pages of cards with what rests on each, as `_others`."""
        for section in self.book.sections.values():
            own = {card.key: uses[card.key] for card in section.cards if card.key in uses}
            named = {card.region for card in section.cards}
            regions = {region: name for region, name in self.book.regions.items() if region in named}
            values = {"title": section.heading, "section": section, "uses": own, "regions": regions}
            yield section.page, "evidence.html", values

    def _others(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Name, template and its values of the pages that come neither from notebooks nor from records."""
        words = self.book.words
        groups = data.groups(self.book.packages, self.store.folder / "data", words)
        yield "data", "data.html", {"title": words.text("data"), "groups": groups}
        found = {"none_found": words.template("search_none"), "found": words.template("search_found")}
        yield "search", "search.html", {"title": words.text("search"), **found}
        if self.book.terms:
            yield "glossary", "glossary.html", {"title": words.text("glossary")}
        if not any(run.job.page == "evidence" for run in self.book.runs):
            values = {"title": words.text("evidence"), "tables": self._tables("evidence")}
            yield "evidence", "contents.html", values

    def _make_page(self, page: str, template: str, values: Mapping[str, Any]) -> tuple[Files, None]:
        text = site.Renderer(self.book, page).render(template, description=values["title"], **values)
        return {f"{self.folder}/{page}.html": text.encode()}, None

    def _static(self, entries: bytes) -> None:
        """What the pages load: styles, scripts, the one font, the search's entries."""
        themed = [p for p in sorted(site.THEME.glob("*")) if p.suffix in (".css", ".js", ".svg")]
        files = {f"_static/{p.name}": p.read_bytes() for p in themed}
        files["_static/figures.css"] = colours.stylesheet().encode()
        files[search.FILE] = entries
        for name, content in files.items():
            folders.write(self.store.folder / self.folder / name, content)
        font = f"{self.folder}/_static/figures.woff"
        self.store.make(font, digest(self.said), lambda: ({font: self.font}, None))


def _content(notebook: Mapping[str, Any]) -> Any:
    """What of a notebook can be seen: its cells and outputs, not when and from what they were made."""
    return [
        [c["cell_type"], c["source"], c.get("metadata", {}).get("tags"), c.get("outputs")]
        for c in notebook["cells"]
    ]


def _uses(page: blocks.Page) -> Iterator[tuple[str, str, str]]:
    """Each record that a page leads to: its key, the place that does, and the place's title."""
    anchor = ""
    for block in page.blocks:
        if block.kind == "heading" and block.level > 1:
            anchor = block.anchor
        place, title = getattr(block, "name", "") or anchor, getattr(block, "title", "")
        for to in blocks.links([block]):
            if to.startswith("record:"):
                yield to.removeprefix("record:"), place, title


def _used(said: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Where each record is led to from, by what was said of each page."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for page, one in said.items():
        for key, place, title in one["uses"]:
            to = f"page:{page}" + (f"#{place}" if place else "")
            found.setdefault(key, {})[to, title or one["title"]] = None
    return {key: list(places) for key, places in found.items()}


def shipped(notebook: Mapping[str, Any]) -> bytes:
    """A notebook as it is downloaded: without stamps of its making; of each figure the picture and words."""
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        made = {k: v for k, v in cell.items() if k != "outputs"}
        made["metadata"] = {k: v for k, v in cell.get("metadata", {}).items() if k == "tags"}
        if cell["cell_type"] == "code":
            made["execution_count"] = None
            made["outputs"] = [_shipped(o) for o in cell.get("outputs", ()) if o.get("name") != "stderr"]
        made.setdefault("id", f"cell-{len(cells) + 1}")
        cells.append(made)
    kept = {k: v for k, v in notebook.get("metadata", {}).items() if k in ("kernelspec", "language_info")}
    document = {"cells": cells, "metadata": kept, "nbformat": 4, "nbformat_minor": 5}
    # Unindented: what is downloaded is opened, not read, and a sixth lighter.
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _shipped(output: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(output)
    if made["output_type"] == "execute_result":
        made["execution_count"] = None
    if "data" in made:
        data = dict(made["data"])
        if blocks.FIGURE in data:
            data.pop("image/svg+xml", None)
            data[blocks.FIGURE] = {k: v for k, v in data[blocks.FIGURE].items() if k != "svg"}
            data["image/png"] = _small(data["image/png"])
        made["data"] = data
        made["metadata"] = {}
    return made


def _small(png: str) -> str:
    """A figure's picture at the size it is shown in a notebook: a quarter of the room."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture, io.BytesIO() as file:
        reduced = picture.convert("RGB").reduce(2)
        reduced.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode("ascii")
