"""What the rows of a study claim that their passages print: every verbatim cell, resolved.

Which columns are verbatim, and how, is said by the schema. A key is verified by what it names: an
institution by its label, a project by its region's name, a coded value by its label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.transcribe.load import Study
from analysis.transcribe.schema import Field, Schema, Table
from analysis.verify.matching import TOPICS, VALUES, Claim
from analysis.verify.normaliser import normalise
from analysis.verify.printed import Names, number

# A topic of a row is verified by a name: of its region, of the programme its project belongs to.
_TOPICS = {"region": ("regions", "name_ja"), "programme": ("programmes", "label_ja")}


Known = Mapping[str, tuple[str, ...]]  # the names by which a source may call what an id stands for


@dataclass(frozen=True)
class RowClaims:
    """The verbatim cells of one row: those held to the source, and those concluded."""

    table: str
    line: int
    passages: tuple[str, ...]
    claims: tuple[Claim, ...]
    inferred: tuple[Claim, ...]


class Claims:
    """The claims of a study's tables."""

    def __init__(self, study: Study, schema: Schema) -> None:
        self.study = study
        self.schema = schema
        self.language = study.meta.language
        self._known: dict[tuple[str, str], Known] = {}
        self._sought: dict[int, Names] = {}

    def rows(self) -> Iterator[RowClaims]:
        """Yield every row that cites passages and has a verbatim cell, table by table."""
        for table in self.schema.tables.values():
            names = {f.name for f in table.fields_for(self.study.meta.kind)}
            verbatim = table.verbatim_in(self.language)
            if verbatim and "passages" in names:
                yield from self._rows_of(table, verbatim)

    def _rows_of(self, table: Table, verbatim: tuple[Field, ...]) -> Iterator[RowClaims]:
        frame = self.study.tables[table.name]
        for line, row in zip(frame.index, frame.astype(object).to_dict("records"), strict=True):
            concluded = row["inferred"].split() if row.get("basis") == "inferred" else []
            cells = [(field, _cell(row[field.name])) for field in verbatim]
            claims = [
                self._claim(field, kind, value)
                for field, value in cells
                if value
                for kind in field.verbatim.split()
            ]
            yield RowClaims(
                table.name,
                int(line),
                tuple(row["passages"].split()),
                tuple(claim for claim in claims if claim.column not in concluded),
                tuple(claim for claim in claims if claim.column in concluded),
            )

    def _claim(self, field: Field, kind: str, value: str) -> Claim:
        """What a cell claims, in one of the ways in which it is verbatim."""
        if kind in VALUES:
            return Claim(field.name, kind, number(value) if kind == "number" else value)
        if kind in TOPICS | {"label"}:
            known = self._topics(field, kind) if kind in TOPICS else self._labels(field)
            # `common` names no region in particular: it has no words.
            return Claim(field.name, kind, value, known.get(value, ()), self._names(known))
        printed = {
            "names": value.split(";"),
            "vocabulary": [self.schema.label(field.vocabulary, value, self.language)]
            if field.vocabulary
            else [],
        }.get(kind, [value])
        return Claim(field.name, kind, value, tuple(map(self._normal, printed)))

    def _labels(self, field: Field) -> Known:
        """The printed label of each row that a key may name."""
        return self._column(field.references.split(".")[0], "label_ja")

    def _topics(self, field: Field, kind: str) -> Known:
        """The names of the topic that each value of a column stands for.

        A project is known by its programme's name, and as well by its own.
        """
        topics = self._column(*_TOPICS[kind])
        table = field.references.split()[0]
        if table == _TOPICS[kind][0]:
            return topics
        if (table, kind) not in self._known:
            frame = self.study.tables[table]
            own = self._column(table, "label_ja") if kind == "programme" else {}
            self._known[table, kind] = {
                id_: topics.get(topic, ()) + own.get(id_, ())
                for id_, topic in zip(frame["id"], frame[kind], strict=True)
            }
        return self._known[table, kind]

    def _names(self, known: Known) -> Names:
        """The names of a mapping as one thing to look for; made once for each mapping."""
        if id(known) not in self._sought:
            self._sought[id(known)] = Names(name for names in known.values() for name in names)
        return self._sought[id(known)]

    def _column(self, table: str, column: str) -> Known:
        """A column of names by id, normalised, in the source's language where there is one."""
        if (table, column) not in self._known:
            frame = self.study.tables[table]
            sibling = column.removesuffix("ja") + self.language
            names = frame[sibling if sibling in frame else column]
            self._known[table, column] = {
                id_: (self._normal(name),) for id_, name in zip(frame["id"], names, strict=True)
            }
        return self._known[table, column]

    def _normal(self, text: str) -> str:
        return normalise(text, self.study.meta.normaliser)


def _cell(value: object) -> str:
    """A cell as text; empty for one that is not stated."""
    return "" if value is None or value != value or str(value) == "<NA>" else str(value)
