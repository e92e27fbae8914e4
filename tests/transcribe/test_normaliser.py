"""Normalising: only the wording is left, the same whatever the layout, and for ever the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe.normaliser import NORMALISERS, normalise, usual

GOLDEN = Path(__file__).parent / "golden"
# Characters for which some order of the rules would matter.
DELICATE = "A-ー~〜˜ \n\u200b\u3099\u309aか.,19\u00ad\ufe00\u2f3e\u2ed1\u0338´`'\u0301ab。、，．－－"
texts = st.text(st.one_of(st.characters(), st.sampled_from(DELICATE)))


@pytest.mark.parametrize("normaliser", sorted(NORMALISERS))
def test_a_normaliser_that_has_been_used_never_changes_its_output(normaliser):
    for text, expected in json.loads((GOLDEN / f"{normaliser}.json").read_text("utf-8")):
        assert normalise(text, normaliser) == expected


def test_every_normaliser_has_a_golden_file():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NORMALISERS)


@given(texts, st.sampled_from(sorted(NORMALISERS)))
def test_normalising_twice_is_normalising_once(text, normaliser):
    once = normalise(text, normaliser)
    assert normalise(once, normaliser) == once


@given(st.text(st.sampled_from("地域の政策A-1,9.ー〜か、。")), st.data())
def test_line_breaks_and_invisible_characters_do_not_matter_in_japanese(text, data):
    place = data.draw(st.integers(0, len(text)))
    unseen = data.draw(st.text(st.sampled_from(" \u3000\n\r\t\f\u00ad\u200b\u2060\ufeff\ufe0f")))
    assert normalise(text[:place] + unseen + text[place:]) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("神\u2f3e", "神戸"),  # NFKC alone makes the traditional form of it
        ("神\u6236", "神戸"),
        ("A", "A-"),
        ("1995〜2001", "19952001"),
        ("37.5", "375"),
        ("9,400", "9.400"),
        ("サーバー", "サーバ"),
        ("日本", "曰本"),
    ],
)
def test_different_wordings_stay_different(one, other):
    same = one == "神\u2f3e"
    assert (normalise(one) == normalise(other)) is same


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("inno-\nvation", "innovation"),
        ("cluster-\nbased", "cluster-based"),
        ("R&D-\nbased", "R&D-based"),
        ("2011–\n2016", "2011-2016"),
        ("graded A-\nby all", "graded A- by all"),
        ("the “new” plan", 'the  "new"\nplan'),
    ],
)
def test_line_breaks_and_hyphenation_do_not_matter_in_english(broken, whole):
    assert normalise(broken, "en-1") == normalise(whole, "en-1")


def test_the_minus_of_a_grade_survives_in_english():
    assert normalise("graded A- by all", "en-1") != normalise("graded A by all", "en-1")


def test_an_unknown_normaliser_is_an_error():
    with pytest.raises(KeyError):
        normalise("text", "ja-0")


# --- the other scripts --------------------------------------------------------------------------
SENTENCES = {
    "spaced-1": [
        "Die Süd-Region förderte 2011 rund 1.234 Betriebe, also „mehr“ als 3,5 %.",
        "L’agence a créé « un pôle » : 12 projets, puis 1 234 emplois.",
        "Регион получил 40 патентов и 17 грантов.",
        "Το ίδρυμα χρηματοδότησε 40 έργα.",
    ],
    "zh-1": ["2011年，青浦地区有1,234家企业（其中40家为“新创”）、17项专利。"],
    "ko-1": ["2011년 청포 지역의 기업·기관은 1,234개이고 Silicon Valley 특허는 17건이다."],
    "rtl-1": ["في عام 2011 كان في المنطقة 1,234 شركة، و17 براءة.", "בשנת 2011 היו בתל־אביב 40 חברות."],
}
CASES = [(name, text) for name, texts in SENTENCES.items() for text in texts]
UNSEEN = "\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c"


@given(st.sampled_from(CASES), st.data())
def test_a_changed_letter_figure_or_sign_is_never_the_same_wording(case, data):
    name, text = case
    place = data.draw(
        st.sampled_from([n for n, sign in enumerate(text) if sign.isalnum() or sign in "、，؛"])
    )
    other = data.draw(st.sampled_from([sign for sign in "x7地역بдé、" if sign != text[place]]))
    assert normalise(text[:place] + other + text[place + 1 :], name) != normalise(text, name)
    assert normalise(text[:place] + text[place + 1 :], name) != normalise(text, name)


@given(st.sampled_from(CASES), st.data())
def test_where_a_line_breaks_and_what_is_not_seen_never_changes_the_wording(case, data):
    name, text = case
    spaces = [n for n, sign in enumerate(text) if sign == " "]
    anywhere = [
        n
        for n in range(1, len(text))
        if not all((s.isascii() and s.isalnum()) or s in ",." for s in text[n - 1 : n + 1])
    ]
    place = data.draw(st.sampled_from(spaces or anywhere))
    broken = (
        text[:place] + data.draw(st.sampled_from(["\n", " \r\n", "\n\n", " \f"])) + text[place:].lstrip(" ")
    )
    if name in {"zh-1", "ko-1"}:
        place = data.draw(st.sampled_from([n for n in anywhere if text[n - 1] != " " and text[n] != " "]))
        broken = f"{text[:place]}\n{text[place:]}"
    assert normalise(broken, name) == normalise(text, name)
    place = data.draw(st.integers(0, len(text)))
    assert normalise(text[:place] + data.draw(st.sampled_from(UNSEEN)) + text[place:], name) == normalise(
        text, name
    )


@pytest.mark.parametrize(
    ("name", "layout", "printed"),
    [
        ("spaced-1", "Süd-\nDeutschland", "Süd-Deutschland"),
        ("spaced-1", "Technologie-\nförderung", "Technologieförderung"),
        ("spaced-1", "Technologie\u00ad\nförderung", "Technologieförderung"),
        ("spaced-1", "przemysłowo-\n-rolniczy", "przemysłowo-rolniczy"),
        ("spaced-1", "техно-\nлогия", "технология"),
        ("spaced-1", "ﬁnal", "final"),
        ("spaced-1", "« pôle »\u202f: 3\u202f%", "«pôle»: 3%"),
        ("zh-1", "⾦⻓", "金长"),
        ("zh-1", "创新——发展", "创新⸺发展"),
        ("zh-1", "９，４００", "9,400"),
        ("ko-1", "지역ㆍ산업", "지역·산업"),
        ("ko-1", "산\n업 정책", "산업\n정책"),
        ("ko-1", "\u1112\u1161\u11ab", "한"),
        ("rtl-1", "ﻻ", "لا"),
        ("rtl-1", "بـــيت", "بيت"),
        ("rtl-1", "كِتَاب", "كتاب"),
        ("rtl-1", "٢٠١١", "2011"),
        ("rtl-1", "שָׁלוֹם", "שלום"),
        ("rtl-1", "\u202bבית\u202c", "בית"),
    ],
)
def test_what_layout_and_fonts_do_leaves_the_wording(name, layout, printed):
    assert normalise(layout, name) == normalise(printed, name)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("spaced-1", "Note A-", "Note A"),
        ("spaced-1", "1.234", "1,234"),
        ("spaced-1", "an erkennen", "anerkennen"),
        ("spaced-1", "Maße", "Masse"),
        ("spaced-1", "2010 100", "2010100"),
        ("zh-1", "企业、机构", "企业，机构"),
        ("zh-1", "长", "長"),
        ("zh-1", "一", "—"),
        ("zh-1", "2010，2011", "2010、2011"),
        ("ko-1", "2010 100", "2010100"),
        ("ko-1", "3.5", "35"),
        ("ko-1", "3, 200", "3,200"),
        ("rtl-1", "على", "علي"),
        ("rtl-1", "أمل", "امل"),
        ("rtl-1", "تل אביב", "תל אביב"),
        ("rtl-1", "1٫5", "1٬5"),
    ],
)
def test_what_changes_the_wording_is_seen_in_every_script(name, one, other):
    assert normalise(one, name) != normalise(other, name)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "spaced-1"),
        ("pt-BR", "spaced-1"),
        ("sr-Cyrl", "spaced-1"),
        ("zh-Hant-TW", "zh-1"),
        ("ko", "ko-1"),
        ("AR", "rtl-1"),
        ("uz-Arab", "rtl-1"),
        ("ja-JP", "ja-1"),
        ("en-GB", "en-1"),
        ("ja-Latn", "ja-1"),
    ],
)
def test_each_language_has_a_usual_normaliser(language, name):
    assert usual(language) == name
