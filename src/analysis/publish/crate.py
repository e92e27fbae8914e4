"""What a built report is, for machines: an RO-Crate of its files, runs, sources and licences.

Formats: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and its profile Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5). Plain JSON-LD, so that a build needs no library for it.
There are no times of runs: two builds of the same report are the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import analysis
from analysis import paths
from analysis.languages import nearest, others, stop
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

Entity = dict[str, Any]


def metadata(
    folder: Path, package: Mapping[str, Any], runs: Sequence[Any], memory: Mapping[str, Any]
) -> bytes:
    """The content of `ro-crate-metadata.json` for a report that stands in a folder.

    `package` describes the tidy tables, which stand in `data/`; `memory` says of each page, by
    language and name, which files it has, its figures and what its run read (see `store.Store`).
    """
    languages = list(dict.fromkeys(run.job.language for run in runs))
    files = [*_files(package, languages), *(f for run in runs for f in _pages(run, memory))]
    files.append(_file("manifest.json", "Digests of all files", alternateName="全ファイルのダイジェスト"))
    known = {file["@id"] for file in files}
    files += [_file(name, Path(name).stem) for name in _rest(folder) if name not in known]
    actions = [*(_run(run, memory) for run in runs), *(_setting(language, runs) for language in languages)]
    root = _root(folder, package, languages) | {
        "hasPart": _to(*(file["@id"] for file in files)),
        "mentions": _to(*(action["@id"] for action in actions)),
    }
    graph = [
        {"@id": FILE, "@type": "CreativeWork", "about": _to("./"), "conformsTo": _to(_CRATE)},
        root,
        *files,
        *actions,
        *(p for run in runs for p in _parameters(run.job)),
        *_notebooks(runs),
        *_context(package),
    ]
    crate = {"@context": f"{_CRATE}/context", "@graph": graph}
    return (json.dumps(crate, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _entity(id_: str, type_: str | list[str], **said: Any) -> Entity:
    return {"@id": id_, "@type": type_, **said}


def _root(folder: Path, package: Mapping[str, Any], languages: Sequence[str]) -> Entity:
    about = package["study"]
    spoken = datapackage.languages(about)
    first = nearest("en", spoken)
    text = "Figures, tables and findings made from checked tables by parameterized notebooks. Dated by the"
    text += (
        " last date in its data; of the build there is no time. / 検査済みの表から、パラメータ付きのノート"
    )
    text += "ブックで作った図・表・所見。日付はデータの最後の日付であり、作成の時刻は記さない。"
    own: dict[str, Any] = {
        "name": f"Report: {about[f'title_{first}']}",
    }
    own |= _also([small(x).text("report", title=about[f"title_{x}"]) for x in others(first, spoken)])
    own |= {"description": text, "datePublished": _date(folder, package), "inLanguage": list(languages)}
    whose = {"license": _to(package["licenses"][0]["path"]), "author": _to(_AUTHORS)}
    whose |= {"isBasedOn": _to(_SOURCE), "about": _to(_SOURCE)}
    return _entity("./", "Dataset", conformsTo=_to(_PROFILE), **own, **whose)


def _date(folder: Path, package: Mapping[str, Any]) -> str:
    """The last date that the data name: of the check, else of a reading, else the source's year."""
    with (folder / "data" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        read = max((row["read"] for row in csv.DictReader(file)), default="")
    return package["verification"]["date"] or read or str(package["study"]["year"])


# -- Files -----------------------------------------------------------------------------------------


def _files(package: Mapping[str, Any], languages: Sequence[str]) -> Iterator[Entity]:
    yield _file("index.html", "Choice of language", alternateName="言語の選択")
    for language in languages:
        title = package["study"][f"title_{language}"]
        yield _file(f"report-{language}.pdf", title, inLanguage=language)
        appendix = small(language).text("appendix")
        yield _file(f"evidence-{language}.pdf", f"{title} ({appendix})", inLanguage=language)
    yield _file("data/datapackage.json", "Description of the tidy tables", alternateName="整形済みの表の説明")
    for resource in package["resources"]:
        yield _file(f"data/{resource['path']}", resource["title"], **_also(_titles(resource)))


def _pages(run: Any, memory: Mapping[str, Any]) -> Iterator[Entity]:
    """A run's page, its executed notebook and the files of its figures."""
    made, language = memory[name_of(run.job)], run.job.language
    figures = {name: (title, alt) for name, title, alt in made["said"]["figures"]}
    for path in made["files"]:
        file = Path(path)
        if file.parent.name == "figures":
            title, alt = figures[file.stem]
            yield _file(path, title, description=alt, inLanguage=language)
        else:
            kind = {".ipynb": " (ipynb)"}.get(file.suffix, "")
            yield _file(path, f"{run.job.title}{kind}", inLanguage=language)


def _rest(folder: Path) -> list[str]:
    """All that is there: other pages and tables, and what pages are set with."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def _file(name: str, title: str, **more: Any) -> Entity:
    return _entity(
        name,
        "File",
        name=title,
        encodingFormat=_TYPES.get(Path(name).suffix, "application/octet-stream"),
        **more,
    )


# -- Runs ------------------------------------------------------------------------------------------


def _run(run: Any, memory: Mapping[str, Any]) -> Entity:
    """One run of one notebook: from tables and parameters to a page and its figures."""
    job, made = run.job, memory[name_of(run.job)]
    given = ", ".join(f"{name}={value}" for name, value in job.parameters.items())
    own = f"{job.parameters.get('study', '')}/"
    reads = [name.removeprefix(own) for name in made["said"]["reads"] if name != "readings"]
    used = [*(f"data/{name}.csv" for name in reads), *(p["@id"] for p in _parameters(job))]
    named = {"name": f"{job.title} ({job.language})", "description": f"{job.notebook}.ipynb: {given}"}
    return _action(f"#run-{job.language}-{job.page}", _notebook(job), used, made["files"], **named)


def _setting(language: str, runs: Sequence[Any]) -> Entity:
    """The making of a language's PDFs from its executed notebooks."""
    names = [f"notebooks/{name_of(run.job)}.ipynb" for run in runs if run.job.language == language]
    text = "The pages of one language as one document / 一言語のページを一つの文書に"
    made = [f"report-{language}.pdf", f"evidence-{language}.pdf"]
    return _action(f"#pdf-{language}", _PROJECT, names, made, name=f"PDF ({language})", description=text)


def _action(id_: str, by: str, used: Iterable[str], made: Iterable[str], **said: str) -> Entity:
    done = {"instrument": _to(by), "object": _to(*used), "result": _to(*made), "actionStatus": _DONE}
    return _entity(id_, "CreateAction", **said, **done)


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
        known = {"version": analysis.__version__, "identifier": f"sha256:{digest(code)}"}
        known |= {"license": _to(CODE_LICENCE), "isPartOf": _to(_PROJECT)}
        kinds = ["SoftwareApplication", "SoftwareSourceCode"]
        yield _entity(_notebook(run.job), kinds, name=f"{run.job.notebook}.ipynb", **known)


def _notebook(job: Any) -> str:
    return f"#notebook-{job.notebook}"


# -- What the report is about, and whose it is -----------------------------------------------------


def _context(package: Mapping[str, Any]) -> Iterator[Entity]:
    licence, lock = package["licenses"][0], hashlib.sha256(paths.LOCK.read_bytes()).hexdigest()
    own = {"softwareVersion": analysis.__version__, "license": _to(CODE_LICENCE)}
    own["softwareRequirements"] = f"requirements.lock, sha256:{lock}"
    yield _entity(_PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    yield _entity(_PROJECT, "SoftwareApplication", name="regional-innovation-notebooks", **own)
    yield _entity(_AUTHORS, "Organization", name="The contributors", alternateName="本プロジェクトの貢献者")
    for title, name, path in (
        (licence["title"], licence["name"], licence["path"]),
        ("MIT License", "MIT", CODE_LICENCE),
    ):
        yield _entity(path, "CreativeWork", name=title, identifier=name, url=path)
    yield from _source(package["study"])


def _source(about: Mapping[str, Any]) -> Iterator[Entity]:
    """The study's source with its authors; who compiled records need not be a person."""
    kind = {"document": "Person", "records": "Organization"}[about["kind"]]
    authors = [f"#author-{n}" for n, _ in enumerate(about["authors"], 1)]
    spoken = datapackage.languages(about)
    own = nearest("en", spoken)
    told = [own, *others(own, spoken)]
    text = " / ".join(f"{about[f'venue_{x}']}{stop(x)}{about[f'rights_{x}']}" for x in told)
    said = {"inLanguage": about["language"], "datePublished": str(about["year"]), "description": text}
    titles = {"name": about[f"title_{own}"]} | _also([about[f"title_{x}"] for x in told[1:]])
    yield _entity(_SOURCE, "CreativeWork", **titles, author=_to(*authors), **said)
    for name, author in zip(authors, about["authors"], strict=True):
        where = name.replace("author", "affiliation")
        names = [author[f"name_{x}"] for x in told]
        affiliations = [author[f"affiliation_{x}"] for x in told]
        stated = next(filter(None, affiliations), "")
        at = {"affiliation": _to(where)} if stated else {}
        yield _entity(name, kind, name=names[0], **_also(names[1:]), **at)
        if stated:
            yield _entity(where, "Organization", name=stated, **_also(affiliations[1:]))


def _also(names: Sequence[str]) -> dict[str, Any]:
    """What something is called in other languages: one alone where there is one."""
    return {"alternateName": names[0] if len(names) == 1 else list(names)} if names else {}


def _titles(described: Mapping[str, Any]) -> list[str]:
    return [value for key, value in described.items() if key.startswith("title_")]


def _to(*names: str) -> Any:
    """References to entities: one alone where there is one, as RO-Crate wants it."""
    return {"@id": names[0]} if len(names) == 1 else [{"@id": name} for name in names]


def name_of(job: Any) -> str:
    """What a run is called: its language and page."""
    return f"{job.language}/{job.page}"
