"""Run the pre-payment check on many payments, after a worker has rechecked those with newer registers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from accord.audit.accounts import VOUCHES
from accord.audit.authorisation import Authorisation, PrePaymentCheck
from accord.audit.freshness import read_registers
from accord.audit.frozen import instruction_of
from accord.client.desk import Desk
from accord.counter.transactions import Counter
from accord.presentation.faults import Unreachable
from domain.streams import ACCOUNT_STREAMS, StreamId
from payments.out.files import FrozenPayment
from payments.out.instructions import Instruction

PAUSE: Final = 0.5


class Checked(NamedTuple):
    """A payment with the verdict of the pre-payment check."""

    row: FrozenPayment
    instruction: Instruction | None
    """None if the row cannot be trusted."""
    verdict: Authorisation

    @property
    def name(self) -> str:
        """The payment's name in messages: its partnership, tranche and attempt."""
        return f"{self.row.partnership_id} tranche {self.row.tranche}, attempt {self.row.attempt}"

    @property
    def ended(self) -> bool:
        """True if the attempt has ended, so that it no longer waits to be paid."""
        return self.verdict.ended


async def check_all(
    desk: Desk, gate: PrePaymentCheck, rows: Sequence[FrozenPayment], in_file: str = ""
) -> list[Checked]:
    """Return each payment with the verdict of the pre-payment check.

    If a verdict asks for a recheck of the registers, the partnership's workflow is signalled, and the check is repeated
    until a worker has done so or the desk's patience (a minute) has run out. Without Temporal, it is not repeated.

    `in_file`: the payment file that is checked, if any; that a payment was already handed over in it is no fault.
    """
    checks = [await _check(desk, gate, row, in_file) for row in rows]
    behind = {check.row.partnership_id for check in checks if check.verdict.look_again}
    if not behind or desk.client is None:
        return checks
    deadline = asyncio.get_running_loop().time() + desk.patience
    await _ask_to_look(desk, behind)
    while True:
        checks = [
            await _check(desk, gate, check.row, in_file) if check.verdict.look_again else check for check in checks
        ]
        waits = any(check.verdict.look_again for check in checks)
        if not waits or asyncio.get_running_loop().time() >= deadline:
            return checks
        await asyncio.sleep(PAUSE)


async def _check(desk: Desk, gate: PrePaymentCheck, row: FrozenPayment, in_file: str) -> Checked:
    instruction = instruction_of(row)
    async with desk.pool.acquire() as connection:
        verdict = await gate(connection, row, in_file)
    return Checked(row, instruction if isinstance(instruction, Instruction) else None, verdict)


async def _ask_to_look(desk: Desk, partnerships: Iterable[str]) -> None:
    for partnership_id in sorted(partnerships):
        with suppress(Unreachable):
            await desk.tell(StreamId.partnership(partnership_id), "registers_changed", None)


async def unmoved(counter: Counter, verdicts: Iterable[Authorisation]) -> bool:
    """True if all streams and registers that the verdicts rest on are unchanged, and no account is new.

    The counter's transaction holds the append lock; the call also locks the register versions in force until its end.
    """
    rested_on = list(verdicts)
    registers = frozenset[int]().union(*(authorisation.registers for authorisation in rested_on))
    locked_versions = {
        row["version"] for row in await counter.connection.fetch("SELECT version FROM registers.hold_in_force()")
    }
    in_force = (await read_registers(counter.connection)).versions
    if not (registers == in_force and registers <= locked_versions):
        return False
    position = min((authorisation.position for authorisation in rested_on), default=0)
    if await counter.desk.ledger.moved_since(ACCOUNT_STREAMS, VOUCHES, position):
        return False
    streams = {stream for authorisation in rested_on for stream in authorisation.heads}
    now = await counter.desk.ledger.versions(list(streams), counter.connection)
    # Each by itself: of a stream that two of them read at two versions, one is not what stands now.
    return all(authorisation.heads.items() <= now.items() for authorisation in rested_on)
