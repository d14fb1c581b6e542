"""Pages of the lists of partnerships of before: now, or as of two times."""

from __future__ import annotations

from datetime import date

import asyncpg

from records.authorship import Reader
from records.imports import read_standing
from records.read_models.as_of import LedgerAsOf
from records.read_models.claimed.kept import KeptClaim, going_on, kept_claims, left_out, of_before
from records.read_models.lists import PAGE, ListQuery, Row
from records.read_models.lists_as_of import page_of


class ClaimedLists:
    """The lists of partnerships of before."""

    def __init__(self, pool: asyncpg.Pool, reader: Reader) -> None:
        self._pool, self._reader = pool, reader

    async def page(self, question: ListQuery, ledger_as_of: LedgerAsOf, most: int = PAGE) -> list[Row]:
        """Return the first lines that are asked for, as of a cut.

        What is due by a claim is left out once a partnership was proposed under its reference.
        """
        claims = await kept_claims(self._pool)
        if not claims:
            return []
        without = await self._left_out(claims)
        if question.list == "obligations":
            here = await going_on(self._pool, [claim.reference for claim in claims], day_of(ledger_as_of))
            without |= {claim.stream_id for claim in claims if claim.reference in here}
        return await page_of(self._pool, of_before(question), ledger_as_of, most, sorted(without))

    async def left_out(self) -> frozenset[str]:
        """Return the streams that no list shows: see `kept.left_out`."""
        return await self._left_out(await kept_claims(self._pool))

    async def _left_out(self, claims: list[KeptClaim]) -> frozenset[str]:
        orders = {claim.order for claim in claims}
        standing = {order for order in sorted(orders) if (await read_standing(self._reader, order)).confirmer}
        return left_out(claims, standing)


def day_of(ledger_as_of: LedgerAsOf) -> date | None:
    """Return the day of a cut, or None for now."""
    moments = [moment for moment in (ledger_as_of.true_at, ledger_as_of.known_at) if moment is not None]
    return min(moments).date() if moments else None
