"""The commands behind the Makefile: `python -m analysis COMMAND`.

Values come from options or, as Make hands them on, from the environment. A user's mistake is one
clear line and exit status 2; a failing notebook is exit status 1.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource

from analysis import paths

LANGUAGES = ("ja", "en")
_NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_FIRST = "first of STUDIES"  # in click's own memory of a call


class Refused(click.ClickException):
    """A user's mistake: said in one line (or one line each), exit status 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)


_ADDRESS = re.compile(r"(tcp|tls)://[A-Za-z0-9.\[\]:_-]+:[0-9]{1,5}")


def _named(value: str, advice: str, parameter: str = "STUDY") -> None:
    if not _NAME.fullmatch(value) or len(value) > 64:
        raise Refused(
            f"{parameter}: found {value!r}, expected a name of small letters, digits and hyphens; {advice}"
        )


def _study(context: click.Context, parameter: click.Parameter, value: str) -> str:
    first = context.meta.get(_FIRST)
    if first and context.get_parameter_source(parameter.name) != ParameterSource.DEFAULT:
        raise Refused("STUDY: given beside STUDIES; write one of the two")
    return first or _known(value, "STUDY")


def _beside(context: click.Context, _: click.Parameter, value: str) -> tuple[str, ...] | None:
    """The studies after the first, which leads the report; None where the study itself names them."""
    names = [_known(name, "STUDIES") for name in value.split()]
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"STUDIES: found {name!r} more than once; write every study once")
    if names:
        context.meta[_FIRST] = names[0]
    return tuple(names[1:]) if names else None


def _known(value: str, parameter: str) -> str:
    _named(value, "write one of " + ", ".join(_studies()), parameter)
    if not (paths.RAW / value).is_dir():
        raise Refused(
            f"{parameter}: found {value!r}, expected a folder of data/raw; write one of "
            + ", ".join(_studies())
        )
    return value


def _studies() -> list[str]:
    return sorted(p.name for p in paths.RAW.iterdir() if (p / "study.yaml").exists())


def _languages(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    # LANGUAGE is gettext's, too; what the environment says counts only as Make's word.
    given = context.get_parameter_source(parameter.name) != ParameterSource.ENVIRONMENT
    if value in ("", "both") or not (given or "MAKELEVEL" in os.environ):
        return LANGUAGES
    if value not in LANGUAGES:
        raise Refused(f"LANGUAGE: found {value!r}, expected ja, en or both; write LANGUAGE=ja")
    return (value,)


def _number(_: click.Context, parameter: click.Parameter, value: str) -> int:
    if value and not re.fullmatch("[1-9][0-9]{0,2}", value):
        raise Refused(f"{parameter.name.upper()}: found {value!r}, expected a number from 1 to 999")
    return int(value or 0)


def _kernels(_: click.Context, __: click.Parameter, value: str) -> bool:
    if value not in ("", "warm", "cold"):
        raise Refused(f"KERNELS: found {value!r}, expected warm or cold; write KERNELS=cold")
    return value != "cold"


def _force(_: click.Context, __: click.Parameter, value: str) -> bool:
    if value not in ("", "0", "1"):
        raise Refused(f"FORCE: found {value!r}, expected 1; write FORCE=1")
    return value == "1"


def study_option(command: Callable, *, beside: bool = False) -> Callable:
    """Give a command the study it is about; with `beside` also the studies to set beside it."""
    for option in (
        click.option(
            "--study", envvar="STUDY", default="okamoto2020", callback=_study, help="a folder of data/raw"
        ),
        click.option(
            "--studies",
            "beside",
            envvar="STUDIES",
            default="",
            callback=_beside,
            is_eager=True,
            expose_value=beside,
            help="several: the report of the first, with the others beside it",
        ),
    ):
        command = option(command)
    return command


studies_option = partial(study_option, beside=True)
language_option = click.option(
    "--language", "languages", envvar="LANGUAGE", default="both", callback=_languages, help="ja, en or both"
)


def build_options(command: Callable) -> Callable:
    """Give a command what a build is told: what to build, how, and where."""
    for option in (
        click.option("--address", envvar="ADDRESS", default="", help="where Dask's scheduler is"),
        click.option("--executor", envvar="EXECUTOR", default="", help="dask: run on a cluster"),
        click.option("--jobs", envvar="JOBS", default="", callback=_number, help="notebooks at once"),
        click.option("--kernels", "warm", envvar="KERNELS", default="", callback=_kernels, help="warm, cold"),
        click.option("--force", envvar="FORCE", default="", callback=_force, help="1: also what is fresh"),
        language_option,
        studies_option,
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Turn a transcribed paper into checked tables, figures and a bilingual report."""


@main.command()
@studies_option
def data(study: str, beside: tuple[str, ...] | None) -> None:
    """Check the transcription and write the tidy tables to data/processed."""
    for name, changed in _make_data(study, beside).items():
        click.echo(f"data/processed/{name}: " + (f"{changed} files written" if changed else "up to date"))


@main.command()
@build_options
def report(study: str, languages: tuple[str, ...], **how: object) -> None:
    """Build the whole report, from the transcription to reports/<study>."""
    _make_data(study, how["beside"])
    built = _built(study, languages, **how)
    click.echo(f"reports/{study}/index.html" + ("" if built else " (up to date)"))


@main.command()
@build_options
def figures(study: str, languages: tuple[str, ...], **how: object) -> None:
    """Build the report and list its figures."""
    _make_data(study, how["beside"])
    _built(study, languages, **how)
    for language in languages:
        for path in sorted((paths.REPORTS / study / language / "figures").iterdir()):
            click.echo(path.relative_to(paths.ROOT))


@main.command()
@study_option
def export(study: str) -> None:
    """Write exports/<study>: the tables, codebook and references in the formats of other tools."""
    from analysis.publish.export import folder

    _make_data(study, ())
    try:
        written = folder.write(study)
    except (folder.ExportError, _study_error()) as error:
        raise Refused(str(error)) from None
    for name in sorted({path.relative_to(paths.EXPORTS / study).parts[0] for path in written}):
        click.echo(f"exports/{study}/{name}")


@main.command("new-study")
@click.option("--study", envvar="STUDY", default="", help="the new folder of data/raw")
@click.option("--title", envvar="TITLE", default="", help="the source's title")
@language_option
def new_study(study: str, title: str, languages: tuple[str, ...]) -> None:
    """Begin a study: data/raw/<study> with study.yaml and every table's header."""
    from analysis.new_study import NewStudyError, begin

    _named(study, "write STUDY=my-study")
    language = languages[0] if len(languages) == 1 else "ja"
    try:
        folder = begin(study, title, language, date.today().year)
    except NewStudyError as error:
        raise Refused(str(error)) from None
    click.echo(
        f"{folder.relative_to(paths.ROOT)}: fill in study.yaml and the tables as"
        f" docs/new-study.md says, then run: make report STUDY={study}"
    )


def _name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    # Some systems keep the machine's name in NAME: from the environment only Make's word counts.
    given = context.get_parameter_source(parameter.name) != ParameterSource.ENVIRONMENT
    return value if given or "MAKELEVEL" in os.environ else ""


@main.command("new-notebook")
@click.option("--name", envvar="NAME", default="", callback=_name, help="the new page's name")
@click.option("--title", envvar="TITLE", default="", help="its title, in Japanese or English")
@study_option
def new_notebook(name: str, title: str, study: str) -> None:
    """Begin a page of the report: a notebook that runs, its test, its line in report.yaml."""
    from analysis.new_notebook import NewNotebookError, begin

    try:
        begun = begin(name, title, study)
    except NewNotebookError as error:
        raise Refused(str(error)) from None
    notebook, test = (path.relative_to(paths.ROOT) for path in (begun.notebook, begun.test))
    click.echo(
        f"{notebook}: the page “{begun.titles['ja']}” (ja), “{begun.titles['en']}” (en); its"
        f" test is {test}. Now run: make report\nthen edit: the titles (the first two cells and"
        f" the page's line in notebooks/{paths.PLAN.name}), question, figure, table and"
        " conclusions, as docs/extend.md says"
    )


@main.command()
@studies_option
@language_option
def status(study: str, languages: tuple[str, ...], beside: tuple[str, ...] | None) -> None:
    """Say which notebooks would run, and why, once the tables are those of the transcription."""
    from analysis.build.fresh import stale

    _make_data(study, beside)
    todo = stale(study, languages, beside)
    for job, why in todo.items():
        click.echo(f"{job.name}: {', '.join(why[:3])}" + (f" and {len(why) - 3} more" if why[3:] else ""))
    if not todo:
        click.echo("everything is fresh")


@main.command()
@study_option
@click.option("--source", envvar="SOURCE", default="", help="the source's text or PDF")
@click.option("--json", "as_json", is_flag=True, help="the whole result as JSON")
def verify(study: str, source: str, as_json: bool) -> None:
    """Check every passage and verbatim cell against the source."""
    from analysis.transcribe import load
    from analysis.transcribe.problems import StudyError
    from analysis.verify import record, verify

    if not source:
        raise Refused("SOURCE: not given; write make verify SOURCE=path/to/the/paper.txt")
    try:
        loaded = load.read(paths.RAW / study)
        result = verify.check(loaded, Path(source), today=date.today())
    except StudyError as error:
        raise Refused(str(error)) from None
    click.echo(result.as_json() if as_json else "\n".join(result.render()))
    if not result.ok:
        sys.exit(1)
    if not as_json and record.state(loaded).status != record.Status.VERIFIED:
        record.write_record(result, loaded)
        click.echo(f"recorded in data/raw/{study}/{record.FILE}; now run: make data")


@main.command()
@study_option
@click.argument("source", envvar="SOURCE", type=click.Path(path_type=Path))
@click.argument("words", envvar="WORDS")
@click.option("--normaliser", default="", help="ja-1 or en-1; the study's if not given")
def passage(study: str, source: Path, words: str, normaliser: str) -> None:
    """Find WORDS in SOURCE and print a row for passages.csv."""
    from analysis.transcribe import study_yaml
    from analysis.transcribe.problems import StudyError
    from analysis.verify import passages, sources

    if not normaliser:
        about, problems = study_yaml.read(paths.RAW / study / study_yaml.FILE)
        if problems:
            raise Refused(str(StudyError(problems)))
        normaliser = about.normaliser
    if normaliser not in passages.NORMALISERS:
        raise Refused(f"normaliser: found {normaliser!r}, expected one of {', '.join(passages.NORMALISERS)}")
    try:
        found = passages.propose(sources.read(source).text, words, normaliser)
    except (StudyError, ValueError) as error:
        raise Refused(str(error)) from None
    if not found:
        raise Refused(f"{source}: found nothing like {words!r}; write words as the source prints them")
    for proposal in found:
        click.echo(f"line {proposal.line}, {proposal.verdict}", err=True)
        click.echo(proposal.row())


@main.command()
@study_option
def clean(study: str) -> None:
    """Remove the built report of a study."""
    import shutil

    shutil.rmtree(paths.REPORTS / study, ignore_errors=True)


@main.command()
@study_option
@language_option
@click.option("--reviewer", envvar="REVIEWER", default="", help="who vouches for it")
def reproduce(study: str, languages: tuple[str, ...], reviewer: str) -> None:
    """Build the report twice in clean copies, compare, and write a certificate."""
    from analysis.review import reproduce as protocol

    chosen = languages if len(languages) == 1 else ()  # else those that are published
    try:
        found = protocol.reproduce(
            study, languages=chosen, reviewer=reviewer.strip(), say=lambda words: click.echo(words, err=True)
        )
    except protocol.ReproduceError as error:
        raise Refused(str(error)) from None
    except KeyboardInterrupt:
        click.echo("interrupted; no certificate was written", err=True)
        sys.exit(130)
    click.echo("\n".join(found.lines()))
    click.echo(f"build/certificate/{study}/certificate.html")
    if not found.holds:
        sys.exit(1)


@main.command()
@study_option
def expected(study: str) -> None:
    """Write expected/<study>.json: what is published, from reports/<study>."""
    from analysis.review import reproduce as protocol

    try:
        path = protocol.write_expected(study)
    except protocol.ReproduceError as error:
        raise Refused(str(error)) from None
    click.echo(path.relative_to(paths.ROOT))


@main.command()
@study_option
@click.option("--a", envvar="A", default="HEAD", help="a built report's folder, or a revision")
@click.option("--b", envvar="B", default="", help="the same; reports/<study> if not given")
def compare(study: str, a: str, b: str) -> None:
    """Show what differs between two reports."""
    from analysis.review import compare as comparing

    try:
        found, page = comparing.compare_named(
            a, b, study=study, say=lambda words: click.echo(words, err=True)
        )
    except comparing.CompareError as error:
        raise Refused(str(error)) from None
    click.echo(found.summary())
    click.echo(page.relative_to(paths.ROOT))


def _make_data(study: str, beside: tuple[str, ...] | None) -> dict[str, int]:
    """Write the tidy tables of a study, and of those beside it, where they differ.

    Returns how many files of each changed.
    """
    from analysis.build.data import write
    from analysis.build.fresh import package_of

    try:
        changed = {study: write(study)}
        for other in package_of(study, beside)["study"]["beside"]:
            changed[other] = write(other)
    except _study_error() as error:
        raise Refused(str(error)) from None
    return changed


def _study_error() -> type[Exception]:
    from analysis.transcribe.problems import StudyError

    return StudyError


def _cluster(executor: str, address: str) -> str:
    """The address of the cluster to use, or none; what was given has to make sense together."""
    if executor not in ("", "dask"):
        raise Refused(f"EXECUTOR: found {executor!r}, expected dask; write EXECUTOR=dask")
    if address and not executor:
        raise Refused("ADDRESS: given without EXECUTOR; write EXECUTOR=dask ADDRESS=tcp://host:8786")
    if executor and not _ADDRESS.fullmatch(address):
        raise Refused(
            f"ADDRESS: found {address!r}, expected the scheduler's address; write ADDRESS=tcp://host:8786"
        )
    return address


def _built(
    study: str,
    languages: tuple[str, ...],
    *,
    force: bool,
    warm: bool,
    jobs: int,
    executor: str,
    address: str,
    beside: tuple[str, ...] | None,
) -> bool:
    """Bring a report up to date; return whether anything was written."""
    from analysis.build import fresh
    from analysis.build.plan import PRELOAD, PlanError

    address = _cluster(executor, address)
    try:
        if not force and fresh.whole(study, languages, beside):
            return False
        runs_here = not address and (force or fresh.stale(study, languages, beside))
    except PlanError as error:
        raise Refused(str(error)) from None
    if warm and runs_here:
        from analysis.build import kernels

        kernels.start(PRELOAD)  # its imports run beside those that follow
    from analysis.build.build import build
    from analysis.build.cluster import ClusterError
    from analysis.publish.pdf import PdfError
    from analysis.publish.site import SiteError

    try:
        outcome = build(
            study, languages, force=force, warm=warm, at_once=jobs, address=address, beside=beside
        )
    except (PlanError, ClusterError) as error:
        raise Refused(str(error)) from None
    except (SiteError, PdfError) as error:
        click.echo(f"{error}\nthe last report is as it was", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("interrupted; the last report is as it was", err=True)
        sys.exit(130)
    for name, why in outcome.ran.items():
        click.echo(f"ran {name}: {', '.join(why[:2])}", err=True)
    for error in outcome.failed:
        click.echo(f"{error}", err=True)
    if outcome.failed:
        click.echo(
            f"{len(outcome.failed)} of {len(outcome.ran)} notebooks failed; the last report is as it was",
            err=True,
        )
        sys.exit(1)
    return outcome.rendered
