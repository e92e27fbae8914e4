"""Normalisers: a text as it is compared, only its wording and nothing of its layout.

A normaliser that has been used is frozen: the fingerprints in `data/` depend on its every
character. Something better is a new normaliser (`ja-2`), never a change to one of these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# --- ja-1 --------------------------------------------------------------------------------------
# Fonts map the glyphs of common characters (national, long, west, door ...) to the CJK and Kangxi
# radicals that look the same. NFKC leaves the first block alone and turns the second into
# traditional forms, so both are mapped before it, by Equivalent_Unified_Ideograph (Unicode 14.0;
# Python's unicodedata does not have the property). Each string lists the targets in block order.
_CJK_RADICALS = (  # from U+2E80; that one and U+2E9A have no equivalent
    "\u2e80厂乛乚乙亻冂𠘨刀刂卜㔾小尐兀尣尢𡯂巳幺彑彐忄心扌攵\u2e9a旡日月歺母"
    "民氵氺灬爫爬丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艺艻虎衤覀西见角𧢲讠贝"
    "𧾷车辶辷辸邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_KANGXI_RADICALS = (  # from U+2F00
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小"
    "尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气"
    "水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而"
    "耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長"
    "門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊"
    "齒龍龜龠"
)
# In a Japanese text the glyph behind these radicals is the Japanese form, not the traditional or
# the simplified Chinese one that Unicode names.
_JAPANESE_FORMS = (
    "\u2f3e戸 \u2fad青 \u2fc6麦 \u2fc8黄 \u2fca黒 \u2fd1斉 \u2fd2歯 \u2fd4亀 \u2ec5見 \u2ec9貝 "
    "\u2ecb車 \u2ed3長 \u2ed4門 \u2ed9韋 \u2eda頁 \u2edb風 \u2edc飛 \u2ee2馬 \u2ee5魚 \u2ee6鳥 "
    "\u2ee7鹵 \u2eea黽 \u2eec斉 \u2eee歯 \u2ef0竜 \u2ef1亀 \u2ef3亀"
)
# NFKC takes the small tilde apart into a space and an accent; as a wave it must survive.
_UNIFIED = (
    dict(enumerate(_CJK_RADICALS, 0x2E80)) | dict(enumerate(_KANGXI_RADICALS, 0x2F00)) | {0x02DC: "\u301c"}
)
_RADICALS = _UNIFIED | {ord(pair[0]): pair[1] for pair in _JAPANESE_FORMS.split()}


def _each(ranges: str, to: str | None) -> dict[int, str | None]:
    """A translation table from codes such as `2010-2015 2212` (hexadecimal) to one character."""
    ends = [[int(end, 16) for end in part.split("-")] for part in ranges.split()]
    return {code: to for first, *last in ends for code in range(first, (last or [first])[0] + 1)}


# Characters that take no room on the page: controls, soft hyphen, grapheme joiner, zero-width and
# direction marks, variation selectors, byte order mark, tags, and U+FFFE, which PDF readers give
# for a hyphen at a line's end.
_INVISIBLE = _each(
    "0-8 e-1b 7f-84 86-9f ad 34f 61c 180b-180f 200b-200f 202a-202e 2060-206f fe00-fe0f feff "
    "fffe-ffff e0001-e01ef",
    None,
)
_WHITE = "9-d 1c-20 85 a0 1680 2000-200a 2028 2029 202f 205f 3000"
_DASHES = _each("2d7 58a 2010-2015 2043 2212 2500 2501 2796 2e3a 2e3b", "-")
_WAVES = _each("7e 2053 223c 223e 3030", "\u301c")
_JA_1 = _INVISIBLE | _each(_WHITE, None) | _DASHES | _WAVES
_LONG_MARK_AFTER_LATIN = re.compile("(?<=[A-Za-z])ー")  # how some input methods give `A-`
_STOP = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_COMMA = re.compile(r"(?<![0-9]),|,(?![0-9])")


def _ja_1(text: str) -> str:
    """Japanese, first version: the rules of the data contract, section 3."""
    text = unicodedata.normalize("NFKC", text.translate(_RADICALS))
    # White space goes before the rules that look at neighbours, so that they see the characters
    # the reader sees side by side, wherever the line breaks.
    text = _LONG_MARK_AFTER_LATIN.sub("-", text.translate(_JA_1))
    text = _COMMA.sub("、", _STOP.sub("。", text))
    # What a dropped character kept apart (a kana and its voicing mark) may now combine.
    return unicodedata.normalize("NFC", text)


# --- en-1 --------------------------------------------------------------------------------------
_EN_1 = (
    _INVISIBLE
    | _each(_WHITE, " ")
    | _DASHES
    | _WAVES
    | _each("60 b4 2018-201b 2032", "'")
    | _each("ab bb 201c-201f 2033", '"')
)
# A space after a dash is where a line broke, but after a letter alone it may end a grade.
_SPACE_AFTER_DASH = re.compile("(?<=[-\u301c])(?<![ ('\"][A-Z]-) ")
_LOWER = "a-z\u00df-\u00f6\u00f8-\u00ff"
_HYPHEN_IN_WORD = re.compile(f"(?<=[{_LOWER}])-(?=[{_LOWER}])")


def _en_1(text: str) -> str:
    """Languages written with spaces, first version.

    A hyphen inside a word in small letters is dropped everywhere, because at a line's end nobody
    can tell a hyphenated word from a broken one; the hyphen of `A-` and of `2011-2016` stays.
    """
    # Before NFKC as after it, because NFKC takes some accents and quotes apart.
    text = unicodedata.normalize("NFKC", text.translate(_EN_1)).translate(_EN_1)
    while "  " in text:  # not split(): a hostile source would make a list of a gigabyte
        text = text.replace("  ", " ")
    text = _HYPHEN_IN_WORD.sub("", _SPACE_AFTER_DASH.sub("", text.strip()))
    return unicodedata.normalize("NFC", text)


# --- the same for the scripts below --------------------------------------------------------------
_MARKS = _each("27 60 b4 2bc 5f3 2018-201b 2032", "'") | _each("ab bb 5f4 201c-201f 2033", '"')
# A soft hyphen, or what PDF readers give for one, goes with the end of the line after it.
_BROKEN = re.compile("[\u00ad\ufffe][ \t]*[\r\n\f\v\u0085\u2028\u2029]\\s*")
_DOTS = _each("2022 2027 2219 22c5 30fb ff65 2e31", "\u00b7")
_LATIN = "0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_SPACE_OUTSIDE_LATIN = re.compile(f"(?<![{_LATIN}]) +| +(?![{_LATIN}])")


def _spelled(
    table: dict[int, str | None], *steps: tuple[re.Pattern[str], str], before: re.Pattern[str] | None = None
) -> Callable[[str], str]:
    """A normaliser that unifies characters and white space, and then takes some steps in their order.

    What `before` finds is dropped first. All is repeated until nothing changes, for what one rule drops may
    wake another.
    """

    def once(text: str) -> str:
        text = _BROKEN.sub("", before.sub("", text) if before else text)
        text = unicodedata.normalize("NFKC", text.translate(table)).translate(table)
        while "  " in text:
            text = text.replace("  ", " ")
        text = text.strip()
        for pattern, replacement in steps:
            text = pattern.sub(replacement, text)
        return unicodedata.normalize("NFC", text)

    def normaliser(text: str) -> str:
        while (after := once(text)) != text:
            text = after
        return text

    return normaliser


# --- spaced-1 ------------------------------------------------------------------------------------
_SPACED_1 = _INVISIBLE | _each(_WHITE, " ") | _DASHES | _WAVES | _MARKS
_SMALL = "".join(  # in Latin, Greek, Cyrillic, Armenian and Georgian
    chr(code)
    for block in (range(0x61, 0x58A), range(0x10D0, 0x10FB), range(0x1E00, 0x2000))
    for code in block
    if unicodedata.category(chr(code)) == "Ll"
)
# Polish and Portuguese repeat a hyphen on the next line.
_HYPHEN_IN_SMALL = re.compile(f"(?<=[{_SMALL}])--?(?=[{_SMALL}])")
# French puts a narrow space there, which some programs extract and others do not.
_SPACE_AT_SIGN = re.compile(' (?=[;:!?%"])|(?<=") ')


# Letters and spaces, whatever the alphabet: Latin, Greek, Cyrillic and those without a normaliser. As in
# `en-1` a hyphen between small letters is dropped everywhere (`Technologie-` at a line's end and
# `förderung`), and one before a capital stays (`Süd-` and `Deutschland`).
_spaced_1 = _spelled(_SPACED_1, (_SPACE_AFTER_DASH, ""), (_SPACE_AT_SIGN, ""), (_HYPHEN_IN_SMALL, ""))

# --- zh-1 ----------------------------------------------------------------------------------------
_ZH_1 = _SPACED_1 | _DOTS | _each("22ef", "\u2026") | _UNIFIED
_DASH_RUN = re.compile("--+")  # a dash of two characters, which some fonts have as one
# A comma stands between clauses unless it groups thousands.
_CLAUSE_COMMA = re.compile(r"(?<![0-9]),|(?<=[0-9]{4}),|,(?![0-9]{3}(?![0-9]))")


# Chinese, simplified or traditional: lines break anywhere, and a space says nothing, except between Latin
# letters or figures, where it parts two words. `、` and `，` stay two signs.
_zh_1 = _spelled(
    _ZH_1,
    (_DASH_RUN, "-"),
    (_SPACE_OUTSIDE_LATIN, ""),
    (_STOP, "。"),
    (_CLAUSE_COMMA, "\uff0c"),
    (_HYPHEN_IN_WORD, ""),
)

# --- ko-1 ----------------------------------------------------------------------------------------
# The dot between words is typed as an old vowel sign as often as not.
_KO_1 = _SPACED_1 | _DOTS | _each("318d 119e", "\u00b7")

# Without the space after them, `3, 200` would be `3,200` and the stop of a sentence a decimal one.
_COMMA_OF_CLAUSE = re.compile(f",(?= )|{_CLAUSE_COMMA.pattern}")
_STOP_AFTER_LETTER = re.compile(r"(?<![0-9])\.")


# Korean: spaces are dropped, except between Latin letters or figures. They do part words, but lines break
# inside words, too, and at the end of a line nobody can tell whether there was a space. Without them every
# layout reads the same; what that costs is that a change of nothing but spacing goes unseen.
_ko_1 = _spelled(
    _KO_1,
    (_COMMA_OF_CLAUSE, "、"),
    (_STOP_AFTER_LETTER, "。"),
    (_SPACE_OUTSIDE_LATIN, ""),
    (_HYPHEN_IN_WORD, ""),
)

# --- rtl-1 ---------------------------------------------------------------------------------------
# Direction marks and non-joiners are invisible already. Points are optional, kashida fills a line;
# figures have two shapes by the font, Arabic and Persian type kaf and yeh with two codes.
_POINTS = "591-5bd 5bf 5c1 5c2 5c4 5c5 5c7 610-61a 640 64b-652 656-65f 670 6d6-6dc 6df-6e4 6e7 6e8 6ea-6ed"
_RTL_1 = (
    _SPACED_1
    | _each(_POINTS, None)
    | _each("5be", "-")
    | {first + n: str(n) for first in (0x660, 0x6F0) for n in range(10)}
    | {0x66A: "%", 0x66B: ".", 0x66C: ",", 0x6A9: "\u0643", 0x6CC: "\u064a"}
)
_POINT_ALONE = re.compile("[\ufe70-\ufe7f\ufc5e-\ufc63]")  # a point as a form of its own


# Arabic, Hebrew and what else is written from right to left, as it is stored: first letter first.
_rtl_1 = _spelled(_RTL_1, (_SPACE_AFTER_DASH, ""), (_SPACE_AT_SIGN, ""), before=_POINT_ALONE)


NORMALISERS: dict[str, Callable[[str], str]] = {
    "ja-1": _ja_1,
    "en-1": _en_1,
    "spaced-1": _spaced_1,
    "zh-1": _zh_1,
    "ko-1": _ko_1,
    "rtl-1": _rtl_1,
}
# By a tag's script if it has one, else by its language; all others are written with spaces.
_USUAL = dict.fromkeys(["Hans", "Hant", "Hani", "zh", "yue", "wuu", "lzh", "th", "lo", "km", "my"], "zh-1")
_USUAL |= dict.fromkeys(
    ["Arab", "Hebr", "Syrc", "ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "ckb", "dv", "syr"],
    "rtl-1",
)
_USUAL |= {"ja": "ja-1", "Jpan": "ja-1", "ko": "ko-1", "Kore": "ko-1", "Hang": "ko-1", "en": "en-1"}
UNSPACED = ("ja", "zh", "ko")  # how the normalisers begin to which the end of a line says nothing


def usual(language: str) -> str:
    """The normaliser of a language's sources, unless a study names another.

    >>> usual("de-AT"), usual("zh-Hant-TW"), usual("uz-Arab")
    ('spaced-1', 'zh-1', 'rtl-1')
    """
    primary, *others = language.split("-")
    scripts = [_USUAL[other.title()] for other in others if other.title() in _USUAL and len(other) == 4]
    return (scripts or [_USUAL.get(primary.lower(), "spaced-1")])[0]


def normalise(text: str, normaliser: str = "ja-1") -> str:
    """Return the text as it is compared: only the wording, nothing of the layout.

    Idempotent. `normaliser` is one of `NORMALISERS`; a study names its own in `study.yaml`, or has
    the `usual` one of its language.
    """
    return NORMALISERS[normaliser](text)
