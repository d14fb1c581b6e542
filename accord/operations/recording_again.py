"""Record lost events again, as far as they have their proof, each with what follows from it in funds.

A decision counts only with a valid signature, in the epoch in which it was signed. So it must be recorded again before
the next epoch begins, or else be taken anew. A hand-over counts only beside what was signed of its file, which the
ledger forgot as well. What the bank said of a payment is taken from its own files, by importing them again.
"""

from __future__ import annotations

from functools import reduce
from typing import Any, Final
from uuid import UUID

from accord.client.desk import Desk, open_desk
from accord.presentation.faults import Refused
from accord.runs.lost import Lost, span_told
from deploy.logins import Login
from domain.directory.disregarded import Disregarded
from domain.errors import FundsShort
from domain.fault import Fault
from domain.funds.booking import Turn
from domain.identity import ACCORD
from domain.partnership.events import TrancheReleased
from domain.partnership.evolution import evolve, fold
from domain.payment.tranche.events import (
    BankAnswerRefused,
    PaymentAccepted,
    PaymentInstructed,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    TrancheReleasedForPayment,
)
from domain.recorded.event import RecordedEvent
from domain.recorded.proofs import bears_a_name, event_fault
from domain.recorded.writers import Writer, may_append
from domain.streams import StreamId
from domain.unions import event_types
from ledger import AppendRequest, clock
from payments.accounts import UnknownAccount
from payments.out.instructions import InstructionDiffers, freeze
from records.authorship import Reader
from records.codec import to_ledger
from records.funds import Funds
from records.keys.verification import verified
from records.opening import open_ledger

Command = list[RecordedEvent]

BY_ITS_FILES: Final = event_types(
    PaymentAccepted, PaymentSettled, PaymentShort, PaymentRejected, PaymentReturned, BankAnswerRefused
)
"""The bank's words on an attempt to pay."""


async def record_again(desk: Desk, losses: list[Lost]) -> None:
    """Record lost events again, of each stream up to the first without proof, under the login that may append them.

    Raises:
        Refused: Not everything was recorded. What came before the first fault in each stream was.
    """
    faults = [fault for loss in losses if (fault := await _record(desk, loss))]
    if faults:
        remedy = "let it be decided again, or accept its loss: `accord ledger accept-loss`"
        raise Refused(f"{'; '.join(map(str, faults))}; {remedy}", "NotSigned")


async def _record(desk: Desk, loss: Lost) -> Fault | None:
    """Record the lost events of a stream. Return the reason if not all of them were, or None."""
    if not await _is_released(desk, loss.stream_id):
        return Fault(f"{_recorded_to(loss, 0)}: its release is not recorded")
    last_version = 0
    for command in _commands(loss.events):
        fault = _gap_before(loss, command) or await _fault(desk, loss.stream_id, command)
        if fault := fault or await _append(desk, loss.stream_id, command):
            return Fault(f"{_recorded_to(loss, last_version)}: {fault}")
        last_version = command[-1].version
    if loss.unread:
        return Fault(f"{_recorded_to(loss, last_version)}: nobody can read {span_told(loss.unread[0])}")
    return None


async def _is_released(desk: Desk, stream_id: StreamId) -> bool:
    """True if the ledger holds the release of an attempt to pay. A partnership needs none."""
    events = await desk.reader.read(StreamId.partnership(stream_id.subject)) if stream_id.place else []
    places = {
        (recorded_event.event.tranche, recorded_event.event.attempt)
        for recorded_event in events
        if isinstance(recorded_event.event, TrancheReleased)
    }
    return stream_id.place is None or stream_id.place in places


def _recorded_to(loss: Lost, version: int) -> str:
    place = loss.stream_id.place
    of = f"of tranche {place.tranche}, attempt {place.attempt}, " if place else ""
    return f"{of}recorded again up to version {version}" if version else f"{of}nothing was recorded"


def _gap_before(loss: Lost, command: Command) -> Fault | None:
    missing = [span for span in loss.unread if span.start < command[0].version]
    return Fault(f"nobody can read {span_told(missing[0])}") if missing else None


async def _fault(desk: Desk, stream_id: StreamId, command: Command) -> Fault | None:
    """Return the reason why one of a command's events would not count, or None."""
    directory = await desk.directory()
    for recorded_event in command:
        event: Any = recorded_event.event
        if isinstance(event, Disregarded):
            return Fault(f"version {recorded_event.version} counted for nothing")
        if event.event_type in BY_ITS_FILES:
            return Fault(
                f"version {recorded_event.version}, {event.event_type}: the bank's file says so, and is imported again"
            )
        fault = event_fault(event, stream_id.subject, directory, verified) if bears_a_name(event) else None
        fault = fault or await desk.reader.judge.fault_of_claim(event, stream_id, await desk.ledger.head() + 1)
        if fault:
            return Fault(f"version {recorded_event.version}, {event.event_type}: {fault}")
    return None


def _commands(events: tuple[RecordedEvent, ...]) -> list[Command]:
    """Return the events grouped by command, in the order in which they were recorded."""
    commands: dict[UUID, Command] = {}
    for event in events:
        commands.setdefault(event.command_id, []).append(event)
    return list(commands.values())


async def _append(desk: Desk, stream_id: StreamId, command: Command) -> Fault | None:
    """Record a command again, with its consequences. Return the reason if it was not, or None."""
    writer = next(
        writer for writer in Writer if all(may_append(writer, stream_id, event.event.event_type) for event in command)
    )
    async with open_desk(Login(writer)) as task:
        try:
            append = _append_of_partnership if stream_id.is_partnership else _append_of_attempt
            in_ledger = await append(task, writer, stream_id, command)
        except (FundsShort, InstructionDiffers, UnknownAccount) as fault:
            return Fault(f"version {command[0].version}: {fault}")
    return None if in_ledger else Fault(f"version {command[0].version}: the ledger went on without it")


async def _append_of_partnership(task: Desk, writer: Writer, stream_id: StreamId, command: Command) -> bool:
    """Record a command of a partnership, with its funds' reservations or not at all (ADR 0047)."""
    ledger, events = open_ledger(task.pool, writer), tuple[Any, ...](recorded_event.event for recorded_event in command)
    reader, command_id = Reader(ledger, task.registrar), command[0].command_id
    funds = Funds(reader, writer)
    while True:
        before = fold(
            stream_id.subject, tuple[Any, ...](recorded_event.event for recorded_event in await reader.read(stream_id))
        )
        after = reduce(evolve, events, before)
        new_events = to_ledger(events, getattr(events[0], "actor", ACCORD), command_id, after.people)
        request = AppendRequest(stream_id, command_id, command[0].version - 1, new_events)
        if before.version != request.expected_version:
            return False
        answers = await funds.record_again(Turn(before, after, events[0].at, clock.now()), request, ledger)
        if all(answer.recorded for answer in answers):
            return True
        # else a fund moved meanwhile, or somebody was first, which the next reading says


async def _append_of_attempt(task: Desk, writer: Writer, stream_id: StreamId, command: Command) -> bool:
    """Record a command of an attempt to pay.

    Its instruction, which the database forgot too, is frozen again.
    """
    ledger, events = open_ledger(task.pool, writer), tuple[Any, ...](recorded_event.event for recorded_event in command)
    known_events = [recorded_event.event for recorded_event in await Reader(ledger, task.registrar).read(stream_id)]
    for event in events:
        if isinstance(event, PaymentInstructed):
            await _freeze_again(task, event, [*known_events, *events])
    new_events = to_ledger(events, ACCORD, command[0].command_id)
    request = AppendRequest(stream_id, command[0].command_id, command[0].version - 1, new_events)
    return (await ledger.append(request)).recorded


async def _freeze_again(task: Desk, instruction_event: PaymentInstructed, events: list[Any]) -> None:
    order = next(event.order for event in events if isinstance(event, TrancheReleasedForPayment))
    async with task.pool.acquire() as connection, connection.transaction():
        _, sha256 = await freeze(connection, order)
        if sha256 != instruction_event.instruction_sha256:
            raise InstructionDiffers("made again, its instruction would be another one than was frozen")
