"""What stands where in a report: the schema of an outline (YAML).

Belongs here: sections, the base of blocks and of rules for sentences, how series and periods are named, and the two
registries that modules of `blocks` and `sentences` enter their kinds into. Does not belong here: finding outlines and
making documents of them (`compose`), making blocks (`blocks`), and wording (`sentences`). Outlines lie in
`municipalities/<id>-<name>/reports/<kind>.yaml`, else in `reports/outlines/<kind>.yaml`.

An outline:

    kind: arsbokslut
    title: Årsbokslut {year}
    sections:
      - id: personal                       # anchor, and the name of its text: texts/<period>/arsbokslut/personal.md
        heading: Personal
        blocks:
          - block: key_figures             # which kind of block; the rest of the keys are the kind's own
            table_id: personalstatistik
            ...
          - block: sentences
            rules:
              - {rule: change, indicator: U23401, subject: Väntetiden till särskilt boende}
        sections: []

An outline of a municipality can take a section from the platform's outline of the same kind, and replace some of those
below it:

      - from: aldreomsorg
        replace:
          - {id: aldreomsorg-personal, heading: Personal, blocks: []}

Texts may name `{municipality}`, `{board}`, `{administration}`, `{region}`, `{year}`, `{year-1}`, `{through}` ('augusti
2024').

How to add a kind of block: in a module of `reports/blocks` (named in `reports/blocks/__init__.py`), a model and a
function.

    class Goals(BlockSpec):
        block: Literal["goals"]
        goal: str

    @BLOCKS.kind(Goals)
    def goals(spec: Goals, source: Source) -> list[Block]:
        rows = source.publication.records("goal_follow_up", GoalRow, municipality_id=source.municipality.id,
        year=source.year) return [Table(...), Judgement(...)]

A builder returns blocks of `reports.document` in reading order; an empty list leaves nothing, `Absent` says what is
missing and why. A kind of rule for sentences is added alike, with RuleSpec, `RULES.kind` and a function that returns
`list[Sentence]`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args

from pydantic import BeforeValidator, Field, model_validator

from ingestion.configuration.form import Strict

if TYPE_CHECKING:
    from reports.document import Block, Sentence
    from reports.source import Source

MeasureTime = Literal["point", "period", "ytd", "rolling_12"]


BREAKDOWN = r"^\w+=\S.*$"
NAMES = ("municipality", "board", "administration", "region", "through", "year")
"""What texts may name in braces."""


class KindSpec(Strict):
    """Base of the kinds of blocks and of sentences."""

    delivered_by: ClassVar[str] = ""
    """The source without which the kind has nothing to show; empty where that depends on the indicators named."""


Spec = TypeVar("Spec", bound=KindSpec)
Made = TypeVar("Made")


class Registry(Generic[Made]):
    """Kinds by the name that an outline calls them: the model that checks the keys, and the function that makes the
    result.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._models: dict[str, type[KindSpec]] = {}
        self._makers: dict[str, Callable[..., list[Made]]] = {}

    def kind(
        self, model: type[Spec]
    ) -> Callable[[Callable[[Spec, Source], list[Made]]], Callable[[Spec, Source], list[Made]]]:
        """Decorator: the function makes what specs of `model` ask for. The kind's name is the literal of the model's
        key field.
        """
        (name,) = get_args(model.model_fields[self.key].annotation)
        if name in self._models:
            raise ValueError(f"{self.key}: {name} is there twice")

        def enter(make: Callable[[Spec, Source], list[Made]]) -> Callable[[Spec, Source], list[Made]]:
            self._models[name] = model
            self._makers[name] = make
            return make

        return enter

    @property
    def kinds(self) -> list[str]:
        """The names of all kinds."""
        return sorted(self._models)

    def delivered_by(self, name: str) -> str:
        """`delivered_by` of the kind `name`."""
        return self._models[name].delivered_by

    def parse(self, raw: Any) -> Any:
        """A spec of the kind that `raw` names; ValueError for an unknown kind, ValidationError for wrong keys."""
        if isinstance(raw, Strict):
            return raw
        name = raw.get(self.key) if isinstance(raw, dict) else None
        if name not in self._models:
            raise ValueError(f"{self.key}: found {name!r}; expected one of {', '.join(sorted(self._models))}")
        return self._models[name].model_validate(raw)

    def make(self, spec: Strict, source: Source) -> list[Made]:
        """What the spec asks for; an empty list where the publication has nothing for it."""
        return self._makers[getattr(spec, self.key)](spec, source)


BLOCKS: Registry[Block] = Registry("block")
RULES: Registry[Sentence] = Registry("rule")


class Period(Strict):
    """Which figure of a year: the year's own by default, else one quarter, one month or explicit days (both inclusive).

    month: 1 to 12, or 'last' for the last month that the report covers.
    """

    quarter: int | None = Field(default=None, ge=1, le=4)
    month: Annotated[int, Field(ge=1, le=12)] | Literal["last"] | None = None
    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _one(self) -> Period:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end belong together")
        if sum(part is not None for part in (self.quarter, self.month, self.start)) > 1:
            raise ValueError("only one of quarter, month, start and end")
        return self


class SeriesSpec(Strict):
    """A series of figures: the key of a mart row without its year. breakdown: as in the marts ('age_band=0-29').
    measure_time: needed only where a period has several (a month: period, ytd, rolling_12).
    """

    indicator: str
    org_unit: str | None = None
    staff_group: str | None = None
    breakdown: str | None = Field(default=None, pattern=BREAKDOWN)
    gender: Literal["T", "K", "M"] = "T"
    period: Period = Period()
    measure_time: MeasureTime | None = None


class Printing(Strict):
    """How figures are printed.

    decimals: the indicator's own by default; decimals_in: (year, decimals) pairs, where print differs. group_from:
    digits from which thousands are set apart. unit_suffix: after the figure, as written ('%', ' %', ' dagar'). scale:
    kronor divided by 1 000 or 1 000 000. missing: the sign of a value that is not there.
    """

    decimals: int | None = Field(default=None, ge=0, le=6)
    decimals_in: tuple[tuple[int, int], ...] = ()
    group_from: int = 4
    unit_suffix: str | None = None
    scale: Literal["kr", "tkr", "mnkr"] = "kr"
    missing: str | None = None


class RowSpec(SeriesSpec, Printing):
    """A row of a table. label: else the indicator's title, with the staff group's or unit's name. each: a row for each
    of the municipality's staff groups, departments or units (label: what stands before the name; service_area: only
    staff groups of it).
    is_sum: set as a sum. note: a footnote. A row whose staff group or unit the municipality does not have is left out.
    """

    label: str = ""
    each: Literal["staff_group", "department", "unit"] | None = None
    service_area: str | None = None
    is_sum: bool = False
    note: str = ""


class RowGroup(Strict):
    """Rows under a heading (empty: none)."""

    heading: str = ""
    rows: tuple[RowSpec, ...]


class ColumnSpec(Strict):
    """A column of key figures. kind: which measure of the mart row. year: offset from the report's year. period: where
    the rows' own is not meant. blank: rows that have no figure here stay empty, without a sign.
    """

    label: str
    kind: Literal[
        "value", "change", "previous_value", "target", "region_mean", "similar_mean", "national_mean", "n"
    ] = "value"
    year: int = 0
    period: Period | None = None
    measure_time: MeasureTime | None = None
    missing: str | None = None


class BlockSpec(KindSpec):
    """Base of all kinds of blocks; each has its own `block: Literal[...]`."""


class RuleSpec(KindSpec):
    """Base of all kinds of sentences; each has its own `rule: Literal[...]`."""


AnyBlock = Annotated[BlockSpec, BeforeValidator(BLOCKS.parse)]
AnyRule = Annotated[RuleSpec, BeforeValidator(RULES.parse)]


class SectionSpec(Strict):
    """A section. id: its anchor. numbered: False where neither it nor those below have a number. A section that ends up
    empty is left out.

    What people wrote for the period (`texts/2025/<kind>/<id>.md` in the municipality's folder) stands after the
    heading, before the blocks.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    heading: str
    numbered: bool = True
    blocks: tuple[AnyBlock, ...] = ()
    sections: tuple[SectionSpec, ...] = ()


class HighlightSpec(SeriesSpec, Printing):
    """A figure of the summary, with its unit in words, or with the unit_suffix in place of them. anchor: the section or
    diagram that it leads to.
    """

    label: str
    anchor: str


class Outline(Strict):
    """A whole report. subtitle: below the title on the cover."""

    kind: str
    title: str
    subtitle: str = ""
    highlights: tuple[HighlightSpec, ...] = ()
    sections: tuple[SectionSpec, ...]

    @model_validator(mode="after")
    def _ids_once(self) -> Outline:
        seen: set[str] = set()

        def visit(sections: tuple[SectionSpec, ...]) -> None:
            for section in sections:
                if section.id in seen:
                    raise ValueError(f"section {section.id} is there twice")
                seen.add(section.id)
                visit(section.sections)

        visit(self.sections)
        return self
