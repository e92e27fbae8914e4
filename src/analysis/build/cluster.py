"""Run notebooks on other machines: a job as a pure function of bytes, on any Executor.

To a worker travel the notebook, its parameters and the tidy tables, as bytes; back travels the
executed notebook, as bytes. What cannot travel (code, schema, lock, font, Python) has to be on the
worker already, the same to the last byte: each worker checks that before each job.
"""

from __future__ import annotations

import hashlib
import platform
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from analysis import paths
from analysis.build import fresh, provenance, run
from analysis.build.execute import NotebookError
from analysis.build.plan import Job
from analysis.figures import font

ANSWER = 10  # seconds for a scheduler to answer
WORKERS = 30  # seconds for a first worker to be there
# What a run depends on includes what runs it, which takes from a notebook what differs.
_ENTRIES = (*provenance.ENTRIES, "analysis.build.cluster", "analysis.build.kernel_server")
_PYTHON = "Python"
_FONT = "the font"


class ClusterError(Exception):
    """A cluster cannot be used; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Order:
    """One job as it travels, but for the tables, which are the same for every job."""

    job: Job
    notebook: str  # the source's text
    alike: Mapping[str, str]  # what has to be the same on the worker: name to digest
    tables: Mapping[str, str]  # the tidy tables it gets: name to digest, see `fresh.table_path`
    warm: bool


class Cluster:
    """A study's jobs on an Executor: `submit` gives the future of an executed notebook."""

    def __init__(
        self,
        executor: Executor,
        study: str,
        beside: Sequence[str] = (),
        *,
        warm: bool,
        keep: Callable | None = None,
    ) -> None:
        """`keep` puts the tables where the workers get them, once; what it returns is sent instead."""
        files = {p.name: p.read_bytes() for p in sorted((paths.PROCESSED / study).iterdir())}
        for other in beside:
            folder = sorted((paths.PROCESSED / other).iterdir())
            files |= {f"{other}/{p.name}": p.read_bytes() for p in folder}
        self.tables = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        self.files = keep(files) if keep else files
        self.executor, self.study, self.warm = executor, study, warm
        self.alike = digests(names())

    def submit(self, job: Job) -> Future[NotebookNode | NotebookError]:
        """Send a job; the future gives what `run.perform` would, or the error it would raise.

        The future raises ClusterError where the worker is not like this machine.
        """
        order = Order(job, run.source_of(job), self.alike, self.tables, self.warm)
        answer: Future[NotebookNode | NotebookError] = Future()
        sent = self.executor.submit(fulfil, order, self.study, self.files)
        sent.add_done_callback(partial(_hand_over, answer, job))
        return answer


def _hand_over(answer: Future, job: Job, sent: Future) -> None:
    """Give the answer what came back; whatever happens here, whoever waits for it is told."""
    try:
        answer.set_result(_came_back(job, sent))
    except BaseException as error:
        answer.set_exception(error)


def _came_back(job: Job, sent: Future) -> NotebookNode | NotebookError:
    """The executed notebook, or why there is none; raises ClusterError where a worker refused."""
    try:
        made = sent.result()
    except ClusterError:
        raise
    except Exception as error:  # such as Dask's, where the workers of a job are lost again and again
        why = " ".join(f"not run by the cluster: {type(error).__name__}: {error}".split())
        return NotebookError(job.name, None, f"{job.notebook} ({job.name}): {why}")
    return made if isinstance(made, NotebookError) else nbformat.reads(made.decode("utf-8"), 4)


def fulfil(order: Order, study: str, files: Mapping[str, bytes]) -> bytes | NotebookError:
    """On a worker: execute an order's notebook on the tables given, and return it as bytes.

    A NotebookError is returned, not raised: a worker's scheduler would log it as its own failure.
    Raises ClusterError where the tables are not those of the order, or this machine differs.
    """
    _require_alike(order.alike)
    arrived = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if wrong := _differing(arrived, order.tables):
        raise ClusterError(
            f"worker {socket.gethostname()}: {_listed(wrong)} arrived with other bytes"
            " than were sent; run the report again"
        )
    with tempfile.TemporaryDirectory(prefix="tables-") as folder:
        for name, content in files.items():
            path = fresh.table_path(study, name, Path(folder))
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        try:
            made = run.perform(order.job, warm=order.warm, notebook=order.notebook, processed=Path(folder))
        except NotebookError as error:
            return error
        return nbformat.writes(made).encode("utf-8")


def _require_alike(expected: Mapping[str, str]) -> None:
    """Refuse a worker whose files differ, now or (for it has imported them) when it first looked."""
    for found in (digests(expected, provenance.file_digest), digests(expected)):
        if wrong := _differing(found, expected):
            raise ClusterError(
                f"worker {socket.gethostname()}: {_listed(wrong)} differ from this machine's; bring its"
                " checkout and environment to the same state and start the worker again"
            )


def names() -> list[str]:
    """What has to be the same on a worker: files relative to the project, the font and Python."""
    code = [f"src/{name}" for name in provenance.modules(_ENTRIES)]
    settings = [str(p.relative_to(paths.ROOT)) for p in (paths.SCHEMA, paths.LOCK)]
    return [*code, *settings, _FONT, _PYTHON]


def digests(
    names: Iterable[str], digest: Callable[[Path], str] = provenance.file_digest.__wrapped__
) -> dict[str, str]:
    """The digests of what is here under these names; "" for what is not here."""
    known = {_PYTHON: platform.python_version(), _FONT: digest(font.file())}
    return {name: known[name] if name in known else digest(paths.ROOT / name) for name in names}


def _differing(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    return sorted(n for n in found.keys() | expected.keys() if found.get(n) != expected.get(n))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")


@contextmanager
def dask(address: str, study: str, beside: Sequence[str] = (), *, warm: bool = True) -> Iterator[Cluster]:
    """Use the Dask cluster whose scheduler is at `address` (`tcp://host:port`, `tls://host:port`).

    A worker that is lost costs only time: Dask gives its jobs, and the tables, to another one.
    Raises ClusterError where there is no scheduler, or no worker within half a minute.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("EXECUTOR=dask: Dask is not installed; write: pip install distributed") from None
    try:
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError):
        raise ClusterError(
            f"ADDRESS={address}: no Dask scheduler answers there; see docs/cluster.md"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS)
        except TimeoutError:
            raise ClusterError(
                f"ADDRESS={address}: the scheduler has no workers; see docs/cluster.md"
            ) from None
        # A task, not `scatter`: what a lost worker held alone is then made again.
        keep = partial(client.submit, _unchanged, pure=False)
        yield Cluster(client.get_executor(pure=False), study, beside, warm=warm, keep=keep)


def _unchanged(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return files
