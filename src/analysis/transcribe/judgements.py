"""What judgements and the checklist of clauses must hold to; each validator yields what breaks it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from analysis.transcribe.problems import Problem, did_you_mean, one_of, quoted
from analysis.transcribe.raw_tables import RawTables, older_than_issues
from analysis.transcribe.schema import SLUG, note_columns

COMMON = "common"  # the scope of an issue that all regions share
NONE = "none"  # what a coder says who considered a record and found no theme, no relation
CONSENSUS = "consensus"  # the coder of what the coders agreed on, in a file of its own
# What a coder judges at most once: the columns that make one judgement.
UNITS = {
    "codings": ("record_type", "record", "theme", "coder"),
    "links": ("issue", "record_type", "record", "coder"),
    "assessments": ("issue", "coder"),
}


# --- coders ---


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
            yield table.problem(line, "coder", expected, advice)


def coders_are_declared(raw: RawTables) -> Iterator[Problem]:
    """Every coder of a table is described in `study.yaml`: who or what read, when and how."""
    declared = {coder.id for coder in raw.meta.coders} if raw.meta else set()
    for table in raw.tables.values() if raw.meta else ():
        first = {coder: line for line, coder in reversed(table.values("coder").items())}
        for coder, line in first.items():
            if coder != CONSENSUS and coder not in declared and SLUG.fullmatch(coder):
                expected = f"a coder that study.yaml lists ({', '.join(sorted(declared)) or 'none'})"
                advice = did_you_mean(coder, declared, "describe the coder there")
                yield table.problem(line, "coder", expected, advice)


def judged_records_exist(raw: RawTables) -> Iterator[Problem]:
    """The record of a coding or a link stands in the table that its type names."""
    for name in ("codings", "links"):
        for row in raw.rows(name, "record_type", "record"):
            known = raw.known(row.record_type)
            if row.record and known is not None and row.record not in known:
                yield row.unknown("record", row.record, row.record_type, known)


def given_themes_exist(raw: RawTables) -> Iterator[Problem]:
    """The theme of a coding stands in the codebook, or is the word for none, which stands alone."""
    known = raw.known("themes")
    for row in raw.rows("themes", "id"):
        if row.id == NONE:
            expected = f"the id of a theme ({NONE} says that a record has no theme)"
            yield row.problem("id", expected, "give it another id")
    codings, themes = list(raw.rows("codings", *UNITS["codings"])), defaultdict(set)
    for row in codings:
        themes[row.record_type, row.record, row.coder].add(row.theme)
    for row in codings:
        if row.theme and row.theme != NONE and known is not None and row.theme not in known:
            advice = did_you_mean(row.theme, [*known, NONE], "add it to themes.csv or correct it")
            yield row.problem("theme", f"an id of themes.csv or {NONE}", advice)
        elif row.theme == NONE and len(themes[row.record_type, row.record, row.coder]) > 1:
            expected = f"no other theme of the coder for the record where one row says {NONE}"
            yield row.problem("theme", expected, "remove this row, or those with a theme")


def a_consensus_gives_its_reasons(raw: RawTables) -> Iterator[Problem]:
    """Where a decision differs from what a coder said, a row of the consensus says why."""
    notes = note_columns(raw.schema.languages)
    spoken = {1: "a note", 2: "both languages"}.get(len(notes), "all languages")
    for name, columns in UNITS.items():
        said_in = {"codings": "theme", "links": "relation", "assessments": "status"}[name]
        unit = [column for column in columns if column not in ("theme", "coder")]
        said: dict = defaultdict(lambda: defaultdict(set))
        reasons: set[tuple[str, ...]] = set()
        rows: dict[tuple[str, ...], Any] = {}
        for row in raw.rows(name, *columns, *({said_in} - set(columns)), *notes):
            key = tuple(getattr(row, column) for column in unit)
            said[row.coder][key].add(getattr(row, said_in))
            if row.coder == CONSENSUS:
                rows.setdefault(key, row)
                if all(row[-len(notes) :]):
                    reasons.add(key)
        agreed = said.pop(CONSENSUS, {})
        for key in agreed:
            # A link that a coder does not make is a judgement; a record not coded is only unread.
            missing = {NONE} if name == "links" else agreed[key]
            if key not in reasons and any(by.get(key, missing) != agreed[key] for by in said.values()):
                expected = f"the reason, in {spoken}, for differing from a coder on {' '.join(key)}"
                yield rows[key].problem("note", expected, f"say why in {' and '.join(notes)}", quoted(""))
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


# --- links ---


def links_are_with_later_records(raw: RawTables) -> Iterator[Problem]:
    """A record that is linked to an issue is not older: by its date, else by its place in the source."""
    older_than = older_than_issues(lambda name: raw.tables[name].sound.frame if name in raw.tables else None)
    for row in raw.rows("links", "issue", "record_type", "record"):
        if older := older_than(row.issue, row.record_type, row.record):
            advice = "remove the row: what came before an issue cannot speak of it"
            yield row.problem("record", f"a record later than {row.issue} ({older})", advice)


def links_cite_passages_of_their_record(raw: RawTables) -> Iterator[Problem]:
    """What a coder read of a record stands among the passages of that record."""
    records = cache(lambda table: raw.by_id(table, "passages"))
    for row in raw.rows("links", "record_type", "record", "passages"):
        record = records(row.record_type).get(row.record)
        own = record.passages.split() if record else []
        for passage in row.passages.split() if record else ():
            if passage not in own:
                expected = f"a passage of {row.record} ({one_of(own)})"
                advice = "correct it, or add the passage to the record"
                yield row.problem("passages", expected, advice, quoted(passage))


def collective_links_are_with_every_common_issue(raw: RawTables) -> Iterator[Problem]:
    """What speaks of the common issues as a whole is linked to each of them, and to no other."""
    issues = raw.by_id("issues", "scope")
    common = {issue for issue, row in issues.items() if row.scope == COMMON}
    columns = ("issue", "record_type", "record", "collective", "coder", "relation")
    collective = [row for row in raw.rows("links", *columns) if row.collective == "yes"]
    linked = defaultdict(set)
    for row in collective:
        linked[row.record_type, row.record, row.coder].add(row.issue)
    for row in collective:
        missing = sorted(common - linked[row.record_type, row.record, row.coder])
        if row.issue in issues and row.issue not in common:
            yield row.problem("collective", "no where the issue is not a common one", "write no")
        elif row.issue in issues and missing:
            expected = f"a collective row for every common issue ({' '.join(missing)} missing)"
            yield row.problem("collective", expected, "add those rows, or write no")


# --- clauses, and stretches without a record ---


def repeated_records_exist(raw: RawTables) -> Iterator[Problem]:
    """A stretch whose reason is `repeats`, and no other, names the records that say the same."""
    known = frozenset().union(*(raw.known(table) or () for table in raw.tables))
    for row in raw.rows("uncovered", "reason", "repeats"):
        if (row.reason == "repeats") != bool(row.repeats):
            expected = "a record exactly where the reason is repeats"
            yield row.problem(
                "repeats", expected, "name the record that says the same, or correct the reason"
            )
        for record in row.repeats.split():
            if record not in known:
                yield row.unknown("repeats", record, "any table", known)


def clauses_are_carried_or_excused(raw: RawTables) -> Iterator[Problem]:
    """A clause names records that stand on its passages or says why there is none, never both."""
    tables = [table.name for table in raw.schema.tables.values() if table.records]
    records = cache(lambda table: raw.by_id(table, "passages"))
    for row in raw.rows("clauses", "passages", "records", "reason"):
        if bool(row.records) == bool(row.reason):
            expected = "either records or a reason" + (", not both" if row.reason else "")
            yield row.problem(
                "reason", expected, "name the records that carry the clause, or say why none does"
            )
        for key in row.records.split():
            name, _, record = key.partition("/")
            own = records(name) if name in tables else {}
            if name not in tables:
                advice = did_you_mean(name, tables, "write table/id")
                yield row.problem("records", "table/id of a record", advice, quoted(key))
            elif own and record not in own:
                yield row.unknown("records", record, name, own)
            elif own and not set(own[record].passages.split()) & set(row.passages.split()):
                expected = f"a record that cites {one_of(row.passages.split())}"
                advice = "correct it, or add the passage to the record"
                yield row.problem("records", expected, advice, quoted(key))


def every_passage_has_a_clause(raw: RawTables) -> Iterator[Problem]:
    """Once clauses are listed, every passage has one."""
    clauses, passages = raw.with_columns("clauses", "passages"), raw.with_columns("passages", "id")
    if clauses is None or passages is None or clauses.frame.empty:
        return
    listed = set(" ".join(clauses.frame["passages"]).split())
    for line, passage in passages.values("id").items():
        if passage not in listed:
            yield passages.problem(line, "id", "a clause of every passage", "add its clauses to clauses.csv")


VALIDATORS = (
    judged_records_exist,
    given_themes_exist,
    coders_stand_in_their_files,
    coders_are_declared,
    links_are_with_later_records,
    links_cite_passages_of_their_record,
    collective_links_are_with_every_common_issue,
    a_consensus_gives_its_reasons,
    repeated_records_exist,
    clauses_are_carried_or_excused,
    every_passage_has_a_clause,
)
