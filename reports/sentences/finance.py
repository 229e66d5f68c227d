"""Sentences about the ledger: deviations of lines and areas, the result, years in balance, the forecast.

Belongs here: wording of amounts from the finance marts. Does not belong here: costs that are indicators of their own
(the rules of `over_time` tell them like any other), and why anything deviates.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from reports import cells, ledger
from reports.document import Cell, Sentence
from reports.figures import Figure
from reports.format import NBSP, month_name, number, rounded
from reports.outline import RULES, Printing, RuleSpec, SeriesSpec
from reports.sentences import words
from reports.sentences.words import Run, say
from reports.source import Source

MILLION = 1_000_000
MILLIONS = Printing(scale="mnkr", decimals=1)
MARGINAL = 1_000_000
"""Kronor: a line that deviates by less than this deviates marginally."""


class LineDeviations(RuleSpec):
    """'Personalkostnader avviker negativt med 19,8 mkr.' One sentence for each of `lines` (ids of the configuration;
    none: every plain line that has a budget), against the year's budget or (ytd) the periodised one. A line whose
    deviation is printed as 0,0 is not told.
    """

    delivered_by = "ledger"
    rule: Literal["line_deviations"]
    lines: tuple[str, ...] = ()
    ytd: bool = False


class Result(RuleSpec):
    """'Vård- och omsorgsnämnden redovisar ett positivt resultat på 1,9 miljoner kronor 2024.' ytd: from the beginning
    of the year.
    """

    delivered_by = "ledger"
    rule: Literal["result"]
    subject: str = "{board}"
    ytd: bool = False


class YearsInBalance(RuleSpec):
    """'Det är fjärde året i rad med ekonomisk balans: resultatet är inte negativt.' From the second year on; nothing
    after a deficit.
    """

    delivered_by = "ledger"
    rule: Literal["years_in_balance"]


class AreaDeviations(RuleSpec):
    """'Äldreomsorg redovisar en negativ budgetavvikelse på 21,3 miljoner kronor.' areas: ids of departments or units;
    none: every department, the largest deviation first. name: what the sentences call the only area of `areas`.
    """

    delivered_by = "ledger"
    rule: Literal["area_deviations"]
    areas: tuple[str, ...] = ()
    name: str = ""


class DepartmentExtremes(RuleSpec):
    """'Störst underskott mot den periodiserade budgeten januari–oktober 2024 har Äldreboende, 3,1 miljoner kronor, och
    störst överskott Verksamhetsstöd, 1,2 miljoner kronor.'
    """

    delivered_by = "ledger"
    rule: Literal["department_extremes"]


class ForecastResult(RuleSpec):
    """'Helårsprognosen efter augusti 2024 är ett överskott på 1,5 miljoner kronor, 7,5 miljoner kronor bättre än
    föregående prognos.'
    """

    delivered_by = "ledger"
    rule: Literal["forecast_result"]


class ClosingEntries(RuleSpec):
    """'I utfallet ingår bokslutsposter (period 13) på -0,2 miljoner kronor.' Nothing where none were booked."""

    delivered_by = "ledger"
    rule: Literal["closing_entries"]


@RULES.kind(LineDeviations)
def line_deviations(spec: LineDeviations, source: Source) -> list[Sentence]:
    """A sentence for each line; none without a ledger or a budget."""
    measure, budget = ("deviation_ytd", "budget_ytd") if spec.ytd else ("deviation", "budget")
    rows = _rows(source, spec.ytd)
    found = {row.line_id: row for row in rows}
    wanted = spec.lines or tuple(row.line_id for row in rows if not row.is_sum and getattr(row, budget))
    told = [found[line] for line in wanted if line in found and not _rounds_to_zero(getattr(found[line], measure))]
    return [
        say(
            "{} avviker {} med {}" + NBSP + "mkr{}.",
            row.line,
            ("marginellt " if abs(getattr(row, measure)) < MARGINAL else "")
            + ("positivt" if getattr(row, measure) > 0 else "negativt"),
            ledger.amount(row, measure, "mnkr", decimals=1, ignore_sign=True),
            f" från den periodiserade budgeten {ledger.period_of(row, measure)}" if spec.ytd else "",
        )
        for row in told
    ]


@RULES.kind(Result)
def result(spec: Result, source: Source) -> list[Sentence]:
    """One sentence; none without a ledger or a line with the role of the result."""
    line = ledger.line_with(source, "result")
    row = next((row for row in _rows(source, spec.ytd) if row.line_id == line), None)
    measure = "actual_ytd" if spec.ytd else "actual"
    value = getattr(row, measure) if row else None
    if row is None or value is None:
        return []
    told: Run = _nought(row, measure)
    if not _rounds_to_zero(value):
        kind = "ett positivt resultat på " if value > 0 else "ett negativt resultat på "
        told = (kind, ledger.amount(row, measure, "mnkr", decimals=1, ignore_sign=True), " miljoner kronor")
    return [say("{} redovisar {} {}.", source.text(spec.subject), told, ledger.period_of(row, measure))]


@RULES.kind(YearsInBalance)
def years_in_balance(spec: YearsInBalance, source: Source) -> list[Sentence]:
    """One sentence; none without a result of the report's year, or where it is negative."""
    series = source.series(SeriesSpec(indicator="ledger_result"))
    run: list[Figure] = []
    year = source.year
    while (figure := series.get(year)) is not None and (figure.shown or 0.0) >= 0 and figure.shown is not None:
        run.append(figure)
        year -= 1
    if not 2 <= len(run) < len(words.ORDINALS):
        return []
    where = replace(cells.origin(run[0], "value"), measure="count", key=" ".join(figure.key for figure in run))
    return [
        say(
            "Det är {} året i rad med ekonomisk balans: resultatet är inte negativt.",
            Cell(words.ORDINALS[len(run)], (), where, "", float(len(run))),
        )
    ]


@RULES.kind(AreaDeviations)
def area_deviations(spec: AreaDeviations, source: Source) -> list[Sentence]:
    """A sentence for each area that has a result; the largest deviation first where all departments are told."""
    areas = spec.areas or tuple(department.id for department in source.municipality.departments)
    found = [
        (area, source.figure(SeriesSpec(indicator="result_by_area", org_unit=area)))
        for area in areas
        if area in source.unit_names
    ]
    told = [(area, figure, figure.shown) for area, figure in found if figure is not None and figure.shown is not None]
    told = [item for item in told if not _rounds_to_zero(item[2])]
    if not spec.areas:
        told.sort(key=lambda item: -abs(item[2]))
    return [
        say(
            "{} redovisar en {} budgetavvikelse på {} miljoner kronor {}.",
            spec.name or source.unit_names[area],
            "positiv" if value > 0 else "negativ",
            replace(
                made := cells.counted_cell(source, figure, "value", value, MILLIONS), text=made.text.removeprefix("-")
            ),
            str(figure.year),
        )
        for area, figure, value in told
    ]


@RULES.kind(DepartmentExtremes)
def department_extremes(spec: DepartmentExtremes, source: Source) -> list[Sentence]:
    """One sentence; none where no department deviates."""
    line = ledger.line_with(source, "result")
    rows = [row for row in ledger.statement_ytd(source) if row.org_unit in source.unit_names and row.line_id == line]
    told = [row for row in rows if row.deviation_ytd is not None and not _rounds_to_zero(row.deviation_ytd)]
    ordered = sorted(told, key=lambda row: row.deviation_ytd or 0.0)
    ends = [("underskott", row) for row in ordered[:1] if (row.deviation_ytd or 0) < 0]
    ends += [("överskott", row) for row in ordered[-1:] if (row.deviation_ytd or 0) > 0]
    if not ends:
        return []
    told_ends: list[tuple[str, str, Cell]] = [
        (
            kind,
            source.unit_names[row.org_unit or ""],
            ledger.amount(row, "deviation_ytd", "mnkr", decimals=1, ignore_sign=True),
        )
        for kind, row in ends
    ]
    kind, name, amount = told_ends[0]
    tail: list[Run] = [
        (f", och störst {kind} {name}, ", amount, " miljoner kronor") for kind, name, amount in told_ends[1:]
    ]
    period = ledger.period_of(ordered[0], "deviation_ytd")
    return [
        say(
            "Störst {} mot den periodiserade budgeten {} har {}, {} miljoner kronor{}.",
            kind,
            period,
            name,
            amount,
            tail,
        )
    ]


@RULES.kind(ForecastResult)
def forecast_result(spec: ForecastResult, source: Source) -> list[Sentence]:
    """One sentence; none where no forecast has been delivered by the report's last month."""
    line = ledger.line_with(source, "result")
    row = next((row for row in ledger.statement_ytd(source) if row.org_unit is None and row.line_id == line), None)
    if row is None or row.forecast_year is None or row.forecast_month is None:
        return []
    told: Run = _nought(row, "forecast_year")
    if not _rounds_to_zero(row.forecast_year):
        kind = "ett överskott på " if row.forecast_year > 0 else "ett underskott på "
        told = (kind, ledger.amount(row, "forecast_year", "mnkr", decimals=1, ignore_sign=True), " miljoner kronor")
    change: Run = ""
    if row.forecast_change is not None and _rounds_to_zero(row.forecast_change):
        change = ", oförändrat sedan föregående prognos"
    elif row.forecast_change is not None:
        moved = ledger.amount(row, "forecast_change", "mnkr", decimals=1, ignore_sign=True)
        change = (
            ", ",
            moved,
            f" miljoner kronor {'bättre' if row.forecast_change > 0 else 'sämre'} än föregående prognos",
        )
    return [say("Helårsprognosen efter {} är {}{}.", month_name(row.forecast_month), told, change)]


@RULES.kind(ClosingEntries)
def closing_entries(spec: ClosingEntries, source: Source) -> list[Sentence]:
    """One sentence about the year's entries in period 13; none without any."""
    line = ledger.line_with(source, "result")
    row = next((row for row in ledger.statement(source) if row.line_id == line), None)
    booked = source.publication.records(
        "ledger_monthly", ledger.ClosingRow, municipality_id=source.municipality.id, year=source.year
    )
    total = sum(entry.closing_entries or 0.0 for entry in booked)
    if row is None or not total:
        return []
    where = replace(ledger.origin(row, "closing_entries"), key=f"ledger_monthly/{row.municipality_id}/{row.year}")
    amount = Cell(number(total / 1000), ledger.marks(row, "actual"), where, "", total / 1000, 0, "tkr", 1000)
    return [say("I utfallet ingår bokslutsposter (period 13) på {} tkr.", amount)]


def _rows(source: Source, ytd: bool) -> list[ledger.AnyRow]:
    """The lines of the whole board, of the year or from its beginning."""
    return [row for row in ledger.statement_ytd(source) if row.org_unit is None] if ytd else [*ledger.statement(source)]


def _nought(row: ledger.AnyRow, measure: str) -> Cell:
    """A result that rounds to nothing, said in a word and not as an amount."""
    return replace(ledger.amount(row, measure, "mnkr", decimals=1), text="ett nollresultat", unit="")


def _rounds_to_zero(kronor: float | None) -> bool:
    """Whether an amount would be printed as 0,0 million kronor, or is not there."""
    return kronor is None or rounded(kronor / MILLION, 1) == 0
