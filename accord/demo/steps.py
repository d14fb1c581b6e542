"""The actions of staff in the demo, carried out through the same desk as the shell's commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final, NamedTuple, Protocol

from accord.client.desk import Desk
from accord.demo.money.second_bank import SecondBank
from accord.demo.sample import CALLER
from accord.organisation.governance import confirm_account
from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.plans import ReportKind
from domain.values import minor_digits
from records.funds import Funds

POLL_SECONDS: Final = 0.1
CALL_SECONDS: Final = 1.0

PROPOSER, VERIFIER, PROGRAMME, FINANCE = "pia.berg", "vera.lind", "ana.silva", "femi.ade"
DIRECTOR, PAYER, OTHER_PROGRAMME = "dora.kim", "paul.nkosi", "rosa.lund"
APPROVERS: Final = {Role.PROGRAMME_APPROVER: PROGRAMME, Role.FINANCE_APPROVER: FINANCE, Role.DIRECTOR: DIRECTOR}


class Counterparty(Protocol):
    """The demo's bank: it settles released payments when `round` is called."""

    accounts: dict[str, AccountReference]

    async def donate(self, amount_minor: int, note: str, donor: str) -> None:
        """Credit a donor's money. The amount is in minor units."""

    async def round(self) -> None:
        """Hand over the pending payments, let bank days pass, and import the bank's answers."""


class OtherCounter(NamedTuple):
    """The bank that does what does not go as planned, and the desk that brings its messages in."""

    bank: SecondBank
    importer: Desk


class Steps:
    """The actions of staff in one partnership, with methods that wait for its state."""

    def __init__(self, desk: Desk, bank: Counterparty, partnership_id: str, other: OtherCounter | None = None) -> None:
        """Begin to act in a partnership. `other`: the counter of the funder whose account is at another bank."""
        self.desk = desk
        self.partnership_id = partnership_id
        self._bank = bank
        self._other = other

    @property
    def other(self) -> OtherCounter:
        """The counter of the funder whose account is at another bank."""
        assert self._other is not None, "no other bank is there"  # noqa: S101 - only its own scenes ask
        return self._other

    async def state(self) -> Partnership:
        """Return the partnership as the ledger holds it now."""
        return await self.desk.known_partnership(self.partnership_id)

    async def until(self, condition: Callable[[Partnership], bool]) -> Partnership:
        """Wait for `condition` to be true of the partnership, and return the partnership."""
        while not condition(state := await self.state()):
            await asyncio.sleep(POLL_SECONDS)
        return state

    async def until_stage(self, *stages: Stage) -> Partnership:
        """Wait for the partnership to reach one of the stages (if ELIGIBILITY: also assessed), and return it."""
        return await self.until(
            lambda p: p.stage in stages and (p.stage is not Stage.ELIGIBILITY or p.assessment is not None)
        )

    async def until_ended(self) -> None:
        """Wait for the end of the partnership."""
        await self.until(lambda p: p.ended)

    async def until_sent_back(self) -> None:
        """Wait for the rules to send the proposal back to its proposer."""
        await self.until(lambda p: p.stage is Stage.PROPOSED and bool(p.returned_for))

    async def propose_again(self) -> None:
        """Propose the same once more."""
        await self.do(c.Propose, PROPOSER, proposal=(await self.state()).proposal)

    async def do(self, kind: type[c.StaffCommand], actor: str, **content: Any) -> None:
        """Give a command on the partnership as it is now."""
        await self.desk.decide(await self.desk.known_sight(self.partnership_id), kind, actor, **content)

    async def approve(self) -> None:
        """Wait for approvals to be due, and give every one that is missing, also those that the last one shows."""
        await self.until_stage(Stage.APPROVAL, Stage.ACTIVE)
        while missing := (await self.state()).missing_approvals:
            approver = APPROVERS[missing[0]]
            await self.do(c.Approve, approver, no_interest=True, reason="fits the programme, and is within the budget")

    async def approve_in_vain(self) -> str:
        """Give the approvals until a fund refuses to keep the money, and return the reason, or '' if none did."""
        try:
            await self.approve()
        except Refused as fault:
            return str(fault)
        return ""

    async def until_funded(self, fund_id: str) -> None:
        """Wait for a fund to hold money."""
        while not (await Funds(self.desk.reader).read(fund_id)).granted:
            await asyncio.sleep(POLL_SECONDS)

    async def recuse(self, interest: str) -> None:
        """Have the programme approver declare an interest, and another approve in their place."""
        await self.until_stage(Stage.APPROVAL)
        await self.do(c.DeclareInterest, PROGRAMME, interest={"person": PROGRAMME, "what": interest})
        await self.until_stage(Stage.APPROVAL)
        await self.do(
            c.Approve, OTHER_PROGRAMME, no_interest=True, reason="fits the programme; my colleague is recused"
        )

    async def amend(self, amount: str, reason: str) -> None:
        """Raise the sum of the one tranche."""
        content = (await self.state()).proposed.model_dump(mode="json")
        content["funds_out"]["tranches"][0]["money"]["amount"] = amount
        await self.do(c.Amend, PROPOSER, proposal=content, reason=reason)

    async def sign(self, account: str | None, document: str | None = None) -> None:
        """File the papers of open conditions, and record the signed agreement with the named account, if any.

        `document`: the digest of the agreement, if there is a paper of it.
        """
        await self.file_papers()
        reference = self._bank.accounts[account] if account else None
        signed = {"signed_on": date.today(), "account": reference, "document_sha256": document}  # noqa: DTZ011
        await self.do(c.SignAgreement, DIRECTOR, **signed)

    def account(self, name: str) -> AccountReference:
        """Return the account of the sample with this name."""
        return self._bank.accounts[name]

    async def approve_and_sign(self, account: str | None) -> None:
        """Give all approvals, and record the signed agreement with the named account, if any."""
        await self.approve()
        await self.sign(account)

    async def file_papers(self) -> None:
        """File the papers that open conditions ask for, as verifier."""
        for condition in (await self.state()).open_conditions():
            await self.do(c.Satisfy, VERIFIER, condition=condition, note="filed with the grant's papers")

    async def clear(self, reason: str) -> None:
        """Clear a referral as verifier."""
        await self.until_stage(Stage.ELIGIBILITY)
        await self.do(c.Approve, VERIFIER, no_interest=True, reason=reason)

    async def ask(self, question: str) -> None:
        """Return the proposal with a question."""
        await self.until_stage(Stage.ELIGIBILITY)
        await self.do(c.ReturnForInformation, VERIFIER, question=question)

    async def withdraw(self, reason: str) -> None:
        """Withdraw the proposal."""
        await self.do(c.Withdraw, PROPOSER, reason=reason)

    async def decline(self, reason: str) -> None:
        """Decline as programme approver."""
        await self.until_stage(Stage.APPROVAL)
        await self.do(c.Decline, PROGRAMME, reason=reason)

    async def release(self, tranche: int) -> None:
        """Release a tranche.

        The payee's money from elsewhere may ask for further approvals first, which are given.
        """
        while True:
            try:
                return await self.do(c.Release, PAYER, tranche=tranche)
            except Refused:
                if not (await self.state()).missing_approvals:
                    raise
            await self.approve()

    async def pay_all(self) -> None:
        """Release every tranche, each after the one before has settled."""
        for tranche in (await self.state()).tranches:
            await self.pay(tranche.number)

    async def pay(self, tranche: int) -> None:
        """Release a tranche, and wait for the bank to settle it."""
        await self.release(tranche)
        await self.until_settled(tranche)

    async def try_to_pay(self) -> None:
        """Release a payment that must be refused. Raise AssertionError if it is not."""
        with suppress(Refused):
            await self.release(1)
            raise AssertionError("a non-monetary leg paid")

    async def until_settled(self, tranche: int) -> None:
        """Wait for the bank to settle a tranche."""
        await self._until_tranche(tranche, TrancheState.SETTLED)

    async def until_rejected(self, tranche: int, account: str) -> None:
        """Wait for the bank to reject a tranche."""
        await self._until_failed(tranche, TrancheState.REJECTED, account)

    async def until_returned(self, tranche: int, account: str) -> None:
        """Wait for the bank to return a settled tranche."""
        await self._until_failed(tranche, TrancheState.RETURNED, account)

    async def receive(self, amount: str) -> None:
        """Have the donor pay once the partnership is active, file what is owed for it, and wait for the end."""
        state = await self.until_stage(Stage.ACTIVE)
        money, gift = state.proposed.money, state.proposed.funds_in
        digits, donor = minor_digits(money.currency if money else "USD"), gift.donor.name if gift else ""
        await self._bank.donate(int(Decimal(amount).scaleb(digits)), f"Gift for {self.partnership_id}", donor)
        await self.until(lambda partnership: partnership.ended or not partnership.awaits_money)
        if not (await self.state()).ended:
            await self.file_papers()
        await self.until_ended()

    async def report(self) -> None:
        """Record the final report with its figures, and have another person accept it."""
        await self.file_report()
        number = len((await self.state()).reporting.filed)
        await self.do(c.AcceptReport, VERIFIER, report=number, reason="it agrees with the books")

    async def file_report(self) -> None:
        """Record the final report with its figures."""
        state = await self.state()
        out = state.proposed.funds_out
        figures = {"currency": out.currency, "spent": str(state.settled_sum)} if out is not None else None
        results = tuple(
            {"indicator": indicator.number, "achieved": str(indicator.target)}
            for indicator in state.proposed.public_interest.indicators
        )
        plan_number = next(
            (report.number for report in state.reporting.planned if report.kind is ReportKind.FINAL), None
        )
        report_fields = {
            "report_kind": ReportKind.FINAL,
            "planned": plan_number,
            "figures": figures,
            "results": results,
        }
        await self.do(c.Report, PROPOSER, summary="Done as agreed; the books were open to us.", **report_fields)

    async def hold(self, reason: str) -> None:
        """Place a hold."""
        await self.do(c.PlaceHold, VERIFIER, reason=reason)

    async def hold_and_lift(self, why: str, why_not: str) -> None:
        """Place a hold, and have another person lift it."""
        await self.hold(why)
        await self.lift(why_not)

    async def lift(self, reason: str) -> None:
        """Lift a hold."""
        await self.do(c.LiftHold, FINANCE, reason=reason)

    async def lift_if_held(self, reason: str) -> None:
        """Lift a hold, if there is one."""
        if (await self.state()).hold is not None:
            await self.lift(reason)

    async def terminate(self, reason: str) -> None:
        """End the partnership early."""
        await self.do(c.Terminate, DIRECTOR, reason=reason)

    async def _until_failed(self, number: int, tranche_state: TrancheState, account: str) -> None:
        """Wait for the bank to call the account wrong, and call back about what it said of it in earlier runs.

        Each call changes what the hand-over of a file rests on, so each comes later than the one before: on a busy
        machine no file would leave between two of them.
        """
        for look in count(1):
            tranche = (await self.state()).tranche(number)
            if tranche is not None and tranche.state is tranche_state:
                return
            if tranche is not None and tranche.state is TrancheState.RELEASED and look.bit_count() == 1:  # 1, 2, 4, 8
                reference, note = self._bank.accounts[account], "called again: the account is theirs, and open"
                await confirm_account(self.desk, reference, CALLER, note, anew=True)
            await asyncio.sleep(CALL_SECONDS)

    async def _until_tranche(self, number: int, tranche_state: TrancheState) -> None:
        def reached(partnership: Partnership) -> bool:
            tranche = partnership.tranche(number)
            return tranche is not None and tranche.state is tranche_state

        await self.until(reached)
