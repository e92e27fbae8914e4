"""The built pages: whole, in one language each, offline, led to evidence, and safe to open."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pandas as pd
import pytest
import yaml
from lxml import etree, html

import hostile_texts
from analysis import paths
from analysis.build.plan import Job
from analysis.publish import pages
from projects import guides
from projects import pages as pages_of

LANGUAGES = ("ja", "en")
OTHER = {"ja": "en", "en": "ja"}
REGIONS = ("todaimisaki", "aoura", "shiomi")
PAGES = pages_of(REGIONS)
GUIDES = guides()
NOTEBOOK = {page["page"]: page["notebook"] for page in yaml.safe_load(paths.PLAN.read_text("utf-8"))["pages"]}
XLINK = "{http://www.w3.org/1999/xlink}href"

report = pytest.mark.xdist_group("report")  # one worker builds the report
hostile = pytest.mark.xdist_group("hostile")  # and one the report of hostile labels


@lru_cache(maxsize=64)
def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes())


def links(page: html.HtmlElement) -> list[str]:
    """Return every address that a page leads to or loads, in HTML and in the figures."""
    found = [v for e in page.iter() for k, v in e.attrib.items() if k in ("href", "src", XLINK, "xlink:href")]
    return [address for address in found if not address.startswith("data:")]


def broken(path: Path) -> list[str]:
    """Return the links of a page that lead to no file, or to no place in it."""
    missing = []
    for address in set(links(parsed(path))):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = path.parent / unquote(parts.path) if parts.path else path
        if not target.is_file():
            missing.append(address)
        elif parts.fragment and target.suffix == ".html":
            ids = parsed(target).xpath("//@id")
            if unquote(parts.fragment) not in ids:
                missing.append(address)
    return missing


# -- Every page ------------------------------------------------------------------------------------


@report
def test_every_page_is_there_in_both_languages_and_none_is_left_over(built):
    for language in LANGUAGES:
        there = {path.stem for path in (built.report / language).glob("*.html")}
        assert there == {*PAGES, *GUIDES, "search"}
    assert {"index", "phases", "region-aoura", "evidence", "new-study"} <= there
    assert (built.report / "index.html").exists()


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, *GUIDES])
def test_no_link_of_a_page_is_broken(built, language, page):
    assert broken(built.report / language / f"{page}.html") == []


@report
def test_no_link_of_the_first_page_of_all_is_broken(built):
    assert broken(built.report / "index.html") == []


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, *GUIDES])
def test_no_id_stands_twice_on_a_page(built, language, page):
    ids = parsed(built.report / language / f"{page}.html").xpath("//@id")
    assert sorted(ids) == sorted(set(ids))


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_is_in_the_navigation_and_says_what_its_file_says(built, language, guide):
    root = parsed(built.report / language / f"{guide}.html")
    assert f"{guide}.html" in root.xpath("//nav//a/@href")
    assert root.xpath("//nav//a[@aria-current]/@href") == [f"{guide}.html"]
    file = built.folder / "docs" / f"{guide}{'.ja' if language == 'ja' else ''}.md"
    (title,) = re.findall(r"^# (.+)$", file.read_text("utf-8"), re.MULTILINE)
    assert root.xpath("//main//h1")[0].text_content() == title
    code = re.findall(r"^    (make [a-z-]+.*)$", file.read_text("utf-8"), re.MULTILINE)
    shown = root.xpath("//main")[0].text_content()
    assert code and [line for line in code if line not in shown] == []
    tables = root.xpath("//main//table")
    assert len(tables) == file.read_text("utf-8").count("|---|---|")
    assert [t for t in tables if not t.xpath("./caption") or not t.xpath(".//th[@scope='col']")] == []


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guide_leads_to_another_in_its_language_and_leaves_the_other_language_to_the_switch(
    built, language
):
    root = parsed(built.report / language / "extend.html")
    assert root.xpath("//main//a/@href") == ["new-study.html"]
    assert parsed(built.report / language / "new-study.html").xpath("//main//a/@href") == []


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_its_own_languages_prose_and_none_of_the_others(built, language, page):
    def squeezed(text: str) -> str:
        return re.sub(r"<[^>]+>|[\s*`'’“”\"]", "", text)  # no markup, no quotes to be curled

    root = parsed(built.report / language / f"{page}.html")
    shown = squeezed(root.xpath("//main")[0].text_content())
    name = NOTEBOOK.get(page) or NOTEBOOK["region-{region}"]
    notebook = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        lines = [squeezed(re.sub(r"^(#+|-|\d+\.) ", "", line)) for line in cell.source.splitlines()]
        for line in (line for line in lines if len(line) > 12 and cell.cell_type == "markdown"):
            assert (line in shown) == (language in tags), line


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, *GUIDES, "search"])
def test_a_page_says_its_language_and_leads_to_the_same_page_in_the_other(built, language, page):
    root = parsed(built.report / language / f"{page}.html")
    assert root.get("lang") == language
    assert f"../{OTHER[language]}/{page}.html" in root.xpath("//p[@class='switch']/a/@href")


@report
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*PAGES, *GUIDES, "search"])
def test_a_page_runs_no_script_of_its_own_and_loads_nothing_from_elsewhere(built, language, page):
    root = parsed(built.report / language / f"{page}.html")
    assert [s for s in root.iter("script") if not s.get("src")] == []
    assert [k for e in root.iter(etree.Element) for k in e.attrib if k.startswith("on")] == []
    loaded = root.xpath("//link/@href|//script/@src|//img/@src|//iframe/@src|//image/@href")
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]


@report
def test_no_style_sheet_loads_anything_from_elsewhere(built):
    for path in built.report.rglob("*.css"):
        text = path.read_text("utf-8")
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", text), path.name


@report
def test_no_code_is_shown_to_a_reader(built):
    for language in LANGUAGES:
        for page in PAGES:
            root = parsed(built.report / language / f"{page}.html")
            assert "open_study" not in root.text_content(), page


# -- Evidence and figures --------------------------------------------------------------------------


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_and_passage_has_a_card(built, language):
    data = built.report / "data"
    evidence = pd.read_csv(data / "evidence.csv", dtype="str", keep_default_na=False)
    passages = pd.read_csv(data / "passages.csv", dtype="str", keep_default_na=False)
    keys = {f"{t}-{r}" for t, r in zip(evidence["table"], evidence["record"], strict=True)}
    keys |= {f"passages-{r}" for r in passages["record"]}
    ids = parsed(built.report / language / "evidence.html").xpath("//article/@id")
    assert set(ids) == keys
    assert len(ids) == len(keys)


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_leads_back_to_every_figure_that_uses_its_record(built, language):
    root = parsed(built.report / language / "evidence.html")
    back = {card.get("id"): set(card.xpath(".//p[@class='used']/a/@href")) for card in root.iter("article")}
    for page in PAGES:
        for figure in parsed(built.report / language / f"{page}.html").iter("figure"):
            for address in set(figure.xpath(".//*[local-name()='a']/@*[contains(., 'evidence.html#')]")):
                assert f"{page}.html#{figure.get('id')}" in back[address.partition("#")[2]]


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_named_described_and_can_be_taken_away(built, language):
    seen = set()
    for page in PAGES:
        for figure in parsed(built.report / language / f"{page}.html").iter("figure"):
            name = figure.get("id")
            seen.add(name)
            assert figure.xpath(".//*[local-name()='svg']/@aria-label")[0].strip()
            for ending in ("svg", "png", "csv"):
                assert (built.report / language / "figures" / f"{name}.{ending}").is_file()
    assert seen >= {"phase-timeline", "grade-tiles", "issue-matrix", "outlook-map"}
    files = {path.stem for path in (built.report / language / "figures").iterdir()}
    shown = parsed(built.report / language / "index.html").xpath("//img/@src")
    assert shown, "the first page shows no figure"
    assert files == seen | {Path(source).stem for source in shown}


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marks_of_a_figure_that_is_opened_by_itself_lead_to_their_cards(built, language):
    folder = built.report / language / "figures"
    for path in folder.glob("*.svg"):
        root = etree.fromstring(path.read_bytes())
        for address in {a.get(XLINK) for a in root.iter("{http://www.w3.org/2000/svg}a")}:
            assert (folder / address.partition("#")[0]).is_file(), f"{path.name}: {address}"


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_on_the_first_page_has_alt_text_in_its_language(built, language):
    root = parsed(built.report / language / "index.html")
    alts = root.xpath("//section[@class='thumbnails']//img/@alt")
    assert len(alts) >= 4
    japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    assert all(bool(japanese.search(alt)) == (language == "ja") for alt in alts)


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notebook_of_every_page_is_there_as_it_was_run(built, language):
    for page in PAGES:
        path = built.report / "notebooks" / language / f"{page}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert "papermill" not in notebook.metadata
        assert any(cell.get("outputs") for cell in notebook.cells)


@report
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_published_notebook_shows_its_figures_and_leads_to_the_pages(built, language):
    pictures, led = set(), set()
    for path in (built.report / "notebooks" / language).glob("*.ipynb"):
        for text in outputs(path):
            root = html.fragment_fromstring(text, create_parent=True)
            assert not root.xpath(".//svg | .//*[local-name()='path']")
            pictures |= {(path.parent / source).resolve() for source in root.xpath(".//img/@src")}
            led |= {
                (path.parent / a.split("#")[0]).resolve()
                for a in root.xpath(".//a/@href")
                if not a.startswith("#")
            }
    assert {p.name for p in led} >= {"evidence.html", "phases.html"}
    assert pictures == {
        p for p in (built.report / language / "figures").glob("*.png") if not p.stem.endswith("-small")
    }
    assert [p for p in led if not p.is_file()] == []


def outputs(path: Path) -> list[str]:
    """The HTML that a notebook displays."""
    notebook = nbformat.read(path, as_version=4)
    data = [o.get("data", {}) for cell in notebook.cells for o in cell.get("outputs", [])]
    return [d["text/html"] for d in data if "text/html" in d]


@report
@pytest.mark.parametrize("page", PAGES)
def test_what_a_published_notebook_leaves_to_files_comes_back_from_them(built, page):
    job = Job(page, "en", page, "", page, {})
    kept = nbformat.read(built.report / "notebooks" / "en" / f"{page}.ipynb", as_version=4)
    whole = pages.restored(kept, job, built.report)
    assert pages.published(whole, job) == kept
    for figure in pages.figures(whole, job):
        for name, content in figure.files().items():
            assert (built.report / "en" / name).read_bytes() == content


# -- Hostile labels --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The English report of the synthetic study, every English text of which is an attack."""
    project = hostile_texts.attacked(tmp_path_factory.mktemp("attacked") / "project")
    done = project.run("report", LANGUAGE="en")
    assert done.returncode == 0, done.stderr[-3000:]
    return project


def attacked_pages(project) -> dict[str, html.HtmlElement]:
    paths = [project.report / "index.html", *(project.report / "en").glob("*.html")]
    return {path.name if path.parent.name == "en" else "front": parsed(path) for path in paths}


@hostile
def test_no_label_becomes_a_script_an_element_or_a_handler(attacked):
    for name, root in attacked_pages(attacked).items():
        assert [s for s in root.iter("script") if not s.get("src")] == [], name
        assert root.xpath("//img[@src='x']|//u") == [], name
        assert [k for e in root.iter(etree.Element) for k in e.attrib if k.startswith("on")] == [], name


@hostile
def test_no_label_becomes_a_link(attacked):
    for name, root in attacked_pages(attacked).items():
        assert [address for address in links(root) if "e.vil" in address] == [], name


@hostile
def test_no_label_becomes_bold_or_code(attacked):
    for name, root in attacked_pages(attacked).items():
        marked = [e.text_content() for tag in ("strong", "em", "code") for e in root.iter(tag)]
        assert not {"b", "c"} & set(marked), name


@hostile
@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("phases", f"phase-1 {hostile_texts.LONG}"),
        ("grades", f"wind-funding {hostile_texts.LONG}"),
        ("issues", hostile_texts.LINK),
        ("region-aoura", f"N {hostile_texts.SCRIPT}"),
        ("outlook", f"early-funds {hostile_texts.LONG}"),
        ("index", f"N {hostile_texts.SCRIPT}"),
        ("evidence", hostile_texts.LONG),
        ("methods", hostile_texts.SCRIPT),
        ("index", f"Author {hostile_texts.LONG}"),
    ],
)
def test_a_label_is_shown_as_it_stands(attacked, page, text):
    main = attacked_pages(attacked)[f"{page}.html"].xpath("//main")[0].text_content()
    shown = re.sub("[“”]", '"', re.sub("[‘’]", "'", main))  # typography may curl a quote
    assert " ".join(text.split()) in " ".join(shown.split())


@hostile
def test_no_figure_holds_a_script(attacked):
    for path in (attacked.report / "en" / "figures").glob("*.svg"):
        root = etree.fromstring(path.read_bytes())
        assert [e.tag for e in root.iter("{*}script", "{*}foreignObject")] == []


@hostile
def test_the_manifest_of_hostile_labels_can_be_read(attacked):
    assert json.loads((attacked.report / "manifest.json").read_text("utf-8"))["languages"] == ["en"]
