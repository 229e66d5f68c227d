"""What the board of Helsingborg decided and recognised in 2023 and 2024, as its registers hold it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from demo.extract_files import Cell

GOALS = (
    (
        "hemtjanstindex",
        1,
        "nämndmål",
        None,
        "Hemvården ska ha ett hemtjänstindex över genomsnittet för alla kommuner.",
        None,
    ),
    (
        "arbetsmarknad",
        2,
        "nämndmål",
        None,
        "Fler deltagare inom daglig verksamhet ska inkluderas på arbetsmarknaden genom exempelvis jobb och praktik",
        None,
    ),
)

INDICATORS = (
    (
        "hemtjanstindex",
        1,
        "homecare_index",
        "",
        "",
        None,
        "Hemtjänstindex, jämfört med genomsnittet för alla kommuner",
        "bättre än riket",
        None,
        None,
        None,
        "",
        None,
        "",
    ),
    (
        "arbetsmarknad",
        1,
        "dv_to_own_employment_persons",
        "",
        "provider=municipal",
        None,
        "Antal kunder daglig verksamhet som gått vidare i egen anställning, kommunal utförare",
        "bättre än föregående år",
        None,
        None,
        None,
        "",
        None,
        "",
    ),
)

TARGETED, PERFORMANCE, PAYER = "Riktat statsbidrag", "Prestationsbaserat statsbidrag", "Socialstyrelsen"


def _grant(
    number: int,
    grant_id: str,
    name: str,
    recognised: float,
    *,
    kind: str = TARGETED,
    awarded: float | None = None,
    deferred: float = 0,
    repaid: float = 0,
) -> tuple[Cell, ...]:
    """A grant whose award is all recognised, unless said otherwise; amounts in mnkr. What was applied for is not known."""
    total = recognised if awarded is None else awarded
    amounts = (None, total, total, recognised, deferred, repaid)
    return (
        grant_id,
        number,
        kind,
        name,
        PAYER,
        *(None if amount is None else round(1_000_000 * amount) for amount in amounts),
    )


CARE = "Säkerställa en god vård och omsorg av äldre personer - Äldreomsorgssatsningen"
READINESS = "Stärka socialtjänstens och hälso- och sjukvårdens beredskap"
LONELINESS = "Motverka ofrivillig ensamhet bland äldre genom hälsosamtal"
RECOVERY = "Att främja ett hållbart arbetsliv inom vård och omsorg - återhämtningsbonusen"
# The rows of 2023 add up to 105,1; print says 105,3. Nothing is added for the difference.
GRANTS: dict[int, Sequence[Sequence[Cell]]] = {
    2023: (
        _grant(1, "aldreomsorgssatsningen", CARE, 53.3),
        _grant(2, "aldreomsorgslyftet", "Äldreomsorgslyftet", 22.6, awarded=28.4, repaid=5.8),
        _grant(3, "god_och_nara_vard", "God och nära vård", 17.8),
        _grant(4, "habiliteringsersattning", "Habiliteringsersättning", 4.8),
        _grant(5, "beredskap", READINESS, 0),
        _grant(6, "ofrivillig_ensamhet", LONELINESS, 2.3),
        _grant(7, "aterhamtningsbonusen", RECOVERY, 4.3),
    ),
    2024: (
        _grant(1, "aldreomsorgssatsningen", CARE, 53.8),
        _grant(2, "aldreomsorgslyftet", "Äldreomsorgslyftet", 22.8, awarded=29.1, repaid=6.3),
        _grant(3, "god_och_nara_vard", "God och nära vård", 13.7),
        _grant(4, "habiliteringsersattning", "Habiliteringsersättning", 4.8),
        _grant(5, "beredskap", READINESS, 1.5),
        _grant(6, "ofrivillig_ensamhet", LONELINESS, 1.3),
        _grant(7, "aterhamtningsbonusen", RECOVERY, 0),
        _grant(
            8,
            "utokad_sjukskoterskebemanning",
            "Utökad sjuksköterskebemanning inom äldreomsorgen",
            7.8,
            kind=PERFORMANCE,
            awarded=16.1,
            deferred=8.3,
        ),
    ),
}

PASSED_ON: Sequence[Sequence[Cell]] = (
    ("aldreomsorgssatsningen", "upphandlade leverantörer", 2_800_000),
    ("aldreomsorgssatsningen", "Socialförvaltningen", 1_100_000),
    ("god_och_nara_vard", "upphandlade leverantörer", 700_000),
)

OCCASIONS: Sequence[Sequence[Cell]] = (
    ("Tertialuppföljning", "2024-04", 1, date(2024, 5, 23), "§ 39", "Controller", ""),
    ("Delårsrapport", "2024-08", 1, date(2024, 9, 19), "§ 66", "Controller", ""),
)

ROWS: dict[tuple[str, str], dict[int, Sequence[Sequence[Cell]]]] = {
    ("goals", "mal"): {2024: GOALS},
    ("goals", "malindikatorer"): {2024: INDICATORS},
    ("grants", "bidrag"): GRANTS,
    ("grants", "vidareformedlat"): {2024: PASSED_ON},
    ("forecasts", "avstamningar"): {2024: OCCASIONS},
}

# Group, code, category, budget and outcome in kronor. Print tells the totals (20 and 17,6 mnkr); the categories are
# invented.
INVESTMENTS: dict[int, Sequence[tuple[str, str, str, int | None, int]]] = {
    2024: (
        ("", "1", "Inventarier i nystartade verksamheter", 9_000_000, 8_412_350),
        ("", "2", "Ersättningsinvesteringar, vårdboenden", 5_000_000, 4_688_120),
        ("", "3", "Utemiljö", 2_500_000, 1_713_640),
        ("", "4", "Digitala lås", 3_500_000, 2_761_480),
    ),
}
