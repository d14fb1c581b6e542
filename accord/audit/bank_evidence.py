"""Evidence for the bank's answers: stored bank files that named people imported, and resolutions that people signed.

Events that record the bank's answers are not signed. An answer counts only if the stored file, read again, still
contains it, or if people resolved that it counts.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accord.audit.payment_files import read_payment_file
from accord.audit.signed_acts import counted_events
from domain.payment.bank_answers import BankAnswer, Resolution, alternative_status, exception_of
from domain.payment.bank_file import BankException, BankFileEvent, BankFileImported, ExceptionResolved, fold_exception
from domain.payment.tranche import PaymentHandedOver, TrancheReleasedForPayment
from domain.streams import StreamId
from ledger import clock
from payments import Connection
from payments.answers.bank_files import read_bank_file
from payments.answers.matching import answers_in
from payments.answers.messages import UnreadableMessage, read_message
from records.authorship import Reader


class BankEvidence:
    """The evidence for the bank's answers in stored bank files and signed resolutions."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def confirms(self, connection: Connection, answer: BankAnswer) -> bool:
        """Return whether a stored, imported bank file contains an answer and no exception was raised for it."""
        sha256 = answer.file_sha256
        if sha256 is None or not await self.importers(sha256):
            return False
        if await self._reader.ledger.read_stream(StreamId.exception(exception_of(answer)), limit=1):
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
        """Return whether people resolved that an answer counts; two must have signed if that moves money."""
        found = await self.exception(exception_of(answer))
        if found is None or found.resolved is None or found.raised.answer is None:
            return False
        resolved, raised = found.resolved, found.raised.answer
        as_said = answer.status in {raised.status, alternative_status(raised.status)}
        same = as_said and (raised.answer_id, raised.money) == (answer.answer_id, answer.money)
        if (
            not same
            or not _is_whose_they_said(answer, raised, resolved)
            or resolved.resolution is not Resolution.BELONGS_TO
        ):
            return False
        involved = await self.involved(found, answer)
        two = found.needs_two(resolved.resolution, answer)
        return resolved.actor not in involved and (not two or bool(found.first(resolved, besides=involved)))

    async def exception(self, exception_id: UUID) -> BankException | None:
        """Return an exception, folded from the acts on it whose signatures are valid; None if it was never raised."""
        stream = StreamId.exception(exception_id)
        return fold_exception(tuple(await self._signed(stream)))

    async def is_settled(self, exception_id: UUID) -> bool:
        """Return whether people resolved an exception, regardless of what a partnership's own stream says."""
        found = await self.exception(exception_id)
        if found is None or found.resolved is None:
            return False
        resolved, answer = found.resolved, found.raised.answer
        if answer is not None and resolved.resolution is Resolution.BELONGS_TO:
            return await self.was_resolved(answer)
        if not found.needs_two(resolved.resolution, None):
            return True
        involved = await self.involved(found, answer)
        return resolved.actor not in involved and bool(found.first(resolved, besides=involved))

    async def involved(self, found: BankException, answer: BankAnswer | None) -> frozenset[str]:
        """Return the people with a part in the subject of an exception.

        They imported the bank's file, released the payment, or made or handed over a file with the payment.
        """
        people: set[str] = set()
        if found.raised.file_sha256:
            people |= await self.importers(found.raised.file_sha256)
        if answer is None or not answer.tranche:
            return frozenset(people)
        stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
        for recorded in await self._reader.read(stream):
            event: Any = recorded.event
            if isinstance(event, TrancheReleasedForPayment):
                people.add(event.order.released_by)
            if isinstance(event, PaymentHandedOver):
                file = await read_payment_file(self._reader, event.message_id)
                people |= {file.made_by, *file.handed_over_by}
        return frozenset(people - {""})

    async def importers(self, sha256: str) -> frozenset[str]:
        """Return the people who imported a bank file and whose signatures on the import are valid."""
        stream = StreamId.bank_file(sha256)
        signed = await self._signed(stream)
        imported = (one for one in signed if isinstance(one, BankFileImported) and one.sha256 == sha256)
        return frozenset(one.actor for one in imported)

    async def _signed(self, stream: str) -> list[BankFileEvent]:
        counted = await counted_events(self._reader, stream, BankFileEvent)
        return [event for event, _ in counted]


def _is_whose_they_said(answer: BankAnswer, raised: BankAnswer, resolved: ExceptionResolved) -> bool:
    """Return whether an answer is on the payment that the resolution names or, if it names none, the bank named."""
    signed = (
        resolved.partnership_id or raised.partnership_id,
        resolved.tranche or raised.tranche,
        resolved.attempt or raised.attempt,
    )
    return (answer.partnership_id, answer.tranche, answer.attempt) == signed
