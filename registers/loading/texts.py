"""Read a published file in constant memory: its digest, its encoding, its lines or its XML elements."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from xml.parsers import expat

from domain.fault import Fault

_CHUNK: Final = 1 << 20


class UnreadableFile(ValueError):
    """The file cannot be a register file. The message names it, the fault and the remedy."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(digests: dict[str, str]) -> str:
    """Return one SHA-256 for several files, given as {name: digest} in any order."""
    hasher = hashlib.sha256()
    for name, file_digest in sorted(digests.items()):
        hasher.update(f"{name}\n{file_digest}\n".encode())
    return hasher.hexdigest()


class Unfit(NamedTuple):
    """A text that was found where a row is expected but cannot be a row, with the reason."""

    line: int
    beginning: str
    reason: str


class CutOff(NamedTuple):
    """The line at which a file is truncated, and the reason."""

    line: int
    reason: str


NumberedLine: TypeAlias = tuple[int, str] | Unfit | CutOff
"""A row as (line at which it begins, text), an `Unfit`, or a `CutOff`, which is always the last."""

_LONGEST: Final = 64 << 10
"""The most bytes of a row, far more than the rows of any register have."""

_SHOWN: Final = 500
"""Bytes kept of a text that cannot be a row."""

_MARK: Final = b"\x1a"
"""The end-of-file mark (0x1A) with which some publishers close a file."""


def lines(path: Path, closed: bool = False) -> Iterator[NumberedLine]:
    """Yield every line that is not blank, with its number. A closing 0x1A is skipped.

    Args:
        path: A text file.
        closed: True if the publisher ends its files with 0x1A; a file without it is then reported as cut off.

    Raises:
        UnreadableFile: The file is a web page, XML or compressed.
    """
    with path.open("rb") as file:
        _look(path, file.read(_CHUNK))
    encoding, number, ending = _encoding(path), 0, b""
    for piece, left_out in _pieces(path):
        rows = piece.splitlines()
        if not number:
            rows[0] = rows[0].removeprefix(codecs.BOM_UTF8)
        yield from _decoded(rows, number, encoding, left_out)
        number += len(rows)
        ending = ending[-_SHOWN:] + piece[-_SHOWN:]
    if fault := _missing(ending, closed):
        yield CutOff(max(number, 1), str(fault))


def records(path: Path) -> Iterator[NumberedLine]:
    """Yield every comma-separated record with the number of its first line. A quoted field may go over several lines.

    Raises:
        UnreadableFile: The file is a web page, XML or compressed.
    """
    number, text = 0, ""
    for row in lines(path):
        if isinstance(row, Unfit | CutOff):
            yield from _unclosed(number, text)
            number, text = 0, ""
            yield row
            continue
        number, text = (number, f"{text}\n{row[1]}") if text else row
        if text.count('"') % 2 == 0:
            yield number, text
        elif len(text) <= _LONGEST:
            continue
        else:
            yield from _unclosed(number, text)
        number, text = 0, ""
    yield from _unclosed(number, text)


def _unclosed(number: int, text: str) -> Iterator[Unfit]:
    if text:
        yield Unfit(number, text[:_SHOWN], "a quotation mark is not closed")


def _decoded(rows: list[bytes], before: int, encoding: str, left_out: int) -> Iterator[tuple[int, str] | Unfit]:
    for number, row in enumerate(rows, start=before + 1):
        if len(row) > _LONGEST:
            yield _too_long(number, len(row) + (left_out if number == before + 1 else 0), row)
            continue
        try:
            text = row.decode(encoding)
        except UnicodeDecodeError as fault:
            yield Unfit(number, _shown(row), f"not UTF-8 at byte {fault.start + 1} (0x{row[fault.start]:02X})")
            continue
        if text and (text[0] > " " or text.strip("\x1a \t")):
            yield number, text


def _too_long(line: int, length: int, row: bytes, longest: int = _LONGEST) -> Unfit:
    return Unfit(line, _shown(row), f"{length} bytes, and no row has more than {longest}")


def _shown(row: bytes) -> str:
    return row[:_SHOWN].decode(errors="replace")


def _missing(ending: bytes, has_end_mark: bool) -> Fault | None:
    """Return the reason why a file that ends in these bytes is cut off, or None."""
    if ending.rstrip().endswith(_MARK):
        return None
    if ending and not ending.endswith((b"\n", b"\r")):
        return Fault("the file ends in the middle of this line")
    return Fault("the file ends here without its closing 0x1A") if has_end_mark else None


def _pieces(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield (whole lines, bytes left out). Bytes are left out only of a first line that is far too long."""
    buffer, left_out = b"", 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            while chunk.endswith(b"\r") and (more := file.read(1)):
                chunk += more
            buffer += chunk
            if end := 1 + max(buffer.rfind(b"\n"), buffer.rfind(b"\r")):
                yield buffer[:end], left_out
                buffer, left_out = buffer[end:], 0
            elif len(buffer) > _LONGEST:
                left_out += len(buffer) - _LONGEST - 1
                buffer = buffer[: _LONGEST + 1]
    if buffer:
        yield buffer, left_out


def _encoding(path: Path) -> str:
    """Return the file's encoding: UTF-8, or else cp1252 or Latin-1, which older government files use.

    Latin-1 decodes anything, so a truncated or damaged file is not refused here but judged row by row.
    """
    if _decodes(path, "utf-8") or _is_damaged(path):
        return "utf-8"
    return "cp1252" if _decodes(path, "cp1252") else "latin-1"


def _is_damaged(path: Path) -> bool:
    """Return True if a file is UTF-8 except for some damaged lines.

    That is so if at least half of its non-ASCII lines decode as UTF-8; in another encoding hardly any do by chance.
    """
    surplus = 0
    for piece, _ in _pieces(path):
        for row in () if piece.isascii() else piece.splitlines():
            if not row.isascii():
                surplus += 1 if _is_utf8(row) else -1
    return surplus >= 0


def _is_utf8(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True


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


def elements(path: Path, *names: str, longest: int = _LONGEST) -> Iterator[tuple[int, str] | Unfit]:
    """Yield (line, text) of every XML element with one of these names, as written, or `Unfit` if it is too long.

    Where several begin on one line, the later ones are numbered as if each had the next line to itself. `longest`: the
    most bytes of an element.

    Raises:
        UnreadableFile: The file is not XML, is cut off, declares a document type, or is in an unsupported encoding.
    """
    parser = _Elements(path, names, longest)
    with path.open("rb") as file, path.open("rb") as again:
        while chunk := file.read(_CHUNK):
            yield from parser.feed(chunk, again)
        yield from parser.feed(b"", again)


_LONGEST_TAG: Final = 4096
"""Bytes read from the start of an element's closing tag to find the end of the tag."""

_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1"})


class _Elements:
    """A parser that finds where elements begin and end, and reads their bytes unchanged from the file."""

    def __init__(self, path: Path, names: tuple[str, ...], longest: int) -> None:
        self._path, self._names, self._longest = path, frozenset(names), longest
        self._found: list[tuple[int, int, int]] = []
        self._begun, self._line = (0, 0), 0
        self._encoding = "utf-8"
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.XmlDeclHandler = self._declared

    def feed(self, chunk: bytes, file: Any) -> Iterator[tuple[int, str] | Unfit]:
        """Parse the next chunk, empty at the end of the file, and yield the elements that it completes."""
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as fault:
            name = self._path.name
            raise UnreadableFile(f"{name} is not whole XML ({fault}); fetch the file again") from None
        ready, self._found = self._found, []
        for line, start, end_tag in ready:
            file.seek(start)
            if end_tag - start > self._longest:
                yield _too_long(line, end_tag - start, file.read(_SHOWN), self._longest)
                continue
            content = file.read(end_tag - start + _LONGEST_TAG)
            yield line, content[: content.index(b">", end_tag - start) + 1].decode(self._encoding, "replace")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name.casefold() == "html":
            raise UnreadableFile(f"{self._path.name} is a web page, not the register's data; download the data file")
        if name in self._names:
            self._line = max(
                self._parser.CurrentLineNumber, self._line + 1
            )  # a row is told by its line: two share none
            self._begun = (self._line, self._parser.CurrentByteIndex)

    def _end(self, name: str) -> None:
        if name in self._names:
            self._found.append((*self._begun, self._parser.CurrentByteIndex))

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        encoding_name = encoding or "utf-8"
        self._encoding = encoding_name.casefold()
        if self._encoding not in _ENCODINGS:
            raise UnreadableFile(f"{self._path.name} is written in {encoding_name[:20]}; fetch it in UTF-8")

    def _refuse(self, *_declaration: object) -> None:
        raise UnreadableFile(f"{self._path.name} declares a document type; a web page? Download the data file")
