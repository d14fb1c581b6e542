"""Events that follow from a decision by themselves: a decline by the rules, a deadline, the close."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.diligence.cures import failing, failing_alone, is_curable, told
from domain.partnership.evolution import evolve
from domain.partnership.hold.holding import hold_by_rule
from domain.partnership.hold.holds import next_told
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Deadline, Wait, deadline_of
from domain.partnership.waiting.obligations import next_obligation
from domain.policy.findings import Outcome
from domain.proposal import Direction
from domain.values import Moment

Events = tuple[e.Event, ...]


def with_consequences(partnership: Partnership, events: Events) -> Events:
    """Return the events, followed by those that they lead to by themselves; all are recorded together."""
    if not events:
        return events
    after, last = reduce(evolve, events, partnership), events[-1]
    if isinstance(last, e.EligibilityAssessed) and last.assessment.outcome is Outcome.FAIL:
        follows = _refused_by_rule(after, last)
        events, after = (*events, *follows), reduce(evolve, follows, after)
    if after.stage is Stage.ACTIVE and not after.holds and after.fulfilled:
        return (*events, e.PartnershipClosed(at=last.at))
    wait = wait_of(after)
    if wait is None or (after.deadline is not None and after.deadline.wait is wait):
        return events
    return (*events, e.DeadlineSet(at=last.at, deadline=deadline_of(wait, last.at)))


def _refused_by_rule(partnership: Partnership, assessed: e.EligibilityAssessed) -> Events:
    """Return what follows from a failure: back to the proposer if it can be cured, else a decline (rules 3.8).

    If a payment was released already, a hold, so that people decide.
    """
    found = assessed.assessment
    alone = failing_alone(found, partnership)
    if partnership.has_paid or any(map(partnership.moved_on, alone)):
        return hold_by_rule(partnership, assessed.at, found.deciding, alone[0] if len(alone) == 1 else None)
    if is_curable(found, partnership.paid_party, partnership.returned_with):
        return (e.ReturnedForCure(at=assessed.at, what=told(found, alone), rules=failing(found)),)
    if alone:
        return legs_ended(alone, assessed.at, found.deciding)
    return (e.PartnershipDeclined(at=assessed.at, actor=ACCORD, reason=found.deciding),)


def legs_ended(legs: Iterable[Direction], at: Moment, reason: str) -> Events:
    """Return the end of legs that the rules refuse; the others go on, each leg with a life of its own (R1)."""
    return tuple(e.LegEnded(at=at, actor=ACCORD, leg=leg, reason=reason, anew=True) for leg in legs)


def open_deadline(partnership: Partnership) -> Deadline | None:
    """Return the deadline of the act that the partnership waits for, or None."""
    if partnership.holds:
        told = next_told(partnership.holds)
        return None if partnership.ended or told is None else told.deadline
    deadline = partnership.deadline
    return deadline if deadline is not None and deadline.wait is wait_of(partnership) else None


def next_deadline(partnership: Partnership) -> Deadline | None:
    """Return the deadline at which the clock does something next: of an act, or of an obligation."""
    running = (open_deadline(partnership), next_obligation(partnership))
    return min((one for one in running if one is not None), key=lambda one: one.next_at, default=None)


def wait_of(partnership: Partnership) -> Wait | None:
    """Return the act that the partnership waits for, if it has a deadline; None under a hold."""
    if partnership.holds:
        return None
    match partnership.stage:
        case Stage.PROPOSED if partnership.question:
            return Wait.ANSWER
        case Stage.ELIGIBILITY if partnership.assessment is not None:
            return Wait.CLEARANCE
        case Stage.APPROVAL:
            return Wait.APPROVAL
        case Stage.AGREEMENT:
            return Wait.AGREEMENT
        case _:
            return None
