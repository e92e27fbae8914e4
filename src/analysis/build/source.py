"""A notebook as it was saved, whatever saved it, in one form: nbformat 4.5, an id for every cell.

JupyterLab, VS Code, Colab, Quarto, jupytext and scripts that write JSON leave out different things.
As plain dicts, for a build that finds nothing to do has no time to import nbformat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.errors import UserError

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_KEPT = ("tags", "slideshow")  # of a cell's metadata; the rest is how a program showed it
INJECTED = "injected-parameters"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # by which a terminal colours what a cell has printed


def read(path: Path) -> dict[str, Any]:
    """Read a notebook; its cells have unique ids, a source that is one text, and no outputs.

    Raises UserError for a file that is not there, is no notebook or is not in Python.
    """
    where = f"notebooks/{path.name}"
    try:
        return normalised(json.loads(path.read_text("utf-8-sig")), where)
    except FileNotFoundError:
        raise UserError(f"{where}: no such notebook; it is named in report.yaml") from None
    except UnicodeDecodeError:
        raise UserError(f"{where}: not UTF-8; save it again from JupyterLab") from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"{where}:{error.lineno}: not a notebook ({error.msg}); is a merge left unfinished?"
        ) from None


def normalised(saved: Any, where: str) -> dict[str, Any]:
    """A saved notebook (parsed JSON) in the one form; `where` is what an error calls it."""
    if not isinstance(saved, dict) or not isinstance(saved.get("nbformat"), int):
        raise UserError(f"{where}: not a notebook; found no `nbformat` in it")
    if saved["nbformat"] < 4:
        import nbformat

        saved = nbformat.convert(nbformat.from_dict(saved), 4)
        for cell in saved["cells"]:
            del cell["id"]  # a random one
    if not isinstance(saved.get("cells"), list):
        raise UserError(f"{where}: not a notebook; found no `cells` in it")
    kernel = _mapping(_mapping(saved.get("metadata")).get("kernelspec"))
    language = kernel.get("language") or "python"
    if language.lower() != "python":
        raise UserError(f"{where}: found a notebook in {language}, expected Python")
    cells = [_cell(cell) for cell in saved["cells"]]
    for cell, name in zip(cells, _ids(saved["cells"]), strict=True):
        cell["id"] = name
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The code cells of a notebook, without the one with parameters that papermill adds."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell for cell in cells if not is_tagged(cell, INJECTED)]


def numbers(cells: Iterable[Mapping[str, Any]]) -> list[int | None]:
    """The places of cells in the notebook as it was given, from 1; None for the cell that papermill adds."""
    added = [is_tagged(cell, INJECTED) for cell in cells]
    return [None if added[n] else n + 1 - sum(added[:n]) for n in range(len(added))]


def places(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """What messages call the cells of an executed notebook: `cell 26 (c87ab505)`, by its place in the source."""
    return [
        f"cell {number}" + (f" ({cell['id']})" if "id" in cell else "")
        if number
        else "the cell with the parameters"
        for cell, number in zip(cells, numbers(cells), strict=True)
    ]


def is_tagged(cell: Mapping[str, Any], tag: str) -> bool:
    """Whether a cell has a tag."""
    return tag in cell.get("metadata", {}).get("tags", [])


def _cell(saved: Mapping[str, Any]) -> dict[str, Any]:
    source, metadata = saved.get("source", ""), _mapping(saved.get("metadata"))
    kept = {key: metadata[key] for key in _KEPT if metadata.get(key)}
    kind = saved.get("cell_type", "raw")
    cell: dict[str, Any] = {"cell_type": kind, "metadata": kept}
    cell["source"] = source if isinstance(source, str) else "".join(source)
    if kind == "code":
        return cell | {"execution_count": None, "outputs": []}
    return cell | ({"attachments": saved["attachments"]} if saved.get("attachments") else {})


def _ids(cells: list[Mapping[str, Any]]) -> list[str]:
    """An id a cell: its own, Colab's, or its place; one pasted twice is numbered."""
    own = [str(cell.get("id") or _mapping(cell.get("metadata")).get("id") or "") for cell in cells]
    own = [name if _ID.fullmatch(name) else "" for name in own]
    taken, found = set(own), []
    for place, name in enumerate(own, 1):
        wanted = name or f"cell-{place}"
        if name in found or not name:
            number, start = 2, wanted[:60]
            while wanted in taken:
                wanted, number = f"{start}-{number}", number + 1
        taken.add(wanted)
        found.append(wanted)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
