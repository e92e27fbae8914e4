"""One language of a report: what all its pages and PDFs share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis import paths, words
from analysis.languages import others, semicolon
from analysis.links import address
from analysis.publish import blocks, data, guides
from analysis.publish.evidence import Evidence, Section
from analysis.tidy import datapackage
from analysis.transcribe import periods

WORDS = Path(__file__).with_name("words.yaml")
Run = Any  # a job and its executed notebook: see `analysis.build.run.Run`
GROUPS = ("findings", "regions", "evidence", "researchers")


@dataclass(frozen=True)
class Entry:
    """A page in the navigation."""

    page: str
    title: str
    group: str
    also: str = ""  # its title in the other languages, for the search


class Language:
    """What the pages of one language share.

    `packages` are what datapackage.json says of the study and then of those beside it, by name; `runs`
    are those of all `languages` of the report.
    """

    def __init__(
        self, packages: Mapping[str, Mapping], runs: Sequence[Run], languages: Sequence[str], language: str
    ) -> None:
        self.packages, self.languages, self.language = packages, tuple(languages), language
        self.package = next(iter(packages.values()))
        self.about = self.package["study"]
        self.words = words.read(WORDS, language)
        self.all_runs, self.runs = runs, [run for run in runs if run.job.language == language]

    @property
    def others(self) -> list[str]:
        """The report's other languages."""
        return others(self.language, self.languages)

    @cached_property
    def imprint(self) -> dict[str, str]:
        """What the report says of itself; a study says it in `report`, else it is made from its source.

        `source` is the source's citation, `address` where the report is published, if anywhere.
        """
        about, own, text = self.about, self.language, self.words.text
        report, checked, gap = about.get("report") or {}, self.package["verification"], semicolon(own)
        writers = gap.join(a[f"name_{own}"] for a in report.get("authors", ())) or "The contributors"
        source = text(
            "cited_in",
            authors=gap.join(a[f"name_{own}"] for a in about["authors"]),
            year=str(about["year"]),
            title=about[f"title_{own}"],
            venue=about[f"venue_{own}"],
        )
        title = report.get(f"title_{own}") or text("untitled", short=about[f"short_{own}"])
        date = str(report.get("date") or checked.get("date") or about["year"])
        published = report.get("address", "")
        cited = text("cited", authors=writers, year=date[:4], title=title)
        return {
            "title": title,
            "subtitle": report.get(f"subtitle_{own}") or text("reading_of", source=about[f"short_{own}"]),
            "authors": writers,
            "date": date,
            "day": periods.display(date, own),
            "citation": f"{cited} {published}".strip(),
            "source": source,
            "source_address": about.get("address") or about.get("url") or "",
            "rights": about[f"rights_{own}"],
            "verification": checked[f"words_{own}"],
            "licence": self.package["licenses"][0]["name"],
            "address": published,
        }

    @cached_property
    def studies(self) -> list[Evidence]:
        """The records of the study itself, then of those beside it."""
        made: list[Evidence] = []
        for name, package in self.packages.items():
            prefix = f"{name}/" if made else ""
            folder = paths.PROCESSED / name
            made.append(Evidence(folder, package["study"], self.language, self.words, prefix))
        return made

    @cached_property
    def labels(self) -> dict[str, str]:
        """What every record is called, by its key."""
        return {key: label for own in self.studies for key, label in own.labels.items()}

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The evidence page by page."""
        return {section.page: section for own in self.studies for section in own.sections()}

    @cached_property
    def guides(self) -> list[guides.Guide]:
        return guides.guides(self.language)

    @cached_property
    def terms(self) -> tuple[data.Term, ...]:
        return data.terms(self.language)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every page in the order of the navigation."""
        found = []
        for job in (run.job for run in self.runs):
            same = [run.job for run in self.all_runs if run.job.page == job.page]
            also = " ".join(other.title for other in same if other.language != self.language)
            found.append(Entry(job.page, job.title, job.group, also))
        spoken = others(self.language, datapackage.languages(self.about))
        beyond = [words.read(WORDS, other) for other in spoken]

        def own(page: str, group: str) -> Entry:
            return Entry(page, self.words.text(page), group, " ".join(x.text(page) for x in beyond))

        if not any(entry.page == "evidence" for entry in found):
            found.append(own("evidence", "evidence"))
        found.append(own("data", "evidence"))
        found += [Entry(g.page, g.title, "researchers") for g in self.guides]
        if self.terms:
            found.append(own("glossary", "researchers"))
        return tuple(sorted(found, key=lambda entry: GROUPS.index(entry.group)))

    @cached_property
    def regions(self) -> dict[str, str]:
        """What regions are called."""
        return {r: n[self.language] for r, n in self.about.get("region_names", {}).items()}

    @cached_property
    def record_regions(self) -> dict[str, str]:
        """The region that a record is of, by its key."""
        cards = (card for section in self.sections.values() for card in section.cards)
        return {card.key: card.region for card in cards if card.region}

    @cached_property
    def picture(self) -> str:
        """The PNG of the report's hero figure, else of its first, for those who share a link."""
        found = [figure for run in self.runs for figure in figures(run.notebook)]
        hero = next((f for f in found if f.get("role") == "hero"), found[0] if found else None)
        return f"figures/{hero['name']}.png" if hero else ""

    @cached_property
    def findings(self) -> list[blocks.Finding] | None:
        """The findings of all pages, where one page shows them together."""
        orders = [order for run in self.runs if (order := blocks.gathered(run.notebook)) is not None]
        if not orders:
            return None
        found = [
            replace(finding, page=f"{run.job.page}#{finding.name}")
            for run in self.runs
            for finding in blocks.findings_of(run.notebook)
        ]
        place = {name: number for number, name in enumerate(orders[0])}
        return sorted(found, key=lambda finding: place.get(finding.name, len(place)))

    @cached_property
    def pages(self) -> dict[str, blocks.Page]:
        """The blocks of every notebook's page; read only where something is to be set anew."""
        return {
            run.job.page: blocks.read(
                run.notebook,
                self.language,
                name=f"{run.job.notebook}.ipynb",
                subject=run.job.subject,
                findings=self.findings,
            )
            for run in self.runs
        }

    @cached_property
    def _page_names(self) -> set[str]:
        return {entry.page for entry in self.entries}

    def href(self, to: str) -> str:
        """The address that a link leads to; empty where it leads nowhere."""
        scheme, _, rest = to.partition(":")
        if scheme == "record":
            return address(to) if rest in self.labels else ""
        if scheme == "page":
            return address(to) if rest.partition("#")[0] in self._page_names else ""
        return to if to.startswith(("https://", "http://", "#")) else ""


def figures(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures in a notebook, as they were displayed."""
    return [bundle[blocks.FIGURE] for bundle in blocks.bundles(notebook) if blocks.FIGURE in bundle]
