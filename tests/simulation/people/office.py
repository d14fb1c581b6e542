"""People's acts: every step of a script goes through here, by the very functions that the shell calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg

from accord.client.desk import Desk
from accord.client.sight import Sight
from accord.client.waiting.open_exceptions import listed_exceptions, named_exception
from accord.counter.bank_import import import_file
from accord.counter.exceptions import Resolved, resolve
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.payment_files import Export, export, void_files_of
from accord.counter.resolutions import PaymentReference
from accord.counter.written_again import never_sent, write_again
from accord.organisation.affected import signal_affected_partnerships
from accord.organisation.governance import change_directory, confirm_change
from accord.presentation.faults import Refused
from domain.directory.people import Fact
from domain.partnership import commands as c
from domain.payment.bank_answers import Resolution
from domain.payment.payment_file import FileStatus
from domain.proposal import Proposal
from domain.signatures.signing import Signature, Statement
from domain.values import Money
from payments.answers.exceptions import RaisedException
from payments.answers.messages import UnreadableMessage
from payments.out.files import StoredFile, stored_files
from records.keys.keyring import Keyring
from tests.simulation.bank.records import Said
from workflows.messages import Receipt

PATIENCE = -1.0
"""In a simulation a worker has done what it will do by the time that it was told; nobody is waited for."""


@dataclass(frozen=True, slots=True)
class BusyDesk(Desk):
    """A desk in a busy organisation: while somebody hands a file over, somebody else may do something as well.

    A hand-over is signed after the pre-payment check was asked and before the file is marked.
    """

    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def sign(
        self, statement: Statement, to_begin_an_epoch: bool = False, content: Mapping[str, Any] | None = None
    ) -> Signature:
        """Sign a statement, after what somebody else does meanwhile, who reads at a moment of their own."""
        while self.meanwhile:
            await asyncio.create_task(self._happens(self.meanwhile.pop()))
        return await Desk.sign(self, statement, to_begin_an_epoch)

    async def _happens(self, act: Callable[[], Awaitable[None]]) -> None:
        await act()


class Office:
    """The people of the organisation at their desks, and the folder that the bank's courier empties."""

    def __init__(self, pool: asyncpg.Pool, keyring: Keyring, client: Any, folder: Path) -> None:
        self.desk = Desk(pool, keyring, client=client, patience=PATIENCE)
        self._busy = BusyDesk(pool, keyring, client=client, patience=PATIENCE)
        self.outbox = folder / "outbox"

    # Partnerships.

    async def propose(self, proposal: Proposal, actor: str, answer: str | None = None) -> Receipt:
        """Submit a proposal. Raises Refused, Unreachable."""
        return await self.desk.propose(proposal, actor, answer)

    async def sight(self, partnership_id: str) -> Sight:
        """Return a partnership as people see it. Raises Refused."""
        return await self.desk.known_sight(partnership_id)

    async def decide(self, partnership_id: str, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
        """Decide on a partnership as it is seen now. Raises Refused, Unreachable."""
        return await self.desk.decide(await self.sight(partnership_id), kind, actor, **content)

    async def decree(self, *facts: Fact, by: str, confirmed_by: str) -> None:
        """Change the directory, as two people do. Raises Refused."""
        changed = await change_directory(self.desk, facts, by)
        if changed.change_id is not None:
            await confirm_change(self.desk, changed.change_id, confirmed_by)
        await signal_affected_partnerships(self.desk, facts)

    # Payments.

    async def export(self, actor: str) -> Export:
        """Make files of all that waits and may be paid. Raises Refused."""
        return await export(self.desk, actor)

    async def files(self, *statuses: FileStatus) -> list[StoredFile]:
        """Return the payment files that stand so, or all."""
        async with self.desk.pool.acquire() as connection:
            return await stored_files(connection, *statuses)

    async def partnerships_in(self, message_id: str) -> set[str]:
        """Return the partnerships whose payments a file holds."""
        query = (
            "SELECT DISTINCT partnership_id FROM payments.file_payments JOIN payments.instructions USING (payment_id) "
            "WHERE message_id = $1"
        )
        return {row["partnership_id"] for row in await self.desk.pool.fetch(query, message_id)}

    async def hand_over(
        self, message_id: str, actor: str, meanwhile: Callable[[], Awaitable[None]] | None = None
    ) -> HandedOver:
        """Let a file leave, while somebody else does something as well. Raises Refused, BadInput."""
        if meanwhile is not None:
            self._busy.meanwhile.append(meanwhile)
        try:
            return await hand_over(self._busy, message_id, actor, self.outbox)
        finally:
            self._busy.meanwhile.clear()

    async def write_again(self, message_id: str, actor: str) -> str:
        """Write a file once more, and say what still stands in the way. Raises Refused, BadInput."""
        written = await write_again(self.desk, message_id, actor, self.outbox)
        return "written again" if written.path else f"another must agree ({'; '.join(written.in_doubt)})"

    async def never_sent(self, message_id: str, word: tuple[str, bytes], actor: str) -> str:
        """State the loss of a file on its way. Raises Refused, BadInput."""
        return (await never_sent(self.desk, message_id, word, actor)).status.value

    async def cancel(self, partnership_id: str, tranche: int, actor: str, reason: str) -> Receipt:
        """Take a payment back, and void the file that it stands in. Raises Refused, Unreachable."""
        seen = await self.sight(partnership_id)
        known = seen.partnership.tranche(tranche)
        content = {"tranche": tranche, "attempt": max(known.attempt if known else 1, 1), "reason": reason}
        receipt = await self.desk.decide(seen, c.CancelPayment, actor, **content)
        await void_files_of(self.desk, partnership_id, tranche, f"cancelled by {actor}")
        return receipt

    def in_the_outbox(self) -> set[str]:
        """Return the message ids of what stands in the folder."""
        return {path.name.split(".")[0] for path in self.outbox.glob("*.*")}

    def take_from_outbox(self) -> list[bytes]:
        """Empty the folder, as the bank's courier does: what was not written there reaches nobody."""
        taken = []
        for path in sorted(self.outbox.glob("*.*")) if self.outbox.exists() else ():
            taken.append(path.read_bytes())
            path.unlink()
        return taken

    # The bank's word.

    async def take_in(self, said: Said, actor: str) -> str:
        """Import a file of the bank's, and return what became of it in a few words. Raises Refused."""
        try:
            found = await import_file(self.desk, said.name, said.content, actor)
        except UnreadableMessage as fault:
            raise Refused(str(fault)) from fault
        asked = "".join(f", {one.kind.value}" for one in found.for_a_person)
        return f"{len(found.new)} new, {found.known} known{asked}"

    async def exceptions(self) -> list[RaisedException]:
        """Return the exceptions that wait for a person."""
        return await listed_exceptions(self.desk)

    async def resolve(
        self, exception: RaisedException, resolution: Resolution, belongs: PaymentReference, actor: str,
        booked: str = "", back: Money | None = None,
    ) -> Resolved:  # fmt: skip
        """Resolve an exception. `booked`: the whole sum that the bank booked. `back`: of an exchange, what came back.

        Raises Refused, BadInput.
        """
        known = await named_exception(self.desk, exception.name)
        letter = ("letter.txt", f"We booked nothing: {exception.name}.".encode())
        word = letter if resolution is Resolution.NOTHING_BOOKED else None
        currency, _, amount = booked.partition(" ")
        money = Money(amount=Decimal(amount), currency=currency) if booked else None
        note = "the bank was asked by telephone"
        return await resolve(self.desk, known, resolution, belongs, note, actor, word, money, back)
