"""Hold the verbatim cells of a study to the passages that their rows cite."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema
from analysis.verify.claims import Claims, RowClaims
from analysis.verify.layout import Layout
from analysis.verify.matching import Claim, Judgement, RowText, judge, stands_anywhere
from analysis.verify.normaliser import normalise
from analysis.verify.passages import Place
from analysis.verify.printed import BOUNDARY

SUGGESTED = 100  # cells for which another passage is looked for; after that many, all is wrong


class CellVerdict(StrEnum):
    """What a check found out about a verbatim cell."""

    FOUND = "FOUND"  # its passages print it
    NOT_FOUND = "NOT_FOUND"  # they do not
    INFERRED = "INFERRED"  # the transcriber concluded it, and says so


@dataclass(frozen=True)
class CellResult:
    """One verbatim cell, checked."""

    table: str
    line: int
    column: str
    value: str
    passages: tuple[str, ...]
    verdict: CellVerdict
    sought: tuple[str, ...] = ()  # the names that a key stands for, any of which will do
    printed: tuple[str, ...] = ()  # what the passages print instead
    elsewhere: tuple[str, ...] = ()  # where the value does stand: passages, or `line 12`


class Cells:
    """The rows of a study with the texts of the passages they cite; `places` has them by id."""

    def __init__(self, study: Study, schema: Schema, layout: Layout, places: Mapping[str, Place]) -> None:
        self.study, self.schema, self.layout, self.places = study, schema, layout, places
        self.follows = _parts_of_one_sentence(study)
        self._texts: dict[tuple[str, ...], RowText] = {}
        self._suggestions = 0

    def results(self) -> Iterator[CellResult]:
        """Check every verbatim cell, table by table."""
        for row in Claims(self.study, self.schema).rows():
            yield from self.of_row(row)

    def of_row(self, row: RowClaims) -> Iterator[CellResult]:
        """Check the verbatim cells of one row."""
        anchor = self.schema.tables[row.table].anchor_in(self.study.meta.language)
        judgements = judge(self._text(row.passages), row.claims, anchor)
        # A cell that is verbatim in two ways must stand in both; the first it fails in tells.
        worst: dict[str, tuple[Claim, Judgement]] = {}
        for claim, judgement in zip(row.claims, judgements, strict=True):
            if claim.column not in worst or worst[claim.column][1].stands:
                worst[claim.column] = claim, judgement
        for claim, judgement in worst.values():
            yield self._result(row, claim, judgement)
        for claim in {claim.column: claim for claim in row.inferred}.values():
            yield _cell(row, claim, CellVerdict.INFERRED)

    def _text(self, passages: tuple[str, ...]) -> RowText:
        """The passages that a row cites as one text, with a boundary where they do not touch."""
        if passages not in self._texts:
            text = self._piece(passages[0]) if passages else ""
            for before, id_ in pairwise(passages):
                text += self._joint(before, id_) + self._piece(id_)
            self._texts[passages] = RowText(text, self.study.meta.language)
        return self._texts[passages]

    def _piece(self, id_: str) -> str:
        return self.places[id_].text if id_ in self.places else ""

    def _joint(self, before: str, after: str) -> str:
        """What stands between two passages: a boundary, unless one goes on in the other."""
        end, start = self._edge(before, -1), self._edge(after, 0)
        between = self.layout.plain.text[end:start] if end is not None and start is not None else None
        side_by_side = between is not None and start >= end and not between.strip()
        if (before, after) in self.follows or side_by_side:
            return self._space
        return BOUNDARY

    def _edge(self, id_: str, side: int) -> int | None:
        """Where a passage begins (side 0) or ends (side -1) in the source."""
        spans = self.places[id_].spans if id_ in self.places else ()
        return (spans[side].end if side else spans[side].start) if spans else None

    @cached_property
    def _space(self) -> str:
        """What the normaliser leaves of the end of a line."""
        return normalise("a\nb", self.study.meta.normaliser)[1:-1]

    def _result(self, row: RowClaims, claim: Claim, judgement: Judgement) -> CellResult:
        if judgement.stands:
            return _cell(row, claim, CellVerdict.FOUND)
        elsewhere: tuple[str, ...] = ()
        if self._suggestions < SUGGESTED:
            self._suggestions += 1
            elsewhere = self._elsewhere(claim, row.passages)
        return _cell(row, claim, CellVerdict.NOT_FOUND, judgement.printed[:5], elsewhere)

    def _elsewhere(self, claim: Claim, cited: tuple[str, ...]) -> tuple[str, ...]:
        """Where else in the source a claim stands: the passages that print it, or the line."""
        found: dict[str, None] = {}
        for mention in stands_anywhere(self._whole, claim):
            index = bisect.bisect_right(self._spans, (mention.start, len(self._whole.text))) - 1
            start, end, id_ = self._spans[index] if index >= 0 else (0, 0, "")
            inside = start <= mention.start and mention.end <= end
            found[id_ if inside else f"line {self.layout.plain.line_at(mention.start)}"] = None
            if len(found) > len(cited) + 3:
                break
        return tuple(where for where in found if where not in cited)[:3]

    @cached_property
    def _whole(self) -> RowText:
        return RowText(self.layout.plain.text, self.study.meta.language)

    @cached_property
    def _spans(self) -> list[tuple[int, int, str]]:
        return sorted(
            (span.start, span.end, id_) for id_, place in self.places.items() for span in place.spans
        )


def _parts_of_one_sentence(study: Study) -> set[tuple[str, str]]:
    """Pairs of passages that a page, column or footnote cuts out of one sentence.

    They follow one another in their section, and the second has the next `part`.
    """
    last: dict[str, tuple[str, int]] = {}
    pairs = set()
    table = study.tables["passages"]
    for id_, section, part in zip(table["id"], table["section"], table["part"], strict=True):
        if section in last and last[section][1] + 1 == part:
            pairs.add((last[section][0], id_))
        last[section] = id_, int(part)
    return pairs


def _cell(
    row: RowClaims,
    claim: Claim,
    verdict: CellVerdict,
    printed: tuple[str, ...] = (),
    elsewhere: tuple[str, ...] = (),
) -> CellResult:
    sought = claim.words if claim.names else ()
    where = row.table, row.line, claim.column, claim.value, row.passages
    return CellResult(*where, verdict, sought, printed, elsewhere)
