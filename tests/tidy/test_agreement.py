"""Agreement of coders: alpha as published, undefined where it is, honest about small numbers."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.tidy import agreement, joins, statements

pytestmark = pytest.mark.study

THEMES = ("money", "people")


@pytest.fixture(scope="session")
def coded(small):
    """A study of issues coded by several: `coded(a={"i1": "money", "i2": "none"}, b={...})`."""

    def study(**coders: dict[str, str]):
        records = sorted({record for given in coders.values() for record in given})
        return small(
            themes=[{"id": theme} for theme in THEMES],
            issues=[{"id": r, "scope": "common", "number": n} for n, r in enumerate(records, 1)],
            codings=[
                {"record_type": "issues", "record": r, "theme": theme, "coder": coder}
                for coder, given in coders.items()
                for r, themes in given.items()
                for theme in themes.split()
            ],
        )

    return study


def values(*rows: str) -> np.ndarray:
    """Counts of values per unit from one row of digits a coder; a dot is missing."""
    domain = sorted({c for row in rows for c in row if c != "."})
    return np.array([[sum(row[u] == v for row in rows) for v in domain] for u in range(len(rows[0]))])


def by_hand(counts: np.ndarray) -> float:
    """Alpha from Krippendorff's definition: pairs within units against all pairs of values."""
    pairable = counts[counts.sum(axis=1) > 1].astype(float)
    size = pairable.sum(axis=1)
    within = (size**2 - (pairable**2).sum(axis=1)) / (size - 1)
    total = pairable.sum(axis=0)
    n = total.sum()
    return 1 - within.sum() / ((n**2 - (total**2).sum()) / (n - 1))


def whole(study) -> pd.Series:
    return agreement.coder_agreement(study).iloc[0]


# -- Undefined, and nothing claimed ----------------------------------------------------------------


@pytest.mark.parametrize("coders", [{}, {"a": {"i1": "money", "i2": "people"}}])
def test_with_fewer_than_two_coders_there_is_no_row_but_every_column(coded, coders):
    found = agreement.coder_agreement(coded(**coders))
    assert found.empty and "alpha" in found
    assert agreement.coding_disagreements(coded(**coders)).empty


def test_the_consensus_is_no_coder_to_agree_with(coded):
    given = {"i1": "money", "i2": "people"}
    assert agreement.coder_agreement(coded(a=given, consensus=given)).empty


@pytest.mark.parametrize("rows", [("000", "000"), ("111", "111"), ("0..", ".0."), ("01", "..")])
def test_without_variation_or_without_a_pair_alpha_is_undefined(rows):
    assert agreement.alpha(values(*rows)) is None


def test_a_theme_that_nobody_gave_has_no_alpha_and_says_so(coded):
    study = coded(a={"i1": "money", "i2": "none"}, b={"i1": "money", "i2": "none"})
    row = agreement.coder_agreement(study).set_index("theme").loc["people"]
    assert row[["alpha", "low", "high"]].isna().all() and row["defined"] == 0


def test_two_coders_who_considered_no_record_in_common_are_measured_on_nothing(coded):
    assert agreement.coder_agreement(coded(a={"i1": "money"}, b={"i2": "money"})).empty


def test_full_agreement_is_one_but_has_no_interval_because_nothing_can_vary(coded):
    given = {f"i{n}": "money" if n % 2 else "people" for n in range(40)}
    row = whole(coded(a=given, b=given))
    assert row["alpha"] == 1 and row["disagreed"] == 0
    assert np.isnan(row["low"]) and np.isnan(row["high"])


def test_a_theme_given_too_rarely_has_no_interval(coded):
    a = {f"i{n:02}": "money" for n in range(20)} | {"i00": "money people"}
    row = agreement.coder_agreement(coded(a=a, b=a | {"i01": "money people"})).set_index("theme")
    rare = row.loc["people"]
    assert rare["alpha"] == rare["alpha"] and rare["defined"] < 0.95 * rare["draws"]
    assert np.isnan(rare["low"])


# -- Alpha -----------------------------------------------------------------------------------------


def test_alpha_is_that_of_krippendorffs_worked_examples():
    # Computing Krippendorff's Alpha-Reliability (2011), B: two observers, ten binary units; and
    # C: four observers, twelve units, five values, some missing (nominal).
    assert agreement.alpha(values("0100000010", "1110010000")) == pytest.approx(0.095, abs=5e-4)
    four = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    assert agreement.alpha(values(*four)) == pytest.approx(0.743, abs=5e-4)


BINARY = st.lists(st.text("01.", min_size=6, max_size=6), min_size=2, max_size=4)


@given(rows=BINARY)
def test_alpha_is_what_its_definition_gives_and_never_above_one(rows):
    counts = values(*rows)
    found = agreement.alpha(counts) if counts.size else None
    if found is None:
        used = counts[counts.sum(axis=1) > 1] if counts.size else np.zeros((0, 1))
        assert (used.sum(axis=0) > 0).sum() < 2
    else:
        assert found == pytest.approx(by_hand(counts)) and found <= 1


@given(rows=BINARY, seed=st.randoms())
def test_neither_the_order_of_coders_nor_that_of_records_counts(rows, seed):
    assume(any(c != "." for row in rows for c in row))
    units = list(range(6))
    seed.shuffle(units)
    turned = ["".join(row[u] for u in units) for row in rows[::-1]]
    first, second = agreement.alpha(values(*rows)), agreement.alpha(values(*turned))
    assert first is second is None or first == pytest.approx(second)


def test_the_names_and_order_of_coders_change_nothing(coded):
    given = [
        {"i1": "money", "i2": "none", "i3": "people"},
        {"i1": "money", "i2": "people", "i3": "none"},
        {"i1": "none", "i3": "people"},
    ]
    tables = [
        agreement.coder_agreement(coded(**dict(zip("abc", turn, strict=True))))
        for turn in permutations(given)
    ]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_three_coders_with_missing_records_count_what_each_considered(coded):
    study = coded(
        a={"i1": "money", "i2": "money", "i3": "none", "alone": "people"},
        b={"i1": "money", "i2": "none"},
        c={"i2": "money", "i3": "none"},
    )
    (found,) = agreement.judgements(study)
    assert [record for _, record in found.records] == ["i1", "i2", "i3"]  # one coder is no pair
    np.testing.assert_array_equal(found.said[:, :, 0], [[1, 1, 0], [1, 0, -1], [-1, 1, 0]])
    row = agreement.coder_agreement(study).set_index("theme").loc["money"]
    assert row["alpha"] == pytest.approx(by_hand(values("110", "10.", ".10")), abs=1e-4)
    assert (row["units"], row["given"], row["disagreed"]) == (3, 2, 1)


# -- Intervals -------------------------------------------------------------------------------------


def disagreeing(units: int) -> np.ndarray:
    """Two coders who differ on every fifth unit: units × one theme × two values."""
    one = "".join("01"[n % 2] for n in range(units))
    other = "".join("10"[n % 2] if n % 5 == 0 else "01"[n % 2] for n in range(units))
    return values(one, other)[:, None, :]


def test_an_interval_holds_alpha_narrows_with_more_records_and_is_the_same_each_time():
    widths = []
    for units in (20, 320):
        low, high, defined = agreement.interval(disagreeing(units))
        assert low <= agreement.alpha(disagreeing(units)[:, 0]) <= high
        assert defined == agreement.DRAWS
        assert (low, high, defined) == agreement.interval(disagreeing(units))
        widths.append(high - low)
    # Four times as narrow for sixteen times as many.
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.25)


def test_the_themes_of_a_record_are_drawn_together():
    once, copied = disagreeing(40), np.concatenate([disagreeing(40)] * 3, axis=1)
    # The same judgement written three times is no more knowledge than once.
    np.testing.assert_allclose(agreement.interval(copied)[:2], agreement.interval(once)[:2], atol=0.02)


# -- Disagreements and the consensus ---------------------------------------------------------------


def test_a_disagreement_names_who_gave_the_theme_who_did_not_and_what_was_agreed(coded):
    study = coded(
        a={"i1": "money", "i2": "money people", "i3": "money"},
        b={"i1": "none", "i2": "money", "i3": "people"},
        consensus={"i1": "money", "i3": "people"},
    )
    found = agreement.coding_disagreements(study)
    said = found.pivot(index=["record", "theme"], columns="coder", values="said")[["a", "b", "consensus"]]
    assert [(*key, *row) for key, row in zip(said.index, said.to_numpy(), strict=True)] == [
        ("i1", "money", "given", "not_given", "given"),
        ("i2", "people", "given", "not_given", "open"),
        ("i3", "money", "given", "not_given", "not_given"),
        ("i3", "people", "not_given", "given", "given"),
    ]
    assert set(found.query("said == 'open'")["said_en"]) == {"none yet"}


def test_consensus_decides_for_its_records_and_any_coder_for_the_others(coded):
    study = coded(
        a={"i1": "money", "i2": "money", "i3": "people"},
        b={"i1": "people", "i2": "people"},
        consensus={"i1": "people", "i3": "none"},
    )
    themes = joins.themes_by_coder(study, "issues")
    counted = {record: given for (record, coder), given in themes.items() if coder == "consensus"}
    assert counted == {"i1": "people", "i2": "money people"}
    assert themes["i1", "a"] == "money" and ("i3", "consensus") not in themes


def test_that_a_record_has_no_theme_is_no_theme_anywhere(coded):
    study = coded(a={"i1": "none", "i2": "money"})
    assert joins.counted_codings(study)["record"].tolist() == ["i2"]
    assert "none" not in set(statements.theme_profile(study)["theme"])


# -- Links and statuses ----------------------------------------------------------------------------


@pytest.fixture
def judged(small):
    """Two issues of 2010 and three statements after them, linked and assessed by two coders and more."""
    passages = [{"id": f"s{n}", "section": "1"} for n in range(1, 6)]

    def link(coder: str, issue: str, record: str, relation: str, note: str = "") -> dict:
        made = {"issue": issue, "record_type": "statements", "record": record, "relation": relation}
        return made | {"coder": coder, "collective": "no", "note": note, "note_ja": note}

    def study(links: list[tuple], statuses: list[tuple] = ()):
        return small(
            passages=passages,
            issues=[
                {"id": i, "scope": "common", "number": n, "raised": "2010", "passages": "s2"}
                for n, i in enumerate("pq", 1)
            ],
            statements=[{"id": f"r{n}", "passages": f"s{n}", "stance": "finding"} for n in (1, 3, 4, 5)],
            links=[link(*row) for row in links],
            assessments=[{"coder": c, "issue": i, "status": s, "assessed": "2020"} for c, i, s in statuses],
        )

    return study


def test_a_pair_that_nobody_links_counts_as_agreed_and_an_earlier_record_does_not(judged):
    study = judged([("a", "p", "r3", "names"), ("b", "p", "r3", "names"), ("a", "q", "r4", "bears_on")])
    row = agreement.coder_agreement(study).iloc[0]
    assert row[["judgement", "units", "given", "disagreed"]].tolist() == ["links", 6, 2, 1]
    assert row["alpha"] == pytest.approx(by_hand(values("n....b".replace(".", "0"), "n00000")), abs=1e-4)


def test_two_relations_to_one_issue_differ_and_the_consensus_says_why(judged):
    links = [("a", "p", "r3", "names"), ("b", "p", "r3", "same_topic"), ("b", "q", "r5", "answers")]
    links += [("consensus", "p", "r3", "names", "because"), ("consensus", "q", "r5", "none", "no")]
    found = agreement.coding_disagreements(judged(links))
    said = found.pivot(index=["record", "issue"], columns="coder", values="said")
    assert said.loc[("r3", "p")].tolist() == ["names", "same_topic", "names"]
    assert said.loc[("r5", "q")].tolist() == ["none", "answers", "none"]
    assert list(found.query("coder == 'consensus'")["note_en"]) == ["because", "no"]


def test_statuses_are_compared_issue_by_issue(judged):
    statuses = [
        ("a", "p", "persists"),
        ("b", "p", "improving"),
        ("a", "q", "persists"),
        ("b", "q", "persists"),
    ]
    study = judged([], statuses)
    row = agreement.coder_agreement(study).iloc[0]
    assert row[["judgement", "units", "given", "disagreed"]].tolist() == ["statuses", 2, 2, 1]
    found = agreement.coding_disagreements(study)
    assert dict(zip(found["coder"], found["said"], strict=True)) == {
        "a": "persists",
        "b": "improving",
        "consensus": "open",
    }


@settings(max_examples=15, deadline=None)
@given(
    cells=st.lists(
        st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=2, max_size=2), min_size=2, max_size=7
    )
)
def test_an_interval_is_that_of_the_alphas_of_its_resamples(cells):
    """Resamples are added up at once; the published alpha of each, one by one, gives the same."""
    counts = np.array(cells)
    drawn = np.random.default_rng(agreement.SEED).integers(0, len(counts), (agreement.DRAWS, len(counts)))
    each = {tuple(draw): None for draw in drawn}
    each = {draw: agreement.alpha(counts[list(draw)].reshape(-1, 3)) for draw in each}
    found = np.array([each[tuple(draw)] for draw in drawn if each[tuple(draw)] is not None])
    low, high, defined = agreement.interval(counts)
    assert defined == len(found)
    if low is not None:
        np.testing.assert_allclose((low, high), np.quantile(found, [0.025, 0.975]), atol=1e-9)
