"""Studies side by side: joined by the crosswalk alone, compared as precisely as both allow."""

from __future__ import annotations

import pytest

from analysis.tidy import together

NOBODY: list = []


@pytest.fixture
def pair(harbour_beside):
    return harbour_beside[0], [harbour_beside[1]]


def verdicts(lead, others) -> dict[tuple[str, str, str], str]:
    rows = together.comparisons(lead, others)
    return {(r.record, r.other_record, r.point_en): r.verdict for r in rows.itertuples()}


# -- Nothing is joined by itself -------------------------------------------------------------------


def test_names_that_look_alike_join_nothing(harbour_beside):
    lead, records = harbour_beside
    assert lead.regions.set_index("record")["label_ja"]["todaimisaki"] == "灯台岬地域"
    assert together.regions(lead, [records])["todaimisaki"] == {}


def test_only_what_is_the_same_may_be_read_from_the_other_side(harbour_beside):
    lead, records = harbour_beside
    swapped = together.pairs(records, [lead])
    assert set(swapped["relation"]) == {"same"}
    assert ("slip", "aoura-slipway") in set(zip(swapped["record"], swapped["other_record"], strict=True))
    assert len(together.pairs(lead, [records])) == len(lead.crosswalk)


# -- Support ---------------------------------------------------------------------------------------


# -- Agreement and conflict ------------------------------------------------------------------------


def test_dates_agree_where_they_may_be_the_same_day_and_differ_where_they_cannot(pair):
    said = verdicts(*pair)
    assert said["aoura-slipway", "slip", "Period: start"] == "differ"  # FY2002, 2003-06-01
    assert said["aoura-slipway", "slip", "Period: end"] == "agree"  # FY2006, 2007-03-31
    assert said["renewal", "ren", "Period: end"] == "differ"  # FY2008, FY2009
    assert said["renewal", "ren", "Label"] == "agree"


def test_a_part_that_lies_outside_the_whole_differs(pair):
    said = verdicts(*pair)
    assert said["aoura-slipway", "bridge", "Period: start"] == "within"
    assert said["aoura-slipway", "bridge", "Period: end"] == "differ"


def test_numbers_differ_and_what_one_study_alone_says_is_no_conflict(pair):
    said = verdicts(*pair)
    assert said["aoura-firms", "bay-firms", "Value"] == "differ"
    assert said["aoura-firms", "bay-firms", "As of"] == "agree"
    assert said["shiomi-kitchen-midterm", "kitchen-midterm", "Grade"] == "there"


def test_a_name_that_a_transcriber_gave_is_compared_with_nothing(pair):
    said = verdicts(*pair)
    assert ("aoura-slipway", "slip", "Label") not in said
    assert ("shiomi-kitchen", "kitchen", "Label") in said


def test_every_point_is_told_in_both_languages_and_leads_to_both_records(pair):
    rows = together.comparisons(*pair)
    for column in ("point", "verdict", "relation", "label", "other_label"):
        assert (rows[f"{column}_ja"] != "").all()
        assert (rows[f"{column}_en"] != "").all()
    assert set(together.shown(rows, "en")["other_label_key"]) <= set(together.levels(*pair))


# -- Letters, outcomes -----------------------------------------------------------------------------


def test_letters_stand_together_only_where_programme_kind_and_scale_are_the_same(pair):
    rows = together.standings(*pair)
    assert set(rows["record"]) == {"kitchen-midterm", "lamp-midterm", "foghorn-midterm"}
    (told,) = together.standing_sentences(*pair, "en")
    assert (told["read"], told["spread"], told["unread"]) == ("2", "S 1 and A 1", "1")
    assert told["own"].endswith(": A (1 above, 0 others with the same)")


def test_the_letter_that_the_source_itself_does_not_give_is_not_said_to_be_its_own(pair):
    rows = together.standings(*pair)
    assert list(rows["same"]) == ["", "", ""]
    assert list(rows["own"]) == ["yes", "no", "no"]


# -- The paper -------------------------------------------------------------------------------------


def test_hamamatsu_begins_on_two_dates_and_the_letter_agrees(paper_beside):
    lead, records = paper_beside
    said = verdicts(lead, [records])
    assert said["hamamatsu-risp", "hamamatsu-strategy", "Period: start"] == "differ"
    assert said["hamamatsu-risp", "hamamatsu-promotion", "Period: start"] == "agree"
    assert said["hamamatsu-eco-midterm", "hamamatsu-eco-midterm", "Grade"] == "agree"
    assert said["kobe-companies", "kobe-companies-2018-07-31", "Value"] == "agree"


def test_the_papers_a_is_below_a_letter_that_it_does_not_mention(paper_beside):
    lead, records = paper_beside
    midterm, final = together.standing_sentences(lead, [records], "en")
    assert midterm["spread"] == "S 1, A 3 and B 1"
    assert ">Hamamatsu</a>: A (1 above, 2 others with the same)" in midterm["own"]
    assert ">Kobe</a>: unread" in midterm["own"]
    assert final["apart"] == "-"


def test_the_one_letter_that_both_have_is_said_to_stand_in_both(paper_beside):
    lead, records = paper_beside
    rows = together.standings(lead, [records])
    assert list(rows.loc[rows["same"] != "", "same"]) == ["evaluations/hamamatsu-eco-midterm"]
