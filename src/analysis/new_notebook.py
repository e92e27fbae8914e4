"""A new page of the report: a notebook that runs at once, its words, its place in the plan, and its test."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from unicodedata import category

import yaml

from analysis import folders, paths
from analysis.errors import UserError, unexpected

TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40  # characters of a name: it becomes a file's, a page's and a figure's
LAST = 90  # notebooks from here on (methods) are the report's last
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_NOT_PAGES = ("search", "genindex")  # pages of the site that no notebook and no guide makes
# New pages stand before the one that every mark of the report leads to, among the findings.
_BEFORE, _GROUP = "evidence", "findings"


@dataclass(frozen=True)
class Begun:
    """What was written for a new page."""

    notebook: Path
    words: Path
    test: Path
    titles: Mapping[str, str]  # by language


def begin(name: str, title: str, study: str) -> Begun:
    """Write a notebook for page `name`, its catalogue of words, its test, and its line in report.yaml.

    `title` is a line in Japanese or English, or "": then it is made from the name. `study` is what
    the notebook opens when it is run by hand. Either all of these are written or none.

    Raises UserError for a bad name or title, for a name that is there already, and where
    report.yaml does not list pages.
    """
    _check_name(name)
    titles = _titles(name, title)
    text, document = _plan()
    _check_free(name, titles, document)
    notebook = f"{_next_number():02}_{name.replace('-', '_')}"
    entry = {"page": name, "notebook": notebook, "group": _GROUP} | {
        f"title_{language}": words.replace("{", "{{").replace("}", "}}")  # of a format
        for language, words in titles.items()
    }
    filled = {"name": name, "notebook": notebook, "study": study}
    begun = Begun(
        paths.NOTEBOOKS / f"{notebook}.ipynb",
        paths.NOTEBOOKS / "words" / f"{notebook}.yaml",
        paths.TESTS / "pages" / f"test_{name.replace('-', '_')}.py",
        titles,
    )
    files = {
        begun.notebook: _notebook(filled | {f"title_{x}": _as_markdown(t) for x, t in titles.items()}),
        begun.words: _filled("words.yaml", filled),
        begun.test: _filled("test_page.py", filled),
    }
    _write(files, _with_entry(text, document, entry))
    return begun


# -- What is asked for -----------------------------------------------------------------------------


def _check_name(name: str) -> None:
    if not name:
        raise UserError("NAME: not given; write make new-notebook NAME=my-page")
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        expected = f"at most {LONGEST} small letters, digits and hyphens"
        raise unexpected("NAME", name, expected, "write NAME=my-page")


def _titles(name: str, title: str) -> dict[str, str]:
    """The page's titles by language; what was not given is the name in words."""
    title = title.strip()
    if len(title.splitlines()) > 1 or any(category(x)[0] == "C" for x in title):
        raise UserError(f"TITLE: found {title!r}, expected one line of text")
    derived = name.replace("-", " ").capitalize()
    if _JAPANESE.search(title):
        return {"ja": title, "en": derived}
    return {"ja": title or derived, "en": title or derived}


def _check_free(name: str, titles: Mapping[str, str], document: Mapping[str, Any]) -> None:
    """Refuse a name or title that a page, a guide, a notebook, a figure or a test has."""

    def taken(whose: str) -> UserError:
        return UserError(f"NAME: found {name!r}, which is there already ({whose}); choose another name")

    entries = [*document["pages"], *(document.get("guides") or [])]
    for page in (*(str(e.get("page", e.get("guide"))) for e in entries), *_NOT_PAGES):
        if re.fullmatch(re.escape(page).replace(r"\{region\}", ".+"), name):
            raise taken(f"page {page}")
    underlined = name.replace("-", "_")
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        if path.stem.partition("_")[2] == underlined:
            raise taken(f"notebooks/{path.name}")
        if any(re.fullmatch(pattern, name) for pattern in _figure_names(path)):
            raise taken(f"a figure of notebooks/{path.name}")
    test = f"tests/pages/test_{underlined}.py"
    if (paths.ROOT / test).exists():
        raise taken(test)
    for entry in entries:
        for language, title in titles.items():
            if entry.get(f"title_{language}") == title:
                raise UserError(
                    f"TITLE: found {title!r}, which another page of report.yaml has; write TITLE='…'"
                )


def _figure_names(path: Path) -> Iterator[str]:
    """Patterns of the names that a notebook gives its figures: the second value of `report.show`."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "show":
                named = [k.value for k in node.keywords if k.arg == "name"]
                yield from map(_pattern, [*node.args[1:2], *named])


def _pattern(value: ast.expr) -> str:
    """A pattern of what a text, or a text with values in it, can be."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts)


def _next_number() -> int:
    """The number after the last notebook that is not one of the report's last."""
    numbers = [int(p.stem[:2]) for p in paths.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")]
    free = [n for n in range(1, LAST) if n not in numbers]
    after = [n for n in free if n > max((n for n in numbers if n < LAST), default=0)]
    if not free:
        raise UserError(f"notebooks: no number below {LAST} is free; remove a notebook")
    return (after or free)[0]


# -- What is written -------------------------------------------------------------------------------


def _as_markdown(title: str) -> str:
    """A title that Markdown shows as it stands."""
    return re.sub(r"([\\`*_<>\[\]{}&$|~#])", r"\\\1", title)


def _filled(template: str, values: Mapping[str, str]) -> str:
    return Template((TEMPLATES / template).read_text("utf-8")).substitute(values)


def _notebook(filled: Mapping[str, str]) -> str:
    notebook = json.loads((TEMPLATES / "notebook.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        source = Template("".join(cell["source"])).substitute(filled)
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _plan() -> tuple[str, dict[str, Any]]:
    """The plan's text, and what it says."""

    def refused(why: str) -> UserError:
        return UserError(
            f"notebooks/{paths.PLAN.name}: {why}, expected a list `pages` of"
            " page, notebook, title_ja and title_en; put it right first"
        )

    try:
        text = paths.PLAN.read_text("utf-8")
        document = yaml.safe_load(text)
    except FileNotFoundError:
        raise refused("no such file") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise refused(f"cannot be read ({' '.join(str(error).split())})") from None
    pages = document.get("pages") if isinstance(document, dict) else None
    if not isinstance(pages, list) or not pages:
        raise refused("found no pages")
    for number, entry in enumerate(pages, 1):
        if not isinstance(entry, dict) or "page" not in entry:
            raise refused(f"entry {number} of `pages` is {entry!r}")
    return text, document


def _with_entry(text: str, document: Mapping[str, Any], entry: Mapping[str, str]) -> str:
    """The plan's text with one line more, before the evidence; everything else as it was."""
    pages = document["pages"]
    names = [page["page"] for page in pages]
    place = names.index(_BEFORE) if _BEFORE in names else len(names)
    root = yaml.compose(text)
    assert root is not None  # it has been read: there are pages
    items = next(value for key, value in root.value if key.value == "pages").value
    lines = text.splitlines(keepends=True)
    first = items[0].start_mark
    indent = lines[first.line][: first.column].rpartition("-")[0]
    end = items[-1].end_mark
    line = items[place].start_mark.line if place < len(items) else end.line + (end.column > 0)
    while place < len(items) and line and lines[line - 1].strip().startswith("#"):
        line -= 1  # the comment above an entry stays with it
    words = yaml.safe_dump(
        dict(entry), default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    ).strip()
    if line and not lines[line - 1].endswith("\n"):
        lines[line - 1] += "\n"
    made = "".join([*lines[:line], f"{indent}- {words}\n", *lines[line:]])
    wanted = dict(document) | {"pages": [*pages[:place], dict(entry), *pages[place:]]}
    with suppress(yaml.YAMLError):
        if yaml.safe_load(made) == wanted:
            return made
    raise UserError(
        f"notebooks/{paths.PLAN.name}: found another layout than an entry a line; add the line yourself: - {words}"
    )


def _write(files: Mapping[Path, str], plan: str) -> None:
    """Write new files and the plan; where one cannot be written, none is there afterwards."""
    with ExitStack() as undo:
        try:
            for path, text in files.items():
                for folder in [f for f in reversed(path.parents) if not f.exists()]:
                    folder.mkdir()
                    undo.callback(folder.rmdir)
                with path.open("x", encoding="utf-8", newline="\n") as file:
                    undo.callback(path.unlink)
                    file.write(text)
            folders.write(paths.PLAN, plan.encode())
        except OSError as error:
            raise UserError(f"{error.strerror}: {error.filename}; nothing was written") from None
        undo.pop_all()
