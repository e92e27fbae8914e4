"""The tidy tables: documented in full, the same bytes on every rebuild, as committed."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis import paths
from analysis.tidy import datapackage, joins, tables
from analysis.transcribe import crosswalk, load
from analysis.verify import verification_log as record
from analysis.verify.verification_log import Status, VerificationState

PAPER, LANGUAGES = "okamoto2020", ("ja", "en")


# -- Documentation ---------------------------------------------------------------------------------


def test_a_table_without_a_column_that_is_described_is_refused(harbour, harbour_made):
    with pytest.raises(KeyError, match="jaccard"):
        joins.described(
            harbour_made.tables["institution_continuity"].drop(columns="jaccard"),
            "institution_continuity",
            harbour,
        )


def test_every_tidy_table_and_column_is_described_in_both_languages(harbour_made):
    known, described = joins.columns(LANGUAGES)
    for name, frame in harbour_made.tables.items():
        texts = [described[name][f"{what}_{g}"] for what in ("title", "description") for g in ("ja", "en")]
        texts += [t for c in frame for t in (known[c].title.ja, known[c].title.en)]
        assert all(text.strip() for text in texts), name


def test_nothing_is_described_that_is_not_there(harbour_made):
    known, described = joins.columns(LANGUAGES)
    assert set(described) == set(harbour_made.tables)
    assert set(known) == {column for frame in harbour_made.tables.values() for column in frame}


def test_no_table_holds_an_id_twice_where_it_names_a_key(harbour_made, paper_made):
    _, described = joins.columns(LANGUAGES)
    for made in (harbour_made, paper_made):
        for name, frame in made.tables.items():
            if key := described[name].get("key"):
                assert not frame.duplicated(key).any(), name


# -- Bytes -----------------------------------------------------------------------------------------


def test_a_rebuild_is_byte_for_byte_the_same(harbour, harbour_made, book):
    again = load.read(harbour.folder, book)
    state = record.state(again, book)
    files = tables.files(again, tables.make(again, state), state)
    folder = harbour_made.folder / harbour.id
    assert files == {path.name: path.read_bytes() for path in folder.iterdir()}


every_study = pytest.mark.parametrize("study", sorted(p.parent.name for p in paths.RAW.glob("*/study.yaml")))


@every_study
def test_the_committed_tables_of_a_study_are_those_a_rebuild_makes(study, make, book):
    read = load.read(paths.RAW / study, book)
    rebuilt = make(read, crosswalk.read(paths.RAW, read, book)).folder / study
    made = {p.name: p.read_bytes() for p in rebuilt.glob("*")}
    committed = {p.name: p.read_bytes() for p in (paths.PROCESSED / study).glob("*")}
    assert sorted(committed) == sorted(made)
    assert [name for name in made if committed[name] != made[name]] == [], "make data"


@pytest.mark.study
@every_study
def test_the_committed_data_package_of_a_study_is_valid(study, monkeypatch):
    from frictionless import Package

    monkeypatch.chdir(paths.PROCESSED / study)
    report = Package(datapackage.FILE).validate()
    assert report.valid, report.flatten(["title", "message"])


def test_a_data_package_with_a_table_changed_by_hand_is_not_valid(paper_made, tmp_path, monkeypatch):
    from frictionless import Package

    for path in (paper_made.folder / PAPER).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "support_years.csv"
    table.write_text(table.read_text("utf-8").replace(",2010,", ",soon,", 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert not Package(datapackage.FILE).validate().valid


def test_codings_count_the_same_whatever_their_order(harbour, harbour_made, book):
    codings = harbour.tables["codings"]
    turned = replace(harbour, tables={**harbour.tables, "codings": codings.iloc[::-1]})
    made = tables.make(turned, record.state(turned, book))
    for name in ("calls", "issues", "theme_profile"):
        pd.testing.assert_frame_equal(made[name], harbour_made.tables[name])


def test_nothing_of_the_machine_or_the_day_is_in_the_tables(harbour_made):
    folder = harbour_made.folder / "harbour"
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert str(paths.ROOT) not in everything
    assert not re.search(r"20\d\d-\d\d-\d\dT\d\d:", everything)


# -- Verification ----------------------------------------------------------------------------------


def test_rows_changed_since_the_check_are_marked_and_no_others(harbour, book):
    state = VerificationState(Status.CHANGED, "2021-01-01", ("phases.csv line 4", "study.yaml line 2"))
    found = tables.make(harbour, state)["evidence"]
    changed = found.query("level == 'changed'")
    assert list(zip(changed["table"], changed["line"], strict=True)) == [("phases", 4)]
    assert "verified" in set(found["level"])


# -- An empty study ----------------------------------------------------------------------------


def test_an_empty_study_has_every_table_with_all_columns_and_no_rows(empty_made, harbour_made):
    for name, frame in empty_made.tables.items():
        assert list(frame) == list(harbour_made.tables[name]), name
        assert frame.empty or name in ("regions", "evidence"), name
