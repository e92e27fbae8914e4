"""A German study of an invented paper: all of it stands in its source, and nothing else would."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import shutil
import sys
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from analysis import import_workbook, paths
from analysis.transcribe import load, schema, workbook
from analysis.verify import passages, verify
from analysis.verify.check_cells import CellVerdict
from analysis.verify.passages import PassageVerdict

pytestmark = pytest.mark.study

FOLDER = paths.ROOT / "tests" / "studies" / "hafenstaedte"
SOURCE = FOLDER / "source.txt"
TODAY = date(2024, 5, 17)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> load.Study:
    """The study as it would lie in a project: without its source, and how its passages were cut."""
    folder = tmp_path_factory.mktemp("german") / FOLDER.name
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("source.txt", "pieces.yaml"))
    return load.read(folder)


@pytest.fixture(scope="module")
def benchmark():
    """The measuring script, as a module."""
    script = paths.ROOT / "benchmarks" / "verification.py"
    spec = importlib.util.spec_from_file_location("verification_of_german", script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def checked(study: load.Study, tmp_path: Path, text: str) -> verify.Report:
    source = tmp_path / "source.txt"
    source.write_text(text, "utf-8")
    return verify.check(study, source, today=TODAY)


def test_every_altered_cell_is_found_out(study, benchmark):
    words = schema.load(languages=study.meta.languages)
    fates = benchmark.tried(study, SOURCE.read_text("utf-8"), words, list(benchmark.mutations(study, words)))
    survivors = [str(killed.mutation) for killed in fates if killed.how == "survived"]
    assert not survivors, "\n".join(survivors)
    assert {"number", "date", "period", "grade", "text"} <= {killed.mutation.kind for killed in fates}


def test_every_altered_character_of_a_passage_is_found_out(study, benchmark):
    verdicts = benchmark.altered_passages(study, SOURCE.read_text("utf-8"), rounds=3)
    assert "digit" in verdicts
    for name, counts in verdicts.items():
        assert set(counts) <= {PassageVerdict.NEAR, PassageVerdict.MISSING}, name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("die Note 4", "die Note 5"),
        ("auf 64 Prozent", "auf 46 Prozent"),
        ("am 14. Februar 2014", "am 15. Februar 2014"),
        ("das Projekt „Leise Schrauben“", "das Projekt „Laute Schrauben“"),
        ("412    398    371", "412    398    317"),
        ("rund 86,5\nMio.", "rund 68,5\nMio."),
        ("H.: Nachbarn am Kai", "H.: Nachbarn im Kai"),
    ],
)
def test_a_figure_grade_date_or_name_altered_in_the_text_is_caught(study, tmp_path, old, new):
    text = SOURCE.read_text("utf-8")
    assert old in text
    report = checked(study, tmp_path, text.replace(old, new))
    assert not report.ok
    assert len([p for p in report.passages if p.place.verdict != PassageVerdict.EXACT]) == 1


def test_every_passage_and_cell_stands_in_the_source(study, tmp_path):
    report = checked(study, tmp_path, SOURCE.read_text("utf-8"))
    assert report.ok, "\n".join(report.render())
    assert Counter(cell.verdict for cell in report.cells) == {CellVerdict.FOUND: 308, CellVerdict.INFERRED: 1}


def test_every_cell_stands_there_where_the_source_is_set_anew(study, tmp_path):
    """One blank for many: what a program gives that does not keep the layout of a table."""
    text = re.sub("(?<=[^ ]) +", " ", SOURCE.read_text("utf-8"))
    assert checked(study, tmp_path, text).ok


def test_the_study_is_what_a_workbook_filled_in_with_first_words_gives(study, tmp_path):
    """No CSV file is opened: fingerprints, parts and pages come from the source."""
    words = schema.load(languages=study.languages)
    folder = tmp_path / "raw" / FOLDER.name
    shutil.copytree(study.folder, folder)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    text, titles = SOURCE.read_text("utf-8"), {s.id: s.title for s in study.meta.sections if s.printed}
    found = passages.propose_all(text, study.meta.normaliser, titles)
    sentences = [(each.section, each.page, each.text) for each in found]
    book = load_workbook(io.BytesIO(workbook.write(folder, words, study.meta, "de", sentences)))
    first = yaml.safe_load((FOLDER / "pieces.yaml").read_text("utf-8"))
    for name in {path.stem for path in folder.glob("*.csv")}:
        header = [cell.value for cell in book[name][1]]
        for number, row in enumerate(
            csv.DictReader(io.StringIO((FOLDER / f"{name}.csv").read_text("utf-8"))), 2
        ):
            cells = row
            if name == "passages":
                made = ("opening", "chars", "sha256", "part", "page")
                cells = {k: v for k, v in row.items() if k not in made} | {"words": first[row["id"]][0]}
            for column, value in cells.items():
                book[name].cell(number, header.index(column) + 1, value or None)
    book.save(tmp_path / "filled.xlsx")
    locate = partial(passages.propose, text, normaliser=study.meta.normaliser, titles=titles)
    import_workbook.into(folder, tmp_path / "filled.xlsx", words, "document", locate)
    for path in sorted(study.folder.glob("*.csv")):
        assert (folder / path.name).read_text("utf-8") == path.read_text("utf-8"), path.name
