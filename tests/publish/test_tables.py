"""Tables of the pages: what is inferred is marked, and once is enough where all of it is."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import html

from analysis.publish.dictionary import data_dictionary
from analysis.publish.tables import html_table


def table(*inferred: str, language: str = "en") -> html.HtmlElement:
    """A table of issues, one a row, with what of it is inferred."""
    frame = pd.DataFrame(
        {
            "record": [f"issue-{n}" for n, _ in enumerate(inferred)],
            "label_ja": "課題",
            "label_en": "Issue",
            "raised": "2007",
            "inferred": inferred,
        }
    )
    made = html_table(frame, ["label", "raised"], "Issues", language, table="issues")
    return html.fragment_fromstring(made)


def marks(made: html.HtmlElement, part: str) -> list[str]:
    return made.xpath(f".//{part}//span[@class='judgement']/text()")


def test_what_is_inferred_is_marked_in_its_cell():
    made = table("raised", "", "raised status")
    assert marks(made, "thead") == []
    assert marks(made, "tbody") == ["inferred"] * 2


@pytest.mark.parametrize(("language", "mark"), [("ja", "判断"), ("en", "inferred")])
def test_a_column_that_is_inferred_throughout_is_marked_once_in_its_heading(language, mark):
    made = table("raised", "raised", "raised", language=language)
    assert marks(made, "thead/tr/th[2]") == [mark]
    assert marks(made, "tbody") == []


def test_a_single_row_is_marked_in_its_cell():
    made = table("raised")
    assert (marks(made, "thead"), marks(made, "tbody")) == ([], ["inferred"])


def test_the_time_of_an_occasion_reads_as_other_times_do():
    frame = pd.DataFrame({"occasion_date": ["FY2016", "2008-06"]})
    for language, words in (("ja", ["2016年度", "2008年6月"]), ("en", ["FY2016", "Jun 2008"])):
        made = html.fragment_fromstring(html_table(frame, ["occasion_date"], "x", language))
        assert made.xpath(".//tbody//th/text()") == words


def test_the_dictionary_is_a_line_for_each_table_that_opens(book):
    made = html.fragment_fromstring(data_dictionary(book, "document", "en"), create_parent=True)
    tables = [*book.tables, *book.shared]
    assert made.xpath("./details/summary/code/text()") == tables
    assert len(made.xpath("./details//table")) == len(tables)
    assert not made.xpath("./details[@open]")
