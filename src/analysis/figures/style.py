"""How figures look: one bundled font, two sizes of label, and text that is measured before it is set.

Nothing here knows what a figure shows. Lengths are in CSS pixels, a hundred to the figure's inch.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

from analysis.figures import font
from analysis.figures.colours import GUIDE, INK, QUIET

PX = 100  # pixels in an inch of a figure
WIDE, NARROW = 1000, 358  # a figure on a page, and on a phone of 390 pixels
BODY, SMALL = 14.0, 12.0  # the two sizes of label
SMALLEST = 11.0
_POINT = 72 / PX
_UNIT = 100.0  # points at which characters are measured


@lru_cache(maxsize=1)
def family() -> tuple[str, ...]:
    """Register the fonts and return their names, the bundled one first: the others have what it lacks."""
    for path in font.files():
        font_manager.fontManager.addfont(path)
    return tuple(FontProperties(fname=path).get_name() for path in font.files())


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the house style, and leave matplotlib's settings as they were."""
    settings: dict[Any, Any] = {
        "font.family": list(family()),
        "font.size": points(SMALL),
        "text.color": INK,
        "text.parse_math": False,  # a dollar sign in a label is a dollar sign
        "svg.fonttype": "none",  # text stays text
        "axes.edgecolor": GUIDE,
        "axes.labelcolor": QUIET,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "hatch.linewidth": 1.0,
    }
    with mpl.rc_context(settings):
        yield


def points(pixels: float) -> float:
    """A length in points, as matplotlib counts sizes of text and lines."""
    return pixels * _POINT


def text_width(text: str, size: float = SMALL) -> float:
    """Width of one line of text: the sum of what its characters move the pen."""
    return sum(map(_advance, text)) * size


@cache
def _advance(character: str) -> float:
    """How far a character moves the pen, in shares of the text's size."""
    face = _face(character) or font_manager.get_font(str(font.file()))
    face.set_size(_UNIT, 72)
    return face.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _UNIT


def _face(character: str) -> Any:
    """The first font that has a glyph for a character; None where no font has."""
    faces = (font_manager.get_font(str(path)) for path in font.files())
    return next((face for face in faces if face.get_char_index(ord(character))), None)


def unknown(text: str) -> list[str]:
    """The characters of a text that no font has a glyph for, each once."""
    return [c for c in dict.fromkeys(text) if c.isprintable() and not _face(c)]


def line_height(size: float = SMALL) -> float:
    """Distance of two lines."""
    return round(size * 1.3)


# A line may be broken after a space, a hyphen or slash, and between any two Japanese characters,
# but not before closing marks nor after opening ones (the core of JIS X 4051's rules).
_CLOSING = "、。，．・：；）」』】〉》〕］｝ー～ぁぃぅぇぉっゃゅょァィゥェォッャュョヮ々)]},.:;!?%’”"
_OPENING = "（「『【〈《〔［｛([{‘“"
# A word in katakana of ordinary length stays whole, too.
_WORDS = re.compile(
    r"[\u30a1-\u30fa\u30fc]{2,8}(?![\u30a1-\u30fa\u30fc])"
    r"|[^\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\s/-]+[/-]*|\s+|.",
    re.DOTALL,
)


def wrap(text: str, width: float, size: float = SMALL, max_lines: int | None = None) -> list[str]:
    """Break a text into lines no wider than `width`; a word that is too wide is broken anywhere.

    Where `max_lines` is given, the rest is cut and the cut is shown by an ellipsis.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece.lstrip() if not line else piece
        while text_width(line.rstrip(), size) > width and len(line) > 1:
            cut = _fitting(line, width, size)
            lines.append(line[:cut])
            line = line[cut:]
    lines = [line for line in [*lines, line.rstrip()] if line] or [""]
    if max_lines and len(lines) > max_lines:
        return [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], width, size)]
    return lines


def balanced(text: str, width: float, size: float = SMALL) -> list[str]:
    """Break a text into as few lines as `width` allows, of about the same length."""
    lines = wrap(text, width, size)
    narrow, wide = width / 2, width
    while len(lines) > 1 and wide - narrow > 2:
        middle = (narrow + wide) / 2
        narrow, wide = (narrow, middle) if len(wrap(text, middle, size)) == len(lines) else (middle, wide)
    return wrap(text, wide, size) if unbroken(text, wide, size) else lines


def unbroken(text: str, width: float, size: float = SMALL) -> bool:
    """Whether no word has to be broken anywhere to fit a width."""
    return widest([piece.rstrip() for piece in _pieces(text)], size) <= width


def widest(lines: Sequence[str], size: float = SMALL) -> float:
    """Width of a block of lines."""
    return max((text_width(line, size) for line in lines), default=0.0)


def _pieces(text: str) -> list[str]:
    """The smallest runs of characters that have to stay together on one line."""
    pieces: list[str] = []
    for token in _WORDS.findall(text):
        if pieces and (token[0] in _CLOSING or pieces[-1][-1] in _OPENING or token.isspace()):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _fitting(text: str, width: float, size: float) -> int:
    """How many characters of a text that is too wide fit a width, at least one."""
    return max(bisect(range(len(text)), width, key=lambda n: text_width(text[:n], size)) - 1, 1)


def _shortened(text: str, width: float, size: float) -> str:
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
