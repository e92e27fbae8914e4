"""Where the evidence of a record stands: one rule for figures, tables and sentences."""

from __future__ import annotations

import re


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
