"""A researcher's day: change a rule, add a figure, run a grid; no module is touched."""

from __future__ import annotations

import json

import nbformat
import pandas as pd
import papermill
import pdfplumber
import pytest
from lxml import html

from analysis import paths
from projects import Project, copy_project, files
from shown import FINDING, shown_by

pytestmark = pytest.mark.build
PAPER = "okamoto2020"
BODY = """\
import seaborn as sns

per_region = issues.assign(open=issues["status"] != "addressed").groupby("scope_label")["open"].sum().reset_index()
ax = sns.barplot(per_region, x="open", y="scope_label")
ax.set(xlabel="", ylabel="")
caption = figures.Caption("Open issues by scope", alt="A bar for each scope with its open issues.", source="Mine")
report.show(ax, "open-issues", caption=caption)
per_region
"""


def changed(notebook: str, cell: str, old: str, new: str) -> dict:
    """A notebook with a few words of one cell replaced, as if edited by hand."""
    source = json.loads((paths.NOTEBOOKS / f"{notebook}.ipynb").read_text("utf-8"))
    (found,) = [each for each in source["cells"] if each["id"] == cell]
    text = "".join(found["source"])
    assert old in text
    return source | {
        "cells": [c if c is not found else c | {"source": text.replace(old, new)} for c in source["cells"]]
    }


# -- Change a rule ---------------------------------------------------------------------------------


def test_where_other_grades_are_comparable_title_sentence_and_value_follow(processed):
    """Only the `on=` of a merge is changed: grades of one region (or programme), whatever their scale."""
    every = changed("02_evaluation_grades", "comparable", 'on=["subject", "scale"]', 'on=["subject"]')
    before, after = (
        shown_by("02_evaluation_grades", {"study": PAPER, "language": "en"}, processed, source=source)
        for source in (None, every)
    )
    assert before.findings["one-series"]["value"] == 0 < after.findings["one-series"]["value"]
    assert before.findings["one-series"]["headline"] != after.findings["one-series"]["headline"]
    assert before.figures["grade-tiles"]["title"] != after.figures["grade-tiles"]["title"]


def test_a_frame_that_is_narrowed_draws_and_tells_less(run_notebook):
    reported = changed(
        "02_evaluation_grades",
        "grades",
        "grades = reading.within(tables.grades)",
        "grades = reading.within(tables.grades).query(\"grade_status == 'reported'\")",
    )
    before, after = (
        run_notebook("02_evaluation_grades", language="ja", source=source).figures["grade-tiles"]
        for source in (None, reported)
    )
    rows = [pd.read_csv(pd.io.common.StringIO(figure["csv"])) for figure in (before, after)]
    assert len(rows[0]) > len(rows[1]) > 0
    assert set(after["records"]) < set(before["records"])
    assert before["alt"] != after["alt"]


# -- Add a figure and a table ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def added(tmp_path_factory) -> Project:
    """The project with one cell more in the page of issues, built in English."""
    project = copy_project(tmp_path_factory.mktemp("added") / "project").only_pages("issues", "evidence")
    path = project.folder / "notebooks" / "03_issues.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(BODY))
    nbformat.write(notebook, path)
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-2000:]
    return project


@pytest.mark.xdist_group("researcher")
def test_a_seaborn_figure_of_ones_own_is_on_the_page_with_its_files(added):
    page = html.parse(added.report / "en" / "issues.html").getroot()
    (figure,) = page.xpath("//figure[contains(., 'Open issues by scope')]")
    assert figure.get("id") == "open-issues" and not page.xpath("//main//img[starts-with(@src, 'data:')]")
    assert "Open issues by scope" in figure.text_content()
    assert "A bar for each scope with its open issues." in html.tostring(figure, encoding="unicode")
    folder = added.report / "en" / "figures"
    assert (folder / "open-issues.svg").exists() and (folder / "open-issues.png").exists()
    rows = pd.read_csv(folder / "open-issues.csv")
    assert rows["x"].notna().all() and len(rows) > 1


@pytest.mark.xdist_group("researcher")
def test_a_frame_as_last_line_is_a_table_on_the_page(added):
    page = html.parse(added.report / "en" / "issues.html").getroot()
    (table,) = [t for t in page.xpath("//table") if "scope_label" in t.text_content()]
    assert len(table.xpath("./tbody/tr")) > 1


@pytest.mark.xdist_group("researcher")
def test_both_are_in_the_pdf_with_the_figures_title(added):
    with pdfplumber.open(added.report / "report-en.pdf") as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "Open issues by scope" in text
    assert "scope_label" in text


@pytest.mark.xdist_group("researcher")
def test_no_module_was_touched(added):
    ours = {n: b for n, b in files(paths.ROOT / "src").items() if "__pycache__" not in n}
    theirs = {n: b for n, b in files(added.folder / "src").items() if "__pycache__" not in n}
    assert ours == theirs


# -- Run a grid ------------------------------------------------------------------------------------


def test_plain_papermill_over_a_grid_gives_the_declared_findings_as_a_frame(processed, tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_PROCESSED", str(processed))
    monkeypatch.setenv("PYTHONPATH", str(paths.ROOT / "src"))
    found = []
    for links in ("names", "same_topic"):
        given = {"links": links, "values_only": True}
        path = str(paths.NOTEBOOKS / "03_issues.ipynb")
        executed = papermill.execute_notebook(path, tmp_path / "out.ipynb", given, progress_bar=False)
        outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
        found += [given | dict(o["data"][FINDING]) for o in outputs if FINDING in o.get("data", {})]
        assert {kind for o in outputs for kind in o.get("data", {})} <= {FINDING, "text/markdown"}
    values = pd.DataFrame(found).pivot(index="id", columns="links", values="value")
    assert values.at["issues-named", "names"] < values.at["issues-named", "same_topic"]
    assert values.at["issues-open", "names"] == values.at["issues-open", "same_topic"]
