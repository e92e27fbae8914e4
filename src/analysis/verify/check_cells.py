"""Hold the verbatim cells of a study to the passages that their rows cite.

Which columns are verbatim, and how, is said by the schema; what a coder judged is in no source and is not
held to it. A key is verified by what it names: an institution by its label, a project by its region's
name, a coded value by its label.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import pairwise

from analysis.transcribe.load import Study
from analysis.transcribe.normaliser import normalise
from analysis.transcribe.schema import Field, Schema, Table
from analysis.verify import tables
from analysis.verify.extract import BOUNDARY, Names, magnitude, number
from analysis.verify.fingerprints import TO_THE_LETTER, PassageVerdict, Place
from analysis.verify.matching import TOPICS, VALUES, Claim, Judgement, RowText, judge, stands_anywhere
from analysis.verify.source_text import SourceText

SUGGESTED = 100  # cells for which another passage is looked for; after that many, all is wrong
# A topic of a row is verified by a name: of its region, of the programme its project belongs to.
_TOPICS = {"region": ("regions", "name_ja"), "programme": ("programmes", "label_ja")}

Known = Mapping[str, tuple[str, ...]]  # the names by which a source may call what an id stands for


class CellVerdict(StrEnum):
    """What a check found out about a verbatim cell."""

    FOUND = "FOUND"  # its passages print it
    NOT_FOUND = "NOT_FOUND"  # they do not
    AMBIGUOUS = "AMBIGUOUS"  # they print it, and do not tell of which of several subjects
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
    between: tuple[str, ...] = ()  # the subjects that cannot be told apart


@dataclass(frozen=True)
class RowClaims:
    """The verbatim cells of one row: those held to the source, and those concluded."""

    table: str
    line: int
    passages: tuple[str, ...]
    claims: tuple[Claim, ...]
    inferred: tuple[Claim, ...]
    called: tuple[str, ...] = ()  # what the row calls its number: label and unit, normalised

    def result(self, claim: Claim, verdict: CellVerdict, *found: tuple[str, ...]) -> CellResult:
        """What became of one cell; `found` is what is printed instead, and where it stands."""
        value, sought = claim.typed or claim.value, claim.words if claim.names else ()
        return CellResult(self.table, self.line, claim.column, value, self.passages, verdict, sought, *found)


class Claims:
    """What the rows of a study claim that their passages print."""

    def __init__(self, study: Study, schema: Schema) -> None:
        self.study, self.language = study, study.meta.language
        self.schema = schema.with_kinds(study.meta.own_kinds)
        self._verbatim = {t.name: t.verbatim_in(self.language) for t in self.schema.tables.values()}
        self._named = cache(self._names_of)  # one `Names` for all cells of a kind, which each text keeps

    def rows(self) -> Iterator[RowClaims]:
        """Yield every row that cites passages and has a verbatim cell, table by table."""
        for table in self.schema.tables.values():
            verbatim = () if table.judgement else self._verbatim[table.name]
            if verbatim and "passages" in {f.name for f in table.fields_for(self.study.meta.kind)}:
                frame = self.study.tables[table.name].astype("string").fillna("")
                for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
                    yield self.of_row(table, int(line), row)

    def of_row(self, table: Table, line: int, row: Mapping[str, str]) -> RowClaims:
        """What one row claims, its cells given as text."""
        concluded = row["inferred"].split() if row.get("basis") == "inferred" else []
        claims = [
            self._of_cell(field, kind, row)
            for field in self._verbatim[table.name]
            if row[field.name]
            for kind in (field.verbatim or "").split()
        ]
        return RowClaims(
            table.name,
            line,
            tuple(row["passages"].split()),
            tuple(claim for claim in claims if claim.column not in concluded),
            tuple(claim for claim in claims if claim.column in concluded),
            tuple(self._normal(row[name]) for name in (f"label_{self.language}", "unit") if row.get(name)),
        )

    def _of_cell(self, field: Field, kind: str, row: Mapping[str, str]) -> Claim:
        """What a cell claims in one of the ways in which it is verbatim."""
        value = row[field.name]
        if kind == "grade":
            return self._grade(field, row)
        if kind == "number":
            units = [row["unit"], row.get(f"unit_{self.language}", "")] if row.get("unit") else []
            times = max((magnitude(unit, self.language) for unit in units), default=1)
            return Claim(field.name, kind, number(value), times=times)
        if kind in VALUES:
            return Claim(field.name, kind, value)
        if kind in TOPICS | {"label"}:
            known, names = self._named(re.split("[ .]", field.references or "")[0], kind)
            # `common` names no region in particular: it has no words.
            return Claim(field.name, kind, value, known.get(value, ()), names)
        printed = value.split(";") if kind == "names" else [value]
        if kind == "vocabulary":
            printed = [self.schema.label(field.vocabulary, value, self.language)] if field.vocabulary else []
        return Claim(field.name, kind, value, tuple(map(self._normal, printed)))

    def _grade(self, field: Field, row: Mapping[str, str]) -> Claim:
        """What a cell claims as a grade, with the grades that its scale lists beside it."""
        scales = self.study.tables["scales"]
        own = scales.loc[scales["scale"] == row["scale"]]
        label = f"label_{self.language}"
        # `Noten 1 bis 5` is announced by `Noten`.
        names = {re.split(r"[\d(（:]", name)[0].strip() for name in own[label]} if label in own else set()
        value, typed = self._normal(row[field.name]), row[field.name]
        announced = tuple(self._normal(name) for name in sorted(names) if name)
        normal = tuple(map(self._normal, own["grade"]))
        return Claim(field.name, "grade", value, normal, announced=announced, typed=typed)

    @cached_property
    def names_of_rows(self) -> frozenset[str]:
        """The names of what a printed table may have rows of, normalised."""
        tables = [("regions", "name_ja"), ("programmes", "label_ja"), ("projects", "label_ja")]
        return frozenset(
            name for table in tables for names in self._column(*table).values() for name in names if name
        )

    def _names_of(self, table: str, kind: str) -> tuple[Known, Names]:
        """What each key of a table is called, by its label or topic; and all these names."""
        topics, name = _TOPICS.get(kind, (table, "label_ja"))
        known = self._column(topics, name)
        if table != topics:
            frame = self.study.tables[table]
            own = self._column(table, "label_ja") if kind == "programme" else {}
            known = {
                id_: known.get(topic, ()) + own.get(id_, ())
                for id_, topic in zip(frame["id"], frame[kind], strict=True)
            }
        return known, Names((name for names in known.values() for name in names), self.language)

    def _column(self, table: str, column: str) -> Known:
        """A column of names by id, normalised, in the source's language where there is one."""
        frame = self.study.tables[table]
        sibling = column.removesuffix("ja") + self.language
        first = column.removesuffix("ja") + self.study.languages[0]
        names = frame[sibling if sibling in frame else first]
        return {id_: (self._normal(name),) for id_, name in zip(frame["id"], names, strict=True)}

    def _normal(self, text: str) -> str:
        return normalise(text, self.study.meta.normaliser)


class Cells:
    """The rows of a study with the texts of the passages they cite; `places` has them by id."""

    def __init__(self, study: Study, schema: Schema, text: SourceText, places: Mapping[str, Place]) -> None:
        self.study, self.schema, self.text = study, schema, text
        self.places = defaultdict(lambda: Place(PassageVerdict.MISSING), places)
        self.claims = Claims(study, schema)
        self.follows = _parts_of_one_sentence(study)
        self._texts: dict[tuple[str, ...], RowText] = {}
        self._suggestions = 0

    def results(self) -> Iterator[CellResult]:
        """Check every verbatim cell, table by table."""
        for row in self.claims.rows():
            yield from self.of_row(row)

    def of_row(self, row: RowClaims) -> Iterator[CellResult]:
        """Check the verbatim cells of one row."""
        anchor = self.schema.tables[row.table].anchor_in(self.study.meta.language)
        judgements = judge(self._row_text(row.passages), row.claims, anchor, row.called)
        # A cell that is verbatim in two ways must stand in both; the first it fails in tells.
        worst: dict[str, tuple[Claim, Judgement]] = {}
        for claim, judgement in zip(row.claims, judgements, strict=True):
            if claim.column not in worst or worst[claim.column][1].stands:
                worst[claim.column] = claim, judgement
        for claim, judgement in worst.values():
            if judgement.stands:
                yield row.result(claim, CellVerdict.FOUND)
            elif judgement.between:
                yield row.result(claim, CellVerdict.AMBIGUOUS, (), (), judgement.between)
            else:
                elsewhere = self._elsewhere(claim, row.passages)
                yield row.result(claim, CellVerdict.NOT_FOUND, judgement.printed[:5], elsewhere)
        for claim in {claim.column: claim for claim in row.inferred}.values():
            yield row.result(claim, CellVerdict.INFERRED)

    def _row_text(self, passages: tuple[str, ...]) -> RowText:
        """The passages that a row cites as one text, with a boundary where they do not touch."""
        if passages not in self._texts:
            text = self.places[passages[0]].text if passages else ""
            for before, id_ in pairwise(passages):
                text += self._joint(before, id_) + self.places[id_].text
            rows = {id_: found for id_ in passages if (found := self._table(id_))}
            others = tuple(id_ for id_ in passages if id_ not in rows)
            beside = self._row_text(others) if rows and others else None
            table = tuple(row for found in rows.values() for row in found)
            self._texts[passages] = RowText(text, self.study.meta.language, table, beside)
        return self._texts[passages]

    def _table(self, id_: str) -> tuple[tables.Row, ...]:
        """The rows of the tables that a passage holds: of the lines that are wholly its own."""
        place, plain = self.places[id_], self.text.plain
        if place.verdict not in TO_THE_LETTER:
            return ()
        lines = [
            self.text.raw[number]
            for start, end in ((span.start, span.end) for span in place.spans)
            for number in range(
                bisect.bisect_left(plain.starts, start), bisect.bisect_left(plain.starts, end)
            )
            if plain.ends[number] <= end + 1
        ]
        return tuple(
            tables.read(lines, self.study.meta.language, self.text.normal, self.claims.names_of_rows)
        )

    def _joint(self, before: str, after: str) -> str:
        """What stands between two passages: a boundary, unless one goes on in the other."""
        ends, starts = self.places[before].spans, self.places[after].spans
        side_by_side = (
            ends
            and starts
            and starts[0].start >= ends[-1].end
            and not self.text.plain.text[ends[-1].end : starts[0].start].strip()
        )
        if (before, after) in self.follows or side_by_side:
            # What the normaliser leaves of the end of a line.
            return self.text.normal("字\n字")[1:-1]
        return BOUNDARY

    def _elsewhere(self, claim: Claim, cited: tuple[str, ...]) -> tuple[str, ...]:
        """Where else in the source a claim stands: the passages that print it, or the line."""
        self._suggestions += 1
        if self._suggestions > SUGGESTED:
            return ()
        found: dict[str, None] = {}
        for mention in stands_anywhere(self._whole, claim):
            index = bisect.bisect_right(self._spans, (mention.start, len(self._whole.text))) - 1
            start, end, id_ = self._spans[index] if index >= 0 else (0, 0, "")
            inside = start <= mention.start and mention.end <= end
            found[id_ if inside else f"line {self.text.plain.line_at(mention.start)}"] = None
            if len(found) > len(cited) + 3:
                break
        return tuple(where for where in found if where not in cited)[:3]

    @cached_property
    def _whole(self) -> RowText:
        return RowText(self.text.plain.text, self.study.meta.language)

    @cached_property
    def _spans(self) -> list[tuple[int, int, str]]:
        return sorted(
            (span.start, span.end, id_) for id_, place in self.places.items() for span in place.spans
        )


def _parts_of_one_sentence(study: Study) -> set[tuple[str, str]]:
    """Pairs of passages of one sentence: neighbours in a section, the second with the next `part`."""
    last: dict[str, tuple[str, int]] = {}
    pairs = set()
    table = study.tables["passages"]
    for id_, section, part in zip(table["id"], table["section"], table["part"], strict=True):
        if section in last and last[section][1] + 1 == part:
            pairs.add((last[section][0], id_))
        last[section] = id_, int(part)
    return pairs
