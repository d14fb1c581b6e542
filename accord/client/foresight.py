"""The rules' and the first gate's answer on what nobody has recorded: by the same evidence, rule book and checks."""

from __future__ import annotations

from typing import NamedTuple

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from activities.circumstances import Gathering, RulesAsked
from activities.contracts import Answered, VerificationRequest
from activities.verification import Verifications
from domain.directory.roles import Role
from domain.errors import DomainError, ThresholdUnknown
from domain.fault import Fault
from domain.partnership.approval.together import quorum_to_decide, sums_to_decide
from domain.partnership.circumstances import Circumstances
from domain.partnership.commands import StaffRequest
from domain.partnership.decisions import require_decidable
from domain.partnership.proposal.completeness import Lack, lacks
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.values import Money
from ledger import clock
from records.budget_templates import asked_template
from records.funds import Funds
from registers.rates import conversion_on


async def findings_on(desk: LedgerAccess, proposal: Proposal) -> Assessment:
    """Return the findings on a proposal by the registers in force, and by what counts together. Nothing is recorded.

    Raises:
        BadInput: The directory holds no such funder.
    """
    directory = await desk.directory()
    funders_by_id = {funder_id: directory.funder(funder_id) for funder_id in proposal.funder_ids}
    if unknown := [funder_id for funder_id, funder in funders_by_id.items() if funder is None]:
        raise BadInput(f"the directory holds no funder {', '.join(unknown)}; see `accord directory show`")
    funders = tuple(funder for funder in funders_by_id.values() if funder is not None)
    funding = Funding(funders=funders, others=directory.funders_beside(funders_by_id))
    verified = await Verifications(desk.pool).verify(VerificationRequest(proposal=proposal, funding=funding))
    if verified.assessed is None:
        raise RuntimeError("the rules were asked for a funder and gave no answer")
    return verified.assessed.assessment


async def lacks_of(desk: LedgerAccess, proposal: Proposal) -> tuple[Lack, ...]:
    """Return the lacks of a proposal at the first gate, also beside the template that its budget is made within."""
    rules, unknown = (await desk.directory()).rules, Partnership(partnership_id=proposal.reference)
    partnership = await desk.partnership(proposal.reference) or unknown
    template = await asked_template(desk.reader, partnership, proposal, rules, clock.today())
    if not isinstance(template, Fault):
        return lacks(proposal, rules, template)
    field, _, words = str(template).partition(": ")
    return (*lacks(proposal, rules), Lack(field, words))


class ApprovalsForeseen(NamedTuple):
    """The roles that must approve a proposal as it stands, and the sums of the year that count together with it."""

    roles: tuple[Role, ...]
    together: tuple[ApprovedSum, ...]
    elevated: bool
    """True if a verifier must look first, which raises the risk."""
    by_sum: tuple[Role, ...]
    """The roles that the sums alone ask for. The risk asks for the others."""
    in_base: Money | None = None
    """What goes out, with what counts together with it, in the base currency: None without one, or without a rate."""


async def approvals_of(desk: LedgerAccess, proposal: Proposal, elevated: bool) -> ApprovalsForeseen | None:
    """Return who would have to approve a proposal, by the domain's own answer, or None if no tier covers its sums.

    `elevated`: a verifier must look first.
    """
    together: tuple[ApprovedSum, ...] = ()
    conversion: Conversion | None = None
    if proposal.funds_out is not None:
        together = (await desk.sums.look_up(proposal, clock.now())).sums
    rules = (await desk.directory()).rules
    if rules is not None and rules.base is not None:
        async with desk.pool.acquire() as connection:
            conversion = await conversion_on(connection, rules.base, clock.today())
    try:
        roles = quorum_to_decide(proposal, together, rules, elevated, conversion)
        by_sum = quorum_to_decide(proposal, together, rules, elevated_risk=False, conversion=conversion)
    except ThresholdUnknown:
        return None
    totals = sums_to_decide(proposal, together, rules, conversion) if conversion is not None else None
    counted = tuple(approved_sum for approved_sum in together if approved_sum.counts)
    return ApprovalsForeseen(roles, counted, elevated, by_sum, totals[0] if totals else None)


async def foreseen_approvals(desk: LedgerAccess, partnership: Partnership) -> ApprovalsForeseen | None:
    """Return the approvals that the next one would ask for, or None outside of approval.

    The quorum on record is that of the last approval: sums that others approved since count with the next one.
    """
    if partnership.stage is not Stage.APPROVAL:
        return None
    return await approvals_of(desk, partnership.proposed, partnership.elevated)


async def refusal_before_signing(
    desk: LedgerAccess, partnership: Partnership, command: StaffRequest
) -> DomainError | None:
    """Return the refusal that a command would get, did its actor sign it on what stands now, or None.

    It is the first gate's own check, and the decision's: what changes later may still be refused.
    """
    circumstances = await _circumstances(desk, partnership, command)
    try:
        require_decidable(partnership, command, circumstances)
    except DomainError as refusal:
        return refusal
    return None


async def _circumstances(desk: LedgerAccess, partnership: Partnership, command: StaffRequest) -> Circumstances:
    gathering = Gathering(desk.reader, desk.registrar, desk.sums, Funds(desk.reader))
    try:
        return await gathering.before_signing(partnership, command)
    except RulesAsked as question:
        assessed = await Verifications(desk.pool).judge_amendment(question.asked)
        rules_answer = Answered(asked=question.asked, assessment=assessed.assessment)
        return await gathering.before_signing(partnership, command, rules_answer)
