"""The words of figures in both languages, from words.yaml beside this file."""

from __future__ import annotations

from pathlib import Path

from analysis import words as catalogue


def words(language: str) -> catalogue.Words:
    """The catalogue in a language: `words("en").text("key_stated")`."""
    return catalogue.read(Path(__file__).with_suffix(".yaml"), language)
