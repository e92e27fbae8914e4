"""What a notebook uses besides pandas: open a study, show figures and tables, say what they show."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from IPython.display import display

from analysis import figures, languages, links, parameters, paths
from analysis.errors import UserError
from analysis.figures.words import joined
from analysis.notebook import readings
from analysis.notebook import table as tables_module
from analysis.notebook.readings import Reading, Robustness
from analysis.tidy import comparison
from analysis.tidy.read import LanguageError, Tables, open_tables
from analysis.transcribe import periods
from analysis.transcribe.problems import did_you_mean
from analysis.words import Link, Words, listed
from analysis.words import figure as words_figure
from analysis.words import read as read_words

FINDING = "application/vnd.analysis.finding+json"
FINDINGS = "application/vnd.analysis.findings+json"
NUMBER = "application/vnd.analysis.number+json"
VALUE = "application/vnd.analysis.value+json"
READS = "application/vnd.analysis.reads+json"
_SHOWN = ("readings", "low", "high", "varies", "flips")  # of how a finding stands under the readings
CATALOGUES = paths.NOTEBOOKS / "words"
_opened: list[Tables] = []  # by this process: what a notebook depends on
_readings_used: list[bool] = []


class MistakeError(UserError):
    """What whoever runs a notebook can put right: shown as one line, not as a traceback."""


@dataclass(frozen=True)
class Report:
    """One notebook's view of a study.

    tables   the study's tidy tables in the report's language: `report.tables.issues` is a DataFrame
    beside   the same of each study set beside it
    reading  which of the defensible readings this run follows
    """

    tables: Tables
    language: str
    reading: Reading
    beside: tuple[Tables, ...]
    words: Words
    values_only: bool
    pages: str | None  # what leads to the report's pages; None where the builder runs the notebook

    def __repr__(self) -> str:
        beside = "".join(f", beside {tables.study}" for tables in self.beside)
        return f"Report of {self.tables.study} ({self.language}){beside}: {self.reading}"

    if not TYPE_CHECKING:  # mypy and editors see a misspelling by themselves

        def __getattr__(self, name: str) -> object:
            """Answer a misspelt name with the nearest; any other failure stays what it is."""
            known = [each for each in dir(self) if not each.startswith("_")]
            if name.startswith("_") or name in known:  # Jupyter asks for many; a property has failed
                return object.__getattribute__(self, name)
            advice = did_you_mean(name, known, "see dir(report)")
            raise AttributeError(f"the report has no {name!r}; {advice}")

    def link(self, record: str, words: object) -> Link:
        """Words that lead to the evidence of a record, `table/id`."""
        return Link(f"record:{record}", str(words))

    def support(self) -> pd.DataFrame:
        """Whether a national project ran, by region, fiscal year and source; see `tidy.comparison.support`."""
        return comparison.support(self.tables, self.beside)

    def text(self, key: str, **values: Any) -> str:
        """A sentence of the notebook's catalogue as plain text."""
        return self.words.text(key, **values)

    def say(self, key: str, **values: Any) -> None:
        """Display a sentence of the notebook's catalogue (Markdown)."""
        self._markdown(self.words(key, **values))

    def table(
        self,
        frame: pd.DataFrame,
        name: str,
        columns: Sequence[str],
        *,
        home: str = "",
        titles: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        """Display chosen columns of a frame; the catalogue's `<name>.caption` says what they are.

        Headings are those of the data dictionary, or the catalogue's `column.<name>` (of the name that
        `titles` gives instead). A row leads to the evidence of its `record`, in the table that its
        column `table` names, or `home`.
        """
        _stand_in(frame, columns, name)
        if self.values_only:
            return
        headings = {c: self._heading((titles or {}).get(c, c)) for c in columns}
        caption = self.words.text(f"{name}.caption", **values)
        made = tables_module.table(
            frame, headings, name=name, caption=caption, language=self.language, home=home
        )
        html = tables_module.html(made, lambda target: links.resolve(target, self.pages or ""))
        self._put({tables_module.MIME: made, "text/html": html, "text/plain": caption})

    def show(
        self,
        drawing: Any,
        name: str,
        *,
        caption: figures.Caption | None = None,
        role: str = "main",
        key: str = "",
        also: Sequence[Tables] = (),
        **values: Any,
    ) -> None:
        """Display a figure: a chart of `figures`, or any matplotlib Figure or Axes (seaborn's and grids, too).

        The catalogue's `<key or name>.title`, `.subtitle` and `.alt` say what it shows, with the values
        given; `variant="x"` takes `.title.x` where there is one. Or give a `figures.Caption(title,
        subtitle, alt)` instead. `also` are other studies that it draws. Raises FigureError where the figure cannot be read.
        """
        drawing = _whole(drawing)
        _take(drawing)
        if self.values_only:
            return
        if caption is None:
            title, subtitle, alt = (
                self._variant(key or name, part, values) for part in ("title", "subtitle", "alt")
            )
            caption = figures.Caption(title, subtitle, alt, self.source(also))
        bundle = figures.bundle(drawing, name=name, caption=caption, role=role)
        if self.pages is not None:  # JupyterLab shows an SVG as an image, whose marks lead nowhere
            bundle["text/html"] = links.resolve(bundle.pop("image/svg+xml"), self.pages)
        self._put(bundle)

    def finding(
        self,
        name: str,
        *,
        value: float,
        of: float | None = None,
        holds: bool | None = None,
        chart: Any = None,
        also: Sequence[Tables] = (),
        **values: Any,
    ) -> None:
        """Declare and display a finding: its value, and three sentences of the catalogue.

        `<name>.headline` says what was found, `<name>.how` how it was counted, `<name>.unless` what
        would make it false, and `<name>.label` names it in a table. `holds` says whether what the
        headline claims is true under this reading; `chart` is a small figure of it for the first page. How it fares under the other readings stands beside it
        wherever the builder has run them.
        """
        value = int(value) if float(value).is_integer() else float(value)
        values = {"value": value, "of": of, **values}
        parts = ("headline", "how", "unless")
        sentences = {part: self._variant(name, part, values, markdown=True) for part in parts}
        found = self.robustness(name)
        made = {
            "id": name,
            "label": self.words.text(f"{name}.label", **values),
            **sentences,
            "value": value,
            "of": of,
            "holds": holds,
            "also": " ".join(t.study for t in also),
            "reading": {choice: getattr(self.reading, choice) for choice in readings.CHOICES},
            "robustness": found and {"text": self._robust(found)} | {k: getattr(found, k) for k in _SHOWN},
            "figure": f"{name}-small" if chart is not None else None,
        }
        said = [f"**{sentences['headline']}**", sentences["how"], sentences["unless"]]
        said += [self._robust(found)] if found else []
        self._put({FINDING: made, "text/markdown": self._resolved("\n\n".join(said))})
        if chart is not None:
            self.show(chart, f"{name}-small", role="small", also=also, **values)

    def findings(self, *order: str) -> None:
        """Where the findings of all pages stand together: the report sets them here, those named first."""
        self._put({FINDINGS: {"order": order}, "text/plain": self.words.text("findings-here")})

    def number(self, value: float, key: str, **values: Any) -> None:
        """Display a large number, with its unit where the catalogue has `<key>.value`, and what it counts."""
        shown, text = words_figure(value, self.language), self.words(key, **values)
        if f"{key}.value" in self.words:
            shown = self.words.text(f"{key}.value", value=shown)
        self._put({NUMBER: {"value": shown, "text": text}, "text/markdown": f"**{shown}** {text}"})

    def robustness(self, finding: str) -> Robustness | None:
        """How a finding stands under every reading; None where none was run."""
        return None if self.values_only else readings.robustness(self.readings(), finding)

    def readings(self) -> pd.DataFrame:
        """Every finding under every reading that was run (see `analysis.notebook.readings.values`)."""
        _readings_used.append(True)
        return readings.values()

    def output(self, name: str, value: float | str) -> None:
        """Declare a value for whoever collects the outputs of several runs; no page shows it."""
        self._put({VALUE: {"name": name, "value": value}, "text/plain": f"{name} = {value}"})

    def ratio(self, value: str) -> str:
        """A value of a finding as a sentence has it: `4/10`, which is out of another total, as `4 of 10`."""
        number, _, of = value.partition("/")
        return self.words.text("value-of", value=number, of=of) if of else value

    def joined(self, parts: Iterable[object], *, wide: bool = False) -> str:
        """Words in a row, as a cell of a table has them: `a, b`, or `a; b` where they are `wide`."""
        return joined(parts, self.language, wide=wide)

    def sentences(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other."""
        return languages.gap(self.language).join(sentences)

    def date(self, value: str) -> str:
        """A period or date as a sentence of the report's language has it; nothing where there is none."""
        return periods.display(value, self.language) if value else ""

    def label(self, finding: str) -> str:
        """What a finding of any notebook is called in a table."""
        for path in sorted(CATALOGUES.glob("*.yaml")):
            if f"{finding}.label" in (found := read_words(path, self.language)):
                return found.text(f"{finding}.label")
        return finding

    def option(self, choice: str, value: str) -> str:
        """What an answer to one of a reading's questions is called."""
        coders = {c["id"]: c[f"name_{self.language}"] for c in self.tables.about.get("coders", [])}
        names = self.tables.regions.set_index("record")["name"]
        if choice == "coder" and value == readings.CONSENSUS and len(coders) == 1:
            (value,) = coders  # one coder's judgement is no consensus
        key = f"option.{choice}.{value}"
        if choice == "years" and "/" in value:
            value = self.date("/".join(f"FY{year}" for year in value.split("/")))
        return self.text(key) if key in self.words else coders.get(value) or names.get(value, value)

    @property
    def coder(self) -> str:
        """Whose judgement this run follows, in words."""
        return self.option("coder", self.reading.coder)

    @property
    def citation(self) -> str:
        """The study's source in one line: authors, year, title, where it appeared."""
        about, language = self.tables.about, self.language
        authors = listed((a[f"name_{language}"] for a in about["authors"]), language)
        shown = {"authors": authors, "year": str(about["year"]), "title": about[f"title_{language}"]}
        return self.words.text("citation", venue=about[f"venue_{language}"], **shown)

    def source(self, also: Sequence[Tables] = ()) -> str:
        """Where the figures of this run come from, in one line; `also` are other studies that one draws."""
        own, *others = (t.about[f"short_{self.language}"] for t in (self.tables, *also))
        return self.words.text("source-beside" if others else "source", source=own, others=others)

    def _robust(self, found: Robustness) -> str:
        moved = [self.words.text(f"choice.{c}") for c in found.moved_by]
        key = "flips" if found.flips else "range" if found.varies else "same"
        ends = {"low": self.ratio(found.low), "high": self.ratio(found.high)}
        counts = {"n": found.readings, "holds": found.holds, "fails": found.fails}
        return self.words(f"robust.{'one' if found.readings == 1 else key}", moved=moved, **ends, **counts)

    def _variant(self, name: str, part: str, values: Mapping[str, Any], *, markdown: bool = False) -> str:
        """The sentence `<name>.<part>`, or its variant where one is asked for and there is one."""
        own = f"{name}.{part}.{values.get('variant') or ''}"
        key = own if own in self.words else f"{name}.{part}"
        return (self.words if markdown else self.words.text)(key, **values)

    def _heading(self, column: str) -> str:
        own = f"column.{column}"
        return self.words.text(own) if own in self.words else self.tables.column_title(column)

    def _markdown(self, text: str) -> None:
        self._put({"text/markdown": self._resolved(text), "text/plain": text})

    def _resolved(self, text: str) -> str:
        return text if self.pages is None else links.resolve(text, self.pages)

    def _put(self, bundle: Mapping[str, Any]) -> None:
        if not self.values_only or FINDING in bundle or VALUE in bundle:
            display(bundle, raw=True)


def open_study(
    study: str,
    language: str,
    *,
    words: str,
    beside: str = "",
    values_only: bool = False,
    **choices: str,
) -> Report:
    """Open a study's tidy tables to write about them.

    study        a folder of data/processed
    language     one of the study's, as 'ja' or 'en'
    words        the notebook's catalogue of sentences, a file of notebooks/words without its ending
    beside       studies to set beside it, separated by spaces
    values_only  declare findings and values, and show nothing (for a run over many readings)
    choices      the reading: links, periods, coder, sources, regions, years (see `analysis.notebook.readings`)

    Raises an error of one line for a study, language, catalogue or reading that does not exist.
    """
    parameters.check()
    if unknown := [name for name in choices if name not in readings.CHOICES]:
        raise MistakeError(f"no choice {unknown[0]!r}{parameters.nearest(unknown[0], readings.CHOICES)}")
    try:
        tables, *others = (open_tables(name, language) for name in [study, *beside.split()])
    except (FileNotFoundError, LanguageError) as error:
        raise MistakeError(str(error)) from None
    if language not in tables.languages:
        expected = " or ".join(map(repr, tables.languages))
        raise MistakeError(f"language={language!r}: expected {expected}")
    _opened.extend([tables, *others])
    _write_japanese()
    pd.set_option("display.max_colwidth", None)  # a text is shown whole, on the page as in the notebook
    reading = Reading(**choices)
    reading.check(tables.about["regions"])
    return Report(
        tables,
        language,
        reading,
        tuple(others),
        _catalogue(words, language),
        values_only,
        links.to_pages(study, language),
    )


def _stand_in(frame: pd.DataFrame, columns: Sequence[str], table: str) -> None:
    """Refuse a table of columns that its frame does not have."""
    if isinstance(columns, str):
        raise MistakeError(f"table {table}: columns={columns!r}: expected a list such as [{columns!r}]")
    for column in columns:
        if column not in frame:
            known = [str(name) for name in frame]
            raise MistakeError(
                f"table {table}: no column {column!r} in the frame{parameters.nearest(column, known)}"
            )


def _whole(drawing: Any) -> Any:
    """The figure of an array of axes, or of the grid that seaborn's figure-level plots return; else the same."""
    if isinstance(drawing, np.ndarray) and drawing.size:
        return drawing.flat[0].get_figure(root=True)
    grid = None if hasattr(drawing, "get_figure") else getattr(drawing, "figure", None)
    return grid if hasattr(grid, "get_figure") else drawing


def _take(drawing: Any) -> None:
    """Keep Jupyter from showing a pyplot figure a second time, at the end of its cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    figure = drawing.get_figure(root=True) if hasattr(drawing, "get_figure") else drawing
    if pyplot is not None and figure in map(pyplot.figure, pyplot.get_fignums()):
        pyplot.close(figure)


def _write_japanese() -> None:
    """Let figures of one's own have labels in either language: the bundled font is matplotlib's default."""
    import matplotlib as mpl

    from analysis.figures import style

    mpl.rcParams["font.family"] = list(style.family())


def _catalogue(name: str, language: str) -> Words:
    """A notebook's words, with those that all notebooks share."""
    shared, own = (read_words(CATALOGUES / f"{n}.yaml", language) for n in ("shared", name))
    return Words({**shared.entries, **own.entries}, language, own.source)


def show_reads() -> None:
    """Display, for the builder, what this notebook read: columns by `study/table`, and `readings`."""
    read: dict[str, dict[str, None]] = {"readings": {}} if _readings_used else {}
    for tables in _opened:
        for name, columns in tables.reads().items():
            read.setdefault(f"{tables.study}/{name}", {}).update(dict.fromkeys(columns))
    display({READS: {name: sorted(columns) for name, columns in sorted(read.items())}}, raw=True)
