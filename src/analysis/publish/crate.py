"""What a built report is, for machines: an RO-Crate of its files, runs, sources and licences.

Formats: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and its profile Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5). Plain JSON-LD, so that a build needs no library for it.
There are no times of runs: two builds of the same report are the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import analysis
from analysis import paths
from analysis.languages import nearest, others, stop
from analysis.publish.evidence import rows
from analysis.publish.store import digest
from analysis.tidy import datapackage
from analysis.words import small

FILE = "ro-crate-metadata.json"
CODE_LICENCE = "https://spdx.org/licenses/MIT"  # of the notebooks and all other code
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SOURCE, _PROJECT, _AUTHORS = "#source", "#analysis", "#contributors"
_DONE = "http://schema.org/CompletedActionStatus"
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff": "font/woff",
}

_ABOUT = (
    "Figures, tables and findings made from checked tables by parameterized notebooks. Dated by the"
    " last date in its data; of the build there is no time. / 検査済みの表から、パラメータ付きのノート"
    "ブックで作った図・表・所見。日付はデータの最後の日付であり、作成の時刻は記さない。"
)
# The properties whose values are entities, given by their ids.
_ENTITIES = re.compile(
    "about|affiliation|author|conformsTo|hasPart|instrument|isBasedOn|isPartOf|license|mentions|object|result"
)

Entity = dict[str, Any]


def metadata(
    folder: Path, package: Mapping[str, Any], runs: Sequence[Any], memory: Mapping[str, Any]
) -> bytes:
    """The content of `ro-crate-metadata.json` for a report that stands in a folder.

    `package` describes the tidy tables, which stand in `data/`; `memory` says of each page, by
    language and name, which files it has, its figures and what its run read (see `store.Store`).
    """
    languages = list(dict.fromkeys(run.job.language for run in runs))
    files = [*_files(package, languages), *(f for run in runs for f in _pages(run, memory[run.job.name]))]
    files.append(_file("manifest.json", "Digests of all files", alternateName="全ファイルのダイジェスト"))
    known = {file["@id"] for file in files}
    # All else that is there: other pages and tables, and what pages are set with.
    there = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    files += [_file(name, Path(name).stem) for name in there if name not in known]
    actions = [_run(run.job, memory[run.job.name]) for run in runs]
    actions += [_setting(language, runs) for language in languages]
    parts = {"hasPart": [file["@id"] for file in files], "mentions": [action["@id"] for action in actions]}
    graph = [
        _entity(FILE, "CreativeWork", about="./", conformsTo=_CRATE),
        _root(folder, package, languages, parts),
        *files,
        *actions,
        *(parameter for run in runs for parameter in _parameters(run.job)),
        *_notebooks(runs),
        *_context(package),
    ]
    crate = {"@context": f"{_CRATE}/context", "@graph": graph}
    return (json.dumps(crate, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _entity(id_: str, type_: str | list[str], **said: Any) -> Entity:
    """An entity and what is said of it; one reference or further name stands alone, as RO-Crate wants it."""
    made: Entity = {"@id": id_, "@type": type_}
    for key, value in said.items():
        if _ENTITIES.fullmatch(key):
            value = [{"@id": each} for each in ([value] if isinstance(value, str) else value)]
        if isinstance(value, list) and len(value) == 1 and key != "inLanguage":
            value = value[0]
        if value or key == "value":
            made[key] = value
    return made


def _root(folder: Path, package: Mapping[str, Any], languages: list[str], parts: Entity) -> Entity:
    about, licence = package["study"], package["licenses"][0]["path"]
    spoken = datapackage.languages(about)
    first = nearest("en", spoken)
    named = {
        "name": f"Report: {about[f'title_{first}']}",
        "alternateName": [small(x).text("report", title=about[f"title_{x}"]) for x in others(first, spoken)],
        "description": _ABOUT,
    }
    # The last date that the data name: of the check, else of a reading, else the source's year.
    read = max((row["read"] for row in rows(folder / "data" / "evidence.csv")), default="")
    named["datePublished"] = package["verification"]["date"] or read or str(about["year"])
    whose = {"license": licence, "author": _AUTHORS, "isBasedOn": _SOURCE, "about": _SOURCE}
    return _entity("./", "Dataset", conformsTo=_PROFILE, **named, inLanguage=languages, **whose, **parts)


# -- Files -----------------------------------------------------------------------------------------


def _file(name: str, title: str, **more: Any) -> Entity:
    encoding = _TYPES.get(Path(name).suffix, "application/octet-stream")
    return _entity(name, "File", name=title, encodingFormat=encoding, **more)


def _files(package: Mapping[str, Any], languages: Sequence[str]) -> Iterator[Entity]:
    yield _file("index.html", "Choice of language", alternateName="言語の選択")
    for language in languages:
        title, appendix = package["study"][f"title_{language}"], small(language).text("appendix")
        yield _file(f"report-{language}.pdf", title, inLanguage=language)
        yield _file(f"evidence-{language}.pdf", f"{title} ({appendix})", inLanguage=language)
    yield _file("data/datapackage.json", "Description of the tidy tables", alternateName="整形済みの表の説明")
    for resource in package["resources"]:
        titles = [value for key, value in resource.items() if key.startswith("title_")]
        yield _file(f"data/{resource['path']}", resource["title"], alternateName=titles)


def _pages(run: Any, made: Mapping[str, Any]) -> Iterator[Entity]:
    """A run's page, its executed notebook and the files of its figures."""
    figures = {name: (title, alt) for name, title, alt in made["said"]["figures"]}
    for path in made["files"]:
        file = Path(path)
        own = (f"{run.job.title} (ipynb)" if file.suffix == ".ipynb" else run.job.title, "")
        title, alt = figures[file.stem] if file.parent.name == "figures" else own
        yield _file(path, title, description=alt, inLanguage=run.job.language)


# -- Runs ------------------------------------------------------------------------------------------


def _run(job: Any, made: Mapping[str, Any]) -> Entity:
    """One run of one notebook: from tables and parameters to a page and its figures."""
    given = ", ".join(f"{name}={value}" for name, value in job.parameters.items())
    named = {"name": f"{job.title} ({job.language})", "description": f"{job.notebook}.ipynb: {given}"}
    own = f"{job.parameters.get('study', '')}/"
    used = [f"data/{name.removeprefix(own)}.csv" for name in made["said"]["reads"] if name != "readings"]
    used += [parameter["@id"] for parameter in _parameters(job)]
    done = {"instrument": f"#notebook-{job.notebook}", "object": used, "result": list(made["files"])}
    return _entity(f"#run-{job.language}-{job.page}", "CreateAction", **named, **done, actionStatus=_DONE)


def _setting(language: str, runs: Sequence[Any]) -> Entity:
    """The making of a language's PDFs from its executed notebooks."""
    text = "The pages of one language as one document / 一言語のページを一つの文書に"
    used = [f"notebooks/{run.job.name}.ipynb" for run in runs if run.job.language == language]
    made = [f"report-{language}.pdf", f"evidence-{language}.pdf"]
    named = {"name": f"PDF ({language})", "description": text}
    done = {"instrument": _PROJECT, "object": used, "result": made}
    return _entity(f"#pdf-{language}", "CreateAction", **named, **done, actionStatus=_DONE)


def _parameters(job: Any) -> list[Entity]:
    own = f"#parameter-{job.language}-{job.page}"
    return [_entity(f"{own}-{n}", "PropertyValue", name=n, value=v) for n, v in job.parameters.items()]


def _notebooks(runs: Sequence[Any]) -> Iterator[Entity]:
    """The notebooks as they are in the project, known by the digest of their code cells."""
    for run in {run.job.notebook: run for run in runs}.values():
        code = [
            cell["source"]
            for cell in run.notebook["cells"]
            if cell["cell_type"] == "code" and "injected-parameters" not in cell["metadata"].get("tags", [])
        ]
        name, kinds = run.job.notebook, ["SoftwareApplication", "SoftwareSourceCode"]
        known = {"version": analysis.__version__, "identifier": f"sha256:{digest(code)}"}
        whose = {"license": CODE_LICENCE, "isPartOf": _PROJECT}
        yield _entity(f"#notebook-{name}", kinds, name=f"{name}.ipynb", **known, **whose)


# -- What the report is about, and whose it is -----------------------------------------------------


def _context(package: Mapping[str, Any]) -> Iterator[Entity]:
    lock = f"requirements.lock, sha256:{hashlib.sha256(paths.LOCK.read_bytes()).hexdigest()}"
    own = {"softwareVersion": analysis.__version__, "license": CODE_LICENCE, "softwareRequirements": lock}
    yield _entity(_PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    yield _entity(_PROJECT, "SoftwareApplication", name="regional-innovation-notebooks", **own)
    yield _entity(_AUTHORS, "Organization", name="The contributors", alternateName="本プロジェクトの貢献者")
    code = {"title": "MIT License", "name": "MIT", "path": CODE_LICENCE}
    for licence in (package["licenses"][0], code):
        title, path = licence["title"], licence["path"]
        yield _entity(path, "CreativeWork", name=title, identifier=licence["name"], url=path)
    yield from _source(package["study"])


def _source(about: Mapping[str, Any]) -> Iterator[Entity]:
    """The study's source with its authors; who compiled records need not be a person."""
    kind = {"document": "Person", "records": "Organization"}[about["kind"]]
    authors = {f"#author-{n}": author for n, author in enumerate(about["authors"], 1)}
    spoken = datapackage.languages(about)
    told = [nearest("en", spoken), *others(nearest("en", spoken), spoken)]
    title, *titles = (about[f"title_{x}"] for x in told)
    text = " / ".join(f"{about[f'venue_{x}']}{stop(x)}{about[f'rights_{x}']}" for x in told)
    said = {"inLanguage": about["language"], "datePublished": str(about["year"]), "description": text}
    yield _entity(_SOURCE, "CreativeWork", name=title, alternateName=titles, author=list(authors), **said)
    for id_, author in authors.items():
        name, *names = (author[f"name_{x}"] for x in told)
        affiliations = [author[f"affiliation_{x}"] for x in told]
        stated = next(filter(None, affiliations), "")
        at = id_.replace("author", "affiliation")
        yield _entity(id_, kind, name=name, alternateName=names, affiliation=at if stated else [])
        if stated:
            yield _entity(at, "Organization", name=stated, alternateName=affiliations[1:])
