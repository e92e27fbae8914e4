"""The figures of the report: a study's tables in, a figure with its finding, measure and alt out.

Every number in a title, a subtitle or an alt text is computed here from the plotted tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.figures import agreement as agreement_figures
from analysis.figures import coverage as coverage_figures
from analysis.figures import grades as grade_figures
from analysis.figures import institutions as institution_figures
from analysis.figures import issues as issue_figures
from analysis.figures import timeline as timeline_figures
from analysis.figures import together as together_figures
from analysis.figures.canvas import Exhibit
from analysis.figures.style import drawn
from analysis.figures.words import joined
from analysis.tidy import together
from analysis.tidy.findings import (
    agreement,
    alpha_words,
    counted,
    judged,
    table_titles,
    things,
    year_unit,
)
from analysis.tidy.tidy import Data
from analysis.transcribe.periods import display


def source_line(data: Data, language: str) -> str:
    """Where the figure's data come from, built from what the study says of itself."""
    about = data.about
    authors = joined((a[f"name_{language}"] for a in about["authors"]), language)
    title, venue = about[f"title_{language}"], about[f"venue_{language}"]
    check = data.verification[f"words_{language}"]
    if language == "ja":
        return f"出典：{authors}（{about['year']}）「{title}」{venue}。転記：{check}。"
    return f"Source: {authors} ({about['year']}), {title}. {venue}. Transcription: {check}."


@drawn
def phase_timeline(data: Data, language: str) -> Exhibit:
    """Policy phases, plans, stages, events and programmes above the regions' projects."""
    phases = data.phase_spans.query("table == 'phases'")
    months = data.events.query("kind == 'government'")["start"].str[:7]
    opened = phases["start"].str[:7].isin(months) & (phases["start"] != "")
    regions = data.project_spans["region"].nunique()
    projects = len(data.project_spans)
    n, turns = len(phases), int(opened.sum())
    if n and turns:
        title = {
            "ja": f"{things(n, 'ja')}の政策フェーズのうち{things(turns, 'ja')}は政権交代とともに始まった",
            "en": f"{counted(turns, 'en').capitalize()} of {counted(n, 'en')} policy phases"
            " began with a change of government",
        }
    elif n:
        title = {
            "ja": f"{things(n, 'ja')}の政策フェーズと{regions}地域の{projects}プロジェクト",
            "en": f"{counted(n, 'en').capitalize()} policy phases and {projects} projects"
            f" in {counted(regions, 'en')} regions",
        }
    else:
        title = {
            "ja": f"{regions}地域の{projects}プロジェクト",
            "en": f"{counted(projects, 'en').capitalize()} projects in {counted(regions, 'en')} regions",
        }
    subtitle = {
        "ja": "灰色の帯は政策、色の帯は地域のプロジェクト。枠内の文字は評価の評点（原文のとおり、"
        "空の枠は記載なし）。破線と白抜きは転記者の判断、斜線は期間の記載がある国の事業のない"
        f"{year_unit(data, 'ja')}。",
        "en": "Grey bands are policy, coloured bands the regions' projects. Letters in tiles are"
        " grades as printed (an empty tile: none reported). Dashed outlines and hollow marks"
        f" are the transcriber's inference; hatching: {year_unit(data, 'en')} without a project"
        " of stated period.",
    }
    return timeline_figures.phase_timeline(
        data.phase_spans,
        data.events,
        data.project_spans,
        data.support_gaps,
        data.grades,
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=_timeline_alt(data, phases, language),
    )


def _timeline_alt(data: Data, phases: pd.DataFrame, language: str) -> str:
    spans = joined(
        (f"{getattr(p, f'label_{language}')} ({display(p.period, language)})" for p in phases.itertuples()),
        language,
    )
    counts = data.project_spans.groupby(f"region_{language}", sort=False).size().items()
    if language == "ja":
        per_region = joined((f"{r}{n}件" for r, n in counts), "ja")
        return (
            f"時間軸の図。フェーズ：{spans or 'なし'}。出来事{len(data.events)}件。"
            f"プロジェクト：{per_region or 'なし'}。"
        )
    per_region = joined((f"{r} {n}" for r, n in counts), "en")
    return (
        f"Timeline. Phases: {spans or 'none'}. {len(data.events)} events. Projects: {per_region or 'none'}."
    )


@drawn
def grade_tiles(data: Data, language: str) -> Exhibit:
    """Each evaluation as a tile with its printed letter, one lane per project."""
    reported = data.grades.query("grade_status == 'reported'")
    scales = reported["scale"].nunique()
    comparable = int(data.grades["change"].isin(["same", "up", "down"]).sum())
    n = len(reported)
    title = {
        "ja": f"{things(n, 'ja')}の評点は{things(scales, 'ja')}の尺度に分かれ、"
        + (
            f"同じ地域の前後を比べられる組は{things(comparable, 'ja')}"
            if comparable
            else "同じ地域の前後を比べられる組はない"
        ),
        "en": f"{counted(n, 'en').capitalize()} {'letter' if n == 1 else 'letters'} on"
        f" {counted(scales, 'en')} {'scale' if scales == 1 else 'scales'}: "
        + (
            f"{counted(comparable, 'en')} can be set against the region's letter before"
            if comparable
            else "none can be set against the region's letter before"
        ),
    }
    subtitle = {
        "ja": "評価の総合評価（原文のとおり）。枠は評価一回、帯はプロジェクトの期間（破線は期間の記載なし）。"
        "異なる尺度の文字は線で結ばない。",
        "en": "Overall grades as printed. A tile is one evaluation, a band the project's period"
        " (dashed: period not stated). Letters of different scales are never joined.",
    }
    letters = joined(
        (
            f"{getattr(g, f'region_{language}')} {display(g.conducted, language)}"
            f" {getattr(g, f'kind_{language}')}: {g.grade}"
            for g in reported.itertuples()
        ),
        language,
    )
    alt = {
        "ja": f"評価の図。{letters or '評点の記載なし'}。",
        "en": f"Chart of evaluations. {letters or 'No grade is reported'}.",
    }
    return grade_figures.grade_tiles(
        data.grades,
        data.project_spans,
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def theme_profile(data: Data, language: str) -> Exhibit:
    """Every comment of an evaluation as one mark, by theme, region and stance."""
    profile = data.theme_profile
    regions = profile["region"].nunique()
    per_theme = profile.groupby("theme", sort=False)["region"].nunique()
    everywhere = int((per_theme == regions).sum())
    n = len(data.evaluation_statements)
    where = "両地域" if regions == 2 else "すべての地域"
    title = {
        "ja": f"評価のコメントの{len(per_theme)}テーマのうち{things(everywhere, 'ja')}が{where}に現れる"
        if everywhere
        else f"{where}の評価に現れるテーマはない",
        "en": f"{counted(everywhere, 'en').capitalize() if everywhere else 'None'} of"
        f" {counted(len(per_theme), 'en')} themes {'comes' if everywhere < 2 else 'come'} up in"
        f" the evaluations of {'both' if regions == 2 else 'all'} regions",
    }
    subtitle = {
        "ja": f"評価のコメント{n}件。印一つがコメント一件（テーマが二つあれば二か所）。テーマは{judged(data, 'ja')}。",
        "en": f"{n} comments made in evaluations; one mark is one comment (two where it has two"
        f" themes). Themes are {judged(data, 'en')}.",
    }
    names = profile.drop_duplicates("theme").set_index("theme")[f"theme_{language}"]
    counts = profile.groupby("theme", sort=False)["comments"].sum()
    told = joined((f"{names[t]} {c}" for t, c in counts.items()), language)
    alt = {
        "ja": f"テーマごとのコメントの数：{told or 'なし'}。",
        "en": f"Comments per theme: {told or 'none'}.",
    }
    return grade_figures.theme_profile(
        data.evaluation_statements,
        profile,
        regions=data.about["regions"],
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def issue_matrix(data: Data, language: str) -> Exhibit:
    """Issues against later occasions, with their status."""
    n, lost = len(data.issues), data.issues.query("taken_up == 'no'")
    k = len(lost)
    title = {
        "ja": f"{n}の課題のうち{things(k, 'ja')}は、その後どの評価・考察・提言にも現れない"
        if k
        else f"{n}の課題はすべて、その後の評価・考察・提言のどこかに現れる",
        "en": f"{counted(k, 'en').capitalize()} of {counted(n, 'en')} issues"
        f" {'is' if k == 1 else 'are'} never spoken of again"
        if k
        else f"All {counted(n, 'en')} issues are spoken of again",
    }
    subtitle = {
        "ja": "課題と、その後の機会。同じテーマの記述があれば「再び述べられた」とする"
        f"（テーマは{judged(data, 'ja')}）。",
        "en": "Issues against later occasions. An issue is spoken of again where a statement shares"
        f" a theme with it (themes are {judged(data, 'en')}).",
    }
    names = joined(lost[f"short_{language}"], language)
    alt = {
        "ja": f"課題{n}件と後の機会の表。どこにも現れない課題：{names or 'なし'}。",
        "en": f"Matrix of {n} issues by later occasion. Never spoken of again: {names or 'none'}.",
    }
    return issue_figures.issue_matrix(
        data.issues,
        data.issue_recurrence,
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def outlook_map(data: Data, language: str) -> Exhibit:
    """Recommendations and future tasks against the issues they answer."""
    answers = data.outlook.query("relation == 'answers'")
    asked = data.outlook.query("recommendation != ''")["recommendation"].nunique()
    raised = data.outlook.query("issue != ''")["issue"].nunique()
    some, met = answers["recommendation"].nunique(), answers["issue"].nunique()
    title = {
        "ja": f"{asked}の提言・今後の課題のうち{things(some, 'ja')}が、{raised}の課題のうち{things(met, 'ja')}に応える",
        "en": f"{counted(some, 'en').capitalize()} of {counted(asked, 'en')} recommendations and"
        f" tasks answer {counted(met, 'en')} of {counted(raised, 'en')} issues",
    }
    subtitle = {
        "ja": f"線は、提言と課題が同じテーマをもつこと（{judged(data, 'ja')}）を示す。"
        "灰色の線は共通課題、色の線は地域の課題。",
        "en": "A line joins a recommendation and an issue that share a theme"
        f" ({judged(data, 'en')}): grey for common issues, colour for regional ones.",
    }
    unmet = joined(data.outlook.query("relation == 'unanswered'")[f"issue_{language}"], language)
    alt = {
        "ja": f"提言と課題を結ぶ図。どの提言も応えていない課題：{unmet or 'なし'}。",
        "en": f"Recommendations joined to issues. Issues no recommendation answers: {unmet or 'none'}.",
    }
    return issue_figures.outlook_map(
        data.outlook,
        data.issues,
        regions=data.about["regions"],
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def region_timeline(data: Data, region: str, language: str) -> Exhibit:
    """One region's projects, evaluations and years without a project."""
    spans = data.project_spans.query("region == @region")
    gaps = data.support_gaps.query("region == @region")
    missing = gaps.query("status != 'supported'")
    name = _region_name(data, region, language)
    covered = len(gaps) - len(missing)
    title = {
        "ja": f"{name}：{len(gaps)}{year_unit(data, 'ja')}のうち{covered}{year_unit(data, 'ja')}に、"
        "期間の記載がある国のプロジェクト",
        "en": f"{name}: a national project with stated years in {covered} of {len(gaps)}"
        f" {year_unit(data, 'en')}",
    }
    subtitle = {
        "ja": "プロジェクトの期間と評価。破線は期間が転記者の判断によるもの、"
        f"斜線は該当のない{year_unit(data, 'ja')}。",
        "en": "Projects and their evaluations. Dashed: period inferred; hatched: years without one.",
    }
    told = joined(
        (f"{getattr(p, f'label_{language}')} ({display(p.period, language)})" for p in spans.itertuples()),
        language,
    )
    alt = {"ja": f"{name}のプロジェクト：{told or 'なし'}。", "en": f"Projects of {name}: {told or 'none'}."}
    return timeline_figures.region_timeline(
        spans,
        gaps,
        data.grades.query("region == @region"),
        data.events.query("region == @region"),
        place=_place(data, region),
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def institution_presence(data: Data, region: str, language: str) -> Exhibit:
    """One region's core institutions from project to project."""
    core = data.institution_roles.query("region == @region and role == 'core' and project != ''")
    projects = core["project"].nunique()
    spread = core.groupby("institution")["project"].nunique()
    stayed = int((spread == projects).sum()) if projects else 0
    name = _region_name(data, region, language)
    one = {
        "ja": f"{name}：一つのプロジェクトに{things(len(spread), 'ja')}の中核機関が記されている",
        "en": f"{name}: {counted(len(spread), 'en')} core"
        f" {'institution' if len(spread) == 1 else 'institutions'} named in its one"
        " project",
    }
    title = (
        one
        if projects == 1
        else {
            "ja": f"{name}：記された{len(spread)}の中核機関のうち{things(stayed, 'ja')}が{things(projects, 'ja')}のプロジェクトすべてに加わる",
            "en": f"{name}: {counted(stayed, 'en')} of {counted(len(spread), 'en')} core institutions"
            f" named {'takes' if stayed == 1 else 'take'} part in"
            f" {'both' if projects == 2 else 'all ' + counted(projects, 'en')} projects",
        }
        if projects
        else {"ja": f"{name}：中核機関の記載なし", "en": f"{name}: no core institutions named"}
    )
    subtitle = (
        {"ja": "プロジェクトの中核機関。", "en": "Core institutions of the project."}
        if (projects == 1)
        else {
            "ja": "中核機関とプロジェクト。線は続けて加わったこと、下の数は連続する二つのプロジェクトの重なり。",
            "en": "Core institutions by project. A line: took part in both; below: overlap of two"
            " consecutive projects.",
        }
    )
    told = joined(
        (
            f"{getattr(r, f'institution_{language}')} – {getattr(r, f'project_{language}')}"
            for r in core.itertuples()
        ),
        language,
    )
    alt = {
        "ja": f"{name}の中核機関：{told or '記載なし'}。",
        "en": f"Core institutions of {name}: {told or 'none named'}.",
    }
    return institution_figures.institution_presence(
        data.institution_roles,
        data.institution_continuity,
        data.project_spans,
        region=region,
        place=_place(data, region),
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def source_coverage(data: Data, language: str) -> Exhibit:
    """How much of each section of the source stands under a record."""
    passages = data.passages
    chars = passages.groupby("covered")["chars"].sum()
    total = int(passages["chars"].sum())
    share = chars.get("record", 0) / total if total else 0
    title = {
        "ja": f"指紋を付けた原文の文字の{share:.0%}に記録が立つ",
        "en": f"Records stand on {share:.0%} of the source's fingerprinted characters",
    }
    subtitle = {
        "ja": "節ごとの文字数（正規化後）。斜線は理由を示して記録を設けなかった箇所。",
        "en": "Characters per section, normalised. Hatched: left without a record, with the reason.",
    }
    alt = {
        "ja": f"節ごとの文字数の棒グラフ。全体{total}字のうち{int(chars.get('record', 0))}字に記録がある。",
        "en": f"Bars of characters per section: {int(chars.get('record', 0))} of {total} under a record.",
    }
    return coverage_figures.source_coverage(
        passages,
        data.about["sections"],
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


@drawn
def source_map(data: Data, language: str) -> Exhibit:
    """Where in the source the records of each table stand, from first to last character."""
    coverage = data.coverage
    total = int(coverage["chars"].sum())
    of = coverage.groupby("covered")["chars"].sum()
    recorded = int(of.get("record", 0) + of.get("heading", 0))
    reasoned, open_ = int(of.get("reason", 0)), int(of.get("nothing", 0))
    title = {
        "ja": f"原文{total:,}字のうち{recorded / max(total, 1):.1%}に記録、"
        f"{reasoned / max(total, 1):.1%}に理由、{open_ / max(total, 1):.1%}にどちらもない",
        "en": f"Of {total:,} characters {recorded / max(total, 1):.1%} stand under a record,"
        f" {reasoned / max(total, 1):.1%} under a reason,"
        f" {open_ / max(total, 1):.1%} under neither",
    }
    subtitle = {
        "ja": "左端が原文の始まり、右端が終わり。行は表、上の数字は節。最後の照合で見つかった位置による。",
        "en": "Left is the beginning of the source, right its end; rows are tables, numbers"
        " above are sections. Positions as the last check found them.",
    }
    alt = {
        "ja": f"原文の帯図。{total}字のうち記録{recorded}字、理由{reasoned}字、どちらもない{open_}字。",
        "en": f"Strip map of {total} characters: {recorded} under a record, {reasoned} under a"
        f" reason, {open_} under neither.",
    }
    return coverage_figures.source_map(
        coverage,
        table_titles(language),
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


def _sources(data: Data, beside: Sequence[Data], language: str) -> str:
    """Where the data of several studies come from."""
    gap = {"ja": "", "en": " "}[language]
    return gap.join(source_line(each, language) for each in (data, *beside))


@drawn
def support_together(data: Data, beside: Sequence[Data], language: str) -> Exhibit:
    """Each region's projects as every study states them, over the years that none covers."""
    counts = together.support_counts(data, beside, language)
    gained = int((counts["together"] > counts["alone"]).sum())
    names = {each.about["id"]: each.about[f"short_{language}"] for each in (data, *beside)}
    first, others = names[data.about["id"]], joined(list(names.values())[1:], language)
    holes = together.holes(data, beside, language)
    closed = int((holes["filled"] == holes["length"]).sum())
    if closed:
        n, whole = len(holes), closed == len(holes)
        share = "both" if n == 2 else f"all {counted(n, 'en')}"
        part = f"{counted(closed, 'en')} of {counted(n, 'en')}"
        title = {
            "ja": f"{first}で支援の空白に見える{things(n, 'ja')}の期間は、{others}ではすべて埋まる"
            if whole
            else f"{first}で支援の空白に見える{things(n, 'ja')}の期間のうち{things(closed, 'ja')}は、{others}では埋まる",
            "en": f"{others} fill {share if whole else part} gaps that {first} leaves in the"
            " regions' support",
        }
    else:
        title = {
            "ja": f"{others}と並べると、{len(counts)}地域のうち{gained}地域で支援の年度が増える",
            "en": f"Beside {others}, years of support grow in {counted(gained, 'en')} of"
            f" {counted(len(counts), 'en')} regions",
        }
    subtitle = {
        "ja": "段は研究、帯はそれぞれが記すプロジェクトの期間。斜線は期間の記載がある国の事業のない年度。",
        "en": "A lane is a study, a band a project's period as that study states it. Hatching:"
        " fiscal years without a project of stated period.",
    }
    told = joined((f"{c.name} {c.alone}→{c.together}/{c.total}" for c in counts.itertuples()), language)
    alt = {
        "ja": f"研究を並べた時間軸の図。支援のある年度（{first}だけ→合わせて／全体）：{told or 'なし'}。",
        "en": f"Timeline of several studies. Supported years ({first} alone→all studies/total):"
        f" {told or 'none'}.",
    }
    return together_figures.support_together(
        _spans_of_all(data, beside),
        together.support_together(data, beside),
        names,
        list(data.about["regions"]),
        together.levels(data, beside),
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=_sources(data, beside, language),
        alt=alt[language],
    )


def _spans_of_all(data: Data, beside: Sequence[Data]) -> dict[str, pd.DataFrame]:
    """Every study's projects in the leading study's regions, with their keys."""
    spans = {data.about["id"]: data.project_spans}
    names = together.regions(data, beside)
    for other in beside:
        study = other.about["id"]
        own = {there[study]: here for here, there in names.items() if study in there}
        rows = other.project_spans
        spans[study] = rows[rows["region"].isin(own)].assign(region=lambda f, own=own: f["region"].map(own))
    return {
        study: frame.assign(key=[together.key(study, data, "projects", r) for r in frame["record"]])
        for study, frame in spans.items()
    }


@drawn
def standings(data: Data, beside: Sequence[Data], language: str) -> Exhibit:
    """The regions among all letters that were read of the programmes they were in."""
    rows = together.standings(data, beside)
    own = rows.query("own == 'yes' and grade_status == 'reported'")
    top = rows.query("grade_status == 'reported'").sort_values("rank")
    below = own[own["rank"] > 1]
    if len(below):
        letter, best = below["grade"].iloc[0], top["grade"].iloc[0]
        title = {
            "ja": f"{letter}は最上位の評点ではない：同じ事業の評価に{best}がある",
            "en": f"{letter} was not the top grade: in the same evaluation there is {best}",
        }
    else:
        title = {
            "ja": "同じ事業の評価で読めた評点と、この報告の地域",
            "en": "The letters read of the same programmes, and this report's regions",
        }
    unread = int((rows["grade_status"] == "unread").sum())
    subtitle = {
        "ja": f"同じ事業・種類・尺度の評点だけを並べる。未読は{unread}件で、順位には数えない。",
        "en": "Only letters of one programme, kind and scale stand together."
        f" Unread: {unread}, counted in no rank.",
    }
    told = joined(
        (
            f"{getattr(r, f'name_{language}')} {getattr(r, f'kind_{language}')} {r.grade}"
            for r in top.sort_values("kind", kind="stable").itertuples()
        ),
        language,
    )
    alt = {
        "ja": f"評点の分布の図。{told or '評点なし'}。未読{unread}件。",
        "en": f"Chart of letters. {told or 'No letters'}. Unread: {unread}.",
    }
    return together_figures.standings(
        rows,
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=_sources(data, beside, language),
        alt=alt[language],
    )


@drawn
def coder_agreement(data: Data, language: str) -> Exhibit:
    """How far coders agree, theme by theme."""
    found = agreement(data, language)
    named = data.coder_agreement
    title = {
        "ja": f"{found.coders}人のコーダーが検討した記録{found.units}件のうち{found.disagreed}件で判断が分かれた",
        "en": f"{found.coders.capitalize()} coders differ on {found.disagreed} of {found.units} records",
    }
    subtitle = {
        "ja": "Krippendorffのα（名義尺度：テーマを付けたか否か）。1は完全な一致、0は偶然と同じ一致。"
        "線は記録を単位とするブートストラップの95%区間。破線（0.667、0.8）は"
        "Krippendorffが挙げた目安で、この研究の合否ではない。",
        "en": "Krippendorff's alpha (nominal: theme given or not); 1 is agreement throughout, 0 is"
        " agreement as by chance. Bars: 95 % bootstrap intervals over records. Dashed: lines"
        " that Krippendorff suggests (0.667, 0.8), no verdict on this study.",
    }
    told = joined(
        (f"{getattr(r, f'theme_{language}')} {alpha_words(r.alpha, language)}" for r in named.itertuples()),
        language,
    )
    alt = {"ja": f"テーマごとのα：{told or 'なし'}。", "en": f"Alpha per theme: {told or 'none'}."}
    return agreement_figures.coder_agreement(
        named,
        language=language,
        title=title[language],
        subtitle=subtitle[language],
        source=source_line(data, language),
        alt=alt[language],
    )


def _place(data: Data, region: str) -> int:
    """The region's place in the study's order, which gives its colour and mark."""
    return list(data.about["regions"]).index(region)


def _region_name(data: Data, region: str, language: str) -> str:
    return data.regions.set_index("record").loc[region, f"name_{language}"]
