"""What is saved is noticed, and nothing else is."""

from __future__ import annotations

import pytest

from analysis import paths
from analysis.build import watching

pytestmark = pytest.mark.unit


def test_a_saved_a_new_and_a_removed_file_are_noticed_but_no_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "_WATCHED", {tmp_path: "**/*"})
    monkeypatch.setattr(watching, "PAUSE", 0)
    monkeypatch.setattr(paths, "SCHEMA", tmp_path / "schema.yaml")
    for name in ("saved.csv", "gone.yaml"):
        (tmp_path / name).write_text("1")
    changes = watching.changes()
    assert next(changes) == set()
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "n.ipynb").write_text("{}")
    (tmp_path / "picture.png").write_text("")
    (tmp_path / "saved.csv").write_text("2")
    (tmp_path / "new.ipynb").write_text("{}")
    (tmp_path / "gone.yaml").unlink()
    assert {path.name for path in next(changes)} == {"saved.csv", "new.ipynb", "gone.yaml"}
