"""What the cells and rows of a study's tables must hold to; each validator yields what breaks it.

A column or table that could not be read breaks nothing here: that it is missing has been said already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.transcribe import periods
from analysis.transcribe.csv_table import CsvTable
from analysis.transcribe.problems import Problem, nearest, one_of, quoted
from analysis.transcribe.schema import SLUG, Field, Schema
from analysis.transcribe.study_yaml import Meta

# Which table the subject of a statement stands in; a policy is named by its topic alone.
SUBJECTS = {
    "evaluation": "evaluations",
    "region": "regions",
    "programme": "programmes",
    "literature": "references",
}
COMMON = "common"  # the scope of an issue that all regions share
NONE = "none"  # what a coder says who considered a record and found no theme, no relation
CONSENSUS = "consensus"  # the coder of what the coders agreed on, in a file of its own
# The columns that date a record, the first that is filled counting.
DATES = {
    "evaluations": ("conducted", "published"),
    "events": ("date",),
    "programmes": ("period",),
    "projects": ("period", "adopted"),
    "indicators": ("as_of",),
}
# What a coder judges at most once: the columns that make one judgement.
_UNITS = {
    "codings": ("record_type", "record", "theme", "coder"),
    "links": ("issue", "record_type", "record", "coder"),
    "assessments": ("issue", "coder"),
}
_FORMS = {
    "integer": (re.compile("0|-?[1-9][0-9]{0,14}"), "a whole number"),
    "number": (re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?"), "a number such as 12.5"),
}
_GIVEN = {"id", "passages", "address", "read", "basis", "inferred", "note", "note_ja", "name_address"}


@dataclass(frozen=True)
class RawTables:
    """All tables of a study as typed; a table whose file could not be read is not among them."""

    tables: Mapping[str, CsvTable]
    schema: Schema
    kind: str
    meta: Meta | None  # None where study.yaml itself is wrong

    def fields(self) -> Iterator[tuple[CsvTable, Field]]:
        """Yield every column that was read, with its table."""
        for table in self.tables.values():
            for field in self.schema.tables[table.table].fields_for(self.kind):
                if table.has(field.name):
                    yield table, field

    def with_columns(self, table: str, *columns: str) -> CsvTable | None:
        """Return a table where it was read and has these columns."""
        found = self.tables.get(table)
        return found if found is not None and found.has(*columns) else None

    def files(self, table: str, *columns: str) -> Iterator[CsvTable]:
        """Yield every file of a table that was read and has these columns."""
        for found in self.tables.values():
            if found.table == table and found.has(*columns):
                yield found

    def rows(self, table: str, *columns: str) -> Iterator[tuple[CsvTable, Any]]:
        """Yield every row of every file of a table: `.Index` is its line, the rest its cells."""
        for found in self.files(table, *columns):
            for row in found.sound[list(columns)].itertuples():
                yield found, row

    def known(self, table: str, column: str = "id") -> frozenset[str] | None:
        """Return the values of a column, those of uneven rows too; None where it was not read."""
        found = self.with_columns(table, column)
        return None if found is None else frozenset(found.frame[column]) - {""}

    def by_id(self, table: str, *columns: str) -> dict[str, Any]:
        """Return the rows of a table by their ids; none where it was not read."""
        found = self.with_columns(table, "id", *columns)
        rows = found.sound.drop_duplicates("id").itertuples(index=False) if found else ()
        return {row.id: row for row in rows}


Validator = Callable[[RawTables], Iterator[Problem]]


def check(raw: RawTables, known: Iterable[Problem] = ()) -> list[Problem]:
    """Return the problems that all validators find, after those already known.

    What is wrong with a cell is said once: by whatever finds it first.
    """
    problems = list(known)
    for validator in VALIDATORS:
        claimed = {(problem.file, problem.line, problem.column) for problem in problems}
        problems += [
            problem
            for problem in validator(raw)
            if problem.line is None or (problem.file, problem.line, problem.column) not in claimed
        ]
    return problems


def unknown_id(
    table: CsvTable, line: int, column: str, cell: str, file: str, known: Collection[str]
) -> Problem:
    """Return the problem of an id that names nothing, with the nearest one that exists."""
    advice = _did_you_mean(cell, known, f"add it to {file}.csv or correct it")
    return table.problem(line, column, quoted(cell), f"an id of {file}.csv", advice)


def _did_you_mean(cell: str, known: Iterable[str], otherwise: str) -> str:
    like = nearest(cell, known)
    return f"did you mean {like}?" if like else otherwise


# --- cells --------------------------------------------------------------------------------------


def periods_are_periods(raw: RawTables) -> Iterator[Problem]:
    """Periods and dates in EDTF with FY."""
    for table, field in raw.fields():
        for line, cell in table.values(field.name).items() if field.format == "period" else ():
            try:
                periods.parse(cell)
            except periods.PeriodError as error:
                yield table.problem(line, field.name, quoted(cell), str(error), error.advice)


def numbers_are_numbers(raw: RawTables) -> Iterator[Problem]:
    """Plain digits: 1e3, 1_000, 007, NaN and 1,000 would be read as something else."""
    for table, field in raw.fields():
        form, expected = _FORMS.get(field.type, (None, ""))
        for line, cell in table.values(field.name).items() if form else ():
            if not form.fullmatch(cell):
                advice = "write digits only, without separators, units or leading zeros"
                yield table.problem(line, field.name, quoted(cell), expected, advice)
            elif field.minimum is not None and float(cell) < field.minimum:
                expected = f"a number of {field.minimum} or more"
                yield table.problem(line, field.name, quoted(cell), expected, "correct it")


def cells_hold_what_their_column_allows(raw: RawTables) -> Iterator[Problem]:
    """A value where one is required, of the column's list, pattern and length."""
    for table, field in raw.fields():
        for line, cell in table.sound[field.name].items():
            wrong = _wrong(cell, field, raw.schema)
            if wrong:
                yield table.problem(line, field.name, quoted(cell), *wrong)


def _wrong(cell: str, field: Field, schema: Schema) -> tuple[str, str] | None:
    """Say what a column wants in place of a cell, and what to do; None where the cell is right."""
    meaning = field.description("en").rstrip(".")
    if not cell:
        return ("a value", f"fill it: {meaning}") if field.required else None
    if field.vocabulary and cell not in schema.values(field):
        values = schema.values(field)
        return one_of(values), _did_you_mean(cell, values, "write one of these")
    if field.pattern == SLUG.pattern and not SLUG.fullmatch(cell):
        return "lower-case letters and digits joined by hyphens", "write it such as phase-2"
    if field.pattern and field.type == "string" and not re.fullmatch(field.pattern, cell):
        return f"text of the form {field.pattern}", f"see {meaning}"
    if field.maxLength is not None and len(cell) > field.maxLength:
        return f"at most {field.maxLength} characters", "shorten it, or move a part to note"
    if field.minLength is not None and len(cell) < field.minLength:
        return f"at least {field.minLength} characters", "write more of it"
    return None


def ids_are_of_one_row(raw: RawTables) -> Iterator[Problem]:
    """An id stands in a file once, and so does any value that its column has once."""
    for table, field in raw.fields():
        if field.name != "id" and not field.unique:
            continue
        for line, cell, first in _repeats(table, [field.name]):
            if field.name == "id":
                expected, advice = f"an id of its own (line {first} has it)", "give one another id"
            else:
                expected, advice = (
                    f"a {field.name} of its own (line {first} has it)",
                    "correct one of the two",
                )
            yield table.problem(line, field.name, quoted(cell), expected, advice)


# --- references ---------------------------------------------------------------------------------


def references_name_records(raw: RawTables) -> Iterator[Problem]:
    """An id names a row of the table it refers to; lists have single spaces and each id once."""
    for table, field in raw.fields():
        if field.target is None:
            continue
        target, key = field.target
        known = raw.known(target, key)
        for line, cell in table.values(field.name).items():
            ids = cell.split(" ") if field.many else [cell]
            if "" in ids or len(set(ids)) < len(ids):
                expected = "ids separated by single spaces, each once"
                advice = f"write {' '.join(dict.fromkeys(cell.split()))}"
                yield table.problem(line, field.name, quoted(cell), expected, advice)
            for missing in dict.fromkeys(ids) if known is not None else ():
                if missing and missing not in known and key == "id":
                    yield unknown_id(table, line, field.name, missing, target, known)
                elif missing and missing not in known:
                    expected = f"a {key} of {target}.csv"
                    advice = _did_you_mean(missing, known, f"add it to {target}.csv")
                    yield table.problem(line, field.name, quoted(missing), expected, advice)


def no_row_follows_itself(raw: RawTables) -> Iterator[Problem]:
    """What a row is a part or a successor of is another row, and not in a circle."""
    for table, field in raw.fields():
        if field.target != (table.table, "id"):
            continue
        before = dict(zip(table.sound["id"], table.sound[field.name], strict=True))
        for line, cell in table.values(field.name).items():
            seen = {table.sound.at[line, "id"]}
            while cell and cell not in seen:
                seen.add(cell)
                cell = before.get(cell, "")
            if cell:
                advice = "correct one of the rows"
                yield table.problem(line, field.name, quoted(cell), "no circle of rows", advice)


def sections_stand_in_study_yaml(raw: RawTables) -> Iterator[Problem]:
    """Sections named in tables are listed in `study.yaml`."""
    known = tuple(section.id for section in raw.meta.sections) if raw.meta else ()
    for table, field in raw.fields():
        for line, cell in table.values(field.name).items() if field.references == "sections" else ():
            if raw.meta and cell not in known:
                advice = "add the section to study.yaml or correct the cell"
                expected = f"a section of study.yaml ({one_of(known)})"
                yield table.problem(line, field.name, quoted(cell), expected, advice)


def subjects_exist(raw: RawTables) -> Iterator[Problem]:
    """The subject of a statement stands in the table that its type names; a topic is a slug."""
    for table, row in raw.rows("statements", "subject_type", "subject"):
        kind, subject = row.subject_type, row.subject
        if kind == "policy" and subject and not SLUG.fullmatch(subject):
            expected = "a topic in lower-case letters and digits joined by hyphens"
            advice = "write it such as regional-strategy"
            yield table.problem(row.Index, "subject", quoted(subject), expected, advice)
        known = raw.known(SUBJECTS[kind]) if kind in SUBJECTS else None
        if subject and known is not None and subject not in known:
            yield unknown_id(table, row.Index, "subject", subject, SUBJECTS[kind], known)


def a_statement_names_the_region_it_is_about(raw: RawTables) -> Iterator[Problem]:
    """A statement about a region that names regions names that one among them."""
    for table, row in raw.rows("statements", "subject_type", "subject", "regions"):
        if row.subject_type == "region" and row.regions and row.subject not in row.regions.split():
            expected = f"{row.subject}, the subject, among them"
            yield table.problem(row.Index, "regions", quoted(row.regions), expected, "add it")


def scopes_exist(raw: RawTables) -> Iterator[Problem]:
    """The scope of an issue is a region or the word for all of them."""
    regions = raw.known("regions")
    for table, row in raw.rows("issues", "scope") if regions is not None else ():
        if row.scope and row.scope != COMMON and row.scope not in regions:
            advice = _did_you_mean(row.scope, [*regions, COMMON], "correct it or add the region")
            expected = f"{COMMON} or an id of regions.csv"
            yield table.problem(row.Index, "scope", quoted(row.scope), expected, advice)


def regions_stand_in_study_yaml(raw: RawTables) -> Iterator[Problem]:
    """`study.yaml` puts the regions in order: each of the table once, and no other."""
    regions, known = raw.with_columns("regions", "id"), raw.known("regions")
    if raw.meta is None or regions is None or known is None:
        return
    advice = "list the region under regions in study.yaml, where it is to be shown"
    for line, region in regions.values("id").items():
        if region not in raw.meta.regions:
            yield regions.problem(line, "id", quoted(region), "a region that study.yaml lists", advice)
    for region in raw.meta.regions:
        if region not in known:
            advice = _did_you_mean(region, known, "add it to regions.csv or remove it")
            yield _in_study_yaml(regions, "regions", region, "an id of regions.csv", advice)


def _in_study_yaml(beside: CsvTable, key: str, value: str, expected: str, advice: str) -> Problem:
    file = re.sub(r"[^/\\]+\.csv$", "study.yaml", beside.file)
    return Problem(file, None, key, quoted(value), expected, advice)


# --- passages, basis, names ---------------------------------------------------------------------


def a_document_has_passages(raw: RawTables) -> Iterator[Problem]:
    """The table of places has rows, each of them another place."""
    passages = raw.tables.get("passages")
    if passages is None or raw.kind != "document":
        return
    # A study that has just been begun has no rows at all.
    if passages.frame.empty and any(len(table.frame) for table in raw.tables.values()):
        advice = "add the passages that the rows of the other tables stand on"
        yield Problem(passages.file, None, None, "no rows", "the passages of the source", advice)
    for line, cell, first in _repeats(passages, ["sha256"]):
        expected = f"a passage of its own (line {first} has this fingerprint)"
        yield passages.problem(line, "sha256", quoted(cell), expected, "remove one of the two")


def inferred_columns_are_named(raw: RawTables) -> Iterator[Problem]:
    """`inferred` names columns of its table, and only where the basis is inferred."""
    for table in raw.tables.values():
        fields = raw.schema.tables[table.table].fields_for(raw.kind)
        own = tuple(field.name for field in fields if field.name not in _GIVEN)
        given = table.has("basis", "inferred", "note")
        for row in table.sound[["basis", "inferred", "note"]].itertuples() if given else ():
            if row.basis == "stated" and row.inferred:
                expected, advice = "nothing where basis is stated", "empty it or write inferred"
                yield table.problem(row.Index, "inferred", quoted(row.inferred), expected, advice)
            if row.basis == "inferred" and not row.note:
                expected, advice = "how it was inferred", "say in note what it was concluded from"
                yield table.problem(row.Index, "note", quoted(""), expected, advice)
            for name in row.inferred.split():
                if name not in own:
                    advice = _did_you_mean(name, own, "name the column concluded")
                    yield table.problem(
                        row.Index, "inferred", quoted(name), f"columns of {table.table}", advice
                    )


def what_was_looked_up_has_an_address(raw: RawTables) -> Iterator[Problem]:
    """A cited work found elsewhere says where, and an official English name where it was read.

    In an English document the name stands in the source; a row of public records has an address.
    """
    for table, row in raw.rows("references", "identified", "address"):
        if row.identified == "found" and not row.address:
            expected = "an address where identified is found"
            yield table.problem(row.Index, "address", quoted(""), expected, "say where it was found")
    if raw.kind != "document" or raw.meta is None or raw.meta.language == "en":
        return
    for name in raw.tables:
        for table, row in raw.rows(name, "label_en_official", "name_address"):
            if row.label_en_official == "yes" and not row.name_address:
                expected = "the address where the official English name was read"
                advice = "add it, or write no in label_en_official"
                yield table.problem(row.Index, "name_address", quoted(""), expected, advice)


# --- grades and rounds --------------------------------------------------------------------------


def grades_have_their_status(raw: RawTables) -> Iterator[Problem]:
    """A grade and its scale stand there exactly where the status says that one is reported."""
    for table, row in raw.rows("evaluations", "scale", "grade", "grade_status"):
        if row.grade_status == "reported":
            for column, cell in {"scale": row.scale, "grade": row.grade}.items():
                if not cell:
                    expected = f"a {column} where grade_status is reported"
                    advice = f"write the {column}, or correct grade_status"
                    yield table.problem(row.Index, column, quoted(cell), expected, advice)
        elif row.grade:
            expected = f"no grade where grade_status is {row.grade_status or 'empty'}"
            yield table.problem(row.Index, "grade", quoted(row.grade), expected, "write reported")


def grades_stand_on_their_scale(raw: RawTables) -> Iterator[Problem]:
    """Every grade is one of those that its scale lists."""
    scales = raw.with_columns("scales", "scale", "grade")
    grades = scales.frame.groupby("scale")["grade"].agg(tuple) if scales else {}
    for table, row in raw.rows("evaluations", "scale", "grade"):
        if row.scale in grades and row.grade and row.grade not in grades[row.scale]:
            expected = f"{one_of(grades[row.scale])} (scale {row.scale})"
            advice = "correct the grade, or add it to scales.csv"
            yield table.problem(row.Index, "grade", quoted(row.grade), expected, advice)


def scales_agree_with_themselves(raw: RawTables) -> Iterator[Problem]:
    """One scale has each grade and each rank once, and one name and completeness."""
    scales = raw.with_columns("scales", "scale", "grade", "rank")
    if scales is None:
        return
    for column in ("grade", "rank"):
        for line, cell, first in _repeats(scales, ["scale", column]):
            expected = f"a {column} that the scale has once (line {first} has it)"
            yield scales.problem(line, column, quoted(cell), expected, "remove one or correct it")
    for column in (name for name in ("complete", "label_ja", "label_en") if scales.has(name)):
        cells = scales.sound[column]
        agreed = cells.groupby(scales.sound["scale"]).transform("first")
        for line in cells.index[cells != agreed]:
            expected = f"{quoted(agreed[line])}, as in the other rows of the scale"
            yield scales.problem(line, column, quoted(cells[line]), expected, "make all rows of it agree")


def a_round_counts_all_its_evaluations(raw: RawTables) -> Iterator[Problem]:
    """A round of evaluations has no more rows than the regions it counts."""
    programme = {id_: row.programme for id_, row in raw.by_id("projects", "programme").items()}
    held = [row for _, row in raw.rows("evaluations", "project", "kind", "conducted", "published")]
    for table, row in raw.rows("rounds", "programme", "kind", "year", "regions_total"):
        own = [e for e in held if e.kind == row.kind and programme.get(e.project) == row.programme]
        known = sum(same_time(each.conducted or each.published, row.year) for each in own)
        if row.regions_total.isdecimal() and known > int(row.regions_total):
            expected = f"at least {known}, the evaluations of that round in evaluations.csv"
            advice = "correct the total or the dates"
            yield table.problem(row.Index, "regions_total", quoted(row.regions_total), expected, advice)


def same_time(day: str, year: str) -> bool:
    """Whether a date, as precise as it is, can lie in a year; no where either is no date."""
    try:
        return periods.compatible(day, year)
    except (periods.PeriodError, TypeError):
        return False


# --- coders -------------------------------------------------------------------------------------


def coders_stand_in_their_files(raw: RawTables) -> Iterator[Problem]:
    """A file named after a coder holds that coder's rows, and no other file does."""
    for stem, table in raw.tables.items():
        own = stem.partition("-")[2]
        for line, coder in table.values("coder").items():
            if own and coder != own:
                expected = f"{own}, the coder that the file is named after"
                advice = "correct it, or move the row to the coder's own file"
            elif not own and (coder == CONSENSUS or f"{stem}-{coder}" in raw.tables):
                expected = "a coder without a file of their own"
                advice = f"move the row to {stem}-{coder}.csv"
            else:
                continue
            yield table.problem(line, "coder", quoted(coder), expected, advice)


def coders_are_declared(raw: RawTables) -> Iterator[Problem]:
    """Every coder of a table is described in `study.yaml`: who or what read, when and how."""
    declared = {coder.id for coder in raw.meta.coders} if raw.meta else set()
    for table in raw.tables.values() if raw.meta else ():
        for line, coder in table.values("coder").drop_duplicates().items():
            if coder != CONSENSUS and coder not in declared and SLUG.fullmatch(coder):
                expected = f"a coder that study.yaml lists ({', '.join(sorted(declared)) or 'none'})"
                advice = _did_you_mean(coder, declared, "describe the coder there")
                yield table.problem(line, "coder", quoted(coder), expected, advice)


def judged_records_exist(raw: RawTables) -> Iterator[Problem]:
    """The record of a coding or a link stands in the table that its type names."""
    for name in ("codings", "links"):
        for table, row in raw.rows(name, "record_type", "record"):
            known = raw.known(row.record_type)
            if row.record and known is not None and row.record not in known:
                yield unknown_id(table, row.Index, "record", row.record, row.record_type, known)


def given_themes_exist(raw: RawTables) -> Iterator[Problem]:
    """The theme of a coding stands in the codebook, or is the word for none, which stands alone."""
    known = raw.known("themes")
    for table, row in raw.rows("themes", "id"):
        if row.id == NONE:
            expected = f"the id of a theme ({NONE} says that a record has no theme)"
            yield table.problem(row.Index, "id", quoted(NONE), expected, "give it another id")
    themes = defaultdict(set)
    for _, row in raw.rows("codings", *_UNITS["codings"]):
        themes[row.record_type, row.record, row.coder].add(row.theme)
    for table, row in raw.rows("codings", *_UNITS["codings"]):
        if row.theme and row.theme != NONE and known is not None and row.theme not in known:
            advice = _did_you_mean(row.theme, [*known, NONE], "add it to themes.csv or correct it")
            expected = f"an id of themes.csv or {NONE}"
            yield table.problem(row.Index, "theme", quoted(row.theme), expected, advice)
        elif row.theme == NONE and len(themes[row.record_type, row.record, row.coder]) > 1:
            expected = f"no other theme of the coder for the record where one row says {NONE}"
            advice = "remove this row, or those with a theme"
            yield table.problem(row.Index, "theme", quoted(NONE), expected, advice)


def a_consensus_gives_its_reasons(raw: RawTables) -> Iterator[Problem]:
    """Where a decision differs from what a coder said, a row of the consensus says why."""
    for name, columns in _UNITS.items():
        said_in = {"codings": "theme", "links": "relation", "assessments": "status"}[name]
        unit = [column for column in columns if column not in ("theme", "coder")]
        said: dict = defaultdict(lambda: defaultdict(set))
        reasons, rows = set(), {}
        for table, row in raw.rows(name, *columns, *({said_in} - set(columns)), "note", "note_ja"):
            key = tuple(getattr(row, column) for column in unit)
            said[row.coder][key].add(getattr(row, said_in))
            if row.coder == CONSENSUS:
                rows.setdefault(key, (table, row.Index))
                if row.note and row.note_ja:
                    reasons.add(key)
        agreed = said.pop(CONSENSUS, {})
        for key in agreed:
            # A link that a coder does not make is a judgement; a record not coded is only unread.
            missing = {NONE} if name == "links" else agreed[key]
            if key not in reasons and any(by.get(key, missing) != agreed[key] for by in said.values()):
                expected = f"the reason, in both languages, for differing from a coder on {' '.join(key)}"
                table, line = rows[key]
                yield table.problem(line, "note", quoted(""), expected, "say why in note and note_ja")
        if name == "links" and agreed:
            yield from _undecided(raw, said, agreed)


def _undecided(raw: RawTables, said: Mapping, agreed: Collection) -> Iterator[Problem]:
    """Yield the links of coders of which the consensus says nothing."""
    table = next(raw.files("links", "coder"))
    for coder, links in said.items():
        for key, relation in links.items():
            if relation != {NONE} and key not in agreed:
                file = re.sub(r"links[^/\\]*\.csv$", f"links-{CONSENSUS}.csv", table.file)
                found = f"no row of {' '.join(key)}, which {coder} links"
                advice = f"add it; relation {NONE} where it is no link"
                yield Problem(file, None, None, found, "a decision on every link of a coder", advice)


# --- links --------------------------------------------------------------------------------------


def links_are_with_later_records(raw: RawTables) -> Iterator[Problem]:
    """A record that is linked to an issue is not older: by its date, else by its place in the source."""
    later = Later({name: table.sound for name, table in raw.tables.items()})
    for table, row in raw.rows("links", "issue", "record_type", "record"):
        if older := later.older(row.issue, row.record_type, row.record):
            expected = f"a record later than {row.issue} ({older})"
            advice = "remove the row: what came before an issue cannot speak of it"
            yield table.problem(row.Index, "record", quoted(row.record), expected, advice)


class Later:
    """Which records are later than an issue, in tables with an `id` (as typed, or as read)."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = tables
        self._rows: dict[str, dict[str, Any]] = {}
        self._place = {id_: place for place, id_ in enumerate(self._of("passages"))}

    def older(self, issue: str, table: str, record: str) -> str:
        """Say why a record is older than an issue; "" where it is later, or nothing can be said."""
        raised, row = self._of("issues").get(issue), self._of(table).get(record)
        if raised is None or row is None:
            return ""
        day = date_of(table, row)
        if getattr(row, "subject_type", "") == "evaluation":
            day = date_of("evaluations", self._of("evaluations").get(row.subject))
        if day:
            since = getattr(raised, "raised", "")
            return f"raised {since}, dated {day}" if before(day, since) else ""
        return "" if self._stands_after(row, raised) else "it stands before the issue in the source"

    def _of(self, table: str) -> dict[str, Any]:
        """The rows of a table by id."""
        if table not in self._rows:
            frame = self._tables.get(table, pd.DataFrame())
            known = frame.drop_duplicates("id") if "id" in frame else frame.iloc[:0]
            self._rows[table] = {row.id: row for row in known.itertuples()}
        return self._rows[table]

    def _stands_after(self, row: Any, issue: Any) -> bool:
        own, raised = (
            [self._place[p] for p in getattr(each, "passages", "").split() if p in self._place]
            for each in (row, issue)
        )
        return not own or not raised or max(own) > max(raised)


def date_of(table: str, row: Any) -> str:
    """The date of a record, from the first of its table's columns that is filled; "" without one."""
    return next((cell for column in DATES.get(table, ()) if (cell := getattr(row, column, ""))), "")


def links_cite_passages_of_their_record(raw: RawTables) -> Iterator[Problem]:
    """What a coder read of a record stands among the passages of that record."""
    cited: dict[str, dict] = {}
    for table, row in raw.rows("links", "record_type", "record", "passages"):
        records = cited.setdefault(row.record_type, raw.by_id(row.record_type, "passages"))
        own = records[row.record].passages.split() if row.record in records else None
        for passage in row.passages.split() if own is not None else ():
            if passage not in own:
                expected = f"a passage of {row.record} ({one_of(own)})"
                advice = "correct it, or add the passage to the record"
                yield table.problem(row.Index, "passages", quoted(passage), expected, advice)


def collective_links_are_with_every_common_issue(raw: RawTables) -> Iterator[Problem]:
    """What speaks of the common issues as a whole is linked to each of them, and to no other."""
    issues = raw.by_id("issues", "scope")
    common = {issue for issue, row in issues.items() if row.scope == COMMON}
    linked = defaultdict(set)
    columns = ("issue", "record_type", "record", "collective", "coder", "relation")
    for _, row in raw.rows("links", *columns):
        if row.collective == "yes":
            linked[row.record_type, row.record, row.coder].add(row.issue)
    for table, row in raw.rows("links", *columns):
        if row.collective != "yes" or row.issue not in issues:
            continue
        missing = sorted(common - linked[row.record_type, row.record, row.coder])
        if row.issue not in common:
            expected, advice = "no where the issue is not a common one", "write no"
        elif missing:
            expected = f"a collective row for every common issue ({' '.join(missing)} missing)"
            advice = "add those rows, or write no"
        else:
            continue
        yield table.problem(row.Index, "collective", quoted(row.collective), expected, advice)


# --- clauses and stretches without a record -----------------------------------------------------


def repeated_records_exist(raw: RawTables) -> Iterator[Problem]:
    """A stretch whose reason is `repeats`, and no other, names the records that say the same."""
    known = frozenset().union(*(raw.known(table) or () for table in raw.tables))
    for table, row in raw.rows("uncovered", "reason", "repeats"):
        if (row.reason == "repeats") != bool(row.repeats):
            expected = "a record exactly where the reason is repeats"
            advice = "name the record that says the same, or correct the reason"
            yield table.problem(row.Index, "repeats", quoted(row.repeats), expected, advice)
        for record in row.repeats.split():
            if record not in known:
                yield unknown_id(table, row.Index, "repeats", record, "any table", known)


def clauses_are_carried_or_excused(raw: RawTables) -> Iterator[Problem]:
    """A clause names records that stand on its passages or says why there is none, never both."""
    records: dict[str, dict] = {}
    for table, row in raw.rows("clauses", "passages", "records", "reason"):
        if bool(row.records) == bool(row.reason):
            expected = "either records or a reason" + (", not both" if row.reason else "")
            advice = "name the records that carry the clause, or say why none does"
            yield table.problem(row.Index, "reason", quoted(row.reason), expected, advice)
        for key in row.records.split():
            name, _, record = key.partition("/")
            if name not in raw.schema.tables or not raw.schema.tables[name].records:
                known = [t.name for t in raw.schema.tables.values() if t.records]
                advice = _did_you_mean(name, known, "write table/id")
                yield table.problem(row.Index, "records", quoted(key), "table/id of a record", advice)
                continue
            own = records.setdefault(name, raw.by_id(name, "passages"))
            if own and record not in own:
                yield unknown_id(table, row.Index, "records", record, name, own)
            elif own and not set(own[record].passages.split()) & set(row.passages.split()):
                expected = f"a record that cites {one_of(row.passages.split())}"
                advice = "correct it, or add the passage to the record"
                yield table.problem(row.Index, "records", quoted(key), expected, advice)


def every_passage_has_a_clause(raw: RawTables) -> Iterator[Problem]:
    """Once clauses are listed, every passage has one."""
    clauses, passages = raw.with_columns("clauses", "passages"), raw.with_columns("passages", "id")
    if clauses is None or passages is None or clauses.frame.empty:
        return
    listed = set(" ".join(clauses.frame["passages"]).split())
    for line, passage in passages.values("id").items():
        if passage not in listed:
            expected, advice = "a clause of every passage", "add its clauses to clauses.csv"
            yield passages.problem(line, "id", quoted(passage), expected, advice)


# --- rows against rows --------------------------------------------------------------------------


def nothing_is_said_twice(raw: RawTables) -> Iterator[Problem]:
    """One coder judges a thing once; an institution has a role once; a round stands once."""
    keys = _UNITS | {
        "participations": ("project", "region", "institution", "role"),
        "rounds": ("programme", "kind", "year"),
    }
    for name, columns in keys.items():
        for table in raw.files(name, "id", *columns):
            for line, cell, first in _repeats(table, list(columns)):
                expected = f"a row that says something new (line {first} says the same)"
                advice = "remove one of the two"
                yield table.problem(line, columns[-1], quoted(cell), expected, advice)


def participants_stand_in_their_region(raw: RawTables) -> Iterator[Problem]:
    """A participation in a project names the project's region."""
    projects, known = raw.by_id("projects", "region"), raw.known("regions") or ()
    for table, row in raw.rows("participations", "project", "region"):
        home = projects[row.project].region if row.project in projects else ""
        if row.region in known and home in known and row.region != home:
            expected = f"{home}, the region of {row.project}"
            advice = "correct the region or the project"
            yield table.problem(row.Index, "region", quoted(row.region), expected, advice)


def dates_are_in_order(raw: RawTables) -> Iterator[Problem]:
    """What comes later is not dated wholly before what comes first, at the precision of both."""
    for table, first, then in (("plans", "decided", "period"), ("projects", "adopted", "period")):
        for found, row in raw.rows(table, first, then):
            if before(getattr(row, then), getattr(row, first)):
                expected = f"not after {getattr(row, then)} ({then})"
                cell = quoted(getattr(row, first))
                yield found.problem(row.Index, first, cell, expected, "correct one of the two")
    for found, row in raw.rows("evaluations", "conducted", "published"):
        if before(row.published, row.conducted):
            expected = f"not before {row.conducted} (conducted)"
            cell = quoted(row.published)
            yield found.problem(row.Index, "published", cell, expected, "correct one of the two")
    for table, column, key, other, begun in (
        ("evaluations", "conducted", "project", "projects", "period"),
        ("assessments", "assessed", "issue", "issues", "raised"),
    ):
        starts = {id_: getattr(row, begun) for id_, row in raw.by_id(other, begun).items()}
        for found, row in raw.rows(table, key, column):
            record = getattr(row, key)
            if before(getattr(row, column), starts.get(record, "")):
                expected = f"not before {starts[record]} ({begun} of {record})"
                cell = quoted(getattr(row, column))
                yield found.problem(row.Index, column, cell, expected, "correct one of the two")


def before(day: str, other: str) -> bool:
    """Whether a date or period ends before another begins; an open or unknown side never does."""
    try:
        end, start = periods.parse(day).end, periods.parse(other).start
    except periods.PeriodError:
        return False
    return end is not None and start is not None and end < start


def _repeats(table: CsvTable, columns: list[str]) -> Iterator[tuple[int, str, int]]:
    """Yield every row whose key stands there already: line, last cell of the key, first line."""
    if not table.has(*columns):
        return
    # Of a row whose cells cannot be told apart, the id at least is known.
    frame = table.frame if columns == ["id"] else table.sound
    rows = frame[columns].loc[lambda rows: rows[columns[-1]] != ""]
    first = pd.Series(rows.index, rows.index).groupby([rows[name] for name in columns]).transform("first")
    for line in rows.index[first != rows.index]:
        if line not in table.uneven:
            yield line, rows.at[line, columns[-1]], first[line]


VALIDATORS: tuple[Validator, ...] = (
    periods_are_periods,
    numbers_are_numbers,
    references_name_records,
    sections_stand_in_study_yaml,
    subjects_exist,
    a_statement_names_the_region_it_is_about,
    judged_records_exist,
    given_themes_exist,
    coders_stand_in_their_files,
    coders_are_declared,
    scopes_exist,
    repeated_records_exist,
    regions_stand_in_study_yaml,
    a_document_has_passages,
    inferred_columns_are_named,
    what_was_looked_up_has_an_address,
    grades_have_their_status,
    grades_stand_on_their_scale,
    scales_agree_with_themselves,
    a_round_counts_all_its_evaluations,
    links_are_with_later_records,
    links_cite_passages_of_their_record,
    collective_links_are_with_every_common_issue,
    a_consensus_gives_its_reasons,
    clauses_are_carried_or_excused,
    every_passage_has_a_clause,
    nothing_is_said_twice,
    participants_stand_in_their_region,
    dates_are_in_order,
    no_row_follows_itself,
    ids_are_of_one_row,
    cells_hold_what_their_column_allows,
)
