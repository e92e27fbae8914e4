"""Reading a study: whatever is wrong is refused, each thing in one line; what is right is read."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import paths
from analysis.transcribe import csv_table, csv_text, load, schema, study_yaml
from analysis.transcribe.problems import LONGEST, Problem, StudyError, visible

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"
Break = tuple[str, str, str, str, str]  # table, id of the row, column, what is typed, what is said
LINE = re.compile(r"(?P<file>.+?)(:(?P<line>\d+))?: (?P<rest>.*found .+, expected .+; .+)")


@dataclass(frozen=True)
class Copy:
    """A copy of the synthetic study, to break."""

    folder: Path

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def rows(self, table: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.path(table).read_text("utf-8"))))

    def write(self, table: str, rows: list[list[str]]) -> None:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(rows)
        self.path(table).write_text(written.getvalue(), "utf-8")

    def set(self, table: str, row: str, column: str, value: str) -> None:
        """Put a value into the cell of a row, which its id names."""
        rows = self.rows(table)
        found = next(cells for cells in rows if cells[0] == row)
        found[rows[0].index(column)] = value
        self.write(table, rows)

    def add(self, table: str, column: str) -> None:
        """Give a table an optional column, empty."""
        names, *rows = self.rows(table)
        self.write(table, [[*names, column], *([*row, ""] for row in rows)])

    def drop(self, table: str, column: str) -> None:
        rows = self.rows(table)
        position = rows[0].index(column)
        self.write(table, [row[:position] + row[position + 1 :] for row in rows])

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def transcode(self, name: str, change: Callable[[str], bytes]) -> None:
        path = self.folder / name
        path.write_bytes(change(path.read_text("utf-8")))

    def problems(self) -> list[str]:
        """The problems that reading the study raises, as the user sees them, without the folder."""
        with pytest.raises(StudyError) as raised:
            load.read(self.folder)
        lines = str(raised.value).split("\n")
        assert len(lines) == len(raised.value.problems)
        assert all(LINE.fullmatch(line) for line in lines), lines
        assert all(line.isprintable() for line in lines)
        return [line.replace(f"{self.folder}{os.sep}", "") for line in lines]

    def problem(self) -> str:
        (only,) = self.problems()
        return only

    def refuses(self, breaks: list[Break]) -> None:
        """Break many cells at once; each is refused at its place, and nothing else is."""
        places = {}
        for table, row, column, typed, found in breaks:
            line = 1 + [cells[0] for cells in self.rows(table)].index(row)
            places[f"{table}.csv:{line}: {column}: "] = found
            self.set(table, row, column, typed)
        assert len(places) == len(breaks), "a cell is broken twice"
        problems = self.problems()
        for place, found in places.items():
            said = [line for line in problems if line.startswith(place)]
            assert len(said) == 1, (place, problems)
            assert found in said[0]
        assert len(problems) == len(breaks), problems


@pytest.fixture
def study(tmp_path):
    shutil.copytree(HARBOUR, tmp_path / "harbour")
    return Copy(tmp_path / "harbour")


# --- files --------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StudyError, match="found no such folder"):
        load.read(tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder_is_refused(study):
    with pytest.raises(StudyError, match="found a file, expected a folder"):
        load.read(study.path("phases"))


def test_a_document_without_passages_is_refused_once(study):
    study.path("passages").unlink()
    assert study.problem().startswith("passages.csv: found no such file")


def test_a_passages_table_without_rows_is_refused(study):
    study.write("passages", study.rows("passages")[:1])
    assert study.problems()[0].startswith("passages.csv: found no rows")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("phase.csv", "phases.csv"),
        ("Phases.csv", "phases.csv"),
        ("phases.tsv", "phases.csv"),
        ("phases.xlsx", "make import STUDY=harbour WORKBOOK=phases.xlsx"),
        ("all.xlsx", "make import STUDY=harbour WORKBOOK=all.xlsx"),
        ("all.ods", "save it out of the folder as all.xlsx"),
        ("zzz.csv", "remove it"),
    ],
)
def test_a_file_that_looks_like_a_table_and_is_not_read_is_refused(study, name, hint):
    study.folder.joinpath(name).write_text("id\n", "utf-8")
    problem = study.problem()
    assert problem.startswith(f"{name}: found a file that is not read")
    assert hint in problem


def test_a_folder_in_place_of_a_table_is_refused(study):
    study.path("themes").unlink()
    study.path("themes").mkdir()
    assert "themes.csv: found a folder, expected a file" in study.problem()


def test_a_pipe_in_place_of_a_table_is_refused_and_not_waited_for(study):
    study.path("uncovered").unlink()
    os.mkfifo(study.path("uncovered"))
    assert "uncovered.csv: found a pipe" in study.problem()


@pytest.mark.parametrize("name", ["uncovered.csv", "study.yaml"])
def test_a_link_that_leaves_the_folder_is_refused(study, name, tmp_path):
    study.folder.joinpath(name).rename(tmp_path / name)
    study.folder.joinpath(name).symlink_to(tmp_path / name)
    assert study.problem().startswith(f"{name}: found a link that leaves the folder")


def test_a_link_to_nothing_is_refused(study):
    study.path("uncovered").unlink()
    study.path("uncovered").symlink_to("elsewhere.csv")
    assert "a broken link" in study.problem()


def test_a_link_inside_the_folder_is_read(study):
    study.path("uncovered").rename(study.folder / "uncovered.txt.kept")
    study.path("uncovered").symlink_to("uncovered.txt.kept")
    assert len(load.read(study.folder).tables["uncovered"]) == 3


def test_an_empty_file_is_refused(study):
    study.path("uncovered").write_bytes(b"")
    assert study.problem().startswith("uncovered.csv: found an empty file")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda text: text.encode("cp932"), "not UTF-8 (they read as Shift_JIS, here"),
        (lambda text: text.encode("euc_jp"), "not UTF-8"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-"),
        (lambda text: text.replace("\n", "\r").encode(), "CR characters"),
        (lambda text: b"PK\x03\x04" + text.encode(), "a spreadsheet"),
    ],
)
@pytest.mark.parametrize("name", ["institutions.csv", "study.yaml"])
def test_a_file_that_is_not_plain_utf_8_is_refused_once(study, name, change, found):
    study.transcode(name, change)
    _, problems = csv_text.read_text(study.folder / name)
    assert [found in str(problem) for problem in problems] == [True]


def test_a_table_and_a_study_yaml_that_are_not_plain_utf_8_are_refused_together(study):
    study.transcode("regions.csv", lambda text: text.encode("cp932"))
    study.transcode("institutions.csv", lambda text: text.replace("\n", "\r").encode())
    study.transcode("study.yaml", lambda text: text.encode("utf-16"))
    yaml, regions, institutions = study.problems()
    assert yaml.startswith("study.yaml: found UTF-16")
    assert regions.startswith("regions.csv:2: found bytes that are not UTF-8")
    assert institutions.startswith("institutions.csv:1: found CR characters")


def test_the_line_of_the_first_wrong_byte_is_named(study):
    rows = study.path("institutions").read_bytes().split(b"\n")
    rows[3] += b"\x83\x89"
    study.path("institutions").write_bytes(b"\n".join(rows))
    assert study.problem().startswith("institutions.csv:4: found bytes that are not UTF-8")


# --- rows and columns ---------------------------------------------------------------------------


def test_an_unknown_column_is_refused_with_the_nearest_one(study):
    study.replace("phases.csv", "trigger_ja", "triger_ja")
    missing, unknown = study.problems()
    assert missing.startswith("phases.csv:1: trigger_ja: found no such column")
    assert unknown.startswith("phases.csv:1: triger_ja: found an unknown column")
    assert "did you mean trigger_ja?" in unknown


@pytest.mark.parametrize("column", ["period", "note", "passages", "basis"])
def test_a_missing_column_is_refused_once(study, column):
    study.drop("phases", column)
    assert study.problem().startswith(f"phases.csv:1: {column}: found no such column")


def test_a_missing_id_column_makes_no_references_dangle(study):
    study.drop("regions", "id")
    assert study.problem().startswith("regions.csv:1: id: found no such column")


def test_a_column_twice_is_refused(study):
    study.write("phases", [[*row, row[1]] for row in study.rows("phases")])
    assert study.problem().startswith("phases.csv:1: number: found the column twice")


def test_columns_in_another_order_are_read_in_the_schema_s(study):
    study.write("phases", [row[::-1] for row in study.rows("phases")])
    expected = [field.name for field in schema.load().tables["phases"].fields]
    assert list(load.read(study.folder).tables["phases"].columns) == expected


def test_semicolons_are_refused_once(study):
    study.transcode("phases.csv", lambda text: text.replace(",", ";").encode())
    assert "found columns separated by semicolons, expected commas" in study.problem()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda line: line + ",more", "14 cells, expected 13 cells"),
        (lambda line: line.rsplit(",", 1)[0], "12 cells, expected 13 cells"),
        (lambda line: "", "an empty row"),
        (lambda line: "," * 11, "an empty row"),
        (lambda line: line.replace("no,", '"n"o,', 1), "a quote out of place"),
        (lambda line: line.replace("no,", 'n"o,', 1), "a quote out of place"),
    ],
)
def test_a_row_whose_cells_cannot_be_told_apart_is_refused_once(study, change, found):
    lines = study.path("phases").read_text("utf-8").split("\n")
    lines[3] = change(lines[3])
    study.path("phases").write_text("\n".join(lines), "utf-8")
    problem = study.problem()
    assert problem.startswith("phases.csv:4: ")
    assert found in problem


def test_a_quote_that_is_never_closed_is_found_where_it_opens(study):
    study.replace("phases.csv", "phase-5,5,", 'phase-5,5,"')
    assert study.problem().startswith("phases.csv:6: label_ja: found a quote out of place")


def test_lines_are_counted_as_an_editor_does_below_a_cell_of_many_lines(study):
    study.set("statements", "three-cases", "statement_en", "One\ntwo\nthree")
    study.set("statements", "three-cases", "note", "a\x01")
    study.set("statements", "generalise", "stance", "hope")
    first, last = study.problems()
    lines = study.path("statements").read_text("utf-8").split("\n")
    assert int(LINE.fullmatch(first)["line"]) == next(
        number for number, line in enumerate(lines, 1) if "\x01" in line
    )
    assert int(LINE.fullmatch(last)["line"]) == len(lines) - 1


@given(
    st.lists(
        st.lists(st.text(st.sampled_from('a,"\n é神'), max_size=6), min_size=2, max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_what_a_csv_writer_writes_is_read_back_with_the_lines_it_stands_in(rows):
    written, starts = io.StringIO(), []
    for row in rows:
        starts.append(written.getvalue().count("\n") + 1)
        csv.writer(written, lineterminator="\n").writerow(row)
    read = list(csv_text.split(written.getvalue()))
    assert [row.cells for row in read] == rows
    assert [row.line for row in read] == starts
    assert not any(row.broken for row in read)


# --- characters ---------------------------------------------------------------------------------


def said(cell: str, column: str = "phases.trigger_en") -> str:
    """What is wrong with the characters of a cell of a column, as one text."""
    table, name = column.split(".")
    wrong = csv_table.fault(cell, schema.load().tables[table].field(name))
    return str(Problem("x.csv", 2, name, wrong.found, wrong.expected, wrong.advice)) if wrong else ""


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://example.org","x")', "+1", "-1 of them", "@name", "＝1+1", "－1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused(cell):
    assert "which a spreadsheet would run as a formula" in said(cell)


@pytest.mark.parametrize(
    ("cell", "column", "hint"),
    [
        ("ﾊｲﾃｸ計画", "events.label_ja", "write 'ハイテク計画'"),
        ("ﾊﾞｲｵ", "events.label_ja", "write 'バイオ'"),
        (
            "K\u043ebe",
            "phases.trigger_en",
            "U+043E (CYRILLIC SMALL LETTER O) in 'K\u043ebe', expected words of one script; write 'Kobe'",
        ),
        (
            "K\u03bfbe",
            "phases.trigger_en",
            "U+03BF (GREEK SMALL LETTER OMICRON) in 'K\u03bfbe', expected words of one script; write 'Kobe'",
        ),
        ("\u0391\u0392C", "phases.trigger_ja", "write 'ABC'"),
        (
            "K\u0436be",
            "phases.trigger_en",
            "U+0436 (CYRILLIC SMALL LETTER ZHE) in 'K\u0436be', expected words of one script; type the word in one script",
        ),
        (
            "ナノ\u00b7テク",
            "phases.trigger_ja",
            "U+00B7 (MIDDLE DOT) in 'ナノ\u00b7テク', expected the Japanese middle dot ・; write 'ナノ・テク'",
        ),
        ("ナノ\u2027テク", "phases.trigger_ja", "U+2027 (HYPHENATION POINT)"),
        (
            "産\u2022官",
            "phases.trigger_ja",
            "U+2022 (BULLET) in '産\u2022官', expected the Japanese middle dot ・; write '産・官'",
        ),
        ("産\u2022官" * 30, "phases.trigger_ja", "type ・ there"),
        ("Ｋｏｂｅ（２）", "phases.trigger_en", "U+FF2B (FULLWIDTH LATIN CAPITAL LETTER K)"),
        (
            "Ｋｏｂｅ（２）",
            "phases.trigger_en",
            "expected letters and digits of common width; write 'Kobe(2)'",
        ),
    ],
)
def test_a_character_that_looks_like_another_is_refused_with_what_to_write(cell, column, hint):
    assert hint in said(cell, column)


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        (
            "\u039a\u039f\u0392\u0395 and NF\u03baB",
            "phases.trigger_en",
        ),  # a word all in Greek; kappa in a Latin one
        ("a\u00b7b", "phases.trigger_ja"),
        ("ナノ\u00b7テク", "phases.label_ja"),  # a name stands as the source has it
        ("「ＩＴ革命」", "phases.trigger_en"),  # quoted Japanese
        ("ＩＴ", "phases.trigger_ja"),
    ],
)
def test_a_character_that_may_be_meant_is_let_through(cell, column):
    assert said(cell, column) == ""


@pytest.mark.parametrize("table", ["events", "phases", "issues"])
def test_a_table_whose_language_headings_are_swapped_is_refused(study, table):
    text = study.path(table).read_text("utf-8")
    header, rest = text.split("\n", 1)
    swapped = header.replace("label_ja", "x").replace("label_en,", "label_ja,").replace("x", "label_en")
    study.path(table).write_text(f"{swapped}\n{rest}", "utf-8")
    said = study.problems()
    assert any("label_en: " in line and "expected English" in line for line in said)


def test_a_japanese_column_in_english_throughout_is_refused_once(study):
    for row in study.rows("events")[1:]:
        study.set("events", row[0], "label_ja", "Port Renewal of the bay")
    assert "no Japanese in" in study.problem()


def test_names_in_latin_letters_and_quoted_words_are_right_in_either_language(study):
    study.set("events", "screening", "label_ja", "KBIC")
    study.set("events", "screening", "label_en", "Screening (行政点検)")
    load.read(study.folder)


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "########"])
def test_the_error_of_a_spreadsheet_is_no_value_in_any_column(study, cell):
    study.set("events", "screening", "label_ja", cell)
    assert "the error of a spreadsheet, expected the value itself" in study.problem()


def test_a_date_as_japanese_papers_print_it_is_refused_with_its_edtf(study):
    study.set("events", "screening", "date", "平成16年度")
    assert study.problem().endswith("; write FY2004")


@pytest.mark.parametrize(
    "character", [*"\0\t\r\x07\x1b\x85", "\u200b", "\u2028", "\ufeff", "\u202e", "\ue000", "\ufffd"]
)
def test_a_character_that_cannot_be_seen_is_refused_and_shown_by_its_code(character):
    assert f"found U+{ord(character):04X}" in said(f"The{character} Act")
    assert said(f"The{character} Act").isprintable()


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("神\u2f3e", "神戸"),
        ("\u2f63産", "生産"),
        ("\ufa19戸", "神戸"),
        ("\uf9dc", "\u9686"),
        ("\u2ee9", "黄"),
        ("か\u3099", "が"),
        ("\U0002f800", "\u4e3d"),
    ],
)
def test_a_character_that_only_looks_right_is_refused_with_the_right_one(cell, hint):
    assert said(f"港{cell}").endswith(f"write '港{hint}'")


@pytest.mark.parametrize("character", "﨑塚神戶髙𠮷ヴ①")
def test_a_character_of_a_japanese_name_is_read_as_it_is(character):
    assert said(character) == ""


@pytest.mark.parametrize(
    ("column", "typed", "hint"),
    [
        ("phases.id", "phase-２", "phase-2"),
        ("phases.id", "ｐhase-2", "phase-2"),
        ("phases.id", "phase\u20102", "phase-2"),
        ("phases.period", "１９８８-04", "1988-04"),
        ("phases.number", "２", "2"),
        ("stages.phase", "phase-２", "phase-2"),
        ("stages.passages", "s2-１0", "s2-10"),
        ("evaluations.grade", "Ｓ", "S"),
        ("evaluations.grade", "Ａ－", "A-"),
        ("events.kind", "ｂudget", "budget"),
        ("passages.section", "２", "2"),
        ("regions.inferred", "ｏrigin", "origin"),
    ],
)
def test_full_width_letters_and_digits_in_ids_and_values_are_refused(column, typed, hint):
    assert "expected ASCII" in said(typed, column)
    assert said(typed, column).endswith(f"write {hint}")


@pytest.mark.parametrize("cell", [" renewal", "renewal ", "\u3000renewal", "renewal\n"])
def test_white_space_at_the_end_of_a_cell_is_refused(cell):
    assert said(cell).endswith("expected no white space at either end; write 'renewal'")


def test_every_cell_of_every_table_is_held_to_its_characters(study):
    study.refuses(
        [
            ("phases", "phase-2", "trigger_en", "=1", "formula"),
            ("phases", "phase-3", "trigger_en", "\t=1", "U+0009"),
            ("phases", "phase-4", "trigger_en", "a\0b", "found U+0000 (NUL) in 'a\\x00b'"),
            ("phases", "phase-5", "period", "２００８-10/2015-06", "write 2008-10/2015-06"),
            ("regions", "aoura", "label_ja", "\u2fad浦地域", "write '青浦地域'"),
            ("themes", "people", "label_ja", "人材 ", "white space"),
            ("passages", "s2-01", "gist_ja", "神\u2f3e", "write '神戸'"),
            ("evaluations", "aoura-wind-final", "conducted", "２０１５-03", "write 2015-03"),
        ]
    )


def test_an_id_with_a_full_width_digit_is_refused_and_names_nothing(study):
    study.set("phases", "phase-2", "id", "phase-２")
    first, second = study.problems()
    assert first.endswith("write phase-2")
    assert second.startswith("stages.csv:2: phase: found 'phase-2', expected an id of phases.csv")


def test_a_cell_of_ten_megabytes_is_refused_in_one_short_line(study):
    study.set("statements", "three-cases", "note", "港" * 3_500_000)
    problem = study.problem()
    assert problem.startswith("statements.csv:5: note: found '港港")
    assert "(3500000 characters), expected at most 20000 characters" in problem
    assert len(problem) < 300


def test_a_file_that_no_transcription_fills_is_refused_unread(study):
    study.path("statements").write_bytes(b"a" * (17 * 2**20))
    assert study.problems()[0].startswith("statements.csv: found more than 16 MB")


def test_a_file_of_nothing_but_commas_is_refused_with_a_list_that_ends(study):
    with study.path("uncovered").open("a", encoding="utf-8") as file:
        file.write(",x\n" * 5000)
    problems = study.problems()
    assert len(problems) == load.MOST + 1
    assert "4,000 problems more" in problems[-1]


MINUS = ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\ufe63", "\uff0d"]


@pytest.mark.parametrize("dash", ["-", *MINUS, "\u30fc", "\uff70"])
def test_a_minus_typed_with_any_dash_is_the_same_grade(dash):
    assert csv_table.with_ascii_minus(f"A{dash}") == "A-"


def test_a_grade_and_its_scale_agree_whatever_dash_each_was_typed_with(study):
    study.set("scales", "harbour-a", "grade", "A\u2013")
    study.set("evaluations", "aoura-wind-final", "grade", "Aー")
    tables = load.read(study.folder).tables
    assert "A-" in set(tables["evaluations"]["grade"])
    assert "A-" in set(tables["scales"]["grade"])


def test_a_lone_dash_is_a_grade_where_its_scale_has_it(study):
    study.set("scales", "harbour-d", "grade", "-")
    study.set("evaluations", "todaimisaki-market-final", "grade", "\u2212")
    grades = load.read(study.folder).tables["evaluations"].set_index("id")["grade"]
    assert grades["todaimisaki-market-final"] == "-"


def test_what_only_resembles_a_grade_is_refused(study):
    finals = [row[0] for row in study.rows("evaluations")[1:]]
    for grades in (["A\u00ad", "A--", "-A", "=A"], ["a", "AA", "ー", "A \u2212"]):
        rows = [row for row in finals if "final" in row][:4]
        study.refuses(
            [("evaluations", row, "grade", grade, "found") for row, grade in zip(rows, grades, strict=True)]
        )


@given(st.text(st.characters(codec="utf-8"), max_size=8))
def test_a_cell_that_is_let_through_can_be_seen_and_is_not_a_look_alike(cell):
    if csv_table.fault(cell) is None:
        assert unicodedata.normalize("NFC", cell) == cell
        assert all(letter.isprintable() or letter in "\n\u3000\u00a0" or letter.isspace() for letter in cell)
        assert not re.search("[\u2e80-\u2fdf]", cell)


# --- values -------------------------------------------------------------------------------------


def test_a_duplicate_id_is_refused_with_the_line_that_has_it(study):
    study.set("phases", "phase-3", "id", "phase-2")
    assert study.problem() == (
        "phases.csv:4: id: found 'phase-2', expected an id of its own (line 3 has it); give one another id"
    )


def test_an_id_that_names_nothing_is_refused_with_the_nearest_one(study):
    study.refuses(
        [
            (
                "stages",
                "quay",
                "phase",
                "phase-9",
                "expected an id of phases.csv; did you mean phase-",
            ),
            ("stages", "quay", "plan", "plan1", "did you mean plan-1?"),
            ("programmes", "linkage", "successor_of", "renewals", "did you mean renewal?"),
            ("projects", "aoura-wind", "region", "oura", "did you mean aoura?"),
            ("evaluations", "aoura-wind-final", "scale", "harbor", "did you mean harbour?"),
            ("assessments", "aoura-issue-1-2022", "statement", "aoura-funds", "aoura-fund?"),
            ("assessments", "aoura-issue-2-2022", "issue", "aoura-issue-3", "aoura-issue-"),
            ("codings", "aoura-issue-1-funding", "theme", "fund", "did you mean funding?"),
            ("codings", "aoura-issue-2-people", "record", "aoura-isue-2", "aoura-issue-2?"),
            ("statements", "wind-funding", "subject", "wind-final", "aoura-wind-final?"),
            ("statements", "market-ageing", "subject", "aoura", "an id of evaluations.csv"),
            ("statements", "hatano-links", "reference", "ref-1 ref-7", "found 'ref-7'"),
            ("statements", "three-cases", "subject", "Case selection", "expected a topic"),
            ("issues", "aoura-issue-1", "scope", "shared", "expected common or an id of regions"),
            (
                "phases",
                "phase-2",
                "passages",
                "s2-02 s2-99",
                "found 's2-99', expected an id of pass",
            ),
            ("phases", "phase-3", "passages", "s2-02  s2-13", "single spaces"),
            ("phases", "phase-4", "passages", "s2-02 s2-02", "write s2-02"),
            ("uncovered", "uncovered-again", "repeats", "hatano", "did you mean hatano-links?"),
            ("uncovered", "uncovered-title", "repeats", "hatano-links", "a record exactly where"),
            ("passages", "s2-01", "section", "9", "a section of study.yaml (one of title, 1, 2"),
        ]
    )


def test_what_is_said_elsewhere_is_named(study):
    study.set("uncovered", "uncovered-again", "repeats", "")
    assert "repeats: found an empty cell, expected a record exactly where" in study.problem()


def test_a_value_that_its_column_does_not_allow_is_refused(study):
    study.refuses(
        [
            ("phases", "phase-1", "period", "FY11", "four digits"),
            ("phases", "phase-2", "period", "2011-13", "write 2011/2013"),
            (
                "phases",
                "phase-3",
                "period",
                "1994-12/1988-04",
                "a period that ends after it starts",
            ),
            ("phases", "phase-4", "period", "1988-04/1994-1", "EDTF"),
            ("phases", "phase-5", "period", "", "expected a value"),
            ("phases", "phase-1", "number", "2.0", "expected a whole number"),
            ("phases", "phase-2", "number", "1_0", "expected a whole number"),
            ("phases", "phase-3", "number", "02", "expected a whole number"),
            ("phases", "phase-4", "number", "0", "expected a number of 1 or more"),
            ("phases", "phase-3", "id", "Phase 3", "letters and digits joined by hyphens"),
            ("phases", "phase-1", "label_en_official", "maybe", "expected one of yes, no"),
            ("phases", "phase-1", "label_ja", "港" * 201, "expected at most 200 characters"),
            ("phases", "phase-1", "passages", "", "expected a value"),
            ("phases", "phase-1", "basis", "guessed", "expected one of stated, inferred"),
            ("phases", "phase-2", "inferred", "number", "expected nothing where basis is stated"),
            ("passages", "s2-01", "opening", "港町", "expected at least 6 characters"),
            ("passages", "s2-01", "chars", "29", "expected a number of 30 or more"),
            ("passages", "s2-01", "sha256", "abc", "expected text of the form [0-9a-f]{64}"),
            ("passages", "s2-01", "page", "1M", "expected text of the form [0-9]+[LR]?"),
            ("evaluations", "aoura-wind-final", "kind", "mid-term", "did you mean midterm?"),
            ("regions", "aoura", "inferred", "origen", "did you mean origin?"),
            ("regions", "shiomi", "inferred", "passages", "expected columns of regions"),
            ("regions", "todaimisaki", "note", "", "expected how it was inferred"),
        ]
    )


def test_a_number_that_another_row_has_is_refused_with_its_line(study):
    study.set("phases", "phase-3", "number", "2")
    assert study.problem().startswith(
        "phases.csv:4: number: found '2', expected a number of its own (line 3 has it)"
    )


@pytest.mark.parametrize(
    "values", [("1e3", "NaN", "INF"), ("1,000", "1_000", "007"), ("50%", "--1", "1.0000001")]
)
def test_a_number_that_would_be_read_as_another_is_refused(study, values):
    rows = ["aoura-firms", "shiomi-employees", "todaimisaki-cold-stores"]
    study.refuses(
        [("indicators", row, "value", typed, typed) for row, typed in zip(rows, values, strict=True)]
    )


@pytest.mark.parametrize(
    ("region", "programme", "line"),
    [
        (
            "",
            "",
            "region: found no region, expected what the figure is about; name a region, a programme or a project",
        ),
        (
            "aoura",
            "renewal",
            "programme: found 'aoura and renewal', expected a region, a programme or a project, not both",
        ),
    ],
)
def test_a_figure_of_nothing_or_of_two_things_is_refused(study, region, programme, line):
    study.add("indicators", "programme")
    study.set("indicators", "aoura-firms", "region", region)
    study.set("indicators", "aoura-firms", "programme", programme)
    assert study.problem().startswith(f"indicators.csv:2: {line}")


def test_a_figure_may_be_of_a_programme(study):
    study.add("indicators", "programme")
    study.set("indicators", "aoura-firms", "region", "")
    study.set("indicators", "aoura-firms", "programme", "renewal")
    found = load.read(study.folder).tables["indicators"].set_index("id").loc["aoura-firms"]
    assert (found["region"], found["programme"]) == ("", "renewal")


@pytest.mark.parametrize(
    ("lower", "upper", "line"),
    [
        ("99999", "", "lower: found '99999', expected at most"),
        ("", "0.5", "upper: found '0.5', expected at least"),
        ("some", "", "lower: found 'some', expected a number such as 12.5"),
    ],
)
def test_bounds_that_do_not_hold_the_value_are_refused(study, lower, upper, line):
    for column, cell in (("lower", lower), ("upper", upper)):
        study.add("indicators", column)
        study.set("indicators", "aoura-firms", column, cell)
    assert study.problem().startswith(f"indicators.csv:2: {line}")


@pytest.mark.parametrize(("column", "cell"), [("unit", "thousand firms"), ("price_base", "current")])
def test_a_measure_in_two_units_or_prices_is_refused(study, column, cell):
    study.add("indicators", "price_base")
    rows = load.read(study.folder).tables["indicators"]
    other = rows["id"].iloc[1]
    measure = rows.set_index("id").at["aoura-firms", "measure"]
    study.set("indicators", other, "measure", measure)
    study.set("indicators", other, "unit", rows.set_index("id").at["aoura-firms", "unit"])
    study.set("indicators", other, column, cell)
    found = study.problem()
    assert found.startswith(f"indicators.csv:3: {column}: found '{cell}', expected")
    assert "as in line 2 of" in found


def test_a_price_base_is_current_or_names_its_year(study):
    study.add("indicators", "price_base")
    study.set("indicators", "aoura-firms", "price_base", "2015")
    assert study.problem().startswith("indicators.csv:2: price_base: found '2015'")


def test_a_negative_number_is_no_formula(study):
    study.set("indicators", "aoura-firms", "value", "-1.5")
    values = load.read(study.folder).tables["indicators"].set_index("id")["value"]
    assert values["aoura-firms"] == -1.5


# --- grades and order ---------------------------------------------------------------------------


def test_a_grade_its_scale_and_its_status_agree(study):
    status = {row[0]: row[-6] for row in study.rows("evaluations")}
    assert status["aoura-slipway-final"] == "reported"
    study.refuses(
        [
            (
                "evaluations",
                "aoura-wind-final",
                "grade",
                "E",
                "one of S, A, B, C, D (scale harbour)",
            ),
            (
                "evaluations",
                "aoura-slipway-final",
                "grade",
                "",
                "a grade where grade_status is rep",
            ),
            ("evaluations", "shiomi-specimens-final", "scale", "", "a scale where grade_status is"),
            (
                "evaluations",
                "shiomi-kitchen-midterm",
                "grade",
                "A",
                "no grade where grade_status is",
            ),
        ]
    )


def test_a_grade_that_is_said_not_to_be_reported_is_refused(study):
    study.set("evaluations", "aoura-wind-final", "grade_status", "not_reported")
    assert "found 'A', expected no grade where grade_status is not_reported" in study.problem()


@pytest.mark.parametrize(
    ("column", "cell", "found"),
    [
        ("rank", "1", "expected a rank that the scale has once (line 2 has it)"),
        ("complete", "no", "as in the other rows of the scale"),
        ("label_en", "Another scale", "as in the other rows of the scale"),
    ],
)
def test_the_rows_of_a_scale_agree(study, column, cell, found):
    study.set("scales", "harbour-a", column, cell)
    problem = study.problem()
    assert problem.startswith(f"scales.csv:3: {column}: found")
    assert found in problem


def test_what_comes_later_is_not_dated_before_what_comes_first(study):
    study.refuses(
        [
            ("plans", "plan-1", "decided", "2005-02", "not after FY1990/FY1999 (period)"),
            ("projects", "shiomi-specimens", "adopted", "2009-01", "not after FY2003/FY2007"),
            (
                "evaluations",
                "aoura-wind-final",
                "published",
                "2014",
                "not before 2015-03 (conducted)",
            ),
            ("evaluations", "todaimisaki-cold-final", "conducted", "2003-03", "not before FY2004"),
            ("assessments", "aoura-issue-1-2022", "assessed", "2015", "not before 2016 (raised"),
        ]
    )


def test_dates_are_compared_no_more_finely_than_they_are_known(study):
    study.set("evaluations", "aoura-wind-final", "published", "2015")
    assert load.read(study.folder).tables["evaluations"]["published"].iloc[2] == "2015"


@pytest.mark.parametrize("table", ["codings", "participations"])
def test_a_row_that_says_what_another_says_is_refused(study, table):
    first, *rows = study.rows(table)
    study.write(table, [first, *rows, ["another", *rows[0][1:]]])
    assert "expected a row that says something new (line 2 says the same)" in study.problem()


def test_a_participation_names_the_region_of_its_project(study):
    study.set("participations", "aoura-wind-shinonome-power", "region", "shiomi")
    assert "expected aoura, the region of aoura-wind" in study.problem()


def test_the_same_piece_of_the_source_is_one_passage(study):
    fingerprint = study.rows("passages")[1][9]
    study.set("passages", "s1-01", "sha256", fingerprint)
    assert "expected a passage of its own (line 2 has this fingerprint)" in study.problem()


def test_a_work_found_elsewhere_says_where(study):
    study.set("references", "ref-3", "identified", "found")
    assert study.problem().startswith("references.csv:4: address: found an empty cell")


# --- study.yaml ---------------------------------------------------------------------------------


def test_a_study_without_study_yaml_is_refused(study):
    study.folder.joinpath("study.yaml").rename(study.folder / "study.yml")
    assert study.problem().startswith("study.yaml: found no such file")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("title_en: Forty", "title_en: [Forty", "expected YAML"),
        ("year: 2022\n", "", "year: found no such key, expected a year with four digits"),
        ("year: 2022", 'year: "2022"', "which YAML reads as a text"),
        ("year: 2022", "year: 22", "year: found '22', expected a year with four digits"),
        ("year: 2022", "year: 2022-01-01", "which YAML reads as a date"),
        ("year: 2022", "year: 2022-19-45", "expected YAML"),
        ("year: 2022", "year: 2022\nyear: 2021", "year: found the key twice"),
        ("year: 2022", "years: 2022", "did you mean year?"),
        ("language: ja", "language: no", "which YAML reads as yes or no"),
        ("language: ja", "language: jp", "language: found 'jp', expected a language tag (BCP 47)"),
        ("language: ja", "language: german", "language: found 'german', expected a language tag"),
        ("language: ja", "language: pt_BR", "language: found 'pt_BR', expected a language tag"),
        ("year: 2022", "year: 2022\nfiscal_year_starts: 13", "expected a month from 1 to 12"),
        ("year: 2022", "year: 2022\nfiscal_year_starts: April", "which YAML reads as a text"),
        ("year: 2022", "year: 2022\nfiscal_year_named: begin", "expected one of start, end"),
        ("kind: document", "kind: documents", "expected one of document, records"),
        ("normaliser: ja-1", "normaliser: ja-9", "expected one of ja-1"),
        ("id: harbour", "id: harbor", "id: found 'harbor', expected the name of the folder"),
        ("id: harbour", "id: ../harbour", "expected lower-case letters"),
        ("title_ja: 三つ", "title_ja: \u2f94つ", "U+2F94"),
        ("regions: [", "regions: [aoura, ", "'aoura' more than once"),
        ("regions: [todaimisaki, aoura, shiomi]", "regions: 3", "expected a list of ids"),
        ('{id: "4"', "{id: 4.10", "which YAML reads as a number"),
        ('{id: "4"', '{id: "5"', "sections: found '5' more than once"),
        ("role: considerations", "role: consideration", "sections.role: found 'consideration'"),
        ("printed: false", "printed: maybe", "which YAML reads as a text"),
        ("title_en: Title, ", "titel_en: Title, ", "sections.titel_en: found an unknown key"),
        ("name_ja: 灯野渚, ", "", "authors.name_ja: found no such key"),
        ("year: 2022", "year: 2022\nreport: {titel_en: Ports}", "report.titel_en: found an unknown key"),
        ("year: 2022", "year: 2022\nreport: {authors: [A]}", "report.authors: found 'A', expected keys"),
        ("year: 2022", "year: 2022\nreport: Ports", "report: found 'Ports', which YAML reads as a text"),
        ("id: harbour", "!!python/object/apply:os.getcwd []", "expected YAML"),
    ],
)
def test_what_is_wrong_with_study_yaml_is_said(study, old, new, found):
    study.replace("study.yaml", old, new)
    about, problems = study_yaml.read(study.folder / "study.yaml")
    assert about is None
    assert any(found in str(problem) for problem in problems), problems


@pytest.mark.parametrize("text", ["", "\n", "just words\n", "- a\n- b\n", "[" * 5000, "a: &a [*a]\n"])
def test_a_study_yaml_that_says_nothing_is_refused(study, text):
    study.folder.joinpath("study.yaml").write_text(text, "utf-8")
    about, problems = study_yaml.read(study.folder / "study.yaml")
    assert about is None
    assert problems


def test_the_line_of_a_wrong_key_is_named(study):
    study.replace("study.yaml", "role: considerations", "role: thoughts")
    lines = study.folder.joinpath("study.yaml").read_text("utf-8").split("\n")
    number = next(n for n, line in enumerate(lines, 1) if "role: thoughts" in line)
    assert study.problem().startswith(f"study.yaml:{number}: sections.role: found 'thoughts'")


def test_a_region_that_the_table_lacks_is_refused_with_the_nearest(study):
    study.replace("study.yaml", "shiomi]", "shiomi, shiomii]")
    assert study.problem().startswith("study.yaml: regions: found 'shiomii'")


# --- all of it ----------------------------------------------------------------------------------


def test_every_problem_of_every_file_is_listed_in_the_order_of_the_schema(study):
    study.replace("study.yaml", "language: ja", "language: jp")
    study.set("codings", "aoura-issue-1-funding", "theme", "fund")
    study.set("phases", "phase-3", "period", "FY95")
    study.set("phases", "phase-2", "number", "two")
    study.path("zzz").write_text("id\n", "utf-8")
    places = [line.split(": ")[0] for line in study.problems()]
    assert places == ["study.yaml:10", "zzz.csv", "phases.csv:3", "phases.csv:4", "codings.csv:20"]


def test_a_problem_is_one_short_line_whatever_was_found():
    found = "'" + "x\n\x1b[31m\u202e" * 200 + "'"
    line = str(Problem("a.csv", 4, "note", found, "text", "write it"))
    assert line.isprintable()
    assert line.startswith("a.csv:4: note: found 'x\\n\\x1b[31m\\u202e")
    assert len(visible("x" * 500)) == LONGEST - 1


def test_a_file_of_the_project_is_named_from_its_root():
    with pytest.raises(StudyError) as raised:
        load.read(paths.RAW / "no-such-study")
    assert str(raised.value).startswith("data/raw/no-such-study: found no such folder")


# --- what is right ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def harbour():
    return load.read(HARBOUR)


def test_a_study_says_what_it_is(harbour):
    assert (harbour.id, harbour.folder, harbour.meta.year) == ("harbour", HARBOUR, 2022)
    assert harbour.meta["title_en"] == harbour.meta.title_en
    assert harbour.meta.regions == ("todaimisaki", "aoura", "shiomi")
    assert harbour.meta.authors[0].name_en == "Tono Nagisa"
    roles = {section.id: section.role for section in harbour.meta.sections if section.role}
    assert roles == {"4": "considerations", "5": "recommendations"}
    assert [section.id for section in harbour.meta.sections if not section.printed] == [
        "title",
        "fn1",
    ]
    with pytest.raises(KeyError):
        harbour.meta["get"]


def test_every_table_of_the_schema_has_the_schema_s_columns_and_types(harbour):
    assert list(harbour.tables) == list(schema.load().tables)
    types = {"string": "str", "integer": "Int64", "number": "float64"}
    for name, table in schema.load().tables.items():
        frame = harbour.tables[name]
        expected = {field.name: types[field.type] for field in table.fields}
        assert dict(frame.dtypes.astype(str)) == expected, name
        assert frame.index.name == "line"


def test_a_row_knows_its_line_and_an_empty_cell_is_an_empty_text(harbour):
    evaluations = harbour.tables["evaluations"]
    lines = HARBOUR.joinpath("evaluations.csv").read_text("utf-8").split("\n")
    for line, row in evaluations.iterrows():
        assert lines[line - 1].startswith(f"{row['id']},")
    assert evaluations["grade"].tolist() == ["", "S", "A", "C", "", "B", "D"]
    assert not evaluations.isna().any(axis=None)


def test_a_table_without_a_file_is_an_empty_frame_with_all_its_columns(study):
    whole = load.read(study.folder).tables["themes"]
    for table in ("themes", "codings", "indicators"):
        study.path(table).unlink()
    tables = load.read(study.folder).tables
    assert tables["themes"].empty
    pd.testing.assert_frame_equal(tables["themes"], whole.iloc[:0])
    assert str(tables["indicators"]["value"].dtype) == "float64"


def test_a_study_without_a_normaliser_has_the_usual_one_of_its_language(study):
    study.replace("study.yaml", "normaliser: ja-1\n", "")
    study.replace("study.yaml", "language: ja", "language: ja-JP\nfiscal_year_starts: 10")
    meta = load.read(study.folder).meta
    assert (meta.language, meta.normaliser) == ("ja", "ja-1")
    assert meta.fiscal_year == (10, "start")


@pytest.mark.parametrize("code", ["48", "de-by", "JP-28", "DE-BAYERN"])
def test_what_is_no_code_of_an_area_is_refused(study, code):
    study.set("regions", "aoura", "prefecture", code)
    assert f"prefecture: found {code!r}, expected text of the form" in study.problem()


@pytest.mark.parametrize("code", ["DE-BY", "KR-26", "GB-SCT", "FR-2A", "47"])
def test_an_area_anywhere_has_a_code(study, code):
    study.set("regions", "aoura", "prefecture", code)
    assert load.read(study.folder).tables["regions"].query("id == 'aoura'")["prefecture"].item() == code


def test_tables_cannot_be_swapped_behind_a_study_s_back(harbour):
    with pytest.raises(TypeError):
        harbour.tables["phases"] = pd.DataFrame()


def test_public_records_are_read_with_their_addresses(tmp_path):
    folder = tmp_path / "registers"
    shutil.copytree(HARBOUR, folder)
    for path in folder.glob("*.csv"):
        if path.stem not in {"regions", "references"}:
            path.unlink()
    text = folder.joinpath("study.yaml").read_text("utf-8").split("normaliser:")[0]
    text = text.replace("id: harbour", "id: registers").replace("kind: document", "kind: records")
    folder.joinpath("study.yaml").write_text(f"{text}regions: [aoura, shiomi, todaimisaki]\n", "utf-8")
    for table in ("regions", "references"):
        header, *rows = list(csv.reader(io.StringIO(folder.joinpath(f"{table}.csv").read_text("utf-8"))))
        kept = [i for i, name in enumerate(header) if name not in {"address", "passages"}]
        rows = [[*(row[i] for i in kept), "https://example.org/a", "2022-01-31"] for row in rows]
        Copy(folder).write(table, [[*(header[i] for i in kept), "address", "read"], *rows])
    study = load.read(folder)
    assert study.meta.sections == ()
    assert study.tables["references"]["address"].tolist() == ["https://example.org/a"] * 3
    Copy(folder).set("references", "ref-1", "read", "2022-1-31")
    Copy(folder).set("references", "ref-2", "read", "2022-02-30")
    first, second = Copy(folder).problems()
    assert first.startswith("references.csv:2: read: found '2022-1-31', expected EDTF")
    assert second.startswith("references.csv:3: read: found '2022-02-30', expected a day that 2022-02 has")
    Copy(folder).set("references", "ref-1", "read", "2022-01")
    Copy(folder).set("references", "ref-2", "read", "2022-02-28")
    assert load.read(folder).tables["references"]["read"].tolist()[:2] == ["2022-01", "2022-02-28"]
    folder.joinpath("passages.csv").write_text("id\n", "utf-8")
    assert any(line.startswith("passages.csv") for line in Copy(folder).problems())


@pytest.mark.parametrize("name", sorted(p.parent.name for p in paths.RAW.glob("*/study.yaml")))
def test_every_study_of_the_project_is_right(name):
    assert load.read(paths.RAW / name).id == name


# --- several coders -----------------------------------------------------------------------------

CODINGS = "id,record_type,record,theme,coder,note,note_ja\n"


@dataclass(frozen=True)
class Coded:
    """The synthetic study with further files of codings."""

    copy: Copy

    def add(self, file: str, *rows: str) -> Coded:
        why = ",why,理由" if "consensus" in file else ",,"
        text = CODINGS + "".join(f"{n}-row,{row}{why}\n" for n, row in enumerate(rows, 2))
        (self.copy.folder / file).write_text(text, "utf-8")
        return self


@pytest.fixture
def coded(study):
    """The synthetic study, in which further coders are described."""
    one = "{{id: {0}, name_ja: {0}, name_en: {0}, made: person, date: '2022', how_ja: a, how_en: a}}"
    text = "".join(f"  - {one.format(coder)}\n" for coder in ("alder", "birch"))
    study.replace("study.yaml", "coders:\n", f"coders:\n{text}")
    return Coded(study)


def test_a_second_coders_file_is_read_as_rows_of_the_codings(coded, harbour):
    coded.add("codings-birch.csv", "issues,aoura-issue-1,people,birch", "issues,aoura-issue-2,none,birch")
    coded.add("codings-consensus.csv", "issues,aoura-issue-1,funding,consensus")
    codings = load.read(coded.copy.folder).tables["codings"]
    own = harbour.tables["codings"]
    pd.testing.assert_frame_equal(codings.iloc[: len(own)], own)
    added = codings.iloc[len(own) :]
    assert list(zip(added.index, added["theme"], added["coder"], strict=True)) == [
        (2, "people", "birch"),
        (3, "none", "birch"),
        (2, "funding", "consensus"),
    ]


def test_two_coders_may_use_the_same_ids_each_in_their_file(coded, harbour):
    first = harbour.tables["codings"].iloc[0]
    text = f"{first['id']},{first['record_type']},{first['record']},{first['theme']},birch,,\n"
    (coded.copy.folder / "codings-birch.csv").write_text(CODINGS + text, "utf-8")
    assert len(load.read(coded.copy.folder).tables["codings"]) == len(harbour.tables["codings"]) + 1


def test_a_study_may_have_only_files_named_after_coders(coded):
    (coded.copy.folder / "codings.csv").unlink()
    coded.add("codings-birch.csv", "issues,aoura-issue-1,people,birch")
    assert load.read(coded.copy.folder).tables["codings"]["coder"].tolist() == ["birch"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "issues,aoura-issue-1,people,alder",
            "coder: found 'alder', expected birch, the coder that the file",
        ),
        (
            "issues,aoura-issue-1,peple,birch",
            "theme: found 'peple', expected an id of themes.csv or none; did you mean people?",
        ),
        ("issues,aoura-issue-1,non,birch", "did you mean none?"),
        ("issues,aoura-issue-1,,birch", "theme: found an empty cell, expected a value"),
        ("issues,aoura-isue-1,people,birch", "did you mean aoura-issue-1?"),
        ("isues,aoura-issue-1,people,birch", "record_type: found 'isues'"),
        ("issues,aoura-issue-2,people,birch", "line 2 says the same"),
        ("issues,aoura-issue-2,none,birch", "expected no other theme of the coder for the record"),
    ],
)
def test_a_mistake_in_a_coders_file_names_that_file_and_its_line(coded, row, said):
    coded.add("codings-birch.csv", "issues,aoura-issue-2,people,birch", row)
    problem = coded.copy.problem()
    assert problem.startswith("codings-birch.csv:3: ") and said in problem


def test_a_mistake_in_each_file_is_told_in_the_order_of_the_files(coded):
    coded.add("codings-birch.csv", "issues,aoura-issue-1,fund,birch")
    coded.add("codings-alder.csv", "issues,aoura-issue-1,fund,alder")
    coded.copy.set("codings", "aoura-issue-1-funding", "theme", "fund")
    coded.copy.set("uncovered", "uncovered-title", "reason", "x")
    with pytest.raises(StudyError) as error:
        load.read(coded.copy.folder)
    places = [Path(problem.file).name for problem in error.value.problems]
    assert places == ["codings.csv", "codings-alder.csv", "codings-birch.csv", "uncovered.csv"]


@pytest.mark.parametrize("coder", ["consensus", "birch"])
def test_who_has_a_file_of_their_own_stands_in_no_other(coded, coder):
    coded.add("codings-birch.csv", "issues,aoura-issue-1,people,birch")
    coded.copy.set("codings", "aoura-issue-1-funding", "coder", coder)
    problem = next(line for line in coded.copy.problems() if ": coder: " in line)
    assert "expected a coder without a file of their own" in problem
    assert problem.endswith(f"move the row to codings-{coder}.csv")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("codings-Birch.csv", "rename it to codings-birch.csv"),
        ("codings_birch.csv", "rename it to codings-birch.csv"),
        ("codings-.csv", "rename it to codings.csv"),
        ("issues-birch.csv", "found a file that is not read"),
    ],
)
def test_a_file_that_looks_like_a_coders_and_is_not_read_is_told(coded, file, said):
    coded.add(file, "issues,aoura-issue-1,people,birch")
    assert said in coded.copy.problem()


def test_a_theme_cannot_be_called_what_says_that_there_is_none(study):
    themes = study.rows("themes")
    study.write("themes", [*themes, ["none", *themes[1][1:]]])
    assert "found 'none', expected the id of a theme" in study.problem()
