"""A new page: one command, green at once; what cannot be begun is one line and changes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from analysis import paths
from analysis.build.plan import document, plan
from analysis.cli import main
from projects import Project, copy_project, copy_with_tests, files

pytestmark = pytest.mark.build
STUDY = {"id": "harbour", "regions": [], "region_names": {}}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A copy of the project in which commands run in this process."""
    project = copy_project(tmp_path / "project")
    for name in ("NOTEBOOKS", "PLAN", "RAW", "TESTS", "DOCS"):
        part = getattr(paths, name).relative_to(paths.ROOT)
        monkeypatch.setattr(paths, name, project.folder / part)
    monkeypatch.setattr(paths, "ROOT", project.folder)
    return project


def begin(**given: str) -> Result:
    """Run the command as Make does, on the synthetic study."""
    unset = dict.fromkeys(("NAME", "TITLE", "LANGUAGE"))
    done = CliRunner(env=unset | {"STUDY": "harbour", "MAKELEVEL": "1"} | given).invoke(
        main, ["new-notebook"]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done


def refused(done: Result, said: str) -> None:
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(said), done.stderr
    assert done.stderr.count("\n") == 1


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Events",
        "a b",
        "../x",
        "a--b",
        "-a",
        "a_b",
        "出来事",
        "a/b",
        "a.b",
        "x" * 41,
        "$(touch x)",
        "x\ny",
        "{region}",
    ],
)
def test_a_strange_name_is_refused_and_nothing_is_written(here, name):
    before = files(here.folder)
    refused(begin(NAME=name), "NAME: found ")
    assert files(here.folder) == before


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("issues", "page issues"),
        ("region-north", "page region-{region}"),
        ("extend", "page extend"),
        ("search", "page search"),
        ("phase-timeline", "notebooks/01_phase_timeline.ipynb"),
        ("grade-tiles", "a figure of notebooks/02_evaluation_grades.ipynb"),
        ("timeline-of-laws", "a figure of notebooks/04_region_profile.ipynb"),
    ],
)
def test_a_name_that_is_there_already_is_refused_with_whose_it_is(here, name, whose):
    before = files(here.folder)
    said = f"NAME: found {name!r}, which is there already ({whose}); choose another name"
    refused(begin(NAME=name), said)
    assert files(here.folder) == before


def test_the_same_name_is_not_begun_twice(here):
    assert begin(NAME="events").exit_code == 0
    before = files(here.folder)
    refused(begin(NAME="events"), "NAME: found 'events', which is there already (page events)")
    assert files(here.folder) == before


def test_a_test_that_is_there_is_never_written_over(here):
    test = here.folder / "tests" / "pages" / "test_events.py"
    test.parent.mkdir(parents=True)
    test.write_text("# mine\n", "utf-8")
    refused(begin(NAME="events"), "NAME: found 'events', which is there already (tests/pages/")
    assert test.read_text("utf-8") == "# mine\n"


def test_a_name_that_is_not_given_is_asked_for_whatever_the_machine_is_called(here):
    refused(begin(), "NAME: not given")
    refused(begin(NAME="laptop", MAKELEVEL=None), "NAME: not given")


@pytest.mark.parametrize("title", ["one\ntwo", "a\x1b[31m", "a\u2028b"])
def test_a_title_of_more_than_a_line_is_refused(here, title):
    refused(begin(NAME="events", TITLE=title), "TITLE: found ")


def test_the_title_of_another_page_is_refused(here):
    refused(begin(NAME="more", TITLE="課題"), "TITLE: found '課題', which another page")
    refused(begin(NAME="methods-", TITLE="x"), "NAME: found 'methods-'")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("pages: [", "cannot be read ("),
        ("", "found no pages"),
        ("[]", "found no pages"),
        ("pages: {}\n", "found no pages"),
        ("pages: []\n", "found no pages"),
        ("pages:\n  - index\n", "entry 1 of `pages` is 'index'"),
        ("pages: [{page: a, notebook: b}, {page: c, notebook: d}]\n", "found another layout"),
    ],
)
def test_a_plan_that_lists_no_pages_a_line_is_named_and_nothing_is_written(here, text, said):
    plan = here.folder / "notebooks" / "report.yaml"
    plan.unlink() if text is None else plan.write_text(text, "utf-8")
    before = files(here.folder)
    refused(begin(NAME="events"), f"notebooks/report.yaml: {said}")
    assert files(here.folder) == before


def test_where_a_file_cannot_be_written_none_is(here):
    (here.folder / "tests").write_text("a file where a folder should be\n", "utf-8")
    before = files(here.folder)
    done = begin(NAME="events")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.endswith("; nothing was written\n")
    assert files(here.folder) == before


# -- What is written -------------------------------------------------------------------------------


def test_the_plan_gets_one_line_before_the_evidence_and_keeps_all_others(here):
    path = here.folder / "notebooks" / "report.yaml"
    before = path.read_text("utf-8").splitlines()
    done = begin(NAME="regional-events", TITLE="地域の出来事")
    assert done.exit_code == 0, done.stderr
    after = path.read_text("utf-8").splitlines()
    (line,) = [line for line in after if line not in before]
    assert line == (
        "  - {page: regional-events, notebook: 12_regional_events, group: findings, title_ja: 地域の出来事,"
        " title_en: Regional events}"
    )
    assert after[after.index(line) + 1].startswith("  - {page: evidence,")
    after.remove(line)
    assert after == before
    assert "notebooks/12_regional_events.ipynb" in done.stdout
    assert "tests/pages/test_regional_events.py" in done.stdout


def test_a_comment_stays_with_the_entry_that_it_stands_above_and_a_plan_without_evidence_grows_at_its_end(
    here,
):
    path = here.folder / "notebooks" / "report.yaml"
    first = "pages:\n- page: index\n  notebook: 00_overview\n  title_ja: 題\n  title_en: T\n"
    path.write_text(f"{first}# the cards\n- {{page: evidence, notebook: 06_evidence}}", "utf-8")
    assert begin(NAME="one").exit_code == 0
    line = "- {page: one, notebook: 12_one, group: findings, title_ja: One, title_en: One}\n"
    assert path.read_text("utf-8") == f"{first}{line}# the cards\n- {{page: evidence, notebook: 06_evidence}}"
    path.write_text(f"# all\n{first}", "utf-8")
    assert begin(NAME="two").exit_code == 0
    assert path.read_text("utf-8") == (
        f"# all\n{first}- {{page: two, notebook: 13_two, group: findings, title_ja: Two, title_en: Two}}\n"
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1))
def test_a_title_is_shown_and_planned_as_it_is_given(here, title):
    before = files(here.folder / "notebooks")
    done = begin(NAME="events", TITLE=title)
    assert done.exit_code == 0, done.stderr
    document.cache_clear()
    (job,) = [j for j in plan(STUDY, ("ja",)) if j.page == "events"]
    assert job.title == title
    notebook = nbformat.read(here.folder / "notebooks" / "12_events.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert rendered(notebook.cells[0].source) == title
    shutil.rmtree(here.folder / "tests")
    (here.folder / "notebooks" / "12_events.ipynb").unlink()
    (here.folder / "notebooks" / "words" / "12_events.yaml").unlink()
    (here.folder / "notebooks" / "report.yaml").write_bytes(before["report.yaml"])


def rendered(markdown: str) -> str:
    """The words of the first heading of a Markdown text."""
    from markdown_it import MarkdownIt

    return (
        html.fragment_fromstring(MarkdownIt("commonmark").render(markdown), create_parent=True)
        .find("h1")
        .text_content()
    )


def test_numbers_go_on_after_the_last_and_then_fill_the_gaps_before_the_methods(here):
    for name, number in (("one", "12"), ("two", "13")):
        assert begin(NAME=name).exit_code == 0
        assert (here.folder / "notebooks" / f"{number}_{name}.ipynb").exists()
    notebooks = here.folder / "notebooks"
    shutil.move(notebooks / "13_two.ipynb", notebooks / "89_two.ipynb")
    assert begin(NAME="three").exit_code == 0
    assert (notebooks / "13_three.ipynb").exists()
    for number in range(14, 89):
        shutil.copy(notebooks / "12_one.ipynb", notebooks / f"{number:02}_n{number}.ipynb")
    refused(begin(NAME="four"), "notebooks: no number below 90 is free")


# -- From end to end -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Project:
    """The project with five new notebooks: three of them spoilt, one with a table that leads nowhere."""
    project = copy_with_tests(tmp_path_factory.mktemp("begun") / "project")
    for name in ("regional-events", "no-figure", "no-links", "wrong-links", "two-tables"):
        done = project.run("new-notebook", NAME=name)
        assert done.returncode == 0, done.stderr
    project.edit("13_no_figure", "figure", "if len(events):", "if not len(events):")
    project.edit("14_no_links", "events", ', home="events"', "")
    project.edit("15_wrong_links", "events", ', home="events"', ', home="issues"')
    counted = 'report.table(kinds.reset_index(), "counted", ["kind_label", "record"])'
    project.edit("16_two_tables", "said", "if len(kinds):", f"{counted}\nif len(kinds):")
    words = project.folder / "notebooks" / "words" / "16_two_tables.yaml"
    with words.open("a", encoding="utf-8") as file:
        for key in ("counted.caption", "column.kind_label", "column.record"):
            file.write(f"{key}: {{ja: 数, en: Counted}}\n")
    return project


@pytest.fixture(scope="module")
def outcomes(begun) -> dict[str, str]:
    """How the tests of these notebooks end, and those of every notebook of the project."""
    words = "no_figure or no_links or wrong_links or two_tables or regional_events or short"
    return begun.outcomes(
        "tests/pages", "tests/test_notebooks.py", "tests/notebook/test_words.py", "-k", words
    )


@pytest.mark.xdist_group("begun-notebook")
def test_its_test_passes_and_fails_where_the_figure_or_its_evidence_is_missing(outcomes):
    own = {test: o for test, o in outcomes.items() if not test.startswith(("test_notebooks", "test_words"))}
    failed = {test for test, outcome in own.items() if outcome != "PASSED"}
    assert len(own) == 5 * 3 * 2
    assert failed == {
        f"{test}[{language}]"
        for language in ("ja", "en")
        for test in (
            "test_no_figure.py::test_the_figure_is_there_and_its_marks_lead_to_evidence",
            "test_no_links.py::test_the_rows_of_the_table_lead_to_evidence",
            "test_wrong_links.py::test_nothing_leads_to_evidence_that_is_not_there",
        )
    }


@pytest.mark.xdist_group("begun-notebook")
def test_what_is_begun_is_what_every_notebook_of_the_project_has_to_be(begun, outcomes):
    checks = {
        test: o
        for test, o in outcomes.items()
        if test.startswith(("test_notebooks", "test_words")) and ("regional" in test or "short" in test)
    }
    assert set(checks.values()) == {"PASSED"}
    assert len(checks) >= 10
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "tests/pages", "notebooks"]
    done = subprocess.run(ruff, cwd=begun.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.xdist_group("begun-notebook")
def test_its_page_is_in_the_report_in_both_languages_and_its_evidence_leads_back(begun):
    begun.only_pages("regional-events", "evidence")
    done = begun.run("report")
    assert done.returncode == 0, done.stderr[-2000:]
    for language in ("ja", "en"):
        folder = begun.report / language
        page = html.parse(folder / "regional-events.html").getroot()
        assert page.xpath("//figure/@id") == ["regional-events"]
        led_to = {a.partition("#")[2] for a in page.xpath("//table//a/@href")}
        cards = html.parse(folder / "evidence-events.html").getroot()
        assert led_to and led_to <= set(cards.xpath("//@id"))
        used = set(cards.xpath("//main//a/@href"))
        assert {"regional-events.html#regional-events", "regional-events.html#events"} <= used
