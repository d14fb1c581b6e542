"""The clock: the one place where the product asks for the current time. Only drills replace it.

The database has its own clock, `ledger.now()`: events are dated by the server, never by the client that appends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Final


def _of_the_machine() -> datetime:
    return datetime.now(UTC)


_source: Final[ContextVar[Callable[[], datetime]]] = ContextVar("clock", default=_of_the_machine)


def now() -> datetime:
    """Return the current time, timezone-aware (UTC)."""
    return _source.get()()


def today() -> date:
    """Return the current date in UTC."""
    return now().date()


@contextmanager
def reading(source: Callable[[], datetime]) -> Iterator[None]:
    """Replace the clock within the context by `source`, which returns timezone-aware times. For drills."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
