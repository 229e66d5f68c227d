"""Whether a municipality's outlines can be composed, and its texts have a section that shows them (rules C301, C302).

Belongs here: what only reports know of a municipality's folder. Does not belong here: what outlines name of the configuration
(`ingestion.configuration.folder`), and composing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from ingestion.configuration.folder import FILE, KINDS, REPORTS, TEXTS
from ingestion.configuration.lines import YamlFile, read_yaml
from ingestion.configuration.mistakes import PATH, Mistake, dotted, nearest, one_of
from ingestion.municipality import Municipality
from reports.compose import load_outline
from reports.outline import BLOCKS, RULES, SectionSpec


def judge_outlines(municipality: Municipality) -> list[Mistake]:
    """All mistakes of the outlines and texts in the municipality's folder, those that it chose no report of too."""
    found: list[Mistake] = []
    chosen: list[str] = [choice.kind for choice in municipality.reports]
    for kind in KINDS:
        path = municipality.folder / REPORTS / f"{kind}.yaml"
        texts = sorted((municipality.folder / TEXTS / kind).glob("*.md"))
        try:
            outline = load_outline(municipality, kind)
        except FileNotFoundError:
            if kind in chosen:
                configuration = read_yaml(municipality.folder / FILE)
                expected = f"{REPORTS}/{kind}.yaml in the municipality's folder, as the platform has no outline of that kind"
                found.append(configuration.mistake("C301", ("reports", chosen.index(kind)), f"kind: {kind} without an outline", expected))
            found += _texts(texts, ())
        except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
            # the platform's own outlines are its tests' to judge
            found += _of_form(read_yaml(path), error) if path.exists() else ()
        else:
            found += _texts(texts, outline.sections)
    return found


def _of_form(file: YamlFile, error: Exception) -> Iterator[Mistake]:
    """What the schema of outlines says, in the file's lines; an outline that takes sections over is told by the nearest place it names."""
    cause = error if isinstance(error, ValidationError) else error.__cause__
    if not isinstance(cause, ValidationError):
        yield Mistake("C301", str(file.path), f"'{cause or error!s}'", "an outline that can be read", file.line(()))
        return
    for one in cause.errors():
        where: PATH = one["loc"]
        spec = _at(file.value, where)
        registry = RULES if "rules" in where else BLOCKS
        named = spec.get(registry.key) if isinstance(spec, dict) else None
        if named is not None and named not in registry.kinds:
            expected = one_of(registry.kinds, "docs/reports.md")
            yield file.mistake("C301", (*where, registry.key), f"{registry.key}: {named}", expected, nearest(named, registry.kinds))
            continue
        if one["type"] == "extra_forbidden":
            yield file.mistake("C301", where, f"the key '{where[-1]}'", "a key that its block or rule knows")
        elif one["type"] == "missing":
            yield file.mistake("C301", where, f"no key '{where[-1]}'", f"'{where[-1]}'")
        else:
            said = one["input"] if isinstance(one["input"], (str, int, float)) else dotted(where)
            yield file.mistake("C301", where, f"'{said}'", one["msg"].removeprefix("Input should be ").removeprefix("Value error, "))


def _at(value: object, where: PATH) -> object:
    for part in where:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _texts(texts: Iterable[Path], of: Iterable[SectionSpec]) -> Iterator[Mistake]:
    sections = list(_sections(of))
    for text in texts:
        if text.stem not in sections:
            expected = f"a section of the report, {one_of(sections, 'its outline')}" if sections else "an outline of the report"
            yield Mistake("C302", str(text), f"'{text.stem}'", expected, nearest=nearest(text.stem, sections))


def _sections(sections: Iterable[SectionSpec]) -> Iterator[str]:
    for section in sections:
        yield section.id
        yield from _sections(section.sections)
