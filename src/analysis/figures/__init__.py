"""The charts of the report: frames in, a `Chart` out, which a bare last line of a cell shows.

Frames are tidy tables (data/schema.yaml) in one language: `label_ja`/`label_en` arrive as `label`.
Every chart takes `language="ja"|"en"`; its docstring lists the columns it reads.

    support_strips(support, phases, *, language, small=False)
    phase_timeline(phases, stages, plans, events, programmes, projects, grades, *, language,
                   story=None, named_events=())
    region_timelines(projects, grades, events, phases, *, language, only=None)
    grade_tiles(grades, *, language)
    issue_matrix(issues, links, *, language)             agenda(issues, links, *, language)
    outlook_list(outlook, issues, *, language)           comment_profile(profile, *, language)
    institution_years(institutions, projects, *, language)
    counts_over_time(indicators, *, language)            region_map(regions, *, language)
    grade_distribution(grades, *, language)              specification_curve(readings, *, language)
    agreement(coders, *, language)                       coverage(sections, *, language)

`bundle(chart, name=..., caption=Caption(title, subtitle, alt, source))` is the one writer; it takes
any matplotlib Figure or Axes too.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for editors; below they are imported when first asked for
    from analysis.figures.chart import Caption, Chart
    from analysis.figures.grades import grade_tiles
    from analysis.figures.regions import region_timelines
    from analysis.figures.support import support_strips
    from analysis.figures.timeline import phase_timeline
    from analysis.figures.writer import FigureError, bundle

# Pages are set without matplotlib: colours and font can be imported without the charts.
_WHERE = {
    "Caption": "chart",
    "Chart": "chart",
    "FigureError": "writer",
    "bundle": "writer",
    "grade_tiles": "grades",
    "phase_timeline": "timeline",
    "region_timelines": "regions",
    "support_strips": "support",
}
__all__ = [
    "Caption",
    "Chart",
    "FigureError",
    "bundle",
    "grade_tiles",
    "phase_timeline",
    "region_timelines",
    "support_strips",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> object:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    if name.startswith("_") or find_spec(f"{__name__}.{name}"):  # a module, not a chart
        raise AttributeError(name)
    near = get_close_matches(name, _WHERE, 1)
    raise AttributeError(
        f"no chart {name!r}; " + (f"did you mean {near[0]}?" if near else "see dir(figures)")
    )
