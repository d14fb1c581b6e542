"""Errands on the bank's answers: what a file says, before it is signed, and what became of its entries."""

from __future__ import annotations

from typing import Final, NamedTuple

from accord.client.waiting.foreseen_entries import ForeseenStatement, foreseen
from accord.counter.bank_import import Import, finish_interrupted_imports, import_file, require_days_that_were
from accord.counter.pages.errands.errands import BringIn
from accord.counter.pages.errands.words import ErrandWords, Facts
from accord.counter.pages.site import CounterSite
from accord.counter.pages.touching import TouchWanted
from accord.counter.recalls.hearing import notice_in_words
from accord.organisation.signed_acts import require_may
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.payments import booking_in_words
from accord.presentation.words.values import money_in_words, sum_in_words
from accord.web.errands import ErrandOutcome
from deploy.logins import Login
from domain.payment.account_numbers import masked, masked_account
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.bank_file import BankFileImported
from domain.signatures.signing import PasskeySignature
from ledger import clock
from payments.answers.account_statements import in_words
from payments.answers.bank_files import bank_file
from payments.answers.kept_entries import is_stated
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import UnreadableMessage, read_balances, read_message, read_recall_answers, read_sights
from payments.answers.sights import sight_in_words

SAYS: Final = {
    BankStatus.ACCEPTED: "accepted",
    BankStatus.SETTLED: "paid",
    BankStatus.REJECTED: "refused",
    BankStatus.RETURNED: "came back",
    BankStatus.RECEIVED: "came in",
}
MOST_TOLD: Final = 200
"""Entries that a page tells one by one."""


class EntryInWords(NamedTuple):
    """One entry of the bank's file, as a person reads it."""

    says: str
    about: str
    money: str
    day: str
    note: str
    """Why a person must look at it, or the bank's own words."""
    waits: bool
    """True if a person must look at it."""


class ReadFile(NamedTuple):
    """A bank's file as it was read, before anything of it is recorded."""

    entries: list[EntryInWords]
    statements: tuple[ForeseenStatement, ...]
    also: Facts
    """Further news of it: reports within the day, and answers to recalls."""


async def read_file(site: CounterSite, name: str, content: bytes) -> ReadFile:
    """Return the content of a bank's file: its statements, and its entries one by one. Nothing is recorded.

    Raises:
        BadInput: It is no message of a bank that can be read.
    """
    try:
        statements = read_message(content, name)
        require_days_that_were(name, content)
    except UnreadableMessage as fault:
        raise BadInput(f"file: {fault}; nothing of it was recorded. Choose the file that the bank sent") from fault
    desk = site.desk_of(Login.IMPORTER, client=False)
    sha256 = bank_file(name, content).sha256
    async with desk.pool.acquire() as connection:
        matched = await judge_all(connection, statements, sha256, clock.now())
    entries = [_entry(entry)._replace(waits=False) if is_stated(entry) else _entry(entry) for entry in matched]
    return ReadFile(entries, await foreseen(desk, sha256, read_balances(content, name), matched), _also(content, name))


def _also(content: bytes, name: str) -> Facts:
    return (
        *(("Seen within the day", sight_in_words(sight)) for sight in read_sights(content, name)),
        *(("The bank answers a recall", notice_in_words(answer)) for answer in read_recall_answers(content, name)),
    )


class StatementInWords(NamedTuple):
    """A statement of account before it is signed for, as a person of finance reads it."""

    account: str
    days: str
    opening: str
    closing: str
    entries: str
    standing: str
    """What of its entries is explained, and what stays open."""
    has_open: bool


def statement_in_words(read: ForeseenStatement) -> StatementInWords:
    """Return a statement of account in words."""
    closed = read.statement.balances
    days = day_in_words(closed.closed_on)
    if closed.opened_on != closed.closed_on:
        days = f"{day_in_words(closed.opened_on)} to {days}"
    return StatementInWords(
        f"{masked_account(read.statement.account)}{'' if closed.number is None else f', number {closed.number}'}",
        days,
        sum_in_words(closed.opening, closed.currency),
        sum_in_words(closed.closing, closed.currency),
        count_in_words(read.statement.entries, "entry", "entries"),
        f"{read.explained} explained, {read.open} open" if read.is_own else "It is of no account of ours.",
        bool(read.open) or not read.is_own,
    )


def _entry(matched: MatchedEntry) -> EntryInWords:
    answer, fault = matched.answer, matched.fault
    if matched.file:
        about = f"all of file {matched.file}, {count_in_words(len(matched.payments), 'payment')}"
        return EntryInWords(SAYS[BankStatus.SETTLED], about, "", "", masked(matched.content), waits=False)
    if answer is None:
        reason = matched.unclear.reason if matched.unclear is not None else fault.reason if fault is not None else ""
        return EntryInWords("not clear", matched.partnership_id, "", "", masked(reason), waits=True)
    note = fault.reason if fault is not None else answer.reason or booking_in_words(answer.figures)
    return EntryInWords(
        SAYS[answer.status],
        _about(answer),
        money_in_words(answer.money),
        day_in_words(answer.booked_on or answer.said_at.date()),
        masked(note),
        waits=fault is not None,
    )


def _about(answer: BankAnswer) -> str:
    return f"{answer.partnership_id}, payment {answer.tranche}" if answer.tranche else answer.partnership_id


async def bring_in(
    site: CounterSite, errand: BringIn, upload: bytes, actor: str, touch: PasskeySignature | None
) -> ErrandOutcome:
    """Import a bank's file, once its importer has signed that it is the bank's."""
    desk = site.desk_of(Login.IMPORTER, touch)
    await require_may(desk, actor, BankFileImported)
    try:
        result = await import_file(desk, errand.name, upload, actor)
    except UnreadableMessage as fault:
        raise BadInput(f"{fault}; nothing of it was recorded") from fault
    return imported_in_words([result])


async def finish(site: CounterSite, actor: str) -> ErrandOutcome:
    """Finish what an import that was cut off left open. Its file was signed then."""
    await require_may(site.desk_of(Login.IMPORTER, client=False), actor, BankFileImported)
    return imported_in_words(await finish_interrupted_imports(site.desk_of(Login.IMPORTER)))


def imported_in_words(imports: list[Import] | tuple[Import, ...]) -> ErrandOutcome:
    """Return the outcome of the entries of bank files, in words."""
    answers = [answer for file in imports for answer in file.new]
    waiting = [person for file in imports for person in file.for_a_person]
    known = sum(file.known for file in imports)
    told = [
        f"{_about(answer) or 'Money'}: {money_in_words(answer.money)} {SAYS[answer.status]}" for answer in answers[:20]
    ]
    stated = [
        *(f"Statement of {in_words(statement)}." for file in imports for statement in file.statements),
        *(f"Seen: {sight_in_words(sight)}." for file in imports for sight in file.sights),
        *(f"Recall: {answer.words}." for file in imports for answer in file.recall_answers),
    ]
    recalls = sum(len(file.recall_answers) for file in imports)
    counts = f"{count_in_words(len(answers) + recalls, 'answer')} recorded, {known} known before"
    for_a_person = f"{count_in_words(len(waiting), 'entry', 'entries')} for a person to look at."
    return ErrandOutcome(
        told=f"The bank's file is brought in: {counts}.",
        following=" ".join(
            [*stated, *(f"{line}." for line in told), for_a_person if waiting else "Nothing of it waits for a person."]
        ),
        back="/answers",
        words="See the bank's answers",
    )


def _in_one_line(read: ForeseenStatement) -> str:
    told = statement_in_words(read)
    return f"{told.account}, {told.days}: from {told.opening} to {told.closing}, {told.entries}: {told.standing}"


async def words_of_bringing_in(site: CounterSite, errand: BringIn, upload: bytes, wanted: TouchWanted) -> ErrandWords:
    """Return the words of an import: what the file says, summed up and entry by entry."""
    read = await read_file(site, errand.name, upload)
    entries = read.entries
    stated: Facts = (*(("Statement of account", _in_one_line(statement)) for statement in read.statements), *read.also)
    told: Facts = tuple(
        (f"The bank says: {entry.says}", ", ".join(filter(None, (entry.about, entry.money, entry.day, entry.note))))
        for entry in entries[:MOST_TOLD]
    )
    size = f"{len(upload):,} bytes, {count_in_words(len(entries), 'entry', 'entries')}"
    return ErrandWords(
        "You say that this file came from the bank. What it says is recorded by this.",
        (("File", f"{errand.name} ({size})"), *stated, *told, ("SHA-256 of the file", str(wanted.content["sha256"]))),
        "/answers",
        "payments import FILE",
    )
