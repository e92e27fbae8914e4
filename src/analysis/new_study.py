"""A new study's folder: a commented study.yaml and every table with its header, ready to build."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis import folders, paths
from analysis.errors import UserError, unexpected
from analysis.languages import DEFAULT, EXPECTED, known
from analysis.transcribe import schema
from analysis.transcribe.normaliser import usual
from analysis.transcribe.problems import nearest, one_of
from analysis.transcribe.schema import Table
from analysis.transcribe.study_yaml import FILE

# What every study says of itself; a line with {each} stands there once for each language of the study.
_ABOUT = """\
# What the study says of itself. Texts are asked for in all of its languages, for the report has them all.
# Until you have written another language, the same words in both places will do.
id: {study}
title_{each}: {title}
# subtitle_{each}: if there is one
# short_{each}: what figures of several studies call it
# beside: [ids of studies set beside it]
authors:
  - {{{names}}}  # and affiliation_…
venue_{each}: "?"  # journal, conference, publisher
year: {year}
language: {language}  # the source's own, as a tag: ja, en, de, pt-BR, zh-Hant
languages: [{languages}]  # of labels and of the report
rights_{each}: "?"  # whose the text is, and what is kept of it here
kind: document  # records: several pages of the web, each row with its address
normaliser: {normaliser}  # how a passage is compared with the source
regions: []  # ids of regions.csv in the order in which the report shows them: [north, south]
# The source's sections. `role` says where later considerations and where recommendations stand;
# `printed: false` is for a part without a heading, such as a footnote.
sections:
  - {{id: "1", title: "?"{section}}}
# Who judged themes, links and statuses: whoever stands as `coder` in those tables. An example:
# coders:
#   - {{id: birch, {names}, made: person, date: "{year}", {how}}}
# made: person or automated_reading. report: {{title_…, lead_…}}, in each language, if it has its own.
"""

# What a study may be about, as WITH says it, and the tables that this takes; every study has the first.
PARTS = {
    "": ("passages", "regions", "uncovered"),
    "phases": ("phases", "plans", "stages", "events"),
    "projects": ("programmes", "projects"),
    "grades": ("evaluations", "scales", "programmes", "projects"),
    "institutions": ("institutions", "participations"),
    "statements": ("statements",),
    "issues": ("issues", "statements", "links", "assessments"),
    "themes": ("themes", "codings", "statements", "issues"),
    "indicators": ("indicators",),
    "references": ("references",),
    "clauses": ("clauses",),
}


@dataclass(frozen=True)
class About:
    """What is known of a new study: id, title, the source's language, those of labels and report, a year."""

    study: str
    title: str
    language: str
    spoken: tuple[str, ...]
    year: int

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of labels and report: as given, else Japanese and English, or the source's and English."""
        usual = DEFAULT if self.language in DEFAULT else (self.language, "en")
        return self.spoken or usual

    def written(self) -> str:
        """The study.yaml of the study."""
        each = self.languages
        values = {
            "study": self.study,
            "title": json.dumps(self.title.strip(), ensure_ascii=False),  # a JSON text is a YAML text
            "year": self.year,
            "language": self.language,
            "languages": ", ".join(each),
            "normaliser": usual(self.language),
            "names": ", ".join(f'name_{one}: "?"' for one in each),
            "how": ", ".join(f'how_{one}: "?"' for one in each),
            "section": ', title_en: "?"' if "en" in each else "",
        }
        lines = _ABOUT.splitlines(keepends=True)
        spread = [(line, one) for line in lines for one in (each if "{each}" in line else [""])]
        return "".join(line.format(each=one, **values) for line, one in spread)


def begin(about: About, parts: Sequence[str] = ()) -> Path:
    """Write data/raw/<study>/: study.yaml, and tables with nothing but their headers.

    The tables are those that `parts` need (see PARTS), or all. Raises UserError where there is such
    a folder already, the title is empty, or a language or part is unknown.
    """
    folder = paths.RAW / about.study
    if folder.exists():
        raise UserError(f"STUDY: found {about.study!r}, which is there already; choose another name")
    if not about.title.strip():
        raise UserError("TITLE: not given; write make new-study STUDY=… TITLE='the source’s title'")
    if unknown := [each for each in about.languages if not known(each)]:
        raise unexpected("LANGUAGES", unknown[0], EXPECTED, "write LANGUAGES='de en'")
    if about.language not in about.languages:
        advice = f"write LANGUAGES='{' '.join([about.language, *about.languages])}'"
        expected = f"LANGUAGE ({about.language}) among them, for labels are held to the source"
        raise unexpected("LANGUAGES", " ".join(about.languages), expected, advice)
    tables = _tables(parts, about.languages)
    with folders.replacing(folder) as begun:  # whole or not at all: half a study would be in the way
        (begun / FILE).write_text(about.written(), "utf-8")
        for table in tables:
            header = ",".join(field.name for field in table.fields_for("document"))
            (begun / f"{table.name}.csv").write_text(header + "\n", "utf-8")
    return folder


def _tables(parts: Sequence[str], languages: tuple[str, ...]) -> list[Table]:
    """The tables that parts of a study need, and those that these must refer to; all without any part."""
    known = schema.load(languages=languages).tables
    if not parts:
        return list(known.values())
    if unknown := [part for part in parts if not PARTS.get(part)]:
        names = [name for name in PARTS if name]
        like = nearest(unknown[0], names)
        advice = f"did you mean {like}?" if like else "write some of these, or leave WITH out for all tables"
        raise unexpected("WITH", unknown[0], one_of(names, len(names)), advice)
    needed = {table for part in ("", *parts) for table in PARTS[part]}
    while (
        more := {
            field.target[0] for name in needed for field in known[name].own if field.required and field.target
        }
        - needed
    ):
        needed |= more
    return [table for name, table in known.items() if name in needed]
