"""Read the text of a PDF, in a process of its own that may fail, hang or grow without harm.

Run as a script (`python pdf.py EXTRACTOR FILE`) and never imported with the rest: a small file can
unpack to gigabytes, and only the operating system can hold that within limits. Prints one line of
JSON: `text` with a form feed between pages, and `extractor`; or `fault`, a word that
`analysis.verify.sources` knows.
"""

from __future__ import annotations

import importlib.metadata
import json
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


EXTRACTORS: dict[str, Callable[[str], Iterator[str]]] = {
    "pypdfium2": _pypdfium2,
    "pdfplumber": _pdfplumber,
}


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
        return {"fault": "extra"}
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
        "extractor": f"{extractor} {importlib.metadata.version(extractor)}",
    }


if __name__ == "__main__":
    _limit()
    # ASCII, because the pipe's encoding is the reader's business; surrogates survive as escapes.
    print(json.dumps(extract(sys.argv[1], sys.argv[2])))
