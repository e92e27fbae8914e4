"""A report's files on their way: what is made anew, and what is taken over from the last report."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analysis import folders

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

    def make(self, name: str, key: str, make: Callable[..., tuple[Files, Any]], *values: Any) -> Any:
        """Bring files into the folder and return what their making said (JSON).

        `make` gives files and what it says; it is called with the values where the key is another
        than the last time, or a file of the last report is no longer as it was.
        """
        last = self.record.get(name)
        if last and last["key"] == key and all(map(self._is_kept, last["files"], last["files"].values())):
            for path in last["files"]:
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.last / path, self.folder / path)
            self.memory[name] = last
            return last["said"]
        files, said = make(*values)
        for path, content in files.items():
            folders.write(self.folder / path, content)
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        self.memory[name] = {"key": key, "files": digests, "said": said}
        return said

    def _is_kept(self, path: str, known: str) -> bool:
        there = self.last / path
        return there.is_file() and hashlib.sha256(there.read_bytes()).hexdigest() == known
