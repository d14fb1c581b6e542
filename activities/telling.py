"""Tell operators what was done: one line and one count for each decision, refusal, hold and withheld payment.

Ids and codes alone: reasons may name people, and they stand in the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import structlog
from temporalio import activity

from activities.contracts import Refusal
from activities.tracing import append_span
from domain.partnership import events as e
from domain.partnership.commands import AnyCommand
from domain.streams import StreamId
from domain.unions import event_types

DECISIONS: Final = "accord_decisions"
HOLDS: Final = "accord_holds"
WITHHELD: Final = "accord_payments_withheld"

APPENDS: Final = "accord_append_seconds"
"""The time of appends: until the ledger, and a standby that must confirm, hold the events."""

_HOLDS: Final = event_types(e.HoldPlaced, e.HeldWithLead)

log: Final = structlog.get_logger("accord.decisions")


def tell_decision(
    partnership_id: str, command: AnyCommand, event_types: tuple[str, ...], refusal: Refusal | None
) -> None:
    """Log and count a command carried out or refused. `event_types`: the types of the events that record it."""
    if not activity.in_activity():
        return  # with Temporal away, whoever gives the command sees its receipt, and nobody scrapes
    act = str(getattr(command, "kind", type(command).__name__))
    stream = StreamId.partnership(partnership_id)
    log_fields = {"workflow_id": stream, "act": act, "command_id": str(command.command_id)}
    if refusal is None:
        log.info("decided", **log_fields, recorded=list(event_types))
    else:
        log.info("refused", **log_fields, code=refusal.kind)
    _count(DECISIONS, "Commands carried out or refused", act=act, outcome=refusal.kind if refusal else "done")
    if not _HOLDS.isdisjoint(event_types):
        log.info("held", **log_fields)
        _count(HOLDS, "Holds placed, by people and by rules", act=act)


def tell_withheld(workflow_id: str) -> None:
    """Log and count a payment withheld. The reason stands in its attempt's stream."""
    log.info("withheld", workflow_id=workflow_id)
    _count(WITHHELD, "Payments withheld by the check before their instruction")


@contextmanager
def timed_append(command_id: UUID) -> Iterator[None]:
    """Measure the time of an append, however it ended, and record it as a span of the command's trace."""
    began = time.perf_counter()
    try:
        with append_span(command_id):
            yield
    finally:
        if activity.in_activity():
            meter = activity.metric_meter()
            meter.create_histogram_float(APPENDS, "Time of an append", "s").record(time.perf_counter() - began)


def _count(name: str, description: str, **labels: str) -> None:
    activity.metric_meter().create_counter(name, description).add(1, labels)
