"""A study and the studies beside it: what each says of the same thing, joined by the crosswalk alone.

Nothing is merged and nothing is decided: a record keeps the study it stands in, and where two values
of one thing cannot both be right, that is said. Records of another study are keyed `study/table/record`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.tidy.read import Tables
from analysis.transcribe import periods, schema
from analysis.transcribe.raw_tables import before
from analysis.transcribe.schema import Field
from analysis.words import small

STRICTNESS = ("stated", "inferred", "lent")  # the strictest first
_PAIR = ["table", "record", "relation", "relation_label", "other", "other_table", "other_record", "note"]
_VALUE = ["table", "record", "label", "other_key", "other_label", "relation_label"]
_VALUE += ["point", "here", "there", "verdict", "note"]


def pairs(tables: Tables, beside: Sequence[Tables]) -> pd.DataFrame:
    """The records that belong together by the crosswalk, the study's own first.

    Columns out: table, record, relation, relation_label, other (study), other_table, other_record,
    note. Only *same* is read from either side.
    """
    rows = tables.crosswalk
    there = rows[(rows["other_study"] == tables.study) & (rows["relation"] == "same")]
    turned = {"study": "other_study", "table": "other_table", "record": "other_record"}
    swapped = there.rename(columns=turned | {new: old for old, new in turned.items()})
    both = pd.concat([rows[rows["study"] == tables.study], swapped], ignore_index=True)
    found = both.rename(columns={"other_study": "other"})
    return found.loc[found["other"].isin([o.study for o in beside]), _PAIR].reset_index(drop=True)


def support(tables: Tables, beside: Sequence[Tables]) -> pd.DataFrame:
    """Whether a national project ran in each region and fiscal year, by source.

    Rule: a year's status is the strictest reading (stated, inferred, lent) under which some project
    covers it, else none, for the years that the study speaks of. The source `paper` is the study alone; `records` adds the projects of every
    study beside it that the crosswalk calls the same region, and keeps the stricter status.

    Columns out: region, name, fiscal_year, source, status, projects (ids, space-separated; another
    study's as `study/id`), label (their names).
    """
    own = _strictest(tables.support_years)
    frames = [own.assign(source="paper")]
    if beside:
        joined = pairs(tables, beside).query("table == 'regions' and relation == 'same'")
        others = [_renamed(other, joined) for other in beside]
        both = pd.concat([own, *others])
        both = both[both["fiscal_year"].between(own["fiscal_year"].min(), own["fiscal_year"].max())]
        frames.append(_strictest_of(both).assign(source="records"))
    made = pd.concat(frames, ignore_index=True)
    names = tables.regions.set_index("record")["name"]
    labels = _project_labels(tables, beside)
    return made.assign(
        name=made["region"].map(names),
        label=made["projects"].map(lambda ids: " / ".join(dict.fromkeys(labels[i] for i in ids.split()))),
    )[["region", "name", "fiscal_year", "source", "status", "projects", "label"]]


def _project_labels(tables: Tables, beside: Sequence[Tables]) -> dict[str, str]:
    """What the programmes of all studies' projects are called, by project id (`study/id` of another)."""
    own = dict(tables.project_spans[["record", "programme_label"]].itertuples(index=False))
    for other in beside:
        rows = other.project_spans[["record", "programme_label"]].itertuples(index=False)
        own |= {f"{other.study}/{record}": label for record, label in rows}
    return own


def _strictest(years: pd.DataFrame) -> pd.DataFrame:
    """Years by reading in, one row a region and year out: the strictest reading that supports it."""
    supported = years["status"] == "supported"
    status = years["reading"].where(supported, "none")
    return _strictest_of(years.assign(status=status, projects=years["projects"].where(supported, "")))


def _strictest_of(years: pd.DataFrame) -> pd.DataFrame:
    order = {name: n for n, name in enumerate((*STRICTNESS, "none"))}
    rank = years["status"].map(order)
    kept = years[rank == rank.groupby([years["region"], years["fiscal_year"]]).transform("min")]
    return (
        kept.groupby(["region", "fiscal_year"], as_index=False, sort=True)
        .agg(
            status=("status", "first"),
            projects=("projects", lambda p: " ".join(dict.fromkeys(" ".join(p).split()))),
        )
        .astype({"fiscal_year": "int64"})
    )


def _renamed(other: Tables, joined: pd.DataFrame) -> pd.DataFrame:
    """Another study's years of support, under the region ids of the study that it stands beside."""
    own = joined[joined["other"] == other.study].set_index("other_record")["record"]
    years = other.support_years
    years = years[years["region"].isin(own.index) & (years["status"] == "supported")]
    keys = years["projects"].map(lambda ids: " ".join(f"{other.study}/{i}" for i in ids.split()))
    return years.assign(region=years["region"].map(own), status=years["reading"], projects=keys)[
        ["region", "fiscal_year", "status", "projects"]
    ]


def values(tables: Tables, beside: Sequence[Tables]) -> pd.DataFrame:
    """What two studies say of one thing: one row a value that both give.

    Compared are dates and periods (each side on its own, as precisely as both allow), numbers, grades
    and printed names; of a part only whether it lies within the whole. What a transcriber inferred is
    compared with nothing. Columns out: table, record, label, other_key, other_label, relation_label,
    point (what is compared), here, there, verdict (agree, differ), note.
    """
    own, known = _records(tables), {other.study: _records(other) for other in beside}
    found = []
    for pair in pairs(tables, beside).query("table == other_table").itertuples():
        mine, theirs = own[pair.table, pair.record], known[pair.other][pair.other_table, pair.other_record]
        other = f"{pair.other}/{pair.other_table}/{pair.other_record}"
        about = (pair.table, pair.record, mine["label"], other, theirs["label"], pair.relation_label)
        for point, here, there, agree in _points(pair, mine, theirs, tables.language, tables.languages):
            found.append((*about, point, here, there, "agree" if agree else "differ", pair.note))
    return pd.DataFrame(found, columns=_VALUE)


def _records(tables: Tables) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Every record's row of the evidence, its cells read; what is inferred in it is left out."""
    rows = tables.evidence[["table", "record", "label", "inferred", "cells"]].to_dict("records")
    for row in rows:
        inferred = row["inferred"].split()
        row["cells"] = {k: v for k, v in json.loads(row["cells"]).items() if k not in inferred}
    return {(row["table"], row["record"]): row for row in rows}


def _points(
    pair: Any, mine: Mapping, theirs: Mapping, language: str, languages: tuple[str, ...]
) -> Iterator[tuple[str, str, str, bool]]:
    """What is compared, what each study says, and whether both can be right."""
    sides = small(language).text("start"), small(language).text("end")
    for field in schema.load(languages=languages).tables[pair.table].fields:
        here, there = (str(row["cells"].get(field.name, "")) for row in (mine, theirs))
        twin = field.pair and field.language != languages[0]  # a name is compared once
        if not here or not there or twin or not _compared(field, pair.relation):
            continue
        if field.pair == "label" and here == there:  # that a name is the same says nothing
            continue
        title = field.title(language)
        if field.format != "period":
            yield title, here, there, here == there
        elif "/" not in here + there:
            yield title, *_shown(here, there, language), periods.compatible(here, there)
        else:
            for name, one, other in zip(sides, periods.sides(here), periods.sides(there), strict=True):
                if one and other:
                    inside = pair.relation == "part" and _inside(one, other, name == sides[0])
                    agree = inside or periods.compatible(one, other)
                    yield f"{title} – {name}", *_shown(one, other, language), agree


def _shown(here: str, there: str, language: str) -> tuple[str, str]:
    return periods.display(here, language), periods.display(there, language)


def _inside(whole: str, part: str, start: bool) -> bool:
    """Whether a part's start is not before the whole's, or its end not after."""
    return not (before(part, whole) if start else before(whole, part))


def _compared(field: Field, relation: str) -> bool:
    """Whether a column says something of the thing itself that another study may say differently."""
    if field.format == "period" or relation != "same":
        return field.format == "period"
    return field.pair == "label" or field.verbatim in ("number", "grade")
