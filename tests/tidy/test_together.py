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


def test_a_study_alone_has_no_holes_to_fill_no_letters_and_no_conflicts(pair):
    lead, _ = pair
    assert together.holes(lead, NOBODY, "en").empty
    assert together.standings(lead, NOBODY).empty
    assert together.comparisons(lead, NOBODY).empty
    counts = together.support_counts(lead, NOBODY, "en")
    assert (counts["alone"] == counts["together"]).all()


def test_only_what_is_the_same_may_be_read_from_the_other_side(harbour_beside):
    lead, records = harbour_beside
    swapped = together.pairs(records, [lead])
    assert set(swapped["relation"]) == {"same"}
    assert ("slip", "aoura-slipway") in set(zip(swapped["record"], swapped["other_record"], strict=True))
    assert len(together.pairs(lead, [records])) == len(lead.crosswalk)


# -- Support ---------------------------------------------------------------------------------------


def test_a_year_that_another_study_covers_is_filled_and_says_by_what(pair):
    rows = together.support_together(*pair).set_index(["region", "fiscal_year"])
    for year in (2007, 2008):
        row = rows.loc["aoura", year]
        assert (row["alone"], row["together"]) == ("none", "supported")
        assert row["filled_by"] == "harbour-records/projects/bridge"
    assert rows.loc[("aoura", 2009), "together"] == "none"
    assert set(rows["filled_by"]) == {"", "harbour-records/projects/bridge"}


def test_no_year_is_lost_by_setting_studies_side_by_side(pair):
    order = {"none": 0, "undated": 1, "supported": 2}
    rows = together.support_together(*pair)
    assert (rows["together"].map(order) >= rows["alone"].map(order)).all()
    assert len(rows) == len(pair[0].support_gaps)


def test_a_hole_says_how_much_of_it_is_filled_and_what_stays_open(pair):
    holes = together.holes(*pair, "en").set_index("region")
    aoura = holes.loc["aoura"]
    assert (aoura["years"], aoura["length"], aoura["filled"], aoura["left"]) == (
        "FY2007–FY2009",
        3,
        2,
        "FY2009",
    )
    assert 'href="evidence.html#harbour-records-projects-bridge"' in aoura["by"]
    assert holes.loc["todaimisaki", "filled"] == 0


def test_the_longest_break_is_counted_between_supported_years(pair):
    counts = together.support_counts(*pair, "en").set_index("region")
    assert tuple(counts.loc["aoura", ["longest_alone", "longest_together"]]) == (3, 1)


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


def test_an_outcome_is_one_only_where_the_crosswalk_says_so(pair):
    (issue,) = together.bearing(*pair, "outcome", "issues", "en").itertuples()
    assert issue.record == "aoura-issue-1"
    assert "The bridge" in issue.others


# -- The paper -------------------------------------------------------------------------------------


def test_the_records_fill_the_papers_hole_in_both_regions(paper_beside):
    lead, records = paper_beside
    holes = together.holes(lead, [records], "ja").set_index("region")
    assert list(holes.index) == ["hamamatsu", "kobe"]
    assert set(holes["years"]) == {"2007～2010年度"}
    assert (holes["filled"] == holes["length"]).all()
    assert set(holes["left"]) == {""}


def test_the_choice_and_the_funding_lie_within_the_papers_years_and_the_letter_agrees(paper_beside):
    lead, records = paper_beside
    said = verdicts(lead, [records])
    assert said["hamamatsu-risp", "hamamatsu-strategy", "Period: start"] == "within"
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
