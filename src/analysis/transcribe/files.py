"""The text of one file of a study: plain UTF-8 with LF, inside the study's folder, or refused.

Whatever else a file may be (a folder, a pipe, a link to somewhere else, a spreadsheet's UTF-16),
it is said what it is and how to save it, and nothing of it is guessed at.
"""

from __future__ import annotations

import stat
from pathlib import Path

from analysis import paths
from analysis.transcribe.problems import Problem

LARGEST = 16 * 2**20  # bytes; two hundred times the longest table of a transcription

_SAVE = "save it as UTF-8 without BOM, with LF line ends"
_MARKS = {
    b"\xff\xfe": "UTF-16 (little-endian)",
    b"\xfe\xff": "UTF-16 (big-endian)",
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"\x1f\x8b": "a gzip file",
}


def shown(path: Path) -> str:
    """Return a path as messages name it: inside the project from its root, elsewhere as given."""
    absolute = path.absolute()
    inside = absolute.is_relative_to(paths.ROOT)
    return str(absolute.relative_to(paths.ROOT) if inside else path)


def read_text(path: Path) -> tuple[str | None, list[Problem]]:
    """Return a file's text and what is wrong with it; the text is None where it cannot be read.

    A BOM and line ends other than LF are problems, but the text comes back without them, so that
    the rest of the file can be checked in the same run.
    """
    if problem := _not_a_file(path):
        return None, [problem]
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return None, [_of(path, error.strerror, "a file that can be read", "check its permissions")]
    if problem := _not_text(path, raw):
        return None, [problem]
    return _decoded(path, raw)


def _of(path: Path, found: str, expected: str, advice: str, line: int | None = None) -> Problem:
    return Problem(shown(path), line, None, found, expected, advice)


def _not_a_file(path: Path) -> Problem | None:
    """Say why there is no regular file of the study's own at a path, None where there is one."""
    expected = "a file in the study's folder"
    if path.is_symlink() and not path.exists():
        return _of(path, "a broken link", expected, "put the file itself there")
    if not path.resolve().is_relative_to(path.parent.resolve()):
        return _of(path, "a link that leaves the folder", expected, "put the file itself there")
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        return _of(path, "a folder", expected, f"rename it or put a file {path.name} in its place")
    if not stat.S_ISREG(kind):  # opening a pipe would wait for ever
        return _of(path, "a pipe, socket or device", expected, "put a file in its place")
    return None


def _not_text(path: Path, raw: bytes) -> Problem | None:
    """Say why bytes cannot be a text file of a study, None where they may be one."""
    if not raw:
        return _of(path, "an empty file", "a header row or keys", "fill it, or remove the file")
    if len(raw) > LARGEST:
        size = f"at most {LARGEST // 2**20} MB"
        return _of(path, f"more than {LARGEST // 2**20} MB", size, "find the cell that is no cell")
    for mark, name in _MARKS.items():
        if raw.startswith(mark):
            return _of(path, name, "UTF-8 text", _SAVE)
    if raw.count(0) > len(raw) // 4:
        return _of(path, "NUL bytes throughout, as in UTF-16", "UTF-8 text", _SAVE)
    return None


def _decoded(path: Path, raw: bytes) -> tuple[str | None, list[Problem]]:
    problems = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"bytes that are not UTF-8{_likely(raw)}"
        return None, [_of(path, found, "UTF-8 text", _SAVE, line)]
    if text.startswith("\ufeff"):
        problems.append(_of(path, "a byte order mark (BOM)", "UTF-8 without BOM", _SAVE, 1))
        text = text[1:]
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        name = "CRLF line ends" if "\r\n" in text else "CR characters"
        problems.append(_of(path, name, "LF line ends", _SAVE, line))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, problems


def _likely(raw: bytes) -> str:
    """Name the encoding that Japanese spreadsheets and editors use, where the bytes fit it."""
    for codec, name in {"cp932": "Shift_JIS", "euc_jp": "EUC-JP"}.items():
        try:
            raw.decode(codec)
        except UnicodeDecodeError:
            continue
        return f" (they read as {name})"
    return ""
