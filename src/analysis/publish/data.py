"""The data page: every table that a reader can download, with its dictionary; and the glossary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.publish.site import OTHER, Term
from analysis.transcribe import schema
from analysis.words import Words

GLOSSARY = paths.DOCS / "glossary.yaml"


@dataclass(frozen=True)
class Column:
    """A column in a dictionary."""

    name: str
    title: str
    description: str
    values: str


@dataclass(frozen=True)
class TableOfData:
    """One table: what it is, its columns, and its files where it has some."""

    anchor: str
    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: int | None = None
    file: str = ""


@dataclass(frozen=True)
class Group:
    """Tables that are listed together."""

    anchor: str
    title: str
    tables: tuple[TableOfData, ...]


def groups(package: Mapping[str, Any], folder: Path, beside: Sequence[str], words: Words) -> list[Group]:
    """The tidy tables of a study and of those beside it, then the dictionary of the raw tables.

    `folder` holds the tables as the report ships them: of the study itself, and of each other one
    in a folder of its name.
    """
    made = [Group("tidy", words.text("tidy_tables"), tuple(_tidy(package, folder, "", words)))]
    for other in beside:
        own = json.loads((folder / other / "datapackage.json").read_text("utf-8"))
        title = f"{words.text('tidy_tables')}: {own['study'][f'short_{words.language}']}"
        made.append(Group(f"tidy-{other}", title, tuple(_tidy(own, folder / other, f"{other}/", words))))
    raw = tuple(_raw(package["study"], words))
    return [*made, Group("raw", words.text("raw_dictionary"), raw)]


def _tidy(package: Mapping[str, Any], folder: Path, prefix: str, words: Words) -> Iterator[TableOfData]:
    title, text = {"ja": ("title_ja", "description_ja"), "en": ("title", "description")}[words.language]
    for resource in package["resources"]:
        name = Path(resource["path"]).stem
        yield TableOfData(
            anchor=f"tidy-{prefix.replace('/', '-')}{name}",
            name=resource["path"],
            title=resource.get(title) or name,
            description=resource.get(text, ""),
            columns=tuple(
                Column(f["name"], f.get(title, ""), f.get(text, ""), words.text(f"type_{f['type']}"))
                for f in resource["schema"]["fields"]
            ),
            rows=_count(folder / resource["path"]),
            file=f"../data/{prefix}{resource['path']}",
        )


def _count(path: Path) -> int:
    from analysis.publish.evidence import rows

    return len(rows(path))


def _raw(study: Mapping[str, Any], words: Words) -> Iterator[TableOfData]:
    own = [(kind["id"], kind["label_ja"], kind["label_en"]) for kind in study.get("kinds", ())]
    book, language, kind = schema.load().with_kinds(own), words.language, study["kind"]
    for name, table in {**book.tables, **book.shared}.items():
        columns = tuple(
            Column(f.name, f.title(language), f.description(language), _domain(book, f, words))
            for f in table.fields_for(kind)
        )
        yield TableOfData(
            f"raw-{name}", f"{name}.csv", table.title(language), table.description(language), columns
        )


def _domain(book: schema.Schema, known: schema.Field, words: Words) -> str:
    """What the cells of a column may hold, in words."""
    language = words.language
    if known.vocabulary:
        gap = {"ja": "、", "en": ", "}[language]
        return gap.join(
            f"{v} ({book.label(known.vocabulary, v, language)})" for v in book.vocabularies[known.vocabulary]
        )
    if known.references:
        table = known.references.partition(".")[0]
        if table in book.tables:
            return words.text("type_id_of", table=book.tables[table].title(language))
        return words.text("type_id_other")
    return words.text(f"type_{known.format or known.type}")


def terms(language: str, path: Path = GLOSSARY) -> tuple[Term, ...]:
    """The glossary in a language; empty where there is none."""
    if not path.is_file():
        return ()
    other = OTHER[language]
    found = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) or []
    return tuple(
        Term(
            anchor=f"term-{n}",
            term=entry[f"term_{language}"],
            full=entry.get(f"full_{language}", ""),
            text=entry[f"text_{language}"],
            also=entry.get(f"full_{other}") or entry[f"term_{other}"],
        )
        for n, entry in enumerate(found, 1)
    )
