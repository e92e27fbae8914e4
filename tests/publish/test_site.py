"""The published pages: whole, in one language each, offline, led to evidence, and safe to open."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import samples
from lxml import html

from analysis import paths
from analysis.publish.blocks import PublishError
from analysis.publish.report import publish
from projects import files

LANGUAGES = ("ja", "en")
pytestmark = pytest.mark.xdist_group("published")


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes())


def pages(report: Path) -> list[Path]:
    return [report / "index.html", *sorted(report.glob("??/*.html"))]


def broken(path: Path, ids: dict[Path, set[str]]) -> list[str]:
    """The addresses of a page that lead to no file, or to no place in it."""
    found = parsed(path).xpath("//@href | //@src")
    missing = []
    for address in set(found):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
        if not target.is_file():
            missing.append(address)
        elif parts.fragment and target.suffix == ".html":
            if target not in ids:
                ids[target] = set(parsed(target).xpath("//@id"))
            missing += [address] if unquote(parts.fragment) not in ids[target] else []
    return missing


# -- What is refused -------------------------------------------------------------------------------


def test_a_failing_notebook_leaves_the_last_report_as_it_was(copied):
    before = files(copied)
    failed = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}
    run = samples.runs(("en",))[0]
    run.notebook["cells"].append(samples.code(failed))
    with pytest.raises(PublishError, match=r"index\.ipynb: a cell ended in E: v"):
        publish(samples.STUDY, [run], ("en",))
    assert files(copied) == before
    assert [p.name for p in copied.parent.iterdir()] == [samples.STUDY]


def test_a_page_that_lacks_what_its_run_displayed_is_refused(elsewhere, monkeypatch):
    from analysis.publish import site

    monkeypatch.setattr(site.Renderer, "render", lambda *_, **__: "<p>prose only</p>")
    with pytest.raises(PublishError, match=r"index\.html: the run displayed support"):
        publish(samples.STUDY, samples.runs(("en",))[:1], ("en",))


# -- Every page ------------------------------------------------------------------------------------


def test_no_link_is_broken_and_no_id_stands_twice(published):
    ids: dict[Path, set[str]] = {}
    faults = {}
    for path in pages(published):
        own = Counter(parsed(path).xpath("//@id"))
        if wrong := broken(path, ids) + [id_ for id_, times in own.items() if times > 1]:
            faults[path.name] = wrong
    assert faults == {}


def test_both_languages_have_the_same_pages_and_lead_to_each_other(published):
    ja, en = (sorted(p.name for p in (published / x).glob("*.html")) for x in LANGUAGES)
    assert ja == en
    for name in ja:
        assert parsed(published / "ja" / name).xpath("//p[@class='switch']/a/@href") == [f"../en/{name}"]
        assert parsed(published / "ja" / name).get("lang") == "ja"


def test_the_same_places_have_the_same_anchors_in_both_languages(published):
    for path in (published / "ja").glob("*.html"):
        ids = [set(parsed(p).xpath("//main//@id")) for p in (path, published / "en" / path.name)]
        assert ids[0] == ids[1], path.name


def test_nothing_hostile_is_more_than_text(published):
    for path in pages(published):
        root = parsed(path)
        assert all(root.xpath("//script/@src")) and not root.xpath("//script[not(@src)]"), path.name
        assert not root.xpath("//iframe | //style | //img[not(starts-with(@src, 'data:image/'))]"), path.name
        assert not root.xpath("//@*[starts-with(name(), 'on')]"), path.name
    assert "{{7*7}}" in parsed(published / "en" / "own.html").xpath("string(//main)")
    assert "<script>alert(1)</script>" in parsed(published / "en" / "issues.html").xpath("string(//main)")


def test_nothing_is_loaded_from_elsewhere(published):
    for path in pages(published):
        root = parsed(path)
        loaded = root.xpath("//script/@src | //link[@rel!='alternate']/@href | //img/@src")
        assert not [a for a in loaded if urlsplit(a).scheme not in ("", "data")], path.name
        policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert policy.startswith("default-src 'none'") and "unsafe-eval" not in policy


def test_a_page_has_a_title_a_description_and_a_picture_for_who_shares_it(published):
    root = parsed(published / "en" / "issues.html")
    assert root.xpath("//title/text()")[0].startswith("Issues – ")
    assert root.xpath("//meta[@name='description']/@content")[0].startswith("What became of")
    assert root.xpath("//meta[@property='og:image']/@content") == ["figures/support.png"]
    assert (published / "en" / "figures" / "support.png").is_file()


def test_the_navigation_has_its_groups_in_order_and_names_the_current_page(published):
    root = parsed(published / "en" / "own.html")
    groups = [s.strip() for s in root.xpath("//header//summary/text()")]
    assert groups == ["Findings", "Regions", "Evidence", "For researchers"]
    assert root.xpath("//header//*[@aria-current]/@href") == ["own.html"]


# -- Figures, findings, tables ---------------------------------------------------------------------


def test_a_figure_has_two_drawings_its_files_and_its_words(published):
    (figure,) = parsed(published / "en" / "index.html").xpath("//figure[@id='support']")
    assert len(figure.xpath(".//*[local-name()='svg' and @role='group']")) == 2
    assert [a.rpartition(".")[2] for a in figure.xpath(".//p[@class='files']/a/@href")] == [
        "csv",
        "png",
        "svg",
    ]
    words = figure.xpath(".//details//li/@id")
    assert words == [f"support-{n}" for n in range(1, 7)]
    assert figure.xpath(".//h2/text()")[0].startswith("Both regions")
    assert "evidence-plans.html#plans-plan-1" in figure.xpath(".//*[local-name()='svg']//@href")


def test_text_in_a_drawing_is_text_of_the_sites_one_font(published):
    text = (published / "ja" / "index.html").read_text("utf-8")
    assert "第1期科学技術基本計画</text>" in text
    assert (published / "ja" / "_static" / "figures.woff").read_bytes()[:4] == b"wOFF"
    alone = (published / "ja" / "figures" / "support.svg").read_text("utf-8")
    assert "src:url(data:font/woff;base64," in alone and 'href="../evidence-plans.html#plans-plan-1"' in alone


def test_what_excel_opens_says_that_it_is_utf8(published):
    assert (published / "ja" / "figures" / "support.csv").read_bytes().startswith(b"\xef\xbb\xbflabel")
    own = (paths.PROCESSED / samples.STUDY / "regions.csv").read_bytes()
    assert (published / "data" / "regions.csv").read_bytes() == own


def test_a_finding_that_flips_is_flagged(published):
    root = parsed(published / "en" / "index.html")
    flagged = {
        s.get("id"): bool(s.xpath(".//p[contains(@class, 'flips')]"))
        for s in root.xpath("//section[@class]")
        if s.get("id")
    }
    assert flagged == {"support-years": False, "issues-better": True}


def test_a_row_leads_to_its_record_and_an_inferred_column_is_marked_once(published):
    (table,) = parsed(published / "en" / "issues.html").xpath("//div[@id='issue-table']//table")
    row = table.xpath(".//tbody/tr")[0]
    assert row.get("data-record") == "issues-common-issue-1"
    assert row.xpath("./th/a/@href") == ["evidence-issues.html#issues-common-issue-1"]
    assert len(table.xpath(".//span[@class='judgement']")) == 1


def test_a_term_is_explained_where_it_first_stands(published):
    for language in LANGUAGES:
        terms = parsed(published / language / "index.html").xpath("//main//a[@class='term']/@href")
        assert terms and len(terms) == len(set(terms))


def test_ordinary_outputs_all_stand_on_their_page(published):
    main = parsed(published / "en" / "own.html").xpath("//main")[0]
    said = main.text_content()
    assert all(words in said for words in ("22.25", "years · after", "42 rows", "kept", "x = 1"))
    assert main.xpath(".//img[starts-with(@src, 'data:image/svg+xml')]/@alt") == [r"\frac{a}{b}"]
    assert "Glyph" not in said and main.xpath(".//img[starts-with(@src, 'data:image/png')]")
    assert "own: UserWarning: Glyph 9731 missing" in (published.parents[1] / "said.txt").read_text("utf-8")


# -- Evidence, data, search ------------------------------------------------------------------------


def test_every_record_has_a_card_in_words_and_not_in_ids(published):
    ids = re.compile(r"\b(kc-final|regional-sti-policy|hamamatsu-kc1|coder-1|common-issue-\d|s\d+-\d+)\b")
    for language in LANGUAGES:
        for path in (published / language).glob("evidence-*.html"):
            said = " ".join(c.text_content() for c in parsed(path).xpath("//article"))
            assert not ids.findall(re.sub(r"https?://\S+", "", said)), path.name


def test_a_card_leads_back_to_what_uses_it(published):
    (card,) = parsed(published / "en" / "evidence-projects.html").xpath(
        "//article[@id='projects-hamamatsu-kc1']"
    )
    used = card.xpath(".//dd//a/@href")
    assert {"index.html#support", "index.html#support-years", "issues.html#issue-chart"} <= set(used)


def test_a_passage_lists_the_records_that_stand_on_it(published):
    (card,) = parsed(published / "en" / "evidence-passages.html").xpath("//article[@id='passages-s1-01']")
    assert "evidence-events.html#events-event-basic-law" in card.xpath(".//a/@href")


def test_the_panel_has_the_card_of_every_record_and_of_other_studies_those_that_pages_lead_to(published):
    for language in LANGUAGES:
        text = (published / language / "_static" / "cards.js").read_text("utf-8")
        shown, named = re.fullmatch(r"window.cards = (.*);\nwindow.names = (.*);\n", text).groups()
        cards, names = json.loads(shown), json.loads(named)
        own = {
            i
            for p in (published / language).glob("evidence-*.html")
            for i in parsed(p).xpath("//article/@id")
        }
        others = {i for i in own if i.startswith("public-records-")}
        assert own - others <= set(cards) <= own
        assert others - set(cards)
        unsaid = re.findall(r'<(?:a|ul) (?:data-to|href)="([^"]+)"></(?:a|ul)>', " ".join(cards.values()))
        unsaid = " ".join(unsaid).split()
        assert unsaid, "what links say is written once"
        assert set(unsaid) <= set(names)


def test_every_table_is_listed_with_its_dictionary(published):
    package = json.loads((published / "data" / "datapackage.json").read_text("utf-8"))
    root = parsed(published / "ja" / "data.html")
    listed = root.xpath("//p[@class='files']/a/@href")
    assert {f"../data/{r['path']}" for r in package["resources"]} <= set(listed)
    columns = root.xpath("//details[@id='tidy-regions']//tbody/tr/th/code/text()")
    assert columns == [
        f["name"] for r in package["resources"] if r["name"] == "regions" for f in r["schema"]["fields"]
    ]


def test_the_search_knows_pages_and_cards_by_both_languages(published):
    for language, own, other in (("en", "Hamamatsu", "浜松"), ("ja", "浜松", "Hamamatsu")):
        text = (published / language / "_static" / "search-entries.js").read_text("utf-8")
        entries = json.loads(text.removeprefix("const searchEntries = ").removesuffix(";\n"))
        assert [0, own, "region-hamamatsu.html", "", other] in entries


# -- The whole -------------------------------------------------------------------------------------


def test_the_same_runs_give_the_same_bytes(published, elsewhere):
    again = publish(samples.STUDY, samples.runs(), ("ja", "en"), say=lambda line: None)
    assert (again / "manifest.json").read_bytes() == (published / "manifest.json").read_bytes()


def test_only_what_changed_is_made_again(copied, monkeypatch):
    from analysis.publish import store

    made: list[str] = []
    write = store.folders.write
    monkeypatch.setattr(
        store.folders, "write", lambda p, c: (made.append("/".join(p.parts[-2:])), write(p, c))
    )
    runs = samples.runs()
    publish(samples.STUDY, runs, ("ja", "en"), say=made.append)
    assert not [
        name for name in made if name.endswith((".html", ".pdf", ".png")) and name != "okamoto2020/index.html"
    ]
    made.clear()
    (changed,) = [r for r in runs if (r.job.language, r.job.page) == ("en", "issues")]
    changed.notebook["cells"].append(samples.prose("One more sentence."))
    publish(samples.STUDY, runs, ("ja", "en"), say=made.append)
    assert {n for n in made if n.startswith(("ja/", "en/")) and n.endswith(".html")} == {"en/issues.html"}
    assert "okamoto2020/report-en.pdf" in made and "okamoto2020/report-ja.pdf" not in made


def test_sizes_are_bearable(published):
    assert (published / "en" / "index.html").stat().st_size < 700_000
    loaded = [p for x in LANGUAGES for p in (published / x).rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in loaded) < 12_000_000


def test_the_manifest_says_what_is_there(published):
    manifest = json.loads((published / "manifest.json").read_text("utf-8"))
    files = {p.relative_to(published).as_posix() for p in published.rglob("*") if p.is_file()}
    assert set(manifest) == {"study", "languages", "artefacts"}
    assert set(manifest["artefacts"]) == files - {"manifest.json"}


def test_a_notebook_is_shipped_with_its_pictures_and_without_stamps(published):
    notebook = json.loads((published / "notebooks" / "en" / "index.ipynb").read_text("utf-8"))
    assert "analysis" not in notebook["metadata"] and notebook["nbformat"] == 4
    outputs = [o["data"] for c in notebook["cells"] for o in c.get("outputs", [])]
    assert any("image/png" in data for data in outputs)
    assert "UserWarning" not in json.dumps(notebook)


def test_two_pages_may_not_have_figures_of_one_name(elsewhere):
    first, second, *_ = samples.runs(("en",))
    second.notebook["cells"].append(first.notebook["cells"][2])
    with pytest.raises(PublishError, match=r"page issues has a figure 'support', as page index has"):
        publish(samples.STUDY, [first, second], ("en",))
