"""Catalogues of sentences, and how numbers and names stand in them.

A catalogue is a YAML file `key: {ja: "…", en: "…"}`; further languages are translations of its
English (`languages/catalogues.py`). What a sentence says of a value stands in named placeholders:
`{n}` a number, `{n:word}` the number as prose has it, `{n:issue|issues}` the noun that goes with it
(as many forms as the language has), `{names:list}` several names, `{names:lower}` the same within a
sentence.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analysis import languages
from analysis.errors import UserError
from analysis.languages import catalogues
from analysis.languages import figure as figure
from analysis.languages import in_words as in_words
from analysis.languages import listed as listed
from analysis.languages.catalogues import placeholders as placeholders

_WRITTEN = " and ".join(catalogues.WRITTEN)


class WordsError(UserError):
    """A catalogue, or what is asked of it, is wrong; the message says where and how to mend it."""


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere: to a record (`record:issues/norwick-1`) or a page (`page:issues`)."""

    target: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Words:
    """One catalogue in one language: its entries by language, with the `context` that translations have."""

    entries: Mapping[str, Mapping[str, str]]
    language: str
    source: str

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __call__(self, key: str, **values: Any) -> str:
        """A sentence as Markdown: values stand as they are, whatever signs they hold; links lead."""
        return _Formatter(self, markdown=True).of(key, values)

    def text(self, key: str, **values: Any) -> str:
        """A sentence as plain text, for titles, captions and alt texts."""
        return _Formatter(self, markdown=False).of(key, values)

    def template(self, key: str) -> str:
        """A sentence as it stands in the catalogue, with its placeholders."""
        if key not in self.entries:
            near = get_close_matches(key, self.entries, 1)
            advice = f"did you mean {near[0]}?" if near else f"add it, with {_WRITTEN}"
            raise WordsError(f"{self.source} has no words for {key!r}; {advice}")
        texts = self.entries[key]
        if self.language in texts:
            return texts[self.language]
        return catalogues.translated(texts.get("context", ""), texts["en"], self.language)


def read(path: Path, language: str) -> Words:
    """Read a catalogue; one that does not exist is empty. Raises WordsError where a language is missing."""
    entries = _entries(path, path.stat().st_mtime_ns) if path.exists() else {}
    return Words(entries, language, path.name)


def small(language: str) -> Words:
    """The catalogue of small words that every page may need."""
    return read(Path(languages.__file__).with_name("words.yaml"), language)


@cache
def _entries(path: Path, _modified: int) -> dict[str, dict[str, str]]:
    entries = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) or {}
    for key, texts in entries.items():
        if not isinstance(texts, dict) or sorted(texts) != sorted(catalogues.WRITTEN):
            raise WordsError(f"{path.name}: {key}: expected the languages {_WRITTEN}")
    name = catalogues.name_of(path)
    return {key: texts | {"context": f"{name}:{key}"} for key, texts in entries.items()}


def escape(text: object) -> str:
    """A text that Markdown and HTML show as it stands: signs of either become character references.

    >>> escape("<b> [x](y) **z**")
    '&#60;b&#62; &#91;x&#93;&#40;y&#41; &#42;&#42;z&#42;&#42;'
    """
    return re.sub(r"""[<>&"'`*_{}\[\]()$~|\\#]""", lambda m: f"&#{ord(m[0])};", str(text))


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun, for messages in English: `1 file`, `2 files`.

    >>> counted(1, "file"), counted(1200, "file"), counted(2, "copy", "copies")
    ('1 file', '1,200 files', '2 copies')
    """
    return f"{figure(number)} {one if number == 1 else several or one + 's'}"


def some(names: Sequence[str], most: int) -> str:
    """The first of many names, for messages in English: `a, b and 3 more`."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if names[most:] else "")


class _Formatter(string.Formatter):
    def __init__(self, words: Words, *, markdown: bool) -> None:
        self.words, self.language, self.markdown = words, words.language, markdown

    def of(self, key: str, values: Mapping[str, Any]) -> str:
        text = self.words.template(key)
        try:
            said = self.vformat(text, (), values)
            return languages.capital(said, self.language) if text.startswith("{") else said
        except (KeyError, IndexError) as error:
            given = ", ".join(values) or "nothing"
            raise WordsError(f"{self.words.source}: {key}: no value for {error}; given: {given}") from None

    def format_field(self, value: Any, spec: str) -> str:
        if spec == "lower":  # names of themes and the like within an English sentence
            return listed([languages.within(self._shown(v), self.language) for v in value], self.language)
        if spec == "semi":  # clauses that hold commas themselves
            return languages.semicolon(self.language).join(map(self._shown, value))
        if spec == "list":
            return listed([self._shown(v) for v in value], self.language)
        if "|" in spec:  # a noun in singular and plural
            return languages.form(spec.split("|"), value, self.language)
        if spec == "word":
            return in_words(value, self.language)
        return self._shown(value) if not spec else super().format_field(value, spec)

    def _shown(self, value: Any) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return figure(value, self.language)
        words = escape(value) if self.markdown else str(value)
        return f"[{words}]({value.target})" if self.markdown and isinstance(value, Link) else words
