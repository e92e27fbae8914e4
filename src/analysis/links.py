"""Where the evidence of a record stands: one rule for figures, tables and sentences."""

from __future__ import annotations

import os
import re

from analysis import paths

_TO_PAGE = r'(\]\(|href=")'  # how Markdown, HTML and SVG begin a link


def to_pages(study: str, language: str) -> str:
    """What leads from a notebook to the pages of its report, to be put before their names.

    Nothing where the report's builder runs it: what it says is set on those pages. A server that
    shows them says where by ANALYSIS_PAGES, as `make lab` does; elsewhere they are found by path.
    """
    served = os.environ.get("ANALYSIS_PAGES")
    if served is None:
        return f"{os.path.relpath(paths.REPORTS / study / language)}/".replace(os.sep, "/")
    return f"{served}/{study}/{language}/" if served else ""


def through(prefix: str, text: str) -> str:
    """A text (Markdown, HTML or SVG) whose links to pages lead through a prefix.

    >>> through("../en/", '<a href="evidence.html#a">1</a> [2](phases.html)')
    '<a href="../en/evidence.html#a">1</a> [2](../en/phases.html)'
    """
    return re.sub(rf"{_TO_PAGE}(?=[a-z0-9-]+\.html)", rf"\g<1>{prefix}", text)


def direct(prefix: str, text: str) -> str:
    """The text that `through` was given."""
    return re.sub(rf"{_TO_PAGE}{re.escape(prefix)}(?=[a-z0-9-]+\.html)", r"\1", text)


def anchor(key: str) -> str:
    """The id of a record's card: `phases/phase-1` has `phases-phase-1`.

    A record of a study that stands beside another is called `study/table/record`.
    """
    return key.replace("/", "-")


def address(key: str) -> str:
    """The address of a record's card, as the pages beside it see it."""
    return f"evidence.html#{anchor(key)}"


def plain(words: object) -> str:
    """Words that Markdown and HTML show as they stand.

    Whatever either could take for markup becomes a character reference, which neither does.

    >>> plain("<b> & [x](y) **z**")
    '&#60;b&#62; &#38; &#91;x&#93;&#40;y&#41; &#42;&#42;z&#42;&#42;'
    """
    return re.sub(r"""[<>&"'`*_{}\[\]()$~|\\]""", lambda m: f"&#{ord(m[0])};", str(words))


def to(key: str, words: object) -> str:
    """Words as a link to the card of a record (HTML, which Markdown lets through)."""
    return f'<a href="{address(key)}">{plain(words)}</a>'
