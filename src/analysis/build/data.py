"""From the transcription to the tidy tables: check everything, then write what differs."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from analysis import paths
from analysis.build import provenance

_MADE_FROM = "made_from"  # in datapackage.json: the digest of what the tables were made from


def write(study: str) -> int:
    """Check a study and bring `data/processed/<study>/` up to date; return how many files changed.

    Nothing is read but digests where the tables were made from the same files by the same code.
    Raises StudyError with every problem of the transcription, and then changes nothing.
    """
    target = paths.PROCESSED / study
    now = made_from(study)
    if _recorded(target) == now and _whole(target):
        return 0
    from analysis.tidy import tables
    from analysis.transcribe import crosswalk, load, schema
    from analysis.verify import record

    book = schema.load()
    loaded = load.read(paths.RAW / study, book)
    state = record.state(loaded, book)
    joined = crosswalk.read(paths.RAW, loaded, book)
    made = tables.make(loaded, book, state, joined)
    return _replace(target, tables.files(loaded, book, made, state, now))


def made_from(study: str) -> str:
    """Digest of the transcription, the crosswalk, the schema and the code that makes tables of them."""
    files = [*sorted((paths.RAW / study).iterdir()), *paths.RAW.glob("*.csv"), paths.SCHEMA]
    files += [
        provenance.PACKAGE.parent / name
        for name in provenance.modules(("analysis.tidy.tables", "analysis.transcribe.crosswalk"))
    ]
    return provenance.text_digest(
        "\n".join(f"{p.name} {provenance.file_digest(p)}" for p in files if p.is_file())
    )


def _recorded(target: Path) -> str:
    import json

    try:
        package = json.loads((target / "datapackage.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return package.get(_MADE_FROM, "")


def _whole(target: Path) -> bool:
    """Whether every table of the package is there with the bytes it was written with."""
    import json

    package = json.loads((target / "datapackage.json").read_text("utf-8"))
    return all(
        "sha256:" + provenance.file_digest(target / r["path"]) == r.get("hash") for r in package["resources"]
    )


def _replace(target: Path, files: dict[str, bytes]) -> int:
    """Write a folder's files, all or none; return how many differ from what was there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = {p.name: p.read_bytes() for p in target.iterdir()} if target.is_dir() else {}
    changed = sum(old.get(name) != content for name, content in files.items())
    changed += len(old.keys() - files.keys())
    if not changed:
        return 0
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        fresh = Path(folder, target.name)
        fresh.mkdir(mode=0o755)
        for name, content in files.items():
            (fresh / name).write_bytes(content)
            (fresh / name).chmod(0o644)
        if target.is_dir():
            target.rename(Path(folder, "old"))
        shutil.move(fresh, target)
    provenance.file_digest.cache_clear()  # what it remembers are the old files
    return changed
