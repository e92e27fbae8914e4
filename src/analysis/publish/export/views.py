"""The views of the SQLite file: the questions that a reader of the tables asks first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_THEMES = """(SELECT group_concat({what}, {gap}) FROM (
    SELECT DISTINCT themes.rowid, themes.* FROM codings JOIN themes ON themes.id = codings.theme
    WHERE codings.record_{table} = {table}.id ORDER BY themes.rowid))"""

_PLACES = {
    "document": """(SELECT group_concat(passage, ' ') FROM (
    SELECT passage FROM {table}_passages WHERE record = {table}.id ORDER BY position)) AS passages,
  (SELECT group_concat(page, ' ') FROM (
    SELECT DISTINCT page FROM {table}_passages JOIN passages ON passages.id = passage
    WHERE record = {table}.id ORDER BY page)) AS pages""",
    "records": "{table}.address, {table}.read",
}

_STATEMENTS = """SELECT statements.id, statements.section, statements.subject_type, statements.subject,
  statements.stance, statements.statement_ja, statements.statement_en,
  {themes}, {places}
FROM statements"""

_ISSUES = """SELECT issues.id, issues.scope, issues.number, issues.raised, issues.label_ja,
  issues.label_en, assessments.assessed, assessments.status, assessments.statement,
  {themes}, {places}
FROM issues LEFT JOIN assessments ON assessments.issue = issues.id"""

_GRADES = """SELECT evaluations.id, evaluations.kind, evaluations.conducted, evaluations.published,
  evaluations.scale, evaluations.grade, evaluations.grade_status, scales.rank,
  projects.id AS project, projects.label_ja AS project_ja, projects.label_en AS project_en,
  projects.period,
  regions.id AS region, regions.name_ja AS region_ja, regions.name_en AS region_en,
  programmes.id AS programme, programmes.label_ja AS programme_ja,
  programmes.label_en AS programme_en, programmes.ministry
FROM evaluations
  JOIN projects ON projects.id = evaluations.project
  JOIN regions ON regions.id = projects.region
  JOIN programmes ON programmes.id = projects.programme
  LEFT JOIN scales ON scales.scale = evaluations.scale AND scales.grade = evaluations.grade"""

_CODINGS = """SELECT codings.theme, themes.label_ja AS theme_ja, themes.label_en AS theme_en,
  codings.coder, codings.record_type, codings.record,
  coalesce(statements.statement_ja, issues.label_ja) AS text_ja,
  coalesce(statements.statement_en, issues.label_en) AS text_en
FROM codings
  JOIN themes ON themes.id = codings.theme
  LEFT JOIN statements ON statements.id = codings.record_statements
  LEFT JOIN issues ON issues.id = codings.record_issues"""

_LINK = {
    "document": """SELECT '{table}' AS table_name, record, position, passage
FROM {table}_passages""",
    "records": """SELECT '{table}' AS table_name, record, position, address
FROM {table}_addresses""",
}


def views(kind: str, linked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names and queries for a study of a kind; `linked` tables say where their rows stand.

    `statement_themes` and `issue_themes`: every statement and issue with its themes and where it
    stands; `grade_projects`: every grade with project, region and programme; `theme_records`:
    every coding with the words it is about; `record_passages` (`record_addresses`): where each
    record of whatever table stands.
    """
    yield "statement_themes", _with_themes(_STATEMENTS, "statements", kind)
    yield "issue_themes", _with_themes(_ISSUES, "issues", kind)
    yield "grade_projects", _GRADES
    yield "theme_records", _CODINGS
    name = {"document": "record_passages", "records": "record_addresses"}[kind]
    yield name, "\nUNION ALL ".join(_LINK[kind].format(table=table) for table in linked)


def _with_themes(query: str, table: str, kind: str) -> str:
    themes = ", ".join(
        f"{_THEMES.format(what=what, gap=gap, table=table)} AS {name}"
        for what, gap, name in (
            ("id", "' '", "themes"),
            ("label_ja", "'、'", "themes_ja"),
            ("label_en", "'; '", "themes_en"),
        )
    )
    return query.format(themes=themes, places=_PLACES[kind].format(table=table))
