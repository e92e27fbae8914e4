{#- The views of the SQLite file: the questions that a reader of the tables asks first. `kind` is that of the
    study, `linked` are the tables whose rows say where they stand. -#}
{% macro themes(table) %}
{% for what, gap, name in (("id", " ", "themes"), ("label_ja", "、", "themes_ja"), ("label_en", "; ", "themes_en")) %}
  (SELECT group_concat({{ what }}, '{{ gap }}') FROM (
    SELECT DISTINCT themes.rowid, themes.* FROM codings JOIN themes ON themes.id = codings.theme
    WHERE codings.record_{{ table }} = {{ table }}.id ORDER BY themes.rowid)) AS {{ name }},
{% endfor %}
{% endmacro %}
{% macro places(table) %}
{% if kind == "document" %}
  (SELECT group_concat(passage, ' ') FROM (
    SELECT passage FROM {{ table }}_passages WHERE record = {{ table }}.id ORDER BY position)) AS passages,
  (SELECT group_concat(page, ' ') FROM (
    SELECT DISTINCT page FROM {{ table }}_passages JOIN passages ON passages.id = passage
    WHERE record = {{ table }}.id ORDER BY page)) AS pages
{% else %}
  {{ table }}.address, {{ table }}.read
{% endif %}
{% endmacro %}
-- Every statement with its themes and where it stands.
CREATE VIEW statement_themes AS
SELECT statements.id, statements.section, statements.subject_type, statements.subject, statements.stance,
  statements.statement_ja, statements.statement_en,
{{ themes("statements") }}{{ places("statements") }}FROM statements;

-- Every issue with its themes, where it stands and what each coder takes its status to be.
CREATE VIEW issue_themes AS
SELECT issues.id, issues.scope, issues.number, issues.raised, issues.label_ja, issues.label_en,
  assessments.assessed, assessments.status, assessments.statement, assessments.coder,
{{ themes("issues") }}{{ places("issues") }}FROM issues LEFT JOIN assessments ON assessments.issue = issues.id;

-- Every grade with what of project, region and programme it is of.
CREATE VIEW grade_projects AS
SELECT evaluations.id, evaluations.kind, evaluations.conducted, evaluations.published, evaluations.scale,
  evaluations.grade, evaluations.grade_status, scales.rank,
  projects.id AS project, projects.label_ja AS project_ja, projects.label_en AS project_en, projects.period,
  regions.id AS region, regions.name_ja AS region_ja, regions.name_en AS region_en,
  programmes.id AS programme, programmes.label_ja AS programme_ja, programmes.label_en AS programme_en,
  programmes.ministry
FROM evaluations
  LEFT JOIN projects ON projects.id = evaluations.project
  LEFT JOIN regions ON regions.id = coalesce(projects.region, evaluations.region)
  LEFT JOIN programmes ON programmes.id = coalesce(projects.programme, evaluations.programme)
  LEFT JOIN scales ON scales.scale = evaluations.scale AND scales.grade = evaluations.grade;

-- Every coding with the words it is about.
CREATE VIEW theme_records AS
SELECT codings.theme, themes.label_ja AS theme_ja, themes.label_en AS theme_en,
  codings.coder, codings.record_type, codings.record,
  coalesce(statements.statement_ja, issues.label_ja) AS text_ja,
  coalesce(statements.statement_en, issues.label_en) AS text_en
FROM codings
  JOIN themes ON themes.id = codings.theme
  LEFT JOIN statements ON statements.id = codings.record_statements
  LEFT JOIN issues ON issues.id = codings.record_issues;

-- Where each record of whatever table stands.
{% set place = "passage" if kind == "document" else "address" %}
CREATE VIEW record_{{ place }}{{ "s" if kind == "document" else "es" }} AS
{% for table in linked %}
SELECT '{{ table }}' AS table_name, record, position, {{ place }} FROM {{ table }}_{{ place }}{{ "s" if kind == "document" else "es" }}
{% if not loop.last %}UNION ALL{% endif %}

{% endfor %};
