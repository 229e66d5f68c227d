"""Own extracts at a region's scale: HR and ledger of 13 municipalities over five years, and one step larger.

Belongs here: `measure`, the generator of such files (seeded, by DuckDB), and the processes that it starts (`python -m
benchmarks.extracts <what> <source> <folder>`). Does not belong here: deliveries that look like a real board's (`demo`).

The platform's process reads, guards and accepts what lies in the inbox, imports counted. Floor: DuckDB's own reader of
the same CSV files into a table, types detected, nothing checked, in a process of its own.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import duckdb

from benchmarks.measure import ROOT, Measured, Run, at_most, run

NAME = "Extracts"
MUNICIPALITIES = tuple(f"{1400 + number}" for number in range(13))
FIRST_YEAR, YEARS = 2020, 5
ROWS = {"ledger": 30_000_000, "hr": 1_000_000}
TABLES = {"ledger": "transactions", "hr": "employment rows"}
STEP = 2


def measure(_values: Path | None, work: Path, share: float = 1.0) -> list[Measured]:
    """Benchmark 6. share: of the rows of a region, by fewer months; for a look that is quick."""
    rows: list[Measured] = []
    for source, whole in ROWS.items():
        months = max(2, round(12 * YEARS * share))
        per_file = whole // (12 * YEARS * len(MUNICIPALITIES))
        took: list[tuple[int, Run]] = []
        for times in (1, STEP):
            folder = work / f"{source}-{times}"
            shutil.rmtree(folder, ignore_errors=True)
            count = write(source, folder / "inbox", months, per_file * times)
            floor = run(["-m", "benchmarks.extracts", "floor", source, str(folder)], {}, work / "floor.log")
            taken = run(["-m", "benchmarks.extracts", "take", source, str(folder)], {}, work / "take.log")
            shutil.rmtree(folder)
            took.append((count, taken))
            what = f"{count:,} {TABLES[source]}"
            ratio = taken.wall / floor.wall
            against = f"{what}, against DuckDB's read of the CSV"
            rows += [
                Measured(NAME, f"{what}, read, guarded and accepted", taken.wall, "s"),
                Measured(NAME, f"{what}, DuckDB's read of the CSV", floor.wall, "s"),
                at_most(NAME, against, ratio, "x", 3) if source == "ledger" else Measured(NAME, against, ratio, "x"),
                at_most(NAME, f"{what}, peak memory", taken.peak_mb, "MB", 2048),
                Measured(NAME, f"{what}, time for a million", taken.wall / count * 1e6, "s"),
                Measured(NAME, f"{what}, memory for a million", taken.peak_mb / count * 1e6, "MB"),
            ]
        (few, small), (many, large) = took
        rows.append(
            at_most(
                NAME,
                f"{TABLES[source]}, growth of time beside growth of rows",
                large.wall / small.wall * few / many,
                "x",
                1.1,
            )
        )
    return rows


def write(source: str, inbox: Path, months: int, per_file: int) -> int:
    """Write the files of `months` months and all municipalities; the same bytes every time. Gives the number of rows
    that are counted.
    """
    from ingestion.configuration.municipality import load_municipality

    like = load_municipality(ROOT / "municipalities" / "1489-alingsas")
    accounts = [interval.first.ljust(4, "0") for interval in like.accounts if interval.first[0] in "345678"]
    centres = [
        (department.id, department.units[0].id, department.cost_centres[0][0])
        for department in like.departments
        if department.units and department.cost_centres
    ]
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute(
            "create table account as select row_number() over () - 1 as n, a as account from (select unnest(?::varchar[]) as a)",
            [accounts],
        )
        con.execute("create table centre (n bigint, department varchar, unit varchar, cost_centre varchar)")
        con.executemany(
            "insert into centre values (?, ?, ?, ?)", [(number, *centre) for number, centre in enumerate(centres)]
        )
        if source == "hr":
            con.execute("create table person (n bigint, personnummer varchar)")
            con.execute(
                "insert into person select unnest(?::bigint[]), unnest(?::varchar[])",
                [list(range(per_file)), _numbers(per_file)],
            )
        folders = {municipality: inbox / f"{municipality}-kommun" / source for municipality in MUNICIPALITIES}
        for folder in folders.values():
            folder.mkdir(parents=True)
        first, *others = MUNICIPALITIES
        for number in range(months):
            period = f"{FIRST_YEAR + number // 12}-{number % 12 + 1:02}"
            (_ledger if source == "ledger" else _hr)(con, folders[first], first, period, per_file)
            # Drawing takes longer than what is measured: the others get the same rows, under their own id.
            for path in folders[first].glob(f"*_{period}.csv"):
                text = path.read_bytes()
                for other in others:
                    (folders[other] / path.name).write_bytes(
                        text.replace(f"\n{first};".encode(), f"\n{other};".encode())
                    )
    return len(MUNICIPALITIES) * months * per_file


def _ledger(con: duckdb.DuckDBPyConnection, folder: Path, municipality: str, period: str, rows: int) -> None:
    draw = f"hash(i, '{municipality}', '{period}')"
    con.execute(
        "create or replace table drawn as select i, account.account, centre.cost_centre, cast(h % 2000000 as bigint) - 400000 as amount, h "
        f"from (select range as i, {draw} as h from range({rows})) as row_of "
        "inner join account on h % (select count(*) from account) = account.n "
        "inner join centre on h // 64 % (select count(*) from centre) = centre.n order by i"
    )
    money = "case when {0} < 0 then '-' else '' end || abs({0}) // 100 || ',' || lpad(cast(abs({0}) % 100 as varchar), 2, '0')"
    con.execute(
        f"copy (select '{municipality}' as kommun, '{period}' as period, 'L' as serie, 40000000 + i // 2 as verifikation, "
        "i % 2 + 1 as rad, "
        f"'{period}-' || lpad(cast(1 + h % 28 as varchar), 2, '0') as bokforingsdatum, '{period.replace('-', '')}' as redovisningsperiod, "
        "account as konto, cost_centre as ansvar, '510' as verksamhet, '' as aktivitet, '' as projekt, '' as motpart, 'nej' as intern, "
        f"'' as text, {money.format('amount')} as belopp from drawn order by i) "
        f"to '{folder}/transaktioner_{period}.csv' (header, delimiter ';')"
    )
    con.execute(
        f"copy (select '{municipality}' as kommun, '{period}' as period, '{period.replace('-', '')}' as redovisningsperiod, "
        f"account[1] as kontoklass, count(*) as antal, {money.format('sum(amount)')} as summa from drawn group by account[1] order by 4) "
        f"to '{folder}/kontrollsummor_{period}.csv' (header, delimiter ';')"
    )


def _hr(con: duckdb.DuckDBPyConnection, folder: Path, municipality: str, period: str, rows: int) -> None:
    con.execute(
        f"copy (select '{municipality}' as kommun, '{period}' as period, 'A' || lpad(cast(person.n as varchar), 6, '0') as anstallningsid, "
        "personnummer, '' as namn, 'Undersköterska' as befattning, '207024' as aid, department as avdelning, unit as enhet, "
        "cost_centre as ansvar, 'tillsvidare' as anstallningsform, 'månad' as loneform, "
        f"50 + hash(person.n, '{municipality}', '{period}') % 51 || ',00' as sysselsattningsgrad, '37,00' as heltidsmatt, "
        f"case when person.n = 0 then '{period}-01' else '2019-01-01' end as anstalld_fran, '' as anstalld_till, '' as avgangsorsak, "
        "case when person.n = 1 then 'ja' else 'nej' end as chef "
        "from person inner join centre on person.n % (select count(*) from centre) = centre.n order by person.n) "
        f"to '{folder}/anstallningar_{period}.csv' (header, delimiter ';')"
    )


def _numbers(many: int) -> list[str]:
    """Invented personnummer with right check digits, all different."""
    numbers = []
    for n in range(many):
        ten = f"{50 + n // 12 % 48:02}{n % 12 + 1:02}{10 + n // 576 % 18:02}{238 + n // 10368:03}"
        total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(ten))
        numbers.append(f"19{ten[:6]}-{ten[6:]}{-total % 10}")
    return numbers


def floor(_source: str, folder: Path) -> None:
    """DuckDB alone."""
    with duckdb.connect(config={"threads": 2}) as con:
        for pattern in {path.name.split("_")[0] for path in (folder / "inbox").rglob("*.csv")}:
            files = f"'{folder}/inbox/*/*/{pattern}_*.csv'"
            con.execute(
                f"create table {pattern} as select * from read_csv({files}, delim = ';', header = true, decimal_separator = ',')"
            )


def take(source: str, folder: Path) -> None:
    """The platform: everything in the inbox through the gate."""
    from expectations.gate import Gate
    from ingestion.configuration.municipality import load_municipality
    from ingestion.lake import Lake, Rejected
    from ingestion.privacy.pseudonyms import Pseudonymiser

    like = load_municipality(ROOT / "municipalities" / "1489-alingsas")
    municipalities = {id_: like.model_copy(update={"id": id_, "name": f"Kommun {id_}"}) for id_ in MUNICIPALITIES}
    lake = Lake(folder / "lake")
    with lake.writer():
        key = Pseudonymiser(bytes(32))
        outcomes = Gate(lake, Rejected(folder / "rejected"), municipalities, key, lambda _line: None).take_in(
            source, folder / "inbox"
        )
    rejected = [outcome for outcome in outcomes if outcome.state != "accepted"]
    assert outcomes and not rejected, rejected[:3]
    print(json.dumps({"loads": len(outcomes)}))


if __name__ == "__main__":
    {"floor": floor, "take": take}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
