"""Look up what was approved for the same payee or purpose, and append only while that still holds (R33; rules 3.11)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple, cast

from asyncpg.pool import PoolConnectionProxy

from domain.parties import AccountReference
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.partnership.together import approved_sum
from domain.proposal import Proposal
from domain.screening.evidence import ApprovedSum
from domain.streams import StreamId
from domain.values import Moment
from ledger import Ledger
from payments.accounts import references_of_same
from records.authorship import Reader
from records.codec import from_ledger
from records.payees import approved_since, others_for

_REMEMBERED: Final = 2_000
"""The number of folded partnerships that a process keeps, each as of its version."""


class Together(NamedTuple):
    """What counts together with a proposal, as of a position of the ledger."""

    sums: tuple[ApprovedSum, ...]
    proposal: Proposal
    position: int
    accounts: tuple[str, ...] = ()
    """The references of the payee's account; empty while nobody agreed on one."""

    async def is_outdated(self, connection: PoolConnectionProxy) -> bool:
        """Return whether somebody approved or amended a sum for the same payee or purpose since."""
        return await approved_since(
            connection, await others_for(connection, self.proposal, self.accounts), self.position
        )


class SumsTogether:
    """The sums that were approved for the payee or the purpose of a proposal."""

    def __init__(self, ledger: Ledger, reader: Reader) -> None:
        self._ledger = ledger
        self._reader = reader
        self._folded: OrderedDict[StreamId, Partnership] = OrderedDict()

    async def look_up(self, proposal: Proposal, at: Moment, account: AccountReference | None = None) -> Together:
        """Return the sums approved within the twelve months before a time, and the position up to which was read.

        `account`: the payee's account, once it is known; who shares it is the same payee.
        """
        position = await self._ledger.head()
        async with self._ledger.connection() as connection:
            accounts = tuple(await references_of_same(connection, account.reference)) if account else ()
            others = await others_for(connection, proposal, accounts)
            versions = await self._ledger.versions(others, connection)
        known = [await self._fold(stream, versions[stream]) for stream in others]
        found = (approved_sum(other, proposal, at, accounts) for other in known)
        return Together(tuple(one for one in found if one is not None), proposal, position, accounts)

    async def _fold(self, stream: StreamId, version: int) -> Partnership:
        """Return a partnership as of at least a version, from memory if nothing was recorded since."""
        known = self._folded.get(stream)
        if known is None or known.version < version:
            recorded = map(from_ledger, await self._reader.read_as_far_as_possible(stream))
            known = fold(stream.subject, tuple(cast(Event, one.event) for one in recorded))
            self._folded[stream] = known
        self._folded.move_to_end(stream)
        while len(self._folded) > _REMEMBERED:
            self._folded.popitem(last=False)
        return known
