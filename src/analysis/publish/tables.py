"""A tidy table as HTML: headers, a caption, rows that lead to their evidence; all text escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from analysis import links
from analysis.tidy.tidy import columns
from analysis.transcribe import periods

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_DATES = (
    "period",
    "date",
    "occasion_date",
    "conducted",
    "raised",
    "assessed",
    "as_of",
    "adopted",
    "programme_period",
)
_INFERRED = {"ja": "判断", "en": "inferred"}
_YES = {"yes": {"ja": "はい", "en": "yes"}, "no": {"ja": "いいえ", "en": "no"}}
_EMPTY = {"ja": "該当する行はない。", "en": "There are no rows."}


def html_table(
    frame: pd.DataFrame,
    names: Sequence[str],
    caption: str,
    language: str,
    *,
    table: str = "",
    titles: Mapping[str, str] | None = None,
) -> str:
    """A table as HTML with headers and caption, everything escaped, rows led to their evidence.

    A column `label` leads elsewhere where the frame has the keys in `label_key`. What is inferred
    is marked in its cell; where all of a column is, once in its heading.
    """
    if frame.empty:
        return f'<p class="empty">{escape(caption)}: {_EMPTY[language]}</p>'
    fields = [_field(frame, name, language) for name in names]
    titles = [
        (titles or {}).get(name) or _title(field, language) for name, field in zip(names, fields, strict=True)
    ]
    rows = frame.to_dict("records")
    throughout = {f for f in fields if rows[1:] and all(_is_inferred(r, f, language) for r in rows)}
    mark = f' <span class="judgement">{_INFERRED[language]}</span>'
    head = "".join(
        f'<th scope="col">{escape(title)}{mark if field in throughout else ""}</th>'
        for title, field in zip(titles, fields, strict=True)
    )
    body = []
    for row in rows:
        marked = [f not in throughout and _is_inferred(row, f, language) for f in fields]
        cells = [
            _led(_cell(row, field, language), row.get(f"{name}_key")) + (mark if own else "")
            for name, field, own in zip(names, fields, marked, strict=True)
        ]
        home = row.get("table", table)  # a table of its own has no cards to lead to
        key = home and row.get("record") and f"{home}/{row['record']}"
        first = _led(cells[0], key)
        rest = "".join(f"<td>{cell}</td>" for cell in cells[1:])
        body.append(f'<tr><th scope="row">{first}</th>{rest}</tr>')
    return (
        f'<div class="table-frame" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _led(cell: str, key: str | None) -> str:
    return f'<a href="{links.address(key)}">{cell}</a>' if key else cell


def _field(frame: pd.DataFrame, name: str, language: str) -> str:
    return f"{name}_{language}" if f"{name}_{language}" in frame else name


def _title(field: str, language: str) -> str:
    known, _ = columns()
    title = getattr(known[field], f"title_{language}")
    return (
        title.removesuffix("（日本語）")
        .removesuffix("（英語）")
        .removesuffix(" (Japanese)")
        .removesuffix(" (English)")
    )


def _is_inferred(row: dict, field: str, language: str) -> bool:
    inferred = str(row.get("inferred", "")).split()
    return not _is_empty(row[field]) and field.removesuffix(f"_{language}") in inferred


def _is_empty(value: object) -> bool:
    return value is None or value is pd.NA or value != value or value == ""


def _cell(row: dict, field: str, language: str) -> str:
    value = row[field]
    if _is_empty(value):
        return '<span class="none">–</span>'
    if field in _DATES:
        text = periods.display(str(value), language)
    elif value in _YES:
        text = _YES[value][language]
    elif isinstance(value, float):
        text = f"{value:,.0f}" if value == int(value) else f"{value:.2f}"
    else:
        text = str(value)
    shown = escape(text)
    if language == "en" and JAPANESE.search(text):
        shown = f'<span lang="ja">{shown}</span>'
    return shown
