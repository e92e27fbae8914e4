"""The words of figures in both languages, from words.yaml beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analysis import words as catalogue


def words(language: str) -> catalogue.Words:
    """The catalogue in a language: `words("en").text("key_stated")`."""
    return catalogue.read(Path(__file__).with_suffix(".yaml"), language)


def joined(parts: Iterable[object], language: str, *, wide: bool = False) -> str:
    """Words in a row, empty ones left out: `a, b`, or `a; b` where they are `wide`; 「a、b」."""
    told = [str(part) for part in parts if part]
    return ("、" if language == "ja" else "; " if wide else ", ").join(told)


def headed(head: str, told: object, language: str) -> str:
    """What is said of something, after its name and a colon."""
    return f"{head}：{told}" if language == "ja" else f"{head}: {told}"


def between(first: object, last: object, language: str) -> str:
    """From one number or year to another."""
    return f"{first}～{last}" if language == "ja" else f"{first}–{last}"


def aside(name: str, about: Iterable[object], language: str) -> str:
    """A name with what is said of it in brackets."""
    told = joined(about, language)
    return (f"{name}（{told}）" if language == "ja" else f"{name} ({told})") if told else name
