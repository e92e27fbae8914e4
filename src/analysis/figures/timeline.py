"""The phase timeline: national policy above, the regions' projects below, one axis of time."""

from __future__ import annotations

import pandas as pd

from analysis.figures import style
from analysis.figures.axis import TimeScale, draw_years, pack, scale_over
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.lanes import GUTTER, PAD, Bar, ends, gap_strip, lane, unstated
from analysis.figures.lanes import WORDS as LANE
from analysis.figures.words import Words
from analysis.tidy.findings import counts_fiscal_years
from analysis.transcribe.periods import display

_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_EVENT_MARKS = {
    "law": "s",
    "government": "D",
    "strategy": "o",
    "budget": "v",
    "programme": "^",
    "organisation": "p",
    "study": "X",
    "disaster": "*",
}

WORDS = Words(
    empty=("フェーズ・出来事・プロジェクトの記載がない。", "No phases, events or projects are recorded."),
    phases=("フェーズ", "Phases"),
    plans=("基本計画", "Basic Plans"),
    stages=("政策段階", "Policy stages"),
    events=("出来事", "Events"),
    programmes=("国の事業", "Programmes"),
    gap_fiscal=("記載のない年度", "Years with no project stated"),
    gap_calendar=("記載のない年", "Years with no project stated"),
    judged=("（判断）", " (inferred)"),
    not_reported=("記載なし", "n/r"),
)


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
    scale = scale_over(days, canvas.left + GUTTER, canvas.right - 0.12, before=0.9 if open_start else 0)
    years_top = canvas.top
    canvas.top += 0.28
    lanes = phase_spans.groupby("table", sort=False)
    for table, shade in (("phases", style.BAND_ALT), ("plans", style.PAPER), ("stages", style.BAND)):
        if table in lanes.groups:
            spans = lanes.get_group(table)
            lane(canvas, WORDS(table, language), _policy_bars(spans, scale, language, shade))
    if len(events):
        _events(canvas, events, scale, language)
    if "programmes" in lanes.groups:
        _programmes(canvas, lanes.get_group("programmes"), scale, language)
    for n, (region, spans) in enumerate(project_spans.groupby("region", sort=False)):
        gaps, letters = (t[t["region"] == region] for t in (support_gaps, grades))
        _region(canvas, n, spans, gaps, letters, scale, language)
    draw_years(canvas, scale, years_top, canvas.top)
    for start in phase_spans.query("table == 'phases' and start != ''")["start"]:
        canvas.rule(
            scale(start), years_top + 0.17, scale(start), canvas.top, colour=style.BORDER, line=0.9, below=0.2
        )
    rows = pd.concat(
        [
            phase_spans,
            events.assign(table="events"),
            project_spans.assign(table="projects"),
            grades.assign(table="evaluations"),
        ],
        ignore_index=True,
    )[
        [
            "table",
            "record",
            "label_ja",
            "label_en",
            "region",
            "period",
            "date",
            "conducted",
            "start",
            "end",
            "grade",
            "basis",
        ]
    ]
    return canvas.finish(source, alt=alt, rows=rows)


def _policy_bars(spans: pd.DataFrame, scale: TimeScale, language: str, face: str) -> list[Bar]:
    bars = []
    for span in spans.query("start != '' or end != ''").itertuples():
        left, right = ends(span, scale)
        width = right - left - 2 * PAD
        label = getattr(span, f"label_{language}")
        if span.table == "phases":
            label = f"{_ROMAN[span.number] if span.number < len(_ROMAN) else span.number}  {label}"
        detail = getattr(span, f"detail_{language}") if span.table == "stages" else ""
        bars.append(
            Bar(
                left,
                right,
                style.wrap(label, width, style.SMALL, 8),
                style.wrap(detail, width, style.SMALL, 6) if detail else [],
                f"{span.table}/{span.record}",
                face,
                edge=style.QUIET,
                dashed="period" in span.inferred.split(),
                open_start=span.start == "",
                open_end=span.open_end == "yes",
            )
        )
    return bars


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
        canvas.rule(x, line, x, y + (0.02 if left == x else step / 2), colour=style.GUIDE, below=0.4)
        canvas.mark(
            x,
            line,
            _EVENT_MARKS.get(event.kind, "o"),
            key=key,
            face=style.PAPER if "date" in event.inferred.split() else style.INK,
            edge=style.INK,
        )
        canvas.box(
            left - 0.02,
            y + 0.015,
            style.text_width(words, style.SMALL) + 0.04,
            step - 0.03,
            face=style.PAPER,
            below=0.45,
        )
        canvas.text(left, y, words, size=style.SMALL, key=key)
    canvas.top = line + 0.1 + depth * step + 0.02


def _programmes(canvas: Canvas, spans: pd.DataFrame, scale: TimeScale, language: str) -> None:
    bars = []
    dated = spans.query("start != '' or end != ''")
    for span in dated.itertuples():
        left, right = ends(span, scale)
        detail = getattr(span, f"detail_{language}")
        label = getattr(span, f"label_{language}")
        lines = style.wrap(label, max(right - left - 2 * PAD, 0.8), style.SMALL, 5)
        endless = span.end == "" and span.open_end == "no"
        small = [_bracketless(detail)] * bool(detail)
        small += [LANE("end_unstated", language)] * endless
        width = max(right - left - 2 * PAD, 0.8)
        quiet = [line for words in small for line in style.wrap(words, width, style.SMALL, 3)]
        bars.append(
            Bar(
                left,
                right,
                lines,
                quiet,
                f"programmes/{span.record}",
                style.PAPER,
                edge=style.QUIET,
                dashed="period" in span.inferred.split(),
                open_end=span.open_end == "yes",
            )
        )
    lane(canvas, WORDS("programmes", language), bars)
    unstated(canvas, spans, scale, language)


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
    bars = [
        _project_bar(span, grades, scale, language, colour, place)
        for span in spans.itertuples()
        if span.start or span.end
    ]
    canvas.top += 0.1
    canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top, colour=style.RULE)
    lane(
        canvas,
        spans[f"region_{language}"].iloc[0],
        bars,
        colour=colour,
        mark=style.MARKERS[place % 6],
        before=0.1,
    )
    unstated(canvas, spans, scale, language)
    name = WORDS("gap_fiscal" if counts_fiscal_years(gaps) else "gap_calendar", language)
    gap_strip(canvas, name, gaps, scale, language)


def _project_bar(
    span: object, grades: pd.DataFrame, scale: TimeScale, language: str, colour: str, place: int
) -> Bar:
    own = span.period_source == "project"
    left, right = ends(span, scale)
    width = right - left - 2 * PAD
    quiet = [] if own else style.wrap(LANE("undated_project", language), width, style.SMALL, 3)
    marks = tuple(
        (
            min(max(scale(_middle(e.start, e.end)), left + 0.12), scale.right),
            e.grade,
            f"evaluations/{e.record}",
        )
        for e in grades.query("project == @span.record and start != ''").itertuples()
    )
    programme = style.wrap(getattr(span, f"programme_{language}"), width, style.SMALL, 3)
    return Bar(
        left,
        right,
        style.wrap(getattr(span, f"label_{language}"), width, style.SMALL, 6),
        programme + quiet,
        f"projects/{span.record}",
        style.tint(colour, style.WASH) if own else style.PAPER,
        edge=colour,
        dashed=not own or "period" in span.inferred.split(),
        open_end=span.open_end == "yes",
        marks=marks,
    )


def _middle(start: str, end: str) -> str:
    """The day in the middle of an evaluation's printed date: a fiscal year is a year long."""
    first, last = pd.Timestamp(start), pd.Timestamp(end or start)
    return str((first + (last - first) / 2).date())


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
    days += list(support_gaps["end"])
    scale = scale_over(days, canvas.left + GUTTER, canvas.right - 0.12)
    years_top = canvas.top
    canvas.top += 0.28
    if len(events):
        _events(canvas, events, scale, language)
    if len(project_spans):
        _region(canvas, place, project_spans, support_gaps, grades, scale, language)
    draw_years(canvas, scale, years_top, canvas.top)
    return canvas.finish(source, alt=alt, rows=project_spans)
