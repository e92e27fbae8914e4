"""Institutions: in which years each is named, and how many stand at the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeAxis, axis_over, draw_years, pack
from analysis.figures.chart import Chart, Colours, Record, asked, colours_of, link, listed, nothing, rows_of
from analysis.figures.colours import PAPER, QUIET
from analysis.figures.encoding import Span, draw_bar, draw_key, edges, span_of
from analysis.figures.rows import Place, gutter, heading, note, place_row, rule
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
    projects: Mapping[str, Record]  # by id
    language: str
    colours: Colours

    @cached_property
    def spans(self) -> dict[str, Span]:
        return {id_: span_of(project) for id_, project in self.projects.items()}

    @cached_property
    def bodies(self) -> dict[str, list[dict[str, Any]]]:
        """Participations by identity, those named first in time and at the core first."""
        rows = [r for r in rows_of(self.parts) if r["project"] in self.projects]
        rows.sort(key=lambda r: (r["role"] != "core", self.projects[r["project"]]["start"] or "9"))
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            found.setdefault(str(row["identity"] or row["institution"]), []).append(row)
        return found

    @cached_property
    def loose(self) -> list[str]:
        """Institutions that are named without a project."""
        rows = [row for row in rows_of(self.parts) if row["project"] not in self.projects]
        return [aside(r["institution_label"], [r["role_label"]], self.language) for r in rows]

    def name(self, body: str) -> str:
        """All names that a body had, in the order of its projects."""
        rows = sorted(self.bodies[body], key=lambda r: self.projects[r["project"]]["start"])
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
    projects = asked(projects, "institution_years", _PROJECT, once="record")
    if parts.empty:
        return nothing(language, parts)
    own = {p["record"]: p for p in rows_of(projects[projects["record"].isin(parts["project"])])}
    named = _Named(parts, own, language, colours_of(projects["region"], regions))
    rows = parts.merge(
        projects.drop(columns=["institution", "region_label"], errors="ignore").rename(
            columns={"record": "project", "label": "project_name", "region": "project_region"}
        ),
        on="project",
        how="left",
        validate="many_to_one",
        suffixes=("", "_project"),
    )
    drawn = [f"participations/{record}" for record in parts.get("record", []) if record]
    drawn += [f"projects/{record}" for record in own]
    return Chart(lambda sheet: _draw_years(sheet, named), rows, _told(named), drawn)


def _told(named: _Named) -> list[tuple[str, str]]:
    word, items = words(named.language), []
    for body, rows in named.bodies.items():
        told = []
        for row in rows:
            name = aside(named.projects[row["project"]]["label"], [row["role_label"]], named.language)
            home = ("participations", row["record"]) if row.get("record") else ("projects", row["project"])
            told.append(link(*home, name))
        items.append((body, word("named_in", name=named.name(body)) + listed(named.language, told)))
    if named.loose:
        items.append(("without-project", word("loose", names=joined(named.loose, named.language))))
    return items


def _draw_years(sheet: Sheet, named: _Named) -> None:
    left = gutter(sheet, map(named.name, named.bodies), share=0.32)
    placed = [s for s in named.spans.values() if s.placed]
    axis = axis_over(_days(placed), left or EDGE, sheet.width - EDGE, room=24)
    if placed:
        draw_key(sheet, {sign for span in placed for sign in span.signs}, named.language)
        _draw_roles_key(sheet, named)
        top, sheet.top = sheet.top, sheet.top + 24
        _draw_projects(sheet, named, axis)
        rule(sheet)
        for body in named.bodies:
            _draw_body(sheet, named, axis, body, left)
            rule(sheet)
        draw_years(sheet, axis, top, sheet.top)
    sheet.top += 6
    projects = named.projects.values()
    remarks = {
        "others": [p["short"] for p in projects if p.get("core_institutions") == "partial"],
        "unplaced": [p["short"] for p in projects if not named.spans[p["record"]].placed],
        "loose": named.loose,
    }
    for key, names in remarks.items():
        if names:
            note(sheet, words(named.language).text(key, names=joined(names, named.language)))


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
    labels = [roles[True], words(named.language).text("other_role")]
    for (x, y), height in zip(sheet.key(labels, 34, 18, 22), (_THICK, _THIN), strict=True):
        sheet.box(x, y + 9 - height / 2, 26, height, QUIET)
    sheet.top += 2


def _draw_projects(sheet: Sheet, named: _Named, axis: TimeAxis) -> None:
    """The projects on top, each with its name beside or under its bar."""
    for project in sorted(named.projects.values(), key=lambda p: p["start"]):
        span = named.spans[project["record"]]
        if not span.placed:
            continue
        x0, x1 = edges(axis, span)
        (name,) = style.wrap(str(project["short"]), sheet.width - 2 * EDGE, max_lines=1)
        wide = style.text_width(name)
        after, before = x1 + 8 + wide <= sheet.width - EDGE, x0 - 8 - wide >= EDGE
        down, step = (7, 25) if after or before else (20, 36)
        draw_bar(sheet, (x0, x1), sheet.top + down, 10, span, named.colours[project["region"]])
        if after or before:
            at, align = (x1 + 8, "left") if after else (x0 - 8, "right")
            sheet.middle(at, sheet.top + 12, name, align=align)
        else:
            sheet.text(min(max(x0, EDGE), sheet.width - EDGE - wide), sheet.top + 2, name)
        key, box = f"projects/{project['record']}", (x0, sheet.top, max(x1, x0 + 24), sheet.top + step)
        sheet.link(f"record:{key}", str(project["label"]), box, [key])
        sheet.top += step


def _draw_body(sheet: Sheet, named: _Named, axis: TimeAxis, body: str, left: float) -> None:
    """One institution: a bar for each project in which it is named."""
    parts = [(part, named.spans[part["project"]]) for part in named.bodies[body]]
    parts = sorted((p for p in parts if p[1].placed), key=lambda p: p[1].start)
    lanes = pack([edges(axis, span) for _, span in parts])
    last = max(lanes, default=0)
    y = place_row(sheet, named.name(body), left, height=max(26.0, 24.0 * (last + 1) + 2)) - 12.0 * last
    for (part, span), lane in zip(parts, lanes, strict=True):
        (x0, x1), project = edges(axis, span), named.projects[part["project"]]
        height, middle = _THICK if part["role"] == "core" else _THIN, y + lane * 24
        draw_bar(sheet, (x0, x1), middle - height / 2, height, span, named.colours[project["region"]])
        told = joined([project["label"], part["role_label"]], named.language)
        title = headed(part["institution_label"], told, named.language)
        to = f"participations/{part['record']}" if part.get("record") else f"projects/{project['record']}"
        of = [f"projects/{project['record']}", f"regions/{project['region']}"]
        sheet.link_row(f"record:{to}", title, (x0, x1), middle, of)


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
    names = [[value] if isinstance(value, str) else list(value) for value in cores["names"]]
    cores, told = cores.assign(names=names), []
    for row in rows_of(cores):
        key = "core_told" if row["at_least"] != "yes" else "core_told_open"
        project = link("projects", row["project"], row["project_label"])
        about = words(language)(key, project=project, region=row["region_label"], n=int(row["n"]))
        told.append((str(row["project"]), about + listed(language, row["names"])))
    colours = colours_of(cores["region"], regions)
    rows = cores.assign(names=[joined(each, language, wide=True) for each in names])
    return Chart(lambda sheet: _draw_cores(sheet, cores, colours, language), rows, told, small=small)


def _draw_cores(sheet: Sheet, cores: pd.DataFrame, colours: Colours, language: str) -> None:
    left = gutter(sheet, cores["project_label"], small=True, share=0.46)
    pitch = min(24.0, (sheet.width - left - EDGE - 72) / max(float(cores["n"].max()), 1))
    for region, group in cores.groupby("region", sort=False, observed=True):
        heading(sheet, str(group["region_label"].iloc[0]), colours[str(region)], size=style.SMALL)
        for row in rows_of(group):
            y = place_row(sheet, str(row["project_label"]), left, height=28)
            right = _draw_units(sheet, row, (left, y, pitch), colours[str(region)], language)
            title = headed(row["project_label"], joined(row["names"], language), language)
            key = f"projects/{row['project']}"
            to = f"record:{key}" if row["n"] == 1 else f"#{row['project']}"
            sheet.link_row(to, title, (left, right), y, [key])
        rule(sheet)
        sheet.top += 6
    sheet.top -= 6


def _draw_units(sheet: Sheet, row: Record, place: Place, colour: str, language: str) -> float:
    """A square for each institution, an open one where the list goes on; then their number."""
    left, y, pitch = place
    size, n, more = min(18.0, pitch - 3), int(row["n"]), row["at_least"] == "yes"
    for k in range(n):
        sheet.box(left + k * pitch, y - size / 2, size, size, colour)
    if more:
        sheet.box(left + n * pitch, y - size / 2, size, size, PAPER, colour, linestyle=(0, (2, 2)))
    end = left + n * pitch + more * pitch
    sheet.middle(end + 4, y, words(language).text("at_least", n=n) if more else str(n), size=style.BODY)
    return end + 30
