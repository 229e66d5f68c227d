"""What is generated from the configuration's rules and schema.

Belongs here: docs/configuration.md and the JSON Schema for editors. Does not belong here: the rules and the schema.
"""

from __future__ import annotations

import json

from ingestion.configuration import mapping
from ingestion.configuration.mistakes import RULES
from ingestion.configuration.municipality import json_schema

INTRODUCTION = """\
# A municipality's configuration

Written by `genomlysning generate`; do not edit.

All that differs between municipalities stands in `municipalities/<id>-<name>/`: `municipality.yaml`, own outlines of reports
(`reports/<kind>.yaml`, [reports.md](reports.md)), what people wrote for them (`texts/<period>/<kind>/<section>.md`), and how the
municipality's own systems write tables (`mappings/<source>_<table>.yaml`, [mapping.md](mapping.md)). The folder is judged as a
whole whenever it is loaded: all mistakes are told at once, each with its rule, file, line, what was found, what is expected and the
word that was probably meant:

    C202: municipalities/1489-…/municipality.yaml, line 85, operating_statement[9].sum_of[1]: found 'personel_costs'; expected one of
    financial_net, income, … Did you mean 'personnel_costs'? Correct the id, or add the line.

**A first one** is written by `genomlysning new <id>`: name, groups and report year from Kolada's catalogue, departments, accounts and staff
groups as a beginning. Every line says what it is for; what only the municipality can know is marked CHECK. Kolada has no kind for groups of
a region: those that the platform takes for one are listed in `ingestion/kolada/catalogue.py`. A municipality in none of them has no
`region`, so that no report names one; any other group that holds it may be written there.

**When**: by hand with `genomlysning check-configuration` (in a review, before a commit); at the start of `make demo`;
when Dagster loads the code location, which then still loads (else its sensors could tell nobody), shows the mistakes on the asset
`configuration` and writes them to its log; and in every step that needs the configuration, which fails with them before it takes anything
in. One municipality's mistake stops the runs of all: with its folder left out, its files would be an unknown municipality's.

Rules C4xx are judged before each build, by the catalogue that was fetched from Kolada. Rules C5xx hold a changed configuration against the
loads in force, before anything is built: **every amount and every person delivered reaches the board's totals, or the build stops**
and says which rows have no place. A department that closes, merges or is split therefore stays in the configuration for as long as rows in
force name it, with `cost_centres: []` where its cost centres are now another's. What only later data can show (accounts and cost centres
that no interval takes, units that nothing was delivered for) stands in the daily check ([operations.md](operations.md)) and stops nothing.

**Years.** Reports of a whole year are about the newest year whose December is delivered, unless `report_year` holds them at one; a
report's `through` may be a month of every year ([reports.md](reports.md#choosing)). An entry of `extra_periods` (`start`, `end`,
`indicators`) says when a period was told first, and comes again every year, to the year `until` if it has one. The periods of the
internal control are delivered with it.

**Editors** that know the YAML language server check and complete while one types: the first line of each `municipality.yaml` names the
schema, `municipalities/municipality.schema.json`.

| rule | what holds | where it does not |
|---|---|---|
"""


def rules_markdown() -> str:
    """The page for those who write configurations."""
    return INTRODUCTION + "".join(f"| {rule.number} | {rule.title} | {rule.advice} |\n" for rule in RULES.values())


def schema_text() -> str:
    """The JSON Schema of `municipality.yaml`, for editors."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def mapping_schema_text() -> str:
    """The JSON Schema of a mapping, for editors."""
    return json.dumps(mapping.json_schema(), ensure_ascii=False, indent=2) + "\n"
