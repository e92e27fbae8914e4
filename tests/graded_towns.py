"""The invented river towns with grades of other kinds: numbers, percentages and words."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from pathlib import Path

from projects import RIVERTOWNS, STUDIES

sys.path.insert(0, str(STUDIES))
import fingerprint

# What the paper says of the letters, and what it says in their place.
SAYS = {
    "gave one of four letters, A, B, C or D, of which A is the best.": "gave grades from 1 to 5, of which 1 is the best.",
    "another yardstick of three letters, S, A and B, of which S is the best.": "another yardstick: marks from 0 % to 100 %, of which 100 % is the best.",
    "No town was told in advance how the letters would be given.": (
        "Warm stone was judged in words: one of three grades, excellent, good and poor, of which excellent is"
        " the best. The ex post evaluation of the Cluster Seed Programme, in June 2018, gave the grade 2.5."
        " The annual evaluation of Dunmarrow, in May 2019, gave the grade 3."
    ),
    "in March 2012, gave the letter B and asked that": "in March 2012, gave the grade 3 and asked 2 times that",
    "in March 2015, gave the letter A and named": "in March 2015, gave the grade 1.5 and named",
    "gave the letter S and found": "gave the mark 85 % and found",
    "gave the letter C and missed": "gave the grade 4 and missed",
    "gave the letter B and praised doctors": "gave the grade 2 and praised doctors",
    "gave the letter A and praised three": "gave the mark 72.5 % and praised three",
    "gave the letter B and praised the residents": 'gave the grade "good" and praised the excellent residents',
}
PIECES = {
    "s2-03": ["Evaluations of the Cluster", "1 is the best."],
    "s2-04": ["The Cluster Growth Programme was", "100 % is the best."],
    "s2-06": ["Warm stone was judged", "excellent is the best."],
    "s2-07": ["The ex post evaluation", "the grade 2.5."],
    "s2-08": ["The annual evaluation of", "the grade 3."],
}
GRADES = {
    "living-dyes-midterm": ("seed", "3"),
    "living-dyes-final": ("seed", "1.5"),
    "colour-commons-final": ("growth", "85 %"),
    "quiet-hulls-final": ("seed", "4"),
    "seeing-glass-final": ("seed", "2"),
    "glass-for-healing-final": ("growth", "72.5 %"),
    "warm-stone-final": ("words", "good"),
}
SCALES = [  # scale, grade, rank, between, passage
    ("seed", "1", "1", "yes", "s2-03"),
    ("seed", "5", "2", "yes", "s2-03"),
    ("growth", "100 %", "1", "yes", "s2-04"),
    ("growth", "0 %", "2", "yes", "s2-04"),
    ("words", "excellent", "1", "", "s2-06"),
    ("words", "good", "2", "", "s2-06"),
    ("words", "poor", "3", "", "s2-06"),
]
LABELS = {
    "seed": ("種まき事業の1〜5", "Grades 1 to 5 of the seed programme"),
    "growth": ("育成事業の百分率", "Percentages of the growth programme"),
    "words": ("言葉による三段階", "Three grades in words"),
}
KINDS = """kinds:
  - {id: ex-post, label_ja: 事後評価, label_en: ex post evaluation}
  - {id: annual, label_ja: 年次評価, label_en: annual evaluation}
"""


def write(folder: Path) -> Path:
    """Write the study with these grades into a folder (with its source and pieces); return the folder."""
    shutil.copytree(RIVERTOWNS, folder)
    text = (folder / "source.txt").read_text("utf-8")
    for old, new in SAYS.items():
        text, times = re.subn(r"\s+".join(map(re.escape, old.split())), lambda _, new=new: new, text)
        assert times == 1, old
    (folder / "source.txt").write_text(text, "utf-8")
    pieces = (folder / "pieces.yaml").read_text("utf-8")
    pieces = re.sub(r"^s2-0[346]:.*\n", "", pieces, flags=re.MULTILINE)
    pieces += "".join(f'{id_}: ["{first}", "{last}"]\n' for id_, (first, last) in PIECES.items())
    (folder / "pieces.yaml").write_text(pieces, "utf-8")
    with (folder / "study.yaml").open("a", encoding="utf-8") as study:
        study.write(KINDS)
    (folder / "clauses.csv").unlink()  # the checklist of the other paper
    _passages(folder)
    _scales(folder)
    _evaluations(folder)
    fingerprint.main(folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def put(path: Path, made: list[dict[str, str]]) -> None:
    """Write a table; a column that a row lacks stays empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        names = list(dict.fromkeys(name for row in made for name in row))
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


def _passages(folder: Path) -> None:
    made = []
    for row in rows(folder / "passages.csv"):
        made.append(row)
        if row["id"] == "s2-06":
            made += [row | {"id": "s2-07"}, row | {"id": "s2-08"}]
    put(folder / "passages.csv", made)


def _scales(folder: Path) -> None:
    first = rows(folder / "scales.csv")[0]
    made = []
    for n, (scale, grade, rank, between, passage) in enumerate(SCALES):
        ja, en = LABELS[scale]
        cells = {"scale": scale, "grade": grade, "rank": rank, "between": between, "passages": passage}
        made.append(first | cells | {"id": f"{scale}-{n}", "label_ja": ja, "label_en": en})
    put(folder / "scales.csv", made)


def _evaluations(folder: Path) -> None:
    made = rows(folder / "evaluations.csv")
    for row in made:
        row["scale"], row["grade"] = GRADES.get(row["id"], ("", ""))
    blank = dict.fromkeys(made[0], "") | {"grade_status": "reported", "basis": "stated", "scale": "seed"}
    made.append(
        blank
        | {"id": "seed-ex-post", "programme": "seed", "kind": "ex-post", "conducted": "2018-06"}
        | {"grade": "2.5", "passages": "s2-07"}
    )
    made.append(
        blank
        | {"id": "dunmarrow-annual", "region": "dunmarrow", "kind": "annual", "conducted": "2019-05"}
        | {"grade": "3", "passages": "s2-08"}
    )
    put(folder / "evaluations.csv", made)
