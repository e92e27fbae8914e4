"""What the bibliography's formats have in common: the study's source and the works it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True)
class Work:
    """One work as far as it is known: what the tables do not state is empty, nothing is guessed.

    Names are as printed. Which part of one is the family name the tables do not say, nor of what
    type a work is; so formats get names whole and the type that claims least.
    """

    key: str
    authors: tuple[str, ...]
    issued: str  # EDTF with FY, as in the table
    title: str
    note: str  # in both languages: how it is cited, what was concluded, and from what
    addresses: tuple[str, ...] = ()
    venue: str = ""
    language: str = ""

    @property
    def date(self) -> tuple[int, ...]:
        """Year, month and day as far as stated; () where it is not a single date."""
        found = _DAY.fullmatch(self.issued)
        return tuple(int(part) for part in found.groups() if part) if found else ()


def works(study: Study, schema: Schema) -> Iterator[Work]:
    """The study's source, then the works it cites in the order of their table."""
    yield _source(study)
    table = study.tables["references"]
    for row in table.to_dict("records"):
        yield Work(
            key=f"{study.id}-{row['id']}",
            authors=tuple(name.strip() for name in row["authors"].split(";") if name.strip()),
            issued=row["year"],
            title=row["title"],
            note=_note(row, study, schema),
            addresses=tuple(row["address"].split()),
        )


def _source(study: Study) -> Work:
    """The study's source in its own language, what it is called in the other in the note."""
    meta, own = study.meta, study.meta.language
    other = {"ja": "en", "en": "ja"}[own]
    names = ["; ".join(getattr(author, f"name_{other}") for author in meta.authors)]
    return Work(
        key=study.id,
        authors=tuple(getattr(author, f"name_{own}") for author in meta.authors),
        issued=str(meta.year),
        title=_whole_title(study, own),
        note=" / ".join([*names, _whole_title(study, other), meta[f"venue_{other}"]]),
        venue=meta[f"venue_{own}"],
        language=own,
    )


def _whole_title(study: Study, language: str) -> str:
    title, below = study.meta[f"title_{language}"], study.meta[f"subtitle_{language}"]
    return title + ({"ja": "：", "en": ": "}[language] + below if below else "")


def _note(row: dict[str, str], study: Study, schema: Schema) -> str:
    """How a work is cited, whether it is identified, and what about it was concluded, not read."""
    identified = schema.vocabularies["identified"][row["identified"]]
    table, kind = schema.tables["references"], study.meta.kind
    inferred = [table.field(name, kind).title for name in row["inferred"].split()]
    english = [f"Cited as [{row['number']}]", f"Identified: {identified.en}"]
    japanese = [f"原文での番号 [{row['number']}]", f"特定：{identified.ja}"]
    if inferred:
        english.append("Concluded by the transcriber: " + ", ".join(t.en for t in inferred))
        japanese.append("転記者の判断：" + "、".join(t.ja for t in inferred))
    english += [row["note"]] if row["note"] else []
    japanese += [row["note_ja"]] if row["note_ja"] else []
    return ". ".join(english) + ". / " + "。".join(japanese) + "。"
