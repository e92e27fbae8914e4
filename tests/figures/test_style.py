"""Lines of text: broken where the language allows it, nothing lost, nothing wider than its place."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.figures import style

KANJI, KANA = "地域産業科学技術政策評価課題", "あいうえおかきくけこ"
CLOSING, OPENING = "、。」）』】〉》・ーっ", "「（『【〈《"
TEXTS = st.text(
    alphabet=f"{KANJI}{KANA}{CLOSING}{OPENING}abcdefgh ABC 0123456789-/.,;:()$_%&<>", max_size=120
)
# Japanese as it is printed: an opening mark before, a closing one after, never a run of them.
PROSE = st.lists(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", *OPENING]),
            st.sampled_from(KANJI + KANA),
            st.sampled_from(["", "", *CLOSING]),
        ),
    ),
    max_size=60,
).map("".join)
WIDTHS = st.floats(60, 600)
SIZES = st.sampled_from([style.SMALL, style.BODY, 20.0])


def squeezed(text: str) -> str:
    return "".join(text.split())


# -- Lines -----------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(text=TEXTS, width=WIDTHS, size=SIZES)
def test_no_character_is_lost_or_invented_and_none_changes_its_place(text, width, size):
    assert squeezed("".join(style.wrap(text, width, size))) == squeezed(text)


@settings(max_examples=200)
@given(text=TEXTS, width=WIDTHS, size=SIZES)
def test_no_line_is_wider_than_asked_unless_it_is_one_character(text, width, size):
    for line in style.wrap(text, width, size):
        assert style.text_width(line.rstrip(), size) <= width or len(line.strip()) <= 1


@settings(max_examples=200)
@given(text=PROSE, width=st.floats(80, 500), size=SIZES)
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(text, width, size):
    for line in style.wrap(text, width, size)[1:]:
        assert line[0] not in CLOSING
    for line in style.wrap(text, width, size)[:-1]:
        assert line[-1] not in OPENING


@settings(max_examples=100)
@given(text=TEXTS, width=WIDTHS, most=st.integers(1, 4))
def test_a_cut_is_shown_and_only_the_end_is_cut(text, width, most):
    whole = style.wrap(text, width, style.SMALL)
    cut = style.wrap(text, width, style.SMALL, most)
    assert len(cut) <= most
    if len(whole) > most:
        assert cut[-1].endswith("…")
        assert squeezed(text).startswith(squeezed("".join(cut))[:-1])
    else:
        assert cut == whole


def test_words_are_broken_at_spaces_while_they_fit():
    width = style.text_width("regional policy", style.SMALL)
    assert style.wrap("regional policy of science", width, style.SMALL) == ["regional policy", "of science"]


def test_a_word_wider_than_its_place_is_broken_rather_than_let_out():
    lines = style.wrap("Donaudampfschifffahrtsgesellschaft", 100, style.SMALL)
    assert len(lines) > 1
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaft"


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_nothing_is_one_empty_line(text):
    assert style.wrap(text, 100, style.SMALL) == [""]


@given(lines=st.lists(TEXTS, max_size=4))
def test_a_block_is_as_wide_as_its_widest_line(lines):
    widths = [style.text_width(line, style.SMALL) for line in lines]
    assert style.widest(lines, style.SMALL) == max(widths, default=0)


@settings(max_examples=100)
@given(text=PROSE, width=WIDTHS)
def test_balanced_lines_are_no_more_and_no_wider_than_others(text, width):
    lines = style.balanced(text, width)
    assert len(lines) == len(style.wrap(text, width))
    assert squeezed("".join(lines)) == squeezed(text)
    assert style.widest(lines) <= max(width, 12)


def test_a_word_in_katakana_of_ordinary_length_stays_whole():
    assert style.wrap("地域イノベーション政策", 90) == ["地域", "イノベーション", "政策"]
    assert not style.unbroken("イノベーション", 60)


def test_an_english_line_may_end_after_a_hyphen():
    assert style.wrap("industry-academia", style.text_width("industry-ac")) == ["industry-", "academia"]


# -- Settings --------------------------------------------------------------------------------------


def test_drawing_leaves_matplotlibs_settings_as_they_were():
    before = dict(mpl.rcParams)
    with style.applied():
        assert mpl.rcParams["font.family"] == list(style.family())
    assert dict(mpl.rcParams) == before


def test_settings_are_put_back_when_drawing_fails():
    before = dict(mpl.rcParams)
    with pytest.raises(RuntimeError), style.applied():
        raise RuntimeError
    assert dict(mpl.rcParams) == before
