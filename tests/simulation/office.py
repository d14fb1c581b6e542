"""What people do: every step of a script goes through here, by the very functions that the shell calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import asyncpg

from audit.authorisation import Gate
from commands.delivery import deliver
from commands.desk import Desk
from commands.faults import Refused
from commands.governance import change_directory, confirm_change
from commands.sight import Sight
from domain import commands as c
from domain.identity import derive, tranche_workflow_id
from domain.people import Fact
from domain.proposal import Proposal
from payments.export import export_waiting, stored_files
from payments.messages import UnreadableMessage
from payments.reconciliation import import_message
from signatures.keyring import Keyring
from tests.simulation.bank.book import Said, Word
from workflows.messages import Receipt


class HandedOver(NamedTuple):
    """Files that left, and what did not, with the reason."""

    files: tuple[bytes, ...]
    waiting: tuple[str, ...]


class Office:
    """The people of the house at their desks."""

    def __init__(self, pool: asyncpg.Pool, keyring: Keyring, client: Any, folder: Path) -> None:
        self.desk = Desk(pool, keyring, client, patience=-1.0)
        self._folder = folder

    # Partnerships.

    async def propose(self, proposal: Proposal, actor: str) -> Receipt:
        """Submit a proposal. Raises Refused, Unreachable."""
        return await self.desk.propose(proposal, actor)

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

    # Payments.

    async def send(self, actor: str) -> HandedOver:
        """Make the files of all that waits, and hand them over."""
        del actor
        async with self.desk.pool.acquire() as connection:
            made = await export_waiting(connection, Gate(self.desk.ledger))
        waiting = (f"{one.instruction.partnership_id}: {one.reason}" for one in made.withheld)
        return HandedOver(tuple(file.content for file in made.files), tuple(waiting))

    async def send_again(self, pick: Callable[[list[str]], str]) -> bytes | None:
        """Write one earlier file again."""
        async with self.desk.pool.acquire() as connection:
            files = {file.message_id: file.content for file in await stored_files(connection)}
        return files[pick(sorted(files))] if files else None

    async def take_in(self, said: Said, actor: str) -> str:
        """Import a file of the bank's, and return what became of it in a few words."""
        del actor
        path = self._folder / said.name
        path.write_bytes(said.content)
        try:
            async with self.desk.pool.acquire() as connection:
                found = await import_message(connection, path)
        except UnreadableMessage as fault:
            raise Refused(str(fault)) from fault
        delivery = await deliver(self.desk)
        for_a_person = len(found.mismatches) + len(delivery.for_a_person)
        return f"{len(found.new)} new, {found.known} known, {delivery.delivered} delivered, {for_a_person} for a person"

    async def heard(self, said: Said) -> bool:
        """Whether the ledger, or the list of what is for a person, holds what the bank said in a file."""
        pool = self.desk.pool
        quoted = await pool.fetchval(
            "SELECT true FROM payments.exceptions WHERE content LIKE '%' || $1 || '%' OR file_name = $2",
            said.message_id,
            said.name,
        )
        return bool(quoted) or await self._event_of(said)

    async def _event_of(self, said: Said) -> bool:
        meant = cast(str, _MEANT[said.word])
        rows = await self.desk.pool.fetch(
            "SELECT event_type, payload::text FROM ledger.readable WHERE stream_id LIKE 'partnership/%' "
            "AND (payload::text LIKE '%' || $1 || '%' OR command_id = ANY ($2)) AND event_type = ANY ($3)",
            said.message_id,
            await self._ids_of(said),
            meant.split(),
        )
        return any(str(said.amount) in row["payload"] or row["event_type"] == "TrancheEnded" for row in rows)

    async def _ids_of(self, said: Said) -> list[Any]:
        """The ids that what the bank said has here: derived from its message, its entry, and the payment."""
        row = await self.desk.pool.fetchrow(
            "SELECT payment_id, partnership_id, tranche, attempt FROM payments.instructions WHERE end_to_end_id = $1",
            said.end_to_end_id,
        )
        if row is None:
            return []
        ids = [derive("answer", said.message_id, entry, row["payment_id"]) for entry in ("1", "N1/1/1")]
        stream = tranche_workflow_id(row["partnership_id"], row["tranche"], row["attempt"])
        return [*ids, *(derive("heard", stream, one) for one in ids)]


_MEANT = {
    Word.ACCEPTED: "PaymentAccepted BankAnswerRefused CommandRefused",
    Word.SETTLED: "PaymentSettled BankAnswerRefused CommandRefused",
    Word.REJECTED: "PaymentRejected BankAnswerRefused CommandRefused",
    Word.RETURNED: "TrancheEnded CommandRefused BankAnswerRefused",
    Word.RECEIVED: "FundsReceived CommandRefused",
    Word.KNOWN: "BankAnswerRefused CommandRefused",
}
"""The events that may hold what the bank said."""
