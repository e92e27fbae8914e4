"""A study in one workbook: what Excel did to it is refused or mended, and there and back is the identity."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from analysis import import_workbook
from analysis.transcribe import csv_text, schema, workbook, workbook_reading
from analysis.transcribe.problems import StudyError
from analysis.verify import passages
from workbooks import about, contents, there_and_back

pytestmark = pytest.mark.study
SOURCE = """\
1 Two towns

The town of Brell has had a harbour programme from 2010 to 2015, and its shipyards took part in it.
The town of Corvo has had none, although its college asked for one in June 2013 and in every year since.
Both towns would have to train their people together, as the evaluators of the programme wrote.
"""
ABOUT = """\
id: towns
title_ja: 二つの町
title_en: Two towns
authors: [{name_ja: 人, name_en: One}]
venue_ja: 誌
venue_en: Journal
year: 2020
language: en
rights_ja: 自由
rights_en: free
kind: document
normaliser: en-1
regions: [brell, corvo]
sections: [{id: "1", title: Two towns, title_en: Two towns}]
"""
TABLES = ("passages", "regions", "events", "issues", "themes", "codings")
FACTS = {"passages": "p1", "basis": "stated"}
NAMES = {"label_en_official": "no"}
ROWS = {
    "passages": [
        {
            "id": "p1",
            "words": "The town of Brell",
            "section": "1",
            "gist_ja": "ブレル",
            "gist_en": "On Brell",
        },
        {"words": "The town of Corvo has", "section": "1", "gist_ja": "コルヴォ", "gist_en": "On Corvo"},
    ],
    "regions": [
        {"id": name.lower(), "label_ja": name, "label_en": name, "name_ja": name, "name_en": name}
        | NAMES
        | FACTS
        for name in ("Brell", "Corvo")
    ],
    "events": [
        {"id": "asked", "date": "2013-06", "kind": "strategy", "label_ja": "要望", "label_en": "Asked"}
        | {"short_ja": "要望", "short_en": "Asked", "region": "corvo"}
        | NAMES
        | FACTS
    ],
    "issues": [
        {"scope": "common", "number": "1", "label_ja": "人材", "label_en": "People"}
        | {"short_ja": "人材", "short_en": "People"}
        | NAMES
        | FACTS
    ],
    "themes": [],
    "codings": [],
}


@pytest.fixture(scope="module")
def book():
    return schema.load()


@pytest.fixture
def folder(tmp_path, book) -> Path:
    """A study that has just been begun, with a few tables and no row."""
    made = tmp_path / "raw" / "towns"
    made.mkdir(parents=True)
    (made / "study.yaml").write_text(ABOUT, "utf-8")
    for name in TABLES:
        header = [each.name for each in book.tables[name].fields]
        (made / f"{name}.csv").write_text(csv_text.written([header]), "utf-8")
    return made


BEGUN: dict[str, bytes] = {}  # the workbook of the study that has just been begun: every test's is the same


def filled(folder: Path, book, **rows) -> Workbook:
    """The study's workbook, filled in as a transcriber does."""
    if not BEGUN:
        BEGUN["towns"] = workbook.write(folder, book, about(folder), "en")
    made = load_workbook(io.BytesIO(BEGUN["towns"]))
    for name, listed in (ROWS | rows).items():
        header = [cell.value for cell in made[name][1]]
        for number, cells in enumerate(listed, 2):
            for column, value in cells.items():
                made[name].cell(number, header.index(column) + 1, value)
    return made


def imported(folder: Path, made: Workbook, book, source: str | None = SOURCE) -> import_workbook.Imported:
    path = folder.parents[1] / "towns.xlsx"
    made.save(path)
    locate = partial(passages.propose, source, normaliser="en-1") if source else None
    return import_workbook.into(folder, path, book, "document", locate)


def refused(folder: Path, made: Workbook, book, source: str | None = SOURCE) -> list[str]:
    """The lines that an import is refused with; the study is as it was."""
    before = contents(folder)
    with pytest.raises(StudyError) as error:
        imported(folder, made, book, source)
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["towns"]
    return str(error.value).split("\n")


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "found"),
    [
        ("events!B2", "=A2", "date: found the formula '=A2', expected the value itself"),
        ("events!B2", "#REF!", "date: found '#REF!', the error of a spreadsheet"),
        ("events!B2", 39600, "date: found the number 39600, expected a date as text; write 2008-06-01"),
        ("events!B2", datetime(2013, 6, 13, 9, 30), "date: found the date 2013-06-13 shown as"),
        ("events!B2", time(9, 30), "date: found the time 09:30:00, expected text"),
        ("events!B2", "Jun-13", "date: found 'Jun-13'"),
        ("events!D2", True, "label_ja: found the logical value TRUE"),
        ("events!D2", date(2013, 6, 1), "label_ja: found the date 2013-06-01, which Excel made"),
        ("events!D2", 4.1, "label_ja: found the number 4.1, expected text (it may have lost a zero)"),
        ("events!C2", "flood", "kind: found 'flood', expected one of law, government"),
        (
            "events!J2",
            "corva",
            "region: found 'corva', expected an id of the sheet regions; did you mean corvo?",
        ),
        ("events!A1", "idd", "id: found no such column"),
        ("events!R4", "x", "found 'x', expected cells under a heading only; give the column a heading in R1"),
        ("regions!A3", "brell", "id: found 'brell', expected an id of its own (row 2 has it)"),
        ("passages!B3", "The town of Quell", "words: found 'The town of Quell', which is not in the source"),
        ("passages!B3", "The town of", "words: found 'The town of', more than once (line 3, 4)"),
        ("passages!B3", "1 Two towns", "words: found '1 Two towns', "),
    ],
)
def test_what_could_be_two_things_is_refused_with_its_cell_and_nothing_is_written(
    folder, book, cell, value, found
):
    made = filled(folder, book)
    sheet, _, place = cell.partition("!")
    made[sheet][place].value = value
    lines = refused(folder, made, book)
    assert any(line.startswith(f"towns.xlsx {cell}: {found}") for line in lines), lines


def test_first_words_without_a_source_are_refused_once_a_passage(folder, book):
    first, second = refused(folder, filled(folder, book), book, source=None)
    assert first.startswith("towns.xlsx passages!B2: words: found 'The town of Brell', expected the source")
    assert first.endswith("give it: SOURCE=paper.txt (or a PDF)")
    assert second.startswith("towns.xlsx passages!B3: ")


def test_an_empty_sheet_and_a_missing_heading_are_refused(folder, book):
    made = filled(folder, book)
    del made["themes"]
    made.create_sheet("themes")
    made["regions"].delete_cols(2)
    lines = refused(folder, made, book)
    assert any(line.startswith("towns.xlsx themes!A1: id: found no such column") for line in lines)
    assert any(line.startswith("towns.xlsx regions!A1: label_ja: found no such column") for line in lines)


def test_merged_cells_are_refused(folder, book):
    made = filled(folder, book)
    made["regions"].merge_cells("B2:B3")
    assert refused(folder, made, book)[0].startswith("towns.xlsx regions!B2:B3: found merged cells")


@pytest.mark.parametrize(
    ("shown", "day", "read"),
    [
        ("mmm-yy", date(2013, 6, 1), "2013-06"),
        ("yyyy/m/d", date(2013, 6, 13), "2013-06-13"),
        ('yyyy"年"m"月"', date(2013, 6, 1), "2013-06"),
        ("mmm-yy", date(2013, 6, 13), None),
        ("d-mmm", date(2013, 6, 13), None),
        ('m"月"d"日"', date(2013, 6, 13), None),
    ],
)
def test_a_date_is_read_as_it_is_shown_or_refused_where_its_year_is_not(folder, book, shown, day, read):
    made = filled(folder, book)
    made["events"]["B2"].value, made["events"]["B2"].number_format = day, shown
    if read is None:
        assert "write 2013-06-13, 2013-06 or 2013, whichever" in refused(folder, made, book)[0]
        return
    (line,) = imported(folder, made, book).mended
    assert line == f"towns.xlsx events!B2: date: the date {day} shown as {shown} read as {read}"
    assert f"\nasked,{read},strategy," in (folder / "events.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04", "BadZipFile on reading it"),
        (b"\xd0\xcf\x11\xe0", "one of Excel 97, or with a password"),
        (None, "no such file"),
    ],
)
def test_what_is_no_workbook_is_one_line(tmp_path, book, content, found):
    path = tmp_path / "towns.xlsx"
    if content:
        path.write_bytes(content)
    with pytest.raises(StudyError) as error:
        workbook_reading.read(path, book, "document")
    assert f"towns.xlsx: found {found}, expected an Excel workbook" in str(error.value)


def test_a_sheet_that_looks_like_a_table_is_refused_and_another_named(folder, book):
    made = filled(folder, book)
    made.create_sheet("My notes")["A1"] = "x"
    assert imported(folder, made, book).mended == ["towns.xlsx My notes: not a table of the schema, not read"]
    made["events"].title = "Events (2)"
    assert "found a sheet that is not read" in refused(folder, made, book)[0]


# --- what is mended and made --------------------------------------------------------------------


def test_a_study_is_made_of_its_workbook_with_passages_found_and_ids_made(folder, book):
    done = imported(folder, filled(folder, book), book)
    assert (done.kept, done.mended) == ([], [])
    first, second = csv_text.rows((folder / "passages.csv").read_text("utf-8"))[1:]
    print_ = passages.propose(SOURCE, "The town of Corvo", "en-1")[0].fingerprint
    assert (first.cells[0], second.cells[0]) == ("p1", f"p-{print_.sha256[:6]}")
    assert second.cells[-5:-2] == [print_.opening, str(print_.chars), print_.sha256]
    assert (folder / "issues.csv").read_text("utf-8").split("\n")[1].startswith("common-1,common,1,")


def test_a_second_import_changes_nothing(folder, book):
    imported(folder, filled(folder, book), book)
    assert imported(folder, filled(folder, book), book).changed == []


def test_numbers_wide_digits_blanks_and_empty_rows_are_mended_and_said(folder, book):
    events = [ROWS["events"][0] | {"id": f"asked-{n}"} for n in range(3)]
    events[0] |= {"date": 2013, "label_en": "Asked  "}
    events[1] |= {"date": 2013.0}
    made = filled(folder, book, events=[*events[:2], {}, events[2] | {"date": "２０１３－０６"}, {}])
    made["events"].cell(9, 20).number_format = "@"
    assert imported(folder, made, book).mended == [
        "towns.xlsx events!B2: date: the number 2013 read as text (and 2 more in this column)",
        "towns.xlsx events!E2: label_en: blanks at the ends left out",
        "towns.xlsx events!A4: empty, left out",
    ]
    dates = [row.cells[1] for row in csv_text.rows((folder / "events.csv").read_text("utf-8"))[1:]]
    assert dates == ["2013", "2013", "2013-06"]


def test_a_table_whose_sheet_is_gone_stays_as_it_is(folder, book):
    made = filled(folder, book)
    del made["codings"]
    assert imported(folder, made, book).kept == ["codings.csv"]
    assert (folder / "codings.csv").exists()


# --- the workbook -------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [("en", "Date in EDTF"), ("ja", "時期（EDTF）")])
def test_a_heading_explains_its_column_and_offers_what_may_stand_there(folder, book, language, said):
    content = workbook.write(folder, book, about(folder), language)
    assert content == workbook.write(folder, book, about(folder), language)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:  # no time of making, which a second later differs
        assert {entry.date_time[0] for entry in packed.infolist()} == {2000}
        assert set(re.findall(rb"\d{4}-\d\d-\d\d", packed.read("docProps/core.xml"))) == {b"2000-01-01"}
    made = load_workbook(io.BytesIO(content))
    assert made.sheetnames == ["passages", "regions", "events", "issues", "themes", "codings", "lists"]
    sheet = made["events"]
    assert said in sheet["B1"].comment.text
    assert sheet.freeze_panes == "B2"
    assert sheet.column_dimensions["B"].number_format == "@"
    offered = {
        str(rule.sqref).split("2:")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert (offered["C"], offered["J"]) == ("list_event_kind", "list_regions")
    assert [cell.value for cell in made["passages"][1]][1] == "words"


def test_a_list_offers_the_id_that_will_be_made(folder, book):
    made = filled(folder, book)
    column = next(cell.column for cell in made["lists"][1] if cell.value == "regions")
    assert made["lists"].cell(2, column).value == '=IF(regions!A2="","",regions!A2)'
    formula = workbook._id_formula("issues", {"scope": "issues!B2", "number": "issues!C2"})
    assert formula == 'IF(AND(issues!B2<>"",issues!C2<>""),LOWER(issues!B2&"-"&issues!C2),"")'
    formula = workbook._id_formula("phases", {"number": "phases!B2"})
    assert formula == 'IF(AND("phase"<>"",phases!B2<>""),LOWER("phase"&"-"&phases!B2),"")'


def test_every_table_stands_after_those_that_it_refers_to(book):
    order = workbook.in_order_of_work(book)
    assert sorted(order) == sorted(book.tables)
    for name in order:
        for target in set(workbook.targets(book, book.tables[name])) & set(book.tables) - {name}:
            assert order.index(target) < order.index(name), (name, target)


# --- there and back -----------------------------------------------------------------------------


@pytest.mark.parametrize("study", ["okamoto2020", "public-records"])
def test_a_study_comes_back_from_its_workbook_byte_by_byte(study, tmp_path):
    there_and_back(study, tmp_path)


WORDS = st.text(st.sampled_from("aZ09,;\"'\n é神ー（%_"), max_size=8).map(str.strip)
ROW = st.fixed_dictionaries({"date": WORDS, "kind": WORDS, "label_ja": WORDS, "note": WORDS})


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ROW, max_size=4))
def test_any_table_comes_back_from_its_sheet(folder, book, rows):
    header = [each.name for each in book.tables["themes"].fields]
    rows = [{"id": f"t-{n}", "label_en": row["date"], **row} for n, row in enumerate(rows)]
    text = csv_text.written([header, *([row.get(name, "") for name in header] for row in rows)])
    for file in folder.glob("*.csv"):
        file.unlink()
    (folder / "themes.csv").write_text(text, "utf-8")
    path = folder.parents[1] / "towns.xlsx"
    path.write_bytes(workbook.write(folder, book, about(folder), "en"))
    sheet = workbook_reading.read(path, book, "document").sheets["themes"]
    assert import_workbook._file(sheet, book).text == text


# --- the source beside the tables ---------------------------------------------------------------


def test_first_words_are_chosen_from_the_sentences_of_the_source_and_never_imported(folder, book):
    found = passages.propose_all(SOURCE, "en-1", {"1": "Two towns"})
    sentences = [(each.section, each.page, each.text) for each in found]
    made = load_workbook(io.BytesIO(workbook.write(folder, book, about(folder), "en", sentences)))
    sheet = made[workbook.SENTENCES]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["1", "1", "1"]
    offered = {str(rule.sqref): rule.formula1 for rule in made["passages"].data_validations.dataValidation}
    assert f"{workbook.SENTENCES}!$C$2:$C$4" in offered.values()
    header = [cell.value for cell in made["passages"][1]]
    cells = {"words": sheet["C3"].value, "section": "1", "gist_ja": "コルヴォ", "gist_en": "On Corvo"}
    for column, value in cells.items():
        made["passages"].cell(2, header.index(column) + 1, value)
    for name in ("regions", "events", "issues", "themes", "codings"):
        del made[name]
    made.save(folder.parents[1] / "chosen.xlsx")
    reading = workbook_reading.read(folder.parents[1] / "chosen.xlsx", book, "document")
    assert list(reading.sheets) == ["passages"] and not reading.problems
    ((_, row),) = reading.sheets["passages"].rows
    (proposal,) = passages.propose(SOURCE, row["words"], "en-1")
    assert proposal.fingerprint == found[1].fingerprint
