"""From an executed notebook to a page of the site, and to the files that belong to it."""

from __future__ import annotations

import base64
import copy
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from PIL import Image

from analysis import links
from analysis.build.plan import Job
from analysis.figures import colours

_ID = "f"  # an id begins with a letter
FIGURE = "application/vnd.analysis.figure+json"  # as figures.show writes it

_COLON = {"ja": "：", "en": ": "}
_WORDS = {
    "download": {"ja": "ダウンロード", "en": "Download"},
    "rows": {"ja": "CSV（図の行）", "en": "CSV (plotted rows)"},
    "described": {"ja": "図の内容を文章で読む", "en": "The figure in words"},
    "used": {"ja": "使われている箇所", "en": "Used in"},
}


@dataclass(frozen=True)
class Figure:
    """A figure found in an executed notebook."""

    page: str
    name: str
    title: str
    alt: str
    records: tuple[str, ...]
    svg: str
    png: bytes
    rows: str

    def files(self) -> dict[str, bytes]:
        """Its files in the report: name to bytes."""
        return {
            # On its own the picture stands in a folder below the pages.
            f"figures/{self.name}.svg": links.through("../", self.svg).encode("utf-8"),
            f"figures/{self.name}.png": self.png,
            f"figures/{self.name}.csv": self.rows.encode("utf-8"),
        }

    def thumbnail(self) -> dict[str, bytes]:
        """The small picture that the first page shows of it: name to bytes."""
        return {f"figures/{self.name}-small.png": _small(self.png)}


def _small(png: bytes) -> bytes:
    """A picture for the first page: its upper left part in few colours."""
    with Image.open(io.BytesIO(png)) as picture, io.BytesIO() as file:
        width, height = picture.size
        part = picture.convert("RGB").crop((0, 0, width, min(height, width * 11 // 16)))
        part.thumbnail((560, part.height), Image.Resampling.LANCZOS, reducing_gap=2)
        part.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            file, "PNG", optimize=True
        )
        return file.getvalue()


def short_ids(notebook: NotebookNode) -> NotebookNode:
    """Let the ids in a notebook's figures, in place, begin with one sign a figure, not with its name.

    The figures of a page need different ones; a glyph is named at each place where it stands.
    """
    for number, data in enumerate(_displayed(notebook, FIGURE)):
        name, sign = data[FIGURE]["name"], np.base_repr(number, 36).lower()
        data["image/svg+xml"] = re.sub(
            rf'((?: id="|"#|url\(#)){name}-(?=[0-9a-z]+["\)])', rf"\g<1>{_ID}{sign}-", data["image/svg+xml"]
        )
    return notebook


def published(notebook: NotebookNode, job: Job) -> NotebookNode:
    """The notebook as it is published: its links lead to the pages, its figures are their files."""
    notebook = copy.deepcopy(notebook)
    for data in _displayed(notebook):
        if about := data.get(FIGURE):
            picture = f"{_up(job)}figures/{about['name']}.png"
            data["text/html"] = (
                f'<a href="{_up(job)}{job.page}.html#{about["name"]}">'
                f'<img src="{picture}" width="100%" alt="{escape(about["alt"])}"></a>'
            )
            del data["image/svg+xml"], data["image/png"], about["rows"]
    _lead(notebook, partial(links.through, _up(job)))
    return notebook


def restored(notebook: NotebookNode, job: Job, built: Path) -> NotebookNode:
    """The notebook that `published` was given, from the published one and the files of its report."""
    notebook = copy.deepcopy(notebook)
    _lead(notebook, partial(links.direct, _up(job)))
    for data in _displayed(notebook, FIGURE):
        del data["text/html"]
        file = built / job.language / "figures" / data[FIGURE]["name"]
        svg = file.with_suffix(".svg").read_text("utf-8")
        data["image/svg+xml"] = links.direct("../", svg)
        data["image/png"] = base64.b64encode(file.with_suffix(".png").read_bytes()).decode("ascii")
        data[FIGURE]["rows"] = file.with_suffix(".csv").read_bytes().decode("utf-8")
    return notebook


def _up(job: Job) -> str:
    """From a published notebook to its pages."""
    return f"../../{job.language}/"


def _displayed(notebook: NotebookNode, kind: str = "") -> list[NotebookNode]:
    """What the cells of a notebook displayed, by type; only what has a given one."""
    found = [o.get("data", {}) for cell in notebook.cells for o in cell.get("outputs", [])]
    return [data for data in found if not kind or kind in data]


def _lead(notebook: NotebookNode, change: Callable[[str], str]) -> None:
    """Change the links to pages in all that a notebook says."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = change(cell.source)
    for data in _displayed(notebook):
        data.update({k: change(data[k]) for k in ("text/html", "text/markdown") if k in data})


def figures(notebook: NotebookNode, job: Job) -> list[Figure]:
    """The figures that an executed notebook displays, in order."""
    return [
        Figure(
            job.page,
            about["name"],
            about["title"],
            about["alt"],
            tuple(about["records"]),
            data["image/svg+xml"],
            base64.b64decode(data["image/png"]),
            about["rows"],
        )
        for data in _displayed(notebook, FIGURE)
        for about in [data[FIGURE]]
    ]


def page(
    job: Job,
    executed: NotebookNode,
    source: NotebookNode,
    uses: Mapping[str, list],
    labels: Mapping[str, str],
) -> NotebookNode:
    """The notebook as the site shows it: one language, no code, figures inline with their files.

    Prose comes from `source`, so that a changed sentence needs no new run; outputs come from
    `executed`. `uses` says where a card is led to from: its id to a list of (address, title);
    `labels` what a record is called: key to words.
    """
    outputs = {cell.id: cell.outputs for cell in executed.cells if cell.cell_type == "code"}
    language = job.language
    other = {"ja": "en", "en": "ja"}[language]
    cells = []
    for cell in copy.deepcopy(source.cells):
        tags = cell.metadata.get("tags", [])
        if other in tags:
            continue
        if cell.cell_type == "code":
            shown = [_shown(o, language, uses, labels) for o in outputs.get(cell.id, [])]
            if not shown:
                continue
            cell.source, cell.execution_count = "...", None  # an empty cell would lose its outputs
            cell.outputs = shown
            cell.metadata.tags = ["remove-input"]
        elif job.subject and cell.source.startswith("# "):
            head, line, rest = cell.source.partition("\n")
            cell.source = f"{head}{_COLON[language]}{links.plain(job.subject)}{line}{rest}"
        cells.append(cell)
    made = nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(source.metadata))
    made.nbformat_minor = 5
    return made


def _shown(
    output: NotebookNode, language: str, uses: Mapping[str, list], labels: Mapping[str, str]
) -> NotebookNode:
    output = copy.deepcopy(output)
    output.pop("execution_count", None)
    data = output.get("data", {})
    if FIGURE in data:
        svg = re.sub(
            r"<title>((?:[a-z0-9-]+/)?[a-z]+/[a-z0-9-]+)</title>",
            lambda m: f"<title>{escape(labels.get(m[1], m[1]))}</title>",
            data["image/svg+xml"],
        )
        svg = re.sub(r'<!--.*?-->| target="_top"|(?<=<use )xlink:', "", svg)  # not needed in HTML
        html = _figure_html(svg, data[FIGURE], language)
        output.data = NotebookNode({"text/html": html})
        output.output_type, output.metadata = "display_data", NotebookNode()
    elif "text/html" in data and 'class="used"' in data["text/html"]:
        output.data["text/html"] = _with_uses(data["text/html"], language, uses)
    return output


def _figure_html(svg: str, about: Mapping, language: str) -> str:
    name, words = about["name"], {k: v[language] for k, v in _WORDS.items()}
    files = " · ".join(
        f'<a href="figures/{name}.{ending}" download>{label}</a>'
        for ending, label in (("svg", "SVG"), ("png", "PNG"), ("csv", words["rows"]))
    )
    frame = "frame"
    if colours.follows_scheme(svg):
        svg = colours.named(svg)
    else:  # a figure with other colours than the house's stays on white, as it was drawn
        frame += " white"
    return (
        f'<figure class="exhibit" id="{name}"><div class="{frame}" role="region" tabindex="0"'
        f' aria-label="{escape(about["title"])}">{svg}</div>'
        f"<figcaption><details><summary>{words['described']}</summary>{escape(about['alt'])}</details>"
        f'<span class="files">{words["download"]}: {files}</span></figcaption></figure>'
    )


def _with_uses(html: str, language: str, uses: Mapping[str, list]) -> str:
    """Fill in, on every evidence card, the figures that use the record."""
    parts = html.split('<p class="used" data-key="')
    made = [parts[0]]
    for part in parts[1:]:
        key, rest = part.split('"></p>', 1)
        shown = ", ".join(
            f'<a href="{address}">{escape(title)}</a>' for address, title in uses.get(links.anchor(key), [])
        )
        if shown:
            made.append(f'<p class="used">{_WORDS["used"][language]}: {shown}</p>')
        made.append(rest)
    return "".join(made)


def cards_led_to(notebook: NotebookNode) -> list[str]:
    """The ids of the cards that the sentences and tables of an executed notebook lead to."""
    texts = [
        text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind in ("text/markdown", "text/html")
        if FIGURE not in output.get("data", {}) and (text := output.get("data", {}).get(kind))
    ]
    found = re.findall(r'href="evidence\.html#([A-Za-z0-9-]+)"', "".join(texts))
    return list(dict.fromkeys(found))
