"""Bring the runs of a report up to date: build/<study>/runs/<language>/<page>.ipynb, and nothing else.

An executed notebook is the cache: it carries what it was made from (`staleness`), and is made again
only where that has changed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis import figures, folders, paths
from analysis.build import plan, source, staleness
from analysis.build.plan import Job
from analysis.errors import UserError
from analysis.languages import catalogues
from analysis.parameters import nearest

READS = "application/vnd.analysis.reads+json"
LIMIT = 300  # seconds that one cell may take
# What notebooks import, the charts included; no import of these changes a setting.
PRELOAD = (
    "analysis.notebook",
    *(f"analysis.figures.{module}" for module in figures.MODULES),
    "matplotlib.backends.backend_svg",
)
_READS_CELL = """\
import sys

if hasattr(sys.modules.get("analysis.notebook"), "show_reads"):
    sys.modules["analysis.notebook"].show_reads()
"""


@dataclass(frozen=True)
class Run:
    """A page's executed notebook, and why it was executed now: nothing where it was fresh."""

    job: Job
    notebook: Any  # NotebookNode
    reasons: list[str]


@dataclass(frozen=True)
class Workers:
    """Where notebooks run: in kernels here, or on the Dask cluster at an address."""

    warm: bool = True
    max_workers: int = 0  # notebooks at once; 0 for one more than the processors
    address: str = ""

    @contextmanager
    def submit(self, study: str, beside: Sequence[str]) -> Iterator[Submit]:
        """How a job is sent off; raises UserError where the cluster cannot be used."""
        if self.address:
            from analysis.build import cluster

            with cluster.dask(self.address) as executor:
                yield cluster.Remote(executor, study, beside, warm=self.warm).submit
            return
        from analysis.build import kernels

        pool = ThreadPoolExecutor(self.max_workers or (os.cpu_count() or 1) + 1)

        def submit(job: Job, **how: Any) -> Future[Any]:
            if self.warm:
                kernels.start(PRELOAD)  # the first time; its imports run beside those that follow
            return pool.submit(execute_job, job, warm=self.warm, **how)

        try:
            yield submit
        except BaseException:  # Ctrl-C is one: nothing may go on running behind the caller's back
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
            raise
        pool.shutdown()


Submit = Callable[..., "Future[Any]"]  # (job, readings=..., on_cell=...) -> NotebookNode or NotebookError


class FailedError(Exception):
    """Some notebooks failed: the message has a line for each fault, and how many there are."""

    exit_code = 1

    def __init__(self, errors: Sequence[Exception], total: int) -> None:
        alike: dict[str, list[str]] = {}  # the same fault in several pages and readings is said once
        for line in map(str, errors):
            alike.setdefault(re.sub(r" \([^)]*\)", "", line, count=1), []).append(line)
        lines = [first + (f" (and in {len(more)} more)" if more else "") for first, *more in alike.values()]
        failed = f"{len(errors)} of {total} notebooks failed; the last report is as it was"
        super().__init__("\n".join([*lines, failed]))


def run_report(
    study: str,
    languages: Sequence[str] = (),
    *,
    beside: Sequence[str] | None = None,
    page: str = "",
    force: bool = False,
    workers: Workers = Workers(),
) -> list[Run]:
    """Bring a report's executed notebooks up to date and return them, in the order of the pages.

    First the grid of readings (`readings`), whose results pages may show. The studies `beside` it are
    those that the study names itself, unless others are given. With a `page`, that one alone is executed
    if it is stale; the others are returned as they are, where they are there.

    Raises FailedError (the runs that succeeded are kept) and UserError.
    """
    from analysis.build import readings
    from analysis.build.progress import Progress

    about = staleness.about(study, beside)
    results = readings.path(study)
    with workers.submit(study, about["beside"]) as submit:
        if not page:
            readings.update(about, submit, force=force)
        todo = states(study, languages, beside=beside, page=page, force=force)
        stale = [job for job, reasons in todo.items() if reasons]
        made = {}
        with Progress(len(stale), "notebooks") as progress:
            for job, notebook in results_of(stale, partial(submit, readings=results), progress):
                made[job.name] = _keep(study, job, notebook, results)
        jobs = plan.plan(about, languages)
        kept = {job.name: made.get(job.name) or _kept(study, job) for job in jobs}
    return [
        Run(job, _spoken(kept[job.name], job), todo.get(job, []))
        for job in jobs
        if kept[job.name] is not None
    ]


def states(
    study: str,
    languages: Sequence[str] = (),
    *,
    beside: Sequence[str] | None = None,
    page: str = "",
    force: bool = False,
) -> dict[Job, list[str]]:
    """Every run of a report, or of one page, with the reasons why it is stale; none where it is fresh.

    Raises UserError for a page that the report does not have.
    """
    from analysis.build import readings

    jobs = plan.plan(staleness.about(study, beside), languages)
    if page and page not in {job.page for job in jobs}:
        known = dict.fromkeys(job.page for job in jobs)
        raise UserError(f"PAGE: found {page!r}, expected a page of the report{nearest(page, known)}")
    found = {}
    for job in jobs:
        if page in ("", job.page):
            then = provenance(path(study, job))
            found[job] = ["asked for"] if force else why_stale(study, job, then, readings.path(study))
    return found


def why_stale(study: str, job: Job, then: Mapping[str, Any], readings: Path | None) -> list[str]:
    """What changed since a run was made; `then` is its provenance, empty where it was never made."""
    if not then:
        return ["never run"]
    return staleness.differences(staleness.inputs(study, job, then["reads"], readings), then["inputs"])


def results_of(jobs: Sequence[Job], submit: Submit, progress: Any) -> Iterator[tuple[Job, Any]]:
    """Run jobs; yield each with its executed notebook as it comes, and raise FailedError at the end."""
    failed: dict[Job, Exception] = {}
    waiting = {submit(job, on_cell=progress.on_cell(job)): job for job in jobs}
    while waiting:
        # An interrupt that another thread receives is raised here only when this one wakes.
        done, _ = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            job = waiting.pop(future)
            result = received(job, future)
            progress.ended(job, result)
            if isinstance(result, Exception):
                failed[job] = result
            else:
                yield job, result
    if failed:
        raise FailedError([failed[job] for job in jobs if job in failed], len(jobs))


def received(job: Job, future: Future[Any]) -> Any:
    """What came of a job, wherever it ran: the executed notebook, or the NotebookError.

    Raises UserError where a worker is not like this machine.
    """
    from nbformat import from_dict

    from analysis.build.execute import NotebookError

    try:
        result = future.result()
    except UserError:
        raise
    except NotebookError as error:
        return error
    except Exception as error:  # such as Dask's, where the workers of a job are lost again and again
        why = " ".join(f"not run: {type(error).__name__}: {error}".split())
        return NotebookError(job.name, None, f"{job.notebook} ({job.name}): {why}")
    return from_dict(json.loads(result)) if isinstance(result, bytes) else result


def execute_job(
    job: Job,
    *,
    warm: bool = True,
    readings: Path | None = None,
    processed: Path | None = None,
    notebook: Mapping[str, Any] | None = None,
    on_cell: Callable[..., object] | None = None,
) -> Any:
    """Execute one job's notebook and return it, normalised; what it read is in metadata.analysis.reads.

    A worker of a cluster is given what travelled: the notebook, and the folder `processed` of the tidy
    tables; without them, those of the project are used. Raises NotebookError.
    """
    from analysis.build.execute import Kernel, execute

    found = dict(notebook or plan.read(paths.NOTEBOOKS / f"{job.notebook}.ipynb"))
    reads = {"cell_type": "code", "id": "reads", "metadata": {"tags": ["reads"]}, "source": _READS_CELL}
    found["cells"] = [*found["cells"], reads]
    environment = {
        "ANALYSIS_PROCESSED": str(processed or ""),
        "ANALYSIS_READINGS": str(readings) if readings and readings.exists() else "",
    }
    executed = execute(
        found,
        job.parameters,
        name=f"{job.notebook} ({job.name})",
        kernel=Kernel(warm, str(paths.NOTEBOOKS), LIMIT, PRELOAD, environment),
        on_cell=on_cell,
    )
    executed.metadata.analysis["reads"] = _reads(executed)
    executed.cells = [cell for cell in executed.cells if not source.is_tagged(cell, "reads")]
    return executed


def _reads(executed: Any) -> dict[str, list[str]]:
    """The columns that a notebook read, by table; it displayed them (MIME type READS)."""
    found: dict[str, list[str]] = {}
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            for table, columns in output.get("data", {}).get(READS, {}).items():
                found[table] = list(dict.fromkeys([*found.get(table, []), *columns]))
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if READS not in o.get("data", {})]
    owners = {table.rpartition("/")[0] for table in found if table != staleness.READINGS}
    return found | {f"{owner}/study".lstrip("/"): [] for owner in sorted(owners)}


def path(study: str, job: Job) -> Path:
    """Where a job's executed notebook is kept."""
    return paths.BUILD / study / "runs" / job.language / f"{job.page}.ipynb"


def provenance(kept: Path) -> dict[str, Any]:
    """What a kept notebook was made from (reads, inputs); empty where there is none.

    It is in the first line (`_keep`), so that a build that finds nothing to do reads only that.
    """
    try:
        with kept.open(encoding="utf-8") as file:
            first = json.loads(file.readline().rstrip(",\n") + "}")
        return first["metadata"]["analysis"] if first["metadata"]["analysis"]["inputs"] else {}
    except (OSError, ValueError, KeyError):
        return {}


def _keep(study: str, job: Job, notebook: Any, readings: Path | None) -> Any:
    """Write an executed notebook with what it was made from, and return it."""
    own = notebook.metadata.analysis
    own.pop("notices", None)
    own["inputs"] = staleness.inputs(study, job, own["reads"], readings)
    said, cells = (
        json.dumps(notebook[key], ensure_ascii=False, sort_keys=True) for key in ("metadata", "cells")
    )
    text = f'{{"metadata": {said},\n"cells": {cells},\n"nbformat": 4, "nbformat_minor": 5}}\n'
    folders.write(path(study, job), text.encode("utf-8"))
    return notebook


def _kept(study: str, job: Job) -> Any:
    """A kept notebook with the prose as it is now: Markdown that was edited needs no run."""
    from nbformat import from_dict

    if (executed := folders.read_json(path(study, job))) is None:
        return None
    now = plan.read(paths.NOTEBOOKS / f"{job.notebook}.ipynb")
    code = source.code(executed)
    if len(code) == len(source.code(now)):  # else it is stale, and shown as it was run
        injected = [cell for cell in executed["cells"] if source.is_tagged(cell, source.INJECTED)]
        ran = iter(code)
        own = ("id", "metadata", "source")
        cells = [
            next(ran) | {key: cell[key] for key in own} if cell["cell_type"] == "code" else cell
            for cell in now["cells"]
        ]
        after = next((n for n, cell in enumerate(cells, 1) if source.is_tagged(cell, "parameters")), 0)
        executed["cells"] = [*cells[:after], *injected, *cells[after:]]
    return from_dict(executed)


def _spoken(notebook: Any, job: Job) -> Any:
    """An executed notebook with the words of its English cells translated, where its language has no cells."""
    if job.language in catalogues.WRITTEN:
        return notebook
    for cell in notebook.cells:
        if source.is_tagged(cell, "en"):
            key = f"notebooks/{job.notebook}:{catalogues.cell_key(cell)}"
            cell.source = catalogues.translated(key, cell.source, job.language)
            cell.metadata["tags"] = [job.language if tag == "en" else tag for tag in cell.metadata["tags"]]
    return notebook
