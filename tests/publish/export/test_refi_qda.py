"""The codebook as .qdc: of the form that REFI-QDA's Codebook schema describes, and lasting ids."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from analysis.publish.export import codebook
from analysis.transcribe.study_yaml import Meta

SPACE = {"q": "urn:QDA-XML:codebook:1.0"}
GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# What the standard (REFI-QDA 1.5, Codebook) asks for, in RELAX NG: the order of elements, the
# attributes that must be there and those that may, and their values.
FORM = etree.RelaxNG(
    etree.fromstring(f"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="urn:QDA-XML:codebook:1.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="CodeBook">
      <optional><attribute name="origin" ns=""/></optional>
      <element name="Codes"><oneOrMore><ref name="code"/></oneOrMore></element>
    </element>
  </start>
  <define name="code">
    <element name="Code">
      <attribute name="guid" ns=""><data type="token"><param name="pattern">{GUID}</param></data></attribute>
      <attribute name="name" ns=""><data type="string"/></attribute>
      <attribute name="isCodable" ns=""><data type="boolean"/></attribute>
      <optional><attribute name="color" ns="">
        <data type="token"><param name="pattern">#[A-Fa-f0-9]{{6}}</param></data>
      </attribute></optional>
      <optional><element name="Description"><data type="string"/></element></optional>
      <zeroOrMore><ref name="code"/></zeroOrMore>
    </element>
  </define>
</grammar>""")
)


@pytest.fixture(scope="module", params=["harbour", "paper"])
def study(request):
    return request.getfixturevalue(request.param)


def codes(study) -> list[etree._Element]:
    return etree.fromstring(codebook.refi_qda(study)).findall(".//q:Code", SPACE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code.attrib.pop("guid"),
        lambda code: code.attrib.pop("isCodable"),
        lambda code: code.set("guid", "continuity"),
        lambda code: code.set("isCodable", "yes"),
        lambda code: code.append(code.makeelement(code[0].tag)),
        lambda code: code.getparent().remove(code),
    ],
)
def test_a_codebook_of_another_form_is_told_from_one_of_the_standards(small, spoil):
    root = etree.fromstring(codebook.refi_qda(small(themes=[{"id": "money"}])))
    assert FORM.validate(root)
    spoil(root.find(".//q:Code", SPACE))
    assert not FORM.validate(root)


def test_a_study_without_themes_has_no_codebook_of_a_form_that_wants_one(small):
    assert codebook.refi_qda(small()) is None


def test_the_codebook_has_the_standards_form(study):
    root = etree.fromstring(codebook.refi_qda(study))
    assert FORM.validate(root), FORM.error_log


def test_every_theme_is_a_code_that_can_be_given(study):
    themes = study.tables["themes"]
    assert [code.get("isCodable") for code in codes(study)] == ["true"] * len(themes)
    assert [code.get("name") for code in codes(study)] == [
        f"{t.label_ja} ({t.label_en})" for t in themes.itertuples()
    ]


def test_a_description_says_in_both_languages_what_is_in_and_what_is_out(study):
    for code, theme in zip(codes(study), study.tables["themes"].itertuples(), strict=True):
        text = code.findtext("q:Description", namespaces=SPACE)
        assert text.startswith(f"[{theme.id}]\n")
        for words in (
            theme.definition_ja,
            f"含む：{theme.include_ja}",
            f"含まない：{theme.exclude_ja}",
            theme.definition_en,
            f"Include: {theme.include_en}",
            f"Exclude: {theme.exclude_en}",
        ):
            assert words in text.splitlines()


def test_the_sources_own_language_comes_first(small):
    study = small(themes=[{"id": "money", "label_ja": "資金", "label_en": "Funding"}])
    assert codes(study)[0].get("name") == "資金 (Funding)"
    english = replace(study, meta=Meta({**study.meta, "language": "en"}))
    assert codes(english)[0].get("name") == "Funding (資金)"


def test_text_that_is_markup_elsewhere_stays_text(small):
    words = "<b> & \"q\" 'r' ]]> </Code>"
    study = small(themes=[{"id": "money", "label_en": words, "include_en": words}])
    (code,) = codes(study)
    assert words in code.get("name")
    assert words in code.findtext("q:Description", namespaces=SPACE)


def test_ids_stay_for_good_and_differ_between_themes_and_studies(harbour):
    # Written down: codings made with an export must find their codes in every later one.
    assert codebook.guid("harbour", "funding") == "83c33986-9cc9-5d78-9f2a-a4fdd0b8ebb6"
    found = [code.get("guid") for code in codes(harbour)]
    assert len(set(found)) == len(found) == len(harbour.tables["themes"])
    assert all(re.fullmatch(GUID, guid) for guid in found)
    assert set(found).isdisjoint(codebook.guid("other", t) for t in harbour.tables["themes"]["id"])
