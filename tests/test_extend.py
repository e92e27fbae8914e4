"""What docs/extend.md tells is so: its commands and its code, taken from the page, make a page."""

from __future__ import annotations

import re
import shlex

import pytest
from lxml import html

from analysis import paths
from projects import Project, copy_with_tests

pytestmark = pytest.mark.xdist_group("extend")
GUIDE = (paths.DOCS / "extend.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"`((?:src|tests)/\S+\.py)`", GUIDE)


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Project:
    """A project in which somebody has done what the guide says, step by step."""
    project = copy_with_tests(tmp_path_factory.mktemp("followed") / "project")
    (command,) = re.findall(r"^    make new-notebook (.+)$", GUIDE, re.MULTILINE)
    done = project.run("new-notebook", **dict(each.split("=") for each in shlex.split(command)))
    assert done.returncode == 0, done.stderr
    drawing, entry, cell, test = PYTHON
    module, catalogue, _, test_file = FILES
    (project.folder / module).write_text(drawing, "utf-8")
    with (project.folder / catalogue).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{entry}")
    (project.folder / test_file).write_text(test, "utf-8")
    (notebook,) = re.findall(r"`notebooks/(08_\w+)\.ipynb`", GUIDE)
    begun = 'report.show(figures.phase_timeline(data, language), name="regional-events")'
    project.edit(notebook, "figure", begun, cell.strip())
    return project


def test_the_tests_that_the_guide_tells_of_run_on_its_figure_and_pass(followed):
    outcomes = followed.outcomes(
        "tests/figures", "tests/notebooks", "-k", "event_list or test_events or regional_events"
    )
    assert set(outcomes.values()) == {"PASSED"}
    per_file = {test.partition("::")[0] for test in outcomes}
    assert per_file == {"test_catalogue.py", "test_events.py", "test_regional_events.py"}
    drawn = [t for t in outcomes if "can_be_read" in t]
    assert {re.search(r"\[(\w+)-event_list", test)[1] for test in drawn} == {"harbour", "paper", "rivertowns"}


def test_the_page_of_the_guide_is_in_the_report_with_its_figure(followed):
    followed.only_pages("regional-events", "evidence")
    done = followed.run("report")
    assert done.returncode == 0, done.stderr[-2000:]
    for language, title in (("ja", "日付のある出来事は5件"), ("en", "Dated events: five")):
        page = html.parse(followed.report / language / "regional-events.html").getroot()
        (figure,) = page.iter("figure")
        assert figure.xpath("./div/@aria-label") == [title]
        marks = figure.xpath(".//*[local-name()='a']/@*[contains(., 'evidence.html#events-')]")
        assert len(set(marks)) == 5
