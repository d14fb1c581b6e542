"""Leading a partnership through its life in a test: the steps of staff and, by signal, the answers of a bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, cast

from payments.export import export_waiting
from temporalio.client import WorkflowHandle

from activities.contracts import RecordedEvent
from commands.desk import Desk
from commands.sight import make_command
from domain import commands as c
from domain.bank_answers import BankAnswer, BankStatus
from domain.identity import partnership_workflow_id, tranche_workflow_id
from domain.partnership import Partnership, Stage, TrancheState
from domain.proposal import Proposal
from domain.tranche import Tranche, TrancheStatus
from payments.accounts import find_account
from payments.instructions import Instruction
from payments.reconciliation import record_answer
from projections import ReadModel
from read_models.projectors import ALL
from tests.builders import number
from tests.waiting import BACKSTOP, until
from workflows.messages import Receipt


async def until_shown(desk: Desk) -> None:
    """Wait until the read models have all that is recorded now."""
    head = await desk.ledger.head()
    for projection in ALL:
        await ReadModel(desk.ledger, projection.name).wait_for(head, BACKSTOP)


class Life:
    """One partnership in the office."""

    def __init__(self, desk: Desk, reference: str) -> None:
        self.desk = desk
        self.reference = reference

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.desk.temporal.get_workflow_handle(partnership_workflow_id(self.reference))

    def tranche(self, tranche: int = 1, attempt: int = 1) -> WorkflowHandle[Any, Any]:
        return self.desk.temporal.get_workflow_handle(tranche_workflow_id(self.reference, tranche, attempt))

    async def state(self) -> Partnership:
        return await self.desk.known_partnership(self.reference)

    async def events(self) -> list[RecordedEvent]:
        return await self.desk.history(self.reference)

    async def told(self) -> list[str]:
        return [recorded.event.event_type for recorded in await self.events()]

    async def until(self, reached: Callable[[Partnership], bool]) -> Partnership:
        async def look() -> Partnership | None:
            state = await self.desk.partnership(self.reference)
            return state if state is not None and reached(state) else None

        return cast(Partnership, await until(look))

    async def until_told(self, event: str, times: int = 1) -> None:
        """Wait until something is on record so many times."""

        async def look() -> bool:
            return (await self.told()).count(event) >= times

        await until(look)

    async def until_stage(self, stage: Stage) -> Partnership:
        return await self.until(lambda known: known.stage is stage and (known.assessment is not None or known.ended))

    async def propose(self, proposal: Proposal, actor: str = "pia.berg") -> Receipt:
        return await self.desk.propose(proposal, actor)

    async def do(self, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
        return await self.desk.decide(await self.desk.known_sight(self.reference), kind, actor, **content)

    async def command(self, kind: type[c.StaffCommand], actor: str, **content: Any) -> c.StaffRequest:
        """A command on what stands now, signed as the desk signs it, and not sent yet."""
        seen = await self.desk.known_sight(self.reference)
        return self.desk.signed(seen, make_command(seen, kind, actor, content))

    async def send(self, command: c.StaffRequest) -> Receipt:
        return await self.desk.send(self.reference, command)

    async def submit(self, command: c.StaffRequest) -> None:
        """Send a command by signal, which brings no answer."""
        await self.handle.signal("submit", command.model_dump(mode="json"))

    async def awaiting_approval(self, proposal: Proposal) -> Partnership:
        await self.propose(proposal)
        return await self.until_stage(Stage.APPROVAL)

    async def approved_by_finance(self, proposal: Proposal) -> Partnership:
        await self.awaiting_approval(proposal)
        await self.do(c.Approve, "femi.ade", reason="within budget")
        return await self.state()

    async def approved(self, proposal: Proposal) -> Partnership:
        await self.awaiting_approval(proposal)
        await self.do(c.Approve, "ana.silva", reason="fits the programme")
        await self.do(c.Approve, "femi.ade", reason="within budget")
        return await self.state()

    async def signed(self, proposal: Proposal, holder: str = "Riverbend Library Network") -> Partnership:
        await self.approved(proposal)
        reference = await self.account(holder)
        await self.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=reference)
        return await self.state()

    async def account(self, holder: str) -> Any:
        async with self.desk.pool.acquire() as connection:
            found = await connection.fetchval(
                "SELECT reference FROM payments.accounts WHERE details->>'holder' = $1 ORDER BY reference", holder
            )
            return await find_account(connection, found)

    async def released(self, proposal: Proposal, tranche: int = 1) -> Tranche:
        await self.signed(proposal)
        await self.do(c.Release, "paul.nkosi", tranche=tranche)
        return await self.instructed(tranche)

    async def instructed(self, tranche: int = 1, attempt: int = 1) -> Tranche:
        async def look() -> Tranche | None:
            if not await self.desk.ledger.read_stream(tranche_workflow_id(self.reference, tranche, attempt)):
                return None
            found: Tranche = await self.tranche(tranche, attempt).query("status", result_type=Tranche)
            return found if found.status is not TrancheStatus.RELEASED else None

        return cast(Tranche, await until(look))

    def answer(self, tranche: Tranche, status: BankStatus, name: str = "", **more: Any) -> BankAnswer:
        content = {
            "answer_id": number(f"{self.reference}-{tranche.order.tranche}-{tranche.order.attempt}-{status}-{name}"),
            "status": status,
            "code": "TEST",
            "money": tranche.order.money,
            "said_at": datetime.now(UTC),
            "bank_reference": "a bank message",
            "partnership_id": self.reference,
            "tranche": tranche.order.tranche,
            "attempt": tranche.order.attempt,
        }
        return BankAnswer.model_validate({**content, **more})

    async def bank_says(self, tranche: Tranche, status: BankStatus, name: str = "", **more: Any) -> None:
        handle = self.tranche(tranche.order.tranche, tranche.order.attempt)
        await handle.signal("bank_answered", await self.imported(self.answer(tranche, status, name, **more)))

    async def imported(self, answer: BankAnswer) -> BankAnswer:
        """The answer, once our file went to the bank and one of the bank's that says so was imported."""
        async with self.desk.pool.acquire() as connection:
            await export_waiting(connection, self._of_another_partnership)
            await record_answer(connection, answer)
        return answer

    async def _of_another_partnership(self, instruction: Instruction) -> str:
        return "" if instruction.partnership_id == self.reference else "of another partnership"

    async def until_tranche(self, state: TrancheState, number_: int = 1) -> Partnership:
        return await self.until(lambda known: any(t.number == number_ and t.state is state for t in known.tranches))
