"""Evidence cards: what a record says, where it stands, how far it is checked, what uses it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

import pandas as pd

from analysis import links
from analysis.markup.tables import JAPANESE
from analysis.study import periods, schema
from analysis.tables.findings import table_titles
from analysis.tables.tidy import Data

_WORDS = {
    "level": {
        "verified": {"ja": "原文と照合済み", "en": "verified against the source"},
        "inferred": {"ja": "転記者の判断を含む", "en": "inferred in part"},
        "cited": {"ja": "公的記録から引用", "en": "cited from a public record"},
        "unchecked": {"ja": "未照合", "en": "not checked"},
        "changed": {"ja": "照合後に変更", "en": "changed since it was checked"},
    },
    "passages": {"ja": "原文の箇所", "en": "Where it stands"},
    "values": {"ja": "転記した値", "en": "Transcribed values"},
    "themes": {"ja": "テーマ（コーダーの判断）", "en": "Themes (a coder's judgement)"},
    "note": {"ja": "注記", "en": "Note"},
    "inferred": {"ja": "判断した列", "en": "Inferred"},
    "chars": {"ja": "{n}字", "en": "{n} characters"},
    "section": {"ja": "第{s}節", "en": "section {s}"},
    "page": {"ja": "{p}頁", "en": "page {p}"},
    "starts": {"ja": "冒頭「{o}」", "en": "begins “{o}”"},
    "address": {"ja": "所在", "en": "Address"},
}


def evidence_cards(data: Data, language: str) -> str:
    """Every record as a card: values, level, passages, themes, and room for what uses it."""
    places = {p.record: p for p in data.passages.itertuples()}
    themes = data.codebook.set_index("record")[f"label_{language}"]
    names = dict(zip(data.evidence["table"] + "/" + data.evidence["record"],
                     data.evidence[f"label_{language}"], strict=True))  # fmt: skip
    titles = table_titles(language)
    parts = []
    for table, records in data.evidence.groupby("table", sort=False):
        cards = "".join(_card(r, places, themes, names, language) for r in records.itertuples())
        parts.append(f'<section class="cards"><h2 id="table-{table}">{escape(titles[table])}'
                     f" ({len(records)})</h2>{cards}</section>")  # fmt: skip
    if places:
        cards = "".join(_passage_card(p, language) for p in places.values())
        parts.append(f'<section class="cards"><h2 id="table-passages">'
                     f"{escape(titles['passages'])} ({len(places)})</h2>{cards}</section>")  # fmt: skip
    return "".join(parts)


def _card(
    row: object, places: dict, themes: pd.Series, names: dict[str, str], language: str
) -> str:
    word = {name: texts.get(language) for name, texts in _WORDS.items()}
    lines = [
        f"<dt>{word['values']}</dt>"
        f"<dd>{_values(json.loads(row.cells), row.table, names, language)}</dd>"
    ]
    if row.passages:
        cited = "".join(_place(places[p], language) for p in row.passages.split() if p in places)
        lines.append(f"<dt>{word['passages']}</dt><dd><ul>{cited}</ul></dd>")
    for address in row.address.split():
        lines.append(f"<dt>{word['address']}</dt><dd>{_address(address)}</dd>")
    if row.inferred:
        names = escape(_column_titles(row.table, row.inferred.split(), language))
        lines.append(f"<dt>{word['inferred']}</dt><dd>{names}</dd>")
    if row.themes:
        named = escape(", ".join(themes.get(t, t) for t in row.themes.split()))
        lines.append(f"<dt>{word['themes']}</dt><dd>{named}</dd>")
    if note := getattr(row, f"note_{language}"):
        lines.append(f"<dt>{word['note']}</dt><dd>{escape(note)}</dd>")
    elif row.note_ja + row.note_en:  # better in the other language than not at all
        other = {"ja": "en", "en": "ja"}[language]
        text = escape(row.note_ja + row.note_en)
        lines.append(f'<dt>{word["note"]}</dt><dd lang="{other}">{text}</dd>')
    level = _WORDS["level"][row.level][language]
    return (
        f'<article class="card {row.level}" id="{row.table}-{escape(row.record)}">'
        f"<h3>{_printed(getattr(row, f'label_{language}'), language)}</h3>"
        f'<p class="level">{level}</p><dl>{"".join(lines)}</dl>'
        f'<p class="used" data-key="{row.table}/{escape(row.record)}"></p></article>'
    )


def _column_titles(table: str, names: Iterable[str], language: str) -> str:
    titles = {f.name: f.title(language) for f in schema.load().tables[table].fields}
    return ", ".join(titles.get(name, name) for name in names)


def _values(cells: dict, table: str, names: dict[str, str], language: str) -> str:
    """The row's values with their columns' titles; only the reader's language of a pair."""
    book = schema.load()
    shown = []
    for field in book.tables[table].fields:
        if field.name not in cells or _of_another_language(field, cells, language):
            continue
        value = cells[field.name]
        if field.vocabulary:
            value = book.label(field.vocabulary, value, language)
        elif field.format == "period":
            era = periods.in_era(value) if language == "ja" else ""
            value = periods.display(value, language) + (f"（{era}）" if era else "")
        words = _printed(str(value), language)
        key = f"{field.target[0]}/{value}" if field.target else ""
        if key in names:  # an id says little: the record's name does, and leads to its card
            words = f'<a href="#{links.anchor(key)}">{_printed(names[key], language)}</a>'
        shown.append(f"{escape(field.title(language))}: <strong>{words}</strong>")
    return "<br>".join(shown)


def _of_another_language(field: object, cells: dict, language: str) -> bool:
    """Whether a column says in the other language what another column says in the reader's.

    What is printed in the source is always shown: an English reader sees the label as it stands.
    """
    other = {"ja": "en", "en": "ja"}[language]
    twin = f"{field.name.removesuffix(f'_{other}')}_{language}"
    if language == "ja" and field.name.startswith("label_en"):
        return True
    return field.name.endswith(f"_{other}") and twin in cells and not field.verbatim


def _place(passage: object, language: str) -> str:
    where = ", ".join(_where(passage, language))
    return (
        f'<li><a href="#passages-{escape(passage.record)}">{where}</a> '
        f"– {escape(getattr(passage, f'gist_{language}'))}</li>"
    )


def _where(passage: object, language: str) -> list[str]:
    """Section, page (where the source has pages) and first characters of a passage, as markup."""
    page = [_WORDS["page"][language].format(p=escape(passage.page))] if passage.page else []
    return [
        _WORDS["section"][language].format(s=escape(passage.section)),
        *page,
        _WORDS["starts"][language].format(o=_printed(passage.opening, language)),
    ]


def _printed(words: str, language: str) -> str:
    """Words as they are printed, with what is Japanese marked so for an English reader."""
    marked = escape(words)
    return f'<span lang="ja">{marked}</span>' if language == "en" and JAPANESE.search(words) else marked


def _passage_card(passage: object, language: str) -> str:
    chars = _WORDS["chars"][language].format(n=passage.chars)
    where = ", ".join([*_where(passage, language), chars])
    return (
        f'<article class="card passage" id="passages-{escape(passage.record)}">'
        f"<h3>{escape(getattr(passage, f'gist_{language}'))}</h3>"
        f'<p>{where}</p><p class="hash">SHA-256 <code>{passage.sha256}</code></p>'
        f'<p class="used" data-key="passages/{escape(passage.record)}"></p></article>'
    )


def _address(address: str) -> str:
    """A web address as a link; anything else as text."""
    if address.startswith(("https://", "http://")):
        return f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>'
    return escape(address)
