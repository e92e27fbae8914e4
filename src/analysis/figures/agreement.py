"""Agreement of coders: alpha per theme as a point with its interval."""

from __future__ import annotations

import math

import pandas as pd

from analysis.figures import colours, style
from analysis.figures.canvas import Canvas, Exhibit, blank
from analysis.figures.words import Words
from analysis.tidy.findings import alpha_words, interval_words

WORDS = Words(
    empty=("二人以上のコーダーによるコーディングがない。", "No records were coded by two coders."),
    units=("記録", "Records"),
    disagreed=("相違", "Differ"),
    alpha=("α", "Alpha"),
    interval=("95%区間", "95 % interval"),
)
# Where Krippendorff (2004, p. 241) draws lines for tentative and for firm conclusions.
_LINES = (0.667, 0.8)


def coder_agreement(
    agreement: pd.DataFrame, *, language: str, title: str, subtitle: str, source: str, alt: str
) -> Exhibit:
    """Draw each theme's alpha on one axis, with its 95 % interval and the numbers beside it.

    Table in: coder_agreement as in data/processed, the row over all themes first.
    """
    if agreement.empty:
        return blank(WORDS("empty", language), subtitle, language=language, source=source, rows=agreement)
    canvas = Canvas(language)
    canvas.head(title, subtitle)
    gutter = min(3.2, max(style.text_width(t, style.SIZE) for t in agreement[f"theme_{language}"]) + 0.3)
    left, right = canvas.left + gutter, canvas.right - 4.4
    least = agreement[["alpha", "low"]].min(axis=None)
    first = min(0.0, math.floor(least * 5) / 5) if least == least else 0.0

    def at(value: float) -> float:
        return left + (value - first) / (1 - first) * (right - left)

    columns = dict(
        zip(
            ("units", "disagreed", "alpha", "interval"),
            (right + 0.6, right + 1.15, right + 2.05, right + 2.3),
            strict=True,
        )
    )
    for name, x in columns.items():
        canvas.text(
            x,
            canvas.top,
            WORDS(name, language),
            size=style.SMALL,
            colour=style.QUIET,
            align="left" if name == "interval" else "right",
        )
    axis = canvas.top
    canvas.top += 0.22
    for place, (_, row) in enumerate(agreement.iterrows()):
        _row(canvas, row, at, columns, gutter, language)
        if not place:
            canvas.rule(canvas.left, canvas.top, canvas.right, canvas.top)
    for value in dict.fromkeys([first, 0.0, *_LINES, 1.0]):
        canvas.text(
            at(value),
            axis,
            f"{value:g}".replace("-", "−"),
            size=style.SMALL,
            colour=style.QUIET,
            align="center",
        )
        canvas.rule(
            at(value),
            axis + 0.17,
            at(value),
            canvas.top,
            dashed=value in _LINES,
            colour=style.RULE,
            below=0.1,
        )
    return canvas.finish(source, alt=alt, rows=agreement)


def _row(
    canvas: Canvas, row: pd.Series, at: object, columns: dict[str, float], gutter: float, language: str
) -> None:
    lines = style.wrap(row[f"theme_{language}"], gutter - 0.2, style.SIZE, 2)
    height = max(0.28, len(lines) * style.line_height(style.SIZE) + 0.08)
    y = canvas.top + height / 2
    canvas.middle(canvas.left, y, lines)
    if row["low"] == row["low"]:
        canvas.rule(at(row["low"]), y, at(row["high"]), y, colour=colours.USED, line=2, below=1)
    if row["alpha"] == row["alpha"]:
        canvas.mark(at(row["alpha"]), y, "o", size=6, face=colours.USED)
    told = {
        "units": f"{row['units']}",
        "disagreed": f"{row['disagreed']}",
        "alpha": alpha_words(row["alpha"], language),
        "interval": interval_words(row, language),
    }
    for name, words in told.items():
        align = "left" if name == "interval" else "right"
        canvas.middle(columns[name], y, [words], size=style.SMALL, align=align)
    canvas.top += height
