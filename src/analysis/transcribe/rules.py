"""Rules of the tables that Table Schema has no word for: periods, lists of ids, grades, order.

Every rule takes the sheets of a study and yields what breaks it. A column or table that could not
be read breaks no rule here: that it is missing has been said already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.transcribe import periods
from analysis.transcribe.meta import Meta
from analysis.transcribe.problems import Problem, nearest, one_of, quoted
from analysis.transcribe.schema import DATE, SLUG, Field, Schema
from analysis.transcribe.sheets import Sheet

# Which table the subject of a statement stands in; a policy is named by its topic alone.
SUBJECTS = {
    "evaluation": "evaluations",
    "region": "regions",
    "programme": "programmes",
    "literature": "references",
}
COMMON = "common"  # the scope of an issue that all regions share
NO_THEME = "none"  # the theme of a record that a coder considered and gave no theme
CONSENSUS = "consensus"  # the coder of what the coders agreed on, in a file of its own
_INTEGER = re.compile("0|-?[1-9][0-9]{0,14}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_GIVEN = {"id", "passages", "address", "read", "basis", "inferred", "note", "note_ja"}


@dataclass(frozen=True)
class Sheets:
    """All tables of a study as typed; a table whose file could not be read is not among them."""

    tables: Mapping[str, Sheet]
    schema: Schema
    kind: str
    meta: Meta | None  # None where study.yaml itself is wrong

    def fields(self) -> Iterator[tuple[Sheet, Field]]:
        """Yield every column that was read, with its sheet."""
        for sheet in self.tables.values():
            for field in self.schema.tables[sheet.table].fields_for(self.kind):
                if sheet.has(field.name):
                    yield sheet, field

    def with_columns(self, table: str, *columns: str) -> Sheet | None:
        """Return a table where it was read and has these columns."""
        sheet = self.tables.get(table)
        return sheet if sheet is not None and sheet.has(*columns) else None

    def files(self, table: str, *columns: str) -> Iterator[Sheet]:
        """Yield the sheet of every file of a table that was read and has these columns."""
        for sheet in self.tables.values():
            if sheet.table == table and sheet.has(*columns):
                yield sheet

    def known(self, table: str, column: str = "id") -> frozenset[str] | None:
        """Return the values of a column, those of uneven rows too; None where it was not read."""
        sheet = self.with_columns(table, column)
        return None if sheet is None else frozenset(sheet.frame[column]) - {""}


Rule = Callable[[Sheets], Iterator[Problem]]


def check(sheets: Sheets) -> list[Problem]:
    """Return the problems that all rules find."""
    return [problem for rule in RULES for problem in rule(sheets)]


def unknown_id(sheet: Sheet, line: int, column: str, cell: str, table: str, known) -> Problem:
    """Return the problem of an id that names nothing, with the nearest one that exists."""
    like = nearest(cell, known)
    advice = f"did you mean {like}?" if like else f"add it to {table}.csv or correct it"
    return sheet.problem(line, column, quoted(cell), f"an id of {table}.csv", advice)


# --- cells --------------------------------------------------------------------------------------


def dates_are_dates(sheets: Sheets) -> Iterator[Problem]:
    """Periods in EDTF with FY, dates as days of the calendar."""
    readers = {"period": _period_fault, "date": _date_fault}
    for sheet, field in sheets.fields():
        if field.format not in readers:
            continue
        for line, cell in sheet.values(field.name).items():
            if wrong := readers[field.format](cell):
                yield sheet.problem(line, field.name, quoted(cell), *wrong)


def _period_fault(cell: str) -> tuple[str, str] | None:
    try:
        periods.parse(cell)
    except periods.PeriodError as error:
        return str(error), error.advice
    return None


def _date_fault(cell: str) -> tuple[str, str] | None:
    refused = "a day such as 2018-03-31", "write year, month and day"
    if not re.fullmatch(DATE, cell):
        return refused
    try:
        date.fromisoformat(cell)
    except ValueError:
        return refused
    return None


def numbers_are_numbers(sheets: Sheets) -> Iterator[Problem]:
    """Plain digits: 1e3, 1_000, 007, NaN and 1,000 would be read as something else."""
    forms = {"integer": (_INTEGER, "a whole number"), "number": (_NUMBER, "a number such as 12.5")}
    for sheet, field in sheets.fields():
        if field.type not in forms:
            continue
        form, expected = forms[field.type]
        for line, cell in sheet.values(field.name).items():
            if not form.fullmatch(cell):
                advice = "write digits only, without separators, units or leading zeros"
                yield sheet.problem(line, field.name, quoted(cell), expected, advice)


# --- references ---------------------------------------------------------------------------------


def lists_name_records(sheets: Sheets) -> Iterator[Problem]:
    """Space-separated ids: single spaces, each once, each existing."""
    for sheet, field in sheets.fields():
        if not field.many:
            continue
        table, column = field.target
        known = sheets.known(table, column)
        for line, cell in sheet.values(field.name).items():
            ids = cell.split(" ")
            if "" in ids or len(set(ids)) < len(ids):
                tidy = " ".join(dict.fromkeys(cell.split()))
                expected = "ids separated by single spaces, each once"
                yield sheet.problem(line, field.name, quoted(cell), expected, f"write {tidy}")
            for missing in dict.fromkeys(ids) if known is not None else ():
                if missing and missing not in known:
                    yield unknown_id(sheet, line, field.name, missing, table, known)


def sections_stand_in_study_yaml(sheets: Sheets) -> Iterator[Problem]:
    """Sections named in tables are listed in `study.yaml`."""
    if sheets.meta is None:
        return
    known = tuple(section.id for section in sheets.meta.sections)
    for sheet, field in sheets.fields():
        if field.references != "sections":
            continue
        for line, cell in sheet.values(field.name).items():
            if cell not in known:
                advice = "add the section to study.yaml or correct the cell"
                expected = f"a section of study.yaml ({one_of(known)})"
                yield sheet.problem(line, field.name, quoted(cell), expected, advice)


def subjects_exist(sheets: Sheets) -> Iterator[Problem]:
    """The subject of a statement stands in the table that its type names; a topic is a slug."""
    statements = sheets.with_columns("statements", "subject_type", "subject")
    if statements is None:
        return
    rows = statements.sound[["subject_type", "subject"]]
    for line, kind, subject in rows.itertuples(name=None):
        if kind == "policy" and subject and not SLUG.fullmatch(subject):
            expected = "a topic in lower-case letters and digits joined by hyphens"
            advice = "write it such as regional-strategy"
            yield statements.problem(line, "subject", quoted(subject), expected, advice)
        known = sheets.known(SUBJECTS[kind]) if kind in SUBJECTS else None
        if subject and known is not None and subject not in known:
            yield unknown_id(statements, line, "subject", subject, SUBJECTS[kind], known)


def coded_records_exist(sheets: Sheets) -> Iterator[Problem]:
    """The record of a coding stands in the table that its type names."""
    for codings in sheets.files("codings", "record_type", "record"):
        rows = codings.sound[["record_type", "record"]]
        for line, table, record in rows.itertuples(name=None):
            known = sheets.known(table)
            if record and known is not None and record not in known:
                yield unknown_id(codings, line, "record", record, table, known)


def given_themes_exist(sheets: Sheets) -> Iterator[Problem]:
    """The theme of a coding stands in the codebook, or is the word for none, which stands alone."""
    known = sheets.known("themes")
    themes = sheets.with_columns("themes", "id")
    for line in themes.values("id").loc[lambda ids: ids == NO_THEME].index if themes else ():
        expected = f"the id of a theme ({NO_THEME} says that a record has no theme)"
        yield themes.problem(line, "id", quoted(NO_THEME), expected, "give it another id")
    for codings in sheets.files("codings", "record_type", "record", "theme", "coder"):
        for line, theme in codings.values("theme").items():
            if theme != NO_THEME and known is not None and theme not in known:
                like = nearest(theme, [*known, NO_THEME])
                advice = f"did you mean {like}?" if like else "add it to themes.csv or correct it"
                expected = f"an id of themes.csv or {NO_THEME}"
                yield codings.problem(line, "theme", quoted(theme), expected, advice)
        rows = codings.sound
        judged = [rows[name] for name in ("record_type", "record", "coder")]
        themes_given = rows["theme"].groupby(judged).transform("nunique")
        for line in rows.index[(rows["theme"] == NO_THEME) & (themes_given > 1)]:
            expected = f"no other theme of the coder for the record where one row says {NO_THEME}"
            advice = "remove this row, or those with a theme"
            yield codings.problem(line, "theme", quoted(NO_THEME), expected, advice)


def coders_stand_in_their_files(sheets: Sheets) -> Iterator[Problem]:
    """A file named after a coder holds that coder's codings, and no other file does."""
    files = {stem: sheet for stem, sheet in sheets.tables.items() if sheet.table == "codings"}
    for stem, sheet in files.items():
        own = stem.partition("-")[2]
        for line, coder in sheet.values("coder").items():
            if own and coder != own:
                expected = f"{own}, the coder that the file is named after"
                advice = "correct it, or move the row to the coder's own file"
            elif not own and (coder == CONSENSUS or f"{stem}-{coder}" in files):
                expected = "a coder without a file of their own"
                advice = f"move the row to {stem}-{coder}.csv"
            else:
                continue
            yield sheet.problem(line, "coder", quoted(coder), expected, advice)


def scopes_exist(sheets: Sheets) -> Iterator[Problem]:
    """The scope of an issue is a region or the word for all of them."""
    issues, regions = sheets.with_columns("issues", "scope"), sheets.known("regions")
    if issues is None or regions is None:
        return
    for line, scope in issues.values("scope").items():
        if scope != COMMON and scope not in regions:
            like = nearest(scope, [*regions, COMMON])
            advice = f"did you mean {like}?" if like else "correct it or add the region"
            expected = f"{COMMON} or an id of regions.csv"
            yield issues.problem(line, "scope", quoted(scope), expected, advice)


def repeated_records_exist(sheets: Sheets) -> Iterator[Problem]:
    """A stretch whose reason is `repeats`, and no other, names the records that say the same."""
    uncovered = sheets.with_columns("uncovered", "reason", "repeats")
    if uncovered is None:
        return
    known = frozenset().union(*(sheets.known(table) or () for table in sheets.tables))
    for line, reason, repeats in uncovered.sound[["reason", "repeats"]].itertuples(name=None):
        if (reason == "repeats") != bool(repeats):
            expected = "a record exactly where the reason is repeats"
            advice = "name the record that says the same, or correct the reason"
            yield uncovered.problem(line, "repeats", quoted(repeats), expected, advice)
        for record in repeats.split():
            if record not in known:
                yield unknown_id(uncovered, line, "repeats", record, "any table", known)


def regions_stand_in_study_yaml(sheets: Sheets) -> Iterator[Problem]:
    """`study.yaml` puts the regions in order: each of the table once, and no other."""
    regions, known = sheets.with_columns("regions", "id"), sheets.known("regions")
    if sheets.meta is None or regions is None:
        return
    advice = "list the region under regions in study.yaml, where it is to be shown"
    for line, region in regions.values("id").items():
        if region not in sheets.meta.regions:
            expected = "a region that study.yaml lists"
            yield regions.problem(line, "id", quoted(region), expected, advice)
    for region in sheets.meta.regions:
        if region not in known:
            like = nearest(region, known)
            advice = f"did you mean {like}?" if like else "add it to regions.csv or remove it"
            file = regions.file.replace("regions.csv", "study.yaml")
            yield Problem(file, None, "regions", quoted(region), "an id of regions.csv", advice)


# --- passages and basis -------------------------------------------------------------------------


def a_document_has_passages(sheets: Sheets) -> Iterator[Problem]:
    """The table of places has rows, each of them another place."""
    passages = sheets.tables.get("passages")
    if passages is None or sheets.kind != "document":
        return
    # A study that has just been begun has no rows at all.
    if passages.frame.empty and any(len(sheet.frame) for sheet in sheets.tables.values()):
        advice = "add the passages that the rows of the other tables stand on"
        yield Problem(passages.file, None, None, "no rows", "the passages of the source", advice)
    for line, cell, first in _repeats(passages, ["sha256"]):
        expected = f"a passage of its own (line {first} has this fingerprint)"
        yield passages.problem(line, "sha256", quoted(cell), expected, "remove one of the two")


def inferred_columns_are_named(sheets: Sheets) -> Iterator[Problem]:
    """`inferred` names columns of its table, and only where the basis is inferred."""
    for sheet in sheets.tables.values():
        if not sheet.has("basis", "inferred", "note"):
            continue
        fields = sheets.schema.tables[sheet.table].fields_for(sheets.kind)
        own = tuple(field.name for field in fields if field.name not in _GIVEN)
        rows = sheet.sound[["basis", "inferred", "note"]]
        for line, basis, inferred, note in rows.itertuples(name=None):
            if basis == "stated" and inferred:
                expected, advice = "nothing where basis is stated", "empty it or write inferred"
                yield sheet.problem(line, "inferred", quoted(inferred), expected, advice)
            if basis == "inferred" and not note:
                expected, advice = "how it was inferred", "say in note what it was concluded from"
                yield sheet.problem(line, "note", quoted(note), expected, advice)
            for name in inferred.split():
                if name not in own:
                    like = nearest(name, own)
                    advice = f"did you mean {like}?" if like else "name the column concluded"
                    expected = f"columns of {sheet.table}"
                    yield sheet.problem(line, "inferred", quoted(name), expected, advice)


def found_works_have_an_address(sheets: Sheets) -> Iterator[Problem]:
    """A cited work that was identified elsewhere says where."""
    references = sheets.with_columns("references", "identified", "address")
    if references is None:
        return
    rows = references.sound[["identified", "address"]]
    for line in rows.query("identified == 'found' and address == ''").index:
        expected = "an address where identified is found"
        yield references.problem(line, "address", quoted(""), expected, "say where it was found")


# --- grades -------------------------------------------------------------------------------------


def grades_have_their_status(sheets: Sheets) -> Iterator[Problem]:
    """A grade and its scale stand there exactly where the status says that one is reported."""
    evaluations = sheets.with_columns("evaluations", "scale", "grade", "grade_status")
    if evaluations is None:
        return
    rows = evaluations.sound[["scale", "grade", "grade_status"]]
    for line, scale, grade, status in rows.itertuples(name=None):
        if status == "reported":
            for column, cell in {"scale": scale, "grade": grade}.items():
                if not cell:
                    expected = f"a {column} where grade_status is reported"
                    advice = f"write the {column}, or correct grade_status"
                    yield evaluations.problem(line, column, quoted(cell), expected, advice)
        elif grade:
            expected = f"no grade where grade_status is {status or 'empty'}"
            yield evaluations.problem(line, "grade", quoted(grade), expected, "write reported")


def grades_stand_on_their_scale(sheets: Sheets) -> Iterator[Problem]:
    """Every grade is one of those that its scale lists."""
    evaluations = sheets.with_columns("evaluations", "scale", "grade")
    scales = sheets.with_columns("scales", "scale", "grade")
    if evaluations is None or scales is None:
        return
    grades = scales.frame.groupby("scale")["grade"].agg(tuple)
    for line, scale, grade in evaluations.sound[["scale", "grade"]].itertuples(name=None):
        if scale in grades and grade and grade not in grades[scale]:
            expected = f"{one_of(grades[scale])} (scale {scale})"
            advice = "correct the grade, or add it to scales.csv"
            yield evaluations.problem(line, "grade", quoted(grade), expected, advice)


def scales_agree_with_themselves(sheets: Sheets) -> Iterator[Problem]:
    """One scale has each grade and each rank once, and one name and completeness."""
    scales = sheets.with_columns("scales", "scale", "grade", "rank")
    if scales is None:
        return
    for column in ("grade", "rank"):
        for line, cell, first in _repeats(scales, ["scale", column]):
            expected = f"a {column} that the scale has once (line {first} has it)"
            yield scales.problem(line, column, quoted(cell), expected, "remove one or correct it")
    shared = [name for name in ("complete", "label_ja", "label_en") if scales.has(name)]
    for column in shared:
        cells = scales.sound[["scale", column]]
        agreed = cells.groupby("scale")[column].transform("first")
        for line in cells.index[cells[column] != agreed]:
            expected = f"{quoted(agreed[line])}, as in the other rows of the scale"
            found = quoted(cells.at[line, column])
            yield scales.problem(line, column, found, expected, "make all rows of it agree")


# --- rows against rows --------------------------------------------------------------------------


def nothing_is_said_twice(sheets: Sheets) -> Iterator[Problem]:
    """One coder codes a record with a theme once; an institution has a role once."""
    keys = {
        "codings": ["record_type", "record", "theme", "coder"],
        "participations": ["project", "region", "institution", "role"],
    }
    for table, columns in keys.items():
        for sheet in sheets.files(table, "id", *columns):
            for line, cell, first in _repeats(sheet, columns):
                expected = f"a row that says something new (line {first} says the same)"
                advice = "remove one of the two"
                yield sheet.problem(line, columns[-1], quoted(cell), expected, advice)


def participants_stand_in_their_region(sheets: Sheets) -> Iterator[Problem]:
    """A participation in a project names the project's region."""
    participations = sheets.with_columns("participations", "project", "region")
    projects = sheets.with_columns("projects", "id", "region")
    if participations is None or projects is None:
        return
    region_of, known = _by_id(projects, "region"), sheets.known("regions") or ()
    for line, project, region in participations.sound[["project", "region"]].itertuples(name=None):
        home = region_of.get(project)
        if region in known and home in known and region != home:
            expected = f"{home}, the region of {project}"
            advice = "correct the region or the project"
            yield participations.problem(line, "region", quoted(region), expected, advice)


def dates_are_in_order(sheets: Sheets) -> Iterator[Problem]:
    """What comes later is not dated wholly before what comes first, at the precision of both."""
    yield from _ordered(sheets, "plans", "decided", "period", whole=True)
    yield from _ordered(sheets, "projects", "adopted", "period", whole=True)
    yield from _ordered(sheets, "evaluations", "conducted", "published")
    for table, column, other, other_column, key in (
        ("evaluations", "conducted", "projects", "period", "project"),
        ("assessments", "assessed", "issues", "raised", "issue"),
    ):
        later = sheets.with_columns(table, column, key)
        earlier = sheets.with_columns(other, "id", other_column)
        if later is None or earlier is None:
            continue
        begun = _by_id(earlier, other_column)
        for line, record, day in later.sound[[key, column]].itertuples(name=None):
            if _before(day, begun.get(record, "")):
                expected = f"not before {begun[record]} ({other_column} of {record})"
                yield later.problem(line, column, quoted(day), expected, "correct one of the two")


def _ordered(sheets: Sheets, table: str, first: str, then: str, whole: bool = False) -> Iterator[Problem]:
    """Hold two columns of a row to their order; with `whole`, one may fall within the other."""
    sheet = sheets.with_columns(table, first, then)
    if sheet is None:
        return
    for line, earlier, later in sheet.sound[[first, then]].itertuples(name=None):
        if _before(later, earlier):
            expected = f"not after {later} ({then})"
            column, cell = first, earlier
            if not whole:
                expected, column, cell = f"not before {earlier} ({first})", then, later
            yield sheet.problem(line, column, quoted(cell), expected, "correct one of the two")


def _before(day: str, other: str) -> bool:
    """Whether a date or period ends before another begins; an open or unknown side never does."""
    try:
        end, start = periods.parse(day).end, periods.parse(other).start
    except periods.PeriodError:
        return False
    return end is not None and start is not None and end < start


def _by_id(sheet: Sheet, column: str) -> dict[str, str]:
    return sheet.sound.drop_duplicates("id").set_index("id")[column].to_dict()


def _repeats(sheet: Sheet, columns: list[str]) -> Iterator[tuple[int, str, int]]:
    """Yield every row whose key stands there already: line, last cell of the key, first line."""
    if not sheet.has(*columns):
        return
    rows = sheet.sound[columns].loc[lambda rows: rows[columns[-1]] != ""]
    firsts = pd.Series(rows.index, rows.index).groupby([rows[name] for name in columns])
    first = firsts.transform("first")
    for line in rows.index[first != rows.index]:
        yield line, rows.at[line, columns[-1]], first[line]


RULES: tuple[Rule, ...] = (
    dates_are_dates,
    numbers_are_numbers,
    lists_name_records,
    sections_stand_in_study_yaml,
    subjects_exist,
    coded_records_exist,
    given_themes_exist,
    coders_stand_in_their_files,
    scopes_exist,
    repeated_records_exist,
    regions_stand_in_study_yaml,
    a_document_has_passages,
    inferred_columns_are_named,
    found_works_have_an_address,
    grades_have_their_status,
    grades_stand_on_their_scale,
    scales_agree_with_themselves,
    nothing_is_said_twice,
    participants_stand_in_their_region,
    dates_are_in_order,
)
