"""Evidence cards: what a record says, how far it is checked, where it stands, and what rests on it.

Cards are made from the tidy tables alone (evidence.csv, passages.csv, codebook.csv and, where it is
there, links.csv), in words: ids and codes are resolved through the labels of the records they name
and the schema's vocabularies, and what has no words is not shown.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)+")


@dataclass(frozen=True)
class Named:
    """A record by what it is called: its key `table/id` and its label."""

    key: str
    label: str
    lang: str = ""


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
    level: str
    level_words: str
    values: tuple[tuple[str, tuple[Named, ...]], ...]  # title of a column and what it says
    places: tuple[Place, ...]
    addresses: tuple[str, ...]
    neighbours: tuple[Named, ...]  # the other records on its passages
    judged: tuple[tuple[str, tuple[Named, ...]], ...]  # themes and links, by whose judgement
    note: str
    note_lang: str
    inferred: str
    region: str
    other_label: str  # in the other language, for the search

    @property
    def anchor(self) -> str:
        return anchor(self.key)


@dataclass(frozen=True)
class Section:
    """All cards of one table."""

    table: str
    title: str
    description: str
    cards: tuple[Card, ...]


def page_of(key: str) -> str:
    """The page that a record's card stands on."""
    return address(f"record:{key}").partition(".")[0]


def rows(path: Path) -> list[dict[str, str]]:
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

    @property
    def _languages(self) -> tuple[str, ...]:
        """The languages of the study, which need not be those of the report that it stands beside."""
        return datapackage.languages(self.about)

    @property
    def _own(self) -> str:
        """The language in which the study is read."""
        return languages.nearest(self.language, self._languages)

    def _in_others(self, row: Mapping[str, str], column: str) -> str:
        """What a row says in the study's other languages, for the search."""
        return " ".join(row[f"{column}_{each}"] for each in languages.others(self._own, self._languages))

    @cached_property
    def records(self) -> list[dict[str, str]]:
        return rows(self.folder / "evidence.csv")

    @cached_property
    def passages(self) -> dict[str, dict[str, str]]:
        return {row["record"]: row for row in rows(self.folder / "passages.csv")}

    @cached_property
    def themes(self) -> dict[str, dict[str, str]]:
        return {row["record"]: row for row in rows(self.folder / "codebook.csv")}

    @cached_property
    def labels(self) -> dict[str, Named]:
        """What every record, passage and theme is called, by its key."""
        label, gist = f"label_{self._own}", f"gist_{self._own}"
        found = {f"{r['table']}/{r['record']}": r[label] for r in self.records}
        found |= {f"passages/{p}": row[gist] for p, row in self.passages.items()}
        found |= {f"themes/{t}": row[label] for t, row in self.themes.items()}
        return {self.prefix + k: Named(self.prefix + k, v, self._lang(v)) for k, v in found.items()}

    def sections(self) -> Iterator[Section]:
        """The cards, table by table, passages and themes last."""
        tables = dict.fromkeys(row["table"] for row in self.records)
        for table in tables:
            made = (self._card(row) for row in self.records if row["table"] == table)
            yield self._section(table, tuple(made))
        if self.passages:
            yield self._section("passages", tuple(map(self._passage, self.passages.values())))
        if self.themes:
            yield self._section("themes", tuple(map(self._theme, self.themes.values())))

    def _section(self, table: str, cards: tuple[Card, ...]) -> Section:
        known = self._book.tables[table]
        return Section(table, known.title(self.language), known.description(self.language), cards)

    # -- Words ---------------------------------------------------------------------------------------

    def _lang(self, text: str) -> str:
        """The language of what another reader finds printed in Japanese."""
        return "ja" if not self.language.startswith(("ja", "zh")) and _JAPANESE.search(text) else ""

    def _named(self, text: str, key: str = "") -> Named:
        return Named(key, text, self._lang(text))

    def _known(self, keys: Iterable[str]) -> tuple[Named, ...]:
        return tuple(self.labels[self.prefix + key] for key in keys if self.prefix + key in self.labels)

    def _briefly(self, keys: Iterable[str]) -> tuple[Named, ...]:
        """Records by the beginning of what they are called: their own cards say the rest."""
        most = 34 if languages.is_wide(self.language) else 72
        return tuple(
            named
            if len(named.label) <= most
            else replace(named, label=f"{named.label[: most - 1].rstrip()}…")
            for named in self._known(keys)
        )

    @cached_property
    def _scales(self) -> dict[str, Named]:
        """What a scale is called, by its id, and by it with a grade, which leads to that: grades carry the name."""
        found: dict[str, Named] = {}
        for row in self.records:
            if row["table"] == "scales":
                cells = json.loads(row["cells"])
                named = self._named(cells[f"label_{self._own}"], f"{self.prefix}scales/{row['record']}")
                found.setdefault(cells["scale"], named)
                found[f"{cells['scale']} {cells['grade']}"] = named
        return found

    @cached_property
    def _sections_named(self) -> dict[str, str]:
        return {s["id"]: s.get(f"title_{self._own}") or s["title"] for s in self.about.get("sections", ())}

    def _values(self, row: Mapping[str, str]) -> Iterator[tuple[str, tuple[Named, ...]]]:
        """Column by column what the record says beside its title, ids and codes in words."""
        cells, table = json.loads(row["cells"]), self._book.tables[row["table"]]
        printed = {f.name for f in table.verbatim_in(self.about["language"])}
        for known in table.fields:
            if known.name not in cells or self._elsewhere(known.name, cells, printed, row):
                continue
            shown = self._value(known, str(cells[known.name]), cells)
            if shown:
                plain = known.language == "ja" or known.language == self._own != "en"
                yield self._titled(known) if plain else known.title(self.language), shown

    def _titled(self, known: schema.Field) -> str:
        """A column's title, without its language."""
        title = known.title(self.language)
        return bare(title, known.language, self.language) if known.language else title

    def _elsewhere(self, name: str, cells: Mapping, printed: set[str], row: Mapping[str, str]) -> bool:
        """Whether a column says what another one, or the card's title, says already."""
        if name == "label_en_official":
            return self._own != "en" or "label_en" in printed
        if name.endswith(f"_{self._own}") and str(cells[name]) == row[f"label_{self._own}"]:
            return True
        base, _, ending = name.rpartition("_")
        if ending not in languages.others(self._own, self._languages):
            return False
        return f"{base}_{self._own}" in cells and name not in printed

    def _value(self, known: schema.Field, value: str, cells: Mapping) -> tuple[Named, ...]:
        language = self.language  # of coded values and dates: they need no words of the study
        if known.vocabulary:
            try:
                return (self._named(self._book.label(known.vocabulary, value, language)),)
            except KeyError:
                return ()
        if known.format == "period":
            era = periods.in_era(value) if language == "ja" else ""
            return (Named("", periods.display(value, language) + (f"（{era}）" if era else "")),)
        if known.name == "scale":
            own = self._scales.get(f"{value} {cells.get('grade', '')}") or self._scales.get(value)
            return (own,) if own else ()
        if known.references:
            return self._named_ones(known, value, cells)
        if _SLUG.fullmatch(value) and not known.verbatim:
            return ()  # a code that no table gives words to
        return (self._named(value),)

    def _named_ones(self, known: schema.Field, value: str, cells: Mapping) -> tuple[Named, ...]:
        """The records that a cell names; sections by their titles, fixed words by the catalogue."""
        if known.references == "sections":
            return (Named("", self.section(value)),)
        if known.target:
            tables: Sequence[str] = (known.target[0],)
        else:
            tables = ("evaluations", "regions", "programmes", "references", "themes")
        found = self._known(f"{t}/{v}" for v in value.split() for t in tables)
        fixed = tuple(
            Named("", self.words.text(f"fixed_{v}")) for v in value.split() if f"fixed_{v}" in self.words
        )
        return found + fixed

    def section(self, number: str) -> str:
        """A section of the source: its number and title, and of several documents which."""
        title = self._sections_named.get(number, "")
        shown = self.words.text("section", section=number) if number[:1].isdigit() else ""
        named = f"{shown} {title}".strip() or number
        document = self._documents_named.get(number, "")
        return languages.brackets(named, document, self.language) if document else named

    @cached_property
    def _documents_named(self) -> dict[str, str]:
        """What the further document of a section is called, by the section's id."""
        titles = {each["id"]: each[f"title_{self._own}"] for each in self.about.get("sources", ())}
        return {s["id"]: titles[s["source"]] for s in self.about.get("sections", ()) if s.get("source")}

    # -- Cards ---------------------------------------------------------------------------------------

    @cached_property
    def _standing(self) -> dict[str, list[str]]:
        """The records that stand on each passage."""
        found: dict[str, list[str]] = {}
        for row in self.records:
            for passage in row["passages"].split():
                found.setdefault(passage, []).append(f"{row['table']}/{row['record']}")
        return found

    @cached_property
    def _links(self) -> dict[str, list[tuple[str, str, str]]]:
        """Judged links by the record on either side: relation, the other side, coder."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for row in rows(self.folder / "issue_links.csv"):
            record, issue = f"{row['table']}/{row['record']}", f"issues/{row['issue']}"
            relation, coder = row[f"relation_{self._own}"], self._coder(row["coder"])
            found.setdefault(record, []).append((relation, issue, coder))
            found.setdefault(issue, []).append((relation, record, coder))
        return found

    def _coder(self, coder: str) -> str:
        """Who judged, in words."""
        if coder == CONSENSUS:
            return self.words.text("consensus")
        known = {c["id"]: c for c in self.about.get("coders", ()) if isinstance(c, dict)}
        if coder not in known:
            return coder
        how = known[coder].get(f"made_{self._own}")
        name = known[coder][f"name_{self._own}"]
        return self.words.text("coder", name=name, how=how) if how else name

    @cached_property
    def _statuses(self) -> dict[str, list[tuple[str, str]]]:
        """The status of each issue, by whose judgement."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row in rows(self.folder / "issue_statuses.csv"):
            said = (row[f"status_{self._own}"], self._coder(row["coder"]))
            found.setdefault(f"issues/{row['issue']}", []).append(said)
        return found

    def _card(self, row: Mapping[str, str]) -> Card:
        key = f"{row['table']}/{row['record']}"
        own, passages = self._own, [p for p in row["passages"].split() if p in self.passages]
        near = dict.fromkeys(k for p in passages for k in self._standing.get(p, ()) if k != key)
        spoken = [own, *languages.others(own, self._languages)]
        noted = next((each for each in spoken if row[f"note_{each}"]), own)
        return Card(
            key=self.prefix + key,
            title=row[f"label_{own}"],
            kind=self._book.tables[row["table"]].title(self.language),
            level=row["level"],
            level_words=self.words.text(f"level_{row['level']}"),
            values=tuple(self._values(row)),
            places=tuple(self.place(self.passages[p]) for p in passages),
            addresses=tuple(row["address"].split()),
            neighbours=self._briefly(near),
            judged=tuple(self._judged(key, row)),
            note=row[f"note_{noted}"],
            note_lang="" if noted == self.language else noted,
            inferred=self._titles(row["table"], row["inferred"].split()),
            region=self._region(row),
            other_label=self._in_others(row, "label"),
        )

    def _judged(self, key: str, row: Mapping[str, str]) -> Iterator[tuple[str, tuple[Named, ...]]]:
        if themes := self._known(f"themes/{t}" for t in row["themes"].split()):
            coders = row["coders"].split()
            how = "agreed" if CONSENSUS in coders else "any" if len(coders) > 1 else "one"
            yield self.words.text(f"themes_{how}", n=len(coders)), themes
        for status, coder in dict.fromkeys(self._statuses.get(key, ())):
            said = self.words.text("status")
            yield self.words.text("judged_by", said=said, coder=coder), (Named("", status),)
        by: dict[tuple[str, str], list[str]] = {}
        for relation, other, coder in self._links.get(key, ()):
            by.setdefault((relation, coder), []).append(other)
        for (relation, coder), others in by.items():
            title = self.words.text("judged_by", said=relation, coder=coder)
            yield title, self._briefly(dict.fromkeys(others))

    def _titles(self, table: str, names: Sequence[str]) -> str:
        titles = {f.name: f.title(self.language) for f in self._book.tables[table].fields}
        return languages.comma(self.language).join(titles.get(name, name) for name in names)

    def _region(self, row: Mapping[str, str]) -> str:
        """The region that a record is of, where it names one or belongs to what names one."""
        if row["table"] == "regions":
            return row["record"]
        cells = json.loads(row["cells"])
        known = self.about.get("region_names", {})
        for name in ("region", "scope", "subject"):
            if cells.get(name) in known:
                return cells[name]
        for name, table in (("project", "projects"), ("subject", "evaluations"), ("issue", "issues")):
            if found := self._by_key.get(f"{table}/{cells.get(name)}"):
                return self._region(found)
        return ""

    @cached_property
    def _by_key(self) -> dict[str, dict[str, str]]:
        return {f"{row['table']}/{row['record']}": row for row in self.records}

    def place(self, passage: Mapping[str, str]) -> Place:
        """A passage as a place: where, how it begins, what it is about."""
        page = [self.words.text("page", page=passage["page"])] if passage["page"] else []
        where = languages.comma(self.language).join([self.section(passage["section"]), *page])
        key = f"{self.prefix}passages/{passage['record']}"
        return Place(key, where, passage["opening"], passage[f"gist_{self._own}"])

    def _passage(self, passage: Mapping[str, str]) -> Card:
        place = self.place(passage)
        size = self.words.text("characters", n=int(passage["chars"]))
        values = (
            (self.words.text("fingerprint"), (Named("", f"{size}, SHA-256 {passage['sha256'][:16]}…"),)),
        )
        return self._plain(
            place.key,
            place.gist,
            "passages",
            values=values,
            places=(place,),
            neighbours=self._briefly(self._standing.get(passage["record"], ())),
            other_label=self._in_others(passage, "gist"),
        )

    def _theme(self, theme: Mapping[str, str]) -> Card:
        own, known = self._own, {f.name: f for f in self._book.tables["themes"].fields}
        values = tuple(
            (self._titled(known[f"{c}_{own}"]), (Named("", theme[f"{c}_{own}"]),))
            for c in ("definition", "include", "exclude")
            if theme[f"{c}_{own}"]
        )
        given = [
            f"{r['table']}/{r['record']}" for r in self.records if theme["record"] in r["themes"].split()
        ]
        return self._plain(
            f"{self.prefix}themes/{theme['record']}",
            theme[f"label_{own}"],
            "themes",
            values=values,
            judged=((self.words.text("given"), self._briefly(given)),) if given else (),
            other_label=self._in_others(theme, "label"),
        )

    def _plain(self, key: str, title: str, table: str, **more: Any) -> Card:
        kind = self._book.tables[table].title(self.language)
        nothing = {"values": (), "places": (), "neighbours": (), "judged": ()}
        return Card(
            key=key,
            title=title,
            kind=kind,
            level="",
            level_words="",
            addresses=(),
            note="",
            note_lang="",
            inferred="",
            region="",
            **(nothing | more),
        )
