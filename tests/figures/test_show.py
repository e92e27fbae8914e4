"""The one writer: a figure that cannot be read does not leave it; one that can is the same twice."""

from __future__ import annotations

import base64
import io
import re

import pandas as pd
import pytest
from lxml import etree
from matplotlib.figure import Figure

from analysis.figures import colours, style
from analysis.figures.canvas import Canvas, Exhibit
from analysis.figures.show import MIME, FigureError, check, show

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def drawing(*texts: tuple, size: tuple[float, float] = (4, 2), face: str = "white") -> Figure:
    """Return a small figure with texts (x, y, words, colour) in shares of the sheet."""
    figure = Figure(figsize=size, facecolor=face)
    with style.applied():
        for x, y, words, *colour in texts:
            figure.text(x, y, words, color=colour[0] if colour else style.INK)
    return figure


def faults(figure: Figure) -> list[str]:
    with style.applied():
        return check(figure)


def exhibit(
    alt: str = "Two words.",
    title: str = "Title",
    keys=("phases/one", "phases/two"),
    word: str = "word",
    language: str = "en",
) -> Exhibit:
    """Return a small exhibit with a linked mark and text per key."""
    with style.applied():
        canvas = Canvas(language)
        canvas.head(title, "subtitle")
        for key in keys:
            canvas.box(canvas.left, canvas.top, 1, 0.3, face="#eeeeee", key=key, hatch="//")
            canvas.text(3, canvas.top, word, key=key)
            canvas.top += 0.4
        return canvas.finish("source", alt=alt, rows=pd.DataFrame({"key": list(keys)}))


@pytest.fixture
def shown(monkeypatch):
    """Show an exhibit and return what a notebook would get of it, by type."""
    displayed = []
    monkeypatch.setattr("analysis.figures.show.display", lambda data, raw: displayed.append(data))

    def outputs(made: Exhibit, name: str = "figure") -> dict:
        show(made, name=name)
        return displayed.pop()

    return outputs


# -- What cannot be read ---------------------------------------------------------------------------


def test_text_over_text_is_found():
    found = faults(drawing((0.2, 0.5, "one word"), (0.25, 0.52, "another")))
    assert found == ["text over text: 'one word' and 'another'"]


def test_text_off_the_sheet_is_found():
    assert faults(drawing((0.9, 0.5, "much too long"))) == ["text off the sheet: 'much too long'"]
    assert faults(drawing((-0.1, 0.5, "too far left"))) == ["text off the sheet: 'too far left'"]
    assert faults(drawing((0.1, -0.05, "too low"))) == ["text off the sheet: 'too low'"]


def test_a_glyph_that_the_font_lacks_is_found():
    found = faults(drawing((0.2, 0.5, "\N{GRINNING FACE}")))
    assert len(found) == 1
    assert "missing from" in found[0]


def test_faint_text_is_found():
    found = faults(drawing((0.2, 0.5, "hardly there", "#bbbbbb")))
    assert found == ["text too faint (1.9 to 1): 'hardly there'"]


def test_dark_text_on_a_dark_ground_is_found():
    assert "too faint" in "".join(faults(drawing((0.2, 0.5, "night"), face="#222222")))


def test_text_that_is_faint_in_the_dark_alone_is_found(monkeypatch):
    monkeypatch.setitem(colours.DARK, style.QUIET, "#444444")
    found = faults(drawing((0.2, 0.5, "night", style.QUIET)))
    assert found == ["text too faint on a dark screen (1.9 to 1): 'night'"]


def test_an_invisible_or_blank_text_disturbs_nobody():
    figure = drawing((0.2, 0.5, "word"), (0.2, 0.5, " "))
    figure.text(0.2, 0.5, "hidden").set_visible(False)
    assert faults(figure) == []


def test_texts_side_by_side_in_ink_are_good():
    figure = drawing((0.1, 0.2, "left"), (0.6, 0.2, "right"), (0.1, 0.7, "上の行"))
    assert faults(figure) == []
    assert [text.get_visible() for text in figure.texts] == [True] * 3


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_alt_text_is_refused(alt):
    with pytest.raises(FigureError, match="figure figure: the alt text is empty"):
        show(exhibit(alt=alt), name="figure")


@pytest.mark.parametrize("name", ["", "../x", "Figure", "a b", "a--b", "図", "a.svg"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(FigureError, match="use small letters, digits and hyphens"):
        show(exhibit(), name=name)


def test_a_figure_that_cannot_be_read_is_refused_with_every_fault():
    made = exhibit()
    made.figure.axes[0].text(3, 0.9, "on top", color="#dddddd")
    made.figure.axes[0].text(11.8, 1.2, "off the sheet")
    with pytest.raises(FigureError) as refused:
        show(made, name="figure")
    assert "text too faint" in str(refused.value)
    assert "text off the sheet: 'off the sheet'" in str(refused.value)


# -- What is written -------------------------------------------------------------------------------


def test_the_same_figure_is_the_same_bytes_every_time(shown):
    one, same, again = shown(made := exhibit()), shown(made), shown(exhibit())
    assert one == same == again


def test_every_id_in_the_svg_begins_with_the_figures_name_and_every_reference_resolves(shown):
    root = etree.fromstring(shown(exhibit(), "phase-timeline")["image/svg+xml"])
    ids = [element.get("id") for element in root.iter(etree.Element) if element.get("id")]
    assert root.get("id") == "figure-phase-timeline"
    assert all(i.startswith("phase-timeline-") for i in ids[1:])
    assert len(ids) == len(set(ids))
    used = [v for e in root.iter(etree.Element) for v in e.attrib.values()]
    named = {m for v in used for m in re.findall(r"url\(#([^)]+)\)", v)}
    named |= {v[1:] for v in used if v.startswith("#") and not re.fullmatch("#[0-9a-f]{6}", v)}
    assert named
    assert named <= set(ids)


def test_a_line_of_text_is_drawn_where_it_was_in_fewer_characters(shown, monkeypatch):
    made = exhibit(word="Wide  地域 AV", keys=["phases/one"])
    short = shown(made)["image/svg+xml"]
    monkeypatch.setattr("analysis.figures.show._shorten_glyphs", lambda root: None)
    long = shown(made)["image/svg+xml"]
    assert len(short) < 0.7 * len(long)
    for (x, y), (also_x, also_y) in zip(corners(long), corners(short), strict=True):
        assert (x, y) == (pytest.approx(also_x, abs=0.1), pytest.approx(also_y, abs=0.1))


def corners(svg: str) -> list[tuple[float, float]]:
    """Every place that an outline names, on the sheet, of one glyph after the other."""
    root = etree.fromstring(svg)
    outlines = {f"#{p.get('id')}": p for p in root.iter(f"{SVG}path") if p.get("id")}
    found = []
    for group in root.iter(f"{SVG}g"):
        line = re.fullmatch(r"translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+) .*", group.get("transform", ""))
        for use in group.findall(f"{SVG}use") if line else []:
            moved = re.search(r"[\d.]+", use.get("x") or use.get("transform") or "0")
            outline = outlines[use.get(HREF)]
            scale = float(re.search(r"[\d.]+", outline.get("transform") or "1")[0])
            x, y, size = map(float, line.groups())
            found += [
                (x + size * (float(moved[0]) + scale * right), y - size * scale * up)
                for right, up in places(outline.get("d", ""))
            ]
    return found


def places(path: str) -> list[tuple[float, float]]:
    """The places that a path goes through, absolute."""
    found, x, y, start = [], 0.0, 0.0, (0.0, 0.0)
    for command, told in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", told)]
        if command in "hv":
            numbers.insert(command == "h", 0.0)
        far = (x, y) if command.islower() else (0.0, 0.0)
        here = [(far[0] + a, far[1] + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        found += here
        x, y = here[-1] if here else start
        start = (x, y) if command in "Mm" else start
    return found


def test_two_figures_of_one_page_share_no_id(shown):
    texts = [shown(exhibit(), name)["image/svg+xml"] for name in ("one", "other")]
    one, other = (set(re.findall(r'\bid="([^"]+)"', text)) for text in texts)
    assert one & other == set()


def test_a_mark_leads_to_the_card_of_its_record_and_names_it(shown):
    root = etree.fromstring(shown(exhibit())["image/svg+xml"])
    links = {(a.get(HREF), a.findtext(f"{SVG}title")) for a in root.iter(f"{SVG}a")}
    assert links == {("evidence.html#phases-one", "phases/one"), ("evidence.html#phases-two", "phases/two")}


def test_a_notebook_that_a_person_runs_shows_marks_that_open_the_report_s_pages(monkeypatch):
    displayed = []
    monkeypatch.setattr("analysis.figures.show.display", lambda data, raw: displayed.append(data))
    show(exhibit(), name="figure", pages="../reports/study/en/")
    assert "image/svg+xml" not in displayed[0]
    root = etree.fromstring(displayed[0]["text/html"])
    assert {(a.get(HREF), a.get("target")) for a in root.iter(f"{SVG}a")} == {
        (f"../reports/study/en/evidence.html#phases-{name}", "_blank") for name in ("one", "two")
    }
    show(exhibit(alt="Zwei Wörter."), name="figure", pages="../reports/study/de/")
    one, other = (set(re.findall(r'\bid="(figure-[^"]+-[^"]+)"', d["text/html"])) for d in displayed)
    assert one
    assert not one & other


def test_what_travels_with_a_figure_is_what_was_plotted(shown):
    data = shown(exhibit(alt="All of it."), "small")
    about = data[MIME]
    assert (about["name"], about["title"], about["alt"]) == ("small", "Title", "All of it.")
    assert about["records"] == ["phases/one", "phases/two"]
    assert about["rows"] == "key\nphases/one\nphases/two\n"
    assert data["text/plain"] == "All of it."


def test_the_picture_is_a_png_at_twice_the_size_without_a_word_of_who_made_it(shown):
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(shown(exhibit())["image/png"]))) as picture:
        assert picture.width == 2 * 100 * style.WIDTH
        assert "Software" not in picture.info


def test_a_screen_reader_is_told_the_alt_text(shown):
    root = etree.fromstring(shown(exhibit(alt='A "quoted" <word>'))["image/svg+xml"])
    assert root.get("aria-label") == 'A "quoted" <word>'


@pytest.mark.parametrize("text", ["$x^2$", "<script>alert(1)</script>", "a & b", "\\textbf{x}", "%s"])
def test_a_label_is_drawn_as_it_stands(shown, text):
    assert faults(exhibit(word=text, keys=["phases/one"]).figure) == []
    svg = shown(exhibit(word=text, alt=text, keys=["phases/one"]))["image/svg+xml"]
    root = etree.fromstring(svg)
    assert root.get("aria-label") == text
    assert list(root.iter(f"{SVG}script")) == []


@pytest.mark.parametrize("colour", style.ACCENTS)
def test_ink_and_quiet_text_can_be_read_on_every_tint(colour):
    face = style.tint(colour, style.WASH)
    figure = drawing((0.2, 0.2, "ink", style.INK), (0.2, 0.7, "quiet", style.QUIET), face=face)
    assert faults(figure) == []
