"""Several studies on one sheet: which says what, how well established, and where the letters stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeScale, draw_years, scale_over
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.lanes import BLOCK, GUTTER, PAD, Bar, ends, gap_strip, lane, unstated
from analysis.figures.lanes import WORDS as LANE
from analysis.figures.words import Words
from analysis.tidy.together import by_scale

_LEVELS = ("verified", "cited", "inferred")
_TILE = 0.24  # height of a name
_NARROWEST = 1.2  # width of a bar
_PROGRAMME = 2.6  # inches kept for the names of programmes

WORDS = Words(
    verified=("原典と照合済み", "verified against the source"),
    cited=("公開の頁から引用", "cited from a public page"),
    inferred=("判断を含む", "inferred in part"),
    alone=("{study}だけで見た、記載のない年度", "Years with none stated, by {study} alone"),
    together=("すべての研究を合わせて見た、記載のない年度", "Years with none stated, by all studies"),
    filled=("記載のない年度は残らない", "no year is left"),
    nothing=("並べて読む研究がない。", "No study stands beside this one."),
    no_letters=(
        "同じ事業の評点を複数の地域について記した研究がない。",
        "No study has letters of several regions in one of these programmes.",
    ),
    unread=("未読", "unread"),
    unreported=("記載なし", "not reported"),
    own=("太い枠はこの報告の地域", "thick frame: a region of this report"),
    also=("◆ はこの報告の原典にもある評点", "◆ the report's own source has this letter, too"),
)


def support_together(
    spans: Mapping[str, pd.DataFrame],
    support: pd.DataFrame,
    names: Mapping[str, str],
    regions: Sequence[str],
    levels: Mapping[str, str],
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw each region's projects, one lane a study, over the years that no project covers.

    `spans` are the project_spans of each study (in order, the leading one first) with `region` as
    the leading study calls it and `key`, the record's key; `support` has region, fiscal_year, start,
    end, alone and together; `names` what a study is called, `levels` how far a key is established.
    """
    rows = pd.concat([frame.assign(study=study) for study, frame in spans.items()], ignore_index=True)
    if len(spans) < 2 or rows.empty:
        return blank(WORDS("nothing", language), subtitle, language=language, source=source, rows=rows)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    _legend(canvas, language)
    scale = _scale(canvas, rows)
    years_top = canvas.top
    canvas.top += 0.28
    first = next(iter(spans))
    for place, region in enumerate(regions):
        canvas.top += 0.1
        canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top)
        own = rows[rows["region"] == region]
        _heading(canvas, place, own[f"region_{language}"].iloc[0] if len(own) else region)
        for study in spans:
            bars = [
                _bar(span, levels, scale, place, language)
                for span in own[own["study"] == study].itertuples()
                if span.start or span.end
            ]
            lane(canvas, names[study], bars)
            unstated(canvas, own[own["study"] == study], scale, language)
        years = support[support["region"] == region]
        _strip(canvas, WORDS("alone", language).format(study=names[first]), years, "alone", scale, language)
        _strip(canvas, WORDS("together", language), years, "together", scale, language)
    draw_years(canvas, scale, years_top, canvas.top)
    columns = ["study", "record", "region", "label_ja", "label_en", "programme", "period", "start", "end"]
    return canvas.finish(source, alt=alt, rows=rows[columns])


def _scale(canvas: Canvas, rows: pd.DataFrame) -> TimeScale:
    """An axis on which the last bar, too, has room for its name."""
    left, days = canvas.left + GUTTER, [*rows["start"], *rows["end"]]
    last = max(rows["start"])
    scale = scale_over(days, left, canvas.right - 0.12, before=0.9)
    if last and scale(last) + _NARROWEST > canvas.right:
        scale = scale_over(days, left, canvas.right - _NARROWEST, before=0.9)
    return scale


def _heading(canvas: Canvas, place: int, name: str) -> None:
    canvas.top += 0.1
    canvas.mark(
        canvas.left + 0.07, canvas.top + 0.1, style.MARKERS[place % 6], face=style.accent(place), size=7
    )
    canvas.text(canvas.left + 0.22, canvas.top, name, size=11)
    canvas.top += 0.22


def _bar(span: object, levels: Mapping[str, str], scale: TimeScale, place: int, language: str) -> Bar:
    placed = span.period_source == "programme"  # the study does not say when
    left, right = ends(span, scale)
    right = max(right, left + _NARROWEST)  # a bar of some months still holds its name
    width = right - left - 2 * PAD - BLOCK
    endless = span.end == "" and span.open_end == "no"
    quiet = [getattr(span, f"programme_{language}")]
    quiet += [LANE("undated_project", language)] * placed
    quiet += [LANE("end_unstated", language)] * (endless and not placed)
    return Bar(
        left,
        right,
        style.wrap(getattr(span, f"label_{language}"), width, style.SMALL, 6),
        [line for words in quiet for line in style.wrap(words, width, style.SMALL, 4)],
        span.key,
        open_start=span.start == "",
        open_end=span.open_end == "yes",
        **_look("inferred" if placed else levels.get(span.key, ""), style.accent(place)),
    )


def _look(level: str, colour: str) -> dict[str, object]:
    """Filled: held to the source; a thick left side: cited; dashed: judged."""
    return {
        "face": style.tint(colour, 0.16) if level in ("verified", "unchecked", "changed") else style.PAPER,
        "edge": colour,
        "block": level == "cited",
        "dashed": level == "inferred",
    }


def _legend(canvas: Canvas, language: str) -> None:
    x = canvas.left
    for level in _LEVELS:
        look = _look(level, style.QUIET)
        block = look.pop("block")
        if look["face"] != style.PAPER:
            look["face"] = style.BAND_ALT
        canvas.box(x, canvas.top + 0.02, 0.34, 0.15, line=0.8, **look)
        if block:
            canvas.box(x, canvas.top + 0.02, BLOCK, 0.15, face=style.QUIET, edge=style.QUIET)
        words = WORDS(level, language)
        canvas.text(x + 0.42, canvas.top, words, size=style.SMALL)
        x += 0.42 + style.text_width(words, style.SMALL) + 0.35
    canvas.top += 0.3


def _strip(
    canvas: Canvas, name: str, years: pd.DataFrame, column: str, scale: TimeScale, language: str
) -> None:
    """The years that no project covers, by one reading; in words where there is none."""
    top, lines = canvas.top, style.wrap(name, GUTTER - 0.15, style.SMALL)
    gaps = years[["fiscal_year", "start", "end"]].assign(status=years[column])
    gap_strip(canvas, name, gaps, scale, language)
    if canvas.top == top:
        canvas.text(canvas.left, top + 0.02, lines, size=style.SMALL, colour=style.QUIET)
        canvas.text(scale.left, top + 0.02, WORDS("filled", language), size=style.SMALL)
    canvas.top = max(canvas.top, top + 0.08 + len(lines) * style.line_height(style.SMALL))


def standings(
    rows: pd.DataFrame, *, language: str, title: str, subtitle: str, source: str, alt: str
) -> Exhibit:
    """Draw regions under the letters they were given, one band a programme and kind.

    Columns in: as `tables.together.standings` gives them. Letters on another scale, letters that
    are not reported and unread ones have columns of their own, apart from the scale.
    """
    if rows.empty:
        return blank(WORDS("no_letters", language), subtitle, language=language, source=source, rows=rows)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    canvas.text(
        canvas.left,
        canvas.top,
        [WORDS("own", language), WORDS("also", language)],
        size=style.SMALL,
        colour=style.QUIET,
    )
    canvas.top += 0.4
    for _, group in rows.groupby(["other", "programme", "kind"], sort=False):
        _band(canvas, group, language)
    return canvas.finish(source, alt=alt, rows=rows)


def _band(canvas: Canvas, group: pd.DataFrame, language: str) -> None:
    columns = _columns(group, language)
    left = canvas.left + _PROGRAMME
    edges = [left + n * (canvas.right - left) / len(columns) for n in range(len(columns) + 1)]
    label = [
        *style.wrap(group[f"programme_{language}"].iloc[0], _PROGRAMME - 0.2, style.SIZE),
        *style.wrap(group[f"kind_{language}"].iloc[0], _PROGRAMME - 0.2, style.SIZE),
    ]
    canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top)
    canvas.top += 0.06
    canvas.text(canvas.left, canvas.top, label)
    top, depth = canvas.top + 0.26, 0
    for (head, apart, held), (x0, x1) in zip(columns, pairwise(edges), strict=True):
        canvas.text(
            (x0 + x1) / 2,
            canvas.top,
            head,
            size=style.SMALL if apart else 11,
            colour=style.QUIET if apart else style.INK,
            align="center",
        )
        if apart:
            canvas.rule(x0, canvas.top, x0, canvas.top + 0.22, colour=style.QUIET, dashed=True)
        for n, row in enumerate(held.itertuples()):
            _name(canvas, row, x0 + 0.05, top + n * (_TILE + 0.04), x1 - x0 - 0.1, language)
        depth = max(depth, len(held))
    canvas.top = max(top + depth * (_TILE + 0.04), canvas.top + len(label) * style.line_height(style.SIZE))
    canvas.top += 0.08


def _columns(group: pd.DataFrame, language: str) -> list[tuple[str, bool, pd.DataFrame]]:
    """Heading, whether it stands apart from the scale, and the rows: best letter first."""
    on, off = by_scale(group)
    known = on["known_grades"].iloc[0].split()
    columns = [(letter, False, on[on["grade"] == letter]) for letter in known]
    columns += [(letter, True, rows) for letter, rows in off.groupby("grade", sort=False)]
    for name, status in (("unreported", "not_reported"), ("unread", "unread")):
        rows = group[group["grade_status"] == status]
        if len(rows):
            columns.append((WORDS(name, language), True, rows))
    return columns


def _name(canvas: Canvas, row: object, x: float, y: float, width: float, language: str) -> None:
    """A region's tile, led to the evaluation's evidence."""
    own, key = row.own == "yes", f"{row.table}/{row.record}"
    canvas.box(
        x,
        y,
        width,
        _TILE,
        face=style.PAPER,
        edge=style.INK if own else style.RULE,
        line=1.6 if own else 0.8,
        key=key,
    )
    words = style.wrap(getattr(row, f"name_{language}"), width - 0.3, style.SIZE, 1)
    canvas.middle(x + width / 2, y + _TILE / 2, words, align="center", key=key)
    if row.same:
        canvas.mark(x + width - 0.1, y + _TILE / 2, "D", size=4, key=row.same)
