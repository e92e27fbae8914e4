"""Frames that a researcher changed: each is drawn, or one line says which column cannot be, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
import test_charts as rows
import test_encoding as spans
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from analysis import figures

pytestmark = pytest.mark.study

EN = "en"
POLICY = ("phases", "stages", "plans", "programmes")


def policy() -> pd.DataFrame:
    about = {"period": "FY2002/FY2004", "start": "2002-04-01", "end": "2005-03-31", "open_end": "no"}
    about |= {"label": "Name", "detail": "Ministry", "inferred": ""}
    return pd.DataFrame([about | {"table": t, "record": f"{t}-1", "number": 1} for t in POLICY])


def events() -> pd.DataFrame:
    about = {"date": "2003-05", "start": "2003-05-01", "end": "2003-05-31", "kind": "law", "label": "Law"}
    about |= {"short": "Law", "region": "stated", "inferred": ""}
    return pd.DataFrame([about | {"record": f"event-{n}", "named": n == 0} for n in range(3)])


def support() -> pd.DataFrame:
    return spans.support().assign(start=lambda f: f["fiscal_year"].astype(str) + "-04-01")


FRAMES: dict[str, list[pd.DataFrame]] = {
    "grade_tiles": [spans.grades().assign(scale_position=0.5, known_grades="S A B")],
    "grade_distribution": [rows.rounds(3, EN).assign(year="2008")],
    "support_strips": [support(), rows.phases(3, EN)],
    "phase_timeline": [policy(), events(), spans.projects(), spans.grades()],
    "region_timelines": [spans.projects(), spans.grades(), events(), rows.phases(3, EN)],
    "issue_matrix": [rows.issues(3, EN), rows.links(3, EN).assign(start="2008-04-01")],
    "issue_status": [rows.issues(3, EN)],
    "agenda": [rows.themes(3, EN)],
    "core_counts": [rows.cores(3, EN)],
    "comment_profile": [rows.comments(3, EN)],
    "agreement": [rows.agreements(3, EN)],
    "coverage": [rows.sections(3, EN)],
    "institution_years": [rows.participations(3, EN), rows.projects(3, EN)],
    "region_map": [rows.regions(3, EN)],
    "region_participation": [rows.entries(3, EN), rows.programmes_of(3, EN)],
    "specification_curve": [rows.readings(3, EN)],
    "indicators_over_time": [rows.indicators(3, EN).assign(lower=1.0, upper=1e6)],
    "phases_of_projects": [rows.projects(3, EN), rows.phases(3, EN)],
}
MORE = {"specification_curve": {"names": rows.option_names(3, EN)}}
NO_CHARTS = {"Caption", "Chart", "FigureError", "bundle"}
every = pytest.mark.parametrize("chart", FRAMES)


def draw(chart: str, *frames: pd.DataFrame, language: str = EN) -> figures.Chart:
    made: figures.Chart = getattr(figures, chart)(*frames, language=language, **MORE.get(chart, {}))
    made.figure(720)
    return made


def refused(chart: str, *frames: pd.DataFrame, language: str = EN) -> str:
    """What is said of frames that cannot be drawn, "" where they can: never another exception."""
    try:
        draw(chart, *frames, language=language)
    except figures.FigureError as error:
        return str(error)
    return ""


def of_one(
    chart: str, change: Callable[[pd.DataFrame], pd.DataFrame], having: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """What is said of a chart's frames, one of them (`having` a column) changed, and the columns of that one."""
    for n, frame in enumerate(FRAMES[chart]):
        if not having or having in frame:
            frames = [*FRAMES[chart]]
            frames[n] = change(frame)
            yield refused(chart, *frames), [*frame]


def with_cell(column: str, value: object, cells: int | None = 1) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Put a value into the first cells of a column, or with None into all."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        kept = [] if cells is None else frame[column].tolist()[cells:]
        values = [value] * (len(frame) - len(kept)) + kept
        return frame.assign(**{column: pd.Series(values, frame.index, dtype=object)})

    return change


def columns_of(chart: str) -> list[str]:
    return list(dict.fromkeys(column for frame in FRAMES[chart] for column in frame))


def names_it(said: str, chart: str, column: str) -> bool:
    return not said or (said.startswith(f"{chart}: ") and column in said and "\n" not in said)


def test_every_chart_is_asked_here():
    assert set(FRAMES) == set(dir(figures)) - NO_CHARTS


# -- What cannot be drawn is said in one line --------------------------------------------------------


@every
def test_a_column_that_is_dropped_is_named_or_not_needed(chart):
    for column in columns_of(chart):
        for said, _ in of_one(chart, lambda frame, c=column: frame.drop(columns=c), column):
            assert names_it(said, chart, column), said


@settings(max_examples=10)
@given(data=st.data())
@every
def test_a_cell_that_is_missing_or_strange_is_drawn_or_named(chart, data):
    column = data.draw(st.sampled_from(columns_of(chart)), "column")
    value = data.draw(st.sampled_from([np.nan, pd.NA, None, "?", "2008", -1.5, []]), "value")
    cells = data.draw(st.sampled_from([1, None]), "cells")
    for said, _ in of_one(chart, with_cell(column, value, cells), column):
        assert names_it(said, chart, column), said


@every
def test_a_row_of_one_s_own_with_few_columns_is_drawn_or_its_gap_named(chart):
    own = pd.DataFrame([{"label": "Own", "start": "2008-04-01"}])
    for said, columns in of_one(chart, lambda frame: pd.concat([frame, own])):
        assert names_it(said, chart, "") and (not said or any(column in said for column in columns)), said


@pytest.mark.parametrize("kept", [0, 1])
@every
def test_filtered_frames_are_drawn_or_refused_in_one_line(chart, kept):
    for said, _ in of_one(chart, lambda frame: frame.head(kept)):
        assert names_it(said, chart, ""), said


@every
def test_frames_without_rows_or_columns_are_said_to_be_empty(chart):
    shown = draw(chart, *[pd.DataFrame() for _ in FRAMES[chart]]).figure().findobj(Text)
    assert "Nothing is on record." in {text.get_text() for text in shown}


@pytest.mark.parametrize("language", ["english", "EN", "", "klingon"])
@every
def test_what_is_no_language_is_refused_in_one_line(chart, language):
    said = refused(chart, *FRAMES[chart], language=language)
    assert (
        said.startswith(f"language={language!r}: expected one of the study's, a BCP 47 tag")
        and "\n" not in said
    )


@pytest.mark.parametrize(
    ("chart", "column", "value", "said"),
    [
        (
            "agenda",
            "n_issues",
            np.nan,
            "agenda: n_issues in row 0: found nothing, expected a number; fill it in",
        ),
        ("agenda", "n_calls", "many", "agenda: n_calls in row 0: found 'many', expected a number"),
        (
            "support_strips",
            "fiscal_year",
            np.nan,
            "support_strips: fiscal_year in row 0: found nothing, expected",
        ),
        (
            "support_strips",
            "status",
            "?",
            "support_strips: status '?'; expected stated, inferred, lent, none, unk",
        ),
        (
            "grade_tiles",
            "conducted",
            "spring",
            "grade_tiles: conducted in row 0: found 'spring', expected a per",
        ),
        (
            "grade_tiles",
            "start",
            "2008",
            "grade_tiles: start in row 0: found '2008', expected a day as 2008-04-01",
        ),
        (
            "issue_matrix",
            "record",
            pd.NA,
            "issue_matrix: record in row 0: found nothing, expected an id; fill it",
        ),
        (
            "issue_matrix",
            "record",
            "issue-0-1",
            "issue_matrix: record 'issue-0-1' stands in two rows; drop one",
        ),
        (
            "region_participation",
            "programme",
            "?",
            "region_participation: programme '?' has no row in programmes",
        ),
    ],
)
def test_a_cell_that_cannot_be_drawn_is_told_with_its_row(chart, column, value, said):
    first, *others = FRAMES[chart]
    assert refused(chart, with_cell(column, value)(first), *others).startswith(said)


def test_a_year_is_no_day_until_which_something_goes_on():
    with pytest.raises(figures.FigureError, match="^phase_timeline: until: found '2020', expected a day as"):
        figures.phase_timeline(*FRAMES["phase_timeline"], language=EN, until="2020")


# -- What is there is drawn as it is -----------------------------------------------------------------


def told(chart: str, *frames: pd.DataFrame) -> list[tuple[str, str]]:
    return list(draw(chart, *frames).words)


@pytest.mark.parametrize("kept", [None, 1])
@every
def test_dates_and_categories_are_read_as_their_texts(chart, kept):
    frames = []
    for frame in FRAMES[chart]:
        days = {c: pd.to_datetime(frame[c]) for c in ("start", "end") if c in frame}
        named = frame.select_dtypes(exclude="number").columns.difference(
            [*days, "names", "programmes", "named"]
        )
        frames.append(frame.astype(dict.fromkeys(named, "category")).assign(**days).head(kept or len(frame)))
    if kept and chart == "region_participation":
        frames[1] = FRAMES[chart][1]
    drawn = told(chart, *frames)
    assert kept or drawn == told(chart, *FRAMES[chart])


def test_an_issue_of_one_s_own_is_drawn_without_a_number_and_the_others_keep_theirs():
    issues, links = FRAMES["issue_matrix"]
    own = issues.head(1).drop(columns="number").assign(record="own", short="Own", label="Own")
    words = dict(told("issue_matrix", pd.concat([issues, own]), links))
    assert "[Region0 Own]" in words["own"] and "[Region0 &#40;1&#41; " in words["issue-0-0"]


def test_grades_that_are_numbers_are_printed_as_such():
    grades = FRAMES["grade_tiles"][0].assign(grade=[4.0, np.nan])
    assert "4" in {text.get_text() for text in draw("grade_tiles", grades).figure().findobj(Text)}


@pytest.mark.parametrize("language", ["en", "ko", "fr", "pt-BR"])
def test_a_language_that_has_no_catalogue_is_drawn_with_english_words(language):
    chart = draw("issue_status", pd.DataFrame(), language=language)
    assert [text.get_text() for text in chart.figure().findobj(Text)] == ["Nothing is on record."]
