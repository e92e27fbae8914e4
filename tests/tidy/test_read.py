"""Opening a processed study: tables in one language, and a record of what was opened."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.tidy import read


@pytest.fixture
def tables(harbour_made):
    return read.open_tables("harbour", "en", harbour_made.folder)


def test_a_mistyped_table_is_answered_with_the_nearest_one(tables):
    with pytest.raises(AttributeError, match="no tidy table 'grade' .did you mean grades"):
        tables.grade  # noqa: B018


def test_a_mistyped_column_is_answered_with_the_nearest_one(tables):
    with pytest.raises(KeyError, match="no column 'labl_ja' in issues .did you mean label_ja"):
        tables.raw("issues", ["labl_ja"])


def test_a_mistyped_study_is_answered_with_the_nearest_one(harbour_made):
    with pytest.raises(read.NoTablesError, match="study 'harbor'; did you mean harbour"):
        read.open_tables("harbor", "en", harbour_made.folder)


def test_a_language_that_no_report_is_written_in_is_refused(harbour_made):
    with pytest.raises(read.LanguageError, match="language='english': expected 'ja' or 'en'"):
        read.open_tables("harbour", "english", harbour_made.folder)


def test_a_language_that_the_study_lacks_is_read_in_english(harbour_made):
    german, english = (read.open_tables("harbour", x, harbour_made.folder) for x in ("de", "en"))
    pd.testing.assert_frame_equal(german.issues, english.issues)
    assert german.about["title_de"] == english.about["title_en"]
    assert german.about["region_names"]["aoura"]["de"] == english.about["region_names"]["aoura"]["en"]


def test_a_changed_frame_changes_no_other(tables):
    opened = tables.issues
    opened["label"] = "changed"
    assert "changed" not in set(tables.issues["label"])


def test_a_localised_table_has_each_column_once_and_in_its_language(tables):
    raw = tables.raw("grades")
    opened = tables.grades
    assert not [name for name in opened if name.endswith(("_ja", "_en"))]
    assert list(opened["region"]) == list(raw["region"])
    assert list(opened["region_label"]) == list(raw["region_en"])
    assert list(tables.issues["label"]) == list(tables.raw("issues")["label_en"])


def test_what_was_opened_is_recorded_with_the_columns_of_the_language_only(tables):
    assert tables.reads() == {}
    tables.indicators  # noqa: B018
    tables.raw("evidence", ["table", "record"])
    reads = tables.reads()
    assert list(reads) == ["evidence", "indicators"]
    assert reads["evidence"] == ["table", "record"]
    assert "label_en" in reads["indicators"] and "label_ja" not in reads["indicators"]


def test_tab_shows_the_tables(tables):
    assert {"issues", "grades", "reads", "raw"} <= set(dir(tables))


def test_titles_are_of_the_language_and_do_not_name_it(harbour_made):
    titles = read.open_tables("harbour", "ja", harbour_made.folder).titles("grades")
    assert titles["region_label"] == "地域"
    assert titles["grade"] == "総合評価"


def test_what_is_read_back_is_what_was_made(harbour_made, tables):
    for name, frame in harbour_made.tables.items():
        pd.testing.assert_frame_equal(tables.raw(name), frame.reset_index(drop=True), check_dtype=False)
