"""The export's own README: what each file is and which tools open it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.transcribe.load import Study

# File, what opens it, and what it is, in Japanese and English.
_FILES = (
    (
        "datapackage/datapackage.json",
        "Frictionless, R, pandas",
        "整形済みの表の Data Package（v2）",
        "the tidy tables as a Data Package (v2)",
    ),
    (
        "codebook.qdc",
        "ATLAS.ti, MAXQDA, NVivo, QualCoder",
        "コードブック（REFI-QDA 形式）",
        "the codebook (REFI-QDA)",
    ),
    ("codebook.csv", "Taguette", "コードブック（CSV）", "the codebook (CSV)"),
    (
        "references.bib",
        "LaTeX, JabRef, Zotero",
        "原典と引用文献（BibTeX）",
        "the source and the works it cites (BibTeX)",
    ),
    (
        "references.csl.json",
        "Zotero, Pandoc",
        "原典と引用文献（CSL-JSON）",
        "the source and the works it cites (CSL-JSON)",
    ),
    (
        "study.sqlite",
        "DB Browser for SQLite, Datasette, R, Python",
        "転記した表と整形済みの表のすべて（SQLite）",
        "all tables, transcribed and tidy (SQLite)",
    ),
)


def readme(study: Study, made: Mapping[str, bytes]) -> bytes:
    """The README of an export that holds the files `made`."""
    meta = study.meta
    rows = [f"| `{name}` | {ja} / {en} | {tools} |" for name, tools, ja, en in _FILES if name in made]
    lines = [
        f"# {meta.title_ja}",
        "",
        meta.title_en,
        "",
        "| ファイル / file | 内容 / what it is | 開ける道具 / opened by |",
        "|---|---|---|",
        *rows,
        "",
        f"{meta.rights_ja}表・言い換え・コーディングは CC BY 4.0。",
        "",
        f"{meta.rights_en} Tables, paraphrases and codings: CC BY 4.0.",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")
