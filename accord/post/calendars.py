"""Calendar entries (RFC 5545): one whole day for each thing that has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

_LINE: Final = 75
"""The most octets of a line. What is longer goes on in the next, after a space."""
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


class DayEntry(NamedTuple):
    """An entry in a calendar."""

    uid: str
    """Its id: an entry of the same id takes the place of the one before."""
    day: date
    summary: str


def calendar(entries: Iterable[DayEntry], made_at: datetime) -> bytes:
    """Return a calendar with these entries, as a file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Accord//EN", "METHOD:PUBLISH"]
    lines += [line for entry in entries for line in _entry(entry, made_at)]
    return b"".join(_folded(line) for line in (*lines, "END:VCALENDAR"))


def _entry(entry: DayEntry, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(entry.uid)}"
    yield f"DTSTAMP:{made_at:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(entry.summary)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """Return a text without control characters, in which what RFC 5545 reads as its own is escaped."""
    return "".join(letter for letter in text if letter >= " " or letter == "\n").translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """Return a line, folded between letters, with its end."""
    parts, part = list[bytes](), b""
    for letter in line:
        octets = letter.encode("utf-8", "replace")
        if len(part) + len(octets) > _LINE - bool(parts):
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join((*parts, part)) + b"\r\n"
