"""The colours of figures, each with its counterpart on a dark screen.

A figure's SVG names its colours and states them: `var(--ink, #1a1a1a)`. A page that defines the names
(`stylesheet()`) has figures that follow the reader's scheme; elsewhere they are light. Imports
nothing, for the pages are set without matplotlib.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Okabe and Ito's colours in an order whose neighbours differ most (https://jfly.uni-koeln.de/color/).
ACCENTS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DARK_ACCENTS = ("#4a9fd8", "#f08a3c", "#2fc498", "#e09cc2", "#f2bf4a", "#9ad4f5")

# name: (light, dark). Grey is for policy: it belongs to no region. Tints are the same colours at a
# lower opacity (WASH), so that they need no counterparts of their own.
PALETTE = {
    "ink": ("#1a1a1a", "#ececec"),
    "quiet": ("#595959", "#b3b3b3"),
    "paper": ("#ffffff", "#161616"),
    "policy": ("#7a7a7a", "#8f8f8f"),
    "guide": ("#b5b5b5", "#5c5c5c"),
    "grid": ("#e6e6e6", "#303030"),
    "band": ("#f2f2f2", "#222222"),
    "band-strong": ("#e3e3e3", "#343434"),
    **{f"region-{n}": pair for n, pair in enumerate(zip(ACCENTS, _DARK_ACCENTS, strict=True), 1)},
}
INK, QUIET, PAPER, POLICY, GUIDE, GRID, BAND, STORY = (light for light, _ in list(PALETTE.values())[:8])
WASH = 0.22  # opacity of an accent that stands behind text or a hatch

CONTRAST = 4.5  # WCAG 2 AA for text of ordinary size
_COLOUR = re.compile(r"(?<=[:\s])#[0-9a-f]{6}\b")  # url(#...) names a part of the picture
_NAMES = {light: name for name, (light, _) in PALETTE.items()}


def known(css: str) -> bool:
    """Whether all colours of a style are the palette's."""
    return {*_COLOUR.findall(css)} <= _NAMES.keys()


def named(css: str) -> str:
    """A style with its colours named and stated: `fill: var(--ink, #1a1a1a)`."""
    return _COLOUR.sub(lambda c: f"var(--{_NAMES[c[0]]}, {c[0]})", css)


def stylesheet() -> str:
    """CSS that defines the names of the colours, for light and for dark screens; paper is light."""
    light = "".join(f" --{name}: {colour};" for name, (colour, _) in PALETTE.items())
    dark = "".join(f" --{name}: {colour};" for name, (_, colour) in PALETTE.items())
    return f":root {{{light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}\n"


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two colours (red, green, blue from 0 to 1) as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(channels: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
