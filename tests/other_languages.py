"""A study of the tests in other languages than Japanese and English: the same rows under other headings."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from projects import RIVERTOWNS


def rivertowns_in(languages: Sequence[str], folder: Path) -> Path:
    """Copy rivertowns into a folder: its Japanese is said to be the first of these languages, or left out.

    In English alone only the English words are kept.
    """
    shutil.copytree(RIVERTOWNS, folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        names = {n: name for n, old in enumerate(header) if (name := _renamed(old, header, languages))}
        with path.open("w", encoding="utf-8", newline="") as file:
            written = csv.writer(file, lineterminator="\n")
            written.writerow(names.values())
            written.writerows([row[n] for n in names] for row in rows)
    about = yaml.safe_load((folder / "study.yaml").read_text("utf-8"))
    about = _said(about, languages) | {"id": folder.name, "languages": list(languages)}
    text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
    (folder / "study.yaml").write_text(text, "utf-8")
    return folder


def _renamed(name: str, names: Sequence[str], languages: Sequence[str]) -> str:
    """A column or key under its other name; "" where it is left out."""
    base, _, ending = name.rpartition("_")
    if ending != "ja":
        return name
    kept = languages[0] != "en" or not {f"{base}_en", base} & set(names)
    return f"{base}_{languages[0]}" if kept else ""


def _said(value: Any, languages: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_said(each, languages) for each in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(key, list(value), languages) for key in value}
    return {name: _said(value[key], languages) for key, name in renamed.items() if name}
