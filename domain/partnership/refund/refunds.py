"""Refunds: money that a grantee pays back, or that is paid back to a donor, each booking once (R42)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.payment.bank_answers import Resolution
from domain.payment.bookings import reference_key
from domain.values import Money, OneLine, Printable, Value, is_empty, is_false, is_none

BankReference = Annotated[str, StringConstraints(min_length=3, max_length=70), Printable, OneLine]
"""The bank's own reference of a booking, by which it counts once."""

BookingDetail = Annotated[str, StringConstraints(max_length=70), Printable, OneLine]
"""The bank's name of one payment within a booking of several: its reference there, or its number."""

Place = tuple[int, int]
"""The numbers of a tranche and of an attempt to pay it."""


class RefundDirection(StrEnum):
    """The side that paid the money back."""

    FROM_GRANTEE = "FROM_GRANTEE"
    TO_DONOR = "TO_DONOR"
    TO_BLOCKED_ACCOUNT = "TO_BLOCKED_ACCOUNT"
    """Nobody paid it back: its donor is blocked, and it lies in a blocked account of ours (31 CFR 501.603)."""


class Refund(Value):
    """A refund that is on record."""

    direction: RefundDirection
    money: Money
    bank_reference: str
    detail: str = Field(default="", exclude_if=is_empty)
    booked_on: date | None = Field(default=None, exclude_if=is_none)
    recorded_by: str = ""
    confirmed_by: str = ""
    """The other person who looked at the bank's booking, empty while nobody has."""
    paid_then: tuple[Place, ...] | None = Field(default=None, exclude_if=is_none)
    """The attempts to pay whose money it can be of: those settled when it was recorded, or None if unknown."""

    booked: Money | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked on our account, where it exchanged it."""

    @property
    def on_account(self) -> Money:
        """The sum by which our account moved."""
        return self.booked or self.money

    @property
    def name(self) -> str:
        """The name by which people know it: the bank's reference, with the detail if there is one."""
        return f"{self.bank_reference} ({self.detail})" if self.detail else self.bank_reference

    def is_named(self, bank_reference: str, detail: str) -> bool:
        """True if a person names this refund: as it is recorded, to the letter."""
        return (self.bank_reference, self.detail) == (bank_reference, detail)

    def is_same_booking(self, bank_reference: str, detail: str) -> bool:
        """True if a reference may be that of the same booking, however either is written."""
        other_detail = self.detail and detail and reference_key(self.detail) != reference_key(detail)
        return reference_key(self.bank_reference) == reference_key(bank_reference) and not other_detail


def confirmed_by(refunds: tuple[Refund, ...], bank_reference: str, detail: str, person: str) -> tuple[Refund, ...]:
    """Return the refunds, with `person` as the second signer of the one that is named.

    Nothing changes if it has a second signer already, or if that person recorded it.
    """
    return tuple(
        refund.model_copy(update={"confirmed_by": person})
        if refund.is_named(bank_reference, detail) and not refund.confirmed_by and refund.recorded_by != person
        else refund
        for refund in refunds
    )


def without(refunds: tuple[Refund, ...], bank_reference: str, detail: str) -> tuple[Refund, ...]:
    """Return the refunds after one of them was taken back. A refund that two people signed stays."""
    return tuple(refund for refund in refunds if refund.confirmed_by or not refund.is_named(bank_reference, detail))


def confirmed(refunds: Iterable[Refund]) -> tuple[Refund, ...]:
    """Return the refunds that two people signed."""
    return tuple(refund for refund in refunds if refund.confirmed_by)


def came_from_grantee(refunds: Iterable[Refund], paid_sums: Mapping[Place, Decimal]) -> Decimal:
    """Return the sum of what a grantee paid back, no more than what it still has of the payments it can be of.

    `paid_sums`: what settled in each attempt and did not come back through the bank. An attempt that came back whole is
    not among them: a refund of it was the same money, and is none of a later attempt.
    """
    back = Decimal(0)
    for refund in refunds:
        if refund.direction is RefundDirection.FROM_GRANTEE:
            places = (
                paid_sums if refund.paid_then is None else [place for place in refund.paid_then if place in paid_sums]
            )
            most = sum((paid_sums[place] for place in places), Decimal(0))
            back = max(back, min(back + refund.money.amount, most))
    return back


class TakenBack(Value):
    """Money of a gift that the bank took back, by the exception in which people say what it was."""

    exception_id: UUID
    amount: Decimal
    left_before: Decimal
    """The sum paid back to the donor by then. A refund that is recorded later may be this very money."""
    is_gone: bool = Field(default=False, exclude_if=is_false)
    """True once people said that it went: it stays away, though nobody recorded a refund, or took that back."""


NOT_GONE: Final = frozenset({Resolution.BANK_ERROR, Resolution.TOLD_BEFORE})
"""The findings on money that the bank took back by which the gift has it, or lacks it already."""

OF_A_GIFT: Final = (RefundDirection.TO_DONOR, RefundDirection.TO_BLOCKED_ACCOUNT)
"""The directions in which a gift's money leaves again."""


def went_out_again(refunds: Iterable[Refund]) -> Decimal:
    """Return the sum of what was paid back to a donor, or moved into a blocked account."""
    return sum((refund.money.amount for refund in refunds if refund.direction in OF_A_GIFT), Decimal(0))


def resolved_taking(
    taken_back: tuple[TakenBack, ...], exception_id: UUID, resolution: Resolution, refunds: Iterable[Refund]
) -> tuple[TakenBack, ...]:
    """Return the money that the bank took back, once people said of one exception what it was.

    The refunds on record that are the money which went are of no other that is still open.
    """
    taken = next((taken for taken in taken_back if taken.exception_id == exception_id), None)
    others = tuple(taken for taken in taken_back if taken.exception_id != exception_id)
    if taken is None or resolution in NOT_GONE:
        return others
    explained = taken.left_before + min(taken.amount, max(Decimal(0), went_out_again(refunds) - taken.left_before))
    later = (other.model_copy(update={"left_before": max(other.left_before, explained)}) for other in others)
    return (*later, taken.model_copy(update={"is_gone": True}))


def taken_by_the_bank(taken_back: Sequence[TakenBack], refunds: Iterable[Refund]) -> Decimal:
    """Return the sum that the bank took back and that nobody recorded as paid back: while it is open, since then."""
    recorded = went_out_again(refunds)
    gone = sum((taken.amount for taken in taken_back if taken.is_gone), Decimal(0))
    waiting = [taken for taken in taken_back if not taken.is_gone]
    since = max(Decimal(0), recorded - min((taken.left_before for taken in waiting), default=recorded))
    open_sum = sum((taken.amount for taken in waiting), Decimal(0)) - since
    return max(Decimal(0), gone - recorded) + max(Decimal(0), open_sum)
