"""What the codebook's formats have in common: a theme's name and its description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.transcribe.load import Study

_WORDS = {"ja": ("含む：", "含まない："), "en": ("Include: ", "Exclude: ")}


@dataclass(frozen=True)
class Code:
    """A theme as tools for qualitative analysis know it: a name and a text."""

    id: str
    name: str
    description: str


def codes(study: Study) -> Iterator[Code]:
    """The themes of a study in their order, in both languages, the source's own language first.

    The description begins with the theme's id, so that codings can be led back to the table.
    """
    first, second = ("ja", "en") if study.meta.language == "ja" else ("en", "ja")
    for theme in study.tables["themes"].to_dict("records"):
        name = f"{theme[f'label_{first}']} ({theme[f'label_{second}']})"
        texts = [f"[{theme['id']}]", _defined(theme, first), _defined(theme, second)]
        yield Code(theme["id"], name, "\n\n".join(texts))


def _defined(theme: dict[str, str], language: str) -> str:
    include, exclude = _WORDS[language]
    return "\n".join(
        [
            theme[f"definition_{language}"],
            include + theme[f"include_{language}"],
            exclude + theme[f"exclude_{language}"],
        ]
    )
