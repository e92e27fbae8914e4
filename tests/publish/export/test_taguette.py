"""The codebook as CSV: one column with the tag, one with its description."""

from __future__ import annotations

import csv
import io

from analysis.publish.export import codebook


def rows(study) -> list[dict[str, str]]:
    content = codebook.taguette(study).decode("utf-8")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_a_study_without_themes_has_a_header_alone(small):
    assert codebook.taguette(small()) == b"tag,description\n"


def test_exactly_one_column_could_be_the_tags_name(paper):
    header = codebook.taguette(paper).decode("utf-8").splitlines()[0].split(",")
    assert len({"tag", "name", "path"} & set(header)) == 1
    assert "description" in header


def test_every_theme_is_a_tag_with_what_is_in_and_out_in_both_languages(paper):
    themes = paper.tables["themes"]
    assert [row["tag"] for row in rows(paper)] == [
        f"{t.label_ja} ({t.label_en})" for t in themes.itertuples()
    ]
    for row, theme in zip(rows(paper), themes.itertuples(), strict=True):
        for words in (theme.definition_ja, theme.include_en, theme.exclude_ja, theme.exclude_en):
            assert words in row["description"]


def test_commas_quotes_and_line_ends_stay_in_their_cell(small):
    words = 'a, "b"; c'
    (row,) = rows(small(themes=[{"id": "money", "label_en": words, "include_en": words}]))
    assert words in row["tag"]
    assert f"Include: {words}" in row["description"].splitlines()
