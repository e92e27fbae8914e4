"""Agreement of coders: Krippendorff's alpha for themes, links and statuses, and where coders differ.

Alpha is nominal. Of themes a unit is a record and theme (given or not), over the records that at
least two coders considered: a coder considered a record that one of their rows names, also where the
row says that it has no theme. Of links a unit is an issue and a later record (its relation, or none),
over every such pair: who linked anything looked at all. Of statuses a unit is an issue.

Alpha is undefined where all coders say the same of all units, for then nothing tells agreement
from not having looked. K. Krippendorff, Content Analysis, 2nd ed. (2004), chapter 11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tidy.evidence import record_labels
from analysis.tidy.issues import counted_links, issue_statuses, later_records
from analysis.tidy.joins import each, themes_by_coder, tidy_table, with_notes
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
_Key = tuple[str, str]  # table and id of a record


@dataclass(frozen=True)
class Judgements:
    """What coders said: `said` is coders × records × entries, an index of `values`, -1: not considered.

    Entries are themes (of themes) or issues (of links); of statuses there is one, "".
    """

    kind: str
    coders: tuple[str, ...]
    records: tuple[_Key, ...]
    entries: tuple[str, ...]
    values: tuple[str, ...]
    said: NDArray[np.int64]

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


def _coders(table: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(set(table["coder"]) - {CONSENSUS}))


def _array(
    coders: Iterable[str],
    records: Iterable[_Key],
    entries: Iterable[str],
    say: Callable[[str, _Key, str], int],
) -> NDArray[np.int64]:
    return np.array([[[say(c, r, e) for e in entries] for r in records] for c in coders], dtype=np.int64)


def _themes(study: Study) -> Judgements:
    codings = study.tables["codings"]
    coders, themes = _coders(codings), tuple(study.tables["themes"]["id"])
    rows = set(codings[["coder", "record_type", "record", "theme"]].itertuples(index=False, name=None))
    considered = {row[:3] for row in rows}
    every = sorted({row[1:3] for row in rows})
    records = tuple(r for r in every if sum((c, *r) in considered for c in coders) > 1)
    said = _array(
        coders, records, themes, lambda c, r, t: int((c, *r, t) in rows) if (c, *r) in considered else -1
    )
    return Judgements("themes", coders, records, themes, ("not_given", "given"), said)


def _links(study: Study) -> Judgements:
    links, later = study.tables["links"], later_records(study)
    coders, issues = _coders(links), tuple(study.tables["issues"]["id"])
    key = ["coder", "record_type", "record", "issue", "relation"]
    relation = {(c, (t, r), i): said for c, t, r, i, said in links[key].itertuples(index=False, name=None)}
    values = (NONE, *sorted(set(relation.values()) - {NONE}))
    said = _array(
        coders,
        later,
        issues,
        lambda c, r, i: values.index(relation.get((c, r, i), NONE)) if i in later[r] else -1,
    )
    return Judgements("links", coders, tuple(later), issues, values, said)


def _statuses(study: Study) -> Judgements:
    rows = study.tables["assessments"]
    status = {(row.coder, ("issues", row.issue)): row.status for row in rows.itertuples()}
    issues = tuple(("issues", issue) for issue in study.tables["issues"]["id"])
    values = tuple(sorted(set(status.values())))
    coders = _coders(rows)
    said = _array(
        coders, issues, ("",), lambda c, r, _: values.index(status[c, r]) if (c, r) in status else -1
    )
    return Judgements("statuses", coders, issues, ("",), values, said)


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
    agreed, notes = _consensus(study), _reasons(study)
    rows = []
    for found in judgements(study):
        for record, entry in np.argwhere(found.differ):
            key, name = found.records[record], found.entries[entry]
            issue = key[1] if found.kind == "statuses" else name
            about = {"judgement": found.kind, "table": key[0], "record": key[1], "theme": "", "issue": ""}
            about |= {_ENTRIES[found.kind]: issue} | dict.fromkeys(each("note", study.languages), "")
            said = dict(zip(found.coders, found.said[:, record, entry], strict=True))
            rows += [about | {"coder": c, "said": found.values[v]} for c, v in said.items() if v >= 0]
            why = notes.get((found.kind, key, "" if found.kind == "themes" else issue), {})
            decided = agreed.get((found.kind, key, issue)) or _silence(found.kind, key, notes)
            rows.append(about | {"coder": CONSENSUS, "said": decided} | why)
    frame = pd.DataFrame(rows, columns=None if rows else ["table", "record", "judgement", "said"])
    frame = frame.fillna("").merge(record_labels(study), on=["table", "record"], validate="m:1")
    vocabularies = study.schema.vocabularies
    read = [
        vocabularies["consensus"]["open"] if said == "open" else vocabularies[_VOCABULARIES[kind]][said]
        for kind, said in zip(frame["judgement"], frame["said"], strict=True)
    ]
    return frame.assign(**{f"said_{own}": [text(own) for text in read] for own in study.languages})


def _consensus(study: Study) -> Mapping[tuple[str, _Key, str], str]:
    """What the consensus says: of kind, record, and theme or issue."""
    agreed: dict[tuple[str, _Key, str], str] = {}
    for table in ("statements", "issues"):
        for (record, coder), themes in themes_by_coder(study, table).items():
            if coder == CONSENSUS and record in _settled(study, table):
                agreed |= {("themes", (table, record), theme): "given" for theme in themes.split()}
    for row in counted_links(study).query("coder == @CONSENSUS").itertuples():
        agreed["links", (row.table, row.record), row.issue] = row.relation
    for row in issue_statuses(study).query("coder == @CONSENSUS").itertuples():
        agreed["statuses", ("issues", row.issue), row.issue] = row.status
    return agreed


def _settled(study: Study, table: str) -> set[str]:
    """The records of a table on whose themes there is a consensus."""
    codings = study.tables["codings"]
    return set(codings.loc[(codings["coder"] == CONSENSUS) & (codings["record_type"] == table), "record"])


def _reasons(study: Study) -> dict[tuple[str, _Key, str], dict[str, str]]:
    """The reasons of the consensus, by column of notes: of kind, record, and issue (not of themes)."""
    found: dict[tuple[str, _Key, str], dict[str, str]] = {}
    notes = each("note", study.languages)
    kinds = {"themes": "codings", "links": "links", "statuses": "assessments"}
    for kind, name in kinds.items():
        rows = study.tables[name].pipe(with_notes, study)
        for row in rows[rows["coder"] == CONSENSUS].to_dict("records"):
            issue = "" if kind == "themes" else row["issue"]
            key = ("issues", issue) if kind == "statuses" else (row["record_type"], row["record"])
            reasons = {note: row[note] for note in notes}
            if any(reasons.values()) or (kind, key, issue) not in found:
                found[kind, key, issue] = reasons
    return found


def _silence(kind: str, key: _Key, decided: Iterable[tuple[str, _Key, str]]) -> str:
    """What it means that the consensus gives a theme or relation nowhere: that it does not, or none yet."""
    spoken: Sequence = [each for each in decided if each[0] == kind and (kind == "links" or each[1] == key)]
    return {"themes": "not_given", "links": NONE}.get(kind, "open") if spoken else "open"
