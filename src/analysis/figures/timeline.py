"""The phase timeline: national policy above, the regions' projects below, one axis of time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeScale, draw_years, pack, scale_over
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words, joined
from analysis.study.periods import display

_GUTTER = 1.3  # inches kept for the names of lanes
_PAD = 0.06
_SHARED = 0.06  # neighbours may overlap this much: a month that two phases share
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_EVENT_MARKS = {"law": "s", "government": "D", "strategy": "o", "budget": "v", "programme": "^",
                "organisation": "p", "study": "X", "disaster": "*"}  # fmt: skip

WORDS = Words(
    empty=("フェーズ・出来事・プロジェクトの記載がない。", "No phases, events or projects are recorded."),
    phases=("フェーズ", "Phases"),
    plans=("基本計画", "Basic Plans"),
    stages=("政策段階", "Policy stages"),
    events=("出来事", "Events"),
    programmes=("国の事業", "Programmes"),
    unstated=("期間の記載なし：", "Period not stated: "),
    undated_project=("期間の記載なし（事業の期間に置く）", "period not stated (placed by its programme)"),
    gap=("記載のない年度", "Years with no project stated"),
    gap_years=("{years}（{n}年度）", "{years} (years: {n})"),
    gap_some=("{years}（{n}年度、うち{k}は期間不明の事業のみ）", "{years} (years: {n}, undated only: {k})"),
    gap_all=("{years}（期間不明の事業のみ）", "{years} (undated only)"),
    end_unstated=("終期の記載なし", "end not stated"),
    judged=("（判断）", " (inferred)"),
    not_reported=("記載なし", "n/r"),
)


@dataclass(frozen=True)
class _Bar:
    """A span ready to be drawn: where, what it says, and how."""

    left: float
    right: float
    lines: list[str]
    quiet: list[str]
    key: str
    face: str
    edge: str = style.PAPER
    hatch: str = ""
    dashed: bool = False
    open_start: bool = False
    open_end: bool = False
    marks: tuple[tuple[float, str, str], ...] = ()  # x, letter, key

    @property
    def height(self) -> float:
        lines = (len(self.lines) + len(self.quiet)) * style.line_height(style.SMALL)
        return lines + 0.1 + (0.24 if self.marks else 0)


def phase_timeline(
    phase_spans: pd.DataFrame,
    events: pd.DataFrame,
    project_spans: pd.DataFrame,
    support_gaps: pd.DataFrame,
    grades: pd.DataFrame,
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw the whole story on one page.

    Tables in: phase_spans, events, project_spans, support_gaps, grades as in data/processed.
    Spans without any date are named under their lane; everything inferred has a dashed edge.
    """
    if not len(phase_spans) + len(events) + len(project_spans):
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=phase_spans)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    days = pd.concat([t[c] for t in (phase_spans, events, project_spans) for c in ("start", "end")])
    open_start = ((phase_spans["start"] == "") & (phase_spans["end"] != "")).any()
    scale = scale_over(days, canvas.left + _GUTTER, canvas.right - 0.12,
                       before=0.9 if open_start else 0)  # fmt: skip
    years_top = canvas.top
    canvas.top += 0.28
    lanes = phase_spans.groupby("table", sort=False)
    for table, shade in (("phases", style.BAND_ALT), ("plans", style.PAPER), ("stages", style.BAND)):
        if table in lanes.groups:
            spans = lanes.get_group(table)
            _lane(canvas, WORDS(table, language), _policy_bars(spans, scale, language, shade))
    if len(events):
        _events(canvas, events, scale, language)
    if "programmes" in lanes.groups:
        _programmes(canvas, lanes.get_group("programmes"), scale, language)
    for n, (region, spans) in enumerate(project_spans.groupby("region", sort=False)):
        gaps, letters = (t[t["region"] == region] for t in (support_gaps, grades))
        _region(canvas, n, spans, gaps, letters, scale, language)
    draw_years(canvas, scale, years_top, canvas.top)
    for start in phase_spans.query("table == 'phases' and start != ''")["start"]:
        canvas.rule(scale(start), years_top + 0.17, scale(start), canvas.top, colour="#b0b0b0",
                    line=0.9, below=0.2)  # fmt: skip
    rows = pd.concat(
        [phase_spans, events.assign(table="events"), project_spans.assign(table="projects"),
         grades.assign(table="evaluations")], ignore_index=True,
    )[["table", "record", "label_ja", "label_en", "region", "period", "date", "conducted", "start",
       "end", "grade", "basis"]]  # fmt: skip
    return canvas.finish(source, alt=alt, rows=rows)


def _policy_bars(spans: pd.DataFrame, scale: TimeScale, language: str, face: str) -> list[_Bar]:
    bars = []
    for span in spans.query("start != '' or end != ''").itertuples():
        left, right = _ends(span, scale)
        width = right - left - 2 * _PAD
        label = getattr(span, f"label_{language}")
        if span.table == "phases":
            label = f"{_ROMAN[span.number] if span.number < len(_ROMAN) else span.number}  {label}"
        detail = getattr(span, f"detail_{language}") if span.table == "stages" else ""
        bars.append(_Bar(
            left, right, style.wrap(label, width, style.SMALL, 8),
            style.wrap(detail, width, style.SMALL, 6) if detail else [],
            f"{span.table}/{span.record}", face,
            edge=style.QUIET, dashed="period" in span.inferred.split(),
            open_start=span.start == "", open_end=span.open_end == "yes",
        ))  # fmt: skip
    return bars


def _ends(span: object, scale: TimeScale) -> tuple[float, float]:
    """Left and right edge; an open or unstated side reaches to the edge or a short way."""
    left = scale(span.start) if span.start else scale.left
    if span.end:
        return left, scale(span.end)
    return left, scale.right if span.open_end == "yes" else min(left + 0.9, scale.right)


def _lane(
    canvas: Canvas, name: str, bars: list[_Bar], *, colour: str = style.INK, mark: str = "",
    before: float = 0.08,
) -> None:  # fmt: skip
    """Draw one named lane, packing overlapping bars into rows as high as their texts."""
    canvas.top += before
    label = style.wrap(name, _GUTTER - 0.15, style.SIZE)
    start = canvas.top
    if mark:
        canvas.mark(canvas.left + 0.07, start + 0.13, mark, face=colour, size=7)
    canvas.text(canvas.left + (0.22 if mark else 0), start + 0.03, label, size=11 if mark else style.SIZE)
    bars = sorted(bars, key=lambda bar: (bar.left, bar.right))
    rows = pack([(bar.left, bar.right) for bar in bars], gap=-_SHARED)
    for row in range(max(rows, default=-1) + 1):
        inside = [bar for bar, at in zip(bars, rows, strict=True) if at == row]
        height = max(bar.height for bar in inside)
        for bar in inside:
            _draw(canvas, bar, height)
        canvas.top += height + 0.04
    canvas.top = max(canvas.top, start + len(label) * style.line_height(style.SIZE) + 0.06)


def _draw(canvas: Canvas, bar: _Bar, height: float) -> None:
    y, width = canvas.top, bar.right - bar.left
    canvas.box(bar.left, y, width, height, face=bar.face, edge=bar.edge, key=bar.key,
               dashed=bar.dashed, line=0.7)  # fmt: skip
    if bar.hatch:
        canvas.box(bar.left, y, 0.09, height, face=bar.edge, edge=bar.edge, key=bar.key)
    if bar.open_start:
        canvas.arrow(bar.left, y, height, face=bar.edge, key=bar.key, towards=-1)
    if bar.open_end:
        canvas.arrow(bar.right, y, height, face=bar.edge, key=bar.key)
    x = bar.left + _PAD
    canvas.text(x, y + 0.05, bar.lines, size=style.SMALL, key=bar.key)
    canvas.text(x, y + 0.05 + len(bar.lines) * style.line_height(style.SMALL), bar.quiet,
                size=style.SMALL, colour=style.QUIET, key=bar.key)  # fmt: skip
    for at, letter, key in bar.marks:
        if at > bar.right:  # an evaluation after the project's end stays tied to it
            canvas.rule(bar.right, y + height - 0.14, at, y + height - 0.14, colour=bar.edge, below=1)
        _letter(canvas, at, y + height - 0.14, letter, key)


def _letter(canvas: Canvas, x: float, y: float, letter: str, key: str) -> None:
    """A printed grade in its tile; an empty dashed tile where the source gives none."""
    width = max(0.22, style.text_width(letter, style.SIZE) + 0.08)
    canvas.box(x - width / 2, y - 0.095, width, 0.19, face=style.PAPER,
               edge=style.INK if letter else style.QUIET, dashed=not letter, key=key, below=2)  # fmt: skip
    if letter:
        canvas.middle(x, y, [letter], size=style.SIZE, align="center", key=key)


def _events(canvas: Canvas, events: pd.DataFrame, scale: TimeScale, language: str) -> None:
    """Points on a line, labels packed into rows below it, each with a thin leader."""
    canvas.top += 0.1
    line = canvas.top + 0.08
    canvas.text(canvas.left, line - 0.08, WORDS("events", language))
    canvas.rule(scale.left, line, scale.right, line, colour=style.QUIET)
    labels = []
    for event in events.itertuples():
        x = scale(event.start)
        words = getattr(event, f"short_{language}")
        if "date" in event.inferred.split():
            words += WORDS("judged", language)
        words = f"{display(event.date, language)} {words}"
        width = style.text_width(words, style.SMALL)
        left = min(x, canvas.right - width - 0.05)
        labels.append((left, left + width, x, words, f"events/{event.record}", event))
    rows = pack([(left - 0.04, right) for left, right, *_ in labels], gap=0.1)
    depth = max(rows, default=0) + 1
    step = style.line_height(style.SMALL) + 0.03
    # Later labels of a crowd go lower; leaders are drawn first so that no text is crossed out.
    for (left, _, x, words, key, event), row in zip(labels, rows, strict=True):
        y = line + 0.1 + row * step
        canvas.rule(x, line, x, y + (0.02 if left == x else step / 2), colour="#bdbdbd", below=0.4)
        canvas.mark(x, line, _EVENT_MARKS.get(event.kind, "o"), key=key,
                    face=style.PAPER if "date" in event.inferred.split() else style.INK,
                    edge=style.INK)  # fmt: skip
        canvas.box(left - 0.02, y + 0.015, style.text_width(words, style.SMALL) + 0.04, step - 0.03,
                   face=style.PAPER, below=0.45)  # fmt: skip
        canvas.text(left, y, words, size=style.SMALL, key=key)
    canvas.top = line + 0.1 + depth * step + 0.02


def _programmes(canvas: Canvas, spans: pd.DataFrame, scale: TimeScale, language: str) -> None:
    bars = []
    dated = spans.query("start != '' or end != ''")
    for span in dated.itertuples():
        left, right = _ends(span, scale)
        detail = getattr(span, f"detail_{language}")
        label = getattr(span, f"label_{language}")
        lines = style.wrap(label, max(right - left - 2 * _PAD, 0.8), style.SMALL, 5)
        unstated = span.end == "" and span.open_end == "no"
        small = [_bracketless(detail)] * bool(detail)
        small += [WORDS("end_unstated", language)] * unstated
        width = max(right - left - 2 * _PAD, 0.8)
        quiet = [line for words in small for line in style.wrap(words, width, style.SMALL, 3)]
        bars.append(_Bar(
            left, right, lines, quiet, f"programmes/{span.record}", style.PAPER,
            edge=style.QUIET, dashed="period" in span.inferred.split(),
            open_end=span.open_end == "yes",
        ))  # fmt: skip
    _lane(canvas, WORDS("programmes", language), bars)
    unstated = spans.query("start == '' and end == ''")
    if len(unstated):
        words = WORDS("unstated", language) + joined(unstated[f"label_{language}"], language)
        lines = style.wrap(words, scale.right - scale.left, style.SMALL)
        canvas.box(scale.left, canvas.top, style.widest(lines, style.SMALL),
                   len(lines) * style.line_height(style.SMALL), face=style.PAPER, below=0.3)  # fmt: skip
        canvas.text(scale.left, canvas.top, lines, size=style.SMALL, colour=style.QUIET)
        canvas.top += len(lines) * style.line_height(style.SMALL) + 0.04


def _bracketless(label: str) -> str:
    """The short form of an organisation's name, where it is given in brackets at the end."""
    short = label.rpartition("(")[2].rstrip(")")
    return short if label.endswith(")") and short.isupper() else label


def _region(
    canvas: Canvas,
    place: int,
    spans: pd.DataFrame,
    gaps: pd.DataFrame,
    grades: pd.DataFrame,
    scale: TimeScale,
    language: str,
) -> None:
    colour = style.accent(place)
    bars = [_project_bar(span, grades, scale, language, colour, place)
            for span in spans.itertuples() if span.start or span.end]  # fmt: skip
    canvas.top += 0.1
    canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top, colour=style.RULE)
    _lane(canvas, spans[f"region_{language}"].iloc[0], bars, colour=colour,
          mark=style.MARKERS[place % 6], before=0.1)  # fmt: skip
    unplaced = spans.query("start == '' and end == ''")
    if len(unplaced):
        words = WORDS("unstated", language) + joined(unplaced[f"label_{language}"], language)
        lines = style.wrap(words, scale.right - scale.left, style.SMALL)
        canvas.box(scale.left, canvas.top, style.widest(lines, style.SMALL),
                   len(lines) * style.line_height(style.SMALL), face=style.PAPER, below=0.3)  # fmt: skip
        canvas.text(scale.left, canvas.top, lines, size=style.SMALL, colour=style.QUIET)
        canvas.top += len(lines) * style.line_height(style.SMALL) + 0.04
    _gaps(canvas, gaps, scale, language)


def _project_bar(
    span: object, grades: pd.DataFrame, scale: TimeScale, language: str, colour: str, place: int
) -> _Bar:
    own = span.period_source == "project"
    left, right = _ends(span, scale)
    width = right - left - 2 * _PAD
    quiet = [] if own else style.wrap(WORDS("undated_project", language), width, style.SMALL, 3)
    marks = tuple(
        (min(max(scale(_middle(e.start, e.end)), left + 0.12), scale.right), e.grade,
         f"evaluations/{e.record}")
        for e in grades.query("project == @span.record and start != ''").itertuples()
    )  # fmt: skip
    programme = style.wrap(getattr(span, f"programme_{language}"), width, style.SMALL, 3)
    return _Bar(
        left, right, style.wrap(getattr(span, f"label_{language}"), width, style.SMALL, 6),
        programme + quiet, f"projects/{span.record}",
        style.tint(colour, 0.16) if own else style.PAPER, edge=colour,
        dashed=not own or "period" in span.inferred.split(),
        open_end=span.open_end == "yes", marks=marks,
    )  # fmt: skip


def _middle(start: str, end: str) -> str:
    """The day in the middle of an evaluation's printed date: a fiscal year is a year long."""
    first, last = pd.Timestamp(start), pd.Timestamp(end or start)
    return str((first + (last - first) / 2).date())


def _gaps(canvas: Canvas, gaps: pd.DataFrame, scale: TimeScale, language: str) -> None:
    """Runs of fiscal years without a project of stated period, hatched and counted."""
    runs = runs_of_years(gaps.query("status != 'supported'")["fiscal_year"].tolist())
    if not runs:
        return
    y = canvas.top + 0.02
    canvas.text(canvas.left, y, style.wrap(WORDS("gap", language), _GUTTER - 0.15, style.SMALL),
                size=style.SMALL, colour=style.QUIET)  # fmt: skip
    after = scale.left - 0.1
    for first, last in runs:
        left, right = scale(f"{first}-04-01"), scale(f"{last + 1}-03-31")
        canvas.box(left, y + 0.02, right - left, 0.13, face=style.PAPER, edge=style.QUIET,
                   hatch="////", line=0.5)  # fmt: skip
        for year in gaps.query("status == 'none' and @first <= fiscal_year <= @last")["fiscal_year"]:
            x = scale(f"{year}-04-01")
            canvas.box(x, y + 0.02, scale(f"{year + 1}-03-31") - x, 0.13, face=style.QUIET, below=1.1)
        words = _gap_words(gaps, first, last, language)
        half = style.text_width(words, style.SMALL) / 2
        centre = min(max((left + right) / 2, after + half), canvas.right - half)
        after = centre + half + 0.1
        canvas.text(centre, y + 0.17, words, size=style.SMALL, align="center")
    canvas.top = y + 0.4


def _gap_words(gaps: pd.DataFrame, first: int, last: int, language: str) -> str:
    """How long a run without a dated project is, and for how much of it an undated one is known."""
    years = display(f"FY{first}/FY{last}" if last > first else f"FY{first}", language)
    undated = len(gaps.query("status == 'undated' and @first <= fiscal_year <= @last"))
    length = last - first + 1
    name = "gap_all" if undated == length else "gap_some" if undated else "gap_years"
    return WORDS(name, language).format(years=years, n=length, k=undated)


def runs_of_years(years: list[int]) -> list[tuple[int, int]]:
    """Consecutive years as (first, last) pairs, in order."""
    runs: list[tuple[int, int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return runs




def region_timeline(
    project_spans: pd.DataFrame,
    support_gaps: pd.DataFrame,
    grades: pd.DataFrame,
    events: pd.DataFrame,
    *,
    place: int,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw one region's lane of the timeline on its own, with the region's own events.

    Tables in: the rows of that region of project_spans, support_gaps, grades and events.
    """
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    days = [day for t in (project_spans, events) for c in ("start", "end") for day in t[c]]
    days += [f"{year + 1}-03-31" for year in support_gaps["fiscal_year"]]
    scale = scale_over(days, canvas.left + _GUTTER, canvas.right - 0.12)
    years_top = canvas.top
    canvas.top += 0.28
    if len(events):
        _events(canvas, events, scale, language)
    if len(project_spans):
        _region(canvas, place, project_spans, support_gaps, grades, scale, language)
    draw_years(canvas, scale, years_top, canvas.top)
    return canvas.finish(source, alt=alt, rows=project_spans)
