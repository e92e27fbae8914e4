"""Fingerprints: what is kept of a passage, enough to recognise it and not to read it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from analysis.transcribe.normaliser import normalise

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
