"""The delivery protocol: offline pages that tell people what was delivered, judged and rejected.

Belongs here: an index of deliveries and a page per load and rejection, rendered from the result of Great Expectations
that is kept with the load. The library's own Data Docs load styles and scripts from elsewhere, and know nothing of what
was rejected. Does not belong here: judging, and anything personal (findings are masked when they are made).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined

from expectations.suites import suite
from expectations.validation import expected_columns, unexpected
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import table
from ingestion.durable import replace_text
from ingestion.findings import Finding
from ingestion.lake import VALIDATION_FILE, WHOLE, Lake, Load, Rejected, Rejection

STATES = {"in_force": "Gäller", "replaced": "Ersatt", "unresolved": "Avvisad", "mended": "Avvisad, åtgärdad"}


@dataclass(frozen=True)
class Delivery:
    """A line of the index, and the page behind it. state: a key of `STATES`. moment: local time, for readers."""

    state: str
    page: str
    source: str
    table: str
    municipality: str
    period: str
    file: str
    moment: datetime
    rows: int | None
    warnings: int
    errors: int
    is_simulated: bool


def write_pages(
    lake: Lake, rejected: Rejected, municipalities: dict[str, Municipality], folder: Path, is_demonstration: bool
) -> Path:
    """Bring the protocol in `folder` up to date and give its index page; pages of what is no longer kept are removed.

    A page is written anew only when the state of its delivery has changed, or this module, or a municipality's name.
    """
    common = {"is_demonstration": is_demonstration, "states": STATES}
    names = {municipality.id: municipality.name for municipality in municipalities.values()} | {WHOLE: "Hela landet"}
    in_force = {load.load_id for load in lake.in_force()}
    unresolved = {rejection.rejection_id for rejection in rejected.unresolved(lake)}
    environment = Environment(
        loader=DictLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = _number
    pages: dict[str, str] = {}
    deliveries = []
    kept, marker = {}, folder / "pages.json"
    if marker.exists():
        kept = json.loads(marker.read_text(encoding="utf-8"))
    made_by = hashlib.sha256(f"{Path(__file__).read_text(encoding='utf-8')} {names}".encode()).hexdigest()[:16]
    states: dict[str, str] = {}

    def is_kept(delivery: Delivery) -> bool:
        states[delivery.page] = f"{made_by} {delivery.state}"
        return kept.get(delivery.page) == states[delivery.page] and (folder / delivery.page).exists()

    for load in lake.loads():
        delivery = _of_load(load, names, load.load_id in in_force)
        deliveries.append(delivery)
        if not is_kept(delivery):
            warnings = [Finding(**finding) for finding in load.suite.get("warnings", ())]
            pages[delivery.page] = environment.get_template("delivery").render(
                **common, delivery=delivery, load=load, results=_results(load), findings=warnings
            )
    for rejection in rejected.all():
        delivery = _of_rejection(rejection, names, rejection.rejection_id in unresolved)
        deliveries.append(delivery)
        if not is_kept(delivery):
            pages[delivery.page] = environment.get_template("delivery").render(
                **common, delivery=delivery, load=None, results=(), findings=rejection.findings
            )
    index = folder / "index.html"
    if states == kept and not pages and index.exists():
        return index
    deliveries.sort(
        key=lambda delivery: (delivery.municipality, delivery.source, delivery.table, delivery.period, delivery.moment),
        reverse=True,
    )
    pages[index.name] = environment.get_template("index").render(
        **common,
        open=[delivery for delivery in deliveries if delivery.state == "unresolved"],
        groups=_grouped(deliveries),
        counts={state: sum(delivery.state == state for delivery in deliveries) for state in STATES},
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        replace_text(folder / name, text)
    replace_text(marker, json.dumps(states))
    for path in folder.glob("*.html"):
        if path.name not in pages and path.name not in states:
            path.unlink()
    return index


def _of_load(load: Load, names: dict[str, str], is_in_force: bool) -> Delivery:
    return Delivery(
        state="in_force" if is_in_force else "replaced",
        page=f"load-{load.load_id}.html",
        source=load.source,
        table=load.table,
        municipality=names.get(load.municipality_id, load.municipality_id),
        period=load.period,
        file=load.file,
        moment=_local(load.accepted_at),
        rows=load.rows,
        warnings=len(load.suite.get("warnings", ())),
        errors=0,
        is_simulated=load.is_simulated,
    )


def _of_rejection(rejection: Rejection, names: dict[str, str], is_unresolved: bool) -> Delivery:
    municipality_id = rejection.municipality_id or ""
    return Delivery(
        state="unresolved" if is_unresolved else "mended",
        page=f"rejection-{rejection.rejection_id}.html",
        source=rejection.source,
        table=rejection.table or "",
        municipality=names.get(municipality_id, municipality_id),
        period=rejection.period or "",
        file=rejection.file,
        moment=_local(rejection.rejected_at),
        rows=None,
        warnings=sum(finding.severity == "warning" for finding in rejection.findings),
        errors=sum(finding.severity == "error" for finding in rejection.findings),
        is_simulated=False,
    )


def _results(load: Load) -> list[dict[str, Any]]:
    """The rules that the load was judged by, each with the expectations that say it; with what they expected then, if
    it was kept.
    """
    expected = {rule.number: rule.expected for rule in suite(table(load.source, load.table))}
    texts = {"period": load.period, "municipality": load.municipality_id}
    said: dict[str, list[dict[str, Any]]] = {}
    for result in _kept_results(load):
        meta = result["expectation_config"]["meta"]
        expected[meta["number"]] = meta["expected"]
        said.setdefault(meta["number"], []).append(_expectation(result))
    return [
        {
            **result,
            "expected": expected.get(result["number"], "").format_map(texts),
            "expectations": said.get(result["number"], ()),
        }
        for result in load.suite.get("results", ())
    ]


def _kept_results(load: Load) -> list[dict[str, Any]]:
    """What the library found, by expectation; nothing for loads of before it was kept."""
    path = load.directory / VALIDATION_FILE
    results: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    return results


def _expectation(result: dict[str, Any]) -> dict[str, Any]:
    """An expectation as a line of a page: what it looked at and what broke it, as the library counts."""
    config, found = result["expectation_config"], result["result"]
    observed = found.get("observed_value")  # of the batch as a whole: its rows, or the names of its columns
    return {
        "type": config["type"],
        "columns": ", ".join(expected_columns(config["kwargs"])),
        "success": result["success"],
        "elements": found.get("element_count", len(observed) if isinstance(observed, list) else observed),
        "unexpected": unexpected(result["success"], found),
    }


def _grouped(deliveries: Iterable[Delivery]) -> list[tuple[str, list[Delivery]]]:
    """Deliveries by municipality and table, each newest first."""
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        title = " · ".join(
            filter(None, (delivery.municipality or "Okänd kommun", delivery.source, delivery.table or "okänd tabell"))
        )
        groups.setdefault(title, []).append(delivery)
    return sorted(groups.items())


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/Stockholm"))


def _number(value: int) -> str:
    """A count in Swedish form: thousands apart by a no-break space."""
    return f"{value:,}".replace(",", "\u00a0")


_TEMPLATES = {
    "page": """<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} – Leveransprotokoll</title>
<style>
:root { --ink: #1d2733; --dim: #5b6875; --line: #dfe4ea; --ok: #1e6b45; --warn: #8a5a00; --bad: #a3202c; }
body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); background: #f6f7f9; margin: 0; }
main { max-width: 74rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: .4rem 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: #14507f; } p.lead, .dim { color: var(--dim); }
.scroll { overflow-x: auto; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
th { font-size: .8rem; color: var(--dim); font-weight: 600; background: #fafbfc; } tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; } td.k { white-space: nowrap; }
.state { font-weight: 600; white-space: nowrap; } .in_force, .passed { color: var(--ok); } .replaced, .mended { color: var(--dim); }
.unresolved, .error { color: var(--bad); } .warning { color: var(--warn); }
.demo { background: #fff4d6; border-bottom: 1px solid #ecd797; padding: .5rem 1.25rem; text-align: center; }
details { margin: .6rem 0; } summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .8rem 0; } dt { color: var(--dim); }
dd { margin: 0; }
code { overflow-wrap: anywhere; } .part td { font-size: .85rem; padding-top: .1rem; padding-bottom: .1rem; color: var(--dim); }
</style>
</head>
<body>
{% if is_demonstration %}<div class="demo">Demonstrationsdata: leveranserna är påhittade eller simulerade.</div>{% endif %}
<main>
{% block body %}{% endblock %}
</main>
</body>
</html>
""",
    "index": """{% extends "page" %}
{% block title %}Leveranser{% endblock %}
{% block body %}
<h1>Leveransprotokoll</h1>
<p class="lead">{{ counts.in_force | number }} gällande leveranser, {{ counts.replaced | number }} ersatta,
{{ counts.unresolved | number }} avvisade som väntar på ny leverans, {{ counts.mended | number }} avvisade och åtgärdade.</p>
{% macro lines(deliveries) %}
<div class="scroll"><table>
<tr><th>Period</th><th>Status</th><th>Kommun</th><th>Tabell</th><th>Fil</th><th class="n">Rader</th><th class="n">Fel</th>
<th class="n">Varningar</th><th>Tidpunkt</th></tr>
{% for d in deliveries %}
<tr><td class="k">{{ d.period if d.period and d.period != "all" else "–" }}</td>
<td class="state {{ d.state }}"><a class="{{ d.state }}" href="{{ d.page }}">{{ states[d.state] }}</a>
{% if d.is_simulated %} <span class="dim">(simulerad)</span>{% endif %}</td>
<td>{{ d.municipality }}</td><td>{{ d.source }}{{ "." if d.table }}{{ d.table }}</td><td>{{ d.file }}</td>
<td class="n">{% if d.rows is not none %}{{ d.rows | number }}{% else %}–{% endif %}</td>
<td class="n">{{ d.errors | number }}</td><td class="n">{{ d.warnings | number }}</td>
<td class="k">{{ d.moment.strftime("%Y-%m-%d %H:%M") }}</td></tr>
{% endfor %}
</table></div>
{% endmacro %}
{% if open %}<h2 class="unresolved">Avvisade leveranser som väntar på ny leverans</h2>
{{ lines(open) }}{% endif %}
<h2>Alla leveranser</h2>
{% for title, deliveries in groups %}
<details><summary>{{ title }} <span class="dim">({{ deliveries | length | number }})</span></summary>
{{ lines(deliveries) }}</details>
{% else %}<p>Inga leveranser än.</p>
{% endfor %}
{% endblock %}
""",
    "delivery": """{% extends "page" %}
{% block title %}{{ delivery.source }} {{ delivery.table }} {{ delivery.period }}{% endblock %}
{% block body %}
<p><a href="index.html">← Alla leveranser</a></p>
<h1>{{ delivery.source }}{{ "." if delivery.table }}{{ delivery.table }} {{ delivery.period if delivery.period != "all" }}</h1>
<p class="lead"><span class="state {{ delivery.state }}">{{ states[delivery.state] }}</span> · {{ delivery.municipality }}</p>
<dl>
<dt>Fil</dt><dd>{{ delivery.file }}</dd>
<dt>{{ "Godkänd" if load else "Avvisad" }}</dt><dd>{{ delivery.moment.strftime("%Y-%m-%d %H:%M") }}</dd>
{% if load %}
<dt>Rader</dt><dd>{{ load.rows | number }}</dd>
<dt>Data till och med</dt><dd>{{ load.data_through or "–" }}</dd>
<dt>Leveransens id</dt><dd><code>{{ load.load_id }}</code></dd>
<dt>Innehållets kontrollsumma</dt><dd><code>{{ load.content_hash }}</code></dd>
{% if load.read_by %}<dt>Läst med</dt><dd>{{ load.read_by }}</dd>{% endif %}
{% if load.is_simulated %}<dt>Simulerad</dt><dd>Leveransen innehåller simulerade värden.</dd>{% endif %}
{% endif %}
</dl>
<h2>{{ "Varningar" if load else "Varför leveransen avvisades" }}</h2>
{% if findings %}
<div class="scroll"><table>
<tr><th>Regel</th><th>Rad</th><th>Kolumn</th><th>Funnet</th><th>Väntat</th><th>Att göra</th><th class="n">Antal</th></tr>
{% for f in findings %}
<tr><td class="state {{ f.severity }}">{{ f.rule }}</td>
<td class="n">{% if f.row is not none %}{{ f.row | number }}{% else %}–{% endif %}</td>
<td>{{ f.column or "–" }}</td><td>{{ f.found }}</td><td>{{ f.expected }}</td><td>{{ f.advice }}</td>
<td class="n">{{ f.count | number }}</td></tr>
{% endfor %}
</table></div>
{% else %}<p>Inga.</p>{% endif %}
{% if results %}
<h2>Prövade regler</h2>
<div class="scroll"><table>
<tr><th>Regel</th><th>Lydelse</th><th>Väntat</th><th>Utfall</th><th class="n">Prövade</th><th class="n">Avvikande</th></tr>
{% for r in results %}
<tr><td class="k">{{ r.number }}</td><td>{{ r.title }}</td><td class="dim">{{ r.expected }}</td>
<td class="state {{ "passed" if not r.failing else r.severity }}">
{{ "Ej tillämplig" if not r.checked else "Godkänd" if not r.failing else "Varning" if r.severity == "warning" else "Fel" }}</td>
<td class="n">{{ r.checked | number }}</td><td class="n">{{ r.failing | number }}</td></tr>
{% for e in r.expectations %}
<tr class="part"><td></td><td colspan="2"><code>{{ e.type }}</code> {{ e.columns }}</td>
<td class="{{ "passed" if e.success else r.severity }}">
{{ "Godkänd" if e.success else "Varning" if r.severity == "warning" else "Fel" }}</td>
<td class="n">{{ e.elements | number }}</td><td class="n">{{ e.unexpected | number }}</td></tr>
{% endfor %}
{% endfor %}
</table></div>
{% endif %}
{% endblock %}
""",
}
