"""All tidy tables of a study at once: made from the checked tables, and as the files to write."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.tidy import (
    agreement,
    codebook,
    datapackage,
    evidence,
    grades,
    indicators,
    institutions,
    issues,
    phases,
)
from analysis.tidy import statements as said
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema
from analysis.verify.verification_log import Status, VerificationState


def make(
    study: Study, schema: Schema, state: VerificationState, joined: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Make every tidy table of a checked study, in the order they are documented.

    `joined` are the study's rows of the crosswalk (`transcribe.crosswalk.read`).
    """
    schema = schema.with_kinds(study.meta.own_kinds)
    changed = {(table, line) for place in state.places for table, line in [_row(place)] if table}
    verified = state.status != Status.NOT_VERIFIED
    return {
        "phase_spans": phases.phase_spans(study),
        "events": phases.events(study, schema),
        "project_spans": phases.project_spans(study),
        "support_years": phases.support_years(study, schema),
        "grades": grades.grades(study, schema),
        "grade_rounds": grades.grade_rounds(study, schema),
        "evaluation_statements": said.evaluation_statements(study, schema),
        "theme_profile": said.theme_profile(study, schema),
        "issues": issues.issues(study, schema),
        "issue_links": issues.issue_links(study, schema),
        "issue_statuses": issues.issue_statuses(study, schema),
        "calls": issues.calls(study, schema),
        "institution_roles": institutions.institution_roles(study, schema),
        "institution_continuity": institutions.institution_continuity(study, schema),
        "regions": institutions.regions(study, schema),
        "statements": said.statements(study, schema),
        "indicators": indicators.indicators(study),
        "evidence": evidence.evidence(study, schema, verified=verified, changed=changed),
        "codebook": codebook.codebook(study),
        "theme_codings": codebook.theme_codings(study),
        "coder_agreement": agreement.coder_agreement(study, schema),
        "coding_disagreements": agreement.coding_disagreements(study, schema),
        "references": codebook.references(study, schema),
        "passages": evidence.passages(study, schema),
        "coverage": evidence.coverage(study, schema, state),
        "clauses": said.clauses(study, schema),
        "clause_counts": said.clause_counts(study, schema),
        "crosswalk": codebook.crosswalk(schema, joined),
    }


def _row(place: str) -> tuple[str, int]:
    """Table and line of a place such as `phases.csv line 4`; ("", 0) where it names no row."""
    found = re.fullmatch(r"(.+)\.csv line (\d+)", place)
    return (found[1], int(found[2])) if found else ("", 0)


def files(
    study: Study, schema: Schema, tables: Mapping[str, pd.DataFrame], state: VerificationState
) -> dict[str, bytes]:
    """The processed folder of a study as file names and bytes, the same on every rebuild."""
    content = {f"{name}.csv": _csv(frame) for name, frame in tables.items()}
    package: dict[str, Any] = datapackage.describe(study, schema, tables, state)
    for resource in package["resources"]:
        table = content[resource["path"]]
        resource |= {"bytes": len(table), "hash": "sha256:" + hashlib.sha256(table).hexdigest()}
    content[datapackage.FILE] = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return content


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode("utf-8")
