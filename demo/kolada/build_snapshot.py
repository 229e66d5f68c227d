"""Builder of the bundled Kolada snapshot: recorded values to 2022, printed ones (mostly of 2023 and 2024), simulated
ones around them.

Belongs here: which printed figure is which Kolada indicator, which statements of the published analysis the simulated
values obey, and how they are simulated. Does not belong here: serving (`app`).

Its inputs are kept: the values to 2022 and the catalogues in the snapshot itself, the values recorded later in
`recorded.csv`, the printed figures in `demo/figures/published.csv`. Same inputs, same snapshot, byte for byte: every
random number comes from a generator seeded by indicator and year. An indicator that is followed from now on has no
recorded values in the snapshot yet: they are given by `--values` (a Parquet of all of Kolada to 2022 is 28 MB, and
therefore not kept).

Layers, the earlier never replaced by the later:
1. values to 2022 as recorded, followed indicators only;
2. values of 2023 and later recorded elsewhere (status "");
3. values that the two municipalities printed for 2023 and 2024 (status ""); older printed ones only of indicators of
   which nothing is recorded to 2022, and only where the id stands beside the figure, since no recorded value tells
   whether the id is right;
4. simulated values of 2023 and 2024 (status "simulated"): the year before, moved a little, then shifted group by group
   so that printed group means come out: Göteborgsregionen (own municipality kept in), similar municipalities (left
   out) and the 290 municipalities. No value where there was none the year before, except for indicators that have
   printed group means and no recorded history.

Run: python -m demo.kolada.build_snapshot [--values V.parquet]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from ingestion.bundled import SEEDS
from ingestion.sql import read_parquet

SNAPSHOT = Path(__file__).parent / "snapshot"
RECORDED = Path(__file__).parent / "recorded.csv"
PUBLISHED = Path(__file__).parents[1] / "figures" / "published.csv"
FOLLOWED = SEEDS / "kolada_indicators.csv"
SEED = 20241231
YEARS = (2023, 2024)
ALINGSAS, HELSINGBORG, SWEDEN = "1489", "1283", "0000"
REGION_GROUP = "G96190"
SIMILAR_GROUPS = {"äldreomsorg": "G176486", "LSS": "G39499", "övergripande": "G37326"}

# The moments at which the three recordings were made: what `from_date` is answered by.
RECORDED_TO_2022, RECORDED_CATALOGUE, RECORDED_LATER = date(2024, 8, 30), date(2026, 3, 23), date(2026, 8, 15)

# Printed figure (slug of the indicator) -> Kolada id. Where an id is not printed beside the figure, the same rows of
# 2020-2022 equal Kolada's values under the id. The factor turns per cent into per 10 000, N28892's present unit.
PRINTED: dict[str, tuple[str, float]] = {
    "efficiency_index_elderly": ("U20900", 1),
    "quality_index_elderly": ("U20404", 1),
    "resource_index_elderly": ("U20008", 1),
    "efficiency_index_lss": ("U28900", 1),
    "quality_index_lss": ("U28408", 1),
    "resource_index_lss": ("U28001", 1),
    "sabo_wait_days": ("U23401", 1),
    "lss_housing_wait_days": ("U28418", 1),
    "sabo_can_raise_complaints_share": ("U23516", 1),
    "lss_service_housing_staff_understandable_share": ("U28528", 1),
    "lss_dv_staff_understandable_share": ("U28535", 1),
    "lss_housing_self_determination_share": ("U28663", 1),
    "lss_housing_always_happy_home_share": ("U28570", 1),
    "lss_dv_self_determination_share": ("U28532", 1),
    "pa_assistants_understandable_share": ("U28625", 1),
    "pa_safe_with_all_assistants_share": ("U28631", 1),
    "pa_chose_assistants_share": ("U28616", 1),
    "pa_assistants_care_share": ("U28622", 1),
    "pa_can_do_what_wants_share": ("U28634", 1),
    "pa_knows_whom_to_tell_share": ("U28637", 1),
    "lss_group_home_staff_care_share": ("U28520", 1),
    "lss_group_home_staff_understandable_share": ("U28521", 1),
    "lss_group_home_staff_understands_share": ("U28641", 1),
    "eu_homecare_nurse_assistants_share": ("N21608", 1),
    "case_officers_social_work_degree_share": ("N20507", 1),
    "eu_bmss_adequate_education_share": ("N28140", 1),
    "eu_dv_adequate_education_share": ("N28150", 1),
    "sabo_satisfied_share": ("U23471", 1),
    "sabo_informed_of_changes_share": ("U23462", 1),
    "sabo_safe_share": ("U23521", 1),
    "sabo_good_treatment_share": ("U23520", 1),
    "homecare_satisfied_share": ("U21468", 1),
    "homecare_informed_of_changes_share": ("U21465", 1),
    "homecare_safe_share": ("U21505", 1),
    "homecare_good_treatment_share": ("U21504", 1),
    "homecare_staff_continuity_14d": ("U21401", 1),
    "homecare_over20_staff_share": ("U21436", 1),
    "net_cost_deviation_elderly": ("N20029", 1),
    "net_cost_deviation_lss": ("N28021", 1),
    "lss_population_share": ("N28892", 100),
    "lss_pa_per_10000": ("N28818", 1),
    "sfb_pa_per_10000": ("N28817", 1),
    "lss_bmss_per_10000": ("N28820", 1),
    "lss_dv_cost_per_user": ("N28015", 1),
    "lss_bmss_cost_per_inhabitant": ("N28012", 1),
}
MUNICIPALITY_OF_DOCUMENT = {"000": ALINGSAS, "001": ALINGSAS, "003": HELSINGBORG}

INDICES = {"U20900", "U20404", "U20008", "U28900", "U28408", "U28001"}
PERSONAL_ASSISTANCE = {"U28616", "U28619", "U28622", "U28625", "U28628", "U28631", "U28634", "U28637"}
COUNTS = {"N01938", "N01951", "N01957", "N28801"}
# Years that the documents say are missing: no statistics on care 65+/80+ for 2023; too few answers on assistance 2024.
GAPS = {("N20891", ALINGSAS, 2023), ("N20892", ALINGSAS, 2023)} | {(kpi, ALINGSAS, 2024) for kpi in PERSONAL_ASSISTANCE}

# What the analysis says in words, as simulated values that agree with it (never printed, so always marked simulated).
SIMULATED_MEANS: dict[tuple[str, int, str], float] = {
    ("N28015", 2023, "similar"): 205_000,  # about the same as Alingsås
    ("N21023", 2023, "gr"): 16_400,
    ("N21023", 2023, "all"): 15_200,  # Alingsås between them
    # No recording and no printed mean: level with the others, as the analysis says.
    ("U28663", 2023, "gr"): 77,
    ("U28663", 2023, "similar"): 76,
    ("U28663", 2023, "all"): 77,
    ("U28663", 2024, "gr"): 81,
    ("U28663", 2024, "similar"): 82,
    ("U28663", 2024, "all"): 81,
}
STEPS_FROM_2023: dict[str, float] = {
    "U21454": 0.0,
    "U23505": 0.67,
    "U21455": -0.33,
    "U23506": 0.0,
    "U23591": 6.5,
}  # unchanged, slight, marginal, marked
SIMULATED_OWN: dict[tuple[str, int], float] = {
    ("U28570", 2023): 81,
    ("U28532", 2023): 85,
    ("U28561", 2023): 87,
    ("U28561", 2024): 91,
}
BETWEEN: dict[tuple[str, int], tuple[tuple[str, ...], tuple[str, ...]]] = {  # Alingsås above these means, below those
    ("N20048", 2023): (("similar", "gr"), ("all",)),
    ("N21022", 2023): (("similar", "gr"), ("all",)),
    ("N21024", 2023): (("similar", "gr"), ("all",)),
    ("N21023", 2023): (("similar", "all"), ("gr",)),
    ("N21025", 2023): (("similar", "gr"), ("all",)),
    ("N20891", 2024): (("similar",), ("all",)),
}
GENDERS_OWN: dict[
    tuple[str, int], tuple[float, float]
] = {  # women, men: three days shorter for men; more men than women
    ("U23401", 2024): (58, 55),
    ("U28535", 2024): (79, 83),
    ("U28570", 2024): (81, 85),
}
MUNICIPALITIES_ABOVE = {("N28817", 2024): 18}  # "endast 18 kommuner i Sverige som hade fler"

# Yearly growth and spread by unit; factors for levels, points for shares and indices.
GROWTH = {"kr": {2023: 1.06, 2024: 1.04}, "antal": {2023: 1.003, 2024: 1.003}}


@dataclass
class Series:
    """One indicator: its values by year, gender and unit, and which of them are real or delivered as missing."""

    kpi: str
    unit: str
    kind: str
    values: dict[tuple[int, str], dict[str, float]] = field(default_factory=dict)
    real: set[tuple[int, str, str]] = field(default_factory=set)
    missing: set[tuple[int, str, str]] = field(default_factory=set)
    withheld: set[tuple[int, str]] = field(default_factory=set)
    fixed_own: set[int] = field(default_factory=set)

    def at(self, year: int, gender: str = "T") -> dict[str, float]:
        """Values of one year and gender, by unit."""
        return self.values.setdefault((year, gender), {})

    def put_real(self, year: int, gender: str, unit: str, value: float) -> None:
        """Add a recorded or printed value, which nothing simulated replaces."""
        self.at(year, gender)[unit] = value
        self.real.add((year, gender, unit))


@dataclass(frozen=True)
class Printed:
    """The printed figures that have a Kolada id: of 2023 and 2024, and older own values with the id beside them."""

    own: Mapping[tuple[str, str, int], float]
    older: Mapping[tuple[str, str, int], float]
    own_missing: set[tuple[str, str, int]]
    means: Mapping[tuple[str, int, str], float]
    means_missing: set[tuple[str, int, str]]


def read_printed(path: Path) -> Printed:
    """Own values and group means from the table of published figures; two prints of one figure must agree."""
    own: dict[tuple[str, str, int], float] = {}
    older: dict[tuple[str, str, int], float] = {}
    means: dict[tuple[str, int, str], float] = {}
    own_missing: set[tuple[str, str, int]] = set()
    means_missing: set[tuple[str, int, str]] = set()

    def keep(store: dict[Any, float], key: Any, value: float) -> None:
        if store.setdefault(key, value) != value:
            raise ValueError(f"{path}: {key} is printed as {store[key]} and as {value}")

    with path.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["indicator"] not in PRINTED or not row["year"].isdigit() or row["dimension"] or row["qualifier"]:
                continue
            kpi, factor = PRINTED[row["indicator"]]
            year, group, municipality = int(row["year"]), row["comparison_group"], MUNICIPALITY_OF_DOCUMENT[row["doc"]]
            empty = row["value"] == ""
            if year not in YEARS:
                if (
                    year < YEARS[0]
                    and row["measure_kind"] == "actual"
                    and group == "own"
                    and not empty
                    and f"({kpi})" in row["row_label"]
                ):
                    keep(older, (kpi, municipality, year), float(row["value"]) * factor)
            elif row["measure_kind"] == "actual" and group == "own":
                if empty:
                    own_missing.add((kpi, municipality, year))
                else:
                    keep(own, (kpi, municipality, year), float(row["value"]) * factor)
            elif row["measure_kind"] == "group_mean" and group in {"gr", "similar", "all"}:
                if empty:
                    means_missing.add((kpi, year, group))
                else:
                    keep(means, (kpi, year, group), float(row["value"]) * factor)
    return Printed(own, older, own_missing, means, means_missing)


class Simulation:
    """Adds the years after 2022 to one series after another."""

    def __init__(self, units: Mapping[str, str], groups: Mapping[str, tuple[str, ...]], printed: Printed) -> None:
        self.municipalities = tuple(sorted(unit for unit, kind in units.items() if kind == "K"))
        self.groups = groups
        self.printed = printed

    def members(self, series: Series, group: str) -> tuple[str, ...]:
        """Members of a comparison group of Alingsås for the indicator."""
        if group == "all":
            return self.municipalities
        return self.groups[REGION_GROUP if group == "gr" else SIMILAR_GROUPS[series.kind]]

    def extend(self, series: Series, ended_after: int | None) -> None:
        """Simulate 2023 and 2024 where the indicator is measured."""
        for year in YEARS:
            if (ended_after is not None and year > ended_after) or (series.kpi in INDICES and year == 2024):
                continue
            rng = np.random.default_rng([SEED, zlib.crc32(series.kpi.encode()), year])
            targets = {
                group: mean
                for (kpi, of, group), mean in (*self.printed.means.items(), *SIMULATED_MEANS.items())
                if (kpi, of) == (series.kpi, year)
            }
            before = self._previous(series, year)
            # a printed value of one's own is no history of the others
            if set(before) - {ALINGSAS, HELSINGBORG} or (before and not targets):
                self._continue(series, year, before, rng)
            elif targets:
                self._invent(series, year, targets, rng)
            self._state_own(series, year)
            self._meet(series, year, targets)
            self._between(series, year)
            self._genders(series, year)

    def _previous(self, series: Series, year: int) -> dict[str, float]:
        """T values of the year before; over a gap of one year the value before the gap."""
        scale = 100 if series.kpi == "N28892" and year == 2023 else 1
        return {
            unit: value * scale
            for unit, value in {**series.at(year - 2), **series.at(year - 1)}.items()
            if unit in series.at(year - 1) or (series.kpi, unit, year - 1) in GAPS
        }

    def _free(self, series: Series, year: int, units: Iterable[str]) -> list[str]:
        return [
            u
            for u in units
            if (year, "T", u) not in series.real
            and (year, u) not in series.withheld
            and (series.kpi, u, year) not in GAPS
        ]

    def _continue(self, series: Series, year: int, before: dict[str, float], rng: np.random.Generator) -> None:
        now = series.at(year)
        units = sorted(before)
        noise = rng.standard_normal(len(units))
        free = set(self._free(series, year, units))
        low, high = bounds(series.unit, before.values())
        step = step_of(series)
        for unit, z in zip(units, noise, strict=True):
            if unit in free and unit != SWEDEN:
                now[unit] = snap(moved(series.unit, before[unit], float(z), year), step, low, high)
        common = [unit for unit in self.municipalities if unit in now and unit in before]
        if SWEDEN in free and common:
            # Riket is weighted: it moves as the municipalities do, no more is known.
            ratio = sum(now[unit] for unit in common) / (sum(before[unit] for unit in common) or 1)
            now[SWEDEN] = snap(before[SWEDEN] * ratio, step, low, high)

    def _invent(self, series: Series, year: int, targets: Mapping[str, float], rng: np.random.Generator) -> None:
        """Values for an indicator with printed means and no recorded history; a group printed as '-' gets none."""
        absent = {
            u
            for (kpi, of, group) in self.printed.means_missing
            if (kpi, of) == (series.kpi, year)
            for u in self.members(series, group)
        }
        region = set(self.members(series, "gr"))
        spread = 0.35 * targets["all"] if series.unit == "dagar" else 10.0
        draws = rng.standard_normal(len(self.municipalities))
        answered = rng.random(len(self.municipalities)) > (0.4 if series.unit == "dagar" else 0.15)
        low, high = bounds(series.unit, [0.0])
        for unit, z, took_part in zip(self.municipalities, draws, answered, strict=True):
            known = (year, "T", unit) in series.real
            if not known and unit not in absent and (took_part or unit in region):
                series.at(year)[unit] = snap(targets["all"] + spread * float(z), 1.0, low, high)

    def _state_own(self, series: Series, year: int) -> None:
        now = series.at(year)
        if (year, "T", ALINGSAS) in series.real:
            return
        if (series.kpi, year) in SIMULATED_OWN:
            now[ALINGSAS] = SIMULATED_OWN[series.kpi, year]
            series.fixed_own.add(year)
        elif year == 2024 and series.kpi in STEPS_FROM_2023:
            now[ALINGSAS] = round(series.at(2023)[ALINGSAS] + STEPS_FROM_2023[series.kpi], 2)
            series.fixed_own.add(year)

    def _meet(self, series: Series, year: int, targets: Mapping[str, float]) -> None:
        """Shift simulated members until each group's unweighted mean is the target; the groups do not overlap."""
        now = series.at(year)
        if not now:
            return
        low, high = bounds(series.unit, now.values())
        step = step_of(series)
        done: set[str] = set()
        for group in ("gr", "similar", "all"):
            if group not in targets:
                continue
            present = [unit for unit in self.members(series, group) if unit in now]
            free = [
                u
                for u in self._free(series, year, present)
                if u not in done and not (u == ALINGSAS and year in series.fixed_own)
            ]
            rest = sum(now[unit] for unit in present if unit not in set(free))
            shifted = with_sum([now[unit] for unit in free], targets[group] * len(present) - rest, step, low, high)
            now.update(zip(free, shifted, strict=True))
            done.update(present)
        if (series.kpi, year) in MUNICIPALITIES_ABOVE:
            self._rank(series, year, MUNICIPALITIES_ABOVE[series.kpi, year])

    def _rank(self, series: Series, year: int, above: int) -> None:
        """Exactly `above` municipalities are clearly above Alingsås: the ones that are highest anyway."""
        now, own = series.at(year), series.at(year)[ALINGSAS]
        ranked = sorted(
            (unit for unit in self.municipalities if unit in now and unit != ALINGSAS), key=lambda unit: -now[unit]
        )
        for place, unit in enumerate(ranked):
            now[unit] = max(now[unit], own + 0.6) if place < above else min(now[unit], own - 0.1)

    def mean(self, series: Series, year: int, group: str) -> float:
        """Unweighted mean of the members that have a value."""
        now = series.at(year)
        return float(np.mean([now[unit] for unit in self.members(series, group) if unit in now]))

    def _between(self, series: Series, year: int) -> None:
        """Put Alingsås between the means that the analysis names, if it is not already there."""
        if (series.kpi, year) not in BETWEEN:
            return
        above, below = BETWEEN[series.kpi, year]
        for _ in range(3):  # Alingsås itself counts in two of the means
            floor = max(self.mean(series, year, group) for group in above)
            ceiling = min(self.mean(series, year, group) for group in below)
            if floor >= ceiling:
                raise ValueError(
                    f"{series.kpi} {year}: no value lies above {above} ({floor:.1f}) and below {below} ({ceiling:.1f})"
                )
            if floor < series.at(year)[ALINGSAS] < ceiling:
                return
            series.at(year)[ALINGSAS] = snap((floor + ceiling) / 2, step_of(series), -np.inf, np.inf)

    def _genders(self, series: Series, year: int) -> None:
        """Women and men keep their distance to the total of the year before; counts add up to it."""
        now, step = series.at(year), step_of(series)
        scale = 100 if series.kpi == "N28892" and year == 2023 else 1
        last = {gender: series.at(year - 1, gender) for gender in "TKM"}
        for unit, total in list(now.items()):
            both = [gender for gender in "KM" if unit in last[gender]]
            if unit not in last["T"] or not both:
                continue
            if series.kpi in COUNTS:
                women = round(total * last["K"].get(unit, 0) / (last["T"][unit] or 1))
                series.at(year, "K")[unit], series.at(year, "M")[unit] = women, total - women
                continue
            low, high = bounds(series.unit, [*last["K"].values(), *last["M"].values(), *now.values()])
            for gender in both:
                series.at(year, gender)[unit] = snap(
                    total + 0.9 * scale * (last[gender][unit] - last["T"][unit]), step, low, high
                )
        if (series.kpi, year) in GENDERS_OWN:
            series.at(year, "K")[ALINGSAS], series.at(year, "M")[ALINGSAS] = GENDERS_OWN[series.kpi, year]


def moved(unit: str, value: float, z: float, year: int) -> float:
    """A value of the year after: growth by unit, and a seeded deviation `z` in standard deviations."""
    if unit.startswith("kr"):
        return value * GROWTH["kr"][year] * (1 + 0.03 * z)
    if unit == "antal":
        return value * GROWTH["antal"][year] * (1 + 0.004 * z)
    if unit == "mnkr":
        return value * (1 + 0.05 * z) + 0.3 * z
    if unit == "antal/10 000 inv":
        return value * (1 + 0.03 * z)
    if unit == "dagar":
        return value * (1 + 0.12 * z)
    return value + (3.0 if unit.startswith("index") else 1.5 if value > 20 else 0.2) * z


def bounds(unit: str, values: Iterable[float]) -> tuple[float, float]:
    """Lowest and highest possible value: nothing falls below zero that never did, no share passes 100."""
    listed = list(values)
    low = 0.0 if min(listed) >= 0 else -np.inf
    share = (unit == "%" and low == 0.0) or unit.startswith(("index", "medelvärde"))
    return low, 100.0 if share else np.inf


def step_of(series: Series) -> float:
    """Precision of simulated values: whole numbers where the recorded ones are whole or kronor, else two decimals."""
    recorded = series.at(2022).values()
    return 1.0 if series.unit.startswith("kr") or all(float(value).is_integer() for value in recorded) else 0.01


def snap(value: float, step: float, low: float, high: float) -> float:
    """The value on the grid of `step`, within bounds."""
    return round(float(round(min(max(value, low), high) / step) * step), 2)


def with_sum(values: list[float], total: float, step: float, low: float, high: float) -> list[float]:
    """`values` shifted together until their sum is `total` (within one step), on the grid and within bounds."""
    shifted = np.array(values, dtype=float)
    for _ in range(200):
        shifted = np.clip(shifted + (total - shifted.sum()) / len(shifted), low, high)
    ticks = np.round(shifted / step).astype(np.int64)
    missing = round(total / step) - int(ticks.sum())
    floor = -np.inf if np.isinf(low) else round(low / step)
    ceiling = np.inf if np.isinf(high) else round(high / step)
    for place in range(10 * len(ticks)):
        if not missing:
            return [round(float(tick * step), 2) for tick in ticks]
        sign = 1 if missing > 0 else -1
        if floor <= ticks[place % len(ticks)] + sign <= ceiling:
            ticks[place % len(ticks)] += sign
            missing -= sign
    raise ValueError(f"sum {total} cannot be reached by {len(values)} values between {low} and {high}")


def build(values: Path | None, out: Path) -> None:
    """Write the snapshot's files into `out` (replaced as a whole).

    values: Parquet of values to 2022 (kpi, municipality, period, gender, value) with those of newly followed
    indicators; None: those of the snapshot.
    """
    kpis, units, groups = (
        _listed(SNAPSHOT / f"{name}.json.gz") for name in ("kpi", "municipality", "municipality_groups")
    )
    members = {group["id"]: tuple(sorted(member["member_id"] for member in group["members"])) for group in groups}
    printed = read_printed(PUBLISHED)
    simulation = Simulation({unit["id"]: unit["type"] for unit in units}, members, printed)
    con = duckdb.connect()

    with FOLLOWED.open(encoding="utf-8") as handle:
        followed = {row["indicator_id"]: row for row in csv.DictReader(handle)}
    recorded_values, is_recorded = (
        (SNAPSHOT / "values.parquet", f"changed = date '{RECORDED_TO_2022}'") if values is None else (values, "true")
    )
    base = con.execute(
        f"select kpi, period, gender, municipality, value from {read_parquet(recorded_values)} "
        f"where period <= 2022 and kpi in (select unnest(?)) and {is_recorded}",
        [list(followed)],
    ).fetchall()
    series = {kpi: Series(kpi, row["unit"], row["similar_group_kind"]) for kpi, row in followed.items()}
    for kpi, year, gender, unit, value in base:
        if year == 2022:
            series[kpi].at(year, gender)[unit] = value
    later = con.execute(
        "select kpi, period, gender, municipality, value from "
        "read_csv(?, types={'municipality': 'varchar', 'gender': 'varchar', 'value': 'double'})",
        [str(RECORDED)],
    ).fetchall()
    for kpi, year, gender, unit, value in later:
        if year > 2022:
            series[kpi].put_real(year, gender, unit, value)
    for kpi, unit in {(row[0], row[3]) for row in later}:
        # A unit that was recorded without a value has none: nothing is simulated there.
        series[kpi].withheld.update((year, unit) for year in YEARS if unit not in series[kpi].at(year))
    for (kpi, unit, year), value in printed.own.items():
        if (year, unit) not in {(y, u) for y, g, u in series[kpi].real if g == "T"}:
            series[kpi].withheld.discard((year, unit))
            series[kpi].put_real(year, "T", unit, value)
    recorded_before = {row[0] for row in base}
    for (kpi, unit, year), value in printed.older.items():
        if kpi not in recorded_before:
            series[kpi].put_real(year, "T", unit, value)
    for kpi, unit, year in (*printed.own_missing, *GAPS):
        series[kpi].missing.add((year, "T", unit))
        series[kpi].withheld.add((year, unit))

    rows: list[tuple[Any, ...]] = [(*row, "", RECORDED_TO_2022) for row in base]
    for kpi, one in sorted(series.items()):
        ended = followed[kpi]["ended_after"]
        simulation.extend(one, int(ended) if ended else None)
        for (year, gender), at in sorted(one.values.items()):
            for unit, value in sorted(at.items()):
                real = (year, gender, unit) in one.real
                if year > 2022 or real:
                    changed = (
                        RECORDED_LATER if real and (kpi, unit) in {(r[0], r[3]) for r in later} else RECORDED_CATALOGUE
                    )
                    rows.append((kpi, year, gender, unit, float(value), "" if real else "simulated", changed))
        rows += [
            (kpi, year, gender, unit, None, "", RECORDED_CATALOGUE)
            for year, gender, unit in sorted(one.missing)
            if unit not in one.at(year, gender)
        ]

    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    con.execute(
        "create table v (kpi varchar, period smallint, gender varchar, municipality varchar, value double, status varchar, changed date)"
    )
    for start in range(0, len(rows), 50_000):
        block = rows[start : start + 50_000]
        con.execute(
            "insert into v select unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)",
            [list(column) for column in zip(*block, strict=True)],
        )
    con.execute(
        f"copy (select kpi, municipality, period, gender, value, status, changed from v order by kpi, gender, municipality, period) "
        f"to '{out / 'values.parquet'}' (format parquet, compression zstd, compression_level 19, row_group_size 1000000)"
    )
    for name, listed in (
        ("kpi", kpis),
        ("municipality", units),
        ("municipality_groups", groups),
        ("ou", _units_of_the_published_report()),
    ):
        with gzip.GzipFile(out / f"{name}.json.gz", "wb", compresslevel=9, mtime=0) as handle:
            handle.write(json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode())


def _listed(path: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
    return listed


def _units_of_the_published_report() -> list[dict[str, str]]:
    """A handful of units named in Alingsås' annual report. No recording of the unit catalogue exists: the ids are made
    up.
    """
    titles = {
        "V21": ("Centrum hemtjänst", "Norra hemtjänst", "Bjärke hemtjänst"),
        "V23": ("Brogården", "Brunnsgården", "Hagagården", "Kaptenen"),
    }
    return [
        {"id": f"{kind}E{ALINGSAS}{number:05}", "title": title, "municipality": ALINGSAS}
        for kind, names in titles.items()
        for number, title in enumerate(names, start=1)
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=Path, help="Parquet to 2022: kpi, municipality, period, gender, value")
    parser.add_argument("--out", type=Path, default=SNAPSHOT)
    arguments = parser.parse_args()
    build(arguments.values, arguments.out)


if __name__ == "__main__":
    main()
