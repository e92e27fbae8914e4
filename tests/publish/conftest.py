"""A report of sample notebooks, published once for all tests of this room."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from analysis import paths
from analysis.publish.report import publish

sys.path.insert(0, str(Path(__file__).parent))
import samples


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """The folder of the report of `samples.runs`, with what was said on the terminal in said.txt."""
    folder = tmp_path_factory.mktemp("published")
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "REPORTS", folder / "reports")
        patch.setattr(paths, "BUILD", folder / "build")
        target = publish(samples.STUDY, samples.runs(), ("ja", "en"), say=said.append)
    (folder / "said.txt").write_text("\n".join(said), "utf-8")
    return target


@pytest.fixture
def copied(published, elsewhere) -> Path:
    """A copy of that report, with what its build remembers, which a test may change."""
    shutil.copytree(published.parents[1], elsewhere, dirs_exist_ok=True)
    return elsewhere / "reports" / published.name


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """Reports and what builds remember, in a folder of the test's own."""
    monkeypatch.setattr(paths, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    return tmp_path
