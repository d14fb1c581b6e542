"""Erase a person: destroy their key and drop every document that shows their name, in one transaction."""

from __future__ import annotations

from typing import Final

from ledger import Ledger
from records.privacy.vault import NamedPerson, Vault

_FORGET: Final = "SELECT projection.forget($1)"
_REWRITE: Final = "SELECT privacy.rewrite()"


async def erase(ledger: Ledger, vault: Vault, person: NamedPerson, position: int) -> None:
    """Make a person's name unreadable for good: in the ledger, and in the read models folded from it.

    The documents that show the name are deleted, from the tables' files on disk as well; the projector folds them again
    without the name. `position`: the position up to which it was listed which events name them.

    Raises:
        SharedName: They stand together with a namesake elsewhere.
        StaleErasure: They are named in a stream that `person` does not list or in a later event, or erased already.
    """
    async with ledger.connection() as connection, connection.transaction():
        await vault.destroy(person, position, connection)
        await connection.execute(_FORGET, list(person.streams))
    await finish(ledger)


async def finish(ledger: Ledger) -> None:
    """Write the tables anew that held a destroyed key, if that was not done since: an erasure may have been cut off."""
    async with ledger.connection() as connection:
        await connection.execute(_REWRITE)
