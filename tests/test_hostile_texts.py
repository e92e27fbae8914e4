"""Whatever stands in a study's texts, it is text in the built report and nothing else."""

from __future__ import annotations

import pytest
from lxml import html

from hostile_texts import LINK, SCRIPT, attacked

pytestmark = [pytest.mark.build, pytest.mark.xdist_group("hostile")]
ACTING = ("script", "iframe", "object", "embed", "form", "base")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, html.HtmlElement]:
    project = attacked(tmp_path_factory.mktemp("hostile") / "project")
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-2000:]
    return {path.stem: html.parse(path).getroot() for path in (project.report / "en").glob("*.html")}


def test_nothing_in_a_page_s_content_can_act(pages):
    for name, page in pages.items():
        found = [e for tag in ACTING for e in page.xpath(f"//main//*[local-name()='{tag}']")]
        # The page of the search has a form of its own, and cards may travel as data.
        kept = [e for e in found if e.get("type") != "application/json" and e.get("role") != "search"]
        assert [html.tostring(e)[:200] for e in kept] == [], name
        assert page.xpath("//@*[starts-with(name(), 'on')]") == [], name
        assert page.xpath("//img[@src='x'] | //a[contains(@href, 'e.vil')] | //main//u") == [], name


def test_the_words_are_shown_as_they_stand(pages):
    shown = " ".join(page.text_content() for page in pages.values())
    assert SCRIPT in shown
    assert LINK in shown


def test_markup_of_a_value_marks_nothing(pages):
    for name, page in pages.items():
        assert not [e for e in page.xpath("//main//strong | //main//code") if e.text == "b"], name
