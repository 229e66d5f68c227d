"""Demonstration extracts of the population statistics: both municipalities, 2020-2024, by age and gender.

Belongs here: the published numbers of inhabitants per age band and how they are spread over ages. Does not belong here:
any share or denominator; the models add the ages up themselves.

The bands of 2020-2022 are the statistics office's own (by way of Kolada, N01952-N01957). Those of 2023 and 2024 are
invented continuations, and so is the spread over single ages within a band; the extracts are simulated as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from demo.extract_files import Cell, write_csv

HEADERS = ("kommun", "ar", "alder", "kon", "folkmangd")
BANDS = ((0, 5), (6, 15), (16, 19), (20, 64), (65, 79), (80, 100))
INHABITANTS: dict[str, dict[int, dict[str, tuple[int, ...]]]] = {
    "1489": {
        2020: {"K": (1451, 2556, 926, 10972, 3564, 1431), "M": (1494, 2737, 940, 11200, 3338, 993)},
        2021: {"K": (1464, 2576, 949, 11026, 3607, 1479), "M": (1453, 2760, 968, 11157, 3385, 1029)},
        2022: {"K": (1427, 2601, 1010, 11033, 3671, 1516), "M": (1449, 2795, 1041, 11198, 3327, 1131)},
        2023: {"K": (1404, 2598, 1046, 11064, 3696, 1563), "M": (1421, 2806, 1072, 11276, 3339, 1197)},
        2024: {"K": (1376, 2584, 1071, 11088, 3709, 1617), "M": (1398, 2799, 1098, 11277, 3340, 1258)},
    },
    "1283": {
        2020: {"K": (5225, 8656, 3263, 42777, 10726, 4526), "M": (5431, 9233, 3396, 43352, 9902, 2793)},
        2021: {"K": (5172, 8732, 3310, 42845, 10815, 4587), "M": (5390, 9370, 3478, 43522, 9953, 2935)},
        2022: {"K": (4968, 8875, 3425, 42911, 10898, 4689), "M": (5336, 9400, 3591, 43818, 9978, 3086)},
        2023: {"K": (4851, 8869, 3512, 42996, 10942, 4811), "M": (5108, 9412, 3684, 43911, 9996, 3214)},
        2024: {"K": (4748, 8841, 3597, 43061, 10977, 4952), "M": (4986, 9391, 3761, 43974, 10018, 3361)},
    },
}
"""Women and men per band of `BANDS`, 31 December."""

# How much rarer each further year of age is above 80, where the years no longer are alike.
_SURVIVAL = {"K": 0.89, "M": 0.86}


def write_population_extracts(inbox: Path) -> list[Path]:
    """Write a file per municipality and year into `<inbox>/<municipality>/population/`; returns them. Same bytes every
    time.
    """
    return [
        write_csv(
            inbox,
            municipality_id,
            "population",
            f"folkmangd_{municipality_id}_{year}",
            HEADERS,
            _rows(municipality_id, year, bands),
        )
        for municipality_id, years in INHABITANTS.items()
        for year, bands in years.items()
    ]


def _rows(municipality_id: str, year: int, bands: dict[str, tuple[int, ...]]) -> Iterator[tuple[Cell, ...]]:
    for gender, inhabitants in bands.items():
        for (first, last), total in zip(BANDS, inhabitants, strict=True):
            spread = _spread(total, [_weight(age, gender) for age in range(first, last + 1)])
            for age, number in enumerate(spread, first):
                yield municipality_id, year, age, gender, number


def _weight(age: int, gender: str) -> float:
    """How common an age is beside its neighbours: waves of larger and smaller cohorts, and few of the oldest."""
    wave = 1 + 0.06 * ((age * 7) % 11 - 5) / 5
    return wave * _SURVIVAL[gender] ** max(0, age - 80) * 0.985 ** max(0, min(age, 80) - 65)


def _spread(total: int, weights: list[float]) -> list[int]:
    """`total` in whole parts after `weights`; what rounding down leaves over goes to the largest remainders."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
