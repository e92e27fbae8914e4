"""All that a report says of itself in Japanese and English, and its translation into further languages.

Japanese and English stand side by side in YAML files, in `notebooks/report.yaml`, in the notebooks'
cells and in `data/schema.yaml`. Every other language is one gettext file, `languages/<tag>.po`: an
entry's context is `<catalogue>:<key>`, its msgid the English text.

    notebooks/03_issues:again.title     notebooks/words/03_issues.yaml
    notebooks/03_issues:cells.title     the cell `title-en` of notebooks/03_issues.ipynb
    report:pages.issues.title           notebooks/report.yaml
    publish:search                      src/analysis/publish/words.yaml
    schema:columns.regions.name.title   data/schema.yaml; {language} stands for a language's name
"""

from __future__ import annotations

import io
import json
import re
import string
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from analysis import paths

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

FOLDER = Path(__file__).parent
WRITTEN = ("ja", "en")  # stand in the catalogues themselves
_PACKAGE = Path(__file__).parents[1]
_HEADER = 'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
_HEADER += '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {plural}\\n"\n\n'


def name_of(path: Path) -> str:
    """What a catalogue of words is called in a translation: `notebooks/03_issues`, `publish`."""
    return f"notebooks/{path.stem}" if path.parent.name == "words" else path.parent.name


def english() -> dict[str, str]:
    """Every English text by its context, in the order of a report."""
    files = sorted(paths.NOTEBOOKS.glob("words/*.yaml"))
    files += [_PACKAGE / room / "words.yaml" for room in ("figures", "publish", "languages")]
    texts = {f"{name_of(path)}:{key}": said["en"] for path in files for key, said in _yaml(path).items()}
    plan = _yaml(paths.PLAN)
    for kind, name in (("pages", "page"), ("guides", "guide")):
        for entry in plan.get(kind, []):
            if entry["title_en"].strip("{region}"):  # a title that is nothing but a name needs none
                texts[f"report:{kind}.{entry[name]}.title"] = entry["title_en"]
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if "en" in cell["metadata"].get("tags", []):
                texts[f"notebooks/{path.stem}:{cell_key(cell)}"] = "".join(cell["source"])
    return texts | {f"schema:{key}": text for key, text in of_schema(_yaml(paths.SCHEMA))}


def cell_key(cell: Mapping[str, Any]) -> str:
    """The key of a cell of words: `cells.title` of the English cell `title-en`."""
    return f"cells.{cell['id'].removesuffix('-en')}"


def of_schema(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The English titles, descriptions and labels of data/schema.yaml, by their keys.

    A pair of columns (`label_ja`, `label_en`) is one entry, which holds for any language.
    """
    for vocabulary, values in schema["vocabularies"].items():
        for value, (_, label) in values.items():
            yield f"vocabularies.{vocabulary}.{value}", label
    columns = {"common": [field for part in schema["common"].values() for field in part]}
    for kind in ("tables", "shared", "tidy"):
        for name, table in schema[kind].items():
            yield f"{kind}.{name}.title", table["title_en"]
            yield f"{kind}.{name}.description", table["description_en"]
            if kind != "tidy":
                columns[name] = table["fields"]
    for name, fields in columns.items():
        names = {field["name"] for field in fields}
        for field in fields:
            for part in ("title", "description"):
                said = field[f"{part}_en"]
                yield from _column(f"columns.{name}", field["name"], names, said, f".{part}")
    for name, (_, _, title) in schema["tidy_columns"].items():
        yield from _column("tidy_columns", name, schema["tidy_columns"].keys(), title, "")


def _column(place: str, name: str, names: Collection[str], said: str, part: str) -> Iterator[tuple[str, str]]:
    base, ending = name[:-3], name[-3:]
    if ending == "_ja" and (f"{base}_en" in names or base in names):
        return
    pair = ending == "_en" and f"{base}_ja" in names
    note = f"{name}_ja" in names and f"{name}_en" not in names  # note, note_ja
    own = pair_key(base, names) if pair else base if ending == "_ja" else name
    yield f"{place}.{own}{part}", general(said) if pair or note else said


def pair_key(base: str, names: Collection[str]) -> str:
    """What a pair of columns is called: `label` of `label_ja`, `region_label` where `region` is a column itself."""
    return f"{base}_label" if base in names else base


def general(said: str) -> str:
    """What is said of the English one of a pair of columns, with {language} for the language's name."""
    return re.sub(r"\bEnglish\b", "{language}", said)


# -- One language's file -----------------------------------------------------------------------------


@cache
def translations(tag: str) -> Mapping[str, tuple[str, str]]:
    """English text and translation by context, of those entries that count: neither empty nor fuzzy."""
    found = _read(FOLDER / f"{tag}.po") if (FOLDER / f"{tag}.po").exists() else ()
    return {m.context: (str(m.id), str(m.string)) for m in found if m.context and m.string and not m.fuzzy}


def translated(context: str, text: str, language: str) -> str:
    """An English text in a further language; the text itself where that has no translation of it."""
    said, translation = translations(language).get(context, ("", ""))
    return translation if said == text else text


def titled(entry: Mapping[str, Any], key: str, language: str) -> str:
    """What the navigation calls a page or a guide of notebooks/report.yaml, in any language."""
    return entry.get(f"title_{language}") or translated(f"report:{key}.title", entry["title_en"], language)


def missing(tag: str) -> int:
    """How many texts a language has no translation of: they are shown in English."""
    if tag in WRITTEN:
        return 0
    done = translations(tag)
    return sum(done.get(context, ("",))[0] != text for context, text in english().items())


def faults(tag: str) -> Iterator[str]:
    """What is wrong with a language's file, a line each: texts without translation, other placeholders."""
    done = translations(tag)
    for context, text in english().items():
        said, translation = done.get(context, ("", ""))
        if said != text:
            yield f"{context}: no translation of {text!r}"
            continue
        try:
            found, expected = placeholders(translation), placeholders(text)
        except ValueError as error:
            yield f"{context}: found a placeholder that cannot be read ({error}) in {translation!r}"
            continue
        if found != expected:
            shown = ["{" + "}, {".join(sorted(names)) + "}" for names in (found - expected, expected - found)]
            yield f"{context}: found {shown[0]}, expected {shown[1]}, as in {text!r}"


def placeholders(text: str) -> set[str]:
    """The names of a text's placeholders; raises ValueError where one has no end."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def update(tag: str) -> tuple[Path, int]:
    """Write a language's file, or bring it up to date; return it, and how many entries are to be done.

    An entry whose English has changed keeps its translation, marked fuzzy; one that is gone goes.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.plurals import get_plural
    from babel.messages.pofile import write_po

    from analysis import folders

    path = FOLDER / f"{tag}.po"
    before = {message.context: message for message in _read(path)} if path.exists() else {}
    catalogue = Catalog(tag.replace("-", "_"))
    for context, text in english().items():
        old = before.get(context)
        same = old is None or old.id == text
        before_that: Any = () if old is None or same else old.previous_id or (old.id,)
        flags = {"fuzzy"} if old and old.string and (old.fuzzy or not same) else set()
        catalogue.add(text, old.string if old else "", flags=flags, context=context, previous_id=before_that)
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, include_previous=True)
    header = _HEADER.format(tag=tag, plural=get_plural(tag.replace("-", "_")).plural_forms)
    folders.write(path, (header + out.getvalue().decode()).encode())
    return path, sum(not m.string or m.fuzzy for m in catalogue if m.id)


def _read(path: Path) -> Catalog:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
