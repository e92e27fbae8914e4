"""The PDFs: as long as they may be, with their title, and without markup."""

from __future__ import annotations

import re

import pytest

from analysis.publish import pdf

pytestmark = pytest.mark.xdist_group("published")
pypdfium2 = pytest.importorskip("pypdfium2")


def text(path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_report_is_short_upright_and_begins_with_what_was_found(published, language):
    path = published / f"report-{language}.pdf"
    pages = text(path)
    assert len(pages) == pdf.page_count(path.read_bytes()) <= pdf.MOST_PAGES
    with pypdfium2.PdfDocument(path) as document:
        assert {tuple(round(n) for n in page.get_size()) for page in document} == {(595, 842)}
    first = {"ja": "どちらの地域も、ほぼ毎年", "en": "Both regions had national support"}[language]
    assert first in re.sub(r"\s+", {"ja": "", "en": " "}[language], pages[0])
    assert path.stat().st_size < 2_000_000


@pytest.mark.parametrize("name", ["report-ja", "report-en", "evidence-ja", "evidence-en"])
def test_a_pdf_has_title_author_and_date_and_no_markup(published, name):
    path = published / f"{name}.pdf"
    with pypdfium2.PdfDocument(path) as document:
        about = document.get_metadata_dict()
    assert about["Title"] and about["Author"] and about["CreationDate"].startswith("D:20")
    assert not re.search(r"</?(em|strong|p|a|span)\b[^>]*>", " ".join(text(path)))


def test_no_page_is_all_but_empty(published):
    for language in ("ja", "en"):
        assert all(len(page.strip()) > 150 for page in text(published / f"report-{language}.pdf"))


def test_every_card_is_in_the_appendix(published):
    said = " ".join(text(published / "evidence-en.pdf"))
    assert "Science and Technology Basic Law" in said and "Verified against the source" in said


def test_what_cannot_be_seen_is_made_visible():
    assert pdf.shown("a\u202eb\u0000") == "a[U+202E]b[U+0000]"
    assert pdf.shown("浜松 é") == "浜松 é"
