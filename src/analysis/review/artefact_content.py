"""What an artefact says beyond its bytes: its words, its numbers, its pixels.

Inside the environment of the published report bytes decide. Outside it another version of a library may
write the same report in other bytes; then what is read here decides, and the certificate says so.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from lxml import etree, html
from PIL import Image

from analysis.errors import UserError

RELATIVE = 1e-9  # how far two numbers may be apart
SQUARE = 16  # pixels; a published figure is kept as the mean grey of such squares
RMS, GREATEST = 1.5, 12.0  # of 255: how far such greys may be apart, altogether and anywhere

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?:[eE][-+]?\d+)?(?!\w|\.\w)")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_DATA = re.compile(r"data:image/[a-z+]+;base64,")
# Where marks lie and how glyphs are drawn depends on the font engine; what is drawn does not.
_GEOMETRY = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "points", "transform", "width", "height"}
_GEOMETRY |= {"viewbox", "id", "clip-path", "version"}


def describe(name: str, content: bytes) -> dict[str, Any]:
    """Describe an artefact, so that another of its name can be held against it.

    A picture has the digest of its decoded `pixels` and the `greys` of its squares; all else has what `read`
    gives. Raises UserError where it is not what its name promises.
    """
    if name.endswith(".png"):
        picture = pixels(content)
        return {"pixels": pixel_digest(picture), "greys": packed(greys(picture))}
    return read(name, content)


def says(name: str, content: bytes, described: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether an artefact says what was described, within the tolerances; and what was found, in words."""
    try:
        if name.endswith(".png"):
            picture = pixels(content)
            if pixel_digest(picture) == described["pixels"]:
                return True, "every pixel is as published"
            return looks_like(greys(picture), unpacked(described["greys"]))
        same = alike(read(name, content), described)
    except KeyError:
        return False, "expected/ does not tell what it says; write it again: make expected"
    except ValueError as error:
        return False, str(error)
    return same, "words and values are as published" if same else "words or values are not as published"


def alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two texts, as `read` gives them, have the same words, and numbers within `RELATIVE`."""
    numbers, others = one["numbers"], other["numbers"]
    if one["words"] != other["words"] or len(numbers) != len(others):
        return False
    return all(math.isclose(a, b, rel_tol=RELATIVE) for a, b in zip(numbers, others, strict=True))


def read(name: str, content: bytes) -> dict[str, Any]:
    """Read what a text or a PDF says, by the ending of its name; styles and scripts are their own text.

    Returns a digest of its `words`, and the `numbers` that stand among them. Raises UserError where the content
    is not what the ending promises.
    """
    readers: dict[str, Callable[[str], str]] = {
        ".html": _html,
        ".svg": _svg,
        ".ipynb": _notebook,
        ".json": _json,
    }
    readers |= dict.fromkeys((".csv", ".css", ".js", ".txt", ".md", ".xml"), lambda text: text)
    ending = PurePosixPath(name).suffix
    if ending not in (".pdf", *readers):  # a font, say: it has no values, so only its bytes tell
        return {"words": hashlib.sha256(content).hexdigest(), "numbers": []}
    try:
        said = _pdf(content) if ending == ".pdf" else readers[ending](content.decode("utf-8"))
    except (UnicodeDecodeError, etree.ParserError, etree.XMLSyntaxError, KeyError) as error:
        raise UserError(f"{name} cannot be read: {error}") from None
    words = hashlib.sha256(_NUMBER.sub("#", said).encode("utf-8")).hexdigest()
    return {"words": words, "numbers": [float(found) for found in _NUMBER.findall(said)]}


def _html(text: str) -> str:
    return " ".join(" ".join(_marked(html.document_fromstring(text))).split())


def _svg(text: str) -> str:
    return "\n".join(_drawn(etree.fromstring(text.encode("utf-8"))))


def _marked(element: Any) -> Iterator[str]:
    """Every element of a page with its attributes and words: what hides or colours them counts, too."""
    if not isinstance(element.tag, str):  # a comment
        return
    if element.tag == "svg":
        yield from _drawn(element)
        return
    yield " ".join([element.tag, *(f"{name}={_embedded(v)}" for name, v in sorted(element.attrib.items()))])
    yield element.text or ""
    for child in element:
        yield from _marked(child)
        yield child.tail or ""


def _embedded(value: str) -> str:
    """An attribute; a picture in it is known by its size, for its bytes are those of a library."""
    if not _DATA.match(value):
        return value
    try:
        with Image.open(io.BytesIO(base64.b64decode(value.partition(",")[2]))) as picture:
            return f"picture of {picture.size}"
    except (OSError, ValueError):
        return value


def _drawn(root: Any) -> Iterator[str]:
    """The marks of a drawing with their colours, widths, links and titles, but not where they lie."""
    for element in root.iter(etree.Element):
        kept = sorted(
            f"{name}={value}"
            for name, value in element.attrib.items()
            if name.lower() not in _GEOMETRY
            and not (name.endswith("href") and value.startswith("#"))
            and "url(#" not in value
        )
        yield " ".join([etree.QName(element).localname.lower(), *kept, (element.text or "").strip()])


def _json(text: str) -> str:
    # What a file says of the bytes of others is compared where those others are.
    return _DIGEST.sub("<digest>", json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False))


def _notebook(text: str) -> str:
    said = []
    for cell in json.loads(text)["cells"]:
        said += [cell.get("id", ""), cell["cell_type"], "".join(cell["source"])]
        for output in cell.get("outputs", []):
            said.append("".join(output.get("text", "")))
            said += [_output(kind, value) for kind, value in sorted(output.get("data", {}).items())]
    return "\n".join(said)


def _output(kind: str, value: Any) -> str:
    text = "".join(value) if isinstance(value, list) else value
    if kind == "image/png":
        return kind  # the picture is an artefact of its own
    if kind == "image/svg+xml":
        return _svg(text)
    if kind == "text/html":
        return _html(text) if text.strip() else ""
    return text if isinstance(text, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pdf(content: bytes) -> str:
    """The text of a PDF page by page, without white space, which depends on how lines were filled."""
    if not importlib.util.find_spec("pypdfium2"):
        raise UserError("nothing is installed that reads PDF; install it: pip install pypdfium2")
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UserError(f"a PDF that cannot be read: {error}") from None
    with document:
        return "\f".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


# -- Pixels ----------------------------------------------------------------------------------------


def pixels(png: bytes) -> np.ndarray:
    """Decode a picture to red, green, blue and opacity: an array of height × width × 4 bytes."""
    try:
        with Image.open(io.BytesIO(png)) as picture:
            return np.asarray(picture.convert("RGBA"))
    except OSError as error:
        raise UserError(f"a picture that cannot be read: {error}") from None


def pixel_digest(picture: np.ndarray) -> str:
    """SHA-256 of decoded pixels and their shape: the same however the file was compressed."""
    return hashlib.sha256(str(picture.shape).encode() + picture.tobytes()).hexdigest()


def rms(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square difference of two arrays of one shape."""
    return float(np.sqrt(np.mean((one.astype(float) - other.astype(float)) ** 2)))


def greys(picture: np.ndarray) -> np.ndarray:
    """The mean grey of each square of a picture, on white; the last squares may be cut."""
    drawn = Image.fromarray(picture)
    sheet = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn)
    return np.rint(np.asarray(sheet.convert("RGB").reduce(SQUARE), float).mean(axis=2)).astype(np.uint8)


def packed(means: np.ndarray) -> str:
    """Greys as text: rows × columns, then the bytes, compressed, in base64."""
    content = base64.b64encode(zlib.compress(means.tobytes(), 9)).decode("ascii")
    return f"{means.shape[0]}x{means.shape[1]}:{content}"


def unpacked(text: str) -> np.ndarray:
    """Greys from what `packed` wrote; ValueError where it did not."""
    shape, _, content = text.partition(":")
    try:
        return np.frombuffer(zlib.decompress(base64.b64decode(content)), np.uint8).reshape(
            *map(int, shape.split("x"))
        )
    except (ValueError, zlib.error):
        raise UserError("the published greys cannot be read; write them again: make expected") from None


def looks_like(one: np.ndarray, other: np.ndarray) -> tuple[bool, str]:
    """Whether two pictures' greys are the same to the eye, and how far apart they are, in words."""
    if one.shape != other.shape:
        return False, "another size"
    apart, greatest = rms(one, other), float(np.abs(one.astype(float) - other).max())
    words = f"greys of {SQUARE}-pixel squares: RMS {apart:.2f}, greatest {greatest:.0f} of 255"
    return apart <= RMS and greatest <= GREATEST, words
