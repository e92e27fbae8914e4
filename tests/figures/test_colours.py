"""Colours on paper and on a dark screen: what a reader has to tell apart, can be told apart."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_rgb

from analysis.figures import colours
from analysis.figures.colours import PALETTE

GROUNDS = ["paper", "band", "band-strong"]


def contrast(one: str, other: str) -> float:
    return colours.contrast(to_rgb(one), to_rgb(other))


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#0000ff") == contrast("#0000ff", "#ffffff")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", ["ink", "quiet"])
def test_text_can_be_read_on_every_ground_on_paper_and_in_the_dark(text, ground):
    for one, other in zip(PALETTE[text], PALETTE[ground], strict=True):
        assert contrast(one, other) >= colours.CONTRAST


@pytest.mark.parametrize("mark", ["policy", *(f"region-{n}" for n in range(1, 7))])
def test_marks_stand_out_from_the_dark_ground(mark):
    assert contrast(PALETTE[mark][1], PALETTE["paper"][1]) >= 3


def test_no_two_colours_become_one():
    for scheme in (0, 1):
        assert len({pair[scheme] for pair in PALETTE.values()}) == len(PALETTE)


def test_a_style_with_a_colour_of_somebody_s_own_is_not_known():
    assert not colours.known("fill: #1a1a1a; stroke: #123456")
    assert colours.known("fill: #1a1a1a; clip-path: url(#abcdef)")


def test_a_style_names_its_colours_and_leaves_all_else_as_it_is():
    assert colours.named("fill: #1a1a1a; clip-path: url(#abcdef)") == (
        "fill: var(--ink, #1a1a1a); clip-path: url(#abcdef)"
    )


def test_the_style_sheet_gives_every_name_two_colours():
    sheet = colours.stylesheet()
    for name, (light, dark) in PALETTE.items():
        assert f"--{name}: {light};" in sheet
        assert f"--{name}: {dark};" in sheet
