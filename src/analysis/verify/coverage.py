"""How much of the source stands in records: nothing is skipped without saying so.

Works on places alone (where passages and headings stand, counted in normalised characters), so the strip
map of a source can be drawn from the record of a check, without the source.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from analysis.transcribe import schema as schemas
from analysis.transcribe.load import Study
from analysis.transcribe.study_yaml import Section
from analysis.verify.source_text import Heading, Span

UNCOVERED = "uncovered"  # the table of passages that no record stands on
HEADINGS = "study.yaml"  # where the headings stand


@dataclass(frozen=True)
class Stretch:
    """A piece of the source that is covered in one way."""

    span: Span
    section: str
    passage: str = ""  # empty for a heading and where no passage stands
    tables: tuple[str, ...] = ()  # that have a record standing on it
    reason: str = ""  # why there is none, from `uncovered.csv`


@dataclass(frozen=True)
class Share:
    """How many characters of a section stand under a record, and how many under a reason."""

    section: str
    chars: int
    recorded: int
    reasoned: int

    @property
    def covered(self) -> float:
        """Share under a record or a reason, 0 to 1."""
        return (self.recorded + self.reasoned) / self.chars if self.chars else 1.0

    @property
    def excused(self) -> float:
        """Share under a reason, 0 to 1."""
        return self.reasoned / self.chars if self.chars else 0.0


@dataclass(frozen=True)
class Coverage:
    """The whole source as one row of stretches, none overlapping and none left out."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def sections(self) -> tuple[Share, ...]:
        """One share a section, in the order in which they begin."""
        by_section = defaultdict(list)
        for stretch in self.stretches:
            by_section[stretch.section].append(stretch)
        return tuple(_share(section, parts) for section, parts in by_section.items())

    @cached_property
    def whole(self) -> Share:
        return _share("", self.stretches)

    @property
    def shares(self) -> list[Share]:
        """Those of the sections, and that of the whole."""
        return [*self.sections, self.whole]

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """What neither a record nor a reason covers."""
        return tuple(each for each in self.stretches if not each.tables and not each.reason)

    def strip(self) -> pd.DataFrame:
        """Return the strip map as a table, one stretch a row.

        Columns: start, chars, section, passage, tables (space-separated), reason.
        """
        rows = [(*s.span, s.section, s.passage, " ".join(s.tables), s.reason) for s in self.stretches]
        return pd.DataFrame(rows, columns=["start", "chars", "section", "passage", "tables", "reason"])


def measure(
    study: Study, places: Mapping[str, Iterable[Span]], heads: Sequence[Heading], chars: int
) -> Coverage:
    """Say of every character of a source what covers it.

    `places` has the spans of each passage by id, `chars` the length of the source. A section whose heading
    is not among `heads` is known from its passages only.
    """
    tables, reasons = _citing(study)
    sections = dict(zip(study.tables["passages"]["id"], study.tables["passages"]["section"], strict=True))
    claims = []
    for passage, spans in places.items():
        # A reason counts only where no record stands.
        about = tables.get(passage, ()), "" if passage in tables else reasons.get(passage, "")
        claims += [Stretch(span, sections.get(passage, ""), passage, *about) for span in spans]
    claims += [Stretch(head.span, head.section, tables=(HEADINGS,)) for head in heads]
    # A passage that is a heading goes before the heading as such.
    claims.sort(key=lambda stretch: (stretch.span.start, not stretch.passage))
    return Coverage(tuple(_side_by_side(claims, heads, study.meta.sections, chars)))


def _side_by_side(
    claims: Sequence[Stretch], heads: Sequence[Heading], sections: Sequence[Section], chars: int
) -> Iterator[Stretch]:
    """Yield stretches that follow one another, with what lies between them as gaps."""
    first = sections[0].id if sections else ""
    begins = [head.span.start for head in heads]
    place = 0
    for claim in [*claims, Stretch(Span(chars, 0), "")]:
        while place < claim.span.start:
            section = bisect.bisect_right(begins, place)
            end = min([claim.span.start, *begins[section : section + 1]])
            yield Stretch(Span(place, end - place), heads[section - 1].section if section else first)
            place = end
        if claim.span.end > place:
            yield replace(claim, span=Span(place, claim.span.end - place))
            place = claim.span.end


def _citing(study: Study) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """The tables of records (not of judgements, of places) that cite each passage; reasons for others."""
    tables: dict[str, list[str]] = defaultdict(list)
    for name, table in schemas.load().tables.items():
        rows = study.tables[name]
        if "passages" in rows and table.records:
            for passage in rows["passages"].str.split().explode().dropna().unique():
                tables[passage].append(name)
    excused = study.tables.get(UNCOVERED, pd.DataFrame({"passages": [], "reason": []}))
    reasons = {
        passage: reason
        for cited, reason in zip(excused["passages"], excused["reason"], strict=True)
        for passage in cited.split()
    }
    return {passage: tuple(names) for passage, names in tables.items()}, reasons


def _share(section: str, stretches: Sequence[Stretch]) -> Share:
    recorded = sum(stretch.span.chars for stretch in stretches if stretch.tables)
    reasoned = sum(stretch.span.chars for stretch in stretches if stretch.reason and not stretch.tables)
    return Share(section, sum(stretch.span.chars for stretch in stretches), recorded, reasoned)
