"""Claim the bank's booking for a refund in the append that records it, so that it counts once (ADR 0061)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from activities.folding import FoldedPartnership
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership.events import RefundRecorded
from domain.partnership.evolution import fold
from domain.partnership.refund.refunds import OF_A_GIFT, Refund
from domain.payment.bookings import (
    BookingCounted,
    BookingEvent,
    BookingFreed,
    CountedAs,
    Way,
    account_key,
    booking_stream,
    reference_key,
)
from ledger import AppendRequest
from payments.accounts import AccountChanged, AccountDetails, UnknownAccount, find_account, read_account
from payments.answers.entries import counted_before_bookings
from payments.answers.kept_statements import statements_of
from payments.answers.seen_bookings import sightings
from payments.answers.statements import BankNotice, Unclear
from records.authorship import Reader
from records.bookings import WAY_OF, read_booking, refunded_in
from records.codec import to_ledger

_REMEDY: Final = (
    "if it is another payment of that booking, name it (--detail); if it is on another account of ours, name that "
    "(--account)"
)


class BookingEffect(NamedTuple):
    """The effect of a command on the booking that it names."""

    fault: Fault | None = None
    """The fault of the command: the booking counts already, or another, or None."""
    requests: tuple[AppendRequest, ...] = ()
    """The appends on the booking, recorded together with the command."""


class Bookings:
    """The bookings that refunds name."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def claim(self, folded_partnership: FoldedPartnership, command: c.AnyCommand) -> BookingEffect:
        """Return the effect of a command on a booking: a refund claims it, and one that is taken back frees it.

        One is confirmed only once a file of the bank has it, where the organisation keeps the account's statements, and
        if its booking counts under no other of the bank's references.
        """
        match command:
            case c.RecordRefund():
                return await self._claimed(folded_partnership.partnership.partnership_id, command)
            case c.ConfirmRefund():
                return BookingEffect(await self._unconfirmable(folded_partnership, command))
            case c.WithdrawRefund():
                return await self._freed(folded_partnership, command)
            case _:
                return BookingEffect()

    async def _claimed(self, partnership_id: str, command: c.RecordRefund) -> BookingEffect:
        try:
            account = await self._account(command.account)
        except LookupError as fault:
            return BookingEffect(Fault(f"account: {fault}"))
        claim = BookingCounted(
            at=command.at, claim=command.command_id, counted_as=CountedAs.REFUND, partnership_id=partnership_id,
            money=command.booked or command.money, account=account,
            details=(reference_key(command.detail),) if command.detail else (),
        )  # fmt: skip
        way, reference = WAY_OF[command.direction], command.bank_reference
        booking = await read_booking(self._reader, way, reference)
        if (before := booking.counted_before(claim)) is not None:
            return BookingEffect(_counts_already(reference, before.words))
        if words := await self._recorded_elsewhere(partnership_id, command):
            return BookingEffect(_counts_already(reference, words))
        if not booking.is_of_the_bank and way is Way.IN and await self._imported(reference):
            return BookingEffect(_counts_already(reference, "in a file of the bank"))
        stream = booking_stream(way, reference)
        return BookingEffect(requests=(_request(stream, command.command_id, booking.version, claim),))

    async def _unconfirmable(self, folded_partnership: FoldedPartnership, command: c.ConfirmRefund) -> Fault | None:
        """Return the fault of a refund that no file of the bank has, or whose booking counts already, or None."""
        partnership = folded_partnership.partnership
        refunds = (refund for refund in partnership.refunds if refund.is_named(command.bank_reference, command.detail))
        refund, proposal = next(refunds, None), partnership.proposal
        if refund is None or proposal is None:
            return None
        leg = proposal.funds_in if refund.direction in OF_A_GIFT else proposal.funds_out
        funder = (await self._reader.registrar.directory()).funder(leg.funder) if leg is not None else None
        details = await self._details(funder.account) if funder is not None else None
        if details is None:
            return None
        if notices := await self._sightings(details, refund):
            record = _record_of(folded_partnership, command)
            claim = BookingCounted(
                at=command.at, claim=record[0] if record else command.command_id, counted_as=CountedAs.REFUND,
                partnership_id=partnership.partnership_id, money=refund.on_account,
                account=account_key(details.identifier),
            )  # fmt: skip
            return await self._counted_by_another_name(claim, refund, notices)
        return _not_seen(refund) if await self._is_awaited(details, refund) else None

    async def _sightings(self, details: AccountDetails, refund: Refund) -> list[BankNotice | Unclear]:
        """Return what the bank's files say of a refund's booking, of the one payment of it that it is."""
        amount, currency = refund.on_account.amount, refund.on_account.currency
        movement = -amount if refund.direction in OF_A_GIFT else amount
        async with self._reader.ledger.connection() as connection:
            notices = [each async for each in sightings(connection, details, refund.bank_reference, movement, currency)]
        detail = reference_key(refund.detail)
        return [notice for notice in notices if not (detail and (parts := _parts_of(notice)) and detail not in parts)]

    async def _is_awaited(self, details: AccountDetails, refund: Refund) -> bool:
        """True if statements of an account are kept since the day of a refund, so that one of them will have it."""
        currency = refund.on_account.currency
        async with self._reader.ledger.connection() as connection:
            statements = [statement.balances for statement in await statements_of(connection, details)]
        days = [statement.opened_on for statement in statements if statement.currency == currency]
        return bool(days) and not (refund.booked_on is not None and refund.booked_on < min(days))

    async def _counted_by_another_name(
        self, claim: BookingCounted, refund: Refund, notices: Sequence[BankNotice | Unclear]
    ) -> Fault | None:
        """Return the fault of a refund whose booking counts under another reference that the bank gave it, or None."""
        for notice in notices:
            claim = claim.model_copy(update={"details": _parts_of(notice)})
            for reference in notice.references:
                booking = await read_booking(self._reader, WAY_OF[refund.direction], reference)
                if (before := booking.counted_before(claim)) is not None:
                    return Fault(
                        f"bank_reference: the bank calls the booking {refund.name} also {reference}, and it counts "
                        f"already, {before.words}; take back the refund that is wrong (`accord withdraw-refund`)"
                    )
        return None

    async def _freed(self, partnership: FoldedPartnership, command: c.WithdrawRefund) -> BookingEffect:
        refund_record = _record_of(partnership, command)
        if refund_record is None:
            return BookingEffect()
        way, (claim, event) = WAY_OF[refund_record[1].direction], refund_record
        booking = await read_booking(self._reader, way, event.bank_reference)
        if not booking.has(claim):
            return BookingEffect()
        stream, release_event = booking_stream(way, event.bank_reference), BookingFreed(at=command.at, claim=claim)
        return BookingEffect(requests=(_request(stream, command.command_id, booking.version, release_event),))

    async def _recorded_elsewhere(self, partnership_id: str, command: c.RecordRefund) -> str | None:
        """Return in words the refund of the booking that another partnership has on record, or None.

        It reads the partnerships, since early refunds have no booking stream. None if `command` names an account.
        """
        for stream in await refunded_in(self._reader, command.bank_reference):
            if stream.subject == partnership_id:
                continue
            events = tuple(cast(Any, recorded_event.event) for recorded_event in await self._reader.read(stream))
            for refund in fold(stream.subject, events).refunds:
                is_same_direction = refund.direction is command.direction
                if (
                    is_same_direction
                    and refund.is_same_booking(command.bank_reference, command.detail)
                    and not command.account
                ):
                    return f"{refund.money} as a refund in {stream.subject}"
        return None

    async def _imported(self, reference: str) -> bool:
        """True if a file of the bank, imported before bookings had streams, counted a booking as money in."""
        directory = await self._reader.registrar.directory()
        numbers = [await self._number(funder.account) for funder in directory.funders]
        async with self._reader.ledger.connection() as connection:
            return await counted_before_bookings(connection, [number for number in numbers if number], reference)

    async def _account(self, reference: str | None) -> UUID | None:
        """Return the number that stands for an account of a funder's.

        Raises:
            LookupError: No funder has such an account.
        """
        if reference is None:
            return None
        directory = await self._reader.registrar.directory()
        is_funder_account = any(funder.account == reference for funder in directory.funders)
        number = await self._number(reference) if is_funder_account else None
        if number is None:
            raise LookupError(f"{reference} is no account of a funder of ours; see `accord directory show`")
        return account_key(number)

    async def _number(self, reference: str) -> str | None:
        details = await self._details(reference)
        return details.identifier if details is not None else None

    async def _details(self, reference: str) -> AccountDetails | None:
        """Return the details of an account as they were agreed on, or None if they are not on record so."""
        async with self._reader.ledger.connection() as connection:
            try:
                account = await find_account(connection, reference)
                return await read_account(connection, account.reference, account.sha256)
            except (UnknownAccount, AccountChanged):
                return None


def _parts_of(notice: BankNotice | Unclear) -> tuple[str, ...]:
    """Return the names of one payment within a booking of several, or () for a booking of one."""
    return notice.parts if isinstance(notice, BankNotice) else ()


def _not_seen(refund: Refund) -> Fault:
    return Fault(
        f"bank_reference: no file of the bank has {refund.name} over {refund.money} yet; import the statement of "
        f"{refund.booked_on}, or take the refund back (`accord withdraw-refund`)"
    )


def _counts_already(reference: str, words: str) -> Fault:
    return Fault(f"bank_reference: {reference} counts already, {words}; {_REMEDY}")


def _request(stream: str, command_id: UUID, version: int, event: BookingEvent) -> AppendRequest:
    return AppendRequest(stream, command_id, version, to_ledger((event,), ACCORD, command_id))


def _record_of(
    partnership: FoldedPartnership, command: c.ConfirmRefund | c.WithdrawRefund
) -> tuple[UUID, RefundRecorded] | None:
    """Return the command that recorded the refund which another names, with its event, or None."""
    refund_records = [
        (recorded_event.command_id, recorded_event.event) for recorded_event in partnership.events
        if isinstance(recorded_event.event, RefundRecorded)
        and recorded_event.event.bank_reference == command.bank_reference
        and recorded_event.event.detail == command.detail
    ]  # fmt: skip
    return refund_records[-1] if refund_records else None
