"""Whatever a notebook displays becomes a block, nothing of it becomes code, and nothing is lost."""

from __future__ import annotations

import base64

import pandas as pd
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from analysis.publish import blocks
from analysis.publish.blocks import PublishError


def read(*cells: dict, language: str = "en", **how):
    return blocks.read({"cells": list(cells)}, language, name="a.ipynb", **how)


def kinds(*cells: dict) -> list[str]:
    return [block.kind for block in read(*cells).blocks]


def result(**data: str) -> dict:
    named = {name.replace("_", "/", 1): value for name, value in data.items()}
    return samples.code(samples.shown(named, "execute_result"))


# -- What is refused, and what is left out ---------------------------------------------------------


def test_a_cell_that_failed_is_refused_by_the_notebooks_name():
    failed = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    with pytest.raises(PublishError, match=r"a\.ipynb: a cell ended in KeyError: 'x'"):
        read(samples.code(failed))


def test_two_figures_of_one_name_are_refused():
    one = samples.figure("same", "One", samples.bars("en", 2), language="en")
    first, added, second = samples.code(one), samples.code(), samples.code(one)
    first["id"], second["id"], added["metadata"] = "a1", "b2", {"tags": ["injected-parameters"]}
    with pytest.raises(PublishError) as caught:
        read(first, added, second)
    assert str(caught.value) == (
        "a.ipynb: two outputs are named 'same', in cell 1 (a1) and in cell 2 (b2); give one of them another name"
    )
    with pytest.raises(PublishError, match=r"two outputs are named 'same', both in cell 1; give"):
        read(samples.code(one, one))


def test_warnings_are_said_on_the_terminal_and_stand_on_no_page():
    page = read(samples.code(samples.printed("UserWarning: no glyph\n", "stderr")))
    assert page.blocks == () and page.notices == ("UserWarning: no glyph",)


def test_what_the_other_language_says_is_left_out():
    page = read(samples.prose("日本語", "ja"), samples.prose("English", "en"), samples.prose("both"))
    assert [blocks.plain(b.spans) for b in page.blocks] == ["English", "both"]


def test_what_a_plotting_call_returns_is_left_out_and_the_picture_kept():
    picture = {"image/png": base64.b64encode(b"png").decode(), "text/plain": "<Figure size 640x480>"}
    assert kinds(result(text_plain="<Axes: xlabel='x'>"), samples.code(samples.shown(picture))) == ["picture"]


@pytest.mark.parametrize(
    "shown",
    [
        "[<matplotlib.lines.Line2D at 0x0>,\n <matplotlib.lines.Line2D at 0x0>]",
        "(array([1., 0.]), array([1., 2., 3.]), <BarContainer object of 2 artists>)",
        "Text(0.5, 0, 'years')",
        "{'whiskers': [<matplotlib.lines.Line2D at 0x0>]}",
        "array([[<Axes: >, <Axes: >]], dtype=object)",
    ],
)
def test_whatever_a_plotting_call_returns_is_left_out(shown):
    assert kinds(result(text_plain=shown)) == []
    assert kinds(result(text_plain="(array([1, 2]), 3)"), result(text_plain="Text of mine")) == ["code"] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![map](../docs/map.png)", 'left out: <img src="../docs/map.png">; show a picture from a cell'),
        ('<iframe src="https://x.org"></iframe>', 'left out: <iframe src="https://x.org">; show'),
        ("[grades](grades.html)", "left out: the link to 'grades.html'; write page:NAME, record:TABLE/ID"),
    ],
)
def test_what_a_page_has_no_place_for_is_said(text, said):
    (notice,) = read(samples.prose(text)).notices or ("",)
    assert notice.startswith(said)


def test_outputs_that_only_other_programs_read_are_left_out():
    value = {"application/vnd.analysis.value+json": {"name": "n", "value": 1}, "text/plain": "n = 1"}
    assert kinds(samples.code(samples.shown(value))) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style>p {color: red}</style>",
        "<iframe src='https://x.example'></iframe>",
        "<svg onload=alert(1)></svg>",
        "<form action='https://x.example'><input name=q></form>",
    ],
)
def test_elements_that_could_act_are_dropped(text):
    assert kinds(result(text_html=text)) == []


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x.html", "//x"]
)
def test_a_link_that_may_not_be_followed_is_words(to):
    (block,) = read(samples.prose(f"[words]({to})")).blocks
    assert block.spans == ("words",)


def test_long_text_is_cut_and_says_so():
    page = read(samples.code(samples.printed("x" * (blocks.LONGEST + 1))))
    assert len(page.blocks[0].text) < blocks.LONGEST + 5
    assert "20,001 characters" in page.notices[0]


def test_a_long_table_is_cut_and_says_so():
    page = read(result(text_html=pd.DataFrame({"a": range(blocks.ROWS + 7)}).to_html()))
    assert len(page.blocks[0].rows) == blocks.ROWS and page.blocks[0].cut == 7 and page.notices


# -- What is kept ----------------------------------------------------------------------------------


def test_a_column_of_prose_is_told_from_one_of_a_few_words():
    row = {"record": None, "cells": [samples.cell(text) for text in ("x" * 99, "2016", "x" * 99, "x" * 50)]}
    columns = [(title, "text") for title in ("of the row", "short", "long", "between")]
    (table,) = read(samples.code(samples.table("t", "T", columns, [row]))).blocks
    assert [(c.short, c.long) for c in table.columns] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_bare_value_is_text():
    assert read(result(text_plain="2")).blocks == (blocks.Code("2"),)


def test_a_frame_is_a_table_with_its_heads_and_numbers():
    frame = pd.DataFrame({"region": ["A", "B <b>"], "value": [1.5, -2]})
    (table,) = read(result(text_html=frame.to_html())).blocks
    assert [column.title for column in table.columns] == ["", "region", "value"]
    assert [column.number for column in table.columns] == [True, False, True]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["0", "A", "1.5"],
        ["1", "B <b>", "-2.0"],
    ]


def test_heads_of_several_rows_are_joined():
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([["years"], ["before", "after"]]))
    (table,) = read(result(text_html=frame.to_html())).blocks
    assert [column.title for column in table.columns] == ["", "years · before", "years · after"]


def test_cells_that_span_rows_are_repeated_in_each():
    index = pd.MultiIndex.from_product([["a"], ["x", "y"]])
    (table,) = read(result(text_html=pd.DataFrame({"v": [1, 2]}, index=index).to_html())).blocks
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["a", "x", "1"], ["a", "y", "2"]]


@pytest.mark.parametrize("written", [r"$\displaystyle \frac{a}{b}$", r"$$\frac{a}{b}$$", r"\frac{a}{b}"])
def test_a_formula_is_set_the_same_twice_and_keeps_its_source_as_words(written):
    one, other = (read(result(text_latex=written)).blocks for _ in range(2))
    (picture,) = one
    assert one == other and (picture.type, picture.alt) == ("image/svg+xml", r"\frac{a}{b}")
    assert picture.data.count(b"<use") == 2 and b"<text" not in picture.data  # a and b, as outlines
    assert b"<metadata" not in picture.data


def test_a_formula_with_a_command_that_is_not_known_is_shown_as_it_was_written():
    written = r"\begin{align} a &= b \end{align}"
    assert read(result(text_latex=written)).blocks == (blocks.Code(written, "latex"),)


def test_no_sign_of_a_formula_in_markdown_is_markdown():
    before, formula, after = read(samples.prose(r"As $x_1 + y*z* w$: $$a_1*b*c$$ *of* all")).blocks
    assert before.spans == ("As ", blocks.Span("code", ("x_1 + y*z* w",)), ":")
    assert formula.alt == "a_1*b*c"
    assert after.spans == (blocks.Span("em", ("of",)), " all")


@pytest.mark.parametrize("text", ["$5 to $10", "US$100m–US$200m", r"\$5 and \$6", "a $ b $ c"])
def test_sums_of_money_are_no_formula(text):
    (paragraph,) = read(samples.prose(text)).blocks
    assert paragraph.spans == (text.replace("\\", ""),)


def test_markdown_keeps_roles_links_lists_quotes_and_code():
    page = read(
        samples.prose(
            "## H\n\n**b** *i* `c` [x](record:plans/plan-1)\n\n- one\n\n> q\n\n```python\nx = 1\n```"
        )
    )
    assert [block.kind for block in page.blocks] == ["heading", "paragraph", "listing", "group", "code"]
    assert [span.kind for span in page.blocks[1].spans if span != " "] == ["strong", "em", "code", "link"]
    assert blocks.links(page.blocks) == ["record:plans/plan-1"]


def test_a_cell_without_ids_and_with_lines_in_lists_is_read():
    cell = {
        "cell_type": "code",
        "source": ["1"],
        "metadata": {},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]}],
    }  # as older programs save them
    assert read(cell).blocks == (blocks.Code("a\nb"),)


def test_headings_have_the_same_anchors_in_both_languages():
    ja, en = (
        [b.anchor for b in read(*samples.issues(x)["cells"], language=x).blocks if b.kind == "heading"]
        for x in ("ja", "en")
    )
    assert ja == en == ["", "section-1", "section-2"]


def test_the_title_ends_in_what_the_page_is_about():
    assert read(samples.prose("# Region"), subject="Kobe").title == "Region: Kobe"
    assert read(samples.prose("# Kobe in short"), subject="Kobe").title == "Kobe in short"


def test_a_small_figure_stands_in_its_finding():
    page = read(*samples.overview("en")["cells"])
    finding = next(b for b in page.blocks if b.kind == "finding")
    assert finding.figure.name == "f-support"
    assert "f-support" not in [b.name for b in page.blocks if b.kind == "figure"]


def test_findings_of_all_pages_stand_where_a_notebook_asks_for_them():
    findings = blocks.findings_of(samples.overview("en"))
    asked = samples.code(samples.shown({blocks.FINDINGS: {}, "text/plain": "here"}))
    shown = [b for b in read(asked, findings=findings).blocks if b.kind == "finding"]
    assert [f.name for f in shown] == ["support-years", "issues-better"] and shown[0].figure
    own = read(*samples.overview("en")["cells"], findings=findings)
    assert [f.figure for f in own.blocks if f.kind == "finding"] == [None, None]


def test_numbers_that_follow_one_another_stand_side_by_side():
    number = samples.code(samples.shown({blocks.NUMBER: {"value": "21", "text": "years"}}))
    (group,) = read(number, number).blocks
    assert (group.look, [n.value for n in group.blocks]) == ("numbers", ["21", "21"])


@given(st.text(max_size=200))
def test_any_text_is_read_in_every_form(text):
    data = ["text/markdown", "text/html", "text/latex", "text/plain"]
    for kind in data:
        read(samples.code(samples.shown({kind: text})))
    read(samples.prose(text), samples.code(samples.printed(text)))


@pytest.mark.parametrize("said", [{}, {"varies": False}, {"varies": True}])
def test_a_value_that_varies_is_told_from_one_that_stands(said):
    (finding, _) = blocks.findings_of(samples.overview("en"))
    cell = samples.code(samples.shown({blocks.FINDING: _about(finding) | said, "text/plain": "here"}))
    (made,) = [b for b in read(cell).blocks if b.kind == "finding"]
    assert made.varies == said.get("varies", False)


def _about(finding):
    return {"id": finding.name, "headline": finding.title, "robustness": {"text": "19 to 20", "flips": False}}
