"""What did my change do? Two built reports, table by table, figure by figure, sentence by sentence."""

from __future__ import annotations

import base64
import csv
import difflib
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from jinja2 import Environment as Templates
from PIL import Image

from analysis import paths
from analysis.build.plan import LANGUAGES
from analysis.review import contents, reproduce
from analysis.review.certificate import STYLE

Row = dict[str, str]
Key = tuple[str, ...]


class CompareError(ValueError):
    """Two reports cannot be compared; the message says why and what to write."""


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
    sizes: tuple[str, str] = ("", "")
    pixels: int = 0  # how many differ, of the two pictures laid over each other
    box: tuple[int, int, int, int] | None = None  # left, top, right, bottom of all that differ
    rms: float = 0.0  # of 255
    rows_same: bool = True  # whether the plotted rows are the same


@dataclass(frozen=True)
class SentenceChange:
    """A sentence, or a few next to each other, that changed."""

    page: str  # language/page
    cell: str  # id of the notebook's cell
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
    files: tuple[tuple[str, str], ...] = field(default=())  # path and: changed, only in A, only in B

    @property
    def same(self) -> bool:
        return not (self.tables or self.figures or self.sentences or self.files)

    def summary(self) -> str:
        """The result in one sentence."""
        if self.same:
            return "Every file is the same."
        cells = sum(len(t.cells) for t in self.tables)
        return (
            f"{len(self.tables)} tables ({cells} cells), {len(self.figures)} figures and"
            f" {len(self.sentences)} sentences differ; {len(self.files)} files in all."
        )

    def as_dict(self) -> dict[str, Any]:
        """The comparison as comparison.json holds it."""
        return {"summary": self.summary(), "same": self.same} | json.loads(json.dumps(asdict(self)))


def compare(a: Path, b: Path, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Compare two built reports (folders with a manifest.json); `names` is what to call them."""
    return Comparison(
        *names, tuple(_tables(a, b)), tuple(_figures(a, b)), tuple(_sentences(a, b)), tuple(_files(a, b))
    )


def _both(a: Path, b: Path, chosen: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Artefacts that differ, with where each is: in both ("") or only in "A" or "B"."""
    one, other = ({n for n in reproduce.artefacts(r) if chosen(n)} for r in (a, b))
    found = []
    for name in sorted(one | other):
        if name not in other or name not in one:
            found.append((name, "A" if name in one else "B"))
        elif (a / name).read_bytes() != (b / name).read_bytes():
            found.append((name, ""))
    return found


def _files(a: Path, b: Path) -> list[tuple[str, str]]:
    return [(n, f"only in {only}" if only else "changed") for n, only in _both(a, b, lambda _: True)]


# -- Tables ----------------------------------------------------------------------------------------


def _tables(a: Path, b: Path) -> list[TableChange]:
    keys = [*_keys(a), *_keys(b)]
    found = []
    for name, only in _both(a, b, lambda n: n.endswith(".csv")):
        if only:
            found.append(TableChange(name, (), only_in=only))
        else:
            own = [key for path, key in keys if PurePosixPath(path).name == PurePosixPath(name).name]
            texts = ((r / name).read_text("utf-8") for r in (a, b))
            found.append(table_change(name, *texts, [*own, *(key for _, key in keys)]))
    return found


def _keys(report: Path) -> list[tuple[str, Key]]:
    """The primary key of each table that a report's Data Package describes."""
    try:
        package = json.loads((report / "data" / "datapackage.json").read_text("utf-8"))
    except (OSError, ValueError):
        return []
    keys = ((r["path"], r.get("schema", {}).get("primaryKey") or ()) for r in package["resources"])
    return [(path, (key,) if isinstance(key, str) else tuple(key)) for path, key in keys if key]


def table_change(name: str, old: str, new: str, keys: Sequence[Key]) -> TableChange:
    """Compare two CSV texts cell by cell.

    Rows belong together by the first of `keys` that tells the rows of both apart; where none does,
    by their numbers.
    """
    (before, columns_before), (after, columns_after) = _rows(old), _rows(new)
    key = next((k for k in keys if _tells_apart(k, before) and _tells_apart(k, after)), ())
    one, other = _by_key(before, key), _by_key(after, key)
    shared = [c for c in columns_after if c in columns_before]
    cells = [
        Cell(row, column, one[row][column], other[row][column])
        for row in one
        if row in other
        for column in shared
        if one[row][column] != other[row][column]
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
    """The fewest rows that, put elsewhere, lead from one order to the other."""
    place = {row: number for number, row in enumerate(after)}
    ends: list[int] = []  # ends[n]: the least place at which a rising run of n + 1 rows ends
    runs: list[list[str]] = []
    for row in before:
        at = bisect_left(ends, place[row])
        run = [*(runs[at - 1] if at else []), row]
        ends[at : at + 1], runs[at : at + 1] = [place[row]], [run]
    kept = set(runs[-1]) if runs else set()
    return [row for row in before if row not in kept]


# -- Figures ---------------------------------------------------------------------------------------


def _figures(a: Path, b: Path) -> list[FigureChange]:
    found = []
    for name, only in _both(a, b, lambda n: n.endswith(".png") and "/figures/" in n):
        figure = name.removesuffix(".png")
        if only:
            found.append(FigureChange(figure, only_in=only))
            continue
        rows = [_content(r / f"{figure}.csv") for r in (a, b)]
        pictures = [contents.pixels((r / name).read_bytes()) for r in (a, b)]
        found.append(figure_change(figure, *pictures, rows_same=rows[0] == rows[1]))
    return found


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def figure_change(figure: str, old: np.ndarray, new: np.ndarray, *, rows_same: bool = True) -> FigureChange:
    """Compare two pictures (height × width × 4 bytes) pixel by pixel."""
    one, other = _on_one_sheet(old, new)
    differs = (one != other).any(axis=2)
    down, across = np.nonzero(differs)
    box = None
    if len(down):
        box = tuple(int(x) for x in (across.min(), down.min(), across.max() + 1, down.max() + 1))
    sizes = tuple(f"{p.shape[1]} × {p.shape[0]}" for p in (old, new))
    return FigureChange(
        figure, "", sizes, int(differs.sum()), box, round(contents.rms(one, other), 4), rows_same
    )


def _on_one_sheet(*pictures: np.ndarray) -> list[np.ndarray]:
    """Pictures on white sheets of one size."""
    height, width = (max(p.shape[i] for p in pictures) for i in (0, 1))
    sheets = []
    for picture in pictures:
        sheet = np.full((height, width, 4), 255, np.uint8)
        sheet[: picture.shape[0], : picture.shape[1]] = picture
        sheets.append(sheet)
    return sheets


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


def _sentences(a: Path, b: Path) -> list[SentenceChange]:
    found = []
    for name, only in _both(a, b, lambda n: n.startswith("notebooks/") and n.endswith(".ipynb")):
        page = name.removeprefix("notebooks/").removesuffix(".ipynb")
        texts = [
            (r / name).read_text("utf-8") if only in ("", side) else '{"cells": []}'
            for r, side in ((a, "A"), (b, "B"))
        ]
        found += sentence_changes(page, *texts)
    return found


def sentence_changes(page: str, old: str, new: str) -> list[SentenceChange]:
    """Compare what two executed notebooks (as JSON text) say, cell by cell.

    `page` is language/page: prose in another language than the page's does not count.
    """
    language = page.partition("/")[0]
    one, other = (_said(json.loads(text), language) for text in (old, new))
    changes = []
    for cell in [*one, *(c for c in other if c not in one)]:
        before, after = one.get(cell, []), other.get(cell, [])
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        changes += [
            SentenceChange(page, cell, "\n".join(before[i:j]), "\n".join(after[k:m]))
            for what, i, j, k, m in blocks
            if what != "equal"
        ]
    return changes


def _said(notebook: dict[str, Any], language: str) -> dict[str, list[str]]:
    """What each cell says to the reader, in lines, by its id."""
    others = {x for x in LANGUAGES if x != language}
    said = {}
    for number, cell in enumerate(notebook["cells"]):
        if others & set(cell.get("metadata", {}).get("tags", [])):
            continue
        parts = [cell["source"]] if cell["cell_type"] == "markdown" else []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts += [output["text"]] if "text" in output else []
            if "text/html" in data:
                parts += ["\n".join(contents.lines("".join(data["text/html"])))]
            else:
                parts += [data[kind] for kind in ("text/markdown", "text/plain") if kind in data][:1]
        lines = [line for part in parts for line in "".join(part).splitlines() if line.strip()]
        if lines:
            said[cell.get("id", f"cell {number}")] = lines
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
    """Compare what two words name, and write comparison.html and comparison.json.

    a, b    the folder of a built report, or a Git revision, which is built in a temporary folder;
            "" for the report in reports/<study>
    study   a folder of data/raw
    folder  for the two files (build/comparison/<study> if not given)

    Returns the comparison and the page. Raises CompareError for a word that names neither.
    """
    folder = folder or root / "build" / "comparison" / study
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        reports = [
            _report(word, study, root, Path(name, side).resolve(), say) for word, side in ((a, "a"), (b, "b"))
        ]
        found = compare(*reports, (a or f"reports/{study}", b or f"reports/{study}"))
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=1)
        (folder / "comparison.json").write_text(text + "\n", "utf-8")
        page = folder / "comparison.html"
        page.write_text(as_page(found, *reports), "utf-8")
    return found, page


def _report(word: str, study: str, root: Path, folder: Path, say: Callable[[str], None]) -> Path:
    path = root / "reports" / study if not word else Path(word)
    for place in (path, path / study):
        if (place / "manifest.json").is_file():
            return place
    if not word:
        raise CompareError(f"reports/{study}: not built; run: make report STUDY={study}")
    commit = _commit(word, root)
    if not commit:
        raise CompareError(
            f"found {word!r}, expected the folder of a built report or a Git revision;"
            f" write A=HEAD or A=reports/{study}"
        )
    say(f"building {word} ({commit[:12]})")
    _extract(commit, root, folder / "source")
    around = reproduce.conditions()[0]
    built = reproduce.build(folder / "source", study, LANGUAGES, around, folder)
    if built.status:
        raise CompareError(f"{word}: the report could not be built:\n" + "\n".join(built.said))
    return built.report


def _commit(word: str, root: Path) -> str:
    if word.startswith("-"):
        return ""
    asked = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", f"{word}^{{commit}}"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _extract(commit: str, root: Path, folder: Path) -> None:
    """Write the files of a commit into a folder; Git's own state stays as it is."""
    asked = ["git", "-C", str(root), "archive", "--format=tar", commit]
    packed = subprocess.run(asked, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


# -- The page --------------------------------------------------------------------------------------


def as_page(found: Comparison, a: Path, b: Path) -> str:
    """The comparison as one page that needs nothing else."""
    pictures = {f.figure: list(_pictures(f, a, b)) for f in found.figures}
    pages: dict[str, list[SentenceChange]] = {}
    for change in found.sentences:
        pages.setdefault(change.page, []).append(change)
    return (
        Templates(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(_PAGE)
        .render(c=found, pictures=pictures, pages=pages, style=STYLE, anchor=_anchor)
    )


def _anchor(name: str) -> str:
    return "x" + hashlib.sha256(name.encode("utf-8")).hexdigest()[:12]


def _pictures(change: FigureChange, a: Path, b: Path) -> Iterable[tuple[str, str]]:
    """Captions and pictures (data addresses): old, new, and the difference where there are both."""
    files = [(side, r / f"{change.figure}.png") for side, r in (("A", a), ("B", b))]
    there = [(side, path.read_bytes()) for side, path in files if path.is_file()]
    for side, content in there:
        yield side, _address(content)
    if len(there) == 2:
        image = difference_image(*(contents.pixels(content) for _, content in there))
        with io.BytesIO() as file:
            Image.fromarray(image).convert("RGB").save(file, "PNG")
            yield "difference", _address(file.getvalue())


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{{ c.a }} and {{ c.b }} compared</title>
<style>
{{ style|safe }}
</style>
</head>
<body>
<main>
<h1>{{ c.a }} and {{ c.b }} compared</h1>
<p class="result">{{ c.summary() }} A is {{ c.a }}, B is {{ c.b }}.</p>
{% if c.sentences %}
<h2>Sentences</h2>
{% for page, changes in pages.items() %}
<table>
<caption>{{ page }}</caption>
<thead><tr><th scope="col">Cell</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody>
{% for change in changes %}
<tr><th scope="row"><code>{{ change.cell }}</code></th><td><del>{{ change.old }}</del></td>
<td><ins>{{ change.new }}</ins></td></tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
{% endif %}
{% if c.figures %}
<h2>Figures</h2>
{% for f in c.figures %}
<h3 id="{{ anchor(f.figure) }}">{{ f.figure }}</h3>
<p>{% if f.only_in %}Only in {{ f.only_in }}.{% elif not f.pixels %}Other bytes, but every pixel is the same.
{% else %}{{ f.pixels }} pixels differ (RMS {{ f.rms }} of 255), all between {{ f.box[0] }}, {{ f.box[1] }}
and {{ f.box[2] }}, {{ f.box[3] }}; {{ f.sizes[0] }} and {{ f.sizes[1] }} pixels.{% endif %}
{% if not f.only_in %} The plotted rows {{ "are the same" if f.rows_same else "differ" }}.{% endif %}</p>
<div class="three">
{% for caption, address in pictures[f.figure] %}
<figure><img src="{{ address }}" alt="{{ f.figure }}: {{ caption }}"><figcaption>{{ caption }}</figcaption></figure>
{% endfor %}
</div>
{% endfor %}
{% endif %}
{% if c.tables %}
<h2>Tables</h2>
{% for t in c.tables %}
<h3>{{ t.table }}</h3>
{% if t.only_in %}
<p>Only in {{ t.only_in }}.</p>
{% else %}
<p>Rows are told apart by {{ t.key|join(", ") or "their number" }}.</p>
<ul>
{% for words, values in [("Columns gone", t.columns_gone), ("New columns", t.columns_new),
    ("Rows gone", t.rows_gone), ("New rows", t.rows_new), ("Rows in another place", t.moved)] if values %}
<li>{{ words }}: {{ values|join(", ") }}</li>
{% endfor %}
</ul>
{% if t.cells %}
<table>
<caption>{{ t.cells|length }} cells of {{ t.table }}</caption>
<thead><tr><th scope="col">Row</th><th scope="col">Column</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody>
{% for cell in t.cells %}
<tr><th scope="row">{{ cell.row }}</th><td>{{ cell.column }}</td><td><del>{{ cell.old }}</del></td>
<td><ins>{{ cell.new }}</ins></td></tr>
{% endfor %}
</tbody>
</table>
{% endif %}
{% endif %}
{% endfor %}
{% endif %}
{% if c.files %}
<h2>Files</h2>
<table>
<caption>Every file that differs</caption>
<tbody>
{% for name, how in c.files %}
<tr><th scope="row">{{ name }}</th><td>{{ how }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endif %}
</main>
</body>
</html>
"""
