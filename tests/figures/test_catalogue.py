"""Every figure of the report, on both studies and in both languages: readable and led to evidence."""

from __future__ import annotations

import inspect
import io
import re

import pytest
from matplotlib.text import Text

from analysis import figures
from analysis.figures import catalogue, colours, style
from analysis.figures.canvas import Exhibit
from analysis.figures.show import check

LANGUAGES = ("ja", "en")
REGIONS = {
    "harbour": ("todaimisaki", "aoura", "shiomi"),
    "paper": ("hamamatsu", "kobe"),
    "rivertowns": ("brindlequay", "corvenholm"),
}
NAMES = [
    name
    for name, function in vars(catalogue).items()
    if hasattr(function, "__wrapped__") and function.__module__ == catalogue.__name__
]
OF_REGIONS = [n for n in NAMES if "region" in inspect.signature(getattr(catalogue, n)).parameters]
OF_SEVERAL = [n for n in NAMES if "beside" in inspect.signature(getattr(catalogue, n)).parameters]
DRAWN = [
    (study, name, region, language)
    for study, regions in REGIONS.items()
    for name in NAMES
    for region in (regions if name in OF_REGIONS else [None])
    for language in LANGUAGES
]


def draw(made, name: str, region: str | None, language: str) -> Exhibit:
    between = [region] if region else [[]] if name in OF_SEVERAL else []
    return getattr(figures, name)(made.data, *between, language)


def test_a_figure_that_is_not_there_is_named():
    with pytest.raises(AttributeError, match="no figure 'pie_chart'"):
        figures.pie_chart  # noqa: B018


def test_the_catalogue_holds_the_figures_of_every_page():
    assert {
        "phase_timeline",
        "grade_tiles",
        "theme_profile",
        "issue_matrix",
        "outlook_map",
        "region_timeline",
        "institution_presence",
        "source_coverage",
    } <= set(NAMES)


@pytest.mark.parametrize(("study", "name", "region", "language"), DRAWN)
def test_a_figure_can_be_read_and_every_mark_leads_to_something(request, study, name, region, language):
    made = request.getfixturevalue(f"{study}_made")
    exhibit = draw(made, name, region, language)
    with style.applied():
        assert check(exhibit.figure) == []
    evidence, passages = made.tables["evidence"], made.tables["passages"]
    known = {f"{t}/{r}" for t, r in zip(evidence["table"], evidence["record"], strict=True)}
    known |= {f"passages/{r}" for r in passages["record"]}
    assert set(exhibit.records) - known == set()
    assert all(text.strip() for text in (exhibit.title, exhibit.subtitle, exhibit.alt))


@pytest.mark.parametrize(("study", "name", "region"), [d[:3] for d in DRAWN if d[3] == "en"])
def test_every_colour_of_a_figure_has_a_counterpart_on_a_dark_screen(request, study, name, region):
    exhibit = draw(request.getfixturevalue(f"{study}_made"), name, region, "en")
    with io.StringIO() as svg:
        exhibit.figure.savefig(svg, format="svg")
        assert colours.follows_scheme(svg.getvalue())


@pytest.mark.parametrize(("name", "language"), [(n, g) for n in NAMES for g in LANGUAGES])
def test_a_figure_of_an_empty_study_still_draws(empty_made, name, language):
    region = "aoura" if name in OF_REGIONS else None
    exhibit = draw(empty_made, name, region, language)
    with style.applied():
        assert check(exhibit.figure) == []
    assert exhibit.records == ()
    assert exhibit.alt.strip()


@pytest.mark.parametrize(("study", "name", "region"), [d[:3] for d in DRAWN if d[3] == "en"])
def test_an_english_figure_is_told_in_english(request, study, name, region):
    made = request.getfixturevalue(f"{study}_made")
    exhibit = draw(made, name, region, "en")
    japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    for text in (exhibit.title, exhibit.subtitle, exhibit.alt):
        assert not japanese.search(text), text
    printed = {text.get_text() for text in exhibit.figure.findobj(Text)}
    assert [text for text in printed if japanese.search(text)] == []


def test_letters_of_different_scales_are_never_joined(paper_made):
    rows = draw(paper_made, "grade_tiles", None, "en").rows
    assert not set(rows["change"]) & {"up", "down", "same"}


def test_the_papers_timeline_counts_its_phases_and_projects_in_words(paper_made):
    exhibit = draw(paper_made, "phase_timeline", None, "en")
    assert "four policy phases" in exhibit.title
    for language in LANGUAGES:
        alt = draw(paper_made, "phase_timeline", None, language).alt
        for label in paper_made.tables["phase_spans"].query("table == 'phases'")[f"label_{language}"]:
            assert label in alt


def test_the_rows_that_travel_with_a_figure_hold_every_drawn_record(harbour_made):
    exhibit = draw(harbour_made, "phase_timeline", None, "ja")
    plotted = set(exhibit.rows["table"] + "/" + exhibit.rows["record"])
    assert set(exhibit.records) <= plotted
