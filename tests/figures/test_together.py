"""Figures of several studies: readable, led to evidence, and three levels told apart without colour."""

from __future__ import annotations

import io
import re

import pytest
from matplotlib.patches import Rectangle

from analysis import figures
from analysis.figures import colours, style
from analysis.figures.show import check
from analysis.tidy import together

NAMES = ("support_together", "standings")


@pytest.fixture(params=["harbour_beside", "paper_beside"])
def studies(request):
    lead, *others = request.getfixturevalue(request.param)
    return lead, others


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_of_several_studies_can_be_read_and_leads_to_the_records_of_each(studies, name, language):
    exhibit = getattr(figures, name)(*studies, language)
    with style.applied():
        assert check(exhibit.figure) == []
    with io.StringIO() as svg:
        exhibit.figure.savefig(svg, format="svg")
        assert colours.follows_scheme(svg.getvalue())
    known = together.levels(*studies)
    assert set(exhibit.records) <= set(known)
    assert any(key.count("/") == 2 for key in exhibit.records), "nothing of the other study is drawn"
    for text in (exhibit.title, exhibit.subtitle, exhibit.alt):
        assert text.strip()
        assert language == "ja" or not re.search("[\u3040-\u30ff\u4e00-\u9fff]", text)


def test_a_project_looks_as_certain_as_it_is(paper_beside):
    lead, *others = paper_beside
    exhibit = figures.support_together(lead, others, "en")
    levels = together.levels(lead, others)
    placed = {
        row.key
        for row in lead.project_spans.assign(key=lambda f: "projects/" + f["record"])
        .query("period_source != 'project'")
        .itertuples()
    }
    looks: dict[str, set] = {}
    for patch in exhibit.figure.axes[0].findobj(Rectangle):
        if patch.get_url() in levels and patch.get_width() > 0.5 and patch.get_url() not in placed:
            filled = patch.get_facecolor()[:3] != (1, 1, 1)
            looks.setdefault(levels[patch.get_url()], set()).add((patch.get_linestyle() == "solid", filled))
    assert looks["verified"] == {(True, True)}
    assert looks["cited"] == {(True, False)}
    assert looks["inferred"] == {(False, False)}


def test_every_project_of_the_joined_regions_is_drawn_or_named(paper_beside):
    lead, *others = paper_beside
    exhibit = figures.support_together(lead, others, "en")
    assert set(exhibit.rows["study"]) == {"okamoto2020", "public-records"}
    assert set(exhibit.rows["region"]) == {"hamamatsu", "kobe"}
    dated = exhibit.rows.query("start != '' or end != ''")
    assert len(exhibit.records) == len(dated)


def test_regions_that_are_not_joined_are_not_drawn_beside_the_others(harbour_beside):
    lead, *others = harbour_beside
    exhibit = figures.support_together(lead, others, "ja")
    assert "lamp" not in set(exhibit.rows["record"])
    assert "lamp-midterm" in {key.rpartition("/")[2] for key in figures.standings(lead, others, "ja").records}
