"""Agreement of coders: Krippendorff's alpha for themes, links and statuses, and where coders differ.

Alpha is nominal. Of themes a unit is a record and theme (given or not), over the records that at
least two coders considered: a coder considered a record that one of their rows names, also where the
row says that it has no theme. Of links a unit is an issue and a later record (its relation, or none),
over every such pair: who linked anything looked at all. Of statuses a unit is an issue.

Alpha is undefined where all coders say the same of all units, for then nothing tells agreement
from not having looked. K. Krippendorff, Content Analysis, 2nd ed. (2004), chapter 11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tidy.evidence import record_labels
from analysis.tidy.issues import later_records
from analysis.tidy.joins import each, tidy_table, with_notes
from analysis.transcribe.judgements import CONSENSUS, NONE
from analysis.transcribe.load import Study
from analysis.words import small

DRAWS = 2000  # resamples of the bootstrap; the ends of an interval then stay within about 0.01
SEED = 20040101  # of the resamples: the same interval on every rebuild
LEVEL = 0.95
_VOCABULARIES = {"themes": "consensus", "links": "link_relation", "statuses": "assessment_status"}
_ENTRIES = {"themes": "theme", "links": "issue", "statuses": "issue"}  # what the second axis is
_MEASURED = dict.fromkeys(["units", "given", "disagreed", "draws", "defined"], "int64") | dict.fromkeys(
    ["alpha", "low", "high"], "float64"
)
_TABLES = {"themes": "codings", "links": "links", "statuses": "assessments"}
_SILENCE = {"themes": ["not_given", "given"], "links": [NONE], "statuses": []}  # the first values
_Key = tuple[str, str]  # table and id of a record


@dataclass(frozen=True)
class Judgements:
    """What coders said: `said` is coders × records × entries, an index of `values`, -1: not considered.

    Entries are themes (of themes) or issues (of links); of statuses there is one, "". `agreed` is what
    the consensus says: records × entries, -1: nothing.
    """

    kind: str
    coders: tuple[str, ...]
    records: tuple[_Key, ...]
    entries: tuple[str, ...]
    values: tuple[str, ...]
    said: NDArray[np.int64]
    agreed: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many coders said each value: records × entries × values."""
        return np.stack([(self.said == value).sum(axis=0) for value in range(len(self.values))], axis=-1)

    @property
    def differ(self) -> NDArray[np.bool_]:
        """Where coders say different things: records × entries."""
        return (self.counts > 0).sum(axis=-1) > 1


def judgements(study: Study) -> list[Judgements]:
    """What the coders of a study said of themes, links and statuses, each where there are two coders."""
    found = [_themes(study), _links(study), _statuses(study)]
    return [each for each in found if len(each.coders) > 1 and each.records]


def _coders(table: pd.DataFrame) -> list[str]:
    return sorted(set(table["coder"]) - {CONSENSUS})


def _judged(
    kind: str,
    study: Study,
    records: Iterable[_Key],
    entries: Iterable[str],
    say: Callable[[str, _Key, str], str | None],
) -> Judgements:
    """Ask of every coder what they said of each record and entry; None where they considered it not."""
    coders, records, entries = _coders(study.tables[_TABLES[kind]]), tuple(records), tuple(entries)
    asked = [[[say(c, r, e) for e in entries] for r in records] for c in [*coders, CONSENSUS]]
    every = {said for rows in asked for row in rows for said in row if said is not None}
    # The value that says nothing comes first: what coders give is counted from the second.
    values = [*_SILENCE[kind], *sorted(every - set(_SILENCE[kind]))]
    place = {None: -1} | {value: place for place, value in enumerate(values)}
    said = np.array([[[place[s] for s in row] for row in rows] for rows in asked], dtype=np.int64)
    return Judgements(kind, tuple(coders), records, entries, tuple(values), said[:-1], said[-1])


def _themes(study: Study) -> Judgements:
    codings = study.tables["codings"]
    rows = set(codings[["coder", "record_type", "record", "theme"]].itertuples(index=False, name=None))
    considered = {row[:3] for row in rows}
    coders = _coders(codings)
    every = sorted({row[1:3] for row in rows})
    records = [record for record in every if sum((c, *record) in considered for c in coders) > 1]

    def say(coder: str, record: _Key, theme: str) -> str | None:
        given = "given" if (coder, *record, theme) in rows else "not_given"
        return given if (coder, *record) in considered else None

    return _judged("themes", study, records, study.tables["themes"]["id"], say)


def _links(study: Study) -> Judgements:
    links, later = study.tables["links"], later_records(study)
    key, spoken = ["coder", "record_type", "record", "issue", "relation"], set(links["coder"])
    relation = {(c, (t, r), i): said for c, t, r, i, said in links[key].itertuples(index=False, name=None)}

    def say(coder: str, record: _Key, issue: str) -> str | None:
        considered = coder in spoken and issue in later[record]
        return relation.get((coder, record, issue), NONE) if considered else None

    return _judged("links", study, later, study.tables["issues"]["id"], say)


def _statuses(study: Study) -> Judgements:
    rows = study.tables["assessments"].itertuples()
    status = {(row.coder, ("issues", row.issue)): row.status for row in rows}
    issues = [("issues", issue) for issue in study.tables["issues"]["id"]]
    return _judged("statuses", study, issues, [""], lambda coder, issue, _: status.get((coder, issue)))


def alpha(counts: NDArray[np.int64]) -> float | None:
    """Krippendorff's alpha of nominal data: units × values, how many coders gave each value.

    None where it is undefined: no unit has two values, or all values are the same.
    """
    pairable = counts[counts.sum(axis=1) > 1]
    if (pairable.sum(axis=0) > 0).sum() < 2:
        return None
    return float(krippendorff.alpha(value_counts=pairable, level_of_measurement="nominal"))


def interval(counts: NDArray[np.int64]) -> tuple[float | None, float | None, int]:
    """The percentile interval of alpha over resampled records, and how many resamples define alpha.

    `counts` is records × entries × values: the entries of a record are drawn together, because they
    were judged together. No interval is given where more than one resample in twenty leaves alpha
    undefined (their share could hold either end), or where all resamples give the same alpha
    (without a disagreement there is nothing to vary, which is not the same as certainty).
    """
    records = len(counts)
    if not records:
        return None, None, 0
    drawn = np.random.default_rng(SEED).integers(0, records, (DRAWS, records))
    cells = drawn + np.arange(DRAWS)[:, None] * records
    times = np.bincount(cells.ravel(), minlength=DRAWS * records).reshape(DRAWS, records)  # draws × records
    # How often two values meet in an entry, of a record: alpha needs no more, and that adds up.
    met = np.einsum("rev,rew->revw", counts, counts) - np.eye(counts.shape[-1]) * counts[..., None]
    pairs = met / np.maximum(counts.sum(axis=-1) - 1, 1)[..., None, None]
    together = np.tensordot(times, pairs.sum(axis=1), axes=1)  # draws × values × values
    each = together.sum(axis=-1)
    whole = each.sum(axis=-1)
    differ = whole - np.trace(together, axis1=1, axis2=2)
    by_chance = whole**2 - (each**2).sum(axis=-1)
    sure = (each > 0.5).sum(axis=-1) > 1  # two values at least
    defined = 1 - (whole[sure] - 1) * differ[sure] / by_chance[sure]
    if len(defined) < LEVEL * DRAWS or np.ptp(defined) < 1e-9:
        return None, None, len(defined)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high), len(defined)


@tidy_table
def coder_agreement(study: Study) -> pd.DataFrame:
    """How far coders agree: a row for all themes, one a theme, one for links, one for statuses.

    Columns out: judgement (themes, links, statuses; + _ja, _en), theme ("" overall; + _ja, _en),
    coders (ids), units, given (units to which a coder gave the theme, a relation, a status),
    disagreed (units on which they differ), alpha, low, high (95 % interval; all three empty where
    they cannot be stated), draws, defined. Units are records and themes, pairs of issue and record,
    issues; of all themes together `units`, `given` and `disagreed` count records. No row of a
    judgement that fewer than two coders made.
    """
    rows = []
    for found in judgements(study):
        about = {"judgement": found.kind, "coders": " ".join(found.coders)}
        rows.append(about | {"theme": ""} | _measured(found, slice(None)))
        for place, theme in enumerate(found.entries if found.kind == "themes" else ()):
            rows.append(about | {"theme": theme} | _measured(found, slice(place, place + 1)))
    frame = (
        pd.DataFrame(rows, columns=[*_MEASURED, "judgement", "coders", "theme"]).astype(_MEASURED).round(4)
    )
    labels = study.tables["themes"].set_index("id")
    for language in study.languages:
        known, overall = labels[f"label_{language}"], small(language).text("overall")
        frame[f"theme_{language}"] = [known.get(theme, overall) for theme in frame["theme"]]
    return frame


def _measured(found: Judgements, entries: slice) -> dict[str, object]:
    counts, differ = found.counts[:, entries], found.differ[:, entries]
    judged = counts.sum(axis=-1) > 1
    positive = counts[..., 0 if found.kind == "statuses" else 1 :].sum(axis=-1) > 0
    low, high, defined = interval(counts)

    def units(which: NDArray[np.bool_]) -> int:
        return int((which.any(axis=1) if found.kind == "themes" else which).sum())

    return {
        "units": units(judged),
        "given": units(positive),
        "disagreed": units(differ),
        "alpha": alpha(counts.reshape(-1, counts.shape[-1])),
        "low": low,
        "high": high,
        "draws": DRAWS,
        "defined": defined,
    }


@tidy_table
def coding_disagreements(study: Study) -> pd.DataFrame:
    """What each coder said where coders differ, and the consensus; one row a coder.

    Columns out: judgement (themes, links, statuses; + _ja, _en), table, record, label_ja, label_en,
    theme (+ _ja, _en), issue, issue_ja, issue_en (short label), coder, said (given, not_given; a
    relation or none; a status; under `consensus` open where there is none; + _ja, _en), note_ja,
    note_en (the reason). Order: judgements, records as in the schema, themes or issues, coders.
    """
    notes, rows = _reasons(study), []
    for found in judgements(study):
        for record, entry in np.argwhere(found.differ):
            key, name = found.records[record], found.entries[entry]
            issue = key[1] if found.kind == "statuses" else name
            about = {"judgement": found.kind, "table": key[0], "record": key[1], "theme": "", "issue": ""}
            about |= {_ENTRIES[found.kind]: issue} | dict.fromkeys(each("note", study.languages), "")
            said = zip(found.coders, found.said[:, record, entry], strict=True)
            rows += [about | {"coder": c, "said": found.values[v]} for c, v in said if v >= 0]
            decided = found.agreed[record, entry]
            about |= {"coder": CONSENSUS, "said": found.values[decided] if decided >= 0 else "open"}
            rows.append(about | notes.get((found.kind, key, "" if found.kind == "themes" else issue), {}))
    frame = pd.DataFrame(rows, columns=None if rows else ["table", "record", "judgement", "said"])
    frame = frame.fillna("").merge(record_labels(study), on=["table", "record"], validate="m:1")
    vocabularies = study.schema.vocabularies
    read = [
        vocabularies["consensus"]["open"] if said == "open" else vocabularies[_VOCABULARIES[kind]][said]
        for kind, said in zip(frame["judgement"], frame["said"], strict=True)
    ]
    return frame.assign(**{f"said_{own}": [text(own) for text in read] for own in study.languages})


def _reasons(study: Study) -> dict[tuple[str, _Key, str], dict[str, str]]:
    """The reasons of the consensus, by column of notes: of kind, record, and issue (not of themes)."""
    found: dict[tuple[str, _Key, str], dict[str, str]] = {}
    notes = each("note", study.languages)
    for kind, name in _TABLES.items():
        rows = study.tables[name].pipe(with_notes, study)
        for row in rows[rows["coder"] == CONSENSUS].to_dict("records"):
            issue = "" if kind == "themes" else row["issue"]
            key = ("issues", issue) if kind == "statuses" else (row["record_type"], row["record"])
            reasons = {note: row[note] for note in notes}
            if any(reasons.values()) or (kind, key, issue) not in found:
                found[kind, key, issue] = reasons
    return found
