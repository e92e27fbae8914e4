{#- The views of the SQLite file: the questions that a reader of the tables asks first. `kind` is that of the
    study, `linked` are the tables whose rows say where they stand, `gaps` what separates words, by language. -#}
{% macro each(table, column, name) %}
{% for language in gaps %}{{ table }}."{{ column }}_{{ language }}"{{ ' AS "' ~ name ~ "_" ~ language ~ '"' if name }}, {% endfor %}
{% endmacro %}
{% macro themes(table) %}
{% for language, gap in [("", " ")] + gaps.items() | list %}
  (SELECT group_concat({{ '"label_' ~ language ~ '"' if language else "id" }}, '{{ gap }}') FROM (
    SELECT DISTINCT themes.rowid, themes.* FROM codings JOIN themes ON themes.id = codings.theme
    WHERE codings.record_{{ table }} = {{ table }}.id ORDER BY themes.rowid)) AS "themes{{ "_" ~ language if language }}",
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
  {{ each("statements", "statement") }}
{{ themes("statements") }}{{ places("statements") }}FROM statements;

-- Every issue with its themes, where it stands and what each coder takes its status to be.
CREATE VIEW issue_themes AS
SELECT issues.id, issues.scope, issues.number, issues.raised, {{ each("issues", "label") }}
  assessments.assessed, assessments.status, assessments.statement, assessments.coder,
{{ themes("issues") }}{{ places("issues") }}FROM issues LEFT JOIN assessments ON assessments.issue = issues.id;

-- Every grade with what of project, region and programme it is of.
CREATE VIEW grade_projects AS
SELECT evaluations.id, evaluations.kind, evaluations.conducted, evaluations.published, evaluations.scale,
  evaluations.grade, evaluations.grade_status, scales.rank,
  projects.id AS project, {{ each("projects", "label", "project") }} projects.period,
  regions.id AS region, {{ each("regions", "name", "region") }}
  programmes.id AS programme, {{ each("programmes", "label", "programme") }}
  programmes.ministry
FROM evaluations
  LEFT JOIN projects ON projects.id = evaluations.project
  LEFT JOIN regions ON regions.id = coalesce(projects.region, evaluations.region)
  LEFT JOIN programmes ON programmes.id = coalesce(projects.programme, evaluations.programme)
  LEFT JOIN scales ON scales.scale = evaluations.scale AND scales.grade = evaluations.grade;

-- Every coding with the words it is about.
CREATE VIEW theme_records AS
SELECT codings.theme, {{ each("themes", "label", "theme") }}
  codings.coder, codings.record_type, codings.record
{% for language in gaps %}
  , coalesce(statements."statement_{{ language }}", issues."label_{{ language }}") AS "text_{{ language }}"
{% endfor %}
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
