"""Personnummer in all their spellings become one pseudonym; what is none of them becomes nothing."""

from datetime import date

import pytest

from ingestion.pseudonyms import KEY_VARIABLE, Pseudonymiser, load_key

TODAY = date(2024, 12, 31)
ONE = Pseudonymiser(b"1" * 32)


def test_all_spellings_are_one_person():
    spellings = ["19800101-0001", "198001010001", "800101-0001", "8001010001", "19800101 0001", " 800101-0001 "]
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


def test_a_bad_key_is_refused_without_quoting_it(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret-but-not-hex")
    with pytest.raises(ValueError, match=KEY_VARIABLE) as caught:
        load_key(tmp_path / "unused")
    assert "secret" not in str(caught.value)
