"""Check by the ledger's own evidence that the funds which pay for something keep it, and hold the money (R15, R39).

What a worker records of a fund is believed as far as signatures and the bank's files prove it: budgets and transfers by
two people, gifts by the bank and by their own terms, and what was paid by the signed releases in the partnerships.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.refunds import counted_once
from accord.audit.bank.reopening import NOTHING_LOST, Restored
from accord.audit.funds.gift import is_questioned, newest_terms, paid_by_attempt, proved_receipts
from accord.audit.heads import Heads
from accord.audit.together import SumsBeside
from accord.audit.walk.shares import parts_fault
from accord.audit.walk.walk import Walk
from domain.directory.directory import Directory, role_fault
from domain.directory.disregarded import Disregarded
from domain.directory.tiers import asks_funds
from domain.fault import Fault
from domain.funds import events as f
from domain.funds.faults import unnamed_fault
from domain.funds.fund import ZERO, Fund, fold
from domain.grants import fund_of_gift, paid_by
from domain.partnership.refund.refunds import came_from_grantee
from domain.proposal import FundsIn
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from ledger import clock
from payments import Connection
from records.authorship import Reader
from records.directory import is_doubted
from records.directory_stream import Directories


class _Move(NamedTuple):
    """A transfer of money from one fund to another."""

    change_id: UUID
    """The id of the second signature."""
    source: str
    target: str
    amount: Decimal


class FundsProved:
    """The funds that pay, as far as what they hold is proved. One for all payments of a check."""

    def __init__(self, reader: Reader, evidence: BankEvidence, beside: SumsBeside) -> None:
        self._reader = reader
        self._evidence = evidence
        self._beside = beside
        self._restored = NOTHING_LOST
        self._paid: dict[tuple[str, int, int, int], Decimal] = {}
        """{(partnership's stream, its version, the directory's, what left): what it paid or has on its way}, net."""

    async def fault(
        self, connection: Connection, walk: Walk, partnership_id: str, money: Decimal, heads: Heads,
        restores: Restored = NOTHING_LOST,
    ) -> Fault | None:  # fmt: skip
        """Return the reason why the funds do not cover a partnership's payments, or None if they do or none pays.

        `money`: the sum of the payment that is checked, which is among them. The version of each stream that was read
        is added to `heads`, so that a change before a hand-over is seen. `restores`: payments that left before a
        restore of the ledger are gone, whatever is said of them here.
        """
        self._restored = restores
        out = walk.proposal.funds_out if walk.proposal else None
        if out is None:
            return None
        if not (out.parts or walk.shares):
            asks = asks_funds((await self._reader.registrar.directory()).rules)
            return unnamed_fault(partnership_id) if asks else None
        absence_fault = None if walk.shares else Fault(f"{out.parts[0].fund} keeps nothing for it")
        if fault := walk.shares_fault or absence_fault or parts_fault(out.parts, walk.shares, walk.shares):
            return fault
        amount = await self._net(connection, walk, heads)
        before = paid_by(walk.shares, max(ZERO, amount - money))
        named_funds = {part.fund for part in out.parts}
        for share, part, until_now in zip(walk.shares, paid_by(walk.shares, amount), before, strict=True):
            if named_funds and share.fund not in named_funds and part > until_now:
                return Fault(f"{share.fund} would pay, and what was approved last does not name it")
            if not part:
                continue
            fund = await self._proved(connection, share.fund, heads)
            if not out.parts and partnership_id not in fund.adopted:
                return Fault(f"{share.fund} would pay, and nobody signed that it does")
            if (fund.funder, fund.currency) != (out.funder, out.currency):
                return Fault(
                    f"{share.fund} is {fund.currency} of {fund.funder or 'nobody'}; {out.total} would be paid of it"
                )
            if fault := _cover_fault(fund, partnership_id, part) or await self._all_fault(
                connection, fund, partnership_id, part, heads
            ):
                return fault
        return None

    async def _net(self, connection: Connection, walk: Walk, heads: Heads) -> Decimal:
        """Return the sum that a partnership paid or has on its way, less signed refunds, each booking once.

        A refund counts once two signed it as paid back.
        """
        if walk.proposal is None or walk.proposal.funds_out is None:
            return ZERO
        sums = await paid_by_attempt(
            connection, self._reader, self._evidence, walk, walk.proposal.funds_out, self._restored
        )
        refunds = await counted_once(self._reader, walk.proposal.reference, walk.refunds, heads)
        by_place = {(attempt.tranche, attempt.attempt): sum_ for attempt, sum_ in sums.items()}
        return sum(sums.values(), ZERO) - came_from_grantee(refunds, by_place)

    async def _proved(self, connection: Connection, fund_id: str, heads: Heads) -> Fund:
        """Return a fund with the events that are proved, and its gifts as the bank and their own terms prove them."""
        events = await self._read(StreamId.fund(fund_id), heads)
        fund = fold(fund_id, [cast(Any, recorded_event.event) for recorded_event in events])
        gifts = {
            gift: await self._received(connection, gift, fund, amount, heads) for gift, amount in fund.gifts.items()
        }
        came, amount = await self._moved(fund_id, events, heads)
        return fund._replace(gifts=gifts, moved_in=came, moved_out=amount)

    async def _read(self, stream: StreamId, heads: Heads) -> list[RecordedEvent]:
        """Return the events of a fund that count: signed ones by their signers' roles and undoubted keys."""
        events = await self._reader.read(stream)
        heads[stream] = len(events)
        times, today = await self._reader.registrar.directories(), await self._reader.registrar.directory()
        return [event for event in events if _counts(event, times, today)]

    async def _moved(self, fund_id: str, events: list[RecordedEvent], heads: Heads) -> tuple[Decimal, Decimal]:
        """Return the sums that came from and left for other funds: signed by two in one, on record in the other."""
        moves, came, own_money = _signed_moves(fund_id, events), _told_moves(fund_id, events), _money_of(events)
        counted_moves: set[_Move] = set()
        for other_fund in {move.source for move in came} | {move.target for move in moves}:
            there = await self._read(StreamId.fund(other_fund), heads)
            other_money = _money_of(there)
            if other_money and (other_money == own_money or not own_money):
                counted_moves |= came & _signed_moves(other_fund, there)
            if own_money and (other_money == own_money or not other_money):
                counted_moves |= moves & _told_moves(other_fund, there)
        return (
            sum((move.amount for move in counted_moves if move.target == fund_id), ZERO),
            sum((move.amount for move in counted_moves if move.source == fund_id), ZERO),
        )

    async def _received(self, connection: Connection, gift: str, fund: Fund, amount: Decimal, heads: Heads) -> Decimal:
        stream = StreamId.partnership(gift)
        events = await self._reader.read(stream)
        heads[stream] = len(events)
        if _goes_to(newest_terms(events), gift) != fund.fund_id:
            return ZERO
        _, walk = await self._beside.walk_of(stream)
        if await is_questioned(connection, self._evidence, walk):
            return ZERO
        return min(amount, await proved_receipts(connection, self._evidence, events, gift, fund.currency))

    async def _all_fault(
        self, connection: Connection, fund: Fund, partnership_id: str, amount: Decimal, heads: Heads
    ) -> Fault | None:
        """Return the fault if all that was ever paid of a fund, whatever it says itself, is more than it got."""
        total = amount
        for other_id, claim in fund.claims.items():
            if other_id != partnership_id:
                total += max(claim.spent, await self._paid_of(connection, fund.fund_id, other_id, heads))
        has = fund.granted + fund.overdraft
        words = f"{total:,} would have been paid of {fund.fund_id}, and {has:,} is proved to be in it"
        return Fault(words) if total > has else None

    async def _paid_of(self, connection: Connection, fund_id: str, partnership_id: str, heads: Heads) -> Decimal:
        """Return the sum that another partnership paid of a fund: all of it, if its parts are not those approved."""
        stream = StreamId.partnership(partnership_id)
        version, walk = await self._beside.walk_of(stream)
        heads[stream] = version
        key = (stream, version, self._reader.registrar.read, len(self._restored.left))
        if key not in self._paid:
            self._paid[key] = await self._net(connection, walk, heads)
        if walk.shares_fault and fund_id in walk.ever_shared:
            return self._paid[key]
        parts = zip(walk.shares, paid_by(walk.shares, self._paid[key]), strict=True)
        return sum((part for share, part in parts if share.fund == fund_id), ZERO)


def _signed_moves(fund_id: str, events: list[RecordedEvent]) -> set[_Move]:
    """Return the transfers from a fund that two people signed, by its events that count."""
    requests: dict[UUID, f.FundChangeAsked] = {}
    moves: set[_Move] = set()
    for recorded_event in events:
        event = recorded_event.event
        if isinstance(event, f.FundChangeAsked):
            requests[event.signature.statement.command_id] = event
        elif isinstance(event, f.FundChangeConfirmed) and event.change_id in requests:
            first = requests[event.change_id]
            if first.actor == event.actor or first.signature.key_id == event.signature.key_id:
                continue
            change = requests.pop(event.change_id).change  # it counts once
            if isinstance(change, f.Transfer):
                moves.add(_Move(event.signature.statement.command_id, fund_id, change.to, change.amount))
    return moves


def _told_moves(fund_id: str, events: list[RecordedEvent]) -> set[_Move]:
    """Return the money that is on record as come into a fund from others."""
    fund_events = (recorded_event.event for recorded_event in events)
    return {_Move(e.change_id, e.from_fund, fund_id, e.amount) for e in fund_events if isinstance(e, f.MoneyMovedIn)}


def _money_of(events: list[RecordedEvent]) -> tuple[str, str] | None:
    """Return the funder and the currency of a fund's money, by the event that opened it, or None if none did."""
    fund_events = (recorded_event.event for recorded_event in events)
    openings = (e for e in fund_events if isinstance(e, f.FundOpened | f.GiftFundOpened))
    return next(((e.funder, e.currency) for e in openings), None)


def _goes_to(terms: FundsIn | None, gift: str) -> str | None:
    """Return the fund that a gift goes to by its own newest terms."""
    if terms is None or terms.in_kind is not None:
        return None
    return fund_of_gift(gift) if terms.is_restricted else terms.into


def _cover_fault(fund: Fund, partnership_id: str, amount: Decimal) -> Fault | None:
    """Return the fault if a fund has not committed, or does not hold, its part of a partnership, or None."""
    claim, now = fund.claim(partnership_id), clock.now()
    short = fund.uncovered(now).get(partnership_id, ZERO)
    cover = claim.committed + claim.spent - short
    if amount <= cover:
        return None
    lacks = f"; it lacks {short:,} for what it keeps" if short else ""
    return Fault(f"{fund.fund_id} covers {cover:,} of the {amount:,} that are paid of it{lacks}")


def _counts(recorded_event: RecordedEvent, times: Directories, today: Directory) -> bool:
    event = recorded_event.event
    if isinstance(event, Disregarded):
        return False
    if not isinstance(event, f.SignedFundEvent):
        return True
    if is_doubted(today, event.signature, recorded_event):
        return False
    return not role_fault(times.at(recorded_event.position), event.actor, event.act, event.roles, event.at.date())
