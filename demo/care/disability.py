"""Services under LSS, and assistance under SFB: who has which service, who comes and goes, who waits for a dwelling.

Belongs here: how persons, services and dwellings hang together. Does not belong here: the numbers of a municipality
(its own module gives a `Plan`), the Social Services Act (`elderly`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from demo.care.casebook import DAY, Casebook, Decision, Offer, quiet
from demo.care.elderly import offers
from demo.hr.people import Person

GROUP_HOME, SERVICE_HOME, ADAPTED = "gruppbostad", "servicebostad", "annan särskilt anpassad bostad"
DAILY, ASSISTANCE, SFB_ASSISTANCE = "daglig verksamhet", "personlig assistans", "personlig assistans SFB"
_DWELLINGS = {"group_home": GROUP_HOME, "service_home": SERVICE_HOME, "adapted": ADAPTED}
_CHILD = ("korttidsvistelse", "korttidstillsyn", "avlösarservice")
_TERMS = {DAILY: (None, None, 1095), "kontaktperson": (365,), "ledsagarservice": (365, 730)} | dict.fromkeys(
    _CHILD, (365,)
)


@dataclass(frozen=True)
class Window:
    """Between two days: persons who get their first service, and who lose their last (of them, who lived in a
    dwelling).
    """

    first: date
    last: date
    entries: int
    exits: int
    dwelling_exits: int


@dataclass(frozen=True)
class Move:
    """A granted dwelling: decided, and moved into; `into` None: still waiting at the end."""

    service: str
    decided: date
    into: date | None
    declined: float = 0.2


@dataclass(frozen=True)
class Plan:
    """Persons on the first day by what they have ('group_home', 'adapted', 'daily', …), changes, moves, and the units'
    ids.
    """

    persons: dict[str, int]
    windows: tuple[Window, ...]
    moves: tuple[Move, ...]
    units: dict[str, str]
    private_daily: float
    bought_dwellings: float = 0.0
    sfb_only: int = 0
    sfb_ended: int = 0
    taken_over: int = 0
    adapted_with_lss_assistance: int = 0
    sfb_beside: int = 0
    new_services: int = 0
    refusals: int = 0


@dataclass(eq=False)
class Client:
    """A person with LSS services."""

    person: Person
    kind: str
    start: date
    end: date | None = None
    reason: str = ""
    is_bound: bool = False
    services: list[Decision] = field(default_factory=list)


def settle(book: Casebook, plan: Plan) -> list[Client]:
    """All decisions under LSS and SFB; gives the clients, in order."""
    rng = book.rng
    clients: list[Client] = []
    for kind, number in plan.persons.items():
        for _ in range(number):
            start = quiet(book.first_day - rng.randint(60, 4500) * DAY)
            clients.append(_client(book, kind, start))
    _bind(book, plan, clients)
    for window in plan.windows:
        newcomers = [
            _client(
                book,
                rng.choices(("daily", "child", "contact"), (45, 30, 25))[0],
                book.day_in(window.first, window.last),
            )
            for _ in range(window.entries)
        ]
        _leave(book, window, clients)
        clients += newcomers
    for client in clients:
        _services(book, plan, client)
    _moves(book, plan, clients)
    _assistance(book, plan, clients)
    _more(book, plan, clients)
    return clients


def _client(book: Casebook, kind: str, start: date) -> Client:
    ages = {"child": (7.0, 15.0, 12.0), "daily": (21.0, 62.0, 30.0)}.get(kind, (22.0, 72.0, 42.0))
    return Client(book.client(*ages, max(start, book.first_day), 0.44), kind, start)


def _bind(book: Casebook, plan: Plan, clients: list[Client]) -> None:
    """Those who may not leave: whose assistance is counted, and who will move into a dwelling."""
    for client in clients:
        client.is_bound = client.kind in ("adapted", "assistance")
    daily = [c for c in clients if c.kind == "daily"]
    for client in daily[: len(plan.moves) + plan.sfb_beside + plan.taken_over]:
        client.is_bound = True


def _leave(book: Casebook, window: Window, clients: list[Client]) -> None:
    rng = book.rng
    able = [c for c in clients if not c.is_bound and c.end is None and c.start < window.first]
    housed = [c for c in able if c.kind in _DWELLINGS]
    others = [c for c in able if c.kind not in _DWELLINGS]
    for client in rng.sample(housed, window.dwelling_exits) + rng.sample(others, window.exits - window.dwelling_exits):
        client.end = book.day_in(window.first, window.last)
        client.reason = rng.choice(
            ("avliden", "avliden", "flyttat") if client.kind in _DWELLINGS else ("flyttat", "upphört", "upphört")
        )


def _services(book: Casebook, plan: Plan, client: Client) -> None:
    """What a client has from the first day to the last."""
    rng = book.rng
    if client.kind in _DWELLINGS:
        _dwelling(book, plan, client, _DWELLINGS[client.kind], client.start, rng.randint(30, 200))
    if client.kind in ("daily", "adapted") or (client.kind in _DWELLINGS and rng.random() < 0.72):
        _run(book, plan, client, DAILY, client.start)
    if client.kind == "child":
        for service in rng.sample(_CHILD, rng.choice((1, 1, 2))):
            _run(book, plan, client, service, client.start)
    if client.kind == "contact":
        _run(book, plan, client, rng.choice(("kontaktperson", "kontaktperson", "ledsagarservice")), client.start)
    if client.kind == "assistance":
        _run(book, plan, client, ASSISTANCE, client.start)


def _run(
    book: Casebook, plan: Plan, client: Client, service: str, start: date, waiting: int | None = None
) -> list[Decision]:
    rng = book.rng
    is_private = service == DAILY and rng.random() < plan.private_daily
    hours = round(rng.uniform(60, 420)) * 1.0 if service == ASSISTANCE else None
    made = book.run(
        client.person,
        service,
        start,
        client.end,
        client.reason,
        law="LSS",
        term=rng.choice(_TERMS.get(service, (None,))),
        waiting=1 + round(rng.expovariate(1 / 26)) if waiting is None else waiting,
        hours=hours,
        unit="" if is_private else plan.units.get(service, ""),
        provider="privat" if is_private else "egen regi",
    )
    client.services += made
    return made


def _dwelling(book: Casebook, plan: Plan, client: Client, service: str, into: date, waiting: int) -> Decision:
    is_bought = service != ADAPTED and book.rng.random() < plan.bought_dwellings
    [decision] = book.run(
        client.person,
        service,
        into,
        client.end,
        client.reason,
        law="LSS",
        waiting=waiting,
        unit="" if is_bought else plan.units.get(service, ""),
        provider="externt köpt" if is_bought else "egen regi",
    )
    client.services.append(decision)
    return decision


def _moves(book: Casebook, plan: Plan, clients: list[Client]) -> None:
    """Dwellings granted to clients who so far had daily activities only."""
    movers = [c for c in clients if c.kind == "daily" and c.is_bound]
    for client, move in zip(movers, plan.moves, strict=False):
        if move.into is None:
            decision = Decision(
                client.person,
                "LSS",
                move.service,
                move.decided - book.investigation("LSS") * DAY,
                move.decided,
                "bifall",
                valid_from=move.decided,
            )
            if move.declined and move.decided + 120 * DAY < book.last_day:
                first = move.decided + 100 * DAY
                decision.offers = [Offer(first - 9 * DAY, first, "nej")]
                decision.waiting_reason = "tackat nej"
            else:
                decision.waiting_reason = "resursbrist"
            book.decisions.append(decision)
            continue
        decision = _dwelling(book, plan, client, move.service, move.into, (move.into - move.decided).days)
        decision.offers = offers(book, move.decided, move.into, move.declined)
        decision.waiting_reason = "tackat nej" if len(decision.offers) > 1 else "resursbrist"


def _assistance(book: Casebook, plan: Plan, clients: list[Client]) -> None:
    """Assistance beside other services, under LSS or SFB, and under SFB alone."""
    rng = book.rng

    def sfb(person: Person, start: date, end: date | None = None) -> None:
        book.run(
            person,
            SFB_ASSISTANCE,
            start,
            end,
            "upphört" if end else "",
            law="SFB",
            waiting=rng.randint(1, 40),
            hours=round(rng.uniform(180, 720)) * 1.0,
            unit=plan.units.get(ASSISTANCE, ""),
        )

    adapted = [c for c in clients if c.kind == "adapted"]
    for client in adapted[: plan.adapted_with_lss_assistance]:
        _run(book, plan, client, ASSISTANCE, client.start)
    for client in adapted[plan.adapted_with_lss_assistance :]:
        sfb(client.person, client.start)
    daily = [c for c in clients if c.kind == "daily" and c.is_bound][len(plan.moves) :]
    for client in daily[: plan.sfb_beside]:
        sfb(client.person, client.start)
    for client in daily[plan.sfb_beside : plan.sfb_beside + plan.taken_over]:
        change = book.day_in(date(book.years[-2], 2, 1), date(book.years[-2], 11, 1))
        [until_then] = _run(book, plan, client, ASSISTANCE, client.start)
        until_then.closed, until_then.end_reason = change, "upphört"
        sfb(client.person, change)
    for index in range(plan.sfb_only):
        start = quiet(book.first_day - rng.randint(60, 4000) * DAY)
        end = book.day_in(book.first_day + 40 * DAY, date(book.years[-1], 8, 30)) if index < plan.sfb_ended else None
        sfb(book.client(8, 66, 45, book.first_day, 0.47), start, end)


def _more(book: Casebook, plan: Plan, clients: list[Client]) -> None:
    """Services that clients get or give up beside others, refusals, withdrawals; some wait long for a contact person."""
    rng = book.rng
    lasting = [c for c in clients if c.end is None and c.start < book.first_day and c.kind != "child"]
    for year in book.years:
        for client in rng.sample(lasting, min(plan.new_services, len(lasting))):
            service = rng.choice(("kontaktperson", "kontaktperson", "ledsagarservice", "avlösarservice"))
            if any(d.service == service for d in client.services):
                continue
            start = book.day_in(date(year, 1, 1), date(year, 12, 31))
            is_late = rng.random() < 0.3
            [*_, last] = made = _run(book, plan, client, service, start, rng.randint(95, 230) if is_late else None)
            made[0].waiting_reason = rng.choice(("resursbrist", "resursbrist", "egna önskemål"))
            if rng.random() < 0.15 and service == "kontaktperson":
                made[0].interrupted = quiet(start + rng.randint(30, 120) * DAY)
                made[0].resumed = quiet(made[0].interrupted + rng.choice((25, 60, 150)) * DAY)
            if rng.random() < 0.4:
                last.closed, last.end_reason = last.executed and last.executed + rng.randint(160, 330) * DAY, "upphört"
                last.interrupted = last.resumed = None
        for _ in range(plan.refusals):
            service = rng.choice((GROUP_HOME, "kontaktperson", "ledsagarservice", DAILY, ASSISTANCE))
            book.refuse(
                book.client(18, 64, 30, book.first_day),
                "LSS",
                service,
                book.day_in(date(year, 1, 1), date(year, 12, 31)),
            )
        for index in range(plan.refusals // 3):
            applied = book.day_in(date(year, 1, 1), date(year, 6, 30))
            book.withdraw(
                book.client(18, 64, 30, book.first_day),
                "LSS",
                "kontaktperson",
                applied,
                rng.randint(40, 150),
                index == 0,
            )


def queue(book: Casebook, service: str, targets: Sequence[tuple[int, int, float, int]], within_year: int) -> list[Move]:
    """Moves so that on each New Year's Eve `persons` wait since `mean` days.

    targets: (year, persons waiting, mean days since the decision, how many of them waited a year before already).
    within_year: moves a year of persons who never waited over a New Year.
    """
    rng = book.rng
    moves: list[Move] = []
    waiting: list[date] = []
    for year, persons, mean, carried in targets:
        eve = date(year, 12, 31)
        stay = _to_stay(book, waiting, eve, persons, mean, carried)
        for decided in waiting:
            if decided not in stay:
                moves.append(Move(service, decided, book.day_in(date(year, 1, 1), eve)))
        missing = round(persons * mean) - sum((eve - d).days for d in stay)
        highest = 1250 if not waiting else 360
        spans = _with_sum(book, persons - len(stay), missing, highest)
        waiting = stay + [eve - span * DAY for span in spans]
        for _ in range(within_year):
            into = book.day_in(date(year, 4, 1), eve)
            moves.append(Move(service, into - rng.randint(30, 85) * DAY, into))
    # Whoever moves in just after the last day was offered the dwelling after it: to the extracts they still wait.
    return moves + [Move(service, decided, None) for decided in waiting]


def _to_stay(book: Casebook, waiting: list[date], eve: date, persons: int, mean: float, carried: int) -> list[date]:
    """Some of last year's who are passed over again, so that the new ones can bring the mean to where it is to be."""
    for _ in range(500):
        stay = book.rng.sample(waiting, carried) if waiting else []
        share = (persons * mean - sum((eve - d).days for d in stay)) / (persons - len(stay))
        if not waiting or 40 <= share <= 320:
            return stay
    raise ValueError(f"{persons} persons cannot have waited {mean} days on {eve} with {carried} of the year before")


def _with_sum(book: Casebook, number: int, total: int, highest: int) -> list[int]:
    """`number` different spans of 5-`highest` days with the sum `total`."""
    rng = book.rng
    mean = total / number
    spans = [
        min(highest, max(5, round(rng.triangular(0.15 * mean, min(highest, 2.2 * mean), 0.8 * mean))))
        for _ in range(number)
    ]
    while (rest := total - sum(spans)) or len(set(spans)) < number:
        index = rng.randrange(number)
        step = 1 if rest > 0 else -1 if rest < 0 else rng.choice((-1, 1))
        if 5 <= spans[index] + step <= highest:
            spans[index] += step
    return spans
