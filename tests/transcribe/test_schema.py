"""The schema: what it says, in which order, and what it becomes as a descriptor."""

from __future__ import annotations

import pytest
import yaml

from analysis import paths
from analysis.transcribe import schema as schemas
from analysis.transcribe.schema import KINDS, LANGUAGES


@pytest.fixture(scope="module")
def schema():
    return schemas.load()


def fields(schema, kind):
    return [(table, field) for table in schema.tables.values() for field in table.fields_for(kind)]


def names(table, kind="document"):
    return [field.name for field in table.fields_for(kind)]


def test_no_description_of_the_schema_is_cut_off_at_an_unquoted_comma():
    document = yaml.safe_load(paths.SCHEMA.read_text("utf-8"))
    described = [*document["tables"].items()]
    described += [(name, {"fields": part}) for name, part in document["common"].items()]
    cut = {
        (table, field["name"], key)
        for table, raw in described
        for field in raw["fields"]
        for key, value in field.items()
        if value is None
    }
    assert not cut


def test_a_misspelt_key_of_the_schema_is_an_error(tmp_path):
    misspelt = tmp_path / "schema.yaml"
    text = paths.SCHEMA.read_text("utf-8").replace("maxLength: 200", "maxLenght: 200", 1)
    misspelt.write_text(text, "utf-8")
    with pytest.raises(TypeError, match="maxLenght"):
        schemas.load(misspelt)


def test_columns_stand_in_order_id_own_place_basis(schema):
    first, *own, place, basis, inferred, note, note_ja = names(schema.tables["phases"])
    assert (first, own[0], own[-1]) == ("id", "number", "trigger_en")
    assert (place, basis, inferred) == ("passages", "basis", "inferred")
    assert (note, note_ja) == ("note", "note_ja")
    assert schema.tables["phases"].fields == schema.tables["phases"].fields_for("document")


def test_public_records_have_an_address_and_a_date_in_place_of_passages(schema):
    assert names(schema.tables["phases"], "records")[-6:] == [
        "address",
        "read",
        "basis",
        "inferred",
        "note",
        "note_ja",
    ]


@pytest.mark.parametrize("table", ["passages", "themes", "codings"])
@pytest.mark.parametrize("kind", KINDS)
def test_places_and_judgements_have_no_place_and_no_basis(schema, table, kind):
    ends = names(schema.tables[table], kind)
    assert ends[0] == "id"
    assert ends[-2:] == ["note", "note_ja"]
    assert not {"passages", "address", "read", "basis", "inferred"} & set(ends)


@pytest.mark.parametrize("table", ["links", "assessments"])
def test_a_judgement_about_passages_cites_them_and_names_its_coder(schema, table):
    assert names(schema.tables[table])[-4:] == ["coder", "passages", "note", "note_ja"]
    assert schema.tables[table].files_by == "coder"


def test_judgements_and_commentaries_are_no_records(schema):
    aside = {name for name, table in schema.tables.items() if not table.records}
    assert aside == {"passages", "assessments", "links", "clauses", "themes", "codings", "uncovered"}


def test_an_uncovered_stretch_has_a_place_and_concludes_nothing(schema):
    assert names(schema.tables["uncovered"]) == ["id", "reason", "repeats", "passages", "note", "note_ja"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_table_has_a_column_twice(schema, kind):
    for table in schema.tables.values():
        assert len(set(names(table, kind))) == len(names(table, kind)), table.name


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_in_the_schema_leads_somewhere(schema, kind):
    for table, field in fields(schema, kind):
        if field.vocabulary:
            assert field.vocabulary in schema.vocabularies, (table.name, field.name)
        if field.target:
            target, column = field.target
            assert column in names(schema.tables[target], kind), (table.name, field.name)
        assert table.anchor is None or table.anchor in names(table, kind)


def test_every_table_column_and_value_is_named_in_both_languages(schema):
    for language in LANGUAGES:
        for table, field in fields(schema, "document"):
            assert table.title(language)
            assert table.description(language)
            assert field.title(language)
            assert field.description(language)
        for vocabulary, values in schema.vocabularies.items():
            labels = [schema.label(vocabulary, value, language) for value in values]
            assert all(labels)
            assert len(set(labels)) == len(labels), f"{vocabulary}: two values read the same"


def test_a_value_that_the_vocabulary_lacks_has_no_label(schema):
    with pytest.raises(KeyError):
        schema.label("stance", "praise", "en")
