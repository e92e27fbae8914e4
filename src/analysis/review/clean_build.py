"""Build a report in a clean copy of the project, under conditions that must not matter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from analysis.review import git
from analysis.review.certificate import BuildRecord

OUTPUTS = ("reports", "build", "data/processed", "exports")  # deleted in the copies, then made again
# What no copy takes along where Git does not say what belongs to the project.
IGNORED = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis"}
LIMIT = 3600  # seconds that a build may take
AHEAD = "+700d"  # what the clock of the second build says, where faketime is installed
FAKETIME = [f"{lib}/faketime/libfaketimeMT.so.1" for lib in ("/usr/lib/*", "/usr/lib", "/usr/local/lib")]
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "SYSTEMROOT")
# What some people have in their home folders; none of it may reach the report.
_SETTINGS = {
    ".config/matplotlib/matplotlibrc": "font.size: 17\naxes.facecolor: yellow\nsvg.fonttype: none\n",
    ".ipython/profile_default/startup/00-own.py": "print('a startup file')\n",
    ".docutils": "[general]\nsmart_quotes: yes\nsectnum_xform: no\n",
}


@dataclass(frozen=True)
class Conditions:
    """What is around a build, and must not matter."""

    folder: str = "a"  # of the copy, inside the temporary folder
    timezone: str = "UTC"
    lang: str = "C"
    lc_all: str = ""
    home: str = "with settings"  # or "not there" (nor can it be made)
    umask: int = 0o022
    hash_seed: int = 0
    jobs: int = 1
    kernels: str = "warm"
    file_order: str = "by name"  # in which order the copy's files were written
    source_date_epoch: str = ""
    clock: str = "true"

    def in_words(self) -> dict[str, str]:
        """Each condition by its name, as the certificate shows it."""
        said = asdict(self) | {"umask": f"{self.umask:03o}"}
        path = f"{len(said.pop('folder'))} characters below the temporary folder"
        return {"path": path} | {name: "not set" if v == "" else str(v) for name, v in said.items()}


def conditions() -> tuple[Conditions, Conditions]:
    """The conditions of the two builds: as different as this machine allows."""
    locale = _other_locale()
    other = Conditions(
        folder="another-folder-with-a-long-name/" * 4 + "a space and 日本語",
        timezone="Pacific/Apia",
        lang=locale,
        lc_all=locale,
        home="not there",
        umask=0o077,
        hash_seed=4242,
        kernels="cold",
        file_order="by name, backwards",
        source_date_epoch="1234567890",
        clock=_clock(),
    )
    return Conditions(jobs=(os.cpu_count() or 1) + 1), other


def not_set(second: Conditions) -> tuple[str, ...]:
    """Which conditions of the second build this machine could not change, and why."""
    found = [] if second.clock == AHEAD else [f"the clock ({second.clock.partition('(')[2].rstrip(')')})"]
    if second.lang == "C":
        found.append("the locale (no other is installed)")
    if os.name == "nt":
        found.append("the file mask (not on Windows)")
    return tuple(found)


def _other_locale() -> str:
    """A locale in which words sort and numbers look different, if one is installed."""
    try:
        listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "C"
    found = {name.lower().replace("-", ""): name for name in listed.split()}
    wanted = ("tr_tr.utf8", "de_de.utf8", "fr_fr.utf8", "ja_jp.utf8", "en_us.utf8", "c.utf8")
    return next((found[name] for name in wanted if name in found), "C")


def _clock() -> str:
    """How the second build's clock is changed, or why it is not."""
    if not faketime():
        return "true (faketime is not installed)"
    probe = "import time, threading; time.sleep(.1); threading.Event().wait(.1); print(time.time())"
    asked = [sys.executable, "-c", probe]
    try:
        said = subprocess.run(asked, env=os.environ | _faked(), capture_output=True, timeout=20, check=True)
        if float(said.stdout) - time.time() > 86400:
            return AHEAD
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    return "true (faketime is installed, but Python cannot wait under it)"


def faketime() -> str:
    """The library that changes the clock of a process, or ""."""
    return next((str(p) for g in FAKETIME for p in sorted(Path("/").glob(g.lstrip("/")))), "")


def _faked() -> dict[str, str]:
    # The monotonic clock goes along: left out (FAKETIME_DONT_FAKE_MONOTONIC), time.sleep() fails.
    return {"LD_PRELOAD": faketime(), "FAKETIME": AHEAD}


# -- Clean copies ----------------------------------------------------------------------------------


def tree(root: Path) -> list[str]:
    """The project's files, relative to its root: what Git would keep (where there is Git), no outputs."""
    asked = ("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    names = set(git.said(root, *asked).split("\0")) - {""} if (root / ".git").exists() else set()
    if not names:
        for folder, folders, files in os.walk(root):
            folders[:] = set(folders) - IGNORED
            names |= {(Path(folder) / file).relative_to(root).as_posix() for file in files}
    kept = (name for name in names if not name.startswith(tuple(f"{output}/" for output in OUTPUTS)))
    return sorted(name for name in kept if (root / name).is_file())


def copy_tree(root: Path, target: Path, *, backwards: bool = False) -> None:
    """Copy the project's files into an empty folder; nothing that is built comes along."""
    for name in reversed(tree(root)) if backwards else tree(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)


# -- Builds ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """One build: where it was made, where the report is, and what is recorded of it."""

    project: Path
    report: Path
    conditions: Conditions
    record: BuildRecord


def build(root: Path, study: str, languages: Sequence[str], around: Conditions, temporary: Path) -> Built:
    """Build a study's report in a clean copy of the project, in a process of its own."""
    project = temporary / around.folder
    copy_tree(root, project, backwards=around.file_order.endswith("backwards"))
    side = temporary / f"{around.folder.split('/')[0]}-around"
    (side / "tmp").mkdir(parents=True)
    _make_home(side / "home", around.home)
    language = languages[0] if len(languages) == 1 else "both"
    command = [sys.executable, "-m", "analysis", "report", "--study", study, "--language", language]
    command += ["--jobs", str(around.jobs), "--kernels", around.kernels]
    began = time.monotonic()
    status, said = _run(command, project, _environment(around, project, side, root), around.umask)
    seconds = round(time.monotonic() - began, 1)
    report = project / "reports" / study
    if not status and not report.is_dir():
        status = 1
    tail = () if not status else tuple(_scrubbed(x, temporary) for x in said.splitlines()[-20:])
    return Built(project, report, around, BuildRecord(around.in_words(), seconds, status, tail))


def build_twice(
    root: Path, study: str, languages: Sequence[str], temporary: Path, say: Callable[[str], None]
) -> tuple[Built, Built]:
    """Both builds, side by side; the second once more under the true clock if a false one broke it."""
    pair = conditions()
    say(f"building {study} twice in clean copies, side by side")
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(build, root, study, languages, c, temporary) for c in pair]
        try:
            first, second = (future.result() for future in waiting)
        except BaseException:
            for process in list(_running):
                _end(process)
            raise
    if second.record.status and not first.record.status and second.conditions.clock == AHEAD:
        say("the second build failed under a changed clock; once more without")
        around = replace(pair[1], folder="again/" + pair[1].folder, clock="true (under it the build failed)")
        second = build(root, study, languages, around, temporary)
    return first, second


def _make_home(folder: Path, kind: str) -> None:
    if kind == "not there":
        folder.parent.joinpath("no-folder").touch()  # below a file nobody can make one, not even root
        return
    for name, text in _SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _environment(around: Conditions, project: Path, side: Path, root: Path) -> dict[str, str]:
    metadata = root / "build" / "metadata"  # how a Python of the user's own finds our entry points
    search = [str(project / "src"), *([str(metadata)] if metadata.is_dir() else [])]
    made = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    made |= {
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONHASHSEED": str(around.hash_seed),
        "HOME": str(side / ("no-folder/home" if around.home == "not there" else "home")),
        "TMPDIR": str(side / "tmp"),
        "TZ": around.timezone,
        "LANG": around.lang,
        "LC_ALL": around.lc_all,
        "SOURCE_DATE_EPOCH": around.source_date_epoch,
    }
    if around.clock == AHEAD:
        made |= _faked()
    return {name: value for name, value in made.items() if value}


def _run(command: list[str], folder: Path, environment: dict[str, str], umask: int) -> tuple[int, str]:
    with tempfile.TemporaryFile() as said:
        process = psutil.Popen(
            command,
            cwd=folder,
            env=environment,
            umask=umask,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
        try:
            process.wait(LIMIT)
        except psutil.TimeoutExpired:
            _end(process)
            said.write(f"still running after {LIMIT} s\n".encode())
        finally:
            _running.discard(process)
        said.seek(0)
        return process.returncode, said.read().decode("utf-8", "replace")


_running: set[psutil.Popen] = set()


def _end(process: psutil.Process) -> None:
    """End a build and all it has started: first asked, so that it ends its kernels, then by force."""
    started = [*process.children(recursive=True), process]
    process.terminate()
    for left in psutil.wait_procs(started, timeout=5)[1]:
        left.kill()


def _scrubbed(line: str, temporary: Path) -> str:
    """A line without the temporary folder's name or the home folder's, which may name a person."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", line).replace(str(temporary), "<copy>")
    home = str(Path.home())
    return plain.replace(home, "~") if len(home) > 1 else plain
