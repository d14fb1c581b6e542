"""Bank accounts as they are shown before somebody signs: whose, and the last digits. Who only reads sees no more."""

from __future__ import annotations

from typing import Final, NamedTuple

import asyncpg

from accord.presentation.faults import BadInput
from domain.parties import AccountReference

_OF: Final = "SELECT reference, sha256, holder, last_digits FROM console.accounts"


class ShownAccount(NamedTuple):
    """An account that is on record."""

    reference: str
    sha256: str
    holder: str
    last_digits: str

    @property
    def words(self) -> str:
        """The account in words."""
        return f"{self.holder}, ending in {self.last_digits} ({self.reference})"


async def accounts_of(pool: asyncpg.Pool, holder: str) -> list[ShownAccount]:
    """Return the accounts that are held in a name, the newest first."""
    rows = await pool.fetch(f"{_OF} WHERE lower(holder) = lower($1) ORDER BY recorded_at DESC, reference", holder)
    return [ShownAccount(*row) for row in rows]


async def every_account(pool: asyncpg.Pool) -> list[ShownAccount]:
    """Return the accounts on record, the newest first, at most 200 of them."""
    rows = await pool.fetch(f"{_OF} ORDER BY recorded_at DESC, reference LIMIT 200")
    return [ShownAccount(*row) for row in rows]


async def shown_account(pool: asyncpg.Pool, reference: str) -> ShownAccount | None:
    """Return an account by its reference, or None."""
    row = await pool.fetchrow(f"{_OF} WHERE reference = $1", reference)
    return ShownAccount(*row) if row is not None else None


async def named_account(pool: asyncpg.Pool, reference: str) -> AccountReference:
    """Return the reference of an account with the digest of its details.

    Raises:
        BadInput: No such account is on record.
    """
    account = await shown_account(pool, reference)
    if account is None:
        raise BadInput(
            f"account: no bank account {reference} is on record; finance records it: `accord payments account`"
        )
    return AccountReference(reference=account.reference, sha256=account.sha256)
