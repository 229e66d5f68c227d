"""Sentences about what the board decides and reviews: goals, internal control, grants, investments, forecasts,
measures.

Belongs here: counting judgements, outcomes against targets, and amounts with what they are compared with. Does not
belong here: causes, and the rows (`registers`). None of these rules has wording for what the rows do not say: without
rows there is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from reports import cells
from reports.document import Cell, Sentence
from reports.format import NBSP, listed, month_name, number, rounded, unit
from reports.outline import RULES, RuleSpec
from reports.registers import (
    CONTROL,
    FORECASTS,
    GRANT_REGISTER,
    GRANT_SUMS,
    INVESTMENT_ACCOUNTS,
    PLAN,
    AnyRow,
    ForecastRow,
    GoalRow,
    GrantRow,
    PassedOnRow,
    controls,
    forecasts,
    goals,
    grants,
    investments,
    measures,
    money,
    origin,
)
from reports.sentences.words import Run, listed_runs, say, spelled
from reports.source import Source

JUDGED = "Egen bearbetning av nämndens mål och deras utfall"
SLIGHT = 0.05  # of the target: nearer than that, an outcome is told to be "något" above or below
MILLIONS = f"{NBSP}miljoner kronor"


class GoalCounts(RuleSpec):
    """'Nämnden har tre mål för 2024. Bedömningen är Helt uppfyllt för ett mål och Delvis uppfyllt för två mål.'"""

    delivered_by = "goals"
    rule: Literal["goal_counts"]


class GoalTargets(RuleSpec):
    """'… : utfallet 82 procent ligger över målvärdet 81.' A sentence for each indicator of a goal, and one for those
    without outcome.
    """

    delivered_by = "goals"
    rule: Literal["goal_targets"]
    goal: str


class ControlCounts(RuleSpec):
    """'Tre av fyra kontrollpunkter har genomförts utan anmärkning eller med försumbar anmärkning, medan en … med
    anmärkning.'
    """

    delivered_by = "internal_control"
    rule: Literal["control_counts"]


class GrantsSaid(RuleSpec):
    """Grants. what: total (recognised in the year, and the change), targeted (applied for and recognised), received (in
    all, of which targeted), passed_on (of each grant, to whom), deferred (of each grant that is spread over years).
    """

    delivered_by = "grants"
    rule: Literal["grants"]
    what: Literal["total", "targeted", "received", "passed_on", "deferred"]


class InvestmentsSaid(RuleSpec):
    """'Investeringarna uppgick till 5,1 miljoner kronor 2024, 0,6 miljoner kronor mer än 2023. Budgeten var 5,3
    miljoner kronor …'
    """

    delivered_by = "investments"
    rule: Literal["investments"]


class ForecastSaid(RuleSpec):
    """'Prognosen vid delårsbokslut (augusti 2024) var ett nollresultat; utfallet blev 1,9 miljoner kronor bättre.'"""

    delivered_by = "forecasts"
    rule: Literal["forecast_accuracy"]


class MeasureCounts(RuleSpec):
    """'Av sju åtgärder på kort sikt har sex påbörjats.'"""

    delivered_by = "goals"
    rule: Literal["measure_counts"]
    horizon: Literal["short", "long", "investigated"] = "short"


def _count(rows: Sequence[AnyRow], indicator: str, cited: str) -> Cell:
    """How many the rows are, in words, with all of them as origin; neuter where it stands for goals is the caller's to
    say.
    """
    where = replace(origin(rows[0], "count", cited, indicator), key=" ".join(row.key for row in rows))
    return Cell(spelled(len(rows)), (), where, "", float(len(rows)))


def _neuter(rows: Sequence[AnyRow], indicator: str, cited: str) -> Cell:
    shown = _count(rows, indicator, cited)
    return replace(shown, text="ett") if len(rows) == 1 else shown


@RULES.kind(GoalCounts)
def goal_counts(spec: GoalCounts, source: Source) -> list[Sentence]:
    """How many goals there are, and how many have each judgement; goals of the working environment have none."""
    rows = [of_goal[0] for of_goal in goals(source, kind="board")]
    if not rows:
        return []
    said = [say("Nämnden har {} mål för {}.", _neuter(rows, "goal_count", JUDGED), str(source.year))]
    by_label: dict[str, list[GoalRow]] = {}
    for order in ("met", "partly_met", "not_met"):
        for row in rows:
            if row.judgement == order:
                by_label.setdefault(row.judgement_label or "", []).append(row)
    ids = {"met": "goal_count_fully_met", "partly_met": "goal_count_partly_met", "not_met": "goal_count_not_met"}
    parts: list[Run] = []
    for label, of_label in by_label.items():
        parts.append((f"{label} för ", _neuter(of_label, ids[of_label[0].judgement or "met"], JUDGED), " mål"))
    if parts:
        said.append(say("Bedömningen är {}.", listed_runs(parts)))
    unjudged = [row for row in rows if row.judgement is None]
    if unjudged:
        counted = _neuter(unjudged, "goal_count_unjudged", JUDGED)
        said.append(
            say("För {} mål saknas utfall för mer än hälften av indikatorerna, och ingen bedömning ges.", counted)
        )
    return said


@RULES.kind(GoalTargets)
def goal_targets(spec: GoalTargets, source: Source) -> list[Sentence]:
    """Where each outcome lies against its target; then the indicators that have no outcome."""
    said: list[Sentence] = []
    missing: list[GoalRow] = []
    for row in (row for rows in goals(source, spec.goal) for row in rows if row.indicator_id):
        figure = source.figure(row.series)
        if figure is None or figure.shown is None or row.is_met is None:
            missing.append(row)
            continue
        decimals = row.decimals or 0
        word = unit(figure.unit).word
        outcome: Run = (" ", cells.cell(source, figure, "value"), f"{NBSP}{word}" if word else "")
        if (figure.key, "value") in source.told:
            outcome = ""
        met = "når" if row.is_met else "når inte"
        label = _named(row)
        if row.target_kind == "value" and row.target is not None:
            where = origin(row, "target", PLAN, row.indicator_id or "")
            wanted = Cell(number(row.target, decimals), (), where, "", row.target, decimals, word)
            position = _position(figure.shown, row.target, decimals)
            said.append(
                say("{}: utfallet{} ligger {} målvärdet {} och {} målet.", label, outcome, position, wanted, met)
            )
        elif row.target_kind == "band" and row.target_low is not None and row.target_high is not None:
            band = f"{number(row.target_low, decimals)}–{number(row.target_high, decimals)}"
            limits = Cell(band, (), origin(row, "target", PLAN, row.indicator_id or ""))
            inside = "inom" if row.is_met else "utanför"
            said.append(say("{}: utfallet{} ligger {} målintervallet {}.", label, outcome, inside, limits))
        elif row.target_kind == "beats_mean":
            mean = cells.cell(source, figure, "national_mean")
            position = _position(figure.shown, row.target or 0.0, decimals)
            said.append(
                say("{}: utfallet{} ligger {} genomsnittet {} och {} målet.", label, outcome, position, mean, met)
            )
        else:
            earlier = cells.cell(source, figure, "previous_value")
            said.append(say("{}: utfallet{} ({} året före) {} målet.", label, outcome, earlier, met))
    if missing:
        names = listed([f"”{_named(row)}”{_ended(source, row)}" for row in missing])
        said.append(
            say(
                "Utfall {} saknas för {}.",
                Cell(str(source.year), (), origin(missing[0], "value", PLAN, "goal_outcome_missing")),
                names,
            )
        )
    return said


def _ended(source: Source, row: GoalRow) -> str:
    """That no outcome will come, where the goal is measured by a series that has ended."""
    if row.indicator_id is None or not source.is_over(row.indicator_id):
        return ""
    ended = source.ended(row.indicator_id).rstrip(".")
    return f" ({ended[0].lower()}{ended[1:]})"


def _named(row: GoalRow) -> str:
    """An indicator's label without what only a table needs: Kolada's id, the unit, a full stop."""
    return re.sub(r",? andel \(%\)|\s*\([A-Z]\d{5}\)|^Indikator: ", "", row.label or "").rstrip(". ")


def _position(value: float, target: float, decimals: int) -> str:
    """Where an outcome lies against a target, as both are printed."""
    gap = rounded(value, decimals) - rounded(target, decimals)
    if gap == 0:
        return "i nivå med"
    slight = "något " if target and abs(float(gap)) <= SLIGHT * abs(target) else ""
    return slight + ("över" if gap > 0 else "under")


@RULES.kind(ControlCounts)
def control_counts(spec: ControlCounts, source: Source) -> list[Sentence]:
    """How many control points are without remark, and which are with one."""
    by_control = {row.control_id: row for row in controls(source) if row.has_remark is not None}
    rows = list(by_control.values())
    if not rows:
        return []
    with_remark = [row for row in rows if row.has_remark]
    without_remark = [row for row in rows if not row.has_remark]
    total = _count(rows, "ic_points_total", CONTROL)
    if len(rows) == 1:
        how = "med anmärkning" if with_remark else "utan anmärkning eller med försumbar anmärkning"
        return [say("Den {} kontrollpunkten har genomförts {}.", replace(total, text="enda"), how)]
    if not without_remark:
        return [say("Samtliga {} kontrollpunkter har genomförts med anmärkning.", total)]
    fine = _count(without_remark, "ic_points_without_remark", CONTROL)
    passed = "{} av {} kontrollpunkter har genomförts utan anmärkning eller med försumbar anmärkning"
    if not with_remark:
        return [say(passed + ".", fine, total)]
    remarks = _count(with_remark, "ic_points_with_remark", CONTROL)
    what = "Anmärkningen" if len(with_remark) == 1 else "Anmärkningarna"
    named = listed([row.control.rstrip(".")[:1].lower() + row.control.rstrip(".")[1:] for row in with_remark])
    return [
        say(passed + ", medan {} har genomförts med anmärkning.", fine, total, remarks),
        say("{} avser {}.", what, named),
    ]


@RULES.kind(GrantsSaid)
def grants_said(spec: GrantsSaid, source: Source) -> list[Sentence]:
    """The sentences that `what` names; none where an amount is missing."""
    rows = grants(source)
    total = next((row for row in rows if row.row_kind == "total"), None)
    targeted = next(
        (row for row in rows if row.row_kind == "type" and (row.grant_type or "").startswith("Riktat")), None
    )
    if spec.what == "total":
        return _total(total) if total else []
    if spec.what in ("targeted", "received"):
        return _targeted(spec.what, total, targeted) if total and targeted else []
    of_grants = [row for row in rows if row.row_kind == "grant"]
    return _passed_on(source, of_grants) if spec.what == "passed_on" else _deferred(of_grants)


def _amount(row: GrantRow, measure: str, indicator: str, *, unsigned: bool = False) -> Run:
    cited = GRANT_SUMS if row.row_kind != "grant" else GRANT_REGISTER
    return money(row, measure, getattr(row, measure), "mnkr", cited, indicator, unsigned=unsigned), MILLIONS


def _total(total: GrantRow) -> list[Sentence]:
    if total.recognised is None:
        return []
    recognised = _amount(total, "recognised", "grant_amount_total")
    if total.change is None:
        return [say("Årets redovisade offentliga bidrag uppgår till {}.", recognised)]
    if rounded(total.change / 1_000_000, 1) == 0:
        return [
            say(
                "Årets redovisade offentliga bidrag uppgår till {}, lika mycket som {}.",
                recognised,
                str(total.year - 1),
            )
        ]
    change = _amount(total, "change", "grant_amount_total", unsigned=True)
    way = "mer" if total.change > 0 else "mindre"
    return [
        say(
            "Årets redovisade offentliga bidrag uppgår till {}, {} {} än {}.",
            recognised,
            change,
            way,
            str(total.year - 1),
        )
    ]


def _targeted(what: str, total: GrantRow, targeted: GrantRow) -> list[Sentence]:
    if what == "targeted":
        if targeted.applied is None or targeted.recognised is None:
            return []
        applied = _amount(targeted, "applied", "state_grants_applied")
        recognised = _amount(targeted, "recognised", "state_grants_earmarked")
        return [
            say(
                "Förvaltningen har ansökt om {} i riktade statsbidrag och har tillgodoräknat sig {}.",
                applied,
                recognised,
            )
        ]
    if total.received is None or targeted.received is None:
        return []
    received = _amount(total, "received", "state_grants_received")
    of_which = _amount(targeted, "received", "state_grants_earmarked")
    return [
        say(
            "Statsbidragen som förvaltningen erhöll uppgick till {}, varav {} i riktade statsbidrag.",
            received,
            of_which,
        )
    ]


def _passed_on(source: Source, rows: list[GrantRow]) -> list[Sentence]:
    parts = source.publication.records(
        "grants_passed_on", PassedOnRow, municipality_id=source.municipality.id, year=source.year
    )
    said = []
    for row in rows:
        of_grant = sorted((part for part in parts if part.grant_id == row.grant_id), key=lambda part: -part.amount)
        if of_grant and row.received is not None:
            to: list[Run] = [
                (_passed(part), " fördelats" if part is of_grant[0] else "", f" till {part.recipient}")
                for part in of_grant
            ]
            received = _amount(row, "received", "grant_amount")
            said.append(say("Av {} i erhållet statsbidrag för {} har {}.", received, row.grant_name, listed_runs(to)))
    return said


def _passed(row: PassedOnRow) -> Run:
    return money(row, "amount", row.amount, "mnkr", GRANT_REGISTER, "grant_passed_on"), MILLIONS


def _deferred(rows: list[GrantRow]) -> list[Sentence]:
    said = []
    for row in rows:
        if row.deferred and row.awarded is not None and row.recognised is not None:
            parts = [_amount(row, measure, "grant_amount") for measure in ("awarded", "recognised", "deferred")]
            text = "{}: av beslutade {} har {} redovisats som intäkt {} och {} periodiserats till senare år."
            said.append(say(text, row.grant_name, parts[0], parts[1], str(row.year), parts[2]))
    return said


@RULES.kind(InvestmentsSaid)
def investments_said(spec: InvestmentsSaid, source: Source) -> list[Sentence]:
    """The outcome with its change, and the budget with the deviation; none without an outcome."""
    row = next((row for row in investments(source) if row.line_id == "net"), None)
    if row is None or row.actual is None:
        return []

    def told(measure: str) -> Run:
        unsigned = measure in ("change", "deviation")
        return money(
            row, measure, getattr(row, measure), "mnkr", INVESTMENT_ACCOUNTS, "inv_total", unsigned=unsigned
        ), MILLIONS

    said = [say("Investeringarna uppgick till {} {}.", told("actual"), str(row.year))]
    if row.change is not None and rounded(row.change / 1_000_000, 1) != 0:
        said.append(
            say("Det är {} {} än {}.", told("change"), "mer" if row.change > 0 else "mindre", str(row.year - 1))
        )
    if row.budget is not None and row.deviation is not None:
        way = "mindre" if row.deviation >= 0 else "mer"
        if _is_nought(row.deviation):
            said.append(say("Investeringsramen var {}; utfallet blev i nivå med ramen.", told("budget")))
        else:
            said.append(
                say("Investeringsramen var {}; utfallet blev {} {} än ramen.", told("budget"), told("deviation"), way)
            )
    return said


@RULES.kind(ForecastSaid)
def forecast_said(spec: ForecastSaid, source: Source) -> list[Sentence]:
    """A sentence for each occasion with a forecast and an outcome."""
    said = []
    for row in forecasts(source):
        if row.forecast is None or row.outcome is None or row.deviation is None:
            continue

        def told(measure: str, value: float, *, unsigned: bool = False, row: AnyRow = row) -> Run:
            return money(row, measure, value, "mnkr", FORECASTS, "forecast_result", unsigned=unsigned), MILLIONS

        way = "bättre" if row.deviation >= 0 else "sämre"

        def result(
            measure: str, value: float, before: str = "", *, row: ForecastRow = row, told: Callable[..., Run] = told
        ) -> Run:
            nought = Cell("ett nollresultat", (), origin(row, measure, FORECASTS, "forecast_result"), "", 0.0, 1)
            return nought if _is_nought(value) else (before, told(measure, value))

        # Against a forecast of nothing, the outcome is the deviation: it is told once. An amount that prints as 0,0 is
        # told in words.
        apart: Run = ("blev ", told("deviation", row.deviation, unsigned=True), f" {way}")
        if not _is_nought(row.forecast):
            apart = (
                "blev ",
                result("outcome", row.outcome),
                ", ",
                told("deviation", row.deviation, unsigned=True),
                f" {way}",
            )
        said.append(
            say(
                "Prognosen vid {} ({}) var {}; utfallet {}.",
                row.occasion[:1].lower() + row.occasion[1:],
                month_name(row.month),
                result("forecast", row.forecast, "ett resultat på "),
                "blev i nivå med den" if _is_nought(row.deviation) else apart,
            )
        )
    return said


def _is_nought(kronor: float) -> bool:
    """Whether an amount would be printed as 0,0 million kronor."""
    return rounded(kronor / 1_000_000, 1) == 0


@RULES.kind(MeasureCounts)
def measure_counts(spec: MeasureCounts, source: Source) -> list[Sentence]:
    """How many measures have begun by the end of what the report covers; none without measures."""
    rows = measures(source, spec.horizon)
    if not rows:
        return []
    begun = [row for row in rows if row.begun_on is not None and row.begun_on <= source.through]
    where = {"short": "på kort sikt", "long": "på lång sikt", "investigated": "som utreds"}[spec.horizon]
    total = _count(rows, "measures_total", PLAN)
    if len(rows) == 1:
        return [
            say("Den {} åtgärden {} har {}påbörjats.", replace(total, text="enda"), where, "" if begun else "inte ")
        ]
    if not begun:
        return [say("Ingen av {} åtgärder {} har påbörjats.", total, where)]
    return [say("Av {} åtgärder {} har {} påbörjats.", total, where, _count(begun, "measures_begun", PLAN))]
