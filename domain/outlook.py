"""What happens next: who must act, on what, by when. The same words in the shell, the console and the Temporal UI."""

from __future__ import annotations

from domain.partnership import Partnership, Stage, TrancheState
from domain.people import Role
from domain.values import Moment, Value


class Outlook(Value):
    """What a partnership waits for."""

    awaiting: tuple[Role, ...]
    """The roles that can move it on; empty when it waits for the system, the bank, the donor, or nothing."""
    next_step: str
    due: Moment | None = None


def outlook(partnership: Partnership) -> Outlook:
    """Return what a partnership waits for."""
    if partnership.hold is not None and not partnership.ended:
        return _roles(f"lift the hold: {partnership.hold.reason}", Role.DIRECTOR, Role.FINANCE_APPROVER)
    match partnership.stage:
        case Stage.PROPOSED:
            step = f"answer the question: {partnership.question}" if partnership.question else "propose"
            return _roles(step, Role.PROPOSER)
        case Stage.DUE_DILIGENCE:
            return _roles("due diligence runs by itself")
        case Stage.ELIGIBILITY if partnership.assessment is None:
            return _roles("the rule book is applied by itself")
        case Stage.ELIGIBILITY:
            return _roles(f"look at the referral: {partnership.why}", Role.VERIFIER)
        case Stage.APPROVAL:
            return _approval(partnership)
        case Stage.AGREEMENT:
            return _roles("sign the agreement", Role.DIRECTOR)
        case Stage.ACTIVE:
            return _active(partnership)
        case _:
            return _roles(f"nothing; it is {partnership.stage.value.lower()}")


def _roles(step: str, *roles: Role) -> Outlook:
    return Outlook(awaiting=roles, next_step=step)


def _approval(partnership: Partnership) -> Outlook:
    missing = partnership.missing_approvals
    roles = (*missing, Role.DIRECTOR) if partnership.escalated else missing
    names = " and ".join(role.value.replace("_", " ").lower() for role in missing)
    return Outlook(awaiting=roles, next_step=f"approval by {names}", due=partnership.approval_due)


def _active(partnership: Partnership) -> Outlook:
    if partnership.in_flight:
        return _roles("the bank's answer to the payment in flight")
    unpaid = [tranche.number for tranche in partnership.tranches if tranche.state is not TrancheState.SETTLED]
    if unpaid:
        return _roles(f"release tranche {unpaid[0]}", Role.PAYER)
    gift = partnership.proposed.funds_in
    if gift is not None and partnership.received < gift.money.amount:
        return _roles(f"the donor's money: {gift.money}")
    return _roles("the final report", Role.PROPOSER, Role.VERIFIER)
