"""What other systems do not have is not asked for: the branches that Linux never takes, run on Linux."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from analysis import paths
from projects import copy_project

# Linux without what Windows lacks; what other packages see of the system stays true.
WINDOWS = """
import os, signal, sys, time, types
sys.modules["fcntl"] = None
import asyncio, multiprocessing, subprocess
for name in ("fork", "getpgid", "killpg", "pidfd_open", "O_DIRECTORY", "setsid"):
    delattr(os, name)
sys.path.insert(0, "src")
from analysis import folders
from analysis.build import kernels
from analysis.publish import report
kernels.sys = types.SimpleNamespace(**(vars(sys) | {"platform": "win32"}))
kernels.socket = types.SimpleNamespace(**{k: v for k, v in vars(kernels.socket).items() if k != "AF_UNIX"})
"""
REPORT = 'from analysis.cli import main\nmain(["report"])'
FOLDERS = """
from pathlib import Path
here, now = Path(sys.argv[1]), time.time()
for name, age in (("anhour00", 3600), ("aweek000", 7 * 86400)):
    (here / f".report-{name}").mkdir(parents=True)
    os.utime(here / f".report-{name}", (now - age,) * 2)
with folders.locked(here / "lock"), folders.replacing(here / "report") as made:
    (made / "page").touch()
print(sorted(p.relative_to(here).as_posix() for p in here.rglob("*")))
"""


@pytest.mark.unit
def test_without_locks_only_what_is_a_day_old_is_cleared_up(tmp_path):
    command = [sys.executable, "-c", WINDOWS + FOLDERS, str(tmp_path / "here")]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == str([".report-anhour00", "lock", "report", "report/page"]), done.stderr


@pytest.mark.build
def test_a_report_is_the_same_without_locks_groups_forks_and_sockets_that_are_files(
    tmp_path, tmp_path_factory
):
    project = copy_project(tmp_path / "project").only_pages("issues").only_readings()
    assert project.run("report", LANGUAGE="en").returncode == 0
    ours = project.files()
    for folder in ("build", "reports"):
        (project.folder / folder).rename(project.folder / f"first-{folder}")
    # Without locks its temporary folders look left behind to other commands of this machine.
    own = f"import tempfile\ntempfile.tempdir = {str(tmp_path_factory.mktemp('own'))!r}\n"
    done = project.python("-c", own + WINDOWS + REPORT, LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-2000:]
    assert project.files() == ours
    assert "forking is only safe on Linux" in done.stderr


@pytest.mark.unit
def test_the_way_without_make_is_one_that_windows_knows():
    text = (paths.DOCS / "reproduce.md").read_text("utf-8")
    steps = re.findall(r"^    (\S+) (.+)$", text.split("## Without make")[1].split("\n## ")[0], re.MULTILINE)
    assert [program for program, _ in steps] == ["py", *[r".venv\Scripts\python"] * 3]
    assert steps[-1][1] == "-m analysis report"
