"""Folders and files that are written whole, by one command at a time, and cleared up after a killed one.

A lock is the kernel's own (flock), so it ends with the process that held it, however that ended: what
is not locked is not in use. Windows has no such lock: there one command at a time is the user's to see to,
and only what is a day old is cleared up.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

_DAY = 86400  # seconds
_CHANCE = "?" * 8  # what tempfile puts after a prefix
_OLD = "old"  # in a temporary folder: what its target held before


@contextmanager
def locked(folder: Path, wait: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold a folder for this process alone; `wait` is called where another one holds it now."""
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as descriptor:
        if not _lock(descriptor):
            wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def temporary(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """A folder of this process's own, gone at the end; first go those that killed commands have left.

    It is made in `parent`, or in the folder for temporary files.
    """
    parent = parent or Path(tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True)
    sweep(prefix, parent)
    with ExitStack() as held:
        folder = None
        while not folder:
            folder = _claimed(Path(tempfile.mkdtemp(prefix=prefix, dir=parent)), held)
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _claimed(folder: Path, held: ExitStack) -> Path | None:
    """A new folder, locked until `held` ends; None where another command has swept it before it was locked."""
    with suppress(FileNotFoundError):
        if _lock(held.enter_context(_opened(folder))) and folder.exists():
            return folder
    return None


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new, empty folder that takes the place of `target` where the block ends without an error.

    Until then the old one stays as it is; a failing or interrupted block leaves it so.
    """
    with temporary(f".{target.name}-", target.parent) as folder:
        made = folder / target.name
        made.mkdir(mode=0o755)
        yield made
        old = folder / _OLD
        if target.exists():
            target.rename(old)
        try:
            made.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise


def sweep(prefix: str, parent: Path) -> None:
    """Remove the temporary folders that nobody holds any more; put back what one had taken away."""
    for folder in parent.glob(f"{prefix}{_CHANCE}"):
        with suppress(OSError):  # another user's, or another command is just removing it
            if not fcntl and time.time() - folder.stat().st_mtime < _DAY:
                continue
            with _opened(folder) as descriptor:
                if not _lock(descriptor):
                    continue
                target = parent / prefix.removeprefix(".").removesuffix("-")
                if (folder / _OLD).exists() and not target.exists():
                    (folder / _OLD).rename(target)
                shutil.rmtree(folder, ignore_errors=True)


def read_json(path: Path) -> Any:
    """What a JSON file says; None where it is not there or cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")  # the next write of the same file uses it again
    new.write_bytes(content)
    new.replace(path)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """The descriptor of a folder, to lock it by; Windows opens no folders, and there it is -1."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY) if fcntl else -1
    try:
        yield descriptor
    finally:
        if fcntl:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
