"""Reading a source: whatever it is, it is read for what it is or refused in one clear line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
import zlib
from datetime import date
from pathlib import Path

import matplotlib
import matplotlib_fontja
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from analysis.transcribe import load
from analysis.transcribe.problems import StudyError
from analysis.verify import pdf, sources, verify

pytestmark = pytest.mark.study

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"
TEXT = "港の倉庫は2001年に閉じられ、跡地には広場が造られた。データは図で示す。"
needs_pdf = pytest.mark.skipif(
    not any(map(pdf.installed, pdf.EXTRACTORS)),
    reason=f"no reader of PDF is installed ({sources.INSTALL})",
)


def refusal(path: Path) -> str:
    with pytest.raises(StudyError) as caught:
        sources.read(path)
    message = str(caught.value)
    assert "\n" not in message
    assert re.search("found .+, expected .+; .+", message)
    return message


# --- what is refused ----------------------------------------------------------------------------
def test_a_file_that_is_not_there(tmp_path):
    assert "no such file" in refusal(tmp_path / "paper.txt")


def test_a_folder(tmp_path):
    assert "a folder" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "a pipe" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b" \n\t\n" * 9, "white space"),
        (b"\0" * 4096, "NUL bytes"),
        ("港".encode("utf-16"), "UTF-16"),
        (bytes(range(1, 256)) * 9, "no encoding"),
        (b"\n" * (sources.MOST_LINES + 1) + b"a", "500,001 lines"),
    ],
)
def test_what_is_no_text(tmp_path, content, found):
    path = tmp_path / "paper.txt"
    path.write_bytes(content)
    assert found in refusal(path)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\n<!DOCTYPE html>\n<title>Ports</title>", "an HTML page"),
        (b"\xef\xbb\xbf<html lang=en>", "an HTML page"),
        (b'<?xml version="1.0"?><article/>', "an XML document"),
        (rb"{\rtf1 ports}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
        (b"PK\3\4 cut off", "a ZIP archive"),
        ("word/document.xml", ".docx"),
        ("OEBPS/content.opf", "an EPUB"),
    ],
)
def test_what_holds_a_text_but_is_none_is_told_by_name_with_what_to_do(tmp_path, content, found):
    path = tmp_path / "paper"
    if isinstance(content, str):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(content, TEXT)
    else:
        path.write_bytes(content)
    message = refusal(path)
    assert found in message
    assert "print it to PDF" in message


def test_a_text_of_a_gigabyte_is_refused_without_being_read(tmp_path):
    path = tmp_path / "paper.txt"
    with path.open("wb") as file:
        file.truncate(2**30)  # a sparse file: it takes no room
    assert "1,024 MB" in refusal(path)


# --- what is read -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp932", "Shift_JIS"),
        ("euc_jp", "EUC-JP"),
        ("iso2022_jp", "ISO-2022-JP"),
    ],
)
def test_the_encoding_is_recognised(tmp_path, codec, name):
    path = tmp_path / "paper.txt"
    path.write_bytes(TEXT.encode(codec))
    source = sources.read(path)
    assert (source.text, source.encoding, source.extractor) == (TEXT, name, "text")


# --- PDF ----------------------------------------------------------------------------------------
def pdf_of(stream: bytes, filters: str = "/FlateDecode") -> bytes:
    """A PDF of one page, as small as can be."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (filters.encode(), len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return written + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)


def saved(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    return path


def test_a_pdf_without_a_reader_says_how_to_install_one(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "installed", lambda name: False)
    assert sources.INSTALL in refusal(saved(tmp_path, pdf_of(zlib.compress(b"BT ET"))))


def test_a_reader_that_is_not_whole_is_a_fault_with_words(monkeypatch):
    def lacking(path):
        raise ImportError("no module of its own")

    monkeypatch.setitem(pdf.EXTRACTORS, "pypdfium2", lacking)
    assert pdf.extract("pypdfium2", "paper.pdf")["fault"] in sources._FAULTS


@needs_pdf
def test_the_text_of_a_pdf_is_read_whatever_the_file_is_called(tmp_path):
    stream = zlib.compress(b"BT /F1 12 Tf 72 700 Td (The harbour closed in 2001) Tj ET")
    path = saved(tmp_path, pdf_of(stream)).rename(tmp_path / "paper.txt")
    source = sources.read(path)
    assert "The harbour closed in 2001" in source.text
    assert source.extractor.split()[0] in pdf.EXTRACTORS


@needs_pdf
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "cannot be read"),
        (pdf_of(zlib.compress(b"0 0 m 10 10 l S")), "without text"),
    ],
    ids=["damaged", "scanned"],
)
def test_a_pdf_that_gives_no_text(tmp_path, content, found):
    assert found in refusal(saved(tmp_path, content))


def packed_zeros(count: int, times: int) -> bytes:
    """So many zeros so many times in zlib's format, of which only the first are packed."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    part = packer.compress(bytes(count)) + packer.flush(zlib.Z_FULL_FLUSH)
    adler = (count * times % 65521) << 16 | 1
    return b"\x78\xda" + part * times + packer.flush() + adler.to_bytes(4, "big")


@needs_pdf
@pytest.mark.skipif(sys.platform == "win32", reason="no limits on a process there")
def test_a_pdf_that_unpacks_to_gigabytes_is_stopped_and_takes_no_memory_here(tmp_path):
    bomb = pdf_of(zlib.compress(packed_zeros(2**24, times=128), 9), "/FlateDecode /FlateDecode")
    assert len(bomb) < 100_000
    path = saved(tmp_path, bomb)
    code = (
        "import resource, sys; from pathlib import Path; from analysis.verify import sources\n"
        "try: sources.read(Path(sys.argv[1]))\n"
        "except Exception as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    search = os.pathsep.join(sys.path)
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
        check=True,
    )
    message, kilobytes = run.stdout.splitlines()
    assert "more memory than it may" in message
    assert int(kilobytes) * 1024 < 2**30


@needs_pdf
@pytest.mark.parametrize("extractor", sorted(pdf.EXTRACTORS))
def test_a_study_is_verified_from_a_pdf_of_its_source(tmp_path, monkeypatch, extractor):
    if not pdf.installed(extractor):
        pytest.skip(f"{extractor} is not installed")
    monkeypatch.setattr(pdf, "EXTRACTORS", {extractor: pdf.EXTRACTORS[extractor]})
    lines = (HARBOUR / "source.txt").read_text("utf-8").splitlines()
    path = typeset(tmp_path / "paper.pdf", lines)
    report = verify.check(load.read(HARBOUR), path, today=date(2024, 5, 17))
    assert report.ok, "\n".join(report.render())
    assert extractor in report.render()[0]


def typeset(path: Path, lines: list[str], height: int = 40) -> Path:
    """A PDF of some lines, forty a page, with a running head and a page number on each."""
    pages = [lines[first : first + height] for first in range(0, len(lines), height)]
    font = FontProperties(fname=next(Path(matplotlib_fontja.__file__).parent.rglob("*.ttf")))
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(path) as document:
        for number, page in enumerate(pages, 1):
            figure = Figure(figsize=(8.3, 11.7))
            for place, line in enumerate(["架空港湾研究 第1号", *page, f"- {number} -"]):
                figure.text(0.1, 0.95 - place * 0.02, line, fontproperties=font, size=10)
            document.savefig(figure)
    return path
