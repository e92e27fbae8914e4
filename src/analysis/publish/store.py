"""A report's files on their way: what is unchanged is taken over, what is finished is swapped in whole."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Files = Mapping[str, bytes]  # path in the report to content


def digest(*parts: Any) -> str:
    """The SHA-256 of parts: bytes as they are, anything else as JSON."""
    made = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, default=str).encode()
        made.update(len(content).to_bytes(8, "big") + content)
    return made.hexdigest()


class Store:
    """Makes files of a report, or takes them over from the last one where nothing changed.

    What was made is remembered by name with the key it was made from; `record` is that memory of
    the last report, as `memory` becomes the next.
    """

    def __init__(self, last: Path, folder: Path, record: Mapping[str, Any]) -> None:
        self.last, self.folder, self.record = last, folder, record
        self.memory: dict[str, Any] = {}
        self.written: list[str] = []  # names of what was made anew

    def kept(self, name: str) -> Any:
        """What the last making of a name said beside its files; None where there is none."""
        return self.record.get(name, {}).get("said")

    def make(self, name: str, key: str, make: Callable[[], tuple[Files, Any]]) -> Any:
        """Bring files into the folder and return what their making said (JSON).

        `make` gives files and what it says; it is called where the key is another than the last
        time, or a file of the last report is no longer as it was.
        """
        last = self.record.get(name)
        if last and last["key"] == key and self._take(last["files"]):
            self.memory[name] = last
            return last["said"]
        files, said = make()
        for path, content in files.items():
            write(self.folder / path, content)
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        self.memory[name] = {"key": key, "files": digests, "said": said}
        self.written.append(name)
        return said

    def _take(self, files: Mapping[str, str]) -> bool:
        """Take files over from the last report; False where one of them is not as it was made."""
        for path, known in files.items():
            there = self.last / path
            if not there.is_file() or hashlib.sha256(there.read_bytes()).hexdigest() != known:
                return False
        for path in files:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.last / path, self.folder / path)
        return True


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder beside the target to make it in; swapped in where the block ends well.

    The folder is locked while it is in use; those that a killed build left are removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}-"
    for left in target.parent.glob(f"{prefix}*"):
        _remove_unused(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        made = folder / target.name
        made.mkdir()
        yield made
        for path in [made, *made.rglob("*")]:  # permissions do not depend on who builds
            path.chmod(0o755 if path.is_dir() else 0o644)
        _swap(made, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_unused(folder: Path) -> None:
    """Remove a folder that nobody holds; one in use by another build stays."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(lock)


def _swap(made: Path, target: Path) -> None:
    """Put a finished folder in the place of the old one; the old one goes last."""
    old = made.parent / "old"
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
