"""The one font of figures and PDFs, IPAexGothic, found without importing what is slow to import."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


@lru_cache(maxsize=1)
def file() -> Path:
    """The font's file, in the package that brings it; not imported, for it changes matplotlib's settings.

    Raises FileNotFoundError where the package is not installed: no other font is ever used.
    """
    spec = find_spec("matplotlib_fontja")
    found = sorted(Path(spec.origin).parent.glob("**/ipaexg.ttf")) if spec and spec.origin else []
    if not found:
        raise FileNotFoundError("the font IPAexGothic is missing; install matplotlib-fontja")
    return found[0]
