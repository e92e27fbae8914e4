"""Runs on other machines: the same notebooks, whatever happens to a worker, and nothing taken on trust."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from tiny import TABLES, Tiny, make, reads

from analysis import paths
from analysis.build import cluster, run, staleness
from analysis.build.execute import NotebookError
from analysis.build.plan import Job
from analysis.errors import UserError

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.build, pytest.mark.xdist_group("cluster")]
JOB = Job("one", "en", "one", parameters={"study": "tiny", "language": "en"})
SHOWS = """
import os, pathlib
print(pathlib.Path(os.environ["ANALYSIS_PROCESSED"], study, "grades.csv").read_text())
print(os.environ["ANALYSIS_READINGS"] and open(os.environ["ANALYSIS_READINGS"]).read())
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Tiny:
    project = make(tmp_path_factory.mktemp("cluster") / "project")
    project.notebook("one", SHOWS, reads(grades=["grade"])).notebook("slow", "import time; time.sleep(1)")
    return project.plan("one")


@pytest.fixture
def here(tiny, monkeypatch) -> Iterator[cluster.Remote]:
    """The tiny project's jobs on a thread of this process, which takes that project for its own."""
    for name in ("PROCESSED", "NOTEBOOKS"):
        folder = tiny.folder / getattr(paths, name).relative_to(paths.ROOT)
        monkeypatch.setattr(paths, name, folder)
    with ThreadPoolExecutor(1) as pool:
        yield cluster.Remote(pool, "tiny", warm=False)


def remote_job(here: cluster.Remote, **changed) -> cluster.RemoteJob:
    notebook = run.plan.read(paths.NOTEBOOKS / "one.ipynb")
    return replace(cluster.RemoteJob(JOB, notebook, None, here.required, here.tables, False), **changed)


def received(future) -> object:
    return run.received(JOB, future)


# -- A job, on an Executor of any kind -------------------------------------------------------------


@pytest.mark.parametrize("files", [{"tiny/grades.csv": b"other"}, {"tiny/more.csv": b""}])
def test_tables_that_arrive_with_other_bytes_are_refused_by_name(here, files):
    with pytest.raises(UserError, match=f"{next(iter(files))} arrived with other bytes"):
        cluster.run_remote(remote_job(here), here.files | files)


@pytest.mark.parametrize(
    "name",
    [
        "src/analysis/figures/style.py",
        "src/analysis/build/kernel_server.py",
        "data/schema.yaml",
        "requirements.lock",
        "the font",
        "Python",
    ],
)
def test_a_worker_that_differs_is_refused_in_one_line_that_names_what_differs(here, name):
    assert here.required[name]
    with pytest.raises(UserError) as refusal:
        cluster.run_remote(remote_job(here, required={**here.required, name: "0"}), here.files)
    assert str(refusal.value).startswith(f"worker {socket.gethostname()}: {name} differ from this")
    assert "\n" not in str(refusal.value)


def test_a_worker_whose_files_changed_under_it_is_refused(here, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "code.py").write_text("old")
    cluster.digests(["code.py"], staleness.file_digest)  # as its first job does
    (tmp_path / "code.py").write_text("new")
    job = remote_job(here, required=cluster.digests(["code.py"]))
    with pytest.raises(UserError, match=r"code\.py differ .* start the worker again"):
        cluster.run_remote(job, here.files)


def test_a_notebook_reads_the_tables_and_readings_that_travelled_and_comes_back_as_from_here(here, tmp_path):
    (tmp_path / "readings.csv").write_text("found")
    there = received(here.submit(JOB, readings=tmp_path / "readings.csv"))
    assert there.cells[2].outputs[0].text == f"{TABLES['grades']}\nfound\n"
    assert there.metadata.analysis.reads == {"grades": ["grade"], "study": []}


def test_another_process_gives_the_same(here):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        here.executor = pool
        assert received(here.submit(JOB)) == run.execute_job(JOB, warm=False, processed=paths.PROCESSED)


def test_a_notebook_that_fails_comes_back_as_its_error_and_one_that_never_does_as_one(here):
    wrong = replace(JOB, parameters={"study": "none", "language": "en"})
    error = received(here.submit(wrong))
    assert isinstance(error, NotebookError)
    assert "FileNotFoundError" in str(error)

    class Losing(ThreadPoolExecutor):
        def submit(self, *_):
            return super().submit(lambda: 1 / 0)

    with Losing(1) as pool:
        here.executor = pool
        assert "one (en/one): not run: ZeroDivisionError" in str(received(here.submit(JOB)))


# -- A scheduler and workers in processes of their own ---------------------------------------------


class Machines:
    """A Dask scheduler on this machine, and workers that run a project's code."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        self.scheduler_file = folder / "scheduler.json"

    def start(self, program: str, project: Path, *arguments: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": str(project / "src")}
        log = (self.folder / f"{program}-{len(self.processes)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    f"distributed.cli.dask_{program}",
                    "--no-dashboard",
                    "--scheduler-file",
                    str(self.scheduler_file),
                    *arguments,
                ],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def worker(self, project: Path) -> subprocess.Popen:
        return self.start("worker", project, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")

    @property
    def address(self) -> str:
        return wait_until(self.written)["address"]

    def written(self) -> dict | None:
        """What the scheduler says of itself; None until it has said all of it."""
        with suppress(OSError, ValueError):
            return json.loads(self.scheduler_file.read_text("utf-8"))
        return None

    def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def machines(folder: Path, project: Path) -> Iterator[Machines]:
    folder.mkdir()
    made = Machines(folder)
    try:
        made.start("scheduler", project, "--host", "127.0.0.1", "--port", "0")
        yield made
    finally:
        made.stop()


def wait_until(condition: Callable[[], object], patience: float = 120) -> object:
    until = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)
    return found


BUILD = """
import json, sys
from analysis.errors import UserError
try:
    run_report("tiny", {arguments}, workers=Workers(address="{address}"))
except UserError as error:
    sys.exit(str(error))
"""


def runs(project: Tiny) -> dict[str, bytes]:
    folder = project.folder / "build" / "tiny" / "runs"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.ipynb")}


def build_on(project: Tiny, address: str, arguments: str = "") -> subprocess.CompletedProcess:
    return project.python(BUILD.format(address=address, arguments=arguments or "force=True"))


def test_a_worker_killed_in_mid_run_costs_no_notebook_and_the_runs_are_identical(tiny, tmp_path):
    tiny.notebook("two", "study", reads(grades=["grade"])).plan("two", "slow")
    tiny.build()
    expected = runs(tiny)
    with machines(tmp_path / "machines", tiny.folder) as made:
        workers = [made.worker(tiny.folder) for _ in range(2)]
        client = distributed.Client(made.address, set_as_default=False)
        client.wait_for_workers(2, timeout=120)
        doomed, pid = next(iter(client.run(os.getpid).items()))
        with ThreadPoolExecutor(1) as beside:
            building = beside.submit(build_on, tiny, made.address)
            # Busy with a notebook, and with that alone: Dask's own bookkeeping has no such key.
            wait_until(lambda: any("run_remote" in key for key in client.processing().get(doomed, ())))
            os.kill(pid, signal.SIGKILL)
            done = building.result()
        client.close()
        assert [w.poll() is None for w in workers].count(True) == 1
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(expected) == 4
    assert runs(tiny) == expected


def test_an_address_where_nothing_listens_is_one_line(tiny):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    done = build_on(tiny, address)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        f"ADDRESS={address}: no Dask scheduler answers there; see docs/cluster.md",
    )
