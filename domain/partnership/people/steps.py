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
    """Of those barred, who may take it all the same, since they renew their own part; nobody does so for a lender."""


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
    lifts = [one for one in steps if one.part is Part.LIFTED]
    next_ones = lifts if steps[0] in lifts else steps[:1]  # holds are lifted in whatever order
    able = (people_for(one.model_copy(update={"roles": (role,)}), directory, on) for one in next_ones)
    return tuple(dict.fromkeys(person for people in able for person in people))


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
