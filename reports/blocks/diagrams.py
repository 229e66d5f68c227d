"""Diagrams side by side, each with its data table and its sentences.

Belongs here: which diagram an outline asks for, and the sentences that go with it. Does not belong here: drawing
(`charts`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, model_validator

from ingestion.configuration.form import Strict
from reports import charts
from reports.blocks.text import paragraph
from reports.charts import Frame, PartSeries
from reports.document import Absent, Block, Diagram, DiagramRow
from reports.outline import BLOCKS, AnyRule, BlockSpec, SeriesSpec
from reports.source import Source

# What is said of a diagram over time where the outline names no rules.
STANDARD = ("change", "position", "gender_gap", "range", "simulated", "missing")
# Keys that a rule below a diagram takes from it where it has none of its own.
SHARED = ("indicator", "org_unit", "staff_group", "breakdown", "period", "measure_time")
WORDING = ("subject", "form", "moves", "levels", "unit")


class PartSpec(Strict):
    """A part of the members' bars: the indicator or breakdown, and its name in the legend."""

    label: str
    indicator: str | None = None
    breakdown: str | None = None


class DiagramSpec(SeriesSpec):
    """A diagram. number: as printed.

    kind: 'years' (the municipality and its groups, `years` back), 'months' (this year beside the one before) or
    'members' (a bar for each member of the region, stacked of `parts`, for the years `of_years`, offsets, with the
    region's mean as a line). rules: its sentences, which take indicator and split, subject, form, moves, levels and
    unit from the diagram; without rules, the standard ones where there is a subject.
    """

    number: int | None = None
    title: str
    kind: Literal["years", "months", "members"] = "years"
    years: int = Field(default=11, ge=1)
    parts: tuple[PartSpec, ...] = ()
    of_years: tuple[int, ...] = (0,)
    rules: tuple[AnyRule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _share(cls, raw: Any) -> Any:
        """Rules get what they have in common from the diagram."""
        if not isinstance(raw, dict):
            return raw
        worded = {key: raw[key] for key in WORDING if key in raw}
        shared = {key: raw[key] for key in SHARED if key in raw} | worded
        rules = raw.get("rules")
        if rules is None and "subject" in raw:
            rules = [{"rule": name, **({"brief": True} if name == "position" else {})} for name in STANDARD]
        given = {key: value for key, value in raw.items() if key not in WORDING}
        return given | {
            "rules": [{**shared, **rule} if rule.get("rule") != "statement" else rule for rule in rules or ()]
        }


class Diagrams(BlockSpec):
    """Rows of diagrams that stand side by side."""

    block: Literal["diagrams"]
    rows: tuple[tuple[DiagramSpec, ...], ...]


@BLOCKS.kind(Diagrams)
def diagrams(spec: Diagrams, source: Source) -> list[Block]:
    """Rows of diagrams; a diagram without values is said to be absent, one of a group that the municipality does not
    have is left out.
    """
    found: list[Block] = []
    for row in spec.rows:
        drawn: list[Diagram] = []
        for wanted in row:
            if not source.applies(wanted):
                continue
            diagram = _draw(wanted, source)
            if diagram is None:
                name = f"Diagram {wanted.number}: " if wanted.number else ""
                found.append(Absent(name + source.text(wanted.title), source.absence(wanted.indicator)))
            else:
                drawn.append(diagram)
        if drawn:
            found.append(DiagramRow(tuple(drawn)))
    return found


def _draw(spec: DiagramSpec, source: Source) -> Diagram | None:
    split = "-".join(
        part.replace("=", "-").replace("_", "-")
        for part in (spec.indicator, spec.org_unit, spec.staff_group, spec.breakdown)
        if part
    )
    frame = Frame(f"diagram-{spec.number or split.lower()}", spec.number, source.text(spec.title))
    if spec.kind == "years":
        diagram = charts.over_years(source, spec, frame, spec.years)
    elif spec.kind == "months":
        diagram = charts.over_months(source, spec, frame)
    else:
        series = SeriesSpec.model_validate(spec.model_dump(include=set(SeriesSpec.model_fields)))
        parts = [
            PartSeries(
                series.model_copy(update={"indicator": p.indicator or spec.indicator, "breakdown": p.breakdown}),
                source.text(p.label),
            )
            for p in spec.parts
        ]
        years = [source.year + offset for offset in sorted(spec.of_years, reverse=True)]
        diagram = charts.of_members(source, series, frame, parts or [PartSeries(series, "")], years)
    if diagram is None:
        return None
    made = paragraph(spec.rules, source)
    return replace(diagram, paragraph=made if made and made.sentences else None)
