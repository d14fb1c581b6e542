"""Process one entry of a bank file: skip it if it is known, record its answer, or raise an exception on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from accord.counter.bookings import (
    claim_all,
    claims_of,
    counted_already,
    gift_of_reference,
    gift_taken_back,
    refunded_already,
    too_much_back,
)
from accord.counter.differences.terms import as_recorded, booking_terms
from accord.counter.portal.bookings import typed_fault
from accord.counter.stated.taken_back import as_far_as_recorded, money_taken_back, was_taken_back
from accord.counter.stated.told_before import take_as_stated
from accord.counter.transactions import Counter
from domain.errors import FormShut
from domain.fault import Fault
from domain.identity import ACCORD, derive
from domain.partnership import commands as c
from domain.partnership.payment.decisions import receipt_fault
from domain.partnership.state import Partnership
from domain.payment.bank_answers import (
    MAY_TAKE_BACK,
    BankAnswer,
    BankStatus,
    Contradiction,
    ExceptionKind,
    exception_of,
)
from domain.payment.bank_file import ExceptionRaised
from domain.payment.tranche import (
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    Tranche,
    TrancheEvent,
    TrancheOutcome,
    events_of_answer,
    evolve_tranche,
)
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments.accounts import AccountChanged, UnknownAccount, find_account, holders_of, read_account
from payments.answers.bank_files import BankFile
from payments.answers.entries import (
    has_lookalike_in_other_file,
    is_another_detail,
    is_stored_as_before,
    keep_entry,
    known_digest,
    place_was_used,
)
from payments.answers.exceptions import exception_name, keep_exception
from payments.answers.matching import EARLIEST, MatchedEntry
from payments.answers.messages import BankNotice
from records.forms import require_open
from registers.matching.identity.holders import is_held_by, may_be_held_by


class ForAPerson(NamedTuple):
    """The exception raised for an entry, which a person must resolve: its name, its kind and the reason."""

    exception: str
    kind: ExceptionKind
    reason: str


async def take(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> BankAnswer | ForAPerson | None:
    """Process one entry and return its answer or the exception raised for it, or None if it was known before."""
    matched_entry = await as_recorded(counter, matched_entry)
    if matched_entry.unclear_before and await counter.version(StreamId.exception(matched_entry.unclear_before)):
        return None
    matched_entry = await _with_new_identity_if_changed(counter, file, matched_entry)
    # Both: the row of an entry proves nothing, and an import that was cut off left entries of which the ledger knows
    # nothing.
    if await _is_stored(counter, file, matched_entry) and await _is_told(counter, matched_entry):
        return None
    if await take_as_stated(counter, file, matched_entry) or await was_taken_back(counter, file, matched_entry):
        return None
    matched_entry = await _with_gift_of_a_debit(counter, matched_entry)
    partnership_id = matched_entry.partnership_id or await gift_taken_back(counter, matched_entry.unclear)
    partnership = await partnership_named(counter, partnership_id)
    fault = await _identity_fault(counter, file, matched_entry) or matched_entry.fault
    if fault is None:
        fault = await settle(counter, partnership, matched_entry)
    if fault is not None:
        return await for_a_person(counter, file, matched_entry, fault, partnership)
    # After the events, in the same transaction: an entry that is kept was told.
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
    return matched_entry.answer


async def _is_kept(counter: Counter, matched_entry: MatchedEntry) -> bool:
    """True if an entry is stored as it is told now, or as a statement of account told the same booking."""
    entry = matched_entry.entry
    return await known_digest(counter.connection, entry) in {entry.digest, entry.common_digest or entry.digest}


async def _with_gift_of_a_debit(counter: Counter, entry: MatchedEntry) -> MatchedEntry:
    """Return the entry. A debit of no payment under a gift's reference may take the gift back, marked so or not."""
    notice = entry.said
    if notice is None or entry.partnership_id or not notice.account or notice.status is not BankStatus.SETTLED:
        return entry
    partnership_id = await gift_of_reference(counter, notice)
    fault = Contradiction(ExceptionKind.UNREADABLE, MAY_TAKE_BACK)
    return entry._replace(answer=None, fault=fault, partnership_id=partnership_id) if partnership_id else entry


async def take_unreadable(counter: Counter, file: BankFile, entry: MatchedEntry, reason: str) -> ForAPerson:
    """Raise an exception for an entry whose payment or partnership cannot be read, so that other entries go on."""
    fault = Contradiction(ExceptionKind.UNREADABLE, f"what it speaks of cannot be read: {reason}")
    return await for_a_person(counter, file, entry, fault, None)


async def _is_told(counter: Counter, matched_entry: MatchedEntry) -> bool:
    """True if the ledger has recorded an entry's answer or exception. The table of entries proves nothing."""
    answer = matched_entry.answer
    exception_id = exception_of(answer) if answer else derive("exception", matched_entry.entry.entry_id)
    if await counter.version(StreamId.exception(exception_id)):
        return True
    if answer is None or not answer.partnership_id or answer.doubt:
        return False
    if answer.tranche:
        attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
        return attempt is not None and answer.answer_id in attempt.answers
    return await counter.has_received(answer)


async def partnership_named(counter: Counter, partnership_id: str | None) -> Partnership | None:
    """Return the partnership of an id, or None if there is none."""
    partnership = await counter.partnership(partnership_id) if partnership_id else None
    return partnership if partnership is not None and partnership.version else None


async def _is_stored(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> bool:
    """True if the entry is stored as it is told now, as a statement told it, or as read by an earlier release."""
    connection, entry = counter.connection, matched_entry.entry
    if await known_digest(connection, entry) in {entry.digest, entry.common_digest or entry.digest}:
        return True
    return await is_stored_as_before(connection, entry, file.sha256)


async def _with_new_identity_if_changed(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> MatchedEntry:
    """Return the entry, with a new identity and a fault if its identity is known with other content."""
    entry = matched_entry.entry
    is_new = await known_digest(counter.connection, entry) is None
    if is_new or await _is_stored(counter, file, matched_entry):
        return matched_entry
    again = derive("again", entry.entry_id, entry.digest)
    answer = matched_entry.answer.model_copy(update={"answer_id": again}) if matched_entry.answer else None
    reason = "a known booking, told with another content"
    fault = Contradiction(ExceptionKind.IDENTITY_USED_AGAIN, reason)
    return matched_entry._replace(entry=entry._replace(entry_id=again), answer=answer, fault=fault)


async def _identity_fault(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> Contradiction | None:
    """Return the fault if the entry may repeat or contradict one of another file, or None if it does not."""
    connection, entry = counter.connection, matched_entry.entry
    if not matched_entry.account and await place_was_used(connection, entry, file.sha256):
        reason = f"message {entry.message_id}, entry {entry.place} said something else of this payment before"
        return Contradiction(ExceptionKind.IDENTITY_USED_AGAIN, reason)
    receipt = matched_entry.answer is not None and matched_entry.answer.status is BankStatus.RECEIVED
    if receipt and await has_lookalike_in_other_file(connection, entry, file.sha256):
        reason = "an equal entry stands in another message, and the bank gave no reference to tell them apart"
        return Contradiction(ExceptionKind.PERHAPS_TOLD_BEFORE, reason)
    if receipt and await is_another_detail(connection, entry, file.sha256):
        reason = "another message tells this booking in other details"
        return Contradiction(ExceptionKind.PERHAPS_TOLD_BEFORE, reason)
    return None


async def settle(counter: Counter, partnership: Partnership | None, entry: MatchedEntry) -> Contradiction | None:
    """Record an answer with its claims on bookings. Return a contradiction if a person must resolve it."""
    answer = entry.answer
    if partnership is None or answer is None:
        name = entry.partnership_id or "is named"
        return Contradiction(ExceptionKind.UNKNOWN_PAYMENT, f"no partnership {name}")
    claims = claims_of(entry.said, answer)
    if fault := await counted_already(counter, claims, answer) or await refunded_already(
        counter, entry.said, answer, partnership
    ):
        return fault
    fault = await _record(counter, partnership, answer, entry)
    # A late return did come back, and counts: only what becomes of it is for a person.
    if fault is None or fault.kind is ExceptionKind.LATE_RETURN:
        await claim_all(counter, claims)
    return fault


async def _record(
    counter: Counter, partnership: Partnership, answer: BankAnswer, entry: MatchedEntry
) -> Contradiction | None:
    """Record an answer on its attempt and partnership. Return a contradiction if a person must resolve it, or None."""
    if answer.status is BankStatus.RECEIVED:
        return await _receive(counter, partnership, answer, entry)
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    if attempt is None:
        return Contradiction(ExceptionKind.UNKNOWN_PAYMENT, "this attempt to pay is not on record")
    if fault := await typed_fault(counter.desk.reader, attempt, entry):
        return fault
    again = answer.status is BankStatus.REJECTED and await counter.was_written_again(answer)
    terms = await booking_terms(counter, answer)
    events = events_of_answer(attempt, answer, written_again=again, terms=terms)
    if isinstance(events, Contradiction):
        return events
    if answer.status is BankStatus.RETURNED and await counter.was_booked_twice(answer):
        # Only a person can say which of the two came back, and whether a return is another or the one told before.
        return Contradiction(ExceptionKind.CONTRADICTION, "it was booked twice, and one of the two came back")
    if fault := too_much_back(partnership, answer) or await _short_fault(counter, partnership, answer, events):
        return fault
    await record_on_attempt(counter, attempt, answer, events)
    outcome = outcome_of(events)
    if outcome is not None:
        await counter.decide(partnership, outcome_command(answer, outcome))
    # Its attempt's workflow tells the partnership's, so that one signal is enough.
    if outcome in {TrancheOutcome.SETTLED, TrancheOutcome.SHORT, TrancheOutcome.REJECTED}:
        counter.brought_home.add(StreamId.partnership(partnership.partnership_id))
    if outcome is TrancheOutcome.RETURNED and partnership.ended:
        return Contradiction(ExceptionKind.LATE_RETURN, f"{answer.money} came back after the partnership had ended")
    return None


async def _short_fault(
    counter: Counter, partnership: Partnership, answer: BankAnswer, events: Sequence[TrancheEvent]
) -> Contradiction | None:
    """Return the reason why a booking of less than was instructed is for people, or None.

    What it belongs to has ended as paid in full, or this installation does not record yet that a part was booked.
    """
    if outcome_of(events) is not TrancheOutcome.SHORT:
        return None
    try:
        await require_open(counter.desk.pool, events)
    except FormShut as shut:
        return Contradiction(ExceptionKind.OTHER_CONTENT, f"{answer.money} was booked; {shut}")
    if not partnership.ended:
        return None
    reason = f"{answer.money} was booked, which is less than was instructed, after the partnership had ended"
    return Contradiction(ExceptionKind.OTHER_CONTENT, reason)


async def record_on_attempt(
    counter: Counter, attempt: Tranche, answer: BankAnswer, events: Sequence[TrancheEvent]
) -> Tranche:
    """Append the events of a bank's answer to the attempt's own stream, and return the attempt after them."""
    order = attempt.order
    stream = StreamId.attempt(order.partnership_id, order.tranche, order.attempt)
    if events:
        await counter.append(stream, derive("heard", stream, answer.answer_id), ACCORD, *events)
    for event in events:
        attempt = evolve_tranche(attempt, event)
    return attempt


def outcome_of(events: Sequence[TrancheEvent]) -> TrancheOutcome | None:
    """Return the outcome that the given events record for an attempt, or None if none of them ends it."""
    for event in events:
        match event:
            case PaymentSettled():
                return TrancheOutcome.SETTLED
            case PaymentShort():
                return TrancheOutcome.SHORT
            case PaymentRejected():
                return TrancheOutcome.REJECTED
            case PaymentReturned():
                return TrancheOutcome.RETURNED
            case _:
                pass
    return None


def outcome_command(answer: BankAnswer, outcome: TrancheOutcome) -> c.RecordTrancheOutcome:
    """Return the command that records an attempt's end on its partnership."""
    stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    return c.RecordTrancheOutcome(
        command_id=derive("outcome", stream, outcome, answer.answer_id),
        at=answer.said_at,
        tranche=answer.tranche,
        attempt=answer.attempt,
        outcome=outcome,
        reason=f"{answer.code} {answer.reason}".strip(),
        figures=answer.figures if outcome is TrancheOutcome.SETTLED else None,
        booked_money=answer.money if outcome is TrancheOutcome.SHORT else None,
    )


async def _receive(
    counter: Counter, partnership: Partnership, answer: BankAnswer, entry: MatchedEntry
) -> Contradiction | None:
    if fault := receipt_fault(partnership, answer):
        return Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(fault))
    if fault := await _own_account_fault(counter, partnership, entry.account):
        return Contradiction(ExceptionKind.WRONG_ACCOUNT, str(fault))
    if fault := await _debtor_fault(counter, partnership, entry.said):
        return Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(fault))
    day = await counter.begun_on(partnership.partnership_id) - EARLIEST
    if answer.booked_on is not None and answer.booked_on < day:
        reason = f"the booking day is {answer.booked_on}, before {partnership.partnership_id} was proposed"
        return Contradiction(ExceptionKind.IMPOSSIBLE_DAY, reason)
    receipt = c.RecordReceipt(command_id=derive("receipt", answer.answer_id), at=answer.said_at, answer=answer)
    await counter.decide(partnership, receipt)
    return None


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


async def _own_account_fault(counter: Counter, partnership: Partnership, account: str) -> Fault | None:
    """Return the fault if money came in on another account than that of the gift's funder, or None."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or not account:
        return None
    funder = (await counter.desk.directory()).funder(gift.funder)
    if funder is None:
        return Fault(f"the directory holds no funder {gift.funder} any more")
    try:
        reference = await find_account(counter.connection, funder.account)
        details = await read_account(counter.connection, reference.reference, reference.sha256)
    except (UnknownAccount, AccountChanged) as fault:
        return Fault(str(fault))
    return None if details.identifier == account else Fault(f"it came in on another account than that of {gift.funder}")


def _is_payees(partnership: Partnership, notice: BankNotice, holders: Sequence[str]) -> bool:
    """True if money may have come from the partnership's own payee: by the account on record, or by a name of its."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    names = [*holders, *([notice.debtor] if notice.debtor else [])]
    edition = partnership.approved_under
    return out is not None and any(may_be_held_by(name, out.payee.names, edition) for name in names)


async def _debtor_fault(counter: Counter, partnership: Partnership, notice: BankNotice | None) -> Fault | None:
    """Return the fault if money came in from another than the donor, by name or by a known account, or None.

    A grantee's money is a refund, whichever partnership its text names. No name is told: a person reads the file.
    """
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or notice is None:
        return None
    holders = await holders_of(counter.connection, notice.debtor_account) if notice.debtor_account else []
    donors, edition = (gift.donor.name,), partnership.approved_under
    if holders and not any(is_held_by(holder, donors, edition) for holder in holders):
        return Fault("it came from the account of somebody who is not the donor; it may be a refund: `accord refund`")
    if _is_payees(partnership, notice, holders):
        return Fault("it came from the payee, whoever the donor is; it may be a refund: `accord refund`")
    if not notice.debtor or holders or is_held_by(notice.debtor, donors, edition):
        return None
    return Fault(
        "it came from somebody who is not called as the donor is; if it is the donor's gift, two people say so"
    )
