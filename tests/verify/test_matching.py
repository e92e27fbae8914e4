"""Matching: the right passage with the wrong value is found out, and the right value is not."""

from __future__ import annotations

import pytest

from analysis.transcribe.normaliser import normalise
from analysis.verify.extract import BOUNDARY, Names
from analysis.verify.matching import Claim, RowText, judge

STRATEGIES = "海の戦略（2013年6月決定）・海の戦略2014（2014年6月決定）・海の戦略2015（2015年6月決定）"


def claim(column: str, kind: str, value: str, *names: str) -> Claim:
    if names:
        return Claim(column, kind, value, (value,), Names([value, *names]))
    spoken = (normalise(value),) if kind in {"text", "vocabulary"} else ()
    if kind == "names":
        spoken = tuple(normalise(name) for name in value.split(";"))
    return Claim(column, kind, value, spoken)


def stands(text: str, *claims: Claim, anchor: str | None = None) -> dict[str, bool]:
    row = RowText(BOUNDARY.join(normalise(piece) for piece in text.split("|")), "ja")
    judged = judge(row, claims, anchor)
    return {c.column: j.stands for c, j in zip(claims, judged, strict=True)}


@pytest.mark.parametrize(("date", "right"), [("2014-06", True), ("2013-06", False), ("2015-06", False)])
def test_a_date_must_be_the_one_nearest_to_the_rows_label(date, right):
    label = claim("label_ja", "text", "海の戦略2014")
    found = stands(STRATEGIES, label, claim("date", "date", date), anchor="label_ja")
    assert found == {"label_ja": True, "date": right}


def test_what_the_passages_print_instead_is_told_nearest_first():
    label = claim("label_ja", "text", "海の戦略2014")
    row = RowText(normalise(STRATEGIES), "ja")
    judged = judge(row, [label, claim("date", "date", "2019-06")], "label_ja")[1]
    assert judged.printed[0] == "2014-06"


@pytest.mark.parametrize("value", ["FY2011", "FY2011/..", "FY2011/", "FY2010/FY2016", "FY2011/FY2015"])
def test_a_period_is_not_verified_by_a_part_of_itself(value):
    assert stands("計画（2011～2016年度）", claim("period", "period", value)) == {"period": False}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("計画（2011～2016年度）", "FY2011/FY2016"),
        ("計画（2002年度開始）", "FY2002/"),
        ("2013年策定から次の計画（2016～2020年度）まで", "2013/FY2020"),
        ("（2012年12月～）", "2012-12/.."),
    ],
)
def test_a_period_is_verified_by_itself_or_by_its_two_ends(text, value):
    assert stands(text, claim("period", "period", value)) == {"period": True}


def test_two_ends_of_different_periods_are_not_a_period():
    text = "前期（2011～2015年度）と後期（2014～2016年度）"
    assert stands(text, claim("period", "period", "FY2011/FY2016")) == {"period": False}


def test_a_date_belongs_to_the_figure_in_its_clause():
    text = "346社が立地（2018年7月末），働く人は約9,400人に達した（2018年3月末）"
    for value, date, right in [
        ("9400", "2018-03-31", True),
        ("9400", "2018-07-31", False),
        ("346", "2018-07-31", True),
        ("346", "2018-03-31", False),
    ]:
        found = stands(text, claim("value", "number", value), claim("as_of", "date", date))
        assert found == {"value": True, "as_of": right}


@pytest.mark.parametrize(("grade", "right"), [("A-", True), ("A", False), ("B", False)])
def test_a_grade_does_not_match_inside_another(grade, right):
    assert stands("総合評価はＡ－，対象は", claim("grade", "grade", grade)) == {"grade": right}


def test_an_ordinal_is_that_of_the_label_after_it():
    text = "課題は(1)資金の確保，(2)人材の育成，(3)広報である"
    for number in "123":
        label = claim("label_ja", "text", "人材の育成")
        found = stands(text, label, claim("number", "ordinal", number), anchor="label_ja")
        assert found["number"] is (number == "2")


def test_a_citation_is_the_next_after_its_author():
    text = "山田は港が重要だと述べており［3］，海野と磯部は，船も，人も重要だとする［4］［5］。"
    authors = claim("authors", "names", "海野; 磯部")
    for number, right in [("3", False), ("4", True), ("5", True), ("6", False)]:
        assert stands(text, authors, claim("number", "citation", number))["number"] is right


def test_a_region_is_the_last_one_named_before_the_rows_place():
    text = "青浦の課題は(1)資金の確保，(2)人材の育成，を指摘しており，汐見の課題は(1)広報"
    for region, other, right in [("青浦", "汐見", True), ("汐見", "青浦", False)]:
        label = claim("label_ja", "text", "人材の育成")
        found = stands(text, label, claim("scope", "region", region, other), anchor="label_ja")
        assert found["scope"] is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("二つの地域に共通する(1)資金", True),
        ("青浦の(1)資金", False),
        ("青浦と汐見の(1)資金", True),
    ],
)
def test_what_is_common_is_not_said_of_one_region(text, right):
    common = Claim("scope", "region", "common", (), Names(["青浦", "汐見"]))
    label = claim("label_ja", "text", "資金")
    assert stands(text, label, common, anchor="label_ja")["scope"] is right


def test_an_institution_is_not_verified_by_a_longer_name_that_holds_it():
    text = "中核は汐見市立病院である"
    assert stands(text, claim("institution", "label", "汐見市", "汐見市立病院")) == {"institution": False}
    assert stands(text, claim("institution", "label", "汐見市立病院", "汐見市")) == {"institution": True}


def test_every_name_must_stand():
    assert stands("海野は", claim("authors", "names", "海野; 磯部")) == {"authors": False}


def test_nothing_is_read_across_the_boundary_of_two_passages():
    assert stands("2008年|6月", claim("date", "date", "2008-06")) == {"date": False}
    assert stands("資金の|確保", claim("label_ja", "text", "資金の確保")) == {"label_ja": False}


def test_nothing_stands_in_no_text():
    common = Claim("scope", "region", "common", (), Names(["青浦", "汐見"]))
    assert stands("", claim("label_ja", "text", "資金"), common) == {
        "label_ja": False,
        "scope": False,
    }


# --- whose number it is -------------------------------------------------------------------------
REGIONS = ["Skåne", "Halland", "青浦", "汐見"]


def number_of(text: str, region: str, value: str, *called: str) -> str:
    """What becomes of the number of a row about a region."""
    language = "ja" if region in REGIONS[2:] else "en"
    row = RowText(normalise(text, f"{language}-1"), language)
    topic = Claim("region", "region", region, (region,), Names(REGIONS))
    judged = judge(row, [topic, claim("value", "number", value)], None, called)[1]
    if judged.between:
        assert judged.printed == ()
        return "AMBIGUOUS"
    return "FOUND" if judged.stands else f"prints: {', '.join(judged.printed)}"


SAID = "Skåne had 40 firms and 17 patents."
SPLIT = "Skåne had 40 firms; Halland had 17."
TOGETHER = "Skåne and Halland had 40 and 17 firms."


@pytest.mark.parametrize(
    ("text", "region", "value", "called", "verdict"),
    [
        (SAID, "Skåne", "41", (), "prints: 40, 17"),
        (SAID, "Skåne", "40", ("patents",), "prints: 17"),
        (SAID, "Skåne", "17", ("firms",), "prints: 40"),
        (SPLIT, "Skåne", "17", (), "prints: 40"),
        (SPLIT, "Halland", "40", (), "prints: 17"),
        ("In 1998 there were 40 firms in Skåne and 17 in Halland.", "Skåne", "17", (), "prints: 40"),
        (f"{TOGETHER[:-1]}, respectively.", "Skåne", "17", (), "prints: 40"),
        ("青浦地域の企業は40社、特許は17件である。汐見地域は23社である。", "汐見", "17", (), "prints: 23"),
        ("青浦地域の企業数は40、特許件数は17である。", "青浦", "40", ("特許件数",), "prints: 17"),
    ],
)
def test_a_number_of_another_row_or_region_is_caught(text, region, value, called, verdict):
    assert number_of(text, region, value, *called).startswith(verdict)


@pytest.mark.parametrize(
    ("text", "region", "value", "called"),
    [
        (SAID, "Skåne", "40", ()),
        (SAID, "Skåne", "17", ()),
        (SAID, "Skåne", "17", ("patents",)),
        (SPLIT, "Halland", "17", ()),
        ("There were 40 firms in Skåne and 17 in Halland.", "Halland", "17", ()),
        (f"{TOGETHER[:-1]}, respectively.", "Halland", "17", ()),
        ("Skåne grew. It had 40 firms, 3 ports and, by 2010, 17 patents.", "Skåne", "17", ("patents",)),
        ("青浦地域の企業は40社、特許は17件である。", "青浦", "17", ()),
        ("青浦地域と汐見地域の企業はそれぞれ40社と17社である。", "汐見", "17", ()),
        ("Skåne raised 70-80 million.", "Skåne", "70000000", ()),
    ],
)
def test_every_number_that_is_printed_of_its_subject_is_found(text, region, value, called):
    assert number_of(text, region, value, *called) == "FOUND"


@pytest.mark.parametrize(
    ("text", "region"),
    [(TOGETHER, "Skåne"), (TOGETHER, "Halland"), ("青浦地域と汐見地域の企業は40社と17社である。", "青浦")],
)
def test_numbers_of_regions_that_are_named_together_cannot_be_told_apart(text, region):
    assert {number_of(text, region, value) for value in ("40", "17")} == {"AMBIGUOUS"}


def test_the_one_number_of_regions_that_are_named_together_is_that_of_each():
    assert number_of("Skåne and Halland had 40 firms each.", "Halland", "40") == "FOUND"
