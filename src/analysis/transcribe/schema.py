"""The tables of a study: which columns they have, and what each cell may hold.

The schema is data (`data/schema.yaml`). It is read here and handed out in two forms: as objects
that code asks for names, columns and labels, and as Data Package v2 resource descriptors, which
validate the raw tables and ship with the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from analysis import paths
from analysis.transcribe import periods

KINDS = ("document", "records")  # one text with passages, or public records with addresses
LANGUAGES = ("ja", "en")
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")  # an id
DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

# Tables that say where something stands or stand beside the records; they conclude nothing.
_WITHOUT_BASIS = {"uncovered"}
# Several ids in one cell: the passages of a row, the works cited for a statement.
_LISTS = {"passages", "references"}


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    ja: str
    en: str

    def __call__(self, language: str) -> str:
        return {"ja": self.ja, "en": self.en}[language]


@dataclass(frozen=True)
class Field:
    """One column: its type and what a cell of it may hold.

    `format` is 'period' or 'date'; `vocabulary` names a list of values; `references` says what
    the ids in it name (see `target`); `verbatim` says how a cell must stand inside its passages.
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

    @property
    def many(self) -> bool:
        """Whether a cell holds several ids, separated by single spaces."""
        return self.references in _LISTS

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
        """Whether cells are identifiers, numbers, dates or coded values: ASCII only."""
        coded = (self.format, self.pattern, self.vocabulary, self.references)
        return self.type != "string" or any(coded) or self.name == "inferred"


@dataclass(frozen=True)
class Table:
    """One table: its own columns, and the common ones that go with it.

    `judgement` tables hold what a coder decided, `own_place` is the table of the places
    themselves: neither cites passages. `anchor` is the column whose passages locate the row.
    `files_by` is a column by whose values rows may stand in files of their own.
    """

    name: str
    title: Text
    description: Text
    own: tuple[Field, ...]
    first: tuple[Field, ...]
    last: tuple[Field, ...]
    places: Mapping[str, tuple[Field, ...]]
    anchor: str | None = None
    judgement: bool = False
    own_place: bool = False
    files_by: str | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the table in a study of a document, in order."""
        return self.fields_for("document")

    def fields_for(self, kind: str) -> tuple[Field, ...]:
        """Return the columns of the table in a study of that kind ('document', 'records')."""
        place = () if self.judgement or self.own_place else self.places[kind]
        # In a study of records a cited work has an address like every row, and only that one.
        taken = {field.name for field in place}
        own = tuple(field for field in self.own if field.name not in taken)
        return self.first + own + place + self.last

    def verbatim_in(self, language: str) -> tuple[Field, ...]:
        """Return the columns held to a source in that language.

        Of a pair of columns (`label_ja`, `label_en`) it is the one in the source's language.
        """
        own = {field.name: field for field in self.own}
        held = []
        for field in self.own:
            twin = own.get(field.name.removesuffix("_ja") + f"_{language}", field)
            held += [replace(twin, verbatim=field.verbatim)] if field.verbatim else []
        return tuple(held)

    def anchor_in(self, language: str) -> str | None:
        """Return the anchor's name in a source in that language."""
        return self.anchor and self.anchor.removesuffix("_ja") + f"_{language}"

    def field(self, name: str, kind: str = "document") -> Field:
        """Return one column by its name; KeyError where the table has none of that name."""
        return {field.name: field for field in self.fields_for(kind)}[name]


@dataclass(frozen=True)
class Schema:
    """All tables and the named lists of values, in the order in which they are documented.

    `tables` are those of a study; `shared` are those that stand between studies.
    """

    tables: Mapping[str, Table]
    vocabularies: Mapping[str, Mapping[str, Text]]
    shared: Mapping[str, Table]

    def label(self, vocabulary: str, value: str, language: str) -> str:
        """Return how a coded value reads in a language ('ja', 'en').

        Raises KeyError where there is no such vocabulary or value.
        """
        return self.vocabularies[vocabulary][value](language)

    def values(self, field: Field) -> tuple[str, ...]:
        """Return the values that a column's vocabulary allows, in their order."""
        return tuple(self.vocabularies[field.vocabulary])

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

    def resource(self, table: str, kind: str) -> dict:
        """Return the Data Package v2 resource descriptor of a table in a study of that kind.

        Titles and descriptions are English, as the standard has room for one language; the
        Japanese ones stand beside them as `title_ja` and `description_ja`.
        """
        subject = self.tables[table]
        fields = subject.fields_for(kind)
        return {
            "name": table,
            "type": "table",
            "path": f"{table}.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            **_titles(subject),
            "schema": {
                "fields": [self._field(field) for field in fields],
                "missingValues": [""],
                "primaryKey": ["id"],
                "foreignKeys": [_key(field, table) for field in fields if _single(field)],
            },
        }

    def _field(self, field: Field) -> dict:
        """Return the Table Schema field descriptor of a column."""
        constraints = {
            "required": field.required or None,
            "unique": field.unique or None,
            "enum": list(self.values(field)) if field.vocabulary else None,
            "pattern": _pattern(field),
            "minimum": field.minimum,
            "minLength": field.minLength,
            "maxLength": field.maxLength,
        }
        kept = {name: value for name, value in constraints.items() if value is not None}
        return {
            "name": field.name,
            "type": "date" if field.format == "date" else field.type,
            **_titles(field),
            "constraints": kept,
            **({"notation": "EDTF with FY"} if field.format == "period" else {}),
            **({"verbatim": field.verbatim} if field.verbatim else {}),
        }


@lru_cache(maxsize=4)
def load(path: Path = paths.SCHEMA) -> Schema:
    """Return the schema that a file describes; `data/schema.yaml` unless another is named."""
    document = yaml.safe_load(Path(path).read_text("utf-8"))
    vocabularies = {
        name: MappingProxyType({value: Text(*labels) for value, labels in values.items()})
        for name, values in document["vocabularies"].items()
    }
    common = {name: tuple(map(_read_field, part)) for name, part in document["common"].items()}
    tables = {name: _read_table(name, raw, common) for name, raw in document["tables"].items()}
    shared = {name: _read_table(name, raw, common) for name, raw in document["shared"].items()}
    return Schema(MappingProxyType(tables), MappingProxyType(vocabularies), MappingProxyType(shared))


def _read_table(name: str, raw: dict, common: dict[str, tuple[Field, ...]]) -> Table:
    judgement, own_place = raw.get("judgement", False), raw.get("own_place", False)
    concludes = not (judgement or own_place or name in _WITHOUT_BASIS)
    return Table(
        name=name,
        title=Text(raw["title_ja"], raw["title_en"]),
        description=Text(raw["description_ja"], raw["description_en"]),
        own=tuple(map(_read_field, raw["fields"])),
        first=common["first"],
        last=tuple(field for field in common["last"] if concludes or field.name.startswith("note")),
        places=MappingProxyType({kind: common[kind] for kind in KINDS}),
        anchor=raw.get("anchor"),
        judgement=judgement,
        own_place=own_place,
        files_by=raw.get("files_by"),
    )


def _read_field(raw: dict) -> Field:
    words = {"title_ja", "title_en", "description_ja", "description_en"}
    return Field(
        title=Text(raw["title_ja"], raw["title_en"]),
        description=Text(raw["description_ja"], raw["description_en"]),
        # A misspelt key, or the rest of a description cut at an unquoted comma, fails here.
        **{key: value for key, value in raw.items() if key not in words},
    )


def _titles(subject: Table | Field) -> dict[str, str]:
    return {
        "title": subject.title("en"),
        "description": subject.description("en"),
        "title_ja": subject.title("ja"),
        "description_ja": subject.description("ja"),
    }


def _pattern(field: Field) -> str | None:
    """Return the pattern of a column's cells, safe to anchor: `a|b` would match half a cell."""
    if field.type != "string" or field.format == "date":
        return None
    pattern = periods.PATTERN if field.format == "period" else field.pattern
    return pattern and f"(?:{pattern})"


def _single(field: Field) -> bool:
    """Whether Table Schema's foreign keys can say what a column's ids name."""
    return field.target is not None and not field.many


def _key(field: Field, table: str) -> dict:
    resource, column = field.target
    reference = {"fields": [column]}
    # The standard leaves the resource out where a table names its own rows; "" says the same in v1.
    reference["resource"] = "" if resource == table else resource
    return {"fields": [field.name], "reference": reference}
