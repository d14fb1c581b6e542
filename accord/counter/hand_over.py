"""Hand over a payment file: check it again, sign, mark it as handed over under the append lock, and then write it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Final, NamedTuple

from accord.audit.authorisation import PrePaymentCheck
from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.counter.account.money_left import account_sight, shortfall
from accord.counter.account.restricted import restricted_fault
from accord.counter.bank_import import require_all_taken
from accord.counter.checking import Checked, check_all, unmoved
from accord.counter.courier import try_folder, write_file
from accord.counter.covering import until_covered
from accord.counter.payment_files import Export, export, names_of, reasons_of, standing_of, void
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import BadInput, Refused
from domain.errors import DomainError
from domain.fault import Fault
from domain.identity import ACCORD, derive
from domain.partnership import commands as c
from domain.partnership.circumstances import Circumstances
from domain.partnership.decisions import decide
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.payment.payment_file import FileStatus, HandOverAgreed, PaymentFile, PaymentFileHandedOver
from domain.payment.tranche.events import PaymentHandedOver
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest
from payments.out.files import StoredFile, is_remade, mark, rows_of_file, stored_file
from records.codec import to_ledger

PAUSE: Final = 0.3
"""Seconds by which the wait grows from one try of a hand-over to the next, so that other changes can finish."""

TRIES: Final = 5
"""The number of tries of a hand-over while something keeps changing, before it is refused."""


class HandedOver(NamedTuple):
    """The outcome of a hand-over."""

    file: StoredFile
    path: Path | None
    """The path to which the file was written, or None if it waits for a second signature, or is void."""
    void: str = ""
    """The reason why the file is void, empty if it is not."""
    instead: Export | None = None
    """The new files made of a void file's other payments, each of which needs its own hand-over."""
    warning: Fault | None = None
    """The fault by the last known balance of the account that pays, or None."""


async def hand_over(desk: Desk, message_id: str, actor: str, folder: Path) -> HandedOver:
    """Hand over a payment file: check it again, sign, mark it as handed over, and write it to a folder.

    If a payment in it may not be made now, the file is voided, and its other payments are made into a new one. Where
    two signatures are required, the first one is recorded, and the file is not written yet.

    Raises:
        Refused: The file was handed over before or is void, its payments do not produce its bytes, its content is not
            signed, the person may not hand over files, the ledger kept changing, or no checkpoint elsewhere covers
            the hand-over, which is recorded.
        BadInput: There is no such file, or the folder cannot be written to.
    """
    await require_may(desk, actor, PaymentFileHandedOver)
    # Before anything is signed: a file that was marked as handed over and could not be written would have left for
    # nobody.
    try_folder(folder)
    await require_all_taken(desk)
    gate = PrePaymentCheck(desk.ledger)
    for attempt in range(TRIES):
        await asyncio.sleep(PAUSE * attempt)
        stored_file, file = await _file(desk, gate, message_id)
        _require_made(stored_file, file)
        async with desk.pool.acquire() as connection:
            rows = await rows_of_file(connection, message_id)
        checks = await check_all(desk, gate, rows, in_file=message_id)
        if reason := reasons_of(checks):
            # The reason in the ledger names payments alone, since a reason may name people; the person reads it whole.
            await void(desk, message_id, names_of(checks))
            return HandedOver(stored_file, None, reason, await _the_others(desk, actor))
        await require_same_bytes(desk, stored_file, checks)
        warning = await _balance_warning(desk, checks, actor)
        first = await _first_signature(desk, file, actor, stored_file.sha256)
        if first is not None:
            return HandedOver(stored_file, None, warning=warning)
        act = await signed_act(
            desk, PaymentFileHandedOver, StreamId.payment_file(message_id), actor, sha256=stored_file.sha256
        )
        if (counter := await _marked(desk, act, stored_file, checks, warning)) is not None:
            try:
                await until_covered(desk, message_id)
                return HandedOver(stored_file, write_file(folder, stored_file), warning=warning)
            finally:
                await tell_workflows(counter)
    raise Refused("what it rests on keeps changing; try again in a minute", "Conflict")


async def _file(desk: Desk, gate: PrePaymentCheck, message_id: str) -> tuple[StoredFile, PaymentFile]:
    async with desk.pool.acquire() as connection:
        file = await stored_file(connection, message_id)
    if file is None:
        raise BadInput(f"there is no payment file {message_id[:40]!r}; `accord payments files` shows those there are")
    return file, await read_payment_file(gate.reader, message_id)


def _require_made(stored_file: StoredFile, file: PaymentFile) -> None:
    status = standing_of(stored_file, file)
    if status is FileStatus.HANDED_OVER:
        names = " and ".join(file.handed_over_by)
        raise Refused(
            f"{stored_file.message_id} was handed over by {names}; if it was not written, or is lost: "
            f"`accord payments write-again {stored_file.message_id} --out FOLDER`",
            "IllegalTransition",
        )
    if status is not FileStatus.MADE:
        raise Refused(
            f"{stored_file.message_id} is {status.value} ({file.reason}); make a new file: `accord payments export`",
            "IllegalTransition",
        )
    if file.sha256 != stored_file.sha256:
        raise Refused(f"nobody who may make payment files signed {stored_file.message_id} as it stands", "NotSigned")


async def _the_others(desk: Desk, actor: str) -> Export | None:
    """Make new files of a void file's other payments. Return None if the person may not make payment files."""
    try:
        return await export(desk, actor)
    except Refused:
        return None


async def require_same_bytes(desk: Desk, file: StoredFile, checks: Sequence[Checked]) -> None:
    """Build the payment file again from its checked instructions, and compare it with the stored bytes.

    Raises:
        Refused: The bytes differ.
    """
    batch = [check.instruction for check in checks if check.instruction is not None]
    async with desk.pool.acquire() as connection:
        has_same_bytes = bool(batch) and await is_remade(connection, file, batch)
    if not has_same_bytes:
        raise Refused(f"{file.message_id} is not the file that its payments make; it is not written", "NotAuthorised")


async def _balance_warning(desk: Desk, checks: Sequence[Checked], actor: str) -> Fault | None:
    """Return the fault of a file by the balance of its account, or None.

    Raises:
        Refused: It pays out of restricted gifts what names no fund; or it takes more than the account holds, and the
            organisation's rules stop that.
    """
    rules = (await desk.directory()).rules
    stops = rules is not None and rules.stop_without_balance
    instructions = [check.instruction for check in checks if check.instruction is not None]
    sight = await account_sight(desk, instructions[0], actor)
    if restricted := await restricted_fault(desk, sight, instructions):
        raise Refused(str(restricted), "PaymentRefused")
    fault = shortfall(sight, instructions, requires_balance=stops)
    if fault and stops:
        raise Refused(f"{fault}; record a newer balance, or hand over less", "PaymentRefused")
    return fault


async def _first_signature(desk: Desk, file: PaymentFile, actor: str, sha256: str) -> HandOverAgreed | None:
    """Record and return the first of two signatures, or None if one is enough or another person signed before."""
    rules = (await desk.directory()).rules
    if rules is None or not rules.second_at_hand_over:
        return None
    # Signed before by somebody else: this signature goes into the hand-over itself.
    if file.first_signer(HandOverAgreed.agrees_to, {"sha256": sha256}, besides=frozenset({actor})):
        return None
    stream = StreamId.payment_file(file.message_id)
    agreement = await signed_act(desk, HandOverAgreed, stream, actor, sha256=sha256)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await counter.act(stream, agreement)
    return agreement


async def _marked(
    desk: Desk, act: PaymentFileHandedOver, file: StoredFile, checks: Sequence[Checked], warning: Fault | None
) -> Counter | None:
    """Mark the file as handed over and return the counter, or None if anything that the check read has changed.

    `warning`: the fault by the balance of its account. Another hand-over may have used that up meanwhile.

    The events are made before the append lock is taken, and appended only if all streams that the check read are
    unchanged. The caller signals the workflows with the returned counter once the file is written.
    """
    verdicts = [check.verdict for check in checks]
    try:
        # Decided and encoded without the append lock, which every other writer waits for.
        leaving = await _leaving(desk, file, checks, act.at)
    except Refused:
        async with at_the_counter(desk, Writer.EXPORTER) as counter:
            # Refused on what the check has seen: that is final. On anything newer it says nothing, and the check is
            # repeated.
            if await unmoved(counter, verdicts):
                raise
        return None  # a payment was cancelled or has ended since the check: repeat it
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await require_all_taken(desk)  # again, under the lock that whoever brings in a bank's file takes as well
        if not await unmoved(counter, verdicts) or await _balance_warning(desk, checks, act.actor) != warning:
            return None
        if (await read_payment_file(desk.reader, file.message_id)).status is not FileStatus.MADE:
            return None
        await counter.act(StreamId.payment_file(file.message_id), act)
        await counter.append_all(leaving)
        # The row last: it follows from the acts above, in the same transaction.
        await mark(counter.connection, file.message_id, FileStatus.HANDED_OVER)
    return counter


async def _leaving(desk: Desk, file: StoredFile, checks: Sequence[Checked], at: datetime) -> list[AppendRequest]:
    """Return the append requests for the file's payments: two each, to the partnership's and the attempt's stream."""
    requests: list[AppendRequest] = []
    partnerships: dict[str, Partnership] = {}
    for check in checks:
        row = check.row
        partnership = partnerships.get(row.partnership_id) or await desk.known_partnership(row.partnership_id)
        request, partnerships[row.partnership_id] = _left(partnership, check, file, at)
        requests += [request, _on_attempt(check, file, at)]
    return requests


def _left(
    partnership: Partnership, check: Checked, file: StoredFile, at: datetime
) -> tuple[AppendRequest, Partnership]:
    row = check.row
    key = (row.partnership_id, row.tranche, row.attempt, file.message_id)
    hand_over = c.RecordHandOver(
        command_id=derive("handed over", *key), at=at, tranche=row.tranche, attempt=row.attempt,
        message_id=file.message_id,
    )  # fmt: skip
    try:
        events = decide(partnership, hand_over, Circumstances())
    except DomainError as refusal:
        raise Refused(f"{partnership.partnership_id}: {refusal}", type(refusal).__name__) from refusal
    stream = StreamId.partnership(row.partnership_id)
    new_events = to_ledger(events, ACCORD, hand_over.command_id, partnership.people)
    request = AppendRequest(stream, hand_over.command_id, partnership.version, new_events)
    return request, reduce(evolve, events, partnership)


def _on_attempt(check: Checked, file: StoredFile, at: datetime) -> AppendRequest:
    row = check.row
    stream = StreamId.attempt(row.partnership_id, row.tranche, row.attempt)
    command_id = derive("payment handed over", row.partnership_id, row.tranche, row.attempt, file.message_id)
    event = PaymentHandedOver(at=at, message_id=file.message_id, file_sha256=file.sha256)
    return AppendRequest(stream, command_id, check.verdict.heads[stream], to_ledger((event,), ACCORD, command_id))
