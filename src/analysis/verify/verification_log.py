"""The record of a check: who has no source sees whether the tables are still those checked.

`verification.json` stands beside the tables. It holds no text of the source: counts, digests, and where
each passage stands (as places, for the strip map). Written only by a check that found everything, and stale
as soon as a row it saw has changed.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import folders
from analysis.languages import comma
from analysis.transcribe import periods
from analysis.transcribe import schema as schemas
from analysis.transcribe.csv_text import failure, plain, split
from analysis.transcribe.load import Study
from analysis.transcribe.schema import Schema
from analysis.transcribe.study_yaml import FILE as META
from analysis.verify.coverage import Coverage, measure
from analysis.verify.fingerprints import digest
from analysis.verify.source_text import Heading, Span
from analysis.words import counted, small

if TYPE_CHECKING:
    from analysis.verify.verify import Report

FILE = "verification.json"
FORMAT = 1  # of this file; a check that finds out more or less than this one has another number
SHORT = 12  # characters of a row's digest: it needs to be told from other rows, not hidden
_RULES = "schema.yaml (which columns are verbatim)"


class Status(StrEnum):
    """What is known of a study's tables without its source."""

    VERIFIED = "verified"
    CHANGED = "changed"
    NOT_VERIFIED = "not_verified"


@dataclass(frozen=True)
class VerificationState:
    """Whether a study's tables are those that were checked, and what changed if they are not."""

    status: Status
    date: str = ""  # of the check, ISO
    places: tuple[str, ...] = ()  # `phases.csv line 4`
    record: Mapping[str, Any] | None = None

    def words(self, language: str, most: int = 3) -> str:
        """Say it to a reader of a language: verified on a day, changed since and where, or not."""
        words = small(language)
        if self.status == Status.NOT_VERIFIED:
            return words.text("not-verified")
        if self.status == Status.VERIFIED:
            return words.text("verified", day=periods.display(str(self.date), language))
        said = map(_in_japanese, self.places) if language == "ja" else self.places
        places, more = comma(language).join(list(said)[:most]), len(self.places) - most
        return words.text("changed-more" if more > 0 else "changed", places=places, n=more)

    def changes(self, most: int = 12) -> str:
        """Say how many rows changed since the check, by file and line: for whoever checks again."""
        if self.status == Status.NOT_VERIFIED:
            return "no check is on record: every row is new"
        lines: dict[str, list[str]] = defaultdict(list)
        for place in self.places:
            file, _, line = place.partition(" line ")
            lines[file] += [line] if line else []
        removed = sum(int(number) for p in self.places for number in re.findall(r"\((\d+) lines? r", p))
        total = sum(map(len, lines.values())) + removed or len(self.places)
        named = []
        for file, at in lines.items():
            listed = f" line{'s' * (len(at) > 1)} {', '.join(at[:most])}{', …' * (len(at) > most)}"
            named.append(file + (listed if at else ""))
        said = f"since the check of {self.date}: {total or 'no'} row{'s' * (total != 1)} changed"
        return ": ".join(filter(None, [said, "; ".join(named)]))


def write_record(report: Report, study: Study) -> Path:
    """Write the record of a check that found everything; return where.

    Raises StudyError, and writes nothing, where the check found something wrong.
    """
    path = study.folder / FILE
    if not report.ok:
        found = f"a check with {counted(len(report.problems), 'problem')}"
        expected, advice = "a check that found everything", "put that right and verify again"
        raise failure(path, found, expected, advice)
    folders.write(path, _written(_record(report, study)).encode("utf-8"))
    return path


def state(study: Study, schema: Schema | None = None) -> VerificationState:
    """Say whether a study's tables are those of its record. No source is needed.

    Raises StudyError where the record cannot be read.
    """
    path = study.folder / FILE
    if not path.exists():
        return VerificationState(Status.NOT_VERIFIED)
    record = _read(path)
    places = tuple(_changes(record, study, schema))
    status = Status.CHANGED if places else Status.VERIFIED
    return VerificationState(status, record["date"], places, record)


def recorded_coverage(study: Study, record: Mapping[str, Any]) -> Coverage:
    """Return what covers the source, from the places in a record and the tables as they are now."""
    places = {id_: [Span(*span) for span in spans] for id_, spans in record["places"].items()}
    heads = [Heading(section, Span(*span)) for section, *span in record["headings"]]
    return measure(study, places, heads, record["source"]["chars"])


def _record(report: Report, study: Study) -> dict[str, Any]:
    lines = {file: [row for _, row in rows] for file, rows in _rows(study.folder).items()}
    return {
        "format": FORMAT,
        "study": study.id,
        "date": report.today.isoformat(),
        "source": report.described,
        "verbatim": _rules(report.schema),
        "tables": {"sha256": digest(json.dumps(lines, sort_keys=True)), "lines": lines},
        "verdicts": report.counts,
        "coverage": {
            share.section or "all": {n: getattr(share, n) for n in ("chars", "recorded", "reasoned")}
            for share in report.coverage.shares
        },
        "headings": [[head.section, *head.span] for head in report.text.headings],
        "places": {result.id: result.place.spans for result in report.passages},
    }


def _written(record: Mapping[str, Any]) -> str:
    """A record as JSON, keys sorted, one line for each of its parts' entries."""

    def written(part: Mapping[str, Any], indent: str) -> str:
        lines = []
        for key, value in sorted(part.items()):
            whole = indent == " " and isinstance(value, Mapping)
            said = written(value, "  ") if whole else json.dumps(value, ensure_ascii=False, sort_keys=True)
            lines.append(f"{indent}{json.dumps(key)}: {said}")
        return "{\n" + ",\n".join(lines) + f"\n{indent[1:]}}}"

    return written(record, " ") + "\n"


def _read(path: Path) -> dict[str, Any]:
    expected = f"a record of format {FORMAT}, as a check writes it"
    try:
        record = json.loads(path.read_text("utf-8"))
        sound = record["format"] == FORMAT and isinstance(record["date"], str)
        lines = record["tables"]["lines"]
        if sound and all(isinstance(row, str) for rows in lines.values() for row in rows):
            return record
        found = "another format"
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        found = f"{type(error).__name__} on reading it"
    raise failure(path, found, expected, "remove it, or verify again")


def _changes(record: Mapping[str, Any], study: Study, schema: Schema | None) -> Iterator[str]:
    """Yield where the tables are not those of a record: `phases.csv line 4`."""
    if record["verbatim"] != _rules(schema or schemas.load(languages=study.languages)):
        yield _RULES
    now = _rows(study.folder)
    for file in sorted(now.keys() | record["tables"]["lines"].keys()):
        if file not in now:
            yield f"{file} (removed)"
            continue
        before, changed = Counter(record["tables"]["lines"].get(file, [])), []
        for line, row in now[file]:
            if before[row]:
                before[row] -= 1
            else:
                changed.append(line)
        yield from (f"{file} line {line}" for line in changed)
        # A changed row leaves one that is not there any more: only what is beyond that was removed.
        gone = before.total() - len(changed)
        if gone > 0:
            yield f"{file} ({gone} line{'s' * (gone > 1)} removed)"


def _rows(folder: Path) -> dict[str, list[tuple[int, str]]]:
    """The digest of every row's cells (quoting does not count) by file, with the line on which it begins."""
    files = {path.name: _table_rows(path) for path in sorted(folder.glob("*.csv"))}
    meta = plain(folder / META).decode("utf-8").splitlines()
    files[META] = [(number, digest(line)[:SHORT]) for number, line in enumerate(meta, 1) if line.strip()]
    return files


def _table_rows(path: Path) -> list[tuple[int, str]]:
    rows = split(plain(path).decode("utf-8"))
    return [(row.line, digest("\x1f".join(row.cells))[:SHORT]) for row in rows]


def _rules(schema: Schema) -> str:
    """Digest of what the schema says is verbatim: a check is only as strict as that."""
    rules = [
        (table.name, table.anchor, field.name, field.verbatim)
        for table in schema.tables.values()
        for field in table.own
        if field.verbatim
    ]
    return digest(json.dumps(rules))


def _in_japanese(place: str) -> str:
    place = re.sub(r" line (\d+)$", r" \1行目", place)
    place = re.sub(r" \((\d+) lines? removed\)$", r"（\1行削除）", place)
    return place.replace(" (removed)", "（削除）").replace(_RULES, "schema.yaml（照合する列）")
