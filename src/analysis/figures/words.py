"""The words of figures in any language, from words.yaml beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analysis import languages
from analysis import words as catalogue
from analysis.figures.check import FigureError
from analysis.transcribe import periods


def words(language: str) -> catalogue.Words:
    """The catalogue in a language: `words("en").text("key_stated")`."""
    return catalogue.read(Path(__file__).with_suffix(".yaml"), _known(language))


def display(period: str, language: str) -> str:
    """A period as a reader of the language reads it."""
    return periods.display(period, _known(language))


def _known(language: str) -> str:
    if not languages.known(str(language)):
        raise FigureError(f"language={language!r}: expected one of the study's, {languages.EXPECTED}")
    return language


def joined(parts: Iterable[object], language: str, *, wide: bool = False) -> str:
    """Words in a row, empty ones left out: `a, b`, or `a; b` where they are `wide`; 「a、b」."""
    gap = languages.semicolon(language) if wide else languages.comma(language)
    return gap.join(str(part) for part in parts if part)


def headed(head: str, told: object, language: str) -> str:
    """What is said of something, after its name and a colon."""
    return f"{head}{languages.colon(language)}{told}"


def between(first: object, last: object, language: str) -> str:
    """From one number or year to another."""
    return f"{first}{languages.dash(language)}{last}"


def aside(name: str, about: Iterable[object], language: str) -> str:
    """A name with what is said of it in brackets."""
    told = joined(about, language)
    return languages.brackets(name, told, language) if told else name
