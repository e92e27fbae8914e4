"""The folder exports/<study>/: every format of a study, swapped in whole."""

from __future__ import annotations

from pathlib import Path

from analysis import folders, paths
from analysis.publish.export import TEMPLATES, bibliography, codebook, sqlite
from analysis.tidy import datapackage, read
from analysis.transcribe import load, schema

PACKAGE = "datapackage"  # the folder of the Data Package


class ExportError(ValueError):
    """A study cannot be exported; the message is one line that says why and what to do."""


def write(study: str) -> list[Path]:
    """Write exports/<study>/ from the transcription and the tidy tables; return its files.

    Raises StudyError where the transcription is wrong and ExportError where there are no tidy tables; the last
    export is then as it was.
    """
    made = files(study)
    target = paths.EXPORTS / study
    with folders.replacing(target) as fresh:
        for name, content in made.items():
            folders.write(fresh / name, content)
        for path in (fresh, *fresh.rglob("*")):  # permissions do not depend on who writes
            path.chmod(0o755 if path.is_dir() else 0o644)
    return [target / name for name in made]


def files(study: str) -> dict[str, bytes]:
    """Every file of a study's export by its name, the same bytes on every run.

    A codebook without a theme is no REFI-QDA codebook: then `codebook.qdc` is not among them.
    """
    loaded = load.read(paths.RAW / study)
    book = schema.load(languages=loaded.languages).with_kinds(loaded.meta.own_kinds)
    package = paths.PROCESSED / study
    if not (package / datapackage.FILE).is_file():
        raise ExportError(f"data/processed/{study}: no tidy tables; run: make data STUDY={study}")
    cited = list(bibliography.works(loaded, book))
    made = {f"{PACKAGE}/{path.name}": path.read_bytes() for path in sorted(package.iterdir())}
    made |= {
        "codebook.csv": codebook.taguette(loaded),
        "references.bib": bibliography.bibtex(cited),
        "references.csl.json": bibliography.csl(cited),
        "study.sqlite": sqlite.database(loaded, book, read.open_tables(study, "en")),
    }
    if (codes := codebook.refi_qda(loaded)) is not None:
        made["codebook.qdc"] = codes
    readme = TEMPLATES.get_template("readme.md").render(meta=loaded.meta, made=made)
    return dict(sorted((made | {"README.md": readme.encode("utf-8")}).items()))
