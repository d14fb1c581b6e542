"""What this process waits for, in words, for whoever looks at a silent terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Waiting:
    """What is waited for now."""

    what: str = "the database"


WAITING = Waiting()


@contextmanager
def waiting_for(what: str) -> Iterator[None]:
    """Say what is waited for within the context."""
    before, WAITING.what = WAITING.what, what
    try:
        yield
    finally:
        WAITING.what = before
