"""The study's source and the works it cites: as BibTeX for LaTeX, as CSL-JSON for Zotero, Pandoc, citeproc.

What the tables do not state is empty, nothing is guessed: which part of a name is the family's the tables do
not say, nor of what type a work is; so the formats get names whole and the type that claims least. BibTeX is
written here and not by a library: pybtex escapes addresses, too, and then they lead nowhere. CSL is Citation
Style Language 1.0.2 (https://citationstyles.org).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis import languages
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema, note_language
from analysis.words import small

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# No lone brace in any form: BibTeX counts escaped ones as well.
_ESCAPED = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_ESCAPED |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {sign: f"\\{sign}" for sign in "#$%&_"}
_IN_TEXT = str.maketrans(_ESCAPED)
_IN_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


@dataclass(frozen=True)
class Work:
    """One work as far as it is known, its authors' names as printed."""

    key: str
    authors: tuple[str, ...]
    issued: str  # EDTF with FY, as in the table
    title: str
    note: str  # in each of the study's languages: how it is cited, what was concluded, and from what
    addresses: tuple[str, ...] = ()
    venue: str = ""
    language: str = ""

    @property
    def date(self) -> tuple[int, ...]:
        """Year, month and day as far as stated; () where it is not a single date."""
        found = _DAY.fullmatch(self.issued)
        return tuple(int(part) for part in found.groups() if part) if found else ()

    @property
    def whole_note(self) -> str:
        """The note with the addresses after the first, which has a field of its own."""
        return " ".join([self.note, *self.addresses[1:]])


def works(study: Study, schema: Schema) -> Iterator[Work]:
    """The study's source, then the works it cites in the order of their table."""
    yield _source(study)
    for row in study.tables["references"].to_dict("records"):
        yield Work(
            key=f"{study.id}-{row['id']}",
            authors=tuple(name.strip() for name in row["authors"].split(";") if name.strip()),
            issued=row["year"],
            title=row["title"],
            note=_note(row, study, schema),
            addresses=tuple(row["address"].split()),
        )


def _source(study: Study) -> Work:
    """The study's source in its own language, what it is called in others in the note."""
    meta, own = study.meta, languages.nearest(study.meta.language, study.languages)
    note: list[str] = []
    for other in languages.others(own, study.languages):
        names = "; ".join(author[f"name_{other}"] for author in meta.authors)
        note += [names, _whole_title(study, other), meta[f"venue_{other}"]]
    return Work(
        key=study.id,
        authors=tuple(author[f"name_{own}"] for author in meta.authors),
        issued=str(meta.year),
        title=_whole_title(study, own),
        note=" / ".join(note),
        venue=meta[f"venue_{own}"],
        language=meta.language,
    )


def _whole_title(study: Study, language: str) -> str:
    title, below = study.meta[f"title_{language}"], study.meta[f"subtitle_{language}"]
    return title + (languages.colon(language) + below if below else "")


def _note(row: Mapping[Any, str], study: Study, schema: Schema) -> str:
    """How a work is cited, whether it is identified, and what about it was concluded, not read."""
    identified = schema.vocabularies["identified"][row["identified"]]
    table, kind = schema.tables["references"], study.meta.kind
    inferred = [table.field(name, kind).title for name in row["inferred"].split()]
    noted = note_language(study.languages)
    notes = []
    for language in [noted, *languages.others(noted, study.languages)]:
        words, note = small(language), row["note" if language == noted else f"note_{language}"]
        said = [words.text("cited-as", number=str(row["number"]))]
        said.append(words.text("identified", how=identified(language)))
        if inferred:
            columns = languages.comma(language).join(title(language) for title in inferred)
            said.append(words.text("concluded", columns=columns))
        said += [note] if note else []
        stop = languages.stop(language)
        notes.append(stop.join(said) + stop.rstrip())
    return " / ".join(notes)


def csl(works: Iterable[Work]) -> bytes:
    """The works as a list of CSL items; what is not stated has no key."""
    items = []
    for work in works:
        issued = {"date-parts": [list(work.date)]} if work.date else {"literal": work.issued}
        item = {
            "id": work.key,
            "type": "document",
            "author": [{"literal": name} for name in work.authors],
            "title": work.title,
            "container-title": work.venue,
            "issued": issued if work.issued else "",
            "language": work.language,
            "URL": work.addresses[0] if work.addresses else "",
            "note": work.whole_note,
        }
        items.append({name: value for name, value in item.items() if value})
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def bibtex(works: Iterable[Work]) -> bytes:
    """One @misc entry a work: the type that asks for no field, so that none has to be made up."""
    entries = []
    for work in works:
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(work))
        entries.append(f"@misc{{{work.key},\n{fields}}}\n")
    return "\n".join(entries).encode("utf-8")


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    if work.authors:
        # Doubly braced: a name stays whole, whatever order its parts are printed in.
        yield "author", "{" + " and ".join(f"{{{_escaped(name)}}}" for name in work.authors) + "}"
    if work.title:
        yield "title", f"{{{{{_escaped(work.title)}}}}}"
    if work.venue:
        yield "howpublished", f"{{{_escaped(work.venue)}}}"
    if work.issued:
        yield "year", f"{{{work.date[0] if work.date else _escaped(work.issued)}}}"
    if len(work.date) > 1:
        yield "month", _MONTHS.split("|")[work.date[1] - 1]
    if len(work.date) > 2:
        yield "date", f"{{{work.issued}}}"  # BibLaTeX's: BibTeX has no word for the day
    if work.addresses:
        yield "url", f"{{{work.addresses[0].translate(_IN_ADDRESS)}}}"
    if work.language:
        yield "langid", f"{{{languages.name(work.language, 'en').lower()}}}"
    yield "note", f"{{{_escaped(work.whole_note)}}}"


def _escaped(text: str) -> str:
    return text.translate(_IN_TEXT)
