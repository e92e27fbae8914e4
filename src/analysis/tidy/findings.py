"""The numbers behind the sentences of the report, computed from the tidy tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from analysis import links
from analysis.tidy.tidy import Data
from analysis.transcribe import schema
from analysis.transcribe.periods import display

_ENGLISH = (
    "0",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def counted(number: int, language: str) -> str:
    """A count as a sentence has it: words up to twelve in English, digits otherwise.

    >>> counted(3, "en"), counted(40, "en"), counted(3, "ja")
    ('three', '40', '3')
    """
    if language == "en" and 0 <= number < len(_ENGLISH):
        return _ENGLISH[number]
    return f"{number:,}"


def things(number: int, language: str) -> str:
    """A count of things: Japanese has its own counter below ten, and none above.

    >>> things(4, "ja"), things(10, "ja"), things(4, "en")
    ('4つ', '10', 'four')
    """
    return f"{number}つ" if language == "ja" and 0 < number < 10 else counted(number, language)


def listed(words: Iterable[str], language: str) -> str:
    """Words as a sentence lists them.

    >>> listed(["a", "b", "c"], "en"), listed(["a", "b"], "ja")
    ('a, b and c', 'a、b')
    """
    words = list(words)
    if language == "ja":
        return "、".join(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def years(numbers: Iterable[int], language: str, *, fiscal: bool = True) -> str:
    """Years as runs: fiscal 2007, 2008, 2009 and 2011 are FY2007–FY2009 and FY2011."""
    runs: list[list[int]] = []
    for year in sorted(numbers):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return listed((year_run(r[0], r[-1], language, fiscal=fiscal) for r in runs), language)


def year_run(first: int, last: int, language: str, *, fiscal: bool) -> str:
    """A year, or a run of them, as a sentence has it."""
    sides = [f"{'FY' if fiscal else ''}{year}" for year in dict.fromkeys((first, last))]
    return display("/".join(sides), language)


def counts_fiscal_years(gaps: pd.DataFrame) -> bool:
    """Whether the years of support_years are Japanese fiscal years, which begin in April."""
    return bool(gaps["start"].str.endswith("-04-01").all())


def source(data: Data, language: str) -> str:
    """What the study was transcribed from, as a sentence cites it."""
    about = data.about
    authors = listed((links.plain(a[f"name_{language}"]) for a in about["authors"]), language)
    title, venue = (links.plain(about[f"{name}_{language}"]) for name in ("title", "venue"))
    if language == "ja":
        return f"{authors}（{about['year']}）「{title}」{venue}"
    return f"{authors} ({about['year']}), <em>{title}</em>. {venue}"


def missing(data: Data, language: str) -> str:
    """Which of the main tidy tables have no row, as a sentence lists their titles."""
    main = ("phase_spans", "events", "project_spans", "grades", "issues", "statements", "indicators")
    title = {"ja": "title_ja", "en": "title"}[language]
    return listed((data.resources[t][title] for t in main if getattr(data, t).empty), language)


@dataclass(frozen=True)
class Turns:
    """Phases of policy, and how they began."""

    any: bool
    phases: str
    by_government: str
    told: str  # which event opened which phase


def turns(data: Data, language: str) -> Turns:
    """How many phases there are, and which began in the month of a change of government."""
    phases = data.phase_spans.query("table == 'phases'")
    changes = data.events.query("kind == 'government'").rename(columns={"record": "event"})
    opened = (
        phases.assign(month=phases["start"].str[:7])
        .query("month != ''")
        .merge(
            changes.assign(month=changes["start"].str[:7])[["month", "event", f"short_{language}"]],
            on="month",
        )
        .drop_duplicates("record")
    )
    brackets = {"ja": "{}（{}）", "en": "{} ({})"}[language]
    told = listed(
        (
            brackets.format(
                links.to(f"phases/{p.record}", getattr(p, f"label_{language}")),
                links.to(f"events/{p.event}", getattr(p, f"short_{language}")),
            )
            for p in opened.itertuples()
        ),
        language,
    )
    end = {"ja": "。", "en": "."}[language]
    return Turns(
        len(phases) > 0,
        things(len(phases), language),
        things(len(opened), language),
        told + end if told else "",
    )


def overlapping_stages(data: Data, language: str) -> pd.DataFrame:
    """Pairs of stages whose periods overlap: columns first, second (labels), years (text)."""
    stages = data.phase_spans.query("table == 'stages' and start != '' and end != ''")
    rows = [
        {
            "first": links.to(f"stages/{a.record}", getattr(a, f"label_{language}")),
            "second": links.to(f"stages/{b.record}", getattr(b, f"label_{language}")),
            "years": display(f"{b.start[:7]}/{min(a.end, b.end)[:7]}", language),
        }
        for a, b in combinations(stages.sort_values("start").itertuples(), 2)
        if b.start < a.end
    ]
    return pd.DataFrame(rows, columns=["first", "second", "years"])


@dataclass(frozen=True)
class Letters:
    """The grades reported, and what may be compared."""

    reported: str
    unreported: str
    without: str  # the evaluations without a letter, as a clause
    scales: str
    comparable: int
    told: str  # how often each letter was given


def letters(data: Data, language: str) -> Letters:
    """How many letters on how many scales, and how many pairs may be compared."""
    reported = data.grades.query("grade_status == 'reported'")
    given = reported["grade"].value_counts(sort=False).items()
    times = {"ja": "{letter}が{n}件", "en": "{letter}: {n}"}[language]
    without = len(data.grades) - len(reported)
    plural = "evaluation is" if without == 1 else "evaluations are"
    return Letters(
        reported=counted(len(reported), language),
        unreported=counted(without, language),
        without={
            "ja": f"評点の記載がない評価は{without}件",
            "en": f"{counted(without, 'en')} {plural} named without one",
        }[language],
        scales=things(reported["scale"].nunique(), language),
        comparable=int(data.grades["change"].isin(["same", "up", "down"]).sum()),
        told=", ".join(times.format(letter=links.plain(letter), n=n) for letter, n in given),
    )


def continuity(data: Data, language: str) -> pd.DataFrame:
    """Consecutive projects and the core institutions they share.

    Columns out: name (region), before, after (projects), shared, union, jaccard, caveat.
    """
    caveats = {
        "complete": {"ja": "", "en": ""},
        "partial": {"ja": "、一覧は一部のみ", "en": "; lists partly given"},
        "inferred": {"ja": "、判断による", "en": "; inferred"},
    }
    return data.institution_continuity.assign(
        name=lambda f: f[f"region_{language}"].map(links.plain),
        before=lambda f: _projects(f, "previous", language),
        after=lambda f: _projects(f, "project", language),
        caveat=lambda f: [caveats[value][language] for value in f["lists"]],
    )[["name", "before", "after", "shared", "union", "jaccard", "caveat"]]


def _projects(frame: pd.DataFrame, column: str, language: str) -> list[str]:
    return [
        links.to(f"projects/{i}", words)
        for i, words in zip(frame[column], frame[f"{column}_{language}"], strict=True)
    ]


@dataclass(frozen=True)
class Themes:
    """Themes of evaluation comments by region."""

    everywhere: str
    told: str  # themes of one region only


def themes_by_region(data: Data, language: str) -> Themes:
    """Themes that come up in the evaluations of every region, and of one only."""
    label = f"theme_{language}"
    profile = data.theme_profile.assign(
        **{c: lambda f, c=c: f[c].map(links.plain) for c in (label, f"region_{language}")}
    )
    spread = profile.groupby(label, sort=False)[f"region_{language}"].agg(lambda r: list(dict.fromkeys(r)))
    regions = profile[f"region_{language}"].drop_duplicates()
    everywhere = [t for t, r in spread.items() if len(r) == len(regions)]
    only = {"ja": "{region}だけのテーマ：{themes}。", "en": "Only {region}: {themes}."}[language]
    told = []
    for region in regions:
        own = [t for t, r in spread.items() if r == [region] and len(regions) > 1]
        if own:
            told.append(only.format(region=region, themes=listed(own, language)))
    return Themes(listed(everywhere, language), {"ja": "", "en": " "}[language].join(told))


def contrasts(data: Data, language: str) -> pd.DataFrame:
    """Evaluations on one scale with different letters, and the themes only one of them has.

    Columns out: better, worse (letters), better_name, worse_name (region and kind), only_better,
    only_worse (themes, text).
    """
    names = data.codebook.set_index("record")[f"label_{language}"].map(links.plain)
    comments = data.evaluation_statements
    rows = []
    reported = data.grades.query("grade_status == 'reported'").sort_values("rank")
    for one, other in combinations(reported.itertuples(), 2):
        if one.scale != other.scale or one.rank == other.rank:
            continue
        mine, theirs = (
            set(" ".join(comments.query("evaluation == @e.record")["themes"]).split()) for e in (one, other)
        )
        rows.append(
            {
                "better": links.to(f"evaluations/{one.record}", one.grade),
                "worse": links.to(f"evaluations/{other.record}", other.grade),
                "better_name": _evaluation(one, language),
                "worse_name": _evaluation(other, language),
                "only_better": listed((n for t, n in names.items() if t in mine - theirs), language),
                "only_worse": listed((n for t, n in names.items() if t in theirs - mine), language),
            }
        )
    return pd.DataFrame(
        rows, columns=["better", "worse", "better_name", "worse_name", "only_better", "only_worse"]
    )


def _evaluation(row: object, language: str) -> str:
    """An evaluation by its region and kind, and its date where there is one."""
    when = [display(row.conducted, language)] if row.conducted else []
    words = [getattr(row, f"region_{language}"), " ".join([getattr(row, f"kind_{language}"), *when])]
    return links.plain({"ja": "、", "en": ", "}[language].join(words))


def judged(data: Data, language: str) -> str:
    """Whose judgement the themes are, as the end of a sentence that begins with `themes are`."""
    coders = len(data.about["coders"])
    if coders < 2:
        return {"ja": "一人のコーダーの判断", "en": "one coder's judgement"}[language]
    n = counted(coders, language)
    if data.about["consensus"]:
        return {
            "ja": f"{n}人のコーダーの判断で、合意があれば合意を、なければ誰かが付けたテーマを採る",
            "en": f"the judgement of {n} coders: their consensus where there is one, elsewhere"
            " what at least one of them gave",
        }[language]
    return {
        "ja": f"{n}人のコーダーの判断で、誰かが付けたテーマを採る",
        "en": f"the judgement of {n} coders: what at least one of them gave",
    }[language]


@dataclass(frozen=True)
class Agreement:
    """How far the coders agree, over all themes."""

    measurable: bool  # whether there are two coders at all
    coders: str
    records: str  # that can be coded
    units: str  # of them, those that two coders considered
    disagreed: str
    alpha: str
    draws: str
    caution: str  # what small numbers forbid; empty where they forbid nothing


def agreement(data: Data, language: str) -> Agreement:
    """How many records how many coders considered, how often they differ, and what alpha is."""
    found = data.coder_agreement
    records = counted(len(data.statements) + len(data.issues), language)
    coders = counted(len(data.about["coders"]), language)
    if found.empty:
        return Agreement(False, coders, records, "", "", "", "", "")
    whole, themes = found.iloc[0], found.iloc[1:]
    vague = themes[~(themes["high"] - themes["low"] <= 0.5)]  # not stated is vague, too
    caution = {
        "ja": f"{len(themes)}テーマのうち{len(vague)}つでは、区間が目盛りの半分より広いか、求められない。"
        "これだけの記録からテーマどうしの違いは読み取れない。",
        "en": f"For {counted(len(vague), 'en')} of the {counted(len(themes), 'en')} themes the"
        " interval is wider than half the scale or cannot be stated: so few records say nothing of"
        " differences between themes.",
    }[language]
    value, between = alpha_words(whole["alpha"], language), interval_words(whole, language)
    told = {"ja": f"{value}（95%区間：{between}）", "en": f"{value} (95 % interval: {between})"}
    return Agreement(
        True,
        coders,
        records,
        counted(whole["units"], language),
        counted(whole["disagreed"], language),
        told[language],
        f"{whole['draws']:,}",
        caution if len(vague) else "",
    )


def agreement_by_theme(data: Data, language: str) -> pd.DataFrame:
    """Agreement per theme, in words where there is no number.

    Columns out: theme, units, given, disagreed, alpha, interval (text in the language).
    """
    found = data.coder_agreement
    return pd.DataFrame(
        {
            "theme": found[f"theme_{language}"],
            **{name: found[name] for name in ("units", "given", "disagreed")},
            "alpha": [alpha_words(value, language) for value in found["alpha"]],
            "interval": [interval_words(row, language) for _, row in found.iterrows()],
        },
        dtype="str",
    )


def alpha_words(value: float, language: str) -> str:
    """An alpha as a sentence has it; one that is undefined is said to be so."""
    if value != value:
        return {"ja": "定義されない", "en": "undefined"}[language]
    return f"{value:.2f}".replace("-", "−")


def interval_words(row: pd.Series, language: str) -> str:
    """The interval of a row of coder_agreement as a sentence has it, or why there is none."""
    if row["low"] == row["low"]:
        joint = {"ja": "～", "en": " to "}[language]
        return joint.join(alpha_words(row[end], language) for end in ("low", "high"))
    if row["alpha"] != row["alpha"]:
        return {"ja": "求められない（判断がすべて同じ）", "en": "none (all judgements are the same)"}[
            language
        ]
    if not row["disagreed"]:
        return {"ja": "求められない（食い違いがない）", "en": "none (no disagreement to resample)"}[language]
    return {"ja": "求められない（付けた記録が少ない）", "en": "none (given to too few records)"}[language]


@dataclass(frozen=True)
class Trust:
    """How far the records are checked."""

    records: str
    passages: str
    levels: str


def trust(data: Data, language: str) -> Trust:
    """How many records stand at which level of evidence, and on how many passages."""
    words = {
        "verified": {"ja": "原文と照合済み", "en": "verified"},
        "inferred": {"ja": "判断を含む", "en": "inferred in part"},
        "cited": {"ja": "公的記録から引用", "en": "cited"},
        "unchecked": {"ja": "未照合", "en": "not checked"},
        "changed": {"ja": "照合後に変更", "en": "changed since"},
    }
    counts = data.evidence["level"].value_counts(sort=False).items()
    told = listed((f"{words[level][language]} {n}" for level, n in counts), language)
    return Trust(counted(len(data.evidence), language), counted(len(data.passages), language), told)


@dataclass(frozen=True)
class Region:
    """One region's rows of every table."""

    id: str
    name: str
    origin: str
    field: str
    data: Data

    def only(self, table: str) -> pd.DataFrame:
        """The region's rows of a tidy table."""
        frame = getattr(self.data, table)
        return frame[frame["region"] == self.id]

    def issues(self) -> pd.DataFrame:
        """The issues of this region (not the common ones)."""
        return self.data.issues.query("scope == @self.id")

    def statements(self) -> pd.DataFrame:
        """Statements about the region and about evaluations of its projects."""
        return self.only("statements")


def region(data: Data, region: str, language: str) -> Region:
    """What the study says of a region. Raises ValueError where it has no such region."""
    known = data.regions.query("record == @region")
    if known.empty:
        raise ValueError(f"no region {region!r}; there are {', '.join(data.regions['record'])}")
    row = known.iloc[0]
    unknown = {"ja": "記載なし", "en": "not stated"}[language]
    said = (links.plain(row[f"{name}_{language}"]) or unknown for name in ("label", "origin", "field"))
    return Region(region, *said, data)


def table_titles(language: str) -> dict[str, str]:
    """What the raw tables are called, in the order of the schema."""
    return {name: table.title(language) for name, table in schema.load().tables.items()}


def gaps(data: Data) -> pd.DataFrame:
    """The stretches of the source without a record: section, position, chars, gist, reason."""
    return data.coverage.query("covered in ['reason', 'nothing']").query("chars > 1")
