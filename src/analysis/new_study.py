"""A new study's folder: a commented study.yaml and every table with its header, ready to build."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from analysis import folders, paths
from analysis.transcribe import schema
from analysis.transcribe.normaliser import usual
from analysis.transcribe.problems import nearest, one_of
from analysis.transcribe.schema import Table
from analysis.transcribe.study_yaml import FILE

_ABOUT = """\
# What the study says of itself. Texts are asked for in both languages, for the report has both.
# Until you have written the other language, the same words in both places will do.
id: {study}
title_ja: {title}
title_en: {title}
# subtitle_ja, subtitle_en: if there is one
# short_ja, short_en: what figures of several studies call it; beside: [ids of studies set beside it]
authors:
  - {{name_ja: "?", name_en: "?"}}  # and affiliation_ja, affiliation_en
venue_ja: "?"  # journal, conference, publisher
venue_en: "?"
year: {year}
language: {language}  # the source's own, as a tag: ja, en, de, pt-BR, zh-Hant
rights_ja: "?"  # whose the text is, and what is kept of it here
rights_en: "?"
kind: document  # records: several pages of the web, each row with its address
normaliser: {normaliser}  # how a passage is compared with the source
regions: []  # ids of regions.csv in the order in which the report shows them: [north, south]
# The source's sections. `role` says where later considerations and where recommendations stand;
# `printed: false` is for a part without a heading, such as a footnote.
sections:
  - {{id: "1", title: "?", title_en: "?"}}
# Who judged themes, links and statuses: whoever stands as `coder` in those tables. An example:
# coders:
#   - {{id: birch, name_ja: "?", name_en: "?", made: person, date: "{year}", how_ja: "?", how_en: "?"}}
# made: person or automated_reading. report: {{title_ja, title_en, lead_ja, lead_en, …}} if it has its own.
"""

# What a study may be about, as WITH says it, and the tables that this takes; every study has the first.
PARTS = {
    "": ("passages", "regions", "uncovered"),
    "phases": ("phases", "plans", "stages", "events"),
    "projects": ("programmes", "projects"),
    "grades": ("evaluations", "scales"),
    "institutions": ("institutions", "participations"),
    "statements": ("statements",),
    "issues": ("issues", "statements", "links", "assessments"),
    "themes": ("themes", "codings", "statements", "issues"),
    "indicators": ("indicators",),
    "references": ("references",),
    "clauses": ("clauses",),
}


class NewStudyError(ValueError):
    """A study cannot be begun; the message is one line that says why and what to do."""


def begin(study: str, title: str, language: str, year: int, parts: Sequence[str] = ()) -> Path:
    """Write data/raw/<study>/: study.yaml, and tables with nothing but their headers.

    The tables are those that `parts` need (see PARTS), or all. Raises NewStudyError where there is such
    a folder already, the title is empty, or a part is unknown.
    """
    folder = paths.RAW / study
    if folder.exists():
        raise NewStudyError(f"STUDY: found {study!r}, which is there already; choose another name")
    if not title.strip():
        raise NewStudyError("TITLE: not given; write make new-study STUDY=… TITLE='the source’s title'")
    tables = _tables(parts)
    about = _ABOUT.format(
        study=study,
        language=language,
        normaliser=usual(language),
        year=year,
        title=json.dumps(title.strip(), ensure_ascii=False),  # a JSON text is a YAML text
    )
    with folders.replacing(folder) as begun:  # whole or not at all: half a study would be in the way
        (begun / FILE).write_text(about, "utf-8")
        for table in tables:
            header = ",".join(field.name for field in table.fields_for("document"))
            (begun / f"{table.name}.csv").write_text(header + "\n", "utf-8")
    return folder


def _tables(parts: Sequence[str]) -> list[Table]:
    """The tables that parts of a study need, and those that these must refer to; all without any part."""
    known = schema.load().tables
    if not parts:
        return list(known.values())
    if unknown := [part for part in parts if not PARTS.get(part)]:
        names = [name for name in PARTS if name]
        like = nearest(unknown[0], names)
        advice = f"did you mean {like}?" if like else "write some of these, or leave WITH out for all tables"
        raise NewStudyError(f"WITH: found {unknown[0]!r}, expected {one_of(names, len(names))}; {advice}")
    needed = {table for part in ("", *parts) for table in PARTS[part]}
    while (
        more := {
            field.target[0] for name in needed for field in known[name].own if field.required and field.target
        }
        - needed
    ):
        needed |= more
    return [table for name, table in known.items() if name in needed]
