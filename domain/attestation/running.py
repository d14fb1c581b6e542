"""Compare the payments that events hold as open with the open workflows, and the other way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.attestation.readings import (
    ZERO,
    EventsReading,
    MoneySide,
    NotKnown,
    OpenPayment,
    OpenRun,
    SideDifference,
    WorkflowsReading,
)


def open_differences(
    events: EventsReading | NotKnown, workflows: WorkflowsReading | NotKnown
) -> Iterator[SideDifference]:
    """Yield each payment on its way that no workflow follows, and each workflow of a payment that is not on its way.

    Its partnership's workflow must be open as well, since that one hears its end. Workflows follow from events, so they
    are named.
    """
    if isinstance(events, NotKnown) or isinstance(workflows, NotKnown):
        return
    runs = {run.workflow_id: run for run in workflows.payments}
    payments = {payment.workflow_id: payment for payment in events.open_payments}
    for workflow_id, payment in sorted(payments.items()):
        yield from _of_payment(payment, runs.get(workflow_id), workflows.partnerships)
    for workflow_id, run in sorted(runs.items()):
        if workflow_id not in payments:
            words = "a workflow follows a payment that events do not hold as open"
            yield SideDifference(MoneySide.WORKFLOWS, words, workflow_id, "", run.currency, run.amount or ZERO)


def _of_payment(payment: OpenPayment, run: OpenRun | None, partnerships: frozenset[str]) -> Iterator[SideDifference]:
    place = (payment.workflow_id, payment.account, payment.currency)
    if run is None:
        yield SideDifference(
            MoneySide.WORKFLOWS, "no workflow follows a payment that is on its way", *place, -payment.amount
        )
    elif run.amount is not None and (run.currency, run.amount) != (payment.currency, payment.amount):
        words = f"its workflow says {run.currency} {run.amount:,} and events say {payment.amount:,}"
        amount = run.amount - payment.amount if run.currency == payment.currency else -payment.amount
        yield SideDifference(MoneySide.WORKFLOWS, words, *place, amount)
    if payment.partnership_workflow_id not in partnerships:
        words = "no workflow of its partnership is open, which must hear its end"
        yield SideDifference(MoneySide.WORKFLOWS, words, *place, -payment.amount)


def open_sums(
    events: EventsReading | NotKnown, workflows: WorkflowsReading | NotKnown
) -> dict[str, dict[str, Decimal]]:
    """Return the sums on their way by currency, as each of the two sides says it."""
    sums: dict[str, dict[str, Decimal]] = {}
    if isinstance(events, EventsReading):
        sums[MoneySide.EVENTS] = _by_currency(events.open_payments)
    if isinstance(workflows, WorkflowsReading):
        sums[MoneySide.WORKFLOWS] = _by_currency(workflows.payments)
    return sums


def _by_currency(payments: tuple[OpenPayment, ...] | tuple[OpenRun, ...]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for payment in payments:
        if payment.amount is not None:
            sums[payment.currency] = sums.get(payment.currency, ZERO) + payment.amount
    return dict(sorted(sums.items()))
