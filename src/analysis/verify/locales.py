"""How a language writes dates and figures: what the CLDR has of it (by way of babel), and a few words.

Names of months, signs of decimals and thousands and words of magnitude are those of the Common Locale
Data Repository. It does not have the words that join or open a period, or count: those are listed here,
and a language that is not in the list has its dates and figures all the same. Japanese and English have
rules of their own in `extract`; only the other languages need babel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from analysis.transcribe.normaliser import normalise, usual

if TYPE_CHECKING:
    from babel import Locale as CldrLocale


class Words(NamedTuple):
    """Words with which a language joins, opens and closes periods, and counts: regular expressions."""

    to: str = "(?!)"  # between the two sides of a period or a range
    since: str = "(?!)"
    until: str = "(?!)"
    fiscal: str = "FY"
    ordinals: str = ""  # from the first on, with blanks between them
    ending: str = ""  # of an ordinal
    numbered: str = "(?!)"  # what makes an ordinal of a figure: before it or after it
    cases: str = "(?!)"  # what a name may have after it: `des Hafenprogramms`


_WORDS = {
    "de": Words(
        "bis(?: zum| zu)?",
        "ab|seit(?: dem)?",
        "bis(?: zum)?|vor",
        "Haushaltsjahr|Geschäftsjahr|Wirtschaftsjahr|Fiskaljahr|Finanzjahr|GJ|HJ|FY",
        "erst zweit dritt viert fünft sechst siebt acht neunt zehnt",
        "e(?:ns|[nrsm])?",
        r"(?<![\d.,])(\d\d?)\.(?= ?[^\W\d_])",
        "e?[sn]",
    ),
    "fr": Words(
        "à|au|jusqu'(?:à|en|au)",
        "depuis|dès|à partir d[eu]",
        "jusqu'(?:en|à|au)|avant",
        "exercice(?: budgétaire)?|année (?:budgétaire|fiscale)|FY",
        "premi(?:er|ère) (?:deuxième|seconde?) troisième quatrième cinquième sixième septième huitième "
        "neuvième dixième",
        "(?:ment)?",
        r"(?<![\d.,])(\d+)(?:er|re|e|ème)(?![^\W\d_])",
    ),
    "es": Words(
        "al?|hasta",
        "desde",
        "hasta|antes de",
        "ejercicio(?: fiscal)?|año fiscal|FY",
        "primer segund tercer cuart quint sext séptim octav noven décim",
        "(?:[oa]s?)?",
        r"(?<![\d.,])(\d+)\.?[oa](?![^\W\d_])",
    ),
    "it": Words("al?|fino al?", "dal?", "fino al?|prima del", "esercizio|anno fiscale|FY"),
    "pt": Words("a|até", "desde", "até|antes de", "exercício|ano fiscal|FY"),
    "nl": Words("tot(?: en met)?|t/m", "sinds|vanaf", "tot(?: en met)?|voor", "boekjaar|begrotingsjaar|FY"),
    "sv": Words("till", "sedan|från", "till|före", "räkenskapsår(?:et)?|budgetår(?:et)?|FY"),
    "da": Words("til", "siden|fra", "indtil|før", "regnskabsår(?:et)?|budgetår(?:et)?|FY"),
    "nb": Words("til", "siden|fra", "inntil|før", "regnskapsår(?:et)?|budsjettår(?:et)?|FY"),
    "pl": Words("do", "od", "do|przed", "rok(?:u)? (?:budżetow|obrotow)(?:y|ego|ym)|FY"),
    "cs": Words("do|až", "od", "do|před", "(?:rozpočtov|účetní)(?:ý|ém|ého)? ro(?:k|ku|ce)|FY"),
    "ru": Words("по|до", "с|начиная с", "до|по", "финансов(?:ый|ом|ого) год(?:у|а)?|FY"),
    "el": Words("έως|μέχρι", "από", "έως|μέχρι|πριν", "οικονομικό έτος|FY"),
    "ar": Words(
        "إلى|حتى",
        "منذ|ابتداء من",
        "حتى|قبل",
        "السنة المالية|FY",
        "أول ثاني ثالث رابع خامس سادس سابع ثامن تاسع عاشر",
        "[ىة]?",
    ),
    "he": Words("עד", "מאז", "עד|לפני", "שנת ה?כספים|FY"),
    "zh": Words(
        "至|到", "起|以来|以來|以后|以後|开始|開始", "止|以前|之前", "年度|财年|財年|财政年度|財政年度"
    ),
    "ko": Words(
        "부터|에서",
        "부터|이후|이래",
        "까지|이전",
        "년도|년?회계연도",
        "첫째 둘째 셋째 넷째 다섯째 여섯째 일곱째 여덟째 아홉째 열째",
        "",
        r"(?:제(\d+)|(?<![\d.,])(\d+)(?=차|번째|단계))",
    ),
}


def cases(language: str) -> re.Pattern[str]:
    """What a name may have after it in a language, up to the end of its word."""
    own = _WORDS.get(language.split("-")[0], Words())
    return re.compile(rf"(?:{own.cases})(?![^\W_])")


# Magnitudes that are written and that the CLDR, which abbreviates, does without.
_MORE_TIMES = {
    "zh": {"千": 10**3, "百万": 10**6, "千万": 10**7, "万亿": 10**12}
    | {"萬": 10**4, "百萬": 10**6, "千萬": 10**7, "億": 10**8, "兆": 10**12},
    "ko": {"십만": 10**5, "백만": 10**6, "천만": 10**7, "십억": 10**9, "백억": 10**10, "천억": 10**11},
}


class PartsOfYear(NamedTuple):
    """How a language names seasons, spring first, and a quarter with its number: regular expressions."""

    seasons: tuple[str, ...] = ()
    quarter: str = "Q[1-4]"
    after: bool = False  # whether a season stands after its year


PARTS_OF_YEAR = {
    "en": PartsOfYear(("spring", "summer", "autumn|fall", "winter")),
    "de": PartsOfYear(("Frühjahr|Frühling", "Sommer", "Herbst", "Winter"), r"Q[1-4]|[1-4]\. ?Quartal"),
    "fr": PartsOfYear(("printemps", "été", "automne", "hiver"), "T[1-4]|[1-4](?:er|e)? trimestre"),
    # `2007年春日` is no spring.
    "ja": PartsOfYear(
        tuple(f"{season}[季頃期]?(?![一-鿿])" for season in "春夏秋冬"), "第[1-4一二三四]四半期", after=True
    ),
    "zh": PartsOfYear(("春", "夏", "秋", "冬"), "第?[1-4一二三四]季度", after=True),
    "ko": PartsOfYear(("봄", "여름", "가을", "겨울"), "제?[1-4]분기", after=True),
}


class Locale(NamedTuple):
    """How one language writes dates and figures, normalised as its sources are."""

    months: Mapping[str, int]  # names and abbreviations in every form, in small letters
    month_first: bool  # in a date of figures
    decimal: str
    group: str  # between thousands; a blank for any kind of blank
    times: Mapping[str, int]  # words of magnitude, in small letters
    words: Words


@lru_cache
def locale(language: str) -> Locale:
    """The locale of a language tag, or of its language alone; of English where the CLDR has neither."""
    from babel import Locale as Cldr
    from babel import UnknownLocaleError
    from babel.localedata import locale_identifiers

    primary = language.split("-")[0]
    try:
        cldr = Cldr.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        cldr = Cldr(primary if primary in locale_identifiers() else "en")
    form = usual(language)
    pattern = cldr.date_formats["short"].pattern
    return Locale(
        {normalise(name, form).lower().rstrip("."): number for name, number in _months(cldr)},
        pattern.find("M") < pattern.find("d"),
        cldr.number_symbols["latn"]["decimal"],
        cldr.number_symbols["latn"]["group"].replace("\u00a0", " ").replace("\u202f", " "),
        dict(_times(cldr, form)) | _MORE_TIMES.get(primary, {}),
        _WORDS.get(primary, Words()),
    )


def _months(cldr: CldrLocale) -> Iterator[tuple[str, int]]:
    """Every name of a month; as the CLDR has them, within a date (genitive) and alone."""
    for use in ("stand-alone", "format"):
        for width in ("abbreviated", "wide"):
            for number, name in cldr.months[use][width].items():
                if not name.isdecimal():
                    yield name, number


def _times(cldr: CldrLocale, form: str) -> Iterator[tuple[str, int]]:
    """Words of magnitude with their values; a single letter may be anything."""
    for length in ("short", "long"):
        for by_size in cldr.compact_decimal_formats.get(length, {}).values():
            for size, pattern in by_size.items():
                zeros = re.search("0+", pattern.pattern)
                word = normalise(re.sub("[0'.]", "", pattern.pattern), form).lower()
                if zeros and word and not re.fullmatch("[a-zа-я]", word):
                    yield word, int(size) // 10 ** (len(zeros[0]) - 1)
