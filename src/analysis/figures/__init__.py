"""The figures of the report: `figures.phase_timeline(data, language)` and its fellows.

What is public here stands in `catalogue`; it is looked up when first asked for, so that the parts
of this package can be imported without all of it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec


def __getattr__(name: str) -> object:
    if name.startswith("_") or find_spec(f"{__name__}.{name}"):  # a module, not a figure
        raise AttributeError(name)
    try:
        return getattr(import_module("analysis.figures.catalogue"), name)
    except AttributeError:
        raise AttributeError(f"no figure {name!r} in analysis.figures.catalogue") from None
