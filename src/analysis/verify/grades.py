"""Where a text prints a grade as a grade: not the number of something, not a word of praise.

A letter alone is hardly ever anything else (`extract.grades`). A number (`4`, `3.5`, `17/20`, `85 %`) and a
word (`good`, 良) often are: `4 regions`, `section 4`, `good cooperation`. So a mention counts as a grade
only where a word of grading stands right before or after it (`a score of 4`, 「良」と評価), where it goes on
a row that began so (`grades 4, 3 and 2`), or where it follows one of the names that a row may be about in a
sentence on grading (`The grades were: Ashenford 4`). Elsewhere it is open whether it is one; as the number
of something, or as a part of a larger number or word, it is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from analysis.transcribe.grade_values import PERCENT
from analysis.verify.extract import Mention, citations, periods
from analysis.verify.locales import cases

LETTER = re.compile(r"[A-Z][+-]?|-")
_STARS = re.compile("[★☆]+")
_FIGURE = r"[+-]?\d+(?:[.,]\d+)?"
_NUMBER = re.compile(rf"{_FIGURE}(?: ?(?:{PERCENT})|/\d+)?", re.IGNORECASE)
_PRINTED = re.compile(
    rf"(?<![A-Za-z\d.,/$€£¥#§%])({_FIGURE})(?: ?({PERCENT})(?![A-Za-z])|(?:/| out of | von )(\d+))?"
    r"(?![\dA-Za-z/]|[.,]\d)",
    re.IGNORECASE,
)
_PART = re.compile(  # of a longer praise, or a denial
    r"(?:\b(?:very|not|never|un|in|less than|more than|almost|nearly|fairly|quite|rather|barely|hardly|most"
    r"|least|extremely|highly|just|partly|so|too|nor|no longer|far from|short of|sehr|nicht|ziemlich) ?"
    r"|極めて|きわめて|非常に|とても|やや|かなり|最も|もっとも|比較的|大変|あまり|不|未)[\"'「『(]*$",
    re.IGNORECASE,
)
_DENIED = r"[」』\"']?(?:と|で|に)(?:は|も)(?:言え|いえ|な|至ら|達し)"
_NOT = re.compile(r"\b(?:not|never|nor|without|nicht)(?: \w+){0,2} ?[\"']?$", re.IGNORECASE)
_NUMBERED = re.compile(  # what has a number of its own
    r"(?:\b(?:section|chapter|figure|fig\.|table|nos?\.|page|pp?\.|phase|stage|step|part|plan|annex|appendix"
    r"|item|issue|round|year|hall|line|vol\.|volume|number|article|day|week|month|about|some|over|than"
    r"|nearly|Abschnitt|Kapitel|Seite|Tabelle|Nr\.|etwa|rund) ?|第|図|表|節|章|頁|約)$",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\bnote $", re.IGNORECASE)  # of an English text: elsewhere a mark
# How a language grades. `before`: words of grading, before the grade; `link`: from there up to it; `after`:
# what may follow a grade (a noun makes it the number, or the quality, of something); `given`: in a sentence
# that speaks of grading (`cue`); `followed`: words of grading right after the grade; `means`: what is said of
# the end of a scale, in a sentence on grading; `dated`: what stands before a date between the two.
_GRADING = {
    "en": {
        "before": r"\b(?:grad(?:es?|ed|ings?)|scor(?:es?|ed|ing)|rat(?:ed|ings?)|marks?|marked|letters?"
        r"|stars|scale|verdicts?|evaluated|assessed|judged)",
        "link": r"(?:,? (?:of|as|was|were|is|are|at|it|them|a|an|the|with|only|from|between|overall|to be"
        r"|stood at|runs?|grade|mark|score|words?|one|two|three|four|five|six|seven"
        r"|ten))*[:,=]?(?: ?[(\"'])*(?: |$)*$",
        "after": r"(?:$|[.,;:!?)\"'\]\n]|[〜-](?=[\d★])| (?:and|or|to|in|on|for|from|by|at|with|but|while"
        r"|which|because|after|before|when|whereas|against|overall|points?|marks?|stars?|being|is|was|were"
        r"|as)\b| [(\"'〜-])",
        "given": r"\b(?:gave|given|gives|got|gets|received|earned|awarded|obtained|achieved|reached"
        r"|ended (?:at|with))(?: (?:it|them|the|a|an|only|grade|word|mark|score|overall))*(?: ?[(\"'])*(?: "
        r"|$)*$",
        "cue": r"\b(?:grad(?:es?|ed|ings?)|scor(?:es?|ed|ing)|rat(?:ed|ings?)|marks?|marked|letters?|stars"
        r"|scale|verdicts?|evaluat\w+|assess\w+|apprais\w+|judged)\b",
        "followed": r"[\"')]* (?:(?:as|was|is) (?:its|the|their) |points? on |on (?:a|the) )(?:grade|score"
        r"|mark|scale|rating)",
        "means": r" (?:means that|stands for|denotes) ",
    },
    "de": {
        "before": r"\b(?:Noten?|benotet|bewertet|Bewertung(?:en)?|Punkte|Urteil|Prädikat|Skala|Wertung)",
        "link": r"(?: (?:von|der|die|mit|als|auf|war|waren|ist|lautete|einer|einem|dem|den|nur"
        r"|zwischen))*[:=]?(?: ?[(\"'])*(?: |$)*$",
        "after": r"(?:$|[.,;:!?)\"'\]\n]|[〜-](?=[\d★])| (?:und|oder|bis|in|im|für|von|bei|mit|aber|während"
        r"|weil|nach|vor|Punkten?|Sternen?|ist|war|wurde|als|bewertet|benotet)\b| [(\"'〜-])",
        "given": r"\b(?:erhielt|erhielten|bekam|bekamen|erreichte|erreichten|vergab|gab)(?: (?:die|eine|nur"
        r"|Note))*(?: ?[(\"'])*(?: |$)*$|evaluation\b[^,;:]*\bkam(?:en)? auf $",
        "cue": r"\b(?:Noten?|benotet|bewertet|Bewertung(?:en)?|Punkte|Urteil|Prädikat|Skala|Wertung"
        r"|\w*[Ee]valuation)\b",
        "followed": r"[\"')]* (?:bewertet|benotet|Punkten?)",
        "means": r" (?:bedeute[nt]|hei(?:ßt|ßen)|steh(?:t|en) für)[, ]",
        "dated": r"(?: (?:im|am|vom|in|im Jahr))?$",
    },
    "ja": {
        "before": r"(?:評点|評価|評定|得点|採点|点数|判定|総合|成績|ランク|スコア|評語|尺度|段階(?:中|のうち)?|満点(?:中)?)",
        "link": r"(?:結果|点)?(?:として|は|が|を|で|では|に|の|中)?(?:、)?(?:総合)?[「『(:\"]*$",
        "after": r"(?:$|[、。;:!?)」』】\]\n〜・,./-](?![年月社人])|点(?!を|の|ある|あ|が)|であ|だっ|です|でし|と|を|が|に"
        r"|の[\d一二三四五六七八九十]+段階|の評|で[、あし評採]|は|も(?!の)|から|まで|ランク|評価|\()",
        "given": r"(?:に|は)[「『]$",
        "cue": r"評点|評価|評定|得点|採点|点数|判定|成績|ランク|スコア|評語|尺度|段階",
        "followed": r"[」』)]?点?(?:と|に)?(?:評価|判定|評定|採点|格付け)|[」』)]?の[\d一二三四五六七八九十]+段階|[」』)]?で(?:評価|評定|採点)",
        "means": r"(?:は|が).*(?:を意味|を表)",
    },
}
_ROW = re.compile(  # between two grades of a row
    r"(?: ?\([^()\d]{1,24}\))?[\"'」』]*(?:, (?:and |or |und |oder )?| and | or | to | und | oder | bis |-|〜|から|、|・|と|及び|または|/)[\"'「『]*"
)
_SENTENCE_END = re.compile(r"[。!?\n]|\.(?= [A-Z\"]|$)")
_NAMED = re.compile(r"[\"'」』]?(?: ?[:(=は]| (?:got|received|with|scored|at|as|only|mit))* ?[(\"'「『]*")


class Printed(NamedTuple):
    """What a text prints as grades, and what may be one."""

    sure: list[Mention]
    open: list[Mention]


def printed(
    grade: str,
    others: Iterable[str],
    text: str,
    language: str,
    names: Sequence[Mention],
    announced: Sequence[str] = (),
) -> Printed:
    """Every grade of a text that a cell with this grade could have named.

    `others` are the grades of its scale, `names` mentions of what rows may be about. A number is looked
    for among numbers, a word among the words of its scale. `announced` are names of the scale, which are
    words of grading.
    """
    found = _numbers(text, language) if is_number(grade) else _words({grade, *others}, text)
    how = _how(language, announced)
    if not is_number(grade):
        # `gave good marks` is praise, and `gave it, with good reason, the grade B` as well.
        how["after"] = rf"(?! (?:points?|marks?|stars?)\b){how['after']}"
        how["given"] = rf"(?=.*[\"'「『]$){how['given']}"
    # No noun may follow that would make it the number, or the quality, of something.
    after = re.compile(rf"(?!{_DENIED})(?:{how['after']}|{how['followed']})")
    found = [m for m in found if after.match(text[m.end :]) and not _NOT.search(text[: m.start][-40:])]
    found.sort(key=lambda mention: mention.start)
    undated = _undated(text, language)
    sure = {m for m in found if _cued(m, text, undated, how) or _beside_a_name(m, text, names, how["cue"])}
    for row in (found, found[::-1]):  # what goes on a row of grades, from its beginning or its end
        for one, other in pairwise(row):
            left, right = sorted((one, other), key=lambda m: m.start)
            if one in sure and _ROW.fullmatch(text[left.end : right.start]):
                sure.add(other)
    return Printed([m for m in found if m in sure], [m for m in found if m not in sure])


def _how(language: str, announced: Sequence[str]) -> dict[str, str]:
    """How a language prints grades, with the words by which the source calls a scale."""
    how = _GRADING.get(language, _GRADING["en"])
    apart = (rf"(?<![^\W\d_]){re.escape(word)}(?:{cases(language).pattern})?" for word in announced)
    own = "|".join(apart) or "(?!)"
    return how | {
        "after": rf"(?:{how['after']}|{how['means']})",
        "before": f"(?:{how['before']}|{own}){how['link']}",
        "cue": f"(?:{how['cue']}|{own})",
    }


def _undated(text: str, language: str) -> str:
    """A text of the same length without its dates: what stands around one is as near as without it."""
    dated = _GRADING.get(language, {}).get("dated")
    for date in periods(text, language) if dated else ():
        before = re.sub(dated or "", "", text[: date.start].rstrip(" "))
        gap = date.end - len(before)
        text = before + "\0" * gap + text[date.end :]
    return text


def is_number(grade: str) -> bool:
    """Whether a grade is a number, a percentage or stars."""
    return bool(_NUMBER.fullmatch(grade) or _STARS.fullmatch(grade))


def says(mention: Mention, grade: str) -> bool:
    """Whether a mention prints this very grade; `4` is printed by `4/5` as well."""
    value, wanted = mention.value, grade if LETTER.fullmatch(grade) else _plain(grade)
    return value == wanted or ("/" in value and value.partition("/")[0] == wanted)


def _plain(grade: str) -> str:
    """A grade without what may be written in several ways: `64 Prozent` is `64%`."""
    plain = re.sub(r"\s", "", grade).casefold()
    return re.sub(rf"(?<=\d)(?:{PERCENT})$", "%", plain, flags=re.IGNORECASE)


def _numbers(text: str, language: str) -> list[Mention]:
    """Every number or row of stars that is no date, citation or number of a section."""
    taken = [(m.start, m.end) for reader in (periods, citations) for m in reader(text, language)]
    found = [Mention(m[0], m.start(), m.end()) for m in _STARS.finditer(text)]
    for m in _PRINTED.finditer(text):
        inside = any(start <= m.start() < end for start, end in taken)
        before = text[max(m.start() - 16, 0) : m.start()]
        if not inside and not _NUMBERED.search(before) and not (language == "en" and _NOTE.search(before)):
            value = m[1] + ("%" if m[2] else f"/{m[3]}" if m[3] else "")
            found.append(Mention(value, m.start(), m.end()))
    return found


def _words(grades: set[str], text: str) -> list[Mention]:
    """Every place where a word grade stands by itself, the longest where one begins with another."""
    wanted = sorted(
        (g for g in grades if not is_number(g) and not LETTER.fullmatch(g)), key=len, reverse=True
    )
    if not wanted:
        return []
    found = []
    for m in re.finditer("|".join(map(re.escape, wanted)), text, re.IGNORECASE):
        before, after = text[max(m.start() - 16, 0) : m.start()], text[m.end() : m.end() + 1]
        apart = not _one_word(before[-1:], m[0][0]) and not _one_word(m[0][-1], after)
        if apart and not _PART.search(before):
            found.append(Mention(_plain(m[0]), m.start(), m.end()))
    return found


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word: Latin letters and signs, or two Chinese characters."""
    return bool(re.fullmatch(r"[A-Za-zÀ-ÿ\d+-]{2}|[一-龥々]{2}|[ァ-ー]{2}", left + right))


def _sentence(mention: Mention, text: str) -> tuple[int, int]:
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= mention.start), default=0)
    return start, min((end for end in ends if end > mention.start), default=len(text))


def _cued(mention: Mention, text: str, undated: str, how: dict[str, str]) -> bool:
    """Whether a word of grading stands right before or after a mention."""
    start, end = _sentence(mention, text)
    before, after = undated[start : mention.start].replace("\0", ""), text[mention.end : end]
    if re.search(how["before"], before, re.IGNORECASE) or re.match(how["followed"], after):
        return True
    said = re.search(how["given"], before) or re.match(how["means"], after)
    return bool(said) and bool(re.search(how["cue"], text[start:end], re.IGNORECASE))


def _beside_a_name(mention: Mention, text: str, names: Sequence[Mention], cue: str) -> bool:
    """Whether a mention follows a name directly, in a sentence that speaks of grading."""
    start, end = _sentence(mention, text)
    there = (n for n in names if start <= n.start and n.end <= mention.start)
    beside = any(_NAMED.fullmatch(text[name.end : mention.start]) for name in there)
    return beside and bool(re.search(cue, text[start:end], re.IGNORECASE))
