"""Catalogues: complete in both languages, and nothing that stands in a value becomes code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from analysis import paths, words
from analysis.words import Link, Words, WordsError, escape, in_words, listed, placeholders

pytestmark = pytest.mark.unit
CATALOGUES = [
    *sorted((paths.NOTEBOOKS / "words").glob("*.yaml")),
    *sorted((paths.ROOT / "src" / "analysis").glob("*/words.yaml")),
]
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
each = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
EVERYWHERE = ("choice", "column", "level", "made", "option")  # keys that are put together from a value


def said(text: str, language: str = "en", **values: object) -> str:
    return Words({"key": {"ja": text, "en": text}}, language, "own.yaml")("key", **values)


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, "utf-8")
    return path


# -- What is refused -------------------------------------------------------------------------------


def test_a_key_that_is_not_there_is_answered_with_the_nearest(tmp_path):
    catalogue = words.read(written(tmp_path, "issues.caption: {ja: 課題, en: Issues}"), "en")
    with pytest.raises(WordsError) as refusal:
        catalogue("issue.caption")
    line = "own.yaml has no words for 'issue.caption'; did you mean issues.caption?"
    assert str(refusal.value) == line
    assert refusal.value._render_traceback_() == [line]


def test_a_key_like_no_other_is_asked_for_in_both_languages(tmp_path):
    with pytest.raises(WordsError, match="no words for 'zzz'; add it, with ja and en"):
        words.read(tmp_path / "none.yaml", "en")("zzz")


@pytest.mark.parametrize("entry", ["{ja: 題}", "{en: Title}", "{ja: 題, en: Title, fr: Titre}", "Title"])
def test_an_entry_that_lacks_a_language_is_refused_by_name(tmp_path, entry):
    with pytest.raises(WordsError, match=r"own\.yaml: title: expected the languages ja and en"):
        words.read(written(tmp_path, f"title: {entry}"), "en")


def test_a_value_that_is_not_given_is_asked_for_with_those_that_are():
    with pytest.raises(WordsError, match=r"own\.yaml: key: no value for 'n'; given: name, of"):
        said("{name}: {n} of {of}", name="x", of=2)


# -- The project's own -----------------------------------------------------------------------------


@each
def test_a_catalogue_says_the_same_values_in_both_languages(path):
    entries = yaml.safe_load(path.read_text("utf-8"))
    assert entries
    for key, texts in entries.items():
        assert sorted(texts) == ["en", "ja"], key
        assert all(texts.values()), key
        assert placeholders(texts["ja"]) == placeholders(texts["en"]), key


@pytest.mark.parametrize("path", sorted((paths.NOTEBOOKS / "words").glob("*.yaml")), ids=lambda p: p.stem)
def test_english_holds_no_japanese(path):
    for key, texts in yaml.safe_load(path.read_text("utf-8")).items():
        assert not re.search("[\u3040-\u30ff\u4e00-\u9fff]", texts["en"]), key


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_whatever_its_catalogue_holds(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    entries = yaml.safe_load((paths.NOTEBOOKS / "words" / f"{path.stem}.yaml").read_text("utf-8"))
    heads = {key.split(".")[0].removesuffix("-small") for key in entries} - set(EVERYWHERE)
    assert [head for head in sorted(heads) if f'"{head}' not in code] == []


# -- Values in sentences ---------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_a_value_is_shown_as_it_stands_whatever_signs_it_holds(value):
    page = html.fragment_fromstring(MarkdownIt().render(said("x {v} x", v=value)), create_parent=True)
    assert page.text_content().strip() == f"x {value} x"
    assert {element.tag for element in page.iter()} == {"div", "p"}


def test_a_link_leads_where_its_record_is_and_says_its_words_as_they_stand():
    linked = said("see {v}", v=Link("record:issues/one", "<b> [x](y)"))
    assert linked == f"see [{escape('<b> [x](y)')}](record:issues/one)"


def test_plain_text_escapes_nothing_and_leads_nowhere():
    catalogue = Words({"key": {"ja": "", "en": "{v}"}}, "en", "own.yaml")
    assert catalogue.text("key", v=Link("record:issues/one", "<b>")) == "<b>"


@pytest.mark.parametrize(
    ("text", "values", "english", "japanese"),
    [
        ("{n}", {"n": 1200}, "1,200", "1,200"),
        ("{n}", {"n": 0.5}, "0.50", "0.50"),
        ("x {n:word}", {"n": 6}, "x six", "x 6"),
        ("x {n:word}", {"n": 13}, "x 13", "x 13"),
        ("{n} {n:issue|issues}", {"n": 1}, "1 issue", "1 issue"),
        ("{n} {n:issue|issues}", {"n": 2}, "2 issues", "2 issues"),
        ("{names:list}", {"names": ["A", "B", "C"]}, "A, B and C", "A、B、C"),
        ("{n:word} moved", {"n": 2}, "Two moved", "2 moved"),
    ],
)
def test_numbers_nouns_and_lists_stand_as_each_language_has_them(text, values, english, japanese):
    assert said(text, "en", **values) == english
    assert said(text, "ja", **values) == japanese


def test_no_number_is_written_as_a_word_where_prose_has_a_figure():
    assert [in_words(n, "en") for n in (1, 10, 11, 2.5)] == ["one", "ten", "11", "2.50"]
    assert listed([], "en") == "" and listed(["A"], "en") == "A"
