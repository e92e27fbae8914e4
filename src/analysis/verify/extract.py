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
from analysis.verify.locales import PARTS_OF_YEAR, Locale, PartsOfYear, Words, cases, locale

# Stands between two passages that do not follow one another: nothing is read across it.
BOUNDARY = "\n"
_RULED = ("ja", "en")  # languages with rules of their own; the others' are made of their locale


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
_ERAS = {era: first - 1 for era, first in ERAS.items()} | {"民国": 1911, "民國": 1911}

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ENGLISH = Locale(
    {name: number for number, name in enumerate(_MONTHS.split("|"), 1)},
    False,
    ".",
    ",",
    {},
    Words(
        "to|until|through",
        "from|since|as of|starting(?: in)?",
        "until|till|up to|before",
        "FY|fiscal(?: year)?",
    ),
)


class _Dating(NamedTuple):
    """How a language writes dates and periods."""

    date: re.Pattern[str]
    second: re.Pattern[str]  # the second side of a period, which may leave out what it shares with the first
    to: re.Pattern[str]
    opens: re.Pattern[str]  # words that say that a period goes on
    closes: re.Pattern[str]  # words that say that it had begun before
    after: bool  # whether these words stand after the date
    months: Mapping[str, int] = {}  # by their names, in small letters
    month_first: bool = False  # in a date of figures


@lru_cache
def _dating(language: str) -> _Dating:
    """How a language writes dates: by signs after its figures, or with names of months."""
    if language == "ja":
        words = Words("から|ないし", "から|より|以降|以来|以後", "まで|以前", "年度")
        return _with_signs(words, "年 月 日 末", "|".join(ERAS), r"\d\d?", "")
    if language == "en":
        name = rf"(?P<name{{}}>{_MONTHS})[a-z]*\.?"
        return _with_names(_ENGLISH, name, "", " ", ",? ", "")
    own, primary = locale(language), language.split("-")[0]
    figures = rf"(?<![\d.,])(?P<figures>{_YEAR}[./-]\d\d?[./-]\d\d?)(?!\d)\.?|"
    if primary == "zh":
        return _with_signs(own.words, "年 月 日|号|號 底|末", "民国|民國", r"1?\d\d?", figures)
    if primary == "ko":
        return _with_signs(own.words, "년 월 일 말", "(?!)", r"1?\d\d?", figures)
    prefix = "[\u0648\u0628\u05d1\u05d5]?"  # `and`, `in`: written as one with what follows
    names = "|".join(map(re.escape, sorted(own.months, key=len, reverse=True)))
    of = ",? (?:de |del |d')?"
    figures = rf"(?:/\d\d)?|(?P<one>\d\d?)(?P<sign>[./-])(?P<other>\d\d?)(?P=sign)(?P<year6>{_YEAR})"
    name = rf"{prefix}(?P<name{{}}>{names})\.?"
    return _with_names(own, name, prefix, rf"(?:\.|er|[oº])?{of}", of, figures)


def _with_signs(words: Words, signs: str, eras: str, count: str, figures: str) -> _Dating:
    """Dates as `2011年6月5日`, with signs for year, month, day and the end of a month, and with `eras`."""
    year, month, day, last = signs.split()
    rest = (
        rf"(?P<fiscal>{words.fiscal})"
        rf"|{year}(?:(?P<month>\d\d?){month}(?:(?P<day>\d\d?)(?:{day})|(?P<last>{last}))?|(?!\d+{month}))"
    )
    era = rf"(?P<era>{eras})(?P<count>{count}|元)"
    return _Dating(
        re.compile(rf"{figures}(?<![\d,.])(?:(?P<year>{_YEAR})|{era})(?:{rest}|(?!\d|{year}))"),
        re.compile(
            rf"{figures}(?:(?P<year>{_YEAR})|(?P<count>{count}))(?:{rest}|(?!\d|{year}|{month}))"
            rf"|(?P<month2>\d\d?){month}(?:(?P<day2>\d\d?)(?:{day})|(?P<last2>{last}))?"
        ),
        re.compile(f"〜|-|{words.to}"),
        re.compile(f"〜|{words.since}"),
        re.compile(words.until),
        after=True,
    )


def _with_names(own: Locale, name: str, prefix: str, after_day: str, of: str, figures: str) -> _Dating:
    """Dates as `5 June 2011`, `5 de junio de 2011`, with names of months; `figures` as `05.06.2011`."""
    date = (
        rf"(?<![\w,.$€£¥#])(?:(?P<day1>\d\d?){after_day}{name.format(1)}{of}(?P<year1>{_YEAR})"
        rf"|{name.format(2)} (?P<day2>\d\d?),? (?P<year2>{_YEAR})"
        rf"|{name.format(3)}{of}(?P<year3>{_YEAR})"
        rf"|(?P<figures>{_YEAR}-(?:0[1-9]|1[0-2])(?:-\d\d)?)(?![\d-])"
        rf"|(?P<fiscal>{own.words.fiscal}) ?(?P<year4>{_YEAR}){figures}"
        rf"|{prefix}(?P<year5>{_YEAR}))(?![\dA-Za-z]|[.,]\d)"
    )
    begins = prefix and rf"(?<!\w){prefix}"
    return _Dating(
        re.compile(date, re.IGNORECASE),
        re.compile(rf"{date}|(?P<count>\d\d)(?![\d-])", re.IGNORECASE),
        re.compile(f" ?(?:-|〜|(?:{own.words.to}) ) ?", re.IGNORECASE),
        re.compile(f"{begins}(?:{own.words.since}) $", re.IGNORECASE),
        re.compile(f"{begins}(?:{own.words.until}) $", re.IGNORECASE),
        after=False,
        months=own.months,
        month_first=own.month_first,
    )


def _day(match: re.Match[str], how: _Dating, first: _Day | None = None) -> _Day | None:
    """The date that a match prints, if there is such a day; `first` is the other side of its period."""
    part = {name.rstrip("123456"): printed for name, printed in match.groupdict().items() if printed}
    if "figures" in part:
        return _dated(*re.split("[./-]", part["figures"]))
    year, era = _year(part, first)
    if year is None:
        return None
    if "fiscal" in part:
        return _Day(year, unit="fiscal", era=era)
    if "one" in part:
        both = part["one"], part["other"]
        return _dated(year, *(both if how.month_first else both[::-1]))
    month = how.months[part["name"].lower()] if "name" in part else part.get("month")
    if month:
        return _dated(year, month, part.get("day"), part.get("last"), era)
    # Where a sign may follow, a number without it only might be a year; `FY2011-2016`: the second is fiscal.
    alone = match[0][-1] in "年년" or not (how.after or first)
    return _Day(year, unit="year" if alone else "", era=era)


def _year(part: Mapping[str, str], first: _Day | None) -> tuple[int | None, str]:
    """The year of a date, and its era if it is counted in one."""
    if "year" in part:
        return int(part["year"]), ""
    if count := part.get("count"):
        if era := part.get("era") or (first.era if first else ""):
            return _ERAS[era] + (1 if count == "元" else int(count)), era
        return (first.year // 100 * 100 + int(count) if first and len(count) == 2 else None), ""
    return (first.year if first and first.month else None), ""


def _dated(
    year: int | str, month: int | str, day: str | None = None, last: str | None = None, era: str = ""
) -> _Day | None:
    """A date with its month, if there is such a day; `last` says the end of the month."""
    year, month = int(year), int(month)
    if not 1 <= month <= 12:
        return None
    days = calendar.monthrange(year, month)[1]
    number = days if last else int(day or 0)
    if number > days:
        return None
    return _Day(year, month, number or None, "day" if number else "month", era)


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
        first = _day(match, how)
        if first is None:
            continue
        joint = how.to.match(text, place)
        other = how.second.match(text, joint.end()) if joint else None
        second = _day(other, how, first) if other else None
        if other and second and (first.unit or second.unit or len(other[0]) == 4):
            place = other.end()
            yield Mention(_joined(first, second), match.start(), place)
        elif first.unit:
            yield Mention(_single(first, text, match, how), match.start(), place)


def _joined(first: _Day, second: _Day) -> str:
    """A period, each side in the unit of the other where it prints none."""
    both = ((first, second), (second, first))
    return "/".join(str(one if one.unit else one._replace(unit=other.unit)) for one, other in both)


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
for _power, _words in [
    (3, "thousand tausend"),
    (6, "million millionen millions millones mio"),
    (9, "billion bn milliarde milliarden milliard milliards mrd"),
    (12, "trillion"),
]:
    _TIMES |= dict.fromkeys(_words.split(), 10**_power)


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
    """How a language writes figures: `1.234,5 Mio.`, `1 234,5`, `1億2,000万`."""
    times: Mapping[str, int] = _TIMES
    if language in _RULED:
        figure, decimal = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", "."
        stops, apart, to = r"(?!\d)", "(?![a-z])", "-|〜|から| ?(?:to|and|bis) "
    else:
        own = locale(language)
        times, decimal = own.times, own.decimal
        group, other = (r"[.'\u066c]", r"\.") if decimal == "," else ("[,']", "(?!)")
        # `412 398 371` is a number where a blank is the sign for thousands, elsewhere a row of a table.
        grouped = r"(?: \d{3})+" if own.group == " " else rf"{_NOT_IN_ROW} \d{{3}}(?! -?\d)"
        figure = rf"\d{{1,3}}(?:(?:{group}\d{{3}})+|{grouped})(?!\d)(?:{re.escape(decimal)}\d+)?"
        figure += rf"|\d+(?:{re.escape(decimal)}\d+|{other}\d{{1,2}}(?!\d))?"
        stops = r"(?!\d|[.,]\d)"
        apart = "" if usual(language).startswith(UNSPACED) else r"\.?(?![^\W\d_])"
        to = f" ?(?:-|〜) ?| ?(?:{own.words.to}|und|et|y|e|i|и|and|och|og|en) |{own.words.to}"
    magnitude = "|".join(map(re.escape, sorted(times, key=len, reverse=True))) or "(?!)"
    return _Figures(
        re.compile(rf"(?<![\d.,A-Za-z])({figure}){stops}(?: ?({magnitude}){apart})?", re.IGNORECASE),
        re.compile(to, re.IGNORECASE),
        times,
        decimal,
    )


def numbers(text: str, language: str) -> Iterator[Mention]:
    """Every figure that a text prints, but those in its dates.

    `1億2000万` is one number; in `70-80 million` both are millions.
    """
    dated = {place for _, start, end in periods(text, language) for place in range(start, end)}
    how = _figures(language)
    found = [match for match in how.number.finditer(text) if match.start() not in dated]
    times = [how.times[match[2].lower()] if match[2] else 1 for match in found]
    for n in range(len(found) - 1, 0, -1):
        if times[n - 1] == 1 and how.to.fullmatch(text[found[n - 1].end() : found[n].start()]):
            times[n - 1] = times[n]
    values: list[tuple[float, int, int]] = []
    for n, match in enumerate(found):
        value, start = _value(match, times[n], how.decimal), match.start()
        # A smaller magnitude right after a larger one adds to it.
        if n and _adds(found[n - 1], match, times[n - 1 : n + 1]):
            larger, start, _ = values.pop()
            value += larger
        values.append((value, start, match.end()))
    return (Mention(number(value), start, end) for value, start, end in values)


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
    printed = re.sub("[ '\u066c]", "", match[1])
    if decimal == ",":  # a point before three figures groups thousands
        return float(re.sub(r"\.(?=\d{3}(?!\d))", "", printed).replace(",", ".")) * times
    return float(printed.replace(",", "")) * times


def _adds(before: re.Match[str], match: re.Match[str], times: Sequence[int]) -> bool:
    larger, smaller = times
    return before.end() == match.start() and before[0][-1] in "千万億兆萬亿천만억조" and larger > smaller


def number(value: float | str) -> str:
    """A number as mentions and cells are compared: `9400`, `2.5`."""
    return f"{float(value):.10g}"


_WORDS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_KANJI = "一二三四五六七八九十"
_ROMAN = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX"
_COUNTED = {
    word: str(place)
    for row in (_ROMAN.split(), _KANJI, _WORDS.split("|"))
    for place, word in enumerate(row, 1)
}
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
    if language not in _RULED:
        yield from _more_ordinals(text, language)
    for match in _ORDINAL.finditer(text):
        printed = match["g"].lower() if match["g"] else match[match.lastgroup or 0]
        printed = _COUNTED.get(printed, printed)
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
