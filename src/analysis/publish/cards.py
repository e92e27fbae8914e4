"""Evidence cards: what a record says, where it stands, how far it is checked, what uses it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from analysis import links
from analysis.publish.tables import JAPANESE
from analysis.tidy.findings import table_titles
from analysis.tidy.tidy import Data
from analysis.transcribe import periods, schema
from analysis.transcribe.validators import CONSENSUS

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
    "one": {"ja": "テーマ（コーダーの判断）", "en": "Themes (a coder's judgement)"},
    "any": {
        "ja": "テーマ（{n}人のコーダーの誰かの判断）",
        "en": "Themes (given by at least one of {n} coders)",
    },
    "agreed": {"ja": "テーマ（コーダーの合意）", "en": "Themes (consensus of the coders)"},
    "note": {"ja": "注記", "en": "Note"},
    "inferred": {"ja": "判断した列", "en": "Inferred"},
    "chars": {"ja": "{n}字", "en": "{n} characters"},
    "section": {"ja": "第{s}節", "en": "section {s}"},
    "page": {"ja": "{p}頁", "en": "page {p}"},
    "starts": {"ja": "冒頭「{o}」", "en": "begins “{o}”"},
    "address": {"ja": "所在", "en": "Address"},
}


@dataclass(frozen=True)
class _About:
    """What the cards of a study are made with."""

    places: Mapping[str, object]  # passages by id
    themes: pd.Series  # what themes are called
    names: Mapping[str, str]  # what records are called, by table/id
    language: str  # of the reader
    source: str  # the source's own language
    study: str  # whose cards these are, where it stands beside another


def _about(data: Data, language: str, study: str) -> _About:
    label = f"label_{language}"
    keys = data.evidence["table"] + "/" + data.evidence["record"]
    return _About(
        {p.record: p for p in data.passages.itertuples()},
        data.codebook.set_index("record")[label],
        dict(zip(keys, data.evidence[label], strict=True)),
        language,
        data.about["language"],
        study,
    )


def evidence_cards(data: Data, language: str, *, study: str = "") -> str:
    """Every record as a card: values, level, passages, themes, and room for what uses it.

    Cards of a study that stands beside another are named after it: `study`.
    """
    about = _about(data, language, study)
    parts = []
    for table, records in data.evidence.groupby("table", sort=False):
        cards = "".join(_card(r, about) for r in records.itertuples())
        parts.append(_section(table, len(records), cards, language, study))
    if about.places:
        cards = "".join(_passage_card(p, language, study) for p in about.places.values())
        parts.append(_section("passages", len(about.places), cards, language, study))
    return "".join(parts)


def other_cards(data: Data, language: str) -> str:
    """The cards of a study that stands beside another one, under its title."""
    about = data.about
    return (
        f'<h2 id="study-{about["id"]}">{escape(about[f"title_{language}"])}</h2>'
        f"{evidence_cards(data, language, study=about['id'])}"
    )


def _section(table: str, count: int, cards: str, language: str, study: str) -> str:
    """All cards of a table under its title."""
    level = "h3" if study else "h2"  # another study's tables stand under its own heading
    title = f"{escape(table_titles(language)[table])} ({count})"
    return (
        f'<section class="cards"><{level} id="{links.anchor(_key(study, "table", table))}">{title}'
        f"</{level}>{cards}</section>"
    )


def _key(study: str, table: str, record: str) -> str:
    return "/".join(part for part in (study, table, record) if part)


def _card(row: object, about: _About) -> str:
    language, study = about.language, about.study
    word = {name: texts.get(language) for name, texts in _WORDS.items()}
    lines = [f"<dt>{word['values']}</dt><dd>{_values(json.loads(row.cells), row.table, about)}</dd>"]
    if row.passages:
        cited = "".join(
            _place(about.places[p], language, study) for p in row.passages.split() if p in about.places
        )
        lines.append(f"<dt>{word['passages']}</dt><dd><ul>{cited}</ul></dd>")
    for address in row.address.split():
        lines.append(f"<dt>{word['address']}</dt><dd>{_address(address)}</dd>")
    if row.inferred:
        names = escape(_column_titles(row.table, row.inferred.split(), language))
        lines.append(f"<dt>{word['inferred']}</dt><dd>{names}</dd>")
    if row.themes:
        named = escape(", ".join(about.themes.get(t, t) for t in row.themes.split()))
        lines.append(f"<dt>{_judged(row.coders.split(), language)}</dt><dd>{named}</dd>")
    if note := getattr(row, f"note_{language}"):
        lines.append(f"<dt>{word['note']}</dt><dd>{escape(note)}</dd>")
    elif row.note_ja + row.note_en:  # better in the other language than not at all
        other = {"ja": "en", "en": "ja"}[language]
        text = escape(row.note_ja + row.note_en)
        lines.append(f'<dt>{word["note"]}</dt><dd lang="{other}">{text}</dd>')
    level = _WORDS["level"][row.level][language]
    title = _printed(getattr(row, f"label_{language}"), language)
    body = f'<p class="level">{level}</p><dl>{"".join(lines)}</dl>'
    return _article(_key(study, row.table, row.record), row.level, title, body, study)


def _article(key: str, kind: str, title: str, body: str, study: str) -> str:
    """A card: its title, what it says, and room for what uses it."""
    level = "h4" if study else "h3"
    return (
        f'<article class="card {kind}" id="{escape(links.anchor(key))}"><{level}>{title}</{level}>'
        f'{body}<p class="used" data-key="{escape(key)}"></p></article>'
    )


def _judged(coders: list[str], language: str) -> str:
    """Whose judgement a record's themes are."""
    how = "agreed" if CONSENSUS in coders else "any" if len(coders) > 1 else "one"
    return _WORDS[how][language].format(n=len(coders))


def _column_titles(table: str, names: Iterable[str], language: str) -> str:
    titles = {f.name: f.title(language) for f in schema.load().tables[table].fields}
    return ", ".join(titles.get(name, name) for name in names)


def _values(cells: dict, table: str, about: _About) -> str:
    """The row's values with their columns' titles; of a pair the reader's language and the source's."""
    book, language = schema.load(), about.language
    printed = {field.name for field in book.tables[table].verbatim_in(about.source)}
    shown = []
    for field in book.tables[table].fields:
        if field.name not in cells or _of_another_language(field.name, cells, language, printed):
            continue
        value = cells[field.name]
        if field.vocabulary:
            value = book.label(field.vocabulary, value, language)
        elif field.format == "period":
            era = periods.in_era(value) if language == "ja" else ""
            value = periods.display(value, language) + (f"（{era}）" if era else "")
        words = _printed(str(value), language)
        key = f"{field.target[0]}/{value}" if field.target else ""
        if key in about.names:  # an id says little: the record's name does, and leads to its card
            card = links.anchor(_key(about.study, *key.split("/")))
            words = f'<a href="#{card}">{_printed(about.names[key], language)}</a>'
        shown.append(f"{escape(field.title(language))}: <strong>{words}</strong>")
    return "<br>".join(shown)


def _of_another_language(name: str, cells: dict, language: str, printed: set[str]) -> bool:
    """Whether a column says in the other language what another column says in the reader's.

    What is printed in the source is always shown: an English reader sees the label as it stands.
    """
    other = {"ja": "en", "en": "ja"}[language]
    twin = f"{name.removesuffix(f'_{other}')}_{language}"
    if name == "label_en_official":  # of a translation, which only an English reader is shown
        return language == "ja" or "label_en" in printed
    return name.endswith(f"_{other}") and twin in cells and name not in printed


def _place(passage: object, language: str, study: str) -> str:
    where = ", ".join(_where(passage, language))
    card = links.anchor(_key(study, "passages", passage.record))
    return f'<li><a href="#{escape(card)}">{where}</a> – {escape(getattr(passage, f"gist_{language}"))}</li>'


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


def _passage_card(passage: object, language: str, study: str) -> str:
    chars = _WORDS["chars"][language].format(n=passage.chars)
    where = ", ".join([*_where(passage, language), chars])
    body = f'<p>{where}</p><p class="hash">SHA-256 <code>{passage.sha256}</code></p>'
    title = escape(getattr(passage, f"gist_{language}"))
    return _article(_key(study, "passages", passage.record), "passage", title, body, study)


def _address(address: str) -> str:
    """A web address as a link; anything else as text."""
    if address.startswith(("https://", "http://")):
        return f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>'
    return escape(address)
