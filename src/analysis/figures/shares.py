"""Shares and numbers: what is covered, what began in which phase, what is called for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.figures import style
from analysis.figures.chart import Chart, Record, asked, link, listed, nothing, rows_of
from analysis.figures.colours import INK, PAPER, POLICY, QUIET
from analysis.figures.encoding import Span, draw_bar, draw_key, span_of
from analysis.figures.lanes import roman
from analysis.figures.rows import Scale, Sign, draw_signs_key, gutter, link_units, panel, place_row, rule
from analysis.figures.sheet import EDGE, Sheet
from analysis.figures.words import words

_HEADING = 100  # characters that a title or heading has at most
_FEW = 6  # themes of a small chart


def coverage(sections: pd.DataFrame, *, language: str) -> Chart:
    """Draw the characters of each section, the part that has a record filled.

    Columns in: sections: section_label, chars, covered (characters with a record; numbers). Left out is
    what has no title, and what is no longer than a heading and has no record.
    """
    sections = asked(sections, "coverage", "section_label chars covered")
    if not sections.empty:
        sections = sections.astype({"chars": "float64", "covered": "float64"})
        headings = (sections["covered"] == 0) & (sections["chars"] < _HEADING)
        sections = sections[(sections["section_label"] != "") & ~headings].reset_index(drop=True)
    if sections.empty:
        return nothing(language, sections)
    told = []
    for n, row in enumerate(rows_of(sections), 1):
        numbers = {"covered": row["covered"], "chars": row["chars"], "share": _share(row)}
        text = words(language)("covered_told", section=row["section_label"], **numbers)
        told.append((f"section-{n}", text))
    return Chart(lambda sheet: _draw_coverage(sheet, sections), sections, told)


def _share(row: Record) -> str:
    """Per cent, rounded down: all is 100 only where it is all."""
    return str(int(100 * row["covered"] / row["chars"])) if row["chars"] else "0"


def _draw_coverage(sheet: Sheet, sections: pd.DataFrame) -> None:
    left = gutter(sheet, sections["section_label"], share=0.42)
    scale = Scale(0, max(float(sections["chars"].max()), 1), left or EDGE, sheet.width - EDGE - 52)
    top, middles = sheet.top, []
    for row in rows_of(sections):
        middles.append(place_row(sheet, str(row["section_label"]), left, height=24))
        sheet.middle(scale(row["chars"]) + 8, middles[-1], f"{_share(row)}%", colour=QUIET)
    axes = panel(sheet, scale, top, sheet.top, ticks=())
    for column, face in (("chars", PAPER), ("covered", POLICY)):
        look: dict[str, Any] = {"facecolor": face, "edgecolor": POLICY, "linewidth": style.points(1)}
        axes.barh(middles, sections[column], height=13, **look)


def phases_of_projects(
    projects: pd.DataFrame, phases: pd.DataFrame, *, language: str, small: bool = True
) -> Chart:
    """Draw a square for each project in the phase in which it begins, as its years are known.

    Columns in: projects: record, label, start, end and, where there are, period, period_source,
    inferred, open_end; phases: record, number, label, start, end (ISO dates, "" where open). Projects
    without a start have a row of their own.
    """
    projects = asked(projects, "phases_of_projects", "record label start end")
    phases = asked(phases, "phases_of_projects", "record number label start end")
    if projects.empty or phases.empty:
        return nothing(language, projects)
    projects = projects.assign(phase=[_phase(str(start), phases) for start in projects["start"]])
    groups = [
        (str(p["record"]), f"{roman(p['number'])}  {p['label']}", projects[projects["phase"] == p["record"]])
        for p in rows_of(phases)
    ]
    away = projects[projects["phase"] == ""]
    groups += [("unplaced", words(language).text("is_unplaced"), away)] if len(away) else []
    told = []
    for id_, label, own in groups:
        named = [link("projects", project.record, project.label) for project in own.itertuples()]
        told.append((id_, words(language)("count_told", what=label, n=len(own)) + listed(language, named)))
    drawn = [f"phases/{phase}" for phase in phases["record"]] + [f"projects/{p}" for p in projects["record"]]
    return Chart(lambda sheet: _draw_phases(sheet, groups, language), projects, told, drawn, small)


def _phase(start: str, phases: pd.DataFrame) -> str:
    """The phase in which a day falls, "" where there is none."""
    for phase in rows_of(phases):
        if start and str(phase["start"]) <= start <= (str(phase["end"]) or "9"):
            return str(phase["record"])
    return ""


def _draw_phases(sheet: Sheet, groups: Sequence[tuple[str, str, pd.DataFrame]], language: str) -> None:
    left = gutter(sheet, [label for _, label, _ in groups], small=True, share=0.5)
    spans = {p["record"]: span_of(p) for _, _, own in groups for p in rows_of(own)}
    draw_key(sheet, {span.state for span in spans.values() if span.placed}, language)
    most = max(len(own) for _, _, own in groups)
    pitch = min(26.0, (sheet.width - EDGE - left - 30) / max(most, 1))
    size = min(18.0, pitch - 3)
    for id_, label, own in groups:
        y = place_row(sheet, label, left, height=30)
        for n, project in enumerate(rows_of(own)):
            x, state = left + n * pitch, spans[project["record"]].state
            draw_bar(sheet, (x, x + size), y - size / 2, size, Span("x", "x", state))
        units = [(f"projects/{p['record']}", str(p["label"])) for p in rows_of(own)]
        link_units(sheet, (left, y, pitch), units, (f"#{id_}", label))
        sheet.middle(left + len(own) * pitch + 6, y, str(len(own)), size=style.BODY)
        rule(sheet)


def agenda(themes: pd.DataFrame, *, language: str, small: bool = False) -> Chart:
    """Draw for each theme the number of issues and of calls, the themes that no issue has highlighted.

    Columns in: themes: theme, theme_label, n_issues, n_calls (numbers). Sorted by calls; themes that
    neither has are left out. `small` keeps the six themes that are called for most.
    """
    themes = asked(themes, "agenda", "theme theme_label n_issues n_calls")
    themes = themes[(themes["n_issues"].astype(float) > 0) | (themes["n_calls"].astype(float) > 0)]
    if themes.empty:
        return nothing(language, themes)
    themes = themes.sort_values(["n_calls", "n_issues"], ascending=[False, True], kind="stable")
    themes = themes.head(_FEW if small else len(themes)).reset_index(drop=True)
    told = []
    for row in rows_of(themes):
        theme = link("themes", row["theme"], row["theme_label"])
        key = "theme_told" if row["n_issues"] else "theme_new"
        text = words(language)(key, theme=theme, issues=int(row["n_issues"]), calls=int(row["n_calls"]))
        told.append((str(row["theme"]), text))
    return Chart(lambda sheet: _draw_agenda(sheet, themes, language, small), themes, told, small=small)


def _draw_agenda(sheet: Sheet, themes: pd.DataFrame, language: str, small: bool) -> None:
    word = words(language)
    left = gutter(sheet, themes["theme_label"], small=True, share=0.42)
    most = float(themes[["n_issues", "n_calls"]].max().max())
    scale = Scale(0, max(most, 1), left + 10, sheet.width - EDGE - 26)
    signs = {"in_issues": Sign(filled=False, colour=POLICY), "in_calls": Sign(colour=POLICY)}
    signs |= {"in_calls_only": Sign(colour=INK)} if (themes["n_issues"] == 0).any() else {}
    draw_signs_key(sheet, [(sign, word.text(key)) for key, sign in signs.items()])
    top, middles = sheet.top, []
    for row in rows_of(themes):
        middles.append(place_row(sheet, str(row["theme_label"]), left, height=28 if not small else 26))
        numbers = {"issues": int(row["n_issues"]), "calls": int(row["n_calls"])}
        title = word.text("theme_told", theme=row["theme_label"], **numbers)
        sheet.link_record(f"themes/{row['theme']}", title, (EDGE, sheet.width - EDGE), middles[-1])
    _draw_pairs(sheet, scale, themes.assign(y=middles), top)


def _draw_pairs(sheet: Sheet, scale: Scale, themes: pd.DataFrame, top: float) -> None:
    """Both numbers of each theme on one line, the number of calls and of issues beside them."""
    axes = panel(sheet, scale, top, sheet.top, ticks=())
    numbers, y = themes[["n_issues", "n_calls"]], themes["y"]
    issues, calls, low, high = themes["n_issues"], themes["n_calls"], numbers.min(axis=1), numbers.max(axis=1)
    colours = [INK if n == 0 else POLICY for n in issues]
    axes.hlines(y, low, high, color=colours, linewidth=style.points(3), clip_on=False)
    size, same = style.points(11) ** 2, issues == calls  # one on the other: a dot in its ring
    ring: dict[str, Any] = {"facecolor": PAPER, "edgecolor": colours, "linewidth": style.points(1.5)}
    axes.scatter(calls, y, size, facecolor=colours, linewidth=0, clip_on=False)
    axes.scatter(issues, y, size, zorder=3, clip_on=False, **ring)
    dot = style.points(5) ** 2
    axes.scatter(calls[same], y[same], dot, color=POLICY, linewidth=0, zorder=4, clip_on=False)
    for theme, less, more in zip(rows_of(themes), low.astype(int), high.astype(int), strict=True):
        colour = INK if not theme["n_issues"] else QUIET
        sheet.middle(scale(more) + 10, theme["y"], str(more), colour=colour)
        if 0 < less < more:
            sheet.middle(scale(less) - 10, theme["y"], str(less), colour=QUIET, align="right")
