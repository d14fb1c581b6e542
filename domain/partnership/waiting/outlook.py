"""Next steps: who must act, on what and by when. The shell, the console and the Temporal UI show the same words."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

from domain.directory.tiers import Role
from domain.keeping import memo
from domain.partnership import commands as c
from domain.partnership.choices import remainder_of
from domain.partnership.diligence.papers_for_clearances import proved_before_approval, proved_later
from domain.partnership.hold.holds import numbered
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import Wait, end_of
from domain.partnership.waiting.obligations import obligations, stops_payment
from domain.partnership.waiting.owed_money import ASSURE, may_assure
from domain.partnership.waiting.owing import Obligation, ObligationKind
from domain.payment.account import MAY_VOUCH
from domain.policy.conditions import BY_A_VERIFIER, CONDITIONS, NAMED, ConditionId, Gate
from domain.policy.findings import Assessment
from domain.policy.listings import questions_told
from domain.values import Moment, Value

SECOND: Final = timedelta(seconds=1)
"""So much before its end, a moment is on the last day."""
BANKS_ANSWER: Final = "the bank's answer to the payment that was handed over"
"""The step ahead while a payment is at the bank."""


class Outlook(Value):
    """The next step of a partnership."""

    awaiting: tuple[Role, ...]
    """The roles that can take the step, empty if the system, the bank or the donor must act, or nobody."""
    next_step: str
    due: Moment | None = None
    command: str = ""
    """The shell's command for the step, with placeholders in capitals, empty if no command takes it."""


@memo
def outlook(partnership: Partnership) -> Outlook:
    """Return a partnership's next step with its deadline.

    After the deadline, a director is among those awaited.
    """
    ahead, deadline = _ahead(partnership), open_deadline(partnership)
    if deadline is None or ahead.due is not None:
        return ahead
    is_decision = deadline.wait in {Wait.CLEARANCE, Wait.APPROVAL}
    stand_in = (Role.DIRECTOR,) if deadline.escalated and is_decision else ()
    awaiting = tuple(dict.fromkeys((*ahead.awaiting, *stand_in)))
    return ahead.model_copy(update={"due": deadline.due, "awaiting": awaiting})


_APPROVE: Final = "approve {id} --as STAFF --reason REASON --no-interest"
_PAPER: Final = " --document FILE"
_SIGN: Final = "sign-agreement {id} --as STAFF"


def _ahead(partnership: Partnership) -> Outlook:
    in_the_way = None if partnership.ended else _in_the_way(partnership)
    return in_the_way or _of_the_stage(partnership)


def _in_the_way(partnership: Partnership) -> Outlook | None:
    """Return the step that comes before any other, or None if nothing is in the way."""
    if partnership.contradictions:
        roles = (Role.FINANCE_APPROVER, Role.PAYER)
        step = "resolve what the bank said: accord payments exceptions"
        return _step(partnership, step, "payments exceptions", *roles)
    if partnership.listed:
        return _listed(partnership)
    if partnership.to_clear:
        step = f"clear what the registers ask: {questions_told(partnership.to_clear)}"
        paper = _PAPER if proved_later(partnership.to_clear) else ""
        return _step(partnership, step, f"clear {{id}} --as STAFF --reason REASON{paper} --no-interest", Role.VERIFIER)
    return _lift(partnership) if partnership.holds else None


def _of_the_stage(partnership: Partnership) -> Outlook:
    match partnership.stage:
        case Stage.PROPOSED:
            verb = "cure" if partnership.is_to_cure else "answer the question"
            step = f"{verb}: {partnership.question}" if partnership.question else "propose"
            answer = " --answer ANSWER" if partnership.is_asked else ""
            return _step(partnership, step, f"propose FILE{answer} --as STAFF", Role.PROPOSER)
        case Stage.DUE_DILIGENCE:
            return _by_itself("due diligence runs by itself")
        case Stage.ELIGIBILITY if (assessment := partnership.assessment) is not None:
            return _clearing(partnership, assessment)
        case Stage.ELIGIBILITY:
            return _by_itself("the rule book is applied by itself")
        case Stage.APPROVAL:
            return _approval(partnership, "approval")
        case Stage.AGREEMENT:
            return _agreement(partnership)
        case Stage.ACTIVE:
            return _active(partnership)
        case _:
            return _obligation(partnership) or _by_itself(f"nothing; it is {partnership.stage.value.lower()}")


def _step(partnership: Partnership, step: str, command: str, *roles: Role) -> Outlook:
    """Return a step with the roles that can take it, and the shell's command for it."""
    words = f"accord {command.format(id=partnership.partnership_id)}"
    return Outlook(awaiting=tuple(dict.fromkeys(roles)), next_step=step, command=words)


def _by_itself(step: str) -> Outlook:
    """Return a step that no command takes: of the system, the bank or somebody outside."""
    return Outlook(awaiting=(), next_step=step)


def _clearing(partnership: Partnership, assessment: Assessment) -> Outlook:
    paper = _PAPER if proved_before_approval(assessment) else ""
    return _step(partnership, f"look at the referral: {partnership.why}", f"{_APPROVE}{paper}", Role.VERIFIER)


def _agreement(partnership: Partnership) -> Outlook:
    account = " --account BA-..." if partnership.proposed.funds_out else ""
    sign = _step(partnership, "sign the agreement", f"{_SIGN}{account}", Role.DIRECTOR)
    return _filing(partnership, partnership.open_conditions(Gate.AGREEMENT)) or sign


def _listed(partnership: Partnership) -> Outlook:
    """Return the next step where somebody is on a list: stop payments, block, report, and end it (rules 3.8)."""
    if partnership.at_the_bank:
        return _by_itself(f"ask the bank to recall the payment, and wait for its answer: {partnership.listed}")
    if progresses := [tranche for tranche in partnership.tranches if tranche.state is TrancheState.RELEASED]:
        step = f"cancel the payment of tranche {progresses[0].number}: {partnership.listed}"
        return _by(c.CancelPayment, step, "payments cancel {id} --as STAFF --reason REASON", partnership)
    keys = [
        obligation.key
        for obligation in obligations(partnership)
        if obligation.kind is ObligationKind.BLOCKING or _is_report(obligation)
    ]
    if keys and (outlook := _obligation(partnership, *keys)) is not None:
        return outlook
    has_agreement = partnership.stage in {Stage.AGREEMENT, Stage.ACTIVE} or partnership.has_paid
    act, verb = (c.Terminate, "terminate") if has_agreement else (c.Decline, "decline")
    step = f"end it, or amend it so that they have no part in it: {partnership.listed}"
    return _by(act, step, f"{verb} {{id}} --as STAFF --reason REASON", partnership)


def _is_report(obligation: Obligation) -> bool:
    return obligation.kind is ObligationKind.PAPER and obligation.about == ConditionId.SANCTIONS_REPORT.value


def _by(act: type[c.StaffCommand], step: str, command: str, partnership: Partnership) -> Outlook:
    """Return a step with whoever may take it, and its command."""
    return _step(partnership, step, command, *(role for role in Role if role in PROCEDURE[act].roles))


def _lift(partnership: Partnership) -> Outlook:
    """Return the lifting of people's holds, or the step that comes before it.

    A hold that repeats the lead's falls with that.
    """
    own_holds = tuple(hold for hold in partnership.holds if not hold.lead)
    if not own_holds:
        return _by_itself(f"{partnership.holds[0].reason}; it falls here once it is lifted there")
    if first := _before_a_lift(partnership):
        return first
    option = f" --hold {own_holds[0].number}" if len(partnership.holds) > 1 else ""
    several = f"lift {len(own_holds)} holds, each by itself: {numbered(own_holds)}"
    step = f"lift the hold: {own_holds[0].told}" if len(own_holds) == 1 else several
    command = f"lift {{id}}{option} --as STAFF --reason REASON"
    return _step(partnership, step, command, Role.DIRECTOR, Role.FINANCE_APPROVER)


def _before_a_lift(partnership: Partnership) -> Outlook | None:
    """Return the step that comes before the lifting of any hold, or None."""
    if (companies := partnership.for_profit_subrecipients) and partnership.stage is not Stage.ACTIVE:
        step = f"end it, or wait: {', '.join(companies)} may not be among the sub-recipients"
        return _by(c.Terminate, step, "terminate {id} --as STAFF --reason REASON", partnership)
    if companies:
        step = f"replace {', '.join(companies)} among the sub-recipients, or have it repaid; then the hold is lifted"
        return _by(c.ReportSubrecipients, step, "report-subrecipients {id} FILE --as STAFF", partnership)
    if diversion := partnership.responsibility.diverted:
        step = f"recover what was diverted, and record the assurances; then the hold is lifted: {diversion}"
        return _step(partnership, step, ASSURE, *may_assure(partnership))
    return None


def _approval(partnership: Partnership, task: str) -> Outlook:
    roles = partnership.missing_approvals
    names = " and ".join(role.value.replace("_", " ").lower() for role in roles)
    return _step(partnership, f"{task} by {names}", _APPROVE, *roles)


def _filing(partnership: Partnership, ids: tuple[ConditionId, ...]) -> Outlook | None:
    if not ids:
        return None
    step = f"{CONDITIONS[ids[0]].what} ({ids[0].value})"
    if ids[0] in NAMED:
        return _step(partnership, step, "amend FILE --reason REASON --as STAFF", Role.PROPOSER)
    other_roles = () if ids[0] in BY_A_VERIFIER else (Role.FINANCE_APPROVER,)
    paper = _PAPER if ids[0] is ConditionId.BARRIER_MET else ""
    command = f"satisfy {{id}} --condition {ids[0].value} --note NOTE{paper} --as STAFF"
    return _step(partnership, step, command, Role.VERIFIER, *other_roles)


def _active(partnership: Partnership) -> Outlook:
    if partnership.at_the_bank:
        return _by_itself(BANKS_ANSWER)
    if partnership.in_flight and partnership.missing_approvals:
        return _approval(partnership, "approval again")  # until then no file takes the payment up
    if partnership.in_flight:
        return _step(partnership, "make the payment file and hand it over", "payments export --as STAFF", Role.PAYER)
    unpaid = [tranche.number for tranche in partnership.unpaid]
    gift = partnership.proposed.funds_in
    if unpaid and not partnership.waits_for_gift:
        return _before_payment(partnership, unpaid[0]) or _release(partnership, unpaid[0])
    if gift is not None and partnership.awaits_money:
        return _by_itself(f"the donor's money: {gift.money}")
    return (
        _obligation(partnership)
        or _filing(partnership, partnership.open_conditions())
        or _by_itself("the grantee's work, and its reports")
    )


def _release(partnership: Partnership, tranche: int) -> Outlook:
    """Return the release of a tranche, with the first day on which it is not too early."""
    progress, moment = partnership.tranche(tranche), partnership.payable_from
    if progress is not None and progress.has_remainder and not progress.is_releasable:
        rest = f"the rest of tranche {tranche}, {remainder_of(progress)}"
        step = f"agree to pay {rest}, by two people; or split it, or give it up"
        return _by(c.AgreeRest, step, f"agree-rest {{id}} --tranche {tranche} --reason REASON --as STAFF", partnership)
    days = [progress.due_on] if progress is not None and progress.due_on is not None else []
    if moment is not None:  # at some time of that day, so that on the next one it has passed
        days.append((moment.astimezone(UTC) + timedelta(days=1) - SECOND).date())
    start = f", from {max(days)} on" if days else ""
    command = f"release {{id}} --tranche {tranche} --as STAFF"
    what = "the rest of tranche" if progress is not None and progress.has_remainder else "tranche"
    return _step(partnership, f"release {what} {tranche}{start}", command, Role.PAYER)


def _obligation(partnership: Partnership, *keys: str) -> Outlook | None:
    """Return the earliest open obligation as the next step: of those with these keys, if any are given."""
    obligation = next(
        (obligation for obligation in obligations(partnership) if not keys or obligation.key in keys), None
    )
    if obligation is None:
        return None
    command = f"accord {obligation.command.format(id=partnership.partnership_id)}"
    return Outlook(
        awaiting=obligation.awaiting, next_step=obligation.what, due=end_of(obligation.due) - SECOND, command=command
    )


def _before_payment(partnership: Partnership, tranche: int) -> Outlook | None:
    """Return the step before a tranche's release, in the order in which its gate asks, or None."""
    if partnership.updated:
        return _by_itself("the registers are asked by themselves about who was told anew")
    if tainted_people := sorted(partnership.tainted):
        step = f"sign the agreement again, since {tainted_people[0]} has an interest and took part"
        return _step(partnership, step, f"{_SIGN} --account BA-...", Role.DIRECTOR)
    if partnership.missing_approvals:
        return _approval(partnership, "approval again")
    if partnership.to_renew:
        step = f"approval of what lies above {partnership.covered:,}"
        return _step(partnership, step, _APPROVE, *partnership.to_renew)
    if papers := _filing(partnership, partnership.open_before(tranche)):
        return papers
    if fault := partnership.account_fault:
        step = f"name another account, or have this one confirmed anew: the bank says that {fault}"
        return _step(partnership, step, "payments change-account {id} FILE --as STAFF", *sorted(MAY_VOUCH))
    stops = tuple(
        obligation.key for obligation in obligations(partnership) if stops_payment(partnership, obligation, tranche)
    )
    return _obligation(partnership, *stops) if stops else None
