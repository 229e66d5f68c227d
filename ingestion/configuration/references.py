"""What a `municipality.yaml` refers to, and whether it is there (rules C111-C222).

Belongs here: rules on one municipality's values, over what YAML read, so that all mistakes of a file are told at once,
those of its form too. Does not belong here: the form of values (the schema, `configuration.municipality`), and what
needs loads or Kolada's catalogue.

A value of a wrong form is passed over here: the schema tells it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from ingestion.configuration.lines import YamlFile
from ingestion.configuration.mistakes import PATH, Mistake, nearest, one_of
from ingestion.configuration.vocabulary import vocabulary
from ingestion.contracts import DELIVERED_SOURCES, SOURCES, Table, tables

SICK = "sjuk"
OF_STAFF_GROUPS = "_share_own"
"""How the indicators end that staff_shares declare the groups of."""

UNMAPPED = "unmapped"
"""The platform's own id of what no interval takes."""

EMPLOYEE_DIMENSION = "7"
BALANCE = ("1", "2")
"""First digits of the accounts that no statement of the result takes (stg_ledger__transaction)."""

FIRST_YEAR = 2000
SAME_WORD = 0.94
"""How alike two names are that differ by a letter in a long word, or by capitals."""

# What a figure of choices may be at all, both ends inclusive.
PLAUSIBLE = {
    "relapse_days": (0, 90),
    "full_time_hours_year": (1500, 2200),
    "followup_tolerance_days": (0, 366),
    # a share of 0.95 is meant as 95
    "control_clean_percent": (1, 100),
    "control_negligible_percent": (1, 100),
}
ACCOUNT, CENTRE = "[0-9]{4,5}", "[A-ZÅÄÖ]*[0-9]+"
DIGITS = "0123456789"
LONGEST_PERIOD = 3 * 366
NEVER_EMPTY = (
    "id",
    "name",
    "label",
    "board",
    "administration",
    "line",
    "account_group",
    "group_id",
    "decided_by",
    "reason",
    "goal_met",
    "goal_partly_met",
    "goal_not_met",
)
UNPADDED = ("id", "name", "label", "line", "group_id", "service_area", "account_group", "decision")
WITH_A_LAST_MONTH = ("delarsbokslut",)
"""Kinds of reports of a part of the year that boards end in different months."""

OF_A_YEAR = ("arsbokslut",)

SPLITS = ("provider",)
"""Dimensions that an exempt count is told by (int_care__year_count_value)."""


def judge_references(
    file: YamlFile, choices: Mapping[str, Any], limits: Mapping[str, Any], this_year: int | None = None
) -> list[Mistake]:
    """All mistakes of the references in `file`, in order of their lines.

    choices, limits (of disclosure): what holds where the file is silent. this_year: of the calendar by default.
    """
    if not isinstance(file.value, dict):
        return []
    found = list(chain.from_iterable(rule(file) for rule in RULES))
    found += [*_at_odds(file, choices), *_limits(file, limits), *_plausible(file, this_year or _day_here().year)]
    return sorted(found, key=lambda mistake: (mistake.line or 0, mistake.rule))


def _day_here() -> date:
    return date.today()  # noqa: DTZ011 - the machine's day: a day more or less is no mistake that these rules look for


def entries(value: Any, *keys: str) -> Iterator[tuple[PATH, Any]]:
    """The entries of the list under `keys`, each with its path; nothing where there is no such list."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        for place, entry in enumerate(value):
            yield (*keys, place), entry


def within(at: PATH, entry: Any, key: str) -> Iterator[tuple[PATH, Any]]:
    """The entries of the list `key` of `entry`, with paths from the top."""
    yield from (((*at, *path), one) for path, one in entries(entry, key))


def texts(found: Iterable[tuple[PATH, Any]]) -> list[tuple[PATH, str]]:
    """Those that are texts."""
    return [(where, value) for where, value in found if isinstance(value, str)]


def ids(value: Any, *keys: str) -> list[tuple[PATH, str]]:
    """The `id` of every entry of a list, with its path."""
    return texts(((*where, "id"), entry.get("id")) for where, entry in entries(value, *keys) if isinstance(entry, dict))


def units(value: Any) -> list[tuple[PATH, str]]:
    """The ids of all units, with their paths."""
    return [
        ((*where, *path), unit)
        for where, department in entries(value, "departments")
        for path, unit in ids(department, "units")
    ]


def unknown(
    file: YamlFile, rule: str, named: Iterable[tuple[PATH, Any]], known: Iterable[str], where_else: str
) -> Iterator[Mistake]:
    """A mistake for every text of `named` that is not among `known`."""
    options = list(known)
    for where, word in texts(named):
        if word not in options:
            expected = one_of(options, where_else) if options else f"one of {where_else}, which has none"
            yield file.mistake(rule, where, f"'{word}'", expected, nearest(word, options))


def again(file: YamlFile, rule: str, named: Iterable[tuple[PATH, str]], what: str) -> Iterator[Mistake]:
    """A mistake for everything of `named` that stands for the second time, small and capital letters alike."""
    first: dict[str, PATH] = {}
    for where, word in named:
        folded = word.casefold()
        if folded in first:
            yield file.mistake(rule, where, f"{what} '{word}' again", f"it once (line {file.line(first[folded])})")
        else:
            first[folded] = where


# ---- Ids and names ----


def _ids_once(file: YamlFile) -> Iterator[Mistake]:
    areas = [*ids(file.value, "departments"), *units(file.value)]
    yield from again(file, "C201", sorted(areas, key=lambda one: file.line(one[0]) or 0), "the department or unit")
    for key, what in (
        ("operating_statement", "the line"),
        ("staff_groups", "the staff group"),
        ("cost_indicators", "the indicator"),
    ):
        yield from again(file, "C201", ids(file.value, key), what)
    shares = [
        ((*where, "indicator_id"), share.get("indicator_id")) for where, share in _mappings(file.value, "staff_shares")
    ]
    yield from again(file, "C201", texts(shares), "the indicator")
    for where, word in (*areas, *ids(file.value, "operating_statement")):
        if word == UNMAPPED:
            yield file.mistake(
                "C201", where, f"'{word}'", "another id: this is the platform's own, of what no interval takes"
            )


def _names_apart(file: YamlFile) -> Iterator[Mistake]:
    for key, name in (("departments", "name"), ("operating_statement", "label"), ("staff_groups", "label")):
        yield from again(
            file, "C222", texts(((*at, name), one.get(name)) for at, one in _mappings(file.value, key)), "the name"
        )
    for at, department in _mappings(file.value, "departments"):
        named = [((*at, *path, "name"), unit.get("name")) for path, unit in _mappings(department, "units")]
        yield from again(file, "C222", texts(named), "the name")
    for where, text in all_texts(file.value, ()):
        if not text.strip() and where[-1] in NEVER_EMPTY:
            yield file.mistake("C107", where, "an empty text", "something to read")
        elif text != text.strip() and where[-1] in UNPADDED:
            yield file.mistake("C107", where, f"{text!r}", f"'{text.strip()}', without blanks or line ends around it")


def all_texts(value: Any, at: PATH) -> Iterator[tuple[PATH, str]]:
    """Every text in `value`, with its path."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from all_texts(one, (*at, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from all_texts(one, (*at, place))
    elif isinstance(value, str):
        yield at, value


def _mappings(value: Any, *keys: str) -> list[tuple[PATH, dict[str, Any]]]:
    return [(where, entry) for where, entry in entries(value, *keys) if isinstance(entry, dict)]


def _organisation_number(file: YamlFile) -> Iterator[Mistake]:
    number = file.value.get("organisation_number")
    if isinstance(number, str) and re.fullmatch(r"\d{6}-\d{4}", number):
        doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(number.replace("-", ""))]
        if sum(digit // 10 + digit % 10 for digit in doubled) % 10:
            yield file.mistake(
                "C111", ("organisation_number",), f"'{number}'", "a number whose last digit agrees with the others"
            )


# ---- The operating statement ----


def _lines(file: YamlFile) -> Iterator[Mistake]:
    lines = _mappings(file.value, "operating_statement")
    known = [word for _, word in ids(file.value, "operating_statement")]
    sums = {line.get("id") for _, line in lines if line.get("sum_of")}
    plain = [name for name in known if name not in sums]
    where_else = "operating_statement"
    for at, line in lines:
        parts = texts(within(at, line, "sum_of"))
        yield from unknown(file, "C202", parts, known, where_else)
        yield from again(file, "C203", parts, "the part")
        for where, part in parts:
            if part in sums:
                expected = f"a plain line, {one_of(plain, where_else)}: '{part}' is itself a sum"
                yield file.mistake("C203", where, f"'{part}'", expected)
    yield from _roles(file, lines, plain)
    accounts = _mappings(file.value, "accounts")
    named = [((*at, "line"), account.get("line")) for at, account in accounts]
    yield from unknown(file, "C202", named, known, where_else)
    for where, word in texts(named):
        if word in sums:
            yield file.mistake("C205", where, f"'{word}', which is a sum", f"a plain line, {one_of(plain, where_else)}")
    led_to = {word for _, word in texts(named)}
    for where, word in ids(file.value, "operating_statement"):
        if word not in sums and word not in led_to:
            near = nearest(word, [name for name in led_to if name not in known])
            yield file.mistake(
                "C205", where, f"'{word}', to which no account leads", "an interval of accounts with this line", near
            )


def _roles(file: YamlFile, lines: Sequence[tuple[PATH, dict[str, Any]]], plain: Sequence[str]) -> Iterator[Mistake]:
    if not lines:
        return
    for role in ("result", "frame"):
        having = [(at, line) for at, line in lines if line.get("role") == role]
        if not having:
            yield file.mistake(
                "C204", ("operating_statement",), f"no line with role: {role}", f"role: {role} on one line"
            )
        for at, _ in having[1:]:
            where = (*at, "role")
            yield file.mistake(
                "C204", where, f"role: {role} again", f"it once (line {file.line((*having[0][0], 'role'))})"
            )
        for at, line in having:
            if role == "result" and not line.get("sum_of"):
                yield file.mistake(
                    "C204",
                    (*at, "role"),
                    f"role: {role} on '{line.get('id')}', which is no sum",
                    "a sum of every plain line",
                )
        if role == "result" and having:
            at, line = having[0]
            parts = {part for _, part in texts(within(at, line, "sum_of"))}
            for name in plain:
                if parts and name not in parts:
                    yield file.mistake(
                        "C204", (*at, "sum_of"), f"the result without '{name}'", "every plain line in it", None
                    )


# ---- Intervals ----


def _interval(file: YamlFile, at: PATH, first: Any, last: Any, digits: str) -> tuple[list[Mistake], bool]:
    """What is wrong with one interval, and whether it can be compared with others."""
    if not (isinstance(first, str) and isinstance(last, str)):
        return [], False
    for word in (first, last):
        if not re.fullmatch(digits, word):
            expected = (
                "digits, after letters if the codes have some"
                if digits == CENTRE
                else "digits only, four or five for an account"
            )
            return [file.mistake("C206", at, f"'{word}'", expected)], False
    if len(first) != len(last) or first > last or first.rstrip(DIGITS) != last.rstrip(DIGITS):
        return [
            file.mistake("C206", at, f"'{first}' to '{last}'", "as many digits in both, the first not after the last")
        ], False
    return [], True


def _overlaps(file: YamlFile, intervals: Sequence[tuple[PATH, str, str, str]], padded: bool) -> Iterator[Mistake]:
    """Intervals (path, first, last, whose) that overlap. padded: codes of other lengths are compared as the accounts'
    mapping does.
    """

    def ends(first: str, last: str) -> tuple[str, str]:
        return (first.ljust(5, "0"), last.ljust(5, "9")) if padded else (first, last)

    for number, (at, first, last, whose) in enumerate(intervals):
        for before, other_first, other_last, others in intervals[:number]:
            if not padded and len(first) != len(other_first):
                continue
            (low, high), (other_low, other_high) = ends(first, last), ends(other_first, other_last)
            if low <= other_high and other_low <= high:
                found = f"{first}-{last} of '{whose}', which overlaps {other_first}-{other_last} of '{others}' (line {file.line(before)})"
                yield file.mistake("C207", at, found, "intervals apart from each other")


def _pairs(at: PATH, entry: Any, key: str) -> Iterator[tuple[PATH, Any, Any]]:
    for where, pair in within(at, entry, key):
        if isinstance(pair, list) and len(pair) == 2:
            yield where, pair[0], pair[1]


def _accounts(file: YamlFile) -> Iterator[Mistake]:
    sound = []
    for at, account in _mappings(file.value, "accounts"):
        first, last = account.get("first"), account.get("last")
        if isinstance(first, str) and first[:1] in BALANCE:
            yield file.mistake(
                "C205",
                (*at, "first"),
                f"'{first}', an account of the balance sheet",
                "accounts of the result, from 3000",
            )
        mistakes, is_sound = _interval(file, at, first, last, ACCOUNT)
        # the form of an account is the schema's to tell
        yield from (mistake for mistake in mistakes if "digits only" not in mistake.expected)
        if is_sound:
            sound.append((at, str(first), str(last), str(account.get("line"))))
    yield from _overlaps(file, sound, padded=True)
    yield from _spellings(file)


def _spellings(file: YamlFile) -> Iterator[Mistake]:
    """Account groups that differ by a letter or two: a group of its own by mistake. Names that differ by digits are
    meant.
    """
    first: dict[str, PATH] = {}
    for at, account in _mappings(file.value, "accounts"):
        group = account.get("account_group")
        if not isinstance(group, str) or group in first:
            continue
        alike = [
            other
            for other in first
            if re.sub(r"\D", "", other) == re.sub(r"\D", "", group)
            and SequenceMatcher(None, _folded(other), _folded(group)).ratio() >= SAME_WORD
        ]
        if alike:
            where = (*at, "account_group")
            expected = f"another name, or '{alike[0]}' as in line {file.line((*first[alike[0]], 'account_group'))}"
            yield file.mistake("C222", where, f"'{group}'", expected, alike[0])
        first[group] = at


def _folded(name: str) -> str:
    """A name without what a typist may leave out: capitals, blanks and the marks on letters."""
    return "".join(
        c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c) and not c.isspace()
    )


def _cost_indicators(file: YamlFile) -> Iterator[Mistake]:
    own = vocabulary().own
    costs = [name for name, row in own.items() if row["domain"] == "costs"]
    yield from unknown(file, "C212", ids(file.value, "cost_indicators"), costs, "the own indicators of costs")
    mapped = [
        (str(account["first"]).ljust(5, "0"), str(account["last"]).ljust(5, "9"))
        for _, account in _mappings(file.value, "accounts")
        if account.get("first") and account.get("last")
    ]
    for at, cost in _mappings(file.value, "cost_indicators"):
        if cost.get("accounts") == []:
            yield file.mistake(
                "C205", (*at, "accounts"), "no accounts", "at least one interval: the cost would always be nought"
            )
        sound = []
        for where, first, last in _pairs(at, cost, "accounts"):
            mistakes, is_sound = _interval(file, where, first, last, ACCOUNT)
            yield from mistakes
            if is_sound:
                sound.append((where, first, last, str(cost.get("id"))))
                if not any(low <= first.ljust(5, "0") and last.ljust(5, "9") <= high for low, high in mapped):
                    expected = "accounts within an interval of accounts"
                    yield file.mistake("C206", where, f"'{first}' to '{last}'", expected)
        yield from _overlaps(file, sound, padded=True)


def _cost_centres(file: YamlFile) -> Iterator[Mistake]:
    all_departments, all_units = [], []
    for at, department in _mappings(file.value, "departments"):
        own = []
        for where, first, last in _pairs(at, department, "cost_centres"):
            mistakes, is_sound = _interval(file, where, first, last, CENTRE)
            yield from mistakes
            if is_sound:
                own.append((where, first, last, str(department.get("id"))))
        all_departments += own
        for path, unit in _mappings(department, "units"):
            for where, first, last in _pairs((*at, *path), unit, "cost_centres"):
                mistakes, is_sound = _interval(file, where, first, last, CENTRE)
                yield from mistakes
                if not is_sound:
                    continue
                all_units.append((where, first, last, str(unit.get("id"))))
                if not any(len(low) == len(first) and low <= first and last <= high for _, low, high, _ in own):
                    expected = f"cost centres within those of '{department.get('id')}'"
                    yield file.mistake("C208", where, f"'{first}' to '{last}' of '{unit.get('id')}'", expected)
    yield from _overlaps(file, all_departments, padded=False)
    yield from _overlaps(file, all_units, padded=False)


# ---- Staff ----


def _staff_groups(file: YamlFile) -> Iterator[Mistake]:
    groups = _mappings(file.value, "staff_groups")
    codes = [code for at, group in groups for code in texts(within(at, group, "aid_codes"))]
    yield from again(file, "C209", codes, "the AID code")
    for where, code in codes:
        if not re.fullmatch(r"\d{6}", code):
            yield file.mistake("C209", where, f"'{code}'", "six digits")
    for at, group in groups:
        if group.get("aid_codes") == []:
            yield file.mistake("C209", (*at, "aid_codes"), "no AID code", "at least one: nobody would be in the group")
    areas = [((*at, "service_area"), group.get("service_area")) for at, group in groups]
    yield from unknown(file, "C210", areas, vocabulary().service_areas, "the indicators' service areas")


def _staff_shares(file: YamlFile) -> Iterator[Mistake]:
    groups = [name for _, name in ids(file.value, "staff_groups")]
    shares = [
        name for name, row in vocabulary().own.items() if row["domain"] == "staffing" and name.endswith(OF_STAFF_GROUPS)
    ]
    known_units = [name for _, name in units(file.value)]
    for at, share in _mappings(file.value, "staff_shares"):
        named = [((*at, "indicator_id"), share.get("indicator_id"))]
        yield from unknown(file, "C212", named, shares, "the own indicators that are shares of staff groups")
        numerator, denominator = texts(within(at, share, "numerator")), texts(within(at, share, "denominator"))
        for key, part in (("numerator", numerator), ("denominator", denominator)):
            if share.get(key) == []:
                yield file.mistake("C213", (*at, key), "no staff group", "at least one: there would be no share")
            yield from unknown(file, "C213", part, groups, "staff_groups")
            yield from again(file, "C213", part, "the staff group")
        below = [name for _, name in denominator]
        for where, name in numerator:
            if below and name in groups and name not in below:
                yield file.mistake(
                    "C214", where, f"'{name}'", f"a group of the denominator, {one_of(below, 'denominator')}"
                )
        services = share.get("services")
        for service, of_service in services.items() if isinstance(services, dict) else ():
            if of_service == []:
                yield file.mistake(
                    "C215", (*at, "services", service), "no unit", "at least one, or the service left out"
                )
            placed = [((*at, "services", *path), one) for path, one in entries(services, service)]
            yield from unknown(file, "C215", placed, known_units, "the departments' units")
            yield from again(file, "C215", texts(placed), "the unit")


def _choices(file: YamlFile) -> Iterator[Mistake]:
    words, choices = vocabulary(), file.value.get("choices")
    kinds = (
        ("sick_types", words.absence_types, "the absences' types"),
        ("unpaid_leave_types", words.absence_types, "the absences' types"),
        ("pension_reasons", words.leave_reasons, "the employments' reasons for leaving"),
    )
    for key, known, where_else in kinds:
        named = texts(within(("choices",), choices, key))
        yield from unknown(file, "C216", named, known, where_else)
        yield from again(file, "C216", named, "the word")
        if isinstance(choices, dict) and choices.get(key) == []:
            yield file.mistake("C216", ("choices", key), "none", f"at least one of {', '.join(known)}")


def _at_odds(file: YamlFile, defaults: Mapping[str, Any]) -> Iterator[Mistake]:
    """Choices that contradict each other, or the default of what is not chosen."""
    choices = file.value.get("choices")
    if not isinstance(choices, dict):
        return
    chosen = {**defaults, **choices}
    sick = [word for _, word in texts(within(("choices",), chosen, "sick_types"))]
    if sick and SICK not in sick:
        yield file.mistake(
            "C216", ("choices", "sick_types"), f"sick leave without '{SICK}'", f"'{SICK}' among the types"
        )
    for where, word in texts(within(("choices",), chosen, "unpaid_leave_types")):
        if word in sick:
            at = where if "unpaid_leave_types" in choices else ("choices", "sick_types")
            yield file.mistake(
                "C216", at, f"'{word}', which is both sick leave and unpaid leave", "a type in one of the two"
            )
    if chosen["goal_met"] == chosen["goal_not_met"]:
        key, other = ("goal_not_met", "goal_met") if "goal_not_met" in choices else ("goal_met", "goal_not_met")
        yield file.mistake("C222", ("choices", key), f"'{chosen['goal_met']}' for both", f"another word than {other}'s")


# ---- Comparison, sources, periods, reports, disclosure ----


def _comparison(file: YamlFile) -> Iterator[Mistake]:
    groups = file.value.get("comparison_groups")
    similar = groups.get("similar") if isinstance(groups, dict) else None
    if isinstance(similar, dict):
        named = [(("comparison_groups", "similar", kind), kind) for kind in similar]
        yield from unknown(file, "C211", named, vocabulary().similar_kinds, "the indicators' kinds")
        # one group of the municipality's own may serve several kinds, under one name
        region = groups.get("region") if isinstance(groups, dict) else None
        every = [(("comparison_groups", "region"), region), *((where, similar[kind]) for where, kind in named)]
        first: dict[str, tuple[PATH, dict[str, Any]]] = {}
        for where, group in every:
            for key, other in (("group_id", "label"), ("label", "group_id")) if isinstance(group, dict) else ():
                before, same = first.setdefault(f"{key} {group.get(key)}", (where, group))
                if same.get(other) != group.get(other):
                    found = f"'{group.get(key)}' again, with another {other}"
                    yield file.mistake(
                        "C222", (*where, key), found, f"it once (line {file.line((*before, key))}), or both alike"
                    )


def _sources(file: YamlFile) -> Iterator[Mistake]:
    for at, removed in _mappings(file.value, "removed_sources"):
        source = removed.get("source")
        yield from unknown(file, "C217", [((*at, "source"), source)], SOURCES, "the sources")
        if source in SOURCES:
            yield from unknown(
                file, "C217", [((*at, "table"), removed.get("table"))], [of.name for of in tables(source)], str(source)
            )
        since, until = removed.get("since"), removed.get("until")
        if isinstance(since, str) and isinstance(until, str):
            shared = min(len(since), len(until))
            if until[:shared] < since[:shared]:
                yield file.mistake("C220", (*at, "until"), f"'{until}'", f"'{since}' or later")
    retention = file.value.get("retention")
    months = retention.get("months") if isinstance(retention, dict) else None
    if isinstance(months, dict):
        named = [(("retention", "months", str(name)), name) for name in months]
        yield from unknown(file, "C217", named, DELIVERED_SOURCES, "the sources that deliver")
    parts = file.value.get("parts")
    divided = {of.full_name: of for source in DELIVERED_SOURCES for of in tables(source)}
    for name, header in parts.items() if isinstance(parts, dict) else ():
        if name in divided:
            yield from unknown(file, "C217", [(("parts", name), header)], dividing_columns(divided[name]), name)
        else:
            yield from unknown(file, "C217", [(("parts", str(name)), name)], divided, "the delivered tables")


def _dimensions(file: YamlFile) -> Iterator[Mistake]:
    dimensions = file.value.get("sie_dimensions")
    if not isinstance(dimensions, dict):
        return
    named = [(("sie_dimensions", str(name)), name) for name in dimensions]
    yield from unknown(file, "C218", named, vocabulary().dimensions, "the transactions' columns")
    numbers = texts((("sie_dimensions", str(name)), number) for name, number in dimensions.items())
    yield from again(file, "C218", numbers, "the dimension")
    for where, number in numbers:
        if not re.fullmatch("[1-9][0-9]*", number) or number == EMPLOYEE_DIMENSION:
            expected = "the number of a dimension, without leading noughts, and not 7, the employee"
            yield file.mistake("C218", where, f"'{number}'", expected)
    if dimensions and "cost_centre" not in dimensions:
        yield file.mistake("C218", ("sie_dimensions",), "no cost_centre", "the dimension of the cost centre", None)


def _periods(file: YamlFile) -> Iterator[Mistake]:
    periods = _mappings(file.value, "extra_periods")
    own = list(vocabulary().own)
    declared = []
    for at, period in periods:
        start, end = (_day(period.get(key)) for key in ("start", "end"))
        if start and end and end < start:
            yield file.mistake("C220", (*at, "end"), f"{end}", f"{start} or later")
        until = period.get("until")
        if end and isinstance(until, int) and until < end.year:
            yield file.mistake("C220", (*at, "until"), f"{until}", f"{end.year} or later, or no until")
        named = texts(within(at, period, "indicators"))
        yield from unknown(file, "C212", named, own, "the own indicators")
        declared += [(where, (str(start), str(end), name)) for where, name in named]
    first: dict[tuple[str, str, str], PATH] = {}
    for where, key in declared:
        if key in first:
            yield file.mistake(
                "C220", where, f"{key[2]} for {key[0]} to {key[1]} again", f"it once (line {file.line(first[key])})"
            )
        first.setdefault(key, where)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def dividing_columns(table: Table) -> list[str]:
    """Headers of the columns that the files of one period of a table can be divided by."""
    return [column.header for column in table.columns if column.is_free_text and column.public][1:]


def _reports(file: YamlFile) -> Iterator[Mistake]:
    first: dict[tuple[str, object], PATH] = {}
    for at, report in _mappings(file.value, "reports"):
        kind, through = report.get("kind"), report.get("through", "")
        if isinstance(kind, str):
            if kind in WITH_A_LAST_MONTH and not through:
                yield file.mistake(
                    "C219",
                    (*at, "kind"),
                    f"{kind} without through",
                    'through: the last month that it covers, "08" in every year or 2024-08 in one',
                )
            if kind in OF_A_YEAR and isinstance(through, str) and re.fullmatch(r"(\d{4}-)?(0[1-9]|1[01])", through):
                yield file.mistake(
                    "C219",
                    (*at, "through"),
                    f"{kind} through {through}",
                    f"the whole year ('{through[:-2]}12'), or none",
                )
            chosen = (kind, through)
            if chosen in first:
                found = " ".join(
                    filter(None, (f"the report '{kind}'", f"through {through}" if through else "", "again"))
                )
                yield file.mistake("C219", (*at, "kind"), found, f"it once (line {file.line(first[chosen])})")
            first.setdefault(chosen, (*at, "kind"))
        if isinstance(through, str) and re.fullmatch(r"(\d{4}-)?\d{2}", through) and not "01" <= through[-2:] <= "12":
            yield file.mistake("C112", (*at, "through"), f"'{through}'", "a month, 01-12")


def _disclosure(file: YamlFile) -> Iterator[Mistake]:
    today = _day_here()
    disclosure = file.value.get("disclosure")
    indicators = vocabulary().indicators
    counts = [name for name, row in indicators.items() if row["disclosure_class"] == "board_count"]
    for at, exemption in _mappings(disclosure, "exemptions"):
        where = ("disclosure", *at)
        named = [((*where, "indicator"), exemption.get("indicator"))]
        yield from unknown(file, "C221", named, counts, "the indicators of the class board_count")
        yield from unknown(file, "C221", within(where, exemption, "splits"), SPLITS, "the dimensions of such counts")
        decided = _day(exemption.get("decided_on"))
        if decided and decided > today:
            yield file.mistake(
                "C221", (*where, "decided_on"), f"{decided}, which is to come", "the day on which the board decided"
            )
    for key in ("indicator", "source"):
        exempt = texts((("disclosure", *at, key), one.get(key)) for at, one in _mappings(disclosure, "exemptions"))
        yield from again(file, "C221", exempt, f"the {key}")


def _limits(file: YamlFile, defaults: Mapping[str, Any]) -> Iterator[Mistake]:
    """Limits within a limit that would be looser than it, declared or not."""
    disclosure = file.value.get("disclosure")
    declared = disclosure.get("limits") if isinstance(disclosure, dict) else None
    limits: dict[str, Any] = declared if isinstance(declared, dict) else {}
    for key, general in (("staff_health_unit_by_occupation", "staff_health"), ("survey_extremes", "survey")):
        low, high = (limits.get(name, defaults[name]) for name in (key, general))
        if isinstance(low, int) and isinstance(high, int) and low < high:
            at = ("disclosure", "limits", key if key in limits else general)
            yield file.mistake("C112", at, f"{key} of {low} below {general} of {high}", f"{key} at least {general}")


def _plausible(file: YamlFile, this_year: int) -> Iterator[Mistake]:
    year = file.value.get("report_year")
    if isinstance(year, int) and (isinstance(year, bool) or not FIRST_YEAR <= year <= this_year + 1):
        yield file.mistake("C112", ("report_year",), f"{year}", f"a year from {FIRST_YEAR} to {this_year + 1}")
    for at, report in _mappings(file.value, "reports"):
        through = report.get("through")
        if (
            isinstance(through, str)
            and re.match(r"\d{4}-", through)
            and not FIRST_YEAR <= int(through[:4]) <= this_year + 1
        ):
            yield file.mistake(
                "C112", (*at, "through"), f"'{through}'", f"a month of a year from {FIRST_YEAR} to {this_year + 1}"
            )
    for at, removed in _mappings(file.value, "removed_sources"):
        for key in ("since", "until"):
            declared = removed.get(key)
            if (
                isinstance(declared, str)
                and re.match(r"[0-9]{4}", declared)
                and not FIRST_YEAR <= int(declared[:4]) <= this_year + 1
            ):
                yield file.mistake(
                    "C112", (*at, key), f"'{declared}'", f"a month or year from {FIRST_YEAR} to {this_year + 1}"
                )
    for at, period in _mappings(file.value, "extra_periods"):
        start, end = (_day(period.get(key)) for key in ("start", "end"))
        for key, day in (("start", start), ("end", end)):
            if day and not FIRST_YEAR <= day.year <= this_year + 1:
                yield file.mistake(
                    "C112", (*at, key), f"{day}", f"a day of a year from {FIRST_YEAR} to {this_year + 1}"
                )
        if start and end and (end - start).days > LONGEST_PERIOD:
            yield file.mistake("C112", (*at, "start"), f"{start} to {end}", "a period of at most three years")
    choices = file.value.get("choices")
    if not isinstance(choices, dict):
        return
    for key, (low, high) in PLAUSIBLE.items():
        number = choices.get(key)
        if isinstance(number, (int, float)) and (isinstance(number, bool) or not low <= number <= high):
            yield file.mistake("C112", ("choices", key), f"{number}", f"a number from {low} to {high}")
    clean, negligible = choices.get("control_clean_percent", 95), choices.get("control_negligible_percent", 80)
    if isinstance(clean, (int, float)) and isinstance(negligible, (int, float)) and negligible > clean:
        where = (
            "choices",
            "control_negligible_percent" if "control_negligible_percent" in choices else "control_clean_percent",
        )
        yield file.mistake(
            "C112", where, f"{negligible} above {clean}", "control_negligible_percent at most control_clean_percent"
        )


RULES: tuple[Callable[[YamlFile], Iterator[Mistake]], ...] = (
    _ids_once,
    _names_apart,
    _organisation_number,
    _lines,
    _accounts,
    _cost_indicators,
    _cost_centres,
    _staff_groups,
    _staff_shares,
    _choices,
    _comparison,
    _sources,
    _dimensions,
    _periods,
    _reports,
    _disclosure,
)
