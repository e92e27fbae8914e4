"""Normalising: only the wording is left, the same whatever the layout, and for ever the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe.normaliser import NORMALISERS, normalise

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
