"""Time on the sheet: dates keep their order, spans in one row never overlap."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.figures.axis import TimeScale, decimal_year, pack, scale_over, ticks

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
SPANS = st.lists(
    st.tuples(st.floats(0, 10), st.floats(0, 4)).map(lambda s: (s[0], s[0] + s[1])), max_size=15
).map(sorted)


@given(one=DAYS, other=DAYS)
def test_later_days_stand_further_right(one, other):
    assert (decimal_year(one) < decimal_year(other)) == (one < other)


@given(days=st.lists(DAYS.map(str), min_size=1, max_size=8), before=st.floats(0, 1))
def test_every_given_day_stands_on_the_sheet_right_of_what_is_kept_free(days, before):
    scale = scale_over(["", *days], 2.0, 11.0, before=before)
    assert all(2.0 + before <= scale(day) <= 11.0 for day in days)


def test_an_axis_without_any_date_can_still_be_drawn():
    scale = scale_over(["", ""], 1.0, 5.0)
    assert scale.first < scale.last


@given(year=st.floats(1500, 2500))
def test_nothing_stands_off_the_axis(year):
    assert 1.0 <= TimeScale(1995, 2020, 1.0, 9.0).at(year) <= 9.0


@given(first=st.integers(1600, 2000), length=st.integers(1, 400), width=st.floats(3, 11))
def test_printed_years_lie_on_the_axis_and_have_room(first, length, width):
    scale = TimeScale(first, first + length, 0.0, width)
    years = ticks(scale)
    assert all(scale.first <= year <= scale.last for year in years)
    assert all(scale.at(b) - scale.at(a) >= 0.44 for a, b in pairwise(years))


@given(spans=SPANS, gap=st.floats(0, 0.5))
def test_spans_of_one_row_keep_their_distance(spans, gap):
    rows = pack(spans, gap)
    for (one, at), (other, other_at) in combinations(zip(spans, rows, strict=True), 2):
        if at == other_at:
            assert one[1] + gap <= other[0] or other[1] + gap <= one[0]


@given(spans=SPANS)
def test_spans_that_leave_room_share_rows_and_no_row_is_empty(spans):
    rows = pack(spans)
    assert set(rows) == set(range(len(set(rows))))
    # Packing in order needs as many rows as spans meet at one place, never more.
    deepest = max(
        (sum((a < right and left < b) or (a, b) == (left, right) for a, b in spans) for left, right in spans),
        default=0,
    )
    assert len(set(rows)) <= max(deepest, min(len(spans), 1))
