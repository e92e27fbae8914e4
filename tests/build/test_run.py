"""Runs of a report: made where something they depend on changed, kept everywhere else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from tiny import TABLES, Tiny, describe, displays, make, reads

from analysis import paths
from analysis.build import execute

pytestmark = [pytest.mark.build, pytest.mark.xdist_group("runs")]
OWN = """
    from IPython.display import display
    display({"application/vnd.analysis.reads+json": {"grades": ["grade", f"label_{language}"]}}, raw=True)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Tiny:
    """Two pages, run: one reads two columns of a table, one of them in its language; the other another table."""
    tiny = make(tmp_path_factory.mktemp("tiny") / "project")
    tiny.notebook("one", "# Words", "1 + 1", OWN)
    tiny.notebook("two", "study", reads(issues=["theme"]))
    tiny.plan("one", "two")
    words = "title:\n  ja: 題\n  en: Title\n"
    (tiny.folder / "notebooks" / "words" / "one.yaml").write_text(words, "utf-8")
    assert tiny.build().reasons == {job: ["never run"] for job in ("ja/one", "ja/two", "en/one", "en/two")}
    return tiny


@pytest.fixture
def project(built, tmp_path) -> Tiny:
    """A copy of the built project, which a test may change."""
    shutil.copytree(built.folder, tmp_path / "project")
    return Tiny(tmp_path / "project")


def runs(project: Tiny) -> dict[str, bytes]:
    folder = project.folder / "build" / "tiny" / "runs"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.ipynb")}


# -- An interrupt ----------------------------------------------------------------------------------

INTERRUPTED = """
import signal, threading, time
from concurrent.futures import Future
from types import SimpleNamespace
from analysis.build import run

def interrupt():
    time.sleep(0.5)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Thread(target=interrupt).start()
list(run.results_of(["for ever"], lambda job, **_: Future(), SimpleNamespace(on_cell=lambda job: None)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to a thread there")
def test_an_interrupt_that_another_thread_receives_ends_the_waiting_for_notebooks():
    command = [sys.executable, "-c", INTERRUPTED]
    env = os.environ | {"PYTHONPATH": str(paths.ROOT / "src")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.endswith("KeyboardInterrupt\n")


# -- What makes a run stale ------------------------------------------------------------------------


def test_a_second_build_in_another_folder_runs_nothing_and_writes_nothing(project):
    before = runs(project)
    assert len(before) == 4
    assert project.build().ran == set()
    assert runs(project) == before


def test_a_changed_column_reruns_what_read_it_and_is_named(project):
    project.table("grades", TABLES["grades"].replace("A", "C"))
    assert project.build().reasons == {
        "ja/one": ["grades.csv changed: column grade"],
        "ja/two": [],
        "en/one": ["grades.csv changed: column grade"],
        "en/two": [],
    }


def test_an_english_sentence_reruns_no_japanese_page_and_a_column_nobody_read_reruns_nothing(project):
    project.table("grades", TABLES["grades"].replace("two", "second"))
    project.table("issues", TABLES["issues"].replace("c,", "d,"))
    assert project.build().reasons["en/one"] == ["grades.csv changed: column label_en"]
    assert project.build().ran == set()


def test_a_row_more_changes_every_column_that_was_read(project):
    project.table("issues", TABLES["issues"] + "d,people,人,people\n")
    assert project.build().ran == {"ja/two", "en/two"}


def test_words_rerun_the_pages_of_their_language_and_notebook_alone(project):
    words = project.folder / "notebooks" / "words" / "one.yaml"
    words.write_text(words.read_text("utf-8").replace("Title", "Heading"), "utf-8")
    assert project.build().reasons["en/one"] == ["notebooks/words/one.yaml changed"]
    assert project.build().ran == set()


def test_the_date_of_a_verification_and_digests_of_tables_rerun_nothing(project):
    path = project.processed / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["verification"]["date"] = "2026-02-02"
    package["resources"][0]["hash"] = "sha256:0"
    path.write_text(json.dumps(package), "utf-8")
    assert project.build().ran == set()


def test_the_date_of_a_verification_reruns_a_page_that_shows_it(project):
    project.notebook("two", "study", displays("reads", {"tiny/verification": []}))
    project.build()
    package_path = project.processed / "datapackage.json"
    package = json.loads(package_path.read_text("utf-8"))
    package["verification"]["date"] = "2026-02-02"
    package_path.write_text(json.dumps(package), "utf-8")
    assert project.build().reasons["ja/two"] == ["datapackage.json (verification) changed: column date"]


def test_what_the_study_says_of_itself_reruns_and_is_named(project):
    describe(project, {name: text.splitlines()[0].split(",") for name, text in TABLES.items()}, title_en="T")
    assert project.build().reasons["ja/two"] == ["datapackage.json (study) changed: column title_en"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("src/analysis/figures/style.py", "src/analysis/figures/style.py changed"),
        ("requirements.lock", "requirements.lock changed"),
        ("data/schema.yaml", "data/schema.yaml changed"),
    ],
)
def test_code_lock_and_schema_rerun_every_page_and_are_named(project, path, said):
    with (project.folder / path).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert set(map(tuple, project.build().reasons.values())) == {(said,)}


def test_code_that_no_notebook_reaches_reruns_nothing(project):
    for name in ("cli.py", "publish/pdf.py", "build/plan.py"):
        (project.folder / "src" / "analysis" / name).open("a", encoding="utf-8").write("\n# changed\n")
    assert project.build().ran == set()


def test_a_changed_cell_reruns_its_pages_and_prose_reaches_the_page_without_a_run(project):
    project.notebook("one", "# Other words", "1 + 1", OWN)
    again = project.build()
    assert again.ran == set()
    assert [cell["source"] for cell in again.cells("ja/one")][2] == "# Other words"
    assert again.outputs("ja/one")[0]["data"]["text/plain"] == "2"
    project.notebook("one", "# Other words", "1 + 2", OWN)
    assert project.build().reasons["ja/one"] == ["one.ipynb (code) changed"]


def test_a_damaged_or_lost_run_is_made_again(project):
    before = runs(project)
    project.runs("ja", "one").write_text("{", "utf-8")
    project.runs("en", "two").unlink()
    assert project.build().ran == {"ja/one", "en/two"}
    assert runs(project) == before


def test_forced_runs_give_the_same_bytes_in_ordinary_kernels_as_in_warm_ones(project):
    before = runs(project)
    again = project.build("force=True, workers=Workers(warm=False, max_workers=2)")
    assert set(map(tuple, again.reasons.values())) == {("asked for",)}
    assert runs(project) == before


def test_one_page_or_one_language_is_built_alone_and_a_wrong_page_is_said(project):
    project.table("grades", TABLES["grades"].replace("A", "C"))
    project.table("issues", TABLES["issues"].replace("money", "people"))
    assert project.build('page="two", languages=["en"]').ran == {"en/two"}
    assert (
        project.build('page="twoo"').failed
        == "PAGE: found 'twoo', expected a page of the report; did you mean 'two'?"
    )
    assert project.build('page="one"').ran == {"ja/one", "en/one"}
    assert project.build().ran == {"ja/two"}


# -- Ordinary notebooks ----------------------------------------------------------------------------


def alone(project: Tiny, *cells: str, **other):
    """Build a report of one page in English, whose notebook holds these cells."""
    return project.notebook("odd", *cells, **other).plan("odd").build('languages=["en"]')


def test_any_cell_that_jupyter_takes_gives_a_valid_page(project):
    built = alone(
        project,
        "import pandas as pd\nframe = pd.DataFrame({'year': [1, 2], 'n': [3, 4]})\nframe",
        "frame.plot(x='year'); import matplotlib.pyplot as plt; plt.show()",
        "import seaborn as sns\nsns.barplot(frame, x='year', y='n')",
        "from IPython.display import Markdown, Latex\nMarkdown('**bold**')",
        "Latex('$x$')",
        "print('said')\nobject()",
        parameters="",
    )
    kinds = [sorted(o.get("data", {"printed": 0})) for o in built.outputs("en/odd")]
    assert kinds == [
        ["text/html", "text/plain"],
        ["image/png", "text/plain"],
        ["text/plain"],
        ["image/png", "text/plain"],
        ["text/markdown", "text/plain"],
        ["text/latex", "text/plain"],
        ["printed"],
        ["text/plain"],
    ]
    assert built.outputs("en/odd")[-1]["data"]["text/plain"] == "<object at 0x0>"
    nbformat.validate(nbformat.read(project.runs("en", "odd"), as_version=4))
    assert built.said.count("\n") == 1


def test_warnings_are_no_outputs_but_are_said_with_notebook_and_cell(project):
    built = alone(project, "import warnings\nwarnings.warn('take care')\n1")
    assert [o["output_type"] for o in built.outputs("en/odd")] == ["execute_result"]
    assert "odd (en/odd), cell 2 (c1): UserWarning: take care\n" in built.said


BARS = """
    import sys, warnings
    err = lambda text: print(text, end="", file=sys.stderr)
    err("\\r  0%|          | 0/3 [00:00<?, ?it/s]\\r 33%|███▎      | 1/3 [00:00<00:00, 99it/s]")
    if {warns}:
        warnings.warn("take care")
    err("\\r100%|██████████| 3/3 [00:00<00:00, 99it/s, loss=0.1]\\n")
    err("\\rreading: 0it [00:00, ?it/s]\\rreading: 7it [00:00, 99it/s]\\n")
    err("100%|███| 3/3\\n\\x1b[A\\r          \\r")
    1
"""


def test_a_progress_bar_is_no_notice_and_hides_none(project):
    project.notebook("quiet", BARS.format(warns=False)).notebook("odd", BARS.format(warns=True))
    said = project.plan("quiet", "odd").build('languages=["en"]').said.splitlines()
    assert [line for line in said if not line.startswith("[")] == [
        "odd (en/odd), cell 2 (c1): UserWarning: take care"
    ]


def test_an_error_is_one_line_with_notebook_cell_and_error_and_the_others_are_kept(project):
    project.notebook("odd", "1", "1 / 0").plan("two", "odd")
    assert project.build().failed.splitlines() == [
        "odd (ja/odd), cell 3 (c2), line 1 (1 / 0): ZeroDivisionError: division by zero (and in 1 more)",
        "2 of 2 notebooks failed; the last report is as it was",
    ]


def test_an_output_over_two_megabytes_is_refused_in_one_line_with_its_cell(project):
    said = alone(project, "print('x' * 3_000_000)").failed.splitlines()[0]
    assert said == (
        "odd (en/odd), cell 2 (c1): its output is 3.0 MB, the limit is 2 MB;"
        " show fewer rows (frame.head()) or a figure"
    )
    assert execute.SIZE == 2_000_000


def test_a_character_that_the_font_lacks_is_an_error_not_a_warning(project):
    said = alone(project, "import matplotlib.pyplot as plt\nplt.title('\\U00012000')\nplt.show()").failed
    assert "cell 2 (c1): no font has the character '\U00012000'" in said


def test_a_notebook_without_ids_or_with_one_pasted_twice_loses_no_output(project):
    project.notebook("odd", "1", "2", "3")
    path = project.folder / "notebooks" / "odd.ipynb"
    saved = json.loads(path.read_text("utf-8"))
    del saved["cells"][1]["id"]
    saved["cells"][3]["id"] = "c2"
    path.write_text(json.dumps(saved | {"nbformat_minor": 2}), "utf-8")
    built = project.plan("odd").build('languages=["en"]')
    assert [o["data"]["text/plain"] for o in built.outputs("en/odd")] == ["1", "2", "3"]
    assert [c["id"] for c in built.cells("en/odd")] == [
        "parameters",
        "injected-parameters",
        "cell-2",
        "c2",
        "c2-2",
    ]


# -- Parameters and what a notebook hands over -----------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"langauge": "en"}, "parameter 'langauge' is not declared; did you mean 'language'?"),
        ({"n": "many"}, "parameter 'n': found 'many', expected int"),
        ({"n": "1e3"}, "parameter 'n': found '1e3', expected int"),
    ],
)
def test_a_wrong_parameter_of_the_plan_is_an_error_before_anything_runs(project, given, said):
    project.notebook("odd", "1", parameters='language: str = "ja"\nn: int = 1').plan("odd")
    plan = project.folder / "notebooks" / "report.yaml"
    document = json.loads(plan.read_text("utf-8"))
    document["pages"][0]["parameters"] = given
    plan.write_text(json.dumps(document), "utf-8")
    assert project.build().failed == f"notebooks/report.yaml: odd: {said}"


def test_what_is_typed_for_a_text_stays_what_was_typed(project):
    project.notebook("odd", "print(years)", parameters='years: str = "all"').plan("odd")
    plan = project.folder / "notebooks" / "report.yaml"
    entry = "pages:\n- {page: odd, notebook: odd, title_ja: o, title_en: o, parameters: {years: %s}}\n"
    for typed in ("no", "2020-01", "1e3", "2001/2020"):
        plan.write_text(entry % typed, "utf-8")
        assert project.build('languages=["en"]').outputs("en/odd")[0]["text"] == f"{typed}\n"


def test_the_outputs_that_rooms_hand_over_arrive_as_they_are(project):
    finding = {"id": "f", "value": 6, "of": 9, "headline": "six"}
    built = alone(project, displays("finding", finding), reads(grades=["grade"]))
    assert [o["data"] for o in built.outputs("en/odd")] == [
        {"application/vnd.analysis.finding+json": finding}
    ]
