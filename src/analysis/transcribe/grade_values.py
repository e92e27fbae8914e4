"""What a printed grade is worth where it is a number: `4`, `3.5`, `17/20`, `85 %`, `★★★`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

PERCENT = "%|per ?cent|prozent"  # as it may be written
_NUMBER = re.compile(rf"([+-]?[0-9]+(?:[.,][0-9]+)?)(?: ?({PERCENT})|/([0-9]+))?", re.IGNORECASE)
_STARS = re.compile("(★+)☆*")


def value(grade: str) -> float | None:
    """The number that a grade is; None for a letter or a word.

    >>> value("3.5"), value("17/20"), value("85 Prozent"), value("★★★☆☆"), value("A-")
    (3.5, 17.0, 85.0, 3.0, None)
    """
    if stars := _STARS.fullmatch(grade):
        return float(len(stars[1]))
    number = _NUMBER.fullmatch(grade)
    return float(number[1].replace(",", ".")) if number else None


def unit(grade: str) -> str:
    """What a number is counted in, which all grades of a scale share: `%`, `/20`, `★`, or nothing."""
    if _STARS.fullmatch(grade):
        return "★"
    number = _NUMBER.fullmatch(grade)
    return "" if not number else "%" if number[2] else f"/{number[3]}" if number[3] else ""


def ends(ranks: Mapping[str, int]) -> tuple[float, float] | None:
    """The worst and the best number of a scale, from its listed grades and their ranks (1 is best).

    None where there are fewer than two, or one is no number.
    """
    numbers = [value(grade) for grade in sorted(ranks, key=lambda grade: -ranks[grade])]
    known = [number for number in numbers if number is not None]
    return (known[0], known[-1]) if len(known) == len(numbers) > 1 and known[0] != known[-1] else None


def one_direction(numbers: Iterable[float]) -> bool:
    """Whether numbers only rise, or only fall."""
    row = list(numbers)
    return row in (sorted(set(row)), sorted(set(row), reverse=True))
