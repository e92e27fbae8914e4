"""Evaluations: letters in tiles on a time axis, and comments by theme, region and stance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import seaborn as sns

from analysis.figures import style
from analysis.figures.axis import TimeScale, draw_years, scale_over
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words, joined
from analysis.transcribe.periods import display

STANCE_MARKS = {
    "strength": "^",
    "concern": "v",
    "expectation": "o",
    "finding": "s",
    "constraint": "D",
    "recommendation": "P",
    "future_task": "X",
}

WORDS = Words(
    scale=("尺度：既知の評点 {grades}（全段階は不明）", "scale: known grades {grades} (rest unknown)"),
    scale_complete=("尺度：{grades}", "scale: {grades}"),
    unreported=("評点の記載なし", "grade not reported"),
    unread=("未読", "unread"),
    none=("原文に評価の記載なし", "no evaluation in the source"),
    down=("下がる", "down"),
    up=("上がる", "up"),
    same=("同じ", "same"),
    stance=("立場：", "Stance: "),
    empty=("評価の記載がない。", "There are no evaluations."),
    no_comments=("評価のコメントがない。", "There are no comments of evaluations."),
)


def grade_tiles(
    grades: pd.DataFrame,
    project_spans: pd.DataFrame,
    *,
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw each evaluation as a tile with its printed letter, one lane per region and project.

    Tables in: grades, project_spans as in data/processed. Lanes are projects, so that letters of
    different scales never stand in one line; a step line joins two letters only where the region's
    next letter is on the same scale of the same programme. A project without any evaluation keeps its lane.
    """
    if grades.empty:
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=grades)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    names = 4.3
    days = pd.concat([grades["start"], grades["end"], project_spans["start"], project_spans["end"]])
    scale = scale_over(days, canvas.left + names, canvas.right - 0.25)
    years_top = canvas.top
    canvas.top += 0.3
    spots: dict[str, tuple[float, float]] = {}
    for place, (_, projects) in enumerate(project_spans.groupby("region", sort=False)):
        colour = style.accent(place)
        canvas.mark(canvas.left + 0.07, canvas.top + 0.1, style.MARKERS[place % 6], face=colour, size=7)
        canvas.text(canvas.left + 0.2, canvas.top, projects[f"region_{language}"].iloc[0], size=11)
        canvas.top += 0.27
        for project in projects.itertuples():
            own = grades.query("project == @project.record")
            spots |= _project_lane(canvas, project, own, scale, names, colour, language)
        canvas.top += 0.12
    _steps(canvas, grades, spots, language)
    draw_years(canvas, scale, years_top, canvas.top)
    return canvas.finish(source, alt=alt, rows=grades)


def _project_lane(
    canvas: Canvas,
    project: object,
    grades: pd.DataFrame,
    scale: TimeScale,
    names: float,
    colour: str,
    language: str,
) -> dict[str, tuple[float, float]]:
    """Draw one project's name, span and tiles; return where each evaluation's tile stands."""
    key = f"projects/{project.record}"
    label = style.wrap(getattr(project, f"label_{language}"), names - 0.5, style.SIZE, 3)
    small = [getattr(project, f"programme_{language}"), *_scales(grades, language)]
    programme = [line for words in small for line in style.wrap(words, names - 0.5, style.SMALL, 2)]
    dated = list(grades.query("start != ''").itertuples())
    captions = _captions(
        [(scale(e.start) + scale(e.end or e.start)) / 2 for e in dated],
        [_under(e, language) for e in dated],
        canvas,
    )
    lowest = max((drop for _, drop in captions), default=0.0)
    height = max(
        len(label) * style.line_height(style.SIZE) + len(programme) * style.line_height(style.SMALL) + 0.1,
        (0.72 if len(grades) else 0.4) + lowest,
    )
    y, middle = canvas.top, canvas.top + 0.22
    canvas.text(canvas.left + 0.2, y, label, key=key)
    canvas.text(
        canvas.left + 0.2,
        y + len(label) * style.line_height(style.SIZE),
        programme,
        size=style.SMALL,
        colour=style.QUIET,
        key=key,
    )
    if project.start or project.end:
        left = scale(project.start) if project.start else scale.left
        right = scale(project.end) if project.end else scale.right
        canvas.box(
            left,
            middle - 0.04,
            right - left,
            0.08,
            face=style.tint(colour, style.TRACK),
            edge=colour,
            dashed=project.period_source != "project",
            line=0.6,
            key=key,
        )
    spots = {}
    for row, (centre, drop) in zip(dated, captions, strict=True):
        x = (scale(row.start) + scale(row.end or row.start)) / 2
        _tile(canvas, x, middle, row, colour)
        canvas.text(
            centre,
            middle + 0.2 + drop,
            _under(row, language),
            size=style.SMALL,
            colour=style.QUIET,
            align="center",
            key=f"evaluations/{row.record}",
        )
        spots[row.record] = (x, middle)
    undated = grades.query("start == ''")
    if grades.empty or len(undated):
        x = scale.left + 0.05 if not project.start else scale(project.start)
        words = WORDS("none", language)
        if len(undated):
            words = joined(
                (
                    f"{getattr(e, f'kind_{language}')}: {e.grade or getattr(e, f'grade_status_{language}')}"
                    for e in undated.itertuples()
                ),
                language,
            )
        x = min(x, canvas.right - style.text_width(words, style.SMALL) - 0.1)
        canvas.text(x, middle + 0.06, words, size=style.SMALL, colour=style.QUIET)
    canvas.top += height + 0.06
    canvas.rule(canvas.left, canvas.top - 0.04, canvas.right, canvas.top - 0.04, colour=style.GRID)
    return spots


def _scales(grades: pd.DataFrame, language: str) -> list[str]:
    """What is known of the scales of a project's letters, one line a scale."""
    return [
        WORDS("scale_complete" if row.complete == "yes" else "scale", language).format(
            grades=", ".join(row.known_grades.split())
        )
        for row in grades.query("scale != ''").drop_duplicates("scale").itertuples()
    ]


def _under(row: object, language: str) -> list[str]:
    """What stands under an evaluation's tile: its kind and date, and why it has no letter."""
    when = f"{getattr(row, f'kind_{language}')} {display(row.conducted, language)}"
    return [when] if row.grade_status == "reported" else [when, getattr(row, f"grade_status_{language}")]


def _captions(
    places: Sequence[float], words: Sequence[list[str]], canvas: Canvas
) -> list[tuple[float, float]]:
    """Where captions go: the middle of each, and how far one that would run into another drops."""
    ends: list[float] = []  # how far each row of captions is used
    found = []
    for x, lines in zip(places, words, strict=True):
        half = max(style.text_width(line, style.SMALL) for line in lines) / 2
        centre = min(max(x, canvas.left + 4.2 + half), canvas.right - half)
        row = next((n for n, end in enumerate(ends) if centre - half > end), len(ends))
        ends[row : row + 1] = [centre + half + 0.08]
        found.append((centre, row * 2 * style.line_height(style.SMALL)))
    return found


def _tile(canvas: Canvas, x: float, y: float, row: object, colour: str) -> None:
    key = f"evaluations/{row.record}"
    reported = row.grade_status == "reported"
    canvas.box(
        x - 0.19,
        y - 0.19,
        0.38,
        0.38,
        face=style.PAPER,
        edge=colour if reported else style.QUIET,
        dashed=not reported,
        line=1.6 if reported else 0.9,
        key=key,
        below=2,
        rounded=True,
    )
    if reported:
        canvas.middle(x, y, [row.grade], size=14, align="center", key=key)


def _steps(
    canvas: Canvas, grades: pd.DataFrame, spots: dict[str, tuple[float, float]], language: str
) -> None:
    """Join two letters of a region only where the same scale makes them comparable."""
    programmes = grades.set_index("record")["programme"]
    for row in grades.query("change in ['same', 'up', 'down']").itertuples():
        same = programmes[row.record] == programmes[row.previous]
        if same and row.record in spots and row.previous in spots:
            (x0, y0), (x1, y1) = spots[row.previous], spots[row.record]
            canvas.rule(x0, y0, x1, y1, colour=style.QUIET, line=1.2, below=1.5)


def theme_profile(
    comments: pd.DataFrame,
    themes: pd.DataFrame,
    *,
    regions: Sequence[str],
    language: str,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
) -> Exhibit:
    """Draw every comment made in an evaluation as one mark: theme by row, region by column.

    Tables in: evaluation_statements (comments), and themes (theme, theme_ja, theme_en; the rows of
    theme_profile); `regions` in the study's order, which gives their colours. The mark's shape is the stance; each mark leads to the comment it stands for.
    """
    long = comments.assign(theme=comments["themes"].str.split()).explode("theme").dropna(subset="theme")
    if long.empty:
        return blank(WORDS("no_comments", language), subtitle, language=language, source=source, rows=long)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    order = [t for t in themes["theme"].drop_duplicates() if t in set(long["theme"])]
    names = themes.drop_duplicates("theme").set_index("theme")[f"theme_{language}"]
    colours = {region: style.accent(n) for n, region in enumerate(regions)}
    regions = [region for region in regions if region in set(long["region"])]
    gutter = max(style.text_width(names[t], style.SIZE) for t in order) + 0.35
    column = (canvas.right - canvas.left - gutter) / len(regions)
    _stance_key(canvas, long, language)
    spots = _unit_marks(long, order, regions, column, canvas.left + gutter, canvas.top + 0.34)
    for n, region in enumerate(regions):
        own = long[long["region"] == region]
        name, count = own[f"region_{language}"].iloc[0], own["record"].nunique()
        canvas.text(canvas.left + gutter + n * column, canvas.top, f"{name}  (n={count})", size=11)
    step = 0.3
    for n, theme in enumerate(order):
        y = canvas.top + 0.34 + n * step
        canvas.rule(canvas.left, y + step / 2, canvas.right, y + step / 2, colour=style.GRID)
        canvas.middle(canvas.left, y, [names[theme]])
    sns.scatterplot(
        data=spots,
        x="x",
        y="y",
        hue="region",
        style="stance",
        markers=STANCE_MARKS,
        palette=colours,
        s=95,
        linewidth=0.6,
        edgecolor=style.PAPER,
        legend=False,
        ax=canvas.axes,
        zorder=3,
    )
    canvas.axes.set(xlabel="", ylabel="")
    canvas.axes.collections[-1].set_urls([f"statements/{r}" for r in spots["record"]])
    canvas.top += 0.34 + len(order) * step
    exhibit = canvas.finish(source, alt=alt, rows=long)
    return Exhibit(
        exhibit.figure,
        exhibit.title,
        exhibit.subtitle,
        exhibit.alt,
        exhibit.rows,
        tuple(f"statements/{r}" for r in dict.fromkeys(spots["record"])),
    )


def _unit_marks(
    long: pd.DataFrame, order: list[str], regions: list[str], column: float, left: float, top: float
) -> pd.DataFrame:
    """Where each comment's mark stands: side by side in the cell of its theme and region."""
    stances = {stance: n for n, stance in enumerate(STANCE_MARKS)}
    return (
        long.assign(place=long["stance"].map(stances))
        .sort_values(["theme", "region", "place"], kind="stable")
        .assign(nth=lambda f: f.groupby(["theme", "region"]).cumcount())
        .assign(
            x=lambda f: (
                left
                + f["region"].map(regions.index) * column
                + 0.1
                + f["nth"] * min(0.22, (column - 0.2) / max(f["nth"].max() + 1, 1))
            ),
            y=lambda f: top + f["theme"].map(order.index) * 0.3,
        )
    )


def _stance_key(canvas: Canvas, long: pd.DataFrame, language: str) -> None:
    """The stances that occur, each with its mark, in one line."""
    labels = long.drop_duplicates("stance").set_index("stance")[f"stance_{language}"]
    x = canvas.left
    canvas.text(x, canvas.top, WORDS("stance", language), size=style.SMALL, colour=style.QUIET)
    x += style.text_width(WORDS("stance", language), style.SMALL) + 0.12
    for stance, marker in STANCE_MARKS.items():
        if stance in labels.index:
            canvas.mark(x, canvas.top + 0.075, marker, face=style.QUIET, size=6)
            canvas.text(x + 0.1, canvas.top, labels[stance], size=style.SMALL, colour=style.QUIET)
            x += style.text_width(labels[stance], style.SMALL) + 0.38
    canvas.top += 0.32
