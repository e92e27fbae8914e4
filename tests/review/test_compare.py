"""Comparing two reports finds each change, and names it."""

from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analysis.errors import UserError
from analysis.review import compare
from analysis.review.compare import Cell
from analysis.review.git import committed

GRADES = "record,kind,grade\nnorth-1,interim,A\nnorth-2,final,A-\nsouth-1,final,B\n"
PACKAGE = {
    "resources": [
        {"path": "grades.csv", "schema": {"primaryKey": ["record"]}},
        {"path": "plans.csv", "schema": {"primaryKey": "plan"}},
    ]
}
FIGURE = "en/figures/tiles"


PAGE = """<html lang="en"><body><nav><p>Where you are</p></nav><main>
<h1>What do the letters say?</h1>
<section id="finding"><p>Three grades are known.</p><p>The north has two <b>of</b> them.</p></section>
<figure id="tiles"><svg><text>A</text></svg><figcaption><p>Source: the talk.</p></figcaption></figure>
<table id="table"><caption>Grades</caption><tr><th>North</th><td>A</td></tr></table>
</main></body></html>"""


@dataclass(frozen=True)
class Report:
    """A small report, written by hand."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def draw(self, *, dot: tuple[int, int] | None = None, size: tuple[int, int] = (40, 60)) -> None:
        picture = np.full((*size, 4), 255, np.uint8)
        picture[5:15, 5:25] = (0, 114, 178, 255)
        if dot:
            picture[dot] = (0, 113, 178, 255)
        with io.BytesIO() as file:
            Image.fromarray(picture).save(file, "PNG")
            self.write(f"{FIGURE}.png", file.getvalue())

    def say(self, old: str = "", new: str = "") -> None:
        """Write the page, with some words replaced."""
        assert old in PAGE
        self.write("en/grades.html", PAGE.replace(old, new, 1) if old else PAGE)


@pytest.fixture
def reports(tmp_path) -> tuple[Report, Report]:
    """The same report twice; tests change the second."""
    pair = Report(tmp_path / "a"), Report(tmp_path / "b")
    for report in pair:
        report.write("manifest.json", "{}")
        report.write("data/datapackage.json", json.dumps(PACKAGE))
        report.write("data/grades.csv", GRADES)
        report.write(f"{FIGURE}.csv", GRADES)
        report.draw()
        report.say()
    return pair


def compared(reports: tuple[Report, Report]) -> compare.Comparison:
    return compare.compare(*(report.folder for report in reports))


def test_a_report_is_the_same_as_itself(reports):
    found = compared(reports)
    assert found.same
    assert found.summary() == "Every file is the same."


# -- Tables ----------------------------------------------------------------------------------------


def test_a_changed_cell_is_named_by_table_row_and_column(reports):
    reports[1].write("data/grades.csv", GRADES.replace("A-", "A"))
    (table,) = compared(reports).tables
    assert (table.table, table.key) == ("data/grades.csv", ("record",))
    assert table.cells == (Cell("north-2", "grade", "A-", "A"),)
    assert not (table.moved or table.rows_gone or table.rows_new)


def test_one_row_in_another_place_is_named_alone(reports):
    head, *rows = GRADES.splitlines()
    reports[1].write("data/grades.csv", "\n".join([head, rows[2], rows[0], rows[1], ""]))
    (table,) = compared(reports).tables
    assert table.moved == ("south-1",)
    assert table.cells == ()


def test_rows_and_columns_that_come_and_go_are_named(reports):
    changed = "record,grade,year\nnorth-1,A,2016\nnorth-2,A-,2018\neast-1,S,2018\n"
    reports[1].write("data/grades.csv", changed)
    (table,) = compared(reports).tables
    assert (table.rows_gone, table.rows_new) == (("south-1",), ("east-1",))
    assert (table.columns_gone, table.columns_new) == (("kind",), ("year",))
    assert table.cells == ()


def test_a_missing_table_is_named(reports):
    (reports[1].folder / "data/grades.csv").unlink()
    (table,) = compared(reports).tables
    assert (table.table, table.only_in) == ("data/grades.csv", "A")


def test_plotted_rows_are_told_apart_by_the_key_of_their_table(reports):
    reports[1].write(f"{FIGURE}.csv", GRADES.replace("south-1,final,B", "south-1,final,C"))
    (table,) = compared(reports).tables
    assert table.key == ("record",)
    assert table.cells == (Cell("south-1", "grade", "B", "C"),)


def test_rows_that_no_key_tells_apart_are_compared_by_number():
    old, new = "record,grade\na,A\na,B\n", "record,grade\na,A\na,C\na,D\n"
    table = compare.table_change("t.csv", old, new, [("record",), ("plan",)])
    assert table.key == ()
    assert table.cells == (Cell("row 2", "grade", "B", "C"),)
    assert table.rows_new == ("row 3",)


def test_quotes_that_mean_nothing_and_line_breaks_in_cells_are_no_change():
    old, new = 'id,text\n1,"a\nb"\n2,c\n', 'id,text\n1,"a\nb"\n2,"c"\n'
    table = compare.table_change("t.csv", old, new, [("id",)])
    assert (table.cells, table.moved) == ((), ())


@given(st.permutations(range(9)))
def test_rows_that_are_not_called_moved_are_still_in_order(order):
    before, after = [str(n) for n in range(9)], [str(n) for n in order]
    moved = compare._moved(before, after)
    assert [x for x in before if x not in moved] == [x for x in after if x not in moved]
    assert (moved == []) == (before == after)


# -- Figures ---------------------------------------------------------------------------------------


def test_one_pixel_is_found_counted_and_located(reports):
    reports[1].draw(dot=(7, 9))
    (figure,) = compared(reports).figures
    assert (figure.figure, figure.pixels, figure.box) == (FIGURE, 1, (9, 7, 10, 8))
    assert 0 < figure.rms < 0.1
    assert figure.rows_same


def test_a_missing_figure_is_named(reports):
    (reports[1].folder / f"{FIGURE}.png").unlink()
    found = compared(reports)
    assert [(f.figure, f.only_in) for f in found.figures] == [(FIGURE, "A")]
    assert (f"{FIGURE}.png", "only in A") in found.files


def test_a_figure_of_another_size_is_compared_on_one_sheet(reports):
    reports[1].draw(size=(44, 60))
    (figure,) = compared(reports).figures
    assert figure.sizes == ("60 × 40", "60 × 44")
    assert figure.pixels == 0, "what was added is white, as the sheet is"


def test_the_difference_image_is_red_where_a_pixel_differs_and_nowhere_else():
    old = np.full((20, 20, 4), 255, np.uint8)
    new = old.copy()
    new[10, 12, 0] = 254
    image = compare.difference_image(old, new)
    red = (image == (200, 40, 0, 255)).all(axis=2)
    assert red[10, 12]
    assert 1 <= red.sum() <= 25
    assert (image[~red] == 255).all()


# -- Sentences -------------------------------------------------------------------------------------


def test_a_changed_sentence_is_shown_old_and_new_with_its_section(reports):
    reports[1].say("two <b>of</b> them", "one <i>of</i> them")
    (change,) = compared(reports).sentences
    assert (change.page, change.section) == ("en/grades.html", "finding")
    assert (change.old, change.new) == ("The north has two of them.", "The north has one of them.")


def test_a_changed_row_of_a_displayed_table_is_a_changed_sentence(reports):
    reports[1].say("<td>A<", "<td>B<")
    (change,) = compared(reports).sentences
    assert (change.section, change.old, change.new) == ("table", "North | A", "North | B")


@pytest.mark.parametrize(
    ("old", "new"), [("Where you are", "Elsewhere"), ("<text>A", "<text>B"), ("<b>", "<i>")]
)
def test_what_is_no_sentence_of_the_page_does_not_count(reports, old, new):
    reports[1].say(old, new)
    assert compared(reports).sentences == ()
    assert compared(reports).files == (("en/grades.html", "changed"),)


def test_a_page_that_is_new_shows_all_its_sentences(reports):
    reports[1].write("en/more.html", PAGE)
    changes = compared(reports).sentences
    assert {change.page for change in changes} == {"en/more.html"}
    assert all(change.old == "" for change in changes)
    assert "Source: the talk." in "\n".join(change.new for change in changes)


# -- The page and the command ----------------------------------------------------------------------


def test_the_page_shows_every_kind_of_change_and_asks_for_nothing(reports, tmp_path):
    reports[1].write("data/grades.csv", GRADES.replace("A-", "<script>"))
    reports[1].draw(dot=(7, 9))
    reports[1].say("What do the letters say", "Other &amp; new")
    a, b = (str(report.folder) for report in reports)
    found, path = compare.compare_named(a, b, study="small", root=tmp_path, folder=tmp_path / "out")
    page = path.read_text("utf-8")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "Other &amp; new" in page
    assert page.count('src="data:image/png;base64,') == 3
    assert not re.search(r'(src|href)="(?!data:)', page)
    written = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert written == found.as_dict()
    assert [cell["new"] for cell in written["tables"][0]["cells"]] == ["<script>"]


@pytest.mark.parametrize("word", ["no-such-revision", "--output=x", "/nowhere", "HEAD~x; touch y"])
def test_a_word_that_names_neither_a_report_nor_a_revision_is_refused(reports, tmp_path, word):
    with pytest.raises(UserError, match="expected the folder of a built report or a Git"):
        compare.compare_named(str(reports[0].folder), word, study="small", root=tmp_path)


def test_a_report_that_was_not_built_is_refused_with_what_to_do(reports, tmp_path):
    with pytest.raises(UserError, match="run: make report STUDY=small"):
        compare.compare_named(str(reports[0].folder), "", study="small", root=tmp_path)


def test_the_files_of_a_revision_are_taken_without_touching_the_work_tree(tmp_path):
    work = tmp_path / "work"
    work.mkdir()

    def git(*words: str) -> str:
        own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", "-C", str(work), *own, *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    (work / "a.txt").write_text("one")
    git("add", ".")
    git("commit", "-qm", "One")
    (work / "a.txt").write_text("two")
    before = git("status", "--porcelain")
    with committed(work, "HEAD") as then:
        then.extractall(tmp_path / "then", filter="data")
    assert (tmp_path / "then" / "a.txt").read_text() == "one"
    assert git("status", "--porcelain") == before
    assert not (work / ".git" / "worktrees").exists()
