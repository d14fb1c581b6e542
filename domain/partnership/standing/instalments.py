"""A planned payment and its attempts: what was paid of it, what came back, and the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, Self

from pydantic import Field

from domain.payment.booked.figures import BookedFigures
from domain.values import Money, Value, is_empty, is_none, is_zero

ZERO: Final = Decimal(0)


class TrancheState(StrEnum):
    """The state of a planned payment, seen from the partnership."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    """It was released but not handed over yet, so it can be cancelled."""
    HANDED_OVER = "HANDED_OVER"
    """Its file was handed over to the bank, and only the bank's answer ends the attempt."""
    SETTLED = "SETTLED"
    SHORT = "SHORT"
    """The bank booked less than was instructed. The rest is paid only after two people agreed to it."""
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"


IN_FLIGHT: Final = frozenset({TrancheState.RELEASED, TrancheState.HANDED_OVER})
"""The states of a payment that was released and has not ended."""

PAID_STATES: Final = frozenset({TrancheState.SETTLED, TrancheState.SHORT})
"""The states of a payment of which the bank paid something in the newest attempt."""

LEFT_STATES: Final = frozenset({TrancheState.HANDED_OVER, *PAID_STATES})
"""The states of a payment that left, and may come back."""

RELEASABLE: Final = frozenset(
    {
        TrancheState.PLANNED,
        TrancheState.REJECTED,
        TrancheState.RETURNED,
        TrancheState.WITHHELD,
        TrancheState.CANCELLED,
    }
)
"""The states in which a tranche may be released: before an attempt, or after evidence that the last paid nothing."""


class EarlierPayment(NamedTuple):
    """An earlier attempt of a tranche that paid something: its number, and the sum that did not come back."""

    attempt: int
    amount: Decimal


class RestAgreement(NamedTuple):
    """A person's word on the rest of a tranche, that it is paid or given up, and the rest as it was then."""

    actor: str
    remainder: Decimal


class TrancheProgress(Value):
    """A planned payment and its state. `attempt` is 0 before the first release."""

    number: int
    money: Money
    state: TrancheState = TrancheState.PLANNED
    attempt: int = 0
    returned: Decimal = Field(default=ZERO, exclude_if=is_zero)
    """The part of the newest attempt's payment that came back, as two people confirmed."""
    due_on: date | None = None
    """The day before which it is not paid."""
    instructed_sum: Decimal | None = Field(default=None, exclude_if=is_none)
    """The sum of the newest attempt, or None where that is the tranche's own."""
    booked_sum: Decimal | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked of the newest attempt, or None where it is what was instructed."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the newest attempt, where they tell more than the sum."""
    earlier: tuple[EarlierPayment, ...] = Field(default=(), exclude_if=is_empty)
    """The earlier attempts that paid something which did not come back."""
    agreements: tuple[RestAgreement, ...] = Field(default=(), exclude_if=is_empty)
    """The agreements to pay the rest since the newest attempt began."""
    waivers: tuple[RestAgreement, ...] = Field(default=(), exclude_if=is_empty)
    """The same to give the rest up, as long as one person alone signed."""
    given_up: Decimal = Field(default=ZERO, exclude_if=is_zero)
    """The part of the plan that two people gave up: nobody pays it any more."""

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that the next release begins."""
        return self.attempt + 1

    @property
    def attempt_sum(self) -> Decimal:
        """The sum that the newest attempt was to pay."""
        return self.money.amount if self.instructed_sum is None else self.instructed_sum

    @property
    def order_money(self) -> Money:
        """The money that the newest attempt was to pay."""
        return Money(amount=self.attempt_sum, currency=self.money.currency)

    @property
    def newest_paid(self) -> Decimal:
        """The sum that the bank paid in the newest attempt, before anything of it came back."""
        if self.state not in PAID_STATES:
            return ZERO
        return self.attempt_sum if self.booked_sum is None else self.booked_sum

    @property
    def taken_on_the_way(self) -> Decimal:
        """The charges that were taken from what arrived of the newest attempt, as far as the bank tells them."""
        if self.figures is None or self.state not in PAID_STATES:
            return ZERO
        return self.figures.instructed_sum.amount - self.figures.received.amount

    @property
    def paid_before(self) -> Decimal:
        """The sum that earlier attempts paid and that did not come back."""
        return sum((payment.amount for payment in self.earlier), ZERO)

    @property
    def net(self) -> Decimal:
        """The sum that was paid and did not come back through the bank."""
        if self.state not in PAID_STATES and not self.earlier:
            return ZERO
        return self.paid_before + self.newest_paid - (self.returned if self.state in PAID_STATES else ZERO)

    @property
    def paid_sums(self) -> tuple[EarlierPayment, ...]:
        """The attempts that paid something, each with the sum that did not come back."""
        if self.state not in PAID_STATES:
            return self.earlier
        return (*self.earlier, EarlierPayment(self.attempt, self.newest_paid - self.returned))

    @property
    def out(self) -> Decimal:
        """The sum that was paid or is on its way, and did not come back."""
        return self.net + (self.attempt_sum if self.state in IN_FLIGHT else ZERO)

    @property
    def remainder(self) -> Decimal:
        """The sum that is not paid, or that came back, and that was not given up."""
        return max(ZERO, self.money.amount - self.net - self.given_up)

    @property
    def overpaid(self) -> Decimal:
        """The sum that was paid beyond the plan: where two attempts were booked, the grantee has it twice."""
        return max(ZERO, self.net - (self.money.amount - self.given_up))

    @property
    def has_remainder(self) -> bool:
        """True if a part was booked and a rest was not, or came back, and nothing of it is on its way.

        So it is where all of that part came back: of the rest, unless it was given up, the bank may say something yet.
        """
        booked_sum = self.booked_sum or ZERO
        is_part = ZERO < booked_sum < self.attempt_sum - self.given_up
        is_part_back = self.state is TrancheState.RETURNED and is_part
        return (self.net > 0 or is_part_back) and self.remainder > 0 and self.state not in IN_FLIGHT

    @property
    def agreed_by(self) -> tuple[str, ...]:
        """The people who agreed that the rest, as it is now, is paid by a new attempt."""
        return self._signers(self.agreements)

    @property
    def waived_by(self) -> tuple[str, ...]:
        """The people who gave up the rest, as it is now. Once they are two, it is given up."""
        return self._signers(self.waivers)

    def _signers(self, agreements: tuple[RestAgreement, ...]) -> tuple[str, ...]:
        current = (agreement for agreement in agreements if agreement.remainder == self.remainder)
        return tuple(dict.fromkeys(agreement.actor for agreement in current))

    @property
    def is_releasable(self) -> bool:
        """True if it may be released: nothing of it was paid, or two people agreed to pay the rest."""
        return len(self.agreed_by) > 1 if self.has_remainder else self.remainder > 0 and self.state in RELEASABLE

    def with_attempt(self, attempt: int, money: Money) -> Self:
        """Return it after a release: what the attempt before paid stays paid, and is not paid again."""
        paid_sum = self.newest_paid - self.returned if self.state in PAID_STATES else ZERO
        earlier = (*self.earlier, EarlierPayment(self.attempt, paid_sum)) if paid_sum else self.earlier
        instructed_sum = money.amount if money.amount != self.money.amount else None
        return self.model_copy(
            update={
                "state": TrancheState.RELEASED, "attempt": attempt, "returned": ZERO, "instructed_sum": instructed_sum,
                "booked_sum": None, "figures": None, "earlier": earlier, "agreements": (), "waivers": (),
            }
        )  # fmt: skip

    def booked_of(self, amount: Decimal, figures: BookedFigures | None = None) -> Self:
        """Return it after the bank booked a sum of the newest attempt, beside what it booked of it before.

        `figures`: what the bank booked, where it tells more than the sum.
        """
        said: dict[str, object] = {"figures": figures} if figures is not None else {}
        if self.state not in PAID_STATES:
            said["returned"] = ZERO  # what came back before is of what it paid before
        was_short = self.state in PAID_STATES and self.booked_sum is not None
        booked_sum = amount + (self.newest_paid if was_short else ZERO)
        if booked_sum >= self.attempt_sum:
            whole = booked_sum if was_short else None
            return self.model_copy(update={"state": TrancheState.SETTLED, "booked_sum": whole, **said})
        progress = self.model_copy(update={"state": TrancheState.SHORT, "booked_sum": booked_sum, **said})
        return progress if progress.remainder else progress.as_settled()

    def back(self, attempt: int, amount: Decimal) -> Self:
        """Return it after a part of what an attempt paid came back."""
        if attempt == self.attempt:
            return self.model_copy(update={"returned": self.returned + amount})
        payments = [
            payment._replace(amount=payment.amount - amount) if payment.attempt == attempt else payment
            for payment in self.earlier
        ]
        earlier = tuple(payment for payment in payments if payment.amount > 0)
        progress = self.model_copy(update={"earlier": earlier})
        nothing_is_paid = progress.state is TrancheState.SETTLED and not progress.net
        return progress.model_copy(update={"state": TrancheState.RETURNED}) if nothing_is_paid else progress

    def booked_late(self, attempt: int, amount: Decimal) -> Self:
        """Return it after the bank booked an attempt that a later one followed: it is paid beside what the later paid.

        A later one that was not handed over leaves no more. The tranche is settled but for a rest that nobody paid.
        """
        paid_sums = dict(self.earlier)
        paid_sums[attempt] = paid_sums.get(attempt, ZERO) + amount
        state = TrancheState.CANCELLED if self.state is TrancheState.RELEASED else self.state
        earlier = tuple(EarlierPayment(*paid_sum) for paid_sum in paid_sums.items())
        progress = self.model_copy(update={"state": state, "earlier": earlier, "agreements": (), "waivers": ()})
        may_be_over = state not in {TrancheState.HANDED_OVER, TrancheState.SETTLED}
        return progress.as_settled() if may_be_over and not progress.remainder else progress

    def without_what_is_paid(self) -> Self:
        """Return it after its newest attempt moved: what earlier ones paid meanwhile is not paid by another.

        An attempt that never arrived leaves no more if it would pay above the plan.
        """
        is_too_much = self.state is TrancheState.RELEASED and self.attempt_sum > self.remainder
        progress = self.model_copy(update={"state": TrancheState.CANCELLED}) if is_too_much else self
        return progress.as_settled() if progress.state in RELEASABLE and not progress.remainder else progress

    def agreed_to(self, actor: str, remainder: Decimal) -> Self:
        """Return it after a person agreed that its rest is paid. They no longer give it up."""
        progress = self.without_agreement_of(actor)
        return progress.model_copy(update={"agreements": (*progress.agreements, RestAgreement(actor, remainder))})

    def waived(self, actor: str, remainder: Decimal) -> Self:
        """Return it after a person gave its rest up. They no longer agree to pay it. After two it is settled."""
        others = self.without_agreement_of(actor)
        progress = others.model_copy(update={"waivers": (*others.waivers, RestAgreement(actor, remainder))})
        if len(progress.waived_by) < 2:
            return progress
        settled = progress if progress.state is TrancheState.SETTLED else progress.as_settled()
        given_up = self.given_up + self.remainder
        return settled.model_copy(update={"given_up": given_up, "agreements": (), "waivers": ()})

    def with_plan(self, money: Money, due_on: date | None) -> Self:
        """Return it with another sum and day, as a split leaves it. What was paid of it stays, and so do its attempts.

        It is settled where no more is planned than was paid.
        """
        instructed_sum = self.attempt_sum if self.attempt_sum != money.amount else None
        change = {
            "money": money, "due_on": due_on, "instructed_sum": instructed_sum, "agreements": (), "waivers": (),
        }  # fmt: skip
        progress = self.model_copy(update=change)
        return progress if progress.remainder else progress.as_settled()

    def as_settled(self) -> Self:
        """Return it as settled with what was paid of it: nothing of it is left."""
        returned = self.returned if self.state in PAID_STATES else ZERO
        change = {"state": TrancheState.SETTLED, "booked_sum": self.newest_paid, "returned": returned}
        return self.model_copy(update=change)

    def without_agreement_of(self, person: str) -> Self:
        """Return it without what a person agreed to. What two gave up stays so."""
        words = {
            name: tuple(agreement for agreement in agreements if agreement.actor != person)
            for name, agreements in (("agreements", self.agreements), ("waivers", self.waivers))
        }
        return self.model_copy(update=words)
