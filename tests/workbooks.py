"""A study's way into a workbook and back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from analysis import import_workbook, paths
from analysis.transcribe import schema, study_yaml, workbook


def about(folder: Path) -> study_yaml.Meta:
    """What a study says of itself."""
    found, problems = study_yaml.read(folder / study_yaml.FILE)
    assert found, problems
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def there_and_back(name: str, root: Path, through: Callable[[Path], Path] = lambda path: path) -> None:
    """Take a study of the project into a workbook, and its emptied tables out of it again."""
    shutil.copytree(paths.RAW, root / "raw")
    folder, book = root / "raw" / name, schema.load()
    path = root / f"{name}.xlsx"
    path.write_bytes(workbook.write(folder, book, about(folder), "ja"))
    for csv in folder.glob("*.csv"):
        csv.write_text(csv.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    done = import_workbook.into(folder, through(path), book, about(folder).kind)
    assert (done.kept, done.mended) == ([], [])
    assert contents(folder) == contents(paths.RAW / name)
