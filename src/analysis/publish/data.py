"""The data page: every table that a reader can download, with its dictionary; and the glossary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from analysis import paths
from analysis.languages import DEFAULT, comma, nearest
from analysis.publish.evidence import rows
from analysis.tidy import datapackage
from analysis.transcribe import schema
from analysis.words import Words

GLOSSARY = paths.DOCS / "glossary.yaml"


@dataclass(frozen=True)
class Term:
    """A term of the glossary in the reader's language."""

    anchor: str
    term: str
    full: str
    text: str
    also: str
    also_lang: str


class Column(NamedTuple):
    """A column in a dictionary."""

    name: str
    title: str
    description: str
    domain: str  # what its cells may hold


def groups(packages: Mapping[str, Mapping], folder: Path, words: Words) -> list[dict[str, Any]]:
    """The tidy tables of a study and of those beside it, then the dictionary of the raw tables.

    `packages` describe them by the study's name; `folder` holds the tables as the report ships them: of the
    first study itself, and of each other one in a folder of its name. Tables are listed in groups, each
    with an anchor, a title and its `tables`; of a table there is what `data.html` shows.
    """
    made: list[dict[str, Any]] = []
    for name, package in packages.items():
        about, title, prefix = package["study"], words.text("tidy_tables"), ""
        if made:
            shown = nearest(words.language, datapackage.languages(about))
            title, prefix = f"{title}: {about[f'short_{shown}']}", f"{name}/"
        tables = list(_tidy(package, folder / prefix, prefix, words))
        made.append({"anchor": f"tidy-{prefix}".strip("-/"), "title": title, "tables": tables})
    study = next(iter(packages.values()))["study"]
    tables = list(_raw(study, words))
    return [*made, {"anchor": "raw", "title": words.text("raw_dictionary"), "tables": tables}]


def _tidy(package: Mapping[str, Any], folder: Path, prefix: str, words: Words) -> Iterator[dict[str, Any]]:
    def told(what: Mapping[str, str], part: str, instead: str) -> str:
        return what.get(part if words.language == "en" else f"{part}_{words.language}", instead)

    for resource in package["resources"]:
        name, path = Path(resource["path"]).stem, resource["path"]
        yield {
            "anchor": f"tidy-{prefix.replace('/', '-')}{name}",
            "name": path,
            "title": told(resource, "title", resource.get("title", name)),
            "description": told(resource, "description", resource.get("description", "")),
            "columns": [
                Column(
                    field["name"],
                    told(field, "title", field.get("title", "")),
                    told(field, "description", ""),
                    words.text(f"type_{field['type']}"),
                )
                for field in resource["schema"]["fields"]
            ],
            "rows": len(rows(folder / path)),
            "file": f"../data/{prefix}{path}",
        }


def _raw(study: Mapping[str, Any], words: Words) -> Iterator[dict[str, Any]]:
    book, language = schema.of_package(study), words.language
    for name, table in {**book.tables, **book.shared}.items():
        yield {
            "anchor": f"raw-{name}",
            "name": f"{name}.csv",
            "title": table.title(language),
            "description": table.description(language),
            "columns": [
                Column(f.name, f.title(language), f.description(language), _domain(book, f, words))
                for f in table.fields_for(study["kind"])
            ],
            "file": "",
        }


def _domain(book: schema.Schema, known: schema.Field, words: Words) -> str:
    """What the cells of a column may hold, in words."""
    language = words.language
    if known.vocabulary:
        labels = book.vocabularies[known.vocabulary].items()
        return comma(language).join(f"{value} ({label(language)})" for value, label in labels)
    if known.references:
        table = book.tables.get(known.references.partition(".")[0])
        return words.text("type_id_of", table=table.title(language)) if table else words.text("type_id_other")
    return words.text(f"type_{known.format or known.type}")


def terms(language: str) -> tuple[Term, ...]:
    """The glossary in a language, else in English; empty where there is none."""
    if not GLOSSARY.is_file():
        return ()
    other, language = ("ja", "en") if language == "en" else ("en", nearest(language, DEFAULT))
    found = yaml.load(GLOSSARY.read_text("utf-8"), Loader=yaml.CSafeLoader) or []
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
