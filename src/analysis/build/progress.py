"""What is running, how far, and how long it will still take, on the terminal."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from analysis.build import source
from analysis.build.plan import Job


class Progress(AbstractContextManager):
    """Follows the runs of a build on stderr; what cells wrote to stderr is said with its place.

    On a terminal one line is rewritten; elsewhere each notebook gets a line, or each tenth of a grid.
    """

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what = total, what
        self.done = 0
        self.running: dict[str, tuple[float, str]] = {}  # job to when it began, and its cell
        self.began = time.monotonic()
        self.live = sys.stderr.isatty()

    def __exit__(self, *_: object) -> None:
        if self.live and self.done:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def on_cell(self, job: Job) -> Callable[..., None]:
        """The function to call before each cell of a job."""

        def note(cell: Any, _: object) -> None:
            began, _cell = self.running.get(job.name, (time.monotonic(), ""))
            self.running[job.name] = began, cell.id
            if self.live:
                now = ", ".join(f"{name} [{cell}]" for name, (_, cell) in list(self.running.items()))
                line = f"{self._total()} {now}"[: shutil.get_terminal_size().columns - 1]
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

        return note

    def ended(self, job: Job, result: Any) -> None:
        """Count a job that is over, say so, and say what its cells wrote to stderr."""
        began, _ = self.running.pop(job.name, (time.monotonic(), ""))
        self.done += 1
        start = "\r\x1b[K" if self.live else ""
        for where, said in [] if isinstance(result, Exception) else _notices(result):
            print(f"{start}{job.notebook} ({job.name}), {where}: {said}", file=sys.stderr)
        failed = "failed" if isinstance(result, Exception) else f"{time.monotonic() - began:.1f} s"
        if self.total < 30 or self.live or self.done * 10 // self.total > (self.done - 1) * 10 // self.total:
            print(f"{start}{self._total()} {job.name}: {failed}", file=sys.stderr, flush=True)

    def _total(self) -> str:
        if not self.done:
            return f"[{self.done}/{self.total}]"
        left = (time.monotonic() - self.began) / self.done * (self.total - self.done)
        return f"[{self.done}/{self.total}" + (f", about {left:.0f} s left]" if left >= 1 else "]")


def _notices(executed: Any) -> Iterator[tuple[str, str]]:
    """The cells of an executed notebook that wrote to stderr, and what, in one line."""
    said = {notice["cell"]: notice["text"] for notice in executed.metadata.analysis.get("notices", [])}
    for cell, where in zip(executed.cells, source.places(executed.cells), strict=True):
        if cell.id in said:
            yield where, _one_line(said[cell.id])


def _one_line(said: str) -> str:
    """What a cell wrote to stderr, short; of a Python warning the category and the message."""
    warnings = re.findall(r"^.*:\d+: (\w*Warning: .*)$", said, re.MULTILINE)
    line = "; ".join(dict.fromkeys(warnings)) or " ".join(said.split())
    return line if len(line) <= 300 else line[:299] + "…"
