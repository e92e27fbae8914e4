"""Whether a row's cells stand in the passages it cites: not just somewhere, but at its place.

A passage often prints several dates, numbers or grades. The one a row claims must be the one that belongs
to the row: among all values of its kind the nearest to the row's anchor - its label, or where a table has
none, its most telling other cell. So a date that is right for the neighbour is found out.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analysis.verify import grades
from analysis.verify.extract import BOUNDARY, READERS, Mention, Names, number, numbers, words
from analysis.verify.subjects import stands_beside, subjects_of
from analysis.verify.tables import Entry, Row

# How a cell may be verbatim. Values are read out of the passages; words are looked for in them.
VALUES = frozenset(READERS)
TOPICS = frozenset({"region", "programme"})  # what a sentence is about: named first, meant after

# Which other cell says best where in its passages a row stands, where the schema names no anchor.
_TELLING = ["number", "grade", "text", "vocabulary", "names", "label", "region", "programme"]


@dataclass(frozen=True)
class Claim:
    """A verbatim cell: what its row says that its passages print."""

    column: str
    kind: str  # the schema's `verbatim`
    value: str  # as the table has it
    words: tuple[str, ...] = ()  # normalised; all must stand, or of `names` one; the grades of a scale
    names: Names | None = None  # all that the cell could have named, where it names one of many
    announced: tuple[str, ...] = ()  # of a grade: what the source calls its scale
    typed: str = ""  # as the table has it, where `value` is normalised
    times: int = 1  # of a number: the magnitude that its unit says, `million euro`


@dataclass(frozen=True)
class Judgement:
    """What became of a claim; `printed` is what the passages print instead, nearest first."""

    stands: bool
    printed: tuple[str, ...] = ()
    between: tuple[str, ...] = ()  # the subjects of which a printed number may be said, where several


@dataclass(eq=False)
class RowText:
    """The passages that a row cites as one text, with what they print."""

    text: str
    language: str
    table: Sequence[Row] = ()  # the rows of the tables that stand in the passages
    beside: RowText | None = None  # those of the passages in which no table stands
    _printed: dict[object, list[Mention]] = field(default_factory=dict, init=False)

    def printed(self, kind: str) -> list[Mention]:
        """Every value of a kind in the text, in order."""
        reader = READERS[kind]
        if reader not in self._printed:
            self._printed[reader] = list(reader(self.text, self.language))
        return self._printed[reader]

    def named(self, names: Names) -> list[Mention]:
        """Every one of some names in the text, in order."""
        if names not in self._printed:
            self._printed[names] = names.mentions(self.text)
        return self._printed[names]

    def bare(self, mention: Mention) -> bool:
        """Whether a number is printed without a word of magnitude, of its own or of its range (`70-80 million`)."""
        alone = list(numbers(self.text[mention.start : mention.end], self.language))
        return self.text[mention.end - 1].isdecimal() and [m.value for m in alone] == [mention.value]

    @cached_property
    def separators(self) -> list[int]:
        """Places where a clause ends; a boundary between passages counts twice."""
        return [m.start() for m in _SEPARATOR.finditer(self.text) for _ in range(1 + (m[0] == BOUNDARY))]

    def distance(self, one: Mention, other: Mention) -> tuple[int, int]:
        """How far apart two mentions are: first in clauses, then in characters."""
        left, right = sorted([one, other], key=lambda mention: mention.start)
        begins = bisect.bisect_left(self.separators, left.end)
        clauses = bisect.bisect_left(self.separators, right.start) - begins
        return max(clauses, 0), max(right.start - left.end, 0)


_SEPARATOR = re.compile(rf"[、，。;!?\u060c\u061b\u061f{BOUNDARY}]|[,.:](?!\d)")


def judge(
    row: RowText, claims: Sequence[Claim], anchor: str | None, called: Sequence[str] = ()
) -> list[Judgement]:
    """Hold each claim of a row to the row's text; `called` is what the row calls its number, its unit."""
    if (judged := _of_tables(row, claims, anchor)) is not None:
        other = judge(row.beside, claims, anchor, called) if row.beside else []
        return other if other and all(judgement.stands for judgement in other) else judged
    own = [stands_anywhere(row, claim) for claim in claims]
    topic = next((claim for claim in claims if claim.kind == "region" and claim.words and claim.names), None)
    judged = []
    for claim, mentions in zip(claims, own, strict=True):
        pivots = _pivots(claim, claims, own, anchor)
        if claim.kind == "grade":
            judged.append(_of_grade(row, claim, claims, pivots, anchor))
        elif topic and claim.kind == "number" and mentions and not anchor and stands_anywhere(row, topic):
            judged.append(_of_subject(row, claim, topic, called))
        else:
            rivals = _rivals(row, claim, mentions)
            judged.append(Found(row, claim, mentions, rivals, pivots, anchor).judgement())
    return judged


def _of_tables(row: RowText, claims: Sequence[Claim], anchor: str | None) -> list[Judgement] | None:
    """Hold a region's number to where its row and the column of its date cross, or its column and row.

    None unless a region with a number and a date is claimed, and a table that has the region.
    """
    topic = next((claim for claim in claims if claim.kind == "region" and claim.words), None)
    at = next((claim for claim in claims if claim.kind in {"date", "period"}), None)
    kinds = {claim.kind for claim in claims}
    if anchor or not row.table or not topic or not at or kinds != {"region", "number", at.kind}:
        return None
    cells = [cell for line in row.table if line.heading in topic.words for cell in line.cells(row.language)]
    if not cells:
        return None
    here = [(date, entries) for date, entries in cells if date in _forms(at)]
    dates = tuple(dict.fromkeys(date for date, _ in cells))
    possible = dict.fromkeys(entry for _, entries in here or cells for entry in entries)
    judged = []
    for claim in claims:
        if claim is topic or (claim is at and here):
            judged.append(Judgement(True))
        elif claim is at:
            judged.append(Judgement(False, dates))
        elif not any(_prints(claim, entry) for entry in possible):
            judged.append(Judgement(False, tuple(entry.value for entry in possible if entry.value)))
        else:  # all that it may be must be one and the same
            judged.append(Judgement(True) if len(possible) == 1 else Judgement(False, (), dates))
    return judged


def _of_subject(row: RowText, claim: Claim, topic: Claim, called: Sequence[str]) -> Judgement:
    """Hold a number to what the text says of its subject, wherever in the sentence it stands."""
    numbers, topics = row.printed("number"), row.named(topic.names) if topic.names else []
    names = [mention for name in called for mention in words(row.text.lower(), name.lower())]
    beside = {number for number in numbers if stands_beside(number, names, row.text)}
    said = {number: subjects_of(number, numbers, topics, row.text) for number in numbers}
    mine = [number for number in numbers if said[number] & set(topic.words)]
    possible = [
        number
        for number in mine
        if _says(claim, number, row) and (number in beside or not beside & set(mine))
    ]
    others = [*(number for number in mine if number in beside), *mine, *numbers]
    printed = tuple(dict.fromkeys(other.value for other in others if not _says(claim, other, row)))
    if not possible:
        return Judgement(False, printed)
    between = min((said[number] for number in possible), key=len)
    alone = len(between) == 1 or len({number.value for number in numbers}) == 1
    return Judgement(True) if alone else Judgement(False, (), tuple(sorted(between)))


_NO_GRADE = ("a grade", "something else")


def _of_grade(
    row: RowText, claim: Claim, claims: Sequence[Claim], pivots: list[Mention], anchor: str | None
) -> Judgement:
    """Hold a grade to what the text prints as grades of its row's subject, nearest to its row's place."""
    topics = [
        (set(other.words), row.named(other.names))
        for other in claims
        if other.kind in TOPICS and other.words and other.names
    ]
    read = _grades(row, claim, [mention for _, named in topics for mention in named])
    own, rivals = ([m for m in read.sure if grades.says(m, claim.value) is same] for same in (True, False))
    if not own and not rivals and any(grades.says(mention, claim.value) for mention in read.open):
        return Judgement(False, (), _NO_GRADE)
    between: set[str] = set()
    for subjects, named in topics if own else ():
        if not {mention.value for mention in named} - subjects:
            continue
        said = {mention: subjects_of(mention, read.sure, named, row.text) for mention in read.sure}
        mine = [mention for mention in own if said[mention] & subjects]
        alone = [mention for mention in mine if said[mention] <= subjects]
        between |= set() if alone or not mine else set.union(*(said[mention] for mention in mine))
        elsewhere = rivals + [mention for mention in own if mention not in mine]
        own, rivals = alone or mine, [mention for mention in rivals if said[mention] & subjects]
        if not own:
            return Found(row, claim, own, rivals or elsewhere, pivots, anchor).judgement()
    if between and (rivals or any(not grades.says(mention, claim.value) for mention in read.sure)):
        return Judgement(False, (), tuple(sorted(between)))
    return Found(row, claim, own, rivals, pivots, anchor).judgement()


def _grades(row: RowText, claim: Claim, names: Sequence[Mention] = ()) -> grades.Printed:
    """What a text prints as grades of the kind of a claim's, and what may be one."""
    if grades.LETTER.fullmatch(claim.value):
        return grades.Printed(row.printed("grade"), [])
    return grades.printed(claim.value, claim.words, row.text, row.language, names, claim.announced)


def stands_anywhere(row: RowText, claim: Claim) -> list[Mention]:
    """Every place in a text that prints what a claim says, wherever; none unless all its words stand."""
    if claim.kind == "grade":
        read = _grades(row, claim)
        return [mention for mention in [*read.sure, *read.open] if grades.says(mention, claim.value)]
    if claim.kind in VALUES:
        return [mention for mention in row.printed(claim.kind) if _says(claim, mention, row)]
    if claim.names:
        return [mention for mention in row.named(claim.names) if mention.value in claim.words]
    each = [list(words(row.text, word)) for word in claim.words]
    return [m for mentions in each for m in mentions] if each and all(each) else []


def _says(claim: Claim, mention: Mention, row: RowText) -> bool:
    """Whether a mention is of what a claim says."""
    if claim.kind == "number":
        return _prints(claim, Entry(mention.value, row.bare(mention)))
    return mention.value in _forms(claim)


def _prints(claim: Claim, entry: Entry) -> bool:
    """Whether a number is the one that is claimed: `86.5` million may be printed without its magnitude."""
    full = number(float(claim.value) * claim.times)
    return entry.value == full or (entry.bare and entry.value == number(claim.value))


def _forms(claim: Claim) -> set[str]:
    """The values that a passage may print for a claim."""
    value = claim.value
    if claim.kind in {"ordinal", "citation"}:
        return {number(value)}
    if claim.kind == "date" and "/" not in value:
        return {value, f"{value}/..", f"../{value}"}  # `since 2018`, `until 2017`
    if claim.kind == "period" and (value.startswith("/") or value.endswith("/")):
        return {value.strip("/")}  # the other side is not stated
    return {value}


def _pivots(
    claim: Claim, claims: Sequence[Claim], own: Sequence[list[Mention]], anchor: str | None
) -> list[Mention]:
    """The mentions a claim must be near to: the anchor's, or the most telling other cell's."""
    others = [
        (0 if other.column == anchor else 1 + _TELLING.index(other.kind), index)
        for index, other in enumerate(claims)
        if other.column != claim.column and own[index]
        if other.column == anchor or other.kind in _TELLING
    ]
    return own[min(others)[1]] if others else []


@dataclass(frozen=True)
class Found:
    """What a row's text prints of the kind of one claim, and what tells whether it is the row's own."""

    row: RowText
    claim: Claim
    own: list[Mention]  # that say what the claim says
    rivals: list[Mention]  # what the cell could have said instead
    pivots: list[Mention]  # that the right one must be near to
    anchor: str | None

    def stands(self) -> bool:
        """Whether the claim stands in the text, at the row's place."""
        claim, periods = self.claim, self.row.printed("period")
        if claim.kind in TOPICS and not claim.words:
            return bool(self.row.text.strip()) and self._no_one_topic()
        if not self.own:
            return claim.kind == "period" and _ends_apart(claim.value, periods)
        alone = claim.column == self.anchor or not self.pivots
        goes_on = claim.kind == "period" and _goes_on(claim.value, periods)
        return (alone or self._belongs()) and not goes_on

    def judgement(self) -> Judgement:
        """Whether it stands; if not, what the rivals say, those nearest to the row's place first."""

        def distance(mention: Mention) -> tuple[int, int]:
            return min((self.row.distance(mention, p) for p in self.pivots), default=(0, mention.start))

        if self.stands():
            return Judgement(True)
        return Judgement(False, tuple(dict.fromkeys(m.value for m in sorted(self.rivals, key=distance))))

    def _belongs(self) -> bool:
        """Whether one of the claim's own mentions is the one that belongs to the row."""
        kind = self.claim.kind
        if kind in VALUES - {"citation"} or (kind == "label" and self.anchor):
            return self._nearest()
        if kind == "citation":
            # A work is cited at the end of what is taken from it, however long that is.
            there = self._beside([(pivot.end, len(self.row.text)) for pivot in self.pivots], min)
        elif kind in TOPICS:
            # A sentence names its topic first.
            there = self._beside([(0, pivot.start) for pivot in self.pivots], max)
        else:
            return True
        return self._nearest() if there is None else there

    def _beside(self, ranges: list[tuple[int, int]], first: Callable[[list[int]], int]) -> bool | None:
        """Whether the first (or last) mention in some range is an own one; None if there is none."""
        own, answers = {mention.start for mention in self.own}, []
        for begins, ends in ranges:
            there = [m.start for m in self.own + self.rivals if begins <= m.start <= ends]
            answers += [first(there) in own] if there else []
        return any(answers) if answers else None

    def _nearest(self) -> bool:
        def least(mentions: list[Mention], pivot: Mention) -> tuple[float, float]:
            return min((self.row.distance(mention, pivot) for mention in mentions), default=(9e9, 9e9))

        return any(least(self.own, pivot) <= least(self.rivals, pivot) for pivot in self.pivots)

    def _no_one_topic(self) -> bool:
        """Whether a row is `common`: up to its place its text names no topic, or more than one."""
        befores = [{m.value for m in self.rivals if m.start <= pivot.start} for pivot in self.pivots]
        return any(len(before) != 1 for before in befores or [{m.value for m in self.rivals}])


def _rivals(row: RowText, claim: Claim, own: list[Mention]) -> list[Mention]:
    """What else of the claim's kind the text prints: what the cell could have said instead."""
    if claim.kind not in VALUES:
        named = row.named(claim.names) if claim.names else []
        return [mention for mention in named if mention.value not in claim.words]
    others = [m for m in row.printed(claim.kind) if not _says(claim, m, row)]
    if claim.kind in {"date", "period"}:
        shape = _shape(own[0].value if own else claim.value)
        alike = [m for m in others if _shape(m.value) == shape]
        return alike if own else alike or others
    return others


def _shape(value: str) -> str:
    """What two dates must share to be mistaken for one another: a date or a period, how precise."""
    if "/" in value.replace("../", "").replace("/..", ""):
        return "period"
    return re.sub(r"\d", "#", value.strip("./"))


def _goes_on(value: str, printed: Iterable[Mention]) -> bool:
    """Whether what is given as one date, or as a start, is printed with an end of its own."""
    start, _, end = value.partition("/")
    if end not in {"", ".."} or start in {"", ".."}:
        return False
    others = (mention.value.partition("/") for mention in printed)
    return any(other == start and last not in {"", ".."} for other, _, last in others)


def _ends_apart(value: str, printed: Sequence[Mention]) -> bool:
    """Whether the two ends of a period are each printed by itself, the start not with another end."""
    start, slash, end = value.partition("/")
    if not slash or start in {"", ".."} or end in {"", ".."}:
        return False
    values = {mention.value for mention in printed}
    if not values & {start, f"{start}/.."} or _goes_on(start, printed):
        return False
    return any(other == end or other.endswith(f"/{end}") for other in values)
