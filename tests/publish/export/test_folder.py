"""The folder of an export: whole or not at all, and the same wherever and whenever it is made."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from analysis import paths
from analysis.publish.export import folder as exports
from projects import files

# One worker writes the synthetic study's export, once.
pytestmark = pytest.mark.xdist_group("export")
FILES = {"README.md", "codebook.csv", "codebook.qdc", "references.bib", "references.csl.json", "study.sqlite"}


@pytest.fixture(scope="module")
def exported(new_project, tmp_path_factory):
    """The project with the synthetic study's export; tests copy it to change it."""
    project = new_project(tmp_path_factory.mktemp("exported") / "project")
    done = project.run("export")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"exports/harbour/{name}" for name in sorted({*FILES, "datapackage"})]
    return project


def export_of(project) -> dict[str, bytes]:
    return files(project.folder / "exports" / "harbour")


# -- What cannot be exported -----------------------------------------------------------------------


def test_a_study_without_tables_is_refused_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "PROCESSED", tmp_path)
    monkeypatch.setattr(paths, "EXPORTS", tmp_path / "exports")
    with pytest.raises(exports.ExportError) as error:
        exports.write("okamoto2020")
    assert str(error.value) == (
        "data/processed/okamoto2020: no tidy tables; run: make data STUDY=okamoto2020"
    )
    assert not (tmp_path / "exports").exists()


def test_a_folder_without_a_study_is_refused_and_leaves_nothing(exported, tmp_path):
    project = exported.copy(tmp_path / "project")
    (project.raw.parent / "hollow").mkdir()
    done = project.run("export", STUDY="hollow")
    assert (done.returncode, done.stdout) == (2, "")
    assert "study.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (project.folder / "exports").iterdir()] == ["harbour"]


def test_a_broken_cell_is_said_with_its_place_and_leaves_the_last_export(exported, tmp_path):
    project = exported.copy(tmp_path / "project")
    path = project.raw / "phases.csv"
    path.write_text(path.read_text("utf-8").replace("1995-01/2001-03", "1995-01/2001-13"), "utf-8")
    done = project.run("export")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("data/raw/harbour/phases.csv:4: period: found ")
    assert len(done.stderr.splitlines()) == 1
    assert export_of(project) == export_of(exported)


def test_a_file_that_fails_to_be_written_leaves_the_last_export(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "EXPORTS", tmp_path)
    (tmp_path / "okamoto2020").mkdir()
    (tmp_path / "okamoto2020" / "mine").touch()
    monkeypatch.setattr(exports, "files", lambda _: {"a": b"", "a/b": b""})  # a file as a folder
    with pytest.raises(OSError):
        exports.write("okamoto2020")
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")] == [
        "okamoto2020",
        "okamoto2020/mine",
    ]


# -- What is written -------------------------------------------------------------------------------


def test_the_data_package_is_that_of_the_project_byte_for_byte(exported):
    copied = files(exported.folder / "exports" / "harbour" / "datapackage")
    assert copied == files(exported.processed)


def test_the_export_holds_what_its_readme_names_and_nothing_else(exported):
    names = {name.partition("/")[0] for name in export_of(exported)}
    assert names == {*FILES, "datapackage"}
    readme = export_of(exported)["README.md"].decode("utf-8")
    named = {name.partition("/")[0] for name in re.findall(r"^\| `([^`]+)`", readme, re.MULTILINE)}
    assert named == names - {"README.md"}


def test_a_new_export_takes_the_place_of_the_old_one_whole(exported, tmp_path):
    project = exported.copy(tmp_path / "project")
    (project.folder / "exports" / "harbour" / "left-over").touch()
    (project.folder / "exports" / "harbour" / "study.sqlite").write_bytes(b"changed")
    assert project.run("export").returncode == 0
    assert export_of(project) == export_of(exported)
    assert [path.name for path in (project.folder / "exports").iterdir()] == ["harbour"]


def test_an_export_made_elsewhere_at_another_time_is_the_same(exported, new_project, tmp_path):
    other = new_project(tmp_path / "another place" / "project")
    done = other.run("export", TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    assert export_of(other) == export_of(exported)


def test_no_file_of_the_export_knows_where_it_was_made(exported):
    where = str(exported.folder).encode()
    assert [name for name, content in export_of(exported).items() if where in content] == []


def test_a_study_that_was_just_begun_is_exported_with_its_empty_tables(exported, tmp_path):
    project = exported.copy(tmp_path / "project")
    assert project.run("new-study", STUDY="begun", TITLE="題").returncode == 0
    done = project.run("export", STUDY="begun")
    assert done.returncode == 0, done.stderr
    made = project.folder / "exports" / "begun"
    assert {p.name for p in made.iterdir()} == {*FILES, "datapackage"} - {"codebook.qdc"}
    assert "codebook.qdc" not in (made / "README.md").read_text("utf-8")
    with closing(sqlite3.connect(made / "study.sqlite")) as file:
        assert file.execute("SELECT count(*) FROM statement_themes").fetchone() == (0,)


@pytest.mark.study
@pytest.mark.parametrize("study", sorted(p.parent.name for p in paths.RAW.glob("*/study.yaml")))
def test_every_study_of_the_project_is_exported(study):
    made = exports.files(study)
    themes = b"<Code " in made.get("codebook.qdc", b"")
    assert themes == (len(made["codebook.csv"].splitlines()) > 1)
    assert made["references.bib"].startswith(f"@misc{{{study},\n".encode())
    assert made["study.sqlite"].startswith(b"SQLite format 3\0")
