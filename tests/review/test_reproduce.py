"""A report is made twice in clean copies; whatever is not the same again is found and named."""

from __future__ import annotations

import copy
import io
import json
import re
import shutil
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

from analysis import paths
from analysis.review import certificate, contents, reproduce
from analysis.review.certificate import Certificate, Verdict

# One worker builds, once, and every test here looks at what it made.
pytestmark = pytest.mark.xdist_group("reproduce")
SCHEMA = json.loads((paths.ROOT / "docs" / "certificate.schema.json").read_text("utf-8"))
FIGURE = "en/figures/grade-tiles"
TABLE = "data/grades.csv"


@dataclass(frozen=True)
class Reproduced:
    """What came of the synthetic study, with nothing published to hold it against."""

    certificate: Certificate
    folder: Path
    project: Path

    @property
    def report(self) -> Path:
        return self.folder / "report"


@pytest.fixture(scope="module")
def reproduced(new_project, tmp_path_factory) -> Reproduced:
    """Two pages of the synthetic study in one language, made twice."""
    project = new_project(tmp_path_factory.mktemp("reproduce") / "project")
    project.only_pages("grades", "evidence")
    folder = project.folder / "build" / "certificate" / "harbour"
    found = reproduce.reproduce(
        "harbour", languages=("en",), root=project.folder, reviewer="A. Reviewer <b>", folder=folder
    )
    for build in found.builds:
        assert build.status == 0, "\n".join(build.said)
    return Reproduced(found, folder, project.folder)


@dataclass(frozen=True)
class Pair:
    """The same report twice, and what is published of it; tests break one of the three."""

    first: Path
    second: Path
    published: dict

    def judge(self, *, exact: bool = True) -> dict[str, Verdict]:
        found = reproduce.judge(self.first, self.second, self.published, exact=exact)
        return {verdict.artefact: verdict for verdict in found}

    def fallen(self, *, exact: bool = True) -> dict[str, Verdict]:
        """The verdicts that do not hold."""
        return {name: v for name, v in self.judge(exact=exact).items() if not v.holds}

    def both(self, name: str, change: Callable[[bytes], bytes]) -> None:
        for report in (self.first, self.second):
            edit(report / name, change)


@pytest.fixture(scope="module")
def published(reproduced) -> dict:
    return reproduce.expected(reproduced.report)


@pytest.fixture
def pair(reproduced, published, tmp_path) -> Iterator[Pair]:
    for name in ("first", "second"):
        shutil.copytree(reproduced.report, tmp_path / name)
    yield Pair(tmp_path / "first", tmp_path / "second", copy.deepcopy(published))
    shutil.rmtree(tmp_path)


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before


def lighter(by: int, rows: slice, columns: slice) -> Callable[[bytes], bytes]:
    """Make some pixels of a PNG darker or lighter by a step."""

    def change(content: bytes) -> bytes:
        picture = contents.pixels(content).copy()
        part = picture[rows, columns, :3].astype(int)
        picture[rows, columns, :3] = np.where(part > 127, part - by, part + by)
        return as_png(picture)

    return change


def as_png(picture: np.ndarray, **options: int) -> bytes:
    with io.BytesIO() as file:
        Image.fromarray(picture).save(file, "PNG", **options)
        return file.getvalue()


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
    assert judged == set(reproduce.artefacts(reproduced.report))
    assert {
        "manifest.json",
        "index.html",
        TABLE,
        "en/grades.html",
        "en/search-entries.js",
        "notebooks/en/grades.ipynb",
        *(FIGURE + e for e in (".png", ".svg", ".csv")),
    } <= judged


def test_nothing_is_called_consistent_where_nothing_is_published(reproduced):
    assert {v.consistent for v in reproduced.certificate.artefacts} == {"no"}
    assert not reproduced.certificate.holds
    assert any("nothing is published" in line for line in reproduced.certificate.lines())


def test_the_copies_leave_the_project_as_it_was(reproduced):
    assert not (reproduced.project / "reports").exists()
    assert not (reproduced.project / "data" / "processed").exists()


# -- The certificate -------------------------------------------------------------------------------


def test_the_certificate_is_as_its_schema_says(reproduced):
    found = json.loads((reproduced.folder / "certificate.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["reviewer"] == "A. Reviewer <b>"


def test_the_certificate_names_neither_folders_nor_the_machine_nor_a_person(reproduced):
    import getpass
    import platform

    anonymous = replace(reproduced.certificate, reviewer="")
    written = [
        json.dumps(anonymous.as_dict()),
        certificate.page(anonymous, {}),
        certificate.codecheck(anonymous, {}),
    ]
    for text in written:
        assert str(reproduced.project) not in text
        assert platform.node() not in text
        if getpass.getuser() != "root":  # which is a word, too
            assert not re.search(rf"\b{re.escape(getpass.getuser())}\b", text)


def test_the_page_has_a_row_for_each_artefact_and_asks_for_nothing(reproduced):
    page = (reproduced.folder / "certificate.html").read_text("utf-8")
    for verdict in reproduced.certificate.artefacts:
        assert f'<th scope="row">{verdict.artefact}</th>' in page
    assert "A. Reviewer &lt;b&gt;" in page
    assert not re.search(r'(src|href)="', page)


def test_the_files_that_codecheck_lists_are_in_the_bundle(reproduced):
    text = (reproduced.folder / "codecheck.yml").read_text("utf-8")
    assert text.startswith("---\n")
    document = yaml.safe_load(text)
    assert document["version"] == "https://codecheck.org.uk/spec/config/1.0/"
    assert document["codechecker"] == [{"name": "A. Reviewer <b>"}]
    files = [item["file"] for item in document["manifest"]]
    assert f"report/{FIGURE}.png" in files
    assert [f for f in files if not (reproduced.folder / f).is_file()] == []


# -- Whatever is not the same is found -------------------------------------------------------------


def test_what_is_published_and_made_twice_holds(pair):
    verdicts = pair.judge()
    assert pair.fallen() == {}
    assert {v.consistent for v in verdicts.values()} == {"yes"}


def test_what_is_published_stays_the_same_when_it_is_written_and_read(published):
    assert json.loads(json.dumps(published)) == published


def test_a_changed_cell_in_one_build_is_not_stable(pair):
    edit(pair.second / TABLE, lambda c: c.replace(b",yes,", b",no,", 1))
    fallen = pair.fallen()
    assert set(fallen) == {TABLE}
    assert not fallen[TABLE].stable
    assert "from line 2" in fallen[TABLE].notes[0]


def test_a_changed_cell_in_both_builds_is_stable_and_not_consistent(pair):
    pair.both(TABLE, lambda c: c.replace(b",yes,", b",no,", 1))
    verdict = pair.fallen(exact=False)[TABLE]
    assert verdict.stable
    assert verdict.consistent == "no"


def test_a_row_in_another_place_is_found(pair):
    def swap(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        lines[1], lines[2] = lines[2], lines[1]
        return b"".join(lines)

    pair.both(TABLE, swap)
    assert set(pair.fallen(exact=False)) >= {TABLE}
    assert set(pair.fallen()) == {TABLE}


def test_one_pixel_in_one_build_is_found_and_counted(pair):
    edit(pair.second / f"{FIGURE}.png", lighter(1, slice(50, 51), slice(70, 71)))
    (verdict,) = pair.fallen().values()
    assert verdict.artefact == f"{FIGURE}.png"
    assert "the builds differ: 1 pixels" in verdict.notes[0]


def test_one_pixel_in_both_builds_is_not_consistent_in_the_environment_of_the_published(pair):
    pair.both(f"{FIGURE}.png", lighter(1, slice(50, 51), slice(70, 71)))
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
    found = reproduce.judge(tmp_path / "none", tmp_path / "none", pair.published, exact=True)
    assert found
    assert not any(v.complete or v.stable or v.consistent != "no" for v in found)


# -- In another environment ------------------------------------------------------------------------


def test_the_last_bits_of_a_number_are_consistent_in_values_and_it_says_so(pair):
    add = "exact,0.3333333333333333\n"
    pair.both("data/regions.csv", lambda c: c + add.encode())
    name = "data/regions.csv"
    pair.published["artefacts"][name] = reproduce._described(pair.first, name)
    pair.both(name, lambda c: c.replace(b"0.3333333333333333", b"0.33333333333333337"))
    assert pair.judge(exact=True)[name].consistent == "no"
    verdict = pair.judge(exact=False)[name]
    assert (verdict.consistent, verdict.holds) == ("in values", True)
    assert "other bytes than published" in verdict.notes[0]
    pair.both(name, lambda c: c.replace(b"0.33333333333333337", b"0.33333334"))
    assert pair.judge(exact=False)[name].consistent == "no"


def test_the_same_pixels_compressed_otherwise_are_consistent_in_values(pair):
    pair.both(f"{FIGURE}.png", lambda c: as_png(contents.pixels(c), compress_level=1))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "in values"
    assert "every pixel is as published" in verdict.notes[0]


def test_slightly_other_edges_of_glyphs_are_consistent_in_values(pair):
    pair.both(f"{FIGURE}.png", lambda c: as_png(shifted(contents.pixels(c))))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "in values", verdict.notes
    assert re.search(r"RMS \d\.\d\d, greatest \d+ of 255", verdict.notes[0])


def test_a_shade_over_all_and_a_stroke_as_tall_as_a_letter_are_not_consistent(pair):
    struck = as_png(with_stroke(contents.pixels((pair.first / f"{FIGURE}.png").read_bytes())))
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
    pair.both(f"{FIGURE}.png", lambda c: as_png(contents.pixels(c), compress_level=1))
    pair.both(f"{FIGURE}.csv", lambda c: c.replace(b",yes,", b",no,", 1))
    verdict = pair.judge(exact=False)[f"{FIGURE}.png"]
    assert verdict.consistent == "no"
    assert "plotted rows" in verdict.notes[0]


def test_marks_of_a_drawing_may_lie_elsewhere_but_not_be_others(pair):
    pair.both(f"{FIGURE}.svg", lambda c: re.sub(rb' d="M[\d.]+', b' d="M1.5', c, count=1))
    assert pair.judge(exact=False)[f"{FIGURE}.svg"].consistent == "in values"
    pair.both(f"{FIGURE}.svg", lambda c: c.replace(b"evidence.html#", b"evidence.html#other-", 1))
    assert pair.judge(exact=False)[f"{FIGURE}.svg"].consistent == "no"


def test_a_changed_word_of_a_page_is_not_consistent_in_values(pair):
    pair.both("en/grades.html", lambda c: c.replace(b"<p>", b"<p class='other'>", 1))
    assert pair.judge(exact=False)["en/grades.html"].consistent == "in values"
    pair.both("en/grades.html", lambda c: c.replace(b"</h1>", b"!</h1>", 1))
    assert pair.judge(exact=False)["en/grades.html"].consistent == "no"


@given(st.floats(1e-200, 1e200), st.floats(-3e-9, 3e-9))
def test_numbers_are_the_same_within_a_billionth(number, apart):
    one, other = (contents.Contents("w", (x,)) for x in (number, number * (1 + apart)))
    if abs(apart) < 0.99e-9:
        assert one.same_as(other)
    elif abs(apart) > 1.01e-9:
        assert not one.same_as(other)


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 255))
def test_greys_survive_being_packed(height, width, grey):
    means = contents.greys(np.full((height, width, 4), (grey, grey, grey, 255), np.uint8))
    assert (means == grey).all()
    assert (contents.unpacked(contents.packed(means)) == means).all()


def test_a_page_that_is_none_is_no_reason_to_stop():
    with pytest.raises(ValueError, match="x.json cannot be read"):
        contents.read("x.json", b"\xff\xfe")


# -- The copy, the lock and the clock --------------------------------------------------------------


def test_a_copy_outside_git_takes_all_but_what_is_ignored_and_what_is_built(tmp_path):
    names = (
        "src/a.py",
        "src/__pycache__/a.pyc",
        "reports/x/index.html",
        "data/raw/x/a.csv",
        "data/processed/x/a.csv",
        "build/y",
        "own.log",
        "deep/own.log",
        "deep/kept.txt",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("# built\n/reports/\n__pycache__/\n*.log\n")
    assert reproduce.tree(tmp_path) == [".gitignore", "data/raw/x/a.csv", "deep/kept.txt", "src/a.py"]


def test_installed_versions_that_are_not_the_locked_ones_are_named(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        'click==0.0.1 \\\n    --hash=sha256:00\nnone-such==1.0 ; python_version < "3" \\\n'
        "no-such-package==2.0 \\\n    --hash=sha256:00\n"
    )
    first, second = certificate.environment(lock).differences
    assert re.fullmatch(r"click [\d.]+ \(locked: 0\.0\.1\)", first)
    assert second == "no-such-package missing (locked: 2.0)"


def test_another_machine_than_that_of_the_published_is_named(published):
    here = certificate.environment()
    there = copy.deepcopy(published)
    there["made_on"] |= {"machine": "sparc64", "locked": False}
    found = reproduce._elsewhere(here, there)
    assert any("published with sparc64" in words for words in found)
    assert any("not made with the locked versions" in words for words in found)


def test_what_is_published_is_written_only_from_a_report_that_was_built(reproduced):
    with pytest.raises(reproduce.ReproduceError, match="run: make report STUDY=harbour"):
        reproduce.write_expected("harbour", reproduced.project)


def test_the_last_lines_of_a_failed_build_are_in_the_certificate(reproduced, tmp_path):
    around = reproduce.conditions()[0]
    (tmp_path / "project").mkdir()
    shutil.copytree(reproduced.project / "src", tmp_path / "project" / "src")
    built = reproduce.build(tmp_path / "project", "harbour", ("en",), around, tmp_path / "copies")
    assert built.status != 0
    assert built.said
    assert str(tmp_path) not in "\n".join(built.said)
