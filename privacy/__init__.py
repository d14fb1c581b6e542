"""Whom the ledger names: sealed under a key per person, and forgotten for good when the key is destroyed."""

import asyncpg

from ledger import Ledger
from privacy.vault import Vault

__all__ = ["Vault", "open_ledger"]


def open_ledger(pool: asyncpg.Pool) -> Ledger:
    """Return the ledger as the product uses it: what names a person is sealed in it."""
    return Ledger(pool, Vault(pool))
