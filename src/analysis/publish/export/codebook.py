"""The codebook for tools of qualitative analysis: as REFI-QDA (.qdc) and as the CSV that Taguette imports.

REFI-QDA standard 1.5 (https://www.qdasoftware.org) is read by ATLAS.ti, MAXQDA, NVivo and QualCoder.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from analysis.languages import nearest, others
from analysis.transcribe import csv_text
from analysis.transcribe.load import Study
from analysis.words import small

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def _codes(study: Study) -> Iterator[tuple[str, str, str]]:
    """Id, name and text of the themes of a study, in its languages, the source's own language first.

    The text begins with the theme's id, so that codings can be led back to the table.
    """
    first = nearest(study.meta.language, study.languages)
    languages = [first, *others(first, study.languages)]
    for theme in study.tables["themes"].to_dict("records"):
        name, *more = (theme[f"label_{language}"] for language in languages)
        name += f" ({'; '.join(more)})" if more else ""
        texts = [f"[{theme['id']}]", *(_defined(theme, language) for language in languages)]
        yield theme["id"], name, "\n\n".join(texts)


def _defined(theme: Mapping[Any, str], language: str) -> str:
    words = small(language)
    limits = (words.text(part, what=theme[f"{part}_{language}"]) for part in ("include", "exclude"))
    return "\n".join([theme[f"definition_{language}"], *limits])


def taguette(study: Study) -> bytes:
    """The codebook as CSV, one tag a row; its header alone where the study has no themes.

    Taguette wants exactly one column named tag, name or path, and guesses the file's encoding.
    """
    tags = ((name, text) for _, name, text in _codes(study))
    return csv_text.written([("tag", "description"), *tags]).encode("utf-8")


def refi_qda(study: Study) -> bytes | None:
    """The codebook as XML; None where the study has no themes: the format wants one code or more."""
    spaces: Any = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", origin="analysis", nsmap=spaces)
    parent = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    for theme, name, text in _codes(study):
        about = {"guid": guid(study.id, theme), "name": name, "isCodable": "true"}
        element = etree.SubElement(parent, f"{{{NAMESPACE}}}Code", about)
        etree.SubElement(element, f"{{{NAMESPACE}}}Description").text = text
    if not len(parent):
        return None
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def guid(study: str, theme: str) -> str:
    """The identifier of a theme: the same on every export, and another in every study."""
    return str(uuid.uuid5(_GUIDS, f"{study}/{theme}"))
