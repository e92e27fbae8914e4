"""A study's CSV files from its workbook: passages found in the source, ids made, all checked, then swapped in."""

from __future__ import annotations

import re
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis import folders
from analysis.transcribe import csv_text, load, study_yaml, workbook_reading
from analysis.transcribe.problems import Problem, StudyError, quoted
from analysis.transcribe.schema import Schema
from analysis.transcribe.workbook import FINGERPRINT, ID_FROM, WORDS
from analysis.transcribe.workbook_reading import Reading, Sheet
from analysis.verify.passages import SHORTEST, PassageVerdict, Proposal

Locate = Callable[[str], list[Proposal]]
_SIGNS = {"+": "-plus", "-": "-minus"}  # at the end of a grade, as an id has them


@dataclass(frozen=True)
class Imported:
    """What an import did: the files that changed, those without a sheet, and what was mended."""

    changed: list[str]
    kept: list[str]
    mended: list[str]


@dataclass(frozen=True)
class _File:
    """A CSV file made of a sheet: its rows, and the row of the sheet that each line belongs to."""

    sheet: Sheet
    text: str
    begins: list[int]

    def cell(self, line: int | None, column: str | None) -> str:
        """Where in the workbook a line and a column of the file are: `regions!C5`."""
        if line is None:
            return self.sheet.name
        letter = self.sheet.letters.get(column or "") or self.sheet.letters.get(WORDS.name, "A")
        return f"{self.sheet.name}!{letter}{self.row(line)}"

    def row(self, line: int) -> int:
        """The sheet's row of a line of the file."""
        place = bisect_right(self.begins, line) - 2  # the first is the header's
        return self.sheet.rows[place][0] if 0 <= place < len(self.sheet.rows) else 1


def into(folder: Path, workbook: Path, schema: Schema, kind: str, locate: Locate | None = None) -> Imported:
    """Replace the tables of a study by those of a workbook, all or none.

    `locate` finds passages in the source by their first words; None where no source is given. Raises
    StudyError with every problem and its cell, and then the folder is as it was.
    """
    reading = workbook_reading.read(workbook, schema, kind)
    for name, sheet in reading.sheets.items():
        table = name.partition("-")[0]
        if schema.tables[table].own_place:
            _locate(sheet, reading, locate)
        _make_ids(sheet, table)
    if reading.problems:
        raise StudyError(reading.problems)
    made = {name: _file(sheet, schema) for name, sheet in reading.sheets.items()}
    old = {path.stem: path.read_bytes() for path in folder.glob("*.csv")}
    with folders.replacing(folder) as new:
        shutil.copytree(folder, new, dirs_exist_ok=True)
        for name, file in made.items():
            (new / f"{name}.csv").write_bytes(file.text.encode("utf-8"))
            (new / f"{name}.csv").chmod(0o644)
        for other in folder.parent.glob(f"*/{study_yaml.FILE}"):  # which a study may name as `beside`
            if other.parent != folder:
                (new.parent / other.parent.name).mkdir()
                shutil.copy(other, new.parent / other.parent.name)
        try:
            load.read(new, schema)
        except StudyError as error:
            raise StudyError(_in_cells(error.problems, made, reading, (new, folder))) from None
    changed = [f"{name}.csv" for name, file in made.items() if old.get(name) != file.text.encode("utf-8")]
    return Imported(changed, sorted(f"{name}.csv" for name in old.keys() - made.keys()), reading.lines())


# -- Passages and ids ------------------------------------------------------------------------------


def _locate(sheet: Sheet, reading: Reading, locate: Locate | None) -> None:
    """Give each passage whose first words were typed its fingerprint, and what the source tells of it."""
    for row, cells in sheet.rows:
        words = cells.get(WORDS.name, "")
        known = cells.get("sha256") and words in ("", cells.get("opening"))
        if known or not words:  # a row without either is said when the table is checked
            continue
        wrong, proposal = _one(words, locate)
        if proposal is None:
            place = f"{sheet.name}!{sheet.letters[WORDS.name]}{row}"
            reading.refuse(place, WORDS.name, *wrong)
            continue
        print_ = proposal.fingerprint
        cells |= {"opening": print_.opening, "chars": str(print_.chars), "sha256": print_.sha256}
        found = {"part": str(proposal.part), "page": proposal.page, "kind": proposal.kind}
        cells |= {name: cells.get(name) or value for name, value in found.items()}
        cells["id"] = cells.get("id") or f"p-{print_.sha256[:6]}"


def _one(words: str, locate: Locate | None) -> tuple[tuple[str, str, str], Proposal | None]:
    """Return the one passage that begins with some words, or why there is none: found, expected, advice."""
    if locate is None:
        return (quoted(words), "the source, to find it in", "give it: SOURCE=paper.txt (or a PDF)"), None
    expected, found = "words that stand in the source once", locate(words)
    if not found:
        advice = "write words as the source prints them, without leaving any out"
        return (f"{quoted(words)}, which is not in the source", expected, advice), None
    if len(found) > 1 or found[0].verdict != PassageVerdict.EXACT:
        lines = ", ".join(str(each.line) for each in found[:3])
        advice = "give more words, all on one side of the end of a page or column"
        return (f"{quoted(words)}, more than once (line {lines})", expected, advice), None
    if found[0].fingerprint.chars < SHORTEST:
        advice = "give words of the next sentence, too"
        return (f"{quoted(words)}, a short sentence", f"one of {SHORTEST} characters or more", advice), None
    return ("", "", ""), found[0]


def _make_ids(sheet: Sheet, table: str) -> None:
    """Give rows without an id one by the rule of their table, where it has one."""
    taken = {cells.get("id") for _, cells in sheet.rows}
    for _, cells in sheet.rows:
        if cells.get("id") or not ID_FROM.get(table):
            continue
        parts = [_part(part, cells, sheet.header) for part in ID_FROM[table] if part]
        if not all(parts):  # what is missing is said in its own column
            continue
        made = "-".join(parts)
        if "" in ID_FROM[table]:
            number = next(n for n in range(1, len(taken) + 2) if f"{made}-{n}" not in taken)
            made = f"{made}-{number}"
        cells["id"] = made
        taken.add(made)


def _part(part: str, cells: dict[str, str], header: Sequence[str]) -> str:
    """One part of an id: a column's value in small letters, digits and hyphens, or a word."""
    names = part.split("|")
    value = next((cells[name] for name in names if cells.get(name)), "")
    if not set(names) & set(header):
        value = part
    if "grade" in names and value[-1:] in _SIGNS:
        value = value[:-1] + _SIGNS[value[-1]]
    made = re.sub("[^a-z0-9]+", "-", value.lower()).strip("-")
    return made or (cells.get("rank", "") if "grade" in names else "")  # of stars, or of Japanese words


# -- Files -----------------------------------------------------------------------------------------


def _file(sheet: Sheet, schema: Schema) -> _File:
    """Write a sheet as its table's CSV file; the passages' in the order of the schema."""
    table = schema.tables[sheet.name.partition("-")[0]]
    header = sheet.header
    if table.own_place:
        order = [each.name for each in table.fields]
        named = dict.fromkeys([*sheet.header, *FINGERPRINT])
        known = sorted((name for name in named if name in order), key=order.index)
        header = [*known, *(name for name in named if name not in order and name != WORDS.name)]
    rows = [[cells.get(name, "") for name in header] for _, cells in sheet.rows]
    text = csv_text.written([header, *rows])
    return _File(sheet, text, [row.line for row in csv_text.split(text)])


def _in_cells(
    problems: Sequence[Problem], made: dict[str, _File], reading: Reading, moved: tuple[Path, Path]
) -> Iterator[Problem]:
    """Say of problems of the files where in the workbook they are; of others, where they will be."""
    old, new = map(csv_text.shown, moved)
    for problem in problems:
        file = made.get(Path(problem.file).stem)
        if file is None or not problem.file.endswith(".csv"):
            yield replace(problem, file=problem.file.replace(old, new))
            continue
        expected = problem.expected
        if first := re.search(r"\(line (\d+) has", expected):
            expected = expected.replace(first[0], f"(row {file.row(int(first[1]))} has")
        yield Problem(
            f"{reading.file} {file.cell(problem.line, problem.column)}",
            None,
            problem.column,
            problem.found,
            _sheets(expected),
            _sheets(problem.advice),
        )


def _sheets(text: str) -> str:
    return re.sub(r"\b([a-z]+(?:-[a-z0-9]+)*)\.csv\b", r"the sheet \1", text)
