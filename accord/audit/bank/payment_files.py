"""Fold a payment file from its signed acts. An act counts only if the required people signed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from accord.audit.signed_acts import counted_events, counted_under
from domain.directory.directory import Directory
from domain.payment.counter import CounterAct
from domain.payment.payment_file import (
    HandOverAgreed,
    NeverSentAgreed,
    PaymentFile,
    PaymentFileEvent,
    PaymentFileHandedOver,
    PaymentFileMade,
    PaymentFileNeverSent,
    PaymentFileWrittenAgain,
    WritingAgainAgreed,
    evolve_file,
)
from domain.payment.portal.sheets import SheetCountersigned, SheetTyped
from domain.streams import StreamId
from records.authorship import Reader

PAYMENT_FILES: Final = "payment-file/"
"""The prefix of the streams of payment files."""

FOR_GOOD: Final = (
    PaymentFileMade, PaymentFileHandedOver, HandOverAgreed, PaymentFileWrittenAgain, WritingAgainAgreed, SheetTyped,
)  # fmt: skip
"""Acts that cannot be undone once a file was handed over, whoever used the key of their signature."""


async def read_payment_file(reader: Reader, message_id: str) -> PaymentFile:
    """Return a payment file, folded from its validly signed acts. An act for two people counts once both signed.

    A file that was handed over or written again stays so, whoever used the key of either signature. Before that, a
    first signature with such a key is none.
    """
    file = await _folded(reader, message_id, FOR_GOOD)
    return file if file.handed_over_by else await _folded(reader, message_id, ())


async def fold_payment_files(reader: Reader) -> list[PaymentFile]:
    """Return all payment files of which something was signed, each as its signed acts make it."""
    lasting_acts = await counted_under(reader, PAYMENT_FILES, PaymentFileEvent, FOR_GOOD)
    sound_acts = await counted_under(reader, PAYMENT_FILES, PaymentFileEvent)
    files = []
    for stream, events in lasting_acts.items():
        message_id = StreamId(stream).subject
        file = _fold(message_id, events)
        files.append(file if file.handed_over_by else _fold(message_id, sound_acts.get(stream, [])))
    return files


async def _folded(reader: Reader, message_id: str, for_good: tuple[type[CounterAct], ...]) -> PaymentFile:
    stream = StreamId.payment_file(message_id)
    return _fold(message_id, await counted_events(reader, stream, PaymentFileEvent, for_good))


def _fold(message_id: str, acts: Sequence[tuple[Any, Directory]]) -> PaymentFile:
    file = PaymentFile(message_id=message_id)
    for event, directory in acts:
        if not isinstance(event, CounterAct) or _by_as_many_as_must(file, event, directory):
            file = evolve_file(file, event)
    return file


def _by_as_many_as_must(file: PaymentFile, event: CounterAct, directory: Directory) -> bool:
    match event:
        case PaymentFileNeverSent():
            return _by_two(file, event)
        case PaymentFileHandedOver():
            two = directory.rules is not None and directory.rules.second_at_hand_over
            return not two or bool(file.first(event))
        case PaymentFileWrittenAgain(in_doubt=in_doubt):
            return not in_doubt or bool(file.first(event))
        case SheetCountersigned():
            return file.is_second_to_sign(event)
        case _:
            return True


def _by_two(file: PaymentFile, event: PaymentFileNeverSent) -> bool:
    """True if another person agreed before, and by neither of the two the file left."""
    first = any(
        isinstance(agreement, NeverSentAgreed) and agreement.actor not in {event.actor, *file.sent_by}
        and agreement.signature.key_id != event.signature.key_id
        and (agreement.sha256, agreement.word_sha256) == (event.sha256, event.word_sha256)
        for agreement in file.agreed
    )  # fmt: skip
    return first and event.actor not in file.sent_by
