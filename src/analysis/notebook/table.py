"""A table of a notebook: what the page shows, as data, and the same as HTML for Jupyter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from analysis.transcribe import periods
from analysis.words import Link, figure, small

MIME = "application/vnd.analysis.table+json"
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_DATES = ("date", "conducted", "published", "raised", "assessed", "as_of", "adopted", "decided")
_PERIODS = ("year", "period", *_DATES)


def table(
    frame: pd.DataFrame, columns: Mapping[str, str], *, name: str, caption: str, language: str, home: str = ""
) -> dict[str, Any]:
    """A frame's chosen columns as the structure that pages, PDF and search render.

    `columns` are names and headings. A row leads to its `record`, in the table that the column
    `table` names, or `home`. Cells may hold a `Link`. What `inferred` lists is marked as a judgement.
    """
    rows = [_row(row, list(columns), language, home) for row in frame.to_dict("records")]
    kinds = {c: _kind(c, [row["cells"][n] for row in rows]) for n, c in enumerate(columns)}
    return {
        "name": name,
        "caption": caption,
        "columns": [{"name": c, "title": title, "kind": kinds[c]} for c, title in columns.items()],
        "rows": rows,
    }


def _row(row: Mapping[str, Any], columns: Sequence[str], language: str, home: str) -> dict[str, Any]:
    table = row.get("table", home)
    record = f"{table}/{row['record']}" if table and row.get("record") else None
    inferred = str(row.get("inferred", "")).split()
    return {"record": record, "cells": [_cell(row, c, language, inferred) for c in columns]}


def _cell(row: Mapping[str, Any], column: str, language: str, inferred: Sequence[str]) -> dict[str, Any]:
    value = row.get(f"{column}_label", row[column])
    empty = value is None or value is pd.NA or value != value or value == ""
    number = not empty and isinstance(value, (int, float)) and not isinstance(value, bool)
    text = "" if empty else _text(value, column, language)
    japanese = language != "ja" and _JAPANESE.search(text)
    return {
        "text": text,
        "to": value.target if isinstance(value, Link) else None,
        "lang": "ja" if japanese else None,
        "inferred": not empty and column.removesuffix(f"_{language}") in inferred,
        "sort": float(value) if number else str(row[column]) if column in _PERIODS and not empty else None,
    }


def _text(value: object, column: str, language: str) -> str:
    if column in _PERIODS and isinstance(value, str):
        return periods.display(value, language)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return figure(value, language)
    return small(language).text(str(value)) if value in ("yes", "no") else str(value)


def _kind(column: str, cells: Sequence[Mapping[str, Any]]) -> str:
    if column in _PERIODS:
        return "period"
    return "number" if cells and all(isinstance(c["sort"], float) or not c["text"] for c in cells) else "text"


def html(made: Mapping[str, Any], resolve: Callable[[str], str]) -> str:
    """The table as HTML, everything escaped; `resolve` turns a link's target into an address."""
    head = "".join(f'<th scope="col">{escape(c["title"])}</th>' for c in made["columns"])
    body = "".join(f"<tr>{''.join(_html_cells(row, resolve))}</tr>" for row in made["rows"])
    return (
        f"<table><caption>{escape(made['caption'])}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _html_cells(row: Mapping[str, Any], resolve: Callable[[str], str]) -> list[str]:
    cells = []
    for number, cell in enumerate(row["cells"]):
        target = cell["to"] or (f"record:{row['record']}" if row["record"] and number == 0 else None)
        text = escape(cell["text"]) or "–"
        shown = f'<a href="{escape(resolve(target))}">{text}</a>' if target else text
        cells.append(f"<td>{shown}</td>")
    return cells
