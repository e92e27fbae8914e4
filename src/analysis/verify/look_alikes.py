"""Characters that look alike: what a font or an extractor gives for the one that was printed.

A fingerprint cannot say which of two look-alikes it was made of, so the source is also read with each
family of them as one character. Only the source: fingerprints and normalisers are frozen. And only
families that mean the same; a full stop is never a comma, a long mark never the numeral one.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.verify.source_text import SourceText

# Members of each family, and those of them that may have been printed. What the normalisers fold
# already (dashes, waves, half-width forms, ligatures, soft hyphens) needs no family.
FAMILIES = {
    "middle dots": ("\u30fb\u00b7\u2027\u2022\u2219\u22c5\u2e31", "\u30fb\u00b7\u2022"),
    "circles": ("\u25cb\u25ef\u3007\u26aa\u2b58\u25e6", "\u25cb\u3007\u25ef"),
    "single quotes": ("'`\u2018\u2019\u201b\u2032\uff07", "\u2019\u2018'"),
    "double quotes": ('"\u201c\u201d\u201f\u2033\uff02\u301d\u301f', '\u201d\u201c"'),
}


def alike(source: SourceText) -> Iterator[SourceText]:
    """Yield the source with the look-alikes of each family as one character, each in turn."""
    text = "".join(source.raw)
    for family, (members, printed) in FAMILIES.items():
        for one in printed:
            others = [member for member in members if member != one and member in text]
            if others:
                table = str.maketrans(dict.fromkeys(others, one))
                lines = (line.translate(table) for line in source.raw)
                yield source.with_lines(lines, source.numbers, f"{family} as U+{ord(one):04X}")
