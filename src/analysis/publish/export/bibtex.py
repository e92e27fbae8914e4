"""The study's source and the works it cites as BibTeX, for LaTeX and reference managers.

Written here and not by a library: pybtex escapes addresses, too, and then they lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.publish.export.works import Work

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = {"ja": "japanese", "en": "english"}
# No lone brace in any form: BibTeX counts escaped ones as well.
_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)
_IN_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def bibliography(works: Iterable[Work]) -> bytes:
    """One @misc entry a work: the type that asks for no field, so that none has to be made up."""
    return "\n".join(map(_entry, works)).encode("utf-8")


def _entry(work: Work) -> str:
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(work))
    return f"@misc{{{work.key},\n{fields}}}\n"


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    if work.authors:
        # Doubly braced: a name stays whole, whatever order its parts are printed in.
        yield "author", "{" + " and ".join(f"{{{_escaped(name)}}}" for name in work.authors) + "}"
    if work.title:
        yield "title", f"{{{{{_escaped(work.title)}}}}}"
    if work.venue:
        yield "howpublished", f"{{{_escaped(work.venue)}}}"
    if work.issued:
        yield "year", f"{{{work.date[0] if work.date else _escaped(work.issued)}}}"
    if len(work.date) > 1:
        yield "month", _MONTHS[work.date[1] - 1]
    if len(work.date) > 2:
        yield "date", f"{{{work.issued}}}"  # BibLaTeX's: BibTeX has no word for the day
    if work.addresses:
        yield "url", f"{{{work.addresses[0].translate(_IN_ADDRESS)}}}"
    if work.language:
        yield "langid", f"{{{_LANGUAGES[work.language]}}}"
    yield "note", f"{{{_escaped(' '.join([work.note, *work.addresses[1:]]))}}}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
