import base64
import io
import os
import subprocess
import sys
from html import escape

import nbformat
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import links
from analysis.build.plan import Job
from analysis.publish import pdf
from analysis.publish.pages import FIGURE
from analysis.publish.pdf import Page
from analysis.publish.site import Site

pypdfium2 = pytest.importorskip("pypdfium2")

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' viewBox="0 0 864 {height}"><rect width="864" height="{height}" fill="#eeeeee"/>'
    '<a xlink:href="evidence.html#plans-plan-1"><path d="M 100 20 L 200 20 L 200 60 L 100 60 z"/></a>'
    '<a xlink:href="evidence.html#plans-plan-1"><!-- one --><g transform="translate(300 50)'
    ' scale(0.016 -0.016)"><use/><use x="1000"/></g></a>'
    '<a xlink:href="evidence.html#gone"><path d="M 0 0 L 9 0 L 9 9 z"/></a></svg>'
)
CARDS = (
    '<section class="cards"><h2>Plans (1)</h2><article class="card verified" id="plans-plan-1">'
    '<h3>First plan</h3><p class="level">verified</p><dl><dt>Where</dt><dd><ul><li>'
    '<a href="#passages-s1">section 1</a> – told</li></ul></dd></dl></article></section>'
)
HOSTILE = [
    "#import",
    "#{}",
    "$x$",
    "@plan",
    "<label>",
    "\\",
    "*",
    "_",
    "`",
    '"',
    "]]>",
    "//",
    "/*",
    "<script>alert(1)</script>",
    "#sys.inputs",
    "\\u{41}",
    "&amp;",
    "[",
    "]",
    "~",
    "=",
    "- ",
]


def site(language: str = "en", **words: str) -> Site:
    told = {
        "project": "A study",
        "citation": "Source: somebody.",
        "verification": "verified",
    } | words
    return Site(language=language, pages=[], thumbnails=[], languages=["ja", "en"], **told)


def page(
    *outputs: dict, prose: str = "# Title", name: str = "index", subject: str = "", language: str = "en"
) -> Page:
    """A page whose one code cell displayed the given data."""
    shown = [nbformat.v4.new_output("display_data", data=data) for data in outputs]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(prose, id="prose"),
            nbformat.v4.new_code_cell("...", id="code", outputs=shown),
        ]
    )
    return Page(Job(name, language, name, subject, name, {}), notebook, notebook)


def figure(height: int = 400, name: str = "picture") -> dict:
    about = {"name": name, "title": "T", "alt": "A picture.", "records": ["plans/plan-1"]}
    return {
        FIGURE: about,
        "image/svg+xml": SVG.format(height=height),
        "image/png": base64.b64encode(b"").decode(),
    }


def evidence() -> Page:
    return page({"text/html": CARDS}, prose="# Evidence", name="evidence")


def words(made: bytes) -> str:
    """All text of a PDF without white space, which line breaks change."""
    document = pypdfium2.PdfDocument(io.BytesIO(made))
    return "".join("".join(p.get_textpage().get_text_range().split()) for p in document)


def unpacked(made: bytes) -> bytes:
    """The same PDF with nothing compressed, to be searched."""
    with pikepdf.open(io.BytesIO(made)) as document, io.BytesIO() as file:
        document.save(
            file,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
        )
        return file.getvalue()


def annotations(made: bytes) -> int:
    with pikepdf.open(io.BytesIO(made)) as document:
        return sum(a.Subtype == "/Link" for page in document.pages for a in page.get("/Annots", ()))


def kinds(document: dict) -> list[str]:
    return [block["block"] for block in document["blocks"]]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text("ab漢é -", max_size=5)), max_size=8))
def test_hostile_text_comes_out_as_text_wherever_it_stands(parts: list[str]) -> None:
    text = "x" + " ".join(parts).strip() + "x"
    table = f"<table><caption>{escape(text)}</caption><tr><th>{escape(text)}</th></tr></table>"
    sentence = f"{links.to('plans/plan-1', 'y')} <b>{escape(text, quote=False)}"
    made = pdf.pdf(
        site(project=text), [page({"text/html": table}, {"text/markdown": sentence})], subtitle=text
    )
    expected = "".join(text.split())
    assert words(made).count(expected) >= 4  # title, subtitle, caption, cell


@given(st.text("aé漢ー、“”&<>'\"{}\\\\ #$@", max_size=40))
def test_any_text_of_a_table_is_in_the_tree_unchanged(text: str) -> None:
    (table,) = pdf.html(f"<table><tr><th>{escape(text)}</th></tr></table>", "index.html")
    assert "".join(table["head"][0]) == text


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=40))
def test_no_text_at_all_keeps_the_pdf_from_being_set(text: str) -> None:
    said = {"text/html": f"<p>x{escape(text)}</p>"}, {"text/markdown": text}
    assert pdf.pdf(site(citation=text), [page(*said)])


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u202eb\u200fc", "a[U+202E]b[U+200F]c"),
        ("\x00\u0378", "[U+0000][U+0378]"),
        ("😀ł漢", "[U+1F600]ł漢"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text: str, seen: str) -> None:
    assert pdf.shown(text) == seen


def test_html_in_markdown_is_text_but_for_links() -> None:
    (block,) = pdf.markdown('see <a href="phases.html#x">&lt;it&gt;</a> <img src=x> **b**', "p.html")
    assert block["spans"] == [
        "see ",
        {"to": "phases.html#x", "spans": ["<it>"]},
        " ",
        "<img src=x>",
        " ",
        {"strong": ["b"]},
    ]


def test_javascript_is_no_link() -> None:
    made = pdf.pdf(site(), [page({"text/markdown": '<a href="javascript:alert(1)">here</a>'})])
    assert b"javascript:" not in unpacked(made)
    assert b"https://example.org" in unpacked(
        pdf.pdf(site(), [page({"text/markdown": '<a href="https://example.org">here</a>'})])
    )
    assert "here" in words(made)


def test_a_link_that_leads_nowhere_is_plain_text() -> None:
    made = pdf.pdf(site(), [page({"text/markdown": links.to("plans/gone", "words")})])
    live = pdf.pdf(site(), [page({"text/markdown": links.to("plans/plan-1", "words")}), evidence()])
    assert "words" in words(made)
    # Each heading in the table of contents is a link, too.
    assert annotations(live) - annotations(made) > 1


def test_rows_and_marks_lead_to_the_evidence_and_back_to_the_figure() -> None:
    document = pdf.tree(site(), [page(figure()), evidence()])
    picture = next(b for b in document["blocks"] if b["block"] == "figure")
    entry = next(b for b in document["blocks"][-1]["blocks"] if b["block"] == "entry")
    assert [m["to"] for m in picture["marks"][:2]] == [entry["label"]] * 2
    assert entry["used"] == [{"to": "index.html#picture", "number": 1}]
    assert pdf.pdf(site(), [page(figure()), evidence()])


def test_a_mark_lies_over_what_is_drawn() -> None:
    marks = pdf.tree(site(), [page(figure())])["blocks"][1]["marks"]
    assert marks[0] == {
        "to": "evidence.html#plans-plan-1",
        "x": 100 / 864,
        "y": 20 / 400,
        "width": 100 / 864,
        "height": 40 / 400,
    }
    assert marks[1]["x"] == 300 / 864
    assert marks[1]["width"] == pytest.approx(24 / 864)  # two glyphs, the second 16 points on
    assert marks[1]["y"] < 50 / 400 < marks[1]["y"] + marks[1]["height"]


def test_the_words_of_a_figure_are_text_of_the_pdf_unless_its_glyphs_say_otherwise() -> None:
    def drawn(said: str) -> str:
        shown = figure()
        shown["image/svg+xml"] = shown["image/svg+xml"].replace("<!-- one -->", f"<!-- {said} -->")
        return words(pdf.pdf(site(), [page(shown)]))

    assert "Qß" in drawn("Q ß")
    assert "<&" in drawn("&lt;&amp;")
    assert "Qßx" not in drawn("Qßx")


def test_a_tall_figure_has_a_sheet_of_its_own_with_its_heading() -> None:
    document = pdf.tree(site(), [page(figure(height=900)), page(figure(name="b"), name="b")])
    assert kinds(document) == ["sheet", "heading", "figure"]
    made = pypdfium2.PdfDocument(io.BytesIO(pdf.pdf(site(), [page(figure(height=900))])))
    sizes = [tuple(round(side / 72 * 25.4) for side in p.get_size()) for p in made]
    assert sizes == [(297, 210), (297, 210), (297, 420)]


def test_the_evidence_goes_last() -> None:
    document = pdf.tree(site(), [evidence(), page(name="methods")])
    assert kinds(document)[-1] == "small"
    assert document["anchors"].keys() >= {"evidence.html#plans-plan-1", "methods.html"}


def test_only_the_reports_language_and_the_pages_subject_are_set() -> None:
    one = page(prose="# Region", subject="Kobe")
    other = nbformat.v4.new_markdown_cell("# 地域", id="ja", metadata={"tags": ["ja"]})
    one.source.cells.insert(0, other)
    text = words(pdf.pdf(site(), [one]))
    assert "Region:Kobe" in text
    assert "地域" not in text


def test_chapters_and_sections_are_bookmarks() -> None:
    made = pdf.pdf(site(), [page(prose="# One\n\n## Two\n\ntext")])
    bookmarks = pypdfium2.PdfDocument(io.BytesIO(made)).get_toc()
    assert [(mark.level, mark.get_title()) for mark in bookmarks] == [(0, "One"), (1, "Two")]


def test_the_bytes_depend_on_nothing_but_the_pages(tmp_path) -> None:
    made = pdf.pdf(site(), [page(figure()), evidence()])
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]; import test_pdf as t;"
        "sys.stdout.buffer.write(t.pdf.pdf(t.site(), [t.page(t.figure()), t.evidence()]))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program, os.path.dirname(__file__)],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "TZ": "Pacific/Kiritimati", "HOME": str(tmp_path), "PYTHONHASHSEED": "7"},
        capture_output=True,
    ).stdout
    assert elsewhere == made
    made = unpacked(made)
    assert b"/StructElem" in made
    assert b"/CreationDate" not in made
    assert b"/home" not in made
    assert os.fsencode(os.getcwd()) not in made
