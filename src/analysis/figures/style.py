"""How figures look: one bundled font, Okabe-Ito colours, and text that is measured before it is set.

Nothing here knows what a figure shows. Lengths are in inches, sizes in points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from typing import ParamSpec, TypeVar

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

from analysis.figures import font
from analysis.figures.colours import (  # noqa: F401 - a figure has all of its looks from here
    ACCENTS,
    BAND,
    BAND_ALT,
    BORDER,
    EMPTY,
    GRID,
    GUIDE,
    INK,
    PAPER,
    PASSAGE,
    QUIET,
    RULE,
    TRACK,
    USED,
    WASH,
    tint,
)

P, T = ParamSpec("P"), TypeVar("T")

WIDTH = 12.0  # of every figure; 1200 px on screen
_UNIT = 100.0  # points at which characters are measured
SIZE = 9.0  # body text
SMALL = 8.0  # labels inside marks
TITLE = 15.0

# Colour never stands alone: the n-th region also has a marker and a hatch of its own.
MARKERS = ("o", "s", "D", "^", "v", "P")
HATCHES = ("", "//", "..", "xx", "--", "++")


@lru_cache(maxsize=1)
def family() -> str:
    """Register the bundled font and return its name."""
    font_manager.fontManager.addfont(font.file())
    return FontProperties(fname=font.file()).get_name()


@contextmanager
def applied() -> Iterator[None]:
    """Draw in the house style, and leave matplotlib's settings as they were."""
    settings = {
        "font.family": family(),
        "font.size": SIZE,
        "text.color": INK,
        "text.parse_math": False,  # a dollar sign in a label is a dollar sign
        "svg.fonttype": "path",  # the figure looks the same where the font is missing
        "axes.edgecolor": RULE,
        "axes.labelcolor": QUIET,
        "hatch.linewidth": 0.6,
        "hatch.color": QUIET,
    }
    with sns.axes_style("white", rc={"axes.grid": False}), mpl.rc_context(settings):
        yield


def drawn(function: Callable[P, T]) -> Callable[P, T]:
    """Have a function draw in the house style."""

    @wraps(function)
    def styled(*args: P.args, **kwargs: P.kwargs) -> T:
        with applied():
            return function(*args, **kwargs)

    return styled


def accent(position: int) -> str:
    """The colour of the region at that place in the study's order."""
    return ACCENTS[position % len(ACCENTS)]


def text_width(text: str, size: float) -> float:
    """Width of one line of text in inches: the sum of what its characters move the pen."""
    return sum(map(_advance, text)) * size / 72


@cache
def _advance(character: str) -> float:
    """How far a character moves the pen, in shares of the text's size."""
    face = font_manager.get_font(str(font.file()))
    face.set_size(_UNIT, 72)
    return face.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _UNIT


def line_height(size: float) -> float:
    """Distance of two lines in inches."""
    return size * 1.32 / 72


# A line may be broken after a space, a hyphen or slash, and between any two Japanese characters,
# but not before closing marks nor after opening ones (the core of JIS X 4051's rules).
_CLOSING = "、。，．・：；）」』】〉》〕］｝ー～ぁぃぅぇぉっゃゅょァィゥェォッャュョヮ々)]},.:;!?%’”"
_OPENING = "（「『【〈《〔［｛([{‘“"
_WORDS = re.compile(r"[^\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\s]+|\s+|.", re.DOTALL)


def wrap(text: str, width: float, size: float, max_lines: int | None = None) -> list[str]:
    """Break a text into lines no wider than `width` inches.

    A single word that is too wide is broken anywhere. Where `max_lines` is given, the rest is cut
    and the cut is shown by an ellipsis.
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
    lines.append(line.rstrip())
    lines = [line for line in lines if line] or [""]
    if max_lines and len(lines) > max_lines:
        return [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], width, size)]
    return lines


def _pieces(text: str) -> list[str]:
    """The smallest runs of characters that have to stay together on one line."""
    pieces: list[str] = []
    for token in _WORDS.findall(text):
        glued = pieces and (token[0] in _CLOSING or pieces[-1][-1] in _OPENING or token.isspace())
        if glued:
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _fitting(text: str, width: float, size: float) -> int:
    cut = len(text) - 1
    while cut > 1 and text_width(text[:cut], size) > width:
        cut -= 1
    return cut


def _shortened(text: str, width: float, size: float) -> str:
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def widest(lines: Sequence[str], size: float) -> float:
    """Width of a block of lines in inches."""
    return max((text_width(line, size) for line in lines), default=0.0)
