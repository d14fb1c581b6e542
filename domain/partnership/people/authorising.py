"""Who may give a command: the roles that a person holds, or was lent by somebody who may act (R31, R32)."""

from __future__ import annotations

from domain.directory.tiers import Role
from domain.errors import NotAuthorised, UnknownPerson
from domain.partnership import commands as c
from domain.partnership.acts import StaffCommand
from domain.partnership.circumstances import Authority
from domain.partnership.people.duties import barred_from
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership


def require_role(command: StaffCommand, roles: frozenset[Role], authority: Authority) -> None:
    """Raise NotAuthorised if an actor holds none of the roles that a command needs."""
    held = dict.fromkeys(capacity.role for capacity in authority.capacities)
    if roles.isdisjoint(held):
        needed = " or ".join(sorted(role.value for role in roles))
        own = ", ".join(held) or "no role"
        raise NotAuthorised(
            f"{command.actor} may not {command.verb}: it needs {needed}, and {command.actor} holds {own}"
        )


def without_barred_lenders(partnership: Partnership, command: c.StaffRequest, authority: Authority) -> Authority:
    """Return the authority without roles lent by people who may not give this command themselves."""
    barred = partnership.recused if PROCEDURE[type(command)].decides else frozenset()
    barred |= barred_from(partnership, Part.RELEASED) if isinstance(command, c.Release) else frozenset()
    barred |= barred_from(partnership, Part.CLEARED) if isinstance(command, c.ClearQuestions) else frozenset()
    free = tuple(one for one in authority.capacities if one.on_behalf_of not in barred)
    return authority.model_copy(update={"capacities": free})


def require_known_people(authority: Authority) -> None:
    """Raise UnknownPerson if a command names somebody who is not in the directory."""
    if authority.unknown_people:
        names = ", ".join(authority.unknown_people)
        raise UnknownPerson(f"{names} is not in the staff directory; see `accord staff list`")
