"""Separation of duties: the parts in a partnership that exclude each other. Nobody decides alone (R31, R36, R40).

One table, `exclusions`, holds all of them. `accord/audit/present.py` repeats the checks in code of its own on purpose,
and a test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain.errors import SeparationOfDuties
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership.hold.admission import holds_to_lift
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership

_TAKEN_BY: Final[Mapping[Part, Callable[[Partnership], Iterable[str]]]] = {
    Part.PROPOSED: lambda partnership: partnership.proposers,
    Part.CLEARED: lambda partnership: (
        partnership.verifier,
        partnership.verifier_for,
        *(clearance.actor for clearance in partnership.cleared_since),
    ),
    Part.APPROVED: lambda partnership: (
        name for approval in partnership.approvals for name in (approval.actor, approval.on_behalf_of)
    ),
    Part.CALLED_BACK: lambda partnership: (partnership.account_verifier,),
    Part.SIGNED: lambda partnership: (partnership.signatory,),
    Part.RELEASED: lambda partnership: partnership.payers,
    Part.REPORTED: lambda partnership: (report.actor for report in partnership.reporting.filed),
    Part.ACCEPTED: lambda partnership: (report.judged_by for report in partnership.reporting.filed),
    Part.HELD: lambda partnership: (hold.actor for hold in partnership.holds),
}

_NOBODY: Final = frozenset({"", ACCORD})

_BARRING: Final = {
    part: tuple(_TAKEN_BY[other] for duty in duties for other in duty.parts if other in _TAKEN_BY)
    for part, duties in EXCLUDES.items()
}
"""By part: the people with each of the parts that exclude it."""


def people_with(partnership: Partnership, part: Part) -> frozenset[str]:
    """Return the people who have a part in the partnership now, and those who lent them the role for it."""
    return frozenset(_TAKEN_BY[part](partnership)) - _NOBODY if part in _TAKEN_BY else frozenset()


def barred_from(partnership: Partnership, part: Part) -> frozenset[str]:
    """Return the people who may not take a part, since they have another one that excludes it."""
    return frozenset(name for taken_by in _BARRING.get(part, ()) for name in taken_by(partnership)) - _NOBODY


def require_free(
    partnership: Partnership, person: str, part: Part, renewed_parts: frozenset[Part] = frozenset()
) -> None:
    """Raise SeparationOfDuties if a person has a part that excludes this one. `renewed_parts`: taken once more."""
    for duty in EXCLUDES.get(part, ()):
        if any(person in people_with(partnership, part) for part in duty.parts - renewed_parts):
            raise SeparationOfDuties(duty.refusal.format(who=person, what=partnership.partnership_id))


def require_free_for(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise SeparationOfDuties if the actor of a command has a part that excludes the one that it gives."""
    part = part_taken(partnership, command)
    if part is None:
        return
    again = part is Part.APPROVED and partnership.may_renew(command.actor)
    parts = frozenset({Part.APPROVED}) if again else frozenset()
    require_free(_as_asked(partnership, command), command.actor, part, parts)


def part_taken(partnership: Partnership, command: c.StaffRequest) -> Part | None:
    """Return the part that a command gives its actor, or None. An approval at the eligibility stage is a clearance."""
    if isinstance(command, c.Approve) and partnership.stage is Stage.ELIGIBILITY:
        return Part.CLEARED
    return PROCEDURE[type(command)].part


def _as_asked(partnership: Partnership, command: c.StaffRequest) -> Partnership:
    """Return the partnership with the holds alone that a command lifts: whoever placed another one may lift them."""
    if not isinstance(command, c.LiftHold):
        return partnership
    return partnership.model_copy(update={"holds": holds_to_lift(partnership, command)})
