"""The journal of an appending process: what it asks and what it is told, in the file before anything else happens."""

from __future__ import annotations

import itertools
import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger import AppendRequest, AppendResult, NewEvent


def now() -> int:
    """Return nanoseconds on the clock that all processes of a machine share."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Journal:
    """Appends JSON lines without a buffer, so that a SIGKILL leaves everything that was written."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)
        self._calls = itertools.count(1)

    def invoke(self, request: AppendRequest) -> int:
        """Note a request before it is sent. Return the number of the call."""
        call = next(self._calls)
        events = [[str(request.event_id(place)), digest(event)] for place, event in enumerate(request.events)]
        self._note(
            "invoke",
            call=call,
            stream=request.stream_id,
            command=str(request.command_id),
            expected=request.expected_version,
            events=events,
        )
        return call

    def answer(self, call: int, result: AppendResult) -> None:
        """Note an answer after it came."""
        self._note(
            "answer", call=call, status=result.status, position=result.first_position, version=result.stream_version
        )

    def unavailable(self, call: int) -> None:
        """Note the unknown outcome of a call, which is sent again."""
        self._note("unavailable", call=call)

    def read(self, stream: str, begun: int, version: int, last: str | None) -> None:
        """Note the result of a read that was begun at a moment and ends now."""
        self._note("read", stream=stream, begun=begun, version=version, last=last)

    def fault(self, what: str) -> None:
        """Note a fault that must never be raised to a caller."""
        self._note("fault", what=what)

    def _note(self, kind: str, **content: Any) -> None:
        record = {"kind": kind, "at": now(), **content}
        self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")


def digest(event: NewEvent) -> str:
    """Return the digest of everything in an event that is bytes. JSON holds no NUL, so nothing can shift over it."""
    return sha256(event.payload + b"\x00" + event.meta).hexdigest()
