"""Executed notebooks as a run leaves them, made by hand: every kind of output, in both languages.

    python tests/publish/samples.py [FOLDER]

publishes them into FOLDER/reports/okamoto2020, to be looked at.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.build.plan import Job
from analysis.figures import font, style

MIME = "application/vnd.analysis."
HOSTILE = (
    '"><script>alert(1)</script><img src=x onerror=alert(2)> **b** [x](javascript:alert(3)) {{7*7}} #x $y'
)
STUDY = "okamoto2020"


@dataclass(frozen=True)
class Run:
    job: Job
    notebook: dict[str, Any]
    reasons: tuple[str, ...] = ()


# -- Cells -------------------------------------------------------------------------------------------


def prose(text: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text, "metadata": {"tags": list(tags)}}


def code(*outputs: dict[str, Any], source: str = "...", tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": list(tags)},
        "execution_count": 1,
        "outputs": list(outputs),
    }


def shown(data: Mapping[str, Any], kind: str = "display_data") -> dict[str, Any]:
    extra = {"execution_count": 1} if kind == "execute_result" else {}
    return {"output_type": kind, "data": dict(data), "metadata": {}, **extra}


def said(text: str) -> dict[str, Any]:
    return code(shown({"text/markdown": text, "text/plain": text}))


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "cells": [*cells, code(shown({f"{MIME}reads+json": {f"{STUDY}/phase_spans": ["label", "period"]}}))],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "analysis": {"inputs": {"x": "y"}},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


# -- Figures, tables, findings -----------------------------------------------------------------------


def _saved(figure: Figure, kind: str) -> bytes:
    with io.BytesIO() as file, style.applied(), rc_context({"svg.hashsalt": "samples"}):
        figure.savefig(
            file, format=kind, dpi=200, metadata={"Date": None, "Creator": None} if kind == "svg" else None
        )
        return file.getvalue()


def _bars(bars: list[tuple[str, float, float, str]], width: float) -> Figure:
    with style.applied():
        height = 0.34 * len(bars) + 0.5
        drawn = Figure(figsize=(width / 100, height), dpi=100)
        axes = drawn.add_axes((0.3, 0.5 / height, 0.67, 1 - 0.6 / height))
        for n, (label, start, end, to) in enumerate(bars):
            mark = Rectangle((start, n - 0.35), end - start, 0.7, color="#0072b2")
            mark.set_url(to)
            axes.add_patch(mark)
            axes.text(1994, n, label if width > 500 else label[:12], ha="right", va="center", color="#1a1a1a")
        axes.set(xlim=(1995, 2022), ylim=(len(bars) - 0.5, -0.5), yticks=[])
        axes.tick_params(colors="#595959")
        axes.spines[["left", "top", "right"]].set_visible(False)
        axes.spines["bottom"].set_color("#c9c9c9")
    return drawn


def figure(
    name: str,
    title: str,
    bars: list[tuple[str, float, float, str]],
    *,
    language: str,
    role: str = "main",
    subtitle: str = "",
) -> dict[str, Any]:
    wide, narrow = _bars(bars, 1000), _bars(bars, 358)
    if role == "small":
        wide = narrow
    svg = _saved(wide, "svg").decode()
    about = {
        "name": name,
        "title": title,
        "subtitle": subtitle,
        "role": role,
        "alt": {"ja": f"{len(bars)}本の帯の図。", "en": f"A chart of {len(bars)} bars."}[language],
        "words": [
            {"id": str(n), "text": f"[{label}]({to}): {start:.0f}–{end:.0f}"}
            for n, (label, start, end, to) in enumerate(bars, 1)
        ],
        "records": [to.removeprefix("record:") for _, _, _, to in bars if to.startswith("record:")],
        "source": {"ja": "岡本（2020）を筆者らが表に整理", "en": "Okamoto (2020), tabulated by the authors"}[
            language
        ],
        "csv": pd.DataFrame(bars, columns=["label", "start", "end", "record"]).to_csv(index=False),
        "svg": {"wide": svg, "narrow": None if role == "small" else _saved(narrow, "svg").decode()},
    }
    png = base64.b64encode(_saved(wide, "png")).decode()
    return shown({f"{MIME}figure+json": about, "image/svg+xml": svg, "image/png": png})


def table(
    name: str, caption: str, columns: list[tuple[str, str]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    heads = [{"name": f"c{n}", "title": title, "kind": kind} for n, (title, kind) in enumerate(columns)]
    return shown(
        {
            f"{MIME}table+json": {"name": name, "caption": caption, "columns": heads, "rows": rows},
            "text/html": "<table></table>",
        }
    )


def cell(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "to": None, "lang": None, "inferred": False, "sort": None} | more


def finding(id: str, headline: str, how: str, unless: str, **more: Any) -> dict[str, Any]:
    about = {
        "id": id,
        "headline": headline,
        "how": how,
        "unless": unless,
        "value": 3,
        "of": 4,
        "reading": {},
        "robustness": None,
        "page": "",
        "figure": None,
    } | more
    return shown({f"{MIME}finding+json": about, "text/markdown": headline})


# -- Pages -------------------------------------------------------------------------------------------

_SPANS = [
    ("第1期科学技術基本計画", "1st Science and Technology Basic Plan", 1996, 2001, "record:plans/plan-1"),
    ("第2期科学技術基本計画", "2nd Science and Technology Basic Plan", 2001, 2006, "record:plans/plan-2"),
    ("地域科学技術政策の誕生", "Birth of regional policy", 1995, 1996, "record:phases/phase-1"),
    (
        "浜松オプトロニクスクラスター",
        "Hamamatsu Optronics Cluster",
        2002,
        2007,
        "record:projects/hamamatsu-kc1",
    ),
    ("政策段階の一つ", "A policy stage", 1995, 1996, "record:stages/stage-1"),
    ("サイエンスパーク形成", "Building of science parks", 1998, 2004, "record:programmes/science-park"),
]


def bars(language: str, many: int = 6) -> list[tuple[str, float, float, str]]:
    return [({"ja": ja, "en": en}[language], a, b, to) for ja, en, a, b, to in _SPANS[:many]]


def overview(language: str) -> dict[str, Any]:
    ja = language == "ja"
    return notebook(
        prose(
            "# 二十年の支援は、二つの地域で違う形に残った\n\n浜松は既存産業から、神戸は公的支援から出発した。2007年に挙げられた[共通の四課題](page:issues)のうち、三つは改善しつつあり、一つは対処中である。",
            "ja",
        ),
        prose(
            "# Twenty years of support left different traces in two regions\n\nHamamatsu started from existing industry, Kobe from public support. Of the [four common issues](page:issues) named in 2007, three are improving and one is being dealt with by the Knowledge Cluster Initiative.",
            "en",
        ),
        code(
            figure(
                "support",
                "どちらの地域も、ほぼ毎年、国の支援を受けていた"
                if ja
                else "Both regions had national support in almost every year",
                bars(language),
                language=language,
                role="hero",
                subtitle="国の事業があった年度、2001～2020年度"
                if ja
                else "Fiscal years with a national project, FY2001–2020",
            )
        ),
        code(
            shown(
                {
                    "text/markdown": "- **20年**のうち20年、どちらの地域にも国の事業があった\n- **4つ**の共通課題のうち3つが改善しつつある\n- **18から350へ**：神戸に立地する企業・団体"
                    if ja
                    else "- **20 of 20** years with a national project in either region\n- **3 of 4** common issues are improving\n- **18 to 350** companies and bodies located in Kobe"
                }
            ),
            tags=("numbers",),
        ),
        prose("## 所見", "ja"),
        prose("## What was found", "en"),
        code(
            figure(
                "f-support",
                "支援のある年度" if ja else "Years of support",
                bars(language, 3),
                language=language,
                role="small",
            ),
            finding(
                "support-years",
                "二十年間、支援の途切れた年度はない" if ja else "No year of the twenty went without support",
                "[事業の期間](record:projects/hamamatsu-kc1)を年度に数えた。"
                if ja
                else "Counted from the [periods of projects](record:projects/hamamatsu-kc1), year by year.",
                "事業の終わりの記載がない年度に支援がなかったなら。"
                if ja
                else "If a project whose end is not stated had ended early.",
                figure="f-support",
                page="issues",
                robustness={
                    "text": "どの読み方でも20年" if ja else "20 years under every reading",
                    "low": 20,
                    "high": 20,
                    "flips": False,
                },
            ),
            finding(
                "issues-better",
                "四つの共通課題のうち三つは改善しつつある"
                if ja
                else "Three of the four common issues are improving",
                "原文の考察による。" if ja else "As the paper considers them.",
                "個々の課題について原文は述べていない。"
                if ja
                else "The paper does not say it of each issue.",
                robustness={
                    "text": "3から1に変わる" if ja else "changes from 3 to 1",
                    "low": 1,
                    "high": 3,
                    "flips": True,
                },
                page="issues",
            ),
        ),
        prose("予算額は原文のどこにも示されていない。", "ja"),
        prose("No budget is stated anywhere in the paper.", "en"),
    )


def issues(language: str, prefix: str = "") -> dict[str, Any]:
    ja = language == "ja"
    word = (lambda a, b: a) if ja else (lambda a, b: b)
    rows = [
        {
            "record": f"issues/{key}",
            "cells": [
                cell(word(*names)),
                cell(word("改善しつつある", "improving"), inferred=True),
                cell(str(year), sort=year),
                cell("12.5", sort=12.5),
                cell("ポスト知的クラスター", lang="ja"),
            ],
        }
        for key, names, year in [
            ("common-issue-1", ("ポスト知的クラスター", "After knowledge clusters"), 2007),
            ("common-issue-2", ("知財本部・広域TLO", "University IP and TLOs"), 2008),
            ("hamamatsu-issue-1", ("浜松の課題一", "First issue of Hamamatsu"), 2009),
            ("hamamatsu-issue-2", ("浜松の課題二", "Second issue of Hamamatsu"), 2010),
            ("kobe-issue-1", ("神戸の課題一", "First issue of Kobe"), 2011),
            ("kobe-issue-2", ("神戸の課題二", "Second issue of Kobe"), 2012),
            ("kobe-issue-3", ("神戸の課題三", "Third issue of Kobe"), 2013),
            ("kobe-issue-4", ("神戸の課題四", "Fourth issue of Kobe"), 2006),
            ("kobe-issue-5", (HOSTILE, HOSTILE), 2005),
        ]
    ]
    columns = [
        (word("課題", "Issue"), "text"),
        (word("状態", "Status"), "judgement"),
        (word("年", "Year"), "period"),
        (word("値", "Value"), "number"),
        (word("原文の名称", "As printed"), "text"),
    ]
    return notebook(
        prose("# 課題\n\n2007年に挙げられた課題は、その後どうなったか。", "ja"),
        prose("# Issues\n\nWhat became of the issues that were raised in 2007?", "en"),
        prose("## 一覧", "ja"),
        prose("## All issues", "en"),
        code(
            figure(
                f"{prefix}issue-chart",
                word("四つの課題", "Four issues"),
                bars(language, 5),
                language=language,
                subtitle=word("年度", "Fiscal years"),
            )
        ),
        code(
            table(
                f"{prefix}issue-table", word("課題とその後", "Issues and what became of them"), columns, rows
            )
        ),
        prose("## 結論できないこと\n\n1. 順位は付けられない。\n2. 因果は言えない。", "ja"),
        prose(
            "## What may not be concluded\n\n1. No ranking.\n2. No *cause* is shown, **whatever** `the table` says.",
            "en",
        ),
    )


def ordinary(language: str) -> dict[str, Any]:
    """What a researcher's notebook holds: bare values, DataFrames, pictures, LaTeX, warnings, attacks."""
    frame = pd.DataFrame({"region": ["Hamamatsu", "Kobe"], "grade": ["A-", HOSTILE], "value": [1.5, 22.25]})
    pivot = pd.DataFrame(
        [[1, 2], [3, 4]], columns=pd.MultiIndex.from_product([["years"], ["before", "after"]])
    )
    drawn = Figure(figsize=(4, 2))
    drawn.add_subplot().plot([1, 3, 2])
    picture = {
        "image/png": base64.b64encode(_saved(drawn, "png")).decode(),
        "text/plain": "<Figure size 400x200 with 1 Axes>",
    }
    return notebook(
        prose(
            {"ja": "# ふつうのノートブック", "en": "# An ordinary notebook"}[language]
            + "\n\n"
            + HOSTILE.replace("#x", "")
        ),
        code(shown({"text/plain": "2"}, "execute_result"), source="1 + 1"),
        code(shown({"text/html": frame.to_html(), "text/plain": str(frame)}, "execute_result")),
        code(
            shown(
                {
                    "text/html": frame.style.set_uuid("x").to_html(),
                    "text/plain": "<pandas.io.formats.style.Styler>",
                },
                "execute_result",
            )
        ),
        code(shown({"text/html": pivot.to_html(), "text/plain": str(pivot)}, "execute_result")),
        code(shown({"text/plain": "<Axes: xlabel='x'>"}, "execute_result"), shown(picture)),
        code(shown({"text/latex": r"$\displaystyle \frac{a}{b}$", "text/plain": "a/b"})),
        code(printed("42 rows\n"), printed("UserWarning: Glyph 9731 missing\n", "stderr")),
        code(
            shown(
                {
                    "text/html": f"<p onclick=alert(1)>{HOSTILE}<em>kept</em></p><script>alert(4)</script><iframe src='https://x.example'></iframe>"
                }
            )
        ),
        said("> quoted\n\n```python\nx = 1\n```"),
    )


def runs(languages: tuple[str, ...] = ("ja", "en")) -> list[Run]:
    made = []
    titles = {
        "index": ("概要", "Overview", "findings", overview),
        "issues": ("課題", "Issues", "findings", issues),
        "region-hamamatsu": ("浜松", "Hamamatsu", "regions", lambda language: issues(language, "hamamatsu-")),
        "own": ("自由な頁", "My own page", "researchers", ordinary),
    }
    for language in languages:
        for page, (ja, en, group, make) in titles.items():
            subject = {"ja": "浜松", "en": "Hamamatsu"}[language] if page.startswith("region") else ""
            job = Job(
                page,
                language,
                notebook=page,
                title={"ja": ja, "en": en}[language],
                subject=subject,
                parameters={"study": STUDY, "language": language},
                group=group,
            )
            made.append(Run(job, make(language)))
    return made


if __name__ == "__main__":
    from analysis import paths
    from analysis.publish.report import publish

    if len(sys.argv) > 1:
        paths.REPORTS = Path(sys.argv[1]) / "reports"
        paths.ROOT = Path(sys.argv[1])
    assert font.file()
    print(publish(STUDY, runs(), ("ja", "en")))
