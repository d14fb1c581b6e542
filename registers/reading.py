"""Read a published file line by line in constant memory: digest, encoding, and whether it is data at all."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from registers.formats import BadRow, Format

_CHUNK: Final = 1 << 20


class UnreadableFile(ValueError):
    """The file cannot be a register file. The message names it, the fault and the remedy."""


class ParsedRow(NamedTuple):
    """A good line."""

    line: int
    key: str
    row: str
    fields: tuple[str, ...]


class RejectedRow(NamedTuple):
    """A bad line, with the reason."""

    line: int
    reason: str
    row: str


def fingerprint(paths: tuple[Path, ...]) -> str:
    """Return one SHA-256 over the names and contents of files, whatever their order on the command line."""
    combined = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        with path.open("rb") as file:
            combined.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return combined.hexdigest()


def read_rows(path: Path, known: Format) -> Iterator[ParsedRow | RejectedRow]:
    """Yield every line as a row or a rejection; blank lines, the header and a closing 0x1A are passed over."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(file, start=1):
            text = line.rstrip("\r\n")
            if not text.strip("\x1a \t") or (number == 1 and known.header and text.startswith(known.header)):
                continue
            yield _row(number, text, known)


def _row(number: int, text: str, known: Format) -> ParsedRow | RejectedRow:
    if "\x00" in text:
        return RejectedRow(number, "a NUL character", text.replace("\x00", "\N{REPLACEMENT CHARACTER}"))
    try:
        fields = known.parse(text)
    except BadRow as fault:
        return RejectedRow(number, str(fault), text[:500])
    return ParsedRow(number, fields[known.key], text, fields)


def _encoding(path: Path) -> str:
    """Return the file's encoding: UTF-8 where it decodes, else what older government files use.

    Latin-1 comes last and decodes anything: a file that is cut off or damaged is judged row by row, not refused here.
    """
    with path.open("rb") as file:
        _look(path, file.read(_CHUNK))
    return next(encoding for encoding in ("utf-8-sig", "cp1252", "latin-1") if _decodes(path, encoding))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _look(path: Path, beginning: bytes) -> None:
    head = beginning.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnreadableFile(f"{path.name} is a web page or XML, not the register's data; download the data file")
    if head.startswith((b"\x1f\x8b", b"pk\x03\x04")):
        raise UnreadableFile(f"{path.name} is compressed; unpack it first")
