"""Gather the ground of a decision or a payment beside its partnership: other partnerships, funds, truths and accounts.

Decisions and the check before a payment ask here, so that the reasons against a payment are looked up in one way.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, cast

from activities.authority import authority_before_signing, authority_of
from activities.contracts import Answered, VerificationRequest
from activities.evidence import screen_with_clearances
from activities.folding import FoldedPartnership
from activities.holders import holders_fault
from activities.letters import letter_fault
from activities.together import CountedSums, SumsTogether
from domain.directory.tiers import asks_funds
from domain.fault import Fault
from domain.funds.faults import payment_fault as payment_fault_of_funds
from domain.funds.faults import proposal_fault
from domain.partnership.agreement.agreements import door_fault, hold_fault, payment_fault, signing_fault, standing_fault
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.commands import (
    Amend,
    AnyCommand,
    Approve,
    ConfirmRefund,
    IssueLetter,
    LiftHold,
    Propose,
    RecordAssurance,
    RecordRecheck,
    RecordRefund,
    Release,
    Report,
    ReturnSubmission,
    SignAgreement,
    StaffCommand,
    StaffRequest,
)
from domain.partnership.diligence.freshness import RESTS_ON_REGISTERS
from domain.partnership.diversion.grantee import diverted_before, owed_elsewhere
from domain.partnership.evolution import fold
from domain.partnership.proposal.amendment import changes_between
from domain.partnership.refund.returned_gifts import goes_out_again
from domain.partnership.state import Partnership
from domain.partnership.submission.taking_over import TakingOver
from domain.policy.findings import Assessment
from domain.proposal import Proposal
from domain.screening.matches import SanctionsMatch
from domain.streams import StreamId
from ledger import clock
from payments.accounts import references_of_same
from records.authorship import Reader
from records.budget_templates import asked_template
from records.directory import DirectoryRepository
from records.funds import Funds
from records.submissions.gate import submission_fault
from records.submissions.reading import fault_of_reading
from records.submissions.repeats import repeated_fault
from records.truths import unanswered
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS
from registers.rates import conversion_on
from registers.sources.catalogue import LISTS

Facts = dict[str, Any]
"""Fields of `Circumstances`, by name."""


class RulesAsked(Exception):
    """A command cannot be decided before the rules have answered this. They answer on a queue of their own."""

    def __init__(self, request: VerificationRequest) -> None:
        super().__init__("the rules must be asked first")
        self.asked = request


class Gathering:
    """Looks up what stands elsewhere, as the ledger and its tables hold it now."""

    def __init__(self, reader: Reader, registrar: DirectoryRepository, sums: SumsTogether, funds: Funds) -> None:
        self._reader = reader
        self._registrar = registrar
        self._sums = sums
        self._funds = funds

    # For a decision.

    async def of(
        self, folded_partnership: FoldedPartnership, command: AnyCommand, together: CountedSums | None,
        rules_answer: Answered | None, fault: Fault | None,
    ) -> Circumstances:  # fmt: skip
        """Return the circumstances of a command.

        `together`: what counts together with its sum. `rules_answer`: what the rules said of an amendment. `fault`:
        what speaks against a booking that it names.

        Raises:
            RulesAsked: The rules were not asked about the amendment yet, or what they were asked has changed since.
        """
        authority = Authority()
        if isinstance(command, StaffCommand):
            authority = await authority_of(command, folded_partnership, self._registrar.known, self._registrar)
        facts: Facts = {"counted": fault, "together": together.sums if together is not None else ()}
        facts |= await self._facts(folded_partnership.partnership, command, authority, rules_answer)
        facts |= await self._of_registers(command)
        facts |= await self._of_rates(command, authority)
        facts |= await self._of_submission(folded_partnership.partnership, command)
        return Circumstances(authority=authority, **facts)

    async def before_signing(
        self, partnership: Partnership, command: StaffRequest, rules_answer: Answered | None = None
    ) -> Circumstances:
        """Return the circumstances of a command that nobody has signed yet, as if its actor did.

        What it takes over of a grantee's was opened before, under a look; the gate opens it again. Raises RulesAsked.
        """
        authority = await authority_before_signing(command, await self._registrar.directory(), self._registrar)
        together = await self.together_with(partnership, command)
        facts: Facts = {"together": together.sums if together is not None else ()}
        facts |= await self._facts(partnership, command, authority, rules_answer)
        facts |= await self._of_registers(command)
        facts |= await self._of_rates(command, authority)
        return Circumstances(authority=authority, **facts)

    async def _of_registers(self, command: AnyCommand) -> Facts:
        """Return the register versions in force, as they were last confirmed, if a command rests on evidence."""
        if not isinstance(command, RESTS_ON_REGISTERS):
            return {}
        async with self._reader.ledger.connection() as connection:
            return {"in_force": await versions_in_force(connection, (*ABOUT_STATUS, *LISTS))}

    async def _of_rates(self, command: AnyCommand, authority: Authority) -> Facts:
        """Return the base currency and its rates of today, if the organisation has one and a command decides sums."""
        base = authority.rules.base if authority.rules is not None else None
        if base is None or not isinstance(command, Propose | Amend | Approve | SignAgreement):
            return {}
        async with self._reader.ledger.connection() as connection:
            return {"conversion": await conversion_on(connection, base, clock.today())}

    async def _facts(
        self, partnership: Partnership, command: AnyCommand, authority: Authority, rules_answer: Answered | None
    ) -> Facts:
        match command:
            case Propose():
                return await self._of_proposal(partnership, command, authority)
            case Amend(proposal=proposal):
                assessment = _judged(partnership, command, authority, rules_answer) if partnership.is_agreed else None
                return {
                    "amendment": assessment,
                    "not_under": await self._not_at_the_door(proposal),
                    "unfunded": await self._not_of_these(partnership, proposal),
                    **await self._template_of(partnership, command, authority),
                }
            case SignAgreement():
                return await self._of_agreement(partnership, command)
            case Release(tranche=number) if partnership.proposal is not None:
                return await self._of_release(partnership, number, command.at.date())
            case RecordRecheck() | LiftHold():
                lead = await self.lead(partnership)
                return {"held_by_lead": hold_fault(lead) if lead is not None else None}
            case RecordAssurance() if partnership.proposal is not None:
                partnerships = await self._sums.of_grantee(partnership.proposal, partnership.account)
                return {"diverted_before": diverted_before(partnership, partnerships)}
            case IssueLetter():
                return {"unlettered": await letter_fault(self._reader, command)}
            case RecordRefund() | ConfirmRefund() if goes_out_again(partnership, command):
                return {"donor": await self._donors_matches(partnership)}
            case _:
                return {}

    async def _of_submission(self, partnership: Partnership, command: AnyCommand) -> Facts:
        """Return the reason why what a command takes over or returns is not what was handed in, if it names any.

        Of a report that names none: the submission that it may repeat.
        """
        match command:
            case TakingOver(submission=reference) | ReturnSubmission(submission=reference) if reference is not None:
                ledger, partnership_id = self._reader.ledger, partnership.partnership_id
                fault = await submission_fault(ledger, partnership_id, command.kind, reference)
                return {"unsealed": fault or await fault_of_reading(ledger, partnership, command)}
            case Report():
                async with self._reader.ledger.connection() as connection:
                    return {"repeated": await repeated_fault(connection, partnership, command)}
            case _:
                return {}

    async def _of_proposal(self, partnership: Partnership, command: Propose, authority: Authority) -> Facts:
        facts: Facts = {
            "not_under": await self._not_at_the_door(command.proposal),
            "unfunded": await self._not_of_these(partnership, command.proposal),
            **await self._template_of(partnership, command, authority),
        }
        if command.proposal.funds_out is not None:
            facts["together"] = (await self._sums.look_up(command.proposal, command.at)).sums
        return facts

    async def _template_of(self, partnership: Partnership, command: Propose | Amend, authority: Authority) -> Facts:
        """Return the edition that a proposal's budget is made within, or the reason why it cannot be read."""
        on = command.at.date()
        template = await asked_template(self._reader, partnership, command.proposal, authority.rules, on)
        return {"untemplated" if isinstance(template, Fault) else "template": template}

    async def _of_agreement(self, partnership: Partnership, command: SignAgreement) -> Facts:
        lead = await self.lead(partnership)
        async with self._reader.ledger.connection() as connection:
            fault = await holders_fault(connection, partnership, command, await self._registrar.directory())
            references = (
                await references_of_same(connection, partnership.account.reference) if partnership.account else ()
            )
        return {
            "account_fault": fault,
            "not_under": signing_fault(lead, command.document_sha256) if lead is not None else None,
            "same_account": tuple(references),
        }

    async def _of_release(self, partnership: Partnership, number: int, on: date) -> Facts:
        tranche = partnership.tranche(number)
        return {
            "not_under": await self.not_paid_under(partnership),
            "owed": await self.owed(partnership, on),
            "told": await self.told(partnership),
            "unfunded": await self.unfunded(partnership, tranche.remainder) if tranche is not None else None,
        }

    async def together_with(self, partnership: Partnership, command: AnyCommand) -> CountedSums | None:
        """Return the approved sums for the same payee or purpose, to be decided together with a command's, or None.

        None unless the command approves, amends or signs the agreement on money that goes out.
        """
        proposal = partnership.proposal
        match command:
            case Approve() if proposal is not None and proposal.funds_out is not None:
                return await self._sums.look_up(proposal, command.at, partnership.account)
            case Amend(proposal=new_proposal) if new_proposal.funds_out is not None:
                return await self._sums.look_up(new_proposal, command.at, partnership.account)
            case SignAgreement(account=account) if proposal is not None and account is not None:
                return await self._sums.look_up(proposal, command.at, account)
            case _:
                return None

    async def _donors_matches(self, partnership: Partnership) -> tuple[SanctionsMatch, ...]:
        """Return the matches of a gift's donor, and of who stands behind it, with the lists in force now."""
        gift = partnership.proposal.funds_in if partnership.proposal is not None else None
        async with self._reader.ledger.connection() as connection:
            donors = gift.donor.with_principals if gift is not None else ()
            evidence = await screen_with_clearances(connection, self._registrar, donors)
        return evidence.without_clearances_by(partnership.involved).matches

    async def _not_of_these(self, partnership: Partnership, proposal: Proposal) -> Fault | None:
        """Return the reason why a fund that a proposal names may not pay for it, or take its gift, or None."""
        prospective_partnership = partnership.model_copy(update={"proposal": proposal})
        return proposal_fault(prospective_partnership, await self._funds.of(prospective_partnership), clock.now())

    async def _not_at_the_door(self, proposal: Proposal) -> Fault | None:
        """Return the reason why nothing can be proposed under the agreement that a proposal names, or None."""
        return door_fault(await self._read(proposal.under), proposal.under) if proposal.under is not None else None

    # For a decision and for a payment alike.

    async def told(self, partnership: Partnership) -> Fault | None:
        """Return a truth told of a party and not answered yet, for which nothing is paid, or None."""
        return await unanswered(self._reader, partnership)

    async def owed(self, partnership: Partnership, on: date) -> tuple[Fault, ...]:
        """Return the payee's overdue obligations under other partnerships on a day, for which nothing is paid to it."""
        return owed_elsewhere(await self._sums.of_grantee(partnership.proposed, partnership.account), on)

    async def unfunded(self, partnership: Partnership, amount: Decimal = Decimal(0)) -> Fault | None:
        """Return the reason why the funds do not cover an amount beside payments on their way, or None."""
        asks = asks_funds((await self._registrar.directory()).rules)
        return payment_fault_of_funds(
            partnership, await self._funds.of(partnership), amount, clock.now(), asks_funds=asks
        )

    async def not_paid_under(self, partnership: Partnership) -> Fault | None:
        """Return the reason why nothing is paid under the agreement above a partnership, or None."""
        lead = await self.lead(partnership)
        return payment_fault(lead) if lead is not None else None

    async def ended_under(self, partnership: Partnership) -> Fault | None:
        """Return the reason if the agreement above a partnership is over or not signed, or None."""
        lead = await self.lead(partnership)
        return standing_fault(lead) if lead is not None else None

    async def lead(self, partnership: Partnership) -> Partnership | None:
        """Return the partnership that leads the agreement, as the ledger holds it, or None if this one leads itself."""
        under = partnership.proposal.under if partnership.proposal is not None else None
        return await self._read(under) if under is not None else None

    async def _read(self, partnership_id: str) -> Partnership:
        events = await self._reader.read(StreamId.partnership(partnership_id))
        return fold(partnership_id, tuple(cast(Any, recorded_event.event) for recorded_event in events))


def _judged(
    partnership: Partnership, command: Amend, authority: Authority, rules_answer: Answered | None
) -> Assessment | None:
    """Return the rule book's word on any amendment, or None if it changes nothing or is unfit."""
    changes = changes_between(partnership.proposed, command.proposal)
    if not changes or authority.funding is None or authority.member is None:
        return None
    request = VerificationRequest(
        proposal=command.proposal, funding=authority.funding, interests=partnership.interests,
        involved=partnership.involved | {command.actor},
    )  # fmt: skip
    if rules_answer is None or rules_answer.asked != request:
        raise RulesAsked(request)
    return rules_answer.assessment
