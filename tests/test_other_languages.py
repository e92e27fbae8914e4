"""A study in German and English, and one in English alone: the rows of rivertowns under other headings."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from lxml import html

from analysis.tidy import read
from analysis.tidy.datapackage import languages as languages_of
from analysis.transcribe import load, schema, study_yaml
from analysis.transcribe.problems import StudyError
from other_languages import rivertowns_in
from projects import RIVERTOWNS, Project, copy_project

pytestmark = pytest.mark.xdist_group("languages")
SOURCE = RIVERTOWNS / "source.txt"


@pytest.fixture
def towns(tmp_path):
    return rivertowns_in(("de", "en"), tmp_path / "towns")


def problems(folder) -> list[str]:
    with pytest.raises(StudyError) as refused:
        load.read(folder)
    return [str(problem) for problem in refused.value.problems]


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        ("[de, en, klingon]", "languages: found 'klingon', expected a BCP 47 tag such as de"),
        ("[de, en, en]", "languages: found 'en' more than once, expected every id once"),
        ("[]", "languages: found an empty list, expected a list of languages such as [ja, en]"),
        ("de", "languages: found 'de', which YAML reads as a text, expected a list of languages"),
    ],
)
def test_languages_that_are_none_are_refused(towns, languages, said):
    path = towns / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("[de, en]", languages), "utf-8")
    assert any(said in str(each) for each in study_yaml.read(path)[1]), study_yaml.read(path)[1]


def test_a_column_of_a_language_that_the_study_lacks_is_unknown(towns):
    path = towns / "regions.csv"
    path.write_text(path.read_text("utf-8").replace("label_de", "label_ja", 1), "utf-8")
    found = problems(towns)
    assert any("label_ja: found an unknown column" in each for each in found), found
    assert any("label_de: found no such column" in each for each in found), found


def test_a_mistake_elsewhere_in_study_yaml_makes_no_column_unknown(towns):
    path = towns / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("year: 2021", "year: soon"), "utf-8")
    assert [each for each in problems(towns) if "column" in each] == []


# -- Columns ---------------------------------------------------------------------------------------


def test_the_usual_languages_have_the_columns_that_the_schema_names():
    assert schema.load() is schema.load(languages=schema.LANGUAGES) or schema.load() == schema.load(
        languages=("ja", "en")
    )
    names = [field.name for field in schema.load().tables["regions"].fields]
    assert names[1:3] == ["label_ja", "label_en"] and names[-2:] == ["note", "note_ja"]


@pytest.mark.parametrize(
    ("languages", "names"),
    [
        (("de", "en"), ["label_de", "label_en", "label_en_official", "note", "note_de"]),
        (("en", "ja"), ["label_en", "label_ja", "label_en_official", "note", "note_ja"]),
        (("en",), ["label_en", "label_en_official", "note"]),
        (("ko",), ["label_ko", "note"]),
        (
            ("de", "fr", "en"),
            ["label_de", "label_fr", "label_en", "label_en_official", "note", "note_de", "note_fr"],
        ),
    ],
)
def test_a_pair_of_columns_is_one_for_each_language_of_the_study(languages, names):
    table = schema.load(languages=languages).tables["regions"]
    found = [f.name for f in table.fields if f.name.startswith(("label", "note"))]
    assert found == names


def test_only_the_column_in_the_sources_language_is_held_to_it():
    table = schema.load(languages=("de", "en")).tables["projects"]
    for language in ("de", "en"):
        held = [field.name for field in table.verbatim_in(language) if field.pair == "label"]
        assert held == [f"label_{language}"]
        assert table.anchor_in(language) == f"label_{language}"


def test_a_column_is_worded_for_its_language_in_any_language():
    field = schema.load(languages=("de", "en")).tables["regions"].field("label_de")
    assert field.title("en") == "Label (German)"
    assert field.title("ja") == "名称（ドイツ語）"
    assert field.description("en") == "German label; as printed where the source is German."


# -- Built -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Project:
    """Both studies in a project, verified and built by commands, with a few pages."""
    project = copy_project(tmp_path_factory.mktemp("languages") / "project")
    project = Project(project.folder, "towns").only_pages("grades", "evidence", "methods")
    rivertowns_in(("de", "en"), project.raw)
    rivertowns_in(("en",), project.raw.parent / "english")
    for folder in (project.raw, project.raw.parent / "english"):
        for name in ("codings", "links", "assessments"):  # one coder, so that ids are those of one file
            for path in folder.glob(f"{name}-*.csv"):
                path.unlink()
    for command, more in (
        ("verify", {"SOURCE": str(SOURCE)}),
        ("report", {}),
        ("export", {}),
        ("report", {"STUDY": "english"}),
    ):
        done = project.run(command, **more)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return project


@pytest.mark.build
def test_a_language_that_the_study_lacks_is_refused_with_those_it_has(made):
    done = made.run("report", LANGUAGE="ja")
    assert done.returncode == 2
    expected = "LANGUAGE: found 'ja', expected de, en or both; write LANGUAGE=de, or add it to languages"
    assert done.stderr.startswith(expected)


@pytest.mark.build
def test_tidy_tables_have_the_languages_of_the_study(made):
    for name, languages in (("towns", ("de", "en")), ("english", ("en",))):
        folder = made.processed.parent / name
        package = json.loads((folder / "datapackage.json").read_text("utf-8"))
        assert languages_of(package["study"]) == languages
        columns = {c for path in folder.glob("*.csv") for c in pd.read_csv(path, nrows=0)}
        assert not [c for c in columns if c.endswith("_ja")]
        assert ("note_de" in columns) == ("de" in languages) and "note_en" in columns
        assert ("title_de" in package) == ("de" in languages) and "title_ja" not in package


@pytest.mark.build
def test_the_translation_is_read_in_german_and_the_print_in_english(made):
    german, english = (read.open_tables("towns", x, made.processed.parent) for x in ("de", "en"))
    assert list(german.regions["name"]) != list(english.regions["name"])
    assert list(english.regions["name"]) == ["Ashenford", "Brindlequay", "Corvenholm", "Dunmarrow"]


@pytest.mark.build
def test_each_page_is_in_its_language_and_leads_to_the_others(made):
    for path in (made.report / "de").glob("*.html"):
        page = html.parse(str(path)).getroot()
        assert page.get("lang") == "de"
        switch = page.xpath("//p[@class='switch']/a")
        assert [(a.text, a.get("href"), a.get("lang")) for a in switch] == [
            ("English", f"../en/{path.name}", "en")
        ]
    for path in (made.report.parent / "english" / "en").glob("*.html"):
        assert not html.parse(str(path)).getroot().xpath("//p[@class='switch']")


@pytest.mark.build
def test_a_report_has_files_in_its_languages_only(made):
    own = {path.name for path in made.report.iterdir()}
    assert {"de", "en", "report-de.pdf", "evidence-de.pdf", "report-en.pdf"} <= own and "ja" not in own
    other = {path.name for path in (made.report.parent / "english").iterdir()}
    assert {"en", "report-en.pdf"} <= other and not other & {"ja", "de"}


@pytest.mark.build
def test_words_without_translation_are_counted_once(made, tmp_path):
    copy = made.copy(tmp_path / "copy").only_pages("methods")
    for path in (copy.folder / "src/analysis/languages").glob("*.po"):
        path.unlink()
    done = copy.run("report", LANGUAGE="de")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if "no translation" in line]
    assert (
        len(lines) == 1 and lines[0].startswith("de: 1,") and lines[0].endswith("make language LANGUAGE=de")
    )


@pytest.mark.build
def test_a_study_beside_that_lacks_a_language_is_named_and_read_in_english(made, tmp_path):
    copy = made.copy(tmp_path / "copy").only_pages("methods")
    shutil.rmtree(copy.raw.parent / "harbour", ignore_errors=True)
    done = copy.run("report", STUDY="", STUDIES="towns english")
    assert done.returncode == 0, done.stderr
    said = "english: stands beside towns and is not in de; its words are shown in en"
    assert [line for line in done.stderr.splitlines() if "stands beside" in line] == [said]
