"""The suites of Great Expectations, and its verdict on a load from the counts that DuckDB made.

Belongs here: a rule as the library's expectations, the library's results, both as the library's JSON. Does not belong
here: the rules (`suites`), counting (`counts`), what follows from a verdict (`gate`).

The library is imported when the first load is judged, not before: it costs seconds. Its expectations are given the
metrics that they ask for, by the library's names, and say themselves what follows: success, element and unexpected
counts are theirs. What is left out is the validator's graph of metrics and each expectation's question for its own
dependencies, which cost more than the counting (docs/dependencies.md); `tests/test_suite_parity.py` holds the results
against those of the library's own engine. No delivered value is among the metrics, so none can end up in a result.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from expectations.counts import Counted, Counts
from expectations.rules import Rule
from expectations.standard import Open, Standard
from expectations.suites import suite
from ingestion.contracts import Table, tables
from ingestion.durable import replace_text

FORMAT = {"result_format": "BASIC", "exclude_unexpected_values": True}
"""Counts, and never a value."""

_ONE_AT_A_TIME = threading.Lock()
"""Great Expectations is not made for several threads."""


@dataclass(frozen=True)
class Validation:
    """The library's verdict. result: an ExpectationSuiteValidationResult. failing: by rule, how many things broke it.
    text: its JSON.
    """

    result: Any
    failing: dict[str, int]
    passed: dict[str, bool]
    text: str


@dataclass(frozen=True)
class _Expected:
    """One expectation of a suite: what it says in SQL and what it is in the library."""

    rule: Rule
    part: Standard | str
    expectation: Any
    configuration: dict[str, Any]


def validated(
    table: Table,
    rules: tuple[Rule, ...],
    counted: Counted,
    columns: Sequence[str],
    open_values: Mapping[str, Sequence[str]],
    load_id: str,
) -> Validation:
    """The verdict of the suite on a load: counted for `rules`, with these columns."""
    with _ONE_AT_A_TIME:
        gx = _library()
        from great_expectations.core import ExpectationSuiteValidationResult
        from great_expectations.validator.validation_statistics import calc_validation_statistics

        results, kept = [], []
        failing, passed = (
            dict.fromkeys((rule.number for rule in rules), 0),
            dict.fromkeys((rule.number for rule in rules), True),
        )
        for expected in _expected(table, rules):
            counts = counted.of(expected.part, expected.rule.checked)
            metrics = {
                name: _metric(name, counts, counted.rows, columns) for name in _asked_metrics(expected.expectation)
            }
            # docs/dependencies.md: why these two, and what their public caller would cost
            told = expected.expectation._validate(metrics, runtime_configuration={"result_format": FORMAT})  # noqa: SLF001
            result = expected.expectation._build_evr(told)  # noqa: SLF001
            results.append(result)
            kept.append(_as_json(result, expected.configuration))
            failing[expected.rule.number] += unexpected(result.success, result.result)
            passed[expected.rule.number] &= bool(result.success)
        statistics = calc_validation_statistics(results)
        whole = ExpectationSuiteValidationResult(
            success=statistics.success,
            results=results,
            suite_name=table.full_name,
            suite_parameters={name: list(values) for name, values in open_values.items()},
            statistics={
                "evaluated_expectations": statistics.evaluated_expectations,
                "successful_expectations": statistics.successful_expectations,
                "unsuccessful_expectations": statistics.unsuccessful_expectations,
                "success_percent": statistics.success_percent,
            },
            meta={"great_expectations_version": gx.__version__, "load_id": load_id},
        )
    facts = {
        "success": whole.success,
        "results": kept,
        "suite_name": whole.suite_name,
        "suite_parameters": whole.suite_parameters,
        "statistics": whole.statistics,
        "meta": whole.meta,
        "id": whole.id,
    }
    return Validation(whole, failing, passed, json.dumps(facts, ensure_ascii=False))


def unexpected(success: bool, result: Mapping[str, Any]) -> int:
    """How many things broke an expectation, by its result: rows, or names of columns; of what has no count of its own,
    one or none.
    """
    if "unexpected_count" in result:
        return int(result["unexpected_count"])
    mismatched = result.get("details", {}).get("mismatched", {})
    return sum(map(len, mismatched.values())) or int(not success)


def expected_columns(kwargs: Mapping[str, Any]) -> list[str]:
    """The columns that an expectation is about, by its arguments; none for the load as a whole and for a rule in SQL."""
    if "column_list" in kwargs:
        return list(kwargs["column_list"])
    return [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs]


def expectation_suite(table: Table) -> Any:
    """The table's suite, an ExpectationSuite of the library. What differs from load to load are suite parameters
    (`OPEN_VALUES`).
    """
    with _ONE_AT_A_TIME:
        return _library().ExpectationSuite(
            name=table.full_name, expectations=[one.expectation for one in _expected(table, suite(table))]
        )


def write_suites(folder: Path) -> None:
    """Write every suite as the library's JSON, `<source>_<table>.json`; nothing, and no import, where they are there
    already.
    """
    marker, made_from = folder / "made_from.txt", _made_from(tuple((of.full_name, suite(of)) for of in tables()))
    if marker.exists() and marker.read_text(encoding="utf-8") == made_from:
        return
    folder.mkdir(parents=True, exist_ok=True)
    suites = {f"{of.full_name}.json": expectation_suite(of).to_json_dict() for of in tables()}
    for name, told in suites.items():
        replace_text(folder / name, json.dumps(told, ensure_ascii=False, indent=1))
    for path in folder.glob("*.json"):
        if path.name not in suites:
            path.unlink()
    replace_text(marker, made_from)


@cache
def _made_from(suites: tuple[tuple[str, tuple[Rule, ...]], ...]) -> str:
    """What the files follow from: rules and the library's version. A refresh asks once a source."""
    return hashlib.sha256(repr((version("great-expectations"), list(suites))).encode()).hexdigest()


def _metric(name: str, counts: Counts, rows: int, columns: Sequence[str]) -> Any:
    """A metric by the library's name."""
    if name == "table.row_count":
        return rows
    if name == "table.columns":
        return columns
    if name == "table.rows_breaking_rule":
        return counts.looked_at, counts.unexpected
    if name == "column_values.nonnull.unexpected_count":
        return counts.missing
    return {"unexpected_count": counts.unexpected, "filtered_row_count": counts.looked_at, "unexpected_values": []}[
        name.rsplit(".", 1)[1]
    ]


_ASKED: dict[type, tuple[str, ...]] = {}


def _asked_metrics(expectation: Any) -> tuple[str, ...]:
    """The names of the metrics that an expectation asks for; the same for all of a type, so the library is asked once."""
    kind = type(expectation)
    if kind not in _ASKED:
        asked = expectation.get_validation_dependencies(runtime_configuration={"result_format": FORMAT})
        _ASKED[kind] = tuple(asked.metric_configurations)
    return _ASKED[kind]


@cache
def _expected(table: Table, rules: tuple[Rule, ...]) -> tuple[_Expected, ...]:
    """The suite's expectations, in order of rules."""
    return tuple(_expected_of(table, rule, part) for rule in rules for part in rule.parts)


def _expected_of(table: Table, rule: Rule, part: Standard | str) -> _Expected:
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.registry import get_expectation_impl
    from great_expectations.util import convert_to_json_serializable

    kwargs: dict[str, Any]
    if isinstance(part, str):
        type_, kwargs = (
            "expect_no_rows_to_break_rule",
            {"contract": table.full_name, "sql": part, "checked": rule.checked},
        )
    else:
        type_, kwargs = part.type, {name: _argument(value) for name, value in part.kwargs}
    expectation = get_expectation_impl(type_)(
        **kwargs,
        severity=FailureSeverity.CRITICAL if rule.severity == "error" else FailureSeverity.WARNING,
        meta={"number": rule.number, "title": rule.title, "expected": rule.expected, "advice": rule.advice},
    )
    return _Expected(rule, part, expectation, convert_to_json_serializable(expectation.configuration))


def _argument(value: Any) -> Any:
    if isinstance(value, Open):
        return {"$PARAMETER": value.name}
    return list(value) if isinstance(value, tuple) else value


def _as_json(result: Any, configuration: dict[str, Any]) -> dict[str, Any]:
    """An ExpectationValidationResult as its own `to_json_dict` gives it; its configuration is the suite's, and made
    once.
    """
    return {
        "success": result.success,
        "expectation_config": configuration,
        "result": result.result,
        "meta": result.meta,
        "exception_info": result.exception_info,
    }


@cache
def _library() -> ModuleType:
    """Great Expectations, with the project's own expectation, silent and offline."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    gc.disable()  # a third of the import was the collector's search through what is here to stay
    try:
        import great_expectations as gx

        import expectations.rule_expectation  # noqa: F401 (the library finds it by its name)
    finally:
        gc.enable()
    gc.freeze()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx
