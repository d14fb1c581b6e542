"""The figures of a booking as the bank tells them: the instructed and the booked sum, the rate, and the charges.

They explain each other, or they are none: the booked sum is what the instructed one makes at the bank's rate, and the
charges in it. Nothing is rounded here but by the bank.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from domain.fault import Fault
from domain.values import Currency, ExactDecimal, Money, Value, is_empty, is_false, is_none, minor_digits

MOST_CHARGES: Final = 50
"""The most charges of one booking that are kept."""


class Bearer(StrEnum):
    """The side that bears a charge (ISO 20022, ChargeBearerType1Code)."""

    DEBT = "DEBT"
    """Who pays."""
    CRED = "CRED"
    """Who is paid."""
    SHAR = "SHAR"
    """Each side bears the charges of its own banks."""
    SLEV = "SLEV"
    """As the scheme or the service level says."""


class Charge(Value):
    """A charge of a bank on a payment."""

    money: Money
    bearer: Bearer | None = Field(default=None, exclude_if=is_none)
    """None where the bank does not say it."""
    is_part: bool = Field(default=False, exclude_if=is_false)
    """True if the booked sum holds it."""
    is_payees: bool = Field(default=False, exclude_if=is_false)
    """True if it was taken from what arrived."""


class BankRate(Value):
    """The rate at which a bank exchanged a sum: how much of the other currency one of the unit currency was."""

    source: Currency
    target: Currency
    unit: Currency
    rate: Annotated[ExactDecimal, Field(gt=0)]
    contract: Annotated[str, StringConstraints(max_length=140)] = Field(default="", exclude_if=is_empty)
    """The bank's own name of the agreed exchange."""
    quoted_on: date | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _is_between_two(self) -> Self:
        if self.source == self.target or self.unit not in {self.source, self.target}:
            raise ValueError(f"a rate from {self.source} to {self.target} in {self.unit} is not between two currencies")
        return self

    def factor(self, into: str) -> Fraction:
        """Return the exact amount of one of its currencies that one of the other is."""
        return 1 / Fraction(self.rate) if into == self.unit else Fraction(self.rate)

    def is_between(self, *currencies: str) -> bool:
        """True if it is the rate between two currencies."""
        return {self.source, self.target} == set(currencies)


class BookedFigures(Value):
    """The figures of a payment as a bank booked it, or booked it back.

    Raises:
        ValueError: The sums do not explain each other.
    """

    instructed_sum: Money
    """The sum that the bank says it was told to pay or, of a return, that came back of it, in the order's currency."""
    booked_sum: Money
    """The sum that left the account, or came back to it, in the account's currency."""
    rate: BankRate | None = Field(default=None, exclude_if=is_none)
    charges: Annotated[tuple[Charge, ...], Field(max_length=MOST_CHARGES)] = Field(default=(), exclude_if=is_empty)
    is_return: bool = Field(default=False, exclude_if=is_false)
    """True if the sum came back. The charges in it were taken from it, and where no rate is told people say the sum."""

    @model_validator(mode="after")
    def _explain_each_other(self) -> Self:
        if fault := _charge_fault(self) or _sum_fault(self):
            raise ValueError(str(fault))
        return self

    @property
    def charged(self) -> Decimal:
        """The charges in the booked sum, in its currency."""
        return sum((charge.money.amount for charge in self.charges if charge.is_part), Decimal(0))

    @property
    def principal(self) -> Money:
        """The booked sum without its charges: what the instructed sum was in the account's currency."""
        charges = -self.charged if self.is_return else self.charged
        return Money(amount=self.booked_sum.amount - charges, currency=self.booked_sum.currency)

    @property
    def received(self) -> Money:
        """The sum that arrived at the payee's bank, as far as the bank says what was taken from it on the way."""
        deductions = sum((charge.money.amount for charge in self.charges if charge.is_payees), Decimal(0))
        return Money(amount=self.instructed_sum.amount - deductions, currency=self.instructed_sum.currency)

    @property
    def is_exact(self) -> bool:
        """True if what was instructed left the account, and nothing else."""
        return self.booked_sum == self.instructed_sum


def _charge_fault(figures: BookedFigures) -> Fault | None:
    """Return the fault of a charge that cannot stand where it is said to, or None."""
    whole, order = figures.booked_sum, figures.instructed_sum
    for charge in figures.charges:
        if charge.is_part and (charge.is_payees or charge.money.currency != whole.currency):
            return Fault(f"a charge of {charge.money} is not part of {whole}")
        if charge.is_payees and charge.money.currency != order.currency:
            return Fault(f"a charge of {charge.money} is not taken from {order}")
    if figures.charged >= whole.amount and not figures.is_return:
        return Fault(f"the charges come to all of {whole}")
    deductions = sum((charge.money.amount for charge in figures.charges if charge.is_payees), Decimal(0))
    return Fault(f"the payee's charges come to all of {order}") if deductions >= order.amount else None


def _sum_fault(figures: BookedFigures) -> Fault | None:
    """Return the fault of sums that do not make each other, or None."""
    order, principal, rate = figures.instructed_sum, figures.principal, figures.rate
    if order.currency == principal.currency:
        if rate is None and order == principal:
            return None
        return Fault(f"{principal} without the charges is not the {order} that were instructed")
    if rate is None and figures.is_return:
        return None
    if rate is None or not rate.is_between(order.currency, principal.currency):
        return Fault(f"nothing says at which rate {order} became {principal}")
    if multiplies_out(order, principal, rate):
        return None
    return Fault(f"{order} at {rate.rate:f} for {rate.unit} 1 does not make {principal}")


def multiplies_out(order: Money, principal: Money, rate: BankRate) -> bool:
    """True if a sum at a rate makes another one, within one smallest unit of that one's currency."""
    exact = Fraction(order.amount) * rate.factor(principal.currency)
    return abs(exact - Fraction(principal.amount)) <= Fraction(1, 10 ** minor_digits(principal.currency))
