"""Readings: the choices a scholar could defend, and how a finding stands under each of them.

A reading is one answer to each of these questions:

    links     which links between an issue and a later passage count as taking the issue up:
              `names` (the passage speaks of the issue itself) or `same_topic` (of its matter, too)
    periods   which project years count: `stated` (printed for the project), `inferred` (also what
              the transcriber concluded), `lent` (also the years printed for its programme)
    coder     whose judgement of themes, links and statuses: `consensus`, or one coder
    sources   `paper`: the study's own source alone; `records`: also the studies set beside it
    regions   `all`, or some region ids separated by spaces
    years     `all`, or the first and last fiscal year, `2001/2010`
    areas     which entries of public records are one region: those of one `name`, or of one `prefecture`

The strict answer comes first everywhere and is the default.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import UserError
from analysis.tidy.comparison import STRICTNESS as PERIODS

CHOICES = ("links", "periods", "coder", "sources", "regions", "years", "areas")
LINKS = {"names": ("names",), "same_topic": ("names", "same_topic", "answers")}
CONSENSUS = "consensus"
SOURCES = ("paper", "records")
AREAS = ("name", "prefecture")
FILE = "ANALYSIS_READINGS"  # the environment's name for the file with every reading's values


class ReadingError(UserError):
    """A parameter names a reading that does not exist; the message says which ones do."""


@dataclass(frozen=True)
class Reading:
    """One way of reading a study; raises ReadingError for a choice that does not exist."""

    links: str = "names"
    periods: str = "stated"
    coder: str = CONSENSUS
    sources: str = "paper"
    regions: str = "all"
    years: str = "all"
    areas: str = "name"

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not isinstance(value, str):
                raise ReadingError(
                    f"{name}={value!r}: expected a text, such as {name}={getattr(Reading, name)!r}"
                )
        _one_of("links", self.links, LINKS)
        _one_of("periods", self.periods, PERIODS)
        _one_of("sources", self.sources, SOURCES)
        _one_of("areas", self.areas, AREAS)
        if self.years != "all":
            first, _, last = self.years.partition("/")
            if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
                raise ReadingError(f"years={self.years!r}: expected 'all' or two years such as '2001/2010'")

    def taking_up(self, links: pd.DataFrame) -> pd.DataFrame:
        """The links that take an issue up: this reading's coder's, of a relation that counts.

        Columns in: issue, table, record, relation, coder and any others; the same columns out.
        """
        return self.by_coder(links).query("relation in @LINKS[@self.links]")

    def counting(self, support: pd.DataFrame) -> pd.DataFrame:
        """The years of support that count: of this reading's source, known as strictly as it asks.

        Columns in: source, status (`tidy.comparison.support`) and any others; the same columns out.
        Where no study is set beside, all that is on record is the study itself.
        """
        accepted = PERIODS[: PERIODS.index(self.periods) + 1]
        source = self.sources if self.sources in set(support["source"]) else SOURCES[0]
        return support[(support["source"] == source) & support["status"].isin(accepted)]

    def by_coder(self, judgements: pd.DataFrame) -> pd.DataFrame:
        """The judgements of this reading's coder. Column in: coder; the same columns out.

        `consensus` is what the coders agreed on; in a study that has no consensus, what any of them gave.
        """
        known = list(judgements["coder"].unique())
        if self.coder == CONSENSUS and CONSENSUS not in known:
            keys = [c for c in judgements if c in ("table", "record", "theme", "issue")]
            return judgements.drop_duplicates(keys)
        if known:
            _one_of("coder", self.coder, known)
        return judgements[judgements["coder"] == self.coder]

    def within(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of this reading's regions and years, where the frame has columns for them.

        Columns used: region (an id), fiscal_year (a number).
        """
        if self.regions != "all" and "region" in frame:
            frame = frame[frame["region"].isin(self.regions.split())]
        if self.years != "all" and "fiscal_year" in frame:
            first, last = map(int, self.years.split("/"))
            frame = frame[frame["fiscal_year"].between(first, last)]
        return frame

    def check(self, regions: Iterable[str]) -> None:
        """Raise ReadingError for a region that the study does not have."""
        for region in [] if self.regions == "all" else self.regions.split():
            _one_of("regions", region, regions)


def _one_of(name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise ReadingError(f"{name}={value!r}: expected one of {', '.join(map(repr, known))}")


@dataclass(frozen=True)
class Robustness:
    """How a finding's value stands under every reading that was run.

    `moved_by` are the choices that change the value when they alone are changed; `holds` and `fails`
    count the readings under which what the headline claims is true, and is not.
    """

    readings: int
    low: str
    high: str
    moved_by: tuple[str, ...]
    holds: int
    fails: int

    @property
    def flips(self) -> bool:
        """Whether the headline is false under some reading."""
        return self.fails > 0

    @property
    def varies(self) -> bool:
        """Whether the value is another under some reading."""
        return self.low != self.high


def values() -> pd.DataFrame:
    """Every finding under every reading that the builder ran; empty where none was run.

    Columns out: finding, value, of, holds (yes, no or ""), also (ids of other studies that the finding
    counts), the choices, chosen (all text). A headline is
    worded for the reading that the page follows: it `holds` where what it claims stands as it does there.
    """
    columns = ["finding", "value", "of", "holds", "also", *CHOICES, "chosen"]
    path = os.environ.get(FILE, "")
    if not path or not Path(path).exists():
        return pd.DataFrame(columns=columns, dtype="str")
    found = pd.read_csv(path, dtype="str", keep_default_na=False)
    chosen = found[found["chosen"] == "yes"].drop_duplicates("finding").set_index("finding")["holds"]
    alike = (found["holds"] == found["finding"].map(chosen)).map({True: "yes", False: "no"})
    return found.assign(holds=alike.where(found["holds"] != "", ""))


def robustness(values: pd.DataFrame, finding: str) -> Robustness | None:
    """How a finding stands under the readings; None where no reading was run.

    Columns in: as `values` gives them.
    """
    own = values[values["finding"] == finding]
    if own.empty:
        return None
    chosen = own[own["chosen"] == "yes"].iloc[0]
    choices = [c for c in CHOICES if c in own]
    differs = own[choices].ne(chosen[choices])
    moved = (own["value"] != chosen["value"]) & (differs.sum(axis=1) == 1)
    # Where readings count out of different totals, a value alone says nothing: 1 of 10.
    totals = own["of"].nunique() > 1 and own["value"].nunique() > 1
    shown = own["value"] + ("/" + own["of"] if totals else "")
    found = sorted(shown.unique(), key=_order)
    return Robustness(
        readings=len(own),
        low=found[0],
        high=found[-1],
        moved_by=tuple(c for c in choices if (moved & differs[c]).any()),
        holds=int((own["holds"] == "yes").sum()),
        fails=int((own["holds"] == "no").sum()),
    )


def _order(value: str) -> tuple[bool, float, str]:
    number, _, of = value.partition("/")
    try:
        return (False, float(number) / float(of or 1), value)
    except ValueError:
        return (True, 0.0, value)
