"""The lines of an attempt to pay in lists: by the day on which it was paid or last moved, and by its sum."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from domain.payment.tranche.order import PaidFor
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from ledger.projections import Document, Line
from records.read_models.lists import words_of

PAYMENTS_LIST: Final = "payments"
"""The list in the order of days."""
PAYMENTS_BY_SUM: Final = "payments by sum"
"""The same lines in the order of currencies and, within each, of sums."""

_DAY_OF: Final[Mapping[TrancheStatus, str]] = {
    TrancheStatus.HANDED_OVER: "handed_over_on",
    TrancheStatus.ACCEPTED: "handed_over_on",
    TrancheStatus.UNKNOWN: "handed_over_on",
    TrancheStatus.SETTLED: "settled_on",
    TrancheStatus.SHORT: "settled_on",
    TrancheStatus.REJECTED: "rejected_on",
    TrancheStatus.RETURNED: "returned_on",
}
"""By status: which of its days a payment stands at. Without one, it stands at the day of its release."""

_NOT_KEPT: Final = PaidFor(title="", of=0, funds=())


def payment_lines(tranche: Tranche, days: Mapping[str, str]) -> list[Line]:
    """Return the lines of an attempt to pay. `days`: the day of each step that it took.

    Of one that the bank booked in part the sum is what it booked.
    """
    order, cells, money = tranche.order, _cells(tranche, days), tranche.paid_money
    terms, amount = _terms(tranche, cells), str(money.amount)
    name = (
        f"{cells['day']}~{order.released_at.isoformat()}~{order.partnership_id}~{order.tranche:03}~{order.attempt:03}"
    )
    by_sum = f"{money.currency}~{in_order(money.amount)}~{name}"
    return [
        Line(PAYMENTS_LIST, name, terms, amount, cells),
        Line(PAYMENTS_BY_SUM, by_sum, terms, amount, cells),
    ]


def _cells(tranche: Tranche, days: Mapping[str, str]) -> Document:
    order, paid_for = tranche.order, tranche.paid_for or _NOT_KEPT
    return {
        "day": days.get(_DAY_OF.get(tranche.status, ""), order.released_at.date().isoformat()),
        "partnership_id": order.partnership_id,
        "title": paid_for.title,
        "tranche": order.tranche,
        "of": paid_for.of,
        "attempt": order.attempt,
        "amount": str(tranche.paid_money.amount),
        "currency": order.money.currency,
        "payee": order.payee.name,
        "funder": order.funder.funder_id,
        "funds": ", ".join(paid_for.funds),
        "released_by": order.released_by,
        "released_at": order.released_at.isoformat(),
        "status": tranche.status.value,
        "end_to_end_id": tranche.end_to_end_id,
        "message_id": tranche.message_id,
        "reason": tranche.reason,
        "booking": _booking(tranche),
        **days,
    }


def _booking(tranche: Tranche) -> Document | None:
    """Return the bank's figures of a booking, where they tell more than the sum, or None."""
    figures, short = tranche.figures, tranche.short_money
    if figures is None:
        sums = {"instructed_sum": tranche.order.money, "booked_sum": short}
        return {name: money.model_dump(mode="json") for name, money in sums.items() if money} if short else None
    if figures.is_exact and figures.received == figures.instructed_sum:
        return None
    return {**figures.model_dump(mode="json"), "received": figures.received.model_dump(mode="json")}


def _terms(tranche: Tranche, cells: Document) -> tuple[str, ...]:
    order, paid_for = tranche.order, tranche.paid_for or _NOT_KEPT
    return (
        f"status:{tranche.status.value}",
        f"partnership:{order.partnership_id}",
        f"currency:{order.money.currency}",
        f"funder:{order.funder.funder_id}",
        f"by:{order.released_by}",
        f"day:{cells['day']}",
        f"month:{cells['day'][:7]}",
        *(f"fund:{fund}" for fund in paid_for.funds or ("-",)),
        *(f"payee:{word}" for word in words_of(order.payee.name)),
        *words_of(order.payee.name, paid_for.title, order.partnership_id, tranche.end_to_end_id, tranche.message_id),
    )


def in_order(amount: Decimal) -> str:
    """Return a sum as text in the order of sums."""
    return f"{amount:027.4f}"
