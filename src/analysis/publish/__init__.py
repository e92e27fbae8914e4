"""From executed notebooks to what people open: site, PDF, search, exports.

    from analysis.publish import publish

`publish(study, runs, languages)` brings reports/<study>/ up to date and returns its path.
"""

from __future__ import annotations

from typing import Any

__all__ = ["PublishError", "publish"]


def __getattr__(name: str) -> Any:
    # Looked up when first asked for: the exports beside this module need none of what the site needs.
    if name == "publish":
        from analysis.publish.report import publish

        return publish
    if name == "PublishError":
        from analysis.publish.blocks import PublishError

        return PublishError
    raise AttributeError(f"module 'analysis.publish' has no attribute {name!r}")
