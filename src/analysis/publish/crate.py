"""What a built report is, for machines: an RO-Crate of its files, runs, sources and licences.

Formats: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and its profile Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5). Plain JSON-LD, so that a build needs no library for it.
There are no times of runs: two builds of the same report are the same bytes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import analysis
from analysis.build.plan import Job
from analysis.publish.guides import guides
from analysis.publish.pages import Figure

FILE = "ro-crate-metadata.json"
CODE_LICENCE = "https://spdx.org/licenses/MIT"  # of the notebooks and all other code
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SOURCE, _PROJECT, _AUTHORS = "#source", "#analysis", "#contributors"
_DONE = "http://schema.org/CompletedActionStatus"
_TYPES = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

Entity = dict[str, Any]


def metadata(
    folder: Path,
    package: Mapping[str, Any],
    jobs: Sequence[Job],
    runs: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, Sequence[Figure]],
    lock: str,
) -> bytes:
    """The content of `ro-crate-metadata.json` for a report that stands in a folder.

    `package` describes the tidy tables, which stand in `data/`; `runs` are the runs' records by
    name, `found` their figures; `lock` is the digest of the locked dependencies.
    """
    languages = list(dict.fromkeys(job.language for job in jobs))
    files = [*_files(package, languages), *_others(runs), *_pages(jobs, found), *_guides(languages)]
    actions = [
        *(_run(job, runs[job.name], found[job.name]) for job in jobs),
        *(_setting(language, jobs) for language in languages),
    ]
    root = _root(folder, package, languages) | {
        "hasPart": _to(*(file["@id"] for file in files)),
        "mentions": _to(*(action["@id"] for action in actions)),
    }
    graph = [
        {"@id": FILE, "@type": "CreativeWork", "about": _to("./"), "conformsTo": _to(_CRATE)},
        root,
        *files,
        *actions,
        *(p for job in jobs for p in _parameters(job)),
        *_notebooks(jobs, runs),
        *_context(package, lock),
    ]
    crate = {"@context": f"{_CRATE}/context", "@graph": graph}
    return (json.dumps(crate, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _root(folder: Path, package: Mapping[str, Any], languages: Sequence[str]) -> Entity:
    about = package["study"]
    return {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": _to(_PROFILE),
        "name": f"Report: {about['title_en']}",
        "alternateName": f"報告書：{about['title_ja']}",
        "description": "Figures, tables and findings made from checked tables by parameterized"
        " notebooks. Dated by the last date in its data; of the build there is no time."
        " / 検査済みの表から、パラメータ付きのノートブックで作った図・表・所見。"
        "日付はデータの最後の日付であり、作成の時刻は記さない。",
        "datePublished": _date(folder, package),
        "inLanguage": list(languages),
        "license": _to(package["licenses"][0]["path"]),
        "author": _to(_AUTHORS),
        "isBasedOn": _to(_SOURCE),
        "about": _to(_SOURCE),
    }


def _date(folder: Path, package: Mapping[str, Any]) -> str:
    """The last date that the data name: of the check, else of a reading, else the source's year."""
    with (folder / "data" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        read = max((row["read"] for row in csv.DictReader(file)), default="")
    return package["verification"]["date"] or read or str(package["study"]["year"])


# -- Files -----------------------------------------------------------------------------------------


def _files(package: Mapping[str, Any], languages: Sequence[str]) -> Iterator[Entity]:
    yield _file("index.html", "Choice of language", alternateName="言語の選択")
    yield _file(
        "manifest.json",
        "Digests of every file and of what each run was made from",
        alternateName="すべてのファイルと、各実行の入力のダイジェスト",
    )
    for language in languages:
        title = package["study"][f"title_{language}"]
        yield _file(f"report-{language}.pdf", title, inLanguage=language)
    yield _file("data/datapackage.json", "Description of the tidy tables", alternateName="整形済みの表の説明")
    for resource in package["resources"]:
        yield _file(f"data/{resource['path']}", resource["title"], alternateName=resource["title_ja"])


def _others(runs: Mapping[str, Mapping[str, Any]]) -> Iterator[Entity]:
    """The tables of the studies beside it that the runs read."""
    names = sorted({name for run in runs.values() for name in run["tables"] if "/" in name})
    for name in names:
        study, _, table = name.partition("/")
        title = Path(table).stem
        yield _file(f"data/{name}", f"{title} of {study}", alternateName=f"{study}：{title}")


def _pages(jobs: Sequence[Job], found: Mapping[str, Sequence[Figure]]) -> Iterator[Entity]:
    for job in jobs:
        yield _file(_page(job), job.title, inLanguage=job.language)
        yield _file(_executed(job), f"{job.title} (ipynb)", inLanguage=job.language)
        for figure in found[job.name]:
            for name in figure.files():
                yield _file(
                    f"{job.language}/{name}", figure.title, description=figure.alt, inLanguage=job.language
                )


def _guides(languages: Sequence[str]) -> Iterator[Entity]:
    for guide in guides(languages):
        yield _file(f"{guide.language}/{guide.page}.html", guide.title, inLanguage=guide.language)


def _file(name: str, title: str, **more: str) -> Entity:
    return {"@id": name, "@type": "File", "name": title, "encodingFormat": _TYPES[Path(name).suffix], **more}


def _page(job: Job) -> str:
    return f"{job.language}/{job.page}.html"


def _executed(job: Job) -> str:
    return f"notebooks/{job.name}.ipynb"


# -- Runs ------------------------------------------------------------------------------------------


def _run(job: Job, record: Mapping[str, Any], figures: Sequence[Figure]) -> Entity:
    """One run of one notebook: from tables and parameters to a page and its figures."""
    given = ", ".join(f"{name}={value}" for name, value in job.parameters.items())
    results = [
        _page(job),
        _executed(job),
        *(f"{job.language}/{name}" for figure in figures for name in figure.files()),
    ]
    inputs = [*(f"data/{name}" for name in record["tables"]), *(p["@id"] for p in _parameters(job))]
    return {
        "@id": f"#run-{job.language}-{job.page}",
        "@type": "CreateAction",
        "name": f"{job.title} ({job.language})",
        "description": f"{job.notebook}.ipynb: {given}",
        "instrument": _to(_notebook(job)),
        "object": _to(*inputs),
        "result": _to(*results),
        "actionStatus": _DONE,
    }


def _setting(language: str, jobs: Sequence[Job]) -> Entity:
    """The making of a language's PDF from its executed notebooks."""
    return {
        "@id": f"#pdf-{language}",
        "@type": "CreateAction",
        "name": f"PDF ({language})",
        "description": "The pages of one language as one document / 一言語のページを一つの文書に",
        "instrument": _to(_PROJECT),
        "object": _to(*(_executed(job) for job in jobs if job.language == language)),
        "result": _to(f"report-{language}.pdf"),
        "actionStatus": _DONE,
    }


def _parameters(job: Job) -> list[Entity]:
    return [
        {
            "@id": f"#parameter-{job.language}-{job.page}-{name}",
            "@type": "PropertyValue",
            "name": name,
            "value": value,
        }
        for name, value in job.parameters.items()
    ]


def _notebooks(jobs: Sequence[Job], runs: Mapping[str, Mapping[str, Any]]) -> Iterator[Entity]:
    """The notebooks as they are in the project, known by the digest of their code cells."""
    for job in {job.notebook: job for job in jobs}.values():
        digest = runs[job.name]["inputs"][f"{job.notebook}.ipynb (code)"]
        yield {
            "@id": _notebook(job),
            "@type": ["SoftwareApplication", "SoftwareSourceCode"],
            "name": f"{job.notebook}.ipynb",
            "version": analysis.__version__,
            "identifier": f"sha256:{digest}",
            "license": _to(CODE_LICENCE),
            "isPartOf": _to(_PROJECT),
        }


def _notebook(job: Job) -> str:
    return f"#notebook-{job.notebook}"


# -- What the report is about, and whose it is -----------------------------------------------------


def _context(package: Mapping[str, Any], lock: str) -> Iterator[Entity]:
    yield {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    yield {
        "@id": _PROJECT,
        "@type": "SoftwareApplication",
        "name": "analysis",
        "softwareVersion": analysis.__version__,
        "license": _to(CODE_LICENCE),
        "softwareRequirements": f"requirements.lock, sha256:{lock}",
    }
    yield {
        "@id": _AUTHORS,
        "@type": "Organization",
        "name": "The contributors",
        "alternateName": "本プロジェクトの貢献者",
    }
    licence = package["licenses"][0]
    yield {
        "@id": licence["path"],
        "@type": "CreativeWork",
        "name": licence["title"],
        "identifier": licence["name"],
        "url": licence["path"],
    }
    yield {
        "@id": CODE_LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "identifier": "MIT",
        "url": CODE_LICENCE,
    }
    yield from _source(package["study"])


def _source(about: Mapping[str, Any]) -> Iterator[Entity]:
    """The study's source with its authors; who compiled records need not be a person."""
    kind = {"document": "Person", "records": "Organization"}[about["kind"]]
    authors = [f"#author-{n}" for n, _ in enumerate(about["authors"], 1)]
    yield {
        "@id": _SOURCE,
        "@type": "CreativeWork",
        "name": about["title_en"],
        "alternateName": about["title_ja"],
        "inLanguage": about["language"],
        "datePublished": str(about["year"]),
        "author": _to(*authors),
        "description": f"{about['venue_en']}. {about['rights_en']} / "
        f"{about['venue_ja']}。{about['rights_ja']}",
    }
    for name, author in zip(authors, about["authors"], strict=True):
        where = name.replace("author", "affiliation")
        stated = author["affiliation_en"] or author["affiliation_ja"]
        yield {
            "@id": name,
            "@type": kind,
            "name": author["name_en"],
            "alternateName": author["name_ja"],
            **({"affiliation": _to(where)} if stated else {}),
        }
        if stated:
            yield {
                "@id": where,
                "@type": "Organization",
                "name": stated,
                "alternateName": author["affiliation_ja"],
            }


def _to(*names: str) -> Any:
    """References to entities: one alone where there is one, as RO-Crate wants it."""
    return {"@id": names[0]} if len(names) == 1 else [{"@id": name} for name in names]
