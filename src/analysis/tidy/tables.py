"""All tidy tables of a study at once: made, described and written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd
import yaml

from analysis import paths
from analysis.tidy import (
    agreement,
    codebook,
    crosswalk,
    datapackage,
    evidence,
    grades,
    institutions,
    issues,
    phases,
)
from analysis.transcribe.load import Study
from analysis.transcribe.meta import Meta
from analysis.transcribe.rules import CONSENSUS
from analysis.transcribe.schema import Schema
from analysis.verify.record import Status, VerificationState

DESCRIPTOR = datapackage.FILE


@dataclass(frozen=True)
class Column:
    """A column of a tidy table; the same name means the same in every table."""

    name: str
    type: str
    title_ja: str
    title_en: str


@cache
def columns() -> tuple[dict[str, Column], dict[str, dict]]:
    """The tidy tables' columns and titles, from data/schema.yaml."""
    document = yaml.load(paths.SCHEMA.read_text("utf-8"), Loader=yaml.CSafeLoader)
    known = {name: Column(name, spec[0], spec[1], spec[2]) for name, spec in document["tidy_columns"].items()}
    return known, document["tidy"]


def tidy(
    study: Study, schema: Schema, state: VerificationState, joined: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Make every tidy table of a checked study, in the order they are documented.

    `joined` are the study's rows of the crosswalk (`study.crosswalk.read`). Raises KeyError where a table holds a column that data/schema.yaml does not describe.
    """
    changed = {(table, line) for place in state.places for table, line in [_row(place)] if table}
    made = {
        "phase_spans": phases.phase_spans(study),
        "events": phases.events(study, schema),
        "project_spans": phases.project_spans(study),
        "support_gaps": phases.support_gaps(study),
        "grades": grades.grades(study, schema),
        "evaluation_statements": grades.evaluation_statements(study, schema),
        "theme_profile": grades.theme_profile(study, schema),
        "issues": issues.issues(study, schema),
        "issue_recurrence": issues.issue_recurrence(study, schema),
        "outlook": issues.outlook(study, schema),
        "institution_roles": institutions.institution_roles(study, schema),
        "institution_continuity": institutions.institution_continuity(study, schema),
        "regions": institutions.regions(study, schema),
        "statements": grades.statements(study, schema),
        "indicators": institutions.indicators(study),
        "evidence": evidence.evidence(
            study, schema, verified=state.status != Status.NOT_VERIFIED, changed=changed
        ),
        "codebook": codebook.codebook(study),
        "coder_agreement": agreement.coder_agreement(study),
        "coding_disagreements": agreement.coding_disagreements(study, schema),
        "references": codebook.references(study, schema),
        "passages": evidence.passages(study),
        "coverage": evidence.coverage(study, schema, state),
        "crosswalk": crosswalk.crosswalk(schema, joined),
    }
    _, described = columns()
    for name, frame in made.items():
        if list(described[name]["columns"]) != list(frame.columns):
            raise KeyError(
                f"{name}: data/schema.yaml describes {described[name]['columns']}, "
                f"the table has {list(frame.columns)}"
            )
    return made


def _row(place: str) -> tuple[str, int]:
    """Table and line of a place such as `phases.csv line 4`; ("", 0) where it names no row."""
    found = re.fullmatch(r"(.+)\.csv line (\d+)", place)
    return (found[1], int(found[2])) if found else ("", 0)


def as_files(study: Study, tables: Mapping[str, pd.DataFrame], state: VerificationState) -> dict[str, bytes]:
    """The processed folder of a study as file names and bytes, the same on every rebuild."""
    files = {f"{name}.csv": _csv(frame) for name, frame in tables.items()}
    package = descriptor(study, tables, state)
    for resource in package["resources"]:
        content = files[resource["path"]]
        resource["bytes"] = len(content)
        resource["hash"] = "sha256:" + hashlib.sha256(content).hexdigest()
    files[DESCRIPTOR] = _json(package)
    return files


def _csv(frame: pd.DataFrame) -> bytes:
    with io.StringIO() as file:
        frame.to_csv(file, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        return file.getvalue().encode("utf-8")


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def descriptor(study: Study, tables: Mapping[str, pd.DataFrame], state: VerificationState) -> dict:
    """The Data Package (v2) that describes the processed tables of a study."""
    known, described = columns()
    meta = study.meta
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": study.id,
        "title": meta.title_en,
        "title_ja": meta.title_ja,
        "description": "Tidy tables made from the transcription of one source.",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "sources": [{"title": meta.title_en}],
        "contributors": [
            {"title": author.name_en, "roles": ["author of the source"]} for author in meta.authors
        ],
        "study": _about(meta)
        | {
            "region_names": {
                r.record: {"ja": r.name_ja, "en": r.name_en} for r in tables["regions"].itertuples()
            },
            **_coding(study),
        },
        "verification": {
            "status": str(state.status),
            "date": state.date,
            "places": list(state.places),
            "words_ja": state.words("ja"),
            "words_en": state.words("en"),
        },
        "resources": [_resource(name, frame, described[name], known) for name, frame in tables.items()],
    }


def _about(meta: Meta) -> dict:
    return {
        "id": meta.id,
        "title_ja": meta.title_ja,
        "title_en": meta.title_en,
        "subtitle_ja": meta.subtitle_ja,
        "subtitle_en": meta.subtitle_en,
        "authors": [
            {
                "name_ja": a.name_ja,
                "name_en": a.name_en,
                "affiliation_ja": a.affiliation_ja,
                "affiliation_en": a.affiliation_en,
            }
            for a in meta.authors
        ],
        "venue_ja": meta.venue_ja,
        "venue_en": meta.venue_en,
        "year": meta.year,
        "rights_ja": meta.rights_ja,
        "rights_en": meta.rights_en,
        "short_ja": meta.short_ja or meta.title_ja,
        "short_en": meta.short_en or meta.title_en,
        "language": meta.language,
        "kind": meta.kind,
        "regions": list(meta.regions),
        "beside": list(meta.beside),
        "sections": [
            {"id": s.id, "title": s.title, "title_en": s.title_en, "role": s.role} for s in meta.sections
        ],
    }


def _coding(study: Study) -> dict:
    """Who coded the records, and whether there are records on which they reached a consensus."""
    coders = sorted(set(study.tables["codings"]["coder"]))
    return {"coders": [c for c in coders if c != CONSENSUS], "consensus": CONSENSUS in coders}


def _resource(name: str, frame: pd.DataFrame, spec: Mapping, known: Mapping[str, Column]) -> dict:
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
        "schema": {
            "fields": [
                {"name": c, "type": known[c].type, "title": known[c].title_en, "title_ja": known[c].title_ja}
                for c in frame.columns
            ],
            "missingValues": [""],
            **({"primaryKey": spec["key"]} if spec.get("key") else {}),
        },
    }
