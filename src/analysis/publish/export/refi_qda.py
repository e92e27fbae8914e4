"""The codebook as a REFI-QDA Codebook (.qdc), which ATLAS.ti, MAXQDA, NVivo and QualCoder import.

Format: REFI-QDA standard 1.5 (https://www.qdasoftware.org), namespace urn:QDA-XML:codebook:1.0.
"""

from __future__ import annotations

import uuid

from lxml import etree

from analysis.publish.export.codebook import codes
from analysis.transcribe.load import Study

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def codebook(study: Study) -> bytes | None:
    """The codebook as XML; None where the study has no themes: the format wants one code or more."""
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", origin="analysis", nsmap={None: NAMESPACE})
    parent = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    for code in codes(study):
        about = {"guid": guid(study.id, code.id), "name": code.name, "isCodable": "true"}
        element = etree.SubElement(parent, f"{{{NAMESPACE}}}Code", about)
        etree.SubElement(element, f"{{{NAMESPACE}}}Description").text = code.description
    if not len(parent):
        return None
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def guid(study: str, theme: str) -> str:
    """The identifier of a theme: the same on every export, and another in every study."""
    return str(uuid.uuid5(_GUIDS, f"{study}/{theme}"))
