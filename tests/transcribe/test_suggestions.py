"""What a message about a cell says to write is itself accepted in that cell."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.transcribe import csv_table, periods, schema, validators

pytestmark = pytest.mark.unit

COLUMNS = [
    "phases.id",
    "phases.number",
    "phases.period",
    "events.date",
    "evaluations.grade",
    "indicators.value",
    "passages.page",
    "passages.opening",
    "phases.trigger_en",
    "phases.trigger_ja",
    "phases.label_ja",
]


def field(column):
    table, name = column.split(".")
    return schema.load().tables[table].field(name)


def advice(cell, column):
    """What the first check that refuses a cell says to do; "" where it is accepted."""
    if wrong := csv_table.fault(cell, column):
        return wrong.advice
    if column.type in schema.FORMS and not column.takes(cell):
        return validators.number_advice(cell, column)
    try:
        if column.format == "period":
            periods.parse(cell)
    except periods.PeriodError as error:
        return error.advice
    wrong = validators.wrong(cell, column, schema.load())
    return wrong[1] if wrong else ""


def suggestions(said):
    """The values that an advice names: `write 1989, or FY1989, whichever the source says`."""
    if not said.startswith("write "):
        return []
    values = said.removeprefix("write ").removesuffix(", whichever the source says")
    if values.startswith("'"):
        return [values[1:-1]]
    return [] if " " in values.replace(", or ", "") else values.split(", or ")


PIECES = [
    "１",
    "２",
    "0",
    "007",
    "1,000",
    "12.50",
    "+5",
    "-",
    "－",
    "−",
    "ー",
    ".",
    "/",
    "～",
    "FY",
    "Ｆ",
    "平成",
    "元",
    "年度",
    "月",
    "4",
    "2016",
    "A",
    "Ａ",
    "＋",
    "+",
    "S",
    "phase",
    "Phase",
    "Ｐ",
    "К",
    "ο",
    "_",
]
PIECES += [" ", "\u3000", "ﾊﾞ", "ナ", "·", "•", "K", "be", "\u2f08", "か\u3099", "（", "e\u0301"]
typed = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


@given(typed, st.sampled_from(COLUMNS))
@example("１，０００", "phases.number")
@example("Ｐhase", "phases.id")
@example(" phase 2", "phases.id")
@example("Ａ＋＋", "evaluations.grade")
@example("2011.4 ", "phases.period")
@example("ﾊ" * 70, "phases.trigger_ja")
@example("ﾊ\nﾊ", "phases.trigger_ja")
def test_what_a_message_says_to_write_is_accepted(cell, column):
    for value in suggestions(advice(cell, field(column))):
        assert advice(value, field(column)) == "", (cell, value)


@pytest.mark.parametrize(
    ("cell", "column", "said"),
    [
        ("1,000", "phases.number", "write 1000"),
        ("1 000", "phases.number", "write 1000"),
        ("007", "phases.number", "write 7"),
        ("３", "phases.number", "write 3"),
        ("012.50", "indicators.value", "write 12.50"),
        ("+5", "phases.number", "write 5"),
        ("-A", "evaluations.grade", "type what the source says"),
        ("1,5", "indicators.value", "write digits only, without separators, units or leading zeros"),
        ("１，０００", "phases.number", "type it in ASCII"),
        ("Ａ＋", "evaluations.grade", "write A+"),
        ("Ｐhase", "phases.id", "type it in ASCII"),
        (" phase-2", "phases.id", "write phase-2"),
    ],
)
def test_a_value_is_suggested_where_one_would_be_accepted(cell, column, said):
    assert advice(cell, field(column)) == said
