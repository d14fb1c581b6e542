"""Open the ledger for a task, with people's names encrypted under one key per person (crypto-shredding)."""

from functools import partial

import asyncpg

from domain.recorded.writers import Writer, may_append
from ledger import Door, Ledger
from records.privacy.vault import Vault

__all__ = ["Vault", "door_of", "open_ledger", "own_writer"]

_OWN_FUNCTIONS = """
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'appending' AND has_function_privilege(p.oid, 'EXECUTE')
"""


def open_ledger(pool: asyncpg.Pool, writer: Writer | None = None) -> Ledger:
    """Return the ledger, with people's names encrypted on appending and decrypted on reading.

    `writer`: the task under which events are appended. Without one, only the owner of the database can append.
    """
    return Ledger(pool, Vault(pool), door_of(writer) if writer else Door())


def door_of(writer: Writer) -> Door:
    """Return the function of the database through which a task appends, and what it lets through."""
    return Door(f"appending.{writer}", partial(may_append, writer))


async def own_writer(pool: asyncpg.Pool) -> Writer | None:
    """Return the task under which this login may itself record acts, without a worker, or None if it may not."""
    own_functions = {row["proname"] for row in await pool.fetch(_OWN_FUNCTIONS)}
    return next((writer for writer in (Writer.WORKER, Writer.EMERGENCY) if writer in own_functions), None)
