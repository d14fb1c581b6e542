"""Staffing: who can take the steps that lie ahead of a partnership, and which of them nobody can (R31, R32)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.duties import barred_from
from domain.partnership.procedure import PROCEDURE
from domain.partnership.reports import ReportState
from domain.partnership.state import Partnership, Stage
from domain.partnership.taking_part import Part
from domain.payment.account import MAY_VOUCH
from domain.values import Money


class Need(NamedTuple):
    """A step ahead that a person must take."""

    what: str
    roles: frozenset[Role]
    part: Part = Part.OTHER
    sums: tuple[Money, ...] = ()
    """The sums that an approver's limits must allow."""


EXCLUSIVE: Final = frozenset({Part.CLEARED, Part.APPROVED, Part.CALLED_BACK, Part.RELEASED})
"""The parts of which nobody takes two: each of these steps needs a person of its own."""

_BEFORE_AGREED: Final = frozenset({Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT})


def needs(partnership: Partnership) -> tuple[Need, ...]:
    """Return the steps ahead that people must take, as far as they are known, in their order."""
    if partnership.proposal is None or partnership.ended:
        return ()
    return (*_before_the_agreement(partnership), *_afterwards(partnership))


def _step(what: str, act: type[c.StaffCommand], part: Part | None = None) -> Need:
    step = PROCEDURE[act]
    return Need(what, step.roles, part or step.part or Part.OTHER)


def _before_the_agreement(partnership: Partnership) -> Iterator[Need]:
    stage, pays = partnership.stage, partnership.proposed.funds_out is not None
    if stage is Stage.PROPOSED and partnership.question:
        yield _step("answer the question", c.Propose)
    if (stage is Stage.ELIGIBILITY and partnership.assessment is not None) or partnership.to_clear:
        yield Need("clear what is asked", PROCEDURE[c.ClearQuestions].roles, Part.CLEARED)
    if stage in {Stage.APPROVAL, Stage.AGREEMENT, Stage.ACTIVE}:
        yield from _approvals(partnership)
    if stage in _BEFORE_AGREED and pays and partnership.account is None:
        yield Need("call back to verify the account", MAY_VOUCH, Part.CALLED_BACK)
    if stage in _BEFORE_AGREED:
        yield _step("sign the agreement", c.SignAgreement)


def _approvals(partnership: Partnership) -> Iterator[Need]:
    """Return an approval by each missing role; once a deadline has passed, a director may stand in."""
    for role in partnership.missing_approvals or partnership.to_renew:
        words = f"approve as {role.value}"
        yield Need(words, frozenset({role, Role.DIRECTOR}), Part.APPROVED, partnership.proposed.sums)


def _afterwards(partnership: Partnership) -> Iterator[Need]:
    if partnership.open_conditions():
        yield _step("put papers on file", c.Satisfy)
    if partnership.hold is not None:
        yield _step("lift the hold", c.LiftHold)
    unpaid = [one.number for one in partnership.unpaid]
    if unpaid:
        yield _step(f"release tranche {unpaid[0]}", c.Release)
    filed = [one.number for one in partnership.reporting.filed if one.state is ReportState.RECEIVED]
    if filed:
        yield _step(f"accept report {filed[0]}", c.AcceptReport)
    elif partnership.stage is Stage.ACTIVE and partnership.owes_a_final_report:
        yield _step("accept the grantee's reports", c.AcceptReport)


def people_for(partnership: Partnership, need: Need, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take a step on a day: with the role, with a key, and free of what excludes it."""
    renews = need.part is Part.APPROVED and bool(partnership.to_renew)
    barred = barred_from(partnership, need.part) | partnership.recused | partnership.in_question
    keys = {one.staff_id for one in directory.keys}
    able = []
    for staff_id in (one.staff_id for one in directory.staff if one.staff_id in keys):
        free = staff_id not in barred or (renews and partnership.may_renew(staff_id))
        held = directory.capacities(staff_id, on) if free else ()
        fits = (one for one in held if one.role in need.roles and one.on_behalf_of not in barred)
        if any(all(map(one.allows, need.sums)) for one in fits):
            able.append(staff_id)
    return tuple(able)


def able_to_act(partnership: Partnership, role: Role, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take the next step in a role on a day."""
    steps = [one for one in needs(partnership) if role in one.roles] or [Need("act", frozenset({role}))]
    return people_for(partnership, steps[0]._replace(roles=frozenset({role})), directory, on)


def unmet(partnership: Partnership, directory: Directory, on: date) -> tuple[Need, ...]:
    """Return the steps ahead that nobody can take, or not beside the other steps that need a person of their own."""
    steps = needs(partnership)
    able = [people_for(partnership, one, directory, on) for one in steps]
    taken: dict[str, int] = {}
    left = []
    for at, need in enumerate(steps):
        placed = _assigned(at, able, taken, set()) if need.part in EXCLUSIVE else bool(able[at])
        left += [] if placed else [need]
    return tuple(left)


def _assigned(at: int, able: list[tuple[str, ...]], taken: dict[str, int], tried: set[str]) -> bool:
    """Return whether a step finds a person of its own; another step gives theirs up if it can take somebody else."""
    for person in able[at]:
        if person in tried:
            continue
        tried.add(person)
        if person not in taken or _assigned(taken[person], able, taken, tried):
            taken[person] = at
            return True
    return False
