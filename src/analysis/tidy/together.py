"""A study and the studies beside it: what each says of the same thing, joined by the crosswalk alone.

Nothing is merged. A record keeps the study it stands in, two values of one thing stand side by
side, and where they cannot both be right that is said. Records of another study are named
`study/table/record`, those of the study itself `table/record`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import links
from analysis.tidy.findings import counted, listed
from analysis.tidy.tidy import Data
from analysis.transcribe import schema
from analysis.transcribe.periods import compatible, display, parse, sides
from analysis.transcribe.schema import Field

_RANK = {"supported": 2, "undated": 1, "none": 0}
_VERDICTS = {
    "differ": ("食い違う", "differ"),
    "here": ("この研究だけにある", "only here"),
    "there": ("他方だけにある", "only there"),
    "agree": ("一致する", "agree"),
    "within": ("範囲に収まる", "lies within"),
}
_SIDES = {"start": ("始まり", "start"), "end": ("終わり", "end")}


def key(study: str, lead: Data, table: str, record: str) -> str:
    """What a record is called in a report led by a study."""
    return f"{table}/{record}" if study == lead.about["id"] else f"{study}/{table}/{record}"


def pairs(lead: Data, others: Sequence[Data]) -> pd.DataFrame:
    """The records that belong together, the leading study's first.

    Columns out: table, record (of the leading study), relation (+ _ja, _en), other (study),
    other_table, other_record, note_ja, note_en. Only *same* may be read from either side.
    """
    own = lead.about["id"]
    rows = lead.crosswalk
    there = rows[(rows["other_study"] == own) & (rows["relation"] == "same")]
    swapped = there.rename(
        columns={
            "study": "other_study",
            "table": "other_table",
            "record": "other_record",
            "other_study": "study",
            "other_table": "table",
            "other_record": "record",
        }
    )
    both = pd.concat([rows[rows["study"] == own], swapped], ignore_index=True)
    beside = [other.about["id"] for other in others]
    return (
        both[both["other_study"].isin(beside)]
        .rename(columns={"other_study": "other"})
        .loc[
            :,
            [
                "table",
                "record",
                "relation",
                "relation_ja",
                "relation_en",
                "other",
                "other_table",
                "other_record",
                "note_ja",
                "note_en",
            ],
        ]
        .reset_index(drop=True)
    )


def regions(lead: Data, others: Sequence[Data]) -> dict[str, dict[str, str]]:
    """The regions of the leading study with what each other study calls them: id to study to id."""
    joined = pairs(lead, others).query("table == 'regions' and relation == 'same'")
    found: dict[str, dict[str, str]] = {record: {} for record in lead.regions["record"]}
    for row in joined.itertuples():
        found[row.record][row.other] = row.other_record
    return found


# -- Support ---------------------------------------------------------------------------------------


# -- Agreement and conflict ------------------------------------------------------------------------


def comparisons(lead: Data, others: Sequence[Data]) -> pd.DataFrame:
    """What two studies say of one thing, one row a point on which at least one of them speaks.

    Compared are dates and periods (each side on its own, as precisely as both allow), numbers,
    grades and printed names; of a part only whether it lies within the whole. A name that a
    transcriber gave (inferred) is compared with nothing. Columns out: table, record, label_ja,
    label_en, other, other_table (as a key), other_record, other_label_ja, other_label_en, relation
    (+ _ja, _en), column, side (of a period: start, end), named (whether it is a name), point_ja,
    point_en, here, there, here_inferred, there_inferred (yes, no), verdict (agree, within, differ, here, there; + _ja, _en), note_ja, note_en.
    """
    known = {other.about["id"]: _records(other) for other in others}
    own = _records(lead)
    printed = lead.about["language"]  # names in two languages are translations of each other
    names = {o.about["id"]: f"label_{printed}" for o in others if o.about["language"] == printed}
    found = []
    for pair in pairs(lead, others).query("table == other_table").itertuples():
        mine = own[pair.table, pair.record]
        theirs = known[pair.other][pair.other_table, pair.other_record]
        points = _points(pair, mine, theirs, names.get(pair.other, ""))
        for name, side, point, here, there, verdict in points:
            found.append(
                {
                    "table": pair.table,
                    "record": pair.record,
                    "other": pair.other,
                    "other_table": f"{pair.other}/{pair.other_table}",
                    "other_record": pair.other_record,
                    "relation": pair.relation,
                    "column": name,
                    "side": side,
                    "named": name.startswith("label_"),
                    "here": here,
                    "there": there,
                    "verdict": verdict,
                    "here_inferred": _yes(name in mine["inferred"].split()),
                    "there_inferred": _yes(name in theirs["inferred"].split()),
                    **{f"relation_{g}": getattr(pair, f"relation_{g}") for g in ("ja", "en")},
                    **{f"note_{g}": getattr(pair, f"note_{g}") for g in ("ja", "en")},
                    **{f"label_{g}": mine[f"label_{g}"] for g in ("ja", "en")},
                    **{f"other_label_{g}": theirs[f"label_{g}"] for g in ("ja", "en")},
                    **{f"point_{g}": words for g, words in zip(("ja", "en"), point, strict=True)},
                    **{
                        f"verdict_{g}": words
                        for g, words in zip(("ja", "en"), _VERDICTS[verdict], strict=True)
                    },
                }
            )
    return pd.DataFrame(
        found,
        columns=[
            "table",
            "record",
            "label_ja",
            "label_en",
            "other",
            "other_table",
            "other_record",
            "other_label_ja",
            "other_label_en",
            "relation",
            "relation_ja",
            "relation_en",
            "column",
            "side",
            "named",
            "point_ja",
            "point_en",
            "here",
            "there",
            "here_inferred",
            "there_inferred",
            "verdict",
            "verdict_ja",
            "verdict_en",
            "note_ja",
            "note_en",
        ],
    )


def _records(data: Data) -> dict[tuple[str, str], Mapping]:
    """Every record's row of the evidence, its cells read."""
    return {
        (row["table"], row["record"]): row | {"cells": json.loads(row["cells"])}
        for row in data.evidence.to_dict("records")
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _points(pair: object, mine: Mapping, theirs: Mapping, name: str) -> Iterator[tuple]:
    """Column, side, what is compared, what each says, and the verdict, for what either of them says.

    `name` is the column of the names that can be compared, "" where none can.
    """
    ours = {*mine["inferred"].split(), *theirs["inferred"].split()}
    names = {name} - ours
    for field in schema.load().tables[pair.table].fields:
        one, other = (str(row["cells"].get(field.name, "")) for row in (mine, theirs))
        title = field.title.ja.removesuffix("（英語）"), field.title.en.removesuffix(" (Japanese)")
        if not one + other or not _compared(field, pair.relation, names):
            continue
        if field.format != "period":
            yield field.name, "", title, one, other, _verdict(one, other, one == other)
        elif "/" not in one + other:
            yield field.name, "", title, one, other, _verdict_of_dates(one, other)
        else:
            for side, here, there, verdict in _sides(one, other, part=pair.relation == "part"):
                ja, en = _SIDES[side]
                point = f"{title[0]}：{ja}", f"{title[1]}: {en}"
                yield field.name, side, point, here, there, verdict


def _sides(one: str, other: str, *, part: bool) -> Iterator[tuple[str, str, str, str]]:
    """Each side of two periods that either states: side, what each says, and the verdict."""
    both = zip(*(sides(text) if text else ("", "") for text in (one, other)), strict=True)
    for side, (here, there) in zip(_SIDES, both, strict=True):
        if here + there:
            verdict = _verdict_of_dates(here, there)
            within = part and verdict == "differ" and _inside(here, there, side)
            yield side, here, there, "within" if within else verdict


def _inside(whole: str, part: str, side: str) -> bool:
    """Whether a part's start is not before the whole's, or its end not after."""
    if side == "start":
        return parse(part).end >= parse(whole).start
    return parse(part).start <= parse(whole).end


def _compared(field: Field, relation: str, names: Collection[str]) -> bool:
    """Whether a column says something of the thing itself that another study may say differently."""
    if field.format == "period" or relation != "same":
        return field.format == "period"
    return field.name in names or field.verbatim in ("number", "grade")


def _verdict(here: str, there: str, agree: bool) -> str:
    if here and there:
        return "agree" if agree else "differ"
    return "here" if here else "there"


def _verdict_of_dates(here: str, there: str) -> str:
    return _verdict(here, there, bool(here and there) and compatible(here, there))


def shown(rows: pd.DataFrame, language: str) -> pd.DataFrame:
    """Comparisons as a table shows them: dates as a reader expects them, judgements marked."""
    dated = {f.name for t in schema.load().tables.values() for f in t.fields if f.format == "period"}
    judged = {"ja": "（判断）", "en": " (inferred)"}[language]

    def words(row: Mapping, side: str) -> str:
        text = display(row[side], language) if row["column"] in dated and row[side] else row[side]
        return text + judged * (row[f"{side}_inferred"] == "yes")

    return rows.assign(
        other_label_key=(keys := rows["other_table"] + "/" + rows["other_record"]),
        there_key=keys,
        **{side: [words(row, side) for row in rows.to_dict("records")] for side in ("here", "there")},
    )


# -- Standing, outcomes, statements ----------------------------------------------------------------


def standings(lead: Data, others: Sequence[Data]) -> pd.DataFrame:
    """Letters of the programmes that are also the leading study's, on scales with several letters.

    One row an evaluation of another study: only the same programme, kind and scale stand together.
    An unread letter stands with the letters of its programme and kind, on no scale. Columns out:
    other, table (as a key), record, programme (+ _ja, _en), kind (+ _ja, _en), region, name_ja,
    name_en, scale, grade, rank, grade_status, own (yes, no: one of the leading study's regions),
    same (key of the leading study's evaluation, where that has the same letter, or "").
    """
    joined = pairs(lead, others)
    programmes, evaluations = (
        joined.query("table == @t and relation == 'same'") for t in ("programmes", "evaluations")
    )
    own = {(study, there) for names in regions(lead, others).values() for study, there in names.items()}
    letters = lead.grades.set_index("record")["grade"]
    mine = {
        (r.other, r.other_record, letters[r.record]): f"evaluations/{r.record}"
        for r in evaluations.itertuples()
    }
    parts = []
    for other in others:
        study = other.about["id"]
        of = set(programmes.query("other == @study")["other_record"])
        rows = other.grades[other.grades["programme"].isin(of)]
        rows = rows.groupby(["programme", "kind"]).filter(
            lambda group: group.query("grade_status == 'reported'")["region"].nunique() > 1
        )
        parts.append(
            rows.assign(
                other=study,
                table=f"{study}/evaluations",
                own=["yes" if (study, region) in own else "no" for region in rows["region"]],
                same=[mine.get((study, r.record, r.grade), "") if r.grade else "" for r in rows.itertuples()],
            ).rename(columns={"region_ja": "name_ja", "region_en": "name_en"})
        )
    columns = [
        "other",
        "table",
        "record",
        "programme",
        "programme_ja",
        "programme_en",
        "kind",
        "kind_ja",
        "kind_en",
        "region",
        "name_ja",
        "name_en",
        "scale",
        "grade",
        "rank",
        "grade_status",
        "own",
        "same",
        "known_grades",
    ]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def by_scale(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The reported letters of a programme and kind: on the scale that most have, best first; and apart."""
    reported = rows.query("grade_status == 'reported'")
    on = reported["scale"] == reported["scale"].mode().iloc[0]
    return reported[on].sort_values("rank", kind="stable"), reported[~on]


def standing_sentences(lead: Data, others: Sequence[Data], language: str) -> list[dict[str, str]]:
    """Per programme and kind: how the readable letters are spread, and where the regions stand.

    Each is a mapping: name (programme and kind), spread, own (the regions' letters), unread.
    """
    told = []
    for _, rows in standings(lead, others).groupby(["other", "programme", "kind"], sort=False):
        letters, apart = by_scale(rows)
        gap = {"ja": "", "en": " "}[language]
        told.append(
            {
                "name": links.plain(
                    rows[f"programme_{language}"].iloc[0]
                    + {"ja": "の", "en": ", "}[language]
                    + rows[f"kind_{language}"].iloc[0]
                ),
                "read": str(len(letters)),
                "spread": listed(
                    (
                        f"{links.plain(g)}{gap}{n}"
                        for g, n in letters["grade"].value_counts(sort=False).items()
                    ),
                    language,
                ),
                "own": listed(
                    (_place(row, letters, language) for row in rows.query("own == 'yes'").itertuples()),
                    language,
                ),
                "unread": str((rows["grade_status"] == "unread").sum()),
                "apart": listed((links.plain(g) for g in apart["grade"].unique()), language),
            }
        )
    return told


def _place(row: object, letters: pd.DataFrame, language: str) -> str:
    """A region's letter with how many readable letters are better and how many are the same."""
    name = links.to(f"{row.table}/{row.record}", getattr(row, f"name_{language}"))
    if row.record not in set(letters["record"]):
        return {"ja": f"{name}は未読", "en": f"{name}: unread"}[language]
    better = int((letters["rank"] < row.rank).sum())
    same = int((letters["rank"] == row.rank).sum()) - 1
    letter = links.plain(row.grade)
    return {
        "ja": f"{name}は{letter}（上位{better}件、同じ評点がほかに{same}件）",
        "en": f"{name}: {letter} ({better} above, {same} others with the same)",
    }[language]


def bearing(lead: Data, others: Sequence[Data], relation: str, table: str, language: str) -> pd.DataFrame:
    """The leading study's records of a table and the records that stand to them in a relation.

    Columns out: record, label, others (the other studies' records, as links), notes.
    """
    titles = _labels(lead, others, language)
    rows = []
    found = pairs(lead, others).query("relation == @relation and table == @table")
    for record, group in found.groupby("record", sort=False):
        keys = [key(r.other, lead, r.other_table, r.other_record) for r in group.itertuples()]
        rows.append(
            {
                "record": record,
                "label": links.to(f"{table}/{record}", titles[f"{table}/{record}"]),
                "others": listed((links.to(k, titles.get(k, k)) for k in keys), language),
                "notes": " ".join(dict.fromkeys(links.plain(n) for n in group[f"note_{language}"] if n)),
            }
        )
    return pd.DataFrame(rows, columns=["record", "label", "others", "notes"])


def starts(lead: Data, others: Sequence[Data], language: str) -> pd.DataFrame:
    """The leading study's projects that begin on several dates elsewhere, or on another one.

    Columns out: label, here, there (text: each other record with the date it begins on).
    """
    titles = _labels(lead, others, language)
    begins = comparisons(lead, others).query(
        "table == 'projects' and column == 'period' and side == 'start' and there != ''"
    )
    rows = []
    for record, group in begins.groupby("record", sort=False):
        if len(group) == 1 and (group["verdict"] != "differ").all():
            continue
        brackets = {"ja": "{}（{}）", "en": "{} ({})"}[language]
        there = (
            brackets.format(display(r.there, language), links.to(k, titles[k]))
            for r in group.itertuples()
            for k in [f"{r.other_table}/{r.other_record}"]
        )
        rows.append(
            {
                "label": links.to(f"projects/{record}", titles[f"projects/{record}"]),
                "here": display(group["here"].iloc[0], language),
                "there": listed(there, language),
            }
        )
    return pd.DataFrame(rows, columns=["label", "here", "there"])


@dataclass(frozen=True)
class Differences:
    """Where studies differ, and what one knows of the other's issues, in brief."""

    count: str  # values that cannot both be right
    starts: str  # the projects that begin on other dates elsewhere
    outcomes: str  # the issues with an outcome on record


def differences(lead: Data, others: Sequence[Data], language: str) -> Differences:
    """How many values differ, which projects have several starts, which issues an outcome."""
    differ = comparisons(lead, others).query("verdict == 'differ' and not named")
    begun = starts(lead, others, language)
    told = {"ja": "{}は{}、他方では{}", "en": "{}: {}, elsewhere {}"}[language]
    return Differences(
        count=counted(len(differ), language),
        starts=listed((told.format(r.label, r.here, r.there) for r in begun.itertuples()), language),
        outcomes=listed(bearing(lead, others, "outcome", "issues", language)["label"], language),
    )


def pairs_named(lead: Data, others: Sequence[Data]) -> pd.DataFrame:
    """The records that belong together, with their names in both languages.

    Columns out: those of `pairs` and label_ja, label_en, other_label_ja, other_label_en,
    other_label_key.
    """
    found = pairs(lead, others)
    found["other_label_key"] = found["other"] + "/" + found["other_table"] + "/" + found["other_record"]
    names = {g: _labels(lead, others, g) for g in ("ja", "en")}
    return found.assign(
        **{f"label_{g}": [names[g][f"{r.table}/{r.record}"] for r in found.itertuples()] for g in names},
        **{
            f"other_label_{g}": [
                names[g][f"{r.other}/{r.other_table}/{r.other_record}"] for r in found.itertuples()
            ]
            for g in names
        },
    )


def levels(lead: Data, others: Sequence[Data]) -> dict[str, str]:
    """How far each record of all studies is established: key to level."""
    return _of_all(lead, others, "level")


def _labels(lead: Data, others: Sequence[Data], language: str) -> dict[str, str]:
    """What each record of all studies is called."""
    return _of_all(lead, others, f"label_{language}")


def _of_all(lead: Data, others: Sequence[Data], column: str) -> dict[str, str]:
    """A column of the evidence of all studies, by the records' keys."""
    return {
        key(data.about["id"], lead, row["table"], row["record"]): row[column]
        for data in (lead, *others)
        for row in data.evidence.to_dict("records")
    }
