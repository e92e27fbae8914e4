"""What a study says of itself in `study.yaml`: its source, its regions, its sections, its coders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from analysis import languages as tongues
from analysis.transcribe.csv_table import fault
from analysis.transcribe.csv_text import of_file, read_text, shown
from analysis.transcribe.normaliser import NORMALISERS, usual
from analysis.transcribe.periods import FiscalYear
from analysis.transcribe.problems import Problem, did_you_mean, one_of, quoted
from analysis.transcribe.schema import KINDS, LANGUAGES, SLUG

FILE = "study.yaml"
ROLES = ("considerations", "recommendations")
NAMED = ("start", "end")  # the year that FY names: in which it begins, or ends
MADE = ("person", "automated_reading")  # what a coder is


class Entry(dict[str, Any]):
    """What stands under the keys of `study.yaml`, as attributes and as a mapping, in a fixed order.

    What is said in each of the study's languages has a key for each: `name_ja`, `name_en`.
    """

    def __getattr__(self, key: str) -> Any:
        if key in self:
            return self[key]
        raise AttributeError(f"study.yaml has no {key!r} in this study")


class Section(Entry):
    """A section of the source: its title as printed, and in other languages; role.

    `role` says where a later reading of the issues ('considerations') and where the
    recommendations stand ('recommendations'); empty for all other sections. `printed` is no for a
    part that has no heading of its own.
    """

    id: str
    title: str
    role: str
    printed: bool
    source: str  # the further document that it is of; empty for the one that the study is about

    def titled(self, language: str) -> str:
        """The title in a language, else as printed."""
        return self.get(f"title_{language}") or self.title


class Meta(Entry):
    """The keys of `study.yaml`; those that are left out are empty.

    `languages` are those of the study's labels and its report. `short` is what figures call the
    study; `beside` names the studies that its report sets beside it; `report` holds the report's own
    title, authors, date, address and lead sentence. `coders` are who or what made judgements (`made`:
    a person or an automated reading, `how`: in what way), `kinds` those of evaluation beside midterm and
    final, `sources` the documents that the study draws on beside the one that it is about.
    """

    id: str
    authors: tuple[Entry, ...]
    year: int
    language: str
    kind: str
    regions: tuple[str, ...]
    sections: tuple[Section, ...]
    normaliser: str
    beside: tuple[str, ...]
    coders: tuple[Entry, ...]
    kinds: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    fiscal_year_starts: int
    fiscal_year_named: str
    report: Mapping[str, Any]
    languages: tuple[str, ...]

    @property
    def fiscal_year(self) -> FiscalYear:
        """How the study counts fiscal years: Japan's way unless it says otherwise."""
        return FiscalYear(self.fiscal_year_starts, self.fiscal_year_named)

    @property
    def own_kinds(self) -> list[tuple[str, dict[str, str]]]:
        """The study's own kinds of evaluation: id, names by language (`Schema.with_kinds`)."""
        return [(kind.id, {each: kind[f"label_{each}"] for each in self.languages}) for kind in self.kinds]


@dataclass(frozen=True)
class _Key:
    """What a key of a mapping may hold: its type, and whether a value of that type is right.

    `parts` are the keys of a mapping, or of each mapping of a list; `each` is what the values of any
    other list may be.
    """

    type: type
    expected: str
    right: Callable[[Any], bool] = bool
    required: bool = True
    parts: Mapping[str, _Key] = field(default_factory=dict)
    each: _Key | None = None


def _choice(words: tuple[str, ...], required: bool = True) -> _Key:
    return _Key(str, one_of(words), lambda value: value in words, required)


def _matching(pattern: str, expected: str, required: bool = True) -> _Key:
    return _Key(str, expected, lambda value: re.fullmatch(pattern, value) is not None, required)


def _some(expected: str, parts: Mapping[str, _Key] | None = None, each: _Key | None = None) -> _Key:
    """A list that may be empty or left out."""
    return _Key(list, expected, lambda value: True, required=False, parts=parts or {}, each=each)


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
_DATE = _matching("[0-9]{4}(-[0-9]{2}){0,2}", 'a year, month or day in quotes, such as "2026-11"')
_LANGUAGE = _Key(str, tongues.EXPECTED, tongues.known)


def _per_language(name: str, languages: Iterable[str], key: _Key = _TEXT) -> dict[str, _Key]:
    """A key for each language."""
    return {f"{name}_{language}": key for language in languages}


def _keys(content: Mapping[str, Any]) -> dict[str, _Key]:
    """The keys of a study in its languages; one of records need not have sections.

    The normaliser is the usual one of the language where none is named.
    """
    each = partial(_per_language, languages=_languages(content))
    authors, named = each("name") | each("affiliation", key=_OPTIONAL), " and ".join(each("name"))
    some_authors = _Key(list, f"a list of authors with {named}", parts=authors)
    kinds = f"a list of kinds of evaluation with id, {' and '.join(each('label'))}"
    coders = {"id": _ID, **each("name"), "made": _choice(MADE), "date": _DATE, **each("how")}
    sources = {"id": _ID, **each("title"), "address": _OPTIONAL}
    report = each("title") | each("subtitle") | each("lead") | {"address": _TEXT}
    report = dict.fromkeys(report, _OPTIONAL)
    report["authors"] = replace(some_authors, right=lambda value: True, required=False)
    report["date"] = replace(_DATE, required=False)
    return {
        "id": _ID,
        **each("title"),
        "authors": some_authors,
        **each("venue"),
        "year": _Key(int, "a year with four digits", lambda value: 1000 <= value <= 9999),
        "language": _Key(str, "a language tag (BCP 47) such as ja, en, de, pt-BR or zh-Hant", is_language),
        **each("rights"),
        "kind": _choice(KINDS),
        "fiscal_year_starts": _Key(int, "a month from 1 to 12", lambda n: 1 <= n <= 12, required=False),
        "fiscal_year_named": _choice(NAMED, required=False),
        "regions": _Key(list, "a list of ids of regions", lambda value: True, each=_ID),
        "sections": _sections(content),
        "normaliser": _choice(tuple(NORMALISERS), required=False),
        **each("subtitle", key=_OPTIONAL),
        **each("short", key=_OPTIONAL),
        "beside": _some("a list of ids of studies", each=_ID),
        "coders": _some("a list of coders with id, names, made, date and how", coders),
        "kinds": _some(kinds, {"id": _ID, **each("label")}),
        "sources": _some("a list of further documents with id and titles", sources),
        "report": _Key(dict, "the report's title, authors, date and lead", required=False, parts=report),
        "languages": _Key(list, "a list of languages such as [ja, en]", required=False, each=_LANGUAGE),
    }


def _sections(content: Mapping[str, Any]) -> _Key:
    """Sections: their titles are as printed, and told in the other languages.

    In English it has to be told, as that is what most tools show.
    """
    languages, own = _languages(content), str(content.get("language"))
    told = [each for each in languages if each == "en" or each != own]
    parts = {
        "id": _matching("[A-Za-z0-9]+([.-][A-Za-z0-9]+)*", 'an id in quotes, such as "4.1"'),
        "title": _TEXT,
        **{f"title_{each}": _TEXT if each == "en" else _OPTIONAL for each in told},
        "role": _choice(ROLES, required=False),
        "printed": _Key(bool, "true or false", lambda value: True, required=False),
        "source": _matching(SLUG.pattern, "the id of one of sources", required=False),
    }
    expected = "a list of sections with id, title" + " and title_en" * ("en" in languages)
    return _Key(list, expected, required=content.get("kind") != "records", parts=parts)


def _languages(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of a study, as far as they can be read; their mistakes are said elsewhere."""
    said = [each for each in _entries(content.get("languages")) if isinstance(each, str)]
    return tuple(dict.fromkeys(each for each in said if tongues.known(each))) or tongues.DEFAULT


def read(path: Path) -> tuple[Meta | None, list[Problem]]:
    """Read `study.yaml`; None in place of what it says where anything is wrong with it."""
    if not path.exists() and not path.is_symlink():
        advice = "write it, with the keys that another study has"
        return None, [of_file(path, "no such file", "a study.yaml", advice)]
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
        return None, [*problems, of_file(path, "no keys", "keys and values, one a line", "write them", 1)]
    problems += _Checker(path).check(node, content)
    return (None if problems else meta_of(content)), problems


def languages_of(path: Path) -> tuple[str, ...]:
    """The languages that a `study.yaml` names, whatever else is wrong with it; the usual ones where it names none."""
    try:
        content = yaml.safe_load(read_text(path)[0] or "")
    except (OSError, yaml.YAMLError, ValueError, TypeError, RecursionError):
        content = None
    return _languages(content if isinstance(content, dict) else {})


def _not_yaml(path: Path, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or str(error) or type(error).__name__
    advice = "check the indentation and quote texts that hold a colon or #"
    return of_file(path, found, "YAML", advice, mark and mark.line + 1)


def meta_of(content: Mapping[str, Any]) -> Meta:
    """What a checked study.yaml says, with what is meant where a key is left out."""
    languages, language = _languages(content), content["language"]
    if content["kind"] != "records":
        content = {"normaliser": usual(language), **content}
    if language.split("-")[0] in LANGUAGES:  # their columns and rules are the same in every country
        content = {**content, "language": language.split("-")[0]}
    content = {"fiscal_year_starts": 4, "fiscal_year_named": NAMED[0], **content}
    return Meta(_filled(_keys(content), content) | {"languages": languages})


def _filled(keys: Mapping[str, _Key], content: Mapping[str, Any]) -> dict[str, Any]:
    """All keys in their order, with what is meant where one is left out."""
    otherwise = {str: "", bool: True, dict: {}, list: ()}
    made = {name: content.get(name, otherwise.get(key.type)) for name, key in keys.items()}
    for name in (name for name, key in keys.items() if key.type is list):
        kind, parts = Section if name == "sections" else Entry, keys[name].parts
        made[name] = tuple(kind(_filled(parts, each)) if parts else each for each in made[name])
    return made


_CALLED: dict[type, str] = {str: "a text", int: "a whole number", float: "a number", bool: "yes or no"}
_CALLED |= {list: "a list", dict: "keys and values", type(None): "nothing"}


class _Checker:
    """Checks what `study.yaml` holds; every method yields the problems it finds."""

    def __init__(self, path: Path) -> None:
        self._problem, self._folder = partial(Problem, shown(path)), path.absolute().parent
        studies = self._folder.parent.glob(f"*/{FILE}")
        self._others = [found.parent.name for found in studies if found.parent != self._folder]

    def check(self, node: yaml.MappingNode, content: dict[str, Any]) -> Iterator[Problem]:
        """Everything that is wrong, the entries of lists included."""
        lines = {name: line for name, (line, _) in _named(node).items()}
        yield from self._mapping(node, content, _keys(content), "")
        yield from self._documents(content, lines)
        own = content.get("id")
        if isinstance(own, str) and own != self._folder.name:
            advice = "rename the folder or the id, so that both are the same"
            expected = f"the name of the folder, {quoted(self._folder.name)}"
            yield self._problem(lines["id"], "id", quoted(own), expected, advice)

    def _documents(self, content: dict[str, Any], lines: Mapping[str, int]) -> Iterator[Problem]:
        """Check that sections name documents that are listed, and that each document has one."""
        known = [str(e["id"]) for e in _entries(content.get("sources")) if isinstance(e, dict) and "id" in e]
        of = [e.get("source", "") for e in _entries(content.get("sections")) if isinstance(e, dict)]
        for name in dict.fromkeys(str(name) for name in of if name and name not in known):
            advice = did_you_mean(name, known, "add the document to sources, or remove it")
            expected = one_of(tuple(known)) if known else "no source: the study lists no sources"
            yield self._problem(lines.get("sections"), "sections.source", quoted(name), expected, advice)
        for name in known:
            if name not in of:
                found, expected = f"{quoted(name)} without one", "a section of each document"
                advice = f"give one of sections source: {name}"
                yield self._problem(lines["sources"], "sources", found, expected, advice)

    def _mapping(
        self, node: yaml.MappingNode, content: dict[str, Any], keys: Mapping[str, _Key], at: str
    ) -> Iterator[Problem]:
        """Check the keys of one mapping: all there, none unknown, none twice, each of its type."""
        named, first = _named(node), node.start_mark.line + 1
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
            line, inner = named.get(str(name), (first, None))
            if name in keys:
                yield from self._value(line, at + name, value, keys[name])
                yield from self._inside(inner, line, at + name, value, keys[name])
                continue
            advice = did_you_mean(str(name), [key for key in keys if key not in content], "remove it")
            expected = one_of(tuple(keys), most=len(keys))
            yield self._problem(line, f"{at}{name}", "an unknown key", expected, advice)

    def _value(self, line: int, name: str, value: Any, key: _Key) -> Iterator[Problem]:
        """Check the value of one key."""
        if type(value) is not key.type:
            read = _CALLED.get(type(value), f"a {type(value).__name__}")
            found = f"{quoted(value)}, which YAML reads as {read}"
            advice = "put it in quotes" if key.type is str else f"write {key.expected}"
            yield self._problem(line, name, found, key.expected, advice)
        elif isinstance(value, str) and (wrong := fault(value)):
            yield self._problem(line, name, wrong.found, wrong.expected, wrong.advice)
        elif not key.right(value):
            found = "an empty list" if value == [] else quoted(value)
            yield self._problem(line, name, found, key.expected, "correct it")

    def _inside(
        self, node: yaml.Node | None, line: int, name: str, value: Any, key: _Key
    ) -> Iterator[Problem]:
        """Check what a mapping or a list holds."""
        if isinstance(value, dict) and isinstance(node, yaml.MappingNode) and key.type is dict:
            yield from self._mapping(node, value, key.parts, f"{name}.")
        if not isinstance(value, list) or not isinstance(node, yaml.SequenceNode) or key.type is not list:
            return
        for item, entry in zip(node.value, value, strict=False):
            if key.each:
                yield from self._value(line, name, entry, key.each)
            elif isinstance(entry, dict) and isinstance(item, yaml.MappingNode):
                yield from self._mapping(item, entry, key.parts, f"{name}.")
            else:
                expected, place = f"keys such as {', '.join(key.parts)}", item.start_mark.line + 1
                yield self._problem(place, name, quoted(entry), expected, "write {…: …, …: …}")
            if name == "beside" and isinstance(entry, str) and entry not in self._others:
                advice = did_you_mean(entry, self._others, "remove it, or add the study")
                yield self._problem(line, name, quoted(entry), "the name of another study's folder", advice)
        if key.each or "id" in key.parts:
            yield from self._twice(value, name, line)

    def _twice(self, entries: list[Any], name: str, line: int) -> Iterator[Problem]:
        """Check that no two entries of a list have the same id, or are the same id."""
        known = [entry for entry in entries if not isinstance(entry, dict) or "id" in entry]
        ids = [str(entry["id"] if isinstance(entry, dict) else entry) for entry in known]
        for value in dict.fromkeys(value for value in ids if ids.count(value) > 1):
            found = f"{quoted(value)} more than once"
            yield self._problem(line, name, found, "every id once", "remove one")


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(node: yaml.MappingNode) -> dict[str, tuple[int, yaml.Node]]:
    """The line of every key of a mapping, and what stands under it."""
    return {str(key.value): (key.start_mark.line + 1, value) for key, value in node.value}
