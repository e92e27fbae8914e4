"""A workbook that another program has opened and saved."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from workbooks import there_and_back

pytestmark = pytest.mark.build


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_is_the_same_study(tmp_path):
    def saved(path: Path) -> Path:
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        where = ["--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)]
        done = subprocess.run(
            ["soffice", "--headless", profile, *where], capture_output=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        return tmp_path / "saved" / path.name

    there_and_back("public-records", tmp_path, saved)
