"""Refunds: money that a grantee pays back, or that is paid back to a donor, each booking once (R42)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from domain.values import Money, OneLine, Printable, Value

BankReference = Annotated[str, StringConstraints(min_length=3, max_length=70), Printable, OneLine]
"""The bank's own reference of a booking, by which it counts once."""


class RefundDirection(StrEnum):
    """Who paid the money back."""

    FROM_GRANTEE = "FROM_GRANTEE"
    TO_DONOR = "TO_DONOR"


class Refund(Value):
    """A refund that is on record."""

    direction: RefundDirection
    money: Money
    bank_reference: str
    recorded_by: str = ""
    confirmed_by: str = ""
    """The other person who looked at the bank's booking; empty while nobody has."""


def confirmed_by(refunds: tuple[Refund, ...], bank_reference: str, person: str) -> tuple[Refund, ...]:
    """Return the refunds after a second signature on one of them; it counts once, and from another person alone."""
    return tuple(
        one.model_copy(update={"confirmed_by": person})
        if one.bank_reference == bank_reference and not one.confirmed_by and one.recorded_by != person
        else one
        for one in refunds
    )


def confirmed_refunds(refunds: tuple[Refund, ...], direction: RefundDirection) -> Decimal:
    """Return the sum of the refunds in one direction that two people signed."""
    return refunded(tuple(one for one in refunds if one.confirmed_by), direction)


def refunded(refunds: tuple[Refund, ...], direction: RefundDirection) -> Decimal:
    """Return the sum of the refunds in one direction."""
    return sum((one.money.amount for one in refunds if one.direction is direction), Decimal(0))
