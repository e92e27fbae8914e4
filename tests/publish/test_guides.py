"""The guides of docs/ as pages: one text, whose links lead on wherever it is read."""

from __future__ import annotations

import re

import pytest
import yaml

from analysis import paths
from analysis.build.plan import PlanError
from analysis.publish.guides import guides
from projects import files


@pytest.fixture
def planned(tmp_path):
    """A project of guides, given as the names of the plan and the texts of files in docs/."""

    def made(*names: str, pages=("index",), **texts: str):
        (tmp_path / "notebooks").mkdir()
        (tmp_path / "docs").mkdir()
        for name, text in texts.items():
            (tmp_path / "docs" / f"{name.replace('_', '.')}.md").write_text(text, "utf-8")
        plan = tmp_path / "notebooks" / "report.yaml"
        plan.write_text(
            yaml.safe_dump(
                {
                    "pages": [{"page": page} for page in pages],
                    "guides": [{"guide": n, "title_ja": f"{n}の題", "title_en": f"On {n}"} for n in names],
                },
                allow_unicode=True,
            ),
            "utf-8",
        )
        return plan

    return made


def test_a_guide_that_has_no_file_in_a_language_is_named(planned):
    plan = planned("one", one="# One\n")
    assert [guide.title for guide in guides(["en"], plan)] == ["On one"]
    with pytest.raises(PlanError, match=r"docs/one\.ja\.md: no such guide; it is named in report\.yaml"):
        guides(["ja", "en"], plan)


def test_a_guide_cannot_take_the_name_of_a_page(planned):
    with pytest.raises(PlanError, match="guide 'grades' has the name of a page"):
        guides(["en"], planned("grades", pages=("index", "grades"), grades="# One\n"))


def test_a_plan_without_guides_has_none(tmp_path):
    (tmp_path / "report.yaml").write_text("pages: [{page: index}]\n", "utf-8")
    assert guides(["ja", "en"], tmp_path / "report.yaml") == []


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("[two](two.md)", "[two](two.md)"),
        ("[two](two.md#place)", "[two](two.md#place)"),
        ("[a cluster](cluster.md)", "a cluster (`docs/cluster.md`)"),
        ("[times](../benchmarks/README.md)", "times (`benchmarks/README.md`)"),
        ("[out](../../secret.md)", "out"),
        ("[web](https://example.org/two.md)", "[web](https://example.org/two.md)"),
        ("[below](#place)", "[below](#place)"),
    ],
)
def test_a_link_leads_to_a_page_of_the_report_or_names_the_file(planned, written, set_as):
    one, two = guides(["en"], planned("one", "two", one=f"# One\n\n{written}\n", two="# Two\n"))
    assert one.text([one, two]) == f"# One\n\n{set_as}\n"


def test_the_line_that_leads_to_the_other_language_is_left_to_the_switch(planned):
    (one,) = guides(["en"], planned("one", one="# One\n\n*[日本語](one.ja.md)*\n\nText.\n"))
    assert one.text([one]) == "# One\n\nText.\n"


@pytest.mark.parametrize("colon", [":", "："])
def test_the_line_above_a_table_becomes_its_caption(planned, colon):
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    (one,) = guides(["en"], planned("one", one=f"# One\n\nText.\n\nExamples{colon}\n\n{table}\nMore.\n"))
    assert one.text([one]) == f"# One\n\nText.\n\n```{{table}} Examples\n{table}```\n\nMore.\n"


def test_both_languages_of_a_guide_have_the_same_sections_and_the_same_code():
    for guide in {guide.page for guide in guides(["en"])}:
        english, japanese = ((paths.DOCS / f"{guide}{x}.md").read_text("utf-8") for x in ("", ".ja"))
        blocks = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
        assert blocks.findall(english) == blocks.findall(japanese)
        outside = [blocks.sub("", text) for text in (english, japanese)]
        levels = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in outside]
        assert levels[0] == levels[1] and len(levels[0]) > 3


@pytest.mark.xdist_group("report")
def test_a_changed_guide_is_set_anew_in_its_language_without_running_a_notebook(built, tmp_path):
    project = built.copy(tmp_path / "project")
    before = project.files()
    guide = project.folder / "docs" / "new-study.ja.md"
    guide.write_text(guide.read_text("utf-8") + "\n新しい一文。\n", "utf-8")
    done = project.run("report")
    assert (done.returncode, done.stderr) == (0, "")
    after = files(project.report)
    assert "新しい一文。" in after["ja/new-study.html"].decode("utf-8")
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"ja/new-study.html", "ja/search-entries.js", "manifest.json"}


@pytest.mark.xdist_group("report")
def test_a_guide_that_is_missing_is_one_line_and_leaves_the_last_report(built, tmp_path):
    project = built.copy(tmp_path / "project")
    before = project.files()
    (project.folder / "docs" / "extend.md").unlink()
    done = project.run("report")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "docs/extend.md: no such guide; it is named in report.yaml\n"
    assert project.files() == before
