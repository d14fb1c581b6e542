"""Next steps: who must act, on what and by when. The shell, the console and the Temporal UI show the same words."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.consequences import open_deadline
from domain.partnership.deadlines import Wait, end_of
from domain.partnership.holds import numbered
from domain.partnership.obligations import Obligation, ObligationKind, obligations, stops_payment
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.policy.conditions import BY_A_VERIFIER, CONDITIONS, NAMED, ConditionId, Gate
from domain.policy.listings import questions_told
from domain.values import Moment, Value

SECOND: Final = timedelta(seconds=1)
"""So much before its end, a moment is on the last day."""


class Outlook(Value):
    """The next step of a partnership."""

    awaiting: tuple[Role, ...]
    """The roles that can take the step; empty if the system, the bank or the donor must act, or nobody."""
    next_step: str
    due: Moment | None = None
    command: str = ""
    """The shell's command for the step, with placeholders in capitals; empty if no command takes it."""


def outlook(partnership: Partnership) -> Outlook:
    """Return a partnership's next step with its deadline; after the deadline, a director is among those awaited."""
    ahead, deadline = _with_command(_ahead(partnership), partnership), open_deadline(partnership)
    if deadline is None or ahead.due is not None:
        return ahead
    decided = deadline.wait in {Wait.CLEARANCE, Wait.APPROVAL}
    stand_in = (Role.DIRECTOR,) if deadline.escalated and decided else ()
    awaiting = tuple(dict.fromkeys((*ahead.awaiting, *stand_in)))
    return ahead.model_copy(update={"due": deadline.due, "awaiting": awaiting})


def _with_command(ahead: Outlook, partnership: Partnership) -> Outlook:
    """Return the next step with the shell's command for it at this stage."""
    if not ahead.awaiting or ahead.command:
        return ahead
    words = _command(partnership).format(id=partnership.partnership_id)
    return ahead.model_copy(update={"command": f"accord {words}" if words else ""})


def _command(partnership: Partnership) -> str:
    if partnership.contradictions:
        return "payments exceptions"
    if partnership.to_clear:
        return "clear {id} --as STAFF --reason REASON"
    if own := [one.number for one in partnership.holds if not one.lead]:
        which = f" --hold {own[0]}" if len(partnership.holds) > 1 else ""
        return f"lift {{id}}{which} --as STAFF --reason REASON"
    match partnership.stage:
        case Stage.PROPOSED:
            return "propose FILE --as STAFF"
        case Stage.ELIGIBILITY | Stage.APPROVAL:
            return "approve {id} --as STAFF --reason REASON"
        case Stage.AGREEMENT:
            account = " --account BA-..." if partnership.proposed.funds_out else ""
            return _file(partnership.open_conditions(Gate.AGREEMENT)) or f"sign-agreement {{id}} --as STAFF{account}"
        case Stage.ACTIVE:
            return _active_command(partnership)
        case _:
            return ""


def _file(left: tuple[ConditionId, ...]) -> str:
    if not left:
        return ""
    if left[0] in NAMED:
        return "amend FILE --reason REASON --as STAFF"
    paper = " --document FILE" if left[0] is ConditionId.BARRIER_MET else ""
    return f"satisfy {{id}} --condition {left[0].value} --note NOTE{paper} --as STAFF"


def _active_command(partnership: Partnership) -> str:
    if partnership.in_flight:
        return "payments export --as STAFF"
    unpaid = [tranche.number for tranche in partnership.unpaid]
    if unpaid and (partnership.missing_approvals or partnership.to_renew):
        return "approve {id} --as STAFF --reason REASON"
    left = partnership.open_before(unpaid[0]) if unpaid else partnership.open_conditions()
    if papers := _file(left):
        return papers
    return f"release {{id}} --tranche {unpaid[0]} --as STAFF" if unpaid else ""


def _ahead(partnership: Partnership) -> Outlook:
    if partnership.contradictions and not partnership.ended:
        return _roles("resolve what the bank said: accord payments exceptions", Role.FINANCE_APPROVER, Role.PAYER)
    if partnership.listed and not partnership.ended:
        return _listed(partnership)
    if partnership.to_clear:
        return _roles(f"clear what the registers ask: {questions_told(partnership.to_clear)}", Role.VERIFIER)
    if partnership.holds and not partnership.ended:
        return _lift(partnership)
    match partnership.stage:
        case Stage.PROPOSED:
            asked = "cure" if partnership.is_to_cure else "answer the question"
            step = f"{asked}: {partnership.question}" if partnership.question else "propose"
            return _roles(step, Role.PROPOSER)
        case Stage.DUE_DILIGENCE:
            return _roles("due diligence runs by itself")
        case Stage.ELIGIBILITY if partnership.assessment is None:
            return _roles("the rule book is applied by itself")
        case Stage.ELIGIBILITY:
            return _roles(f"look at the referral: {partnership.why}", Role.VERIFIER)
        case Stage.APPROVAL:
            return _approval(partnership, "approval")
        case Stage.AGREEMENT:
            return _filing(partnership.open_conditions(Gate.AGREEMENT)) or _roles("sign the agreement", Role.DIRECTOR)
        case Stage.ACTIVE:
            return _active(partnership)
        case _:
            return _obligation(partnership) or _roles(f"nothing; it is {partnership.stage.value.lower()}")


def _listed(partnership: Partnership) -> Outlook:
    """Return what is next where somebody is on a list: stop what would leave, block, report, and end it (rules 3.8)."""
    if partnership.at_the_bank:
        return _roles(f"ask the bank to recall the payment, and wait for its answer: {partnership.listed}")
    if released := [one for one in partnership.tranches if one.state is TrancheState.RELEASED]:
        step = f"cancel the payment of tranche {released[0].number}: {partnership.listed}"
        return _by(c.CancelPayment, step, "payments cancel {id} --as STAFF --reason REASON", partnership)
    owed = [one.key for one in obligations(partnership) if one.kind is ObligationKind.BLOCKING or _is_report(one)]
    if owed and (next_owed := _obligation(partnership, *owed)) is not None:
        return next_owed
    agreed = partnership.stage in {Stage.AGREEMENT, Stage.ACTIVE} or partnership.has_paid
    act, verb = (c.Terminate, "terminate") if agreed else (c.Decline, "decline")
    step = f"end it, or amend it so that they have no part in it: {partnership.listed}"
    return _by(act, step, f"{verb} {{id}} --as STAFF --reason REASON", partnership)


def _is_report(owed: Obligation) -> bool:
    return owed.kind is ObligationKind.PAPER and owed.about == ConditionId.SANCTIONS_REPORT.value


def _by(act: type[c.StaffCommand], step: str, command: str, partnership: Partnership) -> Outlook:
    """Return a step with whoever may take it, and its command."""
    roles = tuple(role for role in Role if role in PROCEDURE[act].roles)
    words = f"accord {command.format(id=partnership.partnership_id)}"
    return Outlook(awaiting=roles, next_step=step, command=words)


def _roles(step: str, *roles: Role) -> Outlook:
    return Outlook(awaiting=tuple(dict.fromkeys(roles)), next_step=step)


def _lift(partnership: Partnership) -> Outlook:
    """Return the lifting of what people lift; a hold that repeats the lead's falls with that one."""
    own = tuple(one for one in partnership.holds if not one.lead)
    if not own:
        return _roles(f"{partnership.holds[0].reason}; it falls here once it is lifted there")
    if len(own) == 1:
        return _roles(f"lift the hold: {own[0].told}", Role.DIRECTOR, Role.FINANCE_APPROVER)
    return _roles(f"lift {len(own)} holds, each by itself: {numbered(own)}", Role.DIRECTOR, Role.FINANCE_APPROVER)


def _approval(partnership: Partnership, what: str) -> Outlook:
    wanted = partnership.missing_approvals
    names = " and ".join(role.value.replace("_", " ").lower() for role in wanted)
    return _roles(f"{what} by {names}", *wanted)


def _filing(left: tuple[ConditionId, ...]) -> Outlook | None:
    if not left:
        return None
    step = f"{CONDITIONS[left[0]].what} ({left[0].value})"
    if left[0] in NAMED:
        return _roles(step, Role.PROPOSER)
    others = () if left[0] in BY_A_VERIFIER else (Role.FINANCE_APPROVER,)
    return _roles(step, Role.VERIFIER, *others)


def _active(partnership: Partnership) -> Outlook:
    if partnership.at_the_bank:
        return _roles("the bank's answer to the payment that was handed over")
    if partnership.in_flight and partnership.missing_approvals:
        return _approval(partnership, "approval again")  # until then no file takes the payment up
    if partnership.in_flight:
        return _roles("make the payment file and hand it over", Role.PAYER)
    unpaid = [tranche.number for tranche in partnership.unpaid]
    gift = partnership.proposed.funds_in
    if unpaid and not partnership.waits_for_gift:
        return _before_payment(partnership, unpaid[0]) or _roles(f"release tranche {unpaid[0]}", Role.PAYER)
    if gift is not None and partnership.awaits_money:
        return _roles(f"the donor's money: {gift.money}")
    return (
        _obligation(partnership)
        or _filing(partnership.open_conditions())
        or _roles("the grantee's work, and its reports")
    )


def _obligation(partnership: Partnership, *keys: str) -> Outlook | None:
    """Return the earliest open obligation as the next step; of those with these keys, if any are given."""
    owed = next((one for one in obligations(partnership) if not keys or one.key in keys), None)
    if owed is None:
        return None
    command = f"accord {owed.command.format(id=partnership.partnership_id)}"
    return Outlook(awaiting=owed.awaiting, next_step=owed.what, due=end_of(owed.due) - SECOND, command=command)


def _before_payment(partnership: Partnership, tranche: int) -> Outlook | None:
    if partnership.missing_approvals:
        return _approval(partnership, "approval again")
    if partnership.to_renew:
        return _roles(f"approval of what lies above {partnership.covered:,}", *partnership.to_renew)
    stops = tuple(one.key for one in obligations(partnership) if stops_payment(partnership, one, tranche))
    return _filing(partnership.open_before(tranche)) or (_obligation(partnership, *stops) if stops else None)
