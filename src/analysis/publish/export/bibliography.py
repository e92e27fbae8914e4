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


Work = Mapping[str, Any]  # an item of CSL, with what is known of it; its authors' names as printed


def works(study: Study, schema: Schema) -> Iterator[Work]:
    """The study's source, then the works it cites in the order of their table."""
    yield _source(study)
    for row in study.tables["references"].to_dict("records"):
        authors = [name.strip() for name in row["authors"].split(";") if name.strip()]
        # One address has a field of its own.
        address, *others = row["address"].split() or [""]
        note = " ".join([_note(row, study, schema), *others])
        known = {"title": row["title"], "URL": address, "note": note}
        yield _work(f"{study.id}-{row['id']}", authors, row["year"], known)


def _source(study: Study) -> Work:
    """The study's source in its own language, what it is called in others in the note."""
    meta, own = study.meta, languages.nearest(study.meta.language, study.languages)
    note: list[str] = []
    for other in languages.others(own, study.languages):
        names = "; ".join(author[f"name_{other}"] for author in meta.authors)
        note += [names, _whole_title(study, other), meta[f"venue_{other}"]]
    known = {"title": _whole_title(study, own), "container-title": meta[f"venue_{own}"]}
    known |= {"language": meta.language, "note": " / ".join(note)}
    return _work(study.id, [author[f"name_{own}"] for author in meta.authors], str(meta.year), known)


def _work(key: str, authors: Iterable[str], issued: str, known: Mapping[str, str]) -> Work:
    """`issued` is a date of EDTF with FY, as in the table; what is not stated has no key."""
    found = _DAY.fullmatch(issued)
    date = [int(part) for part in found.groups() if part] if found else []
    work: dict[str, Any] = {"id": key, "type": "document", "author": [{"literal": name} for name in authors]}
    work |= {name: known.get(name) for name in ("title", "container-title")}
    work["issued"] = {"date-parts": [date]} if date else {"literal": issued} if issued else None
    work |= {name: known.get(name) for name in ("language", "URL", "note")}
    return {name: value for name, value in work.items() if value}


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
    """The works as a list of CSL items."""
    return (json.dumps(list(works), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def bibtex(works: Iterable[Work]) -> bytes:
    """One @misc entry a work: the type that asks for no field, so that none has to be made up."""
    entries = []
    for work in works:
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(work))
        entries.append(f"@misc{{{work['id']},\n{fields}}}\n")
    return "\n".join(entries).encode("utf-8")


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    if names := [f"{{{_escaped(name['literal'])}}}" for name in work.get("author", ())]:
        # Doubly braced: a name stays whole, whatever order its parts are printed in.
        yield "author", f"{{{' and '.join(names)}}}"
    if title := work.get("title"):
        yield "title", f"{{{{{_escaped(title)}}}}}"
    if venue := work.get("container-title"):
        yield "howpublished", f"{{{_escaped(venue)}}}"
    if issued := work.get("issued"):
        year, *more = issued.get("date-parts", [[_escaped(issued.get("literal", ""))]])[0]
        yield "year", f"{{{year}}}"
        if more:
            yield "month", _MONTHS.split("|")[more[0] - 1]
        if more[1:]:  # BibLaTeX's field: BibTeX has no word for the day
            yield "date", f"{{{year:04}-{more[0]:02}-{more[1]:02}}}"
    if address := work.get("URL"):
        yield "url", f"{{{address.translate(_IN_ADDRESS)}}}"
    if language := work.get("language"):
        yield "langid", f"{{{languages.name(language, 'en').lower()}}}"
    yield "note", f"{{{_escaped(work.get('note', ''))}}}"


def _escaped(text: str) -> str:
    return text.translate(_IN_TEXT)
