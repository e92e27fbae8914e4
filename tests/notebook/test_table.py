"""A notebook's table: the structure that pages, PDF and search render, and the same as HTML."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import html as parser

from analysis.notebook.table import html, table
from analysis.words import Link

pytestmark = pytest.mark.unit


def made(frame: pd.DataFrame, *columns: str, language: str = "en", home: str = "issues") -> dict:
    named = {column: column.title() for column in columns or frame}
    return table(frame, named, name="t", caption="c", language=language, home=home)


def cells(frame: pd.DataFrame, column: str, **how: str) -> list[dict]:
    return [row["cells"][0] for row in made(frame, column, **how)["rows"]]


def test_a_column_that_is_not_there_is_no_silent_gap():
    with pytest.raises(KeyError, match="theme"):
        made(pd.DataFrame({"label": ["a"]}), "theme")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", '" onmouseover="x', "[x](y) **b**"])
def test_text_stays_text_in_html(text):
    frame = pd.DataFrame({"record": ["r"], "label": [text]})
    found = parser.fromstring(html(made(frame, "label"), lambda target: target))
    assert found.xpath("string(//td)") == text
    assert {element.tag for element in found.iter()} == {
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
    }


def test_nothing_known_is_an_empty_cell_without_a_place_in_the_order():
    for nothing in (None, pd.NA, float("nan"), ""):
        (cell,) = cells(pd.DataFrame({"value": pd.Series([nothing], dtype="object")}), "value")
        assert (cell["text"], cell["sort"], cell["inferred"]) == ("", None, False)


def test_a_row_without_a_record_leads_nowhere():
    frame = pd.DataFrame({"record": ["one", ""], "label": ["a", "b"]})
    assert [row["record"] for row in made(frame, "label")["rows"]] == ["issues/one", None]
    assert made(pd.DataFrame({"label": ["a"]}))["rows"][0]["record"] is None


def test_a_row_of_many_tables_leads_to_the_table_that_it_is_of():
    frame = pd.DataFrame({"table": ["statements"], "record": ["one"], "label": ["a"]})
    assert made(frame, "label")["rows"][0]["record"] == "statements/one"


def test_the_first_cell_leads_to_the_record_and_a_link_to_what_it_names():
    frame = pd.DataFrame({"record": ["one"], "label": ["a"], "to": [Link("record:issues/two", "two")]})
    found = parser.fromstring(html(made(frame, "label", "to"), str.upper))
    assert found.xpath("//td/a/@href") == ["RECORD:ISSUES/ONE", "RECORD:ISSUES/TWO"]


def test_what_was_inferred_is_marked_in_its_column_alone():
    frame = pd.DataFrame({"label": ["a"], "period": ["2010/2012"], "inferred": ["period note"]})
    label, period = made(frame, "label", "period")["rows"][0]["cells"]
    assert (label["inferred"], period["inferred"]) == (False, True)


def test_an_id_is_shown_by_its_label_and_yes_and_no_by_the_reports_words():
    frame = pd.DataFrame({"region": ["n"], "region_label": ["North"], "approximate": ["yes"]})
    assert [c["text"] for c in made(frame, "region", "approximate")["rows"][0]["cells"]] == ["North", "yes"]
    assert cells(frame, "approximate", language="ja")[0]["text"] == "はい"


def test_japanese_in_an_english_table_is_named_as_such():
    frame = pd.DataFrame({"label": ["知識", "plain"]})
    assert [cell["lang"] for cell in cells(frame, "label")] == ["ja", None]
    assert cells(frame, "label", language="ja")[0]["lang"] is None


def test_numbers_and_periods_are_sorted_as_what_they_are():
    frame = pd.DataFrame({"n": [1200, 3], "period": ["2012-12", ""], "label": ["a", "b"]})
    columns = {column["name"]: column["kind"] for column in made(frame)["columns"]}
    assert columns == {"n": "number", "period": "period", "label": "text"}
    assert [(c["text"], c["sort"]) for c in cells(frame, "n")] == [("1,200", 1200.0), ("3", 3.0)]
    assert [(c["text"], c["sort"]) for c in cells(frame, "period")] == [("Dec 2012", "2012-12"), ("", None)]
