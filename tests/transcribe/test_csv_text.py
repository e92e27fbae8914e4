"""A study's files as spreadsheets save them: read, named, and written plainly by `make tidy`."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe import csv_text, load
from analysis.verify import verification_log, verify

pytestmark = pytest.mark.unit
HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"


def as_excel(text: str, columns: int = 0, rows: int = 0) -> bytes:
    """What Excel writes as "CSV UTF-8", with empty columns and rows that were once used."""
    lines = [line + "," * columns for line in text.removesuffix("\n").split("\n")]
    width = lines[0].count(",")
    return b"\xef\xbb\xbf" + "".join(f"{x}\r\n" for x in [*lines, *["," * width] * rows]).encode()


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(HARBOUR, tmp_path / "harbour"))


@pytest.mark.parametrize(
    ("word", "codec", "name", "sample"),
    [
        ("Düsseldorf", "cp1252", "Windows-1252", "Düsseldorf"),
        ("Hägerström", "cp1252", "Windows-1252", "Hägerström"),
        ("l’été", "cp1252", "Windows-1252", "l’été"),
        ("港湾", "cp932", "Shift_JIS", "港湾"),
        ("港", "cp932", "Shift_JIS", "港"),
        ("クラスター", "cp932", "Shift_JIS", "クラスター"),
        ("港湾の計画", "euc_jp", "EUC-JP", "港湾の計画"),
    ],
)
def test_another_encoding_is_refused_with_how_it_reads_and_the_command_that_mends_it(
    folder, word, codec, name, sample
):
    path = folder / "uncovered.csv"
    path.write_bytes(f"id,note\na,{word}\n".encode(codec))
    text, (problem,) = csv_text.read_text(path)
    assert text is None
    assert f"they read as {name}, here '{sample}'" in str(problem)
    assert str(problem).endswith(f"run make tidy STUDY=harbour FROM={codec}")
    assert csv_text.mended(path, codec).decode() == f"id,note\na,{word}\n"


@pytest.mark.parametrize("sign", csv_text.SEPARATORS)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_semicolons_and_tabs_are_mended_with_the_commas_in_their_cells(folder, sign, codec):
    path = folder / "uncovered.csv"
    path.write_bytes(f'id{sign}note\r\na{sign}one, two\r\nb{sign}"x{sign}y"\r\n'.encode(codec))
    assert csv_text.mended(path, "").decode() == f'id,note\na,"one, two"\nb,x{sign}y\n'


def test_cells_under_no_heading_are_refused(folder):
    path = folder / "uncovered.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",", lines[1] + ",more", *(f"{x}," for x in lines[2:])]), "utf-8")
    with pytest.raises(load.StudyError, match="found cells without a heading"):
        load.read(folder)


def test_an_empty_row_between_others_is_refused(folder):
    path = folder / "uncovered.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "", *lines[2:]]), "utf-8")
    with pytest.raises(load.StudyError, match="uncovered.csv:3: found an empty row"):
        load.read(folder)


def test_what_excel_saves_is_the_same_study_and_stays_verified(folder):
    study = load.read(folder)
    verification_log.write_record(verify.check(study, HARBOUR / "source.txt", today=date(2024, 5, 17)), study)
    for path in folder.glob("*.csv"):
        path.write_bytes(as_excel(path.read_text("utf-8"), columns=2, rows=3))
    (folder / "study.yaml").write_bytes(as_excel((folder / "study.yaml").read_text("utf-8")))
    saved = load.read(folder)
    for name, table in study.tables.items():
        assert table.equals(saved.tables[name]), name
    assert verification_log.state(saved).status == verification_log.Status.VERIFIED


def test_what_a_spreadsheet_added_is_named_once(folder):
    path = folder / "uncovered.csv"
    assert csv_text.added(path) == []
    path.write_bytes(as_excel(path.read_text("utf-8"), columns=2, rows=1))
    assert csv_text.added(path) == [
        "a byte order mark",
        "CRLF line ends",
        "2 empty columns at the end",
        "1 empty row at the end",
    ]


CELL = st.text(st.sampled_from('ab,";\n é神'), max_size=5)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=4).filter(lambda t: any(t[-1])),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_whatever_is_added_plain_is_the_file_that_was_saved(tmp_path_factory, table, columns, rows):
    table = [["id", "note"], *table]
    path = tmp_path_factory.getbasetemp() / "generated.csv"
    text = csv_text.written(table)
    wide = csv_text.written([[*row, *[""] * columns] for row in [*table, *[["", ""]] * rows]])
    for written in (wide.encode(), wide.replace("\n", "\r\n").encode("utf-8-sig")):
        path.write_bytes(written)
        assert csv_text.plain(path).decode() == text == csv_text.mended(path, "").decode()
