"""Another source, its user's way: an English paper without phases, with two scales and two coders."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from lxml import html

from analysis import paths
from analysis.notebook.readings import robustness
from analysis.transcribe import load
from analysis.verify import verify
from projects import RIVERTOWNS, Project, copy_project, files

SOURCE = RIVERTOWNS / "source.txt"
pytestmark = [pytest.mark.build, pytest.mark.xdist_group("english")]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Project:
    """The study begun, filled in, verified and built by commands alone."""
    folder = copy_project(tmp_path_factory.mktemp("english") / "project").folder
    project = Project(folder, RIVERTOWNS.name)
    begun = project.run("new-study", TITLE="Four river towns", LANGUAGE="en")
    assert begun.returncode == 0, begun.stderr
    for path in [*RIVERTOWNS.glob("*.csv"), RIVERTOWNS / "study.yaml"]:
        shutil.copy(path, project.raw)
    for command, more in (("verify", {"SOURCE": str(SOURCE)}), ("report", {"LANGUAGE": "en"})):
        done = project.run(command, **more)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return project


@pytest.fixture(scope="module")
def pages(made) -> dict[str, html.HtmlElement]:
    return {p.stem: html.parse(p).getroot() for p in sorted((made.report / "en").glob("*.html"))}


def said(page: html.HtmlElement) -> str:
    """The words of a page, without those of its figures."""
    return " ".join("".join(page.xpath("//main//text()[not(ancestor::*[local-name()='svg'])]")).split())


def tidy(made: Project, name: str) -> pd.DataFrame:
    return pd.read_csv(made.processed / f"{name}.csv", keep_default_na=False)


# -- Transcribed and verified ----------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(RIVERTOWNS, tmp_path / RIVERTOWNS.name))


def change(folder: Path, name: str, row: str, **cells: str) -> None:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(r for r in rows if r["id"] == row).update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("name", "row", "column", "value"),
    [
        ("projects", "quiet-hulls", "label_en", "Quiet Keels"),
        ("regions", "dunmarrow", "name_en", "Dunmorrow"),
        ("regions", "dunmarrow", "field_en", "cold storage"),
        ("evaluations", "quiet-hulls-final", "grade", "B"),
        ("evaluations", "seeing-glass-final", "conducted", "2015-04"),
        ("indicators", "ashenford-firms", "value", "46"),
        ("issues", "brindlequay-2", "number", "1"),
    ],
)
def test_what_the_paper_does_not_print_is_found_out(copied, name, row, column, value):
    change(copied, name, row, **{column: value})
    report = verify.check(load.read(copied), SOURCE, today=date(2024, 5, 17))
    assert (name, column) in {(Path(problem.file).stem, problem.column) for problem in report.problems}


def test_a_japanese_name_of_an_english_paper_is_ours_and_may_be_any(copied):
    change(copied, "projects", "quiet-hulls", label_ja="音のしない船")
    assert verify.check(load.read(copied), SOURCE, today=date(2024, 5, 17)).ok


def test_every_passage_and_cell_stands_in_the_paper_and_little_is_left_out(made):
    report = verify.check(load.read(made.raw), SOURCE, today=date(2024, 5, 17))
    assert report.counts["passages"]["EXACT"] == len(report.passages) > 50
    assert report.counts["cells"] == {"FOUND": len(report.cells), "NOT_FOUND": 0, "INFERRED": 0}
    assert report.coverage.whole.covered > 0.98


def test_the_spaces_between_sentences_are_no_gaps(made):
    coverage = tidy(made, "coverage")
    assert "nothing" not in set(coverage["covered"])
    assert (coverage["position"] + coverage["chars"]).iloc[:-1].tolist() == coverage["position"].iloc[
        1:
    ].tolist()


def test_nothing_but_data_was_added_to_the_project(made):
    ours, theirs = paths.NOTEBOOKS, made.folder / "notebooks"
    mine = {n: b for n, b in files(ours).items() if ".ipynb_checkpoints" not in n}
    assert files(theirs) == mine


# -- The report ------------------------------------------------------------------------------------


def readings(made: Project) -> pd.DataFrame:
    """What the grid found, as the build keeps it."""
    path = made.folder / "build" / made.study / "readings.csv"
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_that_there_are_no_phases_is_said_in_words_and_never_counted(pages):
    assert "There are no rows" in said(pages["phases"])
    assert not pages["phases"].xpath("//figure[@id='phase-timeline']")
    for page in ("index", "phases"):
        assert not re.search(r"\b(0|no) phases of|\b0 began", said(pages[page]))


def test_no_heading_stands_over_nothing(pages):
    for name, page in pages.items():
        for heading in page.xpath("//main//section/h2[not(following-sibling::*)]"):
            raise AssertionError((name, heading.text_content()))


def test_letters_of_two_scales_are_never_set_against_each_other(made):
    grades = tidy(made, "grades").set_index("record")
    change = {r.Index: r.change for r in grades.itertuples() if r.change}
    assert change["living-dyes-final"] == "up"  # B, then A, on one scale
    assert change["colour-commons-final"] == change["glass-for-healing-final"] == "not_comparable"


def test_agreement_is_shown_for_each_kind_of_judgement_and_undefined_is_said(made, pages):
    overall = tidy(made, "coder_agreement").query("theme == ''")
    assert list(overall["judgement"]) == ["themes", "links", "statuses"]
    words = said(pages["methods"])
    for alpha in overall["alpha"]:
        assert f"{float(alpha):.2f}" in words
    assert "not computable" in words
    assert pages["methods"].xpath("//figure[@id='coder-agreement']")
    assert "single coder" not in words


def test_disagreements_stand_on_the_page_with_their_evidence(made, pages):
    for record in tidy(made, "coding_disagreements").query("table == 'statements'")["record"]:
        assert pages["methods"].xpath("//a[contains(@href, $to)]", to=f"#statements-{record}"), record


def test_the_consensus_counts_where_there_is_one(made):
    themes = tidy(made, "statements").set_index("record")["themes"]
    assert themes["healing-share"] == "links"  # one gave it, they agreed on it
    assert themes["hulls-product"] == "results"  # one gave another, they agreed not to
    assert themes["dyes-lent-dyers"] == "people links"  # no consensus: any coder's
    counted = tidy(made, "theme_codings").query("coder == 'consensus' and table == 'statements'")
    given = counted.groupby("record")["theme"].agg(set)
    assert given["dyes-lent-dyers"] == {"people", "links"}


# -- How robust is this? ---------------------------------------------------------------------------


def test_every_headline_is_run_under_every_choice_that_the_study_knows(made):
    found = readings(made)
    assert set(found["coder"]) >= {"consensus", "alder", "birch"}
    assert set(found["regions"]) >= {"ashenford", "brindlequay", "corvenholm", "dunmarrow"}
    assert (found.query("chosen == 'yes'").groupby("finding").size() == 1).all()
    assert "growth" not in set(found["finding"])  # no study stands beside


def test_a_headline_whose_value_changes_says_so_where_it_stands(made, pages):
    found = readings(made)
    moved = [name for name, own in found.groupby("finding") if own["value"].nunique() > 1]
    assert moved
    for name in moved:
        places = [p for p in pages.values() if p.xpath("//*[@id=$name]", name=name)]
        assert places, name
        stands = robustness(found, name)
        assert stands.low != stands.high
        for page in places:
            (block,) = page.xpath("//*[@id=$name]", name=name)
            text = " ".join(block.text_content().split())
            low, high = (value.replace("/", " of ") for value in (stands.low, stands.high))
            assert f"from {low} to {high}" in text, (name, text)


def test_a_headline_that_fails_somewhere_is_flagged_and_never_under_the_reading_it_is_worded_for(made, pages):
    found = readings(made)
    chosen = found[found["chosen"] == "yes"].set_index("finding")["holds"]
    fails = found[(found["holds"] != "") & (found["holds"] != found["finding"].map(chosen))]
    flagged = set(fails["finding"])
    assert flagged
    for name in set(found["finding"]):
        (block,) = pages["index"].xpath("//*[@id=$name]", name=name)
        assert ("this headline is false" in block.text_content()) == (name in flagged), name


def test_the_robustness_page_has_a_row_and_a_curve_for_every_headline(made, pages):
    page = pages["robustness"]
    names = list(readings(made)["finding"].drop_duplicates())
    (table,) = page.xpath("//table[contains(caption, 'headline')]")
    assert len(table.xpath("./tbody/tr")) == len(names)
    stand = {name: robustness(readings(made), name) for name in names}
    curves = {f"curve-{n}" for n, found in stand.items() if found.low != found.high or found.flips}
    assert {i for i in page.xpath("//figure/@id") if i.startswith("curve-")} == curves


# -- As a whole ------------------------------------------------------------------------------------


def test_no_link_of_any_page_is_dead(pages, made):
    ids = {f"{name}.html": set(page.xpath("//@id")) for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        for href in page.xpath("//@href | //@*[local-name()='href']"):
            file, _, anchor = href.partition("#")
            if "://" in href or href.startswith(("mailto:", "data:")):
                continue
            file = file or f"{name}.html"
            here = made.report / "en" / file
            if not here.exists() or (anchor and anchor not in ids.get(Path(file).name, {anchor})):
                dead.append((name, href))
    assert dead == []
