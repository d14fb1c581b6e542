"""The steps that lie ahead of a partnership, and who can take them: the steps as they are kept and the directory tell.

Nothing here needs a partnership, its events or its commands, so that the list of work begins at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.values import Money, Value


class StepAhead(Value):
    """A step ahead with whom it excludes, so that the directory alone tells who can take it on a day."""

    what: str
    roles: tuple[Role, ...]
    part: Part = Part.OTHER
    sums: tuple[Money, ...] = ()
    barred: tuple[str, ...] = ()
    renewing: tuple[str, ...] = ()
    """Those barred who may take it all the same, since they renew their own part. Nobody does so for a lender."""


def people_for(step: StepAhead, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take a step on a day: with the role, with a key, and free of what excludes it."""
    keys = {key.staff_id for key in directory.keys}
    able = []
    for staff_id in (member.staff_id for member in directory.staff if member.staff_id in keys):
        free = staff_id not in step.barred or staff_id in step.renewing
        capacities = directory.capacities(staff_id, on) if free else ()
        fits = (
            capacity
            for capacity in capacities
            if capacity.role in step.roles and capacity.on_behalf_of not in step.barred
        )
        if any(all(map(fit.allows, step.sums)) for fit in fits):
            able.append(staff_id)
    return tuple(able)


def able_to_act(ahead: Iterable[StepAhead], role: Role, directory: Directory, on: date) -> tuple[str, ...]:
    """Return the people who can take the next of these steps in a role on a day."""
    steps = [step_ahead for step_ahead in ahead if role in step_ahead.roles] or [StepAhead(what="act", roles=(role,))]
    lifts = [step for step in steps if step.part is Part.LIFTED]
    step_aheads = lifts if steps[0] in lifts else steps[:1]  # holds are lifted in whatever order
    able = (people_for(step_ahead.model_copy(update={"roles": (role,)}), directory, on) for step_ahead in step_aheads)
    return tuple(dict.fromkeys(person for people in able for person in people))


def unmet(ahead: Iterable[StepAhead], directory: Directory, on: date) -> tuple[StepAhead, ...]:
    """Return the steps that nobody can take, or not beside the other steps: the parts exclude each other."""
    step_aheads, staffed_steps = [], list[tuple[StepAhead, tuple[str, ...]]]()
    for step in ahead:
        people = people_for(step, directory, on)
        if people and _can_be_shared_out([*staffed_steps, (step, people)], []):
            staffed_steps.append((step, people))
        else:
            step_aheads.append(step)
    return tuple(step_aheads)


def _can_be_shared_out(steps: list[tuple[StepAhead, tuple[str, ...]]], assignments: list[tuple[str, Part]]) -> bool:
    """True if each step finds a person who takes no other step that excludes it."""
    if not steps:
        return True
    (step, people), other_steps = steps[0], steps[1:]
    free = (
        person
        for person in people
        if not any(assignee == person and _exclude(step.part, part) for assignee, part in assignments)
    )
    return any(_can_be_shared_out(other_steps, [*assignments, (person, step.part)]) for person in free)


def _exclude(part: Part, other_part: Part) -> bool:
    """True if nobody has both parts. Who called back does not sign, which the agreement itself refuses."""
    by_table = any(b in duty.parts for a, b in ((part, other_part), (other_part, part)) for duty in EXCLUDES.get(a, ()))
    return by_table or {part, other_part} == {Part.CALLED_BACK, Part.SIGNED}
