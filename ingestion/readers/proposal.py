"""Proposing a mapping: what a foreign file most likely means, told by its headers and by what stands below them.

Belongs here: finding the table, its headers, and for each column of the contract the file's; what must be asked; the
mapping as text. Does not belong here: asking (`genomlysning`), applying (`mapping`), judging (`expectations`).

What stands in the file is looked at in memory. Into the mapping go headers, and of the values only codes: texts of
columns that have a list of values or ids, none that could be a name or a number of a person's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ingestion.configuration.mapping import HOURS, MAPPINGS, NUMBERS, SCHEMA, SEPARATORS, mapped_tables
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES, Column, Holds, Kind, Table, tables
from ingestion.failures import PermanentFailure
from ingestion.findings import PERSONNUMMER, quote
from ingestion.privacy.personnummer import holds_personnummer
from ingestion.readers import files
from ingestion.readers.files import Layout

SAMPLE = 5000
"""Rows that are looked at."""
MOST_VALUES = 60
"""A column of more different texts is none of codes."""
CALLED, SURE, LIKELY = 0.95, 0.8, 0.62
"""How alike a header must be to be taken whatever stands below it, to be taken, and to be asked about."""

SUMS = ("Summa*", "Delsumma*", "Total*", "Antal*")
"""How rows begin whose numbers may be formulas."""
MOST_HOURS = 744
"""Of a month: a column of hours holds no more."""

SAYINGS: dict[str, tuple[str, ...]] = {
    "anstallningsid": ("anst.nr", "anstnr", "anställningsnummer", "anställning"),
    "personnummer": ("persnr", "personnr", "pnr"),
    "befattning": ("befattningsbenämning", "yrke", "tjänst", "titel"),
    "aid": ("aid-kod", "aidkod", "etikett"),
    "avdelning": ("org.kod", "organisation", "förvaltningsområde", "kostnadsställe", "verksamhetsområde"),
    "enhet": ("org.enhet", "arbetsplats", "enhetskod", "utförarenhet"),
    "ansvar": ("kostnadsställe", "kst", "ansvarskod", "ks"),
    "anstallningsform": ("anst.form", "anstform", "form"),
    "loneform": ("lönesätt", "löneform", "lönetyp"),
    "sysselsattningsgrad": ("syss.grad", "sysselsgrad", "tjänstgöringsgrad", "ssg"),
    "heltidsmatt": ("heltidsmått", "arbetstidsmått", "veckoarbetstid"),
    "anstalld_fran": ("fr.o.m.", "from", "startdatum", "anställd fr.o.m.", "anställningsdatum"),
    "anstalld_till": ("t.o.m.", "tom", "slutdatum", "anställd t.o.m."),
    "fran": ("fr.o.m.", "from", "startdatum"),
    "till": ("t.o.m.", "tom", "slutdatum"),
    "franvarotyp": ("orsak", "frånvaroorsak", "tidart"),
    "franvaroid": ("frånvaronr", "löpnummer"),
    "omfattning": ("andel", "frånvarograd"),
    "schemalagd_tid": ("schema", "schematid", "schemalagda timmar"),
    "arbetad_tid": ("arbetat", "arbetade timmar", "närvarotid"),
    "period": ("månad", "år-månad", "redovisningsmånad", "uttagsdatum"),
    "bokforingsdatum": ("bokf.datum", "bokföringsdag", "verifikationsdatum", "datum"),
    "redovisningsperiod": ("period", "redov.period"),
    "verifikation": ("ver.nr", "vernr", "verifikationsnummer"),
    "rad": ("radnr", "ver.rad"),
    "verksamhet": ("vht", "verksamhetskod"),
    "motpart": ("motp",),
    "belopp": ("utfall", "kronor", "sek"),
    "manad": ("period",),
    "ar": ("budgetår", "undersökningsår"),
    "beslutsid": ("ärendenr", "beslutsnr", "ärendenummer"),
    "insats": ("insatskod", "insatstyp"),
    "lag": ("lagrum",),
    "omprovning": ("omprövn.", "omprövat"),
    "ansokningsdatum": ("ansökan", "ansökan inkom"),
    "beslutsdatum": ("beslutad", "beslut fattat"),
    "verkstallt_datum": ("verkställd", "verkställighetsdatum"),
}
"""What systems call a column of the contract, by its header there."""

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
YES, NO = ("ja", "j", "x", "1", "sant", "true", "yes"), ("nej", "n", "0", "falskt", "false", "no")
_DAYS = {
    "dd/mm/yyyy": r"(\d{1,2})/(\d{1,2})/\d{4}",
    "dd.mm.yyyy": r"(\d{1,2})\.(\d{1,2})\.\d{4}",
    "yyyy.mm.dd": r"\d{4}\.(\d{1,2})\.(\d{1,2})",
    "yyyy/mm/dd": r"\d{4}/(\d{1,2})/(\d{1,2})",
}
"""How days are written beside the contract's way."""
_OWN_DAY = r"\d{4}-?\d{2}-?\d{2}([ T]00:00(:00([.,]0+)?)?)?"
_OWN_MONTH = r"\d{4}-?(0[1-9]|1[0-2])(-01([ T]00:00.*)?)?"
_MONTH_IN_NAME, _YEAR_IN_NAME = (
    re.compile(r"(?<!\d)20\d{2}-?(?:0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"(?<!\d)20\d{2}(?!\d)"),
)
_COMMA, _POINT = r"-?\d{1,3}(?:[ .\xa0]?\d{3})*(?:,\d+)?-?( ?%)?", r"-?\d{1,3}(?:[ ,\xa0]?\d{3})*(?:\.\d+)?-?( ?%)?"
_TIME = r"-?\d+:[0-5]\d(:[0-5]\d)?"
_PERSON = re.compile(r"(?:18|19|20)?\d{6}[-+ ]?\d{4}|(?:18|19|20)?\d{6}[-+]?[A-Z0-9]{4}", re.ASCII)


class NoProposal(PermanentFailure):
    """A file of which no mapping can be proposed, and why."""


@dataclass(frozen=True)
class Question:
    """What cannot be told from the file. column: of the contract. value: None where the column itself is asked for; else
    a text of the file that needs one of `options`. default: the likeliest answer, if any.
    """

    column: str
    text: str
    value: str | None = None
    options: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True)
class Proposal:
    """A mapping to be. sample: texts by header. columns: what `columns` of the mapping will say. questions: in order.
    unread: how many headers nothing is made of.
    """

    table: Table
    municipality: Municipality
    layout: Layout
    sample: Mapping[str, Sequence[str]]
    columns: Mapping[str, dict[str, Any]]
    questions: tuple[Question, ...] = ()
    decimal: str | None = None
    several_periods: bool = False
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wide: Mapping[str, Any] = field(default_factory=dict)

    def answered(self, answer: str) -> Proposal:
        """The proposal with an answer to its first question. Of a column: a header of the file, =text for a constant, or
        nothing to leave it out; of a value: one of its options, or nothing for an empty cell.

        Raises ValueError with what is wrong with the answer.
        """
        asked, *rest = self.questions
        answer = answer.strip()
        columns = {name: dict(one) for name, one in self.columns.items()}
        if asked.value is not None:
            if answer and answer not in asked.options:
                raise ValueError(f"expected one of {', '.join(asked.options)}")
            if answer or asked.value:
                columns[asked.column].setdefault("values", {})[asked.value] = answer
            return replace(self, columns=columns, questions=tuple(rest))
        column = next(one for one in self.table.columns if one.header == asked.column)
        if answer.startswith("="):
            columns[asked.column] = {"constant": answer[1:].strip()}
            return replace(self, columns=columns, questions=tuple(rest))
        if not answer:
            columns.pop(asked.column, None)
            return replace(self, columns=columns, questions=tuple(rest))
        header = files.header_text(answer)
        if header not in self.sample:
            raise ValueError(f"there is no header '{answer}'; a constant begins with =")
        columns[asked.column], more = _reading(column, header, self.sample[header], self.municipality, self.decimal)
        return replace(self, columns=columns, questions=(*more, *rest))

    def text(self) -> str:
        """The mapping as YAML, with comments."""
        separator = next(name for name, mark in SEPARATORS.items() if mark == self.layout.separator)
        said: dict[str, Any] = {
            "version": 1,
            "sheet": self.layout.sheet,
            "header_row": self.layout.header_row if self.layout.header_row > 1 else None,
            "separator": separator if self.layout.separator != ";" else None,
            "decimal": self.decimal,
            "several_periods": self.several_periods or None,
            "leave_out": {name: list(texts) for name, texts in self.left.items()},
            "wide": self.wide,
        }
        lines = [
            f"# yaml-language-server: $schema={SCHEMA}",
            f"# How a system of the municipality writes {self.table.full_name} (docs/mapping.md). Raise version with every change.",
        ]
        for key, value in said.items():
            lines += _lines(key, value, "") if value else []
        lines.append("columns:")
        for column in self.table.columns:
            if column.kind is Kind.DROPPED:
                continue
            if (one := self.columns.get(column.header)) is not None:
                kept = {key: value for key, value in one.items() if value != {}}
                lines += _lines(column.header, kept["header"] if set(kept) == {"header"} else kept, "  ")
            elif column.required:
                lines.append(f"  # {column.header}: MISSING, {column.description}")
        unread = [name for name in self.sample if name not in self._read()]
        lines.append(f"# Not read: {len(unread)} of the file's {len(self.sample)} columns.")
        return "\n".join(lines) + "\n"

    def _read(self) -> set[str]:
        named = [(one.get("header"), one.get("minus"), *one.get("together", ())) for one in self.columns.values()]
        return {name for names in named for name in names if name} | set(self.wide.get("headers", ()))


_PLAIN = re.compile(r"(?!(?:yes|no|on|off|true|false|null)$)[^\W\d_](?:[\w./()-]| (?!#))*", re.IGNORECASE)
"""What means itself in YAML without quotes."""


def _lines(key: str, value: Any, indent: str) -> list[str]:
    """A key and its value as lines of YAML: what has keys in it in several, all else in one."""
    begin = f"{indent}{_scalar(key)}:"
    if not isinstance(value, Mapping):
        listed = f"[{', '.join(map(_scalar, value))}]" if isinstance(value, list) else _scalar(value)
        return [f"{begin} {listed}"]
    inside = [line for name, one in value.items() for line in _lines(name, one, indent + "  ")]
    in_one = ", ".join(line.strip() for line in inside)
    is_flat = not any(isinstance(one, Mapping) for one in value.values())
    return [f"{begin} {{{in_one}}}"] if is_flat and len(begin + in_one) < 110 else [begin, *inside]


def _scalar(value: object) -> str:
    if isinstance(value, str):
        text = value.rstrip()
        return value if text == value and _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def path_of(proposal: Proposal) -> Path:
    """Where its mapping belongs."""
    return proposal.municipality.folder / MAPPINGS / f"{proposal.table.full_name}.yaml"


def propose(path: Path, municipality: Municipality, source: str | None = None, table: str | None = None) -> Proposal:
    """What the file most likely is. source, table: where that is known.

    Raises NoProposal, where no table is near, or the file is a SIE file; DeliveryRejected, where it cannot be read.
    """
    if files.sniff(path) == "sie":
        raise NoProposal(f"{path.name} is a SIE file: its vouchers need no mapping, a budget's is in docs/mapping.md.")
    of = [mapped_tables()[f"{source}_{table}"]] if source and table else _tables(source)
    found = [(_likeness(one, headers), layout, one) for layout, headers in files.beginnings(path) for one in of]
    likeness, layout, best = max(found, key=lambda one: one[0], default=((0.0, 0), Layout(), of[0]))
    if likeness[0] < 2:
        raise NoProposal(
            f"{path.name}: no row looks like the headers of a table of {source or 'any source'}. "
            "Name the source and the table (--source, --table), or see docs/mapping.md and write the mapping by hand."
        )
    layout = layout if layout.sheet is None or len(files.sheets(path)) > 1 else replace(layout, sheet=None)
    sample, rows_left = _sample(path, layout)
    return _proposed(path, best, municipality, layout, sample, rows_left)


def _tables(source: str | None) -> list[Table]:
    return [one for name in ((source,) if source else DELIVERED_SOURCES) for one in tables(name)]


def _likeness(table: Table, headers: Sequence[str]) -> tuple[float, int]:
    """How like a table's headers the cells of a row are; of rows alike, the one with more texts."""
    named = [name for name in headers if re.search(r"[^\W\d_]", name)]
    best = [max((_alike(column, name) for name in named), default=0.0) for column in table.columns]
    hits = sum(one for one in best if one >= LIKELY)
    return hits - 0.25 * (len(table.columns) - sum(one >= LIKELY for one in best)), len(set(named))


def _alike(column: Column, header: str) -> float:
    """How alike a header of the file and a column of the contract are called, 0 to 1."""
    names = (column.header, column.name, *SAYINGS.get(column.header, ()))
    mine = _folded(header)
    if not mine:
        return 0.0
    ratios = [1.0 if (name := _folded(text)) == mine else SequenceMatcher(None, name, mine).ratio() for text in names]
    begins = any(
        len(name) > 4 and (mine.startswith(name) or (name.startswith(mine) and len(mine) > 4))
        for name in map(_folded, names)
    )
    return max(*ratios, 0.85 if begins else 0.0)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def _sample(path: Path, layout: Layout) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Texts by header, blanks as empty ones, without the sums that are among them; and what tells those."""
    header = files.read_header(path, layout)
    once = [name for name in header.headers if name and header.headers.count(name) == 1]
    looked_at = replace(layout, shares=frozenset(once), leave_out=tuple((name, SUMS) for name in once))
    header = replace(header, layout=looked_at)
    with files.opened(path, header, once) as raw:
        cells = ", ".join(raw.columns[name] for name in once)
        rows = [list(map(_trimmed, row)) for row in raw.query(f"select {cells} from {raw.relation} limit {SAMPLE}")]
    sums = [row for row in rows if files.is_sum(row)]
    left: dict[str, tuple[str, ...]] = {}
    for row in sums:
        place = next((place for place, cell in enumerate(row) if files.is_sum([cell])), 0)
        begin = re.split(r"\W", row[place])[0] + "*"
        left[once[place]] = tuple(dict.fromkeys((*left.get(once[place], ()), begin)))
    kept = [row for row in rows if row not in sums]
    return {name: [row[place] for row in kept] for place, name in enumerate(once)}, left


def _trimmed(cell: object) -> str:
    return str(cell).strip() if cell is not None else ""


def _proposed(
    path: Path,
    table: Table,
    municipality: Municipality,
    layout: Layout,
    sample: Mapping[str, Sequence[str]],
    left: Mapping[str, tuple[str, ...]],
) -> Proposal:
    wanted = [column for column in table.columns if column.kind is not Kind.DROPPED]
    decimal = _decimal(sample, wanted)
    scores = sorted(
        (
            (_score(column, name, texts, municipality), column.header, name)
            for column in wanted
            for name, texts in sample.items()
        ),
        reverse=True,
    )
    taken: dict[str, tuple[str, float]] = {}
    for score, header, name in scores:
        if score >= LIKELY and header not in taken and name not in {one for one, _ in taken.values()}:
            taken[header] = (name, score)
    columns: dict[str, dict[str, Any]] = {}
    questions: list[Question] = []
    for column in wanted:
        by_itself = _by_itself(column, path, municipality, taken, sample)
        if column.header in taken:
            name, score = taken[column.header]
            if score < SURE:
                questions.append(_of_column(column, default=name))
                continue
            columns[column.header], more = _reading(column, name, sample[name], municipality, decimal)
            questions += more
        elif by_itself is not None:
            columns[column.header] = by_itself
        elif column.required:
            days = [name for name, texts in sample.items() if column.kind is Kind.MONTH and _is_of_days(texts)]
            places = [taken[one][0] for one in ("avdelning",) if column.name == "unit" and one in taken]
            questions.append(_of_column(column, default=next(iter((*days, *places)), "")))
    wide, of_months = _months_beside(table, sample)
    columns, questions = {**columns, **of_months}, [one for one in questions if one.column not in of_months]
    if "part" in (codes := columns.get("ansvar", {})):
        columns.setdefault("verksamhet", {**codes, "part": 2})
    period = columns.get(table.column(table.period_column or "period").header, {})
    several = (
        len(
            {
                text[:7] if period.get("written_as") is None else text[-7:]
                for text in sample.get(period.get("header", ""), ())
                if text
            }
        )
        > 1
    )
    return Proposal(table, municipality, layout, sample, columns, tuple(questions), decimal, several, left, wide)


def _all_are(sample: Mapping[str, Sequence[str]], pattern: str) -> list[str]:
    """The headers over texts that are all written so, most of them different."""
    return [
        name
        for name, texts in sample.items()
        if all(texts) and len(set(texts)) > len(texts) / 2 and all(re.fullmatch(pattern, text) for text in texts)
    ]


def _is_of_days(texts: Sequence[str]) -> bool:
    """Whether all texts of a column are days."""
    ways = "|".join((_OWN_DAY, *_DAYS.values()))
    return any(texts) and all(re.fullmatch(ways, text) for text in texts if text)


def _months_beside(
    table: Table, sample: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Months that stand beside each other, and the columns that are made of them."""
    months = {name: f"{MONTHS.index(name[:3]) + 1:02d}" for name in sample if name[:3] in MONTHS and name.isalpha()}
    if len(months) < len(MONTHS) or "manad" not in {column.header for column in table.columns}:
        return {}, {}
    year = next((name for name in sample if name in ("år", "ar", "budgetår")), None)
    month = {"together": [year, "(month)"], "by": "-"} if year else {"header": "(month)"}
    wide = {"headers": months, "name": "(month)", "cell": "(amount)"}
    return wide, {"manad": month, "belopp": {"header": "(amount)"}}


def _of_column(column: Column, default: str = "") -> Question:
    return Question(column.header, f"{column.header} ({column.description})", default=default)


def _by_itself(
    column: Column,
    path: Path,
    municipality: Municipality,
    taken: Mapping[str, tuple[str, float]],
    sample: Mapping[str, Sequence[str]],
) -> dict[str, Any] | None:
    """What gives a column that the file has none for: the municipality, the file's name, the cost centre's place."""
    if column.name == "municipality_id":
        return {"constant": municipality.id}
    if column.kind in (Kind.MONTH, Kind.YEAR) and column.name in ("period", "year"):
        found = (_MONTH_IN_NAME if column.kind is Kind.MONTH else _YEAR_IN_NAME).search(path.name)
        if found:
            before, after = (
                re.sub(r"\d+", "*", part) for part in (path.name[: found.start()], path.name[found.end() :])
            )
            return {"file_name": f"{before}{{}}{after}"}
    if column.kind is Kind.PERSON:
        born, last = (
            _all_are(sample, pattern) for pattern in (r"((18|19|20)\d{2}|\d{2})\d{4}", r"[\dA-Z]{2}\d[\dA-Z]")
        )
        if len(born) == len(last) == 1:
            return {"together": [*born, *last], "by": "-"}
    if column.name == "amount" and {"debet", "kredit"} <= sample.keys():
        return {"header": "debet", "minus": "kredit"}
    if column.name in ("department", "unit") and "ansvar" in taken:
        name = taken["ansvar"][0]
        if _within(municipality, column.name, sample[name]) >= SURE:
            return {"header": name, "cost_centres": column.name}
    return None


def _within(municipality: Municipality, level: str, texts: Sequence[str]) -> float:
    """The share of texts that are cost centres of a department or unit."""
    areas = municipality.units if level == "unit" else municipality.departments
    intervals = [interval for area in areas for interval in area.cost_centres]
    filled = [text for text in texts if text]
    good = [text for text in filled if any(len(text) == len(low) and low <= text <= high for low, high in intervals)]
    return len(good) / len(filled) if filled else 0.0


def _decimal(sample: Mapping[str, Sequence[str]], wanted: Sequence[Column]) -> str | None:
    """The mark before decimals, where it is not as in the contract."""
    if not any(column.kind in NUMBERS for column in wanted):
        return None
    texts = [text for cells in sample.values() for text in cells]
    points = sum(re.fullmatch(r"-?[\d ,]*\d\.\d{1,2}-?", text) is not None for text in texts)
    commas = sum(re.fullmatch(r"-?[\d .]*\d,\d{1,2}-?", text) is not None for text in texts)
    apart = any(re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?", text) for text in texts)
    if points > commas:
        return "point"
    return "comma" if commas and apart else None


def _score(column: Column, name: str, texts: Sequence[str], municipality: Municipality) -> float:
    """How sure it is that a column of the file is this one: by name, and by what stands in it."""
    fit = _fit(column, [text for text in texts if text], municipality)
    alike = _alike(column, name)
    if fit is None:
        return alike
    if fit < LIKELY:  # of codes, a name may be enough: what they are is asked
        return alike if alike >= CALLED and column.allowed else 0.3 * alike
    tells = column.kind is Kind.PERSON or (bool(column.allowed) and len(set(texts)) > 1)
    return max(0.7 * alike + 0.3 * fit, 0.9 * fit if tells and alike > 0.3 else 0)


def _fit(column: Column, texts: Sequence[str], municipality: Municipality) -> float | None:
    """The share of texts that could be the column's; None where nothing tells."""
    if not texts:
        return None
    if column.allowed or column.kind is Kind.BOOLEAN or column.name in ("department", "unit"):
        counts = Counter(texts)
        if len(counts) > MOST_VALUES:
            return 0.0
        if not column.allowed and column.kind is not Kind.BOOLEAN:
            return None
        return sum(n for text, n in counts.items() if _value(column, text, municipality) is not None) / len(texts)
    pattern = {
        Kind.PERSON: _PERSON.pattern,
        Kind.DATE: "|".join((_OWN_DAY, *_DAYS.values())),
        Kind.MONTH: "|".join((_OWN_MONTH, _OWN_DAY, *_DAYS.values())),
        Kind.YEAR: r"(19|20)\d{2}",
        Kind.INTEGER: _COMMA,
        Kind.DECIMAL: f"{_COMMA}|{_POINT}|{_TIME}",
    }.get(column.kind)
    if pattern is None:
        if column.is_free_text and column.holds is Holds.NUMBER:
            return sum(bool(re.search(r"\d", text)) and not _PERSON.fullmatch(text) for text in texts) / len(texts)
        return None
    return sum(re.fullmatch(pattern, text) is not None for text in texts) / len(texts)


def _reading(
    column: Column, name: str, texts: Sequence[str], municipality: Municipality, decimal: str | None
) -> tuple[dict[str, Any], list[Question]]:
    """What the mapping says of a column that is made of this header, and what must be asked of its values."""
    said: dict[str, Any] = {"header": name}
    filled = [text for text in texts if text]
    if column.name in ("department", "unit") and _within(municipality, column.name, filled) >= SURE:
        return said | {"cost_centres": column.name}, []
    if column.allowed or column.kind is Kind.BOOLEAN or column.name in ("department", "unit"):
        return _coded(column, said, texts, municipality)
    if column.name == "cost_centre" and (mark := _divided_at(filled, municipality)):
        return said | {"part": 1, "split_at": mark}, []
    if column.name == "accounting_period" and (written := _day_style(filled)):
        return said | {"written_as": written}, []
    if column.kind in (Kind.DATE, Kind.MONTH):
        return said | _as_day(column, filled), []
    if column.kind not in NUMBERS:
        return said, []
    said |= _as_number(column, name, filled, decimal)
    if column.required and len(filled) < len(texts):
        nothing = "0:00" if said.get("written_as") == HOURS else "0"
        shown = f"{column.header}: {len(texts) - len(filled)} of {len(texts)} cells are empty; do they say {nothing}?"
        return said, [Question(column.header, shown, "", (nothing,))]
    return said, []


def _as_day(column: Column, texts: Sequence[str]) -> dict[str, Any]:
    """How days are written; in a column that may be empty, the year 9999 is no day."""
    own = _OWN_DAY if column.kind is Kind.DATE else _OWN_MONTH
    written = None if all(re.fullmatch(own, text) for text in texts) else _day_style(texts)
    never = {text: "" for text in texts if "9999" in text} if not column.required else {}
    return {"values": never, **({"written_as": written} if written else {})}


def _as_number(column: Column, name: str, texts: Sequence[str], decimal: str | None) -> dict[str, Any]:
    """What makes hours of minutes, or per cent of fractions."""
    if not texts:
        return {}
    if all(re.fullmatch(_TIME, text) for text in texts):
        return {"written_as": HOURS}
    numbers = [_number(text, decimal) for text in texts]
    if column.high == 100 and max(numbers) <= 1:
        return {"multiply": 100}
    if column.high == MOST_HOURS and (max(numbers) > MOST_HOURS or re.search(r"\bmin", name)):
        return {"divide": 60}
    return {}


def _divided_at(texts: Sequence[str], municipality: Municipality) -> str | None:
    """What stands between the codes of a column that holds several, the cost centre first."""
    for mark in ("-", ".", "/", " "):
        if sum(mark in text for text in texts) >= SURE * len(texts):
            first = [text.split(mark)[0] for text in texts]
            if _within(municipality, "department", first) >= SURE:
                return mark
    return None


def _number(text: str, decimal: str | None) -> float:
    plain = re.sub(r"[^\d.,-]", "", text)
    plain = plain.replace(",", "") if decimal == "point" else plain.replace(".", "").replace(",", ".")
    try:
        return abs(float(plain))
    except ValueError:
        return float("inf")


def _day_style(texts: Sequence[str]) -> str | None:
    styles = [style for style, pattern in _DAYS.items() if all(re.fullmatch(pattern, text) for text in texts)]
    return (
        styles[0]
        if styles
        else "yyyy-mm-dd"
        if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", text) for text in texts)
        else None
    )


def _coded(
    column: Column, said: dict[str, Any], texts: Sequence[str], municipality: Municipality
) -> tuple[dict[str, Any], list[Question]]:
    """A column of codes: its values by likeness, and a question for each that is like none."""
    options = tuple(municipality.values_of(column))
    counts = Counter(texts)
    if set(counts) <= {*options, "" if not column.required else "\0"}:
        return said, []
    values, questions = {}, []
    for text in sorted(text for text in counts if text):
        value = _value(column, text, municipality)
        if value is not None:
            values[text] = value
        elif not _is_of_person(text):
            shown = f"{column.header}: the file says '{text}' ({counts[text]} rows)"
            questions.append(Question(column.header, shown, text, options))
    if "" in counts and column.kind is Kind.BOOLEAN:
        values[""] = "nej"
    return said | {"values": values}, questions


def _is_of_person(text: str) -> bool:
    """Whether a text could be somebody's name or number: then it stands in no mapping."""
    return (
        holds_personnummer(text)
        or PERSONNUMMER.search(text) is not None
        or not quote(text, public=True).startswith("'")
    )


def _value(column: Column, text: str, municipality: Municipality) -> str | None:
    """The contract's value that a text of the file most likely is; None if it is like none, or like two."""
    if column.kind is Kind.BOOLEAN:
        folded = text.casefold()
        return "ja" if folded in YES else "nej" if folded in NO else None
    names = {option: [option] for option in municipality.values_of(column)}
    if column.name in ("department", "unit"):
        for area in municipality.areas:
            if area.id in names:
                names[area.id].append(area.name)
    mine = _folded(text)
    if _is_of_person(text):  # none but what begins as a long word of the list is no name: Tim Ek begins as tim
        names = {
            option: [name for name in of if len(name) > 5 and mine.startswith(_folded(name))]
            for option, of in names.items()
        }
    scores = sorted(
        ((max((_same(mine, _folded(name)) for name in of), default=0.0), option) for option, of in names.items()),
        reverse=True,
    )
    if not scores or scores[0][0] < SURE or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return scores[0][1]


def _same(mine: str, name: str) -> float:
    if mine == name:
        return 1.0
    begins = len(mine) > 2 and len(name) > 2 and (mine.startswith(name) or name.startswith(mine))
    return max(SequenceMatcher(None, mine, name).ratio(), 0.85 if begins else 0.0)
