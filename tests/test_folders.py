"""Folders are swapped in whole, and what a killed command has left is removed, never what is in use."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest

from analysis import folders, paths
from analysis.build import data

pytestmark = pytest.mark.unit


def test_a_block_that_fails_leaves_the_old_folder_as_it_is_and_nothing_beside_it(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "page").write_text("old")
    with pytest.raises(KeyboardInterrupt), folders.replacing(target) as made:
        (made / "page").write_text("new")
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["report"]
    assert (target / "page").read_text() == "old"


def test_a_finished_folder_takes_the_place_of_the_old_one(tmp_path):
    for words in ("old", "new"):
        with folders.replacing(tmp_path / "report") as made:
            (made / words).touch()
    assert [p.name for p in tmp_path.rglob("*")] == ["report", "new"]


def test_what_a_killed_command_left_goes_with_the_next_one_that_needs_its_place(tmp_path):
    left = tmp_path / ".report-abcdefgh"
    left.mkdir()
    with folders.replacing(tmp_path / "report"):
        assert not left.exists()


def test_it_goes_although_the_tables_are_already_those_that_it_was_to_make(tmp_path, monkeypatch):
    (tmp_path / ".report-abcdefgh").mkdir()
    monkeypatch.setattr(paths, "PROCESSED", tmp_path)
    monkeypatch.setattr(data, "is_up_to_date", lambda study: True)
    data.write("report")
    assert not any(tmp_path.iterdir())


def test_a_report_that_a_killed_command_had_set_aside_comes_back(tmp_path):
    left = tmp_path / ".report-abcdefgh" / "old"
    left.mkdir(parents=True)
    (left / "page").touch()
    folders.sweep(".report-", tmp_path)
    assert [p.name for p in tmp_path.rglob("*")] == ["report", "page"]


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    made = []

    def make(**where):
        made.append(tempfile.mkdtemp(**where))
        if len(made) == 1:
            folders.sweep(where["prefix"], where["dir"])
        return made[-1]

    monkeypatch.setattr(folders, "tempfile", SimpleNamespace(mkdtemp=make))
    with folders.temporary(".report-", tmp_path) as folder:
        assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_what_was_left_of_a_longer_name_is_not_taken_for_ones_own(tmp_path):
    left = tmp_path / ".report-of-1900-abcdefgh" / "old"
    left.mkdir(parents=True)
    folders.sweep(".report-", tmp_path)
    assert left.exists() and not (tmp_path / "report").exists()


HOLD = """
import sys, time
from pathlib import Path
from analysis import folders
with folders.temporary(".report-", Path(sys.argv[1])) as folder, folders.locked(Path(sys.argv[1], "lock")):
    print(folder.name, flush=True)
    time.sleep(60)
"""


def test_a_folder_and_a_lock_hold_as_long_as_their_process_and_no_longer(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(paths.ROOT / "src")}
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        held = tmp_path / holder.stdout.readline().strip()
        folders.sweep(".report-", tmp_path)
        assert held.exists()
        with pytest.raises(ZeroDivisionError), folders.locked(tmp_path / "lock", lambda: 1 / 0):
            pass
        holder.kill()
    with folders.locked(tmp_path / "lock", lambda: 1 / 0):
        folders.sweep(".report-", tmp_path)
    assert not held.exists()


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path):
    (tmp_path / ".page.new").write_text("half")
    folders.write(tmp_path / "page", b"whole")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"page": b"whole"}
