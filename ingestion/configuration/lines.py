"""YAML files read with the lines on which their keys and values stand.

Belongs here: reading one file, and what is wrong with it as YAML (rules C101-C104, C108). Does not belong here: what a
file may say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ingestion.configuration.mistakes import PATH, Mistake, dotted, shown

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, which takes a tenth of the time, where there is one."""

_INT, _FLOAT, _TIMESTAMP, _STR, _MERGE, _BINARY = (
    f"tag:yaml.org,2002:{name}" for name in ("int", "float", "timestamp", "str", "merge", "binary")
)
_PLAIN_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass
class YamlFile:
    """A YAML file. value: what it says. lines: line of every key and list entry. written: plain scalars as they were
    written.

    is_broken: no value can be made of it.
    """

    path: Path
    value: Any = None
    lines: dict[PATH, int] = field(default_factory=dict)
    written: dict[PATH, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    is_broken: bool = False

    def line(self, where: PATH) -> int | None:
        """The line of `where`, or of the nearest thing that it is in."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return min(self.lines.values(), default=1)

    def mistake(self, rule: str, where: PATH, found: str, expected: str, near: str | None = None) -> Mistake:
        """A mistake at `where`."""
        return Mistake(rule, shown(self.path), found, expected, self.line(where), dotted(where), near)


def read_yaml(path: Path) -> YamlFile:
    """The file `path`; what is wrong with it as YAML is among its `mistakes`, and its value None where it cannot be
    read.
    """
    file = YamlFile(path)
    text = _text(file)
    if text is None:
        return file
    if not text.strip():
        file.mistakes.append(Mistake("C101", shown(path), "an empty file", "keys and values", 1))
        return file
    try:
        loader = LOADER(text)
        try:
            node = loader.get_single_node()
            if node is None or not isinstance(node, yaml.MappingNode):
                found = "nothing but comments" if node is None else "a list or a text"
                file.mistakes.append(Mistake("C101", shown(path), found, "keys and values", 1))
                return file
            _walk(file, loader, node, (), set())
            if not file.is_broken:
                file.value = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        # what was begun and not ended is told where it begins; elsewhere the context is but the block that the line is
        # in
        begun = error.context_mark if re.search("simple key|flow|quoted", error.context or "") else None
        mark = begun or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        found = _line_of(text, line)
        said = " ".join(part for part in (error.context, error.problem) if part)
        file.mistakes.append(Mistake("C103", shown(path), found, f"YAML ({said})", line))
    except (yaml.YAMLError, ValueError, TypeError) as error:
        file.mistakes.append(
            Mistake("C103", shown(path), f"'{str(error)[:120]}'", "YAML", _line_of_odd_character(text))
        )
    return file


def _text(file: YamlFile) -> str | None:
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        file.mistakes.append(
            Mistake("C101", shown(file.path), f"a file that cannot be read ({error.strerror})", "a file to read")
        )
        return None
    try:
        # a mark at the start, as Windows' editors set it, is no part of the first key
        # letters and their marks in one, as the words that they are compared with
        return unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = (
            "UTF-16"
            if raw[:2] in (b"\xff\xfe", b"\xfe\xff")
            else f"the byte {raw[error.start]:#04x}, as in Windows-1252 or Latin-1"
        )
        file.mistakes.append(Mistake("C102", shown(file.path), found, "UTF-8", line))
        return None


def _walk(file: YamlFile, loader: Any, node: yaml.Node, where: PATH, inside: set[int]) -> None:
    """Enter the lines of all that is in `node`; keys given twice and values that YAML reads as another are mistakes."""
    if id(node) in inside:
        file.is_broken = True
        file.mistakes.append(
            Mistake(
                "C103", shown(file.path), "an anchor within itself", "YAML without circles", node.start_mark.line + 1
            )
        )
        return
    inside = inside | {id(node)}
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag not in (_STR, _MERGE):
                found = f"the key {key.value}" if isinstance(key, yaml.ScalarNode) else "a key of several parts"
                read_as = f", which YAML reads as {_read_as(key.tag)}" if isinstance(key, yaml.ScalarNode) else ""
                file.mistakes.append(
                    Mistake("C108", shown(file.path), found + read_as, "a key that is a text", line, dotted(where))
                )
                continue
            if key.tag == _MERGE:
                continue
            here = (*where, key.value)
            if key.value in seen:
                file.mistakes.append(
                    Mistake(
                        "C104",
                        shown(file.path),
                        f"'{key.value}' again",
                        f"it once (line {seen[key.value]})",
                        line,
                        dotted(here),
                    )
                )
            seen[key.value] = line
            file.lines[here] = line
            _walk(file, loader, value, here, inside)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            here = (*where, place)
            file.lines[here] = value.start_mark.line + 1
            _walk(file, loader, value, here, inside)
    elif isinstance(node, yaml.ScalarNode) and node.tag == _BINARY:
        file.mistakes.append(
            file.mistake("C108", where, f"!!binary {node.value}, which YAML reads as bytes", "the text itself")
        )
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        file.written[where] = node.value
        if node.tag in (_INT, _FLOAT) and not _PLAIN_NUMBER.fullmatch(node.value):
            read = loader.construct_object(node)
            plain = node.value.replace("_", "").lstrip("0") or "0"
            expected = f'"{node.value}" in quotes' + (f", or the number {plain}" if plain.isdigit() else "")
            file.mistakes.append(
                file.mistake("C108", where, f"{node.value}, which YAML reads as the number {read}", expected)
            )
        elif node.tag == _TIMESTAMP:
            try:
                loader.construct_object(node)
            except ValueError:
                file.is_broken = True
                found = f"{node.value}, which is no day of the calendar"
                line = node.start_mark.line + 1
                file.mistakes.append(Mistake("C108", shown(file.path), found, "a day as YYYY-MM-DD", line))


def _read_as(tag: str) -> str:
    kind = tag.rsplit(":", 1)[-1]
    return {
        "bool": "true or false",
        "int": "a number",
        "float": "a number",
        "null": "nothing",
        "timestamp": "a day",
    }.get(kind, kind)


def _line_of(text: str, line: int | None) -> str:
    lines = text.splitlines()
    if line is None or not 0 < line <= len(lines):
        return "the end of the file" if line else "something else"
    said = lines[line - 1].replace("\t", "<tab>").strip()
    return f"'{said[:80]}'" if said else "an empty line"


def _line_of_odd_character(text: str) -> int | None:
    odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, odd.start()) + 1 if odd else None
