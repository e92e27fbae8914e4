"""Agreement of coders: Krippendorff's alpha per theme, and where coders differ.

A unit is a record (a statement, an issue) that at least two coders considered. A coder considered
a record that one of their rows names, also where the row says that it has no theme; a record that
no row of theirs names is missing from their data, not a record without themes. On each unit and
theme a coder says given or not given: nominal data of two values.

Alpha is undefined where all coders say the same on all units, for then nothing tells agreement
from not having looked. K. Krippendorff, Content Analysis, 2nd ed. (2004), chapter 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tidy.evidence import record_labels
from analysis.tidy.joins import with_labels, with_vocabulary
from analysis.transcribe.load import Study
from analysis.transcribe.validators import CONSENSUS
from analysis.transcribe.schema import Schema

DRAWS = 2000  # resamples of the bootstrap; the ends of an interval then stay within about 0.01
SEED = 20040101  # of the resamples: the same interval on every rebuild
LEVEL = 0.95
_ALL = {"theme": "", "theme_ja": "全テーマ", "theme_en": "All themes"}
_NUMBERS = ["units", "given", "disagreed", "alpha", "low", "high", "draws", "defined"]


@dataclass(frozen=True)
class Judgements:
    """What coders said: `said` is coders × units × themes (1 given, 0 not, NaN not considered)."""

    coders: tuple[str, ...]
    units: tuple[tuple[str, str], ...]  # record type and record
    themes: tuple[str, ...]
    said: NDArray[np.float64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many coders said not given, and given: units × themes × 2."""
        return np.stack([(self.said == 0).sum(axis=0), (self.said == 1).sum(axis=0)], axis=-1)

    @property
    def differ(self) -> NDArray[np.bool_]:
        """Where coders say different things: units × themes."""
        return (self.counts > 0).all(axis=-1)


def judgements(study: Study) -> Judgements:
    """Return what a study's coders said of every record that at least two of them considered."""
    codings = study.tables["codings"].loc[lambda f: f["coder"] != CONSENSUS]
    coders = tuple(sorted(set(codings["coder"])))
    themes = tuple(study.tables["themes"]["id"])
    rows = set(codings[["coder", "record_type", "record", "theme"]].itertuples(index=False, name=None))
    considered = {row[:3] for row in rows}
    records = sorted({row[1:3] for row in rows})
    units = tuple(r for r in records if sum((c, *r) in considered for c in coders) > 1)
    said = np.array(
        [
            [[(c, *r, t) in rows if (c, *r) in considered else np.nan for t in themes] for r in units]
            for c in coders
        ],
        dtype=np.float64,
    ).reshape(len(coders), len(units), len(themes))
    return Judgements(coders, units, themes, said)


def alpha(counts: NDArray[np.int64]) -> float | None:
    """Krippendorff's alpha of nominal data: units × values, how many coders gave each value.

    None where it is undefined: no unit has two values, or all values are the same.
    """
    pairable = counts[counts.sum(axis=1) > 1]
    if (pairable.sum(axis=0) > 0).sum() < 2:
        return None
    return float(krippendorff.alpha(value_counts=pairable, level_of_measurement="nominal"))


def interval(counts: NDArray[np.int64]) -> tuple[float | None, float | None, int]:
    """The percentile interval of alpha over resampled units, and how many resamples define alpha.

    `counts` is units × themes × values: the themes of a unit are drawn together, because they were
    judged together. No interval is given where more than one resample in twenty leaves alpha
    undefined (their share could hold either end), or where all resamples give the same alpha
    (without a disagreement there is nothing to vary, which is not the same as certainty).
    """
    units = len(counts)
    drawn = np.random.default_rng(SEED).integers(0, units, (DRAWS, units)) if units else []
    found = [alpha(counts[draw].reshape(-1, counts.shape[-1])) for draw in drawn]
    defined = np.array([value for value in found if value is not None])
    if len(defined) < LEVEL * DRAWS or np.ptp(defined) < 1e-9:
        return None, None, len(defined)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high), len(defined)


def coder_agreement(study: Study) -> pd.DataFrame:
    """How far coders agree, one row a theme and a first one over all of them; none with one coder.

    Columns out: theme ("" over all; + _ja, _en), coders (ids), units, given (units to which a coder
    gave it), disagreed (units on which they differ), alpha, low, high (95 % interval; all three
    empty where they cannot be stated), draws, defined. Over all themes alpha is of every record and
    theme together, and `given` and `disagreed` count records.
    """
    columns = [*_ALL, "coders", *_NUMBERS]
    found = judgements(study)
    if len(found.coders) < 2 or not found.themes:
        return _typed(pd.DataFrame(columns=columns))
    counts, differ = found.counts, found.differ
    rows = [_ALL | _measured(counts, differ)]
    rows += [
        {"theme": theme} | _measured(counts[:, [n]], differ[:, [n]]) for n, theme in enumerate(found.themes)
    ]
    labels = study.tables["themes"].set_index("id")
    frame = pd.DataFrame(rows).assign(coders=" ".join(found.coders))
    for language in ("ja", "en"):
        named = frame["theme"].map(labels[f"label_{language}"])
        frame[f"theme_{language}"] = named.fillna(_ALL[f"theme_{language}"])
    return _typed(frame[columns])


def _measured(counts: NDArray[np.int64], differ: NDArray[np.bool_]) -> dict[str, object]:
    low, high, defined = interval(counts)
    return {
        "units": len(counts),
        "given": int((counts[..., 1] > 0).any(axis=1).sum()),
        "disagreed": int(differ.any(axis=1).sum()),
        "alpha": alpha(counts.reshape(-1, counts.shape[-1])),
        "low": low,
        "high": high,
        "draws": DRAWS,
        "defined": defined,
    }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = dict.fromkeys(["units", "given", "disagreed", "draws", "defined"], "int64")
    real = dict.fromkeys(["alpha", "low", "high"], "float64")
    return frame.astype(whole | real).round(dict.fromkeys(real, 4))


def coding_disagreements(study: Study, schema: Schema) -> pd.DataFrame:
    """Where coders differ, one row a record and theme.

    Columns out: table, record, label_ja, label_en, theme (+ _ja, _en), given_by, not_given_by
    (coders, space-separated), consensus (given, not_given, open; + _ja, _en). Order: records as in
    the schema and as transcribed, themes as in the codebook.
    """
    columns = [
        "table",
        "record",
        "label_ja",
        "label_en",
        "theme",
        "theme_ja",
        "theme_en",
        "given_by",
        "not_given_by",
        "consensus",
        "consensus_ja",
        "consensus_en",
    ]
    found = judgements(study)
    rows = [
        {
            "table": found.units[unit][0],
            "record": found.units[unit][1],
            "theme": found.themes[theme],
            **{
                name: " ".join(
                    c
                    for c, said in zip(found.coders, found.said[:, unit, theme], strict=True)
                    if said == value
                )
                for name, value in (("given_by", 1), ("not_given_by", 0))
            },
        }
        for unit, theme in np.argwhere(found.differ)
    ]
    if not rows:
        return pd.DataFrame(columns=columns, dtype="str")
    agreed = study.tables["codings"].loc[lambda f: f["coder"] == CONSENSUS]
    settled = set(zip(agreed["record_type"], agreed["record"], strict=True))
    given = set(zip(agreed["record_type"], agreed["record"], agreed["theme"], strict=True))
    consensus = [
        "open"
        if (r["table"], r["record"]) not in settled
        else "given"
        if (r["table"], r["record"], r["theme"]) in given
        else "not_given"
        for r in rows
    ]
    # The labels come in reading order; merging onto them puts the rows into it.
    return (
        record_labels(study, schema)
        .merge(
            pd.DataFrame(rows).assign(consensus=consensus),
            on=["table", "record"],
            how="inner",
            validate="1:m",
        )
        .pipe(with_labels, study, "theme", "themes")
        .pipe(with_vocabulary, schema, "consensus", "consensus")
        .loc[:, columns]
    )
