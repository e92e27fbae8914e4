"""Where links lead: to the evidence of a record (`record:issues/norwick-1`) or a page (`page:issues`).

Notebooks, figures and tables hold these targets; they become addresses once, where a page is made.
"""

from __future__ import annotations

import os
import re

from analysis import paths

_TARGET = re.compile(r"(?:record|page):[a-z0-9_/#.-]+", re.IGNORECASE)


def anchor(key: str) -> str:
    """The id of a record's card: `phases/phase-1` has `phases-phase-1`."""
    return key.replace("/", "-")


def address(target: str) -> str:
    """The address of a target as a page beside it sees it; other addresses stay as they are.

    >>> address("record:issues/norwick-1"), address("page:issues#matrix"), address("#matrix-1")
    ('evidence-issues.html#issues-norwick-1', 'issues.html#matrix', '#matrix-1')
    """
    scheme, _, rest = target.partition(":")
    if scheme == "record":
        return f"evidence-{anchor(rest.rpartition('/')[0])}.html#{anchor(rest)}"
    if scheme == "page":
        page, _, place = rest.partition("#")
        return f"{page}.html" + (f"#{place}" if place else "")
    return target


def resolve(text: str, prefix: str = "") -> str:
    """A text (Markdown, HTML or SVG) whose targets are addresses of pages behind a prefix."""
    return _TARGET.sub(lambda found: prefix + address(found[0]), text)


def to_pages(study: str, language: str) -> str | None:
    """What leads from a notebook that a person runs to the pages of its report; None for the builder.

    A server that shows the pages says where by ANALYSIS_PAGES, as `make lab` does; the builder sets
    it to nothing; elsewhere the pages are found by path.
    """
    served = os.environ.get("ANALYSIS_PAGES")
    if served is None:
        return f"{os.path.relpath(paths.REPORTS / study / language)}/".replace(os.sep, "/")
    return f"{served}/{study}/{language}/" if served else None
