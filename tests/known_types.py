"""The server's own types, asked for once: asyncpg asks each new connection anew what an array of texts is.

Each test has a database of its own, and its first queries were a fifth of what it waited for. The types of PostgreSQL
itself have the same numbers in every database; those of our own schema are asked for as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

import asyncpg

OURS_FROM: Final = 10_000
"""The first number that PostgreSQL does not give by hand to a type of its own, the same in every server."""

_NOTHING_ASKED: Final = SimpleNamespace(name="nothing was asked")
"""In place of the statement that asked: asyncpg prepares its own anew where that took the anonymous place."""


def ask_once() -> None:
    """Let connections share what they learn of the server's own types."""
    introspect = asyncpg.Connection._introspect_types  # type: ignore[attr-defined]
    known: dict[frozenset[int], Any] = {}

    async def shared(self: asyncpg.Connection, numbers: Sequence[int], patience: float | None) -> tuple[Any, Any]:
        asked = frozenset(numbers)
        if asked in known:
            return known[asked], _NOTHING_ASKED
        types, statement = await introspect(self, numbers, patience)
        if max(asked) < OURS_FROM:
            known[asked] = types
        return types, statement

    asyncpg.Connection._introspect_types = shared  # type: ignore[attr-defined]
