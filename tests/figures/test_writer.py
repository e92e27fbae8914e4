"""The one writer: a figure that cannot be read does not leave it; one that can is the same twice."""

from __future__ import annotations

import base64
import io
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from lxml import etree
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from analysis import figures
from analysis.figures import style
from analysis.figures.chart import NARROW, WIDE, Caption, Chart
from analysis.figures.check import FigureError, faults
from analysis.figures.colours import INK
from analysis.figures.sheet import LayoutError, Sheet
from analysis.figures.writer import MIME, bundle

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("A finding.", "The measure", "Two boxes.", "The source")


def drawing(*texts: tuple, face: str = "white", size: float = 12) -> Figure:
    """Return a small figure with texts (x, y, words, colour) in shares of the sheet."""
    with style.applied():
        figure = Figure(figsize=(4, 1), facecolor=face)
        for x, y, words, *colour in texts:
            figure.text(x, y, words, color=colour[0] if colour else INK, size=style.points(size))
    return figure


def found(figure: Figure, *, ours: bool = False) -> str:
    with style.applied():
        return "; ".join(faults(figure, ours=ours))


def boxes(made: Sheet, word: str = "word") -> None:
    """Draw two linked boxes and a word beside each."""
    for key in ("one", "two"):
        made.box(10, made.top, 100, 30, "#0072b2", hatch="//", hatchcolor="#0072b2")
        made.text(120, made.top + 6, word)
        made.link(f"record:phases/{key}", key, (10, made.top, 110, made.top + 30), ["regions/here"])
        made.top += 40


def sheet() -> Sheet:
    made = Sheet(WIDE)
    boxes(made)
    return made


def chart(**how: str) -> Chart:
    rows = pd.DataFrame({"key": ["phases/one", "phases/two"]})
    words = (("one", "[One](record:phases/one)"), ("two", "[Two](record:phases/two)"))
    return Chart(lambda sheet: boxes(sheet, **how), rows, words)


def root_of(svg: str) -> etree._Element:
    return etree.fromstring(svg)


# -- What cannot be read or hit --------------------------------------------------------------------


def test_text_over_text_is_found():
    assert found(drawing((0.2, 0.5, "one word"), (0.25, 0.52, "other"))) == (
        "text over text: 'one word' and 'other'"
    )


def test_text_off_the_sheet_is_found():
    assert found(drawing((0.9, 0.5, "much too long"))) == "text off the sheet: 'much too long'"
    assert found(drawing((0.1, -0.2, "too low"))) == "text off the sheet: 'too low'"


def test_a_glyph_that_the_font_lacks_is_found():
    said = found(drawing((0.2, 0.5, "한국")))
    assert "한국" in said and "missing from the fonts" in said and said.endswith("into fonts/")


def test_a_sign_that_the_bundled_font_lacks_is_drawn_by_another():
    assert found(drawing((0.2, 0.5, "„Äußere Größe“ ΐ ğ"))) == ""


def test_faint_text_is_found():
    assert found(drawing((0.2, 0.5, "faint", "#bbbbbb"))) == "text too faint (1.9 to 1): 'faint'"
    assert "too faint" in found(drawing((0.2, 0.5, "night"), face="#222222"))


def test_small_text_is_found_at_the_width_at_which_it_is_shown():
    assert found(drawing((0.2, 0.5, "tiny"), size=10)) == "text of 10.0 px, smaller than 11: 'tiny'"
    wide = drawing((0.2, 0.5, "shrunk"))
    wide.set_size_inches(20, 1)
    assert found(wide) == "text of 6.0 px, smaller than 11: 'shrunk'"


def test_three_sizes_of_label_are_found():
    figure = drawing((0.1, 0.5, "one"))
    for n, size in enumerate((14, 16), 1):
        figure.text(0.1 + 0.3 * n, 0.5, "more", size=style.points(size))
    assert "3 sizes of label, more than two: 12, 14, 16 px" in found(figure, ours=True)


def test_a_box_much_higher_than_its_content_is_found():
    made = sheet()
    made.top += 100
    assert "box higher than its content" in found(made.finish(), ours=True)


def test_marks_too_close_to_be_hit_one_by_one_are_found():
    made = sheet()
    made.link("record:phases/three", "three", (50, 10, 55, 20))
    made.link("record:phases/four", "four", (60, 10, 65, 20))
    assert "marks overlap, less than 24 px to hit: 'three' and 'four'" in found(made.finish())


def test_a_letter_on_its_project_is_in_front_of_it_and_can_be_hit():
    made = sheet()
    made.link("record:evaluations/x", "A", (40, 10, 60, 20))
    assert found(made.finish()) == ""


@pytest.mark.parametrize("caption", [Caption("", "", "alt"), Caption("title", "", " \n")])
def test_a_figure_without_title_or_alt_text_is_refused(caption):
    with pytest.raises(FigureError, match="figure f: the (title|alt text) is empty"):
        bundle(chart(), name="f", caption=caption)


@pytest.mark.parametrize("name", ["", "../x", "Figure", "a b", "a--b", "図", "a.svg"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(FigureError, match="use small letters, digits and hyphens"):
        bundle(chart(), name=name, caption=CAPTION)


def test_a_chart_that_cannot_be_read_is_refused_in_one_line_with_its_layout():
    def draw(made: Sheet) -> None:
        boxes(made)
        made.text(made.width - 10, 6, "off the sheet")

    with pytest.raises(FigureError) as refused:
        bundle(Chart(draw, pd.DataFrame()), name="f", caption=CAPTION)
    assert str(refused.value) == (
        "figure f: wide: text off the sheet: 'off the sheet'; narrow: text off the sheet: 'off the sheet'"
    )


def test_what_is_no_figure_is_refused():
    with pytest.raises((FigureError, AttributeError)):
        bundle("a word", name="f", caption=CAPTION)


# -- What is written -------------------------------------------------------------------------------


def test_the_same_figure_is_the_same_bytes_every_time():
    assert bundle(chart(), name="f", caption=CAPTION) == bundle(chart(), name="f", caption=CAPTION)


def test_what_travels_with_a_figure_is_what_was_plotted():
    made = bundle(chart(), name="small", caption=CAPTION, role="small")
    about = made[MIME]
    assert {k: about[k] for k in ("name", "title", "subtitle", "alt", "source", "role")} == {
        "name": "small",
        "title": "A finding.",
        "subtitle": "The measure",
        "alt": "Two boxes.",
        "source": "The source",
        "role": "small",
    }
    assert about["words"][0] == {"id": "one", "text": "[One](record:phases/one)"}
    assert about["records"] == ["phases/one", "phases/two"]
    assert about["csv"] == "key\nphases/one\nphases/two\n"
    assert made["image/svg+xml"] == about["svg"]["wide"] != about["svg"]["narrow"]
    assert made["text/plain"] == "Two boxes."


def test_both_layouts_say_how_wide_they_are_and_are_text():
    svgs = bundle(chart(word="地域"), name="f", caption=CAPTION)[MIME]["svg"]
    for layout, width in (("wide", WIDE), ("narrow", NARROW)):
        root = root_of(svgs[layout])
        assert root.get("width") == str(width)
        assert [t.text for t in root.iter(f"{SVG}text")] == ["地域", "地域"]
        assert "<style" not in svgs[layout]


def test_a_text_is_held_to_the_width_that_it_was_laid_out_with():
    svg = bundle(chart(word="regional"), name="f", caption=CAPTION)[MIME]["svg"]["wide"]
    text = next(root_of(svg).iter(f"{SVG}text"))
    assert "'IPAexGothic', 'Hiragino Sans'" in text.get("style")
    assert float(text.get("textLength")) == pytest.approx(
        style.points(style.text_width("regional")), abs=0.01
    )


def test_every_id_begins_with_name_and_layout_and_every_reference_resolves():
    for layout, svg in bundle(chart(), name="f", caption=CAPTION)[MIME]["svg"].items():
        ids = re.findall(r'\bid="([^"]+)"', svg)
        assert len(ids) == len(set(ids)) > 1
        assert all(i.startswith(f"f-{layout}") for i in ids)
        assert {*re.findall(r"url\(#([^)]+)\)", svg)} <= {*ids}


def test_a_mark_is_one_link_with_its_name_and_what_it_is_highlighted_with():
    root = root_of(bundle(chart(), name="f", caption=CAPTION)["image/svg+xml"])
    links = [(a.get("href"), a.findtext(f"{SVG}title"), a.get("data-of")) for a in root.iter(f"{SVG}a")]
    assert links == [
        ("record:phases/one", "one", "regions/here"),
        ("record:phases/two", "two", "regions/here"),
    ]


def test_a_mark_that_counts_several_leads_to_the_item_that_lists_them():
    def draw(made: Sheet) -> None:
        boxes(made)
        made.link("#all", "all", (200, 0, 300, 60))

    svg = bundle(Chart(draw, pd.DataFrame()), name="f", caption=CAPTION)["image/svg+xml"]
    assert 'href="#f-all"' in svg


def test_colours_are_named_unless_one_is_somebody_s_own():
    svg = bundle(chart(), name="f", caption=CAPTION)["image/svg+xml"]
    assert "fill: var(--region-1, #0072b2)" in svg
    assert "#" not in re.sub(r"var\(--[a-z0-9-]+, #[0-9a-f]{6}\)|url\(#[^)]+\)", "", svg)
    axes = Figure().add_subplot()
    axes.bar(["a"], [1], color="#123456")
    other = bundle(axes, name="f", caption=CAPTION)["image/svg+xml"]
    assert 'class="on-paper"' in other
    assert "var(" not in other


@pytest.mark.parametrize(
    "text", ["$x^2$", "<script>x</script>", 'a & "b"', "\\textbf{x}", "%s", 'd="1.2345"']
)
def test_a_label_is_drawn_as_it_stands(text):
    caption = Caption(text, text, text, text)
    root = root_of(bundle(chart(word=text), name="f", caption=caption)["image/svg+xml"])
    assert [t.text for t in root.iter(f"{SVG}text")] == [text, text]
    assert root.get("aria-label") == text
    assert not [*root.iter(f"{SVG}script")]


def test_the_png_is_twice_as_wide_with_title_and_source_and_says_nothing_of_who_made_it():
    made = bundle(chart(), name="f", caption=CAPTION)
    with Image.open(io.BytesIO(base64.b64decode(made["image/png"]))) as picture:
        assert picture.width == 2 * WIDE
        assert picture.height > 2 * 88  # the chart alone
        assert "Software" not in picture.info


# -- Anybody's figures -----------------------------------------------------------------------------


def test_a_seaborn_figure_leaves_with_the_rows_that_its_axes_hold():
    frame = pd.DataFrame({"地域": ["浜松", "神戸"], "n": [3.0, 5.0]})
    figure, axes = plt.subplots()
    sns.barplot(frame, x="地域", y="n", ax=axes, errorbar=None)
    about = bundle(axes, name="f", caption=CAPTION)[MIME]
    assert about["csv"] == "axes,series,x,y\n1,,浜松,3.0\n1,,神戸,5.0\n"
    assert about["svg"]["narrow"] is None
    assert ">浜松<" in about["svg"]["wide"]
    plt.close(figure)


def test_bars_that_lie_leave_with_their_names_and_lengths():
    frame = pd.DataFrame({"地域": ["浜松", "神戸"], "n": [3.0, 5.0]})
    figure, axes = plt.subplots()
    sns.barplot(frame, x="n", y="地域", ax=axes)
    about = bundle(axes, name="f", caption=CAPTION)[MIME]
    assert about["csv"] == "axes,series,x,y\n1,,3.0,浜松\n1,,5.0,神戸\n"
    plt.close(figure)


def test_a_point_with_an_address_leads_there():
    axes = Figure().add_subplot()
    axes.scatter([1, 2], [3, 4], label="n").set_urls(["record:issues/a", "record:issues/b"])
    about = bundle(axes, name="f", caption=CAPTION)[MIME]
    assert about["records"] == ["issues/a", "issues/b"]
    assert [a.get("href") for a in root_of(about["svg"]["wide"]).iter(f"{SVG}a")] == [
        "record:issues/a",
        "record:issues/b",
    ]
    assert about["csv"] == "axes,series,x,y\n1,n,1.0,3.0\n1,n,2.0,4.0\n"


# -- Charts ----------------------------------------------------------------------------------------


def test_a_chart_without_room_lists_its_words_instead():
    def draw(made: Sheet) -> None:
        raise LayoutError

    made = Chart(draw, pd.DataFrame(), (("a", "[One &#38; two](record:x/a)"),))
    assert [t.get_text() for t in made.figure(NARROW).findobj(Text)] == ["・", "One & two"]
    bundle(made, name="f", caption=CAPTION)


def test_a_bare_chart_shows_itself():
    png, size = chart()._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert size["width"] == WIDE


def test_a_misspelt_chart_is_answered_with_the_nearest_name():
    with pytest.raises(AttributeError, match="no chart 'suport_strips'; did you mean support_strips"):
        figures.suport_strips  # noqa: B018


def test_tab_and_help_find_every_chart():
    for name in dir(figures):
        assert getattr(figures, name).__doc__
    assert {"bundle", "Caption", "support_strips"} <= {*dir(figures)}
