"""Verifying a study: what is wrong is told with its place, what is right is recorded."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from analysis.transcribe import load
from analysis.transcribe import schema as schemas
from analysis.transcribe.normaliser import normalise
from analysis.transcribe.problems import StudyError
from analysis.verify import verification_log as record
from analysis.verify import verify
from analysis.verify.passages import Fingerprint, fingerprint

pytestmark = pytest.mark.study

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour"
TODAY = date(2024, 5, 17)


@dataclass(frozen=True)
class Copy:
    """A copy of the invented study and its source, to break."""

    folder: Path
    source: Path
    read: load.Study  # as it was copied
    changed: list[str] = field(default_factory=list)  # tables

    def set(self, table: str, row: str, **cells: str) -> None:
        self.changed.append(table)
        path = self.folder / f"{table}.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        next(cells_ for cells_ in rows if cells_["id"] == row).update(cells)
        written = io.StringIO()
        writer = csv.DictWriter(written, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(written.getvalue(), "utf-8")

    def rewrite(self, old: str, new: str) -> None:
        text = self.source.read_text("utf-8")
        assert old in text
        self.source.write_text(text.replace(old, new), "utf-8")

    def check(self) -> verify.Report:
        return verify.check(self.study, self.source, today=TODAY)

    @property
    def read_as_it_is(self) -> load.Study:
        """The study with the files as they are now, whose cells nobody has looked at again."""
        return replace(self.read, folder=self.folder)

    @property
    def study(self) -> load.Study:
        """The study as it is now; reading it takes a second, so only when a table has changed."""
        return load.read(self.folder) if self.changed else replace(self.read, folder=self.folder)


@pytest.fixture(scope="module")
def read() -> load.Study:
    return load.read(HARBOUR)


@pytest.fixture
def harbour(tmp_path, read) -> Copy:
    folder = tmp_path / "harbour"
    shutil.copytree(HARBOUR, folder)
    source = (folder / "source.txt").rename(tmp_path / "source.txt")
    return Copy(folder, source, read)


def the_problem(report: verify.Report) -> str:
    assert not report.ok
    (problem,) = report.problems
    return str(problem)


# --- what is wrong ------------------------------------------------------------------------------
def test_a_wrong_date_is_told_with_what_the_passage_prints(harbour):
    harbour.set("phases", "phase-2", period="1988-04/1995-12")
    problem = the_problem(harbour.check())
    assert "phases.csv:3: period: found '1988-04/1995-12'" in problem
    assert re.search(r"s2-02 s2-13 \(source lines \d+, \d+\) prints: 1988-04/1994-12", problem)


def test_a_row_on_the_wrong_passage_is_told_where_its_values_stand(harbour):
    harbour.set("plans", "plan-2", passages="s2-09")
    problems = [str(problem) for problem in harbour.check().problems]
    assert problems
    assert all(
        "plans.csv:3" in problem and "cite where it does stand: s2-08" in problem
        for problem in problems
        if "label_ja" in problem or "decided" in problem
    )


def test_a_value_that_stands_in_no_passage_is_told_by_its_line(harbour):
    harbour.rewrite("灯野渚（架空港湾研究所）", "灯野渚（架空港湾研究所）1999年5月")
    harbour.set("plans", "plan-2", decided="1999-05")
    assert "cite where it does stand: line 3" in the_problem(harbour.check())


def test_a_wrong_grade_and_a_wrong_region_are_found(harbour):
    harbour.set("evaluations", "aoura-slipway-final", grade="A")
    harbour.set("indicators", "aoura-firms", region="shiomi")
    problems = "\n".join(map(str, harbour.check().problems))
    assert "evaluations.csv:3: grade: found 'A'" in problems
    assert "indicators.csv:2: region: found 'shiomi' (汐見)" in problems


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("芽生えの段階", "芽ばえの段階", "sha256: found NEAR '岸壁更新政策は"),
        ("岸壁更新政策は", "岸辺更新政策は", "opening: found MISSING '岸壁更新政策は"),
    ],
)
def test_an_altered_source_makes_its_passages_near_or_missing(harbour, old, new, verdict):
    harbour.rewrite(old, new)
    problems = [str(problem) for problem in harbour.check().problems]
    assert any(re.search(rf"passages.csv:\d+: {verdict}", problem) for problem in problems)
    assert any("stages.csv:2" in problem for problem in problems)


def test_a_passage_that_stands_twice_is_ambiguous(harbour):
    text = harbour.source.read_text("utf-8")
    start = text.index("2001年4月に水辺庁")
    harbour.source.write_text(text + "\n" + text[start : text.index("た。", start) + 2], "utf-8")
    assert "AMBIGUOUS" in the_problem(harbour.check())


def test_passages_that_share_characters_are_told(harbour):
    text = normalise(harbour.source.read_text("utf-8"))
    start = text.index("港町の再生に関する研究では") + 10
    mark = fingerprint(text[start : start + 60])
    harbour.set("passages", "s1-03", **{key: str(value) for key, value in vars(mark).items()})
    problems = [str(problem) for problem in harbour.check().problems]
    assert any("which overlaps s1-02" in problem for problem in problems)


def test_a_compilation_of_records_has_no_source_to_be_checked_against(harbour):
    study = harbour.study
    meta = type(study.meta)({**study.meta, "kind": "records"})
    with pytest.raises(StudyError, match="a study of one document"):
        verify.check(load.Study(study.id, study.folder, meta, study.tables), harbour.source, today=TODAY)


# --- what is right ------------------------------------------------------------------------------
def test_a_right_study_is_verified(harbour):
    report = harbour.check()
    assert report.ok, "\n".join(report.render())
    counts = report.counts
    assert counts["passages"]["EXACT"] == len(harbour.study.tables["passages"])
    assert counts["cells"]["NOT_FOUND"] == 0
    assert counts["cells"]["INFERRED"] > 0
    assert "verified: every passage and every verbatim cell stands in the source" in report.render()


def test_every_verbatim_cell_is_counted_once(harbour):
    report, study = harbour.check(), harbour.study
    seen = [(cell.table, cell.line, cell.column) for cell in report.cells]
    assert len(seen) == len(set(seen))
    expected = sum(
        int(study.tables[table.name][field.name].astype("string").fillna("").ne("").sum())
        for table in schemas.load().tables.values()
        if "passages" in study.tables[table.name]
        for field in table.own
        if field.verbatim
    )
    assert len(seen) == expected


def test_what_is_inferred_is_not_held_to_the_source_and_the_rest_of_the_row_is(harbour):
    harbour.set(
        "plans",
        "plan-2",
        period="FY2001/FY2009",
        basis="inferred",
        inferred="period",
        note="x",
        **({"note_ja": "x"} if "note_ja" in harbour.study.tables["plans"] else {}),
    )
    assert harbour.check().ok
    harbour.set("plans", "plan-2", decided="2000-04")
    assert "decided" in the_problem(harbour.check())


def test_the_report_as_json_has_every_result_and_of_the_source_only_what_the_tables_have(harbour):
    document = harbour.check().as_json()
    assert json.loads(document)["ok"] is True
    assert len(json.loads(document)["passages"]) == len(harbour.study.tables["passages"])
    tables = "".join(path.read_text("utf-8") for path in harbour.folder.glob("*.csv"))
    assert _pieces(document) & _pieces(harbour.source.read_text("utf-8")) <= _pieces(tables)


def test_a_right_study_is_verified_from_shift_jis_too(harbour):
    text = harbour.source.read_text("utf-8")
    harbour.source.write_bytes(text.encode("cp932"))
    report = harbour.check()
    assert report.ok
    assert "Shift_JIS" in report.render()[0]


# --- what a check does not say ------------------------------------------------------------------
def test_a_check_says_what_it_does_not_vouch_for(harbour):
    lines = harbour.check().render()
    (line,) = [line for line in lines if line.startswith("not vouched for")]
    assert re.search(r"a person must read them: [1-9]\d* paraphrases and notes", line)
    assert f"codings ({len(harbour.study.tables['codings'])})" in line
    assert lines[-1] == "no check is on record: every row is new"


def test_a_check_says_which_rows_changed_since_the_last_though_all_of_them_stand(harbour):
    verified(harbour)
    assert harbour.check().render()[-1] == "since the check of 2024-05-17: no rows changed"
    harbour.set("statements", "hatano-links", statement_en="Something else altogether.")
    codings = harbour.folder / "codings.csv"
    lines = codings.read_text("utf-8").splitlines(keepends=True)
    codings.write_text("".join(lines[:-2]), "utf-8")
    report = harbour.check()
    assert report.ok
    assert re.fullmatch(
        r"since the check of 2024-05-17: 3 rows changed: codings\.csv \(2 lines removed\);"
        r" statements\.csv line \d+",
        report.render()[-1],
    )


def test_a_row_that_judges_is_not_held_to_the_source_whatever_its_schema_says(harbour):
    judged = replace(schemas.load().tables["indicators"], judgement=True)
    schema = replace(schemas.load(), tables={**schemas.load().tables, "indicators": judged})
    report = verify.check(harbour.study, harbour.source, today=TODAY, schema=schema)
    assert "indicators" not in {cell.table for cell in report.cells}


# --- the record ---------------------------------------------------------------------------------
def verified(copy: Copy) -> None:
    record.write_record(copy.check(), copy.study)


def test_a_check_that_failed_is_not_recorded(harbour):
    harbour.set("plans", "plan-2", decided="2000-04")
    with pytest.raises(StudyError, match="a check with 1 problem,"):
        verified(harbour)
    assert not (harbour.folder / record.FILE).exists()
    assert record.state(harbour.study).words("en") == "not verified"


def test_a_recorded_check_says_when(harbour):
    verified(harbour)
    state = record.state(harbour.study)
    assert state.words("en") == "verified on 17 May 2024"
    assert state.words("ja") == "2024年5月17日に原文と照合済み"


def test_one_changed_cell_makes_the_record_stale_and_says_which_line(harbour):
    verified(harbour)
    harbour.set("phases", "phase-3", label_en="Years of recovery")
    state = record.state(harbour.study)
    assert state.words("en") == "changed since verification: phases.csv line 4"
    assert state.words("ja") == "照合後に変更：phases.csv 4行目"


TAMPERINGS = {
    "a cell": ("evaluations", "aoura-slipway-final", {"grade": "A"}),
    "a paraphrase": ("statements", "hatano-links", {"statement_ja": "別のこと。"}),
    "a note": ("statements", "hatano-links", {"note": "another", "note_ja": "別の注"}),
    "an opening": ("passages", "s1-02", {"opening": "別の言葉"}),
    "a fingerprint": ("passages", "s1-02", {"sha256": "0" * 64}),
    "a place": ("plans", "plan-2", {"passages": "s2-09"}),
    "a label": ("regions", "aoura", {"label_en": "Elsewhere"}),
}


@pytest.mark.parametrize("done", TAMPERINGS)
def test_a_tampering_with_a_raw_table_is_noticed_without_the_source(harbour, done):
    verified(harbour)
    table, row, cells = TAMPERINGS[done]
    harbour.set(table, row, **cells)
    (place,) = record.state(harbour.read_as_it_is).places
    assert re.fullmatch(rf"{table}\.csv line \d+", place)


def test_rows_added_and_removed_are_told(harbour):
    verified(harbour)
    path = harbour.folder / "codings.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8")
    assert record.state(harbour.study).places == ("codings.csv (1 line removed)",)
    path.write_text("".join([lines[0], *lines[2:], lines[1]]), "utf-8")
    assert record.state(harbour.study).status == record.Status.VERIFIED  # only their order


def test_a_looser_schema_makes_the_record_stale(harbour, tmp_path):
    verified(harbour)
    loose = tmp_path / "schema.yaml"
    text = schemas.paths.SCHEMA.read_text("utf-8")
    loose.write_text(text.replace("verbatim: grade, ", ""), "utf-8")
    state = record.state(harbour.study, schemas.load(loose))
    assert state.places == ("schema.yaml (which columns are verbatim)",)


def test_the_record_is_the_same_for_the_same_check(harbour):
    verified(harbour)
    first = (harbour.folder / record.FILE).read_bytes()
    verified(harbour)
    assert (harbour.folder / record.FILE).read_bytes() == first


def test_the_record_holds_no_text_of_the_source(harbour):
    verified(harbour)
    text = (harbour.folder / record.FILE).read_text("utf-8")
    assert not _pieces(harbour.source.read_text("utf-8")) & _pieces(text)
    assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", text)


def test_the_coverage_is_told_from_the_record_without_the_source(harbour):
    report = harbour.check()
    record.write_record(report, harbour.study)
    harbour.source.unlink()
    state = record.state(harbour.study)
    assert record.recorded_coverage(harbour.study, state.record) == report.coverage


def test_a_record_that_cannot_be_read_does_not_stand_in_the_way_of_a_check(harbour):
    (harbour.folder / record.FILE).write_text("{}", "utf-8")
    verified(harbour)
    assert record.state(harbour.study).status == record.Status.VERIFIED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 99}', "[" * 5000])
def test_a_record_that_cannot_be_read_is_refused_in_one_line(harbour, text):
    (harbour.folder / record.FILE).write_text(text, "utf-8")
    with pytest.raises(StudyError) as caught:
        record.state(harbour.study)
    assert "\n" not in str(caught.value)


def _pieces(text: str) -> set[str]:
    """Every run of twenty characters of a text."""
    text = normalise(text)
    return {text[n : n + 20] for n in range(len(text) - 19)}


def test_fingerprints_in_the_tables_are_those_of_the_source(harbour):
    table = harbour.study.tables["passages"]
    row = table.iloc[1]
    mark = Fingerprint(row["opening"], int(row["chars"]), row["sha256"])
    text = normalise(harbour.source.read_text("utf-8"))
    start = text.index(row["opening"])
    assert fingerprint(text[start : start + mark.chars]) == mark
