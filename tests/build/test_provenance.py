"""Provenance: a run depends on all that could change its result, and on nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from analysis import paths
from analysis.build import provenance

DIGESTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("01"))


@given(state=DIGESTS)
def test_a_state_does_not_differ_from_itself(state):
    assert provenance.differences(state, dict(state)) == []


@given(now=DIGESTS, then=DIGESTS)
def test_whatever_differs_is_named_once_and_nothing_else(now, then):
    said = dict(line.split(" ", 1) for line in provenance.differences(now, then))
    assert len(said) == len(provenance.differences(now, then))
    for key in now.keys() | then.keys():
        expected = (
            "is gone"
            if key not in now
            else "is new"
            if key not in then
            else "changed"
            if now[key] != then[key]
            else None
        )
        assert said.get(key) == expected


def test_a_module_is_found_however_it_is_imported(tmp_path):
    path = tmp_path / "one.py"
    path.write_text(
        "import analysis.a\nfrom analysis import b\nfrom analysis.c.d import e\nimport pandas\n"
        "def late():\n    import analysis.f as g\n    from analysis.h import i\n",
        "utf-8",
    )
    assert set(provenance.imported(path)) >= {
        "analysis.a",
        "analysis.b",
        "analysis.c.d",
        "analysis.f",
        "analysis.h",
    }
    assert not any(name.startswith("pandas") for name in provenance.imported(path))


def test_a_run_does_not_depend_on_how_reports_are_built():
    reached = provenance.modules()
    assert not [name for name in reached if name.startswith("analysis/report/")]
    assert "analysis/cli.py" not in reached


USED = """
import json, sys
from analysis import figures, findings, open_study
report = open_study("okamoto2020", "en")
data = report.data
report.show(figures.grade_tiles(data, "en"), name="x")
report.cards()
report.dictionary()
report.table(data.grades, ["project"], ja="", en="", table="evaluations")
findings.region(data, data.about["regions"][0], "en")
used = [m for m in sys.modules.values() if getattr(m, "__name__", "").startswith("analysis")]
print("\\n" + json.dumps([m.__file__ for m in used]))
"""


def test_every_module_that_a_notebook_uses_is_among_those_it_depends_on():
    done = subprocess.run(
        [sys.executable, "-c", USED],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(paths.ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )
    used = {path.removeprefix(f"{paths.ROOT / 'src'}/") for path in json.loads(done.stdout.splitlines()[-1])}
    assert used - set(provenance.modules()) == set()
