"""What a command leads to: from a state, a command and what the directory says, to the events that follow."""

from __future__ import annotations

from typing import Final, assert_never

from domain import commands as c
from domain import events as e
from domain.admission import admit
from domain.errors import IllegalTransition, NotAuthorised, UnknownFunder
from domain.partnership import Partnership, Stage, TrancheState, evolve
from domain.people import Role, StaffMember
from domain.policy.findings import Outcome
from domain.proposal import Funding
from domain.tranche import TrancheOutcome

Events = tuple[e.Event, ...]

ROLES: Final[dict[type[c.StaffCommand], frozenset[Role]]] = {
    c.Propose: frozenset({Role.PROPOSER}),
    c.Decline: frozenset({Role.VERIFIER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    c.ReturnForInformation: frozenset({Role.VERIFIER, Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    c.Withdraw: frozenset({Role.PROPOSER}),
    c.SignAgreement: frozenset({Role.DIRECTOR}),
    c.Release: frozenset({Role.PAYER}),
    c.Report: frozenset({Role.PROPOSER, Role.VERIFIER}),
    c.PlaceHold: frozenset({Role.VERIFIER, Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR}),
    c.LiftHold: frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR}),
    c.Terminate: frozenset({Role.DIRECTOR}),
}
"""Which roles may give a command; one of them is enough. Approve depends on the stage and is decided below."""


def decide(partnership: Partnership, command: c.AnyCommand, authority: c.Authority) -> Events:
    """Return the events that a command leads to, or raise a DomainError that says why not.

    Events that follow by themselves are included: an approval that completes the quorum, a decline by the rule
    book, the close after the last payment. The caller records all of them in one append, or none.
    """
    if isinstance(command, c.StaffCommand):
        return _with_consequences(partnership, _decide_request(partnership, command, authority))
    return _with_consequences(partnership, _decide_report(partnership, command))


def _decide_request(partnership: Partnership, command: c.StaffRequest, authority: c.Authority) -> Events:
    admit(partnership, command)
    member = authority.member
    if member is None:
        raise NotAuthorised(f"{command.actor!r} is not in the staff directory; see `accord directory show`")
    if isinstance(command, c.Approve):
        return (_approve(partnership, command, member),)
    _require(member, ROLES[type(command)], command.kind)
    return _request_events(partnership, command, authority)


def _request_events(partnership: Partnership, command: c.StaffRequest, authority: c.Authority) -> Events:
    common = {"at": command.at, "actor": command.actor}
    match command:
        case c.Propose(proposal=proposal):
            funding = _funding(authority)
            event = e.PartnershipProposed if partnership.proposal is None else e.ProposalRevised
            return (event(**common, proposal=proposal, funding=funding),)
        case c.Decline(reason=reason):
            return (e.PartnershipDeclined(**common, reason=reason),)
        case c.ReturnForInformation(question=question):
            return (e.InformationRequested(**common, question=question),)
        case c.Withdraw(reason=reason):
            return (e.PartnershipWithdrawn(**common, reason=reason),)
        case c.SignAgreement():
            signed = command.model_dump(include={"signed_on", "document_sha256", "account"})
            return (e.AgreementSigned(**common, **signed),)
        case c.Release(tranche=number):
            return (_release(partnership, command, number),)
        case c.Report(summary=summary, document_sha256=document):
            return (e.ReportReceived(**common, summary=summary, document_sha256=document),)
        case c.PlaceHold(reason=reason):
            return (e.HoldPlaced(**common, reason=reason),)
        case c.LiftHold(reason=reason):
            return (e.HoldLifted(**common, reason=reason),)
        case c.Terminate(reason=reason):
            return (e.PartnershipTerminated(**common, reason=reason),)
        case c.Approve():
            raise AssertionError("approvals are decided on their own")
        case _:
            assert_never(command)


def _require(member: StaffMember, roles: frozenset[Role], verb: str) -> None:
    if roles.isdisjoint(member.roles):
        needed = " or ".join(sorted(role.value for role in roles))
        held = ", ".join(role.value for role in member.roles)
        act = verb.replace("_", " ")
        raise NotAuthorised(f"{member.staff_id} may not {act}: it needs {needed}, and {member.staff_id} holds {held}")


def _funding(authority: c.Authority) -> Funding:
    if authority.unknown_funders or authority.funding is None:
        names = ", ".join(authority.unknown_funders)
        raise UnknownFunder(f"the directory holds no funder {names}; see `accord directory show`")
    return authority.funding


def _approve(partnership: Partnership, command: c.Approve, member: StaffMember) -> e.Event:
    if partnership.stage is Stage.ELIGIBILITY:
        _require(member, frozenset({Role.VERIFIER}), "clear a referral")
        return e.ReferralCleared(at=command.at, actor=command.actor, reason=command.reason)
    wanted = partnership.missing_approvals
    held = set(member.roles) | (set(wanted) if partnership.escalated and Role.DIRECTOR in member.roles else set())
    role = next((role for role in wanted if role in held), None)
    if role is None:
        _require(member, frozenset(wanted), command.kind)
        raise AssertionError("unreachable: a held role would have been found")
    return e.ApprovalGiven(at=command.at, actor=command.actor, role=role, reason=command.reason)


def _release(partnership: Partnership, command: c.Release, number: int) -> e.TrancheReleased:
    tranche = next(tranche for tranche in partnership.tranches if tranche.number == number)
    return e.TrancheReleased(
        at=command.at, actor=command.actor, tranche=number, attempt=tranche.attempt + 1, money=tranche.money
    )


def _decide_report(partnership: Partnership, command: c.WorkflowCommand) -> Events:
    match command:
        case c.RecordVerification(verification=verification):
            _require_stage(partnership, partnership.stage is Stage.DUE_DILIGENCE, "verify")
            return (e.DueDiligenceCompleted(at=command.at, verification=verification),)
        case c.RecordAssessment(assessment=assessment):
            open_question = partnership.stage is Stage.ELIGIBILITY and partnership.assessment is None
            _require_stage(partnership, open_question, "assess")
            return (e.EligibilityAssessed(at=command.at, assessment=assessment),)
        case c.PassDeadline():
            return _deadline_passed(partnership, command)
        case c.RecordTrancheOutcome():
            return _tranche_ended(partnership, command)
        case c.RecordReceipt():
            return _received(partnership, command)
        case c.Refuse(actor=actor, attempted=attempted, reason=reason):
            return (e.CommandRefused(at=command.at, actor=actor, attempted=attempted, reason=reason),)
        case _:
            assert_never(command)


def _require_stage(partnership: Partnership, right: bool, act: str) -> None:
    if not right:
        raise IllegalTransition(f"cannot {act}: {partnership.partnership_id} is {partnership.stage.value}")


def _deadline_passed(partnership: Partnership, command: c.PassDeadline) -> Events:
    due = partnership.approval_due
    if partnership.stage is not Stage.APPROVAL or due is None or command.at < due:
        return ()
    if partnership.escalated:
        return (e.PartnershipDeclined(at=command.at, actor=e.ACCORD, reason="lapsed: not decided in time"),)
    return (e.ApprovalEscalated(at=command.at),)


def _may_end(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """A payment in flight may settle, fail or be withheld; a settled one may come back; nothing else is possible."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None or tranche.attempt != command.attempt:
        return False
    came_back = command.outcome is TrancheOutcome.RETURNED
    return tranche.state is (TrancheState.SETTLED if came_back else TrancheState.RELEASED)


def _tranche_ended(partnership: Partnership, command: c.RecordTrancheOutcome) -> Events:
    if not _may_end(partnership, command):
        attempted = f"tranche {command.tranche}, attempt {command.attempt}: {command.outcome.value}"
        reason = "no payment of this attempt is in a state that can end so"
        return (e.CommandRefused(at=command.at, actor="bank", attempted=attempted, reason=reason),)
    ended = e.TrancheEnded(
        at=command.at,
        tranche=command.tranche,
        attempt=command.attempt,
        outcome=command.outcome,
        reason=command.reason,
    )
    if command.outcome in {TrancheOutcome.RETURNED, TrancheOutcome.WITHHELD} and partnership.hold is None:
        reason = f"tranche {command.tranche} was {command.outcome.value.lower()}: {command.reason}"
        return (ended, e.HoldPlaced(at=command.at, actor=e.ACCORD, reason=reason))
    return (ended,)


def _received(partnership: Partnership, command: c.RecordReceipt) -> Events:
    gift = partnership.proposal.funds_in if partnership.proposal else None
    expected = partnership.stage in {Stage.AGREEMENT, Stage.ACTIVE}
    if not expected or gift is None or gift.money.currency != command.money.currency:
        return (
            e.CommandRefused(
                at=command.at,
                actor="bank",
                attempted=f"receipt of {command.money}",
                reason="no money is expected in this partnership now, or not in this currency",
            ),
        )
    return (e.FundsReceived(at=command.at, money=command.money, bank_reference=command.bank_reference),)


def _with_consequences(partnership: Partnership, events: Events) -> Events:
    after = partnership
    for event in events:
        after = evolve(after, event)
    last = events[-1] if events else None
    if isinstance(last, e.EligibilityAssessed) and last.assessment.outcome is Outcome.FAIL:
        return (*events, e.PartnershipDeclined(at=last.at, actor=e.ACCORD, reason=last.assessment.deciding))
    if last is not None and after.stage is Stage.ACTIVE and after.hold is None and after.fulfilled:
        return (*events, e.PartnershipClosed(at=last.at))
    return events
