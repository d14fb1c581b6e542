"""Bring an entry of a bank file before a person, as an exception of the partnership that it concerns."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from accord.counter.stated.taken_back import as_far_as_recorded, money_taken_back
from accord.counter.transactions import Counter
from domain.identity import ACCORD, derive
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.bank_answers import Contradiction, ExceptionKind, exception_of
from domain.payment.bank_file import ExceptionRaised
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments.answers.bank_files import BankFile
from payments.answers.entries import keep_entry
from payments.answers.exceptions import exception_name, keep_exception
from payments.answers.matching.matched import MatchedEntry


class ForAPerson(NamedTuple):
    """The exception raised for an entry, which a person must resolve: its name, its kind and the reason."""

    exception: str
    kind: ExceptionKind
    reason: str


async def partnership_named(counter: Counter, partnership_id: str | None) -> Partnership | None:
    """Return the partnership of an id, or None if there is none."""
    partnership = await counter.partnership(partnership_id) if partnership_id else None
    return partnership if partnership is not None and partnership.version else None


async def for_a_person(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, fault: Contradiction, partnership: Partnership | None
) -> ForAPerson:
    """Raise an exception, and record it on the partnership concerned, which is put on hold if money is at stake."""
    answer = matched_entry.answer
    exception_id = exception_of(answer) if answer else derive("exception", matched_entry.entry.entry_id)
    now = clock.now()
    place = f"{matched_entry.entry.message_id} {matched_entry.entry.place}"
    raised_event = ExceptionRaised(
        at=now, exception=fault.kind, reason=fault.reason[:500], content=place,
        partnership_id=partnership.partnership_id if partnership else None, answer=answer, file_sha256=file.sha256,
    )  # fmt: skip
    excerpt = (file.name, matched_entry.content)
    await _raise(counter, exception_id, raised_event, excerpt, partnership, money_taken_back(matched_entry))
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, exception_id)
    return ForAPerson(exception_name(exception_id), fault.kind, fault.reason)


async def _raise(
    counter: Counter, exception_id: UUID, raised_event: ExceptionRaised, excerpt: tuple[str, str],
    partnership: Partnership | None, taken_back: Money | None,
) -> None:  # fmt: skip
    """Store an exception and append it, once, to its own stream and to the partnership's.

    `excerpt`: (file name, line of content) to show to people, stored in the table of exceptions but not in the ledger.
    `taken_back`: the sum of the partnership's gift that the bank took back, which its fund lacks from now on.
    """
    file_name, content = excerpt
    partnership_id = partnership.partnership_id if partnership else ""
    row = (
        exception_id,
        raised_event.exception,
        partnership_id,
        file_name,
        raised_event.reason,
        content or raised_event.content,
    )
    await keep_exception(counter.connection, *row)
    stream = StreamId.exception(exception_id)
    if await counter.version(stream):
        return
    people = partnership.people if partnership else ()
    await counter.append(stream, derive("raised", exception_id), ACCORD, raised_event, people=people)
    if partnership is not None:
        contradiction = c.RecordContradiction(
            command_id=derive("contradiction", exception_id), at=raised_event.at, exception_id=exception_id,
            exception=raised_event.exception, reason=raised_event.reason, answer=raised_event.answer,
            taken_back=await as_far_as_recorded(counter, raised_event, exception_id, taken_back),
        )  # fmt: skip
        await counter.decide(partnership, contradiction)
