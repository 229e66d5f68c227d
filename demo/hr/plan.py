"""The plan of the demonstration staff: stocks, leavers and rates that the invented rows are built to hold.

Belongs here: the numbers chosen for the board of 1489, and the calendar of the extracts. Does not belong here: any
figure that is written into an extract; extracts hold rows only, and these numbers come out of the rows by counting.
The printed figures are those of the årsbokslut 2024 (personalstatistik, sjukfrånvaro) and the genomlysning (2.4); 2022
has no printed totals and continues them backwards.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

MUNICIPALITY_ID = "1489"
FOLDER = "1489-alingsas"
YEARS = (2022, 2023, 2024)
LAST_MONTH = 36  # months are counted from 0 = December 2021 (the opening stock), 1 = January 2022


def month_year(index: int) -> tuple[int, int]:
    """(year, month) of month `index`."""
    return 2021 + (11 + index) // 12, (11 + index) % 12 + 1


def first_day(index: int) -> date:
    """First day of month `index`."""
    year, month = month_year(index)
    return date(year, month, 1)


def last_day(index: int) -> date:
    """Last day of month `index`."""
    year, month = month_year(index)
    return date(year, month, monthrange(year, month)[1])


def month_index(day: date) -> int:
    """The month that `day` falls in."""
    return (day.year - 2021) * 12 + day.month - 12


@dataclass(frozen=True)
class Group:
    """One occupation: titles with AID code, places, stocks at the four year-ends 2021-2024, and who leaves.

    titles: (title, AID, weight). places: (department, unit, weight). permanent/temporary: employments at year-end.
    leavers: own request and the like, by year 2022-2024; moves: to another board; pensions. men/part_time: shares.
    """

    id: str
    titles: tuple[tuple[str, str, float], ...]
    places: tuple[tuple[str, str, float], ...]
    permanent: tuple[int, int, int, int]
    temporary: tuple[int, int, int, int]
    leavers: tuple[int, int, int]
    moves: tuple[int, int, int]
    pensions: tuple[int, int, int]
    men: float
    part_time: float = 0.28
    full_time_hours: float = 37.0
    has_shifts: bool = True
    is_manager: bool = False


_HOME = (
    ("hemtjanst", "hemtjanst_centrum", 19),
    ("hemtjanst", "hemtjanst_norra", 14),
    ("hemtjanst", "hemtjanst_bjarke", 9),
    ("hemtjanst", "hemtjanst_natt", 6),
)
_HOMES = (
    ("aldreboende", "brogarden", 18),
    ("aldreboende", "kaptenen", 12),
    ("aldreboende", "hagagarden", 10),
    ("aldreboende", "brunnsgarden", 7),
    ("aldreboende", "resursteam_sabo", 4),
)
_LSS = (
    ("lss_boende_och_arbete", "gruppbostader", 52),
    ("lss_boende_och_arbete", "servicebostader", 31),
    ("lss_boende_och_arbete", "daglig_verksamhet", 17),
)
_LSS_HOMES = _LSS[:2]
_ASSISTANCE = (("personlig_assistans_och_stod", "personlig_assistans", 1.0),)
_SUPPORT = (("personlig_assistans_och_stod", "boendestod", 68), ("personlig_assistans_och_stod", "korttid_barn", 32))
_CASES = (("myndighet_och_kommunal_primarvard", "myndighetsenheten", 1.0),)
_HEALTH = (("myndighet_och_kommunal_primarvard", "kommunal_primarvard", 1.0),)
_OFFICE = (("verksamhetsstod", "stab", 60), ("verksamhetsstod", "kvalitetsenheten", 40))
_EVERYWHERE = (
    *_HOME,
    *_HOMES,
    ("lss_boende_och_arbete", "gruppbostader", 22),
    ("personlig_assistans_och_stod", "personlig_assistans", 8),
    *_CASES,
    *_HEALTH,
)

GROUPS = (
    Group(
        "underskoterska",
        (("Undersköterska", "207024", 92), ("Specialistundersköterska", "207025", 8)),
        (*_HOME, *_HOMES),
        (408, 410, 410, 406),
        (34, 36, 36, 34),
        (42, 40, 36),
        (5, 4, 5),
        (15, 14, 13),
        men=0.11,
    ),
    Group(
        "vardbitrade",
        (("Vårdbiträde", "207026", 1),),
        (*_HOME, *_HOMES),
        (46, 47, 48, 56),
        (15, 16, 18, 26),
        (7, 8, 7),
        (0, 0, 0),
        (2, 2, 1),
        men=0.22,
    ),
    Group(
        "stodassistent",
        (("Stödassistent", "207027", 1),),
        _LSS,
        (200, 203, 205, 209),
        (14, 15, 15, 19),
        (20, 17, 11),
        (3, 3, 4),
        (7, 6, 6),
        men=0.22,
    ),
    Group(
        "stodbitrade",
        (("Stödbiträde", "207028", 1),),
        _LSS_HOMES,
        (22, 22, 22, 19),
        (5, 5, 5, 5),
        (4, 4, 3),
        (0, 0, 0),
        (0, 0, 0),
        men=0.25,
    ),
    Group(
        "stodpedagog",
        (("Stödpedagog", "351036", 1),),
        _LSS,
        (20, 21, 22, 23),
        (1, 1, 1, 1),
        (1, 1, 1),
        (0, 0, 0),
        (1, 0, 1),
        men=0.15,
        part_time=0.15,
    ),
    Group(
        "personlig_assistent",
        (("Personlig assistent", "207090", 1),),
        _ASSISTANCE,
        (123, 124, 126, 127),
        (10, 10, 12, 14),
        (10, 4, 11),
        (0, 0, 1),
        (3, 3, 4),
        men=0.25,
        full_time_hours=38.25,
    ),
    Group(
        "socialsekreterare",
        (("Socialsekreterare", "351012", 80), ("Förste socialsekreterare", "351013", 20)),
        _CASES,
        (36, 38, 39, 39),
        (2, 2, 2, 3),
        (6, 6, 4),
        (1, 1, 1),
        (1, 1, 0),
        men=0.12,
        part_time=0.08,
        full_time_hours=40.0,
        has_shifts=False,
    ),
    Group(
        "sjukskoterska",
        (("Sjuksköterska", "206012", 86), ("Distriktssköterska", "206013", 14)),
        _HEALTH,
        (59, 54, 54, 57),
        (2, 2, 3, 3),
        (10, 8, 5),
        (0, 0, 0),
        (2, 2, 1),
        men=0.10,
        part_time=0.25,
    ),
    Group(
        "rehab",
        (("Arbetsterapeut", "208011", 50), ("Fysioterapeut", "208012", 50)),
        _HEALTH,
        (18, 19, 20, 19),
        (1, 1, 2, 2),
        (4, 7, 2),
        (0, 0, 0),
        (0, 0, 1),
        men=0.15,
        part_time=0.10,
        full_time_hours=40.0,
        has_shifts=False,
    ),
    Group(
        "chef",
        (("Enhetschef", "151013", 90), ("Avdelningschef", "151012", 10)),
        _EVERYWHERE,
        (64, 64, 65, 65),
        (0, 0, 0, 0),
        (4, 3, 2),
        (1, 1, 1),
        (3, 3, 2),
        men=0.17,
        part_time=0.0,
        full_time_hours=40.0,
        has_shifts=False,
        is_manager=True,
    ),
    Group(
        "boendestodjare",
        (("Boendestödjare", "351034", 1),),
        _SUPPORT,
        (70, 72, 73, 70),
        (5, 5, 6, 7),
        (4, 6, 14),
        (1, 2, 2),
        (2, 2, 4),
        men=0.24,
    ),
    Group(
        "service",
        (("Serviceassistent", "411021", 60), ("Måltidsbiträde", "411035", 40)),
        (*_HOMES, *_LSS_HOMES),
        (75, 76, 74, 72),
        (6, 6, 6, 9),
        (5, 4, 2),
        (0, 0, 0),
        (5, 4, 3),
        men=0.18,
        full_time_hours=40.0,
    ),
    Group(
        "samordnare",
        (("Bemanningssamordnare", "151090", 1),),
        (*_HOME[:3], *_HOMES[:3], *_LSS_HOMES, ("personlig_assistans_och_stod", "boendestod", 8)),
        (46, 46, 46, 46),
        (2, 2, 2, 2),
        (2, 2, 1),
        (1, 0, 0),
        (1, 2, 1),
        men=0.10,
        part_time=0.10,
        full_time_hours=40.0,
        has_shifts=False,
    ),
    Group(
        "administrator",
        (("Administratör", "151051", 70), ("Handläggare", "151052", 30)),
        (*_OFFICE, *_CASES),
        (52, 52, 51, 50),
        (2, 2, 2, 3),
        (2, 2, 1),
        (2, 2, 2),
        (3, 3, 3),
        men=0.15,
        part_time=0.12,
        full_time_hours=40.0,
        has_shifts=False,
    ),
    Group(
        "aktivitetsledare",
        (("Aktivitetsledare", "351040", 1),),
        (("verksamhetsstod", "forebyggandeenheten", 70), ("aldreboende", "brogarden", 30)),
        (36, 36, 35, 35),
        (1, 1, 1, 2),
        (1, 1, 1),
        (0, 0, 0),
        (1, 1, 1),
        men=0.20,
        part_time=0.20,
        full_time_hours=40.0,
        has_shifts=False,
    ),
    Group(
        "utvecklare",
        (("Verksamhetsutvecklare", "151061", 1),),
        _OFFICE,
        (26, 25, 25, 25),
        (0, 1, 1, 1),
        (2, 1, 1),
        (0, 1, 0),
        (0, 0, 0),
        men=0.25,
        part_time=0.08,
        full_time_hours=40.0,
        has_shifts=False,
    ),
)

# Month-ends January 2022 - December 2024 of the small groups, whose turnover hangs on the sum of the twelve.
PATHS: dict[str, tuple[int, ...]] = {
    "socialsekreterare": (
        36,
        36,
        37,
        37,
        37,
        36,
        36,
        37,
        38,
        38,
        38,
        38,
        38,
        38,
        38,
        38,
        38,
        38,
        38,
        39,
        39,
        39,
        40,
        39,
        39,
        39,
        39,
        39,
        39,
        39,
        39,
        39,
        39,
        40,
        40,
        39,
    ),
    "sjukskoterska": (
        59,
        59,
        58,
        58,
        58,
        57,
        57,
        56,
        56,
        57,
        56,
        54,
        53,
        53,
        53,
        53,
        53,
        52,
        52,
        53,
        53,
        53,
        54,
        54,
        54,
        54,
        55,
        55,
        55,
        55,
        55,
        56,
        56,
        57,
        58,
        57,
    ),
    "rehab": (
        18,
        18,
        18,
        18,
        17,
        17,
        18,
        18,
        18,
        18,
        19,
        19,
        20,
        20,
        20,
        20,
        20,
        19,
        19,
        20,
        20,
        21,
        21,
        20,
        20,
        20,
        20,
        20,
        19,
        19,
        19,
        20,
        20,
        20,
        19,
        19,
    ),
}

# (occupation, department, other department, number): so many who leave the one in 2022 change places with as many who
# leave the other in 2024, which moves the departments' turnover (000 l.937-939) and leaves every occupation's as it is.
EXCHANGES = (
    ("underskoterska", "aldreboende", "hemtjanst", 3),
    ("chef", "hemtjanst", "personlig_assistans_och_stod", 1),
)

PERMANENT_FTE = {2022: 1240.0, 2023: 1254.0, 2024: 1267.0}
TEMPORARY_FTE = {2022: 97.0, 2023: 103.0, 2024: 121.0}
MEAN_AGE = {2023: 44.41, 2024: 45.01}

FULL_TIME_HOURS_YEAR = 1980
HOURLY_WORK = {2022: 168.0, 2023: 172.5, 2024: 181.6}  # full-timers of FULL_TIME_HOURS_YEAR
ADDITIONAL = {2022: 6.4, 2023: 6.06, 2024: 5.34}
OVERTIME = {2022: 19.1, 2023: 17.8, 2024: 14.9}

# Titles of the hourly-paid: (title, AID, department, units, share of the booked hours).
HOURLY = (
    (
        "Timvikarie vårdbiträde",
        "207026",
        "hemtjanst",
        ("hemtjanst_centrum", "hemtjanst_norra", "hemtjanst_bjarke", "hemtjanst_natt"),
        0.19,
    ),
    (
        "Timvikarie undersköterska",
        "207024",
        "hemtjanst",
        ("hemtjanst_centrum", "hemtjanst_norra", "hemtjanst_bjarke"),
        0.08,
    ),
    (
        "Timvikarie vårdbiträde",
        "207026",
        "aldreboende",
        ("brogarden", "kaptenen", "hagagarden", "brunnsgarden", "resursteam_sabo"),
        0.21,
    ),
    ("Timvikarie undersköterska", "207024", "aldreboende", ("brogarden", "kaptenen", "hagagarden"), 0.09),
    ("Timvikarie", "207030", "lss_boende_och_arbete", ("gruppbostader", "servicebostader", "daglig_verksamhet"), 0.19),
    ("Timvikarie stödassistent", "207027", "lss_boende_och_arbete", ("gruppbostader", "servicebostader"), 0.035),
    ("Timvikarie personlig assistent", "207090", "personlig_assistans_och_stod", ("personlig_assistans",), 0.12),
    ("Timvikarie", "207030", "personlig_assistans_och_stod", ("boendestod", "korttid_barn"), 0.055),
    ("Timvikarie sjuksköterska", "206012", "myndighet_och_kommunal_primarvard", ("kommunal_primarvard",), 0.012),
    ("Timvikarie socialsekreterare", "351012", "myndighet_och_kommunal_primarvard", ("myndighetsenheten",), 0.0085),
    ("Vaktmästare", "411050", "verksamhetsstod", ("forebyggandeenheten",), 0.0095),
)

# Sick leave in per cent of ordinary hours, unrounded, as the rows are to give it.
SICK_TOTAL = {2022: 8.90, 2023: 8.31, 2024: 8.21}
SICK_GENDER = {2022: {"K": 9.90, "M": 4.50}, 2023: {"K": 9.30, "M": 4.10}, 2024: {"K": 9.01, "M": 4.90}}
SICK_AGE = {
    2022: {"0-29": 6.2, "30-49": 9.0, "50-": 10.0},
    2023: {"0-29": 5.532, "30-49": 8.40, "50-": 9.50},
    2024: {"0-29": 5.263, "30-49": 8.19, "50-": 9.69},
}
SICK_SPAN_15_59 = {2022: 1.15, 2023: 1.10, 2024: 1.19}
SICK_SPAN_60 = {2022: 3.70, 2023: 3.50, 2024: 3.475}
SICK_MONTHLY = {
    2022: {
        "underskoterska": 11.0,
        "vardbitrade": 7.5,
        "stodassistent": 12.0,
        "stodbitrade": 16.0,
        "stodpedagog": 10.5,
        "personlig_assistent": 8.5,
        "socialsekreterare": 7.7,
        "sjukskoterska": 6.4,
        "rehab": 9.9,
    },
    2023: {
        "underskoterska": 10.6,
        "vardbitrade": 7.2,
        "stodassistent": 11.5,
        "stodbitrade": 18.0,
        "stodpedagog": 12.5,
        "personlig_assistent": 6.2,
        "socialsekreterare": 9.9,
        "sjukskoterska": 4.7,
        "rehab": 14.9,
    },
    2024: {
        "underskoterska": 10.2,
        "vardbitrade": 6.8,
        "stodassistent": 11.14,
        "stodbitrade": 20.93,
        "stodpedagog": 14.95,
        "personlig_assistent": 7.9,
        "socialsekreterare": 13.02,
        "sjukskoterska": 3.7,
        "rehab": 17.1,
    },
}
SICK_ALL_FORMS = {2024: {"stodassistent": 11.20, "socialsekreterare": 13.98}}
SICK_HOURLY = 4.5
SICK_HOURLY_GROUP = {"stodassistent": 7.5, "socialsekreterare": 4.0}
SICK_DEPARTMENT = {
    2022: {
        "lss_boende_och_arbete": 11.8,
        "aldreboende": 10.2,
        "personlig_assistans_och_stod": 7.6,
        "verksamhetsstod": 5.0,
    },
    2023: {
        "lss_boende_och_arbete": 11.5,
        "aldreboende": 9.6,
        "personlig_assistans_och_stod": 5.6,
        "verksamhetsstod": 4.2,
    },
    2024: {
        "lss_boende_och_arbete": 11.3,
        "aldreboende": 7.8,
        "personlig_assistans_och_stod": 7.6,
        "verksamhetsstod": 3.6,
    },
}
