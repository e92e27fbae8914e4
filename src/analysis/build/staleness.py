"""Fresh or stale: all that a run depends on, as digests, and in words what changed since.

No modification times and no cache database: an executed notebook carries, in its metadata, the digests
of what it was made from, and is fresh while they are what they would be now. A run depends on the
columns of the tidy tables that it read, on the words of its own language, and on the code it can reach.

Imports nothing that is slow to import: a build that finds nothing to do ends here.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from analysis import paths
from analysis.build import plan, source
from analysis.build.plan import Job
from analysis.languages import catalogues

PACKAGE = paths.ROOT / "src" / "analysis"
# What `from analysis import figures, open_study` imports, and what takes from an executed notebook
# what differs by chance; a test compares it with what is imported.
REACHED = [
    *("__init__", "errors", "links", "parameters", "paths", "words"),
    *("figures/*", "languages/*", "notebook/*"),
    *("build/execute", "build/source"),
    *(f"tidy/{name}" for name in ("__init__", "comparison", "datapackage", "read")),
    *(f"transcribe/{name}" for name in ("__init__", "csv_table", "csv_text", "grade_values", "normaliser")),
    *(f"transcribe/{name}" for name in ("periods", "problems", "raw_tables", "schema", "study_yaml")),
]
SHARED_WORDS = "shared"  # the catalogue of every notebook
DESCRIPTION = "datapackage.json"
READINGS = "readings"  # among the reads: the results of the grid
_OF_THE_STUDY = ("study", "verification")  # among the reads: parts of the description

Inputs = Mapping[str, str | Mapping[str, str]]
Reads = Mapping[str, Sequence[str]]


def about(study: str, beside: Sequence[str] | None = None) -> dict[str, Any]:
    """What a study says of itself; the studies beside it are its own unless others (or none) are given.

    Among its `tables`, those that have rows, are those of the studies beside it.
    """
    found = dict(_description(paths.PROCESSED / study)["study"])
    found["beside"] = list(found["beside"] if beside is None else beside)
    there = [paths.PROCESSED / name for name in (study, *found["beside"])]
    tables = [_description(p)["study"].get("tables", ()) for p in there if (p / DESCRIPTION).exists()]
    return found | {"tables": sorted(set(itertools.chain(*tables)))}


def inputs(study: str, job: Job, reads: Reads, readings: Path | None = None) -> dict[str, Any]:
    """Everything a run depends on: the name of each thing to its digest, of a table to one a column.

    `reads` are the columns (`[]` for all) by table, `study/table` for one of another study.
    """
    notebook = plan.read(paths.NOTEBOOKS / f"{job.notebook}.ipynb")
    code = [[c["source"], source.is_tagged(c, "parameters")] for c in source.code(notebook)]
    words = [p for p in sorted((paths.NOTEBOOKS / "words").glob("*.yaml")) if _is_used(p.stem, job, code)]
    found: dict[str, Any] = {
        f"{job.notebook}.ipynb (code)": text_digest(json.dumps(code)),
        "parameters": text_digest(json.dumps(dict(job.parameters), sort_keys=True)),
        **{_named(path): _words(path, job.language) for path in words},
        **{_named(path): file_digest(path) for path in modules(json.dumps(code))},
        **{_named(path): _words(path, job.language) for path in sorted(PACKAGE.glob("*/words.yaml"))},
        "data/schema.yaml": file_digest(paths.SCHEMA),
        "requirements.lock": file_digest(paths.LOCK),
        "font": _font_version(),
    }
    if job.language not in catalogues.WRITTEN:
        translation = catalogues.FOLDER / f"{job.language}.po"
        found[_named(translation)] = file_digest(translation)
    if "analysis.certificates" in json.dumps(code):
        found["certificates"] = files_digest(sorted((paths.ROOT / "certificates").glob("*.json")))
    for name, columns in reads.items():
        if name == READINGS:
            found["readings.csv"] = file_digest(readings) if readings else ""
        else:
            owner, _, table = name.removesuffix(".csv").rpartition("/")
            folder, own = paths.PROCESSED / (owner or study), owner in ("", study)
            said = table in _OF_THE_STUDY
            shown = f"{DESCRIPTION} ({table})" if said else f"{table}.csv"
            known = _said(folder, table) if said else _digests(folder / shown, job.language)
            read = {each: known.get(each, "") for each in (known if said else columns or known)}
            found[shown if own else f"{owner}/{shown}"] = read
    return found


def differences(now: Inputs, then: Inputs) -> list[str]:
    """What changed, in words: `grades.csv changed: columns grade, rank`, `x.py is new`."""
    return [
        _difference(name, now.get(name), then.get(name))
        for name in {**now, **then}
        if now.get(name) != then.get(name)
    ]


def _is_used(catalogue: str, job: Job, code: Sequence[Any]) -> bool:
    return catalogue in (SHARED_WORDS, job.notebook) or any(f'"{catalogue}"' in text for text, _ in code)


def modules(code: str = "") -> tuple[Path, ...]:
    """The files of the project's code that a notebook can reach, with the rooms that its own code names."""
    return _modules(tuple(sorted(set(re.findall(r"\banalysis\.(\w+)", code)))))


@lru_cache(maxsize=64)
def _modules(rooms: tuple[str, ...]) -> tuple[Path, ...]:
    names = [*REACHED, *rooms, *(f"{room}/*" for room in rooms)]
    return tuple(sorted({path for name in names for path in PACKAGE.glob(f"{name}.py")}))


@lru_cache(maxsize=4096)
def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, or "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def text_digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def files_digest(files: Iterable[Path]) -> str:
    """One digest of many files, their names and bytes."""
    return text_digest("\n".join(f"{_named(path)} {file_digest(path)}" for path in files if path.is_file()))


def forget() -> None:
    """Forget what was read: files have been written since, or are watched."""
    own = (file_digest, _modules, _words, _digests, _description)
    for cached in (*own, catalogues.translations, plan.read, plan.document):
        cached.cache_clear()


def _difference(name: str, now: Any, then: Any) -> str:
    if not now or not then:
        return f"{name} is {'gone' if not now else 'new'}"
    if isinstance(now, str) or isinstance(then, str):
        return f"{name} changed"
    columns = [column for column in {**now, **then} if now.get(column) != then.get(column)]
    return f"{name} changed: column{'s' if columns[1:] else ''} {', '.join(columns)}"


def _named(path: Path) -> str:
    return str(path.relative_to(paths.ROOT))


def _said(folder: Path, part: str) -> dict[str, str]:
    """The digests of what a description says of the study, or of its verification."""
    said = _description(folder)[part]
    return {key: text_digest(json.dumps(value, sort_keys=True)) for key, value in said.items()}


@lru_cache(maxsize=256)
def _digests(path: Path, language: str) -> dict[str, str]:
    """A digest of each column of a table: its values, and its type and title in a language."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError):
        return {}
    resources = _description(path.parent)["resources"]
    of: dict[str, Any] = next((r for r in resources if r["path"] == path.name), {})
    title = "title" if language == "en" else f"title_{language}"
    fields = {
        f["name"]: (f["type"], f.get(title, f["title"])) for f in of.get("schema", {}).get("fields", [])
    }
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    return {
        name: text_digest(json.dumps([fields.get(name), of.get(title, of.get("title")), values]))
        for name, values in zip(header, columns, strict=True)
    }


@lru_cache(maxsize=16)
def _description(folder: Path) -> dict[str, Any]:
    return json.loads((folder / DESCRIPTION).read_text("utf-8"))


@lru_cache(maxsize=256)
def _words(path: Path, language: str) -> str:
    """The digest of a catalogue of words in one language; "" where there is none."""
    if not path.is_file():
        return ""
    words = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
    return text_digest(json.dumps(_spoken(words, language), sort_keys=True))


def _spoken(words: Any, language: str) -> Any:
    """Words without those of the other languages."""
    if not isinstance(words, dict):
        return words
    own = language if language in catalogues.WRITTEN else "en"  # what a translation translates
    return {k: _spoken(v, own) for k, v in words.items() if k == own or k not in catalogues.WRITTEN}


@lru_cache(maxsize=1)
def _font_version() -> str:
    try:
        return version("matplotlib-fontja")
    except PackageNotFoundError:
        return "missing"
