"""One exception as people see it before they resolve it: the bank's word, our payment, and who took part."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence, earliest_end
from accord.client.reading import LedgerAccess
from domain.calendars import CALENDAR
from domain.directory.directory import Directory
from domain.partnership.state import Partnership
from domain.payment.bank_answers import COUNTING, BankAnswer, Resolution
from domain.payment.bank_file import BankException, ExceptionResolved, ResolutionAgreed
from domain.payment.payment_file import PaymentFile
from domain.payment.resolving import admitted
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.streams import StreamId
from ledger import clock
from payments.answers.exceptions import exception_name

RESOLVED_WITHIN: Final = 1
"""Business days in which an exception is resolved; after it operators are told as well."""


class ExceptionSight(NamedTuple):
    """An exception, and what it rests on."""

    exception_id: UUID
    exception: BankException
    attempt: Tranche | None
    """The payment that the bank's answer names, or None."""
    files: tuple[PaymentFile, ...]
    """The files in which that payment was handed over."""
    partnership: Partnership | None
    involved: frozenset[str]
    """The people with a part in it."""
    earliest: datetime | None
    """The time from which two may say that nothing was booked, or None where nobody can say when it was due."""

    @property
    def name(self) -> str:
        """The short name that people use for it."""
        return exception_name(self.exception_id)

    @property
    def answer(self) -> BankAnswer | None:
        """The bank's answer, or None if its message could not be read as one."""
        return self.exception.raised.answer

    @property
    def first_signatures(self) -> tuple[ResolutionAgreed, ...]:
        """The first of two signatures that count for something, while a second one is missing."""
        consents = self.exception.agreed
        return tuple(consent for consent in consents if consent.actor not in self.involved)

    @property
    def admitted(self) -> tuple[Resolution, ...]:
        """The resolutions that it admits, regardless of the day and of who asks."""
        return admitted(self.exception.raised, self.attempt) if self.exception.standing is None else ()

    @property
    def is_too_early(self) -> bool:
        """True if it is too early to say that nothing was booked."""
        return self.earliest is None or clock.now() < self.earliest

    def needs_two(self, resolution: Resolution) -> bool:
        """True if two people must sign a resolution."""
        return self.exception.needs_two(resolution, self.answer if resolution in COUNTING else None)

    def possible(self, directory: Directory, reader: str) -> tuple[Resolution, ...]:
        """Return the resolutions that a reader may sign now."""
        if not may_resolve(directory, reader):
            return ()
        return tuple(resolution for resolution in self.admitted if not self._shut(resolution, reader))

    def able(self, directory: Directory) -> tuple[str, ...]:
        """Return the people who may sign a resolution now, by their ids."""
        people = (member.staff_id for member in directory.staff)
        return tuple(person for person in people if self.possible(directory, person))

    def _shut(self, resolution: Resolution, reader: str) -> bool:
        if resolution is Resolution.NOTHING_BOOKED and self.is_too_early:
            return True
        counts = resolution in COUNTING
        return reader in self.involved and (counts or self.needs_two(resolution))


def may_resolve(directory: Directory, reader: str) -> bool:
    """True if a person's roles let them resolve exceptions today."""
    capacities = directory.capacities(reader, clock.today())
    return any(capacity.role in ExceptionResolved.roles for capacity in capacities)


def days_open(raised_at: datetime, today: date) -> int:
    """Return the business days since an exception was raised."""
    return -CALENDAR.days_until(raised_at.date(), today)


async def exception_named(desk: LedgerAccess, name: str) -> UUID | None:
    """Return the id of the exception with a name, or None if none, or more than one, has it."""
    prefix = name.upper().removeprefix("EX-")
    if len(prefix) < len(exception_name(UUID(int=0))) - len("EX-") or not prefix.isalnum():
        return None
    query = "SELECT exception_id FROM payments.exceptions WHERE replace(exception_id::text, '-', '') ILIKE $1 || '%'"
    ids = [row[0] for row in await desk.pool.fetch(query, prefix)]
    return ids[0] if len(ids) == 1 else None


async def sight_of(desk: LedgerAccess, exception_id: UUID) -> ExceptionSight | None:
    """Return an exception by its signed acts, or None if it was never raised."""
    evidence = BankEvidence(desk.reader)
    exception = await evidence.exception(exception_id)
    if exception is None:
        return None
    answer = exception.raised.answer
    names_payment = answer is not None and bool(answer.partnership_id and answer.tranche)
    files = tuple(await evidence.files_of(answer)) if answer is not None and names_payment else ()
    partnership_id = exception.raised.partnership_id or (answer.partnership_id if answer is not None else "")
    return ExceptionSight(
        exception_id,
        exception,
        await _attempt(desk, answer) if answer is not None and names_payment else None,
        files,
        await desk.partnership(partnership_id) if partnership_id else None,
        await evidence.involved(exception, answer),
        earliest_end(files),
    )


async def _attempt(desk: LedgerAccess, answer: BankAnswer) -> Tranche | None:
    stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    events: list[Any] = [recorded_event.event for recorded_event in await desk.reader.read(stream)]
    return fold_tranche(events)
