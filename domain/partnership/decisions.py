"""Decide a command: return the events that follow from it, given the state and the circumstances."""

from __future__ import annotations

from typing import Final, assert_never

from domain.directory.tiers import Role, missing, most_of
from domain.errors import (
    AmendmentRefused,
    FundsShort,
    IllegalTransition,
    NotAuthorised,
    NotSigned,
    PaymentRefused,
    SeparationOfDuties,
    UnknownFunder,
    UnknownPerson,
)
from domain.fault import Fault
from domain.identity import ACCORD
from domain.parties import PartyKind
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.admission import (
    admit,
    holds_to_lift,
    only_updates,
    require_current_view,
    require_fresh_registers,
)
from domain.partnership.approval.decisions import approve
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.consequences import Events, legs_ended, open_deadline, with_consequences
from domain.partnership.diligence.cures import failing_alone, told
from domain.partnership.diligence.earlier import later_after, not_yet
from domain.partnership.diversion.diversions import Answer
from domain.partnership.hold.holding import held_by_lead, held_unless_ended, hold_by_rule, told_already
from domain.partnership.payment.decisions import decide_payment
from domain.partnership.people.duties import barred_from
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE, event_of_command
from domain.partnership.proposal.amendment import changes_between
from domain.partnership.proposal.completeness import require_complete
from domain.partnership.refund.returned_gifts import require_lawful_return
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait, after_business_days
from domain.partnership.waiting.obligations import next_obligation
from domain.policy.conditions import BY_A_VERIFIER
from domain.policy.findings import Outcome
from domain.policy.rulebook import adverse_findings, adverse_in, adverse_legs, adverse_words
from domain.proposal import Direction, Funding, Proposal

MAY_DECLARE: Final = frozenset({Role.VERIFIER, Role.DIRECTOR, Role.AUDITOR})
"""The roles that may declare another person's interest."""


def decide(partnership: Partnership, command: c.AnyCommand, circumstances: Circumstances) -> Events:
    """Return the events that a command leads to.

    Events that follow by themselves are included: an approval that completes the quorum, a decline by the rule book,
    the close after the last payment. The caller records all of them in one append, or none.

    Raises:
        DomainError: The command is refused; the message says why.
    """
    if isinstance(command, c.StaffCommand):
        return with_consequences(partnership, _decide_request(partnership, command, circumstances))
    if isinstance(command, c.CounterCommand):
        return with_consequences(partnership, decide_payment(partnership, command))
    return with_consequences(partnership, _decide_report(partnership, command, circumstances))


def _decide_request(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> Events:
    if circumstances.authority.member is None:
        nobody = Fault(f"nobody proved to be {command.actor!r}; see `accord staff list`")
        raise NotSigned(str(circumstances.authority.refusal or nobody))
    if command.signature is None:
        raise NotSigned(f"{command.actor} did not sign the decision; make a key with `accord staff enrol`")
    admit(partnership, command)
    require_current_view(partnership, command)
    require_fresh_registers(partnership, command)
    if isinstance(command, c.Approve):
        return (approve(partnership, command, circumstances),)
    _require(
        command, PROCEDURE[type(command)].roles, without_barred_lenders(partnership, command, circumstances.authority)
    )
    if isinstance(command, c.LiftHold) and circumstances.held_by_lead:
        _require_none_of_the_lead(partnership, command, circumstances.held_by_lead)
    if isinstance(command, c.RecordAssurance):
        _require_answered(partnership, command, circumstances)
    return _request_events(partnership, command, circumstances)


def _require_none_of_the_lead(partnership: Partnership, command: c.LiftHold, held: Fault) -> None:
    """Raise IllegalTransition if a hold is to be lifted that repeats one that stands on the leading partnership."""
    if any(one.lead for one in holds_to_lift(partnership, command)):
        raise IllegalTransition(f"{held}; it falls here once it is lifted there")


def without_barred_lenders(partnership: Partnership, command: c.StaffRequest, authority: Authority) -> Authority:
    """Return the authority without roles lent by people who may not give this command themselves."""
    barred = partnership.recused if PROCEDURE[type(command)].decides else frozenset()
    barred |= barred_from(partnership, Part.RELEASED) if isinstance(command, c.Release) else frozenset()
    barred |= barred_from(partnership, Part.CLEARED) if isinstance(command, c.ClearQuestions) else frozenset()
    free = tuple(one for one in authority.capacities if one.on_behalf_of not in barred)
    return authority.model_copy(update={"capacities": free})


def _require(command: c.StaffCommand, roles: frozenset[Role], authority: Authority) -> None:
    held = dict.fromkeys(capacity.role for capacity in authority.capacities)
    if roles.isdisjoint(held):
        needed = " or ".join(sorted(role.value for role in roles))
        act = command.kind.replace("_", " ")
        own = ", ".join(held) or "no role"
        raise NotAuthorised(f"{command.actor} may not {act}: it needs {needed}, and {command.actor} holds {own}")


def _request_events(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> Events:
    """Return the events of a staff command; by default one event that keeps the command's fields."""
    match command:
        case c.Propose():
            return (_propose(partnership, command, circumstances),)
        case c.Amend():
            return (_amend(partnership, command, circumstances),)
        case c.SignAgreement():
            return (_sign(partnership, command, circumstances),)
        case c.Release(tranche=number):
            _require_payable(circumstances)
            return (_release(partnership, command, number),)
        case c.EndLeg(leg=leg):
            if partnership.is_agreed:
                _require(command, frozenset({Role.DIRECTOR}), circumstances.authority)
            anew = partnership.stage is not Stage.ACTIVE
            said = {"at": command.at, "actor": command.actor, "signature": command.signature}
            return (e.LegEnded(**said, leg=leg, reason=command.reason, anew=anew),)
        case c.ExtendDeadline() if partnership.escalated:
            _require(command, frozenset({Role.DIRECTOR}), circumstances.authority)
            return (event_of_command(command),)
        case c.RecordRefund() | c.ConfirmRefund():
            _require_refundable(partnership, command, circumstances)
            return (event_of_command(command),)
        case c.DeclareInterest():
            _may_declare(command, circumstances.authority)
            return (event_of_command(command),)
        case c.Assign():
            _know_everybody(circumstances.authority)
            return (event_of_command(command),)
        case c.ReportSubrecipients():
            return (event_of_command(command), *_held_for_companies(partnership, command))
        case c.Satisfy(condition=condition) if condition in BY_A_VERIFIER:
            _require(command, frozenset({Role.VERIFIER}), circumstances.authority)
            return (event_of_command(command),)
        case c.ReportDiversion(what=what):
            held = held_unless_ended(partnership, command.at, f"money was diverted: {what}", Direction.FUNDS_OUT)
            return (event_of_command(command), *held)
        case _:
            return (event_of_command(command),)


def _require_answered(partnership: Partnership, command: c.RecordAssurance, circumstances: Circumstances) -> None:
    """Check that assurances say how much, what came back and by which entry; of another diversion a director says it.

    Raises:
        NotAuthorised: The grantee diverted money before, and the actor is no director.
        IllegalTransition: Something is missing, or does not agree.
    """
    known, out = partnership.responsibility.diversions, partnership.proposed.funds_out
    again = len(known.reported) > 1 or bool(circumstances.diverted_before)
    if again:
        _require(command, frozenset({Role.DIRECTOR}), circumstances.authority)
    said = Answer(
        diverted=command.diverted,
        restored=command.restored,
        bank_reference=command.bank_reference,
        precautions=command.precautions,
        has_paper=command.document_sha256 is not None,
    )
    if fault := known.fault_of(said, partnership.refunds, out.currency if out else "", again=again):
        raise IllegalTransition(f"cannot record assurance: {fault}")


def _propose(
    partnership: Partnership, command: c.Propose, circumstances: Circumstances
) -> e.PartnershipProposed | e.ProposalRevised:
    funding = _funding(circumstances.authority)
    _know_everybody(circumstances.authority)
    require_complete(command.proposal, circumstances.rules)
    _require_lead(command.proposal, circumstances)
    _require_funds(circumstances)
    _require_tier(command.proposal, circumstances)
    _require_own_interests(partnership, command, circumstances.authority)
    _require_readers(command, circumstances.authority)
    event = e.PartnershipProposed if partnership.proposal is None else e.ProposalRevised
    said = {"at": command.at, "actor": command.actor, "signature": command.signature}
    return event(**said, proposal=command.proposal, funding=funding)


def _require_payable(circumstances: Circumstances) -> None:
    """Raise PaymentRefused if what was told, what is owed, the agreement or the funds speak against any payment."""
    if circumstances.told:
        raise PaymentRefused(f"nothing is paid: {circumstances.told}")
    if circumstances.owed:
        raise PaymentRefused(f"nothing is paid to this grantee: {circumstances.owed[0]}")
    if circumstances.not_under:
        raise PaymentRefused(f"nothing is paid: {circumstances.not_under}")
    if circumstances.unfunded:
        raise PaymentRefused(str(circumstances.unfunded))


def _funding(authority: Authority) -> Funding:
    if authority.unknown_funders or authority.funding is None:
        names = ", ".join(authority.unknown_funders)
        raise UnknownFunder(f"the directory holds no funder {names}; see `accord directory show`")
    return authority.funding


def _require_tier(proposal: Proposal, circumstances: Circumstances) -> None:
    """Raise ThresholdUnknown at the door, and not after due diligence, if no tier covers it with what counts beside."""
    if circumstances.rules is not None:
        quorum_to_decide(proposal, circumstances.together, circumstances.rules, elevated=False)


def _require_lead(proposal: Proposal, circumstances: Circumstances) -> None:
    """Raise IllegalTransition if nothing can be proposed under the agreement that a proposal names."""
    if proposal.under is not None and circumstances.not_under:
        raise IllegalTransition(str(circumstances.not_under))


def _require_funds(circumstances: Circumstances) -> None:
    """Raise FundsShort if a fund that a proposal names may not pay for it, whatever it has left."""
    if circumstances.unfunded:
        raise FundsShort(str(circumstances.unfunded))


def _require_readers(command: c.Propose | c.Amend, authority: Authority) -> None:
    """Check that a verifier, and not whoever proposes, read each paper that proves something (rules 3.5).

    Raises:
        NotAuthorised: Somebody who is said to have read one is no verifier.
        SeparationOfDuties: The proposer is.
    """
    if authority.no_verifiers:
        raise NotAuthorised(f"read_by: {', '.join(authority.no_verifiers)} is no VERIFIER; a verifier reads the papers")
    if command.actor in command.proposal.readers:
        raise SeparationOfDuties(f"read_by: {command.actor} proposes, so another person reads the papers")


def _amend(partnership: Partnership, command: c.Amend, circumstances: Circumstances) -> e.ProposalAmended:
    require_complete(command.proposal, circumstances.rules)
    if command.proposal.under != partnership.proposed.under:
        _require_lead(command.proposal, circumstances)
    _require_funds(circumstances)
    _require_readers(command, circumstances.authority)
    if not only_updates(partnership, command.proposal):
        _require_lawful(partnership, circumstances)
    return e.ProposalAmended(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        proposal=command.proposal,
        funding=_funding(circumstances.authority),
        reason=command.reason,
        changes=changes_between(partnership.proposed, command.proposal, partnership.checked_payee),
        quorum=quorum_to_decide(command.proposal, circumstances.together, circumstances.rules, partnership.elevated),
    )


def _require_lawful(partnership: Partnership, circumstances: Circumstances) -> None:
    """Raise AmendmentRefused if the rules refuse an amendment: nothing that a proposer does alone ends what is agreed.

    What the rules refer goes on: due diligence begins anew, and people decide.
    """
    found = circumstances.amendment
    if found is None or found.outcome is not Outcome.FAIL:
        return
    raise AmendmentRefused(f"{told(found)}; {partnership.partnership_id} stays as it was agreed")


def _sign(partnership: Partnership, command: c.SignAgreement, circumstances: Circumstances) -> e.AgreementSigned:
    if circumstances.not_under:
        raise IllegalTransition(f"cannot sign agreement: {circumstances.not_under}")
    verifier = _account_verifier(partnership, command, circumstances)
    changed = partnership.account is not None and partnership.account != command.account
    if changed and circumstances.rules is None:
        raise PaymentRefused(
            "the organisation's cooling-off time could not be looked up, so bank details cannot change"
        )
    days = circumstances.rules.cooling_off_days if circumstances.rules is not None else 0
    return e.AgreementSigned(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        signed_on=command.signed_on,
        document_sha256=command.document_sha256,
        account=command.account,
        account_verifier=verifier,
        payable_from=after_business_days(command.at, days) if changed else partnership.payable_from,
        quorum=_quorum_by_account(partnership, circumstances),
    )


def _quorum_by_account(partnership: Partnership, circumstances: Circumstances) -> tuple[Role, ...] | None:
    """Return the larger quorum that sums approved for the same account ask for; None if they ask for none."""
    if not circumstances.together:
        return None
    asked = quorum_to_decide(partnership.proposed, circumstances.together, circumstances.rules, partnership.elevated)
    quorum = most_of(asked, partnership.required_approvals)
    return quorum if missing(quorum, partnership.required_approvals) else None


def _account_verifier(partnership: Partnership, command: c.SignAgreement, circumstances: Circumstances) -> str:
    """Return the person who verified the account by calling back; '' without an account.

    Raises:
        PaymentRefused: Nobody verified the account (R40).
        SeparationOfDuties: That person has another part in the partnership (R31).
    """
    if command.account is None:
        return ""
    standing = circumstances.authority.account
    if standing is None or standing.account != command.account or not standing.confirmed_by:
        reference = command.account.reference
        raise PaymentRefused(
            f"nobody has called back to verify {reference}; another person than the one who recorded it does: "
            f"`accord payments confirm {reference}`"
        )
    if circumstances.account_fault:
        raise PaymentRefused(f"{circumstances.account_fault}; record another account of its owner's")
    since = partnership.account_fault_at
    same = command.account == partnership.account or command.account.reference in circumstances.same_account
    if same and since is not None and not standing.confirmed_since(since):
        raise PaymentRefused(
            f"the bank says of {command.account.reference} that {partnership.account_fault}; somebody calls back once "
            f"more first: `accord payments confirm {command.account.reference} --anew`"
        )
    others = barred_from(partnership, Part.CALLED_BACK) | partnership.recused
    for person in {standing.confirmed_by, standing.called_back_last}:
        if person in {*others, command.actor}:
            raise SeparationOfDuties(f"{person} verified the account and has another part in this partnership")
    return standing.called_back_last


def _require_refundable(
    partnership: Partnership, command: c.RecordRefund | c.ConfirmRefund, circumstances: Circumstances
) -> None:
    """Raise PaymentRefused if a refund's booking counts as something else, or its money may not go that way."""
    if circumstances.counted and isinstance(command, c.RecordRefund):
        raise PaymentRefused(str(circumstances.counted))
    require_lawful_return(partnership, command, circumstances.donor)


def _know_everybody(authority: Authority) -> None:
    if authority.unknown_people:
        names = ", ".join(authority.unknown_people)
        raise UnknownPerson(f"{names} is not in the staff directory; see `accord staff list`")


def _may_declare(command: c.DeclareInterest, authority: Authority) -> None:
    _know_everybody(authority)
    if command.interest.person != command.actor:
        _require(command, MAY_DECLARE, authority)


def _require_own_interests(partnership: Partnership, command: c.Propose, authority: Authority) -> None:
    """Check that a proposer declares no interest of others: nobody removes an approver by naming them (rules 3.10)."""
    known = {interest.person for interest in partnership.interests} | {command.actor}
    if named := [one.person for one in command.proposal.interests if one.person not in known]:
        held = {capacity.role for capacity in authority.capacities}
        if MAY_DECLARE.isdisjoint(held):
            roles = " or ".join(sorted(MAY_DECLARE))
            raise NotAuthorised(
                f"interests: {named[0]}'s interest is declared by themselves or by {roles}: `accord declare-interest`"
            )


def _held_for_companies(partnership: Partnership, command: c.ReportSubrecipients) -> Events:
    companies = [one.party.name for one in command.subrecipients if one.party.kind is PartyKind.PRIVATE_COMPANY]
    if not companies:
        return ()
    reason = f"for-profit sub-recipients, to be replaced or repaid: {', '.join(companies)}"
    return hold_by_rule(partnership, command.at, reason, Direction.FUNDS_OUT)


def _release(partnership: Partnership, command: c.Release, number: int) -> e.TrancheReleased:
    tranche = next(tranche for tranche in partnership.tranches if tranche.number == number)
    return e.TrancheReleased(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        tranche=number,
        attempt=tranche.next_attempt,
        money=tranche.money,
        attempt_signed=command.attempt is not None,
    )


def _decide_report(
    partnership: Partnership,
    command: c.RecordVerification | c.RecordAssessment | c.RecordRecheck | c.PassDeadline | c.RecordFallen | c.Refuse,
    circumstances: Circumstances,
) -> Events:
    """Return the events of a report by the workflow itself; reports on payments are decided in `payment`."""
    match command:
        case c.RecordVerification(verification=verification):
            _require_stage(partnership, partnership.stage is Stage.DUE_DILIGENCE, "verify")
            return (e.DueDiligenceCompleted(at=command.at, verification=verification),)
        case c.RecordAssessment(assessment=assessment):
            open_question = partnership.stage is Stage.ELIGIBILITY and partnership.assessment is None
            _require_stage(partnership, open_question, "assess")
            quorum = command.quorum
            if quorum is not None and partnership.quorum is not None and partnership.approvals:
                quorum = most_of(quorum, partnership.quorum)  # what counted together still does
            return (e.EligibilityAssessed(at=command.at, assessment=assessment, quorum=quorum),)
        case c.RecordRecheck():
            return (*_rechecked(partnership, command), *_as_led(partnership, command, circumstances))
        case c.PassDeadline():
            return _deadline_passed(partnership, command)
        case c.RecordFallen():
            return _fallen(partnership, command)
        case c.Refuse(actor=actor, attempted=attempted, reason=reason, matched=matched):
            said = {"actor": actor, "attempted": attempted, "reason": reason, "matched": matched}
            return (e.CommandRefused(at=command.at, **said),)
        case _:
            assert_never(command)


def _rechecked(partnership: Partnership, command: c.RecordRecheck) -> Events:
    """Return the recheck, with a hold if it is adverse; at the eligibility stage the rule book decides anew instead."""
    if not partnership.rests_on_registers or 0 < command.seen < partnership.updated:
        return ()  # of whom was told anew meanwhile, another look says more
    later = later_after(partnership, command.verification, command.assessment, command.at.date())
    answered = (*partnership.cleared_referrals, *(one.asked for one in not_yet(later, command.at.date())))
    ruled = adverse_in(command.assessment, answered)
    adverse = "; ".join(str(against) for against in (ruled, command.bank) if against)
    rechecked = e.RegistersRechecked(
        at=command.at, verification=command.verification, assessment=command.assessment, adverse=adverse, later=later
    )
    legs = {*adverse_legs(command.assessment, answered)} - {*partnership.ended_legs}
    legs |= {Direction.FUNDS_OUT} if command.bank else set()
    if not legs or partnership.stage is Stage.ELIGIBILITY:
        return (rechecked,)
    leg = legs.pop() if len(legs) == 1 else None
    against = adverse_findings(command.assessment, partnership.cleared_referrals)
    found = adverse_words(one for one in against if not told_already(partnership, one.reason, leg))
    bank = command.bank if not told_already(partnership, command.bank, leg) else ""
    new = "; ".join(filter(None, (found, bank)))
    held = hold_by_rule(partnership, command.at, f"the registers were asked again: {new}", leg) if new else ()
    return (rechecked, *held)


def _as_led(partnership: Partnership, command: c.RecordRecheck, circumstances: Circumstances) -> Events:
    """Return what follows from the holds of the partnership that leads the agreement, once it is agreed on here too."""
    agreed = partnership.is_agreed and not partnership.ended
    return held_by_lead(partnership, command.at, circumstances.held_by_lead if agreed else None)


def _require_stage(partnership: Partnership, right: bool, act: str) -> None:
    if not right:
        raise IllegalTransition(f"cannot {act}: {partnership.partnership_id} is {partnership.stage.value}")


def _deadline_passed(partnership: Partnership, command: c.PassDeadline) -> Events:
    if command.wait is Wait.OBLIGATION:
        return _obligation_told(partnership, command)
    deadline = open_deadline(partnership)
    if deadline is None or deadline.wait is not command.wait or command.at < deadline.next_at:
        return ()
    if deadline.lapses and deadline.asked:
        return _lapsed(partnership, command)
    if deadline.lapses:
        ends_at = max(deadline.due, after_business_days(command.at, ALLOWANCES[deadline.wait].reminder))
        return (e.DeciderReminded(at=command.at, wait=deadline.wait, ends_at=ends_at),)
    if command.at < deadline.due:
        return (e.DeciderReminded(at=command.at, wait=deadline.wait),)
    due = after_business_days(command.at, ALLOWANCES[deadline.wait].escalated)
    return (e.DeadlineEscalated(at=command.at, wait=deadline.wait, due=due),)


def _obligation_told(partnership: Partnership, command: c.PassDeadline) -> Events:
    """Return the reminder of an obligation, or that it is overdue; nothing if it was met meanwhile."""
    deadline = next_obligation(partnership)
    if deadline is None or deadline.obligation != command.obligation or command.at < deadline.next_at:
        return ()
    if command.at < deadline.due:
        return (e.DeciderReminded(at=command.at, wait=deadline.wait, obligation=deadline.obligation),)
    due = after_business_days(command.at, ALLOWANCES[deadline.wait].escalated)
    return (e.DeadlineEscalated(at=command.at, wait=deadline.wait, due=due, obligation=deadline.obligation),)


def _lapsed(partnership: Partnership, command: c.PassDeadline) -> Events:
    """Return the decline of a lapsed partnership or, if it has released a payment, a hold, so that people decide."""
    uncured = f"; not cured: {partnership.question}" if partnership.is_to_cure else ""
    reason = f"lapsed: no {command.wait.value.lower()} in time{uncured}"
    if partnership.has_paid:
        return hold_by_rule(partnership, command.at, reason)
    found = partnership.assessment if partnership.is_to_cure else None
    if found is not None and (alone := failing_alone(found, partnership)):
        return legs_ended(alone, command.at, reason)
    return (e.PartnershipDeclined(at=command.at, actor=ACCORD, reason=reason),)


def _fallen(partnership: Partnership, command: c.RecordFallen) -> Events:
    """Return the withdrawal of a person's decisions, with a hold if one of them cannot be taken again."""
    if partnership.ended or not command.fell:
        return ()
    fell = e.DecisionsFell(at=command.at, person=command.person, fell=command.fell, reason=command.reason)
    beyond_repeat = (Part.PROPOSED, Part.OTHER, Part.RELEASED)
    if any(part in command.fell and partnership.has_part(command.person, part) for part in beyond_repeat):
        return (fell, *hold_by_rule(partnership, command.at, command.reason))
    return (fell,)
