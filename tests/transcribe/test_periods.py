"""Periods: what is refused, what is read, and how it is shown."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe import periods
from analysis.transcribe.periods import (
    FiscalYear,
    Period,
    PeriodError,
    compatible,
    display,
    fiscal_years,
    in_era,
    parse,
)

years = st.integers(1000, 9998).map("{:04}".format)
months = st.dates(date(1000, 1, 1), date(9998, 12, 31)).map(lambda day: f"{day:%m}")
days = st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat)
sides = st.one_of(years, years.map("FY{}".format), st.builds("{}-{}".format, years, months), days)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("2011-13", "write 2011/2013"),
        ("FY2011-16", "write FY2011/FY2016"),
        ("FY11", "four digits"),
        ("2018-3-31", "write 2018-03-31"),
        ("2018/03/31", "write 2018-03-31"),
        ("2018-02-30", "correct the day"),
        ("2018-13", "two"),
        ("2018-00", "two"),
        ("1995-", "write 1995"),
        ("2018-03-", "write 2018-03"),
        ("２０１６", "write 2016"),
        ("2016 ", "write 2016"),
        ("2016 / 2018", "write 2016/2018"),
        ("2011〜2016", "write 2011/2016"),
        ("2011–2016", "write 2011/2016"),
        ("2016年度", "write FY2016"),
        ("2012年12月", "write 2012-12"),
        ("fy2016", "write FY2016"),
        ("FY2016-04", "four digits"),
        ("2016/2015", "swap"),
        ("2016-04/FY2015", "swap"),
        ("2016\n", "write 2016"),
        ("2011/2012/2013", "four digits"),
        ("平成30年", "write 2018"),
        ("平成16年度", "write FY2004"),
        ("平成元年", "write 1989"),
        ("平成１６～１８年度", "write FY2004/FY2006"),
        ("平成28～令和2年度", "write FY2016/FY2020"),
        ("平成23年4月～平成28年3月", "write 2011-04/2016-03"),
        ("平成70年", "four digits"),
        ("2011～2016年度", "write FY2011/FY2016"),
        ("2011年～2016年", "write 2011/2016"),
        ("2004年から2006年", "write 2004/2006"),
        ("令和2年7月", "write 2020-07"),
        ("令和元年5月1日", "write 2019-05-01"),
        ("H14/H18", "write 2002/2006, or FY2002/FY2006, whichever the source says"),
        ("H16.4-H18.3", "write 2004-04/2006-03"),
        ("S63", "write 1988, or FY1988, whichever the source says"),
        ("R2.7.17", "write 2020-07-17"),
        ("2004年4月", "write 2004-04"),
        ("2004/4", "write 2004-04"),
        ("2004.4.1", "write 2004-04-01"),
        ("２００４年４月１日", "write 2004-04-01"),
        ("2011/12", "write 2011-12, or 2011/2012, whichever the source says"),
        ("FY2002–FY2006", "write FY2002/FY2006"),
        ("FY2002/2006", "write FY2002/FY2006, or 2002/2006, whichever the source says"),
        ("FY2006/2002", "swap"),
        ("2004-04-01 00:00:00", "write 2004-04-01"),
        ("2004-04-01T00:00:00Z", "write 2004-04-01"),
        ("38078", "write 2004-04-01"),
        *[(nothing, "four digits") for nothing in ("", "/", "..", "../..", "/..", "../", "...")],
        *[(year, "four digits") for year in ("0999", "9999", "-2016", "+2016", "2016~", "20x6")],
    ],
)
def test_what_is_no_period_is_refused_with_what_to_write(text, advice):
    with pytest.raises(PeriodError) as refused:
        parse(text)
    assert advice in refused.value.advice
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2018-03-31", date(2018, 3, 31), date(2018, 3, 31)),
        ("FY2016", date(2016, 4, 1), date(2017, 3, 31)),
        ("1995-12/2009-09", date(1995, 12, 1), date(2009, 9, 30)),
        ("2013/FY2020", date(2013, 1, 1), date(2021, 3, 31)),
        ("FY2013/2013-05", date(2013, 4, 1), date(2013, 5, 31)),
    ],
)
def test_a_period_runs_from_its_first_day_to_its_last(text, start, end):
    assert parse(text) == Period(text, start, end)


def test_an_open_side_and_an_unstated_side_are_two_things():
    assert parse("2012-12/..") == Period("2012-12/..", date(2012, 12, 1), None, open_end=True)
    assert parse("../1995-11") == Period("../1995-11", None, date(1995, 11, 30), open_start=True)
    assert parse("FY2002/") == Period("FY2002/", date(2002, 4, 1), None, end_unknown=True)
    assert parse("/FY2006") == Period("/FY2006", None, date(2007, 3, 31), start_unknown=True)


_COUNTED = st.builds(
    "{}{}{}".format,
    st.sampled_from(["平成", "令和", "昭和", "明治", "H", "R", "S", "FY", "西暦", "", "２０"]),
    st.integers(0, 2100) | st.sampled_from(["元", "２００４"]),
    st.sampled_from(["", "年", "年度", "年4月", "年13月1日", ".7.17", "/4", "-02-30", ".", " 00:00:00"]),
)


@given(_COUNTED, st.sampled_from(["～", "–", "-", "/", "から", " / ", ""]), _COUNTED | st.just(""))
def test_what_a_refusal_says_to_write_is_itself_accepted(left, between, right):
    try:
        parse(left + between + right)
    except PeriodError as refused:
        for suggestion in re.findall("(?:FY|[0-9])[0-9FY/-]{3,}", refused.advice):
            parse(suggestion)


@given(st.text(max_size=12) | st.from_regex(periods.PATTERN, fullmatch=True))
def test_whatever_is_read_fits_the_pattern_that_ships_with_the_data(text):
    try:
        parse(text)
    except PeriodError:
        return
    assert re.fullmatch(periods.PATTERN, text)
    assert text.isascii()


@given(sides, sides)
def test_two_sides_are_a_period_unless_the_second_ends_before_the_first_begins(left, right):
    text = f"{left}/{right}"
    if left.startswith("FY") and re.fullmatch("[0-9]{4}", right):
        with pytest.raises(PeriodError, match="two fiscal years or two calendar years"):
            parse(text)
    elif parse(right).end < parse(left).start:
        with pytest.raises(PeriodError, match="ends after it starts"):
            parse(text)
    else:
        assert (parse(text).start, parse(text).end) == (parse(left).start, parse(right).end)


@given(sides, sides, st.sampled_from(["ja", "en"]))
def test_both_sides_are_shown_in_both_languages(left, right, language):
    if parse(right).end >= parse(left).start and not re.fullmatch("FY.{4}/.{4}", f"{left}/{right}"):
        shown = display(f"{left}/{right}", language)
        assert {left[-4:] if "FY" in left else left[:4]} <= set(re.findall("[0-9]{4}", shown))
        assert ("年" in shown) == (language == "ja")


@pytest.mark.parametrize(
    ("text", "ja", "en"),
    [
        ("1995-12/2009-09", "1995年12月～2009年9月", "Dec 1995–Sep 2009"),
        ("FY2011/FY2016", "2011～2016年度", "FY2011–FY2016"),
        ("1996/2000", "1996～2000年", "1996–2000"),
        ("2013/FY2020", "2013年～2020年度", "2013–FY2020"),
        ("2012-12/..", "2012年12月～", "from Dec 2012"),
        ("../1995-11", "～1995年11月", "until Nov 1995"),
        ("2018-03-31", "2018年3月31日", "31 Mar 2018"),
        ("FY2016", "2016年度", "FY2016"),
        ("2016", "2016年", "2016"),
        ("FY2016/FY2016", "2016年度", "FY2016"),
        ("FY2002/", "2002年度～（終期の記載なし）", "from FY2002 (end not stated)"),
        ("/FY2006", "（始期の記載なし）～2006年度", "until FY2006 (start not stated)"),
        ("", "記載なし", "not stated"),
    ],
)
def test_a_period_is_shown_as_a_reader_of_the_language_expects(text, ja, en):
    assert display(text, "ja") == ja
    assert display(text, "en") == en


def test_a_period_object_is_shown_like_its_text():
    assert display(parse("FY2011/FY2016"), "ja") == display("FY2011/FY2016", "ja")


def test_what_is_no_period_is_not_shown_as_if_it_were_one():
    with pytest.raises(PeriodError):
        display("2011-13", "ja")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("FY2011/FY2016", 2011, 2016),
        ("2018-03-31", 2017, 2017),
        ("2018-04-01", 2018, 2018),
        ("2018", 2017, 2018),
    ],
)
def test_a_period_touches_every_fiscal_year_that_it_has_a_day_in(text, first, last):
    assert fiscal_years(text) == range(first, last + 1)


def test_an_open_end_is_counted_only_to_a_year_that_is_named():
    assert fiscal_years("2012-12/..", until=2015) == range(2012, 2016)
    with pytest.raises(ValueError, match="until"):
        fiscal_years("2012-12/..")


@pytest.mark.parametrize("text", ["../1995-11", "FY2002/", "/FY2006"])
def test_a_side_that_is_not_stated_is_never_counted(text):
    with pytest.raises(ValueError, match="no stated start and end"):
        fiscal_years(text, until=2020)


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("FY2002", "平成14年度"),
        ("FY2011/FY2016", "平成23～28年度"),
        ("FY2016/FY2020", "平成28～令和2年度"),
        ("FY2019", "令和元年度"),
        ("FY1989", "平成元年度"),
        ("FY1988", "昭和63年度"),
    ],
)
def test_fiscal_years_are_also_counted_in_eras(text: str, era: str) -> None:
    assert in_era(text) == era


@pytest.mark.parametrize("text", ["2018-03", "1995", "2013/FY2020", "2012-12/..", "FY2016/.."])
def test_what_is_not_wholly_in_fiscal_years_has_no_era(text: str) -> None:
    assert in_era(text) == ""


# -- Sides, and dates that may be one ---------------------------------------------------------------


@given(left=sides, right=sides)
def test_the_sides_of_a_period_are_those_that_were_written(left, right):
    assert periods.sides(f"{left}/{right}") == (left, right)
    assert periods.sides(left) == (left, left)
    assert periods.sides(f"{left}/..") == (left, "")
    assert periods.sides(f"/{right}") == ("", right)


@given(one=sides, other=sides)
def test_two_dates_may_be_one_whichever_is_named_first(one, other):
    assert compatible(one, other) == compatible(other, one)
    assert compatible(one, one)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("FY2011", "2012-03-31", True),
        ("FY2011", "2012-04-01", False),
        ("2011", "FY2010", True),
        ("2011", "FY2009", False),
        ("2011-05", "2011-05-31", True),
        ("2011-05", "2011-06-01", False),
    ],
)
def test_dates_are_compared_as_precisely_as_both_are_written(one, other, may):
    assert compatible(one, other) is may


# -- Seasons, quarters, and fiscal years of other countries ----------------------------------------


@pytest.mark.parametrize("text", ["2007-20", "2007-25", "2007-32", "2007-37", "2007-21-01", "FY2007-33"])
def test_what_is_neither_month_nor_season_nor_quarter_is_refused(text):
    with pytest.raises(PeriodError):
        parse(text)
    assert not re.fullmatch(periods.PATTERN, text)


@pytest.mark.parametrize(
    ("text", "start", "end", "ja", "en"),
    [
        ("2007-21", date(2007, 3, 1), date(2007, 5, 31), "2007年春", "spring 2007"),
        ("2007-24", date(2007, 12, 1), date(2008, 2, 29), "2007年冬", "winter 2007"),
        ("2007-33", date(2007, 1, 1), date(2007, 3, 31), "2007年第1四半期", "Q1 2007"),
        ("2007-36", date(2007, 10, 1), date(2007, 12, 31), "2007年第4四半期", "Q4 2007"),
        (
            "2007-21/2008-34",
            date(2007, 3, 1),
            date(2008, 6, 30),
            "2007年春～2008年第2四半期",
            "spring 2007–Q2 2008",
        ),
    ],
)
def test_seasons_and_quarters_are_kept_as_they_are(text, start, end, ja, en):
    assert parse(text) == Period(text, start, end)
    assert re.fullmatch(periods.PATTERN, text)
    assert (display(text, "ja"), display(text, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("counted", "start", "end"),
    [
        (FiscalYear(4, "start"), date(2016, 4, 1), date(2017, 3, 31)),
        (FiscalYear(10, "end"), date(2015, 10, 1), date(2016, 9, 30)),
        (FiscalYear(7, "end"), date(2015, 7, 1), date(2016, 6, 30)),
        (FiscalYear(1, "end"), date(2016, 1, 1), date(2016, 12, 31)),
        (FiscalYear(3, "end"), date(2015, 3, 1), date(2016, 2, 29)),
    ],
)
def test_a_fiscal_year_begins_in_the_month_that_the_study_declares(counted, start, end):
    period = parse("FY2016", counted)
    assert (period.start, period.end) == (start, end)
    assert fiscal_years("FY2016", counted=counted) == range(2016, 2017)
    assert parse("2016-05", counted) == parse("2016-05")


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 12), st.sampled_from(["start", "end"]))
def test_every_day_lies_in_the_fiscal_year_that_it_is_counted_to(day, starts, named):
    counted = FiscalYear(starts, named)
    year = parse(f"FY{counted.of(day)}", counted)
    assert year.start <= day <= year.end
    assert compatible(day.isoformat(), str(year), counted)
