"""Check by the ledger's own evidence that the funds which pay for something keep it, and hold the money (R15, R39).

What a worker records of a fund is believed as far as signatures and the bank's files prove it: budgets and transfers by
two people, gifts by the bank, and what was paid by the signed releases in the partnerships that the fund pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast

from accord.audit.bank_evidence import BankEvidence
from accord.audit.gift import paid_or_in_flight, proved_receipts
from accord.audit.together import SumsBeside
from accord.audit.walk import Walk
from domain.directory.directory import Directory, role_fault
from domain.directory.disregarded import Disregarded
from domain.funds import events as f
from domain.funds.fund import ZERO, Fund, fold
from domain.grants import FundShare
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from ledger import clock
from payments import Connection
from records.authorship import Reader
from records.directory import Directories, is_doubted


class FundsProved:
    """The funds that pay, as far as what they hold is proved. One for all payments of a check."""

    def __init__(self, reader: Reader, evidence: BankEvidence, beside: SumsBeside) -> None:
        self._reader = reader
        self._evidence = evidence
        self._beside = beside
        self._paid: dict[tuple[str, int], Decimal] = {}
        """{(partnership's stream, its version): what it paid or has on its way}."""

    async def fault(self, connection: Connection, walk: Walk, partnership_id: str, heads: dict[str, int]) -> str:
        """Return the reason why the funds do not cover what a partnership pays; '' if they do, or no fund pays.

        The version of each stream that was read is added to `heads`, so that a change before a hand-over is seen.
        """
        if fault := _parts_fault(walk):
            return fault
        if not walk.shares or walk.proposal is None or walk.proposal.funds_out is None:
            return ""
        paid = await paid_or_in_flight(self._reader, self._evidence, walk, walk.proposal.funds_out)
        for share, part in in_order(walk.shares, paid):
            fund = await self._proved(connection, share.fund, heads)
            if fault := _cover_fault(fund, partnership_id, part):
                return fault
            if fault := await self._paid_fault(fund, partnership_id, part, heads):
                return fault
        return ""

    async def _proved(self, connection: Connection, fund_id: str, heads: dict[str, int]) -> Fund:
        """Return a fund with the events that are proved, and its gifts as the bank's files prove them."""
        stream = StreamId.fund(fund_id)
        recorded = await self._reader.read(stream)
        heads[stream] = len(recorded)
        times, today = await self._reader.registrar.directories(), await self._reader.registrar.directory()
        proved = [one for one in recorded if _counts(one, times, today)]
        fund = fold(fund_id, [cast(Any, one.event) for one in proved if not await self._is_made_up(one, fund_id)])
        gifts = {gift: await self._received(connection, gift, fund.currency, said) for gift, said in fund.gifts.items()}
        return Fund(**{**{name: getattr(fund, name) for name in Fund.__slots__}, "gifts": gifts})

    async def _is_made_up(self, recorded: RecordedEvent, fund_id: str) -> bool:
        """Return whether money is said to have come from another fund, where nobody signed such a transfer."""
        event = recorded.event
        if not isinstance(event, f.MoneyMovedIn):
            return False
        times, today = await self._reader.registrar.directories(), await self._reader.registrar.directory()
        there = [one for one in await self._reader.read(StreamId.fund(event.from_fund)) if _counts(one, times, today)]
        asked: dict[Any, f.FundChangeAsked] = {}
        for one in there:
            said = one.event
            if isinstance(said, f.FundChangeAsked):
                asked[said.signature.statement.command_id] = said
            elif isinstance(said, f.FundChangeConfirmed) and one.command_id == recorded.command_id:
                change = asked[said.change_id].change if said.change_id in asked else None
                same = isinstance(change, f.Transfer) and (change.to, change.amount) == (fund_id, event.amount)
                return not same or asked[said.change_id].actor == said.actor
        return True

    async def _received(self, connection: Connection, gift: str, currency: str, said: Decimal) -> Decimal:
        recorded = await self._reader.read(StreamId.partnership(gift))
        proved = await proved_receipts(connection, self._evidence, recorded, gift, currency)
        return min(said, proved)

    async def _paid_fault(self, fund: Fund, partnership_id: str, own: Decimal, heads: dict[str, int]) -> str:
        """Return the fault if all that was ever paid of a fund, whatever it says itself, is more than it got; or ''."""
        gone = own
        for other, claim in fund.claims.items():
            if other != partnership_id:
                gone += max(claim.spent, await self._paid_of(fund.fund_id, other, heads))
        has = fund.granted + fund.overdraft
        return (
            f"{gone:,} would have been paid of {fund.fund_id}, and {has:,} is proved to be in it" if gone > has else ""
        )

    async def _paid_of(self, fund_id: str, partnership_id: str, heads: dict[str, int]) -> Decimal:
        stream = StreamId.partnership(partnership_id)
        version, walk = await self._beside.walk_of(stream)
        heads[stream] = version
        if walk.proposal is None or walk.proposal.funds_out is None:
            return ZERO
        key = (stream, version)
        if key not in self._paid:
            self._paid[key] = await paid_or_in_flight(self._reader, self._evidence, walk, walk.proposal.funds_out)
        return sum((part for share, part in in_order(walk.shares, self._paid[key]) if share.fund == fund_id), ZERO)


class SharePaid(NamedTuple):
    """A fund's part of a leg, and what was paid of it."""

    share: FundShare
    paid: Decimal


def in_order(shares: Sequence[FundShare], paid: Decimal) -> list[SharePaid]:
    """Return how much of a sum each fund pays: the first up to its part, then the next, and the last what is left."""
    found: list[SharePaid] = []
    for share in shares:
        part = paid if share is shares[-1] else min(paid, share.amount)
        paid -= part
        found.append(SharePaid(share, part))
    return found


def _parts_fault(walk: Walk) -> str:
    """Return the fault if other funds pay than were approved, or none keeps anything; or ''."""
    out = walk.proposal.funds_out if walk.proposal else None
    if out is None or not out.parts:
        return ""
    if not walk.shares:
        return f"{out.parts[0].fund} keeps nothing for it"
    named = {one.fund: one.amount for one in out.parts}
    strange = [one.fund for one in walk.shares if one.fund not in named or named[one.fund] not in {None, one.amount}]
    return f"{strange[0]} would pay, or another part of it, than was approved" if strange else ""


def _cover_fault(fund: Fund, partnership_id: str, paid: Decimal) -> str:
    """Return the fault if a fund has not committed what a partnership pays of it, or does not hold it; or ''."""
    claim, now = fund.claim(partnership_id), clock.now()
    short = fund.uncovered(now).get(partnership_id, ZERO)
    kept = claim.committed + claim.spent - short
    if paid <= kept:
        return ""
    lacks = f"; it lacks {short:,} for what it keeps" if short else ""
    return f"{fund.fund_id} covers {kept:,} of the {paid:,} that are paid of it{lacks}"


def _counts(recorded: RecordedEvent, times: Directories, today: Directory) -> bool:
    """Return whether an event of a fund counts: a signed one by its signer's roles and an undoubted key."""
    event = recorded.event
    if isinstance(event, Disregarded):
        return False
    if not isinstance(event, f.SignedFundEvent):
        return True
    if is_doubted(today, event.signature, recorded):
        return False
    return not role_fault(times.at(recorded.position), event.actor, event.act, event.roles, event.at.date())
