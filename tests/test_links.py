"""Links to evidence: one scheme everywhere, resolved once, to where the pages are."""

from __future__ import annotations

import pytest

from analysis import links, paths

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "[1](https://example.org/page)",
        '<a href="#matrix">2</a>',
        "evidence.html#a",
        '<a href="figures/tiles.svg">3</a>',
        "a record: of nothing",
        "the page:",
    ],
)
def test_what_is_no_target_is_left_alone(text):
    assert links.resolve(text, "../en/") == text


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("record:issues/one", "evidence-issues.html#issues-one"),
        (
            "record:public-records/projects/two",
            "evidence-public-records-projects.html#public-records-projects-two",
        ),
        ("page:issues", "issues.html"),
        ("page:issues#matrix", "issues.html#matrix"),
    ],
)
def test_a_target_becomes_an_address_behind_the_prefix(target, address):
    assert links.resolve(f"[x]({target}) and <a href='{target}'>y</a>", "p/") == (
        f"[x](p/{address}) and <a href='p/{address}'>y</a>"
    )


def test_resolving_twice_is_resolving_once():
    once = links.resolve("[x](record:issues/one)", "p/")
    assert links.resolve(once, "p/") == once


def test_the_builder_keeps_targets_as_they_are(monkeypatch):
    monkeypatch.setenv("ANALYSIS_PAGES", "")
    assert links.to_pages("study", "en") is None


def test_a_server_says_where_it_shows_the_pages(monkeypatch):
    monkeypatch.setenv("ANALYSIS_PAGES", "/static")
    assert links.to_pages("study", "en") == "/static/study/en/"


@pytest.mark.parametrize("folder", ["notebooks", ".", "tests/browser"])
def test_from_any_folder_the_pages_are_found_by_path(monkeypatch, folder):
    monkeypatch.delenv("ANALYSIS_PAGES", raising=False)
    monkeypatch.chdir(paths.ROOT / folder)
    led = links.to_pages("study", "en")
    assert not led.startswith("/")
    assert (paths.ROOT / folder / led).resolve() == paths.REPORTS / "study" / "en"
