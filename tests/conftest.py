"""What tests share: the synthetic study, the paper's, small studies made of rows, built projects."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from analysis import paths
from analysis.tidy import read, tables
from analysis.tidy.read import Tables
from analysis.transcribe import crosswalk, load, schema
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema, Table
from analysis.transcribe.study_yaml import meta_of
from analysis.verify import verification_log as record
from analysis.verify.verification_log import VerificationState
from projects import HARBOUR, RIVERTOWNS, STUDIES, Project, copy_project

PAPER = "okamoto2020"
# A test takes as long as the machine is busy; only what it finds counts.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let groups hold: xdist 3.8 names a group in `_nodeid`, where pytest 9.2 no longer looks."""
    for item in items:
        named = getattr(item, "_nodeid", item.nodeid)
        if named != item.nodeid and "@" in named.rpartition("]")[2] and hasattr(item, "_id"):
            item._id = type(item._id).parse(named)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than processors, for most tests wait for other processes; unit tests do not."""
    return (os.cpu_count() or 1) + (config.option.markexpr != "unit")


_BUILDS = {"new_project", "built", "run_notebook", "elsewhere"}  # fixtures that run commands or notebooks
_STUDIES = {"make", "published", "checked"}  # fixtures that make or check a whole study


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what says nothing of itself: `build` or `study` by what it asks for, else `unit`."""
    if not any(item.get_closest_marker(name) for name in ("unit", "study", "build", "browser")):
        asked = set(getattr(item, "fixturenames", ()))
        builds = _BUILDS & asked or item.path.name == "test_setup.py"
        item.add_marker("build" if builds else "study" if _STUDIES & asked else "unit")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare `-m unit` the modules that are of another kind as a whole: importing them takes half its start."""
    if config.option.markexpr != "unit" or collection_path.suffix != ".py":
        return None
    other = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.(study|build)\b", re.MULTILINE)
    return True if other.search(collection_path.read_text("utf-8")) else None


# -- Studies ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def book() -> Schema:
    """The schema of the tables."""
    return schema.load()


@pytest.fixture(scope="session")
def harbour(book) -> Study:
    """The synthetic study: three regions, six phases, one scale, no common issue."""
    return load.read(HARBOUR, book)


@pytest.fixture(scope="session")
def paper(book) -> Study:
    """The study that the project transcribes."""
    return load.read(paths.RAW / PAPER, book)


@dataclass(frozen=True)
class Made:
    """A study with its tidy tables, and the same as a notebook opens them."""

    study: Study
    tables: Mapping[str, pd.DataFrame]
    state: VerificationState
    folder: Path

    @property
    def data(self) -> Tables:
        """The tidy tables read back from files, as a notebook gets them."""
        return read.open_tables(self.study.id, "en", self.folder)


def write(study: Study, book: Schema, folder: Path, joined: pd.DataFrame | None = None) -> Made:
    """Make the tidy tables of a study and write them into a folder of its name."""
    state = record.state(study, book)
    frames = tables.make(study, state, joined)
    (folder / study.id).mkdir()
    for name, content in tables.files(study, frames, state).items():
        (folder / study.id / name).write_bytes(content)
    return Made(study, frames, state, folder)


@pytest.fixture(scope="session")
def make(book, tmp_path_factory) -> Callable[[Study], Made]:
    """Make the tidy tables of a study and write them outside the project."""

    def made(study: Study, joined: pd.DataFrame | None = None) -> Made:
        return write(study, book, tmp_path_factory.mktemp("processed"), joined)

    return made


@pytest.fixture(scope="session")
def harbour_made(harbour, make) -> Made:
    return make(harbour)


@pytest.fixture(scope="session")
def rivertowns(book) -> Study:
    """The synthetic study in English: four regions, two scales, two coders, and no phase at all."""
    return load.read(RIVERTOWNS, book)


@pytest.fixture(scope="session")
def rivertowns_made(rivertowns, make) -> Made:
    return make(rivertowns)


@pytest.fixture(scope="session")
def paper_made(paper, make) -> Made:
    return make(paper)


@pytest.fixture(scope="session")
def side_by_side(book, make) -> Callable[[str, str, Path], tuple[Tables, Tables]]:
    """Two studies of a folder as a notebook opens them, the first leading."""

    def opened(first: str, second: str, folder: Path) -> tuple[Tables, Tables]:
        studies = [load.read(folder / name, book) for name in (first, second)]
        return tuple(make(s, crosswalk.read(folder, s, book)).data for s in studies)

    return opened


@pytest.fixture(scope="session")
def harbour_beside(side_by_side) -> tuple[Tables, Tables]:
    """The synthetic study and its public records."""
    return side_by_side("harbour", "harbour-records", STUDIES)


@pytest.fixture(scope="session")
def paper_beside(side_by_side) -> tuple[Tables, Tables]:
    """The paper and the public records about its regions."""
    return side_by_side(PAPER, "public-records", paths.RAW)


@pytest.fixture(scope="session")
def empty_made(harbour, make) -> Made:
    """The synthetic study with no row in any table but the regions."""
    empty = {name: t if name == "regions" else t.iloc[:0] for name, t in harbour.tables.items()}
    return make(replace(harbour, tables=empty))


Rows = Iterable[Mapping[str, object]]


@pytest.fixture(scope="session")
def small(book, tmp_path_factory) -> Callable[..., Study]:
    """Make a study of a few rows: `small(projects=[{"id": "a", "region": "north"}])`.

    Columns that are not given are empty, labels are the id. Regions named anywhere exist, in the
    order of `regions`; sections are 1, 2 (considerations) and 3 (recommendations). Coders are
    declared as they are used.
    """
    folder = tmp_path_factory.mktemp("small")
    (folder / "study.yaml").write_text("id: small\n", "utf-8")
    sections = (
        {"id": "1", "title": "一", "title_en": "One"},
        {"id": "2", "title": "二", "title_en": "Two", "role": "considerations"},
        {"id": "3", "title": "三", "title_en": "Three", "role": "recommendations"},
    )

    def study(
        *, regions: Iterable[str] = ("north", "south"), year: int = 2020, kind="document", **rows: Rows
    ) -> Study:
        rows = {"regions": [{"id": r, "name_ja": r, "name_en": r.title()} for r in regions]} | rows
        named = dict.fromkeys(row["coder"] for table in rows.values() for row in table if row.get("coder"))
        said = {"made": "person", "date": "2020", "how_ja": "読んだ", "how_en": "Read"}
        coders = [{"id": c, "name_ja": c, "name_en": c.title(), **said} for c in named]
        about = {
            "id": "small",
            "title_ja": "小",
            "title_en": "Small",
            "venue_ja": "誌",
            "venue_en": "Journal",
        }
        about |= {"year": year, "language": "ja", "rights_ja": "CC0", "rights_en": "CC0", "kind": kind}
        about |= {"authors": [{"name_ja": "人", "name_en": "One"}], "regions": list(regions)}
        meta = meta_of(about | {"sections": sections, "normaliser": "ja-1", "coders": coders})
        unknown = set(rows) - set(book.tables)
        assert not unknown, f"no such tables: {unknown}"
        tables = {name: frame(table, rows.get(name, ()), kind) for name, table in book.tables.items()}
        return Study("small", folder, meta, tables)

    return study


def frame(table: Table, rows: Rows, kind: str) -> pd.DataFrame:
    """Rows as `load.read` types them."""
    fields = {f.name: f for f in table.fields_for(kind)}
    blank = dict.fromkeys(fields, "")
    filled = []
    for number, row in enumerate(rows, 1):
        assert set(row) <= set(fields), f"{table.name} has no {set(row) - set(fields)}"
        identifier = row.get("id", f"{table.name}-{number}")
        labels = {
            c: identifier
            for c in ("label_ja", "label_en", "short_ja", "short_en", "statement_ja", "statement_en")
            if c in fields
        }
        stated = {"basis": "stated"} if "basis" in fields else {}
        filled.append(blank | labels | stated | {"id": identifier} | dict(row))
    lines = pd.RangeIndex(2, 2 + len(filled), name="line")
    made = pd.DataFrame(filled, columns=list(fields), index=lines).astype("str")
    numbers = {"integer": "Int64", "number": "float64"}
    return made.assign(
        **{
            name: pd.to_numeric(made[name].where(made[name] != "")).astype(numbers[field.type])
            for name, field in fields.items()
            if field.type in numbers
        }
    )


# -- Notebooks -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def run_notebook(harbour_made) -> Callable:
    """Run a notebook of the project on the synthetic study: `run_notebook("03_issues", language="ja")`.

    Further arguments are parameters of the notebook; `source` is a changed notebook to run instead.
    """
    from shown import shown_by

    def run(notebook: str, *, language: str, source: Mapping | None = None, **parameters: object):
        given = {"study": harbour_made.study.id, "language": language} | parameters
        return shown_by(notebook, given, harbour_made.folder, source=source)

    return run


@pytest.fixture(scope="session")
def processed(book, tmp_path_factory) -> Path:
    """A folder with the tidy tables of the paper, the synthetic studies, and what stands beside them."""
    folder = tmp_path_factory.mktemp("all")
    kept = [paths.RAW / PAPER, paths.RAW / "public-records", HARBOUR, STUDIES / "harbour-records", RIVERTOWNS]
    for raw in kept:
        study = load.read(raw, book)
        write(study, book, folder, crosswalk.read(raw.parent, study, book))
    return folder


# -- Projects in a folder of their own -------------------------------------------------------------


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Project]:
    """Make a copy of the project with the synthetic study as its only one."""
    return copy_project


@pytest.fixture(scope="session")
def built(new_project, tmp_path_factory) -> Project:
    """The project with the synthetic study's whole report built; tests copy it to change it.

    Tests that ask for it belong to the group `report`, so that one worker builds it once.
    """
    project = new_project(tmp_path_factory.mktemp("built") / "project")
    done = project.run("report")
    assert done.returncode == 0, done.stderr[-2000:]
    return project
