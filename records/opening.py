"""Open the ledger for a task, with people's names encrypted under a key each, forgotten with that key."""

from functools import partial

import asyncpg

from domain.recorded.writers import Writer, may_append
from ledger import Door, Ledger
from records.privacy.vault import Vault

__all__ = ["Vault", "open_ledger"]


def open_ledger(pool: asyncpg.Pool, writer: Writer | None = None) -> Ledger:
    """Return the ledger as the product uses it: what names a person is sealed in it.

    `writer`: the task that appends through it. Without one it is for reading, except to whoever owns the database.
    """
    return Ledger(pool, Vault(pool), Door(f"appending.{writer}", partial(may_append, writer)) if writer else Door())
