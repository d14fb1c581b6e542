"""Erasing a person: her key is destroyed, and every read model is folded again without her, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from ledger import Ledger
from privacy.vault import Known, Vault
from projections import Projection, Projector


async def erase(ledger: Ledger, vault: Vault, known: Known, projections: Sequence[Projection]) -> None:
    """Make a person's name unreadable: in the ledger for good, and in all that was folded from it.

    Raises:
        StillNamed: She was named in another stream meanwhile; nothing is erased.
        ProjectionStopped: A read model does not fit the ledger; nothing is erased before that is looked at.
    """
    async with ledger.connection() as connection, connection.transaction():
        await vault.destroy(known, connection)
        for projection in projections:
            await Projector(ledger, projection).refold(connection, known.streams)
