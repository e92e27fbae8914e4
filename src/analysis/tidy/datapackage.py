"""The Data Package that describes a study's tidy tables: written with them, read by who opens them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # who only reads a package need not wait for pandas
    import pandas as pd

    from analysis.transcribe.load import Study
    from analysis.transcribe.schema import Schema
    from analysis.verify.verification_log import VerificationState

FILE = "datapackage.json"
_OF_THE_BYTES = ("bytes", "hash")  # what a table holds, a notebook learns from the table
_NOT_ABOUT = (
    "normaliser",
    "sections",
    "coders",
    "fiscal_year_starts",
    "fiscal_year_named",
)  # keys of study.yaml that are left out, or told otherwise
_LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}


def read(folder: Path) -> dict[str, Any]:
    """The study, its verification, and the tables (by name) with their columns.

    Nothing here changes with a table's values: a notebook depends on those of the tables it reads.
    """
    package = json.loads((folder / FILE).read_text("utf-8"))
    tables = {
        Path(r["path"]).stem: {key: value for key, value in r.items() if key not in _OF_THE_BYTES}
        for r in package["resources"]
    }
    return {"study": package["study"], "verification": package["verification"], "resources": tables}


def describe(
    study: Study, schema: Schema, tables: Mapping[str, pd.DataFrame], state: VerificationState
) -> dict[str, Any]:
    """The Data Package (v2) of the processed tables of a study."""
    from analysis.tidy.joins import columns

    known, described = columns()
    meta = study.meta
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": study.id,
        "title": meta.title_en,
        "title_ja": meta.title_ja,
        "description": "Tidy tables made from the transcription of one source.",
        "licenses": [_LICENCE],
        "sources": [{"title": meta.title_en}],
        "contributors": [
            {"title": author.name_en, "roles": ["author of the source"]} for author in meta.authors
        ],
        "study": _about(study, schema, tables["regions"]),
        "verification": {
            "status": str(state.status),
            "date": state.date,
            "places": list(state.places),
            "words_ja": state.words("ja"),
            "words_en": state.words("en"),
        },
        "resources": [_resource(name, list(frame), described[name], known) for name, frame in tables.items()],
    }


def _about(study: Study, schema: Schema, regions: pd.DataFrame) -> dict[str, Any]:
    """What a study says of itself, what its regions are called, who judged, and which tables have rows."""
    meta = study.meta
    judged = {c for name in ("codings", "links", "assessments") for c in study.tables[name]["coder"]}
    made = schema.vocabularies["coder_kind"]
    left_out = _NOT_ABOUT if meta.kinds else {*_NOT_ABOUT, "kinds"}
    return {key: value for key, value in asdict(meta).items() if key not in left_out} | {
        "short_ja": meta.short_ja or meta.title_ja,
        "short_en": meta.short_en or meta.title_en,
        "sections": [
            {"id": s.id, "title": s.title, "title_en": s.title_en, "role": s.role} for s in meta.sections
        ],
        "region_names": {r.record: {"ja": r.name_ja, "en": r.name_en} for r in regions.itertuples()},
        "coders": [
            asdict(coder) | {"made_ja": made[coder.made].ja, "made_en": made[coder.made].en}
            for coder in meta.coders
        ],
        "consensus": "consensus" in judged,
        "tables": [name for name, table in study.tables.items() if len(table)],
    }


def _resource(
    name: str, columns: list[str], spec: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    fields = [
        {"name": c, "type": known[c].type, "title": known[c].title_en, "title_ja": known[c].title_ja}
        for c in columns
    ]
    key = {"primaryKey": spec["key"]} if spec.get("key") else {}
    return {
        "name": name.replace("_", "-"),
        "type": "table",
        "path": f"{name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "title": spec["title_en"],
        "title_ja": spec["title_ja"],
        "description": spec["description_en"],
        "description_ja": spec["description_ja"],
        "schema": {"fields": fields, "missingValues": [""], **key},
    }
