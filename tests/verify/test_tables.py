"""Numbers in tables: held to where a row and a column cross; and numbers with a word of magnitude."""

from __future__ import annotations

from functools import lru_cache, partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.transcribe.normaliser import normalise, usual
from analysis.verify import tables
from analysis.verify.extract import Names, magnitude, number, numbers
from analysis.verify.matching import Claim, Judgement, RowText, judge

REGIONS = ("Lindau", "Bregen", "Bad Thal")
TABLE = """\
Tabelle 1: Betriebe je Region und Jahr.
Region      2014   2015   2016   2017
Lindau     1.204  1.231  1.256  1.298
Bregen       412    398      –    366
Bad Thal      96    104    131    158
–: nicht gezählt.
"""


def judged(
    text: str, region: str, value: str, year: str, times: int = 1, language: str = "de"
) -> list[Judgement]:
    """What becomes of a row with a region, a number and its year, that cites a text with a table."""
    normal = partial(normalise, normaliser=usual(language))
    claims = [
        Claim("region", "region", region, (normal(region),), Names(map(normal, REGIONS))),
        Claim("value", "number", number(value), times=times),
        Claim("as_of", "date", year),
    ]
    return judge(cited(text, language), claims, None)


@lru_cache(maxsize=1)
def cited(text: str, language: str) -> RowText:
    """A text with a table as a row cites it."""
    normal = partial(normalise, normaliser=usual(language))
    table = tuple(tables.read(text.splitlines(), language, normal, set(map(normal, REGIONS))))
    return RowText(normal(text), language, table)


def stands(*row: str, **more: object) -> bool:
    return all(judgement.stands for judgement in judged(*row, **more))


PRINTED = {
    "Lindau": {"2014": "1204", "2015": "1231", "2016": "1256", "2017": "1298"},
    "Bregen": {"2014": "412", "2015": "398", "2017": "366"},
    "Bad Thal": {"2014": "96", "2015": "104", "2016": "131", "2017": "158"},
}
CELLS = [(region, value, year) for region, row in PRINTED.items() for year, value in row.items()]
LAYOUTS = {
    "set in columns": TABLE,
    "with tabs": TABLE.replace("Bad Thal", "Bad_Thal").replace("  ", "\t").replace("Bad_Thal", "Bad Thal"),
    "with one blank": "\n".join(" ".join(line.split()) for line in TABLE.splitlines()),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("year", ["2014", "2015", "2016", "2017"])
def test_only_the_number_where_a_row_and_a_column_cross_is_found(layout, region, year):
    values = {value for row in PRINTED.values() for value in row.values()} | {"2014", "0", "1", "41", "12"}
    found = {value for value in values if stands(LAYOUTS[layout], region, value, year)}
    assert found == {PRINTED[region][year]} if year in PRINTED[region] else not found


def test_a_gap_is_an_entry_and_no_number():
    _, value, as_of = judged(TABLE, "Bregen", "366", "2016")
    assert not value.stands
    assert as_of.stands


def test_a_year_that_heads_no_column_is_told_with_those_that_do():
    assert judged(TABLE, "Bregen", "366", "2018")[2].printed == ("2014", "2015", "2016", "2017")


def test_a_wrong_number_is_told_with_the_one_that_stands_there():
    assert judged(TABLE, "Bregen", "398", "2014")[1].printed == ("412",)


@pytest.mark.parametrize(
    "row", ["Bregen       412    398           366", "Bregen  412  398  371  366  365"], ids=["fewer", "more"]
)
def test_a_row_with_fewer_or_more_entries_than_columns_tells_nothing_apart(row):
    text = TABLE.replace("Bregen       412    398      –    366", row)
    value = judged(text, "Bregen", "398", "2015")[1]
    assert not value.stands
    assert value.between == ("2014", "2015", "2016", "2017")
    assert not judged(text, "Bregen", "1231", "2015")[1].between


def test_a_region_with_two_rows_tells_nothing_apart():
    text = TABLE.replace("–: nicht", "Bregen  10  11  12  13\n–: nicht")
    assert not stands(text, "Bregen", "412", "2014")
    assert stands(text, "Lindau", "1204", "2014")


def test_a_row_of_another_name_is_of_another_region():
    assert not stands(TABLE.replace("Bregen ", "Bregen-Land "), "Bregen", "412", "2014")


def test_a_row_of_numbers_that_look_like_years_is_a_row():
    text = TABLE.replace("412    398      –    366", "1850  1790  1990  2010")
    assert stands(text, "Bregen", "1790", "2015")
    assert stands(text, "Bad Thal", "104", "2015")
    assert not stands(text, "Bregen", "1790", "2014")


def test_a_row_of_a_region_is_no_line_of_headings_though_its_numbers_rise_like_years():
    text = TABLE.replace("412    398      –    366", "1790  1850  1990  2010")
    assert stands(text, "Bad Thal", "104", "2015")
    assert not stands(text, "Bad Thal", "104", "1850")


def test_the_headings_of_a_second_table_hold_for_its_rows():
    text = TABLE + "Region  2018  2019  2020  2021\nLindau  1  2  3  4\n"
    assert stands(text, "Lindau", "4", "2021")
    assert stands(text, "Lindau", "1298", "2017")
    assert not stands(text, "Lindau", "4", "2017")


@pytest.mark.parametrize("sign", ["–", "-", "—", "…", "...", ".", "k. A.", "k.A.", "n/a", "n.a.", "/"])
def test_every_sign_of_a_gap_counts_as_an_entry(sign):
    assert stands(TABLE.replace("    –", f"    {sign}"), "Bregen", "366", "2017")


@pytest.mark.parametrize(("region", "value", "year"), CELLS)
def test_every_number_of_a_table_is_found(region, value, year):
    assert stands(TABLE, region, value, year)


@given(
    st.integers(2, 6).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 99999), min_size=width, max_size=width), min_size=3, max_size=3
        )
    )
)
@example(rows=[[0, 0], [1500, 1501], [0, 0]])  # Bregen's row rises like headings
@example(rows=[[0, 0, 0], [0, 1500, 1501], [0, 0, 0]])
def test_in_any_table_a_number_stands_in_its_own_cell_only(rows):
    years = [str(2000 + n) for n in range(len(rows[0]))]
    lines = ["Region  " + "  ".join(years)]
    lines += [f"{region}  " + "  ".join(map(str, row)) for region, row in zip(REGIONS, rows, strict=True)]
    for region, row in zip(REGIONS, rows, strict=True):
        for year, own in zip(years, row, strict=True):
            for value in {str(other) for each in rows for other in each} | {str(own + 1)}:
                assert stands("\n".join(lines), region, value, year) is (int(value) == own)


@pytest.mark.parametrize("language", ["en", "ja", "fr", "sv"])
def test_tables_are_read_in_any_language(language):
    text = "Region  2014  2015\nLindau  12  17\nBregen  –  19"
    assert stands(text, "Lindau", "17", "2015", language=language)
    assert not stands(text, "Lindau", "12", "2015", language=language)
    assert not stands(text, "Bregen", "19", "2014", language=language)


def test_a_blank_that_groups_thousands_parts_no_cells_of_a_table():
    text = "Région  2014  2015\nLindau  1 204  1 231\nBregen  412  398"
    assert stands(text, "Lindau", "1204", "2014", language="fr")
    assert stands(text, "Bregen", "398", "2015", language="fr")
    assert not stands(text, "Bregen", "412398", "2014", language="fr")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("412 398 371 – 366 359", [412, 398, 371, 366, 359]),
        ("96 104 131 158 187 203", [96, 104, 131, 158, 187, 203]),
        ("12 000 Betriebe", [12000]),
    ],
)
def test_a_row_of_figures_is_no_number_where_a_blank_is_not_the_sign_for_thousands(text, values):
    assert [float(m.value) for m in numbers(normalise(text, "spaced-1"), "de")] == values


# --- words of magnitude -------------------------------------------------------------------------
GRANTED = "Lindau erhielt im Jahr 2014 rund 86,5 Mio. Euro."


@pytest.mark.parametrize(
    ("value", "times"), [("86.5", 1), ("86500000", 10**6), ("86.5", 10**3), ("86500", 10**6), ("86.4", 10**6)]
)
def test_a_number_whose_unit_says_another_magnitude_is_not_found(value, times):
    assert not stands(GRANTED, "Lindau", value, "2014", times=times)


@pytest.mark.parametrize(("value", "times"), [("86500000", 1), ("86.5", 10**6), ("86500", 10**3)])
def test_a_number_is_found_in_full_and_in_the_magnitude_of_its_unit(value, times):
    assert stands(GRANTED, "Lindau", value, "2014", times=times)


def test_the_first_side_of_a_range_has_the_magnitude_of_the_second():
    text = "Lindau erhielt 2014 etwa 70 bis 80 Mio. Euro."
    assert stands(text, "Lindau", "70", "2014", times=10**6)
    assert not stands(text, "Lindau", "70000000", "2014", times=10**6)


@pytest.mark.parametrize(
    ("unit", "language", "times"),
    [
        ("euro", "de", 1),
        ("Millionäre", "de", 1),
        ("persons", "en", 1),
        ("million euro", "de", 10**6),
        ("Mio. Euro", "de", 10**6),
        ("Euro (Tausend)", "de", 10**3),
        ("百万円", "ja", 10**6),
        ("million yen", "ja", 10**6),
        ("млн рублей", "ru", 10**6),
    ],
)
def test_the_magnitude_of_a_unit(unit, language, times):
    assert magnitude(unit, language) == times
