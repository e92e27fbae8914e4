"""Passages that columns, footnotes and running heads interrupt are found; altered ones never are."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.transcribe import load
from analysis.transcribe.normaliser import normalise
from analysis.verify import verify
from analysis.verify.columns import columns_apart
from analysis.verify.look_alikes import alike
from analysis.verify.passages import PassageVerdict, fingerprint, locate
from analysis.verify.source_text import SourceText
from verify.typesetting import Setting, pieces, typeset

pytestmark = pytest.mark.study

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"
TODAY = date(2024, 5, 17)

LEFT = "港の倉庫は二〇〇一年に閉じられ、跡地には市民の集まる広場が造られたという記録がある。"
RIGHT = "毎年の祭りでは、漁を休んだ船が岸に並び、子どもたちが甲板の上で太鼓を打ち鳴らすのだ。"
NOTE = "1 ここでいう広場とは、荷を吊り上げる古い機械が残された場所を指すものとして用いている。"
THREE = [LEFT, RIGHT, NOTE]


def verdicts(pieces: list[str], text: SourceText | str) -> list[PassageVerdict]:
    source = text if isinstance(text, SourceText) else SourceText(text, "ja-1")
    return [place.verdict for place in locate(list(map(fingerprint, pieces)), source)]


def in_lines(text: str, width: int = 14) -> list[str]:
    return [text[n : n + width] for n in range(0, len(text), width)]


def in_turn(left: str, right: str) -> str:
    """Two columns as a program prints them that goes line by line."""
    return "\n".join(line for pair in zip(in_lines(left), in_lines(right), strict=False) for line in pair)


# --- what stays hidden --------------------------------------------------------------------------
def test_a_line_that_is_in_no_passage_is_not_left_out():
    lines = in_lines(LEFT)
    text = "\n".join([*lines[:2], "それはうそである。", *lines[2:], RIGHT])
    assert verdicts([LEFT, RIGHT], text) == [PassageVerdict.NEAR, PassageVerdict.EXACT]


def test_a_passage_is_not_found_in_turn_with_a_line_that_says_something_else():
    text = in_turn(LEFT, RIGHT).replace(in_lines(RIGHT)[1], "それはうそである。")
    assert PassageVerdict.EXACT not in verdicts([LEFT, RIGHT], text)


def test_lines_in_another_order_are_not_put_in_order():
    lines = in_lines(LEFT)
    text = "\n".join([lines[0], lines[2], lines[1], *lines[3:], RIGHT])
    assert verdicts([LEFT], text) == [PassageVerdict.NEAR]


def test_a_number_on_a_line_of_its_own_is_no_page_number_unless_the_next_follows():
    lines = in_lines(LEFT)
    text = "\n".join(["2", *lines[:2], "7", *lines[2:], "9"])
    assert verdicts([LEFT], text) == [PassageVerdict.NEAR]
    assert verdicts([LEFT], text.replace("2", "6", 1)) == [PassageVerdict.EXACT]


def interrupted(left: str = LEFT, right: str = RIGHT, note: str = NOTE) -> list[str]:
    """The three passages as extractors interrupt them, each in a text of its own."""
    lines, blanks = in_lines(left), "　" * 3
    beside = [
        f"{one}{'　' * (14 - len(one))}{blanks}{other}"
        for one, other in zip(lines, in_lines(right), strict=False)
    ]
    return [
        "\n".join([*lines[:2], *in_lines(note), *lines[2:], right]),  # no blank lines around the note
        "\n".join([*lines[:2], note[:20], *lines[2:], note[20:], right]),  # a note cut in two itself
        in_turn(left, right) + "\n" + note,
        "\n".join([*beside, note]),
    ]


ways = st.integers(0, len(interrupted()) - 1)
edits = st.sampled_from(["another", "none", "twice", "swapped"])


@settings(max_examples=60, deadline=None)
@given(ways, st.integers(0, 2), st.integers(0, 40), edits, st.sampled_from("鬱Q7ん、"))
def test_an_edited_passage_is_exact_in_no_reading(way, which, place, edit, other):
    piece = THREE[which]
    place %= len(piece) - 1
    edited = {
        "another": piece[:place] + other + piece[place + 1 :],
        "none": piece[:place] + piece[place + 1 :],
        "twice": piece[:place] + piece[place] + piece[place:],
        "swapped": piece[:place] + piece[place + 1] + piece[place] + piece[place + 2 :],
    }[edit]
    assume(normalise(piece) not in normalise(edited))
    texts = [*THREE[:which], edited, *THREE[which + 1 :]]
    source = SourceText(interrupted(*texts)[way], "ja-1")
    readings = [source, *filter(None, [columns_apart(source)]), *alike(source)]
    for reading in readings:
        assert verdicts([piece], reading)[0] in {PassageVerdict.NEAR, PassageVerdict.MISSING}


# --- what is found ------------------------------------------------------------------------------
@pytest.mark.parametrize("way", range(3))
def test_passages_that_interrupt_one_another_are_all_found(way):
    assert verdicts([LEFT, RIGHT, NOTE[2:]], interrupted()[way]) == [PassageVerdict.EXACT] * 3


def test_the_place_of_an_interrupted_passage_leaves_out_what_interrupts_it():
    source = SourceText(interrupted()[0], "ja-1")
    place = locate([fingerprint(LEFT), fingerprint(NOTE[2:])], source)[0]
    assert place.text == normalise(LEFT)
    assert "".join(source.plain.text[span.start : span.end] for span in place.spans) == place.text
    assert len(place.spans) == 2


def test_a_running_head_is_known_by_its_repetition_where_pages_are_not_told_apart():
    lines = in_lines(LEFT + RIGHT)
    for place in (6, 4, 2):
        lines.insert(place, f"架空研究 第三号 {place}")
    assert verdicts([LEFT, RIGHT], "\n".join(lines)) == [PassageVerdict.EXACT] * 2


def test_a_heading_between_two_lines_of_a_passage_is_left_out():
    lines = in_lines(LEFT)
    text = "\n".join([*lines[:2], "2.1 広場の歴史", *lines[2:]])
    assert verdicts([LEFT], SourceText(text, "ja-1", {"2.1": "広場の歴史"})) == [PassageVerdict.EXACT]
    assert verdicts([LEFT], text) == [PassageVerdict.NEAR]


# --- columns read across ------------------------------------------------------------------------
def wide(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WFA") for character in text)


@pytest.mark.parametrize("blanks", [1, 4])
def test_columns_side_by_side_are_taken_apart(blanks):
    left, right = in_lines(LEFT * 2), in_lines(RIGHT * 2)
    text = "\n".join(one.ljust(14) + " " * blanks + other for one, other in zip(left, right, strict=False))
    apart = columns_apart(SourceText(text, "ja-1"))
    assert apart is not None
    assert apart.plain.text == normalise(LEFT * 2 + RIGHT * 2)
    assert apart.plain.line_at(len(LEFT) * 2) == 1  # of the file: the right column begins there, too


def test_one_column_is_not_taken_apart():
    assert columns_apart(SourceText((HARBOUR / "source.txt").read_text("utf-8"), "ja-1")) is None


# --- look-alikes --------------------------------------------------------------------------------
@pytest.mark.parametrize("dot", "\u00b7\u2027\u2022\u2219")
def test_a_middle_dot_is_read_whatever_the_font_gives_for_it(dot):
    piece = "青浦・汐見・灯台岬の三つの港町では、漁と造船と観光とが一つの水辺に集まっている。"
    source = SourceText(piece.replace("・", dot), "ja-1")
    assert verdicts([piece], source) == [PassageVerdict.MISSING]
    assert PassageVerdict.EXACT in [verdicts([piece], reading)[0] for reading in alike(source)]


def test_a_long_mark_is_never_the_numeral_one_nor_a_comma_a_stop():
    for one, other in ("ー一", "、。", "。・", "口ロ", "0O"):
        source = SourceText(one * 9, "ja-1")
        assert normalise(other * 9) not in {reading.plain.text for reading in alike(source)}


# --- whole documents ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def study() -> load.Study:
    return load.read(HARBOUR)


SETTINGS = [
    Setting(1, "foot"),
    Setting(2, "foot"),
    Setting(2, "foot", heads=False, size=13),
    Setting(2, "section"),
    Setting(1, "end"),
]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_study_is_verified_however_its_source_is_set(study, tmp_path, setting):
    document = pieces(study, (HARBOUR / "source.txt").read_text("utf-8"))
    path = typeset(document, setting, tmp_path / "paper.pdf")
    report = verify.check(study, path, today=TODAY)
    assert report.ok, "\n".join(report.render())


def test_a_source_whose_order_is_lost_is_told_in_one_line_with_what_to_do(study, tmp_path):
    text = (HARBOUR / "source.txt").read_text("utf-8")
    lines = in_lines(normalise(text), 30)
    path = tmp_path / "paper.txt"
    path.write_text("\n".join(lines[::2] + lines[1::2]), "utf-8")
    (problem,) = verify.check(study, path, today=TODAY).problems
    assert re.search(r"paper\.txt: found \d+ of \d+ passages to the letter", str(problem))
    assert "give the PDF itself" in str(problem)


def test_another_document_is_told_in_one_line(study, tmp_path):
    path = tmp_path / "paper.txt"
    path.write_text("山の小屋は春に開かれる。" * 40, "utf-8")
    (problem,) = verify.check(study, path, today=TODAY).problems
    assert "check that it is this study's source" in str(problem)


def beside_one_another(text: str) -> str:
    """A text in two columns, side by side as a program prints them that keeps the layout."""
    lines = in_lines(text, 30)
    half = (len(lines) + 1) // 2
    right = [*lines[half:], ""]
    return "\n".join(one.ljust(30) + "    " + other for one, other in zip(lines[:half], right, strict=False))


def test_a_study_is_verified_from_columns_side_by_side_and_what_is_missing_is_named(study, tmp_path):
    text = normalise((HARBOUR / "source.txt").read_text("utf-8"))
    path = tmp_path / "paper.txt"
    path.write_text(beside_one_another(text), "utf-8")
    report = verify.check(study, path, today=TODAY)
    assert report.counts["passages"]["EXACT"] == len(study.tables["passages"])
    assert "columns apart" in report.render()[0]
    path.write_text(beside_one_another(text.replace("芽生えの段階", "芽ばえの段階")), "utf-8")
    (problem,) = verify.check(study, path, today=TODAY).problems
    assert re.search(r"found \d+ of \d+ passages to the letter \(not s2-\d+\)", str(problem))
