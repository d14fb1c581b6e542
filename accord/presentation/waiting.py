"""This process's current wait, in words, for whoever looks at a silent terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class CurrentWait:
    """The current wait."""

    what: str = "the database"


WAITING = CurrentWait()


@contextmanager
def waiting_for(wait: str) -> Iterator[None]:
    """Name the wait within the context."""
    before, WAITING.what = WAITING.what, wait
    try:
        yield
    finally:
        WAITING.what = before
