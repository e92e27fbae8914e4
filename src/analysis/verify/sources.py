"""Read the source document that a study is checked against: a text or a PDF, from anywhere.

The file stays where it is and nothing of it is kept. It may be anything a user types by mistake
or is sent by a stranger, so its size is looked at before it is read, and a PDF is read by a
separate process (`analysis.verify.pdf`) within limits of time and memory.
"""

from __future__ import annotations

import contextlib
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.transcribe.csv_text import failure
from analysis.verify import pdf

LARGEST_TEXT = 8 * 2**20  # bytes; 1,400 pages of Japanese
LARGEST_PDF = 200 * 2**20
MOST_LINES = 500_000
SECONDS = 10  # that reading a PDF once may take; several readers may be tried

INSTALL = "pip install pypdfium2 pdfplumber"  # what the extra `pdf` of pyproject.toml names


@dataclass(frozen=True)
class Source:
    """The text of a source, and how it was got."""

    name: str  # of the file
    text: str
    extractor: str  # `text`, or the PDF reader with its version
    encoding: str  # of a text; empty for a PDF


def read(path: Path) -> Source:
    """Return the text of a source, by the first way that gives one.

    Raises StudyError with one line where the file is no source that can be read.
    """
    return next(extractions(path))


def extractions(path: Path) -> Iterator[Source]:
    """Yield the text of a source in each way it can be had: one for a text, several for a PDF.

    PDF readers differ in the order and the characters they give, so what one does not give to the
    letter another may. Raises StudyError where no way gives a text.
    """
    path = Path(path)
    size = _size(path)
    with path.open("rb") as file:
        head = file.read(1024)
        if b"%PDF-" in head:
            yield from _pdf(path, size)
            return
        if kind := _other_kind(path, head):
            raise failure(path, kind, "a text or a PDF", "save it as text (UTF-8), or print it to PDF")
        _refuse_large(path, size, LARGEST_TEXT, "text")
        yield _text(path, head + file.read(LARGEST_TEXT + 1 - len(head)))


def _size(path: Path) -> int:
    expected = "the source: a text file or a PDF"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise failure(path, "a folder", expected, "name the file in it")
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise failure(path, "a pipe, socket or device", expected, "save it to a file first")
        with path.open("rb"):
            pass
    except OSError as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else f"{error.strerror}"
        raise failure(path, found, expected, "check the name and its permissions") from None
    if not status.st_size:
        raise failure(path, "an empty file", expected, "save the text or the PDF again")
    return status.st_size


def _refuse_large(path: Path, size: int, largest: int, kind: str) -> None:
    if size > largest:
        found, expected = f"{size / 2**20:,.0f} MB", f"a {kind} of at most {largest / 2**20:.0f} MB"
        raise failure(
            path, found, expected, "check that it is the source, or cut out the part that the study is about"
        )


_KINDS = {
    b"<!doctype html": "an HTML page",
    b"<html": "an HTML page",
    b"<?xml": "an XML document",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "a Word document of the old kind (.doc)",
}
_PACKED = {"word/": "a Word document (.docx)", "OEBPS/": "an EPUB", "META-INF/": "an EPUB or OpenDocument"}


def _other_kind(path: Path, head: bytes) -> str | None:
    """What a file is that holds a text but is neither a text nor a PDF."""
    if head.startswith(b"PK\3\4"):
        names = []
        with contextlib.suppress(zipfile.BadZipFile, ValueError, OSError), zipfile.ZipFile(path) as packed:
            names = packed.namelist() if path.stat().st_size < LARGEST_PDF else []
        kinds = (kind for start, kind in _PACKED.items() if any(name.startswith(start) for name in names))
        return next(kinds, "a ZIP archive")
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for start, kind in _KINDS.items() if begins.startswith(start)), None)


# --- text ---------------------------------------------------------------------------------------
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ENCODINGS = {"Shift_JIS": "cp932", "EUC-JP": "euc_jp"}  # as they are called, and as Python does


def _text(path: Path, raw: bytes) -> Source:
    _refuse_large(path, len(raw), LARGEST_TEXT, "text")  # it grew since it was measured
    expected, advice = "a text in UTF-8, Shift_JIS or EUC-JP, or a PDF", "save it as UTF-8 text"
    encoding, text = _decoded(raw) or ("", "")
    wrong = {
        "UTF-16": raw.startswith(_UTF_16),
        "NUL bytes, as in a binary file": b"\0" in raw,
        "bytes of no encoding that is read": not encoding,
        "nothing but white space": not text.strip(),
        f"{text.count(chr(10)):,} lines": text.count("\n") > MOST_LINES,
    }
    for found, is_so in wrong.items():
        if is_so:
            raise failure(path, found, expected, advice)
    return Source(path.name, text, "text", encoding)


def _decoded(raw: bytes) -> tuple[str, str] | None:
    """Recognise an encoding: UTF-8 where it is valid, otherwise what reads more like Japanese."""
    candidates = _ENCODINGS
    if b"\x1b$" in raw:  # ISO-2022-JP is seven-bit and would pass for UTF-8
        candidates = {"ISO-2022-JP": "iso2022_jp"}
    else:
        with contextlib.suppress(UnicodeDecodeError):
            return "UTF-8", raw.decode("utf-8-sig")
    texts = {}
    for name, codec in candidates.items():
        with contextlib.suppress(UnicodeDecodeError):
            texts[name] = raw.decode(codec)
    return max(texts.items(), key=lambda item: _japanese(item[1]), default=None)


def _japanese(text: str) -> int:
    """How Japanese a text looks: its kana, less the half-width ones of a wrong guess."""
    kana = sum("\u3041" <= character <= "\u30fc" for character in text)
    return kana - sum("\uff61" <= character <= "\uff9f" for character in text)


# --- PDF ----------------------------------------------------------------------------------------
_FAULTS = {
    "memory": ("a PDF that takes more memory than it may", "print it to a new PDF"),
    "time": ("a PDF that takes longer to read than it may", "print it to a new PDF"),
    "long": ("a PDF with more text than a book", "cut out the part that the study is about"),
    "encrypted": ("an encrypted PDF", "open it with its password and save it without one"),
    "import": ("a PDF, and a PDF reader that is not whole", f"install it again: {INSTALL}"),
    "damaged": ("a PDF that cannot be read", "open it in a viewer and print it to a new PDF"),
    "scanned": ("a PDF without text (a scan?)", "run OCR on it, or save its text as UTF-8"),
}


def _pdf(path: Path, size: int) -> Iterator[Source]:
    _refuse_large(path, size, LARGEST_PDF, "PDF")
    installed = [name for name in pdf.EXTRACTORS if pdf.installed(name)]
    expected = "a PDF with text, or the source as a text file"
    if not installed:
        raise failure(path, "a PDF, and nothing installed that reads PDF", expected, f"install it: {INSTALL}")
    faults: list[str] = []
    given = False
    for extractor in installed:
        answer = _extracted(extractor, path)
        if "text" in answer:
            given = True
            yield Source(path.name, answer["text"], answer["extractor"], "")
        else:
            faults.append(answer["fault"])
        if len(faults) == 2:  # what two cannot read no other will, and each may take its time
            break
    if not given:
        found, advice = _FAULTS[faults[0]]
        raise failure(path, found, expected, advice)


def _extracted(extractor: str, path: Path) -> dict[str, str]:
    """Run one PDF reader in its own process; what it printed, or the fault that ended it."""
    # -P keeps this folder's modules from standing in the way of the libraries' own.
    command = [sys.executable, "-P", pdf.__file__, extractor, str(path.resolve())]
    try:
        run = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"fault": "time"}
    try:
        return json.loads(run.stdout)
    except ValueError:
        # Stopped at a limit: by a signal for the time (SIGXCPU, SIGKILL), or without a word for the memory.
        return {"fault": "time" if run.returncode in (-24, -9) else "memory"}
