"""The guides in docs/ as pages: the same words, with links that lead."""

from __future__ import annotations

import pytest
import yaml

from analysis.publish import blocks
from analysis.publish.blocks import PublishError
from analysis.publish.guides import guides


@pytest.fixture
def plan(tmp_path):
    """Write a plan with one page and guides, and the files of those that are there."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "docs").mkdir()

    def write(*names: str, there: tuple[str, ...] = ()):
        for name in there:
            text = "# A guide\n\n*[日本語](x.ja.md)*\n\nSee [the other](b.md#x) and [the plan](../notebooks/report.yaml).\n\nWhat is what:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
            (tmp_path / "docs" / f"{name}.md").write_text(text, "utf-8")
        entries = [{"guide": n, "title_ja": n, "title_en": n} for n in names]
        path = tmp_path / "notebooks" / "report.yaml"
        path.write_text(yaml.safe_dump({"pages": [{"page": "index"}], "guides": entries}), "utf-8")
        return path

    return write


def test_a_guide_without_a_file_is_refused(plan):
    with pytest.raises(PublishError, match=r"docs/missing\.md: no such guide"):
        guides("en", plan("missing"))


def test_a_guide_with_the_name_of_a_page_is_refused(plan):
    with pytest.raises(PublishError, match="'index' has the name of a page"):
        guides("en", plan("index", there=("index",)))


def test_a_guide_leads_to_other_guides_and_names_other_files(plan):
    found = guides("en", plan("a", "b", there=("a", "b")))
    page = found[0].page_of(found)
    assert page.title == "A guide"
    assert blocks.links(page.blocks) == ["page:b"]
    assert "the plan (notebooks/report.yaml)" in blocks.plain(page.blocks[1].spans)
    assert "日本語" not in blocks.plain(page.blocks[1].spans)


def test_the_line_above_a_table_is_its_caption(plan):
    found = guides("en", plan("a", there=("a",)))
    (table,) = [b for b in found[0].page_of(found).blocks if b.kind == "table"]
    assert table.title == "What is what"
