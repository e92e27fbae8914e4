"""How long notebooks take, here and with other tools, as ratios to a plain script on all cores.

`make benchmark` runs it. In each round every tool runs once, in turn, so that a machine that gets
slower makes all of them slower; the table gives medians. Tools that the project does not need itself
are installed into build/peers. Each run is the report's own notebook with its own parameters.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from analysis import paths
from analysis.build import staleness
from analysis.build.plan import plan
from analysis.languages import DEFAULT

STUDY = "okamoto2020"
HERE = Path(__file__).resolve().parent
WORK = paths.ROOT / "build" / "benchmark"
PEERS = paths.ROOT / "build" / "peers"
CORES = os.cpu_count() or 1
README = HERE / "README.md"
LIMIT_FOR_PEERS = 30  # runs, about a report; more would take hours and say nothing new
_BEGIN, _END = "<!-- table -->", "<!-- end -->"  # around the table in README.md
_TOOLS_DECIDE = ("markdown-it-py", "jinja2", "packaging")  # their versions follow from the tools'
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(paths.ROOT / "src"),
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


@dataclass
class Measured:
    """One tool at one number of runs: seconds of wall clock, seconds of processors, peak in MiB."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def jobs_of(count: int) -> list[dict]:
    """Runs as plain data: the report's own, or, beyond them, the regions' notebook again and again."""
    report = [
        {"notebook": f"{job.notebook}.ipynb", "parameters": dict(job.parameters)}
        for job in plan(staleness.about(STUDY, None), DEFAULT)
    ]
    regions = [job for job in report if "region" in job["parameters"]]
    own = report if count >= len(report) else regions
    more = [regions[i % len(regions)] for i in range(count)]
    return [{**job, "out": f"run-{n:04}.ipynb"} for n, job in enumerate([*own, *more][:count])]


def commands(count: int) -> dict[str, list[str]]:
    """The command of each tool for that number of runs."""
    folder = WORK / str(count)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = jobs_of(count)
    (folder / "jobs.json").write_text(json.dumps(jobs), "utf-8")
    python, given = sys.executable, str(folder / "jobs.json")
    split = [f"{shlex.quote(python)} {HERE / 'plain.py'} {given} {n} {CORES}" for n in range(CORES)]
    made = {
        "plain script, split over the cores": ["sh", "-c", " & ".join(split) + " & wait"],
        "this project, warm kernels": [python, str(HERE / "ours.py"), given, "warm"],
        "this project, ordinary kernels": [python, str(HERE / "ours.py"), given, "cold"],
    }
    if count > LIMIT_FOR_PEERS:
        return made
    lines = [_papermill(job, folder) for job in jobs]
    (folder / "papermill.txt").write_text("\n".join(lines) + "\n", "utf-8")
    made["papermill, command in a loop"] = ["sh", str(folder / "papermill.txt")]
    made[f"papermill, xargs -P{CORES}"] = [
        "sh",
        "-c",
        f"tr '\\n' '\\0' <{folder}/papermill.txt | xargs -0 -n1 -P{CORES} sh -c",
    ]
    made["papermill, Python API"] = [python, str(HERE / "peers.py"), given, "papermill"]
    if (PEERS / "bin" / "python").exists():
        there = str(PEERS / "bin" / "python")
        made["nbconvert --execute, in a loop"] = ["sh", "-c", "\n".join(_nbconvert(j, folder) for j in jobs)]
        made["ploomber-engine"] = [there, str(HERE / "peers.py"), given, "ploomber"]
        made[f"Snakemake with papermill, {CORES} jobs"] = _snakemake(jobs, folder)
        made["Jupyter Book"] = _jupyter_book(jobs, folder)
    return made


def _papermill(job: dict, folder: Path) -> str:
    words = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        "--log-level",
        "ERROR",
        "-k",
        "python3",
        "--cwd",
        str(paths.NOTEBOOKS),
    ]
    for name, value in job["parameters"].items():
        words += ["-p", name, str(value)]
    return shlex.join([*words, str(paths.NOTEBOOKS / job["notebook"]), str(folder / job["out"])])


def _nbconvert(job: dict, folder: Path) -> str:
    """nbconvert knows no parameters: it gets a copy with a cell that sets them."""
    source = folder / f"source-{job['out']}"
    with_parameters(paths.NOTEBOOKS / job["notebook"], job["parameters"], source)
    words = [
        str(PEERS / "bin" / "python"),
        "-m",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        "--log-level",
        "ERROR",
        "--output",
        f"nbconvert-{job['out']}",
        str(source),
    ]
    return shlex.join(words)


def with_parameters(notebook: Path, parameters: dict, target: Path) -> None:
    """Write a copy of a notebook whose parameters are set by one more cell."""
    content = json.loads(notebook.read_text("utf-8"))
    place = next(n for n, c in enumerate(content["cells"]) if "parameters" in c["metadata"].get("tags", []))
    source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    content["cells"].insert(
        place + 1,
        {
            "cell_type": "code",
            "id": "given",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        },
    )
    target.write_text(json.dumps(content), "utf-8")


def _snakemake(jobs: Sequence[dict], folder: Path) -> list[str]:
    """A Snakefile with a rule per run, which calls papermill's command."""
    rules = [f"rule all:\n    input: {[str(folder / job['out']) for job in jobs]!r}\n"]
    for n, job in enumerate(jobs):
        rules.append(
            f"rule run_{n}:\n    output: {str(folder / job['out'])!r}\n"
            f"    shell: {_papermill(job, folder)!r}\n"
        )
    (folder / "Snakefile").write_text("\n".join(rules), "utf-8")
    return [
        str(PEERS / "bin" / "snakemake"),
        "--snakefile",
        str(folder / "Snakefile"),
        "--cores",
        str(CORES),
        "--forceall",
        "--quiet",
        "all",
        "--directory",
        str(folder),
    ]


def _jupyter_book(jobs: Sequence[dict], folder: Path) -> list[str]:
    """A book of a page per run, executed anew; it sets the pages, too, which the others do not."""
    book = folder / "book"
    book.mkdir(exist_ok=True)
    for job in jobs:
        with_parameters(paths.NOTEBOOKS / job["notebook"], job["parameters"], book / job["out"])
    pages = "".join(f"  - file: {Path(j['out']).stem}\n" for j in jobs[1:])
    toc = f"format: jb-book\nroot: {Path(jobs[0]['out']).stem}\n" + (f"chapters:\n{pages}" if pages else "")
    (book / "_toc.yml").write_text(toc, "utf-8")
    (book / "_config.yml").write_text("title: b\nexecute:\n  execute_notebooks: force\n", "utf-8")
    return ["sh", "-c", f"rm -rf {book}/_build; {PEERS}/bin/jupyter-book build -q {book}"]


def run(command: Sequence[str]) -> tuple[float, float, float]:
    """Run a command; return wall seconds, processor seconds and the tree's peak memory (PSS) in MiB."""
    before, began = os.times(), time.monotonic()
    process = subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=WORK
    )
    peak: list[float] = [0.0]
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watching.start()
    error = process.communicate()[1]
    wall, after = time.monotonic() - began, os.times()
    done.set()
    watching.join()
    if process.returncode:
        raise SystemExit(
            f"{shlex.join(command)[:200]}: exit status {process.returncode}\n"
            + error.decode("utf-8", "replace")[-1500:]
        )
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, peak[0]


def _watch(pid: int, peak: list[float], done: threading.Event) -> None:
    """Keep the greatest sum of proportional memory of a process and all below it."""
    while not done.wait(0.2):
        total = 0
        try:
            tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        except psutil.Error:
            return
        for process in tree:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total / 2**20)


def peers_needs() -> str:
    """The tools of peers.txt, and what the project itself needs in the versions of its lock.

    Only names that the tools leave open are taken from the lock: theirs may want another version.
    """
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (paths.ROOT / "requirements.lock").read_text("utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    own = [f"{name}=={pins[name]}" for name in project["dependencies"] if name not in _TOOLS_DECIDE]
    return "\n".join([(HERE / "peers.txt").read_text("utf-8").strip(), *own]) + "\n"


def install_peers() -> None:
    """The other tools, and what the notebooks need, in an environment of their own."""
    stamp, wanted = PEERS / "made-from", peers_needs()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--clear", "-p", sys.executable, str(PEERS)], check=True)
    there = ["-p", str(PEERS / "bin" / "python"), "--compile-bytecode"]
    subprocess.run([*uv, "pip", "install", "-q", *there, "-r", "-"], input=wanted, text=True, check=True)
    stamp.write_text(wanted, "utf-8")


def table(measured: dict[int, dict[str, Measured]]) -> Iterable[str]:
    """The Markdown table: medians, and the ratio of the wall clock to the plain script."""
    yield "| runs | tool | wall (s) | × plain script | processor (s) | peak memory (MiB) |"
    yield "|---:|---|---:|---:|---:|---:|"
    for count, tools in measured.items():
        plain = statistics.median(next(iter(tools.values())).wall)
        for name, found in tools.items():
            wall, cpu, memory = map(statistics.median, (found.wall, found.cpu, found.memory))
            yield f"| {count} | {name} | {wall:.1f} | {wall / plain:.2f} | {cpu:.1f} | {memory:.0f} |"


def published(lines: Sequence[str], rounds: int, text: str) -> str:
    """The text of README.md with this table in the place of the last one."""
    when = time.strftime("%d %B %Y", time.gmtime()).lstrip("0")
    rounds_said = "one round" if rounds == 1 else f"{rounds} rounds"
    python = ".".join(platform.python_version_tuple()[:2])
    about = f"Last table: {when}, {CORES} processors, Python {python}, {rounds_said}."
    block = "\n".join([_BEGIN, about, "", *lines, _END])
    return re.sub(f"{_BEGIN}.*?{_END}", lambda _: block, text, flags=re.DOTALL)


def main(sizes: Sequence[int], rounds: int) -> None:
    """Measure, print the table and, but for a smoke run, put it into README.md."""
    WORK.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("SMOKE"):
        install_peers()
    measured: dict[int, dict[str, Measured]] = {}
    for count in sizes:
        tools = commands(count)
        found = measured[count] = {name: Measured() for name in tools}
        for number in range(rounds):
            for name, command in tools.items():
                wall, cpu, memory = run(command)
                print(f"{count} runs, round {number + 1}, {name}: {wall:.1f} s", file=sys.stderr, flush=True)
                found[name].wall.append(wall)
                found[name].cpu.append(cpu)
                found[name].memory.append(memory)
    lines = list(table(measured))
    print("\n".join(lines))
    if not os.environ.get("SMOKE"):
        README.write_text(published(lines, rounds, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    # SMOKE=1: once, one run, without the tools that have to be installed.
    smoke = [1, 1] if os.environ.get("SMOKE") else []
    given = [int(word) for word in sys.argv[1:]] or smoke or [1, 3, 26, 100]
    main(given[1:], given[0])
