"""Certificates that people add are as `make reproduce` wrote them, or are refused in one line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import certificates, paths
from analysis.review.certificate import BuildRecord, Certificate, Verdict, environment

pytestmark = pytest.mark.unit
VERDICT = Verdict("en/index.html", True, True, "yes", (), "0" * 64, "0" * 64)
MADE = Certificate(
    study="harbour",
    languages=("ja", "en"),
    reviewer="A. Reviewer (0000-0002-1825-0097)",
    checked="2026-12-01T08:00:00Z",
    seconds=120.0,
    source={"commit": "a" * 40, "changed": 0},
    environment=environment(paths.LOCK),
    not_varied=(),
    builds=(BuildRecord({}, 60.0, 0, ()),) * 2,
    artefacts=(VERDICT,),
)


def added(folder: Path, name: str, made: Certificate = MADE, **otherwise: object) -> Path:
    (folder / f"{name}.json").write_text(json.dumps(made.as_dict() | otherwise), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"reviewer": " "}, "reviewer: found nobody"),
        ({"holds": False}, "holds: found False, which its own rows do not bear out"),
        ({"outdated": ["data/processed/harbour/x.csv"]}, "holds: found True"),
        ({"artefacts": []}, "holds: found True"),
        ({"checked": "yesterday"}, "checked: 'yesterday' does not match"),
        ({"verdict": "fine"}, "the whole: Additional properties are not allowed"),
    ],
)
def test_what_was_not_written_so_is_refused_in_one_line(tmp_path, otherwise, said):
    with pytest.raises(certificates.CertificateError) as error:
        certificates.read(added(tmp_path, "2026-12-01-name", **otherwise))
    assert str(error.value).startswith(f"certificates/2026-12-01-name.json: {said}")
    assert "as make reproduce" in str(error.value) and len(str(error.value).splitlines()) == 1


def test_what_is_no_json_is_refused_in_one_line(tmp_path):
    (tmp_path / "x.json").write_text("holds: true", "utf-8")
    with pytest.raises(certificates.CertificateError, match=r"certificates/x\.json: not JSON"):
        certificates.read(tmp_path)


def test_a_page_can_show_who_ran_it_where_with_which_versions_and_what_came_of_it(tmp_path):
    added(tmp_path, "a")
    worse = replace(VERDICT, consistent="no")
    failed = replace(MADE, checked="2026-11-30T08:00:00Z", reviewer="B.", artefacts=(VERDICT, worse))
    first, second = certificates.read(added(tmp_path, "b", failed))
    assert (first["reviewer"], first["holds"], first["consistent"], first["artefacts"]) == (
        "B.",
        False,
        "no",
        2,
    )
    assert (second["checked"], second["commit"], second["holds"]) == ("2026-12-01", "a" * 12, True)
    assert second["python"] == MADE.environment.implementation and second["machine"]


def test_all_that_were_added_to_the_project_can_be_shown():
    assert len(certificates.read()) == len(list(certificates.ADDED.glob("*.json")))
