"""Read a published file in constant memory: its digest, its encoding, its lines or its XML elements."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

_CHUNK: Final = 1 << 20


class UnreadableFile(ValueError):
    """The file cannot be a register file. The message names it, the fault and the remedy."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(digests: dict[str, str]) -> str:
    """Return one SHA-256 over the names and digests of files, whatever their order on the command line."""
    combined = hashlib.sha256()
    for name, one in sorted(digests.items()):
        combined.update(f"{name}\n{one}\n".encode())
    return combined.hexdigest()


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every line that is not blank, with its number; a closing 0x1A is passed over."""
    with path.open("rb") as file:
        _look(path, file.read(_CHUNK))
    with path.open(encoding=_encoding(path), newline="") as file:
        for number, line in enumerate(file, start=1):
            text = line.rstrip("\r\n")
            if text and (text[0] > " " or text.strip("\x1a \t")):
                yield number, text


def _encoding(path: Path) -> str:
    """Return the file's encoding: UTF-8 where it decodes, else what older government files use.

    Latin-1 comes last and decodes anything: a file that is cut off or damaged is judged row by row, not refused here.
    """
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


def elements(path: Path, *names: str) -> Iterator[tuple[int, str]]:
    """Yield every element of these names as it is written in an XML file, with the line that it begins at.

    Raises UnreadableFile: it is not XML, is cut off, or declares entities, which a register has no use for.
    """
    found = _Elements(path, names)
    with path.open("rb") as file, path.open("rb") as again:
        while chunk := file.read(_CHUNK):
            yield from found.feed(chunk, again)
        yield from found.feed(b"", again)


_LONGEST_TAG: Final = 4096
"""Bytes within which a tag ends that has begun."""

_ENCODINGS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1"})


class _Elements:
    """Finds where elements begin and end, and reads them out of the file as they are."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self._path, self._names = path, frozenset(names)
        self._found: list[tuple[int, int, int]] = []
        self._begun = (0, 0)
        self._encoding = "utf-8"
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.XmlDeclHandler = self._declared

    def feed(self, chunk: bytes, file: Any) -> Iterator[tuple[int, str]]:
        """Take the next part of the file, none at its end; yield what is whole by then."""
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as fault:
            name = self._path.name
            raise UnreadableFile(f"{name} is not whole XML ({fault}); fetch the file again") from None
        ready, self._found = self._found, []
        for line, start, end_tag in ready:
            file.seek(start)
            content = file.read(end_tag - start + _LONGEST_TAG)
            yield line, content[: content.index(b">", end_tag - start) + 1].decode(self._encoding, "replace")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name in self._names:
            self._begun = (self._parser.CurrentLineNumber, self._parser.CurrentByteIndex)

    def _end(self, name: str) -> None:
        if name in self._names:
            self._found.append((*self._begun, self._parser.CurrentByteIndex))

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._encoding = (encoding or "utf-8").casefold()
        if self._encoding not in _ENCODINGS:
            raise UnreadableFile(f"{self._path.name} is written in {encoding}; fetch it in UTF-8")

    def _refuse(self, *_declaration: object) -> None:
        raise UnreadableFile(f"{self._path.name} declares a document type; a web page? Download the data file")
