"""Decide an approval: its role, and on whose behalf it is. The quorum counts each person once (R31 to R33)."""

from __future__ import annotations

from domain.directory.directory import Capacity
from domain.directory.tiers import Role, missing, most_of
from domain.errors import NotAuthorised
from domain.partnership import events as e
from domain.partnership.approval import commands as c
from domain.partnership.approval.together import quorum_to_decide, sums_to_decide
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.people.duties import barred_from
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.values import Money


def approve(partnership: Partnership, command: c.Approve, circumstances: Circumstances) -> e.Events:
    """Return the event of a clearance at the eligibility stage, and of an approval at a later one."""
    at_eligibility = partnership.stage is Stage.ELIGIBILITY
    return ((_cleared if at_eligibility else _approved)(partnership, command, circumstances),)


def _approved(partnership: Partnership, command: c.Approve, circumstances: Circumstances) -> e.ApprovalGiven:
    """Return an approval, in the first missing role in which the actor may act."""
    proposal, together, conversion = partnership.proposed, circumstances.together, circumstances.conversion
    sums = sums_to_decide(proposal, together, circumstances.rules, conversion)
    now = quorum_to_decide(proposal, together, circumstances.rules, partnership.elevated, conversion)
    # A larger quorum may be on record, as of a case whose risk was elevated: it is asked for until it is there.
    quorum = most_of(now, partnership.quorum or ())
    roles = missing(quorum, tuple(approval.role for approval in partnership.approvals))
    roles = roles or partnership.missing_approvals or partnership.to_renew
    role, capacity = _capacity(partnership, command, circumstances.authority, roles, sums)
    return e.ApprovalGiven(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        role=role,
        reason=command.reason,
        no_interest=command.no_interest,
        on_behalf_of=capacity.on_behalf_of,
        quorum=quorum,
        conversion=conversion,
    )


def _cleared(partnership: Partnership, command: c.Approve, circumstances: Circumstances) -> e.ReferralCleared:
    stand_in = {Role.DIRECTOR} if partnership.escalated else set()
    roles = frozenset({Role.VERIFIER, *stand_in})
    usable = _usable(partnership, command, circumstances.authority, roles, (), partnership.in_question)
    together, conversion = circumstances.together, circumstances.conversion
    return e.ReferralCleared(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        reason=command.reason,
        document_sha256=command.document_sha256,
        no_interest=command.no_interest,
        on_behalf_of=usable[0].on_behalf_of,
        quorum=quorum_to_decide(
            partnership.proposed, together, circumstances.rules, elevated_risk=True, conversion=conversion
        ),
        conversion=conversion,
    )


def _capacity(
    partnership: Partnership,
    command: c.Approve,
    authority: Authority,
    roles: tuple[Role, ...],
    sums: tuple[Money, ...] | None,
) -> tuple[Role, Capacity]:
    """Return the role to approve in, and the actor's capacity: in that role or, after a deadline, as a director."""
    stand_in = {Role.DIRECTOR} if partnership.escalated else set()
    usable = _usable(partnership, command, authority, frozenset({*roles, *stand_in}), sums)
    for role in roles:
        for capacity in usable:
            if capacity.role is role or (partnership.escalated and capacity.role is Role.DIRECTOR):
                return role, capacity
    raise NotAuthorised(f"{command.actor} may not approve: no approval that they could give is wanted")


def _usable(
    partnership: Partnership,
    command: c.Approve,
    authority: Authority,
    roles: frozenset[Role],
    sums: tuple[Money, ...] | None,
    in_question: frozenset[str] = frozenset(),
) -> list[Capacity]:
    """Return the actor's capacities in these roles that cover the sum and are not lent by somebody who may not act.

    `sums`: None if nobody knows how much they are. Only who has no limit covers them.
    """
    capacities = [capacity for capacity in authority.capacities if capacity.role in roles]
    excluded_people = barred_from(partnership, Part.APPROVED) | partnership.recused | in_question
    free = [capacity for capacity in capacities if capacity.on_behalf_of not in excluded_people]
    within = [capacity for capacity in free if _allows(capacity, sums)]
    if not within:
        raise NotAuthorised(_why(command, authority, roles, capacities, free, sums))
    return within


def _allows(capacity: Capacity, sums: tuple[Money, ...] | None) -> bool:
    return not capacity.limits if sums is None else all(map(capacity.allows, sums))


def _why(
    command: c.Approve,
    authority: Authority,
    roles: frozenset[Role],
    capacities: list[Capacity],
    free: list[Capacity],
    sums: tuple[Money, ...] | None,
) -> str:
    if not capacities:
        needed = " or ".join(sorted(role.value for role in roles))
        role_names = ", ".join(dict.fromkeys(capacity.role.value for capacity in authority.capacities)) or "no role"
        return f"{command.actor} may not approve: it needs {needed}, and {command.actor} holds {role_names}"
    if not free:
        return (
            f"{command.actor} may not approve for {capacities[0].on_behalf_of}, "
            "who may not act in this partnership themselves"
        )
    if sums is None:
        return (
            f"{command.actor} may not approve: without a reference rate that is not too old nobody knows whether the "
            "sum is within their limit; `accord registers refresh ecb-rates`"
        )
    amounts = " and ".join(map(str, sums))
    return f"{command.actor} may not approve {amounts}: it is above their limit"
