"""Prove that the report can be made again: built twice in clean copies, under changed conditions.

The protocol is the reviewers' own (delete the outputs, run, run again, compare each exhibit), and so
are the words of the verdict: *complete*, it was made; *stable*, twice the same to the byte;
*consistent*, as published in `expected/<study>.json`.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from analysis import paths
from analysis.build import provenance
from analysis.build.plan import LANGUAGES
from analysis.review import certificate, contents
from analysis.review.certificate import BuildRecord, Certificate, Environment, Verdict

EXPECTED = "expected"  # the folder of what is published, in the root of the project
OUTPUTS = ("reports", "build", "data/processed")  # deleted in the copies, then made again
LIMIT = 3600  # seconds that a build may take
AHEAD = "+700d"  # what the clock of the second build says, where faketime is installed
FAKETIME = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "SYSTEMROOT")
# What some people have in their home folders; none of it may reach the report.
_SETTINGS = {
    ".config/matplotlib/matplotlibrc": "font.size: 17\naxes.facecolor: yellow\nsvg.fonttype: none\n",
    ".ipython/profile_default/startup/00-own.py": "print('a startup file')\n",
    ".docutils": "[general]\nsmart_quotes: yes\nsectnum_xform: no\n",
}


class ReproduceError(ValueError):
    """The protocol cannot be followed; the message says what is missing and what to do."""


@dataclass(frozen=True)
class Conditions:
    """What is around a build, and must not matter."""

    folder: str  # of the copy, inside the temporary folder
    timezone: str
    lang: str
    lc_all: str
    home: str  # "not there" (nor can it be made) or "with settings"
    umask: int
    hash_seed: int
    jobs: int
    kernels: str
    file_order: str  # in which order the copy's files were written
    source_date_epoch: str
    clock: str

    def in_words(self) -> dict[str, str]:
        """Each condition by its name, as the certificate shows it."""
        said = asdict(self) | {"umask": f"{self.umask:03o}"}
        del said["folder"]
        length = len(self.folder)
        return {"path": f"{length} characters below the temporary folder"} | {
            name: str(value) if value != "" else "not set" for name, value in said.items()
        }


def conditions() -> tuple[Conditions, Conditions]:
    """The conditions of the two builds: as different as this machine allows."""
    cores = os.cpu_count() or 1
    plain = Conditions(
        "a", "UTC", "C", "", "with settings", 0o022, 0, cores + 1, "warm", "by name", "", "true"
    )
    far = "another-folder-with-a-long-name/" * 4 + "a space and 日本語"
    locale = _other_locale()
    other = Conditions(
        far,
        "Pacific/Apia",
        locale,
        locale,
        "not there",
        0o077,
        4242,
        1,
        "cold",
        "by name, backwards",
        "1234567890",
        _clock(),
    )
    return plain, other


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
    library = faketime()
    if not library:
        return "true (faketime is not installed)"
    probe = "import time, threading; time.sleep(.1); threading.Event().wait(.1); print(time.time())"
    try:
        said = subprocess.run(
            [sys.executable, "-c", probe],
            env=os.environ | _faked(library),
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
        if float(said) - time.time() > 86400:
            return AHEAD
    except (OSError, ValueError, subprocess.SubprocessError):
        pass
    return "true (faketime is installed, but Python cannot wait under it)"


def faketime() -> str:
    """The library that changes the clock of a process, or ""."""
    found = (str(p) for g in FAKETIME for p in sorted(Path("/").glob(g.lstrip("/"))))
    return next(found, "")


def _faked(library: str) -> dict[str, str]:
    # The monotonic clock goes along: left out (FAKETIME_DONT_FAKE_MONOTONIC), time.sleep() fails.
    return {"LD_PRELOAD": library, "FAKETIME": AHEAD}


# -- Clean copies ----------------------------------------------------------------------------------


def tree(root: Path) -> list[str]:
    """The project's files, relative to its root: what Git would keep, without the outputs."""
    asked = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    inside = (root / ".git").exists()
    listed = subprocess.run(asked, capture_output=True, check=False) if inside else None
    if listed and not listed.returncode:
        names = set(listed.stdout.decode("utf-8").split("\0")) - {""}
    else:
        names = _not_ignored(root)
    kept = (n for n in names if not n.startswith(tuple(f"{o}/" for o in OUTPUTS)))
    return sorted(n for n in kept if (root / n).is_file())


def _not_ignored(root: Path) -> set[str]:
    """Every file that no line of .gitignore names; for a tree that is not in Git."""
    listed = root / ".gitignore"
    lines = listed.read_text("utf-8").splitlines() if listed.exists() else []
    patterns = [x.strip() for x in lines if x.strip() and not x.startswith("#")]
    patterns += [".git/", "__pycache__/", ".venv/"]
    found = set()
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [x for x in folders if not _ignored(here / x, patterns, folder=True)]
        found |= {(here / x).as_posix() for x in files if not _ignored(here / x, patterns)}
    return found


def _ignored(path: Path, patterns: Iterable[str], *, folder: bool = False) -> bool:
    for pattern in patterns:
        if pattern.endswith("/") and not folder:
            continue
        words = pattern.strip("/")
        whole = pattern.startswith("/") or "/" in words
        if fnmatch.fnmatchcase(path.as_posix() if whole else path.name, words):
            return True
    return False


def copy_tree(root: Path, target: Path, *, backwards: bool = False) -> None:
    """Copy the project's files into an empty folder; nothing that is built comes along."""
    for name in reversed(tree(root)) if backwards else tree(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)


# -- Builds ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """One build: where the report is, how long it took and what was said if it failed."""

    report: Path
    conditions: Conditions
    seconds: float
    status: int
    said: tuple[str, ...]

    @property
    def record(self) -> BuildRecord:
        return BuildRecord(self.conditions.in_words(), round(self.seconds, 1), self.status, self.said)


def build(root: Path, study: str, languages: Sequence[str], around: Conditions, temporary: Path) -> Built:
    """Build a study's report in a clean copy of the project, in a process of its own."""
    project = temporary / around.folder
    copy_tree(root, project, backwards=around.file_order.endswith("backwards"))
    side = temporary / f"{around.folder.split('/')[0]}-around"
    (side / "tmp").mkdir(parents=True)
    _make_home(side / "home", around.home)
    language = languages[0] if len(languages) == 1 else "both"
    command = [
        sys.executable,
        "-m",
        "analysis",
        "report",
        "--study",
        study,
        "--language",
        language,
        "--jobs",
        str(around.jobs),
        "--kernels",
        around.kernels,
    ]
    began = time.monotonic()
    status, said = _run(command, project, _surroundings(around, project, side, root), around.umask)
    seconds = time.monotonic() - began
    report = project / "reports" / study
    if not status and not report.is_dir():
        status = 1
    tail = () if not status else tuple(_scrubbed(x, temporary) for x in said.splitlines()[-20:])
    return Built(report, around, seconds, status, tail)


def _make_home(folder: Path, kind: str) -> None:
    if kind == "not there":
        folder.parent.joinpath("no-folder").touch()  # below a file nobody can make one, not even root
        return
    for name, text in _SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _surroundings(around: Conditions, project: Path, side: Path, root: Path) -> dict[str, str]:
    metadata = root / "build" / "metadata"  # how a Python of the user's own finds our entry points
    search = [str(project / "src"), *([str(metadata)] if metadata.is_dir() else [])]
    made = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    home = side / ("no-folder/home" if around.home == "not there" else "home")
    made |= {
        "PYTHONPATH": os.pathsep.join(search),
        "PYTHONHASHSEED": str(around.hash_seed),
        "HOME": str(home),
        "TMPDIR": str(side / "tmp"),
        "TZ": around.timezone,
        "LANG": around.lang,
        "LC_ALL": around.lc_all,
        "SOURCE_DATE_EPOCH": around.source_date_epoch,
    }
    if around.clock == AHEAD:
        made |= _faked(faketime())
    return {name: value for name, value in made.items() if value}


def _run(command: list[str], folder: Path, environment: dict[str, str], umask: int) -> tuple[int, str]:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
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
        except subprocess.TimeoutExpired:
            _end(process)
            said.write(f"still running after {LIMIT} s\n".encode())
        finally:
            _running.discard(process)
        said.seek(0)
        return process.returncode, said.read().decode("utf-8", "replace")


_running: set[subprocess.Popen] = set()


def _end(process: subprocess.Popen) -> None:
    """End a build as Ctrl-C would, so that it ends its kernels; then by force."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _scrubbed(line: str, temporary: Path) -> str:
    """A line without the temporary folder's name or the home folder's, which may name a person."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", line).replace(str(temporary), "<copy>")
    home = str(Path.home())
    return plain.replace(home, "~") if len(home) > 1 else plain


def _built_twice(
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
    if second.status and not first.status and second.conditions.clock == AHEAD:
        say("the second build failed under a changed clock; once more without")
        around = replace(
            pair[1], folder="again/" + pair[1].folder, clock="true (with faketime the build failed)"
        )
        second = build(root, study, languages, around, temporary)
    return first, second


# -- What is published -----------------------------------------------------------------------------


def expected(report: Path, *, environment: Environment | None = None) -> dict[str, Any]:
    """Describe a built report, so that another build can be held against it.

    An entry per artefact: its digest; what its text says (digest of the words, list of the
    numbers); for pictures the digest of the decoded pixels and the greys of their squares; for
    figures also the digest of the plotted rows.
    """
    manifest = json.loads((report / "manifest.json").read_text("utf-8"))
    found = environment or certificate.environment()
    return {
        "study": manifest["study"],
        "languages": manifest["languages"],
        "made_on": {
            "python": found.python,
            "system": found.system,
            "machine": found.machine,
            "locked": not found.differences,
            "lock": provenance.file_digest(paths.LOCK),
        },
        "artefacts": {name: _described(report, name) for name in artefacts(report)},
    }


def artefacts(report: Path) -> list[str]:
    """Every file of a built report, by its path in it."""
    return sorted(p.relative_to(report).as_posix() for p in report.rglob("*") if p.is_file())


def _described(report: Path, name: str) -> dict[str, Any]:
    content = (report / name).read_bytes()
    entry: dict[str, Any] = {"sha256": hashlib.sha256(content).hexdigest()}
    if name.endswith(".png"):
        picture = contents.pixels(content)
        entry["pixels"] = contents.pixel_digest(picture)
        entry["greys"] = contents.packed(contents.greys(picture))
    elif not contents.is_machinery(name):
        said = contents.read(name, content)
        entry |= {"words": said.words, "numbers": list(said.numbers)}
    rows = _rows_of(name)
    if rows and (report / rows).is_file():
        entry["rows"] = hashlib.sha256((report / rows).read_bytes()).hexdigest()
    return entry


def _rows_of(name: str) -> str:
    """The file with the plotted rows of a figure, or ""."""
    path = PurePosixPath(name)
    figure = path.parent.name == "figures" and path.suffix in (".png", ".svg")
    return str(path.with_suffix(".csv")) if figure else ""


def write_expected(study: str, root: Path = paths.ROOT) -> Path:
    """Write `expected/<study>.json` from the report in `reports/<study>`.

    Raises ReproduceError where that report was not built.
    """
    report = root / "reports" / study
    if not (report / "manifest.json").exists():
        raise ReproduceError(f"reports/{study}: not built; run: make report STUDY={study}")
    path = root / EXPECTED / f"{study}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(expected(report), ensure_ascii=False, indent=1, sort_keys=True)
    # A list of numbers on one line: a changed artefact is then a few changed lines.
    text = re.sub(r"\[[-\s\d.,eE+]*\]", lambda m: " ".join(m[0].split()), text)
    path.write_text(text + "\n", "utf-8")
    return path


def published(study: str, root: Path = paths.ROOT) -> dict[str, Any] | None:
    """What `expected/<study>.json` says, or None where there is no such file.

    Raises ReproduceError where the file cannot be read.
    """
    path = root / EXPECTED / f"{study}.json"
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ReproduceError(f"{EXPECTED}/{study}.json: {error}; write it again: make expected") from None


# -- Verdicts --------------------------------------------------------------------------------------


def judge(first: Path, second: Path, against: Mapping[str, Any] | None, *, exact: bool) -> list[Verdict]:
    """Give each artefact its three verdicts, in the order of their names.

    `first` and `second` are the two built reports, `against` what `expected` made of the published
    one. `exact`: only bytes count for *consistent*; else values and pixels may stand for them.
    """
    published = against["artefacts"] if against else {}
    made = {report: set(artefacts(report)) if report.is_dir() else set() for report in (first, second)}
    names = sorted(made[first] | made[second] | set(published))
    return [_verdict(name, first, second, made, published, against is None, exact) for name in names]


def _verdict(
    name: str,
    first: Path,
    second: Path,
    made: Mapping[Path, set[str]],
    published: Mapping[str, Any],
    nothing: bool,
    exact: bool,
) -> Verdict:
    reports = [report for report in (first, second) if name in made[report]]
    entry = published.get(name)
    notes: list[str] = []
    complete = len(reports) == 2
    if not complete:
        notes.append("made by neither build" if not reports else "made by one of the two builds only")
    stable = complete
    if complete and (difference := unlike(name, first, second)):
        stable = False
        notes.append(f"the builds differ: {difference}")
    consistent = "no"
    if nothing:
        notes.append("nothing is published to hold it against")
    elif entry is None:
        notes.append("not among what is published")
    elif complete:
        results = [_consistent(name, report, published, exact) for report in (first, second)]
        consistent, note = min(results, key=lambda r: ("no", "in values", "yes").index(r[0]))
        notes += [note] if note else []
    digest = _digest(reports[0] / name) if reports else ""
    return Verdict(name, complete, stable, consistent, tuple(notes), digest, entry["sha256"] if entry else "")


def _digest(path: Path) -> str:
    """SHA-256 of a file as it is now (`provenance.file_digest` remembers what it once saw)."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unlike(name: str, first: Path, second: Path) -> str:
    """How an artefact differs between two reports, in words; "" where it does not."""
    one, other = (first / name), (second / name)
    modes = [f"{path.stat().st_mode & 0o777:o}" for path in (one, other)]
    said = [f"permissions {modes[0]} and {modes[1]}"] if modes[0] != modes[1] else []
    a, b = one.read_bytes(), other.read_bytes()
    if a != b:
        said.insert(0, _pictures_unlike(a, b) if name.endswith(".png") else _texts_unlike(name, a, b))
    return "; ".join(said)


def _pictures_unlike(a: bytes, b: bytes) -> str:
    one, other = contents.pixels(a), contents.pixels(b)
    if one.shape != other.shape:
        return f"{one.shape[1]} × {one.shape[0]} and {other.shape[1]} × {other.shape[0]} pixels"
    count = int((one != other).any(axis=2).sum())
    return f"{count} pixels of {one.shape[0] * one.shape[1]}" if count else "bytes, but no pixel"


def _texts_unlike(name: str, a: bytes, b: bytes) -> str:
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    line = a[:at].count(b"\n") + 1
    around = [c[max(at - 20, 0) : at + 40].decode("utf-8", "ignore") for c in (a, b)]
    try:
        same = contents.read(name, a).same_as(contents.read(name, b))
    except ValueError:
        same = False
    values = " (but not in values)" if same and not contents.is_machinery(name) else ""
    return f"from line {line}: {around[0]!r} and {around[1]!r}{values}"


def _consistent(name: str, report: Path, published: Mapping[str, Any], exact: bool) -> tuple[str, str]:
    """One of yes, in values, no; and what was found where it is not yes."""
    entry, content = published[name], (report / name).read_bytes()
    if hashlib.sha256(content).hexdigest() == entry["sha256"]:
        return "yes", ""
    if contents.is_machinery(name):
        same, how = True, "program text of the site, which holds no values"
    elif name.endswith(".png"):
        same, how = _picture_consistent(content, entry)
    else:
        then = contents.Contents(entry["words"], tuple(entry["numbers"]))
        try:
            same = contents.read(name, content).same_as(then)
        except ValueError as error:
            return "no", str(error)
        how = "words and values are as published" if same else "words or values are not as published"
    rows = _rows_of(name)
    if same and rows in published and (report / rows).is_file():
        kept, found = _consistent(rows, report, published, exact)
        if kept == "no":
            same, how = False, f"its plotted rows: {found}"
    if exact:
        return "no", f"other bytes than published, in the environment of the published; {how}"
    return ("in values" if same else "no"), f"other bytes than published; {how}"


def _picture_consistent(content: bytes, entry: Mapping[str, Any]) -> tuple[bool, str]:
    picture = contents.pixels(content)
    if contents.pixel_digest(picture) == entry["pixels"]:
        return True, "every pixel is as published"
    return contents.looks_like(contents.greys(picture), contents.unpacked(entry["greys"]))


# -- The protocol ----------------------------------------------------------------------------------


def reproduce(
    study: str,
    *,
    languages: Sequence[str] = (),
    reviewer: str = "",
    root: Path = paths.ROOT,
    folder: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Certificate:
    """Build a study's report twice from clean copies, judge it, and write the certificate.

    study      a folder of data/raw
    languages  those of the published report if not given; both if there is none
    reviewer   who vouches for it; without a name the certificate names nobody
    folder     for certificate.json, certificate.html, codecheck.yml and the report that was made
               (build/certificate/<study> if not given); what it held is replaced
    say        called with a line of progress

    The certificate `holds` only if every artefact is complete, stable and consistent. Raises
    ReproduceError where `expected/<study>.json` cannot be read.
    """
    began, now = time.monotonic(), datetime.now(UTC).replace(microsecond=0)
    against = published(study, root)
    languages = tuple(languages) or tuple(against["languages"] if against else LANGUAGES)
    here = certificate.environment(root / "requirements.lock")
    differences = (*here.differences, *_elsewhere(here, against))
    folder = folder or root / "build" / "certificate" / study
    with tempfile.TemporaryDirectory(prefix="reproduce-") as name:
        temporary = Path(name).resolve()
        first, second = _built_twice(root, study, languages, temporary, say)
        say("comparing each artefact")
        verdicts = judge(first.report, second.report, against, exact=not differences)
        made = Certificate(
            study=study,
            languages=languages,
            reviewer=reviewer,
            checked=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(time.monotonic() - began, 1),
            source=source(root),
            environment=replace(here, differences=differences),
            builds=(first.record, second.record),
            artefacts=tuple(verdicts),
        )
        certificate.write(made, folder, first.report, None if made.stable else second.report)
    return made


def _elsewhere(here: Environment, against: Mapping[str, Any] | None) -> list[str]:
    """Where this machine is not like the one on which the published report was made."""
    then = against["made_on"] if against else {}
    now = {"python": here.python, "system": here.system, "machine": here.machine}
    found = [
        f"{name} {value} (published with {then[name]})"
        for name, value in now.items()
        if name in then and then[name] != value
    ]
    return found + (
        ["the published report was not made with the locked versions"] if then and not then["locked"] else []
    )


def source(root: Path) -> dict[str, Any]:
    """Which state of the project was built: the commit, and how many files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
        return done.stdout if not done.returncode else ""

    if not (root / ".git").exists():
        return {"commit": "", "changed": 0}
    return {
        "commit": git("rev-parse", "HEAD").strip(),
        "changed": len(git("status", "--porcelain").splitlines()),
    }
