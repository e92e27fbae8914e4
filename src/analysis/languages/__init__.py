"""What differs by language: its names, and how lists, numbers and dates are written in it.

Japanese and English are written here as the house has them; every other language as CLDR has it,
through babel, which is imported only where one is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

DEFAULT = ("ja", "en")  # of a study that names none
EXPECTED = "a BCP 47 tag such as de, pt-BR or zh-Hant"
_TAG = re.compile("[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_NAMES = {"ja": {"ja": "日本語", "en": "英語"}, "en": {"ja": "Japanese", "en": "English"}}
_NUMBERS = "none one two three four five six seven eight nine ten".split()  # noqa: SIM905
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WIDE_SCRIPTS = ("ja", "zh", "yue")  # whose signs are as wide as their characters
_SIGNS = {  # of a language, or of the scripts that are as wide or have the commas of Arabic
    "comma": {"wide": "、", "arabic": "، ", "": ", "},
    "semicolon": {"ja": "、", "wide": "；", "arabic": "؛ ", "": "; "},
    "stop": {"wide": "。", "": ". "},
    "colon": {"wide": "：", "fr": "\u00a0: ", "": ": "},
    "dash": {"ja": "～", "": "–"},
    "gap": {"wide": "", "": " "},
}
_ARABIC_COMMA = ("ar", "fa", "ur", "ps", "ckb", "sd", "ug")


@lru_cache(maxsize=32)
def known(tag: str) -> bool:
    """Whether a text is the tag of a language: language, script, region, as BCP 47 spells them."""
    if tag in DEFAULT:
        return True
    if not _TAG.fullmatch(tag):
        return False
    from babel import UnknownLocaleError

    try:
        return bool(locale(tag))
    except (UnknownLocaleError, ValueError):
        return False


@lru_cache(maxsize=32)
def locale(tag: str) -> Locale:
    """What CLDR knows of a language. Raises ValueError or UnknownLocaleError where it knows nothing."""
    from babel import Locale

    return Locale.parse(tag, sep="-")


@lru_cache(maxsize=64)
def name(tag: str, language: str) -> str:
    """What a language is called in a language.

    >>> name("en", "ja"), name("de", "de")
    ('英語', 'Deutsch')
    """
    if tag in DEFAULT and language in DEFAULT:
        return _NAMES[language][tag]
    shown = locale(tag).get_display_name(locale(language)) or tag
    return shown[:1].upper() + shown[1:] if tag == language else shown


def direction(tag: str) -> str:
    """Which way a language is written: `ltr` or `rtl`."""
    return "ltr" if tag in DEFAULT else locale(tag).text_direction


def locale_code(tag: str) -> str:
    """A language with a country, as social networks want it: `de_DE`.

    >>> locale_code("en"), locale_code("de"), locale_code("pt-BR")
    ('en_GB', 'de_DE', 'pt_BR')
    """
    if tag in DEFAULT:
        return {"ja": "ja_JP", "en": "en_GB"}[tag]
    from babel.core import get_global

    likely = get_global("likely_subtags").get(tag.replace("-", "_"), tag)
    found = locale(likely.replace("_", "-"))
    return f"{found.language}_{found.territory}" if found.territory else found.language


def others(language: str, languages: Sequence[str]) -> list[str]:
    """The languages beside one, in their order."""
    return [each for each in languages if each != language]


def nearest(language: str, languages: Sequence[str]) -> str:
    """The language in which something is read that may not exist in the one asked for: else English, else the first."""
    return next((each for each in (language, "en") if each in languages), languages[0])


# -- Signs -------------------------------------------------------------------------------------------


def _base(language: str) -> str:
    return language.partition("-")[0]


def is_wide(language: str) -> bool:
    """Whether its characters are as wide as they are high, so that half as many fill a line."""
    return _base(language) in (*_WIDE_SCRIPTS, "ko")


def _sign(name: str, language: str) -> str:
    base, signs = _base(language), _SIGNS[name]
    group = "wide" if base in _WIDE_SCRIPTS else "arabic" if base in _ARABIC_COMMA else ""
    return next(signs[known] for known in (base, group, "") if known in signs)


comma = partial(_sign, "comma")  # what stands between names in a row
semicolon = partial(_sign, "semicolon")  # between names or clauses that may hold commas
stop = partial(_sign, "stop")  # between sentences
colon = partial(_sign, "colon")  # between a name and what is said of it
dash = partial(_sign, "dash")  # between the ends of a range
gap = partial(_sign, "gap")  # between two sentences, after the stop


def brackets(name: str, told: str, language: str) -> str:
    """A name with what is said of it in brackets."""
    return f"{name}（{told}）" if _base(language) in _WIDE_SCRIPTS else f"{name} ({told})"


def capital(text: str, language: str) -> str:
    """A text that begins a sentence."""
    return text if language == "ja" else text[:1].upper() + text[1:]


def within(text: str, language: str) -> str:
    """A name as it stands within a sentence: English writes a label's first letter small there."""
    return text[:1].lower() + text[1:] if language == "en" and text[1:2].islower() else text


# -- Numbers and lists -------------------------------------------------------------------------------


def figure(number: float, language: str = "en") -> str:
    """A number in digits, in groups of thousands, with two decimals where it is no whole number.

    >>> figure(1200.5), figure(1200.5, "de")
    ('1,200.50', '1.200,50')
    """
    whole = float(number).is_integer()
    if language in DEFAULT:
        return f"{number:,.0f}" if whole else f"{number:,.2f}"
    from babel.numbers import format_decimal

    return format_decimal(number, "#,##0" if whole else "#,##0.00", locale(language))


def in_words(number: float, language: str) -> str:
    """A number as prose has it: `none` to `ten` in English, digits elsewhere.

    >>> in_words(6, "en"), in_words(6, "ja"), in_words(1200, "en")
    ('six', '6', '1,200')
    """
    if language == "en" and 0 <= number < len(_NUMBERS) and number == int(number):
        return _NUMBERS[int(number)]
    return figure(number, language)


def form(forms: Sequence[str], number: float, language: str) -> str:
    """The form of a noun that goes with a number: of two in English, of as many as gettext has elsewhere.

    >>> form(["Bild", "Bilder"], 1, "de"), form(["plik", "pliki", "plików"], 5, "pl")
    ('Bild', 'plików')
    """
    if language in DEFAULT:
        return forms[abs(float(number)) != 1]
    place = _plural(language)(int(number)) if float(number).is_integer() else len(forms) - 1
    return forms[min(place, len(forms) - 1)]


@lru_cache(maxsize=32)
def _plural(language: str):  # type: ignore[no-untyped-def]
    from gettext import c2py

    from babel.messages.plurals import get_plural

    return c2py(get_plural(locale(language)).plural_expr)


def listed(names: Iterable[str], language: str) -> str:
    """Names as a list in prose: `A, B and C`, 「A、B、C」, `A, B und C`."""
    names = list(names)
    if language == "ja" or len(names) < 2:
        return "、".join(names)
    if language == "en":
        return f"{', '.join(names[:-1])} and {names[-1]}"
    from babel.lists import format_list

    return format_list(names, locale=locale(language))


# -- Dates -------------------------------------------------------------------------------------------


def day(year: int, month: int | None, number: int | None, language: str, unit: bool = True) -> str:
    """A year, month or day; in Japanese a year with or without the unit that two of a span share.

    >>> day(2018, 3, 31, "en"), day(2018, 3, None, "ja"), day(2018, 3, 31, "de")
    ('31 Mar 2018', '2018年3月', '31. März 2018')
    """
    if language == "ja":
        if month is None:
            return f"{year}" + "年" * unit
        return f"{year}年{month}月" + (f"{number}日" if number else "")
    if month is None:
        return f"{year}"
    if language == "en":
        return (f"{number} " if number else "") + f"{_MONTHS[month - 1]} {year}"
    from babel.dates import format_skeleton

    skeleton = "yMMMd" if number else "yMMM"
    return format_skeleton(skeleton, date(year, month, number or 1), locale=locale(language))
