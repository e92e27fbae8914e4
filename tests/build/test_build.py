"""A build: runs what is stale and nothing else, says why, and never harms the last good report."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from projects import pages

# One worker builds the synthetic study's report, once.
pytestmark = pytest.mark.xdist_group("report")
LANGUAGES = ("ja", "en")
REGIONS = ("todaimisaki", "aoura", "shiomi")
PAGES = pages(REGIONS)
EVERY = {f"{language}/{page}" for language in LANGUAGES for page in PAGES}


def of(*pages: str) -> set[str]:
    """Return the runs of some pages in both languages."""
    return {f"{language}/{page}" for language in LANGUAGES for page in pages}


@pytest.fixture(scope="module")
def copied(built, tmp_path_factory):
    """The built project in another folder, every file as new: edits are put back after a test."""
    project = built.copy(tmp_path_factory.mktemp("copied") / "project")
    for path in project.folder.rglob("*"):
        os.utime(path, (4e9, 4e9))
    return project


@pytest.fixture
def edit(copied):
    """Change a file of the copied project until the test is over."""
    before: dict[Path, bytes | None] = {}

    def change(name: str, change: Callable[[str], str]) -> None:
        path = copied.folder / name
        before.setdefault(path, path.read_bytes() if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change(path.read_text("utf-8") if path.exists() else ""), "utf-8")

    yield change
    for path, content in before.items():
        if content is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.write_bytes(content)


def in_cell(cell: str, change: Callable[[str], str]) -> Callable[[str], str]:
    """Change the source of one cell of a notebook."""

    def changed(text: str) -> str:
        notebook = json.loads(text)
        (found,) = [c for c in notebook["cells"] if c["id"] == cell]
        found["source"] = change("".join(found["source"])).splitlines(keepends=True)
        return json.dumps(notebook)

    return changed


def ran(done: subprocess.CompletedProcess) -> set[str]:
    """Return the runs that a build says it made."""
    return set(re.findall(r"^ran (\S+):", done.stderr, re.MULTILINE))


# -- Failure ---------------------------------------------------------------------------------------


def test_a_failing_notebook_is_said_in_few_lines_and_leaves_the_last_report_byte_for_byte(copied, edit):
    before = copied.files()
    edit("notebooks/05_outlook.ipynb", in_cell("balance", lambda code: f"1 / 0\n{code}"))
    done = copied.run("report")
    said = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        sum(
            "05_outlook (ja/outlook), cell " in line
            and "(balance): ZeroDivisionError: division by zero" in line
            for line in said
        )
        == 1
    )
    assert said[-1] == "2 of 2 notebooks failed; the last report is as it was"
    assert "Traceback" not in done.stderr
    assert len(said) <= 8
    assert copied.files() == before
    assert [path.name for path in (copied.folder / "reports").iterdir()] == ["harbour"]


def test_a_notebook_that_fails_does_not_keep_the_others_from_saying_what_is_wrong_with_them(copied, edit):
    edit("notebooks/05_outlook.ipynb", in_cell("balance", lambda _: "data.nothing"))
    edit("notebooks/03_issues.ipynb", in_cell("fate", lambda _: "raise ValueError('lost')"))
    done = copied.run("report", LANGUAGE="en")
    assert done.returncode == 1
    assert "no tidy table 'nothing'" in done.stderr
    assert "ValueError: lost" in done.stderr


def test_an_interrupted_build_leaves_the_last_report_byte_for_byte(copied):
    before = copied.files()
    outer = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PYTEST"))}
    own = {"STUDY": "harbour", "FORCE": "1", "PYTHONPATH": str(copied.folder / "src")}
    with subprocess.Popen(
        [sys.executable, "-m", "analysis", "report"],
        cwd=copied.folder,
        env=outer | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # A job in a shell's background ignores Ctrl-C, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as build:
        build.stderr.readline()  # the first notebook is done, others are running
        build.send_signal(signal.SIGINT)
        rest = build.stderr.read()
    assert build.returncode == 130
    assert "interrupted; the last report is as it was" in rest
    assert "Traceback" not in rest
    assert copied.files() == before
    assert [path.name for path in (copied.folder / "reports").iterdir()] == ["harbour"]


# -- Nothing to do ---------------------------------------------------------------------------------


def test_a_second_build_runs_nothing_and_writes_nothing(built):
    before = built.files()
    done = built.run("report")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "reports/harbour/index.html (up to date)\n"
    assert built.files() == before


def test_touched_files_in_another_folder_run_nothing(copied):
    done = copied.run("report")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("(up to date)\n")


def test_everything_is_said_to_be_fresh(copied):
    done = copied.run("status")
    assert (done.returncode, done.stdout) == (0, "everything is fresh\n")


# -- Each input in turn ----------------------------------------------------------------------------


def test_changed_code_of_a_notebook_makes_its_runs_stale_and_no_others(copied, edit):
    edit("notebooks/05_outlook.ipynb", in_cell("balance", lambda code: f"{code}\n"))
    assert copied.stale() == dict.fromkeys(of("outlook"), "05_outlook.ipynb (code) changed")


def test_changed_prose_of_a_notebook_makes_nothing_stale(copied, edit):
    edit("notebooks/05_outlook.ipynb", in_cell("title-ja", lambda text: f"{text}。"))
    assert copied.stale() == {}


def test_another_parameter_makes_the_runs_stale_that_get_it(copied, edit):
    def elsewhere(text: str) -> str:
        plan = yaml.safe_load(text)
        (entry,) = [page for page in plan["pages"] if page.get("for_each")]
        entry["parameters"] = {"region": "shiomi"}
        return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False)

    edit("notebooks/report.yaml", elsewhere)
    stale = of("region-aoura", "region-todaimisaki")
    assert copied.stale() == dict.fromkeys(stale, "parameters changed")


@pytest.mark.parametrize(
    ("table", "pages", "others"),
    [
        ("grades.csv", {"grades", "region-aoura"}, {"outlook", "methods"}),
        ("outlook.csv", {"outlook"}, {"phases", "grades", "methods"}),
        ("codebook.csv", {"methods"}, {"phases", "outlook"}),
    ],
)
def test_a_changed_table_makes_the_runs_stale_that_read_it(copied, edit, table, pages, others):
    runs = json.loads((copied.report / "manifest.json").read_text("utf-8"))["runs"]
    reading = {name for name, run in runs.items() if table in run["tables"]}
    edit(f"data/processed/harbour/{table}", lambda text: f"{text}\n")
    # Not by `status`: that would make the table anew first.
    found = copied.python(
        "-c",
        "from analysis.build.fresh import stale\nfrom json import dumps\n"
        "todo = stale('harbour', ('ja', 'en'))\n"
        "print(dumps({job.name: ' '.join(why) for job, why in todo.items()}))",
    )
    assert json.loads(found.stdout) == dict.fromkeys(reading, f"{table} changed")
    assert of(*pages) <= reading
    assert not of(*others) & reading


@pytest.mark.parametrize(
    "name",
    [
        "src/analysis/figures/grades.py",
        "src/analysis/tables/findings.py",
        "src/analysis/study/periods.py",
        "src/analysis/notebook.py",
        "src/analysis/__init__.py",
    ],
)
def test_a_changed_module_that_notebooks_reach_makes_every_run_stale(copied, edit, name):
    edit(name, lambda text: f"{text}\n# changed\n")
    assert copied.stale() == dict.fromkeys(EVERY, f"{name.removeprefix('src/')} changed")


def test_a_module_that_is_newly_imported_is_said_to_be_new(copied, edit):
    edit("src/analysis/figures/extra.py", lambda _: '"""Nothing."""\n')
    edit("src/analysis/figures/words.py", lambda text: f"{text}\nimport analysis.figures.extra\n")
    why = "analysis/figures/words.py changed, analysis/figures/extra.py is new"
    assert copied.stale() == dict.fromkeys(EVERY, why)


@pytest.mark.parametrize(
    "name",
    [
        "src/analysis/cli.py",
        "src/analysis/report/site.py",
        "src/analysis/report/theme/layout.html",
        "src/analysis/data.py",
    ],
)
def test_a_changed_file_that_no_notebook_reaches_makes_no_run_stale(copied, edit, name):
    end = "\n{# changed #}\n" if name.endswith("html") else "\n# changed\n"
    edit(name, lambda text: text + end)
    assert copied.stale() == {}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("data/schema.yaml", "data/schema.yaml changed"),
        ("requirements.lock", "requirements.lock changed"),
    ],
)
def test_a_changed_schema_or_lock_makes_every_run_stale(copied, edit, name, why):
    edit(name, lambda text: f"{text}# changed\n")
    assert copied.stale() == dict.fromkeys(EVERY, why)


def test_another_version_of_the_font_makes_every_run_stale(copied, edit):
    about = "src/matplotlib_fontja-99.dist-info/METADATA"
    edit(about, lambda _: "Metadata-Version: 2.1\nName: matplotlib-fontja\nVersion: 99\n")
    assert copied.stale() == dict.fromkeys(EVERY, "font changed")


def test_status_says_what_a_changed_transcription_makes_stale(copied, edit):
    edit("data/raw/harbour/projects.csv", lambda text: text.replace("FY2002/FY2006", "FY2003/FY2006"))
    assert "project_spans.csv changed" in copied.stale()["en/phases"]


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}"])
def test_a_report_without_a_record_that_can_be_read_was_never_run(copied, edit, manifest):
    edit("reports/harbour/manifest.json", lambda _: manifest)
    assert copied.stale() == dict.fromkeys(EVERY, "never run")


def test_a_stale_run_alone_is_run_again_and_says_why(built, tmp_path):
    project = built.copy(tmp_path / "project")
    path = project.folder / "notebooks" / "90_methods.ipynb"
    path.write_text(in_cell("dictionary", lambda code: f"{code}  # all")(path.read_text("utf-8")), "utf-8")
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr
    assert ran(done) == of("methods")
    assert "ran en/methods: 90_methods.ipynb (code) changed" in done.stderr.splitlines()
    assert project.stale() == {}


# -- Pages without runs ----------------------------------------------------------------------------


def test_a_changed_sentence_is_set_anew_without_running_a_notebook(built, tmp_path):
    project = built.copy(tmp_path / "project")
    before = project.files()
    path = project.folder / "notebooks" / "05_outlook.ipynb"
    new = in_cell("title-ja", lambda text: f"{text}\n\n新しい一文。")
    path.write_text(new(path.read_text("utf-8")), "utf-8")
    done = project.run("report")
    assert (done.returncode, done.stderr) == (0, "")
    after = project.files()
    assert "新しい一文。" in after["ja/outlook.html"].decode("utf-8")
    pages = {name for name in after if name.endswith(".html") and after[name] != before[name]}
    assert pages == {"ja/outlook.html"}
    notebooks = {name for name in after if name.endswith(".ipynb") and after[name] != before[name]}
    assert notebooks <= {"notebooks/ja/outlook.ipynb", "notebooks/en/outlook.ipynb"}


def test_a_page_that_was_deleted_is_set_again_without_running_a_notebook(built, tmp_path):
    project = built.copy(tmp_path / "project")
    page = project.report / "ja" / "grades.html"
    before = page.read_bytes()
    page.unlink()
    done = project.run("report")
    assert done.returncode == 0
    assert ran(done) == set()
    assert page.exists(), "the report is said to be up to date"
    assert page.read_bytes() == before


def test_a_table_changed_by_hand_is_put_back_and_runs_nothing(built, tmp_path):
    project = built.copy(tmp_path / "project")
    table = project.processed / "grades.csv"
    before = table.read_bytes()
    table.write_bytes(before + b"\n")
    done = project.run("report")
    assert done.returncode == 0, done.stderr
    assert table.read_bytes() == before
    assert ran(done) == set()
    assert project.run("status").stdout == "everything is fresh\n"


# -- What a build leaves ---------------------------------------------------------------------------


def test_the_manifest_names_every_file_with_its_digest(built):
    from hashlib import sha256

    manifest = json.loads(built.files()["manifest.json"])
    digests = {name: sha256(content).hexdigest() for name, content in built.files().items()}
    del digests["manifest.json"]
    assert manifest["artefacts"] == digests
    assert set(manifest["runs"]) == EVERY


def test_no_file_of_the_report_knows_where_it_was_built(built):
    where = str(built.folder).encode()
    assert [name for name, content in built.files().items() if where in content] == []


def test_the_tables_of_the_report_are_those_of_the_project(built):
    shipped = {p.name: p.read_bytes() for p in (built.report / "data").iterdir()}
    assert shipped == {p.name: p.read_bytes() for p in built.processed.iterdir()}


# -- One language ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def english(new_project, tmp_path_factory):
    """Two pages of the report, in English alone."""
    project = new_project(tmp_path_factory.mktemp("english") / "project")
    project.only_pages("index", "evidence")
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr
    assert ran(done) == {"en/index", "en/evidence"}
    return project


def test_a_report_in_one_language_has_no_page_of_the_other_and_no_way_to_it(english):
    assert not (english.report / "ja").exists()
    for page in ("index", "evidence"):
        text = (english.report / "en" / f"{page}.html").read_text("utf-8")
        assert '<a href="../ja/' not in text
        assert 'href="../ja/' not in text
    assert 'href="ja/' not in (english.report / "index.html").read_text("utf-8")
    assert english.run("status", LANGUAGE="en").stdout == "everything is fresh\n"


def test_the_other_language_is_added_without_running_the_first_again(english, tmp_path):
    project = english.copy(tmp_path / "project")
    done = project.run("report", LANGUAGE="ja")
    assert done.returncode == 0, done.stderr
    assert ran(done) == {"ja/index", "ja/evidence"}
    assert (project.report / "en" / "index.html").exists()
    assert '<a href="../en/index.html"' in (project.report / "ja" / "index.html").read_text("utf-8")


def test_cleaning_removes_the_report_of_the_study_alone(english, tmp_path):
    project = english.copy(tmp_path / "project")
    shutil.copytree(project.report, project.report.with_name("other"))
    assert project.run("clean").returncode == 0
    assert [path.name for path in (project.folder / "reports").iterdir()] == ["other"]


@pytest.mark.parametrize("change", [lambda p: p.unlink(), lambda p: p.write_bytes(b"other")])
@pytest.mark.parametrize("name", ["en/figures/grade-tiles.png", "notebooks/en/grades.ipynb"])
def test_a_result_that_is_gone_or_was_changed_is_made_again(copied, name, change):
    before = copied.files()
    change(copied.report / name)
    done = copied.run("report")
    assert done.returncode == 0, done.stderr
    assert "ran en/grades: a result of the last run is gone or was changed" in done.stderr
    assert copied.files() == before
