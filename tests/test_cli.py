"""The commands: a strange value is one line and status 2, and a broken study changes nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cli import documents, main
from analysis.errors import UserError
from projects import MAKE_PARAMETERS, files

HARBOUR = Path(__file__).parent / "studies" / "harbour"
STRANGE = (
    "../../etc",
    "/etc",
    "x; touch pwned",
    "$(touch pwned)",
    "OKAMOTO2020",
    "okamoto 2020",
    "okamoto2020/",
    "-",
    "--help",
    "a--b",
    "x\ny",
    "図",
    ".",
    "nothing-of-this-name",
    "x" * 5000,
    "\x1b[31m",
)
tables = pytest.mark.xdist_group("tables")  # one worker writes the synthetic study's tables
COMMANDS = ("report", "data", "watch", "export", "verify", "status")


def run(*arguments: str, **environment: str) -> Result:
    """Run a command in this process; whatever goes wrong must be said, not raised."""
    unset = dict.fromkeys([*MAKE_PARAMETERS, "MAKELEVEL"])
    done = CliRunner(env=unset | environment).invoke(main, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done


def refused(done: Result, name: str) -> None:
    """Assert that a command said one line about a parameter, and ended with status 2."""
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{name}: ")
    assert "found" in done.stderr
    assert "expected" in done.stderr


# -- Strange values --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("value", STRANGE)
def test_a_strange_study_is_refused_in_one_line(command, value):
    refused(run(command, STUDY=value), "STUDY")


@pytest.mark.parametrize("value", STRANGE[:6])
def test_a_strange_study_given_as_an_option_is_refused_as_well(value):
    refused(run("report", f"--study={value}"), "STUDY")


def test_a_study_that_is_not_there_is_answered_with_those_that_are():
    assert run("report", STUDY="okamoto").stderr.endswith("write one of okamoto2020, public-records\n")


@settings(max_examples=50)
@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_no_text_whatever_gets_past_as_a_study(value):
    if value.strip() and value != "okamoto2020":
        refused(run("status", STUDY=value), "STUDY")


@pytest.mark.parametrize("value", ["fr", "JA", "ja,en", "ja ", "$(id)", "both\n", "日本語"])
def test_a_strange_language_is_refused_in_one_line(value):
    refused(run("report", LANGUAGE=value, MAKELEVEL="1"), "LANGUAGE")
    refused(run("report", f"--language={value}"), "LANGUAGE")


def test_gettexts_language_is_not_the_reports():
    assert run("status", LANGUAGE="en_US:en").exit_code in (0, 2)
    assert "LANGUAGE" not in run("status", LANGUAGE="en_US:en").stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOBS", "0"),
        ("JOBS", "-1"),
        ("JOBS", "many"),
        ("JOBS", "1e3"),
        ("JOBS", "１"),
        ("KERNELS", "hot"),
        ("KERNELS", "WARM"),
        ("FORCE", "yes"),
        ("FORCE", "2"),
    ],
)
def test_a_strange_value_of_another_parameter_is_refused_in_one_line(name, value):
    done = run("report", **{name: value})
    refused(done, name)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"EXECUTOR": "spark"}, "EXECUTOR: found 'spark', expected dask"),
        ({"EXECUTOR": "dask"}, "ADDRESS: found '', expected the scheduler's address"),
        ({"EXECUTOR": "dask", "ADDRESS": "localhost"}, "ADDRESS: found 'localhost'"),
        ({"ADDRESS": "tcp://localhost:8786"}, "ADDRESS: given without EXECUTOR"),
    ],
)
def test_a_wrong_executor_or_address_is_one_line_and_starts_nothing(given, said):
    done = run("report", **given)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1


def test_help_and_a_wrong_parameter_import_nothing_slow():
    code = "import sys; from analysis import cli; cli.main(['--help'], standalone_mode=False)"
    slow = "print([m for m in ('pandas', 'nbformat', 'matplotlib', 'yaml') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {slow}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_check_without_a_source_says_how_to_give_one():
    done = run("verify")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "SOURCE: not given; write make verify SOURCE=path/to/the/paper.txt\n"


def test_a_source_that_is_not_there_is_refused_in_one_line():
    done = run("verify", SOURCE="/nowhere/paper.txt")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert "/nowhere/paper.txt" in done.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_says_what_it_does(command):
    assert main.commands[command].get_short_help_str(limit=200).strip()
    assert run(command, "--help").exit_code == 0


# -- Studies that are not right --------------------------------------------------------------------


def test_the_state_of_a_study_without_tables_is_one_line_and_writes_nothing(new_project, tmp_path):
    project = new_project(tmp_path / "project")
    done = project.run("status")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "data/processed/harbour: no tables yet; run: make data STUDY=harbour\n"
    assert not (project.folder / "build").exists()


def test_a_folder_without_a_study_is_refused_with_what_is_missing(new_project, tmp_path):
    project = new_project(tmp_path / "project")
    (project.raw.parent / "hollow").mkdir()
    done = project.run("data", STUDY="hollow")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "study.yaml" in done.stderr


@pytest.fixture(scope="module")
def tabled(new_project, tmp_path_factory):
    """The project with the synthetic study's tidy tables written; tests copy it to change it."""
    project = new_project(tmp_path_factory.mktemp("tabled") / "project")
    done = project.run("data")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"data/processed/harbour: \d+ files written\n", done.stdout)
    return project


@tables
def test_tables_are_written_once_and_are_then_up_to_date(tabled):
    assert tabled.run("data").stdout == "data/processed/harbour: up to date\n"
    assert [path.name for path in tabled.processed.parent.iterdir()] == ["harbour"]


@tables
def test_a_row_changed_since_verification_is_named_at_once_and_again(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    source = str(project.folder / "source.txt")
    shutil.copy(HARBOUR / "source.txt", source)
    checked = project.run("verify", SOURCE=source)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert project.run("data").stderr == ""
    events = project.raw / "events.csv"
    events.write_text(events.read_text("utf-8").replace("行政点検", "政行点検", 1), "utf-8")
    for _ in range(2):
        done = project.run("data")
        assert done.returncode == 0
        assert "data/raw/harbour/events.csv:5: changed since verification on " in done.stderr


@tables
def test_status_says_what_is_stale_and_writes_nothing(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    before = files(project.folder)
    assert set(project.stale().values()) == {"never run"}
    path = project.raw / "issues.csv"
    typed = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + typed.replace(b"\n", b"\r\n") + b"\r\n")  # saved by a spreadsheet
    assert "data/processed/harbour" not in project.stale()
    path.write_bytes(typed + b"x\n")
    assert project.stale()["data/processed/harbour"] == "changed since; run: make data STUDY=harbour"
    path.write_bytes(typed)
    assert {k: v for k, v in files(project.folder).items() if "__pycache__" not in k} == {
        k: v for k, v in before.items() if "__pycache__" not in k
    }


@tables
def test_what_was_run_and_could_not_be_published_is_not_called_fresh(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project").only_pages("issues")
    project.edit("03_issues", "again", 'passages, "links"', 'passages, "status"')
    done = project.run("report", PAGE="issues", LANGUAGE="en")
    assert done.stderr.splitlines()[-1] == (
        "03_issues.ipynb: two outputs are named 'status', in cell 12 (status) and in cell 19 (again);"
        " give one of them another name"
    )
    behind = "what was run is not published; run: make report STUDY=harbour"
    assert project.stale()["reports/harbour"] == behind
    project.edit("03_issues", "again", 'passages, "status"', 'passages, "links"')
    done = project.run("report", PAGE="issues", LANGUAGE="en")
    assert done.returncode == 0, done.stderr
    assert "reports/harbour" not in project.stale()
    (project.report / "manifest.json").unlink()
    assert project.stale()["reports/harbour"] == behind


@tables
def test_what_excel_saved_is_named_by_data_and_written_plainly_by_tidy(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    path = project.raw / "issues.csv"
    typed = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + typed.replace(b"\n", b"\r\n"))
    done = project.run("data")
    said = "data/raw/harbour/issues.csv: a byte order mark and CRLF line ends, read without; run make tidy"
    assert done.stdout == "data/processed/harbour: up to date\n"
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    path.write_bytes("id,label_ja\na,港".encode("cp932"))
    refused = project.run("tidy")
    assert refused.returncode == 2 and "run make tidy STUDY=harbour FROM=cp932" in refused.stderr
    path.write_bytes(typed.decode().encode("cp932"))
    assert project.run("tidy", FROM="cp1252x").returncode == 2
    assert project.run("tidy", FROM="cp932").stdout.startswith("data/raw/harbour/issues.csv: written")
    assert path.read_bytes() == typed


@tables
def test_a_study_goes_into_a_workbook_and_comes_back_and_no_workbook_is_overwritten(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    before = files(project.raw)
    assert project.run("import").stderr.startswith("WORKBOOK: not given; write make import STUDY=harbour")
    done = project.run("workbook")
    assert done.stdout.startswith("harbour.xlsx: fill it in, then run: make import STUDY=harbour"), (
        done.stderr
    )
    done = project.run("import", WORKBOOK="harbour.xlsx")
    assert (done.stdout, done.stderr) == ("data/raw/harbour: up to date\n", "")
    assert files(project.raw) == before
    (project.raw / "uncovered.csv").unlink()
    refused = project.run("workbook")
    assert refused.returncode == 2
    assert refused.stderr.startswith("harbour.xlsx: found a file that is there already, expected none;")
    project.run("import", WORKBOOK="harbour.xlsx")
    assert files(project.raw) == before


@tables
def test_a_comment_in_a_module_checks_again_but_changes_no_table(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    before = files(project.processed)
    (module,) = (project.folder / "src" / "analysis" / "tidy").glob("grades.py")
    module.write_text(module.read_text("utf-8") + "# a comment\n", "utf-8")
    assert project.run("data").stdout == "data/processed/harbour: up to date\n"
    assert files(project.processed) == before
    assert b"made_from" not in before["datapackage.json"]


@tables
def test_a_broken_cell_is_said_with_its_place_and_changes_no_table(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    path = project.raw / "phases.csv"
    path.write_text(path.read_text("utf-8").replace("1995-01/2001-03", "1995-01/2001-13"), "utf-8")
    done = project.run("report")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("data/raw/harbour/phases.csv:4: period: found ")
    assert len(done.stderr.splitlines()) == 1
    before = {path.name: path.read_bytes() for path in tabled.processed.iterdir()}
    assert {path.name: path.read_bytes() for path in project.processed.iterdir()} == before
    assert not (project.folder / "reports").exists()


@tables
def test_a_touched_transcription_is_not_read_again_and_a_changed_one_is(tabled, tmp_path):
    project = tabled.copy(tmp_path / "project")
    for path in project.raw.iterdir():
        os.utime(path, (4e9, 4e9))
    assert project.run("data").stdout.endswith("up to date\n")
    path = project.raw / "projects.csv"
    path.write_text(path.read_text("utf-8").replace("FY2002/FY2006", "FY2003/FY2006"), "utf-8")
    assert "files written" in project.run("data").stdout


# -- Passages --------------------------------------------------------------------------------------


def test_passages_of_a_section_that_is_not_there_or_of_no_source_are_refused(tmp_path):
    source = tmp_path / "paper.txt"
    source.write_text("一つの文が三十文字より長くなるように、ここに言葉をいくつも並べておく。\n", "utf-8")
    refused(run("passages", SOURCE=str(source), SECTION="99"), "SECTION")
    done = run("passages")
    assert done.exit_code == 2 and done.stderr.startswith("SOURCE: not given; write make passages STUDY=")


def test_passages_writes_a_row_for_every_sentence_with_its_words_last(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.paths.ROOT", tmp_path)
    monkeypatch.setattr("analysis.paths.BUILD", tmp_path / "build")
    source, words = (
        tmp_path / "paper.txt",
        "一つの文が三十文字より長くなるように、ここに言葉をいくつも並べておく。",
    )
    source.write_text(f"{words}\n", "utf-8")
    done = run("passages", SOURCE=str(source))
    assert done.stdout.startswith("build/passages/okamoto2020.csv: 1 passage proposed, 1 of them EXACT")
    written = (tmp_path / "build" / "passages" / "okamoto2020.csv").read_text("utf-8-sig").splitlines()
    assert written[0].endswith(",note,note_ja,words") and written[1].endswith(f",{words}")
    assert written[1].startswith("p-")


# -- Several documents -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("paper.pdf", "SOURCE: found no file of annex, expected one of every document; "),
        ("annex=b.txt", "SOURCE: found no file of the paper, expected one of every document; "),
        ("paper.pdf other=b.txt", "SOURCE: found 'other', expected one of annex; "),
        ("paper.pdf 'annex=b.txt", 'SOURCE: found "paper.pdf \'annex=b.txt" (No closing quotation), '),
    ],
)
def test_a_source_of_several_documents_names_a_file_of_each(source, said):
    about = SimpleNamespace(sources=[SimpleNamespace(id="annex")])
    with pytest.raises(UserError) as error:
        documents(about, source)
    assert str(error.value).startswith(said)
    assert str(error.value).endswith("write SOURCE='PAPER annex=FILE'")


def test_a_file_whose_name_holds_a_space_or_an_equals_sign_is_one_file_of_one_document():
    assert documents(SimpleNamespace(sources=()), "a = b.pdf") == {"": Path("a = b.pdf")}
    about = SimpleNamespace(sources=[SimpleNamespace(id="annex")])
    assert documents(about, "'my paper.pdf' annex=b=c.txt") == {
        "": Path("my paper.pdf"),
        "annex": Path("b=c.txt"),
    }
