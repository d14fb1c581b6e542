"""Count a booking that differs from the instructed sum by the bank's charges, or by its currency, at that sum.

Where the bank says that it was told to pay a part alone, it counts at that part, and the payment is short.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from accord.client.desk import Desk
from accord.counter.differences.returning import attempt_at, comes_back, returned_answer
from accord.presentation.faults import BadInput, Refused
from domain.identity import derive
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus
from domain.payment.bank_file import BankException
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche.events import TrancheReleasedForPayment
from domain.payment.tranche.state import Tranche
from domain.streams import StreamId
from domain.values import Money


class Difference(NamedTuple):
    """A booking at the instructed sum, and what the bank booked."""

    answer: BankAnswer
    booked: Money
    part_of: Money | None = None
    """The instructed sum, where it counts at a part of it."""

    @property
    def told(self) -> str:
        """The signed difference in words."""
        if self.answer.status is BankStatus.RETURNED:
            return f"{self.booked} came back for {self.answer.money}: two people say so, and so much is back"
        if self.part_of is not None:
            is_told = self.answer.figures is not None
            part = "the bank says it was told to pay" if is_told else "was not booked before"
            return (
                f"{self.booked} was booked for {self.answer.money} of {self.part_of}: two people say so, and it counts"
                f" at what {part}"
            )
        return (
            f"{self.booked} was booked for {self.answer.money}: two people say so, and it counts at what was instructed"
        )

    @property
    def counts_at(self) -> Money | None:
        """The rest at which it counts without a word of the bank on it. It is signed, since it may change."""
        return self.answer.money if self.part_of is not None and self.answer.figures is None else None

    @property
    def place(self) -> tuple[str, int, int]:
        """(partnership, tranche, attempt) of the payment."""
        return self.answer.partnership_id, self.answer.tranche, self.answer.attempt


async def has_difference(desk: Desk, exception: BankException, named_place: tuple[str, int, int]) -> bool:
    """True if the bank booked, or booked back, the payment that somebody names in another currency or with charges."""
    bank_answer, (partnership_id, tranche, attempt) = exception.raised.answer, named_place
    if bank_answer is None or not bank_answer.is_booking:
        return False
    if bank_answer.status is not BankStatus.SETTLED and not comes_back(bank_answer, tranche):
        return False
    if bank_answer.figures is not None and not bank_answer.figures.is_exact:
        return True
    place = (
        partnership_id or bank_answer.partnership_id,
        tranche or bank_answer.tranche,
        attempt or bank_answer.attempt,
    )
    events: list[Any] = (
        [recorded_event.event for recorded_event in await desk.reader.read(StreamId.attempt(*place))]
        if all(place)
        else []
    )
    amounts = [event.order.money for event in events if isinstance(event, TrancheReleasedForPayment)]
    return bool(amounts) and amounts[0].currency != bank_answer.booked.currency


async def count_with_difference(
    desk: Desk,
    exception_id: UUID,
    exception: BankException,
    named_place: tuple[str, int, int],
    booked_money: Money | None,
    back_money: Money | None = None,
) -> Difference:
    """Return the answer that counts for a booking with a difference. `named_place`: the payment that a person names.

    `back_money`: the sum that they say came back of a payment that was exchanged.

    Raises:
        BadInput: It is not said which payment it is, or what was booked.
        Refused: The bank booked no payment there, there is no such payment, it booked no more than was instructed, or
            it says that it was told to pay more.
    """
    bank_answer = exception.raised.answer
    if bank_answer is not None and comes_back(bank_answer, named_place[1]):
        return await _count_return(desk, exception, bank_answer, named_place, booked_money, back_money)
    if back_money is not None:
        raise BadInput("came-back: only what came back of an exchanged payment has such a sum; leave --came-back out")
    if bank_answer is not None and not (bank_answer.status is BankStatus.SETTLED and bank_answer.is_booking):
        raise Refused("the bank booked no payment there, so it has no difference to count", "IllegalTransition")
    if bank_answer is None and booked_money is None:
        raise BadInput('booked: say what the bank booked, as its file has it: --booked "USD 30025.00"')
    if bank_answer is not None and booked_money not in {None, bank_answer.booked}:
        raise BadInput(f"booked: the bank's file says {bank_answer.booked}; leave --booked out")
    place = _place(exception, named_place)
    attempt = await attempt_at(desk, place)
    money = bank_answer.booked if bank_answer is not None else booked_money
    assert money is not None  # noqa: S101 - one of the two is there
    sum_ = _counting_sum(attempt, bank_answer.figures if bank_answer is not None else None)
    _require_difference(sum_, money)
    part_of = attempt.order.money if sum_ != attempt.order.money else None
    return Difference(_at_the_instructed_sum(exception_id, exception, place, sum_, money), money, part_of)


async def _count_return(
    desk: Desk, exception: BankException, bank_answer: BankAnswer, named_place: tuple[str, int, int],
    booked_money: Money | None, back_money: Money | None,
) -> Difference:  # fmt: skip
    """Return the answer on a payment that comes back. Raises as `count_with_difference` does."""
    if booked_money not in {None, bank_answer.booked}:
        raise BadInput(f"booked: the bank's file says {bank_answer.booked}; leave --booked out")
    answer = await returned_answer(desk, bank_answer, _place(exception, named_place), back_money)
    return Difference(answer, bank_answer.booked)


def _place(exception: BankException, named_place: tuple[str, int, int]) -> tuple[str, int, int]:
    bank_answer, (partnership_id, tranche, attempt) = exception.raised.answer, named_place
    about = (
        (bank_answer.partnership_id, bank_answer.tranche, bank_answer.attempt)
        if bank_answer is not None
        else ("", 0, 0)
    )
    subject_id = partnership_id or about[0] or exception.raised.partnership_id or ""
    place = (subject_id, tranche or about[1], attempt or about[2])
    if not all(place):
        raise BadInput("say which payment it is: --partnership P-... --tranche N")
    return place


def _counting_sum(attempt: Tranche, figures: BookedFigures | None) -> Money:
    """Return the sum at which a booking counts: what the bank says it was told to pay, else what is not booked yet.

    Raises:
        Refused: The bank says that it was told to pay more than that.
    """
    order = attempt.order.money
    unbooked = Money(amount=order.amount - (attempt.short_of or 0), currency=order.currency)
    if figures is None or figures.instructed_sum.currency != order.currency:
        return unbooked
    if figures.instructed_sum.amount > unbooked.amount:
        rest = f", of which {unbooked} is not booked yet" if attempt.short_of else ""
        raise Refused(
            f"the bank says that it was told to pay {figures.instructed_sum}, and the order says {order}{rest}: ask the"
            " bank; what it booked by mistake is bank-error until it is mended",
            "IllegalTransition",
        )
    return figures.instructed_sum


def _require_difference(sum_: Money, booked_money: Money) -> None:
    if booked_money.currency == sum_.currency and booked_money.amount <= sum_.amount:
        raise Refused(
            f"the bank booked {booked_money}, no more than was instructed ({sum_}); charges and currencies are counted"
            " so, and nothing else",
            "IllegalTransition",
        )


def _at_the_instructed_sum(
    exception_id: UUID, exception: BankException, place: tuple[str, int, int], money: Money, booked_money: Money
) -> BankAnswer:
    raised_event, (partnership_id, tranche, attempt) = exception.raised, place
    payment_fields = {
        "money": money, "reason": f"{booked_money} was booked", "partnership_id": partnership_id, "tranche": tranche,
        "attempt": attempt,
    }  # fmt: skip
    if (answer := raised_event.answer) is not None:
        tells_the_order = answer.figures is not None and answer.figures.instructed_sum.currency == money.currency
        # Figures of a sum in another currency than the order's say nothing of what is paid of it.
        return answer.model_copy(update={**payment_fields, "figures": answer.figures if tells_the_order else None})
    answer_fields = {
        "answer_id": derive("counted", exception_id), "status": BankStatus.SETTLED, "code": BOOKED,
        "said_at": raised_event.at, "bank_reference": raised_event.content, "file_sha256": raised_event.file_sha256,
    }  # fmt: skip
    return BankAnswer.model_validate({**answer_fields, **payment_fields})
