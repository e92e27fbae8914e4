"""The tidy tables: documented in full, the same bytes on every rebuild, as committed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis import paths
from analysis.build import data
from analysis.tidy import findings, issues, tables, tidy, together
from analysis.transcribe import crosswalk, load
from analysis.verify import verification_log as record
from analysis.verify.verification_log import Status, VerificationState

PAPER = "okamoto2020"


# -- Documentation ---------------------------------------------------------------------------------


def test_a_table_with_a_column_that_nobody_described_is_refused(harbour, book, monkeypatch):
    real = tables.phases.phase_spans
    monkeypatch.setattr(tables.phases, "phase_spans", lambda study: real(study).assign(extra=""))
    with pytest.raises(KeyError, match="phase_spans: data/schema.yaml describes"):
        tidy.tidy(harbour, book, record.state(harbour, book))


def test_every_tidy_table_and_column_is_described_in_both_languages(harbour_made):
    known, described = tidy.columns()
    for name, frame in harbour_made.tables.items():
        texts = [described[name][f"{what}_{g}"] for what in ("title", "description") for g in ("ja", "en")]
        texts += [t for c in frame for t in (known[c].title_ja, known[c].title_en)]
        assert all(text.strip() for text in texts), name


def test_nothing_is_described_that_is_not_there(harbour_made, harbour_beside):
    known, described = tidy.columns()
    assert set(described) == set(harbour_made.tables)
    there = {column for frame in harbour_made.tables.values() for column in frame}
    lead, *others = harbour_beside
    for shown in (findings.recurring_statements(lead), together.comparisons(lead, others)):
        there |= set(shown)
    assert set(known) - there == set()


def test_no_table_holds_an_id_twice_where_it_names_a_key(harbour_made, paper_made):
    _, described = tidy.columns()
    for made in (harbour_made, paper_made):
        for name, frame in made.tables.items():
            if key := described[name].get("key"):
                assert not frame.duplicated(key).any(), name


# -- Bytes -----------------------------------------------------------------------------------------


def test_a_rebuild_is_byte_for_byte_the_same(harbour, harbour_made, book):
    again = load.read(harbour.folder, book)
    state = record.state(again, book)
    files = tidy.as_files(again, tidy.tidy(again, book, state), state, "")
    folder = harbour_made.folder / harbour.id
    assert files == {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module", params=sorted(p.parent.name for p in paths.RAW.glob("*/study.yaml")))
def rebuilt(request, make, book):
    """Every study of the project, its tidy tables made anew."""
    study = load.read(paths.RAW / request.param, book)
    return make(study, crosswalk.read(paths.RAW, study, book))


def test_the_committed_tables_of_a_study_are_those_a_rebuild_makes(rebuilt):
    study = rebuilt.study.id
    made = {p.name: p.read_bytes() for p in (rebuilt.folder / study).glob("*.csv")}
    committed = {p.name: p.read_bytes() for p in (paths.PROCESSED / study).glob("*.csv")}
    assert sorted(committed) == sorted(made)
    assert [name for name in made if committed[name] != made[name]] == [], "make data"


def test_the_committed_description_of_a_studys_tables_is_up_to_date(rebuilt):
    study = rebuilt.study.id
    made = json.loads((rebuilt.folder / study / tidy.DESCRIPTOR).read_text("utf-8"))
    committed = json.loads((paths.PROCESSED / study / tidy.DESCRIPTOR).read_text("utf-8"))
    assert committed == made | {"made_from": data.made_from(study)}, "make data"


def test_the_committed_data_package_of_a_study_is_valid(rebuilt, monkeypatch):
    from frictionless import Package

    monkeypatch.chdir(paths.PROCESSED / rebuilt.study.id)
    report = Package(tidy.DESCRIPTOR).validate()
    assert report.valid, report.flatten(["title", "message"])


def test_a_data_package_with_a_table_changed_by_hand_is_not_valid(paper_made, tmp_path, monkeypatch):
    from frictionless import Package

    for path in (paper_made.folder / PAPER).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "support_gaps.csv"
    table.write_text(table.read_text("utf-8").replace(",2010,", ",soon,", 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert not Package(tidy.DESCRIPTOR).validate().valid


def test_codings_count_the_same_whatever_their_order(harbour, harbour_made, book):
    codings = harbour.tables["codings"]
    turned = replace(harbour, tables={**harbour.tables, "codings": codings.iloc[::-1]})
    pd.testing.assert_frame_equal(issues.outlook(turned, book), harbour_made.tables["outlook"])


def test_nothing_of_the_machine_or_the_day_is_in_the_tables(harbour_made):
    folder = harbour_made.folder / "harbour"
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert str(paths.ROOT) not in everything
    assert not re.search(r"20\d\d-\d\d-\d\dT\d\d:", everything)


# -- Verification ----------------------------------------------------------------------------------


def test_rows_changed_since_the_check_are_marked_and_no_others(harbour, book):
    state = VerificationState(Status.CHANGED, "2021-01-01", ("phases.csv line 4", "study.yaml line 2"))
    found = tidy.tidy(harbour, book, state)["evidence"]
    changed = found.query("level == 'changed'")
    assert list(zip(changed["table"], changed["line"], strict=True)) == [("phases", 4)]
    assert "verified" in set(found["level"])


# -- An empty study, and reading back --------------------------------------------------------------


def test_an_empty_study_has_every_table_with_all_columns_and_no_rows(empty_made, harbour_made):
    for name, frame in empty_made.tables.items():
        assert list(frame) == list(harbour_made.tables[name]), name
        assert frame.empty or name in ("regions", "evidence"), name


def test_what_is_read_back_is_what_was_made(harbour_made):
    for name, frame in harbour_made.tables.items():
        read = getattr(harbour_made.data, name)
        expected = frame.reset_index(drop=True)
        pd.testing.assert_frame_equal(read, expected, check_dtype=False)


def test_a_table_that_is_not_there_is_named_with_those_that_are(harbour_made):
    with pytest.raises(AttributeError, match="no tidy table 'letters'; there are phase_spans"):
        harbour_made.data.letters  # noqa: B018


def test_a_study_without_tidy_tables_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        tidy.read("nothing", tmp_path)
