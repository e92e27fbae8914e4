"""What a notebook shows when it is run, as tests look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.build import run
from analysis.build.plan import Job
from analysis.figures.writer import MIME as FIGURE
from analysis.notebook.report import FINDING, NUMBER, VALUE
from analysis.notebook.table import MIME as TABLE
from analysis.tidy import read

_RECORD = re.compile(r"record:([a-z0-9_-]+(?:/[a-z0-9_.-]+)+)")


@dataclass(frozen=True)
class Shown:
    """An executed notebook: what it displayed, and the records that there are."""

    notebook: Any
    records: frozenset[str]  # `table/id` of every card

    def all(self, kind: str) -> list[Any]:
        """Everything displayed of one MIME type, in order."""
        return [output.data[kind] for output in self._outputs() if kind in output.get("data", {})]

    @property
    def figures(self) -> dict[str, Mapping[str, Any]]:
        return {figure["name"]: figure for figure in self.all(FIGURE)}

    @property
    def tables(self) -> dict[str, Mapping[str, Any]]:
        return {table["name"]: table for table in self.all(TABLE)}

    @property
    def findings(self) -> dict[str, Mapping[str, Any]]:
        return {finding["id"]: finding for finding in self.all(FINDING)}

    @property
    def notices(self) -> list[Any]:
        """What cells wrote to stderr: warnings."""
        return list(self.notebook.metadata.analysis.get("notices", []))

    @property
    def said(self) -> str:
        """Every sentence, title, caption and alt text."""
        texts = [*self.all("text/markdown")]
        texts += [
            str(figure[part]) for figure in self.figures.values() for part in ("title", "subtitle", "alt")
        ]
        texts += [table["caption"] for table in self.tables.values()]
        texts += [f"{number['value']} {number['text']}" for number in self.all(NUMBER)]
        return "\n".join(texts)

    @property
    def led_to(self) -> set[str]:
        """The records that tables, sentences and marks of figures lead to."""
        found = {key for text in self.all("text/markdown") for key in _RECORD.findall(text)}
        for table in self.tables.values():
            found |= {row["record"] for row in table["rows"] if row["record"]}
            cells = [cell["to"] or "" for row in table["rows"] for cell in row["cells"]]
            found |= {to.removeprefix("record:") for to in cells if to.startswith("record:")}
        for figure in self.figures.values():
            found |= set(figure["records"])
            found |= {key for item in figure["words"] for key in _RECORD.findall(item["text"])}
        return found

    @property
    def astray(self) -> set[str]:
        """Records of this study that something leads to, and that are not there."""
        return {key for key in self.led_to if key.count("/") == 1} - self.records

    def _outputs(self) -> Iterator[Any]:
        return (output for cell in self.notebook.cells for output in cell.get("outputs", []))


def shown_by(
    notebook: str,
    parameters: Mapping[str, object],
    processed: Path,
    *,
    source: Mapping[str, Any] | None = None,
    readings: Path | None = None,
) -> Shown:
    """Run a notebook of the project, or a changed `source` of it, on the tidy tables of a study."""
    study, language = str(parameters["study"]), str(parameters["language"])
    job = Job(notebook, language, notebook, parameters=parameters)
    executed = run.execute_job(job, processed=processed, notebook=source, readings=readings)
    tables = read.open_tables(study, language, processed)
    keys = set(tables.evidence[["table", "record"]].agg("/".join, axis=1))
    keys |= {f"themes/{record}" for record in tables.codebook["record"]}
    keys |= {f"passages/{record}" for record in tables.passages["record"]}
    return Shown(executed, frozenset(keys))


__all__ = ["FIGURE", "FINDING", "NUMBER", "TABLE", "VALUE", "Shown", "shown_by"]
