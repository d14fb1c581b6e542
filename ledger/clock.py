"""The time: the one place where the product asks. Drills set it; nothing in production does.

The database has its own, `ledger.now()`: what is recorded is dated by the server and by nobody who appends.
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
    """Return the time, with its zone (UTC)."""
    return _source.get()()


def today() -> date:
    """Return the day it is in UTC."""
    return now().date()


@contextmanager
def reading(source: Callable[[], datetime]) -> Iterator[None]:
    """Let everything that runs within ask another source, which returns times with a zone. For drills."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
