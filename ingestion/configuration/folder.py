"""A municipality's folder: which files it holds, and what its outlines name (rules C101, C109, C110, C212-C215, C202).

Belongs here: names of files, and references of outlines to what the configuration and the platform define. Does not
belong here: the schema of outlines and the sections that texts belong to (`reports.outline_check`: only reports know
them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingestion.configuration.lines import YamlFile, read_yaml
from ingestion.configuration.mapping import MAPPINGS
from ingestion.configuration.mistakes import PATH, Mistake, nearest, one_of, shown
from ingestion.configuration.references import ids, units, unknown
from ingestion.configuration.vocabulary import vocabulary

FILE = "municipality.yaml"
REPORTS, TEXTS = "reports", "texts"
KINDS = ("genomlysning", "arsbokslut", "delarsbokslut", "manadsuppfoljning")
PERIOD_OF_TEXTS = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
YAML_SUFFIXES = (".yaml", ".yml")
EFFECTS = ("volume_effect", "unit_cost", "unit_cost_effect")
"""Keys of outlines that name an indicator, beside `indicator` and `indicators`."""


def missing_file(folder: Path) -> Mistake:
    """What stands where `municipality.yaml` should."""
    if not folder.is_dir():
        return Mistake("C101", shown(folder), "no such folder", f"a folder <id>-<name> with {FILE}")
    meant = [path.name for path in sorted(folder.iterdir()) if is_meant_for_it(path)]
    found = f"'{meant[0]}'" if meant else "no such file" if any(folder.iterdir()) else "an empty folder"
    return Mistake("C101", shown(folder / FILE), found, f"'{FILE}', written just so", nearest=FILE if meant else None)


def is_meant_for_it(path: Path) -> bool:
    """Whether a file has a name that somebody could take for `municipality.yaml`."""
    name = path.name.casefold()
    return (
        path.is_file()
        and path.name != FILE
        and name.startswith(("municipality.", "kommun."))
        and not name.endswith((".schema.json", "~"))
    )


def judge_names(folder: Path) -> Iterator[Mistake]:
    """Files and folders that nothing would read."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if is_meant_for_it(path):
            yield Mistake("C101", shown(path), f"'{path.name}' beside {FILE}", f"'{FILE}' alone", nearest=FILE)
        elif path.is_dir() and path.name not in (MAPPINGS, REPORTS, TEXTS):
            yield _misnamed(path, (MAPPINGS, REPORTS, TEXTS), "folder")
        elif path.is_file() and path.name != FILE and path.suffix.lower() in YAML_SUFFIXES:
            yield _misnamed(path, (FILE, MAPPINGS, REPORTS, TEXTS), "file")
    for path in _listed(folder / REPORTS):
        if path.suffix != ".yaml" or path.stem not in KINDS:
            yield _misnamed(path, [f"{kind}.yaml" for kind in KINDS], "outline")
    for period in _listed(folder / TEXTS):
        if not PERIOD_OF_TEXTS.fullmatch(period.name) or not period.is_dir():
            expected = "a folder named as the period that its texts are for: texts/2025/arsbokslut, texts/2025-08/delarsbokslut"
            yield Mistake("C110", shown(period), f"'{TEXTS}/{period.name}'", expected)
            continue
        yield from _texts_of(period)


def _texts_of(period: Path) -> Iterator[Mistake]:
    for path in _listed(period):
        if path.name not in KINDS or not path.is_dir():
            yield _misnamed(path, KINDS, "folder of texts")
        for text in _listed(path):
            if text.suffix != ".md":
                yield _misnamed(text, (f"{text.stem}.md",), "text")
            elif (mistake := _unreadable(text)) is not None:
                yield mistake


def text_file(folder: Path, kind: str, section: str, period: str) -> Path:
    """Where what people write for a section of a report lies; period: what the report covers ('2025', '2025-08')."""
    return folder / TEXTS / period / kind / f"{section}.md"


def periods_with_text(folder: Path, kind: str, section: str) -> list[str]:
    """The periods that such a text has been written for, oldest first."""
    return [path.name for path in _listed(folder / TEXTS) if text_file(folder, kind, section, path.name).is_file()]


def _listed(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")] if folder.is_dir() else []


def _misnamed(path: Path, names: Any, what: str) -> Mistake:
    return Mistake(
        "C110", shown(path), f"the {what} '{path.name}'", one_of(names, ""), nearest=nearest(path.name, names)
    )


def _unreadable(text: Path) -> Mistake | None:
    try:
        text.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = text.read_bytes()[: error.start].count(b"\n") + 1
        return Mistake("C102", shown(text), f"the byte {text.read_bytes()[error.start]:#04x}", "UTF-8", line)
    return None


def judge_outlines(folder: Path, configuration: YamlFile) -> Iterator[Mistake]:
    """What the municipality's outlines name and nobody defines; configuration: its `municipality.yaml`."""
    words, value = vocabulary(), configuration.value
    groups = [name for _, name in ids(value, "staff_groups")]
    areas = [name for _, name in (*ids(value, "departments"), *units(value))]
    lines = [name for _, name in ids(value, "operating_statement")]
    for path in _listed(folder / REPORTS):
        if path.suffix != ".yaml":
            continue
        outline = read_yaml(path)
        yield from outline.mistakes
        named: dict[str, list[tuple[PATH, Any]]] = {"C212": [], "C213": [], "C215": [], "C202": []}
        _collect(outline.value, (), named)
        yield from unknown(outline, "C212", named["C212"], words.indicators, "the platform's indicators")
        yield from unknown(outline, "C213", named["C213"], groups, "staff_groups")
        yield from unknown(outline, "C215", named["C215"], areas, "departments and their units")
        yield from unknown(outline, "C202", named["C202"], lines, "operating_statement")


def _collect(value: Any, at: PATH, named: dict[str, list[tuple[PATH, Any]]]) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            here = (*at, key)
            if key in ("indicator", *EFFECTS):
                named["C212"].append((here, one))
            elif key == "staff_group":
                named["C213"].append((here, one))
            elif key == "org_unit":
                named["C215"].append((here, one))
            elif key in ("indicators", "areas", "lines") and isinstance(one, list):
                rule = {"indicators": "C212", "areas": "C215", "lines": "C202"}[key]
                named[rule] += [((*here, place), entry) for place, entry in enumerate(one) if isinstance(entry, str)]
            _collect(one, here, named)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            _collect(one, (*at, place), named)
