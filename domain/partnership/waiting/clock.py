"""The clock: the deadline that runs, and the moment of the next one."""

from __future__ import annotations

from domain.keeping import memo
from domain.partnership.hold.holds import next_told
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Deadline, Wait
from domain.partnership.waiting.obligations import next_obligation


@memo
def open_deadline(partnership: Partnership) -> Deadline | None:
    """Return the deadline of the act that the partnership waits for, or None."""
    if partnership.holds:
        hold = next_told(partnership.holds)
        return None if partnership.ended or hold is None else hold.deadline
    deadline = partnership.deadline
    return deadline if deadline is not None and deadline.wait is wait_of(partnership) else None


def next_deadline(partnership: Partnership) -> Deadline | None:
    """Return the deadline at which the clock does something next: of an act, or of an obligation."""
    running = (open_deadline(partnership), next_obligation(partnership))
    return min(
        (deadline for deadline in running if deadline is not None), key=lambda deadline: deadline.next_at, default=None
    )


def wait_of(partnership: Partnership) -> Wait | None:
    """Return the act that the partnership waits for, if it has a deadline. Under a hold it is None."""
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
