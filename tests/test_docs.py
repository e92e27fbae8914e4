"""What the guides tell is so: their commands and code make a page, and the files they name are there."""

from __future__ import annotations

import re
import shlex

import pytest
from lxml import html

from analysis import paths
from projects import Project, copy_project


def guide(name: str) -> str:
    return (paths.DOCS / name).read_text("utf-8")


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# -- How the house is built ------------------------------------------------------------------------


@pytest.mark.unit
def test_a_grade_passes_no_more_files_than_a_head_can_keep_and_all_are_there():
    passed = re.findall(r"^\d+\. `([^`]+)`", guide("architecture.md"), re.MULTILINE)
    assert 12 <= len(passed) <= 18
    assert [name for name in passed if not (paths.ROOT / name).exists()] == []


@pytest.mark.unit
def test_every_room_is_told_of_and_there_is_no_other():
    told = set(re.findall(r"^\| `(\w+)` \|", guide("architecture.md"), re.MULTILINE))
    source = paths.ROOT / "src" / "analysis"
    assert told == {path.parent.name for path in source.glob("*/__init__.py")}


@pytest.mark.unit
def test_no_room_imports_one_to_its_right():
    rooms = re.findall(r"^\| `(\w+)` \|", guide("architecture.md"), re.MULTILINE)
    source = paths.ROOT / "src" / "analysis"
    back = [
        (path.relative_to(source).as_posix(), found)
        for place, room in enumerate(rooms)
        for path in sorted((source / room).rglob("*.py"))
        for found in re.findall(r"^from analysis\.(\w+)", path.read_text("utf-8"), re.MULTILINE)
        if found in rooms[place + 1 :]
    ]
    assert back == []


# -- Adding a page ---------------------------------------------------------------------------------


@pytest.mark.unit
@pytest.mark.parametrize("name", ["extend", "new-study"])
def test_both_languages_of_a_guide_give_the_same_code_and_commands(name):
    ours, theirs = guide(f"{name}.md"), guide(f"{name}.ja.md")
    for kind in ("python", "yaml"):
        assert blocks(kind, ours) == blocks(kind, theirs)
    commands = [re.findall(r"^    (make .+)$", text, re.MULTILINE) for text in (ours, theirs)]
    assert commands[0] == commands[1] and commands[0]


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Project:
    """A project in which somebody has done what the guide says, step by step."""
    project = copy_project(tmp_path_factory.mktemp("followed") / "project")
    text = guide("extend.md")
    (command,) = re.findall(r"^    make new-notebook (.+)$", text, re.MULTILINE)
    done = project.run("new-notebook", **dict(each.split("=") for each in shlex.split(command)))
    assert done.returncode == 0, done.stderr
    (notebook,) = set(re.findall(r"`notebooks/(\d\d_regional\w+)\.ipynb`", text))
    figure, finding, parameter = blocks("python", text)
    caption, sentences, grid = blocks("yaml", text)
    (told,) = re.findall(r'`(report\.show\(ax, "event-kinds", caption=.+?\))`', text)
    figure += "    " + told.replace("event-kinds", "told-where-shown") + "\n"
    project.edit(notebook, "parameters", "values_only", f"{parameter.strip()}\nvalues_only")
    project.edit(notebook, "open", "values_only=values_only", "values_only=values_only, regions=regions")
    project.edit(
        notebook, "events", "events = tables.events", "events = report.reading.within(tables.events)"
    )
    project.edit(notebook, "said", "if len(kinds):", f"{figure}\n{finding}\nif len(kinds):")
    with (project.folder / "notebooks" / "words" / f"{notebook}.yaml").open("a", encoding="utf-8") as file:
        file.write(caption + sentences)
    plan = project.folder / "notebooks" / "report.yaml"
    indented = "".join(f"  {line}\n" for line in grid.splitlines())
    plan.write_text(plan.read_text("utf-8").replace("readings:\n", f"readings:\n{indented}"), "utf-8")
    project.only_pages("regional-events", "robustness", "evidence")
    done = project.run("report")
    assert done.returncode == 0, done.stderr[-2000:]
    return project


@pytest.mark.build
@pytest.mark.xdist_group("guide")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_the_guide_has_its_figures_and_its_finding(followed, language):
    page = html.parse(followed.report / language / "regional-events.html").getroot()
    assert page.xpath("//figure/@id") == ["regional-events", "event-kinds", "told-where-shown"]
    assert page.xpath("//*[@id='events-local']")
    marks = page.xpath("//figure[@id='regional-events']//@*[contains(., 'evidence-events.html#events-')]")
    assert len(set(marks)) == 5


@pytest.mark.build
@pytest.mark.xdist_group("guide")
def test_the_finding_of_the_guide_says_under_how_many_readings_it_fails(followed):
    page = html.parse(followed.report / "en" / "regional-events.html").getroot()
    (finding,) = page.xpath("//*[@id='events-local']")
    assert "this headline is false" in finding.text_content()
    robust = html.parse(followed.report / "en" / "robustness.html").getroot()
    assert robust.xpath("//figure/@id") == ["curve-events-local"]
