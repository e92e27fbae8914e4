"""A made-up project of a few files whose `python -m analysis report` takes a moment: to be reproduced, broken."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from analysis.review import reproduce
from analysis.review.certificate import Certificate
from analysis.review.expected import write_expected

STUDY = "harbour"
GRADES = "record,grade,year,note\nnorth-1,A,2016,first\nnorth-2,A-,2018,second\nsouth-1,B,2018,\n"
BUILDER = '''
import csv, hashlib, io, json, os, sys
from pathlib import Path
from PIL import Image

root, study = Path.cwd(), sys.argv[sys.argv.index("--study") + 1]
given = json.loads((root / "notebooks" / "grades.json").read_text("utf-8"))
raw = (root / "data" / "raw" / study / "grades.csv").read_text("utf-8")
rows = list(csv.DictReader(io.StringIO(raw)))
late = [row for row in rows if int(row["year"]) >= given["since"]]
lang = "en"

def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    path.chmod(0o644)

def pdf(words):
    stream = f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 200] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\\nstream\\n{stream}\\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    text, places = "%PDF-1.4\\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += f"{number} 0 obj\\n{part}\\nendobj\\n"
    table = "".join(f"{place:010} 00000 n \\n" for place in places)
    return text + f"xref\\n0 6\\n0000000000 65535 f \\n{table}trailer\\n<< /Size 6 /Root 1 0 R >>\\nstartxref\\n{len(text)}\\n%%EOF\\n"

made = root / "reports" / study
write(root / "data" / "processed" / study / "grades.csv", raw)
write(made / "data" / "grades.csv", raw)
package = {"study": {"title_en": "Harbours", "authors": [{"name_en": "Nagi Hatano"}], "year": 2020, "venue_en": "A talk"},
           "resources": [{"path": "grades.csv", "title": "Grades", "schema": {"primaryKey": ["record"]}}]}
write(made / "data" / "datapackage.json", json.dumps(package, indent=1))
tile = (0, given["green"], 178, 255)
marks = "".join(f'<a href="evidence.html#{r["record"]}"><rect x="{9 * n}" y="1" width="8" height="8" style="fill: rgb{tile[:3]};'
                f' stroke-width: {given["line"]}"/><text style="font-family: {given["font"]}">{r["grade"]}</text></a>'
                for n, r in enumerate(late))
svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">{marks}</svg>'
if given["figure"]:
    picture = Image.new("RGBA", (60, 40), "white")
    for n, r in enumerate(late):
        picture.paste(tile, (9 * n, 1, 9 * n + 8, 9))
    file = io.BytesIO()
    picture.save(file, "PNG")
    write(made / lang / "figures" / "tiles.png", file.getvalue())
    write(made / lang / "figures" / "tiles.svg", svg)
    write(made / lang / "figures" / "tiles.csv", "record,grade\\n" + "".join(f"{r['record']},{r['grade']}\\n" for r in late))
sentence = given["sentence"].format(n=len(late), share=len(late) / len(rows))
listed = "".join(f"<tr><th>{r['record']}</th><td>{r['grade']}</td><td>{r['note']}</td></tr>" for r in rows)
page = f"""<!DOCTYPE html><html lang="{lang}"><head><link rel="stylesheet" href="../_static/report.css"></head><body><main>
<h1>Grades</h1><p id="finding">{sentence}</p>
<figure id="tiles"><h2 id="tiles-title">Late grades</h2>{svg}<figcaption><p>Source: the talk.</p></figcaption></figure>
<table><caption>All grades</caption>{listed}</table></main></body></html>"""
write(made / lang / "grades.html", page)
write(made / "_static" / "report.css", (root / "theme" / "report.css").read_text("utf-8"))
write(made / "_static" / "report.js", (root / "theme" / "report.js").read_text("utf-8"))
write(made / lang / "_static" / "search.js", "search = " + json.dumps([sentence, *given["search"]]))
write(made / f"report-{lang}.pdf", pdf(sentence))
cached = root / "build" / study / "grades.txt"
if cached.is_file():
    write(made / lang / "cached.html", f"<p>{cached.read_text()}</p>")
listed = {p.relative_to(made).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(made.rglob("*")) if p.is_file()}
write(made / "manifest.json", json.dumps({"study": study, "languages": [lang], "artefacts": listed}, indent=1))
if given["unstable"]:
    write(made / "data" / "grades.csv", raw + os.environ.get(given["unstable"], ""))
'''
GIVEN = {
    "since": 2017,
    "green": 114,
    "line": 1.5,
    "font": "Plain",
    "figure": True,
    "sentence": "{n} grades are late, a share of {share}.",
    "search": ["north", "south"],
    "unstable": "",
}


@dataclass(frozen=True)
class SmallProject:
    """The project in a folder."""

    folder: Path

    @property
    def report(self) -> Path:
        return self.folder / "reports" / STUDY

    @property
    def expected(self) -> Path:
        return self.folder / "expected" / f"{STUDY}.json"

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def give(self, **values: object) -> None:
        """Change what the notebook is given."""
        path = self.folder / "notebooks" / "grades.json"
        self.write("notebooks/grades.json", json.dumps(json.loads(path.read_text("utf-8")) | values))

    def build(self) -> None:
        """`make report`, here."""
        subprocess.run(
            [sys.executable, "src/analysis/__main__.py", "--study", STUDY], cwd=self.folder, check=True
        )

    def publish(self) -> None:
        """`make expected`."""
        self.build()
        write_expected(STUDY, self.folder)

    def reproduce(self, **how: object) -> Certificate:
        """`make reproduce`."""
        return reproduce.reproduce(STUDY, root=self.folder, **how)


def begin(folder: Path) -> SmallProject:
    """Write the project, not yet built."""
    project = SmallProject(folder)
    project.write("src/analysis/__init__.py", "")
    project.write("src/analysis/__main__.py", BUILDER)
    project.write("notebooks/grades.json", json.dumps(GIVEN))
    project.write(f"data/raw/{STUDY}/grades.csv", GRADES)
    project.write("theme/report.css", "table { color: black; }\n")
    project.write("theme/report.js", "sort();\n")
    project.write("requirements.lock", f"pillow=={version('pillow')} \\\n    --hash=sha256:00\n")
    return project
