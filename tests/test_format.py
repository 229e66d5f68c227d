"""Figures as printed: rounding on decimals, Swedish signs, differences from the unrounded."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from reports.format import (
    NBSP,
    day,
    listed,
    millions,
    moment,
    number,
    percent,
    percentage_points,
    rounded,
    thousands,
    unit,
)


def plain(text: str) -> str:
    """Non-breaking spaces as ordinary ones, for reading the expectations."""
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (8.25, 1, "8,3"),
        (-8.25, 1, "-8,3"),
        (2.675, 2, "2,68"),  # the double is 2.67499999...
        (1.005, 2, "1,01"),
        (0.5, 0, "1"),
        (-0.5, 0, "-1"),
        (-0.04, 1, "0,0"),  # never a minus before nothing
        (45, 1, "45,0"),
        (966333, 0, "966 333"),
        (-1172630, 0, "-1 172 630"),
        (1437.0, 0, "1 437"),
        (Decimal("0.885"), 2, "0,89"),
    ],
)
def test_number(value: float, decimals: int, printed: str) -> None:
    assert plain(number(value, decimals)) == printed


def test_thousands_are_kept_together_and_four_digit_counts_are_not_grouped() -> None:
    assert number(966333) == f"966{NBSP}333"
    assert number(1315, group_from=5) == "1315"
    assert plain(number(12315, group_from=5)) == "12 315"
    assert plain(number(999.6)) == "1 000"


def test_minus_is_the_hyphen_of_print() -> None:
    assert number(-0.7, 1).encode() == b"-0,7"


def test_difference_is_rounded_from_the_unrounded() -> None:
    before, after = 6.06, 5.34
    assert (number(before, 1), number(after, 1), number(after - before, 1)) == ("6,1", "5,3", "-0,7")


def test_worked_case_5_every_cell_rounded_by_itself() -> None:
    net, grant, financial = -964_455_600.0, 966_333_000.0, -4_600.0
    printed = [plain(thousands(value)) for value in (net, grant, financial, net + grant + financial)]
    assert printed == ["-964 456", "966 333", "-5", "1 873"]


def test_noise_of_sums_does_not_round_the_wrong_way() -> None:
    noisy = sum([0.1] * 5)  # 0.5 but for the noise
    assert rounded(noisy - 1e-16) == 1
    assert plain(thousands(964_455_499.9999999)) == "964 456"


def test_percent_and_percentage_points() -> None:
    assert plain(percent(8.2, 1)) == "8,2 %"
    assert plain(percentage_points(-0.84, 1)) == "-0,8 %-enh."


def test_millions() -> None:
    assert plain(millions(1_872_800)) == "1,9"
    assert plain(millions(5_074_000)) == "5,1"


def test_units_in_words() -> None:
    assert unit("%").word == "procent" and unit("%").difference == "procentenheter"
    assert unit("kr/inv 80+").word == "kronor"
    assert unit("något nytt").word == ""


def test_dates_in_swedish_and_in_swedish_time() -> None:
    assert day(date(2024, 12, 31)) == "31 december 2024"
    assert moment(datetime(2025, 7, 1, 22, 30)) == "2 juli 2025 kl. 00:30"


def test_listed() -> None:
    assert [listed(items) for items in (["a"], ["a", "b"], ["a", "b", "c"], [])] == ["a", "a och b", "a, b och c", ""]
