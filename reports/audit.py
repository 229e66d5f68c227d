"""A document judged against itself and against the marts, before anybody sees it: what contradicts is not published.

Belongs here: what must agree (value, text, unit, scale, period, comparison, marks), what must be said (gaps, breaks,
ends), and what no report may say. A pure function over `Document`, whose `rows` are the mart rows that its figures
name. Does not belong here: making anything right, and the files made of a document (`audit_files`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reports.apparatus import Apparatus
from reports.cells import key_before, period_of
from reports.charts import MEMBERS, MONTHS
from reports.document import (
    Absent,
    Cell,
    Diagram,
    DiagramRow,
    Document,
    Highlight,
    Line,
    Origin,
    Paragraph,
    Sentence,
    Table,
)
from reports.figures import DOMAINS
from reports.format import (
    MONEY,
    NO_COMPARISON,
    NOT_AVAILABLE,
    NOT_SHOWN,
    SINGULAR,
    a_year_earlier,
    agreeing,
    counted,
    month_name,
    rounded,
)
from reports.ledger import OUTCOMES

Row = Mapping[str, Any]

DIFFERENCES = ("change", "gender_gap", "diff_to_mean")
NOT_OF_A_ROW = ("rank", "group_total")
"""Measures that count municipalities: the marts have no column for them."""
WORDS = {
    "ingen": 0,
    "noll": 0,
    "ett nollresultat": 0,
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
    "elva": 11,
    "tolv": 12,
    "första": 1,
    "andra": 2,
    "tredje": 3,
    "fjärde": 4,
    "femte": 5,
    "sjätte": 6,
    "sjunde": 7,
    "åttonde": 8,
    "nionde": 9,
    "tionde": 10,
    "enda": 1,
}
NONE = "ingen"
"""No difference: a word that bears no mark, which would read as its ending; those of the two values stand beside it."""
SAID_SCALES = ((r"\b(miljoner kronor|mkr|mnkr)\b", 1_000_000), (r"\btkr\b", 1_000), (r"\b(kronor|kr)\b", 1))
ROSE, FELL = r"\b(?:ökade|steg|växte)\b", r"\b(?:minskade|sjönk|föll)\b"
ABOVE, BELOW = r"\b(?:högre|längre|fler|större) än\b", r"\b(?:lägre|kortare|färre|mindre) än\b"
LEVEL = r"\bi nivå med\b"
GROUPS = ((r"samtliga|kommungenomsnitt|\briket", "national_mean"), (r"liknande", "similar_mean"))
SEXES = {"kvinnor": "K", "män": "M"}
YEAR = r"\b(?:19|20)\d\d\b"
NUMBER = r"[+-]?\d(?:[\d\u00a0 ]*\d)?(?:,\d+)?"


@dataclass(frozen=True)
class Fault:
    """A contradiction. rule: which of the kinds below. block: where it stands, as a reader finds it. figure: key and
    column of the mart row, or the text. found, expected: what stands there and what should.
    """

    rule: str
    block: str
    figure: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.block}: {self.figure}: found {self.found}; expected {self.expected} ({self.rule})"


@dataclass(frozen=True)
class Seen:
    """A figure where it stands. said: texts around it that may name unit or period, the nearest first. signed: whether
    the figure's sign is printed with it (in a sentence, words may say it).
    """

    block: str
    cell: Cell
    said: tuple[str, ...]
    signed: bool = True


def contradictions(document: Document) -> list[Fault]:
    """Everything in which the document contradicts itself, its mart rows, or what no report may say; empty for a sound
    one.
    """
    faults: list[Fault] = []
    first: dict[tuple[str, str], Seen] = {}
    for seen in _figures(document):
        found = list(_of_figure(document, seen))
        origin = seen.cell.origin
        if not found and origin is not None:
            before = first.setdefault((origin.key, origin.measure), seen)
            found = list(_of_both(before, seen))
        faults += found
    for card in document.highlights:
        faults += _of_card(document, card)
    around = Apparatus(document)
    for table in document.tables:
        faults += _of_table(document, table, f"{around.captions[table.table_id]} {table.title}")
    for part in document.parts:
        for block in part.blocks:
            if isinstance(block, Paragraph):
                faults += _of_paragraph(document, block, f"text under {part.heading}")
            elif isinstance(block, DiagramRow):
                for diagram in block.diagrams:
                    where = f"{around.captions[diagram.table.table_id]} {diagram.title}"
                    faults += _of_diagram(diagram, where)
                    faults += _of_paragraph(document, diagram.paragraph, where) if diagram.paragraph else []
            elif isinstance(block, Absent) and (block.what, block.reason) not in document.gaps:
                faults.append(Fault("gap", part.heading, block.what, "no entry among what is missing", block.reason))
    return faults + list(_of_cover(document))


# Every figure, where it stands


def _figures(document: Document) -> Iterator[Seen]:
    for card in document.highlights:
        yield Seen(f"card {card.label}", card.cell, (card.unit or _after(card.cell.text), card.period))
        if card.compared:
            yield Seen(
                f"card {card.label}, comparison", card.compared, (_after(card.compared.text) or card.unit, card.beside)
            )
    around = Apparatus(document)
    for table in document.tables:
        name = f"{around.captions[table.table_id]} {table.title}"
        for section in table.sections:
            for line in section.lines:
                for column, cell in zip(table.columns, line.cells, strict=False):
                    said = (_after(cell.text), column, line.label, section.heading, table.title)
                    yield Seen(f"{name}, row {line.label!r}, column {column!r}", cell, said)
    for part in document.parts:
        for block in part.blocks:
            paragraphs = [block] if isinstance(block, Paragraph) else []
            paragraphs += [d.paragraph for d in block.diagrams if d.paragraph] if isinstance(block, DiagramRow) else []
            for sentence in (one for paragraph in paragraphs for one in paragraph.sentences):
                for place, run in enumerate(sentence.runs):
                    if isinstance(run, Cell):
                        rest = "".join(
                            piece if isinstance(piece, str) else piece.text for piece in sentence.runs[place + 1 :]
                        )
                        yield Seen(
                            f"text under {part.heading}, {sentence.text!r}",
                            run,
                            (_after(run.text) + rest, sentence.text),
                            False,
                        )


def _after(text: str) -> str:
    """What stands after the first number of a text: '8,2 %' gives '%'."""
    found = re.search(NUMBER, text)
    return text[found.end() :].strip() if found else ""


def _rows(document: Document, origin: Origin) -> list[Row | None]:
    """The mart rows of a figure, as its key names them; None for one that is not there."""
    if origin.key in document.rows:
        return [document.rows[origin.key]]
    return [document.rows.get(key) for key in origin.key.split(" ")]


def _is_figure(row: Row) -> bool:
    """Whether the row is of the indicator marts."""
    return row.get("domain") in DOMAINS


def _number(text: str) -> Decimal | None:
    """The number that a text begins with or is, digits or word."""
    plain = text.casefold()
    word = next((one for one in (plain, plain.split(" ")[0]) if one in WORDS), None)
    if word is not None:
        return Decimal(WORDS[word])
    found = re.search(NUMBER, text)
    return Decimal(re.sub(r"[\u00a0 ]", "", found.group()).replace(",", ".").lstrip("+")) if found else None


# One figure against its rows


def _of_figure(document: Document, seen: Seen) -> Iterator[Fault]:
    cell, origin = seen.cell, seen.cell.origin
    if origin is None:
        if cell.value is not None:
            yield Fault("mart", seen.block, cell.text, "a number that names no mart row", "its key")
        return
    named = f"{origin.key}#{origin.measure}"

    def fault(rule: str, found: object, expected: object) -> Fault:
        return Fault(rule, seen.block, named, str(found), str(expected))

    found_rows = _rows(document, origin)
    rows = [row for row in found_rows if row is not None]
    if len(rows) < len(found_rows) or not rows:
        yield fault("mart", f"{cell.text!r} of a row that the marts do not have", "the key of one that they have")
        return
    own = not origin.measure.endswith("_mean")
    if own and any(row.get("is_suppressed") for row in rows) and cell.value is not None:
        yield fault("disclosure", repr(cell.text), f"{NOT_SHOWN}, as the mart withholds it")
        return
    if cell.text == NOT_SHOWN and not any(row.get("is_suppressed") for row in rows):
        yield fault("disclosure", NOT_SHOWN, f"{rows[0].get(origin.measure)}, as the mart shows it")
    if cell.value is None:
        shown = rows[0].get(origin.measure) if len(rows) == 1 else None
        if (
            cell.text in (NOT_AVAILABLE, NO_COMPARISON)
            and isinstance(shown, int | float)
            and not rows[0].get("is_suppressed")
        ):
            yield fault("mart", f"{cell.text!r}, as if there were none", shown)
        return
    if (barred := _barred(origin, rows)) is not None:
        yield fault("rule", barred, "no such figure")
        return
    wanted = values_of(origin, rows)
    if wanted is not None and not any(is_near(cell, value) for value in wanted):
        yield fault(
            "value",
            f"{cell.value:.12g} times {cell.scale}",
            " or ".join(f"{value:.12g}" for value in wanted) or "no value",
        )
    printed, exact = _number(cell.text), rounded(cell.value, max(cell.decimals, 0))
    if printed is None or (printed != exact if seen.signed else abs(printed) != abs(exact)):
        yield fault("text", repr(cell.text), f"{exact}")
    if (said := _said_wrongly(seen, rows)) is not None:
        yield fault("unit", *said)
    marks = _marks(document, origin, rows)
    if marks is not None and set(cell.marks) != marks and cell.text != NONE:
        yield fault("marks", sorted(cell.marks) or "no mark", sorted(marks) or "none")
    if (off := _other_period(document, seen, rows)) is not None:
        yield fault("period", *off)


def _of_both(one: Seen, other: Seen) -> Iterator[Fault]:
    """Two places of one figure: value, unit, marks, and whether it is shown."""
    a, b = one.cell, other.cell
    origin = b.origin
    if origin is None or a is b:
        return

    def fault(rule: str, found: object, expected: object) -> Fault:
        return Fault(rule, other.block, f"{origin.key}#{origin.measure}", str(found), f"{expected} as in {one.block}")

    if (a.value is None) != (b.value is None):
        numbers_only = {a.text, b.text} & {NOT_SHOWN, NOT_AVAILABLE, NO_COMPARISON}
        if numbers_only:
            yield fault("agreement", repr(b.text), repr(a.text))
        return
    if a.value is None or b.value is None:
        return
    slack = a.within * a.scale + b.within * b.scale + 1e-6 * max(1.0, abs(a.value * a.scale))
    if abs(abs(a.value * a.scale) - abs(b.value * b.scale)) > slack:
        yield fault("agreement", f"{b.value * b.scale:.12g}", f"{a.value * a.scale:.12g}")
    if set(a.marks) != set(b.marks):
        yield fault("marks", sorted(b.marks) or "no mark", sorted(a.marks) or "none")


def _barred(origin: Origin, rows: list[Row]) -> str | None:
    """What the rules of the domain forbid: relative changes of percentages, and differences between definitions or
    units.
    """
    if origin.measure == "relative_change" and counted(str(rows[0].get("unit"))) == "procent":
        return "a relative change of a share in per cent"
    if origin.measure in (*DIFFERENCES, "relative_change") and len(rows) > 1:
        if len({row.get("series_id") for row in rows}) > 1:
            return "a difference across a change of definition"
        if len({row.get("unit") for row in rows}) > 1:
            return "a difference between two units"
    return None


def values_of(origin: Origin, rows: list[Row]) -> list[float] | None:
    """The values that the rows allow for a figure, in the marts' unit; None where the marts hold nothing to compare
    with.
    """
    row, measure = rows[0], origin.measure
    if measure in NOT_OF_A_ROW:
        return None
    if measure == "count":
        return [float(len(rows))]
    values = [float(one["value"]) for one in rows if isinstance(one.get("value"), int | float)]
    if measure == "diff_to_mean":
        means = [row.get(f"{group}_mean") for group in ("region", "similar", "national")]
        return [values[0] - mean for mean in means if mean is not None] if values else []
    if measure == "relative_change":
        return [(values[0] - values[1]) / values[1] * 100] if len(values) == 2 and values[1] else []
    if measure in DIFFERENCES and len(rows) == 2:
        return [values[0] - values[1]] if len(values) == 2 else []
    # A report speaks of the year before; a month's neighbour in the mart is the month before.
    if measure in ("change", "previous_value") and "same_period_last_year" in row:
        before = row["same_period_last_year"]
        if measure == "previous_value" or before is None or not values:
            return [float(before)] if before is not None else []
        return [values[0] - float(before)]
    if measure not in row:
        return []
    return [float(row[measure])] if isinstance(row[measure], int | float) else []


def is_near(cell: Cell, value: float) -> bool:
    """Whether a figure is the value, in the marts' unit, as exactly as it claims; its sign may be said in words."""
    printed = abs((cell.value or 0.0) * cell.scale)
    return abs(printed - abs(value)) <= cell.within * cell.scale + 1e-9 * max(1.0, abs(value))


def _marks(document: Document, origin: Origin, rows: list[Row]) -> set[str] | None:
    """The marks that a figure must carry; None where its rows do not say it."""
    if origin.measure in (*NOT_OF_A_ROW, "count", "closing_entries"):
        return None
    if not all(_is_figure(row) for row in rows):
        if origin.measure == "target" and rows[0].get("target_kind") == "beats_mean":
            return None
        is_booked = origin.measure in (*OUTCOMES, "outcome")
        booked = (("p", "is_preliminary"), ("r", "is_revised")) if is_booked else ()
        return {mark for mark, flag in booked if any(row.get(flag) for row in rows)}
    mean = {"s"} if any(row["comparison_is_simulated"] for row in rows) else set()
    if origin.measure.endswith("_mean"):
        return mean
    flags = (("p", "is_preliminary"), ("r", "is_revised"), ("s", "is_simulated"))
    before = (
        document.rows.get(key_before(origin.key) or "")
        if origin.measure in ("change", "previous_value") and len(rows) == 1
        else None
    )
    if origin.measure == "previous_value":
        rows = []
    own = {mark for mark, flag in flags if any(row[flag] for row in (*rows, before) if row)}
    return own | mean if origin.measure == "diff_to_mean" else own


# Units


def _scale_said(text: str) -> int | None:
    """How many kronor a text counts in, if it says so."""
    return next((scale for pattern, scale in SAID_SCALES if re.search(pattern, text)), None)


def _said_wrongly(seen: Seen, rows: list[Row]) -> tuple[str, str] | None:
    """(found, expected) where the unit that stands with a figure is not its own."""
    cell, origin = seen.cell, seen.cell.origin
    if origin is None or origin.measure in (*NOT_OF_A_ROW, "count", "n", "numerator", "denominator"):
        return None
    is_figure = _is_figure(rows[0])
    name = str(rows[0].get("unit")) if is_figure else "kr"
    relative = origin.measure == "relative_change"
    is_money = (
        not relative
        and (name.startswith("kr") or name == "mnkr")
        and (is_figure or cell.unit in {w for _, w in MONEY.values()})
    )
    is_share = relative or counted(name) == "procent"
    near = seen.said[0].lstrip("\u00a0 ")
    follows = re.match(r"(miljoner kronor|mkr|mnkr|tkr|kronor|kr\b|procentenhet(?:er)?|%-enh\.|procent\b|%)", near)
    word = follows.group(1) if follows else ""
    expected = "procent" if relative else counted(name, is_difference=origin.measure in DIFFERENCES)
    if is_money:
        scale = cell.scale * (MONEY["mnkr"][0] if name == "mnkr" else 1)
        expected = next(said for amount, said in MONEY.values() if amount == scale)
        if seen.signed:
            said = next((found for text in seen.said if (found := _scale_said(text)) is not None), None)
        else:
            said = _scale_said(word) if word else _scale_said(near) if scale != 1 else scale
        if word and _scale_said(word) is None:
            return word, expected
        is_plain = said is None and scale == 1 and not seen.block.startswith("card")
        return None if said == scale or is_plain else (word or "no unit", expected)
    if _scale_said(word) is not None and is_figure:
        return word, expected or "no unit"
    if word.startswith(("procent", "%")) and is_figure:
        points = word.startswith(("procentenhet", "%-enh"))
        if not is_share or points != (origin.measure in DIFFERENCES):
            return word, expected or "no unit"
    if seen.block.startswith("card") and expected and not near:
        return "no unit", expected
    return None


# Periods


def _days(row: Row) -> tuple[date, date] | None:
    return (row["period_start"], row["period_end"]) if row.get("period_start") and row.get("period_end") else None


def _other_period(document: Document, seen: Seen, rows: list[Row]) -> tuple[str, str] | None:
    """(found, expected) where what stands around a figure names another period than its row's."""
    cell, origin = seen.cell, seen.cell.origin
    if origin is None:
        return None
    if len(rows) == 1 and _is_figure(rows[0]) and (days := _days(rows[0])):
        if origin.measure == "previous_value":
            days = (a_year_earlier(days[0]), a_year_earlier(days[1]))
        if origin.period != period_of(*days):
            return origin.period, period_of(*days)
    ends = [row["period_end"] for row in rows if row.get("period_end")]
    years = {end.year for end in ends} or {origin.year}
    if origin.measure.startswith("previous_"):
        years = {origin.year}
    if not seen.signed:
        if origin.measure == "count":  # of years in a row, members, goals: those of the report's year are among them
            years &= {origin.year}
        return _sentence_period(document, seen.said[-1], rows, years)
    if seen.block.startswith("card"):
        return None  # judged with the card
    _, column, label, _, title = seen.said
    named = set(re.findall(YEAR, column)) or set(re.findall(rf"(?:^|\s)({YEAR})$", label))
    if (
        len(named) == 1
        and origin.year is not None
        and str(origin.year) not in named
        and str(origin.year) not in cell.also
    ):
        return f"under {column!r}, row {label!r}", f"{origin.period}, said in the cell"
    if not named and origin.year not in (document.year, None) and str(origin.year) not in cell.also + title + label:
        return "no period", origin.period
    month = next((place for place, name in enumerate(MONTHS, start=1) if name == label), None)
    if month is not None and ends and ends[0].month != month:
        return label, origin.period
    full = re.search(
        r"\b(januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december) (?:19|20)\d\d",
        column,
    )
    if full and ends and len(rows) == 1 and month_name(ends[0]).split()[0] != full.group(1):
        return column, origin.period
    return None


def _sentence_period(document: Document, text: str, rows: list[Row], years: set[Any]) -> tuple[str, str] | None:
    told = set(re.findall(YEAR, text))
    if not told:
        told = {str(document.year)}
    for first, last in re.findall(r"((?:19|20)\d\d)–((?:19|20)\d\d)", text):
        told |= {str(year) for year in range(int(first), int(last) + 1)}
    if re.search(r"\båret\b|\bårets\b|\bsedan (?:19|20)\d\d", text.casefold()):
        told.add(str(document.year))
    told |= {str(int(year) + 1) for year in re.findall(r"\bän ((?:19|20)\d\d)", text)}
    if re.search(r"föregående år|året före", text):
        told |= {str(int(year) - 1) for year in set(told)}
    if missing := {str(year) for year in years if year is not None} - told:
        return text, f"{', '.join(sorted(missing))} named"
    within = [row for row in rows if row.get("period_grain") == "month"]
    for row in within:
        if month_name(row["period_end"]) not in text:
            return text, f"{month_name(row['period_end'])} named"
    return None


# Cards, tables, paragraphs, diagrams, the cover


def _of_card(document: Document, card: Highlight) -> Iterator[Fault]:
    origin, where = card.cell.origin, f"card {card.label}"
    is_missing = (card.cell.value is None and card.cell.text != NOT_SHOWN) or "saknas" in card.period
    if is_missing and not any(what.endswith(f": {card.label}") for what, _ in document.gaps):
        yield Fault("gap", where, card.label, "no entry among what is missing", card.period)
    if card.unit != agreeing(card.unit, card.cell.text):
        yield Fault("wording", where, card.cell.text, card.unit, agreeing(card.unit, card.cell.text))
    if origin is not None and card.cell.value is not None and _calls_missing(card.period, origin):
        yield Fault("gap", where, card.label, card.period, "no word of a gap: the figure is there")
    if origin is None or origin.key not in document.rows:
        return
    row, named = document.rows[origin.key], f"{origin.key}#{origin.measure}"
    end = row["period_end"]
    if not card.period.startswith(origin.period):
        yield Fault("period", where, named, card.period, origin.period)
    is_asked = (
        end == document.through if row["period_grain"] == "month" and document.through else end.year == document.year
    )
    if not is_asked and "saknas" not in card.period:
        yield Fault(
            "fallback", where, named, card.period, f"a figure of {document.period}, or a word that there is none"
        )
    if card.compared is None:
        return
    compared = card.compared.origin
    if card.compared.text not in card.beside:
        yield Fault("comparison", where, named, card.beside, card.compared.text)
    if compared is None or compared.key == origin.key or compared.key not in document.rows:
        return
    before = document.rows[compared.key]
    expected = "ett år tidigare" if row["measure_time"] == "rolling_12" else str(end.year - 1)
    expected = "året före" if row["period_grain"] == "year" else expected
    if (
        before["period_end"].year != end.year - 1
        or before["period_end"].month != end.month
        or expected not in card.beside
    ):
        yield Fault(
            "comparison", where, compared.key, card.beside, f"the same period a year before, called {expected!r}"
        )
    if before["series_id"] != row["series_id"]:
        yield Fault("rule", where, compared.key, "a comparison across a change of definition", "none")


def _of_table(document: Document, table: Table, where: str) -> Iterator[Fault]:
    said = " ".join((*table.remarks, *table.notes))
    series: dict[str, dict[str, str]] = {}
    for line in table.lines:
        for cell in line.cells:
            row = document.rows.get(cell.origin.key) if cell.origin and cell.origin.measure == "value" else None
            if row is not None and _is_figure(row) and cell.value is not None:
                key = re.sub(r"/\d{4}-\d\d-\d\d--\d{4}-\d\d-\d\d/", "/", str(row["key"]))
                series.setdefault(key, {})[str(row["series_id"])] = line.label
        if line.gap and (f"{table.title}: {line.label}", line.gap) not in document.gaps:
            yield Fault("gap", f"{where}, row {line.label!r}", line.label, "no entry among what is missing", line.gap)
        for column, cell in zip(table.columns, line.cells, strict=False):
            yield from _of_cell(document, table, line, column, cell, f"{where}, row {line.label!r}, column {column!r}")
        if not line.gap and _lacks_newest(document, table, line):
            yield Fault(
                "gap",
                f"{where}, row {line.label!r}",
                line.label,
                "no word of what is missing",
                "a note and an entry among it",
            )
        named = {cell.origin.indicator_id for cell in line.cells if cell.origin} & document.indicators.keys()
        ended = {after for name in named if (after := document.indicators[name].ended_after) and after < document.year}
        if ended and "avslutades" not in f"{line.note} {line.gap} {' '.join(table.remarks)}":
            expected = f"that the series ended after {ended.pop()}"
            yield Fault("ended", f"{where}, row {line.label!r}", line.label, "no word of the end", expected)
    for key, of_series in series.items():
        if len(of_series) > 1 and "efinitionen" not in said:
            yield Fault(
                "break",
                where,
                key,
                f"values of {', '.join(sorted(of_series))} side by side",
                "a word that the definition changed",
            )
    if (
        document.through
        and document.through < date(document.year, 12, 31)
        and re.search(rf"{document.year} är stängt", said)
    ):
        yield Fault("closed", where, table.title, f"{document.year} called closed in a report within it", "nothing")


def _of_cell(document: Document, table: Table, line: Line, column: str, cell: Cell, where: str) -> Iterator[Fault]:
    """What the names around a cell say of its figure: which group, whose, and whether it is there."""
    origin = cell.origin
    row = document.rows.get(origin.key) if origin else None
    if origin is None or row is None or cell.value is None or not _is_figure(row):
        return
    named = f"{origin.key}#{origin.measure}"
    if (group := _group(column)) and origin.measure.endswith("_mean") and origin.measure != group:
        yield Fault("split", where, named, origin.measure, f"{group}, as the heading says")
    if origin.measure.endswith("_mean"):
        return
    sex = SEXES.get(re.split(r"[\s,–-]+", line.label.casefold().strip())[-1])
    if sex and row.get("gender") != sex:
        yield Fault(
            "split", where, named, f"the figure of gender {row.get('gender')}", f"that of {sex}, as the row says"
        )
    whose = row.get("municipality")
    if table.first_column == MEMBERS and origin.measure == "value" and whose and not line.label.startswith(str(whose)):
        yield Fault("split", where, named, f"the figure of {whose}", f"that of {line.label}, as the row says")
    if origin.measure == "value" and _calls_missing(line.gap, origin):
        yield Fault("gap", where, named, line.gap, "no word of a gap: the figure is there")


def _group(text: str) -> str | None:
    """The mean of the group that a text names."""
    return next((measure for pattern, measure in GROUPS if re.search(pattern, text.casefold())), None)


def _calls_missing(text: str, origin: Origin) -> bool:
    """Whether a text says that the figure of just this period is missing."""
    found = re.search(r"[Uu]ppgift för (.+?) saknas|levererats för (.+?)\.", text)
    asked = next((part for part in found.groups() if part), "") if found else ""
    return bool(asked) and (origin.period == asked or origin.period.endswith(f"–{asked}"))


def _lacks_newest(document: Document, table: Table, line: Line) -> bool:
    """Whether the row's own value of the report's own year is missing, though the table has a place for it."""
    own: list[tuple[int, Cell]] = []
    for column, cell in zip(table.columns, line.cells, strict=False):
        if cell.lacks or (cell.origin is not None and cell.origin.measure == "value" and cell.value is not None):
            named = re.findall(YEAR, column) or re.findall(rf"(?:^|\s)({YEAR})$", line.label)
            own.append((int(named[-1]) if named else document.year, cell))
    if table.first_column == MEMBERS and not (
        line.label.startswith(document.municipality) and all(cell.lacks for _, cell in own)
    ):
        return False  # other municipalities, and parts of which some are known
    newest = max((year for year, _ in own), default=None)
    return newest == document.year and any(cell.lacks for year, cell in own if year == newest)


def _of_paragraph(document: Document, paragraph: Paragraph, where: str) -> Iterator[Fault]:
    told: dict[tuple[str, str], str] = {}
    said: set[tuple[str, frozenset[str]]] = set()
    for sentence in paragraph.sentences:
        yield from _of_sentence(document, sentence, where)
        yield from _of_directions(document, sentence, where)
        if (sentence.text, sentence.indicators) in said:
            yield Fault("repeated", where, repr(sentence.text), "the sentence twice", "the sentence once")
        said.add((sentence.text, sentence.indicators))
        for cell in sentence.cells:
            if cell.origin is None or cell.value is None or cell.origin.measure in (*NOT_OF_A_ROW, "count"):
                continue
            key = (cell.origin.key, cell.origin.measure)
            if key in told:
                yield Fault(
                    "repeated",
                    where,
                    "#".join(key),
                    repr(sentence.text),
                    f"the figure once; it stands in {told[key]!r}",
                )
            told.setdefault(key, sentence.text)


def _of_sentence(document: Document, sentence: Sentence, where: str) -> Iterator[Fault]:
    text, plain = sentence.text, sentence.text.casefold()
    if (
        sentence.about
        and sentence.about.casefold() not in plain
        and sentence.about.split(" ")[0].casefold() not in plain
    ):
        yield Fault("subject", where, repr(text), "no word of what it is about", repr(sentence.about))
    for before, after in zip(sentence.runs, sentence.runs[1:], strict=False):
        ends, starts = (piece if isinstance(piece, str) else piece.text for piece in (before, after))
        if re.search(r"\d[ \u00a0]?$", ends) and re.match(r"[ \u00a0]?\d", starts):
            yield Fault("wording", where, repr(text), "two numbers side by side", "a word between them")
        word = re.match(r"[ \u00a0](\w+)", starts)
        if isinstance(before, Cell) and before.text in ("1", "en", "ett") and word and word.group(1) in SINGULAR:
            yield Fault("wording", where, repr(text), f"{before.text} {word.group(1)}", SINGULAR[word.group(1)])
    if "nollresultat" in plain and re.search(r"\b0,0\b", text):
        yield Fault("wording", where, repr(text), "nothing told as an amount", "the word alone")
    series: dict[str, set[str]] = {}
    for cell in sentence.cells:
        row = (
            document.rows.get(cell.origin.key)
            if cell.origin and cell.origin.measure == "value" and cell.value is not None
            else None
        )
        if row is not None and _is_figure(row):
            key = re.sub(r"/\d{4}-\d\d-\d\d--\d{4}-\d\d-\d\d/", "/", str(row["key"]))
            series.setdefault(key, set()).add(str(row["series_id"]))
    for key, ids in series.items():
        if len(ids) > 1 and "efinitionen" not in text:
            yield Fault("break", where, key, repr(text), "no comparison across a change of definition")


def _of_directions(document: Document, sentence: Sentence, where: str) -> Iterator[Fault]:
    """Words that say which way, whose or which group, against the rows. Words of an outline that are in neither list
    are not judged.
    """
    series: dict[str, list[Row]] = {}
    for place, cell in enumerate(sentence.runs):
        if not isinstance(cell, Cell) or cell.origin is None or cell.value is None:
            continue
        rows = [row for row in _rows(document, cell.origin) if row is not None and _is_figure(row)]
        if not rows:
            continue
        origin, row = cell.origin, rows[0]
        named = f"{origin.key}#{origin.measure}"
        before, after = (_plain(runs) for runs in (sentence.runs[:place], sentence.runs[place + 1 :]))
        if origin.measure == "value":
            series.setdefault(re.sub(r"/\d{4}-\d\d-\d\d--\d{4}-\d\d-\d\d/", "/", str(row.get("key"))), []).append(row)
            sex = next((sex for word, sex in SEXES.items() if re.search(rf"\b{word} $", before)), None)
            if sex and row.get("gender") != sex:
                yield Fault(
                    "split",
                    where,
                    named,
                    f"the figure of gender {row.get('gender')}",
                    f"that of {sex}, as in {sentence.text!r}",
                )
        elif origin.measure.endswith("_mean"):
            if (group := _group(" ".join(before.split()[-3:]))) and origin.measure != group:
                yield Fault("split", where, named, origin.measure, f"{group}, as in {sentence.text!r}")
            way, value, mean = _way(before, ABOVE, BELOW), row.get("value"), row.get(origin.measure)
            if way and value is not None and mean is not None and (value - mean) * way < 0:
                yield Fault("direction", where, named, repr(sentence.text), f"{value:.12g} against {mean:.12g}")
        elif origin.measure in (*DIFFERENCES, "relative_change"):
            way = _way(before, ROSE, FELL) if "change" in origin.measure else _way(after, ABOVE, BELOW, first=True)
            wanted = [value for value in values_of(origin, rows) or [] if is_near(cell, value)]
            if way and wanted and all(value * way < 0 for value in wanted):
                yield Fault("direction", where, named, repr(sentence.text), f"{wanted[0]:.12g}")
    way = _way(sentence.text, ROSE, FELL)
    for key, rows in series.items():
        ordered = sorted(rows, key=lambda row: row["period_end"])
        if way and len(ordered) == 2 and (ordered[1]["value"] - ordered[0]["value"]) * way < 0:
            yield Fault(
                "direction",
                where,
                key,
                repr(sentence.text),
                f"from {ordered[0]['value']:.12g} to {ordered[1]['value']:.12g}",
            )


def _plain(runs: tuple[str | Cell, ...]) -> str:
    return "".join(run if isinstance(run, str) else run.text for run in runs)


def _way(text: str, up: str, down: str, *, first: bool = False) -> int:
    """1 for up, -1 for down by the last (or first) word of either in a text; 0 where there is none, or level."""
    found = [
        (match.start(), sign)
        for pattern, sign in ((up, 1), (down, -1), (LEVEL, 0))
        for match in re.finditer(pattern, text)
    ]
    return (min(found) if first else max(found))[1] if found else 0


def _of_diagram(diagram: Diagram, where: str) -> Iterator[Fault]:
    """The points of a drawing, as they are read out, and its direct labels against the table of its values."""
    table = diagram.table
    values = {
        (line.label, column): cell
        for line in table.lines
        for column, cell in zip(table.columns, line.cells, strict=False)
    }
    for tip in re.findall(r"<title>([^<]*)</title></path>", diagram.svg):
        found = re.fullmatch(rf"(.+?) (\S+): ({NUMBER})( \(simulerat eller preliminärt\))?", tip)
        cell = values.get((found.group(2), found.group(1))) if found else None
        if found is None or cell is None:
            continue
        if cell.text != found.group(3):
            yield Fault(
                "chart", where, f"{found.group(1)} {found.group(2)}", found.group(3), f"{cell.text}, as in its table"
            )
        if bool(found.group(4)) != bool({"s", "p"} & set(cell.marks)):
            yield Fault(
                "marks",
                where,
                f"{found.group(1)} {found.group(2)}",
                tip,
                f"marks {sorted(cell.marks)}, as in its table",
            )
    for column in table.columns:
        shown = [cell.text for (_, of), cell in values.items() if of == column and cell.value is not None]
        for label in re.findall(rf">{re.escape(column)}\u00a0({NUMBER})(?:\u00a0\([^)]*\))?<", diagram.svg):
            if label not in shown:
                yield Fault("chart", where, column, label, "a value of its table")


def _of_cover(document: Document) -> Iterator[Fault]:
    if document.through is None:
        return
    if document.data_through and document.data_through > document.through:
        yield Fault(
            "cover",
            "the cover",
            "Uppgifter till och med",
            str(document.data_through),
            f"no later than {document.through}",
        )
    if document.kind == "manadsuppfoljning" and document.period != month_name(document.through):
        yield Fault("cover", "the cover", "Period", document.period, month_name(document.through))
