"""What the verification of a study against its source catches, survives and costs.

    python benchmarks/verification.py [STUDY_FOLDER SOURCE]

Without arguments the invented study of the tests is measured. Prints three tables:

* mutations: every verbatim cell altered in turn; how many the check finds wrong, and each that it
  does not. Every class of characters of the source altered; how many passages stay EXACT (none).
* noise: copies of the source as other layouts and extractions give it; how many passages are EXACT.
* time: the study's own source, and generated ones up to 300 pages (600,000 characters, 5,000
  passages), to show that the cost grows with the length and not with its square.
"""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis import paths
from analysis.transcribe import load, periods
from analysis.transcribe import schema as schemas
from analysis.transcribe.load import Study
from analysis.transcribe.normaliser import _RADICALS, normalise
from analysis.transcribe.problems import StudyError
from analysis.transcribe.schema import Field, Schema, Table
from analysis.verify import sources, verify
from analysis.verify.check_cells import Cells, CellVerdict
from analysis.verify.passages import Fingerprint, PassageVerdict, Place, fingerprint, locate
from analysis.verify.source_text import SourceText

HARBOUR = paths.ROOT / "tests" / "studies" / "harbour"
TODAY = date(2020, 1, 1)  # of no consequence: nothing is written


# --- mutations of cells -------------------------------------------------------------------------
@dataclass(frozen=True)
class Mutation:
    """One verbatim cell with another value."""

    table: str
    line: int
    column: str
    kind: str  # how the cell is verbatim
    alteration: str
    before: str
    after: str

    def __str__(self) -> str:
        where = f"{self.table}.csv:{self.line}: {self.column}"
        return f"{where}: {self.before} -> {self.after} ({self.alteration})"


def mutations(study: Study, schema: Schema) -> Iterator[Mutation]:
    """Yield every verbatim cell that is held to the source, altered in every way of its kind."""
    for table in schema.tables.values():
        frame = study.tables[table.name]
        if "passages" not in frame:
            continue
        for field in table.verbatim_in(study.meta.language):
            for line, row in frame.astype(object).iterrows():
                value = "" if pd.isna(row[field.name]) else str(row[field.name])
                concluded = row["inferred"].split() if row.get("basis") == "inferred" else []
                if not value or field.name in concluded:
                    continue
                seen = {value}
                for alteration, after in _alterations(field, value, study, schema):
                    if after not in seen and not _same(field, value, after, study):
                        seen.add(after)
                        kind = field.verbatim.replace(" ", "+")
                        yield Mutation(table.name, int(line), field.name, kind, alteration, value, after)


def _same(field: Field, before: str, after: str, study: Study) -> bool:
    """Whether two values say the same: a space more between two names is no mutation."""
    if field.verbatim == "number":
        return float(before) == float(after)
    if field.verbatim not in {"text", "names"}:
        return False
    both = [normalise(v, study.meta.normaliser).replace(" ", "") for v in (before, after)]
    return both[0] == both[1]


def _alterations(field: Field, value: str, study: Study, schema: Schema) -> Iterator[tuple[str, str]]:
    kind = field.verbatim.split()[0]
    if kind in {"period", "date"}:
        yield from ((name, after) for name, after in _redated(value) if _is_period(after))
    elif kind in {"number", "ordinal", "citation"}:
        yield from _recounted(value)
    elif kind == "grade":
        yield from (("another grade", grade) for grade in ["S", "A", "A-", "A+", "B", "C", "D"])
    elif kind in {"text", "names"}:
        yield from _respelt(value)
    elif kind == "vocabulary":
        yield from (("another value", other) for other in schema.values(field))
    elif field.references:
        named = field.references.split()[0].split(".")[0]
        others = [*study.tables[named]["id"], *(["common"] if "common" in field.references else [])]
        yield from ((f"another of {named}", other) for other in others)


def _redated(value: str) -> Iterator[tuple[str, str]]:
    for by in (-1, 1):
        shifted = re.sub(r"\d{4}", lambda year, by=by: str(int(year[0]) + by), value)
        yield "shifted by a year", shifted
        for year in re.finditer(r"\d{4}", value):
            after = f"{value[: year.start()]}{int(year[0]) + by}{value[year.end() :]}"
            yield "one year shifted", after
        for part in re.finditer(r"(?<=-)\d\d", value):
            after = f"{value[: part.start()]}{int(part[0]) + by:02}{value[part.end() :]}"
            yield "month or day changed", after
    for place, digit in enumerate(value):
        if digit.isdigit():
            for other in "0123456789":
                yield "digit changed", value[:place] + other + value[place + 1 :]
    if "/" in value:
        start, _, end = value.partition("/")
        yield from (("an end dropped", v) for v in (start, end, f"{start}/..", f"../{end}"))
    else:
        yield "precision changed", value[:4] if value[0] != "F" else value[2:]


def _is_period(value: str) -> bool:
    try:
        periods.parse(value)
    except ValueError:
        return False
    return True


def _recounted(value: str) -> Iterator[tuple[str, str]]:
    number = float(value)
    for other in (number - 1, number + 1, number + 10, number * 10):
        if other > 0:
            yield "number changed", f"{other:g}"
    digits = value.rstrip("0").rstrip(".") if "." in value else value
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if re.fullmatch(r"[1-9]\d*(\.\d+)?", swapped):
            yield "digits swapped", swapped


def _respelt(value: str) -> Iterator[tuple[str, str]]:
    for place in range(len(value) - 1):
        pair = value[place + 1] + value[place]
        yield "characters swapped", value[:place] + pair + value[place + 2 :]
    for place in range(len(value)):
        yield "character changed", value[:place] + "〓" + value[place + 1 :]


@dataclass(frozen=True)
class Killed:
    """What became of a mutation: found wrong, refused on reading, or let pass (and why)."""

    mutation: Mutation
    how: str  # NOT_FOUND, refused, repeats, survived


def tried(study: Study, source_text: str, schema: Schema, chosen: Sequence[Mutation]) -> list[Killed]:
    """Hold each mutated row to the source, all else being as it was."""
    layout = SourceText(source_text, study.meta.normaliser)
    places = dict(zip(study.tables["passages"]["id"], locate(_prints(study), layout), strict=True))
    cells = Cells(study, schema, layout, places)
    rows = {name: _rows(study.tables[name]) for name in {mutation.table for mutation in chosen}}
    return [Killed(m, _fate(m, study, schema, cells, rows[m.table])) for m in chosen]


def _rows(frame: pd.DataFrame) -> dict[int, dict[str, str]]:
    return frame.astype("string").fillna("").to_dict("index")


def _fate(
    mutation: Mutation, study: Study, schema: Schema, cells: Cells, rows: dict[int, dict[str, str]]
) -> str:
    table = schema.tables[mutation.table]
    row = {**rows[mutation.line], mutation.column: mutation.after}
    claims = cells.claims.of_row(table, mutation.line, row)
    if any(cell.verdict == CellVerdict.NOT_FOUND for cell in cells.of_row(claims)):
        return "NOT_FOUND"
    others = [other for line, other in rows.items() if line != mutation.line]
    if _repeats(row, others, table):
        return "repeats"
    return "refused" if _refused(mutation, study, schema) else "survived"


def _refused(mutation: Mutation, study: Study, schema: Schema) -> bool:
    """Whether the study is not even read with the altered cell."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(study.folder, Path(scratch) / study.folder.name))
        path = folder / f"{mutation.table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        number = study.tables[mutation.table].index.get_loc(mutation.line) + 1
        rows[number][rows[0].index(mutation.column)] = mutation.after
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(rows)
        path.write_text(written.getvalue(), "utf-8")
        try:
            load.read(folder, schema)
        except StudyError:
            return True
    return False


def _repeats(row: dict[str, str], others: Sequence[dict[str, str]], table: Table) -> bool:
    """Whether the mutated row says what another row says, which is true of the source."""
    keys = [f.name for f in table.own if f.references or f.verbatim]
    return any(all(other[key] == row[key] for key in keys) for other in others)


def _prints(study: Study) -> list[Fingerprint]:
    table = study.tables["passages"]
    columns = zip(table["opening"], table["chars"], table["sha256"], strict=True)
    return [Fingerprint(opening, int(chars), sha256) for opening, chars, sha256 in columns]


# --- mutations of the source --------------------------------------------------------------------
_CLASSES: dict[str, tuple[str, str]] = {  # characters of the source, and what replaces them
    "kanji": (r"[\u4e00-\u9fff]", "鬱鬯"),
    "hiragana": (r"[ぁ-ん]", "ぬね"),
    "katakana": (r"[ァ-ヶ]", "ヌネ"),
    "long mark": ("ー", "一ア"),
    "Latin letter": (r"[A-Za-z]", "QX"),
    "digit": (r"\d", "74"),
    "comma and stop": (r"[、。]", "、。"),
    "point in a number": (r"(?<=\d)[.,](?=\d)", ".,"),
    "bracket": (r"[()「」『』\[\]]", "<>"),
    "dash": ("-", "〜ー"),
    "wave": ("〜", "-ー"),
    "middle dot": ("・", "-/"),
}


def source_alterations(text: str, spans: Sequence[tuple[int, int]], rounds: int) -> Iterator[tuple]:
    """Yield (class, altered text, altered passages): one character of a class in each passage."""
    for name, (pattern, others) in _CLASSES.items():
        places = [[start + m.start() for m in re.finditer(pattern, text[start:end])] for start, end in spans]
        for turn in range(min(rounds, max(map(len, places), default=0))):
            altered = list(text)
            touched = []
            for passage, found in enumerate(places):
                if turn < len(found):
                    place = found[
                        turn * len(found) // min(rounds, len(found)) if len(found) > rounds else turn
                    ]
                    altered[place] = next(other for other in others if other != text[place])
                    touched.append(passage)
            yield name, "".join(altered), touched


def altered_passages(study: Study, source_text: str, rounds: int = 12) -> dict[str, Counter]:
    """For each class of characters, the verdicts of the passages in which one was altered."""
    layout = SourceText(source_text, study.meta.normaliser)
    prints, text = _prints(study), layout.plain.text
    spans = [(p.spans[0].start, p.spans[-1].end) for p in locate(prints, layout)]
    verdicts: dict[str, Counter] = {}
    for name, altered, touched in source_alterations(text, spans, rounds):
        places = locate([prints[n] for n in touched], SourceText(altered, study.meta.normaliser))
        verdicts.setdefault(name, Counter()).update(str(place.verdict) for place in places)
    return verdicts


# --- noise --------------------------------------------------------------------------------------
def noises(text: str, places: Sequence[Place], footnotes: Sequence[bool]) -> dict[str, str]:
    """Return copies of a source as other layouts and extractions would give it, by name.

    `places` are those of its passages, `footnotes` says which of them are footnotes.
    """
    dice = random.Random(20)
    body, notes = _apart(text, places, footnotes)
    copies = {f"lines of {width}": _wrapped(text, width) for width in (12, 23, 40, 80)}
    copies["one line a block"] = _wrapped(text, 10**6)
    copies["one column, notes at the section's end"] = _notes_after_sections(body, notes)
    for height in (17, 31, 45):
        everything = [line for line in text.split("\n") if line.strip()]
        copies[f"pages of {height} lines, running heads"] = _paged(everything, height, {})
    copies["pages, running heads, notes at the foot"] = _paged(body, 40, notes)
    copies["half-width digits"] = text.translate({0xFF10 + n: str(n) for n in range(10)})
    copies["full-width digits"] = text.translate({0x30 + n: 0xFF10 + n for n in range(10)})
    copies["，． for 、。"] = _punctuated(text, "、。", "，．")
    copies["、。 for ，．"] = _punctuated(text, "，．", "、。")
    copies["CJK and Kangxi radicals"] = text.translate(_radicals())
    copies["soft hyphens"] = _strewn(text, "\u00ad", dice)
    copies["soft hyphens at line ends"] = text.replace("\n", "\u00ad\n")
    copies["zero-width characters"] = _strewn(text, "\u200b\u2060\ufeff", dice)
    copies["variation selectors"] = re.sub(r"([\u4e00-\u9fff])", "\\1\ufe00", text)
    copies["spaces between characters"] = _strewn(text, " \u3000\u00a0", dice)
    copies["other dashes"] = text.translate({ord(c): "\u2212" for c in "-\uff0d\u2010\u2013\u2014"})
    copies["other waves"] = text.translate({0xFF5E: "\u301c", 0x7E: "\uff5e", 0x301C: "~"})
    copies["CRLF and BOM"] = "\ufeff" + text.replace("\n", "\r\n")
    copies["half-width katakana"] = text.translate(_HALF_WIDTH)
    together = copies["pages, running heads, notes at the foot"].translate(_radicals())
    copies["pages, notes, radicals, soft hyphens, together"] = _strewn(together, "\u00ad", dice)
    return copies


_HALF_WIDTH = str.maketrans(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノー", "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉｰ"
)


def _radicals() -> dict[int, int]:
    """Each character to a radical that looks like it, where a font may give that one."""
    return {ord(character): radical for radical, character in _RADICALS.items() if radical > 0x2E80}


def _wrapped(text: str, width: int) -> str:
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    joined = ("".join(line.strip() for line in block.split("\n")) for block in blocks)
    return "\n\n".join(_lines(block, width) for block in joined) + "\n"


def _lines(text: str, width: int) -> str:
    return "\n".join(text[place : place + width] for place in range(0, len(text), width))


def _strewn(text: str, characters: str, dice: random.Random) -> str:
    return "".join(c + (dice.choice(characters) if dice.random() < 0.2 else "") for c in text)


def _punctuated(text: str, old: str, new: str) -> str:
    """Other commas and stops, but in numbers and section numbers, which keep theirs."""
    table = dict(zip(old, new, strict=True))
    inside = "(?<![0-9０-９])[" + old + "]|[" + old + "](?![0-9０-９])"
    return re.sub(inside, lambda match: table[match[0]], text)


def _apart(
    text: str, places: Sequence[Place], footnotes: Sequence[bool]
) -> tuple[list[str], dict[int, list[str]]]:
    """The body's lines, and the notes' by the number of body lines before them."""
    raw = text.split("\n")
    note_lines: set[int] = set()
    for place, is_note in zip(places, footnotes, strict=True):
        if is_note:
            first = place.reading.line_at(place.starts[0])
            last = place.reading.line_at(place.starts[0] + len(place.text) - 1)
            note_lines |= set(range(first - 1, last))
    body: list[str] = []
    notes: dict[int, list[str]] = {}
    for number, line in enumerate(raw):
        if number in note_lines:
            notes.setdefault(len(body), []).append(line)
        elif line.strip():
            body.append(line)
    return body, notes


def _paged(body: Sequence[str], height: int, notes: dict[int, list[str]]) -> str:
    """Pages of so many lines with a head, a page number and their notes, wherever a page ends."""
    pages = []
    for first in range(0, len(body), height):
        foot = [line for place in range(first, first + height) for line in notes.get(place, [])]
        number = first // height + 1
        head = [f"架空政策研究 第{number // 9 + 3}巻", ""]
        pages.append("\n".join([*head, *body[first : first + height], "", *foot, "", f"- {number} -"]))
    return "\f".join(pages)


def _notes_after_sections(body: Sequence[str], notes: dict[int, list[str]]) -> str:
    """The body without page ends, each note before the next heading."""
    lines: list[str] = []
    held: list[str] = []
    for number, line in enumerate(body):
        held += notes.get(number, [])
        if re.match(r"\s*[0-9０-９]+[．.]\s*\D", line) and held:
            lines += ["", *held, ""]
            held = []
        lines.append(line)
    return "\n".join([*lines, "", *held]) + "\n"


def noise_table(study: Study, source_text: str) -> list[tuple[str, int, int, int, int]]:
    """For each noise: passages EXACT, passages, cells that stand, cells."""
    normaliser, prints = study.meta.normaliser, _prints(study)
    kinds = (study.tables["passages"]["kind"] == "footnote").tolist()
    schema = schemas.load()
    original = locate(prints, SourceText(source_text, normaliser))
    rows = []
    for name, copy in {"as it is": source_text, **noises(source_text, original, kinds)}.items():
        layout = SourceText(copy, normaliser)
        places = locate(prints, layout)
        exact = sum(place.verdict == PassageVerdict.EXACT for place in places)
        by_id = dict(zip(study.tables["passages"]["id"], places, strict=True))
        verdicts = [cell.verdict for cell in Cells(study, schema, layout, by_id).results()]
        standing = sum(verdict != CellVerdict.NOT_FOUND for verdict in verdicts)
        rows.append((name, exact, len(places), standing, len(verdicts)))
    return rows


# --- time ---------------------------------------------------------------------------------------
def generated(passages: int, like: Study) -> tuple[Study, str]:
    """A study of so many passages, each with an event, every fourth with an indicator as well."""
    dice = random.Random(passages)
    syllables = "あいうえおかきくけこさしすせそたちつてと湾港岸潮波風船灯島浜"
    pieces, events, indicators = [], [], []
    for number in range(passages):
        year, month, count = dice.randint(1950, 2020), dice.randint(1, 12), dice.randint(2, 9999)
        label = "".join(dice.choices(syllables, k=9)) + "計画"
        padding = "".join(dice.choices(syllables, k=70))
        pieces.append(
            f"{label}は{year}年{month}月に始まり、{padding}、{count:,}社が加わった"
            f"（{year + 1}年{month}月末）。"
        )
        events.append((f"e-{number}", f"{year}-{month:02}", label, f"p-{number}"))
        if number % 4 == 0:
            last = pd.Period(f"{year + 1}-{month:02}").days_in_month
            indicators.append((f"i-{number}", count, f"{year + 1}-{month:02}-{last}", f"p-{number}"))
    text = "\n".join(_lines(piece, 40) for piece in pieces)
    prints = [vars(fingerprint(piece)) for piece in pieces]
    frame = pd.DataFrame(prints).assign(
        id=[f"p-{n}" for n in range(passages)], part=1, section="1", kind="body"
    )
    tables = {
        "passages": frame,
        "events": pd.DataFrame(events, columns=["id", "date", "label_ja", "passages"]),
        "indicators": pd.DataFrame(indicators, columns=["id", "value", "as_of", "passages"]),
    }
    filled = {name: _filled(table, like.tables[name]) for name, table in tables.items()}
    rest = {name: table.iloc[:0] for name, table in like.tables.items()}
    return replace(like, tables=MappingProxyType(rest | filled)), text


def _filled(table: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """A table with all columns of another, empty where it has none of its own."""
    rest = {name: "" for name in like.columns if name not in table}
    return table.assign(**rest)[list(like.columns)]


def timed(check: Callable[[], object]) -> float:
    """The best of three runs, in seconds."""

    def once() -> float:
        start = time.perf_counter()
        check()
        return time.perf_counter() - start

    return min(once() for _ in range(3))


def main(folder: Path, source: Path) -> None:
    """Print the three tables."""
    study, schema, text = load.read(folder), schemas.load(), sources.read(source).text
    print(f"study {study.id}, source {source.name}\n")
    _print_mutations(study, schema, text)
    print("\n| class of characters altered in the source | passages altered | EXACT |")
    print("|---|---:|---:|")
    for name, verdicts in altered_passages(study, text).items():
        print(f"| {name} | {verdicts.total()} | {verdicts['EXACT'] + verdicts['AMBIGUOUS']} |")
    print("\n| noise | passages EXACT | cells standing |\n|---|---:|---:|")
    for name, exact, passages, standing, cells in noise_table(study, text):
        print(f"| {name} | {exact} of {passages} | {standing} of {cells} |")
    _print_times(study, source)


def _print_mutations(study: Study, schema: Schema, text: str) -> None:
    results = tried(study, text, schema, list(mutations(study, schema)))
    rows = sorted({(k.mutation.kind, k.mutation.alteration) for k in results})
    fates = ["NOT_FOUND", "refused", "repeats", "survived"]
    print("| cell | alteration | mutations | NOT_FOUND | refused | repeats | survived |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for kind, alteration in rows:
        here = [k for k in results if (k.mutation.kind, k.mutation.alteration) == (kind, alteration)]
        counts = Counter(k.how for k in here)
        each = " | ".join(str(counts[fate]) for fate in fates)
        print(f"| {kind} | {alteration} | {len(here)} | {each} |")
    counts = Counter(k.how for k in results)
    print(f"| all | | {len(results)} | {' | '.join(str(counts[fate]) for fate in fates)} |")
    print("\nrefused: the tables are not even read (two rows of one number, another region's project)")
    print("repeats: the altered row says what another row says, so it is true of the source")
    for killed in results:
        if killed.how == "survived":
            print(f"survived: {killed.mutation}")


def _print_times(study: Study, source: Path) -> None:
    print("\n| source | characters | passages | cells | seconds |\n|---|---:|---:|---:|---:|")

    def row(name: str, study: Study, path: Path) -> None:
        report = verify.check(study, path, today=TODAY)
        seconds = timed(lambda: verify.check(study, path, today=TODAY).render())
        sizes = len(report.text.plain.text), len(report.passages), len(report.cells)
        found = "" if report.ok else f" ({len(report.problems)} problems)"
        print(f"| {name}{found} | " + " | ".join(f"{n:,}" for n in sizes) + f" | {seconds:.2f} |")

    row(source.name, study, source)
    with tempfile.TemporaryDirectory() as folder:
        for passages in (1250, 2500, 5000):
            large, text = generated(passages, study)
            path = Path(folder) / f"{passages}.txt"
            path.write_text(text, "utf-8")
            row("generated", large, path)


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    main(*(given or [HARBOUR, HARBOUR / "source.txt"]))
