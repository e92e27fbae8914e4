"""What a study says of itself in `study.yaml`: its source, its regions, its sections, its coders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from analysis.transcribe.csv_table import fault
from analysis.transcribe.csv_text import read_text, shown
from analysis.transcribe.normaliser import NORMALISERS, usual
from analysis.transcribe.periods import FiscalYear
from analysis.transcribe.problems import Problem, nearest, one_of, quoted
from analysis.transcribe.schema import KINDS, LANGUAGES, SLUG

FILE = "study.yaml"
ROLES = ("considerations", "recommendations")
NAMED = ("start", "end")  # the year that FY names: in which it begins, or ends
MADE = ("person", "automated_reading")  # what a coder is


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
class Kind:
    """A kind of evaluation beside midterm and final, called as the source calls it."""

    id: str
    label_ja: str
    label_en: str


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
class Meta(Mapping[str, Any]):
    """The keys of `study.yaml`, as attributes and as a mapping.

    `short` is what figures call the study; `beside` names the studies that its report sets beside it;
    `report` holds the report's own title, authors, date, address and lead sentence, in both languages.
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
    kinds: tuple[Kind, ...] = ()
    fiscal_year_starts: int = 4
    fiscal_year_named: str = "start"
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fiscal_year(self) -> FiscalYear:
        """How the study counts fiscal years: Japan's way unless it says otherwise."""
        return FiscalYear(self.fiscal_year_starts, self.fiscal_year_named)

    @property
    def own_kinds(self) -> list[tuple[str, str, str]]:
        """The study's own kinds of evaluation: id, name in ja and en (`Schema.with_kinds`)."""
        return [(kind.id, kind.label_ja, kind.label_en) for kind in self.kinds]

    def __getitem__(self, key: str) -> Any:
        if key not in set(self):
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in fields(self))

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


def _matching(pattern: str, expected: str, required: bool = True) -> _Key:
    return _Key(str, expected, lambda value: re.fullmatch(pattern, value) is not None, required)


def _list(expected: str, required: bool = True, *, empty: bool = True) -> _Key:
    return _Key(list, expected, lambda value: empty or bool(value), required)


# language, script, region, variants, each in its usual case; extensions say nothing of a source.
_TAG = re.compile(
    "([a-z]{2,3})(-[A-Z][a-z]{3})?(-(?:[A-Z]{2}|[0-9]{3}))?(-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
)


def is_language(tag: str) -> bool:
    """Whether a text is a language tag; one of two letters must be a language (`jp` is a country)."""
    match = _TAG.fullmatch(tag)
    if not match or match[1] in LANGUAGES or len(match[1]) == 3:
        return match is not None
    from babel import Locale  # only for other languages than ours: it takes a while

    return match[1] in Locale("en").languages


_TEXT, _OPTIONAL = _Key(str, "a text"), _Key(str, "a text", required=False)
_ID = _matching(SLUG.pattern, "lower-case letters and digits joined by hyphens")
_DATE = ("[0-9]{4}(-[0-9]{2}){0,2}", 'a year, month or day in quotes, such as "2026-11"')
_NAMES = {"name_ja": _TEXT, "name_en": _TEXT}
_PARTS = {  # the keys of the entries of each list of mappings
    "authors": _NAMES | {"affiliation_ja": _OPTIONAL, "affiliation_en": _OPTIONAL},
    "sections": {
        "id": _matching("[A-Za-z0-9]+([.-][A-Za-z0-9]+)*", 'an id in quotes, such as "4.1"'),
        "title": _TEXT,
        "title_en": _TEXT,
        "role": _choice(ROLES, required=False),
        "printed": _Key(bool, "true or false", lambda value: True, required=False),
    },
    "coders": {"id": _ID}
    | _NAMES
    | {
        "made": _choice(MADE),
        "date": _matching(*_DATE),
        "how_ja": _TEXT,
        "how_en": _TEXT,
    },
    "kinds": {"id": _ID, "label_ja": _TEXT, "label_en": _TEXT},
}
_TEXTS = ("title_ja", "title_en", "subtitle_ja", "subtitle_en", "lead_ja", "lead_en", "address")
_REPORT = dict.fromkeys(_TEXTS, _OPTIONAL) | {
    "authors": _list("a list of authors with name_ja and name_en", required=False),
    "date": _matching(*_DATE, required=False),
}
_KEYS = {
    "id": _ID,
    "title_ja": _TEXT,
    "title_en": _TEXT,
    "subtitle_ja": _OPTIONAL,
    "subtitle_en": _OPTIONAL,
    "authors": _list("a list of authors with name_ja and name_en", empty=False),
    "venue_ja": _TEXT,
    "venue_en": _TEXT,
    "year": _Key(int, "a year with four digits", lambda value: 1000 <= value <= 9999),
    "language": _Key(str, "a language tag (BCP 47) such as ja, en, de, pt-BR or zh-Hant", is_language),
    "rights_ja": _TEXT,
    "rights_en": _TEXT,
    "kind": _choice(KINDS),
    "fiscal_year_starts": _Key(int, "a month from 1 to 12", lambda value: 1 <= value <= 12, required=False),
    "fiscal_year_named": _choice(NAMED, required=False),
    "regions": _list("a list of ids of regions"),
    "short_ja": _OPTIONAL,
    "short_en": _OPTIONAL,
    "beside": _list("a list of ids of studies", required=False),
    "coders": _list("a list of coders with id, names, made, date and how", required=False),
    "kinds": _list("a list of kinds of evaluation with id, label_ja and label_en", required=False),
    "report": _Key(dict, "the report's title, authors, date and lead", required=False),
}


def _keys(kind: object) -> dict[str, _Key]:
    """The keys of a study; one of records need not have sections.

    The normaliser is the usual one of the language where none is named.
    """
    needed = kind != "records"
    return _KEYS | {
        "normaliser": _choice(tuple(NORMALISERS), required=False),
        "sections": _list("a list of sections with id, title and title_en", needed, empty=False),
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
    if not isinstance(content, dict) or not isinstance(node, yaml.MappingNode):
        expected = "keys and values, one a line"
        return None, [*problems, Problem(shown(path), 1, None, "no keys", expected, "write them")]
    problems += _Checker(path).check(node, content)
    return (None if problems else _meta(content)), problems


def _not_yaml(path: Path, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or str(error) or type(error).__name__
    advice = "check the indentation and quote texts that hold a colon or #"
    return Problem(shown(path), mark and mark.line + 1, None, found, "YAML", advice)


def _meta(content: dict[str, Any]) -> Meta:
    language = content["language"]
    if content["kind"] != "records":
        content = {"normaliser": usual(language)} | content
    if language.split("-")[0] in LANGUAGES:  # their columns and rules are the same in every country
        content = content | {"language": language.split("-")[0]}
    lists = {name: tuple(content.get(name, ())) for name in ("regions", "beside")}
    for name, made in {"authors": Author, "sections": Section, "coders": Coder, "kinds": Kind}.items():
        lists[name] = tuple(made(**entry) for entry in content.get(name, ()))
    return Meta(**content | lists)


class _Checker:
    """Checks what `study.yaml` holds; every method yields the problems it finds."""

    def __init__(self, path: Path) -> None:
        self._file, self._folder = shown(path), path.absolute().parent
        studies = self._folder.parent.glob(f"*/{FILE}")
        self._others = [found.parent.name for found in studies if found.parent != self._folder]

    def check(self, node: yaml.MappingNode, content: dict[str, Any]) -> Iterator[Problem]:
        """Everything that is wrong, the entries of lists included."""
        yield from self._mapping(node, content, _keys(content.get("kind")), "")
        lines = _lines(node)
        for name, parts in _PARTS.items():
            yield from self._list(node, content, name, parts, name)
        own, report = content.get("report"), _value(node, "report")
        if isinstance(own, dict) and isinstance(report, yaml.MappingNode):
            yield from self._mapping(report, own, _REPORT, "report.")
            yield from self._list(report, own, "authors", _PARTS["authors"], "report.authors")
        for name in ("regions", "beside"):
            for value in _entries(content.get(name)):
                yield from self._value(lines[name], name, value, _ID)
                if name == "beside" and isinstance(value, str) and value not in self._others:
                    like = nearest(value, self._others)
                    advice = f"did you mean {like}?" if like else "remove it, or add the study"
                    expected = "the name of another study's folder"
                    yield self._problem(lines[name], name, quoted(value), expected, advice)
        for name in ("regions", "beside", "sections", "coders", "kinds"):
            yield from self._twice(content.get(name), name, lines.get(name))
        own = content.get("id")
        if isinstance(own, str) and own != self._folder.name:
            advice = "rename the folder or the id, so that both are the same"
            expected = f"the name of the folder, {quoted(self._folder.name)}"
            yield self._problem(lines["id"], "id", quoted(own), expected, advice)

    def _mapping(
        self, node: yaml.MappingNode, content: dict[str, Any], keys: Mapping[str, _Key], at: str
    ) -> Iterator[Problem]:
        """Check the keys of one mapping: all there, none unknown, none twice, each of its type."""
        lines, first = _lines(node), node.start_mark.line + 1
        for name, key in keys.items():
            if key.required and name not in content:
                advice = f"add a line {name}: …"
                yield self._problem(first, at + name, "no such key", key.expected, advice)
        names = [str(key.value) for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if names[place] in names[:place]:  # YAML keeps the last silently
                line, expected = key.start_mark.line + 1, "every key once"
                yield self._problem(line, at + names[place], "the key twice", expected, "remove one")
        for name, value in content.items():
            line = lines.get(str(name), first)
            if name in keys:
                yield from self._value(line, at + name, value, keys[name])
                continue
            like = nearest(str(name), [key for key in keys if key not in content])
            advice = f"did you mean {like}?" if like else "remove it"
            expected = one_of(tuple(keys), most=len(keys))
            yield self._problem(line, f"{at}{name}", "an unknown key", expected, advice)

    def _value(self, line: int, name: str, value: Any, key: _Key) -> Iterator[Problem]:
        """Check the value of one key."""
        if type(value) is not key.type:
            found = f"{quoted(value)}, which YAML reads as {_type(value)}"
            advice = "put it in quotes" if key.type is str else f"write {key.expected}"
            yield self._problem(line, name, found, key.expected, advice)
        elif isinstance(value, str) and (wrong := fault(value)):
            yield self._problem(line, name, wrong.found, wrong.expected, wrong.advice)
        elif not key.right(value):
            found = "an empty list" if value == [] else quoted(value)
            yield self._problem(line, name, found, key.expected, "correct it")

    def _list(
        self, node: yaml.MappingNode, content: dict[str, Any], key: str, keys: Mapping[str, _Key], at: str
    ) -> Iterator[Problem]:
        """Check every entry of a list of mappings."""
        listed = _value(node, key)
        items = listed.value if isinstance(listed, yaml.SequenceNode) else []
        for item, entry in zip(items, _entries(content.get(key)), strict=False):
            if isinstance(entry, dict) and isinstance(item, yaml.MappingNode):
                yield from self._mapping(item, entry, keys, f"{at}.")
            else:
                expected, line = f"keys such as {', '.join(keys)}", item.start_mark.line + 1
                yield self._problem(line, at, quoted(entry), expected, "write {…: …, …: …}")

    def _twice(self, content: Any, name: str, line: int | None) -> Iterator[Problem]:
        """Check that no two entries of a list have the same id, or are the same id."""
        entries = _entries(content)
        ids = [str(entry.get("id", id(entry)) if isinstance(entry, dict) else entry) for entry in entries]
        for value in dict.fromkeys(value for value in ids if ids.count(value) > 1):
            found = f"{quoted(value)} more than once"
            yield self._problem(line, name, found, "every id once", "remove one")

    def _problem(self, line: int | None, name: str, found: str, expected: str, advice: str) -> Problem:
        return Problem(self._file, line, name, found, expected, advice)


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _value(node: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in reversed(node.value) if key.value == name), None)


def _lines(node: yaml.MappingNode) -> dict[str, int]:
    """The line of every key of a mapping."""
    return {str(key.value): key.start_mark.line + 1 for key, _ in node.value}


def _type(value: Any) -> str:
    names = {str: "a text", int: "a whole number", float: "a number", bool: "yes or no"}
    names |= {list: "a list", dict: "keys and values", type(None): "nothing"}
    return names.get(type(value), f"a {type(value).__name__}")
