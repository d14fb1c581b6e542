"""Events that follow by themselves from a decision: a decline by the rules, a deadline, the close."""

from __future__ import annotations

from functools import reduce

from domain.partnership import events as e
from domain.partnership.diligence.decisions import refused_by_rule
from domain.partnership.events import Events
from domain.partnership.evolution import evolve
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.clock import wait_of
from domain.partnership.waiting.deadlines import deadline_of
from domain.policy.findings import Outcome


def with_consequences(partnership: Partnership, events: Events) -> Events:
    """Return the events, followed by those that they lead to by themselves. All are recorded together."""
    if not events:
        return events
    after, last = reduce(evolve, events, partnership), events[-1]
    if isinstance(last, e.EligibilityAssessed) and last.assessment.outcome is Outcome.FAIL:
        follows = refused_by_rule(after, last)
        events, after = (*events, *follows), reduce(evolve, follows, after)
    if after.stage is Stage.ACTIVE and not after.holds and after.fulfilled:
        return (*events, e.PartnershipClosed(at=last.at))
    wait = wait_of(after)
    if wait is None or (after.deadline is not None and after.deadline.wait is wait):
        return events
    return (*events, e.DeadlineSet(at=last.at, deadline=deadline_of(wait, last.at)))
