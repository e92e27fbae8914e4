"""The commands behind the Makefile: `python -m analysis COMMAND`.

Values come from options or, as Make hands them on, from the environment. A user's mistake is one
clear line and exit status 2; a failing notebook is exit status 1.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from analysis import paths
from analysis.errors import UserError, unexpected

if TYPE_CHECKING:
    from analysis.transcribe.schema import Schema
    from analysis.transcribe.study_yaml import Meta

_NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS = re.compile(r"(tcp|tls)://[A-Za-z0-9.\[\]:_-]+:[0-9]{1,5}")
_FIRST = "first of STUDIES"  # in click's own memory of a call
_MOST_PLACES = 12  # changed rows that `make data` names


_warn = partial(click.echo, err=True)


class Commands(click.Group):
    """Says an error that the project raises for its user in its own words; anything else is a fault."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            _warn("interrupted; what was there before is as it was")
            context.exit(130)
        except Exception as error:
            _say(error)
            context.exit(getattr(error, "exit_code", 2))


def _say(error: Exception) -> None:
    """Say what the project raises for its user; raise again what anything else has raised."""
    if not type(error).__module__.startswith("analysis."):
        raise error
    _warn(str(error))


# -- Parameters ------------------------------------------------------------------------------------


def _named(value: str, advice: str, parameter: str = "STUDY") -> None:
    if not _NAME.fullmatch(value) or len(value) > 64:
        raise unexpected(parameter, value, "a name of small letters, digits and hyphens", advice)


def _study(context: click.Context, parameter: click.Parameter, value: str) -> str:
    first = context.meta.get(_FIRST)
    if first and context.get_parameter_source(str(parameter.name)) != ParameterSource.DEFAULT:
        raise UserError("STUDY: given beside STUDIES; write one of the two")
    return first or _known(value, "STUDY")


def _beside(context: click.Context, _: click.Parameter, value: str) -> tuple[str, ...] | None:
    """The studies after the first, which leads the report; None where the study itself names them."""
    names = [_known(name, "STUDIES") for name in value.split()]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UserError(f"STUDIES: found {twice[0]!r} more than once; write every study once")
    if names:
        context.meta[_FIRST] = names[0]
    return tuple(names[1:]) if names else None


def _known(value: str, parameter: str) -> str:
    studies = sorted(p.name for p in paths.RAW.iterdir() if (p / "study.yaml").exists())
    advice = "write one of " + ", ".join(studies)
    _named(value, advice, parameter)
    if not (paths.RAW / value).is_dir():
        raise unexpected(parameter, value, "a folder of data/raw", advice)
    return value


def _from_make(context: click.Context, parameter: click.Parameter) -> bool:
    """Whether a value was meant for us: LANGUAGE is gettext's, too, and NAME some terminals' machine."""
    given = context.get_parameter_source(str(parameter.name)) != ParameterSource.ENVIRONMENT
    return given or "MAKELEVEL" in os.environ


def _languages(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """The one language that is asked for; none where all of the study's are."""
    if value in ("", "both") or not _from_make(context, parameter):
        return ()
    from analysis import languages

    if not languages.known(value):
        raise unexpected("LANGUAGE", value, f"{languages.EXPECTED}, or both", "write LANGUAGE=en")
    return (value,)


def _spoken(study: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a report: that which was asked for, or all of the study's; says which words lack."""
    from analysis.languages import catalogues

    own = _about(study).languages
    if missing := [language for language in languages if language not in own]:
        advice = f"write LANGUAGE={own[0]}, or add it to languages in study.yaml"
        raise unexpected("LANGUAGE", missing[0], f"{', '.join(own)} or both", advice)
    for language in languages or own:
        if lacking := catalogues.missing(language):
            words = f"{lacking:,} words of the pages have no translation and are shown in English"
            _warn(f"{language}: {words}; to translate them: make language LANGUAGE={language}")
    return languages or own


def _tag(_: click.Context, parameter: click.Parameter, value: str) -> str:
    """The tag of a language to translate into."""
    from analysis import languages
    from analysis.languages import catalogues

    if value in catalogues.WRITTEN:
        raise UserError(
            f"LANGUAGE: found {value!r}, whose words stand in the catalogues themselves; edit those"
        )
    if not languages.known(value):
        raise unexpected("LANGUAGE", value, languages.EXPECTED, "write LANGUAGE=de")
    return value


def _own_name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    return value if _from_make(context, parameter) else ""


def _number(_: click.Context, parameter: click.Parameter, value: str) -> int:
    if value and not re.fullmatch("[1-9][0-9]{0,2}", value):
        raise UserError(f"{str(parameter.name).upper()}: found {value!r}, expected a number from 1 to 999")
    return int(value or 0)


def _one_of(*known: str) -> Callable[[click.Context, click.Parameter, str], str]:
    def chosen(_: click.Context, parameter: click.Parameter, value: str) -> str:
        if value and value not in known:
            name, expected = str(parameter.envvar), " or ".join(word for word in known if word != "0")
            raise unexpected(name, value, expected, f"write {name}={known[-1]}")
        return value

    return chosen


def _option(name: str, help: str, check: Any = None, called: str = "", **more: Any) -> Callable:
    """A parameter of a command: `--name`, or NAME in the environment, as Make hands it on."""
    given = {"default": "", "callback": check, "envvar": name.upper(), "help": help}
    return click.option(f"--{name}", *called.split(), **given | more)


def study_option(command: Callable, *, beside: bool = False) -> Callable:
    """Give a command the study it is about; with `beside` also the studies to set beside it."""
    several = "several: the report of the first, with the others beside it"
    studies = _option("studies", several, _beside, "beside", is_eager=True, expose_value=beside)
    study = _option("study", "a folder of data/raw", _study, default="okamoto2020")
    return study(studies(command))


studies_option = partial(study_option, beside=True)
language_option = _option("language", "one language, as ja or en", _languages, "languages", default="both")
source_option = _option("source", "the source's text or PDF")


def build_options(command: Callable) -> Callable:
    """Give a command what a build is told: what to build, how, and where."""
    for option in (
        _option("address", "where Dask's scheduler is"),
        _option("executor", "dask", _one_of("dask")),
        _option("jobs", "notebooks at once", _number),
        _option("kernels", "warm or cold", _one_of("warm", "cold")),
        _option("force", "1: all", _one_of("0", "1")),
        _option("page", "one page of the report"),
        language_option,
        studies_option,
    ):
        command = option(command)
    return command


# -- The report ------------------------------------------------------------------------------------


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Turn a transcribed paper into checked tables, figures and a bilingual report."""


@main.command()
@studies_option
def data(study: str, beside: tuple[str, ...] | None) -> None:
    """Check the transcription and write the tidy tables to data/processed."""
    from analysis.words import counted

    for name, changed in _make_data(study, beside).items():
        files = f"{counted(changed, 'file')} written"
        click.echo(f"data/processed/{name}: " + (files if changed else "up to date"))
        _say_what_a_spreadsheet_added(name)
        _say_what_changed_since_verification(name)


def _say_what_a_spreadsheet_added(study: str) -> None:
    """Name on stderr the files that are read as they are, and what they hold beside their rows."""
    from analysis.transcribe import csv_text

    for path in _text_files(study):
        if more := csv_text.added(path):
            advice = f"read without; {csv_text.tidy_command(paths.RAW / study / path.name)}"
            _warn(f"{csv_text.shown(path)}: {' and '.join(more)}, {advice}")


def _text_files(study: str) -> list[Path]:
    """The files of a study that people type, and what stands between studies."""
    folder = paths.RAW / study
    return [folder / "study.yaml", *sorted(folder.glob("*.csv")), *sorted(paths.RAW.glob("*.csv"))]


def _say_what_changed_since_verification(study: str) -> None:
    """Name on stderr the rows that a check of the source has not seen, from what the tables say."""
    verification = json.loads((paths.PROCESSED / study / "datapackage.json").read_bytes())["verification"]
    places = verification["places"]
    for place in places[:_MOST_PLACES]:
        file, _, line = place.partition(" line ")
        where = f"data/raw/{study}/{file}:{line}" if line else f"data/raw/{study}: {place}"
        _warn(f"{where}: changed since verification on {verification['date']}")
    if len(places) > _MOST_PLACES:
        _warn(f"and {len(places) - _MOST_PLACES} more changed since verification")
    if places:
        _warn(f"check them: make verify STUDY={study} SOURCE=FILE")


@main.command()
@study_option
@_option("from", "the encoding of what is not UTF-8", called="encoding")
def tidy(study: str, encoding: str) -> None:
    """Write a study's files as plain UTF-8 text with commas, whatever a spreadsheet made of them."""
    from analysis import folders
    from analysis.transcribe import csv_text

    changed = {}
    for path in filter(Path.is_file, _text_files(study)):
        try:
            content = csv_text.mended(path, encoding)
        except (UnicodeError, LookupError):
            problems = csv_text.read_text(path)[1]
            advice = f"FROM={encoding} does not read it; " if encoding else ""
            raise UserError(f"{advice}{problems[0]}") from None
        except ValueError as error:
            raise UserError(f"{csv_text.shown(path)}: {error}") from None
        if content != path.read_bytes():
            changed[path] = content
    for path, content in changed.items():
        folders.write(path, content)
        click.echo(f"{csv_text.shown(path)}: written as plain UTF-8 text")
    if not changed:
        click.echo(f"data/raw/{study}: every file is plain UTF-8 text already")


@main.command()
@build_options
def report(**how: Any) -> None:
    """Build the whole report, from the transcription to reports/<study>."""
    _build(**how)


@main.command()
@build_options
def watch(**how: Any) -> None:
    """Build the report again whenever a file of it is saved, until Ctrl-C."""
    from analysis.build import staleness, watching

    for changed in watching.changes():
        if any(path.is_relative_to(paths.ROOT / "src") for path in changed):
            watching.begin_again()  # with the code as it is now
        staleness.forget()
        try:
            _build(**how)
        except Exception as error:
            _say(error)


@main.command()
@studies_option
@language_option
def status(study: str, languages: tuple[str, ...], beside: tuple[str, ...] | None) -> None:
    """Say which tables, notebooks and pages are stale, and why; writes nothing."""
    from analysis.build import data, published, readings, run, staleness

    if not (paths.PROCESSED / study / staleness.DESCRIPTION).exists():
        raise UserError(f"data/processed/{study}: no tables yet; run: make data STUDY={study}")
    languages, about = _spoken(study, languages), staleness.about(study, beside)
    lines = [
        f"data/processed/{name}: changed since; run: make data STUDY={name}"
        for name in (study, *about["beside"])
        if not data.is_up_to_date(name)
    ]
    todo = {each.job.page: why for each, why in readings.stale(about).items()}
    todo |= {job.name: why for job, why in run.states(study, languages, beside=beside).items() if why}
    for name, why in todo.items():
        lines.append(f"{name}: {'; '.join(why[:3])}" + (f" and {len(why) - 3} more" if why[3:] else ""))
    if published.is_behind(study, languages):
        lines.append(f"reports/{study}: what was run is not published; run: make report STUDY={study}")
    click.echo("\n".join(lines or ["everything is fresh"]))


def _make_data(study: str, beside: tuple[str, ...] | None) -> dict[str, int]:
    """Write the tidy tables of a study, and of those beside it; how many files of each changed."""
    from analysis.build import staleness
    from analysis.build.data import write

    changed = {study: write(study)}  # first, for its tables say what stands beside it
    return changed | {other: write(other) for other in staleness.about(study, beside)["beside"]}


def _build(
    study: str,
    languages: tuple[str, ...],
    beside: tuple[str, ...] | None,
    page: str,
    force: str,
    **where: Any,
) -> None:
    """Bring a report up to date, from the transcription on, and say where it is."""
    workers = _workers(**where)
    languages = _spoken(study, languages)
    _make_data(study, beside)
    _say_what_stands_in_another_language(study, beside, languages)
    from analysis import folders
    from analysis.build import published, run

    what: dict[str, Any] = {"beside": beside, "page": page}
    if force != "1" and published.is_up_to_date(study, languages, **what):
        click.echo(f"reports/{study}/index.html (up to date)")
        return
    wait = partial(_warn, f"waiting for another command that builds {study}")
    with folders.locked(paths.BUILD / study, wait):
        runs = run.run_report(study, languages, force=force == "1", workers=workers, **what)
        for each in runs:
            if each.reasons:
                _warn(f"ran {each.job.name}: {'; '.join(each.reasons[:2])}")
        published.publish(study, runs, languages, **what)
    click.echo(f"reports/{study}/index.html")


def _say_what_stands_in_another_language(
    study: str, beside: tuple[str, ...] | None, languages: tuple[str, ...]
) -> None:
    """Name on stderr the studies beside a study whose words lack a language of its report."""
    from analysis.build import staleness
    from analysis.languages import nearest
    from analysis.tidy import datapackage

    for other in staleness.about(study, beside)["beside"]:
        own = datapackage.languages(staleness.about(other, ()))
        for language in languages:
            if language not in own:
                shown = f"its words are shown in {nearest(language, own)}"
                _warn(f"{other}: stands beside {study} and is not in {language}; {shown}")


def _workers(executor: str, address: str, jobs: int, kernels: str) -> Any:
    """Where the notebooks run; what was given has to make sense together."""
    from analysis.build.run import Workers

    if address and not executor:
        raise UserError("ADDRESS: given without EXECUTOR; write EXECUTOR=dask ADDRESS=tcp://host:8786")
    if executor and not _ADDRESS.fullmatch(address):
        raise unexpected("ADDRESS", address, "the scheduler's address", "write ADDRESS=tcp://host:8786")
    return Workers(warm=kernels != "cold", max_workers=jobs, address=address)


# -- The source ------------------------------------------------------------------------------------


@main.command()
@study_option
@source_option
@click.option("--json", "as_json", is_flag=True, help="the whole result as JSON")
def verify(study: str, source: str, as_json: bool) -> None:
    """Check every passage and verbatim cell against the source."""
    from analysis.transcribe import load
    from analysis.verify import verification_log as record
    from analysis.verify import verify

    if not source:
        raise UserError("SOURCE: not given; write make verify SOURCE=path/to/the/paper.txt")
    loaded = load.read(paths.RAW / study)
    result = verify.check(loaded, documents(loaded.meta, source), today=date.today())
    click.echo(result.as_json() if as_json else "\n".join(result.render()))
    if not result.ok:
        sys.exit(1)
    if not as_json and result.before.status != record.Status.VERIFIED:
        record.write_record(result, loaded)
        click.echo(f"recorded in data/raw/{study}/{record.FILE}; now run: make data")


def documents(about: Meta, source: str) -> dict[str, Path]:
    """The file of each document of a study, by its id; "" for the one that the study is about."""
    known = [each.id for each in about.sources]
    if not known:
        return {"": Path(source)}
    whole = " ".join(["PAPER", *(f"{id_}=FILE" for id_ in known)])
    advice = f"write SOURCE='{whole}'"
    try:
        parts = shlex.split(source)
    except ValueError as error:
        raise UserError(f"SOURCE: found {source!r} ({error}), expected files; {advice}") from None
    files = {
        id_: Path(path) for id_, _, path in (p.partition("=") if "=" in p else ("", "", p) for p in parts)
    }
    if stray := [id_ for id_ in files if id_ and id_ not in known]:
        raise unexpected("SOURCE", stray[0], f"one of {', '.join(known)}", advice)
    if missing := [id_ or "the paper" for id_ in ["", *known] if id_ not in files]:
        raise UserError(f"SOURCE: found no file of {missing[0]}, expected one of every document; {advice}")
    return {id_: files[id_] for id_ in ["", *known]}


@main.command()
@study_option
@click.argument("source", envvar="SOURCE", type=click.Path(path_type=Path))
@click.argument("words", envvar="WORDS")
@click.option("--normaliser", default="", help="how the source is compared; the study's own if not given")
def passage(study: str, source: Path, words: str, normaliser: str) -> None:
    """Find WORDS in SOURCE and print a row for passages.csv."""
    from analysis.verify import passages, sources

    about, book = _about_and_schema(study)
    titles = {} if normaliser else _titles(about)
    normaliser = normaliser or about.normaliser
    if normaliser not in passages.NORMALISERS:
        known = ", ".join(passages.NORMALISERS)
        raise UserError(f"normaliser: found {normaliser!r}, expected one of {known}")
    try:
        found = passages.propose(sources.read(source).text, words, normaliser, titles)
    except ValueError as error:
        raise UserError(str(error)) from None
    if not found:
        raise UserError(f"{source}: found nothing like {words!r}; write words as the source prints them")
    columns = [each.name for each in book.tables["passages"].fields]
    for proposal in found:
        _warn(f"line {proposal.line}, {proposal.verdict}")
        click.echo(proposal.row(columns))


@main.command()
@study_option
@source_option
@_option("section", "of one section only: its id in study.yaml")
def passages(study: str, source: str, section: str) -> None:
    """Propose a row of passages.csv for every sentence of SOURCE, in build/passages/STUDY.csv."""
    from analysis import folders
    from analysis.transcribe import csv_text
    from analysis.words import counted

    about, book = _about_and_schema(study)
    if not source:
        raise UserError(f"SOURCE: not given; write make passages STUDY={study} SOURCE=path/to/the/paper.txt")
    sections = [each.id for each in about.sections]
    if section and section not in sections:
        advice = f"write one of {', '.join(sections)}"
        raise unexpected("SECTION", section, "a section of study.yaml", advice)
    found = [each for each in _sentences(about, source) if section in ("", each.section)]
    columns = [each.name for each in book.tables["passages"].fields_for(about.kind)]
    rows = [
        [{**each.cells(), "words": each.text}.get(name, "") for name in [*columns, "words"]] for each in found
    ]
    path = paths.BUILD / "passages" / f"{study}.csv"
    folders.write(path, csv_text.written([[*columns, "words"], *rows]).encode("utf-8-sig"))
    exact = sum(each.verdict == "EXACT" for each in found)
    click.echo(
        f"{path.relative_to(paths.ROOT)}: {counted(len(rows), 'passage')} proposed, {exact} of them EXACT"
    )
    click.echo(
        "copy the rows that you cite into passages.csv, without the last column: it is the source's own words"
    )


def _sentences(about: Meta, source: str) -> list[Any]:
    """Every sentence of a study's source, as a passage that could be cited."""
    from analysis.verify import passages

    return passages.propose_all(_text(about, source), about.normaliser, _titles(about))


def _titles(about: Meta) -> dict[str, str]:
    """The printed headings of a study's source by the ids of their sections."""
    return {each.id: each.title for each in about.sections if each.printed}


def _text(about: Meta, source: str) -> str:
    """The text of all documents of a study, one after another."""
    from analysis.verify import sources

    return "\n\n".join(sources.read(path).text for path in documents(about, source).values())


# -- Something new, and other formats --------------------------------------------------------------


@main.command("new-study")
@_option("study", "the new folder of data/raw")
@_option("title", "the source's title")
@_option("with", "what it is about: phases grades issues ...", called="parts")
@_option("languages", "of labels and report: 'de en'", called="spoken")
@language_option
def new_study(study: str, title: str, parts: str, spoken: str, languages: tuple[str, ...]) -> None:
    """Begin a study: data/raw/<study> with study.yaml and the header of every table, or of some."""
    from analysis.new_study import About, begin

    _named(study, "write STUDY=my-study")
    (language,) = languages or ["ja"]
    about = About(study, title, language, tuple(spoken.split()), date.today().year)
    folder = begin(about, parts.split()).relative_to(paths.ROOT)
    how = "fill in study.yaml as docs/new-study.md says, then run"
    click.echo(f"{folder}: {how}: make workbook STUDY={study}")
    click.echo(f"or fill in the tables by hand, and run: make report STUDY={study}")


def _about_and_schema(study: str) -> tuple[Meta, Schema]:
    """What study.yaml says, and the tables of a study in its languages."""
    from analysis.transcribe import schema

    about = _about(study)
    return about, schema.load(languages=about.languages)


def _about(study: str) -> Meta:
    """What study.yaml says; raises StudyError where it is wrong."""
    from analysis.transcribe import study_yaml
    from analysis.transcribe.problems import StudyError

    about, problems = study_yaml.read(paths.RAW / study / study_yaml.FILE)
    if about is None:
        raise StudyError(problems)
    return about


@main.command()
@study_option
@language_option
@_option("workbook", "the file; STUDY.xlsx if not given")
@_option("source", "the source's text or PDF, to choose passages from")
def workbook(study: str, languages: tuple[str, ...], workbook: str, source: str) -> None:
    """Write a study's tables as one Excel workbook to fill in."""
    from analysis import folders
    from analysis.transcribe import workbook as sheets

    about, book = _about_and_schema(study)
    path = Path(workbook or f"{study}.xlsx")
    if path.suffix != ".xlsx":
        raise unexpected("WORKBOOK", workbook, "a name that ends in .xlsx", f"write {study}.xlsx")
    (language,) = languages or [about.language]
    found = _sentences(about, source) if source else []
    sentences = [(each.section, each.page, each.text) for each in found]
    content = sheets.write(paths.RAW / study, book, about, language, sentences)
    if path.exists() and path.read_bytes() != content:
        advice = f"move it away, or name another: WORKBOOK={path.with_stem(f'{path.stem}-2')}"
        raise UserError(f"{path}: found a file that is there already, expected none; {advice}")
    folders.write(path, content)
    given = f" SOURCE={source or 'FILE'}" if about.kind == "document" else ""
    click.echo(f"{path}: fill it in, then run: make import STUDY={study} WORKBOOK={path}{given}")
    if sentences:
        click.echo(f"its sheet `{sheets.SENTENCES}` holds the words of the source: keep it to yourself")


@main.command("import")
@study_option
@_option("workbook", "the workbook (.xlsx)")
@source_option
def import_(study: str, workbook: str, source: str) -> None:
    """Write data/raw/<study> from a workbook: all of its tables, or nothing."""
    from analysis import import_workbook
    from analysis.verify import passages

    if not workbook:
        raise UserError(f"WORKBOOK: not given; write make import STUDY={study} WORKBOOK={study}.xlsx")
    about, book = _about_and_schema(study)
    text, titles = _text(about, source) if source else "", _titles(about)
    locate = partial(passages.propose, text, normaliser=about.normaliser, titles=titles) if source else None
    done = import_workbook.into(paths.RAW / study, Path(workbook), book, about.kind, locate)
    for line in done.mended:
        _warn(line)
    if done.kept:
        files = ", ".join(done.kept)
        _warn(f"data/raw/{study}: left as they are, for {workbook} has no sheet: {files}")
    click.echo(f"data/raw/{study}: {', '.join(done.changed) + ' written' if done.changed else 'up to date'}")


@main.command("new-notebook")
@_option("name", "the new page's name", _own_name)
@_option("title", "its title, in Japanese or English")
@study_option
def new_notebook(name: str, title: str, study: str) -> None:
    """Begin a page of the report: a notebook that runs, its test, its line in report.yaml."""
    from analysis.new_notebook import begin

    begun = begin(name, title, study)
    notebook, words, test = (p.relative_to(paths.ROOT) for p in (begun.notebook, begun.words, begun.test))
    click.echo(
        f"{notebook}: the page “{begun.titles['ja']}” (ja), “{begun.titles['en']}” (en); what it says is in"
        f" {words}, its test is {test}. Now run: make report\nthen edit: the titles (the first two cells and"
        f" the page's line in notebooks/{paths.PLAN.name}), question, steps, figure, words and conclusions,"
        " as docs/extend.md says"
    )


@main.command()
@click.argument("tag", envvar="LANGUAGE", callback=_tag)
def language(tag: str) -> None:
    """Write src/analysis/languages/TAG.po, all words of the reports to translate, or bring it up to date."""
    from analysis.languages import catalogues
    from analysis.words import counted

    path, open_ = catalogues.update(tag)
    left = f"{counted(open_, 'entry', 'entries')} to translate" if open_ else "complete"
    click.echo(f"{path.relative_to(paths.ROOT)}: {left}")


@main.command()
@study_option
def export(study: str) -> None:
    """Write exports/<study>: the tables, codebook and references in the formats of other tools."""
    from analysis.publish.export import folder

    _make_data(study, ())
    written = folder.write(study)
    for name in sorted({path.relative_to(paths.EXPORTS / study).parts[0] for path in written}):
        click.echo(f"exports/{study}/{name}")


# -- Is it the same, and what changed --------------------------------------------------------------


@main.command()
@study_option
@language_option
@_option("reviewer", "who vouches for it")
def reproduce(study: str, languages: tuple[str, ...], reviewer: str) -> None:
    """Build the report twice in clean copies, compare, and write a certificate."""
    from analysis.review import reproduce as protocol

    found = protocol.reproduce(study, languages=languages, reviewer=reviewer.strip(), say=_warn)
    click.echo("\n".join(found.lines()))
    click.echo(f"build/certificate/{study}/certificate.html")
    if not found.holds:
        sys.exit(1)


@main.command()
@study_option
def release(study: str) -> None:
    """Write the archive to deposit: source, data, report, certificate, checksums."""
    from analysis.review.release import release as write

    click.echo(write(study).relative_to(paths.ROOT))


@main.command()
@study_option
def expected(study: str) -> None:
    """Write expected/<study>.json: what is published, from reports/<study>."""
    from analysis.review.expected import write_expected

    click.echo(write_expected(study).relative_to(paths.ROOT))


@main.command()
@study_option
@_option("a", "a built report's folder, or a revision", default="HEAD")
@_option("b", "the same; reports/<study> if not given")
def compare(study: str, a: str, b: str) -> None:
    """Show what differs between two reports."""
    from analysis.review import compare as comparing

    found, page = comparing.compare_named(a, b, study=study, say=_warn)
    click.echo(found.summary())
    click.echo(page.relative_to(paths.ROOT))
