"""Decide a command: from the state and what the directory says, to the events that follow."""

from __future__ import annotations

from typing import assert_never

from domain.directory.tiers import Role, quorum_of
from domain.errors import (
    IllegalTransition,
    NotAuthorised,
    NotSigned,
    PaymentRefused,
    SeparationOfDuties,
    UnknownFunder,
    UnknownPerson,
)
from domain.parties import PartyKind
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.admission import admit, admit_age, admit_sight
from domain.partnership.amendment import changes_between
from domain.partnership.approvals import approve
from domain.partnership.consequences import open_deadline, with_consequences
from domain.partnership.deadlines import ALLOWANCES, after_business_days
from domain.partnership.duties import barred_from
from domain.partnership.holding import held
from domain.partnership.procedure import PROCEDURE, recorded
from domain.partnership.state import Partnership, Stage, TrancheState
from domain.partnership.taking_part import Part
from domain.payment.bank_answers import HOLDS, BankAnswer
from domain.payment.tranche import TrancheOutcome
from domain.policy.rulebook import adverse_in
from domain.proposal import Funding
from domain.values import Moment

Events = tuple[e.Event, ...]


def decide(partnership: Partnership, command: c.AnyCommand, authority: c.Authority) -> Events:
    """Return the events that a command leads to, or raise a DomainError that says why not.

    Events that follow by themselves are included: an approval that completes the quorum, a decline by the rule
    book, the close after the last payment. The caller records all of them in one append, or none.
    """
    if isinstance(command, c.StaffCommand):
        return with_consequences(partnership, _decide_request(partnership, command, authority))
    return with_consequences(partnership, _decide_report(partnership, command))


def _decide_request(partnership: Partnership, command: c.StaffRequest, authority: c.Authority) -> Events:
    if authority.member is None:
        raise NotSigned(authority.refusal or f"nobody proved to be {command.actor!r}; see `accord staff list`")
    if command.signature is None:
        raise NotSigned(f"{command.actor} did not sign the decision; make a key with `accord staff enrol`")
    admit(partnership, command)
    admit_sight(partnership, command)
    admit_age(partnership, command)
    if isinstance(command, c.Approve):
        return (approve(partnership, command, authority),)
    _require(command, PROCEDURE[type(command)].roles, without_barred_lenders(partnership, command, authority))
    return _request_events(partnership, command, authority)


def without_barred_lenders(partnership: Partnership, command: c.StaffRequest, authority: c.Authority) -> c.Authority:
    """Return the authority without roles lent by somebody who may not do this themselves."""
    barred = partnership.recused if PROCEDURE[type(command)].decides else frozenset()
    barred |= barred_from(partnership, Part.RELEASED) if isinstance(command, c.Release) else frozenset()
    free = tuple(one for one in authority.capacities if one.on_behalf_of not in barred)
    return authority.model_copy(update={"capacities": free})


def _require(command: c.StaffCommand, roles: frozenset[Role], authority: c.Authority) -> None:
    held = dict.fromkeys(capacity.role for capacity in authority.capacities)
    if roles.isdisjoint(held):
        needed = " or ".join(sorted(role.value for role in roles))
        act = command.kind.replace("_", " ")
        own = ", ".join(held) or "no role"
        raise NotAuthorised(f"{command.actor} may not {act}: it needs {needed}, and {command.actor} holds {own}")


def _request_events(partnership: Partnership, command: c.StaffRequest, authority: c.Authority) -> Events:
    """Return the events of a command; where it says all that its event keeps, just that one."""
    match command:
        case c.Propose(proposal=proposal):
            funding = _funding(authority)
            _know_everybody(authority)
            event = e.PartnershipProposed if partnership.proposal is None else e.ProposalRevised
            said = {"at": command.at, "actor": command.actor, "signature": command.signature}
            return (event(**said, proposal=proposal, funding=funding),)
        case c.Amend():
            return (_amend(partnership, command, authority),)
        case c.SignAgreement():
            return (_sign(partnership, command, authority),)
        case c.Release(tranche=number):
            return (_release(partnership, command, number),)
        case c.DeclareInterest():
            _may_declare(command, authority)
            return (recorded(command),)
        case c.ReportSubrecipients():
            return (recorded(command), *_held_for_companies(partnership, command))
        case c.ReportDiversion(what=what):
            return (recorded(command), *held(partnership, command.at, f"money was diverted: {what}"))
        case _:
            return (recorded(command),)


def _funding(authority: c.Authority) -> Funding:
    if authority.unknown_funders or authority.funding is None:
        names = ", ".join(authority.unknown_funders)
        raise UnknownFunder(f"the directory holds no funder {names}; see `accord directory show`")
    return authority.funding


def _amend(partnership: Partnership, command: c.Amend, authority: c.Authority) -> e.ProposalAmended:
    return e.ProposalAmended(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        proposal=command.proposal,
        funding=_funding(authority),
        reason=command.reason,
        changes=changes_between(partnership.proposed, command.proposal),
        quorum=quorum_of(command.proposal.money, authority.rules, partnership.elevated),
    )


def _sign(partnership: Partnership, command: c.SignAgreement, authority: c.Authority) -> e.AgreementSigned:
    verifier = _account_verifier(partnership, command, authority)
    changed = partnership.account is not None and partnership.account != command.account
    if changed and authority.rules is None:
        raise PaymentRefused(
            "the organisation's cooling-off time could not be looked up, so bank details cannot change"
        )
    days = authority.rules.cooling_off_days if authority.rules is not None else 0
    return e.AgreementSigned(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        signed_on=command.signed_on,
        document_sha256=command.document_sha256,
        account=command.account,
        account_verifier=verifier,
        payable_from=after_business_days(command.at, days) if changed else partnership.payable_from,
    )


def _account_verifier(partnership: Partnership, command: c.SignAgreement, authority: c.Authority) -> str:
    """Return the person who called back to verify the account: with no other part in the partnership (R31, R40)."""
    if command.account is None:
        return ""
    standing = authority.account
    if standing is None or standing.account != command.account or not standing.confirmed_by:
        reference = command.account.reference
        raise PaymentRefused(
            f"nobody has called back to verify {reference}; another person than the one who recorded it does: "
            f"`accord payments confirm {reference}`"
        )
    others = barred_from(partnership, Part.CALLED_BACK) | partnership.recused
    if standing.confirmed_by in {*others, command.actor}:
        raise SeparationOfDuties(
            f"{standing.confirmed_by} verified the account and has another part in this partnership"
        )
    return standing.confirmed_by


def _know_everybody(authority: c.Authority) -> None:
    if authority.unknown_people:
        names = ", ".join(authority.unknown_people)
        raise UnknownPerson(f"{names} is not in the staff directory; see `accord staff list`")


def _may_declare(command: c.DeclareInterest, authority: c.Authority) -> None:
    _know_everybody(authority)
    if command.interest.person != command.actor:
        _require(command, frozenset({Role.VERIFIER, Role.DIRECTOR, Role.AUDITOR}), authority)


def _held_for_companies(partnership: Partnership, command: c.ReportSubrecipients) -> Events:
    companies = [one.party.name for one in command.subrecipients if one.party.kind is PartyKind.PRIVATE_COMPANY]
    if not companies:
        return ()
    reason = f"for-profit sub-recipients, to be replaced or repaid: {', '.join(companies)}"
    return held(partnership, command.at, reason)


def _release(partnership: Partnership, command: c.Release, number: int) -> e.TrancheReleased:
    tranche = next(tranche for tranche in partnership.tranches if tranche.number == number)
    return e.TrancheReleased(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        tranche=number,
        attempt=tranche.attempt + 1,
        money=tranche.money,
        attempt_signed=command.attempt is not None,
    )


def _decide_report(partnership: Partnership, command: c.WorkflowCommand | c.CounterCommand) -> Events:
    match command:
        case c.RecordVerification(verification=verification):
            _require_stage(partnership, partnership.stage is Stage.DUE_DILIGENCE, "verify")
            return (e.DueDiligenceCompleted(at=command.at, verification=verification),)
        case c.RecordAssessment(assessment=assessment):
            open_question = partnership.stage is Stage.ELIGIBILITY and partnership.assessment is None
            _require_stage(partnership, open_question, "assess")
            return (e.EligibilityAssessed(at=command.at, assessment=assessment, quorum=command.quorum),)
        case c.RecordRecheck():
            return _rechecked(partnership, command)
        case c.PassDeadline():
            return _deadline_passed(partnership, command)
        case c.RecordTrancheOutcome():
            return _tranche_ended(partnership, command)
        case c.RecordReceipt():
            return _received(partnership, command)
        case c.RecordHandOver():
            return _handed_over(partnership, command)
        case c.RecordNeverSent():
            return _never_sent(partnership, command)
        case c.RecordContradiction():
            return _contradicted(partnership, command)
        case c.RecordResolution():
            return _resolved(partnership, command)
        case c.RecordFallen():
            return _fallen(partnership, command)
        case c.Refuse(actor=actor, attempted=attempted, reason=reason):
            return (e.CommandRefused(at=command.at, actor=actor, attempted=attempted, reason=reason),)
        case _:
            assert_never(command)


def _rechecked(partnership: Partnership, command: c.RecordRecheck) -> Events:
    """An adverse change stops what is agreed or about to be; before, the rule book simply decides on what is new."""
    if not partnership.rests_on_registers:
        return ()
    adverse = adverse_in(command.assessment, partnership.cleared_referrals) or command.bank
    rechecked = e.RegistersRechecked(
        at=command.at, verification=command.verification, assessment=command.assessment, adverse=adverse
    )
    if not adverse or partnership.stage is Stage.ELIGIBILITY:
        return (rechecked,)
    return (rechecked, *held(partnership, command.at, f"the registers were asked again: {adverse}"))


def _require_stage(partnership: Partnership, right: bool, act: str) -> None:
    if not right:
        raise IllegalTransition(f"cannot {act}: {partnership.partnership_id} is {partnership.stage.value}")


def _deadline_passed(partnership: Partnership, command: c.PassDeadline) -> Events:
    deadline = open_deadline(partnership)
    if deadline is None or deadline.wait is not command.wait or command.at < deadline.next_at:
        return ()
    if command.at < deadline.due:
        return (e.DeciderReminded(at=command.at, wait=deadline.wait),)
    if deadline.escalated:
        return _lapsed(partnership, command)
    due = after_business_days(command.at, ALLOWANCES[deadline.wait].escalated)
    return (e.DeadlineEscalated(at=command.at, wait=deadline.wait, due=due),)


def _lapsed(partnership: Partnership, command: c.PassDeadline) -> Events:
    """Return a hold for what has paid: it does not lapse, a person looks."""
    reason = f"lapsed: no {command.wait.value.lower()} in time"
    if partnership.has_paid:
        return held(partnership, command.at, reason)
    return (e.PartnershipDeclined(at=command.at, actor=e.ACCORD, reason=reason),)


def _may_end(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """Return whether an attempt can end so.

    Only the bank ends what it has; what is in our hands is withheld; what settled may come back.
    """
    tranche = partnership.tranche(command.tranche)
    if tranche is None or tranche.attempt != command.attempt:
        return False
    match command.outcome:
        case TrancheOutcome.RETURNED:
            return tranche.state is TrancheState.SETTLED
        case TrancheOutcome.WITHHELD | TrancheOutcome.CANCELLED:
            return tranche.state is TrancheState.RELEASED
        case TrancheOutcome.SETTLED | TrancheOutcome.REJECTED:
            return tranche.state is TrancheState.HANDED_OVER


def _ended_so_before(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """Return whether the outcome is known: the importer was first, or it was cancelled here."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None or tranche.attempt < command.attempt:
        return False
    if tranche.attempt > command.attempt or tranche.state.value == command.outcome.value:
        return True
    match tranche.state, command.outcome:
        case (TrancheState.RETURNED, TrancheOutcome.SETTLED) | (TrancheState.CANCELLED, TrancheOutcome.WITHHELD):
            return True  # it came back since; it was cancelled before it was looked at
        case (TrancheState.SETTLED, TrancheOutcome.CANCELLED | TrancheOutcome.WITHHELD):
            return True  # an earlier attempt was booked after all
        case _:
            return False


def _tranche_ended(partnership: Partnership, command: c.RecordTrancheOutcome) -> Events:
    if _ended_so_before(partnership, command):
        return ()
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
    if command.outcome in {TrancheOutcome.RETURNED, TrancheOutcome.WITHHELD}:
        reason = f"tranche {command.tranche} was {command.outcome.value.lower()}: {command.reason}"
        return (ended, *_held_unless_ended(partnership, command.at, reason))
    return (ended,)


def _held_unless_ended(partnership: Partnership, at: Moment, reason: str) -> Events:
    """A hold stops what may still be paid; where the life is over, nothing can be."""
    return () if partnership.ended else held(partnership, at, reason)


def _handed_over(partnership: Partnership, command: c.RecordHandOver) -> Events:
    """Record that a payment leaves; refuse it for one that was not released, was cancelled, or left before.

    Raises:
        PaymentRefused: The attempt is not one that waits in our hands.
    """
    _require_attempt(partnership, command.tranche, command.attempt, TrancheState.RELEASED)
    number, attempt = command.tranche, command.attempt
    return (e.TrancheHandedOver(at=command.at, tranche=number, attempt=attempt, message_id=command.message_id),)


def _never_sent(partnership: Partnership, command: c.RecordNeverSent) -> Events:
    _require_attempt(partnership, command.tranche, command.attempt, TrancheState.HANDED_OVER)
    number, attempt = command.tranche, command.attempt
    return (e.TrancheNeverSent(at=command.at, tranche=number, attempt=attempt, message_id=command.message_id),)


def _require_attempt(partnership: Partnership, number: int, attempt: int, state: TrancheState) -> None:
    tranche = partnership.tranche(number)
    if tranche is None or (tranche.attempt, tranche.state) != (attempt, state):
        stands = f"{tranche.state.value}, attempt {tranche.attempt}" if tranche else "not planned"
        raise PaymentRefused(f"tranche {number}, attempt {attempt} is not {state.value}: it is {stands}")


def _contradicted(partnership: Partnership, command: c.RecordContradiction) -> Events:
    """Keep what the bank said, and hold the partnership where our own money is at stake."""
    kind, reason = command.exception, command.reason
    said = e.BankContradicted(
        at=command.at, exception_id=command.exception_id, exception=kind, reason=reason, answer=command.answer
    )
    if kind not in HOLDS:
        return (said,)
    return (said, *_held_unless_ended(partnership, command.at, f"the bank's word must be looked at: {reason}"))


def _resolved(partnership: Partnership, command: c.RecordResolution) -> Events:
    """Record what people resolved, once: what counts does not count again."""
    exception_id, answer = command.exception_id, command.answer
    if exception_id in partnership.resolved:
        return ()
    resolution = command.resolution
    return (e.ContradictionResolved(at=command.at, exception_id=exception_id, resolution=resolution, answer=answer),)


def _fallen(partnership: Partnership, command: c.RecordFallen) -> Events:
    """Ask again for what can be decided anew; for the rest, hold the partnership."""
    if partnership.ended or not command.fell:
        return ()
    fell = e.DecisionsFell(at=command.at, person=command.person, fell=command.fell, reason=command.reason)
    beyond_repeat = (Part.PROPOSED, Part.OTHER, Part.RELEASED)
    if any(part in command.fell and partnership.has_part(command.person, part) for part in beyond_repeat):
        return (fell, *held(partnership, command.at, command.reason))
    return (fell,)


def receipt_fault(partnership: Partnership, answer: BankAnswer) -> str:
    """Return the reason why money that came in is not expected here; empty where it is."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None:
        return f"no money is expected in {partnership.partnership_id}"
    if partnership.stage not in {Stage.AGREEMENT, Stage.ACTIVE}:
        return f"{partnership.partnership_id} is {partnership.stage.value}: no money is expected in it now"
    if gift.money.currency != answer.money.currency:
        return f"{gift.money.currency} was promised in {partnership.partnership_id}, {answer.money} came"
    return ""


def _received(partnership: Partnership, command: c.RecordReceipt) -> Events:
    answer = command.answer
    if fault := receipt_fault(partnership, answer):
        attempted = f"receipt of {answer.money}"
        return (e.CommandRefused(at=command.at, actor="bank", attempted=attempted, reason=fault),)
    reference = answer.bank_reference
    return (e.FundsReceived(at=command.at, money=answer.money, bank_reference=reference, answer=answer),)
