"""The page a notebook writes: sentences in one language, figures, tables, evidence cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
from IPython.display import HTML, Markdown, display

from analysis import links, paths
from analysis.figures.canvas import Exhibit
from analysis.figures.show import show
from analysis.publish.cards import evidence_cards, other_cards
from analysis.publish.dictionary import data_dictionary
from analysis.publish.tables import html_table
from analysis.tidy.tidy import Data, read
from analysis.transcribe import schema


class MistakeError(Exception):
    """What whoever runs a notebook can put right: shown as one line, not as a traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython asks an exception how to be shown
        return [str(self)]


class NoTablesError(MistakeError, FileNotFoundError):
    """The study has no tidy tables; the message says which command writes them."""


class LanguageError(MistakeError, ValueError):
    """The report is written in another language."""


@dataclass(frozen=True)
class Report:
    """One notebook's view of a study: its tidy tables, and the language it writes in."""

    data: Data
    language: str
    beside: tuple[Data, ...] = ()  # the studies set beside it
    pages: str = ""  # what leads to the report's pages; nothing where they are beside

    def say(self, *, ja: str, en: str) -> None:
        """Display the sentence of the report's language (Markdown)."""
        display(Markdown(links.through(self.pages, {"ja": ja, "en": en}[self.language])))

    def head(self, *, ja: str, en: str) -> None:
        """Display a heading that is there under a condition; others stand in Markdown cells."""
        display(HTML(f"<h2>{escape({'ja': ja, 'en': en}[self.language])}</h2>"))

    def show(self, exhibit: Exhibit, *, name: str) -> None:
        """Display a figure under its name in the report; see `figures.show`."""
        show(exhibit, name=name, pages=self.pages)

    def to(self, key: str, words: object) -> str:
        """Words that lead to the evidence of a record (`table/id`)."""
        return links.to(key, words)

    def table(
        self,
        frame: pd.DataFrame,
        columns: Sequence[str],
        *,
        ja: str,
        en: str,
        table: str = "",
        titles: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """Display chosen columns of a tidy table under a caption.

        A column that exists per language is named without its ending (`label`). Rows lead to the
        evidence of their `record`, in the table named by the column `table` or the argument.
        `titles` gives a column another heading here, in Japanese and English.
        """
        caption = {"ja": ja, "en": en}[self.language]
        own = {k: pair[self.language == "en"] for k, pair in (titles or {}).items()}
        self._put(html_table(frame, columns, caption, self.language, table=table, titles=own))

    def cards(self) -> None:
        """Display one evidence card per record and passage, grouped by study and table."""
        self._put(evidence_cards(self.data, self.language))
        for other in self.beside:
            self._put(other_cards(other, self.language))

    def dictionary(self) -> None:
        """Display the data dictionary: every column of every raw table."""
        self._put(data_dictionary(schema.load(), self.data.about["kind"], self.language))

    def _put(self, html: str) -> None:
        display(HTML(links.through(self.pages, html)))


def open_study(study: str, language: str, *, beside: str = "") -> Report:
    """Open a study's tidy tables to write about them in a language ('ja' or 'en').

    `beside` names the studies to set beside it, space-separated. Raises LanguageError for another
    language, NoTablesError for a study without tidy tables.
    """
    if language not in ("ja", "en"):
        raise LanguageError(f"language {language!r}: write 'ja' or 'en'")
    try:
        data, *others = map(read, [study, *beside.split()])
    except FileNotFoundError as error:
        raise NoTablesError(str(error)) from None
    report = Report(data, language, tuple(others), links.to_pages(study, language))
    if report.pages and not (paths.REPORTS / study / language / "evidence.html").exists():
        report.say(
            ja=f"*根拠へのリンクが開くのは、`make report STUDY={study}` で報告を作った後です。*",
            en=f"*Links to evidence open once `make report STUDY={study}` has built the report.*",
        )
    return report
