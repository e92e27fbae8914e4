"""The study's source and the works it cites as CSL-JSON, for Zotero, Pandoc and citeproc.

Format: Citation Style Language 1.0.2, data model (https://citationstyles.org).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from analysis.publish.export.works import Work


def bibliography(works: Iterable[Work]) -> bytes:
    """The works as a list of CSL items; what is not stated has no key."""
    items = [_item(work) for work in works]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _item(work: Work) -> dict:
    item = {
        "id": work.key,
        "type": "document",
        "author": [{"literal": name} for name in work.authors],
        "title": work.title,
        "container-title": work.venue,
        "issued": _issued(work),
        "language": work.language,
        "URL": work.addresses[0] if work.addresses else "",
        "note": " ".join([work.note, *work.addresses[1:]]),
    }
    return {name: value for name, value in item.items() if value}


def _issued(work: Work) -> dict:
    if work.date:
        return {"date-parts": [list(work.date)]}
    return {"literal": work.issued} if work.issued else {}
