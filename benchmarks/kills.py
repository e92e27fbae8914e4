"""What killed commands leave behind: kills each command at a random point of its time, many times.

    python benchmarks/kills.py [KILLS] [COMMAND ...]

Works on the synthetic study of the tests in a clone of the last commit, in a temporary folder. Each time something is changed that the command
has to make again; the command is killed (its process group; by SIGKILL three times in five, by SIGTERM and
SIGINT else) at a point drawn evenly from its duration; then the same command is run to its end. Prints a table:

* whole before, whole after: what the command writes was, after the kill, to the byte what it had been
  before, or what the finished command made of it
* broken: it was neither, or a file that the command does not write had changed, or the next one failed
* left: after how many kills a file, folder, socket or process was there that a finished command leaves
  none of; before the next command, and after it (a kernel may take two seconds to see that it is alone)
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDY, NEW = "harbour", "ports"
HARBOUR = Path("tests") / "studies" / STUDY
SIGNALS = [signal.SIGKILL] * 3 + [signal.SIGTERM, signal.SIGINT]
MARK = "KILLED_BY_BENCHMARK"  # a variable that every process of a command inherits


@dataclass(frozen=True)
class Command:
    """A command, what it writes, what is changed before it, and its share of the kills."""

    arguments: list[str]
    writes: str
    change: Callable[[Clone, int], None]
    share: float


class Clone:
    """A clone of the project, in which commands are run and killed."""

    def __init__(self, folder: Path) -> None:
        self.root, self.temporary = folder / "project", folder / "tmp"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(self.root)], check=True)
        self.temporary.mkdir()
        self.mark = folder.name
        self.environment = os.environ | {
            "PYTHONPATH": str(self.root / "src"),
            "TMPDIR": str(self.temporary),
            "STUDY": STUDY,
            MARK: self.mark,
        }
        shutil.copytree(self.root / HARBOUR, self.root / "data" / "raw" / STUDY)
        for name in ("data", "verify", "data", "report", "export", "expected"):
            if self.start(COMMANDS[name]).wait() != 0:
                sys.exit(f"{name}: fails without any kill")
        committed = [["add", "."], ["-c", "user.name=-", "-c", "user.email=-", "commit", "-qm", "Built"]]
        for words in committed:
            subprocess.run(["git", *words], cwd=self.root, check=True)

    def start(self, command: Command) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "analysis", *command.arguments],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def digest(self, name: str) -> str:
        """A digest of a file, or of a folder's names and bytes; "" where there is none."""
        path, found = self.root / name, hashlib.sha256()
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            content = file.read_bytes()
            found.update(f"{file.relative_to(self.root)} {len(content)}\n".encode() + content)
        return found.hexdigest() if path.exists() else ""

    def other_changes(self, but: str) -> str:
        """How tracked files differ from the commit, but for the tables (`data` tells of them) and `but`."""
        asked = ["git", "diff", "--", ".", ":(exclude)data/processed", f":(exclude){but}"]
        return subprocess.run(asked, cwd=self.root, capture_output=True, text=True, check=True).stdout

    def there(self, but: str) -> set[str]:
        """The names of all files and folders, but in what a command writes; and the processes."""
        found = set()
        for top in (self.root, self.temporary):
            for folder, below, files in os.walk(top):
                below[:] = [n for n in below if n not in (".git", "__pycache__")]
                below[:] = [n for n in below if (Path(folder) / n) != self.root / but]
                found |= {str(Path(folder) / name) for name in (*below, *files)}
        return found | set(self.processes())

    def processes(self) -> list[str]:
        """The processes that a command has started, or that they have."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                    found.append(f"process {process.name}")
            except OSError:  # ended meanwhile, or another user's
                continue
        return found

    def settled(self) -> None:
        """Wait until no process is left, for two seconds at most."""
        until = time.monotonic() + 2
        while self.processes() and time.monotonic() < until:
            time.sleep(0.1)


# -- What is changed before a command -------------------------------------------------------------


def _study(clone: Clone, number: int) -> None:
    path = clone.root / "data" / "raw" / STUDY / "study.yaml"
    lines = path.read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("venue_en:"))
    lines[at] = f'venue_en: "Venue {number}"'
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _page(clone: Clone, number: int) -> None:
    path = clone.root / "notebooks" / "03_issues.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    kinds = {cell["cell_type"]: cell for cell in notebook["cells"]}  # the last of each
    for kind, mark in (("code", "# "), ("markdown", "")):
        source = "".join(kinds[kind]["source"]).partition("\n\nKill ")[0].partition("\n# Kill ")[0]
        kinds[kind]["source"] = f"{source}\n{mark or chr(10)}Kill {number}".splitlines(keepends=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def _expected(clone: Clone, number: int) -> None:
    path = clone.root / "expected" / f"{STUDY}.json"
    path.write_text(path.read_text("utf-8").rstrip() + "\n" * (number % 9 + 2), "utf-8")


def _begun(clone: Clone, _: int) -> None:
    shutil.rmtree(clone.root / "data" / "raw" / NEW, ignore_errors=True)


_BEGIN = ["new-study", "--study", NEW, "--title", "Ports", "--language", "en"]
_VERIFY = ["verify", "--source", str(HARBOUR / "source.txt")]
_VERIFIED, _REPORT = f"data/raw/{STUDY}/verification.json", f"reports/{STUDY}"
COMMANDS = {
    "new-study": Command(_BEGIN, f"data/raw/{NEW}", _begun, 0.3),
    "data": Command(["data"], f"data/processed/{STUDY}", _study, 0.25),
    "verify": Command(_VERIFY, _VERIFIED, _study, 0.15),
    "export": Command(["export"], f"exports/{STUDY}", _study, 0.1),
    "report PAGE=issues": Command(["report", "--page", "issues"], _REPORT, _page, 0.1),
    "report": Command(["report"], _REPORT, _page, 0.05),
    "expected": Command(["expected"], f"expected/{STUDY}.json", _expected, 0.05),
}


# -- Kills ----------------------------------------------------------------------------------------


def kill_often(clone: Clone, command: Command, kills: int) -> Counter[str]:
    """Kill a command so many times; what was found after each kill, counted."""
    subprocess.run(["git", "checkout", "-q", "."], cwd=clone.root, check=True)
    clone.start(command).wait()  # everything but the change is made
    command.change(clone, 0)
    began = time.monotonic()
    clone.start(command).wait()
    duration, expected = time.monotonic() - began, clone.there(command.writes)
    found: Counter[str] = Counter({"ms": round(1000 * duration)})
    for number in range(1, kills + 1):
        command.change(clone, number)
        before, others = clone.digest(command.writes), clone.other_changes(command.writes)
        running = clone.start(command)
        time.sleep(random.uniform(0, duration))
        if running.poll() is not None:
            continue  # it was quicker than the time that was measured
        found["kills"] += 1
        os.killpg(running.pid, sign := random.choice(SIGNALS))
        running.wait()
        clone.settled()
        between = clone.digest(command.writes)
        found["left before"] += clone.there(command.writes) != expected
        next_one = clone.start(command).wait()
        clone.settled()
        after = clone.digest(command.writes)
        left = clone.there(command.writes) ^ expected
        states = {before: "whole before", after: "whole after"}
        failed = next_one != 0 and not (next_one == 2 and after == between != "")  # a study begun already
        changed = others != clone.other_changes(command.writes)
        state = "broken" if failed or changed else states.get(between, "broken")
        found[state] += 1
        found["left after"] += bool(left)
        if left or state == "broken":
            why = f"next one: {next_one}, others changed: {changed}, left: {sorted(left)[:4]}"
            print(f"{' '.join(command.arguments)}: {state} by {sign.name}; {why}", file=sys.stderr)
            expected ^= left  # said once
    return found


def main() -> None:
    """Kill every command and print the table."""
    if sys.argv[1:2] in (["-h"], ["--help"]):
        sys.exit(__doc__)
    kills, chosen = int((sys.argv[1:] or ["200"])[0]), sys.argv[2:] or list(COMMANDS)
    shares = sum(COMMANDS[name].share for name in chosen)
    print("| command | ms | kills | whole before | whole after | broken | left before | left after |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        clone = Clone(Path(folder))
        for name in chosen:
            times = round(kills * COMMANDS[name].share / shares)
            found = kill_often(clone, COMMANDS[name], times)
            columns = ("kills", "whole before", "whole after", "broken", "left before", "left after")
            cells = [name, found["ms"], *(found[column] for column in columns)]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
