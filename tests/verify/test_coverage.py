"""Coverage: every character of the source is counted once, and what is left out is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.transcribe import load
from analysis.verify import coverage
from analysis.verify.passages import Fingerprint, locate
from analysis.verify.source_text import Heading, SourceText, Span

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"


@pytest.fixture(scope="module")
def study():
    return load.read(HARBOUR)


@pytest.fixture(scope="module")
def layout(study):
    return SourceText((HARBOUR / "source.txt").read_text("utf-8"), "ja-1", titles(study))


def titles(study):
    return {section.id: section.title for section in study.meta.sections if section.printed}


@pytest.fixture(scope="module")
def places(study, layout):
    table = study.tables["passages"]
    prints = [
        Fingerprint(*row) for row in zip(table["opening"], table["chars"], table["sha256"], strict=True)
    ]
    return dict(zip(table["id"], (p.spans for p in locate(prints, layout)), strict=True))


def measured(study, layout, places):
    return coverage.measure(study, places, layout.headings, len(layout.plain.text))


def test_a_passage_that_is_not_found_leaves_a_gap_of_its_length(study, layout, places):
    without = {id_: spans for id_, spans in places.items() if id_ != "s3-04"}
    lost = places["s3-04"][0]
    before, after = measured(study, layout, places), measured(study, layout, without)
    assert lost in {gap.span for gap in after.gaps}
    assert before.whole.recorded - after.whole.recorded == lost.chars


def test_a_passage_that_no_record_cites_is_a_gap_with_its_name(study, layout, places):
    events = study.tables["events"]
    tables = {
        name: frame[~frame.get("passages", "").eq("s2-15")] if "passages" in frame else frame
        for name, frame in {**study.tables, "events": events}.items()
    }
    bare = load.Study(study.id, study.folder, study.meta, tables)
    assert "s2-15" in {gap.passage for gap in measured(bare, layout, places).gaps}


def test_every_character_is_counted_once(study, layout, places):
    found = measured(study, layout, places)
    place = 0
    for stretch in found.stretches:
        assert stretch.span.start == place
        place = stretch.span.end
    assert place == len(layout.plain.text)
    assert sum(share.chars for share in found.sections) == found.whole.chars == place


@pytest.mark.study
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=12))
def test_overlapping_places_are_counted_once_all_the_same(study_of_nothing, spans):
    places = {
        f"p-{n}": [Span(start, min(chars, 200 - start))]
        for n, (start, chars) in enumerate(spans)
        if start < 200
    }
    found = coverage.measure(study_of_nothing, places, [Heading("1", Span(20, 5))], 200)
    assert sum(stretch.span.chars for stretch in found.stretches) == 200


@pytest.fixture(scope="module")
def study_of_nothing(study):
    tables = {name: frame.iloc[:0] for name, frame in study.tables.items()}
    return load.Study(study.id, study.folder, study.meta, tables)


@pytest.mark.parametrize("before", ["Die ", "A ", "In ", "3 neue ", "Im Jahr 2 "])
def test_a_title_after_other_words_is_no_heading(before):
    text = SourceText(
        f"Der Hafen wuchs.\n{before}Ergebnisse lagen vor.\n", "spaced-1", {"results": "Ergebnisse"}
    )
    assert text.headings == []


@pytest.mark.parametrize("before", ["", "2 ", "2.1 ", "II. ", "IV ", "B.1 ", "C) ", "§ 3 ", "第2章 ", "三、"])
def test_a_heading_is_found_with_the_number_before_it(before):
    text = SourceText(
        f"Der Hafen wuchs.\n{before}Ergebnisse\nEs kam so.\n", "spaced-1", {"results": "Ergebnisse"}
    )
    ((section, span),) = text.headings
    assert (section, text.plain.text[span.start : span.end]) == ("results", f"{before}Ergebnisse")


def test_headings_are_found_with_their_numbers_and_belong_to_their_sections(study, layout):
    heads = layout.headings
    assert [head.section for head in heads] == [s.id for s in study.meta.sections if s.printed]
    text = layout.plain.text
    assert text[heads[0].span.start : heads[0].span.end] == "1。はじめに"


def test_a_heading_is_not_found_in_the_middle_of_a_line(study):
    text = "題名\n本文では政策の変遷を述べる。\n１．はじめに\n本文\n２．政策の変遷\n本文"
    layout = SourceText(text, "ja-1", titles(study))
    assert [layout.plain.line_at(head.span.start) for head in layout.headings] == [3, 5]


def test_a_reason_counts_only_where_no_record_stands(study, layout, places):
    found = measured(study, layout, places)
    reasons = {s.passage: s for s in found.stretches if s.reason}
    assert reasons
    assert all(not stretch.tables for stretch in reasons.values())
    shares = {share.section: share for share in found.sections}
    assert 0 < shares["5"].excused < shares["5"].covered <= 1


def test_the_strip_map_names_the_tables_that_stand_on_a_passage(study, layout, places):
    strip = measured(study, layout, places).strip().set_index("passage")
    assert strip.loc["s2-13", "tables"].split() == ["phases", "events"] + [
        name for name in strip.loc["s2-13", "tables"].split() if name not in {"phases", "events"}
    ]
    assert list(strip.columns) == ["start", "chars", "section", "tables", "reason"]
