"""All tidy tables of a study at once: made from the checked tables, and as the files to write."""

from __future__ import annotations

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
from analysis.verify.verification_log import Status, VerificationState


def make(
    study: Study, state: VerificationState, joined: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Make every tidy table of a checked study, in the order they are documented.

    `joined` are the study's rows of the crosswalk (`transcribe.crosswalk.read`).
    """
    changed = {(table, line) for place in state.places for table, line in [_row(place)] if table}
    verified = state.status != Status.NOT_VERIFIED
    return {
        "phase_spans": phases.phase_spans(study),
        "events": phases.events(study),
        "project_spans": phases.project_spans(study),
        "support_years": phases.support_years(study),
        "grades": grades.grades(study),
        "grade_rounds": grades.grade_rounds(study),
        "evaluation_statements": said.evaluation_statements(study),
        "theme_profile": said.theme_profile(study),
        "issues": issues.issues(study),
        "issue_links": issues.issue_links(study),
        "issue_statuses": issues.issue_statuses(study),
        "calls": issues.calls(study),
        "institution_roles": institutions.institution_roles(study),
        "institution_continuity": institutions.institution_continuity(study),
        "regions": institutions.regions(study),
        "statements": said.statements(study),
        "indicators": indicators.indicators(study),
        "evidence": evidence.evidence(study, verified=verified, changed=changed),
        "codebook": codebook.codebook(study),
        "theme_codings": codebook.theme_codings(study),
        "coder_agreement": agreement.coder_agreement(study),
        "coding_disagreements": agreement.coding_disagreements(study),
        "references": codebook.references(study),
        "passages": evidence.passages(study),
        "coverage": evidence.coverage(study, state),
        "clauses": said.clauses(study),
        "clause_counts": said.clause_counts(study),
        "crosswalk": codebook.crosswalk(study, joined),
    }


def _row(place: str) -> tuple[str, int]:
    """Table and line of a place such as `phases.csv line 4`; ("", 0) where it names no row."""
    found = re.fullmatch(r"(.+)\.csv line (\d+)", place)
    return (found[1], int(found[2])) if found else ("", 0)


def files(study: Study, tables: Mapping[str, pd.DataFrame], state: VerificationState) -> dict[str, bytes]:
    """The processed folder of a study as file names and bytes, the same on every rebuild."""
    content = {
        f"{name}.csv": frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
        for name, frame in tables.items()
    }
    package: dict[str, Any] = datapackage.describe(study, tables, state)
    for resource in package["resources"]:
        table = content[resource["path"]]
        resource |= {"bytes": len(table), "hash": "sha256:" + hashlib.sha256(table).hexdigest()}
    content[datapackage.FILE] = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return content
