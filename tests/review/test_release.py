"""The archive to deposit: nothing that was not reproduced goes in, and its bytes are always the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from analysis import paths
from analysis.errors import UserError
from analysis.review import release

pytestmark = pytest.mark.unit
STUDY = "harbour"
TITLE = "regional-innovation-notebooks-0.1.0"


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=N. N.", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def certify(root: Path, **otherwise: object) -> None:
    """Write what `make reproduce` would have written of the last commit."""
    bundle = root / "build" / "certificate" / STUDY
    (bundle / "report").mkdir(parents=True, exist_ok=True)
    (bundle / "report" / "index.html").write_text("<p>made</p>", "utf-8")
    page = {"artefact": "index.html", "sha256": hashlib.sha256(b"<p>made</p>").hexdigest()}
    said = {"holds": True, "summary": "Not reproduced: 0 of 1", "artefacts": [page]}
    said["source"] = {"commit": git(root, "rev-parse", "HEAD"), "changed": 0}
    (bundle / "certificate.json").write_text(json.dumps(said | otherwise), "utf-8")


@pytest.fixture
def root(tmp_path) -> Path:
    """A small project, committed and reproduced."""
    made = tmp_path / "project"
    made.mkdir()
    for name in ("CITATION.cff", "pyproject.toml", ".zenodo.json", "codemeta.json"):
        shutil.copy(paths.ROOT / name, made)
    (made / ".gitignore").write_text("/build/\n", "utf-8")
    (made / "run").write_text("#!/bin/sh\n", "utf-8")
    (made / "run").chmod(0o755)
    git(made, "init", "-q")
    git(made, "add", "-A")
    git(made, "commit", "-qm", "Begin")
    certify(made)
    return made


def refused(root: Path) -> str:
    with pytest.raises(UserError) as error:
        release.release(STUDY, root)
    assert not (root / "build" / "release").exists()
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


# -- What is not released --------------------------------------------------------------------------


def test_outside_git_nothing_is_released_and_nothing_written(root):
    shutil.rmtree(root / ".git")
    (root / "codemeta.json").unlink()
    assert "no Git repository" in refused(root)
    assert not (root / "codemeta.json").exists()


def test_what_is_not_committed_is_not_released(root):
    (root / "run").write_text("#!/bin/sh\nelse\n", "utf-8")
    assert "1 file not committed" in refused(root)


def test_a_citation_that_changed_is_written_into_the_other_files_which_are_then_to_be_committed(root):
    path = root / "CITATION.cff"
    path.write_text(path.read_text("utf-8").replace("license: MIT", "license: BSD-3-Clause"), "utf-8")
    assert "(.zenodo.json, codemeta.json: written again from CITATION.cff)" in refused(root)
    assert json.loads((root / ".zenodo.json").read_text("utf-8"))["license"] == "BSD-3-Clause"


def test_without_a_certificate_nothing_is_released(root):
    shutil.rmtree(root / "build")
    assert "no certificate; run: make reproduce" in refused(root)


def test_a_certificate_of_another_commit_or_of_changed_files_is_no_certificate(root):
    certify(root, source={"commit": "0" * 40, "changed": 0})
    assert "a certificate of commit 000000000000, expected" in refused(root)
    certify(root, source={"commit": git(root, "rev-parse", "HEAD"), "changed": 2})
    assert "with changes, expected" in refused(root)


def test_what_was_not_reproduced_is_not_released(root):
    certify(root, holds=False)
    assert "Not reproduced" in refused(root)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("edited")])
def test_a_report_that_was_edited_since_is_not_released(root, spoil):
    spoil(root / "build" / "certificate" / STUDY / "report" / "index.html")
    assert "report/index.html: edited or gone" in refused(root)


# -- What is ---------------------------------------------------------------------------------------


def test_the_archive_holds_source_report_and_certificate_and_a_checksum_of_each(root):
    archive = zipfile.ZipFile(release.release(STUDY, root))
    files = {name.removeprefix(f"{TITLE}/"): archive.read(name) for name in archive.namelist()}
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert {name for name in files if name.startswith("source/")} == {
        f"source/{name}" for name in git(root, "ls-files").splitlines()
    }
    assert {name for name in files if not name.startswith("source/")} == {
        f"certificate/{STUDY}/{name}" for name in ("certificate.json", "report/index.html")
    }
    assert archive.getinfo(f"{TITLE}/source/run").external_attr >> 16 == 0o100755


def test_the_same_commit_and_certificate_give_the_same_bytes_in_another_clone(root, tmp_path):
    first = release.release(STUDY, root).read_bytes()
    git(tmp_path, "clone", "-q", str(root), "clone")
    shutil.copytree(root / "build" / "certificate", tmp_path / "clone" / "build" / "certificate")
    (tmp_path / "clone" / "run").touch()
    assert release.release(STUDY, tmp_path / "clone").read_bytes() == first


# -- Metadata --------------------------------------------------------------------------------------


def test_the_metadata_of_archives_are_those_of_the_citation():
    made = release.metadata()
    assert {name: (paths.ROOT / name).read_bytes() for name in made} == made, "run: make release"


def test_people_dois_and_addresses_in_the_citation_reach_the_other_files(tmp_path):
    shutil.copy(paths.ROOT / "pyproject.toml", tmp_path)
    cited = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text("utf-8"))
    orcid = "https://orcid.org/0000-0002-1825-0097"
    person = {"family-names": "Carberry", "given-names": "Josiah", "orcid": orcid, "affiliation": "Brown"}
    cited |= {"authors": [person], "repository-code": "https://example.org/x", "date-released": "2026-12-01"}
    cited["references"][0]["doi"] = "10.5555/paper"
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(cited, allow_unicode=True), "utf-8")
    zenodo, codemeta = (json.loads(content) for content in release.metadata(tmp_path).values())
    assert zenodo["creators"] == [
        {"name": "Carberry, Josiah", "orcid": "0000-0002-1825-0097", "affiliation": "Brown"}
    ]
    assert zenodo["related_identifiers"] == [{"identifier": "10.5555/paper", "relation": "isDerivedFrom"}]
    assert codemeta["author"][0]["@id"] == orcid and codemeta["codeRepository"] == "https://example.org/x"
    assert zenodo["publication_date"] == codemeta["datePublished"] == "2026-12-01"
    assert codemeta["referencePublication"]["@id"] == "https://doi.org/10.5555/paper"
