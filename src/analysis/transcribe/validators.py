"""What the cells and rows of a study's tables must hold to; each validator yields what breaks it.

A column or table that could not be read breaks nothing here: that it is missing has been said already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from analysis.transcribe import grade_values, judgements, periods
from analysis.transcribe.csv_table import CsvTable
from analysis.transcribe.judgements import COMMON
from analysis.transcribe.problems import Problem, did_you_mean, one_of, quoted
from analysis.transcribe.raw_tables import RawTables, before, repeats, same_time
from analysis.transcribe.schema import EVALUATION_KIND, FORMS, SLUG, Field, Schema, note_columns

# Which table the subject of a statement stands in; a policy is named by its topic alone.
SUBJECTS = {
    "evaluation": "evaluations",
    "region": "regions",
    "programme": "programmes",
    "project": "projects",
    "literature": "references",
}
_NUMBERS = {"integer": "a whole number", "number": "a number such as 12.5"}
_COUNTED = re.compile(r"(-?)0*([0-9]{1,3}(?:[ ,_][0-9]{3})+|[0-9]+)(\.[0-9]+)?")
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"\b[a-z]{2,}\b")
_GIVEN = {"id", "passages", "address", "read", "basis", "inferred", "name_address"}


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


# --- cells --------------------------------------------------------------------------------------


def periods_are_periods(raw: RawTables) -> Iterator[Problem]:
    """Periods and dates in EDTF with FY."""
    for cell in raw.cells(lambda field: field.format == "period"):
        try:
            periods.parse(cell.text)
        except periods.PeriodError as error:
            yield cell.problem(str(error), error.advice)


def numbers_are_numbers(raw: RawTables) -> Iterator[Problem]:
    """Plain digits: 1e3, 1_000, 007, NaN and 1,000 would be read as something else."""
    for cell in raw.cells(lambda field: field.type in _NUMBERS):
        field = cell.field
        if not FORMS[field.type].fullmatch(cell.text):
            yield cell.problem(_NUMBERS[field.type], number_advice(cell.text, field))
        elif field.minimum is not None and float(cell.text) < field.minimum:
            yield cell.problem(f"a number of {field.minimum} or more", "correct it")


def number_advice(cell: str, field: Field) -> str:
    """Advice for a number in another notation: `1,000`, `007`."""
    written = _COUNTED.fullmatch(cell)
    if written:
        sign, digits, decimals = written.groups(default="")
        plain = sign + (re.sub("[ ,_]", "", digits).lstrip("0") or "0") + decimals
        if field.takes(plain):
            return f"write {plain}"
    return "write digits only, without separators, units or leading zeros"


def cells_hold_what_their_column_allows(raw: RawTables) -> Iterator[Problem]:
    """A value where one is required, of the column's list, pattern and length."""
    for table, field in raw.fields():
        if raw.meta is None and field.vocabulary == EVALUATION_KIND:
            continue  # the study's own kinds stand in study.yaml, which could not be read
        for line, cell in zip(table.sound.starts, table.sound.columns[field.name], strict=True):
            if found := wrong(cell, field, raw.schema):
                yield table.problem(line, field.name, *found)


def wrong(cell: str, field: Field, schema: Schema) -> tuple[str, str] | None:
    """Say what a column wants in place of a cell, and what to do; None where the cell is right."""
    meaning = field.description("en").rstrip(".")
    if not cell:
        return ("a value", f"fill it: {meaning}") if field.required else None
    if field.vocabulary and cell not in schema.values(field):
        values = schema.values(field)
        return one_of(values), did_you_mean(cell, values, "write one of these")
    if field.pattern == SLUG.pattern and not SLUG.fullmatch(cell):
        return "lower-case letters and digits joined by hyphens", "write it such as phase-2"
    if field.pattern and field.type == "string" and not re.fullmatch(field.pattern, cell):
        return f"text of the form {field.pattern}", f"see {meaning}"
    if field.maxLength is not None and len(cell) > field.maxLength:
        return f"at most {field.maxLength} characters", "shorten it, or move a part to note"
    if field.minLength is not None and len(cell) < field.minLength:
        return f"at least {field.minLength} characters", "write more of it"
    return None


def words_are_in_the_language_of_their_column(raw: RawTables) -> Iterator[Problem]:
    """An English cell is not Japanese, nor a whole Japanese column in another script.

    A name (KBIC, Fraunhofer) or a quoted word is right in either: so an English cell is refused where
    most of its letters are Japanese, a Japanese column where no cell of three or more has any and
    most have words in small letters.
    """
    for table, field in raw.fields():
        cells = table.values(field.name)
        advice = "see whether two headings are swapped"
        if field.language == "en":
            for line, cell in cells.items():
                japanese = _JAPANESE.findall(cell)
                if japanese and len(japanese) > len(_LATIN.findall(cell)):
                    yield table.problem(line, field.name, "English", f"translate it, or {advice}")
        elif field.language == "ja" and len(cells) > 2 and not any(map(_JAPANESE.search, cells.values())):
            worded = sum(1 for cell in cells.values() if _WORD.search(cell))
            if 2 * worded > len(cells):
                line, cell = next(iter(cells.items()))
                found = f"no Japanese in {len(cells)} cells, such as {quoted(cell)}"
                yield table.problem(line, field.name, "Japanese", advice, found)


def ids_are_of_one_row(raw: RawTables) -> Iterator[Problem]:
    """An id stands in a file once, and so does any value that its column has once."""
    for table, field in raw.fields():
        if field.name != "id" and not field.unique:
            continue
        own = "an id" if field.name == "id" else f"a {field.name}"
        advice = "give one another id" if field.name == "id" else "correct one of the two"
        yield from repeats(table, [field.name], f"{own} of its own (line {{}} has it)", advice)


# --- references ---------------------------------------------------------------------------------


def references_name_records(raw: RawTables) -> Iterator[Problem]:
    """An id names a row of the table it refers to; lists have single spaces and each id once."""
    for cell in raw.cells(lambda field: field.target):
        target, key = cell.field.target or ("", "")
        ids = cell.text.split(" ") if cell.field.many else [cell.text]
        if "" in ids or len(set(ids)) < len(ids):
            advice = f"write {' '.join(dict.fromkeys(cell.text.split()))}"
            yield cell.problem("ids separated by single spaces, each once", advice)
        known = raw.known(target, key)
        if known is None:
            continue
        for missing in dict.fromkeys(ids):
            if missing and missing not in known:
                what = "an id" if key == "id" else f"a {key}"
                add = f"add it to {target}.csv" + (" or correct it" if key == "id" else "")
                advice = did_you_mean(missing, known, add)
                yield cell.problem(f"{what} of {target}.csv", advice, quoted(missing))


def no_row_follows_itself(raw: RawTables) -> Iterator[Problem]:
    """What a row is a part or a successor of is another row, and not in a circle."""
    for table, field in raw.fields():
        if field.target != (table.table, "id"):
            continue
        rows = table.sound
        before = dict(zip(rows.columns["id"], rows.columns[field.name], strict=True))
        ids = dict(zip(rows.starts, rows.columns["id"], strict=True))
        for line, cell in table.values(field.name).items():
            seen = {ids[line]}
            while cell and cell not in seen:
                seen.add(cell)
                cell = before.get(cell, "")
            if cell:
                advice = "correct one of the rows"
                yield table.problem(line, field.name, "no circle of rows", advice, quoted(cell))


def sections_stand_in_study_yaml(raw: RawTables) -> Iterator[Problem]:
    """Sections named in tables are listed in `study.yaml`."""
    known = tuple(section.id for section in raw.meta.sections) if raw.meta else ()
    for cell in raw.cells(lambda field: raw.meta and field.references == "sections"):
        if cell.text not in known:
            advice = "add the section to study.yaml or correct the cell"
            yield cell.problem(f"a section of study.yaml ({one_of(known)})", advice)


def subjects_exist(raw: RawTables) -> Iterator[Problem]:
    """The subject of a statement stands in the table that its type names; a topic is a slug."""
    for row in raw.rows("statements", "subject_type", "subject"):
        table = SUBJECTS.get(row.subject_type, "")
        if row.subject_type == "policy" and row.subject and not SLUG.fullmatch(row.subject):
            expected = "a topic in lower-case letters and digits joined by hyphens"
            yield row.problem("subject", expected, "write it such as regional-strategy")
        known = raw.known(table)
        if row.subject and known is not None and row.subject not in known:
            yield row.unknown("subject", row.subject, table, known)


def a_statement_names_the_region_it_is_about(raw: RawTables) -> Iterator[Problem]:
    """A statement about a region that names regions names that one among them."""
    for row in raw.rows("statements", "subject_type", "subject", "regions"):
        if row.subject_type == "region" and row.regions and row.subject not in row.regions.split():
            yield row.problem("regions", f"{row.subject}, the subject, among them", "add it")


def a_row_is_about_one_thing(raw: RawTables) -> Iterator[Problem]:
    """A figure or an evaluation is about one region, one programme or one project."""
    for name, usual, what in (("indicators", "region", "figure"), ("evaluations", "project", "evaluation")):
        for table in raw.files(name, usual):
            columns = list(filter(table.has, ("region", "programme", "project")))
            for row in table.rows(*columns):
                named = [column for column in columns if getattr(row, column)]
                if len(named) > 1:
                    found = quoted(" and ".join(getattr(row, column) for column in named))
                    expected = "a region, a programme or a project, not both"
                    yield row.problem(named[1], expected, "leave one of the two empty", found)
                elif not named:
                    advice = "name a region, a programme or a project"
                    yield row.problem(usual, f"what the {what} is about", advice, f"no {usual}")


def bounds_hold_the_value(raw: RawTables) -> Iterator[Problem]:
    """The value of a figure lies between the bounds that are given with it."""
    for column, sign, name in (("lower", 1, "at most"), ("upper", -1, "at least")):
        for row in raw.rows("indicators", "value", column):
            bound = getattr(row, column)
            numbers = all(map(FORMS["number"].fullmatch, (row.value, bound)))
            if numbers and sign * float(bound) > sign * float(row.value):
                advice = "put the bounds around the value, as the source prints them"
                yield row.problem(column, f"{name} {row.value}, the value", advice)


def a_measure_has_one_unit(raw: RawTables) -> Iterator[Problem]:
    """Values of one measure stand in one unit and on one price base; else no series can be made of them."""
    for column in ("unit", "price_base"):
        first: dict[str, tuple[str, str]] = {}
        for row in raw.rows("indicators", "measure", column):
            own = getattr(row, column)
            unit, where = first.setdefault(row.measure, (own, f"line {row.line} of {row.csv.file}"))
            if own != unit:
                expected = f"{quoted(unit) if unit else 'none'}, as in {where}"
                yield row.problem(
                    column, expected, "convert the value, or give this measure a name of its own"
                )


def scopes_exist(raw: RawTables) -> Iterator[Problem]:
    """The scope of an issue is a region or the word for all of them."""
    regions = raw.known("regions")
    if regions is None:
        return
    for row in raw.rows("issues", "scope"):
        if row.scope and row.scope != COMMON and row.scope not in regions:
            advice = did_you_mean(row.scope, [*regions, COMMON], "correct it or add the region")
            yield row.problem("scope", f"{COMMON} or an id of regions.csv", advice)


def regions_stand_in_study_yaml(raw: RawTables) -> Iterator[Problem]:
    """`study.yaml` puts the regions in order: each of the table once, and no other."""
    regions, known = raw.with_columns("regions", "id"), raw.known("regions")
    if raw.meta is None or regions is None or known is None:
        return
    advice = "list the region under regions in study.yaml, where it is to be shown"
    for line, region in regions.values("id").items():
        if region not in raw.meta.regions:
            yield regions.problem(line, "id", "a region that study.yaml lists", advice)
    file = re.sub(r"[^/\\]+\.csv$", "study.yaml", regions.file)
    for region in raw.meta.regions:
        if region not in known:
            advice = did_you_mean(region, known, "add it to regions.csv or remove it")
            yield Problem(file, None, "regions", quoted(region), "an id of regions.csv", advice)


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
    expected = "a passage of its own (line {} has this fingerprint)"
    yield from repeats(passages, ["sha256"], expected, "remove one of the two")


def inferred_columns_are_named(raw: RawTables) -> Iterator[Problem]:
    """`inferred` names columns of its table, and only where the basis is inferred."""
    given_anyway = {*_GIVEN, *note_columns(raw.schema.languages)}
    for table in raw.tables.values():
        fields = raw.schema.tables[table.table].fields_for(raw.kind)
        own = tuple(field.name for field in fields if field.name not in given_anyway)
        columns = ("basis", "inferred", "note")
        for row in table.rows(*columns) if table.has(*columns) else ():
            if row.basis == "stated" and row.inferred:
                advice = "empty it, or write inferred in basis"
                yield row.problem("inferred", "nothing where basis is stated", advice)
            if row.basis == "inferred" and not row.note:
                yield row.problem("note", "how it was inferred", "say in note what it was concluded from")
            for name in row.inferred.split():
                if name not in own:
                    advice = did_you_mean(name, own, "name the column concluded")
                    yield row.problem("inferred", f"columns of {table.table}", advice, quoted(name))


def what_was_looked_up_has_an_address(raw: RawTables) -> Iterator[Problem]:
    """A cited work found elsewhere says where, and an official English name where it was read.

    In an English document the name stands in the source; a row of public records has an address.
    """
    for row in raw.rows("references", "identified", "address"):
        if row.identified == "found" and not row.address:
            yield row.problem("address", "an address where identified is found", "say where it was found")
    if raw.kind != "document" or raw.meta is None or raw.meta.language == "en":
        return
    for name in raw.tables:
        for row in raw.rows(name, "label_en_official", "name_address"):
            if row.label_en_official == "yes" and not row.name_address:
                expected = "the address where the official English name was read"
                yield row.problem("name_address", expected, "add it, or write no in label_en_official")


# --- grades and rounds --------------------------------------------------------------------------


def grades_have_their_status(raw: RawTables) -> Iterator[Problem]:
    """A grade and its scale stand there exactly where the status says that one is reported."""
    for row in raw.rows("evaluations", "scale", "grade", "grade_status"):
        if row.grade_status == "reported":
            for column in ("scale", "grade"):
                if not getattr(row, column):
                    expected = f"a {column} where grade_status is reported"
                    yield row.problem(column, expected, f"write the {column}, or correct grade_status")
        elif row.grade:
            expected = f"no grade where grade_status is {row.grade_status or 'empty'}"
            yield row.problem("grade", expected, "empty it, or write reported in grade_status")


def grades_stand_on_their_scale(raw: RawTables) -> Iterator[Problem]:
    """Every grade is one of those that its scale lists, or a number between the ends of one of numbers."""
    scales = raw.with_columns("scales", "scale", "grade")
    grades = scales.frame.groupby("scale")["grade"].agg(tuple).to_dict() if scales else {}
    continuous = _continuous(scales) if scales else set()
    for row in raw.rows("evaluations", "scale", "grade"):
        listed = grades.get(row.scale, ())
        if not listed or not row.grade or row.grade in listed:
            continue
        if row.scale not in continuous:
            expected = f"{one_of(listed)} (scale {row.scale})"
            yield row.problem("grade", expected, "correct the grade, or add it to scales.csv")
        elif not _lies_between(row.grade, listed):
            ends = sorted(listed, key=lambda grade: grade_values.value(grade) or 0)
            expected = f"a number from {ends[0]} to {ends[-1]}, written as these are (scale {row.scale})"
            yield row.problem("grade", expected, "correct the grade, or the ends of the scale in scales.csv")


def _continuous(scales: CsvTable) -> set[str]:
    """The scales of numbers whose grades need not be listed one by one."""
    frame = scales.frame
    return set(frame.loc[frame["between"] == "yes", "scale"]) if "between" in frame else set()


def _lies_between(grade: str, listed: tuple[str, ...]) -> bool:
    """Whether a grade is a number, counted as the listed ones are, and not outside them."""
    number, ends = grade_values.value(grade), [grade_values.value(each) for each in listed]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return True  # what is wrong with the ends is said of the scale
    alike = {grade_values.unit(each) for each in listed} == {grade_values.unit(grade)}
    return number is not None and alike and min(known) <= number <= max(known)


def scales_of_numbers_have_two_ends(raw: RawTables) -> Iterator[Problem]:
    """A scale with numbers between lists its ends at least, is known whole, and has one direction."""
    scales = raw.with_columns("scales", "scale", "grade", "rank", "complete", "between")
    if scales is None:
        return
    continuous = _continuous(scales)
    for name, rows in scales.sound.frame.groupby("scale"):
        if name not in continuous:
            continue
        for line in rows.index[rows["complete"] == "no"]:
            expected = "yes where between is yes: the ends are the whole scale"
            yield scales.problem(line, "complete", expected, "write yes, or list the grades one by one")
        words = [line for line in rows.index if grade_values.value(rows.at[line, "grade"]) is None]
        units = rows["grade"].map(grade_values.unit)
        other = [*words, *(line for line in rows.index if units[line] != units.iloc[0])]
        if other:
            expected = "numbers, all counted alike, where between is yes"
            yield scales.problem(other[0], "grade", expected, "correct it, or leave between empty")
        elif len(rows) < 2:
            expected = "two rows where between is yes: the best and the worst"
            yield scales.problem(rows.index[0], "grade", expected, "add the other end")
        elif rows["rank"].str.isdecimal().all():
            yield from _of_one_direction(scales, rows)


def _of_one_direction(scales: CsvTable, rows: pd.DataFrame) -> Iterator[Problem]:
    """The ranks of numbers rise with them, or fall with them."""
    ranked = rows.assign(rank=rows["rank"].astype(int)).sort_values("rank", kind="stable")
    numbers = ranked["grade"].map(grade_values.value).tolist()
    if not grade_values.one_direction(numbers) and ranked["rank"].is_unique and rows["grade"].is_unique:
        turn = next(n for n in range(2, len(numbers) + 1) if not grade_values.one_direction(numbers[:n]))
        expected = "ranks that rise with the numbers, or fall with them: a scale has one direction"
        yield scales.problem(ranked.index[turn - 1], "rank", expected, "correct the ranks")


def scales_agree_with_themselves(raw: RawTables) -> Iterator[Problem]:
    """One scale has each grade and each rank once, and one name and completeness."""
    scales = raw.with_columns("scales", "scale", "grade", "rank")
    if scales is None:
        return
    for column in ("grade", "rank"):
        expected = f"a {column} that the scale has once (line {{}} has it)"
        yield from repeats(scales, ["scale", column], expected, "remove one or correct it")
    labels = [field.name for field in raw.schema.tables["scales"].own if field.pair == "label"]
    for column in (name for name in ("complete", "between", *labels) if scales.has(name)):
        cells = scales.sound.frame[column]
        agreed = cells.groupby(scales.sound.frame["scale"]).transform("first")
        for line in cells.index[cells != agreed]:
            expected = f"{quoted(agreed[line])}, as in the other rows of the scale"
            yield scales.problem(line, column, expected, "make all rows of it agree")


def a_round_counts_all_its_evaluations(raw: RawTables) -> Iterator[Problem]:
    """A round of evaluations has no more rows than the regions it counts."""
    programme = {id_: row.programme for id_, row in raw.by_id("projects", "programme").items()}
    columns = ("project", "programme", "kind", "conducted", "published")
    held = [row for row in raw.rows("evaluations", *columns) if not row.programme]
    for row in raw.rows("rounds", "programme", "kind", "year", "regions_total"):
        own = [e for e in held if e.kind == row.kind and programme.get(e.project) == row.programme]
        known = sum(same_time(each.conducted or each.published, row.year, raw.fiscal_year) for each in own)
        if row.regions_total.isdecimal() and known > int(row.regions_total):
            expected = f"at least {known}, the evaluations of that round in evaluations.csv"
            yield row.problem("regions_total", expected, "correct the total or the dates")


# --- rows against rows --------------------------------------------------------------------------


def nothing_is_said_twice(raw: RawTables) -> Iterator[Problem]:
    """One coder judges a thing once; an institution has a role once; a round stands once."""
    keys = judgements.UNITS | {
        "participations": ("project", "region", "institution", "role"),
        "rounds": ("programme", "kind", "year"),
    }
    for name, columns in keys.items():
        for table in raw.files(name, "id", *columns):
            expected = "a row that says something new (line {} says the same)"
            yield from repeats(table, list(columns), expected, "remove one of the two")


def participants_stand_in_their_region(raw: RawTables) -> Iterator[Problem]:
    """A participation in a project names the project's region."""
    projects, known = raw.by_id("projects", "region"), raw.known("regions") or ()
    for row in raw.rows("participations", "project", "region"):
        home = projects[row.project].region if row.project in projects else ""
        if row.region in known and home in known and row.region != home:
            yield row.problem(
                "region", f"{home}, the region of {row.project}", "correct the region or the project"
            )


# Which date is not wholly before, or after, which other one: of the same row, or of the row of another
# table that a column names.
_IN_ORDER = (
    ("plans", "decided", "after", "period", ""),
    ("projects", "adopted", "after", "period", ""),
    ("evaluations", "published", "before", "conducted", ""),
    ("evaluations", "conducted", "before", "projects.period", "project"),
    ("assessments", "assessed", "before", "issues.raised", "issue"),
)


def dates_are_in_order(raw: RawTables) -> Iterator[Problem]:
    """What comes later is not dated wholly before what comes first, at the precision of both."""
    for name, column, side, other, key in _IN_ORDER:
        table, _, date = other.rpartition(".")
        dates = {id_: getattr(row, date) for id_, row in raw.by_id(table, date).items()} if key else {}
        for row in raw.rows(name, column, key or date):
            day = getattr(row, column)
            than = dates.get(getattr(row, key), "") if key else getattr(row, date)
            first, then = (than, day) if side == "before" else (day, than)
            if before(then, first, raw.fiscal_year):
                which = f"{date} of {getattr(row, key)}" if key else date
                yield row.problem(column, f"not {side} {than} ({which})", "correct one of the two")


VALIDATORS: tuple[Validator, ...] = (
    periods_are_periods,
    numbers_are_numbers,
    references_name_records,
    sections_stand_in_study_yaml,
    subjects_exist,
    a_statement_names_the_region_it_is_about,
    a_row_is_about_one_thing,
    bounds_hold_the_value,
    a_measure_has_one_unit,
    *judgements.VALIDATORS,
    scopes_exist,
    regions_stand_in_study_yaml,
    a_document_has_passages,
    inferred_columns_are_named,
    what_was_looked_up_has_an_address,
    grades_have_their_status,
    grades_stand_on_their_scale,
    scales_agree_with_themselves,
    scales_of_numbers_have_two_ends,
    a_round_counts_all_its_evaluations,
    nothing_is_said_twice,
    participants_stand_in_their_region,
    dates_are_in_order,
    no_row_follows_itself,
    ids_are_of_one_row,
    words_are_in_the_language_of_their_column,
    cells_hold_what_their_column_allows,
)
