"""Personnummer in all their spellings become one pseudonym; what is none of them becomes nothing."""

from datetime import date

import pytest

from ingestion.privacy.keys import KEY_VARIABLE, load_key
from ingestion.privacy.personnummer import Flaw, read_number
from ingestion.privacy.pseudonyms import Pseudonymiser

TODAY = date(2024, 12, 31)
ONE = Pseudonymiser(b"1" * 32)


def test_all_spellings_are_one_person():
    spellings = ["19800101-0001", "198001010001", "800101-0001", "8001010001", "19800101 0001", " 800101-0001 "]
    spellings += [f"19800101{dash}0001" for dash in "–—−‐‑‒―－\u00ad"] + [
        "19800101\u00a00001",
        "19800101 – 0001",
        "1980-01-01-0001",
    ]
    spellings += [
        f"{mark}19800101{mark}-0001{mark}" for mark in "\u200b\u200c\u200d\u200e\u200f\u202a\u2060\u2069\ufeff\r\n"
    ]
    spellings += [
        "19800101\u00ad-0001",
        "'198001010001",
        "’19800101-0001",
        '="198001010001"',
        "198001010001.0",
        "198001010001,00",
        "8001010001.0",
    ]
    people = {ONE.person(spelling, TODAY) for spelling in spellings}
    assert len(people) == 1
    [person] = people
    assert person is not None
    assert (person.gender, person.birth_month) == ("K", date(1980, 1, 1))
    assert "8001" not in person.person_id


def test_samordningsnummer_and_reservnummer():
    coordination = ONE.person("19800161-0008", TODAY)
    assert coordination is not None and coordination.birth_month == date(1980, 1, 1)
    reserve = ONE.person("19800101-T123", TODAY)
    assert reserve is not None and reserve.gender == "K"


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("198504603211", date(1985, 4, 1)),
        ("850460-3211", date(1985, 4, 1)),
        ("19850060-3215", date(1985, 7, 1)),
        ("198500813210", date(1985, 7, 1)),
    ],
)
def test_samordningsnummer_whose_day_or_month_is_unknown(number, born):
    """The middle of the year stands for a month that nobody knows."""
    person = ONE.person(number, TODAY)
    assert person is not None and person.birth_month == born and person.gender == "M"


@pytest.mark.parametrize(
    ("number", "born", "gender"),
    [
        ("22450817-RH20", date(1945, 8, 1), "K"),
        ("22450817rh20", date(1945, 8, 1), "K"),
        ("22950606FH20", date(1995, 6, 1), "K"),
        ("25780404-KHD5", date(1978, 4, 1), None),
        ("22790814AA01", date(1979, 8, 1), "K"),
        ("23120229-AB16", date(2012, 2, 1), "M"),
        ("19790312-T214", date(1979, 3, 1), "M"),
        ("19790312-K127", date(1979, 3, 1), "K"),
        ("19790312-M127", date(1979, 3, 1), None),
        ("19790312-X137", date(1979, 3, 1), None),
        ("19790312-DA0B", date(1979, 3, 1), None),
        ("19790312-12K3", date(1979, 3, 1), None),
        ("790312-R220", date(1979, 3, 1), "K"),
        ("19521231-TA3C", date(1952, 12, 1), None),
    ],
)
def test_reservnummer_of_the_nation_and_of_old(number, born, gender):
    person = ONE.person(number, TODAY)
    assert person is not None and (person.birth_month, person.gender) == (born, gender)
    assert person == ONE.person(number.replace("-", "–"), TODAY)


@pytest.mark.parametrize(
    ("number", "flaw"),
    [
        ("22450817-RH21", Flaw.CHECK_DIGIT),
        ("19800101-0002", Flaw.CHECK_DIGIT),
        ("450817-RH20", Flaw.NO_CENTURY),
        ("00342145-BZ31", Flaw.NO_BIRTH),
        ("24450817-RH28", Flaw.NOT_BORN),
        ("20250101-1239", Flaw.NOT_BORN),
        ("19800001-1234", Flaw.NO_SUCH_DAY),
        ("19800292-1234", Flaw.NO_SUCH_DAY),
        ("101010001", Flaw.ZERO_LOST),
        ("1,98001E+11", Flaw.ROUNDED),
        ("Quistberg", Flaw.SPELLING),
        ("22450817-RO20", Flaw.SPELLING),
        ("19800101-ANNA", Flaw.SPELLING),
        ("198001010001E0", Flaw.SPELLING),
        ("1.98001010001E+11", Flaw.ROUNDED),
        ("101010001.0", Flaw.ZERO_LOST),
        ("212000-1553", Flaw.ORGANISATION),
        ("162120001553", Flaw.ORGANISATION),
        ("212000-1554", Flaw.NO_SUCH_DAY),
        ("19800101-O001", Flaw.MISTYPED),
        ("19800101-00l1", Flaw.MISTYPED),
        ("991980123456", Flaw.NO_BIRTH),
        ("19800152-0001", Flaw.NO_DAY),
        ("18500101-M001", Flaw.TOO_OLD),
        ("800101+0001", Flaw.TOO_OLD),
        ("21450817-RH20", Flaw.SPELLING),
        ("٢٠٨٠٠١٠١٠٠٠١", Flaw.SPELLING),
    ],
)
def test_what_is_no_number_says_why(number, flaw):
    reading = read_number(number, TODAY)
    assert (reading.flaw, reading.number) == (flaw, None)
    assert ("check digit does not agree" in flaw) == (flaw is Flaw.CHECK_DIGIT)


def test_ten_digits_are_read_by_the_day_and_say_when_they_may_be_of_somebody_a_hundred_years_older():
    assert read_number("2302143215", TODAY).is_young and not read_number("2302143215", TODAY).has_sign
    assert read_number("230214-3215", TODAY).is_young and read_number("230214-3215", TODAY).has_sign
    assert not any(read_number(number, TODAY).is_young for number in ("230214+3215", "20230214-3215", "8001010001"))
    assert (
        read_number("0902143213", date(2010, 12, 31)).is_young
        and read_number("0902143213", date(2008, 12, 31)).number == "190902143213"
    )
    assert read_number("2412310001", date(2024, 3, 31)).number == "192412310001", "nobody is born later this year"


def test_a_plus_sign_means_a_hundred_years():
    younger, older = ONE.person("240101-0000", TODAY), ONE.person("240101+0000", TODAY)
    assert younger is not None and younger.birth_month.year == 2024
    assert older is not None and older.birth_month.year == 1924


@pytest.mark.parametrize(
    "wrong", ["19800101-0002", "19801301-0001", "19800230-0001", "0001", "Quistberg", "", "20990101-0001", "1980-01-01"]
)
def test_what_is_no_personnummer(wrong):
    assert ONE.person(wrong, TODAY) is None


def test_another_key_gives_another_pseudonym():
    one, two = ONE.person("19800101-0001", TODAY), Pseudonymiser(b"2" * 32).person("19800101-0001", TODAY)
    assert one is not None and two is not None
    assert one.person_id != two.person_id
    assert ONE.key_id != Pseudonymiser(b"2" * 32).key_id


def test_the_key_file_is_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = tmp_path / "keys" / "pseudonym.key"
    assert load_key(path) == load_key(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_bad_key_is_rejected_without_quoting_it(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret-but-not-hex")
    with pytest.raises(ValueError, match=KEY_VARIABLE) as caught:
        load_key(tmp_path / "unused")
    assert "secret" not in str(caught.value)
