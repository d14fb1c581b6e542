"""Whether the bank said so: in a file that a named person imported, that is kept, and that still says it.

An event about the bank bears no signature. It counts as far as the kept file is found and read again.
"""

from __future__ import annotations

from typing import cast

from activities.directory import Registrar, is_doubted
from activities.reading import from_ledger
from domain.bank_answers import BankAnswer, exception_of, resolution_needs_two
from domain.bank_file import (
    BankException,
    BankFileEvent,
    BankFileImported,
    ExceptionResolved,
    ResolutionAgreed,
    bank_file_stream,
    exception_stream,
    fold_exception,
)
from domain.counter import CounterAct, act_fault
from ledger import Ledger, StoredEvent, clock
from payments import Connection
from payments.bank_files import read_bank_file
from payments.messages import UnreadableMessage, read_message
from payments.reconciliation import answers_in
from signatures.ed25519 import verified


class BankEvidence:
    """Asks kept files, and what people resolved, whether the bank said something."""

    def __init__(self, ledger: Ledger, registrar: Registrar) -> None:
        self._ledger = ledger
        self._registrar = registrar

    async def confirms(self, connection: Connection, answer: BankAnswer) -> bool:
        """Return whether a kept file says what an answer says."""
        sha256 = answer.file_sha256
        if sha256 is None or not await self._was_imported(sha256):
            return False
        kept = await read_bank_file(connection, sha256)
        if kept is None:
            return False
        try:
            said = read_message(kept.content, kept.name)
        except UnreadableMessage:
            return False
        return answer in await answers_in(connection, said, sha256, clock.now())

    async def was_resolved(self, answer: BankAnswer) -> bool:
        """Return whether people resolved that an answer counts: two of them, where money moves by it."""
        stream = exception_stream(exception_of(answer))
        stored = await self._ledger.read_stream(stream)
        counted = await self._signed(stream, stored)
        found: BankException | None = fold_exception(tuple(counted))
        if found is None or found.resolved is None or found.raised.answer is None:
            return False
        two = resolution_needs_two(found.resolved.resolution, answer.status)
        same = found.raised.answer.answer_id == answer.answer_id and found.raised.answer.money == answer.money
        return same and (not two or bool(found.first(found.resolved)))

    async def _was_imported(self, sha256: str) -> bool:
        stream = bank_file_stream(sha256)
        signed = await self._signed(stream, await self._ledger.read_stream(stream))
        return any(isinstance(event, BankFileImported) and event.sha256 == sha256 for event in signed)

    async def _signed(self, stream: str, stored: list[StoredEvent]) -> list[BankFileEvent]:
        """The events of a stream without those that are not proved to be the act of whom they name."""
        times, today = await self._registrar.directories(), await self._registrar.directory()
        counted: list[BankFileEvent] = []
        for recorded in map(from_ledger, stored):
            event = cast(BankFileEvent, recorded.event)
            if isinstance(event, BankFileImported | ResolutionAgreed | ExceptionResolved):
                directory, on = times.at(recorded.position), (recorded.recorded_at or event.at).date()
                act: CounterAct = event
                if is_doubted(today, act.signature, recorded) or act_fault(act, stream, directory, verified, on):
                    continue
            counted.append(event)
        return counted
