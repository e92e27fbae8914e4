"""What a passage prints: its dates, periods, numbers, ordinals, grades and citations, with places.

A passage is read, rather than searched for the forms a value might take: so a check can say not only that
a value does not stand there but what stands there instead. Values are given as the tables write them (a
period in the notation of `analysis.transcribe.periods`, a number without separators), the text is
normalised (`analysis.transcribe.normaliser`).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from analysis.transcribe.normaliser import UNSPACED, usual
from analysis.transcribe.periods import ERAS
from analysis.verify.locales import PARTS_OF_YEAR, Locale, PartsOfYear, cases, locale

# Stands between two passages that do not follow one another: nothing is read across it.
BOUNDARY = "\n"


class Mention(NamedTuple):
    """A value that a text prints, and where."""

    value: str
    start: int
    end: int


class _Day(NamedTuple):
    """One date as printed: as much of it as is printed."""

    year: int
    month: int | None = None
    day: int | None = None
    unit: str = ""  # year, fiscal, month or day; empty for a number that only might be a year
    era: str = ""

    def __str__(self) -> str:
        if self.unit == "fiscal":
            return f"FY{self.year}"
        return "-".join([f"{self.year}"] + [f"{part:02}" for part in self[1:3] if part])


# --- dates and periods --------------------------------------------------------------------------
_YEAR = r"(?:1[5-9]|2[01])\d\d"
_ERAS = {era: first - 1 for era, first in ERAS.items()}
_JA_REST = r"(?P<fiscal>年度)|年(?:(?P<month>\d\d?)月(?:(?P<day>\d\d?)日|(?P<last>末))?|(?!\d+月))"
_JA_DATE = re.compile(
    rf"(?<![\d,.])(?:(?P<year>{_YEAR})|(?P<era>{'|'.join(_ERAS)})(?P<count>\d\d?|元))"
    rf"(?:{_JA_REST}|(?!\d|年))"
)
# The second side of a period may leave out what it shares with the first.
_JA_SECOND = re.compile(
    rf"(?:(?P<year>{_YEAR})|(?P<count>\d\d?))(?:{_JA_REST}|(?!\d|年|月))"
    r"|(?P<month_only>\d\d?)月(?:(?P<day_only>\d\d?)日|(?P<last_only>末))?"
)
_JA_TO = re.compile("〜|-|から|ないし")
_CALENDARS = _ERAS | {"民国": 1911, "民國": 1911}
_JA_OPEN_END = re.compile("〜|から|より|以降|以来|以後")
_JA_OPEN_START = re.compile("まで|以前")

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = r"(?P<{}>(?:" + _MONTHS + r")[a-z]*\.?)"
_EN_DATE = re.compile(
    rf"(?<![\w,.$€£¥#])(?:(?P<day>\d\d?) {_MONTH.format('m1')},? (?P<y1>{_YEAR})"
    rf"|{_MONTH.format('m2')} (?P<d2>\d\d?),? (?P<y2>{_YEAR})"
    rf"|{_MONTH.format('m3')},? (?P<y3>{_YEAR})"
    rf"|(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])(?:-\d\d)?)(?![\d-])"
    rf"|(?P<fiscal>FY|fiscal(?: year)?) ?(?P<y4>{_YEAR})"
    rf"|(?P<y5>{_YEAR}))(?![\dA-Za-z]|[.,]\d)",
    re.IGNORECASE,
)
_EN_SECOND = re.compile(rf"{_EN_DATE.pattern}|(?P<short>\d\d)(?![\d-])", re.IGNORECASE)
_EN_TO = re.compile(" ?(?:-|〜|to |until |through )")
_EN_OPEN_END = re.compile(r"(?:from|since|as of|starting(?: in)?) $", re.IGNORECASE)
_EN_OPEN_START = re.compile(r"(?:until|till|up to|before) $", re.IGNORECASE)


def _ja_day(match: re.Match[str], first: _Day | None = None) -> _Day | None:
    part = match.groupdict()
    if part.get("figures"):
        return _dated(*re.split("[./-]", part["figures"]))
    if part.get("month_only"):
        if not first or not first.month:
            return None
        return _dated(first.year, part["month_only"], part["day_only"], part["last_only"])
    era = part.get("era") or ""
    if part["year"]:
        year = int(part["year"])
    elif era:
        year = _CALENDARS[era] + (1 if part["count"] == "元" else int(part["count"]))
    elif first and first.era:
        year, era = _CALENDARS[first.era] + int(part["count"]), first.era
    elif first and len(part["count"]) == 2:
        year = first.year // 100 * 100 + int(part["count"])
    else:
        return None
    if part["fiscal"]:
        return _Day(year, unit="fiscal", era=era)
    if part["month"]:
        return _dated(year, part["month"], part["day"], part["last"], era)
    return _Day(year, unit="year" if match[0][-1] in "年년" else "", era=era)


def _dated(
    year: int | str, month: str, day: str | None, last: str | None = None, era: str = ""
) -> _Day | None:
    """A date with its month, if there is such a day; `last` says the end of the month."""
    year = int(year)
    if not 1 <= int(month) <= 12:
        return None
    days = calendar.monthrange(year, int(month))[1]
    number = days if last else int(day or 0)
    if number > days:
        return None
    return _Day(year, int(month), number or None, "day" if number else "month", era)


def _en_day(match: re.Match[str], first: _Day | None = None) -> _Day | None:
    part = match.groupdict()
    if part.get("short"):
        return _Day(first.year // 100 * 100 + int(part["short"]), unit=first.unit) if first else None
    year = int(part["y1"] or part["y2"] or part["y3"] or part["y4"] or part["y5"] or part["iso"][:4])
    if part["fiscal"]:
        return _Day(year, unit="fiscal")
    if part["iso"]:
        return _dated(year, part["iso"][5:7], part["iso"][8:])
    name = part["m1"] or part["m2"] or part["m3"]
    if name:
        return _dated(year, str(_MONTHS.split("|").index(name[:3].lower()) + 1), part["day"] or part["d2"])
    return _Day(year, unit="" if first else "year")  # `FY2011-2016`: the second is fiscal too


class _Dating(NamedTuple):
    """How a language writes dates and periods."""

    date: re.Pattern[str]
    second: re.Pattern[str]
    to: re.Pattern[str]
    day: Callable[..., _Day | None]
    opens: re.Pattern[str]  # words that say that a period goes on
    closes: re.Pattern[str]  # words that say that it had begun before
    after: bool  # whether these words stand after the date


_DATING = {
    "ja": _Dating(_JA_DATE, _JA_SECOND, _JA_TO, _ja_day, _JA_OPEN_END, _JA_OPEN_START, after=True),
    "en": _Dating(_EN_DATE, _EN_SECOND, _EN_TO, _en_day, _EN_OPEN_END, _EN_OPEN_START, after=False),
}


@lru_cache
def _dating(language: str) -> _Dating:
    """How a language writes dates: by signs after its figures, or with names of months."""
    if language in _DATING:
        return _DATING[language]
    signs = {"zh": ("年", "月", "日|号|號", "底|末"), "ko": ("년", "월", "일", "말")}
    own = signs.get(language.split("-")[0])
    return _with_signs(locale(language), *own) if own else _with_names(locale(language))


def _with_signs(own: Locale, year: str, month: str, day: str, last: str) -> _Dating:
    """Dates as `2011年6月5日`, with the signs of another language than Japanese."""
    signs = {"年度": own.words.fiscal, "年": year, "月": month, "日": f"(?:{day})", "末": f"(?:{last})"}
    eras = {"|".join(_ERAS): "民国|民國" if year == "年" else "(?!)"}

    def adapted(pattern: str) -> str:
        pattern = pattern.replace(r"(?P<count>\d", r"(?P<count>1?\d")  # 民国100年
        return re.sub("|".join(map(re.escape, eras | signs)), lambda sign: (eras | signs)[sign[0]], pattern)

    figures = rf"(?<![\d.,])(?P<figures>{_YEAR}[./-]\d\d?[./-]\d\d?)(?!\d)\.?|"
    return _Dating(
        re.compile(figures + adapted(_JA_DATE.pattern)),
        re.compile(figures + adapted(_JA_SECOND.pattern)),
        re.compile(f"〜|-|{own.words.to}"),
        _ja_day,
        re.compile(f"〜|{own.words.since}"),
        re.compile(own.words.until),
        after=True,
    )


def _with_names(own: Locale) -> _Dating:
    """Dates as `5. Juni 2011`, `5 de junio de 2011`, `05.06.2011`, with the names of a language's months."""
    name = "|".join(re.escape(month) for month in sorted(own.months, key=len, reverse=True))
    month, of = rf"[{_PREFIXES}]?(?P<{{}}>{name})\.?", r",? (?:de |del |d')?"
    date = (
        rf"(?<![\w,.$€£¥#])(?:(?P<day>\d\d?)(?:\.|er|[oº])?{of}{month.format('m1')}{of}(?P<y1>{_YEAR})"
        rf"|{month.format('m2')} (?P<d2>\d\d?),? (?P<y2>{_YEAR})"
        rf"|{month.format('m3')}{of}(?P<y3>{_YEAR})"
        rf"|(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])(?:-\d\d)?)(?![\d-])"
        rf"|(?P<n1>\d\d?)(?P<sign>[./-])(?P<n2>\d\d?)(?P=sign)(?P<yn>{_YEAR})"
        rf"|(?P<fiscal>{own.words.fiscal}) ?(?P<y4>{_YEAR})(?:/\d\d)?"
        rf"|[{_PREFIXES}]?(?P<y5>{_YEAR}))(?![\dA-Za-z]|[.,]\d)"
    )

    def day(match: re.Match[str], first: _Day | None = None) -> _Day | None:
        part = match.groupdict()
        if part["yn"]:
            both = part["n1"], part["n2"]
            return _dated(part["yn"], *(both if own.month_first else both[::-1]))
        if printed := part["m1"] or part["m2"] or part["m3"]:
            year = part["y1"] or part["y2"] or part["y3"]
            return _dated(year, str(own.months[printed.lower()]), part["day"] or part["d2"])
        return _en_day(match, first)

    return _Dating(
        re.compile(date, re.IGNORECASE),
        re.compile(rf"{date}|(?P<short>\d\d)(?![\d-])", re.IGNORECASE),
        re.compile(f" ?(?:-|〜|(?:{own.words.to}) ) ?", re.IGNORECASE),
        day,
        re.compile(rf"(?<!\w)[{_PREFIXES}]?(?:{own.words.since}) $", re.IGNORECASE),
        re.compile(rf"(?<!\w)[{_PREFIXES}]?(?:{own.words.until}) $", re.IGNORECASE),
        after=False,
    )


_PREFIXES = "\u0648\u0628\u05d1\u05d5"  # `and`, `in`: written as one with what follows


def periods(text: str, language: str) -> Iterator[Mention]:
    """Every date and period that a text prints, in the tables' notation.

    A period is one mention, not two dates; a date with a word such as `since` is a period with an
    open end, and the year of a season or quarter is no mention of its own.
    """
    parts = list(_parts_of_year(text, language))
    dates = (
        date
        for date in _dates(text, _dating(language))
        if not any(part.start <= date.start and date.end <= part.end for part in parts)
    )
    yield from sorted([*parts, *dates], key=lambda mention: mention.start)


def _parts_of_year(text: str, language: str) -> Iterator[Mention]:
    """Seasons and quarters with their year: `spring 2007`, `Q1 2007`, `2007年春`."""
    how = PARTS_OF_YEAR.get(language.split("-")[0], PartsOfYear())
    season = "|".join(f"(?P<s{place}>{name})" for place, name in enumerate(how.seasons, 21)) or "(?!)"
    either = rf"(?:{season}|(?P<quarter>{how.quarter}))"
    after = rf"(?<![\d.,])(?P<year>{_YEAR})(?:[年년]| ?)" + (
        either if how.after else rf"(?P<quarter>{how.quarter})(?!\w)"
    )
    before = rf"(?<!\w){either},? (?:of |de |d')?(?P<year>{_YEAR})(?![\d/]|[.,-]\d)"
    for pattern in (after,) if how.after else (after, before):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if match["quarter"]:
                figure = re.sub("[^1-4一二三四]", "", match["quarter"])
                number = 33 + "1234一二三四".index(figure[0]) % 4
            else:
                number = next(n for n in range(21, 25) if match[f"s{n}"])
            yield Mention(f"{match['year']}-{number}", match.start(), match.end())


def _dates(text: str, how: _Dating) -> Iterator[Mention]:
    """Every date with figures, in order."""
    place = 0
    while match := how.date.search(text, place):
        place = match.end()
        first = how.day(match)
        if first is None:
            continue
        joint = how.to.match(text, place)
        other = how.second.match(text, joint.end()) if joint else None
        second = how.day(other, first) if other else None
        if other and second and (first.unit or second.unit or len(other[0]) == 4):
            place = other.end()
            yield Mention(_joined(first, second), match.start(), place)
        elif first.unit:
            yield Mention(_single(first, text, match, how), match.start(), place)


def _joined(first: _Day, second: _Day) -> str:
    """A period, each side in the unit that it shares with the other where it prints none."""
    if not first.unit:
        first = first._replace(unit="fiscal" if second.unit == "fiscal" else "year")
    if not second.unit:
        second = second._replace(unit=first.unit if first.unit == "fiscal" else "year")
    return f"{first}/{second}"


def _single(day: _Day, text: str, match: re.Match[str], how: _Dating) -> str:
    """A date that stands alone, or the period it opens or closes."""
    if how.after:
        opens = how.opens.match(text, match.end())
        closes = text.startswith("〜", max(match.start() - 1, 0)) or how.closes.match(text, match.end())
    else:
        before = text[max(match.start() - 16, 0) : match.start()]
        opens, closes = how.opens.search(before), how.closes.search(before)
    return f"{day}/.." if opens else f"../{day}" if closes else str(day)


# --- numbers, ordinals, grades, citations -------------------------------------------------------
_TIMES = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "億": 10**8, "兆": 10**12}
_TIMES |= {"thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12}
_TIMES |= {"tausend": 10**3, "millionen": 10**6, "mio": 10**6, "milliarde": 10**9, "milliarden": 10**9}
_TIMES |= {"mrd": 10**9, "millions": 10**6, "milliard": 10**9, "milliards": 10**9, "millones": 10**6}
_MAGNITUDE = "|".join(sorted(_TIMES, key=len, reverse=True))
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(rf"(?<![\d.,A-Za-z])({_FIGURE})(?!\d)(?: ?({_MAGNITUDE})(?![a-z]))?", re.IGNORECASE)
_RANGE = re.compile("-|〜|から| ?(?:to|and|bis) ", re.IGNORECASE)


class _Figures(NamedTuple):
    """How a language writes figures."""

    number: re.Pattern[str]  # a figure, and its word of magnitude
    to: re.Pattern[str]
    times: Mapping[str, int]
    decimal: str


_NOT_IN_ROW = "".join(
    rf"(?<!\d {dash}{figure})" for dash in ("", "-") for figure in (r"\d", r"\d\d", r"\d\d\d")
)


@lru_cache
def _figures(language: str) -> _Figures:
    """How a language writes figures: `1.234,5 Mio.`, `1 234,5`, `1억2,000만`."""
    if language in _DATING:
        return _Figures(_NUMBER, _RANGE, _TIMES, ".")
    own = locale(language)
    group, other = (r"[.'\u066c]", r"\.") if own.decimal == "," else ("[,']", "(?!)")
    # `412 398 371` is a number where a blank is the sign for thousands, elsewhere a row of a table.
    grouped = r"(?: \d{3})+" if own.group == " " else rf"{_NOT_IN_ROW} \d{{3}}(?! -?\d)"
    figure = rf"\d{{1,3}}(?:(?:{group}\d{{3}})+|{grouped})(?!\d)(?:{re.escape(own.decimal)}\d+)?"
    figure += rf"|\d+(?:{re.escape(own.decimal)}\d+|{other}\d{{1,2}}(?!\d))?"
    magnitude = "|".join(re.escape(word) for word in sorted(own.times, key=len, reverse=True)) or "(?!)"
    apart = "" if usual(language).startswith(UNSPACED) else r"\.?(?![^\W\d_])"
    return _Figures(
        re.compile(rf"(?<![\d.,A-Za-z])({figure})(?!\d|[.,]\d)(?: ?({magnitude}){apart})?", re.IGNORECASE),
        re.compile(
            f" ?(?:-|〜) ?| ?(?:{own.words.to}|und|et|y|e|i|и|and|och|og|en) |{own.words.to}", re.IGNORECASE
        ),
        own.times,
        own.decimal,
    )


def numbers(text: str, language: str) -> Iterator[Mention]:
    """Every figure that a text prints, but those in its dates.

    `1億2000万` is one number; in `70-80 million` both are millions.
    """
    dated = {place for _, start, end in periods(text, language) for place in range(start, end)}
    how = _figures(language)
    found = [match for match in how.number.finditer(text) if match.start() not in dated]
    times = [how.times[match[2].lower()] if match[2] else 1 for match in found]
    for place in range(len(found) - 1, 0, -1):
        before, match = found[place - 1], found[place]
        if times[place - 1] == 1 and how.to.fullmatch(text[before.end() : match.start()]):
            times[place - 1] = times[place]
    place = 0
    while place < len(found):
        last, value = place, _value(found[place], times[place], how.decimal)
        # A smaller magnitude right after a larger one adds to it.
        while last + 1 < len(found) and _adds(found[last], found[last + 1], times[last : last + 2]):
            last += 1
            value += _value(found[last], times[last], how.decimal)
        yield Mention(number(value), found[place].start(), found[last].end())
        place = last + 1


def magnitude(unit: str, language: str) -> int:
    """What a unit says that its number is counted in: 1000000 for `million euro`, `Mio. Euro`, `百万円`; else 1.

    Only one that the unit begins with, or that is a word of its own.
    """
    times = dict(_TIMES) | dict(_figures(language).times)
    for word in sorted(times, key=len, reverse=True):
        word_alone = r"(?<![^\W\d_]){}(?![^\W\d_])" if word[0].isascii() else "^{}"
        if re.search(word_alone.format(re.escape(word)), unit, re.IGNORECASE):
            return times[word]
    return 1


def _value(match: re.Match[str], times: int, decimal: str) -> float:
    printed = re.sub("[ ']", "", match[1])
    if decimal == ",":  # a point before three figures groups thousands
        return float(re.sub(r"\.(?=\d{3}(?!\d))", "", printed).replace(",", ".")) * times
    return float(printed.replace(",", "")) * times


def _adds(before: re.Match[str], match: re.Match[str], times: Sequence[int]) -> bool:
    larger, smaller = times
    return before.end() == match.start() and before[0][-1] in "千万億兆萬亿천만억조" and larger > smaller


def number(value: float | str) -> str:
    """A number as mentions and cells are compared: `9400`, `2.5`."""
    return f"{float(value):.10g}"


_ROMAN = "I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII|XIII|XIV|XV|XVI|XVII|XVIII|XIX|XX"
_KANJI = "一二三四五六七八九十"
_WORDS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_ORDINAL = re.compile(
    rf"第(?P<a>\d+|[{_KANJI}](?![{_KANJI}]))|\((?P<b>\d{{1,3}})\)"
    r"|(?:フェーズ|ステージ|ステップ|段階|[Pp]hase|[Ss]tage|[Ss]tep|[Pp]lan|No\.) ?(?P<c>\d+)"
    r"|(?<![A-Za-z])(?P<d>[IVX]+)(?![A-Za-z])|(?<![\d.,])(?P<e>\d+)(?:st|nd|rd|th)(?![a-z])"
    # A circled number is a bare one after normalisation: at the beginning of a clause.
    r"|(?<=[、。:「(])(?P<f>\d{1,2})(?=[^\d.,、。〜年月日%期回人社件円点つ個名校)-])"
    rf"|(?<![A-Za-z])(?P<g>(?i:{_WORDS}))(?:ly)?(?![a-z])"  # `First, ... Secondly, ...`
)


def ordinals(text: str, language: str) -> Iterator[Mention]:
    """Every ordinal that a text prints: `第1期`, `フェーズIV`, `(2)`, `3rd`, `Phase II`, `First, ...`."""
    if language not in _DATING:
        yield from _more_ordinals(text, language)
    for match in _ORDINAL.finditer(text):
        printed = match[match.lastgroup or 0]
        printed = printed.lower() if match["g"] else printed
        for row in (_ROMAN.split("|"), list(_KANJI), _WORDS.split("|")):
            if printed in row:
                printed = str(row.index(printed) + 1)
        if printed.isdecimal():
            yield Mention(str(int(printed)), match.start(), match.end())


def _more_ordinals(text: str, language: str) -> Iterator[Mention]:
    """The ordinals of other languages: `1. Phase`, `zweite`, `2e`, `제3`, `第三` is read as in Japanese."""
    own = locale(language).words
    for match in re.finditer(own.numbered, text, re.IGNORECASE):
        yield Mention(str(int(match[match.lastindex or 0])), match.start(), match.end())
    for place, stem in enumerate(own.ordinals.split(), 1):
        for match in re.finditer(
            rf"(?<![^\W\d_])(?:و?ال)?{stem}{own.ending}(?![^\W\d_])", text, re.IGNORECASE
        ):
            yield Mention(str(place), match.start(), match.end())


_GRADE = re.compile(r"(?<![A-Za-z0-9&+-])[A-Z](?:[+-](?![A-Za-z0-9]))?(?![A-Za-z0-9&+-])")


def grades(text: str, language: str) -> Iterator[Mention]:
    """Every letter that might be a grade: a capital alone, with its plus or minus."""
    for match in _GRADE.finditer(text):
        yield Mention(match[0], match.start(), match.end())


_CITATION = re.compile(r"(?:\[\d+(?:[-,、]\d+)*\])+")


def citations(text: str, language: str) -> Iterator[Mention]:
    """Every work that a text cites by number; those cited in one place share its start and end."""
    for match in _CITATION.finditer(text):
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", match[0]):
            # Nobody cites a range of a thousand works: such a number is none of ours.
            for cited in range(int(first), min(int(last or first), int(first) + 1000) + 1):
                yield Mention(str(cited), match.start(), match.end())


def words(text: str, wanted: str) -> Iterator[Mention]:
    """Every place where some words stand by themselves: not `1期` in `11期`, not `AI` in `AID`."""
    for match in re.finditer(f"(?={re.escape(wanted)})", text) if wanted else ():
        start, end = match.start(), match.start() + len(wanted)
        if _by_itself(text, start, end):
            yield Mention(wanted, start, end)


class Names:
    """Names that a column may hold, to be found in a text all at once.

    With a language, in the cases that only add something to them: `des Hafenprogramms`. What a row of its
    own says of a name is held to the name as it stands, so a name that lacks an ending is found out there.
    """

    def __init__(self, names: Iterable[str], language: str = "") -> None:
        self._cases = cases(language)
        self._by_head: dict[str, list[str]] = {}
        for name in sorted(set(names) - {""}):
            self._by_head.setdefault(name[:_HEAD], []).append(name)
        self._heads = sorted({len(head) for head in self._by_head})

    def mentions(self, text: str) -> list[Mention]:
        """Every place where a name stands; a city is not named by the name of its hospital."""
        found = [
            Mention(name, place, end)
            for place in range(len(text))
            for length in self._heads
            for name in self._by_head.get(text[place : place + length], ())
            if text.startswith(name, place) and (end := self._end(name, text, place))
        ]
        # Of two names that end together the one without an ending: `Essen` is not of `Ess`.
        found.sort(key=lambda mention: (mention.start, -mention.end, -len(mention.value)))
        longest: list[Mention] = []
        for mention in found:
            if not longest or mention.end > longest[-1].end:
                longest.append(mention)
        return longest

    def _end(self, name: str, text: str, place: int) -> int:
        """Where a name that begins in a place ends, with its case; 0 if a longer word stands there."""
        end = place + len(name)
        if _by_itself(text, place, end):
            return end
        case = self._cases.match(text, end) if name[-1].islower() and len(name) > _SHORT else None
        return case.end() if case and _by_itself(text, place, case.end()) else 0


_SHORT = 4  # characters of names that are taken only as they stand
_HEAD = 3  # characters by which names are looked up


def _by_itself(text: str, start: int, end: int) -> bool:
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return not (_runs_on(before, text[start]) or _runs_on(text[end - 1], after))


def _runs_on(before: str, after: str) -> bool:
    """Whether two neighbouring characters belong to one number or one Latin word."""
    return bool(re.fullmatch(r"\d\d|[A-Za-zÀ-ɏ]{2}|[Ͱ-ϿЀ-ԯ]{2}", before + after))


READERS: dict[str, Callable[[str, str], Iterator[Mention]]] = {
    "period": periods,
    "date": periods,
    "number": numbers,
    "ordinal": ordinals,
    "grade": grades,
    "citation": citations,
}
