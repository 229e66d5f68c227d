"""The attack on small groups: everything that a reader of a publication and its reports could do to see or compute a
withheld value.

Belongs here: what the attacker knows (the publication, the reports, the municipalities' rules) and does: look, subtract
over gender, departments and other splits, over periods, from means, previous values and other marts, and bound by
linear programming what cannot be computed. Does not belong here: how the warehouse withholds; nothing of it is used, so
that the one can find the other wrong.
"""

from __future__ import annotations

import fcntl
import math
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
from lxml import html
from scipy.optimize import linprog

from ingestion.configuration.municipality import Disclosure, DisclosureLimits, Municipality, load_municipalities
from trials.trial import Attempt, Break, Trial, kept, part

PROJECT = Path(__file__).resolve().parents[1]
MUNICIPALITIES = PROJECT / "municipalities"
KEY = (
    "municipality_id",
    "indicator_id",
    "org_unit",
    "staff_group",
    "breakdown",
    "gender",
    "period_start",
    "period_end",
    "measure_time",
)
QUANTITIES = ("n", "value", "numerator", "denominator")
SPLITS = ("org_unit", "staff_group", "breakdown")
EXACT = 1e-6
FULL_TIMERS = "heltidsarbetare"
ENOUGH = 3
"""How often two numbers must agree before the attacker believes that they always do."""

Row = dict[str, Any]
Variable = tuple[Any, ...]


@dataclass
class Publication:
    """What the attacker holds: own figures on people by key, the other marts that repeat or divide them, and the rules."""

    rows: dict[Variable, Row]
    others: dict[str, list[Row]]
    rules: dict[str, Disclosure]

    def rule(self, municipality_id: str) -> Disclosure:
        """The municipality's rules; those of everybody where it has none of its own."""
        return self.rules.get(municipality_id, Disclosure())


def read(publication: Path, municipalities: Mapping[str, Municipality]) -> Publication:
    """The publication (or any DuckDB file with its marts) as the attacker reads it. Kolada's values are what the list
    exempts.
    """
    with duckdb.connect(str(publication), read_only=True) as con:

        def records(sql: str) -> list[Row]:
            cursor = con.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        own = (
            "select i.* from marts.indicators i join marts.dim_indicator d using (indicator_id) where d.source = 'own'"
        )
        rows = {tuple(row[name] for name in KEY): row for row in records(f"{own} and i.disclosure_class <> 'open'")}
        names = ("goal_follow_up", "measures_follow_up", "internal_control", "non_executed_decisions")
        others = {name: records(f"select * from marts.{name}") for name in names}
        others["members"] = records(
            "select municipality_id, member_id from marts.dim_comparison_group_member where kind = 'region'"
        )
        others["units"] = records("select * from marts.dim_org_unit where parent_org_unit is not null")
    return Publication(rows, others, {m.id: m.disclosure for m in municipalities.values()})


def is_small(
    rules: Disclosure, row: Row, n: float | None, numerator: float | None = None, denominator: float | None = None
) -> bool:
    """Whether a group of `n` (and a share of it) may not be shown in the row's place, by its class (DEFINITIONS 8)."""
    limits, kind = rules.limits, row["disclosure_class"]
    if kind == "board_count":
        if rules.exempts(row["indicator_id"], row["breakdown"]):
            return False
        kind = "persons"
    if kind == "staff_health":
        is_unit_by_occupation = row["staff_group"] is not None and row["org_unit"] is not None
        return n is not None and 0 < n < (
            limits.staff_health_unit_by_occupation if is_unit_by_occupation else limits.staff_health
        )
    few = n is not None and 0 < n < getattr(limits, kind)
    if kind == "persons":
        return few or (n is None and denominator is not None and 0 < denominator < limits.persons)
    unanimous = (
        row["unit"] == "%"
        and numerator is not None
        and denominator is not None
        and (numerator <= EXACT or denominator - numerator <= EXACT)
    )
    return few or (unanimous and n is not None and 0 < n < limits.survey_extremes)


def _named(row: Row) -> str:
    split = "/".join(row[name] for name in SPLITS if row[name])
    return f"{row['indicator_id']} {row['municipality_id']} {split or 'total'} {row['gender']} {row['period_start']}--{row['period_end']}"


def _cell(row: Row) -> Variable:
    """What the row is about, whatever its days."""
    return tuple(row[name] for name in KEY if not name.startswith(("period", "measure")))


def _is_withheld(row: Row) -> bool:
    return bool(row["is_suppressed"])


# ----------------------------------------------------------------------------------------------------------------
# looking


def looked_at(seen: Publication) -> Iterator[Attempt]:
    """Every row: is a small group shown, or does a withheld row still carry something of it?"""
    for row in seen.rows.values():
        left = {name: row[name] for name in (*QUANTITIES, "change") if row[name] is not None}
        if _is_withheld(row):
            yield Attempt(f"left in {_named(row)}", not left, f"withheld, but shows {left}")
        elif left:
            small = is_small(seen.rule(row["municipality_id"]), row, row["n"], row["numerator"], row["denominator"])
            yield Attempt(f"shown {_named(row)}", not small, f"shows {left}")


def repeated(seen: Publication) -> Iterator[Attempt]:
    """Values of withheld rows that other rows and marts repeat: the previous period's, goals', measures' and internal
    controls'.
    """
    told: dict[Variable, list[str]] = defaultdict(list)
    by_period: dict[Variable, list[Row]] = defaultdict(list)
    for row in seen.rows.values():
        by_period[(*tuple(row[name] for name in KEY if not name.startswith("period")), row["period_grain"])].append(row)
    for series in by_period.values():
        for row in series:
            adjacent = {"year": 12, "tertial": 4, "quarter": 3, "month": 1}.get(row["period_grain"])
            for column, months in (("previous_value", adjacent), ("same_period_last_year", 12)):
                if row[column] is None or months is None:
                    continue
                for earlier in series:
                    if _months(earlier["period_end"]) == _months(row["period_end"]) - months:
                        told[tuple(earlier[name] for name in KEY)].append(f"{column} of {_named(row)}")
    for mart, back in (
        ("goal_follow_up", {"value": 0, "previous_value": 1, "value_two_years_before": 2}),
        ("measures_follow_up", {"value": 0, "previous_value": 1}),
    ):
        for record in seen.others[mart]:
            for name, years in back.items():
                if record[name] is not None:
                    for row in _yearly(seen, record, record["year"] - years):
                        told[tuple(row[name] for name in KEY)].append(f"{name} of {mart}")
            if mart == "goal_follow_up" and record["target_kind"] == "beats_previous" and record["target"] is not None:
                for row in _yearly(seen, record, record["year"] - 1):
                    told[tuple(row[name] for name in KEY)].append(f"target of {mart}")
    for record in seen.others["internal_control"]:
        key = (record["municipality_id"], record["indicator_id"], None, None, record["breakdown"], "T")
        if record["value"] is not None or record["n"] is not None:
            told[*key, record["period_start"], record["period_end"], "period"].append("internal_control")
    for key, row in seen.rows.items():
        if _is_withheld(row):
            yield Attempt(f"repeated {_named(row)}", not told[key], f"told by {', '.join(sorted(set(told[key])))}")


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _yearly(seen: Publication, record: Row, year: int) -> list[Row]:
    """The rows that a follow-up mart looks up for a year (or a quarter of it)."""
    quarter = record.get("quarter")
    wanted = (
        record["municipality_id"],
        record["indicator_id"],
        record.get("org_unit"),
        None,
        record.get("breakdown"),
        "T",
    )
    return [
        row
        for key, row in seen.rows.items()
        if key[:6] == wanted
        and row["period_end"].year == year
        and row["measure_time"] in ("period", "point")
        and (
            row["period_grain"] == "year"
            if not quarter
            else row["period_grain"] == "quarter" and row["period_end"].month == 3 * quarter
        )
    ]


def averaged(seen: Publication) -> Iterator[Attempt]:
    """A member's withheld value from the region's mean and the other members' values."""
    members: dict[str, set[str]] = defaultdict(set)
    for record in seen.others["members"]:
        members[record["municipality_id"]].add(record["member_id"])
    means: dict[Variable, list[Row]] = defaultdict(list)
    values: dict[Variable, dict[str, Row]] = defaultdict(dict)
    for row in seen.rows.values():
        if row["gender"] == "T" and row["org_unit"] is None and row["period_grain"] == "year":
            what = (row["indicator_id"], row["staff_group"], row["breakdown"], row["period_end"].year)
            values[what][row["municipality_id"]] = row
            if row["region_mean"] is not None and row["region_count"] is not None:
                means[what].append(row)
    for what, of_members in values.items():
        for municipality_id, row in of_members.items():
            if not _is_withheld(row):
                continue
            open_to = [
                mean["municipality_id"]
                for mean in means[what]
                if municipality_id in members[mean["municipality_id"]]
                and sum(
                    of_members[other]["value"] is not None
                    for other in members[mean["municipality_id"]]
                    if other in of_members
                )
                >= mean["region_count"] - 1
            ]
            yield Attempt(
                f"averaged {_named(row)}", not open_to, f"the mean of {open_to} less the other members' values"
            )


# -------------------------------------------------------------------------------------------------------------
# subtracting


@dataclass
class System:
    """Linear equations between the numbers of one publication: known ones are put in, the others are not below zero."""

    known: dict[Variable, float] = field(default_factory=dict)
    equations: list[dict[Variable, float]] = field(default_factory=list)
    at_most: list[tuple[Variable, Variable]] = field(default_factory=list)

    def interval(self, variable: Variable) -> tuple[float, float]:
        """The least and the greatest that `variable` can be; (value, value) where it follows from the rest."""
        if variable in self.known:
            return self.known[variable], self.known[variable]
        place = {name: index for index, name in enumerate(self._reached(variable))}
        equations = {id(terms): terms for name in place for terms in self._with.get(name, ())}
        left, right = self._lines(place, equations.values())
        above, bounds = self._lines(
            place, [{low: 1.0, high: -1.0} for low, high in self.at_most if low in place or high in place]
        )
        found = []
        for sign in (1.0, -1.0):
            aim = [0.0] * len(place)
            aim[place[variable]] = sign
            result = linprog(
                aim, A_ub=above or None, b_ub=bounds or None, A_eq=left or None, b_eq=right or None, bounds=(0, None)
            )
            found.append(sign * result.fun if result.status == 0 else 0.0 if sign > 0 else float("inf"))
        return found[0], found[1]

    def _lines(
        self, place: dict[Variable, int], equations: Iterable[dict[Variable, float]]
    ) -> tuple[list[list[float]], list[float]]:
        """Equations as the solver wants them: factors of the unknown, and what the known ones leave on the other side."""
        factors, rests = [], []
        for terms in equations:
            line, rest = [0.0] * len(place), 0.0
            for name, factor in terms.items():
                if name in place:
                    line[place[name]] += factor
                else:
                    rest -= factor * self.known.get(name, 0.0)
            factors.append(line)
            rests.append(rest)
        return factors, rests

    def _reached(self, variable: Variable) -> list[Variable]:
        """The unknown variables that have to do with `variable`."""
        reached, waiting = {variable}, [variable]
        while waiting:
            at = waiting.pop()
            near = {name for terms in self._with.get(at, ()) for name in terms if name not in self.known}
            near |= {name for pair in self._pairs.get(at, ()) for name in pair if name not in self.known}
            waiting += near - reached
            reached |= near
        return sorted(reached, key=repr)

    @cached_property
    def _with(self) -> dict[Variable, list[dict[Variable, float]]]:
        """The equations that each variable is in; asked for when all are there."""
        found: dict[Variable, list[dict[Variable, float]]] = defaultdict(list)
        for terms in self.equations:
            for name in terms:
                found[name].append(terms)
        return found

    @cached_property
    def _pairs(self) -> dict[Variable, list[tuple[Variable, Variable]]]:
        found: dict[Variable, list[tuple[Variable, Variable]]] = defaultdict(list)
        for pair in self.at_most:
            for name in pair:
                found[name].append(pair)
        return found


def subtracted(seen: Publication, share: float = 1.0) -> Iterator[Attempt]:
    """Withheld numbers from those that are shown: over gender, departments, staff groups, other splits, months and
    related indicators.
    """
    systems = Relations(seen)
    withheld = [row for row in seen.rows.values() if _is_withheld(row)]
    for row in withheld[:: max(1, round(1 / share))]:
        told = []
        limits = seen.rule(row["municipality_id"]).limits
        limit = {"staff_health": limits.staff_health, "survey": limits.survey}.get(
            row["disclosure_class"], limits.persons
        )
        for quantity in QUANTITIES:
            variable = systems.variable(row, quantity)
            if variable not in systems.mentioned:
                continue
            low, high = systems.system.interval(variable)
            # what did not happen in a whole that is shown, happened in none of its parts
            nothing = quantity == "numerator" and row["disclosure_class"] == "staff_health" and high <= EXACT
            if math.isfinite(high) and high - low <= EXACT * max(1.0, abs(high)) and not nothing:
                told.append(f"{quantity} is {low:g}")
            elif (
                quantity == "n" and high - low < limit and row["disclosure_class"] != "board_count"
            ):  # whose total is shown by decision
                told.append(f"n is {low:g}-{high:g}")
        yield Attempt(f"subtracted {_named(row)}", not told, "; ".join(told))
    yield from systems.left_over()


class Relations:
    """What the attacker believes about how numbers hang together, learnt from those that are shown."""

    def __init__(self, seen: Publication) -> None:
        self.seen = seen
        self.system = System()
        self.mentioned: set[Variable] = set()
        self._same = self._equal_quantities()
        self._left: list[tuple[Row, str, dict[str, float]]] = []
        self._families()
        self._days()
        self._medians()
        self._twins()
        self._queues()
        for row in seen.rows.values():
            for quantity in QUANTITIES:
                if row[quantity] is not None:
                    self.system.known.setdefault(self.variable(row, quantity), float(row[quantity]))
            if row["unit"] == "%" and row["is_suppressed"]:
                self._at_most(self.variable(row, "numerator"), self.variable(row, "denominator"))
        for terms in self.system.equations:
            self.mentioned |= set(terms)
        self.mentioned |= set(self.system.known)

    def variable(self, row: Row, quantity: str) -> Variable:
        """The name of a number: quantities that are always equal within an indicator have one name."""
        return (self._same.get((row["indicator_id"], quantity), quantity), *(row[name] for name in KEY))

    def _at_most(self, low: Variable, high: Variable) -> None:
        if low != high:
            self.system.at_most.append((low, high))

    def _equal_quantities(self) -> dict[tuple[str, str], str]:
        """(indicator, quantity) -> the quantity that it always equals where both are shown."""
        seen: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
        for row in self.seen.rows.values():
            for one, other in combinations(QUANTITIES, 2):
                if row[one] is not None and row[other] is not None:
                    seen[row["indicator_id"], one, other].append(abs(row[one] - row[other]) <= EXACT)
        same: dict[tuple[str, str], str] = {}
        for (indicator, one, other), agreed in seen.items():
            if len(agreed) >= ENOUGH and all(agreed):
                same[indicator, other] = same.get((indicator, one), one)
        return same

    def _families(self) -> None:
        """A whole is the sum of its parts, over women and men, departments, staff groups and what a breakdown divides
        by.
        """
        by_place: dict[Variable, list[Row]] = defaultdict(list)
        for row in self.seen.rows.values():
            if "statistic=" not in (row["breakdown"] or ""):
                by_place[
                    row["municipality_id"],
                    row["indicator_id"],
                    row["period_start"],
                    row["period_end"],
                    row["measure_time"],
                ].append(row)
        found: dict[Variable, list[tuple[Row, list[Row]]]] = defaultdict(list)
        departments = {
            (unit["municipality_id"], unit["org_unit"]): unit["parent_org_unit"] for unit in self.seen.others["units"]
        }
        for rows in by_place.values():
            for kind, whole, parts in _divided(rows, departments):
                found[whole["municipality_id"], whole["indicator_id"], kind].append((whole, parts))
        told = {(row["indicator_id"], q) for row in self.seen.rows.values() for q in QUANTITIES if row[q] is not None}
        for (_, indicator, _), families in found.items():
            for quantity in QUANTITIES:
                if quantity == "denominator" and families[0][0]["unit"] == FULL_TIMERS:
                    continue  # a full-timer's hours, the same for every part
                if (indicator, quantity) in told and self._same.get((indicator, quantity), quantity) == quantity:
                    self._family(families, quantity)

    def _family(self, families: list[tuple[Row, list[Row]]], quantity: str) -> None:
        shown = [
            whole[quantity] - sum(one[quantity] for one in parts)
            for whole, parts in families
            if whole[quantity] is not None and all(one[quantity] is not None for one in parts)
        ]
        if any(rest < -EXACT for rest in shown) or (quantity == "value" and not self._adds_up(families)):
            return  # persons of several parts, or means: nothing can be subtracted
        # one part alone is taken for the whole only where it often was
        often = (
            sum(bool(whole[quantity]) and all(one[quantity] is not None for one in parts) for whole, parts in families)
            >= ENOUGH
        )
        always_whole = all(rest <= EXACT for rest in shown) and (often or all(len(parts) > 1 for _, parts in families))
        for whole, parts in families:
            terms = {self.variable(whole, quantity): 1.0}
            for one in parts:
                terms[self.variable(one, quantity)] = -1.0
            if not always_whole:
                terms[
                    "rest",
                    *self.variable(whole, quantity),
                    parts[0]["gender"],
                    *(parts[0][name] is None for name in SPLITS),
                ] = -1.0
            self.system.equations.append(terms)
        if not always_whole and quantity == "n":
            for whole, parts in families:
                if whole["n"] is not None and all(one["n"] is not None for one in parts):
                    self._left.append((whole, f"what {len(parts)} parts leave of", self._rest(whole, parts)))

    def _rest(self, whole: Row, parts: list[Row]) -> dict[str, float]:
        of = [
            q
            for q in ("n", "numerator", "denominator")
            if whole[q] is not None and all(one[q] is not None for one in parts)
        ]
        return {quantity: whole[quantity] - sum(one[quantity] for one in parts) for quantity in of}

    def _adds_up(self, families: list[tuple[Row, list[Row]]]) -> bool:
        """Whether the values are amounts (counts), not shares or means, which are bounded by their parts."""
        return families[0][0]["unit"] not in ("%", "dagar", "år", "per 10 000") and not families[0][0][
            "unit"
        ].startswith("poäng")

    def _days(self) -> None:
        """What is counted over days adds up: a year is its months, a year to date those until then; and the same days
        have one figure.

        Learnt from where all of it is shown. A stock is of its last day, whatever it is told of.
        """
        cells: dict[Variable, list[Row]] = defaultdict(list)
        stocks: dict[Variable, list[Row]] = defaultdict(list)
        for row in self.seen.rows.values():
            if row["measure_time"] == "point":
                stocks[*_cell(row), row["period_end"]].append(row)
            if row["measure_time"] in ("period", "ytd", "rolling_12"):
                cells[_cell(row)].append(row)
        for same in stocks.values():
            for one, other in combinations(same, 2):
                for quantity in QUANTITIES:
                    self.system.equations.append(
                        {self.variable(one, quantity): 1.0, self.variable(other, quantity): -1.0}
                    )
        spans: dict[tuple[str, bool], list[tuple[Row, list[Row]]]] = defaultdict(list)
        for rows in cells.values():
            months = [row for row in rows if row["period_grain"] == "month" and row["measure_time"] == "period"]
            for whole in rows:
                within = [
                    one
                    for one in months
                    if whole["period_start"] <= one["period_start"] and one["period_end"] <= whole["period_end"]
                ]
                if (
                    whole not in within
                    and len(within) == _months(whole["period_end"]) - _months(whole["period_start"]) + 1
                ):
                    spans[whole["indicator_id"], True].append((whole, within))
            for whole, other in combinations(rows, 2):
                if (whole["period_start"], whole["period_end"]) == (other["period_start"], other["period_end"]):
                    spans[whole["indicator_id"], False].append((whole, [other]))
        for of in spans.values():
            for quantity in QUANTITIES:
                shown = [
                    abs(whole[quantity] - sum(one[quantity] for one in parts)) <= EXACT
                    for whole, parts in of
                    if whole[quantity] is not None and all(one[quantity] is not None for one in parts)
                ]
                if len(shown) >= ENOUGH and all(shown):
                    for whole, parts in of:
                        terms = {self.variable(one, quantity): -1.0 for one in parts}
                        self.system.equations.append({self.variable(whole, quantity): 1.0, **terms})

    def _medians(self) -> None:
        """Medians and percentiles stand on the people of the mean beside them."""
        for row in self.seen.rows.values():
            if "statistic=" in (row["breakdown"] or ""):
                base = re.sub(r";?statistic=.*", "", row["breakdown"]) or None
                of = self.seen.rows.get(tuple(base if name == "breakdown" else row[name] for name in KEY))
                if of is not None:
                    self.system.equations.append({self.variable(row, "n"): 1.0, self.variable(of, "n"): -1.0})

    def _twins(self) -> None:
        """Indicators of the same people: wherever both are shown, they have the same n (or value)."""
        for quantity in ("n", "value"):
            by_cell: dict[str, dict[Variable, Row]] = defaultdict(dict)
            for row in self.seen.rows.values():
                at = tuple(
                    row[name]
                    for name in (*KEY, "period_grain")
                    if name not in ("indicator_id", "period_start", "measure_time")
                )
                by_cell[row["indicator_id"]][at] = row
            for one, other in combinations(sorted(by_cell), 2):
                common = by_cell[one].keys() & by_cell[other].keys()
                pairs = [(by_cell[one][at], by_cell[other][at]) for at in sorted(common, key=repr)]
                shown = [
                    (a[quantity], b[quantity]) for a, b in pairs if a[quantity] is not None and b[quantity] is not None
                ]
                if len(shown) >= ENOUGH and len(set(shown)) > 1 and all(abs(a - b) <= EXACT for a, b in shown):
                    for a, b in pairs:
                        if _is_withheld(a) or _is_withheld(b):
                            self.system.equations.append(
                                {self.variable(a, quantity): 1.0, self.variable(b, quantity): -1.0}
                            )

    def _queues(self) -> None:
        """Decisions that were not executed, by law, service, gender and reason, and the indicator that counts all of
        them.
        """
        table: dict[tuple[Any, ...], Row] = {}
        for record in self.seen.others["non_executed_decisions"]:
            table[
                tuple(record[name] for name in ("municipality_id", "period_end", "law", "service", "gender", "reason"))
            ] = record
        names = ("non_executed", "open_decisions", "interruptions", "ended_late")
        for key, record in table.items():
            for name in names:
                if record[name] is not None:
                    self.system.known[name, *key] = float(record[name])
            self.system.equations.append(
                {("non_executed", *key): 1.0, ("open_decisions", *key): -1.0, ("interruptions", *key): -1.0}
            )
            below = [other for other in table if self._is_below(other, key)]
            for splits in (
                [other for other in below if other[4] == "T" and other[5] is None],
                [other for other in below if other[4] != "T"],
                [other for other in below if other[5] is not None],
            ):
                if splits:
                    for name in names:
                        self.system.equations.append({(name, *key): 1.0, **{(name, *other): -1.0 for other in splits}})
        for row in self.seen.rows.values():
            if row["indicator_id"] == "non_executed_decisions":
                key = (row["municipality_id"], row["period_end"], None, None, "T", None)
                if key in table:
                    self.system.equations.append({self.variable(row, "value"): 1.0, ("non_executed", *key): -1.0})
        self.queue = table

    @staticmethod
    def _is_below(part: tuple[Any, ...], whole: tuple[Any, ...]) -> bool:
        """Whether `part` is one step below `whole`: a law of all, a service of a law, a gender or reason of a service."""
        if part[:2] != whole[:2] or part == whole or whole[4] != "T" or whole[5] is not None:
            return False
        depth = (part[2] is not None) + (part[3] is not None) + (part[4] != "T" or part[5] is not None)
        above = (whole[2] is not None) + (whole[3] is not None)
        return depth == above + 1 and whole[2] in (None, part[2]) and whole[3] in (None, part[3])

    def left_over(self) -> Iterator[Attempt]:
        """Groups that no row is about, but that are known by subtraction: are they small? And withheld counts of the
        queues.
        """
        for row, what, rest in self._left:
            small = rest["n"] > 0 and is_small(
                self.seen.rule(row["municipality_id"]), row, rest["n"], rest.get("numerator"), rest.get("denominator")
            )
            yield Attempt(f"left over: {what} {_named(row)}", not small, f"{rest}")
        for key, record in self.queue.items():
            limit = self.seen.rule(key[0]).limits.persons
            for name in ("non_executed", "ended_late"):
                value = record[name]
                if value is not None:
                    # a decision is of one person: fewer decisions than the limit are fewer persons
                    yield Attempt(f"shown {name} {key}", not 0 < value < limit, f"shows {value}")
                else:
                    low, high = (
                        self.system.interval((name, *key)) if (name, *key) in self.mentioned else (0.0, float("inf"))
                    )
                    told = (high - low <= EXACT and low > 0) or (high - low < limit and high > EXACT)
                    yield Attempt(f"subtracted {name} {key}", not told, f"is {low:g}-{high:g}")


def _divided(rows: list[Row], departments: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, Row, list[Row]]]:
    """(kind, whole, parts) of the rows of one indicator, municipality and period; `departments`: of each unit, by
    municipality and unit.

    A unit is a part of its department; where that has no row, of the whole.
    """
    at = {tuple(row[name] for name in (*SPLITS, "gender")): row for row in rows}
    above: dict[tuple[Any, ...], str] = {}
    for key, row in at.items():
        department = departments.get((row["municipality_id"], key[0]))
        if department is not None and (department, *key[1:]) in at:
            above[key] = department
    for department in sorted(set(above.values())):
        for key, whole in at.items():
            units = [row for other, row in at.items() if above.get(other) == department and other[1:] == key[1:]]
            if key[0] == department and units:
                yield "unit", whole, units
    for (*splits, gender), whole in at.items():
        if gender == "T":
            pair = [at.get((*splits, one)) for one in ("K", "M")]
            if all(pair):
                yield "gender", whole, [row for row in pair if row is not None]
        for place, name in enumerate(SPLITS):
            if splits[place] is not None:
                continue
            parts: dict[str, list[Row]] = defaultdict(list)
            for key, row in at.items():
                others = [value for index, value in enumerate(key[:3]) if index != place]
                is_part = key[place] is not None and (name != "org_unit" or key not in above)
                if key[3] == gender and is_part and others == [v for i, v in enumerate(splits) if i != place]:
                    parts[key[place].split("=")[0] if name == "breakdown" else ""].append(row)
            for dimension, of in parts.items():
                yield f"{name} {dimension}", whole, of
    housing = {row["breakdown"]: row for row in rows}
    forms = ("gruppbostad", "servicebostad", "annan_sarskilt_anpassad_bostad")
    every = housing.get("service=bmss")
    if every is not None and all(f"service={form}" in housing for form in forms):
        yield "housing", every, [housing[f"service={form}"] for form in forms]
        if "service=bmss_excl_asab" in housing:
            yield (
                "housing but one",
                every,
                [housing["service=bmss_excl_asab"], housing["service=annan_sarskilt_anpassad_bostad"]],
            )


def differenced(seen: Publication) -> Iterator[Attempt]:
    """Groups of a period that nobody published, from longer and shorter periods that meet: each determined span of days
    is looked at.

    A shown period tells how much lies between its first day and the day after its last. Periods that meet in a day can
    be added and subtracted, so all days that are linked have a height above one another: a span between two of them is
    known.
    """
    series: dict[Variable, list[Row]] = defaultdict(list)
    for row in seen.rows.values():
        if row["measure_time"] in ("period", "ytd", "rolling_12") and row["disclosure_class"] in ("persons", "survey"):
            series[_cell(row)].append(row)
    flows = {
        kind
        for kind in {key[:2] for key in series}
        if _is_flow([rows for key, rows in series.items() if key[:2] == kind])
    }
    for key, rows in series.items():
        if key[:2] not in flows:
            continue
        spans = {
            (row["period_start"], row["period_end"] + timedelta(days=1)): row
            for row in rows
            if row["denominator"] is not None
        }
        heights = _heights({span: (row["denominator"], row["numerator"]) for span, row in spans.items()})
        limit = seen.rule(rows[0]["municipality_id"]).limits
        fewest = limit.persons if rows[0]["disclosure_class"] == "persons" else limit.survey
        small = []
        for component in heights:
            days = sorted(component)
            for first, last in combinations(days, 2):
                n, total = component[last][0] - component[first][0], component[last][1] - component[first][1]
                if EXACT < n < fewest - EXACT:
                    small.append(f"{first}--{last - timedelta(days=1)}: {total:g} of {n:g}")
        for (outer, longer), (inner, shorter) in combinations(spans.items(), 2):
            for (one, whole), (other, piece) in (
                ((outer, longer), (inner, shorter)),
                ((inner, shorter), (outer, longer)),
            ):
                if (
                    one[0] <= other[0]
                    and other[1] <= one[1]
                    and EXACT < whole["denominator"] - piece["denominator"] < fewest - EXACT
                ):
                    small.append(
                        f"{one[0]}--{one[1]} less {other[0]}--{other[1]}: {whole['denominator'] - piece['denominator']:g}"
                    )
        yield Attempt(f"differenced {' '.join(str(name) for name in key if name)}", not small, "; ".join(small[:3]))
        linked = [component for component in heights if len(component) > 1]
        for row in rows:
            if _is_withheld(row):
                ends = {row["period_start"], row["period_end"] + timedelta(days=1)}
                known = any(ends <= component.keys() for component in linked)
                yield Attempt(
                    f"differenced {_named(row)}", not known, "its first and last day are linked by other periods"
                )


def _is_flow(of: list[list[Row]]) -> bool:
    """Whether longer periods hold what shorter ones within them do: what is counted on a day does not add up."""
    nested = 0
    for rows in of:
        shown = [row for row in rows if row["denominator"] is not None]
        for one, other in combinations(shown, 2):
            for longer, shorter in ((one, other), (other, one)):
                if longer["period_start"] <= shorter["period_start"] and shorter["period_end"] <= longer["period_end"]:
                    if longer["denominator"] < shorter["denominator"] - EXACT:
                        return False
                    nested += 1
    return nested > 0


def _heights(spans: dict[tuple[date, date], tuple[float, float | None]]) -> list[dict[date, tuple[float, float]]]:
    """The linked days, each component with the sums since an arbitrary first day."""
    neighbours: dict[date, list[tuple[date, float, float]]] = defaultdict(list)
    for (first, last), (n, total) in spans.items():
        neighbours[first].append((last, n, total or 0.0))
        neighbours[last].append((first, -n, -(total or 0.0)))
    components, left = [], set(neighbours)
    while left:
        start = min(left)
        heights, waiting = {start: (0.0, 0.0)}, [start]
        while waiting:
            at = waiting.pop()
            for day, n, total in neighbours[at]:
                if day not in heights:
                    heights[day] = (heights[at][0] + n, heights[at][1] + total)
                    waiting.append(day)
        left -= heights.keys()
        components.append(heights)
    return components


# -----------------------------------------------------------------------------------------------------------------
# reports


def printed(seen: Publication, reports: Path) -> Iterator[Attempt]:
    """The pages and workbooks of `reports`: is a withheld figure printed, in a table, a sentence, an attribute or a
    cell?
    """
    by_key = {_report_key(row): row for row in seen.rows.values()}
    for path in sorted(reports.glob("*/*.html")):
        page = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
        for element in page.xpath("//*[@data-key]"):
            row = by_key.get(re.sub(r"^[^/]*/", "", element.get("data-key")))
            if row is not None:
                text = "".join(element.itertext())
                is_told = bool(re.search(r"\d", text)) and _is_closed(seen, row, element.get("data-measure"))
                yield Attempt(f"printed in {path.name}: {element.get('data-key')}", not is_told, f"prints {text!r}")
    for path in sorted(reports.glob("*/*.xlsx")):
        for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
            yield from _in_sheet(seen, by_key, path, [list(line) for line in sheet.iter_rows(values_only=True)])


def _in_sheet(seen: Publication, by_key: Mapping[str, Row], path: Path, lines: list[list[Any]]) -> Iterator[Attempt]:
    head = next((line for line in lines if any(str(cell).startswith("Nyckel: ") for cell in line)), None)
    if head is None:
        return
    for place, name in enumerate(head):
        if not str(name).startswith("Nyckel: "):
            continue
        shown = head.index(str(name).removeprefix("Nyckel: "))
        for line in lines[lines.index(head) + 1 :]:
            key, _, measure = str(line[place] or "").partition("#")
            row = by_key.get(re.sub(r"^[^/]*/", "", key))
            if row is not None:
                is_told = bool(re.search(r"\d", str(line[shown]))) and _is_closed(seen, row, measure)
                yield Attempt(f"printed in {path.name}: {key}", not is_told, f"holds {line[shown]!r}")


def _report_key(row: Row) -> str:
    splits = "".join(f"/{row[name]}" for name in ("org_unit", "staff_group", "breakdown") if row[name])
    what = f"{row['indicator_id']}/{row['municipality_id']}/{row['gender']}/{row['period_start']}--{row['period_end']}"
    return f"{what}/{row['measure_time']}{splits}"


def _is_closed(seen: Publication, row: Row, measure: str | None) -> bool:
    """Whether a measure of the row is about people who must not be told of; a comparison and a goal are about others."""
    if (measure or "").endswith("_mean") or measure in ("target", "statutory_limit"):
        return False
    rule = seen.rule(row["municipality_id"])
    return _is_withheld(row) or is_small(rule, row, row["n"], row["numerator"], row["denominator"])


# -------------------------------------------------------------------------------------------------------------- the
# trial


def attack(
    publication: Path, reports: Path | None, municipalities: Mapping[str, Municipality], share: float = 1.0
) -> Iterator[Attempt]:
    """All that is tried on one publication and the reports made from it (None: no reports). An attempt held if it told
    nothing.
    """
    seen = read(publication, municipalities)
    yield from looked_at(seen)
    yield from repeated(seen)
    yield from averaged(seen)
    yield from subtracted(seen, share)
    yield from differenced(seen)
    if reports is not None:
        yield from printed(seen, reports)


STRICTER = (
    DisclosureLimits(persons=20, staff_health=250, survey=25, survey_extremes=40),
    DisclosureLimits(persons=8, staff_health=130, survey=12, survey_extremes=24),
    DisclosureLimits(persons=60, staff_health=600, survey=60, survey_extremes=120),
)
"""Limits under which much more of the demonstration is small: what is withheld beside it is then tried in earnest."""

REBUILT = ("int_own__guarded+", "non_executed_decisions")


def demonstration() -> Path:
    """A home of the demonstration, made once for all trials of a command. It is never moved: its views name files by
    path.
    """
    home, is_made = kept() / "demonstration", kept() / "demonstration.made"
    with (kept() / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made.exists():
            here = {"GENOMLYSNING_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "PYTHONPATH": str(PROJECT)}
            made = subprocess.run(
                [sys.executable, "-m", "genomlysning", "demo"],
                cwd=PROJECT,
                env={**os.environ, "GENOMLYSNING_ENV": "demo", **here},
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode != 0:
                raise RuntimeError(f"genomlysning demo: {made.stdout[-2000:]}{made.stderr[-2000:]}")
            is_made.touch()
    return home


def with_limits(municipalities: Mapping[str, Municipality], limits: DisclosureLimits) -> dict[str, Municipality]:
    """The municipalities, each with these limits."""
    return {
        one.id: one.model_copy(update={"disclosure": one.disclosure.model_copy(update={"limits": limits})})
        for one in municipalities.values()
    }


def rebuilt(build: Path, folder: Path, limits: DisclosureLimits, cut: Cut | None = None) -> Path:
    """A copy of the build file `build` in `folder` whose own figures are judged anew, from the guard on: under
    `limits`, and with the `cut` made into the dbt project's copy.
    """
    copy, project = folder / build.name, folder / "dbt_project"
    shutil.copyfile(build, copy)
    shutil.copytree(PROJECT / "dbt_project", project, ignore=shutil.ignore_patterns("logs", "target"))
    with duckdb.connect(str(copy)) as con:
        for name, minimum in limits:
            con.execute("update config.disclosure_limit set minimum_n = ? where disclosure_class = ?", [minimum, name])
    if cut is not None:
        path = project / cut.file
        text = path.read_text(encoding="utf-8")
        if text.count(cut.old) != 1:
            raise ValueError(f"{cut.file} holds {text.count(cut.old)} times {cut.old!r}; expected once")
        path.write_text(text.replace(cut.old, cut.new), encoding="utf-8")
    run = [
        str(Path(sys.executable).with_name("dbt")),
        "--quiet",
        "run",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
    ]
    here = {"GENOMLYSNING_BUILD": str(copy), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    ended = subprocess.run(
        [*run, "--select", *REBUILT], env={**os.environ, **here}, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError(f"dbt run: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return copy


@dataclass(frozen=True)
class Cut:
    """A guard taken out of the dbt project: in `file`, `new` instead of `old`, which stands there once."""

    file: str
    old: str
    new: str


_cut: list[Cut] = []
"""The guard that is broken at present; empty for none."""


def _as_published(folder: Path, share: float) -> Iterator[Attempt]:
    """The demonstration's publication and all its reports, under the rules of the configuration."""
    del folder
    home = demonstration()
    yield from attack(
        home / "published" / "current.duckdb", home / "reports", load_municipalities(MUNICIPALITIES), share
    )


def _under_stricter_limits(folder: Path, share: float) -> Iterator[Attempt]:
    """The marts of the demonstration under limits that make much more of it small, with whatever guard is broken at
    present.
    """
    build = demonstration() / "build" / "warehouse.duckdb"
    for place, limits in enumerate(STRICTER[: part(len(STRICTER), share)]):
        here = folder / str(place)
        here.mkdir()
        marts = rebuilt(build, here, limits, next(iter(_cut), None))
        yield from attack(marts, None, with_limits(load_municipalities(MUNICIPALITIES), limits), share)
        shutil.rmtree(here)


def _without(cut: Cut) -> Callable[[], Any]:
    @contextmanager
    def broken() -> Iterator[None]:
        _cut.append(cut)
        try:
            yield
        finally:
            _cut.remove(cut)

    return broken


GUARDED, FAMILIES, FIGURE = (
    "models/intermediate/own/int_own__guarded.sql",
    "macros/disclosure/complete_families.sql",
    "models/intermediate/own/int_own__figure.sql",
)
STRICT = "small-groups-stricter"

TRIALS = (
    Trial("small-groups", "no publication or report shows a small group, nor lets one be computed", _as_published),
    Trial(STRICT, "nor under limits that make much more of it small", _under_stricter_limits),
)

CUTS = {
    "the fewest persons of each class": Cut(
        GUARDED, "{{ is_few('limited.n', 'limited.minimum') }} then 1", "limited.n < 0 then 1"
    ),
    "women and men withheld in pairs": Cut(
        GUARDED,
        "settled.is_pair_withheld end",
        "case when limited.n < limited.minimum then settled.is_pair_withheld end end",
    ),
    "the next smallest part withheld": Cut(FAMILIES, "when has_whole = 0 or all_n = 0 then 0", "when 1 = 1 then 0"),
    "the next smallest pair withheld": Cut(
        FAMILIES, "when has_pair = 0 or has_whole_pair = 0 or women_n + men_n = 0 then 0", "when 1 = 1 then 0"
    ),
    "longer periods that leave few": Cut(GUARDED, "remainder > 0\n", "remainder < 0\n"),
    "the months of a count withheld together": Cut(GUARDED, "and not is_whole_year", "and is_whole_year"),
    "n withheld with the value": Cut(
        FIGURE, "case when not own_values.is_suppressed then own_values.n end as n", "own_values.n"
    ),
    "the previous value from what is shown": Cut(
        FIGURE, "indicator_figures('safe', 'safe')", "indicator_figures('safe', 'own_values')"
    ),
}
"""Guards of the dbt project that are taken out one at a time."""

BREAKS = tuple(Break(guard, STRICT, _without(cut), share=0.3) for guard, cut in CUTS.items())
