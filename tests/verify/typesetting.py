"""Set a study's source as a journal might: columns, footnotes, running heads, page numbers.

Only the wording is taken from the source; its lines are broken anew. Which lines are notes is told by the
study's passages, which are headings by its sections.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import matplotlib_fontja
import typst

from analysis.transcribe.load import Study
from analysis.transcribe.normaliser import normalise
from analysis.verify.passages import Fingerprint, locate
from analysis.verify.source_text import SourceText

FONTS = Path(matplotlib_fontja.__file__).parent


@dataclass(frozen=True)
class Setting:
    """How a document is set."""

    columns: int = 1
    notes: str = "foot"  # of the page or column; `section`: at the end of each; `end`: of the document
    heads: bool = True  # running heads and page numbers
    font: str = "IPAexGothic"
    size: float = 10  # points
    as_printed: bool = False  # keep the lines of the source and its columns

    def __str__(self) -> str:
        how = "lines kept" if self.as_printed else f"notes at {self.notes}"
        heads = "" if self.heads else ", no heads"
        return f"{self.columns} col, {how}{heads}, {self.font} {self.size:g}"


@dataclass(frozen=True)
class Piece:
    """A stretch of the source's lines: of a heading, the body or a note."""

    kind: str
    text: str
    lines: tuple[str, ...]
    column: str  # `3L`, as the passages name it


def pieces(study: Study, text: str) -> list[Piece]:
    """The source in its order, notes where they stand (each whole, where it begins)."""
    source = SourceText(text, study.meta.normaliser)
    table = study.tables["passages"]
    prints = [
        Fingerprint(*row) for row in zip(table.opening, table.chars.map(int), table.sha256, strict=True)
    ]
    notes: dict[int, str] = {}
    columns: dict[int, str] = {}
    for place, row in zip(locate(prints, source), table.itertuples(), strict=True):
        for span in place.spans:
            for line in range(source.plain.line_at(span.start), source.plain.line_at(span.end - 1) + 1):
                columns.setdefault(line, row.page)
                if row.kind == "footnote":
                    notes[line] = row.section
    titles = {normalise(section.title, study.meta.normaliser) for section in study.meta.sections}
    found: list[tuple[str, list[str], str]] = []
    column = ""
    for number, line in enumerate(source.raw, 1):
        column = columns.get(number, column)
        plain = normalise(line, study.meta.normaliser)
        if not plain:
            continue
        kind = notes.get(number) or ("heading" if plain.lstrip("0123456789.。 ") in titles else "body")
        if kind not in {"heading", "body"} and any(kind == other for other, _, _ in found):
            next(lines for other, lines, _ in found if other == kind).append(line)
        elif found and found[-1][0] == kind and (found[-1][2] == column or kind != "body"):
            found[-1][1].append(line)
        else:
            found.append((kind, [line], column))
    return [Piece(kind, joined(lines), tuple(lines), column) for kind, lines, column in found]


def joined(lines: list[str]) -> str:
    """Lines as one, with a space where two Latin words meet."""
    text = ""
    for line in map(str.strip, lines):
        spaced = text and text[-1].isascii() and line[:1].isascii() and text[-1] != "-"
        text += (" " if spaced else "") + line
    return text


def string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def reflowed(document: list[Piece], setting: Setting) -> str:
    """The document as Typst markup, its lines broken anew."""
    parts, waiting = [], []
    for piece in document:
        if piece.kind == "heading":
            if setting.notes == "section":
                parts += waiting
                waiting = []
            parts.append(f"\n\n#heading({string(piece.text)})\n\n")
        elif piece.kind == "body":
            parts.append(f"#{string(piece.text)}")
        elif setting.notes == "foot":
            parts.append(f"#footnote({string(piece.text)})")
        else:
            waiting.append(f"\n\n#block(text(8pt, {string(piece.text)}))\n\n")
    return "".join(parts + waiting)


def as_printed(document: list[Piece]) -> str:
    """The document as Typst markup with the lines and the columns of the source."""
    columns: dict[str, list[str]] = {}
    for piece in document:
        size = 8 if piece.kind in {"heading", "body"} else 7
        lines = " \\ ".join(f"#{string(line.strip())}" for line in piece.lines)
        columns.setdefault(piece.column, []).append(f"#text({size}pt)[{lines}]\n\n")
    sides = ["".join(column) for column in columns.values()]
    pages = [sides[n : n + 2] for n in range(0, len(sides), 2)]
    return "#pagebreak()\n".join(
        f"#grid(columns: (1fr,) * 2, gutter: 8mm, {', '.join(f'[{side}]' for side in page)})\n"
        for page in pages
    )


def typeset(document: list[Piece], setting: Setting, path: Path) -> Path:
    """Write a PDF of a document."""
    body = as_printed(document) if setting.as_printed else reflowed(document, setting)
    markup = f"""
#set page(paper: "a4", columns: {1 if setting.as_printed else setting.columns}, margin: 20mm
  {', header: [架空研究大会 講演要旨集], numbering: "- 1 -"' if setting.heads else ""})
#set text(font: {string(setting.font)}, size: {setting.size if not setting.as_printed else 9}pt, lang: "ja")
#set par(justify: {str(not setting.as_printed).lower()})
#set footnote(numbering: n => "")
{body}
"""
    path.write_bytes(typst.compile(markup.encode(), font_paths=[str(FONTS)]))
    return path
