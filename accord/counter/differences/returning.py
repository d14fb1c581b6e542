"""Count a payment that comes back in another currency, at the sum that people say, or less charges of the bank's."""

from __future__ import annotations

from typing import Any

from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.returning import back_at_its_rate, figures_of_return
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.streams import StreamId
from domain.values import Money
from records.forms import bookings_have_figures


def comes_back(answer: BankAnswer, tranche: int) -> bool:
    """True if an answer is on a payment that came back. `tranche`: the payment that a person names, or 0."""
    return answer.status is BankStatus.RETURNED or (answer.status is BankStatus.RECEIVED and tranche > 0)


async def attempt_at(desk: Desk, place: tuple[str, int, int]) -> Tranche:
    """Return the attempt at a place. Raises Refused where there is none."""
    events: list[Any] = [recorded_event.event for recorded_event in await desk.reader.read(StreamId.attempt(*place))]
    tranche = fold_tranche(tuple(events))
    if tranche is None:
        raise Refused(f"{place[0]} has no attempt {place[2]} at tranche {place[1]}", "Unknown")
    return tranche


async def returned_answer(
    desk: Desk, bank_answer: BankAnswer, place: tuple[str, int, int], back_money: Money | None
) -> BankAnswer:
    """Return the answer by which a return of the payment at a place counts, with its figures.

    Raises:
        BadInput: Nobody says how much came back, or in another currency than the order's, or otherwise than the bank.
        Refused: The payment was not exchanged, nothing of it is booked, or no figures are recorded here yet.
    """
    attempt, (partnership_id, tranche, number) = await attempt_at(desk, place), place
    if bank_answer.booked.currency == attempt.order.money.currency and bank_answer.figures is None:
        raise Refused(
            f"{bank_answer.booked} is in the payment's own currency: resolve it as belongs-to", "IllegalTransition"
        )
    if not attempt.booked:
        raise Refused(
            "nothing of it is booked here that could come back: import its booking, or resolve that first",
            "IllegalTransition",
        )
    async with desk.pool.acquire() as connection:
        if not await bookings_have_figures(connection):
            raise Refused("what an exchange came to is not recorded yet: `accord upgrade --open`", "FormShut")
    figures = _figures(bank_answer, attempt, back_money)
    fields = {
        "status": BankStatus.RETURNED, "money": figures.instructed_sum, "figures": figures,
        "partnership_id": partnership_id, "tranche": tranche, "attempt": number,
    }  # fmt: skip
    return bank_answer.model_copy(update=fields)


def _figures(bank_answer: BankAnswer, attempt: Tranche, back_money: Money | None) -> BookedFigures:
    """Return the figures of a return: as the bank tells them, or by the sum that people say, or its booking's rate."""
    told = bank_answer.figures
    if told is not None and told.instructed_sum.currency == attempt.order.money.currency:
        if back_money not in {None, told.instructed_sum}:
            raise BadInput(f"came-back: the bank's file says {told.instructed_sum}; leave --came-back out")
        return told
    currency, example = attempt.order.money.currency, f'--came-back "{attempt.order.money}"'
    money = back_money or back_at_its_rate(attempt.figures, bank_answer.booked, attempt.paid_money)
    if money is None:
        raise BadInput(f"came-back: say how much of the payment is back, in {currency}: {example}")
    if money.currency != currency:
        raise BadInput(f"came-back: the payment is in {currency}: {example}")
    return figures_of_return(attempt.figures, money, bank_answer.booked)
