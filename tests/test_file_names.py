"""What of a delivered file's name may be told."""

import pytest

from ingestion.privacy.file_names import presentable

TOLD = [
    "tid.csv",
    "HR_Tid_2024-03.csv",
    "Alingsås Hemtjänst mars 2024.xlsx",
    "Employments-1489-202403.Csv",
    "transaktioner_2024.SE",
    "*.csv",
    "tid [1]?.csv",
    "2024-03.csv",
]
MASKED = {
    "Anställda Åsa Quistberg 2024-03.csv": "Anställda Aaa Aaaaaaaaa 2024-03.csv",
    "tid_Quistberg.csv": "tid_Aaaaaaaaa.csv",
    "AlvfridQuistberg.csv": "AaaaaaaAaaaaaaaa.csv",
    "Anna-Lena.csv": "Aaaa-Aaaa.csv",
    "tid.Quistberg": "tid.Aaaaaaaaa",
    "tid 19800101-0001 mars 2024.csv": "tid 99999999-9999 mars 9999.csv",
    "tid\n2024.csv": "tid_2024.csv",
    "tid \udce5.csv": "tid _.csv",
}


@pytest.mark.parametrize("name", TOLD)
def test_a_name_of_known_words_stays(name: str) -> None:
    assert presentable(name, "alingsas") == name


@pytest.mark.parametrize("name", MASKED)
def test_numbers_names_and_what_cannot_be_printed_are_masked(name: str) -> None:
    assert presentable(name, "alingsas") == MASKED[name]
    assert presentable(MASKED[name], "alingsas") == MASKED[name]


def test_another_municipality_s_name_is_a_word_like_any_other() -> None:
    assert presentable("Alingsås.csv", "1283-helsingborg") == "Aaaaaaaa.csv"
