"""Read and append events from a workflow, by local activities, each with a summary for operators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.attempts import AttemptRecords
    from activities.contracts import (
        Answered,
        CarriedOut,
        CarryOut,
        CatchUpRequest,
        Folded,
        KnownVersion,
        NewEvents,
        Recorded,
        RecordRequest,
    )
    from activities.partnerships import Partnerships
    from domain.errors import NotSigned
    from domain.partnership.commands import StaffRequest, WorkflowCommand
    from domain.payment.tranche.events import TrancheEvent
    from workflows.describe import clip
    from workflows.options import LOCAL, NOT_KNOWN_THERE, PEOPLE, RULES, STOPS, with_summary

REFUSALS = (NotSigned.__name__, "KEY_REUSE")
"""The error types of requests that can never be recorded."""


async def local(method: Any, argument: Any, summary: str) -> Any:
    """Run a local activity, short work on our own database with one history event, and return its result.

    Raises:
        NotSigned: The events can never be recorded.
        Stopped: Nothing may be decided until people have resolved a fault.
    """
    try:
        options: workflow.LocalActivityConfig = {**LOCAL, "summary": clip(summary)}
        return await workflow.execute_local_activity_method(method, argument, **options)
    except (ActivityError, ApplicationError) as fault:
        raise _refusal(fault) from fault


async def of_the_rules(method: Any, argument: Any, summary: str, priority: Priority = PEOPLE) -> Any:
    """Ask the rules, which answer on a queue of their own, and return their answer.

    Where operators went back to an older release, its rules may not know the question: then this run's own worker is
    asked, which is of a newer one.

    Raises:
        Stopped: Nothing may be decided until people have resolved a fault.
    """
    # On the queue of the current version, whichever one this run is pinned to: nobody is judged by an old rule book
    # (ADR 0054).
    there: workflow.ActivityConfig = {**with_summary(RULES, clip(summary)), "priority": priority}
    try:
        return await workflow.execute_activity_method(method, argument, **there)
    except ActivityError as fault:
        if not _is_not_known_there(fault):
            raise _refusal(fault) from fault
    here: workflow.ActivityConfig = {**there, "task_queue": workflow.info().task_queue}
    try:
        return await workflow.execute_activity_method(method, argument, **here)
    except ActivityError as fault:
        raise _refusal(fault) from fault


def _is_not_known_there(fault: ActivityError) -> bool:
    return isinstance(fault.cause, ApplicationError) and fault.cause.type in NOT_KNOWN_THERE


async def fold(partnership_id: str, version: KnownVersion | None) -> Folded:
    """Return a partnership folded from its stream, which must hold what is known of it.

    Raises:
        Stopped: Nothing may be decided until people have resolved a fault.
    """
    request = CatchUpRequest(partnership_id=partnership_id, known=version or KnownVersion())
    state: Folded = await local(Partnerships.fold_partnership, request, "Read what the ledger holds of it")
    return state


async def carry_out(
    partnership_id: str,
    command: StaffRequest | WorkflowCommand,
    version: KnownVersion,
    rules_answer: Answered | None = None,
) -> CarriedOut:
    """Have a command decided and recorded, and return its outcome. `rules_answer`: the rules' word, if asked.

    Raises:
        Stopped: Nothing may be decided until people have resolved a fault.
    """
    request = CarryOut(partnership_id=partnership_id, command=command, known=version, answered=rules_answer)
    actor = getattr(command, "actor", "")
    summary = f"Carry out: {command.kind.replace('_', ' ')}" + (f", by {actor}" if actor else "")
    carried_out: CarriedOut = await local(Partnerships.carry_out, request, summary)
    return carried_out


async def read_on(partnership_id: str, known_version: KnownVersion) -> NewEvents:
    """Return a partnership's events after the known version.

    Raises:
        Stopped: Nothing may be decided until people have resolved a fault.
    """
    request = CatchUpRequest(partnership_id=partnership_id, known=known_version)
    news: NewEvents = await local(
        Partnerships.read_on, request, f"Read what was recorded after version {known_version.version}"
    )
    return news


async def record(version: int, command_id: UUID, events: tuple[TrancheEvent, ...]) -> Recorded:
    """Append events to the stream of this attempt to pay, expected at `version`, and return its events since then.

    Raises:
        NotSigned: The events can never be recorded.
        Stopped: Nothing may be recorded until people have resolved a fault.
    """
    request = RecordRequest(
        stream_id=workflow.info().workflow_id, expected_version=version, command_id=command_id, events=events
    )
    names = ", ".join(event.event_type for event in events)
    recording: Recorded = await local(AttemptRecords.record_attempt, request, f"Record {names}")
    if not recording.events:
        raise NotSigned("it was recorded before; a decision is not taken twice")
    return recording


def _refusal(fault: ActivityError | ApplicationError) -> Exception:
    """Return the domain error that a failed activity reports (Stopped or NotSigned), or else the failure itself."""
    cause = fault.cause if isinstance(fault, ActivityError) else fault
    if isinstance(cause, ApplicationError) and cause.type in STOPS:
        return STOPS[cause.type](cause.message)
    if isinstance(cause, ApplicationError) and cause.type in REFUSALS:
        return NotSigned(cause.message)
    return fault
