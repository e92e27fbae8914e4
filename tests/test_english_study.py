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

from analysis import figures, paths
from analysis.tidy.tidy import read
from analysis.transcribe import load
from analysis.verify import verify
from projects import RIVERTOWNS, Project, copy_project, files

SOURCE = RIVERTOWNS / "source.txt"
pytestmark = pytest.mark.xdist_group("english")


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


def table(page: html.HtmlElement, caption: str) -> list[list[str]]:
    """The rows of the table under a caption, as text."""
    (found,) = page.xpath("//table[caption[text()=$caption]]", caption=caption)
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]
        for row in found.xpath("tbody/tr")
    ]


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


def test_that_there_are_no_phases_is_said_in_words_and_never_counted(pages):
    for page in ("index", "phases"):
        assert "No phases of policy are recorded." in said(pages[page])
        assert not re.search(r"\b0 (phases|of)|\b0 began", said(pages[page]))
    assert pages["phases"].xpath("//*[starts-with(@aria-label, 'Timeline. Phases: none.')]")


def test_years_are_calendar_years_where_no_fiscal_year_is_printed(made, pages):
    gaps = tidy(made, "support_gaps").query("region == 'corvenholm'")
    assert gaps.query("status == 'none'")["fiscal_year"].tolist() == [2009, 2015, 2020, 2021]
    assert gaps["start"].str.endswith("-01-01").all()
    assert "in 9 of 13 years; none stated in 2009, 2015 and 2020–2021." in said(pages["index"])
    for name in ("index", "phases", "region-corvenholm"):
        text = html.tostring(pages[name], encoding="unicode")
        assert "fiscal" not in text and not re.search(r"FY\d", text), name


def test_letters_of_two_scales_are_never_set_against_each_other(made, pages):
    grades = tidy(made, "grades").set_index("record")
    change = {r.Index: r.change for r in grades.itertuples() if r.change}
    assert change["living-dyes-final"] == "up"  # B, then A, on one scale
    assert change["colour-commons-final"] == change["glass-for-healing-final"] == "not_comparable"
    pairs = [
        [a.get("href").rpartition("#evaluations-")[2] for a in p.xpath(".//a")]
        for p in pages["grades"].xpath("//p[starts-with(., 'On one scale')]")
    ]
    assert len(pairs) == 8
    assert all(grades.loc[a, "scale"] == grades.loc[b, "scale"] for a, b in pairs)
    assert "seven letters (B: 3, A: 2, S: 1, C: 1) on two scales" in said(pages["grades"])


def test_agreement_is_shown_theme_by_theme_with_what_cannot_be_said(made, pages):
    rows = {row[0]: row[1:] for row in table(pages["methods"], "Agreement by theme")}
    measured = tidy(made, "coder_agreement").set_index("theme_en")
    assert list(rows) == list(measured.index)
    for theme, (units, given, disagreed, alpha, interval) in rows.items():
        own = measured.loc[theme]
        assert [units, given, disagreed] == [str(own[c]) for c in ("units", "given", "disagreed")]
        assert alpha == ("undefined" if own["alpha"] == "" else f"{float(own['alpha']):.2f}")
        assert interval.startswith("none (") == (own["low"] == "")
    assert rows["Rivers"][3:] == ["undefined", "none (all judgements are the same)"]
    assert rows["Funding"][3:] == ["1.00", "none (no disagreement to resample)"]
    words = said(pages["methods"])
    assert "Of 35 records that can be coded, 33 were considered by at least two" in words
    assert "so few records say nothing of differences between themes" in words
    assert pages["methods"].xpath("//*[@id='figure-coder-agreement']")
    assert "With one coder" not in words


def test_disagreements_stand_side_by_side_and_lead_to_their_evidence(made, pages):
    listed = table(pages["methods"], "Records and themes on which coders differ")
    differ = tidy(made, "coding_disagreements")
    assert [row[1:] for row in listed] == [
        list(row)
        for row in differ[["theme_en", "given_by", "not_given_by", "consensus_en"]].itertuples(
            index=False, name=None
        )
    ]
    assert {row[4] for row in listed} == {"given", "not given", "none yet"}
    for record in differ.query("table == 'statements'")["record"]:
        assert pages["methods"].xpath(f"//a[@href='evidence.html#statements-{record}']")


def test_the_consensus_counts_where_there_is_one(made):
    themes = tidy(made, "statements").set_index("record")["themes"]
    assert themes["healing-share"] == "links"  # one gave it, they agreed on it
    assert themes["hulls-product"] == "results"  # one gave another, they agreed not to
    assert themes["dyes-lent-dyers"] == "people links"  # no consensus: any coder's
    profile = tidy(made, "theme_profile")
    assert "hulls-product" not in " ".join(profile.query("theme == 'firms'")["records"])


def test_captions_and_cards_say_whose_judgement_the_themes_are(made, pages):
    data = read(made.study, made.processed.parent)
    for figure in (figures.theme_profile, figures.issue_matrix, figures.outlook_map):
        subtitle = figure(data, "en").subtitle
        assert "one coder" not in subtitle
        assert "their consensus where there is one" in subtitle
    words = said(pages["evidence"])
    assert "Themes (consensus of the coders)" in words
    assert "Themes (given by at least one of 2 coders)" in words


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


@pytest.mark.xdist_group("report")
def test_a_report_of_one_coder_says_that_nothing_can_be_said_of_agreement(built):
    words = {"ja": "コーダー間の一致については何も言えません", "en": "With one coder nothing can be said"}
    for language, sentence in words.items():
        page = html.parse(built.report / language / "methods.html").getroot()
        assert sentence in said(page)
        assert not page.xpath("//*[@id='figure-coder-agreement']")
        assert "Krippendorff" not in said(page)
