"""In how many typesettings of a source, read by how many programs, every passage is found.

    python benchmarks/typesettings.py [STUDY_FOLDER SOURCE]

Sets the source's wording anew in one and two columns, with footnotes at the foot, at the end of sections
and at the end, with and without running heads; reads each PDF with what is installed, column by column
and across; prints how many passages are EXACT, and how many of the cells that must stand do not. Without
arguments the invented study of the tests is set. Nothing is kept.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pdfplumber
import pypdfium2
from pdfminer.high_level import extract_text

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from analysis.transcribe import load  # noqa: E402
from analysis.verify import verify  # noqa: E402
from verify.typesetting import Setting, pieces, typeset  # noqa: E402

HARBOUR = ROOT / "tests" / "studies" / "harbour"
TODAY = date(2020, 1, 1)  # of no consequence: nothing is written

SETTINGS = [
    Setting(2, as_printed=True),
    *(Setting(columns, notes) for columns in (1, 2) for notes in ("foot", "section", "end")),
    Setting(1, heads=False),
    Setting(2, heads=False, size=8),
    Setting(2, size=13),
]


def _plumbed(**options: bool) -> Callable[[Path], str]:
    def read(path: Path) -> str:
        with pdfplumber.open(path) as document:
            return "\f".join(page.extract_text(**options) for page in document.pages)

    return read


def _pdfium(path: Path) -> str:
    return "\f".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))


def _poppler(*options: str) -> Callable[[Path], str]:
    def read(path: Path) -> str:
        run = subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True)
        return run.stdout.decode()

    return read


PROGRAMS: dict[str, Callable[[Path], str]] = {
    "pypdfium2": _pdfium,
    "pdfminer": lambda path: extract_text(path),
    "pdfplumber, text flow": _plumbed(use_text_flow=True),
    "pdfplumber": _plumbed(),
    "pdfplumber, layout": _plumbed(layout=True),
}
if shutil.which("pdftotext"):
    PROGRAMS |= {f"pdftotext {how}".strip(): _poppler(*how.split()) for how in ("-raw", "", "-layout")}


def main(folder: Path, source: Path) -> None:
    """Print the table, a row a setting."""
    study = load.read(folder)
    document = pieces(study, source.read_text("utf-8"))
    print(f"| setting | the PDF | {' | '.join(PROGRAMS)} |\n|---|{'---:|' * (len(PROGRAMS) + 1)}")
    with tempfile.TemporaryDirectory() as scratch:
        for setting in SETTINGS:
            path = typeset(document, setting, Path(scratch) / "paper.pdf")
            counts = [_counted(study, path)]
            for program in PROGRAMS.values():
                text = path.with_suffix(".txt")
                text.write_text(program(path), "utf-8", errors="ignore")
                counts.append(_counted(study, text))
            print(f"| {setting} | {' | '.join(counts)} |", flush=True)


def _counted(study: load.Study, path: Path) -> str:
    counts = verify.check(study, path, today=TODAY).counts
    missing = counts["cells"]["NOT_FOUND"] + counts["cells"].get("AMBIGUOUS", 0)
    return f"{counts['passages']['EXACT']}" + (f" (-{missing})" if missing else "")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:] or [HARBOUR, HARBOUR / "source.txt"]))
