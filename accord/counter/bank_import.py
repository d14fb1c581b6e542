"""Import a bank file: store it under its importer's signature, and process each of its entries once.

An interrupted import is finished by the next import; no entry is processed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.said_in_files import entries_in
from accord.client.desk import Desk
from accord.counter.entry.asking import ForAPerson
from accord.counter.entry.taking import take, take_unreadable
from accord.counter.entry.whole_files import Heard, take_file
from accord.counter.recalls.hearing import HeardRecall, take_recall_answer
from accord.counter.stated.hearing import take_stated
from accord.counter.transactions import at_the_counter, tell_workflows
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import Refused
from domain.errors import FormShut
from domain.payment.account_numbers import masked_account
from domain.payment.bank_answers import BankAnswer
from domain.payment.bank_file import BankFileImported, CsvReading
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import LedgerUnavailable, clock
from payments.answers.account_statements import AccountStatement
from payments.answers.bank_files import BankFile, bank_file, keep_bank_file, mark_taken, read_bank_file, unfinished
from payments.answers.booking.kept_files import keep_booked_files, unheard_files
from payments.answers.kept_entries import is_stated, keep_stated_entries, lines_of
from payments.answers.kept_statements import keep_statements
from payments.answers.matching.faults import LATEST
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import (
    BankNotice,
    IntradayReport,
    RecallNotice,
    Unclear,
    UnreadableMessage,
    read_balances,
    read_message,
    read_recall_answers,
    read_sights,
)
from payments.answers.recalls.matching import MatchedRecall, match_recalls
from records.forms import require_open


class Import(NamedTuple):
    """The result of an import."""

    new: tuple[BankAnswer, ...]
    """Answers recorded on their payments and partnerships."""
    known: int
    """The number of entries that were known before."""
    for_a_person: tuple[ForAPerson, ...]
    statements: tuple[AccountStatement, ...] = ()
    """The statements of account in it."""
    sights: tuple[IntradayReport, ...] = ()
    """The day that is not over, as it shows it, for people to look at."""
    recall_answers: tuple[HeardRecall, ...] = ()
    """The bank's answers to recalls that were recorded."""


async def import_file(desk: Desk, name: str, content: bytes, actor: str) -> Import:
    """Store a bank file under its importer's signature, and process all its entries.

    Raises:
        UnreadableMessage: The file is not a bank message that can be read, or has a statement of a day that is to come;
            nothing was recorded.
        Refused: The person may not import files, or their key is not on this machine.
    """
    file, _ = bank_file(name, content), read_message(content, name)
    require_days_that_were(name, content)
    await keep_signed(desk, file, actor, Writer.IMPORTER)
    return await take_all(desk, file)


def require_days_that_were(name: str, content: bytes) -> None:
    """Raise UnreadableMessage for a statement of account of a day that is to come: none would go on to it until then.

    A day is left for the time zones of banks.
    """
    for statement in read_balances(content, name):
        if (on := statement.balances.closed_on) > clock.today() + LATEST:
            account = masked_account(statement.account)
            raise UnreadableMessage(
                f"{name} has a statement of {account} that closes on {on}, a day that is to come; ask the bank for it"
                " anew"
            )


async def keep_signed(
    desk: Desk,
    file: BankFile,
    actor: str,
    writer: Writer,
    read_as: CsvReading | None = None,
    statements: tuple[AccountStatement, ...] | None = None,
) -> None:
    """Store a bank file under a person's signature. Several people may sign for the same file, each of them once.

    `statements`: those in a CSV, read as `read_as` says. A message says its own. A second importer matters: a payer may
    not release another attempt on a bank file that they alone imported.

    Raises:
        Refused: The person may not import files, or their key is not on this machine.
    """
    stream = StreamId.bank_file(file.sha256)
    evidence = BankEvidence(desk.reader)
    content = {"sha256": file.sha256, "name": file.name, "read_as": read_as}
    import_act = await signed_act(desk, BankFileImported, stream, actor, **content)
    await _require_open(desk, import_act)
    async with at_the_counter(desk, writer) as counter:
        is_complete = read_as is None and not (_entries_of(file) or _recalls_of(file))
        await keep_bank_file(counter.connection, file, is_complete=is_complete)
        await keep_statements(
            counter.connection, file.sha256, _statements_of(file) if statements is None else statements
        )
        signatures = {(file_import.actor, file_import.read_as) for file_import in await evidence.imports(file.sha256)}
        if (actor, read_as) not in signatures:  # under the lock: two imports may run at once
            await counter.act(stream, import_act)


async def _require_open(desk: Desk, import_act: BankFileImported) -> None:
    """Raise Refused for an import in a form that this installation does not record yet (ADR 0102)."""
    try:
        await require_open(desk.pool, (import_act,))
    except FormShut as shut:
        raise Refused(str(shut), type(shut).__name__) from None


async def finish_interrupted_imports(desk: Desk) -> tuple[Import, ...]:
    """Finish the imports that were interrupted, and return their results."""
    return tuple([await take_all(desk, file) for file in await _cut_off(desk)])


async def require_all_taken(desk: Desk) -> None:
    """Raise Refused while an import is unfinished: an entry not yet processed may forbid a payment."""
    if files := await _cut_off(desk):
        names = ", ".join(file.name for file in files)
        raise Refused(f"the import of {names} was cut off; finish it first: `accord payments import`", "BankUnheard")


async def _cut_off(desk: Desk) -> list[BankFile]:
    """Return the stored files that an importer validly signed for and whose entries are not all processed yet."""
    async with desk.pool.acquire() as connection:
        digests = await unfinished(connection)
        files = [await read_bank_file(connection, sha256) for sha256 in digests]
    evidence = BankEvidence(desk.reader)
    return [file for file in files if file is not None and await evidence.importers(file.sha256)]


def _entries_of(file: BankFile) -> list[BankNotice | Unclear]:
    """Return the entries of a message, or none if the file is not one, such as a letter or a CSV."""
    try:
        return read_message(file.content, file.name)
    except UnreadableMessage:
        return []


def _statements_of(file: BankFile) -> tuple[AccountStatement, ...]:
    """Return the statements of account in a file, or () if it is no bank message, such as a letter."""
    try:
        return read_balances(file.content, file.name)
    except UnreadableMessage:
        return ()


def _recalls_of(file: BankFile) -> tuple[RecallNotice, ...]:
    """Return the answers to recalls in a file, or () if it is no bank message, such as a letter."""
    try:
        return read_recall_answers(file.content, file.name)
    except UnreadableMessage:
        return ()


def _sights_of(file: BankFile) -> tuple[IntradayReport, ...]:
    """Return the sights in a file, or () if it is no bank message, such as a letter."""
    try:
        return read_sights(file.content, file.name)
    except UnreadableMessage:
        return ()


async def take_all(desk: Desk, file: BankFile) -> Import:
    """Process the entries of a stored file that somebody signed for, and return the result."""
    async with desk.pool.acquire() as connection:
        said = await entries_in(desk.reader, connection, file)
        entries = await judge_all(connection, said, file.sha256, clock.now())
        await keep_stated_entries(connection, lines_of(file.sha256, entries))
        await keep_booked_files(connection, file.sha256, entries)
        recalls = await match_recalls(connection, _recalls_of(file), clock.now())
    results = [await _take_alone(desk, file, entry, entries) for entry in entries]
    heard = [await _take_recall(desk, file, recall) for recall in recalls]
    heard_again = await hear_files_again(desk, besides=file.sha256)
    async with desk.pool.acquire() as connection:
        await mark_taken(connection, file.sha256)
    return Import(
        (*(answer for result in results for answer in _answers(result)), *heard_again),
        sum(result is None for result, entry in zip(results, entries, strict=True) if not is_stated(entry))
        + heard.count(None),
        tuple(result for result in (*results, *heard) if isinstance(result, ForAPerson)),
        _statements_of(file),
        _sights_of(file),
        tuple(result for result in heard if isinstance(result, HeardRecall)),
    )


async def _take_recall(desk: Desk, file: BankFile, recall: MatchedRecall) -> HeardRecall | ForAPerson | None:
    """Process one answer to a recall in its own transaction."""
    async with at_the_counter(desk, Writer.IMPORTER) as counter:
        result = await take_recall_answer(counter, file, recall)
    await tell_workflows(counter)
    return result


def _answers(result: BankAnswer | Heard) -> tuple[BankAnswer, ...]:
    """Return the answers that were recorded of an entry."""
    if isinstance(result, BankAnswer):
        return (result,)
    return () if result is None or isinstance(result, ForAPerson) else result


async def hear_files_again(desk: Desk, besides: str = "") -> list[BankAnswer]:
    """Look again at the entries over whole payment files that their payments did not hear, and return what they hear.

    A payment that was rejected since may be what their sum lacked. `besides`: the digest of a file that was looked at.
    """
    async with desk.pool.acquire() as connection:
        digests = [sha256 for sha256 in await unheard_files(connection) if sha256 != besides]
        files = [file for sha256 in digests if (file := await read_bank_file(connection, sha256))]
    evidence, heard = BankEvidence(desk.reader), list[BankAnswer]()
    for file in files:
        if not await evidence.importers(file.sha256):
            continue
        async with desk.pool.acquire() as connection:
            said = await entries_in(desk.reader, connection, file)
            entries = await judge_all(connection, said, file.sha256, clock.now())
        for entry in entries:
            heard += _answers(await _take_alone(desk, file, entry, entries)) if entry.file else ()
    return heard


async def _take_alone(
    desk: Desk, file: BankFile, entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> BankAnswer | Heard:
    """Process one entry in its own transaction, so that a stream that cannot be read does not stop other entries."""
    try:
        if entry.file:
            return await take_file(desk, file, entry)
        async with at_the_counter(desk, Writer.IMPORTER) as counter:
            result = await (take_stated if is_stated(entry) else take)(counter, file, entry, beside)
    except LedgerUnavailable:
        raise
    except (ValueError, LookupError, AssertionError, Refused) as fault:
        if is_stated(entry):  # a statement raises nothing by itself: the entry stays open
            return None
        async with at_the_counter(desk, Writer.IMPORTER) as counter:
            first = (str(fault) or type(fault).__name__).splitlines()[0]
            result = await take_unreadable(counter, file, entry, first)
    await tell_workflows(counter)
    return result
