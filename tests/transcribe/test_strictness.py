"""How strict and how patient the check is: measured on whole studies, as in `benchmarks/`.

Runs on the invented study of the tests, and on the real paper where its text is at hand: named by
the environment variable ANALYSIS_SOURCE, or beside the project at ../shared/source/.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from analysis import paths
from analysis.transcribe import load
from analysis.transcribe import schema as schemas
from analysis.verify import sources, verify
from analysis.verify.check_cells import Cells, CellVerdict
from analysis.verify.passages import PassageVerdict, locate
from analysis.verify.source_text import SourceText

SCRIPT = paths.ROOT / "benchmarks" / "verification.py"
TODAY = date(2024, 5, 17)
_PAPER = "okamoto2020"
_SOURCE = Path(os.environ.get("ANALYSIS_SOURCE") or paths.ROOT.parent / "shared" / "source" / f"{_PAPER}.txt")

# What the check lets pass in the paper, each looked at: the sentence on what the body in the row
# did, or grew from, names the other one too.
EXPLAINED = {
    ("participations", "institution", "hamamatsu-chamber", "meti"),
    ("participations", "institution", "kobe-promotion-body", "medical-foundation"),
}


def explained(mutation) -> bool:
    """Whether the source does give, at that place, what the altered cell says."""
    # The year of a start is printed; that nothing is printed of its end is not printed either.
    if mutation.kind == "period" and mutation.before == f"{mutation.after}/":
        return True
    named = (mutation.table, mutation.column, mutation.before, mutation.after)
    return named in EXPLAINED


@pytest.fixture(scope="module")
def benchmark():
    """The measuring script, as a module."""
    spec = importlib.util.spec_from_file_location("verification_benchmark", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Checked:
    study: load.Study
    text: str


@pytest.fixture(scope="module", params=["invented", "paper"])
def checked(request) -> Checked:
    if request.param == "invented":
        folder = paths.ROOT / "tests" / "studies" / "harbour"
        return Checked(load.read(folder), (folder / "source.txt").read_text("utf-8"))
    if not _SOURCE.exists():
        pytest.skip(f"the paper's text is not at hand (ANALYSIS_SOURCE, or {_SOURCE.name} in ../shared)")
    return Checked(load.read(paths.RAW / _PAPER), sources.read(_SOURCE).text)


def test_everything_stands_in_the_source(checked, tmp_path):
    path = tmp_path / "source.txt"
    path.write_text(checked.text, "utf-8")
    report = verify.check(checked.study, path, today=TODAY)
    assert report.ok, "\n".join(map(str, report.problems))


def test_every_altered_cell_is_found_out(checked, benchmark):
    schema = schemas.load()
    chosen = list(_sampled(benchmark.mutations(checked.study, schema)))
    fates = benchmark.tried(checked.study, checked.text, schema, chosen)
    survivors = [
        str(killed.mutation)
        for killed in fates
        if killed.how == "survived" and not explained(killed.mutation)
    ]
    assert not survivors, "\n".join(survivors)
    assert len({killed.mutation.kind for killed in fates}) >= 9
    assert Counter(killed.how for killed in fates)["NOT_FOUND"] > 0.9 * len(fates)


def _sampled(mutations):
    """All mutations, but of those of texts, of which there are thousands, every seventh."""
    for number, mutation in enumerate(mutations):
        if mutation.kind != "text" or number % 7 == 0:
            yield mutation


def test_every_class_of_characters_counts(checked, benchmark):
    verdicts = benchmark.altered_passages(checked.study, checked.text, rounds=3)
    assert {"kanji", "hiragana", "katakana", "digit", "comma and stop", "bracket"} <= set(verdicts)
    for name, counts in verdicts.items():
        assert set(counts) <= {PassageVerdict.NEAR, PassageVerdict.MISSING}, name


def test_no_layout_hides_a_passage_or_a_cell(checked, benchmark):
    rows = benchmark.noise_table(checked.study, checked.text)
    assert len(rows) > 20
    hidden = [row for row in rows if row[1] < row[2] or row[3] < row[4]]
    assert not hidden, hidden


def test_almost_all_of_the_source_stands_in_records(checked, tmp_path):
    path = tmp_path / "source.txt"
    path.write_text(checked.text, "utf-8")
    report = verify.check(checked.study, path, today=TODAY)
    parts = [share for share in report.coverage.sections if share.section not in {"title", "1"}]
    chars = sum(share.chars for share in parts)
    assert sum(share.recorded + share.reasoned for share in parts) >= 0.97 * chars
    assert sum(share.reasoned for share in parts) <= 0.15 * chars


def test_the_cost_grows_with_the_source_and_not_with_its_square(benchmark, checked):
    """Counted in calls, not in seconds: twice the passages, twice the calls."""
    if checked.study.id == _PAPER:
        pytest.skip("measured once, on generated studies")
    calls = {}
    for passages in (100, 200):
        study, text = benchmark.generated(passages, checked.study)
        calls[passages] = _calls_of(lambda s=study, t=text: _checked(benchmark, s, t))
    assert calls[200] < 2.2 * calls[100]


def _checked(benchmark, study, text) -> None:
    layout = SourceText(text, study.meta.normaliser)
    places = locate(benchmark._prints(study), layout)
    assert all(place.verdict == PassageVerdict.EXACT for place in places)
    by_id = dict(zip(study.tables["passages"]["id"], places, strict=True))
    cells = list(Cells(study, schemas.load(), layout, by_id).results())
    assert all(cell.verdict == CellVerdict.FOUND for cell in cells)


def _calls_of(work) -> int:
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
