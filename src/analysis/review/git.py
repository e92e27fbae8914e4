"""What Git says of a project, and the files of a commit; its own state stays as it is."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path


def said(root: Path, *words: str) -> str:
    """The answer of a Git command in a project; "" where it fails, or where there is no Git."""
    return _run(root, *words).decode().strip()


def committed(root: Path, commit: str) -> tarfile.TarFile:
    """The files of a commit."""
    return tarfile.open(fileobj=io.BytesIO(_run(root, "archive", "--format=tar", commit)))


def _run(root: Path, *words: str) -> bytes:
    if not shutil.which("git"):
        return b""
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    return done.stdout if not done.returncode else b""
