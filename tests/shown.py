"""What a notebook shows when it is run, as tests look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis import links
from analysis.build import run
from analysis.build.plan import Job
from analysis.publish import pages
from analysis.publish.pages import Figure
from analysis.tidy import tidy


@dataclass(frozen=True)
class Shown:
    """The page that a notebook makes: its figures by name, and the cards that it leads to.

    `rows` are the cards that tables and sentences lead to, `cards` all that the study has.
    """

    figures: Mapping[str, Figure]
    rows: frozenset[str]
    cards: frozenset[str]

    @property
    def astray(self) -> set[str]:
        """Cards that a figure, a table or a sentence leads to, and that are not there."""
        marks = {links.anchor(key) for f in self.figures.values() for key in f.records}
        return (marks | self.rows) - self.cards


def shown_by(notebook: str, parameters: Mapping[str, object], processed: Path) -> Shown:
    """Run a notebook of the project on the tidy tables of a study, in a kernel of its own."""
    study, language = str(parameters["study"]), str(parameters["language"])
    job = Job(notebook, language, "", "", notebook, parameters)
    executed = run.perform(job, warm=True, processed=processed)
    data = tidy.read(study, processed)
    keys = {f"{t}/{r}" for t, r in zip(data.evidence["table"], data.evidence["record"], strict=True)}
    keys |= {f"passages/{r}" for r in data.passages["record"]}
    return Shown(
        {figure.name: figure for figure in pages.figures(executed, job)},
        frozenset(pages.cards_led_to(executed)),
        frozenset(map(links.anchor, keys)),
    )
