"""Checks of a command against the state alone: stage, hold, separation of duties, and the tranche's state.

The update validator runs only these, so a command that cannot succeed costs nothing and leaves no trace.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from domain.directory.tiers import Role
from domain.errors import AlreadyProposed, IllegalTransition, PaymentRefused, SeparationOfDuties, StaleDecision
from domain.parties import birth_date_fault
from domain.partnership import commands as c
from domain.partnership.agreement.own_accounts import require_the_payees_own
from domain.partnership.diligence.earlier import holds_later
from domain.partnership.diligence.papers_for_clearances import proved_before_approval, proved_later
from domain.partnership.hold.holds import Hold, Holds, in_words, numbered
from domain.partnership.payment.period import period_fault
from domain.partnership.people.duties import require_free
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.partnership.proposal.amendment import ANEW, UPDATES, Change, changes_between
from domain.partnership.proposal.updates import is_one_body, is_same_body, names_lost
from domain.partnership.report.admission import (
    admit_acceptance,
    admit_confirmation,
    admit_plan,
    admit_refund,
    admit_report,
    admit_withdrawal,
    require_received,
)
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.policy.conditions import CONDITIONS, NAMED, ConditionId, Gate
from domain.policy.findings import Outcome
from domain.policy.listings import questions_told
from domain.policy.rulebook import EDITIONS
from domain.proposal import Direction, Proposal
from domain.signing import Terms

RELEASABLE: Final = frozenset(
    {
        TrancheState.PLANNED,
        TrancheState.REJECTED,
        TrancheState.RETURNED,
        TrancheState.WITHHELD,
        TrancheState.CANCELLED,
    }
)
"""The states in which a tranche may be released: before an attempt, or after evidence that the last paid nothing."""


def admit(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise a DomainError if the partnership's state does not allow the command."""
    step = PROCEDURE[type(command)]
    _admit_stage(partnership, command)
    if step.stopped_by_hold:
        _admit_under_hold(partnership, command)
    if command.actor in partnership.recused and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} has a declared interest in {partnership.partnership_id} and is recused"
        )
    if command.actor in partnership.in_question and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} may be the person whom {partnership.partnership_id} names; a verifier, who is another "
            "person, says whether it is they"
        )
    _admit_births(command)
    _admit_detail(partnership, command)
    if (part := part_taken(partnership, command)) is not None:
        again = part is Part.APPROVED and partnership.may_renew(command.actor)
        own = frozenset({Part.APPROVED}) if again else frozenset()
        require_free(_as_asked(partnership, command), command.actor, part, own)


def _as_asked(partnership: Partnership, command: c.StaffRequest) -> Partnership:
    """Return the partnership with the holds alone that a command lifts: whoever placed another one may lift them."""
    if not isinstance(command, c.LiftHold):
        return partnership
    return partnership.model_copy(update={"holds": holds_to_lift(partnership, command)})


def _admit_under_hold(partnership: Partnership, command: c.StaffRequest) -> None:
    """Refuse what a hold stops. A payment goes on beside a hold on another leg; another account may be named."""
    if not partnership.holds or _changes_the_account(partnership, command) or _tells_anew(partnership, command):
        return
    if isinstance(command, c.Amend) and partnership.has_paid:
        _admit_parties(partnership, command.proposal)  # to lift the hold would help nobody
    if isinstance(command, c.Amend) and partnership.listed:
        return  # whoever is on a list may be left out, which is what the hold is for
    if isinstance(command, c.Release) and not partnership.stops(Direction.FUNDS_OUT):
        return
    lift = "lift the hold first" if len(partnership.holds) == 1 else "lift each of them first"
    raise IllegalTransition(
        f"cannot {_verb(command)}: {partnership.partnership_id} is on hold ({in_words(partnership.holds)}); {lift}"
    )


def _tells_anew(partnership: Partnership, command: c.StaffRequest) -> bool:
    """Return whether an amendment tells who the parties are now, or who took over, which a hold may wait for."""
    if not isinstance(command, c.Amend):
        return False
    return only_updates(partnership, command.proposal) or _takes_over(partnership.proposed, command.proposal)


def only_updates(partnership: Partnership, after: Proposal) -> bool:
    """Return whether an amendment changes nothing beside what is told anew of the same parties."""
    changes = changes_between(partnership.proposed, after, partnership.checked_payee)
    return bool(changes) and UPDATES.issuperset(changes)


def _changes_the_account(partnership: Partnership, command: c.StaffRequest) -> bool:
    """Return whether a command names another account while nothing is paid, which is what the hold is for (R40)."""
    if not isinstance(command, c.SignAgreement) or partnership.stage is not Stage.ACTIVE:
        return False
    return command.account != partnership.account or bool(partnership.account_fault)


def part_taken(partnership: Partnership, command: c.StaffRequest) -> Part | None:
    """Return the part that a command gives its actor, or None. An approval at the eligibility stage is a clearance."""
    if isinstance(command, c.Approve) and partnership.stage is Stage.ELIGIBILITY:
        return Part.CLEARED
    return PROCEDURE[type(command)].part


def require_current_view(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise StaleDecision if the state has changed since it was shown to the person, or if nothing was shown.

    A signature covers the state that was shown, so an old decision cannot be used again for another question.
    """
    shown = command.signature.statement.shown if command.signature is not None else None
    if partnership.proposal is None:
        return
    if shown is None:
        raise StaleDecision(f"the decision does not say what {command.actor} was shown of {partnership.partnership_id}")
    if shown.version < partnership.opened or shown.version > partnership.version:
        raise StaleDecision(
            f"{command.actor} was shown version {shown.version} of {partnership.partnership_id}; "
            f"the question that is open now was opened at version {partnership.opened}; look again"
        )
    stands = partnership.terms
    if shown.terms != stands:
        raise StaleDecision(
            f"what {command.actor} was shown of {partnership.partnership_id} differs in: "
            f"{differing(shown.terms, stands)}; look again"
        )


def differing(shown: Terms, stands: Terms) -> str | None:
    """Return the names of the terms that changed since they were shown, separated by commas; None if none did."""
    other = (name for name in type(stands).model_fields if getattr(shown, name) != getattr(stands, name))
    return ", ".join(name.removesuffix("_sha256").replace("_", " ") for name in other) or None


def _admit_stage(partnership: Partnership, command: c.StaffRequest) -> None:
    if partnership.proposal is None and not isinstance(command, c.Propose):
        raise IllegalTransition(f"cannot {_verb(command)}: {partnership.partnership_id} was never proposed")
    if partnership.stage in PROCEDURE[type(command)].stages or _answers_a_diversion(partnership, command):
        return
    if isinstance(command, c.Release) and (back := partnership.came_back_since):
        raise IllegalTransition(
            f"cannot release: {partnership.partnership_id} is CLOSED, and tranche {back[0].number} came back since; a "
            f"director opens it again to pay it once more: `accord reopen {partnership.partnership_id}`"
        )
    act = partnership.last_act
    first = f"; {act.actor} {act.what} at {act.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if act else ""
    raise IllegalTransition(
        f"cannot {_verb(command)}: {partnership.partnership_id} is {partnership.stage.value}{first}"
    )


def _answers_a_diversion(partnership: Partnership, command: c.StaffRequest) -> bool:
    """Return whether a command answers a diversion, which is done also where what was paid in begins anew."""
    return isinstance(command, c.RecordAssurance) and bool(partnership.responsibility.diverted)


def _admit_detail(partnership: Partnership, command: c.StaffRequest) -> None:  # noqa: C901 - one whole match
    match command:
        case c.Propose():
            _admit_proposal(partnership, command)
        case c.Approve():
            _admit_approval(partnership, command)
        case c.SignAgreement():
            _admit_agreement(partnership, command)
        case c.Release():
            _admit_release(partnership, command)
        case c.CancelPayment():
            _admit_cancellation(partnership, command)
        case c.Amend():
            _admit_amendment(partnership, command)
        case c.LiftHold():
            _admit_lift(partnership, command)
        case c.PlaceHold():
            _admit_hold(partnership, command)
        case c.EndLeg(leg=leg):
            _admit_leg_end(partnership, leg)
        case c.Reopen():
            _require_come_back(partnership, command)
        case c.Terminate() if partnership.stage is Stage.CLOSED:
            _require_come_back(partnership, command)
        case c.Terminate():
            _admit_end(partnership)
        case c.Decline() | c.Withdraw() if partnership.has_paid:
            raise IllegalTransition(
                f"{partnership.partnership_id} has paid already; it is terminated: `accord terminate`"
            )
        case c.ExtendDeadline():
            _admit_extension(partnership)
        case c.Report():
            admit_report(partnership, command)
        case c.AcceptReport():
            admit_acceptance(partnership, command)
        case c.ReturnReport():
            require_received(partnership, command.report)
        case c.RecordRefund():
            admit_refund(partnership, command)
        case c.ConfirmRefund():
            admit_confirmation(partnership, command)
        case c.WithdrawRefund():
            admit_withdrawal(partnership, command)
        case c.Satisfy(condition=condition) if condition not in _conditions_to_meet(partnership):
            left = ", ".join(_conditions_to_meet(partnership)) or "none"
            raise IllegalTransition(
                f"{partnership.partnership_id} is {partnership.stage.value}: {condition.value} is not asked for, or is "
                f"on file already; still open: {left}"
            )
        case c.Satisfy(condition=condition) if condition in NAMED:
            raise IllegalTransition(
                f"no paper meets {condition.value}: {CONDITIONS[condition].what}: `accord amend FILE`; it is met once "
                "the registers were asked about them"
            )
        case c.Satisfy(condition=ConditionId.BARRIER_MET, document_sha256=None):
            raise IllegalTransition("a barrier is met by a paper that shows it: give it with --document")
        case c.DeclareInterest(interest=interest) if interest in partnership.interests:
            raise IllegalTransition(f"this interest of {interest.person} is declared already")
        case c.Assign(to=person):
            _admit_assignment(partnership, person)
        case c.ClearQuestions():
            _admit_clearance(partnership, command)
        case c.ReportDiversion() if partnership.ended and not partnership.has_paid:
            raise IllegalTransition(
                f"cannot report diversion: nothing was paid in {partnership.partnership_id}, so nothing was diverted"
            )
        case c.ReportSubrecipients() if partnership.proposed.funds_out is None:
            raise IllegalTransition("no money goes out in this partnership, so there are no sub-recipients")
        case c.RecordAssurance() if not (
            partnership.responsibility.diverted or partnership.responsibility.diversions.outstanding
        ):
            raise IllegalTransition("no diversion is on record that assurances could answer")
        case _:
            return


def _admit_assignment(partnership: Partnership, person: str | None) -> None:
    """Refuse to assign it to whoever has it already, or to somebody with an interest in it (R32)."""
    what = partnership.partnership_id
    if person == partnership.assigned:
        raise IllegalTransition(f"{person or 'nobody'} looks after {what} already")
    if person in partnership.recused:
        raise SeparationOfDuties(f"{person} has a declared interest in {what} and is recused")
    if person in partnership.in_question:
        raise SeparationOfDuties(f"{person} may be the person whom {what} names; a verifier says whether it is they")


def _admit_hold(partnership: Partnership, command: c.PlaceHold) -> None:
    """Refuse the very hold that stands, and one on a leg that does not exist; any other is placed beside."""
    what = partnership.partnership_id
    placed = Hold(actor=command.actor, reason=command.reason, leg=command.leg, whole_agreement=command.whole_agreement)
    if same := next((one for one in partnership.holds if one.says_as(placed)), None):
        raise IllegalTransition(f"this very hold of {what} stands already: hold {same.number} {same.told}")
    if command.leg is not None:
        _require_leg(partnership, command.leg)
    lead = partnership.proposed.under
    if command.whole_agreement and command.leg is not None:
        raise IllegalTransition("hold one leg (--leg), or everything under the agreement (--agreement), and not both")
    if command.whole_agreement and lead is not None:
        raise IllegalTransition(f"{what} stands under the agreement of {lead}; hold that one")


def _require_leg(partnership: Partnership, leg: Direction) -> None:
    legs = partnership.proposed.directions
    if leg not in legs or leg in partnership.ended_legs:
        open_legs = ", ".join(one.value for one in legs if one not in partnership.ended_legs)
        raise IllegalTransition(f"{partnership.partnership_id} has no leg {leg.value} that is open; it has {open_legs}")


def _admit_leg_end(partnership: Partnership, leg: Direction) -> None:
    """Refuse to end the only leg, one that another depends on, and money out while a payment is on its way."""
    _require_leg(partnership, leg)
    what, left = partnership.partnership_id, set(partnership.proposed.directions) - {*partnership.ended_legs, leg}
    if not left:
        raise IllegalTransition(f"{leg.value} is the only leg of {what}; decline it, or end it: `accord terminate`")
    active = partnership.stage is Stage.ACTIVE
    if partnership.proposed.needs(leg) and (partnership.unpaid or not active):
        raise IllegalTransition(f"the money out of {what} depends on this gift; amend it first so that it does not")
    if partnership.moved_on(leg) and not active:
        raise PaymentRefused(f"money has moved on this leg of {what}; end it once the agreement is signed")
    if leg is Direction.FUNDS_OUT and partnership.in_flight:
        raise PaymentRefused(f"a payment is on its way: {_end_first(partnership)}; then the leg is ended")


def _admit_extension(partnership: Partnership) -> None:
    """Refuse more time where nobody is waited for, or was reminded yet."""
    deadline, what = partnership.deadline, partnership.partnership_id
    if deadline is None:
        raise IllegalTransition(f"{what} is {partnership.stage.value} and has no deadline to give more time for")
    if not (deadline.reminded or deadline.escalated):
        raise IllegalTransition(
            f"there is time until {deadline.due:%Y-%m-%d}; more is given from {deadline.remind_at:%Y-%m-%d} on, when "
            "those who must act are reminded"
        )


def _conditions_to_meet(partnership: Partnership) -> tuple[ConditionId, ...]:
    """Return the open conditions; after the end, those alone that outlive it."""
    if partnership.ended:
        return partnership.open_conditions(Gate.CLOSE)
    return (*partnership.open_conditions(), *partnership.conditions_later)


def _admit_clearance(partnership: Partnership, command: c.ClearQuestions) -> None:
    """Refuse a clearance of what nobody asks, and of what a paper alone proves without one."""
    _require_no_interest(partnership, command)
    if unasked := [one for one in command.questions if one not in partnership.asked]:
        asked = questions_told(partnership.asked) or "nothing"
        raise IllegalTransition(f"nobody asks {unasked[0]!r}; open is: {asked}")
    _require_a_paper(command, proved_later(command.questions))


def _require_a_paper(command: c.Approve | c.ClearQuestions, proved: str | None) -> None:
    if proved and command.document_sha256 is None:
        raise IllegalTransition(f"{proved} is proved by a paper: name its document (--document)")


def _admit_births(command: c.StaffRequest) -> None:
    match command:
        case c.Propose() | c.Amend():
            parties = command.proposal.parties
        case c.ReportSubrecipients():
            parties = tuple(behind for one in command.subrecipients for behind in one.party.with_principals)
        case _:
            return
    if wrong := birth_date_fault(parties, command.at.date()):
        raise IllegalTransition(f"{wrong}; write `born` as YYYY-MM-DD, or leave it out where nobody knows it")


def _admit_end(partnership: Partnership) -> None:
    """Refuse to terminate while a payment is in flight, and before anything was agreed or paid."""
    if partnership.at_the_bank and partnership.contradictions:
        raise PaymentRefused(
            "cannot terminate: a payment is at the bank, and what the bank said must be resolved first: "
            "`accord payments exceptions`"
        )
    if partnership.at_the_bank:
        raise PaymentRefused("cannot terminate: a payment is at the bank; wait for its answer, and import it")
    if partnership.in_flight:
        raise PaymentRefused(
            f"cannot terminate: a payment was released; cancel it first: "
            f"`accord payments cancel {partnership.partnership_id}`"
        )
    agreed = partnership.stage in {Stage.AGREEMENT, Stage.ACTIVE}
    if not agreed and not partnership.has_paid:
        where = f"{partnership.partnership_id} is {partnership.stage.value}"
        raise IllegalTransition(f"cannot terminate: {where}; decline it or let its proposer withdraw it")


def _require_come_back(partnership: Partnership, command: c.Reopen | c.Terminate) -> None:
    """Refuse to open, or to end, what is closed and kept its money."""
    if not partnership.came_back_since:
        raise IllegalTransition(
            f"cannot {_verb(command)}: {partnership.partnership_id} is CLOSED, and no payment of it came back; what is "
            "to be paid beside is proposed as another partnership"
        )
    if partnership.late_returns:
        raise IllegalTransition(
            f"cannot {_verb(command)}: two people say first whether the money came back: `accord payments exceptions`"
        )


def _admit_proposal(partnership: Partnership, command: c.Propose) -> None:
    if command.proposal.reference != partnership.partnership_id:
        raise IllegalTransition(f"the proposal is {command.proposal.reference}, not {partnership.partnership_id}")
    if partnership.proposal is not None and not partnership.question:
        raise AlreadyProposed(f"{partnership.partnership_id} was already proposed by {partnership.proposers[0]}")
    _admit_succession(partnership, command.proposal)
    if partnership.proposal is not None:
        _admit_paid(partnership, command.proposal)


def require_fresh_registers(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise IllegalTransition if an approval or agreement rests on register versions that are now too old (R28).

    Versions that were too old already at verification do not count here, since a verifier was shown them and accepted
    them.
    """
    found, assessment = partnership.verification, partnership.assessment
    if found is None or assessment is None or not isinstance(command, c.Approve | c.SignAgreement):
        return
    book = EDITIONS.get(assessment.rule_book)
    if book is None:
        raise IllegalTransition(
            f"cannot {_verb(command)}: {partnership.partnership_id} was assessed under edition {assessment.rule_book} "
            "of the rule book, which this release of Accord does not know; upgrade it"
        )
    known = book.too_old(found, found.verified_at.date())
    if old := [one for one in book.too_old(found, command.at.date()) if one not in known]:
        raise IllegalTransition(
            f"cannot {_verb(command)}: {partnership.partnership_id} was verified against {', '.join(old)}, too old by "
            "now; `accord registers refresh`, or `load`, newer ones, and it is verified again by itself"
        )


def _require_no_interest(partnership: Partnership, command: c.Approve | c.ClearQuestions) -> None:
    """Refuse who approves or clears without saying that they have no interest in it (R32)."""
    if not command.no_interest:
        what = partnership.partnership_id
        raise IllegalTransition(
            f"say that you have no interest in {what}: --no-interest; whoever has one declares it: "
            f"`accord declare-interest {what}`"
        )


def _admit_approval(partnership: Partnership, command: c.Approve) -> None:
    _require_no_interest(partnership, command)
    if partnership.stage is Stage.ELIGIBILITY:
        if partnership.assessment is None:
            raise IllegalTransition(f"the rule book has not spoken on {partnership.partnership_id} yet; wait a moment")
        if partnership.assessment.outcome is Outcome.FAIL:
            raise IllegalTransition(
                "a rule refuses it, and nobody clears that; amend it, or end it: `accord terminate`"
            )
        _require_a_paper(command, proved_before_approval(partnership.assessment))
    elif command.document_sha256 is not None:
        raise IllegalTransition("document: an approval rests on no paper; `accord satisfy` puts one on file")
    elif not partnership.missing_approvals and not partnership.to_renew:
        raise IllegalTransition(f"{partnership.partnership_id} has every approval that it needs")


def _admit_agreement(partnership: Partnership, command: c.SignAgreement) -> None:
    pays = partnership.proposed.funds_out is not None
    if pays and command.account is None:
        raise PaymentRefused("the agreement must name the payee's account (--account BA-...), since money goes out")
    if not pays and command.account is not None:
        raise PaymentRefused("no money goes out in this partnership, so its agreement names no account")
    require_the_payees_own(partnership, command.account)
    _require_on_file(partnership, partnership.open_conditions(Gate.AGREEMENT))
    _admit_update(partnership)
    if partnership.stage is not Stage.ACTIVE:
        return
    if partnership.in_flight:
        raise PaymentRefused(f"a payment is on its way to the account: {_end_first(partnership)}, and then change it")
    if command.account == partnership.account and not _needs_another_account(partnership):
        raise IllegalTransition(
            f"the agreement of {partnership.partnership_id} is signed already, with this account; it is signed again "
            "with another account, or after a payment failed"
        )


def _end_first(partnership: Partnership) -> str:
    """Return how the payment that is on its way is ended: it is cancelled or, once it left, the bank answers."""
    if partnership.at_the_bank:
        return "it is at the bank, so ask the bank to recall it and wait for its answer"
    return f"cancel it (`accord payments cancel {partnership.partnership_id}`)"


def _tainted(partnership: Partnership) -> frozenset[str]:
    """Return the people who signed the agreement or verified its account, and are recused now."""
    return partnership.recused & {partnership.signatory, partnership.account_verifier}


def _needs_another_account(partnership: Partnership) -> bool:
    failed = {TrancheState.REJECTED, TrancheState.RETURNED, TrancheState.WITHHELD, TrancheState.CANCELLED}
    return bool(_tainted(partnership)) or any(tranche.state in failed for tranche in partnership.tranches)


def _admit_release(partnership: Partnership, command: c.Release) -> None:
    if partnership.proposed.funds_out is None or Direction.FUNDS_OUT in partnership.ended_legs:
        raise PaymentRefused(f"{partnership.partnership_id} has no leg on which money goes out; no payment is possible")
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if tranche.state not in RELEASABLE:
        state = tranche.state.value.lower().replace("_", " ")
        raise PaymentRefused(f"tranche {command.tranche} is {state} already and is never paid twice")
    if command.attempt not in {None, tranche.next_attempt}:
        raise PaymentRefused(
            f"tranche {command.tranche}: attempt {command.attempt} was signed, the next is {tranche.next_attempt}; "
            "look again"
        )
    _admit_money(partnership, command)


def _admit_cancellation(partnership: Partnership, command: c.CancelPayment) -> None:
    """Refuse to cancel a payment that is not released, or was handed over: then only the bank's answer ends it."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if tranche.state is TrancheState.HANDED_OVER:
        raise PaymentRefused(
            f"tranche {command.tranche} was handed over to the bank; only the bank's word ends it: ask the bank to "
            "recall it, and import its answer"
        )
    if tranche.state is not TrancheState.RELEASED or tranche.attempt != command.attempt:
        raise PaymentRefused(
            f"tranche {command.tranche} is {tranche.state.value}, attempt {tranche.attempt}; nothing of it waits"
        )


def _admit_money(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release without the approvals, papers and reports it needs, during cooling-off, or after a diversion."""
    if tainted := _tainted(partnership):
        raise SeparationOfDuties(f"{min(tainted)} has an interest and took part; let others sign the agreement again")
    if fallen := partnership.missing_approvals:
        roles = " and ".join(role.value for role in fallen)
        raise PaymentRefused(f"{roles} must approve {partnership.partnership_id} again before anything is paid")
    _admit_answers(partnership)
    if overdue := holds_later(partnership, command.tranche, command.at.date()):
        raise PaymentRefused(
            f"the rule book asks since it changed, and the time to answer is over: {'; '.join(overdue)}; "
            f"`accord clear {partnership.partnership_id}` or `accord satisfy` answers it"
        )
    _admit_sum(partnership, command)
    _admit_gift(partnership, command)
    _require_on_file(partnership, partnership.open_before(command.tranche))
    if fault := partnership.account_fault:
        raise PaymentRefused(
            f"the bank says of the payee's account that {fault}; nothing is paid to it before it is confirmed anew, or "
            f"changed: `accord payments change-account {partnership.partnership_id}`"
        )
    if partnership.payable_from is not None and command.at < partnership.payable_from:
        until = partnership.payable_from.astimezone(UTC)
        raise PaymentRefused(f"the bank details changed; nothing is paid to them before {until:%Y-%m-%d %H:%M} UTC")
    today = command.at.date()
    planned = partnership.tranche(command.tranche)
    if planned is not None and planned.due_on is not None and today < planned.due_on:
        raise PaymentRefused(
            f"tranche {command.tranche} is planned for {planned.due_on} and is not paid before; amend it to pay earlier"
        )
    against = partnership.responsibility.stands_against_payment(today)
    if against := against or partnership.reporting.against(command.tranche, today):
        raise PaymentRefused(f"nothing is paid: {against}")
    if over := period_fault(partnership, command.tranche, today):
        raise PaymentRefused(
            f"nothing is paid: {over}; extend it (`accord amend`), or accept a report that releases it"
        )


def _admit_answers(partnership: Partnership) -> None:
    """Refuse to pay before a verifier answered what the registers ask."""
    if partnership.asked_since:
        raise PaymentRefused(
            f"the registers ask: {questions_told(partnership.asked_since)}; a verifier clears it first: "
            f"`accord clear {partnership.partnership_id}`"
        )
    _admit_update(partnership)


def _admit_update(partnership: Partnership) -> None:
    """Refuse to agree and to pay before everybody named now was screened, and a verifier checked what is new."""
    if partnership.updated:
        raise PaymentRefused(
            f"who stands in {partnership.partnership_id} was told anew, and the registers are being asked about them; "
            "wait a moment"
        )
    if partnership.to_check:
        raise PaymentRefused(
            f"nobody has checked yet: {'; '.join(partnership.to_check)}; a verifier does: "
            f"`accord clear {partnership.partnership_id}`"
        )


def _admit_sum(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release that would exceed what was approved: the tolerance lets approvals stand, and pays nothing."""
    tranche, covered = partnership.tranche(command.tranche), partnership.covered
    if tranche is None or covered is None or partnership.paid_or_in_flight + tranche.money.amount <= covered:
        return
    role, currency = partnership.to_renew[0] if partnership.to_renew else Role.FINANCE_APPROVER, tranche.money.currency
    raise PaymentRefused(
        f"{currency} {covered:,} were approved, and with tranche {tranche.number} more would be paid; "
        f"{role.value} approves the rest first: `accord approve {partnership.partnership_id}`"
    )


def _admit_gift(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release that waits for the partnership's own gift, until as much of it has come in."""
    out, tranche = partnership.proposed.funds_out, partnership.tranche(command.tranche)
    if out is None or tranche is None or not out.waits_for_gift:
        return
    wanted, currency = partnership.paid_or_in_flight + tranche.money.amount, tranche.money.currency
    if partnership.usable < wanted:
        raise PaymentRefused(
            f"tranche {tranche.number} waits for the gift: {currency} {partnership.usable:,} has come in, and "
            f"{wanted:,} would be paid"
        )


def _require_on_file(partnership: Partnership, left: tuple[ConditionId, ...]) -> None:
    if left:
        first, what = left[0], partnership.partnership_id
        if first in NAMED:
            raise IllegalTransition(f"{CONDITIONS[first].what} ({first.value}): `accord amend FILE`")
        raise IllegalTransition(
            f"not on file yet: {', '.join(left)}; see `accord satisfy {what} --condition {first.value}`"
        )


def _admit_amendment(partnership: Partnership, command: c.Amend) -> None:
    before, after = partnership.proposed, command.proposal
    if after.reference != partnership.partnership_id:
        raise IllegalTransition(f"the proposal is {after.reference}, not {partnership.partnership_id}")
    if after == before:
        raise IllegalTransition("the amendment changes nothing")
    if after.interests != before.interests:
        raise IllegalTransition("an amendment declares no interests; see `accord declare-interest`")
    if before.directions != after.directions:
        raise IllegalTransition("an amendment keeps the legs of a partnership; propose another one for another leg")
    _admit_succession(partnership, after)
    _admit_paid(partnership, after)
    admit_plan(partnership, after)
    if partnership.in_flight and not ANEW.isdisjoint(changes_between(before, after, partnership.checked_payee)):
        raise PaymentRefused(f"a payment is on its way: {_end_first(partnership)}; then the case begins anew")


def _admit_paid(partnership: Partnership, after: Proposal) -> None:
    """Refuse another funder after any release, another payee without its succession, and a change of what was paid."""
    moved = [one for one in partnership.tranches if one.attempt]
    if moved:
        _admit_parties(partnership, after)
    planned = {plan.number: plan.money for plan in after.funds_out.tranches} if after.funds_out else {}
    if altered := [one.number for one in moved if planned.get(one.number) != one.money]:
        raise PaymentRefused(f"tranche {altered[0]} was released already and stays as it is")


def _admit_parties(partnership: Partnership, after: Proposal) -> None:
    """Refuse, once payments were released, what would take them from their funder or from the payee that got them."""
    before, what = partnership.proposed, partnership.partnership_id
    changes = changes_between(before, after, partnership.checked_payee)
    if Change.FUNDER in changes:
        raise PaymentRefused(
            f"funder: payments of {what} were released for {before.legs[0].funder} already; amend it down to what was "
            "paid, and propose the rest for the other funder under a reference of its own"
        )
    if Change.PAYEE in changes and not _takes_over(before, after):
        raise PaymentRefused(
            f"payee: payments were released to {partnership.paid_party} already; if it only bears another name, keep "
            "the one before in also_known_as; if another body took over from it, as by a merger, say so in "
            f"funds_out.succession, with its paper; else end this partnership (`accord terminate {what}`), and propose "
            "another one"
        )
    if (lost := names_lost(before, after)) and Change.PAYEE not in changes:
        raise PaymentRefused(
            f"also_known_as: payments were released to {lost[0]}; keep the name, so that it is screened as well"
        )


def _takes_over(before: Proposal, after: Proposal) -> bool:
    """Return whether an amendment names the succession by which another body takes the agreement over."""
    was, now = before.funds_out, after.funds_out
    return now is not None and now.succession is not None and was is not None and now.succession != was.succession


def _admit_succession(partnership: Partnership, after: Proposal) -> None:
    """Refuse a succession that says something else than the ledger: of whom, and what was paid (rules 4.4)."""
    now = after.funds_out.succession if after.funds_out is not None else None
    was = partnership.proposal.funds_out if partnership.proposal is not None else None
    if now is None or after.funds_out is None or (was is not None and was.succession == now):
        return
    paid, field = partnership.paid_or_in_flight, "funds_out.succession"
    if was is None or not partnership.has_paid:
        raise IllegalTransition(f"{field}: nothing was released here yet; leave it out, and name the payee alone")
    if not is_one_body(was.payee, now.of):
        raise IllegalTransition(f"{field}.of: {now.of.name} is not the payee; it is {was.payee.name}, as it stands")
    if is_same_body(was.payee, after.funds_out.payee):
        raise IllegalTransition(f"funds_out.payee: it is {was.payee.name} still; name the body that took over")
    if now.paid != paid:
        raise IllegalTransition(f"{field}.paid: it says {now.paid:,}, and {was.currency} {paid:,} were paid")
    if not after.funds_out.left.amount:
        raise IllegalTransition(f"{field}: nothing is left to be paid; propose another partnership with it")


def _admit_lift(partnership: Partnership, command: c.LiftHold) -> None:
    """Refuse a lift that does not say which of several holds it is about, and one before what must be mended."""
    holds_to_lift(partnership, command)
    if open_still := len(partnership.contradictions):
        raise IllegalTransition(
            f"{open_still} of the bank's answers must be resolved first: `accord payments exceptions`"
        )
    if partnership.listed:
        raise IllegalTransition(
            f"{partnership.listed} (as of the newest look): no hold is lifted over that; amend it so that they have no "
            f"part in it (`accord amend {partnership.partnership_id}`), or end it "
            f"(`accord terminate {partnership.partnership_id}`)"
        )
    if companies := partnership.for_profit_subrecipients:
        named = ", ".join(companies)
        raise IllegalTransition(f"{named} must be replaced or repaid first: `accord report-subrecipients`")
    if diverted := partnership.responsibility.diverted:
        raise IllegalTransition(f"money was diverted ({diverted}); record the assurances first: `accord assure`")


def holds_to_lift(partnership: Partnership, command: c.LiftHold) -> Holds:
    """Return the holds that a command lifts.

    Raises:
        IllegalTransition: None stands, it names one that does not, or it does not say which of several.
    """
    standing, what = partnership.holds, partnership.partnership_id
    if not standing:
        raise IllegalTransition(f"{what} is not on hold")
    each = "; ".join(f"--hold {one.number} ({one.told})" for one in standing)
    if not command.holds and len(standing) > 1:
        raise IllegalTransition(f"{len(standing)} holds stand on {what}; say which is lifted: {each}")
    known = {one.number for one in standing}
    # A run that release 0.2.0 handed on knows no numbers: what the ledger holds decides.
    unknown = [number for number in command.holds if number not in known and 0 not in known]
    if unknown:
        raise IllegalTransition(f"no hold {unknown[0]} stands on {what}; what stands: {numbered(standing)}")
    return tuple(one for one in standing if one.number in command.holds) or standing


def _verb(command: c.StaffRequest) -> str:
    return command.kind.replace("_", " ")
