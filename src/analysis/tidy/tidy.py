"""The names under which other rooms still ask for `tables` and `read`; they go as those move on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.tidy import datapackage
from analysis.tidy.joins import Column, columns

__all__ = ["DESCRIPTOR", "Column", "Data", "columns", "read", "show_reads"]
DESCRIPTOR = datapackage.FILE
_TYPES = {"integer": "Int64", "number": "float64"}
_reads: dict[str, None] = {}  # study/file read in this process: what a notebook depends on


@dataclass(frozen=True)
class Data:
    """A study's tidy tables, as attributes, with what the study says of itself."""

    folder: Path
    about: Mapping
    verification: Mapping
    resources: Mapping[str, Mapping]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in self.resources:
            raise AttributeError(f"no tidy table {name!r}; there are {', '.join(self.resources)}")
        resource = self.resources[name]
        _reads[f"{self.folder.name}/{resource['path']}"] = None
        types = {f["name"]: _TYPES.get(f["type"], "str") for f in resource["schema"]["fields"]}
        frame = pd.read_csv(
            self.folder / resource["path"],
            dtype=types,
            keep_default_na=False,
            na_values={n: [""] for n, t in types.items() if t != "str"},
        )
        object.__setattr__(self, name, frame)
        return frame


def read(study: str, folder: Path | None = None) -> Data:
    """Open the tidy tables of a study in `data/processed/<study>/`."""
    arrived = os.environ.get("ANALYSIS_PROCESSED")
    folder = (folder or (Path(arrived) if arrived else paths.PROCESSED)) / study
    if not folder.is_dir():
        raise FileNotFoundError(f"no tidy tables of study {study!r}; run: make data STUDY={study}")
    package = datapackage.read(folder)
    _reads[f"{study}/{DESCRIPTOR}"] = None
    return Data(folder, package["study"], package["verification"], package["resources"])


def show_reads() -> None:
    """Display (for the builder of the report) the files that this notebook has read."""
    from IPython.display import display

    display({"application/vnd.analysis.reads+json": sorted(_reads)}, raw=True)
