"""A project every English text of whose study is an attack: `python tests/hostile_texts.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import yaml

from projects import Project, copy_project

SCRIPT = "<script>alert(1)</script>"
LINK = "[x](http://e.vil) <img src=x onerror=a>"
MARKED = "**b** `c` $d$ &lt; \"q\" 'r' <u>v</u> {w}"
LONG = f"{SCRIPT} {LINK} {MARKED}"
INJECTED = {
    "label_en": LONG,
    "detail_en": LONG,
    "statement_en": LONG,
    "gist_en": LONG,
    "trigger_en": LONG,
    "development_en": LONG,
    "definition_en": LONG,
    "note": LONG,
    "field_en": LONG,
    "name_en": f"N {SCRIPT}",
    "short_en": LINK,
}


def attacked(folder: Path) -> Project:
    """Make the project with the synthetic study as an attacker would have written it."""
    project = copy_project(folder).only_readings("02_evaluation_grades")
    for path in project.raw.glob("*.csv"):
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        for column, text in INJECTED.items():
            if column in table:
                own = SCRIPT if path.stem == "themes" and column == "label_en" else text
                named = path.stem != "scales" and column in ("label_en", "statement_en")
                words = [f"{row} {own}" if named else own for row in table["id"]]
                table[column] = pd.Series(words).where(table[column] != "", "")
        table.to_csv(path, index=False, lineterminator="\n")
    meta = project.raw / "study.yaml"
    study = yaml.safe_load(meta.read_text("utf-8"))
    for key in ("title_en", "venue_en", "rights_en"):
        study[key] = f"{key} {LONG}"
    study["authors"][0]["name_en"] = f"Author {LONG}"
    for section in study["sections"]:
        section["title_en"] = f"S {SCRIPT}"
    meta.write_text(yaml.safe_dump(study, allow_unicode=True, sort_keys=False), "utf-8")
    return project


if __name__ == "__main__":
    built = attacked(Path(sys.argv[1])).run("report", LANGUAGE="en")
    sys.stderr.write(built.stderr)
    sys.exit(built.returncode)
