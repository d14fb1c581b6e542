"""A payment file as its signed acts tell it: what nobody signed who might, counts for nothing."""

from __future__ import annotations

from typing import Any, cast

from activities.directory import Registrar, is_doubted
from activities.reading import from_ledger
from domain.counter import CounterAct, act_fault
from domain.payment_file import (
    NeverSentAgreed,
    PaymentFile,
    PaymentFileHandedOver,
    PaymentFileNeverSent,
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
    file = PaymentFile(message_id=message_id)
    for recorded in map(from_ledger, stored):
        event = cast(Any, recorded.event)
        if isinstance(event, CounterAct):
            on = (recorded.recorded_at or event.at).date()
            stands = isinstance(event, PaymentFileHandedOver) or not is_doubted(today, event.signature, recorded)
            if not stands or act_fault(event, stream, times.at(recorded.position), verified, on):
                continue
        if isinstance(event, PaymentFileNeverSent) and not _by_two(file, event):
            continue
        file = evolve_file(file, event)
    return file.model_copy(update={"version": len(stored)})


def _by_two(file: PaymentFile, event: PaymentFileNeverSent) -> bool:
    """Whether another person agreed before, and neither of the two handed the file over."""
    first = any(
        isinstance(one, NeverSentAgreed) and one.actor not in {event.actor, *file.handed_over_by}
        and (one.sha256, one.word_sha256) == (event.sha256, event.word_sha256)
        for one in file.agreed
    )  # fmt: skip
    return first and event.actor not in file.handed_over_by
