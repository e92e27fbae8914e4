"""The bibliography: read by BibTeX and CSL tools, with what the source states and nothing else."""

from __future__ import annotations

import json
import re

import pytest
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from pybtex.database import BibliographyData, parse_bytes

from analysis.publish.export.bibliography import bibtex, csl, works

UNKNOWN = {"id": "ref-9", "number": "9", "identified": "unknown"}


@pytest.fixture
def entries(book):
    """Write a study's bibliography as BibTeX and have pybtex read it."""

    def read(study) -> BibliographyData:
        return parse_bytes(bibtex(works(study, book)), "bibtex")

    return read


@pytest.fixture
def items(book):
    """Write a study's bibliography as CSL-JSON and read it."""

    def read(study) -> dict[str, dict]:
        content = json.loads(csl(works(study, book)))
        return {item["id"]: item for item in content}

    return read


def rendered(items: list[dict]) -> list[str]:
    """The items as citeproc sets them in a style that it brings."""
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    return [str(entry) for entry in bibliography.bibliography()]


# -- What is not known -----------------------------------------------------------------------------


def test_what_the_source_does_not_state_has_no_field(small, entries, items):
    study = small(references=[UNKNOWN])
    entry = entries(study).entries["small-ref-9"]
    assert (entry.type, set(entry.fields), dict(entry.persons)) == ("misc", {"note"}, {})
    assert set(items(study)["small-ref-9"]) == {"id", "type", "note"}


def test_what_the_transcriber_concluded_is_said_in_both_languages(paper, entries, items):
    noted = items(paper)["okamoto2020-ref-4"]["note"]
    assert "Concluded by the transcriber: Year" in noted
    assert "転記者の判断：年" in noted
    assert "Concluded" not in items(paper)["okamoto2020-ref-2"]["note"]
    assert "Concluded by the transcriber: Year" in entries(paper).entries["okamoto2020-ref-4"].fields["note"]


def test_a_period_that_is_no_single_date_stays_as_it_is_written(small, entries, items):
    study = small(references=[UNKNOWN | {"year": "FY2007"}, UNKNOWN | {"id": "b", "year": "2007/2009"}])
    assert entries(study).entries["small-ref-9"].fields["year"] == "FY2007"
    assert "date" not in entries(study).entries["small-ref-9"].fields
    assert items(study)["small-b"]["issued"] == {"literal": "2007/2009"}


def test_a_study_of_records_has_itself_as_its_only_work(small, items):
    assert list(items(small(kind="records"))) == ["small"]


# -- What is ---------------------------------------------------------------------------------------


def test_every_cited_work_and_the_source_itself_are_entries(paper, entries, items):
    wanted = ["okamoto2020", *(f"okamoto2020-{key}" for key in paper.tables["references"]["id"])]
    assert list(entries(paper).entries) == wanted
    assert list(items(paper)) == wanted


def test_authors_years_and_titles_are_those_of_the_table(paper, entries, items):
    read, made = entries(paper).entries, items(paper)
    for row in paper.tables["references"].itertuples():
        entry, item = read[f"okamoto2020-{row.id}"], made[f"okamoto2020-{row.id}"]
        names = [" ".join(person.last_names).strip("{}") for person in entry.persons.get("author", ())]
        assert "; ".join(names) == row.authors
        assert "; ".join(name["literal"] for name in item.get("author", ())) == row.authors
        assert entry.fields.get("title", "").strip("{}") == item.get("title", "") == row.title
        assert entry.fields.get("year", "") == row.year[:4]
        parts = item.get("issued", {}).get("date-parts", [[]])[0]
        assert "-".join(f"{part:02}" for part in parts) == row.year
        assert entry.fields.get("url", "") == item.get("URL", "") == row.address


def test_the_day_of_a_work_is_kept_where_it_is_stated(small, entries):
    entry = entries(small(references=[UNKNOWN | {"year": "2016-09-23"}])).entries["small-ref-9"]
    assert (entry.fields["year"], entry.fields["month"], entry.fields["date"]) == (
        "2016",
        "September",
        "2016-09-23",
    )


def test_the_source_is_named_in_its_own_language_and_in_the_other(paper, items):
    item = items(paper)["okamoto2020"]
    assert item["author"] == [{"literal": paper.meta.authors[0].name_ja}]
    assert item["title"] == f"{paper.meta.title_ja}：{paper.meta.subtitle_ja}"
    assert item["issued"] == {"date-parts": [[paper.meta.year]]}
    assert item["language"] == "ja"
    for words in (paper.meta.authors[0].name_en, paper.meta.title_en, paper.meta.subtitle_en):
        assert words in item["note"]


def test_the_name_of_a_body_is_not_taken_apart(small, entries):
    study = small(references=[UNKNOWN | {"authors": "Ministry of Trade and Industry; 北川"}])
    persons = entries(study).entries["small-ref-9"].persons["author"]
    assert [person.last_names for person in persons] == [
        ["{Ministry of Trade and Industry}"],
        ["{北川}"],
    ]
    assert not any(person.first_names or person.prelast_names for person in persons)


def test_citeproc_sets_the_works_with_author_year_and_title(paper, items):
    text = "\n".join(rendered(list(items(paper).values())))
    for words in (
        "岡本信司",
        "2020",
        paper.meta.title_ja,
        "総務省行政評価局",
        "2016",
        "イノベーション政策の推進に関する調査結果報告書",
        "大久保",
    ):
        assert words in text, text


# -- Hostile text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "}",
        "{",
        "a } @misc{b, title = {c}}",
        r"\input{/etc/passwd}",
        "100 % of $5 & #1_a ~ ^",
        '"',
        "\\",
    ],
)
def test_text_that_means_something_to_tex_is_only_text(small, entries, items, words):
    study = small(references=[UNKNOWN | {"authors": words, "title": words, "note": words}])
    read = entries(study).entries
    assert list(read) == ["small", "small-ref-9"]
    title = read["small-ref-9"].fields["title"]
    assert not re.search(r"(?<!\\)[%$&#_~^]", title)
    assert plain(title) == words
    assert items(study)["small-ref-9"]["title"] == words


def plain(text: str) -> str:
    """What TeX prints of a field that holds no command but those of single signs."""
    signs = {
        "textbackslash": "\\",
        "textbraceleft": "{",
        "textbraceright": "}",
        "textasciitilde": "~",
        "textasciicircum": "^",
    }
    inner = text.removeprefix("{").removesuffix("}")
    return re.sub(r"\\(text[a-z]+)\{\}|\\([#$%&_])", lambda m: signs.get(m[1], m[2]), inner)


def test_an_address_is_not_escaped_and_further_ones_are_not_lost(small, entries, items):
    found = "https://a.example/x_y%20z?b=1&c=2#d~e https://b.example/2"
    study = small(references=[UNKNOWN | {"address": found}])
    fields = entries(study).entries["small-ref-9"].fields
    first, second = found.split()
    assert fields["url"] == items(study)["small-ref-9"]["URL"] == first
    assert second in fields["note"]
