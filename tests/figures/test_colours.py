"""Colours on paper and on a dark screen: what a reader has to tell apart, can be told apart."""

from __future__ import annotations

import re

import pytest

from analysis.figures import colours

GROUNDS = [
    colours.PAPER,
    colours.BAND,
    colours.BAND_ALT,
    *(colours.tint(accent, colours.WASH) for accent in colours.ACCENTS),
]
MARKS = [*map(str.lower, colours.ACCENTS), colours.USED, colours.PASSAGE, colours.EMPTY, colours.QUIET]


def contrast(one: str, other: str) -> float:
    return colours.contrast(colours.rgb(one), colours.rgb(other))


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#0000ff") == contrast("#0000ff", "#ffffff")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", [colours.INK, colours.QUIET])
def test_text_can_be_read_on_every_ground_on_paper_and_in_the_dark(text, ground):
    assert contrast(text, ground) >= colours.CONTRAST
    assert contrast(colours.DARK[text], colours.DARK[ground]) >= colours.CONTRAST


def test_a_number_in_a_filled_mark_can_be_read_in_the_dark():
    assert contrast(colours.DARK[colours.PAPER], colours.DARK[colours.INK]) >= colours.CONTRAST


@pytest.mark.parametrize("mark", MARKS)
def test_marks_and_outlines_stand_out_from_the_dark_ground(mark):
    assert contrast(colours.DARK[mark], colours.DARK[colours.PAPER]) >= colours.MARKS


def test_no_two_colours_become_one_in_the_dark():
    assert len(set(colours.DARK.values())) == len(colours.DARK)


def test_a_page_s_picture_names_its_colours_and_leaves_all_else_as_it_is():
    svg = (
        '<path d="M0 0" style="fill: #1a1a1a; stroke: #ffffff; clip-path: url(#abcdef)"/>'
        '<rect width="73" fill="#ffffff"/><use xlink:href="#595959"/>'
    )
    assert colours.follows_scheme(svg)
    assert colours.named(svg) == (
        '<path d="M0 0" style="fill: var(--1a1a1a); stroke: var(--ffffff); clip-path: url(#abcdef)"/>'
        '<rect width="73" style="fill: var(--ffffff)"/><use xlink:href="#595959"/>'
    )


@pytest.mark.parametrize("svg", ['<path style="fill: #123456"/>', '<rect fill="#123456"/>'])
def test_a_picture_with_another_colour_does_not_follow_the_scheme(svg):
    assert not colours.follows_scheme(svg)


def test_the_style_sheet_defines_every_name_for_light_and_dark_and_dark_on_screens_only():
    light, dark = colours.stylesheet().splitlines()
    assert dark.startswith("@media screen and (prefers-color-scheme: dark)")
    for rules, values in ((light, {c: c for c in colours.DARK}), (dark, colours.DARK)):
        assert dict(re.findall(r"--([0-9a-f]{6}): (#[0-9a-f]{6});", rules)) == {
            name[1:]: value for name, value in values.items()
        }
