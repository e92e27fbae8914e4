"""The colours of figures, and what each becomes where the reader's screen is dark.

Files and paper are light. A page's figure names its colours instead of stating them, and the page's
style sheet says what they are: so a figure follows the reader's scheme, without a script. Imports
nothing, for the pages are set without matplotlib.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

INK, QUIET, RULE, PAPER = "#1a1a1a", "#595959", "#c9c9c9", "#ffffff"
BAND, BAND_ALT = "#f3f3f3", "#e6e6e6"  # grey is for policy: it belongs to no region
GRID, GUIDE, BORDER, EMPTY = "#ececec", "#bdbdbd", "#b0b0b0", "#9a9a9a"  # lines, from faint to firm
USED, PASSAGE = "#5b7f9d", "#8fa9bf"  # of the source: a record stands on it; it is recorded

# Okabe and Ito's colours in an order whose neighbours differ most (https://jfly.uni-koeln.de/color/).
ACCENTS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
WASH, TRACK = 0.16, 0.35  # shares of an accent in the tints that figures use

CONTRAST = 4.5  # WCAG 2 AA for text of ordinary size
MARKS = 3.0  # and for what is no text

# The same hues, lighter; greys keep their distance from the ground. Tests hold them to WCAG 2 AA.
_DARK = {
    INK: "#ececec",
    QUIET: "#b3b3b3",
    RULE: "#4a4a4a",
    PAPER: "#161616",
    BAND: "#232323",
    BAND_ALT: "#303030",
    GRID: "#2c2c2c",
    GUIDE: "#565656",
    BORDER: "#666666",
    EMPTY: "#868686",
    USED: "#7fa6c6",
    PASSAGE: "#6486a3",
}
_DARK_ACCENTS = ("#4a9fd8", "#f08a3c", "#2fc498", "#e09cc2", "#f2bf4a", "#9ad4f5")


def tint(colour: str, share: float, paper: str = PAPER) -> str:
    """Mix a colour with the paper: share 1 is the colour itself, 0 is the paper."""
    pairs = zip(rgb(colour), rgb(paper), strict=True)
    return "#" + "".join(f"{round(255 * (p - share * (p - c))):02x}" for c, p in pairs)


def rgb(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of `#rrggbb`, each from 0 to 1."""
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


# Every colour of a figure, in small letters, with its counterpart on a dark screen.
DARK = _DARK | {
    tint(colour, share): tint(dark, share, _DARK[PAPER])
    for colour, dark in zip(ACCENTS, _DARK_ACCENTS, strict=True)
    for share in (1, WASH, TRACK)
}


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two colours (red, green, blue from 0 to 1) as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(channels: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_STYLE = re.compile(r' style="([^"]*)"')
_GROUND = re.compile(r' fill="(#[0-9a-f]{6})"')  # of a hatch: an attribute, which can hold no name
_COLOUR = re.compile(r"(?<!\()#([0-9a-f]{6})\b")  # url(#…) names a part of the picture


def follows_scheme(svg: str) -> bool:
    """Whether all colours of a picture have a counterpart on a dark screen."""
    stated = {m[0] for style in _STYLE.findall(svg) for m in _COLOUR.finditer(style)}
    return stated | {*_GROUND.findall(svg)} <= DARK.keys()


def named(svg: str) -> str:
    """The picture with its colours named, as the style sheet defines them: `var(--1a1a1a)`."""
    styled = _GROUND.sub(r' style="fill: \1"', svg)
    return _STYLE.sub(lambda style: _COLOUR.sub(r"var(--\1)", style[0]), styled)


def stylesheet() -> str:
    """CSS that defines the names of the colours, for light and for dark screens; paper is light."""
    light = "".join(f" --{colour[1:]}: {colour};" for colour in DARK)
    dark = "".join(f" --{colour[1:]}: {other};" for colour, other in DARK.items())
    return f":root {{{light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}\n"
