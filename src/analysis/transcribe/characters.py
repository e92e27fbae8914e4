"""Characters that a cell may not hold, because they look like others and are read as different.

A radical for a character, a full-width digit in an identifier, an invisible mark, a formula: each
would be read without complaint and match nothing, or run in a reviewer's spreadsheet.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from analysis.transcribe.problems import quoted
from analysis.transcribe.schema import Field
from analysis.verify.normaliser import normalise

LONGEST_CELL = 20_000  # characters

# Every dash that input methods, PDF readers and word processors put for the minus of a grade.
_DASHES = re.compile(
    "[\u02d7\u058a\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2796\u2e3a\u2e3b"
    "\ufe58\ufe63\uff0d]|(?<=[A-Za-z])[\u30fc\uff70]"
)
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_FORMULA = tuple("=+-@\t＝＋－＠")  # what spreadsheets begin a formula with, Japanese ones included
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Control, invisible, private, unassigned and surrogate characters.
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_HARMLESS = re.compile("[ -~\nぁ-んァ-ー一-龥、。（）・「」～–“”’]*")


@dataclass(frozen=True)
class Fault:
    """Why a cell is refused: what was found, what was expected, what to do."""

    found: str
    expected: str
    advice: str


def with_ascii_minus(grade: str) -> str:
    """Return a grade with whatever dash it was typed with as the ASCII minus.

    >>> with_ascii_minus("A\u2212"), with_ascii_minus("Aー")
    ('A-', 'A-')
    """
    return _DASHES.sub("-", grade)


def fault(cell: str, field: Field | None = None) -> Fault | None:
    """Return the first thing wrong with a cell's characters, None where they are all right.

    With a `field`, the cell is held to what its column needs too: no formula, and ASCII only
    where the column holds identifiers, dates, numbers or coded values.
    """
    if len(cell) > LONGEST_CELL:
        expected = f"at most {LONGEST_CELL} characters"
        return Fault(quoted(cell), expected, "split it, or look for a missing closing quote")
    wrong = None if _HARMLESS.fullmatch(cell) else _unseen(cell) or _lookalike(cell)
    return wrong or _white_space(cell) or (field and (_formula(cell, field) or _width(cell, field)))


def _unseen(cell: str) -> Fault | None:
    for character in cell:
        unseen = unicodedata.category(character) in _UNSEEN and character != "\n"
        if unseen or character == "\ufffd":  # the sign of a failed decoding
            name = "NUL" if character == "\0" else unicodedata.name(character, "no character")
            found = f"U+{ord(character):04X} ({name}) in {quoted(cell)}"
            return Fault(found, "characters that can be seen", "delete it and type the cell again")
    return None


def _lookalike(cell: str) -> Fault | None:
    """Refuse radicals, compatibility ideographs and kana with a voicing mark set apart."""
    unified = _RADICALS.sub(lambda match: normalise(match[0], "ja-1"), cell)
    unified = unicodedata.normalize("NFC", unified)
    if unified == cell:
        return None
    # Compared whole, as a kana and its mark become one; the first difference is enough to name.
    position = next((i for i, (a, b) in enumerate(zip(cell, unified, strict=False)) if a != b), -1)
    code = f"U+{ord(cell[position]):04X} in " if position >= 0 else ""
    if _RADICALS.search(unified):  # two radicals have no character that they stand for
        return Fault(f"{code}{quoted(cell)}", "characters, not radicals", "type the character")
    expected = "the unified character" + (f" {unified[position]}" if position >= 0 else "")
    return Fault(f"{code}{quoted(cell)}", expected, f"write {quoted(unified)}")


def _white_space(cell: str) -> Fault | None:
    if cell == cell.strip():
        return None
    return Fault(quoted(cell), "no white space at either end", f"write {quoted(cell.strip())}")


def _formula(cell: str, field: Field) -> Fault | None:
    if not cell.startswith(_FORMULA):
        return None
    number = field.type != "string" and _NUMBER.fullmatch(cell)
    grade = field.verbatim == "grade" and re.fullmatch(field.pattern, cell)
    if number or grade:
        return None
    found = f"{quoted(cell)}, which a spreadsheet would run as a formula"
    return Fault(found, "text that does not begin with = + - @", "put a word before it")


def _width(cell: str, field: Field) -> Fault | None:
    if cell.isascii() or not field.plain:
        return None
    ascii_form = _DASHES.sub("-", unicodedata.normalize("NFKC", cell)).strip()
    advice = f"write {ascii_form}" if ascii_form.isascii() and ascii_form else "type it in ASCII"
    return Fault(quoted(cell), "ASCII letters, digits and signs only", advice)
