"""The guides in docs/ as pages of the report: pages that no notebook makes.

A guide is written once, as Markdown that GitHub and editors show, too: `docs/<guide>.md` in English
and `docs/<guide>.ja.md` in Japanese. Only its links differ in the report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis import paths
from analysis.build.plan import PlanError

_ENDING = {"ja": ".ja.md", "en": ".md"}
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#:\s]+)(#[^)\s]*)?\)")  # to another file, with a place in it
# The line that leads to the same guide in the other language; in the report the switch does.
_SWITCH = re.compile(r"^\*\[[^\]]+\]\([^)]+\)\*\n+", re.MULTILINE)
# A table and the line above it, which ends in a colon: in the report, its caption.
_TABLE = re.compile(r"^([^\n|]+)[:：]\n\n((?:\|.*\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Guide:
    """One guide in one language."""

    page: str  # file name in the report, without ending
    language: str
    title: str  # in the navigation
    file: Path

    def text(self, beside: Sequence[Guide]) -> str:
        """Its Markdown as the site sets it, where the guides `beside` it are pages, too.

        A link to one of them leads to its page; any other file of the project is not in the
        report, and is named instead.
        """
        pages = {guide.file.name: guide.page for guide in beside}
        folder = self.file.parent

        def elsewhere(link: re.Match) -> str:
            words, name, place = link.groups()
            if name in pages:
                return f"[{words}]({pages[name]}.md{place or ''})"
            there = (folder / name).resolve()
            if not there.is_relative_to(folder.parent.resolve()):
                return words
            named = there.relative_to(folder.parent.resolve()).as_posix()
            return words if words.strip("`/") == named else f"{words} (`{named}`)"

        text = _SWITCH.sub("", self.file.read_text("utf-8"), count=1)
        return _LINK.sub(elsewhere, _TABLE.sub(r"```{table} \1\n\2```\n", text))


def guides(languages: Sequence[str], path: Path | None = None) -> list[Guide]:
    """The guides that notebooks/report.yaml names, in its order, language by language.

    Raises PlanError where a guide has no file in docs/, or its page is one of a notebook's.
    """
    path = path or paths.PLAN
    document = yaml.safe_load(path.read_text("utf-8"))
    taken = {entry["page"] for entry in document["pages"]}
    found = []
    for language in languages:
        for entry in document.get("guides") or []:
            name = entry["guide"]
            file = path.parents[1] / paths.DOCS.name / f"{name}{_ENDING[language]}"
            if name in taken:
                raise PlanError(
                    f"notebooks/{path.name}: guide {name!r} has the name of a page; give one of them another"
                )
            if not file.is_file():
                raise PlanError(f"docs/{file.name}: no such guide; it is named in {path.name}")
            found.append(Guide(name, language, entry[f"title_{language}"], file))
    return found
