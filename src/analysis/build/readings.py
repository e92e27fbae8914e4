"""The grid of readings: which notebooks are run over which choices, and what they find under each.

`notebooks/report.yaml` says it, in the block `readings`:

    readings:
      - notebook: 00_overview
        choices:                          # every combination of these, for product is true
          links: [names, same_topic]
          periods: [stated, inferred, lent]
        product: true
        one_at_a_time:                    # each of these with the others as the notebook declares them
          years: [2001/2020]
          coder: each coder               # or: each region, all but each region (ids with a blank between)

The results are `build/<study>/readings.csv`: finding, value, of, holds (yes, no or nothing), also (ids of
other studies that it counts), one column a choice, and `chosen` (yes for the reading that the notebook declares). Only what changed is run again.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import folders, parameters, paths
from analysis.build import plan, run, staleness
from analysis.build.plan import Job
from analysis.build.progress import Progress
from analysis.errors import UserError
from analysis.tidy import datapackage

_KEPT = ("value", "of", "holds", "also")  # of a finding
FINDING = "application/vnd.analysis.finding+json"


@dataclass(frozen=True)
class Reading:
    """A notebook run under one reading: its choices, all of them, by name."""

    job: Job
    choices: Mapping[str, Any] = field(hash=False)
    chosen: bool  # whether it is the reading that the notebook declares

    @property
    def key(self) -> str:
        return json.dumps([self.job.notebook, dict(self.job.parameters)], sort_keys=True)


def path(study: str) -> Path:
    """Where the results of a study's readings are kept."""
    return paths.BUILD / study / "readings.csv"


def grid(study: Mapping[str, Any]) -> list[Reading]:
    """Every reading of the plan for a study, notebook by notebook, that which is declared first.

    Raises UserError where a choice is not a declared parameter, or a value not of its type.
    """
    entries = plan.document(paths.PLAN).get("readings", [])
    kept = [entry for entry in entries if not _left_out(entry["notebook"], study)]
    return [reading for entry in kept for reading in _readings(entry, study)]


def _left_out(notebook: str, study: Mapping[str, Any]) -> bool:
    """Whether every page of a notebook needs what this study does not have."""
    pages = [page for page in plan.document(paths.PLAN)["pages"] if page["notebook"] == notebook]
    return bool(pages) and not any(plan.is_wanted(page, study) for page in pages)


def stale(study: Mapping[str, Any], *, force: bool = False) -> dict[Reading, list[str]]:
    """The readings that have to be run, with the reasons."""
    kept = _kept(study["id"])
    asked = ["asked for"] if force else []
    found = {r: asked or run.why_stale(study["id"], r.job, kept.get(r.key, {}), None) for r in grid(study)}
    return {reading: why for reading, why in found.items() if why}


def update(study: Mapping[str, Any], submit: run.Submit, *, force: bool = False) -> None:
    """Run the readings that changed and write readings.csv, where it differs; raises run.FailedError."""
    readings, kept, todo = grid(study), _kept(study["id"]), stale(study, force=force)
    of = {reading.job: reading for reading in todo}
    try:
        with Progress(len(todo), "readings") as progress:
            for job, notebook in run.results_of(list(of), submit, progress):
                reads = notebook.metadata.analysis.reads
                kept[of[job].key] = {
                    "reads": reads,
                    "inputs": staleness.inputs(study["id"], job, reads),
                    "findings": findings(notebook),
                }
    finally:
        wanted = {reading.key: kept[reading.key] for reading in readings if reading.key in kept}
        if todo:
            text = json.dumps(wanted, ensure_ascii=False, indent=0, sort_keys=True)
            folders.write(paths.BUILD / study["id"] / "readings.json", text.encode("utf-8"))
    made = _csv(readings, wanted) if readings else b""
    target = path(study["id"])
    if not readings:
        target.unlink(missing_ok=True)
    elif not target.exists() or target.read_bytes() != made:
        folders.write(target, made)
    staleness.file_digest.cache_clear()


def findings(executed: Any) -> list[dict[str, Any]]:
    """The findings that an executed notebook displays: id, value, of."""
    outputs = (output for cell in executed.cells for output in cell.get("outputs", []))
    shown = [output.data[FINDING] for output in outputs if FINDING in output.get("data", {})]
    return [{key: each.get(key) for key in ("id", *_KEPT)} for each in shown]


def _readings(entry: Mapping[str, Any], study: Mapping[str, Any]) -> Iterable[Reading]:
    notebook = entry["notebook"]
    known = plan.declared(notebook)
    defaults = {n: v for n, v in parameters.values(plan.parameters_cell(notebook)).items() if n in known}
    language = datapackage.languages(study)[0]  # values are the same in all
    given = plan.standard(notebook, study, language)
    quick = {"values_only": True} if "values_only" in defaults else {}
    choices, alone = (_values(entry.get(key, {}), study) for key in ("choices", "one_at_a_time"))
    sets: list[dict[str, str]] = [{}]
    if entry.get("product", "true") == "true":
        sets += [dict(zip(choices, each, strict=True)) for each in itertools.product(*choices.values())]
    else:
        alone = choices | alone
    sets += [{name: value} for name, values in alone.items() for value in values]
    own = {name: defaults.get(name) for name in [*choices, *alone]}
    seen = set()
    for number, each in enumerate(plan.typed(notebook, chosen) for chosen in sets):
        full = own | each
        if (key := tuple(full.items())) not in seen:
            seen.add(key)
            differs = [f"{k}={v}" for k, v in each.items() if v != own[k]]
            name = " ".join([notebook, *(differs or ["as declared"])])
            job = Job(name, language, notebook, parameters={**given, **quick, **full})
            yield Reading(job, full, chosen=number == 0)


def _values(choices: Mapping[str, Any], study: Mapping[str, Any]) -> dict[str, list[str]]:
    """The values of each choice, with those that stand for a study's regions or coders spelt out."""
    known = {"region": list(study["regions"]), "coder": [coder["id"] for coder in study.get("coders", [])]}
    found = {}
    for name, values in choices.items():
        if isinstance(values, str):
            special = {f"each {kind}": ids for kind, ids in known.items()}
            for kind, ids in known.items():
                special[f"all but each {kind}"] = [" ".join(i for i in ids if i != left) for left in ids]
            if values not in special:
                what = f"found {values!r}, expected a list or one of {', '.join(special)}"
                raise UserError(f"notebooks/{paths.PLAN.name}: readings: {name}: {what}")
            values = special[values]
        found[name] = values
    return found


def _kept(study: str) -> dict[str, Any]:
    return folders.read_json(paths.BUILD / study / "readings.json") or {}


def _csv(readings: Sequence[Reading], kept: Mapping[str, Mapping[str, Any]]) -> bytes:
    choices = list(dict.fromkeys(name for reading in readings for name in reading.choices))
    rows = []
    for reading in readings:
        shown = {name: _text(reading.choices.get(name)) for name in choices}
        for finding in kept[reading.key]["findings"]:
            own = {"finding": finding["id"], **{key: _text(finding.get(key)) for key in _KEPT}}
            rows.append(own | shown | {"chosen": _text(reading.chosen)})
    with io.StringIO() as file:
        writer = csv.DictWriter(file, ["finding", *_KEPT, *choices, "chosen"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return file.getvalue().encode("utf-8")


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
