"""Read the text of a PDF, in a process of its own that may fail, hang or grow without harm.

Run as a script (`python pdf.py EXTRACTOR FILE`) and never imported with the rest: a small file can
unpack to gigabytes, and only the operating system can hold that within limits. Prints one line of
JSON: `text` with a form feed between pages, and `extractor`; or `fault`, a word that
`analysis.verify.sources` knows.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

MEMORY = 640 * 2**20  # bytes of address space
SECONDS = 9  # of processor time
LONGEST = 4_000_000  # characters; a book of two thousand pages


def _limit() -> None:
    """Let the operating system stop this process at its limits, where it can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _pypdfium2(path: str) -> Iterator[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for page in document:
        words = page.get_textpage()
        yield words.get_text_bounded()
        words.close()
        page.close()


def _pdfplumber(path: str) -> Iterator[str]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            # In the order of the file's own text: reading line by line would mix the columns.
            yield page.extract_text(use_text_flow=True)
            page.close()


def _pdfminer(path: str) -> Iterator[str]:
    from pdfminer.high_level import extract_text

    yield from extract_text(path).split("\f")


def _pdftotext(path: str) -> Iterator[str]:
    command = ["pdftotext", "-raw", "-enc", "UTF-8", path, "-"]
    yield from subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\f")


EXTRACTORS: dict[str, Callable[[str], Iterator[str]]] = {  # the likeliest first
    "pypdfium2": _pypdfium2,
    "pdfplumber": _pdfplumber,
    "pdfminer": _pdfminer,
    "pdftotext": _pdftotext,
}


def installed(extractor: str) -> bool:
    """Whether an extractor is at hand: a module, or the program of Poppler."""
    return bool(shutil.which(extractor) if extractor == "pdftotext" else importlib.util.find_spec(extractor))


def _version(extractor: str) -> str:
    if extractor == "pdftotext":
        run = subprocess.run([extractor, "-v"], capture_output=True, text=True, check=False)
        return run.stderr.split("\n")[0].split()[-1]
    return importlib.metadata.version({"pdfminer": "pdfminer.six"}.get(extractor, extractor))


def extract(extractor: str, path: str) -> dict[str, str]:
    """Return the text of a PDF, or why there is none."""
    pages, length = [], 0
    try:
        for page in EXTRACTORS[extractor](path):
            pages.append(page)
            length += len(page)
            if length > LONGEST:
                return {"fault": "long"}
    except ImportError:
        return {"fault": "import"}
    except MemoryError:
        return {"fault": "memory"}
    except Exception as error:  # whatever a library makes of a hostile file
        names = f"{type(error).__name__} {error}".lower()
        if "password" in names:
            return {"fault": "encrypted"}
        return {"fault": "memory" if "memory" in names else "damaged"}
    if not any(page.strip() for page in pages):
        return {"fault": "scanned"}
    return {
        "text": "\f".join(pages),
        "extractor": f"{extractor} {_version(extractor)}",
    }


if __name__ == "__main__":
    _limit()
    # ASCII, because the pipe's encoding is the reader's business; surrogates survive as escapes.
    print(json.dumps(extract(sys.argv[1], sys.argv[2])))
