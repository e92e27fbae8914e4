"""The tables of a study: which columns they have, and what each cell may hold.

The schema is data (`data/schema.yaml`), read here into objects that code asks for names, columns,
labels and what a cell may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis import languages as tongues
from analysis import paths
from analysis.languages import catalogues
from analysis.transcribe import periods

KINDS = ("document", "records")  # one text with passages, or public records with addresses
LANGUAGES = tongues.DEFAULT
OF_ENGLISH = ("label_en_official", "name_address")  # columns about the English name
EVALUATION_KIND = "evaluation_kind"  # the vocabulary to which a study may add
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")  # an id
FORMS = {
    "integer": re.compile("0|-?[1-9][0-9]{0,14}"),
    "number": re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?"),
}


@dataclass(frozen=True)
class Text:
    """Words of the schema in any language: Japanese and English as written, others as translated.

    `context` is what translations call them and `english` what they translate, where that is not `en`;
    of a column that exists per language, `about` is the column's language, {language} in a translation.
    """

    ja: str
    en: str
    context: str = ""
    english: str = ""
    about: str = ""
    told: tuple[tuple[str, str], ...] = ()  # in further languages, where a study says it itself

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Text:
        """Words that a study gives by language; in one that it lacks they are English, else its first."""
        ja, en = (names[tongues.nearest(language, list(names))] for language in catalogues.WRITTEN)
        return cls(ja, en, told=tuple(names.items()))

    def __call__(self, language: str) -> str:
        if language in catalogues.WRITTEN:
            return {"ja": self.ja, "en": self.en}[language]
        if self.told:
            return dict(self.told).get(language, self.en)
        said = catalogues.translated(self.context, self.english or self.en, language)
        return said.replace("{language}", tongues.name(self.about, language)) if self.about else said


@dataclass(frozen=True)
class Field:
    """One column: its type and what a cell of it may hold.

    `format` is 'period'; `vocabulary` names a list of values; `references` says what
    the ids in it name (see `target`), `many` that a cell holds several of them, separated by single
    spaces; `verbatim` says how a cell must stand inside its passages. A file may leave an `optional`
    column out.
    """

    name: str
    type: str
    title: Text
    description: Text
    required: bool = True
    format: str | None = None
    pattern: str | None = None
    vocabulary: str | None = None
    references: str | None = None
    verbatim: str | None = None
    unique: bool = False
    minimum: int | None = None
    minLength: int | None = None  # noqa: N815 - Table Schema's own spelling
    maxLength: int | None = None  # noqa: N815
    many: bool = False
    optional: bool = False
    pair: str = ""  # of a column that exists per language (`label_ja`): its name without the language
    language: str = ""  # and the language

    @property
    def target(self) -> tuple[str, str] | None:
        """Table and column that the ids in this column name, where every row names the same.

        None for other columns, for sections (they stand in study.yaml), and where another column
        of the row decides the table ('by record_type') or one more word is allowed ('or').
        """
        if not self.references or self.references == "sections" or " " in self.references:
            return None
        table, _, column = self.references.partition(".")
        return table, column or "id"

    @property
    def plain(self) -> bool:
        """Whether cells are identifiers, addresses, numbers, dates or coded values: ASCII only.

        A grade is not: it may be any word of the source.
        """
        if self.verbatim == "grade":
            return False
        coded = (self.format, self.pattern, self.vocabulary, self.references)
        return self.type != "string" or any(coded) or self.name == "inferred"

    def takes(self, cell: str) -> bool:
        """Whether a cell fits the column's type, form and length; its vocabulary is not asked."""
        if self.type in FORMS:
            number = FORMS[self.type].fullmatch(cell) is not None
            return number and (self.minimum is None or float(cell) >= self.minimum)
        if self.format == "period":
            return periods.reads(cell)
        fits = not self.pattern or re.fullmatch(self.pattern, cell)
        long_enough = (self.minLength or 0) <= len(cell) <= (self.maxLength or len(cell))
        return bool(fits) and long_enough


@dataclass(frozen=True)
class Table:
    """One table: its own columns, and by kind of study these with the common ones, in order.

    The rows of most tables are records; those of `judgement` tables are what a coder decided, that
    of the places themselves is `own_place`, and a `commentary` says what else is to be said of the
    places. `anchor` is the column whose passages locate the row. `files_by` is a column by whose values
    rows may stand in files of their own.
    """

    name: str
    title: Text
    description: Text
    own: tuple[Field, ...]
    columns: Mapping[str, tuple[Field, ...]]
    anchor: str | None = None
    judgement: bool = False
    own_place: bool = False
    commentary: bool = False
    files_by: str | None = None

    @property
    def records(self) -> bool:
        """Whether the rows are records, which judgements and commentaries are about."""
        return not (self.judgement or self.own_place or self.commentary)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the table in a study of a document, in order."""
        return self.fields_for("document")

    def fields_for(self, kind: str) -> tuple[Field, ...]:
        """Return the columns of the table in a study of that kind ('document', 'records')."""
        return self.columns[kind]

    def verbatim_in(self, language: str) -> tuple[Field, ...]:
        """Return the columns held to a source in that language.

        Of a pair of columns (`label_ja`, `label_en`) it is the one in the source's language.
        """
        own = {field.name: field for field in self.own}
        held = []
        for field in self.own:
            twin = own.get(f"{field.pair}_{language}", field)
            held += [replace(twin, verbatim=field.verbatim)] if field.verbatim else []
        return tuple(held)

    def anchor_in(self, language: str) -> str | None:
        """Return the anchor's name in a source in that language, as `verbatim_in` has it."""
        pair = (self.anchor or "").removesuffix("_ja")
        own = {field.language: field.name for field in self.own if pair and field.pair == pair}
        return own.get(language, next(iter(own.values()), self.anchor))

    def field(self, name: str, kind: str = "document") -> Field:
        """Return one column by its name; KeyError where the table has none of that name."""
        return {field.name: field for field in self.fields_for(kind)}[name]


@dataclass(frozen=True)
class Schema:
    """All tables and the named lists of values, in the order in which they are documented.

    `tables` are those of a study, with the columns of its `languages`; `shared` are those that stand
    between studies.
    """

    tables: Mapping[str, Table]
    vocabularies: Mapping[str, Mapping[str, Text]]
    shared: Mapping[str, Table]
    languages: tuple[str, ...] = LANGUAGES

    def label(self, vocabulary: str, value: str, language: str) -> str:
        """Return how a coded value reads in a language.

        Raises KeyError where there is no such vocabulary or value.
        """
        return self.vocabularies[vocabulary][value](language)

    def values(self, field: Field) -> tuple[str, ...]:
        """Return the values that a column's vocabulary allows, in their order."""
        return tuple(self.vocabularies[field.vocabulary or ""])

    def with_kinds(self, kinds: Iterable[tuple[str, Mapping[str, str]]]) -> Schema:
        """Return the schema of a study that has kinds of evaluation of its own: id, names by language.

        One with an id that is known already is called by the study's own words.
        """
        own = {id_: Text.of(names) for id_, names in kinds}
        if not own:
            return self
        known = {**self.vocabularies[EVALUATION_KIND], **own}
        return replace(self, vocabularies={**self.vocabularies, EVALUATION_KIND: known})

    def table_of(self, file: str) -> tuple[str, str] | None:
        """Return the table whose rows a file of that name holds, and the value it is named after.

        `codings.csv` is ("codings", ""), `codings-b.csv` ("codings", "b"); None: no such file.
        """
        stem = file.removesuffix(".csv")
        if stem in self.tables and file != stem:
            return stem, ""
        table, _, value = stem.partition("-")
        further = table in self.tables and self.tables[table].files_by
        return (table, value) if further and file != stem and SLUG.fullmatch(value) else None


@lru_cache(maxsize=16)
def load(path: Path = paths.SCHEMA, languages: tuple[str, ...] = LANGUAGES) -> Schema:
    """Return the schema that a file describes, with the columns of a study in these languages."""
    document = yaml.load(Path(path).read_text("utf-8"), Loader=yaml.CSafeLoader)
    vocabularies = {
        name: {v: Text(ja, en, f"schema:vocabularies.{name}.{v}") for v, (ja, en) in values.items()}
        for name, values in document["vocabularies"].items()
    }
    tables, shared = (
        {name: _read_table(kind, name, raw, document["common"], own) for name, raw in document[kind].items()}
        for kind, own in {"tables": languages, "shared": LANGUAGES}.items()
    )
    return Schema(tables, vocabularies, shared, languages)


def of_package(about: Mapping[str, Any]) -> Schema:
    """Return the schema of a study by what datapackage.json says of it: its languages, its own kinds."""
    languages = tuple(about.get("languages", LANGUAGES))
    kinds = about.get("kinds", ())
    named = [(kind["id"], {each: kind[f"label_{each}"] for each in languages}) for kind in kinds]
    return load(languages=languages).with_kinds(named)


def note_language(languages: Sequence[str]) -> str:
    """The language of the column `note`; those of other languages are called after them."""
    return tongues.nearest("en", languages)


def note_columns(languages: Sequence[str]) -> list[str]:
    """The columns of notes of a raw table, the one without a language in its name first."""
    return ["note", *(f"note_{each}" for each in tongues.others(note_language(languages), languages))]


def per_language(names: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Columns as data/schema.yaml names them, as those of a study in some languages.

    A pair (`label_ja`, `label_en`) is a column for each language, a Japanese one alone (`strand_ja`)
    is in the first; `note` is in English if the study is, and `note_ja` stands for the notes in every
    other language. Yields a column's name, its name in the file, and its language ("": it has none).
    """
    for name in names:
        base, _, ending = name.rpartition("_")
        other = {"ja": "en", "en": "ja"}.get(ending, "")
        if name in OF_ENGLISH:
            if "en" in languages:
                yield name, name, ""
        elif ending == "en" and f"{base}_ja" in names:
            continue  # with its twin
        elif other and f"{base}_{other}" in names:
            for language in languages:
                yield f"{base}_{language}", name if language == "ja" else f"{base}_en", language
        elif ending == "ja" and base in names:
            for language in tongues.others(note_language(languages), languages):
                yield f"{base}_{language}", name if language == "ja" else base, language
        elif ending == "ja":
            yield f"{base}_{languages[0]}", name, languages[0]
        else:
            noted = f"{name}_ja" in names and f"{name}_en" not in names
            yield name, name, note_language(languages) if noted else ""


def _columns(raws: Sequence[Mapping], languages: Sequence[str], place: str) -> Iterator[Field]:
    """The columns of a table, or of a part of the common ones."""
    found = {raw["name"]: raw for raw in raws}
    held = {raw["name"].removesuffix("_ja"): raw.get("verbatim") for raw in raws}
    for name, own, language in per_language(list(found), languages):
        raw = dict(found[own]) | {"name": name}
        pair = name.removesuffix(f"_{language}") if language else ""
        if pair != name and language:  # the first of them says how it must stand in the source
            raw |= {"pair": pair, "language": language}
            raw["verbatim"] = held[pair] if language == languages[0] else None
        words: dict[str, Any] = {
            part: column_text(found, own, part, f"{place}.{pair or name}.{part}", language)
            for part in ("title", "description")
        }
        unsaid = {f"{part}_{each}" for part in words for each in catalogues.WRITTEN}
        # A misspelt key, or the rest of a description cut at an unquoted comma, fails here.
        yield Field(**words, **{key: value for key, value in raw.items() if key not in unsaid})


def column_text(found: Mapping[str, Mapping], own: str, part: str, context: str, language: str) -> Text:
    """The title or description of a column, worded for its language."""
    ja, en = found[own][f"{part}_ja"], found[own][f"{part}_en"]
    base = own.removesuffix("_ja").removesuffix("_en")
    english = next((n for n in (f"{base}_en", base) if n in found), own)
    general = catalogues.general(found[english][f"{part}_en"]) if language else ""
    if language not in ("", *catalogues.WRITTEN) and not english.endswith("_ja"):
        ja = found[english][f"{part}_ja"].replace("英語", tongues.name(language, "ja"))
        en = general.replace("{language}", tongues.name(language, "en"))
    return Text(ja, en, context, general, language)


def _read_table(kind: str, name: str, raw: dict, common: Mapping, languages: tuple[str, ...]) -> Table:
    flags = {flag: raw.get(flag, False) for flag in ("judgement", "own_place", "commentary")}
    concludes = raw.get("concludes", not any(flags.values()))
    parts = {
        part: tuple(_columns(columns, languages, "schema:columns.common")) for part, columns in common.items()
    }
    own = tuple(_columns(raw["fields"], languages, f"schema:columns.{name}"))
    last = [field for field in parts["last"] if concludes or field.name.startswith("note")]
    placed = raw.get("placed", not (flags["judgement"] or flags["own_place"]))
    columns = {}
    for each in KINDS:
        place = parts[each] if placed else ()
        # In a study of records a cited work has an address like every row, and only that one.
        taken = {field.name for field in place}
        kept = [field for field in own if field.name not in taken]
        columns[each] = (*parts["first"], *kept, *place, *last)
    return Table(
        name=name,
        title=Text(raw["title_ja"], raw["title_en"], f"schema:{kind}.{name}.title"),
        description=Text(raw["description_ja"], raw["description_en"], f"schema:{kind}.{name}.description"),
        own=own,
        columns=columns,
        anchor=raw.get("anchor"),
        files_by=raw.get("files_by"),
        **flags,
    )
