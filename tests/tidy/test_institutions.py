"""Institutions: overlap is counted on the sets that the source names, and says how far they go."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.tidy import institutions

pytestmark = pytest.mark.study

NAMES = tuple("abcdef")


def continuity(small, *members: str, lists=None, basis=None, region="north"):
    """Return the overlap of consecutive projects, each given by the names of its core members."""
    study = small(
        institutions=[{"id": name, "kind": "firm"} for name in NAMES],
        projects=[
            {
                "id": f"p{n}",
                "region": region,
                "period": str(2001 + n),
                "core_institutions": (lists or ["complete"] * len(members))[n],
            }
            for n in range(len(members))
        ],
        participations=[
            {
                "id": f"p{n}-{k}-{name}",
                "project": f"p{n}",
                "region": region,
                "institution": name,
                "role": "core",
                "basis": (basis or ["stated"] * len(members))[n],
            }
            for n, names in enumerate(members)
            for k, name in enumerate(names)
        ],
    )
    return institutions.institution_continuity(study)


def test_projects_that_share_nobody_have_no_overlap(small):
    row = continuity(small, "abc", "de").iloc[0]
    assert (row["shared"], row["union"], row["jaccard"]) == (0, 5, 0)
    assert (row["stayed"], row["left"], row["joined"]) == ("", "a b c", "d e")


def test_overlap_is_the_share_of_those_in_both_among_all(small):
    row = continuity(small, "abcd", "cde").iloc[0]
    assert (row["shared"], row["union"], row["jaccard"]) == (2, 5, 0.4)
    assert (row["stayed"], row["left"], row["joined"]) == ("c d", "a b", "e")


@settings(max_examples=25)
@given(
    before=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    after=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
)
def test_an_institution_named_twice_counts_once(small, before, after):
    row = continuity(small, "".join(before), "".join(after)).iloc[0]
    one, other = set(before), set(after)
    assert (row["shared"], row["union"]) == (len(one & other), len(one | other))
    assert row["jaccard"] == pytest.approx(len(one & other) / len(one | other), abs=5e-5)
    assert (row["previous_count"], row["count"]) == (len(one), len(other))


@pytest.mark.parametrize("lists", [["partial", "complete"], ["complete", "partial"]])
def test_a_list_that_the_source_gives_in_part_makes_the_overlap_partial(small, lists):
    assert list(continuity(small, "ab", "b", lists=lists)["lists"]) == ["partial"]


@pytest.mark.parametrize("basis", [["inferred", "stated"], ["stated", "inferred"]])
def test_a_list_that_someone_concluded_makes_the_overlap_inferred(small, basis):
    found = continuity(small, "ab", "b", basis=basis, lists=["partial", "partial"])
    assert list(found["lists"]) == ["inferred"]


def test_two_complete_lists_make_a_complete_overlap(small):
    assert list(continuity(small, "ab", "b")["lists"]) == ["complete"]


def test_a_project_whose_core_is_not_named_is_passed_over(small):
    found = continuity(small, "ab", "", "b")
    assert list(zip(found["previous"], found["project"], strict=True)) == [("p0", "p2")]


def test_one_project_has_no_overlap_with_itself_and_the_columns_stay(small):
    found = continuity(small, "ab")
    assert found.empty
    assert "jaccard" in found


def test_only_the_core_of_a_project_counts(small):
    study = small(
        institutions=[{"id": "a", "kind": "firm"}, {"id": "b", "kind": "firm"}],
        projects=[
            {"id": "p0", "region": "north", "period": "2001"},
            {"id": "p1", "region": "north", "period": "2002"},
        ],
        participations=[
            {"project": "p0", "region": "north", "institution": "a", "role": "core"},
            {"project": "p0", "region": "north", "institution": "b", "role": "participant"},
            {"project": "p1", "region": "north", "institution": "b", "role": "core"},
            {"project": "", "region": "north", "institution": "a", "role": "core"},
        ],
    )
    assert institutions.institution_continuity(study)["jaccard"].tolist() == [0]


def test_projects_of_different_regions_are_never_set_against_each_other(harbour):
    region = harbour.tables["projects"].set_index("id")["region"]
    found = institutions.institution_continuity(harbour)
    assert (found["previous"].map(region) == found["project"].map(region)).all()


def test_the_synthetic_regions_overlap_as_its_source_says(harbour):
    found = institutions.institution_continuity(harbour).set_index("region")
    assert dict(found["jaccard"]) == {"aoura": 0.5, "todaimisaki": 1.0}
    assert dict(found["lists"]) == {"aoura": "complete", "todaimisaki": "partial"}


def test_regions_stand_in_the_studys_order(harbour):
    assert list(institutions.regions(harbour)["record"]) == list(harbour.meta.regions)


# -- The paper -------------------------------------------------------------------------------------


def test_the_papers_kobe_keeps_a_quarter_of_its_core_each_time(paper):
    kobe = institutions.institution_continuity(paper).query("region == 'kobe'")
    assert list(kobe["jaccard"]) == [0.25, 0.25]
