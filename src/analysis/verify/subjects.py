"""Which subject a sentence says a number of, where it names several or prints several numbers.

A sentence names its subject first and means it until it names another (`Skåne had 40 firms and 17
patents`), or it prints the number first and the subject after it (`40 firms in Skåne, 17 in Halland`). Where
several subjects are named together (`Skåne and Halland had 40 and 17 firms`), only `respectively` tells
which number is whose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.verify.extract import Mention

_CAPITAL = "A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f"
_SENTENCE = re.compile(
    rf"[^。!?\u061f\n]*?(?:[。!?\u061f\n]|\.(?= [{_CAPITAL}]|$)|(?<=[\u05d0-\u06ff])\.(?= )|$)"
)
_TOGETHER = re.compile(
    r"(?:地域|市|지역|地区|地區)?"
    r"(?:[、,・と及びや&\u060c，와과및和与與\u0648\u05d5]|並びに|以及| (?:and|or|und|et|y|e|i|и|och|og|en|και) |, and ?| |the |l[ae]s? )"
    r"{1,4}",
    re.IGNORECASE,
)
_SERIES = re.compile(r"[^\d。;\n]{0,16}")  # `40 firms and 17 firms`
_BESIDE = re.compile(
    r"[ はがをで은는이가:(]*(?:約|およそ|约|大约|약|about|around|some|nearly|over|rund|etwa|environ|около|نحو)? ?",
    re.IGNORECASE,
)
_RESPECTIVELY = re.compile(
    "respectively|それぞれ|各々|jeweils|bzw|beziehungsweise|respectiv|rispettiv|odpowiednio|соответственно|分别|分別|각각|التوالي|בהתאמה",
    re.IGNORECASE,
)


def subjects_of(
    number: Mention, numbers: Sequence[Mention], topics: Sequence[Mention], text: str
) -> set[str]:
    """The subjects that a number may be said of: one where the text tells, several where it does not."""
    start, end = _sentence(number, text)
    here = [topic for topic in topics if start <= topic.start < end]
    before = [topic for topic in topics if topic.end <= number.start]
    after = [topic for topic in here if topic.start >= number.end]
    first = min((mention.start for mention in [*numbers, *here] if mention.start >= start), default=start)
    subject_first = any(topic.start == first for topic in here)
    if after and not subject_first:
        group = _group(after, text)
    elif before:
        group = _group(before[::-1], text)[::-1]
    else:
        group = _group(after or list(topics[:1]), text)
    if len(group) > 1 and _RESPECTIVELY.search(text[start:end]):
        row = _series(number, numbers, text)
        if len(row) == len(group):
            return {group[row.index(number)].value}
    return {topic.value for topic in group}


def stands_beside(number: Mention, words: Sequence[Mention], text: str) -> bool:
    """Whether a number and some words touch: `17 patents`, `雇用者数は約9,400`."""
    return any(
        (number.end <= word.start and text[number.end : word.start] in {"", " "})
        or (word.end <= number.start and _BESIDE.fullmatch(text[word.end : number.start]))
        for word in words
    )


def _sentence(mention: Mention, text: str) -> tuple[int, int]:
    spans = (match.span() for match in _SENTENCE.finditer(text))
    return next((span for span in spans if span[0] <= mention.start < span[1]), (0, len(text)))


def _group(mentions: Sequence[Mention], text: str, joint: re.Pattern[str] = _TOGETHER) -> list[Mention]:
    """The first of some mentions, with those that are named together with it."""
    group = list(mentions[:1])
    for mention in mentions[1:]:
        left, right = sorted([group[-1], mention], key=lambda one: one.start)
        if not joint.fullmatch(text[left.end : right.start]):
            break
        group.append(mention)
    return group


def _series(number: Mention, numbers: Sequence[Mention], text: str) -> list[Mention]:
    """The numbers that are printed together with one: `40 and 17`."""
    place = list(numbers).index(number)
    before = _group(list(numbers[place::-1]), text, _SERIES)[::-1]
    return [*before[:-1], *_group(list(numbers[place:]), text, _SERIES)]
