"""What a notebook writes with: sentences, tables, figures, findings, each refused where it cannot be."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from analysis import figures
from analysis.notebook import MistakeError, show_reads
from analysis.notebook import report as module
from analysis.notebook.report import FINDING, NUMBER, READS, VALUE
from analysis.notebook.table import MIME as TABLE
from analysis.words import WordsError

pytestmark = pytest.mark.unit
WORDS = {
    "found.headline": "{value} of {of} moved",
    "found.headline.none": "None of {of} moved",
    "found.how": "We counted {how}.",
    "found.unless": "One more would do.",
    "found.label": "Moved",
    "found-small.title": "Moved",
    "found-small.subtitle": "",
    "found-small.alt": "Two of six.",
    "drawn.title": "{n} dots",
    "drawn.subtitle": "",
    "drawn.alt": "Dots: {n}.",
    "issues.caption": "All {n} issues",
    "column.short": "Issue",
}
FOUND = {"value": 2, "of": 6, "how": "dots"}


def dots() -> Figure:
    figure = Figure()
    figure.add_subplot().scatter([1, 2], [3, 4]).set_urls(["record:issues/a", "record:issues/b"])
    return figure


# -- What is refused, in one line ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"language": "fr"}, "language='fr': expected 'ja' or 'en'"),
        (
            {"study": "harbor"},
            "no tidy tables of study 'harbor'; did you mean harbour?",
        ),
        ({"beside": "/etc"}, "no tidy tables of study '/etc'; there are harbour"),
        ({"links": "theme"}, "links='theme': expected one of 'names', 'same_topic'"),
        ({"regions": "west"}, "regions='west': expected one of "),
        ({"regions": ["north"]}, "regions=['north']: expected a text, such as regions='all'"),
        ({"years": 2001}, "years=2001: expected a text, such as years='all'"),
        ({"year": "2001"}, "no choice 'year'; did you mean 'years'?"),
    ],
)
def test_what_there_is_not_is_refused(desk, given, line):
    with pytest.raises(ValueError) as refusal:
        desk.open(**given)
    (said,) = refusal.value._render_traceback_()
    assert said.startswith(line)


def test_a_sentence_that_the_catalogue_lacks_is_refused_with_the_nearest(desk):
    with pytest.raises(
        WordsError, match=r"own\.yaml has no words for 'isues\.caption'; did you mean issues\.caption\?"
    ):
        desk.open(WORDS).say("isues.caption")


def test_a_finding_without_one_of_its_sentences_is_refused_and_not_shown(desk):
    report = desk.open({key: text for key, text in WORDS.items() if key != "found.unless"})
    with pytest.raises(WordsError, match=r"no words for 'found\.unless'"):
        report.finding("found", **FOUND)
    assert desk.shown == []


@pytest.mark.parametrize("missing", ["title", "alt"])
def test_a_figure_without_title_or_alt_text_is_refused(desk, missing):
    caption = figures.Caption(**{"title": "Dots", "alt": "Two dots."} | {missing: " "})
    with pytest.raises(figures.FigureError, match=f"figure drawn: the {missing}"):
        desk.open().show(dots(), "drawn", caption=caption)
    assert desk.shown == []


def test_a_misspelt_table_or_figure_is_answered_with_the_nearest(desk):
    with pytest.raises(AttributeError, match=r"no tidy table 'isues' \(did you mean issues\?\)"):
        _ = desk.open().tables.isues
    with pytest.raises(AttributeError, match="no chart 'grade_tile'; did you mean grade_tiles"):
        _ = figures.grade_tile


def test_a_misspelt_method_of_the_report_is_answered_with_the_nearest(desk):
    with pytest.raises(AttributeError, match=r"^the report has no 'tabel'; did you mean table\?$"):
        _ = desk.open().tabel
    with pytest.raises(AttributeError, match=r"^the report has no 'zzz'; see dir\(report\)$"):
        _ = desk.open().zzz


def test_what_jupyter_asks_of_every_object_and_a_fault_within_are_not_taken_for_a_misspelling(
    desk, monkeypatch
):
    with pytest.raises(AttributeError, match="has no attribute '_repr_html_'"):
        _ = desk.open()._repr_html_
    monkeypatch.setattr(module.Report, "coder", property(lambda self: None.lower()))
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'lower'"):
        _ = desk.open().coder


# -- What is shown ---------------------------------------------------------------------------------


def test_a_finding_declares_its_value_and_says_three_sentences(desk):
    desk.open(WORDS).finding("found", holds=True, **FOUND)
    (made,) = desk.of(FINDING)
    assert {key: made[key] for key in ("id", "label", "value", "of", "holds", "figure")} == {
        "id": "found", "label": "Moved", "value": 2, "of": 6, "holds": True, "figure": None,
    }  # fmt: skip
    assert made["reading"] == {
        "links": "names", "periods": "stated", "coder": "consensus", "sources": "paper", "regions": "all", "years": "all",
        "areas": "name",
    }  # fmt: skip
    assert desk.of("text/markdown") == ["**2 of 6 moved**\n\nWe counted dots.\n\nOne more would do."]


def test_a_finding_has_another_headline_where_it_says_the_opposite(desk):
    desk.open(WORDS).finding("found", variant="none", **FOUND)
    assert desk.of(FINDING)[0]["headline"] == "None of 6 moved"


def test_a_finding_whose_value_changes_says_so_and_one_that_fails_flips(desk, grid):
    grid(
        "found,2,6,yes,names,yes",
        "found,5,6,yes,same_topic,no",
        "flips,1,,yes,names,yes",
        "flips,1,,no,same_topic,no",
    )
    words = WORDS | {
        key.replace("found", "flips"): text for key, text in WORDS.items() if key.startswith("found")
    }
    report = desk.open(words)
    report.finding("found", **FOUND)
    report.finding("flips", **FOUND)
    moved, flips = (made["robustness"] for made in desk.of(FINDING))
    assert (moved["low"], moved["high"], moved["flips"]) == ("2", "5", False)
    assert "from 2 to 5" in moved["text"] and "which mentions count" in moved["text"]
    assert flips["flips"] and "Under 1 of 2 readings this headline is false" in flips["text"]
    assert moved["text"] in desk.of("text/markdown")[0]


def test_a_run_for_its_values_shows_nothing_but_findings_and_values(desk, grid):
    grid("found,2,6,yes,names,yes")
    report = desk.open(WORDS, values_only=True)
    report.say("found.how", how="x")
    report.table(report.tables.issues, "issues", ["short"], home="issues", n=6)
    report.show("no figure at all", "drawn")
    report.number(6, "found.how", how="x")
    report.findings()
    report.finding("found", chart="no figure at all", **FOUND)
    report.output("share", 0.5)
    assert [next(iter(bundle)) for bundle in desk.shown] == [FINDING, VALUE]
    assert desk.of(FINDING)[0]["robustness"] is None
    assert desk.of(VALUE) == [{"name": "share", "value": 0.5}]


def test_a_table_has_the_catalogues_headings_or_the_data_dictionarys(desk):
    report = desk.open(WORDS)
    report.table(report.tables.issues, "issues", ["short", "raised"], home="issues", n=6)
    (made,) = desk.of(TABLE)
    assert made["caption"] == "All 6 issues"
    assert [column["title"] for column in made["columns"]] == ["Issue", report.tables.column_title("raised")]
    assert all(row["record"].startswith("issues/") for row in made["rows"])


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (["shrt"], "table issues: no column 'shrt' in the frame; did you mean 'short'?"),
        ("short", "table issues: columns='short': expected a list such as ['short']"),
    ],
)
def test_a_table_of_columns_that_the_frame_lacks_is_refused(desk, columns, line):
    report = desk.open(WORDS)
    with pytest.raises(MistakeError) as refused:
        report.table(report.tables.issues, "issues", columns, home="issues", n=3)
    assert str(refused.value) == line


def test_a_grid_of_seaborns_and_an_array_of_axes_are_shown_as_their_figure(desk):
    report, rows = desk.open(WORDS), pd.DataFrame({"years": [1, 2], "firms": [3, 4]})
    report.show(sns.relplot(rows, x="years", y="firms"), "one", key="drawn", n=2)
    report.show(sns.pairplot(rows), "two", key="drawn", n=2)
    report.show(plt.subplots(1, 2)[1], "three", key="drawn", n=0)
    assert [made["name"] for made in desk.of("application/vnd.analysis.figure+json")] == [
        "one",
        "two",
        "three",
    ]
    assert plt.get_fignums() == []


@pytest.mark.parametrize("drawing", [plt, 3, None])
def test_what_is_no_figure_is_refused_in_one_line(desk, drawing):
    with pytest.raises(
        figures.FigureError, match=r"^expected a chart .* or Axes \(plt\.gca\(\)\), found \w+$"
    ):
        desk.open(WORDS).show(drawing, "drawn", n=2)


def test_a_report_says_in_one_line_what_it_is_of(desk):
    assert re.fullmatch(r"Report of harbour \(en\)[^\n]*: Reading\([^\n]*\)", repr(desk.open(WORDS)))


def test_anybodys_figure_is_shown_with_the_catalogues_words_and_leads_to_its_evidence(desk):
    desk.open(WORDS).show(dots(), "drawn", n=2)
    (made,) = desk.of("application/vnd.analysis.figure+json")
    assert (made["title"], made["alt"], made["records"]) == ("2 dots", "Dots: 2.", ["issues/a", "issues/b"])
    assert made["source"].endswith("counted and drawn by this report.")
    assert made["csv"].splitlines()[0] == "axes,series,x,y"


@pytest.mark.parametrize(
    ("language", "row", "wide", "sentences"),
    [("ja", "北、南", "北、南", "ある。ない。"), ("en", "北, 南", "北; 南", "ある。 ない。")],
)
def test_words_and_sentences_stand_in_a_row_as_the_language_has_them(desk, language, row, wide, sentences):
    report = desk.open(WORDS, language=language)
    assert report.joined(["北", "", "南"]) == row
    assert report.joined(["北", "南"], wide=True) == wide
    assert report.sentences(["ある。", "ない。"]) == sentences


def test_a_large_number_stands_with_what_it_counts(desk):
    desk.open({"counts": "firms in {place}"}).number(1200, "counts", place="Norwick")
    assert desk.of(NUMBER) == [{"value": "1,200", "text": "firms in Norwick"}]


def test_links_stay_targets_for_the_builder_and_lead_to_the_report_for_a_person(desk, monkeypatch):
    words = {"see": "see {what}"}
    report = desk.open(words)
    report.say("see", what=report.link("issues/one", "one"))
    monkeypatch.setenv("ANALYSIS_PAGES", "/static")
    report = desk.open(words)
    report.say("see", what=report.link("issues/one", "one"))
    assert desk.of("text/markdown") == [
        "see [one](record:issues/one)",
        "see [one](/static/harbour/en/evidence-issues.html#issues-one)",
    ]


def test_the_builder_is_told_which_columns_were_read_and_whether_readings_were(desk, monkeypatch):
    monkeypatch.setattr(module, "_opened", [])
    monkeypatch.setattr(module, "_readings_used", [])
    report = desk.open(WORDS)
    _ = report.tables.issues
    show_reads()
    report.robustness("found")
    show_reads()
    first, second = desk.of(READS)
    assert "short_en" in first["harbour/issues"] and "short_ja" not in first["harbour/issues"]
    assert "readings" not in first and second["readings"] == []


def test_what_may_be_asked_for_is_found_by_tab(desk):
    report = desk.open()
    assert {"issues", "grades", "project_spans"} <= set(dir(report.tables))
    assert {"issue_matrix", "grade_tiles", "Caption"} <= set(dir(figures))
    public = [name for name in dir(module.Report) if not name.startswith("_")]
    assert [
        n for n in public if callable(getattr(module.Report, n)) and not getattr(module.Report, n).__doc__
    ] == []


def test_a_mistake_is_shown_as_its_line_alone():
    assert MistakeError("a line")._render_traceback_() == ["a line"]
    assert not re.search("Traceback", str(MistakeError("a line")))


def test_what_one_coder_alone_judged_is_called_after_the_coder(desk):
    assert desk.open().option("coder", "consensus") == "The reader on the quay"
