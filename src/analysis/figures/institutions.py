"""Institutions: in which years each is named, and how many stand at the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart
from analysis.figures.colours import PAPER, QUIET
from analysis.figures.encoding import Span, draw_bar, draw_key, edges, span_of
from analysis.figures.frames import asked, colours_of, link, listed, nothing, rows_of, unique
from analysis.figures.rows import gutter, heading, note, place_row, rule, sheet_of
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import aside, headed, joined, words

_PART = "institution institution_label project role role_label identity"
_PROJECT = "record label short start end open_end region"
_CORE = "region region_label project project_label n at_least names"
_THICK, _THIN = 12.0, 4.0  # height of a core institution's bar, and of another's


@dataclass(frozen=True)
class _Named:
    """Institutions by identity, and the projects in which they are named."""

    parts: pd.DataFrame
    projects: pd.DataFrame
    language: str
    colours: Mapping[str, str]

    @cached_property
    def starts(self) -> dict[str, str]:
        """The first day of each project."""
        return dict(zip(self.projects["record"], self.projects["start"], strict=True))

    @cached_property
    def bodies(self) -> dict[str, list[dict[str, Any]]]:
        """Participations by identity, those named first in time and at the core first."""
        start = self.starts
        rows = [r for r in self.parts.pipe(rows_of) if r["project"] in start]
        rows.sort(key=lambda r: (r["role"] != "core", start[r["project"]] or "9"))
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            found.setdefault(str(row["identity"] or row["institution"]), []).append(row)
        return found

    @cached_property
    def loose(self) -> list[str]:
        """Institutions that are named without a project."""
        rows = self.parts[~self.parts["project"].isin(self.projects["record"])].pipe(rows_of)
        return [aside(r["institution_label"], [r["role_label"]], self.language) for r in rows]

    def name(self, body: str) -> str:
        """All names that a body had, in the order of its projects."""
        start = self.starts
        rows = sorted(self.bodies[body], key=lambda r: start[r["project"]])
        return " → ".join(dict.fromkeys(str(r["institution_label"]) for r in rows))


def institution_years(
    participations: pd.DataFrame, projects: pd.DataFrame, *, language: str, regions: Sequence[str] = ()
) -> Chart:
    """Draw for each institution the years of the projects in which it is named, thick where it is at the core.

    Columns in: participations: record (optional), institution, institution_label, project, role (core or
    another), role_label, identity (the same for a body before and after it was renamed); projects:
    record, label, short, start, end, open_end, region and, where there are, region_label, period,
    period_source, inferred, core_institutions (partial: the list ends in "and others"). Bars are drawn
    as the project's years are known. Who is named without a project is listed below. `regions` are the
    study's in order, for their colours, where the projects are not of each of them.
    """
    parts = asked(participations, "institution_years", _PART)
    projects = asked(projects, "institution_years", _PROJECT)
    named = _Named(
        parts,
        projects[projects["record"].isin(parts["project"])],
        language,
        colours_of(projects["region"], regions),
    )
    if parts.empty:
        return nothing(language, parts)
    rows = parts.merge(
        projects.drop(columns=["institution", "region_label"], errors="ignore").rename(
            columns={"record": "project", "label": "project_name", "region": "project_region"}
        ),
        on="project",
        how="left",
        validate="many_to_one",
        suffixes=("", "_project"),
    )
    own = [f"participations/{record}" for record in parts.get("record", [])]
    records = own + [f"projects/{record}" for record in named.projects["record"]]
    return Chart(lambda width: _draw_years(named, width), rows, tuple(_told(named)), unique(records))


def _told(named: _Named) -> list[tuple[str, str]]:
    word, items = words(named.language), []
    labels = dict(zip(named.projects["record"], named.projects["label"], strict=True))
    for body, rows in named.bodies.items():
        told = []
        for row in rows:
            name = aside(labels[row["project"]], [row["role_label"]], named.language)
            home = ("participations", row["record"]) if row.get("record") else ("projects", row["project"])
            told.append(link(*home, name))
        items.append((body, word("named_in", name=named.name(body)) + listed(named.language, told)))
    if named.loose:
        items.append(("without-project", word("loose", names=joined(named.loose, named.language))))
    return items


def _draw_years(named: _Named, width: int) -> Figure:
    sheet, word = Sheet(width), words(named.language)
    left = gutter(sheet, map(named.name, named.bodies), share=0.32)
    spans = [span_of(row) for row in named.projects.pipe(rows_of)]
    placed = [s for s in spans if s.placed]
    axis = axis_over(_days(placed), left or EDGE, width - EDGE, room=24)
    signs = {sign for span in placed for sign in span.signs} - {"unplaced"}
    if placed:
        draw_key(sheet, signs, named.language)
        _draw_roles_key(sheet, named)
        top, sheet.top = sheet.top, sheet.top + 24
        _draw_projects(sheet, named, axis)
        rule(sheet)
        for body in named.bodies:
            _draw_body(sheet, named, axis, (body, left))
            rule(sheet)
        draw_years(sheet, axis, top, sheet.top)
    sheet.top += 6
    projects = named.projects.pipe(rows_of)
    remarks = {
        "others": [p["short"] for p in projects if p.get("core_institutions") == "partial"],
        "unplaced": [p["short"] for p, span in zip(projects, spans, strict=True) if not span.placed],
        "loose": named.loose,
    }
    for key, names in remarks.items():
        if names:
            note(sheet, word.text(key, names=joined(names, named.language)))
    return sheet.finish()


def _days(spans: Sequence[Span]) -> list[str]:
    """The dates that the axis has to hold; what goes on, or began at some time, does so for three years."""
    days = [day for span in spans for day in (span.start, span.end)]
    going = [span.start for span in spans if span.after == "open" and span.start]
    fading = [span.end for span in spans if span.before == "unknown"]
    days += [f"{int(day[:4]) - 3}-01-01" for day in fading]
    return days + [f"{int(day[:4]) + 3}-12-31" for day in going]


def _draw_roles_key(sheet: Sheet, named: _Named) -> None:
    """What a thick and a thin bar mean, where both are there."""
    roles = {r["role"] == "core": str(r["role_label"]) for rows in named.bodies.values() for r in rows}
    if len(roles) < 2:
        return

    def sample(height: float) -> Callable[[float, float], None]:
        return lambda x, y: sheet.box(x, y + 9 - height / 2, 26, height, QUIET)

    other = words(named.language).text("other_role")
    sheet.key([(sample(_THICK), roles[True]), (sample(_THIN), other)], 34, 18, 22)
    sheet.top += 2


def _draw_projects(sheet: Sheet, named: _Named, axis: TimeAxis) -> None:
    """The projects on top, each with its name beside or under its bar."""
    for row in named.projects.sort_values("start", kind="stable").pipe(rows_of):
        span = span_of(row)
        if not span.placed:
            continue
        x0, x1 = edges(axis, span)
        (name,) = style.wrap(str(row["short"]), sheet.width - 2 * EDGE, max_lines=1)
        wide = style.text_width(name)
        after, before = x1 + 8 + wide <= sheet.width - EDGE, x0 - 8 - wide >= EDGE
        colour = named.colours[row["region"]]
        if after or before:
            draw_bar(sheet, (x0, x1), sheet.top + 7, 10, span, colour)
            at, align = (x1 + 8, "left") if after else (x0 - 8, "right")
            sheet.middle(at, sheet.top + 12, name, align=align)
        else:
            draw_bar(sheet, (x0, x1), sheet.top + 20, 10, span, colour)
            sheet.text(min(max(x0, EDGE), sheet.width - EDGE - wide), sheet.top + 2, name)
        step, key = 25 if after or before else 36, f"projects/{row['record']}"
        box = (x0, sheet.top, max(x1, x0 + 24), sheet.top + step)
        sheet.link(f"record:{key}", str(row["label"]), box, [key])
        sheet.top += step


def _draw_body(sheet: Sheet, named: _Named, axis: TimeAxis, row: tuple[str, float]) -> None:
    """One institution: a bar for each project in which it is named."""
    body, left = row
    projects = {p["record"]: p for p in named.projects.pipe(rows_of)}
    parts = [(r, projects[r["project"]], span_of(projects[r["project"]])) for r in named.bodies[body]]
    parts = [part for part in parts if part[2].placed]
    parts.sort(key=lambda part: part[2].start)
    lanes = pack([edges(axis, span) for _, _, span in parts])
    place = place_row(sheet, named.name(body), left, height=max(26.0, 24.0 * (max(lanes, default=0) + 1) + 2))
    first = place.y - 12.0 * max(lanes, default=0)
    for (part, project, span), lane in zip(parts, lanes, strict=True):
        x0, x1 = edges(axis, span)
        y, height = first + lane * 24, _THICK if part["role"] == "core" else _THIN
        draw_bar(sheet, (x0, x1), y - height / 2, height, span, named.colours[project["region"]])
        told = joined([project["label"], part["role_label"]], named.language)
        title = headed(part["institution_label"], told, named.language)
        to = f"participations/{part['record']}" if part.get("record") else f"projects/{project['record']}"
        of = [f"projects/{project['record']}", f"regions/{project['region']}"]
        sheet.link_row(f"record:{to}", title, (x0, x1), y, of)


def core_counts(
    cores: pd.DataFrame, *, language: str, small: bool = True, regions: Sequence[str] = ()
) -> Chart:
    """Draw the number of core institutions named for each project, in order, by region.

    Columns in: cores: region, region_label, project, project_label, n (number), at_least (yes, no: the
    list goes on), names (list, or text). `regions` as in `institution_years`.
    """
    cores = asked(cores, "core_counts", _CORE)
    if cores.empty:
        return nothing(language, cores)
    told = []
    for row in cores.pipe(rows_of):
        about = words(language)(
            "core_told" if row["at_least"] != "yes" else "core_told_open",
            project=link("projects", row["project"], row["project_label"]),
            region=row["region_label"],
            n=int(row["n"]),
        )
        told.append((str(row["project"]), about + listed(language, _list(row["names"]))))
    return Chart(
        lambda width: _draw_cores(
            cores, sheet_of(width, small=small), colours_of(cores["region"], regions), language
        ),
        cores.assign(names=[joined(_list(v), language, wide=True) for v in cores["names"]]),
        tuple(told),
        unique([f"projects/{project}" for project in cores["project"]]),
    )


def _list(names: object) -> Sequence[str]:
    return [names] if isinstance(names, str) else list(names)  # type: ignore[call-overload]


def _draw_cores(cores: pd.DataFrame, sheet: Sheet, colours: Mapping[str, str], language: str) -> Figure:
    left = gutter(sheet, cores["project_label"], small=True, share=0.46)
    pitch = min(24.0, (sheet.width - left - EDGE - 72) / max(float(cores["n"].max()), 1))
    for region, group in cores.groupby("region", sort=False, observed=True):
        heading(sheet, str(group["region_label"].iloc[0]), colours[str(region)], size=style.SMALL)
        for row in group.pipe(rows_of):
            place = place_row(sheet, str(row["project_label"]), left, height=28)
            x = _draw_units(sheet, row, (left, place.y, pitch), colours[str(region)], language)
            title = headed(row["project_label"], joined(_list(row["names"]), language), language)
            key = f"projects/{row['project']}"
            to = f"record:{key}" if row["n"] == 1 else f"#{row['project']}"
            sheet.link_row(to, title, (left, x), place.y, [key])
        rule(sheet)
        sheet.top += 6
    sheet.top -= 6
    return sheet.finish()


def _draw_units(
    sheet: Sheet, row: Mapping[str, Any], place: tuple[float, float, float], colour: str, language: str
) -> float:
    """A square for each institution, an open one where the list goes on; then their number."""
    left, y, pitch = place
    size, n = min(18.0, pitch - 3), int(row["n"])
    for k in range(n):
        sheet.box(left + k * pitch, y - size / 2, size, size, colour)
    end, more = left + n * pitch, row["at_least"] == "yes"
    if more:
        sheet.box(end, y - size / 2, size, size, PAPER, colour, linestyle=(0, (2, 2)))
        end += pitch
    number = words(language).text("at_least", n=n) if more else str(n)
    sheet.middle(end + 4, y, number, size=style.BODY)
    return end + 30
