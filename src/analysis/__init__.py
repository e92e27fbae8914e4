"""What a notebook needs: `from analysis import figures, open_study`.

`open_study(study, language, words=…)` opens a study's tidy tables and gives the report to write into;
`figures` holds one function a figure: frames in, chart out; `Reading` is one way of reading a study.
Everything else is pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis import figures
    from analysis.notebook import Reading, open_study

__version__ = "0.1.0"
__all__ = ["Reading", "figures", "open_study"]

_WHERE = {
    "Reading": ("analysis.notebook", "Reading"),
    "figures": ("analysis.figures", None),
    "open_study": ("analysis.notebook", "open_study"),
}


def __getattr__(name: str) -> object:
    # Looked up when first asked for: `analysis.paths` must not import pandas and matplotlib.
    if name not in _WHERE:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
