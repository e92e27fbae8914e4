"""The words of reports and their translations: one gettext file a language."""

from __future__ import annotations

import pytest

from analysis import words
from analysis.languages import catalogues

SHIPPED = sorted(path.stem for path in catalogues.FOLDER.glob("*.po"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of translations of its own, with three texts to translate."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    catalogues.translations.cache_clear()
    texts = {
        "publish:search": "Search",
        "publish:shown": "{shown} of {all}",
        "schema:tables.x.title": "Issues",
    }
    monkeypatch.setattr(catalogues, "english", lambda: dict(texts))
    catalogues.update("de")
    yield tmp_path
    catalogues.translations.cache_clear()


def fill(folder, *translated: tuple[str, str]) -> None:
    path = folder / "de.po"
    text = path.read_text("utf-8")
    for english, german in translated:
        assert f'msgid "{english}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{german}"')
    path.write_text(text, "utf-8")
    catalogues.translations.cache_clear()


@pytest.mark.parametrize("tag", SHIPPED)
def test_a_shipped_translation_is_complete_current_and_keeps_its_placeholders(tag):
    assert list(catalogues.faults(tag)) == []


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ((), "publish:search: no translation"),
        ((("Search", "Suche"), ("{shown} of {all}", "{shown} von {alle}")), "publish:shown: found {alle}"),
        (
            (("Search", "Suche"), ("{shown} of {all}", "{shown von")),
            "publish:shown: found a placeholder that",
        ),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(folder, translated, fault):
    fill(folder, *translated)
    assert any(said.startswith(fault) for said in catalogues.faults("de")), list(catalogues.faults("de"))


def test_changed_english_keeps_the_old_translation_as_fuzzy_and_shows_english(folder, monkeypatch):
    fill(folder, ("Search", "Suche"), ("Issues", "Probleme"))
    monkeypatch.setattr(
        catalogues, "english", lambda: {"publish:search": "Find", "schema:tables.x.title": "Issues"}
    )
    assert catalogues.update("de") == (folder / "de.po", 1)
    text = (folder / "de.po").read_text("utf-8")
    assert "fuzzy" in text and 'msgid "Find"\nmsgstr "Suche"' in text and "shown" not in text
    catalogues.translations.cache_clear()
    assert catalogues.translated("publish:search", "Find", "de") == "Find"
    assert catalogues.translated("schema:tables.x.title", "Issues", "de") == "Probleme"


def test_an_update_of_what_is_up_to_date_changes_no_byte(folder):
    fill(folder, ("Search", "Suche"))
    before = (folder / "de.po").read_bytes()
    assert catalogues.update("de")[1] == 2
    assert (folder / "de.po").read_bytes() == before


def test_a_text_without_translation_is_shown_in_english(folder):
    assert catalogues.missing("de") == 3
    fill(folder, ("Search", "Suche"))
    assert catalogues.missing("de") == 2
    assert catalogues.translated("publish:search", "Search", "de") == "Suche"
    assert catalogues.translated("publish:shown", "{shown} of {all}", "de") == "{shown} of {all}"
    assert catalogues.translated("publish:search", "Search", "ko") == "Search"


def test_nothing_is_missing_in_the_languages_the_catalogues_are_written_in():
    assert [catalogues.missing(tag) for tag in catalogues.WRITTEN] == [0, 0]


def test_every_catalogue_of_the_project_has_its_texts_among_those_to_translate():
    known = catalogues.english()
    for expected in (
        "notebooks/03_issues:cells.title",
        "notebooks/shared:source",
        "report:pages.index.title",
        "report:guides.new-study.title",
        "publish:search",
        "figures:key_stated",
        "languages:not-stated",
        "schema:vocabularies.basis.stated",
        "schema:tables.regions.title",
        "schema:columns.regions.label.title",
        "schema:columns.common.note.title",
        "schema:tidy.issues.description",
        "schema:tidy_columns.region",
    ):
        assert known.get(expected), expected
    assert known["schema:columns.regions.label.title"] == "Label ({language})"


def test_a_sentence_is_said_in_a_language_by_its_translation(tmp_path, folder, monkeypatch):
    path = tmp_path / "publish" / "words.yaml"
    path.parent.mkdir()
    path.write_text('shown: {ja: "{all}中{shown}", en: "{shown} of {all}"}\n', "utf-8")
    fill(folder, ("{shown} of {all}", "{shown} von {all}"))
    assert words.read(path, "de").text("shown", shown=1200, all=3000) == "1.200 von 3.000"
    assert words.read(path, "ko").text("shown", shown=1, all=3) == "1 of 3"
