"""A payment file as its signed acts tell it: what nobody signed who might, counts for nothing."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from activities.contracts import RecordedEvent
from activities.directory import Registrar, is_doubted
from activities.reading import from_ledger
from domain.counter import CounterAct, act_fault
from domain.directory import Directory
from domain.payment_file import (
    NeverSentAgreed,
    PaymentFile,
    PaymentFileEvent,
    PaymentFileHandedOver,
    PaymentFileNeverSent,
    PaymentFileWrittenAgain,
    evolve_file,
    payment_file_stream,
)
from ledger import Ledger
from signatures.ed25519 import verified


async def read_payment_file(ledger: Ledger, registrar: Registrar, message_id: str) -> PaymentFile:
    """Return a payment file as those acts make it that are proved to be whose they say, and by two where two must."""
    stream = payment_file_stream(message_id)
    stored = await ledger.read_stream(stream)
    times, today = await registrar.directories(), await registrar.directory()
    file, acts = PaymentFile(message_id=message_id), set[UUID]()
    for recorded in map(from_ledger, stored):
        event = cast(Any, recorded.event)
        if not isinstance(event, PaymentFileEvent):
            continue
        if isinstance(event, CounterAct):
            directory = times.at(recorded.position)
            stands = isinstance(event, PaymentFileHandedOver) or not is_doubted(today, event.signature, recorded)
            if not stands or recorded.command_id in acts or own_act_fault(recorded, event, stream, directory):
                continue
            acts.add(recorded.command_id)
            if not _by_as_many_as_must(file, event, directory):
                continue
        file = evolve_file(file, event)
    return file.model_copy(update={"version": len(stored)})


def own_act_fault(recorded: RecordedEvent, event: CounterAct, stream: str, directory: Directory) -> str:
    """Return why a recorded act does not count; a signature holds for the command that it was given for alone."""
    if event.signature.statement.command_id != recorded.command_id:
        return "the signature was given for another command"
    return act_fault(event, stream, directory, verified, (recorded.recorded_at or event.at).date())


def _by_as_many_as_must(file: PaymentFile, event: CounterAct, directory: Directory) -> bool:
    match event:
        case PaymentFileNeverSent():
            return _by_two(file, event)
        case PaymentFileHandedOver():
            two = directory.rules is not None and directory.rules.second_at_hand_over
            return not two or bool(file.first(event))
        case PaymentFileWrittenAgain(in_doubt=in_doubt):
            return not in_doubt or bool(file.first(event))
        case _:
            return True


def _by_two(file: PaymentFile, event: PaymentFileNeverSent) -> bool:
    """Whether another person agreed before, and neither of the two handed the file over."""
    first = any(
        isinstance(one, NeverSentAgreed) and one.actor not in {event.actor, *file.handed_over_by}
        and (one.sha256, one.word_sha256) == (event.sha256, event.word_sha256)
        for one in file.agreed
    )  # fmt: skip
    return first and event.actor not in file.handed_over_by
