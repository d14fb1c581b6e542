"""Read proposals: a case begins, begins anew, or is amended, and some of it still stands after that."""

from __future__ import annotations

from accord.audit.walk.editions import EditionsSeen
from accord.audit.walk.payee import checked_payee
from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.grants import Regrant
from domain.partnership import events as e
from domain.partnership.proposal.amendment import ANEW, SEEN_LATER, UPDATES, Change, changes_between
from domain.partnership.proposal.splitting import as_split
from domain.partnership.proposal.sums import falls, sums_of
from domain.partnership.proposal.updates import new_papers
from domain.policy.conditions import NAMED, ConditionId
from domain.proposal import Direction, Funding, Proposal


def propose(walk: Walk, event: e.PartnershipProposed | e.ProposalRevised) -> None:
    """Begin a case with a proposal. The people whose interests it declares are recused."""
    _begin(walk, event)
    walk.interests = tuple(dict.fromkeys((*walk.interests, *event.proposal.interests)))
    walk.recused |= {interest.person for interest in event.proposal.interests}


def amend(walk: Walk, event: e.ProposalAmended) -> None:
    """Amend a proposal: what changes decides whether the case begins anew, or which approvals still stand."""
    changes = _changes(walk, event)
    if ANEW.isdisjoint(changes):
        _amend_in_place(walk, event, changes)
    else:
        _begin(walk, event)


def name_subrecipients(walk: Walk, event: e.SubrecipientsReported) -> None:
    """Put those to whom the payee passes the money on in place of those that were known."""
    out = walk.out
    if walk.proposal is None or out is None:
        return
    earlier_regrant = out.regrant or Regrant(subrecipients=event.subrecipients, payee_selects=True, covenant=False)
    regrant = earlier_regrant.model_copy(update={"subrecipients": event.subrecipients})
    leg = out.model_copy(update={"regrant": regrant})
    walk.proposal = walk.proposal.model_copy(update={"funds_out": leg})


def begin_with(walk: Walk, proposal: Proposal, funding: Funding) -> None:
    """Reset the state for a proposal. After a release, the account is kept, so that a change of it is seen."""
    walk.succession_fault = _fault_of_succession(walk, proposal)
    walk.proposal, walk.funding = proposal, funding
    walk.vouched, walk.updated = proposal.funds_out.payee if proposal.funds_out else None, False
    walk.assessed, walk.verifier, walk.verifier_for, walk.verification = None, "", "", None
    walk.approvals, walk.met, walk.found_since, walk.while_asked = [], set(), (), {}
    walk.editions = EditionsSeen()
    walk.looked, walk.beside, walk.cleared_since, walk.referred = None, "", {}, ()
    walk.quorum, walk.judged_themselves = (), ""
    walk.responsibility = walk.responsibility.model_copy(update={"required": (), "met": ()})
    walk.account = walk.account if walk.paid else None
    walk.payable_from = walk.payable_from if walk.paid else None
    walk.signatory, walk.active, walk.escalated = "", False, False


def moved_on(walk: Walk, leg: Direction) -> bool:
    """True if money moved on a leg."""
    return {Direction.FUNDS_OUT: walk.paid, Direction.FUNDS_IN: walk.received}.get(leg, False)


def _begin(walk: Walk, event: e.PartnershipProposed | e.ProposalRevised | e.ProposalAmended) -> None:
    walk.proposers.add(event.actor)
    amends = isinstance(event, e.ProposalAmended)
    proposal = _without_the_ended(walk, event.proposal) if amends else event.proposal
    begin_with(walk, proposal, event.funding)
    walk.ended_legs = {leg for leg in walk.ended_legs if amends and moved_on(walk, leg)}
    _take_what_it_names(walk)


def _amend_in_place(walk: Walk, event: e.ProposalAmended, changes: tuple[Change, ...]) -> None:
    if not UPDATES.isdisjoint(changes):
        walk.updated = True
        walk.met -= NAMED
    if walk.proposal is not None and new_papers(walk.proposal, event.proposal):
        walk.met.discard(ConditionId.PAPERS_READ)
    now = sums_of(event.proposal)
    standing = (approval for approval in walk.approvals if not falls(approval.role, approval.sums, changes, now))
    walk.approvals = [approval for approval in standing if event.actor not in {approval.actor, approval.on_behalf_of}]
    walk.proposal, walk.funding = event.proposal, event.funding
    walk.quorum = event.quorum or ()
    _take_what_it_names(walk)
    walk.proposers.add(event.actor)


def _without_the_ended(walk: Walk, proposal: Proposal) -> Proposal:
    """Return an amended proposal without the legs that ended before money moved on them."""
    ended_legs = [leg for leg in walk.ended_legs if not moved_on(walk, leg)]
    open_legs = [leg for leg in proposal.directions if leg not in ended_legs]
    needed = any(proposal.needs(leg) for leg in ended_legs)
    return proposal.without(*ended_legs) if ended_legs and open_legs and not needed else proposal


def _changes(walk: Walk, event: e.ProposalAmended) -> tuple[Change, ...]:
    """Return the changes of an amendment.

    A change that began the case anew when it was recorded did so, whatever counts now.
    """
    if walk.proposal is None:
        return ()
    before = as_split(walk.proposal, event.proposal, walk.edition)
    changes = _seen(walk, changes_between(before, event.proposal, checked_payee(walk)))
    return tuple(dict.fromkeys((*changes, *ANEW.intersection(event.changes))))


def _seen(walk: Walk, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the changes that the edition of the assessment knew. Approvals stood beside the others."""
    return tuple(change for change in changes if not (walk.is_older and change in SEEN_LATER))


def _fault_of_succession(walk: Walk, proposal: Proposal) -> Fault | None:
    """Return the reason why a proposal's succession does not agree with the releases before it, or None."""
    now = proposal.funds_out.succession if proposal.funds_out else None
    was = walk.out.succession if walk.out else None
    if now is None or now == was:
        return walk.succession_fault if now is not None else None
    amount = walk.released_in_all
    return (
        Fault(f"its succession says that {now.paid:,} were paid, and {amount:,} were released")
        if now.paid > amount
        else None
    )


def _take_what_it_names(walk: Walk) -> None:
    planned_reports = walk.proposal.reports if walk.proposal else ()
    milestones = walk.out.milestones if walk.out else ()
    walk.reporting = walk.reporting.model_copy(update={"planned": planned_reports, "milestones": milestones})
    community = walk.proposal.public_interest.community if walk.proposal else None
    walk.gave_community = walk.gave_community or community is not None
    funder = walk.directory.funder(walk.proposal.legs[0].funder) if walk.proposal else None
    walk.debtor = funder.account if funder else ""
