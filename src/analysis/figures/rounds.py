"""Regions in rounds of evaluation and in programmes: how grades are distributed, who took part in what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import pack
from analysis.figures.chart import Chart, Record, asked, colours_of, link, listed, nothing, order, rows_of
from analysis.figures.check import FigureError
from analysis.figures.colours import INK, PAPER, QUIET, WASH
from analysis.figures.rows import draw_heads, gutter, place_row, rule
from analysis.figures.sheet import EDGE, LayoutError, Sheet, Spot
from analysis.figures.svg import HIT
from analysis.figures.words import aside, display, headed, words

_ROUND = "round round_label region region_label grade own unread"
_ENTRY = "region region_label own programme record label"
_PROGRAMME = "programme label read total"
_COLUMN = 76.0  # pixels that a column needs for its programme's name to stand above it
_STEP = 26.0  # pixels from one square to the next
_LINE, _NAMES = 32.0, 14.0  # pixels of a line of squares, and of the names under them


def grade_distribution(rounds: pd.DataFrame, *, language: str, regions: Sequence[str] = ()) -> Chart:
    """Draw each round of evaluation as a row of squares in the order of its scale, the own regions named.

    Columns in: rounds: round, round_label, region, region_label, grade ("" where it was not read), own
    (yes, no), unread (how many of the round were not read, the same in each of its rows) and, where
    there are, record (of table evaluations, or of `table`), rank (1 = best, else in the order of the
    rows) and year (EDTF, told of rounds that have one label). A round whose only row has no grade is drawn with its unread squares. `regions` are the own
    regions in order, for their colours, where not all of them have a grade.
    """
    rounds = asked(rounds, "grade_distribution", _ROUND, also="year")
    if rounds.empty:
        return nothing(language, rounds)
    known = order(rounds["round"])
    rounds = rounds.assign(table=rounds.get("table", "evaluations"), round_label=_labels(rounds, language))
    if "rank" in rounds:
        rounds = rounds.sort_values("rank", key=partial(pd.to_numeric, errors="coerce"), kind="stable")
    rounds = rounds.sort_values("round", key=lambda column: column.map(known.index), kind="stable")
    told = [(id_, _told(group, language)) for id_, group in _by(rounds, "round")]
    drawn = [f"{r['table']}/{r['record']}" for r in rows_of(rounds) if r.get("record")]
    colours = _own_colours(rounds, regions)
    return Chart(lambda sheet: _draw(sheet, rounds, colours, language), rounds, told, drawn)


def _by(frame: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    return [(str(id_), rows) for id_, rows in frame.groupby(column, sort=False, observed=True)]


def _own_colours(frame: pd.DataFrame, regions: Sequence[str]) -> Mapping[str, str]:
    return colours_of(frame.loc[frame["own"] == "yes", "region"].astype(str), regions)


def _labels(rounds: pd.DataFrame, language: str) -> list[str]:
    """The label of each row's round, with its year where several rounds have one label."""
    several = rounds.groupby("round_label")["round"].transform("nunique") > 1
    years = rounds["year"].astype(str).where(several, "") if "year" in rounds else [""] * len(rounds)
    return [
        aside(label, [year and display(year, language)], language)
        for label, year in zip(rounds["round_label"], years, strict=True)
    ]


def _unread(group: pd.DataFrame) -> int:
    return int(pd.to_numeric(group["unread"], errors="coerce").fillna(0).max())


def _told(group: pd.DataFrame, language: str) -> str:
    word = words(language)
    told: list[object] = []
    for row in rows_of(group[group["grade"] != ""]):
        text = f"{row['region_label']} {row['grade']}"
        told.append(link(row["table"], row["record"], text) if row.get("record") else text)
    if _unread(group):
        told.append(word.text("not_read" if told else "none_read", n=_unread(group)))
    return word("round_told", label=group["round_label"].iloc[0]) + listed(language, told)


def _draw(sheet: Sheet, rounds: pd.DataFrame, colours: Mapping[str, str], language: str) -> None:
    left = gutter(sheet, rounds["round_label"].drop_duplicates(), share=0.36)
    start = left or EDGE
    room = max(int((sheet.width - EDGE - start) // _STEP), 1)
    for id_, group in _by(rounds, "round"):
        squares, unread = _squares(group, room), _unread(group)
        lines = [squares[n : n + room] for n in range(0, len(squares), room)] or [[]]
        names = [_names(sheet, line, start) for line in lines]
        heights = [_LINE + _NAMES * (max((n for *_, n in line.values()), default=-1) + 1) for line in names]
        text = words(language).text("unread_count", n=unread) if unread else ""
        beside = start + len(lines[-1]) * _STEP + 6
        fits = beside + style.text_width(text) <= sheet.width - EDGE
        high = sum(heights) + (0 if fits else 18)
        top = place_row(sheet, str(group["round_label"].iloc[0]), left, height=high) - high / 2
        for line, named, height in zip(lines, names, heights, strict=True):
            for n, row in enumerate(line):
                colour = colours.get(str(row["region"]), INK)
                spot = start + (n + 0.5) * _STEP, top + _LINE / 2
                _draw_square(sheet, row, spot, colour, f"#{id_}")
                if n in named:
                    _draw_name(sheet, named[n], spot[1], colour)
            top += height
        if text:
            x, y = (beside, top - heights[-1] + _LINE / 2) if fits else (start, top + 6)
            sheet.middle(x, y, text, colour=QUIET)
        rule(sheet)


def _squares(group: pd.DataFrame, room: int) -> list[Record]:
    """What stands side by side: grades that were read, own regions without one, then others unread."""
    read = rows_of(group[group["grade"] != ""])
    own = [r for r in rows_of(group) if not r["grade"] and r["own"] == "yes" and r["region"]]
    own = own[: _unread(group)]
    blank = {"grade": "", "own": "no", "region": "", "region_label": ""}
    return [*read, *own, *[blank] * (min(_unread(group), room) - len(own))]


def _names(sheet: Sheet, line: Sequence[Record], start: float) -> dict[int, tuple[str, float, int]]:
    """The name of each own region by the place of its square: its words, left edge, and how far below it stands.

    No two overlap, and no leader crosses one.
    """
    found = {}
    for n, row in enumerate(line):
        if row["own"] == "yes":
            (label,) = style.wrap(str(row["region_label"]), 110, max_lines=1)
            wide = style.text_width(label)
            found[n] = label, min(start + n * _STEP + 2, sheet.width - EDGE - wide), wide
    levels = pack([(-(left + wide), -left) for _, left, wide in reversed(found.values())], gap=6)[::-1]
    return {n: (*name[:2], level) for (n, name), level in zip(found.items(), levels, strict=True)}


def _draw_name(sheet: Sheet, name: tuple[str, float, int], y: float, colour: str) -> None:
    """Write a region's name under its square of middle y, with a leader where it is not right below."""
    label, left, down = name
    below = y + 13 + down * _NAMES
    if down:
        sheet.line((left + 1, y + 12), (left + 1, below + 2), colour=colour, width=2)
    sheet.text(left, below, label)


def _draw_square(sheet: Sheet, row: Record, spot: Spot, colour: str, to: str) -> None:
    """A grade in its square, which leads to its record or else to the round's item; without one it is empty."""
    (x, y), own = spot, row["own"] == "yes"
    if not row["grade"]:
        sheet.tile(x, y, "")
        return
    edge = style.points(3 if own else 1.25)
    sheet.box(x - 11, y - 11, 22, 22, PAPER, colour, zorder=3, linewidth=edge)
    if own:
        sheet.box(x - 11, y - 11, 22, 22, colour, alpha=WASH, zorder=3)
    sheet.middle(x, y, str(row["grade"]), align="center")
    about = f"record:{row['table']}/{row['record']}" if row.get("record") else to
    title = f"{row['region_label']} {row['grade']}"
    sheet.link(about, title, (x - 12, y - 12, x + 12, y + 12), [f"regions/{row['region']}"])


def region_participation(
    entries: pd.DataFrame, programmes: pd.DataFrame, *, language: str, regions: Sequence[str] = ()
) -> Chart:
    """Draw which region took part in which programme, and join a region's marks by a line.

    Columns in: entries: region, region_label, own (yes: a region of the study itself), programme, record
    (of table projects, or of `table`), label (the project); programmes, in order: programme, label, read
    (how many regions of it are known) and total (how many there were; missing where that was not read).
    `regions` are the own regions in order, for their colours.
    """
    entries = asked(entries, "region_participation", _ENTRY)
    if entries.empty:
        return nothing(language, entries)
    programmes = asked(programmes, "region_participation", _PROGRAMME)
    if others := set(entries["programme"]).difference(programmes["programme"]):
        raise FigureError(f"region_participation: programme {min(others)!r} has no row in programmes; add it")
    programmes = programmes[programmes["programme"].isin(entries["programme"])]
    entries = entries.assign(table=entries.get("table", "projects"))
    orders = {"region": [*dict.fromkeys(entries["region"])], "programme": [*programmes["programme"]]}
    entries = entries.sort_values(
        [*orders], key=lambda c: c.map({id_: n for n, id_ in enumerate(orders[str(c.name)])}), kind="stable"
    )
    names, told = dict(zip(programmes["programme"], programmes["label"], strict=True)), []
    for region, rows in _by(entries, "region"):
        firsts = rows_of(rows.drop_duplicates("programme"))
        links = [link(r["table"], r["record"], names[r["programme"]]) for r in firsts]
        named = words(language)("named_in", name=rows["region_label"].iloc[0])
        told.append((region, named + listed(language, links)))
    drawn = [f"{row['table']}/{row['record']}" for row in rows_of(entries) if row["record"]]
    colours, heads = _own_colours(entries, regions), rows_of(programmes)
    return Chart(
        lambda sheet: _draw_participation(sheet, entries, heads, colours, language), entries, told, drawn
    )


def _known(programme: Record, language: str) -> str:
    """How many of a programme's regions are known."""
    read, total = int(programme["read"]), programme["total"]
    if pd.isna(total) or total == "":
        return words(language).text("regions_read", n=read)
    return words(language).text("regions_of", n=read, total=int(total))


def _draw_participation(
    sheet: Sheet,
    entries: pd.DataFrame,
    programmes: Sequence[Record],
    colours: Mapping[str, str],
    language: str,
) -> None:
    left = min(style.widest([*entries["region_label"]]) + EDGE + 18, sheet.width * 0.34)
    step = (sheet.width - EDGE - left) / max(len(programmes), 1)
    if step < HIT:
        raise LayoutError
    known = [_known(programme, language) for programme in programmes]
    if step < _COLUMN:  # then the names stand in a list, and their numbers above the columns
        heads = [[str(n)] for n, _ in enumerate(programmes, 1)]
        for (n,), programme, told in zip(heads, programmes, known, strict=True):
            text = style.wrap(f"{n}  {headed(programme['label'], told, language)}", sheet.width - 2 * EDGE)
            sheet.top = sheet.text(EDGE, sheet.top, text, colour=QUIET)
        sheet.top += 8
    else:
        labels = [style.balanced(programme["label"], step - 10) for programme in programmes]
        heads = [[*label, told] for label, told in zip(labels, known, strict=True)]
    places = {p["programme"]: left + (n + 0.5) * step for n, p in enumerate(programmes)}
    draw_heads(sheet, [*zip(places.values(), heads, strict=True)], "center")
    for region, rows in _by(entries, "region"):
        colour = colours[region] if rows["own"].iloc[0] == "yes" else ""
        _draw_region(sheet, region, rows_of(rows.drop_duplicates("programme")), places, left, colour)


def _draw_region(
    sheet: Sheet, region: str, rows: Sequence[Record], places: Mapping[str, float], left: float, own: str
) -> None:
    """One region's marks, in the colour of an `own` region; each leads to its first project in a programme."""
    colour, size, width, ink = (own, 13, 2, INK) if own else (INK, 10, 1, QUIET)
    y = place_row(sheet, str(rows[0]["region_label"]), left, colour=ink)
    spots = [places[row["programme"]] for row in rows]
    sheet.line((spots[0], y), (spots[-1], y), colour=colour, width=width)
    for x, row in zip(spots, rows, strict=True):
        sheet.mark(x, y, "o", size, colour)
        box = (x - HIT / 2, y - HIT / 2, x + HIT / 2, y + HIT / 2)
        sheet.link(f"record:{row['table']}/{row['record']}", row["label"], box, [f"regions/{region}"])
    rule(sheet)
