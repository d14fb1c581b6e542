"""Several streams, read together by one query: each part of a page asks for its own at no cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import asyncpg

from ledger.model import StoredEvent


@dataclass(slots=True)
class StreamsTogether:
    """Streams of a database as they were at one moment: of each, the events after a version."""

    pool: asyncpg.Pool
    after: Mapping[str, int]
    events: Mapping[str, Sequence[StoredEvent]]
    is_over: bool = False
    """True after its end, which a task that was started meanwhile may outlive."""

    def read(self, stream_id: str, after: int) -> list[StoredEvent] | None:
        """Return the events of a stream after a version, or None if they were not all read."""
        if stream_id not in self.after or after < self.after[stream_id]:
            return None
        return [event for event in self.events.get(stream_id, ()) if event.version > after]


_READ: Final[ContextVar[StreamsTogether | None]] = ContextVar("together", default=None)


def streams_together(pool: asyncpg.Pool) -> StreamsTogether | None:
    """Return the streams of a database read together for this task, or for the one that started it."""
    together = _READ.get()
    return together if together is not None and together.pool is pool and not together.is_over else None


@contextmanager
def keep_together(together: StreamsTogether) -> Iterator[None]:
    """Let this task and those started by it find streams read together, until the end."""
    before = _READ.set(together)
    try:
        yield
    finally:
        together.is_over = True
        _READ.reset(before)
