"""What differs by language: as the house has it in Japanese and English, as CLDR has it elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import languages, paths
from analysis.transcribe import periods


@pytest.mark.parametrize("tag", ["", "EN", "english", "xx", "de_DE", "zh-hant", "../de", "de\n"])
def test_what_is_no_language_tag_is_none(tag):
    assert not languages.known(tag)


@pytest.mark.parametrize("tag", ["ja", "en", "de", "ko", "pt-BR", "zh-Hant", "sr-Latn"])
def test_a_tag_that_cldr_knows_is_a_language(tag):
    assert languages.known(tag)


def test_japanese_and_english_do_not_wait_for_babel():
    code = "import sys; from analysis.words import small; from analysis.transcribe import periods, schema;"
    code += "schema.load(); small('ja').text('yes'); periods.display('2018-03-31', 'en');"
    code += "print('babel' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(paths.ROOT / "src")}, **_TEXT)
    assert said.stdout.strip() == "False", said.stderr


_TEXT = {"capture_output": True, "text": True, "check": False}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", "A、B、C"),
        ("en", "A, B and C"),
        ("de", "A, B und C"),
        ("ko", "A, B 및 C"),
    ],
)
def test_names_are_listed_as_the_language_has_it(language, said):
    assert languages.listed("ABC", language) == said


@pytest.mark.parametrize(
    ("period", "language", "said"),
    [
        ("1995-12/2009-09", "de", "Dez. 1995–Sept. 2009"),
        ("2018-03-31", "de", "31. März 2018"),
        ("2018-03-31", "ko", "2018년 3월 31일"),
        ("2012/2015", "fr", "2012–2015"),
        ("FY2011/FY2016", "ja", "2011～2016年度"),
        ("FY2011/FY2016", "en", "FY2011–FY2016"),
        ("2017/", "en", "from 2017 (end not stated)"),
        ("/2017", "ja", "（始期の記載なし）～2017年"),
    ],
)
def test_periods_read_as_the_language_has_them(period, language, said):
    assert periods.display(period, language) == said


def test_a_noun_has_as_many_forms_as_its_language():
    polish = ["plik", "pliki", "plików"]
    assert [languages.form(polish, n, "pl") for n in (1, 2, 5, 22)] == ["plik", "pliki", "plików", "pliki"]
    assert [languages.form(["Bild", "Bilder"], n, "de") for n in (0, 1, 2)] == ["Bilder", "Bild", "Bilder"]


def test_a_translation_with_fewer_forms_than_its_language_is_still_said():
    assert languages.form(["file", "files"], 5, "pl") == "files"


def test_only_some_languages_are_written_from_right_to_left():
    assert [languages.direction(tag) for tag in ("ja", "en", "de", "ar", "he")] == ["ltr"] * 3 + ["rtl"] * 2


@given(st.floats(0, 1e9), st.sampled_from(["ja", "en", "de", "ko", "fr"]))
def test_a_number_has_no_decimals_or_two(number, language):
    said = languages.figure(number, language)
    whole, sign, decimals = said.rpartition("," if language in ("de", "fr") else ".")
    assert len(decimals) == 2 or float(number).is_integer() or not sign, (whole, said)


def test_a_language_that_is_missing_is_read_in_english_else_in_the_first():
    assert languages.nearest("de", ("ja", "en")) == "en"
    assert languages.nearest("de", ("ko", "ja")) == "ko"
    assert languages.nearest("ja", ("ja", "en")) == "ja"
