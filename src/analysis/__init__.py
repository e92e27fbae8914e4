"""What a notebook needs: open a study, draw its figures, say what they show.

    from analysis import figures, findings, open_study

`open_study(study, language)` gives the report to write into; `figures` holds one function a
figure; `findings` computes the numbers that sentences use, `together` those that set several
studies side by side. A notebook imports nothing else of ours.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["figures", "findings", "open_study", "together"]

_WHERE = {
    "figures": ("analysis.figures", None),
    "findings": ("analysis.tidy.findings", None),
    "together": ("analysis.tidy.together", None),
    "open_study": ("analysis.notebook", "open_study"),
}


def __getattr__(name: str) -> object:
    # Looked up when first asked for: `analysis.paths` must not import pandas and matplotlib.
    if name not in _WHERE:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    module, attribute = _WHERE[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
