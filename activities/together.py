"""Look up the sums approved for the same payee or purpose, and append only while they still hold (R33, rules 3.11)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple, cast

from asyncpg.pool import PoolConnectionProxy

from domain.parties import AccountReference
from domain.partnership.approval.sums_of_before import PastRecord, sum_of_before, support_of_before
from domain.partnership.approval.together import approved_sum, approved_support, is_same_payee
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.streams import StreamId
from domain.truths.projects import one_project_with
from domain.values import Moment
from ledger import Ledger
from payments.accounts import references_of_same
from records.authorship import Reader
from records.codec import from_ledger
from records.imports import PastSums
from records.payees import approved_since, others_as_of_now, under_agreement_of
from records.truths import read_truths

_REMEMBERED: Final = 2000
"""The folded partnerships that a process keeps, each as of its version and without its evidence: some 20 KB each.

Where more of them count together, each look-up reads those that were forgotten again.
"""


class CountedSums(NamedTuple):
    """The sums that count together with a proposal, as of a position of the ledger."""

    sums: tuple[ApprovedSum, ...]
    proposal: Proposal
    position: int
    accounts: tuple[str, ...] = ()
    """The references of the payee's account, empty while nobody agreed on one."""
    support: tuple[ApprovedSum, ...] = ()
    """The funder's approvals for the payee within four years."""
    project: frozenset[str] = frozenset()
    """The other partnerships that carry out one project with the proposal's, as verifiers found."""

    async def is_outdated(self, connection: PoolConnectionProxy) -> bool:
        """True if somebody approved or amended a sum for the same payee or purpose since."""
        return await approved_since(connection, self.proposal, self.accounts, self.project, self.position)


def _there(sums: Iterable[ApprovedSum | None]) -> tuple[ApprovedSum, ...]:
    return tuple(approved_sum for approved_sum in sums if approved_sum is not None)


def _pays_same(partnership: Partnership, proposal: Proposal, accounts: Collection[str]) -> bool:
    other_leg, leg = partnership.proposal.funds_out if partnership.proposal else None, proposal.funds_out
    if other_leg is None or leg is None:
        return False
    shared = partnership.account is not None and partnership.account.reference in accounts
    return shared or is_same_payee(other_leg, leg)


class SumsTogether:
    """The other partnerships for the payee or the purpose of a proposal, and what was approved in them."""

    def __init__(self, ledger: Ledger, reader: Reader) -> None:
        self._ledger = ledger
        self._reader = reader
        self._past = PastSums(reader)
        self._folded: OrderedDict[StreamId, tuple[bytes, Partnership]] = OrderedDict()

    async def look_up(self, proposal: Proposal, at: Moment, account: AccountReference | None = None) -> CountedSums:
        """Return the sums approved within the twelve months before a time, and the position up to which was read.

        `account`: the payee's account, once it is known; who shares it is the same payee.
        """
        project = one_project_with(await read_truths(self._reader), proposal.reference)
        partnerships, accounts, position = await self._others(proposal, account, project)
        sums = (approved_sum(partnership, proposal, at, accounts, project) for partnership in partnerships)
        approved_sums = (approved_support(partnership, proposal, at, accounts) for partnership in partnerships)
        also_here = {proposal.reference, *(partnership.partnership_id for partnership in partnerships)}
        past, support = await self._of_before(proposal, at, also_here)
        every_sum, every_support = (*_there(sums), *past), (*_there(approved_sums), *support)
        return CountedSums(every_sum, proposal, position, accounts, every_support, project)

    async def _of_before(
        self, proposal: Proposal, at: Moment, also_here: Collection[str]
    ) -> tuple[tuple[ApprovedSum, ...], tuple[ApprovedSum, ...]]:
        """Return the sums of partnerships of before that count with a proposal, and its funder's support in them."""
        if proposal.funds_out is None:
            return (), ()
        leg = proposal.funds_out
        records = [PastRecord(past.record, past.recorded_at) for past in await self._past.records()]
        sums = (sum_of_before(record, leg, at, also_here) for record in records)
        support = (support_of_before(record, leg, at, also_here) for record in records)
        return _there(sums), _there(support)

    async def of_grantee(self, proposal: Proposal, account: AccountReference | None) -> list[Partnership]:
        """Return the other partnerships in which money goes to the payee of a proposal."""
        partnerships, accounts, _ = await self._others(proposal, account)
        return [partnership for partnership in partnerships if _pays_same(partnership, proposal, accounts)]

    async def under_agreement(self, lead: str) -> list[Partnership]:
        """Return the partnerships under the agreement that a partnership leads."""
        async with self._ledger.connection() as connection:
            members = await under_agreement_of(connection, lead)
        return [await self._fold(stream, newest) for stream, newest in members.items()]

    async def _others(
        self, proposal: Proposal, account: AccountReference | None, project: frozenset[str] = frozenset()
    ) -> tuple[list[Partnership], tuple[str, ...], int]:
        """Return the other partnerships for the same payee or purpose, the references of the payee's account, and the
        position of the ledger up to which they were read.
        """
        async with self._ledger.connection() as connection:
            accounts = tuple(await references_of_same(connection, account.reference)) if account else ()
            other_streams = await others_as_of_now(connection, proposal, accounts, project)
        partnerships = [await self._fold(stream, newest) for stream, newest in other_streams.newest.items()]
        return partnerships, accounts, other_streams.position

    async def _fold(self, stream: StreamId, newest: bytes) -> Partnership:
        """Return a partnership as of at least its newest event, from memory if that is the one it was folded up to.

        Its evidence, which lists what counts together with it, is left out: it grows with their number.
        """
        leaf, partnership = self._folded.get(stream, (b"", None))
        if partnership is None or leaf != newest:
            events = await self._reader.read_as_far_as_possible(stream)
            full_partnership = fold(
                stream.subject, tuple(cast(Event, from_ledger(stored_event).event) for stored_event in events)
            )
            partnership = full_partnership.model_copy(update={"verification": None, "assessment": None})
            self._folded[stream] = (events[-1].leaf if events else newest, partnership)
        self._folded.move_to_end(stream)
        while len(self._folded) > _REMEMBERED:
            self._folded.popitem(last=False)
        return partnership
