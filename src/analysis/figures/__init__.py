"""The charts of the report: frames in, a `Chart` out, which a bare last line of a cell shows.

Frames are tidy tables (data/schema.yaml) in one language: `label_ja`/`label_en` arrive as `label`.
Every chart takes `language="ja"|"en"`; its docstring lists the columns it reads. `dir(figures)` lists
the charts.

`regions=` are the ids of the study's regions in order: a region has the same colour in every chart, also
in one whose frame holds only some of them. `small=True` is the chart as it stands beside a finding.

`bundle(chart, name=..., caption=Caption(title, subtitle, alt, source))` is the one writer; it takes
any matplotlib Figure or Axes too.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors, what __all__ names; below they are imported when first asked for
    from analysis.figures.chart import Caption, Chart
    from analysis.figures.comments import comment_profile
    from analysis.figures.grades import grade_tiles
    from analysis.figures.indicators import indicators_over_time
    from analysis.figures.institutions import core_counts, institution_years
    from analysis.figures.issues import issue_matrix, issue_status
    from analysis.figures.map import region_map
    from analysis.figures.robustness import agreement, specification_curve
    from analysis.figures.rounds import grade_distribution, region_participation
    from analysis.figures.shares import agenda, coverage, phases_of_projects
    from analysis.figures.support import support_strips
    from analysis.figures.timeline import phase_timeline, region_timelines
    from analysis.figures.writer import FigureError, bundle

# Pages are set without matplotlib: colours and font can be imported without the charts.
_NAMES = {
    "chart": "Caption Chart",
    "comments": "comment_profile",
    "grades": "grade_tiles",
    "indicators": "indicators_over_time",
    "institutions": "core_counts institution_years",
    "issues": "issue_matrix issue_status",
    "map": "region_map",
    "robustness": "agreement specification_curve",
    "rounds": "grade_distribution region_participation",
    "shares": "agenda coverage phases_of_projects",
    "support": "support_strips",
    "timeline": "phase_timeline region_timelines",
    "writer": "FigureError bundle",
}
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}
MODULES = tuple(_NAMES)
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
