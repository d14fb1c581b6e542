"""Bring an open entry of a statement before people as an exception, so that they say what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from accord.audit.bank.said_in_files import entries_in
from accord.client.desk import Desk
from accord.client.waiting.booked_files import file_booking
from accord.client.waiting.open_exceptions import named_exception
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts
from accord.counter.bookings import gift_taken_back
from accord.counter.entry.asking import for_a_person, partnership_named
from accord.counter.entry.whole_files import fault_of
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from accord.organisation.signed_acts import require_may
from accord.presentation.faults import BadInput, Refused
from domain.identity import derive
from domain.payment.bank_answers import BankStatus, Contradiction, ExceptionKind
from domain.payment.bank_file import ExceptionResolved
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import clock
from payments.answers.bank_files import BankFile, read_bank_file
from payments.answers.exceptions import RaisedException, exception_name
from payments.answers.kept_entries import find_entries
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry

_ALONE: Final = "only the bank's statement of account has it"
_SHORTEST: Final = 4
"""The fewest characters after "EX-" that name an entry."""


async def exception_to_resolve(desk: Desk, name: str, actor: str) -> RaisedException:
    """Return the exception with a name. An open entry of a statement of that name is raised as one first.

    Raises:
        BadInput: No exception and no open entry, or more than one, has the name.
        Refused: The person may not resolve exceptions, or the entry was explained at this moment.
    """
    line = await _open_line(desk, name)
    if line is not None:
        await require_may(desk, actor, ExceptionResolved)
        await _raise(desk, line)
    return await named_exception(desk, line.name if line is not None else name)


async def _open_line(desk: Desk, name: str) -> AccountEntry | None:
    """Return the one open entry with a name that no exception was raised of, or None."""
    prefix = name.upper().removeprefix("EX-")
    if len(prefix) < _SHORTEST:
        return None
    lines = [
        line
        for account in await explained_accounts(desk)
        for line in account.lines
        if line.is_open and line.name.startswith(f"EX-{prefix}") and line.subject != line.name
    ]
    if len(lines) > 1:
        raise BadInput(f"{name!r} names {len(lines)} entries{_alike(lines)}; see `accord payments entries --open`")
    return lines[0] if lines else None


def _alike(lines: Sequence[AccountEntry]) -> str:
    """Return the reason for which no longer name tells entries apart, or ''."""
    is_one = len({line.name for line in lines}) == 1
    return ", to which the bank gave one reference: ask it which of them holds" if is_one else ""


async def _raise(desk: Desk, line: AccountEntry) -> None:
    file, matched_entry = await _matched(desk, line.name)
    async with at_the_counter(desk, Writer.IMPORTER) as counter:
        if not await counter.version(StreamId.exception(derive("exception", matched_entry.entry.entry_id))):
            partnership_id = matched_entry.partnership_id or await gift_taken_back(counter, matched_entry.unclear)
            partnership = await partnership_named(counter, partnership_id)
            fault = (
                await _file_fault(desk, matched_entry) or matched_entry.fault or await _fault(counter, matched_entry)
            )
            await for_a_person(counter, file, matched_entry, fault, partnership)
    await tell_workflows(counter)


async def _matched(desk: Desk, name: str) -> tuple[BankFile, MatchedEntry]:
    """Return an entry as its file has it, with the file."""
    async with desk.pool.acquire() as connection:
        for entry_id, sha256 in await find_entries(connection):
            file = await read_bank_file(connection, sha256) if _is_called(name, entry_id) else None
            if file is None:
                continue
            entries = await entries_in(desk.reader, connection, file)
            for matched_entry in await judge_all(connection, entries, sha256, clock.now()):
                if matched_entry.entry.entry_id == entry_id:
                    return file, matched_entry
    raise Refused(f"the file that has {name} is not kept as it was", "Unknown")


def _is_called(name: str, entry_id: UUID) -> bool:
    return exception_name(derive("exception", entry_id)) == name


async def _file_fault(desk: Desk, matched_entry: MatchedEntry) -> Contradiction | None:
    """Return the difference between an entry over a whole payment file and the payments in it, or None."""
    return fault_of(matched_entry, await file_booking(desk.reader, matched_entry)) if matched_entry.file else None


async def _fault(counter: Counter, matched_entry: MatchedEntry) -> Contradiction:
    """Return the reason why an entry waits for a person that could stand as it is: nothing else tells it."""
    answer = matched_entry.answer
    if answer is None or answer.status is BankStatus.RECEIVED:
        return Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, _ALONE)
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    again = attempt is not None and attempt.booked and answer.status is BankStatus.SETTLED
    return Contradiction(ExceptionKind.SECOND_BOOKING if again else ExceptionKind.CONTRADICTION, _ALONE)
