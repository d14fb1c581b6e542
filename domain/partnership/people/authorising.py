"""Authority: the roles that a command needs, a person's own or lent by somebody who may act (R31, R32)."""

from __future__ import annotations

from typing import Final

from domain.directory.tiers import Role
from domain.errors import NotAuthorised, UnknownPerson
from domain.partnership import commands as c
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.people.duties import barred_from
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership
from domain.policy.conditions import BY_A_VERIFIER

MAY_DECLARE: Final = frozenset({Role.VERIFIER, Role.DIRECTOR, Role.AUDITOR})
"""The roles that may declare another person's interest."""

_A_DIRECTOR: Final = frozenset({Role.DIRECTOR})


def require_role(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> None:
    """Require an actor's role for a command: by the procedure, and the narrower one that a case asks for.

    An approval is in a role that its quorum wants, which `approval` finds by itself.

    Raises:
        NotAuthorised: The actor holds no such role.
        UnknownPerson: The command names somebody who is not in the directory.
    """
    if isinstance(command, c.Approve):
        return
    authority = circumstances.authority
    _require(command, PROCEDURE[type(command)].roles, without_barred_lenders(partnership, command, authority))
    if isinstance(command, c.DeclareInterest | c.Assign | c.RecallPayment):
        require_known_people(authority)
    if narrower := _narrower(partnership, command, circumstances):
        _require(command, narrower, authority)


def _narrower(partnership: Partnership, command: c.StaffRequest, circumstances: Circumstances) -> frozenset[Role]:
    """Return the roles of which one is needed beside the procedure's, in a case that asks for more."""
    match command:
        case c.EndLeg() if partnership.is_agreed:
            return _A_DIRECTOR
        case c.ExtendDeadline() if partnership.escalated:
            return _A_DIRECTOR
        case c.RecordAssurance() if partnership.responsibility.diversions.again or circumstances.diverted_before:
            return _A_DIRECTOR
        case c.Satisfy(condition=condition) if condition in BY_A_VERIFIER:
            return frozenset({Role.VERIFIER})
        case c.DeclareInterest(interest=interest) if interest.person != command.actor:
            return MAY_DECLARE
        case _:
            return frozenset()


def _require(command: c.StaffRequest, roles: frozenset[Role], authority: Authority) -> None:
    actor_roles = dict.fromkeys(capacity.role for capacity in authority.capacities)
    if roles.isdisjoint(actor_roles):
        needed = " or ".join(sorted(role.value for role in roles))
        role_names = ", ".join(actor_roles) or "no role"
        raise NotAuthorised(
            f"{command.actor} may not {command.verb}: it needs {needed}, and {command.actor} holds {role_names}"
        )


def without_barred_lenders(partnership: Partnership, command: c.StaffRequest, authority: Authority) -> Authority:
    """Return the authority without roles lent by people who may not give this command themselves."""
    excluded_people = partnership.recused if PROCEDURE[type(command)].decides else frozenset()
    excluded_people |= barred_from(partnership, Part.RELEASED) if isinstance(command, c.Release) else frozenset()
    excluded_people |= barred_from(partnership, Part.CLEARED) if isinstance(command, c.ClearQuestions) else frozenset()
    free = tuple(capacity for capacity in authority.capacities if capacity.on_behalf_of not in excluded_people)
    return authority.model_copy(update={"capacities": free})


def require_known_people(authority: Authority) -> None:
    """Raise UnknownPerson if a command names somebody who is not in the directory."""
    if authority.unknown_people:
        names = ", ".join(authority.unknown_people)
        raise UnknownPerson(f"{names} is not in the staff directory; see `accord staff list`")
