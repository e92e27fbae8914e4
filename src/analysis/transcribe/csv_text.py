"""A study's files as text: plain UTF-8 as git keeps them, or as a spreadsheet saved them.

What Excel writes as "CSV UTF-8" (a byte order mark, CRLF line ends, empty columns and rows at the end)
is read as it is; `plain` is the same file without any of that, which is what digests are taken of and
what `make tidy` writes. Whatever else a file may be (a folder, a pipe, UTF-16, Shift_JIS) is refused,
with the command that mends it. Imports nothing that is slow to import.
"""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from analysis import paths
from analysis.transcribe.problems import Problem, StudyError, quoted
from analysis.words import counted

# --- rows ------------------------------------------------------------

# RFC 4180, and no more: a quote opens a cell or is doubled inside one. Python's csv module reads
# on after a stray quote and hides where a row began; both would misplace what is said about it.
_CELL = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"(?=[,\n]|\Z)|([^",\n]*+)(?=[,\n]|\Z)')
SEPARATORS = {";": "semicolons", "\t": "tabs"}  # that spreadsheets write instead of commas


@dataclass(frozen=True)
class Row:
    """One row: the line it begins in, and its cells; `broken` where a quote is out of place."""

    line: int
    cells: list[str]
    broken: bool = False


def split(text: str) -> Iterator[Row]:
    """Split a CSV text into rows; after a quote out of place, go on with the next line."""
    position, line = 0, 1
    while position < len(text):
        first, more = line, True
        cells: list[str] = []
        while more:
            match = _CELL.match(text, position)
            if match is None:
                end = text.find("\n", position)
                position = len(text) if end < 0 else end + 1
                yield Row(first, cells, broken=True)
                break
            quoted_cell, bare = match.groups()
            cells.append(bare if quoted_cell is None else quoted_cell.replace('""', '"'))
            line += 0 if quoted_cell is None else quoted_cell.count("\n")
            more = text.startswith(",", match.end())
            position = match.end() + 1
        else:
            yield Row(first, cells)
        line += 1


def rows(text: str) -> list[Row]:
    """Return the rows of a CSV text without the empty rows and columns at its end; at least one row."""
    found = list(split(text)) or [Row(1, [])]
    last = max((n for n, row in enumerate(found) if row.broken or any(row.cells)), default=0)
    found = found[: last + 1]
    width = len("".join("x" if cell else " " for cell in found[0].cells).rstrip())
    if not width or any(any(row.cells[width:]) for row in found):
        return found
    # Beyond the headings every row is empty: of a row that is longer than those, nothing is hidden.
    full = len(found[0].cells)
    return [replace(row, cells=row.cells[:width]) if len(row.cells) <= full else row for row in found]


def written(table: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV text: commas, LF, quotes only where a cell needs them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue()


# --- plain ------------------------------------------------------------


def plain(path: Path) -> bytes:
    """Return a file's content as git keeps it, whatever a spreadsheet added; any other file's as it is."""
    return _plain(path.read_bytes(), path.suffix)


def _plain(raw: bytes, suffix: str) -> bytes:
    try:
        text = _without_marks(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return raw
    header, _, rest = text.partition("\n")
    if suffix == ".csv" and (header.endswith(",") or rest.endswith((",\n", ",", "\n\n"))):
        text = _written_again(text)
    return text.encode("utf-8")


def _written_again(text: str) -> str:
    """A CSV text without empty rows and columns at its end; as it is where cells cannot be told apart."""
    found = rows(text)
    return text if any(row.broken for row in found) else written(row.cells for row in found)


def added(path: Path) -> list[str]:
    """Say what `plain` takes away from a file: `a byte order mark`, `2 empty rows at the end`."""
    raw = path.read_bytes()
    if raw == _plain(raw, path.suffix):
        return []
    said = ["a byte order mark"] if raw.startswith(b"\xef\xbb\xbf") else []
    said += ["CRLF line ends"] if b"\r\n" in raw else []
    if path.suffix == ".csv":
        text = _without_marks(raw.decode("utf-8"))
        before, after = list(split(text)), rows(text)
        for count, name in (
            (len(before[0].cells) - len(after[0].cells), "column"),
            (len(before) - len(after), "row"),
        ):
            said += [f"{counted(count, f'empty {name}')} at the end"] if count else []
    return said


def mended(path: Path, encoding: str) -> bytes:
    """Return a file's content as plain UTF-8 with commas, from an encoding (of a file that is not UTF-8).

    UTF-16, semicolons and tabs tell themselves; for another encoding somebody has to say which it is.
    Raises UnicodeError where the bytes are not in that encoding, LookupError where there is no such
    encoding, ValueError where cells cannot be told apart.
    """
    raw = path.read_bytes()
    utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = raw.decode("utf-16" if utf_16 else "utf-8")
    except UnicodeDecodeError:
        text = raw.decode(encoding or "utf-8")
    text = _without_marks(text).replace("\r", "\n")
    if path.suffix == ".csv":
        if (sign := separator(rows(text)[0].cells)) is not None:
            try:
                text = written(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
            except csv.Error as error:
                raise ValueError(f"found columns separated by {SEPARATORS[sign]}, and {error}") from None
        text = _written_again(text)
    return text.encode("utf-8")


def separator(header: Sequence[str]) -> str | None:
    """Return what a header row has between its names where that is not a comma."""
    return next((sign for sign in SEPARATORS if len(header) == 1 and sign in header[0]), None)


def _without_marks(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


# --- files ------------------------------------------------------------

LARGEST = 16 * 2**20  # bytes; two hundred times the longest table of a transcription

_MARKS = {
    b"\xff\xfe": "UTF-16 (little-endian)",
    b"\xfe\xff": "UTF-16 (big-endian)",
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"\x1f\x8b": "a gzip file",
}
# As they are called, and as Python does; tried in this order.
_WESTERN = "Windows-1252"
_ENCODINGS = {"EUC-JP": "euc_jp", "Shift_JIS": "cp932", _WESTERN: "cp1252"}


def shown(path: Path) -> str:
    """Return a path as messages name it: inside the project from its root, elsewhere as given."""
    absolute = path.absolute()
    inside = absolute.is_relative_to(paths.ROOT)
    return str(absolute.relative_to(paths.ROOT) if inside else path)


def read_text(path: Path) -> tuple[str | None, list[Problem]]:
    """Return a file's text and what is wrong with it; the text is None where it cannot be read.

    A BOM and CRLF line ends are no fault and do not come back.
    """
    if problem := _not_a_file(path):
        return None, [problem]
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return None, [of_file(path, str(error.strerror), "a file that can be read", "check its permissions")]
    if problem := _not_text(path, raw):
        return None, [problem]
    return _decoded(path, raw)


def tidy_command(path: Path, encoding: str = "") -> str:
    """The command that writes a study's files plainly."""
    return f"run make tidy STUDY={path.absolute().parent.name}" + (f" FROM={encoding}" if encoding else "")


def import_command(path: Path) -> str:
    """What to do with a workbook that lies among a study's files."""
    name = f"{path.stem}.xlsx"
    study = path.absolute().parent.name
    verb = "move" if path.suffix in (".xlsx", ".csv") else "save"
    return f"{verb} it out of the folder as {name}, then run make import STUDY={study} WORKBOOK={name}"


def of_file(path: Path, found: str, expected: str, advice: str, line: int | None = None) -> Problem:
    """Return a problem of a file as such, or of one of its lines."""
    return Problem(shown(path), line, None, found, expected, advice)


def failure(path: Path, found: str, expected: str, advice: str) -> StudyError:
    """Return the error that a file ends a command with."""
    return StudyError([of_file(path, found, expected, advice)])


def _not_a_file(path: Path) -> Problem | None:
    """Say why there is no regular file of the study's own at a path, None where there is one."""
    expected = "a file in the study's folder"
    if path.is_symlink() and not path.exists():
        return of_file(path, "a broken link", expected, "put the file itself there")
    if not path.resolve().is_relative_to(path.parent.resolve()):
        return of_file(path, "a link that leaves the folder", expected, "put the file itself there")
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        return of_file(path, "a folder", expected, f"rename it or put a file {path.name} in its place")
    if not stat.S_ISREG(kind):  # opening a pipe would wait for ever
        return of_file(path, "a pipe, socket or device", expected, "put a file in its place")
    return None


def _not_text(path: Path, raw: bytes) -> Problem | None:
    """Say why bytes cannot be a text file of a study, None where they may be one."""
    if not raw:
        return of_file(path, "an empty file", "a header row or keys", "fill it, or remove the file")
    if len(raw) > LARGEST:
        size = f"at most {LARGEST // 2**20} MB"
        return of_file(path, f"more than {LARGEST // 2**20} MB", size, "find the cell that is no cell")
    for mark, name in _MARKS.items():
        if raw.startswith(mark):
            advice = tidy_command(path) if "UTF" in name else import_command(path)
            return of_file(path, name, "UTF-8 text", "save it as UTF-8 text" if "gzip" in name else advice)
    if raw.count(0) > len(raw) // 4:
        return of_file(path, "NUL bytes throughout, as in UTF-16", "UTF-8 text", "save it as UTF-8 text")
    return None


def _decoded(path: Path, raw: bytes) -> tuple[str | None, list[Problem]]:
    try:
        text = _without_marks(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        name, codec, sample = _likely(raw, error.start)
        reads = f" (they read as {name}, here {quoted(sample)})" if name else ""
        advice = tidy_command(path, codec) if name else "save it as CSV UTF-8"
        return None, [of_file(path, f"bytes that are not UTF-8{reads}", "UTF-8 text", advice, line)]
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        problem = of_file(path, "CR characters", "LF line ends", tidy_command(path), line)
        return text.replace("\r", "\n"), [problem]
    return text, []


def _likely(raw: bytes, start: int) -> tuple[str, str, str]:
    """Guess an encoding that spreadsheets write: its name, Python's name, and how a word reads in it.

    Japanese comes in runs of characters, the accents of other languages between ASCII letters: what
    reads as single Japanese characters strewn among letters is none.
    """
    read = {}
    for name, codec in _ENCODINGS.items():
        with suppress(UnicodeDecodeError):
            read[name] = raw.decode(codec)
    runs = {name: re.findall(r"[^\x00-\x7f]+", text) for name, text in read.items()}
    alike = [n for n, r in runs.items() if n == _WESTERN or sum(map(len, r)) >= 2 * len(r)]
    for name in [*alike, *read][:1]:
        codec, text = _ENCODINGS[name], read[name]
        place = len(raw[:start].decode(codec, "ignore"))
        word = re.search(r"\w*\Z", text[:place]), re.match(r"[\w’]{0,12}", text[place:])
        return name, codec, "".join(found[0] for found in word if found)
    return "", "", ""
