"""Run notebooks on any `concurrent.futures.Executor`, such as a Dask cluster's: a job as bytes in, bytes out.

To a worker travel the notebook, its parameters and the tidy tables; back travels the executed notebook.
What cannot travel (code, words, schema, lock, font, Python) has to be on the worker already, the same to
the last byte: each worker checks that before each job.
"""

from __future__ import annotations

import hashlib
import json
import platform
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import folders, paths
from analysis.build import plan, run, staleness
from analysis.build.execute import NotebookError
from analysis.build.plan import Job
from analysis.errors import UserError
from analysis.words import some

ANSWER = 10  # seconds for a scheduler to answer
WORKERS = 30  # seconds for a first worker to be there
_READINGS = "readings.csv"
_PYTHON = "Python"
_FONT = "the font"


@dataclass(frozen=True)
class RemoteJob:
    """One job as it travels, but for the tables, which are the same for every job."""

    job: Job
    notebook: Mapping[str, Any]
    readings: bytes | None
    required: Mapping[str, str]  # what has to be the same on the worker: name to digest
    tables: Mapping[str, str]  # the tables it gets: path below data/processed to digest
    warm: bool


class Remote:
    """A study's jobs on an Executor: `submit` gives the future of an executed notebook."""

    def __init__(
        self, executor: Executor, study: str, beside: Sequence[str] = (), *, warm: bool = True
    ) -> None:
        files = (path for each in (study, *beside) for path in sorted((paths.PROCESSED / each).iterdir()))
        self.files: Any = {str(p.relative_to(paths.PROCESSED)): p.read_bytes() for p in files}
        self.tables = {name: _digest(content) for name, content in self.files.items()}
        self.executor, self.warm = executor, warm
        self.required = digests(required())
        if hasattr(executor, "_client"):  # Dask's: sent once, as a task, which a lost worker's heirs repeat
            self.files = executor._client.submit(dict, self.files, pure=False)

    def submit(self, job: Job, *, readings: Path | None = None, on_cell: object = None) -> Future[Any]:
        """Send a job; the future gives what `run_remote` returns, or raises what it raises."""
        found = readings.read_bytes() if readings and readings.exists() else None
        notebook = plan.read(paths.NOTEBOOKS / f"{job.notebook}.ipynb")
        remote = RemoteJob(job, notebook, found, self.required, self.tables, self.warm)
        return self.executor.submit(run_remote, remote, self.files)


def run_remote(remote: RemoteJob, files: Mapping[str, bytes]) -> bytes | NotebookError:
    """On a worker: execute a job's notebook on the tables given, and return it as bytes.

    A NotebookError is returned, not raised: a worker's scheduler would log it as its own failure.
    Raises UserError where the tables are not those that were sent, or this machine differs.
    """
    _require_alike(remote.required)
    arrived = {name: _digest(content) for name, content in files.items()}
    if wrong := _differing(arrived, remote.tables):
        raise UserError(
            f"worker {socket.gethostname()}: {some(wrong, 5)} arrived with other bytes"
            " than were sent; run the report again"
        )
    with folders.temporary("analysis-tables-") as folder:
        for table, content in {**files, _READINGS: remote.readings}.items():
            if content is not None:
                (folder / table).parent.mkdir(exist_ok=True)
                (folder / table).write_bytes(content)
        given: dict[str, Any] = {
            "notebook": remote.notebook,
            "processed": folder,
            "readings": folder / _READINGS,
        }
        try:
            made = run.execute_job(remote.job, warm=remote.warm, **given)
        except NotebookError as error:
            return error
    return json.dumps(made).encode("utf-8")


def _require_alike(expected: Mapping[str, str]) -> None:
    """Refuse a worker whose files differ, now or (for it has imported them) when it first looked."""
    for found in (digests(expected, staleness.file_digest), digests(expected)):
        if wrong := _differing(found, expected):
            raise UserError(
                f"worker {socket.gethostname()}: {some(wrong, 5)} differ from this machine's; bring its"
                " checkout and environment to the same state and start the worker again"
            )


def required() -> list[str]:
    """What has to be the same on a worker: files relative to the project, the font and Python."""
    files = [*staleness.modules(), *(staleness.PACKAGE / "build").glob("*.py"), paths.SCHEMA, paths.LOCK]
    files += [*staleness.PACKAGE.glob("*/words.yaml"), *(paths.NOTEBOOKS / "words").glob("*.yaml")]
    return [*dict.fromkeys(str(path.relative_to(paths.ROOT)) for path in files), _FONT, _PYTHON]


def digests(names: Iterable[str], digest: Any = staleness.file_digest.__wrapped__) -> dict[str, str]:
    """The digests of what is here under these names; "" for what is not here."""
    from analysis.figures import font

    known = {_PYTHON: platform.python_version(), _FONT: digest(font.file())}
    return {name: known[name] if name in known else digest(paths.ROOT / name) for name in names}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _differing(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    return sorted(n for n in found.keys() | expected.keys() if found.get(n) != expected.get(n))


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """The Executor of the Dask cluster whose scheduler is at `address` (`tcp://host:port`, `tls://…`).

    A worker that is lost costs only time: Dask gives its jobs, and the tables, to another one.
    Raises UserError where there is no scheduler, or no worker within half a minute.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UserError("EXECUTOR=dask: Dask is not installed; write: pip install distributed") from None
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError):
        raise UserError(f"ADDRESS={address}: no Dask scheduler answers there; see docs/cluster.md") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS)
        except TimeoutError:
            raise UserError(f"ADDRESS={address}: the scheduler has no workers; see docs/cluster.md") from None
        yield client.get_executor(pure=False)
