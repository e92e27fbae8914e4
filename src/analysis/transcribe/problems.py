"""What is wrong with a study, said so that whoever typed it can put it right."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 60  # characters of a value that a message repeats
# Controls, formats, surrogates, private and unassigned characters, and all but the common space.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in one line: where, what was found, what was expected, what to do.

    `line` is the physical line in the file and `column` the name of the column (or the key in
    `study.yaml`); None where the problem is the file's own.

    >>> print(Problem("phases.csv", 4, "period", "'2011-13'", "a month", "write 2011/2013"))
    phases.csv:4: period: found '2011-13', expected a month; write 2011/2013
    """

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = place if self.column is None else f"{place}: {visible(self.column)}"
        found = visible(self.found, longest=2 * LONGEST)
        return f"{where}: found {found}, expected {self.expected}; {visible(self.advice, 240)}"


class StudyError(Exception):
    """A study that cannot be used, with every problem found in it; str() is one line a problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def visible(text: str, longest: int = LONGEST) -> str:
    """Return a text as one short line: control and invisible characters as \\uXXXX, the middle cut.

    >>> visible("a\\tb")
    'a\\\\tb'
    """
    if len(text) > longest:
        half = (longest - 1) // 2
        text = f"{text[:half]}…{text[-half:]}"
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    plain = character == " " or unicodedata.category(character) not in _UNSEEN
    return character if plain else ascii(character)[1:-1]


def quoted(value: object) -> str:
    """Return a value for a message: in quotes, a long one shortened; or 'an empty cell'."""
    text = str(value)
    if not text:
        return "an empty cell"
    length = f" ({len(text)} characters)" if len(text) > LONGEST else ""
    return f"'{visible(text)}'{length}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the given one, or None where none is at all alike."""
    # The comparison grows with the length of both: nobody mistypes an id of a thousand letters.
    alike = difflib.get_close_matches(word[:100], list(known), n=1, cutoff=0.5)
    return alike[0] if alike else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return as advice the known word most like one; where none is like it, what else to do."""
    like = nearest(word, known)
    return f"did you mean {like}?" if like else otherwise


def one_of(words: Sequence[str], most: int = 8) -> str:
    """Return the words a cell may hold as a phrase, the first few of them where there are many."""
    more = ["…"] if len(words) > most else []
    return "one of " + ", ".join([*words[:most], *more])
