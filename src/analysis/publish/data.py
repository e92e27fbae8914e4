"""The data page: every table that a reader can download, with its dictionary; and the glossary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.languages import DEFAULT, comma, nearest
from analysis.publish.site import Term
from analysis.tidy import datapackage
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
        shown = nearest(words.language, datapackage.languages(own["study"]))
        title = f"{words.text('tidy_tables')}: {own['study'][f'short_{shown}']}"
        made.append(Group(f"tidy-{other}", title, tuple(_tidy(own, folder / other, f"{other}/", words))))
    raw = tuple(_raw(package["study"], words))
    return [*made, Group("raw", words.text("raw_dictionary"), raw)]


def _tidy(package: Mapping[str, Any], folder: Path, prefix: str, words: Words) -> Iterator[TableOfData]:
    title, text = (
        key if words.language == "en" else f"{key}_{words.language}" for key in ("title", "description")
    )
    for resource in package["resources"]:
        name = Path(resource["path"]).stem
        yield TableOfData(
            anchor=f"tidy-{prefix.replace('/', '-')}{name}",
            name=resource["path"],
            title=resource.get(title) or resource.get("title") or name,
            description=resource.get(text) or resource.get("description", ""),
            columns=tuple(
                Column(
                    f["name"],
                    f.get(title, f.get("title", "")),
                    f.get(text, ""),
                    words.text(f"type_{f['type']}"),
                )
                for f in resource["schema"]["fields"]
            ),
            rows=_count(folder / resource["path"]),
            file=f"../data/{prefix}{resource['path']}",
        )


def _count(path: Path) -> int:
    from analysis.publish.evidence import rows

    return len(rows(path))


def _raw(study: Mapping[str, Any], words: Words) -> Iterator[TableOfData]:
    book, language, kind = schema.of_package(study), words.language, study["kind"]
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
        return comma(language).join(
            f"{v} ({book.label(known.vocabulary, v, language)})" for v in book.vocabularies[known.vocabulary]
        )
    if known.references:
        table = known.references.partition(".")[0]
        if table in book.tables:
            return words.text("type_id_of", table=book.tables[table].title(language))
        return words.text("type_id_other")
    return words.text(f"type_{known.format or known.type}")


def terms(language: str, path: Path = GLOSSARY) -> tuple[Term, ...]:
    """The glossary in a language, else in English; empty where there is none."""
    if not path.is_file():
        return ()
    other, language = ("ja", "en") if language == "en" else ("en", nearest(language, DEFAULT))
    found = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) or []
    return tuple(
        Term(
            anchor=f"term-{n}",
            term=entry[f"term_{language}"],
            full=entry.get(f"full_{language}", ""),
            text=entry[f"text_{language}"],
            also=entry.get(f"full_{other}") or entry[f"term_{other}"],
            also_lang=other,
        )
        for n, entry in enumerate(found, 1)
    )
