"""The table of the golden histories: what each of them is the golden of, and what must have one.

A new stage, ending, deadline or type of workflow asks for a golden by itself. What a golden holds is read from it.
"""

from __future__ import annotations

from typing import Final

from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.partnership.waiting.deadlines import Wait
from domain.payment.tranche.status import TrancheStatus
from domain.proposal import Direction
from tests.workflows.replay.goldens import Turn, leg, passed, payment, run, stage, tranche

ENDS_OF: Final = {
    "Partnership": ("open", "completed", "failed", "continued as new"),
    "Tranche": ("open", "completed", "failed", "continued as new"),
    "OrganisationAct": ("completed",),
    "Rescreening": ("completed",),
    "Import": ("completed",),
    "RegisterRefresh": ("completed", "failed"),
}
"""The ends that a run of each type of workflow comes to. Those left out have no code: their retries have no limit."""

NEVER_AT_REST: Final = frozenset({TrancheStatus.RELEASED})
"""An attempt is instructed or withheld in the same append that says it was released."""


def required() -> frozenset[str]:
    """The labels that some golden must have: every stage, ending, deadline and type of workflow in the code."""
    return frozenset(
        {
            *map(stage, Stage),
            *map(leg, Direction),
            *map(tranche, TrancheState),
            *(payment(one) for one in TrancheStatus if one not in NEVER_AT_REST),
            *map(passed, Wait),
            *(run(workflow, end) for workflow, ends in ENDS_OF.items() for end in ends),
            *(one.value for one in Turn),
        }
    )


def _of(*held: str | Turn) -> frozenset[str]:
    return frozenset(map(str, held))


HELD: Final[dict[str, frozenset[str]]] = {
    # From stage to stage.
    "eligibility": _of(stage(Stage.ELIGIBILITY), leg(Direction.FUNDS_OUT), run("Partnership", "open")),
    "proposed": _of(stage(Stage.PROPOSED)),
    "approval": _of(stage(Stage.APPROVAL)),
    "agreement": _of(stage(Stage.AGREEMENT)),
    "active": _of(stage(Stage.ACTIVE), tranche(TrancheState.PLANNED)),
    "reported": _of(stage(Stage.CLOSED), tranche(TrancheState.SETTLED)),
    "due-diligence": _of(stage(Stage.DUE_DILIGENCE)),
    "closed": _of(stage(Stage.CLOSED), run("Partnership", "completed")),
    "declined": _of(stage(Stage.DECLINED), Turn.COMMAND_REFUSED),
    "declined-by-the-rules": _of(stage(Stage.DECLINED), run("Partnership", "open")),
    "withdrawn": _of(stage(Stage.WITHDRAWN)),
    "terminated": _of(stage(Stage.TERMINATED), tranche(TrancheState.REJECTED)),
    "on-hold": _of(Turn.ON_HOLD),
    "gift": _of(stage(Stage.CLOSED), leg(Direction.FUNDS_IN)),
    "no-money": _of(stage(Stage.ACTIVE), leg(Direction.NON_MONETARY)),
    # Payments, as the partnership knows them.
    "released": _of(tranche(TrancheState.RELEASED)),
    "handed-over": _of(tranche(TrancheState.HANDED_OVER)),
    "cancelled": _of(tranche(TrancheState.CANCELLED), Turn.CANCELLED),
    "paid-at-the-second-attempt": _of(stage(Stage.CLOSED), tranche(TrancheState.SETTLED), Turn.CANCELLED),
    "withheld": _of(tranche(TrancheState.WITHHELD), Turn.RECHECKED),
    "paid-after-it-was-withheld": _of(stage(Stage.CLOSED), tranche(TrancheState.SETTLED), Turn.RECHECKED),
    "returned": _of(tranche(TrancheState.RETURNED)),
    "short": _of(tranche(TrancheState.SHORT)),
    "ended-outside": _of(tranche(TrancheState.RELEASED), Turn.ON_HOLD),
    "amended": _of(Turn.AMENDMENT_JUDGED),
    "started-again": _of(stage(Stage.CLOSED), Turn.STARTED_AGAIN),
    "held-by-a-milestone": _of(tranche(TrancheState.PLANNED), tranche(TrancheState.SETTLED)),
    "not-allowed": _of(stage(Stage.ACTIVE), tranche(TrancheState.SETTLED), Turn.AMENDMENT_JUDGED),
    "budgeted": _of(stage(Stage.CLOSED), run("Partnership", "completed"), Turn.AMENDMENT_JUDGED),
    "squatter": _of(tranche(TrancheState.RELEASED), Turn.STARTED_AGAIN),
    "silent-bank": _of(tranche(TrancheState.HANDED_OVER)),
    # Attempts to pay.
    "instructed-payment": _of(payment(TrancheStatus.INSTRUCTED), run("Tranche", "open")),
    "handed-over-payment": _of(payment(TrancheStatus.HANDED_OVER)),
    "accepted-payment": _of(payment(TrancheStatus.ACCEPTED)),
    "settled-payment": _of(payment(TrancheStatus.SETTLED), run("Tranche", "completed")),
    "rejected-payment": _of(payment(TrancheStatus.REJECTED)),
    "returned-payment": _of(payment(TrancheStatus.RETURNED)),
    "short-payment": _of(payment(TrancheStatus.SHORT)),
    "cancelled-payment": _of(payment(TrancheStatus.CANCELLED)),
    "withheld-payment": _of(payment(TrancheStatus.WITHHELD)),
    "started-again-payment": _of(payment(TrancheStatus.SETTLED)),
    "started-by-hand-payment": _of(payment(TrancheStatus.INSTRUCTED), Turn.SHOWS_ITS_PAYEE),
    "silent-payment": _of(payment(TrancheStatus.UNKNOWN), run("Tranche", "open"), Turn.SILENCE),
    "silent-payment-first": _of(payment(TrancheStatus.UNKNOWN), run("Tranche", "continued as new")),
    "silent-payment-second": _of(payment(TrancheStatus.SETTLED), Turn.GOES_ON),
    # Runs.
    "many-runs-first": _of(run("Partnership", "continued as new")),
    "many-runs-following": _of(run("Partnership", "continued as new"), Turn.GOES_ON, Turn.FOLLOWS),
    "many-runs-last": _of(stage(Stage.CLOSED), Turn.GOES_ON),
    "begun-anew-first": _of(tranche(TrancheState.RELEASED), run("Partnership", "continued as new")),
    "begun-anew-second": _of(stage(Stage.CLOSED), Turn.GOES_ON, Turn.FOLLOWS),
    "begun-anew-payment-first": _of(payment(TrancheStatus.INSTRUCTED), run("Tranche", "continued as new")),
    "begun-anew-payment-second": _of(payment(TrancheStatus.SETTLED), Turn.GOES_ON, Turn.TELLS_ITS_PARTNERSHIP),
    "followed": _of(stage(Stage.CLOSED), Turn.GOES_ON, Turn.FOLLOWS),
    "followed-payment": _of(payment(TrancheStatus.SETTLED), Turn.TELLS_ITS_PARTNERSHIP),
    "from-the-ledger": _of(stage(Stage.CLOSED), Turn.BEGAN_FROM_THE_LEDGER),
    "from-the-ledger-payment": _of(payment(TrancheStatus.SETTLED)),
    "foreign": _of(run("Partnership", "failed")),
    "foreign-payment": _of(run("Tranche", "failed")),
    # What is refused, lost or late.
    "first-proposal-refused": _of(run("Partnership", "completed"), Turn.FIRST_PROPOSAL_REFUSED),
    "refusals": _of(Turn.COMMAND_REFUSED),
    "lost-task": _of(tranche(TrancheState.RELEASED)),
    "stopped": _of(Turn.STOPPED),
    "stopped-for-hours": _of(stage(Stage.AGREEMENT), Turn.STOPPED),
    "stopped-by-a-look": _of(stage(Stage.AGREEMENT), Turn.STOPPED, Turn.RECHECKED),
    "stopped-by-a-hint": _of(stage(Stage.AGREEMENT), Turn.STOPPED),
    "stopped-by-a-decision": _of(stage(Stage.AGREEMENT), Turn.STOPPED),
    "unreadable": _of(stage(Stage.CLOSED), Turn.UNREADABLE),
    "unreadable-payment": _of(payment(TrancheStatus.INSTRUCTED), Turn.UNREADABLE),
    "unreadable-at-first": _of(stage(Stage.AGREEMENT), Turn.STOPPED, Turn.UNREADABLE),
    "all-at-once": _of(tranche(TrancheState.SETTLED), Turn.RECHECKED),
    "all-at-once-payment": _of(payment(TrancheStatus.SETTLED)),
    "stopped-for-a-while": _of(stage(Stage.AGREEMENT), Turn.STOPPED, Turn.RECHECKED),
    "owing-after-its-end": _of(stage(Stage.CLOSED), run("Partnership", "open"), Turn.DUTIES_OUTLIVE),
    "owed-nothing-in-the-end": _of(stage(Stage.CLOSED), run("Partnership", "completed"), Turn.DUTIES_OUTLIVE),
    # Registers, keys and sub-recipients.
    "rechecked": _of(stage(Stage.ACTIVE), Turn.RECHECKED),
    "nothing-to-recheck": _of(stage(Stage.APPROVAL)),
    "decisions-fell": _of(Turn.DECISIONS_FELL),
    "subrecipients": _of(Turn.RECHECKED),
    "rescreening-told": _of(run("Rescreening", "completed"), Turn.SOMEBODY_TOLD),
    "rescreening-nobody": _of(run("Rescreening", "completed"), Turn.NOBODY_TOLD),
    "refreshed": _of(run("RegisterRefresh", "completed")),
    "refresh-refused": _of(run("RegisterRefresh", "failed")),
    "act": _of(run("OrganisationAct", "completed"), Turn.ACT_RECORDED),
    "act-refused": _of(Turn.ACT_REFUSED),
    "import": _of(run("Import", "completed")),
    # Days that pass.
    "overdue-clearance": _of(stage(Stage.ELIGIBILITY), passed(Wait.CLEARANCE)),
    "overdue-answer": _of(stage(Stage.PROPOSED), passed(Wait.ANSWER)),
    "overdue-approval": _of(stage(Stage.APPROVAL), passed(Wait.APPROVAL)),
    "overdue-agreement": _of(stage(Stage.AGREEMENT), passed(Wait.AGREEMENT)),
    "timer-stays": _of(stage(Stage.AGREEMENT), passed(Wait.AGREEMENT)),
    "timer-set-sooner": _of(Turn.ON_HOLD, passed(Wait.HOLD)),
    "overdue-hold": _of(Turn.ON_HOLD, passed(Wait.HOLD)),
    "overdue-report": _of(stage(Stage.ACTIVE), passed(Wait.OBLIGATION)),
    "lapsed": _of(stage(Stage.DECLINED), passed(Wait.APPROVAL)),
}
"""What each golden of the release is the golden of, by its name. It may hold more than that."""
