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
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from analysis import folders, paths, words
from analysis.figures import colours
from analysis.languages import nearest, others, semicolon
from analysis.publish import blocks, crate, data, drawing, evidence, guides, pdf, search, site
from analysis.publish.store import Files, Store, digest
from analysis.tidy import datapackage

PUBLISHED = "published.json"
_ROOM = Path(__file__).parent


class Job(Protocol):
    """One page to be made: see `analysis.build.plan.Job`."""

    page: str
    language: str
    title: str
    subject: str
    notebook: str
    group: str
    parameters: Mapping[str, Any]


class Run(Protocol):
    """A job and its executed notebook."""

    job: Any
    notebook: Any


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
    report = _Report(study, runs, languages, beside_studies)
    target = paths.REPORTS / study
    with folders.replacing(target) as folder:
        report.write(target, folder)
        for path in [folder, *folder.rglob("*")]:  # permissions do not depend on who builds
            path.chmod(0o755 if path.is_dir() else 0o644)
    memory = json.dumps(report.memory, ensure_ascii=False, separators=(",", ":"))
    folders.write(_remembered(study), memory.encode())
    for line in dict.fromkeys(report.notices):
        (say or (lambda text: print(text, file=sys.stderr)))(line)
    return target


def _remembered(study: str) -> Path:
    return paths.BUILD / study / PUBLISHED


@dataclass
class _Report:
    """One report with all its languages."""

    study: str
    runs: Sequence[Run]
    languages: Sequence[str]
    others: Sequence[str] | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    @cached_property
    def package(self) -> dict[str, Any]:
        found = json.loads((paths.PROCESSED / self.study / "datapackage.json").read_text("utf-8"))
        if self.others is not None:
            found["study"]["beside"] = list(self.others)
        return found

    @property
    def beside(self) -> list[str]:
        return list(self.package["study"].get("beside", ()))

    def write(self, target: Path, folder: Path) -> None:
        """Write the whole report into a folder; what is unchanged is taken from the target."""
        record = _record(self.study)
        self._data(folder)
        books = {x: Language(self, x) for x in self.languages}
        stores = self._pages(books, target, folder, record)
        for language, store in stores.items():
            self.memory |= store.memory
            self.notices += [f"{language}: {line}" for line in books[language].notices]
        papers = Store(target, folder, record)
        with ThreadPoolExecutor() as pool:  # the typesetter works outside Python's lock
            for notices in pool.map(lambda book: pdf.write(papers, book), books.values()):
                self.notices += notices
        self.memory |= papers.memory
        spoken = {x: books[x].words for x in self.languages}
        front = site.front({x: books[x].imprint for x in self.languages}, self.languages, spoken)
        folders.write(folder / "index.html", front.encode())
        folders.write(folder / crate.FILE, crate.metadata(folder, self.package, self.runs, self.memory))
        folders.write(folder / "manifest.json", self._manifest(folder))

    def _pages(
        self, books: Mapping[str, Language], target: Path, folder: Path, record: Mapping[str, Any]
    ) -> dict[str, Store]:
        """Set the languages, side by side where more than a page or two has to be set."""
        if len(books) > 1 and len(record) < 4 and hasattr(os, "fork"):
            for name in site.environment().list_templates(extensions=["html"]):
                site.environment().get_template(name)  # compiled once for all languages
            sys.stdout.flush()
            sys.stderr.flush()
            with ProcessPoolExecutor(len(books), mp_context=get_context("fork")) as pool:
                waiting = {x: pool.submit(_set, book, target, folder, record) for x, book in books.items()}
                made = {x: future.result() for x, future in waiting.items()}
        else:
            made = {x: _set(book, target, folder, record) for x, book in books.items()}
        for language, (_, notices) in made.items():
            books[language].notices[:] = notices
        return {x: store for x, (store, _) in made.items()}

    def _data(self, folder: Path) -> None:
        """The tidy tables, as they are."""
        for name in (self.study, *self.beside):
            there = folder / "data" / ("" if name == self.study else name)
            shutil.copytree(paths.PROCESSED / name, there, dirs_exist_ok=True, copy_function=shutil.copyfile)

    def _manifest(self, folder: Path) -> bytes:
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        made = {
            "study": self.study,
            "languages": list(self.languages),
            "artefacts": {
                p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
            },
        }
        return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _set(book: Language, target: Path, folder: Path, record: Mapping[str, Any]) -> tuple[Store, list[str]]:
    store = Store(target, folder, record)
    book.write(store)
    return store, book.notices


def _record(study: str) -> dict[str, Any]:
    try:
        found = json.loads(_remembered(study).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def for_excel(content: bytes) -> bytes:
    """A CSV file with the mark by which Excel knows that it is UTF-8."""
    return b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """The digest of what pages are made by: this room's code, words and theme."""
    files = [*_ROOM.glob("*.py"), *_ROOM.glob("*.yaml"), *_ROOM.glob("theme/*"), Path(colours.__file__)]
    return digest(*(p.read_bytes() for p in sorted(files) if p.is_file()))


class Language:
    """One language of a report: what all its pages share, and their making."""

    def __init__(self, report: _Report, language: str) -> None:
        self.report, self.language = report, language
        self.words = words.read(_ROOM / "words.yaml", language)
        self.runs = [run for run in report.runs if run.job.language == language]
        self.notices: list[str] = []

    # -- What all pages share ----------------------------------------------------------------------

    @cached_property
    def imprint(self) -> site.Imprint:
        """What the report says of itself; a study says it in `report`, else it is made from its source."""
        about, own = self.report.package["study"], self.language
        report, text = about.get("report") or {}, self.words.text
        gap = semicolon(own)
        writers = gap.join(a[f"name_{own}"] for a in report.get("authors", ())) or "The contributors"
        source = text(
            "cited_in",
            authors=gap.join(a[f"name_{own}"] for a in about["authors"]),
            year=str(about["year"]),
            title=about[f"title_{own}"],
            venue=about[f"venue_{own}"],
        )
        title = report.get(f"title_{own}") or text("untitled", short=about[f"short_{own}"])
        date = str(report.get("date") or self.report.package["verification"].get("date") or about["year"])
        address = report.get("address", "")
        cited = text("cited", authors=writers, year=date[:4], title=title)
        return site.Imprint(
            title=title,
            subtitle=report.get(f"subtitle_{own}") or text("reading_of", source=about[f"short_{own}"]),
            authors=writers,
            date=date,
            citation=f"{cited} {address}".strip(),
            source=source,
            source_address=about.get("address") or about.get("url") or "",
            rights=about[f"rights_{own}"],
            verification=self.report.package["verification"][f"words_{own}"],
            licence=self.report.package["licenses"][0]["name"],
            address=address,
        )

    @cached_property
    def studies(self) -> list[evidence.Evidence]:
        """The records of the study itself, then of those beside it."""
        made = [
            evidence.Evidence(
                paths.PROCESSED / self.report.study, self.report.package["study"], self.language, self.words
            )
        ]
        for other in self.report.beside:
            folder = paths.PROCESSED / other
            about = json.loads((folder / "datapackage.json").read_text("utf-8"))["study"]
            made.append(evidence.Evidence(folder, about, self.language, self.words, f"{other}/"))
        return made

    @cached_property
    def labels(self) -> dict[str, evidence.Named]:
        return {key: named for own in self.studies for key, named in own.labels.items()}

    @cached_property
    def sections(self) -> dict[str, tuple[str, list[evidence.Section]]]:
        """The evidence page by page: its title and the tables on it."""
        made = {}
        for own in self.studies:
            study = own.about[f"short_{nearest(self.language, datapackage.languages(own.about))}"]
            for section in own.sections():
                said = {"table": section.title, "study": study}
                title = self.words.text("evidence_beside" if own.prefix else "evidence_page", **said)
                made[evidence.page_of(section.cards[0].key)] = (title, [section])
        return made

    @cached_property
    def guide_pages(self) -> list[guides.Guide]:
        return guides.guides([self.language])

    @cached_property
    def terms(self) -> tuple[site.Term, ...]:
        return data.terms(self.language)

    @cached_property
    def entries(self) -> tuple[site.Entry, ...]:
        """Every page in the order of the navigation."""
        spoken = [run for run in self.report.runs if run.job.language != self.language]
        found = [
            site.Entry(
                run.job.page,
                run.job.title,
                run.job.group,
                " ".join(other.job.title for other in spoken if other.job.page == run.job.page),
            )
            for run in self.runs
        ]
        own_others = others(self.language, datapackage.languages(self.report.package["study"]))
        beyond = [words.read(_ROOM / "words.yaml", other) for other in own_others]

        def own(page: str, group: str) -> site.Entry:
            return site.Entry(page, self.words.text(page), group, " ".join(x.text(page) for x in beyond))

        if not any(entry.page == "evidence" for entry in found):
            found.append(own("evidence", "evidence"))
        found.append(own("data", "evidence"))
        found += [site.Entry(g.page, g.title, "researchers") for g in self.guide_pages]
        if self.terms:
            found.append(own("glossary", "researchers"))
        return tuple(sorted(found, key=lambda entry: site.GROUPS.index(entry.group)))

    @cached_property
    def site(self) -> site.Site:
        about = self.report.package["study"]
        found = {c.key: c.region for _, many in self.sections.values() for s in many for c in s.cards}
        return site.Site(
            language=self.language,
            languages=tuple(self.report.languages),
            imprint=self.imprint,
            entries=self.entries,
            words=self.words,
            labels=self.labels,
            regions={r: n[self.language] for r, n in about.get("region_names", {}).items()},
            record_regions={key: region for key, region in found.items() if region},
            terms=self.terms,
            picture=self._hero(),
        )

    def _hero(self) -> str:
        """The PNG of the report's hero figure, else of its first."""
        found = [f for run in self.runs for f in _figures(run.notebook)]
        hero = next((f for f in found if f.get("role") == "hero"), found[0] if found else None)
        return f"figures/{hero['name']}.png" if hero else ""

    @cached_property
    def pages(self) -> dict[str, blocks.Page]:
        """The blocks of every notebook's page; read only where something is to be set anew."""
        return {run.job.page: self.read(run) for run in self.runs}

    def read(self, run: Run) -> blocks.Page:
        """The blocks of a notebook's page."""
        name = f"{run.job.notebook}.ipynb"
        subject, findings = run.job.subject, self.findings
        return blocks.read(run.notebook, self.language, name=name, subject=subject, findings=findings)

    @cached_property
    def findings(self) -> list[blocks.Finding] | None:
        """The findings of all pages, where one page shows them together."""
        orders = [order for run in self.runs if (order := blocks.gathered(run.notebook)) is not None]
        if not orders:
            return None
        made = [(run.job.page, one) for run in self.runs for one in blocks.findings_of(run.notebook)]
        found = [replace(finding, page=f"{page}#{finding.id}") for page, finding in made]
        place = {name: number for number, name in enumerate(orders[0])}
        return sorted(found, key=lambda finding: place.get(finding.id, len(place)))

    @cached_property
    def around(self) -> str:
        """The digest of what stands around every page."""
        return digest(
            code_digest(),
            asdict(self.imprint),
            [asdict(e) for e in self.entries],
            [asdict(t) for t in self.terms],
            list(self.report.languages),
            self.site.picture,
        )

    @cached_property
    def said(self) -> str:
        """The characters that the figures of all pages say."""
        drawings = [
            svg for run in self.runs for f in _figures(run.notebook) for svg in f["svg"].values() if svg
        ]
        return drawing.characters(drawings)

    @cached_property
    def font(self) -> bytes:
        return drawing.site_font(self.said)

    @cached_property
    def paper_key(self) -> list[str]:
        """What both PDFs are made from."""
        return [self.around, *(digest(_content(run.notebook)) for run in self.runs), repr(self.sections)]

    # -- The making --------------------------------------------------------------------------------

    def write(self, store: Store) -> None:
        """Write all pages of the language, and what they load."""
        self._named_once()
        said = {run.job.page: self._notebook_page(store, run) for run in self.runs}
        for page, one in said.items():
            self.notices += [f"{page}: {line}" for line in one["notices"]]
        uses = self.uses(said)
        self._evidence(store, uses)
        parts = [part for one in said.values() for part in one["entries"]]
        parts += [part for guide in self.guide_pages for part in self._guide(store, guide)]
        self._others(store)
        colon = self.words.text("colon")
        cards = [
            search.of_card(card, title.partition(colon)[2])
            for title, many in self.sections.values()
            for section in many
            for card in section.cards
        ]
        self._static(store, search.script(self.entries, [*cards, *parts], self.terms))

    def _named_once(self) -> None:
        """Refuse two figures of one name: the files of one would take the place of the other's."""
        taken: dict[str, str] = {}
        for run in self.runs:
            for figure in _figures(run.notebook):
                name, page = figure["name"], run.job.page
                if taken.setdefault(name, page) != page:
                    said = f"{run.job.notebook}.ipynb: page {page} has a figure {name!r}, as page {taken[name]} has"
                    raise blocks.PublishError(f"{said}; give it a name of its own, with the region's, say")

    def _notebook_page(self, store: Store, run: Run) -> dict[str, Any]:
        name = f"{self.language}/{run.job.page}"
        before = (store.kept(name) or {}).get("links", [])

        def key(links: Sequence[str]) -> str:
            known = {to: self.site.href(to) and self.site.labels.get(to.partition(":")[2]) for to in links}
            regions = {to: self.site.record_regions.get(to.partition(":")[2]) for to in links}
            more: list[Any] = [self._tables(run.job.page), self.said if _figures(run.notebook) else ""]
            gathers = blocks.gathered(run.notebook) is not None
            more.append(repr(self.findings) if gathers else self.findings is None)
            return digest(self.around, _content(run.notebook), run.job.subject, known, regions, *more)

        said = store.make(name, key(before), lambda: self._make_page(run))
        store.memory[name]["key"] = key(said["links"])
        return said

    def _make_page(self, run: Run) -> tuple[Files, dict[str, Any]]:
        page, job, folder = self.pages[run.job.page], run.job, self.language
        more = {"tables": self._tables(job.page), "notebook": True}
        text, lost = site.notebook_page(self.site, job.page, page, more)
        files = {f"{folder}/{job.page}.html": text.encode()}
        figures = self._own_figures(run, page)
        for figure in figures:
            for ending, content in self._files(figure).items():
                files[f"{folder}/figures/{figure.name}.{ending}"] = content
        files[f"notebooks/{folder}/{job.page}.ipynb"] = shipped(run.notebook)
        notices = [*page.notices, *(f"the link {to} leads nowhere" for to in dict.fromkeys(lost))]
        return files, {
            "title": page.title,
            "links": blocks.links(page.blocks),
            "uses": list(_uses(job.page, page)),
            "figures": [[figure.name, figure.title, figure.alt] for figure in figures],
            "entries": search.of_page(job.page, page.blocks),
            "reads": dict(page.reads),
            "notices": notices,
        }

    def _own_figures(self, run: Run, page: blocks.Page) -> list[blocks.Figure]:
        """The figures that a run drew, those beside a finding included, wherever they are shown."""
        own = {figure["name"] for figure in _figures(run.notebook)}
        drawn = [block for block in blocks.walk(page.blocks) if block.kind == "figure"]
        drawn += [f.figure for f in blocks.findings_of(run.notebook) if f.figure]
        return list({figure.name: figure for figure in drawn if figure.name in own}.values())

    def _files(self, figure: blocks.Figure) -> dict[str, bytes]:
        svg = drawing.alone(figure.wide, figure.name, self.site.href, self.font)
        picture = b"" if figure.role == "small" else figure.png  # of a thumbnail nobody needs one
        made = {"svg": svg, "png": picture, "csv": for_excel(figure.csv.encode())}
        return {ending: content for ending, content in made.items() if content.strip(b"\xef\xbb\xbf")}

    def _tables(self, page: str) -> list[tuple[str, str, int]]:
        """What leads to the pages of cards, on the evidence's own page."""
        if page != "evidence":
            return []
        return [
            (name, title.partition(self.words.text("colon"))[2], sum(len(s.cards) for s in many))
            for name, (title, many) in self.sections.items()
        ]

    def uses(self, said: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
        """Where each record is led to from: its key to targets with their titles."""
        found: dict[str, list[tuple[str, str]]] = {}
        for page, one in said.items():
            for key, place, title in one["uses"]:
                at = (f"page:{page}" + (f"#{place}" if place else ""), title or one["title"])
                if at not in found.setdefault(key, []):
                    found[key].append(at)
        return found

    def _evidence(self, store: Store, uses: Mapping[str, list[tuple[str, str]]]) -> None:
        """The pages of cards, one a table, and all cards as one script for the panel."""
        for name, (title, sections) in self.sections.items():
            own = {c.key: uses[c.key] for s in sections for c in s.cards if c.key in uses}

            def make(
                name: str = name, title: str = title, sections: list = sections, own: dict = own
            ) -> tuple[Files, None]:
                text = site.evidence_page(self.site, name, title, sections, own)
                return {f"{self.language}/{name}.html": text.encode()}, None

            store.make(f"{self.language}/{name}", digest(self.around, title, repr(sections), own), make)
        store.make(
            f"{self.language}/cards",
            digest(self.around, repr(self.sections), uses),
            lambda: self._cards(uses),
        )

    def _cards(self, uses: Mapping[str, list[tuple[str, str]]]) -> tuple[Files, None]:
        """Those of the study, and of the studies beside it those that some page leads to."""
        renderer = site.Renderer(self.site, "", brief=True)
        card = site.card(renderer)
        beside = tuple(f"{name}/" for name in self.report.beside)
        made = {
            c.anchor: card(c, uses.get(c.key, ()))
            for _, many in self.sections.values()
            for s in many
            for c in s.cards
            if c.key in uses or not c.key.startswith(beside)
        }
        parts = (
            json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in (made, renderer.names)
        )
        cards, names = map(search.escaped, parts)
        text = f"window.cards = {cards};\nwindow.names = {names};\n"
        return {f"{self.language}/_static/cards.js": text.encode()}, None

    def _guide(self, store: Store, guide: guides.Guide) -> list[Any]:
        def make() -> tuple[Files, list[Any]]:
            page = guide.page_of(self.guide_pages)
            text, _ = site.notebook_page(self.site, guide.page, page, {"tables": [], "notebook": False})
            entries = search.of_page(guide.page, page.blocks)
            return {f"{self.language}/{guide.page}.html": text.encode()}, entries

        return store.make(f"{self.language}/{guide.page}", digest(self.around, guide.file.read_bytes()), make)

    def _others(self, store: Store) -> None:
        """The pages that come from no notebook: data, glossary, search, and the evidence's contents."""
        folder = store.folder / "data"
        values = {
            "data": {"groups": data.groups(self.report.package, folder, self.report.beside, self.words)},
            "search": {
                "none_found": self.words.template("search_none"),
                "found": self.words.template("search_found"),
            },
        }
        if self.terms:
            values["glossary"] = {}
        if not any(run.job.page == "evidence" for run in self.runs):
            values["contents"] = {"tables": self._tables("evidence")}
        for name, more in values.items():
            page = "evidence" if name == "contents" else name
            title = self.words.text(page)

            def make(
                name: str = name, page: str = page, title: str = title, more: Any = more
            ) -> tuple[Files, None]:
                renderer = site.Renderer(self.site, page)
                text = renderer.render(f"{name}.html", title=title, description=title, **more)
                return {f"{self.language}/{page}.html": text.encode()}, None

            content = digest(self.around, repr(more))
            store.make(f"{self.language}/{page}", content, make)

    def _static(self, store: Store, entries: bytes) -> None:
        """What the pages load: styles, scripts, the one font, the search's entries."""
        files = {
            f"_static/{p.name}": p.read_bytes()
            for p in sorted(site.THEME.glob("*"))
            if p.suffix in (".css", ".js", ".svg")
        }
        files["_static/figures.css"] = colours.stylesheet().encode()
        files[search.FILE] = entries
        for name, content in files.items():
            folders.write(store.folder / self.language / name, content)
        font = f"{self.language}/_static/figures.woff"
        store.make(font, digest(self.said), lambda: ({font: self.font}, None))


def _figures(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures in a notebook, as they were displayed."""
    outputs = (o for cell in notebook["cells"] for o in cell.get("outputs", ()))
    return [o["data"][blocks.FIGURE] for o in outputs if blocks.FIGURE in o.get("data", {})]


def _content(notebook: Mapping[str, Any]) -> Any:
    """What of a notebook can be seen: its cells and outputs, not when and from what they were made."""
    return [
        [c["cell_type"], c["source"], c.get("metadata", {}).get("tags"), c.get("outputs")]
        for c in notebook["cells"]
    ]


def _uses(page: str, found: blocks.Page) -> Iterator[tuple[str, str, str]]:
    """Each record that a page leads to: its key, the place that does, and the place's title."""
    place = ("", "")
    for block in found.blocks:
        if block.kind == "heading" and block.level > 1:
            place = (block.anchor, "")
        own = {"figure": ("name", "title"), "table": ("name", "caption"), "finding": ("id", "title")}
        at = tuple(getattr(block, a) for a in own[block.kind]) if block.kind in own else ("", "")
        for to in blocks.links([block]):
            if to.startswith("record:"):
                yield to.removeprefix("record:"), at[0] or place[0], at[1]


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
