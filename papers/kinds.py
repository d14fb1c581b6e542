"""The kinds of papers: nine, each known by its first bytes and then by how it is built. The two must agree.

A library that only reads signatures takes a page of HTML behind `%PDF-` for a PDF; it is neither kept nor shown here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

MOST_BYTES: Final = 25 * 1024 * 1024
"""The bytes of one paper, at most."""
MOST_ENTRIES: Final = 2_000
MOST_DIRECTORY: Final = MOST_ENTRIES * 1024
_END_OF_ARCHIVE: Final = 22 + 65_535
"""Bytes of the record that ends an archive, with the longest comment."""
MOST_CONTENT: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 100
_SMALL: Final = 1 << 20
"""Bytes up to which a ratio says nothing: an empty sheet packs well."""
_HEAD: Final = 1024
_TAIL: Final = 4096


class PaperRefused(ValueError):
    """A file is none of the papers that are kept here. The message says why, and what to do. Nothing was kept."""


class PaperKind(StrEnum):
    """A kind of paper."""

    PDF = "PDF"
    PNG = "PNG"
    JPEG = "JPEG"
    XLSX = "XLSX"
    DOCX = "DOCX"
    ODS = "ODS"
    ODT = "ODT"
    CSV = "CSV"
    TXT = "TXT"

    @property
    def media_type(self) -> str:
        """The media type under which it is handed out."""
        return _MEDIA[self]

    @property
    def suffix(self) -> str:
        """The end of a file's name."""
        return ".jpg" if self is PaperKind.JPEG else f".{self.lower()}"

    @property
    def is_archive(self) -> bool:
        """True if it is a zip archive of parts."""
        return self in _PARTS


_MEDIA: Final[Mapping[PaperKind, str]] = MappingProxyType(
    {
        PaperKind.PDF: "application/pdf",
        PaperKind.PNG: "image/png",
        PaperKind.JPEG: "image/jpeg",
        PaperKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        PaperKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        PaperKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
        PaperKind.ODT: "application/vnd.oasis.opendocument.text",
        PaperKind.CSV: "text/csv",
        PaperKind.TXT: "text/plain",
    }
)
_PARTS: Final[Mapping[PaperKind, tuple[str, str]]] = MappingProxyType(
    {
        PaperKind.XLSX: ("xl/workbook.xml", ""),
        PaperKind.DOCX: ("word/document.xml", ""),
        PaperKind.ODS: ("content.xml", _MEDIA[PaperKind.ODS]),
        PaperKind.ODT: ("content.xml", _MEDIA[PaperKind.ODT]),
    }
)
"""Of an archive: the part that it must have, and what its entry `mimetype` says."""


class Outline(NamedTuple):
    """The beginning and the end of a file, from which its structure is judged."""

    file: BinaryIO
    head: bytes
    tail: bytes


def kind_of(file: BinaryIO, name: str = "") -> PaperKind:
    """Return the kind of a file that can be sought in. `name`: its name, whose end tells CSV from other text.

    Raises:
        PaperRefused: It is empty, too large, none of the kinds, or not built as its first bytes say.
    """
    size = file.seek(0, 2)
    if not size:
        raise PaperRefused("it is empty; choose the file anew")
    if size > MOST_BYTES:
        raise PaperRefused(f"it has {size / 1_048_576:.0f} MB, and a paper at most 25; make it smaller, or split it")
    outline = Outline(file, _read(file, 0, _HEAD), _read(file, max(0, size - _TAIL), _TAIL))
    for signature, judge in _SIGNATURES:
        if outline.head.startswith(signature):
            return judge(outline)
    return _text(outline, name)


def _read(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _pdf(outline: Outline) -> PaperKind:
    if b"startxref" not in outline.tail or b"%%EOF" not in outline.tail:
        raise PaperRefused("it begins as a PDF and does not end as one; save it as a PDF anew")
    return PaperKind.PDF


def _png(outline: Outline) -> PaperKind:
    if outline.head[12:16] != b"IHDR" or b"IEND" not in outline.tail:
        raise PaperRefused("it begins as a PNG and is not built as one; save the picture anew")
    return PaperKind.PNG


def _jpeg(outline: Outline) -> PaperKind:
    if b"\xff\xd9" not in outline.tail:
        raise PaperRefused("it begins as a JPEG and its end is missing; save the picture anew")
    return PaperKind.JPEG


def _archive(outline: Outline) -> PaperKind:
    _require_short_directory(outline.file)
    try:
        with zipfile.ZipFile(outline.file) as archive:
            entries = archive.infolist()
            _require_sane(entries)
            names = {entry.filename for entry in entries}
            media_type = _media_type(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as fault:
        if isinstance(fault, PaperRefused):
            raise
        raise PaperRefused("it is an archive that cannot be read; save it anew") from fault
    for kind, (part, kind_type) in _PARTS.items():
        if part in names and media_type == kind_type:
            return kind
    raise PaperRefused("it is an archive, and none of XLSX, DOCX, ODS, ODT; hand in what is in it, file by file")


def _media_type(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as part:
        return part.read(200).decode("ascii", "replace")


def _require_short_directory(file: BinaryIO) -> None:
    """Refuse an archive by the length of its directory, as its end says it, before any of that is read."""
    size = file.seek(0, 2)
    end = _read(file, max(0, size - _END_OF_ARCHIVE), _END_OF_ARCHIVE)
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) < place + 22 or end[max(0, place - 20) : place].startswith(b"PK\x06\x07"):
        raise PaperRefused("it is an archive that cannot be read; save it anew")
    if int.from_bytes(end[place + 12 : place + 16], "little") > MOST_DIRECTORY:
        raise PaperRefused(f"it is an archive of more than {MOST_ENTRIES} parts; hand in what is in it, file by file")


def _require_sane(entries: list[zipfile.ZipInfo]) -> None:
    """Sum an archive's directory before anything is unpacked."""
    small, large = (sum(sizes) for sizes in zip(*((e.compress_size, e.file_size) for e in entries), strict=True))
    if len(entries) > MOST_ENTRIES:
        raise PaperRefused(f"it is an archive of {len(entries)} parts, and at most {MOST_ENTRIES} are opened")
    if large > MOST_CONTENT or (large > _SMALL and large > MOST_RATIO * small):
        raise PaperRefused(f"it unpacks to {large / 1_048_576:.0f} MB, too much for its size; save it anew")
    if any(entry.flag_bits & 1 for entry in entries):
        raise PaperRefused("it is encrypted; save it without a password")


def _text(outline: Outline, name: str) -> PaperKind:
    """Text is what has no other signature, and nothing that no text has."""
    file, begins = outline.file, outline.head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith((b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml")):
        raise PaperRefused("it is a web page or a program's file; print it as a PDF, and hand that in")
    file.seek(0)
    for line in iter(lambda: file.read(1 << 20), b""):
        if b"\0" in line or any(sign in line for sign in _NO_TEXT):
            raise PaperRefused(f"it is none of {', '.join(PaperKind)}; save it as one of these")
    return PaperKind.CSV if name.lower().endswith(".csv") else PaperKind.TXT


_NO_TEXT: Final = tuple(bytes([sign]) for sign in range(1, 32) if sign not in b"\t\n\v\f\r\x1a\x1b")
_SIGNATURES: Final[tuple[tuple[bytes, Callable[[Outline], PaperKind]], ...]] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"PK\x03\x04", _archive),
)
