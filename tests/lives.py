"""Leading a partnership through its life in a test: the steps of staff, and files that go to a bank and come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from temporalio.client import WorkflowHandle

from accord.audit.authorisation import PrePaymentCheck
from accord.client.desk import Desk
from accord.client.sight import make_command
from accord.counter.bank_import import Import, import_file
from accord.counter.checking import check_all
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.transactions import at_the_counter
from accord.demo.sample import CALLER, RECORDER
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import Refused
from accord.runs.catching_up import Reconciliation
from domain.parties import AccountReference, Funder
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.payment_file import PaymentFileMade
from domain.payment.tranche.events import TrancheEvent
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId, Gate
from domain.proposal import Proposal
from domain.recorded.event import RecordedEvent
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.values import Money
from ledger.projections import ReadModel
from payments.accounts import AccountDetails, find_account, read_account, record_account
from payments.out.files import keep_file, make_file, unfiled_instructions
from records.codec import from_ledger
from records.read_models.projectors import ALL
from tests.bank import Word, file_of
from tests.waiting import BACKSTOP, until
from workflows.messages import Receipt

PAYER: Final = "paul.nkosi"
IMPORTER: Final = "femi.ade"
"""Somebody beside the payer: nobody pays again on a word of the bank that they alone have seen."""
"""Who makes files, hands them over and imports the bank's."""


BACK: Final[dict[str, Any]] = {
    "diverted": {"amount": "100.00", "currency": "USD"},
    "restored": {"amount": "100.00", "currency": "USD"},
    "bank_reference": "NTRF-9",
    "document_sha256": "ab" * 32,
}
"""What is said of a diversion of USD 100 that is back, by the bank's paper."""


async def until_shown(desk: Desk) -> None:
    """Wait for the read models to have all that is recorded now."""
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
        return self.desk.temporal.get_workflow_handle(StreamId.partnership(self.reference))

    def tranche(self, tranche: int = 1, attempt: int = 1) -> WorkflowHandle[Any, Any]:
        return self.desk.temporal.get_workflow_handle(StreamId.attempt(self.reference, tranche, attempt))

    async def state(self) -> Partnership:
        return await self.desk.known_partnership(self.reference)

    async def until_quiet(self) -> None:
        """Wait for its workflow to do nothing and ask nobody: its own look-ups are recorded by then."""

        async def quiet() -> bool:
            told = (await self.handle.describe()).raw_description
            return not told.pending_activities and not told.HasField("pending_workflow_task")

        await until(quiet)

    async def events(self) -> list[RecordedEvent]:
        return await self.desk.history(self.reference)

    async def reconciliation(self) -> Reconciliation:
        """A reconciliation that looks at events since this partnership began. The server of a run is full of others."""
        return Reconciliation(self.desk.temporal, self.desk.ledger, (await self.events())[0].position - 1)

    async def told(self) -> list[str]:
        return [recorded.event.event_type for recorded in await self.events()]

    async def until(self, reached: Callable[[Partnership], bool]) -> Partnership:
        async def look() -> Partnership | None:
            state = await self.desk.partnership(self.reference)
            return state if state is not None and reached(state) else None

        return cast(Partnership, await until(look))

    async def until_told(self, event: str, times: int = 1) -> None:
        """Wait for an event to be on record so many times."""

        async def look() -> bool:
            return (await self.told()).count(event) >= times

        await until(look)

    async def until_stage(self, stage: Stage) -> Partnership:
        return await self.until(lambda known: known.stage is stage and (known.assessment is not None or known.ended))

    async def propose(self, proposal: Proposal, actor: str = "pia.berg", answer: str | None = None) -> Receipt:
        return await self.desk.propose(proposal, actor, answer)

    async def do(self, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
        return await self.desk.decide(await self.desk.known_sight(self.reference), kind, actor, **content)

    async def command(self, kind: type[c.StaffCommand], actor: str, **content: Any) -> c.StaffRequest:
        """A command on what stands now, signed as the desk signs it, and not sent yet."""
        seen = await self.desk.known_sight(self.reference)
        if kind is c.Release:
            known = seen.partnership.tranche(content["tranche"])
            content = {"attempt": known.attempt + 1 if known else 1, **content}
        return await self.desk.signed(seen, make_command(seen, kind, actor, content))

    async def send(self, command: c.StaffRequest) -> Receipt:
        return await self.desk.send(self.reference, command)

    async def submit(self, command: c.StaffRequest) -> None:
        """Send a command by signal, which brings no answer."""
        await self.handle.signal("submit", command.model_dump(mode="json"))

    async def awaiting_approval(self, proposal: Proposal, answer: str | None = None) -> Partnership:
        await self.propose(proposal, answer=answer)
        return await self.until_stage(Stage.APPROVAL)

    async def approved_by_finance(self, proposal: Proposal) -> Partnership:
        await self.awaiting_approval(proposal)
        await self.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
        return await self.state()

    async def approved(self, proposal: Proposal) -> Partnership:
        await self.awaiting_approval(proposal)
        await self.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        await self.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
        return await self.state()

    async def to_be_signed(self, proposal: Proposal) -> Partnership:
        """Approved, with every paper on file that the agreement waits for."""
        known = await self.approved(proposal)
        if ConditionId.PAPERS_READ in known.open_conditions(Gate.AGREEMENT):
            await self.do(c.Satisfy, "vera.lind", condition=ConditionId.PAPERS_READ, note="read, and the digests agree")
        return await self.state()

    async def signed(self, proposal: Proposal) -> Partnership:
        await self.to_be_signed(proposal)
        paid = proposal.funds_out.payee if proposal.funds_out else proposal.partner
        reference = await self.account(paid.name)
        await self.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=reference)
        return await self.state()

    async def reported(self, **more: Any) -> Receipt:
        """File the final report on everything that was paid, and have another person accept it."""
        known = await self.state()
        out = known.proposed.funds_out
        figures = {"currency": out.currency, "spent": str(known.settled_sum)} if out else None
        said = {"report_kind": ReportKind.FINAL, "figures": figures, **more}
        await self.do(c.Report, "pia.berg", summary="Done as agreed", **said)
        number = len((await self.state()).reporting.filed)
        return await self.do(c.AcceptReport, "ana.silva", report=number, reason="it agrees with the books")

    async def paid(self, proposal: Proposal, tranche: int = 1) -> Tranche:
        """Release a tranche after everything before, and let the bank book it."""
        attempt = await self.released(proposal, tranche)
        await self.bank_says(attempt, BankStatus.SETTLED)
        await self.until_tranche(TrancheState.SETTLED, tranche)
        return attempt

    async def account(self, holder: str) -> AccountReference:
        """Return an account that is held in a name, recorded and called back for, now if it was not yet."""
        async with self.desk.pool.acquire() as connection:
            found = await connection.fetchval(
                "SELECT reference FROM payments.accounts WHERE details->>'holder' = $1 ORDER BY reference", holder
            )
            if found is not None:
                return await find_account(connection, found)
            details = AccountDetails(holder=holder, number="5544332211", bic="MOCKNL2A", town="Upland", country="US")
            reference = await record_account(connection, details, RECORDER)
        await vouch(self.desk, reference, RECORDER)
        await confirm_account(self.desk, reference, CALLER, "called the listed number")
        return reference

    async def released(self, proposal: Proposal, tranche: int = 1) -> Tranche:
        await self.signed(proposal)
        await self.do(c.Release, "paul.nkosi", tranche=tranche)
        return await self.instructed(tranche)

    async def attempt(self, tranche: int = 1, attempt: int = 1) -> Tranche | None:
        """An attempt to pay as the ledger tells it, or None."""
        stored = await self.desk.ledger.read_stream(StreamId.attempt(self.reference, tranche, attempt))
        events = tuple(cast(TrancheEvent, from_ledger(event).event) for event in stored)
        return fold_tranche(events) if events else None

    async def until_attempt(self, reached: Callable[[Tranche], bool], tranche: int = 1, attempt: int = 1) -> Tranche:
        """Wait for an attempt to pay to have come to something in the ledger."""

        async def look() -> Tranche | None:
            found = await self.attempt(tranche, attempt)
            return found if found is not None and reached(found) else None

        return cast(Tranche, await until(look))

    async def instructed(self, tranche: int = 1, attempt: int = 1) -> Tranche:
        """The attempt once its workflow has instructed it, or has said why not."""
        return await self.until_attempt(lambda known: known.status is not TrancheStatus.RELEASED, tranche, attempt)

    # The bank.

    async def file(self) -> str:
        """Make a file of what waits of this partnership, as `payments export` does, and return its message id."""
        async with self.desk.pool.acquire() as connection:
            rows = [row for row in await unfiled_instructions(connection) if row.partnership_id == self.reference]
        found = await check_all(self.desk, PrePaymentCheck(self.desk.ledger), rows)
        checked = [one for one in found if not one.ended]
        faults = [one.verdict.reason for one in checked if one.verdict.reason]
        assert not faults, faults
        assert checked, "nothing waits"
        batch = [one.instruction for one in checked if one.instruction is not None]
        async with self.desk.pool.acquire() as connection:
            made = await make_file(connection, batch)
        act = await signed_act(
            self.desk, PaymentFileMade, StreamId.payment_file(made.message_id), PAYER, sha256=made.sha256,
            payments=tuple(one.payment_id for one in batch), total=batch[0].money, execution_on=batch[0].execution_on,
        )  # fmt: skip
        async with at_the_counter(self.desk, Writer.EXPORTER) as counter:
            await counter.act(StreamId.payment_file(made.message_id), act)
            await keep_file(counter.connection, made, batch)
        return made.message_id

    async def hand_over(self, message_id: str = "") -> HandedOver:
        """Let a file leave for the bank, by default a new one of what waits of this partnership.

        Raises Refused where it is void now, as the shell does.
        """
        message_id = message_id or await self.file()
        with TemporaryDirectory() as folder:
            left = await hand_over(self.desk, message_id, PAYER, Path(folder))
        if left.void:
            raise Refused(f"not handed over, and {message_id} is void: {left.void}", "NotAuthorised")
        return left

    async def is_handed_over(self, tranche: Tranche) -> bool:
        """True if an attempt left in a file."""
        found = await self.attempt(tranche.order.tranche, tranche.order.attempt)
        return found is not None and bool(found.message_id)

    async def bank_says(self, tranche: Tranche, status: BankStatus, name: str = "", **more: Any) -> Import:
        """Import a file in which the bank says so of an attempt. If that still waits, it is handed over first."""
        if not await self.is_handed_over(tranche):
            await self.hand_over()
        return await self.imports(await self.word(tranche, status, name, **more))

    async def imports(self, word: Word) -> Import:
        """Import a file of the bank's."""
        return await import_file(self.desk, f"{word.message_id}.xml", file_of(word), IMPORTER)

    async def word(self, tranche: Tranche, status: BankStatus, name: str = "", **more: Any) -> Word:
        """The bank's possible word on an attempt."""
        order, account = tranche.order, await self.funders_account(tranche.order.funder)
        return Word(status, tranche.end_to_end_id, **{"money": order.money, "account": account, "name": name, **more})

    async def money_arrives(self, amount: str, name: str = "", currency: str = "USD") -> Import:
        """Import a file in which money came in on the funder's own account, for this partnership."""
        funder = (await self.desk.directory()).funder("ISOC")
        assert funder is not None
        account = await self.funders_account(funder)
        sum_ = Money.model_validate({"amount": amount, "currency": currency})
        return await self.imports(Word(BankStatus.RECEIVED, "", sum_, account, name, remittance=self.reference))

    async def funders_account(self, funder: Funder) -> str:
        """The number of a funder's own account."""
        async with self.desk.pool.acquire() as connection:
            reference = await find_account(connection, funder.account)
            return (await read_account(connection, reference.reference, reference.sha256)).identifier

    async def bank_events(self, tranche: int = 1, attempt: int = 1) -> list[str]:
        """The ledger's events of an attempt."""
        stored = await self.desk.ledger.read_stream(StreamId.attempt(self.reference, tranche, attempt))
        return [one.event_type for one in stored]

    async def until_tranche(self, state: TrancheState, number_: int = 1) -> Partnership:
        return await self.until(lambda known: any(t.number == number_ and t.state is state for t in known.tranches))
