"""The bytes of a SIE file: its code page, its lines, its checksum.

Belongs here: what must be known before records can be read, and what only the file's own bytes can say (#KSUMMA).
Does not belong here: records and what they mean (`ingestion.readers.sie`).

The standard knows one code page, PC8 (437). Cloud ledgers write UTF-8 and say PC8, and editors save Windows-1252.
Accounts, dates and amounts are ASCII in all three, so such a file is read, and the letters of its codes are those of
the code page that was found.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PC8 = "cp437"
MAX_LINE = 64 * 1024

_CHUNK = 1024**2
_CONTROL = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\r")
# å ä ö Å Ä Ö é ü in the two code pages of one byte a letter. None of the second is a letter of Swedish in the first:
# there they are Greek and line-drawing characters. In UTF-8 all of them begin with the same byte, which is no letter of
# Swedish in either.
_PC8_LETTERS, _1252_LETTERS, _UTF8_LEAD = "åäöÅÄÖéü".encode(PC8), "åäöÅÄÖéü".encode("cp1252"), b"\xc3"
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s{}"]+)')


@dataclass(frozen=True)
class Look:
    """What a first look at a file tells.

    encoding: the codec to read it with. named: the code page in words where it is not PC8, else empty. row: the first
    line that shows it. has_control: there is a control character besides tabs and line ends somewhere.
    """

    encoding: str
    named: str
    row: int | None
    has_control: bool


def look(path: Path) -> Look:
    """Tell the code page of the whole file: UTF-8 where it is valid, else the one whose Swedish letters are the most."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, has_control, row, lines = True, False, 0, 1
    pc8 = windows = lead = 0
    with path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
        file.seek(3 if marked else 0)
        while chunk := file.read(_CHUNK):
            if chunk.endswith(b"\r"):  # CR and LF are one line end
                chunk += file.read(1)
            has_control = has_control or len(chunk.translate(None, _CONTROL)) < len(chunk)
            if not row and chunk.isascii():
                lines += _line_ends(chunk)
                continue
            if not row:
                row = lines + _line_ends(chunk[: len(chunk) - len(chunk.lstrip(bytes(range(128))))])
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            pc8 += len(chunk) - len(chunk.translate(None, _PC8_LETTERS))
            windows += len(chunk) - len(chunk.translate(None, _1252_LETTERS))
            lead += chunk.count(_UTF8_LEAD)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if marked:
        return Look("utf-8-sig", "UTF-8 with a byte-order mark", 1, has_control)
    if not row:
        return Look("utf-8", "", None, has_control)  # ASCII alone, which is read the fastest so
    if is_utf8 or (lead and lead >= max(pc8, windows)):
        return Look("utf-8", "UTF-8", row, has_control)
    if windows > pc8:
        return Look("cp1252", "Windows-1252 (Latin-1)", row, has_control)
    return Look(PC8, "", None, has_control)


def _line_ends(chunk: bytes) -> int:
    return chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")


def checksums(path: Path, encoding: str) -> set[int]:
    """What #KSUMMA may say: CRC-32 of the records between the two #KSUMMA (without the first: after #FLAGGA).

    Of each record its label and the contents of its fields count: no blanks between fields, no quotes and braces; an
    escaped quote counts as the quote. A file that became another code page on its way has the sum of the bytes that it
    had in PC8, one that was written in another may have that of its own bytes: both are given.
    """
    as_delivered = in_pc8 = 0
    can_be_pc8 = encoding != PC8
    for record in _raw_records(path):
        label = record[:7].upper()
        if label == b"#KSUMMA":
            if record[7:].strip(b'" \t'):
                break
            as_delivered = in_pc8 = 0
            can_be_pc8 = encoding != PC8
        elif label != b"#FLAGGA":
            as_delivered = zlib.crc32(_content(record), as_delivered)
            if can_be_pc8:
                try:
                    in_pc8 = zlib.crc32(_content(record.decode(encoding).encode(PC8)), in_pc8)
                except UnicodeError:  # a letter that PC8 has not: it never was in PC8
                    can_be_pc8 = False
    return {as_delivered, in_pc8} if can_be_pc8 else {as_delivered}


def _raw_records(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            for record in line.removeprefix(codecs.BOM_UTF8).split(b"\r"):
                yield record.strip()


def _content(record: bytes) -> bytes:
    return b"".join(quoted.replace(b'\\"', b'"') or bare for quoted, bare in _TOKEN.findall(record))
