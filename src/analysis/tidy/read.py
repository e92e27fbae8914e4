"""Open a processed study: its tidy tables as DataFrames in one language, and what they say of themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import languages as tongues
from analysis import paths
from analysis.tidy import datapackage
from analysis.transcribe.problems import nearest

_TYPES = {"integer": "Int64", "number": "float64"}


class NoTablesError(FileNotFoundError):
    """The study has no tidy tables; the message says which command writes them."""


class LanguageError(ValueError):
    """A language is none; the message says which ones the study has."""


def told(said: Any, language: str, instead: str) -> Any:
    """What a study says of itself, with the words of another language where it has none in that asked for."""
    if language == instead:
        return said
    if isinstance(said, list):
        return [told(each, language, instead) for each in said]
    if not isinstance(said, dict):
        return said
    made = {key: told(value, language, instead) for key, value in said.items()}
    more = {
        f"{key.removesuffix(instead)}{language}": made[key] for key in made if key.endswith(f"_{instead}")
    }
    more |= {language: made[instead]} if instead in made else {}  # names of regions
    return more | made


class Tables:
    """The tidy tables of one study in one language, each an attribute: `tables.issues`.

    Every access returns a fresh DataFrame, so that changing one changes nothing else. Columns that
    exist per language arrive once: `label_ja` and `label_en` as `label`; where that name is taken by
    an id (`region`, `region_ja`, `region_en`), as `region_label`. `about` is what the study says of
    itself.
    """

    def __init__(self, folder: Path, language: str) -> None:
        package = datapackage.read(folder)
        self.languages = datapackage.languages(package["study"])
        if not tongues.known(language):
            raise LanguageError(f"language={language!r}: expected {' or '.join(map(repr, self.languages))}")
        self.study: str = folder.name
        self.language = language
        self._told = tongues.nearest(language, self.languages)  # what it is read in, where it lacks that
        self.about: Mapping[str, Any] = told(package["study"], language, self._told)
        self._verification: Mapping[str, Any] = told(package["verification"], language, self._told)
        self._folder = folder
        self._resources: Mapping[str, Mapping[str, Any]] = package["resources"]
        self._frames: dict[str, pd.DataFrame] = {}
        self._reads: dict[str, dict[str, None]] = {}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        frame = self._read(name)
        names = _names(frame, self._told, self.languages)
        return self._noted(name, frame, names).rename(columns=names)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._resources})

    def __repr__(self) -> str:
        return f"Tables of {self.study} ({self.language}): {', '.join(self._resources)}"

    def _repr_html_(self) -> str:
        """A list of the tables with their titles, as Jupyter shows it."""
        rows = pd.DataFrame({"table": list(self._resources), "title": map(self.title, self._resources)})
        return str(rows.to_html(index=False))

    @property
    def verification(self) -> Mapping[str, Any]:
        """How far the transcription is checked against its source; noted as read."""
        self._reads.setdefault("verification", {})
        return self._verification

    def raw(self, name: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """A table with the columns of both languages, or those that are named, as it stands in its file."""
        frame = self._read(name)
        wanted = list(frame) if columns is None else list(columns)
        for column in wanted:
            if column not in frame:
                raise KeyError(f"no column {column!r} in {name}{_instead(column, frame)}")
        return self._noted(name, frame, wanted)

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """How each table is described in the Data Package, by name."""
        return self._resources

    def title(self, name: str) -> str:
        """What a table is called in the tables' language."""
        resource = self._resource(name)
        return str(resource.get(f"title_{self._told}", resource["title"]))

    def titles(self, name: str) -> dict[str, str]:
        """What each column of a table is called in the tables' language."""
        described = self._resource(name)["schema"]["fields"]
        fields = {field["name"]: str(field.get(f"title_{self._told}", field["title"])) for field in described}
        return {
            new: bare(fields[old], self._told, self._told)
            for old, new in _names(fields, self._told, self.languages).items()
        }

    def column_title(self, column: str) -> str:
        """What a column of any table is called; the same name means the same in all."""
        for name in self._resources:
            if column in (titles := self.titles(name)):
                return titles[column]
        raise KeyError(f"no column {column!r} in any table; give it words under column.{column}")

    def reads(self) -> dict[str, list[str]]:
        """Which columns of which tables were opened: all that a notebook can depend on."""
        return {name: list(columns) for name, columns in sorted(self._reads.items())}

    def _noted(self, name: str, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
        wanted = list(columns)
        self._reads.setdefault(name, {}).update(dict.fromkeys(wanted))
        return frame[wanted].copy()

    def _resource(self, name: str) -> Mapping[str, Any]:
        if name not in self._resources:
            known = ", ".join(self._resources)
            like = _instead(name, self._resources)
            raise AttributeError(f"no tidy table {name!r}{like}; there are {known}")
        return self._resources[name]

    def _read(self, name: str) -> pd.DataFrame:
        resource = self._resource(name)
        if name not in self._frames:
            types = {f["name"]: _TYPES.get(f["type"], "str") for f in resource["schema"]["fields"]}
            numbers = {column: [""] for column, kind in types.items() if kind != "str"}
            path = self._folder / resource["path"]
            self._frames[name] = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=numbers)
        return self._frames[name]


def open_tables(study: str, language: str, folder: Path | None = None) -> Tables:
    """Open the tidy tables of a study in `data/processed/<study>/` in a language; one that the study lacks is read in English, else its first.

    On a worker of a cluster, ANALYSIS_PROCESSED names the folder where they have arrived. Raises
    NoTablesError where the study has none, ValueError for another language.
    """
    arrived = os.environ.get("ANALYSIS_PROCESSED")
    processed = folder or (Path(arrived) if arrived else paths.PROCESSED)
    if not (processed / study / datapackage.FILE).is_file():
        known = sorted(path.parent.name for path in processed.glob(f"*/{datapackage.FILE}"))
        raw = sorted(path.parent.name for path in paths.RAW.glob("*/study.yaml"))
        like = nearest(study, known)
        cure = f"did you mean {like}?" if like else f"there are {', '.join(known) or 'none'}"
        cure = f"run: make data STUDY={study}" if study in raw else cure
        raise NoTablesError(f"no tidy tables of study {study!r}; {cure}")
    return Tables(processed / study, language)


def _names(columns: Iterable[str], language: str, languages: Sequence[str]) -> dict[str, str]:
    """The columns of one language, and what each is then called."""
    known = dict.fromkeys(columns)
    names = {}
    for column in known:
        base, _, ending = column.rpartition("_")
        if ending not in languages or not all(f"{base}_{each}" in known for each in languages):
            names[column] = column
        elif ending == language:
            names[column] = f"{base}_label" if base in known else base
    return names


def bare(title: str, of: str, language: str) -> str:
    """A column's title, as it reads in a language, without the language that the column is of."""
    name = re.escape(tongues.name(of, language))
    return re.sub(rf"（{name}）$| ?\({name}\)$", "", title)


def _instead(name: str, known: Iterable[str]) -> str:
    like = nearest(name, known)
    return f" (did you mean {like}?)" if like else ""
