"""A report opened in the test itself, with a catalogue of its own, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from analysis import paths
from analysis.notebook import Report, open_study
from analysis.notebook import report as module
from analysis.notebook.readings import FILE

SHARED = paths.NOTEBOOKS / "words" / "shared.yaml"
COLUMNS = "finding,value,of,holds,links,chosen"


@dataclass
class Desk:
    """Where a test opens reports: `open` gives one, `shown` is what reports displayed."""

    open: Callable[..., Report]
    shown: list[Mapping[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> list[Any]:
        return [bundle[kind] for bundle in self.shown if kind in bundle]


@pytest.fixture
def desk(monkeypatch, tmp_path, harbour_made) -> Desk:
    """Open the synthetic study as the builder does: `desk.open({"key": "words"}, language="ja")`."""
    monkeypatch.setenv("ANALYSIS_PROCESSED", str(harbour_made.folder))
    monkeypatch.setenv("ANALYSIS_PAGES", "")
    monkeypatch.delenv(FILE, raising=False)
    monkeypatch.setattr(module, "CATALOGUES", tmp_path)
    (tmp_path / "shared.yaml").write_text(SHARED.read_text("utf-8"), "utf-8")

    def opened(words: Mapping[str, str] | None = None, *, language: str = "en", **given: Any) -> Report:
        catalogue = {key: {"ja": text, "en": text} for key, text in (words or {}).items()}
        (tmp_path / "own.yaml").write_text(yaml.safe_dump(catalogue), "utf-8")
        return open_study(given.pop("study", "harbour"), language, words="own", **given)

    desk = Desk(opened)
    monkeypatch.setattr(module, "display", lambda bundle, raw: desk.shown.append(bundle))
    return desk


@pytest.fixture
def grid(monkeypatch, tmp_path) -> Callable[..., None]:
    """Set what the builder's grid found: rows of finding, value, of, holds, links, chosen."""

    def found(*rows: str) -> None:
        (tmp_path / "readings.csv").write_text("\n".join([COLUMNS, *rows]) + "\n", "utf-8")
        monkeypatch.setenv(FILE, str(tmp_path / "readings.csv"))

    return found
