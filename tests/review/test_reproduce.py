"""A report is made twice in clean copies; whatever is not the same again is found and named."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import small_project
from analysis import paths
from analysis.errors import UserError
from analysis.review import artefact_content, certificate, clean_build, codecheck, reproduce
from analysis.review.certificate import Certificate, Verdict
from analysis.review.expected import artefacts, expected, write_expected
from analysis.review.judge import judge
from small_project import SmallProject

pytestmark = pytest.mark.study

SCHEMA = json.loads((paths.ROOT / "docs" / "certificate.schema.json").read_text("utf-8"))
FIGURE = "en/figures/tiles"
TABLE = "data/grades.csv"
CITATION = """
repository-code: https://example.org/project
identifiers:
  - {type: other, value: 2026-001, description: CODECHECK certificate}
  - {type: doi, value: "https://doi.org/10.5555/report", description: CODECHECK report}
references:
  - {doi: 10.5555/paper, authors: [{family-names: Hatano, orcid: "https://orcid.org/0000-0001-8607-8025"}]}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> SmallProject:
    """The made-up project; tests copy it to change it."""
    made = small_project.begin(tmp_path_factory.mktemp("small") / "project")
    made.write("CITATION.cff", CITATION)
    made.publish()
    return made


@pytest.fixture
def own(project, tmp_path) -> SmallProject:
    """A copy of the published project."""
    shutil.copytree(project.folder, tmp_path / "project")
    return SmallProject(tmp_path / "project")


@dataclass(frozen=True)
class Reproduced:
    """What came of the project."""

    certificate: Certificate
    folder: Path

    @property
    def report(self) -> Path:
        return self.folder / "report"


@pytest.fixture(scope="module")
def reproduced(project, tmp_path_factory) -> Reproduced:
    folder = tmp_path_factory.mktemp("reproduced") / "certificate"
    found = project.reproduce(reviewer="A. Reviewer <b> (0000-0002-1825-0097)", folder=folder)
    for build in found.builds:
        assert build.status == 0, "\n".join(build.said)
    return Reproduced(found, folder)


@dataclass(frozen=True)
class Pair:
    """The same report twice, and what is published of it; tests break one of the three."""

    first: Path
    second: Path
    published: dict

    def judge(self, *, exact: bool = True) -> dict[str, Verdict]:
        found = judge(self.first, self.second, self.published, exact=exact)
        return {verdict.artefact: verdict for verdict in found}

    def fallen(self, *, exact: bool = True) -> dict[str, Verdict]:
        """The verdicts that do not hold."""
        return {name: v for name, v in self.judge(exact=exact).items() if not v.holds}

    def both(self, name: str, change: Callable[[bytes], bytes]) -> None:
        for report in (self.first, self.second):
            edit(report / name, change)


@pytest.fixture(scope="module")
def published(project) -> dict:
    return expected(project.report)


@pytest.fixture
def pair(project, published, tmp_path) -> Iterator[Pair]:
    for name in ("first", "second"):
        shutil.copytree(project.report, tmp_path / name)
    yield Pair(tmp_path / "first", tmp_path / "second", copy.deepcopy(published))
    shutil.rmtree(tmp_path)


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before


def lighter(by: int, rows: slice, columns: slice) -> Callable[[bytes], bytes]:
    """Make some pixels of a PNG darker or lighter by a step."""

    def change(content: bytes) -> bytes:
        picture = artefact_content.pixels(content).copy()
        part = picture[rows, columns, :3].astype(int)
        picture[rows, columns, :3] = np.where(part > 127, part - by, part + by)
        return as_png(picture)

    return change


def as_png(picture: np.ndarray, **options: int) -> bytes:
    with io.BytesIO() as file:
        Image.fromarray(picture).save(file, "PNG", **options)
        return file.getvalue()


# -- Tamperings: who notices, with which line ------------------------------------------------------

# What is done to the published project; then the line of `make reproduce` that tells it, or None where a
# clean copy leaves it behind.
TAMPERINGS = {
    "a raw cell": (
        lambda p: p.edit("data/raw/harbour/grades.csv", "A-", "A"),
        r"data/grades\.csv.*: other bytes",
    ),
    "a raw note": (lambda p: p.edit("data/raw/harbour/grades.csv", "second", "third"), r"en/grades\.html"),
    "a raw row in another place": (
        lambda p: p.edit(
            "data/raw/harbour/grades.csv",
            "north-1,A,2016,first\nnorth-2,A-,2018,second\n",
            "north-2,A-,2018,second\nnorth-1,A,2016,first\n",
        ),
        r"data/grades\.csv",
    ),
    "a cell of a tidy table": (
        lambda p: p.edit("data/processed/harbour/grades.csv", "A-", "A"),
        r"data/processed/harbour/grades\.csv: not what the build makes from data/raw; run: make data",
    ),
    "a tidy table that is gone and one that is new": (
        lambda p: (p.folder / "data/processed/harbour/grades.csv").rename(
            p.folder / "data/processed/harbour/x.csv"
        ),
        r"grades\.csv, data/processed/harbour/x\.csv: not what the build makes",
    ),
    "a published digest": (
        lambda p: p.edit("expected/harbour.json", '"sha256": "', '"sha256": "0'),
        r"other bytes than published",
    ),
    "a published value beside its digest": (
        lambda p: p.edit("expected/harbour.json", "0.6666666666666666", "0.7"),
        r"expected/ gives other values",
    ),
    "published pixels beside their digest": (
        lambda p: p.edit("expected/harbour.json", '"greys": "3x4:', '"greys": "4x3:'),
        r"expected/ gives other values",
    ),
    "a published artefact that is left out": (
        lambda p: unlist(p, TABLE),
        r"data/grades\.csv: not among what is published",
    ),
    "the lock of the published": (
        lambda p: p.edit("expected/harbour.json", '"lock": "', '"lock": "0'),
        r"so values decide: requirements\.lock is another than that of the published report",
    ),
    "the default of a parameter": (lambda p: p.give(since=2010), r"en/figures/tiles\.(csv|png)"),
    "a colour by 1 of 255": (lambda p: p.give(green=115), r"en/figures/tiles\.(png|svg)"),
    "the width of a line": (lambda p: p.give(line=1.6), r"en/figures/tiles\.svg"),
    "the font": (lambda p: p.give(font="Other"), r"en/figures/tiles\.svg"),
    "the lock": (
        lambda p: p.edit("requirements.lock", "sha256:00", "sha256:01"),
        r"so values decide: requirements\.lock is another than that of the published report",
    ),
    "a sentence": (
        lambda p: p.give(sentence="{n} of the grades are late, {share}."),
        r"en/grades\.html.*: other bytes than published",
    ),
    "the style": (
        lambda p: p.edit("theme/report.css", "color: black", "display: none"),
        r"_static/report\.css",
    ),
    "the script": (lambda p: p.edit("theme/report.js", "sort", "hide"), r"_static/report\.js"),
    "what the search finds": (lambda p: p.give(search=["north"]), r"en/_static/search\.js"),
    "a figure that is not made": (lambda p: p.give(figure=False), r"tiles\.csv.*: made by neither build"),
    "what depends on the time zone": (
        lambda p: p.give(unstable="TZ"),
        r"data/grades\.csv: the builds differ: from line",
    ),
    "what depends on the hash seed": (lambda p: p.give(unstable="PYTHONHASHSEED"), r"the builds differ"),
    "a page of the built report": (lambda p: edit(p.report / "en/grades.html", lambda c: c + b"!"), None),
    "what is kept of a run": (lambda p: p.write("build/harbour/grades.txt", "an old run"), None),
}


def unlist(project: SmallProject, name: str) -> None:
    found = json.loads(project.expected.read_text("utf-8"))
    del found["artefacts"][name]
    project.write("expected/harbour.json", json.dumps(found))


@pytest.mark.parametrize("done", TAMPERINGS)
def test_a_tampering_is_noticed(own, done):
    change, line = TAMPERINGS[done]
    change(own)
    found = own.reproduce()
    lines = found.lines()
    if line is None:
        assert found.holds, "a clean copy takes nothing along that was built"
    else:
        assert any(re.search(line, said) for said in lines), lines
        assert not found.holds or "values decide" in lines[-1]


# The same with another lock, where other bytes may be consistent in values: nothing slips past that is seen.
ELSEWHERE = [name for name, (_, line) in TAMPERINGS.items() if line and "lock" not in name]


@pytest.mark.parametrize("done", ELSEWHERE)
def test_a_tampering_is_noticed_in_another_environment(own, done):
    own.edit("requirements.lock", "sha256:00", "sha256:01")
    TAMPERINGS[done][0](own)
    found = own.reproduce()
    assert "values decide" in found.summary()
    if done == "a published digest":  # the values beside it are right, and that is said
        assert (found.holds, found.consistent) == (True, "in values")
    else:
        assert not found.holds, found.lines()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda report: edit(report / "en/grades.html", lambda c: c + b"!"), "en/grades.html"),
        (lambda report: (report / f"{FIGURE}.png").unlink(), f"{FIGURE}.png"),
        (lambda report: (report / "more.html").write_text("more"), "more.html"),
    ],
)
def test_a_report_that_was_edited_since_it_was_built_is_not_published(own, change, named):
    before = own.expected.read_bytes()
    change(own.report)
    with pytest.raises(UserError) as caught:
        write_expected("harbour", own.folder)
    assert f"found {named} edited, new or gone" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert own.expected.read_bytes() == before


def test_a_report_made_from_an_old_run_is_published_and_then_not_reproduced(own):
    own.write("build/harbour/grades.txt", "an old run")
    own.publish()
    assert "en/cached.html: made by neither build" in own.reproduce().lines()


# -- When it is refused, and what there is to say --------------------------------------------------


def test_another_language_than_the_published_is_refused_and_leaves_the_certificate(own):
    own.reproduce()
    kept = own.folder / "build" / "certificate" / "harbour" / "certificate.json"
    before = kept.read_bytes()
    with pytest.raises(UserError, match="LANGUAGE: found ja, expected en: .*; leave LANGUAGE out"):
        own.reproduce(languages=("ja",))
    assert kept.read_bytes() == before


def test_a_study_of_which_nothing_is_published_is_told_how_to_publish_it(own):
    own.expected.unlink()
    found = own.reproduce(languages=("en",))
    (line,) = found.lines()
    assert line.startswith("Made twice the same, held against nothing: 11 of 11 complete, 11 stable.")
    assert "Nothing is published of harbour; to publish it: make expected STUDY=harbour" in line
    assert not found.holds


@pytest.mark.parametrize("text", ["{", "[]", '{"made_on": 1, "artefacts": {}}'])
def test_what_is_published_and_cannot_be_read_is_refused_before_anything_is_built(own, text):
    own.write("expected/harbour.json", text)
    with pytest.raises(UserError, match="write it again: make expected"):
        own.reproduce()


def test_without_a_reader_of_pdfs_nothing_is_built_for_it_could_not_be_compared(own, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(UserError, match=r"pip install --require-hashes -r requirements\.lock"):
        own.reproduce()
    assert not (own.folder / "build" / "certificate").exists()


def test_what_could_not_be_varied_is_in_the_headline(project, monkeypatch, tmp_path):
    monkeypatch.setattr(clean_build, "faketime", lambda: "")
    monkeypatch.setattr(clean_build, "_other_locale", lambda: "C")
    found = project.reproduce(folder=tmp_path / "certificate")
    said = "Not varied: the clock (faketime is not installed), the locale (no other is installed)."
    assert found.summary().endswith(said)
    assert "What this machine could not try" in (tmp_path / "certificate" / "certificate.html").read_text(
        "utf-8"
    )


# -- Two builds ------------------------------------------------------------------------------------


def test_two_builds_under_other_conditions_give_the_same_bytes(reproduced):
    unstable = {v.artefact: v.notes for v in reproduced.certificate.artefacts if not v.stable}
    assert unstable == {}


def test_the_conditions_of_the_two_builds_do_differ(reproduced):
    first, second = (build.conditions for build in reproduced.certificate.builds)
    same = {name for name in first if first[name] == second[name]}
    assert same <= {"clock", "lang", "lc_all"}, "only what this machine does not have may be the same"


def test_every_kind_of_artefact_is_made_and_judged(reproduced):
    judged = {verdict.artefact for verdict in reproduced.certificate.artefacts}
    assert judged == set(artefacts(reproduced.report))
    assert {"manifest.json", TABLE, "en/grades.html", "report-en.pdf", "_static/report.css"} <= judged


def test_the_copies_leave_the_project_as_it_was(own):
    before = {p: p.read_bytes() for p in own.folder.rglob("*") if p.is_file()}
    own.reproduce(folder=own.folder / "elsewhere" / "certificate")
    shutil.rmtree(own.folder / "elsewhere")
    assert {p: p.read_bytes() for p in own.folder.rglob("*") if p.is_file()} == before


# -- The certificate -------------------------------------------------------------------------------


def test_the_certificate_is_as_its_schema_says(reproduced):
    found = json.loads((reproduced.folder / "certificate.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["reviewer"].startswith("A. Reviewer <b>")


def test_the_certificate_names_neither_folders_nor_the_machine_nor_a_person(reproduced, project):
    import getpass
    import platform

    anonymous = replace(reproduced.certificate, reviewer="")
    written = [
        json.dumps(anonymous.as_dict()),
        certificate.page(anonymous, {}, []),
        codecheck.as_yaml(codecheck.configuration(anonymous, {}, reproduced.report, project.folder)),
    ]
    for text in written:
        assert str(project.folder) not in text
        assert platform.node() not in text
        if getpass.getuser() != "root":  # which is a word, too
            assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", text)


def test_the_page_has_a_row_for_each_artefact_and_asks_for_nothing(reproduced):
    page = (reproduced.folder / "certificate.html").read_text("utf-8")
    for verdict in reproduced.certificate.artefacts:
        assert f'<th scope="row">{verdict.artefact}</th>' in page
    assert "A. Reviewer &lt;b&gt;" in page
    assert not re.search(r'(src|href)="', page)


def bundle(reproduced) -> dict:
    text = (reproduced.folder / "codecheck.yml").read_text("utf-8")
    assert text.startswith("---\n")
    return yaml.safe_load(text)


def test_the_bundle_says_all_that_codecheck_2_asks_for(reproduced):
    document = bundle(reproduced)
    assert document["version"] == "https://codecheck.org.uk/spec/config/2.0/"
    assert document["codechecker"] == [{"name": "A. Reviewer <b>", "ORCID": "0000-0002-1825-0097"}]
    assert document["paper"] == {
        "title": "Harbours",
        "authors": [{"name": "Nagi Hatano", "ORCID": "0000-0001-8607-8025"}],
        "reference": "https://doi.org/10.5555/paper",
    }
    assert document["certificate"] == "2026-001"
    assert document["repository"] == "https://example.org/project"
    assert document["report"] == "https://doi.org/10.5555/report"
    assert document["summary"].startswith("Reproduced: ")
    assert codecheck.missing(document) == []


def test_what_codecheck_asks_for_and_nobody_said_is_left_out_and_named(reproduced, tmp_path):
    anonymous = replace(reproduced.certificate, reviewer="")
    made = codecheck.configuration(
        anonymous, {"authors": [{"name_en": "N. N."}]}, reproduced.report, tmp_path
    )
    assert "certificate" not in made
    assert not re.search("FIXME|TODO|XXX", codecheck.as_yaml(made))
    said = "; ".join(codecheck.missing(made))
    for missing in (
        "valid ORCID of the codechecker",
        "paper author N. N.",
        "certificate (",
        "repository (",
        "address",
    ):
        assert missing in said
    page = certificate.page(anonymous, {}, codecheck.missing(made))
    assert "For a CODECHECK still to be said" in page


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        (
            "orcid.org/0000-0001-8607-8025|orcid.org/0000-0001-8607-8026",
            "authors",
            "valid ORCID of the paper",
        ),
        ("value: 2026-001|value: CERT-1", "certificate", "certificate (an identifier as 2026-001"),
    ],
)
def test_an_identifier_that_cannot_be_one_is_left_out_and_named(reproduced, tmp_path, wrong, field, said):
    (tmp_path / "CITATION.cff").write_text(CITATION.replace(*wrong.split("|")), "utf-8")
    about = {"authors": [{"name_en": "Nagi Hatano"}]}
    made = codecheck.configuration(reproduced.certificate, about, reproduced.report, tmp_path)
    assert said in "; ".join(codecheck.missing(made))
    assert {**made, **made["paper"]}.get(field) in (None, [{"name": "Nagi Hatano"}])


@pytest.mark.parametrize("digit", range(10))
def test_an_orcid_has_one_last_digit_that_fits(reproduced, tmp_path, digit):
    checked_by = replace(reproduced.certificate, reviewer=f"A. Reviewer (0000-0002-1825-009{digit})")
    made = codecheck.configuration(checked_by, {}, reproduced.report, tmp_path)
    assert ("ORCID" in made["codechecker"][0]) == (digit == 7)


def test_the_files_that_codecheck_lists_are_in_the_bundle_and_said_to_stand_somewhere(reproduced):
    listed = {item["file"]: item["comment"] for item in bundle(reproduced)["manifest"]}
    assert [f for f in listed if not (reproduced.folder / f).is_file()] == []
    assert listed == {
        f"report/{TABLE}": "table “Grades”: complete, stable, consistent",
        f"report/{FIGURE}.png": "figure 1 of page “Grades” (en/grades.html), “Late grades”:"
        " complete, stable, consistent",
        "report/report-en.pdf": "the report as a PDF: complete, stable, consistent",
    }


# -- Whatever is not the same is found -------------------------------------------------------------


def test_what_is_published_and_made_twice_holds(pair):
    verdicts = pair.judge()
    assert pair.fallen() == {}
    assert {v.consistent for v in verdicts.values()} == {"yes"}


def test_what_is_published_stays_the_same_when_it_is_written_and_read(published):
    assert json.loads(json.dumps(published)) == published


def test_a_changed_cell_in_one_build_is_not_stable(pair):
    edit(pair.second / TABLE, lambda c: c.replace(b"-2,A-", b"-2,A", 1))
    fallen = pair.fallen()
    assert set(fallen) == {TABLE}
    assert not fallen[TABLE].stable
    assert "from line 3" in fallen[TABLE].notes[0]


def test_a_changed_cell_in_both_builds_is_stable_and_not_consistent(pair):
    pair.both(TABLE, lambda c: c.replace(b"-2,A-", b"-2,A", 1))
    verdict = pair.fallen(exact=False)[TABLE]
    assert verdict.stable
    assert verdict.consistent == "no"


def test_a_row_in_another_place_is_found(pair):
    def swap(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        lines[1], lines[2] = lines[2], lines[1]
        return b"".join(lines)

    pair.both(TABLE, swap)
    assert set(pair.fallen(exact=False)) == set(pair.fallen()) == {TABLE}


def test_one_pixel_in_one_build_is_found_and_counted(pair):
    edit(pair.second / f"{FIGURE}.png", lighter(1, slice(30, 31), slice(7, 8)))
    (verdict,) = pair.fallen().values()
    assert verdict.artefact == f"{FIGURE}.png"
    assert "the builds differ: 1 pixels" in verdict.notes[0]


def test_one_pixel_in_both_builds_is_not_consistent_in_the_environment_of_the_published(pair):
    pair.both(f"{FIGURE}.png", lighter(1, slice(30, 31), slice(7, 8)))
    assert pair.fallen()[f"{FIGURE}.png"].consistent == "no"


def test_a_missing_figure_is_not_complete(pair):
    (pair.second / f"{FIGURE}.svg").unlink()
    (verdict,) = pair.fallen().values()
    assert (verdict.artefact, verdict.complete) == (f"{FIGURE}.svg", False)
    (pair.first / f"{FIGURE}.svg").unlink()
    (verdict,) = pair.fallen().values()
    assert verdict.notes == ("made by neither build",)


def test_a_figure_that_nobody_published_is_found(pair):
    for report in (pair.first, pair.second):
        shutil.copy(report / f"{FIGURE}.svg", report / "en/figures/one-more.svg")
    (verdict,) = pair.fallen().values()
    assert verdict.notes == ("not among what is published",)


def test_other_permissions_are_found(pair):
    (pair.second / TABLE).chmod(0o600)
    assert "permissions 644 and 600" in pair.fallen()[TABLE].notes[0]


def test_no_report_at_all_is_nothing_complete(pair, tmp_path):
    found = judge(tmp_path / "none", tmp_path / "none", pair.published, exact=True)
    assert found
    assert not any(v.complete or v.stable or v.consistent != "no" for v in found)


def described(path: Path) -> dict:
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest()} | artefact_content.describe(path.name, content)


# -- In another environment ------------------------------------------------------------------------


def test_the_last_bits_of_a_number_are_consistent_in_values_and_it_says_so(pair):
    add = "exact,0.3333333333333333\n"
    pair.both(TABLE, lambda c: c + add.encode())
    name = TABLE
    pair.published["artefacts"][name] = described(pair.first / name)
    pair.both(name, lambda c: c.replace(b"0.3333333333333333", b"0.33333333333333337"))
    assert pair.judge(exact=True)[name].consistent == "no"
    verdict = pair.judge(exact=False)[name]
    assert (verdict.consistent, verdict.holds) == ("in values", True)
    assert "other bytes than published" in verdict.notes[0]
    pair.both(name, lambda c: c.replace(b"0.33333333333333337", b"0.33333334"))
    assert pair.judge(exact=False)[name].consistent == "no"


def test_the_same_pixels_compressed_otherwise_are_consistent_in_values(pair):
    pair.both(f"{FIGURE}.png", lambda c: as_png(artefact_content.pixels(c), compress_level=1))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "in values"
    assert "every pixel is as published" in verdict.notes[0]


def test_slightly_other_edges_of_glyphs_are_consistent_in_values(pair):
    pair.both(f"{FIGURE}.png", lambda c: as_png(shifted(artefact_content.pixels(c))))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "in values", verdict.notes
    assert re.search(r"RMS \d\.\d\d, greatest \d+ of 255", verdict.notes[0])


def test_a_shade_over_all_and_a_stroke_as_tall_as_a_letter_are_not_consistent(pair):
    struck = as_png(with_stroke(artefact_content.pixels((pair.first / f"{FIGURE}.png").read_bytes())))
    pair.both(f"{FIGURE}.png", lighter(2, slice(None), slice(None)))
    assert pair.judge(exact=False)[f"{FIGURE}.png"].consistent == "no"
    pair.both(f"{FIGURE}.png", lambda _: struck)
    assert pair.judge(exact=False)[f"{FIGURE}.png"].consistent == "no"


def shifted(picture: np.ndarray) -> np.ndarray:
    """A picture moved to the right by a quarter of a pixel, as another font engine might set it."""
    moved = 0.75 * picture + 0.25 * np.roll(picture, 1, axis=1)
    return np.rint(moved).astype(np.uint8)


def with_stroke(picture: np.ndarray) -> np.ndarray:
    """A picture with a dark stroke on it where it is white."""
    marked = picture.copy()
    marked[2:26, 2:8, :3] = 20
    return marked


def test_a_figure_whose_plotted_rows_changed_is_not_consistent_in_values(pair):
    pair.both(f"{FIGURE}.png", lambda c: as_png(artefact_content.pixels(c), compress_level=1))
    pair.both(f"{FIGURE}.csv", lambda c: c.replace(b"-2,A-", b"-2,A", 1))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "no"
    assert "plotted rows" in verdict.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "consistent"),
    [
        (b' x="0" ', b' x="0.5" ', "in values"),
        (b"evidence.html#north-2", b"evidence.html#other", "no"),
        (b"rgb(0, 114, 178)", b"rgb(0, 115, 178)", "no"),
        (b"stroke-width: 1.5", b"stroke-width: 1.6", "no"),
    ],
)
def test_marks_of_a_drawing_may_lie_elsewhere_but_not_be_others(pair, old, new, consistent):
    pair.both(f"{FIGURE}.svg", lambda c: c.replace(old, new, 1))
    assert pair.judge(exact=False)[f"{FIGURE}.svg"].consistent == consistent


@pytest.mark.parametrize(
    ("old", "new", "consistent"),
    [
        (b"<p id", b"<p  id", "in values"),
        (b"</h1>", b"!</h1>", "no"),
        (b"<table>", b"<table hidden>", "no"),
        (b"<table>", b'<table style="display: none">', "no"),
        (b"</main>", b"<style>table { display: none }</style></main>", "no"),
        (b"0.6666666666666666", b"0.6666666666666667", "in values"),
        (b"0.6666666666666666", b"0.6666666", "no"),
    ],
)
def test_a_page_may_be_written_otherwise_but_neither_say_nor_hide_anything_else(pair, old, new, consistent):
    pair.both("en/grades.html", lambda c: c.replace(old, new, 1))
    assert pair.judge(exact=False)["en/grades.html"].consistent == consistent


@pytest.mark.parametrize("name", ["_static/report.css", "_static/report.js", "en/_static/search.js"])
def test_styles_and_scripts_are_compared_as_text(pair, name):
    pair.both(name, lambda c: c + b" ")
    assert pair.judge(exact=False)[name].consistent == "no"


def test_a_font_is_known_by_its_bytes_alone(pair):
    for report in (pair.first, pair.second):
        (report / "_static" / "own.woff").write_bytes(b"wOFF\xd8\x00")
    pair.published["artefacts"]["_static/own.woff"] = described(pair.first / "_static/own.woff")
    assert pair.judge()["_static/own.woff"].consistent == "yes"
    pair.both("_static/own.woff", lambda c: c + b"\x01")
    assert pair.judge(exact=False)["_static/own.woff"].consistent == "no"


def test_what_an_older_state_of_the_project_published_is_to_be_written_again(pair):
    pair.published["artefacts"]["_static/report.css"] = {"sha256": "0" * 64}
    assert "write it again: make expected" in pair.judge(exact=False)["_static/report.css"].notes[0]


def test_a_pdf_is_compared_by_its_words(pair):
    pair.both("report-en.pdf", lambda c: c.replace(b"20 100 Td", b"21 100 Td"))
    assert pair.judge(exact=False)["report-en.pdf"].consistent == "in values"
    pair.both("report-en.pdf", lambda c: c.replace(b"late", b"lost"))
    assert pair.judge(exact=False)["report-en.pdf"].consistent == "no"


def test_a_picture_or_pdf_that_cannot_be_read_is_not_consistent_and_no_reason_to_stop(pair):
    for name in (f"{FIGURE}.png", "report-en.pdf"):
        pair.both(name, lambda c: c[:40])
        verdict = pair.judge(exact=False)[name]
        assert (verdict.consistent, verdict.stable) == ("no", True)
        assert "cannot be read" in verdict.notes[0]


@given(st.floats(1e-200, 1e200), st.floats(-3e-9, 3e-9))
def test_numbers_are_the_same_within_a_billionth(number, apart):
    one, other = ({"words": "w", "numbers": [x]} for x in (number, number * (1 + apart)))
    if abs(apart) < 0.99e-9:
        assert artefact_content.alike(one, other)
    elif abs(apart) > 1.01e-9:
        assert not artefact_content.alike(one, other)


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 255))
def test_greys_survive_being_packed(height, width, grey):
    means = artefact_content.greys(np.full((height, width, 4), (grey, grey, grey, 255), np.uint8))
    assert (means == grey).all()
    assert (artefact_content.unpacked(artefact_content.packed(means)) == means).all()


def test_a_page_that_is_none_is_no_reason_to_stop():
    with pytest.raises(ValueError, match="x.json cannot be read"):
        artefact_content.read("x.json", b"\xff\xfe")


# -- The copy, the lock and the clock --------------------------------------------------------------


NAMES = ("src/a.py", "src/__pycache__/a.pyc", "reports/x/index.html", "data/raw/x/a.csv", "build/y",
         "data/processed/x/a.csv", "own.log", "deep/kept.txt", ".venv/lib/z.py")  # fmt: skip


@pytest.fixture
def listed(tmp_path) -> Path:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_a_copy_outside_git_takes_all_but_caches_and_what_is_built(listed):
    assert clean_build.tree(listed) == ["data/raw/x/a.csv", "deep/kept.txt", "own.log", "src/a.py"]


def test_a_copy_inside_git_takes_what_git_would_keep(listed):
    subprocess.run(["git", "init", "-q", str(listed)], check=True)
    (listed / ".gitignore").write_text("*.log\n.venv/\n__pycache__/\n")
    assert clean_build.tree(listed) == [".gitignore", "data/raw/x/a.csv", "deep/kept.txt", "src/a.py"]


def test_installed_versions_that_are_not_the_locked_ones_are_named(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        'click==0.0.1 \\\n    --hash=sha256:00\nnone-such==1.0 ; python_version < "3" \\\n'
        "no-such-package==2.0 \\\n    --hash=sha256:00\n"
    )
    (only,) = certificate.environment(lock).differences  # what is not installed is another command's
    assert re.fullmatch(r"click [\d.]+ \(locked: 0\.0\.1\)", only)


def test_another_machine_than_that_of_the_published_is_named(published):
    here = certificate.environment()
    there = copy.deepcopy(published)
    there["made_on"] |= {"machine": "sparc64", "locked": False}
    found = reproduce.elsewhere(here, there)
    assert any("published with sparc64" in words for words in found)
    assert any("not made with the locked versions" in words for words in found)


@pytest.mark.parametrize("name", ["python", "system", "machine", "lock", "locked"])
def test_the_same_environment_is_one_of_the_same_lock_python_system_and_machine(published, name):
    here = certificate.environment()
    assert reproduce.elsewhere(here, published) == []
    there = copy.deepcopy(published)
    del there["made_on"][name]
    assert len(reproduce.elsewhere(here, there)) == 1


def test_what_is_published_is_written_only_from_a_report_that_was_built(own):
    shutil.rmtree(own.report)
    with pytest.raises(UserError, match="run: make report STUDY=harbour"):
        write_expected("harbour", own.folder)


def test_the_last_lines_of_a_failed_build_are_in_the_certificate(own, tmp_path):
    own.edit("notebooks/grades.json", "2017", '"no year"')
    found = own.reproduce()
    assert not found.complete
    said = found.lines()[0]
    assert said.startswith("build 1 failed: TypeError")
    assert str(tmp_path) not in "\n".join(line for build in found.builds for line in build.said)
    assert (
        "What a failed build said" in (own.folder / "build/certificate/harbour/certificate.html").read_text()
    )
