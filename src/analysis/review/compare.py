"""What did my change do? Two built reports, table by table, figure by figure, sentence by sentence."""

from __future__ import annotations

import base64
import csv
import difflib
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from lxml import html
from PIL import Image

from analysis import folders, paths
from analysis.errors import UserError
from analysis.review import artefact_content, clean_build, git
from analysis.review.certificate import TEMPLATES
from analysis.review.expected import differing
from analysis.words import counted

Row = dict[str, str]
Key = tuple[str, ...]
Differ = Mapping[str, str]  # as `differing` gives it
_LINES = ("h1", "h2", "h3", "h4", "p", "li", "tr", "caption", "dt", "dd", "figcaption", "summary")
_SKIPPED = "ancestor-or-self::nav or ancestor-or-self::script or ancestor-or-self::*[local-name()='svg']"


@dataclass(frozen=True)
class Cell:
    """A cell that changed."""

    row: str  # the row's key, or its number where no columns tell the rows apart
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class TableChange:
    """How one table changed."""

    table: str  # path in the report
    key: tuple[str, ...]  # columns that tell the rows apart; none: rows are compared by number
    only_in: str = ""  # "A" or "B" where the other report has no such table
    columns_gone: tuple[str, ...] = ()
    columns_new: tuple[str, ...] = ()
    rows_gone: tuple[str, ...] = ()
    rows_new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()  # rows that stand elsewhere among the others
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class FigureChange:
    """How one figure changed."""

    figure: str  # path in the report, without ending
    only_in: str = ""
    sizes: tuple[str, ...] = ("", "")
    pixels: int = 0  # how many differ, of the two pictures laid over each other
    box: tuple[int, ...] | None = None  # left, top, right, bottom of all that differ
    rms: float = 0.0  # of 255
    rows_same: bool = True  # whether the plotted rows are the same


@dataclass(frozen=True)
class SentenceChange:
    """A sentence, or a few next to each other, that changed."""

    page: str  # path in the report
    section: str  # the anchor of the heading, figure or card it stands under; "" for the page's own
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """All that differs between two reports."""

    a: str
    b: str
    tables: tuple[TableChange, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    sentences: tuple[SentenceChange, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # path and: changed, only in A, only in B

    @property
    def same(self) -> bool:
        return not (self.tables or self.figures or self.sentences or self.files)

    def summary(self) -> str:
        """The result in one sentence."""
        if self.same:
            return "Every file is the same."
        cells = sum(len(t.cells) for t in self.tables)
        return (
            f"These differ: {counted(len(self.tables), 'table')} ({counted(cells, 'cell')}),"
            f" {counted(len(self.figures), 'figure')} and {counted(len(self.sentences), 'sentence')};"
            f" {counted(len(self.files), 'file')} in all."
        )

    def as_dict(self) -> dict[str, Any]:
        """The comparison as comparison.json holds it."""
        return {"summary": self.summary(), "same": self.same} | json.loads(json.dumps(asdict(self)))


def compare(a: Path, b: Path, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Compare two built reports (folders with a manifest.json); `names` is what to call them."""
    differ = differing(a, b)
    files = tuple((name, f"only in {only}" if only else "changed") for name, only in differ.items())
    tables, figures = tuple(_tables(a, b, differ)), tuple(_figures(a, b, differ))
    return Comparison(*names, tables, figures, tuple(_sentences(a, b, differ)), files)


# -- Tables ----------------------------------------------------------------------------------------


def _tables(a: Path, b: Path, differ: Differ) -> Iterator[TableChange]:
    keys = [*_keys(a), *_keys(b)]
    for name, only in differ.items():
        if not name.endswith(".csv") or "/excel/" in name:
            continue
        if only:
            yield TableChange(name, (), only_in=only)
        else:
            own = [key for path, key in keys if PurePosixPath(path).name == PurePosixPath(name).name]
            texts = [(r / name).read_text("utf-8-sig") for r in (a, b)]
            yield table_change(name, texts[0], texts[1], [*own, *(key for _, key in keys)])


def _keys(report: Path) -> list[tuple[str, Key]]:
    """The primary key of each table that a report's Data Package describes."""
    package = folders.read_json(report / "data" / "datapackage.json") or {"resources": []}
    keys = ((r["path"], r.get("schema", {}).get("primaryKey") or ()) for r in package["resources"])
    return [(path, (key,) if isinstance(key, str) else tuple(key)) for path, key in keys if key]


def table_change(name: str, old: str, new: str, keys: Sequence[Key]) -> TableChange:
    """Compare two CSV texts cell by cell.

    Rows belong together by the first of `keys` that tells the rows of both apart; where none does, by their
    numbers.
    """
    (before, columns_before), (after, columns_after) = _rows(old), _rows(new)
    key = next((k for k in keys if _tells_apart(k, before) and _tells_apart(k, after)), ())
    one, other = _by_key(before, key), _by_key(after, key)
    cells = [
        Cell(row, column, one[row][column], other[row][column])
        for row in one
        if row in other
        for column in columns_after
        if column in columns_before and one[row][column] != other[row][column]
    ]
    return TableChange(
        name,
        key,
        columns_gone=tuple(c for c in columns_before if c not in columns_after),
        columns_new=tuple(c for c in columns_after if c not in columns_before),
        rows_gone=tuple(r for r in one if r not in other),
        rows_new=tuple(r for r in other if r not in one),
        moved=tuple(_moved([r for r in one if r in other], [r for r in other if r in one])),
        cells=tuple(cells),
    )


def _rows(text: str) -> tuple[list[Row], list[str]]:
    read = csv.DictReader(io.StringIO(text, newline=""), restval="")
    rows = [{k: v for k, v in row.items() if k is not None} for row in read]
    return rows, list(read.fieldnames or [])


def _tells_apart(key: Key, rows: list[Row]) -> bool:
    if not key or (rows and any(column not in rows[0] for column in key)):
        return False
    return len({tuple(row[c] for c in key) for row in rows}) == len(rows)


def _by_key(rows: list[Row], key: Key) -> dict[str, Row]:
    if not key:
        return {f"row {number}": row for number, row in enumerate(rows, 1)}
    return {"/".join(row[c] for c in key): row for row in rows}


def _moved(before: list[str], after: list[str]) -> list[str]:
    """A few rows that, put elsewhere, lead from one order to the other."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    kept = {row for block in blocks for row in before[block.a : block.a + block.size]}
    return [row for row in before if row not in kept]


# -- Figures ---------------------------------------------------------------------------------------


def _figures(a: Path, b: Path, differ: Differ) -> Iterator[FigureChange]:
    for name, only in differ.items():
        figure = name.removesuffix(".png")
        if figure == name or PurePosixPath(name).parent.name != "figures":
            continue
        if only:
            yield FigureChange(figure, only_in=only)
        else:
            old, new = (artefact_content.pixels((r / name).read_bytes()) for r in (a, b))
            yield figure_change(figure, old, new, rows_same=f"{figure}.csv" not in differ)


def figure_change(figure: str, old: np.ndarray, new: np.ndarray, *, rows_same: bool = True) -> FigureChange:
    """Compare two pictures (height × width × 4 bytes) pixel by pixel."""
    one, other = _on_one_sheet(old, new)
    differs = (one != other).any(axis=2)
    down, across = np.nonzero(differs)
    corners = (across.min(), down.min(), across.max() + 1, down.max() + 1) if len(down) else ()
    sizes = tuple(f"{p.shape[1]} × {p.shape[0]}" for p in (old, new))
    rms = round(artefact_content.rms(one, other), 4)
    return FigureChange(
        figure, "", sizes, int(differs.sum()), tuple(map(int, corners)) or None, rms, rows_same
    )


def _on_one_sheet(*pictures: np.ndarray) -> list[np.ndarray]:
    """Pictures on white sheets of one size."""
    height, width = (max(p.shape[i] for p in pictures) for i in (0, 1))
    return [
        np.pad(p, ((0, height - p.shape[0]), (0, width - p.shape[1]), (0, 0)), constant_values=255)
        for p in pictures
    ]


def difference_image(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The new picture, faded, with what differs in red (a little wider, so that a pixel is seen)."""
    one, other = _on_one_sheet(old, new)
    differs = (one != other).any(axis=2)
    wide = differs.copy()
    for axis in (0, 1):
        for step in (-2, -1, 1, 2):
            wide |= np.roll(differs, step, axis)
    faded = 255 - (255 - other.astype(int)) // 4
    faded[wide] = (200, 40, 0, 255)
    faded[:, :, 3] = 255
    return faded.astype(np.uint8)


# -- Sentences -------------------------------------------------------------------------------------


def _sentences(a: Path, b: Path, differ: Differ) -> Iterator[SentenceChange]:
    for name in differ:
        if name.endswith(".html"):
            old, new = ((r / name).read_bytes() if (r / name).is_file() else b"" for r in (a, b))
            yield from sentence_changes(name, old, new)


def sentence_changes(page: str, old: bytes, new: bytes) -> Iterator[SentenceChange]:
    """Compare what two states of a page say, section by section; an empty one says nothing."""
    one, other = _said(old), _said(new)
    for section in dict.fromkeys([*one, *other]):
        before, after = one.get(section, []), other.get(section, [])
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        for what, i, j, k, m in blocks:
            if what != "equal":
                yield SentenceChange(page, section, "\n".join(before[i:j]), "\n".join(after[k:m]))


def _said(page: bytes) -> dict[str, list[str]]:
    """What a page says to its reader, in lines, by the anchor under which it stands."""
    said: dict[str, list[str]] = {}
    section = ""
    document: Any = html.fromstring(page) if page.strip() else html.Element("html")
    for element in document.xpath(f"(//main | //body[not(//main)])//*[not({_SKIPPED})]"):
        section = element.get("id") or section
        if element.tag not in _LINES or element.xpath(
            f"ancestor::*[{' or '.join(f'self::{t}' for t in _LINES)}]"
        ):
            continue  # said by what it stands in
        cells = element.xpath("th | td") if element.tag == "tr" else [element]
        texts = [cell.xpath(f".//text()[not(ancestor::*[{_SKIPPED}])]") for cell in cells]
        line = " | ".join(" ".join(" ".join(text).split()) for text in texts)
        if line:
            said.setdefault(section, []).append(line)
    return said


# -- From two words on the command line to a page --------------------------------------------------


def compare_named(
    a: str,
    b: str,
    *,
    study: str,
    root: Path = paths.ROOT,
    folder: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Comparison, Path]:
    """Compare what two words name; return the comparison and its page in `folder`.

    A word is the folder of a built report, a Git revision, which is built in a temporary folder, or
    "" for reports/<study>; `folder` (build/comparison/<study> if not given) gets comparison.html and
    comparison.json. Raises UserError for a word that names neither.
    """
    folder = folder or root / "build" / "comparison" / study
    with folders.temporary("analysis-compare-") as made:
        one, other = (
            _report(word, study, root, (made / side).resolve(), say) for word, side in ((a, "a"), (b, "b"))
        )
        found = compare(one, other, (a or f"reports/{study}", b or f"reports/{study}"))
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=1)
        folders.write(folder / "comparison.json", f"{text}\n".encode())
        page = folder / "comparison.html"
        folders.write(page, as_page(found, one, other).encode())
    return found, page


def _report(word: str, study: str, root: Path, folder: Path, say: Callable[[str], None]) -> Path:
    path = root / "reports" / study if not word else Path(word)
    for place in (path, path / study):
        if (place / "manifest.json").is_file():
            return place
    if not word:
        raise UserError(f"reports/{study}: not built; run: make report STUDY={study}")
    if not shutil.which("git"):
        raise UserError(
            f"found {word!r}, which is no folder, and no Git to look for it as a revision;"
            " install Git, or give the folder of a built report"
        )
    asked = ("rev-parse", "--verify", "--quiet", f"{word}^{{commit}}")
    commit = "" if word.startswith("-") else git.said(root, *asked)
    if not commit:
        raise UserError(
            f"found {word!r}, expected the folder of a built report or a Git revision;"
            f" write A=HEAD or A=reports/{study}"
        )
    say(f"building {word} ({commit[:12]})")
    with git.committed(root, commit) as files:
        files.extractall(folder / "source", filter="data")
    around = clean_build.conditions()[0]
    built = clean_build.build(folder / "source", study, (), around, folder)
    if built.record.status:
        raise UserError(f"{word}: the report could not be built:\n" + "\n".join(built.record.said))
    return built.report


# -- The page --------------------------------------------------------------------------------------


def as_page(found: Comparison, a: Path, b: Path) -> str:
    """The comparison as one page that needs nothing else."""
    pages = {page: list(changes) for page, changes in groupby(found.sentences, lambda change: change.page)}
    return TEMPLATES.get_template("comparison.html").render(
        c=found,
        pages=pages,
        pictures={f.figure: list(_pictures(f, a, b)) for f in found.figures},
        anchor=lambda name: "x" + hashlib.sha256(name.encode("utf-8")).hexdigest()[:12],
    )


def _pictures(change: FigureChange, a: Path, b: Path) -> Iterator[tuple[str, str]]:
    """Captions and pictures (data addresses): old, new, and the difference where there are both."""
    files = [(side, r / f"{change.figure}.png") for side, r in (("A", a), ("B", b))]
    there = [(side, path.read_bytes()) for side, path in files if path.is_file()]
    if len(there) == 2:
        image = difference_image(*(artefact_content.pixels(content) for _, content in there))
        with io.BytesIO() as file:
            Image.fromarray(image).convert("RGB").save(file, "PNG")
            there.append(("difference", file.getvalue()))
    for caption, png in there:
        yield caption, "data:image/png;base64," + base64.b64encode(png).decode("ascii")
