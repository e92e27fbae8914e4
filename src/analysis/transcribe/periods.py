"""Periods and dates as they are written in the tables: EDTF, and FY for a fiscal year.

The notation keeps the precision of the source: a year is never widened to a day in raw data. Its
first and last day are computed here, for drawing and comparing, and the text stays beside them.
EDTF is ISO 8601-2:2019 (https://www.loc.gov/standards/datetime/); only the part that the tables
need is read, and everything else is refused rather than guessed at. In the place of a month, 21 to 24
is a season (spring, summer, autumn, winter) and 33 to 36 a quarter.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from analysis.languages import dash, day
from analysis.words import small

EXPECTED = "EDTF such as 2016, 2012-12, 2018-03-31, FY2016, FY2011/FY2016, 2012-12/.. or ../1995-11"

# One side of a period; also what Table Schema can say of the notation (datapackage.json).
_SIDE = r"(?:FY[0-9]{4}|[0-9]{4}(?:-(?:2[1-4]|3[3-6]|(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?))?)"
PATTERN = rf"{_SIDE}(?:/(?:{_SIDE}|\.\.)?)?|(?:\.\.)?/{_SIDE}"
_PARTS = re.compile(r"(FY)?([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

# The first month of each season and quarter. A season names no hemisphere: the months are the northern
# ones by which papers mean them, and the winter of a year begins in its December.
_MONTHS_OF = {21: 3, 22: 6, 23: 9, 24: 12, 33: 1, 34: 4, 35: 7, 36: 10}
# Eras by their first year, calendar and fiscal alike, the latest first.
ERAS = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}


class FiscalYear(NamedTuple):
    """How a country counts fiscal years: the month they begin in, and the year that FY names.

    `named` is 'start' where FY2016 begins in 2016 (Japan), 'end' where it ends in it (United States).
    """

    starts: int = 4
    named: str = "start"

    def first(self, year: int) -> date:
        """The first day of the fiscal year that is called by a year."""
        return date(year - (self.named == "end" and self.starts > 1), self.starts, 1)

    def of(self, day: date) -> int:
        """What the fiscal year is called in which a day lies."""
        return day.year + (day >= self.first(day.year + 1)) - (day < self.first(day.year))


JAPANESE = FiscalYear()


class PeriodError(ValueError):
    """A text that is no period; str() is what was expected, `advice` what to write instead."""

    def __init__(self, expected: str, advice: str) -> None:
        super().__init__(expected)
        self.advice = advice


@dataclass(frozen=True)
class Period:
    """A date or a period, with its first and last day where it has them.

    `end` is the last day itself. A side is None where it is open (`..`: it goes on beyond what
    the source tells) or unknown (nothing there: the source does not say).
    """

    text: str
    start: date | None
    end: date | None
    open_start: bool = False
    open_end: bool = False
    start_unknown: bool = False
    end_unknown: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class _Side:
    """One end of a period as written: a fiscal year, or a year, a month or a day."""

    fiscal: bool
    year: int
    month: int | None
    day: int | None
    counted: FiscalYear = JAPANESE

    @property
    def first(self) -> date:
        if self.fiscal:
            return self.counted.first(self.year)
        return date(self.year, _MONTHS_OF.get(self.month or 1, self.month or 1), self.day or 1)

    @property
    def last(self) -> date:
        if self.fiscal:
            return self.counted.first(self.year + 1) - timedelta(days=1)
        month, year = self.month or 12, self.year
        if month in _MONTHS_OF:
            year, month = year + (month == 24), (_MONTHS_OF[month] + 1) % 12 + 1
        return date(year, month, self.day or calendar.monthrange(year, month)[1])


@lru_cache(maxsize=4096)
def parse(text: str, counted: FiscalYear = JAPANESE) -> Period:
    """Return the period that a text in the tables' notation says, with fiscal years as a study counts them.

    >>> parse("FY2011/2016-12").start, parse("FY2011/2016-12").end
    (datetime.date(2011, 4, 1), datetime.date(2016, 12, 31))

    Raises PeriodError (a ValueError), whose message is one phrase: what was expected.
    """
    left, slash, right = text.partition("/")
    start = _side(left, text, counted)
    if not slash:
        if start is None:
            raise _refused(text)
        return Period(text, start.first, start.last)
    end = _side(right, text, counted)
    if start is None and end is None:
        raise _refused(text)
    # `FY2002/2006` is a forgotten FY as often as not; nobody writes FY by mistake, so `2013/FY2020` stays.
    if start and end and start.fiscal and not end.fiscal and not end.month:
        expected = "two fiscal years or two calendar years"
        both = [f"FY{start.year:04}/FY{end.year:04}", f"{start.year:04}/{end.year:04}"]
        known = [period for period in both if reads(period)]
        either = f"write {', or '.join(known)}, whichever the source says"
        raise PeriodError(expected, either if known else "swap or correct the two years")
    if start and end and end.last < start.first:
        swapped = f"swap the two sides ({right}/{left}) or correct one"
        raise PeriodError("a period that ends after it starts", swapped)
    return Period(
        text,
        start.first if start else None,
        end.last if end else None,
        open_start=left == "..",
        open_end=right == "..",
        start_unknown=not left,
        end_unknown=not right,
    )


def display(period: Period | str, language: str) -> str:
    """Return a period as a reader of the language expects it; '' reads as not stated.

    >>> display("1995-12/2009-09", "en"), display("FY2011/FY2016", "ja")
    ('Dec 1995–Sep 2009', '2011～2016年度')
    """
    text, words = str(period), small(language)
    if not text:
        return words.text("not-stated")
    parse(text)
    left, slash, right = text.partition("/")
    start, end = _side(left, text), _side(right, text) if slash else None
    if start and (not slash or start == end):
        return _named(start, language)
    if start and end:
        # 2011～2016年度: the unit is said once where both sides share it.
        shared = language == "ja" and start.month is None and end.month is None and start.fiscal == end.fiscal
        return f"{_named(start, language, unit=not shared)}{dash(language)}{_named(end, language)}"
    if start:
        return words.text("from" if right else "from-unended", start=_named(start, language))
    if end:
        return words.text("until" if left else "until-unstarted", end=_named(end, language))
    return ""


def in_era(period: Period | str) -> str:
    """Return the fiscal years of a period as Japanese official papers count them, or "".

    >>> in_era("FY2002"), in_era("FY2016/FY2020"), in_era("2018-03")
    ('平成14年度', '平成28～令和2年度', '')

    Only fiscal years are counted so; a fiscal year bears the era in which most of it lies, and the
    first year of an era is 元.
    """
    text = str(period)
    parse(text)
    years = [int(side[2:]) for side in text.split("/") if side.startswith("FY")]
    if not years or len(years) != len(text.split("/")):
        return ""
    names = [_era_year(year) for year in years]
    if len(names) == 2 and names[0][0] == names[1][0]:
        return f"{names[0][0]}{names[0][1]}～{names[1][1]}年度"
    return "～".join(era + number for era, number in names) + "年度"


def _era_year(fiscal_year: int) -> tuple[str, str]:
    known = ((era, first - 1) for era, first in ERAS.items() if fiscal_year >= first)
    era, before = next(known, ("西暦", 0))
    return era, "元" if fiscal_year - before == 1 else str(fiscal_year - before)


def sides(text: str) -> tuple[str, str]:
    """Return the two sides of a period as written; "" for one that is open or not stated.

    >>> sides("FY2011/FY2016"), sides("2016"), sides("FY2016/..")
    (('FY2011', 'FY2016'), ('2016', '2016'), ('FY2016', ''))
    """
    left, slash, right = text.partition("/")
    return left.strip("."), right.strip(".") if slash else left


def compatible(one: str, other: str, counted: FiscalYear = JAPANESE) -> bool:
    """Whether two dates, each as precise as its source, can be the same day.

    >>> compatible("FY2011", "2011-08-01"), compatible("FY2011", "2012-06-01")
    (True, False)
    """
    a, b = parse(one, counted), parse(other, counted)
    return (a.start or date.min) <= (b.end or date.max) and (b.start or date.min) <= (a.end or date.max)


def fiscal_years(period: Period | str, until: int | None = None, counted: FiscalYear = JAPANESE) -> range:
    """Return the fiscal years that a period touches, Japanese ones (April to March) unless told otherwise.

    A period with an open end is followed to the fiscal year `until`, which the caller has to
    name: the notation does not say how far the source could see.

    Raises ValueError where a side is unknown, the start is open, or `until` is missing.
    """
    period = parse(str(period), counted)
    if period.start is None or period.end_unknown:
        raise ValueError(f"'{period}' has no stated start and end: it covers no countable years")
    if period.open_end and until is None:
        raise ValueError(f"'{period}' has an open end: say `until` which fiscal year to count")
    last = counted.of(period.end) if period.end else until
    return range(counted.of(period.start), (last or 0) + 1)


def _side(text: str, whole: str, counted: FiscalYear = JAPANESE) -> _Side | None:
    """Read one side of a period; None for an open or unstated one."""
    if text in ("", ".."):
        return None
    match = _PARTS.fullmatch(text)
    if not match:
        raise _refused(whole)
    fiscal, year = match[1], int(match[2])
    month, day = (int(part) if part else None for part in (match[3], match[4]))
    # 9999 has no next March in Python's calendar, and no year before 1000 is a policy's.
    if not 1000 <= year <= 9998 or (fiscal and month is not None):
        raise _refused(whole)
    part_of_year = month in _MONTHS_OF and day is None
    if month is not None and not 1 <= month <= 12 and not part_of_year:
        raise PeriodError("a month from 01 to 12", advice(whole))
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        correct = "correct the day, or write the month only"
        raise PeriodError(f"a day that {year}-{month:02} has", correct)
    return _Side(bool(fiscal), year, month, day, counted)


def _refused(text: str) -> PeriodError:
    return PeriodError(EXPECTED, advice(text))


# A date as people write it, after NFKC: as advice only, never read as data. `R2.7.17` and `平成元年度`
# count in an era.
_INITIALS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_WRITTEN = re.compile(
    rf"(?P<fy>FY)?(?:西暦|(?P<era>{'|'.join([*ERAS, *_INITIALS])})\.?)?(?P<year>元|[0-9]{{1,4}})"
    r"(?:(?P<unit>年度?)|(?:年|[-/.])(?P<month>[0-9]{1,2})(?:月|(?:月|[-/.])(?P<day>[0-9]{1,2})日?)?)?[-/.]?"
)
_MIDNIGHT = re.compile(r"([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})[T ]?00:00(?::00(?:\.0+)?)?Z?")
_SERIAL = re.compile("[1-5][0-9]{4}")  # a day as spreadsheets count them, from 1927 to 2064


def advice(text: str) -> str:
    """Say what to write where the slip is a common one and its correction is a period."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:60])).upper()
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    plain = re.sub("[\u301c\u223c]|から", "~", plain)
    if stamp := _MIDNIGHT.fullmatch(plain):
        plain = stamp[1]
    if _SERIAL.fullmatch(plain):
        plain = (date(1899, 12, 30) + timedelta(days=int(plain))).isoformat()
    year = re.fullmatch(r"FY'?([0-9]{2})", plain)
    known = dict.fromkeys(c for c in _candidates(plain) if c != text and reads(c))
    if known:
        return "write " + ", or ".join(known) + ", whichever the source says" * (len(known) > 1)
    if year:
        return f"write the year with four digits, such as FY20{year[1]}"
    return "write years with four digits, months and days with two, and / between two dates"


def _candidates(plain: str) -> Iterator[str]:
    """Yield what a text in common spelling may mean, periods or not."""
    yield plain
    one = _WRITTEN.fullmatch(plain)
    if one:
        yield from _spelled(one)
    for separator in ("~", "/", "-"):
        left, found, right = plain.partition(separator)
        start, end = _WRITTEN.fullmatch(left), _WRITTEN.fullmatch(right)
        if not (found and start and end) or separator in right:
            continue
        # 平成16～18年度, FY2011-16: what two sides share is written once.
        fiscal = bool(start["fy"] or (end["unit"] == "年度" and not start["unit"] and not start["month"]))
        firsts = list(_spelled(start, fiscal=fiscal))
        lasts = list(_spelled(end, era=start["era"], century=start["year"][:-2], fiscal=bool(start["fy"])))
        yield from (f"{a}/{b}" for a, b in zip(firsts, lasts, strict=False))


def _spelled(
    side: re.Match[str], era: str | None = None, century: str = "", fiscal: bool = False
) -> Iterator[str]:
    """Yield a written date in EDTF: twice where `H14` may be a year or a fiscal year."""
    if side["fy"] and side["month"]:  # the April of that year, or that of the year in which it ends?
        return
    short = len(side["year"]) < 3
    era, count = side["era"] or (era if short else None), side["year"]
    year = 1 if count == "元" else int(count)
    if era:
        era = _INITIALS.get(era, era)
        later = [first for first in ERAS.values() if first > ERAS[era]]
        year += ERAS[era] - 1
        if year < ERAS[era] or year > min(later, default=year):
            return
    elif short and len(century) == 2 and len(count) == 2:
        year = int(century + count)
    if side["month"]:
        yield "-".join([f"{year:04}", *(part.zfill(2) for part in side.group("month", "day") if part)])
    elif side["fy"] or side["unit"] == "年度" or fiscal:
        yield f"FY{year:04}"
    else:
        yield f"{year:04}"
        if era and not side["unit"]:
            yield f"FY{year:04}"


def reads(text: str) -> bool:
    """Whether a text is a period in the tables' notation."""
    try:
        return re.fullmatch(PATTERN, text) is not None and parse(text) is not None
    except PeriodError:
        return False


def _named(side: _Side, language: str, unit: bool = True) -> str:
    """Name one side, in Japanese with or without the unit that two years of a span share."""
    if side.fiscal:
        year = str(side.year)
        return small(language).text("fiscal-year", year=year) if unit else year
    if side.month in _MONTHS_OF:
        return small(language).text(f"part-of-year.{side.month}", year=str(side.year))
    return day(side.year, side.month, side.day, language, unit)
