"""What a study says of itself in `study.yaml`: its source, its regions, its sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from analysis.transcribe.csv_table import fault, read_text, shown
from analysis.transcribe.normaliser import NORMALISERS
from analysis.transcribe.problems import Problem, nearest, one_of, quoted
from analysis.transcribe.schema import KINDS, LANGUAGES, SLUG

FILE = "study.yaml"
ROLES = ("considerations", "recommendations")
MADE = ("person", "automated_reading")  # what a coder is
_DATE = re.compile("[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_SECTION = re.compile("[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Author:
    """An author of the source; the affiliation is empty where it is not stated."""

    name_ja: str
    name_en: str
    affiliation_ja: str = ""
    affiliation_en: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the source; `printed` is no for a part that has no heading of its own.

    `role` says where a later reading of the issues ('considerations') and where the
    recommendations stand ('recommendations'); empty for all other sections.
    """

    id: str
    title: str
    title_en: str
    role: str = ""
    printed: bool = True


@dataclass(frozen=True)
class Coder:
    """Who or what made judgements: `made` says whether a person or an automated reading, `how` in what way."""

    id: str
    name_ja: str
    name_en: str
    made: str
    date: str
    how_ja: str
    how_en: str


@dataclass(frozen=True)
class Meta(Mapping):
    """The keys of `study.yaml`, as attributes and as a mapping.

    `short` is what figures call the study; `beside` names the studies that its report sets beside it.
    """

    id: str
    title_ja: str
    title_en: str
    authors: tuple[Author, ...]
    venue_ja: str
    venue_en: str
    year: int
    language: str
    rights_ja: str
    rights_en: str
    kind: str
    regions: tuple[str, ...]
    sections: tuple[Section, ...] = ()
    normaliser: str = ""
    subtitle_ja: str = ""
    subtitle_en: str = ""
    short_ja: str = ""
    short_en: str = ""
    beside: tuple[str, ...] = ()
    coders: tuple[Coder, ...] = ()

    def __getitem__(self, key: str) -> Any:
        if key not in set(self):
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return (field.name for field in fields(self))

    def __len__(self) -> int:
        return len(fields(self))


@dataclass(frozen=True)
class _Key:
    """What a key of a mapping may hold: its type, and whether a value of that type is right."""

    type: type
    expected: str
    right: Callable[[Any], bool] = bool
    required: bool = True


def _choice(words: tuple[str, ...], required: bool = True) -> _Key:
    return _Key(str, one_of(words), lambda value: value in words, required)


def _matching(pattern: re.Pattern, expected: str) -> _Key:
    return _Key(str, expected, lambda value: pattern.fullmatch(value) is not None)


_TEXT = _Key(str, "a text")
_OPTIONAL_TEXT = _Key(str, "a text", required=False)
_SLUG = _matching(SLUG, "lower-case letters and digits joined by hyphens")
_AUTHOR = {
    "name_ja": _TEXT,
    "name_en": _TEXT,
    "affiliation_ja": _OPTIONAL_TEXT,
    "affiliation_en": _OPTIONAL_TEXT,
}
_SECTION_KEYS = {
    "id": _matching(_SECTION, 'an id in quotes, such as "4.1"'),
    "title": _TEXT,
    "title_en": _TEXT,
    "role": _choice(ROLES, required=False),
    "printed": _Key(bool, "true or false", lambda value: True, required=False),
}
_CODER_KEYS = {
    "id": _SLUG,
    "name_ja": _TEXT,
    "name_en": _TEXT,
    "made": _choice(MADE),
    "date": _matching(_DATE, 'a year, month or day in quotes, such as "2026-11"'),
    "how_ja": _TEXT,
    "how_en": _TEXT,
}
_LISTS = {"authors": _AUTHOR, "sections": _SECTION_KEYS, "coders": _CODER_KEYS}
_KEYS = {
    "id": _SLUG,
    "title_ja": _TEXT,
    "title_en": _TEXT,
    "subtitle_ja": _OPTIONAL_TEXT,
    "subtitle_en": _OPTIONAL_TEXT,
    "authors": _Key(list, "a list of authors with name_ja and name_en"),
    "venue_ja": _TEXT,
    "venue_en": _TEXT,
    "year": _Key(int, "a year with four digits", lambda value: 1000 <= value <= 9999),
    "language": _choice(LANGUAGES),
    "rights_ja": _TEXT,
    "rights_en": _TEXT,
    "kind": _choice(KINDS),
    "regions": _Key(list, "a list of ids of regions", lambda value: True),
    "short_ja": _OPTIONAL_TEXT,
    "short_en": _OPTIONAL_TEXT,
    "beside": _Key(list, "a list of ids of studies", lambda value: True, required=False),
    "coders": _Key(list, "a list of coders with id, names, made, date and how", required=False),
}
_DOCUMENT_KEYS = {
    "normaliser": _choice(tuple(NORMALISERS)),
    "sections": _Key(list, "a list of sections with id, title and title_en"),
}


def read(path: Path) -> tuple[Meta | None, list[Problem]]:
    """Read `study.yaml`; None in place of what it says where anything is wrong with it."""
    if not path.exists() and not path.is_symlink():
        advice = "write it, with the keys that another study has"
        return None, [Problem(shown(path), None, None, "no such file", "a study.yaml", advice)]
    text, problems = read_text(path)
    if text is None:
        return None, problems
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        content = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        return None, [*problems, _not_yaml(path, error)]
    if not isinstance(content, dict):
        expected = "keys and values, one a line"
        return None, [*problems, Problem(shown(path), 1, None, "no keys", expected, "write them")]
    problems += _Checker(shown(path), path.absolute().parent.name, path.absolute().parents[1]).check(
        node, content
    )
    return (None if problems else _meta(content)), problems


def _not_yaml(path: Path, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or str(error) or type(error).__name__
    advice = "check the indentation and quote texts that hold a colon or #"
    return Problem(shown(path), mark and mark.line + 1, None, found, "YAML", advice)


def _meta(content: dict) -> Meta:
    return Meta(
        **content
        | {
            "authors": tuple(Author(**author) for author in content["authors"]),
            "sections": tuple(Section(**section) for section in content.get("sections", [])),
            "regions": tuple(content["regions"]),
            "beside": tuple(content.get("beside", [])),
            "coders": tuple(Coder(**coder) for coder in content.get("coders", [])),
        }
    )


@dataclass(frozen=True)
class _Checker:
    """Checks what `study.yaml` holds; every method returns the problems it finds."""

    file: str
    folder: str
    studies: Path  # the folder of all studies

    def check(self, node: yaml.MappingNode, content: dict) -> list[Problem]:
        """Return everything that is wrong, the keys of authors and sections included."""
        document = _KEYS | _DOCUMENT_KEYS
        records = _KEYS | {name: _optional(key) for name, key in _DOCUMENT_KEYS.items()}
        keys = records if content.get("kind") == "records" else document
        problems = self._keys(node, content, keys, "")
        lines = _lines(node)
        for name, parts in _LISTS.items():
            problems += self._list(_value(node, name), content.get(name), parts, name)
        for name in ("regions", "beside"):
            problems += self._ids(content.get(name), name, lines.get(name))
        problems += self._studies(content.get("beside"), lines.get("beside"))
        for name in ("sections", "coders"):
            problems += self._twice(content.get(name), name, lines.get(name))
        if isinstance(name := content.get("id"), str) and name != self.folder:
            advice = "rename the folder or the id, so that both are the same"
            expected = f"the name of the folder, {quoted(self.folder)}"
            problems.append(self._problem(lines["id"], "id", quoted(name), expected, advice))
        return problems

    def _keys(
        self, node: yaml.MappingNode, content: dict, keys: Mapping[str, _Key], at: str
    ) -> list[Problem]:
        """Check the keys of one mapping: all there, none unknown, none twice, each of its type."""
        lines, problems = _lines(node), []
        first = node.start_mark.line + 1
        for name, key in keys.items():
            if key.required and name not in content:
                found, advice = "no such key", f"add a line {name}: …"
                problems.append(self._problem(first, at + name, found, key.expected, advice))
        for name, line in _repeated(node):
            found, advice = "the key twice", "remove one"
            problems.append(self._problem(line, f"{at}{name}", found, "every key once", advice))
        for name, value in content.items():
            if name in keys:
                problems += self._one(lines.get(name, first), at + name, value, keys[name])
                continue
            like = nearest(str(name), [key for key in keys if key not in content])
            advice = f"did you mean {like}?" if like else "remove it"
            expected = one_of(tuple(keys), most=len(keys))
            line = lines.get(str(name), first)
            problems.append(self._problem(line, f"{at}{name}", "an unknown key", expected, advice))
        return problems

    def _one(self, line: int, name: str, value: Any, key: _Key) -> list[Problem]:
        """Check the value of one key."""
        if type(value) is not key.type:
            found = f"{quoted(value)}, which YAML reads as {_type(value)}"
            advice = "put it in quotes" if key.type is str else f"write {key.expected}"
            return [self._problem(line, name, found, key.expected, advice)]
        if key.type is str and (wrong := fault(value)):
            return [self._problem(line, name, wrong.found, wrong.expected, wrong.advice)]
        if key.right(value):
            return []
        found = "an empty list" if value == [] else quoted(value)
        return [self._problem(line, name, found, key.expected, "correct it")]

    def _list(
        self, node: yaml.Node | None, content: Any, keys: Mapping[str, _Key], name: str
    ) -> list[Problem]:
        """Check every entry of a list of mappings."""
        if not isinstance(content, list):
            return []
        problems = []
        for item, value in zip(node.value, content, strict=True):
            if isinstance(value, dict):
                problems += self._keys(item, value, keys, f"{name}.")
                continue
            expected, advice = f"keys such as {', '.join(keys)}", "write {…: …, …: …}"
            line = item.start_mark.line + 1
            problems.append(self._problem(line, name, quoted(value), expected, advice))
        return problems

    def _ids(self, content: Any, name: str, line: int | None) -> list[Problem]:
        """Check a list of ids: each is one, and none stands there twice."""
        if not isinstance(content, list):
            return []
        problems = [found for value in content for found in self._one(line, name, value, _SLUG)]
        return problems + self._twice([{"id": value} for value in content], name, line)

    def _studies(self, content: Any, line: int | None) -> list[Problem]:
        """Check that the studies beside this one are there, and are others."""
        names = [name for name in content if isinstance(name, str)] if isinstance(content, list) else []
        known = [p.parent.name for p in self.studies.glob(f"*/{FILE}") if p.parent.name != self.folder]
        expected = "the name of another study's folder"
        return [
            self._problem(line, "beside", quoted(name), expected, self._instead(name, known))
            for name in names
            if name not in known
        ]

    def _instead(self, name: str, known: list[str]) -> str:
        like = nearest(name, known)
        return f"did you mean {like}?" if like else "remove it, or add the study"

    def _twice(self, content: Any, name: str, line: int | None) -> list[Problem]:
        """Check that no two entries of a list have the same id."""
        entries = content if isinstance(content, list) else []
        ids = [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]
        repeated = dict.fromkeys(value for value in ids if ids.count(value) > 1)
        found = "{} more than once"
        return [
            self._problem(line, name, found.format(quoted(value)), "every id once", "remove one")
            for value in repeated
        ]

    def _problem(self, line: int | None, name: str, found: str, expected: str, advice: str) -> Problem:
        return Problem(self.file, line, name, found, expected, advice)


def _optional(key: _Key) -> _Key:
    return _Key(key.type, key.expected, key.right, required=False)


def _lines(node: yaml.MappingNode) -> dict[str, int]:
    """Return the line of every key of a mapping."""
    return {str(key.value): key.start_mark.line + 1 for key, _ in node.value}


def _repeated(node: yaml.MappingNode) -> list[tuple[str, int]]:
    """Return the keys that stand in a mapping a second time; YAML keeps the last silently."""
    names = [str(key.value) for key, _ in node.value]
    lines = [key.start_mark.line + 1 for key, _ in node.value]
    return [(name, lines[i]) for i, name in enumerate(names) if name in names[:i]]


def _value(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in reversed(node.value) if key.value == name), None)


def _type(value: Any) -> str:
    names = {str: "a text", int: "a whole number", float: "a number", bool: "yes or no"}
    names |= {list: "a list", dict: "keys and values", type(None): "nothing"}
    return names.get(type(value), f"a {type(value).__name__}")
