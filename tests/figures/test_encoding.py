"""One encoding: a study with each case is drawn by every chart, and a project looks the same in all."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text

from analysis import figures
from analysis.figures.chart import NARROW, WIDE, Chart
from analysis.figures.encoding import region_colours, span_of
from analysis.figures.svg import hits

pytestmark = pytest.mark.study

# record: period, period_source, start, end, open_end, inferred
CASES = {
    "stated": ("FY2002/FY2004", "project", "2002-04-01", "2005-03-31", "no", ""),
    "inferred": ("FY2002/FY2004", "project", "2002-04-01", "2005-03-31", "no", "period"),
    "lent": ("", "programme", "2002-04-01", "2005-03-31", "no", ""),
    "open": ("FY2006/..", "project", "2006-04-01", "", "yes", ""),
    "endless": ("FY2006/", "project", "2006-04-01", "", "no", ""),
    "beginless": ("/FY2005", "project", "", "2006-03-31", "no", ""),
    "unplaced": ("", "project", "", "", "no", ""),
}
DRAWN = [case for case in CASES if case != "unplaced"]
SIGNS = {
    "stated": {"stated"},
    "inferred": {"inferred"},
    "lent": {"lent"},
    "open": {"stated"},
    "endless": {"fade"},
    "beginless": {"fade"},
}


def frame(rows: list[dict], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def projects() -> pd.DataFrame:
    columns = ["period", "period_source", "start", "end", "open_end", "inferred"]
    return pd.DataFrame(
        [
            dict(zip(columns, values, strict=True))
            | {"record": case, "region": case, "region_label": f"Town {case}", "label": f"Project {case}"}
            | {"programme": "p", "programme_label": "Programme"}
            for case, values in CASES.items()
            if case in DRAWN or case == "unplaced"
        ]
    )


def grades() -> pd.DataFrame:
    about = {"project": "stated", "project_label": "Project stated", "kind_label": "final", "scale": "s"}
    about |= {"region": "stated", "region_label": "Town stated", "programme_label": "Programme"}
    reported = {
        "record": "a",
        "conducted": "2004-06",
        "start": "2004-06-01",
        "end": "2004-06-30",
        "grade": "A",
    }
    silent = {"record": "b", "conducted": "2003-06", "start": "2003-06-01", "end": "2003-06-30", "grade": ""}
    return pd.DataFrame(
        [
            about | reported | {"grade_status": "reported", "grade_status_label": "reported"},
            about | silent | {"grade_status": "not_reported", "grade_status_label": "grade not reported"},
        ]
    )


EVENTS = frame([], "record date start end open_end kind label short region inferred")
SPANS = frame([], "table record number label detail period start end open_end inferred")


def drawn(language: str = "en", regions: int = 7) -> dict[str, Chart]:
    """Every chart of the study; with seven regions close together, with fewer by name."""
    shown = projects()
    if regions < 7:  # one town for all, so that each project has its name
        shown = shown.assign(region="town", region_label="Town")
    letters = grades().assign(region=shown["region"].iloc[0], region_label="Town")
    return {
        "timeline": figures.phase_timeline(SPANS, EVENTS, shown, letters, language=language),
        "regions": figures.region_timelines(shown, letters, EVENTS, SPANS, language=language),
        "only": figures.region_timelines(
            shown, letters, EVENTS, SPANS, language=language, only=shown["region"].iloc[0]
        ),
        "strips": figures.support_strips(support(), SPANS, language=language),
        "tiles": figures.grade_tiles(letters, language=language),
    }


def support() -> pd.DataFrame:
    about = {"region": "town", "name": "Town", "source": "paper"}
    rows = []
    for n, case in enumerate(["stated", "inferred", "lent", "none", "unknown"]):
        projects = case if case in CASES else ""
        rows += [
            about | {"fiscal_year": 2001 + 4 * n + k, "status": case, "projects": projects} for k in range(4)
        ]
    return pd.DataFrame(rows).assign(label=lambda d: d["projects"])


def look(figure: Figure, to: str) -> set[tuple] | None:
    """How what leads there is drawn: sign, fill, edge, hatch and opacity of each shape in its mark."""
    boxes = [hit.box for hit in hits(figure) if hit.to == to]
    if not boxes:
        return None
    left, top, right, bottom = boxes[0]
    height = figure.get_figheight() * 100
    shapes = set()
    for patch in figure.findobj(Patch):
        box = patch.get_window_extent()
        inside = (
            left - 2 <= box.x0
            and box.x1 <= right + 2
            and top <= height - box.y1
            and height - box.y0 <= bottom
        )
        if inside and patch.get_visible() and patch.get_gid() in {"stated", "inferred", "lent", "fade"}:
            shapes.add((patch.get_gid(), patch.get_facecolor(), patch.get_edgecolor(), patch.get_hatch()))
    return shapes


def texts(figure: Figure) -> str:
    return "\n".join(t.get_text() for t in figure.findobj(Text) if isinstance(t, Text))


# -- Read from the table ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "signs"),
    [
        ("stated", ("stated",)),
        ("inferred", ("inferred",)),
        ("lent", ("lent",)),
        ("open", ("stated", "open_end")),
        ("endless", ("stated", "unknown_end")),
        ("beginless", ("stated", "unknown_start")),
        ("unplaced", ("unplaced",)),
    ],
)
def test_each_case_has_signs_of_its_own(case, signs):
    assert span_of(projects().set_index("record").loc[case].to_dict()).signs == signs


def test_a_span_that_was_open_before_is_no_span_that_goes_on():
    span = span_of({"period": "../1995-11", "start": "", "end": "1995-11-30", "open_end": "no"})
    assert (span.before, span.after, span.signs) == ("open", "closed", ("stated",))


# -- Drawn alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", DRAWN)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_project_looks_the_same_in_every_chart_that_names_it(case, width):
    charts = drawn(regions=1)
    looks = {
        name: look(charts[name].figure(width), f"record:projects/{case}")
        for name in ("timeline", "regions", "only")
    }
    assert looks["timeline"] == looks["regions"] == looks["only"]
    assert {sign for sign, *_ in looks["timeline"] or ()} >= SIGNS[case]


@pytest.mark.parametrize("case", ["stated", "inferred", "lent"])
def test_a_cell_of_support_is_filled_as_the_bar_of_its_project(case):
    strips = look(drawn()["strips"].figure(), f"record:projects/{case}")
    bars = look(drawn(regions=1)["timeline"].figure(), f"record:projects/{case}")
    assert strips == bars != set()


def test_no_two_cases_look_alike():
    figure = drawn(regions=1)["timeline"].figure()
    looks = [look(figure, f"record:projects/{case}") for case in ("stated", "inferred", "lent", "endless")]
    assert (
        len({frozenset(shape[1:] for shape in shapes or ()) for shapes in looks}) == 4
    )  # without the sign's name


def test_what_has_no_period_is_named_below_and_not_placed():
    for name, chart in drawn(regions=1).items():
        if name in ("timeline", "regions", "only"):
            figure = chart.figure()
            assert look(figure, "record:projects/unplaced") is None
            assert "Period not stated, so not placed: Project unplaced" in texts(figure)
            assert any("Project unplaced" in text and "period not stated" in text for _, text in chart.words)


def test_a_letter_that_is_not_reported_is_an_empty_tile_everywhere():
    for name in ("timeline", "regions", "only", "tiles"):
        figure = drawn(regions=1)[name].figure()
        titles = {hit.to: hit.title for hit in hits(figure)}
        assert "Project stated: A (final" in titles["record:evaluations/a"]
        assert "Project stated: grade not reported (final" in titles["record:evaluations/b"]
        dashed = [p for p in figure.findobj(Patch) if p.get_linestyle() not in ("-", "solid")]
        assert len(dashed) == 2  # the tile and the key's


# -- Every chart -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("regions", [1, 7])
def test_every_chart_of_the_study_can_be_read_on_page_and_phone(language, regions):
    caption = figures.Caption("A finding", "", "What it shows")
    for name, chart in drawn(language, regions).items():
        figures.bundle(chart, name=name, caption=caption)


def test_every_sign_that_a_chart_uses_is_in_its_key():
    for name in ("timeline", "regions"):
        words = texts(drawn(regions=1)[name].figure())
        for key in (
            "years stated",
            "inferred by us",
            "years of the whole programme",
            "goes on",
            "end not stated",
        ):
            assert key in words
        assert "grade not reported" in words


def test_every_mark_leads_to_a_record_or_to_an_item_in_words():
    for regions in (1, 7):
        for chart in drawn(regions=regions).values():
            items = {f"#{id_}" for id_, _ in chart.words}
            for width in (WIDE, NARROW):
                for hit in hits(chart.figure(width)):
                    assert hit.to in items or hit.to.removeprefix("record:") in chart.records


def test_fifty_regions_fit_on_sixteen_hundred_pixels():
    one = projects().query("record in ('stated', 'open')")
    many = pd.concat(
        [
            one.assign(region=f"r{n}", region_label=f"Region {n}", record=one["record"] + f"-{n}")
            for n in range(56)
        ]
    )
    strips = pd.concat([support().assign(region=f"r{n}", name=f"Region {n}") for n in range(56)])
    charts = [
        figures.support_strips(strips, SPANS, language="en"),
        figures.region_timelines(many, grades(), EVENTS, SPANS, language="en"),
        figures.phase_timeline(SPANS, EVENTS, many, grades(), language="en"),
    ]
    for n, chart in enumerate(charts):
        made = figures.bundle(chart, name=f"many-{n}", caption=figures.Caption("t", "", "a"))
        assert made
        assert chart.figure(WIDE).get_figheight() <= 16
        assert chart.figure(NARROW).get_figheight() <= 16


def test_more_regions_than_colours_have_one_colour_together():
    assert len({*region_colours("abcdef").values()}) == 6
    assert len({*region_colours("abcdefg").values()}) == 1
