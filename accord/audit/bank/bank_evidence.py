"""Evidence for the bank's answers: stored bank files that named people imported, and resolutions that people signed.

Events that record the bank's answers are not signed. An answer counts only if the stored file, read again, still
contains it, or if people resolved that it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from accord.audit.bank.payment_files import read_payment_file
from accord.audit.bank.said_in_files import entries_in, imports_of
from accord.audit.signed_acts import counted_events
from domain.calendars import CALENDAR
from domain.identity import payment_id
from domain.partnership.events import RecallHeard
from domain.payment.bank_answers import (
    COUNTING,
    BankAnswer,
    BankStatus,
    Resolution,
    alternative_status,
    exception_of,
)
from domain.payment.bank_file import BankException, BankFileEvent, BankFileImported, ExceptionResolved, fold_exception
from domain.payment.booked.figures import BookedFigures
from domain.payment.payment_file import WAIT_BEFORE_NEVER_SENT, PaymentFile
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.events import PaymentHandedOver, PaymentSettled, PaymentShort, TrancheReleasedForPayment
from domain.streams import StreamId
from ledger import clock
from payments import Connection
from payments.answers.bank_files import read_bank_file
from payments.answers.exceptions import exception_name
from payments.answers.matching.judging import answers_in
from payments.answers.messages import UnreadableMessage, read_recall_answers
from payments.answers.recalls.matching import match_recalls
from records.authorship import Reader


class BankEvidence:
    """The evidence for the bank's answers in stored bank files and signed resolutions."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def confirms(self, connection: Connection, answer: BankAnswer) -> bool:
        """True if a stored, imported bank file contains an answer and no exception was raised for it."""
        sha256 = answer.file_sha256
        if sha256 is None or await self._reader.ledger.read_stream(StreamId.exception(exception_of(answer)), limit=1):
            return False
        return answer in await self._answers_of(connection, sha256)

    async def refused_recall(self, connection: Connection, event: RecallHeard) -> bool:
        """True if a stored, imported bank file refuses the recall, as an event says."""
        sha256 = event.file_sha256
        file = await read_bank_file(connection, sha256) if await self.importers(sha256) else None
        if file is None:
            return False
        try:
            notices = read_recall_answers(file.content, file.name)
        except UnreadableMessage:
            return False
        matched = await match_recalls(connection, notices, clock.now())
        told = {recall.entry.entry_id for recall in matched if recall.answer is RecallAnswer.REFUSED}
        faultless = {recall.entry.entry_id for recall in matched if recall.fault is None}
        return event.answer_id in told & faultless

    async def _answers_of(self, connection: Connection, sha256: str) -> list[BankAnswer]:
        """Return the answers in a stored bank file that somebody imported, or none if it cannot be read."""
        file = await read_bank_file(connection, sha256) if await self.importers(sha256) else None
        if file is None:
            return []
        return await answers_in(connection, await entries_in(self._reader, connection, file), sha256, clock.now())

    async def was_resolved(self, answer: BankAnswer) -> bool:
        """True if people resolved that an answer counts. Two must have signed if that moves money.

        A rejection counts only by `says_nothing_was_booked`.
        """
        bank_exception = await self.exception(exception_of(answer))
        if bank_exception is None or bank_exception.raised.answer is None or answer.status is BankStatus.REJECTED:
            return False
        for resolution in bank_exception.resolutions:  # the first that counts is the one
            if await self._counts(bank_exception, _as_resolved(bank_exception.raised.answer, resolution), resolution):
                return _is_of(bank_exception, answer, resolution)
        return False

    async def _counts(self, exception: BankException, answer: BankAnswer, act: ExceptionResolved) -> bool:
        counts = act.resolution is Resolution.BELONGS_TO or _signed_figures(exception.raised.answer, act) is not None
        if not counts or not _is_of(exception, answer, act):
            return False
        people = await self.involved(exception, answer)
        two = exception.needs_two(act.resolution, answer)
        return act.actor not in people and (not two or bool(exception.first(act, besides=people)))

    async def says_nothing_was_booked(self, connection: Connection, answer: BankAnswer) -> bool:
        """True if two who had no part in it signed, late enough, that nothing was booked of a rejected payment.

        The bank's letter must be kept, and no imported file may book the payment.
        """
        bank_exception = await self.exception(exception_of(answer))
        if bank_exception is None or answer.status is not BankStatus.REJECTED:
            return False
        has_signatures = any(
            [
                await self._ends(connection, bank_exception, answer, resolution)
                for resolution in bank_exception.resolutions
            ]
        )
        return has_signatures and not await self.booking_of(connection, answer)

    async def _ends(
        self, connection: Connection, bank_exception: BankException, answer: BankAnswer, act: ExceptionResolved
    ) -> bool:
        word = act.word_sha256
        if act.resolution is not Resolution.NOTHING_BOOKED or word is None or not _is_of(bank_exception, answer, act):
            return False
        earliest = earliest_end(await self.files_of(answer))
        if earliest is None or await read_bank_file(connection, word) is None:
            return False
        people = await self.involved(bank_exception, answer)
        times = await self._recorded(StreamId.exception(exception_of(answer)))
        acts = (act, *bank_exception.agreeing(act, people))
        late = [late_act.actor for late_act in acts if times[late_act.signature.statement.command_id] >= earliest]
        return act.actor in late and act.actor not in people and len(late) > 1

    async def booking_of(self, connection: Connection, answer: BankAnswer) -> str | None:
        """Return the booking of an answer's payment, certain or possible, in words, or None."""
        if await self._is_booked(connection, answer):
            return "an imported file of the bank books this payment"
        stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
        settlements = (
            recorded_event.event
            for recorded_event in await self._reader.read(stream)
            if isinstance(recorded_event.event, PaymentSettled | PaymentShort)
        )
        if any(settlement.answer.is_booking for settlement in settlements):
            return "it is booked by what people said of a booking that named no payment"
        unnamed_booking = await self._unnamed_booking(connection, answer)
        return f"{unnamed_booking} may be its booking: say first what that is" if unnamed_booking else None

    async def _unnamed_booking(self, connection: Connection, answer: BankAnswer) -> str | None:
        """Return the exception of a debit that names no payment and may be an answer's, or None.

        With charges or in another currency its sum may be another, so each counts until people said whose it is.
        """
        query = "SELECT exception_id FROM payments.exceptions WHERE partnership = '' ORDER BY raised_at, exception_id"
        for row in await connection.fetch(query):
            bank_exception = await self.exception(row["exception_id"])
            if (
                bank_exception is None
                or bank_exception.raised.partnership_id
                or not _may_book(bank_exception.raised.answer)
            ):
                continue
            if not await self.is_settled(connection, row["exception_id"]) or _is_said_to_be(bank_exception, answer):
                return exception_name(row["exception_id"])
        return None

    async def _is_booked(self, connection: Connection, answer: BankAnswer) -> bool:
        """True if an imported file books an answer's payment, and nobody signed that this does not count."""
        key = (answer.partnership_id, answer.tranche, answer.attempt)
        query = "SELECT DISTINCT file_sha256 FROM payments.entries WHERE about = $1"
        rows = await connection.fetch(query, str(payment_id(*key)))
        answers = [answer for row in rows for answer in await self._answers_of(connection, row["file_sha256"])]
        about = [answer for answer in answers if (answer.partnership_id, answer.tranche, answer.attempt) == key]
        bank_answers = [answer for answer in about if answer.status is BankStatus.SETTLED and answer.is_booking]
        return any([not await self._put_aside(connection, answer) for answer in bank_answers])

    async def _put_aside(self, connection: Connection, answer: BankAnswer) -> bool:
        """True if people resolved that an answer does not count."""
        bank_exception = await self.exception(exception_of(answer))
        counts = (
            bank_exception is None or bank_exception.resolved is None or bank_exception.resolved.resolution in COUNTING
        )
        return not counts and await self.is_settled(connection, exception_of(answer))

    async def files_of(self, answer: BankAnswer) -> list[PaymentFile]:
        """Return the files in which an answer's payment was handed over, by its own stream, from their signed acts."""
        stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
        events: list[Any] = [recorded_event.event for recorded_event in await self._reader.read(stream)]
        message_ids = {event.message_id for event in events if isinstance(event, PaymentHandedOver)}
        return [await read_payment_file(self._reader, message_id) for message_id in sorted(message_ids)]

    async def _recorded(self, stream: str) -> dict[UUID, datetime]:
        """Return the time at which each act of a stream was recorded, on the ledger's clock, by its command id."""
        events = await self._reader.ledger.read_stream(stream)
        return {event.command_id: event.recorded_at for event in events}

    async def exception(self, exception_id: UUID) -> BankException | None:
        """Return an exception, folded from the acts on it with valid signatures, or None if it was never raised."""
        stream = StreamId.exception(exception_id)
        return fold_exception(tuple(await self._signed(stream)))

    async def is_settled(self, connection: Connection, exception_id: UUID) -> bool:
        """True if people resolved an exception, regardless of what a partnership's own stream says."""
        bank_exception = await self.exception(exception_id)
        return bank_exception is not None and any(
            [await self._settles(connection, bank_exception, resolution) for resolution in bank_exception.resolutions]
        )

    async def _settles(self, connection: Connection, exception: BankException, act: ExceptionResolved) -> bool:
        answer = exception.raised.answer
        if answer is not None and act.resolution is Resolution.NOTHING_BOOKED:
            return await self._ends(connection, exception, _as_resolved(answer, act), act)
        if answer is not None and act.resolution is Resolution.BELONGS_TO:
            bank_answer = _as_resolved(answer, act)
            return answer.status is not BankStatus.REJECTED and await self._counts(exception, bank_answer, act)
        if act.resolution is Resolution.BOOKED_WITH_DIFFERENCE and not (act.booked and act.tranche):
            return False
        if not exception.needs_two(act.resolution, None):
            return True
        people = await self.involved(exception, answer, act)
        return act.actor not in people and bool(exception.first(act, besides=people))

    async def involved(
        self, exception: BankException, answer: BankAnswer | None, act: ExceptionResolved | None = None
    ) -> frozenset[str]:
        """Return the people with a part in the subject of an exception.

        They imported the bank's file, released the payment, or made, handed over or wrote again a file with it, or
        typed its sheet or signed what stands in the bank's portal. The payment is the one that a resolution names, or
        else the one that the answer is about.
        """
        people: set[str] = set()
        if exception.raised.file_sha256:
            people |= await self.importers(exception.raised.file_sha256)
        stream = _stream_of(answer, act)
        if stream is None:
            return frozenset(people)
        for recorded_event in await self._reader.read(stream):
            event: Any = recorded_event.event
            if isinstance(event, TrancheReleasedForPayment):
                people.add(event.order.released_by)
            if isinstance(event, PaymentHandedOver):
                file = await read_payment_file(self._reader, event.message_id)
                people |= {file.made_by, *file.sent_by, *file.written_again_by}
        return frozenset(people - {""})

    async def importers(self, sha256: str) -> frozenset[str]:
        """Return the people who imported a bank file and whose signatures on the import are valid."""
        return frozenset(file_import.actor for file_import in await self.imports(sha256))

    async def imports(self, sha256: str) -> tuple[BankFileImported, ...]:
        """Return the imports of a bank file with valid signatures, in their order."""
        return tuple(signed_import.act for signed_import in await imports_of(self._reader, sha256))

    async def _signed(self, stream: str) -> list[BankFileEvent]:
        acts = await counted_events(self._reader, stream, BankFileEvent)
        return [event for event, _ in acts]


def _stream_of(answer: BankAnswer | None, act: ExceptionResolved | None) -> StreamId | None:
    """Return the stream of the payment that a resolution names, or that an answer is about, or None."""
    if act is not None and act.partnership_id and act.tranche:
        return StreamId.attempt(act.partnership_id, act.tranche, act.attempt)
    if answer is None or not answer.tranche:
        return None
    return StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)


def earliest_end(files: Iterable[PaymentFile]) -> datetime | None:
    """Return the time from which two may sign that nothing was booked of a payment in these files, or None.

    Two business days after the execution day, or after the day on which a file was last written again.
    """
    days = [max(file.execution_on, file.last_written_on) for file in files if file.payments]
    if not days:
        return None
    return CALENDAR.after(datetime.combine(max(days), time(), UTC), WAIT_BEFORE_NEVER_SENT)


def _may_book(answer: BankAnswer | None) -> bool:
    """True if what the bank said of no payment may be the booking of one: a debit, or what nobody can read."""
    return answer is None or (answer.status is BankStatus.SETTLED and answer.is_booking)


def _is_said_to_be(exception: BankException, answer: BankAnswer) -> bool:
    """True if people ever signed that what they were asked about counts for an answer's payment."""
    key = (answer.partnership_id, answer.tranche, answer.attempt)
    counting_acts = (act for act in exception.resolutions if act.resolution in COUNTING)
    return any((act.partnership_id, act.tranche, act.attempt) == key for act in counting_acts)


def _is_of(exception: BankException, answer: BankAnswer, act: ExceptionResolved) -> bool:
    """True if an answer is the one that was raised, on the payment that people signed for."""
    bank_answer = exception.raised.answer
    if bank_answer is None or answer.status not in {bank_answer.status, alternative_status(bank_answer.status)}:
        return False
    figures = _signed_figures(bank_answer, act)
    money = figures.instructed_sum if figures is not None else bank_answer.money
    if figures is not None and figures != answer.figures:
        return False
    is_same_answer = (bank_answer.answer_id, money) == (answer.answer_id, answer.money)
    return is_same_answer and _is_whose_they_said(answer, bank_answer, act)


def _as_resolved(answer: BankAnswer, act: ExceptionResolved) -> BankAnswer:
    """Return an answer on the payment that people signed for."""
    payment_fields = {
        "partnership_id": act.partnership_id or answer.partnership_id,
        "tranche": act.tranche or answer.tranche,
        "attempt": act.attempt or answer.attempt,
    }
    figures = _signed_figures(answer, act)
    signed_sum = {"money": figures.instructed_sum, "figures": figures} if figures is not None else {}
    return answer.model_copy(update={**payment_fields, **signed_sum})


def _signed_figures(answer: BankAnswer | None, act: ExceptionResolved) -> BookedFigures | None:
    """Return the signed figures of an answer, or None.

    Of a payment that was exchanged and comes back they are the people's, of a booking the bank's own.
    """
    figures = act.figures if act.resolution is Resolution.BOOKED_WITH_DIFFERENCE else None
    if answer is None or figures is None or figures.booked_sum != answer.booked:
        return None
    if not figures.is_return:
        return figures if answer.status is BankStatus.SETTLED and figures == answer.figures else None
    return figures if alternative_status(answer.status) is BankStatus.RETURNED else None


def _is_whose_they_said(answer: BankAnswer, bank_answer: BankAnswer, act: ExceptionResolved) -> bool:
    """True if an answer is on the payment that the resolution names or, if it names none, the bank named."""
    signed_place = (
        act.partnership_id or bank_answer.partnership_id,
        act.tranche or bank_answer.tranche,
        act.attempt or bank_answer.attempt,
    )
    return (answer.partnership_id, answer.tranche, answer.attempt) == signed_place
