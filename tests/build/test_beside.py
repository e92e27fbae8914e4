"""The report of several studies: its own page, the others' cards, and nothing of it for one alone."""

from __future__ import annotations

import json
import re

import pytest

BOTH = {"STUDY": "", "STUDIES": "harbour harbour-records"}

pytestmark = pytest.mark.xdist_group("beside")


@pytest.fixture(scope="module")
def built(new_project, tmp_path_factory):
    """Three pages of the synthetic study's report beside its public records."""
    project = new_project(tmp_path_factory.mktemp("beside") / "project").with_records()
    project.only_pages("index", "records", "evidence")
    done = project.run("report", **BOTH)
    assert done.returncode == 0, done.stderr
    return project


def page(project, name: str, language: str = "en") -> str:
    return (project.report / language / f"{name}.html").read_text("utf-8")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_link_to_a_record_of_either_study_leads_to_its_card(built, language):
    cards = set(re.findall(r'id="([a-z0-9-]+)"', page(built, "evidence", language)))
    led = set()
    for name in ("index", "records", "evidence"):
        text = page(built, name, language)
        led |= set(re.findall(r'href="(?:evidence\.html)?#([a-z0-9-]+)"', text))
    assert any(card.startswith("harbour-records-projects-") for card in led)
    assert {
        card for card in led if re.match("(harbour-records-)?(projects|evaluations|regions)-", card)
    } <= cards


def test_a_card_of_another_study_says_what_leads_to_it(built):
    cards = page(built, "evidence").split("<article")
    (card,) = [c for c in cards if 'id="harbour-records-projects-bridge"' in c]
    assert 'href="records.html' in card


def test_the_manifest_and_the_data_name_the_study_beside(built):
    manifest = json.loads((built.report / "manifest.json").read_text("utf-8"))
    assert manifest["beside"] == ["harbour-records"]
    assert "harbour-records/projects.csv" not in manifest["runs"]["en/records"]["tables"]
    assert "harbour-records/project_spans.csv" in manifest["runs"]["en/records"]["tables"]
    assert (built.report / "data" / "harbour-records" / "grades.csv").is_file()


def test_what_is_built_is_fresh_and_a_changed_record_of_the_other_study_says_so(built, tmp_path):
    project = built.copy(tmp_path / "project")
    assert project.run("status", **BOTH).stdout == "everything is fresh\n"
    path = project.raw.parent / "harbour-records" / "projects.csv"
    path.write_text(path.read_text("utf-8").replace("FY2007/FY2008", "FY2007/FY2009"), "utf-8")
    said = project.run("status", **BOTH).stdout
    assert "en/records: " in said
    assert "harbour-records/project_spans.csv changed" in said


def test_a_changed_crosswalk_makes_the_runs_stale_that_join(built, tmp_path):
    project = built.copy(tmp_path / "project")
    path = project.raw.parent / "crosswalk.csv"
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("hatano")]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    said = project.run("status", **BOTH).stdout
    assert "en/records: crosswalk.csv changed" in said


def test_alone_the_study_has_no_such_page_and_no_foreign_card(built, tmp_path):
    project = built.copy(tmp_path / "project")
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr
    assert not (project.report / "en" / "records.html").exists()
    assert "harbour-records" not in page(project, "evidence")
    assert "records.html" not in page(project, "index")


def test_a_study_that_names_others_itself_is_set_beside_them(built, tmp_path):
    project = built.copy(tmp_path / "project")
    about = project.raw / "study.yaml"
    about.write_text(about.read_text("utf-8") + "beside: [harbour-records]\n", "utf-8")
    assert "en/records" in project.run("report").stderr + project.run("status").stdout
    assert (project.report / "en" / "records.html").exists()
    assert project.run("status").stdout == "everything is fresh\n"


@pytest.mark.parametrize(
    ("studies", "said"),
    [
        ("harbour nowhere", "STUDIES: found 'nowhere', expected a folder of data/raw"),
        ("harbour harbour", "STUDIES: found 'harbour' more than once"),
        ("harbour ../../etc", "STUDIES: found '../../etc', expected a name"),
        ("; touch pwned", "STUDIES: found ';', expected a name"),
    ],
)
def test_studies_that_are_not_there_are_refused_in_one_line(built, studies, said):
    done = built.run("report", STUDY="", STUDIES=studies)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_study_and_studies_together_are_refused(built):
    done = built.run("report", STUDY="harbour", STUDIES="harbour harbour-records")
    assert (done.returncode, done.stderr) == (2, "STUDY: given beside STUDIES; write one of the two\n")


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        (
            "[harbour-record]",
            "beside: found 'harbour-record', expected the name of another study's folder;"
            " did you mean harbour-records?",
        ),
        ("[harbour]", "beside: found 'harbour', expected the name of another study's folder"),
        ("harbour-records", "beside: found 'harbour-records', which YAML reads as a text"),
        ("[harbour-records, harbour-records]", "beside: found 'harbour-records' more than once"),
    ],
)
def test_a_study_that_names_no_study_beside_itself_is_refused(built, tmp_path, beside, said):
    project = built.copy(tmp_path / "project")
    about = project.raw / "study.yaml"
    about.write_text(about.read_text("utf-8") + f"beside: {beside}\n", "utf-8")
    done = project.run("data")
    assert done.returncode == 2
    assert said in done.stderr
