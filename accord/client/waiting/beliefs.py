"""The bookings on the organisation's own accounts that are on record, whoever told of them: the bank, or people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.audit.bank.bank_tables import raised_exceptions
from accord.client.reading import LedgerAccess
from domain.identity import derive, payment_id
from domain.partnership.refund.refunds import OF_A_GIFT, Refund
from domain.partnership.state import Partnership
from domain.payment.bank_answers import COUNTING, MAY_TAKE_BACK, TAKES_BACK, BankAnswer, BankStatus, Resolution
from domain.payment.bank_file import BankException
from domain.payment.bookings import reference_key
from domain.payment.stated.entries import Belief, EntryKind
from domain.payment.tranche.events import PaymentHandedOver, PaymentReturned, PaymentSettled, PaymentShort
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.values import Money
from payments.answers.exceptions import exception_name
from payments.answers.kept_entries import keys_of, keys_of_exceptions
from records.authorship import is_readable
from records.codec import from_ledger

_OF_ATTEMPTS: Final = ("PaymentHandedOver", "PaymentSettled", "PaymentShort", "PaymentReturned")
_OF_PARTNERSHIPS: Final = ("FundsReceived", "RefundRecorded")
_ACCOUNTS: Final = """
SELECT partnership_id, tranche, attempt, convert_from(frozen, 'UTF8')::jsonb #>> '{debtor_account,reference}' AS account
  FROM payments.instructions
"""
_KINDS: Final = {
    BankStatus.SETTLED: EntryKind.PAYMENT,
    BankStatus.RETURNED: EntryKind.RETURN,
    BankStatus.RECEIVED: EntryKind.GIFT,
}
_RESOLVED: Final = {
    Resolution.OURS: EntryKind.OUTSIDE,
    Resolution.RETURNED_TO_SENDER: EntryKind.OUTSIDE,
    Resolution.BLOCKED_ACCOUNT: EntryKind.OUTSIDE,
    Resolution.BANK_ERROR: EntryKind.BANK_ERROR,
}
"""The explanation of a booking by what people said of it, where it counts in no partnership."""


class _Place(NamedTuple):
    """An attempt to pay, with the account that pays it and the file in which it left."""

    partnership_id: str
    tranche: int
    attempt: int

    @property
    def name(self) -> str:
        """The name of the payment, for people to read."""
        return f"{self.partnership_id} tranche {self.tranche}"


async def beliefs_on(desk: LedgerAccess, accounts: Mapping[str, str], entry_ids: Mapping[UUID, UUID]) -> list[Belief]:
    """Return the bookings on record on some accounts.

    `accounts`: the reference that stands for an account, by each of its references. `entry_ids`: the entries of
    the statements, by the id of the exception that each would raise.
    """
    beliefs = {
        belief.claim: belief
        for belief in [*await _of_attempts(desk, accounts), *await _of_partnerships(desk, accounts)]
        if belief.account
    }
    async with desk.pool.acquire() as connection:
        keys = {**await keys_of(connection, list(beliefs)), **await keys_of_exceptions(connection)}
    for exception_id, exception in (await raised_exceptions(desk.reader)).items():
        for belief in _of_exception(exception_id, exception, entry_ids, keys.get(exception_id, "")):
            beliefs.pop(derive("counted", exception_id), None)  # the same booking, at the sum that was instructed
            before = beliefs.get(belief.claim)
            # What counts on a payment or in a gift is known by that; the sum is the one that the bank booked.
            beliefs[belief.claim] = before._replace(amount=belief.amount) if before else belief
    return [_with_key(belief, keys.get(belief.claim, "")) for belief in beliefs.values()]


def _with_key(belief: Belief, key: str) -> Belief:
    return belief._replace(keys=belief.keys | {key}) if key else belief


async def _events(desk: LedgerAccess, types: tuple[str, ...]) -> list[tuple[StreamId, Any]]:
    """Return the events of some types in the streams of partnerships that count, each with its stream."""
    stored_events = [
        event async for event in desk.ledger.read_all(PARTNERSHIP_STREAMS, event_types=types) if is_readable(event)
    ]
    judged_events = await desk.reader.judge(stored_events, times=await desk.registrar.directories())
    return [(StreamId(event.stream_id), from_ledger(event).event) for event in judged_events]


async def _of_attempts(desk: LedgerAccess, accounts: Mapping[str, str]) -> list[Belief]:
    """Return the bookings of payments. A status report that says settled stands for one until there is a booking."""
    async with desk.pool.acquire() as connection:
        rows = await connection.fetch(_ACCOUNTS)
    paying = {_Place(*tuple(row)[:3]): accounts.get(row["account"], "") for row in rows}
    files, beliefs = dict[_Place, str](), list[Belief]()
    for stream, event in await _events(desk, _OF_ATTEMPTS):
        number = stream.place
        if number is None:
            continue
        place = _Place(stream.subject, *number)
        match event:
            case PaymentHandedOver(message_id=message_id):
                files[place] = message_id
            case PaymentSettled(answer=answer) | PaymentShort(answer=answer) | PaymentReturned(answer=answer):
                belief = _of_answer(answer, place.name, str(payment_id(*place)))
                beliefs.append(belief._replace(account=paying.get(place, ""), message_id=files.get(place, "")))
            case _:
                pass
    booked = {belief.about for belief in beliefs if belief.is_booking}
    return [belief for belief in beliefs if belief.is_booking or belief.about not in booked]


def _of_answer(answer: BankAnswer, subject: str, about: str) -> Belief:
    """Return the booking that a bank's answer tells, on no account yet."""
    money, whole, sign = _in_account(answer), answer.booked, -1 if answer.status is BankStatus.SETTLED else 1
    return Belief(
        answer.answer_id, _KINDS[answer.status], subject, "", sign * money.amount, money.currency, answer.booked_on,
        about, is_booking=answer.is_booking, since=answer.booked_on or answer.said_at.date(),
        with_charges=sign * whole.amount if whole != money else None,
    )  # fmt: skip


def _in_account(answer: BankAnswer) -> Money:
    """Return the sum of a booking as an entry has it: in the account's currency, without charges that stand beside it.

    What the bank exchanged is one sum there, with its charges.
    """
    is_exchanged = answer.booked.currency != answer.money.currency
    return answer.booked if is_exchanged else answer.money


async def _of_partnerships(desk: LedgerAccess, accounts: Mapping[str, str]) -> list[Belief]:
    """Return the gifts that came in, and the refunds. One that a second person must sign yet explains nothing."""
    answers: dict[StreamId, list[BankAnswer]] = {}
    for stream, event in await _events(desk, _OF_PARTNERSHIPS):
        told = getattr(event, "answer", None)
        answers.setdefault(stream, []).extend([told] if isinstance(told, BankAnswer) else [])
    directory, beliefs = await desk.directory(), list[Belief]()
    for stream, gifts in answers.items():
        partnership = await desk.partnership(stream.subject)
        if partnership is None or partnership.proposal is None:
            continue
        into, out = (
            accounts.get(funder.account, "") if leg is not None and (funder := directory.funder(leg.funder)) else ""
            for leg in (partnership.proposal.funds_in, partnership.proposal.funds_out)
        )
        beliefs += [_of_answer(answer, stream.subject, stream.subject)._replace(account=into) for answer in gifts]
        beliefs += [
            _of_refund(partnership, refund)._replace(account=into if refund.direction in OF_A_GIFT else out)
            for refund in partnership.refunds
        ]
    return beliefs


def _of_refund(partnership: Partnership, refund: Refund) -> Belief:
    """Return the booking of a refund, on no account yet."""
    leaves, subject = refund.direction in OF_A_GIFT, partnership.partnership_id
    on_account = refund.on_account
    amount = -on_account.amount if leaves else on_account.amount
    return Belief(
        derive("refund", subject, refund.bank_reference, refund.detail),
        EntryKind.TO_DONOR if leaves else EntryKind.REFUND, f"{subject}, {refund.name}", "", amount,
        on_account.currency, refund.booked_on, subject, references=frozenset({reference_key(refund.bank_reference)}),
        bank_reference=refund.bank_reference, since=refund.booked_on, owner=refund.recorded_by,
        waits=not refund.confirmed_by,
    )  # fmt: skip


def _of_exception(
    exception_id: UUID, exception: BankException, entry_ids: Mapping[UUID, UUID], key: str
) -> Iterator[Belief]:
    """Yield the word of an exception on a booking: that people are asked about it, or the meaning that they signed."""
    answer, act = exception.raised.answer, exception.standing
    if answer is not None and not answer.is_booking:
        return
    if act is not None and act.resolution is Resolution.TOLD_BEFORE:
        return
    name, since = exception_name(exception_id), exception.raised.at.date()
    claim = answer.answer_id if answer is not None else entry_ids.get(exception_id, exception_id)
    unread = Belief(
        claim, EntryKind.OPEN, name, "", None, "", None, keys=frozenset({key} - {""}), since=since,
        about=exception.raised.partnership_id or "",
    )  # fmt: skip
    told = _of_answer(answer, name, _about(answer))._replace(since=since) if answer is not None else unread
    told = told._replace(explanation=_explanation(exception), keys=unread.keys)
    if act is not None and act.partnership_id and act.resolution in COUNTING:
        told = told._replace(about=_of_place(act.partnership_id, act.tranche, act.attempt))
    if act is not None and act.resolution in COUNTING and (place := _place_of(exception)) is not None:
        told = told._replace(subject=place.name)
    if answer is None and act is not None and act.booked is not None:  # an answer says its own sum
        told = told._replace(amount=-act.booked.amount, currency=act.booked.currency)
    yield told


def _place_of(exception: BankException) -> _Place | None:
    """Return the payment that an exception counts on: the one that people named, or else the bank. None for neither."""
    answer, act = exception.raised.answer, exception.standing
    partnership_id = answer.partnership_id if answer is not None else ""
    if act is not None and act.tranche:
        return _Place(act.partnership_id or partnership_id, act.tranche, act.attempt)
    return _Place(partnership_id, answer.tranche, answer.attempt) if answer is not None and answer.tranche else None


def _about(answer: BankAnswer) -> str:
    """Return the id of the payment or the partnership that an answer is of, or ''."""
    return _of_place(answer.partnership_id, answer.tranche, answer.attempt)


def _of_place(partnership_id: str, tranche: int, attempt: int) -> str:
    return str(payment_id(partnership_id, tranche, attempt)) if tranche else partnership_id


def _explanation(exception: BankException) -> EntryKind:
    """Return the explanation by what people signed, or OPEN before they did."""
    answer, act = exception.raised.answer, exception.standing
    if act is None:
        return EntryKind.OPEN
    if act.resolution is Resolution.OURS and exception.raised.reason in {TAKES_BACK, MAY_TAKE_BACK}:
        return EntryKind.GIFT_TAKEN_BACK
    if act.resolution not in COUNTING:
        return _RESOLVED[act.resolution]
    came_back = answer is not None and answer.status is BankStatus.RECEIVED and act.tranche > 0
    return EntryKind.RETURN if came_back else _KINDS[answer.status if answer is not None else BankStatus.SETTLED]
