"""Whether a municipality's outlines can be composed, and its texts have a section that shows them (rules C301, C302).

Belongs here: what only reports know of a municipality's folder. Does not belong here: what outlines name of the
configuration (`ingestion.configuration.folder`), and composing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ingestion.configuration.folder import KINDS, REPORTS, TEXTS
from ingestion.configuration.form import in_words
from ingestion.configuration.lines import YamlFile, read_yaml
from ingestion.configuration.mistakes import PATH, Mistake, nearest, one_of
from ingestion.configuration.municipality import Municipality
from ingestion.configuration.references import again, all_texts
from reports.compose import load_outline, platform_sections
from reports.outline import BLOCKS, NAMES, RULES, Outline, SectionSpec

IN_BRACES = re.compile(r"\{([^{}\s]+)\}")
OF_YEAR = re.compile(r"year[+-]\d+")
OF_BLOCKS = ("goal", "outcome")
"""Names in braces that a kind of block fills in itself."""


def judge_outlines(municipality: Municipality) -> list[Mistake]:
    """All mistakes of the outlines and texts in the municipality's folder, those that it chose no report of too."""
    found: list[Mistake] = []
    for kind in KINDS:
        path = municipality.folder / REPORTS / f"{kind}.yaml"
        texts = sorted((municipality.folder / TEXTS).glob(f"*/{kind}/*.md"))
        # what cannot be put together is told where it stands, before anything is made of it
        if path.exists() and (broken := list(_structure(read_yaml(path), kind))):
            found += broken
            continue
        try:
            outline = load_outline(municipality, kind)
        except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
            # the platform's own outlines are its tests' to judge
            found += _of_form(read_yaml(path), error) if path.exists() else ()
        else:
            found += _texts(texts, outline.sections)
            if path.exists():
                own = read_yaml(path)
                found += [*_names(own), *_tables(own), *_anchors(own, outline)]
    return found


def _structure(file: YamlFile, kind: str) -> Iterator[Mistake]:
    """Sections that are none, stand twice, or are taken from where there are none."""
    if isinstance(file.value, dict):
        if file.value.get("kind", kind) != kind:
            yield file.mistake("C301", ("kind",), f"'{file.value['kind']}'", f"'{kind}', as the file is called")
        if "sections" in file.value:
            yield from _sections_of(file, ("sections",), file.value["sections"], kind, {})


def _sections_of(file: YamlFile, at: PATH, sections: object, kind: str, seen: dict[str, PATH]) -> Iterator[Mistake]:
    if not isinstance(sections, list):
        yield file.mistake("C301", at, "no list", "a list of sections")
        return
    for place, section in enumerate(sections):
        here: PATH = (*at, place)
        if not isinstance(section, dict):
            yield file.mistake("C301", here, f"'{section}'", "a section: id, heading, blocks")
            continue
        name = section.get("id")
        if isinstance(name, str) and name in seen:
            yield file.mistake(
                "C301", (*here, "id"), f"the section '{name}' again", f"it once (line {file.line(seen[name])})"
            )
        elif isinstance(name, str):
            seen[name] = (*here, "id")
        if "from" in section:
            yield from _taken(file, here, section, kind)
        elif "sections" in section:
            yield from _sections_of(file, (*here, "sections"), section["sections"], kind, seen)


def _taken(file: YamlFile, at: PATH, section: dict[str, Any], kind: str) -> Iterator[Mistake]:
    *other, wanted = str(section["from"]).split("/")
    of = other[0] if other else kind
    own = _below(platform_sections(of))
    if wanted not in own:
        expected = (
            f"a section of the platform's outline {of}, {one_of(list(own), 'it')}"
            if own
            else f"one of {', '.join(KINDS)} before /"
        )
        yield file.mistake(
            "C301", (*at, "from"), f"'{section['from']}'", expected, nearest(wanted, own) if own else nearest(of, KINDS)
        )
        return
    replaced = section.get("replace", [])
    for place, one in enumerate(replaced if isinstance(replaced, list) else [replaced]):
        where: PATH = (*at, "replace", place)
        name = one.get("id") if isinstance(one, dict) else None
        if name not in own[wanted]:
            expected = f"a section below '{wanted}', {one_of(own[wanted], 'it')}"
            yield file.mistake("C301", where, f"'{name}'" if name else "no id", expected, nearest(name, own[wanted]))


def _below(sections: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Every section with the ids of all below it."""
    found: dict[str, list[str]] = {}
    for section in sections:
        below = _below(section.get("sections", []))
        found |= {section["id"]: list(below), **below}
    return found


def _names(file: YamlFile) -> Iterator[Mistake]:
    """Names in braces that nothing fills in: the reader would see them."""
    for where, text in all_texts(file.value, ()):
        for name in IN_BRACES.findall(text):
            if name not in (*NAMES, *OF_BLOCKS) and not OF_YEAR.fullmatch(name):
                yield file.mistake(
                    "C301", where, f"'{{{name}}}'", f"one of {', '.join(NAMES)}, year-1 in braces", nearest(name, NAMES)
                )


def _tables(file: YamlFile) -> Iterator[Mistake]:
    named = [(where, text) for where, text in all_texts(file.value, ()) if where[-1] == "table_id" and "{" not in text]
    yield from again(file, "C301", named, "the table")


def _anchors(file: YamlFile, outline: Outline) -> Iterator[Mistake]:
    ids = list(_sections(outline.sections))
    for place, highlight in enumerate(outline.highlights):
        if highlight.anchor not in ids and not highlight.anchor.startswith("diagram-"):
            expected = f"a section of the report, {one_of(ids, 'its outline')}, or a diagram"
            yield file.mistake(
                "C301",
                ("highlights", place, "anchor"),
                f"'{highlight.anchor}'",
                expected,
                nearest(highlight.anchor, ids),
            )


def _of_form(file: YamlFile, error: Exception) -> Iterator[Mistake]:
    """What the schema of outlines says, in the file's lines; an outline that takes sections over is told by the nearest
    place it names.
    """
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
            yield file.mistake(
                "C301", (*where, registry.key), f"{registry.key}: {named}", expected, nearest(named, registry.kinds)
            )
            continue
        if one["type"] == "extra_forbidden":
            yield file.mistake("C301", where, f"the key '{where[-1]}'", "a key that its block or rule knows")
        elif one["type"] == "missing":
            yield file.mistake("C301", where, f"no key '{where[-1]}'", f"'{where[-1]}'")
        else:
            said = f"'{one['input']}'" if isinstance(one["input"], (str, int, float)) else "what stands there"
            yield file.mistake("C301", where, said, in_words(one))


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
    texts = list(texts)
    # a report of earlier years had the sections that its outline had then
    newest = max((text.parent.parent for text in texts), default=None)
    for text in texts:
        if text.parent.parent == newest and text.stem not in sections:
            expected = f"a section of the report, {one_of(sections, 'its outline')}"
            yield Mistake("C302", str(text), f"'{text.stem}'", expected, nearest=nearest(text.stem, sections))
        for number, line in enumerate(text.read_text(encoding="utf-8").splitlines(), start=1):
            for name in IN_BRACES.findall(line):
                yield Mistake(
                    "C302",
                    str(text),
                    f"'{{{name}}}'",
                    "the words themselves: nothing fills in names in what people write",
                    number,
                )


def _sections(sections: Iterable[SectionSpec]) -> Iterator[str]:
    for section in sections:
        yield section.id
        yield from _sections(section.sections)
