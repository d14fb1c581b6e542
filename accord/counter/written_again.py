"""Write a payment file again after its hand-over, or record that it never arrived at the bank."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple

from accord.audit.authorisation import PrePaymentCheck
from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.counter.bank_import import keep_signed, require_all_taken
from accord.counter.checking import Checked, check_all, unmoved
from accord.counter.courier import try_folder, write_file
from accord.counter.covering import until_covered
from accord.counter.hand_over import require_same_bytes
from accord.counter.portal.silence import require_nothing_booked
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import BadInput, Refused
from domain.calendars import CALENDAR
from domain.identity import ACCORD, derive
from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.payment_file import (
    WAIT_BEFORE_NEVER_SENT,
    FileStatus,
    NeverSentAgreed,
    PaymentFile,
    PaymentFileNeverSent,
    PaymentFileWrittenAgain,
    WritingAgainAgreed,
)
from domain.payment.tranche.events import PaymentNeverSent
from domain.payment.tranche.status import TrancheStatus
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import clock
from payments.answers.bank_files import bank_file
from payments.out.files import FrozenPayment, StoredFile, mark, rows_of_file, stored_file


class RewriteOutcome(NamedTuple):
    """The outcome of writing a file again."""

    path: Path | None
    """The path to which the file was written, or None while a second person must sign the same."""
    in_doubt: tuple[str, ...]
    """Each payment that would not pass the pre-payment check now, with the reason."""


async def write_again(desk: Desk, message_id: str, actor: str, folder: Path) -> RewriteOutcome:
    """Write a payment file again, byte for byte, after it was handed over.

    If a payment in it would not pass the pre-payment check now, two people must sign.

    Raises:
        Refused: The file was never handed over, the bank has already answered on it, its payments no longer produce
            the same bytes, or the person is not authorised.
        BadInput: There is no such file, or the folder cannot be written to.
    """
    await require_may(desk, actor, PaymentFileWrittenAgain)
    try_folder(folder)
    await require_all_taken(desk)
    gate = PrePaymentCheck(desk.ledger)
    stored_file, file = await handed_over_file(desk, gate, message_id)
    _require_untyped(file)
    async with desk.pool.acquire() as connection:
        rows = await rows_of_file(connection, message_id)
    checks = await check_all(desk, gate, rows, in_file=message_id)
    _require_no_answer(checks)
    await _require_no_rejection(desk, gate, rows)
    await require_same_bytes(desk, stored_file, checks)
    reasons = tuple(f"{check.name}: {check.verdict.reason}" for check in checks if check.verdict.reason)
    in_doubt = tuple(
        f"{check.name}, reason sha256 {_digest(str(check.verdict.reason))}" for check in checks if check.verdict.reason
    )
    stream = StreamId.payment_file(message_id)
    content = {"sha256": stored_file.sha256, "in_doubt": in_doubt}
    draft = {"sha256": stored_file.sha256, "in_doubt": list(in_doubt)}
    first = file.first_signer(WritingAgainAgreed.agrees_to, draft, besides=frozenset({actor}))
    if in_doubt and not first:
        agreement = await signed_act(desk, WritingAgainAgreed, stream, actor, **content)
        async with at_the_counter(desk, Writer.EXPORTER) as counter:
            await counter.act(stream, agreement)
        return RewriteOutcome(None, reasons)
    written_again = await signed_act(desk, PaymentFileWrittenAgain, stream, actor, **content)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await require_all_taken(desk)
        now = await read_payment_file(gate.reader, message_id)
        _require_untyped(now)
        if now.status is not FileStatus.HANDED_OVER or not await unmoved(counter, [check.verdict for check in checks]):
            raise Refused("what it rests on changed at this very moment; try again", "Conflict")
        await counter.act(stream, written_again)
    await until_covered(desk, message_id)
    return RewriteOutcome(write_file(folder, stored_file), reasons)


def _require_untyped(file: PaymentFile) -> None:
    """Raise Refused for a sheet that was typed: a second one would be typed a second time."""
    if file.typed:
        typing = file.typed[-1]
        raise Refused(
            f"{typing.actor} typed {file.message_id} as {typing.confirmation}; it is not written again",
            "IllegalTransition",
        )


def _require_no_answer(checks: Sequence[Checked]) -> None:
    """Raise Refused if an attempt has ended: a second copy of it could be paid in addition to the next attempt."""
    if names := [check.name for check in checks if check.ended]:
        reason = f"the bank has answered on {', '.join(names)}, so it has the file"
        raise Refused(f"{reason}; it is not written again", "IllegalTransition")


async def _require_no_rejection(desk: Desk, gate: PrePaymentCheck, rows: Sequence[FrozenPayment]) -> None:
    """Raise Refused while people have not said what a rejection of one of the payments was: the bank has the file."""
    for row in rows:
        for exception_id in (await desk.known_partnership(row.partnership_id)).contradictions:
            bank_exception = await gate.evidence.exception(exception_id)
            answer = bank_exception.raised.answer if bank_exception is not None else None
            about = answer is not None and (answer.tranche, answer.attempt) == (row.tranche, row.attempt)
            if answer is not None and about and answer.status is BankStatus.REJECTED:
                reason = f"the bank has rejected {row.partnership_id} tranche {row.tranche}, so it has the file"
                raise Refused(f"{reason}: `accord payments exceptions`; it is not written again", "IllegalTransition")


def _digest(reason: str) -> str:
    """Return a digest of a reason. It is signed and recorded instead of the reason, which may name people."""
    return hashlib.sha256(reason.encode()).hexdigest()[:16]


async def handed_over_file(desk: Desk, gate: PrePaymentCheck, message_id: str) -> tuple[StoredFile, PaymentFile]:
    """Return a payment file that was handed over, with its state by its signed acts.

    Raises:
        Refused: Nobody handed it over.
        BadInput: There is no such file.
    """
    async with desk.pool.acquire() as connection:
        row = await stored_file(connection, message_id)
    if row is None:
        raise BadInput(f"there is no payment file {message_id[:40]!r}; `accord payments files` shows those there are")
    file = await read_payment_file(gate.reader, message_id)
    if file.status is not FileStatus.HANDED_OVER:  # according to its signed acts; the status in its row does not count
        raise Refused(
            f"nobody handed {message_id} over: it is {file.status.value if file.payments else 'not signed by anybody'}",
            "NotAuthorised",
        )
    return row, file


async def never_sent(desk: Desk, message_id: str, word: tuple[str, bytes], actor: str) -> PaymentFile:
    """Record, with the bank's written statement, that a payment file never arrived. Return the file's new state.

    Once a second person has signed the same, the file's payments wait again, unchanged.

    `word`: (name, content) of the file with the bank's statement.

    Raises:
        Refused: It is too early, the person handed the file over or is not authorised, or the bank has answered on it.
        BadInput: There is no such file.
    """
    await require_all_taken(desk)
    gate = PrePaymentCheck(desk.ledger)
    stored_file, file = await handed_over_file(desk, gate, message_id)
    _require_time(file)
    if actor in file.sent_by:
        did = "handed" if actor in file.handed_over_by else "typed or signed"
        words = f"{actor} {did} {message_id}{' over' if did == 'handed' else ''}"
        raise Refused(f"{words}; two others say that it never arrived", "SeparationOfDuties")
    letter = bank_file(*word)
    content = {"sha256": stored_file.sha256, "word_sha256": letter.sha256}
    stream = StreamId.payment_file(message_id)
    act = await signed_act(desk, PaymentFileNeverSent, stream, actor, **content)
    first = file.first(act, besides=frozenset(file.sent_by))
    await keep_signed(desk, letter, actor, Writer.EXPORTER)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await require_all_taken(desk)
        rows = await rows_of_file(counter.connection, message_id)
        await require_nothing_booked(counter.connection, file, rows)
        await _require_silence(counter, message_id, rows)
        if first:
            await counter.act(stream, act)
            for row in rows:
                await _wait_again(counter, row, message_id, act.at)
            await mark(counter.connection, message_id, FileStatus.NEVER_SENT)
    if not first:
        agreement = await signed_act(desk, NeverSentAgreed, stream, actor, **content)
        async with at_the_counter(desk, Writer.EXPORTER) as counter:
            await counter.act(stream, agreement)
    await tell_workflows(counter)
    return await read_payment_file(gate.reader, message_id)


def _require_time(file: PaymentFile) -> None:
    if not file.payments:
        raise Refused("nobody whose signature counts made this file, so nobody can say when it was due", "NotSigned")
    due = datetime.combine(file.execution_on, time(), UTC)
    earliest = CALENDAR.after(due, WAIT_BEFORE_NEVER_SENT)
    if clock.now() < earliest:
        raise Refused(
            f"it was to be executed on {file.execution_on}; not before {earliest:%Y-%m-%d} says anybody "
            "that it never arrived",
            "IllegalTransition",
        )


async def _require_silence(counter: Counter, message_id: str, rows: list[FrozenPayment]) -> None:
    """Raise Refused if the bank has answered on the file or its payments, since it must then have the file."""
    has_exception = await counter.connection.fetchval(
        "SELECT true FROM payments.exceptions WHERE position($1 IN reason) > 0 OR position($1 IN content) > 0 LIMIT 1",
        message_id,
    )
    if has_exception:
        raise Refused(f"the bank has spoken of {message_id}: `accord payments exceptions --all`", "IllegalTransition")
    for row in rows:
        attempt = await counter.read_attempt(row.partnership_id, row.tranche, row.attempt)
        partnership = await counter.partnership(row.partnership_id)
        tranche = partnership.tranche(row.tranche)
        has_answer = attempt is None or attempt.answers or attempt.status not in {
            TrancheStatus.HANDED_OVER, TrancheStatus.UNKNOWN,
        }  # fmt: skip
        if has_answer or tranche is None or tranche.state is not TrancheState.HANDED_OVER or partnership.contradictions:
            name = f"{row.partnership_id} tranche {row.tranche}"
            raise Refused(f"the bank has spoken of {name}, so it has the file", "IllegalTransition")


async def _wait_again(counter: Counter, row: FrozenPayment, message_id: str, at: datetime) -> None:
    key = (row.partnership_id, row.tranche, row.attempt, message_id)
    partnership = await counter.partnership(row.partnership_id)
    command = c.RecordNeverSent(
        command_id=derive("never sent", *key), at=at, tranche=row.tranche, attempt=row.attempt, message_id=message_id
    )
    await counter.decide(partnership, command)
    stream = StreamId.attempt(row.partnership_id, row.tranche, row.attempt)
    event = PaymentNeverSent(at=at, message_id=message_id)
    await counter.append(stream, derive("payment never sent", *key), ACCORD, event)
