"""Words that figures need in both languages, kept in pairs so that none is left untranslated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_PLACE = {"ja": 0, "en": 1}


class Words:
    """Named pairs of words: `WORDS("gap", "ja")`. A name that does not exist is a KeyError."""

    def __init__(self, **pairs: tuple[str, str]) -> None:
        self._pairs: Mapping[str, tuple[str, str]] = pairs

    def __call__(self, name: str, language: str) -> str:
        return self._pairs[name][_PLACE[language]]


def joined(words: Iterable[str], language: str) -> str:
    """Words in a row, separated as the language does it."""
    return {"ja": "、", "en": "; "}[language].join(words)
