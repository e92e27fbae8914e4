"""The site: pages of executed notebooks, set by Sphinx and MyST-NB with a theme of our own."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis.build.fresh import THEME
from analysis.figures import colours
from analysis.publish import search
from analysis.publish.guides import Guide

# Files of Sphinx that a reader of the report has no use for, or that hold no more than its state.
_LEFT_OUT = (
    ".buildinfo",
    ".doctrees",
    "objects.inv",
    "_sources",
    "genindex.html",
    "jupyter_execute",
    "_static/plus.png",
    "_static/minus.png",
    "_static/file.png",
    "_static/basic.css",
    "_static/pygments.css",
    "searchindex.js",
    "_static/searchtools.js",
    "_static/language_data.js",
    "_static/doctools.js",
    "_static/documentation_options.js",
    "_static/sphinx_highlight.js",
    "_static/translations.js",
    "_static/*-stemmer.js",
    "_static/mystnb.*.css",
)

_WORDS = {
    "ja": {
        "skip": "本文へ",
        "other": "English",
        "pages": "ページ",
        "search": "検索",
        "go": "探す",
        "figures": "図",
        "transcription": "転記",
        "notebook": "このページのノートブック",
        "pdf": "PDF（印刷用）",
        "script": "検索には JavaScript が要ります。",
        "none": "「{words}」はどこにもありません。",
        "found": "「{words}」：{n}件",
        "how": "上の欄に言葉を入れてください。言葉の一部でも探せます。",
    },
    "en": {
        "skip": "Skip to content",
        "other": "日本語",
        "pages": "Pages",
        "search": "Search",
        "go": "Go",
        "figures": "Figures",
        "transcription": "Transcription",
        "notebook": "This page's notebook",
        "pdf": "PDF for printing",
        "script": "The search needs JavaScript.",
        "none": "“{words}” is found nowhere.",
        "found": "“{words}”: {n} found",
        "how": "Type into the field above; a part of a word is enough.",
    },
}


class SiteError(RuntimeError):
    """Sphinx could not build the site; the message is what it said."""


@dataclass(frozen=True)
class Thumbnail:
    """A figure shown small on the first page."""

    page: str
    name: str
    title: str
    alt: str


@dataclass(frozen=True)
class Site:
    """One language's pages and what stands around them."""

    language: str
    project: str
    citation: str
    verification: str
    pages: Sequence[tuple[str, str]]  # file name and title, in order; the first is the index
    thumbnails: Sequence[Thumbnail]
    languages: Sequence[str]
    guides: Sequence[Guide] = ()  # pages that no notebook makes, after the others

    @property
    def all_pages(self) -> list[tuple[str, str]]:
        """File name and title of every page, those of notebooks first."""
        return [*self.pages, *((guide.page, guide.title) for guide in self.guides)]


def build(site: Site, notebooks: Mapping[str, NotebookNode], target: Path) -> None:
    """Set the pages of one language into a folder.

    `notebooks` are the prepared pages by file name (see `pages.page`). Raises SiteError with
    Sphinx's own words where a page cannot be set: a warning counts as an error.
    """
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        source, output = Path(folder, "source"), Path(folder, "output")
        source.mkdir()
        for name, notebook in notebooks.items():
            nbformat.write(notebook, source / f"{name}.ipynb")
        for guide in site.guides:
            (source / f"{guide.page}.md").write_text(guide.text(site.guides), "utf-8")
        _sphinx(source, output, Path(folder, "doctrees"), _configuration(site))
        for path in [path for left_out in _LEFT_OUT for path in output.glob(left_out)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for guide in site.guides:  # docutils does not say whose head a table's head is
            page = output / f"{guide.page}.html"
            text = page.read_text("utf-8").replace('<th class="head">', '<th class="head" scope="col">')
            page.write_text(text, "utf-8")
        search.write(site.all_pages, output)
        (output / "_static" / "figures.css").write_text(colours.stylesheet(), "utf-8")
        shutil.copytree(output, target, dirs_exist_ok=True)


def _configuration(site: Site) -> dict[str, Any]:
    other = {"ja": "en", "en": "ja"}[site.language]
    return {
        "extensions": ["myst_nb"],
        "project": site.project,
        "language": site.language,
        "root_doc": site.pages[0][0],
        "html_theme": "theme",
        "html_theme_path": [str(THEME.parent)],
        "html_title": site.project,
        "html_copy_source": False,
        "html_show_sphinx": False,
        "html_use_index": False,
        "html_permalinks": False,
        "highlight_language": "none",  # the theme has no colours for code
        "nb_execution_mode": "off",
        "nb_ipywidgets_js": {},
        "nb_render_markdown_format": "myst",
        "myst_enable_extensions": [],
        # Pages are reached from the navigation that our own layout sets, not from a toctree.
        "suppress_warnings": [
            "toc.not_included",
            "mystnb.unknown_mime_type",
            "toc.not_readable",
            "toc.no_title",
        ],
        "html_context": {
            "report_pages": site.all_pages,
            "other_language": other,
            "other_language_built": other in site.languages,
            "words": _WORDS[site.language],
            "citation": site.citation,
            "verification": site.verification,
            "thumbnails": [asdict(t) for t in site.thumbnails],
            "thumbnails_on": [site.pages[0][0]],
            "notebooks": [name for name, _ in site.pages],
        },
    }


def _sphinx(source: Path, output: Path, doctrees: Path, configuration: Mapping[str, Any]) -> None:
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    # Dates in the output come from here and from nowhere else.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    said = io.StringIO()
    with docutils_namespace(), redirect_stdout(io.StringIO()):
        app = Sphinx(
            source,
            None,
            output,
            doctrees,
            "html",
            confoverrides=dict(configuration),
            status=None,
            warning=said,
            warningiserror=False,
        )
        app.build()
    if app.statuscode or said.getvalue().strip():
        words = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue()).replace(str(source) + os.sep, "").strip()
        raise SiteError(f"the pages could not be set:\n{words}")


def flush() -> None:
    """Hand over what was printed, before a process forks."""
    sys.stdout.flush()
    sys.stderr.flush()
