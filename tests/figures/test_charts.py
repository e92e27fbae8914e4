"""Charts of rows and dots: whatever the frames hold, each can be read, and each mark leads to what it counts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.text import Text

from analysis import figures
from analysis.figures import style
from analysis.figures.check import faults
from analysis.figures.colours import ACCENTS
from analysis.figures.svg import hits
from analysis.figures.writer import MIME

pytestmark = pytest.mark.study

LONG = {
    "en": "A most extraordinarily long-winded designation <b>*of*</b> $x$ [y](z) for inter-organisational matters ",
    "ja": "非常に長い名称をもつ地域科学技術イノベーション推進のための広域連携強化促進事業（第二期・延長分）",
}
# Regions: none, one row, a usual study, and many with long names.
CASES = [
    (0, "ja", style.WIDE),
    (1, "en", style.NARROW),
    (3, "ja", style.WIDE),
    (3, "en", style.NARROW),
    (12, "en", style.WIDE),
    (12, "ja", style.NARROW),
]


def name(kind: str, n: int, size: int, language: str) -> str:
    plain = f"{kind}{n}"
    return plain if size < 12 else f"{plain} {LONG[language]}"


def frame(size: int, rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows[: 1 if size == 1 else None]) if size else pd.DataFrame()


def issues(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"issue-{r}-{n}",
                "scope": f"region-{r}" if r else "common",
                "scope_label": name("Region", r, size, language),
                "number": n + 1,
                "short": name("Issue", n, size, language),
                "label": name("Long issue", n, size, language),
                "status": ("improving", "not_assessed")[n % 2],
                "status_label": ("improving", "not assessed")[n % 2],
                "inferred": "",
            }
            for r in range(size)
            for n in range(2)
        ],
    )


def links(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "issue": f"issue-{r}-0",
                "relation": ("names", "same_topic", "answers")[n % 3],
                "relation_label": ("names it", "same topic", "answers it")[n % 3],
                "collective": "yes" if n == 0 else "no",
                "table": "statements",
                "record": f"statement-{r}-{n}",
                "label": name("Passage", n, size, language),
                "occasion": f"when-{n % 3}",
                "occasion_label": name("When", n % 3, size, language),
            }
            for r in range(size)
            for n in range(5 if size < 12 else 40)
        ],
    )


def themes(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "theme": f"theme-{n}",
                "theme_label": name("Theme", n, size, language),
                "n_issues": n % 3,
                "n_calls": 2 * n,
            }
            for n in range(1, size * 2 + 1)
        ],
    )


def comments(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"comment-{r}-{n}",
                "theme": f"theme-{n % 3}",
                "theme_label": name("Theme", n % 3, size, language),
                "region": f"region-{r}",
                "region_label": name("Region", r, size, language),
                "stance": ("concern", "strength")[n % 2],
                "stance_label": ("concern", "strength")[n % 2],
            }
            for r in range(size)
            for n in range(r + 1)
        ],
    )


def projects(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"project-{r}-{n}",
                "label": name("Project", n, size, language),
                "short": name("P", n, size, language),
                "start": (f"{2001 + 4 * n}-04-01", "")[n == 3],
                "end": (f"{2006 + 4 * n}-03-31", "")[n > 1],
                "open_end": "yes" if n == 2 else "no",
                "region": f"region-{r}",
                "period_source": ("project", "programme")[n % 2],
                "inferred": "period" if n == 0 else "",
                "core_institutions": ("all", "partial")[n % 2],
            }
            for r in range(size)
            for n in range(4)
        ],
    )


def participations(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"part-{r}-{n}",
                "institution": f"body-{r}-{n // 2}",
                "institution_label": name("Body", n, size, language),
                "project": (f"project-{r}-{n}", "")[n == 4],
                "role": ("core", "firm")[n % 2],
                "role_label": ("core", "firm")[n % 2],
                "identity": f"body-{r}-{n // 2}",
            }
            for r in range(min(size, 3))
            for n in range(5)
        ],
    )


def cores(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "region": f"region-{r}",
                "region_label": name("Region", r, size, language),
                "project": f"project-{r}-{n}",
                "project_label": name("Project", n, size, language),
                "n": 6 - n if size < 12 else 30 - n,
                "at_least": ("yes", "no")[n % 2],
                "names": [name("Body", k, size, language) for k in range(6 - n)],
            }
            for r in range(size)
            for n in range(2)
        ],
    )


def indicators(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"count-{r}-{n}",
                "table": "indicators",
                "as_of": (as_of := ("2001", "2007-03-31", "2007-09-30", "2018-07-31")[n]),
                "start": as_of if "-" in as_of else f"{as_of}-01-01",
                "end": as_of if "-" in as_of else f"{as_of}-12-31",
                "value": 10.0 ** (n + 1),
                "unit_label": "persons",
                "measure": ("jobs", "staff")[r % 2],
                "label": name("Measure", r % 2, size, language),
                "region": f"region-{r}",
                "subject": name("Region", r, size, language),
                "source_label": name("Source", n % 2, size, language),
                "approximate": ("no", "yes")[n % 2],
            }
            for r in range(size)
            for n in range(4)
        ],
    )


def regions(size: int, language: str) -> pd.DataFrame:
    codes = ("28", "22", "47", "", "13", "13", "13", "14", "11", "12", "27", "26")
    return frame(
        size,
        [
            {
                "record": f"region-{r}",
                "label": name("Region", r, size, language),
                "prefecture": codes[r],
                "group": "case" if r < 2 else "peer",
                "programmes": ["Clusters"],
            }
            for r in range(size)
        ],
    )


def rounds(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"evaluation-{k}-{r}",
                "round": f"round-{k}",
                "round_label": name("Round", k, size, language),
                "region": f"region-{r}",
                "region_label": name("Region", r, size, language),
                "grade": ("S", "A", "A-", "")[r % 4],
                "rank": r % 4,
                "own": "yes" if r in (0, 3) else "no",
                "unread": size,
            }
            for k in range(2)
            for r in range(size)
        ],
    )


def entries(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "record": f"project-{r}-{k}-{n}",
                "label": name("Project", n, size, language),
                "region": f"region-{r}",
                "region_label": name("Region", r, size, language),
                "own": "yes" if r < 2 else "no",
                "programme": f"programme-{k}",
            }
            for r in range(size)
            for k in range(size)
            for n in range(2)
            if (r + k) % 3
        ],
    )


def programmes_of(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "programme": f"programme-{k}",
                "label": name("Programme", k, size, language),
                "read": size - 1,
                "total": size if k % 2 else float("nan"),
            }
            for k in range(size)
        ],
    )


def readings(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {
                "value": float(n % 7),
                "chosen": "yes" if n == 0 else "no",
                "holds": "no" if n % 7 < 2 else "yes",
                "links": ("names", "same_topic")[n % 2],
                "periods": ("stated", "lent")[n % 3 == 0],
                "coder": "consensus",
                "regions": f"region-{n % size}",
            }
            for n in range(size * 8)
        ],
    )


def option_names(size: int, language: str) -> dict[str, dict[str, str]]:
    return {"links": {"names": name("Names", 1, size, language), "same_topic": "Topic"}}


def agreements(size: int, language: str) -> pd.DataFrame:
    alpha = (0.7, float("nan"), 0.3, -0.2)
    return frame(
        size,
        [
            {
                "what_label": name("Kind", n, size, language),
                "alpha": alpha[n % 4],
                "low": 0.6 if n % 4 == 0 else float("nan"),
                "high": 0.8 if n % 4 == 0 else float("nan"),
                "units": 10 * n,
            }
            for n in range(size)
        ],
    )


def sections(size: int, language: str) -> pd.DataFrame:
    return frame(
        size,
        [
            {"section_label": name("Section", n, size, language), "chars": 100 * n, "covered": 40 * n}
            for n in range(size)
        ],
    )


def phases(size: int, language: str) -> pd.DataFrame:
    spans = [("", "2005-03-31"), ("2005-04-01", "2012-12-31"), ("2013-01-01", "")]
    return frame(
        size,
        [
            {
                "record": f"phase-{n}",
                "number": n,
                "label": name("Phase", n, size, language),
                "start": a,
                "end": b,
            }
            for n, (a, b) in enumerate(spans, 1)
        ],
    )


CHARTS: dict[str, Callable[[int, str], figures.Chart]] = {
    "issue_matrix": lambda n, la: figures.issue_matrix(issues(n, la), links(n, la), language=la),
    "issue_matrix small": lambda n, la: figures.issue_matrix(
        issues(n, la), links(n, la), language=la, small=True
    ),
    "issue_status": lambda n, la: figures.issue_status(issues(n, la), language=la),
    "agenda": lambda n, la: figures.agenda(themes(n, la), language=la),
    "agenda small": lambda n, la: figures.agenda(themes(n, la), language=la, small=True),
    "comment_profile": lambda n, la: figures.comment_profile(comments(n, la), language=la),
    "institution_years": lambda n, la: figures.institution_years(
        participations(n, la), projects(n, la), language=la
    ),
    "core_counts": lambda n, la: figures.core_counts(cores(n, la), language=la),
    "indicators_over_time": lambda n, la: figures.indicators_over_time(indicators(n, la), language=la),
    "indicators_over_time small": lambda n, la: figures.indicators_over_time(
        indicators(n, la), language=la, small=True
    ),
    "region_map": lambda n, la: figures.region_map(regions(n, la), language=la),
    "grade_distribution": lambda n, la: figures.grade_distribution(rounds(n, la), language=la),
    "region_participation": lambda n, la: figures.region_participation(
        entries(n, la), programmes_of(n, la), language=la
    ),
    "specification_curve": lambda n, la: figures.specification_curve(
        readings(n, la), language=la, names=option_names(n, la)
    ),
    "agreement": lambda n, la: figures.agreement(agreements(n, la), language=la),
    "coverage": lambda n, la: figures.coverage(sections(n, la), language=la),
    "phases_of_projects": lambda n, la: figures.phases_of_projects(
        projects(n, la), phases(n, la), language=la
    ),
}
CAPTION = figures.Caption("What was found", "What was measured", "A chart", "A source")
every = pytest.mark.parametrize("chart", CHARTS)
in_both = pytest.mark.parametrize("language", ["ja", "en"])


@pytest.mark.parametrize(("size", "language", "width"), CASES)
@every
def test_a_chart_can_be_read_and_hit_whatever_its_frames_hold(chart, size, language, width):
    assert faults(CHARTS[chart](size, language).figure(width)) == []


@every
def test_a_chart_is_written_for_a_page_and_for_a_phone(chart):
    made = figures.bundle(CHARTS[chart](1, "en"), name="chart", caption=CAPTION)[MIME]
    assert all(made["svg"][layout].startswith("<svg") for layout in ("wide", "narrow"))


@in_both
@every
def test_a_mark_leads_to_a_record_of_the_chart_or_to_an_item_of_its_words(chart, language):
    drawn = CHARTS[chart](3, language)
    with style.applied():
        led = {hit.to for width in (1000, 358) for hit in hits(drawn.draw(width))}
    known = {f"record:{record}" for record in drawn.records} | {f"#{id_}" for id_, _ in drawn.words}
    known |= {target for _, text in drawn.words for target in re.findall(r"\]\((record:[^)]+)\)", text)}
    assert led <= known


@every
def test_the_words_of_a_chart_have_each_id_once(chart):
    ids = [id_ for id_, _ in CHARTS[chart](3, "en").words]
    assert len(ids) == len(set(ids))


@every
def test_a_name_in_the_words_of_a_chart_is_no_markup(chart):
    told = "".join(text for _, text in CHARTS[chart](12, "en").words)
    assert not re.search(r"<b>|\*of\*|\]\(z\)", told)


@every
def test_a_frame_without_rows_is_said_to_be_empty(chart):
    with style.applied():
        shown = {text.get_text() for text in CHARTS[chart](0, "en").draw(1000).findobj(Text)}
    assert shown == {"Nothing is on record."}


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(figures.FigureError, match="issue_status: no column status_label"):
        figures.issue_status(issues(3, "en").drop(columns="status_label"), language="en")


def texts(chart: figures.Chart, width: int = 1000) -> list[str]:
    with style.applied():
        return [text.get_text() for text in chart.draw(width).findobj(Text)]


def test_an_issue_that_nobody_takes_up_keeps_its_row_and_says_so():
    shown = texts(figures.issue_matrix(issues(3, "en"), links(0, "en"), language="en"))
    assert shown.count("no direct mention") == len(issues(3, "en"))


def test_a_mark_for_several_passages_leads_to_the_list_of_them():
    chart = figures.issue_matrix(issues(3, "en"), links(3, "en"), language="en")
    told = dict(chart.words)["issue-0-0-when-0"]
    assert re.findall(r"record:(\S+?)\)", told) == ["statements/statement-0-0", "statements/statement-0-3"]


def test_occasions_stand_in_order_of_time_where_their_dates_are_known():
    starts = {"when-0": "2020-01-01", "when-1": "2008-06-01", "when-2": ""}
    dated = links(3, "en").assign(start=lambda f: f["occasion"].map(starts))
    heads = [t for t in texts(figures.issue_matrix(issues(3, "en"), dated, language="en")) if "When" in t]
    assert heads == ["When1", "When0", "When2"]


def test_a_region_keeps_its_colour_where_others_have_nothing():
    own = cores(3, "en").query("region == 'region-2'")
    with style.applied():
        chart = figures.core_counts(own, language="en", regions=["region-0", "region-1", "region-2"])
        drawn = {to_hex(patch.get_facecolor()) for patch in chart.draw(480).findobj(Patch)}
    assert drawn & {*ACCENTS} == {ACCENTS[2]}


def test_themes_are_sorted_by_what_is_called_for_and_a_small_chart_keeps_six():
    assert list(figures.agenda(themes(3, "en"), language="en").rows["n_calls"]) == [12, 10, 8, 6, 4, 2]
    assert len(figures.agenda(themes(12, "en"), language="en", small=True).rows) == 6


def test_a_list_of_core_institutions_that_goes_on_is_a_number_with_a_plus():
    assert [text for text in texts(figures.core_counts(cores(1, "en"), language="en")) if "+" in text] == [
        "6+"
    ]


def test_a_figure_of_one_year_only_is_written_and_no_line_is_drawn():
    one = indicators(3, "en").query("as_of == '2001'")
    assert "dotted" not in " ".join(texts(figures.indicators_over_time(one, language="en")))


def test_a_line_over_years_without_a_figure_is_dotted_and_one_between_neighbouring_years_is_not():
    def styles(*starts: str) -> set[str]:
        rows = [
            indicators(1, "en").iloc[0].to_dict() | {"record": day, "start": day, "end": f"{day[:4]}-12-31"}
            for day in starts
        ]
        drawn = figures.indicators_over_time(pd.DataFrame(rows), language="en").figure()
        panel = next(axes for axes in drawn.axes if axes.collections)
        return {line.get_linestyle() for line in panel.lines}

    assert styles("2001-01-01", "2002-01-01") == {"-"}
    assert styles("2001-01-01", "2003-01-01") == {"--"}  # a pattern of its own, as matplotlib names it
    assert styles("2001-04-01", "2002-01-01", "2004-01-01") == {"-", "--"}


def test_panels_of_one_measure_share_their_scale_and_zero_stands_on_it():
    rows = indicators(4, "en").assign(measure="jobs", label="Jobs")
    rows.loc[rows["region"] == "region-1", "value"] /= 100
    drawn = figures.indicators_over_time(rows, language="en").figure()
    heights = [
        [spot[1] for dots in axes.collections for spot in dots.get_offsets()]
        for axes in drawn.axes
        if axes.collections
    ]
    rises = [max(spots) - min(spots) for spots in heights]
    assert rises[1] < rises[0] / 50 and rises[0] == rises[2]
    assert "Jobs (persons)" in " ".join(texts(figures.indicators_over_time(rows, language="en")))


def test_bounds_and_prices_are_told_with_the_number():
    rows = indicators(1, "en").assign(lower=9.0, upper=1e6, price_base="constant 2015")
    chart = figures.indicators_over_time(rows, language="en")
    assert "10 &#40;9–1,000,000&#41;" in dict(chart.words)["panel-1"]
    assert "2015 prices" in " ".join(texts(chart))


def test_a_number_that_is_approximate_says_so():
    told = dict(figures.indicators_over_time(indicators(3, "en"), language="en").words)["panel-1"]
    assert "About 100 &#40;31 Mar 2007" in told and "[10 &#40;2001" in told


def test_several_projects_of_a_region_in_one_programme_are_one_mark_that_leads_to_the_first():
    chart = figures.region_participation(entries(3, "en"), programmes_of(3, "en"), language="en")
    marks = [m for m in hits(chart.figure()) if m.of == "regions/region-0"]
    assert [m.to for m in marks] == ["record:projects/project-0-1-0", "record:projects/project-0-2-0"]
    told = dict(chart.words)["region-0"]
    assert told.index("project-0-1-0") < told.index("project-0-2-0") and "project-0-1-1" not in told
    assert "projects/project-0-1-1" in chart.records


def test_how_many_regions_of_a_programme_are_known_is_said_and_out_of_how_many_only_where_that_is_known():
    shown = texts(figures.region_participation(entries(3, "en"), programmes_of(3, "en"), language="en"))
    assert "2 known" in shown and "2 of 3 known" in shown


def test_a_region_without_a_prefecture_is_named_below_the_map_and_others_on_it():
    rows = regions(12, "en").assign(label=[f"Place {n}" for n in range(12)])
    shown = texts(figures.region_map(rows, language="en"))
    assert "Place 0" in shown and "Place 3" not in shown
    assert any("Place 3" in text for text in shown if text.startswith("Not on the map"))


def test_regions_without_any_prefecture_have_a_list_and_no_coast():
    chart = figures.region_map(regions(3, "en").assign(prefecture=""), language="en")
    with style.applied():
        drawn = chart.draw(1000)
    assert drawn.findobj(Patch) == [drawn.patch]  # the paper


def test_the_islands_of_the_south_are_drawn_only_where_a_region_is_there():
    with style.applied():
        north, south = (
            len(figures.region_map(regions(n, "en"), language="en").draw(1000).findobj(Patch)) for n in (1, 3)
        )
    assert south > north + 5


def test_a_choice_that_does_not_vary_is_not_drawn():
    shown = texts(figures.specification_curve(readings(3, "en"), language="en", names={}))
    assert "Which mentions count" in shown and "Whose judgement" not in shown


def test_a_headline_that_fails_somewhere_has_its_sign_explained():
    curve = {
        holds: texts(
            figures.specification_curve(readings(3, "en").assign(holds=holds), language="en", names={})
        )
        for holds in ("yes", "no")
    }
    assert ["the headline fails" in curve[holds] for holds in ("yes", "no")] == [False, True]


def test_a_section_that_is_not_wholly_covered_is_not_rounded_up_to_all_of_it():
    rows = pd.DataFrame([{"section_label": "4.1", "chars": 1000, "covered": 999}])
    assert "99%" in texts(figures.coverage(rows, language="en"))


def test_a_project_without_a_start_is_in_no_phase():
    own = dict(
        figures.phases_of_projects(projects(1, "en").assign(start=""), phases(3, "en"), language="en").words
    )
    assert "project-0-0" in own["unplaced"]


def test_every_prefecture_has_a_place_within_the_outline_s_reach():
    from analysis.figures.map import _japan

    places = _japan()["prefectures"]
    assert sorted(places) == [f"{n:02d}" for n in range(1, 48)]
    assert all(122 < x < 149 and 24 < y < 46 for x, y in places.values())
