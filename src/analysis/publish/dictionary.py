"""The data dictionary: every column of every raw table, from the schema."""

from __future__ import annotations

from html import escape

from analysis.transcribe.schema import Field, Schema

_REFERENCES = {"ja": "{} の識別子", "en": "id of {}"}
_OTHERS = {
    "ja": "別の列が決める表の識別子、または決まった語",
    "en": "id in a table another column names, or a fixed word",
}
_TYPES = {
    "string": {"ja": "文字", "en": "text"},
    "integer": {"ja": "整数", "en": "whole number"},
    "number": {"ja": "数値", "en": "number"},
    "period": {"ja": "時期または期間（EDTF、FY）", "en": "date or period (EDTF, FY)"},
    "date": {"ja": "日付（ISO 8601）", "en": "date (ISO 8601)"},
}


def data_dictionary(book: Schema, kind: str, language: str) -> str:
    """Every raw table with its columns, as HTML: a line each, which opens."""
    parts = []
    head = {"ja": ("列", "意味", "値"), "en": ("Column", "Meaning", "Values")}[language]
    heads = "".join(f'<th scope="col">{h}</th>' for h in head)
    for name, table in {**book.tables, **book.shared}.items():
        rows = "".join(
            f'<tr><th scope="row"><code>{field.name}</code></th>'
            f"<td>{escape(field.title(language))} – {escape(field.description(language))}</td>"
            f"<td>{escape(_domain(book, field, language))}</td></tr>"
            for field in table.fields_for(kind)
        )
        caption = f"{name} – {table.title(language)}. {table.description(language)}"
        parts.append(
            f"<details><summary><code>{name}</code> – {escape(table.title(language))}</summary>"
            f'<div class="table-frame" role="region" tabindex="0" aria-label="{escape(name)}">'
            f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div></details>"
        )
    return "".join(parts)


def _domain(book: Schema, field: Field, language: str) -> str:
    if field.vocabulary:
        values = book.vocabularies[field.vocabulary]
        return ", ".join(f"{v} ({book.label(field.vocabulary, v, language)})" for v in values)
    if field.references:
        return (
            _REFERENCES[language].format(field.references)
            if " " not in field.references
            else (_OTHERS[language])
        )
    return _TYPES[field.format or field.type][language]
