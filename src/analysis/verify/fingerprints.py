"""Fingerprints: what is kept of a passage, enough to recognise it and not to read it; and its place."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from analysis.transcribe.normaliser import normalise
from analysis.verify.source_text import Reading, Span

OPENING = 12  # characters of a passage that the repository may show
SHORTEST = 30  # characters; anything shorter could be guessed from its hash


@dataclass(frozen=True)
class Fingerprint:
    """What the repository keeps of a passage: enough to recognise it, not to read it."""

    opening: str  # the first characters, normalised
    chars: int  # length, normalised
    sha256: str  # of the normalised piece in UTF-8

    def matches(self, piece: str) -> bool:
        """Whether a normalised piece is the passage, to the letter."""
        return len(piece) == self.chars and digest(piece) == self.sha256


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(piece: str, normaliser: str = "ja-1") -> Fingerprint:
    """Fingerprint a piece of text, normalising it first.

    >>> fingerprint("湊川 流域\\nである。").chars
    8
    """
    text = normalise(piece, normaliser)
    return Fingerprint(text[:OPENING].rstrip(), len(text), digest(text))


def occurrences(text: str, openings: Collection[str]) -> Iterator[tuple[str, int]]:
    """Every place of every opening, in one pass a length: str.find would read a text once for each."""
    for length in {len(opening) for opening in openings} - {0}:
        for start in range(len(text) - length + 1):
            if (piece := text[start : start + length]) in openings:
                yield piece, start


class PassageVerdict(StrEnum):
    """What a check found out about a passage."""

    EXACT = "EXACT"  # stands in the source once, to the letter
    AMBIGUOUS = "AMBIGUOUS"  # stands there to the letter, more than once
    NEAR = "NEAR"  # its opening stands there, its wording does not
    MISSING = "MISSING"  # not even its opening stands there


TO_THE_LETTER = {PassageVerdict.EXACT, PassageVerdict.AMBIGUOUS}


@dataclass(frozen=True)
class Place:
    """Where a passage stands: its text for the check, its spans and lines for the reader."""

    verdict: PassageVerdict
    text: str = ""
    spans: tuple[Span, ...] = ()
    starts: tuple[int, ...] = ()  # where in its reading each occurrence begins
    reading: Reading | None = None

    @property
    def lines(self) -> tuple[int, ...]:
        """Lines of the source file at which its occurrences begin."""
        return tuple(self.reading.line_at(start) for start in self.starts) if self.reading else ()
