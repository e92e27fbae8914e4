"""Build a report: run what is stale, set the pages, and swap the whole in at once."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis import links, paths
from analysis.build import cluster, fresh, provenance, run
from analysis.build.execute import NotebookError
from analysis.build.plan import LANGUAGES, Job
from analysis.publish import crate, guides, pages, pdf, site
from analysis.publish.pdf import Page
from analysis.publish.site import Site, Thumbnail


@dataclass
class Outcome:
    """What a build did: the runs it made and why, and what failed."""

    target: Path
    ran: dict[str, list[str]] = field(default_factory=dict)  # job name to reasons
    failed: list[NotebookError] = field(default_factory=list)
    rendered: bool = False


def build(
    study: str,
    languages: Sequence[str] = LANGUAGES,
    *,
    force: bool = False,
    warm: bool = True,
    at_once: int = 0,
    address: str = "",
    beside: Sequence[str] | None = None,
) -> Outcome:
    """Bring the report of a study up to date in reports/<study>/.

    Everything is made in a folder beside the target and swapped in whole: a failing notebook, or
    an interrupted build, leaves the last good report as it was. Other languages that the report
    already has stay in it. With the `address` of a Dask scheduler the notebooks run on its workers.
    The studies `beside` it are those that the study names itself, unless others are given.

    Raises cluster.ClusterError where that cluster cannot be used.
    """
    target = paths.REPORTS / study
    languages = fresh.languages_of(study, languages)
    states = fresh.states(study, languages, beside, force=force)
    outcome = Outcome(target)
    executed: dict[str, NotebookNode] = {}
    todo = [job for job, why in states.items() if why]
    package = fresh.package_of(study, beside)
    with _elsewhere(address if todo else "", package["study"], warm=warm) as submit:
        at_once = at_once or run.at_once_by_default()
        for job, result in run.run_all(todo, warm=warm, at_once=at_once, submit=submit):
            outcome.ran[job.name] = states[job]
            if isinstance(result, NotebookError):
                outcome.failed.append(result)
            else:
                executed[job.name] = pages.short_ids(result)
    if outcome.failed:
        return outcome
    rendering = fresh.rendering(study, languages, beside)
    if not todo and fresh.whole(study, languages, beside):
        return outcome
    for job in states:
        if job.name not in executed:
            kept = nbformat.read(_notebook(target, job), as_version=4)
            executed[job.name] = pages.restored(kept, job, target)
    outcome.rendered = True
    paths.REPORTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{study}-", dir=paths.REPORTS) as folder:
        made = Path(folder, study)
        _assemble(package, list(states), executed, made, languages, rendering)
        _swap(made, target)
    return outcome


@contextmanager
def _elsewhere(address: str, about: Mapping[str, Any], *, warm: bool) -> Iterator[Callable | None]:
    """How jobs are sent to the cluster at an address; None where they run here."""
    if address:
        with cluster.dask(address, about["id"], about["beside"], warm=warm) as made:
            yield made.submit
    else:
        yield None


def _assemble(
    package: Mapping[str, Any],
    jobs: Sequence[Job],
    executed: Mapping[str, NotebookNode],
    folder: Path,
    languages: Sequence[str],
    rendering: str,
) -> None:
    """Write a whole report into a folder; `package` describes the study (`fresh.package_of`)."""
    sources = run.sources()
    study, beside = package["study"]["id"], package["study"]["beside"]
    found = {j.name: pages.figures(executed[j.name], j) for j in jobs}
    sites, papers = [], {}
    for language in languages:
        own = [job for job in jobs if job.language == language]
        uses = _uses(own, found, executed)
        labels = _labels(study, language)
        for other in beside:
            labels |= {f"{other}/{key}": words for key, words in _labels(other, language).items()}
        made = {
            job.page: pages.page(job, executed[job.name], sources[job.notebook], uses, labels) for job in own
        }
        around = _site(package, own, found, languages)
        sites.append((around, made, folder / language))
        papers[language] = (
            around,
            [Page(j, executed[j.name], sources[j.notebook]) for j in own],
            package["study"][f"subtitle_{language}"],
        )
        for number, figure in ((n, f) for job in own for n, f in enumerate(found[job.name])):
            files = figure.files() | (figure.thumbnail() if number == 0 else {})
            for name, content in files.items():
                _write(folder / language / name, content)
    for language, content in _render(sites, papers).items():
        _write(folder / f"report-{language}.pdf", content)
    for job in jobs:
        text = nbformat.writes(pages.published(executed[job.name], job))
        _write(_notebook(folder, job), (text + "\n").encode("utf-8"))
    shutil.copytree(paths.PROCESSED / study, folder / "data")
    for other in beside:
        shutil.copytree(paths.PROCESSED / other, folder / "data" / other)
    _write(folder / "index.html", _front(package, languages).encode("utf-8"))
    runs = {job.name: _run_record(study, job, executed[job.name]) for job in jobs}
    lock = provenance.file_digest(paths.LOCK)
    _write(folder / crate.FILE, crate.metadata(folder, package, jobs, runs, found, lock))
    for path in sorted(folder.rglob("*")):  # permissions do not depend on who builds
        path.chmod(0o755 if path.is_dir() else 0o644)
    manifest = {
        "study": study,
        "beside": list(beside),
        "languages": list(languages),
        "rendering": rendering,
        "runs": runs,
        "lock": lock,
        "font": provenance.font_version(),
        "artefacts": {
            str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        },
    }
    _write(
        folder / fresh.MANIFEST,
        (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8"),
    )
    (folder / fresh.MANIFEST).chmod(0o644)
    folder.chmod(0o755)


def _run_record(study: str, job: Job, executed: NotebookNode) -> dict[str, Any]:
    tables = run.tables_read(executed, study)
    inputs = provenance.inputs(job, paths.NOTEBOOKS, fresh.table_digests(study, tables))
    return {"notebook": job.notebook, "parameters": dict(job.parameters), "tables": tables, "inputs": inputs}


def _uses(
    jobs: Sequence[Job], found: Mapping[str, list], executed: Mapping[str, NotebookNode]
) -> dict[str, list]:
    """Where each evidence card is led to from: its id to (address, title), figures first."""
    uses: dict[str, list] = {}
    for job in jobs:
        for figure in found[job.name]:
            for key in figure.records:
                uses.setdefault(links.anchor(key), []).append(
                    (f"{figure.page}.html#{figure.name}", figure.title)
                )
    for job in jobs:
        for card in pages.cards_led_to(executed[job.name]):
            uses.setdefault(card, []).append((f"{job.page}.html", job.title))
    return uses


def _labels(study: str, language: str) -> dict[str, str]:
    """What each record and passage is called, with where it stands: key to words."""
    folder, gap = paths.PROCESSED / study, {"ja": "（{}）", "en": " ({})"}[language]
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        labels = {
            f"{row['table']}/{row['record']}": row[f"label_{language}"]
            + (gap.format(row["passages"]) if row["passages"] else "")
            for row in csv.DictReader(file)
        }
    with (folder / "passages.csv").open(encoding="utf-8", newline="") as file:
        return labels | {f"passages/{row['record']}": row[f"gist_{language}"] for row in csv.DictReader(file)}


def _site(
    package: Mapping[str, Any],
    jobs: Sequence[Job],
    found: Mapping[str, list],
    languages: Sequence[str],
) -> Site:
    language, about = jobs[0].language, package["study"]
    figures = [found[job.name][0] for job in jobs if found[job.name]]  # the main one of each page
    return Site(
        language=language,
        project=about[f"title_{language}"],
        citation=_citation(about, language),
        verification=package["verification"][f"words_{language}"],
        pages=[(job.page, job.title) for job in jobs],
        thumbnails=[Thumbnail(f.page, f.name, f.title, f.alt) for f in figures],
        languages=languages,
        guides=guides.guides([language]),
    )


def _citation(about: Mapping[str, Any], language: str) -> str:
    if language == "ja":
        authors = "、".join(a["name_ja"] for a in about["authors"])
        return f"原典：{authors}（{about['year']}）「{about['title_ja']}」{about['venue_ja']}。{about['rights_ja']}"
    authors = "; ".join(a["name_en"] for a in about["authors"])
    return (
        f"Source: {authors} ({about['year']}), {about['title_en']}. {about['venue_en']}. {about['rights_en']}"
    )


def _render(
    sites: Sequence[tuple[Site, Mapping[str, NotebookNode], Path]],
    papers: Mapping[str, tuple[Site, list[Page], str]],
) -> dict[str, bytes]:
    """Set the languages side by side, each in a process of its own that has Sphinx already.

    The PDFs are set meanwhile, in this process: typst keeps threads, which a fork would lose.
    """
    import myst_nb.sphinx_  # noqa: F401
    import sphinx.application  # noqa: F401

    site.flush()
    with ProcessPoolExecutor(len(sites), mp_context=get_context("fork")) as pool:
        waiting = [pool.submit(site.build, *each) for each in sites]
        made = {x: pdf.pdf(around, own, subtitle=below) for x, (around, own, below) in papers.items()}
        for future in waiting:
            future.result()
    return made


def _front(package: Mapping[str, Any], languages: Sequence[str]) -> str:
    """The page that chooses a language."""
    about = package["study"]
    names = {"ja": "日本語", "en": "English"}
    paper = {"ja": "PDF（日本語）", "en": "PDF (English)"}
    links = "".join(
        f'<li lang="{x}"><a href="{x}/index.html" hreflang="{x}">{names[x]}</a>'
        f' · <a href="report-{x}.pdf" hreflang="{x}">{paper[x]}</a></li>'
        for x in languages
    )
    first, *others = [f'<span lang="{x}">{escape(about[f"title_{x}"])}</span>' for x in languages]
    below = "".join(f"<p>{title}</p>" for title in others)
    return (
        f'<!DOCTYPE html>\n<html lang="{languages[0]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src'
        f" 'self' file:\"><title>{escape(about[f'title_{languages[0]}'])}</title>"
        f'<link rel="stylesheet" href="{languages[0]}/_static/report.css"></head>'
        f"<body><main><h1>{first}</h1>{below}<ul>{links}</ul></main></body></html>\n"
    )


def _notebook(folder: Path, job: Job) -> Path:
    return folder / "notebooks" / job.language / f"{job.page}.ipynb"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _swap(made: Path, target: Path) -> None:
    """Put a finished folder in the place of the old one; the old one goes last."""
    old = made.parent / "old"
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
