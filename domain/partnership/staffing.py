"""Staffing: who can take the steps that lie ahead of a partnership, and which of them nobody can (R31, R32)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.duties import EXCLUDES, barred_from
from domain.partnership.procedure import PROCEDURE
from domain.partnership.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.taking_part import Part
from domain.payment.account import MAY_VOUCH
from domain.values import Money, Value


class Need(NamedTuple):
    """A step ahead that a person must take."""

    what: str
    roles: frozenset[Role]
    part: Part = Part.OTHER
    sums: tuple[Money, ...] = ()
    """The sums that an approver's limits must allow."""


class StepAhead(Value):
    """A step ahead with whom it excludes, so that the directory alone tells who can take it on a day."""

    what: str
    roles: tuple[Role, ...]
    part: Part = Part.OTHER
    sums: tuple[Money, ...] = ()
    barred: tuple[str, ...] = ()
    renewing: tuple[str, ...] = ()
    """Of those barred, who may take it all the same, since they renew their own part; nobody does so for a lender."""


_BEFORE_AGREED: Final = frozenset({Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT})


def needs(partnership: Partnership) -> tuple[Need, ...]:
    """Return the steps ahead that people must take, as far as they are known; the next one first."""
    if partnership.proposal is None or partnership.ended:
        return ()
    return (*_in_the_way(partnership), *_before_the_agreement(partnership), *_afterwards(partnership))


def _step(what: str, act: type[c.StaffCommand], part: Part | None = None) -> Need:
    step = PROCEDURE[act]
    return Need(what, step.roles, part or step.part or Part.OTHER)


def _in_the_way(partnership: Partnership) -> Iterator[Need]:
    """Return what must be done before any other step, in the order of the next step (`outlook`)."""
    if partnership.contradictions:
        yield Need("resolve what the bank said", frozenset({Role.FINANCE_APPROVER, Role.PAYER}))
    if partnership.to_clear:
        yield _step("clear what is asked", c.ClearQuestions)
    if partnership.hold is not None:
        yield _step("lift the hold", c.LiftHold)


def _before_the_agreement(partnership: Partnership) -> Iterator[Need]:
    stage, pays = partnership.stage, partnership.proposed.funds_out is not None
    if stage is Stage.PROPOSED and partnership.question:
        yield _step("answer the question", c.Propose)
    if stage is Stage.ELIGIBILITY and partnership.assessment is not None:
        # Once the deadline has passed, a director may stand in for a verifier, and for an approver.
        yield Need("clear the referral", frozenset({Role.VERIFIER, Role.DIRECTOR}), Part.CLEARED)
    if stage in {Stage.APPROVAL, Stage.AGREEMENT} or (stage is Stage.ACTIVE and partnership.unpaid):
        yield from _approvals(partnership)
    if stage in _BEFORE_AGREED and pays and partnership.account is None:
        yield Need("call back to verify the account", MAY_VOUCH, Part.CALLED_BACK)
    if stage in _BEFORE_AGREED:
        yield _step("sign the agreement", c.SignAgreement)


def _approvals(partnership: Partnership) -> Iterator[Need]:
    for role in partnership.missing_approvals or partnership.to_renew:
        words = f"approve as {role.value}"
        yield Need(words, frozenset({role, Role.DIRECTOR}), Part.APPROVED, partnership.proposed.sums)


def _afterwards(partnership: Partnership) -> Iterator[Need]:
    if partnership.open_conditions():
        yield _step("put papers on file", c.Satisfy)
    if partnership.unpaid:
        yield _step(f"release tranche {partnership.unpaid[0].number}", c.Release)
    filed = [one.number for one in partnership.reporting.filed if one.state is ReportState.RECEIVED]
    if filed:
        yield _step(f"accept report {filed[0]}", c.AcceptReport)
    elif partnership.stage is Stage.ACTIVE and partnership.owes_a_final_report:
        yield _step("accept the grantee's reports", c.AcceptReport)


def steps_ahead(partnership: Partnership) -> tuple[StepAhead, ...]:
    """Return the steps ahead as they are open to people; the next one first."""
    return tuple(_step_ahead(partnership, need) for need in needs(partnership))


def _step_ahead(partnership: Partnership, need: Need) -> StepAhead:
    barred = barred_from(partnership, need.part) | partnership.recused | partnership.in_question
    renews = need.part is Part.APPROVED and bool(partnership.to_renew)
    return StepAhead(
        what=need.what,
        roles=tuple(sorted(need.roles)),
        part=need.part,
        sums=need.sums,
        barred=tuple(sorted(barred)),
        renewing=tuple(sorted(one for one in barred if renews and partnership.may_renew(one))),
    )


def people_for(step: StepAhead, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take a step on a day: with the role, with a key, and free of what excludes it."""
    keys = {one.staff_id for one in directory.keys}
    able = []
    for staff_id in (one.staff_id for one in directory.staff if one.staff_id in keys):
        free = staff_id not in step.barred or staff_id in step.renewing
        held = directory.capacities(staff_id, on) if free else ()
        fits = (one for one in held if one.role in step.roles and one.on_behalf_of not in step.barred)
        if any(all(map(one.allows, step.sums)) for one in fits):
            able.append(staff_id)
    return tuple(able)


def able_to_act(ahead: Iterable[StepAhead], role: Role, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take the next of these steps in a role on a day."""
    steps = [one for one in ahead if role in one.roles] or [StepAhead(what="act", roles=(role,))]
    return people_for(steps[0].model_copy(update={"roles": (role,)}), directory, on)


def unmet(ahead: Iterable[StepAhead], directory: Directory, on: date) -> tuple[StepAhead, ...]:
    """Return the steps that nobody can take, or not beside the other steps: the parts exclude each other."""
    left, kept = [], list[tuple[StepAhead, tuple[str, ...]]]()
    for step in ahead:
        people = people_for(step, directory, on)
        if people and _can_be_shared_out([*kept, (step, people)], []):
            kept.append((step, people))
        else:
            left.append(step)
    return tuple(left)


def _can_be_shared_out(steps: list[tuple[StepAhead, tuple[str, ...]]], taken: list[tuple[str, Part]]) -> bool:
    """Return whether each step finds a person who takes no other step that excludes it."""
    if not steps:
        return True
    (step, people), rest = steps[0], steps[1:]
    free = (one for one in people if not any(who == one and _exclude(step.part, part) for who, part in taken))
    return any(_can_be_shared_out(rest, [*taken, (person, step.part)]) for person in free)


def _exclude(one: Part, other: Part) -> bool:
    """Return whether nobody has both parts. Who called back does not sign, which the agreement itself refuses."""
    by_table = any(b in duty.parts for a, b in ((one, other), (other, one)) for duty in EXCLUDES.get(a, ()))
    return by_table or {one, other} == {Part.CALLED_BACK, Part.SIGNED}
