"""Passages: what is found, what is near, what is missing; and what a transcriber is offered."""

from __future__ import annotations

import csv
import hashlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.transcribe import schema
from analysis.verify.fingerprints import OPENING, SHORTEST, PassageVerdict, fingerprint
from analysis.verify.passages import locate, propose, propose_all
from analysis.verify.source_text import SourceText

FIRST = "港の倉庫は二〇〇一年に閉じられ、跡地には市民の集まる広場が造られたという記録がある。"
SECOND = "広場の中央には古い起重機が残されて、夏の夜には灯りがともされることになっている。"
THIRD = "毎年の祭りでは、漁を休んだ船が岸に並び、子どもたちが甲板の上で太鼓を打ち鳴らす。"
TEXT = f"１．港\n{FIRST}{SECOND}{THIRD}\n"


def verdict(piece: str, text: str) -> PassageVerdict:
    return locate([fingerprint(piece)], SourceText(text, "ja-1"))[0].verdict


def broken(text: str, width: int) -> str:
    return "\n".join(text[n : n + width] for n in range(0, len(text), width))


def test_a_passage_whose_wording_differs_at_its_end_is_only_near():
    assert verdict(SECOND, TEXT.replace("なっている。", "なっていた。")) == PassageVerdict.NEAR


def test_a_passage_whose_opening_differs_is_missing():
    assert verdict(SECOND, TEXT.replace("広場の中央", "広間の中央")) == PassageVerdict.MISSING


def test_a_passage_that_stands_twice_is_ambiguous():
    place = locate([fingerprint(SECOND)], SourceText(TEXT + "\n" + SECOND, "ja-1"))[0]
    assert place.verdict == PassageVerdict.AMBIGUOUS
    assert place.lines == (2, 4)


def test_an_opening_that_stands_twice_does_not_make_a_passage_ambiguous():
    assert verdict(SECOND, TEXT + SECOND[:20] + "ない。") == PassageVerdict.EXACT


def test_a_passage_cut_by_the_end_of_the_source_is_near():
    assert verdict(THIRD, TEXT[:-6]) == PassageVerdict.NEAR


@given(st.integers(0, len(FIRST + SECOND + THIRD) - 1), st.sampled_from("鬱QÆ7ん"))
def test_one_altered_character_is_never_exact(place, other):
    text = FIRST + SECOND + THIRD
    assume(text[place] != other)
    altered = text[:place] + other + text[place + 1 :]
    piece = next(p for p in (FIRST, SECOND, THIRD) if p not in altered)
    assert verdict(piece, altered) in {PassageVerdict.NEAR, PassageVerdict.MISSING}


@pytest.mark.parametrize("width", [1, 7, 23, 200])
def test_a_passage_is_found_whatever_the_width_of_the_lines(width):
    assert verdict(SECOND, broken(FIRST + SECOND + THIRD, width)) == PassageVerdict.EXACT


@pytest.mark.parametrize("cut", range(1, len(SECOND), 6))
def test_a_running_head_in_the_middle_of_a_passage_does_not_hide_it(cut):
    pages = [FIRST + SECOND[:cut], SECOND[cut:] + THIRD, FIRST]
    text = "\f".join(f"架空研究 {n}\n{page}\n- {n} -" for n, page in enumerate(pages, 11))
    assert verdict(SECOND, text) == PassageVerdict.EXACT


@pytest.mark.parametrize("cut", range(1, len(SECOND), 6))
def test_a_footnote_in_the_middle_of_a_passage_does_not_hide_it(cut):
    notes = "\n1 起重機は第二次の改修で移された。\n2 祭りは毎年八月である。"
    text = f"{FIRST}{SECOND[:cut]}\n{notes}\n\n{SECOND[cut:]}\n{THIRD}"
    assert verdict(SECOND, text) == PassageVerdict.EXACT
    paged = f"{FIRST}{SECOND[:cut]}\n{notes}\n\f{SECOND[cut:]}\n{THIRD}"
    assert verdict(SECOND, paged) == PassageVerdict.EXACT


def test_words_put_into_the_middle_of_a_passage_do_hide_it():
    text = FIRST + SECOND[:20] + "\nそれはうそである。\n" + SECOND[20:]
    assert verdict(SECOND, text) == PassageVerdict.NEAR


def test_a_passage_cut_by_a_page_has_a_span_on_each_side_of_what_cuts_it():
    text = f"頭 1\n{FIRST}{SECOND[:20]}\n\f頭 2\n{SECOND[20:]}{THIRD}\n\f頭 3\n"
    layout = SourceText(text, "ja-1")
    place = locate([fingerprint(SECOND)], layout)[0]
    pieces = [layout.plain.text[span.start : span.end] for span in place.spans]
    assert pieces == [SECOND[:20], SECOND[20:]]
    assert place.text == SECOND


def test_places_are_told_by_the_lines_of_the_file():
    assert locate([fingerprint(SECOND)], SourceText(broken(TEXT, 30), "ja-1"))[0].lines == (3,)


def test_a_fingerprint_shows_no_more_than_the_opening():
    shown = fingerprint(FIRST)
    assert FIRST.startswith(shown.opening)
    assert len(shown.opening) == OPENING
    assert shown.chars == len(FIRST)
    assert shown.sha256 == hashlib.sha256(FIRST.encode()).hexdigest()


# --- proposals ----------------------------------------------------------------------------------
def row(proposal) -> dict[str, str]:
    columns = [field.name for field in schema.load().tables["passages"].fields]
    return dict(zip(columns, next(csv.reader([proposal.row(columns)])), strict=True))


def test_words_that_stand_nowhere_give_no_proposal():
    assert propose(TEXT, "火山の噴火") == []
    assert propose(TEXT, "   ") == []


def test_the_sentence_around_the_words_is_proposed():
    (proposal,) = propose(broken(TEXT, 17), "古い 起重機")
    assert proposal.fingerprint == fingerprint(SECOND)
    assert proposal.verdict == PassageVerdict.EXACT
    assert row(proposal)["sha256"] == fingerprint(SECOND).sha256


def test_a_proposal_begins_after_a_heading():
    assert propose("\n" + TEXT, "倉庫")[0].fingerprint == fingerprint(FIRST)


def test_words_that_stand_twice_give_a_proposal_each():
    assert [p.fingerprint for p in propose(TEXT, "広場")] == [
        fingerprint(FIRST),
        fingerprint(SECOND),
    ]


def test_a_proposal_stops_at_a_page_and_the_rest_is_the_second_part():
    text = f"{FIRST}{SECOND[:32]}\n\f{SECOND[32:]}{THIRD}"
    first, second = propose(text, "古い起重機")[0], propose(text, "太鼓を打ち")[0]
    assert (first.fingerprint, first.part, first.page) == (fingerprint(SECOND[:32]), 1, "1")
    assert (second.fingerprint, second.page) == (fingerprint(THIRD), "2")
    rest = propose(text, SECOND[33:])[0]
    assert rest.part == 2
    assert rest.fingerprint.chars >= SHORTEST


def test_words_across_a_page_give_a_proposal_on_each_side():
    text = f"{FIRST}{SECOND}\n\f{THIRD}{FIRST}"
    across = propose(text, SECOND[-10:] + THIRD[:10])
    assert [p.fingerprint for p in across] == [fingerprint(SECOND), fingerprint(THIRD)]


def test_a_footnote_is_proposed_without_the_body_around_it():
    note = "1 ここでいう起重機とは、荷を吊り上げるための古い機械のことを指すものとする。"
    (proposal,) = propose(f"{FIRST}\n\n{note}\n\n{SECOND}", "荷を吊り上げる")
    assert proposal.kind == "footnote"
    assert proposal.fingerprint == fingerprint(note)


def test_a_short_sentence_is_proposed_with_the_next():
    short = "倉庫は閉じた。"
    (proposal,) = propose(short + SECOND, "倉庫は")
    assert proposal.fingerprint == fingerprint(short + SECOND)


def test_a_passage_that_is_not_unique_is_proposed_as_such():
    assert propose(TEXT + SECOND, "起重機")[0].verdict == PassageVerdict.AMBIGUOUS


def test_english_sentences_end_at_stops_not_at_abbreviations_in_lower_case():
    text = "The port was closed in 2001, i.e. after the storm had passed. The square is new now."
    (proposal,) = propose(text, "storm", "en-1")
    assert proposal.fingerprint == fingerprint(text.split(" The")[0], "en-1")


def test_a_row_has_the_columns_of_the_table():
    (proposal,) = propose(TEXT, "起重機")
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", row(proposal)["id"])
    assert row(proposal)["part"] == "1"


def test_a_passage_after_blank_lines_begins_with_its_own_words_in_a_text_with_spaces():
    source = (
        "A title\n\n1. A heading\n\nThe first sentence of the text is long enough to be kept.\n\n"
        "2. Another heading\n\nThe second sentence of the text is long enough as well.\n"
    )
    for line, words in ((5, "The first sentence"), (9, "The second sentence")):
        (proposal,) = propose(source, words, "en-1")
        assert (proposal.line, proposal.part) == (line, 1)
        assert proposal.fingerprint.opening == words[:12].rstrip()


# --- a whole source, sentence by sentence -------------------------------------------------------

PAPER = (
    f"港の記録\n\n１．港\n{FIRST}{SECOND[:20]}\n\n{SECOND[20:]}短い。{THIRD}\n\n２．祭り\n{FIRST[:-3]}る。\n"
)


def test_nothing_is_proposed_of_what_is_too_short_to_be_a_passage():
    assert propose_all("") == propose_all("港の記録。\n\n短い。\n") == []


def test_every_sentence_is_proposed_once_and_in_order_and_stands_there_to_the_letter():
    found = propose_all(PAPER)
    assert [each.text for each in found] == [FIRST, SECOND, f"短い。{THIRD}", f"{FIRST[:-3]}る。"]
    assert {each.verdict for each in found} == {PassageVerdict.EXACT}


def test_a_sentence_goes_on_over_a_blank_line_but_not_over_a_page():
    assert SECOND in [each.text for each in propose_all(f"{FIRST}{SECOND[:20]}\n\n{SECOND[20:]}\n")]
    pages = propose_all(f"{FIRST}{SECOND}{THIRD[:35]}\n\f{THIRD[35:]}{FIRST}\n")
    assert [(each.text, each.part, each.page) for each in pages][2:] == [
        (THIRD[:35], 1, "1"),
        (f"{THIRD[35:]}{FIRST}", 2, "2"),
    ]


TABLE = "表1 企業数\n地域  2014  2015\n北  1,204  1,231\n南  412  -\n注：-は不明。\n"


def test_a_table_is_one_passage_with_its_caption_and_its_note():
    text = f"{FIRST}\n\n{TABLE}\n{SECOND}\n"
    plain = SourceText(TABLE, "ja-1").plain.text
    assert [each.text for each in propose_all(text)] == [FIRST, plain, SECOND]
    assert [each.text for each in propose(text, "表1 企業数")] == [plain]


def test_a_sentence_with_two_years_at_a_line_s_end_is_no_table():
    text = f"{FIRST[:20]} 2014 2015\n{FIRST[20:]}{SECOND}\n"
    assert len(propose_all(text)) == 2


def test_a_proposal_is_of_the_section_whose_heading_stands_before_it():
    titles = {"1": "港", "2": "祭り", "3": "市場"}
    assert [each.section for each in propose_all(PAPER, titles=titles)] == ["1", "1", "1", "2"]
    assert {each.section for each in propose_all(PAPER)} == {""}


def test_a_heading_that_breaks_over_two_lines_is_no_part_of_a_sentence():
    text = f"１．港と祭りの長い長い\n歴史\n{FIRST}\n"
    assert [each.text for each in propose_all(text, titles={"1": "港と祭りの長い長い歴史"})] == [FIRST]


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD, "短い。", "\n\n", "\f", "２．祭り\n", "1 注。\n"])))
def test_no_two_proposals_overlap_and_each_is_found_where_it_stands(pieces):
    text = "".join(pieces)
    plain = SourceText(text, "ja-1").plain.text
    place = 0
    for each in propose_all(text):
        place = plain.index(each.text, place) + len(each.text)
        assert each.fingerprint.chars >= SHORTEST
        assert each.verdict in (PassageVerdict.EXACT, PassageVerdict.AMBIGUOUS)


@pytest.mark.parametrize(
    ("normaliser", "before", "sentence", "after", "words"),
    [
        (
            "spaced-1",
            "Es regnete.",
            "Am 1. Januar gab er 3 Mio. Euro an den Hafen.",
            "Danach nichts.",
            "Euro",
        ),
        (
            "zh-1",
            "港口已关闭。",
            "旧仓库的位置上建起了供市民集会的大广场，并且保存了岸边的起重机。",
            "完。",
            "广场",
        ),
        (
            "ko-1",
            "문을 닫았다.",
            "2011년에 옛 창고 자리에는 시민들이 모이는 3.5배 넓은 광장이 들어섰다고 한다.",
            "끝.",
            "광장",
        ),
        ("rtl-1", "أغلق الميناء.", "ثم بنيت في مكان المخزن ساحة يجتمع فيها الناس.", "انتهى.", "ساحة"),
    ],
)
def test_a_sentence_of_each_script_is_offered_whole_and_found_again(
    normaliser, before, sentence, after, words
):
    (proposal,) = propose(f"{before} {sentence} {after}", words, normaliser)
    assert proposal.verdict == PassageVerdict.EXACT
    assert proposal.fingerprint == fingerprint(sentence, normaliser)
    spread = "\n".join([before, *sentence.split(" "), after])
    assert propose(spread, words, normaliser)[0].fingerprint == proposal.fingerprint


@pytest.mark.parametrize("end", ["am 1. März 2015.", "in 1.204.", "im Jahr 2015!"])
def test_a_sentence_ends_after_a_year_but_not_after_an_ordinal(end):
    first = f"Die Fähre ohne Rauch fuhr zum ersten Mal {end}"
    second = "Am 3. Juli fuhr sie dann, mit 12. Klasse und 3 Mio. Gästen, noch einmal."
    assert [each.text for each in propose_all(f"{first} {second}\n", "spaced-1")] == [first, second]


WORKS = """\
Das zeigte schon Quast in seinem Buch über die vielen Kais [1].
Andere sahen in den Noten einer Stadt keinen Zusammenhang mit
[2] und den Zahlen ihrer Betriebe am Hafen.

Literatur
[1] Quast, H.: Nachbarn am Kai. Morweder Hafenverlag, 2006.
[2] Brack, J.: Noten und was Unternehmen daraus
machen. Morweder Hafenverlag, 2011.
"""
ENTRIES = [
    "[1] Quast, H.: Nachbarn am Kai. Morweder Hafenverlag, 2006.",
    "[2] Brack, J.: Noten und was Unternehmen daraus machen. Morweder Hafenverlag, 2011.",
]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("Nachbarn am Kai", ENTRIES[:1]),
        ("Hafenverlag, 2006", ENTRIES[:1]),
        ("2006. [2] Brack", ENTRIES),
        ("Hafenverlag", ENTRIES),
    ],
)
def test_a_work_in_a_list_is_proposed_whole_and_apart(words, texts):
    assert [each.text for each in propose(WORKS, words, "spaced-1", {"lit": "Literatur"})] == texts


def test_every_work_of_a_list_is_proposed_once_and_its_heading_is_no_part_of_one():
    found = propose_all(WORKS, "spaced-1", {"lit": "Literatur"})
    assert [each.text for each in found][-2:] == ENTRIES
    assert [each.section for each in found][-2:] == ["lit", "lit"]
    assert all("Literatur" not in each.text for each in found)


def test_a_citation_that_begins_a_line_begins_no_passage():
    found = propose_all(WORKS, "spaced-1", {"lit": "Literatur"})
    assert "mit [2] und den Zahlen" in found[1].text


def test_a_sentence_that_begins_with_the_words_of_a_title_is_no_heading():
    text = "Literatur über Häfen gibt es genug in der Stadt am Kai.\n\nLiteratur\nEs folgt eine Liste der Bücher am Kai."
    assert [each.section for each in propose_all(text, "spaced-1", {"lit": "Literatur"})] == ["", "lit"]


def test_title_and_author_are_the_same_passage_however_they_are_proposed():
    text = "Vier Hafenstädte und zwei Maßstäbe der Förderung\n\nFriederike Nebelhorn, Institut für Häfen\n\n1. Anfang\n"
    (every,) = propose_all(text, "spaced-1")
    (one,) = propose(text, "Nebelhorn", "spaced-1")
    assert one.fingerprint == every.fingerprint
