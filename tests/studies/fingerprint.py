"""Fill the fingerprints of an invented study from the text it was invented with.

    PYTHONPATH=src python tests/studies/fingerprint.py tests/studies/harbour

`source.txt` is the text; `pieces.yaml` gives every passage by its first and last words, which may
be broken by lines there. `opening`, `chars` and `sha256` of `passages.csv` are written anew and
everything else is left as it is. Nothing is written unless every passage is found exactly once.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import yaml

from analysis.transcribe.normaliser import normalise
from analysis.verify.passages import fingerprint


def main(folder: Path) -> None:
    """Fill the passages of one study folder."""
    normaliser = yaml.safe_load(folder.joinpath("study.yaml").read_text("utf-8"))["normaliser"]
    source = normalise(folder.joinpath("source.txt").read_text("utf-8"), normaliser)
    pieces = yaml.safe_load(folder.joinpath("pieces.yaml").read_text("utf-8"))
    table = folder / "passages.csv"
    reader = csv.DictReader(io.StringIO(table.read_text("utf-8")))
    rows = [row | filled(row["id"], pieces, source, normaliser) for row in reader]
    if left := sorted(set(pieces) - {row["id"] for row in rows}):
        raise SystemExit(f"{table}: no row for {', '.join(left)}, which pieces.yaml has")
    written = io.StringIO()
    writer = csv.DictWriter(written, reader.fieldnames, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    table.write_text(written.getvalue(), "utf-8")
    print(f"{table}: {len(rows)} passages")


def filled(passage: str, pieces: dict[str, list[str]], source: str, normaliser: str) -> dict:
    """Return the three cells that a passage's wording decides."""
    if passage not in pieces:
        raise SystemExit(f"pieces.yaml: no first and last words for {passage}")
    mark = fingerprint(piece(passage, *pieces[passage], source, normaliser), normaliser)
    return {"opening": mark.opening, "chars": mark.chars, "sha256": mark.sha256}


def piece(passage: str, first: str, last: str, source: str, normaliser: str) -> str:
    """Return the stretch of the source from the first words to the next last words."""
    first, last = normalise(first, normaliser), normalise(last, normaliser)
    if source.count(first) != 1:
        found = source.count(first)
        raise SystemExit(f"{passage}: '{first}' stands {found} times in source.txt, expected once")
    start = source.index(first)
    end = source.find(last, start)
    if end < 0:
        raise SystemExit(f"{passage}: '{last}' does not follow '{first}' in source.txt")
    return source[start : end + len(last)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
