"""Make payment files, hand them over, write them again, and take word that one never arrived.

A file leaves Accord only by its hand-over: the pre-payment check is asked once more of each payment, a person signs,
and in the transaction that marks it nothing that was read may have moved. Only then is it written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from audit.authorisation import Gate
from audit.payment_files import read_payment_file
from commands.bank_import import go_on
from commands.checking import Checked, check_all, unmoved
from commands.counter import Counter, at_the_counter, signed_act, tell_workflows
from commands.desk import Desk
from commands.faults import BadInput, Refused
from commands.handing import try_folder, write_file
from domain import commands as c
from domain.events import ACCORD
from domain.identity import derive, tranche_workflow_id
from domain.payment_file import (
    FileStatus,
    HandOverAgreed,
    PaymentFile,
    PaymentFileHandedOver,
    PaymentFileMade,
    PaymentFileVoided,
    payment_file_stream,
)
from domain.tranche import PaymentHandedOver
from domain.values import Money
from ledger import clock
from payments.accounts import AccountChanged, UnknownAccount
from payments.files import (
    StoredFile,
    batches,
    is_remade,
    keep_file,
    make_file,
    mark,
    rows_of_file,
    stored_file,
    stored_files,
    waiting,
)
from payments.instructions import Instruction

PAUSE: Final = 0.3
"""Seconds by which each try of a hand-over waits longer than the one before: whatever moves needs a moment to end."""

TRIES: Final = 5
"""How often a hand-over asks again because something moved meanwhile, before it says so."""


class MadeFile(NamedTuple):
    """A file that was made, and what it pays."""

    file: StoredFile
    payments: tuple[Instruction, ...]

    @property
    def total(self) -> Money:
        """The sum of its payments."""
        moneys = [one.money for one in self.payments]
        return Money(amount=sum((one.amount for one in moneys[1:]), moneys[0].amount), currency=moneys[0].currency)


class Waiting(NamedTuple):
    """A payment that goes on waiting, and why."""

    partnership_id: str
    tranche: int
    attempt: int
    reason: str


class Voided(NamedTuple):
    """A file that will never leave."""

    message_id: str
    reason: str


class Export(NamedTuple):
    """What making files came to."""

    files: tuple[MadeFile, ...]
    waiting: tuple[Waiting, ...]
    voided: tuple[Voided, ...]


class HandedOver(NamedTuple):
    """What a hand-over came to."""

    file: StoredFile
    path: Path | None
    """Where it was written; None while a second person's signature is waited for, or where it is void."""
    void: str = ""
    """Why the file is void; empty where it is not."""
    instead: Export | None = None
    """What was made of the other payments of a void file; it is shown before anybody signs it."""


async def export(desk: Desk, actor: str, dry_run: bool = False) -> Export:
    """Make files of what waits and may be paid. Nothing leaves Accord by it.

    A file that was made before and holds a payment that may not be made now is voided first; its others wait again.

    Raises:
        Refused: The person may not make payment files, or has no key here.
    """
    await go_on(desk)
    gate = Gate(desk.ledger)
    voided = () if dry_run else await _void_what_may_not_leave(desk, gate)
    async with desk.pool.acquire() as connection:
        rows = await waiting(connection)
    checked = await check_all(desk, gate, rows)
    passing = [one for one in checked if one.instruction is not None and not one.verdict.reason]
    made = await _make(desk, actor, passing, dry_run)
    left = tuple(_waiting(one) for one in checked if one.verdict.reason and not one.ended)
    return Export(made, left, voided)


async def _void_what_may_not_leave(desk: Desk, gate: Gate) -> tuple[Voided, ...]:
    async with desk.pool.acquire() as connection:
        made = await stored_files(connection, FileStatus.MADE)
    voided = []
    for file in made:
        async with desk.pool.acquire() as connection:
            rows = await rows_of_file(connection, file.message_id)
        checked = await check_all(desk, gate, rows)
        if reason := _reasons(checked):
            await _void(desk, file.message_id, reason)
            voided.append(Voided(file.message_id, reason))
    return tuple(voided)


def _reasons(checked: Sequence[Checked]) -> str:
    return "; ".join(f"{one.name}: {one.verdict.reason}" for one in checked if one.verdict.reason)


def _waiting(one: Checked) -> Waiting:
    row = one.row
    return Waiting(row.partnership_id, row.tranche, row.attempt, one.verdict.reason)


async def _void(desk: Desk, message_id: str, reason: str) -> None:
    stream = payment_file_stream(message_id)
    async with at_the_counter(desk) as counter:
        file = await stored_file(counter.connection, message_id)
        if file is None or file.status is not FileStatus.MADE:
            return
        event = PaymentFileVoided(at=clock.now(), reason=reason[:1000])
        await counter.append(stream, derive("void", message_id), ACCORD, event)
        await mark(counter.connection, message_id, FileStatus.VOID)


async def _make(desk: Desk, actor: str, passing: Sequence[Checked], dry_run: bool) -> tuple[MadeFile, ...]:
    instructions = [one.instruction for one in passing if one.instruction is not None]
    made = []
    for batch in batches(instructions):
        async with desk.pool.acquire() as connection:
            try:
                file = MadeFile(await make_file(connection, batch), tuple(batch))
            except (UnknownAccount, AccountChanged) as fault:
                raise Refused(str(fault), type(fault).__name__) from fault
        if not dry_run and not await _keep(desk, actor, file):
            continue
        made.append(file)
    return tuple(made)


async def _keep(desk: Desk, actor: str, made: MadeFile) -> bool:
    """Store a file under its maker's signature; not where somebody else made one of these payments meanwhile."""
    stream = payment_file_stream(made.file.message_id)
    payments = tuple(one.payment_id for one in made.payments)
    content = {"payments": payments, "sha256": made.file.sha256, "total": made.total}
    act = await signed_act(desk, PaymentFileMade, stream, actor, **content, execution_on=made.payments[0].execution_on)
    async with at_the_counter(desk) as counter:
        free = {row.payment_id for row in await waiting(counter.connection)}
        if not free.issuperset(payments):
            return False
        await counter.act(stream, act)
        await keep_file(counter.connection, made.file, made.payments)
    return True


# The hand-over.


async def hand_over(desk: Desk, message_id: str, actor: str, folder: Path) -> HandedOver:
    """Let a file leave for the bank: checked again, signed, marked, and then written.

    Where a payment in it may not be made now, the file is void, and the others are made into a new one.

    Raises:
        Refused: It was handed over before or is void, it is not what its payments make, or they may not.
        BadInput: There is no such file, or the folder cannot be written to.
    """
    try_folder(folder)
    await go_on(desk)
    gate = Gate(desk.ledger)
    for attempt in range(TRIES):
        await asyncio.sleep(PAUSE * attempt)
        stored, file = await _file(desk, gate, message_id)
        _require_made(stored, file)
        async with desk.pool.acquire() as connection:
            rows = await rows_of_file(connection, message_id)
        checked = await check_all(desk, gate, rows)
        if reason := _reasons(checked):
            await _void(desk, message_id, reason)
            return HandedOver(stored, None, reason, await _the_others(desk, actor))
        await require_same_bytes(desk, stored, checked)
        first = await _first_signature(desk, file, actor, stored.sha256)
        if first is not None:
            return HandedOver(stored, None)
        act = await signed_act(
            desk, PaymentFileHandedOver, payment_file_stream(message_id), actor, sha256=stored.sha256
        )
        if (counter := await _marked(desk, act, stored, checked)) is not None:
            try:
                return HandedOver(stored, write_file(folder, stored))
            finally:
                await tell_workflows(counter)
    raise Refused("what it rests on keeps changing; try again in a minute", "Conflict")


async def _file(desk: Desk, gate: Gate, message_id: str) -> tuple[StoredFile, PaymentFile]:
    async with desk.pool.acquire() as connection:
        stored = await stored_file(connection, message_id)
    if stored is None:
        raise BadInput(f"there is no payment file {message_id[:40]!r}; `accord payments files` shows those there are")
    return stored, await read_payment_file(desk.ledger, gate.registrar, message_id)


def _require_made(stored: StoredFile, file: PaymentFile) -> None:
    if FileStatus.HANDED_OVER in {stored.status, file.status}:
        who = " and ".join(file.handed_over_by) or "somebody"
        raise Refused(
            f"{stored.message_id} was handed over by {who}; if it was not written, or is lost: "
            f"`accord payments write-again {stored.message_id} --out FOLDER`",
            "IllegalTransition",
        )
    if stored.status is not FileStatus.MADE or file.status is not FileStatus.MADE:
        raise Refused(
            f"{stored.message_id} is {stored.status.value} ({file.reason}); make a new file: `accord payments export`",
            "IllegalTransition",
        )
    if file.sha256 != stored.sha256:
        raise Refused(f"nobody who may make payment files signed {stored.message_id} as it stands", "NotSigned")


async def _the_others(desk: Desk, actor: str) -> Export | None:
    """Make the other payments of a void file into a new one, if the person may; else whoever may does."""
    try:
        return await export(desk, actor)
    except Refused:
        return None


async def void_files_of(desk: Desk, partnership_id: str, tranche: int, reason: str) -> list[str]:
    """Void every file that was made and holds a payment of a tranche; return their message ids."""
    async with desk.pool.acquire() as connection:
        made = await stored_files(connection, FileStatus.MADE)
        held = [
            file.message_id
            for file in made
            for row in await rows_of_file(connection, file.message_id)
            if (row.partnership_id, row.tranche) == (partnership_id, tranche)
        ]
    for message_id in held:
        await _void(desk, message_id, reason)
    return held


async def require_same_bytes(desk: Desk, stored: StoredFile, checked: Sequence[Checked]) -> None:
    """Make the file again from its checked instructions; only the very same bytes may leave. Raises Refused."""
    batch = [one.instruction for one in checked if one.instruction is not None]
    async with desk.pool.acquire() as connection:
        same = bool(batch) and await is_remade(connection, stored, batch)
    if not same:
        raise Refused(f"{stored.message_id} is not the file that its payments make; it is not written", "NotAuthorised")


async def _first_signature(desk: Desk, file: PaymentFile, actor: str, sha256: str) -> HandOverAgreed | None:
    """The first of two signatures, where the organisation asks for two and nobody else has signed yet."""
    rules = (await desk.directory()).rules
    if rules is None or not rules.second_at_hand_over:
        return None
    stream = payment_file_stream(file.message_id)
    agreed = await signed_act(desk, HandOverAgreed, stream, actor, sha256=sha256)
    if file.first(agreed):
        return None
    async with at_the_counter(desk) as counter:
        await counter.act(stream, agreed)
    return agreed


async def _marked(
    desk: Desk, act: PaymentFileHandedOver, stored: StoredFile, checked: Sequence[Checked]
) -> Counter | None:
    """Mark the file as handed over; None where something that the check read has moved since.

    Returns the counter at which it was done: workflows are told once the file is written.
    """
    async with at_the_counter(desk) as counter:
        if not await unmoved(counter, [one.verdict for one in checked]):
            return None
        now = await stored_file(counter.connection, stored.message_id)
        if now is None or now.status is not FileStatus.MADE:
            return None
        await counter.act(payment_file_stream(stored.message_id), act)
        for one in checked:
            await _leave(counter, one, stored, act.at)
        await mark(counter.connection, stored.message_id, FileStatus.HANDED_OVER)
    return counter


async def _leave(counter: Counter, one: Checked, stored: StoredFile, at: datetime) -> None:
    """Record on the partnership and on the attempt that the payment left."""
    row = one.row
    partnership = await counter.partnership(row.partnership_id)
    key = (row.partnership_id, row.tranche, row.attempt, stored.message_id)
    left = c.RecordHandOver(
        command_id=derive("handed over", *key), at=at, tranche=row.tranche, attempt=row.attempt,
        message_id=stored.message_id,
    )  # fmt: skip
    await counter.decide(partnership, left)
    stream = tranche_workflow_id(row.partnership_id, row.tranche, row.attempt)
    event = PaymentHandedOver(at=at, message_id=stored.message_id, file_sha256=stored.sha256)
    await counter.append(stream, derive("payment handed over", *key), ACCORD, event)
