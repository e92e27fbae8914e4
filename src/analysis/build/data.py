"""From the transcription to the tidy tables: check everything, then write what differs."""

from __future__ import annotations

import json
from pathlib import Path

from analysis import folders, paths
from analysis.build import staleness
from analysis.languages import catalogues
from analysis.transcribe import csv_text

_CODE = ("transcribe", "verify", "tidy", "languages")  # the rooms that make the tables
_STAMP = "tables.json"  # in build/<study>: what the tables were made from, and their digests


def write(study: str) -> int:
    """Check a study and bring `data/processed/<study>/` up to date; return how many files changed.

    Nothing is read but digests where the tables were made from the same files by the same code.
    Raises StudyError with every problem of the transcription, and then changes nothing.
    """
    folders.sweep(f".{study}-", paths.PROCESSED)
    if is_up_to_date(study):
        return 0
    from analysis.tidy import tables
    from analysis.transcribe import crosswalk, load, schema
    from analysis.verify import verification_log as record

    with folders.locked(paths.BUILD / study):
        now = made_from(study)
        loaded = load.read(paths.RAW / study)
        book = schema.load(languages=loaded.languages)
        state = record.state(loaded, book)
        made = tables.make(loaded, state, crosswalk.read(paths.RAW, loaded, book))
        changed = _replace(paths.PROCESSED / study, tables.files(loaded, made, state))
        staleness.forget()  # what it remembers are the old files
        stamp = json.dumps({"made_from": now, "files": _digests(paths.PROCESSED / study)}, indent=1)
        folders.write(paths.BUILD / study / _STAMP, stamp.encode("utf-8"))
    return changed


def is_up_to_date(study: str) -> bool:
    """Whether the tables are whole, and made from the transcription and by the code as they are now."""
    stamp = folders.read_json(paths.BUILD / study / _STAMP)
    return bool(stamp) and stamp == {
        "made_from": made_from(study),
        "files": _digests(paths.PROCESSED / study),
    }


def made_from(study: str) -> str:
    """Digest of the transcription, the crosswalk, the schema and the code that makes tables of them."""
    typed = [*sorted((paths.RAW / study).iterdir()), *sorted(paths.RAW.glob("*.csv"))]
    # As git keeps them: opened in a spreadsheet and saved, they are the same transcription.
    raw = [
        f"{path.name} {staleness.text_digest(csv_text.plain(path).hex())}" for path in typed if path.is_file()
    ]
    files = [path for room in _CODE for path in sorted((staleness.PACKAGE / room).glob("*.py"))]
    files += [*sorted(catalogues.FOLDER.glob("*.po")), catalogues.FOLDER / "words.yaml"]
    return staleness.text_digest("\n".join([*raw, staleness.files_digest([paths.SCHEMA, *files])]))


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: staleness.file_digest(path) for path in sorted(folder.glob("*"))}


def _replace(target: Path, files: dict[str, bytes]) -> int:
    """Write a folder's files, all or none; return how many differ from what was there."""
    old = {p.name: p.read_bytes() for p in target.iterdir()} if target.is_dir() else {}
    changed = sum(old.get(name) != files.get(name) for name in old.keys() | files.keys())
    if changed:
        with folders.replacing(target) as made:
            for name, content in files.items():
                (made / name).write_bytes(content)
                (made / name).chmod(0o644)
    return changed
