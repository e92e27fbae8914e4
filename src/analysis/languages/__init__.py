"""What differs by language: its names, and how lists, numbers and dates are written in it."""

from __future__ import annotations

import re

EXPECTED = "a BCP 47 tag such as de, pt-BR or zh-Hant"
_TAG = re.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def known(tag: str) -> bool:
    """Whether a text is the tag of a language: language, script, region, as BCP 47 spells them."""
    if not _TAG.fullmatch(tag):
        return False
    if tag in ("ja", "en"):
        return True
    from babel import Locale, UnknownLocaleError

    try:
        return bool(Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        return False
