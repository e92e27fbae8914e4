"""Issues: which later passages take each up, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import pandas as pd

from analysis.figures import style
from analysis.figures.chart import (
    COMMON,
    Cells,
    Chart,
    Colours,
    Record,
    asked,
    colours_of,
    grouped,
    labels,
    link,
    listed,
    nothing,
    order,
    rows_of,
)
from analysis.figures.colours import INK, PAPER, QUIET
from analysis.figures.rows import (
    PITCH,
    Place,
    Sign,
    draw_cell,
    draw_heads,
    draw_signs_key,
    gutter,
    heading,
    link_units,
    place_row,
    rule,
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
_LEAST = 58.0  # pixels that a column of the matrix has at least


@dataclass(frozen=True)
class _Matrix:
    """Issues, the passages that take them up, and how both are drawn."""

    issues: pd.DataFrame
    cells: Cells  # by issue and occasion, in the order of their signs
    occasions: Mapping[str, str]
    relations: Mapping[str, str]
    colours: Colours
    language: str
    small: bool

    @cached_property
    def taken(self) -> set[str]:
        """The issues that a passage takes up."""
        return {issue for issue, _ in self.cells}


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
    issues = asked(issues, "issue_matrix", _ISSUE, once="record")
    links = asked(links, "issue_matrix", _LINK, also="start")
    if issues.empty:
        return nothing(language, links)
    issues = issues.sort_values("scope", key=_places(order(issues["scope"])), kind="stable")
    links = _in_order(links[links["issue"].isin(issues["record"])])
    if small:
        links = _by_relation(links.assign(occasion="later", occasion_label=words(language).text("later")))
    matrix = _Matrix(
        issues,
        grouped(links, "issue", "occasion"),
        labels(links, "occasion"),
        labels(links, "relation"),
        colours_of(issues["scope"], regions),
        language,
        small,
    )
    rows = issues.rename(columns={"record": "issue", "label": "issue_label"}).merge(
        links, on="issue", how="left", validate="one_to_many"
    )
    drawn = [f"issues/{record}" for record in issues["record"]]
    drawn += [f"{row.table}/{row.record}" for row in links.itertuples()]
    return Chart(lambda sheet: _draw_matrix(sheet, matrix), rows, _matrix_words(matrix), drawn, small)


def _places(known: Iterable[object]) -> Callable[[pd.Series], pd.Series]:
    """A key that sorts a column in the order of such values, others last."""
    places = {value: n for n, value in enumerate(known)}
    return lambda column: column.astype(object).map(places).fillna(len(places))


def _by_relation(links: pd.DataFrame) -> pd.DataFrame:
    return links.sort_values("relation", key=_places(_RELATIONS), kind="stable")


def _in_order(links: pd.DataFrame) -> pd.DataFrame:
    """Links by occasion in order of time, and within one by relation.

    An occasion stands where its first date does (column start, where there is one), those without a
    date last, else in the order of the frame.
    """
    occasions = links["occasion"]
    if "start" in links:
        first = links["start"].astype(str).replace("", "9").groupby(occasions).transform("min")
        occasions = occasions[first.sort_values(kind="stable").index]
    return _by_relation(links).sort_values("occasion", key=_places(occasions.unique()), kind="stable")


def _matrix_words(matrix: _Matrix) -> list[tuple[str, str]]:
    """One item an issue, and one for each mark or group of marks in its row."""
    word, items = words(matrix.language), []
    for issue in rows_of(matrix.issues):
        name = link("issues", issue["record"], _named(issue))
        key = "issue_told" if issue["record"] in matrix.taken else "issue_silent"
        items.append((issue["record"], word(key, issue=name, status=issue["status_label"])))
        for occasion, label in matrix.occasions.items():
            if passages := matrix.cells.get((issue["record"], occasion)):
                told = listed(matrix.language, [link(p["table"], p["record"], _passage(p)) for p in passages])
                how = joined(dict.fromkeys(p["relation_label"] for p in passages), matrix.language)
                before = word("cell_told", issue=issue["short"], occasion=label, how=how)
                items.append((f"{issue['record']}-{occasion}", before + told))
    return items


def _named(issue: Record) -> str:
    number = f" ({issue['number']})" if issue["number"] != "" else ""
    return f"{issue['scope_label']}{number} {issue['label']}"


def _passage(passage: Record) -> str:
    return str(passage["label"] or passage["record"])


def _sign(passage: Record, colour: str) -> Sign:
    marker, filled = _RELATIONS.get(passage["relation"], ("^", False))
    return Sign(marker, filled, passage["collective"] == "yes", colour)


def _draw_matrix(sheet: Sheet, matrix: _Matrix) -> None:
    names = [_row_label(issue, matrix.small) for issue in rows_of(matrix.issues)]
    left = gutter(sheet, names, small=matrix.small, share=0.56 if matrix.small else 0.3)
    head = words(matrix.language).text("status")
    statuses = 0.0 if matrix.small else style.widest([head, *matrix.issues["status_label"]]) + 8
    right = sheet.width - EDGE - (0 if sheet.narrow else min(statuses, 200))
    columns = _columns(matrix, left or EDGE, right)
    _draw_key(sheet, matrix)
    if not matrix.small:
        heads = [
            (x0, style.wrap(label[:1].upper() + label[1:], x1 - x0 - 6, max_lines=3))
            for label, (x0, x1) in zip(matrix.occasions.values(), columns, strict=True)
        ]
        draw_heads(sheet, heads + ([] if sheet.narrow else [(right, [head])]))
    for (scope, name), group in matrix.issues.groupby(["scope", "scope_label"], sort=False, observed=True):
        colour = matrix.colours[str(scope)] if scope != COMMON else ""
        sheet.top += 6
        heading(sheet, str(name), colour, size=style.SMALL if sheet.narrow else style.BODY)
        for issue in rows_of(group):
            _draw_issue(sheet, matrix, issue, (left, right), columns)


def _row_label(issue: Record, small: bool) -> str:
    number = f"({issue['number']}) " if issue["number"] != "" and not small else ""
    return f"{number}{issue['short'] or issue['label']}"


def _columns(matrix: _Matrix, left: float, right: float) -> list[tuple[float, float]]:
    """Left and right edge of each occasion's column: as wide as its fullest cell needs."""
    room, number = right - left, len(matrix.occasions)
    if number * _LEAST > room:
        raise LayoutError(f"{number} occasions have no room")
    most = dict.fromkeys(matrix.occasions, 0)
    for (_, occasion), passages in matrix.cells.items():
        most[occasion] = max(most[occasion], len(passages))
    shares = [max(n * PITCH + 10, _LEAST) for n in most.values()]
    spare = (room - sum(shares)) / max(number, 1)
    if spare < 0:
        shares, spare = [room / number] * number, 0
    return list(pairwise(accumulate((share + spare for share in shares), initial=left)))


def _draw_key(sheet: Sheet, matrix: _Matrix) -> None:
    used = sorted(matrix.relations, key=lambda id_: [*_RELATIONS, id_].index(id_))
    entries = [
        (_sign({"relation": id_, "collective": "no"}, INK), str(matrix.relations[id_])) for id_ in used
    ]
    if any(p["collective"] == "yes" for passages in matrix.cells.values() for p in passages):
        entries.append((Sign(ringed=True), words(matrix.language).text("collective")))
    draw_signs_key(sheet, entries)


def _draw_issue(
    sheet: Sheet,
    matrix: _Matrix,
    issue: Record,
    edges: tuple[float, float],
    columns: Sequence[tuple[float, float]],
) -> None:
    """One row: the issue, its marks, its status."""
    (left, right), top = edges, sheet.top
    label, status = _row_label(issue, matrix.small), str(issue["status_label"])
    if sheet.narrow and not matrix.small:
        label = aside(label, [status], matrix.language)
    y = place_row(sheet, label, left, height=24 if matrix.small else 26)
    label_box = (EDGE, top, left - 8, sheet.top) if left else (EDGE, top, sheet.width, y - 13)
    of = [f"issues/{issue['record']}"]
    of += [f"regions/{issue['scope']}"] if issue["scope"] != COMMON else []
    sheet.link(f"record:{of[0]}", headed(_named(issue), status, matrix.language), label_box, of)
    for (occasion, name), (x0, x1) in zip(matrix.occasions.items(), columns, strict=True):
        if passages := matrix.cells.get((issue["record"], occasion)):
            signs = [_sign(passage, matrix.colours[issue["scope"]]) for passage in passages]
            said = joined([name, *map(_passage, passages)], matrix.language, wide=True)
            title = headed(issue["short"], said, matrix.language)
            to = [f"{p['table']}/{p['record']}" for p in passages], f"{issue['record']}-{occasion}"
            draw_cell(sheet, (x0, y, x1 - x0 - 4), signs, to, title, of)
    if issue["record"] not in matrix.taken:
        start = columns[0][0] if columns else left
        sheet.middle(start, y, words(matrix.language).text("silent"), colour=QUIET)
    if not sheet.narrow and not matrix.small:
        lines = style.wrap(status, sheet.width - EDGE - right, max_lines=2)
        sheet.middle(right, y, lines, colour=QUIET if issue["status"] == "not_assessed" else INK)
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
    issues = issues.sort_values("scope", key=_places([COMMON]), kind="stable")
    known, colours = labels(issues, "status"), colours_of(issues["scope"], regions)
    ids = sorted(order(issues["status"]), key=lambda status: status == "not_assessed")  # says nothing: last
    statuses, told = {status: str(known.get(status, status)) for status in ids}, []
    for status, label in statuses.items():
        own = rows_of(issues[issues["status"].astype(str) == status])
        named = listed(language, [link("issues", i["record"], _named(i)) for i in own])
        told.append((status, words(language)("count_told", what=label, n=len(own)) + named))
    return Chart(
        lambda sheet: _draw_status(sheet, issues, statuses, colours, language),
        issues[_ISSUE.split()],
        told,
        [f"issues/{record}" for record in issues["record"]],
        small,
    )


def _draw_status(
    sheet: Sheet, issues: pd.DataFrame, statuses: Mapping[str, str], colours: Colours, language: str
) -> None:
    scopes = {scope: str(label) for scope, label in labels(issues, "scope").items()}
    sides = [[s for s in scopes if s == COMMON], [s for s in scopes if s != COMMON]]
    left = gutter(sheet, statuses.values(), share=0.4, small=True)
    numbers = issues.groupby([issues["status"].astype(str), issues["scope"].astype(str) == COMMON]).size()
    most = [max(numbers.get((status, common), 0) for status in statuses) for common in (True, False)]
    head = min(style.widest([scopes[s] for s in sides[0]]) + 16, 120)  # of the common ones
    pitch = min(24.0, (sheet.width - EDGE - left - head - 60) / max(sum(most), 1))
    starts = [left, left + max(most[0] * pitch, head) + 24 if sides[0] else left]
    for side, x, end in zip(sides, starts, (starts[1] - 8, sheet.width - EDGE), strict=True):
        room = (end if sides[1] else sheet.width) - x
        _draw_scopes(sheet, {s: scopes[s] for s in side}, colours, x, room)
    sheet.top += style.line_height() * max(1, min(len(sides[1]), 4)) + 4
    for status, label in statuses.items():
        rule(sheet)
        own = issues[issues["status"].astype(str) == status]
        y = place_row(sheet, label, left, height=30, colour=QUIET if status == "not_assessed" else INK)
        for side, x in zip(sides, starts, strict=True):
            _draw_squares(sheet, rows_of(own[own["scope"].isin(side)]), (x, y, pitch), colours, language)
        sheet.middle(sheet.width - EDGE, y, str(len(own)), align="right", size=style.BODY)


def _draw_scopes(sheet: Sheet, scopes: Mapping[str, str], colours: Colours, x: float, room: float) -> None:
    """Above its squares, the names of the scopes they stand for."""
    for n, (scope, name) in enumerate(scopes.items()):
        y = sheet.top + n * style.line_height()
        if n == 3 and len(scopes) > 4:
            sheet.text(x + 16, y, "…", colour=QUIET)
            break
        sheet.named((x, y), name, colours[scope], room=room, max_lines=1, colour=QUIET)


def _draw_squares(
    sheet: Sheet, issues: Sequence[Record], place: Place, colours: Colours, language: str
) -> None:
    x, y, pitch = place
    size = min(18.0, pitch - 3)
    for n, issue in enumerate(issues):
        colour = colours[issue["scope"]]
        face = PAPER if issue["status"] == "not_assessed" else colour
        sheet.box(x + n * pitch, y - size / 2, size, size, face, colour)
    units = [(f"issues/{i['record']}", headed(_named(i), i["status_label"], language)) for i in issues]
    if issues:
        link_units(sheet, place, units, (f"#{issues[0]['status']}", str(issues[0]["status_label"])))
