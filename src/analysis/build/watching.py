"""Notice what is saved, for `make watch`: files are looked at twice a second."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from analysis import paths

_WATCHED = {paths.RAW: "**/*", paths.NOTEBOOKS: "**/*", paths.DOCS: "*.md", paths.ROOT / "src": "**/*"}
_ENDINGS = {".csv", ".yaml", ".ipynb", ".md", ".py", ".html", ".css", ".js"}
PAUSE = 0.5  # seconds


def changes() -> Iterator[set[Path]]:
    """The files that changed since this was last asked, as soon as there are any; at first none."""
    before = _states()
    yield set()
    while True:
        now = _states()
        if changed := {path for path in {*now, *before} if now.get(path) != before.get(path)}:
            before = now
            yield changed
        time.sleep(PAUSE)


def begin_again() -> None:
    """Start this command anew in the same process, so that it has the code as it is now."""
    from analysis.build import kernels

    kernels.stop()
    os.execv(sys.executable, [sys.executable, "-m", "analysis", *sys.argv[1:]])


def _states() -> dict[Path, int]:
    """When each file was last written; a file that is just being replaced is not there."""
    found = {}
    for path in [paths.SCHEMA, *(p for folder, pattern in _WATCHED.items() for p in folder.glob(pattern))]:
        try:
            if path.suffix in _ENDINGS and ".ipynb_checkpoints" not in path.parts:
                found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found
