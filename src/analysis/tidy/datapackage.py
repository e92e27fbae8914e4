"""The Data Package that describes a study's tidy tables: written with them, read by who opens them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # who only reads a package need not wait for pandas
    import pandas as pd

    from analysis.transcribe.load import Study
    from analysis.verify.verification_log import VerificationState

from analysis.languages import DEFAULT, nearest, others
from analysis.transcribe.schema import Text

FILE = "datapackage.json"
_OF_THE_BYTES = ("bytes", "hash")  # what a table holds, a notebook learns from the table
# Keys of study.yaml that are left out, or told otherwise.
_NOT_ABOUT = ("normaliser", "sections", "coders", "fiscal_year_starts", "fiscal_year_named")
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


def languages(about: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of a study, by what its package says of it."""
    return tuple(about.get("languages", DEFAULT))


def describe(study: Study, tables: Mapping[str, pd.DataFrame], state: VerificationState) -> dict[str, Any]:
    """The Data Package (v2) of the processed tables of a study."""
    from analysis.tidy.joins import columns

    known, described = columns(study.languages)
    meta, first = study.meta, nearest("en", study.languages)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": study.id,
        "title": meta[f"title_{first}"],
        **{f"title_{each}": meta[f"title_{each}"] for each in others(first, study.languages)},
        "description": "Tidy tables made from the transcription of one source.",
        "licenses": [_LICENCE],
        "sources": [{"title": meta[f"title_{first}"]}],
        "contributors": [
            {"title": author[f"name_{first}"], "roles": ["author of the source"]} for author in meta.authors
        ],
        "study": _about(study, tables["regions"]),
        "verification": {
            "status": str(state.status),
            "date": state.date,
            "places": list(state.places),
            **{f"words_{each}": state.words(each) for each in study.languages},
        },
        "resources": [
            _resource(name, list(frame), described[name], known, study.languages)
            for name, frame in tables.items()
        ],
    }


def _about(study: Study, regions: pd.DataFrame) -> dict[str, Any]:
    """What a study says of itself, what its regions are called, who judged, and which tables have rows."""
    meta = study.meta
    judged = {c for name in ("codings", "links", "assessments") for c in study.tables[name]["coder"]}
    made = study.schema.vocabularies["coder_kind"]
    left_out = {*_NOT_ABOUT, *(["languages"] if study.languages == DEFAULT else [])}
    left_out |= {key for key in ("kinds", "sources") if not meta[key]}
    about = {key: value for key, value in meta.items() if key not in left_out}
    about |= {
        key: [dict(each) for each in about[key]] for key in ("authors", "kinds", "sources") if key in about
    }
    names = {own: regions[f"name_{own}"] for own in study.languages}
    return about | {
        **{f"short_{own}": meta[f"short_{own}"] or meta[f"title_{own}"] for own in study.languages},
        "sections": [
            {k: v for k, v in section.items() if k != "printed" and (v or k != "source")}
            for section in meta.sections
        ],
        "region_names": {
            record: {own: names[own].iloc[n] for own in names} for n, record in enumerate(regions["record"])
        },
        "coders": [
            dict(coder) | {f"made_{own}": made[coder.made](own) for own in study.languages}
            for coder in meta.coders
        ],
        "consensus": "consensus" in judged,
        "tables": [name for name, table in study.tables.items() if len(table)],
    }


def _resource(
    name: str, columns: list[str], spec: Mapping[str, Any], known: Mapping[str, Any], languages: Sequence[str]
) -> dict[str, Any]:
    fields = [
        {"name": c, "type": known[c].type, **_told("title", known[c].title, languages)} for c in columns
    ]
    title = Text(spec["title_ja"], spec["title_en"], f"schema:tidy.{name}.title")
    description = Text(spec["description_ja"], spec["description_en"], f"schema:tidy.{name}.description")
    key = {"primaryKey": spec["key"]} if spec.get("key") else {}
    return {
        "name": name.replace("_", "-"),
        "type": "table",
        "path": f"{name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_told("title", title, languages),
        **_told("description", description, languages),
        "schema": {"fields": fields, "missingValues": [""], **key},
    }


def _told(key: str, text: Text, languages: Sequence[str]) -> dict[str, str]:
    """A title in English, as the standard's own key, and in the study's other languages beside it."""
    return {key: text("en")} | {f"{key}_{each}": text(each) for each in others("en", languages)}
