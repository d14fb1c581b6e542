"""JSON with the line of each of its places, so that a fault can name the line."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final

from domain.editions.content import Path

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SCALAR: Final = re.compile(r"-?[0-9][-+0-9.eE]*|true|false|null")
_DEEPEST: Final = 40


class LinedJson:
    """A JSON text that is read once: its content, and the line of each place in it."""

    def __init__(self, text: str) -> None:
        """Read a text. Raises ValueError, with the line, for what is no JSON, is too deep, or names a field twice."""
        self.lines: dict[Path, int] = {}
        self._text, self._at = text, 0
        self.content: Any = self._value((), 0)
        self._skip()
        if self._at < len(text):
            raise self._fault("something follows its end")

    @property
    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _fault(self, words: str) -> ValueError:
        return ValueError(f"line {self._line}: {words}")

    def _skip(self) -> str:
        """Go to the next sign that is no space, and return it."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _value(self, place: Path, depth: int) -> Any:
        sign = self._skip()
        self.lines[place] = self._line
        if depth > _DEEPEST:
            raise self._fault("it is deeper than any edition")
        match sign:
            case "{":
                return self._object(place, depth)
            case "[":
                return self._list(place, depth)
            case '"':
                return self._string()
            case _:
                return self._scalar()

    def _object(self, place: Path, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        self._at += 1
        while self._skip() != "}":
            self._comma(bool(fields))
            if self._skip() != '"':
                raise self._fault("the name of a field is expected, in double quotes")
            name = self._string()
            if name in fields:
                raise self._fault(f"{name!r} is named twice; name it once")
            if self._skip() != ":":
                raise self._fault(f"a colon is expected behind {name!r}")
            self._at += 1
            fields[name] = self._value((*place, name), depth + 1)
        self._at += 1
        return fields

    def _list(self, place: Path, depth: int) -> list[Any]:
        entries: list[Any] = []
        self._at += 1
        while self._skip() != "]":
            self._comma(bool(entries))
            entries.append(self._value((*place, len(entries)), depth + 1))
        self._at += 1
        return entries

    def _comma(self, has_entries: bool) -> None:
        if has_entries:
            if self._skip() != ",":
                raise self._fault("a comma is expected")
            self._at += 1

    def _string(self) -> str:
        try:
            text, self._at = scanstring(self._text, self._at + 1, True)
        except json.JSONDecodeError as fault:
            raise self._fault(fault.msg) from None
        return str(text)

    def _scalar(self) -> Any:
        match = _SCALAR.match(self._text, self._at)
        if match is None:
            raise self._fault("a value is expected")
        self._at = match.end()
        try:
            return json.loads(match[0])
        except ValueError:
            raise self._fault(f"{match[0][:20]!r} is no number") from None
