"""Issues: which later passages take each up, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import style
from analysis.figures.chart import Chart
from analysis.figures.colours import INK, PAPER, QUIET
from analysis.figures.frames import (
    COMMON,
    asked,
    colours_of,
    grouped,
    labels,
    link,
    listed,
    nothing,
    order,
    rows_of,
    unique,
)
from analysis.figures.rows import (
    Sign,
    draw_signs,
    draw_signs_key,
    gutter,
    heading,
    link_units,
    place_row,
    rule,
    sheet_of,
)
from analysis.figures.sheet import EDGE, LayoutError, Sheet
from analysis.figures.words import aside, headed, joined, words

_ISSUE = "record scope scope_label number short label status status_label"
_LINK = "issue relation relation_label collective table record label occasion occasion_label"
# How a passage takes an issue up: the shape of its mark, and whether it is filled.
_RELATIONS = {
    "answers": ("D", True),
    "names": ("o", True),
    "same_topic": ("o", False),
    "bears_on": ("s", False),
}
_PITCH = 16.0  # pixels from mark to mark
_LEAST = 58.0  # pixels that a column of the matrix has at least


@dataclass(frozen=True)
class _Matrix:
    """Issues, their links in the order of their signs, and how both are drawn."""

    issues: pd.DataFrame
    links: pd.DataFrame
    language: str
    small: bool
    regions: Sequence[str] = ()

    @cached_property
    def colours(self) -> dict[str, str]:
        return colours_of(self.issues["scope"], self.regions)

    @cached_property
    def occasions(self) -> dict[str, str]:
        return labels(self.links, "occasion")

    @cached_property
    def cells(self) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        """Links by issue and occasion."""
        return grouped(self.links, "issue", "occasion")


def issue_matrix(
    issues: pd.DataFrame,
    links: pd.DataFrame,
    *,
    language: str,
    small: bool = False,
    regions: Sequence[str] = (),
) -> Chart:
    """Draw issues by later occasion, a dot for each passage that takes one up, the status in words beside.

    Columns in: issues: record, scope (common or a region), scope_label, number, short, label, status,
    status_label, inferred; links: issue, relation (names, same_topic, answers, bears_on), relation_label,
    collective (yes, no), table, record, label (of the passage), occasion, occasion_label and, where there
    is one, start (ISO date), which puts occasions in order of time. Issues without a link stay as empty rows. `small` leaves out occasions and statuses.
    `regions` are the study's in order, for their colours, where the issues may not name each of them.
    """
    issues = asked(issues, "issue_matrix", _ISSUE)
    links = asked(links, "issue_matrix", _LINK)
    if issues.empty:
        return nothing(language, links)
    matrix = _Matrix(_by_scope(issues), _in_order(issues, links), language, small, regions)
    if small:
        later = words(language).text("later")
        matrix = replace(
            matrix, links=_by_relation(matrix.links.assign(occasion="later", occasion_label=later))
        )
    rows = matrix.issues.rename(columns={"record": "issue", "label": "issue_label"}).merge(
        matrix.links, on="issue", how="left", validate="one_to_many"
    )
    return Chart(
        lambda width: _draw_matrix(matrix, width),
        rows,
        tuple(_matrix_words(matrix)),
        unique(
            [f"issues/{i}" for i in matrix.issues["record"]]
            + [f"{row.table}/{row.record}" for row in matrix.links.itertuples()]
        ),
    )


def _by_scope(issues: pd.DataFrame) -> pd.DataFrame:
    return issues.sort_values("scope", key=lambda scopes: scopes.map(order(scopes).index), kind="stable")


def _by_relation(links: pd.DataFrame) -> pd.DataFrame:
    places = {relation: n for n, relation in enumerate(_RELATIONS)}
    return links.sort_values(
        "relation", key=lambda relations: relations.map(places).fillna(len(places)), kind="stable"
    )


def _in_order(issues: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Links of these issues, by occasion in order of time, and within one by relation.

    An occasion stands where its first date does (column start, where there is one), those without a
    date last, else in the order of the frame.
    """
    own = links[links["issue"].isin(issues["record"])]
    if "start" in own:
        first = own["start"].astype(str).replace("", "9").groupby(own["occasion"]).transform("min")
        own = own.assign(_f=first).sort_values("_f", kind="stable").drop(columns="_f")
    return _by_relation(own).sort_values(
        "occasion",
        key=lambda occasions: occasions.map([*dict.fromkeys(own["occasion"])].index),
        kind="stable",
    )


def _matrix_words(matrix: _Matrix) -> list[tuple[str, str]]:
    """One item an issue, and one for each mark or group of marks in its row."""
    word, items = words(matrix.language), []
    for issue in matrix.issues.pipe(rows_of):
        name = link("issues", issue["record"], _named(issue, matrix.language))
        taken = issue["record"] in set(matrix.links["issue"])
        key = "issue_told" if taken else "issue_silent"
        items.append((issue["record"], word(key, issue=name, status=issue["status_label"])))
        for occasion, label in matrix.occasions.items():
            if passages := matrix.cells.get((issue["record"], occasion)):
                told = listed(matrix.language, [link(p["table"], p["record"], _passage(p)) for p in passages])
                how = joined(dict.fromkeys(p["relation_label"] for p in passages), matrix.language)
                before = word("cell_told", issue=issue["short"], occasion=label, how=how)
                items.append((f"{issue['record']}-{occasion}", before + told))
    return items


def _named(issue: Mapping[str, Any], language: str) -> str:
    number = f" ({issue['number']})" if issue["number"] != "" else ""
    return f"{issue['scope_label']}{number} {issue['label']}"


def _passage(passage: Mapping[str, Any]) -> str:
    return str(passage["label"] or passage["record"])


def _sign(passage: Mapping[str, Any], colour: str) -> Sign:
    marker, filled = _RELATIONS.get(passage["relation"], ("^", False))
    return Sign(marker, filled, passage["collective"] == "yes", colour)


def _draw_matrix(matrix: _Matrix, width: int) -> Figure:
    sheet = sheet_of(width, small=matrix.small)
    names = [_row_label(issue, matrix.small) for issue in matrix.issues.pipe(rows_of)]
    left = gutter(sheet, names, small=matrix.small, share=0.56 if matrix.small else 0.3)
    head = words(matrix.language).text("status")
    statuses = 0.0 if matrix.small else style.widest([head, *matrix.issues["status_label"]]) + 8
    right = sheet.width - EDGE - (0 if sheet.narrow else min(statuses, 200))
    columns = _columns(matrix, left or EDGE, right)
    _draw_key(sheet, matrix)
    if not matrix.small:
        _draw_heads(sheet, matrix, columns, right)
    for (scope, name), group in matrix.issues.groupby(["scope", "scope_label"], sort=False, observed=True):
        colour = matrix.colours[str(scope)]
        sheet.top += 6
        size = style.SMALL if sheet.narrow else style.BODY
        heading(sheet, str(name), colour if scope != COMMON else "", size=size)
        for issue in group.pipe(rows_of):
            _draw_issue(sheet, matrix, issue, (left, right), columns)
    return sheet.finish()


def _row_label(issue: Mapping[str, Any], small: bool) -> str:
    number = f"({issue['number']}) " if issue["number"] != "" and not small else ""
    return f"{number}{issue['short'] or issue['label']}"


def _columns(matrix: _Matrix, left: float, right: float) -> list[tuple[float, float]]:
    """Left and right edge of each occasion's column: as wide as its fullest cell needs."""
    most = [
        max(len(matrix.cells.get((issue, occasion), [])) for issue in matrix.issues["record"])
        for occasion in matrix.occasions
    ]
    shares = [max(n * _PITCH + 10, _LEAST) for n in most]
    if len(most) * _LEAST > right - left:
        raise LayoutError(f"{len(most)} occasions have no room")
    spare = (right - left - sum(shares)) / max(len(shares), 1)
    if spare < 0:
        shares, spare = [(right - left) / len(shares)] * len(shares), 0
    edges = list(accumulate((share + spare for share in shares), initial=left))
    return list(pairwise(edges))


def _draw_key(sheet: Sheet, matrix: _Matrix) -> None:
    word, links = words(matrix.language), matrix.links
    known = labels(links, "relation")
    entries = [
        (_sign({"relation": relation, "collective": "no"}, INK), str(known[relation]))
        for relation in sorted(known, key=lambda id_: [*_RELATIONS, id_].index(id_))
    ]
    if "yes" in set(links["collective"]):
        entries.append((Sign(ringed=True), word.text("collective")))
    draw_signs_key(sheet, entries)


def _draw_heads(sheet: Sheet, matrix: _Matrix, columns: Sequence[tuple[float, float]], right: float) -> None:
    heads = [
        style.wrap(label[:1].upper() + label[1:], x1 - x0 - 6, max_lines=3)
        for label, (x0, x1) in zip(matrix.occasions.values(), columns, strict=True)
    ]
    lines = max(map(len, heads), default=1)
    bottom = sheet.top + lines * style.line_height()
    for head, (x0, _) in zip(heads, columns, strict=True):
        sheet.text(x0, bottom - len(head) * style.line_height(), head, colour=QUIET)
    if not sheet.narrow:
        sheet.text(right, bottom - style.line_height(), words(matrix.language).text("status"), colour=QUIET)
    sheet.top = bottom + 4
    rule(sheet)


def _draw_issue(
    sheet: Sheet,
    matrix: _Matrix,
    issue: Mapping[str, Any],
    edges: tuple[float, float],
    columns: Sequence[tuple[float, float]],
) -> None:
    """One row: the issue, its marks, its status."""
    left, right = edges
    label, status = _row_label(issue, matrix.small), str(issue["status_label"])
    told = not matrix.small
    if sheet.narrow and told:
        label = aside(label, [status], matrix.language)
    row = place_row(sheet, label, left, height=24 if matrix.small else 26)
    label_box = (EDGE, row.top, left - 8, row.bottom) if left else (EDGE, row.top, sheet.width, row.y - 13)
    about, of = f"issues/{issue['record']}", [f"issues/{issue['record']}"]
    of += [f"regions/{issue['scope']}"] if issue["scope"] != COMMON else []
    title = headed(_named(issue, matrix.language), status, matrix.language)
    sheet.link(f"record:{about}", title, label_box, of)
    for (occasion, name), (x0, x1) in zip(matrix.occasions.items(), columns, strict=True):
        if passages := matrix.cells.get((issue["record"], occasion)):
            signs = [_sign(passage, matrix.colours[issue["scope"]]) for passage in passages]
            end = draw_signs(sheet, x0, row.y, signs, room=x1 - x0 - 4, pitch=_PITCH)
            said = joined([name, *map(_passage, passages)], matrix.language, wide=True)
            title = headed(issue["short"], said, matrix.language)
            to = f"record:{passages[0]['table']}/{passages[0]['record']}"
            to = to if len(passages) == 1 else f"#{issue['record']}-{occasion}"
            sheet.link_row(to, title, (x0, end), row.y, of)
    if issue["record"] not in set(matrix.links["issue"]):
        start = columns[0][0] if columns else left
        sheet.middle(start, row.y, words(matrix.language).text("silent"), colour=QUIET)
    if told and not sheet.narrow:
        lines = style.wrap(status, sheet.width - EDGE - right, max_lines=2)
        sheet.middle(right, row.y, lines, colour=QUIET if issue["status"] == "not_assessed" else INK)
    rule(sheet)


def issue_status(
    issues: pd.DataFrame, *, language: str, small: bool = True, regions: Sequence[str] = ()
) -> Chart:
    """Draw a square for each issue by what became of it, common and regional ones apart.

    Columns in: issues: record, scope, scope_label, number, short, label, status, status_label. A
    categorical `status` gives the order, and a row to statuses that no issue has. `regions` as in
    `issue_matrix`.
    """
    issues = asked(issues, "issue_status", _ISSUE)
    if issues.empty:
        return nothing(language, issues)
    issues = issues.sort_values("scope", key=lambda scopes: scopes.astype(str) != COMMON, kind="stable")
    statuses = _statuses(issues)
    items = []
    for status, label in statuses.items():
        own = issues[issues["status"].astype(str) == status].pipe(rows_of)
        told = listed(language, [link("issues", i["record"], _named(i, language)) for i in own])
        items.append((status, words(language)("count_told", what=label, n=len(own)) + told))
    return Chart(
        lambda width: _draw_status(
            issues, statuses, colours_of(issues["scope"], regions), language, sheet_of(width, small=small)
        ),
        issues[_ISSUE.split()],
        tuple(items),
        unique([f"issues/{record}" for record in issues["record"]]),
    )


def _statuses(issues: pd.DataFrame) -> dict[str, str]:
    """Statuses with their words, the one that says nothing last."""
    known = labels(issues, "status")
    ids = sorted(order(issues["status"]), key=lambda status: status == "not_assessed")
    return {status: str(known.get(status, status)) for status in ids}


def _draw_status(
    issues: pd.DataFrame, statuses: Mapping[str, str], colours: Mapping[str, str], language: str, sheet: Sheet
) -> Figure:
    scopes = labels(issues, "scope")
    sides = [[s for s in scopes if s == COMMON], [s for s in scopes if s != COMMON]]
    left = gutter(sheet, statuses.values(), share=0.4, small=True)
    numbers = issues.groupby([issues["status"].astype(str), issues["scope"].astype(str) == COMMON]).size()
    most = [max(numbers.get((status, common), 0) for status in statuses) for common in (True, False)]
    head = min(style.widest([str(scopes[s]) for s in sides[0]]) + 16, 120)  # of the common ones
    pitch = min(24.0, (sheet.width - EDGE - left - head - 60) / max(sum(most), 1))
    starts = [left, left + max(most[0] * pitch, head) + 24 if sides[0] else left]
    for side, x, end in zip(sides, starts, (starts[1] - 8, sheet.width - EDGE), strict=True):
        _draw_scopes(sheet, {s: str(scopes[s]) for s in side}, colours, (x, end if sides[1] else sheet.width))
    sheet.top += style.line_height() * _scope_lines(scopes) + 4
    for status, label in statuses.items():
        rule(sheet)
        own = issues[issues["status"].astype(str) == status]
        row = place_row(sheet, label, left, height=30, colour=QUIET if status == "not_assessed" else INK)
        for side, x in zip(sides, starts, strict=True):
            held = own[own["scope"].isin(side)].pipe(rows_of)
            _draw_squares(sheet, held, (x, row.y, pitch), colours, language)
        sheet.middle(sheet.width - EDGE, row.y, str(len(own)), align="right", size=style.BODY)
    return sheet.finish()


def _scope_lines(scopes: Mapping[str, object]) -> int:
    return max(1, min(len(scopes) - (COMMON in scopes), 4))


def _draw_scopes(
    sheet: Sheet, scopes: Mapping[str, str], colours: Mapping[str, str], edges: tuple[float, float]
) -> None:
    """Above its squares, the names of the scopes they stand for."""
    x, end = edges
    for n, (scope, name) in enumerate(scopes.items()):
        if n == 3 and len(scopes) > 4:
            sheet.text(x + 16, sheet.top + n * style.line_height(), "…", colour=QUIET)
            break
        y = sheet.top + n * style.line_height()
        sheet.named((x, y), name, colours[scope], room=end - x, max_lines=1, colour=QUIET)


def _draw_squares(
    sheet: Sheet,
    issues: Sequence[Mapping[str, Any]],
    place: tuple[float, float, float],
    colours: Mapping[str, str],
    language: str,
) -> None:
    x, y, pitch = place
    size = min(18.0, pitch - 3)
    for n, issue in enumerate(issues):
        colour, left = colours[issue["scope"]], x + n * pitch
        face = PAPER if issue["status"] == "not_assessed" else colour
        sheet.box(left, y - size / 2, size, size, face, colour)
    units = [
        (f"issues/{i['record']}", headed(_named(i, language), i["status_label"], language)) for i in issues
    ]
    if issues:
        group = f"#{issues[0]['status']}", str(issues[0]["status_label"])
        link_units(sheet, place, units, group)
