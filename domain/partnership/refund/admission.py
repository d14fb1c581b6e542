"""Checks of a refund against the state."""

from __future__ import annotations

from typing import assert_never

from domain.errors import PaymentRefused, SeparationOfDuties
from domain.partnership.refund import commands as c
from domain.partnership.refund.refunds import OF_A_GIFT, Refund, RefundDirection
from domain.partnership.refund.returned_gifts import require_lawful_return
from domain.partnership.state import Partnership
from domain.payment.bookings import is_filler
from domain.values import Money


def admit_refund(partnership: Partnership, command: c.RefundRequest) -> None:
    """Raise a DomainError if the state does not allow a refund, its confirmation or its withdrawal."""
    match command:
        case c.RecordRefund():
            _admit_record(partnership, command)
        case c.ConfirmRefund():
            _admit_confirmation(partnership, command)
        case c.WithdrawRefund():
            _unconfirmed(partnership, command)
        case _:
            assert_never(command)


def _admit_record(partnership: Partnership, command: c.RecordRefund) -> None:
    """Refuse a refund of what was never paid or received, of a booking on record here, or of another currency."""
    money, reference, most = command.money, command.bank_reference, _most(partnership, command.direction)
    if is_filler(reference):
        raise PaymentRefused(f"bank_reference: {reference} is no reference; give the one that the bank gave it")
    if any(refund.is_same_booking(reference, command.detail) for refund in partnership.refunds):
        raise PaymentRefused(
            f"bank_reference: {reference} is on record already and counts once; if it is another payment of that "
            "booking, name it (--detail)"
        )
    if command.booked_on > command.at.date():
        raise PaymentRefused(f"booked_on: {command.booked_on} is in the future; give the day of the bank's booking")
    first = min((on for _, on in partnership.reporting.settled), default=None)
    if command.direction is RefundDirection.FROM_GRANTEE and first is not None and command.booked_on < first:
        raise PaymentRefused(f"booked_on: {command.booked_on} is before the first payment, of {first}")
    require_lawful_return(partnership, command)
    _require_booked_sum(partnership, command)
    if most is None:
        raise PaymentRefused(f"{partnership.partnership_id}: no money went that way that could come back")
    if most.currency != money.currency or money.amount > most.amount:
        raise PaymentRefused(f"money: {money} is more than, or other than, the {most} that can still come back")


def _require_booked_sum(partnership: Partnership, command: c.RecordRefund) -> None:
    """Refuse a refund of exchanged money that does not say what the bank booked, and a booked sum that says nothing."""
    money, booked = command.money, command.booked
    if booked is None:
        currencies = _exchanged_from(partnership, money.currency)
        if command.direction is RefundDirection.FROM_GRANTEE and currencies:
            raise PaymentRefused(
                f"booked: it was paid out of an account in {', '.join(currencies)}; say what the bank booked on our "
                f"account (--booked), also if that is {money}"
            )
        return
    if command.direction is not RefundDirection.FROM_GRANTEE:
        raise PaymentRefused("booked: what leaves a gift is not exchanged; leave the sum on our account out")
    if booked.currency == money.currency and booked != money:
        raise PaymentRefused(f"booked: {booked} is not the {money} that came back, in one currency; give one sum")


def _exchanged_from(partnership: Partnership, currency: str) -> list[str]:
    """Return the other currencies of the accounts that paid, by the bank's figures of each payment."""
    figures = (progress.figures for progress in partnership.tranches if progress.figures is not None)
    return sorted({told.booked_sum.currency for told in figures} - {currency})


def _admit_confirmation(partnership: Partnership, command: c.ConfirmRefund) -> None:
    """Refuse to confirm a refund that nobody recorded, that is confirmed already, or that the same person recorded."""
    refund = _unconfirmed(partnership, command)
    if refund.recorded_by == command.actor:
        raise SeparationOfDuties(f"{command.actor} recorded {refund.name}; another person confirms it")
    require_lawful_return(partnership, command)


def _unconfirmed(partnership: Partnership, command: c.ConfirmRefund | c.WithdrawRefund) -> Refund:
    """Return the refund that a command names, which waits for a second person."""
    reference, detail = command.bank_reference, command.detail
    refund = next((refund for refund in partnership.refunds if refund.is_named(reference, detail)), None)
    if refund is None:
        names = ", ".join(refund.name for refund in partnership.refunds if not refund.confirmed_by) or "none"
        refund_name = f"{reference} ({detail})" if detail else reference
        raise PaymentRefused(f"bank_reference: no refund {refund_name} is on record; waiting is: {names}")
    if refund.confirmed_by:
        raise PaymentRefused(f"bank_reference: {refund.confirmed_by} confirmed {refund.name} already")
    return refund


def _most(partnership: Partnership, direction: RefundDirection) -> Money | None:
    proposal = partnership.proposal
    if proposal is None:
        return None
    if direction in OF_A_GIFT:
        gift, remainder = proposal.funds_in, partnership.kept_on_record
        return Money(amount=remainder, currency=gift.money.currency) if gift is not None and remainder > 0 else None
    out, remainder = proposal.funds_out, partnership.settled_sum - partnership.came_back
    return Money(amount=remainder, currency=out.currency) if out is not None and remainder > 0 else None
