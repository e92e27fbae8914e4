"""What a notebook learns from the description of a study's tidy tables (its Data Package)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "datapackage.json"
_OF_THE_BYTES = ("bytes", "hash")  # what a table holds, a notebook learns from the table


def read(folder: Path) -> dict[str, Any]:
    """The study, its verification, and the tables (by name) with their columns.

    Nothing here changes with a table's values: a notebook depends on those of the tables it reads.
    """
    package = json.loads((folder / FILE).read_text("utf-8"))
    tables = {
        Path(r["path"]).stem: {key: value for key, value in r.items() if key not in _OF_THE_BYTES}
        for r in package["resources"]
    }
    return {"study": package["study"], "verification": package["verification"], "resources": tables}
