"""The charts of the report: frames in, a `Chart` out, which a bare last line of a cell shows.

Frames are tidy tables (data/schema.yaml) in one language: `label_ja`/`label_en` arrive as `label`.
Every chart takes `language="ja"|"en"`; its docstring lists the columns it reads.

    support_strips(support, phases, *, language, small=False)
    phase_timeline(spans, events, projects, grades, *, language, until="")
    region_timelines(projects, grades, events, phases, *, language, only=None)
    grade_tiles(grades, *, language)
    issue_matrix(issues, links, *, language, small=False, regions=())
    issue_status(issues, *, language, small=True, regions=())
    agenda(themes, *, language, small=False)
    comment_profile(comments, *, language, regions=())
    institution_years(participations, projects, *, language, regions=())
    core_counts(cores, *, language, small=True, regions=())
    indicators_over_time(indicators, *, language, small=False, regions=())
    region_map(regions, *, language)
    region_participation(entries, programmes, *, language, regions=())
    grade_distribution(rounds, *, language, regions=())
    specification_curve(readings, *, language, names)
    agreement(rows, *, language)
    coverage(sections, *, language)
    phases_of_projects(projects, phases, *, language, small=True)

`regions=` are the ids of the study's regions in order: a region has the same colour in every chart, also
in one whose frame holds only some of them.

`bundle(chart, name=..., caption=Caption(title, subtitle, alt, source))` is the one writer; it takes
any matplotlib Figure or Axes too.
"""

# ruff: noqa: F401 (what editors import is what __all__ names, which is made of _WHERE)
from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors; below they are imported when first asked for
    from analysis.figures.calls import agenda
    from analysis.figures.chart import Caption, Chart
    from analysis.figures.comments import comment_profile
    from analysis.figures.grades import grade_tiles
    from analysis.figures.indicators import indicators_over_time
    from analysis.figures.institutions import core_counts, institution_years
    from analysis.figures.issues import issue_matrix, issue_status
    from analysis.figures.map import region_map
    from analysis.figures.participation import region_participation
    from analysis.figures.regions import region_timelines
    from analysis.figures.robustness import agreement, specification_curve
    from analysis.figures.rounds import grade_distribution
    from analysis.figures.shares import coverage, phases_of_projects
    from analysis.figures.support import support_strips
    from analysis.figures.timeline import phase_timeline
    from analysis.figures.writer import FigureError, bundle

# Pages are set without matplotlib: colours and font can be imported without the charts.
_WHERE = {
    "Caption": "chart",
    "Chart": "chart",
    "FigureError": "writer",
    "agenda": "calls",
    "agreement": "robustness",
    "bundle": "writer",
    "comment_profile": "comments",
    "core_counts": "institutions",
    "indicators_over_time": "indicators",
    "coverage": "shares",
    "grade_distribution": "rounds",
    "grade_tiles": "grades",
    "institution_years": "institutions",
    "issue_matrix": "issues",
    "issue_status": "issues",
    "phase_timeline": "timeline",
    "phases_of_projects": "shares",
    "region_map": "map",
    "region_participation": "participation",
    "region_timelines": "regions",
    "specification_curve": "robustness",
    "support_strips": "support",
}
__all__ = sorted(_WHERE)


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    if name.startswith("_") or find_spec(f"{__name__}.{name}"):  # a module, not a chart
        raise AttributeError(name)
    near = get_close_matches(name, _WHERE, 1)
    raise AttributeError(
        f"no chart {name!r}; " + (f"did you mean {near[0]}?" if near else "see dir(figures)")
    )
