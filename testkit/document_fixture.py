"""A report as data with every kind of block, for tests of the renderers: printed figures, hostile names, all levels of
headings.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any

from reports.chart_style import CONFIG, STYLES, TITLE, Bar, Part, Reference, bar_specification, to_svg
from reports.document import (
    Absent,
    Cell,
    Diagram,
    DiagramRow,
    Document,
    FactLine,
    Highlight,
    Judgement,
    Line,
    Origin,
    Paragraph,
    Prose,
    Section,
    Sentence,
    Table,
)
from reports.document import Part as DocumentPart
from reports.figures import About, Indicator, Load
from reports.format import number, percent, thousands

MUNICIPALITY, YEAR = "Alingsås", 2024
KOLADA, OWN, LEDGER, HR = (
    "Källa: Kolada",
    "Egen bearbetning av data från Kolada",
    "Egen bearbetning av data från ekonomisystemet",
    "Egen bearbetning av data från HR-systemet",
)
HOSTILE = '=HYPERLINK("http://x.example","Hej") <script>alert(1)</script> #panic("x") *inte fet* $a$ @ref'
ABOUT = About(
    "pub-1",
    datetime(2025, 2, 5, 5, 30),
    datetime(2025, 2, 4, 23, 0),
    "demo",
    "0123456789abcdef",
    "f" * 64,
    date(2024, 12, 31),
)


def _indicator(indicator_id: str, title: str, unit: str, decimals: int, formula: str | None, source: str) -> Indicator:
    return Indicator(
        indicator_id,
        title,
        "quality",
        "äldreomsorg",
        "aldre",
        unit,
        None,
        decimals,
        None,
        None,
        "open",
        formula,
        source,
        None,
    )


INDICATORS = {
    i.indicator_id: i
    for i in (
        _indicator("U20900", "Effektivitetsindex äldreomsorg", "index 0-100", 0, None, "kolada"),
        _indicator("U20404", "Kvalitetsindex äldreomsorg", "index 0-100", 0, None, "kolada"),
        _indicator("U20008", "Resursindex äldreomsorg", "index 0-100", 0, None, "kolada"),
        _indicator(
            "U23401",
            "Väntetid till särskilt boende",
            "dagar",
            0,
            "Medelvärde av dagar från ansökan till erbjudande.",
            "kolada",
        ),
        _indicator(
            "sick_leave_all_forms",
            "Sjukfrånvaro",
            "procent",
            1,
            "Sjukfrånvarotimmar delat med ordinarie arbetstid, alla anställningsformer.",
            "hr",
        ),
        _indicator(
            "kpv_nurses_specialist_share",
            "Sjuksköterskor med specialistutbildning",
            "procent",
            0,
            None,
            "region_report",
        ),
    )
}
LOADS = {
    name: Load(
        name, source, table, "1489", period, f"{table}.csv", datetime(2025, 1, 20, 8, 0), date(2024, 12, 31), simulated
    )
    for name, source, table, period, simulated in (
        ("load-kolada-1", "kolada", "values", "2024", True),
        *((f"load-hr-{m:02}", "hr", "absences", f"2024-{m:02}", False) for m in range(1, 13)),
        ("load-ledger-1", "ledger", "transactions", "2024", False),
    )
}
LINEAGE = {
    "kolada:1489": ("load-kolada-1",),
    "hr:1489": tuple(name for name in LOADS if name.startswith("load-hr")),
    "ledger:1489": ("load-ledger-1",),
}


def _cell(
    text: str, value: float | None, indicator: str, measure: str = "value", year: int = YEAR, **rest: object
) -> Cell:
    """A figure with an origin that looks like the marts'. rest: decimals, marks, also, split, lineage, source."""
    lineage = str(rest.pop("lineage", "kolada:1489"))
    split, source = str(rest.pop("split", "")), str(rest.pop("source", KOLADA))
    key = f"quality/{indicator}/1489/T/{year}-01-01--{year}-12-31/period{'/' + split if split else ''}"
    origin = Origin(key, measure, indicator, str(year), source, lineage, split, year)
    return Cell(text, origin=origin, value=value, **rest)  # type: ignore[arg-type]


def _index_table() -> Table:
    rows = (
        ("Effektivitetsindex äldreomsorg", "U20900", (63.2, 56.1, 55.8, 49.4)),
        ("Kvalitetsindex", "U20404", (70.0, 54.3, 44.1, 51.2)),
        ("Resursindex", "U20008", (49.3, 53.2, 61.0, 47.1)),
    )
    measures = ("value", "region_mean", "similar_mean", "national_mean")
    lines = [
        Line(
            label,
            tuple(
                _cell(number(value), value, indicator, measure, source=KOLADA if measure == "value" else OWN)
                for value, measure in zip(values, measures, strict=True)
            ),
        )
        for label, indicator, values in rows
    ]
    lines[2] = replace(
        lines[2], cells=(replace(lines[2].cells[0], also="(2023)", marks=("p", "s")), *lines[2].cells[1:])
    )
    missing = Line("Effektivitetsindex LSS", tuple(Cell("-") for _ in range(4)), gap="Källan är inte ansluten.")
    hidden = Line("Personer som väntar", (Cell(".."), Cell("IU."), Cell("-"), Cell("-")), note="Avser 31 december.")
    return Table(
        "effektivitetsindex",
        "Effektivitetsindex",
        (f"{MUNICIPALITY} 2024", "Göteborgsregionen genomsnitt", "Liknande kommuner 2024", "Kommungenomsnitt 2024"),
        (Section("Äldreomsorg", tuple(lines)), Section("LSS", (missing, hidden))),
        (
            f"{KOLADA}.",
            f"{OWN}, ovägt medel: Göteborgsregionen 13 av 13, liknande kommuner 7 av 7 och samtliga 280 av 290 kommuner.",
        ),
        remarks=("Värden för 2024 är preliminära.",),
    )


STATEMENT = (
    ("Verksamhetens intäkter", 206297.0, 254668.9, False),
    ("Personalkostnader", -802020.0, -821815.1, False),
    ("Lokalhyror", -113241.0, -114174.1, False),
    ("Verksamhetens nettokostnader", -966333.0, -964455.6, True),
    ("Årets resultat", 0.0, 1872.8, True),
)


def _statement() -> Table:
    def cell(line: str, value: float, measure: str) -> Cell:
        key = f"operating_statement/1489/{YEAR}/{line}"
        where = Origin(key, measure, line, str(YEAR), LEDGER, "ledger:1489", "", YEAR)
        return Cell(thousands(value * 1000), origin=where, value=value)

    lines = tuple(
        Line(
            label,
            tuple(
                cell(f"line_{place}", value, measure)
                for value, measure in ((budget, "budget"), (actual, "actual"), (actual - budget, "deviation"))
            ),
            is_sum=is_sum,
            level=0 if is_sum else 1,
        )
        for place, (label, budget, actual, is_sum) in enumerate(STATEMENT)
    )
    return Table(
        "drift_tkr",
        "Drift, tkr",
        ("Budget 2024", "Bokslut 2024", "Avv. från budget 2024"),
        (Section("", lines),),
        (f"{LEDGER}.",),
        "Post",
        ("Intäkter är positiva, kostnader negativa.",),
    )


def _sick_leave() -> Table:
    def line(label: str, values: tuple[float, float], split: str = "") -> Line:
        rest: dict[str, Any] = {"decimals": 1, "lineage": "hr:1489", "source": HR, "split": split}
        cells = [
            _cell(percent(value, 1), value, "sick_leave_all_forms", "value", year, **rest)
            for value, year in zip(values, (2023, 2024), strict=True)
        ]
        change = values[1] - values[0]
        cells.append(_cell(f"{number(change, 1)}\u00a0%-enh.", change, "sick_leave_all_forms", "change", **rest))
        return Line(label, tuple(cells))

    sections = (
        Section("", (line("Total sjukfrånvaro", (8.3, 8.2)),)),
        Section("Kön", (line("Kvinnor", (9.3, 9.0), "gender=K"), line("Män", (4.1, 4.9), "gender=M"))),
        Section(
            "Enhet", (line(HOSTILE, (5.5, 5.26), "org_unit=x"), line("-2+3", (8.4, 8.2)), line("@SUM(A1)", (1.0, 2.0)))
        ),
    )
    return Table("sjukfranvaro", "Sjukfrånvaro", ("2023", "2024", "Differens"), sections, (f"{HR}.",), "Mått")


def _control() -> Table:
    rows = (
        (
            "Utredningstid",
            "Genomsnittlig tid från ansökan till beslut, SoL och LSS",
            "Utan anmärkning",
            "8 dagar (SoL)\n57 dagar (LSS)",
            "Ingen åtgärd",
        ),
        (
            "Tidsbegränsade beslut följs upp innan beslutet löper ut",
            "Urval: 15 procent av besluten enligt SoL, 25 procent av besluten enligt LSS. Kontrollen görs i verksamhetssystemet.",
            "Försumbar anmärkning",
            "99 procent",
            "Rutinen är förtydligad för samtliga handläggare.",
        ),
        (
            "Icke tidsbegränsade beslut följs upp årligen",
            "Urval: 10 procent av särskilt boende",
            "Med anmärkning",
            "0 procent",
            "+46 70 000 00 00 nås för frågor; =1+1 är ingen formel.",
        ),
    )
    lines = tuple(Line(label, tuple(Cell(text) for text in cells)) for label, *cells in rows)
    return Table(
        "internkontroll_bilaga1",
        "Uppföljning av internkontroll",
        ("Kontroll", "Bedömning", "Resultat", "Åtgärd"),
        (Section("Brister i rättssäkerhet vid handläggning", lines),),
        ("Egen bearbetning av data från verksamhetssystemet.",),
        "Identifierad risk",
        kind="text",
    )


@lru_cache
def _line_svg(chart_id: str, title: str, description: str) -> str:
    """Drawn once a run: what it shows matters to no test, only that it is a line diagram of the one style."""
    layers = [
        {
            "data": {
                "values": [
                    {"year": y, "value": v + shift, "tip": f"{label} {y}: {v + shift}"}
                    for y, v in zip(range(2015, 2025), (90, 88, 92, 85, 81, 80, 79, 74, 65, 57), strict=True)
                ]
            },
            "mark": {"type": kind, "color": STYLES[measure].colour, "strokeDash": list(STYLES[measure].dash)}
            | ({"shape": STYLES[measure].shape, "filled": True} if kind == "point" else {}),
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"zero": False},
                    "axis": {"format": "d"},
                },
                "y": {"field": "value", "type": "quantitative", "title": None},
                "description": {"field": "tip"},
            },
        }
        for measure, label, shift in (("value", MUNICIPALITY, 0), ("national_mean", "Samtliga", 6))
        for kind in ("line", "point")
    ]
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 400,
        "height": 200,
        "layer": layers,
        "title": {"text": "Dagar", **TITLE},
        "config": CONFIG,
    }
    return to_svg(specification, chart_id, title, description)


@lru_cache
def _bars_svg(chart_id: str, title: str, description: str) -> str:
    bars = [
        Bar(
            name,
            tuple(Part(i, float(v), str(v)) for i, v in enumerate(parts)),
            str(sum(parts)),
            is_own=name == MUNICIPALITY,
        )
        for name, parts in (("Ale", (12, 3, 9)), (MUNICIPALITY, (7, 1, 6)), ("Göteborg", (15, 4, 11)))
    ]
    bars.append(Bar("Öckerö", (), "IU."))
    series = ("Distriktssköterska", "Vård av äldre", "Övrig")
    reference = Reference("region_mean", "Göteborgsregionen", 22.0, "22")
    return to_svg(bar_specification(bars, "Procent", series, [reference], bounded=True), chart_id, title, description)


def _diagram(place: int, is_bars: bool = False) -> Diagram:
    title = (
        "Andel sjuksköterskor med specialistutbildning"
        if is_bars
        else "Väntetid i antal dagar till särskilt boende, medelvärde"
    )
    description = "Stapeldiagram, procent, 2024." if is_bars else "Linjediagram, dagar, 2015–2024. Alingsås: 57 (2024)."
    chart_id = f"d{place}"
    if is_bars:
        lines = tuple(
            Line(name, (_cell(text, float(text), "kpv_nurses_specialist_share", split=f"municipality={name}"),))
            for name, text in (("Ale", "24"), (MUNICIPALITY, "14"), ("Göteborg", "30"))
        )
        columns: tuple[str, ...] = ("2024",)
        first = "Kommun"
    else:
        values = ((2022, 74, 80), (2023, 65, 71), (2024, 57, 63))
        lines = tuple(
            Line(
                str(year),
                (_cell(str(own), own, "U23401", year=year), _cell(str(all_), all_, "U23401", "national_mean", year)),
            )
            for year, own, all_ in values
        )
        columns, first = (MUNICIPALITY, "Samtliga kommuner"), "År"
    table = Table(
        f"diagram_{place}",
        title,
        columns,
        (Section("", lines),),
        (f"{KOLADA}.",),
        first,
        ("Ofylld markör: preliminärt värde.",),
    )
    svg = (_bars_svg if is_bars else _line_svg)("dN", title, description).replace("dN-", f"{chart_id}-")
    return Diagram(
        chart_id, place, title, "Dagar", svg, description, table, None if is_bars else Paragraph((_sentence(),))
    )


def _sentence() -> Sentence:
    return Sentence(
        (
            "Väntetiden till särskilt boende minskade med 8 dagar, från ",
            _cell("65", 65.0, "U23401", year=2023),
            " till ",
            _cell("57", 57.0, "U23401"),
            "\u00a0dagar, mellan 2023 och 2024.",
        )
    )


PROSE = f"""Arbetet har bedrivits **målmedvetet** i *samtliga* verksamheter.

- Ny rutin för {HOSTILE}
- Utbildning i [bemötande](https://www.example.org/a?b=1&c=2)

### Aktiviteter

1. Första aktiviteten
2. Andra aktiviteten

<img src=x onerror=alert(1)>

| Insats | Klar |
|---|---|
| Digitala lås | ja |
"""


def document(*, repeated: int = 1, environment: str = "demo") -> Document:
    """The report. repeated: how many times its middle comes, for a measure of cost."""
    numbers = count(1)
    parts = [
        DocumentPart("verksamhet", "1", "Verksamhet", 1, (Prose("verksamhet", PROSE),)),
        DocumentPart("mal", "2", "Prioriterade mål", 1),
        DocumentPart(
            "mal-1",
            "2.1",
            f"Goda livsvillkor {HOSTILE}",
            2,
            (
                Judgement("partly", "Delvis uppfyllt", "2 av 4 mätta indikatorer når målet."),
                Judgement(
                    "met",
                    "Helt uppfyllt",
                    "1 av 1.",
                    "Delvis uppfyllt",
                    "Vård- och omsorgschefen",
                    "2025-01-31",
                    "Trenden är god",
                ),
                Judgement("not", "Ej uppfyllt"),
                Judgement("none", "Inte bedömt", "Inga mätta indikatorer."),
                FactLine("Koppling Agenda 2030", "3 God hälsa och välbefinnande; 10 Minskad ojämlikhet"),
                Paragraph((_sentence(), Sentence(("Den var kortare än i samtliga kommuner (63).",)))),
            ),
        ),
        DocumentPart("analys", "2.1.1", "Analys", 3, (Paragraph((_sentence(),)),)),
        DocumentPart(
            "analys-djup", "2.1.1.1", "Fördjupning", 4, (Absent("Underlag saknas.", "Enkäten genomfördes inte 2024."),)
        ),
        DocumentPart("analys-djupare", "", "Analys", 5, (Paragraph((_sentence(),)),)),
        DocumentPart("analys-djupast", "", "Analys", 6, (Paragraph((_sentence(),)),)),
    ]
    for place in range(repeated):
        suffix = f"-{place}" if place else ""

        def named(table: Table, suffix: str = suffix) -> Table:
            return replace(table, table_id=table.table_id + suffix)

        parts += [
            DocumentPart(f"effektivitet{suffix}", str(3 + place), "Effektivitet", 1, (named(_index_table()),)),
            DocumentPart(
                f"diagram{suffix}",
                f"{3 + place}.1",
                "Analys i diagram",
                2,
                (
                    DiagramRow((_diagram(next(numbers)), _diagram(next(numbers)))),
                    DiagramRow((_diagram(next(numbers), is_bars=True),)),
                ),
            ),
            DocumentPart(
                f"ekonomi{suffix}", f"{3 + place}.2", "Ekonomi", 2, (named(_statement()), named(_sick_leave()))
            ),
        ]
    parts.append(
        DocumentPart("bilaga", str(3 + repeated), "Bilaga 1 – Uppföljning av internkontroll", 1, (_control(),))
    )
    return Document(
        "arsbokslut",
        f"Årsbokslut {YEAR}",
        str(YEAR),
        str(YEAR),
        YEAR,
        "1489",
        MUNICIPALITY,
        "Vård- och omsorgsnämnden",
        tuple(parts),
        (
            Highlight(
                "Väntetid till särskilt boende",
                _cell("57", 57.0, "U23401"),
                "dagar",
                "2024",
                "samtliga kommuner 63",
                "diagram",
            ),
            Highlight(
                "Sjukfrånvaro",
                _cell("8,2", 8.2, "sick_leave_all_forms", lineage="hr:1489", source=HR, marks=("p",)),
                "procent",
                "2024",
                "8,3 året före",
                "ekonomi",
            ),
            Highlight(
                "Årets resultat", replace(_statement().cells[-2], text="1,9"), "miljoner kronor", "2024", "", "ekonomi"
            ),
        ),
        replace(ABOUT, environment=environment),
        ("Årsarbetare räknas med 1 980 timmar per heltid och år.", "Sjukfrånvaro avser alla anställningsformer."),
        INDICATORS,
        LOADS,
        LINEAGE,
        (
            ("Effektivitetsindex: Effektivitetsindex LSS", "Källan är inte ansluten."),
            ("Fördjupning", "Enkäten genomfördes inte 2024."),
        ),
    )
