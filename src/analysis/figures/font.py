"""The font of figures and PDFs, IPAexGothic, and those for what it lacks, found without slow imports."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from analysis import paths

FOLDER = paths.ROOT / "fonts"  # further fonts of a user's own, for signs that no other has


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


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    """The font, then those that are asked for a sign it lacks: matplotlib's own (Greek, Hebrew, „), the user's."""
    spec = find_spec("matplotlib")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    own = sorted(path for path in FOLDER.glob("*") if path.suffix.lower() in (".ttf", ".otf"))
    return (file(), *folder.glob("mpl-data/fonts/ttf/DejaVuSans.ttf"), *own)
