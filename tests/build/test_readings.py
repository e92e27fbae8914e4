"""The grid of readings: every choice is run, what it finds is one table, and only what changed runs again."""

from __future__ import annotations

import shutil

import pytest
from tiny import TABLES, Tiny, make

from analysis import paths
from analysis.build import plan, readings
from analysis.errors import UserError

DECLARED = """
study: str = "tiny"
language: str = "ja"
links: str = "names"  # names or same_topic
periods: str = "stated"
coder: str = "consensus"
regions: str = "all"
values_only: bool = False
"""
FINDS = """
from IPython.display import display
value = len(links) + len(regions.split())
print("shown" if not values_only else "")
display({"application/vnd.analysis.finding+json": {
    "id": "long", "value": value, "of": 9, "holds": value > 6, "also": "other", "headline": "h"}}, raw=True)
display({"application/vnd.analysis.reads+json": {"grades": ["grade"]}}, raw=True)
"""
SHOWS = """
import os
from IPython.display import display
path = os.environ["ANALYSIS_READINGS"]
print(path and open(path).read())
display({"application/vnd.analysis.reads+json": {"readings": []}}, raw=True)
"""
GRID = {
    "notebook": "finds",
    "choices": {"links": ["names", "same_topic"], "periods": ["stated", "lent"]},
    "product": True,
    "one_at_a_time": {"coder": "each coder", "regions": "all but each region"},
}
TABLE = """\
finding,value,of,holds,also,links,periods,coder,regions,chosen
long,6,9,no,other,names,stated,consensus,all,yes
long,6,9,no,other,names,lent,consensus,all,no
long,11,9,yes,other,same_topic,stated,consensus,all,no
long,11,9,yes,other,same_topic,lent,consensus,all,no
long,6,9,no,other,names,stated,k,all,no
long,6,9,no,other,names,stated,m,all,no
long,6,9,no,other,names,stated,consensus,south,no
long,6,9,no,other,names,stated,consensus,north,no
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Tiny:
    tiny = make(tmp_path_factory.mktemp("tiny") / "project")
    tiny.notebook("finds", FINDS, parameters=DECLARED).notebook("shows", SHOWS)
    return tiny.plan("shows", "finds", readings=[GRID])


@pytest.fixture
def changed(project, tmp_path) -> Tiny:
    shutil.copytree(project.folder, tmp_path / "project")
    return Tiny(tmp_path / "project")


def table(project: Tiny) -> str:
    return (project.folder / "build" / "tiny" / "readings.csv").read_text("utf-8")


def ran(said: str) -> int:
    """How many readings a build ran."""
    return sum(" ja/finds" in line and "ja/finds:" not in line for line in said.splitlines())


@pytest.mark.build
@pytest.mark.xdist_group("readings")
class TestGrid:
    def test_every_reading_is_run_once_and_the_page_that_shows_them_gets_the_table(self, project):
        built = project.build()
        assert table(project) == TABLE
        assert built.outputs("en/shows")[0]["text"] == TABLE + "\n"
        assert ran(built.said) == 8
        assert "shown" in str(built.outputs("ja/finds"))

    def test_what_did_not_change_is_not_run_again(self, changed):
        again = changed.build()
        assert (again.ran, ran(again.said)) == (set(), 0)

    def test_a_column_that_the_grid_read_runs_it_again_and_its_pages_only_where_a_value_changed(
        self, changed
    ):
        changed.table("grades", TABLES["grades"].replace("A", "C"))
        again = changed.build()
        assert ran(again.said) == 8
        assert again.ran == {"ja/finds", "en/finds"}
        changed.notebook("finds", FINDS.replace("len(links)", "2"), parameters=DECLARED)
        assert changed.build().reasons["ja/shows"] == ["readings.csv changed"]

    def test_one_choice_more_runs_only_what_is_new(self, changed):
        more = GRID | {"choices": {**GRID["choices"], "links": ["names", "same_topic", "x"]}}
        changed.plan("shows", "finds", readings=[more])
        assert ran(changed.build().said) == 2
        assert table(changed).count("\n") == TABLE.count("\n") + 2

    def test_a_reading_that_fails_is_one_line_and_leaves_the_table(self, changed):
        changed.notebook("finds", FINDS + "1 / (coder != 'm')", parameters=DECLARED)
        said = changed.build().failed.splitlines()
        assert said == [
            "finds (ja/finds coder=m), cell 2 (c1), line 7 (1 / (coder != 'm')): ZeroDivisionError: division by zero",
            "1 of 8 notebooks failed; the last report is as it was",
        ]
        assert table(changed) == TABLE
        assert ran(changed.build().said) == 1

    def test_the_same_table_comes_from_any_executor_and_from_ordinary_kernels(self, changed):
        code = """
            from concurrent.futures import ThreadPoolExecutor
            from analysis.build import cluster, readings
            about = staleness.about("tiny")
            with ThreadPoolExecutor(2) as pool:
                readings.update(about, cluster.Remote(pool, "tiny", warm=False).submit, force=True)
            """
        done = changed.python(code)
        assert done.returncode == 0, done.stderr
        assert table(changed) == TABLE


def use_plan_of(folder, monkeypatch):
    """Let the plan and the notebooks be those of a folder."""
    monkeypatch.setattr(paths, "NOTEBOOKS", folder / "notebooks")
    monkeypatch.setattr(paths, "PLAN", folder / "notebooks" / "report.yaml")


STUDY = {"id": "tiny", "regions": ["north", "south"], "coders": [{"id": "k"}]}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"choices": {"link": ["names"]}}, "parameter 'link' is not declared; did you mean 'links'?"),
        ({"choices": {"coder": "each codr"}}, "found 'each codr', expected a list or one of each region"),
        ({"choices": {"values_only": ["maybe"]}}, "found 'maybe', expected true or false"),
    ],
)
def test_a_wrong_choice_is_said_before_anything_runs(tmp_path, monkeypatch, entry, said):
    project = Tiny(tmp_path)
    (tmp_path / "notebooks").mkdir()
    use_plan_of(tmp_path, monkeypatch)
    project.notebook("finds", "1", parameters=DECLARED).plan(readings=[{"notebook": "finds"} | entry])
    plan.document.cache_clear()
    with pytest.raises(UserError) as refusal:
        readings.grid(STUDY)
    assert said in str(refusal.value)


@pytest.mark.unit
def test_without_a_product_each_choice_is_changed_alone(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    use_plan_of(tmp_path, monkeypatch)
    entry = {
        "notebook": "finds",
        "choices": {"links": ["names", "x"], "periods": ["lent", "y"]},
        "product": False,
    }
    Tiny(tmp_path).notebook("finds", "1", parameters=DECLARED).plan(readings=[entry])
    plan.document.cache_clear()
    found = readings.grid(STUDY)
    assert [tuple(r.choices.values()) for r in found] == [
        ("names", "stated"),
        ("x", "stated"),
        ("names", "lent"),
        ("names", "y"),
    ]
    assert [r.chosen for r in found] == [True, False, False, False]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("entry", "study", "wanted"),
    [
        ({"needs": "beside"}, {"beside": []}, False),
        ({"needs": "rounds"}, {"beside": ["other"], "tables": ["events"]}, False),
        ({"most": "1"}, {}, False),
        ({"needs": "beside"}, {"beside": ["other"]}, True),
        ({"needs": "rounds"}, {"beside": [], "tables": ["rounds"]}, True),
        ({"most": "2"}, {}, True),
        ({}, {}, True),
    ],
)
def test_a_page_is_there_where_the_study_has_what_it_needs_and_not_too_many_regions(entry, study, wanted):
    assert plan.is_wanted(entry, STUDY | study) is wanted
