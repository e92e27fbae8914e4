"""Run notebooks: several at once, each in a kernel of its own, with a line of progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from analysis import paths
from analysis.build import kernels
from analysis.build.execute import NotebookError, execute
from analysis.build.plan import PRELOAD, Job

LIMIT = 300  # seconds that one cell may take
READS = "application/vnd.analysis.reads+json"
_READS_CELL = "from analysis.tidy.tidy import show_reads\n\nshow_reads()"


def perform(
    job: Job,
    *,
    warm: bool,
    on_cell: Callable | None = None,
    notebook: str = "",
    processed: Path | None = None,
) -> NotebookNode:
    """Execute one job's notebook and return it, normalised, with what it read.

    A worker of a cluster is given what travelled: the notebook's text, and the folder `processed`
    of the tidy tables; without them, those of the project are used. Raises NotebookError where a cell fails, the kernel dies or a cell takes too long.
    """
    source = nbformat.reads(notebook or source_of(job), as_version=4)
    reads = nbformat.v4.new_code_cell(_READS_CELL, id="reads", metadata={"tags": ["provenance"]})
    source.cells.append(reads)
    return execute(
        source,
        name=f"{job.notebook} ({job.name})",
        parameters=dict(job.parameters),
        cwd=str(paths.NOTEBOOKS),
        timeout=LIMIT,
        warm=warm,
        preload=PRELOAD,
        on_cell=on_cell,
        environment={"ANALYSIS_PROCESSED": str(processed)} if processed else {},
    )


def source_of(job: Job) -> str:
    """The text of a job's notebook."""
    return (paths.NOTEBOOKS / f"{job.notebook}.ipynb").read_text("utf-8")


def tables_read(executed: NotebookNode, study: str) -> list[str]:
    """The tidy tables that an executed notebook read: `grades.csv`, of another study `other/grades.csv`."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if READS in output.get("data", {}):
                return [name.removeprefix(f"{study}/") for name in output["data"][READS]]
    return []


def run_all(
    jobs: Sequence[Job],
    *,
    warm: bool,
    at_once: int,
    progress: Progress | None = None,
    submit: Callable[[Job], Future[NotebookNode | NotebookError]] | None = None,
) -> Iterator[tuple[Job, NotebookNode | NotebookError]]:
    """Execute jobs, `at_once` at a time; yield each with its notebook, or with what went wrong.

    A failing job does not stop the others. `submit` sends a job elsewhere (`cluster.Cluster`);
    then it is decided there how many run at once.
    """
    if not jobs:
        return
    if warm and not submit:
        kernels.start(PRELOAD)
    progress = progress or Progress(len(jobs))
    pool = ThreadPoolExecutor(at_once)
    send = submit or partial(pool.submit, _one, warm=warm, progress=progress)
    try:
        waiting = {send(job): job for job in jobs}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                job = waiting.pop(future)
                if submit:
                    progress.ended(job, "done")
                yield job, future.result()
    except BaseException:  # Ctrl-C is one: nothing may go on running behind the caller's back
        pool.shutdown(wait=False, cancel_futures=True)
        kernels.stop()
        raise
    pool.shutdown()


def _one(job: Job, *, warm: bool, progress: Progress) -> NotebookNode | NotebookError:
    try:
        with progress.of(job) as on_cell:
            return perform(job, warm=warm, on_cell=on_cell)
    except NotebookError as error:
        return error


class Progress:
    """What is running, how far, and how long it will still take, on the terminal.

    On a terminal one line is rewritten; elsewhere each finished notebook gets a line.
    """

    def __init__(self, total: int) -> None:
        self.total, self.done, self.running = total, 0, {}
        self.began = time.monotonic()
        self.live = sys.stderr.isatty()

    @contextmanager
    def of(self, job: Job) -> Iterator[Callable]:
        """Follow one job; gives the function to call before each of its cells."""
        began = time.monotonic()
        self.running[job.name] = ""
        try:
            yield lambda cell, _: self._cell(job, cell.id)
        finally:
            self.running.pop(job.name, None)
            self.ended(job, f"{time.monotonic() - began:.1f} s")

    def ended(self, job: Job, how: str) -> None:
        """Count a job that is over, and say so."""
        self.done += 1
        self._say(f"{job.name}: {how}")

    def _cell(self, job: Job, cell: str) -> None:
        self.running[job.name] = cell
        if self.live:
            now = ", ".join(f"{name} [{cell}]" for name, cell in list(self.running.items()))
            width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            print(f"\r\x1b[K{self._total()} {now}"[: width + 4], end="", file=sys.stderr, flush=True)

    def _total(self) -> str:
        if not self.done:
            return f"[{self.done}/{self.total}]"
        spent = time.monotonic() - self.began
        left = spent / self.done * (self.total - self.done)
        return f"[{self.done}/{self.total}, about {left:.0f} s left]"

    def _say(self, words: str) -> None:
        start = "\r\x1b[K" if self.live else ""
        print(f"{start}{self._total()} {words}", file=sys.stderr, flush=True)


def at_once_by_default() -> int:
    """One more than the processors: a kernel that starts waits more than it works."""
    return (os.cpu_count() or 1) + 1


def sources(folder: Path = paths.NOTEBOOKS) -> dict[str, NotebookNode]:
    """Every notebook of the project, by name without ending."""
    return {p.stem: nbformat.read(p, as_version=4) for p in sorted(folder.glob("*.ipynb"))}
