"""What passages print: dates, periods, numbers, ordinals, grades, citations, names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe import periods as notation
from analysis.transcribe.normaliser import normalise
from analysis.verify.extract import Names, citations, grades, numbers, ordinals, periods, words


def printed(reader, text: str, normaliser: str = "ja-1") -> list[str]:
    mentions = reader(normalise(text, normaliser), normaliser[:2])
    return [mention.value for mention in mentions]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("番号1234-5678の2000年代", ["2000"]),
        ("総合戦略2014", []),  # a name, not a date
        ("2019年13月", []),
        ("2019年2月30日", []),
        ("2011～2016年度", ["FY2011/FY2016"]),
        ("2011年度～2016年度", ["FY2011/FY2016"]),
        ("2011年度から2016年度まで", ["FY2011/FY2016"]),
        ("2011～16年度", ["FY2011/FY2016"]),
        ("2001－2005年", ["2001/2005"]),
        ("2008年6月", ["2008-06"]),
        ("2008 年 6 月", ["2008-06"]),
        ("２００８年６月", ["2008-06"]),
        ("2018年7月末", ["2018-07-31"]),
        ("2016年2月末", ["2016-02-29"]),
        ("2018 年 3 月 31 日", ["2018-03-31"]),
        ("1995年12月~2009年9月", ["1995-12/2009-09"]),
        ("2012年12月～）", ["2012-12/.."]),
        ("（～1995年11月）", ["../1995-11"]),
        ("2018年4月～7月", ["2018-04/2018-07"]),
        ("2019年8月より", ["2019-08/.."]),
        ("2017年度まで", ["../FY2017"]),
        ("2010年度予算", ["FY2010"]),
        ("2007年に10件", ["2007"]),
        ("2007年10件", ["2007"]),
        ("平成20年6月、昭和63年度、令和元年", ["2008-06", "FY1988", "2019"]),
        ("平成20～25年度", ["FY2008/FY2013"]),
        ("総合戦略2014（2014年6月）・2015（2015年6月）", ["2014-06", "2015-06"]),
    ],
)
def test_dates_as_japanese_prints_them(text, values):
    assert printed(periods, text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("June 2008", ["2008-06"]),
        ("30 June 2008 and June 30, 2008", ["2008-06-30", "2008-06-30"]),
        ("FY2011–2016", ["FY2011/FY2016"]),
        ("FY 2011 to FY 2016", ["FY2011/FY2016"]),
        ("fiscal year 2010", ["FY2010"]),
        ("2011–16", ["2011/2016"]),
        ("from December 1995 to September 2009", ["1995-12/2009-09"]),
        ("since 2012", ["2012/.."]),
        ("until Nov. 1995", ["../1995-11"]),
        ("2008-06-30", ["2008-06-30"]),
        ("room 2008a, $2008.5", []),
    ],
)
def test_dates_as_english_prints_them(text, values):
    assert printed(periods, text, "en-1") == values


dates = st.dates(min_value=date(1600, 1, 1), max_value=date(2199, 12, 31))


@given(dates, st.sampled_from(["fiscal year", "year", "month", "day"]))
def test_what_is_displayed_to_a_reader_is_read_back(day, precision):
    value = {
        "year": f"{day.year}",
        "month": f"{day:%Y-%m}",
        "day": f"{day:%Y-%m-%d}",
    }.get(precision, f"FY{day.year}")
    assert printed(periods, notation.display(value, "ja")) == [value]
    assert printed(periods, notation.display(value, "en"), "en-1") == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("約9,400人", ["9400"]),
        ("9，\n400人", ["9400"]),
        ("346社の2018年7月末", ["346"]),
        ("2.5万人と37.5パーセント", ["25000", "37.5"]),
        ("1億円", ["100000000"]),
        ("1億2,000万円と3万5千人", ["120000000", "35000"]),
        ("70〜80万人", ["700000", "800000"]),
        ("70万、80億", ["700000", "8000000000"]),
        ("TLO4", []),
    ],
)
def test_numbers(text, values):
    assert printed(numbers, text) == values


@given(
    st.text("0189٠١٩０９१ .,'’\u066b\u066c\u00a0\u202f-～万兆億", max_size=12),
    st.sampled_from(("ja", "en", "de", "fr", "ar", "zh", "ko")),
)
def test_no_text_of_figures_and_separators_stops_the_reader(text, language):
    for mention in numbers(text, language):
        assert float(mention.value) >= 0


@pytest.mark.parametrize("text", ["١٬٢٣٤", "1٬234", "1'234"])
def test_a_number_is_whole_whatever_separates_its_thousands(text):
    assert [mention.value for mention in numbers(text, "de")] == ["1234"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("70-80 million", ["70000000", "80000000"]),
        ("between 70 and 80 million", ["70000000", "80000000"]),
        ("70 firms, 80 million", ["70", "80000000"]),
        ("600 Millionen Euro, 2.5 Mrd. Euro", ["600000000", "2500000000"]),
        ("$5bn and 5 bn", ["5000000000", "5000000000"]),
        ("40 millionaires", ["40"]),
    ],
)
def test_numbers_with_words_of_magnitude(text, values):
    assert printed(numbers, text, "en-1") == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("フェーズⅣ（2012年12月～）", ["4"]),
        ("第1期と第２次と第三回", ["1", "2", "3"]),
        ("(1)資金、(2)人材", ["1", "2"]),
        ("第11期", ["11"]),
        ("：②外部", ["2"]),
        ("TLO、CIO", []),
        ("the 3rd plan, Phase II, the second stage", ["3", "2", "2"]),
        ("they named two. First, money. Secondly, people; firsthand.", ["1", "2"]),
    ],
)
def test_ordinals(text, values):
    assert printed(ordinals, text, "ja-1" if text[0] != "t" else "en-1") == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("総合評価はＡ－，対象", ["A-"]),
        ("総合評価はAーであり", ["A-"]),
        ("総合評価A，過去", ["A"]),
        ("R&D、A-1号、TLO、ABC、X線", ["X"]),
    ],
)
def test_grades(text, values):
    assert printed(grades, text) == values


def test_a_grade_with_its_minus_is_read_in_english():
    assert printed(grades, "was graded A- by the panel", "en-1") == ["A-"]


@pytest.mark.parametrize(
    ("text", "values"),
    [("［4］［5］", ["4", "5"]), ("[1,3]", ["1", "3"]), ("[2-4]", ["2", "3", "4"])],
)
def test_citations(text, values):
    assert printed(citations, text) == values


def test_a_range_of_citations_that_no_text_has_costs_nothing():
    assert len(printed(citations, "[1-999999999]")) <= 1001


def test_words_are_not_found_inside_a_longer_number_or_word():
    assert list(words("第11期", "1期")) == []
    assert list(words("戦略2014", "戦略201")) == []
    assert list(words("AID", "AI")) == []
    assert [m.start for m in words("第1期と第1期", "第1期")] == [0, 4]


@pytest.mark.parametrize(
    "text",
    [
        "Hafenprogrammsätze",
        "Hafenprogramme",
        "Hafenprogrammsn",
        "Hafenprogram",
        "Unhafenprogramms",
    ],
)
def test_a_longer_word_is_no_case_of_a_name(text):
    assert Names(["Hafenprogramm"], "de").mentions(text) == []


def test_a_name_is_not_found_without_its_own_ending():
    assert Names(["Hafenprogramms"], "de").mentions("das Hafenprogramm") == []


def test_a_name_has_the_cases_of_its_language_only():
    assert Names(["Hafenprogramm"], "en").mentions("Hafenprogramms") == []
    assert Names(["Hafenprogramm"]).mentions("Hafenprogramms") == []


def test_of_a_name_and_the_case_of_a_shorter_one_the_name_is_meant():
    assert [m.value for m in Names(["Linden", "Lindenen"], "de").mentions("Lindenen, Lindens")] == [
        "Lindenen",
        "Linden",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [("Hafenprogramm", "des Hafenprogramms."), ("Hafenbund", "des Hafenbundes, "), ("Lotse", "den Lotsen")],
)
def test_a_name_is_found_in_its_cases(name, text):
    assert [m.value for m in Names([name], "de").mentions(text)] == [name]


def test_a_name_inside_a_longer_name_is_not_found():
    names = Names(["神戸市", "神戸市立中央病院", "大阪大学"])
    assert [m.value for m in names.mentions("神戸市立中央病院と大阪大学")] == [
        "神戸市立中央病院",
        "大阪大学",
    ]
    assert [m.value for m in names.mentions("神戸市は")] == ["神戸市"]
