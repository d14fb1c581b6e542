"""Diversions of money: how much, what came back by which bank entry, and when a second one is answered (rules 4.11).

Source: 26 CFR 53.4945-5(e)(1)(iii), (iv). After a first diversion the grantee's assurances are enough while the money
is recovered; after another one it must be back, and extraordinary precautions taken.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field

from domain.fault import Fault
from domain.partnership.refund.refunds import Refund, RefundDirection
from domain.payment.bookings import reference_key
from domain.values import Money, Value, is_none


class Diversion(Value):
    """A diversion of money to another purpose than agreed."""

    what: str
    on: date
    """The day on which it was reported."""
    money: Money | None = Field(default=None, exclude_if=is_none)
    """The sum, or None while nobody knows it."""
    answered: bool = False


class Restoration(Value):
    """Diverted money that came back, by the bank entry that shows it."""

    money: Money
    bank_reference: str


class DiversionAnswer(Value):
    """The words of a person who answers diversions."""

    diverted: Money | None = None
    restored: Money | None = None
    bank_reference: str | None = None
    precautions: str | None = None
    has_paper: bool = False


class Diversions(Value):
    """The diversions of a partnership, and what came back of them."""

    reported: tuple[Diversion, ...] = ()
    restored: tuple[Restoration, ...] = ()

    @property
    def open(self) -> tuple[Diversion, ...]:
        """The diversions that no assurances answer yet."""
        return tuple(diversion for diversion in self.reported if not diversion.answered)

    @property
    def since(self) -> date | None:
        """The day on which the first was reported, or None."""
        return min((diversion.on for diversion in self.reported), default=None)

    @property
    def again(self) -> bool:
        """True if more than one was reported: a director alone answers it, and it must be back first."""
        return len(self.reported) > 1

    @property
    def outstanding(self) -> Decimal:
        """The money that is known to be diverted and did not come back."""
        diverted_sum = sum(
            (diversion.money.amount for diversion in self.reported if diversion.money is not None), Decimal(0)
        )
        return max(
            Decimal(0), diverted_sum - sum((restoration.money.amount for restoration in self.restored), Decimal(0))
        )

    def with_report(self, purpose: str, on: date, money: Money | None = None) -> Self:
        """Return the state after a diversion was reported."""
        return self.model_copy(update={"reported": (*self.reported, Diversion(what=purpose, on=on, money=money))})

    def with_answer(self, answer: DiversionAnswer) -> Self:
        """Return the state after assurances: they answer what is open, and may say how much it was and what is back.

        The sum is that of all whose sum is unknown or, if each is known, another one of the newest.
        """
        unknown = [
            place for place, diversion in enumerate(self.reported) if diversion.money is None and not diversion.answered
        ]
        target_place = (unknown or [len(self.reported) - 1])[-1] if answer.diverted is not None else None
        diversions = tuple(
            diversion.model_copy(
                update={"answered": True, "money": answer.diverted if place == target_place else diversion.money}
            )
            for place, diversion in enumerate(self.reported)
        )
        return self.model_copy(update={"reported": diversions, "restored": (*self.restored, *_restoration(answer))})

    def leaves_unsaid(self, answer: DiversionAnswer) -> str | None:
        """Return a purpose of a diversion whose sum neither its report nor these assurances name, or None."""
        unknown = (diversion.what for diversion in self.open if diversion.money is None)
        return None if answer.diverted is not None else next(unknown, None)

    def fault_of(
        self, answer: DiversionAnswer, refunds: tuple[Refund, ...], currency: str, *, again: bool
    ) -> Fault | None:
        """Return the reason why assurances answer nothing, or None. `again`: the grantee diverted money before."""
        if unsaid := self.leaves_unsaid(answer):
            return Fault(f"diverted: say how much was diverted ({unsaid}): --diverted SUM")
        if (answer.restored is None) != (answer.bank_reference is None):
            return Fault("restored: give the sum that came back and its bank entry, --restored and --bank-reference")
        amounts = [money for money in (answer.diverted, answer.restored) if money is not None]
        if currency and (foreign_amounts := [money for money in amounts if money.currency != currency]):
            return Fault(f"{foreign_amounts[0]} is not in {currency}, in which the grant is paid")
        second = _fault_of_second(self.with_answer(answer), answer) if again else None
        return _fault_of_entry(self, answer, refunds) or second


def _restoration(answer: DiversionAnswer) -> tuple[Restoration, ...]:
    if answer.restored is None or answer.bank_reference is None:
        return ()
    return (Restoration(money=answer.restored, bank_reference=answer.bank_reference),)


def _fault_of_entry(before: Diversions, answer: DiversionAnswer, refunds: tuple[Refund, ...]) -> Fault | None:
    """Return the reason why a bank entry does not show what was restored, or None."""
    if answer.restored is None or answer.bank_reference is None:
        return None
    key = reference_key(answer.bank_reference)
    if any(reference_key(restoration.bank_reference) == key for restoration in before.restored):
        return Fault(f"bank_reference: {answer.bank_reference} counts already; name the entry of what came back since")
    back = [refund for refund in refunds if refund.direction is RefundDirection.FROM_GRANTEE]
    amounts = [refund.money.amount for refund in back if reference_key(refund.bank_reference) == key]
    if amounts and sum(amounts) < answer.restored.amount:
        return Fault(
            f"restored: {answer.restored} is more than the refund {answer.bank_reference}, of {sum(amounts):,}"
        )
    if not amounts and not answer.has_paper:
        return Fault(
            f"bank_reference: no refund {answer.bank_reference} is on record; give the bank's paper with --document"
        )
    return None


def _fault_of_second(after: Diversions, answer: DiversionAnswer) -> Fault | None:
    """Return the fault for which another diversion is not answered yet, or None."""
    if answer.precautions is None:
        return Fault(
            "precautions: money was diverted before; say which extraordinary precautions are taken: --precautions"
        )
    if after.outstanding:
        return Fault(
            f"restored: money was diverted before, so all of it must be back first; {after.outstanding:,} is not"
        )
    return None
