"""What an artefact says beyond its bytes: its words, its numbers, its pixels.

Inside the locked environment bytes decide. Outside it another version of a library may write the
same report in other bytes; then what is read here decides, and the certificate says so.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from lxml import etree, html
from PIL import Image

RELATIVE = 1e-9  # how far two numbers may be apart
SQUARE = 16  # pixels; a published figure is kept as the mean grey of such squares
RMS, GREATEST = 1.5, 12.0  # of 255: how far such greys may be apart, altogether and anywhere

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?:[eE][-+]?\d+)?(?![\w.])")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
# Where marks lie and how glyphs are drawn depends on the font engine; what is drawn does not.
_GEOMETRY = {
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "width",
    "height",
    "viewbox",
    "transform",
    "points",
    "cx",
    "cy",
    "r",
    "id",
    "clip-path",
    "version",
}
_MACHINERY = (".js", ".css")


@dataclass(frozen=True)
class Contents:
    """What a text artefact says: a digest of its words, and the numbers that stand among them."""

    words: str
    numbers: tuple[float, ...]

    def same_as(self, other: Contents) -> bool:
        """Whether the words are the same and each number is, within `RELATIVE`."""
        return (
            self.words == other.words
            and len(self.numbers) == len(other.numbers)
            and all(map(_near, self.numbers, other.numbers))
        )


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=0.0)


def is_machinery(name: str) -> bool:
    """Whether an artefact is program text of the site, which holds no value of the study."""
    return name.endswith(_MACHINERY)


def read(name: str, content: bytes) -> Contents:
    """Read what an artefact says, by the ending of its name; pictures, PDFs and programs say nothing.

    Raises ValueError where the content is not what the ending promises.
    """
    ending = PurePosixPath(name).suffix
    if ending in (".png", ".pdf") or is_machinery(name):
        return Contents("", ())
    try:
        text = content.decode("utf-8")
        said = {".html": _html, ".svg": _svg, ".ipynb": _notebook, ".json": _json}.get(ending, str)(text)
    except (UnicodeDecodeError, etree.ParserError, etree.XMLSyntaxError, KeyError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None
    numbers = tuple(float(found) for found in _NUMBER.findall(said))
    words = hashlib.sha256(_NUMBER.sub("#", said).encode("utf-8")).hexdigest()
    return Contents(words, numbers)


def lines(markup: str) -> list[str]:
    """The text of a piece of HTML, a line for each row, caption, heading or paragraph."""
    if not markup.strip():
        return []
    found = []
    for element in html.fragment_fromstring(markup, create_parent=True).iter(
        "tr", "caption", "h1", "h2", "h3", "h4", "p", "li", "dt", "dd"
    ):
        if element.tag == "tr":
            said = " | ".join(" ".join(cell.text_content().split()) for cell in element)
        else:
            said = " ".join(element.text_content().split())
        if said:
            found.append(said)
    return found


def _html(text: str) -> str:
    return " ".join(" ".join(_spoken(html.document_fromstring(text))).split())


def _spoken(element: Any) -> Iterator[str]:
    """The words of an element of HTML: text, where links lead, what a screen reader says."""
    if not isinstance(element.tag, str) or element.tag in ("script", "style", "link", "meta"):
        return
    if element.tag == "svg":
        yield from _drawn(element)
        return
    for attribute in ("href", "alt", "aria-label"):
        yield element.get(attribute, "")
    yield element.text or ""
    for child in element:
        yield from _spoken(child)
        yield child.tail or ""


def _svg(text: str) -> str:
    return "\n".join(_drawn(etree.fromstring(text.encode("utf-8"))))


def _drawn(root: Any) -> Iterator[str]:
    """The marks of a drawing with their colours, links and titles, but not where they lie."""
    for element in root.iter(etree.Element):
        kept = sorted(
            f"{name}={value}"
            for name, value in element.attrib.items()
            if name.lower() not in _GEOMETRY and not value.startswith("#") and "url(#" not in value
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


# -- Pixels ----------------------------------------------------------------------------------------


def pixels(png: bytes) -> np.ndarray:
    """Decode a picture to red, green, blue and opacity: an array of height × width × 4 bytes."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGBA"))


def pixel_digest(picture: np.ndarray) -> str:
    """SHA-256 of decoded pixels and their shape: the same however the file was compressed."""
    return hashlib.sha256(str(picture.shape).encode() + picture.tobytes()).hexdigest()


def rms(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square difference of two arrays of one shape."""
    return float(np.sqrt(np.mean((one.astype(float) - other.astype(float)) ** 2)))


def greys(picture: np.ndarray) -> np.ndarray:
    """The mean grey of each square of a picture, on white; the last squares may be cut."""
    opacity = picture[:, :, 3:].astype(float) / 255
    grey = (picture[:, :, :3] * opacity + 255 * (1 - opacity)).mean(axis=2)
    bottom, right = (-grey.shape[0]) % SQUARE, (-grey.shape[1]) % SQUARE
    whole = np.pad(grey, ((0, bottom), (0, right)), mode="edge")
    height, width = whole.shape[0] // SQUARE, whole.shape[1] // SQUARE
    means = whole.reshape(height, SQUARE, width, SQUARE).mean(axis=(1, 3))
    return np.rint(means).astype(np.uint8)


def packed(means: np.ndarray) -> str:
    """Greys as text: rows × columns, then the bytes, compressed, in base64."""
    content = base64.b64encode(zlib.compress(means.tobytes(), 9)).decode("ascii")
    return f"{means.shape[0]}x{means.shape[1]}:{content}"


def unpacked(text: str) -> np.ndarray:
    """Greys from what `packed` wrote."""
    shape, content = text.split(":", 1)
    rows, columns = map(int, shape.split("x"))
    return np.frombuffer(zlib.decompress(base64.b64decode(content)), np.uint8).reshape(rows, columns)


def looks_like(one: np.ndarray, other: np.ndarray) -> tuple[bool, str]:
    """Whether two pictures' greys are the same to the eye, and how far apart they are, in words."""
    if one.shape != other.shape:
        return False, "another size"
    apart, greatest = rms(one, other), float(np.abs(one.astype(float) - other).max())
    words = f"greys of {SQUARE}-pixel squares: RMS {apart:.2f}, greatest {greatest:.0f} of 255"
    return apart <= RMS and greatest <= GREATEST, words
