"""Separation of duties, roles and sums of a partnership's decisions, each held against the state before it.

The state is the domain's own fold of the events. What an event claims of itself, such as its quorum, is not believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from accord.audit.walk.capacities import capacity_fault
from accord.audit.walk.walk import Walk
from accord.follow.looks import EventLook
from domain.directory.tiers import most_of
from domain.errors import SeparationOfDuties, ThresholdUnknown
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.admission import stage_allows
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.choices import remainder_of
from domain.partnership.people.duties import barred_from, require_free
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import ACTS, PROCEDURE
from domain.partnership.state import Partnership
from domain.proposal import Direction

_BOUND: Final = (e.ReferralCleared, e.QuestionsCleared, e.ApprovalGiven, e.AgreementSigned, e.TrancheReleased)
"""Decisions that lead to a payment: their signers were shown the terms that stood."""


def _recording() -> dict[type[e.Event], list[type[c.StaffCommand]]]:
    by_event: dict[type[e.Event], list[type[c.StaffCommand]]] = {}
    for command, step in PROCEDURE.items():
        for event in step.records:
            by_event.setdefault(event, []).append(command)
    return by_event


_COMMANDS: Final = _recording()
"""By class of event: the commands that it may record."""


def is_decision(event: Any) -> bool:
    """True if an event of a partnership is a person's decision."""
    return type(event) in ACTS and event.actor != ACCORD


def decision_faults(before: Partnership, after: Partnership, look: EventLook) -> Iterator[str]:
    """Yield the rules' objections to a decision in the state before it: none, if it was allowed."""
    for fault in (_stage_fault, _role_fault, _interest_fault, _duty_fault, _sight_fault):
        if words := fault(before, look):
            yield words
    if isinstance(look.event, e.ApprovalGiven | e.ReferralCleared):
        yield from quorum_faults(before, look, before.elevated or isinstance(look.event, e.ReferralCleared))
    if isinstance(look.event, e.HoldLifted) and (words := _lifted_by_its_author(before, after, look)):
        yield words
    if special := _OWN.get(type(look.event)):
        yield from special(before, look.event)


def _stage_fault(before: Partnership, look: EventLook) -> str:
    commands = _COMMANDS.get(type(look.event), [])
    if not commands or any(stage_allows(before, command) for command in commands):
        return ""
    return f"{before.partnership_id} was {before.stage.value}, in which nobody can {PROCEDURE[commands[0]].name}"


def _role_fault(before: Partnership, look: EventLook) -> str:
    walk = Walk(proposal=before.proposal, escalated=before.escalated)
    return str(capacity_fault(walk, look.recorded, look.directory) or "")


def _interest_fault(before: Partnership, look: EventLook) -> str:
    decides = any(PROCEDURE[command].decides for command in _COMMANDS.get(type(look.event), []))
    people = {look.event.actor, getattr(look.event, "on_behalf_of", "")} & before.recused
    return (
        f"{min(people)} has a declared interest in {before.partnership_id} and is recused" if decides and people else ""
    )


def _part(event: Any) -> Part | None:
    if isinstance(event, e.ReferralCleared):
        return Part.CLEARED
    return next((PROCEDURE[command].part for command in _COMMANDS.get(type(event), [])), None)


def _duty_fault(before: Partnership, look: EventLook) -> str:
    event, part = look.event, _part(look.event)
    if part is None or part is Part.LIFTED:
        return ""
    renews = part is Part.APPROVED and before.may_renew(event.actor)
    try:
        require_free(before, event.actor, part, frozenset({Part.APPROVED}) if renews else frozenset())
    except SeparationOfDuties as fault:
        return str(fault)
    lender = getattr(event, "on_behalf_of", "")
    if lender and not renews and lender in barred_from(before, part):
        return f"{lender}, for whom {event.actor} acted, has another part in {before.partnership_id}"
    return ""


def _lifted_by_its_author(before: Partnership, after: Partnership, look: EventLook) -> str:
    lifted_hold = [hold for hold in before.holds if hold not in after.holds and hold.actor == look.event.actor]
    return f"{look.event.actor} placed the hold that they lifted" if lifted_hold else ""


def _sight_fault(before: Partnership, look: EventLook) -> str:
    """Return a fault if the signer was shown another sum, funder, account or edition than stood, or ''.

    Digests over texts that may hold sealed names are not compared.
    """
    shown_version = look.event.signature.statement.shown
    if shown_version is None or not isinstance(look.event, _BOUND) or before.proposal is None:
        return ""
    terms, seen_version = before.terms, shown_version.terms
    pairs = {
        "sum": (seen_version.amount, terms.amount),
        "funder": (seen_version.funder, terms.funder),
        "account": (seen_version.account_sha256, terms.account_sha256),
        "edition of the rule book": (seen_version.rule_book, terms.rule_book),
    }
    name = next(
        (name for name, (has_display, standing_version) in pairs.items() if has_display != standing_version), ""
    )
    return f"{look.event.actor} was shown another {name} than stood" if name else ""


def quorum_faults(before: Partnership, look: EventLook, elevated_roles: bool) -> Iterator[str]:
    """Yield a fault if an event claims a smaller quorum than the sums of its own proposal ask for.

    `elevated`: the risk is, so that a director approves too.
    """
    event, rules = look.event, look.directory.rules
    conversion = getattr(event, "conversion", None)
    at_unknown_rates = conversion is None and rules is not None and rules.base is not None
    if event.quorum is None or before.proposal is None or at_unknown_rates:
        return
    try:
        roles = quorum_to_decide(before.proposal, (), rules, elevated_roles, conversion)
    except ThresholdUnknown as fault:
        yield str(fault)
        return
    claimed_roles = sorted(event.quorum)
    if sorted(most_of(roles, event.quorum)) != claimed_roles:
        yield f"it claims that {', '.join(claimed_roles)} must approve; by the tiers it is {', '.join(sorted(roles))}"


def _release_faults(before: Partnership, event: e.TrancheReleased) -> Iterator[str]:
    tranche = before.tranche(event.tranche)
    if tranche is None:
        yield f"there is no tranche {event.tranche} to release"
        return
    covered_sum = before.covered
    faults = {
        f"{' and '.join(before.missing_approvals)} had not approved": bool(before.missing_approvals),
        "it was released while on hold": before.stops(Direction.FUNDS_OUT),
        "the money out had ended": Direction.FUNDS_OUT in before.ended_legs,
        f"tranche {event.tranche} could not be released then": not tranche.is_releasable,
        f"attempt {event.attempt} is not the next": event.attempt != tranche.next_attempt,
        f"{event.money} is not the {tranche.remainder} that was left": remainder_of(tranche) != event.money,
        f"{min(before.tainted, default='')} has an interest and took part": bool(before.tainted),
        "more would be paid than was approved": (
            covered_sum is not None and before.paid_or_in_flight + tranche.remainder > covered_sum
        ),
        "the bank details had changed, and their time was not over": (
            before.payable_from is not None and event.at < before.payable_from
        ),
    }
    yield from (words for words, is_so in faults.items() if is_so)


def _agreement_faults(before: Partnership, event: e.AgreementSigned) -> Iterator[str]:
    if before.missing_approvals:
        yield f"{' and '.join(before.missing_approvals)} had not approved before it was signed"
    if event.account_verifier and event.account_verifier in barred_from(before, Part.CALLED_BACK):
        yield f"{event.account_verifier} verified the account and has another part in {before.partnership_id}"


def _confirmation_faults(before: Partnership, event: e.RefundConfirmed) -> Iterator[str]:
    refunds = [refund for refund in before.refunds if refund.is_named(event.bank_reference, event.detail)]
    if not refunds:
        yield f"no refund {event.bank_reference} was recorded to confirm"
    elif any(refund.recorded_by == event.actor for refund in refunds):
        yield f"{event.actor} recorded the refund and confirmed it"


_OWN: Final[dict[type[e.Event], Callable[[Partnership, Any], Iterator[str]]]] = {
    e.TrancheReleased: _release_faults,
    e.AgreementSigned: _agreement_faults,
    e.RefundConfirmed: _confirmation_faults,
}
"""By class of event: what else the rules ask of it."""
