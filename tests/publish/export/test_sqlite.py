"""The SQLite file: every table and cell, every id a foreign key, nothing of who wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest

from analysis import paths
from analysis.publish.export import sqlite
from analysis.transcribe import load
from analysis.transcribe.validators import SUBJECTS

pytestmark = [pytest.mark.study, pytest.mark.xdist_group("sqlite")]  # one worker makes the files


@pytest.fixture(scope="module")
def opened(book):
    """Write a study's file and open it, in memory."""

    def open_(made) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(sqlite.database(made.study, book, made.data))
        return connection

    return open_


@pytest.fixture(scope="module")
def records_made(make, book):
    """The public records: a study without passages, whose rows have addresses."""
    return make(load.read(paths.RAW / "public-records", book))


@pytest.fixture(scope="module")
def bare_made(make, small):
    """A study with no row in any table."""
    return make(small(regions=()))


@pytest.fixture(scope="module", params=["harbour_made", "paper_made", "records_made", "bare_made"])
def made(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def database(made, opened) -> Iterator[sqlite3.Connection]:
    with closing(opened(made)) as connection:
        yield connection


def names(database, kind: str) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = ?", [kind])}


def columns(database, table: str) -> list[str]:
    """The columns of a table that are stored, in order."""
    return [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]


def foreign(database, table: str) -> set[tuple[str, str, str]]:
    """The foreign keys of a table: column, table and column it leads to."""
    return {(row[3], row[2], row[4]) for row in database.execute(f'PRAGMA foreign_key_list("{table}")')}


def cells(frame: pd.DataFrame) -> list[tuple]:
    """A frame's rows with None for what is empty."""
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [tuple(None if pd.isna(c) or c == "" else c for c in row) for row in rows]


# -- What must not get in --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("projects", "region"),
        ("stages", "phase"),
        ("statements", "passages"),
        ("issues", "scope"),
        ("codings", "record"),
        ("statements", "subject"),
        ("passages", "section"),
        ("evaluations", "scale"),
        ("statements", "reference"),
    ],
)
def test_an_id_that_names_nothing_makes_no_file(harbour_made, book, table, column):
    frame = harbour_made.study.tables[table].copy()
    frame.loc[frame.index[0], column] = "nothing-of-this-name"
    if column == "subject":
        frame.loc[frame.index[0], "subject_type"] = "region"
    study = replace(harbour_made.study, tables={**harbour_made.study.tables, table: frame})
    with pytest.raises(ValueError, match="ids that name nothing"):
        sqlite.database(study, book, harbour_made.data)


def test_a_value_outside_its_vocabulary_is_refused_by_the_file_itself(opened, harbour_made):
    with (
        closing(opened(harbour_made)) as file,
        pytest.raises(sqlite3.IntegrityError, match="CHECK"),
    ):
        file.execute("UPDATE events SET kind = 'party'")


# -- Tables ----------------------------------------------------------------------------------------


def test_the_file_is_whole_and_no_key_leads_nowhere(database):
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_transcribed_table_has_its_columns_and_cells(database, made):
    for name, frame in made.study.tables.items():
        assert columns(database, name) == list(frame.columns), name
        listed = ", ".join(f'"{column}"' for column in frame.columns)
        assert database.execute(f'SELECT {listed} FROM "{name}"').fetchall() == cells(frame), name


def test_every_tidy_table_has_its_columns_and_cells(database, made):
    for name in made.tables:
        frame = made.data.raw(name)
        assert columns(database, f"tidy_{name}") == list(frame.columns), name
        assert database.execute(f"SELECT * FROM tidy_{name}").fetchall() == cells(frame), name


def test_numbers_are_numbers(opened, paper_made):
    with closing(opened(paper_made)) as file:
        types = file.execute("SELECT DISTINCT typeof(value), typeof(as_of) FROM indicators").fetchall()
        assert types == [("real", "text")]
        assert file.execute("SELECT DISTINCT typeof(number) FROM phases").fetchall() == [("integer",)]


def test_the_study_its_authors_sections_and_regions_are_there_in_order(database, made):
    meta = made.study.meta
    assert database.execute("SELECT id, title_ja, year, kind FROM study").fetchall() == [
        (meta.id, meta.title_ja, meta.year, meta.kind)
    ]
    query = "SELECT {} FROM {} ORDER BY position"
    assert database.execute(query.format("name_en", "authors")).fetchall() == [
        (author.name_en,) for author in meta.authors
    ]
    assert database.execute(query.format("id", "sections")).fetchall() == [
        (section.id,) for section in meta.sections
    ]
    assert database.execute(query.format("region", "region_order")).fetchall() == [
        (region,) for region in meta.regions
    ]


def test_every_stored_column_is_in_the_dictionary_in_both_languages(database, made):
    titles = {
        (t, c): (ja, en)
        for t, c, ja, en in database.execute(
            "SELECT table_name, column_name, title_ja, title_en FROM dictionary"
        )
    }
    for table in (*made.study.tables, *(f"tidy_{name}" for name in made.tables)):
        assert all(all(titles[table, column]) for column in columns(database, table)), table


# -- Keys ------------------------------------------------------------------------------------------


def test_every_row_is_known_by_its_key(database, made):
    for name in made.study.tables:
        keys = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")') if row[5]]
        assert keys == ["id"], name


def test_every_reference_of_the_schema_is_a_foreign_key(database, made, book):
    kind, checked = made.study.meta.kind, 0
    for name, table in book.tables.items():
        for field in table.fields_for(kind):
            if not field.references:
                continue
            checked += 1
            if field.many:
                parent = field.target[0]
                links = {("record", name, "id"), (parent.removesuffix("s"), parent, "id")}
                assert foreign(database, f"{name}_{parent}") == links
            elif field.references.startswith("by "):
                decides = table.field(field.references.removeprefix("by "), kind)
                for value in book.values(decides):
                    parent = SUBJECTS.get(value, value)
                    if parent in book.tables:
                        key = (f"{field.name}_{value}", parent, "id")
                        assert key in foreign(database, name)
            elif " or " in field.references:
                parent, _ = field.references.split(" or ")
                key = (f"{field.name}_{parent.removesuffix('s')}", parent, "id")
                assert key in foreign(database, name)
            else:
                parent, column = field.target or ("sections", "id")
                parent = parent if column == "id" else f"{parent}_{column}"
                assert (field.name, parent, column) in foreign(database, name)
    assert checked > 20


def test_a_list_of_ids_is_a_table_of_links_in_their_order(database, made, book):
    kind = made.study.meta.kind
    for name, table in book.tables.items():
        for field in (f for f in table.fields_for(kind) if f.many or f.name == "address"):
            linked = f"{name}_{field.target[0] if field.many else 'addresses'}"
            links = database.execute(f'SELECT * FROM "{linked}"').fetchall()
            rows = made.study.tables[name]
            assert links == [
                (row, n, each)
                for row, cell in zip(rows["id"], rows[field.name], strict=True)
                for n, each in enumerate(cell.split(), 1)
            ]


def test_an_id_leads_to_the_table_that_its_row_says(opened, paper_made):
    with closing(opened(paper_made)) as file:
        found = file.execute(
            "SELECT count(*), count(subject_region), count(subject_evaluation),"
            " count(subject_programme), count(subject_literature)"
            " FROM statements"
        ).fetchone()
        kinds = paper_made.study.tables["statements"]["subject_type"]
        assert found == (
            len(kinds),
            *((kinds == kind).sum() for kind in ("region", "evaluation", "programme", "literature")),
        )
        assert file.execute(
            "SELECT count(*) FROM issues WHERE scope_region IS NULL AND scope <> 'common'"
        ).fetchone() == (0,)


# -- Views -----------------------------------------------------------------------------------------


def test_every_view_can_be_read(database):
    assert len(names(database, "view")) == 5
    for view in names(database, "view"):
        assert [d[0] for d in database.execute(f"SELECT * FROM {view}").description]


def test_every_statement_stands_with_its_themes_and_passages(opened, harbour_made):
    study = harbour_made.study
    codings = study.tables["codings"].query("record_type == 'statements'")
    order = list(study.tables["themes"]["id"])
    with closing(opened(harbour_made)) as file:
        found = {row[0]: row[1:] for row in file.execute("SELECT id, themes, passages FROM statement_themes")}
    for row in study.tables["statements"].itertuples():
        themes = sorted(set(codings.loc[codings["record"] == row.id, "theme"]), key=order.index)
        assert found[row.id] == (" ".join(themes) or None, row.passages)


def test_every_grade_stands_with_its_project_region_and_programme(database, made):
    rows = database.execute(
        "SELECT id, project_ja, region_ja, programme_en, grade, rank FROM grade_projects ORDER BY id"
    ).fetchall()
    tidy = made.data.raw("grades").sort_values("record")
    assert rows == cells(tidy[["record", "project_ja", "region_ja", "programme_en", "grade", "rank"]])


def test_the_places_of_all_records_are_one_view(opened, paper_made, records_made):
    with closing(opened(paper_made)) as file:
        (found,) = file.execute("SELECT count(*) FROM record_passages").fetchone()
    cited = [
        t["passages"].str.split().str.len().sum() for t in paper_made.study.tables.values() if "passages" in t
    ]
    assert found == sum(cited)
    with closing(opened(records_made)) as file:
        assert file.execute(
            "SELECT count(*) FROM record_addresses WHERE address NOT LIKE 'http%'"
        ).fetchone() == (0,)


# -- Bytes -----------------------------------------------------------------------------------------


def test_nothing_of_the_library_that_wrote_it_is_in_the_header(made, book):
    content = sqlite.database(made.study, book, made.data)
    assert content[:16] == b"SQLite format 3\0"
    assert int.from_bytes(content[16:18], "big") == 4096
    assert content[24:28] == bytes(4)
    assert content[92:100] == bytes(8)


def test_the_file_can_be_written_to_by_others(made, book, tmp_path):
    path = tmp_path / "study.sqlite"
    path.write_bytes(sqlite.database(made.study, book, made.data))
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE own (id)")
        file.commit()
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
