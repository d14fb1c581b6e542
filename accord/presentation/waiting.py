"""This process's current wait, in words, for whoever looks at a silent terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Waiting:
    """The current wait."""

    what: str = "the database"


WAITING = Waiting()


@contextmanager
def waiting_for(what: str) -> Iterator[None]:
    """Name the wait within the context."""
    before, WAITING.what = WAITING.what, what
    try:
        yield
    finally:
        WAITING.what = before
