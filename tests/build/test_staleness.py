"""What a run depends on is all that it reads and reaches, and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from analysis.build import staleness

pytestmark = pytest.mark.unit
LOADED = """
import sys
from pathlib import Path
import analysis.notebook
from analysis import figures
[getattr(figures, name) for name in figures.__all__]
print([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "analysis"])
"""


def test_all_modules_that_notebooks_import_are_among_those_whose_change_makes_them_stale():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stdout))
    assert len(loaded) > 20
    assert loaded - {str(path) for path in staleness.modules()} == set()


def test_every_name_of_a_module_that_can_be_reached_exists():
    missing = [name for name in staleness.REACHED if not list(staleness.PACKAGE.glob(f"{name}.py"))]
    assert missing == []


def test_a_room_that_a_notebook_names_itself_is_one_that_it_reaches():
    more = set(staleness.modules("from analysis.verify import passages")) - set(staleness.modules())
    assert {path.parent.name for path in more} == {"verify"}


def test_what_changed_is_said_in_words():
    then = {
        "grades.csv": {"grade": "1", "rank": "1", "n": "1"},
        "a.py": "1",
        "b.py": "1",
        "t.csv": {"x": "1"},
    }
    now = {"grades.csv": {"grade": "2", "rank": "2", "n": "1"}, "a.py": "2", "c.py": "1", "t.csv": {"x": "2"}}
    assert staleness.differences(now, then) == [
        "grades.csv changed: columns grade, rank",
        "a.py changed",
        "c.py is new",
        "t.csv changed: column x",
        "b.py is gone",
    ]
    assert staleness.differences(now, now) == []
