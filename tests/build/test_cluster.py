"""Runs on other machines: the same report, whatever happens to a worker, and nothing taken on trust."""

from __future__ import annotations

import hashlib
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
from types import SimpleNamespace

import nbformat
import pytest
from analysis.build.fresh import package_of

from analysis import paths
from analysis.build import cluster, run
from analysis.build.execute import NotebookError
from analysis.build.plan import plan

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.xdist_group("cluster")
STUDY = "okamoto2020"


# -- Orders, on an Executor of any kind ------------------------------------------------------------


@pytest.fixture(scope="module")
def job():
    return next(j for j in plan(package_of(STUDY)["study"], ["en"]) if j.page == "outlook")


@pytest.fixture
def here() -> Iterator[cluster.Cluster]:
    with ThreadPoolExecutor(1) as pool:
        yield cluster.Cluster(pool, STUDY, warm=False)


def order_of(there: cluster.Cluster, job, **changed) -> cluster.Order:
    text = (paths.NOTEBOOKS / f"{job.notebook}.ipynb").read_text("utf-8")
    return replace(cluster.Order(job, text, there.alike, there.tables, False), **changed)


def test_tables_that_arrive_with_other_bytes_are_refused_by_name(here, job):
    files = here.files | {"outlook.csv": here.files["outlook.csv"] + b"\n"}
    with pytest.raises(cluster.ClusterError, match=r"outlook\.csv arrived with other bytes"):
        cluster.fulfil(order_of(here, job), STUDY, files)


def test_a_table_that_does_not_arrive_is_refused_by_name(here, job):
    files = {name: content for name, content in here.files.items() if name != "grades.csv"}
    with pytest.raises(cluster.ClusterError, match=r": grades\.csv arrived"):
        cluster.fulfil(order_of(here, job), STUDY, files)


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
def test_a_worker_that_differs_is_refused_in_one_line_that_names_what_differs(here, job, name):
    assert name in here.alike
    order = order_of(here, job, alike={**here.alike, name: "0"})
    with pytest.raises(cluster.ClusterError) as refusal:
        cluster.fulfil(order, STUDY, here.files)
    assert str(refusal.value).startswith(f"worker {socket.gethostname()}: {name} differ from this")
    assert "\n" not in str(refusal.value)


def test_a_worker_that_lacks_a_file_is_refused(here, job):
    order = order_of(here, job, alike={**here.alike, "src/analysis/new.py": "1"})
    with pytest.raises(cluster.ClusterError, match=r"src/analysis/new\.py differ"):
        cluster.fulfil(order, STUDY, here.files)


def test_a_worker_whose_files_changed_under_it_is_refused(here, job, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "code.py").write_text("old")
    cluster.digests(["code.py"], cluster.provenance.file_digest)  # as its first job does
    (tmp_path / "code.py").write_text("new")
    order = order_of(here, job, alike=cluster.digests(["code.py"]))
    with pytest.raises(cluster.ClusterError, match=r"code\.py differ .* start the worker again"):
        cluster.fulfil(order, STUDY, here.files)


def test_what_must_be_alike_holds_what_a_run_depends_on_and_what_runs_it(here):
    depends = {f"src/{name}" for name in cluster.provenance.modules()}
    runs = {f"src/analysis/report/{name}.py" for name in ("run", "execute", "kernels", "kernel_server")}
    assert depends | runs <= here.alike.keys()
    assert all(here.alike.values()), "a file without a digest is missing"


def test_another_process_gives_the_notebook_that_a_run_here_gives(job):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = cluster.Cluster(pool, STUDY, warm=False).submit(job).result()
    assert nbformat.writes(there) == nbformat.writes(run.perform(job, warm=False))
    assert "outlook.csv" in run.tables_read(there, STUDY)


def test_a_notebook_reads_the_tables_that_travelled_not_those_that_are_here(job):
    with ThreadPoolExecutor(1) as pool:
        there = cluster.Cluster(pool, STUDY, package_of(STUDY)["study"]["beside"], warm=False)
        package = json.loads(there.files["datapackage.json"])
        package["study"]["title_en"] = "A title that travelled"
        there.files = there.files | {"datapackage.json": json.dumps(package).encode()}
        there.tables = {n: hashlib.sha256(c).hexdigest() for n, c in there.files.items()}
        index = next(j for j in plan(package_of(STUDY)["study"], ["en"]) if j.page == "index")
        assert "A title that travelled" in nbformat.writes(there.submit(index).result())


def test_the_tables_of_the_studies_beside_it_travel_too():
    about = package_of(STUDY)["study"]
    page = next(j for j in plan(about, ["en"]) if j.page == "records")
    with ThreadPoolExecutor(1) as pool:
        there = cluster.Cluster(pool, STUDY, about["beside"], warm=False)
        made = there.submit(page).result()
    (other,) = about["beside"]
    assert {f"{other}/evidence.csv", "crosswalk.csv"} <= set(run.tables_read(made, STUDY))


def test_a_notebook_that_fails_comes_back_as_its_error(here, job):
    wrong = replace(job, parameters=dict(job.parameters) | {"language": "xx"})
    error = here.submit(wrong).result()
    assert isinstance(error, NotebookError)
    assert "language 'xx': write 'ja' or 'en'" in str(error)


def test_a_job_that_no_worker_survives_fails_and_the_others_go_on(job):
    def answer(order: cluster.Order) -> bytes:
        if order.job.page == "index":
            raise distributed.scheduler.KilledWorker("fulfil", SimpleNamespace(address="tcp://w"), 3)
        return nbformat.writes(nbformat.v4.new_notebook()).encode("utf-8")

    class Losing(ThreadPoolExecutor):
        def submit(self, function, order, *rest):
            return super().submit(answer, order)

    jobs = [replace(job, page="index"), job]
    with Losing(1) as pool:
        submit = cluster.Cluster(pool, STUDY, warm=False).submit
        results = {j.page: r for j, r in run.run_all(jobs, warm=False, at_once=1, submit=submit)}
    assert "not run by the cluster: KilledWorker" in str(results["index"])
    assert not isinstance(results["outlook"], NotebookError)


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


@pytest.fixture(scope="module")
def project(new_project, tmp_path_factory):
    """The project with the synthetic study, three pages a language, built here."""
    made = new_project(tmp_path_factory.mktemp("cluster") / "project")
    made.only_pages("index", "grades", "region-{region}")
    done = made.run("report")
    assert done.returncode == 0, done.stderr[-2000:]
    return made


def on(address: str) -> dict[str, str]:
    return {"EXECUTOR": "dask", "ADDRESS": address}


def test_a_worker_killed_in_mid_run_costs_no_notebook_and_the_report_is_identical(project, tmp_path):
    expected = project.files()
    copy = project.copy(tmp_path / "project")
    copy.run("clean")
    with machines(tmp_path / "machines", copy.folder) as made:
        workers = [made.worker(copy.folder) for _ in range(2)]
        address = made.address
        client = distributed.Client(address, set_as_default=False)
        client.wait_for_workers(2, timeout=120)
        doomed, pid = next(iter(client.run(os.getpid).items()))
        with ThreadPoolExecutor(1) as beside:
            building = beside.submit(copy.run, "report", **on(address))
            # Busy with a notebook, and with that alone: Dask's own bookkeeping has no such key.
            wait_until(lambda: any("fulfil" in key for key in client.processing().get(doomed, ())))
            os.kill(pid, signal.SIGKILL)
            done = building.result()
        client.close()
        assert [w.poll() is None for w in workers].count(True) == 1
    assert done.returncode == 0, done.stderr[-2000:]
    assert copy.files() == expected


def test_a_worker_with_other_code_is_one_line_and_leaves_the_report(project, tmp_path):
    other = project.copy(tmp_path / "other")
    style = other.folder / "src/analysis/figures/style.py"
    style.write_text(style.read_text("utf-8") + "# changed\n", "utf-8")
    copy = project.copy(tmp_path / "project")
    before = copy.files()
    with machines(tmp_path / "machines", copy.folder) as made:
        made.worker(other.folder)
        done = copy.run("report", FORCE="1", **on(made.address))
    assert done.returncode == 2
    assert "src/analysis/figures/style.py differ from this machine's" in done.stderr
    assert "Traceback" not in done.stderr
    assert copy.files() == before


def test_an_address_where_nothing_listens_is_one_line(project):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    done = project.run("report", FORCE="1", **on(address))
    assert done.returncode == 2
    assert f"ADDRESS={address}: no Dask scheduler answers there" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"EXECUTOR": "spark"}, "EXECUTOR: found 'spark', expected dask"),
        ({"EXECUTOR": "dask"}, "ADDRESS: found '', expected the scheduler's address"),
        ({"EXECUTOR": "dask", "ADDRESS": "localhost"}, "ADDRESS: found 'localhost'"),
        ({"ADDRESS": "tcp://localhost:8786"}, "ADDRESS: given without EXECUTOR"),
    ],
)
def test_a_wrong_executor_or_address_is_one_line_and_starts_nothing(project, given, said):
    done = project.run("report", FORCE="1", **given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
