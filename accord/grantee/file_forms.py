"""Forms that bring a file, as a browser without a script sends them: read as they come, and never laid on a disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from accord.grantee.papers import PaperNotTaken

MOST_ABOUT: Final = 4096
"""The most bytes of what is said of a file, and of the fields beside one."""


async def file_of(request: Request, about: dict[str, str]) -> AsyncIterator[bytes]:
    """Yield the file of a form as it comes, and note the fields before it in `about`: nothing waits on a disk.

    Raises:
        PaperNotTaken: It is no form with a file, or its fields are too long.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise PaperNotTaken("EMPTY")
    reading = _Reading(about)
    parser = MultipartParser(options[b"boundary"], reading.callbacks)
    async for piece in request.stream():
        try:
            parser.write(piece)
        except ValueError as fault:  # the parser's own fault is one
            raise PaperNotTaken("EMPTY") from fault
        for part in reading.taken():
            yield part


class _Reading:
    """The parts of a form as its parser tells them."""

    def __init__(self, about: dict[str, str]) -> None:
        self._about = about
        self._header = [bytearray(), bytearray()]
        self._name, self._is_file = "", False
        self._text, self._file = bytearray(), list[bytes]()
        self.callbacks: Any = {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._noted,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def taken(self) -> list[bytes]:
        """Return the pieces of the file since the last time."""
        pieces, self._file = self._file, []
        return pieces

    def _begin(self) -> None:
        self._header, self._text = [bytearray(), bytearray()], bytearray()
        self._name, self._is_file = "", False

    def _noted(self) -> None:
        field, text = (bytes(words) for words in self._header)
        self._header = [bytearray(), bytearray()]
        if field.lower() != b"content-disposition":
            return
        options = parse_options_header(text)[1]
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options and "filename" not in self._about:
            self._is_file = True
            self._about["filename"] = options[b"filename"].decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            return self._file.append(data[start:end])
        self._text += data[start:end]
        if len(self._text) > MOST_ABOUT:
            raise PaperNotTaken("LARGE")
        return None

    def _end(self) -> None:
        if not self._is_file and self._name in {"field", "back"}:
            self._about[self._name] = self._text.decode("utf-8", "replace")
