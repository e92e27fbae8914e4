"""Evidence cards: what a record says, how far it is checked, where it stands, and what rests on it.

Cards are made from the tidy tables alone (evidence.csv, passages.csv, codebook.csv and, where they
are there, issue_links.csv and issue_statuses.csv), in words: ids and codes are resolved through the
labels of the records they name and the schema's vocabularies, and what has no words is not shown.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis import languages
from analysis.links import address, anchor
from analysis.tidy import datapackage
from analysis.tidy.read import bare
from analysis.transcribe import periods, schema
from analysis.words import Words

CONSENSUS = "consensus"  # the coder of what the coders agreed on, as `transcribe` has it
_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)+")


@dataclass(frozen=True)
class Named:
    """A record by what it is called: its key `table/id` and its label; a value has no key."""

    key: str
    label: str


Titled = tuple[str, tuple[Named, ...]]  # a title and what stands under it


@dataclass(frozen=True)
class Place:
    """Where a record stands: section, page and first signs of a passage, with its gist."""

    key: str
    where: str
    opening: str
    gist: str


@dataclass(frozen=True)
class Card:
    """One record as its reader sees it."""

    key: str  # table/id, with the study before it where it stands beside
    title: str
    kind: str  # what it is, in a word
    other_label: str  # in the other languages, for the search
    level: str = ""
    level_words: str = ""
    values: tuple[Titled, ...] = ()  # column by column
    places: tuple[Place, ...] = ()
    addresses: tuple[str, ...] = ()
    neighbours: tuple[Named, ...] = ()  # the other records on its passages
    judged: tuple[Titled, ...] = ()  # themes and links, by whose judgement
    note: str = ""
    note_lang: str = ""
    inferred: str = ""
    region: str = ""

    @property
    def anchor(self) -> str:
        return anchor(self.key)


@dataclass(frozen=True)
class Section:
    """All cards of one table: a page of the evidence; `title` is its heading without the first word."""

    page: str
    heading: str
    title: str
    description: str
    cards: tuple[Card, ...]


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a table; none where it is not there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Evidence:
    """The records of one study in one language; keys begin with `prefix` where it stands beside."""

    folder: Path
    about: Mapping[str, Any]  # what datapackage.json says of the study
    language: str
    words: Words
    prefix: str = ""

    @cached_property
    def _book(self) -> schema.Schema:
        return schema.of_package(self.about)

    @cached_property
    def own(self) -> str:
        """The language in which the study is read, which need not have that of the report."""
        return languages.nearest(self.language, datapackage.languages(self.about))

    @cached_property
    def _others(self) -> list[str]:
        """The study's other languages."""
        return languages.others(self.own, datapackage.languages(self.about))

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """The rows of evidence.csv by their keys, with their `cells` as a mapping."""
        found = rows(self.folder / "evidence.csv")
        return {f"{row['table']}/{row['record']}": row | {"cells": json.loads(row["cells"])} for row in found}

    @cached_property
    def passages(self) -> dict[str, dict[str, str]]:
        return {row["record"]: row for row in rows(self.folder / "passages.csv")}

    @cached_property
    def themes(self) -> dict[str, dict[str, str]]:
        return {row["record"]: row for row in rows(self.folder / "codebook.csv")}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What every record, passage and theme is called, by its key."""
        label, gist = f"label_{self.own}", f"gist_{self.own}"
        found = {key: row[label] for key, row in self.records.items()}
        found |= {f"passages/{p}": row[gist] for p, row in self.passages.items()}
        found |= {f"themes/{t}": row[label] for t, row in self.themes.items()}
        return {self.prefix + key: name for key, name in found.items()}

    def sections(self) -> Iterator[Section]:
        """The cards, table by table, passages and themes last."""
        found = defaultdict(list)
        for key, row in self.records.items():
            found[row["table"]].append(self._card(key, row))
        found["passages"] += map(self._passage, self.passages.values())
        found["themes"] += map(self._theme, self.themes.values())
        for table, cards in found.items():
            if cards:
                known, page = self._book.tables[table], address(f"record:{cards[0].key}").partition(".")[0]
                said = {"table": known.title(self.language), "study": self.about[f"short_{self.own}"]}
                heading = self.words.text("evidence_beside" if self.prefix else "evidence_page", **said)
                title = heading.partition(self.words.text("colon"))[2]
                yield Section(page, heading, title, known.description(self.language), tuple(cards))

    # -- Words ---------------------------------------------------------------------------------------

    def _known(self, keys: Iterable[str]) -> tuple[Named, ...]:
        known = (self.prefix + key for key in keys)
        return tuple(Named(key, self.labels[key]) for key in known if key in self.labels)

    def _briefly(self, keys: Iterable[str]) -> tuple[Named, ...]:
        """Records by the beginning of what they are called: their own cards say the rest."""
        most = 34 if languages.is_wide(self.language) else 72

        def brief(label: str) -> str:
            return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"

        return tuple(Named(named.key, brief(named.label)) for named in self._known(dict.fromkeys(keys)))

    @cached_property
    def _scales(self) -> dict[str, Named]:
        """What a scale is called, by its id, and by it with a grade, which leads to that: grades carry the name."""
        found: dict[str, Named] = {}
        for key, row in self.records.items():
            if row["table"] == "scales":
                cells = row["cells"]
                named = Named(self.prefix + key, cells[f"label_{self.own}"])
                found.setdefault(cells["scale"], named)
                found[f"{cells['scale']} {cells['grade']}"] = named
        return found

    def _values(self, row: Mapping[str, Any]) -> Iterator[Titled]:
        """Column by column what the record says beside its title, ids and codes in words."""
        cells, table = row["cells"], self._book.tables[row["table"]]
        printed = {f.name for f in table.verbatim_in(self.about["language"])}
        for known in table.fields:
            if known.name not in cells or self._elsewhere(known.name, cells, printed, row):
                continue
            if shown := self._value(known, str(cells[known.name]), cells):
                plain = known.language == "ja" or known.language == self.own != "en"
                yield self._titled(known) if plain else known.title(self.language), shown

    def _titled(self, known: schema.Field) -> str:
        """A column's title, without its language."""
        title = known.title(self.language)
        return bare(title, known.language, self.language) if known.language else title

    def _elsewhere(self, name: str, cells: Mapping, printed: set[str], row: Mapping[str, Any]) -> bool:
        """Whether a column says what another one, or the card's title, says already."""
        if name == "label_en_official":
            return self.own != "en" or "label_en" in printed
        if name.endswith(f"_{self.own}") and str(cells[name]) == row[f"label_{self.own}"]:
            return True
        base, _, ending = name.rpartition("_")
        return ending in self._others and f"{base}_{self.own}" in cells and name not in printed

    def _value(self, known: schema.Field, value: str, cells: Mapping) -> tuple[Named, ...]:
        """What a cell says; coded values and dates need no words of the study."""
        if known.vocabulary:
            label = self._book.vocabularies[known.vocabulary].get(value)
            return (Named("", label(self.language)),) if label else ()
        if known.format == "period":
            era = periods.in_era(value) if self.language == "ja" else ""
            return (Named("", periods.display(value, self.language) + (f"（{era}）" if era else "")),)
        if known.name == "scale":
            own = self._scales.get(f"{value} {cells.get('grade', '')}") or self._scales.get(value)
            return (own,) if own else ()
        if known.references == "sections":
            return (Named("", self._section(value)),)
        if known.references:
            return self._named(known, value.split())
        if _SLUG.fullmatch(value) and not known.verbatim:
            return ()  # a code that no table gives words to
        return (Named("", value),)

    def _named(self, known: schema.Field, ids: list[str]) -> tuple[Named, ...]:
        """The records that a cell names, and fixed words by the catalogue."""
        any_table = ("evaluations", "regions", "programmes", "references", "themes")
        tables = known.target[:1] if known.target else any_table
        fixed = [Named("", self.words.text(f"fixed_{v}")) for v in ids if f"fixed_{v}" in self.words]
        return self._known(f"{table}/{v}" for v in ids for table in tables) + tuple(fixed)

    def _section(self, number: str) -> str:
        """A section of the source: its number and title, and of several documents which."""
        about: Mapping[str, str] = next((s for s in self.about.get("sections", ()) if s["id"] == number), {})
        title = about.get(f"title_{self.own}") or about.get("title", "")
        shown = self.words.text("section", section=number) if number[:1].isdigit() else ""
        named = f"{shown} {title}".strip() or number
        sources = {each["id"]: each[f"title_{self.own}"] for each in self.about.get("sources", ())}
        document = about.get("source")
        return languages.brackets(named, sources[document], self.language) if document else named

    # -- Cards ---------------------------------------------------------------------------------------

    @cached_property
    def _standing(self) -> dict[str, list[str]]:
        """The records that stand on each passage."""
        found = defaultdict(list)
        for key, row in self.records.items():
            for passage in row["passages"].split():
                found[passage].append(key)
        return found

    def _judged_by(self, said: str, coder: str) -> str:
        """The title of a judgement: what is judged, and by whom."""
        known = {c["id"]: c for c in self.about.get("coders", ()) if isinstance(c, dict)}.get(coder)
        name = known[f"name_{self.own}"] if known else coder
        if coder == CONSENSUS:
            name = self.words.text("consensus")
        elif known and (how := known.get(f"made_{self.own}")):
            name = self.words.text("coder", name=name, how=how)
        return self.words.text("judged_by", said=said, coder=name)

    @cached_property
    def _judgements(self) -> dict[str, dict[str, dict[Named, None]]]:
        """What coders judged of issues, and of the records that they linked with them, by key and title."""
        found: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
        for row in rows(self.folder / "issue_statuses.csv"):
            judged = self._judged_by(self.words.text("status"), row["coder"])
            found[f"issues/{row['issue']}"][judged][Named("", row[f"status_{self.own}"])] = None
        for row in rows(self.folder / "issue_links.csv"):
            record, issue = f"{row['table']}/{row['record']}", f"issues/{row['issue']}"
            judged = self._judged_by(row[f"relation_{self.own}"], row["coder"])
            found[record][judged] |= dict.fromkeys(self._briefly([issue]))
            found[issue][judged] |= dict.fromkeys(self._briefly([record]))
        return found

    def _card(self, key: str, row: Mapping[str, Any]) -> Card:
        table = self._book.tables[row["table"]]
        passages = [p for p in row["passages"].split() if p in self.passages]
        noted = next((each for each in [self.own, *self._others] if row[f"note_{each}"]), self.own)
        titles = {f.name: f.title(self.language) for f in table.fields}
        inferred = (titles.get(name, name) for name in row["inferred"].split())
        return Card(
            key=self.prefix + key,
            title=row[f"label_{self.own}"],
            kind=table.title(self.language),
            other_label=self._in_others(row, "label"),
            level=row["level"],
            level_words=self.words.text(f"level_{row['level']}"),
            values=tuple(self._values(row)),
            places=tuple(self._place(self.passages[p]) for p in passages),
            addresses=tuple(row["address"].split()),
            neighbours=self._briefly(k for p in passages for k in self._standing[p] if k != key),
            judged=tuple(self._judged(key, row)),
            note=row[f"note_{noted}"],
            note_lang="" if noted == self.language else noted,
            inferred=languages.comma(self.language).join(inferred),
            region=self._region(row),
        )

    def _in_others(self, row: Mapping[str, str], column: str) -> str:
        return " ".join(row[f"{column}_{each}"] for each in self._others)

    def _judged(self, key: str, row: Mapping[str, Any]) -> Iterator[Titled]:
        if themes := self._known(f"themes/{t}" for t in row["themes"].split()):
            coders = row["coders"].split()
            how = "agreed" if CONSENSUS in coders else "any" if len(coders) > 1 else "one"
            yield self.words.text(f"themes_{how}", n=len(coders)), themes
        for title, named in self._judgements.get(key, {}).items():
            yield title, tuple(named)

    def _region(self, row: Mapping[str, Any]) -> str:
        """The region that a record is of, where it names one or belongs to what names one."""
        if row["table"] == "regions":
            return row["record"]
        cells = row["cells"]
        for name in ("region", "scope", "subject"):
            if cells.get(name) in self.about.get("region_names", {}):
                return cells[name]
        for name, table in (("project", "projects"), ("subject", "evaluations"), ("issue", "issues")):
            if found := self.records.get(f"{table}/{cells.get(name)}"):
                return self._region(found)
        return ""

    def _place(self, passage: Mapping[str, str]) -> Place:
        """A passage as a place: where, how it begins, what it is about."""
        page = [self.words.text("page", page=passage["page"])] if passage["page"] else []
        where = languages.comma(self.language).join([self._section(passage["section"]), *page])
        key = f"{self.prefix}passages/{passage['record']}"
        return Place(key, where, passage["opening"], passage[f"gist_{self.own}"])

    def _passage(self, passage: Mapping[str, str]) -> Card:
        place = self._place(passage)
        size = self.words.text("characters", n=int(passage["chars"]))
        hashed = Named("", f"{size}, SHA-256 {passage['sha256'][:16]}…")
        return Card(
            key=place.key,
            title=place.gist,
            kind=self._book.tables["passages"].title(self.language),
            other_label=self._in_others(passage, "gist"),
            values=((self.words.text("fingerprint"), (hashed,)),),
            places=(place,),
            neighbours=self._briefly(self._standing[passage["record"]]),
        )

    def _theme(self, theme: Mapping[str, str]) -> Card:
        table = self._book.tables["themes"]
        columns = [f"{column}_{self.own}" for column in ("definition", "include", "exclude")]
        given = [key for key, row in self.records.items() if theme["record"] in row["themes"].split()]
        return Card(
            key=f"{self.prefix}themes/{theme['record']}",
            title=theme[f"label_{self.own}"],
            kind=table.title(self.language),
            other_label=self._in_others(theme, "label"),
            values=tuple((self._titled(table.field(c)), (Named("", theme[c]),)) for c in columns if theme[c]),
            judged=((self.words.text("given"), self._briefly(given)),) if given else (),
        )
