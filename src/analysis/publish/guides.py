"""The guides in docs/ as pages of the report: pages that no notebook makes.

A guide is written once, as Markdown that GitHub and editors show, too: `docs/<guide>.md` in English
and `docs/<guide>.<language>.md` in others; one that is not there is shown in English. Only its links
differ in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.languages import catalogues
from analysis.publish import blocks

_LINK = re.compile(r"\[([^\]]+)\]\(([^)#:\s]+)(#[^)\s]*)?\)")  # to another file, with a place in it
# The line that leads to the same guide in the other language; in the report the switch does.
_SWITCH = re.compile(r"^\*\[[^\]]+\]\([^)]+\)\*\n+", re.MULTILINE)


@dataclass(frozen=True)
class Guide:
    """One guide in one language."""

    page: str  # file name in the report, without ending
    language: str
    title: str  # in the navigation
    file: Path

    def page_of(self, beside: Sequence[Guide]) -> blocks.Page:
        """Its blocks, where the guides `beside` it are pages, too.

        A link to one of them leads to its page; any other file of the project is not in the
        report, and is named instead. A table has the line above it as its caption.
        """
        pages = {guide.file.name: guide.page for guide in beside}
        folder = self.file.parent.resolve()

        def elsewhere(link: re.Match[str]) -> str:
            words, name, _ = link.groups()
            if name in pages:
                return f"[{words}](page:{pages[name]})"
            there = (folder / name).resolve()
            if not there.is_relative_to(folder.parent):
                return words
            named = there.relative_to(folder.parent).as_posix()
            return words if words.strip("`/") == named else f"{words} (`{named}`)"

        text = _SWITCH.sub("", self.file.read_text("utf-8"), count=1)
        cell = {"cell_type": "markdown", "source": _LINK.sub(elsewhere, text)}
        page = blocks.read({"cells": [cell]}, self.language, name=self.file.name)
        return replace(page, blocks=tuple(_captioned(page.blocks)))


def _captioned(found: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    for block in found:
        if block.kind == "table" and made and made[-1].kind == "paragraph":
            said = blocks.plain(made[-1].spans)
            if said.endswith((":", "：")):
                made[-1:] = [replace(block, title=said.rstrip(":："))]
                continue
        made.append(block)
    return made


def guides(language: str, plan: Path | None = None) -> list[Guide]:
    """The guides that notebooks/report.yaml names, in its order.

    Raises PublishError where a guide has no file in docs/, or its page is one of a notebook's.
    """
    plan = plan or paths.PLAN
    document = yaml.load(plan.read_text("utf-8"), Loader=yaml.CSafeLoader)
    taken = {entry["page"] for entry in document["pages"]}
    folder, found = plan.parents[1] / paths.DOCS.name, []
    for entry in document.get("guides") or []:
        name = entry["guide"]
        if name in taken:
            raise blocks.PublishError(
                f"notebooks/{plan.name}: guide {name!r} has the name of a page; give one of them another"
            )
        file = folder / f"{name}.{language}.md"
        if language != "ja" and not file.is_file():  # what the project is written in has to be there
            file = folder / f"{name}.md"
        if not file.is_file():
            raise blocks.PublishError(f"docs/{file.name}: no such guide; it is named in {plan.name}")
        found.append(Guide(name, language, catalogues.titled(entry, f"guides.{name}", language), file))
    return found
