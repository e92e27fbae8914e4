"""Sources in other languages: what is set is found, and each altered figure, date and name is caught."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from analysis.transcribe import load, schema
from analysis.transcribe.normaliser import normalise, usual
from analysis.verify import verify
from analysis.verify.check_cells import CellVerdict
from analysis.verify.extract import Names, number, numbers, ordinals, periods
from analysis.verify.fingerprints import fingerprint
from analysis.verify.matching import Claim, RowText, judge
from analysis.verify.passages import PassageVerdict, locate
from analysis.verify.source_text import SourceText


class Cell(NamedTuple):
    """What a row of a table says: a region's number, or the date of what bears a label."""

    kind: str  # number, date, period or ordinal
    value: str
    of: str  # a region for a number, else a label
    unit: str = ""


class Paper(NamedTuple):
    language: str
    text: str
    regions: tuple[str, ...]
    cells: tuple[Cell, ...]


PAPERS = [
    Paper(
        "de",
        "Der Plan Nordhafen begann am 5. Juni 2011, der Plan Südufer lief von März 2013 bis August 2016. "
        "In Lindau gab es 2014 rund 1.234 Betriebe und 17 Patente; in Bregen waren es 2,5 Mio. Betriebe. "
        "Der zweite Aufruf galt dem Handwerk.",
        ("Lindau", "Bregen"),
        (
            Cell("date", "2011-06-05", "Nordhafen"),
            Cell("period", "2013-03/2016-08", "Südufer"),
            Cell("number", "1234", "Lindau", "Betriebe"),
            Cell("number", "17", "Lindau", "Patente"),
            Cell("number", "2500000", "Bregen", "Betriebe"),
            Cell("ordinal", "2", "Handwerk"),
        ),
    ),
    Paper(
        "fr",
        "Le plan Rive gauche a débuté le 1er juin 2011 ; le plan Estuaire a duré de mai 2013 à août 2016. "
        "À Valmer, on comptait 1 234 entreprises et 17 brevets. À Corbeaux, on comptait 2,5 milliards d’euros. "
        "Le deuxième appel visait les pêcheurs.",
        ("Valmer", "Corbeaux"),
        (
            Cell("date", "2011-06-01", "Rive gauche"),
            Cell("period", "2013-05/2016-08", "Estuaire"),
            Cell("number", "1234", "Valmer", "entreprises"),
            Cell("number", "17", "Valmer", "brevets"),
            Cell("number", "2500000000", "Corbeaux"),
            Cell("ordinal", "2", "pêcheurs"),
        ),
    ),
    Paper(
        "ko",
        "북항 계획은 2011년 6월 5일에 시작되었고, 남안 계획은 2013년부터 2016년까지 이어졌다. "
        "청포에는 기업이 1,234개, 특허가 17건 있었다. 석진에는 기업이 2만 5,000개 있었다. "
        "제2차 공모는 수산업을 대상으로 했다.",
        ("청포", "석진"),
        (
            Cell("date", "2011-06-05", "북항"),
            Cell("period", "2013/2016", "남안"),
            Cell("number", "1234", "청포", "기업이"),
            Cell("number", "17", "청포", "특허가"),
            Cell("number", "25000", "석진"),
            Cell("ordinal", "2", "수산업"),
        ),
    ),
    Paper(
        "zh",
        "北港计划于2011年6月5日启动，南岸计划从2013年至2016年。"
        "青浦有企业1,234家、专利17项。石津有企业2.5万家。第二次征集面向渔业。",
        ("青浦", "石津"),
        (
            Cell("date", "2011-06-05", "北港"),
            Cell("period", "2013/2016", "南岸"),
            Cell("number", "1234", "青浦", "企业"),
            Cell("number", "17", "青浦", "专利"),
            Cell("number", "25000", "石津"),
            Cell("ordinal", "2", "渔业"),
        ),
    ),
    Paper(
        "ar",
        "بدأت خطة المرفأ في ٥ يونيو ٢٠١١، واستمرت خطة الضفة من مارس 2013 إلى أغسطس 2016. "
        "في الناصرية ١٬٢٣٤ شركة و١٧ براءة. في السلمية 2.5 مليون شركة. وكان النداء الثاني للصيادين.",
        ("الناصرية", "السلمية"),
        (
            Cell("date", "2011-06-05", "المرفأ"),
            Cell("period", "2013-03/2016-08", "الضفة"),
            Cell("number", "1234", "الناصرية", "شركة"),
            Cell("number", "17", "الناصرية", "براءة"),
            Cell("number", "2500000", "السلمية"),
            Cell("ordinal", "2", "للصيادين"),
        ),
    ),
]
CELLS = [
    pytest.param(paper, cell, id=f"{paper.language}-{cell.value}") for paper in PAPERS for cell in paper.cells
]


def stands(paper: Paper, cell: Cell, text: str) -> bool:
    """Whether a row with its subject or label and one value is borne out by a text."""
    form = usual(paper.language)
    row = RowText(normalise(text, form), paper.language)
    own = normalise(cell.of, form)
    claim = Claim("value", cell.kind, number(cell.value) if cell.kind == "number" else cell.value)
    if cell.kind == "number":
        subject = Claim("region", "region", own, (own,), Names(normalise(r, form) for r in paper.regions))
        return all(j.stands for j in judge(row, [subject, claim], None, tuple(filter(None, [cell.unit]))))
    label = Claim("label", "text", own, (own,))
    return all(j.stands for j in judge(row, [label, claim], "label"))


def altered(text: str) -> Iterator[str]:
    """A text with each of its figures changed, one at a time."""
    for match in re.finditer(r"\d", text):
        other = chr(ord(match[0]) + (1 if int(match[0]) < 9 else -1))
        yield text[: match.start()] + other + text[match.end() :]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.language)
def test_a_figure_changed_in_the_source_makes_the_passage_another_one(paper):
    form = usual(paper.language)
    print_ = fingerprint(paper.text, form)
    changed = list(altered(paper.text))
    assert len(changed) > 20
    for text in changed:
        (place,) = locate([print_], SourceText(text, form))
        assert place.verdict in {PassageVerdict.NEAR, PassageVerdict.MISSING}


@pytest.mark.parametrize(("paper", "cell"), CELLS)
def test_a_figure_changed_in_the_source_is_caught_by_the_cell_that_has_it(paper, cell):
    reader = {"number": numbers, "ordinal": ordinals}.get(cell.kind, periods)
    form = usual(paper.language)
    text = normalise(paper.text, form)
    own = number(cell.value) if cell.kind == "number" else cell.value
    mentions = [mention for mention in reader(text, paper.language) if mention.value == own]
    assert mentions
    for mention in mentions:
        for piece in altered(text[mention.start : mention.end]):
            assert not stands(paper, cell, text[: mention.start] + piece + text[mention.end :])


@pytest.mark.parametrize(("paper", "cell"), CELLS)
def test_a_value_of_another_row_region_or_unit_is_caught(paper, cell):
    others = {c.value for c in paper.cells if c.kind == cell.kind} - {cell.value}
    for wrong in others:
        assert not stands(paper, cell._replace(value=wrong), paper.text)
    if cell.kind == "number":
        for region in set(paper.regions) - {cell.of}:
            assert not stands(paper, cell._replace(of=region, unit=""), paper.text)


@pytest.mark.parametrize(("paper", "cell"), CELLS)
def test_a_name_changed_in_the_source_is_caught(paper, cell):
    for place in range(len(cell.of)):
        other = f"{cell.of[:place]}z{cell.of[place + 1 :]}"
        assert not stands(paper, cell, paper.text.replace(cell.of, other))


@pytest.mark.parametrize(("paper", "cell"), CELLS)
@pytest.mark.parametrize("change", [1, -1, 10])
def test_a_cell_that_says_another_value_is_caught(paper, cell, change):
    parts = re.findall(r"\d+", cell.value)
    for part in dict.fromkeys(parts):
        wrong = cell.value.replace(part, f"{int(part) + change:0{len(part)}}", 1)
        assert not stands(paper, cell._replace(value=wrong), paper.text)


@pytest.mark.parametrize(("paper", "cell"), CELLS)
def test_every_value_that_is_printed_is_found(paper, cell):
    assert stands(paper, cell, paper.text)


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("de", "seit Mai 2012, bis 2010, 05.06.2012, am 31.02.2012", ["2012-05/..", "../2010", "2012-06-05"]),
        ("de", "Haushaltsjahr 2011/12 und 2011–2016", ["FY2011", "2011/2016"]),
        ("de-AT", "5. Jänner 2011", ["2011-01-05"]),
        ("fr", "du 1er juin 2011, depuis 2012, exercice 2013", ["2011-06-01", "2012/..", "FY2013"]),
        ("es", "5 de junio de 2011, desde mayo de 2012", ["2011-06-05", "2012-05/.."]),
        ("sv", "5 juni 2011, sedan 2012", ["2011-06-05", "2012/.."]),
        ("pl", "5 czerwca 2011, w czerwcu 2012, od maja 2012", ["2011-06-05", "2012", "2012-05/.."]),
        ("cs", "5. června 2011", ["2011-06-05"]),
        ("ru", "5 июня 2011 г., с мая 2012", ["2011-06-05", "2012-05/.."]),
        (
            "zh",
            "2011年6月5日，2011至2016年，2012年起，2013财年",
            ["2011-06-05", "2011/2016", "2012/..", "FY2013"],
        ),
        ("zh-Hant-TW", "民國100年6月，2019年13月", ["2011-06"]),
        (
            "ko",
            "2011~2016년, 2013년도, 2011. 6. 5., 2015년 이후",
            ["2011/2016", "FY2013", "2011-06-05", "2015/.."],
        ),
        ("ar", "٥ يونيو ٢٠١١ ومنذ 2012", ["2011-06-05", "2012/.."]),
        ("he", "ב-5 ביוני 2011 ומאז 2012", ["2011-06-05", "2012/.."]),
        ("tlh", "2011", ["2011"]),
    ],
)
def test_dates_as_each_language_prints_them(language, text, values):
    assert [m.value for m in periods(normalise(text, usual(language)), language)] == values


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("de", "1.234,5 Mio., 70 bis 80 Millionen, 3,5 %, 12 000", [1.2345e9, 7e7, 8e7, 3.5, 12000]),
        ("de", "2.5 und 1.234.567", [2.5, 1234567]),
        ("fr", "3 billions, 1 234,5, 5 Md", [3e12, 1234.5, 5e9]),
        ("es", "2 mil millones", [2e9]),
        ("pl", "12 tys. firm, 5 milionów", [12000, 5e6]),
        ("ru", "12 млн, 2,5 млрд", [12e6, 2.5e9]),
        ("zh", "1.2亿元，3千万，70至80万", [1.2e8, 3e7, 7e5, 8e5]),
        ("ko", "1억 2,000만 원, 3, 200", [1.2e8, 3, 200]),
        ("ar", "١٬٢٣٤٫٥ و17", [1234.5, 17]),
        ("he", "12 מיליון", [12e6]),
    ],
)
def test_figures_as_each_language_prints_them(language, text, values):
    assert [float(m.value) for m in numbers(normalise(text, usual(language)), language)] == values


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        (
            "en",
            "in spring 2007 and Q1 2008, 2009 Q2, the fall of 2010",
            ["2007-21", "2008-33", "2009-34", "2010-23"],
        ),
        ("en", "winter 2007-2008, winter 2007/08, offspring 2007", ["2007/2008", "2007", "2007"]),
        (
            "ja",
            "2007年春と2008年第三四半期、2010年第一四半期、2009年度第1四半期",
            ["2007-21", "2008-35", "2010-33", "FY2009"],
        ),
        ("ja", "2007年春日市、2008年冬頃", ["2007", "2008-24"]),
        ("de", "im Frühjahr 2007, 1. Quartal 2008", ["2007-21", "2008-33"]),
        ("fr", "été 2007, 4e trimestre 2008", ["2007-22", "2008-36"]),
        ("zh", "2007年春启动，2008年第二季度", ["2007-21", "2008-34"]),
        ("ko", "2007년 봄, 2008년 1분기", ["2007-21", "2008-33"]),
        ("pl", "Q3 2008", ["2008-35"]),
    ],
)
def test_seasons_and_quarters_are_read_with_their_year(language, text, values):
    assert [m.value for m in periods(normalise(text, usual(language)), language)] == values


# --- a whole study ------------------------------------------------------------------------------
SOURCE = """1. 항구
청포는 남쪽 바다에 있는 오래된 항구 도시로 조선업이 중심이다. 2014년 6월 청포에는 기업이 1,234개
있었다고 시의 조사 보고서가 밝히고 있다.
석진은 북쪽의 작은 어촌이며 수산 가공업이 중심인 곳이다. 2016년 3월 석진에는 기업이 2만 5,000
개 있었다고 도의 조사 보고서가 밝히고 있다.
"""
ABOUT = """\
id: ports
title_ja: 港
title_en: Ports
authors: [{name_ja: 金, name_en: Kim}]
venue_ja: 誌
venue_en: Journal
year: 2020
language: ko
rights_ja: 権利
rights_en: Rights
kind: document
regions: [cheongpo, seokjin]
sections: [{id: "1", title: 항구, title_en: Ports}]
"""


@pytest.fixture
def ports(tmp_path):
    """A study of a Korean source in three tables, with the fingerprints of its two paragraphs."""
    folder = tmp_path / "ports"
    folder.mkdir()
    (folder / "study.yaml").write_text(ABOUT, "utf-8")
    first, second = SOURCE.split("\n", 1)[1].split("석진은")
    prints = [fingerprint(first, "ko-1"), fingerprint(f"석진은{second}", "ko-1")]
    rows = {
        "passages": [
            {"id": f"p{n}", "part": "1", "section": "1", "kind": "body", "gist_ja": "要旨", "gist_en": "Gist"}
            | {key: str(value) for key, value in vars(print_).items()}
            for n, print_ in enumerate(prints, 1)
        ],
        "regions": [
            {"id": id_, "label_ja": name, "label_en": id_, "name_ja": name, "name_en": id_, "passages": cited}
            | {"label_en_official": "no", "basis": "inferred", "prefecture": "KR-26"}
            | {"origin": "existing_industry", "inferred": "origin", "note": "Said so", "note_ja": "記述から"}
            for id_, name, cited in (("cheongpo", "청포", "p1"), ("seokjin", "석진", "p2"))
        ],
        "indicators": [
            {
                "id": f"{region}-firms",
                "region": region,
                "measure": "firms",
                "label_ja": "기업",
                "value": value,
            }
            | {"label_en": "Firms", "unit": "firms", "approximate": "no", "as_of": as_of, "passages": cited}
            | {"basis": "stated"}
            for region, value, as_of, cited in (
                ("cheongpo", "1234", "2014-06", "p1"),
                ("seokjin", "25000", "2016-03", "p2"),
            )
        ],
    }
    for name, table in rows.items():
        columns = [field.name for field in schema.load().tables[name].fields_for("document")]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    return load.read(folder)


def checked(study, text, folder):
    path = folder / "source.txt"
    path.write_text(text, "utf-8")
    return verify.check(study, path, today=date(2024, 5, 17))


@pytest.mark.study
def test_a_study_of_a_korean_source_is_verified_and_every_changed_figure_is_caught(ports, tmp_path):
    for text in list(altered(SOURCE))[1:]:  # the first is the number of the heading
        assert not checked(ports, text, tmp_path).ok
    report = checked(ports, SOURCE, tmp_path)
    assert report.ok, report.render()
    assert {result.verdict for result in report.cells} == {CellVerdict.FOUND}
    reflowed = "\n".join(SOURCE.replace("\n", " ").replace("1. 항구 ", "1. 항구\n").split(" "))
    assert checked(ports, reflowed, tmp_path).ok
